"""
Tests for `hookkit.add_hooks`: what runs when.
"""

import asyncio
import functools
import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookkit import (
    AdminContext,
    MisuseError,
    PeriodicHooks,
    Replace,
    add_hooks,
    observe,
)
from hookkit._driver_arguments import MOST_RECIPES, Parameters
from runtime.fake_drivers import ENABLED, AsyncHook, FailingHook, Hook, Manager
from runtime.fake_hooks import Classless


@pytest.fixture
def log():
    """
    Give a list that several hooks write to.
    """
    return []


def message(caught):
    return str(caught.value)


class TestFunctions:
    @pytest.mark.parametrize("hooks", [[], (), None], ids=repr)
    def test_no_hooks_is_no_change(self, hooks):
        """
        The method runs as if it were not decorated.
        """
        manager = Manager()
        manager.hooks = hooks
        assert manager.extend_share("ctx", "s1") == {"share": "s1"}
        assert asyncio.run(manager.migrate("ctx", "s1")) == "migrated"

    def test_a_host_without_hooks_is_no_error(self):
        """
        An object that has no attribute hooks has none.
        """

        class Host:
            @add_hooks
            def create(self):
                return 42

        assert Host().create() == 42

    def test_hooks_run_in_order_and_are_paired(self, log):
        """
        All pre hooks run in order, then the function, then all post hooks in order, each with its own pre's data.
        """
        manager = Manager(Hook(log=log, name="a"), Hook(log=log, name="b"))
        manager.done = log
        assert manager.extend_share("ctx", "s1", 5) == {"share": "s1"}
        arguments = {"share_id": "s1", "new_size": 5}
        assert log == [
            ("a", "pre", "ctx", "extend_share", (), arguments),
            ("b", "pre", "ctx", "extend_share", (), arguments),
            ("s1", 5),
            ("a", "post", "ctx", "extend_share", "data of a", {"share": "s1"}, (), arguments),
            ("b", "post", "ctx", "extend_share", "data of b", {"share": "s1"}, (), arguments),
        ]

    @pytest.mark.parametrize(
        ("args", "kwargs", "named"),
        [
            (("ctx", "s1"), {}, {"share_id": "s1"}),
            ((), {"share_id": "s1", "context": "ctx"}, {"share_id": "s1"}),
            (("ctx",), {"share_id": "s1", "reservations": 1}, {"share_id": "s1", "reservations": 1}),
            (("ctx", "s1", 1), {}, {"share_id": "s1", "new_size": 1}),
        ],
    )
    def test_arguments_reach_hooks_by_name(self, log, args, kwargs, named):
        """
        The parameter named context is the context; what the caller gave, and no default, is there by name.
        """
        Manager(Hook(log=log)).extend_share(*args, **kwargs)
        assert log[0] == ("hook", "pre", "ctx", "extend_share", (), named)

    def test_the_host_may_be_given_by_keyword(self, log):
        """
        Called on the class, with all arguments by name, the hooks run as well.
        """
        Manager.extend_share(self=Manager(Hook(log=log)), context="ctx", share_id="s1")
        assert log[0] == ("hook", "pre", "ctx", "extend_share", (), {"share_id": "s1"})

    def test_a_function_without_context_has_none(self, log):
        """
        Hooks of such a function get their default context.
        """
        Manager(Hook(log=log)).init_host()
        assert type(log[0][2]) is AdminContext
        assert log[0][3:] == ("init_host", (), {})

    def test_the_context_may_stand_anywhere(self, log):
        """
        It is found by name; positional-only parameters reach hooks by name too.
        """
        Manager(Hook(log=log)).unmanage("s1", "ctx")
        assert log[0] == ("hook", "pre", "ctx", "unmanage", (), {"share_id": "s1"})

    def test_positional_arguments_come_from_a_var_positional_parameter(self, log):
        """
        Only what ``*args`` takes reaches hooks by position, after what they get from hookkit.
        """
        manager = Manager(Hook(log=log))
        assert manager.many("ctx", 1, 2, force=True) == "many"
        assert log == [
            ("hook", "pre", "ctx", "many", (1, 2), {"force": True}),
            ("hook", "post", "ctx", "many", "data of hook", "many", (1, 2), {"force": True}),
        ]
        assert manager.done == [((1, 2), {"force": True})]

    def test_a_function_of_nothing_but_arguments_works(self, log):
        """
        Of ``*args`` the first is the host; a keyword named context is the context.
        """

        @add_hooks
        def anything(*args, **kwargs):
            return args[1:], kwargs

        assert anything(Manager(Hook(log=log)), 1, context="ctx", size=2) == ((1,), {"context": "ctx", "size": 2})
        assert log[0] == ("hook", "pre", "ctx", "anything", (1,), {"size": 2})

    @pytest.mark.parametrize("hooks", [(), (Hook(),)], ids=["none", "one"])
    def test_a_wrong_call_is_the_hosts_own_error(self, hooks):
        """
        The TypeError is the one that the function itself raises, and no hook runs.
        """
        manager = Manager(*hooks)
        with pytest.raises(TypeError) as caught:
            manager.extend_share("ctx")
        assert message(caught).endswith("extend_share() missing 1 required positional argument: 'share_id'")
        with pytest.raises(TypeError) as caught:
            asyncio.run(manager.migrate("ctx", "s1", "too", "many"))
        assert message(caught).endswith("migrate() takes 3 positional arguments but 5 were given")
        assert [hook.log for hook in hooks] == [[] for _ in hooks]

    def test_a_decorator_that_passes_arguments_of_its_own_does_not_mislead(self, log):
        """
        Where a call does not fit the signature that a decorator shows, what it really takes counts.
        """

        def with_session(function):
            @functools.wraps(function)
            def wrapper(self, *args, **kwargs):
                return function(self, "session", *args, **kwargs)

            return wrapper

        @add_hooks
        @with_session
        def create(self, session, share_id):
            return session, share_id

        assert create(Manager(Hook(log=log)), "s1") == ("session", "s1")
        assert log[0][3:] == ("create", ("s1",), {})

    def test_a_pre_hook_that_raises_stops_everything(self, log):
        """
        The exception goes out; later pre hooks, the function and post hooks do not run.
        """
        manager = Manager(Hook(log=log, name="a"), FailingHook(log=log), Hook(log=log, name="c"))
        with pytest.raises(KeyError, match="pre"):
            manager.extend_share("ctx", "s1")
        assert [entry[:2] for entry in log] == [("a", "pre")]
        assert manager.done == []

    def test_a_suppressed_error_stops_nothing(self, log):
        """
        The function runs, and the exception is the data of the hook's own post.
        """
        config = ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True}
        failing = FailingHook(config)
        manager = Manager(failing, Hook(log=log))
        assert manager.extend_share("ctx", "s1") == {"share": "s1"}
        assert repr(failing.log) == "[KeyError('pre')]"
        assert [entry[:2] for entry in log] == [("hook", "pre"), ("hook", "post")]

    def test_a_post_hook_that_raises_goes_out(self, log):
        """
        The work is done, later post hooks do not run, and the caller gets the exception.
        """
        manager = Manager(FailingHook({"enable_post_hooks": True}), Hook(log=log))
        with pytest.raises(KeyError, match="post"):
            manager.extend_share("ctx", "s1")
        assert [entry[:2] for entry in log] == [("hook", "pre")]
        assert manager.done == [("s1", 1)]

    def test_no_post_hook_runs_after_an_error_of_the_function(self, log):
        """
        What the function raises goes out.
        """
        with pytest.raises(LookupError, match="failed"):
            Manager(Hook(log=log)).fail("ctx")
        assert [entry[:2] for entry in log] == [("hook", "pre")]

    def test_a_post_hook_updates_the_result_by_mutating_it(self):
        """
        Later hooks and the caller see what became of the result.
        """

        class Mutating(Hook):
            def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, **kwargs):
                driver_action_results["seen"] = [*driver_action_results.get("seen", ()), self.name]
                return "ignored"

        manager = Manager(Mutating(name="a"), Mutating(name="b"))
        assert manager.extend_share("ctx", "s1") == {"share": "s1", "seen": ["a", "b"]}

    def test_a_post_hook_updates_the_result_by_replacing_it(self, log):
        """
        A `Replace` is the result for later hooks and for the caller, be its value None.
        """

        class Replacing(Hook):
            def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, **kwargs):
                return Replace(None)

        assert Manager(Replacing(), Hook(log=log)).extend_share("ctx", "s1") is None
        assert log[-1][5] is None

    def test_the_pairs_survive_a_change_of_the_list(self, log):
        """
        A host that takes a hook away in the course of a call does not mix up what pre hooks returned.
        """
        first = Hook(log=log, name="a")

        class Host(Manager):
            @add_hooks
            def remove(self, context):
                self.hooks.remove(first)

        host = Host(first, Hook(log=log, name="b"))
        host.remove("ctx")
        assert [entry[4] for entry in log[2:]] == ["data of a", "data of b"]

    def test_a_hook_may_have_some_of_the_methods_only(self):
        """
        What is missing is passed over.
        """

        class PostOnly:
            def execute_post_hook(self, driver_action_results, pre_hook_data, **kwargs):
                return Replace((driver_action_results, pre_hook_data))

        class PreOnly:
            def execute_pre_hook(self, **kwargs):
                return "unused"

        assert Manager(PreOnly(), PostOnly()).extend_share("ctx", "s1") == ({"share": "s1"}, None)

    def test_a_hook_in_the_manner_of_manila_works(self):
        """
        A class that hands on as Manila's own base does meets no argument twice, also from positional calls.
        """

        class ManilaHook:
            def execute_pre_hook(self, context=None, func_name=None, *args, **kwargs):
                return self._execute_pre_hook(*args, context=context, func_name=func_name, **kwargs)

            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                self.given = (context, func_name, args, kwargs)

        hook = ManilaHook()
        Manager(hook).extend_share("ctx", "s1", 5)
        assert hook.given == ("ctx", "extend_share", (), {"share_id": "s1", "new_size": 5})

    def test_what_hooks_return_is_never_asked_for_its_class(self):
        """
        An object whose ``__class__`` raises can be returned from any phase, watched or not, on any call.
        """

        class Odd(Hook):
            def _execute_pre_hook(self, *args, **kwargs):
                return Classless()

            def _execute_post_hook(self, *args, **kwargs):
                return Classless()

            def _execute_periodic_hook(self, *args, **kwargs):
                return Classless()

        odd = Odd()
        manager = Manager(odd)
        plain = [manager.extend_share("ctx", "s1") for _ in range(3)]
        undo = observe(lambda event: None)
        watched = manager.extend_share("ctx", "s1")
        undo()
        (run,) = PeriodicHooks([odd]).tick()

        assert [*plain, watched] == [{"share": "s1"}] * 4
        assert type(run.value) is Classless


