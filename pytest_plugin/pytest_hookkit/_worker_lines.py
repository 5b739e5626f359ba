"""
The lines of a worker's recording: told apart, numbered anew and counted without being parsed, where that can be.

See "How recordings are written fast" in hookkit's explanations.
"""

from __future__ import annotations

import bisect
import json
import re
from array import array
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_hookkit._shifting import Shift

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO, Protocol

    from hookkit.recording import Run

    class Tally(Protocol):
        """
        What lines are counted in.
        """

        def add_event(
            self,
            group: str,
            point: str,
            phase: str,
            *,
            duration_ns: int | None,
            swallowed: int = ...,
            number: int = ...,
        ) -> None: ...

        def add_call(self, group: str, point: str, *, is_tick: bool, number: int = ...) -> None: ...


KINDS = ("event", "call")

_CALLS = ("call", "parent")  # what names a call by its number

_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_LINE = re.compile(
    rb'\n\{"kind":"(event|call)","seq":(\d+)(?:,"call":(\d+))?((?:,"(?:test|group|point|phase)":%b)+)(.*)\}' % _TEXT
)
"""
A line that hookkit has written, and the end of the one before it: what stands within a line is never taken for one.
"""

_BEFORE_THREAD = re.compile(rb',"parent":(\d+)\Z')
_THREAD = b',"thread":"'
_LONGEST = 40  # characters; what names a call by its number has fewer
UNFINISHED = b',"unfinished":true}\n'
_UNUSUAL = (UNFINISHED, b'"swallowed":true', b'"tick":')
_BODY = b',"phase":"body"'  # whose times nobody sums up
_KIND_AND_ABOUT = itemgetter(0, 3)
_BLOCK = 2**16  # bytes


class Line(NamedTuple):
    """
    A line, as far as it has to be known to find its place.

    Attributes:
        kind: ``event`` or ``call``.
        seq: Its number.
        test: The id of the test; None outside tests.
        is_unfinished: Whether it says that something began.
        start: Where in the file it begins.
        end: Where the next one begins.
    """

    kind: str
    seq: int
    test: str | None
    is_unfinished: bool
    start: int
    end: int


class FoundRun(NamedTuple):
    """
    Lines of one test that stand together, all of which say how something ended.

    Attributes:
        test: The id of the test.
        seqs: The numbers of the events and of the calls.
        start: Where in the file they begin.
    """

    test: str
    seqs: dict[str, list[int]]
    start: int


class Block(NamedTuple):
    """
    Some lines, whole ones.

    Attributes:
        text: The lines.
        start: Where in the file they begin.
    """

    text: bytes
    start: int

    @property
    def end(self) -> int:
        """
        Where the next line begins.
        """
        return self.start + len(self.text)


def read_blocks(file: BinaryIO, start: int, end: int) -> Iterator[Block]:
    """
    Give what is in *file* from *start* to *end*.
    """
    file.seek(start)
    while start < end:
        text = file.read(min(_BLOCK, end - start))
        if not text.endswith(b"\n"):
            text += file.readline()
        yield Block(text, start)
        start += len(text)


class Reader:
    """
    Tells what lines are of.
    """

    def __init__(self) -> None:
        self._tests: dict[bytes, str | None] = {}

    def runs(self, block: Block) -> list[FoundRun]:
        """
        Give the runs that a block consists of; none if one of its lines has to be parsed.
        """
        runs: list[FoundRun] = []
        if UNFINISHED in block.text or not block.text.endswith(b"\n"):
            return runs
        tests = self._tests
        events: list[int] = []
        calls: list[int] = []
        for found in _LINE.finditer(b"\n" + block.text):
            kind, seq, about = found.group(1, 2, 4)
            test = tests[about] if about in tests else self._learn(about)
            if not runs or test != runs[-1].test:
                if test is None:
                    return []
                events, calls = [], []
                runs.append(FoundRun(test, {"event": events, "call": calls}, block.start + found.start()))
            (events if kind == b"event" else calls).append(int(seq))
        count = sum(len(seqs) for run in runs for seqs in run.seqs.values())
        return runs if count == block.text.count(b"\n") else []

    def lines(self, block: Block) -> Iterator[Line]:
        """
        Give the lines of a block, without those that are torn, or not of events and calls.
        """
        start = block.start
        for text in block.text.splitlines(keepends=True):
            end = start + len(text)
            fields = _parsed(text)
            if fields.get("kind") in KINDS:
                unfinished = bool(fields.get("unfinished"))
                yield Line(fields["kind"], fields["seq"], fields.get("test"), unfinished, start, end)
            start = end

    def _learn(self, about: bytes) -> str | None:
        """
        Give the test that a line is of, by what says that.
        """
        test = self._tests[about] = _about(about).get("test")
        return test


def _parsed(line: bytes) -> dict[str, Any]:
    """
    Parse a line; one that is torn has nothing.
    """
    try:
        fields = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _about(text: bytes) -> dict[str, str]:
    about: dict[str, str] = json.loads(b"{%b}" % text[1:])
    return about


