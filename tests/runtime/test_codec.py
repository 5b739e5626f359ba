"""
Values as JSON: what stands for itself, and what is described.
"""

import collections
import datetime as dt
import enum
import json
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookkit.recording._codec import MOST_CHARACTERS, MOST_ITEMS, MOST_LEVELS, MOST_TEXT, MOST_VALUES, Encoder
from hookkit.recording._decoding import Decoder
from hookkit.recording._redaction import Mask, Redaction
from runtime.recorded import Context
from runtime.recorded_values import (
    Color,
    Interrupt,
    Level,
    Login,
    OverQuotaError,
    QuotaError,
    Text,
    Volume,
    encoded,
)

VALUES = "runtime.recorded_values"


class Zone(dt.tzinfo):
    """
    A zone of a library.
    """

    def utcoffset(self, moment):
        return dt.timedelta(hours=2)

    def __repr__(self):
        return "<Zone>"


class Frozen(dt.datetime):
    """
    What a library that stops the time has for moments.
    """


class TestEncoder:
    @pytest.mark.parametrize(
        "value",
        [None, True, 0, -1, 2**70, 1.5, "", "text", "\ud800", [], [1, [2]], {}, {"a": {"b": None}}],
        ids=ascii,
    )
    def test_what_json_has_is_written_as_it_is(self, value):
        """
        JSON's own values stand for themselves.
        """
        assert encoded(value) == value

    @pytest.mark.parametrize(
        ("value", "result"),
        [
            (float("nan"), {"$type": "builtins:float", "$repr": "nan"}),
            (float("-inf"), {"$type": "builtins:float", "$repr": "-inf"}),
            (2**1024, {"$type": "builtins:int", "$repr": hex(2**1024)}),
            (1j, {"$type": "builtins:complex", "$repr": "1j"}),
            (b"\xff", {"$type": "builtins:bytes", "$repr": "b'\\xff'"}),
            (bytearray(b"a"), {"$type": "builtins:bytearray", "$repr": "bytearray(b'a')"}),
            (..., {"$type": "builtins:ellipsis", "$repr": "Ellipsis"}),
            (range(3), {"$type": "builtins:range", "$repr": "range(0, 3)"}),
            (dt.date(2020, 1, 2), {"$type": "datetime:date", "$repr": "datetime.date(2020, 1, 2)"}),
            (Color.RED, {"$type": f"{VALUES}:Color", "$repr": "Color.RED", "$value": 1}),
            (
                Level.LOW,
                {"$type": f"{VALUES}:Level", "$repr": "Level.LOW", "$value": 1, "$bases": ["builtins:int"]},
            ),
            (Text("x"), {"$type": f"{VALUES}:Text", "$repr": "'x'"}),
            (Color, {"$type": "enum:EnumType", "$repr": f"{VALUES}:Color"}),
            (json.dumps, {"$type": "builtins:function", "$repr": "json:dumps"}),
            ([].append, {"$type": "builtins:builtin_function_or_method", "$repr": "builtins:list.append"}),
            (json, {"$type": "builtins:module", "$repr": "json"}),
            ((1, [2]), {"$type": "builtins:tuple", "$items": [1, [2]]}),
            ({3, 1, 2}, {"$type": "builtins:set", "$items": [1, 2, 3]}),
            (frozenset("ba"), {"$type": "builtins:frozenset", "$items": ["a", "b"]}),
            (collections.deque([1]), {"$type": "collections:deque", "$items": [1]}),
            (collections.deque([1], 3), {"$type": "collections:deque", "$items": [1], "$maxlen": 3}),
            (
                collections.defaultdict(list, a=1),
                {"$type": "collections:defaultdict", "$pairs": [["a", 1]], "$factory": "builtins:list"},
            ),
            (collections.defaultdict(None), {"$type": "collections:defaultdict", "$pairs": []}),
            (zoneinfo.ZoneInfo("UTC"), {"$type": "zoneinfo:ZoneInfo", "$repr": "zoneinfo.ZoneInfo(key='UTC')"}),
            (
                dt.datetime(2020, 1, 2, tzinfo=Zone()),
                {
                    "$type": "datetime:datetime",
                    "$repr": "datetime.datetime(2020, 1, 2, 0, 0, tzinfo=<Zone>)",
                    "$iso": "2020-01-02T00:00:00+02:00",
                },
            ),
            (Frozen(2020, 1, 2, 3), {"$type": f"{__name__}:Frozen", "$repr": "Frozen(2020, 1, 2, 3, 0)"}),
            (QuotaError("x"), {"$type": f"{VALUES}:QuotaError", "$text": "x", "$bases": ["builtins:ValueError"]}),
            (collections.OrderedDict(a=1), {"$type": "collections:OrderedDict", "$pairs": [["a", 1]]}),
            ({1: 2}, {"$type": "builtins:dict", "$pairs": [[1, 2]]}),
            ({"$type": 2}, {"$type": "builtins:dict", "$pairs": [["$type", 2]]}),
            (Volume(1), {"$type": f"{VALUES}:Volume", "$attrs": {"size": 1, "admin_token": "***"}}),
            (Login("a", "b"), {"$type": f"{VALUES}:Login", "$items": ["a", "***"], "$fields": ["user", "password"]}),
            (KeyError("x"), {"$type": "builtins:KeyError", "$text": "'x'"}),
            (object(), {"$type": "builtins:object"}),
            (type("Dict", (dict,), {})(a=1), {"$type": f"{__name__}:Dict"}),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_all_else_is_described(self, value, result):
        """
        Other values are described by type, text of scalars, items, pairs and attributes.
        """
        assert encoded(value) == result

    def test_objects_have_the_attributes_that_were_noted(self):
        """
        An object that was not copied is described as it was then; objects within by their type.
        """
        context = Context("alice")
        context.inner = Context("bob")
        noted = {id(context): (context, {"user": "then", "auth_token": "x", "inner": context.inner})}
        kind = "runtime.recorded:Context"
        assert encoded(context, noted=noted) == {
            "$type": kind,
            "$attrs": {"user": "then", "auth_token": "***", "inner": {"$type": kind}},
        }

    def test_cycles_end(self):
        """
        What holds itself is marked, with how many levels up it is.
        """
        items = []
        items.append({"items": items})
        context = Context("alice")
        noted = {id(context): (context, {"me": context})}
        assert encoded(items) == [{"items": {"$type": "builtins:list", "$cycle": 2}}]
        assert encoded(context, noted=noted)["$attrs"] == {"me": {"$type": "runtime.recorded:Context", "$cycle": 1}}

    def test_huge_values_are_cut_with_a_mark(self):
        """
        Long texts and containers are cut, and the mark says how much is gone.
        """
        text = "x" * (MOST_CHARACTERS + 5)
        head = "x" * MOST_CHARACTERS
        assert encoded(text) == {"$type": "builtins:str", "$text": head, "$cut": 5}
        described = encoded(Text(text))
        assert (described["$repr"], described["$cut"]) == (f"'{head[1:]}...", 7)
        assert encoded(list(range(MOST_ITEMS + 2))) == {
            "$type": "builtins:list",
            "$items": list(range(MOST_ITEMS)),
            "$cut": 2,
        }
        cut = encoded({str(number): number for number in range(MOST_ITEMS + 3)})
        assert (len(cut["$pairs"]), cut["$cut"]) == (MOST_ITEMS, 3)
        context = Context("alice")
        cut = encoded(context, noted={id(context): (context, {str(n): n for n in range(MOST_ITEMS + 1)})})
        assert (len(cut["$attrs"]), cut["$cut"]) == (MOST_ITEMS, 1)

    def test_depth_and_total_are_bounded(self):
        """
        Deep nesting and very many small values end in marks, too.
        """
        deep = []
        for _ in range(100_000):
            deep = [deep]
        text = json.dumps(encoded(deep))
        assert text == f"{'[' * MOST_LEVELS}{json.dumps({'$type': 'builtins:list', '$items': [], '$cut': 1})}" + (
            "]" * MOST_LEVELS
        )
        while deep:
            deep = deep.pop()
        wide = json.dumps(encoded([[[0] * 500 for _ in range(50)] for _ in range(50)]))
        assert wide.count("0") < MOST_VALUES * 2

    def test_the_text_of_a_line_is_bounded(self):
        """
        Many long texts are cut once there are too many characters of them; a long key makes no plain dictionary.
        """
        texts = encoded(["x" * MOST_CHARACTERS] * (MOST_TEXT // MOST_CHARACTERS + 2))
        assert [type(text) for text in texts[:-2]] == [str] * (MOST_TEXT // MOST_CHARACTERS)
        assert texts[-2:] == [{"$type": "builtins:str", "$text": "", "$cut": MOST_CHARACTERS}] * 2
        key = "x" * (MOST_CHARACTERS + 1)
        assert encoded({key: 1})["$pairs"][0][0]["$cut"] == 1

    def test_a_value_that_raises_is_described_by_what_it_raised(self):
        """
        A value whose own code raises does not stop the writing.
        """

        class Mute(Zone):
            def __repr__(self):
                raise RuntimeError("mute")

        value = dt.datetime(2020, 1, 2, tzinfo=Mute())
        assert encoded([value, 1]) == [{"$type": "datetime:datetime", "$error": "RuntimeError"}, 1]

    def test_a_class_that_raises_is_named(self):
        """
        A class is named without asking its own class.
        """

        class Odd(type):
            def __getattribute__(cls, name):  # pragma: no cover - is not to be asked
                raise RuntimeError(name)

        place = f"{__name__}:TestEncoder.test_a_class_that_raises_is_named.<locals>"
        assert encoded(Odd("Nameless", (), {"__qualname__": "A.Nameless"})()) == {"$type": f"{__name__}:A.Nameless"}
        assert encoded(type("B", (), {"__module__": 7, "__qualname__": "B"})()) == {"$type": "?:B"}
        exc = Odd("Broken", (Exception,), {"__qualname__": f"{place}.Broken"})("x")
        assert self.exception(exc) == {"type": f"{__name__}:{place}.Broken", "text": "x"}

    def exception(self, exc):
        """
        Encode an exception that was raised.
        """
        return Encoder(Redaction(()), Mask(()), {}).exception(exc)

    def test_an_exception_says_what_it_derives_from(self):
        """
        Its class, its text, and the exceptions that it is also one of, are there.
        """
        assert self.exception(None) is None
        assert self.exception(KeyError("x")) == {"type": "builtins:KeyError", "text": "'x'"}
        assert self.exception(OverQuotaError("x")) == {
            "type": f"{VALUES}:OverQuotaError",
            "text": "x",
            "bases": [f"{VALUES}:QuotaError", "builtins:ValueError"],
        }
        assert self.exception(Interrupt())["bases"] == ["builtins:KeyboardInterrupt", "builtins:BaseException"]

    def test_an_exception_from_a_file_is_written_as_it_was(self):
        """
        What stands for an exception says what the exception said.
        """
        raw = self.exception(OverQuotaError("x"))
        assert self.exception(Decoder().exception(raw)) == raw

    def test_a_long_text_of_an_exception_is_cut(self):
        """
        What is left out of an exception's text has dots in its place.
        """
        assert self.exception(ValueError("x" * 5000))["text"] == f"{'x' * MOST_CHARACTERS}..."

    def test_a_member_that_holds_itself_ends(self):
        """
        A member of an enumeration whose value leads back to it is described once.
        """

        class Ring(enum.Enum):
            ONE = enum.auto()

        Ring.ONE._value_ = [Ring.ONE]
        described = encoded(Ring.ONE)
        assert described["$value"] == [{"$type": described["$type"], "$repr": "Ring.ONE"}]

    def test_an_exception_without_text_is_described(self):
        """
        An exception whose ``__str__`` raises is named by its class.
        """

        class Broken(Exception):  # noqa: N818 - what a host may call it
            def __str__(self):
                raise RuntimeError("mute")

        assert encoded(Broken())["$text"] == "(its str raised RuntimeError)"

    @given(
        st.recursive(
            st.none() | st.text() | st.integers() | st.binary(),
            lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner),
        )
    )
    def test_anything_can_be_written(self, value):
        """
        Whatever is in it, a value is encoded to what JSON has.
        """
        result = encoded(value)
        assert json.loads(json.dumps(result, allow_nan=False)) == result
