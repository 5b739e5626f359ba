"""
Calls in which all kinds of things are done to all kinds of values, and what a recorder keeps of them.
"""

import datetime as dt
import itertools
import math
import sys
from collections import OrderedDict, namedtuple
from contextlib import suppress
from dataclasses import dataclass

from hypothesis import strategies as st

from hookkit import FatalHookException, HookRegistry, Recorder, Replace
from hookkit.recording import _tape_plan
from runtime.fake_hooks import Doing

Pair = namedtuple("Pair", "one other")  # noqa: PYI024 - values without types


class Meta(type):
    """
    A metaclass, whose classes are not asked about anything.
    """


class Strange(metaclass=Meta):
    """
    An object of such a class.
    """


class Context:
    """
    Something with attributes.
    """

    def __init__(self):
        self.user = "alice"
        self.roles = ["admin"]


class Loud(str):
    """
    A text that must not be asked whether it equals anything.
    """

    __slots__ = ()

    def __eq__(self, other):  # pragma: no cover - is not to be asked
        raise AssertionError("It was asked.")

    __hash__ = str.__hash__


@dataclass
class Size:
    """
    A dataclass, which is copied.
    """

    width: int
    tags: list


def aliased():
    """
    Make a value that holds another one twice, and itself.
    """
    inner = [1]
    value = {"one": inner, "other": inner}
    value["self"] = value
    return value


VALUES = {
    "text": lambda: "vm",
    "number": lambda: 7,
    "nothing": lambda: None,
    "float": lambda: 1.5,
    "moment": lambda: dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    "dictionary": lambda: {"name": "vm", "tags": ["a", 1, True], "meta": {"k": (1, [2])}},
    "list": lambda: [{"id": number, "tag": None} for number in range(3)],
    "set": lambda: {"a", "b"},
    "bytes": lambda: {"data": b"abc"},
    "bytearray": lambda: {"data": bytearray(b"abc")},
    "nan": lambda: [math.nan],
    "object": Context,
    "object within": lambda: {"context": Context()},
    "named": lambda: Pair([1], 2),
    "dataclass": lambda: Size(1, ["a"]),
    "ordered": lambda: OrderedDict(a=[1]),
    "aliased": aliased,
    "tuple": lambda: ("a", ["b"]),
    "class": lambda: Context,
    "module": lambda: math,
    "constant": lambda: ("a", 1j),
    "strange": Strange,
    "large": lambda: ["x" * 70_000, []],
    "flag": lambda: True,
}


def touch(value):
    """
    Change a value in place, if it is one that can change.
    """
    if isinstance(value, dict):
        value["touched"] = value.get("touched", 0) + 1
    elif isinstance(value, list):
        value.append("touched")
    elif isinstance(value, Context):
        value.user = [value.user]
        value.roles.append("touched")
    elif isinstance(value, Size):
        value.tags.append("touched")
    elif isinstance(value, set):
        value.add("touched")
    elif isinstance(value, tuple):
        for item in value:
            touch(item)