class Numbers:
    """
    Which number in the whole each event, or each call, of one worker has.
    """

    def __init__(self) -> None:
        self._spans: list[tuple[int, int, int]] = []
        self._firsts = array("q")
        self._last = (1, 0, 0)  # nothing

    def add(self, spans: Iterable[tuple[int, int]], begin: int) -> int:
        """
        Have the numbers in *spans* go on from *begin*.

        Returns:
            The next number.
        """
        for first, last in spans:
            before = self._spans[-1] if self._spans else None
            if before is not None and before[1] + 1 == first and before[2] + first - before[0] == begin:
                self._spans[-1] = (before[0], last, before[2])
            else:
                self._spans.append((first, last, begin))
            begin += last - first + 1
        return begin

    def sort(self) -> None:
        """
        Make ready to be asked.
        """
        self._spans.sort()
        self._firsts = array("q", [first for first, _, _ in self._spans])

    def of(self, number: int) -> int | None:
        """
        Give the number in the whole; None if there is none.
        """
        first, last, begin = self._last
        if not first <= number <= last:
            place = bisect.bisect_right(self._firsts, number) - 1
            if place < 0:
                return None
            self._last = first, last, begin = self._spans[place]
        return begin + number - first if number <= last else None


class Renumbering:
    """
    Puts the numbers of the whole into the lines of one worker, and the worker into those of calls, and counts them.

    Args:
        worker: The name of the worker.
        tally: What the lines are counted in; None if they are counted already.

    Attributes:
        numbers: The numbers, by kind.
        end_of_call: What the line of a call ends with.
    """

    def __init__(self, worker: str, tally: Tally | None) -> None:
        self.numbers = {kind: Numbers() for kind in KINDS}
        self._worker = worker
        self._tally = tally
        self.end_of_call = b',"worker":%b}\n' % json.dumps(worker).encode("ascii")

    def apply(self, text: bytes) -> bytes:
        """
        Give lines as they are in the whole.
        """
        return self._known(text) or b"".join(map(self._parsed, text.splitlines(keepends=True)))

    def shift(self, run: Run) -> Shift:
        """
        Give what has to be added to the numbers in a run.
        """
        event = self.numbers["event"].of(run.first_event)
        call = self.numbers["call"].of(run.first_call)
        return Shift((event or 0) - run.first_event, (call or 0) - run.first_call)

    def _known(self, text: bytes) -> bytes | None:
        """
        Do so with lines that hookkit has written; None if there are others, or such as are counted in another way.
        """
        found: list[tuple[bytes, bytes, bytes, bytes, bytes]] = _LINE.findall(b"\n" + text)
        if len(found) != text.count(b"\n") or any(mark in text for mark in _UNUSUAL):
            return None
        event_of, call_of = self.numbers["event"].of, self.numbers["call"].of
        lines: list[bytes] = []
        for kind, seq, call, about, rest in found:
            if kind == b"event":
                of_call = call_of(int(call or 0))
                named = b"" if of_call is None else b',"call":%d' % of_call
                lines.append(b'{"kind":"event","seq":%d%b%b%b}\n' % (event_of(int(seq)) or 0, named, about, rest))
            elif (end := self._end_of_call(rest)) is not None:
                lines.append(b'{"kind":"call","seq":%d%b%b' % (call_of(int(seq)) or 0, about, end))
            else:
                return None
        self._count_known(found)
        return b"".join(lines)

    def _end_of_call(self, rest: bytes) -> bytes | None:
        """
        Renumber the call in whose course one was made, which stands right before the thread.
        """
        place = rest.rfind(_THREAD)
        if place < 0:
            return None
        found = _BEFORE_THREAD.search(rest, max(place - _LONGEST, 0), place)
        if found is None:
            return rest + self.end_of_call
        parent = self.numbers["call"].of(int(found[1]))
        of_parent = b"" if parent is None else b',"parent":%d' % parent
        return b"".join((rest[: found.start()], of_parent, rest[found.end() :], self.end_of_call))

    def _count_known(self, lines: Sequence[tuple[bytes, bytes, bytes, bytes, bytes]]) -> None:
        if self._tally is None:
            return
        times: dict[bytes, int] = {}
        for kind, _, _, about, rest in lines:
            if kind == b"event" and not about.endswith(_BODY):
                duration = rest[rest.rfind(b":") + 1 :]
                times[about] = times.get(about, 0) + (int(duration) if duration.isdigit() else 0)
        for (kind, about), number in Counter(map(_KIND_AND_ABOUT, lines)).items():
            fields = _about(about)
            group, point = fields["group"], fields["point"]
            if kind == b"call":
                self._tally.add_call(group, point, is_tick=False, number=number)
            else:
                duration_ns = times.get(about)
                self._tally.add_event(group, point, fields["phase"], duration_ns=duration_ns, number=number)

    def _parsed(self, line: bytes) -> bytes:
        """
        Do so with any line, by parsing it.
        """
        fields = json.loads(line)
        kind = fields["kind"]
        self._count(fields)
        numbered = {name: self.numbers["call"].of(value) if name in _CALLS else value for name, value in fields.items()}
        numbered = {name: value for name, value in numbered.items() if value is not None or name not in _CALLS}
        numbered["seq"] = self.numbers[kind].of(fields["seq"])
        if kind == "call":
            numbered["worker"] = self._worker
        return f"{json.dumps(numbered, separators=(',', ':'))}\n".encode("ascii")

    def _count(self, fields: dict[str, Any]) -> None:
        if self._tally is None:
            return
        group, point = fields["group"], fields["point"]
        if fields["kind"] == "call":
            self._tally.add_call(group, point, is_tick="tick" in fields)
        else:
            swallowed = bool(fields.get("swallowed"))
            duration_ns = fields.get("duration_ns")
            self._tally.add_event(group, point, fields["phase"], swallowed=swallowed, duration_ns=duration_ns)
