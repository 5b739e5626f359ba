"""
Sequences: whether events are those that were expected, and what is different if they are not.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, TypeGuard

from hookkit.recording._alignment import align, full_matching
from hookkit.recording._headlines import Known, difference_lines, headline, misspelt, not_found, nothing_recorded, title
from hookkit.recording._patterns import EventPattern
from hookkit.recording._recorded_events import RecordedEvents, is_equal
from hookkit.recording._records import RecordedEvent
from hookkit.recording._table import INDENT, listed, table
from hookkit.recording._text import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Paint = Callable[[str], str]

_MOST_PAIRED = 100


def explain(
    expected: Sequence[Any],
    recorded: Sequence[RecordedEvent],
    *,
    most_rows: int | None = MOST_ROWS,
    plain: Paint | None = None,
) -> str:
    """
    Say how *recorded* differs from *expected*.

    The first line names the first difference by its kind, the second where it is.
    Then both sequences follow side by side, with a ``>`` before each line that differs.

    Args:
        expected: Patterns, or anything else that is compared with events.
        recorded: The events.
        most_rows: How many rows the table may have; of longer sequences those near the first differences are shown,
            and how many are left out.
            All rows, if None.
        plain: Called with each line that shows no difference, such as one that is equal on both sides; what it returns
            stands in its place.
            For test runners that show failures in red.

    Returns:
        The text; empty if nothing differs.
    """
    return "\n".join(_painted(_explain(expected, recorded, most_rows), plain))


def explain_comparison(
    left: object, right: object, *, most_rows: int | None = MOST_ROWS, plain: Paint | None = None
) -> list[str] | None:
    """
    Say why ``left == right`` is not true, for the assertions of test runners.

    Args:
        left: What stood on the left.
        right: What stood on the right.
        most_rows: As for `explain`.
        plain: As for `explain`.

    Returns:
        The lines; None if neither side is a pattern, or a list with events or patterns in it.
    """
    if isinstance(left, EventPattern | RecordedEvent) and isinstance(right, EventPattern | RecordedEvent):
        expected, event = (left, right) if isinstance(left, EventPattern) else (right, left)
        if not (isinstance(expected, EventPattern) and isinstance(event, RecordedEvent)):
            return None
        known = Known([expected], [event])
        return [f"{title(event)} differs", *difference_lines(expected, event, known)]
    if _has_events(left) and isinstance(right, list | tuple | RecordedEvents):
        lines = _explain(list(right), list(left), most_rows)
    elif _has_events(right) and isinstance(left, list | tuple):
        lines = _explain(list(left), list(right), most_rows)
    else:
        return None
    return _painted(lines, plain)


def explain_contains(
    expected: Sequence[Any],
    recorded: Sequence[RecordedEvent],
    *,
    most_rows: int | None = MOST_ROWS,
    plain: Paint | None = None,
) -> str:
    """
    Say which of *expected* cannot be found in *recorded*, in order; empty if all are there.
    """
    place = 0
    for number, one in enumerate(expected):
        found = next((j for j in range(place, len(recorded)) if is_equal(one, recorded[j])), None)
        if found is None:
            head = not_found(number, expected, recorded, place)
            what, items = ("recorded", recorded) if recorded else ("expected", expected)
            return _said(head, ["", f"{what}:", *listed(items, around=place, most=most_rows)], plain)
        place = found + 1
    return ""


def explain_unordered(
    expected: Sequence[Any],
    recorded: Sequence[RecordedEvent],
    *,
    most_rows: int | None = MOST_ROWS,
    plain: Paint | None = None,
) -> str:
    """
    Say what is left over when each of *expected* is paired with an event of its own; empty if nothing is.
    """
    matching = full_matching(expected, recorded)
    taken = set(matching)
    missing = [one for one, j in zip(expected, matching, strict=True) if j is None]
    extra = [event for j, event in enumerate(recorded) if j not in taken]
    if not missing and not extra:
        return ""
    if not recorded:
        return _said(nothing_recorded(), ["", "expected:", *listed(expected, most=most_rows)], plain)
    counts = [f"{len(items)} {what}" for items, what in ((missing, "missing"), (extra, "not expected")) if items]
    lines = [f"the events are not those that were expected: {' and '.join(counts)}"]
    known = Known(expected, recorded)
    lines += _nearest(missing, extra, known)
    lines += misspelt(lines, known)
    for what, items in (("missing", missing), ("not expected", extra)):
        if items:
            lines += ["", f"{what}:", *listed(items, most=most_rows)]
    return _said(lines, ["", "recorded:", *listed(recorded, most=most_rows)], plain)


def explain_absent(
    pattern: Any,
    recorded: Sequence[RecordedEvent],
    *,
    most_rows: int | None = MOST_ROWS,
    plain: Paint | None = None,
) -> str:
    """
    Say which event fits *pattern*; empty if none does.
    """
    place = next((j for j, event in enumerate(recorded) if is_equal(pattern, event)), None)
    if place is None:
        return ""
    head = [
        f"event {place + 1} of {len(recorded)} should not be there: {title(recorded[place])}",
        f"{INDENT}it fits {pattern!r}",
    ]
    return _said(head, ["", "recorded:", *listed(recorded, around=place, most=most_rows)], plain)


def _painted(lines: Iterable[tuple[str, bool]], plain: Paint | None) -> list[str]:
    return [text if differs or plain is None else plain(text) for text, differs in lines]


def _said(head: Iterable[str], rest: Iterable[str], plain: Paint | None) -> str:
    return "\n".join(_painted([*((text, True) for text in head), *((text, False) for text in rest)], plain))


def _explain(
    expected: Sequence[Any], recorded: Sequence[RecordedEvent], most_rows: int | None
) -> Iterator[tuple[str, bool]]:
    """
    Give the lines; for each whether it tells of a difference.
    """
    known = Known(expected, recorded)
    rows = align(expected, recorded, known.is_similar)
    first = next((index for index, row in enumerate(rows) if not row.is_equal), None)
    if first is None:
        return
    head = headline(first, rows, expected, recorded, known) if recorded else nothing_recorded()
    yield from ((text, True) for text in (*head, *misspelt(head, known)))
    yield "", False
    yield from table(rows, expected, recorded, most_rows)


def _nearest(missing: Sequence[Any], extra: Sequence[RecordedEvent], known: Known) -> list[str]:
    """
    Say in what the first of those that are missing differs from what was recorded in its place.
    """
    pairs = product(missing[:_MOST_PAIRED], extra[:_MOST_PAIRED])
    one, event = next((pair for pair in pairs if known.is_similar(*pair)), (None, None))
    if event is None:
        return []
    return [f"{INDENT}{title(one)}", *(f"{INDENT}{text}" for text in difference_lines(one, event, known))]


def _has_events(side: object) -> TypeGuard[Sequence[RecordedEvent]]:
    if isinstance(side, RecordedEvents):
        return True
    return isinstance(side, list | tuple) and bool(side) and all(isinstance(item, RecordedEvent) for item in side)
