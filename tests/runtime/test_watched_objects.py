"""
Recording the hook methods of an object, without any host.
"""

import asyncio
import inspect
from unittest import mock

import pytest

import hookkit
from hookkit import HookBase, MisuseError, Recorder, Replace, add_hooks
from hookkit.testing import error, periodic, post, pre
from runtime.recorded import Api, AuditHook, QuotaHook

ENABLED = {
    "enable_pre_hooks": True,
    "enable_post_hooks": True,
    "enable_periodic_hooks": True,
}


class Driver(HookBase):
    """
    A driver hook that does what it is told.
    """

    fails = None

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        if self.fails:
            raise self.fails
        return {"seen": func_name}

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        driver_action_results["audited"] = True

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        return len(periodic_hook_data)


class AsyncDriver(Driver):
    """
    The same with a coroutine function.
    """

    async def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        await asyncio.sleep(0)
        return func_name


class Manager:
    """
    A host with driver hooks.
    """

    def __init__(self, *hooks):
        self.hooks = hooks

    @add_hooks
    def create_share(self, context, share_id):
        return {}


@pytest.fixture
def recorder():
    """
    A recorder that records.
    """
    with Recorder() as recorder:
        yield recorder


def watched(recorder, **options):
    """
    Give a driver hook that is watched.
    """
    return recorder.watch(Driver({**ENABLED, **options}, "alpha"))


class TestDriverHooks:
    def test_a_driver_hook_that_is_called_directly_is_recorded(self, recorder):
        """
        Each call is an event of the function that the hook is told, with its arguments and what came of it.
        """
        hook = watched(recorder)
        data = hook.execute_pre_hook("ctx", "create_share", share_id=1)
        result = {"id": 1}
        hook.execute_post_hook("ctx", "create_share", data, result, share_id=1)
        assert recorder.events == [
            pre("create_share", hook=Driver).with_args("ctx", "create_share", share_id=1).returning(data),
            post("create_share", hook=hook)
            .result({"id": 1})
            .with_arguments(context="ctx", pre_hook_data={"seen": "create_share"}, share_id=1)
            .changing("driver_action_results['audited']", True),
        ]
        assert [call.group for call in recorder.calls] == ["driver hooks"] * 2
        assert recorder.calls[0].function_path == "hookkit.drivers:HookBase.execute_pre_hook"

    def test_one_call_is_one_event(self, recorder):
        """
        The method that the base class calls in turn is no event of its own.
        """
        watched(recorder).execute_pre_hook("ctx", "create_share")
        assert len(recorder.events) == len(recorder.calls) == 1

    def test_the_inner_method_is_recorded_when_it_is_called_itself(self, recorder):
        """
        Tests call ``_execute_pre_hook`` too, by position or by keyword.
        """
        hook = watched(recorder)
        hook._execute_pre_hook("ctx", "create_share")
        hook._execute_post_hook(context="ctx", func_name="x", pre_hook_data=None, driver_action_results={"a": 1})
        hook._execute_periodic_hook("ctx", [1, 2])
        assert recorder.events == [
            pre("create_share").returning({"seen": "create_share"}),
            post("x").result({"a": 1}),
            periodic("periodic").returning(2),
        ]

    def test_a_phase_that_is_off_is_no_event(self, recorder):
        """
        A hook that would not have run has not run.
        """
        hook = recorder.watch(Driver(None, "alpha"))
        assert hook.execute_pre_hook("ctx", "create_share") is None
        assert hook.execute_periodic_hook("ctx", []) is None
        assert not recorder.events

    def test_an_exception_reaches_the_caller(self, recorder):
        """
        What the hook raises is recorded, and raised.
        """
        hook = watched(recorder)
        hook.fails = KeyError("owner")
        with pytest.raises(KeyError) as caught:
            hook.execute_pre_hook("ctx", "create_share")
        assert caught.value is hook.fails
        assert recorder.events == [pre("create_share").raising(KeyError)]
        assert recorder.calls[0].raised is hook.fails
        assert not recorder.swallowed

    def test_a_suppressed_exception_is_told(self, recorder):
        """
        What the hook's own option keeps back is recorded as suppressed, and is what the caller gets.
        """
        hook = watched(recorder, suppress_pre_hooks_errors=True)
        hook.fails = KeyError("owner")
        assert hook.execute_pre_hook("ctx", "create_share") is hook.fails
        (event,) = recorder.events
        assert (event.raised, event.suppressed, event.returned) == (hook.fails, True, None)

    def test_without_a_name_of_a_function_it_is_the_class(self, recorder):
        """
        A hook that is not told what it runs for is recorded under its own name.
        """
        watched(recorder).execute_pre_hook("ctx")
        assert recorder.events == [pre("Driver")]

    def test_coroutines_are_over_when_they_were_awaited(self, recorder):
        """
        A coroutine function's event has what it returned in the end.
        """
        hook = recorder.watch(AsyncDriver(ENABLED, "alpha"))

        async def main():
            return [await hook.execute_pre_hook("ctx", "one"), await hook._execute_pre_hook("ctx", "two")]

        assert asyncio.run(main()) == ["one", "two"]
        assert recorder.events == [pre("one").returning("one"), pre("two").returning("two")]

    def test_a_host_and_the_object_make_one_event(self, recorder):
        """
        What a host runs is recorded once, as the host's call.
        """
        hook = watched(recorder)
        Manager(hook).create_share("ctx", 1)
        assert [event.phase for event in recorder.events] == ["pre", "body", "post"]
        assert len(recorder.calls) == 1


