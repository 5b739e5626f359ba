"""
Tests for `hookkit._fast_calls` and `hookkit._fast_code`: fast calls are what the plain loop gives.
"""

import itertools
import logging
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, MisuseError, _fast_code
from hookkit._fast_calls import remembered_levels
from runtime.fake_hooks import Doing, Noting
from runtime.test_laws import bodies, made_hook, method, outcome_of, plain_notes, policies, several_hooks

COUNT = itertools.count()

shapes = st.tuples(
    st.integers(min_value=0, max_value=3),
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

        usual, patched = logging.Logger("usual"), logging.Logger("patched")  # noqa: LOG001 - nobody else is to have them
        patched.isEnabledFor = Other("other").isEnabledFor
        for log in (usual, patched, Other("other")):
            log.isEnabledFor(10)

        assert remembered_levels(usual) == {10: True}
        assert remembered_levels(patched) == remembered_levels(Other("other")) == {}


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


class TestTexts:
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
