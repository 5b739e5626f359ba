"""
The ticker: periodic hooks on a clock that only the test moves.
"""

from __future__ import annotations

import heapq
import math
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from hookkit._clock import SOURCES, TimeSource
from hookkit._schedule import check_count, check_duration
from hookkit.exceptions import InvalidValueError, MisuseError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self, TypeVar

    from hookkit import PeriodicHooks, PeriodicRun
    from hookkit._clock import Job

    _L = TypeVar("_L", bound="_StartedLoop")

LIMIT = 1_000_000

# How often other tasks get their turn before the clock moves: enough for what was just created to reach its first wait
# through some layers of tasks that create tasks.
_TURNS = 10

_DIGITS = 6  # of a time that is shown; sums of floats have more, which say nothing


class HookTicker:
    """
    A virtual clock behind every `PeriodicHooks` that is made while the ticker is in place.

    A context manager; the clock begins at 0.
    Nothing of the standard library is patched: what is made before, or after, keeps real time.
    Under it `PeriodicHooks.start` makes no thread and `PeriodicHooks.run` waits for nothing but `aadvance`.
    An object that was given a clock of its own keeps that: `tick` ticks it, `advance` leaves it alone.

    Args:
        limit: How many ticks one `advance` may make before it gives up.

    Attributes:
        limit: How many ticks one `advance` may make before it gives up.

    Raises:
        InvalidValueError: If *limit* is not a whole number above zero.

    Example:
        >>> from hookkit import PeriodicHooks
        >>> class Usage:
        ...     def periodic(self, data, context):
        ...         return "reported"
        >>> with HookTicker() as ticker:
        ...     periodic = PeriodicHooks([Usage()], interval=60)
        ...     periodic.start()
        ...     [run.value for run in ticker.advance(120)]
        ['reported', 'reported']
    """

    def __init__(self, *, limit: int = LIMIT) -> None:
        self.limit = check_count("limit", limit, 1)
        self._time = VirtualTime()
        self._leaving = ExitStack()
        self._was_entered = False

    @property
    def now(self) -> float:
        """
        The time on the virtual clock, in seconds.
        """
        return self._time.now()

    @property
    def periodic_hooks(self) -> tuple[PeriodicHooks, ...]:
        """
        What was made while the ticker was in place, in that order.
        """
        return tuple(self._time.periodic_hooks)

    def __repr__(self) -> str:
        count = len(self.periodic_hooks)
        schedules = f"{count} schedule{'' if count == 1 else 's'}"
        return f"<HookTicker at {_shown(self.now)} with {schedules}, {self._time.count_of_started} started>"

    def __enter__(self) -> Self:
        if self._was_entered:
            msg = "This HookTicker has been entered before. Make a new one: each is for one block."
            raise MisuseError(msg)
        self._was_entered = True
        self._leaving.callback(self._time.close)
        self._leaving.callback(SOURCES.put(self._time))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leaving.close()

    def tick(self, n: int = 1) -> list[PeriodicRun]:
        """
        Tick everything that was made under the ticker, started or not; neither clock nor schedules move.

        Args:
            n: How often; first everything once, in the order in which it was made, then everything again.

        Returns:
            The runs, in order; empty if none ran.

        Raises:
            InvalidValueError: If *n* is not a whole number, zero or more.
            Exception: Whatever a data provider raises.
        """
        runs: list[PeriodicRun] = []
        for _ in range(check_count("n", n, 0)):
            for periodic in self.periodic_hooks:
                runs += periodic.tick()
        return runs

    async def atick(self, n: int = 1) -> list[PeriodicRun]:
        """
        Tick everything that was made under the ticker, awaiting hooks that are async; see `tick`.
        """
        runs: list[PeriodicRun] = []
        for _ in range(check_count("n", n, 0)):
            for periodic in self.periodic_hooks:
                runs += await periodic.atick()
        return runs

    def advance(self, seconds: float) -> list[PeriodicRun]:
        """
        Move the clock on, and tick what was started and falls due: by deadline, then in the order of its start.

        The clock stands at each deadline while what is due there runs.
        A hook may itself advance the clock, as if it took that long: other schedules go on meanwhile, its own waits.

        Args:
            seconds: How far to move, in seconds; zero or more.

        Returns:
            The runs, in the order in which they fell due; empty if none did.

        Raises:
            InvalidValueError: If *seconds* is negative, infinite or not a number.
            MisuseError: If more than `limit` ticks fell due; if one falls due that runs under asyncio by
                `PeriodicHooks.run`, which only `aadvance` can let run.
                The clock stands where that happened.
        """
        runs: list[PeriodicRun] = []
        advance = _Advance(self._time, seconds, self.limit)
        while (loop := advance.next_loop()) is not None:
            with self._time.turn(loop):
                runs += loop.step()
        return runs

    async def aadvance(self, seconds: float) -> list[PeriodicRun]:
        """
        Move the clock on, and tick what was started, by `PeriodicHooks.start` or `PeriodicHooks.run`, and falls due.

        Other tasks get some turns first and after each tick, so that a task which was just created has begun to run its
        schedule, and one that was just cancelled has ended it.
        A schedule under `PeriodicHooks.run` ticks in its own task, and the clock stands until that tick is over.
        See `advance`.
        """
        runs: list[PeriodicRun] = []
        advance = _Advance(self._time, seconds, self.limit)
        await _let_others_run()
        while (loop := advance.next_loop()) is not None:
            with self._time.turn(loop):
                runs += await loop.astep()
            await _let_others_run()
        return runs


