"""
Which of two sequences' items belong together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._recorded_events import is_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    IsSimilar = Callable[[Any, Any], bool]

_GAP = 2
_SIMILAR = 1
_UNLIKE = 3  # less than two gaps: what stands at the same place is compared
_LARGEST = 40_000  # pairs that are compared at once
_WINDOW = 200  # items on either side, where there are more pairs than that
_WINDOWS = 4  # after which the rest is laid side by side as it comes


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


def align(expected: Sequence[Any], recorded: Sequence[Any], is_similar: IsSimilar) -> list[Row]:
    """
    Lay two sequences side by side so that as much as possible is equal, or else similar.

    Of long sequences that is done around the first differences only; what comes after them is laid side by side as it
    comes, so that the time it takes stays in proportion to their length.
    """
    rows: list[Row] = []
    i = j = windows = 0
    while True:
        while i < len(expected) and j < len(recorded) and is_equal(expected[i], recorded[j]):
            rows.append(Row(i, j, is_equal=True))
            i, j = i + 1, j + 1
        left, right = expected[i : i + _WINDOW], recorded[j : j + _WINDOW]
        if not left or not right or (len(expected) - i) * (len(recorded) - j) <= _LARGEST:
            return [*rows, *_moved_on(_align(expected[i:], recorded[j:], is_similar), i, j)]
        if windows == _WINDOWS:
            return [*rows, *_moved_on(_side_by_side(expected[i:], recorded[j:]), i, j)]
        windows += 1
        # What is near the end of the window may belong to what is beyond.
        part = _align(left, right, is_similar)[: _WINDOW // 2]
        rows += _moved_on(part, i, j)
        i += sum(row.expected is not None for row in part)
        j += sum(row.recorded is not None for row in part)


def full_matching(expected: Sequence[Any], recorded: Sequence[Any]) -> list[int | None]:
    """
    Find for each of *expected* an event of its own that equals it, for as many as possible.

    Returns:
        By the place in *expected*: the place in *recorded*; None where none is left.
    """
    return _Matching(expected, recorded).of


class _Matching:
    """
    A matching that grows by one pair at a time, earlier pairs making room where that helps (Kuhn's algorithm).
    """

    def __init__(self, expected: Sequence[Any], recorded: Sequence[Any]) -> None:
        self._expected = expected
        self._recorded = recorded
        self._fits: dict[tuple[int, int], bool] = {}
        self._owner: dict[int, int] = {}
        self.of: list[int | None] = [None] * len(expected)
        for i in range(len(expected)):
            self._place(i)

    def _place(self, wanted: int) -> None:
        came_from: dict[int, int] = {}
        waiting = [wanted]
        for i in waiting:
            for j in self._fitting(i):
                if j in came_from:
                    continue
                came_from[j] = i
                if j not in self._owner:
                    self._make_room(j, came_from)
                    return
                waiting.append(self._owner[j])

    def _make_room(self, free: int, came_from: dict[int, int]) -> None:
        place: int | None = free
        while place is not None:  # the one that came last had no place yet
            i = came_from[place]
            self._owner[place] = i
            place, self.of[i] = self.of[i], place

    def _fitting(self, i: int) -> Iterator[int]:
        """
        Give the places that fit, its own first: most sequences are nearly in order.
        """
        count = len(self._recorded)
        for step in range(count):
            j = (i + step) % count
            fits = self._fits.get((i, j))
            if fits is None:
                fits = self._fits[i, j] = is_equal(self._expected[i], self._recorded[j])
            if fits:
                yield j


def _align(expected: Sequence[Any], recorded: Sequence[Any], is_similar: IsSimilar) -> list[Row]:
    """
    Find the cheapest way from the beginning of both to the end of both.
    """
    rows, columns = len(expected), len(recorded)
    steps = [
        [0 if is_equal(one, event) else _SIMILAR if is_similar(one, event) else _UNLIKE for event in recorded]
        for one in expected
    ]
    costs = [[(rows - i + columns - j) * _GAP for j in range(columns + 1)] for i in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            costs[i][j] = min(costs[i + 1][j + 1] + steps[i][j], costs[i + 1][j] + _GAP, costs[i][j + 1] + _GAP)
    laid: list[Row] = []
    i = j = 0
    while i < rows or j < columns:
        # Of ways that cost the same: pairs first, unless their items have nothing in common.
        step = steps[i][j] if i < rows and j < columns else _UNLIKE
        is_gap_in_recorded = i < rows and costs[i][j] == costs[i + 1][j] + _GAP
        is_gap_in_expected = j < columns and costs[i][j] == costs[i][j + 1] + _GAP
        is_pair = i < rows and j < columns and costs[i][j] == costs[i + 1][j + 1] + step
        if is_pair and (step < _UNLIKE or not (is_gap_in_recorded or is_gap_in_expected)):
            laid.append(Row(i, j, is_equal=step == 0))
            i, j = i + 1, j + 1
        elif is_gap_in_recorded:
            laid.append(Row(i, None, is_equal=False))
            i += 1
        else:
            laid.append(Row(None, j, is_equal=False))
            j += 1
    return laid


def _side_by_side(expected: Sequence[Any], recorded: Sequence[Any]) -> Iterator[Row]:
    both = min(len(expected), len(recorded))
    for index in range(both):
        yield Row(index, index, is_equal=is_equal(expected[index], recorded[index]))
    yield from (Row(index, None, is_equal=False) for index in range(both, len(expected)))
    yield from (Row(None, index, is_equal=False) for index in range(both, len(recorded)))


def _moved_on(rows: Iterator[Row] | list[Row], by_expected: int, by_recorded: int) -> Iterator[Row]:
    for i, j, same in rows:
        yield Row(None if i is None else i + by_expected, None if j is None else j + by_recorded, is_equal=same)
