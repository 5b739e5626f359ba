"""
`hookkit.replay`: other hooks, other hosts, and mistakes.
"""

import asyncio
from contextlib import suppress
from unittest.mock import ANY

import pytest

from hookkit import (
    HookBase,
    HookRegistry,
    PeriodicHooks,
    Recorder,
    Replace,
    add_hooks,
    load_recording,
    replay,
)
from hookkit.discovery import EntryPoint
from hookkit.exceptions import HookLoadError, InvalidValueError, MisuseError, RecordingError
from hookkit.recording import RecordingWriter
from hookkit.testing import error, periodic, post, pre
from runtime.replayed import Audit, Context, record, told


class TestOtherHook:
    class Silent:
        """
        A hook that was not recorded.
        """

        def pre(self, context, name, metadata):
            metadata["silent"] = context.user

        def post(self, rv, context, name, metadata):
            assert metadata["silent"] == "alice"
            if name == "broken":
                raise KeyError(name)

        def error(self, exc, context, name, metadata):
            return str(exc)

    def test_it_is_given_all_calls(self, recording):
        """
        A hook of which nothing was recorded is given all calls whose function ran; what it raises is told.
        """
        replayed = replay(recording, self.Silent)

        assert (replayed.was_recorded, replayed.calls) == (False, 4)
        assert [event.phase for event in replayed] == ["pre", "post", "pre", "post", "pre", "post", "pre", "error"]
        assert told(replayed) == ["post create (event 9): raised: recorded nothing, replayed KeyError: 'broken'"]
        assert replayed[-1] == error("create").returning("fails")

    def test_without_some_methods(self, recording):
        """
        It is called for what it has methods for.
        """

        class Only:
            def post(self, rv, context, name, metadata):
                pass

        assert replay(recording, Only) == [post("create").result(ANY)] * 3

    def test_a_function_that_hooks_are_given(self, recording):
        """
        With pass_function=True the methods are given a stand-in that does what the function did.
        """
        seen = []

        class Takes:
            def post(self, function, rv, context, name, metadata):
                seen.append((function.__name__, function() == rv))

            def error(self, function, exc, context, name, metadata):
                with pytest.raises(ValueError):
                    function(1, a=2)
                seen.append(function.__module__)

        class Early:
            def pre(self, function, *args, **kwargs):
                seen.append(function())

        replay(recording, Takes, pass_function=True)
        replay(recording, Early, pass_function=True)

        assert seen == [("create", True)] * 3 + ["runtime.replayed"] + [None] * 4

    @pytest.fixture
    def passing(self, tmp_path):
        """
        Record calls of a hook point that passes the function to hooks, and of one that does not.
        """
        registry = HookRegistry("a.hooks")
        for point in ("create", "delete"):
            registry.register(point, self.Tells)
        functions = [registry.add_hook("create", pass_function=True)(abs), registry.add_hook("delete")(abs)]
        with RecordingWriter(tmp_path / "p.jsonl") as writer, Recorder(writer=writer):
            for function in functions:
                function(-2)
        return tmp_path / "p.jsonl"

    class Tells:
        """
        A hook that tells what it was given.
        """

        def pre(self, *args):
            return [getattr(arg, "__name__", arg) for arg in args]

    @pytest.mark.parametrize("read", [str, load_recording], ids=["file", "memory"])
    def test_a_function_that_hooks_were_given(self, passing, read):
        """
        The methods are given the function where they were when it was recorded, unless it is said otherwise.
        """
        recording = read(passing)

        assert [event.returned for event in replay(recording, self.Tells)] == [["abs", -2], [-2]]
        assert replay(recording, self.Tells).differences == ()
        assert [event.returned for event in replay(recording, self.Tells, pass_function=False)] == [[-2], [-2]]
        assert [event.returned for event in replay(recording, self.Tells, pass_function=True)] == [["abs", -2]] * 2

    def test_a_function_that_other_hooks_were_given(self, passing):
        """
        A hook that was not recorded is given the function where others were.
        """

        class Other(self.Tells): ...

        points = ("create", "delete")
        replayed = [replay(passing, Other, point=point)[0].returned for point in points]

        assert replayed == [["abs", -2], [-2]]

    @pytest.fixture
    def several(self, tmp_path):
        """
        Record calls of three hook points, of which two have one name.
        """
        registries = {"a": HookRegistry("a.hooks"), "b": HookRegistry("b.hooks")}
        points = [("a", "create"), ("a", "delete"), ("b", "create")]
        functions = [registries[name].add_hook(point)(lambda number: number) for name, point in points]
        with RecordingWriter(tmp_path / "s.jsonl") as writer, Recorder(writer=writer):
            for number, function in enumerate(functions):
                function(number)
        return tmp_path / "s.jsonl"

    class Any:
        """
        A hook for any hook point.
        """

        def pre(self, number):
            pass

    def test_the_point_is_asked_for(self, several):
        """
        Which hook point is meant is said by name, by group, or by an entry point.
        """
        entry_point = EntryPoint("b.hooks", "create", f"{__name__}:TestOtherHook.Any")

        assert replay(several, self.Any, point="delete") == [pre("delete")]
        assert replay(several, self.Any, point="create", group="b.hooks") == [pre("create").with_args(2)]
        assert replay(several, self.Any, group="b.hooks") == [pre("create").with_args(2)]
        assert replay(several, entry_point) == [pre("create").with_args(2)]

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            (
                {},
                (
                    "Which calls is '{}' to be given? Recording '{}' has nothing of it, and calls of several hook "
                    "points: "
                    "'create' of 'a.hooks' (1), 'delete' of 'a.hooks' (1), 'create' of 'b.hooks' (1). "
                    "Name one of them with point=, on the command line with --point."
                ),
            ),
            (
                {"point": "create"},
                (
                    "Which calls is '{}' to be given? Recording '{}' has nothing of it, and calls of several hook "
                    "points: "
                    "'create' of 'a.hooks' (1), 'create' of 'b.hooks' (1). "
                    "Name one of them with group=, on the command line with --group."
                ),
            ),
            (
                {"point": "creat"},
                (
                    "Recording '{1}' has no calls of 'creat'. Did you mean 'create'? "
                    "It has 'create' of 'a.hooks' (1), 'delete' of 'a.hooks' (1), 'create' of 'b.hooks' (1)."
                ),
            ),
            (
                {"group": "c.hook", "point": "create"},
                (
                    "Recording '{1}' has no calls of 'create' of 'c.hook'. Did you mean 'create'? "
                    "It has 'create' of 'a.hooks' (1), 'delete' of 'a.hooks' (1), 'create' of 'b.hooks' (1)."
                ),
            ),
            (
                {"group": "a.hook"},
                (
                    "Recording '{1}' has no calls of 'a.hook'. Did you mean 'a.hooks'? "
                    "It has 'create' of 'a.hooks' (1), 'delete' of 'a.hooks' (1), 'create' of 'b.hooks' (1)."
                ),
            ),
        ],
        ids=["nothing", "point", "misspelt", "neither", "group"],
    )
    def test_it_has_to_be_clear_which_calls_are_meant(self, several, asked, message):
        """
        If it is not, the hook points that there are are listed.
        """
        with pytest.raises(InvalidValueError) as caught:
            replay(several, self.Any, **asked)

        assert str(caught.value) == message.format(f"{__name__}:TestOtherHook.Any", several)

    def test_no_calls_at_all(self, tmp_path):
        """
        A recording without calls cannot be replayed.
        """
        path = record(tmp_path / "r.jsonl", None, [])

        with pytest.raises(InvalidValueError) as caught:
            replay(path, Audit)

        assert str(caught.value) == (
            f"Recording {str(path)!r} has no calls that could be replayed. "
            "Record the host while it calls functions that have hook points, with a hook or without one."
        )


