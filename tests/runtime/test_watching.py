"""
Tests for `hookkit._watching` and for how a call is watched.
"""

import asyncio
import gc
import logging
import threading
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

import hookkit
from hookkit import FatalHookException, HookRegistry, MisuseError, Replace
from hookkit._watching import Alive
from runtime.fake_hooks import Awaited, BrokenRepr, Doing, Noting


def body(*args, **kwargs):
    """
    Be a function.
    """
    return "result"


@pytest.fixture
def observe():
    """
    Give hookkit.observe, undone after the test.
    """
    undos = []

    def observe(*args, **kwargs):
        undos.append(hookkit.observe(*args, **kwargs))
        return undos[-1]

    yield observe
    for undo in undos:
        undo()


class TestAlive:
    def test_what_is_gone_is_not_given(self):
        """
        It gives each thing that still exists once, and holds none.
        """
        alive = Alive()
        kept, going = SimpleNamespace, type("Going", (), {})
        alive.add(kept)
        alive.add(going)
        alive.add(kept)
        assert len(list(alive)) == 2
        del going
        gc.collect()

        assert list(alive) == [kept]


class TestObserve:
    def test_before_and_after_each_method(self, registry, host, observe):
        """
        Observers are told before and after each method of each hook and the function's own body.
        """
        told = []
        observe(lambda event: told.append(f"before {event!r}"), lambda event: told.append(f"after {event!r}"))
        host.attach(registry, Noting("a", []))

        host.point(registry, body)()

        by = "Awaited" if host.has_async_hooks else "Noting"
        assert told == [
            f"{when} <HookEvent {what}>"
            for what in (f"pre point by {by}", "body point", f"post point by {by}")
            for when in ("before", "after")
        ]

    def test_error_too(self, registry, host, observe):
        """
        The error of each hook is an event, which carries the exception.
        """
        events, exc = [], ValueError("from the body")
        observe(after=events.append)
        host.attach(registry, Noting("a", []))

        with pytest.raises(ValueError):
            host.point(registry, Doing.raiser(exc))()

        assert [event.phase for event in events] == ["pre", "body", "error"]
        assert (events[1].raised, events[2].error, events[2].raised) == (exc, exc, None)

    def test_all_registries(self, group, observe):
        """
        hookkit.observe tells of the events of every registry.
        """
        events = []
        observe(after=events.append)
        for name in ("a", "b"):
            HookRegistry(f"{group}.{name}").add_hook("point")(body)()

        assert [event.group for event in events] == [f"{group}.a", f"{group}.b"]

    def test_one_registry(self, group):
        """
        The observe of a registry tells of its own events only.
        """
        events = []
        watched, other = HookRegistry(f"{group}.a"), HookRegistry(f"{group}.b")
        watched.observe(after=events.append)
        watched.add_hook("point")(body)()
        other.add_hook("point")(body)()

        assert [event.group for event in events] == [f"{group}.a"]

    def test_everywhere_comes_first(self, registry, observe):
        """
        Observers of everything are told before those of one registry, and each in the order in which they came.
        """
        told = []
        registry.observe(after=lambda event: told.append("registry"))
        observe(after=lambda event: told.append("first"))
        observe(after=lambda event: told.append("second"))

        registry.add_hook("point")(body)()

        assert told == ["first", "second", "registry"]

    def test_a_function_without_hooks(self, registry, observe):
        """
        A hooked function without hooks has its body as the one event.
        """
        events = []
        observe(after=events.append)

        registry.add_hook("point")(body)()

        assert [(event.phase, event.hook, event.returned) for event in events] == [("body", None, "result")]

    def test_finished_gets_the_call(self, registry, host, observe):
        """
        The third observer is told of each call when it is over.
        """
        told = []
        observe(
            after=lambda event: told.append(event.phase), finished=lambda call: told.append((call.point, call.result))
        )
        host.attach(registry, Doing(post=lambda rv: Replace("replaced")))

        host.point(registry, body)()

        assert told == ["body", "post", ("point", "replaced")]

    @pytest.mark.parametrize("what", ["before", "after", "finished"])
    def test_what_cannot_be_called_is_refused(self, registry, what):
        """
        An observer that cannot be called is a TypeError that shows it.
        """
        with pytest.raises(MisuseError) as raised:
            registry.observe(**{what: "loud"})

        assert str(raised.value) == f"observe() got {what}='loud', which cannot be called. Give a function or None."

    def test_unwatched_nothing_is_imported(self, registry, monkeypatch):
        """
        A call that nobody watches makes no event, so that watching costs nothing then.
        """
        monkeypatch.setitem(__import__("sys").modules, "hookkit._events", None)
        registry.register("point", Noting("a", []))

        assert registry.add_hook("point")(body)() == "result"


