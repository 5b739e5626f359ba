"""
Values as JSON: as they are where JSON has them, else described by type, text and attributes.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict, deque
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from hookkit.recording._redaction import MASK, Mask, Redaction
from hookkit.recording._snapshot import (
    ATOMS,
    MAPPINGS,
    SEQUENCES,
    SETS,
    Snapshot,
    attributes_of,
    is_namedtuple,
    is_plain_dataclass,
    is_value,
)
from hookkit.recording._stand_ins import (
    RecordedException,
    RecordedObject,
    StandIn,
    UniqueObject,
    name_of,
    recorded_attributes,
    type_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hookkit.recording._redaction import Noted

MOST_CHARACTERS = 4096
MOST_ITEMS = 1000
MOST_LEVELS = 20
MOST_VALUES = 20_000
MOST_TEXT = 2**20  # characters in one line

_MOST_BITS = 1024
_BASES = (str, int, float, bytes, bytearray)
_MOMENTS = (datetime, time)
_VALUES = (datetime, date, time, timedelta, Decimal)
_CONTAINERS = frozenset({*MAPPINGS, *SEQUENCES, *SETS, tuple})
_MRO = type.__dict__["__mro__"]


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
        self._characters = MOST_TEXT

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
        except Exception as exc:  # noqa: BLE001 - such as a zone of a datetime whose repr raises
            del self._outer[level:]
            return {"$type": type_path(type(value)), "$error": type_path(type(exc)).rpartition(":")[2]}

    def exception(self, exc: BaseException | None) -> dict[str, Any] | None:
        """
        Encode an exception: its class, its text, and what other classes than the usual ones it is of.
        """
        if exc is None:
            return None
        path, bases = _path_of_exception(exc)
        return {"type": path, "text": self._text_of(exc), **({"bases": bases} if bases else {})}

    def text(self, text: str) -> str:
        """
        Give *text* without secrets.
        """
        return self._mask.text(text)

    def _encoded(self, value: Any, kind: type) -> Any:
        if kind is str:
            return self._text(value)
        if (kind is int and value.bit_length() <= _MOST_BITS) or (kind is float and math.isfinite(value)):
            return value
        if kind in _CONTAINERS:
            return self._holder(value, kind)
        if issubclass(kind, StandIn) and not is_namedtuple(kind):
            return self._stand_in(value)
        if issubclass(kind, Enum):
            return self._member(value, kind)
        text = self._scalar(value, kind)
        return self._holder(value, kind) if text is None else self._described_scalar(value, kind, text)

    def _described_scalar(self, value: Any, kind: type, text: str) -> dict[str, Any]:
        described: dict[str, Any] = {"$type": type_path(kind), "$repr": text}
        if len(text) > MOST_CHARACTERS:
            described |= {"$repr": f"{text[:MOST_CHARACTERS]}...", "$cut": len(text) - MOST_CHARACTERS}
        elif kind in _MOMENTS and _has_own_zone(value.tzinfo):
            described["$iso"] = value.isoformat()
        return described

    def _scalar(self, value: Any, kind: type) -> str | None:
        """
        Show a value that holds no others; None if it may hold some.
        """
        if issubclass(kind, _BASES):
            return self._mask.text(self._repr_of_base(value))
        if issubclass(kind, BaseException):
            return None
        for base in _VALUES:
            if issubclass(kind, base):  # such as what stands for the time in a test, which is no exact datetime
                return self._mask.text(base.__repr__(value))
        if kind in ATOMS or is_value(kind) or _is_zone(kind):
            return self._mask.text(repr(value))
        return name_of(value)

    def _repr_of_base(self, value: Any) -> str:
        """
        Show a text, a number or bytes as one of Python's own, the secrets in it masked before a repr changes them.
        """
        base: Any = next(base for base in _BASES if issubclass(type(value), base))
        if base is str:
            return repr(self._mask.text(str.__str__(value)))
        if base is bytes or base is bytearray:
            return repr(base(self._mask.data(bytes(base.__getitem__(value, slice(None))))))
        if base is int and int.bit_length(value) > _MOST_BITS:
            return int.__format__(value, "#x")  # in decimal it would take long, or be refused
        return str(base.__repr__(value))

    def _member(self, value: Any, kind: type) -> Any:
        """
        Describe a member of an enumeration.
        """
        described = {"$type": type_path(kind), "$repr": name_of(value)}
        if id(value) in self._outer:
            return described
        self._outer.append(id(value))
        described["$value"] = self.value(value._value_)
        self._outer.pop()
        base = next((base for base in (str, int) if issubclass(kind, base)), None)
        return described if base is None else {**described, "$bases": [f"builtins:{base.__name__}"]}

    def _stand_in(self, value: Any) -> Any:
        """
        Describe a stand-in as what it stands for is described.
        """
        if isinstance(value, UniqueObject):
            return value.raw
        fields = dict(value.__recorded__.fields)
        if "$repr" in fields or isinstance(value, str):
            return fields
        if id(value) in self._outer:
            return {"$type": value.__recorded__.type, "$cycle": len(self._outer) - self._outer.index(id(value))}
        self._outer.append(id(value))
        try:
            return {**fields, **self._held(value, value.__recorded__.cut)}
        finally:
            self._outer.pop()

    def _held(self, value: Any, cut_before: int) -> dict[str, Any]:
        """
        Describe what a stand-in holds; what was left out of it before is left out still.
        """
        if isinstance(value, RecordedException | RecordedObject):
            held = self._described(value, recorded_attributes(value))
        elif isinstance(value, dict):
            pairs, cut = self._cut_items(value.items(), len(value))
            held = {"$pairs": [[self.value(key), self.under(key, item)] for key, item in pairs], **cut}
        else:
            items, cut = self._cut_items(value, len(value))
            held = {"$items": [self.value(item) for item in items], **cut}
            if isinstance(value, set | frozenset):
                held["$items"].sort(key=json.dumps)
        cut_now = held.pop("$cut", 0) + cut_before
        return {**held, **({"$cut": cut_now} if cut_now else {})}

    def _holder(self, value: Any, kind: type) -> Any:
        if id(value) in self._outer:
            return {"$type": type_path(kind), "$cycle": len(self._outer) - self._outer.index(id(value))}
        self._outer.append(id(value))
        try:
            if kind in MAPPINGS:
                return self._mapping(value, kind)
            if kind in _CONTAINERS or is_namedtuple(kind):
                return self._items(value, kind)
            described: dict[str, Any] = {"$type": type_path(kind)}
            if isinstance(value, BaseException):
                bases = _path_of_exception(value)[1]
                described |= {"$text": self._text_of(value), **({"$bases": bases} if bases else {})}
            return {**described, **self._attributes(value)}
        finally:
            self._outer.pop()

    def _mapping(self, value: Any, kind: type) -> dict[str, Any]:
        pairs, cut = self._cut_items(value.items(), len(value))
        if kind is dict and not cut and all(self._is_plain_key(key) for key, _ in pairs):
            return self.named(dict(pairs))
        items = [[self.value(key), self.under(key, item)] for key, item in pairs]
        factory = value.default_factory if kind is defaultdict else None
        more = {} if factory is None else {"$factory": name_of(factory)}
        return {"$type": type_path(kind), "$pairs": items, **more, **cut}

    def _is_plain_key(self, key: Any) -> bool:
        return type(key) is str and key[:1] != "$" and len(key) <= MOST_CHARACTERS and self.text(key) == key

    def _items(self, value: Any, kind: type) -> Any:
        taken, cut = self._cut_items(value, len(value))
        names = getattr(kind, "_fields", ()) if kind is not tuple else ()
        items = [self.under(names[i] if i < len(names) else None, item) for i, item in enumerate(taken)]
        if kind in SETS:
            items.sort(key=json.dumps)  # the same each time
        if kind is list and not cut:
            return items
        more: dict[str, Any] = {"$fields": list(names)} if names else {}
        if kind is deque and value.maxlen is not None:
            more = {"$maxlen": value.maxlen}
        return {"$type": type_path(kind), "$items": items, **more, **cut}

    def _attributes(self, value: Any) -> dict[str, Any]:
        if is_plain_dataclass(type(value)):
            return self._described(value, dict(attributes_of(value)))
        return self._described(value, {}) if id(value) in self._noted else {}

    def _described(self, value: Any, attributes: dict[str, Any]) -> dict[str, Any]:
        """
        Describe attributes: those that were noted of *value*, or else these.
        """
        noted = self._noted.get(id(value))
        attributes = attributes if noted is None else noted[1]
        if noted is None and not attributes:
            return {}
        pairs, cut = self._cut_items(attributes.items(), len(attributes))
        return {"$attrs": {self._name(name): self.under(name, item) for name, item in pairs}, **cut}

    def _name(self, name: object) -> str:
        return self.text(str(name))[:MOST_CHARACTERS]

    def _cut_items(self, items: Iterable[Any], count: int) -> tuple[list[Any], dict[str, int]]:
        most = max(0, min(MOST_ITEMS, self._left)) if len(self._outer) <= MOST_LEVELS else 0
        taken = list(items)[:most]
        return taken, {"$cut": count - len(taken)} if count > len(taken) else {}

    def _text(self, value: str) -> Any:
        text = self._mask.text(value)
        most = min(MOST_CHARACTERS, self._characters)
        if len(text) <= most:
            self._characters -= len(text)
            return text
        self._characters -= most
        return {"$type": "builtins:str", "$text": text[:most], "$cut": len(text) - most}

    def _text_of(self, exc: BaseException) -> str:
        try:
            text = self._mask.exception(str(exc))
        except Exception as own:  # noqa: BLE001 - a broken __str__ must not hide the exception
            return f"(its str raised {type(own).__name__})"
        return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}..."


def plain(value: Any) -> Any:
    """
    Encode a value that is not written: nothing is masked, and of objects the attributes are taken that they have now.

    Two values, of which one was read from a recording, are alike if this gives the same for both.
    """
    snapshot = Snapshot()
    copy = snapshot.copy(value)
    snapshot.finish()
    return Encoder(Redaction(()), Mask(()), snapshot.noted).value(copy)


def _path_of_exception(exc: BaseException) -> tuple[str, list[str]]:
    """
    Give the class path of an exception, and those of the classes that it derives from, as far as they say something.
    """
    if isinstance(exc, RecordedException):
        return exc.__recorded__.type, list(exc.__recorded_bases__)
    path = type_path(type(exc))
    if path.startswith("builtins:"):
        return path, []
    bases = [
        base
        for base in _MRO.__get__(type(exc))[1:]
        if issubclass(base, BaseException) and base is not Exception and base is not BaseException
    ]
    return path, [*map(type_path, bases), *([] if isinstance(exc, Exception) else ["builtins:BaseException"])]


def _is_zone(kind: type) -> bool:
    return kind is getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None)


def _has_own_zone(zone: Any) -> bool:
    return not (zone is None or type(zone) is timezone or _is_zone(type(zone)))
