"""
Values that raise, lie, are huge or hold themselves: nothing of that reaches host or hook, and everything is recorded.
"""

import contextlib
import re
import time
from collections import Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, Recorder, Replace
from hookkit.recording import explain, explain_comparison
from hookkit.testing import body, post, pre

Pair = namedtuple("Pair", "first second")  # noqa: PYI024 - the kind that is copied


@dataclass
class Volume:
    """
    A dataclass that is copied.
    """

    size: object


def raises(*args, **kwargs):
    """
    Stand in for any method.
    """
    raise RuntimeError("evil")


def lies(*args, **kwargs):
    """
    Stand in for any method, and return what it must not.
    """
    return NotImplemented


METHODS = (
    "__eq__",
    "__ne__",
    "__repr__",
    "__str__",
    "__getattr__",
    "__getattribute__",
    "__setattr__",
    "__deepcopy__",
    "__copy__",
    "__reduce_ex__",
    "__hash__",
    "__len__",
    "__bool__",
    "__iter__",
    "__contains__",
    "__getitem__",
    "__class_getitem__",
    "__dir__",
    "__sizeof__",
    "__format__",
    "__lt__",
    "__instancecheck__",
    "__missing__",
)


class Liar:
    """
    Is equal to everything, says that it is something else, and changes when it is looked at.
    """

    looks = 0

    def __eq__(self, other):
        self.looks += 1
        return True

    def __hash__(self):
        return 1

    def __len__(self):
        return -1  # noqa: PLE0303 - it lies

    @property
    def __class__(self):
        return dict

    @property
    def __dict__(self):
        return {"looks": "none"}


class EvilMeta(type):
    """
    A class whose class raises at every touch.
    """

    __eq__ = __hash__ = __instancecheck__ = __subclasscheck__ = raises

    def __getattribute__(cls, name):
        if name in ("__module__", "__dict__", "__qualname__", "__name__", "_fields", "__eq__", "__dictoffset__"):
            raise RuntimeError("evil")
        return super().__getattribute__(name)


class OfEvilMeta(metaclass=EvilMeta):
    """
    An object of it.
    """


class FalseDatetime:
    """
    Says that it is of the standard library.
    """

    __eq__ = __hash__ = raises


FalseDatetime.__module__ = "datetime"


def evil(names, method, base=object, has_class=False):
    """
    Make an object whose methods *names* are all *method*.
    """
    attributes = {"__hash__": object.__hash__, **dict.fromkeys(names, method)}
    if has_class:
        attributes["__class__"] = property(method)
    return base.__new__(type("Evil", (base,), attributes))


def wrapped(value, kind):
    """
    Put a value into a container of a kind.
    """
    with contextlib.suppress(Exception):  # where it cannot be a key
        return {
            "itself": lambda: value,
            "list": lambda: [value],
            "tuple": lambda: (value, [1]),
            "dict": lambda: {"value": value, "more": [1]},
            "key": lambda: {value: [1]},
            "set": lambda: {value},
            "deque": lambda: deque([value]),
            "defaultdict": lambda: defaultdict(list, {1: value}),
            "counter": lambda: Counter({value: 1}),
            "ordered": lambda: OrderedDict(a=value),
            "namedtuple": lambda: Pair(value, [1]),
            "dataclass": lambda: Volume([value]),
            "attribute": lambda: SimpleNamespace(value=value),
            "mapping": lambda: UserDict({1: value}),
        }[kind]()
    return [value]


KINDS = ("itself", "list", "tuple", "dict", "key", "set", "deque", "defaultdict", "counter", "ordered", "namedtuple")
KINDS += ("dataclass", "attribute", "mapping")
# Ways to make evil values: hypothesis looks at the values that it is given, so they are made in the test.
SPECIAL = {"liar": Liar, "metaclass": OfEvilMeta, "module": FalseDatetime}
NAMES = st.sets(st.sampled_from(METHODS), max_size=6)
EVIL = st.one_of(
    st.sampled_from(sorted(SPECIAL)),
    st.tuples(NAMES, st.sampled_from([raises, lies]), st.just(object), st.booleans()),
    st.tuples(NAMES, st.just(raises), st.sampled_from([dict, list, str, int, tuple, set]), st.just(False)),
)


