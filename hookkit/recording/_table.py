"""
Sequences as lists and tables, for people: as wide as a log, and no longer than a screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._outline import event_line
from hookkit.recording._patterns import EventPattern
from hookkit.recording._records import RecordedEvent
from hookkit.recording._text import MOST_ROWS, cut, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hookkit.recording._alignment import Row

INDENT = "  "
WIDTH = 100
"""
How wide lines are made, in characters.
"""

_AROUND = 3  # equal rows that are shown before and after one that differs
_IN_CELLS = ("argument", "result", "returned", "change")


class Cells(NamedTuple):
    """
    A line of a table.

    Attributes:
        mark: What stands before it: a ``>`` if it differs, and its number.
        left: What was expected; None if the mark is all there is.
        right: What was recorded.
    """

    mark: str
    left: str | None = None
    right: str = ""


def table(
    rows: Sequence[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent], most_rows: int | None
) -> Iterator[tuple[str, bool]]:
    """
    Show two sequences side by side.

    Returns:
        The lines; for each whether it is one that differs.
    """
    lines = list(_Table(rows, expected, recorded).lines(most_rows))
    indent = max(len(cells.mark) for cells in lines if cells.left is not None)
    left, right = (max(len(cells[side] or "") for cells in lines) for side in (1, 2))
    left, right = _widths(max(left, len("expected")), right, WIDTH - indent - len(INDENT))
    yield f"{' ' * indent}{'expected':<{left}}{INDENT}recorded", False
    differs = False
    for mark, one, other in lines:
        if mark.strip():
            differs = mark.startswith(">")
        text = mark if one is None else f"{mark}{cut(one, left):<{left}}{INDENT}{cut(other, right)}"
        yield text.rstrip(), differs


def listed(items: Sequence[Any], *, around: int = 0, most: int | None = MOST_ROWS) -> Iterator[str]:
    """
    Give a numbered line for each pattern or event; of many only those near the one numbered *around*, from 0.
    """
    start, end = 0, len(items)
    if most is not None and end > most:
        start = min(max(0, around - most // 2), end - most)
        end = start + most
    digits = max(2, len(str(end)))
    if start:
        yield f"{INDENT}... {start} more ..."
    for number, item in enumerate(items[start:end], start=start + 1):
        yield f"{INDENT}{number:>{digits}} {cut(line(item), WIDTH - digits - 3)}"
    if end < len(items):
        yield f"{INDENT}... {len(items) - end} more ..."


def line(item: Any) -> str:
    """
    Show a pattern, an event or what was given in place of one, as a line of a list.
    """
    if isinstance(item, EventPattern):
        return item.line
    return event_line(item) if isinstance(item, RecordedEvent) else show(item)


class _Table:
    def __init__(self, rows: Sequence[Row], expected: Sequence[Any], recorded: Sequence[RecordedEvent]) -> None:
        self._rows = rows
        self._expected = expected
        self._recorded = recorded
        self._digits = len(str(max(len(expected), len(recorded))))
        self._last = max((index for index, row in enumerate(rows) if row.recorded is not None), default=-1)

    def lines(self, most_rows: int | None) -> Iterator[Cells]:
        before = 0
        for index in self._shown(most_rows):
            if index > before:
                yield self._left_out(self._rows[before:index])
            yield from self._cells(index)
            before = index + 1
        if before < len(self._rows):
            yield self._left_out(self._rows[before:])

    def _shown(self, most_rows: int | None) -> Sequence[int]:
        """
        Choose the rows that are shown: those near a difference, the first ones of them.
        """
        count = len(self._rows)
        if most_rows is None or count <= most_rows:
            return range(count)
        near: set[int] = set()
        for index, row in enumerate(self._rows):
            if not row.is_equal:
                near.update(range(max(0, index - _AROUND), min(count, index + _AROUND + 1)))
        return sorted(near)[:most_rows]

    def _left_out(self, rows: Sequence[Row]) -> Cells:
        different = sum(not row.is_equal for row in rows)
        what = f"more rows, {different} of them differ" if different else "equal events"
        if different == len(rows):
            what = "more rows that differ"
        return Cells(f"{'>' if different else ' '} {' ' * self._digits} ... {len(rows)} {what} ...")

    def _cells(self, index: int) -> Iterator[Cells]:
        i, j, same = self._rows[index]
        mark = f"{' ' if same else '>'} {(i if i is not None else j or 0) + 1:>{self._digits}} "
        if j is None:
            nothing = "(nothing more was recorded)" if index > self._last else "(not recorded here)"
            yield Cells(mark, line(self._expected[i or 0]), nothing)
        elif i is None:
            yield Cells(mark, "(not expected here)", line(self._recorded[j]))
        else:
            one, event = self._expected[i], self._recorded[j]
            yield Cells(mark, line(one), line(event))
            difference = one.difference(event) if isinstance(one, EventPattern) else None
            if difference is not None and difference.kind in _IN_CELLS and difference.path != "returned":
                left, right = (f"{INDENT}{difference.path} = {side}" for side in difference[2:4])
                yield Cells(" " * len(mark), left, right)


def _widths(left: int, right: int, most: int) -> tuple[int, int]:
    """
    Share *most* characters between two columns: each gets what it needs, or else half, or what the other one leaves.
    """
    if left + right <= most:
        return left, right
    half = most // 2
    if left <= half:
        return left, most - left
    return (most - right, right) if right <= half else (half, most - half)
