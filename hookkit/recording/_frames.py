"""
Where an exception came from, as a recording tells it.
"""

from __future__ import annotations

from collections import deque
from traceback import FrameSummary, StackSummary, walk_tb
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from hookkit.recording._records import RecordedEvent

MOST_FRAMES = 20  # the innermost ones: of a recursion without end, its end
MOST_CHARACTERS = 200  # of a line of source

_OWN = "hookkit"
_GENERATED = "<hookkit"  # what the names of generated texts begin with; their code has the globals of the host


def traceback_of(event: RecordedEvent, text: Callable[[str], str]) -> list[dict[str, Any]] | None:
    """
    Give the frames that the exception of an event went through, the one that raised it last; hookkit's own left out.

    If the hook never ran, as with arguments that it does not take, that is where its method is defined.

    Args:
        event: The event.
        text: Takes secrets out of a text.

    Returns:
        What a recording says of each frame; None if nothing raised, or if nothing is known.
    """
    if event.raised is None:
        return None
    frames = (pair for pair in walk_tb(event.raised.__traceback__) if not _is_own(pair[0]))
    found = [*StackSummary.extract(iter(deque(frames, MOST_FRAMES)))] or _definition(event)
    return [_described(frame, text) for frame in found] or None


def _is_own(frame: FrameType) -> bool:
    module = frame.f_globals.get("__name__")
    is_generated = frame.f_code.co_filename.startswith(_GENERATED)
    return is_generated or (isinstance(module, str) and f"{module}.".startswith(f"{_OWN}."))


def _definition(event: RecordedEvent) -> list[FrameSummary]:
    method = None if event.hook is None else getattr(event.hook.obj, event.phase, None)
    code = getattr(method, "__code__", None)
    return [] if code is None else [FrameSummary(code.co_filename, code.co_firstlineno, event.phase)]


def _described(frame: FrameSummary, text: Callable[[str], str]) -> dict[str, Any]:
    line = {"text": text(frame.line)[:MOST_CHARACTERS]} if frame.line else {}
    return {"file": text(frame.filename), "line": frame.lineno, "function": frame.name, **line}
