"""
What driver hooks do in Manila and in hookkit alike.
"""

import inspect

import pytest
from manila.share.configuration import Configuration
from manila.share.manager import share_manager_opts
from oslo_config import cfg

from oracle.differences import outcome
from oracle.fake_hooks import Settings, driver_hook_class, hook_log

SWITCHES = ("pre_hooks_enabled", "post_hooks_enabled", "periodic_hooks_enabled")
SUPPRESSORS = ("suppress_pre_hooks_errors", "suppress_post_hooks_errors")


class Host:
    """
    A share manager with hooks.
    """

    def __init__(self, *hooks):
        self.hooks = list(hooks)


def extend_share(self, context, share_id=None, new_size=None, **more):
    """
    Extend a share: a method of a host.
    """
    self.hooks[0].notes.append("body")
    return {"size": new_size}


class TestAddHooks:
    def test_pre_runs_before_and_post_after_the_function(self, manila, driver_hook):
        """
        Both get the context, the function's name and the keywords; post gets the data of pre and the result, too.
        """
        hook = driver_hook(pre="data")
        result = manila.add_hooks(extend_share)(Host(hook), "ctx", share_id="id", new_size=5, colour="red")
        given = {"share_id": "id", "new_size": 5, "colour": "red"}
        assert result == {"size": 5}
        assert hook.notes == [
            ("hook", "pre", ("ctx", "extend_share"), given),
            "body",
            ("hook", "post", ("ctx", "extend_share", "data", {"size": 5}), given),
        ]

    @pytest.mark.parametrize(("args", "kwargs"), [(("ctx",), {}), ((), {"context": "ctx"})], ids=["place", "keyword"])
    def test_the_context_is_found(self, manila, driver_hook, args, kwargs):
        """
        It may be passed by position or by keyword; defaults that the caller left out are not passed on.
        """
        hook = driver_hook()
        manila.add_hooks(extend_share)(Host(hook), *args, **kwargs)
        assert hook.notes[0] == ("hook", "pre", ("ctx", "extend_share"), {})

    def test_each_post_gets_the_data_of_its_own_pre(self, manila, driver_hook):
        """
        Hooks run in the order of the list, pre and post, and do not see each other's data.
        """
        notes = []
        hooks = [driver_hook(name=name, notes=notes, pre=f"of {name}") for name in "cab"]
        manila.add_hooks(extend_share)(Host(*hooks), "ctx")
        assert [(name, args[2:3]) for name, _, args, _ in filter(lambda note: note != "body", notes)] == [
            *(("c", ()), ("a", ()), ("b", ())),
            *(("c", ("of c",)), ("a", ("of a",)), ("b", ("of b",))),
        ]

    def test_what_post_changes_in_place_is_seen_later(self, manila, driver_hook):
        """
        Later hooks and the caller get the result as a post hook left it.
        """
        first = driver_hook(post=lambda context, func_name, data, result: result.update(seen=1))
        second = driver_hook(post=lambda context, func_name, data, result: result.update(seen=result["seen"] + 1))
        assert manila.add_hooks(extend_share)(Host(first, second), "ctx", new_size=5) == {"size": 5, "seen": 2}

    @pytest.mark.parametrize("value", [None, 0, "text", {}], ids=repr)
    def test_what_post_returns_is_ignored(self, manila, driver_hook, value):
        """
        The caller gets the function's result.
        """
        assert manila.add_hooks(extend_share)(Host(driver_hook(post=value)), "ctx") == {"size": None}

    @pytest.mark.parametrize("hooks", [[], None, ()], ids=repr)
    def test_the_function_runs_without_hooks(self, manila, hooks):
        """
        Without any hook the function gets its arguments as they are.
        """
        host = Host()
        host.hooks = hooks
        assert manila.add_hooks(lambda self, *args, **kwargs: (args, kwargs))(host, 1, two=2) == ((1,), {"two": 2})

    def test_a_function_that_raises_ends_the_call(self, manila, driver_hook):
        """
        Post does not run, and the caller gets the very exception.
        """
        error = LookupError("body")

        def function(self, context):
            raise error

        hook = driver_hook()
        assert outcome(manila.add_hooks(function), Host(hook), "ctx") is error
        assert [phase for _, phase, _, _ in hook.notes] == ["pre"]

    def test_a_keyword_func_name_is_refused_before_the_body(self, manila, driver_hook):
        """
        It would meet the function's name.
        """
        hook = driver_hook()
        assert isinstance(outcome(manila.add_hooks(extend_share), Host(hook), "ctx", func_name="mine"), TypeError)
        assert hook.notes == []

    def test_the_function_looks_undecorated(self, manila):
        """
        It keeps name, module, docstring and signature.
        """
        hooked = manila.add_hooks(extend_share)
        assert hooked.__wrapped__ is extend_share
        assert inspect.signature(hooked) == inspect.signature(extend_share)
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            assert getattr(hooked, name) == getattr(extend_share, name)


