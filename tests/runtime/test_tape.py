"""
Tests for `hookkit.recording._tape` and what belongs to it: what is noted there is what observers are told.
"""

import asyncio
import itertools
import sys
import threading
import time
import traceback
from contextlib import suppress
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, Recorder, _fast_code
from hookkit.recording import _shots, _tape_plan
from hookkit.recording._frames import traceback_of
from runtime.fake_hooks import Doing
from runtime.taped_runs import DEEDS, VALUES, Context, has_plans, hooks, names, nth, retype, run

pytestmark = pytest.mark.skipif(not _fast_code.CAN_SHARE, reason="here all calls are recorded the general way")

COUNT = itertools.count()


@pytest.fixture
def registry():
    """
    Give a registry of its own.
    """
    return HookRegistry(f"test.tape{next(COUNT)}")


class TestAgreement:
    @settings(max_examples=30)
    @given(
        st.lists(hooks, max_size=3),
        names,
        st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3),
        st.sets(st.sampled_from(["size", "meta", "plan"])),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["process", "context"]),
    )
    def test_the_tape_says_what_observers_are_told(
        self, plans, body, values, keywords, pass_function, is_method, scope
    ):
        """
        The records are the same whether calls are noted on a tape or told to the recorder.
        """
        runs = [
            run(plans, body, values, keywords, pass_function, is_method=is_method, is_taped=is_taped, scope=scope)
            for is_taped in (False, True)
        ]

        assert runs[0] == runs[1]

    @pytest.mark.parametrize("deed", sorted(DEEDS))
    @pytest.mark.parametrize("phase", ["pre", "body", "post", "error"])
    def test_it_does_so_whatever_is_done(self, phase, deed):
        """
        The records are the same for each deed in each phase.
        """
        plans = [{"pre": "nothing", "error": "touch"}, {phase: deed}, {"post": "touch", "error": "nothing"}]
        plans[1].pop("body", None)
        body = {"body": deed, "error": "raise"}.get(phase, "nothing")
        for values in (["text", "number"], ["dictionary", "list"], ["object", "dictionary"]):
            arguments = ([plan for plan in plans if plan], body, values, {"size"}, True)
            runs = [run(*arguments, is_method=True, is_taped=is_taped) for is_taped in (False, True)]
            assert runs[0] == runs[1]

    @pytest.mark.parametrize("value", sorted(VALUES))
    @pytest.mark.parametrize("deed", ["nothing", "touch", "retype", "rename", "reorder", "swap", "tie", "foreign"])
    def test_it_does_so_whatever_is_passed(self, value, deed):
        """
        The records are the same for each kind of value.
        """
        arguments = [{"pre": deed, "post": "replace"}, {"post": deed}], "touch first", [value, "text"], set(), False
        runs = [run(*arguments, is_method=False, is_taped=is_taped) for is_taped in (False, True)]
        assert runs[0] == runs[1]


