"""
Signatures read from text, without running any of it.
"""

import ast
import inspect
from dataclasses import dataclass

from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError

__tracebackhide__ = is_mistake

_PREFIX = "def f"
_SUFFIX = ": pass"
_NOTHING_MAY_FOLLOW = "nothing may follow the signature"
_EXAMPLE = "Write it as in a def, for example '(context, name, metadata=None)'."


@dataclass(frozen=True)
class Placeholder:
    """
    The default of a parameter that is no literal, such as ``CONF.timeout``; it is never evaluated.

    Its ``repr`` is the expression, so that a signature that holds it prints as it was written.

    Attributes:
        expression: The source text of the default.
    """

    expression: str

    def __repr__(self) -> str:
        return self.expression


def parse_signature(text: str) -> inspect.Signature:
    """
    Read a signature as it is written in a ``def``.

    Nothing in *text* is run.
    Defaults that are literals become their values, all others a `Placeholder`.
    Annotations are kept as strings, those that are written as strings without their quotes.

    >>> from hookkit.contracts import parse_signature
    >>> parse_signature("(context, name, *, force=False, timeout=CONF.timeout)")
    <Signature (context, name, *, force=False, timeout=CONF.timeout)>

    Args:
        text: The parameters in their parentheses, with or without a return annotation.

    Returns:
        The signature; its mutable defaults belong to the caller.

    Raises:
        ContractError: If *text* is no signature; the message points at the place.
    """
    text = text.strip()
    definition = _parse_definition(text)
    try:
        return inspect.Signature(
            _parameters(definition.args),
            return_annotation=_annotation(definition.returns, inspect.Signature.empty),
        )
    except ValueError as exc:
        raise _wrong(text, str(exc)) from None


def _parse_definition(text: str) -> ast.FunctionDef:
    if not text.startswith("("):
        raise _wrong(text, "it does not begin with '('", 0)
    source = f"{_PREFIX}{text}{_SUFFIX}"
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        raise _wrong(text, *_explain(text)) from None
    except (ValueError, MemoryError, RecursionError) as exc:
        raise _wrong(text, str(exc) or "it is nested too deeply") from None
    match statements:
        case [ast.FunctionDef(body=[ast.Pass() as last]) as definition] if _ends_at(last, source):
            return definition
    raise _wrong(text, _NOTHING_MAY_FOLLOW)


def _explain(text: str) -> tuple[str, int | None]:
    """
    Say why *text* is no signature, and where.

    Without the suffix the compiler's own words fit what the user wrote: it does not read the suffix as an annotation.
    """
    try:
        ast.parse(_PREFIX + text)
    except SyntaxError as exc:
        column = None if exc.lineno != 1 or exc.offset is None else exc.offset - 1 - len(_PREFIX)
        if not exc.msg.startswith("expected "):
            return exc.msg, column
        return _NOTHING_MAY_FOLLOW, column
    return _NOTHING_MAY_FOLLOW, None


def _ends_at(last: ast.stmt, source: str) -> bool:
    lines = source.split("\n")
    return (last.end_lineno, last.end_col_offset) == (len(lines), len(lines[-1].encode()))


def _wrong(text: str, reason: str, column: int | None = None) -> ContractError:
    message = f"Cannot read the signature {text!r}: {reason}. {_EXAMPLE}"
    if column is not None and "\n" not in text:
        message = f"{message}\n  {text}\n  {' ' * max(column, 0)}^"
    return ContractError(message)


def _parameters(arguments: ast.arguments) -> list[inspect.Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    defaults = [*[None] * required, *arguments.defaults]
    parameters = [
        _parameter(
            arg,
            inspect.Parameter.POSITIONAL_ONLY
            if index < len(arguments.posonlyargs)
            else inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default,
        )
        for index, (arg, default) in enumerate(zip(positional, defaults, strict=True))
    ]
    if arguments.vararg is not None:
        parameters.append(_parameter(arguments.vararg, inspect.Parameter.VAR_POSITIONAL))
    parameters += [
        _parameter(arg, inspect.Parameter.KEYWORD_ONLY, default)
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg is not None:
        parameters.append(_parameter(arguments.kwarg, inspect.Parameter.VAR_KEYWORD))
    return parameters


def _parameter(arg: ast.arg, kind: inspect._ParameterKind, default: ast.expr | None = None) -> inspect.Parameter:
    return inspect.Parameter(
        arg.arg,
        kind,
        default=inspect.Parameter.empty if default is None else _value(default),
        annotation=_annotation(arg.annotation, inspect.Parameter.empty),
    )


def _value(default: ast.expr) -> object:
    try:
        return ast.literal_eval(default)
    except (ValueError, TypeError):
        return Placeholder(ast.unparse(default))


def _annotation(node: ast.expr | None, empty: object) -> object:
    match node:
        case None:
            return empty
        case ast.Constant(value=str(text)):
            return text
    return ast.unparse(node)
