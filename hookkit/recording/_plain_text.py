"""
The JSON text of texts, numbers and plain containers of such, as fast as it can be told.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import math
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from hookkit.recording._codec import MOST_CHARACTERS, MOST_ITEMS, MOST_LEVELS, Encoder
from hookkit.recording._redaction import Mask
from hookkit.recording._snapshot import is_plain_dataclass
from hookkit.recording._stand_ins import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from hookkit.recording._redaction import Redaction

_LARGEST = 1 << 64
_MOST_VALUES = 4000
_MOST_KINDS = 1000


class _NotPlain(Exception):  # noqa: N818 - it says what was met
    """
    Something was met whose text is made in another way.
    """


class PlainTexts:
    """
    Gives texts of values, the same that the `Encoder` and `json` make of them; None if it takes those to make one.

    What is too large to be written whole is left to them too, and what may be a secret.

    Args:
        redaction: Which names are those of secrets.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._kinds: dict[type, str | None] = {}

    def of(self, value: Any) -> str | None:
        """
        Give the text of *value*.
        """
        make = _SCALARS.get(type(value))
        try:
            if make is not None:
                return make(value)
            return self._container(value, 1, [_MOST_VALUES])
        except Exception:  # noqa: BLE001 - it is not plain, or it changes meanwhile
            return None

    def of_owner(self, value: object) -> str | None:
        """
        Give the text of what a function is a method of, of which only the class is written.
        """
        kind = type(value)
        if kind not in self._kinds:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            self._kinds[kind] = self._of_kind(value, kind)
        return self._kinds[kind]

    def _of_kind(self, value: object, kind: type) -> str | None:
        if type(kind) is not type or is_plain_dataclass(kind) or any(map(_may_lie, kind.__mro__[:-1])):
            return None
        if issubclass(kind, StandIn):
            return None  # each has attributes of its own
        described = Encoder(self._redaction, Mask(()), {}).value(value)
        if type(described) is not dict or list(described) != ["$type"]:
            return None
        return f'{{"$type":{encode_basestring_ascii(described["$type"])}}}'

    def _container(self, value: Any, level: int, left: list[int]) -> str:
        kind = type(value)
        left[0] -= len(value)
        if level > MOST_LEVELS or len(value) > MOST_ITEMS or left[0] < 0:
            raise _NotPlain
        if kind is dict:
            return self._mapping(value, level, left)
        if kind is not list and kind is not tuple:
            raise _NotPlain
        texts = []
        for item in value:
            make = _SCALARS.get(type(item))
            texts.append(self._container(item, level + 1, left) if make is None else make(item))
        text = ",".join(texts)
        return f"[{text}]" if kind is list else f'{{"$type":"builtins:tuple","$items":[{text}]}}'

    def _mapping(self, value: dict[Any, Any], level: int, left: list[int]) -> str:
        texts = []
        for key, item in value.items():
            if type(key) is not str or key[:1] == "$" or self._redaction.is_secret(key):
                raise _NotPlain
            make = _SCALARS.get(type(item))
            text = self._container(item, level + 1, left) if make is None else make(item)
            texts.append(f"{_text(key)}:{text}")
        return f"{{{','.join(texts)}}}"


def _may_lie(kind: type) -> bool:
    """
    Tell whether objects of a class can say that they are of another one.
    """
    return not vars(kind).keys().isdisjoint(("__class__", "__getattribute__"))


def _text(value: str) -> str:
    if len(value) > MOST_CHARACTERS:
        raise _NotPlain
    return encode_basestring_ascii(value)


def _int(value: int) -> str:
    if not -_LARGEST < value < _LARGEST:
        raise _NotPlain
    return repr(value)


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise _NotPlain
    return repr(value)


def _bool(value: bool) -> str:  # noqa: FBT001 - it is what the text is of
    return "true" if value else "false"


def _none(value: None) -> str:
    del value
    return "null"


_SCALARS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: _int,
    float: _float,
    bool: _bool,
    type(None): _none,
}