class VirtualTime(TimeSource):
    """
    A time source whose clock is moved by hand, with the loops that were started on it.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self.periodic_hooks: list[PeriodicHooks] = []
        self._loops: list[tuple[float, int, _StartedLoop]] = []
        self._started = 0
        self._is_over = False

    @property
    def count_of_started(self) -> int:
        """
        How many of the loops are started, and not stopped.
        """
        return sum(loop.is_alive for _, _, loop in self._loops)

    def now(self) -> float:
        """
        Give the time, in seconds.
        """
        return self.now_s

    def made(self, periodic: PeriodicHooks) -> None:
        """
        Take note that *periodic* was made while this was the time source.
        """
        self.periodic_hooks.append(periodic)

    def start(self, job: Job) -> _StartedLoop:
        """
        Let *job* run inside `HookTicker.advance` until it is stopped.
        """
        return self._add(_StartedLoop(self, job))

    async def run(self, job: Job) -> None:
        """
        Let *job* run in this task, when `HookTicker.aadvance` gives it its turn, until it is cancelled.
        """
        loop = self._add(_TaskLoop(self, job))
        try:
            await loop.run()
        finally:
            loop.end()

    def close(self) -> None:
        """
        End all loops, and refuse new ones.
        """
        self._is_over = True
        for _, _, loop in self._loops:
            loop.is_alive = False
        self._loops.clear()

    def next_loop(self, until_s: float) -> _StartedLoop | None:
        """
        Take out the loop that is due next, if that is not after *until_s*.
        """
        while self._loops:
            deadline_s, number, loop = self._loops[0]
            actual_s = loop.job.deadline_s
            if loop.is_alive and deadline_s < actual_s:
                heapq.heapreplace(self._loops, (actual_s, number, loop))  # the host ticked it by itself
            elif loop.is_alive:
                return None if deadline_s > until_s else heapq.heappop(self._loops)[2]
            else:
                heapq.heappop(self._loops)
        return None

    @contextmanager
    def turn(self, loop: _StartedLoop) -> Iterator[None]:
        """
        Move the clock to the deadline of *loop*, which has been taken out, and put it back after its step.
        """
        self.now_s = max(self.now_s, loop.job.deadline_s)
        try:
            yield
        finally:
            if loop.is_alive:
                self.put_back(loop)

    def put_back(self, loop: _StartedLoop) -> None:
        """
        Put in *loop*, which is new or had been taken out.
        """
        heapq.heappush(self._loops, (loop.job.deadline_s, loop.number, loop))

    def _add(self, loop: _L) -> _L:
        if self._is_over:
            msg = (
                f"Cannot start the {loop.job.name}: they were made under a HookTicker that is over, so their clock "
                "stands still. Make them anew, or start them before the ticker ends."
            )
            raise MisuseError(msg)
        self._started += 1
        loop.number = self._started
        self.put_back(loop)
        return loop


class _StartedLoop:
    """
    A loop that `PeriodicHooks.start` began.
    """

    number = 0

    def __init__(self, time: VirtualTime, job: Job) -> None:
        self.job = job
        self.is_alive = True
        self._time = time

    def stop(self, timeout_s: float) -> bool:
        del timeout_s  # nothing of it runs elsewhere
        self.is_alive = False
        return True

    def step(self) -> list[PeriodicRun]:
        return self.job.step(self._time.now_s)

    async def astep(self) -> list[PeriodicRun]:
        return self.step()


class _TaskLoop(_StartedLoop):
    """
    A loop in a task that awaits `PeriodicHooks.run`.
    """

    def __init__(self, time: VirtualTime, job: Job) -> None:
        import asyncio

        super().__init__(time, job)
        self._event_loop: AbstractEventLoop = asyncio.get_running_loop()
        self._turn: Future[None] = self._event_loop.create_future()
        self._over: Future[list[PeriodicRun]] = self._event_loop.create_future()

    async def run(self) -> None:
        while True:
            await self._turn
            runs = await self.job.astep(self._time.now_s)
            self._turn = self._event_loop.create_future()
            self._hand_back(runs)

    def end(self) -> None:
        self.is_alive = False
        self._hand_back([])

    def step(self) -> list[PeriodicRun]:
        msg = (
            f"At {_shown(self._time.now_s)} the {self.job.name} fall due, which run under asyncio, by run(). "
            "Move the clock with `await ticker.aadvance(seconds)`, in the event loop in which they run."
        )
        raise MisuseError(msg)

    async def astep(self) -> list[PeriodicRun]:
        import asyncio

        if asyncio.get_running_loop() is not self._event_loop:
            return self.step()
        self._over = self._event_loop.create_future()
        # Done already if it was cancelled just now, or if the one who gave the turn was: either way it will be over.
        if not self._turn.done():
            self._turn.set_result(None)
        return await self._over

    def _hand_back(self, runs: list[PeriodicRun]) -> None:
        if not self._over.done():
            self._over.set_result(runs)


class _Advance:
    """
    One move of the clock, from deadline to deadline.
    """

    def __init__(self, time: VirtualTime, seconds: object, limit: int) -> None:
        seconds_s = check_duration("seconds", seconds)
        if seconds_s == math.inf:
            msg = "seconds is inf; the clock can only be moved by a finite number of seconds."
            raise InvalidValueError(msg)
        self._time = time
        self._until_s = time.now_s + seconds_s
        self._limit = limit
        self._count = 0

    def next_loop(self) -> _StartedLoop | None:
        """
        Take out the loop that is due next; None, and the clock at its aim, if none is.
        """
        loop = self._time.next_loop(self._until_s)
        if loop is None:
            self._time.now_s = max(self._time.now_s, self._until_s)
        elif self._count == self._limit:
            self._time.put_back(loop)
            msg = (
                f"{self._limit} ticks fell due, and the clock stands at {_shown(self._time.now_s)} on its way to "
                f"{_shown(self._until_s)}. Next are the {loop.job.name}, due at {_shown(loop.job.deadline_s)}. "
                "If their interval is right, advance by less at a time, or raise the bound: HookTicker(limit=...), or "
                "ticker.limit."
            )
            raise MisuseError(msg)
        self._count += 1
        return loop


def _shown(time_s: float) -> str:
    return f"{round(time_s, _DIGITS)} s"


async def _let_others_run() -> None:
    import asyncio

    for _ in range(_TURNS):
        await asyncio.sleep(0)
