"""
Putting the recordings of several processes together, as if one process had run all tests in their order.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from hookkit import RecordingError
from hookkit.recording import RecordingLines
from pytest_hookkit._worker_lines import KINDS, UNFINISHED, Reader, Renumbering, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from pytest_hookkit._summary import SessionTally
    from pytest_hookkit._worker_lines import Block, Line, Run


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

    def write(self, text: bytes) -> None:
        """
        Write lines, unless some could not be written before.
        """
        left = memoryview(text)
        try:
            while left and self.failure is None:
                left = left[self._out.write(left) :]
        except OSError as exc:
            self.failure = exc
        written = text[: len(text) - len(left)]
        events = written.count(b'\n{"kind":"event"') + written.startswith(b'{"kind":"event"')
        self.events += events
        self.calls += written.count(b"\n") - events


_MOST_SPANS = 100


class WorkerFile(NamedTuple):
    """
    What a worker wrote: the same lines as a session, each event and each call also when it began, as unfinished.
    """

    worker: str
    path: Path


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
    parts = [part for number, file in enumerate(files) for part in _parts(number, file, places)]
    first = min((part.number for part in parts if part.place == BEFORE_ALL), default=None)
    kept = [part for part in parts if part.place != BEFORE_ALL or part.number == first]
    kept.sort(key=lambda part: (part.place, part.number))
    renumberings = {number: Renumbering(file.worker, tally) for number, file in enumerate(files)}
    begin: dict[str, int] = dict.fromkeys(KINDS, 1)
    for part in kept:
        for kind, numbers in renumberings[part.number].numbers.items():
            begin[kind] = numbers.add(part.spans[kind], begin[kind])
    for renumbering in renumberings.values():
        for numbers in renumbering.numbers.values():
            numbers.sort()
    merged = Merged(out)
    for part in kept:
        for text in part.texts():
            merged.write(renumberings[part.number].apply(text))
    return merged


class _Part:
    """
    What a worker wrote of one test.

    Attributes:
        number: The number of the worker's file.
        file: The file.
        place: Where the test belongs.
        spans: The numbers that the events and the calls have in the file.
    """

    def __init__(self, number: int, file: WorkerFile, place: Place) -> None:
        self.number = number
        self.file = file
        self.place = place
        self.spans = {kind: _Spans() for kind in KINDS}
        self._segments: list[list[int]] = []
        self._open: dict[str, set[int]] = {kind: set() for kind in KINDS}

    def add(self, line: Line) -> None:
        """
        Take in a line.
        """
        if line.is_unfinished:
            self._open[line.kind].add(line.seq)
        else:
            self._open[line.kind].discard(line.seq)
        self.spans[line.kind].add(line.seq, line.seq)
        self._add_segment(line.start, line.end)

    def add_run(self, run: Run, end: int) -> None:
        """
        Take in lines that stand together and end at *end*.
        """
        for kind, seqs in run.seqs.items():
            if self._open[kind]:
                self._open[kind].difference_update(seqs)
            if seqs and max(seqs) - min(seqs) == len(set(seqs)) - 1:
                self.spans[kind].add(min(seqs), max(seqs))
            else:
                for seq in seqs:
                    self.spans[kind].add(seq, seq)
        self._add_segment(run.start, end)

    def texts(self) -> Iterator[bytes]:
        """
        Give the lines again; of those of one event or call the one that says how it ended, if there is one.
        """
        with self.file.path.open("rb") as file:
            for start, end in self._segments:
                for block in read_blocks(file, start, end):
                    yield block.text if UNFINISHED not in block.text else self._without_begun(block.text)

    def _add_segment(self, start: int, end: int) -> None:
        if self._segments and self._segments[-1][1] == start:
            self._segments[-1][1] = end
        else:
            self._segments.append([start, end])

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


class _Spans:
    """
    A set of whole numbers, small if they are close together.
    """

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
        joined: list[tuple[int, int]] = []
        for first, last in sorted(self._spans):
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        return iter(joined)


def _parts(number: int, file: WorkerFile, places: dict[str, Place]) -> Iterable[_Part]:
    """
    Find out where in a file each test is; tests that are not in *places* are added there.
    """
    parts: dict[Place, _Part] = {}
    here = BEFORE_ALL
    began: dict[tuple[str, int], Place] = {}  # where what is under way outside tests has begun
    reader = Reader()
    for block in _readable(file.path):
        runs = reader.runs(block)
        ends = [*(run.start for run in runs[1:]), block.end]
        for run, end in zip(runs, ends, strict=False):
            place = places.setdefault(run.test, Place(len(places)))
            here = Place(place.test, is_after=True)
            parts.setdefault(place, _Part(number, file, place)).add_run(run, end)
        for line in () if runs else reader.lines(block):
            if line.test is not None:
                place = places.setdefault(line.test, Place(len(places)))
                here = Place(place.test, is_after=True)
            elif line.is_unfinished:
                place = began.setdefault((line.kind, line.seq), here)
            else:
                place = began.pop((line.kind, line.seq), here)
            parts.setdefault(place, _Part(number, file, place)).add(line)
    return parts.values()


def _readable(path: Path) -> Iterator[Block]:
    """
    Give the lines after the first one, if there are any.
    """
    try:
        lines = RecordingLines(path)
    except RecordingError as exc:
        if isinstance(exc.__cause__, OSError) and not isinstance(exc.__cause__, FileNotFoundError):
            raise exc.__cause__ from None
        return  # the worker died before it began to write
    with lines, path.open("rb") as file:
        yield from read_blocks(file, lines.read, lines.size)
