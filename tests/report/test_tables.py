"""
Tables of calls and events, and their JSON.
"""

import json

import pytest

from hookkit.report._index import index
from hookkit.report._tables import ABSENT, CUT, MASKED, RAISED, SWALLOWED, UNFINISHED, Tables, whole
from report.made import AUDIT, HEADER


def as_parts(tables, header=HEADER, **facts):
    """
    Give the parts of a page's data, read again.
    """
    return {name: json.loads(text) for name, text in index(tables, header, facts)}


class TestWhole:
    @pytest.mark.parametrize(
        "value", [None, True, "7", -1, 2**62, 1.5, [], {"$type": "builtins:int", "$repr": "1" * 20}]
    )
    def test_what_is_no_number_of_a_column_is_absent(self, value):
        """
        Anything but a number that is not negative and fits is absent, or what is given for that.
        """
        assert whole(value) == ABSENT
        assert whole(value, 0) == 0

    @pytest.mark.parametrize("text", [1, "x", "-5", "1.5"])
    def test_a_described_number_has_digits(self, text):
        """
        A described number that is none is absent.
        """
        assert whole({"$type": "builtins:int", "$repr": text}) == ABSENT

    def test_a_long_number_is_described(self):
        """
        Nanoseconds since the epoch have more digits than a browser's numbers.
        """
        assert whole({"$type": "builtins:int", "$repr": "1795312602023554154"}) == 1795312602023554154
        assert whole(7) == 7


class TestTables:
    def test_a_call_comes_after_its_events(self):
        """
        The events of a call have its row, which the line of the call fills in.
        """
        tables = Tables()
        tables.add_event({"seq": 1, "call": 5, "point": "p", "group": "g", "phase": "pre", "hook": AUDIT}, b"", 0)
        tables.add_event({"seq": 2, "call": 5, "point": "p", "group": "g", "phase": "body"}, b"", 1)
        assert tables.calls["flags"][0] == UNFINISHED
        tables.add_call({"seq": 5, "point": "p", "group": "g", "thread": "T", "duration_ns": 9}, b"", 2)
        assert len(tables.calls) == 1
        assert list(tables.events["call"]) == [0, 0]
        assert list(tables.events["hook"]) == [0, ABSENT]
        assert (tables.calls["flags"][0], tables.calls["duration"][0]) == (0, 9)
        assert list(tables.names) == ["g", "p", "pre", "body", "T"]
        assert list(tables.hooks) == [("audit.hooks:AuditHook", "audit = audit.hooks:AuditHook", "audit", None)]

    def test_flags_tell_what_a_line_says(self):
        """
        Flags tell what became of an event, and whether something in it was masked or cut.
        """
        tables = Tables()
        tables.add_event({"raised": {"type": "E"}, "swallowed": True, "replaced": False}, b'{"a":"***","$cut":1}', 0)
        assert tables.events["flags"][0] == RAISED | SWALLOWED | MASKED | CUT

    def test_two_calls_with_the_same_number_are_two(self):
        """
        In recordings that were put together wrongly, each call is shown.
        """
        tables = Tables()
        tables.add_call({"seq": 1}, b"", 0)
        tables.add_call({"seq": 1}, b"", 1)
        assert list(tables.calls["at"]) == [0, 1]

    def test_anything_may_stand_in_a_line(self):
        """
        Fields of other types than a recording has count as absent.
        """
        tables = Tables()
        nonsense = {name: [{}] for name in ("seq", "call", "test", "point", "phase", "hook", "started_ns", "parent")}
        tables.add_event(nonsense, b"", 0)
        tables.add_call(nonsense, b"", 1)
        parts = as_parts(tables)
        assert parts["events"]["phase"] == [ABSENT]
        assert parts["calls"]["point"] == [ABSENT, ABSENT]


class TestIndex:
    def test_rows_stand_in_order_of_start(self):
        """
        Calls and events stand in the order of their numbers, and what points to a call points to its place.
        """
        tables = Tables()
        tables.add_event({"seq": 2, "call": 2, "started_ns": 1600}, b"", 0)
        tables.add_call({"seq": 2, "parent": 1, "started_ns": 1500}, b"", 1)
        tables.add_event({"seq": 1, "call": 1, "started_ns": 1100}, b"", 2)
        tables.add_call({"seq": 1, "started_ns": 1000}, b"", 3)
        parts = as_parts(tables)
        assert parts["about"]["began_ns"] == "1000"
        assert (parts["calls"]["seq"], parts["calls"]["start"], parts["calls"]["parent"]) == (
            [1, 2],
            [0, 500],
            [ABSENT, 0],
        )
        assert (parts["events"]["seq"], parts["events"]["call"], parts["events"]["start"]) == (
            [1, 2],
            [0, 1],
            [100, 100],
        )
        assert parts["events"]["at"] == [2, 0]

    def test_what_has_no_start_is_at_the_beginning(self):
        """
        Times are counted from the first that there is; a call without one is at the beginning.
        """
        tables = Tables()
        tables.add_call({"seq": 1}, b"", 0)
        tables.add_call({"seq": 2, "started_ns": 1500}, b"", 1)
        tables.add_call({"seq": 3, "started_ns": 1000}, b"", 2)
        parts = as_parts(tables)
        assert parts["about"]["began_ns"] == "1000"
        assert parts["calls"]["start"] == [0, 500, 0]

    def test_no_call_is_its_own_ancestor(self):
        """
        A parent that is not before its child is none.
        """
        tables = Tables()
        for seq, parent in ((1, 2), (2, 1), (3, 3), (4, 99)):
            tables.add_call({"seq": seq, "parent": parent}, b"", seq)
        assert as_parts(tables)["calls"]["parent"] == [ABSENT, 0, ABSENT, ABSENT]

    def test_the_header_is_told_as_texts(self):
        """
        Of the header, texts and numbers are told, cut where they get too long.
        """
        header = {
            "hookkit": "1.0",
            "host": "x" * 1000,
            "started_ns": 1795312602023554154,
            "load": float("nan"),
            "more": {},
        }
        about = as_parts(Tables(), header, lost=None)["about"]
        assert about == {
            "lost": None,
            "header": {"hookkit": "1.0", "host": "x" * 500, "started_ns": "1795312602023554154", "load": "nan"},
            "began_ns": "0",
        }
