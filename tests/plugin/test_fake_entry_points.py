"""
Tests of the fixture ``fake_entry_points`` where runs of pytest meet: inner runs, workers, and what fails on the way.
"""

import importlib.metadata
import textwrap

import pytest

from hookkit.discovery import entry_points
from runtime.left_behind import keep_apart, state


class Outer:
    """
    What an outer test fakes.
    """


INNER = """
    from importlib.metadata import entry_points

    def test_it(fake_entry_points):
        class Inner:
            pass

        fake_entry_points.add("shop.plugins", "inner", Inner)
        fake_entry_points.add("shop.plugins", "real", "shop:Audit", real=True)
        fake_entry_points.hide("pytest-mock")
        found = {found.name: found.load() for found in entry_points(group="shop.plugins")}
        assert found.pop("inner") is Inner
        assert sorted(found) == NAMES
        assert ENDING
"""


class TestInnerRuns:
    @pytest.fixture(autouse=True)
    def apart(self, tmp_path_factory, monkeypatch):
        """
        Keep what is left on disk apart from what other processes leave there.
        """
        keep_apart(monkeypatch, tmp_path_factory.mktemp("apart"))

    @pytest.mark.parametrize("ending", [True, False], ids=["passing", "failing"])
    def test_an_inner_run_adds_to_the_fakes_of_an_outer_test(self, inner, fake_entry_points, ending):
        """
        An inner run in this process sees the outer test's fakes beside its own, and leaves these alone.
        """
        fake_entry_points.add("shop.plugins", "outer", Outer)
        assert importlib.metadata.version("pytest-mock")
        before = state()
        del before["sys.path_importer_cache"]  # The folder of the inner run is new there.

        run = inner(INNER.replace("NAMES", "['outer', 'real']").replace("ENDING", str(ending)))

        assert run.outcomes == ({"passed": 1} if ending else {"failed": 1})
        assert {part: what for part, what in state().items() if part in before} == before
        assert [found.load() for found in entry_points("shop.plugins")] == [Outer]
        assert importlib.metadata.version("pytest-mock")

    def test_an_inner_process_sees_what_is_real(self, inner, fake_entry_points):
        """
        An inner run in a process of its own sees the outer test's real fakes.
        """
        fake_entry_points.add("shop.plugins", "outer-real", "shop:Audit", real=True)

        run = inner(INNER.replace("NAMES", "['real']").replace("ENDING", "True"), how="subprocess")
        assert run.outcomes == {"passed": 1}
        run = inner(
            """
            from importlib.metadata import entry_points

            def test_it():
                assert [found.name for found in entry_points(group="shop.plugins")] == ["outer-real"]
            """,
            how="subprocess",
        )
        assert run.outcomes == {"passed": 1}

    def test_an_inner_run_that_is_the_first_to_import_hookkit_leaves_nothing(self, inner):
        """
        An inner run forgets what it imported, hookkit included; the outer process can use fakes afterwards.
        """
        test = textwrap.dedent(INNER).replace("NAMES", "['real']").replace("ENDING", "True")
        run = inner(
            f"""
            import importlib.metadata, sys

            pytest_plugins = ["pytester"]

            def test_before(pytester):
                path, finders = list(sys.path), list(sys.meta_path)
                discover = vars(importlib.metadata.Distribution)["discover"]
                assert "hookkit.testing" not in sys.modules
                pytester.makepyfile(shop="class Audit: pass", test_inmost={test!r})
                pytester.syspathinsert()
                for _ in range(2):
                    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=1)
                    assert "hookkit.testing" not in sys.modules
                    assert vars(importlib.metadata.Distribution)["discover"] is discover
                    assert sys.meta_path == finders

            def test_afterwards(fake_entry_points):
                class Late:
                    pass

                fake_entry_points.add("shop.plugins", "late", Late)
                (found,) = importlib.metadata.entry_points(group="shop.plugins")
                assert found.load() is Late
            """,
            how="subprocess",
        )
        assert run.outcomes == {"passed": 2}


class TestEndings:
    @pytest.mark.parametrize(
        ("where", "outcomes"),
        [("setup", {"errors": 1, "passed": 1}), ("teardown", {"errors": 1, "passed": 2})],
    )
    def test_nothing_is_left_when_another_fixture_fails(self, inner, where, outcomes):
        """
        Fakes are gone, too, where the test never began, or something else could not be undone.
        """
        run = inner(
            f"""
            import importlib.metadata, sys
            import pytest

            BEFORE = list(sys.meta_path), list(sys.path)

            @pytest.fixture
            def broken(fake_entry_points):
                fake_entry_points.add("shop.plugins", "one", "shop:Audit", real=True)
                assert list(importlib.metadata.entry_points(group="shop.plugins"))
                assert {where!r} != "setup"
                yield
                assert {where!r} != "teardown"

            def test_it(broken):
                pass

            def test_after():
                assert (sys.meta_path, sys.path) == BEFORE
                assert not list(importlib.metadata.entry_points(group="shop.plugins"))
            """
        )
        assert run.outcomes == outcomes

    def test_a_unittest_case_can_use_the_fixture(self, inner):
        """
        Methods of a TestCase have the fixture through an autouse fixture of their class.
        """
        run = inner(
            """
            import unittest
            from importlib.metadata import entry_points
            import pytest

            class TestIt(unittest.TestCase):
                @pytest.fixture(autouse=True)
                def with_fakes(self, fake_entry_points):
                    self.fakes = fake_entry_points

                def test_one(self):
                    self.fakes.add("shop.plugins", "one", "shop:Audit")
                    self.assertEqual([found.name for found in entry_points(group="shop.plugins")], ["one"])

                def test_two(self):
                    self.assertEqual([found.name for found in entry_points(group="shop.plugins")], [])
            """
        )
        assert run.outcomes == {"passed": 2}


class TestXdist:
    def test_each_worker_has_its_own(self, pytester, monkeypatch):
        """
        Tests that run at once in two workers do not see each other's fakes, real ones included.
        """
        monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
        pytester.makepyfile(
            """
            import subprocess, sys, time
            from importlib.metadata import entry_points
            import pytest

            LIST = "from importlib.metadata import entry_points as e; print(*e(group='shop.plugins').names)"

            @pytest.mark.parametrize("number", range(6))
            def test_it(fake_entry_points, number):
                class Mine:
                    pass

                fake_entry_points.add("shop.plugins", f"class-{number}", Mine)
                fake_entry_points.add("shop.plugins", f"real-{number}", "collections:Counter", real=True)
                time.sleep(0.01)
                first, second = entry_points(group="shop.plugins")
                assert first.load() is Mine
                child = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True)
                assert child.stdout.split() == [second.name] == [f"real-{number}"]
            """
        )
        run = pytester.runpytest_subprocess(
            "-n", "2", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:hypothesispytest"
        )
        run.assert_outcomes(passed=6)
