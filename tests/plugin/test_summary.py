"""
Tests of the summary's text.
"""

import textwrap

import pytest

from hookkit.recording import Tally
from pytest_hookkit._summary import WIDTH, SessionTally, enumerated, format_count, format_duration, format_size, listed


def table(*points):
    """
    Give the table of a session: for each point a group, a name, and how many calls there were.
    """
    tally = SessionTally()
    for group, name, calls in points:
        for _ in range(calls):
            tally.add_event(group, name, "pre", swallowed=False, duration_ns=100_000)
            tally.add_event(group, name, "body", swallowed=False, duration_ns=5_000_000_000)
            tally.add_call(group, name, is_tick=False)
    return "".join(f"{line}\n" for line in tally.table())


class TestTable:
    def test_nothing_gives_no_table(self):
        """
        Where nothing happened there are no lines.
        """
        assert table() == ""

    def test_groups_and_points_are_in_order(self):
        """
        The first group's line has the heads of the columns; points stand by name below their group.
        """
        assert table(("nova.hooks", "delete", 2), ("a.hooks", "resize", 3), ("nova.hooks", "create", 1)) == (
            "a.hooks                     calls    pre   post  error  swallowed       time\n"
            "  resize                        3      3      .      .          .     0.3 ms\n"
            "nova.hooks\n"
            "  create                        1      1      .      .          .     0.1 ms\n"
            "  delete                        2      2      .      .          .     0.2 ms\n"
        )

    def test_ticks_are_in_words_after_the_calls(self):
        """
        A point that is both called and ticked has two lines, each with its own time and errors.
        """
        tally = SessionTally()
        tally.add_ticks("g", "count", 3)
        tally.add_event("g", "count", "periodic", swallowed=True, duration_ns=2_000)
        tally.add_call("g", "count", is_tick=True)
        tally.add_event("g", "count", "pre", swallowed=False, duration_ns=None)
        tally.add_call("g", "count", is_tick=False)
        assert list(tally.table()) == [
            "g                           calls    pre   post  error  swallowed       time",
            "  count                         1      1      .      .          .       .",
            "  count                   3 ticks, 1 run, 1 swallowed                   2 µs",
        ]

    def test_ticks_of_a_killed_process_are_those_that_ran(self):
        """
        Where nobody told how many ticks there were, those that ran something count.
        """
        tally = SessionTally()
        tally.add_call("g", "count", is_tick=True)
        assert next(line for line in tally.table() if "tick" in line).split() == [
            "count",
            "1",
            "tick,",
            "1",
            "run",
            ".",
        ]

    def test_what_a_writer_counted_is_taken_over(self):
        """
        All but what it only made ready to count.
        """
        counted = Tally()
        event = counted.of_event("g", "create", "post")
        event.number, event.swallowed, event.duration_ns = 3, 2, 4_000
        counted.of_call("g", "create", is_tick=False).number = 3
        counted.of_event("g", "delete", "pre")
        counted.of_call("g", "delete", is_tick=False)
        tally = SessionTally()
        tally.add(counted)
        assert list(tally.table()) == [
            "g                           calls    pre   post  error  swallowed       time",
            "  create                        3      .      3      .          2       4 µs",
        ]
        assert not tally.has("g", "delete")

    def test_a_long_name_makes_the_other_columns_narrower(self):
        """
        The lines fit the page as long as the name leaves room.
        """
        lines = table(("nova.hooks", "a_name_of_thirty_characters_12", 1)).splitlines()
        assert lines == [
            "nova.hooks                        calls  pre  post  error  swallowed    time",
            "  a_name_of_thirty_characters_12      1    1     .      .          .  0.1 ms",
        ]
        assert max(map(len, lines)) <= WIDTH

    def test_a_longer_one_has_a_line_of_its_own(self):
        """
        A name of a point, or of a group, that leaves no room stands above its counts.
        """
        assert table(("group." * 8, "name_" * 10, 1)) == (
            "group.group.group.group.group.group.group.group.\n"
            "                                    calls  pre  post  error  swallowed    time\n"
            "  name_name_name_name_name_name_name_name_name_name_\n"
            "                                        1    1     .      .          .  0.1 ms\n"
        )

    def test_large_numbers_keep_their_distance(self):
        """
        A column is as wide as its widest number, and two blanks.
        """
        tally = SessionTally()
        tally._points["g", "p"].counts.update({"calls": 1_234_567_890, "pre": 1_234_567_890})
        tally._points["g", "p"].hooks_ns = 123_456_000_000
        assert list(tally.table()) == [
            "g                              calls         pre  post  error  swallowed      time",
            "  p                       1234567890  1234567890     .      .          .  123.5 s",
        ]


class TestFormats:
    @pytest.mark.parametrize(
        ("duration_ns", "text"),
        [
            (0, ".   "),
            (1, "1 µs"),
            (499, "1 µs"),
            (12_400, "12 µs"),
            (49_999, "50 µs"),
            (50_000, "0.1 ms"),
            (1_250_000, "1.2 ms"),
            (999_949_999, "999.9 ms"),
            (999_950_000, "1.0 s "),
            (61_000_000_000, "61.0 s "),
        ],
    )
    def test_times_have_the_unit_that_tells_most(self, duration_ns, text):
        """
        No time that was measured is written as nothing.
        """
        assert format_duration(duration_ns) == text

    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (38_998, "39 kB"),
            (5_000_000, "5 MB"),
            (2_000_000_000, "2 GB"),
            (7 * 10**15, "7000 TB"),
        ],
    )
    def test_sizes_have_one_of_the_usual_units(self, size, text):
        """
        Sizes are whole numbers of bytes, kB, MB, GB or TB.
        """
        assert format_size(size) == text

    def test_one_is_singular(self):
        """
        All numbers but one take the plural.
        """
        assert [format_count(number, "tick") for number in range(3)] == ["0 ticks", "1 tick", "2 ticks"]


class TestLists:
    def test_names_are_on_as_many_lines_as_it_takes(self):
        """
        No line is longer than the page, and the later ones are indented.
        """
        lines = list(enumerated("never called", [f"hook_point_{n} (shop/host.py:{n})" for n in range(5)]))
        assert (
            lines
            == textwrap.dedent("""\
            never called: hook_point_0 (shop/host.py:0), hook_point_1 (shop/host.py:1),
              hook_point_2 (shop/host.py:2), hook_point_3 (shop/host.py:3), hook_point_4
              (shop/host.py:4)
        """).splitlines()
        )

    @pytest.mark.parametrize(
        ("number", "last"), [(0, None), (1, "never: 0"), (11, "never: 10"), (12, "never: and 2 more")]
    )
    def test_of_many_things_the_first_ten_are_named(self, number, last):
        """
        What is left out is counted, unless it is a single thing.
        """
        lines = list(listed("never", map(str, range(number))))
        assert (lines[-1] if lines else None) == last
        assert list(enumerated("never", [])) == []
