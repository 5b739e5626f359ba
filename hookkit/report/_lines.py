"""
Reading a recording line by line, so that its size does not matter.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.exceptions import RecordingError
from hookkit.recording._format import excerpt, read_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO, Self

_EXACT_DIGITS = 15  # what a browser's numbers hold


class Line(NamedTuple):
    """
    A line of a recording.

    Attributes:
        fields: What it holds.
        text: The line itself.
    """

    fields: dict[str, Any]
    text: bytes


class RecordingLines:
    """
    The lines of a recording, one after the other; the header is read at once.

    Numbers that a browser would show otherwise are described as values of a recording are, with ``$type`` and
    ``$repr``: what it holds in 53 bits differs from what a program computed with.

    Args:
        path: The recording.

    Raises:
        RecordingError: If it cannot be read, is no recording, is one of a later version, or is broken before its end.

    Attributes:
        header: The first line.
        lost: What could not be used, in a sentence; None if all could, as far as was read.
        size: How many bytes the file had when it was opened.
        read: How many bytes were read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._open()
        self.lost: str | None = None
        self.read = 0
        try:
            self.size = self._file.seek(0, 2)
            self._file.seek(0)
            self.header = read_header(path, self._next_line().rstrip(b"\n"))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Line]:
        number = 1
        broken: tuple[int, bytes] | None = None
        while line := self._next_line():
            number += 1
            text = line.rstrip(b"\n")
            if broken is not None:
                self._check_is_end(broken, text)
                continue
            fields = _parsed(text)
            if fields is not None:
                yield Line(fields, text)
            else:
                broken = (number, text)
        if broken is not None and broken[1]:
            self.lost = f"Line {broken[0]} of {str(self._path)!r} is torn; it is left out."

    def _check_is_end(self, broken: tuple[int, bytes], text: bytes) -> None:
        """
        Only empty lines may come after one that is broken.
        """
        if text:
            number, line = broken
            msg = f"Line {number} of recording {str(self._path)!r} is broken: {excerpt(line)}."
            raise RecordingError(msg)

    def _open(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except OSError as exc:
            raise self._cannot_read(exc) from exc

    def _next_line(self) -> bytes:
        try:
            line = self._file.readline()
        except OSError as exc:
            raise self._cannot_read(exc) from exc
        self.read += len(line)
        return line

    def _cannot_read(self, exc: OSError) -> RecordingError:
        return RecordingError(f"Cannot read recording {str(self._path)!r}: {exc.strerror}.")


def _as_float(text: str) -> dict[str, str]:
    return {"$type": "builtins:float", "$repr": text}


def _as_int(text: str) -> int | dict[str, str]:
    return int(text) if len(text) <= _EXACT_DIGITS else {"$type": "builtins:int", "$repr": text}


def _as_constant(text: str) -> dict[str, str]:
    return _as_float({"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[text])


_DECODER = json.JSONDecoder(parse_float=_as_float, parse_int=_as_int, parse_constant=_as_constant)


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        fields = _DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None
