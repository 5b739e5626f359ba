"""
Tests for `hookkit.compat`.
"""

import importlib
import inspect
import logging
import sys
import types

import pytest

import hookkit
from hookkit import FatalHookException, add_hooks, load_hook_drivers
from hookkit.compat import manila_hook, nova_hooks

NOVA_HOOK = """\
from nova import hooks

LOG = []


class AuditHook(object):
    def pre(self, *args, **kwargs):
        LOG.append(("pre", args, kwargs))
        if kwargs.get("veto"):
            raise hooks.FatalHookException("no")

    def post(self, rv, *args, **kwargs):
        LOG.append(("post", rv, args, kwargs))
        return "ignored"


class FunctionHook(object):
    def pre(self, f, *args, **kwargs):
        LOG.append(("pre", f.__name__, args))

    def post(self, f, rv, *args, **kwargs):
        LOG.append(("post", f.__name__, rv))
"""

MANILA_HOOK = """\
from manila.share import hook


class AccessNotifier(hook.HookBase):
    sent = []

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        return {"before": kwargs["share_instance_id"]}

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        self.sent.append((context, func_name, pre_hook_data, driver_action_results, kwargs))

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        self.sent.append(periodic_hook_data)
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """
    Give a folder on sys.path; the modules imported from it are forgotten after the test.
    """
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.fixture
def stand_ins(monkeypatch):
    """
    Put the drop-ins where old hooks import them from.
    """
    nova, manila, share = (types.ModuleType(name) for name in ("nova", "manila", "manila.share"))
    nova.hooks, manila.share, share.hook = nova_hooks, share, manila_hook
    for name, module in {
        "nova": nova,
        "nova.hooks": nova_hooks,
        "manila": manila,
        "manila.share": share,
        "manila.share.hook": manila_hook,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def nova_package(site, stand_ins):
    """
    Install a package of hooks that were written for nova.hooks, and give its module.
    """
    (site / "old_nova_hooks.py").write_text(NOVA_HOOK)
    info = site / "old_nova_hooks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: old-nova-hooks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[nova.hooks]\ncreate_instance = old_nova_hooks:AuditHook\ndelete_instance = old_nova_hooks:FunctionHook\n"
    )
    nova_hooks.reset()
    yield importlib.import_module("old_nova_hooks")
    nova_hooks.reset()


class TestNovaHooks:
    def test_a_hook_written_for_nova_runs_unchanged(self, nova_package):
        """
        A host that imports the drop-in runs hooks that do too, and the function's result stays.
        """

        @nova_hooks.add_hook("create_instance")
        def create(context, name, metadata=None):
            return name.upper()

        assert create("ctx", "vm-1", metadata={}) == "VM-1"
        assert nova_package.LOG == [
            ("pre", ("ctx", "vm-1"), {"metadata": {}}),
            ("post", "VM-1", ("ctx", "vm-1"), {"metadata": {}}),
        ]

    def test_hooks_may_be_given_the_function(self, nova_package):
        """
        With ``pass_function`` as second argument, as in Nova, the undecorated function comes first.
        """

        @nova_hooks.add_hook("delete_instance", True)
        def delete(context):
            return "gone"

        assert delete("ctx") == "gone"
        assert nova_package.LOG == [("pre", "delete", ("ctx",)), ("post", "delete", "gone")]

    def test_a_fatal_exception_stops_the_operation(self, nova_package):
        """
        The drop-in's exception is hookkit's.
        """
        calls = []

        @nova_hooks.add_hook("create_instance")
        def create(**kwargs):
            calls.append(kwargs)

        create(veto=False)
        with pytest.raises(nova_hooks.FatalHookException, match="no"):
            create(veto=True)
        assert calls == [{"veto": False}]
        assert nova_hooks.FatalHookException is FatalHookException

    def test_reset_forgets_novas_hooks_only(self, nova_package):
        """
        What belongs to other groups stays loaded.
        """
        nova_point = hookkit.get_registry("nova.hooks").point("create_instance")
        other_point = hookkit.get_registry("test.compat").point("create_instance")
        assert [hook.name for hook in nova_point.hooks] == ["AuditHook"]
        assert other_point.hooks == ()
        nova_hooks.reset()
        assert not nova_point.is_loaded
        assert other_point.is_loaded

    def test_its_signatures_are_novas(self):
        """
        A host that calls them in any way that Nova's allow can go on.
        """
        parameters = inspect.signature(nova_hooks.add_hook).parameters
        assert {name: parameter.default for name, parameter in parameters.items()} == {
            "name": inspect.Parameter.empty,
            "pass_function": False,
        }
        assert not inspect.signature(nova_hooks.reset).parameters


@pytest.fixture
def anew(monkeypatch):
    """
    Give a function that imports the drop-in for Manila anew; it is as before after the test.
    """
    yield lambda: importlib.reload(manila_hook)
    monkeypatch.undo()
    importlib.reload(manila_hook)


class TestManilaHook:
    @pytest.fixture
    def notifier(self, site, stand_ins):
        """
        Install a module with a hook that was written for manila.share.hook, and give its class.
        """
        (site / "old_manila_hooks.py").write_text(MANILA_HOOK)
        return importlib.import_module("old_manila_hooks").AccessNotifier

    def test_a_hook_written_for_manila_runs_unchanged(self, notifier):
        """
        It is loaded by its path, switched on by the host's options, and told of the call by the host's names.
        """

        class Manager:
            def __init__(self):
                configuration = {
                    "hook_drivers": ["old_manila_hooks.AccessNotifier"],
                    "enable_pre_hooks": True,
                    "enable_post_hooks": "True",
                }
                self.hooks = load_hook_drivers(configuration, host="alpha")

            @add_hooks
            def update_access(self, context, share_instance_id):
                return "updated"

        manager = Manager()
        assert manager.update_access("ctx", "i-1") == "updated"
        manager.hooks[0].execute_periodic_hook("ctx", "data")
        assert notifier.sent == [
            ("ctx", "update_access", {"before": "i-1"}, "updated", {"share_instance_id": "i-1"}),
        ]

    def test_its_base_is_hookkits(self):
        """
        What hosts and tests do with the one, they can do with the other.
        """
        assert manila_hook.HookBase is hookkit.HookBase

    def test_without_oslo_there_are_no_options(self, monkeypatch, anew):
        """
        The name is there, and empty.
        """
        monkeypatch.setitem(sys.modules, "oslo_config", None)
        assert anew().hook_options == []

    def test_with_oslo_the_options_are_its_own(self, monkeypatch, anew):
        """
        They are those of Manila, by name and default.
        """
        oslo = types.ModuleType("oslo_config")
        oslo.cfg = types.SimpleNamespace()
        for kind in ("BoolOpt", "IntOpt", "FloatOpt", "StrOpt", "ListOpt"):
            setattr(oslo.cfg, kind, lambda name, kind=kind, **given: (kind, name, given["default"]))
        monkeypatch.setitem(sys.modules, "oslo_config", oslo)
        assert anew().hook_options == [
            ("BoolOpt", "enable_pre_hooks", False),
            ("BoolOpt", "enable_post_hooks", False),
            ("BoolOpt", "enable_periodic_hooks", False),
            ("BoolOpt", "suppress_pre_hooks_errors", False),
            ("BoolOpt", "suppress_post_hooks_errors", False),
            ("FloatOpt", "periodic_hooks_interval", 300.0),
        ]

    def test_its_messages_go_to_the_log_of_driver_hooks(self, notifier, caplog):
        """
        What Manila logs under its own name is found there.
        """
        caplog.set_level(logging.DEBUG, "hookkit.drivers")
        notifier({"enable_pre_hooks": True}, "alpha").execute_pre_hook(share_instance_id="i-1")
        assert [(record.name, record.getMessage()) for record in caplog.records] == [
            ("hookkit.drivers", "Running 'pre hook'.")
        ]