def made(recipe):
    """
    Make an evil value.
    """
    return SPECIAL[recipe]() if isinstance(recipe, str) else evil(*recipe)


class Passive:
    """
    A hook that touches nothing.
    """

    def pre(self, value, other=None):
        return [value]

    def post(self, rv, value, other=None):
        return Replace(value)

    def error(self, exc, value, other=None):
        return [value]


def host():
    """
    Give a hooked function that gives back what it got.
    """
    registry = HookRegistry("evil.hooks")
    registry.register("give", Passive)

    @registry.add_hook("give")
    def give(value, other=None):
        return other

    return give


GIVE = host()


def look_at(recorder, value):
    """
    Do with a recording all that tests do; nothing but AssertionError comes of it.
    """
    recorder.outline()
    for pattern in (pre("give").with_args(value), post("give").result(value), body("give").returning([value])):
        for event in recorder.events:
            explain_comparison(event, pattern)
            repr((event, pattern))
        explain([pattern], recorder.events)
        for method in (recorder.assert_sequence, recorder.assert_contains, recorder.assert_unordered):
            with contextlib.suppress(AssertionError):
                method([pattern])
        with contextlib.suppress(AssertionError):
            recorder.assert_absent(pattern)


class TestEvilObjects:
    @given(EVIL, st.sampled_from(KINDS), st.sampled_from(KINDS))
    @example("liar", "key", "set")
    @example(({"__hash__", "__eq__"}, lies, object, True), "itself", "list")
    @settings(deadline=None)
    def test_nothing_reaches_host_or_hook(self, recipe, kind, other_kind):
        """
        The call is as it would be, every event is there, and looking at them raises nothing.
        """
        value = made(recipe)
        argument, other = wrapped(value, kind), wrapped(value, other_kind)
        with Recorder() as recorder:
            assert GIVE(argument, other=other) is argument
        assert [event.phase for event in recorder.events] == ["pre", "body", "post"]
        assert all(event.is_finished and event.raised is None for event in recorder.events)
        assert all(event.changes == () for event in recorder.events)
        look_at(recorder, argument)

    @given(EVIL, st.sampled_from(KINDS))
    @settings(deadline=None)
    def test_an_exception_that_holds_it_is_recorded(self, recipe, kind):
        """
        An exception with such a value is recorded and raised.
        """
        value = made(recipe)
        failure = ValueError(wrapped(value, kind))
        registry = HookRegistry("evil.hooks")
        registry.register("fail", Passive)

        @registry.add_hook("fail")
        def fail(value):
            raise failure

        with Recorder() as recorder, pytest.raises(ValueError) as caught:
            fail([value])
        assert caught.value is failure
        assert [event.phase for event in recorder.events] == ["pre", "body", "error"]
        look_at(recorder, value)

    def test_they_are_evil(self):
        """
        The values that lie and raise do so to whoever looks at them.
        """
        value = Liar()
        assert value == value.looks
        assert (value.__class__, vars(value)) == (dict, {"looks": "none"})
        with pytest.raises(ValueError, match=re.escape("__len__() should return >= 0")):
            len(value)
        assert OfEvilMeta.__doc__ is not None
        with pytest.raises(RuntimeError, match="evil"):
            assert OfEvilMeta.__module__

    def test_no_method_of_theirs_is_called(self):
        """
        Recording counts as no look at a value.
        """
        value = Liar()
        with Recorder() as recorder:
            GIVE([value], other={"key": value})
        assert Liar.looks == object.__getattribute__(value, "looks") == 0
        assert recorder.events[0].args[0][0] is value

    @pytest.mark.parametrize("text", ["x\ny", "x" * 10**6], ids=["lines", "long"])
    def test_a_strange_text_stays_on_its_line(self, text):
        """
        A repr of many lines or of great length spoils no outline.
        """
        value = evil(["__repr__"], lambda self: text)
        with Recorder() as recorder:
            GIVE(value)
        lines = recorder.outline().splitlines()
        assert len(lines) == 4
        assert max(map(len, lines)) < 200

    def test_objects_of_other_kinds_of_classes_are_kept(self):
        """
        An object whose class has a class of its own is kept as it is, with its attributes as they were.
        """

        class Meta(type):
            """
            A class of classes that does nothing.
            """

        class Made(metaclass=Meta):
            def __init__(self):
                self.owner = "alice"

        class Changes:
            def pre(self, value):
                value.owner = "bob"

        registry = HookRegistry("evil.hooks")
        registry.register("change", Changes)
        value = Made()
        with Recorder() as recorder:
            registry.add_hook("change")(lambda value: None)(value)
        assert recorder.events[0].args[0] is value
        assert recorder.events[0].changes == (("value.owner", "alice", "bob"),)

    def test_keys_that_raise_leave_the_whole(self):
        """
        Where two mappings cannot be compared key by key, they differ as a whole.
        """

        class Key:
            __eq__ = raises

            def __hash__(self):
                return 1

            def __repr__(self):
                return "key"

        with Recorder() as recorder:
            GIVE({Key(): 1})
        (difference,) = explain_comparison(recorder.events[0], pre("give").with_args({Key(): 2}))[1:]
        assert difference == "  value: expected {key: 2}, got {key: 1}"


