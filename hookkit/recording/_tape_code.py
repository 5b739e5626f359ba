"""
Code objects for decorated functions whose calls a tape notes, made from text.

See "How calls are recorded fast" in the explanations for what is generated and why it is safe.
"""

from __future__ import annotations

import marshal
from textwrap import dedent
from time import perf_counter
from typing import TYPE_CHECKING, Any

from hookkit import _fast_code as fast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import CodeType

_HEAD = """
def hooked({parameters}/, *args, **kwargs):
    clock, kind, text, number, tasks, watches = "clock", "type", "str", "int", "tasks", "watches"
    if {guard} is not ... or not (levels.is_quiet or plan.is_quiet()) or ((tasks or watches) and "tape".is_elsewhere()):
"""

_NO_OTHER_SHAPE = """
    if kwargs or {is_no_count}:
"""

_LEAD = """
lead = plan.function
"""

_BEGIN = """
try:
    place = "places".place
except "AttributeError":
    here = "here"
    place = here()
there = parent = place.top
is_careful = {lively}
if is_careful:
    kept = held = ({kept})  # held twice, as marshal notes what may be met again, which a mark is not to depend on
    known = "{plan}".known[0]
    mark, dumps = None, "dumps"
    if known is not None:
        try:
            mark = dumps(kept, 4)
        except "ValueError":
            known = None
    if known is not None and mark == known[0] and parent is None:
        there = known[1]
    else:
        there, mark = "{plan}".begin(parent, {owner}, kept, mark)
place.top = entry = ["{plan}", place.thread._name, there, None, {values}clock(), {later}]
try:
    {begin}
"""

_PRE = """
    try:
        returned = pre{index}({call})
        if returned is not None:
            "{plan}".gave(entry, {index}, returned)
    except "BaseException" as exc:
        if "{plan}".failed(entry, {index}, exc):
            raise
{boundary}
    {go_on}
"""

_FUNCTION = """
    result = function({call})
except "BaseException" as exc:
    try:
        "{plan}".over(entry, exc, kwargs)
    finally:  # it may not come to its end: because of a signal handler, or for want of stack
        place.top = parent
    raise
try:
    entry[3] = result
    if {lively}:
        is_careful = True
        mark = None
        kept = held = ({kept}result,)
{boundary}
"""

_POST = """
    {go_on}
    try:
        returned = post{index}({call})
        if returned is not None:
            mark = None
            result = "{plan}".settle(entry, {event}, returned, result)
            kept = held = ({kept})
            if "{plan}".is_lively(result):
                is_careful = True
                kept = held = ({kept}result,)
    except "BaseException" as exc:
        if "{plan}".failed(entry, {event}, exc):
            raise
{boundary}
"""

_BOUNDARY = """
    if is_careful:
        ended = clock()
        dumps = "dumps"
        try:
            if mark is None or dumps(kept, 4) != mark:
                mark = "{plan}".look(entry, {end}, kept)
        except "ValueError":
            mark = "{plan}".look(entry, {end}, kept)
        entry[{ended}] = ended
        {again}
    else:
        entry[{ended}] = clock()
"""

_RETURN = """
    {over}
    place.top = parent
    return result
except "BaseException" as exc:
    try:
        "{plan}".out(entry, exc, result)
    finally:
        place.top = parent
    raise
"""

_NOTED = {
    "begin": '"log".append(entry)',
    "go_on": '"log".append(entry)',
    "again": "entry.append(clock())",
    "over": "",
}
_WRITTEN = {
    "begin": """written = "{plan}".write(entry)
    entry[{times}] = clock()""",
    "go_on": """written.go_on(entry)
    entry.append(clock())""",
    "again": "",
    "over": "written.end(entry)",
}
"""
How calls are noted; where that is to be no part of an event, the clock is read once more.
"""

FIRST = 4
"""
Where in an entry the arguments begin.

Before them are the plan, the thread's name, the parent or the details, and the result.
"""


def tape_code(
    function: Callable[..., Any],
    counts: tuple[bool, int, int, bool],
    shapes: Sequence[fast.Shape],
    fill: Mapping[str, Any],
    *,
    is_written: bool,
) -> CodeType:
    """
    Make the code that runs hooks and notes what they do for calls of some shapes, and leaves others to `run`.

    Its parameters are those of `hookkit._fast_code.fast_code`.

    Args:
        function: The undecorated function.
        counts: Whether hooks are given the function, how many have a ``pre``, how many a ``post``; whether the first
            argument is what the function is a method of.
        shapes: The number of positional arguments and the names of the keywords, of each kind of call.
        fill: What takes the place of texts in the code.
        is_written: Whether calls are written as they go.
    """
    kinds = tuple((positional, len(keywords)) for positional, keywords in shapes)
    free = len(function.__code__.co_freevars)
    kind = "written" if is_written else "tape"
    way = _WRITTEN if is_written else _NOTED
    template = fast.template((kind, counts, kinds), free, lambda: _source(counts, kinds, way), is_fast=True)
    filled: dict[Any, Any] = {**fill, ...: fast.ABSENT, "Exception": Exception, "BaseException": BaseException}
    filled |= {
        "ValueError": ValueError,
        "AttributeError": AttributeError,
        "clock": perf_counter,
        "dumps": marshal.dumps,
        "len": len,
    }
    filled |= {kind.__name__: kind for kind in (type, str, int, dict, list, bool, float)}
    for number, (_, keywords) in enumerate(shapes):
        filled |= {fast._name(number, index): keyword for index, keyword in enumerate(keywords)}  # noqa: SLF001
    return fast._filled(template, function, filled)  # noqa: SLF001


