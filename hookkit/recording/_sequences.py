"""
Sequences: whether events are those that were expected, and what is different if they are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from hookkit._registry import registries
from hookkit.recording._outline import event_line
from hookkit.recording._patterns import EventPattern
from hookkit.recording._recorded_events import RecordedEvents, is_equal
from hookkit.recording._records import RecordedEvent
from hookkit.recording._text import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = 2
_SIMILAR = 1
_UNLIKE = 3  # less than two gaps: what stands at the same place is compared
_LARGEST = 250_000  # pairs; what is longer is laid side by side as it comes
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_INDENT = "  "


class Row(NamedTuple):
    """
    One place in two sequences that are laid side by side.

    Attributes:
        expected: The number of what is expected there, counted from 0; None if nothing is.
        recorded: The number of the event there; None if there is none.
        is_equal: Whether they are equal.
    """

    expected: int | None
    recorded: int | None
    is_equal: bool


def explain(expected: Sequence[Any], recorded: Sequence[RecordedEvent]) -> str:
    """
    Say how *recorded* differs from *expected*.

    The first line names the first difference by its kind, the second where it is.
    Then both sequences follow side by side, with a ``>`` before each line that differs.

    Args:
        expected: Patterns, or anything else that is compared with events.
        recorded: The events.

    Returns:
        The text; empty if nothing differs.
    """
    rows = align(expected, recorded)
    first = next((index for index, row in enumerate(rows) if not row.is_equal), None)
    if first is None:
        return ""
    if recorded:
        headline, detail = _headline(first, rows, expected, recorded)
        head = [headline, f"{_INDENT}{detail}"]
    else:
        head = nothing_recorded()
    return "\n".join([*head, "", *_table(rows, expected, recorded)])


def explain_comparison(left: object, right: object) -> list[str] | None:
    """
    Say why ``left == right`` is not true, for the assertions of test runners.

    Returns:
        The lines; None if neither side is a pattern, or a list with events or patterns in it.
    """
    if isinstance(left, EventPattern | RecordedEvent) and isinstance(right, EventPattern | RecordedEvent):
        expected, recorded = (left, right) if isinstance(left, EventPattern) else (right, left)
        if not (isinstance(expected, EventPattern) and isinstance(recorded, RecordedEvent)):
            return None
        return [f"{title(recorded)} differs", f"{_INDENT}{_difference(expected, recorded)}"]
    if _has_events(left) and isinstance(right, list | tuple | RecordedEvents):
        return explain(list(right), list(left)).splitlines()
    if _has_events(right) and isinstance(left, list | tuple):
        return explain(list(left), list(right)).splitlines()
    return None


def explain_contains(expected: Sequence[Any], recorded: Sequence[RecordedEvent]) -> str:
    """
    Say which of *expected* cannot be found in *recorded*, in order; empty if all are there.
    """
    place = 0
    for number, one in enumerate(expected, start=1):
        found = next((j for j in range(place, len(recorded)) if is_equal(one, recorded[j])), None)
        if found is None:
            return "\n".join(_not_found(number, expected, recorded, place))
        place = found + 1
    return ""


def explain_unordered(expected: Sequence[Any], recorded: Sequence[RecordedEvent]) -> str:
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
        return "\n".join([*nothing_recorded(), "", "expected:", *listed(expected)])
    counts = [f"{len(items)} {what}" for items, what in ((missing, "missing"), (extra, "not expected")) if items]
    lines = [f"the events are not those that were expected: {' and '.join(counts)}"]
    for what, items in (("missing", missing), ("not expected", extra)):
        if items:
            lines += ["", f"{what}:", *listed(items)]
    return "\n".join([*lines, "", "recorded:", *listed(recorded)])


def explain_absent(pattern: Any, recorded: Sequence[RecordedEvent]) -> str:
    """
    Say which event fits *pattern*; empty if none does.
    """
    found = next((event for event in recorded if is_equal(pattern, event)), None)
    if found is None:
        return ""
    return "\n".join(
        [
            f"event {recorded.index(found) + 1} of {len(recorded)} should not be there: {title(found)}",
            f"{_INDENT}it fits {pattern!r}",
            "",
            "recorded:",
            *listed(recorded),
        ]
    )


def align(expected: Sequence[Any], recorded: Sequence[Any]) -> list[Row]:
    """
    Lay two sequences side by side so that as much as possible is equal, or else of the same place.
    """
    start = 0
    while start < min(len(expected), len(recorded)) and is_equal(expected[start], recorded[start]):
        start += 1
    head = [Row(index, index, is_equal=True) for index in range(start)]
    rest = _align(expected[start:], recorded[start:])
    return head + [
        Row(None if i is None else i + start, None if j is None else j + start, is_equal=same) for i, j, same in rest
    ]


def full_matching(expected: Sequence[Any], recorded: Sequence[Any]) -> list[int | None]:
    """
    Find for each of *expected* an event of its own that equals it, for as many as possible.

    Returns:
        By the place in *expected*: the place in *recorded*; None where none is left.
    """
    fitting = [[j for j, event in enumerate(recorded) if is_equal(one, event)] for one in expected]
    owner: dict[int, int] = {}

    def place(i: int, tried: set[int]) -> bool:
        for j in fitting[i]:
            if j not in tried:
                tried.add(j)
                if j not in owner or place(owner[j], tried):
                    owner[j] = i
                    return True
        return False

    for i in range(len(expected)):
        place(i, set())
    found = {i: j for j, i in owner.items()}
    return [found.get(i) for i in range(len(expected))]


def title(item: Any) -> str:
    """
    Name a pattern or an event in a sentence: ``post create_instance by AuditHook``.
    """
    if isinstance(item, EventPattern):
        return item.title
    if isinstance(item, RecordedEvent):
        return f"{item.phase} {item.point}{'' if item.hook is None else f' by {item.hook.name}'}"
    return show(item)


def listed(items: Sequence[Any]) -> Iterator[str]:
    """
    Give a numbered line for each pattern or event.
    """
    for number, item in enumerate(items, start=1):
        yield f"{_INDENT}{number:>2} {_line(item)}"


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
        declared = ", ".join(sorted(point.name for point in registry.points))
        lines.append(f"{_INDENT}{group}loaded: {', '.join(loaded) or 'none'}; hook points: {declared}")
    return lines


def _has_events(side: object) -> TypeGuard[Sequence[RecordedEvent]]:
    if isinstance(side, RecordedEvents):
        return True
    return isinstance(side, list | tuple) and bool(side) and all(isinstance(item, RecordedEvent) for item in side)


def _not_found(number: int, expected: Sequence[Any], recorded: Sequence[RecordedEvent], place: int) -> list[str]:
    one = expected[number - 1]
    if not recorded:
        return [*nothing_recorded(), "", "expected:", *listed(expected)]
    if place == len(recorded):
        detail = "nothing more was recorded"
    elif any(is_equal(one, event) for event in recorded[:place]):
        detail = "it was recorded, but before the one that is expected before it"
    else:
        near = next((event for event in recorded[place:] if _is_similar(one, event)), None)
        detail = "no event is like it" if near is None else f"nearest: {_difference(one, near)}"
    which = f"event {number} of {len(expected)}" if len(expected) > 1 else "the event"
    return [f"{which} was not found: {title(one)}", f"{_INDENT}{detail}", "", "recorded:", *listed(recorded)]


def _align(expected: Sequence[Any], recorded: Sequence[Any]) -> list[Row]:
    rows, columns = len(expected), len(recorded)
    if rows * columns > _LARGEST:
        return _side_by_side(expected, recorded)
    same = [[is_equal(one, event) for event in recorded] for one in expected]
    costs = [[(rows - i + columns - j) * _GAP for j in range(columns + 1)] for i in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            step = 0 if same[i][j] else _SIMILAR if _is_similar(expected[i], recorded[j]) else _UNLIKE
            costs[i][j] = min(costs[i + 1][j + 1] + step, costs[i + 1][j] + _GAP, costs[i][j + 1] + _GAP)
    laid: list[Row] = []
    i = j = 0
    while i < rows or j < columns:
        is_pair = i < rows and j < columns
        if is_pair and (same[i][j] or costs[i][j] not in (costs[i + 1][j] + _GAP, costs[i][j + 1] + _GAP)):
            laid.append(Row(i, j, is_equal=same[i][j]))
            i, j = i + 1, j + 1
        elif i < rows and costs[i][j] == costs[i + 1][j] + _GAP:
            laid.append(Row(i, None, is_equal=False))
            i += 1
        else:
            laid.append(Row(None, j, is_equal=False))
            j += 1
    return laid


def _side_by_side(expected: Sequence[Any], recorded: Sequence[Any]) -> list[Row]:
    both = min(len(expected), len(recorded))
    return [
        *(Row(index, index, is_equal=is_equal(expected[index], recorded[index])) for index in range(both)),
        *(Row(index, None, is_equal=False) for index in range(both, len(expected))),
        *(Row(None, index, is_equal=False) for index in range(both, len(recorded))),
    ]


def _is_similar(expected: Any, event: Any) -> bool:
    return isinstance(expected, EventPattern) and isinstance(event, RecordedEvent) and expected.is_of(event)


def _headline(
    first: int, rows: list[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent]
) -> tuple[str, str]:
    """
    Name the first difference, which is in the row numbered *first*, and where it is.
    """
    i, j, _ = rows[first]
    if i is not None and j is not None:
        return f"event {i + 1} of {len(expected)} differs: {title(expected[i])}", _difference(expected[i], recorded[j])
    moved = _moved(rows[first], rows, expected, recorded)
    if moved is not None:
        i, j = moved
        shift = abs(i - j)
        count = _NUMBERS[shift] if shift < len(_NUMBERS) else str(shift)
        return (
            f"event {i + 1} comes {count} too {'late' if j > i else 'early'}: {title(expected[i])}",
            f"expected as event {i + 1}, recorded as event {j + 1}",
        )
    if i is not None:
        comes = next((recorded[row.recorded] for row in rows[first:] if row.recorded is not None), None)
        what = "nothing more was recorded" if comes is None else f"recorded here: {_line(comes)}"
        return f"event {i + 1} of {len(expected)} is missing: {title(expected[i])}", what
    follows = next((expected[row.expected] for row in rows[first:] if row.expected is not None), None)
    what = "nothing more was expected" if follows is None else f"expected here: {_line(follows)}"
    extra = j or 0
    return f"event {extra + 1} was not expected: {title(recorded[extra])}", what


def _moved(
    first: Row, rows: list[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent]
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


def _difference(expected: Any, event: RecordedEvent) -> str:
    difference = expected.difference(event) if isinstance(expected, EventPattern) else None
    if difference is None:
        return f"expected {show(expected)}, got {_line(event)}"
    if difference.kind != "point":
        return str(difference)
    return f"{difference}{_suggestion(str(expected.point), event)}"


def _suggestion(point: str, event: RecordedEvent) -> str:
    from difflib import get_close_matches

    names = {known.name for registry in registries() for known in registry.points} | {event.point}
    close = [] if point in names else get_close_matches(point, sorted(names), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _table(rows: list[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent]) -> Iterator[str]:
    cells = [cell for row in rows for cell in _cells(row, rows, expected, recorded)]
    width = max(len("expected"), *(len(left) for _, left, _ in cells)) + 2
    yield f"{' ' * len(cells[0][0])}{'expected':<{width}}recorded"
    for mark, left, right in cells:
        yield f"{mark}{left:<{width}}{right}".rstrip()


def _cells(
    row: Row, rows: list[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent]
) -> Iterator[tuple[str, str, str]]:
    i, j, same = row
    digits = len(str(max(len(expected), len(recorded))))
    mark = f"{' ' if same else '>'} {(i if i is not None else j or 0) + 1:>{digits}} "
    if j is None:
        is_last = all(later.recorded is None for later in rows[rows.index(row) :])
        yield mark, _line(expected[i or 0]), "(nothing more was recorded)" if is_last else "(not recorded here)"
    elif i is None:
        yield mark, "(not expected here)", _line(recorded[j])
    else:
        yield mark, _line(expected[i]), _line(recorded[j])
        difference = expected[i].difference(recorded[j]) if isinstance(expected[i], EventPattern) else None
        if difference is not None and difference.kind in ("argument", "result", "change"):
            left, right = (f"{_INDENT}{difference.path} = {side}" for side in difference[2:])
            yield " " * len(mark), left, right


def _line(item: Any) -> str:
    if isinstance(item, EventPattern):
        return item.line
    return event_line(item) if isinstance(item, RecordedEvent) else show(item)
