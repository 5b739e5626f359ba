"""
Tests for `hookkit._fast_calls` and `hookkit._fast_code`: fast calls are what the plain loop gives.
"""

import itertools
import logging
import sys
from functools import partial
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import FatalHookException, HookRegistry, MisuseError, _fast_code
from hookkit._fast_calls import Plan, ask, remembered_levels
from hookkit._functions import HookedFunction
from runtime.fake_hooks import Doing, Noting
from runtime.interpreters import needs_shared_code
from runtime.test_laws import bodies, made_hook, method, outcome_of, plain_notes, policies, several_hooks

COUNT = itertools.count()

shapes = st.tuples(
    st.integers(min_value=0, max_value=9),  # more than fast code has parameters, too
    st.lists(st.sampled_from(["name", "self", "plan", "class"]), unique=True, max_size=3),
)

EVENTS = (None, "register", "reset", "observe", "recurse", "debug")
"""
What a hook may bring about in the course of its own call.
"""


class TestAgreement:
    @settings(max_examples=30)
    @given(
        several_hooks,
        bodies,
        policies,
        st.booleans(),
        st.lists(shapes, min_size=1, max_size=4),
    )
    def test_fast_and_plain_agree(self, plans, body_plan, policy, pass_function, calls):
        """
        Fast code gives the results, exceptions and calls that the plain loop gives, whatever comes in their course.
        """
        for event in EVENTS:
            runs = [
                self.run(plans, body_plan, calls, event, is_shared=is_shared, on=policy, pass_function=pass_function)
                for is_shared in (False, True)
            ]

            assert runs[0] == runs[1]

    def run(self, plans, body_plan, calls, event, *, is_shared, on, pass_function):
        """
        Call a hooked function again and again; give all that happened.
        """
        notes, outcomes = [], []
        registry = HookRegistry(f"test.fast{next(COUNT)}", on_hook_error=on)
        registry.log.disabled = True
        for number, plan in enumerate(plans):
            registry.register("point", made_hook(notes.append, number, plan))
        function = method(notes.append, "host", "body", body_plan)
        with mock.patch.object(_fast_code, "CAN_SHARE", is_shared):
            hooked = registry.add_hook("point", pass_function)(function)
        if event:
            registry.register("point", Doing(pre=self.deed(registry, event, hooked, notes)))
        for positional, keywords in calls:
            given = dict.fromkeys(keywords, "value")
            outcomes.extend(outcome_of(hooked, *range(positional), **given) for _ in range(3))
        made = [(name, phase, [x for x in given if x is not function], kw) for name, phase, given, kw in notes]
        return outcomes, plain_notes(made)

    def deed(self, registry, event, call, notes):
        """
        Make a pre that changes something in the course of its call, once or each second time.
        """
        other, times, undos = Noting("other", notes), itertools.count(), [lambda: None]

        def pre(*args, **kwargs):
            is_on = next(times) % 2 == 0
            if event == "recurse":
                notes.append(("inner", "outcome", [outcome_of(call)] if is_on else [], {}))
            elif event == "observe":
                undos.append(registry.observe(after=lambda told: notes.append(("observer", told.phase, [], {}))))
                undos.pop(0)()
            elif event == "debug":
                registry.log.setLevel(logging.DEBUG if is_on else logging.ERROR)
            else:
                change = registry.register if is_on else registry.unregister
                change("point", other)
                if event == "reset":
                    registry.reset()

        return pre


