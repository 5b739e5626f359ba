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
LONGEST_IN_FULL = 300
"""
How long a value may be where it is what the message is about.
"""
MOST_ROWS = 30
"""
How many rows of a table are shown, unless somebody asks for all.
"""

_LONGEST_EXCEPTION = 200
_MOST_IN_ORDER = 1000
_BEFORE = 40  # characters before the first one that differs
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


def cut(text: str, longest: int) -> str:
    """
    Give *text*, cut with a mark where it gets too long.
    """
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def show(value: Any, longest: int = LONGEST) -> str:
    """
    Show *value* on one line, the same each time: no addresses, sets in order, cut where it gets too long.
    """
    text = ""
    try:
        for piece in _pieces(value, (), longest):
            text += piece
            if len(text) > longest:
                break
    except Exception as exc:  # noqa: BLE001 - a class whose own class raises, or a value that changes meanwhile
        return f"<value that raised {type(exc).__name__} when it was looked at>"
    return cut(text, longest)


def show_both(one: Any, other: Any) -> tuple[str, str]:
    """
    Show two values that are not equal; of long texts what is around the first character that differs.
    """
    kind = type(one)
    if kind is type(other) and kind in (str, bytes) and max(len(one), len(other)) > LONGEST_IN_FULL:
        place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        start = max(0, place - _BEFORE)
        return _part(one, start), _part(other, start)
    return show(one, LONGEST_IN_FULL), show(other, LONGEST_IN_FULL)


def show_exception(exc: BaseException) -> str:
    """
    Show an exception as the last line of its traceback does, cut after its first line.
    """
    kind = type(exc).__name__
    try:
        first, _, more = str(exc).partition("\n")
    except Exception as own:  # noqa: BLE001 - a broken __str__ must not hide the exception
        return f"{kind} (whose str raised {type(own).__name__})"
    text = cut(_ADDRESS.sub("", first), _LONGEST_EXCEPTION)
    return f"{kind}: {text}{' …' if more else ''}" if text else kind


def _part(text: Any, start: int) -> str:
    end = start + LONGEST
    return f"{'…' if start else ''}{text[start:end]!r}{'…' if end < len(text) else ''}"


def _pieces(value: Any, outer: tuple[int, ...], longest: int) -> Iterator[str]:
    kind: Any = type(value)
    brackets = _BRACKETS.get(kind)
    if brackets is None:
        yield _plain(value, longest)
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
            yield f"{', ' if index else ''}{show(key, longest)}: "
            yield from _pieces(item, inner, longest)
    elif kind in _EMPTY:
        yield _set_items(value)
    else:
        yield from _joined(tuple(value), inner, longest)
    yield ",)" if kind is tuple and len(value) == 1 else brackets[1]


def _joined(items: Iterable[Any], outer: tuple[int, ...], longest: int) -> Iterator[str]:
    for index, item in enumerate(items):
        if index:
            yield ", "
        yield from _pieces(item, outer, longest)


def _set_items(value: Any) -> str:
    if len(value) > _MOST_IN_ORDER:
        return f"{len(value)} items"  # which of them come first takes showing them all
    return ", ".join(sorted(map(show, value)))


def _plain(value: object, longest: int) -> str:
    if type(value) in (str, bytes, bytearray) and len(value) > longest:  # type: ignore[arg-type] # all have a length
        return f"{value[:longest]!r}"  # type: ignore[index] # a long one is cut anyway, and its repr may be huge
    try:
        text = repr(value)
    except Exception as exc:  # noqa: BLE001 - a broken repr must not hide what the text is about
        return f"<{type(value).__qualname__} whose repr raised {type(exc).__name__}>"
    return " ".join(_ADDRESS.sub("", text).split("\n"))
