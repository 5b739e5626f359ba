"""
Putting the recordings of several processes together, as if one process had run all tests in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_hookkit._parts import BEFORE_ALL, OpenFiles, Place, parts_of
from pytest_hookkit._shifting import shifted
from pytest_hookkit._told import Counts
from pytest_hookkit._worker_lines import KINDS, Renumbering, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from pytest_hookkit._parts import Part, WorkerFile
    from pytest_hookkit._shifting import Shift
    from pytest_hookkit._summary import SessionTally


class Merged:
    """
    What is written when the files are put together.

    Args:
        out: Where it is written; best without a buffer, so that what cannot be written is known at once.

    Attributes:
        calls: How many calls were written.
        events: How many events were written.
        failure: Why not all could be written; None if all is well.
    """

    def __init__(self, out: BinaryIO) -> None:
        self.calls = 0
        self.events = 0
        self.failure: OSError | None = None
        self._out = out

    def write(self, text: bytes, events: int | None = None, calls: int = 0) -> None:
        """
        Write lines, unless some could not be written before.

        Args:
            text: The lines.
            events: How many of them are of events; None if they are to be counted.
            calls: How many are of calls.
        """
        left = memoryview(text)
        try:
            while left and self.failure is None:
                left = left[self._out.write(left) :]
        except OSError as exc:
            self.failure = exc
        if left or events is None:
            written = text[: len(text) - len(left)]
            events = written.count(b'\n{"kind":"event"') + written.startswith(b'{"kind":"event"')
            calls = written.count(b"\n") - events
        self.events += events
        self.calls += calls


def merge(files: Sequence[WorkerFile], tests: Sequence[str], out: BinaryIO, tally: SessionTally) -> Merged:
    """
    Write the calls and events of all *files* in the order of *tests*, numbered anew, and count them.

    What is kept in memory is where in the files each test is, never what they hold.
    What workers did while they collected is the same in all of them, and taken from the first one.

    Args:
        files: The workers' files.
        tests: The ids of the tests, in the order of their collection.
        out: Where the lines are written.
        tally: What they are counted in, those that cannot be written included.

    Raises:
        OSError: If a worker's file cannot be read.
    """
    places = {test: Place(number) for number, test in enumerate(dict.fromkeys(tests))}
    found = [parts_of(number, file, places) for number, file in enumerate(files)]
    parts = [part for each in found for part in each.parts]
    first = min((part.number for part in parts if part.place == BEFORE_ALL), default=None)
    kept = [part for part in parts if part.place != BEFORE_ALL or part.number == first]
    kept.sort(key=lambda part: (part.place, part.number))
    merged = Merged(out)
    with OpenFiles(files) as opened:
        for number, each in enumerate(found):
            if each.told is not None:
                left_out = [part for part in each.parts if part.place == BEFORE_ALL and number != first]
                each.told.count_in(tally, without=_counted(left_out, opened))
        renumberings = [
            Renumbering(file.worker, tally if each.told is None else None)
            for file, each in zip(files, found, strict=True)
        ]
        _give_numbers(kept, renumberings)
        for stretch in _stretches(kept, renumberings):
            number = stretch.part.number
            _write(stretch, opened[number], renumberings[number], merged)
    return merged


def _counted(parts: Iterable[Part], opened: OpenFiles) -> Counts:
    """
    Count what is in some parts.
    """
    counts = Counts()
    renumbering = Renumbering("", counts)
    for part in parts:
        for segment in part.segments:
            for text in part.texts(segment.start, segment.end, opened[part.number]):
                renumbering.apply(text)
    return counts


def _give_numbers(parts: Iterable[Part], renumberings: Sequence[Renumbering]) -> None:
    """
    Number events and calls, from the first part to the last.
    """
    begin: dict[str, int] = dict.fromkeys(KINDS, 1)
    for part in parts:
        for kind, numbers in renumberings[part.number].numbers.items():
            begin[kind] = numbers.add(part.spans[kind], begin[kind])
    for renumbering in renumberings:
        for numbers in renumbering.numbers.values():
            numbers.sort()


class _Stretch(NamedTuple):
    """
    Lines that stand together in a worker's file and in the whole.

    Attributes:
        part: The part they belong to; the first one, if they are runs.
        start: Where in the file they begin.
        end: Where the next line begins.
        shift: What is added to their numbers; None if each has to be looked up.
    """

    part: Part
    start: int
    end: int
    shift: Shift | None

    def goes_on(self, part: Part, start: int, shift: Shift | None) -> bool:
        """
        Tell whether lines of the same file go on here, and with the same shift.
        """
        return start == self.end and shift is not None and shift == self.shift and part.number == self.part.number


def _stretches(parts: Iterable[Part], renumberings: Sequence[Renumbering]) -> Iterator[_Stretch]:
    """
    Give what is to be written: segments, and runs that follow each other as one, as is often so with short tests.
    """
    last: _Stretch | None = None
    for part in parts:
        for start, end, run in part.segments:
            shift = None if run is None else renumberings[part.number].shift(run)
            if last is not None and last.goes_on(part, start, shift):
                last = _Stretch(last.part, last.start, end, shift)
                continue
            if last is not None:
                yield last
            last = _Stretch(part, start, end, shift)
    if last is not None:
        yield last


def _write(stretch: _Stretch, file: BinaryIO, renumbering: Renumbering, merged: Merged) -> None:
    if stretch.shift is None:
        for text in stretch.part.texts(stretch.start, stretch.end, file):
            merged.write(renumbering.apply(text))
        return
    for block in read_blocks(file, stretch.start, stretch.end):
        lines = shifted(block.text, stretch.shift, renumbering.end_of_call)
        if lines is None:
            merged.write(renumbering.apply(block.text))
        else:
            merged.write(*lines)
