"""
The first lines of a failure: what is different, where, and what may have led to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit._registry import registries
from hookkit.recording._differences import did_you_mean
from hookkit.recording._outline import call_text
from hookkit.recording._patterns import EventPattern
from hookkit.recording._reasons import why_missing
from hookkit.recording._recorded_events import is_equal
from hookkit.recording._records import RecordedEvent
from hookkit.recording._table import INDENT, WIDTH, line
from hookkit.recording._text import cut, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hookkit.recording._alignment import Row

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MOST_NAMES = 20


class Known:
    """
    The names of the hook points that there are: those that functions carry, and those that were recorded.

    Args:
        expected: What was expected.
        recorded: The events.

    Attributes:
        names: The names.
        meant: A question for each expected name that is none of them; empty if none of them is like it.
    """

    def __init__(self, expected: Sequence[Any], recorded: Sequence[RecordedEvent]) -> None:
        declared = {point.name for registry in registries() for point in registry.points if point.functions}
        self.names = declared | {event.point for event in recorded}
        wanted = {one.point for one in expected if isinstance(one, EventPattern) and one.point is not None}
        self.meant = {name: did_you_mean(name, self.names) for name in sorted(wanted - self.names)}

    def is_similar(self, expected: Any, event: Any) -> bool:
        """
        Tell whether *event* is of the phase, the point and the hook that are expected, a misspelt point aside.
        """
        if not (isinstance(expected, EventPattern) and isinstance(event, RecordedEvent)):
            return False
        point = event.point if self.meant.get(str(expected.point)) else None
        return expected.is_of(event, point=point)

    def suggestion(self, expected: Any) -> str:
        """
        Ask for the point that may have been meant; empty if the one that is expected exists, or none is like it.
        """
        return self.meant.get(str(expected.point), "") if isinstance(expected, EventPattern) else ""


def misspelt(head: Sequence[str], known: Known) -> Iterator[str]:
    """
    Say which expected point does not exist, if there may be another one meant, and *head* does not say it already.
    """
    for name, question in known.meant.items():
        if question and not any(question in text for text in head):
            yield f"{INDENT}no hook point is called {name!r}; {question}"


def title(item: Any) -> str:
    """
    Name a pattern or an event in a sentence: ``post create_instance by AuditHook``.
    """
    if isinstance(item, EventPattern):
        return item.title
    if isinstance(item, RecordedEvent):
        return f"{item.phase} {item.point}{'' if item.hook is None else f' by {item.hook.name}'}"
    return show(item)


def difference_lines(expected: Any, event: RecordedEvent, known: Known) -> list[str]:
    """
    Say in what *event* is not what was expected.
    """
    difference = expected.difference(event) if isinstance(expected, EventPattern) else None
    if difference is None:
        return [f"{INDENT}expected {show(expected)}, got {cut(line(event), WIDTH)}"]
    if difference.kind == "point":
        difference = difference._replace(note=known.suggestion(expected))
    return [f"{INDENT}{text}" for text in difference.lines(WIDTH - len(INDENT))]


def headline(
    first: int, rows: Sequence[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent], known: Known
) -> list[str]:
    """
    Name the first difference, which is in the row numbered *first*, and where it is.
    """
    i, j, _ = rows[first]
    if i is not None and j is not None:
        head = f"event {i + 1} of {len(expected)} differs: {title(expected[i])}"
        return [head, *difference_lines(expected[i], recorded[j], known)]
    moved = _moved(rows[first], rows, expected, recorded)
    if moved is not None:
        i, j = moved
        shift = abs(i - j)
        count = _NUMBERS[shift] if shift < len(_NUMBERS) else str(shift)
        return [
            f"event {i + 1} comes {count} too {'late' if j > i else 'early'}: {title(expected[i])}",
            f"{INDENT}expected as event {i + 1}, recorded as event {j + 1}",
        ]
    if i is not None:
        comes = next((recorded[row.recorded] for row in rows[first:] if row.recorded is not None), None)
        what = "nothing more was recorded" if comes is None else f"recorded here: {cut(line(comes), WIDTH // 2)}"
        head = f"event {i + 1} of {len(expected)} is missing: {title(expected[i])}"
        return [head, *_joined(what, known.suggestion(expected[i]) or why_missing(expected[i], recorded))]
    follows = next((expected[row.expected] for row in rows[first:] if row.expected is not None), None)
    what = "nothing more was expected" if follows is None else f"expected here: {cut(line(follows), WIDTH // 2)}"
    event = recorded[j or 0]
    head = f"event {(j or 0) + 1} was not expected: {title(event)}"
    return [head, *_joined(what, _of_whole_call(event, rows, recorded))]


def not_found(number: int, expected: Sequence[Any], recorded: Sequence[RecordedEvent], place: int) -> list[str]:
    """
    Say that one of *expected* was not found among the events from *place* on.
    """
    if not recorded:
        return nothing_recorded()
    one = expected[number]
    known = Known(expected, recorded)
    which = f"event {number + 1} of {len(expected)}" if len(expected) > 1 else "the event"
    head = f"{which} was not found: {title(one)}"
    reason = known.suggestion(one) or why_missing(one, recorded)
    if place == len(recorded):
        return [head, *_joined("nothing more was recorded", reason)]
    if any(is_equal(one, event) for event in recorded[:place]):
        return [head, f"{INDENT}it was recorded, but before the one that is expected before it"]
    near = next((event for event in recorded[place:] if known.is_similar(one, event)), None)
    if near is None:
        return [head, *_joined("no event is like it", reason)]
    first, *more = difference_lines(one, near, known)
    return [head, f"{INDENT}nearest: {first.removeprefix(INDENT)}", *more]


def nothing_recorded() -> list[str]:
    """
    Say that nothing was recorded, and what could have been.
    """
    known = [registry for registry in registries() if registry.points]
    which = f"hook point of group {known[0].group!r}" if len(known) == 1 else "hook point"
    lines = [f"nothing was recorded: no {which} was called."]
    for registry in known:
        loaded = [
            f"{hook.name} at {point.name}" for point in registry.points if point.is_loaded for hook in point.hooks
        ]
        group = "" if len(known) == 1 else f"{registry.group}: "
        points = sorted(point.name for point in registry.points)
        lines.append(f"{INDENT}{group}loaded: {_enumerated(loaded)}; hook points: {_enumerated(points)}")
    return lines


def _enumerated(names: Sequence[str]) -> str:
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return ", ".join([*names[:_MOST_NAMES], *more]) or "none"


def _joined(what: str, reason: str) -> Iterator[str]:
    if len(what) + len(reason) + 2 * len(INDENT) <= WIDTH:
        yield f"{INDENT}{what}{f'; {reason}' if reason else ''}"
    else:
        yield f"{INDENT}{what}"
        yield f"{INDENT}{cut(reason, WIDTH)}"


def _moved(
    first: Row, rows: Sequence[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent]
) -> tuple[int, int] | None:
    """
    Find where the event is that is missing, or too many, in the row *first*: it may only be out of order.
    """
    missing = [row.expected for row in rows if row.recorded is None and row.expected is not None]
    extra = [row.recorded for row in rows if row.expected is None and row.recorded is not None]
    pairs = (
        (i, j)
        for i in (missing if first.expected is None else [first.expected])
        for j in (extra if first.recorded is None else [first.recorded])
    )
    return next(((i, j) for i, j in pairs if is_equal(expected[i], recorded[j])), None)


def _of_whole_call(event: RecordedEvent, rows: Sequence[Row], recorded: Sequence[RecordedEvent]) -> str:
    """
    Show the call that *event* is of, if none of its events was expected.
    """
    is_expected = any(
        row.expected is not None and row.recorded is not None and recorded[row.recorded].call is event.call
        for row in rows
    )
    return "" if is_expected else f"it is of a call that was not expected: {call_text(event.call)}"