class TestLogging:
    @pytest.mark.parametrize("is_disabled", [False, True])
    def test_debug_that_comes_later(self, registry, caplog, is_disabled):
        """
        Methods are announced from the call on that comes after the level was set, and not after it was set back.
        """
        registry.register("point", Noting("a", []))
        hooked = registry.add_hook("point")(lambda name: name)
        registry.log.disabled = is_disabled
        for _ in range(2):
            for _ in range(4):
                hooked("vm")
            assert caplog.messages == []
            with caplog.at_level(logging.DEBUG, logger=registry.log.name):
                registry.log.disabled = is_disabled
                hooked("vm")
            shown = ["Running point pre-hook: <hook a>", "Running point post-hook: <hook a>"]
            assert caplog.messages == ([] if is_disabled else shown)
            caplog.clear()

    def test_a_logger_of_another_kind_is_asked(self):
        """
        What a logger with a way of its own remembers is not relied on.
        """

        class Other(logging.Logger):
            def isEnabledFor(self, level):  # noqa: N802 - logging's name
                return super().isEnabledFor(level)

        patched, without = logging.Logger("patched"), logging.Logger("without")  # noqa: LOG001 - nobody is to have them
        patched.isEnabledFor = Other("other").isEnabledFor
        del without._cache
        for log in (patched, without, Other("other")):
            levels = remembered_levels(log)
            if log is not without:
                ask(log)
            assert (levels, levels.is_quiet) == ({}, False)

    def test_what_a_logger_remembers(self):
        """
        A logger's memory tells whether methods are to be announced, once it was asked and until its level changes.
        """
        log = logging.getLogger(f"test.levels{next(COUNT)}")
        levels = remembered_levels(log)
        assert remembered_levels(log) is levels is log._cache

        told = [levels.is_quiet]
        for level in (logging.INFO, logging.DEBUG, logging.ERROR):
            log.setLevel(level)
            told.append(levels.is_quiet)
            log.isEnabledFor(logging.INFO)
            told.append(levels.is_quiet)
            ask(log)
            told.append(levels.is_quiet)

        assert told == [False, *(False, False, True), *(False, False, False), *(False, False, True)]

    @pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
    def test_a_disabled_logger(self, level):
        """
        What is remembered of a disabled logger holds when it is disabled no more.
        """
        log = logging.getLogger(f"test.levels{next(COUNT)}")
        log.setLevel(level)
        log.disabled = True

        assert not ask(log)
        assert remembered_levels(log).is_quiet is (level > logging.DEBUG)
        log.disabled = False
        assert log.isEnabledFor(logging.DEBUG) is ask(log) is (level == logging.DEBUG)

    def test_a_level_that_changes_while_it_is_asked_for(self, monkeypatch):
        """
        What a signal handler changes while a logger finds out its level is not lost.
        """
        log = logging.getLogger(f"test.levels{next(COUNT)}")
        log.setLevel(logging.INFO)
        effective_level, times = log.getEffectiveLevel, itertools.count()

        def told():
            level = effective_level()
            if next(times) == 1:  # the first one is to tell whether it is enabled
                log.setLevel(logging.DEBUG)
            return level

        ask(log)
        log.setLevel(logging.ERROR)
        monkeypatch.setattr(log, "getEffectiveLevel", told)
        ask(log)

        assert not remembered_levels(log).is_quiet


def refused(*args):
    """
    Stand for what nobody may ask of an object.
    """
    raise AssertionError(args)  # pragma: no cover - nobody asks


class Untouchable:
    """
    What nobody may ask anything.
    """

    __getattribute__ = __eq__ = __bool__ = refused
    __hash__ = None


class TestArguments:
    @pytest.mark.parametrize("count", range(9))
    def test_more_than_expected(self, registry, count):
        """
        Arguments for which fast code has no parameters, or those of its own steps, come through untouched.
        """
        registry.register("point", Doing(pre=lambda *args: None, post=lambda rv, *args: None))
        hooked = registry.add_hook("point")(lambda *args: args)
        for _ in range(3):
            hooked("expected")
        given = tuple(Untouchable() for _ in range(count))

        assert [*map(id, hooked(*given))] == [*map(id, given)]

    def test_what_stands_in_the_plan(self, registry):
        """
        The undecorated function and the methods of hooks are arguments like others.
        """
        hook = Noting("hook", [])
        registry.register("point", hook)
        hooked = registry.add_hook("point")(lambda *args: args)
        for _ in range(3):
            hooked("expected")
        things = (hooked, hooked.__wrapped__, hook.pre, hook.post, registry.log)
        for count in range(1, 5):
            for passed in itertools.product(things, repeat=count):
                assert hooked(*passed) == passed


