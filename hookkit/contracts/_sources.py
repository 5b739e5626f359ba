"""
The source of functions as syntax trees, with the lines where they stand; nothing is run for it.
"""

import ast
import inspect
import linecache
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import FunctionType
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True)
class Source:
    """
    Where a function is written, and what.

    Attributes:
        function: The function.
        file: The path of its file.
        node: Its definition.
    """

    function: FunctionType
    file: str
    node: FunctionNode

    @property
    def globals(self) -> dict[str, object]:
        """
        The names of the function's module.
        """
        return self.function.__globals__  # pyright: ignore[reportAttributeAccessIssue] - takes it for a method

    def nodes(self) -> Iterator[ast.AST]:
        """
        Yield everything in the function's body, in order, without the functions and classes that it defines.
        """
        pending: list[ast.AST] = list(reversed(self.node.body))
        while pending:
            node = pending.pop()
            yield node
            if not isinstance(node, _SCOPES):
                pending.extend(reversed(list(ast.iter_child_nodes(node))))


def read_source(method: object) -> Source | None:
    """
    Find the source of a function or method, below what decorates it.

    Returns:
        The source; None if it is not there, or is no longer what the function was made from.
    """
    function = plain_function(method)
    if function is None:
        return None
    code = function.__code__
    tree = _parse("".join(linecache.getlines(code.co_filename, function.__globals__)))
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode) and node.name == code.co_name and _first_line(node) == code.co_firstlineno:
            return Source(function, code.co_filename, node)
    return None


def plain_function(method: object) -> FunctionType | None:
    """
    Find the function that a method runs, below what decorates it; None if it is not written in Python.
    """
    try:
        function = inspect.unwrap(_of_method(method))
    except ValueError:  # __wrapped__ leads in a circle
        return None
    function = _of_method(function)
    return function if isinstance(function, FunctionType) else None


def read_signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """
    Read the signature of *function*; None if it has none that can be read.
    """
    # From Python 3.14 on an annotation is evaluated when it is asked for; names for type checkers are not there then.
    newer = sys.version_info >= (3, 14)
    options: dict[str, Any] = {"annotation_format": import_module("annotationlib").Format.STRING} if newer else {}
    try:
        return inspect.signature(function, **options)
    except (TypeError, ValueError):
        return None


def _of_method(method: object) -> Any:
    return getattr(method, "__func__", method)


def _first_line(node: FunctionNode) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


@lru_cache(maxsize=16)
def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in the source Python has warned when it was imported
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])