class TestOtherHosts:
    def test_async_hooks(self, tmp_path):
        """
        What asynchronous methods give is awaited, all in one event loop.
        """
        loops = []

        class Waits:
            async def pre(self, name):
                loops.append(asyncio.get_running_loop())
                await asyncio.sleep(0)
                raise KeyError(name)

            async def post(self, rv, name):
                loops.append(asyncio.get_running_loop())
                return Replace(name)

        registry = HookRegistry("shop.hooks")
        registry.register("order", Waits)

        @registry.add_hook("order")
        async def order(name):
            return 1

        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            asyncio.run(order("a"))
        loops.clear()
        replayed = replay(tmp_path / "r.jsonl", Waits)

        assert told(replayed) == []
        assert replayed == [pre("order").raising(KeyError), post("order").returning("a")]
        assert len(set(loops)) == 1

        async def inside():
            replay(tmp_path / "r.jsonl", Waits)

        with pytest.raises(MisuseError) as caught:
            asyncio.run(inside())
        assert str(caught.value) == (
            "replay() runs async hooks in an event loop of its own, and one is running here already. "
            "Call it as await asyncio.to_thread(hookkit.replay, recording, hook)."
        )

    def test_periodic_hooks(self, tmp_path):
        """
        Periodic hooks are given what the provider gave.
        """

        class Counts:
            def periodic(self, data, context):
                if data == 2:
                    raise KeyError(data)
                return data

        class Other:
            def periodic(self, data, context):
                return [data, context]

        numbers = iter([1, 2, 3])
        schedule = PeriodicHooks([Counts()], data=lambda context: next(numbers))
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            for _ in range(3):
                schedule.tick("ctx")
        replayed = replay(tmp_path / "r.jsonl", Counts)

        assert told(replayed) == []
        assert replayed.swallowed == [periodic().raising(KeyError)]
        assert replay(tmp_path / "r.jsonl", Other) == [
            periodic(hook=Other).returning([number, "ctx"]) for number in (1, 2, 3)
        ]
        assert len(replay(tmp_path / "r.jsonl", TestOtherHook.Silent)) == 0

    class Shares(HookBase):
        """
        A driver hook.
        """

        def _execute_pre_hook(self, context, func_name, *args, **kwargs):
            if kwargs.get("size") == 13:
                raise ValueError("unlucky")
            return {"name": func_name, "context": type(context).__name__, "kwargs": kwargs, "args": args}

        def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
            if isinstance(pre_hook_data, dict) and kwargs.get("size") == 7:
                return Replace([pre_hook_data["name"], driver_action_results])
            return None

        def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
            return periodic_hook_data

    def shares(self, path, config, kind):
        """
        Record calls of a host with driver hooks.
        """

        class Manager:
            def __init__(self):
                self.hooks = [kind(config, "host")]

            @add_hooks
            def extend(self, context, size, *more, **options):
                return size

            @add_hooks
            def shrink(self, size):
                return size

        manager = Manager()
        with RecordingWriter(path) as writer, Recorder(writer=writer):
            manager.extend("ctx", 7, reason="more")
            manager.extend("ctx", 8, "a", "b")
            manager.shrink(size=9)
            Manager.shrink(self=manager, size=9)
            with suppress(ValueError):
                manager.extend(context="ctx", size=13)
            PeriodicHooks(manager.hooks, data=lambda context: 5).tick("ctx")
        return path

    @pytest.mark.parametrize("suppress", [True, False])
    def test_driver_hooks(self, tmp_path, suppress):
        """
        Driver hooks are given the context and the arguments as by their host; what pre gave goes to post.
        """
        config = {f"enable_{phase}_hooks": True for phase in ("pre", "post", "periodic")}
        config["suppress_pre_hooks_errors"] = suppress
        path = self.shares(tmp_path / "r.jsonl", config, self.Shares)
        replayed = replay(path, self.Shares)

        assert told(replayed) == []
        assert len(replayed) == (11 if suppress else 10)
        assert replayed[1] == post("extend").returning(["extend", 7])
        assert replayed[3].arguments["context"] == "ctx"
        assert replayed[2].returned["args"] == ("a", "b")
        assert replayed[4].returned == {"name": "shrink", "context": "AdminContext", "kwargs": {"size": 9}, "args": ()}
        assert replayed.filter(phase="pre")[-1].suppressed is suppress

    def test_the_configuration_of_a_driver_hook(self, tmp_path):
        """
        The phases that were recorded are enabled, unless a configuration says otherwise.
        """
        path = self.shares(tmp_path / "r.jsonl", {"enable_post_hooks": True}, self.Shares)

        assert {event.phase for event in replay(path, self.Shares)} == {"post"}
        replayed = replay(path, self.Shares, configuration={"enable_post_hooks": False})
        assert told(replayed)[0] == "post extend (event 2): not called: post hooks are not enabled in its configuration"
        assert {event.phase for event in replay(path, self.Shares, configuration={"enable_pre_hooks": True})} == {
            "pre",
            "post",
        }

    def test_another_driver_hook(self, tmp_path):
        """
        A driver hook that was not recorded is given the calls of all functions that run driver hooks, and the ticks.
        """

        class Other(self.Shares):
            pass

        config = {f"enable_{phase}_hooks": True for phase in ("pre", "post", "periodic")}
        path = self.shares(tmp_path / "r.jsonl", config, self.Shares)
        registry = HookRegistry("shop.hooks")
        replayed = replay(path, Other)

        assert {event.point for event in replayed} == {"extend", "shrink", "periodic"}
        assert replay(path, Other, point="shrink") == [pre("shrink"), post("shrink")] * 2
        assert replay(path, Other(config, "host"), point="periodic") == [periodic().returning(5)]
        del registry

    def test_hooks_that_were_watched_by_themselves(self, tmp_path):
        """
        What a recorder noted of a hook without a host is replayed like the rest.
        """
        config = {f"enable_{phase}_hooks": True for phase in ("pre", "post", "periodic")}
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer) as recorder:
            hook = recorder.watch(Audit())
            hook.pre(Context("alice"), "x", metadata={})
            hook.post([1], Context("alice"), "new", {"a": 1})
            driver = recorder.watch(self.Shares(config, "host"))
            driver.execute_pre_hook("ctx", "extend", size=7)
            driver.execute_post_hook("ctx", "extend", {"name": "x"}, 5, size=7)
            driver.execute_periodic_hook("ctx", 3)
        replayed = replay(tmp_path / "r.jsonl", Audit)

        assert told(replayed) == []
        assert replayed == [pre("Audit"), post("Audit").returning([1, "new"])]
        assert told(replay(tmp_path / "r.jsonl", self.Shares)) == []


