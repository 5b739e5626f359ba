"""
``hookkit list``.
"""

import itertools
import json
import sys

import pytest


class Hook:
    """
    A hook.
    """

    pre = print


@pytest.fixture
def module(tmp_path):
    """
    Write modules; none of them can be imported, so that there is nothing to forget.
    """

    def write(name, source):
        (tmp_path / f"{name}.py").write_text(source)

    return write


class TestList:
    def test_the_hooks_of_a_group(self, run, fakes, module):
        """
        Each hook is a line with its point, what names it, its distribution, and why it does not load, if it does not.
        """
        module("listed_broken", "print('imported')\nimport nova.api")
        module("listed_exits", "raise SystemExit(3)")
        module("listed_leaves", "raise SystemExit")
        targets = {"create": "listed_broken:Hook", "exits": "listed_exits:Hook", "leaves": "listed_leaves:Hook"}
        fakes.add_distribution("demo", "1.0", {"shop.hooks": targets})
        fakes.add("shop.hooks", "order", f"{__name__}:Hook")

        done = run("list", "--group", "shop.hooks")

        assert (done.code, done.err) == (1, "imported\n")
        width = len(f"{__name__}:Hook")
        assert done.out.splitlines() == [
            f"create   {'listed_broken:Hook':{width}}   demo 1.0          ModuleNotFoundError: No module named 'nova'",
            f"exits    {'listed_exits:Hook':{width}}   demo 1.0          sys.exit(3) was called when it was imported",
            f"leaves   {'listed_leaves:Hook':{width}}   demo 1.0          sys.exit() was called when it was imported",
            f"order    {__name__}:Hook   hookkit-fakes 0   loads",
            "4 hooks, 3 do not load",
        ]

    @pytest.mark.parametrize(
        ("targets", "code", "verdict"),
        [
            ({"a": "json:dumps"}, 0, "1 hook, it loads"),
            ({"a": "json:dumps", "b": "json:loads"}, 0, "2 hooks, all load"),
            ({"a": "json:no"}, 1, "1 hook, 1 does not load"),
        ],
    )
    def test_the_last_line_counts(self, run, fakes, targets, code, verdict):
        """
        The last line says how many hooks there are, and how many do not load.
        """
        fakes.add_distribution("demo", "1.0", {"shop.hooks": targets})

        done = run("list", "--group", "shop.hooks")

        assert (done.code, done.out.splitlines()[-1]) == (code, verdict)

    def test_json(self, run, fakes):
        """
        For programs the same is JSON.
        """
        fakes.add_distribution("demo", "1.0", {"shop.hooks": {"order": "json:dumps", "pay": "json:no"}})

        done = run("list", "--group", "shop.hooks", "--json")

        hook = {"point": "order", "entry_point": "json:dumps", "distribution": "demo", "version": "1.0"}
        assert json.loads(done.out) == {
            "group": "shop.hooks",
            "hooks": [
                {**hook, "loads": True, "reason": None},
                {
                    **hook,
                    "point": "pay",
                    "entry_point": "json:no",
                    "loads": False,
                    "reason": "module 'json' has no attribute 'no'",
                },
            ],
        }
        assert done.code == 1

    def test_no_hooks(self, run, fakes):
        """
        That there is no hook is said, with the group that may have been meant.
        """
        fakes.add("shop.hooks", "order", "json:dumps")

        done = run("list", "--group", "shop.hoks")

        assert (done.code, done.out) == (
            0,
            "No hooks of group 'shop.hoks' are installed. Did you mean 'shop.hooks'?\n",
        )

    def test_a_project(self, run, tmp_path):
        """
        A hook package's source tree counts as if it were installed.
        """
        (tmp_path / "pyproject.toml").write_text(
            '[project]\nname = "gifts"\nversion = "2.0"\n[project.entry-points."shop.hooks"]\norder = "json:dumps"\n'
        )

        done = run("list", "--group", "shop.hooks", "--project", ".")

        assert done.out.splitlines()[0] == "order   json:dumps   gifts 2.0   loads"

    def test_without_metadata(self, run, monkeypatch):
        """
        A distribution that does not say who it is has no name.
        """
        from hookkit._cli import _list
        from hookkit.discovery import EntryPoint

        monkeypatch.setattr(_list, "entry_points", lambda group: (EntryPoint(group, "order", "json:dumps"),))

        done = run("list", "--group", "shop.hooks")

        assert done.out.splitlines()[0] == "order   json:dumps   unknown distribution   loads"

    def test_how_many_were_loaded(self, run, fakes, monkeypatch):
        """
        On a terminal, loading that lasts over a second says how far it has come, and takes that away.
        """
        fakes.add_distribution("demo", "1.0", {"shop.hooks": {"a": "json:dumps", "b": "json:loads"}})
        moments = itertools.count(step=2)
        monkeypatch.setattr("hookkit._cli._progress.time.monotonic", lambda: next(moments))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

        done = run("list", "--group", "shop.hooks")

        assert done.err == "\rloading: 0 %\rloading: 50 %\r             \r"
        assert done.out.splitlines()[-1] == "2 hooks, all load"
