"""
The summary of a recorded session as text: counts and times per hook point, and what was never used.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hookkit.recording import Tally

WIDTH = 78

_COLUMNS = ("calls", "pre", "post", "error", "swallowed", "time")
_ROOMY = (9, 7, 7, 7, 11, 11)  # how wide the columns are where there is room
_NAME_WIDTH = 24
_GAP = 2
_MOST_NAMED = 10

_NS_PER_US = 1_000
_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000
_LEAST_MS = 50_000  # in nanoseconds; what is less would be written as 0.0 ms
_LEAST_S = 999_950_000  # in nanoseconds; what is less is not 1000.0 ms
_SIZES = ("kB", "MB", "GB", "TB")
_STEP = 1_000


class PointTally:
    """
    What happened at one hook point: in calls of its functions, or in ticks of its schedule.

    Attributes:
        counts: How many calls, events of each phase, and swallowed errors; of ticks how many there were, those that
            ran nothing included, and as calls those that ran a hook.
        hooks_ns: How long the hooks took, without the functions' own bodies, in nanoseconds.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.hooks_ns = 0


class Row(NamedTuple):
    """
    A line of the table.

    Attributes:
        name: What stands in the first column.
        cells: What stands in the others; for ticks a single text across all but the last.
    """

    name: str
    cells: tuple[str, ...]


class SessionTally:
    """
    What happened in a session, by group and hook point.
    """

    def __init__(self) -> None:
        self._points: defaultdict[tuple[str, str], PointTally] = defaultdict(PointTally)
        self._ticks: defaultdict[tuple[str, str], PointTally] = defaultdict(PointTally)

    def add(self, tally: Tally) -> None:
        """
        Count all that went through a writer.
        """
        for (group, point, phase), count in tally.events.items():
            if count.number:
                self.add_event(
                    group, point, phase, swallowed=count.swallowed, duration_ns=count.duration_ns, number=count.number
                )
        for (group, point, is_tick), calls in tally.calls.items():
            if calls.number:
                self.add_call(group, point, is_tick=is_tick, number=calls.number)

    def add_event(
        self,
        group: str,
        point: str,
        phase: str,
        *,
        duration_ns: int | None,
        swallowed: int = 0,
        number: int = 1,
    ) -> None:
        """
        Count an event, or a number of them that took a time together, some of which were swallowed.
        """
        tally = (self._ticks if phase == "periodic" else self._points)[group, point]
        tally.counts[phase] += number
        tally.counts["swallowed"] += swallowed
        if phase != "body":
            tally.hooks_ns += duration_ns or 0

    def add_call(self, group: str, point: str, *, is_tick: bool, number: int = 1) -> None:
        """
        Count a call or a number of them, or a tick that ran a hook.
        """
        (self._ticks if is_tick else self._points)[group, point].counts["calls"] += number

    def add_ticks(self, group: str, point: str, number: int) -> None:
        """
        Count ticks, those that ran nothing included.
        """
        self._ticks[group, point].counts["ticks"] += number

    def has(self, group: str, point: str) -> bool:
        """
        Tell whether anything happened at a hook point.
        """
        return (group, point) in self._points or (group, point) in self._ticks

    def table(self) -> Iterator[str]:
        """
        Give the lines of the table; none if nothing happened.
        """
        groups = {group: list(self._rows(group)) for group in sorted({group for group, _ in self._keys()})}
        if not groups:
            return
        full = [_COLUMNS, *(row.cells for rows in groups.values() for row in rows if len(row.cells) == len(_COLUMNS))]
        names = [len(name) for group, rows in groups.items() for name in (group, *(row.name for row in rows))]
        layout = _Layout(full, longest=max(names))
        for number, (group, rows) in enumerate(groups.items()):
            yield from layout.lines(Row(group, _COLUMNS)) if number == 0 else [group]
            for row in rows:
                yield from layout.lines(row)

    def _keys(self) -> Iterable[tuple[str, str]]:
        return {**self._points, **self._ticks}

    def _rows(self, group: str) -> Iterator[Row]:
        for point, tally in _of(group, self._points):
            counts = [str(tally.counts[column] or ".") for column in _COLUMNS[:-1]]
            yield Row(f"  {point}", (*counts, format_duration(tally.hooks_ns)))
        for point, tally in _of(group, self._ticks):
            runs = tally.counts["calls"]
            # Those of a process that was killed are known by what they ran only.
            ticks = max(tally.counts["ticks"], runs)
            told = [format_count(ticks, "tick"), format_count(runs, "run")]
            if tally.counts["swallowed"]:
                told.append(f"{tally.counts['swallowed']} swallowed")
            yield Row(f"  {point}", (", ".join(told), format_duration(tally.hooks_ns)))


