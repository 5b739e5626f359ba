"""
Tests for `hookkit.recording._tape` and what belongs to it: what is noted there is what observers are told.
"""

import asyncio
import datetime as dt
import itertools
import math
import sys
import threading
import time
from collections import OrderedDict, namedtuple
from contextlib import suppress
from dataclasses import dataclass
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import FatalHookException, HookRegistry, Recorder, Replace, _fast_code
from hookkit.recording import _shots, _tape_plan
from hookkit.recording._frames import traceback_of
from runtime.fake_hooks import Doing

pytestmark = pytest.mark.skipif(not _fast_code.CAN_SHARE, reason="here all calls are recorded the general way")

COUNT = itertools.count()

Pair = namedtuple("Pair", "one other")  # noqa: PYI024 - values without types


class Meta(type):
    """
    A metaclass, whose classes are not asked about anything.
    """


class Strange(metaclass=Meta):
    """
    An object of such a class.
    """


class Context:
    """
    Something with attributes.
    """

    def __init__(self):
        self.user = "alice"
        self.roles = ["admin"]


class Loud(str):
    """
    A text that must not be asked whether it equals anything.
    """

    __slots__ = ()

    def __eq__(self, other):  # pragma: no cover - is not to be asked
        raise AssertionError("It was asked.")

    __hash__ = str.__hash__


@dataclass
class Size:
    """
    A dataclass, which is copied.
    """

    width: int
    tags: list


def aliased():
    """
    Make a value that holds another one twice, and itself.
    """
    inner = [1]
    value = {"one": inner, "other": inner}
    value["self"] = value
    return value


VALUES = {
    "text": lambda: "vm",
    "number": lambda: 7,
    "nothing": lambda: None,
    "float": lambda: 1.5,
    "moment": lambda: dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    "dictionary": lambda: {"name": "vm", "tags": ["a", 1, True], "meta": {"k": (1, [2])}},
    "list": lambda: [{"id": number, "tag": None} for number in range(3)],
    "set": lambda: {"a", "b"},
    "bytes": lambda: {"data": b"abc"},
    "bytearray": lambda: {"data": bytearray(b"abc")},
    "nan": lambda: [math.nan],
    "object": Context,
    "object within": lambda: {"context": Context()},
    "named": lambda: Pair([1], 2),
    "dataclass": lambda: Size(1, ["a"]),
    "ordered": lambda: OrderedDict(a=[1]),
    "aliased": aliased,
    "tuple": lambda: ("a", ["b"]),
    "class": lambda: Context,
    "module": lambda: math,
    "constant": lambda: ("a", 1j),
    "strange": Strange,
    "large": lambda: ["x" * 70_000, []],
    "flag": lambda: True,
}


def touch(value):
    """
    Change a value in place, if it is one that can change.
    """
    if isinstance(value, dict):
        value["touched"] = value.get("touched", 0) + 1
    elif isinstance(value, list):
        value.append("touched")
    elif isinstance(value, Context):
        value.user = [value.user]
        value.roles.append("touched")
    elif isinstance(value, Size):
        value.tags.append("touched")
    elif isinstance(value, set):
        value.add("touched")
    elif isinstance(value, tuple):
        for item in value:
            touch(item)


