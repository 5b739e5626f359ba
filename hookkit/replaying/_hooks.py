"""
The hook of a replay: found, made, and called as its host would call it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hookkit._driver_arguments import Given
from hookkit._driver_functions import settle_event
from hookkit._driver_loading import make_driver
from hookkit._events import Step
from hookkit._hooks import AttachedHook, describe, is_awaitable, make_hook, settled
from hookkit._messages import explain
from hookkit._runner import is_fatal
from hookkit.contracts._check import why_not_loaded
from hookkit.discovery import EntryPoint
from hookkit.exceptions import HookkitError, HookLoadError, MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature
    from types import TracebackType
    from typing import Self

    from hookkit._events import HookEvent, Watch

    Arguments = tuple[tuple[Any, ...], dict[str, Any]]

PHASES = ("pre", "post", "error", "periodic")
_DRIVER_METHODS = ("execute_pre_hook", "execute_post_hook", "execute_periodic_hook")
_GIVEN = {"post": "result", "error": "error"}
_OWN_NAMES = ("self", "cls")


def find(hook: object) -> tuple[object, EntryPoint | None]:
    """
    Find what makes the hook, or is it; and the entry point that names it, if one does.

    Raises:
        HookLoadError: If it is named, and cannot be imported.
    """
    if isinstance(hook, EntryPoint):
        return hook.load(), hook
    if not isinstance(hook, str):
        return hook, None
    try:
        return EntryPoint("", "", hook).load(), None
    except HookLoadError as exc:
        reason, cause = why_not_loaded(exc), exc.__cause__
    if ":" not in hook:  # hosts' configurations may name driver hooks with dots alone
        with suppress(HookLoadError):
            return EntryPoint("", "", ":".join(hook.rpartition(".")[::2])).load(), None
    msg = f"Cannot load hook {hook!r}: {reason}. Write it as 'package.module:Class'."
    raise HookLoadError(msg) from cause


def is_driver(target: object) -> bool:
    """
    Tell whether a hook or its class is a driver hook.
    """
    return any(callable(getattr(target, name, None)) for name in _DRIVER_METHODS)


def make(target: object, configuration: Any, derived: Mapping[str, Any]) -> object:
    """
    Make the hook.

    Args:
        target: Its class, or what else `make_hook` takes.
        configuration: The configuration of a driver hook; a mapping is put over *derived*.
        derived: What holds of a driver hook's configuration where nothing else is said.

    Raises:
        HookLoadError: If that is not possible.
        MisuseError: If there is a configuration, and nothing to give it to.
    """
    if is_driver(target) and isinstance(target, type):
        is_mapping = configuration is None or isinstance(configuration, Mapping)
        return make_driver(target, {**derived, **(configuration or {})} if is_mapping else configuration, None)
    if configuration is not None:
        msg = f"replay() got configuration= for {describe(target)}, which is no class of driver hooks. Leave it out."
        raise MisuseError(msg)
    if is_driver(target):
        return target
    try:
        return make_hook(target)
    except HookkitError:
        raise
    except Exception as exc:
        msg = f"Cannot make hook {describe(target)}: it raised {explain(exc)}"
        raise HookLoadError(msg) from exc


class OwnLoop:
    """
    The event loop in which asynchronous hooks run, made when the first one does; a context manager.
    """

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            self._runner.close()

    def run(self, returned: Any) -> Any:
        """
        Await what a hook returned.

        Raises:
            NoLoopError: If a loop is running here already.
        """
        if self._runner is None:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                self._runner = asyncio.Runner()
            else:
                returned.close()
                msg = (
                    "replay() runs async hooks in an event loop of its own, and one is running here already. "
                    "Call it as await asyncio.to_thread(hookkit.replay, recording, hook)."
                )
                raise NoLoopError(msg)
        return self._runner.run(settled(returned))


class ReplayedHook:
    """
    A hook that is given what was recorded.

    Args:
        obj: The hook.
        entry_point: The entry point that names it, if one does.
        loop: Where it runs, if it is asynchronous.
    """

    def __init__(self, obj: object, entry_point: EntryPoint | None, loop: OwnLoop) -> None:
        self.obj: Any = obj
        self.is_driver = is_driver(obj)
        self.attached = AttachedHook.for_driver(obj) if self.is_driver else AttachedHook(obj, entry_point)
        self._loop = loop

    def has(self, phase: str) -> bool:
        """
        Tell whether the hook has a method for a phase, and has it switched on.
        """
        if getattr(self.attached, phase, None) is None:
            return False
        return not self.is_driver or bool(getattr(self.obj, f"{phase}_hooks_enabled", True))

    def why_not(self, phase: str) -> str:
        """
        Say why the hook is not called for a phase.
        """
        if phase not in PHASES:
            return f"a replay does not know the phase {phase!r}"
        name = f"execute_{phase}_hook" if self.is_driver else phase
        if getattr(self.attached, phase) is None:
            return f"the hook has no {name}()"
        return f"{phase} hooks are not enabled in its configuration"

    def run(self, watch: Watch, phase: str, lead: tuple[Any, ...], given: tuple[Any, ...], data: object) -> Any:
        """
        Call the method of a phase with the arguments of the call that is watched, as an event.

        Args:
            watch: The call.
            phase: The phase.
            lead: What the method is given before all else: a function, or nothing.
            given: The result, or the exception; nothing in other phases.
            data: What a driver hook's pre gave.

        Returns:
            What it returned.

        Raises:
            BaseException: What it raised.
        """
        call = watch.call
        args, kwargs = call.args, call.kwargs
        if self.is_driver:
            method = self._of_driver(phase, call.signature, call.point, data)
            lead = ()
        else:
            method = getattr(self.attached, phase)

        def run(*passed: Any, **named: Any) -> Any:
            returned = method(*passed, **named)
            return self._loop.run(returned) if is_awaitable(returned) else returned

        step = Step(
            watch,
            phase,
            run,
            hook=self.attached,
            lead=lead,
            settle=self._settle,
            given=_GIVEN.get(phase) if given else None,
        )
        return step(*lead, *given, *args, **kwargs)

    def goes_out(self, phase: str, exc: BaseException) -> bool:
        """
        Tell whether an exception of the hook would reach the host's caller.
        """
        if not isinstance(exc, Exception):
            return True
        return phase in ("pre", "post") and (self.is_driver or is_fatal(exc))

    def _settle(self, event: HookEvent) -> None:
        if self.is_driver and event.phase in ("pre", "post"):
            settle_event(self.obj, event)
        elif event.raised is not None:
            event.swallowed = not self.goes_out(event.phase, event.raised)

    def _of_driver(self, phase: str, known: Signature | None, func_name: str, data: object) -> Callable[..., Any]:
        """
        Make what calls a driver hook's method; it takes the arguments of the host's function, the result first.
        """
        method = getattr(self.attached, phase)

        def run(*passed: Any, **named: Any) -> Any:
            names = [] if known is None else list(known.parameters)
            if {"func_name", "periodic_hook_data"}.intersection((*names, *named)):
                # A recorder watched the hook itself: these are the arguments of its own method.
                return method(*passed[phase == "post" :], **named)
            if phase == "periodic":
                return method(periodic_hook_data=passed[0], context=passed[1])
            if phase == "pre":
                return _sorted(known, func_name, passed, named).phases(self.obj)[0]()
            return _sorted(known, func_name, passed[1:], named).phases(self.obj)[1](passed[0], data)

        return run


class NoLoopError(MisuseError):
    """
    An async hook cannot be run to its end here.
    """


def _sorted(known: Signature | None, func_name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Given:
    """
    Sort the arguments of a host's method for a driver hook, as `hookkit._driver_arguments.Parameters` does.
    """
    parameters = [] if known is None else list(known.parameters.values())
    names = [parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]
    named = dict(zip(names[1:], args[1:], strict=False)) | kwargs
    if not args:
        named = {name: value for name, value in named.items() if name not in _OWN_NAMES}
    return Given(func_name, args[max(1, len(names)) :], named)