class TestSwitches:
    @pytest.mark.parametrize(("option", "phase"), [("enable_pre_hooks", "pre"), ("enable_post_hooks", "post")])
    def test_a_disabled_phase_does_not_run(self, manila, driver_hook, option, phase):
        """
        The other phase and the function run.
        """
        hook = driver_hook({option: False})
        manila.add_hooks(extend_share)(Host(hook), "ctx")
        ran = [note[1] for note in hook.notes if note != "body"]
        assert ran == [other for other in ("pre", "post") if other != phase]

    def test_without_pre_post_gets_none_as_data(self, manila, driver_hook):
        """
        A disabled pre has no data.
        """
        hook = driver_hook({"enable_pre_hooks": False}, pre="data")
        manila.add_hooks(extend_share)(Host(hook), "ctx")
        assert hook.notes[-1] == ("hook", "post", ("ctx", "extend_share", None, {"size": None}), {})

    @pytest.mark.parametrize(
        ("method", "args"),
        [("execute_pre_hook", ()), ("execute_post_hook", ()), ("execute_periodic_hook", ("ctx", "data"))],
    )
    def test_everything_is_disabled_by_default(self, manila, method, args):
        """
        A disabled method returns None.
        """
        hook = driver_hook_class(manila.hook.HookBase)()
        assert getattr(hook, method)(*args) is None
        assert hook.notes == []

    def test_a_hook_can_be_switched_on_later(self, manila):
        """
        The attributes decide, call by call.
        """
        hook = driver_hook_class(manila.hook.HookBase)(pre="data")
        hook.pre_hooks_enabled = True
        assert hook.execute_pre_hook("ctx", "extend_share") == "data"


class TestErrors:
    def test_a_pre_that_raises_prevents_the_function(self, manila, driver_hook):
        """
        Later hooks do not run, and the caller gets the very exception.
        """
        notes, error = [], ValueError("broken")
        hooks = [driver_hook(notes=notes, pre=error), driver_hook(notes=notes)]
        assert outcome(manila.add_hooks(extend_share), Host(*hooks), "ctx") is error
        assert [note[1] for note in notes] == ["pre"]

    def test_a_post_that_raises_comes_out_after_the_work_is_done(self, manila, driver_hook):
        """
        The function has run, later hooks' post does not.
        """
        notes, error = [], ValueError("broken")
        hooks = [driver_hook(notes=notes, post=error), driver_hook(notes=notes)]
        assert outcome(manila.add_hooks(extend_share), Host(*hooks), "ctx") is error
        assert [note if note == "body" else note[1] for note in notes] == ["pre", "pre", "body", "post"]

    def test_a_suppressed_exception_of_pre_is_its_data(self, manila, driver_hook):
        """
        The function runs, and post of the same hook gets the exception.
        """
        error = ValueError("broken")
        hook = driver_hook({"suppress_pre_hooks_errors": True}, pre=error)
        assert manila.add_hooks(extend_share)(Host(hook), "ctx") == {"size": None}
        assert hook.notes[-1][2][2] is error

    def test_a_suppressed_exception_of_post_leaves_the_result(self, manila, driver_hook):
        """
        The caller gets the function's result, and later hooks run.
        """
        notes, options = [], {"suppress_post_hooks_errors": True}
        hooks = [driver_hook(options, notes=notes, post=ValueError()), driver_hook(options, name="b", notes=notes)]
        assert manila.add_hooks(extend_share)(Host(*hooks), "ctx") == {"size": None}
        assert notes[-1][:2] == ("b", "post")

    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_a_suppressed_exception_is_returned(self, manila, driver_hook, phase):
        """
        Called directly, the method returns the exception.
        """
        error = ValueError("broken")
        hook = driver_hook({f"suppress_{phase}_hooks_errors": True}, **{phase: error})
        assert getattr(hook, f"execute_{phase}_hook")("ctx", "extend_share") is error

    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_what_is_no_exception_passes(self, manila, driver_hook, phase):
        """
        An interrupt in a hook is not suppressed.
        """
        hook = driver_hook({f"suppress_{phase}_hooks_errors": True}, **{phase: KeyboardInterrupt()})
        with pytest.raises(KeyboardInterrupt):
            manila.add_hooks(extend_share)(Host(hook), "ctx")

    def test_a_periodic_hook_that_raises_raises(self, manila, driver_hook):
        """
        Its errors are its caller's business.
        """
        error = ValueError("broken")
        assert outcome(driver_hook(periodic=error).execute_periodic_hook, "ctx", "data") is error


