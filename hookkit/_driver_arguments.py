"""
What driver hooks are given: the arguments of a call, sorted so that none meets what hooks get from hookkit.
"""

from __future__ import annotations

from functools import partial
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any

from hookkit.exceptions import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Arguments = tuple[Any, ...]
    Keywords = dict[str, Any]
    Recipe = tuple[tuple[int, ...], tuple[tuple[str, int], ...]]
    Phases = tuple[Callable[[], Any], Callable[[Any, Any], Any]]

MOST_RECIPES = 32

RESERVED = ("func_name", "pre_hook_data", "driver_action_results", "self")


class Parameters:
    """
    The parameters of a hooked function, which tell what of a call's arguments goes where.

    Args:
        function: The undecorated function.
        func_name: What hooks are told that it is called.

    Raises:
        MisuseError: If the function takes no ``self``; if it has a parameter named as something that hooks get from
            hookkit.
    """

    def __init__(self, function: Callable[..., Any], func_name: str) -> None:
        self._func_name = func_name
        # A decorator that changes what is passed may still show the signature of the function inside.
        self._signatures = tuple(signature(function, follow_wrapped=follow) for follow in (True, False))
        self._owner = _check_parameters(func_name, self._signatures[0])
        self._recipes: dict[tuple[Any, ...], Recipe] = {}

    def owner(self, args: Arguments, kwargs: Keywords) -> object:
        """
        Return the object that has the hooks; None if the call does not give it.
        """
        return args[0] if args else kwargs.get(self._owner)

    def hooks(self, args: Arguments, kwargs: Keywords) -> Arguments:
        """
        Return the hooks of that object, as they are now.

        The host may change its list in the course of the call; each pre hook's data still meets its own post.
        """
        return tuple(getattr(self.owner(args, kwargs), "hooks", None) or ())

    def give(self, args: Arguments, kwargs: Keywords) -> Given | None:
        """
        Sort the caller's arguments for hooks; None if the function does not accept them, as it will say itself.

        Raises:
            MisuseError: If a keyword that the function does accept is named as something that hooks get from hookkit.
        """
        shape = (len(args), *kwargs)
        recipe = self._recipes.get(shape)
        if recipe is None:
            recipe = self._recipe(len(args), list(kwargs))
            if recipe is None:
                return None
            if len(self._recipes) < MOST_RECIPES:
                self._recipes[shape] = recipe
        extra, named = recipe
        values = (*args, *kwargs.values()) if kwargs else args
        return Given(
            self._func_name,
            tuple([values[place] for place in extra]) if extra else (),
            {name: values[place] for name, place in named},
        )

    def _recipe(self, count: int, keywords: list[str]) -> Recipe | None:
        """
        Find out which argument goes where, for all calls with so many positional ones and these keywords.

        To bind a call takes many times as long as all else, and does not depend on what is passed: so the places of the
        arguments are bound in their stead, once.
        """
        places = {name: count + index for index, name in enumerate(keywords)}
        for known in self._signatures:
            try:
                arguments = _bind(known, tuple(range(count)), places)
            except TypeError:
                continue
            extra, named = _sorted(known, arguments, self._func_name)
            return extra, tuple(named.items())
        return None


class Given:
    """
    The arguments of one call, as hooks get them.
    """

    __slots__ = ("context", "extra", "func_name", "named")

    def __init__(self, func_name: str, extra: Arguments, named: Keywords) -> None:
        self.func_name = func_name
        self.context = named.pop("context", None)
        self.extra = extra
        self.named = named

    def phases(self, hook: object) -> Phases:
        """
        Make what runs the hook's two phases; post takes the function's result and what pre returned.
        """
        pre, post = (getattr(hook, name, None) for name in ("execute_pre_hook", "execute_post_hook"))
        return (
            _absent if pre is None else partial(self._pre, pre),
            _absent if post is None else partial(self._post, post),
        )

    def _pre(self, method: Callable[..., Any]) -> Any:
        return hand_on_pre(method, self.context, self.func_name, self.extra, self.named)

    def _post(self, method: Callable[..., Any], result: Any, data: Any) -> Any:
        return hand_on_post(method, self.context, self.func_name, data, result, self.extra, self.named)


def hand_on_pre(method: Callable[..., Any], context: Any, func_name: Any, extra: Arguments, named: Keywords) -> Any:
    """
    Call *method* with its own parameters and the host's arguments, so that none meets another.

    By keyword; by position if there are extra positional arguments, which would take the first places.
    """
    if extra:
        return method(context, func_name, *extra, **named)
    return method(context=context, func_name=func_name, **named)


def hand_on_post(
    method: Callable[..., Any], context: Any, func_name: Any, data: Any, result: Any, extra: Arguments, named: Keywords
) -> Any:
    """
    Call *method* as `hand_on_pre` does, and with what the pre returned and the function's result.
    """
    if extra:
        return method(context, func_name, data, result, *extra, **named)
    return method(context=context, func_name=func_name, pre_hook_data=data, driver_action_results=result, **named)


def _check_parameters(func_name: str, known: Signature) -> str:
    """
    Return the name of the first parameter.
    """
    parameters = list(known.parameters.values())
    if not parameters or parameters[0].kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
        msg = f"add_hooks() decorates functions that take self, which has the hooks; {func_name}{known} does not."
        raise MisuseError(msg)
    taken = [parameter.name for parameter in parameters[1:] if _is_reserved(parameter)]
    if taken:
        msg = (
            f"{func_name}() has a parameter named {taken[0]!r}, which driver hooks get from hookkit under that name. "
            "Rename it."
        )
        raise MisuseError(msg)
    return parameters[0].name


def _is_reserved(parameter: Parameter) -> bool:
    return parameter.name in RESERVED and parameter.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def _bind(known: Signature, args: Arguments, kwargs: Keywords) -> Keywords:
    """
    Bind a call as Python does, with a keyword that a positional-only parameter shares its name with too.

    That goes to ``**kwargs``; `inspect.Signature.bind` refuses it up to Python 3.12 (gh-87106).
    """
    parameters = known.parameters
    hidden = {name for name in kwargs if name in parameters and parameters[name].kind is Parameter.POSITIONAL_ONLY}
    rest = next((name for name, parameter in parameters.items() if parameter.kind is Parameter.VAR_KEYWORD), None)
    if not hidden or rest is None:
        return known.bind(*args, **kwargs).arguments
    bound = known.bind(*args, **{name: value for name, value in kwargs.items() if name not in hidden}).arguments
    return bound | {rest: bound.get(rest, {}) | {name: kwargs[name] for name in hidden}}


def _sorted(known: Signature, arguments: Keywords, func_name: str) -> tuple[Arguments, Keywords]:
    """
    Tell the extra positional arguments from those that have names.
    """
    extra: Arguments = ()
    named: Keywords = {}
    keywords: Keywords = {}
    for place, (name, value) in enumerate(arguments.items()):
        kind = known.parameters[name].kind
        if kind is Parameter.VAR_POSITIONAL:
            extra = value if place else value[1:]
        elif kind is Parameter.VAR_KEYWORD:
            keywords = value
        elif place:
            named[name] = value
    _check_keywords(keywords, {*named, *RESERVED}, func_name)
    return extra, named | keywords


def _check_keywords(keywords: Iterable[str], taken: set[str], func_name: str) -> None:
    for name in keywords:
        if name in taken:
            msg = (
                f"{func_name}() was given the keyword {name!r}, under which driver hooks get something else. "
                "Give it another name."
            )
            raise MisuseError(msg)


def _absent(*_: object) -> None:
    return None
