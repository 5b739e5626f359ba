"""
Values as JSON: as they are where JSON has them, else described by type, text and attributes.
"""

from __future__ import annotations

import json
import math
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from hookkit._hooks import class_path
from hookkit.recording._redaction import MASK, Mask, Redaction
from hookkit.recording._snapshot import (
    ATOMS,
    MAPPINGS,
    SEQUENCES,
    SETS,
    attributes_of,
    is_namedtuple,
    is_plain_dataclass,
    is_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hookkit.recording._redaction import Noted

MOST_CHARACTERS = 4096
MOST_ITEMS = 1000
MOST_LEVELS = 20
MOST_VALUES = 20_000

_MOST_BITS = 1024
_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)
_BASES = (str, int, float, bytes, bytearray)


class Encoder:
    """
    Turns values into what `json.dumps` writes, and never fails.

    Args:
        redaction: Which names are those of secrets.
        mask: Takes secrets out of texts.
        noted: The attributes of objects, by the id of the object.
    """

    def __init__(self, redaction: Redaction, mask: Mask, noted: Noted) -> None:
        self._redaction = redaction
        self._mask = mask
        self._noted = noted
        self._outer: list[int] = []
        self._left = MOST_VALUES

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """
        Encode values by name, those with a secret name masked.
        """
        return {name: self.under(name, value) for name, value in values.items()}

    def under(self, name: object, value: Any) -> Any:
        """
        Encode *value*, which is called *name*; `None` has nothing to hide.
        """
        if value is not None and self._redaction.is_secret(name):
            return MASK
        return self.value(value)

    def value(self, value: Any) -> Any:
        """
        Encode *value*.
        """
        self._left -= 1
        if value is None or type(value) is bool:
            return value
        level = len(self._outer)
        try:
            return self._encoded(value, type(value))
        except Exception as exc:  # noqa: BLE001 - a class whose attributes raise when they are asked for
            del self._outer[level:]
            return {"$type": type(value).__name__, "$error": type(exc).__name__}

    def exception(self, exc: BaseException | None) -> dict[str, str] | None:
        """
        Encode an exception: its class and its text.
        """
        return None if exc is None else {"type": class_path(exc), "text": self._text_of(exc)}

    def text(self, text: str) -> str:
        """
        Give *text* without secrets.
        """
        return self._mask.text(text)

    def _encoded(self, value: Any, kind: type) -> Any:
        if kind is str:
            return self._text(value)
        if kind is int and value.bit_length() <= _MOST_BITS:
            return value
        if kind is float and math.isfinite(value):
            return value
        text = self._scalar(value, kind)
        return self._holder(value, kind) if text is None else {"$type": class_path(kind), "$repr": text}

    def _scalar(self, value: Any, kind: type) -> str | None:
        """
        Show a value that holds no others; None if it may hold some.
        """
        if isinstance(value, _NAMED):
            return _path(value)
        if isinstance(value, Enum):
            return f"{kind.__name__}.{value._name_}"
        if isinstance(value, _BASES):
            return self._repr_of_base(value)
        return self._cut(repr(value)) if kind in ATOMS or is_value(kind) else None

    def _holder(self, value: Any, kind: type) -> Any:
        if id(value) in self._outer:
            return {"$type": class_path(kind), "$cycle": len(self._outer) - self._outer.index(id(value))}
        self._outer.append(id(value))
        try:
            if kind in MAPPINGS:
                return self._mapping(value, kind)
            if kind in SEQUENCES or kind in SETS or kind is tuple or is_namedtuple(kind):
                return self._items(value, kind)
            text = {"$text": self._text_of(value)} if isinstance(value, BaseException) else {}
            return {"$type": class_path(kind), **text, **self._attributes(value)}
        finally:
            self._outer.pop()

    def _mapping(self, value: dict[Any, Any], kind: type) -> dict[str, Any]:
        pairs, cut = self._cut_items(value.items(), len(value))
        is_json = kind is dict and not cut
        if is_json and all(type(key) is str and key[:1] != "$" and self.text(key) == key for key, _ in pairs):
            return self.named(dict(pairs))
        items = [[self.value(key), self.under(key, item)] for key, item in pairs]
        return {"$type": class_path(kind), "$pairs": items, **cut}

    def _items(self, value: Any, kind: type) -> Any:
        taken, cut = self._cut_items(value, len(value))
        names = getattr(kind, "_fields", ()) if kind is not tuple else ()
        items = [self.under(names[i] if i < len(names) else None, item) for i, item in enumerate(taken)]
        if kind in SETS:
            items.sort(key=json.dumps)  # the same each time
        if kind is list and not cut:
            return items
        return {"$type": class_path(kind), "$items": items, **cut}

    def _attributes(self, value: Any) -> dict[str, Any]:
        if is_plain_dataclass(type(value)):
            attributes = dict(attributes_of(value))
        elif id(value) in self._noted:
            attributes = self._noted[id(value)][1]
        else:
            return {}
        pairs, cut = self._cut_items(attributes.items(), len(attributes))
        return {"$attrs": {self.text(str(name)): self.under(name, item) for name, item in pairs}, **cut}

    def _cut_items(self, items: Iterable[Any], count: int) -> tuple[list[Any], dict[str, int]]:
        most = max(0, min(MOST_ITEMS, self._left)) if len(self._outer) <= MOST_LEVELS else 0
        taken = list(items)[:most]
        return taken, {"$cut": count - len(taken)} if count > len(taken) else {}

    def _text(self, value: str) -> Any:
        text = self._mask.text(value)
        if len(text) <= MOST_CHARACTERS:
            return text
        return {"$type": "builtins:str", "$text": text[:MOST_CHARACTERS], "$cut": len(text) - MOST_CHARACTERS}

    def _text_of(self, exc: BaseException) -> str:
        try:
            return self._mask.exception(str(exc))[:MOST_CHARACTERS]
        except Exception as own:  # noqa: BLE001 - a broken __str__ must not hide the exception
            return f"(its str raised {type(own).__name__})"

    def _repr_of_base(self, value: Any) -> str:
        base: Any = next(base for base in _BASES if issubclass(type(value), base))
        if base is int and int.bit_length(value) > _MOST_BITS:
            return self._cut(int.__format__(value, "#x"))  # in decimal it would take long, or be refused
        return self._cut(base.__repr__(value))

    def _cut(self, text: str) -> str:
        text = self._mask.text(text)
        return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}..."


def _path(value: Any) -> str:
    """
    Name a class, a function, a method or a module.
    """
    if isinstance(value, ModuleType):
        return value.__name__
    return f"{value.__module__ or 'builtins'}:{value.__qualname__}"
