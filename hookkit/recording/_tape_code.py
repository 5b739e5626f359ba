"""
Code objects for decorated functions whose calls a tape notes, made from text.

See "How calls are recorded fast" in the explanations for what is generated and why it is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit import _fast_code as fast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import CodeType

_HEAD = """
def hooked({parameters}*args, **kwargs):
    absent = "absent"
    levels = "levels"
    log = "log"
    clock = "clock"
    is_loud = "is_loud"
    running = "running"
    current = "current"
    place = "places"
    kind = "type"
    text = "str"
    number = "int"
    {steps} = "steps"
    try:
        is_loud = levels[10]
    except "KeyError":
        is_loud = is_loud()
    place = place.place
    if not is_loud and running() is None and current() is None and place.thread._name is place.name:
        if True:
"""

_BEGIN = """
plan = "{plan}"
parent = place.top
reached = 0
try:
    place.top = entry = [plan, place, parent, None, None, {values}clock(), {later}]
    is_careful = {lively}
    if is_careful:
        plan.begin(entry)
    log.append(entry)
"""

_PRE = """
    try:
        returned = pre{index}({call})
        if returned is not None:
            plan.gave(entry, {index}, returned)
    except "BaseException" as exc:
        if plan.failed(entry, {index}, exc):
            reached = {index}
            raise
    if is_careful:
        plan.look(entry, {end}, clock())
    else:
        entry[{ended}] = clock()
    log.append(entry)
"""

_FUNCTION = """
    reached = None
    result = function({call})
except "BaseException" as exc:
    plan.over(entry, reached, exc, kwargs)
    raise
try:
    entry[4] = result
    if is_careful or ({lively}):
        is_careful = True
        plan.look(entry, {end}, clock(), result)
    else:
        entry[{ended}] = clock()
"""

_POST = """
    log.append(entry)
    try:
        returned = post{index}({call})
        if returned is not None:
            result = plan.settle(entry, {event}, returned, result)
            is_careful = is_careful or plan.is_lively(result)
    except "BaseException" as exc:
        if plan.failed(entry, {event}, exc):
            raise
    if is_careful:
        plan.look(entry, {end}, clock(), result)
    else:
        entry[{ended}] = clock()
"""

_RETURN = """
    place.top = parent
    return result
except "BaseException" as exc:
    plan.out(entry, exc, result)
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
) -> CodeType:
    """
    Make the code that runs hooks and notes what they do for calls of some shapes, and leaves others to `run`.

    Args:
        function: The undecorated function.
        counts: Whether hooks are given the function, how many have a ``pre``, how many a ``post``; whether the first
            argument is what the function is a method of.
        shapes: The number of positional arguments and the names of the keywords, of each kind of call.
        fill: What takes the place of texts in the code.
    """
    kinds = tuple((positional, len(keywords)) for positional, keywords in shapes)
    key = ("tape", counts, kinds)
    template = fast._template(key, "", function, lambda: _source(counts, kinds))  # noqa: SLF001 - its own kind
    filled = {**fill, "KeyError": KeyError, "BaseException": BaseException, "absent": fast.ABSENT}
    filled |= {"len": len, "type": type, "str": str, "int": int}
    for number, (_, keywords) in enumerate(shapes):
        filled |= {fast._name(number, index): keyword for index, keyword in enumerate(keywords)}  # noqa: SLF001
    return fast._filled(template, function, filled)  # noqa: SLF001


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
        is_count = [f"value{positional - 1} is not absent"] if positional else []
        is_count.append("not args" if positional == most else f"value{positional} is absent")
        parts.append(fast._opening(" and ".join(is_count), names))  # noqa: SLF001
        body = "".join(_body(plan_name(number), counts, values[:positional], names))
        parts.append(fast._indented(body, 20 if names else 16))  # noqa: SLF001
    return "".join((*parts, fast._ELSE.format(values=fast._listed(values))))  # noqa: SLF001


def _body(plan: str, counts: tuple[bool, int, int, bool], values: list[str], names: list[str]) -> Iterator[str]:
    has_lead, pres, posts, is_bound = counts
    lead = ["function"] if has_lead else []
    keywords = [f"keyword{index}" for index in range(len(names))]
    call = [*values, *(f"{name}={value}" for name, value in zip(names, keywords, strict=True))]
    kept = [*values, *keywords]
    times = FIRST + len(kept)
    events = pres + 1 + posts
    watched = kept[1:] if is_bound and values else kept
    yield _BEGIN.format(
        plan=plan,
        values=fast._listed(kept),  # noqa: SLF001
        later=", ".join(["None"] * events),
        lively=" or ".join(map(_is_lively, watched)) or "False",
    )
    for index in range(pres):
        yield _PRE.format(index=index, call=", ".join((*lead, *call)), end=index + 1, ended=times + index + 1)
    body = pres + 1
    yield _FUNCTION.format(call=", ".join(call), lively=_is_lively("result"), end=body, ended=times + body)
    for index in range(posts):
        end = body + index + 1
        called = ", ".join((*lead, "result", *call))
        yield _POST.format(index=index, call=called, event=body + index, end=end, ended=times + end)
    yield _RETURN


def _is_lively(value: str) -> str:
    """
    Ask whether a value may change, or has attributes: at once for the most frequent kinds.
    """
    return f"(kind({value}) is not text and {value} is not None and kind({value}) is not number and plan.is_lively({value}))"
