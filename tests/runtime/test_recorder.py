"""
The recorder: what it keeps of calls and events.
"""

import asyncio
import gc
import inspect
import threading
from unittest import mock

import pytest

import hookkit
from hookkit import InvalidValueError, MisuseError, PeriodicHooks, Recorder
from hookkit.discovery import EntryPoint
from hookkit.recording import ABSENT, RecordedEvents, outline
from hookkit.recording import _recorder as recorder_module
from hookkit.recording import _values as values_module
from hookkit.testing import body, error, periodic, post, pre
from runtime.recorded import Api, AuditHook, BrokenHook, Context, QuotaHook


@pytest.fixture
def recorder():
    """
    A recorder that records.
    """
    with Recorder() as recorder:
        yield recorder


class TestEvents:
    def test_says_how_much_it_has(self, recorder):
        """
        A recorder is shown with the number of its events.
        """
        assert repr(recorder) == "<Recorder with 0 events>"
        Api().create("ctx", "vm-1", metadata={})
        assert repr(recorder) == "<Recorder with 1 event>"

    def test_events_stand_in_order_of_start(self, recorder):
        """
        Each method of each hook and the body are events, numbered from 1.
        """
        Api(AuditHook, QuotaHook).create("ctx", "vm-1", metadata={})
        facts = [(event.seq, event.phase, event.hook and event.hook.name) for event in recorder.events]
        assert facts == [
            (1, "pre", "AuditHook"),
            (2, "body", None),
            (3, "post", "AuditHook"),
            (4, "post", "QuotaHook"),
        ]
        assert {event.call for event in recorder.events} == set(recorder.calls)

    def test_what_is_kept_is_what_was_passed_then(self, recorder):
        """
        Each event has the arguments as they were when it began, whatever became of them.
        """
        metadata = {"owner": ["alice"]}
        Api(AuditHook).create("ctx", "vm-1", metadata=metadata)
        metadata["owner"].append("bob")
        before, within, after = recorder.events
        assert before.kwargs == {"metadata": {"owner": ["alice"]}}
        assert within.kwargs == after.kwargs == {"metadata": {"owner": ["alice"], "audited": True}}
        assert recorder.calls[0].kwargs == {"metadata": {"owner": ["alice"]}}

    def test_objects_stay_by_reference(self, recorder):
        """
        What is not copied is the very object, with its attributes as they were.
        """
        context = Context("alice")
        api = Api(AuditHook)
        api.create(context, "vm-1")
        context.user = "bob"
        event = recorder.events[0]
        assert event.args == (api, context, "vm-1")
        assert event.args[1] is context
        assert event.attributes_of(context) == {"user": "alice"}
        assert event.attributes_of(api) is None

    def test_arguments_are_there_by_name(self, recorder):
        """
        Arguments go by the names of their parameters, as far as they were passed.
        """
        api = Api(AuditHook)
        api.create("ctx", name="vm-1")
        assert recorder.events[0].arguments == {"self": api, "context": "ctx", "name": "vm-1"}
        assert recorder.calls[0].arguments == {"self": api, "context": "ctx", "name": "vm-1"}

    def test_an_event_has_its_outcome(self, recorder):
        """
        Returned, result and replaced are told.
        """
        Api(QuotaHook).create("ctx", "vm-1")
        within, after = recorder.events
        assert (within.returned, within.result, within.replaced) == (21, None, False)
        assert (after.returned, after.result, after.replaced) == (42, 21, True)
        assert within.is_finished
        assert within.duration_ns >= 0
        assert within.started_ns <= after.started_ns

    def test_what_was_returned_is_kept_as_it_was(self, recorder):
        """
        A returned container that is changed later is recorded as it was returned.
        """

        class Appends:
            def post(self, rv, *args):
                rv.append(1)

        registry = hookkit.HookRegistry("recorded")
        registry.register("list", Appends)
        assert registry.add_hook("list")(lambda *args: list(args))() == [1]
        within, after = recorder.events
        assert within.returned == []
        assert after.result == []
        assert after.changes == (("result[0]", ABSENT, 1),)
        assert recorder.calls[0].result == [1]

    def test_swallowed_exceptions_are_told(self, recorder):
        """
        An exception that the runtime swallowed is there, the very object.
        """
        Api(BrokenHook).create("ctx", "vm-1")
        before, within, after = recorder.events
        assert (type(before.raised), before.swallowed) == (KeyError, True)
        assert (within.raised, within.swallowed) == (None, False)
        assert (type(after.raised), after.swallowed) == (ValueError, True)

    def test_an_error_event_has_its_exception(self, recorder):
        """
        An error method's event has what it was given and what it raised.
        """
        failure = OSError("no")
        with pytest.raises(OSError, match="no"):
            Api(BrokenHook, fails=failure).create("ctx", "vm-1")
        last = recorder.events[-1]
        assert last.phase == "error"
        assert last.error is failure
        assert type(last.raised) is TypeError
        assert recorder.calls[0].raised is failure

    def test_changes_begin_at_the_parameter(self, recorder):
        """
        What a hook changed in place is told by its path, also attributes of what is not copied.
        """

        class Changes:
            def pre(self, api, context, name, metadata=None):
                metadata["owner"][0] = "bob"
                context.user = "bob"
                api.marked = True

        Api(Changes).create(Context("alice"), "vm-1", metadata={"owner": ["alice"]})
        assert recorder.events[0].changes == (
            ("context.user", "alice", "bob"),
            ("metadata['owner'][0]", "alice", "bob"),
        )
        assert recorder.events[1].changes == ()

    def test_what_a_hook_notes_on_an_exception_is_a_change(self, recorder):
        """
        An error method that changes its exception has that as a change.
        """

        class Notes:
            def error(self, exc, *args):
                exc.add_note("seen")

        with pytest.raises(OSError, match="no"):
            Api(Notes, fails=OSError("no")).create("ctx", "vm-1")
        assert recorder.events[-1].changes == (("error.__notes__", ABSENT, ["seen"]),)

    def test_a_function_without_signature_is_recorded(self, recorder):
        """
        Where no signature can be had, changes go by position.
        """

        class Clears:
            def pre(self, items):
                items.clear()

        class Odd:
            __signature__ = "none"

            def __call__(self, items):
                return len(items)

        registry = hookkit.HookRegistry("recorded")
        registry.register("odd", Clears)
        hooked = registry.add_hook("odd")(Odd())
        assert hooked([1]) == 0
        assert recorder.events[0].arguments == {}
        assert recorder.events[0].changes == (("args[0][0]", 1, ABSENT),)

    def test_the_hook_is_named_with_its_origin(self):
        """
        A recorded hook knows its class, entry point, distribution and version.
        """
        attached = hookkit.AttachedHook(AuditHook(), EntryPoint("g", "create", "m:AuditHook", "audit", "1.0"))
        hook = recorder_module.RecordedHook(attached)
        assert (hook.name, hook.distribution, hook.version) == ("AuditHook", "audit", "1.0")
        assert hook.entry_point is attached.entry_point
        assert repr(hook) == "<RecordedHook runtime.recorded:AuditHook>"

    def test_a_hook_registered_by_hand_has_no_distribution(self, recorder):
        """
        A hook that came through no entry point has neither distribution nor version.
        """
        Api(AuditHook).create("ctx", "vm-1")
        hook = recorder.events[0].hook
        assert (hook.entry_point, hook.distribution, hook.version) == (None, None, None)

    def test_a_hook_object_that_comes_anew_through_another_entry_point_is_told_so(self, recorder):
        """
        One object behind two entry points is recorded with the one that it was called through.
        """
        obj = AuditHook()
        for name in ("one", "other"):
            entry_point = EntryPoint("g", "create", "m:hook", name, "1.0")
            call = hookkit.HookCall("g", "create", None, (), {})
            event = hookkit.HookEvent(call, "pre", hookkit.AttachedHook(obj, entry_point))
            recorder._before(event)
        assert [event.hook.distribution for event in recorder.events] == ["one", "other"]

    def test_events_and_calls_say_what_they_are(self, recorder):
        """
        Their reprs name number, phase, point and hook.
        """
        Api(AuditHook).create("ctx", "vm-1")
        assert repr(recorder.calls[0]) == "<RecordedCall 1 create of recorded>"
        assert repr(recorder.events[:2]) == (
            "[<RecordedEvent 1 pre create by AuditHook>, <RecordedEvent 2 body create>]"
        )
        assert recorder.events[0].group == "recorded"

    def test_values_that_raise_reach_neither_host_nor_hook(self, recorder, caplog):
        """
        Arguments that raise at every touch are recorded, and the call is as it would be.
        """

        class Hostile:
            def _raise(self, *args):
                raise RuntimeError("hostile")

            __eq__ = __hash__ = __repr__ = __deepcopy__ = __getattr__ = __bool__ = _raise

        value = Hostile()
        with pytest.raises(RuntimeError, match="hostile"):
            repr(value)
        assert Api(AuditHook).create(value, "vm-1", metadata={"value": value}) == 21
        assert recorder.events[0].args[1] is value
        assert (recorder.events == [pre("create").with_args(value, "vm-1", metadata={"value": value}), 1, 2]) is False
        assert "Observer" not in caplog.text


