"""
Which lines of a recording are those of one test and no other, so that nobody has to read them to know.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

from array import array
from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLUMNS = 6  # numbers of a run


class Run(NamedTuple):
    """
    Lines that stand together, all of one test, each of which says how an event or a call ended.

    They are of all events and calls that began in between, and nothing was under way when the first of these began.

    Attributes:
        test: The id of the test.
        start: Where in the file they begin.
        end: Where the next line begins.
        first_event: The least number of their events.
        last_event: The greatest one; one less than the first if they have none.
        first_call: The least number of their calls.
        last_call: The greatest one.

    .. versionadded:: 0.1
    """

    test: str
    start: int
    end: int
    first_event: int
    last_event: int
    first_call: int
    last_call: int

    @property
    def lines(self) -> int:
        """
        How many lines they are.
        """
        return self.last_event - self.first_event + self.last_call - self.first_call + 2


class Runs:
    """
    Notes the runs of a recording while it is written.

    Whoever writes tells of each event that begins, and of each line, in the order of the file.
    Every event and every call has a number, the next one when it begins, and one line when it is over.
    So nothing is under way where there are as many such lines as the greatest numbers say.

    Lines that are in no run are not noted: what is between two runs has to be read.

    Args:
        start: How many bytes there are before the first line.

    Attributes:
        end: How many bytes there are with all lines.

    .. versionadded:: 0.1
    """

    __slots__ = ("_call", "_event", "_first", "_is_alone", "_lines", "_numbers", "_test", "_tests", "end")

    def __init__(self, start: int) -> None:
        self.end = start
        self._lines = 0
        self._event = self._call = 0  # the greatest numbers of what has begun
        self._test: str | None = None
        self._first = (start, 1, 1)  # of the lines since the test is this one: where they begin, and their numbers
        self._is_alone = True
        self._tests: list[str] = []
        self._numbers = array("q")

    def begun(self, test: str | None, event: int, call: int) -> None:
        """
        Note that events and calls have begun, before any of their lines.

        Args:
            test: The id of the test they belong to.
            event: The number of the event, or the greatest one of several.
            call: The number of its call, or the greatest one of several.
        """
        if test is not self._test:
            self._end_run(test)
        if event > self._event:  # noqa: PLR1730 - a call of max takes longer
            self._event = event
        if call > self._call:  # noqa: PLR1730
            self._call = call

    def add(self, test: str | None, size: int, lines: int = 1) -> None:
        """
        Note lines.

        Args:
            test: The id of the test they belong to; None if they say that something is not over.
            size: How many bytes they are.
            lines: How many of them say how an event or a call ended.
        """
        if test is not self._test:
            self._is_alone = False
        self.end += size
        self._lines += lines

    def note(self, test: str | None, size: int, lines: int, event: int, call: int) -> None:
        """
        Do both: note lines, and that the next event has begun.

        Args:
            test: The id of the test they belong to.
            size: How many bytes the lines are.
            lines: How many there are; all of them say how an event or a call ended.
            event: The number of the event; 0 if none has begun.
            call: That of its call.
        """
        if test is not self._test:
            if lines:
                self._is_alone = False
            self.end += size
            self._lines += lines
            if event:
                self.begun(test, event, call)
            return
        self.end += size
        self._lines += lines
        if event > self._event:  # noqa: PLR1730
            self._event = event
        if call > self._call:  # noqa: PLR1730
            self._call = call

    def tell(self) -> tuple[list[str], bytes]:
        """
        Give all runs, as what can be sent to another process: `told_runs` makes runs of it again.
        """
        self._end_run(None)
        return self._tests, self._numbers.tobytes()

    def _end_run(self, test: str | None) -> None:
        """
        Note what has been written since the last time, if it is a run, and go on with *test*.
        """
        start, event, call = self._first
        is_quiet = self._lines == self._event + self._call
        if self._is_alone and is_quiet and self._test is not None and self.end > start:
            self._tests.append(self._test)
            self._numbers.extend((start, self.end, event, self._event, call, self._call))
        self._test = test
        self._first = (self.end, self._event + 1, self._call + 1)
        self._is_alone = is_quiet


def told_runs(tests: Sequence[str], numbers: bytes) -> Iterator[Run]:
    """
    Make runs of what `Runs.tell` gave.

    Raises:
        ValueError: If the two do not belong together.

    .. versionadded:: 0.1
    """
    told = array("q")
    if len(numbers) != len(tests) * _COLUMNS * told.itemsize:
        msg = f"{len(numbers)} bytes are not the numbers of {len(tests)} runs."
        raise ValueError(msg)
    told.frombytes(numbers)
    return starmap(Run, zip(tests, *(told[column::_COLUMNS] for column in range(_COLUMNS)), strict=True))
