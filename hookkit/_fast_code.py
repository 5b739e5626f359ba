"""
Code objects for decorated functions, made from text: the general one, and fast ones for the calls that were seen.

See "How calls are made fast" in the explanations for what is generated and why it is safe.
"""

import sys
from _thread import RLock
from types import FunctionType

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import CodeType
    from typing import Any

    Shape = tuple[int, tuple[str, ...]]

# Where functions can be given other code: CPython with its global lock, under which that is one atomic step.
CAN_SHARE = sys.implementation.name == "cpython" and "t" not in getattr(sys, "abiflags", "")

MOST_SHAPES = 6
MOST_METHODS = 24

_CO_COROUTINE = 0x80
_CO_GENERATOR = 0x20 | 0x200  # a generator, an asynchronous one

_GENERAL = """
{async_}def hooked(*args, **kwargs):
    hooked = "hooked"
    return {await_}hooked().{run}(args, kwargs)
"""

_HEAD = """
def hooked(*args, **kwargs):
    plan = "plan"
    plan = plan()
    hooked = "hooked"
    if plan is None:
        return hooked().run(args, kwargs)
    try:
        is_loud = plan.levels[10]
    except "KeyError":
        is_loud = plan.is_loud()
    if is_loud:
        return hooked().run(args, kwargs)
"""

_SHAPE_WITHOUT_KEYWORDS = """
    if not kwargs:
        match args:
            case ({values}):
"""

_SHAPE_WITH_KEYWORDS = """
    count = "len"
    if count(kwargs) == {count}:
        {names} = kwargs
        if {are_those}:
            match args:
                case ({values}):
                    {keyword_values} = {picked}
"""

_STEPS = """
{steps} = plan.steps
try:
"""

_PRE = """
    try:
        returned = pre{index}({call})
        if returned is not None:
            plan.refuse(returned)
    except "Exception" as exc:
        if plan.failed("pre", {index}, exc):
            reached = {index}
            raise
"""

_FUNCTION = """
    reached = None
    result = function({call})
except "Exception" as exc:
    plan.run_errors(reached, exc, args, kwargs)
    raise
"""

_POST = """
try:
    returned = post{index}({call})
    if returned is not None:
        result = plan.settle(returned, result)
except "Exception" as exc:
    if plan.failed("post", {index}, exc):
        raise
"""

_RETURN = """
return result
"""

_ELSE = """
    return hooked().run(args, kwargs)
"""


def can_share(function: object, *, is_async: bool) -> bool:
    """
    Tell whether a decorated function can run the code of *function* itself.

    Only that of plain functions and coroutine functions: a generator function would turn from one into none when hooks
    come.
    """
    if not CAN_SHARE or type(function) is not FunctionType:
        return False
    flags = function.__code__.co_flags
    return not flags & _CO_GENERATOR and bool(flags & _CO_COROUTINE) == is_async


def general_code(function: "Callable[..., Any]", hooked: "Callable[[], Any]", *, is_async: bool) -> "CodeType":
    """
    Make the code that leaves everything to the `HookedFunction` that *hooked* gives.
    """
    words = {"async_": "async ", "await_": "await ", "run": "arun"} if is_async else _PLAIN_WORDS
    template = _template(("general", is_async), _GENERAL.format(**words), function)
    return _filled(template, function, {"hooked": hooked})


_PLAIN_WORDS = {"async_": "", "await_": "", "run": "run"}


def fast_code(
    function: "Callable[..., Any]",
    counts: tuple[bool, int, int],
    shapes: "Sequence[Shape]",
    *,
    hooked: "Callable[[], Any]",
    plan: "Callable[[], Any]",
) -> "CodeType":
    """
    Make the code that runs the hooks of a plan for calls of some shapes, and leaves other calls to *hooked*.

    Args:
        function: The undecorated function.
        counts: Whether hooks are given the function, how many have a ``pre``, how many a ``post``.
        shapes: The number of positional arguments and the names of the keywords, of each kind of call.
        hooked: Gives the `HookedFunction`.
        plan: Gives the `Plan`; None if there is another one by now.
    """
    kinds = tuple((positional, len(keywords)) for positional, keywords in shapes)
    template = _template((counts, kinds), "", function, lambda: _source(counts, kinds))
    fill: dict[str, Any] = {"plan": plan, "hooked": hooked, "KeyError": KeyError, "Exception": Exception, "len": len}
    for number, (_, keywords) in enumerate(shapes):
        fill |= {_name(number, index): keyword for index, keyword in enumerate(keywords)}
    return _filled(template, function, fill)


def _source(counts: tuple[bool, int, int], kinds: "Sequence[tuple[int, int]]") -> str:
    parts = [_HEAD]
    for number, (positional, keywords) in enumerate(kinds):
        names = [_name(number, index) for index in range(keywords)]
        values = [f"value{index}" for index in range(positional)]
        parts.append(_opening(values, names))
        call = [*values, *(f"{name}=keyword{index}" for index, name in enumerate(names))]
        body = "".join(_body(counts, call))
        parts.append(_indented(body, 20 if names else 16))
    return "".join((*parts, _ELSE))


def _opening(values: list[str], names: list[str]) -> str:
    positional = "".join(f"{value}, " for value in values)
    if not names:
        return _SHAPE_WITHOUT_KEYWORDS.format(values=positional)
    given = [f"name{index}" for index in range(len(names))]
    return _SHAPE_WITH_KEYWORDS.format(
        count=len(names),
        names="".join(f"{name}, " for name in given),
        are_those=" and ".join(f'{mine} == "{name}"' for mine, name in zip(given, names, strict=True)),
        values=positional,
        keyword_values="".join(f"keyword{index}, " for index in range(len(names))),
        picked="".join(f'kwargs["{name}"], ' for name in names),
    )


def _body(counts: tuple[bool, int, int], call: list[str]) -> "Iterator[str]":
    has_lead, pres, posts = counts
    lead = ["function"] if has_lead else []
    names = [*(f"pre{index}" for index in range(pres)), "function", *(f"post{index}" for index in range(posts))]
    yield _STEPS.format(steps="".join(f"{name}, " for name in names))
    for index in range(pres):
        yield _PRE.format(index=index, call=", ".join((*lead, *call)))
    yield _FUNCTION.format(call=", ".join(call))
    for index in range(posts):
        yield _POST.format(index=index, call=", ".join((*lead, "result", *call)))
    yield _RETURN


def _name(number: int, index: int) -> str:
    """
    Give what stands in the text for a keyword of a shape.
    """
    return f"shape{number}_keyword{index}"


def _indented(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


_templates: "dict[tuple[object, int], CodeType]" = {}
_compiling = RLock()


def _template(
    key: object, source: str, function: "Callable[..., Any]", make: "Callable[[], str] | None" = None
) -> "CodeType":
    """
    Compile a text, once for each number of variables that a function has from around it.

    Code fits a function only if it has as many of them, whether it uses them or not.
    """
    free = len(function.__code__.co_freevars)
    template = _templates.get((key, free))
    if template is None:
        with _compiling:
            template = _templates[key, free] = _compiled(source if make is None else make(), free, is_fast=bool(make))
    return template


def _compiled(source: str, free: int, *, is_fast: bool) -> "CodeType":
    filename = f"<hookkit call {len(_templates)}>" if is_fast else "<hookkit>"
    names = ", ".join(f"free{index}" for index in range(free))
    declared = source.replace(":\n", f":\n    nonlocal {names}\n", 1) if free else source
    text = f"def around({names}):\n{_indented(declared, 4)}\n    return hooked\n"
    namespace: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - all of the text stands in this module
    if is_fast:
        import linecache

        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    code: CodeType = namespace["around"](*range(free)).__code__
    return code


def _filled(template: "CodeType", function: "Callable[..., Any]", fill: "dict[str, Any]") -> "CodeType":
    """
    Put objects in the place of the texts that stand for them, and the function's own names in their places.
    """

    def filled(constant: object) -> object:
        if isinstance(constant, tuple):
            return tuple(map(filled, constant))
        return fill.get(constant, constant) if isinstance(constant, str) else constant

    code = function.__code__
    return template.replace(
        co_consts=tuple(map(filled, template.co_consts)),
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
    )
