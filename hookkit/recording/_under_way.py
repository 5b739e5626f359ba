"""
What is under way while a recording is written, kept beside it for the case that the process is killed.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import json
import mmap
import os
from typing import TYPE_CHECKING

from hookkit.recording._writing import RecordingWriter, cannot_write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from hookkit.recording._records import RecordedCall, RecordedEvent

SIZE = 2**18  # bytes, of the file when it is made

_SUFFIX = ".begun"
_END = b"\0"


class UnderWayWriter(RecordingWriter):
    """
    A `RecordingWriter` that keeps in a second file what has begun and is not over.

    The second file is gone when the writer is closed.
    If the process was killed, `add_under_way` adds what is in it to the recording.

    Args:
        path: The file; its folder is made, what is there is overwritten.
        secret_names: What makes a name that of a secret.
        header: More for the first line.

    Raises:
        RecordingError: If one of the files cannot be opened.

    .. versionadded:: 0.1
    """

    def __init__(
        self, path: str | os.PathLike[str], *, secret_names: Iterable[str], header: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(path, secret_names=secret_names, header=header)
        self._begun: dict[RecordedCall | RecordedEvent, bytes] = {}
        try:
            self._board = _Board(_board_path(self.path))
        except OSError as exc:
            self.close()
            raise cannot_write(_board_path(self.path), exc) from exc

    def write_start(self, event: RecordedEvent) -> None:
        """
        Keep an event that begins, and its call if it is the first one.
        """
        with self._lock:
            if not self._is_open():
                return
            call = event.call
            if call not in self._begun:
                self._begun[call] = self._call_line(call)
                self._show(self._begun[call])
            self._begun[event] = self._event_line(event)
            self._show(self._begun[event])

    def write_event(self, event: RecordedEvent) -> None:
        """
        Write an event that is over.
        """
        with self._lock:
            super().write_event(event)
            self._begun.pop(event, None)

    def write_call(self, call: RecordedCall) -> None:
        """
        Write a call that is over.
        """
        with self._lock:
            super().write_call(call)
            self._begun.pop(call, None)
            if not self._begun:
                self._board.clear()

    def close(self) -> None:
        """
        Close both files; the second one is removed.
        """
        with self._lock:
            super().close()
            self._begun.clear()
            self._board.close()

    def _show(self, line: bytes) -> None:
        try:
            if not self._board.add(line):
                self._board.show(self._begun.values())
        except OSError as exc:
            self._fail(exc)


class _Board:
    """
    A file that is a piece of memory: what is put there stays if the process is killed, and takes no call of the system.

    Args:
        path: The file; what is there is overwritten.

    Raises:
        OSError: If it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = os.getpid()
        self._used = 0
        self._file = path.open("w+b", buffering=0)
        try:
            self._map = self._mapped(SIZE)
        except BaseException:
            self._file.close()
            raise

    def add(self, line: bytes) -> bool:
        """
        Put a line after those that are there; tell whether there was room.
        """
        end = self._used + len(line) + 1
        if end > len(self._map):
            return False
        if self._process == os.getpid():  # in the child of a fork it is the parent's
            self._map[self._used : end] = line + _END
            self._used = end - 1
        return True

    def clear(self) -> None:
        """
        Forget the lines; what is put there next stands in their place.
        """
        self._used = 0

    def show(self, lines: Iterable[bytes]) -> None:
        """
        Put *lines* in the place of all that is there, and make room for as much again.

        Raises:
            OSError: If there is none.
        """
        text = b"".join(lines)
        if len(text) * 2 > len(self._map):
            larger = self._mapped(len(text) * 4)
            self._map.close()
            self._map = larger
        self.clear()
        self.add(text)

    def close(self) -> None:
        """
        Remove the file.
        """
        self._map.close()
        self._file.close()
        if self._process == os.getpid():
            self._path.unlink(missing_ok=True)

    def _mapped(self, size: int) -> mmap.mmap:
        """
        Make the file larger, with zeros: so a full disk is an error here and now, not a signal when memory is used.
        """
        left = memoryview(bytes(size - self._file.seek(0, os.SEEK_END)))
        while left:
            left = left[self._file.write(left) or 0 :]
        return mmap.mmap(self._file.fileno(), size)


def add_under_way(path: Path) -> None:
    """
    Add to the recording of a process that was killed what it had begun, as unfinished.

    Nothing is done where its writer was closed.

    Raises:
        OSError: If that cannot be read or written.

    .. versionadded:: 0.1
    """
    board = _board_path(path)
    try:
        lines = board.read_bytes().partition(_END)[0].splitlines(keepends=True)
    except FileNotFoundError:
        return
    begun = {key: line for line in lines if (key := _key(line)) is not None}
    with path.open("r+b") as file:
        end = 0
        for line in file:
            end += len(line) if line.endswith(b"\n") else 0
            begun.pop(_key(line), None)
        file.truncate(end)  # without the line in the middle of which the process was killed
        file.seek(end)
        file.writelines(begun.values())
    board.unlink()


def _key(line: bytes) -> tuple[str, int] | None:
    """
    Tell what a whole line is of; None if it is not whole.
    """
    try:
        fields = json.loads(line)
        return fields["kind"], fields["seq"]
    except (ValueError, KeyError):
        return None


def _board_path(path: Path) -> Path:
    return path.with_name(f"{path.name}{_SUFFIX}")
