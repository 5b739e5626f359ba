"""
Recordings whose lines are kept in a piece of memory first, which stays if the process is killed.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING
from weakref import ref

from hookkit.recording._board_file import Board
from hookkit.recording._header import cannot_write
from hookkit.recording._left_behind import board_path
from hookkit.recording._runs import Runs
from hookkit.recording._writing import RecordingWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from hookkit.recording._records import RecordedCall, RecordedEvent


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
        self._board: Board | None = None
        self._waiting: list[bytes] = []
        self._begun: dict[RecordedCall | RecordedEvent, bytes] = {}
        super().__init__(path, secret_names=secret_names, header=header)
        try:
            self._board = Board(board_path(self.path))
        except OSError as exc:
            self.close()
            raise cannot_write(board_path(self.path), exc) from exc
        self._runs = Runs(self.size)
        if hasattr(os, "register_at_fork"):  # pragma: no branch - it is missing on Windows
            os.register_at_fork(after_in_child=partial(_leave_to_parent, ref(self)))

    takes_lines = True

    @property
    def runs(self) -> Runs | None:
        """
        Which test each line is of, as far as that was noted; None unless the recording has all lines, and is closed.
        """
        is_whole = self._file.closed and self.failure is None and self.size == self._runs.end
        return self._runs if is_whole else None

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
            self._runs.begun(call.test_id, event.seq, call.seq)
            if call not in self._begun:
                line = self._begun[call] = self._fast.call(call) or self._plain_call(call)
                self._note_begun(line, has_test=has_test)
            line = self._begun[event] = self._fast.event(event) or self._plain_event(event)
            self._note_begun(line, has_test=has_test)

    def take_over(self, event: RecordedEvent) -> None:
        """
        Know of an event whose beginning, and that of its call, `note` was told of.
        """
        self._begun[event.call] = self._fast.call(event.call) or self._plain_call(event.call)
        self._begun[event] = self._fast.event(event) or self._plain_event(event)

    def let_go(self, what: RecordedCall | RecordedEvent) -> None:
        """
        Know that it is over, as `note` was told, too.
        """
        self._begun.pop(what, None)
        super().let_go(what)

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
                self._runs.add(None if event.duration_ns is None else event.call.test_id, len(line))
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
                self._runs.add(None if call.duration_ns is None else call.test_id, len(line))
                self._note(line)
            self._plain.secrets.pop(call, None)

    def note(self, over: str, begun: str, lines: int, test_id: str | None, event: int, call: int) -> None:
        """
        Write lines that were put together elsewhere; see `RecordingWriter.note`.
        """
        if self.failure is not None or self._file.closed:
            return
        text = f"{over}{begun}".encode("ascii")
        size = len(over)
        if size:
            self.events += 1
            self.calls += lines - 1
            self._waiting.append(text[:size])
        self._runs.note(test_id, size, lines, event, call)
        if self._board is None or not self._board.add(text):
            self._hand_on()

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

    def _note_begun(self, line: bytes, *, has_test: bool) -> None:
        if not has_test:
            self._runs.add(None, len(line), lines=0)
        self._note(line, is_begun=has_test)

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
                elsewhere = [line for begun in self.begun_elsewhere for line in begun()]
                self._board.show((*self._begun.values(), *elsewhere))
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


def _leave_to_parent(writer: ref[BoardWriter]) -> None:
    there = writer()
    if there is not None:
        there._leave_to_parent()  # noqa: SLF001 - no writer is to live as long as the process for this
