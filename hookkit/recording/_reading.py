"""
Reading recordings: calls and events as they were recorded.
"""

from __future__ import annotations

import gc
import logging
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from contextlib import contextmanager
from heapq import merge
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from hookkit.recording._checks import fault_of
from hookkit.recording._decoding import Decoder
from hookkit.recording._lines import RecordingLines, broken_line
from hookkit.recording._loaded import call_of, loaded_call, loaded_event
from hookkit.recording._outline import outline
from hookkit.recording._recorded_events import RecordedEvents

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

    from hookkit.recording._lines import Line
    from hookkit.recording._loaded import LoadedCall, LoadedEvent

_LOG = logging.getLogger("hookkit.recording")

_KEPT_CALLS = 100
_MOST_PARENTS = 1000
_SORTED_LINES = 4096  # how many are sorted at a time; these take the room of Python's numbers, the others 8 bytes each


class Recording:
    """
    A recording that was read.

    Args:
        file: The recording, open.

    Attributes:
        path: The file.
        header: The first line: who wrote it, where and when.
        calls: The calls, in order of start, those included that were not over when the recording ended.
        events: The events, in order of start; equal to any list of patterns that match one by one.
        lost: What of the file could not be used, in a sentence; None if all could.

    .. versionadded:: 0.1
    """

    def __init__(self, file: RecordingFile) -> None:
        self.path = file.path
        self.header = file.header
        self.calls: tuple[LoadedCall, ...] = tuple(file.calls())
        self.events = RecordedEvents(tuple(file.events()))
        self.lost = file.lost

    @property
    def swallowed(self) -> RecordedEvents:
        """
        The events whose exception the runtime swallowed.
        """
        return RecordedEvents(tuple(event for event in self.events if event.swallowed))

    def outline(self, *, times: bool = False) -> str:
        """
        Show the calls, the events in them and what these changed; see `Recorder.outline`.
        """
        return outline(self.events, times=times)

    def __repr__(self) -> str:
        return f"<Recording {str(self.path)!r} with {len(self.calls)} calls and {len(self.events)} events>"


