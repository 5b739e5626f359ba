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
    from types import CodeType, TracebackType
    from typing import Any

    Shape = tuple[int, tuple[str, ...]]

# Where functions can be given other code: CPython with its global lock, under which that is one atomic step.
CAN_SHARE = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()

MOST_SHAPES = 6
MOST_METHODS = 24
MOST_ARGUMENTS = 40

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
def hooked({parameters}/, *args, **kwargs):
    if {guard} is ... and (levels.is_quiet or plan.is_quiet()):
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

_LEAD = """
lead = plan.function
"""

_PRE = """
    returned = pre{index}({call})  #: pre {index}
    if returned is not None:  #: pre {index}
        plan.refuse(returned)  #: pre {index}
"""

_FUNCTION = """
try:
{pres}
    result = function({call})  #: body 0
except "Exception":
    reached = plan.failed(({values}), kwargs)
    if reached is None:
        raise
else:
{posts}
return plan.go_on(reached, ({values}), kwargs)
"""

_POSTS = """
    try:
{posts}
        return result
    except "Exception":
        reached = plan.failed(({values}), kwargs)
        if reached is None:
            raise
    return plan.finish(reached, result, ({values}), kwargs)
"""

_POST = """
        returned = post{index}({call})  #: post {index}
        if returned is not None:  #: post {index}
            result = plan.settle(returned, result)  #: post {index}
"""

_NO_POSTS = """
    return result
"""

_OTHERWISE = """
    hooked = "hooked"
    hooked = hooked()
    passed = "passed"
    return hooked.run(passed(({values}), ({steps}), args), kwargs)
"""


class Absent:
    """
    Stands for an argument that was not passed, as the default of the parameters of fast code that take arguments.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


ABSENT = Absent("<not passed>")
WITHDRAWN = Absent("<withdrawn>")
"""
Stands for all defaults of fast code that is not in place any more.
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
    made = template(("general", is_async), _free(function), lambda: _GENERAL.format(**words), is_fast=False)
    return _filled(made, function, {"hooked": hooked})


_PLAIN_WORDS = {"async_": "", "await_": "", "run": "run"}


def fast_code(
    function: "Callable[..., Any]",
    counts: tuple[bool, int, int],
    shapes: "Sequence[Shape]",
    *,
    hooked: "Callable[[], Any]",
    passed: "Callable[..., tuple[Any, ...]]",
) -> "CodeType":
    """
    Make the code that runs the hooks of a plan for calls of some shapes, and leaves other calls to *hooked*.

    Its parameters are the positional arguments of the longest shape, one more, and the steps of the plan; `ABSENT` is
    to be the default of the former, and each step that of its own.

    Args:
        function: The undecorated function.
        counts: Whether hooks are given the function, how many have a ``pre``, how many a ``post``.
        shapes: The number of positional arguments and the names of the keywords, of each kind of call.
        hooked: Gives the `HookedFunction`.
        passed: Tells positional arguments from defaults.
    """
    kinds = tuple((positional, len(keywords)) for positional, keywords in shapes)
    made = template((counts, kinds), _free(function), lambda: _source(counts, kinds), is_fast=True)
    fill: dict[Any, Any] = {"hooked": hooked, "passed": passed, ...: ABSENT}
    fill |= {"Exception": Exception, "ValueError": ValueError, "len": len}
    for number, (_, keywords) in enumerate(shapes):
        fill |= {_name(number, index): keyword for index, keyword in enumerate(keywords)}
    return _filled(made, function, fill)


def _source(counts: tuple[bool, int, int], kinds: "Sequence[tuple[int, int]]") -> str:
    most = most_positional(kinds)
    values = [f"value{index}" for index in range(most + 1)]
    steps = [
        "levels",
        *(f"pre{index}" for index in range(counts[1])),
        "function",
        *(f"post{index}" for index in range(counts[2])),
        "plan",
    ]
    parts = [_HEAD.format(parameters=_listed([*values, *steps]), guard=values[most])]
    for number, (positional, keywords) in enumerate(kinds):
        names = [_name(number, index) for index in range(keywords)]
        is_count = [f"value{positional - 1} is not ..."] if positional else []
        if positional < most:
            is_count.append(f"value{positional} is ...")
        parts.append(_opening(" and ".join(is_count) or "True", names, is_only=len(kinds) == 1))
        body = _body(counts, values[:positional], names)
        parts.append(_indented(body, 16 if names else 12))
    return "".join((*parts, _OTHERWISE.format(values=_listed(values), steps=_listed(steps))))


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


def _body(counts: tuple[bool, int, int], values: list[str], names: list[str]) -> str:
    has_lead, pres, posts = counts
    lead = ["lead"] if has_lead else []
    call = [*values, *(f"{name}=keyword{index}" for index, name in enumerate(names))]
    before, after = ", ".join((*lead, *call)), ", ".join((*lead, "result", *call))
    run_pres = "".join(_PRE.format(index=index, call=before) for index in range(pres))
    run_posts = "".join(_POST.format(index=index, call=after) for index in range(posts))
    given = _listed(values)
    finish = _POSTS.format(posts=run_posts, values=given) if posts else _NO_POSTS
    body = _FUNCTION.format(pres=run_pres, call=", ".join(call), values=given, posts=finish)
    return _LEAD * has_lead + body


def _listed(names: list[str]) -> str:
    return "".join(f"{name}, " for name in names)


def _name(number: int, index: int) -> str:
    """
    Give what stands in the text for a keyword of a shape.
    """
    return f"shape{number}_keyword{index}"


def _indented(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def step_at(traceback: "TracebackType") -> "tuple[str, int] | None":
    """
    Tell in which step of fast code, the phase and its number in that, an exception came up; None for none of them.

    Args:
        traceback: The exception's, that begins with the frame of the fast code.
    """
    return _steps.get(traceback.tb_frame.f_code.co_filename, {}).get(traceback.tb_lineno)


def _marked(text: str) -> "Iterator[tuple[int, tuple[str, int]]]":
    """
    Read the comments that tell which step a line belongs to.
    """
    for number, line in enumerate(text.splitlines(), 1):
        _, mark, step = line.partition("  #: ")
        if mark:
            phase, index = step.split()
            yield number, (phase, int(index))


_numbers = iter(range(sys.maxsize))
_steps: dict[str, dict[int, tuple[str, int]]] = {}
"""
By the name of a text, which no other has: which lines belong to which step.
"""

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
        with _compiling:  # which keeps other threads out, but no destructor that calls a hooked function
            made = _templates.get((key, free)) or _compiled(make(), free, is_fast=is_fast)
            made = _templates.setdefault((key, free), made)
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
    filename = f"<hookkit call {next(_numbers)}>" if is_fast else "<hookkit>"
    names = ", ".join(f"free{index}" for index in range(free))
    declared = source.replace(":\n", f":\n    nonlocal {names}\n", 1) if free else source
    text = f"def around({names}):\n{_indented(declared, 4)}\n    return hooked\n"
    namespace: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - all of the text stands in this module
    if is_fast:
        import linecache

        _steps[filename] = dict(_marked(text))
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
