"""
Code objects for decorated functions whose calls a tape notes, made from text.

See "How calls are recorded fast" in the explanations for what is generated and why it is safe.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from hookkit import _fast_code as fast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import CodeType

_HEAD = """
def hooked({parameters}*args, offer, **kwargs):
    clock = "clock"
    dumps = "dumps"
    running = "running"
    tasks = "tasks"
    current = "current"
    kind = "type"
    text = "str"
    number = "int"
    try:
        _, levels, {steps} = offer.steps
        is_loud = levels[10]
    except "Exception":
        is_loud = offer.is_loud()
    place = "places".place
    if not is_loud and (not tasks or running() is None) and current() is None and place.thread._name is place.name:
"""

_BEGIN = """
parent = place.top
reached = 0
try:
    place.top = entry = ["{plan}", place, parent, None, None, {values}clock(), {later}]
    is_careful = {lively}
    if is_careful:
        kept = ({kept})
        mark = "{plan}".begin(entry, kept)
    "log".append(entry)
"""

_PRE = """
    try:
        returned = pre{index}({call})
        if returned is not None:
            "{plan}".gave(entry, {index}, returned)
    except "BaseException" as exc:
        if "{plan}".failed(entry, {index}, exc):
            reached = {index}
            raise
{boundary}
    "log".append(entry)
"""

_FUNCTION = """
    reached = None
    result = function({call})
except "BaseException" as exc:
    "{plan}".over(entry, reached, exc, kwargs)
    raise
try:
    entry[4] = result
    if {lively}:
        is_careful = True
        mark = None
        kept = ({kept}result,)
{boundary}
"""

_POST = """
    "log".append(entry)
    try:
        returned = post{index}({call})
        if returned is not None:
            mark = None
            result = "{plan}".settle(entry, {event}, returned, result)
            kept = ({kept})
            if "{plan}".is_lively(result):
                is_careful = True
                kept = ({kept}result,)
    except "BaseException" as exc:
        if "{plan}".failed(entry, {event}, exc):
            raise
{boundary}
"""

_BOUNDARY = """
    if is_careful:
        ended = clock()
        try:
            if mark is None or dumps(kept, 4) != mark:
                mark = "{plan}".look(entry, {end}, kept)
        except "ValueError":
            mark = "{plan}".look(entry, {end}, kept)
        entry[{ended}] = ended
        entry.append(clock())
    else:
        entry[{ended}] = clock()
"""

_RETURN = """
    place.top = parent
    return result
except "BaseException" as exc:
    "{plan}".out(entry, exc, result)
    raise
"""

FIRST = 5
"""
Where in an entry the arguments begin; before them are the plan, the place, the parent, the details and the result.
"""


def tape_code(
    function: Callable[..., Any],
    counts: tuple[bool, int, int, bool],
    shapes: Sequence[fast.Shape],
    fill: Mapping[str, Any],
    offer: str,
) -> CodeType:
    """
    Make the code that runs hooks and notes what they do for calls of some shapes, and leaves others to `run`.

    Args:
        function: The undecorated function.
        counts: Whether hooks are given the function, how many have a ``pre``, how many a ``post``; whether the first
            argument is what the function is a method of.
        shapes: The number of positional arguments and the names of the keywords, of each kind of call.
        fill: What takes the place of texts in the code.
        offer: The name of the parameter whose default is the `hookkit._fast_calls.Offer`.
    """
    kinds = tuple((positional, len(keywords)) for positional, keywords in shapes)
    free = len(function.__code__.co_freevars)
    template = fast.template(("tape", counts, kinds), free, lambda: _source(counts, kinds), is_fast=True)
    filled: dict[Any, Any] = {**fill, ...: fast.ABSENT, "Exception": Exception, "BaseException": BaseException}
    filled |= {"ValueError": ValueError, "dumps": marshal.dumps, "len": len, "type": type, "str": str, "int": int}
    for number, (_, keywords) in enumerate(shapes):
        filled |= {fast._name(number, index): keyword for index, keyword in enumerate(keywords)}  # noqa: SLF001
    return fast.renamed(fast._filled(template, function, filled), {"offer": offer})  # noqa: SLF001


def plan_name(number: int) -> str:
    """
    Give what stands in the text for the plan of a shape.
    """
    return f"plan {number}"


def _source(counts: tuple[bool, int, int, bool], kinds: Sequence[tuple[int, int]]) -> str:
    most = fast.most_positional(kinds)
    values = [f"value{index}" for index in range(most)]
    steps = [*(f"pre{index}" for index in range(counts[1])), "function"]
    steps += [f"post{index}" for index in range(counts[2])]
    parameters = "".join(f"{value}, " for value in values) + ("/, " if values else "")
    parts = [_HEAD.format(parameters=parameters, steps=fast._listed(steps))]  # noqa: SLF001
    for number, (positional, keywords) in enumerate(kinds):
        names = [fast._name(number, index) for index in range(keywords)]  # noqa: SLF001
        is_count = [f"value{positional - 1} is not ..."] if positional else []
        is_count.append("not args" if positional == most else f"value{positional} is ...")
        parts.append(fast._opening(" and ".join(is_count), names, is_only=False))  # noqa: SLF001
        body = "".join(_body(plan_name(number), counts, values[:positional], names))
        parts.append(fast._indented(body, 16 if names else 12))  # noqa: SLF001
    return "".join((*parts, fast._ELSE.format(values=fast._listed(values))))  # noqa: SLF001


def _body(plan: str, counts: tuple[bool, int, int, bool], values: list[str], names: list[str]) -> Iterator[str]:
    has_lead, pres, posts, is_bound = counts
    lead = ["function"] if has_lead else []
    keywords = [f"keyword{index}" for index in range(len(names))]
    call = [*values, *(f"{name}={value}" for name, value in zip(names, keywords, strict=True))]
    kept = [*values, *keywords]
    times = FIRST + len(kept)
    events = pres + 1 + posts
    seen = ["None", *kept[1:]] if is_bound and values else kept
    common = {"plan": plan, "kept": fast._listed(seen)}  # noqa: SLF001
    yield _BEGIN.format(
        **common,
        values=fast._listed(kept),  # noqa: SLF001
        later=", ".join(["None"] * events),
        lively=" or ".join(_is_lively(plan, value) for value in seen if value != "None") or "False",
    )
    for index in range(pres):
        boundary = _BOUNDARY.format(plan=plan, end=index + 1, ended=times + index + 1)
        yield _PRE.format(**common, index=index, call=", ".join((*lead, *call)), boundary=boundary)
    boundary = _BOUNDARY.format(plan=plan, end=pres + 1, ended=times + pres + 1)
    yield _FUNCTION.format(**common, call=", ".join(call), lively=_is_lively(plan, "result"), boundary=boundary)
    for index in range(posts):
        event = pres + 1 + index
        boundary = _BOUNDARY.format(plan=plan, end=event + 1, ended=times + event + 1)
        called = ", ".join((*lead, "result", *call))
        yield _POST.format(**common, index=index, call=called, event=event, boundary=boundary)
    yield _RETURN.format(plan=plan)


def _is_lively(plan: str, value: str) -> str:
    """
    Ask whether a value may change, or has attributes: at once for the most frequent kinds.
    """
    is_other = f"kind({value}) is not text and {value} is not None and kind({value}) is not number"
    return f'({is_other} and "{plan}".is_lively({value}))'
