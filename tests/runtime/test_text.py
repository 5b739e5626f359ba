"""
Values as text.
"""

from collections import Counter, OrderedDict, defaultdict, deque

import pytest

from hookkit.recording._text import LONGEST, show, show_exception
from runtime.recorded import Context

SHOWN = [
    (None, "None"),
    ("it's", '"it\'s"'),
    ([], "[]"),
    ([1, "a"], "[1, 'a']"),
    ((), "()"),
    ((1,), "(1,)"),
    ((1, 2), "(1, 2)"),
    (set(), "set()"),
    ({3, 1, 2}, "{1, 2, 3}"),
    (frozenset(), "frozenset()"),
    (frozenset({1}), "frozenset({1})"),
    ({}, "{}"),
    ({"b": 1, "a": [2]}, "{'b': 1, 'a': [2]}"),
    (deque([1]), "deque([1])"),
    (OrderedDict(a=1), "OrderedDict({'a': 1})"),
    (defaultdict(list, a=1), "defaultdict({'a': 1})"),
    (Counter("a"), "Counter({'a': 1})"),
    (Context("alice"), "<runtime.recorded.Context object>"),
    ([Context("alice")], "[<runtime.recorded.Context object>]"),
]


class TestShow:
    @pytest.mark.parametrize(("value", "text"), SHOWN, ids=[text for _, text in SHOWN])
    def test_values_are_shown_the_same_each_time(self, value, text):
        """
        Containers read like code, sets are in order, and addresses are left out.
        """
        assert show(value) == text

    @pytest.mark.parametrize("value", ["x" * 10**6, b"x" * 10**6, ["x" * 50] * 10**5, dict.fromkeys(range(1000))])
    def test_long_values_are_cut(self, value):
        """
        A text is as long as a line at most, and ends in an ellipsis where it was cut.
        """
        text = show(value)
        assert len(text) == LONGEST
        assert text.endswith("…")

    def test_what_holds_itself_is_shown(self):
        """
        A cycle is shown as dots.
        """
        items = []
        items.append(items)
        assert show(items) == "[...]"

    def test_a_broken_repr_is_shown_as_such(self):
        """
        The class and what its repr raised stand for the value.
        """

        class Broken:
            __qualname__ = "Broken"

            def __repr__(self):
                raise RuntimeError("broken")

        assert show([Broken()]) == "[<Broken whose repr raised RuntimeError>]"

    def test_what_cannot_even_be_named_is_shown(self):
        """
        Where the class has no name that can be read either, it is said what was raised.
        """

        class Nameless(type):
            def __getattribute__(cls, name):
                raise LookupError(name)

        class Broken(metaclass=Nameless):
            def __repr__(self):
                raise RuntimeError("broken")

        assert show([1, Broken()]) == "<value that raised LookupError when it was looked at>"

    def test_a_repr_of_many_lines_is_shown_on_one(self):
        """
        Line breaks in a repr become spaces.
        """

        class Lines:
            def __repr__(self):
                return "a\nb"

        assert show(Lines()) == "a b"


class TestShowException:
    @pytest.mark.parametrize(
        ("exc", "text"),
        [
            (KeyError("x"), "KeyError: 'x'"),
            (ValueError(), "ValueError"),
            (ValueError("one\ntwo"), "ValueError: one …"),
            (TypeError("<object object at 0x7f00>"), "TypeError: <object object>"),
        ],
        ids=str,
    )
    def test_an_exception_is_shown_as_in_a_traceback(self, exc, text):
        """
        Class and first line of the text, without addresses.
        """
        assert show_exception(exc) == text
