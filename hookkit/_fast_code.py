"""
Code objects for decorated functions, made from text: the general one, and fast ones for the calls that were seen.

See "How calls are made fast" in the explanations for what is generated and why it is safe.
"""

import sys
from _thread import RLock

from hookkit._hooks import FunctionType

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
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


def _general(*args: "Any", **kwargs: "Any") -> "Any":
    hooked: Any = "hooked"  # the text that stands for an object, as below
    return hooked().run(args, kwargs)


async def _async_general(*args: "Any", **kwargs: "Any") -> "Any":
    hooked: Any = "hooked"
    return await hooked().arun(args, kwargs)


_HEAD = """
def hooked({parameters}*args, offer, **kwargs):
    try:
        plan, levels, {steps} = offer.steps
        is_loud = levels[10]
    except "Exception":
        is_loud = offer.is_loud()
    if not is_loud:
"""

_SHAPE_WITHOUT_KEYWORDS = """
        if not kwargs and {is_count}:
"""

_SHAPE_WITH_KEYWORDS = """
        count = "len"
        if count(kwargs) == {count} and {is_count}:
            {names} = kwargs
            if {are_those}:
                {keyword_values} = {picked}
"""

_ONLY_SHAPE_WITH_KEYWORDS = """
        try:
            {names} = kwargs
        except "ValueError":
            pass
        else:
            if {is_count} and {are_those}:
                {keyword_values} = {picked}
"""

_TRY = """
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

_AFTER_PRES = """
except "Exception" as exc:
    plan.run_errors(reached, exc, ({values}), kwargs)
    raise
"""

_FUNCTION = """
try:
    result = function({call})
except "Exception" as exc:
    plan.run_errors(None, exc, ({values}), kwargs)
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
    hooked = "hooked"
    hooked = hooked()
    return hooked.run(hooked.passed(({values}), args), kwargs)
"""


class Absent:
    """
    Stands for an argument that was not passed, as the default of each parameter of fast code.
    """

    def __repr__(self) -> str:
        return "<not passed>"


ABSENT = Absent()


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
    made = template(("general", is_async), _free(function), lambda: _GENERAL.format(**words), is_fast=False)
    return _filled(made, function, {"hooked": hooked})


_PLAIN_WORDS = {"async_": "", "await_": "", "run": "run"}


def fast_code(
    function: "Callable[..., Any]",
    counts: tuple[bool, int, int],
    shapes: "Sequence[Shape]",
    *,
    hooked: "Callable[[], Any]",
    offer: str,
) -> "CodeType":
    """
    Make the code that runs the hooks of a plan for calls of some shapes, and leaves other calls to *hooked*.

    Args:
        function: The undecorated function.
        counts: Whether hooks are given the function, how many have a ``pre``, how many a ``post``.
        shapes: The number of positional arguments and the names of the keywords, of each kind of call.
        hooked: Gives the `HookedFunction`.
        offer: The name of the parameter whose default is the plan's `Offer`.
    """
    kinds = tuple((positional, len(keywords)) for positional, keywords in shapes)
    made = template((counts, kinds), _free(function), lambda: _source(counts, kinds), is_fast=True)
    fill: dict[Any, Any] = {"hooked": hooked, "Exception": Exception, "ValueError": ValueError, "len": len, ...: ABSENT}
    for number, (_, keywords) in enumerate(shapes):
        fill |= {_name(number, index): keyword for index, keyword in enumerate(keywords)}
    return renamed(_filled(made, function, fill), {"offer": offer})


def _source(counts: tuple[bool, int, int], kinds: "Sequence[tuple[int, int]]") -> str:
    most = most_positional(kinds)
    values = [f"value{index}" for index in range(most)]
    steps = [
        *(f"pre{index}" for index in range(counts[1])),
        "function",
        *(f"post{index}" for index in range(counts[2])),
    ]
    parameters = "".join(f"{value}, " for value in values) + ("/, " if values else "")
    parts = [_HEAD.format(parameters=parameters, steps=_listed(steps))]
    for number, (positional, keywords) in enumerate(kinds):
        names = [_name(number, index) for index in range(keywords)]
        is_count = [f"value{positional - 1} is not ..."] if positional else []
        is_count.append("not args" if positional == most else f"value{positional} is ...")
        parts.append(_opening(" and ".join(is_count), names, is_only=len(kinds) == 1))
        body = "".join(_body(counts, values[:positional], names))
        parts.append(_indented(body, 16 if names else 12))
    return "".join((*parts, _ELSE.format(values=_listed(values))))


def most_positional(kinds: "Sequence[tuple[int, object]]") -> int:
    """
    Give how many parameters the code for calls of these kinds has.
    """
    return max(positional for positional, _ in kinds)


def _opening(is_count: str, names: list[str], *, is_only: bool) -> str:
    """
    Begin the code for one shape; for the only one, to have fewer keywords is rare and may take its time.
    """
    if not names:
        return _SHAPE_WITHOUT_KEYWORDS.format(is_count=is_count)
    given = [f"name{index}" for index in range(len(names))]
    opening = _ONLY_SHAPE_WITH_KEYWORDS if is_only else _SHAPE_WITH_KEYWORDS
    return opening.format(
        count=len(names),
        is_count=is_count,
        names=_listed(given),
        are_those=" and ".join(f'{mine} == "{name}"' for mine, name in zip(given, names, strict=True)),
        keyword_values="".join(f"keyword{index}, " for index in range(len(names))),
        picked="".join(f'kwargs["{name}"], ' for name in names),
    )


def _body(counts: tuple[bool, int, int], values: list[str], names: list[str]) -> "Iterator[str]":
    has_lead, pres, posts = counts
    lead = ["function"] if has_lead else []
    call = [*values, *(f"{name}=keyword{index}" for index, name in enumerate(names))]
    if pres:
        yield _TRY
        for index in range(pres):
            yield _PRE.format(index=index, call=", ".join((*lead, *call)))
        yield _AFTER_PRES.format(values=_listed(values))
    yield _FUNCTION.format(call=", ".join(call), values=_listed(values))
    for index in range(posts):
        yield _POST.format(index=index, call=", ".join((*lead, "result", *call)))
    yield _RETURN


def _listed(names: list[str]) -> str:
    return "".join(f"{name}, " for name in names)


def _name(number: int, index: int) -> str:
    """
    Give what stands in the text for a keyword of a shape.
    """
    return f"shape{number}_keyword{index}"


def _indented(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


_templates: "dict[tuple[object, int], CodeType]" = {
    (("general", False), 0): _general.__code__.replace(co_name="hooked"),  # to compile it takes a millisecond
    (("general", True), 0): _async_general.__code__.replace(co_name="hooked"),
}
_compiling = RLock()


def template(key: object, free: int, make: "Callable[[], str]", *, is_fast: bool) -> "CodeType":
    """
    Compile what *make* gives, once for each *key* and number of variables that a function has from around it.

    Code fits a function only if it has as many of them, whether it uses them or not.
    """
    made = _templates.get((key, free))
    if made is None:
        with _compiling:
            made = _templates[key, free] = _compiled(make(), free, is_fast=is_fast)
    return made


def renamed(template: "CodeType", names: "dict[str, str]") -> "CodeType":
    """
    Put the names of parameters, and of the keywords that go by them, in the place of those in a text.
    """
    return template.replace(
        co_consts=_exchanged(template.co_consts, names),
        co_varnames=tuple(names.get(name, name) for name in template.co_varnames),
        co_qualname=template.co_name,
    )


def _free(function: "Callable[..., Any]") -> int:
    return len(function.__code__.co_freevars)


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


def _filled(template: "CodeType", function: "Callable[..., Any]", fill: "dict[Any, Any]") -> "CodeType":
    """
    Put objects in the place of the texts that stand for them, and name the variables from around as the function does.
    """
    return template.replace(
        co_consts=_exchanged(template.co_consts, fill),
        co_freevars=function.__code__.co_freevars,
        co_qualname=template.co_name,
    )


def _exchanged(constants: "tuple[Any, ...]", fill: "Mapping[Any, Any]") -> "tuple[Any, ...]":
    def exchanged(constant: object) -> object:
        if isinstance(constant, tuple):
            return _exchanged(constant, fill)
        return fill.get(constant, constant) if isinstance(constant, str) or constant is ... else constant

    return tuple(map(exchanged, constants))
