"""
Scalars as they stand in a recording, turned back into values: their text is taken apart, never run.
"""

from __future__ import annotations

import ast
import datetime as dt
import ipaddress
import pathlib
import re
import uuid
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "..."
"""
Where a text ends that was cut.
"""

_HEX = "[0-9a-fA-F]"
_INT = re.compile(r"-?(?:0x[0-9a-f]+|[0-9]+)")
_FLOAT = re.compile(r"-?(?:nan|inf|[0-9]+\.[0-9]+(?:e[-+][0-9]+)?|[0-9]+e[-+][0-9]+)")
_BYTES_IN = {quote: rf"(?:[^\\{quote}\x00-\x1f\x7f-\U0010ffff]|\\[\\'nrt]|\\x{_HEX}{{2}})*" for quote in "'\""}
_BYTES = re.compile("|".join(f"b{quote}{inside}{quote}" for quote, inside in _BYTES_IN.items()))
_BYTES_BEGUN = re.compile("|".join(f"b{quote}{inside}" for quote, inside in _BYTES_IN.items()))
_ESCAPES = rf"\\[\\'nrt]|\\x{_HEX}{{2}}|\\u{_HEX}{{4}}|\\U000{_HEX}{{5}}|\\U0010{_HEX}{{4}}"
_STR = re.compile("|".join(rf"{quote}(?:[^\\{quote}\r\n\x00]|{_ESCAPES})*{quote}" for quote in "'\""))
_CALL = re.compile(r"(?:[a-z]+\.)?([A-Za-z0-9_]+)\((.*)\)", re.DOTALL)
_NUMBER = re.compile(r" *(?:([a-z]+)=)?(-?[0-9]+) *")
_FOLD = ", fold=1"
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)*")
_PATHS = {
    name: getattr(pathlib, name)
    for name in ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path", "PurePath")
}
_ADDRESSES = ("IPv4Address", "IPv4Network", "IPv4Interface", "IPv6Address", "IPv6Network", "IPv6Interface")


def value_of(kind: str, text: str) -> Any:
    """
    Turn *text*, the repr of a value of a known type, back into the value.

    Args:
        kind: The type, as ``package.module:Class``.
        text: The repr.

    Raises:
        LookupError: If the type is none whose values can be made from their text.
        Exception: If the text is none of such a value.
    """
    return _PARSERS[kind](text)


def literal_of(text: str) -> str | bytes | int | float | None:
    """
    Give the text, the bytes or the number that *text* is the repr of; None if it is that of something else.
    """
    try:
        if _STR.fullmatch(text) or _BYTES.fullmatch(text):
            return ast.literal_eval(text)  # type: ignore[no-any-return] # the expressions leave no more than a literal
        if _INT.fullmatch(text):
            return int(text, 0)
        return float(text) if _FLOAT.fullmatch(text) else None
    except ValueError:  # digits beyond measure
        return None


def bytes_begun(text: str) -> bytes:
    """
    Give the bytes that stand in a repr of bytes whose end was cut off.

    Raises:
        ValueError: If it is none.
    """
    match = _BYTES_BEGUN.match(text)
    if match is None:
        msg = "no bytes"
        raise ValueError(msg)
    return ast.literal_eval(match[0] + match[0][1])  # type: ignore[no-any-return] # bytes, as the expression has it


def moment_of(kind: str, text: str) -> dt.datetime | dt.time:
    """
    Turn a moment or a time of day in ISO 8601 back into a value, its zone a fixed offset.

    Raises:
        LookupError: If *kind* is neither.
        ValueError: If *text* is no such text.
    """
    return _MOMENTS[kind].fromisoformat(text)


def _int(text: str) -> int:
    return int(text, 0)


def _bytes(text: str) -> bytes:
    value = literal_of(text)
    if not isinstance(value, bytes):
        raise ValueError(text)  # noqa: TRY004 - what is wrong is the text
    return value


def _str(text: str) -> str:
    value = literal_of(text)
    if not isinstance(value, str):
        raise ValueError(text)  # noqa: TRY004 - what is wrong is the text
    return value


