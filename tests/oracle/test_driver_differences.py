"""
Where driver hooks of hookkit differ from Manila's: each defect of Manila's, and what hookkit decided otherwise.
"""

import pytest

import hookkit
from oracle.differences import MANILA_CHOICES, MANILA_DEFECTS, SHOWN, differs, outcome
from oracle.fake_hooks import Settings, driver_hook_class, hook_log

COLLISION = MANILA_DEFECTS[0]
POST_COLLISION = "DriverHook._execute_post_hook() got multiple values for argument 'context'"


class Host:
    """
    A share manager with hooks, which notes what it has done.
    """

    def __init__(self, *hooks):
        self.hooks = list(hooks)
        self.done = []


def extend_share(self, context, share_id=None, new_size=None):
    """
    Extend a share: a method of a host.
    """
    self.done.append(share_id)
    return {}


def phases(hook):
    """
    Give the phases of a hook that ran.
    """
    return [phase for _, phase, _, _ in hook.notes]


class TestDefects:
    @differs(
        COLLISION,
        original=(TypeError, []),
        hookkit=(dict, [("ctx", "extend_share", {"share_id": "id"})]),
    )
    def test_a_second_positional_argument(self, manila, driver_hook, expected):
        """
        It reaches hooks under the name of the function's parameter.
        """
        hook = driver_hook()
        end = outcome(manila.add_hooks(extend_share), Host(hook), "ctx", "id")
        assert (type(end), [(*args, kwargs) for _, phase, args, kwargs in hook.notes if phase == "pre"]) == expected

    @differs(COLLISION, original=(TypeError, []), hookkit=(dict, ["id"]))
    def test_a_second_positional_argument_with_hooks_disabled(self, manila, expected):
        """
        A hook that is switched off disturbs nothing.
        """
        host = Host(driver_hook_class(manila.hook.HookBase)())
        end = outcome(manila.add_hooks(extend_share), host, "ctx", "id")
        assert (type(end), host.done) == expected

    @differs(COLLISION, original=(TypeError, []), hookkit=("data", ["pre"]))
    def test_an_extra_positional_argument_with_errors_suppressed(self, driver_hook, expected):
        """
        A hook's data is what the hook returned; before, it was the error that the hook never saw.
        """
        hook = driver_hook({"suppress_pre_hooks_errors": True}, pre="data")
        data = hook.execute_pre_hook("ctx", "extend_share", "extra")
        assert (type(data) if isinstance(data, Exception) else data, phases(hook)) == expected

    @differs(COLLISION, original=(POST_COLLISION, []), hookkit=(None, ["post"]))
    def test_an_extra_positional_argument_of_post(self, driver_hook, expected):
        """
        The hook gets it after its own arguments.
        """
        hook = driver_hook()
        end = outcome(hook.execute_post_hook, "ctx", "extend_share", "data", "result", "extra")
        assert (end and str(end).rpartition("<locals>.")[2], phases(hook)) == expected
        assert all(args == ("ctx", "extend_share", "data", "result", "extra") for _, _, args, _ in hook.notes)

    @differs(COLLISION, original=("id", {}), hookkit=("administrator", {"service_id": "id"}))
    def test_a_positional_argument_of_a_function_without_context(self, manila, driver_hook, expected):
        """
        It is no context.
        """
        hook = driver_hook()
        manila.add_hooks(lambda self, service_id=None: None)(Host(hook), "id")
        context, kwargs = hook.notes[0][2][0], hook.notes[0][3]
        assert ("administrator" if getattr(context, "is_admin", False) else context, kwargs) == expected

    @differs("the documented `path.to:Class` never worked", original="ImportError", hookkit="First")
    def test_a_path_with_a_colon(self, manila, expected):
        """
        It leads to the class.
        """
        end = outcome(manila.load, "oracle.loadable:First")
        assert type(end[0] if isinstance(end, list) else end).__name__ == expected

    @differs(
        "`func_name` was `wrapped` for ten years where a decorator lacked `functools.wraps`",
        original="wrapped",
        hookkit="refused",
    )
    def test_a_function_whose_decorator_lacks_wraps(self, manila, driver_hook, expected):
        """
        It is refused when it is decorated, unless its true name is said.
        """

        def locked(function):
            def wrapped(*args, **kwargs):
                return function(*args, **kwargs)

            return wrapped

        hook = driver_hook()
        hooked = outcome(manila.add_hooks, locked(extend_share))
        if isinstance(hooked, hookkit.MisuseError):
            hook.notes.append(("hook", "pre", ("ctx", "refused"), {}))
            hooked = manila.add_hooks(func_name="extend_share")(locked(extend_share))
        hooked(Host(hook), "ctx")
        names = [args[1] for _, phase, args, _ in hook.notes if phase == "pre"]
        assert names == [expected, "extend_share"][: len(names)]
        assert names[0] == expected

    @differs("the interval read at import", original=300.0, hookkit=5.0)
    def test_the_interval_that_is_configured(self, manila, expected):
        """
        It is read when the periodic hooks are made.
        """
        assert manila.interval_s(5.0) == expected

    @differs("data queried with nobody listening", original=["asked"] * 2, hookkit=[])
    def test_the_data_of_periodic_hooks_that_are_disabled(self, manila, driver_hook, expected):
        """
        It is not asked for, nor if there are no hooks.
        """
        asked = []
        for hooks in ([], [driver_hook({"enable_periodic_hooks": False})]):
            manila.tick(hooks, lambda: asked.append("asked"))
        assert asked == expected

    @differs("one failing periodic hook starves the rest", original=(ValueError, 0), hookkit=(type(None), 1))
    def test_a_periodic_hook_after_one_that_raises(self, manila, driver_hook, expected):
        """
        It runs, and the error is logged.
        """
        later = driver_hook()
        end = outcome(manila.tick, [driver_hook(periodic=ValueError("broken")), later], lambda: "data")
        assert (type(end), len(later.notes)) == expected

    @differs("a keyword named `pre_hook_data` fails after the body ran", original=["pre", "body"], hookkit=[])
    @pytest.mark.parametrize("name", ["pre_hook_data", "driver_action_results"])
    def test_a_keyword_that_hooks_get_from_the_host(self, manila, driver_hook, name, expected):
        """
        It is refused before anything runs.
        """
        hook = driver_hook()
        hooked = manila.add_hooks(lambda self, context, **more: hook.notes.append(("hook", "body", (), {})))
        assert isinstance(outcome(hooked, Host(hook), "ctx", **{name: 1}), TypeError)
        assert phases(hook) == expected

    @differs("a keyword named `pre_hook_data` fails after the body ran", original="decorated", hookkit="refused")
    def test_a_parameter_that_hooks_get_from_the_host(self, manila, expected):
        """
        A function that has such a parameter is refused when it is decorated.
        """
        hooked = outcome(manila.add_hooks, lambda self, context, pre_hook_data=None: None)
        assert ("refused" if isinstance(hooked, TypeError) else "decorated") == expected


