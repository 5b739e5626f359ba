"""
Tests for `hookkit.drivers`: the base of driver hooks and their default context.
"""

import asyncio
import inspect
import logging
import uuid
from typing import ClassVar

import pytest

from hookkit import (
    AdminContext,
    ConfigError,
    HookBase,
    read_config_group,
)
from hookkit.interfaces import DriverHook
from runtime.fake_drivers import ENABLED, AsyncFailingHook, FailingHook, Hook


@pytest.fixture
def log():
    """
    Give a list that several hooks write to.
    """
    return []


def message(caught):
    return str(caught.value)


class TestAdminContext:
    def test_it_looks_like_an_openstack_admin_context(self):
        """
        It is nobody in particular, has the rights of an administrator, and a request of its own.
        """
        context = AdminContext()
        assert context.to_dict() == {
            "is_admin": True,
            "user_id": None,
            "project_id": None,
            "roles": ["admin"],
            "read_deleted": "no",
            "request_id": context.request_id,
        }
        assert context.request_id.startswith("req-")
        assert uuid.UUID(context.request_id[4:])
        assert context.request_id != AdminContext().request_id
        assert repr(context) == f"<AdminContext {context.request_id}>"

    def test_elevated_is_a_copy(self):
        """
        The copy belongs to the same request, and may see deleted records.
        """
        context = AdminContext()
        copy = context.elevated()
        assert copy is not context
        assert copy.to_dict() == context.to_dict()
        assert context.elevated(read_deleted="yes").to_dict() == {**context.to_dict(), "read_deleted": "yes"}
        copy.roles.append("other")
        assert context.roles == ["admin"]


