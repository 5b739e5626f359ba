"""
Tests for `hookkit.testing.HookTicker`: schedules that run under asyncio.
"""

import asyncio

import pytest

from hookkit import MisuseError, PeriodicHooks
from hookkit.testing import HookTicker
from runtime.fake_periodic import Doing, Noting, Timed

UNDER_ASYNCIO = (
    "At 10.0 s the periodic hooks 'periodic' of 'driver hooks' fall due, which run under asyncio, by run(). "
    "Move the clock with `await ticker.aadvance(seconds)`, in the event loop in which they run."
)


@pytest.fixture
def ticker():
    """
    Give a ticker that is in place.
    """
    with HookTicker() as ticker:
        yield ticker


class TestAadvance:
    def test_what_runs_under_asyncio(self, ticker):
        """
        Moving the clock runs loops of run() in their own tasks, async hooks and all, at each deadline.
        """

        class Hook:
            async def periodic(self, data, context):
                await asyncio.sleep(0)
                return ticker.now, asyncio.current_task().get_name()

        async def main():
            periodic = PeriodicHooks([Hook()], interval=60)
            task = asyncio.create_task(periodic.run(), name="host")
            runs = await ticker.aadvance(150)
            assert periodic.is_running
            task.cancel()
            return runs

        assert [run.value for run in asyncio.run(main())] == [(60.0, "host"), (120.0, "host")]
        assert ticker.now == 150.0

    def test_loops_of_both_kinds(self, ticker):
        """
        Loops of start() and of run() run by deadline, then in the order of their start, whatever their kind.
        """

        async def main():
            tasks = [asyncio.create_task(PeriodicHooks([timed.hook("a")], interval=30).run())]
            await asyncio.sleep(0)
            PeriodicHooks([timed.hook("b")], interval=30).start()
            tasks.append(asyncio.create_task(PeriodicHooks([timed.hook("c")], interval=20).run()))
            await ticker.aadvance(60)
            for task in tasks:
                task.cancel()

        timed = Timed(ticker)
        asyncio.run(main())

        assert timed.notes == [
            (20.0, "c"),
            (30.0, "a"),
            (30.0, "b"),
            (40.0, "c"),
            (60.0, "a"),
            (60.0, "b"),
            (60.0, "c"),
        ]

    def test_tasks_that_were_just_created(self, ticker):
        """
        A schedule that a task of a task is about to run takes part from the beginning.
        """

        async def host():
            async with asyncio.TaskGroup() as group:
                group.create_task(PeriodicHooks([Noting()], interval=60).run())

        async def main():
            task = asyncio.create_task(host())
            runs = await ticker.aadvance(60)
            task.cancel()
            return runs

        assert len(asyncio.run(main())) == 1

    def test_cancelled_by_a_hook(self, ticker):
        """
        A task that a hook cancels ends with that tick, and aadvance goes on.
        """

        async def main():
            other = PeriodicHooks([Noting()], interval=50)
            other.start()
            periodic = PeriodicHooks([Doing(lambda: task.cancel())], interval=60)  # noqa: PLW0108 - there is no task yet
            task = asyncio.create_task(periodic.run())
            await ticker.aadvance(150)
            assert task.cancelled()
            return periodic.ticks, other.ticks

        assert asyncio.run(main()) == (1, 3)

    def test_cancelled_in_an_async_hook(self, ticker):
        """
        A task that is cancelled while an async hook runs ends, and aadvance goes on.
        """

        async def main():
            periodic = PeriodicHooks([Waiting()], interval=60)
            task = asyncio.create_task(periodic.run())
            advancing = asyncio.create_task(ticker.aadvance(150))
            await Waiting.began.wait()
            assert not advancing.done()
            task.cancel()
            return await advancing

        class Waiting:
            began = asyncio.Event()

            async def periodic(self, data, context):
                self.began.set()
                await asyncio.Event().wait()

        assert asyncio.run(main()) == []
        assert ticker.now == 150.0

    def test_given_up_and_tried_again(self, ticker):
        """
        An aadvance that is cancelled while a hook hangs can be made again, and waits for that hook.
        """

        class Waiting:
            began, let_go = asyncio.Event(), asyncio.Event()

            async def periodic(self, data, context):
                self.began.set()
                await self.let_go.wait()
                return "done"

        async def main():
            task = asyncio.create_task(PeriodicHooks([Waiting()], interval=60).run())
            first = asyncio.create_task(ticker.aadvance(60))
            await Waiting.began.wait()
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            second = asyncio.create_task(ticker.aadvance(60))
            for _ in range(100):
                await asyncio.sleep(0)
            assert not second.done()
            Waiting.let_go.set()
            runs = await second
            task.cancel()
            return runs

        assert [run.value for run in asyncio.run(main())] == ["done", "done"]

    def test_advance_cannot_run_them(self, ticker):
        """
        When advance comes to a loop of run() it stops there, says so, and the loop is still there for aadvance.
        """

        async def main():
            task = asyncio.create_task(PeriodicHooks([Noting()], interval=10).run())
            await asyncio.sleep(0)
            ticker.advance(9)
            with pytest.raises(MisuseError) as caught:
                ticker.advance(51)
            assert str(caught.value) == UNDER_ASYNCIO
            assert ticker.now == 10.0
            runs = await ticker.aadvance(0)
            task.cancel()
            return runs

        assert len(asyncio.run(main())) == 1

    def test_another_event_loop_cannot_run_them(self, ticker):
        """
        An aadvance in another event loop than that of run() says so.
        """

        async def main():
            task = asyncio.create_task(PeriodicHooks([Noting()], interval=10).run())
            await asyncio.sleep(0)
            with pytest.raises(MisuseError) as caught:
                await asyncio.to_thread(lambda: asyncio.run(ticker.aadvance(60)))
            task.cancel()
            return str(caught.value)

        assert asyncio.run(main()) == UNDER_ASYNCIO

    def test_a_hook_that_takes_time(self, ticker):
        """
        An async hook that moves the clock takes that long: others run meanwhile, its own schedule catches up once.
        """

        class Slow:
            async def periodic(self, data, context):
                began = ticker.now
                await ticker.aadvance(25)
                timed.notes.append((began, ticker.now))

        async def main():
            task = asyncio.create_task(PeriodicHooks([Slow()], interval=10).run())
            PeriodicHooks([timed.hook("other")], interval=20).start()
            await ticker.aadvance(30)
            task.cancel()

        timed = Timed(ticker)
        asyncio.run(main())

        assert timed.notes == [(20.0, "other"), (10.0, 35.0), (40.0, "other"), (60.0, "other"), (35.0, 60.0)]
