"""
Tests of the stand-ins for modules of hosts that are not installed.
"""

import importlib
import sys
import textwrap

import pytest

BOTH = "hooks_stand_in_modules = nova.hooks manila.share.hook"
NOVA = (
    "hookkit can stand in for 'nova.hooks' where it is not installed: "
    "set hooks_stand_in_modules = nova.hooks in pytest's configuration."
)
MANILA = NOVA.replace("nova.hooks", "manila.share.hook")
HOOKS = """
from manila.share import hook
from nova.hooks import FatalHookException


class Veto:
    def pre(self, *args, **kwargs):
        raise FatalHookException("no")


class Notifier(hook.HookBase):
    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        self.seen = func_name

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        pass

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        pass
"""
TEST = """
import hookkit
import pytest
from hookkit.testing import pre
from gifts import Notifier, Veto

def test_nova(fake_entry_points, hook_host):
    fake_entry_points.add("nova.hooks", "create_instance", Veto)
    with pytest.raises(hookkit.FatalHookException):
        hook_host.from_catalogue("nova")["create_instance"](object(), "ctx", "m1.small", "image-1")

def test_manila(hook_host):
    manager = hook_host.manager("manila", hooks=[Notifier], config={"enable_pre_hooks": True})
    manager.create_snapshot("ctx", "share-1", "snapshot-1")
    assert manager.hooks[0].seen == "create_snapshot"
"""


@pytest.fixture(autouse=True)
def clean():
    """
    Make sure that an inner run in this process leaves nothing behind.
    """
    before = list(sys.meta_path)
    yield
    assert sys.meta_path == before
    assert not {name for name in sys.modules if name.partition(".")[0] in ("manila", "nova")}


class TestStandIns:
    def test_hook_modules_are_collected_and_tested(self, inner_both):
        """
        Hooks that import their base from Nova or Manila are tested with neither installed.
        """
        assert inner_both(TEST, ini=BOTH, gifts=HOOKS).outcomes == {"passed": 2}

    def test_a_conftest_may_import_them(self, inner_both):
        """
        The stand-ins are there before the first file of the test suite is imported.
        """
        assert inner_both(TEST, ini=BOTH, gifts=HOOKS, conftest="import gifts").outcomes == {"passed": 2}

    def test_where_a_conftest_loads_the_plugin(self, inner, monkeypatch):
        """
        They are there for the test modules if the plugin comes only with the conftest.py.
        """
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        conftest = 'pytest_plugins = ["pytest_hookkit.plugin"]'
        assert inner(TEST, ini=BOTH, gifts=HOOKS, conftest=conftest).outcomes == {"passed": 2}

    @pytest.mark.parametrize(
        "statement",
        [
            "import nova.hooks; there = nova.hooks",
            "import nova.hooks as there",
            "from nova import hooks as there",
            "from importlib import import_module; there = import_module('nova.hooks')",
        ],
    )
    def test_every_way_to_import(self, inner, statement):
        """
        The module is there, whichever way it is imported, and has what hookkit's drop-in has.
        """
        run = inner(
            f"""
            {statement}
            from hookkit.compat import nova_hooks

            def test_it():
                assert there.__name__ == "nova.hooks"
                assert there.__doc__ == nova_hooks.__doc__
                assert there.__all__ == nova_hooks.__all__
                assert [getattr(there, name) for name in there.__all__] == [
                    getattr(nova_hooks, name) for name in there.__all__
                ]
            """,
            ini=BOTH,
        )
        assert run.outcomes == {"passed": 1}

    def test_the_rest_of_the_host_is_not_there(self, inner):
        """
        Other modules of the host are missing as they were.
        """
        run = inner("import nova.utils", ini=BOTH)
        assert "E   ModuleNotFoundError: No module named 'nova.utils'" in run.lines
        assert "hookkit can stand in" not in "\n".join(run.lines)


