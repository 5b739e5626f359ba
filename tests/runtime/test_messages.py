"""
Tests for the pieces of which messages are made.
"""

import logging

import pytest

from hookkit._messages import cannot_load, did_you_mean, explain, label_of, logger_of
from hookkit.discovery import EntryPoint
from runtime.fake_hooks import BrokenStrError


class TestExplain:
    @pytest.mark.parametrize(
        ("exc", "said"),
        [
            (ValueError("no such thing"), "ValueError: no such thing."),
            (ValueError("Really?"), "ValueError: Really?"),
            (ValueError("Done."), "ValueError: Done."),
            (ValueError(), "ValueError."),
            (BrokenStrError(), "BrokenStrError: (its message cannot be read)."),
        ],
        ids=["plain", "question", "sentence", "empty", "broken"],
    )
    def test_is_a_sentence(self, exc, said):
        """
        An exception is told as its class and message with one full stop, whatever its message is.
        """
        assert explain(exc) == said


class TestDidYouMean:
    @pytest.mark.parametrize(
        ("wanted", "question"),
        [("creat", " Did you mean 'Create'?"), ("CREATE", " Did you mean 'Create'?"), ("x", ""), (3, "")],
        ids=["misspelt", "case", "unlike", "number"],
    )
    def test_offers_the_closest(self, wanted, question):
        """
        The closest candidate is offered in its own spelling, whatever the case; nothing if none is close.
        """
        assert did_you_mean(wanted, ["delete", "Create"]) == question

    @pytest.mark.parametrize(
        ("wanted", "question"),
        [
            ("shop.hooks", ""),
            ("nov.hooks", " Did you mean 'nova.hooks'?"),
            ("nova.hoks", " Did you mean 'nova.hooks'?"),
            ("nova.book.hooks", " Did you mean 'nova.hooks'?"),
            ("nova_hooks", " Did you mean 'nova.hooks'?"),
            ("manil.hooks", " Did you mean 'manila.hooks'?"),
            ("22.0", " Did you mean '21.0'?"),
        ],
    )
    def test_each_part_has_to_be_close(self, wanted, question):
        """
        What only ends as a candidate does is not offered it, and the next one is looked at; versions are numbers.
        """
        assert did_you_mean(wanted, ["nova.hooks", "manila.hooks", "21.0"]) == question

    def test_nothing_to_offer(self):
        """
        Without candidates there is no question.
        """
        assert did_you_mean("shop.hooks", []) == ""


class TestLabelOf:
    @pytest.mark.parametrize(
        ("name", "version", "said"),
        [("demo", "1.0", "demo 1.0"), ("demo", None, "demo"), (None, None, "unknown distribution")],
    )
    def test_says_what_is_known(self, name, version, said):
        """
        The distribution is called by its name and version, as far as they are known.
        """
        assert label_of(EntryPoint("g", "n", "m:a", name, version)) == said


class TestCannotLoad:
    def test_names_entry_point_and_distribution(self):
        """
        The message shows the entry point as it is declared, and whose it is.
        """
        entry_point = EntryPoint("g", "n", "m:a", "demo", "1.0")
        assert cannot_load(entry_point, "it is away.") == (
            "Cannot load entry point 'n = m:a' of group 'g' (demo 1.0): it is away."
        )


class TestLoggerOf:
    @pytest.mark.parametrize(
        ("group", "name"),
        [
            ("nova.hooks", "hookkit.nova.hooks"),
            ("driver hooks", "hookkit.drivers"),
            ("manila driver hooks", "hookkit.drivers"),
            ("screwdriver hooks", "hookkit.screwdriver hooks"),
        ],
    )
    def test_bears_the_groups_name(self, group, name):
        """
        A group has a logger of its own, and all groups of driver hooks have one together.
        """
        assert logger_of(group) is logging.getLogger(name)
