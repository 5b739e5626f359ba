"""
Tests for watching driver hooks.
"""

import asyncio

import pytest

from hookkit import (
    Replace,
    add_hooks,
    observe,
)
from hookkit._hooks import AttachedHook
from runtime.fake_drivers import ENABLED, AsyncFailingHook, AsyncHook, FailingHook, Hook, Manager


@pytest.fixture
def log():
    """
    Give a list that several hooks write to.
    """
    return []


@pytest.fixture
def watching():
    """
    Watch, and give what was seen: (moment, phase or point, what is of interest there).
    """
    seen = []
    undo = observe(
        lambda event: seen.append(("before", event.phase, event)),
        lambda event: seen.append(("after", event.phase, event)),
        finished=lambda call: seen.append(("finished", call.point, call)),
    )
    yield seen
    undo()


def events(seen, moment="after"):
    return [fact for when, _, fact in seen if when == moment]


class TestWatching:
    def test_a_call_and_its_events_are_seen(self, watching):
        """
        Each phase of each hook and the body is an event, in the order in which they run.
        """
        hook = Hook()
        manager = Manager(hook)
        result = manager.extend_share("ctx", share_id="s1")
        call = watching[-1][2]
        assert [seen[:2] for seen in watching] == [
            ("before", "pre"),
            ("after", "pre"),
            ("before", "body"),
            ("after", "body"),
            ("before", "post"),
            ("after", "post"),
            ("finished", "extend_share"),
        ]
        assert (call.group, call.point, call.function) == (
            "driver hooks",
            "extend_share",
            Manager.extend_share.__wrapped__,
        )
        assert (call.args, call.kwargs, call.result) == ((manager, "ctx"), {"share_id": "s1"}, result)
        assert call.arguments == {"self": manager, "context": "ctx", "share_id": "s1"}
        pre, body, post = events(watching)
        assert (pre.hook.obj, pre.hook.class_path, pre.returned) == (hook, "runtime.fake_drivers:Hook", "data of hook")
        assert (body.hook, body.returned) == (None, result)
        assert (post.hook.obj, post.result, post.returned) == (hook, result, None)

    def test_the_result_is_known_before_post_runs(self):
        """
        Whoever watches the beginning of a post event sees what it is given.
        """
        results = []
        undo = observe(lambda event: results.append((event.phase, event.result)))
        Manager(Hook()).extend_share("ctx", "s1")
        undo()
        assert results == [("pre", None), ("body", None), ("post", {"share": "s1"})]

    def test_a_disabled_phase_is_no_event(self, watching):
        """
        What does not run is not seen.
        """
        Manager(Hook({"enable_post_hooks": True}), Hook(None)).extend_share("ctx", "s1")
        assert [event.phase for event in events(watching)] == ["body", "post"]

    def test_a_hook_without_switches_is_seen(self, watching):
        """
        Any object with one of the methods is a hook whose phase is an event; what it lacks is none.
        """

        class PreOnly:
            def execute_pre_hook(self, **kwargs):
                return "data"

        class PostOnly:
            def execute_post_hook(self, **kwargs):
                return "ignored"

        assert Manager(PreOnly(), PostOnly()).extend_share("ctx", "s1") == {"share": "s1"}
        assert [event.phase for event in events(watching)] == ["pre", "body", "post"]

    def test_a_suppressed_error_is_seen_as_one(self, watching):
        """
        The event has the exception and says that the hook's own option kept it back.
        """
        config = {"enable_pre_hooks": True, "enable_post_hooks": True, "suppress_pre_hooks_errors": True}
        with pytest.raises(KeyError, match="post"):
            Manager(FailingHook(config)).extend_share("ctx", "s1")
        pre, _, post = events(watching)
        assert (repr(pre.raised), pre.returned, pre.suppressed, pre.swallowed) == ("KeyError('pre')", None, True, False)
        assert (repr(post.raised), post.suppressed, post.swallowed) == ("KeyError('post')", False, False)
        assert watching[-1][2].raised is post.raised

    def test_an_exception_that_was_never_raised_is_data(self, watching):
        """
        A hook may return one, and one that it replaces the result with is a result.
        """

        class Returning(Hook):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                return KeyError("made")

            def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
                try:
                    raise pre_hook_data
                except KeyError as exc:
                    return Replace(exc)

        hook = Returning(ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True})
        result = Manager(hook).extend_share("ctx", "s1")
        pre, _, post = events(watching)
        assert (pre.returned, pre.raised, pre.suppressed) == (result, None, False)
        assert (post.returned, post.replaced, post.raised, post.suppressed) == (result, True, None, False)

    @pytest.mark.parametrize("hook_class", [Hook, AsyncHook], ids=["sync", "async"])
    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_an_exception_that_the_hook_caught_is_data(self, watching, hook_class, phase):
        """
        An exception that a hook has caught itself and returns is its data, whatever its options suppress.
        """

        def catch(self, *args, **kwargs):
            try:
                raise KeyError("caught")
            except KeyError as exc:
                return exc

        async def acatch(self, *args, **kwargs):
            return catch(self)

        name = f"_execute_{phase}_hook"
        catching = type("Catching", (hook_class,), {name: acatch if hook_class is AsyncHook else catch})
        config = ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True}
        asyncio.run(Manager(catching(config)).migrate("ctx", "s1"))
        (event,) = [event for event in events(watching) if event.phase == phase]
        assert (repr(event.returned), event.raised, event.suppressed) == ("KeyError('caught')", None, False)

    def test_a_suppressed_error_of_a_coroutine_is_seen_as_one(self, watching):
        """
        What a hook raises when it is awaited is told in the same way.
        """
        config = ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True}
        assert asyncio.run(Manager(AsyncFailingHook(config)).migrate("ctx", "s1")) == "migrated"
        pre, _, post = events(watching)
        assert (repr(pre.raised), pre.returned, pre.suppressed) == ("KeyError('pre')", None, True)
        assert (repr(post.raised), post.returned, post.suppressed) == ("KeyError('post')", None, True)

    def test_a_suppressed_error_that_post_returns_is_data(self, watching):
        """
        Where post gives back what pre had raised, only pre's event is an error.
        """

        class Returning(FailingHook):
            def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
                return pre_hook_data

        config = ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True}
        Manager(Returning(config)).extend_share("ctx", "s1")
        pre, _, post = events(watching)
        assert (pre.suppressed, post.suppressed, post.raised) == (True, False, None)
        assert post.returned is pre.raised

    def test_a_suppressed_error_of_manilas_base_is_seen_as_one(self, watching):
        """
        A hook class of Manila's, which catches the exception in its own execute_pre_hook, is told in the same way.
        """

        class ManilaHook:
            suppress_pre_hooks_errors = True

            def execute_pre_hook(self, context=None, func_name=None, *args, **kwargs):
                try:
                    return self._execute_pre_hook(context, func_name, *args, **kwargs)
                except Exception as exc:
                    return exc

            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                raise KeyError("pre")

        Manager(ManilaHook()).extend_share("ctx", "s1")
        pre, _ = events(watching)
        assert (repr(pre.raised), pre.returned, pre.suppressed) == ("KeyError('pre')", None, True)

    @pytest.mark.parametrize("group", [None, "manila driver hooks"])
    def test_an_observer_that_raises_is_logged_for_drivers(self, caplog, group):
        """
        It is logged where all else of driver hooks is, whatever host they belong to.
        """

        def broken(call):
            raise RuntimeError("from the observer")

        @add_hooks(group=group)
        def create(self):
            return 42

        undo = observe(finished=broken)
        assert create(Manager()) == 42
        undo()
        assert [(record.name, record.getMessage()) for record in caplog.records] == [
            (
                "hookkit.drivers",
                (
                    f"Observer {broken!r} raised on <HookCall create of {group or 'driver hooks'}>; "
                    "it hears no more of this call."
                ),
            )
        ]

    def test_a_group_can_be_told(self, watching):
        """
        ``group=`` is what watchers are told, and nothing else changes.
        """

        @add_hooks(group="manila driver hooks")
        def create(self):
            return 42

        assert create(Manager()) == 42
        call = watching[-1][2]
        assert (call.group, call.point, call.result) == ("manila driver hooks", "create", 42)

    def test_a_coroutine_function_is_seen_when_it_is_over(self, watching):
        """
        Events end when what was returned has been awaited.
        """
        assert asyncio.run(Manager(AsyncHook()).migrate("ctx", "s1")) == "migrated, replaced with data of hook"
        assert [(event.phase, event.returned, event.replaced) for event in events(watching)] == [
            ("pre", "data of hook", False),
            ("body", "migrated", False),
            ("post", "migrated, replaced with data of hook", True),
        ]

    def test_calls_within_calls_know_their_parent(self, watching):
        """
        What a hooked function calls belongs to it.
        """

        @add_hooks
        def create(self):
            return self.extend_share("ctx", "s1")

        create(Manager())
        inner, outer = events(watching, "finished")
        assert (inner.point, inner.parent, outer.parent) == ("extend_share", outer, None)

    def test_a_wrong_call_is_seen_to_fail(self, watching):
        """
        The body raises the host's TypeError, and no hook runs.
        """
        with pytest.raises(TypeError):
            Manager(Hook()).extend_share()
        assert [(event.phase, type(event.raised)) for event in events(watching)] == [("body", TypeError)]

    def test_watching_changes_nothing(self, log, watching):
        """
        A phase that the hook switches on or off under way runs as if nobody watched.
        """

        class Switching(Hook):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                self.post_hooks_enabled = not self.post_hooks_enabled
                return "switched"

        Manager(Switching({"enable_pre_hooks": True}, log=log)).extend_share("ctx", "s1")
        assert [event.phase for event in events(watching)] == ["pre", "body", "post"]
        assert [entry[:2] for entry in log] == [("hook", "post")]
        watching.clear()
        Manager(Switching(ENABLED, log=log)).extend_share("ctx", "s1")
        assert [event.phase for event in events(watching)] == ["pre", "body"]
        assert len(log) == 1

    def test_a_driver_hook_is_attached_with_its_methods(self):
        """
        What watchers see of a hook are its own methods, whether it is async, and no entry point.
        """
        hook = Hook()
        attached = AttachedHook.for_driver(hook)
        assert (attached.pre, attached.post, attached.periodic) == (
            hook.execute_pre_hook,
            hook.execute_post_hook,
            hook.execute_periodic_hook,
        )
        assert (attached.error, attached.is_async, attached.entry_point) == (None, False, None)
        assert AttachedHook.for_driver(AsyncHook()).is_async
