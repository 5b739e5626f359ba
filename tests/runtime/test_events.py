"""
Tests for `hookkit._events`: the facts about calls and events.
"""

import asyncio
import contextvars
import functools
import sys
import threading
import time

import pytest

from hookkit import HookCall
from hookkit._events import current_call
from hookkit._registry import HookRegistry
from runtime.fake_hooks import Doing, Noting


def body(*args, **kwargs):
    """
    Be a function.
    """
    return "result"


@pytest.fixture
def events(registry):
    """
    Give the list of the registry's events.
    """
    events = []
    registry.observe(after=events.append)
    return events


@pytest.fixture
def calls(registry):
    """
    Give the list of the registry's finished calls.
    """
    calls = []
    registry.observe(finished=calls.append)
    return calls


class TestHookCall:
    def test_knows_its_point_and_function(self, registry, group, calls):
        """
        A call has its group, point, undecorated function and where that is defined.
        """
        registry.add_hook("point")(body)()

        (call,) = calls
        assert (call.group, call.point, call.function) == (group, "point", body)
        assert call.function_path == f"{__name__}:body"
        assert repr(call) == f"<HookCall point of {group}>"

    def test_the_path_of_an_object(self, registry, calls):
        """
        The path of a function without a name is that of its class.
        """
        registry.add_hook("point")(functools.partial(body))()

        assert calls[0].function_path == "functools:partial"

    def test_a_tick_has_no_function(self):
        """
        A call that is a tick has a number, and neither function nor signature.
        """
        tick = HookCall("group", "point", None, ("data",), {}, tick=3)

        assert (tick.tick, tick.function_path, tick.signature, tick.arguments) == (3, None, None, {})

    def test_arguments_are_the_callers(self, registry, calls):
        """
        A call has the very objects that the caller passed, self included, by position and keyword.
        """

        class API:
            @registry.add_hook("point")
            def method(self, *args, **kwargs):
                return self

        api, first, second = API(), object(), object()
        api.method(first, key=second)

        assert calls[0].args == (api, first)
        assert calls[0].kwargs == {"key": second}

    def test_a_result(self, registry, calls):
        """
        A call that returned has its result and no exception.
        """
        registry.add_hook("point")(body)()

        assert (calls[0].result, calls[0].raised, calls[0].is_finished) == ("result", None, True)

    def test_an_exception(self, registry, calls):
        """
        A call that raised has its exception and no result.
        """
        exc = ValueError("from the body")
        with pytest.raises(ValueError):
            registry.add_hook("point")(Doing.raiser(exc))()

        assert (calls[0].result, calls[0].raised) == (None, exc)

    def test_an_exception_after_the_work(self, registry, calls):
        """
        A call whose post raised has no result, as its caller got none.
        """
        exc = KeyboardInterrupt()
        registry.register("point", Doing(post=exc))
        with pytest.raises(KeyboardInterrupt):
            registry.add_hook("point")(body)()

        assert (calls[0].result, calls[0].raised) == (None, exc)

    def test_times(self, registry, events, calls):
        """
        Calls and events have the time at which they began and how long they took, in nanoseconds.
        """
        before_ns = time.time_ns()
        registry.add_hook("point")(lambda: time.sleep(0.01))()
        after_ns = time.time_ns()

        (call,), (event,) = calls, events
        assert before_ns <= call.started_ns <= event.started_ns <= after_ns
        assert 9_000_000 < event.duration_ns <= call.duration_ns

    def test_thread(self, registry, calls):
        """
        A call has the name of the thread that it was made in, and no task outside asyncio.
        """
        thread = threading.Thread(target=registry.add_hook("point")(body), name="the thread")
        thread.start()
        thread.join()

        assert (calls[0].thread, calls[0].task) == ("the thread", None)

    def test_task(self, registry, calls):
        """
        A call that is made in a task has its name, of a coroutine function or not.
        """

        async def main():
            registry.add_hook("point")(body)()
            asyncio.get_running_loop().call_soon(registry.add_hook("point")(body))
            await asyncio.sleep(0)

        async def named():
            await asyncio.create_task(main(), name="the task")

        asyncio.run(named())

        assert [call.task for call in calls] == ["the task", None]

    @pytest.mark.parametrize("asyncio_module", [None, object()], ids=["absent", "half imported"])
    def test_without_asyncio(self, registry, calls, monkeypatch, asyncio_module):
        """
        A call has no task in a process that has not, or not yet, imported asyncio.
        """
        monkeypatch.setitem(sys.modules, "asyncio", asyncio_module)

        registry.add_hook("point")(body)()

        assert calls[0].task is None