class TestNamedHooks:
    def test_a_named_hook_that_is_called_directly_is_recorded(self, recorder):
        """
        The result that a ``post`` is given is no argument, and its parameters have their names.
        """
        hook = recorder.watch(AuditHook(), "create")
        metadata = {}
        hook.pre("api", "ctx", "vm-1", metadata=metadata)
        hook.post(42, "api", "ctx", "vm-1", metadata)
        assert recorder.events == [
            pre("create", hook=hook).with_args("api", "ctx", "vm-1", metadata={}).changing("metadata['audited']", True),
            post("create", hook=AuditHook)
            .result(42)
            .with_args("api", "ctx", "vm-1", {"audited": True})
            .with_arguments(name="vm-1"),
        ]
        assert [call.group for call in recorder.calls] == ["watched hooks"] * 2

    def test_the_point_is_the_class_unless_it_is_said(self, recorder):
        """
        Without a point the events bear the name of the class.
        """
        recorder.watch(AuditHook()).post(42, "api", "ctx", "vm-1")
        assert recorder.outline() == "AuditHook('api', 'ctx', 'vm-1') -> None\n  post  AuditHook"

    def test_a_result_is_replaced(self, recorder):
        """
        The caller gets what the hook returned; the event has the new value.
        """
        hook = recorder.watch(QuotaHook())
        assert hook.post(21) == Replace(42)
        assert recorder.events == [post("QuotaHook").result(21).returning(42)]
        assert recorder.events[0].replaced

    def test_all_phases_are_recorded(self, recorder):
        """
        An ``error`` has its exception, a ``periodic`` its data.
        """

        class Hook:
            def error(self, exc, context):
                return None

            def periodic(self, data, context):
                return data

        hook = recorder.watch(Hook(), "create")
        failure = OSError("no")
        hook.error(exc=failure, context="ctx")
        hook.periodic([1], "ctx")
        assert recorder.events == [
            error("create").with_args(context="ctx"),
            periodic("create").with_arguments(data=[1]).returning([1]),
        ]
        assert recorder.events[0].error is failure

    def test_the_function_that_is_passed_is_no_argument(self, recorder):
        """
        With ``pass_function`` the first argument is the undecorated function.
        """

        class Hook:
            def pre(self, *args):
                return None

            def post(self, f, rv, *args):
                return None

        hook = recorder.watch(Hook(), "create", pass_function=True)
        hook.pre(len, "ctx")
        hook.post(len, 42, "ctx")
        assert recorder.events == [pre("create").with_args("ctx"), post("create").with_args("ctx").result(42)]
        assert [event.passed_function for event in recorder.events] == [len, len]

    def test_a_call_with_too_few_arguments_fails_as_it_would(self, recorder):
        """
        What the method does not accept is its own error, and recorded.
        """
        hook = recorder.watch(AuditHook(), pass_function=True)
        with pytest.raises(TypeError) as caught:
            hook.post()
        assert str(caught.value).startswith("AuditHook.post() missing 4 required positional arguments")
        assert recorder.events == [post("AuditHook").raising(TypeError)]

    def test_a_method_without_signature_is_recorded(self, recorder):
        """
        Where no signature can be had, arguments go by position.
        """

        class Odd:
            __signature__ = "none"

            def __call__(self, rv, context):
                return None

        class Hook:
            def __init__(self):
                self.post = Odd()

        hook = Hook()
        odd = hook.post
        recorder.watch(hook, "create").post(42, "ctx")
        assert recorder.events == [post("create").result(42).with_args("ctx")]
        recorder.__exit__(None, None, None)
        assert hook.post is odd

    def test_async_hooks_are_recorded(self, recorder):
        """
        A coroutine function stays one, and is over when it was awaited.
        """

        class Hook:
            async def pre(self, context):
                await asyncio.sleep(0)
                return context

        hook = recorder.watch(Hook(), "create")
        assert inspect.iscoroutinefunction(hook.pre)
        assert asyncio.run(hook.pre("ctx")) == "ctx"
        assert recorder.events == [pre("create").returning("ctx")]

    def test_what_the_method_calls_is_nested(self, recorder):
        """
        A host's call from within a watched method stands under it.
        """
        api = Api(AuditHook)

        class Hook:
            def pre(self):
                api.create("ctx", "inner")

        recorder.watch(Hook()).pre()
        outer, inner = recorder.calls
        assert (outer.point, inner.parent) == ("Hook", outer)

    def test_a_host_and_the_object_make_one_event(self, recorder):
        """
        What a hook point runs is recorded once, whether the object was attached before or afterwards.
        """
        hook = AuditHook()
        for api in (Api(hook), Api(recorder.watch(hook))):
            api.create("ctx", "vm-1")
        assert [event.phase for event in recorder.events] == ["pre", "body", "post"] * 2

    def test_async_hooks_at_a_host_make_one_event(self, recorder):
        """
        The same for coroutine functions.
        """

        class Hook:
            async def pre(self, name):
                return None

        registry = hookkit.HookRegistry("recorded")
        registry.register("fetch", recorder.watch(Hook()))

        @registry.add_hook("fetch")
        async def fetch(name):
            return name

        assert asyncio.run(fetch("a")) == "a"
        assert [event.phase for event in recorder.events] == ["pre", "body"]

    def test_other_recorders_nest_past_it(self):
        """
        For a recorder that does not watch the object, what it calls belongs to the host's call around it.
        """
        inner = Api(AuditHook)

        class Calls:
            def pre(self, *args):
                inner.create("ctx", "inner")

        class Outer:
            def pre(self, *args):
                hook.pre()

        with Recorder() as other, Recorder() as recorder:
            hook = recorder.watch(Calls())
            Api(Outer).create("ctx", "outer")
        assert [call.parent and call.parent.seq for call in recorder.calls] == [None, 1, 2]
        assert [call.parent and call.parent.seq for call in other.calls] == [None, 1]

    def test_a_mock_is_recorded(self, recorder):
        """
        A mock hears its calls as ever.
        """
        hook = mock.Mock(spec=["pre"])
        recorder.watch(hook, "create").pre("ctx")
        assert recorder.events == [pre("create").with_args("ctx")]
        recorder.__exit__(None, None, None)
        hook.pre.assert_called_once_with("ctx")


