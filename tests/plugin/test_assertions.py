"""
Tests of how a comparison with recorded events explains itself.
"""

import textwrap

import pytest

TEST = """
    from hookkit.testing import body, post, pre
    from shop import Audit, order

    def test_it(fake_entry_points, hook_recorder):
        fake_entry_points.add("shop.hooks", "order", Audit)
        order(["tea"])
        {last}
"""
EXPECTED = '[pre("order", hook=Audit), body("order").with_args(["tea"])]'
EXPLANATION = """\
event 2 of 2 differs: body order
    items[1]: expected (absent), got 'audited'

      expected               recorded
    1 pre  order Audit       pre  order Audit
  > 2 body order             body order -> 2
        items[1] = (absent)    items[1] = 'audited'\
"""


def explanation(run):
    """
    Give what pytest says of the assertion that failed, without the words that it puts in front.
    """
    lines = [line[1:] for line in run.lines if line.partition(" ")[0] == "E"]
    return textwrap.dedent("\n".join(lines)).removeprefix("AssertionError: ").removeprefix("assert ")


class TestEvents:
    def test_a_difference_is_explained(self, inner_both):
        """
        A plain ``assert`` says what is different, and shows both sequences side by side.
        """
        run = inner_both(TEST.format(last=f"assert hook_recorder.events == {EXPECTED}"), "-vv")
        assert run.outcomes == {"failed": 1}
        assert explanation(run) == EXPLANATION

    def test_the_events_may_stand_on_the_right(self, inner):
        """
        The sides are told apart wherever they are.
        """
        run = inner(TEST.format(last=f"assert {EXPECTED} == hook_recorder.events"), "-vv")
        assert explanation(run) == EXPLANATION

    def test_pytest_cuts_it(self, inner):
        """
        Without ``-vv`` pytest cuts the explanation, not before the first difference was said.
        """
        run = inner(TEST.format(last="[order([]) for _ in range(20)]; assert hook_recorder.events == []"))
        lines = explanation(run).splitlines()
        assert lines[0] == "event 1 was not expected: pre order by Audit"
        assert len(lines) < 15
        assert lines[-1].startswith("  ...Full output truncated")

    def test_the_methods_point_at_the_line_of_the_test(self, inner_both):
        """
        An assertion of the recorder shows its message in full, and no line of hookkit.
        """
        run = inner_both(TEST.format(last=f"hook_recorder.assert_sequence({EXPECTED})"))
        assert explanation(run) == textwrap.dedent(
            """\
            event 2 of 2 differs: body order
              items[1]: expected (absent), got 'audited'

                expected               recorded
              1 pre  order Audit       pre  order Audit
            > 2 body order             body order -> 2
                  items[1] = (absent)    items[1] = 'audited'"""
        )
        assert "test_inner.py:7: AssertionError" in run.lines
        assert "_recorder.py" not in "\n".join(run.lines)

    def test_a_pattern_is_explained_too(self, inner):
        """
        One event that is compared with one pattern says in what it differs.
        """
        run = inner(TEST.format(last='assert hook_recorder.events[1] == body("order").returning(3)'))
        assert explanation(run) == "body order differs\n    returned: expected 3, got 2"


