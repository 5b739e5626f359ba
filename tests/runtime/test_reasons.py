"""
What a failure says of why an event is missing.
"""

from contextlib import suppress

import pytest

from hookkit import FatalHookException, HookBase, HookLoadError, HookRegistry, Recorder, load_recording
from hookkit.recording import RecordingWriter
from hookkit.testing import FakeEntryPoints, HookHost, body, error, explain, post, pre

ENABLED = {"enable_pre_hooks": True, "enable_post_hooks": True}


class OnlyPre:
    """
    Has a ``pre`` alone.
    """

    def pre(self):
        pass


class OnlyError:
    """
    Has an ``error`` alone.
    """

    def error(self, exc):
        """
        Do nothing.
        """


class AsyncHook:
    """
    A hook of coroutine functions.
    """

    async def pre(self):
        """
        Do nothing.
        """


class Veto:
    """
    Stops what it is asked about.
    """

    def pre(self):
        raise FatalHookException("not on Sundays")


class Driver(HookBase):
    """
    A driver hook that does nothing.
    """

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        pass

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        pass

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        """
        Do nothing.
        """


def recorded(*hooks, **options):
    """
    Record a call of a hook point at which *hooks* are registered; give its function, too, which else is forgotten.
    """
    registry = HookRegistry("reasons.hooks", **options)
    for hook in hooks:
        registry.register("order", hook)
    order = registry.add_hook("order")(lambda: 42)
    with Recorder() as recorder, suppress(FatalHookException):
        order()
    return recorder, registry, order


def second_line(recorder, pattern):
    """
    Give the second line of the failure for a *pattern* that nothing fits.
    """
    with pytest.raises(AssertionError) as caught:
        recorder.assert_contains([pattern])
    return str(caught.value).splitlines()[1].removeprefix("  no event is like it").removeprefix("; ")


class TestHooks:
    @pytest.mark.parametrize(
        ("hooks", "pattern", "reason"),
        [
            ([OnlyPre], post("order"), "OnlyPre has no method 'post'"),
            ([OnlyError], pre("order"), "OnlyError has no method 'pre'"),
            ([OnlyPre, OnlyError], post("order"), "OnlyPre, OnlyError have no method 'post'"),
            ([AsyncHook], pre("order"), "AsyncHook is async, which order is not"),
            ([Veto], body("order"), "order raised FatalHookException: not on Sundays"),
            ([], pre("order"), "no hook was loaded at 'order'"),
        ],
    )
    def test_what_the_hooks_lack_is_told(self, hooks, pattern, reason):
        """
        The reason is what the hooks that are there lack, or what was raised.
        """
        recorder, _, order = recorded(*hooks)
        assert second_line(recorder, pattern) == reason, order

    def test_a_hook_that_came_later_is_no_reason(self):
        """
        Nothing is said of a hook that was registered after the call.
        """
        recorder, registry, order = recorded(OnlyError)
        registry.register("order", OnlyPre)
        assert second_line(recorder, pre("order")) == "", order

    def test_the_function_may_be_gone(self):
        """
        Hooks of a stand-in that the test did not keep are known all the same.
        """
        with FakeEntryPoints() as fakes, Recorder() as recorder:
            fakes.add("gone.hooks", "order", OnlyError)
            HookHost("gone.hooks").point("order", "()")()
            assert second_line(recorder, pre("order")) == "OnlyError has no method 'pre'"

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({}, "'no_such:Hook' could not be loaded: the log says why"),
            ({"enabled": lambda entry_point: True}, "no hook was loaded at 'order'"),
        ],
    )
    def test_a_hook_that_cannot_be_loaded_is_named(self, options, reason):
        """
        An entry point of the right name was there; only the ``enabled`` of a registry may have kept it away.
        """
        with FakeEntryPoints() as fakes:
            fakes.add("reasons.hooks", "order", "no_such:Hook")
            recorder, _, order = recorded(**options)
            assert second_line(recorder, pre("order")) == reason, order

    def test_a_hook_that_must_load_is_named(self):
        """
        The registry may raise what keeps a hook from loading; the reason does not.
        """
        registry = HookRegistry("reasons.hooks", on_load_error="raise")
        order = registry.add_hook("order")(lambda: 42)
        with FakeEntryPoints() as fakes, Recorder() as recorder:
            order()
            fakes.add("reasons.hooks", "order", "no_such:Hook")
            with pytest.raises(HookLoadError):
                order()
            assert second_line(recorder, pre("order")) == "'no_such:Hook' could not be loaded: the log says why"

    def test_of_a_recording_nothing_is_known(self, tmp_path):
        """
        The hooks of this process are not those of the process that was recorded.
        """
        registry = HookRegistry("reasons.hooks")
        registry.register("order", OnlyPre)
        order = registry.add_hook("order")(lambda: 42)
        with RecordingWriter(tmp_path / "calls.jsonl") as writer, Recorder(writer=writer):
            order()
        events = load_recording(tmp_path / "calls.jsonl").events
        assert explain([pre("order"), body("order"), post("order")], events).splitlines()[:3] == [
            "event 3 of 3 is missing: post order",
            "  nothing more was recorded",
            "",
        ]


class TestDriverHooks:
    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_a_phase_that_is_switched_off(self, phase):
        """
        Where no driver hook ran its pre or post, the option is asked for that switches it on.
        """
        manager = HookHost().manager("manila", hooks=[Driver], config={**ENABLED, f"enable_{phase}_hooks": False})
        with Recorder() as recorder:
            manager.extend_share("ctx", "share-1", 5, None)
        pattern = {"pre": pre, "post": post}[phase]("extend_share")
        assert second_line(recorder, pattern) == f"no hook ran there: is its enable_{phase}_hooks on?"

    def test_driver_hooks_have_no_error(self):
        """
        No option would let an ``error`` run.
        """
        manager = HookHost().manager("manila", hooks=[Driver], config=ENABLED)
        manager.raises["extend_share"] = KeyError("share")
        with Recorder() as recorder, pytest.raises(KeyError):
            manager.extend_share("ctx", "share-1", 5, None)
        assert second_line(recorder, error("extend_share")) == ""
