"""
Tests of how a comparison with recorded events explains itself.
"""

import textwrap

import pytest

TEST = """
    from hookkit.testing import body, pre
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
