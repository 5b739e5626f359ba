"""
What each worker wrote of each test: where in its file that is, and which numbers its events and calls have there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from hookkit import RecordingError
from hookkit.recording import RecordingLines
from pytest_hookkit._worker_lines import KINDS, UNFINISHED, Reader, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO, Self

    from hookkit.recording import Run
    from pytest_hookkit._told import Told
    from pytest_hookkit._worker_lines import FoundRun, Line

_MOST_SPANS = 100
_MOST_OPEN = 50  # files


class WorkerFile(NamedTuple):
    """
    What a worker wrote: the same lines as a session, each event and each call also when it began, as unfinished.

    Attributes:
        worker: The name of the worker.
        path: The file.
        told: What the worker told of it; None if it died.
    """

    worker: str
    path: Path
    told: Told | None = None


class Place(NamedTuple):
    """
    Where in the whole something belongs.

    Attributes:
        test: The place of its test among all; -1 for what was before the first one.
        is_after: Whether it was made between that test and the next one.
    """

    test: int
    is_after: bool = False


BEFORE_ALL = Place(-1)


class Segment(NamedTuple):
    """
    Lines of a part that stand together.

    Attributes:
        start: Where in the file they begin.
        end: Where the next line begins.
        run: The run that they are; None if they are not known to be one.
    """

    start: int
    end: int
    run: Run | None = None


class Part:
    """
    What a worker wrote of one test.

    Args:
        number: The number of the worker's file.
        place: Where the test belongs.

    Attributes:
        number: The number of the worker's file.
        place: Where the test belongs.
        spans: The numbers that the events and the calls have in the file.
        segments: Where its lines are.
    """

    __slots__ = ("_open", "number", "place", "segments", "spans")

    def __init__(self, number: int, place: Place) -> None:
        self.number = number
        self.place = place
        self.spans = {kind: Spans() for kind in KINDS}
        self.segments: list[Segment] = []
        self._open: dict[str, set[int]] = {}

    def add(self, line: Line) -> None:
        """
        Take in a line.
        """
        still_open = self._open.setdefault(line.kind, set())
        if line.is_unfinished:
            still_open.add(line.seq)
        else:
            still_open.discard(line.seq)
        self.spans[line.kind].add(line.seq, line.seq)
        self._add_segment(line.start, line.end)

    def add_found(self, run: FoundRun, end: int) -> None:
        """
        Take in lines that stand together and end at *end*.
        """
        for kind, seqs in run.seqs.items():
            if still_open := self._open.get(kind):
                still_open.difference_update(seqs)
            if seqs and max(seqs) - min(seqs) == len(set(seqs)) - 1:
                self.spans[kind].add(min(seqs), max(seqs))
            else:
                for seq in seqs:
                    self.spans[kind].add(seq, seq)
        self._add_segment(run.start, end)

    def add_told(self, run: Run) -> None:
        """
        Take in lines that the worker told of.
        """
        if run.last_event >= run.first_event:
            self.spans["event"].add(run.first_event, run.last_event)
        if run.last_call >= run.first_call:
            self.spans["call"].add(run.first_call, run.last_call)
        self.segments.append(Segment(run.start, run.end, run))

    def texts(self, start: int, end: int, file: BinaryIO) -> Iterator[bytes]:
        """
        Give the lines of a segment; of those of one event or call the one that says how it ended, if there is one.
        """
        for block in read_blocks(file, start, end):
            yield block.text if UNFINISHED not in block.text else self._without_begun(block.text)

    def _add_segment(self, start: int, end: int) -> None:
        last = self.segments[-1] if self.segments else None
        if last is not None and last.end == start and last.run is None:
            self.segments[-1] = Segment(last.start, end)
        else:
            self.segments.append(Segment(start, end))

    def _without_begun(self, text: bytes) -> bytes:
        lines = text.splitlines(keepends=True)
        return b"".join(line for line in lines if not line.endswith(UNFINISHED) or self._is_last(line))

    def _is_last(self, line: bytes) -> bool:
        """
        Tell whether a line that says that something began is the first one that does, and none says how it ended.
        """
        fields = json.loads(line)
        still_open = self._open[fields["kind"]]
        is_last = fields["seq"] in still_open
        still_open.discard(fields["seq"])
        return is_last


class Spans:
    """
    A set of whole numbers, small if they are close together.
    """

    __slots__ = ("_most", "_spans")

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []
        self._most = _MOST_SPANS

    def add(self, first: int, last: int) -> None:
        """
        Add the numbers from *first* to *last*; twice does no harm.
        """
        spans = self._spans
        if spans and spans[-1][0] <= first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
            return
        spans.append((first, last))
        if len(spans) > self._most:
            self._spans = list(self)
            self._most = max(_MOST_SPANS, 2 * len(self._spans))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        if len(self._spans) == 1:
            return iter(self._spans)
        joined: list[tuple[int, int]] = []
        for first, last in sorted(self._spans):
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        return iter(joined)


class FileParts(NamedTuple):
    """
    What is in a worker's file.

    Attributes:
        parts: The parts.
        told: What the worker told, if that is what is in the file; otherwise None.
    """

    parts: Sequence[Part]
    told: Told | None


def parts_of(number: int, file: WorkerFile, places: dict[str, Place]) -> FileParts:
    """
    Find out where in a file each test is; tests that are not in *places* are added there.

    Raises:
        OSError: If the file cannot be read.
    """
    finder = _Finder(number, places)
    try:
        lines = RecordingLines(file.path)
    except RecordingError as exc:
        if isinstance(exc.__cause__, OSError) and not isinstance(exc.__cause__, FileNotFoundError):
            raise exc.__cause__ from None
        return FileParts((), None)  # the worker died before it began to write
    with lines, file.path.open("rb") as opened, file.path.open("rb", buffering=0) as unbuffered:
        runs = None if file.told is None else file.told.runs_in(unbuffered, lines.read, lines.size)
        end = lines.read
        for run in runs or ():
            finder.read(opened, end, run.start)
            finder.add_told(run)
            end = run.end
        finder.read(opened, end, lines.size)
    return FileParts(finder.parts, None if runs is None else file.told)


class _Finder:
    """
    Finds out which part each line belongs to, from the first line to the last.

    Args:
        number: The number of the worker's file.
        places: Where each test belongs.
    """

    def __init__(self, number: int, places: dict[str, Place]) -> None:
        self._number = number
        self._places = places
        self._parts: dict[Place, Part] = {}
        self._here = BEFORE_ALL
        self._began: dict[tuple[str, int], Place] = {}  # where what is under way outside tests has begun
        self._reader = Reader()

    @property
    def parts(self) -> Sequence[Part]:
        """
        The parts so far.
        """
        return tuple(self._parts.values())

    def add_told(self, run: Run) -> None:
        """
        Take in lines without reading them.
        """
        self._part_of_test(run.test).add_told(run)

    def read(self, file: BinaryIO, start: int, end: int) -> None:
        """
        Take in the lines from *start* to *end*.
        """
        for block in read_blocks(file, start, end):
            runs = self._reader.runs(block)
            ends = [*(run.start for run in runs[1:]), block.end]
            for run, end_of_run in zip(runs, ends, strict=False):
                self._part_of_test(run.test).add_found(run, end_of_run)
            if not runs:
                self._add_lines(self._reader.lines(block))

    def _add_lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if line.test is not None:
                part = self._part_of_test(line.test)
            elif line.is_unfinished:
                part = self._part(self._began.setdefault((line.kind, line.seq), self._here))
            else:
                part = self._part(self._began.pop((line.kind, line.seq), self._here))
            part.add(line)

    def _part_of_test(self, test: str) -> Part:
        place = self._places.get(test)
        if place is None:
            place = self._places[test] = Place(len(self._places))
        self._here = Place(place.test, is_after=True)
        return self._part(place)

    def _part(self, place: Place) -> Part:
        part = self._parts.get(place)
        if part is None:
            part = self._parts[place] = Part(self._number, place)
        return part


class OpenFiles:
    """
    The workers' files, open for reading, of many at a time the last ones: a context manager.

    Args:
        files: The files.
    """

    def __init__(self, files: Sequence[WorkerFile]) -> None:
        self._files = files
        self._open: dict[int, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def __getitem__(self, number: int) -> BinaryIO:
        file = self._open.get(number)
        if file is None:
            if len(self._open) >= _MOST_OPEN:
                self.__exit__()
            file = self._open[number] = self._files[number].path.open("rb")
        return file
