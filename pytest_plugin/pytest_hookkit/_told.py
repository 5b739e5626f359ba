"""
What a worker tells of its recording when it ends, so that the controller need not find that out by reading it.

See "How recordings are written fast" in hookkit's explanations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording import told_runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO

    from hookkit.recording import BoardWriter, Run
    from pytest_hookkit._summary import SessionTally


class Counts:
    """
    Numbers of events and calls that can be taken from others.

    Attributes:
        events: By group, point and phase: how many, how many of them raised what was swallowed, and how long they
            took in nanoseconds.
        calls: By group, point, and whether they were ticks: how many.
    """

    def __init__(self) -> None:
        self.events: dict[tuple[str, str, str], tuple[int, int, int]] = {}
        self.calls: dict[tuple[str, str, bool], int] = {}

    def add_event(
        self, group: str, point: str, phase: str, *, duration_ns: int | None, swallowed: int = 0, number: int = 1
    ) -> None:
        """
        Count an event, or a number of them.
        """
        numbers, all_swallowed, all_ns = self.events.get((group, point, phase), (0, 0, 0))
        self.events[group, point, phase] = numbers + number, all_swallowed + swallowed, all_ns + (duration_ns or 0)

    def add_call(self, group: str, point: str, *, is_tick: bool, number: int = 1) -> None:
        """
        Count a call or a number of them, or a tick that ran a hook.
        """
        self.calls[group, point, is_tick] = self.calls.get((group, point, is_tick), 0) + number


class Told(NamedTuple):
    """
    What a worker tells of its recording, if that has all of its lines.

    Attributes:
        size: How many bytes it has.
        tests: The tests of its runs.
        numbers: The numbers of its runs.
        events: The numbers of events, as `Counts` has them, but in one row with what they are counted by.
        calls: The numbers of calls, likewise.
    """

    size: int
    tests: Sequence[str]
    numbers: bytes
    events: Sequence[Sequence[Any]]
    calls: Sequence[Sequence[Any]]

    @classmethod
    def of(cls, writer: BoardWriter) -> Told | None:
        """
        Tell of what a writer has written, when it is closed; None if it could not write all.
        """
        if writer.runs is None:
            return None
        tests, numbers = writer.runs.tell()
        events = [
            [*key, count.number, count.swallowed, count.duration_ns] for key, count in writer.tally.events.items()
        ]
        calls = [[*key, count.number] for key, count in writer.tally.calls.items()]
        return cls(writer.size, tests, numbers, events, calls)

    def runs_in(self, file: FileIO, start: int, size: int) -> list[Run] | None:
        """
        Give the runs; None if they do not fit the file, as when another process has written to it.

        Args:
            file: The recording, without a buffer: single bytes of it are looked at.
            start: Where its first line after the header begins.
            size: How many bytes it has.
        """
        if self.size != size:
            return None
        try:
            runs = list(told_runs(self.tests, self.numbers))
        except ValueError:
            return None
        end, event, call = start, 0, 0
        for run in runs:
            if not (end <= run.start < run.end <= size and event < run.first_event and call < run.first_call):
                return None
            if not _ends_line(file, run.end) or (end != run.start and not _ends_line(file, run.start)):
                return None
            end, event, call = run.end, run.last_event, run.last_call
        return runs

    def count_in(self, tally: SessionTally, without: Counts) -> None:
        """
        Count what the worker tells, without some of it.
        """
        for group, point, phase, number, swallowed, duration_ns in self.events:
            less = without.events.get((group, point, phase), (0, 0, 0))
            if number > less[0]:
                tally.add_event(
                    group,
                    point,
                    phase,
                    number=number - less[0],
                    swallowed=swallowed - less[1],
                    duration_ns=duration_ns - less[2],
                )
        for group, point, is_tick, number in self.calls:
            left = number - without.calls.get((group, point, is_tick), 0)
            if left > 0:
                tally.add_call(group, point, is_tick=is_tick, number=left)


def _ends_line(file: FileIO, place: int) -> bool:
    """
    Tell whether a line ends right before a place.
    """
    file.seek(place - 1)
    return file.read(1) == b"\n"