class TestRealHosts:
    def test_what_is_installed_is_used(self, inner_both, pytester):
        """
        A real module comes before its stand-in.
        """
        pytester.mkpydir("nova").joinpath("hooks.py").write_text("real = True")
        run = inner_both("import nova.hooks\ndef test_it(): assert nova.hooks.real", ini=BOTH)
        assert run.outcomes == {"passed": 1}

    def test_a_host_that_has_the_module_no_more(self, inner_both, pytester):
        """
        In a real package without the module there is the stand-in, and the rest is real.
        """
        pytester.mkpydir("nova").joinpath("utils.py").write_text("real = True")
        run = inner_both(
            """
            import nova.hooks, nova.utils

            def test_it():
                assert nova.utils.real
                assert nova.hooks.NS == "nova.hooks"
            """,
            ini=BOTH,
        )
        assert run.outcomes == {"passed": 1}

    def test_what_was_put_into_a_real_package_is_taken_out(self, inner, pytester, monkeypatch):
        """
        At the end of the session a package that was imported before it has the attribute no more.
        """
        pytester.mkpydir("nova")
        monkeypatch.syspath_prepend(pytester.path)
        nova = importlib.import_module("nova")

        run = inner("import nova.hooks\ndef test_it(): assert nova.hooks.NS", ini=BOTH)
        del sys.modules["nova"]
        assert run.outcomes == {"passed": 1}
        assert not hasattr(nova, "hooks")

    def test_what_is_gone_already(self, inner_both):
        """
        A test may take a stand-in away; the session ends as it would.
        """
        run = inner_both(
            """
            import nova.hooks, sys

            def test_it():
                del sys.modules["nova.hooks"], sys.modules["nova"]
            """,
            ini=BOTH,
        )
        assert run.outcomes == {"passed": 1}
        assert run.ret == pytest.ExitCode.OK


class TestHints:
    """
    Where a host is missing and the ini key is not set, the error names the key.
    """

    @pytest.mark.parametrize(
        ("statement", "hint"),
        [
            ("import nova.hooks", NOVA),
            ("from nova import hooks", NOVA),
            ("from manila.share import hook", MANILA),
        ],
    )
    def test_a_test_module(self, inner_both, statement, hint):
        """
        A test module that cannot be imported says which key would help.
        """
        run = inner_both(statement)
        assert run.outcomes == {"errors": 1}
        name = hint.split("'")[1].partition(".")[0]
        assert run.section(" ERROR collecting test_inner.py ").splitlines()[-2:] == [
            f"E   ModuleNotFoundError: No module named '{name}'",
            hint,
        ]

    def test_only_what_is_not_stood_in_for(self, inner):
        """
        What the key names already is not suggested.
        """
        run = inner("import nova.hooks, manila.share.hook", ini="hooks_stand_in_modules = nova.hooks")
        assert run.section(" ERROR collecting test_inner.py ").splitlines()[-1] == MANILA

    def test_a_conftest(self, inner_both):
        """
        The first conftest.py says it as well.
        """
        run = inner_both("", conftest="import nova.hooks")
        assert run.ret == pytest.ExitCode.USAGE_ERROR
        assert run.errors.splitlines()[-2:] == ["E   ModuleNotFoundError: No module named 'nova'", f"E   {NOVA}"]

    def test_a_conftest_below(self, inner, pytester):
        """
        A conftest.py further down, which is imported while tests are collected, does so below its traceback.
        """
        folder = pytester.mkdir("below")
        folder.joinpath("conftest.py").write_text("import nova.hooks")
        folder.joinpath("test_below.py").write_text("def test_it(): pass")
        run = inner("def test_it(): pass")
        assert run.outcomes["errors"] == 1
        assert run.section(" hookkit ") == NOVA

    def test_another_error_in_a_conftest(self, inner):
        """
        Other errors in a conftest.py are shown as ever.
        """
        run = inner("", conftest="raise KeyError")
        assert run.errors.splitlines()[-1] == "E   KeyError"

    def test_a_test(self, inner_both):
        """
        A failed test that could not import the host says it in a section of its report.
        """
        run = inner_both("def test_it():\n    import manila.share.hook")
        assert run.outcomes == {"failed": 1}
        assert run.section(" hookkit ") == MANILA

    def test_a_hook_that_could_not_be_loaded(self, inner):
        """
        A test that failed because its hook could not be imported, which is only logged, says it too.
        """
        run = inner(
            """
            from shop import order

            def test_it(fake_entry_points):
                fake_entry_points.add("shop.hooks", "order", "gifts:Veto")
                assert order([]) == 1
            """,
            gifts=HOOKS,
        )
        assert run.section(" hookkit ") == MANILA

    @pytest.mark.parametrize("name", ["nova_hooks", "nova.utils", "shopping"])
    def test_other_modules(self, inner, name):
        """
        A missing module that no stand-in would help is none of hookkit's business.
        """
        run = inner(f"import {name}" if name != "nova.utils" else "raise ImportError(\"No module named 'nova.utils'\")")
        assert run.outcomes == {"errors": 1}
        assert "hookkit can stand in" not in textwrap.dedent("\n".join(run.lines))

    def test_a_failure_without_a_missing_module(self, inner):
        """
        Other failures are shown as ever.
        """
        run = inner("def test_it(): assert 0")
        assert "hookkit can stand in" not in "\n".join(run.lines)