class TestHookBase:
    def test_it_is_abstract(self):
        """
        A subclass has to define all three methods.
        """
        with pytest.raises(TypeError):
            HookBase({}, "alpha")

    @pytest.mark.parametrize("configuration", [None, {}], ids=["none", "empty"])
    def test_everything_is_off_by_default(self, configuration):
        """
        Without options nothing runs and no error is suppressed.
        """
        hook = Hook(configuration, "alpha")
        assert (hook.host, hook.configuration) == ("alpha", configuration)
        assert hook.pre_hooks_enabled is False
        assert hook.post_hooks_enabled is False
        assert hook.periodic_hooks_enabled is False
        assert hook.suppress_pre_hooks_errors is False
        assert hook.suppress_post_hooks_errors is False

    @pytest.mark.parametrize(
        "option",
        [
            "pre_hooks_enabled",
            "post_hooks_enabled",
            "periodic_hooks_enabled",
            "suppress_pre_hooks_errors",
            "suppress_post_hooks_errors",
        ],
    )
    def test_each_switch_has_an_option(self, option):
        """
        The host's configuration turns each on by itself.
        """
        name = f"enable_{option.removesuffix('_enabled')}" if option.endswith("enabled") else option
        hook = Hook({name: "on"})
        switches = {name for name, value in vars(hook).items() if value is True}
        assert switches == {option}

    def test_a_group_of_a_file_configures_it(self, tmp_path):
        """
        What `read_config_group` returns is a configuration, and a bad value in it is told with its place.
        """
        path = tmp_path / "manila.conf"
        path.write_text("[generic1]\nenable_pre_hooks = yes\n[generic2]\nenable_pre_hooks = si\n")
        assert Hook(read_config_group(path, "generic1")).pre_hooks_enabled is True
        with pytest.raises(ConfigError) as caught:
            Hook(read_config_group(path, "generic2"))
        assert message(caught) == (
            f"Option 'enable_pre_hooks' in group 'generic2' of {path} is 'si'; "
            "it accepts true, yes, on or 1, and false, no, off or 0, in any case."
        )

    def test_an_interval_of_zero_is_told_with_its_place(self, tmp_path):
        """
        An interval of which no schedule can be made is found when the hook is made, with file, group and option.
        """
        path = tmp_path / "manila.conf"
        path.write_text("[generic1]\nperiodic_hooks_interval = 0\n")
        with pytest.raises(ConfigError) as caught:
            Hook(read_config_group(path, "generic1"))
        assert message(caught) == (
            f"Option 'periodic_hooks_interval' in group 'generic1' of {path} is '0'; "
            "it accepts a number of seconds other than zero; a negative one means never."
        )

    def test_a_class_declares_more_options(self):
        """
        They have the type of their default, and the host's configuration overrides any.
        """

        class Notifier(Hook):
            option_defaults: ClassVar = {"queue": "shares", "retries": 3}

        hook = Notifier({"retries": "5", "periodic_hooks_interval": "60"})
        options = [hook.get_config_option(name) for name in ("queue", "retries", "periodic_hooks_interval")]
        assert options == ["shares", 5, 60.0]

    def test_an_unknown_option_is_told(self):
        """
        The message names the class and the option that may be meant.
        """
        with pytest.raises(ConfigError) as caught:
            Hook(None).get_config_option("periodic_hook_interval")
        assert message(caught) == (
            "runtime.fake_drivers:Hook has no option 'periodic_hook_interval'. "
            "Did you mean 'periodic_hooks_interval'? "
            "It has 'hook_drivers', 'enable_pre_hooks', 'enable_post_hooks', 'enable_periodic_hooks', "
            "'suppress_pre_hooks_errors', 'suppress_post_hooks_errors', 'periodic_hooks_interval'; "
            "a class declares more in option_defaults."
        )

    def test_it_is_a_driver_hook(self):
        """
        It has all that hosts call.
        """
        assert isinstance(Hook(), DriverHook)

    def test_a_disabled_phase_does_nothing(self, log):
        """
        Nothing runs, and None comes back.
        """
        hook = Hook(None, log=log)
        assert hook.execute_pre_hook("ctx", "f") is None
        assert hook.execute_post_hook("ctx", "f", "data", "result") is None
        assert hook.execute_periodic_hook("ctx", "data") is None
        assert log == []

    def test_what_is_given_by_keyword_arrives_by_keyword(self, log):
        """
        Host arguments keep their names.
        """
        hook = Hook(log=log)
        assert hook.execute_pre_hook("ctx", "f", size=1) == "data of hook"
        hook.execute_post_hook("ctx", "f", "data", "result", size=1)
        assert hook.execute_periodic_hook("ctx", "data", size=1) == "ticked"
        assert log == [
            ("hook", "pre", "ctx", "f", (), {"size": 1}),
            ("hook", "post", "ctx", "f", "data", "result", (), {"size": 1}),
            ("hook", "periodic", "ctx", "data", (), {"size": 1}),
        ]

    def test_extra_positional_arguments_collide_with_nothing(self, log):
        """
        They arrive after the hook's own, where in Manila they were a TypeError.
        """
        hook = Hook(log=log)
        hook.execute_pre_hook("ctx", "f", 1, 2, size=3)
        hook.execute_post_hook("ctx", "f", "data", "result", 1, 2, size=3)
        hook.execute_periodic_hook("ctx", "data", 1, 2, size=3)
        assert log == [
            ("hook", "pre", "ctx", "f", (1, 2), {"size": 3}),
            ("hook", "post", "ctx", "f", "data", "result", (1, 2), {"size": 3}),
            ("hook", "periodic", "ctx", "data", (1, 2), {"size": 3}),
        ]

    def test_a_missing_context_is_an_admins(self, log):
        """
        Each phase gets a default.
        """
        hook = Hook(log=log)
        hook.execute_pre_hook()
        hook.execute_post_hook()
        hook.execute_periodic_hook(None, "data")
        assert [(entry[1], type(entry[2])) for entry in log] == [
            ("pre", AdminContext),
            ("post", AdminContext),
            ("periodic", AdminContext),
        ]

    def test_an_empty_context_is_kept(self, log):
        """
        A context that is false in a condition reaches each phase as it is.
        """
        hook, context = Hook(log=log), {}
        hook.execute_pre_hook(context)
        hook.execute_post_hook(context)
        hook.execute_periodic_hook(context, "data")
        assert [entry[1] for entry in log] == ["pre", "post", "periodic"]
        assert all(entry[2] is context for entry in log)

    def test_a_subclass_has_a_default_of_its_own(self, log):
        """
        `default_context` says what a missing context becomes.
        """

        class OwnHook(Hook):
            def default_context(self):
                return "own"

        OwnHook(log=log).execute_pre_hook(func_name="f")
        assert log == [("hook", "pre", "own", "f", (), {})]

    def test_an_error_is_raised(self):
        """
        Unless its option says otherwise, what a phase raises goes out.
        """
        hook = FailingHook()
        with pytest.raises(KeyError, match="pre"):
            hook.execute_pre_hook()
        with pytest.raises(KeyError, match="post"):
            hook.execute_post_hook()

    @pytest.mark.parametrize("hook_class", [FailingHook, AsyncFailingHook])
    def test_a_suppressed_error_is_the_data(self, hook_class, caplog):
        """
        The exception comes back in place of data, and is logged with hook, function and traceback.
        """
        hook = hook_class(ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True})

        async def settled(returned):
            return await returned if inspect.isawaitable(returned) else returned

        pre = asyncio.run(settled(hook.execute_pre_hook(func_name="extend_share")))
        post = asyncio.run(settled(hook.execute_post_hook(func_name="extend_share")))
        assert (repr(pre), repr(post)) == ("KeyError('pre')", "KeyError('post')")
        path = f"runtime.fake_drivers:{hook_class.__name__}"
        records = [record for record in caplog.records if record.name == "hookkit.drivers"]
        assert [(record.levelname, record.getMessage(), record.exc_info[1]) for record in records] == [
            ("WARNING", f"Suppressed exception in pre hook {path} of extend_share.", pre),
            ("WARNING", f"Suppressed exception in post hook {path} of extend_share.", post),
        ]

    def test_an_async_error_is_raised(self):
        """
        Unless its option says otherwise, what a coroutine raises goes out to whoever awaits it.
        """
        with pytest.raises(KeyError, match="pre"):
            asyncio.run(AsyncFailingHook().execute_pre_hook())

    def test_phases_are_logged(self, caplog):
        """
        Each phase that runs is a line for debugging, in Manila's words.
        """
        caplog.set_level(logging.DEBUG, "hookkit.drivers")
        hook = Hook()
        hook.execute_pre_hook()
        hook.execute_post_hook()
        hook.execute_periodic_hook(None, None)
        assert caplog.messages == ["Running 'pre hook'.", "Running 'post hook'.", "Running 'periodic hook'."]