class TestUndo:
    def test_ends_the_watching(self, registry, observe):
        """
        After undo nothing is told.
        """
        events = []
        undo = observe(after=events.append)
        undo()

        registry.add_hook("point")(body)()

        assert events == []

    def test_twice_does_nothing(self, registry):
        """
        Undoing twice leaves the other observers.
        """
        events = []
        undo = registry.observe(after=events.append)
        registry.observe(after=events.append)
        undo()
        undo()

        registry.add_hook("point")(body)()

        assert len(events) == 1

    def test_one_callback_twice(self, registry):
        """
        A callback that observes twice is told twice, and each undo takes one away.
        """
        events = []
        undos = [registry.observe(after=events.append) for _ in range(2)]
        hooked = registry.add_hook("point")(body)
        hooked()
        undos[0]()
        hooked()
        undos[1]()
        hooked()

        assert len(events) == 3

    def test_during_a_call(self, registry, host, observe):
        """
        An observer that undoes itself in the midst of a call is told no more of it.
        """
        told = []

        def before(event):
            told.append(event.phase)
            undo()

        undo = observe(before, lambda event: told.append("after"), finished=lambda call: told.append("finished"))
        host.attach(registry, Noting("a", []))

        assert host.point(registry, body)() == "result"
        assert told == ["pre"]

    def test_begun_during_a_call(self, registry, observe):
        """
        An observer that comes in the midst of a call is told from the next one on.
        """
        events = []
        registry.register("point", Doing(pre=lambda: events or observe(after=events.append)))
        hooked = registry.add_hook("point")(body)
        hooked()
        assert events == []
        hooked()

        assert [event.phase for event in events] == ["pre", "body"]


