"""
The files that a running host is recorded to: of bounded size, and of bounded number.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Header = Callable[[int], bytes]

_NEARLY_FULL = 0.9
_HEADER_ROOM = 1000  # bytes; more than a first line has

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
_RIGHTS = 0o600  # what is recorded may be nobody else's business


class Bounds(NamedTuple):
    """
    How much one process records.

    Attributes:
        most_bytes: How large a file may be.
        most_files: How many files may be there.
    """

    most_bytes: int
    most_files: int

    @property
    def most_in_line(self) -> int:
        """
        How many bytes a line may have: as many as there is room for under a header.
        """
        return self.most_bytes - _HEADER_ROOM


class Parts:
    """
    A recording in parts, each a file with a header of its own: ``calls.17.jsonl``, then ``calls.17.2.jsonl``, ...

    What is there is never overwritten: numbers go on after those of an earlier process with the same id.
    Beyond the number that is allowed the lowest go, those of such a process too.
    Each line is on its way to the disk when `write` returns.

    Args:
        path: What the parts' names are made of: ``calls.jsonl``, in a folder that is made if need be.
        bounds: How large, and how many.
        header: Gives the first line of the part with a number.
        begun: Told the path of each part that begins.

    Attributes:
        closed: Whether nothing more can be written.
    """

    def __init__(self, path: Path, bounds: Bounds, header: Header, begun: Callable[[Path], object]) -> None:
        self.closed = False
        self._path = path
        self._bounds = bounds
        self._header = header
        self._begun = begun
        self._process = os.getpid()
        self._numbers: list[int] | None = None
        self._size = 0
        # Not a file object: that would close its descriptor some day, which may be another file's by then.
        self._descriptor: int | None = None
        self._identity = (0, 0)

    @property
    def is_nearly_full(self) -> bool:
        """
        Whether it is time for the next part, if there is a good moment.
        """
        return self._size > self._bounds.most_bytes * _NEARLY_FULL

    def write(self, line: bytes) -> None:
        """
        Write a line to where there is room for it.

        Raises:
            OSError: If that is not possible; the part ends with the line before.
        """
        if self._process != os.getpid():
            self._leave_to_parent()
        if self._descriptor is not None and self._size + len(line) > self._bounds.most_bytes:
            self.end_part()
        descriptor = self.begin_part() if self._descriptor is None else self._descriptor
        self._check(descriptor)
        self._append(descriptor, line)

    def flush(self) -> None:
        """
        Do nothing: there is no buffer.
        """

    def begin_part(self) -> int:
        """
        Begin the next part.

        Returns:
            The file's descriptor.

        Raises:
            OSError: If it cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        numbers = self._found() if self._numbers is None else self._numbers
        number = max(numbers, default=0) + 1
        while len(numbers) >= self._bounds.most_files:
            with suppress(OSError):
                self._path_of(numbers.pop(0)).unlink()
        while True:
            path = self._path_of(number)
            try:
                descriptor = os.open(path, _FLAGS, _RIGHTS)
                break
            except FileExistsError:  # a process with the same id on another machine, or in another container
                number += 1
        self._numbers = [*numbers, number]
        self._descriptor, self._size, self._identity = descriptor, 0, _identity(descriptor)
        self._append(descriptor, self._header(number))
        self._begun(path)
        return descriptor

    def end_part(self) -> None:
        """
        End the part that is being written, if there is one; what comes is written to the next.
        """
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                if _identity(descriptor) == self._identity:
                    os.close(descriptor)

    def close(self) -> None:
        """
        End the recording.
        """
        self.closed = True
        self.end_part()

    def _leave_to_parent(self) -> None:
        """
        Begin with files of its own, where a process was forked in such a way that nobody was told.
        """
        self.end_part()
        self._process = os.getpid()
        self._numbers = None

    def _append(self, descriptor: int, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[os.write(descriptor, left) :]
        except BaseException:
            with suppress(OSError):
                os.ftruncate(descriptor, self._size)  # a torn line amid others would spoil the file
            raise
        self._size += len(line)

    def _check(self, descriptor: int) -> None:
        """
        Make sure that the descriptor is still that of the part: a host that becomes a daemon closes all there are.
        """
        try:
            is_mine = _identity(descriptor) == self._identity
        except OSError:
            is_mine = False
        if not is_mine:
            self._descriptor = None
            raise OSError(errno.EBADF, "The file was closed by the host")

    def _path_of(self, number: int) -> Path:
        place = "" if number == 1 else f".{number}"
        return self._path.with_name(f"{self._path.stem}.{self._process}{place}{self._path.suffix}")

    def _found(self) -> list[int]:
        """
        Give the numbers of the parts that an earlier process with the same id has left.
        """
        stem, suffix = re.escape(self._path.stem), re.escape(self._path.suffix)
        pattern = re.compile(rf"{stem}\.{self._process}(?:\.([1-9]\d*))?{suffix}")
        names: list[str] = []
        with suppress(OSError):  # a folder may be such that it can be written and not read
            names = [path.name for path in self._path.parent.iterdir()]
        return sorted(int(match[1] or 1) for name in names if (match := pattern.fullmatch(name)))


def _identity(descriptor: int) -> tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino
