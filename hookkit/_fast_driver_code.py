"""
Code objects for functions with driver hooks, made from text for the calls that were seen.

See "How driver hooks are run fast" in the explanations for what is generated and why it is safe.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit import _fast_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType

    Arguments = tuple[Any, ...]
    Keywords = dict[str, Any]
    Shape = tuple[int, ...]

_CO_VARIABLE = 0x04 | 0x08  # takes *args, takes **kwargs

GENERAL = """
def hooked(*args, **kwargs):
    return run_with(hooks_of(args, kwargs), args, kwargs)
"""

_HEAD = """
def hooked({parameters}):
    try:
        hooks = value0.hooks
    except AttributeError:
        hooks = None
    hooks = tuple(hooks) if hooks else ()
    is_usual = levels.is_quiet or not is_loud()
    try:
        for hook in hooks:
            if (
                id(type(hook)) not in usual
                or hook.execute_pre_hook.__func__ is not pre
                or hook.execute_post_hook.__func__ is not post
            ):
                is_usual = False
                break
    except AttributeError:
        is_usual = False
    if is_usual:
"""

_SHAPE = """
        if {condition}:
            data = []
            for hook in hooks:
                datum = None
                if hook.pre_hooks_enabled:
                    context = {context}
                    if context is None:
                        context = hook.default_context()
                    try:
                        datum = hook._execute_pre_hook(context=context, func_name=func_name, {named})
                    except Exception as exc:
                        if not is_suppressed(hook, "pre", func_name, exc):
                            raise
                        datum = exc
                    else:
                        if datum is not None:
                            refuse_awaitable(datum)
                data.append(datum)
            result = function({call})
            for hook, datum in zip(hooks, data):
                if hook.post_hooks_enabled:
                    context = {context}
                    if context is None:
                        context = hook.default_context()
                    try:
                        returned = hook._execute_post_hook(
                            context=context,
                            func_name=func_name,
                            pre_hook_data=datum,
                            driver_action_results=result,
                            {named}
                        )
                    except Exception as exc:
                        if not is_suppressed(hook, "post", func_name, exc):
                            raise
                    else:
                        if returned is not None and is_replacement(refuse_awaitable(returned)):
                            result = returned.value
            return result
"""

_ELSE = """
    return run_with(hooks, *passed({values}))
"""


class Form(NamedTuple):
    """
    The parameters of a function that takes neither ``*args`` nor ``**kwargs``, by their places.

    Attributes:
        names: Their names.
        only_positional: How many can be given by position only.
        positional: How many can be given by position.
        optional: Which have a default.
        context: Which is the context; None if none is.
    """

    names: tuple[str, ...]
    only_positional: int
    positional: int
    optional: tuple[int, ...]
    context: int | None

    def shape(self, args: Arguments, kwargs: Keywords) -> Shape | None:
        """
        Tell which of the optional parameters a call gives; None if it does not fit.
        """
        count = len(args)
        given = {*range(count)} | {self.names.index(name) for name in kwargs if name in self.names}
        required = {*range(len(self.names))}.difference(self.optional)
        if len(given) == count + len(kwargs) and count <= self.positional and required <= given:
            return tuple(place for place in self.optional if place in given)
        return None

    def passed(self, values: Arguments) -> tuple[Arguments, Keywords]:
        """
        Give the arguments of a call, as a function with these parameters gets them.
        """
        given = [value is not _fast_code.ABSENT for value in values]
        count = self._leading(given)
        return values[:count], {name: values[place] for place, name in self._rest(given, count)}

    def call(self, shape: Shape) -> str:
        """
        Write how the function is called for a shape: by position as far as can be.
        """
        given = [place in shape or place not in self.optional for place in range(len(self.names))]
        count = self._leading(given)
        values = [f"value{place}" for place in range(count)]
        return ", ".join((*values, *(f"value{place}=value{place}" for place, _ in self._rest(given, count))))

    def _leading(self, given: Sequence[bool]) -> int:
        return next((place for place in range(self.positional) if not given[place]), self.positional)

    def _rest(self, given: Sequence[bool], count: int) -> list[tuple[int, str]]:
        return [(place, name) for place, name in enumerate(self.names) if place >= count and given[place]]


def form_of(function: Callable[..., Any]) -> Form | None:
    """
    Tell the form of a function; None if there can be no fast code for it.

    There is for plain functions that show the parameters that they have, each with a name.
    """
    if not _fast_code.CAN_SHARE or type(function) is not FunctionType:
        return None
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    with_defaults = {*range(code.co_argcount - len(function.__defaults__ or ()), code.co_argcount)}
    with_defaults |= {names.index(name, code.co_argcount) for name in function.__kwdefaults__ or ()}
    shows_others = "__wrapped__" in function.__dict__ or "__signature__" in function.__dict__
    if code.co_flags & _CO_VARIABLE or shows_others or code.co_argcount == 0 or 0 in with_defaults:
        return None
    context = names.index("context") if "context" in names[1:] else None
    return Form(names, code.co_posonlyargcount, code.co_argcount, tuple(sorted(with_defaults)), context)


def fast_code(form: Form, shapes: Sequence[Shape]) -> CodeType:
    """
    Make the code that runs driver hooks for calls of some shapes, and leaves others to ``run_with``.

    Its parameters are those of the function, so that a wrong call is refused in the same words.
    """
    kind = form._replace(names=("",) * len(form.names)), tuple(shapes)
    template = _fast_code.template(kind, 0, lambda: _source(form, shapes), is_fast=True)
    return _fast_code.renamed(template, {f"value{place}": name for place, name in enumerate(form.names)})


def _source(form: Form, shapes: Sequence[Shape]) -> str:
    values = [f"value{place}" for place in range(len(form.names))]
    parameters = list(values)
    if form.positional < len(values):
        parameters.insert(form.positional, "*")
    if form.only_positional:
        parameters.insert(form.only_positional, "/")
    parts = [_HEAD.format(parameters=", ".join(parameters))]
    for shape in shapes:
        conditions = [f"value{place} is {'not ' if place in shape else ''}absent" for place in form.optional]
        given = [place for place in range(1, len(values)) if place in shape or place not in form.optional]
        named = [f"value{place}=value{place}" for place in given if place != form.context]
        context = "None" if form.context not in given else f"value{form.context}"
        words = {"named": ", ".join(named), "call": form.call(shape), "context": context}
        parts.append(_SHAPE.format(condition=" and ".join(conditions) or "True", **words))
    parts.append(_ELSE.format(values=f"({', '.join(values)},)"))
    return "".join(parts)
