"""
Reading a recording line by line, so that its size does not matter.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.exceptions import RecordingError
from hookkit.recording._format import excerpt, read_header

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import BinaryIO, Self

MOST_BYTES = 2**28
"""
How long a line may be; what is written has a fraction of that.
"""

_SUFFIX = ".jsonl"
_DECODER = json.JSONDecoder()


class Line(NamedTuple):
    """
    A line of a recording.

    Attributes:
        fields: What it holds, as JSON has it.
        text: The line itself, without what ends it.
        number: Which line of the file it is, counted from 1.
        start: Where in the file it begins, in bytes.

    .. versionadded:: 0.1
    """

    fields: dict[str, Any]
    text: bytes
    number: int
    start: int


class RecordingLines:
    """
    The lines of a recording, one after the other, once; the header is read at once.

    Args:
        path: The recording.
        decoder: Turns the text of a line into what it holds.

    Raises:
        RecordingError: If it cannot be read, is no recording, is one of a later version, or is broken before its end.

    Attributes:
        path: The recording.
        header: The first line.
        lost: What could not be used, in a sentence; None if all could, as far as was read.
        size: How many bytes the file had when it was opened.
        read: How many bytes were read.

    .. versionadded:: 0.1
    """

    def __init__(self, path: str | os.PathLike[str], *, decoder: json.JSONDecoder = _DECODER) -> None:
        self.path = Path(path)
        self.lost: str | None = None
        self.read = 0
        self._decoder = decoder
        self._file = self._open()
        try:
            self.size = self._file.seek(0, 2)
            self._file.seek(0)
            self.header = read_header(self.path, self._next_line(1).rstrip(b"\n"))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Line]:
        number, start = 1, self.read
        broken: tuple[int, bytes] | None = None
        while line := self._next_line(number + 1):
            number += 1
            text = line.rstrip(b"\n")
            if broken is not None:
                self._check_is_end(broken, text)
                continue
            fields = self._parsed(text)
            if fields is not None:
                yield Line(fields, text, number, start)
            else:
                broken = (number, text)
            start = self.read
        if broken is not None and broken[1]:
            self.lost = f"Line {broken[0]} of {str(self.path)!r} is torn; it is left out."

    def at(self, start: int) -> dict[str, Any]:
        """
        Give what the line holds that begins at *start*, a place that an earlier reading told.

        Raises:
            RecordingError: If there is none now.
        """
        self._file.seek(start)
        fields = self._parsed(self._file.readline())
        if fields is None:
            msg = f"Recording {str(self.path)!r} was changed while it was being read. Read it again."
            raise RecordingError(msg)
        return fields

    def _check_is_end(self, broken: tuple[int, bytes], text: bytes) -> None:
        """
        Only empty lines may come after one that is broken.
        """
        if text:
            number, line = broken
            raise broken_line(self.path, number, excerpt(line))

    def _open(self) -> BinaryIO:
        try:
            mode = self.path.stat().st_mode
            # To open a pipe waits until somebody writes to it; of what a device gives there may be no end.
            file = self.path.open("rb") if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else None
        except (OSError, ValueError) as exc:
            raise self._cannot_read(exc, _others(self.path, exc)) from exc
        if file is None:
            msg = f"Cannot read recording {str(self.path)!r}: it is no regular file. Copy what it gives to one."
            raise RecordingError(msg)
        return file

    def _next_line(self, number: int) -> bytes:
        try:
            line = self._file.readline(MOST_BYTES + 1)
        except OSError as exc:
            raise self._cannot_read(exc) from exc
        if len(line) > MOST_BYTES:
            raise broken_line(self.path, number, f"it is longer than {MOST_BYTES} bytes")
        self.read += len(line)
        return line

    def _parsed(self, text: bytes) -> dict[str, Any] | None:
        try:
            fields = self._decoder.decode(text.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        return fields if isinstance(fields, dict) else None

    def _cannot_read(self, exc: OSError | ValueError, others: str = "") -> RecordingError:
        reason = getattr(exc, "strerror", None) or str(exc)
        return RecordingError(f"Cannot read recording {str(self.path)!r}: {reason}.{others}")


def _others(path: Path, exc: Exception) -> str:
    """
    Name recordings that may be meant: those in a folder, or those that processes made of a name by adding their ids.
    """
    folder, start, end = path.parent, f"{path.stem}.", path.suffix or _SUFFIX
    try:
        if path.is_dir():
            folder, start, end = path, "", _SUFFIX
        elif not isinstance(exc, FileNotFoundError):
            return ""
        names = sorted(file.name for file in folder.iterdir() if file.name.startswith(start))
    except OSError:
        return ""
    names = [name for name in names if name.endswith(end)]
    if not names:
        return ""
    first = repr(str(folder / names[0]))
    return f" There is {first}." if len(names) == 1 else f" There are {first} and {len(names) - 1} more."


def broken_line(path: Path, number: int, reason: str) -> RecordingError:
    """
    Make the error of a line that cannot be used.
    """
    return RecordingError(f"Line {number} of recording {str(path)!r} is broken: {reason}.")