MISSING = object()
PARAMETERS = {
    "a": "a=MISSING",
    "/": "/",
    "b": "b=MISSING",
    "context": "context=None",
    "args": "*args",
    "c": "c=MISSING",
    "kwargs": "**kwargs",
}


@st.composite
def functions(draw):
    """
    Draw a method with any mix of kinds of parameters, which returns what it was given.
    """
    chosen = draw(st.sets(st.sampled_from(sorted(PARAMETERS))))
    parameters = ["self", *(text for name, text in PARAMETERS.items() if name in chosen)]
    namespace = {"MISSING": MISSING}
    exec(f"def function({', '.join(parameters)}): return dict(locals())", namespace)
    return namespace["function"]


class TestAnySignature:
    @given(
        functions(),
        st.lists(st.integers(), max_size=5),
        st.dictionaries(st.sampled_from(["a", "b", "c", "d", "context"]), st.integers()),
    )
    def test_hooks_get_what_the_function_gets(self, function, args, kwargs):
        """
        Whatever the function's parameters take of a call, hooks get by the same names, and nothing else.
        """
        hook = Hook()
        try:
            seen = add_hooks(function)(Manager(hook), *args, **kwargs)
        except TypeError:
            assert hook.log == []
            return
        del seen["self"]
        context, extra, more = seen.pop("context", None), seen.pop("args", ()), seen.pop("kwargs", {})
        named = {name: value for name, value in seen.items() if value is not MISSING} | more
        context = named.pop("context", context)
        (_, _, given_context, func_name, *given_arguments), _ = hook.log
        assert (func_name, given_arguments) == ("function", [extra, named])
        assert given_context == context or (context is None and isinstance(given_context, AdminContext))

    def test_a_keyword_may_share_its_name_with_a_positional_only_parameter(self):
        """
        It goes to the function's keywords, as Python has it, and to hooks under its name.
        """

        def function(self, a=MISSING, /, **kwargs):
            return kwargs

        hook = Hook()
        assert add_hooks(function)(Manager(hook), a=1) == {"a": 1}
        assert hook.log[0][-1] == {"a": 1}