class TestObserversChangeNothing:
    @pytest.mark.parametrize("what", ["before", "after", "finished"])
    def test_one_that_raises_is_logged_and_dropped(self, registry, host, observe, messages, caplog, what):
        """
        An observer that raises is logged with its traceback and hears no more of that call; others do.
        """
        told, exc = [], RuntimeError("from the observer")

        def broken(fact):
            told.append(fact)
            raise exc

        observe(**{what: broken})
        heard = []
        observe(**{what: heard.append})
        host.attach(registry, Noting("a", []))

        assert host.point(registry, body)() == "result"
        assert len(told) == 1
        assert len(heard) == (1 if what == "finished" else 3)
        fact = "<HookCall" if what == "finished" else "<HookEvent"
        assert messages() == [f"Observer {broken!r} raised on {told[0]!r}; it hears no more of this call."]
        assert repr(told[0]).startswith(fact)
        assert caplog.records[-1].exc_info[1] is exc
        assert caplog.records[-1].name == f"hookkit.{registry.group}"

    def test_one_that_raised_hears_of_the_next_call(self, registry, observe):
        """
        An observer that was dropped from a call is told of the next one.
        """
        told = []

        def broken(event):
            told.append(event.phase)
            raise RuntimeError("from the observer")

        observe(after=broken)
        registry.register("point", Noting("a", []))
        hooked = registry.add_hook("point")(body)
        hooked()
        hooked()

        assert told == ["pre", "pre"]

    def test_its_changes_to_the_facts_are_lost(self, registry, host, observe):
        """
        What an observer writes into events and calls reaches neither hooks nor function nor caller.
        """
        notes = []

        def meddle(event):
            event.call.kwargs.clear()
            event.call.args = ()
            event.returned = event.result = event.raised = "meddled"
            event.swallowed = event.replaced = True
            event.call.result = "meddled"

        observe(meddle, meddle, finished=lambda call: setattr(call, "result", "meddled"))
        host.attach(registry, Noting("a", notes))

        assert host.point(registry, lambda *args, **kwargs: (args, kwargs))(1, key=2) == ((1,), {"key": 2})
        assert [note[2:] for note in notes] == [((1,), {"key": 2}), ((((1,), {"key": 2}), 1), {"key": 2})]

    def test_one_that_calls_the_hooked_function(self, registry, observe):
        """
        An observer is not told of the calls that it makes itself; others are.
        """
        own, others = [], []

        def calling(event):
            own.append(event.args)
            hooked("by the observer")

        observe(before=calling)
        observe(before=lambda event: others.append(event.args))
        hooked = registry.add_hook("point")(body)

        assert hooked("by the caller") == "result"
        assert own == [("by the caller",)]
        assert others == [("by the observer",), ("by the caller",)]

    def test_two_that_call_the_hooked_function(self, registry, observe):
        """
        Two observers that each call the hooked function come to an end.
        """
        told = []

        def calling(name):
            def before(event):
                told.append((name, *event.args))
                hooked(name)

            return before

        observe(before=calling("a"))
        observe(before=calling("b"))
        hooked = registry.add_hook("point")(body)
        hooked("caller")

        assert told == [("a", "caller"), ("b", "a"), ("b", "caller"), ("a", "b")]

    def test_a_log_handler_that_calls_the_hooked_function(self, registry, observe):
        """
        A log handler that calls the hooked function while a broken observer is logged comes to an end.
        """
        handled = []

        class Handler(logging.Handler):
            def emit(self, record):
                handled.append(record.getMessage())
                hooked()

        handler = Handler()
        registry.log.addHandler(handler)
        broken = Doing.raiser(RuntimeError("from the observer"))
        observe(before=broken)
        hooked = registry.add_hook("point")(body)
        try:
            assert hooked() == "result"
        finally:
            registry.log.removeHandler(handler)

        assert handled == [f"Observer {broken!r} raised on <HookEvent body point>; it hears no more of this call."]

    def test_an_interrupt_in_an_observer_passes(self, registry, host, observe):
        """
        A KeyboardInterrupt in an observer goes out.
        """
        observe(before=Doing.raiser(KeyboardInterrupt()))

        with pytest.raises(KeyboardInterrupt):
            host.point(registry, body)()

    def test_watched_and_unwatched_await_alike(self, registry, observe):
        """
        A function that only says that it is a coroutine function fails in the same way, watched or not.
        """
        function = MagicMock(return_value=42)
        function.__code__ = SimpleNamespace(co_flags=0x80)
        hooked = registry.add_hook("point")(function)
        said = []
        for is_watched in (False, True):
            if is_watched:
                observe(before=print)
            with pytest.raises(TypeError) as raised:
                asyncio.run(hooked())
            said.append(str(raised.value))

        assert said[0] == said[1]