class TestEventList:
    def test_the_list_grows(self, recorder):
        """
        The list that was asked for before a call has its events afterwards.
        """
        events = recorder.events
        assert not events
        Api(AuditHook).create("ctx", "vm-1")
        assert len(events) == 3
        assert events[-1] in events

    def test_the_list_is_filtered_by_every_fact(self, recorder):
        """
        Point, phase, hook and distribution choose events, together.
        """
        hook = AuditHook()
        Api(hook, QuotaHook).create("ctx", "vm-1")
        events = recorder.events

        def numbers(**facts):
            return [event.seq for event in events.filter(**facts)]

        assert numbers() == [1, 2, 3, 4]
        assert numbers(point="create") == [1, 2, 3, 4]
        assert numbers(point="delete") == []
        assert numbers(phase="post") == [3, 4]
        assert numbers(hook=AuditHook) == numbers(hook=hook) == numbers(hook="runtime.recorded:AuditHook") == [1, 3]
        assert numbers(hook=AuditHook()) == []
        assert numbers(hook=QuotaHook, phase="pre") == []
        assert numbers(distribution="audit") == []

    def test_events_are_chosen_by_distribution(self, recorder):
        """
        The distribution is that of the hook's entry point.
        """
        event = hookkit.HookEvent(
            hookkit.HookCall("g", "create", None, (), {}),
            "pre",
            hookkit.AttachedHook(AuditHook(), EntryPoint("g", "create", "m:A", "audit", "1.0")),
        )
        recorder._before(event)
        assert len(recorder.events.filter(distribution="audit")) == 1
        assert len(recorder.events.filter(distribution="other")) == 0

    def test_the_list_equals_lists_that_match(self, recorder):
        """
        Lists and tuples of patterns, events and what equals anything compare with it, from either side.
        """
        Api(QuotaHook).create("ctx", "vm-1")
        events = recorder.events
        assert events == [body("create"), post("create")]
        assert [body("create"), post("create")] == events
        assert events == (mock.ANY, mock.ANY)
        assert events == list(events)
        assert events == events[:]
        assert events != [body("create")]
        assert events != [post("create"), body("create")]
        assert events != "ab"

    def test_the_list_cannot_be_hashed(self):
        """
        It grows, so it has no hash.
        """
        with pytest.raises(TypeError, match="unhashable type: 'RecordedEvents'"):
            hash(RecordedEvents())


