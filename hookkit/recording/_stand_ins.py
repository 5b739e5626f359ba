"""
Stand-ins: what is read in place of values whose classes are not to be imported.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from reprlib import recursive_repr
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._snapshot import attributes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

RECORDED = "__recorded__"

_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)
_MOST_NAMES = 10

_MODULE, _QUALNAME = (type.__dict__[name] for name in ("__module__", "__qualname__"))

_comparing: set[tuple[int, int, int]] = set()


class Description(NamedTuple):
    """
    What a recording says of a value that a stand-in takes the place of.

    Attributes:
        type: Its class, as ``package.module:Class``.
        text: The text of a scalar, a class, a function or an exception; None if there is none.
        cut: How many characters, items or attributes were left out when it was written.
        error: The class of what was raised when it was to be described; None if nothing was.
        fields: What the file says of it, apart from what it holds.

    .. versionadded:: 0.1
    """

    type: str
    text: str | None
    cut: int
    error: str | None
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """
        The last part of the type.
        """
        return self.type.rpartition(":")[2].rpartition(".")[2]


class StandIn:
    """
    The base of all stand-ins.

    Attributes:
        __recorded__: What the recording says of the value.

    .. versionadded:: 0.1
    """

    __slots__ = ()

    __recorded__: Description


class RecordedObject(StandIn):
    """
    Stands for an object: has the attributes that were recorded, and is of a class of the same name.

    Equal to another one of the same type with the same attributes, and to an object of that class that has them.

    .. versionadded:: 0.1
    """

    __slots__ = ("__dict__", "__recorded__", "__weakref__")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # asked for by copy, pickle, inspect and the like
            raise AttributeError(name)
        raise AttributeError(_no_attribute(self.__recorded__.type, name, vars(self)), name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, StandIn):
            return isinstance(other, RecordedObject) and not isinstance(other, UniqueObject) and _are_like(self, other)
        described = self.__recorded__
        if type_path(type(other)) != described.type:
            return False
        if described.text is not None:
            return name_of(other) == described.text
        return not described.cut and dict(attributes_of(other)) == vars(self)

    def __hash__(self) -> int:
        return hash(self.__recorded__[:2])

    @recursive_repr()
    def __repr__(self) -> str:
        described = self.__recorded__
        if described.error is not None:
            return f"<{described.name} that raised {described.error} when it was recorded>"
        if described.text is not None:
            is_whole = described.text.startswith((f"{described.name}(", f"{described.name}."))
            return described.text if is_whole else f"<{described.name} {described.text}>"
        parts = [f"{name}={value!r}" for name, value in vars(self).items()]
        if described.cut:
            parts.append(f"and {described.cut} more")
        return f"{described.name}({', '.join(parts)})" if parts else f"<{described.name}>"


class UniqueObject(RecordedObject):
    """
    Stands for a key that is the same as another one once it is read, or that cannot be one: is equal to itself only.
    """

    __slots__ = ("raw",)

    raw: Any

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class RecordedException(StandIn, BaseException):
    """
    Stands for an exception: has its text, is of a class of the same name, and of the builtin ones that it was of.

    Equal to another one of the same type with the same text, and to such an exception itself.

    .. versionadded:: 0.1
    """

    __recorded_bases__: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.__recorded__.text or ""

    def __repr__(self) -> str:
        return f"{self.__recorded__.name}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RecordedException):
            return self is other or _are_like(self, other)
        return (
            isinstance(other, BaseException)
            and type_path(type(other)) == self.__recorded__.type
            and str(other) == str(self)
        )

    def __hash__(self) -> int:
        return hash(self.__recorded__[:2])


class RecordedValue(StandIn):
    """
    Stands for a value of a class that derives from one of Python's own, and is of the latter; or for one that was cut.

    What was cut is equal to what was cut in the same way, never to what is whole.

    .. versionadded:: 0.1
    """

    __slots__ = ()

    def __str__(self) -> str:
        if isinstance(self, str):
            return str.__str__(self)
        return super().__repr__() if isinstance(self, int | float) else repr(self)

    @recursive_repr()
    def __repr__(self) -> str:
        described = self.__recorded__
        if "$value" in described.fields:
            return str(described.text)
        return f"<{super().__repr__()} and {described.cut} more>" if described.cut else super().__repr__()


class CutValue(RecordedValue):
    """
    Stands for a text or a container that was cut.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not (isinstance(other, CutValue) and self.__recorded__ == other.__recorded__):
            return False
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:  # containers have one of their own
        return not self == other

    __hash__ = None  # type: ignore[assignment] # that of the other base


class RecordedTuple(StandIn, tuple[Any, ...]):
    """
    Stands for a named tuple: has its names.

    .. versionadded:: 0.1
    """

    __slots__ = ()

    _fields: tuple[str, ...] = ()

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _replace(self, **values: Any) -> Any:
        return type(self)({**self._asdict(), **values}[name] for name in self._fields)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (tuple(self),)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"


def type_path(kind: type) -> str:
    """
    Give ``package.module:Class`` of a class, running no code of the class of its own that it may have.
    """
    module = _MODULE.__get__(kind)
    return f"{module if type(module) is str else '?'}:{_QUALNAME.__get__(kind)}"


def name_of(value: object) -> str | None:
    """
    Name a class, a function, a method, a module or a member of an enumeration; None for anything else.
    """
    if isinstance(value, ModuleType):
        return value.__name__
    if isinstance(value, _NAMED):
        return f"{value.__module__ or 'builtins'}:{value.__qualname__}"
    return f"{type(value).__name__}.{value._name_}" if isinstance(value, Enum) else None


def recorded_attributes(value: StandIn) -> dict[str, Any]:
    """
    Give the attributes that a stand-in has.
    """
    return {name: item for name, item in getattr(value, "__dict__", {}).items() if name != RECORDED}


def was_cut(value: object) -> bool:
    """
    Tell whether anything was left out of a recorded value, at any depth, because it was too large.

    .. versionadded:: 0.1
    """
    todo = [value]
    seen: set[int] = set()
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, StandIn):
            if value.__recorded__.cut:
                return True
            todo.extend(recorded_attributes(value).values())
        if isinstance(value, Mapping):
            todo.extend((*value.keys(), *value.values()))
        elif isinstance(value, list | tuple | AbstractSet | deque):
            todo.extend(value)
    return False


def _are_like(one: StandIn, other: StandIn) -> bool:
    """
    Tell whether two stand-ins are of one type and have the same text and attributes; in cycles, as far as they go.
    """
    pair = (threading.get_ident(), id(one), id(other))
    if pair in _comparing:
        return True
    _comparing.add(pair)
    try:
        same = one.__recorded__ == other.__recorded__
        return same and recorded_attributes(one) == recorded_attributes(other)
    finally:
        _comparing.discard(pair)


def _no_attribute(kind: str, name: str, known: Iterable[str]) -> str:
    names = [repr(one) for one in known]
    if not names:
        return f"The recorded {kind} has no attribute {name!r}: nothing of it was recorded but its class."
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    names = names[:_MOST_NAMES] + more
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return (
        f"The recorded {kind} has no attribute {name!r}. Recorded is {listed}; "
        "methods, and what is in other objects' attributes, are not."
    )
