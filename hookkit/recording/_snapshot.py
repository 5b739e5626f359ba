"""
Snapshots: values as they were at one moment.
"""

from __future__ import annotations

import sys
from abc import ABCMeta
from collections import Counter, OrderedDict, defaultdict, deque
from types import GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ATOMS = frozenset({type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented), range})
"""
Types whose values cannot change and hold nothing.
"""

MAPPINGS = frozenset({dict, OrderedDict, defaultdict, Counter})
SEQUENCES = frozenset({list, deque})
SETS = frozenset({set, frozenset})

_VALUE_MODULES = frozenset({"datetime", "decimal", "fractions", "ipaddress", "pathlib", "uuid"})

# What a class is asked for by these descriptors it cannot answer itself, whatever it or its own class defines.
_MRO, _NAMESPACE, _MODULE = (type.__dict__[name] for name in ("__mro__", "__dict__", "__module__"))


class Snapshot:
    """
    Copies of values that were taken at one moment, with one memory for all, so that cycles and aliases are kept.

    Copied in depth are exact builtin containers, the standard library's, and dataclasses with a generated ``__eq__``.
    All else stays what it is, with its attributes noted.
    No code of the copied objects' classes runs.

    Attributes:
        noted: By the id of each object that was kept as it is: the object, and its attributes at that moment.
        is_constant: Whether nothing that was met can change.
    """

    __slots__ = ("_foreign", "_kept", "_memo", "is_constant", "noted")

    def __init__(self) -> None:
        self._memo: dict[int, Any] = {}
        self._foreign: dict[int, object] = {}
        self._kept = 0
        self.noted: dict[int, tuple[object, dict[str, Any]]] = {}
        self.is_constant = True

    def keep(self, value: object) -> None:
        """
        Keep *value* as it is wherever it is met, and note none of its attributes.
        """
        self._memo[id(value)] = value
        self._kept = len(self._memo)

    def copy(self, value: Any) -> Any:
        """
        Copy *value*, or give it back if it is not of a kind that is copied.
        """
        kind = type(value)
        try:
            if kind in ATOMS:
                return value
            known = self._memo.get(id(value), self)
            if known is not self:
                return known
            if is_tame(kind):
                return self._copy(kind, value)
            self._foreign[id(value)] = value
        except Exception:  # noqa: BLE001 - nested too deep, or a key or a class that raises; it stays what it is
            self._memo[id(value)] = value
        return value

    def _copy(self, kind: type, value: Any) -> Any:
        if kind in MAPPINGS:
            return self._copy_mapping(value)
        if kind in SEQUENCES:
            return self._copy_sequence(value)
        if kind is tuple or is_namedtuple(kind):
            return self._copy_tuple(value)
        if kind in SETS or kind is bytearray:
            return self._memo.setdefault(id(value), value.copy())
        if is_plain_dataclass(kind):
            return self._copy_dataclass(value)
        self._foreign[id(value)] = value
        return value

    def finish(self) -> None:
        """
        Note the attributes of the objects that were met and not copied, and let go of what only the taking needs.

        What only those attributes lead to is copied, but not noted in its turn.
        """
        foreign, self._foreign = self._foreign, {}
        for obj in foreign.values():
            if _has_attributes(obj):
                attributes = {name: self.copy(value) for name, value in attributes_of(obj) if not _is_mock_name(name)}
                self.noted[id(obj)] = (obj, attributes)
        self.is_constant = len(self._memo) == self._kept and not self.noted
        self._foreign = {}
        self._memo = {}  # the originals may go now, and their ids come to stand for others

    def _copy_mapping(self, value: Any) -> Any:
        copy = self._memo[id(value)] = value.copy()
        size = len(copy)
        for key, item in tuple(copy.items()):
            copied = self.copy(item)
            if copied is not item:
                try:
                    copy[key] = copied
                except Exception:  # noqa: BLE001, S112 - a key whose __hash__ or __eq__ raises; its value stays
                    continue
        if len(copy) != size:  # a key whose __hash__ lies
            copy.clear()
            copy.update(value)
        return copy

    def _copy_sequence(self, value: Any) -> Any:
        copy = self._memo[id(value)] = value.copy()
        for index, item in enumerate(copy):
            if type(item) not in ATOMS:
                copy[index] = self.copy(item)
        return copy

    def _copy_tuple(self, value: Any) -> Any:
        items = [self.copy(item) for item in tuple.__iter__(value)]
        if id(value) in self._memo:  # it holds something that holds it
            return self._memo[id(value)]
        if all(copied is item for copied, item in zip(items, tuple.__iter__(value), strict=True)):
            return value
        copy = self._memo[id(value)] = tuple.__new__(type(value), items)
        return copy

    def _copy_dataclass(self, value: Any) -> Any:
        copy = self._memo[id(value)] = object.__new__(type(value))
        for descriptor in _slots(type(value)):
            if (item := _slot_value(descriptor, value)) is not descriptor:
                descriptor.__set__(copy, self.copy(item))
        for name, item in tuple(_dict_of(value).items()):
            _dict_of(copy)[name] = self.copy(item)
        return copy


