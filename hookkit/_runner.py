"""
The loop: pre, the function, post; error where something raised.

Once for functions and once for coroutine functions; a watched call runs through the same loops, with each method
wrapped.

What hooks return and raise is told by its type, never by ``isinstance``, which asks the object for its ``__class__``:
objects lie there, or raise.
"""

import sys

from hookkit._hooks import describe, is_replacement, refuse_awaitable, settled
from hookkit.exceptions import FatalHookException

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from hookkit._events import HookCall, HookEvent, Watch
    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook
    from hookkit._points import HookPoint
    from hookkit._watching import Observer

    Arguments = tuple[Any, ...]
    Keywords = dict[str, Any]


_OWN_MODULES = (
    "hookkit._functions",
    "hookkit._fast_calls",
    "hookkit._runner",
    "hookkit._events",
    "hookkit._driver_functions",
    "hookkit._driver_arguments",
    "hookkit.drivers",
    "hookkit.recording._tape_plan",
)


def call(
    point: "HookPoint",
    hooks: "Sequence[AttachedHook]",
    function: "Callable[..., Any]",
    lead: "Arguments",
    args: "Arguments",
    kwargs: "Keywords",
    reached: int = 0,
) -> "Any":
    """
    Run *function* with *hooks* around it.

    Args:
        point: Where the hooks are attached; it decides what becomes of their exceptions.
        hooks: The hooks, in hook order.
        function: The undecorated function.
        lead: What hooks are given before all else: the undecorated function, or nothing.
        args: The caller's positional arguments.
        kwargs: The caller's keyword arguments.
        reached: How many hooks are done with their ``pre``.

    Returns:
        What *function* returned, or what a ``post`` replaced it with.
    """
    try:
        for hook in hooks[reached:]:
            reached += 1
            if hook.pre is not None:
                announce(point, "pre", hook)
                try:
                    refuse_awaitable(hook.pre(*lead, *args, **kwargs))
                except Exception as exc:
                    if report(point, "pre", hook, exc):
                        raise
        result = function(*args, **kwargs)
    except Exception as exc:
        run_errors(point, hooks[:reached], (*lead, exc, *args), kwargs)
        raise
    return run_posts(point, hooks, lead, result, args, kwargs)


def run_posts(
    point: "HookPoint",
    hooks: "Sequence[AttachedHook]",
    lead: "Arguments",
    result: object,
    args: "Arguments",
    kwargs: "Keywords",
) -> "Any":
    """
    Run the ``post`` of *hooks* after the function returned *result*; see `call`.
    """
    for hook in hooks:
        if hook.post is not None:
            announce(point, "post", hook)
            try:
                returned = refuse_awaitable(hook.post(*lead, result, *args, **kwargs))
            except Exception as exc:
                if report(point, "post", hook, exc):
                    raise
            else:
                if returned is not None and is_replacement(returned):
                    result = returned.value
    return result


def run_errors(point: "HookPoint", hooks: "Sequence[AttachedHook]", given: "Arguments", kwargs: "Keywords") -> None:
    """
    Run the error methods of *hooks* with *given*, the exception and what stands around it, and *kwargs*.
    """
    for hook in hooks:
        if hook.error is not None:
            announce(point, "error", hook)
            try:
                refuse_awaitable(hook.error(*given, **kwargs))
            except Exception as own:  # noqa: BLE001 - the original exception goes on
                report(point, "error", hook, own)


async def acall(  # noqa: C901, PLR0912 - the loop is one idea
    point: "HookPoint",
    hooks: "Sequence[AttachedHook]",
    function: "Callable[..., Any]",
    lead: "Arguments",
    args: "Arguments",
    kwargs: "Keywords",
) -> "Any":
    """
    Run the coroutine function *function* with *hooks*, sync and async ones, around it; see `call`.
    """
    reached = 0
    try:
        for hook in hooks:
            reached += 1
            if hook.pre is not None:
                announce(point, "pre", hook)
                try:
                    await settled(hook.pre(*lead, *args, **kwargs))
                except Exception as exc:
                    if report(point, "pre", hook, exc):
                        raise
        result = await function(*args, **kwargs)
    except Exception as exc:
        for hook in hooks[:reached]:
            if hook.error is not None:
                announce(point, "error", hook)
                try:
                    await settled(hook.error(*lead, exc, *args, **kwargs))
                except Exception as own:  # noqa: BLE001 - the original exception goes on
                    report(point, "error", hook, own)
        raise
    for hook in hooks:
        if hook.post is not None:
            announce(point, "post", hook)
            try:
                returned = await settled(hook.post(*lead, result, *args, **kwargs))
            except Exception as exc:
                if report(point, "post", hook, exc):
                    raise
            else:
                if returned is not None and is_replacement(returned):
                    result = returned.value
    return result