class TestUndoing:
    def test_the_object_is_as_it_was_after_the_recording(self):
        """
        Nothing is recorded and nothing left when the block has ended.
        """
        hook = AuditHook()
        with Recorder() as recorder:
            assert recorder.watch(hook) is hook
            assert vars(hook)
        hook.pre("api", "ctx", "vm-1")
        assert not vars(hook)
        assert not recorder.events

    def test_it_says_what_the_method_says(self, recorder):
        """
        The stand-in has the name and the signature of the method.
        """
        hook = AuditHook()
        signature = inspect.signature(hook.pre)
        assert inspect.signature(recorder.watch(hook).pre) == signature
        assert hook.pre.__name__ == "pre"

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first", "last"])
    def test_several_recorders_may_watch_it(self, order):
        """
        Each records, and whichever ends first the object is as it was in the end.
        """
        recorders = [Recorder(), Recorder()]
        hook = AuditHook()
        for recorder in recorders:
            recorder.__enter__()
            recorder.watch(hook)
        hook.pre("api", "ctx", "vm-1")
        recorders[order[0]].__exit__(None, None, None)
        hook.pre("api", "ctx", "vm-2")
        recorders[order[1]].__exit__(None, None, None)
        hook.pre("api", "ctx", "vm-3")
        assert not vars(hook)
        assert [len(recorders[index].events) for index in order] == [1, 2]

    def test_three_recorders_end_in_any_order(self):
        """
        The one in the middle may end first, and the last one still finds what was there at first.
        """
        hook = AuditHook()
        recorders = [Recorder() for _ in range(3)]
        for recorder in recorders:
            recorder.__enter__()
            recorder.watch(hook)
        for index in (1, 2, 0):
            recorders[index].__exit__(None, None, None)
        assert not vars(hook)


