"""
Tests of the marker and the ini keys, and of how they are put together.
"""

import re
import textwrap

import pytest

ARGUMENTS = "Its arguments are entry_points=, group=, isolate=, swallowed_errors= and unused=."


def marked(mark, body="pass", fixtures=""):
    """
    Give a test with a marker.
    """
    return f"""
import pytest
from shop import Audit, Failing, order

@pytest.mark.hooks({mark})
def test_it({fixtures}):
    {body}
"""


class TestGroup:
    @pytest.mark.parametrize(
        ("mark", "ini", "expected"),
        [
            ('group="shop.more"', "", "shop.more"),
            ("", "hooks_group = shop.ini", "shop.ini"),
            ('group="shop.more"', "hooks_group = shop.ini", "shop.more"),
            ("", "", "hookkit.hooks"),
        ],
        ids=["marker", "ini", "both", "none"],
    )
    def test_it_is_that_of_stand_ins_and_mock_hooks(self, inner, mark, ini, expected):
        """
        Stand-ins and mock hooks that are given no group are in that of the options.
        """
        body = f'assert hook_host.group == mock_hook.group == "{expected}"'
        assert inner(marked(mark, body, "hook_host, mock_hook"), ini=ini).outcomes == {"passed": 1}


class TestEntryPoints:
    def test_the_marker_puts_fakes_into_place(self, inner_both):
        """
        A test that uses no fixture has the fakes of its marker, and a test after it has not.
        """
        run = inner_both(
            marked('entry_points={"shop.hooks": {"order": Audit}}', "assert order([]) == 1")
            + "\ndef test_after():\n    assert order([]) == 0"
        )
        assert run.outcomes == {"passed": 2}

    def test_the_ini_key_puts_fakes_into_place(self, inner_both):
        """
        The fakes of the ini key are there in every test, and none of them has to be used.
        """
        run = inner_both(
            """
            from shop import order

            def test_it():
                assert order([]) == 1

            class TestIt:
                def test_without(self):
                    pass
            """,
            ini="""
            hooks_entry_points =
                shop.hooks: order = shop:Audit
                shop.more: order = shop:Audit
            """,
        )
        assert run.outcomes == {"passed": 2}

    def test_they_are_there_before_other_fixtures(self, inner):
        """
        A fixture that calls the host finds the fakes of the test's marker.
        """
        run = inner(
            """
            import pytest
            from shop import Audit, order

            @pytest.fixture
            def ordered():
                return order([])

            @pytest.mark.hooks(entry_points={"shop.hooks": {"order": Audit}})
            def test_it(ordered, fake_entry_points):
                assert ordered == 1
            """
        )
        assert run.outcomes == {"passed": 1}

    def test_a_test_case_has_them(self, inner):
        """
        A marker on a TestCase of unittest does the same.
        """
        run = inner(
            """
            import pytest
            import unittest
            from shop import Audit, order

            @pytest.mark.hooks(entry_points={"shop.hooks": {"order": Audit}})
            class TestIt(unittest.TestCase):
                def test_it(self):
                    self.assertEqual(order([]), 1)
            """
        )
        assert run.outcomes == {"passed": 1}

    def test_what_has_no_fixtures_has_no_fakes(self, inner):
        """
        An item of another plugin that knows no fixtures runs as it would.
        """
        run = inner(
            "",
            ini="hooks_entry_points = shop.hooks: order = shop:Audit",
            conftest="""
            import pytest

            class Item(pytest.Item):
                def runtest(self):
                    pass

            class File(pytest.File):
                def collect(self):
                    yield Item.from_parent(self, name="item")

            def pytest_collect_file(file_path, parent):
                return File.from_parent(parent, path=file_path) if file_path.name == "shop.py" else None
            """,
        )
        assert run.outcomes == {"passed": 1}

    def test_only_the_tests_own_have_to_be_used(self, inner):
        """
        An unused fake of the test's own marker fails it; those of its class and module do not.
        """
        run = inner(
            """
            import pytest

            pytestmark = pytest.mark.hooks(entry_points={"shop.a": {"a": "shop:Audit"}})

            @pytest.mark.hooks(entry_points={"shop.b": {"b": "shop:Audit"}})
            class TestIt:
                @pytest.mark.hooks(entry_points={"shop.c": {"c": "shop:Audit"}})
                def test_own(self):
                    pass

                def test_shared(self):
                    pass
            """
        )
        assert run.outcomes == {"failed": 1, "passed": 1}
        what = "fake entry point c = shop:Audit in 'shop.c': nothing read the entry points of this group."
        assert run.section(" TestIt.test_own ").splitlines()[1:-2] == [f"  {what}"]


