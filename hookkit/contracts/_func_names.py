"""
The names of hook points that a driver hook waits for: what its source compares *func_name* with.
"""

import ast
import inspect
from collections.abc import Iterator
from types import FunctionType

from hookkit._messages import did_you_mean
from hookkit.contracts._methods import is_base
from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._problems import Problem
from hookkit.contracts._sources import Source, read_source

_PARAMETER = "func_name"


def unknown_func_names(cls: type, contract: Contract) -> Iterator[Problem]:
    """
    Yield a problem for each name that a class waits for, and that its host does not call in this release.

    A hook may be written for several releases: a name of another one is fine where the hook waits for what is called
    in its place, or where it is yet to come and the hook waits for something that is called already.
    """
    waited = [(source, *found) for source in _sources(cls) for found in _compared(source, cls)]
    names = {name for _, name, _ in waited}
    calls = _Calls(contract)
    for source, name, line in waited:
        what = calls.why_never(name, names)
        if what is not None:
            yield Problem("unknown-func-name", f"waits for func_name {name!r}, {what}", source.file, line)


class _Calls:
    """
    Which names a host's driver hooks are told, in this release and in others.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.live = {point.name for point in contract.points if point.kind == "driver"}
        self.history: dict[str, list[ContractPoint]] = {}
        for point in contract.history:
            if point.kind == "driver":
                self.history.setdefault(point.name, []).append(point)

    def why_never(self, name: str, waited: set[str]) -> str | None:
        """
        Say why a name is not one that the host calls; None if it is, or if the hook is ready for what is called.
        """
        if name in self.live:
            return None
        periods = self.history.get(name)
        if periods is None:
            longer = sorted(known for known in self.live if known.startswith(f"{name}_"))  # create_share: ..._instance
            question = did_you_mean(longer[0] if longer else name, self.history).replace(" Did", "; did")
            return f"which no hook point of {self.contract.host} has{question}"
        others = [point.replaced_by for point in periods if point.replaced_by in self.live]
        others += [point.name for point in self.contract.points if point.replaced_by == name]
        if waited.intersection(others) or (self._is_to_come(periods) and waited & self.live):
            return None
        instead = f"; {others[0]!r} is" if others else ""
        return f"not called {self._when(periods)}{instead}"

    def _is_to_come(self, periods: list[ContractPoint]) -> bool:
        first = periods[0].first
        return first is not None and self._place(first) > self._place(self.contract.release)

    def _when(self, periods: list[ContractPoint]) -> str:
        if self._is_to_come(periods):
            return f"before {periods[0].first}"
        after = self._place(periods[-1].last) + 1
        return f"since {self.contract.releases[after]}" if after < len(self.contract.releases) else "any more"

    def _place(self, release: str | None) -> int:
        at = None if release is None else self.contract.at(release).release
        return len(self.contract.releases) if at is None else self.contract.releases.index(at)


def _sources(cls: type) -> Iterator[Source]:
    """
    Yield the source of each method, the class's own or inherited, that takes a func_name.
    """
    for base in cls.__mro__:
        functions = () if is_base(base) else vars(base).values()
        for value in functions:
            function = getattr(value, "__func__", value)
            source = read_source(function) if isinstance(function, FunctionType) else None
            if source is not None and _PARAMETER in _argument_names(source):
                yield source


def _argument_names(source: Source) -> tuple[str, ...]:
    code = source.function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _compared(source: Source, cls: type) -> Iterator[tuple[str, int]]:
    """
    Yield each text that func_name is compared with, and the line.
    """
    for node in ast.walk(source.node):
        match node:
            case ast.Compare(left=ast.Name(id="func_name"), ops=[operator], comparators=[other]):
                yield from _texts(operator, other, source, cls, node.lineno)
            case ast.Compare(
                left=other, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[ast.Name(id="func_name")]
            ):
                yield from _texts(operator, other, source, cls, node.lineno)
            case ast.Match(subject=ast.Name(id="func_name"), cases=cases):
                for case in cases:
                    yield from _patterns(case.pattern)
            case ast.Subscript(value=table, slice=ast.Name(id="func_name")):
                yield from ((name, node.lineno) for name in _collection(table, source, cls))
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[ast.Name(id="func_name"), *_]):
                yield from ((name, node.lineno) for name in _collection(table, source, cls))


def _texts(operator: ast.cmpop, other: ast.expr, source: Source, cls: type, line: int) -> Iterator[tuple[str, int]]:
    if isinstance(operator, ast.In | ast.NotIn):
        yield from ((name, line) for name in _collection(other, source, cls))
        return
    value = _value(other, source, cls)
    if isinstance(operator, ast.Eq | ast.NotEq) and isinstance(value, str):
        yield value, line


def _patterns(pattern: ast.pattern) -> Iterator[tuple[str, int]]:
    for node in ast.walk(pattern):
        if (
            isinstance(node, ast.MatchValue)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value, node.lineno


def _collection(node: ast.expr, source: Source, cls: type) -> list[str]:
    """
    Give the texts in a collection that is written there or has a name in the module or the class.
    """
    value = _value(node, source, cls)
    if not isinstance(value, tuple | list | set | frozenset | dict):
        return []
    return sorted(item for item in value if isinstance(item, str))


def _value(node: ast.expr, source: Source, cls: type) -> object:
    """
    Give what an expression stands for, if that can be told without running anything; else None.
    """
    match node:
        case ast.Name(id=name) if name not in source.function.__code__.co_varnames:
            return source.globals.get(name)
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            return inspect.getattr_static(cls, name, None)
        case ast.Dict(keys=keys):
            return tuple(key.value for key in keys if isinstance(key, ast.Constant))
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
