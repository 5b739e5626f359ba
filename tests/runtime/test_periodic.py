"""
Tests for `hookkit.periodic`: how the object is made, async hooks, and ticks that overlap.
"""

import asyncio
import gc
import sys
import threading
import types
import warnings

import pytest

import hookkit
from hookkit import HookLoadError, InvalidValueError, MisuseError, PeriodicHooks
from runtime.fake_periodic import WAIT_S, AsyncHook, Doing, Driver, Hanging, Noting

SKIPPED = "Skipped a tick of periodic hooks 'periodic' of 'driver hooks': in the one before it, "


@pytest.fixture(params=["tick", "atick"])
def tick(request):
    """
    Give each way to tick, as a plain function.
    """
    if request.param == "tick":
        return PeriodicHooks.tick
    return lambda periodic, *args: asyncio.run(periodic.atick(*args))


class TestMisuse:
    @pytest.mark.parametrize("hooks", [None, "hooks", Noting(), {Noting()}, iter([])], ids=type)
    def test_what_is_no_sequence(self, hooks):
        """
        What is neither a sequence nor a hook point is refused.
        """
        with pytest.raises(MisuseError) as caught:
            PeriodicHooks(hooks)

        assert str(caught.value) == (
            f"PeriodicHooks() got hooks={hooks!r}. "
            "Give a list or another sequence of hooks, or a hook point: registry.point('its_name')."
        )

    def test_a_class(self):
        """
        A class among the hooks is refused: it takes an object.
        """
        with pytest.raises(MisuseError) as caught:
            PeriodicHooks([Noting])

        assert str(caught.value) == (
            f"PeriodicHooks() got the class {Noting!r} among its hooks. Give an object of that class."
        )

    def test_a_periodic_that_cannot_be_called(self):
        """
        A hook whose periodic cannot be called is refused when the object is made.
        """
        with pytest.raises(HookLoadError):
            PeriodicHooks([types.SimpleNamespace(periodic=3)])

    def test_data_that_cannot_be_called(self):
        """
        Data that is no callable is refused; the message says how to hand over a constant.
        """
        with pytest.raises(MisuseError) as caught:
            PeriodicHooks([], {"shares": 3})

        assert str(caught.value) == (
            "PeriodicHooks() got data={'shares': 3}, which cannot be called. "
            "To hand over a constant write data=lambda context: value."
        )

    def test_a_clock_that_cannot_be_called(self):
        """
        A clock that is no callable is refused.
        """
        with pytest.raises(MisuseError) as caught:
            PeriodicHooks([], clock=12.5)

        assert str(caught.value) == (
            "PeriodicHooks() got clock=12.5, which cannot be called. "
            "Give a function that returns seconds, such as time.monotonic."
        )

    @pytest.mark.parametrize("every", [0, -1, 1.5])
    def test_every(self, every):
        """
        Every is a whole number above zero, or a ValueError.
        """
        with pytest.raises(InvalidValueError) as caught:
            PeriodicHooks([], every=every)

        assert str(caught.value) == f"every is {every!r}; it must be a whole number, 1 or more."


class TestInterval:
    def test_the_first_driver_hooks(self):
        """
        Without an interval, the first driver hook's periodic_hooks_interval is taken, enabled or not.
        """
        hooks = [Noting(), Driver(interval=20.0, enabled=False), Driver(interval=10.0)]

        assert PeriodicHooks(hooks).interval_s == 20.0

    @pytest.mark.parametrize("hooks", [[], [Noting()], [Driver(interval=None)]], ids=["none", "named", "unset"])
    def test_five_minutes(self, hooks):
        """
        Where no driver hook says otherwise, the interval is 300 seconds.
        """
        assert PeriodicHooks(hooks).interval_s == 300.0

    def test_a_driver_hook_without_options(self):
        """
        A driver hook that cannot be asked for options says nothing about the interval.
        """
        driver = types.SimpleNamespace(execute_periodic_hook=print, periodic_hooks_enabled=True)

        assert PeriodicHooks([driver]).interval_s == 300.0

    def test_five_minutes_at_a_hook_point(self, registry):
        """
        At a hook point the interval is 300 seconds.
        """
        assert PeriodicHooks(registry.point("point")).interval_s == 300.0

    def test_it_is_read_when_the_object_is_made(self):
        """
        The option is read when the object is made; what becomes of it later does not matter.
        """
        driver = Driver(interval=20)
        periodic = PeriodicHooks([driver])
        driver.interval = 99

        assert periodic.interval_s == 20.0

    def test_a_given_one_is_preferred(self):
        """
        An interval that is given goes before any driver hook's.
        """
        assert PeriodicHooks([Driver(interval=20)], interval=5).interval_s == 5.0

    def test_zero(self):
        """
        A driver hook whose interval is zero is a ValueError that names it.
        """
        with pytest.raises(InvalidValueError) as caught:
            PeriodicHooks([Driver(interval=0)])

        assert str(caught.value) == (
            f"periodic_hooks_interval of {Driver.__module__}:Driver is 0; it must be a number of seconds other than "
            "zero. A negative number means never."
        )


