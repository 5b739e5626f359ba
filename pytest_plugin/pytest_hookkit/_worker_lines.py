"""
The lines of a worker's recording: told apart, numbered anew and counted without being parsed, where that can be.

See "How recordings are written fast" in hookkit's explanations.
"""

from __future__ import annotations

import bisect
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_hookkit._summary import SessionTally

KINDS = ("event", "call")

_CALLS = ("call", "parent")  # what names a call by its number

_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_HEAD = re.compile(
    rb'\{"kind":"(event|call)","seq":(\d+)(?:,"call":(\d+))?((?:,"(?:test|group|point|phase)":%b)+)' % _TEXT
)
"""
What each line begins with that hookkit has written.
"""

_BEFORE_THREAD = re.compile(rb'(?:,"parent":(\d+))?(,"tick":\d+)?\Z')
_THREAD = b',"thread":"'
_LONGEST = 60  # what is between a call's arguments or result and its thread: two numbers and their names
UNFINISHED = b',"unfinished":true}\n'
_SWALLOWED = b'"swallowed":true'
_END = b"}\n"


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


def read_lines(path: Path) -> Iterator[Line]:
    """
    Give the lines of events and calls; without the first one, and without the one that was torn by a crash.
    """
    tests: dict[bytes, str | None] = {}
    with path.open("rb") as file:
        start = len(file.readline())
        for line in file:
            end = start + len(line)
            found = _HEAD.match(line)
            if found is None or not line.endswith(_END):
                yield from _parsed_line(line, start, end)
            else:
                kind, seq, _, about = found.groups()
                if about not in tests:
                    tests[about] = _about(about).get("test")
                yield Line(_KIND[kind], int(seq), tests[about], line.endswith(UNFINISHED), start, end)
            start = end


_KIND = {kind.encode(): kind for kind in KINDS}


def _parsed_line(line: bytes, start: int, end: int) -> Iterator[Line]:
    if not line.endswith(b"\n"):
        return
    try:
        fields = json.loads(line)
    except ValueError:
        return
    if fields.get("kind") in KINDS:
        yield Line(fields["kind"], fields["seq"], fields.get("test"), bool(fields.get("unfinished")), start, end)


def _about(text: bytes) -> dict[str, str]:
    about: dict[str, str] = json.loads(b"{%b}" % text[1:])
    return about


class Numbers:
    """
    Which number in the whole each event and each call of one worker has.
    """

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[int, int, int]]] = {kind: [] for kind in KINDS}
        self._last = dict.fromkeys(KINDS, (1, 0, 0))

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

    def of(self, kind: str, number: int) -> int | None:
        """
        Give the number in the whole; None if there is none.
        """
        first, last, begin = self._last[kind]
        if first <= number <= last:
            return begin + number - first
        spans = self._spans[kind]
        place = bisect.bisect_right(spans, number, key=lambda span: span[0]) - 1
        if place < 0:
            return None
        self._last[kind] = first, last, begin = spans[place]
        return begin + number - first if number <= last else None


class Renumbering:
    """
    Puts the numbers of the whole into the lines of one worker, and the worker into those of calls, and counts them.

    Args:
        numbers: The numbers.
        worker: The name of the worker.
        tally: What the lines are counted in; those that were not parsed when `finish` is called.
    """

    def __init__(self, numbers: Numbers, worker: str, tally: SessionTally) -> None:
        self._numbers = numbers
        self._worker = worker
        self._tally = tally
        self._end = b',"worker":%b}\n' % json.dumps(worker).encode("ascii")
        self._events: dict[bytes, list[int]] = {}
        self._calls: dict[bytes, int] = {}

    def apply(self, line: bytes) -> bytes:
        """
        Give a line as it is in the whole.
        """
        found = _HEAD.match(line)
        if found is None:
            return self._parsed(line)
        if found[1] == b"event":
            return self._event(line, found)
        place = line.rfind(_THREAD)
        return self._parsed(line) if place < 0 else self._call(line, found, place)

    def finish(self) -> None:
        """
        Add to the tally what was counted.
        """
        for about, (number, duration_ns) in self._events.items():
            fields = _about(about)
            self._tally.add_event(
                fields["group"], fields["point"], fields["phase"], duration_ns=duration_ns, number=number
            )
        for about, number in self._calls.items():
            fields = _about(about)
            self._tally.add_call(fields["group"], fields["point"], is_tick=False, number=number)

    def _event(self, line: bytes, found: re.Match[bytes]) -> bytes:
        _, seq, call, about = found.groups()
        if _SWALLOWED in line:  # in an argument, it may be
            return self._parsed(line)
        counts = self._events.get(about)
        if counts is None:
            counts = self._events[about] = [0, 0]
        counts[0] += 1
        duration = line[line.rfind(b":") + 1 : -2]
        if duration.isdigit():
            counts[1] += int(duration)
        new_call = self._numbers.of("call", int(call))
        of_call = b"" if new_call is None else b',"call":%d' % new_call
        return b'{"kind":"event","seq":%d%b%b' % (self._numbers.of("event", int(seq)), of_call, line[found.end(3) :])

    def _call(self, line: bytes, found: re.Match[bytes], place: int) -> bytes:
        more = _BEFORE_THREAD.search(line, max(place - _LONGEST, 0), place)
        if more is None or more[2]:
            return self._parsed(line)
        about = found[4]
        self._calls[about] = self._calls.get(about, 0) + 1
        rest = line[found.end(2) : -2]
        if more[1] is not None:
            parent = self._numbers.of("call", int(more[1]))
            of_parent = b"" if parent is None else b',"parent":%d' % parent
            rest = line[found.end(2) : more.start()] + of_parent + line[more.end() : -2]
        return b'{"kind":"call","seq":%d%b%b' % (self._numbers.of("call", int(found[2])), rest, self._end)

    def _parsed(self, line: bytes) -> bytes:
        """
        Do the same with any line, by parsing it.
        """
        fields = json.loads(line)
        self._count(fields)
        numbered: dict[str, Any] = {}
        for name, value in fields.items():
            number = self._numbers.of("call", value) if name in _CALLS else value
            if number is not None or name not in _CALLS:
                numbered[name] = number
        numbered["seq"] = self._numbers.of(fields["kind"], fields["seq"])
        if fields["kind"] == "call":
            numbered["worker"] = self._worker
        return f"{json.dumps(numbered, separators=(',', ':'))}\n".encode("ascii")

    def _count(self, fields: dict[str, Any]) -> None:
        group, point = fields["group"], fields["point"]
        if fields["kind"] == "call":
            self._tally.add_call(group, point, is_tick="tick" in fields)
        else:
            swallowed = bool(fields.get("swallowed"))
            duration_ns = fields.get("duration_ns")
            self._tally.add_event(group, point, fields["phase"], swallowed=swallowed, duration_ns=duration_ns)