class TestIsolate:
    @pytest.mark.parametrize(
        ("mark", "ini", "expected"),
        [
            ("isolate=False", "", True),
            ("", "hooks_isolate = false", True),
            ("isolate=True", "hooks_isolate = false", False),
            ("", "", False),
        ],
        ids=["marker", "ini", "both", "none"],
    )
    @pytest.mark.parametrize(
        "line",
        [
            'fake_entry_points.add("pytest11", "x", "json")',
            'fake_entry_points.add_distribution("gifts", "1", {"pytest11": {"x": "json"}})',
            'fake_entry_points.add_project(".")',
        ],
        ids=["add", "distribution", "project"],
    )
    def test_it_is_what_a_fake_does_that_does_not_say_it(self, inner, pytester, mark, ini, expected, line):
        """
        Whether what is installed stays visible is as the options say, unless the call says otherwise.
        """
        pytester.makepyprojecttoml(
            '[project]\nname = "gifts"\nversion = "1"\n[project.entry-points.pytest11]\nx = "json"'
        )
        seen = 'assert ("hookkit" in {e.name for e in importlib_metadata.entry_points(group="pytest11")}) is '
        body = [
            "import importlib_metadata",
            f"handle = {line}",
            f"{seen}{expected}",
            "handle.remove()",
            f"{line[:-1]}, isolate={expected})",
            f"{seen}{not expected}",
        ]
        assert inner(marked(mark, "\n    ".join(body), "fake_entry_points"), ini=ini).outcomes == {"passed": 1}

    def test_declared_fakes_do_it_too(self, inner):
        """
        The fakes of a marker show what is installed if the options say so.
        """
        body = 'import importlib_metadata as m; assert len(m.entry_points(group="pytest11")) > 1'
        mark = 'entry_points={"pytest11": {"x": "json"}}, isolate=False'
        assert inner(marked(mark, body)).outcomes == {"passed": 1}


class TestMerging:
    TEST = """
        import pytest
        from shop import Audit, Failing, order

        pytestmark = pytest.mark.hooks(
            group="module", unused="ignore", entry_points={"shop.hooks": {"order": Failing}, "shop.m": {"m": Audit}}
        )

        @pytest.mark.hooks(group="class", entry_points={"shop.c": {"c": Audit}})
        class TestIt:
            @pytest.mark.hooks(entry_points={"shop.hooks": {"order": Audit}})
            def test_it(self, fake_entry_points, hook_host):
                assert hook_host.group == "class"
                assert [(fake.group, fake.target) for fake in fake_entry_points.fakes] == [
                    ("shop.ini", "shop:Audit"), ("shop.hooks", Audit), ("shop.m", Audit), ("shop.c", Audit),
                ]
                assert order([]) == 1
                fake_entry_points.add("shop.exporters", "csv", "csv")

            @pytest.mark.hooks(group="test")
            @pytest.mark.hooks(group="above")
            def test_closest(self, hook_host):
                assert hook_host.group == "above"
    """

    def test_the_closest_wins(self, inner_both):
        """
        Each argument is that of the closest marker that has it; entry points come together, by group and name.
        """
        run = inner_both(self.TEST, ini="hooks_entry_points = shop.ini: i = shop:Audit\nhooks_group = ini")
        assert run.outcomes == {"passed": 2}


class TestWrongMarkers:
    @pytest.mark.parametrize(
        ("mark", "message"),
        [
            ('"ignore"', f"got 'ignore' by position. {ARGUMENTS}"),
            (
                'swallowed_error="ignore"',
                f"got 'swallowed_error', which is no argument of it. Did you mean 'swallowed_errors'? {ARGUMENTS}",
            ),
            ("xyz=1", f"got 'xyz', which is no argument of it. {ARGUMENTS}"),
            ('swallowed_errors="maybe"', "got swallowed_errors='maybe'; it must be 'fail', 'warn' or 'ignore'."),
            ("unused=True", "got unused=True; it must be 'fail', 'warn' or 'ignore'."),
            ("group=''", "got group=''; it must be the name of an entry-point group."),
            ("isolate='no'", "got isolate='no'; it must be True or False."),
            (
                "entry_points={'shop.hooks': Audit}",
                (
                    "got entry_points={'shop.hooks': <class 'shop.Audit'>}; "
                    "it must be a dictionary such as {'group': {'name': target}}."
                ),
            ),
            ("entry_points=3", "got entry_points=3; it must be a dictionary such as {'group': {'name': target}}."),
        ],
        ids=["position", "misspelt", "unknown", "policy", "flag", "group", "isolate", "flat", "number"],
    )
    def test_the_test_is_in_error_at_setup(self, inner, mark, message):
        """
        A wrong marker is said in one line, without a traceback, and the test does not run.
        """
        run = inner(marked(mark, "raise AssertionError"))
        assert run.outcomes == {"errors": 1}
        assert run.section(" ERROR at setup of test_it ") == f"@pytest.mark.hooks of 'test_it' {message}"

    def test_a_fake_that_cannot_be(self, inner_both):
        """
        What cannot be faked is said in the same way, and where it was declared.
        """
        run = inner_both(
            """
            import pytest

            @pytest.mark.hooks(entry_points={"shop.hooks": {"order": "no reference!"}})
            class TestIt:
                def test_it(self):
                    pass
            """
        )
        assert run.outcomes == {"errors": 1}
        assert run.section(" ERROR at setup of TestIt.test_it ") == (
            "@pytest.mark.hooks of 'TestIt': The target 'no reference!' is not a reference. "
            "Write it as 'package.module:attribute'."
        )