class TestCoroutineFunctions:
    def test_sync_and_async_hooks_both_work(self, log):
        """
        What hooks return is awaited where it can be, and post gets the awaited value.
        """
        manager = Manager(Hook(log=log, name="a"), AsyncHook(log=log, name="b"), Hook(log=log, name="c"))
        assert asyncio.run(manager.migrate("ctx", share_id="s1")) == "migrated, replaced with data of b"
        assert [entry[:2] for entry in log] == [("a", "pre"), ("b", "pre"), ("c", "pre"), ("a", "post"), ("c", "post")]
        assert log[-1][5] == "migrated, replaced with data of b"

    def test_post_gets_the_data_of_its_own_pre(self, log):
        """
        Each post hook is given what the pre of the same hook returned.
        """
        asyncio.run(Manager(Hook(log=log, name="a"), Hook(log=log, name="b")).migrate("ctx", "s1"))
        assert [(entry[0], entry[4]) for entry in log[2:]] == [("a", "data of a"), ("b", "data of b")]

    def test_an_async_hook_is_refused_for_a_sync_function(self, log, caplog):
        """
        It is logged once for each function, and the other hooks run.
        """
        manager = Manager(AsyncHook(log=log), Hook(log=log, name="b"))

        @add_hooks
        def create(self):
            """
            Do nothing.
            """

        create(manager)
        create(manager)
        assert [entry[:2] for entry in log] == [("b", "pre"), ("b", "post")] * 2
        (logged,) = caplog.messages
        assert logged == (
            "Cannot run driver hook runtime.fake_drivers:AsyncHook at 'create': "
            f"it is async, and {__name__}:{create.__qualname__} is no coroutine function. "
            "Make the hook's methods plain functions."
        )

    def test_a_hook_class_that_goes_away_is_not_kept(self):
        """
        A host's function keeps no class of the hooks that it has run, so that a class made in a test can go.
        """
        hook_class = type("Local", (Hook,), {})
        manager = Manager(hook_class())
        manager.extend_share("ctx", "s1")
        kept = weakref.ref(hook_class)
        del hook_class, manager
        gc.collect()
        assert kept() is None

    def test_a_coroutine_that_nobody_can_await_is_an_error(self):
        """
        A plain method that returns one is refused when it does.
        """

        class Sneaky:
            def execute_pre_hook(self, **kwargs):
                return Manager.migrate(Manager(), "ctx", "s1")

        manager = Manager(Sneaky())
        with pytest.raises(MisuseError):
            manager.extend_share("ctx", "s1")
        assert manager.done == []

    def test_cancellation_passes(self):
        """
        A call that is cancelled in a hook ends there.
        """

        class Cancelled(AsyncHook):
            async def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                raise asyncio.CancelledError

        manager = Manager(Cancelled(ENABLED | {"suppress_pre_hooks_errors": True}))
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(manager.migrate("ctx", "s1"))
        assert manager.done == []


class TestRecipes:
    def test_each_kind_of_call_is_sorted_once(self):
        """
        Calls of one shape share what was found out about it, and get their own arguments.
        """
        parameters = Parameters(lambda self, context, a, *rest, b=2, **options: None, "function")
        for number in range(3):
            given = parameters.give(("self", number, "a", "r"), {"x": number, "b": "b"})
            assert (given.context, given.extra, given.named) == (number, ("r",), {"a": "a", "b": "b", "x": number})
        assert len(parameters._recipes) == 1

    def test_not_for_calls_of_any_number_of_shapes(self):
        """
        Calls of more shapes than are kept are sorted each time.
        """
        parameters = Parameters(lambda self, **options: None, "function")
        for number in range(2 * MOST_RECIPES):
            assert parameters.give(("self",), {f"option{number}": number}).named == {f"option{number}": number}
        assert len(parameters._recipes) == MOST_RECIPES
