"""
Periodic hooks: hooks that run every so often.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import takewhile
from threading import Lock, RLock
from typing import TYPE_CHECKING

from hookkit._clock import SOURCES, CallableTime, Job, TaskLoop, TimeSource
from hookkit._hooks import class_path, describe, settled
from hookkit._schedule import Schedule, check_count, check_duration, check_interval
from hookkit._ticks import Participants, PeriodicRun, Tick, origin, refuse_coroutine
from hookkit.exceptions import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType
    from typing import Any, Self

    from hookkit._clock import Loop
    from hookkit._hooks import AttachedHook
    from hookkit._points import HookPoint

    Provider = Callable[..., Any]
    Wanted = Callable[[object], bool]

__all__ = ["PeriodicHooks", "PeriodicRun"]

DEFAULT_INTERVAL_S = 300.0
STOP_TIMEOUT_S = 10.0


class PeriodicHooks:
    """
    Hooks that run every so often: on each tick that a host makes, or on a schedule of their own.

    A hook takes part if it has a method ``periodic(data, context)``, or if it is a driver hook (it has
    ``execute_periodic_hook`` and ``periodic_hooks_enabled``) and has periodic hooks enabled at that moment.
    For a driver hook that switch alone decides.

    Args:
        hooks: The hooks.
            A sequence, run in its order and looked at anew on each tick; or a hook point, ``registry.point(name)``.
        data: Asked for what hooks are given as data, once on each tick that runs hooks: ``data(context, *data_args)``.
            None: hooks are given None.
        every: On which tick hooks run: 1 is each; 3 the third, the sixth, and so on.
        interval: The distance of two ticks of the schedule, in seconds; negative means never.
            None takes the option ``periodic_hooks_interval`` of the first driver hook in the sequence, read now; 300.0
            if there is none.
        clock: A callable that returns seconds, or a `TimeSource`.
            None takes hookkit's own: `time.monotonic`, or a ticker's clock while one is in place.
        group: The group that events and log lines name.
            None takes the hook point's, or ``driver hooks`` for a sequence.

    Raises:
        InvalidValueError: If *every* is not a whole number above zero; if *interval* is zero or not a number.
        MisuseError: If *hooks* is neither a sequence of objects nor a hook point; if *data* or *clock* cannot be
            called.
        HookLoadError: If a hook in the sequence has a ``periodic`` that cannot be called.

    Attributes:
        every: On which tick hooks run.
        interval_s: The distance of two ticks of the schedule, in seconds; negative means never.
        ticks: How many ticks there were, those that ran nothing included.
        skipped: How many ticks fell into a running one and were skipped; they are not among `ticks`.

    Example:
        >>> class Usage:
        ...     def periodic(self, data, context):
        ...         return sum(data)
        >>> periodic = PeriodicHooks([Usage()], lambda context: [1, 2], every=3)
        >>> periodic.tick(), periodic.tick()
        ([], [])
        >>> [(hook, value, exception)] = periodic.tick()
        >>> value
        3
    """

    def __init__(
        self,
        hooks: Sequence[object] | HookPoint,
        data: Provider | None = None,
        *,
        every: int = 1,
        interval: float | None = None,
        clock: Callable[[], float] | TimeSource | None = None,
        group: str | None = None,
    ) -> None:
        self._participants = Participants(hooks, group)
        self._data = _check_callable("data", data, "To hand over a constant write data=lambda context: value.")
        self.every = check_count("every", every, 1)
        self.interval_s = _interval_of(self._participants) if interval is None else check_interval(interval)
        self.ticks = 0
        self.skipped = 0
        self._busy = Lock()
        self._at: AttachedHook | None = None
        self._changing = RLock()
        self._loop: Loop | None = None
        self._job: Job | None = None
        current = SOURCES.current
        self._source = current if clock is None else _source_of(clock)
        self._schedule = Schedule(self._source.now(), self.interval_s)
        current.made(self)

    def __repr__(self) -> str:
        return f"<PeriodicHooks {self._participants}, every {self.interval_s} s>"

    @property
    def deadline_s(self) -> float:
        """
        When the schedule is due next, in seconds of its clock; `math.inf` if never.
        """
        return self._schedule.deadline_s

    @property
    def is_running(self) -> bool:
        """
        Whether the schedule has a loop of its own, by `start` or `run`.
        """
        loop = self._loop
        return loop is not None and loop.is_alive

    def tick(self, context: object = None, *data_args: object) -> list[PeriodicRun]:
        """
        Count, and on each *every*-th tick run the hooks.

        The data is asked for once, and only if a hook takes part.
        What a hook raises, a `FatalHookException` too, is logged, and the next hook runs.
        A tick that falls into a running one, in whatever thread or made by a hook, is skipped, counted and logged.

        Args:
            context: What hooks and the data provider are given as context.
            data_args: What the data provider is given besides.

        Returns:
            What came of each hook, in order; empty if none ran.

        Raises:
            Exception: Whatever the data provider raises; no hook runs then.
            MisuseError: If the data provider is async; see `atick`.
            HookLoadError: If a hook of the hook point cannot be loaded and its registry raises that.
        """
        return self._tick(_always, context, *data_args)

    async def atick(self, context: object = None, *data_args: object) -> list[PeriodicRun]:
        """
        Tick, awaiting the data provider and each hook that is async, one after the other; see `tick`.
        """
        return await self._atick(_always, context, *data_args)

    def run_due(self, now: float) -> float:
        """
        Tick, if the schedule is due at *now*: a step of a loop that the host has itself.

        No clock is asked.
        The first deadline is one interval after the object was made or was started; one call makes one tick at most.
        Ticks that were missed are not caught up: the next deadline is the first one of the grid that lies after *now*.

        Args:
            now: The time, in seconds of the object's clock.

        Returns:
            The next deadline; `math.inf` if there is none.

        Raises:
            InvalidValueError: If *now* is not a finite number.
            Exception: Whatever the data provider raises; the schedule has moved on by then.
        """
        if self._schedule.claim(now):
            self.tick()
        return self.deadline_s

    def start(self) -> None:
        """
        Begin the schedule anew, in a daemon thread that ticks at each deadline until `stop`.

        There, what the data provider raises is logged and the schedule goes on.
        With a *clock* of one's own the thread really waits, for what is left by that clock, but asks it once a second
        at least.

        Raises:
            MisuseError: If it runs already, by `start` or `run`.
        """
        with self._changing:
            self._loop = self._source.start(self._begin())

    def stop(self, timeout: float | None = STOP_TIMEOUT_S) -> bool:
        """
        End what `start` began; one that does not run is left as it is.

        It does not interrupt a hook.
        One that still runs after *timeout* is named in the log and left behind; no other hook of that tick begins.
        Called by a hook of this very schedule it does not wait, and the schedule ends after the tick.

        Args:
            timeout: How long to wait for a tick that is under way, in seconds; None waits as long as it takes.

        Returns:
            Whether it ended; False if a hook hangs.

        Raises:
            InvalidValueError: If *timeout* is negative or not a number.
            MisuseError: If it runs by `run`, which ends when its task is cancelled.
        """
        timeout_s = check_duration("timeout", float("inf") if timeout is None else timeout)
        with self._changing:
            loop, job = self._loop, self._job
        if loop is None or job is None:
            return True
        is_over = loop.stop(timeout_s)
        if not is_over:
            job.is_wanted = False
            self._participants.log.warning(
                "Stopping %s was given up after %s s: %s. It is left behind, and no other hook of its tick begins.",
                job.name,
                timeout_s,
                self._where(),
            )
        with self._changing:
            if self._loop is loop:
                self._loop = None
        return is_over

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def run(self) -> None:
        """
        Begin the schedule anew, and tick at each deadline under asyncio until the task is cancelled.

        Hooks and data providers may be async.
        One that is not keeps the event loop waiting while it runs.
        What the data provider raises is logged and the schedule goes on.

        Raises:
            MisuseError: If it runs already, by `start` or `run`.
            asyncio.CancelledError: When it is cancelled; it can be started again then.
        """
        with self._changing:
            job = self._begin()
            self._loop = TaskLoop(job)
        try:
            await self._source.run(job)
        finally:
            self._loop = None

    def _tick(self, is_wanted: Wanted, context: object = None, *data_args: object) -> list[PeriodicRun]:
        if not self._enter():
            return []
        with self._turn(context) as tick:
            hooks = self._due_hooks()
            if hooks:
                tick.hand_over(refuse_coroutine(self._ask(context, data_args), "the data provider"))
            for self._at, periodic in takewhile(is_wanted, hooks):
                tick.run(self._at, periodic)
        return tick.runs

    async def _atick(self, is_wanted: Wanted, context: object = None, *data_args: object) -> list[PeriodicRun]:
        if not self._enter():
            return []
        with self._turn(context) as tick:
            hooks = self._due_hooks()
            if hooks:
                tick.hand_over(await settled(self._ask(context, data_args)))
            for self._at, periodic in takewhile(is_wanted, hooks):
                await tick.arun(self._at, periodic)
        return tick.runs

    def _enter(self) -> bool:
        if self._busy.acquire(blocking=False):
            return True
        with self._changing:
            self.skipped += 1
        self._participants.log.warning(
            "Skipped a tick of periodic hooks %s: in the one before it, %s.", self._participants, self._where()
        )
        return False

    @contextmanager
    def _turn(self, context: object) -> Iterator[Tick]:
        try:
            self.ticks += 1
            with Tick(self._participants, context, self.ticks) as tick:
                yield tick
        finally:
            self._at = None
            self._busy.release()

    def _due_hooks(self) -> list[tuple[AttachedHook, Callable[[Any, Any], Any]]]:
        return [] if self.ticks % self.every else self._participants.now()

    def _ask(self, context: object, data_args: tuple[object, ...]) -> object:
        return None if self._data is None else self._data(context, *data_args)

    def _where(self) -> str:
        hook = self._at
        if hook is None:
            return "the data provider or the search for hooks is still under way"
        return f"hook {describe(hook.obj)} ({origin(hook)}) still runs"

    def _begin(self) -> Job:
        if self.is_running:
            msg = (
                f"The periodic hooks {self._participants} run already. "
                "End start() with stop(), or run() by cancelling its task, before they begin anew."
            )
            raise MisuseError(msg)
        self._schedule = Schedule(self._source.now(), self.interval_s)
        name = f"periodic hooks {self._participants}"
        self._job = Job(name, self._schedule, self._tick, self._atick, self._participants.log)
        return self._job


def _always(_hook: object) -> bool:
    return True


def _check_callable(name: str, value: Any, hint: str) -> Any:
    if value is None or callable(value):
        return value
    msg = f"PeriodicHooks() got {name}={describe(value)}, which cannot be called. {hint}"
    raise MisuseError(msg)


def _source_of(clock: Callable[[], float] | TimeSource) -> TimeSource:
    if isinstance(clock, TimeSource):
        return clock
    hint = "Give a function that returns seconds, such as time.monotonic."
    return CallableTime(_check_callable("clock", clock, hint))


def _interval_of(participants: Participants) -> float:
    for hook in participants.driver_hooks[:1]:
        option = getattr(hook, "get_config_option", None)
        interval = None if option is None else option("periodic_hooks_interval")
        if interval is not None:
            return check_interval(interval, source=f"periodic_hooks_interval of {class_path(hook)}")
    return DEFAULT_INTERVAL_S
