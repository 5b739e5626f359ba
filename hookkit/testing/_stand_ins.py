"""
Stand-ins: functions with a host function's name and signature, and an answer that the test sets.
"""

import ast
import inspect
import sys
from collections import UserDict
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, FunctionType
from typing import Any

from hookkit._hooks import describe, is_awaitable
from hookkit._messages import did_you_mean
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import InvalidValueError, MisuseError

__tracebackhide__ = is_mistake

Answer = Callable[[tuple[Any, ...], dict[str, Any]], Any]

_SYNC = "def stand_in(*args, **kwargs): return respond(args, kwargs)"
_ASYNC = "async def stand_in(*args, **kwargs): return await respond(args, kwargs)"


def make_stand_in(
    name: str, signature: inspect.Signature, answer: Answer, *, is_async: bool = False
) -> Callable[..., Any]:
    """
    Make a function called *name* with *signature* that calls *answer* with the arguments as they were passed.

    Wrong arguments are the TypeError that Python raises for a function so defined.
    The function is at home where the test makes it: there a traceback leads, and there it is listed as never called.

    Args:
        name: The function's name.
        signature: Its signature; what the defaults are does not matter to it.
        answer: Called with the positional and the keyword arguments; gives the result, or raises.
        is_async: Whether to make a coroutine function; an awaitable answer is then awaited.
    """
    bind = _make_binder(name, signature)

    def respond(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        bind(*args, **kwargs)
        return answer(args, kwargs)

    async def arespond(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        answered = respond(args, kwargs)
        return await answered if is_awaitable(answered) else answered

    caller = _calling_frame()
    code = _compile(_ASYNC if is_async else _SYNC, caller.f_code.co_filename, caller.f_lineno)
    module = caller.f_globals.get("__name__", "__main__")
    stand_in = FunctionType(code, {"__name__": module, "respond": arespond if is_async else respond}, name)
    stand_in.__qualname__ = name
    stand_in.__signature__ = signature  # type: ignore[attr-defined] # inspect looks there
    return stand_in


def check_exception(raises: object) -> BaseException | type[BaseException]:
    """
    Return *raises* if it can be raised.

    Raises:
        MisuseError: If it cannot.
    """
    if isinstance(raises, BaseException) or (isinstance(raises, type) and issubclass(raises, BaseException)):
        return raises
    msg = f"A stand-in cannot raise {describe(raises)}. Give an exception or a class of exceptions."
    raise MisuseError(msg)


def check_callable(calls: object) -> object:
    """
    Return *calls* if it can be called.

    Raises:
        MisuseError: If it cannot.
    """
    if callable(calls):
        return calls
    msg = f"A stand-in cannot call {describe(calls)}. Give a function; set what it is to return in returns."
    raise MisuseError(msg)


class PerPoint(UserDict[str, Any]):
    """
    What the test sets for each hook point, by its name; a name that no point has is refused.

    Args:
        title: What it holds, for errors.
        names: The names of the hook points.
        check: Called with each value before it is taken in.
    """

    def __init__(
        self, title: str, names: Iterable[str], check: Callable[[object], object] = lambda value: value
    ) -> None:
        self._title = title
        self._names = tuple(names)
        self._check = check
        super().__init__()

    def __setitem__(self, name: str, value: object) -> None:
        if name not in self._names:
            msg = (
                f"Cannot set {self._title}[{name!r}]: there is no such hook point.{did_you_mean(name, self._names)} "
                f"There are {', '.join(map(repr, self._names))}."
            )
            raise InvalidValueError(msg)
        super().__setitem__(name, self._check(value))


class Answers:
    """
    The answers of a host's stand-ins: None each, until the test sets another one.

    Attributes:
        returns: What a stand-in returns, by the hook point's name.
        calls: What a stand-in calls, by the hook point's name; its result goes before what is returned.
        raises: The exception that it raises, by the hook point's name; it goes before all else.
    """

    def __init__(self, names: Iterable[str]) -> None:
        names = tuple(names)
        self.returns = PerPoint("returns", names)
        self.calls = PerPoint("calls", names, check_callable)
        self.raises = PerPoint("raises", names, check_exception)

    def answer(self, name: str) -> Answer:
        """
        Return what the stand-in called *name* calls.
        """

        def answer(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            __tracebackhide__ = True
            if name in self.raises:
                raise self.raises[name]
            if name in self.calls:
                return self.calls[name](*args, **kwargs)
            return self.returns.get(name)

        return answer


def _make_binder(name: str, signature: inspect.Signature) -> Callable[..., None]:
    """
    Make a function that does nothing but refuse wrong arguments, in Python's own words.
    """
    parameters = signature.parameters.values()
    bare = signature.replace(
        parameters=[
            parameter.replace(default=_bare(parameter), annotation=parameter.empty) for parameter in parameters
        ],
        return_annotation=signature.empty,
    )
    with_default = [parameter for parameter in parameters if parameter.default is not parameter.empty]
    positional = [parameter for parameter in with_default if parameter.kind is not parameter.KEYWORD_ONLY]
    binder = FunctionType(_compile(f"def binder{bare}: pass", __file__, 1), {}, name, (None,) * len(positional))
    binder.__kwdefaults__ = {parameter.name: None for parameter in with_default if parameter not in positional}
    binder.__qualname__ = name
    return binder


def _bare(parameter: inspect.Parameter) -> object:
    return parameter.empty if parameter.default is parameter.empty else None


def _compile(definition: str, filename: str, line: int) -> CodeType:
    """
    Compile a one-line definition as if it stood on *line* of *filename*; give the function's code.

    It has no columns: they would be those of another text, and a traceback would underline something there.
    """
    tree = ast.parse(definition)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.arg):
            node.lineno = node.end_lineno = line
            node.col_offset = node.end_col_offset = -1
    module = compile(tree, filename, "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _calling_frame() -> FrameType:
    """
    Return the innermost frame that is not hookkit's.
    """
    frame = sys._getframe()  # noqa: SLF001 - the one way to ask for a frame
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("hookkit."):
        frame = frame.f_back
    return frame
