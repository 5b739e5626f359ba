"""
Recordings whose lines are kept in a piece of memory first, which stays if the process is killed.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import mmap
import os
from functools import partial
from typing import TYPE_CHECKING
from weakref import ref

from hookkit.recording._header import cannot_write
from hookkit.recording._left_behind import END, board_path
from hookkit.recording._writing import RecordingWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from hookkit.recording._records import RecordedCall, RecordedEvent

SIZE = 2**18
"""
How many bytes a board has at first.
"""


class BoardWriter(RecordingWriter):
    """
    A `RecordingWriter` that also knows of what has begun, and hands its lines on many at a time.

    Until then they are on a board: a second file that is a piece of memory, and is gone when the writer is closed.
    If the process was killed, `take_from_board` adds to the recording what is there.

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
        self._board: _Board | None = None
        self._waiting: list[bytes] = []
        self._begun: dict[RecordedCall | RecordedEvent, bytes] = {}
        super().__init__(path, secret_names=secret_names, header=header)
        try:
            self._board = _Board(board_path(self.path))
        except OSError as exc:
            self.close()
            raise cannot_write(board_path(self.path), exc) from exc
        if hasattr(os, "register_at_fork"):  # pragma: no branch - it is missing on Windows
            os.register_at_fork(after_in_child=partial(_leave_to_parent, ref(self)))

    def write_start(self, event: RecordedEvent) -> None:
        """
        Note an event that begins, and its call if it is the first one.

        Those that belong to no test are written to the recording, as unfinished: with which tests they stand is not
        known from their end.
        """
        call = event.call
        has_test = call.test_id is not None
        with self._lock:
            if self.failure is not None or self._file.closed:
                return
            if call not in self._begun:
                line = self._begun[call] = self._fast.call(call) or self._plain_call(call)
                self._note(line, is_begun=has_test)
            line = self._begun[event] = self._fast.event(event) or self._plain_event(event)
            self._note(line, is_begun=has_test)

    def write_event(self, event: RecordedEvent) -> None:
        """
        Write an event that is over.
        """
        with self._lock:
            self._count_event(event)
            if self.failure is None and not self._file.closed:
                line = self._fast.event(event) or self._plain_event(event)
                self.events += 1
                self._begun.pop(event, None)
                self._note(line)

    def write_call(self, call: RecordedCall) -> None:
        """
        Write a call that is over.
        """
        with self._lock:
            self._count_call(call)
            if self.failure is None and not self._file.closed:
                line = self._fast.call(call) or self._plain_call(call)
                self.calls += 1
                self._begun.pop(call, None)
                self._note(line)
            self._plain.secrets.pop(call, None)

    def close(self) -> None:
        """
        Write what waits, and close both files; the second one is removed.
        """
        with self._lock:
            if not self._file.closed:
                self._hand_on()
            super().close()
            self._begun.clear()
            if self._board is not None:
                self._board.close()

    def _note(self, line: bytes, *, is_begun: bool = False) -> None:
        """
        Put a line on the board, and have it wait to be handed on, unless it says that something has begun.
        """
        if not is_begun:
            self._waiting.append(line)
        if self._board is None or not self._board.add(line):
            self._hand_on()

    def _hand_on(self) -> None:
        """
        Write what waits, and leave on the board what has begun.
        """
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._put(b"".join(waiting), "lines", 0)
        if self.failure is None and self._board is not None:
            try:
                self._board.show(self._begun.values())
            except OSError as exc:
                self._fail(exc)

    def _leave_to_parent(self) -> None:
        """
        Write each line at once in the child of a fork: what waits there, and the board, are the parent's.
        """
        if self._board is not None:
            self._board.leave()
        self._board = None
        self._waiting = []


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
        self._used = 0
        self._map = self._made(b"", SIZE)

    def add(self, line: bytes) -> bool:
        """
        Put a line after those that are there; tell whether there was room.
        """
        end = self._used + len(line) + 1
        if end > len(self._map):
            return False
        self._map[self._used : end] = line + END
        self._used = end - 1  # where the next line takes the place of what ends this one
        return True

    def show(self, lines: Iterable[bytes]) -> None:
        """
        Put *lines* in the place of all that is there, and make room for as much again.

        Raises:
            OSError: If there is none.
        """
        text = b"".join(lines)
        made = self._made(text, max(len(self._map), len(text) * 4))
        self._map.close()
        self._map, self._used = made, len(text)

    def close(self) -> None:
        """
        Remove the file.
        """
        self.leave()
        self._path.unlink(missing_ok=True)

    def leave(self) -> None:
        """
        Use the file no more, and leave it there.
        """
        self._map.close()

    def _made(self, text: bytes, size: int) -> mmap.mmap:
        """
        Make the file anew, with *text* and zeros, and put it in the place of the one that is there in one step.

        So nothing of the old one stands behind a line in the middle of which the process is killed.
        The zeros are written, so that on most file systems a full disk is an error here and now, and not a signal when
        the memory is used.
        """
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            with new.open("w+b") as file:
                file.write(text.ljust(size, END))
                file.flush()
                made = mmap.mmap(file.fileno(), size)
            new.replace(self._path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        return made


def _leave_to_parent(writer: ref[BoardWriter]) -> None:
    there = writer()
    if there is not None:
        there._leave_to_parent()  # noqa: SLF001 - no writer is to live as long as the process for this