class TestMistakes:
    @pytest.mark.parametrize(
        ("hook", "message"),
        [
            ("no.such:Hook", "Cannot load hook 'no.such:Hook': there is no module 'no'. {how}"),
            ("json.Hook", "Cannot load hook 'json.Hook': there is no module 'json.Hook'. {how}"),
            ("json:Hook", "Cannot load hook 'json:Hook': module 'json' has no attribute 'Hook'. {how}"),
            ("a b", "Cannot load hook 'a b': 'a b' is not a reference. Write it as 'package.module:attribute'. {how}"),
            (lambda: 1 / 0, "Cannot make hook {hook!r}: it raised ZeroDivisionError: division by zero."),
            (
                3,
                (
                    "3 is no hook: it is not a class, it has none of the methods pre, post, error and periodic, and it "
                    "cannot be called to make one."
                ),
            ),
        ],
        ids=["module", "dots", "attribute", "reference", "factory", "object"],
    )
    def test_a_hook_that_cannot_be_had(self, recording, hook, message):
        """
        A hook that cannot be imported or made is told.
        """
        with pytest.raises(HookLoadError) as caught:
            replay(recording, hook)

        assert str(caught.value) == message.format(hook=hook, how="Write it as 'package.module:Class'.")

    def test_a_class_that_cannot_be_made(self, recording):
        """
        What a class raises when it is called is told; what is wrong with a hook's methods stays as it is said.
        """

        class Needs:
            def __init__(self, queue): ...

        class Empty:
            pass

        with pytest.raises(HookLoadError, match=r"it raised TypeError: .*missing 1 required positional argument"):
            replay(recording, Needs)
        with pytest.raises(HookLoadError, match="has none of the methods pre, post, error and periodic"):
            replay(recording, Empty)

    def test_a_configuration_for_nobody(self, recording):
        """
        A configuration that no driver hook is given is a mistake.
        """
        with pytest.raises(MisuseError) as caught:
            replay(recording, Audit, configuration={})

        assert str(caught.value) == (
            f"replay() got configuration= for {Audit!r}, which is no class of driver hooks. Leave it out."
        )

    def test_what_is_no_recording(self, tmp_path):
        """
        What cannot be read is told.
        """
        with pytest.raises(RecordingError):
            replay(tmp_path / "no.jsonl", Audit)
        with pytest.raises(MisuseError) as caught:
            replay(3, Audit)
        assert str(caught.value) == "replay() got 3. Give a recording, or the path of one."

    def test_a_wrong_limit(self, recording):
        """
        The limit is a number of events.
        """
        with pytest.raises(InvalidValueError, match="limit is -1; it must be a number of events"):
            replay(recording, Audit, limit=-1)
