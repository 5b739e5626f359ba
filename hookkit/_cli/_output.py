"""
What commands print, and in which colours.
"""

import json
import os
from collections.abc import Sequence
from typing import Literal, TextIO

Style = Literal["plain", "bold", "dim", "good", "bad"]

Cell = tuple[str, Style]

_CODES: dict[Style, str] = {"plain": "", "bold": "1", "dim": "2", "good": "32", "bad": "31"}
_GAP = "   "
_SIZES = ("kB", "MB", "GB")
_STEP = 1_000


class Output:
    """
    Prints to a stream.

    Args:
        stream: Where to print.

    Attributes:
        has_colour: Whether colours are used: on a terminal, unless NO_COLOR is set; with FORCE_COLOR anywhere.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        # A name or a message may have what the stream's encoding has not.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
        self.has_colour = _wants_colour(stream)

    def line(self, *parts: Cell | str) -> None:
        """
        Print a line of texts, each plain or in a style.
        """
        styled = [self._styled(*part) if isinstance(part, tuple) else one_line(part) for part in parts]
        self._stream.write(f"{''.join(styled).rstrip()}\n")

    def text(self, text: str) -> None:
        """
        Print a text as it is.
        """
        self._stream.write(text)

    def json(self, value: object) -> None:
        """
        Print a value as JSON.
        """
        self.text(f"{json.dumps(value, indent=2)}\n")

    def table(self, rows: Sequence[Sequence[Cell]]) -> None:
        """
        Print rows whose cells stand below each other.
        """
        widths = [max(len(one_line(text)) for text, _ in column) for column in zip(*rows, strict=True)]
        for row in rows:
            self.line(*(_padded(cell, width) for cell, width in zip(row, widths, strict=True)))

    def _styled(self, text: str, style: Style) -> str:
        shown = one_line(text)
        code = _CODES[style]
        return f"\033[{code}m{shown}\033[0m" if self.has_colour and code and shown.strip() else shown


def _padded(cell: Cell, width: int) -> Cell:
    text, style = cell
    return f"{one_line(text):<{width}}{_GAP}", style


def one_line(text: str) -> str:
    """
    Give a text so that it stays in one line, and is seen: what cannot be printed is escaped.
    """
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def counted(count: int, what: str) -> str:
    """
    Count things: ``1 hook``, ``2 hooks``.
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def sized(size: int) -> str:
    """
    Give a number of bytes as people read it: ``512 bytes``, ``14 kB``, ``20 MB``.
    """
    if size < _STEP:
        return counted(size, "byte")
    value = size / _STEP
    for unit in _SIZES[:-1]:
        if round(value) < _STEP:
            return f"{value:.0f} {unit}"
        value /= _STEP
    return f"{value:.0f} {_SIZES[-1]}"


def _escaped(char: str) -> str:
    return " " if char.isspace() else repr(char)[1:-1]


def _wants_colour(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
