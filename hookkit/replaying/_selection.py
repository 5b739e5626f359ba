"""
Which recorded calls a hook is given.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._messages import DRIVER_GROUP, did_you_mean
from hookkit.exceptions import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hookkit.recording import RecordedEvent, RecordingLines

    Point = tuple[str, str]

_BITS = {"pre": 1, "body": 2, "post": 4, "error": 8, "periodic": 16}
_WIDTH = 5
_RAN = _BITS["body"] | _BITS["periodic"]


class Fact(NamedTuple):
    """
    What is to be known of each event before any is replayed.
    """

    seq: int
    call: int
    group: str
    point: str
    phase: str
    hook: str | None
    suppressed: bool
    passed_function: bool


class Wanted(NamedTuple):
    """
    Which calls are asked for.

    Attributes:
        class_path: The hook's.
        is_driver: Whether it is a driver hook.
        group: The group of the hook point; None if that does not matter.
        point: The name of the hook point; None if that was not said.
        usual: The group and the name of the hook point where the entry point puts the hook; None if it has none.
    """

    class_path: str
    is_driver: bool
    group: str | None
    point: str | None
    usual: Point | None

    def fits(self, group: str, point: str) -> bool:
        """
        Tell whether a hook point is one that is asked for.
        """
        return self.group in (None, group) and self.point in (None, point)


class Selection:
    """
    The calls that are replayed.

    Attributes:
        is_own: Whether they are those in which the hook itself was recorded.
        phases: The phases in which the hook itself was recorded.
        suppressed: Those of them in which an exception of the hook was suppressed.
        points: The hook points of the calls.
        passing: The hook points, of all in the recording, that pass the function to hooks.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.is_own = False
        self.phases: set[str] = set()
        self.suppressed: set[str] = set()
        self.points: set[Point] = set()
        self.passing: set[Point] = set()
        self._wanted = wanted
        self._calls: dict[int, int] = {}

    def last_of(self, call: int) -> int | None:
        """
        Give the number of the last event of a call; None if the call is not replayed.
        """
        entry = self._calls.get(call)
        return None if entry is None else entry >> _WIDTH

    def has(self, call: int, phase: str) -> bool:
        """
        Tell whether a call that is replayed has events of a phase: of the hook, if it was recorded; of any, for a body.
        """
        return bool(self._calls[call] & _BITS[phase])


def select(facts: Callable[[], Iterable[Fact]], wanted: Wanted, name: str) -> Selection:
    """
    Find the calls.

    Args:
        facts: Gives the facts, each time it is called.
        wanted: What is asked for.
        name: What the recording is called in messages.

    Raises:
        InvalidValueError: If that does not say which calls, or there are none.
    """
    selection = Selection(wanted)
    points: Counter[Point] = Counter()
    for fact in facts():
        if fact.phase in ("body", "periodic"):
            points[fact.group, fact.point] += 1
        if fact.passed_function:
            selection.passing.add((fact.group, fact.point))
        if fact.hook == wanted.class_path and wanted.fits(fact.group, fact.point):
            selection.is_own = True
            selection.points.add((fact.group, fact.point))
            selection.phases.add(fact.phase)
            if fact.suppressed:
                selection.suppressed.add(fact.phase)
            selection._calls[fact.call] = 0  # noqa: SLF001 - this makes it
    if not selection.is_own:
        selection.points = set(_points(wanted, points, name))
    _find_ends(facts(), selection, wanted)
    return selection


def facts_of_lines(lines: RecordingLines) -> Iterator[Fact]:
    """
    Give the facts of a file, whose lines were looked at before.
    """
    for line in lines:
        fields = line.fields
        if fields.get("kind") == "event":
            hook: dict[str, Any] = fields.get("hook") or {}
            yield Fact(
                fields["seq"],
                fields["call"],
                fields["group"],
                fields["point"],
                fields["phase"],
                hook.get("class"),
                bool(fields.get("suppressed")),
                bool(fields.get("passed_function")),
            )


def facts_of_events(events: Iterable[RecordedEvent]) -> Iterator[Fact]:
    """
    Give the facts of events in memory.
    """
    for event in events:
        hook = None if event.hook is None else event.hook.class_path
        passed_function = event.passed_function is not None
        yield Fact(
            event.seq, event.call.seq, event.group, event.point, event.phase, hook, event.suppressed, passed_function
        )


def _find_ends(facts: Iterable[Fact], selection: Selection, wanted: Wanted) -> None:
    """
    Note for each call its last event and the phases that it has.
    """
    calls = selection._calls  # noqa: SLF001 - this makes it
    for fact in facts:
        if selection.is_own:
            entry = calls.get(fact.call)
            if entry is None:
                continue
            is_told = fact.phase == "body" or fact.hook == wanted.class_path
        else:
            entry = calls.get(fact.call, 0)
            if (fact.group, fact.point) not in selection.points:
                continue
            is_told = fact.phase in ("body", "periodic")
        bits = entry & ((1 << _WIDTH) - 1) | (_BITS.get(fact.phase, 0) if is_told else 0)
        calls[fact.call] = max(entry >> _WIDTH, fact.seq) << _WIDTH | bits
    if not selection.is_own:
        for call in [call for call, entry in calls.items() if not entry & _RAN]:
            del calls[call]


def _points(wanted: Wanted, points: Counter[Point], name: str) -> list[Point]:
    """
    Choose among the hook points for a hook that was not recorded.
    """
    if not points:
        msg = (
            f"Recording {name!r} has no calls that could be replayed. "
            "Record the host while it calls functions that have hook points, with a hook or without one."
        )
        raise InvalidValueError(msg)
    if wanted.point is None and wanted.usual is not None and wanted.usual in points:
        return [wanted.usual]
    found = [point for point in points if wanted.fits(*point)]
    if not found:
        asked = " of ".join(repr(part) for part in (wanted.point, wanted.group) if part is not None)
        known = [point for _, point in points] if wanted.point is not None else [group for group, _ in points]
        question = did_you_mean(wanted.point or wanted.group, known)
        msg = f"Recording {name!r} has no calls of {asked}.{question} It has {_listed(points, points)}."
        raise InvalidValueError(msg)
    is_drivers = [f" {group}".endswith(f" {DRIVER_GROUP}") for group, _ in found]
    if wanted.point is None and wanted.is_driver and any(is_drivers):
        return [point for point, of_drivers in zip(found, is_drivers, strict=True) if of_drivers]
    if len(found) == 1:
        return found
    how = "group" if wanted.point is not None else "point"
    msg = (
        f"Which calls is {wanted.class_path!r} to be given? Recording {name!r} has nothing of it, and calls of several "
        f"hook points: {_listed(found, points)}. Name one of them with {how}=, on the command line with --{how}."
    )
    raise InvalidValueError(msg)


def _listed(found: Iterable[Point], points: Counter[Point]) -> str:
    texts = [f"{point!r} of {group!r} ({points[group, point]})" for group, point in sorted(found)]
    return ", ".join(texts)
