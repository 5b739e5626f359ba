"""
A stand-in for the manager of a host with driver hooks.
"""

import inspect

import pytest

from contract_files import contract_of, point_of, write_contract
from hookkit import HookBase, observe
from hookkit.contracts import catalogue, load
from hookkit.exceptions import ContractError, DriverLoadError, MisuseError
from hookkit.testing import HookHost


class NotingDriverHook(HookBase):
    """
    A driver hook that notes what it is told.
    """

    def __init__(self, configuration, host):
        super().__init__(configuration, host)
        self.seen = []

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        self.seen.append(("pre", context, func_name, args, kwargs))

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        self.seen.append(("post", func_name, driver_action_results))

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        self.seen.append(("periodic", context, periodic_hook_data))


ENABLED = {"enable_pre_hooks": True, "enable_post_hooks": True, "enable_periodic_hooks": True}


@pytest.fixture
def host():
    """
    A host.
    """
    return HookHost()


@pytest.fixture
def hook_calls():
    """
    Give the calls that are over, as watchers are told.
    """
    calls = []
    undo = observe(finished=calls.append)
    yield calls
    undo()


class TestManager:
    def test_has_every_hooked_method_of_the_release(self, host):
        """
        The manager has the methods of that release, with their signatures.
        """
        manager = host.manager("manila", release="newton")

        assert str(inspect.signature(manager.allow_access)) == "(context, share_instance_id, access_rules)"
        assert not hasattr(manager, "update_access")
        assert manager.contract == catalogue("manila", release="newton")
        assert repr(manager) == "<ManilaManager 3.0.0 with 0 driver hooks>"

    def test_runs_driver_hooks_around_its_methods(self, host):
        """
        A hook class is made with the configuration and the host's name, and runs around what the test has returned.
        """
        manager = host.manager("manila", [NotingDriverHook], ENABLED)
        manager.returns["update_access"] = {"rule": "active"}

        assert manager.update_access("ctx", share_instance_id="share") == {"rule": "active"}

        (hook,) = manager.hooks
        assert hook.host == "manila"
        assert hook.seen == [
            ("pre", "ctx", "update_access", (), {"share_instance_id": "share"}),
            ("post", "update_access", {"rule": "active"}),
        ]

    def test_its_group_bears_the_hosts_name(self, host, hook_calls):
        """
        Watchers are told that calls and ticks belong to the driver hooks of that host.
        """
        manager = host.manager("manila", [NotingDriverHook], ENABLED)
        manager.update_access("ctx", share_instance_id="share")
        manager.periodic.tick("ctx")

        assert [(call.group, call.point) for call in hook_calls] == [
            ("manila driver hooks", "update_access"),
            ("manila driver hooks", "periodic"),
        ]

    def test_what_goes_wrong_is_logged_for_drivers(self, host, caplog):
        """
        A periodic hook that raises is logged where all driver hooks are.
        """

        class Failing(NotingDriverHook):
            def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
                raise LookupError("no shares")

        host.manager("manila", [Failing], ENABLED).periodic.tick()

        assert [record.name for record in caplog.records] == ["hookkit.drivers"]

    def test_keeps_a_hook_that_is_made_already(self, host):
        """
        A hook object is used as it is.
        """
        hook = NotingDriverHook(ENABLED, "elsewhere")

        manager = host.manager("manila", hooks=[hook])

        assert manager.hooks == [hook]

    def test_loads_the_hooks_that_the_configuration_names(self, host):
        """
        Hooks named in hook_drivers come first; the test may name hooks by their path, too.
        """
        path = f"{__name__}:NotingDriverHook"
        hook = NotingDriverHook(None, "elsewhere")

        manager = host.manager("manila", [hook, path], {"hook_drivers": path})

        assert [hook.host for hook in manager.hooks] == ["manila", "elsewhere", "manila"]

    def test_says_why_a_hook_cannot_be_made(self, host):
        """
        A class that cannot be made is the error that a host would have.
        """
        with pytest.raises(DriverLoadError, match=r"^Cannot load hook driver 'hookkit\.drivers:HookBase': "):
            host.manager("manila", [HookBase])

    def test_raises_what_the_test_sets(self, host):
        """
        A method raises what is set for it.
        """
        manager = host.manager("manila")
        manager.raises["delete_share_instance"] = error = KeyError("share")

        with pytest.raises(KeyError) as caught:
            manager.delete_share_instance("ctx", "share")

        assert caught.value is error

    def test_calls_what_the_test_sets(self, host):
        """
        A method calls the function that is set for it, the manager first, with hooks around it.
        """
        manager = host.manager("manila", [NotingDriverHook], ENABLED)
        manager.calls["update_access"] = lambda *args, **kwargs: (args, kwargs)

        called = manager.update_access("ctx", share_instance_id="share")

        assert called == ((manager, "ctx"), {"share_instance_id": "share"})
        assert manager.hooks[0].seen[-1] == ("post", "update_access", called)

    def test_refuses_to_raise_what_is_no_exception(self, host):
        """
        What cannot be raised is refused when it is set.
        """
        manager = host.manager("manila")

        with pytest.raises(MisuseError) as caught:
            manager.raises["init_host"] = "failed"

        assert str(caught.value) == "A stand-in cannot raise 'failed'. Give an exception or a class of exceptions."

    def test_refuses_wrong_arguments(self, host):
        """
        Wrong arguments are the TypeError of a real method.
        """
        with pytest.raises(TypeError) as caught:
            host.manager("manila").update_access()

        assert str(caught.value) == (
            "update_access() missing 2 required positional arguments: 'context' and 'share_instance_id'"
        )

    def test_ticks_periodic_hooks(self, host):
        """
        Periodic hooks are given the manager's data on every tick.
        """
        manager = host.manager("manila", [NotingDriverHook], ENABLED, data=["share-1"])

        manager.periodic.tick("ctx")
        manager.data = ["share-2"]
        manager.periodic.tick("ctx")

        assert manager.hooks[0].seen == [("periodic", "ctx", ["share-1"]), ("periodic", "ctx", ["share-2"])]

    def test_asks_for_data_and_ticks_as_often_as_the_test_says(self, host):
        """
        Callable data is asked with what the tick was given, on every second tick if the test says so.
        """
        manager = host.manager("manila", [NotingDriverHook], ENABLED, data=lambda *args: args, every=2)

        for number in (1, 2):
            manager.periodic.tick("ctx", number)

        assert manager.hooks[0].seen == [("periodic", "ctx", ("ctx", 2))]

    def test_needs_a_host_with_driver_hooks(self, host):
        """
        A host of named hooks has no manager.
        """
        with pytest.raises(ContractError) as caught:
            host.manager("nova")

        assert str(caught.value) == (
            "'nova' has no driver hook points, so it has no manager. Use from_catalogue('nova') for its named ones."
        )

    def test_needs_its_own_names(self, host, tmp_path):
        """
        A host whose method would hide what the manager itself has is refused.
        """
        point = point_of(name="hooks", kind="driver", group=None, signature="(self)")
        contract = load(write_contract(tmp_path, contract_of(point)))

        with pytest.raises(ContractError) as caught:
            host.manager(contract)

        assert str(caught.value) == (
            "Cannot make a manager for 'host': 'hooks' is a hook point, and the manager's own."
        )