class _Layout:
    """
    How wide the columns are, so that a line fits the page if it can.

    Args:
        cells: The cells of all lines that have one in each column.
        longest: How long the longest name in the first column is.
    """

    def __init__(self, cells: Sequence[Sequence[str]], longest: int) -> None:
        tight = [max(map(len, column)) + _GAP for column in zip(*cells, strict=True)]
        roomy = [max(pair) for pair in zip(tight, _ROOMY, strict=True)]
        fits = max(longest, _NAME_WIDTH) + sum(roomy) <= WIDTH
        self._widths = roomy if fits else tight
        self._name_width = min(max(longest, _NAME_WIDTH), max(_NAME_WIDTH, WIDTH - sum(self._widths)))

    def lines(self, row: Row) -> Iterator[str]:
        """
        Give a row as one line, or as two if its name takes a line of its own.
        """
        name = row.name
        if len(name) > self._name_width:
            yield name
            name = ""
        *counts, time = row.cells
        widths = self._widths[:-1]
        if len(counts) == len(widths):
            told = "".join(f"{cell:>{width}}" for cell, width in zip(counts, widths, strict=True))
        else:
            told = f"{'':{_GAP}}{counts[0]:<{sum(widths) - _GAP}}"
        yield f"{name:<{self._name_width}}{told}{time:>{self._widths[-1]}}".rstrip()


def format_duration(duration_ns: int) -> str:
    """
    Write a time for people, in the unit that tells most; a dot if there is none.

    All units take the same room, so that in a column the numbers end in one place.
    """
    if not duration_ns:
        return f".{'':{_GAP + 1}}"
    if duration_ns < _LEAST_MS:
        return f"{max(1, round(duration_ns / _NS_PER_US))} µs"
    if duration_ns < _LEAST_S:
        return f"{duration_ns / _NS_PER_MS:.1f} ms"
    return f"{duration_ns / _NS_PER_S:.1f} s "


def format_size(size: int) -> str:
    """
    Write a number of bytes for people.
    """
    if size < _STEP:
        return format_count(size, "byte")
    value, unit = size / _STEP, _SIZES[0]
    for larger in _SIZES[1:]:
        if value < _STEP:
            break
        value, unit = value / _STEP, larger
    return f"{value:.0f} {unit}"


def format_count(number: int, noun: str) -> str:
    """
    Write *number* and *noun*, in the plural where it belongs.
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def enumerated(title: str, things: Iterable[str]) -> Iterator[str]:
    """
    Name *things* after a title, on as many lines as it takes, the first few of them if they are many.

    Returns:
        The lines; none if there is nothing to name.
    """
    named = _first_few(things)
    if named:
        text = f"{title}: {', '.join(named)}"
        yield from textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def listed(title: str, things: Iterable[str]) -> Iterator[str]:
    """
    Name *things* on a line each, the first few of them if they are many.
    """
    for thing in _first_few(things):
        yield f"{title}: {thing}"


def _first_few(things: Iterable[str]) -> list[str]:
    named = list(things)
    more = len(named) - _MOST_NAMED
    if more > 1:  # one more is as short as saying so
        named[_MOST_NAMED:] = [f"and {more} more"]
    return named


def _of(group: str, tallies: dict[tuple[str, str], PointTally]) -> list[tuple[str, PointTally]]:
    return sorted(((name, tally) for (of, name), tally in tallies.items() if of == group), key=lambda pair: pair[0])
