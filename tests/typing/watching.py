"""
What type checkers make of observers.
"""

from collections.abc import Callable
from typing import assert_type

import hookkit
from hookkit import HookCall, HookEvent, get_registry
from hookkit.interfaces import CallObserver, EventObserver


def before(event: HookEvent) -> None:
    assert_type(event.call, HookCall)
    assert_type(event.phase, str)
    assert_type(event.point, str)
    assert_type(event.raised, BaseException | None)
    if event.hook is not None:
        assert_type(event.hook.name, str)
        assert_type(event.hook.distribution, str | None)


def finished(call: HookCall) -> int:
    assert_type(call.parent, HookCall | None)
    assert_type(call.duration_ns, int | None)
    return call.started_ns


event_observer: EventObserver = before
call_observer: CallObserver = finished

undo = hookkit.observe(before, before, finished=finished)
assert_type(undo, Callable[[], None])
undo()
get_registry("typing.hooks").observe(after=print)()
hookkit.observe(event_observer, finished=call_observer)()
seen: list[HookEvent] = []
hookkit.observe(after=seen.append)

hookkit.observe("loud")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