def attributes_of(obj: object) -> Iterator[tuple[str, Any]]:
    """
    Give the names and values of the attributes that *obj* itself holds, running none of its code.

    For dataclasses those in slots too.
    """
    if is_plain_dataclass(type(obj)):
        for descriptor in _slots(type(obj)):
            if (value := _slot_value(descriptor, obj)) is not descriptor:
                yield descriptor.__name__, value
    yield from tuple(_dict_of(obj).items())


def is_tame(kind: type) -> bool:
    """
    Tell whether the class *kind* can be asked about without running code of its own class.
    """
    return type(kind) is type or type(kind) is ABCMeta


def is_atom(kind: type) -> bool:
    """
    Tell whether *kind* is one of `ATOMS`.
    """
    return type(kind) is type and kind in ATOMS


def is_namedtuple(kind: type) -> bool:
    """
    Tell whether *kind* was made by ``namedtuple`` or derives from such a class, and compares as tuples do.
    """
    return (
        is_tame(kind)
        and issubclass(kind, tuple)
        and isinstance(getattr(kind, "_fields", None), tuple)
        and kind.__eq__ is tuple.__eq__
        and not hasattr(kind, "__del__")
        and not any("__dict__" in _NAMESPACE.__get__(base) for base in kind.__mro__)
    )


def is_plain_dataclass(kind: type) -> bool:
    """
    Tell whether *kind* is a dataclass whose ``__eq__`` was generated, so that a copy is as good as the original.
    """
    own = kind.__dict__ if is_tame(kind) else {}
    if "__dataclass_fields__" not in own:
        return False
    code = getattr(own.get("__eq__"), "__code__", None)
    return (
        code is not None
        and code.co_filename == "<string>"  # where dataclasses has the code that it makes
        and all(getattr(kind, name) is getattr(object, name) for name in ("__new__", "__getattribute__"))
        and not hasattr(kind, "__del__")
    )


def is_value(kind: type) -> bool:
    """
    Tell whether *kind* is one of the standard library's immutable value types, such as ``datetime``.
    """
    name = _MODULE.__get__(kind) if is_tame(kind) else None
    if type(name) is not str or name.partition(".")[0] not in _VALUE_MODULES:
        return False
    return getattr(sys.modules.get(name), kind.__name__, None) is kind  # and does not only say so


def _has_attributes(obj: object) -> bool:
    return type(_raw_dict(obj)) is dict and not issubclass(type(obj), ModuleType)


def _dict_of(obj: object) -> dict[str, Any]:
    found = _raw_dict(obj)
    return found if type(found) is dict else {}


def _raw_dict(obj: object) -> Any:
    for base in _MRO.__get__(type(obj)):
        descriptor = _NAMESPACE.__get__(base).get("__dict__")
        if type(descriptor) is GetSetDescriptorType:  # not what a class has made of the name
            return descriptor.__get__(obj)
    return None


def _slots(kind: type) -> Iterator[MemberDescriptorType]:
    for base in kind.__mro__:
        for descriptor in base.__dict__.values():
            if isinstance(descriptor, MemberDescriptorType):
                yield descriptor


def _slot_value(descriptor: MemberDescriptorType, obj: object) -> Any:
    """
    Give what is in a slot; the descriptor itself if it is empty.
    """
    try:
        return descriptor.__get__(obj)
    except AttributeError:
        return descriptor


def _is_mock_name(name: str) -> bool:
    """
    Tell whether *name* is where unittest.mock keeps its books, which change whenever a mock is looked at.
    """
    return name.startswith("_mock_") or name == "method_calls"
