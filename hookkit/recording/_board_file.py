"""
Files that are pieces of memory, which stay if the process is killed.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import mmap
import sys
from typing import TYPE_CHECKING

from hookkit.recording._left_behind import unfinished_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SIZE = 2**17
"""
How many bytes of lines a board takes at first.
"""

_WORD = 8  # bytes, which a processor writes in one step
_PLACE = 32  # bits of it for the place where the lines end; the others are for the place where they begin
_ROOM = 4  # how many times what is left on a board has to go into it


class Board:
    """
    A file that is a piece of memory: what is put there stays if the process is killed, and takes no call of the system.

    It has two halves, and before them a word that says where the lines are.
    They are where the word says as soon as it is written, and not before; so nothing is ever read that is not whole.
    While one half is read from, the other one can be written anew.

    Args:
        path: The file; what is there is overwritten.

    Raises:
        OSError: If it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size: int
        self._memory: mmap.mmap
        self._word: memoryview[int]
        self._begin: int
        self._used: int
        self._end: int
        self._make(SIZE, b"")

    def add(self, lines: bytes) -> bool:
        """
        Put lines after those that are there; tell whether there was room.
        """
        if self._used + len(lines) > self._end:
            return False
        memory = self._memory
        memory.write(lines)
        # Asked for, as a destructor may have put lines behind these in the meantime.
        self._used = used = memory.tell()
        self._word[0] = self._begin | used
        return True

    def show(self, lines: Iterable[bytes]) -> None:
        """
        Put *lines* in the place of all that is there, and make room for as much again.

        Raises:
            OSError: If there is none.
        """
        text = b"".join(lines)
        if len(text) * _ROOM > self._size:
            word, memory = self._word, self._memory
            self._make(len(text) * _ROOM, text)
            word.release()  # not before: that may be interrupted, and there has to be a board
            memory.close()
        else:
            self._put(self._size + _WORD if self._end == self._size + _WORD else _WORD, text)

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
        self._word.release()
        self._memory.close()

    def _make(self, size: int, text: bytes) -> None:
        """
        Make the file anew, and put it in the place of the one that is there in one step.

        All of it is written, so that on most file systems a full disk is an error here and now, and not a signal when
        the memory is used.

        Args:
            size: How many bytes of lines it takes.
            text: What is on it.
        """
        new = unfinished_path(self._path)
        try:
            with new.open("w+b") as file:
                file.write(bytes(_WORD + 2 * size))
                file.flush()
                memory = mmap.mmap(file.fileno(), 0)
            word = memoryview(memory)[:_WORD].cast("Q")
            self._memory, self._word, self._size = memory, word, size
            self._put(_WORD, text)
            new.replace(self._path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise

    def _put(self, begin: int, text: bytes) -> None:
        """
        Have *text* be all that is there, from place *begin* on.
        """
        self._end = begin + self._size
        self._begin = begin << _PLACE
        self._memory.seek(begin)
        self._memory.write(text)
        self._used = begin + len(text)
        self._word[0] = self._begin | self._used


def read_board(path: Path) -> bytes:
    """
    Give the lines on a board.

    Raises:
        OSError: If it cannot be read.
    """
    data = path.read_bytes()
    word = int.from_bytes(data[:_WORD], sys.byteorder)
    return data[word >> _PLACE : word & (1 << _PLACE) - 1]
