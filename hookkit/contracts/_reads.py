"""
What a hook's method does with its arguments and its result, as far as its source shows it beyond doubt.
"""

import ast
from collections.abc import Iterator, Sequence
from inspect import Parameter

from hookkit.contracts._sources import Source

_DISPLAYS: dict[type[ast.expr], str] = {
    ast.Dict: "a dict",
    ast.DictComp: "a dict",
    ast.GeneratorExp: "a generator",
    ast.JoinedStr: "a str",
    ast.Lambda: "a function",
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.Tuple: "a tuple",
}
_BUILTINS = {
    "bool": "a bool",
    "bytes": "a bytes",
    "dict": "a dict",
    "float": "a float",
    "frozenset": "a frozenset",
    "int": "an int",
    "list": "a list",
    "set": "a set",
    "sorted": "a list",
    "str": "a str",
    "tuple": "a tuple",
}
_GUARDS = frozenset({"IndexError", "LookupError", "Exception", "BaseException", "ValueError"})


class Reads:
    """
    What a method reads of its ``*args`` and its ``**kwargs``.

    Args:
        source: The method's source.
        parameters: Its parameters.

    Attributes:
        source: The method's source.
    """

    def __init__(self, source: Source, parameters: Sequence[Parameter]) -> None:
        self.source = source
        self._nodes = list(source.nodes())
        self._args = _name_of(parameters, Parameter.VAR_POSITIONAL)
        self._kwargs = _name_of(parameters, Parameter.VAR_KEYWORD)

    def positions(self) -> Iterator[tuple[str, int, int]]:
        """
        Yield each read of ``*args`` by position that nothing guards: how it is written, the place and the line.
        """
        if self._args is None or self._is_guarded(self._args):
            return
        for node in self._nodes:
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(index))) if (
                    name == self._args and index >= 0
                ):
                    yield f"reads {ast.unparse(node)}", index, node.lineno
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id=name)) if name == self._args:
                    last = len([each for each in names if not isinstance(each, ast.Starred)]) - 1
                    yield f"unpacks {name} into {len(names)} names", last, node.lineno

    def keywords(self) -> Iterator[tuple[str, int]]:
        """
        Yield each name that is looked for in ``**kwargs`` and was not put there, with the line.
        """
        if self._kwargs is None or self._is_bound(self._kwargs) or self._is_updated(self._kwargs):
            return
        written = {name for name, _, is_written in self._named() if is_written}
        for name, line, _ in self._named():
            if name not in written:
                yield name, line

    def _named(self) -> Iterator[tuple[str, int, bool]]:
        for node in self._nodes:
            match node:
                case ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant(value=str(name)), ctx=context) if (
                    owner == self._kwargs
                ):
                    yield name, node.lineno, not isinstance(context, ast.Load)
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=owner), attr=method),
                    args=[ast.Constant(value=str(name)), *_],
                ) if owner == self._kwargs:
                    yield name, node.lineno, method not in ("get", "pop")
                case ast.Compare(
                    left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=owner)]
                ) if owner == self._kwargs:
                    yield name, node.lineno, False

    def _is_bound(self, name: str) -> bool:
        return any(isinstance(node, ast.Name) and node.id == name and _is_stored(node) for node in self._nodes)

    def _is_updated(self, name: str) -> bool:
        calls = (node.func for node in self._nodes if isinstance(node, ast.Call))
        return any(isinstance(call, ast.Attribute) and ast.unparse(call) == f"{name}.update" for call in calls)

    def _is_guarded(self, name: str) -> bool:
        """
        Tell whether the method asks how many arguments there are, or is ready for fewer.
        """
        return self._is_bound(name) or any(_guards(node, name) for node in self._nodes)


def ignored_results(source: Source, result: str | None) -> Iterator[tuple[str, int]]:
    """
    Yield what each ``return`` gives that can be no `hookkit.Replace`, with the line.

    Args:
        source: The source of a ``post``.
        result: The parameter that has the function's result; None if it has no name.
    """
    nodes = list(source.nodes())
    known = _local_values(source, nodes)
    if result is not None and result not in known:
        known[result] = "the result as it was given"
    for node in nodes:
        if isinstance(node, ast.Return) and node.value is not None:
            what = _what(node.value, known, source)
            if what is not None:
                yield what, node.lineno


def _what(node: ast.expr, known: dict[str, str | None], source: Source) -> str | None:
    """
    Say what an expression gives; None if it may give None or a `hookkit.Replace`.
    """
    what = _DISPLAYS.get(type(node))
    match node:
        case ast.Constant(value=value) if value is not None:
            what = repr(value) if isinstance(value, int) else f"a {type(value).__name__}"
        case ast.Name(id=name):
            what = known.get(name)
        case ast.IfExp(body=body, orelse=orelse):
            what = _what(body, known, source) or _what(orelse, known, source)
        case ast.BoolOp(values=[*_, last]):
            what = _what(last, known, source)
        case ast.Call(func=ast.Name(id=name)) if name in _BUILTINS and not _is_hidden(name, known, source):
            what = _BUILTINS[name]
    return what


def _local_values(source: Source, nodes: list[ast.AST]) -> dict[str, str | None]:
    """
    Say what each local name holds; None where that is not beyond doubt.
    """
    values: dict[str, str | None] = {}
    plain: set[ast.AST] = set()
    for node in nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name) as target], value=value)
                | ast.AnnAssign(target=ast.Name(id=name) as target, value=ast.expr() as value)
            ):
                plain.add(target)
                what = _what(value, {}, source)
                values[name] = what if values.get(name, what) is not None else None
    for node in nodes:
        if isinstance(node, ast.Name) and _is_stored(node) and node not in plain:
            values[node.id] = None
        elif isinstance(node, ast.ExceptHandler | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            values[node.name or ""] = None
        elif isinstance(node, ast.alias):
            values[(node.asname or node.name).partition(".")[0]] = None
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            values[getattr(node, "name", None) or getattr(node, "rest", None) or ""] = None
    return values


def _is_hidden(builtin: str, known: dict[str, str | None], source: Source) -> bool:
    return builtin in known or builtin in source.globals


def _guards(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=asked)]):
            return asked == name
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return _mentions(test, name)
        case ast.BoolOp(values=values):
            return any(isinstance(value, ast.Name) and value.id == name for value in values)
        case ast.Try(handlers=handlers):
            return any(handler.type is None or _names(handler.type) & _GUARDS for handler in handlers)
    return False


def _mentions(test: ast.expr, name: str) -> bool:
    """
    Tell whether a condition is about *name* as a whole.
    """
    parts = set(ast.walk(test))
    items = {each.value for each in parts if isinstance(each, ast.Subscript)}
    return any(isinstance(each, ast.Name) and each.id == name for each in parts - items)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _is_stored(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _name_of(parameters: Sequence[Parameter], kind: object) -> str | None:
    return next((parameter.name for parameter in parameters if parameter.kind is kind), None)
