"""
Objects whose hook methods are recorded, whoever calls them.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any

from hookkit._events import HookCall, HookEvent, Watch, current_call
from hookkit._hooks import HOOK_METHODS, AttachedHook, describe, is_coroutine_function, is_replacement
from hookkit._messages import DRIVER_GROUP, did_you_mean
from hookkit.exceptions import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hookkit._watching import Observer

    IsRunning = Callable[[object, str], bool]

WATCHED_GROUP = "watched hooks"

_DRIVER_METHODS = tuple(
    f"{how}_{phase}_hook" for how in ("execute", "_execute") for phase in ("pre", "post", "periodic")
)
_GIVEN = {"post": "result", "error": "error"}


class WatchedObject:
    """
    An object whose hook methods are recorded from now on, until `undo`.

    Args:
        obj: The object.
        observer: Told of each call and its event.
        is_running: Tells whether a method of this object's, of a phase, is an event already.
        point: The name of the hook point that is recorded; what the call says, or else the class's name, if None.
        pass_function: Whether the methods are given the undecorated function before all else.

    Raises:
        MisuseError: If *obj* has no hook method, or does not let them be taken over.
    """

    def __init__(
        self, obj: object, observer: Observer, is_running: IsRunning, *, point: str | None, pass_function: bool
    ) -> None:
        self.obj = obj
        self._attributes = _attributes(obj)
        self._methods = [
            WatchedMethod(obj, name, observer, is_running, point=point, pass_function=pass_function)
            for name in _hook_methods(obj)
        ]
        for method in self._methods:
            method.before = self._attributes.get(method.name, method)
            self._attributes[method.name] = method.stand_in
        if any(getattr(obj, method.name) is not method.stand_in for method in self._methods):
            self.undo()
            raise _cannot_be_watched(obj)

    def undo(self) -> None:
        """
        Give the object its own methods back; whoever watches it too goes on, in whatever order they end.
        """
        for method in self._methods:
            method.is_active = False
            if self._attributes.get(method.name) is not method.stand_in:
                continue
            before = method.before
            while isinstance(inner := getattr(before, "__hookkit_watched__", None), WatchedMethod):
                if inner.is_active:
                    break
                before = inner.before
            if isinstance(before, WatchedMethod):
                del self._attributes[method.name]
            else:
                self._attributes[method.name] = before


class WatchedMethod:
    """
    A hook method, each call of which is recorded as a call of its hook point with this one event.

    Attributes:
        name: Its name.
        stand_in: The function that is called in its place.
        before: What the object's attributes had under that name; a `WatchedMethod` for nothing.
        is_active: Whether calls are recorded.
    """

    def __init__(
        self,
        obj: object,
        name: str,
        observer: Observer,
        is_running: IsRunning,
        *,
        point: str | None,
        pass_function: bool,
    ) -> None:
        self.name = name
        self.before: Any = self
        self.is_active = True
        self._obj = obj
        self._method = getattr(obj, name)
        self._phase = name.removeprefix("_").removeprefix("execute_").removesuffix("_hook")
        self._is_driver = name in _DRIVER_METHODS
        self._observer = observer
        self._is_running = is_running
        self._point = point
        self._leads = int(pass_function and not self._is_driver)
        self._hook = AttachedHook.for_driver(obj) if self._is_driver else AttachedHook(obj)
        self._signature = _signature(self._method)
        self.stand_in = self._async_stand_in() if is_coroutine_function(self._method) else self._plain_stand_in()
        self.stand_in.__hookkit_watched__ = self  # type: ignore[attr-defined] # functions take attributes

    def _plain_stand_in(self) -> Callable[..., Any]:
        own = getattr(self._obj, f"_{self.name}", None)
        is_async = self._is_driver and own is not None and is_coroutine_function(own)  # whose coroutine is handed on

        @wraps(self._method)
        def method(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if self._is_quiet():
                return self._method(*args, **kwargs)
            if is_async:
                return self._arun(args, kwargs)
            with self._event(args, kwargs) as event:
                returned = event.returned = self._method(*args, **kwargs)
            return returned

        return method

    def _async_stand_in(self) -> Callable[..., Any]:
        @wraps(self._method)
        async def method(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if self._is_quiet():
                return await self._method(*args, **kwargs)
            return await self._arun(args, kwargs)

        return method

    async def _arun(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        with self._event(args, kwargs) as event:
            returned = event.returned = await self._method(*args, **kwargs)
        return returned

    def _is_quiet(self) -> bool:
        """
        Tell whether the call is none to record: an event already, or of a phase that the driver hook has switched off.
        """
        if not self.is_active or self._is_running(self._obj, self._phase):
            return True
        return self.name.startswith("execute_") and not getattr(self._obj, f"{self._phase}_hooks_enabled", True)

    @contextmanager
    def _event(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[HookEvent]:
        __tracebackhide__ = True
        call, event = self._begin(args, dict(kwargs))
        with Watch(call, [self._observer]) as watch:
            watch.tell("before", event)
            began_ns = time.perf_counter_ns()
            try:
                yield event
            except BaseException as exc:
                event.raised = exc
                raise
            finally:
                event.duration_ns = time.perf_counter_ns() - began_ns
                self._settle(event)
                call.result = event.returned
                watch.tell("after", event)

    def _begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[HookCall, HookEvent]:
        """
        Make the call and its event; what hooks get from hookkit is no argument, but for driver hooks.
        """
        known = self._signature
        taken: list[Any] = []
        if not self._is_driver:
            args, kwargs, taken, known = _without_first(args, kwargs, known, self._leads + (self._phase in _GIVEN))
        group = DRIVER_GROUP if self._is_driver else WATCHED_GROUP
        point = self._point or self._told_point(args, kwargs) or self._hook.name
        call = HookCall(group, point, self._method, args, kwargs, parent=current_call(), signature=known)
        event = HookEvent(call, self._phase, self._hook)
        if self._leads:
            event.passed_function = taken.pop(0) if taken else None
        if self._is_driver and self._phase == "post":
            event.result = _argument("driver_action_results", 3, args, kwargs)
        elif taken:
            setattr(event, _GIVEN[self._phase], taken[0])
        return call, event

    def _told_point(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        if not self._is_driver or self._phase == "periodic":
            return self._phase if self._is_driver else None
        told = _argument("func_name", 1, args, kwargs)
        return told if isinstance(told, str) else None

    def _settle(self, event: HookEvent) -> None:
        """
        Say what became of what the method returned, as where a host runs it.
        """
        returned = event.returned
        if is_replacement(returned) and event.phase == "post":
            event.returned, event.replaced = returned.value, True
        elif issubclass(type(returned), BaseException) and self._is_suppressed(event):
            event.returned, event.raised, event.suppressed = None, returned, True

    def _is_suppressed(self, event: HookEvent) -> bool:
        return bool(getattr(self._obj, f"suppress_{event.phase}_hooks_errors", False))


def _attributes(obj: object) -> dict[str, Any]:
    if isinstance(obj, type):
        msg = f"watch() takes an object with hook methods, got the class {describe(obj)}. Make an object of it first."
        raise MisuseError(msg)
    try:
        attributes: dict[str, Any] = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        raise _cannot_be_watched(obj) from None
    return attributes


def _cannot_be_watched(obj: object) -> MisuseError:
    msg = (
        f"{describe(obj)} cannot be watched: its class does not let an object have methods of its own, as one with "
        "__slots__. Attach it to a hook point, whose calls are recorded anyway."
    )
    return MisuseError(msg)


def _hook_methods(obj: object) -> list[str]:
    wanted = (*HOOK_METHODS, *_DRIVER_METHODS)
    names = [name for name in wanted if callable(getattr(obj, name, None))]
    if not names:
        question = next(filter(None, (did_you_mean(name, wanted) for name in dir(obj) if name[:2] != "__")), "")
        msg = (
            f"{describe(obj)} has none of the methods {', '.join(HOOK_METHODS)}, execute_pre_hook, execute_post_hook "
            f"and execute_periodic_hook, so there is nothing to watch.{question}"
        )
        raise MisuseError(msg)
    return names


def _signature(method: Callable[..., Any]) -> Signature | None:
    try:
        return signature(method)
    except (TypeError, ValueError):
        return None


def _without_first(
    args: tuple[Any, ...], kwargs: dict[str, Any], known: Signature | None, count: int
) -> tuple[tuple[Any, ...], dict[str, Any], list[Any], Signature | None]:
    """
    Take the first *count* arguments away, however they were passed, and their parameters.
    """
    taken: list[Any] = []
    for _ in range(count):
        first = next(iter(known.parameters.values()), None) if known is not None else None
        is_named = first is not None and first.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        if args:
            taken.append(args[0])
            args = args[1:]
        elif first is not None and is_named and first.name in kwargs:
            taken.append(kwargs.pop(first.name))
        if known is not None and is_named:
            known = known.replace(parameters=list(known.parameters.values())[1:])
    return args, kwargs, taken, known


def _argument(name: str, place: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return kwargs.get(name, args[place] if place < len(args) else None)