class TestWhatIsLeft:
    """
    After a hook raised, the rest of the call is the plain loop's.
    """

    @needs_shared_code
    def test_the_host_raises_after_a_hook_did(self, registry):
        """
        What the function raises after a hook's exception was swallowed shows nothing of that, and one frame of ours.
        """

        def function():
            raise KeyError

        registry.register("point", Doing(pre=lambda: 1 / 0))
        hooked = registry.add_hook("point")(function)
        for _ in range(3):
            with pytest.raises(KeyError) as caught:
                hooked()
            assert [entry.name for entry in caught.traceback] == [
                "test_the_host_raises_after_a_hook_did",
                "hooked",
                "function",
            ]
            assert caught.value.__context__ is None

    @needs_shared_code
    @pytest.mark.parametrize("failing", [(True,), (False, True)])
    def test_a_post_vetoes(self, registry, failing):
        """
        The exception of a post that goes out, alone or after one that was swallowed, has one frame of ours.
        """
        for is_fatal in failing:
            registry.register("point", Doing(post=partial(self.raising, is_fatal)))
        hooked = registry.add_hook("point")(lambda: "result")
        for _ in range(3):
            with pytest.raises(FatalHookException) as caught:
                hooked()
            assert [entry.name for entry in caught.traceback] == ["test_a_post_vetoes", "hooked", "raising"]
            assert caught.value.__context__ is None

    def raising(self, is_fatal, result):
        """
        Raise what is fatal, or is not.
        """
        raise FatalHookException if is_fatal else ValueError

    @needs_shared_code
    def test_what_comes_up_between_the_steps_goes_out(self, registry):
        """
        An exception that is no hook's, as one that a signal handler raises, is not taken for one.
        """
        hooked = registry.add_hook("point")(lambda: None)
        registry.register("point", Doing(pre=lambda: None))
        hooked()
        function = hooked.__hookkit_function__
        plan = Plan(function, function.hooks)
        try:
            raise KeyError
        except KeyError:
            assert plan.failed((), {}) is None


class TestCoroutines:
    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_one_that_nobody_awaits(self, registry, caplog, phase):
        """
        A coroutine that a plain method returns is refused in fast code, too.
        """

        async def coroutine_function():
            """
            Be never awaited.
            """

        registry.register("point", Doing(**{phase: lambda *args: coroutine_function()}))
        hooked = registry.add_hook("point")(lambda: "result")
        for _ in range(4):
            caplog.clear()
            assert hooked() == "result"
            assert isinstance(caplog.records[-1].exc_info[1], MisuseError)


class Frozen(Exception):  # noqa: N818 - it is none of ours
    """
    An exception that cannot be changed.
    """

    def __setattr__(self, name, value):
        raise TypeError(name)  # pragma: no cover - nobody tries


class TestExceptions:
    @needs_shared_code
    def test_an_error_method_ends_the_process(self, registry):
        """
        What comes out of an error method has one frame of ours, in fast code as before.
        """
        registry.register("point", Doing(error=lambda exc: sys.exit()))
        hooked = registry.add_hook("point")(lambda: 1 / 0)
        for _ in range(3):
            with pytest.raises(SystemExit) as caught:
                hooked()
            names = [entry.name for entry in caught.traceback]
            assert names[:2] == ["test_an_error_method_ends_the_process", "hooked"]
            assert not {"failed", "_failed", "run_errors"} & {*names}

    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_the_log_raises(self, registry, phase):
        """
        What a filter of the log raises goes out, and error methods hear of it if the function has not run.
        """
        told = []

        def fail(*args):
            raise KeyError

        registry.log.addFilter(lambda record: 1 / 0)
        registry.register("point", Doing(**{phase: fail, "error": lambda exc: told.append(type(exc))}))
        hooked = registry.add_hook("point")(lambda: None)
        for count in range(1, 4):
            with pytest.raises(ZeroDivisionError):
                hooked()
            assert told == ([ZeroDivisionError] * count if phase == "pre" else [])

    def test_one_that_cannot_be_changed(self, registry):
        """
        An exception that refuses to be changed comes through.
        """

        def function():
            raise Frozen

        registry.register("point", Doing(pre=lambda: None))
        hooked = registry.add_hook("point")(function)
        for _ in range(3):
            with pytest.raises(Frozen):
                hooked()

    def test_a_call_that_does_not_fit(self, registry):
        """
        The message for arguments that the function does not take names it in full.
        """

        def function(name):
            """
            Be never run.
            """

        function.__qualname__ = "Host.create"
        registry.register("point", Doing(pre=lambda *args: None))
        hooked = registry.add_hook("point")(function)
        for _ in range(3):
            with pytest.raises(TypeError, match=r"^Host\.create\(\) missing 1 required positional argument: 'name'$"):
                hooked()


