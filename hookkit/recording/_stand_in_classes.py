"""
The classes of stand-ins: made for each type that a recording names, with its name.
"""

from __future__ import annotations

import builtins
import re
from contextlib import suppress
from operator import itemgetter
from typing import Any

from hookkit.recording._stand_ins import (
    RECORDED,
    CutValue,
    Description,
    RecordedException,
    RecordedObject,
    RecordedTuple,
    RecordedValue,
)

_FIELD = re.compile(r"[^\W_]\w*|_[0-9]+")


class Classes:
    """
    Makes classes of stand-ins, one for each type.
    """

    def __init__(self) -> None:
        self._made: dict[Any, type] = {}

    def of_object(self, path: str, base: type = RecordedObject) -> type[Any]:
        """
        Give the class that stands for the type *path*.
        """
        return self._class((path, base), path, (base,), {"__slots__": ()})

    def of_value(self, path: str, base: type, *, is_cut: bool = False) -> type[Any]:
        """
        Give the class that stands for the type *path*, whose values are those of *base*, one of Python's own.
        """
        kind: type = CutValue if is_cut else RecordedValue
        return self._class((path, base, kind), path, (kind, base), {"__hash__": base.__hash__})

    def of_tuple(self, path: str, fields: tuple[str, ...]) -> type[Any] | None:
        """
        Give the class that stands for the named tuple *path*; None if these can be no names of its fields.
        """
        if len({*fields}) != len(fields) or not all(map(_FIELD.fullmatch, fields)):
            return None
        names = {name: property(itemgetter(index)) for index, name in enumerate(fields)}
        described = Description(path, None, 0, None, {})
        more = {"__slots__": (), "_fields": fields, RECORDED: described, **names}
        return self._class((path, fields), path, (RecordedTuple,), more)

    def of_exception(self, path: str, bases: tuple[str, ...]) -> type[Any]:
        """
        Give the class that stands for the exception *path*, which derives from *bases*.
        """
        real = [kind for kind in map(_builtin_exception, (path, *bases)) if kind is not None] or [Exception]
        real = [kind for kind in real if not any(other is not kind and issubclass(other, kind) for other in real)]
        more = {"__recorded_bases__": bases}
        with suppress(TypeError):  # such as of two exceptions that have no room for each other
            return self._class((path, bases), path, (RecordedException, *real), more)
        return self._class((path, bases), path, (RecordedException, real[0]), more)

    def _class(self, key: Any, path: str, bases: tuple[type, ...], more: dict[str, Any]) -> type[Any]:
        made = self._made.get(key)
        if made is None:
            shown = path.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")  # a name can hold neither
            module, _, qualname = shown.rpartition(":")
            namespace = {"__module__": module or "builtins", "__qualname__": qualname, "__doc__": None, **more}
            made = type(qualname.rpartition(".")[2], bases, namespace)
            self._made[key] = made
        return made


def _builtin_exception(path: str) -> type[BaseException] | None:
    """
    Give the exception that Python itself calls so; None for other names, and where one cannot be made without more.
    """
    module, _, name = path.partition(":")
    kind = vars(builtins).get(name) if module == "builtins" else None
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return None
    return None if issubclass(kind, BaseExceptionGroup) else kind
