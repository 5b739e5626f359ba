"""
Redaction: secrets are known by the names of what holds them, and are not written to disk.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

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
    from collections.abc import Iterable, Iterator, Mapping

    Noted = Mapping[int, tuple[object, dict[str, Any]]]

SECRET_NAMES = (
    "pass",
    "secret",
    "token",
    "key_data",
    "private_key",
    "credential",
    "authorization",
    "otp",
    "user_data",
    "injected_file",
)
"""
Whatever has one of these in its name, in any case, is a secret.
"""

MASK = "***"

_MOST_KNOWN = 1000  # names that are told at once, and characters in one
_SHORTEST = 4  # characters; a shorter secret is masked in the texts of exceptions only, or all text would be stars


class Redaction:
    """
    Knows secrets by their names.

    Args:
        names: What makes a name that of a secret, if it is a part of it, in any case.
    """

    def __init__(self, names: Iterable[str] = SECRET_NAMES) -> None:
        self._names = tuple(name.casefold() for name in names)
        self._known: dict[str, bool] = {}

    def is_secret(self, name: object) -> bool:
        """
        Tell whether what is called *name* is a secret; not if *name* is no text.
        """
        if name is None:
            return False
        if type(name) is not str:
            return self._is_secret(name)
        known = self._known.get(name)
        if known is None:
            known = self._is_secret(name)
            if len(self._known) < _MOST_KNOWN and len(name) < _MOST_KNOWN:  # names are few; what is not may be a key
                self._known[name] = known
        return known

    def _is_secret(self, name: object) -> bool:
        if type(name) is bytes:
            name = name.decode("utf-8", "replace")
        if not isinstance(name, str):
            return False
        folded = str.casefold(name)
        return any(part in folded for part in self._names)

    def secrets(self, values: Mapping[str, Any], noted: Noted) -> set[str]:
        """
        Collect the texts that must not be seen: what stands under secret names, at any depth.

        Args:
            values: Values by name.
            noted: The attributes of the objects among them, by the id of the object.
        """
        found: set[str] = set()
        todo = list(self._worth_a_look(values.items(), is_secret=False))
        seen: set[tuple[int, bool]] = set()
        while todo:
            value, is_secret = todo.pop()
            if is_secret:
                found.update(filter(None, _texts(value)))
            if (id(value), is_secret) not in seen:
                seen.add((id(value), is_secret))
                todo.extend(self._worth_a_look(_held(value, noted), is_secret=is_secret))
        return found

    def _worth_a_look(self, items: Iterable[tuple[object, Any]], *, is_secret: bool) -> Iterator[tuple[Any, bool]]:
        """
        Give those that are secrets or may hold some, which few are.
        """
        for name, value in items:
            is_one = is_secret or self.is_secret(name)
            if is_one or type(value) not in ATOMS:
                yield value, is_one


class Mask:
    """
    Takes secrets out of texts.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._all = sorted(secrets, key=lambda secret: (-len(secret), secret))  # one may be a part of another
        self._long = [secret for secret in self._all if len(secret) >= _SHORTEST]

    def text(self, text: str) -> str:
        """
        Give *text* with a mask in place of each secret that is long enough to be told from other text.
        """
        return _replaced(text, self._long)

    def data(self, data: bytes) -> bytes:
        """
        Give *data* with a mask in place of each such secret, encoded as it mostly is.
        """
        for secret in self._long:
            encoded = secret.encode("utf-8", "surrogatepass")
            if encoded in data:
                data = data.replace(encoded, MASK.encode())
        return data

    def exception(self, text: str) -> str:
        """
        Give *text*, an exception's, with a mask in place of each secret.
        """
        return _replaced(text, self._all)


def _replaced(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, MASK)
    return text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bytes | bytearray):
        yield bytes(value).decode("utf-8", "replace")
        yield repr(bytes(value))[2:-1]
    elif isinstance(value, str):
        yield str.__str__(value)
        yield str.__repr__(value)[1:-1]
    elif type(value) in (int, float):
        yield repr(value)
    elif is_value(type(value)):
        with suppress(Exception):  # such as a zone of a datetime whose own code raises
            yield str(value)


def _held(value: Any, noted: Noted) -> Iterator[tuple[object, Any]]:
    """
    Give what *value* holds, by name where it has one.
    """
    kind = type(value)
    if kind in MAPPINGS:
        yield from tuple(value.items())
    elif kind in SEQUENCES or kind in SETS or kind is tuple:
        yield from ((None, item) for item in tuple(value))
    elif is_namedtuple(kind):
        yield from zip(kind._fields, tuple.__iter__(value), strict=False)
    elif is_plain_dataclass(kind):
        yield from attributes_of(value)
    elif id(value) in noted:
        yield from noted[id(value)][1].items()
