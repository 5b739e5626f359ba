"""
Tests for `hookkit.recording._fast_lines`: what it writes is what is written the plain way.
"""

import enum
import json
import math
import uuid
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, Recorder, Replace
from hookkit.recording import SECRET_NAMES, RecordedEvent, RecordingWriter, load_recording
from hookkit.recording import _fast_lines as fast_lines
from hookkit.recording import _plain_text as plain_text
from hookkit.recording._redaction import Redaction


class Level(enum.IntEnum):
    LOW = 1


class Context:
    """
    An object with attributes.
    """

    def __init__(self):
        self.user = "alice"
        self.password = "hunter22"


class Liar:
    """
    An object that says it is of another class.
    """

    __class__ = int


class Strange(type):
    """
    A class of classes.
    """


class Odd(metaclass=Strange):
    """
    An object of such a class.
    """


class Asked:
    """
    An object that answers for all its attributes.
    """

    def __getattribute__(self, name):  # pragma: no cover - is not to be asked
        return object.__getattribute__(self, name)


@dataclass
class Size:
    width: int = 3


class Memory:
    """
    Where lines go.
    """

    closed = False

    def __init__(self):
        self.lines = []

    def write(self, line):
        self.lines.append(line)

    def close(self):
        self.closed = True


class MemoryWriter(RecordingWriter):
    """
    A writer whose lines stay in memory; without its fast lines if *is_plain*.
    """

    def __init__(self, *, is_plain=False, **options):
        super().__init__("unused.jsonl", **options)
        if is_plain:
            self._fast.event = self._fast.call = lambda what: None

    def _open(self):
        self.memory = Memory()
        return self.memory

    @property
    def lines(self):
        """
        The lines without the first.
        """
        return self.memory.lines[1:]


class Both:
    """
    Hands events and calls on to a fast writer and a plain one, and what begins too.
    """

    def __init__(self, **options):
        self.fast = MemoryWriter(**options)
        self.plain = MemoryWriter(is_plain=True, **options)

    def write_start(self, event):
        for writer in (self.fast, self.plain):
            writer.write_call(event.call)
            writer.write_event(event)

    def write_event(self, event):
        for writer in (self.fast, self.plain):
            writer.write_event(event)

    def write_call(self, call):
        for writer in (self.fast, self.plain):
            writer.write_call(call)


class Doing:
    """
    A hook that does to its arguments what it is told.
    """

    def __init__(self, deeds, call):
        self.deeds = deeds
        self.call = call

    def pre(self, *args, **kwargs):
        return self.do(args, kwargs)

    def post(self, rv, *args, **kwargs):
        return self.do(args, kwargs)

    def do(self, args, kwargs):
        deed = self.deeds.pop() if self.deeds else None
        if deed == "raise":
            raise ValueError(args)
        if deed == "call":
            self.call("inner", *args, **kwargs)
        for value in (*args, *kwargs.values()) if deed == "change" else ():
            if isinstance(value, list):
                value.append("more")
            elif isinstance(value, dict):
                value["password"] = "hunter23"
        return Replace(deed) if isinstance(deed, list) else deed


NAMES = ("name", "size", "password", "$x", "meta")
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**64, -(2**2000), "x" * 5000, "\ud800", "hunter22", "\x00\u2028\U0001f600", b"raw", Level.LOW]),
    st.floats(),
    st.text(max_size=5),
    st.builds(Context),
    st.builds(Size),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=3), st.integers()), inner, max_size=3),
        st.tuples(inner, inner),
        st.builds(lambda value: OrderedDict(a=value), inner),
        st.frozensets(st.integers(), max_size=2),
    ),
    max_leaves=8,
)
DEEDS = st.sampled_from([None, None, None, "raise", "call", "change", "said", ["replaced"]])


class Host:
    """
    Functions of several kinds, each a hook point.
    """

    def __init__(self, registry):
        @registry.add_hook("create")
        def plain(name=None, size=1, meta=None):
            return size

        @registry.add_hook("create", pass_function=True)
        def open_to_all(*args, **kwargs):
            return kwargs or args

        @registry.add_hook("create")
        def by_position(name, /, *args, password=None, **kwargs):
            return name

        class Api:
            @registry.add_hook("create")
            def method(self, *args, **kwargs):
                return args and args[0]

            @registry.add_hook("create")
            def owner_among(*self, **kwargs):
                return None

        self.functions = [plain, open_to_all, by_position, Api().method, Api().owner_among]


