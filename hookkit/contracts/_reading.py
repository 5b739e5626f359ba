"""
Contracts read from JSON, and what is wrong with those that are none.
"""

import inspect
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from hookkit._messages import did_you_mean
from hookkit.contracts._model import KINDS, Contract, ContractPoint, Kind, find_release
from hookkit.contracts._signatures import parse_signature
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError

__tracebackhide__ = is_mistake

VERSION = 1
"""
The version of the format that is read and written.
"""

_CONTRACT_KEYS = ("contract", "host", "releases", "points")
_POINT_KEYS = ("name", "group", "function", "signature", "kind", "is_async", "first", "last")
_OPTIONAL_POINT_KEYS = ("positional", "replaced_by")
_LONGEST_SHOWN = 60


def load(path: str | Path) -> Contract:
    """
    Read a contract from a file.

    Args:
        path: A JSON file, as ``hookkit contract export`` writes it.

    Returns:
        The contract, not restricted to any release.

    Raises:
        ContractError: If the file cannot be read or is no contract; the message names the file, the key, what was
            found there and what is accepted.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as exc:
        msg = f"Cannot read contract {str(path)!r}: {exc.strerror or exc}."
        raise ContractError(msg) from exc
    except UnicodeDecodeError as exc:
        msg = f"Cannot read contract {str(path)!r}: byte {exc.start} is not UTF-8."
        raise ContractError(msg) from exc
    return read(text, str(path))


def read(text: str, source: str) -> Contract:
    """
    Read a contract from JSON text; errors call it *source*.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as exc:
        msg = f"Cannot read contract {source!r}: line {exc.lineno}, column {exc.colno} is not JSON: {exc.msg}."
        raise ContractError(msg) from exc
    except (RecursionError, ValueError) as exc:
        msg = f"Cannot read contract {source!r}: it is nested too deeply, or has a number too long to read."
        raise ContractError(msg) from exc
    return _Reader(source).contract(raw)


class _Reader:
    """
    Turns what JSON gave into a contract, and knows what to call each place of it in errors.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.releases: tuple[str, ...] = ()
        self.release_names: Mapping[str, str] = {}

    def contract(self, raw: object) -> Contract:
        fields = self._object(raw, "the contract", _CONTRACT_KEYS)
        self._check_version(fields["contract"])
        self.releases = tuple(self._text(*tag) for tag in self._list(fields, "releases"))
        self.release_names = self._names(fields.get("release_names", {}))
        points = tuple(self._point(*point) for point in self._list(fields, "points"))
        return Contract(
            host=self._text(fields["host"], "host"),
            releases=self.releases,
            points=points,
            history=points,
            release_names=self.release_names,
            facts=_rest(fields, (*_CONTRACT_KEYS, "release_names")),
        )

    def _check_version(self, version: object) -> None:
        key = "contract"
        if not _is_int(version):
            raise self._wrong(key, version, f"the number of the format's version, {VERSION}")
        if version != VERSION:
            msg = (
                f"Cannot read contract {self.source!r}: it has version {version!r}, and this hookkit reads version "
                f"{VERSION}. Use the hookkit that wrote it, or write it anew with this one."
            )
            raise ContractError(msg)

    def _names(self, raw: object) -> Mapping[str, str]:
        names = self._object(raw, "release_names", ())
        return MappingProxyType({tag: self._name(tag, name) for tag, name in names.items()})

    def _name(self, tag: str, value: object) -> str:
        key = f"release_names.{tag}"
        if tag not in self.releases:
            raise self._wrong(key, value, "the name of a tag that is in 'releases'")
        return self._text(value, key)

    def _point(self, raw: object, key: str) -> ContractPoint:
        fields = self._object(raw, key, _POINT_KEYS)
        kind = self._kind(fields["kind"], f"{key}.kind")
        return ContractPoint(
            name=self._text(fields["name"], f"{key}.name"),
            group=self._group(fields["group"], f"{key}.group", kind),
            function=self._text(fields["function"], f"{key}.function"),
            signature=self._signature(fields["signature"], f"{key}.signature"),
            kind=kind,
            is_async=self._flag(fields["is_async"], f"{key}.is_async"),
            first=self._tag(fields["first"], f"{key}.first"),
            last=self._tag(fields["last"], f"{key}.last"),
            facts=_rest(fields, (*_POINT_KEYS, *_OPTIONAL_POINT_KEYS)),
            positional=self._count(fields.get("positional"), f"{key}.positional"),
            replaced_by=self._text_or_null(fields.get("replaced_by"), f"{key}.replaced_by"),
        )

    def _kind(self, value: object, key: str) -> Kind:
        for kind in KINDS:
            if value == kind:
                return kind
        raise self._wrong(key, value, " or ".join(map(repr, KINDS)))

    def _group(self, value: object, key: str, kind: Kind) -> str | None:
        if kind == "driver":
            if value is not None:
                raise self._wrong(key, value, "null, since driver hooks have no group")
            return None
        return self._text(value, key)

    def _signature(self, value: object, key: str) -> inspect.Signature:
        text = self._text(value, key)
        try:
            return parse_signature(text)
        except ContractError as exc:
            msg = f"Cannot read contract {self.source!r}: {key} is wrong. {exc}"
            raise ContractError(msg) from exc

    def _flag(self, value: object, key: str) -> bool:
        if isinstance(value, bool):
            return value
        raise self._wrong(key, value, "true or false")

    def _tag(self, value: object, key: str) -> str | None:
        if value is None or (
            isinstance(value, str) and find_release(value, self.releases, self.release_names) is not None
        ):
            return value
        raise self._wrong(key, value, "null or a tag of a release that is in 'releases'")

    def _count(self, value: object, key: str) -> int | None:
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise self._wrong(key, value, "null or a number of arguments")

    def _text_or_null(self, value: object, key: str) -> str | None:
        return None if value is None else self._text(value, key)

    def _text(self, value: object, key: str) -> str:
        if isinstance(value, str) and value:
            return value
        raise self._wrong(key, value, "a text that is not empty")

    def _list(self, fields: Mapping[str, object], key: str) -> Iterator[tuple[object, str]]:
        value = fields[key]
        if not isinstance(value, list):
            raise self._wrong(key, value, "a list")
        return ((item, f"{key}[{index}]") for index, item in enumerate(value))

    def _object(self, value: object, key: str, required: Collection[str]) -> dict[str, object]:
        if not isinstance(value, dict):
            raise self._wrong(key, value, "an object")
        for name in required:
            if name not in value:
                msg = (
                    f"Cannot read contract {self.source!r}: {key} has no {name!r}.{did_you_mean(name, value)} "
                    f"It must have {', '.join(map(repr, required))}."
                )
                raise ContractError(msg)
        return value

    def _wrong(self, key: str, found: object, accepted: str) -> ContractError:
        return ContractError(f"Cannot read contract {self.source!r}: {key} is {_shown(found)}; it must be {accepted}.")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(found: object) -> str:
    """
    Show a value as it stands in the file, cut where it is long.
    """
    text = json.dumps(found, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _rest(fields: Mapping[str, object], known: Collection[str]) -> Mapping[str, object]:
    return MappingProxyType({key: _frozen(value) for key, value in fields.items() if key not in known})


def _frozen(value: object) -> object:
    """
    Give what JSON gave in a form that nobody can change: the shipped contracts are shared by the whole process.
    """
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return value