class TestCycles:
    @pytest.mark.parametrize("kind", ["list", "dict", "deque", "defaultdict", "ordered", "dataclass"])
    def test_what_holds_itself_is_equal_to_what_does_so_too(self, kind):
        """
        A recorded cycle equals another one of the same shape, which Python's own comparison cannot tell.
        """

        def cyclic(size):
            inner = [size]
            inner.append(wrapped(inner, kind))
            return inner

        with Recorder() as recorder:
            GIVE(cyclic(1))
        assert recorder.events[0] == pre("give").with_args(cyclic(1))
        assert recorder.events[0] != pre("give").with_args(cyclic(2))
        (difference,) = explain_comparison(recorder.events[0], pre("give").with_args(cyclic(2)))[1:]
        assert difference == "  value[0]: expected 2, got 1"

    def test_great_depth_ends(self):
        """
        What is nested deeper than Python's stack is recorded as it is, and compared without an exception.
        """
        deep = []
        for _ in range(5000):
            deep = [deep]
        with Recorder() as recorder:
            assert GIVE(deep) is deep
        assert len(recorder.events) == 3
        look_at(recorder, deep)


class TestHugeValues:
    @pytest.mark.parametrize(
        "value",
        [
            list(range(10**5)),
            dict.fromkeys(range(10**5)),
            set(range(10**5)),
            "x" * 10**7,
            [{"number": number} for number in range(20_000)],
        ],
        ids=["list", "dict", "set", "text", "dicts"],
    )
    def test_they_take_time_in_proportion_and_no_room_in_messages(self, value):
        """
        A hundred thousand items are recorded and shown in seconds, and in a message they take a line.
        """
        began_s = time.perf_counter()
        with Recorder() as recorder:
            GIVE(value)
        other = "y" if isinstance(value, str) else type(value)()
        text = explain([pre("give").with_args(other)], recorder.events)
        recorder.outline()
        assert time.perf_counter() - began_s < 20
        assert len(text) < 1500
        assert max(map(len, text.splitlines())) < 400

    def test_the_place_where_long_texts_differ_is_shown(self):
        """
        Of two long texts that differ in one character the message shows what is around it.
        """
        with Recorder() as recorder:
            GIVE("x" * 10**6 + "end")
        lines = explain([pre("give").with_args("x" * 10**6 + "END")], recorder.events).splitlines()
        assert lines[:4] == [
            "event 1 of 1 differs: pre give",
            "  value:",
            f"    expected …'{'x' * 40}END'",
            f"    got      …'{'x' * 40}end'",
        ]