def retype(value):
    """
    Put in place of values what equals them and is of another type.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            value[name] = {bytes: bytearray, bytearray: bytes, int: float, bool: int}.get(type(item), lambda x: x)(item)


def rename(value):
    """
    Call what is in a dictionary by another name, and leave it where it is.
    """
    if isinstance(value, dict):
        items = [(f"{name}s", item) for name, item in value.items()]
        value.clear()
        value.update(items)


def reorder(value):
    """
    Have the first item of a dictionary come last.
    """
    if isinstance(value, dict):
        name = next(iter(value))
        value[name] = value.pop(name)


def swap(value):
    """
    Put in place of values texts that look the same and are of a class of their own.
    """
    if isinstance(value, dict):
        value.update({name: Loud(item) for name, item in value.items() if isinstance(item, str)})


def tie(value):
    """
    Put values into others, and one into itself.
    """
    if isinstance(value, dict):
        value["tied"] = [*value.values(), value, math.nan]


def throw(exc):
    """
    Raise what is given.
    """
    raise exc


DEEDS = {
    "nothing": lambda given: None,
    "touch": lambda given: [touch(value) for value in given][:0],
    "touch first": lambda given: touch(given[0]),
    "retype": lambda given: [retype(value) for value in given][:0],
    "rename": lambda given: [rename(value) for value in given][:0],
    "reorder": lambda given: [reorder(value) for value in given][:0],
    "swap": lambda given: [swap(value) for value in given][:0],
    "tie": lambda given: [tie(value) for value in given][:0],
    "foreign": lambda given: [value.update(foreign=Context()) for value in given if isinstance(value, dict)][:0],
    "undo": lambda given: [value.pop("touched", None) for value in given if isinstance(value, dict)][:0],
    "answer": lambda given: {"answer": [42]},
    "replace": lambda given: Replace([given[0]]),
    "replace by text": lambda given: Replace("text"),
    "raise": lambda given: {}["raised"],
    "fatal": lambda given: throw(FatalHookException("fatal")),
    "exit": lambda given: sys.exit(3),
}

names = st.sampled_from([*sorted(DEEDS), "nothing", "nothing", "touch"])
hooks = st.fixed_dictionaries({}, optional=dict.fromkeys(("pre", "post", "error"), names)).filter(bool)


def method(phase, deed, inner):
    """
    Make a method of a hook that calls another hooked function and then does its deed.
    """

    def run(*args, **kwargs):
        inner(phase)
        given = [*(arg for arg in args if not callable(arg) and not isinstance(arg, Exception)), *kwargs.values()]
        return DEEDS[deed](given or ["nothing"])

    return run


def plain(value, seen=()):
    """
    Make a value comparable with one of another run: by type and content, also what is kept as it is.
    """
    if id(value) in seen:
        return ("again", seen.index(id(value)))
    seen = (*seen, id(value))
    kind = type(value).__name__
    if isinstance(value, dict):
        return (kind, [(plain(key, seen), plain(item, seen)) for key, item in value.items()])
    if isinstance(value, list | tuple):
        return (kind, [plain(item, seen) for item in value])
    if isinstance(value, set):
        return (kind, sorted(value))
    if isinstance(value, Size):
        return (kind, plain(vars(value), seen))
    is_shown = type(value).__module__ in ("builtins", "datetime") and not callable(value)
    return (kind, repr(value)) if is_shown and not isinstance(value, BaseException) else kind


def facts(recorder):
    """
    Give all that a recorder knows, but for times, in a form that can be compared.
    """
    events = [
        (
            (event.seq, event.phase, event.hook and event.hook.class_path, event.passed_function is not None),
            plain((event.args, event.kwargs, event.arguments)),
            plain((event.result, event.returned, event.error, event.raised)),
            (event.swallowed, event.suppressed, event.replaced, event.is_finished),
            [(change.path, plain(change.before), plain(change.after)) for change in event.changes],
            sorted(str(plain(noted)) for _, noted in event.noted.values()),
            event.call.seq,
        )
        for event in recorder.events
    ]
    calls = [
        (
            (call.seq, call.group, call.point, call.function_path, call.thread, call.task, call.tick, call.test_id),
            plain((call.args, call.kwargs, call.arguments, call.result, call.raised)),
            sorted(str(plain(noted)) for _, noted in call.noted.values()),
            call.parent and call.parent.seq,
            call.is_finished,
        )
        for call in recorder.calls
    ]
    return events, calls, [event.seq for event in recorder.overlooked]


def has_plans(function):
    """
    Tell whether calls of a hooked function are noted on a tape.
    """
    return any(isinstance(constant, _tape_plan.TapePlan) for constant in function.__code__.co_consts)


def run(plans, body, values, keywords, pass_function, *, is_method, is_taped, test_id=None, **options):
    """
    Call a hooked function some times; give what was recorded.
    """
    registry = HookRegistry("test.tape", on_hook_error="log")
    registry.log.disabled = True

    @registry.add_hook("inner")
    def inner(phase):
        return [phase]

    for plan in plans:
        registry.register("point", Doing(**{phase: method(phase, deed, inner) for phase, deed in plan.items()}))

    def free(*args, **kwargs):
        return method("body", body, inner)(*args, **kwargs)

    class Host:
        @registry.add_hook("point", pass_function)
        def bound(self, *args, **kwargs):
            return method("body", body, inner)(*args, **kwargs)

    hooked = Host().bound if is_method else registry.add_hook("point", pass_function)(free)
    with Recorder(**options) as recorder:
        recorder._deck.tape.is_open = is_taped
        recorder.test_id = test_id
        for made in (values, ["text"], values, values[::-1], values):
            keyword_values = {name: VALUES[made[0]]() for name in keywords}
            with suppress(BaseException):
                hooked(*(VALUES[name]() for name in made), **keyword_values)
        assert has_plans(getattr(hooked, "__func__", hooked)) == is_taped
    return facts(recorder)


def nth(number):
    """
    Make a function that tells whether it is called for the time of this *number*.
    """
    times = itertools.count(1)
    return lambda: next(times) == number