class RecordingFile:
    """
    A recording that is read bit by bit: a context manager.

    Opening it reads the file once, to know where everything is; what is kept of that is a few numbers for each line.
    Each call and each event is then read when it is asked for.

    Args:
        path: The file.

    Raises:
        RecordingError: If it cannot be read, is no recording, is one of a later version, or is broken before its end.

    Attributes:
        path: The file.
        header: The first line: who wrote it, where and when.
        lost: What of the file could not be used, in a sentence; None if all could.
        count_of_calls: How many calls there are.
        count_of_events: How many events there are.

    .. versionadded:: 0.1
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._lines = RecordingLines(path)
        try:
            self._index = _Index(self._lines)
        except BaseException:
            self._lines.__exit__()
            raise
        self.path: Path = self._lines.path
        self.header = self._lines.header
        self.lost = self._lines.lost
        self.count_of_calls = len(self._index.calls) + len(self._index.begun)
        self.count_of_events = len(self._index.events)
        self._decoder = Decoder()
        self._known: WeakValueDictionary[int, LoadedCall] = WeakValueDictionary()
        self._recent: deque[LoadedCall] = deque(maxlen=_KEPT_CALLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._lines.__exit__()

    def calls(self) -> Iterator[LoadedCall]:
        """
        Give the calls in order of start, one after the other.
        """
        index = self._index
        begun = sorted((number, start) for number, start in index.begun.items())
        for place in range(len(index.calls)):
            number = index.calls.numbers[place]
            while begun and begun[0][0] < number:
                yield self._call(begun.pop(0)[1])
            yield self._call(index.calls.starts[place])
        for _, start in begun:
            yield self._call(start)

    def events(self) -> Iterator[LoadedEvent]:
        """
        Give the events in order of start, one after the other.

        The call of several events is one object, as long as one of them is kept.
        """
        for start in self._index.events.starts:
            fields = self._fields(start)
            place = self._index.start_of_call(fields["call"], start)
            yield loaded_event(fields, self._call(start if place is None else place), self._decoder)

    def _call(self, start: int) -> LoadedCall:
        """
        Give the call whose line begins at *start*, or whose first event's line does.
        """
        call = self._known.get(start)
        if call is None:
            lines: list[tuple[int, dict[str, Any]]] = [(start, self._fields_of_call(start))]
            parent = None
            while parent is None and len(lines) <= _MOST_PARENTS and "parent" in lines[-1][1]:
                here, fields = lines[-1]
                above = self._index.start_of_call(fields["parent"], here)
                if above is None or any(above == place for place, _ in lines):  # not there, or in a circle
                    break
                parent = self._known.get(above)
                if parent is None:
                    lines.append((above, self._fields_of_call(above)))
            call = self._made(lines, parent)
        self._recent.append(call)
        return call

    def _made(self, lines: list[tuple[int, dict[str, Any]]], parent: LoadedCall | None) -> LoadedCall:
        """
        Make the calls of *lines*, of which each was made in the course of the next one, and the last one of *parent*.
        """
        (start, fields), *around = lines
        for place, line in reversed(around):
            parent = self._known[place] = loaded_call(line, parent, self._decoder)
        call = self._known[start] = loaded_call(fields, parent, self._decoder)
        return call

    def _fields_of_call(self, start: int) -> dict[str, Any]:
        fields = self._fields(start)
        return call_of(fields) if fields["kind"] == "event" else fields

    def _fields(self, start: int) -> dict[str, Any]:
        return _known_fields(self._lines.at(start))


class _Numbered:
    """
    The lines of one kind, in the order of their numbers.

    Attributes:
        numbers: The numbers.
        starts: Where in the file each line begins.
    """

    def __init__(self) -> None:
        self.numbers = array("q")
        self.starts = array("q")
        self._open: dict[int, int] = {}
        self._is_in_order = True

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, start: int, *, is_over: bool) -> None:
        """
        Take in a line; it takes the place of one that said of the same that it was not over.
        """
        place = self._open.pop(number, None)
        if place is None:
            place = len(self.numbers)
            self._is_in_order = self._is_in_order and (not place or self.numbers[-1] < number)
            self.numbers.append(number)
            self.starts.append(start)
        self.starts[place] = start
        if not is_over:
            self._open[number] = place

    def sort(self) -> None:
        """
        Put in order; of several with one number the one that came first is first.
        """
        self._open.clear()
        if self._is_in_order:
            return
        numbers, starts = self.numbers, self.starts

        def key(place: int) -> tuple[int, int]:
            return numbers[place], starts[place]

        places = range(len(numbers))
        runs = [
            array("q", sorted(places[first : first + _SORTED_LINES], key=key))
            for first in range(0, len(places), _SORTED_LINES)
        ]
        order = array("q", merge(*runs, key=key))
        self.numbers = array("q", (numbers[place] for place in order))
        self.starts = array("q", (starts[place] for place in order))

    def start_of(self, number: int, after: int) -> int | None:
        """
        Give where the line with *number* begins: the next one after a place in the file, or else the last one before.
        """
        first, end = bisect_left(self.numbers, number), bisect_right(self.numbers, number)
        if first == end:
            return None
        return self.starts[min(bisect_right(self.starts, after, first, end), end - 1)]


class _Index:
    """
    Where in a recording everything is.

    Attributes:
        calls: The lines of calls.
        events: The lines of events.
        begun: By the number of each call that was not over, and so has no line: where its first event's line begins.
    """

    def __init__(self, lines: RecordingLines) -> None:
        self.calls = _Numbered()
        self.events = _Numbered()
        self.begun: dict[int, int] = {}
        self._parents: set[int] = set()
        self._left_out = 0
        for line in lines:
            self._add(lines, line)
        self.calls.sort()
        self.events.sort()
        for number in [number for number in self.begun if self.calls.start_of(number, 0) is not None]:
            del self.begun[number]
        sayings = [*([] if lines.lost is None else [lines.lost]), *self._sayings(lines.path)]
        lines.lost = " ".join(sayings) or None

    def start_of_call(self, number: int, after: int) -> int | None:
        """
        Give where the line of a call begins, or that of its first event; None if there is neither.
        """
        start = self.calls.start_of(number, after)
        return self.begun.get(number) if start is None else start

    def _sayings(self, path: Path) -> Iterator[str]:
        """
        Say what the lines lack.
        """
        if self._left_out:
            what = "1 line that was" if self._left_out == 1 else f"{self._left_out} lines that were"
            yield f"{str(path)!r} lacks {what} too large for it."
        missing = sum(self.start_of_call(number, 0) is None for number in self._parents)
        if missing:
            what = "1 call that others were" if missing == 1 else f"{missing} calls that others were"
            yield f"{str(path)!r} lacks {what} made in."

    def _add(self, lines: RecordingLines, line: Line) -> None:
        kind = line.fields.get("kind")
        self._left_out += kind == "left_out"
        if kind not in ("event", "call"):
            return
        fields = _known_fields(line.fields)
        fault = fault_of(fields)
        if fault is not None:
            raise broken_line(lines.path, line.number, fault)
        is_over = not fields.get("unfinished")
        if kind == "event":
            self.events.add(fields["seq"], line.start, is_over=is_over)
            self.begun.setdefault(fields["call"], line.start)
        else:
            self.calls.add(fields["seq"], line.start, is_over=is_over)
            self.begun.pop(fields["seq"], None)
            self._parents.discard(fields["seq"])
            if "parent" in fields:
                self._parents.add(fields["parent"])


def load_recording(path: str | os.PathLike[str]) -> Recording:
    """
    Read a recording; nothing in it is imported or run.

    A last line that was torn by a crash is dropped; `Recording.lost` says so, and a log line.
    Lines of a kind that this version does not know are left out.
    Values of classes that Python itself does not have come as stand-ins: `RecordedObject` and others.
    For a recording that does not fit into memory there is `RecordingFile`.

    Args:
        path: The file.

    Raises:
        RecordingError: If it cannot be read, is no recording, is one of a later version, or is broken before its end.

    .. versionadded:: 0.1
    """
    with RecordingFile(path) as file, _no_collection():
        recording = Recording(file)
    if recording.lost is not None:
        _LOG.warning("%s", recording.lost)
    return recording


@contextmanager
def _no_collection() -> Iterator[None]:
    """
    Look for no garbage: of a great many new objects all of which stay, looking for it takes longer than making them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _known_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """
    Leave out what is null: to be absent says the same.
    """
    return {name: value for name, value in fields.items() if value is not None}
