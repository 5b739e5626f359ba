"""
Values as text: short, stable, and whatever their ``__repr__`` does.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 70

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_BRACKETS: dict[Any, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    deque: ("deque([", "])"),
    dict: ("{", "}"),
    OrderedDict: ("OrderedDict({", "})"),
    defaultdict: ("defaultdict({", "})"),
    Counter: ("Counter({", "})"),
}
_EMPTY = {set: "set()", frozenset: "frozenset()"}


def show(value: Any, longest: int = LONGEST) -> str:
    """
    Show *value* on one line, the same each time: no addresses, sets in order, cut where it gets too long.
    """
    text = ""
    for piece in _pieces(value, ()):
        text += piece
        if len(text) > longest:
            return f"{text[: longest - 3]}..."
    return text


def show_exception(exc: BaseException) -> str:
    """
    Show an exception as the last line of its traceback does, cut after its first line.
    """
    kind = type(exc).__name__
    try:
        first, _, more = str(exc).partition("\n")
    except Exception as own:  # noqa: BLE001 - a broken __str__ must not hide the exception
        return f"{kind} (whose str raised {type(own).__name__})"
    text = _ADDRESS.sub("", first)
    return f"{kind}: {text}{' ...' if more else ''}" if text else kind


def _pieces(value: Any, outer: tuple[int, ...]) -> Iterator[str]:
    kind: Any = type(value)
    brackets = _BRACKETS.get(kind)
    if brackets is None:
        yield _plain(value)
        return
    if id(value) in outer:
        yield "..."
        return
    if not value and kind in _EMPTY:
        yield _EMPTY[kind]
        return
    inner = (*outer, id(value))
    yield brackets[0]
    if isinstance(value, dict):
        for index, (key, item) in enumerate(tuple(value.items())):
            yield f"{', ' if index else ''}{show(key)}: "
            yield from _pieces(item, inner)
    elif kind in _EMPTY:
        yield ", ".join(sorted(map(show, value)))
    else:
        yield from _joined(tuple(value), inner)
    yield ",)" if kind is tuple and len(value) == 1 else brackets[1]


def _joined(items: Iterable[Any], outer: tuple[int, ...]) -> Iterator[str]:
    for index, item in enumerate(items):
        if index:
            yield ", "
        yield from _pieces(item, outer)


def _plain(value: object) -> str:
    if type(value) in (str, bytes, bytearray) and len(value) > LONGEST:  # type: ignore[arg-type] # all have a length
        return f"{value[:LONGEST]!r}"  # type: ignore[index] # a long one is cut anyway, and its repr may be huge
    try:
        text = repr(value)
    except Exception as exc:  # noqa: BLE001 - a broken repr must not hide what the text is about
        return f"<{type(value).__qualname__} whose repr raised {type(exc).__name__}>"
    return " ".join(_ADDRESS.sub("", text).split("\n"))
