"""
One tick of a periodic schedule: who takes part, and what came of it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from inspect import Parameter, Signature
from types import CoroutineType
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._environment import record_if_asked
from hookkit._events import AsyncStep, HookCall, HookEvent, Step, Watch, current_call
from hookkit._hooks import AttachedHook, describe, settled
from hookkit._messages import DRIVER_GROUP, logger_of
from hookkit._points import HookPoint
from hookkit._watching import EVERYWHERE
from hookkit.exceptions import HookLoadError, MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from hookkit._watching import Observer

    Periodic = Callable[[Any, Any], Any]

_SIGNATURE = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("data", "context")])


class PeriodicRun(NamedTuple):
    """
    What came of one hook on one tick.

    Attributes:
        hook: The hook.
        value: What it returned; None if it raised.
        exception: What it raised; None if it returned.
    """

    hook: Any
    value: Any
    exception: Exception | None


class Participants:
    """
    The hooks of a schedule, and what their ticks are called.

    Args:
        hooks: A sequence of hooks, looked at anew on each tick, or a hook point.
        group: The group that events and log lines name.
            None takes the hook point's, or ``driver hooks`` for a sequence.

    Raises:
        MisuseError: If *hooks* is neither, or a class stands where an object should.
        HookLoadError: If a hook in the sequence has a ``periodic`` that cannot be called.

    Attributes:
        name: What the ticks are called: the hook point's name, or ``periodic`` for a sequence.
        group: The group that events and log lines name.
    """

    def __init__(self, hooks: Sequence[object] | HookPoint, group: str | None) -> None:
        self.point = hooks if isinstance(hooks, HookPoint) else None
        self.name = "periodic" if self.point is None else self.point.name
        self.group = group or (DRIVER_GROUP if self.point is None else self.point.group)
        self._hooks = hooks
        record_if_asked()
        if self.point is None:
            self._check()

    @property
    def log(self) -> logging.Logger:
        """
        The logger ``hookkit.<group>``; ``hookkit.drivers`` for driver hooks.
        """
        return logger_of(self.group)

    @property
    def driver_hooks(self) -> list[Any]:
        """
        The driver hooks in the sequence, whether or not periodic hooks are enabled; none of a hook point's.
        """
        if self.point is not None:
            return []
        objects = (hook.obj if isinstance(hook, AttachedHook) else hook for hook in self._objects())
        return [obj for obj in objects if _is_driver_hook(obj)]

    @property
    def observers(self) -> tuple[Observer, ...]:
        """
        Those who watch its ticks.
        """
        return EVERYWHERE.current + (() if self.point is None else self.point.registry.observers.current)

    def now(self) -> list[tuple[AttachedHook, Periodic]]:
        """
        Give those that take part at this moment, in order, each with what is called with data and context.

        One that cannot be attached is logged and left out.
        """
        return [(hook, periodic) for hook in self._attached() if (periodic := _periodic(hook)) is not None]

    def __str__(self) -> str:
        return f"{self.name!r} of {self.group!r}"

    def _objects(self) -> Iterable[Any]:
        return self._hooks  # type: ignore[return-value] # asked for sequences only

    def _attached(self) -> Iterator[AttachedHook]:
        if self.point is not None:
            yield from self.point.hooks
            return
        for hook in tuple(self._objects()):
            try:
                attached = _attach(hook)
            except HookLoadError as exc:
                self.log.error("Cannot run %s periodically: %s", describe(hook), exc)  # noqa: TRY400 - it says it all
            else:
                if attached is not None:
                    yield attached

    def _check(self) -> None:
        if not isinstance(self._hooks, Sequence) or isinstance(self._hooks, str | bytes):
            msg = (
                f"PeriodicHooks() got hooks={describe(self._hooks)}. "
                "Give a list or another sequence of hooks, or a hook point: registry.point('its_name')."
            )
            raise MisuseError(msg)
        for hook in self._hooks:
            if isinstance(hook, type):
                msg = f"PeriodicHooks() got the class {describe(hook)} among its hooks. Give an object of that class."
                raise MisuseError(msg)
            _attach(hook)


class Tick:
    """
    A tick, watched by whoever watches; a context manager around what it runs.

    Args:
        participants: Whose tick it is.
        context: What hooks are given as context.
        number: Which tick it is, counted from 1.

    Attributes:
        runs: What came of the hooks so far.
    """

    def __init__(self, participants: Participants, context: object, number: int) -> None:
        self.runs: list[PeriodicRun] = []
        self._participants = participants
        self._context = context
        self._data: object = None
        self._number = number
        self._watch: Watch | None = None

    def __enter__(self) -> Self:
        observers = self._participants.observers
        if observers:
            call = HookCall(
                self._participants.group,
                self._participants.name,
                None,
                (),
                {"context": self._context},
                parent=current_call(),
                tick=self._number,
                signature=_SIGNATURE,
            )
            self._watch = Watch(call, observers).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.call.result = self.runs if raised is None else None
            self._watch.__exit__(kind, raised, traceback)

    def hand_over(self, data: object) -> None:
        """
        Set what hooks are given as data.
        """
        self._data = data
        if self._watch is not None:
            self._watch.call.args, self._watch.call.kwargs = (data, self._context), {}

    def run(self, hook: AttachedHook, periodic: Periodic) -> None:
        """
        Run one hook; what it raises is logged.
        """

        def plain(data: object, context: object) -> object:
            return refuse_coroutine(periodic(data, context), "a periodic hook")

        self._announce(hook)
        try:
            value = self._step(Step, hook, plain)(self._data, self._context)
        except Exception as exc:  # noqa: BLE001 - the next hook runs
            self._report(hook, exc)
        else:
            self.runs.append(PeriodicRun(hook.obj, value, None))

    async def arun(self, hook: AttachedHook, periodic: Periodic) -> None:
        """
        Run one hook, and await what it gave if it can be awaited; what it raises is logged.
        """

        async def awaited(data: object, context: object) -> object:
            return await settled(periodic(data, context))

        self._announce(hook)
        try:
            value = await self._step(AsyncStep, hook, awaited)(self._data, self._context)
        except Exception as exc:  # noqa: BLE001 - the next hook runs
            self._report(hook, exc)
        else:
            self.runs.append(PeriodicRun(hook.obj, value, None))

    def _step(self, kind: type[Step], hook: AttachedHook, method: Periodic) -> Periodic:
        return method if self._watch is None else kind(self._watch, "periodic", method, hook=hook, settle=_settle)

    def _announce(self, hook: AttachedHook) -> None:
        if self._participants.log.isEnabledFor(logging.DEBUG):
            self._participants.log.debug(
                "Running %(name)s %(type)s-hook: %(obj)s",
                {"name": self._participants.name, "type": "periodic", "obj": describe(hook.obj)},
            )

    def _report(self, hook: AttachedHook, exc: Exception) -> None:
        self.runs.append(PeriodicRun(hook.obj, None, exc))
        self._participants.log.error(
            "Exception running %(name)s %(type)s-hook: %(obj)s (%(origin)s)",
            {
                "name": self._participants.name,
                "type": "periodic",
                "obj": describe(hook.obj),
                "origin": origin(hook),
            },
            exc_info=exc,
        )


def origin(hook: AttachedHook) -> str:
    """
    Name a hook by its class path, and by its distribution if it has one.
    """
    return hook.class_path if hook.entry_point is None else f"{hook.class_path}, {hook.origin}"


def refuse_coroutine(returned: object, who: str) -> object:
    """
    Give *returned* back, unless it is a coroutine: a plain tick cannot await it.

    Raises:
        MisuseError: If it is; the message says that *who* gave it.
    """
    if type(returned) is CoroutineType:
        path = f"{returned.cr_code.co_qualname}()"
        returned.close()  # left open it would warn, later and elsewhere
        msg = (
            f"{path}, {who}, is async, and a plain tick cannot await it. "
            "Tick with `await periodic.atick()` or run the schedule with `await periodic.run()`, or make it plain."
        )
        raise MisuseError(msg)
    return returned


def _is_driver_hook(hook: object) -> bool:
    return callable(getattr(hook, "execute_periodic_hook", None)) and hasattr(hook, "periodic_hooks_enabled")


def _attach(hook: Any) -> AttachedHook | None:
    if isinstance(hook, AttachedHook):
        return hook
    if _is_driver_hook(hook):
        return AttachedHook.for_driver(hook)
    return None if getattr(hook, "periodic", None) is None else AttachedHook(hook)


def _periodic(hook: AttachedHook) -> Periodic | None:
    driver: Any = hook.obj
    if not _is_driver_hook(driver):
        return hook.periodic

    def execute(data: object, context: object) -> object:
        return driver.execute_periodic_hook(context=context, periodic_hook_data=data)

    return execute if driver.periodic_hooks_enabled else None


def _settle(event: HookEvent) -> None:
    event.swallowed = isinstance(event.raised, Exception)