class TestCalls:
    def test_calls_after_the_first_ones_are_noted(self, registry):
        """
        The first calls of a function are told, those after it are noted, and the records do not tell which.
        """
        function = registry.add_hook("point")(lambda text: text)
        with Recorder() as recorder:
            assert not has_plans(function)
            for text in "abc":
                assert function(text) == text
            assert has_plans(function)

        assert not has_plans(function)
        assert [(call.seq, call.args, call.result) for call in recorder.calls] == [
            (1, ("a",), "a"),
            (2, ("b",), "b"),
            (3, ("c",), "c"),
        ]
        assert [event.returned for event in recorder.events] == ["a", "b", "c"]

    def test_calls_of_each_shape_that_was_seen_are_noted(self, registry):
        """
        Calls with keywords, and with other numbers of arguments, are noted from the second of their shape on.
        """
        shapes = [(("a",), {}), ((), {}), (("a",), {"size": 1}), (("a", "b"), {}), ((), {"size": 1, "name": "vm"})]
        function = registry.add_hook("point")(lambda *args, **kwargs: (args, kwargs))
        with Recorder() as recorder:
            for _ in range(2):
                for args, kwargs in shapes:
                    assert function(*args, **kwargs) == (args, kwargs)
            assert len(recorder.events) == 10
            for args, kwargs in shapes:
                assert function(*args, **kwargs) == (args, kwargs)
            assert [type(item) for item in recorder._deck.tape.log] == [list] * len(shapes)

        assert [(call.args, call.kwargs) for call in recorder.calls] == shapes * 3

    def test_times_are_those_of_the_clock(self, registry):
        """
        Calls and events begin when they began and take as long as they took.
        """

        class Hook:
            def pre(self, seconds):
                time.sleep(seconds)

            def post(self, rv, seconds):
                time.sleep(2 * seconds)

        registry.register("point", Hook)
        function = registry.add_hook("point")(lambda seconds: None)
        with Recorder() as recorder:
            function(0)
            function(0)
            before_ns = time.time_ns()
            function(0.01)
            after_ns = time.time_ns()

        pre, body, post = recorder.events[6:]
        call = recorder.calls[2]
        assert before_ns - 1_000_000 <= call.started_ns == pre.started_ns <= body.started_ns <= post.started_ns
        assert post.started_ns + post.duration_ns <= after_ns + 1_000_000
        assert pre.duration_ns >= 9_000_000
        assert body.duration_ns < pre.duration_ns
        assert post.duration_ns >= 18_000_000
        assert call.duration_ns >= pre.duration_ns + body.duration_ns + post.duration_ns - 1000

    def test_looking_at_values_is_no_part_of_an_event(self, registry):
        """
        An event begins after the recorder has looked at the values that may have changed before it.
        """
        registry.register("point", Doing(pre=lambda values: None, post=lambda rv, values: None))
        function = registry.add_hook("point")(lambda values: values)
        with Recorder() as recorder:
            for _ in range(3):
                function([Context() for _ in range(300)])

        pre, body, post = recorder.events[6:]
        assert pre.started_ns + pre.duration_ns < body.started_ns
        assert body.started_ns + body.duration_ns < post.started_ns

    def test_another_observer_hears_of_all(self, registry):
        """
        As soon as somebody else watches too, all calls are told.
        """
        function = registry.add_hook("point")(lambda text: text)
        seen = []
        with Recorder() as recorder:
            for text in "abc":
                function(text)
            undo = registry.observe(lambda event: seen.append(event.args))
            assert not has_plans(function)
            function("d")
            undo()
            function("e")
            function("f")
            assert has_plans(function)

        assert seen == [("d",)]
        assert [call.args for call in recorder.calls] == [("a",), ("b",), ("c",), ("d",), ("e",), ("f",)]

    @pytest.mark.parametrize("options", [{"limit": 5}, {"writer": mock.Mock()}])
    def test_who_has_to_be_told_at_once_is(self, registry, options):
        """
        With a limit or a writer nothing is noted on a tape.
        """
        function = registry.add_hook("point")(lambda text: text)
        with Recorder(**options) as recorder:
            for text in "abc":
                function(text)
            assert not has_plans(function)

        assert [call.args for call in recorder.calls] == [("a",), ("b",), ("c",)]

    def test_with_a_scope_calls_are_noted_while_there_is_no_other(self, registry):
        """
        While another thread records what belongs to it, calls are told, so that neither hears the other's.
        """
        function = registry.add_hook("point")(lambda text: text)
        others = []

        def record():
            with Recorder(scope="context") as other:
                for text in "xyz":
                    function(text)
                others.append((has_plans(function), [call.args for call in other.calls]))

        with Recorder(scope="context") as recorder:
            for text in "abc":
                function(text)
            assert has_plans(function)
            thread = threading.Thread(target=record)
            thread.start()
            thread.join()
            for text in "def":
                function(text)
            assert has_plans(function)

        assert others == [(False, [("x",), ("y",), ("z",)])]
        assert [call.args for call in recorder.calls] == [("a",), ("b",), ("c",), ("d",), ("e",), ("f",)]

    def test_what_belongs_to_another_is_not_noted(self, registry):
        """
        With two recorders that have scopes nothing is noted, also where one of them ends first.
        """
        function = registry.add_hook("point")(lambda text: text)
        outer, inner = Recorder(scope="context"), Recorder(scope="context")
        with outer:
            inner.__enter__()
            for text in "abc":
                function(text)
            assert not has_plans(function)
            inner.__exit__(None, None, None)
            for text in "def":
                function(text)
            assert has_plans(function)

        assert [call.args for call in inner.calls] == [("a",), ("b",), ("c",)]
        assert [call.args for call in outer.calls] == [("a",), ("b",), ("c",), ("d",), ("e",), ("f",)]

    def test_calls_are_noted_while_another_thread_is_told(self, registry):
        """
        A call that is told, and under way in another thread, does not keep this one's from being noted.
        """
        function = registry.add_hook("point")(lambda text: text)
        began, ends = threading.Event(), threading.Event()

        @registry.add_hook("slow")
        def slow():
            began.set()
            ends.wait(60)

        with Recorder() as recorder:
            function("a")
            function("b")
            thread = threading.Thread(target=slow, name="other")
            thread.start()
            began.wait(60)
            function("c")
            count = sum(isinstance(item, list) for item in recorder._deck.tape.log)
            ends.set()
            thread.join()

        assert count == 1
        assert [(call.point, call.parent) for call in recorder.calls] == [
            ("point", None),
            ("point", None),
            ("slow", None),
            ("point", None),
        ]

    @pytest.mark.parametrize("count", [3, 4, 5, 12])
    def test_more_arguments_than_were_seen_arrive(self, registry, count):
        """
        A call with more arguments than the code was made for is told, with all of them.
        """
        registry.register("point", Doing(pre=lambda *args: None, post=lambda rv, *args: None))
        function = registry.add_hook("point")(lambda *args: args)
        given = tuple(range(count))
        with Recorder() as recorder:
            for _ in range(3):
                function("a", "b")
            assert has_plans(function)
            assert function(*given) == given
            assert function() == ()

        assert [call.args for call in recorder.calls[3:]] == [given, ()]

    def test_a_logger_that_is_loud_hears_of_each_method(self, registry, caplog):
        """
        Calls are told as soon as methods are to be announced in the log.
        """
        registry.register("point", Doing(pre=lambda text: None))
        function = registry.add_hook("point")(lambda text: text)
        with Recorder() as recorder:
            for text in "abc":
                function(text)
            assert has_plans(function)
            assert not caplog.messages
            with caplog.at_level(10, registry.log.name):
                function("d")

        assert len(caplog.messages) == 1
        assert [call.args for call in recorder.calls] == [("a",), ("b",), ("c",), ("d",)]

    def test_a_renamed_thread_is_named_as_it_was(self, registry):
        """
        Each call has the name that its thread had at the time.
        """
        function = registry.add_hook("point")(lambda: None)

        def run():
            for name in ("one", "other"):
                threading.current_thread().name = name
                function()
                function()

        with Recorder() as recorder:
            function()
            function()
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()

        assert [call.thread for call in recorder.calls[2:]] == ["one", "one", "other", "other"]

    def test_a_thread_with_a_way_of_its_own_to_be_named_is_asked(self, registry):
        """
        A thread of a class that makes names by itself is named as it says.
        """
        function = registry.add_hook("point")(lambda: None)

        class Worker(threading.Thread):
            is_ready = False
            name = property(lambda self: f"worker {next(counted)}" if self.is_ready else "new", lambda self, name: None)

            def run(self):
                self.is_ready = True
                function()

        counted = itertools.count(1)
        with Recorder() as recorder:
            function()
            function()
            for _ in range(2):
                worker = Worker()
                worker.start()
                worker.join()

        assert [call.thread for call in recorder.calls[2:]] == ["worker 1", "worker 2"]

    def test_tasks_are_named(self, registry):
        """
        A call in a task has its name, also of a function that was called outside one before.
        """
        function = registry.add_hook("point")(lambda: None)

        async def main():
            function()

        with Recorder() as recorder:
            for _ in range(3):
                function()
            assert has_plans(function)
            asyncio.run(main())

        assert recorder.calls[2].task is None
        assert recorder.calls[3].task.startswith("Task-")

    @pytest.mark.parametrize("tasks", [None, True, {}])
    def test_tasks_are_found_without_what_asyncio_keeps(self, registry, monkeypatch, tasks):
        """
        Where asyncio does not keep the tasks under way in a dictionary of its own, it is asked for its event loop.
        """
        monkeypatch.setattr("_asyncio._current_tasks", tasks, raising=False)
        self.test_tasks_are_named(registry)

    def test_without_asyncio_nothing_is_asked(self, registry, monkeypatch):
        """
        Where asyncio was never imported there is no task.
        """
        for name in ("asyncio", "asyncio.tasks"):
            monkeypatch.delitem(sys.modules, name)
        function = registry.add_hook("point")(lambda: None)
        with Recorder() as recorder:
            for _ in range(3):
                function()
            assert has_plans(function)

        assert [call.task for call in recorder.calls] == [None] * 3

    def test_calls_of_threads_stand_in_order_of_start(self, registry):
        """
        Under threads every event is there once, and those of a call stand in order.
        """
        registry.register("point", Doing(pre=lambda x: None, post=lambda rv, x: None))
        function = registry.add_hook("point")(lambda x: x)
        with Recorder() as recorder:
            function([0])
            function([0])
            threads = [threading.Thread(target=lambda: [function([n]) for n in range(200)]) for _ in range(4)]
            for thread in threads:
                thread.start()
            for _ in range(10):
                seen = [event.seq for event in recorder.events]
                assert seen == list(range(1, len(seen) + 1))
            for thread in threads:
                thread.join()

        assert [event.seq for event in recorder.events] == list(range(1, 2407))
        phases = {}
        for event in recorder.events:
            phases.setdefault(event.call.seq, []).append(event.phase)
            assert event.is_finished
        assert list(phases.values()) == [["pre", "body", "post"]] * 802

    def test_a_hook_of_a_class_without_a_module_is_named(self, registry):
        """
        A class that was made of a text, by code that belongs to no module, is told by its name.
        """
        namespace = {"__builtins__": {"type": type}}
        exec("Made = type('Made', (), {'pre': lambda self: None})", namespace)
        registry.register("point", namespace["Made"])
        function = registry.add_hook("point")(lambda: None)
        with Recorder() as recorder:
            function()

        assert recorder.events[0].hook.class_path == "?:Made"