class TestParent:
    def test_a_nested_call_has_a_parent(self, registry, calls):
        """
        The parent of a call is the one in whose course it was made, from a hook or from the function; None at the top.
        """
        inner = registry.add_hook("inner")(body)
        registry.register("outer", Doing(pre=inner))
        registry.add_hook("outer")(inner)()
        registry.add_hook("outer")(body)()

        first, second, outer, third, last = calls
        assert [call.point for call in calls] == ["inner", "inner", "outer", "inner", "outer"]
        assert (first.parent, second.parent, outer.parent) == (outer, outer, None)
        assert (third.parent, last.parent) == (last, None)

    def test_across_registries(self, group):
        """
        A call has a parent of another registry, if that is watched.
        """
        calls = []
        registries = [HookRegistry(f"{group}.{name}") for name in ("outer", "inner")]
        for registry in registries:
            registry.observe(finished=calls.append)
        inner = registries[1].add_hook("point")(body)
        registries[0].add_hook("point")(inner)()

        assert calls[0].parent is calls[1]

    def test_after_an_exception(self, registry, calls):
        """
        A call that raised is the parent of none that come after it.
        """
        with pytest.raises(ValueError):
            registry.add_hook("point")(Doing.raiser(ValueError("from the body")))()
        registry.add_hook("point")(body)()

        assert calls[1].parent is None

    def test_tasks_do_not_mix(self, registry, calls):
        """
        Calls of tasks that interleave have the parents of their own task.
        """
        inner = registry.add_hook("inner")(body)

        @registry.add_hook("outer")
        async def outer(name):
            await asyncio.sleep(0)
            inner(name)
            await asyncio.sleep(0)

        async def main():
            await asyncio.gather(outer("a"), outer("b"))

        asyncio.run(main())

        assert [(call.args, call.parent.args) for call in calls if call.point == "inner"] == [
            (("a",), ("a",)),
            (("b",), ("b",)),
        ]

    def test_a_task_that_outlives_its_call(self, registry, calls):
        """
        A call from a task that outlived the call which started it has that call's parent, if that is still under way.
        """
        inner = registry.add_hook("inner")(body)
        tasks = []

        async def later():
            await asyncio.sleep(0)
            inner()

        @registry.add_hook("starter")
        async def starter():
            tasks.append(asyncio.create_task(later()))

        @registry.add_hook("outer")
        async def outer():
            await starter()
            await tasks[0]

        asyncio.run(outer())

        points = {call.point: call for call in calls}
        assert points["inner"].parent is points["outer"]

    def test_a_coroutine_that_is_closed_elsewhere(self, registry, calls):
        """
        Closing a coroutine from another context does not change which call is under way there.
        """
        inner = registry.add_hook("inner")(body)

        @registry.add_hook("left")
        async def left():
            await asyncio.sleep(0)

        coroutine = left()
        contextvars.Context().run(coroutine.send, None)

        def function():
            coroutine.close()
            inner()
            return current_call()

        outer = registry.add_hook("outer")(function)
        under_way = outer()

        points = {call.point: call for call in calls}
        assert points["inner"].parent is points["outer"] is under_way
        assert current_call() is None