class Key(str):
    """
    The name of an argument that does something whenever it is hashed.
    """

    __slots__ = ("deeds",)

    def __hash__(self):
        while self.deeds:
            self.deeds.pop()()
        return super().__hash__()


class TestInterruptions:
    """
    Signal handlers and destructors may change what is being changed; here it is whatever can be patched.
    """

    @needs_shared_code
    def test_while_fast_code_is_put_in_place(self, registry, monkeypatch):
        """
        A hook that goes while fast code for it is put in place does not run any more.
        """
        notes, install = [], HookedFunction._install
        hook = Noting("hook", notes)
        registry.register("point", hook)
        hooked = registry.add_hook("point")(lambda: "result")

        def installing(*args):
            monkeypatch.undo()
            registry.unregister("point", hook)
            install(*args)

        hooked()
        monkeypatch.setattr(HookedFunction, "_install", installing)
        hooked()
        notes.clear()
        hooked()

        assert notes == []

    def test_while_it_is_found_that_there_are_no_hooks(self, registry, monkeypatch):
        """
        A hook that comes while it is found out that there are none does run.
        """
        notes, publish = [], HookedFunction.publish
        hooked = registry.add_hook("point")(lambda: "result")

        def publishing(*args):
            monkeypatch.undo()
            registry.register("point", Noting("hook", notes))
            publish(*args)

        monkeypatch.setattr(HookedFunction, "publish", publishing)
        hooked()
        hooked()

        assert [note[:2] for note in notes] == [("hook", "pre"), ("hook", "post")]

    def test_while_a_call_begins(self, registry):
        """
        A call that had begun with fast code when that was withdrawn is that of the host.
        """
        hook = Doing(pre=lambda *args, **kwargs: None)
        registry.register("point", hook)
        hooked = registry.add_hook("point")(lambda *args, **kwargs: (args, kwargs))
        for _ in range(3):
            hooked(1, name=2)
        key = Key("name")
        key.deeds = []
        given = {key: 3}
        key.deeds.append(lambda: registry.unregister("point", hook))

        assert hooked(1, **given) == ((1,), {"name": 3})

    def test_while_a_text_is_compiled(self):
        """
        What is compiled while the same is being compiled is the one that counts.
        """
        key, inner = f"test {next(COUNT)}", []

        def make():
            if not inner:
                inner.append(None)
                inner.append(_fast_code.template(key, 0, make, is_fast=True))
            return "\ndef hooked():\n    pass\n"

        made = _fast_code.template(key, 0, make, is_fast=True)

        assert made is inner[1] is _fast_code.template(key, 0, make, is_fast=True)


class TestTexts:
    def test_very_many_arguments(self, registry):
        """
        Calls with more arguments than are worth a text give the same as others.
        """
        registry.register("point", Doing(pre=lambda *args: None))
        hooked = registry.add_hook("point")(lambda *args: args)
        before = len(_fast_code._templates)
        for _ in range(3):
            assert hooked(*range(1000)) == tuple(range(1000))

        assert len(_fast_code._templates) == before

    def test_one_is_compiled_once(self, registry):
        """
        Functions with as many hooks and calls of the same shape share a text, whatever their keywords are called.
        """
        registry.register("point", Doing(pre=lambda **keywords: None))
        first, second = (registry.add_hook("point")(lambda **keywords: keywords) for _ in range(2))
        for _ in range(3):
            first(first_keyword=1)
        before = len(_fast_code._templates)
        for _ in range(3):
            assert second(second_keyword=1) == {"second_keyword": 1}

        assert len(_fast_code._templates) == before
        assert first.__code__.co_code == second.__code__.co_code
