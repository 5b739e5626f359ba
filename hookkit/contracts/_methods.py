"""
What of a hook runs: its methods, and those that were meant to be some.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from hookkit._hooks import HOOK_METHODS, class_path, is_coroutine_function
from hookkit._messages import did_you_mean
from hookkit.contracts._problems import Problem, ProblemKind
from hookkit.contracts._sources import Source, plain_function, read_signature, read_source

Phase = Literal["pre", "post", "error", "periodic"]

DRIVER_METHODS = ("execute_pre_hook", "execute_post_hook", "execute_periodic_hook")
OWN_DRIVER_METHODS = tuple(f"_{name}" for name in DRIVER_METHODS)
_CALLED = frozenset({*HOOK_METHODS, *DRIVER_METHODS, *OWN_DRIVER_METHODS})

DRIVER_LEADS = {
    "pre": ("context", "func_name"),
    "post": ("context", "func_name", "pre_hook_data", "driver_action_results"),
    "periodic": ("context", "periodic_hook_data"),
}
"""
What a driver hook is given before the host's arguments.
"""


@dataclass(frozen=True)
class Method:
    """
    A method of a hook.

    Attributes:
        name: Its name.
        phase: When it runs.
        function: The method, as the hook has it.
        parameters: What it takes, without ``self``; None if that cannot be read.
        hides_self: Whether ``self`` is the first of its ``*args``.
    """

    name: str
    phase: str
    function: Callable[..., Any]
    parameters: tuple[inspect.Parameter, ...] | None
    hides_self: bool

    @cached_property
    def source(self) -> Source | None:
        """
        Its source; None if that cannot be read.
        """
        return read_source(self.function)

    @property
    def is_async(self) -> bool:
        """
        Whether it is a coroutine function.
        """
        return is_coroutine_function(self.function)

    def problem(self, kind: ProblemKind, message: str, line: int | None = None) -> Problem:
        """
        Make a problem that is in this method: in a line of it, or in its first.
        """
        plain = plain_function(self.function)
        if plain is None:
            return Problem(kind, message)
        definition = plain.__code__.co_firstlineno if self.source is None else self.source.node.lineno
        return Problem(kind, message, plain.__code__.co_filename, line or definition)


def is_driver(hook: object) -> bool:
    """
    Tell whether *hook*, or what a class makes, is a driver hook.
    """
    return any(callable(getattr(hook, name, None)) for name in DRIVER_METHODS)


def named_methods(hook: object) -> list[Method]:
    """
    Find the methods that a named hook, or what a class makes, is called by.
    """
    return list(_found(hook, {name: name for name in HOOK_METHODS}))


def driver_methods(hook: object) -> list[Method]:
    """
    Find the methods that a driver hook, or what a class makes, is called by; those that subclasses define included.

    Those of a base such as `hookkit.HookBase` take everything, and are left out.
    """
    phases = {name: name.split("_")[-2] for name in (*DRIVER_METHODS, *OWN_DRIVER_METHODS)}
    return [method for method in _found(hook, phases) if not _is_bases(hook, method)]


def misspelt_methods(hook: object, missing: Iterable[str]) -> Iterator[Problem]:
    """
    Yield a problem for each method whose name differs from one that is missing in case or underscores alone.
    """
    spellings = {_folded(name): name for name in missing}
    for name in _names_of_methods(hook):
        right = None if name in _CALLED else spellings.get(_folded(name))
        if right is not None:
            yield _method(hook, name, right).problem("unknown-method", f"{name}() is never called; {right}() would be")


def no_methods(hook: object, expected: Sequence[str]) -> Problem:
    """
    Make the problem of a hook that has no method which anybody calls.
    """
    questions = (did_you_mean(name, expected) for name in _names_of_methods(hook) if not name.startswith("__"))
    question = next(filter(None, questions), "")
    message = f"{class_path(hook)} has none of the methods {', '.join(expected[:-1])} and {expected[-1]}"
    return Problem("unknown-method", f"{message}{question.replace(' Did', '; did')}", *place_of_class(hook))


def place_of_class(hook: object) -> tuple[str | None, int | None]:
    """
    Find the file and the line in which the class of *hook* begins, as far as they can be found.
    """
    cls = hook if isinstance(hook, type) else type(hook)
    try:
        return inspect.getsourcefile(cls), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        return None, None


def _found(hook: object, phases: dict[str, str]) -> Iterator[Method]:
    for name, phase in phases.items():
        if callable(getattr(hook, name, None)):
            yield _method(hook, name, phase)


def _method(hook: object, name: str, phase: str) -> Method:
    function = getattr(hook, name)
    signature = read_signature(function)
    if signature is None:
        return Method(name, phase, function, None, hides_self=False)
    parameters = tuple(signature.parameters.values())
    # A class has its methods unbound, as they are without the object that they will belong to.
    is_unbound = isinstance(hook, type) and inspect.isfunction(inspect.getattr_static(hook, name, None))
    hides_self = (is_unbound or inspect.ismethod(function)) and _takes_self_in_args(function)
    if is_unbound and not hides_self:
        parameters = parameters[1:]
    return Method(name, phase, function, parameters, hides_self)


def _takes_self_in_args(function: Any) -> bool:
    signature = read_signature(getattr(function, "__func__", function))
    first = next(iter(signature.parameters.values()), None) if signature else None
    return first is not None and first.kind is first.VAR_POSITIONAL


def _is_bases(hook: object, method: Method) -> bool:
    """
    Tell whether a class that is meant to be derived from gives the method.
    """
    cls = hook if isinstance(hook, type) else type(hook)
    owner = next((base for base in cls.__mro__ if method.name in vars(base)), cls)
    return is_base(owner)


def is_base(cls: type) -> bool:
    """
    Tell whether *cls* is ``HookBase``, hookkit's or Manila's own.
    """
    return cls.__name__ == "HookBase" and cls.__module__ in ("hookkit.drivers", "manila.share.hook")


def _names_of_methods(hook: object) -> Iterator[str]:
    for name in dir(hook):
        # Looked at from outside: a property may do anything when it is read.
        value = inspect.getattr_static(hook, name, None)
        if callable(value) or isinstance(value, staticmethod | classmethod):
            yield name


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