class TestColour:
    COLOURED = (
        "\x1b[1m\x1b[31mE       AssertionError: assert event 2 of 2 differs: body order\x1b[0m",
        "\x1b[1m\x1b[31mE           items[1]: expected (absent), got 'audited'\x1b[0m",
        "\x1b[1m\x1b[31mE         \x1b[0m\x1b[0m",
        "\x1b[1m\x1b[31mE         \x1b[0m    expected               recorded\x1b[0m",
        "\x1b[1m\x1b[31mE         \x1b[0m  1 pre  order Audit       pre  order Audit\x1b[0m",
        "\x1b[1m\x1b[31mE         > 2 body order             body order -> 2\x1b[0m",
        "\x1b[1m\x1b[31mE               items[1] = (absent)    items[1] = 'audited'\x1b[0m",
    )

    def test_only_what_differs_is_red(self, inner_both):
        """
        Where pytest has colour, the lines of the explanation that show no difference are not red.
        """
        run = inner_both(TEST.format(last=f"assert hook_recorder.events == {EXPECTED}"), "--color=yes")
        assert tuple(line for line in run.lines if line.startswith("\x1b[1m\x1b[31mE")) == self.COLOURED

    @pytest.mark.parametrize(
        ("method", "plain"),
        [
            ("sequence", ["", "    expected    recorded", "  2 body order  body order -> 2"]),
            ("contains", ["", "recorded:", "   1 pre  order Audit", "   2 body order -> 2"]),
            ("unordered", ["", "recorded:", "   1 pre  order Audit", "   2 body order -> 2"]),
        ],
    )
    def test_of_the_methods_too(self, inner, method, plain):
        """
        In what the recorder's methods say, too, only what differs is red.
        """
        run = inner(TEST.format(last=f"hook_recorder.assert_{method}([body('order'), body('order')])"), "--color=yes")
        lines = [line.removesuffix("\x1b[0m") for line in run.lines if line.startswith("\x1b[1m\x1b[31mE")]
        assert [line.partition("\x1b[0m")[2] for line in lines if "\x1b[0m" in line] == plain

    def test_of_what_should_not_be_there(self, inner):
        """
        What is not to be there is red, the list of what was recorded is not.
        """
        run = inner(TEST.format(last="hook_recorder.assert_absent(body('order'))"), "--color=yes")
        assert [line[10:-4] for line in run.lines if line.startswith("\x1b[1m\x1b[31mE")] == [
            "       AssertionError: event 2 of 2 should not be there: body order",
            "         it fits body('order')",
            "       \x1b[0m",
            "       \x1b[0mrecorded:",
            "       \x1b[0m   1 pre  order Audit",
            "       \x1b[0m   2 body order -> 2",
        ]

    @pytest.mark.parametrize(
        "options",
        [
            pytest.param(
                ["-p", "no:terminal"],
                marks=pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest 8 explains nothing there"),
                id="no terminal",
            ),
            pytest.param(["--color=no"], id="no colour"),
        ],
    )
    def test_without_colour(self, inner, pytester, options):
        """
        Where pytest has no colour, or there is no terminal, there are no escape codes.
        """
        last = f"""
        import pathlib, pytest
        with pytest.raises(AssertionError) as info:
            assert hook_recorder.events == {EXPECTED}
        pathlib.Path("said.txt").write_text(str(info.value))
        """
        inner(textwrap.dedent(TEST.format(last="")) + textwrap.indent(textwrap.dedent(last), "    "), *options)
        said = (pytester.path / "said.txt").read_text(encoding="utf-8")
        assert textwrap.dedent(said).removeprefix("assert ") == EXPLANATION


class TestLongSequences:
    MANY = "[pre('order'), body('order')] * 20 + [post('order')]"
    HEAD = (
        "event 41 of 41 is missing: post order",
        "  nothing more was recorded; Audit has no method 'post'",
        "",
        "     expected    recorded",
    )
    ROWS = tuple(
        f"  {number:>2} {row}"
        for number, row in enumerate(["pre  order  pre  order Audit", "body order  body order -> 1"] * 20, start=1)
    )
    LAST = "> 41 post order  (nothing more was recorded)"

    def after_many(self, last):
        """
        Give a test that ends with the line *last* after forty events.
        """
        head, _, _ = TEST.partition("    order([")
        return f"{head}    [order([]) for _ in range(20)]\n        {last}"

    @pytest.mark.parametrize(
        ("last", "indent"),
        [("assert hook_recorder.events == {}", "  "), ("hook_recorder.assert_sequence({})", "")],
        ids=["equality", "method"],
    )
    def test_with_vv_all_rows_are_shown(self, inner, last, indent):
        """
        With ``-vv`` a table has all its rows, however many there are.
        """
        run = inner(self.after_many(last.format(self.MANY)), "-vv")
        expected = "\n".join((*self.HEAD, *self.ROWS, self.LAST))
        assert explanation(run) == textwrap.indent(expected, indent).strip()

    def test_a_screenful_without(self, inner):
        """
        Without ``-vv`` the methods of the recorder show the rows near the differences only.
        """
        run = inner(self.after_many(f"hook_recorder.assert_sequence({self.MANY})"))
        left_out = "     ... 37 equal events ..."
        assert explanation(run) == "\n".join((*self.HEAD, left_out, *self.ROWS[-3:], self.LAST))


class TestOthers:
    @pytest.mark.parametrize(
        ("comparison", "expected"),
        [
            ("[1] == [2]", "[1] == [2]\n\n  At index 0 diff: 1 != 2\n  Use -v to get more diff"),
            ("len(hook_recorder.events) < 2", "2 < 2\n +  where 2 = "),
        ],
        ids=["no events", "another operator"],
    )
    def test_what_has_no_events_is_pytests(self, inner, comparison, expected):
        """
        Comparisons without recorded events, and other ones than ``==``, are explained as ever.
        """
        assert explanation(inner(TEST.format(last=f"assert {comparison}"))).startswith(expected)

    def test_without_a_recorder(self, inner):
        """
        Where nothing of hookkit was imported, comparisons are explained as ever.
        """
        run = inner("def test_it(): assert [1] == [2]", how="subprocess")
        assert explanation(run) == "[1] == [2]\n\n  At index 0 diff: 1 != 2\n  Use -v to get more diff"
