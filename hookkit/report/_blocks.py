"""
The values of calls and events, written as they come, in blocks that a browser reads when they are looked at.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hookkit.report._tables import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BLOCK_CHARACTERS = 200_000
"""
A block ends with the call that makes it longer: the events of a call share its arguments.
"""

_MOST_CHARACTERS = 10 * BLOCK_CHARACTERS  # ... or with any row that makes it as long as this

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_encode = json.JSONEncoder(separators=(",", ":")).encode


def as_json(value: object) -> str:
    """
    Give JSON that is safe in a script element of an HTML page: ASCII without anything that HTML has a meaning for.
    """
    return _encode(value).translate(_ESCAPES)


class Blocks:
    """
    Writes rows of values; in a block each value is there once, however many rows have it.

    Args:
        write: What takes the text of a block.

    Attributes:
        starts: For each block that was written, the number of its first row.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self.starts: list[int] = []
        self._write = write
        self._rows: list[str] = []
        self._values: dict[str, int] = {}
        self._characters = 0
        self._next = 0

    def add(self, fields: Mapping[str, Any], *, result_given: bool) -> int:
        """
        Add the values of a call or an event.

        Args:
            fields: What its line holds.
            result_given: Whether ``result`` is what went in, as for an event, and not what came out.

        Returns:
            The number of the row.
        """
        came_out = fields.get("returned" if result_given else "result")
        row = {
            "arguments": self._named(fields.get("arguments")),
            "result": self._number(fields["result"]) if result_given and "result" in fields else None,
            "error": _exception(fields.get("error")),
            "returned": None if came_out is None else self._number(came_out),
            "raised": _exception(fields.get("raised")),
            "traceback": self._traceback(fields.get("traceback")),
            "changes": [self._change(change) for change in _items(fields.get("changes"))],
        }
        self._rows.append(as_json({name: value for name, value in row.items() if value}))
        self._characters += len(self._rows[-1])
        self._next += 1
        if self._characters > (_MOST_CHARACTERS if result_given else BLOCK_CHARACTERS):
            self.flush()
        return self._next - 1

    def flush(self) -> None:
        """
        Write what was added since the last block.
        """
        if not self._rows:
            return
        self.starts.append(self._next - len(self._rows))
        self._write(f'{{"values":[{",".join(self._values)}],\n"rows":[{",".join(self._rows)}]}}')
        self._rows.clear()
        self._values.clear()
        self._characters = 0

    def _number(self, value: object) -> int:
        """
        Give the number of a value in the block, counted from 1.
        """
        try:
            text = as_json(value)
        except RecursionError:
            text = as_json({"$type": type(value).__name__, "$error": "RecursionError"})
        number = self._values.get(text)
        if number is None:
            number = self._values[text] = len(self._values) + 1
            self._characters += len(text)
        return number

    def _named(self, values: object) -> list[list[object]]:
        if not isinstance(values, dict):
            return []
        return [[name, self._number(value)] for name, value in values.items()]

    def _traceback(self, frames: object) -> int | None:
        """
        Give the number of a traceback: a frame as its file, line, function and text, as far as they are known.
        """
        shown = [[_text(frame.get(name)) for name in ("file", "line", "function", "text")] for frame in _items(frames)]
        return self._number(shown) if shown else None

    def _change(self, change: Mapping[str, Any]) -> list[object]:
        path = change.get("path")
        sides = (self._number(change[side]) if side in change else ABSENT for side in ("before", "after"))
        return [path if isinstance(path, str) else "?", *sides]


def _exception(fields: object) -> list[str] | None:
    """
    Give the class and the text of an exception, whatever a recording has in its place.
    """
    if not fields:
        return None
    if not isinstance(fields, dict):
        return ["?", ""]
    return [text if isinstance(text := fields.get(name), str) else "?" for name in ("type", "text")]


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _items(changes: object) -> list[dict[str, Any]]:
    return [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