class TestHookEvent:
    def test_has_the_facts_of_its_call(self, registry, group, events):
        """
        An event has its call, and through it point, group and the caller's arguments.
        """
        registry.register("point", Noting("a", []))

        @registry.add_hook("point")
        def function(first, second=None):
            return first

        function(1, second=2)

        event = events[2]
        assert (event.point, event.group, event.args, event.kwargs) == ("point", group, (1,), {"second": 2})
        assert event.arguments == {"first": 1, "second": 2}
        assert len({event.call for event in events}) == 1

    def test_knows_the_hook(self, registry, site, events):
        """
        An event's hook has class path, entry point, distribution and version.
        """
        site.install("demo", ("point", Noting("a", [])), version="3.2")

        registry.add_hook("point")(body)()

        hook = events[0].hook
        assert (hook.class_path, hook.entry_point.name) == ("runtime.fake_hooks:Noting", "point")
        assert (hook.distribution, hook.version) == ("demo", "3.2")

    def test_shows_phase_point_and_hook(self, registry, events):
        """
        Its repr shows the phase, the point and the hook, if there is one.
        """
        registry.register("point", Noting("a", []))
        registry.add_hook("point")(body)()

        assert [repr(event) for event in events] == [
            "<HookEvent pre point by Noting>",
            "<HookEvent body point>",
            "<HookEvent post point by Noting>",
        ]


def positional(a, b=2, /, c=3):
    """
    Have positional-only parameters.
    """


def variable(a, *rest, key=None, **options):
    """
    Have parameters of every other kind.
    """


def named_alike(a, /, **options):
    """
    Take a keyword that bears the name of a positional-only parameter.
    """


def only_keyword(a, *, key=None):
    """
    Have a keyword-only parameter.
    """


class TestArguments:
    @pytest.mark.parametrize(
        ("function", "args", "kwargs", "named"),
        [
            (positional, (1,), {}, {"a": 1}),
            (positional, (1, 4), {"c": 5}, {"a": 1, "b": 4, "c": 5}),
            (variable, (1, 2, 3), {"key": 4, "x": 5}, {"a": 1, "rest": (2, 3), "key": 4, "x": 5}),
            (variable, (1,), {}, {"a": 1}),
            (variable, (), {"a": 1}, {"a": 1}),
            (named_alike, (1,), {"a": 2, "b": 3}, {"a": 1, "b": 3}),
            (body, (1, 2), {"kwargs": 3}, {"args": (1, 2), "kwargs": 3}),
        ],
        ids=["few", "all", "variable", "no rest", "by keyword", "alike", "only variable"],
    )
    def test_by_the_name_of_the_parameter(self, function, args, kwargs, named):
        """
        Arguments are named by the parameter that takes them; defaults are not among them.
        """
        assert HookCall("group", "point", function, args, kwargs).arguments == named

    @pytest.mark.parametrize(
        ("function", "args", "kwargs", "named"),
        [
            (positional, (1, 2, 3, 4), {}, {"a": 1, "b": 2, "c": 3}),
            (positional, (), {"z": 1}, {"z": 1}),
            (only_keyword, (1, 2), {"key": 3}, {"a": 1, "key": 3}),
        ],
        ids=["too many", "unknown", "by position"],
    )
    def test_that_do_not_fit(self, function, args, kwargs, named):
        """
        What the signature has no place for is left out by position, and kept by keyword.
        """
        assert HookCall("group", "point", function, args, kwargs).arguments == named

    @pytest.mark.parametrize("signature", ["no signature", None], ids=["wrong", "hidden"])
    def test_without_a_signature(self, signature):
        """
        Of a function whose signature cannot be known only keywords are named.
        """

        class Odd:
            __signature__ = signature
            __call__ = None

        call = HookCall("group", "point", Odd(), (1,), {"key": 2})

        assert (call.signature, call.arguments) == (None, {"key": 2})

    def test_the_signature_is_asked_for_once(self, monkeypatch):
        """
        A signature that was given, or found out before, is not looked up again.
        """
        call = HookCall("group", "point", positional, (1,), {})
        signature = call.signature
        monkeypatch.setattr("inspect.signature", None)

        assert call.signature is signature
        assert HookCall("group", "point", body, (1,), {}, signature=signature).arguments == {"a": 1}