class TestHookBase:
    @pytest.mark.parametrize(
        ("method", "args", "defaults"),
        [
            ("execute_pre_hook", (), (None,)),
            ("execute_post_hook", (), (None, None, None)),
            ("execute_periodic_hook", (None, "data"), ("data",)),
        ],
    )
    def test_a_missing_context_becomes_an_administrators(self, driver_hook, method, args, defaults):
        """
        What hooks read of it is the same in both.
        """
        hook = driver_hook()
        getattr(hook, method)(*args)
        ((_, _, (context, *others), _),) = hook.notes
        assert tuple(others) == defaults
        facts = [getattr(context, name) for name in ("is_admin", "user_id", "project_id", "roles", "read_deleted")]
        assert facts == [True, None, None, ["admin"], "no"]
        assert context.request_id.startswith("req-")
        assert context.elevated(read_deleted="yes").read_deleted == "yes"
        assert context.to_dict()["is_admin"] is True

    @pytest.mark.parametrize(
        ("method", "args"),
        [
            ("execute_pre_hook", ("ctx", "extend_share")),
            ("execute_post_hook", ("ctx", "extend_share", "data", "result")),
            ("execute_periodic_hook", ("ctx", "data")),
        ],
    )
    def test_what_a_hook_returns_is_returned(self, driver_hook, method, args):
        """
        Called directly, an enabled method hands its arguments on and returns what the hook does.
        """
        phase = method.split("_")[1]
        hook = driver_hook(**{phase: "returned"})
        assert getattr(hook, method)(*args, share_id=1) == "returned"
        assert hook.notes == [("hook", phase, args, {"share_id": 1})]

    def test_the_arguments_have_names(self, driver_hook):
        """
        Everything may be given by keyword.
        """
        hook = driver_hook()
        hook.execute_post_hook(driver_action_results="r", pre_hook_data="d", func_name="f", context="ctx", share_id=1)
        assert hook.notes == [("hook", "post", ("ctx", "f", "d", "r"), {"share_id": 1})]

    def test_a_subclass_has_to_define_all_three_methods(self, manila):
        """
        The base cannot be instantiated, nor a class that leaves one out.
        """
        leaves_out = driver_hook_class(manila.hook.HookBase)
        assert manila.hook.HookBase.__abstractmethods__ == {
            "_execute_pre_hook",
            "_execute_post_hook",
            "_execute_periodic_hook",
        }
        assert leaves_out.__abstractmethods__ == frozenset()
        with pytest.raises(TypeError):
            manila.hook.HookBase(None, "alpha")

    @pytest.mark.parametrize("value", [True, False])
    def test_options_are_read_from_the_configuration(self, manila, value):
        """
        The constructor keeps its arguments, declares the options, and reads the five switches.
        """
        names = [option.name for option in manila.hook.hook_options]
        settings = Settings(**dict.fromkeys(names[:5], value))
        hook = driver_hook_class(manila.hook.HookBase)(settings, host="beta")
        assert (hook.host, hook.configuration) == ("beta", settings)
        assert list(settings.appended) == names
        assert {getattr(hook, name) for name in (*SWITCHES, *SUPPRESSORS)} == {value}
        assert hook.get_config_option("enable_pre_hooks") is value
        assert hook.get_config_option("periodic_hooks_interval") == 300.0

    def test_without_configuration_everything_is_at_its_default(self, manila):
        """
        None is a configuration, too.
        """
        hook = driver_hook_class(manila.hook.HookBase)(None, host="beta")
        assert (hook.host, hook.configuration) == ("beta", None)
        assert not any(getattr(hook, name) for name in (*SWITCHES, *SUPPRESSORS))
        assert hook.get_config_option("enable_pre_hooks") is False
        assert hook.get_config_option("periodic_hooks_interval") == 300.0

    def test_manilas_own_configuration_is_one(self, implementation, manila):
        """
        Options that a group of Manila's configuration sets are read; two hooks may declare theirs.
        """
        configuration = Configuration(share_manager_opts, config_group=f"oracle_{implementation}")
        hook_class = driver_hook_class(manila.hook.HookBase)
        hook_class(configuration)
        cfg.CONF.set_override("enable_pre_hooks", True, group=configuration.config_group)
        hook = hook_class(configuration)
        assert (hook.pre_hooks_enabled, hook.post_hooks_enabled) == (True, False)
        assert hook.get_config_option("periodic_hooks_interval") == 300.0

    def test_the_options_are_manilas(self, manila):
        """
        They have Manila's names, types and defaults, in Manila's order.
        """
        kinds = [(option.name, type(option), option.default) for option in manila.hook.hook_options]
        assert kinds == [
            ("enable_pre_hooks", cfg.BoolOpt, False),
            ("enable_post_hooks", cfg.BoolOpt, False),
            ("enable_periodic_hooks", cfg.BoolOpt, False),
            ("suppress_pre_hooks_errors", cfg.BoolOpt, False),
            ("suppress_post_hooks_errors", cfg.BoolOpt, False),
            ("periodic_hooks_interval", cfg.FloatOpt, 300.0),
        ]

    def test_each_method_is_announced(self, driver_hook, log):
        """
        A debug line says which phase runs.
        """
        hook = driver_hook()
        hook.execute_pre_hook()
        hook.execute_post_hook()
        hook.execute_periodic_hook("ctx", "data")
        assert hook_log(log) == [("DEBUG", f"Running '{phase} hook'.") for phase in ("pre", "post", "periodic")]


