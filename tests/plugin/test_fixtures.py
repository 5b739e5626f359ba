"""
Tests of the fixtures, and of switching the plugin on and off.
"""

import json
import re

import pytest

STATE = """
import importlib.metadata, os, sys
import pytest
from hookkit import _clock, _watching, testing
from shop import order

def state():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return [
        list(sys.meta_path), list(sys.path), environment, "hookkit_fakes" in sys.modules,
        vars(importlib.metadata.Distribution)["discover"], _watching.EVERYWHERE.current, _clock.SOURCES.current,
    ]

BEFORE = state()
"""


class TestFakeEntryPoints:
    def test_a_class_made_in_the_test_is_found(self, inner_both):
        """
        A hook that is added runs at its hook point, without any installation.
        """
        run = inner_both(
            """
            from shop import order

            def test_it(fake_entry_points):
                class Audit:
                    def pre(self, items):
                        items.append("seen")
                fake_entry_points.add("shop.hooks", "order", Audit)
                assert order([]) == 1
            """
        )
        assert run.outcomes == {"passed": 1}

    def test_it_is_of_a_public_class(self, inner):
        """
        The fixtures' values can be annotated with classes of hookkit.
        """
        run = inner(
            """
            from hookkit import Recorder
            from hookkit.testing import FakeEntryPoints, HookHost, HookTicker

            def test_it(fake_entry_points, hook_recorder, hook_ticker, hook_host):
                assert isinstance(fake_entry_points, FakeEntryPoints)
                assert isinstance(hook_recorder, Recorder)
                assert isinstance(hook_ticker, HookTicker)
                assert isinstance(hook_host, HookHost)
            """
        )
        assert run.outcomes == {"passed": 1}


class TestHookRecorder:
    def test_it_records_the_calls_of_its_test(self, inner_both):
        """
        What a test before called is not among the events, and calls bear the id of the test.
        """
        run = inner_both(
            """
            from hookkit.testing import body, pre
            from shop import Audit, order

            def test_before(hook_recorder):
                order(["tea"])
                assert len(hook_recorder.events) == 1

            def test_it(fake_entry_points, hook_recorder):
                fake_entry_points.add("shop.hooks", "order", Audit)
                order(["cup"])
                assert hook_recorder.events == [
                    pre("order", hook=Audit).with_args(["cup"]),
                    body("order").with_args(["cup", "audited"]).returning(2),
                ]
                assert [call.test_id for call in hook_recorder.calls] == ["test_inner.py::test_it"]
            """
        )
        assert run.outcomes == {"passed": 2}


class TestHookTicker:
    def test_it_is_the_clock_of_what_the_test_makes(self, inner):
        """
        Time passes for periodic hooks when the test says so.
        """
        run = inner(
            """
            from hookkit import PeriodicHooks

            class Usage:
                def periodic(self, data, context):
                    return "reported"

            def test_it(hook_ticker):
                periodic = PeriodicHooks([Usage()], interval=60)
                periodic.start()
                assert [run.value for run in hook_ticker.advance(150)] == ["reported", "reported"]
                assert [run.value for run in hook_ticker.tick()] == ["reported"]
            """
        )
        assert run.outcomes == {"passed": 1}


class TestHookHost:
    def test_it_stands_in_for_a_host(self, inner):
        """
        Points have the signature that they are given, or that the host of the catalogue has.
        """
        run = inner(
            """
            import pytest

            def test_it(hook_host):
                create = hook_host.point("create", "(context, name)", returns=42)
                assert create("ctx", name="vm-1") == 42
                with pytest.raises(TypeError):
                    create("ctx")
                assert "create_instance" in hook_host.from_catalogue("nova")
                assert hook_host.manager("manila").create_snapshot("ctx", "share-1", "snapshot-1") is None
            """
        )
        assert run.outcomes == {"passed": 1}


class TestUndoing:
    @pytest.mark.parametrize("ending", ["assert True", "raise RuntimeError", "pytest.skip()", "pytest.fail()"])
    def test_nothing_is_left(self, inner_both, ending):
        """
        After a test that used all fixtures everything is as it was before, however the test ended.
        """
        run = inner_both(
            STATE
            + f"""
def test_it(fake_entry_points, hook_recorder, hook_ticker, hook_host):
    fake_entry_points.add("shop.hooks", "order", "shop:Audit")
    fake_entry_points.add("shop.more", "order", "shop:Audit", real=True)
    order([])
    assert state() != BEFORE
    {ending}

def test_after():
    assert state() == BEFORE
    assert order([]) == 0
"""
        )
        assert run.outcomes["passed"] == (2 if ending == "assert True" else 1)


