"""
Putting the recordings of several processes together, as if one process had run all tests in their order.
"""

from __future__ import annotations

import bisect
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit import RecordingError
from hookkit.recording import RecordingLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from pytest_hookkit._summary import SessionTally

KINDS = ("event", "call")

_CALLS = ("call", "parent")  # what names a call by its number


class Merged:
    """
    What was written when the files were put together.

    Attributes:
        calls: How many calls.
        events: How many events.
        failure: Why not all could be written; None if all is well.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.events = 0
        self.failure: OSError | None = None

    def write(self, fields: dict[str, Any], out: BinaryIO) -> None:
        """
        Write a line, unless one could not be written before.
        """
        if self.failure is not None:
            return
        try:
            out.write(f"{json.dumps(fields, separators=(',', ':'))}\n".encode("ascii"))
        except OSError as exc:
            self.failure = exc
        else:
            self.calls += fields["kind"] == "call"
            self.events += fields["kind"] == "event"


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
    numbers = {part.number: _Numbers() for part in kept}
    begin = dict.fromkeys(KINDS, 1)
    for part in kept:
        for kind in KINDS:
            begin[kind] = numbers[part.number].add(kind, part.spans[kind], begin[kind])
    for mapping in numbers.values():
        mapping.sort()
    merged = Merged()
    for part in kept:
        for fields in part.lines():
            numbers[part.number].apply(fields, part.file.worker)
            merged.write(fields, out)
            _count(fields, tally)
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

    def add(self, fields: dict[str, Any], start: int, end: int) -> None:
        """
        Take in a line, which is in the file from *start* to *end*.
        """
        kind, seq = fields["kind"], fields["seq"]
        self.spans[kind].add(seq)
        if fields.get("unfinished"):
            self._open[kind].add(seq)
        else:
            self._open[kind].discard(seq)
        if self._segments and self._segments[-1][1] == start:
            self._segments[-1][1] = end
        else:
            self._segments.append([start, end])

    def lines(self) -> Iterator[dict[str, Any]]:
        """
        Give the lines again; of those of one event or call the one that says how it ended, if there is one.
        """
        with self.file.path.open("rb") as file:
            for start, end in self._segments:
                file.seek(start)
                while file.tell() < end:
                    fields = json.loads(file.readline())
                    still_open = self._open[fields["kind"]]
                    if not fields.get("unfinished"):
                        yield fields
                    elif fields["seq"] in still_open:
                        still_open.remove(fields["seq"])
                        yield fields


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


class _Numbers:
    """
    Which number in the whole each event and each call of one worker has.
    """

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[int, int, int]]] = {kind: [] for kind in KINDS}

    def add(self, kind: str, spans: Iterable[tuple[int, int]], begin: int) -> int:
        """
        Have the numbers in *spans* go on from *begin*.

        Returns:
            The next number.
        """
        for first, last in spans:
            self._spans[kind].append((first, last, begin))
            begin += last - first + 1
        return begin

    def sort(self) -> None:
        """
        Make ready to be asked.
        """
        for spans in self._spans.values():
            spans.sort()

    def apply(self, fields: dict[str, Any], worker: str) -> None:
        """
        Put the numbers of the whole into a line, and into a call's who made it.
        """
        fields["seq"] = self._of(fields["kind"], fields["seq"])
        if fields["kind"] == "call":
            fields["worker"] = worker
        for name in _CALLS:
            if name in fields and (call := self._of("call", fields.pop(name))) is not None:
                fields[name] = call

    def _of(self, kind: str, number: int) -> int | None:
        spans = self._spans[kind]
        place = bisect.bisect_right(spans, number, key=lambda span: span[0]) - 1
        if place < 0:
            return None
        first, last, begin = spans[place]
        return begin + number - first if number <= last else None


def _parts(number: int, file: WorkerFile, places: dict[str, Place]) -> Iterable[_Part]:
    """
    Find out where in a file each test is; tests that are not in *places* are added there.
    """
    parts: dict[Place, _Part] = {}
    here = BEFORE_ALL
    began: dict[tuple[str, int], Place] = {}  # where what is under way outside tests has begun
    for fields, start, end in _readable(file.path):
        test = fields.get("test")
        key = fields["kind"], fields["seq"]
        if test is not None:
            place = places.setdefault(test, Place(len(places)))
            here = Place(place.test, is_after=True)
        elif fields.get("unfinished"):
            place = began.setdefault(key, here)
        else:
            place = began.pop(key, here)
        part = parts.get(place)
        if part is None:
            part = parts[place] = _Part(number, file, place)
        part.add(fields, start, end)
    return parts.values()


def _readable(path: Path) -> Iterator[tuple[dict[str, Any], int, int]]:
    """
    Give the lines of events and calls, and where they begin and end; without the one that was torn by a crash.
    """
    try:
        lines = RecordingLines(path)
    except RecordingError as exc:
        if isinstance(exc.__cause__, OSError) and not isinstance(exc.__cause__, FileNotFoundError):
            raise exc.__cause__ from None
        return  # the worker died before it began to write
    with lines:
        for line in lines:
            end = line.start + len(line.text) + 1
            if line.fields.get("kind") in KINDS and end <= lines.size:
                yield line.fields, line.start, end


def _count(fields: dict[str, Any], tally: SessionTally) -> None:
    group, point = fields["group"], fields["point"]
    if fields["kind"] == "call":
        tally.add_call(group, point, is_tick="tick" in fields)
    else:
        duration_ns, swallowed = fields.get("duration_ns"), bool(fields.get("swallowed"))
        tally.add_event(group, point, fields["phase"], swallowed=swallowed, duration_ns=duration_ns)
