"""
Tests for `hookkit._ticks`: what observers hear of ticks.
"""

import asyncio

import pytest

import hookkit
from hookkit import PeriodicHooks
from runtime.fake_periodic import AsyncHook, Doing, Driver, Failing, Noting


@pytest.fixture(params=["tick", "atick"])
def tick(request):
    """
    Give each way to tick, as a plain function.
    """
    if request.param == "tick":
        return PeriodicHooks.tick
    return lambda periodic, *args: asyncio.run(periodic.atick(*args))


@pytest.fixture
def finished():
    """
    Give the list of calls that an observer was told of.
    """
    calls = []
    undo = hookkit.observe(finished=calls.append)
    yield calls
    undo()


@pytest.fixture
def events():
    """
    Give the list of events that an observer was told of.
    """
    seen = []
    undo = hookkit.observe(after=seen.append)
    yield seen
    undo()


class TestWatching:
    def test_each_tick_is_a_call(self, registry, finished, tick):
        """
        Each tick is a call of the hook point, with its number, its arguments by name, its runs as result, no function.
        """
        registry.register("usage", Noting())

        runs = tick(PeriodicHooks(registry.point("usage"), lambda context: "data"), "context")

        (call,) = finished
        assert (call.group, call.point, call.tick, call.function) == (registry.group, "usage", 1, None)
        assert call.args == ("data", "context")
        assert call.arguments == {"data": "data", "context": "context"}
        assert call.result == runs
        assert call.is_finished
        assert call.raised is None

    def test_a_tick_of_driver_hooks(self, finished, tick):
        """
        A tick of a sequence is a call of the point periodic in the group of driver hooks.
        """
        tick(PeriodicHooks([Driver()]))

        assert [(call.group, call.point) for call in finished] == [("driver hooks", "periodic")]

    def test_a_group_of_ones_own(self, finished, caplog, tick):
        """
        With group=, calls and log lines name that group.
        """
        tick(PeriodicHooks([Failing(ValueError())], group="manila"))

        assert [call.group for call in finished] == ["manila"]
        assert [record.name for record in caplog.records] == ["hookkit.manila"]

    def test_ticks_that_run_nothing(self, finished, tick):
        """
        Observers are told of every tick, also of one that runs nothing; its data was not asked for.
        """
        periodic = PeriodicHooks([Noting()], every=2)
        tick(periodic, "context")
        tick(periodic, "context")

        assert [(call.tick, len(call.result)) for call in finished] == [(1, 0), (2, 1)]
        assert finished[0].arguments == {"context": "context"}

    def test_a_skipped_tick_is_none(self, finished):
        """
        Of a tick that was skipped observers are not told: it did not take place.
        """
        inner = []
        periodic = PeriodicHooks([Doing(lambda: inner.append(periodic.tick()))])
        periodic.tick()

        assert inner == [[]]
        assert [call.tick for call in finished] == [1]

    def test_a_tick_whose_provider_raises(self, finished, tick):
        """
        A call whose provider raised has that exception, and no result.
        """
        exc = LookupError("no data")
        with pytest.raises(LookupError):
            tick(PeriodicHooks([Noting()], lambda context: Failing(exc).periodic(None, None)))

        assert [(call.raised, call.result) for call in finished] == [(exc, None)]

    def test_each_hook_is_an_event(self, events, tick):
        """
        Each hook's run is an event of the phase periodic, with the hook and what came of it; an error is swallowed.
        """
        exc = ValueError("broken")
        hooks = [Noting(), Failing(exc), Driver()]
        tick(PeriodicHooks(hooks, lambda context: "data"), "context")

        assert [event.hook.obj for event in events] == hooks
        assert {event.phase for event in events} == {"periodic"}
        assert {event.hook.entry_point for event in events} == {None}
        assert [(event.returned, event.raised, event.swallowed) for event in events] == [
            (1, None, False),
            (None, exc, True),
            ("driven", None, False),
        ]
        assert events[0].arguments == {"data": "data", "context": "context"}
        assert events[0].call is events[2].call

    def test_an_async_hook_is_an_event(self, events):
        """
        The event of an async hook is over when the hook is, and has what was awaited.
        """
        asyncio.run(PeriodicHooks([AsyncHook()]).atick())

        assert [(event.returned, event.call.task is not None) for event in events] == [("awaited None", True)]

    def test_more_than_exceptions_are_not_swallowed(self, events, tick):
        """
        The event of a hook that raised SystemExit says that it was not swallowed.
        """
        with pytest.raises(SystemExit):
            tick(PeriodicHooks([Failing(SystemExit())]))

        assert [event.swallowed for event in events] == [False]

    def test_observers_of_the_registry(self, registry):
        """
        A registry's observers are told of the ticks of its hook points, and of no others.
        """
        seen = []
        registry.observe(finished=seen.append)
        PeriodicHooks(registry.point("usage")).tick()
        PeriodicHooks([]).tick()

        assert [call.point for call in seen] == ["usage"]

    def test_calls_in_a_tick_are_nested(self, registry, finished):
        """
        A hooked function that is called in the course of a tick, by provider or hook, has the tick as parent.
        """
        hooked = registry.add_hook("inner")(lambda context=None: None)
        PeriodicHooks([Doing(hooked)], hooked).tick()

        tick = finished[-1]
        assert [(call.point, call.parent) for call in finished] == [
            ("inner", tick),
            ("inner", tick),
            ("periodic", None),
        ]
