"""
Recording a running host, because its environment says so.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import time
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._environment import VARIABLE
from hookkit._messages import explain
from hookkit._watching import EVERYWHERE
from hookkit.exceptions import RecordingError
from hookkit.recording._header import cannot_write, header_fields
from hookkit.recording._parts import Bounds, Parts
from hookkit.recording._plain_lines import as_line
from hookkit.recording._recorder import Recorder
from hookkit.recording._redaction import SECRET_NAMES
from hookkit.recording._writing import LOG, RecordingWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hookkit._hooks import AttachedHook
    from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook
    from hookkit.recording._writing import Output

MOST_MB = 100.0
MOST_FILES = 5

_LEAST_MB = 0.01
_MOST_HOOKS = 1000
_MB = 1_000_000
_FILE_NAME = "recording.jsonl"


class Settings(NamedTuple):
    """
    What the environment says.

    Attributes:
        path: What the names of files are made of.
        bounds: How large they may be, and how many.
        secret_names: What makes a name that of a secret.
    """

    path: Path
    bounds: Bounds
    secret_names: tuple[str, ...]


class LiveWriter(RecordingWriter):
    """
    Writes the recording of a running host, and never fails.

    What is logged is logged when no lock is held: the host's log handlers have locks of their own.

    Args:
        settings: What the environment says.
        end: Called once nothing more can be written.
    """

    def __init__(self, settings: Settings, end: Callable[[], object]) -> None:
        self._settings = settings
        self._end = end
        self._sayings: list[Callable[[], object]] = []
        self._said: set[str] = set()
        super().__init__(settings.path, secret_names=settings.secret_names)

    def begin(self) -> None:
        """
        Begin the first file; without this, the first line does.

        Raises:
            RecordingError: If it cannot be written.
        """
        try:
            self._parts.begin_part()
        except OSError as exc:
            raise cannot_write(self._settings.path, exc) from exc

    def write_event(self, event: RecordedEvent) -> None:
        """
        Write an event.
        """
        self._guard(super().write_event, event)

    def write_call(self, call: RecordedCall) -> None:
        """
        Write a call, after its events.
        """
        try:
            self._guard(super().write_call, call)
        finally:
            with self._lock:
                self._plain.secrets.pop(call, None)
                if not self._plain.secrets and self._parts.is_nearly_full:  # no call has some of its events here
                    self._parts.end_part()

    def say(self) -> None:
        """
        Log what there is to say.
        """
        while self._sayings:
            with suppress(Exception):  # whatever a log handler of the host does
                self._sayings.pop(0)()

    def abandon(self) -> None:
        """
        Let go of the file, in the child of a fork: it is the parent's, and so may the lock be.
        """
        self._parts.close()

    def _open(self) -> Output:
        self._parts = Parts(self._settings.path, self._settings.bounds, self._header, self._began)
        return self._parts

    def _begin(self, header: Mapping[str, Any]) -> None:
        """
        Write nothing yet: each part begins with a header, when there is something to write.
        """

    def _header(self, number: int) -> bytes:
        return as_line({**_facts(), "pid": os.getpid(), "started_ns": time.time_ns(), "part": number})

    def _began(self, path: Path) -> None:
        is_first = self.path == self._settings.path
        self.path = path
        if is_first:
            self._tell(logging.INFO, "Recording hook calls to %r, as %s says.", str(path), VARIABLE)
        else:
            self._tell(logging.INFO, "The recording goes on in %r.", str(path))

    def _guard(self, write: Callable[[Any], None], what: Any) -> None:
        if self.failure is not None:
            return
        try:
            write(what)
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - a value's own code raised where nobody expects it
            self._tell_once(logging.WARNING, "%r cannot be recorded: %s", what, explain(exc))
        if self.failure is not None:
            self._end()
        self.say()

    def _put(self, line: bytes, kind: str, seq: int) -> bool:
        if len(line) > self._settings.bounds.most_in_line:
            message = (
                "A line of %d bytes is more than a file may have; it is left out of recording %r, as others may be."
            )
            self._tell_once(logging.WARNING, message, len(line), str(self.path))
            line = as_line({"kind": "left_out", "of": kind, "seq": seq, "size": len(line)})
        return super()._put(line, kind, seq)

    def _tell(self, level: int, message: str, *args: object) -> None:
        self._sayings.append(partial(LOG.log, level, message, *args))

    def _tell_once(self, level: int, message: str, *args: object) -> None:
        if message not in self._said:
            self._said.add(message)
            self._tell(level, message, *args)


class LiveRecorder(Recorder):
    """
    A recorder that keeps nothing: a host runs for long, and may make hooks without end.
    """

    def __init__(self, writer: LiveWriter) -> None:
        super().__init__(limit=0, writer=writer)

    def _hook_of(self, hook: AttachedHook | None) -> RecordedHook | None:
        if len(self._hooks) >= _MOST_HOOKS:
            self._hooks.clear()
        return super()._hook_of(hook)


class LiveRecording:
    """
    The recording of a process, from when its first hooks load to its end.

    Args:
        settings: What the environment says.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._make()

    def begin(self) -> None:
        """
        Begin to record.

        Raises:
            RecordingError: If nothing can be written.
        """
        self.writer.begin()
        self._recorder.__enter__()

    def end(self) -> None:
        """
        Stop recording, with what is under way written as unfinished.
        """
        self._recorder.__exit__(None, None, None)
        self.writer.close()

    def begin_in_child(self) -> None:
        """
        Record to files of its own, in the child of a fork.

        Calls that are under way are the parent's, and no thread holds a lock any more that it held there.
        """
        writer, undo = self.writer, self._recorder._undo  # noqa: SLF001 - leaving it would wait for its locks
        if undo is None:  # it has not begun, or is over
            return
        EVERYWHERE.renew_lock()
        self._make()
        self._recorder.__enter__()
        undo()
        writer.abandon()

    def _make(self) -> None:
        self.writer = LiveWriter(self._settings, self.end)
        self._recorder = LiveRecorder(self.writer)