class TestChoices:
    @differs("a post hook can replace the result", original={}, hookkit="replaced")
    def test_a_post_that_returns_replace(self, manila, driver_hook, expected):
        """
        The caller and later hooks get the new result.
        """
        later = driver_hook()
        hooks = driver_hook(post=hookkit.Replace("replaced")), later
        assert manila.add_hooks(extend_share)(Host(*hooks), "ctx") == expected
        assert later.notes[-1][2][3] == expected

    @differs("a context is missing if it is `None`", original=True, hookkit=False)
    def test_a_context_that_is_false(self, driver_hook, expected):
        """
        An empty context is a context.
        """
        hook = driver_hook()
        hook.execute_pre_hook({}, "extend_share")
        assert (hook.notes[0][2][0] != {}) == expected

    @differs("a configuration is missing if it is `None`", original=[], hookkit=["enable_pre_hooks"])
    def test_a_configuration_that_is_false(self, manila, expected):
        """
        An empty configuration is told the options, and asked for them.
        """

        class Empty(Settings):
            def __bool__(self):
                return False

        configuration = Empty()
        driver_hook_class(manila.hook.HookBase)(configuration)
        assert list(configuration.appended)[:1] == expected

    @differs("a host without hooks needs no list of them", original=AttributeError, hookkit=dict)
    def test_a_host_without_hooks(self, manila, expected):
        """
        A method of a host that has no attribute `hooks` runs.
        """
        host = Host()
        del host.hooks
        assert type(outcome(manila.add_hooks(extend_share), host, "ctx")) is expected

    @differs("a list of hooks may change while a call runs", original=IndexError, hookkit=dict)
    def test_a_list_of_hooks_that_grows(self, manila, driver_hook, expected):
        """
        A call runs the hooks that were there when it began, with the data of their own pre.
        """
        host, late = Host(driver_hook()), driver_hook()
        end = outcome(manila.add_hooks(lambda self, context: {"added": self.hooks.append(late)}), host, "ctx")
        assert type(end) is expected
        assert phases(late) == []

    @differs("an unknown option is a mistake", original="NoSuchOptError", hookkit="ConfigError")
    def test_an_unknown_option(self, manila, expected):
        """
        A hook that asks for an option that nobody declared is told which there are.
        """
        hook = driver_hook_class(manila.hook.HookBase)()
        assert type(outcome(hook.get_config_option, "not_there")).__name__ == expected

    @differs("an option's value is checked", original="perhaps", hookkit="ConfigError")
    def test_a_value_that_an_option_does_not_accept(self, manila, expected):
        """
        A switch is on or off.
        """
        hook = outcome(driver_hook_class(manila.hook.HookBase), Settings(enable_pre_hooks="perhaps"))
        found = type(hook).__name__ if isinstance(hook, Exception) else hook.pre_hooks_enabled
        assert found == expected

    @differs(
        "log lines name the hook",
        original="Suppressed exception in pre hook. broken",
        hookkit="Suppressed exception in pre hook "
        "oracle.fake_hooks:driver_hook_class.<locals>.DriverHook of extend_share.",
    )
    def test_what_is_logged_of_a_suppressed_exception(self, driver_hook, log, expected):
        """
        The line names hook and function, and has the traceback.
        """
        driver_hook({"suppress_pre_hooks_errors": True}, pre=ValueError("broken")).execute_pre_hook("c", "extend_share")
        assert hook_log(log)[-1] == ("WARNING", expected)

    @differs("the hooked function carries its name as `__hook_name__`", original=None, hookkit="extend_share")
    def test_the_name_that_hooks_are_told(self, manila, expected):
        """
        As for named hooks, whoever meets the function can ask for it.
        """
        assert getattr(manila.add_hooks(extend_share), "__hook_name__", None) == expected


@pytest.mark.parametrize("difference", MANILA_DEFECTS)
def test_the_defects_of_manila_are_all_shown(difference):
    """
    For each defect a test here asserts that Manila has it and hookkit has not.
    """
    assert difference in SHOWN


@pytest.mark.parametrize("difference", MANILA_CHOICES)
def test_the_choices_are_all_shown(difference):
    """
    For whatever else hookkit does differently a test here asserts what both do.
    """
    assert difference in SHOWN