def retype(value):
    """
    Put in place of values what equals them and is of another type.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            value[name] = {bytes: bytearray, bytearray: bytes, int: float, bool: int}.get(type(item), lambda x: x)(item)


def rename(value):
    """
    Call what is in a dictionary by another name, and leave it where it is.
    """
    if isinstance(value, dict):
        items = [(f"{name}s", item) for name, item in value.items()]
        value.clear()
        value.update(items)


def reorder(value):
    """
    Have the first item of a dictionary come last.
    """
    if isinstance(value, dict):
        name = next(iter(value))
        value[name] = value.pop(name)


def swap(value):
    """
    Put in place of values texts that look the same and are of a class of their own.
    """
    if isinstance(value, dict):
        value.update({name: Loud(item) for name, item in value.items() if isinstance(item, str)})


def tie(value):
    """
    Put values into others, and one into itself.
    """
    if isinstance(value, dict):
        value["tied"] = [*value.values(), value, math.nan]


def throw(exc):
    """
    Raise what is given.
    """
    raise exc


DEEDS = {
    "nothing": lambda given: None,
    "touch": lambda given: [touch(value) for value in given][:0],
    "touch first": lambda given: touch(given[0]),
    "retype": lambda given: [retype(value) for value in given][:0],
    "rename": lambda given: [rename(value) for value in given][:0],
    "reorder": lambda given: [reorder(value) for value in given][:0],
    "swap": lambda given: [swap(value) for value in given][:0],
    "tie": lambda given: [tie(value) for value in given][:0],
    "foreign": lambda given: [value.update(foreign=Context()) for value in given if isinstance(value, dict)][:0],
    "undo": lambda given: [value.pop("touched", None) for value in given if isinstance(value, dict)][:0],
    "answer": lambda given: {"answer": [42]},
    "replace": lambda given: Replace([given[0]]),
    "replace by text": lambda given: Replace("text"),
    "raise": lambda given: {}["raised"],
    "fatal": lambda given: throw(FatalHookException("fatal")),
    "exit": lambda given: sys.exit(3),
}

names = st.sampled_from([*sorted(DEEDS), "nothing", "nothing", "touch"])
hooks = st.fixed_dictionaries({}, optional=dict.fromkeys(("pre", "post", "error"), names)).filter(bool)


def method(phase, deed, inner):
    """
    Make a method of a hook that calls another hooked function and then does its deed.
    """

    def run(*args, **kwargs):
        inner(phase)
        given = [*(arg for arg in args if not callable(arg) and not isinstance(arg, Exception)), *kwargs.values()]
        return DEEDS[deed](given or ["nothing"])

    return run


def plain(value, seen=()):
    """
    Make a value comparable with one of another run: by type and content, also what is kept as it is.
    """
    if id(value) in seen:
        return ("again", seen.index(id(value)))
    seen = (*seen, id(value))
    kind = type(value).__name__
    if isinstance(value, dict):
        return (kind, [(plain(key, seen), plain(item, seen)) for key, item in value.items()])
    if isinstance(value, list | tuple):
        return (kind, [plain(item, seen) for item in value])
    if isinstance(value, set):
        return (kind, sorted(value))
    if isinstance(value, Size):
        return (kind, plain(vars(value), seen))
    is_shown = type(value).__module__ in ("builtins", "datetime") and not callable(value)
    return (kind, repr(value)) if is_shown and not isinstance(value, BaseException) else kind


def facts(recorder):
    """
    Give all that a recorder knows, but for times, in a form that can be compared.
    """
    events = [
        (
            (event.seq, event.phase, event.hook and event.hook.class_path, event.passed_function is not None),
            plain((event.args, event.kwargs, event.arguments)),
            plain((event.result, event.returned, event.error, event.raised)),
            (event.swallowed, event.suppressed, event.replaced, event.is_finished),
            [(change.path, plain(change.before), plain(change.after)) for change in event.changes],
            sorted(str(plain(noted)) for _, noted in event.noted.values()),
            event.call.seq,
        )
        for event in recorder.events
    ]
    calls = [
        (
            (call.seq, call.group, call.point, call.function_path, call.thread, call.task, call.tick, call.test_id),
            plain((call.args, call.kwargs, call.arguments, call.result, call.raised)),
            sorted(str(plain(noted)) for _, noted in call.noted.values()),
            call.parent and call.parent.seq,
            call.is_finished,
        )
        for call in recorder.calls
    ]
    return events, calls, [event.seq for event in recorder.overlooked]


def is_taped(function):
    """
    Tell whether calls of a hooked function are noted on a tape.
    """
    return any(isinstance(constant, _tape_plan.TapePlan) for constant in function.__code__.co_consts)


@pytest.fixture
def registry():
    """
    Give a registry of its own.
    """
    return HookRegistry(f"test.tape{next(COUNT)}")


def nth(number):
    """
    Make a function that tells whether it is called for the time of this *number*.
    """
    times = itertools.count(1)
    return lambda: next(times) == number


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
            self.run(plans, body, values, keywords, pass_function, is_method=is_method, is_taped=is_taped, scope=scope)
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
            runs = [self.run(*arguments, is_method=True, is_taped=is_taped) for is_taped in (False, True)]
            assert runs[0] == runs[1]

    @pytest.mark.parametrize("value", sorted(VALUES))
    @pytest.mark.parametrize("deed", ["nothing", "touch", "retype", "rename", "reorder", "swap", "tie", "foreign"])
    def test_it_does_so_whatever_is_passed(self, value, deed):
        """
        The records are the same for each kind of value.
        """
        arguments = [{"pre": deed, "post": "replace"}, {"post": deed}], "touch first", [value, "text"], set(), False
        runs = [self.run(*arguments, is_method=False, is_taped=is_taped) for is_taped in (False, True)]
        assert runs[0] == runs[1]

    def run(self, plans, body, values, keywords, pass_function, *, is_method, is_taped, scope="process"):
        """
        Call a hooked function some times; give what was recorded.
        """
        registry = HookRegistry("test.tape", on_hook_error="log")
        registry.log.disabled = True

        @registry.add_hook("inner")
        def inner(phase):
            return [phase]

        for plan in plans:
            registry.register("point", Doing(**{phase: method(phase, deed, inner) for phase, deed in plan.items()}))

        def free(*args, **kwargs):
            return method("body", body, inner)(*args, **kwargs)

        class Host:
            @registry.add_hook("point", pass_function)
            def bound(self, *args, **kwargs):
                return method("body", body, inner)(*args, **kwargs)

        hooked = Host().bound if is_method else registry.add_hook("point", pass_function)(free)
        with Recorder(scope=scope) as recorder:
            recorder._deck.tape.is_open = is_taped
            for made in (values, ["text"], values, values[::-1], values):
                keyword_values = {name: VALUES[made[0]]() for name in keywords}
                with suppress(BaseException):
                    hooked(*(VALUES[name]() for name in made), **keyword_values)
            assert any(isinstance(item, list) for item in recorder._deck.tape.log) == is_taped
        return facts(recorder)


class TestCalls:
    def test_calls_after_the_first_ones_are_noted(self, registry):
        """
        The first calls of a function are told, those after it are noted, and the records do not tell which.
        """
        function = registry.add_hook("point")(lambda text: text)
        with Recorder() as recorder:
            assert not is_taped(function)
            for text in "abc":
                assert function(text) == text
            assert is_taped(function)

        assert not is_taped(function)
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
            assert not is_taped(function)
            function("d")
            undo()
            function("e")
            function("f")
            assert is_taped(function)

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
            assert not is_taped(function)

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
                others.append((is_taped(function), [call.args for call in other.calls]))

        with Recorder(scope="context") as recorder:
            for text in "abc":
                function(text)
            assert is_taped(function)
            thread = threading.Thread(target=record)
            thread.start()
            thread.join()
            for text in "def":
                function(text)
            assert is_taped(function)

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
            assert not is_taped(function)
            inner.__exit__(None, None, None)
            for text in "def":
                function(text)
            assert is_taped(function)

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
            assert is_taped(function)
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
            assert is_taped(function)
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
            assert is_taped(function)
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
            assert is_taped(function)

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
            assert is_taped(outer)
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
            assert not is_taped(function)
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
            shots = [item[2] for item in recorder._deck.tape.log if isinstance(item, list)]

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