class TestCalls:
    def test_a_call_has_its_facts(self, recorder):
        """
        A call knows where, what, when, by whom, and how it ended.
        """
        recorder.test_id = "test_it"
        api = Api(AuditHook)
        api.create("ctx", "vm-1")
        (call,) = recorder.calls
        assert (call.seq, call.group, call.point, call.test_id) == (1, "recorded", "create", "test_it")
        assert call.function is Api.create
        assert call.function_path == "runtime.recorded:Api.create"
        assert call.args == (api, "ctx", "vm-1")
        assert (call.result, call.raised, call.parent, call.tick, call.task) == (21, None, None, None, None)
        assert call.thread == threading.current_thread().name
        assert call.is_finished
        assert call.duration_ns > 0

    def test_calls_are_nested(self, recorder):
        """
        A call made in the course of another has it as its parent.
        """

        class Nests:
            def pre(self, *args):
                inner.create("ctx", "inner")

        inner = Api(AuditHook)
        Api(Nests).create("ctx", "outer")
        outer_call, inner_call = recorder.calls
        assert inner_call.parent is outer_call
        assert outer_call.parent is None

    def test_a_parent_that_is_not_recorded_is_none(self):
        """
        A call whose parent began before the recording has no parent.
        """
        inner = Api(AuditHook)
        recorder = Recorder()

        class Nests:
            def pre(self, *args):
                with recorder:
                    inner.create("ctx", "inner")

        with Recorder() as outer:
            Api(Nests).create("ctx", "outer")
        assert [call.parent for call in recorder.calls] == [None]
        assert [call.parent and call.parent.seq for call in outer.calls] == [None, 1]

    def test_each_task_has_calls_of_its_own(self, recorder):
        """
        Calls of interleaved tasks keep their events and their task's name.
        """
        registry = hookkit.HookRegistry("recorded")

        @registry.add_hook("fetch")
        async def fetch(name):
            await asyncio.sleep(0)
            return name

        async def main():
            return await asyncio.gather(*(asyncio.create_task(fetch(name), name=name) for name in "ab"))

        assert asyncio.run(main()) == ["a", "b"]
        assert [(call.task, call.result) for call in recorder.calls] == [("a", "a"), ("b", "b")]
        assert [event.call.task for event in recorder.events] == ["a", "b"]

    def test_calls_of_many_threads_are_all_there(self, recorder):
        """
        Under threads, every event is there once and numbers stand in order.
        """
        api = Api(AuditHook)
        threads = [threading.Thread(target=lambda: [api.create("c", "n") for _ in range(50)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [event.seq for event in recorder.events] == list(range(1, 601))
        assert len(recorder.calls) == 200
        assert all(call.is_finished for call in recorder.calls)

    def test_signatures_are_not_kept_for_ever(self, recorder, monkeypatch):
        """
        A host that makes functions without end is recorded in bounded memory.
        """
        monkeypatch.setattr(values_module, "_MOST_FUNCTIONS", 2)
        registry = hookkit.HookRegistry("recorded")
        for _ in range(5):
            registry.add_hook("made")(lambda x: x)([1])
        assert len(recorder._functions._known) <= 2
        assert [event.arguments for event in recorder.events] == [{"x": [1]}] * 5


class TestTicks:
    def test_a_tick_that_ran_something_is_a_call(self, recorder):
        """
        A tick with events is a call with its number; all ticks are counted.
        """

        class Reports:
            def periodic(self, data, context):
                data.append(1)

        schedule = PeriodicHooks([Reports()], data=lambda context: [], every=2)
        for _ in range(4):
            schedule.tick("ctx")
        assert [call.tick for call in recorder.calls] == [2, 4]
        assert recorder.ticks == 4
        assert recorder.ticks_by_point == {("driver hooks", "periodic"): 4}
        assert recorder.events == [periodic(hook=Reports).changing("data[0]", 1)] * 2
        assert recorder.events[0].arguments == {"data": [], "context": "ctx"}


class TestLimit:
    def test_the_last_ones_are_kept(self):
        """
        With a limit the last events and calls are there, and how many went is told.
        """
        with Recorder(limit=2) as recorder:
            for name in "abc":
                Api(AuditHook).create("ctx", name)
        assert [event.phase for event in recorder.events] == ["body", "post"]
        assert [call.args[2] for call in recorder.calls] == ["b", "c"]
        assert recorder.dropped == 7

    def test_a_limit_of_zero_keeps_nothing(self):
        """
        Nothing is kept, all is counted.
        """
        with Recorder(limit=0) as recorder:
            Api(AuditHook).create("ctx", "vm-1")
        assert not recorder.events
        assert recorder.dropped == 3

    def test_a_negative_limit_is_refused(self):
        """
        The message says what a limit is.
        """
        with pytest.raises(InvalidValueError) as caught:
            Recorder(limit=-1)
        assert str(caught.value) == "limit is -1; it must be a number of events, zero or more, or None for all."


class TestSwallowed:
    def test_asking_counts_as_looking(self, recorder):
        """
        What was swallowed before somebody asked is looked at; what comes later is not.
        """
        api = Api(BrokenHook)
        api.create("ctx", "vm-1")
        assert [event.phase for event in recorder.overlooked] == ["pre", "post"]
        assert recorder.swallowed == [pre("create"), post("create")]
        assert not recorder.overlooked
        api.create("ctx", "vm-2")
        assert len(recorder.overlooked) == 2

    def test_a_pattern_with_raising_counts_as_looking(self, recorder):
        """
        A pattern that expects the exception and matched has looked at it, others have not.
        """
        Api(BrokenHook).create("ctx", "vm-1")
        assert recorder.events == [pre("create").raising(KeyError), body("create"), post("create")]
        assert recorder.overlooked == [post("create")]

    def test_each_recorder_has_looks_of_its_own(self, recorder):
        """
        A look at one recorder's events is none at another's.
        """
        with Recorder() as other:
            Api(BrokenHook).create("ctx", "vm-1")
        assert len(other.swallowed) == 2
        assert len(recorder.overlooked) == 2

    def test_the_error_phase_swallows_too(self, recorder):
        """
        What an error method raises is swallowed.
        """
        with pytest.raises(OSError, match="no"):
            Api(BrokenHook, fails=OSError("no")).create("ctx", "vm-1")
        assert recorder.swallowed == [pre("create"), error("create", hook=BrokenHook)]


class Unhashable(type):
    """
    A class of classes that have no hash.
    """

    __hash__ = None


class TestOddClasses:
    def test_a_class_without_a_hash(self, registry):
        """
        An argument whose class cannot be hashed is recorded like others.
        """
        odd = Unhashable("Odd", (), {})()
        hooked = registry.add_hook("point")(lambda value: None)
        with Recorder(limit=10) as recorder:
            hooked(odd)
        assert recorder.calls[0].args == (odd,)


class TestLifeCycle:
    def test_nothing_is_recorded_outside_the_block(self):
        """
        Calls before and after the block are not there.
        """
        api = Api(AuditHook)
        api.create("ctx", "before")
        with Recorder() as recorder:
            api.create("ctx", "within")
        api.create("ctx", "after")
        assert [call.args[2] for call in recorder.calls] == ["within"]

    def test_a_recorder_may_record_again(self):
        """
        A second block goes on where the first one ended.
        """
        recorder = Recorder()
        for name in "ab":
            with recorder:
                Api(AuditHook).create("ctx", name)
        assert [call.seq for call in recorder.calls] == [1, 2]

    def test_a_recorder_records_once_at_a_time(self, recorder):
        """
        Entering a recorder that records is refused.
        """
        with pytest.raises(MisuseError) as caught:
            recorder.__enter__()
        assert str(caught.value) == (
            "This Recorder is recording already. Leave its with block first, or make another one."
        )

    def test_leaving_twice_does_nothing(self):
        """
        A recorder that was left can be left again.
        """
        recorder = Recorder()
        recorder.__exit__(None, None, None)
        assert not recorder.events

    def test_several_recorders_record_at_once(self, recorder):
        """
        Each recorder has events of its own.
        """
        with Recorder() as other:
            Api(AuditHook).create("ctx", "vm-1")
        assert recorder.events == [pre("create"), body("create"), post("create")]
        assert other.events == [pre("create"), body("create"), post("create")]
        assert recorder.events[0] is not other.events[0]

    def test_what_was_under_way_stays_unfinished(self):
        """
        A call that is under way when the recording ends is recorded without an end.
        """
        recorder = Recorder()

        class Leaves:
            def pre(self, *args):
                recorder.__exit__(None, None, None)

        recorder.__enter__()
        Api(Leaves).create("ctx", "vm-1")
        assert len(recorder.events) == 1
        assert not recorder.events[0].is_finished
        assert not recorder.calls[0].is_finished

    def test_an_event_that_ends_after_a_restart_is_left_out(self):
        """
        An event that began before the recording is not taken for one of it.
        """
        recorder = Recorder()
        event = hookkit.HookEvent(hookkit.HookCall("g", "p", None, (), {}), "pre", None)
        recorder._after(event)
        assert not recorder.events

    def test_clear_forgets(self, recorder):
        """
        What was recorded is gone, numbers go on.
        """
        api = Api(BrokenHook)
        api.create("ctx", "vm-1")
        recorder.clear()
        assert not recorder.events
        assert not recorder.calls
        assert not recorder.swallowed
        assert (recorder.ticks, recorder.dropped) == (0, 0)
        api.create("ctx", "vm-2")
        assert recorder.events[0].seq == 4

    def test_a_destructor_may_call_a_hooked_function(self, recorder):
        """
        A hooked function that is called while the recorder works, by a destructor, is recorded.
        """
        api = Api(AuditHook)

        class Calls:
            def __del__(self):
                api.create("ctx", "from a destructor")

        with recorder._lock:
            Calls()
            gc.collect()
        assert len(recorder.calls) == 1

    def test_recording_leaves_no_observer(self):
        """
        After the block hook points run as if nobody had watched.
        """
        from hookkit._watching import EVERYWHERE

        before = EVERYWHERE.current
        with Recorder():
            assert len(EVERYWHERE.current) == len(before) + 1
        assert EVERYWHERE.current == before

    def test_the_recorder_is_part_of_the_public_face(self):
        """
        It is hookkit's, with a docstring and keyword options.
        """
        assert hookkit.Recorder is Recorder
        assert list(inspect.signature(Recorder).parameters) == ["limit", "writer", "scope"]


class TestOutline:
    def test_calls_events_and_changes_are_shown(self, recorder):
        """
        Each call has a line, each event in it another one, each change one more.
        """
        api = Api(AuditHook, QuotaHook, BrokenHook)
        api.create(Context("alice"), "vm-1", metadata={"owner": "bob"})
        assert recorder.outline().splitlines() == [
            "create(<runtime.recorded.Context object>, 'vm-1', metadata={'owner': 'bob'}) -> 42",
            "  pre   AuditHook",
            "        metadata['audited']: (absent) -> True",
            "  pre   BrokenHook  swallowed KeyError: 'project'",
            "  body  -> 21",
            "  post  AuditHook",
            "  post  QuotaHook  replaced the result -> 42",
            "  post  BrokenHook  swallowed ValueError: two …",
        ]

    def test_times_end_the_lines_on_demand(self, recorder):
        """
        With times each line of a call or an event ends with its duration, at the same column.
        """
        Api(QuotaHook).create("ctx", "vm-1", metadata={"long": "x" * 80})
        recorder.calls[0].duration_ns = 400_000
        for event in recorder.events:
            event.duration_ns = 100_000
        assert recorder.outline(times=True).splitlines() == [
            f"create('ctx', 'vm-1', metadata={{'long': '{'x' * 59}…) -> 42  0.4 ms",
            "  body  -> 21                                                           0.1 ms",
            "  post  QuotaHook  replaced the result -> 42                            0.1 ms",
        ]
        assert outline(recorder.events, times=True, width=40).splitlines()[1] == (
            "  body  -> 21                     0.1 ms"
        )

    def test_changes_have_no_time(self, recorder):
        """
        The line of a change ends with its value.
        """
        Api(AuditHook).create("ctx", "vm-1", metadata={})
        assert recorder.outline(times=True).splitlines()[2] == "        metadata['audited']: (absent) -> True"

    def test_a_nested_call_stands_under_its_event(self, recorder):
        """
        A call that was made in an event is shown below it, deeper.
        """

        class Nests:
            def pre(self, api, context, name, metadata=None):
                metadata["nested"] = inner.create("inner", "vm-2")

        inner = Api()
        Api(Nests).create("outer", "vm-1", metadata={})
        assert recorder.outline().splitlines() == [
            "create('outer', 'vm-1', metadata={}) -> 21",
            "  pre   Nests",
            "        metadata['nested']: (absent) -> 21",
            "        create('inner', 'vm-2') -> 21",
            "          body  -> 21",
            "  body  -> 21",
        ]

    def test_what_failed_and_what_is_not_over_is_shown(self, recorder):
        """
        A call that raised, a tick, and what is under way have words of their own.
        """
        with pytest.raises(OSError, match="no"):
            Api(fails=OSError("no")).create("ctx", "vm-1")

        class Reports:
            def periodic(self, data, context):
                return recorder.outline().splitlines()[2:]

        (run,) = PeriodicHooks([Reports()]).tick("ctx")
        assert recorder.outline().splitlines()[:2] == [
            "create('ctx', 'vm-1') raised OSError: no",
            "  body  raised OSError: no",
        ]
        assert run.value == ["periodic (tick 1) not over", "  periodic  Reports  not over"]

    def test_a_call_under_way_is_shown_as_such(self, recorder):
        """
        A call whose end was not recorded says so.
        """
        shown = []

        class Shows:
            def pre(self, *args):
                shown.append(recorder.outline())

        Api(Shows).create("ctx", "vm-1")
        assert shown == ["create('ctx', 'vm-1') not over\n  pre   Shows  not over"]

    def test_a_suppressed_exception_is_shown_as_such(self, recorder):
        """
        What a driver hook's own option kept back is neither swallowed nor raised.
        """
        call = hookkit.HookCall("g", "share", None, (), {})
        event = hookkit.HookEvent(call, "pre", hookkit.AttachedHook(AuditHook()))
        recorder._before(event)
        event.raised, event.suppressed, event.duration_ns = KeyError("x"), True, 1
        recorder._after(event)
        assert recorder.outline() == "share() not over\n  pre   AuditHook  suppressed KeyError: 'x'"

    def test_nothing_recorded_is_shown_as_nothing(self):
        """
        Without events the outline is empty.
        """
        assert Recorder().outline() == ""
