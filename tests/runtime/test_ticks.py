"""
Tests for `hookkit._ticks`: who takes part in a tick, and what it does.
"""

import asyncio
import logging
import traceback
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hookkit
from hookkit import FatalHookException, HookLoadError, PeriodicHooks, PeriodicRun
from runtime.fake_periodic import Driver, Failing, Noting


@pytest.fixture(params=["tick", "atick"])
def tick(request):
    """
    Give each way to tick, as a plain function.
    """
    if request.param == "tick":
        return PeriodicHooks.tick
    return lambda periodic, *args: asyncio.run(periodic.atick(*args))


class TestWhoTakesPart:
    def test_a_sequence_of_hooks(self, tick):
        """
        What has periodic(data, context) takes part, in the order of the sequence.
        """
        hooks = [Noting("a"), Noting("b")]

        runs = tick(PeriodicHooks(hooks, lambda context: "data"), "context")

        assert [run.hook for run in runs] == hooks
        assert [hook.seen for hook in hooks] == [[("data", "context")]] * 2

    def test_hooks_without_periodic_stand_aside(self, tick):
        """
        What has neither periodic nor a driver hook's methods does not take part.
        """
        hooks = [types.SimpleNamespace(pre=print), types.SimpleNamespace(periodic=None), object(), Noting()]

        assert [run.hook for run in tick(PeriodicHooks(hooks))] == hooks[-1:]

    def test_a_driver_hook(self, tick):
        """
        A driver hook with periodic hooks enabled is given context and data by name, as Manila does it.
        """
        driver = Driver()

        assert tick(PeriodicHooks([driver], lambda context: "data"), "context") == [(driver, "driven", None)]
        assert driver.seen == [("data", "context", (), {})]

    def test_a_driver_hook_with_periodic_hooks_disabled(self, tick):
        """
        A driver hook takes part only while its periodic hooks are enabled, and that is looked at on each tick.
        """
        driver = Driver(enabled=False)
        driver.periodic = print
        periodic = PeriodicHooks([driver])

        assert tick(periodic) == []
        driver.periodic_hooks_enabled = True
        assert len(tick(periodic)) == 1

    def test_real_driver_hooks(self, tick):
        """
        A HookBase gets the tick's context, or its own default context when there is none.
        """

        class Usage(hookkit.HookBase):
            _execute_pre_hook = _execute_post_hook = None

            def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
                return type(context).__name__, periodic_hook_data

        periodic = PeriodicHooks(
            [Usage({"enable_periodic_hooks": True, "periodic_hooks_interval": 30}, "alpha"), Usage(None, "beta")],
            lambda context: ["shares"],
        )

        assert [run.value for run in tick(periodic, "me")] == [("str", ["shares"])]
        assert [run.value for run in tick(periodic)] == [("AdminContext", ["shares"])]
        assert periodic.interval_s == 30.0

    def test_a_hook_point(self, registry, site, tick):
        """
        At a hook point take part those of its hooks that have periodic, found and registered ones, in hook order.
        """
        site.install("dist", ("point", type("Found", (Noting,), {"order": 5})), ("point", types.SimpleNamespace(pre=1)))
        late, early = Noting("late"), Noting("early")
        late.order = 1
        registry.register("point", late)
        registry.register("point", early)
        registry.register("point", types.SimpleNamespace(pre=print))

        runs = tick(PeriodicHooks(registry.point("point")))

        assert [repr(run.hook) for run in runs] == ["<noting>", "<early>", "<late>"]

    def test_nothing_is_loaded_before_the_first_tick(self, registry):
        """
        Giving a hook point loads none of its hooks.
        """
        periodic = PeriodicHooks(registry.point("point"))

        assert not registry.point("point").is_loaded
        periodic.tick()
        assert registry.point("point").is_loaded

    def test_attached_hooks(self, registry, tick):
        """
        The hooks that a hook point lists may be given as they are.
        """
        hook = Noting()
        registry.register("point", hook)
        driver = hookkit.AttachedHook.for_driver(Driver(interval=7))
        periodic = PeriodicHooks([*registry.point("point").hooks, driver])

        assert [run.hook for run in tick(periodic)] == [hook, driver.obj]
        assert periodic.interval_s == 7.0

    def test_the_sequence_is_looked_at_on_each_tick(self, tick):
        """
        A hook that is appended to the sequence takes part from the next tick on.
        """
        hooks = []
        periodic = PeriodicHooks(hooks)
        hooks.append(Noting())

        assert len(tick(periodic)) == 1

    def test_a_hook_appended_that_is_none(self, tick, messages):
        """
        A hook appended later that cannot be run is logged and left out, and the others run.
        """
        hooks = [Noting()]
        periodic = PeriodicHooks(hooks)
        odd = Noting("odd")
        odd.periodic = 3
        hooks.insert(0, odd)

        assert [run.hook for run in tick(periodic)] == hooks[1:]
        assert messages() == [
            "Cannot run <odd> periodically: <odd> has periodic = 3, which cannot be called. Make it a method."
        ]


