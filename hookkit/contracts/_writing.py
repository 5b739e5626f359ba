"""
Contracts written as JSON.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._reading import VERSION
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError

__tracebackhide__ = is_mistake


def save(contract: Contract, path: str | Path) -> None:
    """
    Write a contract to a file, from which `load` reads it.

    Args:
        contract: The contract; of one that is restricted to a release everything is written.
        path: The file; one that is there is overwritten.

    Raises:
        ContractError: If the file cannot be written.
    """
    try:
        Path(path).write_text(to_json(contract), encoding="utf-8")
    except OSError as exc:
        msg = f"Cannot write contract {str(path)!r}: {exc.strerror or exc}."
        raise ContractError(msg) from exc


def to_json(contract: Contract) -> str:
    """
    Give a contract as JSON text: two blanks for each level, a line feed at the end, always the same for the same.
    """
    raw: dict[str, object] = {"contract": VERSION, "host": contract.host, "releases": contract.releases}
    if contract.release_names:
        raw["release_names"] = contract.release_names
    raw |= contract.facts
    raw["points"] = [_point(point) for point in contract.history]
    return f"{json.dumps(raw, indent=2, default=_plain, ensure_ascii=False)}\n"


def _point(point: ContractPoint) -> dict[str, object]:
    raw: dict[str, object] = {
        "name": point.name,
        "group": point.group,
        "function": point.function,
        "signature": str(point.signature),
        "kind": point.kind,
        "is_async": point.is_async,
        "first": point.first,
        "last": point.last,
    }
    if point.positional is not None:
        raw["positional"] = point.positional
    if point.replaced_by is not None:
        raw["replaced_by"] = point.replaced_by
    return raw | dict(point.facts)


def _plain(value: object) -> object:
    """
    Give the frozen mappings of what was read as dicts; anything else is none of JSON's.
    """
    if isinstance(value, Mapping):
        return dict(value)
    msg = f"{value!r} is no value of JSON."
    raise TypeError(msg)
