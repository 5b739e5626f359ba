"""
How arguments were passed: by position or by keyword, which their names alone do not tell.
"""

from __future__ import annotations

from functools import lru_cache
from inspect import Parameter, Signature
from typing import Any

_FIXED = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def positions(signature: Signature | None, args: tuple[Any, ...]) -> dict[str, Any]:
    """
    Say how many arguments were passed by position, and under which name those stand that no parameter of theirs takes.
    """
    if not args:
        return {}
    if signature is None:
        return {"positional": len(args), "var_positional": "args"}
    fixed = 0
    for parameter in signature.parameters.values():
        if parameter.kind in _FIXED:
            fixed += 1
        elif parameter.kind is Parameter.VAR_POSITIONAL and len(args) > fixed:
            return {"positional": len(args), "var_positional": parameter.name}
    return {"positional": min(len(args), fixed)}


def passed(
    arguments: dict[str, Any], positional: int, var_positional: str | None
) -> tuple[Signature | None, tuple[Any, ...], dict[str, Any]]:
    """
    Put arguments that are known by name back to how they were passed.

    Args:
        arguments: The arguments by name, those that were passed by position first.
        positional: How many were passed by position.
        var_positional: The name under which the rest of those stands, as a tuple.

    Returns:
        A signature that knows the names of those that were passed by position, these, and those by keyword.
    """
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    names: list[str] = []
    rest = None
    for name, value in arguments.items():
        if len(args) >= positional or rest is not None:
            kwargs[name] = value
        elif name == var_positional and isinstance(value, tuple):
            args += value
            rest = name
        else:
            args.append(value)
            names.append(name)
    try:
        return _signature(tuple(names), rest), tuple(args), kwargs
    except ValueError:  # such as a name that no parameter can have
        return None, (), arguments


@lru_cache(maxsize=1000)
def _signature(names: tuple[str, ...], rest: str | None) -> Signature | None:
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    if rest is not None:
        parameters.append(Parameter(rest, Parameter.VAR_POSITIONAL))
    return Signature(parameters) if parameters else None