class TestParents:
    def test_a_call_in_an_event_stands_under_it(self, registry):
        """
        The parent of a call is the one in whose course it was made, whether they are noted or told.
        """
        inner = registry.add_hook("inner")(lambda text: text)
        told = registry.add_hook("told")(lambda text: [inner(text)])
        outer = registry.add_hook("outer")(lambda text: (inner(text), told(text)))
        with Recorder() as recorder:
            for _ in range(4):
                inner("first")
                outer("a")
            registry.reset()
            inner("again")
            inner("again")
            outer("b")  # told, and what is called in it is told too
            outer("b")
            assert has_plans(outer)
            outer("c")

        assert all(call.parent is None for call in recorder.calls if call.point == "outer")
        assert all(call.parent.point == "outer" for call in recorder.calls if call.point == "told")
        inner_calls = [call for call in recorder.calls if call.point == "inner"]
        assert {call.parent and call.parent.point for call in inner_calls if call.args[0] in "abc"} == {"outer", "told"}
        assert {call.parent for call in inner_calls if call.args[0] not in "abc"} == {None}

    def test_a_told_call_stands_under_a_noted_one(self, registry):
        """
        A coroutine function's call in the course of a plain function's has that one as its parent.
        """

        @registry.add_hook("inner")
        async def inner():
            return None

        outer = registry.add_hook("outer")(lambda: asyncio.run(inner()))
        with Recorder() as recorder:
            for _ in range(4):
                outer()

        assert [call.parent and call.parent.seq for call in recorder.calls] == [None, 1, None, 3, None, 5, None, 7]

    def test_a_parent_of_another_recording_is_none(self, registry):
        """
        A call whose parent was noted in another recording has none.
        """
        inner = registry.add_hook("inner")(lambda: None)
        second = Recorder()

        is_third = nth(3)

        def body():
            if is_third():
                first.__exit__(None, None, None)
                with second:
                    for _ in range(3):
                        inner()

        outer = registry.add_hook("outer")(body)
        first = Recorder()
        with first:
            for _ in range(3):
                outer()

        assert [call.parent for call in second.calls] == [None] * 3
        assert [call.is_finished for call in first.calls] == [True, True, False]