class TestSwitches:
    TEST = "def test_it(hook_recorder): pass"

    def test_no_hookkit_turns_everything_off(self, inner_both):
        """
        With ``-p no:hookkit`` there are no fixtures, no options, no marker and no ini keys.
        """
        assert inner_both(self.TEST).outcomes == {"passed": 1}
        run = inner_both(self.TEST, "-p", "no:hookkit")
        assert run.outcomes == {"errors": 1}
        assert "E       fixture 'hook_recorder' not found" in run.lines
        run = inner_both(self.TEST, "-p", "no:hookkit", "--markers")
        assert not any("hooks" in line for line in run.lines)
        run = inner_both(self.TEST, "-p", "no:hookkit", "--hooks-record")
        assert "unrecognized arguments: --hooks-record" in run.errors
        run = inner_both(self.TEST, "-p", "no:hookkit", "-W", "error", ini="hooks_group = x")
        assert "PytestConfigWarning: Unknown config option: hooks_group" in run.errors + "\n".join(run.lines)

    def test_it_can_be_loaded_by_hand(self, inner_both, monkeypatch):
        """
        Where pytest loads no plugins by itself, ``-p pytest_hookkit.plugin`` loads this one.
        """
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        assert inner_both(self.TEST).outcomes == {"errors": 1}
        assert inner_both(self.TEST, "-p", "pytest_hookkit.plugin").outcomes == {"passed": 1}

    def test_a_conftest_can_load_it(self, inner, monkeypatch):
        """
        ``pytest_plugins`` in a conftest.py does the same.
        """
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        assert inner(self.TEST, conftest='pytest_plugins = ["pytest_hookkit.plugin"]').outcomes == {"passed": 1}


class TestLightness:
    SCRIPT = """
        import json, pathlib, sys

        def test_it():
            pathlib.Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
    """

    def modules(self, inner, pytester, *args):
        """
        Give the modules that are there while a test runs that uses nothing of hookkit.
        """
        assert inner(self.SCRIPT, *args, how="subprocess").outcomes == {"passed": 1}
        return set(json.loads(pytester.path.joinpath("modules.json").read_text()))

    def test_a_run_without_hooks_imports_nothing_of_hookkit(self, inner, pytester, monkeypatch):
        """
        Until a fixture or an option is used, the plugin adds at most five modules, and none of hookkit.
        """
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        brought = self.modules(inner, pytester, "-p", "pytest_hookkit.plugin") - self.modules(inner, pytester)
        assert {name.partition(".")[0] for name in brought} == {"pytest_hookkit"}
        assert len(brought) <= 5


class TestHelp:
    def test_no_fixture_is_used_unasked(self, inner):
        """
        None of the fixtures is autouse.
        """
        run = inner("def test_it(request): assert request.fixturenames == ['request']")
        assert run.outcomes == {"passed": 1}

    def test_fixtures(self, inner):
        """
        ``pytest --fixtures`` says of each fixture what it gives.
        """
        run = inner("", "--fixtures")
        text = run.section("fixtures defined from pytest_hookkit.plugin")
        assert re.sub(r" -- .*plugin.py:\d+", "", text) == FIXTURES

    def test_markers(self, inner):
        """
        ``pytest --markers`` says what the marker's arguments do.
        """
        run = inner("", "--markers")
        assert MARKER in run.lines

    def test_help(self, inner):
        """
        ``pytest --help`` lists the options and the ini keys.
        """
        text = " ".join(" ".join(inner("", "--help").lines).split())
        for name in ("group", "entry_points", "swallowed_errors", "unused", "isolate", "stand_in_modules"):
            assert f" hooks_{name} (" in text
        assert "--hooks-record-to=PATH" in text


FIXTURES = """\
fake_entry_points
    Fake entry points: ``.add(group, name, target)`` makes every consumer find *target*, any object, as if installed.

hook_recorder
    A recorder of every hook call in the test: ``.events``, compared to patterns with ``==``, and ``.calls``.

hook_ticker
    A virtual clock behind every ``PeriodicHooks`` that the test makes: ``.tick(n)``, ``.advance(seconds)``.

hook_host
    Stand-ins for a host: ``.point(name, signature)``, ``.from_catalogue("nova")``, ``.manager("manila", hooks=[...])``.

mock_hook
    A hook of mocks, attached to a hook point: ``mock_hook("create_instance", pre=..., post=..., error=...)``.\
"""
MARKER = (
    "@pytest.mark.hooks(group=, entry_points=, swallowed_errors=, unused=, isolate=): options of hookkit's fixtures. "
    "entry_points={'group': {'name': target}} puts fakes into place; group= is that of stand-ins and mock hooks; "
    "swallowed_errors= and unused= are 'fail' (the default), 'warn' or 'ignore'; isolate=False lets fakes show what is "
    "really installed. Those of class and module come below the test's own."
)
