"""
The lines of a recording, with numbers that a browser does not change.
"""

from __future__ import annotations

import json

_EXACT_DIGITS = 15  # what a browser's numbers hold


def _as_float(text: str) -> dict[str, str]:
    return {"$type": "builtins:float", "$repr": text}


def _as_int(text: str) -> int | dict[str, str]:
    return int(text) if len(text) <= _EXACT_DIGITS else {"$type": "builtins:int", "$repr": text}


def _as_constant(text: str) -> dict[str, str]:
    return _as_float({"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[text])


DECODER = json.JSONDecoder(parse_float=_as_float, parse_int=_as_int, parse_constant=_as_constant)
"""
Describes numbers that a browser would show otherwise as values of a recording are, with ``$type`` and ``$repr``.

What a browser holds in 53 bits differs from what a program computed with.
"""
