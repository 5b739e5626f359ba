"""
Tests for `hookkit.recording._tape` and what belongs to it: what is noted there is what observers are told.
"""

import asyncio
import datetime
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

import hookkit
from hookkit import FatalHookException, HookRegistry, Recorder, Replace, _fast_code
from hookkit.recording import _shots, _tape_plan
from runtime.fake_hooks import Doing

pytestmark = pytest.mark.skipif(not _fast_code.CAN_SHARE, reason="here all calls are recorded the general way")

COUNT = itertools.count()

Pair = namedtuple("Pair", "one other")  # noqa: PYI024 - values without types


class Context:
    """
    Something with attributes.
    """

    def __init__(self):
        self.user = "alice"
        self.roles = ["admin"]


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
    "moment": lambda: datetime.datetime(2026, 1, 2),
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
    "large": lambda: ["x" * 70_000, []],
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


def plain(value, seen=()):  # noqa: PLR0911 - a list of kinds
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


class TestAgreement:
    @settings(max_examples=60)
    @given(
        st.lists(hooks, max_size=3),
        names,
        st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3),
        st.sets(st.sampled_from(["size", "meta", "plan"])),
        st.booleans(),
        st.booleans(),
    )
    def test_the_tape_says_what_observers_are_told(self, plans, body, values, keywords, pass_function, is_method):
        """
        The records are the same whether calls are noted on a tape or told to the recorder.
        """
        runs = [
            self.run(plans, body, values, keywords, pass_function, is_method=is_method, is_taped=is_taped)
            for is_taped in (False, True)
        ]

        assert runs[0] == runs[1]

    def run(self, plans, body, values, keywords, pass_function, *, is_method, is_taped):
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
        with Recorder() as recorder:
            recorder._deck.tape.is_open = is_taped
            for made in (values, ["text"], values, values[::-1], values):
                keyword_values = {name: VALUES[made[0]]() for name in keywords}
                with suppress(BaseException):
                    hooked(*(VALUES[name]() for name in made), **keyword_values)
        return facts(recorder)


class TestCalls:
    def test_calls_after_the_first_are_noted(self, registry):
        """
        The first call of a function is told, those after it are noted, and the records do not tell which.
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
            before_ns = time.time_ns()
            function(0.01)
            after_ns = time.time_ns()

        pre, body, post = recorder.events[3:]
        call = recorder.calls[1]
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
            for _ in range(2):
                function([Context() for _ in range(300)])

        pre, body, post = recorder.events[3:]
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

    @pytest.mark.parametrize("options", [{"limit": 5}, {"writer": mock.Mock()}, {"scope": "context"}])
    def test_who_has_to_be_told_at_once_is(self, registry, options):
        """
        With a limit, a writer or a scope nothing is noted on a tape.
        """
        function = registry.add_hook("point")(lambda text: text)
        with Recorder(**options) as recorder:
            for text in "abc":
                function(text)
            assert not is_taped(function)

        assert [call.args for call in recorder.calls] == [("a",), ("b",), ("c",)]

    def test_a_logger_that_is_loud_hears_of_each_method(self, registry, caplog):
        """
        Calls are told as soon as methods are to be announced in the log.
        """
        registry.register("point", Doing(pre=lambda text: None))
        function = registry.add_hook("point")(lambda text: text)
        with Recorder() as recorder:
            function("a")
            function("b")
            assert not caplog.messages
            with caplog.at_level(10, registry.log.name):
                function("c")

        assert len(caplog.messages) == 1
        assert [call.args for call in recorder.calls] == [("a",), ("b",), ("c",)]

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
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()

        assert [call.thread for call in recorder.calls[1:]] == ["one", "one", "other", "other"]

    def test_tasks_are_named(self, registry):
        """
        A call in a task has its name, also of a function that was called outside one before.
        """
        function = registry.add_hook("point")(lambda: None)

        async def main():
            function()

        with Recorder() as recorder:
            function()
            function()
            asyncio.run(main())

        assert recorder.calls[1].task is None
        assert recorder.calls[2].task.startswith("Task-")

    @pytest.mark.parametrize("tasks", [None, True, {}])
    def test_tasks_are_found_without_what_asyncio_keeps(self, registry, monkeypatch, tasks):
        """
        Where asyncio does not keep the tasks under way in a dictionary of its own, it is asked for its event loop.
        """
        monkeypatch.setattr(asyncio.tasks, "_current_tasks", tasks, raising=False)
        self.test_tasks_are_named(registry)

    def test_without_asyncio_nothing_is_asked(self, registry, monkeypatch):
        """
        Where asyncio was never imported there is no task.
        """
        for name in ("asyncio", "asyncio.tasks"):
            monkeypatch.delitem(sys.modules, name)
        function = registry.add_hook("point")(lambda: None)
        with Recorder() as recorder:
            function()
            function()

        assert [call.task for call in recorder.calls] == [None, None]

    def test_calls_of_threads_stand_in_order_of_start(self, registry):
        """
        Under threads every event is there once, and those of a call stand in order.
        """
        registry.register("point", Doing(pre=lambda x: None, post=lambda rv, x: None))
        function = registry.add_hook("point")(lambda x: x)
        with Recorder() as recorder:
            threads = [threading.Thread(target=lambda: [function([n]) for n in range(200)]) for _ in range(4)]
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                seen = [event.seq for event in recorder.events]
                assert seen == list(range(1, len(seen) + 1))
            for thread in threads:
                thread.join()

        assert [event.seq for event in recorder.events] == list(range(1, 2401))
        phases = {}
        for event in recorder.events:
            phases.setdefault(event.call.seq, []).append(event.phase)
            assert event.is_finished
        assert list(phases.values()) == [["pre", "body", "post"]] * 800
