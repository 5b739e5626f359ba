"""
Where periodic schedules take the time from, and what drives their loops.
"""

from __future__ import annotations

import math
import time
from threading import TIMEOUT_MAX, Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING

from hookkit.exceptions import MisuseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from logging import Logger
    from typing import Protocol

    from hookkit._schedule import Schedule
    from hookkit._ticks import PeriodicRun
    from hookkit.periodic import PeriodicHooks

    class Loop(Protocol):
        """
        A job that is under way.
        """

        @property
        def is_alive(self) -> bool:
            """
            Whether it may tick again.
            """
            ...

        def stop(self, timeout_s: float) -> bool:
            """
            End it, and tell whether it ended within *timeout_s* seconds.
            """
            ...


class TimeSource:
    """
    Where periodic schedules take the time from, and what drives their loops: `time.monotonic`, and real waiting.

    While a `hookkit.testing.HookTicker` is in place, its time source is given to the `PeriodicHooks` that are made.
    """

    longest_wait_s = min(TIMEOUT_MAX, 86_400.0)

    def now(self) -> float:
        """
        Give the time, in seconds.
        """
        return time.monotonic()

    def made(self, periodic: PeriodicHooks) -> None:
        """
        Take note that *periodic* was made while this was the time source.
        """

    def start(self, job: Job) -> Loop:
        """
        Drive *job* until it is stopped, in a daemon thread.
        """
        return ThreadLoop(self, job)

    async def run(self, job: Job) -> None:
        """
        Drive *job* in this task until it is cancelled.
        """
        import asyncio

        while True:
            await job.astep(self.now())
            await asyncio.sleep(self.wait_s(job.deadline_s))

    def wait_s(self, deadline_s: float) -> float:
        """
        Say how long to wait, in seconds, before asking again whether *deadline_s* has come.
        """
        return min(max(0.0, deadline_s - self.now()), self.longest_wait_s)


class CallableTime(TimeSource):
    """
    A time source that asks a callable for the time, and really waits.

    It asks at least once a second, so that a clock that is set forward, or runs at a pace of its own, is noticed.
    """

    longest_wait_s = 1.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def now(self) -> float:
        """
        Give the clock's time, in seconds.
        """
        return self._clock()


class Job:
    """
    What a time source drives: a schedule, from its start to its stop.

    Args:
        name: What to call it, in threads' names and messages.
        schedule: When it is due.
        tick: Ticks; given a function that is asked before each hook whether to go on.
        atick: Ticks, awaiting hooks; given the same.
        log: Where it says what the data provider raised.

    Attributes:
        is_wanted: Whether the hooks of a tick that is under way may still begin.
    """

    def __init__(
        self,
        name: str,
        schedule: Schedule,
        tick: Callable[[Callable[[object], bool]], list[PeriodicRun]],
        atick: Callable[[Callable[[object], bool]], Awaitable[list[PeriodicRun]]],
        log: Logger,
    ) -> None:
        self.name = name
        self.is_wanted = True
        self._schedule = schedule
        self._tick = tick
        self._atick = atick
        self._log = log

    @property
    def deadline_s(self) -> float:
        """
        When it is due next; `math.inf` if never.
        """
        return self._schedule.deadline_s

    def step(self, now_s: float) -> list[PeriodicRun]:
        """
        Tick if it is due; log what goes wrong.
        """
        if self._schedule.claim(now_s):
            try:
                return self._tick(self._goes_on)
            except Exception:  # noqa: BLE001 - the schedule goes on
                self._report()
        return []

    async def astep(self, now_s: float) -> list[PeriodicRun]:
        """
        Tick if it is due, awaiting hooks; log what goes wrong.
        """
        if self._schedule.claim(now_s):
            try:
                return await self._atick(self._goes_on)
            except Exception:  # noqa: BLE001 - the schedule goes on
                self._report()
        return []

    def _goes_on(self, _hook: object) -> bool:
        return self.is_wanted

    def _report(self) -> None:
        self._log.exception("Exception before any of the %s could run; the schedule goes on.", self.name)


class ThreadLoop:
    """
    A job in a daemon thread, which sleeps on an event.
    """

    def __init__(self, source: TimeSource, job: Job) -> None:
        self._source = source
        self._job = job
        self._stop = Event()
        self._thread = Thread(target=self._run, name=job.name, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """
        Whether the thread runs.
        """
        return self._thread.is_alive()

    def stop(self, timeout_s: float) -> bool:
        """
        End the thread, and tell whether it ended within *timeout_s* seconds.

        Asked in that very thread, by a hook, it does not wait: the thread ends after this tick.
        """
        self._stop.set()
        if current_thread() is self._thread:
            return True
        self._thread.join(None if timeout_s == math.inf else min(timeout_s, TIMEOUT_MAX))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._job.step(self._source.now())
            self._stop.wait(self._source.wait_s(self._job.deadline_s))


class TaskLoop:
    """
    A job that runs in an asyncio task, which alone can end it.
    """

    is_alive = True

    def __init__(self, job: Job) -> None:
        self._job = job

    def stop(self, timeout_s: float) -> bool:
        """
        Refuse.

        Raises:
            MisuseError: Always.
        """
        del timeout_s
        msg = f"The {self._job.name} run under asyncio, by run(). Cancel the task that awaits it; stop() ends start()."
        raise MisuseError(msg)


class TimeSources:
    """
    The time source that new schedules get: hookkit's own, or the one that was put in place last.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._sources: tuple[TimeSource, ...] = (TimeSource(),)

    @property
    def current(self) -> TimeSource:
        """
        The time source that a schedule gets which is made now.
        """
        return self._sources[-1]

    def put(self, source: TimeSource) -> Callable[[], None]:
        """
        Put *source* in place.

        Returns:
            A function that takes it away again; several may be taken away in any order.
        """
        with self._lock:
            self._sources = (*self._sources, source)

        def undo() -> None:
            with self._lock:
                self._sources = tuple(there for there in self._sources if there is not source)

        return undo


SOURCES = TimeSources()
