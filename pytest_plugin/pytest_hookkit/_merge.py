"""
Putting the recordings of several processes together, as if one process had run all tests in their order.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from hookkit import RecordingError
from hookkit.recording import RecordingLines
from pytest_hookkit._worker_lines import KINDS, UNFINISHED, Line, Numbers, Renumbering, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from pytest_hookkit._summary import SessionTally

_MOST_WAITING = 2**16  # bytes


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
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, line: bytes) -> None:
        """
        Write a line, soon.
        """
        self._waiting.append(line)
        self._size += len(line)
        if self._size > _MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """
        Write what waits, unless something could not be written before.
        """
        text = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        left = memoryview(text)
        try:
            while left and self.failure is None:
                left = left[self._out.write(left) :]
        except OSError as exc:
            self.failure = exc
        written = text[: len(text) - len(left)]
        whole = written[: written.rfind(b"\n") + 1]
        events = whole.count(b'\n{"kind":"event"') + whole.startswith(b'{"kind":"event"')
        self.events += events
        self.calls += whole.count(b"\n") - events


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
    numbers = {part.number: Numbers() for part in kept}
    begin = dict.fromkeys(KINDS, 1)
    for part in kept:
        for kind in KINDS:
            begin[kind] = numbers[part.number].add(kind, part.spans[kind], begin[kind])
    renumberings = {}
    for number, mapping in numbers.items():
        mapping.sort()
        renumberings[number] = Renumbering(mapping, files[number].worker, tally)
    merged = Merged(out)
    for part in kept:
        apply = renumberings[part.number].apply
        for line in part.lines():
            merged.write(apply(line))
    merged.flush()
    for renumbering in renumberings.values():
        renumbering.finish()
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
        kind, seq, _, is_unfinished, start, end = line
        self.spans[kind].add(seq)
        if is_unfinished:
            self._open[kind].add(seq)
        else:
            self._open[kind].discard(seq)
        if self._segments and self._segments[-1][1] == start:
            self._segments[-1][1] = end
        else:
            self._segments.append([start, end])

    def lines(self) -> Iterator[bytes]:
        """
        Give the lines again; of those of one event or call the one that says how it ended, if there is one.
        """
        with self.file.path.open("rb") as file:
            for start, end in self._segments:
                file.seek(start)
                while start < end:
                    line = file.readline()
                    start += len(line)
                    if not line.endswith(UNFINISHED) or self._is_last(line):
                        yield line

    def _is_last(self, line: bytes) -> bool:
        """
        Tell whether a line which says that something began is the first one of such lines, and nothing says how it ended.
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
        self._last: dict[int, int] = {}  # by the first number of each span
        self._first: dict[int, int] = {}  # by the last number of each span

    def add(self, number: int) -> None:
        """
        Add a number; twice does no harm.
        """
        if self._holds(number):
            return
        first = self._first.pop(number - 1, number)
        last = self._last.pop(number + 1, number)
        self._last[first] = last
        self._first[last] = first

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(sorted(self._last.items()))

    def _holds(self, number: int) -> bool:
        if number in self._last or number in self._first:
            return True
        return any(first < number < last for first, last in self._last.items())


def _parts(number: int, file: WorkerFile, places: dict[str, Place]) -> Iterable[_Part]:
    """
    Find out where in a file each test is; tests that are not in *places* are added there.
    """
    parts: dict[Place, _Part] = {}
    here = BEFORE_ALL
    began: dict[tuple[str, int], Place] = {}  # where what is under way outside tests has begun
    for line in _readable(file.path):
        if line.test is not None:
            place = places.setdefault(line.test, Place(len(places)))
            here = Place(place.test, is_after=True)
        elif line.is_unfinished:
            place = began.setdefault((line.kind, line.seq), here)
        else:
            place = began.pop((line.kind, line.seq), here)
        part = parts.get(place)
        if part is None:
            part = parts[place] = _Part(number, file, place)
        part.add(line)
    return parts.values()


def _readable(path: Path) -> Iterator[Line]:
    """
    Give the lines of events and calls, if there are any.
    """
    try:
        with RecordingLines(path):
            pass
    except RecordingError as exc:
        if isinstance(exc.__cause__, OSError) and not isinstance(exc.__cause__, FileNotFoundError):
            raise exc.__cause__ from None
        return  # the worker died before it began to write
    yield from read_lines(path)