class TestLoading:
    def test_hooks_are_made_in_the_order_of_the_option(self, manila):
        """
        Each gets the host's configuration and name.
        """
        first, second = manila.load("oracle.loadable.First", "oracle.loadable.Second")
        assert [type(hook).__name__ for hook in (first, second)] == ["First", "Second"]
        assert first.configuration is second.configuration
        assert (first.host, second.configuration.safe_get("hook_drivers")[0]) == ("alpha", "oracle.loadable.First")

    @pytest.mark.parametrize("path", ["oracle.loadable.Missing", "oracle.not_there.First"])
    def test_a_path_that_leads_nowhere_is_an_import_error(self, manila, path):
        """
        The host learns at once.
        """
        assert isinstance(outcome(manila.load, path), ImportError)


class TestPeriodic:
    def test_the_data_is_asked_for_once_and_handed_to_each_hook(self, manila, driver_hook):
        """
        Each enabled hook gets the same data and the context.
        """
        asked, data = [], object()
        hooks = [driver_hook(), driver_hook({"enable_periodic_hooks": False}), driver_hook()]
        manila.tick(hooks, lambda: asked.append("once") or data)
        assert asked == ["once"]
        assert [hook.notes for hook in hooks] == [
            [("hook", "periodic", ("context", data), {})],
            [],
            [("hook", "periodic", ("context", data), {})],
        ]

    def test_an_error_of_the_provider_reaches_the_caller(self, manila, driver_hook):
        """
        No hook runs then.
        """
        hook, error = driver_hook(), LookupError("no data")

        def ask():
            raise error

        assert outcome(manila.tick, [hook], ask) is error
        assert hook.notes == []