def watched_call(
    hooked: "HookedFunction", hooks: "Sequence[AttachedHook]", observers: "Sequence[Observer]", *arguments: "Any"
) -> "Any":
    """
    Run a call that *observers* are told of; *arguments* are the caller's ``args`` and ``kwargs``.
    """
    from hookkit import _events

    args, kwargs = arguments
    with _events.Watch(_seen(hooked, args, kwargs), observers) as watch:
        body = _events.Step(watch, "body", hooked.function)
        watched = _watched_hooks(hooked, hooks, watch)
        watch.call.result = call(hooked.point, watched, body, hooked.lead, args, kwargs)
        return watch.call.result


async def awatched_call(
    hooked: "HookedFunction", hooks: "Sequence[AttachedHook]", observers: "Sequence[Observer]", *arguments: "Any"
) -> "Any":
    """
    Run a call of a coroutine function that *observers* are told of; see `watched_call`.
    """
    from hookkit import _events

    args, kwargs = arguments
    with _events.Watch(_seen(hooked, args, kwargs), observers) as watch:
        body = _events.AsyncStep(watch, "body", hooked.function)
        watched = _watched_hooks(hooked, hooks, watch)
        watch.call.result = await acall(hooked.point, watched, body, hooked.lead, args, kwargs)
        return watch.call.result


def is_fatal(exc: BaseException) -> bool:
    """
    Tell whether *exc* stops the host's operation.

    By class, or by the name of a class, so that a veto of a hook that imported Nova's own class still is one.
    """
    return issubclass(type(exc), FatalHookException) or any(
        kind.__name__ == FatalHookException.__name__ for kind in type(exc).__mro__
    )


def leave_out_own_frames(exc: BaseException) -> None:
    """
    Leave out the frames of this package that a traceback begins with: that of the decorated function is still to come.

    Called where *exc* is handled.
    """
    _, _, traceback = sys.exc_info()  # and not as an attribute, which may be a property, or may not be set
    while traceback is not None and traceback.tb_frame.f_globals.get("__name__") in _OWN_MODULES:
        traceback = traceback.tb_next
    BaseException.with_traceback(exc, traceback)


def announce(point: "HookPoint", phase: str, hook: "AttachedHook") -> None:
    """
    Log that a hook's method is about to run, in Nova's words.
    """
    if "logging" in sys.modules and point.log.isEnabledFor(10):  # nobody can have set a level without it
        point.log.debug(
            "Running %(name)s %(type)s-hook: %(obj)s",
            {"name": point.name, "type": phase, "obj": describe(hook.obj)},
        )


def report(point: "HookPoint", phase: str, hook: "AttachedHook", exc: Exception) -> bool:
    """
    Log that a hook raised *exc*, in Nova's words and with the hook's origin.

    Returns:
        Whether the exception goes out to the caller.
    """
    fatal = is_fatal(exc)
    point.log.error(
        "%(kind)sException running %(name)s %(type)s-hook: %(obj)s (%(origin)s)",
        {
            "kind": "Fatal " if fatal else "",
            "name": point.name,
            "type": phase,
            "obj": describe(hook.obj),
            "origin": hook.origin,
        },
        exc_info=exc,
    )
    return goes_out(point, phase, exc)


def goes_out(point: "HookPoint", phase: str, exc: BaseException) -> bool:
    """
    Tell whether what a hook raised goes out to the caller, or is swallowed.
    """
    if not isinstance(exc, Exception):
        return True
    return phase != "error" and (point.registry.on_hook_error == "raise" or is_fatal(exc))


def _seen(hooked: "HookedFunction", args: "Arguments", kwargs: "Keywords") -> "HookCall":
    from hookkit import _events

    point = hooked.point
    # A copy, so that an observer which changes it does not change what the function gets.
    given = args, dict(kwargs)
    return _events.HookCall(point.group, point.name, hooked.function, *given, parent=_events.current_call())


def _watched_hooks(hooked: "HookedFunction", hooks: "Sequence[AttachedHook]", watch: "Watch") -> "list[AttachedHook]":
    def settle(event: "HookEvent") -> None:
        if event.raised is not None:
            event.swallowed = not goes_out(hooked.point, event.phase, event.raised)

    return [watch.hook(hook, hooked.lead, settle, is_async=hooked.is_async) for hook in hooks]