def _inside(name: str, text: str) -> str:
    """
    Give what is between the parentheses of a call of *name*.
    """
    match = _CALL.fullmatch(text)
    if match is None or match[1] != name:
        raise ValueError(text)
    return match[2]


def _numbers(text: str) -> tuple[list[int], dict[str, int]]:
    """
    Take numbers apart: those by position, and those by name.
    """
    args: list[int] = []
    kwargs: dict[str, int] = {}
    for part in text.split(","):
        match = _NUMBER.fullmatch(part)
        if match is None:
            raise ValueError(text)
        if match[1]:
            kwargs[match[1]] = int(match[2])
        else:
            args.append(int(match[2]))
    return args, kwargs


def _from_numbers(name: str, kind: Callable[..., Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        args, kwargs = _numbers(_inside(name, text))
        return kind(*args, **kwargs)

    return parse


def _from_text(name: str, kind: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: kind(_str(_inside(name, text)))


def _with_zone(name: str, kind: Callable[..., Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        inside, _, zone = _inside(name, text).partition(", tzinfo=")
        fold = _FOLD if zone.endswith(_FOLD) else ""  # a time has it last, a moment before the zone
        args, kwargs = _numbers(inside + fold)
        return kind(*args, **kwargs, tzinfo=_zone(zone.removesuffix(fold)) if zone else None)

    return parse


def _zone(text: str) -> dt.tzinfo:
    if text.startswith("zoneinfo."):
        return _zone_info(text)
    return _timezone(text)


def _zone_info(text: str) -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    key = _str(_inside("ZoneInfo", text).removeprefix("key="))
    if not _ZONE_NAME.fullmatch(key):
        raise ValueError(text)
    return ZoneInfo(key)


def _timezone(text: str) -> dt.timezone:
    if text == "datetime.timezone.utc":
        return dt.UTC
    offset, _, name = _inside("timezone", text).partition("), ")
    if name:
        return dt.timezone(_timedelta(f"{offset})"), _str(name))
    return dt.timezone(_timedelta(offset))


def _path(name: str) -> Callable[[str], pathlib.PurePath]:
    def parse(text: str) -> pathlib.PurePath:
        path = _str(_inside(name, text))
        try:
            return _PATHS[name](path)  # type: ignore[no-any-return] # these are classes of paths
        except NotImplementedError:  # the path of another system
            return _PATHS[f"Pure{name}"](path)  # type: ignore[no-any-return]

    return parse


_timedelta = _from_numbers("timedelta", dt.timedelta)
_MOMENTS: dict[str, type[dt.datetime | dt.time]] = {"datetime:datetime": dt.datetime, "datetime:time": dt.time}
_PARSERS: dict[str, Callable[[str], Any]] = {
    "builtins:float": float,
    "builtins:int": _int,
    "builtins:complex": complex,
    "builtins:bytes": _bytes,
    "builtins:bytearray": lambda text: bytearray(_bytes(_inside("bytearray", text))),
    "builtins:range": _from_numbers("range", range),
    "builtins:ellipsis": {"Ellipsis": ...}.__getitem__,
    "builtins:NotImplementedType": {"NotImplemented": NotImplemented}.__getitem__,
    "decimal:Decimal": _from_text("Decimal", Decimal),
    "fractions:Fraction": _from_numbers("Fraction", Fraction),
    "uuid:UUID": _from_text("UUID", uuid.UUID),
    "datetime:date": _from_numbers("date", dt.date),
    "datetime:time": _with_zone("time", dt.time),
    "datetime:datetime": _with_zone("datetime", dt.datetime),
    "datetime:timedelta": _timedelta,
    "datetime:timezone": _timezone,
    "zoneinfo:ZoneInfo": _zone_info,
    **{f"ipaddress:{name}": _from_text(name, getattr(ipaddress, name)) for name in _ADDRESSES},
    **{f"{module}:{name}": _path(name) for module in ("pathlib", "pathlib._local") for name in _PATHS},
}