def begin() -> Callable[[], None]:
    """
    Begin to record this process as its environment says.

    Returns:
        What logs that.

    Raises:
        RecordingError: If a variable has a value that it cannot have, or nothing can be written.
    """
    recording = LiveRecording(read_settings(os.environ))
    if hasattr(os, "register_at_fork"):  # pragma: no branch - it is missing on Windows
        os.register_at_fork(after_in_child=recording.begin_in_child)
    recording.begin()
    atexit.register(recording.end)
    return recording.writer.say


def read_settings(environment: Mapping[str, str]) -> Settings:
    """
    Read ``HOOKKIT_RECORD`` and the variables that go with it.

    Raises:
        RecordingError: If one of them has a value that it cannot have.
    """
    most_mb = _number(environment, f"{VARIABLE}_MAX_MB", float, MOST_MB, _LEAST_MB, "a number of megabytes")
    most_files = _number(environment, f"{VARIABLE}_MAX_FILES", int, MOST_FILES, 1, "a number of files")
    more = environment.get(f"{VARIABLE}_SECRETS", "").split(",")
    return Settings(
        path=_path(environment[VARIABLE]),
        bounds=Bounds(int(most_mb * _MB), int(most_files)),
        secret_names=(*SECRET_NAMES, *filter(None, (name.strip() for name in more))),
    )


@cache
def _facts() -> dict[str, Any]:
    return header_fields()  # looking for the version of hookkit takes milliseconds, and a call of the host waits


def _path(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if text.endswith(("/", os.sep)) or path.is_dir():
        return path / _FILE_NAME
    return path if path.suffix else path.with_name(f"{path.name}.jsonl")


def _number(
    environment: Mapping[str, str], variable: str, kind: type[float], default: float, least: float, what: str
) -> float:
    text = environment.get(variable)
    if not text:
        return default
    try:
        number = kind(text)
    except ValueError:
        number = -1
    if not least <= number < math.inf:
        msg = f"{variable} is {text!r}; it must be {what}, {least:g} or more."
        raise RecordingError(msg)
    return number
