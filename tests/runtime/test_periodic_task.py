"""
Tests for `hookkit.periodic`: schedules that run under asyncio.
"""

import asyncio

import pytest

from hookkit import MisuseError, PeriodicHooks
from runtime.fake_periodic import SOON, WAIT_S, AsyncHook, Clock, Doing

RUNS_ALREADY = (
    "The periodic hooks 'periodic' of 'driver hooks' run already. "
    "End start() with stop(), or run() by cancelling its task, before they begin anew."
)


ENDS_OTHERWISE = (
    "The periodic hooks 'periodic' of 'driver hooks' run under asyncio, by run(). "
    "Cancel the task that awaits it; stop() ends start()."
)


class TestRun:
    def test_it_ticks_until_it_is_cancelled(self):
        """
        Under asyncio a schedule ticks at each deadline, awaiting hooks, until its task is cancelled; and again then.
        """

        async def main():
            signal = asyncio.Semaphore(0)
            periodic = PeriodicHooks([AsyncHook(), Doing(signal.release)], interval=SOON)
            for _ in range(2):
                task = asyncio.create_task(periodic.run())
                await signal.acquire()
                await signal.acquire()
                assert periodic.is_running
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert not periodic.is_running

        asyncio.run(main())

    def test_cancelled_in_an_async_hook(self):
        """
        Cancelled while an async hook runs, the hook is cancelled and nothing is left locked.
        """

        class Waiting:
            def __init__(self):
                self.began = asyncio.Event()
                self.was_cancelled = False

            async def periodic(self, data, context):
                self.began.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self.was_cancelled = True

        async def main():
            waiting = Waiting()
            periodic = PeriodicHooks([waiting], interval=SOON)
            task = asyncio.create_task(periodic.run())
            await waiting.began.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert waiting.was_cancelled
            assert not periodic.is_running
            assert periodic.tick() != []
            assert periodic.skipped == 0

        asyncio.run(main())

    def test_a_provider_error(self, caplog):
        """
        Under asyncio a provider's error is logged, and the schedule goes on.
        """

        async def main():
            errors, ran = iter([LookupError("no data")]), asyncio.Event()

            async def provider(context):
                for exc in errors:
                    raise exc

            async with asyncio.timeout(WAIT_S):
                task = asyncio.create_task(PeriodicHooks([Doing(ran.set)], provider, interval=SOON).run())
                await ran.wait()
                task.cancel()

        asyncio.run(main())

        assert [record.exc_info[0] for record in caplog.records] == [LookupError]

    def test_the_schedule_begins_anew(self):
        """
        At run the first deadline is one interval ahead.
        """

        async def main():
            clock = Clock()
            periodic = PeriodicHooks([], interval=60, clock=clock)
            clock.now = 100.0
            task = asyncio.create_task(periodic.run())
            await asyncio.sleep(0)
            assert periodic.deadline_s == 160.0
            task.cancel()

        asyncio.run(main())

    def test_what_is_refused_meanwhile(self):
        """
        While it runs under asyncio, start and run are errors, and stop is one that says how to end it.
        """

        async def main():
            periodic = PeriodicHooks([], interval=-1)
            task = asyncio.create_task(periodic.run())
            await asyncio.sleep(0)
            with pytest.raises(MisuseError) as start:
                periodic.start()
            with pytest.raises(MisuseError) as run:
                await periodic.run()
            with pytest.raises(MisuseError) as stop:
                periodic.stop()
            assert periodic.is_running
            task.cancel()
            return [str(caught.value) for caught in (start, run, stop)]

        assert asyncio.run(main()) == [RUNS_ALREADY, RUNS_ALREADY, ENDS_OTHERWISE]
