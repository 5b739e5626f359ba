"""
What a hook did in a replay, beside what was recorded of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._hooks import class_path
from hookkit.recording._changes import ABSENT
from hookkit.recording._codec import plain
from hookkit.recording._differences import differences
from hookkit.recording._frames import traceback_of
from hookkit.recording._redaction import MASK
from hookkit.recording._text import LONGEST_IN_FULL, show, show_exception

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hookkit.recording import RecordedEvent

_ADDRESS = re.compile(r"0x[0-9A-Fa-f]+")
_UNCHANGED = "(no change)"
_NOTHING = "nothing"


class ReplayDifference(NamedTuple):
    """
    Something that a hook did otherwise than was recorded.

    Attributes:
        kind: ``returned``, ``raised`` or ``change``; ``missing`` for what it was not called for, ``extra`` for what was
            not recorded.
        group: The group of the hook point.
        point: The name of the hook point.
        phase: The phase.
        event: The number of the recorded event, or of the one before an ``extra`` one.
        path: What it is about: the path of what was changed, such as ``metadata['owner']``; else the kind.
        recorded: What was recorded there, as text.
        replayed: What is there in the replay, as text.
        place: Where the hook raised, as ``file:line``; empty if it did not.

    .. versionadded:: 0.1
    """

    kind: str
    group: str
    point: str
    phase: str
    event: int
    path: str
    recorded: str
    replayed: str
    place: str = ""

    @property
    def message(self) -> str:
        """
        The difference in a line, without where it is.
        """
        if self.kind == "missing":
            return f"not called: {self.replayed}"
        if self.kind == "extra":
            return f"called, which was not recorded: {self.replayed}"
        return f"{self.path}: recorded {self.recorded}, replayed {self.replayed}"

    def __str__(self) -> str:
        return f"{self.phase} {self.point} (event {self.event}): {self.message}"


class Origin(NamedTuple):
    """
    The recorded event that a difference is about.
    """

    group: str
    point: str
    phase: str
    event: int

    def difference(self, kind: str, path: str, recorded: str, replayed: str, place: str = "") -> ReplayDifference:
        """
        Make a difference.
        """
        return ReplayDifference(kind, *self, path, recorded, replayed, place)


def compared(recorded: RecordedEvent, replayed: RecordedEvent) -> Iterator[ReplayDifference]:
    """
    Give what is different between a recorded event and the same one in a replay.
    """
    origin = Origin(recorded.group, recorded.point, recorded.phase, recorded.seq)
    place = place_of(replayed)
    if not _is_same_exception(recorded.raised, replayed.raised):
        yield origin.difference("raised", "raised", _said(recorded.raised), _said(replayed.raised), place)
        return
    if recorded.raised is None:
        yield from _of_values(origin, "returned", "returned", recorded.returned, replayed.returned)
        if recorded.replaced is not replayed.replaced and not _is_plainly_other(recorded.returned, replayed.returned):
            then, now = ("a Replace" if event.replaced else "no Replace" for event in (recorded, replayed))
            yield origin.difference("returned", "returned", then, now)
    yield from _of_changes(origin, recorded, replayed)


def extra(replayed: RecordedEvent, origin: Origin) -> ReplayDifference:
    """
    Give the difference that an event is of which nothing was recorded.
    """
    if replayed.raised is not None:
        did = f"it raised {show_exception(replayed.raised)}"
    elif replayed.changes:
        did = f"it changed {', '.join(change.path for change in replayed.changes[:3])}"
    else:
        did = f"it returned {show(replayed.returned)}"
    return origin.difference("extra", "extra", _NOTHING, did, place_of(replayed))


def raised(replayed: RecordedEvent, origin: Origin) -> ReplayDifference:
    """
    Give the difference that an exception is, of a hook that was not recorded.
    """
    return origin.difference("raised", "raised", _NOTHING, _said(replayed.raised), place_of(replayed))


def place_of(event: RecordedEvent) -> str:
    """
    Say where the exception of an event was raised, as ``file:line``; empty if there is none.
    """
    frames = traceback_of(event, str)
    return f"{frames[-1]['file']}:{frames[-1]['line']}" if frames else ""


def is_like(recorded: Any, replayed: Any) -> bool:
    """
    Tell whether two values that were encoded are alike.

    What was masked in the recording is like anything, and an object of which only the class was recorded is like any of
    that class.
    """
    if recorded in (replayed, MASK):
        return True
    if isinstance(recorded, str) and isinstance(replayed, str):
        return MASK in recorded and _is_like_text(recorded, replayed)
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        if recorded.keys() == {"$type", "$attrs"} and not recorded["$attrs"]:
            return bool(recorded["$type"] == replayed.get("$type"))
        return recorded.keys() == replayed.keys() and all(is_like(recorded[key], replayed[key]) for key in recorded)
    if isinstance(recorded, list) and isinstance(replayed, list):
        return len(recorded) == len(replayed) and all(map(is_like, recorded, replayed))
    return False


def _of_changes(origin: Origin, recorded: RecordedEvent, replayed: RecordedEvent) -> Iterator[ReplayDifference]:
    before, now = ({change.path: change.after for change in event.changes} for event in (recorded, replayed))
    for path in {**before, **now}:
        if path not in before or path not in now:
            then, later = (show(side[path], LONGEST_IN_FULL) if path in side else _UNCHANGED for side in (before, now))
            yield origin.difference("change", path, then, later)
        elif (before[path] is ABSENT) is not (now[path] is ABSENT):
            yield origin.difference("change", path, show(before[path]), show(now[path]))
        elif before[path] is not ABSENT:
            yield from _of_values(origin, "change", path, before[path], now[path])


def _of_values(origin: Origin, kind: str, path: str, recorded: Any, replayed: Any) -> Iterator[ReplayDifference]:
    if not _is_plainly_other(recorded, replayed):
        return
    found = next(differences(kind, path, recorded, replayed), None)
    if found is None:
        yield origin.difference(kind, path, show(recorded, LONGEST_IN_FULL), show(replayed, LONGEST_IN_FULL))
    else:
        yield origin.difference(kind, found.path, found.expected, found.recorded)


def _is_plainly_other(recorded: Any, replayed: Any) -> bool:
    return recorded is not replayed and not is_like(plain(recorded), plain(replayed))


def _is_same_exception(recorded: BaseException | None, replayed: BaseException | None) -> bool:
    if recorded is None or replayed is None:
        return recorded is replayed
    if class_path(type(recorded)) != class_path(type(replayed)):
        return False
    one, other = (_ADDRESS.sub("", _text(exc)) for exc in (recorded, replayed))
    return is_like(one, other)


def _is_like_text(recorded: str, replayed: str) -> bool:
    pattern = ".*".join(map(re.escape, recorded.split(MASK)))
    return re.fullmatch(pattern, replayed, re.DOTALL) is not None


def _said(exc: BaseException | None) -> str:
    return _NOTHING if exc is None else show_exception(exc)


def _text(exc: BaseException) -> str:
    try:
        return str(exc)
    except Exception as own:  # noqa: BLE001 - a broken __str__ is compared as what it says in a recording
        return f"(its str raised {type(own).__name__})"