class TestUnderWay:
    @pytest.mark.parametrize("limit", [None, 100])
    def test_clearing_in_its_course_changes_no_numbers(self, registry, limit):
        """
        Calls that are forgotten in the course of another one are numbered after that, as they began after it.
        """
        recorder = Recorder(limit=limit)
        registry.register("point", Doing(pre=lambda *args: None))
        inner = registry.add_hook("point")(lambda: None)

        def clear():
            for _ in range(3):
                inner()
            recorder.clear()

        outer = registry.add_hook("outer")(lambda deed: deed())
        with recorder:
            for _ in range(3):
                outer(inner)
            outer(clear)
            inner()
        assert [(event.call.seq, event.phase) for event in recorder.events] == [(11, "pre"), (11, "body")]

    @pytest.mark.parametrize("end", ["over", "out"])
    def test_the_end_of_a_call_fails(self, registry, monkeypatch, end):
        """
        A call whose end a signal handler keeps from being noted is no parent of later ones.
        """

        def fail(*args):
            raise KeyError

        registry.register("point", Doing(post=lambda rv, fails: {}["x"] if fails and end == "out" else None))
        registry.on_hook_error = "raise"
        function = registry.add_hook("point")(lambda fails: {}["x"] if fails and end == "over" else None)
        with Recorder() as recorder:
            for _ in range(3):
                function([])
            monkeypatch.setattr(_tape_plan.TapePlan, end, fail)
            with pytest.raises(KeyError):
                function(["fails"])
            monkeypatch.undo()
            function([])
        assert [call.parent for call in recorder.calls] == [None] * 5
        assert [call.is_finished for call in recorder.calls] == [True, True, True, False, True]

    def test_what_is_under_way_is_there(self, registry):
        """
        A hook that looks at the recorder sees the call and the events so far, and they are completed later.
        """
        recorder = Recorder()
        seen = []

        def look(*args):
            events = [event for event in recorder.events if event.call is recorder.calls[-1]]
            seen.append([(event.phase, event.is_finished) for event in events])

        registry.register("point", Doing(pre=look, post=look, error=look))
        function = registry.add_hook("point")(lambda fails: {}["x"] if fails else [look()])
        with recorder:
            for _ in range(3):
                function([])
            del seen[:]
            function([])
            with pytest.raises(KeyError):
                function(["fails"])

        assert seen == [
            [("pre", False)],
            [("pre", True), ("body", False)],
            [("pre", True), ("body", True), ("post", False)],
            [("pre", False)],
            [("pre", True), ("body", True), ("error", False)],
        ]
        assert all(event.is_finished for event in recorder.events)
        assert all(call.is_finished for call in recorder.calls)

    def test_it_stays_as_it_is_when_the_recording_ends(self, registry):
        """
        A call that is noted when the recording ends stays unfinished, and what comes after is not recorded.
        """
        recorder = Recorder()
        is_third = nth(3)
        registry.register("point", Doing(pre=lambda: is_third() and recorder.__exit__(None, None, None)))
        function = registry.add_hook("point")(lambda: None)
        recorder.__enter__()
        for _ in range(4):
            function()

        assert [event.phase for event in recorder.events] == ["pre", "body", "pre", "body", "pre"]
        assert [call.is_finished for call in recorder.calls] == [True, True, False]
        with recorder:
            function()
        assert recorder.events[-1].seq == 7
        assert recorder.calls[-1].seq == 4

    def test_forgetting_in_its_course(self, registry):
        """
        After clear() in the course of a call, what it does later is recorded, and numbers go on.
        """
        recorder = Recorder()
        is_fourth = nth(4)
        registry.register("point", Doing(pre=lambda: is_fourth() and recorder.clear(), post=lambda rv: None))
        function = registry.add_hook("point")(lambda: None)
        with recorder:
            for _ in range(4):
                function()

        assert [(event.seq, event.phase) for event in recorder.events] == [(11, "body"), (12, "post")]
        assert [event.is_finished for event in recorder.events] == [True, True]
        assert (recorder.events[0].call.seq, recorder.events[0].call.is_finished) == (4, True)

    def test_forgetting_makes_no_records(self, registry):
        """
        What is forgotten counts all the same.
        """
        function = registry.add_hook("point")(lambda text: text)
        with Recorder() as recorder:
            for text in "abc":
                function(text)
            recorder.clear()
            function("d")

        assert [(event.seq, event.args) for event in recorder.events] == [(4, ("d",))]
        assert [call.seq for call in recorder.calls] == [4]

    def test_a_test_is_named_from_then_on(self, registry):
        """
        The calls that begin after a test's name was given bear it.
        """
        function = registry.add_hook("point")(lambda: None)
        with Recorder() as recorder:
            for name in (None, None, "one", "other"):
                recorder.test_id = name
                function()

        assert recorder.test_id == "other"
        assert [call.test_id for call in recorder.calls] == [None, None, "one", "other"]

    def test_watching_an_object_ends_the_noting(self, registry):
        """
        From watch() on calls are told, so that no event of a watched hook is there twice.
        """
        is_third = nth(3)
        hook = Doing(pre=lambda: None)
        registry.register("point", hook)
        function = registry.add_hook("point")(lambda: recorder.watch(hook).pre() if is_third() else None)
        with Recorder() as recorder:
            for _ in range(3):
                function()
            assert not has_plans(function)
            recorder.watch(Doing(pre=lambda: None))
            function()

        assert [(event.phase, event.group) for event in recorder.events[4:7]] == [
            ("pre", registry.group),
            ("body", registry.group),
            ("pre", "watched hooks"),
        ]
        assert len(recorder.events) == 9

    @pytest.mark.parametrize("phase", ["pre", "post", "error"])
    def test_a_noted_event_is_no_call_of_a_watched_object(self, registry, phase):
        """
        A method of a watched object that runs as a noted event is not recorded as a call of its own.
        """
        recorder = Recorder()
        is_third = nth(3)

        def run(*args):
            if is_third():
                getattr(recorder.watch(hook), phase)(*args)

        hook = Doing(**{phase: run})
        registry.register("point", hook)

        @registry.add_hook("point")
        def function():
            if phase == "error":
                raise KeyError(phase)

        with recorder:
            for _ in range(3):
                with suppress(KeyError):
                    function()

        assert {call.group for call in recorder.calls} == {registry.group}