def plan_name(number: int) -> str:
    """
    Give what stands in the text for the plan of a shape.
    """
    return f"plan {number}"


def _source(counts: tuple[bool, int, int, bool], kinds: Sequence[tuple[int, int]], way: Mapping[str, str]) -> str:
    most = fast.most_positional(kinds)
    values = [f"value{index}" for index in range(most + 1)]
    steps = ["levels", *(f"pre{index}" for index in range(counts[1])), "function"]
    steps += [*(f"post{index}" for index in range(counts[2])), "plan"]
    otherwise = fast._OTHERWISE.format(values=fast._listed(values), steps=fast._listed(steps))  # noqa: SLF001
    at_once = fast._indented(otherwise, 4)  # noqa: SLF001
    parts = [_HEAD.format(parameters=fast._listed([*values, *steps]), guard=values[most]), at_once]  # noqa: SLF001
    for number, (positional, keywords) in enumerate(kinds):
        names = [fast._name(number, index) for index in range(keywords)]  # noqa: SLF001
        body = "".join(_body(plan_name(number), counts, values[:positional], names, way))
        if number == len(kinds) - 1 and not names:
            # What is rare leaves here, so that the others need not jump as far.
            parts += [_NO_OTHER_SHAPE.format(is_no_count=_is_no_count(positional, most)), at_once]
            parts.append(fast._indented(body, 4))  # noqa: SLF001
        else:
            opening = dedent(fast._opening(_is_count(positional, most), names, is_only=False))  # noqa: SLF001
            parts += [fast._indented(opening, 4), fast._indented(body, 12 if names else 8)]  # noqa: SLF001
    return "".join((*parts, otherwise))


def _is_count(positional: int, most: int) -> str:
    """
    Ask whether there are so many positional arguments, in code for up to *most*.
    """
    asked = [f"value{positional - 1} is not ..."] if positional else []
    asked += [f"value{positional} is ..."] if positional < most else []
    return " and ".join(asked) or "True"


def _is_no_count(positional: int, most: int) -> str:
    """
    Ask the opposite.
    """
    asked = [f"value{positional - 1} is ..."] if positional else []
    asked += [f"value{positional} is not ..."] if positional < most else []
    return " or ".join(asked) or "False"


def _body(
    plan: str, counts: tuple[bool, int, int, bool], values: list[str], names: list[str], way: Mapping[str, str]
) -> Iterator[str]:
    has_lead, pres, posts, is_bound = counts
    lead = ["lead"] if has_lead else []
    keywords = [f"keyword{index}" for index in range(len(names))]
    call = [*values, *(f"{name}={value}" for name, value in zip(names, keywords, strict=True))]
    kept = [*values, *keywords]
    times = FIRST + len(kept)
    events = pres + 1 + posts
    seen = ["None", *kept[1:]] if is_bound and values else kept
    watched = [value if value == "None" else f"{value} if {_is_lively(plan, value)} else None" for value in seen]
    noting = {name: code.format(plan=plan, times=times) for name, code in way.items()}
    common = {"plan": plan, "kept": fast._listed(watched), **noting}  # noqa: SLF001
    later = events if way is _NOTED else events + 1
    yield _LEAD * has_lead
    yield _BEGIN.format(
        **common,
        values=fast._listed(kept),  # noqa: SLF001
        owner=values[0] if is_bound and values else "None",
        later=", ".join(["None"] * later),
        lively=" or ".join(_is_lively(plan, value) for value in seen if value != "None") or "False",
    )

    def boundary(end: int) -> str:
        """
        See what is there after an event, and when the next one begins, if there is one.
        """
        again = noting["again"] * (end < events)
        return _BOUNDARY.format(plan=plan, end=end, ended=times + end, again=again)

    for index in range(pres):
        yield _PRE.format(**common, index=index, call=", ".join((*lead, *call)), boundary=boundary(index + 1))
    lively = _is_lively(plan, "result")
    yield _FUNCTION.format(**common, call=", ".join(call), lively=lively, boundary=boundary(pres + 1))
    for index in range(posts):
        event = pres + 1 + index
        called = ", ".join((*lead, "result", *call))
        yield _POST.format(**common, index=index, call=called, event=event, boundary=boundary(event + 1))
    yield _RETURN.format(**common)


def _is_lively(plan: str, value: str) -> str:
    """
    Ask whether a value may change, or has attributes: at once for the most frequent kinds.
    """
    is_other = f"kind({value}) is not text and {value} is not None and kind({value}) is not number"
    is_container = f'kind({value}) is (mapping := "dict") or kind({value}) is (sequence := "list")'
    is_neither = f'kind({value}) is not (truth := "bool") and kind({value}) is not (real := "float")'
    return f'({is_other} and ({is_container} or ({is_neither} and "{plan}".is_lively({value}))))'