class TestTick:
    def test_every_third(self, tick):
        """
        With every=3, the third tick runs the hooks, and the sixth.
        """
        periodic = PeriodicHooks([Noting()], every=3)

        assert [len(tick(periodic)) for _ in range(7)] == [0, 0, 1, 0, 0, 1, 0]
        assert periodic.ticks == 7

    @given(st.integers(1, 20), st.integers(0, 60))
    def test_every_nth(self, every, ticks):
        """
        After any number of ticks, hooks have run on each N-th, once, and data was asked for as often.
        """
        asked, hook = [], Noting()
        periodic = PeriodicHooks([hook], asked.append, every=every)
        for _ in range(ticks):
            periodic.tick()

        assert len(hook.seen) == len(asked) == ticks // every

    def test_data_is_asked_for_once(self, tick):
        """
        The provider is asked once per tick, with the context and whatever else the tick was given.
        """
        asked = []
        periodic = PeriodicHooks([Noting(), Noting()], lambda *args: asked.append(args))
        tick(periodic, "context", 1, 2)

        assert asked == [("context", 1, 2)]

    def test_without_a_provider(self, tick):
        """
        Without a provider, hooks are given None.
        """
        hook = Noting()
        tick(PeriodicHooks([hook]), "context", "not for hooks")

        assert hook.seen == [(None, "context")]

    def test_nobody_enabled(self, tick):
        """
        When nobody takes part, the data is not asked for, and nothing is returned.
        """
        periodic = PeriodicHooks([Driver(enabled=False), object()], lambda context: pytest.fail("asked"))

        assert tick(periodic) == []

    def test_a_provider_error_reaches_the_caller(self, tick):
        """
        What the provider raises reaches the caller, no hook has run, and the next tick is as any other.
        """
        answers, hook = iter([LookupError("no data")]), Noting()

        def provider(context):
            for exc in answers:
                raise exc

        periodic = PeriodicHooks([hook], provider)
        with pytest.raises(LookupError, match="no data"):
            tick(periodic)

        assert hook.seen == []
        assert len(tick(periodic)) == 1

    def test_a_provider_that_runs_out(self):
        """
        A StopIteration of the provider reaches the caller as it is.
        """
        with pytest.raises(StopIteration):
            PeriodicHooks([Noting()], lambda context: next(iter([]))).tick()

    def test_one_failing_hook_does_not_starve_the_next(self, tick, caplog):
        """
        What a hook raises is logged with its traceback, naming phase, hook and class, and the next hook runs.
        """
        exc, after = ValueError("broken"), Noting()
        failing = Failing(exc)

        runs = tick(PeriodicHooks([failing, after]))

        assert runs == [(failing, None, exc), (after, 1, None)]
        (record,) = caplog.records
        assert (record.name, record.levelname) == ("hookkit.drivers", "ERROR")
        assert record.getMessage() == (
            f"Exception running periodic periodic-hook: <failing> ({Failing.__module__}:Failing)"
        )
        assert traceback.extract_tb(record.exc_info[2])[-1].name == "periodic"

    def test_the_distribution_is_named(self, registry, site, messages, tick):
        """
        The log line about a hook that was found through an entry point names its distribution too.
        """
        module = site.module("class Hook:\n    def periodic(self, data, context): 1 / 0\n    __repr__ = lambda s: 'H'")
        site.install("demo", ("usage", f"{module}:Hook"))

        tick(PeriodicHooks(registry.point("usage")))

        assert messages() == [f"Exception running usage periodic-hook: H ({module}:Hook, demo 1.0)"]

    def test_a_hook_point_logs_to_its_registry(self, registry, caplog):
        """
        What the hooks of a hook point do is logged to that registry's logger.
        """
        caplog.set_level(logging.DEBUG)
        registry.register("usage", Noting())
        PeriodicHooks(registry.point("usage")).tick()

        assert [(record.name, record.getMessage()) for record in caplog.records] == [
            (registry.log.name, "Running usage periodic-hook: <noting>")
        ]

    def test_a_fatal_exception_is_a_hooks_error_like_others(self, registry, tick):
        """
        A FatalHookException stops nothing, not even where the registry raises what hooks raise.
        """
        after = Noting()
        strict = hookkit.HookRegistry(registry.group, on_hook_error="raise")
        strict.register("point", Failing(FatalHookException("veto")))
        strict.register("point", after)

        runs = tick(PeriodicHooks(strict.point("point")))

        assert [type(run.exception) for run in runs] == [FatalHookException, type(None)]

    def test_more_than_exceptions_pass(self, tick):
        """
        A SystemExit of a hook is not swallowed, and the next tick is as any other.
        """
        hooks = [Failing(SystemExit(3)), Noting()]
        periodic = PeriodicHooks(hooks)
        with pytest.raises(SystemExit):
            tick(periodic)

        del hooks[0]
        assert len(tick(periodic)) == 1

    def test_a_hook_that_cannot_be_loaded(self, site, group, tick):
        """
        Where the registry raises for a hook that cannot be loaded, the tick does.
        """
        site.install("dist", ("point", "no_such_module_at_all:Hook"))
        strict = hookkit.HookRegistry(group, on_load_error="raise")

        with pytest.raises(HookLoadError):
            tick(PeriodicHooks(strict.point("point")))

    def test_runs_unpack(self):
        """
        A PeriodicRun is a small record that unpacks.
        """
        hook, value, exception = PeriodicRun("hook", 1, None)

        assert (hook, value, exception) == ("hook", 1, None)

    def test_repr(self, registry):
        """
        The repr says whose hooks run how often.
        """
        assert repr(PeriodicHooks([])) == "<PeriodicHooks 'periodic' of 'driver hooks', every 300.0 s>"
        assert repr(PeriodicHooks(registry.point("p"), group="nova")) == "<PeriodicHooks 'p' of 'nova', every 300.0 s>"
