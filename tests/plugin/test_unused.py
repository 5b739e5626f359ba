"""
Tests of the fakes that a test sets up and nothing uses.
"""

import pytest

from plugin.left_unsaid import SWALLOWED, UNUSED, adding, failing

MISSPELT_GROUP = (
    "fake entry point order = shop:Audit in 'shop.hook': no registry reads this group; did you mean 'shop.hooks'?"
)


class TestUnused:
    @pytest.mark.parametrize(
        ("line", "what"),
        [
            (
                'fake_entry_points.add("shop.hooks", "order", Audit)',
                "fake entry point order = hookkit_fakes:Audit in 'shop.hooks': no call of its hook point loaded it.",
            ),
            (
                'fake_entry_points.add("shop.hooks", "ordr", "shop:Audit"); order([])',
                "fake entry point ordr = shop:Audit in 'shop.hooks': no such hook point; did you mean 'order'?",
            ),
            (
                'fake_entry_points.add("shop.hooks", "x", "shop:Audit"); order([])',
                "fake entry point x = shop:Audit in 'shop.hooks': no such hook point; there is 'order'.",
            ),
            (
                'fake_entry_points.add("shop.exporters", "csv", "csv")',
                "fake entry point csv = csv in 'shop.exporters': nothing read the entry points of this group.",
            ),
            (
                'fake_entry_points.add("shop.exporters", "csv", "csv"); order([])',
                "fake entry point csv = csv in 'shop.exporters': nothing read the entry points of this group.",
            ),
            (
                'fake_entry_points.add("shop.hook", "order", "shop:Audit"); order([])',
                MISSPELT_GROUP,
            ),
            (
                'fake_entry_points.add("shop.hook", "order", "shop:Audit"); entry_points()',
                MISSPELT_GROUP,
            ),
            (
                'fake_entry_points.add_distribution("gifts", "1", {"shop.exporters": {"csv": "csv"}})',
                "fake entry point csv = csv in 'shop.exporters': nothing read the entry points of this group.",
            ),
            (
                'fake_entry_points.add_distribution("gifts", "1", {"shop.exporters": {"csv": "csv", "json": "json"}})',
                "fake distribution gifts: nothing used any of its entry points: csv, json.",
            ),
        ],
        ids=[
            "not called",
            "misspelt",
            "unlike",
            "no group",
            "other group",
            "misspelt group",
            "misspelt group, listed",
            "distribution",
            "distribution of two",
        ],
    )
    def test_the_test_fails(self, inner, line, what):
        """
        A fake that nothing used fails the test, and the message says what is missing.
        """
        run = inner(adding(line))
        assert run.outcomes == {"failed": 1}
        assert run.section(" test_it ") == UNUSED.format(what=what)

    @pytest.mark.parametrize(
        "line",
        [
            'fake_entry_points.add("shop.hooks", "order", "shop:Audit"); order([])',
            'fake_entry_points.add("shop.exporters", "csv", "csv"); entry_points(group="shop.exporters")',
            'fake_entry_points.add("shop.exporters", "csv", "csv"); discovery.entry_points("shop.exporters")',
            'fake_entry_points.add("shop.exporters", "csv", "csv", real=True)',
            'fake_entry_points.add("shop.hooks", "order", Audit).remove(); order([])',
            'fake_entry_points.add_distribution("gifts", "1", {"shop.hooks": {"order": Audit, "x": Audit}}); order([])',
            'fake_entry_points.add_distribution("gifts", "1", {})',
            'fake_entry_points.hide("pytest"); fake_entry_points.isolate("shop.hooks")',
            "fake_entry_points.add_project('.')",
        ],
        ids=[
            "loaded",
            "listed",
            "listed by hookkit",
            "real",
            "removed",
            "distribution in part",
            "empty distribution",
            "hiding",
            "project",
        ],
    )
    def test_what_is_used_or_need_not_be(self, inner, pytester, line):
        """
        Loaded by hookkit or listed by others is used; what is removed, in child processes or a project is not asked.
        """
        pytester.makepyprojecttoml(
            '[project]\nname = "gifts"\nversion = "1"\n[project.entry-points."shop.hooks"]\nother = "shop:Audit"'
        )
        assert inner(adding(line)).outcomes == {"passed": 1}

    def test_many(self, inner):
        """
        Each unused fake has its line, at most five of them.
        """
        run = inner(adding('[fake_entry_points.add("shop.exporters", f"f{i}", "csv") for i in range(6)]'))
        line = "  fake entry point f{} = csv in 'shop.exporters': nothing read the entry points of this group."
        assert run.section(" test_it ").splitlines()[:-2] == [
            "the test set up 6 things that nothing used.",
            *map(line.format, range(5)),
            "  ... and 1 more",
        ]

    def test_together_with_errors(self, inner):
        """
        Errors and unused fakes are said together.
        """
        run = inner(failing('fake_entry_points.add("shop.exporters", "csv", "csv")'))
        what = "fake entry point csv = csv in 'shop.exporters': nothing read the entry points of this group."
        assert run.section(" test_it ") == f"{SWALLOWED}\n\n{UNUSED.format(what=what)}"

    def test_quiet_where_the_body_failed(self, inner):
        """
        A failed test is not blamed for fakes, too.
        """
        run = inner(adding('fake_entry_points.add("shop.exporters", "csv", "csv")', "assert 0"))
        assert run.outcomes == {"failed": 1}
        assert "nothing used" not in "\n".join(run.lines)