class TestFastLines:
    def test_stand_ins_of_one_class(self, tmp_path, registry):
        """
        What a function is a method of is written with its attributes, if it is a stand-in, whatever others have.
        """

        class Host:
            @registry.add_hook("create")
            def create(self):
                return None

        take = registry.add_hook("take")(lambda context: None)

        def recorded(path, function, *contexts):
            with RecordingWriter(path) as writer, Recorder(writer=writer):
                for context in contexts:
                    function(context)
            return [call.args[0] for call in load_recording(path).calls]

        empty, full = Context(), Context()
        del empty.user, empty.password
        owners = recorded(tmp_path / "objects.jsonl", take, empty, full)
        again = recorded(tmp_path / "stand-ins.jsonl", Host.create, *owners)
        assert [list(vars(owner)) for owner in again] == [[], ["user", "password"]]

    def test_a_clock_that_is_replaced(self, tmp_path, registry):
        """
        A test may replace the clock; the recording has the real time.
        """
        hooked = registry.add_hook("create")(lambda: None)
        replaced = mock.patch("time.time_ns"), mock.patch("time.perf_counter_ns")
        with RecordingWriter(tmp_path / "calls.jsonl") as writer, Recorder(writer=writer), replaced[0], replaced[1]:
            hooked()
        assert type(load_recording(tmp_path / "calls.jsonl").calls[0].started_ns) is int

    @settings(deadline=None, max_examples=200)
    @given(st.data())
    def test_lines_are_those_of_the_plain_way(self, data):
        """
        Whatever is called with whatever, and whatever hooks do, each line is the same byte by byte.
        """
        registry = HookRegistry("fast lines")
        functions = Host(registry).functions
        both = Both(secret_names=data.draw(st.sampled_from([SECRET_NAMES, ("returned",), ()])))

        def call(kind, *args, **kwargs):
            with suppress(Exception):
                functions[kind if isinstance(kind, int) else 1](*args, **kwargs)

        with Recorder(writer=both) as recorder:
            for number in range(data.draw(st.integers(1, 4))):
                recorder.test_id = data.draw(st.sampled_from([None, "test_it", "test_\u00fc"]))
                if number == 0:
                    registry.register("create", Doing(data.draw(st.lists(DEEDS, max_size=6)), call))
                args = data.draw(st.lists(VALUES, max_size=3))
                kwargs = data.draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=2))
                kind = data.draw(st.integers(0, len(functions) - 1))
                for _ in range(data.draw(st.integers(1, 2))):
                    call(kind, *args, **kwargs)
        assert both.fast.lines == both.plain.lines
        assert not both.fast._plain.secrets
        both.fast.close()
        assert not both.fast._fast._heads

    @pytest.mark.parametrize(
        ("args", "kwargs"),
        [
            ((), {}),
            (("vm", 3), {}),
            (("vm",), {"size": 1.5, "meta": None}),
            (("vm", True, {"a": [1, None, ("b",)], "c": {}}), {}),
        ],
        ids=["nothing", "texts", "keywords", "containers"],
    )
    def test_what_is_plain_is_written_fast(self, args, kwargs):
        """
        Lines of texts, numbers and plain containers need no encoder, neither when an event begins nor when it is over.
        """
        registry = HookRegistry("fast lines")
        registry.register("create", Doing([], None))
        both = Both()
        both.fast._plain_event = both.fast._plain_call = None  # to call it would be an error
        with Recorder(writer=both):
            Host(registry).functions[0](*args, **kwargs)
            Host(registry).functions[3](*args, **kwargs)
        assert both.fast.lines == both.plain.lines
        assert len(both.fast.lines) == 2 * (3 * 3 + 1)

    def test_the_same_values_are_encoded_once(self, monkeypatch):
        """
        The text of arguments serves for all lines of a call, and for the next call with the same ones.
        """
        seen = []
        encode = plain_text.PlainTexts.of
        monkeypatch.setattr(plain_text.PlainTexts, "of", lambda self, value: seen.append(value) or encode(self, value))
        function = Host(HookRegistry("fast lines")).functions[0]
        meta = {"a": [1, 2]}
        with Recorder(writer=MemoryWriter()) as recorder:
            for _ in range(3):
                function("vm", meta=meta)
            assert seen.count("vm") == 1
            assert seen.count(meta) == 1
            meta["a"].append(3)
            function("vm", meta=meta)
        assert seen.count(meta) == 1
        assert len(recorder.calls) == 4

    def test_what_is_large_is_left_to_the_plain_way(self):
        """
        Long lines, many values, many items, deep ones, and those that hold themselves.
        """
        texts = plain_text.PlainTexts(Redaction(()))
        deep, cycle = [], []
        cycle.append(cycle)
        for _ in range(20):
            deep = [deep]
        for value in ([0] * 1001, [[0] * 1000] * 5, deep, cycle, "x" * 4097, 2**64, math.inf):
            assert texts.of(value) is None
        assert texts.of(deep[0]) == f"{'[' * 20}{']' * 20}"
        both = Both()
        with Recorder(writer=both):
            for size in (100, 10):
                Host(HookRegistry("fast lines")).functions[0]("vm", meta=["x" * 400] * size)
        assert both.fast.lines == both.plain.lines

    def test_what_is_kept_is_bounded(self, monkeypatch):
        """
        A host that runs for long has tests, hooks, functions and classes without end.
        """
        monkeypatch.setattr(fast_lines, "_MOST_KNOWN", 3)
        monkeypatch.setattr(plain_text, "_MOST_KINDS", 2)
        both = Both()
        with Recorder(writer=both) as recorder:
            for number in range(10):
                recorder.test_id = f"test_{number}"
                host = Host(HookRegistry(f"fast lines {number}"))
                host.functions[0]("vm")
                host.functions[3]("vm")
        fast = both.fast._fast
        assert len(fast._abouts) <= 3
        assert len(fast._shapes) <= 3
        assert len(fast._texts._kinds) <= 2
        assert both.fast.lines == both.plain.lines

    def test_a_test_id_that_is_no_text_is_left_to_the_plain_way(self):
        """
        Somebody may give a number.
        """
        both = Both()
        with Recorder(writer=both) as recorder:
            recorder.test_id = 7
            Host(HookRegistry("fast lines")).functions[0]("vm")
        assert both.fast.lines == both.plain.lines
        assert json.loads(both.fast.lines[0])["test"] == 7

    def test_a_group_of_a_class_of_its_own_is_left_to_the_plain_way(self):
        """
        Nobody knows what it says it is when it is written.
        """

        class Group(str):
            __slots__ = ()

        both = Both()
        with Recorder(writer=both):
            Host(HookRegistry(Group("fast lines"))).functions[0]("vm")
        assert both.fast._fast._abouts.keys() <= {("MainThread", None)}
        assert both.fast.lines == both.plain.lines

    def test_secrets_that_are_learned_meanwhile_are_kept_back(self):
        """
        What an event showed to be a secret is masked in the call's other lines, though their text was known.
        """
        registry = HookRegistry("fast lines")

        class Api:
            @registry.add_hook("create")
            def create(self, name, context):
                return name

        both = Both()
        with Recorder(writer=both):
            Api().create("hunter22", "vm")
            Api().create("hunter22", {"password": "hunter22"})
            Api().create("hunter22", Context())
        assert both.fast.lines == both.plain.lines
        assert [b"hunter22" in line for line in both.fast.lines] == [True] * 4 + [False] * 8

    @pytest.mark.parametrize(
        ("owner", "text"),
        [
            (Context(), f'{{"$type":"{__name__}:Context"}}'),
            (Liar(), None),
            (Odd(), None),
            (Asked(), None),
            (Size(), None),
            (Level.LOW, None),
            (3, None),
            (uuid.UUID(int=3), None),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_of_an_owner_the_class_is_written(self, owner, text):
        """
        Where an object's class is all that is written of it, and nothing but its type says so.
        """
        texts = plain_text.PlainTexts(Redaction(SECRET_NAMES))
        assert [texts.of_owner(owner), texts.of_owner(owner)] == [text, text]

    def test_records_without_an_end_are_written_as_such(self):
        """
        A record made by hand is written as it is.
        """
        both = Both()
        with Recorder(writer=both) as recorder:
            Host(HookRegistry("fast lines")).functions[0]("vm")
        (event,) = recorder.events
        assert isinstance(event, RecordedEvent)
        event.duration_ns = None
        both.write_event(event)
        assert both.fast.lines == both.plain.lines
        assert both.fast.lines[-1].endswith(b',"unfinished":true}\n')