class TestOutcomes:
    def test_an_event_has_no_outcome_before(self, registry, host, observe):
        """
        Before a method runs its event has neither outcome nor duration.
        """
        told = []
        observe(lambda event: told.append((event.returned, event.raised, event.duration_ns, event.call.is_finished)))
        host.attach(registry, Noting("a", []))

        host.point(registry, body)()

        assert told == [(None, None, None, False)] * 3

    def test_a_swallowed_exception(self, registry, host, observe):
        """
        What the runtime swallows is the event's exception, marked as swallowed before the observers are told.
        """
        told = []
        exc = ValueError("from a hook")
        observe(after=lambda event: told.append((event.phase, event.raised, event.swallowed)))
        host.attach(registry, Doing(pre=exc, post=exc))

        host.point(registry, body)()

        assert told == [("pre", exc, True), ("body", None, False), ("post", exc, True)]

    def test_a_fatal_exception_is_not_swallowed(self, registry, host, observe):
        """
        A fatal exception of pre or post is not marked as swallowed; one of error is.
        """
        told = []
        veto = FatalHookException("stop")
        observe(after=lambda event: told.append((event.phase, event.swallowed)))
        host.attach(registry, Doing(pre=veto, error=veto))

        with pytest.raises(FatalHookException):
            host.point(registry, body)()

        assert told == [("pre", False), ("error", True)]

    def test_the_raise_policy_swallows_nothing(self, group, host, observe):
        """
        Under on_hook_error="raise" an exception is not marked as swallowed.
        """
        registry = HookRegistry(group, on_hook_error="raise")
        told = []
        observe(after=lambda event: told.append((event.phase, event.swallowed)))
        host.attach(registry, Doing(pre=ValueError("from pre")))

        with pytest.raises(ValueError):
            host.point(registry, body)()

        assert told == [("pre", False)]

    def test_cancellation_is_an_outcome(self, registry, observe):
        """
        A method that is cancelled has the CancelledError as its outcome, which is not swallowed.
        """
        told = []
        observe(
            after=lambda event: told.append((event.phase, type(event.raised), event.swallowed)),
            finished=lambda call: told.append(("finished", type(call.raised), call.result)),
        )
        registry.register("point", Doing(pre=asyncio.Event().wait))

        @registry.add_hook("point")
        async def function():
            """
            Be never reached.
            """

        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(asyncio.wait_for(function(), 0.01))

        assert told == [("pre", asyncio.CancelledError, False), ("finished", asyncio.CancelledError, None)]

    def test_replace_is_unwrapped(self, registry, host, observe):
        """
        The event of a post that returned a Replace has the new value and says so; the next post is given it.
        """
        told = []
        observe(after=lambda event: told.append((event.phase, event.result, event.returned, event.replaced)))
        host.attach(registry, Doing(post=lambda rv: Replace(2)), Doing(post=lambda rv: "ignored"))

        host.point(registry, lambda: 1)()

        assert told == [("body", None, 1, False), ("post", 1, 2, True), ("post", 2, "ignored", False)]

    def test_a_replace_elsewhere_is_a_value(self, registry, host, observe):
        """
        A Replace from pre or from the function is what came back, and replaces nothing.
        """
        told = []
        observe(after=lambda event: told.append((event.phase, event.returned, event.replaced)))
        host.attach(registry, Doing(pre=lambda: Replace(1)))

        host.point(registry, lambda: Replace(2))()

        assert told == [("pre", Replace(1), False), ("body", Replace(2), False)]

    def test_an_awaited_value(self, registry, observe):
        """
        The outcome of an async method is what it was awaited for.
        """
        told = []
        observe(after=lambda event: told.append((event.phase, event.returned)))
        registry.register("point", Awaited(Doing(pre=lambda: "pre")))

        @registry.add_hook("point")
        async def function():
            return "result"

        asyncio.run(function())

        assert told == [("pre", "pre"), ("body", "result")]

    def test_a_falsy_method_is_an_event(self, registry, host, observe):
        """
        A hook method that is false in a condition is an event like others.
        """
        events = []
        observe(after=events.append)
        falsy = MagicMock(return_value=None)
        falsy.__bool__.return_value = False
        registry.register("point", SimpleNamespace(pre=falsy))

        host.point(registry, body)()

        assert [event.phase for event in events] == ["pre", "body"]

    def test_the_hook_is_the_attached_one(self, registry, observe):
        """
        An event's hook is the one that the point lists.
        """
        events = []
        observe(after=events.append)
        registry.register("point", BrokenRepr())

        registry.add_hook("point")(body)()

        assert events[0].hook is registry.point("point").hooks[0]

    def test_pass_function_is_a_field_of_its_own(self, registry, host, observe):
        """
        The function that hooks are passed is a field of the event, and not among its arguments.
        """
        told = []
        observe(after=lambda event: told.append((event.phase, event.passed_function is None, event.args, event.result)))
        host.attach(registry, Noting("a", []))

        host.point(registry, body, pass_function=True)(1)

        assert told == [("pre", False, (1,), None), ("body", True, (1,), None), ("post", False, (1,), "result")]


class TestThreads:
    def test_observers_come_and_go(self, registry):
        """
        Observers that come and go in many threads leave none behind.
        """
        hooked = registry.add_hook("point")(body)

        def watch():
            for _ in range(50):
                undo = registry.observe(before=body, after=body)
                hooked()
                undo()

        threads = [threading.Thread(target=watch) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert registry.observers.current == ()