class TestWrongIniKeys:
    @pytest.mark.parametrize(
        ("ini", "message"),
        [
            (
                "hooks_swallowed_errors = maybe",
                "The ini key hooks_swallowed_errors is 'maybe'; it must be 'fail', 'warn' or 'ignore'.",
            ),
            ("hooks_unused =", "The ini key hooks_unused is ''; it must be 'fail', 'warn' or 'ignore'."),
            ("hooks_group =", "The ini key hooks_group is ''; it must be the name of an entry-point group."),
            ("hooks_isolate = maybe", "The ini key hooks_isolate must be True or False: invalid truth value 'maybe'."),
            (
                "hooks_entry_points = shop.hooks order",
                (
                    "The ini key hooks_entry_points has the line 'shop.hooks order'. "
                    "Write it as 'group: name = package.module:attribute'."
                ),
            ),
            (
                "hooks_entry_points = shop.hooks: order = no reference!",
                (
                    "The ini key hooks_entry_points: The target 'no reference!' is not a reference. "
                    "Write it as 'package.module:attribute'."
                ),
            ),
            (
                "hooks_stand_in_modules = nova.hooks nova.utils",
                (
                    "The ini key hooks_stand_in_modules names 'nova.utils', for which there is no stand-in. "
                    "There are stand-ins for 'manila.share.hook' and 'nova.hooks'."
                ),
            ),
            (
                "hooks_secret_names = pin, puk",
                (
                    "The ini key hooks_secret_names has 'pin,', which is no part of a name. "
                    "Write parts of names with spaces between them, such as: pin api_key."
                ),
            ),
            (
                "hooks_secret_names = ''",
                (
                    "The ini key hooks_secret_names has '', which is no part of a name. "
                    "Write parts of names with spaces between them, such as: pin api_key."
                ),
            ),
            (
                "hooks_secret_names = 'pin",
                "The ini key hooks_secret_names must be a list of names: No closing quotation.",
            ),
        ],
        ids=[
            "policy",
            "empty policy",
            "empty group",
            "flag",
            "line",
            "target",
            "module",
            "name",
            "empty name",
            "quotes",
        ],
    )
    def test_it_is_a_usage_error(self, inner_both, ini, message):
        """
        A wrong value ends the session before any test, in one line without a traceback.
        """
        run = inner_both("def test_it(): pass", ini=ini)
        assert run.ret == pytest.ExitCode.USAGE_ERROR
        assert run.errors.removeprefix("ERROR: ") == message

    @pytest.mark.skipif(pytest.version_tuple < (9,), reason="reads no types")
    def test_a_wrong_type_in_toml(self, inner, pytester):
        """
        Where pytest's configuration has types, a wrong one is a usage error as well.
        """
        pytester.path.joinpath("pytest.toml").write_text("[pytest]\nhooks_isolate = 'no'\n")
        run = inner("def test_it(): pass", "-c", "pytest.toml")
        assert run.ret == pytest.ExitCode.USAGE_ERROR
        assert re.fullmatch(
            r"ERROR: The ini key hooks_isolate must be True or False: .*expects a bool, got str: 'no'\.",
            run.errors,
            re.DOTALL,
        )

    def test_toml_has_them_all(self, inner, pytester):
        """
        The keys can be written in pyproject.toml.
        """
        pytester.path.joinpath("pyproject.toml").write_text(
            textwrap.dedent(
                """
                [tool.pytest.ini_options]
                hooks_group = "shop.toml"
                hooks_entry_points = ["shop.hooks: order = shop:Audit"]
                hooks_swallowed_errors = "warn"
                hooks_unused = "ignore"
                hooks_isolate = false
                hooks_secret_names = ["pin"]
                hooks_stand_in_modules = ["nova.hooks"]
                """
            )
        )
        run = inner(
            """
            from nova.hooks import add_hook
            from shop import order

            def test_it(hook_host):
                assert order([]) == 1
                assert hook_host.group == "shop.toml"
            """,
            "-c",
            "pyproject.toml",
        )
        assert run.outcomes == {"passed": 1}
