"""
Why an event may be missing: what kept a hook's method from running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hookkit._hooks import HOOK_METHODS, is_coroutine_function
from hookkit._messages import DRIVER_GROUP
from hookkit._registry import registries
from hookkit.exceptions import HookLoadError
from hookkit.recording._differences import did_you_mean
from hookkit.recording._patterns import EventPattern
from hookkit.recording._text import show_exception

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hookkit._hooks import AttachedHook
    from hookkit._points import HookPoint
    from hookkit.recording._records import RecordedCall, RecordedEvent


def why_missing(expected: object, recorded: Sequence[RecordedEvent]) -> str:
    """
    Say what may have kept an event from happening; empty if nothing is known.
    """
    if not isinstance(expected, EventPattern):
        return ""
    events = [event for event in recorded if event.point == expected.point]
    if not events:
        return ""
    raised = next((event.call.raised for event in reversed(events) if event.call.raised is not None), None)
    has_body = any(event.phase == "body" for event in events)
    if raised is not None and (expected.phase == "post" or (expected.phase in ("pre", "body") and not has_body)):
        return f"{expected.point} raised {show_exception(raised)}"
    if expected.phase == "error" and raised is None:
        return f"{expected.point} raised nothing"
    if expected.phase not in HOOK_METHODS or any(event.phase == expected.phase for event in events):
        return ""
    return _why_no_hook(expected.phase, events, has_body=has_body)


def _why_no_hook(phase: str, events: Sequence[RecordedEvent], *, has_body: bool) -> str:
    """
    Say why no hook took part in *phase* of the calls that *events* are of.
    """
    call = events[-1].call
    if f" {call.group}".endswith(f" {DRIVER_GROUP}"):
        is_switch = has_body and phase in ("pre", "post")
        return f"no hook ran there: is its enable_{phase}_hooks on?" if is_switch else ""
    point = _point(call)
    hooks = () if point is None else _hooks_at(point)
    if not hooks:
        has_hooks = any(event.hook is not None for event in events)
        return "" if has_hooks else _misnamed(call.point) or _why_not_loaded(call.point, point)
    with_method = [hook for hook in hooks if getattr(hook, phase) is not None]
    if not with_method:
        names = ", ".join(dict.fromkeys(hook.name for hook in hooks))
        return f"{names} {'has' if len(hooks) == 1 else 'have'} no method {phase!r}"
    awaits = call.function is not None and is_coroutine_function(call.function)
    if not awaits and all(hook.is_async for hook in with_method):
        return f"{with_method[0].name} is async, which {call.point} is not"
    return ""


def _point(call: RecordedCall) -> HookPoint | None:
    """
    Find the hook point of a call; None if the call was read from a recording, or several points are called so.
    """
    if call.function is None:
        return None
    groups = [registry for registry in registries() if registry.group == call.group]
    points = [point for registry in groups for point in registry.points if point.name == call.point]
    # The function may be gone by now; hosts in which two registries have one group are rare, outside of tests.
    owners = [point for point in points if any(hooked.function is call.function for hooked in point.functions)]
    found = owners or points
    return found[0] if len(found) == 1 else None


def _hooks_at(point: HookPoint) -> tuple[AttachedHook, ...]:
    try:
        return point.hooks if point.is_loaded else ()
    except HookLoadError:  # on_load_error="raise"
        return ()


def _why_not_loaded(name: str, point: HookPoint | None) -> str:
    if point is not None and point.is_loaded and point.registry.enabled is None:
        wanted = [entry_point.value for entry_point in point.registry.entry_points(name)]
        if wanted:
            return f"{wanted[0]!r} could not be loaded: the log says why"
    return f"no hook was loaded at {name!r}"


def _misnamed(point: str) -> str:
    """
    Say which entry point has a name close to *point* that is no hook point's.
    """
    from hookkit.discovery import entry_points

    for registry in registries():
        points = {known.name for known in registry.points if known.functions}
        if point in points:
            names = {entry_point.name for entry_point in entry_points(registry.group)} - points
            if did_you_mean(point, names):
                name = did_you_mean(point, names).split("'")[1]
                return f"an entry point of {registry.group!r} is called {name!r}, as no hook point is"
    return ""