class TestRefusals:
    def test_a_recorder_that_does_not_record_watches_nothing(self):
        """
        The message says where to call it.
        """
        with pytest.raises(MisuseError) as caught:
            Recorder().watch(AuditHook())
        assert str(caught.value) == "This Recorder is not recording. Call watch() inside its with block."

    def test_a_class_is_refused(self, recorder):
        """
        The message says that it takes an object.
        """
        with pytest.raises(MisuseError) as caught:
            recorder.watch(AuditHook)
        assert str(caught.value) == (
            "watch() takes an object with hook methods, got the class <class 'runtime.recorded.AuditHook'>. "
            "Make an object of it first."
        )

    def test_what_has_no_hook_method_is_refused(self, recorder):
        """
        The message lists the methods, and asks for one that may have been meant.
        """

        class Misspelt:
            def Pre(self):  # noqa: N802 - the mistake that it is about
                ...

            def __repr__(self):
                return "<hook>"

        with pytest.raises(MisuseError) as caught:
            recorder.watch(Misspelt())
        assert str(caught.value) == (
            "<hook> has none of the methods pre, post, error, periodic, execute_pre_hook, execute_post_hook and "
            "execute_periodic_hook, so there is nothing to watch. Did you mean 'pre'?"
        )

    def test_what_takes_no_methods_is_refused(self, recorder):
        """
        An object with slots, and one whose class decides what its methods are, stay as they are.
        """

        class Slots:
            __slots__ = ()

            def pre(self): ...

            def __repr__(self):
                return "<hook>"

        class Fixed:
            pre = property(lambda self: lambda: None, lambda self, value: None)

            def __repr__(self):
                return "<hook>"

        fixed = Fixed()
        for hook in (Slots(), fixed):
            with pytest.raises(MisuseError) as caught:
                recorder.watch(hook)
            assert str(caught.value) == (
                "<hook> cannot be watched: its class does not let an object have methods of its own, as one with "
                "__slots__. Attach it to a hook point, whose calls are recorded anyway."
            )
        assert not vars(fixed)