class TestAsyncHooks:
    def test_atick_awaits(self):
        """
        An atick awaits hooks and a data provider that are async.
        """

        async def provider(context):
            await asyncio.sleep(0)
            return "data"

        runs = asyncio.run(PeriodicHooks([AsyncHook(), Noting()], provider).atick())

        assert [run.value for run in runs] == ["awaited data", 1]

    @pytest.mark.parametrize("is_watched", [False, True])
    def test_tick_refuses_an_async_hook(self, caplog, is_watched):
        """
        On a plain tick an async hook is a logged MisuseError and its coroutine is closed; the next hook runs.
        """
        undo = hookkit.observe(after=lambda event: None) if is_watched else lambda: None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            refused, run = PeriodicHooks([AsyncHook(), Noting()]).tick()
            gc.collect()
        undo()

        assert caught == []
        assert type(refused.exception) is MisuseError
        assert str(refused.exception) == (
            "AsyncHook.periodic(), a periodic hook, is async, and a plain tick cannot await it. Tick with "
            "`await periodic.atick()` or run the schedule with `await periodic.run()`, or make it plain."
        )
        assert [record.exc_info[1] for record in caplog.records] == [refused.exception]
        assert run.value == 1

    def test_tick_refuses_an_async_provider(self):
        """
        On a plain tick an async data provider is a MisuseError to the caller.
        """
        periodic = PeriodicHooks([Noting()], AsyncHook().periodic)

        with pytest.raises(MisuseError, match=r"AsyncHook.periodic\(\), the data provider, is async, and a plain tick"):
            periodic.tick("context", "besides")

    def test_cancellation_passes(self):
        """
        An atick that is cancelled in a hook is over, and the next one is as any other.
        """

        class Waiting:
            async def periodic(self, data, context):
                await asyncio.sleep(WAIT_S)

        async def main():
            hooks = [Waiting()]
            periodic = PeriodicHooks(hooks)
            task = asyncio.create_task(periodic.atick())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            hooks[:] = [Noting()]
            return await periodic.atick()

        assert len(asyncio.run(main())) == 1


class TestOverlap:
    def test_a_tick_from_within_a_hook(self, caplog, tick):
        """
        A tick that a hook itself makes is skipped, counted and logged, and names that hook.
        """
        inner = []
        periodic = PeriodicHooks([Doing(lambda: inner.append(periodic.tick()))])

        assert len(tick(periodic)) == 1
        assert inner == [[]]
        assert (periodic.ticks, periodic.skipped) == (1, 1)
        assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
            (
                "WARNING",
                SKIPPED + f"hook <doing> ({Doing.__module__}:Doing) still runs.",
            )
        ]

    def test_a_tick_from_within_the_provider(self, caplog):
        """
        A tick that the data provider makes is skipped as well.
        """
        periodic = PeriodicHooks([Noting()], lambda context: periodic.tick())

        assert len(periodic.tick()) == 1
        assert [record.getMessage() for record in caplog.records] == [
            SKIPPED + "the data provider or the search for hooks is still under way."
        ]

    def test_a_hook_that_is_done_is_not_said_to_run(self, tick, caplog):
        """
        Of a finished tick nothing is left: the next one's data provider is what is under way, and no hook.
        """
        inner = []
        periodic = PeriodicHooks([Noting()], lambda context: inner.append(periodic.tick(context)))

        tick(periodic)
        tick(periodic)

        assert inner == [[], []]
        assert [record.getMessage() for record in caplog.records] == [
            SKIPPED + "the data provider or the search for hooks is still under way."
        ] * 2

    def test_a_tick_in_another_thread(self):
        """
        A tick that falls into one which runs in another thread is skipped.
        """
        hanging = Hanging()
        periodic = PeriodicHooks([hanging])
        thread = threading.Thread(target=periodic.tick)
        thread.start()
        assert hanging.began.wait(WAIT_S)

        assert periodic.tick() == []
        hanging.let_go.set()
        thread.join()

        assert (periodic.ticks, periodic.skipped) == (1, 1)
        assert len(periodic.tick()) == 1

    def test_two_aticks(self):
        """
        An atick that falls into a running one is skipped.
        """

        async def main():
            periodic = PeriodicHooks([AsyncHook()])
            return await asyncio.gather(periodic.atick(), periodic.atick())

        assert [len(runs) for runs in asyncio.run(main())] == [1, 0]


def test_importing_it_leaves_asyncio_alone():
    """
    A host that ticks by itself does not pay for asyncio.
    """
    import subprocess

    code = "import sys; from hookkit import PeriodicHooks; PeriodicHooks([]).tick(); print('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
