"""
The contract of a host, made from what its modules decorate.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from hookkit._driver_functions import DriverHookedFunction
from hookkit._functions import ATTRIBUTE, HookedFunction
from hookkit._hooks import describe
from hookkit._messages import explain
from hookkit._registry import registries
from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._signatures import Placeholder
from hookkit.contracts._sources import plain_function, read_signature, read_source
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError

__tracebackhide__ = is_mistake

Hooked = HookedFunction | DriverHookedFunction


class ModuleNotExportedError(ContractError, ImportError):
    """
    The module whose contract is asked for cannot be imported.
    """


def export(module: str | ModuleType, host: str | None = None) -> Contract:
    """
    Make the contract of a host from what its module decorates with `hookkit.add_hook` and `hookkit.add_hooks`.

    What counts is in the module itself; if it is a package, in those of its modules that it has imported, too.
    Functions that are made while the host runs are found if they are there by now.

    Args:
        module: The module, or its name, under which it is imported.
        host: The host's name; the first part of the module's if None.

    Returns:
        The contract: without releases, its hook points in the order of modules and lines.
        It has no annotations; a default that is no literal is a `Placeholder` with its source, or ``unknown``.

    Raises:
        ContractError: If the module cannot be imported (then it is an `ImportError` too), has no hook point, or one
            whose signature cannot be read.
    """
    found = _import(module) if isinstance(module, str) else module
    name = found.__name__
    # Of a module that was imported more than once there may be older functions still.
    hooked = {_name_of(each): (each, is_static) for each, is_static in _hooked_in(name)}
    points = tuple(point_of(each, is_static=is_static) for each, is_static in sorted(hooked.values(), key=_place))
    if not points:
        msg = (
            f"Module {name!r} has no hook points: nothing in it is decorated with add_hook() or add_hooks(). "
            "Name the module that has the decorated functions."
        )
        raise ContractError(msg)
    return Contract(host=host or name.partition(".")[0], releases=(), points=points, history=points)


def point_of(hooked: Hooked, *, is_static: bool = False) -> ContractPoint:
    """
    Make the hook point of a decorated function.

    Args:
        hooked: The decorated function.
        is_static: Whether it is a static method, which has no ``self``.
    """
    name, group, function = _name_of(hooked)
    passes_function = isinstance(hooked, HookedFunction) and bool(hooked.lead)
    return ContractPoint(
        name=name,
        group=group,
        function=function,
        signature=_signature_of(hooked.function),
        kind="driver" if group is None else "named",
        is_async=hooked.is_async,
        first=None,
        last=None,
        facts={"pass_function": True} if passes_function else {},
        positional=0 if is_static else None,
    )


def _name_of(hooked: Hooked) -> tuple[str, str | None, str]:
    """
    Give what a decorated function is known by: its hook point's name and group, and where it is defined.
    """
    path = _path_of(hooked.function)
    if isinstance(hooked, DriverHookedFunction):
        return hooked.func_name, None, path
    return hooked.point.name, hooked.point.group, path


def _import(name: str) -> ModuleType:
    try:
        return import_module(name)
    except Exception as exc:
        msg = f"Cannot import module {name!r}: {explain(exc)}"
        raise ModuleNotExportedError(msg) from exc


def _hooked_in(name: str) -> Iterator[tuple[Hooked, bool]]:
    """
    Yield the decorated functions of a module, or of a package and its modules; whether each is a static method.

    Those that can be reached come last.
    """
    for registry in registries():
        for point in registry.points:
            for hooked in point.functions:
                if _is_in(getattr(hooked.function, "__module__", None), name):
                    yield hooked, False
    for module_name, module in list(sys.modules.items()):
        if _is_in(module_name, name):
            yield from _hooked_of(getattr(module, "__dict__", {}), module_name, set())


def _hooked_of(namespace: Any, module: str, seen: set[type]) -> Iterator[tuple[Hooked, bool]]:
    for value in list(namespace.values()):
        if isinstance(value, type) and value.__module__ == module and value not in seen:
            seen.add(value)
            yield from _hooked_of(vars(value), module, seen)
        for hooked in _hooked_by(getattr(value, "__func__", value)):
            if getattr(hooked.function, "__module__", None) == module:
                yield hooked, isinstance(value, staticmethod)


def _hooked_by(function: object) -> Iterator[Hooked]:
    """
    Yield what runs the hooks of a function, below what else decorates it.
    """
    seen: set[int] = set()
    while isinstance(function, FunctionType) and id(function) not in seen:
        seen.add(id(function))
        for there in (vars(function).get(ATTRIBUTE), *map(_content, function.__closure__ or ())):
            if isinstance(there, HookedFunction | DriverHookedFunction):
                yield there
        function = getattr(function, "__wrapped__", None)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # nothing was put into it yet
        return None


def _is_in(module: object, name: str) -> bool:
    return isinstance(module, str) and f"{module}.".startswith(f"{name}.")


def _place(hooked: tuple[Hooked, bool]) -> tuple[str, int, str]:
    function = hooked[0].function
    plain = plain_function(function)
    line = 0 if plain is None else plain.__code__.co_firstlineno
    return str(getattr(function, "__module__", "")), line, _path_of(function)


def _path_of(function: Any) -> str:
    module = getattr(function, "__module__", None) or type(function).__module__
    return f"{module}:{getattr(function, '__qualname__', type(function).__qualname__)}"


def _signature_of(function: Any) -> inspect.Signature:
    signature = read_signature(function)
    if signature is None:
        msg = f"The signature of {describe(function)} cannot be read. Decorate a function that is written in Python."
        raise ContractError(msg)
    defaults = _written_defaults(function)
    empty = inspect.Parameter.empty
    return signature.replace(
        parameters=[
            parameter.replace(annotation=empty, default=_portable(parameter.default, defaults.get(parameter.name)))
            for parameter in signature.parameters.values()
        ],
        return_annotation=inspect.Signature.empty,
    )


def _portable(default: object, written: str | None) -> object:
    """
    Give a default as it can stand in a file: what a literal means, else a `Placeholder` with its source.
    """
    if default is inspect.Parameter.empty or isinstance(default, Placeholder):
        return default
    try:
        return ast.literal_eval(repr(default))
    except Exception:  # noqa: BLE001 - a default's repr may do anything
        # How `...` is shown in a signature is not how it is written, and what is shown is what gets into the file.
        return Placeholder(repr(default) if default is ... else written or "unknown")


def _written_defaults(function: Any) -> dict[str, str]:
    source = read_source(function)
    if source is None:
        return {}
    arguments = source.node.args
    positional = [*arguments.posonlyargs, *arguments.args][-len(arguments.defaults) or None :]
    pairs = [
        *zip(positional, arguments.defaults, strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {parameter.arg: ast.unparse(default) for parameter, default in pairs if default is not None}
