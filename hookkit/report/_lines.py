"""
The lines of a recording, with numbers that a browser does not change.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hookkit.recording._checks import fault_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXACT_DIGITS = 15  # what a browser's numbers hold


class _Number(dict[str, str]):
    """
    The description of a number, which knows the number.
    """

    def __init__(self, kind: str, text: str, number: float) -> None:
        super().__init__({"$type": f"builtins:{kind}", "$repr": text})
        self.number = number


def _as_float(text: str) -> _Number:
    return _Number("float", text, float(text))


def _as_int(text: str) -> int | _Number:
    number = int(text)
    return number if len(text) <= _EXACT_DIGITS else _Number("int", text, number)


def _as_constant(text: str) -> _Number:
    return _as_float({"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[text])


DECODER = json.JSONDecoder(parse_float=_as_float, parse_int=_as_int, parse_constant=_as_constant)
"""
Describes numbers that a browser would show otherwise as values of a recording are, with ``$type`` and ``$repr``.

What a browser holds in 53 bits differs from what a program computed with.
"""


def fault_of_line(fields: Mapping[str, Any], text: bytes) -> str | None:
    """
    Say what is wrong with a call or an event, in the words that others who read recordings have; None if nothing is.

    Args:
        fields: What `DECODER` made of the line.
        text: The line.
    """
    known = {
        name: value.number if type(value) is _Number else value for name, value in fields.items() if value is not None
    }
    if fault_of(known) is None:
        return None
    return fault_of({name: value for name, value in json.loads(text).items() if value is not None})
