"""
Recordings on disk: JSON lines, written as things happen.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hookkit.exceptions import RecordingError
from hookkit.recording._changes import ABSENT
from hookkit.recording._codec import Encoder
from hookkit.recording._format import FORMAT, VERSION
from hookkit.recording._frames import traceback_of
from hookkit.recording._positions import positions
from hookkit.recording._records import by_name
from hookkit.recording._redaction import MASK, SECRET_NAMES, Mask, Redaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol, Self

    from hookkit.recording._changes import Change
    from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook

    class Output(Protocol):
        """
        Where lines go.
        """

        @property
        def closed(self) -> bool: ...

        def write(self, line: bytes, /) -> object: ...

        def flush(self) -> object: ...

        def close(self) -> object: ...


_FLAGS = frozenset({"passed_function", "replaced", "suppressed", "swallowed", "unfinished"})

LOG = logging.getLogger("hookkit.recording")

_ENCODER = json.JSONEncoder(separators=(",", ":"))


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
        self._redaction = Redaction(secret_names)
        self._secrets: dict[RecordedCall, set[str]] = {}
        self._lock = threading.RLock()  # re-entrant: a destructor may call a hooked function at any time
        try:
            self._file = self._open()
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self._begin(header or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def write_event(self, event: RecordedEvent) -> None:
        """
        Write an event.
        """
        arguments = by_name(event.call.signature, event.args, event.kwargs)
        values = {**arguments, "result": event.result, "returned": event.returned}
        changed = {change.path: (change.before, change.after) for change in event.changes}
        with self._lock:
            encoder = self._encoder(event.call, {**values, **changed}, event.noted)
            fields = {
                "call": event.call.seq,
                "test": event.call.test_id,
                "group": event.group,
                "point": event.point,
                "phase": event.phase,
                "hook": _hook(event.hook),
                "arguments": encoder.named(arguments),
                **positions(event.call.signature, event.args),
                "passed_function": event.passed_function is not None,
                "result": encoder.value(event.result),
                "error": encoder.exception(event.error),
                "returned": encoder.value(event.returned),
                "raised": encoder.exception(event.raised),
                "traceback": traceback_of(event, encoder.text),
                "swallowed": event.swallowed,
                "suppressed": event.suppressed,
                "replaced": event.replaced,
                "changes": [self._change(encoder, change) for change in event.changes],
                "started_ns": event.started_ns,
                "duration_ns": event.duration_ns,
                "unfinished": not event.is_finished,
            }
            self.events += self._write({"kind": "event", "seq": event.seq, **_told(fields)})

    def write_call(self, call: RecordedCall) -> None:
        """
        Write a call, after its events.
        """
        arguments = by_name(call.signature, call.args, call.kwargs)
        with self._lock:
            encoder = self._encoder(call, {**arguments, "result": call.result}, call.noted)
            fields = {
                "test": call.test_id,
                "group": call.group,
                "point": call.point,
                "function": call.function_path,
                "arguments": encoder.named(arguments),
                **positions(call.signature, call.args),
                "result": encoder.value(call.result),
                "raised": encoder.exception(call.raised),
                "parent": None if call.parent is None else call.parent.seq,
                "tick": call.tick,
                "thread": call.thread,
                "task": call.task,
                "started_ns": call.started_ns,
                "duration_ns": call.duration_ns,
                "unfinished": not call.is_finished,
            }
            self.calls += self._write({"kind": "call", "seq": call.seq, **_told(fields)})
            self._secrets.pop(call, None)

    def close(self) -> None:
        """
        Close the file; what comes later is not written.
        """
        with self._lock:
            self._secrets.clear()
            try:
                self._file.close()
            except OSError as exc:  # what could not be written is tried once more
                self.failure = self.failure or exc

    def _open(self) -> Output:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("wb")

    def _begin(self, header: Mapping[str, Any]) -> None:
        self._write({**header_fields(), **header})

    def _encoder(
        self, call: RecordedCall, values: Mapping[str, Any], noted: Mapping[int, tuple[object, dict[str, Any]]]
    ) -> Encoder:
        """
        Make an encoder that knows the secrets of *values*, of the call so far, and of the calls around it.
        """
        secrets = self._redaction.secrets(values, noted)
        self._known_secrets(call).update(secrets)
        around: RecordedCall | None = call
        while around is not None:
            secrets |= self._known_secrets(around)
            around = around.parent
        return Encoder(self._redaction, Mask(secrets), noted)

    def _known_secrets(self, call: RecordedCall) -> set[str]:
        known = self._secrets.get(call)
        if known is None:
            known = self._redaction.secrets(by_name(call.signature, call.args, call.kwargs), call.noted)
            if not call.is_finished:
                self._secrets[call] = known
        return known

    def _change(self, encoder: Encoder, change: Change) -> dict[str, Any]:
        def value(there: Any) -> Any:
            # The path holds the names of all that the value is in.
            return MASK if self._redaction.is_secret(change.path) else encoder.value(there)

        sides = {"before": change.before, "after": change.after}
        return {
            "path": encoder.text(change.path),
            **{side: value(there) for side, there in sides.items() if there is not ABSENT},
        }

    def _write(self, fields: dict[str, Any]) -> bool:
        """
        Write a line, and tell whether it was.
        """
        if self.failure is not None or self._file.closed:
            return False
        line = self._line(fields)
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as exc:
            self.failure = exc
            self._tell(
                logging.ERROR, "Cannot go on with recording %r: %s. It ends here.", str(self.path), exc.strerror or exc
            )
            return False
        self.size += len(line)
        return True

    def _line(self, fields: dict[str, Any]) -> bytes:
        return as_line(fields)

    def _tell(self, level: int, message: str, *args: object) -> None:
        LOG.log(level, message, *args)


def as_line(fields: Mapping[str, Any]) -> bytes:
    """
    Make a line of a recording.
    """
    return f"{_ENCODER.encode(fields)}\n".encode("ascii")


def cannot_write(path: Path, exc: OSError) -> RecordingError:
    """
    Make the error that says why nothing can be written to *path*.
    """
    return RecordingError(
        f"Cannot write recording {str(path)!r}: {exc.strerror}. Name a file in a folder that can be written."
    )


def header_fields() -> dict[str, Any]:
    """
    Give what the first line says of who writes, where and when.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "hookkit": _own_version(),
        "python": platform.python_version(),
        "platform": platform.system(),
        "host": platform.node(),
        "pid": os.getpid(),
        "started_ns": time.time_ns(),
    }


def _own_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("hookkit")
    except PackageNotFoundError:  # a checkout on the path
        return "unknown"


def _hook(hook: RecordedHook | None) -> dict[str, str | None] | None:
    if hook is None:
        return None
    entry_point = None if hook.entry_point is None else f"{hook.entry_point.name} = {hook.entry_point.value}"
    fields = {
        "class": hook.class_path,
        "entry_point": entry_point,
        "distribution": hook.distribution,
        "version": hook.version,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """
    Leave out what says nothing: None everywhere, flags that are not set, changes if there are none.
    """
    return {
        name: value
        for name, value in fields.items()
        if value is not None and not (name in _FLAGS and value is False) and not (name == "changes" and not value)
    }
