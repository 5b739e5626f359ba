"""
Recordings on disk: JSON lines, written as things happen.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hookkit.recording._fast_lines import FastLines
from hookkit.recording._header import cannot_write, header_line
from hookkit.recording._plain_lines import PlainLines, as_line
from hookkit.recording._plain_text import PlainTexts
from hookkit.recording._redaction import SECRET_NAMES, Redaction
from hookkit.recording._tally import Tally

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping
    from typing import Protocol, Self

    from hookkit.recording._records import RecordedCall, RecordedEvent

    class Output(Protocol):
        """
        Where lines go.
        """

        @property
        def closed(self) -> bool: ...

        def write(self, line: bytes, /) -> int | None: ...

        def close(self) -> object: ...


LOG = logging.getLogger("hookkit.recording")


class RecordingWriter:
    """
    Writes a recording: a header, then a line for each event and each call, when it is over.

    Each line is on its way to the disk when the method returns, so that a crash loses nothing that was over.
    Once a line cannot be written, for want of room or of rights, that is logged and nothing more is.

    Args:
        path: The file; its folder is made, what is there is overwritten.
        secret_names: What makes a name that of a secret, if it is a part of it, in any case.
            Secrets are written as ``***``.
        header: More for the first line.

    Raises:
        RecordingError: If the file cannot be opened.

    Attributes:
        path: The file.
        calls: How many calls were written.
        events: How many events were written.
        size: How many bytes were written.
        failure: Why nothing more is written; None if all is well.
        tally: What was to be written, counted by hook point.

    .. versionadded:: 0.1
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        secret_names: Iterable[str] = SECRET_NAMES,
        header: Mapping[str, Any] | None = None,
    ) -> None:
        self.path = Path(path)
        self.calls = 0
        self.events = 0
        self.size = 0
        self.failure: OSError | None = None
        self.tally = Tally()
        self.redaction = Redaction(secret_names)
        self._plain = PlainLines(self.redaction)
        self._fast = FastLines(self._plain, self.redaction)
        self.about_event, self.about_call = self._fast.about_event, self._fast.about_call
        self.texts = PlainTexts(self.redaction)
        self.begun_elsewhere: list[Callable[[], Iterable[bytes]]] = []
        self.lock = self._lock = threading.RLock()  # re-entrant: a destructor may call a hooked function at any time
        try:
            self._file = self._open()
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self._begin(header or {})

    takes_lines = True  # a class below it has to say so itself, or its methods are called for each event and each call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def write_event(self, event: RecordedEvent) -> None:
        """
        Write an event.
        """
        with self._lock:
            self._count_event(event)
            if self.failure is None and not self._file.closed:
                line = self._fast.event(event) or self._plain_event(event)
                self.events += self._put(line, "event", event.seq)

    def write_call(self, call: RecordedCall) -> None:
        """
        Write a call, after its events.
        """
        with self._lock:
            self._count_call(call)
            if self.failure is None and not self._file.closed:
                line = self._fast.call(call) or self._plain_call(call)
                self.calls += self._put(line, "call", call.seq)
            self._plain.secrets.pop(call, None)

    def note(self, over: str, begun: str, lines: int, test_id: str | None, event: int, call: int) -> None:
        """
        Write lines that were put together elsewhere: that of an event, and that of its call if that is over, too.

        Whoever calls this holds the lock.

        Args:
            over: The lines of what is over, in ASCII; empty if nothing is.
            begun: The lines of what begins now.
            lines: How many lines say what is over.
            test_id: The test that all of them belong to.
            event: The number of the event that begins; 0 if none does.
            call: That of its call.
        """
        del begun, test_id, event, call
        if lines and self.failure is None and not self._file.closed and self._put(over.encode("ascii"), "lines", 0):
            self.events += 1
            self.calls += lines - 1

    def take_over(self, event: RecordedEvent) -> None:
        """
        Know of an event whose beginning, and that of its call, `note` was told of: here, nothing.
        """

    def let_go(self, what: RecordedCall | RecordedEvent) -> None:
        """
        Know that it is over, as `note` was told, too.
        """
        self._fast.let_go(what)
        self._plain.secrets.pop(what, None)  # type: ignore[arg-type] # an event is none of the keys

    def is_clean(self, call: RecordedCall) -> bool:
        """
        Tell whether neither a call nor one around it has a secret that is known so far.
        """
        return self._fast.is_clean(call)

    def close(self) -> None:
        """
        Close the file; what comes later is not written.
        """
        with self._lock:
            self._plain.secrets.clear()
            self._fast.forget()
            try:
                self._file.close()
            except OSError as exc:  # what could not be written is tried once more
                self.failure = self.failure or exc

    def _open(self) -> Output:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("wb", buffering=0)

    def _begin(self, header: Mapping[str, Any]) -> None:
        self._put(header_line(header), "header", 0)

    def _count_event(self, event: RecordedEvent) -> None:
        tally = self.tally
        count = tally.of_event(event.group, event.point, event.phase)
        count.number += 1
        tally.event_number += 1
        if event.swallowed:
            count.swallowed += 1
            tally.swallowed_number += 1
        count.duration_ns += event.duration_ns or 0

    def _count_call(self, call: RecordedCall) -> None:
        self.tally.of_call(call.group, call.point, is_tick=call.tick is not None).number += 1
        self.tally.call_number += 1

    def _plain_event(self, event: RecordedEvent) -> bytes:
        return as_line(self._plain.event(event))

    def _plain_call(self, call: RecordedCall) -> bytes:
        return as_line(self._plain.call(call))

    def _put(self, line: bytes, kind: str, seq: int) -> bool:
        """
        Write a line, and tell whether it was.

        Args:
            line: The line.
            kind: What it is of.
            seq: The number of that.
        """
        del kind, seq  # for those that have no room for all lines
        try:
            written = self._file.write(line)
            while written is not None and written < len(line):  # as when there is no room for the rest
                line = line[written:]
                self.size += written
                written = self._file.write(line)
        except OSError as exc:
            self._fail(exc)
            return False
        self.size += len(line)
        return True

    def _fail(self, exc: OSError) -> None:
        """
        Write nothing more, and say why.
        """
        self.failure = exc
        self._tell(
            logging.ERROR, "Cannot go on with recording %r: %s. It ends here.", str(self.path), exc.strerror or exc
        )

    def _tell(self, level: int, message: str, *args: object) -> None:
        LOG.log(level, message, *args)
