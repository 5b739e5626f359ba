"""
Values as a recording has them, turned back into values; nothing is imported, unpickled or run.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any

from hookkit.recording._stand_in_classes import Classes
from hookkit.recording._stand_ins import RECORDED, Description, RecordedObject, UniqueObject

if TYPE_CHECKING:
    from collections.abc import Mapping

DEEPEST = 40
"""
How many levels are read; twice as many as are written.
"""

_LARGEST = 2**31

_ITEMS: dict[str, type[Any]] = {
    "builtins:list": list,
    "builtins:tuple": tuple,
    "builtins:set": set,
    "builtins:frozenset": frozenset,
    "collections:deque": deque,
}
_PAIRS: dict[str, type[Any]] = {
    "builtins:dict": dict,
    "collections:OrderedDict": OrderedDict,
    "collections:defaultdict": defaultdict,
    "collections:Counter": Counter,
}
_FACTORIES = {f"builtins:{kind.__name__}": kind for kind in (bool, dict, float, frozenset, int, list, set, str, tuple)}
_HELD = frozenset({"$items", "$pairs", "$attrs"})
_PLAIN = frozenset({"$type", "$attrs"})


class Decoder:
    """
    Turns what `json.loads` gives back into values, and never fails.

    What Python can make without other classes becomes that; all else becomes stand-ins.
    """

    def __init__(self) -> None:
        self._classes = Classes()
        self._plain: dict[str, Description] = {}  # of most objects there is nothing to say but the type
        self._outer: list[Any] = []

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """
        Decode values by name.
        """
        return {name: self.value(value) for name, value in values.items()}

    def value(self, raw: Any) -> Any:
        """
        Decode a value.
        """
        if type(raw) is not dict and type(raw) is not list:
            return raw
        try:
            return self._value(raw)
        except Exception as exc:  # noqa: BLE001 - so deep in other calls that there is no room for more
            path = f"builtins:{type(raw).__name__}"
            return self._object({"$type": path, "$error": type(exc).__name__})
        finally:
            self._outer.clear()

    def exception(self, raw: Mapping[str, Any]) -> BaseException:
        """
        Decode what was raised, which is described by its class, its text and the classes that it derives from.
        """
        bases = raw.get("bases")
        return self._exception({"$type": raw["type"], "$text": raw["text"], **({"$bases": bases} if bases else {})})

    def _value(self, raw: Any) -> Any:
        kind = type(raw)
        if kind is not dict and kind is not list:
            return raw
        if len(self._outer) >= DEEPEST:
            return self._object({"$type": f"builtins:{kind.__name__}", "$cut": len(raw)})
        if kind is list:
            return self._list(raw, [])
        return self._described(raw) if type(raw.get("$type")) is str else self._mapping(raw)

    def _described(self, raw: dict[str, Any]) -> Any:
        if "$cycle" in raw:
            return self._cycle(raw)
        for key, decode in (("$items", self._items), ("$pairs", self._pairs)):
            if type(raw.get(key)) is list:
                return decode(raw, raw["$type"], raw[key])
        if type(raw.get("$repr")) is str:
            return self._member(raw) if "$value" in raw else self._scalar(raw, raw["$type"], raw["$repr"])
        if type(raw.get("$text")) is not str:
            return self._object(raw)
        return self._of_value(raw, str, raw["$text"]) if raw["$type"] == "builtins:str" else self._exception(raw)

    def _cycle(self, raw: dict[str, Any]) -> Any:
        levels = raw["$cycle"]
        if type(levels) is int and 1 <= levels <= len(self._outer):
            return self._outer[-levels]
        return self._object(raw)

    def _list(self, raw: list[Any], items: Any) -> Any:
        """
        Fill a list or a deque, which it is in already for what it holds.
        """
        self._outer.append(items)
        for index, item in enumerate(raw):
            items.append(self._placed(item, items, index))
        self._outer.pop()
        return items

    def _mapping(self, raw: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        self._outer.append(values)
        for name, item in raw.items():
            values[name] = self._placed(item, values, name)
        self._outer.pop()
        return values

    def _placed(self, raw: Any, holder: Any, key: Any) -> Any:
        """
        Decode what is put in *holder* at *key*, where it is replaced if it is yet to be made.
        """
        value = self._value(raw)
        if type(value) is _Later:
            value.places.append((holder, key))
        return value

    def _items(self, raw: dict[str, Any], path: str, items: list[Any]) -> Any:
        base = _ITEMS.get(path, tuple)
        if base is list:
            return self._list(items, self._made(raw, list))
        if base is deque:
            return self._list(items, self._made(raw, deque, (), _count(raw, "$maxlen")))
        if base is set:
            return self._set(raw, items)
        later = _Later()
        later.__recorded__ = _description(raw)
        self._outer.append(later)
        values = [self._value(item) for item in items]
        self._outer.pop()
        if base is frozenset:
            return later.made(self._made(raw, frozenset, _distinct(values, items)))
        fields = _texts(raw.get("$fields"))
        named = None
        if path not in _ITEMS and fields and len(fields) == len(items):
            named = self._classes.of_tuple(path, fields)
        return later.made(self._made(raw, tuple, values) if named is None else named(values))

    def _set(self, raw: dict[str, Any], items: list[Any]) -> Any:
        holder = self._made(raw, set)
        self._outer.append(holder)
        holder.update(_distinct([self._value(item) for item in items], items))
        self._outer.pop()
        return holder

    def _pairs(self, raw: dict[str, Any], path: str, pairs: list[Any]) -> Any:
        base = _PAIRS.get(path, dict)
        holder = self._made(raw, base)
        if base is defaultdict:
            holder.default_factory = _FACTORIES.get(str(raw.get("$factory")))
        self._outer.append(holder)
        for pair in pairs:
            raw_key, raw_item = pair if type(pair) is list and len(pair) == 2 else (pair, None)  # noqa: PLR2004
            key = self._value(raw_key)
            if not _is_new(key, holder):
                key = _unique(raw_key)
            holder[key] = self._placed(raw_item, holder, key)
        self._outer.pop()
        return holder

    def _scalar(self, raw: dict[str, Any], path: str, text: str) -> Any:
        from hookkit.recording import _scalars

        try:
            if type(raw.get("$iso")) is str:
                return _scalars.moment_of(path, raw["$iso"])
            if "$cut" not in raw:
                return _scalars.value_of(path, text)
            literal: Any = _scalars.bytes_begun(text)
        except LookupError:  # a type that is known by its own package only
            literal = _scalars.literal_of(text)
        except Exception:  # noqa: BLE001 - no text that a value of this type has
            literal = None
        return self._object(raw) if literal is None else self._of_value(raw, type(literal), literal)

    def _member(self, raw: dict[str, Any]) -> Any:
        """
        Decode a member of an enumeration.
        """
        self._outer.append(None)
        value = self._value(raw["$value"])
        self._outer.pop()
        base: Any = type(value)
        is_based = base in (int, str) and raw.get("$bases") == [f"builtins:{base.__name__}"]
        member = self._of_value(raw, base, value) if is_based else self._object(raw)
        vars(member).update(name=raw["$repr"].rpartition(".")[2], value=value)
        return member

    def _exception(self, raw: dict[str, Any]) -> BaseException:
        kind: Any = self._classes.of_exception(raw["$type"], _texts(raw.get("$bases")))
        exc: BaseException = self._marked(raw, kind.__new__(kind))
        exc.args = (raw["$text"],)
        self._add_attributes(raw, exc)
        return exc

    def _object(self, raw: dict[str, Any]) -> Any:
        kind = self._classes.of_object(raw["$type"])
        obj = self._marked(raw, object.__new__(kind))
        self._add_attributes(raw, obj)
        return obj

    def _add_attributes(self, raw: dict[str, Any], obj: Any) -> None:
        attributes = raw.get("$attrs")
        if type(attributes) is dict:
            self._outer.append(obj)
            held = obj.__dict__
            for name, item in attributes.items():
                if name != RECORDED:
                    held[name] = self._placed(item, held, name)
            self._outer.pop()

    def _made(self, raw: dict[str, Any], base: type[Any], *args: Any) -> Any:
        """
        Make a value of *base*, or of the class that stands in its place if the value was cut or is of another type.
        """
        path: str = raw["$type"]
        is_cut = bool(_count(raw, "$cut"))
        if not is_cut and (_ITEMS.get(path) or _PAIRS.get(path)) is base:
            return base(*args)
        return self._marked(raw, self._classes.of_value(path, base, is_cut=is_cut)(*args))

    def _of_value(self, raw: dict[str, Any], base: type[Any], value: Any) -> Any:
        kind = self._classes.of_value(raw["$type"], base, is_cut=bool(_count(raw, "$cut")))
        return self._marked(raw, kind(value))

    def _marked(self, raw: dict[str, Any], obj: Any) -> Any:
        """
        Note on a stand-in what is said of it.
        """
        if raw.keys() <= _PLAIN:
            path = raw["$type"]
            described = self._plain.get(path)
            if described is None:
                described = self._plain[path] = _description({"$type": path})
            obj.__recorded__ = described
        else:
            obj.__recorded__ = _description(raw)
        return obj


class _Later(RecordedObject):
    """
    Stands for what holds the values that are being read, and can only be made when these are there.

    It stays where it is if there is no place to put that into, as in a tuple that is said to hold itself.
    """

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: list[tuple[Any, Any]] = []

    def made(self, obj: Any) -> Any:
        """
        Put *obj* where this was put.
        """
        for holder, key in self.places:
            if _has(holder, key):
                holder[key] = obj
        return obj


def _description(raw: Mapping[str, Any]) -> Description:
    text = raw.get("$repr", raw.get("$text"))
    error = raw.get("$error")
    return Description(
        raw["$type"],
        text if type(text) is str else None,
        _count(raw, "$cut") or 0,
        error if type(error) is str else None,
        {name: value for name, value in raw.items() if name not in _HELD},
    )


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    """
    Give a number that is not negative; None if there is something else.
    """
    value = raw.get(name)
    return value if type(value) is int and 0 <= value < _LARGEST else None


def _texts(values: Any) -> tuple[str, ...]:
    """
    Give a list of texts; nothing if there is something else.
    """
    return tuple(values) if type(values) is list and all(type(value) is str for value in values) else ()


def _is_new(key: Any, holder: Any) -> bool:
    """
    Tell whether *key* can be one and is not in *holder*.
    """
    try:
        return key not in holder
    except Exception:  # noqa: BLE001 - not hashable, or too deep
        return False


def _distinct(values: list[Any], raw: list[Any]) -> set[Any]:
    """
    Give the values as a set, as many as there are.
    """
    found: set[Any] = set()
    for value, from_file in zip(values, raw, strict=True):
        found.add(value if _is_new(value, found) else _unique(from_file))
    return found


def _unique(raw: Any) -> UniqueObject:
    unique = UniqueObject()
    unique.raw = raw
    if type(raw) is dict and type(raw.get("$type")) is str:
        unique.__recorded__ = _description(raw)
    else:
        text = raw if type(raw) is str else repr(raw)
        unique.__recorded__ = Description(f"builtins:{type(raw).__name__}", text, 0, None, {})
    return unique


def _has(holder: Any, key: Any) -> bool:
    return key < len(holder) if isinstance(holder, list | deque) else key in holder