class TestSwallowed:
    @pytest.mark.parametrize("phase", ["pre", "post", "error"])
    def test_what_nobody_looked_at_is_known(self, registry, phase):
        """
        Errors that were swallowed in noted calls are overlooked until somebody looks at them.
        """
        is_third = nth(3)
        registry.register("point", Doing(**{phase: lambda *args: is_third() and {}["raised"]}))
        registry.log.disabled = True

        @registry.add_hook("point")
        def function():
            if phase == "error":
                raise ValueError(phase)

        with Recorder() as recorder:
            for _ in range(2):
                with suppress(ValueError):
                    function()
            assert not recorder.overlooked
            for _ in range(2):
                with suppress(ValueError):
                    function()

        assert [event.phase for event in recorder.overlooked] == [phase]
        assert [type(event.raised) for event in recorder.swallowed] == [KeyError]
        assert not recorder.overlooked

    def test_to_ask_for_them_makes_no_records_where_there_are_none(self, registry):
        """
        As long as nothing was swallowed, what is on the tape stays there.
        """
        function = registry.add_hook("point")(lambda: None)
        with Recorder() as recorder:
            for _ in range(5):
                function()
            assert not recorder.overlooked
            assert len(recorder._deck.tape.log) == 5

    def test_one_in_a_call_that_is_under_way_is_known(self, registry):
        """
        An error that was swallowed earlier in a call that is not over is there as soon as records were made of it.
        """
        recorder = Recorder()
        is_third = nth(3)
        seen = []
        registry.register("point", Doing(pre=lambda: is_third() and {}["raised"]))
        registry.log.disabled = True

        @registry.add_hook("point")
        def function():
            seen.append((len(recorder.events), len(recorder.overlooked)))

        with recorder:
            for _ in range(3):
                function()

        assert seen == [(2, 0), (4, 0), (6, 1)]

    def test_its_traceback_is_that_of_the_hook(self, registry):
        """
        The frames of a noted call are no part of the traceback that a recording has.
        """
        registry.register("point", Doing(pre=lambda text: {}[text]))
        registry.log.disabled = True
        function = registry.add_hook("point")(lambda text: text)
        with Recorder() as recorder:
            for text in "abc":
                function(text)

        frames = [traceback_of(event, str) for event in recorder.swallowed]
        assert frames[0] == frames[2]
        assert [frame["function"] for frame in frames[2]] == ["<lambda>"]

    def test_the_log_shows_an_error_method_without_own_frames(self, registry, caplog):
        """
        What is logged of one that raised begins with its own frame.
        """

        def error(exc):
            raise ValueError("error broke")

        registry.register("point", Doing(error=error))
        function = registry.add_hook("point")(lambda: {}["body"])
        with Recorder():
            for _ in range(3):
                with suppress(KeyError):
                    function()
        frames = traceback.extract_tb(caplog.records[-1].exc_info[2])
        assert [frame.name for frame in frames] == ["error"]


class TestShots:
    def test_what_equals_but_is_of_another_type_is_a_change(self, registry):
        """
        Putting True in place of 1, or a bytearray in place of bytes, is a change.
        """
        registry.register("point", Doing(pre=retype))
        function = registry.add_hook("point")(lambda values: None)
        with Recorder() as recorder:
            for _ in range(3):
                function({"flag": True, "data": b"abc"})

        (change, other) = recorder.events[4].changes
        assert (change.path, change.before, type(change.after)) == ("values['flag']", True, int)
        assert (other.path, other.before, type(other.after)) == ("values['data']", b"abc", bytearray)

    def test_records_of_several_calls_share_no_values(self, registry):
        """
        Changing what one call recorded does not change what another one did.
        """
        function = registry.add_hook("point")(lambda values: None)
        with Recorder() as recorder:
            for _ in range(4):
                function([1])

        recorder.calls[2].args[0].append(2)
        assert recorder.calls[3].args == ([1],)

    def test_what_cannot_change_is_that_of_each_call(self, registry):
        """
        Calls with the same dictionary and other texts have their own texts, and share what the dictionary was.
        """
        registry.register("point", Doing(pre=lambda *args, **kwargs: None))

        class Host:
            @registry.add_hook("point")
            def create(self, name, values, *, flavor):
                return name

        host, values = Host(), {"tags": ["a"]}
        with Recorder() as recorder:
            for number in range(5):
                host.create(f"vm{number}", values, flavor=None if number % 2 else number * 1.0)
            entries = [item for item in recorder._deck.tape.log if isinstance(item, list)]
            shots = [_tape_plan.details_of(entry).shots[0][1] for entry in entries]

        assert len(shots) > 2
        assert shots[0] is shots[-1]
        assert [call.args for call in recorder.calls] == [(host, f"vm{number}", values) for number in range(5)]
        assert [call.kwargs for call in recorder.calls] == [
            {"flavor": flavor} for flavor in (0.0, None, 2.0, None, 4.0)
        ]

    def test_what_cannot_be_marshalled_follows_what_can(self, registry):
        """
        A call with an object, after ones with dictionaries, is recorded as ever.
        """
        function = registry.add_hook("point")(lambda values: None)
        registry.register("point", Doing(pre=lambda values: values.update(seen=1)))
        with Recorder() as recorder:
            for value in ("a", "a", "a", Context(), "a"):
                function({"value": value})

        assert [type(call.args[0]["value"]) for call in recorder.calls] == [str, str, str, Context, str]
        assert [len(event.changes) for event in recorder.events] == [1, 0] * 5

    @pytest.mark.parametrize(
        "value", [b"", b"abc", bytearray(b"abc"), memoryview(b"abc"), ["tags", b"x" * 300], b"x" * 70_000]
    )
    def test_bytes_are_not_sure(self, value):
        """
        A mark that may hold bytes is not trusted.
        """
        assert not _shots.is_sure(_shots.mark(({"value": value},)))

    @pytest.mark.parametrize("count", [2, 300, 70_000])
    def test_bytes_that_are_referred_to_once_are_not_sure(self, count):
        """
        They are written in another way, and a mark that may hold them is not trusted either.
        """
        mark = _shots.mark((["s", bytes([*b"s"] * count)],))
        assert b"\xf3" not in mark
        assert not _shots.is_sure(mark)

    def test_texts_and_numbers_are_sure(self):
        """
        A mark of texts and numbers is trusted.
        """
        assert _shots.is_sure(_shots.mark(({"tags": ["is", 1.5, None]},)))

    def test_what_is_large_leaves_nothing_behind(self):
        """
        After values that are too large to be pickled others are pickled as ever.
        """
        small = _shots.pickled(([1],))
        assert _shots.pickled((["x" * 70_000, []],)) is None
        assert _shots.pickled(([["x"] * 70_000],)) is None
        assert _shots.pickled(([list(range(2000))],)) is not None
        assert _shots.pickled(([1],)) == small

    def test_many_at_once(self):
        """
        Values that a hooked function pickles while others are pickled are no part of these.
        """
        first = _shots.pickled(([1],))
        assert _shots.pickled((Context(),)) is None
        assert _shots.pickled(([1],)) == first
