"""
Tests for `hookkit._points`: which hooks a hook point has, when they are loaded, and in which order they stand.
"""

import asyncio
import functools
import gc
import logging
import subprocess
import sys
import threading
import traceback
import weakref
from types import SimpleNamespace

import pytest

from hookkit import HookLoadError, HookRegistry, InvalidValueError, get_registry
from hookkit._points import Turn
from runtime.fake_hooks import Awaited, BrokenStrError, Doing, Methodless, Noting

WAIT_S = 10


def body(*args):
    """
    Be a function.
    """
    return "result"


def in_threads(*functions):
    """
    Run functions at the same time, each in a thread of its own; give what they returned.
    """
    barrier = threading.Barrier(len(functions))
    results = [None] * len(functions)

    def run(index, function):
        barrier.wait(WAIT_S)
        results[index] = function()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert not any(thread.is_alive() for thread in threads)
    return results


def counting(made, **phases):
    """
    Give a class of hooks that notes in *made* when one is made.
    """

    class Counted(Doing):
        def __init__(self):
            made.append(self)
            super().__init__(**({"pre": body} | phases))

    return Counted


class TestLoading:
    def test_decorating_loads_nothing(self, tmp_path):
        """
        Decorating a function imports neither hooks nor what finds them; the first call does, without the library.
        """
        info = tmp_path / "demo-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[lazy.hooks]\npoint = lazy_hook:Hook\n")
        (tmp_path / "lazy_hook.py").write_text("class Hook:\n    def pre(self):\n        print('pre')\n")
        script = (
            f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
            "import hookkit\n"
            "hooked = hookkit.add_hook('point', group='lazy.hooks')(lambda: None)\n"
            "names = {'importlib.metadata', 'importlib_metadata', 'lazy_hook', 'hookkit.discovery'}\n"
            "print(sorted(names & sys.modules.keys()))\n"
            "hooked()\n"
            "print(sorted(names & sys.modules.keys() - {'importlib.metadata'}))\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

        assert done.stderr == ""
        assert done.stdout.splitlines() == [
            "[]",
            "pre",
            "['hookkit.discovery', 'lazy_hook']",
        ]

    def test_hooks_are_made_once(self, registry, site):
        """
        A hook is made at the first call, and never again, however many functions share the point.
        """
        made = []
        site.install("demo", ("point", counting(made)))
        first, second = registry.add_hook("point")(body), registry.add_hook("point")(body)
        assert made == []

        for _ in range(3):
            first()
            second()

        assert len(made) == 1

    def test_only_the_hooks_of_that_name(self, registry, site):
        """
        The first call makes the hooks that bear the point's name, and no others.
        """
        made, others = [], []
        site.install("demo", ("point", counting(made)), ("other", counting(others)))

        registry.add_hook("point")(body)()

        assert (len(made), len(others)) == (1, 0)

    def test_is_loaded_says_so(self, registry):
        """
        A point is loaded from its first call on until it is reset.
        """
        point = registry.point("point")
        hooked = registry.add_hook("point")(body)
        states = [point.is_loaded]
        hooked()
        states.append(point.is_loaded)
        registry.reset()
        states.append(point.is_loaded)

        assert states == [False, True, False]

    def test_what_an_entry_point_names(self, registry, site):
        """
        A class is called, an object with a hook method is used as it is, and another callable is a factory.
        """
        made = []
        whole, product = Doing(pre=body), Doing(post=body)
        site.install("demo", ("point", counting(made)), ("point", whole), ("point", lambda: product))

        assert [hook.obj for hook in registry.point("point").hooks] == [made[0], whole, product]

    def test_knows_where_a_hook_came_from(self, registry, site):
        """
        A hook found through an entry point carries it.
        """
        site.install("Demo_Hooks", ("point", Doing(pre=body)), version="1.2")

        (hook,) = registry.point("point").hooks

        assert (hook.entry_point.name, hook.distribution, hook.version) == ("point", "Demo_Hooks", "1.2")


class TestThreads:
    def test_eight_first_calls_make_each_hook_once(self, registry, site):
        """
        Eight threads that make the first call at the same time make each hook once, and all of them run them all.
        """
        made, ran = [], []
        phases = {"pre": lambda: ran.append(threading.get_ident())}
        site.install("demo", *(("point", counting(made, **phases)) for _ in range(3)))
        hooked = registry.add_hook("point")(body)

        assert in_threads(*[hooked] * 8) == ["result"] * 8
        assert len(made) == 3
        assert len(ran) == 24

    def test_resets_among_calls(self, registry, site):
        """
        Resets between concurrent calls leave every call with exactly the hooks there are.
        """
        made, ran = [], []
        site.install("demo", ("point", counting(made, pre=lambda: ran.append(1))))
        hooked = registry.add_hook("point")(body)

        def calls():
            return [hooked() for _ in range(50)]

        def resets():
            for _ in range(50):
                registry.reset()

        in_threads(calls, resets, calls, resets, calls)

        assert len(ran) == 150
        hooked()
        assert registry.point("point").hooks[0].obj is made[-1]

    def test_two_points_that_need_each_other(self, registry, site):
        """
        Two threads whose hooks, while they are made, call each other's hooked functions both go on.
        """
        barrier = threading.Barrier(2)
        notes = []

        def making(name, other):
            def factory():
                barrier.wait(WAIT_S)
                hooked[other]()
                return Doing(pre=lambda: notes.append(name))

            return factory

        site.install("demo", ("left", making("left", "right")), ("right", making("right", "left")))
        hooked = {name: registry.add_hook(name)(body) for name in ("left", "right")}

        assert in_threads(hooked["left"], hooked["right"]) == ["result", "result"]

        notes.clear()
        hooked["left"]()
        hooked["right"]()
        assert notes == ["left", "right"]

    def test_points_load_at_the_same_time(self, registry, site):
        """
        Hooks of one point can be made while those of another are, each waiting for the other.
        """
        barrier = threading.Barrier(2)

        def factory():
            barrier.wait(WAIT_S)
            return Doing(pre=body)

        site.install("demo", ("left", factory), ("right", factory))

        results = in_threads(registry.add_hook("left")(body), registry.add_hook("right")(body))

        assert results == ["result", "result"]
        assert all(len(registry.point(name).hooks) == 1 for name in ("left", "right"))


class TestWhileLoading:
    def test_a_hook_module_that_calls_the_hooked_function(self, site):
        """
        A hook module that calls the hooked function while it is imported gets it without the hooks not there yet.
        """
        registry = get_registry(site.group)
        name = site.module(
            "from hookkit import get_registry\n"
            "class Hook:\n"
            "    def pre(self, notes):\n"
            "        notes.append('pre')\n"
            f"hooked = get_registry({site.group!r}).add_hook('point')(list.copy)\n"
            "at_import = hooked([1])\n"
            "notes = []\n"
            "get_registry"
            f"({site.group!r}).add_hook('point')(lambda notes: None)(notes)\n"
        )
        site.install("demo", ("point", f"{name}:Hook"))
        notes = []

        registry.add_hook("point")(body)(notes)

        module = sys.modules[name]
        assert (module.at_import, module.notes, notes) == ([1], [], ["pre"])
        module.hooked(notes)
        assert notes == ["pre", "pre"]

    def test_registered_hooks_run_then(self, registry, site):
        """
        A call from a hook's constructor runs the hooks that were registered by hand.
        """
        notes = []
        registry.register("point", Noting("by hand", notes))

        def factory():
            hooked()
            notes.append("made")
            return Doing(pre=lambda: notes.append("found"))

        site.install("demo", ("point", factory))
        hooked = registry.add_hook("point")(body)
        hooked()

        assert [note if isinstance(note, str) else note[1] for note in notes] == [
            "pre",
            "post",
            "made",
            "found",
            "pre",
            "post",
        ]

    def test_reset_while_loading(self, registry, site):
        """
        A reset that comes while hooks are made does not hold up that call, and the next call looks anew.
        """
        made = []

        class Resetting(Doing):
            def __init__(self):
                made.append(self)
                registry.reset()
                super().__init__(pre=body)

        site.install("demo", ("point", Resetting))
        hooked = registry.add_hook("point")(body)

        assert hooked() == hooked() == "result"
        assert len(made) == 2

    def test_register_while_loading(self, registry, site):
        """
        A hook that registers another one while it is made is made once, and both run from the next call on.
        """
        made, notes = [], []

        class Registering(Doing):
            def __init__(self):
                made.append(self)
                registry.register("point", Noting("by hand", notes))
                super().__init__(pre=lambda: notes.append("found"))

        site.install("demo", ("point", Registering))
        hooked = registry.add_hook("point")(body)

        hooked()
        assert notes == ["found", ("by hand", "pre", (), {}), ("by hand", "post", ("result",), {})]
        hooked()
        assert len(made) == 1

    def test_an_interrupted_wait_is_forgotten(self):
        """
        A thread that was interrupted while it waited for its turn waits for nothing any more.
        """
        turn, other = Turn(), Turn()
        turn._lock = SimpleNamespace(acquire=Doing.raiser(KeyboardInterrupt()))
        other.thread = threading.get_ident()
        with pytest.raises(KeyboardInterrupt):
            turn.begin()

        turn.thread = -1
        assert not other._waits_for(-1)

    def test_an_interrupted_load_is_done_again(self, registry, site):
        """
        A KeyboardInterrupt while a hook is made goes out, and the next call makes the hooks.
        """
        made = []

        def factory():
            made.append(1)
            if len(made) == 1:
                raise KeyboardInterrupt
            return Doing(pre=body)

        site.install("demo", ("point", factory))
        hooked = registry.add_hook("point")(body)
        with pytest.raises(KeyboardInterrupt):
            hooked()

        assert hooked() == "result"
        assert len(registry.point("point").hooks) == 1


class TestOrder:
    def test_by_order_then_distribution_then_place(self, registry, site):
        """
        Found hooks stand by their order, then their distribution's normalised name, then their place in its metadata.
        """
        hooks = {name: Noting(name, []) for name in ("z1", "z2", "b1", "a1")}
        hooks |= {"early": Noting("early", [], order=-1), "late": Noting("late", [], order=1)}
        site.install("Zeta", ("point", hooks["late"]), ("point", hooks["z1"]), ("point", hooks["z2"]))
        site.install("a_b", ("point", hooks["b1"]))
        site.install("A.A", ("point", hooks["a1"]), ("point", hooks["early"]))

        names = [hook.obj.name for hook in registry.point("point").hooks]

        assert names == ["early", "a1", "b1", "z1", "z2", "late"]

    def test_registered_hooks_come_last(self, registry, site):
        """
        Hooks registered by hand stand after those found, among themselves by order and then as they came.
        """
        site.install("demo", ("point", Noting("found", [], order=99)))
        for name, order in (("r1", 1), ("r2", 0), ("r3", -5), ("r4", 0)):
            registry.register("point", Noting(name, [], order=order))

        names = [hook.obj.name for hook in registry.point("point").hooks]

        assert names == ["found", "r3", "r2", "r4", "r1"]


class TestRegister:
    def test_adds_a_hook(self, registry):
        """
        A registered hook runs from the next call on, also if the function has been called.
        """
        notes = []
        hooked = registry.add_hook("point")(body)
        hooked()
        registry.register("point", Noting("a", notes))
        hooked()

        assert [note[1] for note in notes] == ["pre", "post"]

    @pytest.mark.parametrize("kind", ["class", "object", "factory"])
    def test_takes_what_an_entry_point_names(self, registry, kind):
        """
        A class, a hook or a factory can be registered, and taken away by what was given or by the hook made of it.
        """
        made = []
        counted = counting(made)
        target = {"class": counted, "object": Doing(pre=body), "factory": functools.partial(counted)}[kind]
        point = registry.point("point")

        registry.register("point", target)
        registry.unregister("point", target)
        registry.register("point", target)
        registry.unregister("point", point.hooks[0].obj)

        assert point.hooks == ()

    def test_twice_is_refused(self, registry):
        """
        Registering the same object at the same point again is an error that says what to do.
        """
        hook = Noting("a", [])
        registry.register("point", hook)
        registry.register("other", hook)

        with pytest.raises(InvalidValueError) as raised:
            registry.register("point", hook)

        assert str(raised.value) == "<hook a> is registered at 'point' already. Unregister it first."

    def test_no_hook_is_refused(self, registry):
        """
        What has no hook method is refused at once.
        """
        with pytest.raises(HookLoadError) as raised:
            registry.register("point", Methodless)

        assert str(raised.value) == (
            "<Methodless> has none of the methods pre, post, error and periodic, so it is no hook. "
            "Write at least one of them."
        )

    def test_does_not_load(self, registry, site):
        """
        Registering a hook does not load those that can be found.
        """
        made = []
        site.install("demo", ("point", counting(made)))
        registry.register("point", Noting("a", []))

        assert made == []


class TestUnregister:
    def test_takes_a_hook_away(self, registry):
        """
        A hook that was taken away runs no more.
        """
        notes = []
        hook = Noting("a", notes)
        registry.register("point", hook)
        hooked = registry.add_hook("point")(body)
        hooked()
        registry.unregister("point", hook)
        hooked()

        assert [note[1] for note in notes] == ["pre", "post"]

    def test_what_is_not_there_is_an_error(self, registry):
        """
        Taking away what was not registered is an error that lists what was.
        """
        registry.register("point", Noting("a", []))
        registry.register("point", Noting("b", []))

        with pytest.raises(InvalidValueError) as raised:
            registry.unregister("point", 42)

        assert str(raised.value) == ("42 is not registered at 'point'. Registered there by hand: <hook a>, <hook b>.")

    def test_nothing_is_there(self, registry):
        """
        If nothing was registered the error says so.
        """
        with pytest.raises(InvalidValueError) as raised:
            registry.unregister("point", 42)

        assert str(raised.value) == "42 is not registered at 'point'. Registered there by hand: none."


class TestReset:
    def test_forgets_what_was_found(self, registry, site):
        """
        After a reset the next call makes the hooks anew, and sees a hook that was installed later.
        """
        made = []
        site.install("demo", ("point", counting(made)))
        hooked = registry.add_hook("point")(body)
        hooked()
        site.install("later", ("point", counting(made)))
        hooked()
        assert len(made) == 1

        registry.reset()
        assert len(made) == 1
        hooked()
        assert len(made) == 3

    def test_keeps_what_was_registered(self, registry):
        """
        A reset leaves the hooks that were registered by hand, the same objects.
        """
        hook = Noting("a", [])
        registry.register("point", hook)
        registry.reset()

        assert [attached.obj for attached in registry.point("point").hooks] == [hook]


class TestLoadErrors:
    def install(self, site, target):
        """
        Install *target* between two good hooks and give the value of its entry point.
        """
        value = site.value(target)
        site.install("demo", ("point", Noting("first", [])), ("point", value), ("point", Noting("last", [])))
        return f"Cannot load entry point 'point = {value}' of group {site.group!r} (demo 1.0): "

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ("no_such_module:Hook", "there is no module 'no_such_module'."),
            ("string:NoSuch", "module 'string' has no attribute 'NoSuch'."),
            ("not a reference", "'not a reference' is not a reference. Write it as 'package.module:attribute'."),
            (
                Methodless,
                (
                    "<Methodless> has none of the methods pre, post, error and periodic, so it is no hook. "
                    "Write at least one of them."
                ),
            ),
            (
                42,
                (
                    "42 is no hook: it is not a class, it has none of the methods pre, post, error and periodic, "
                    "and it cannot be called to make one."
                ),
            ),
            (Doing.raiser(RuntimeError("not today")), "making the hook raised RuntimeError: not today."),
            (Doing.raiser(BrokenStrError()), "making the hook raised BrokenStrError: (its message cannot be read)."),
            (
                Doing(pre=body, order="first"),
                "<hook Doing> has order = 'first'. Make it a whole number; lower runs earlier.",
            ),
        ],
        ids=["module", "attribute", "reference", "methodless", "no hook", "constructor", "unreadable", "order"],
    )
    def test_is_logged_once_and_the_others_load(self, registry, site, messages, target, reason):
        """
        A hook that cannot be loaded is logged once, with entry point, distribution and reason; the others run.
        """
        start = self.install(site, target)
        hooked, another = registry.add_hook("point")(body), registry.add_hook("point")(body)

        assert hooked() == hooked() == another() == "result"
        assert messages() == [start + reason]
        assert [hook.obj.name for hook in registry.point("point").hooks] == ["first", "last"]

    def test_the_traceback_is_that_of_the_hooks_code(self, registry, site, caplog):
        """
        What a hook's own code raised is logged with its traceback.
        """
        exc = RuntimeError("not today")
        self.install(site, Doing.raiser(exc))
        registry.add_hook("point")(body)()

        assert caplog.records[0].exc_info[1] is exc
        assert caplog.records[0].name == f"hookkit.{registry.group}"

    @pytest.mark.parametrize(
        "target",
        [Methodless, "no_such_module:Hook", "string:NoSuch"],
        ids=["methodless", "module", "attribute"],
    )
    def test_a_reason_that_needs_no_traceback_has_none(self, registry, site, caplog, target):
        """
        A class without hook methods, or a slip in an entry point, is one log line without a traceback.
        """
        self.install(site, target)
        registry.add_hook("point")(body)()

        assert [record.exc_info for record in caplog.records] == [None]

    def test_what_the_hooks_module_cannot_import_has_its_traceback(self, registry, site, caplog):
        """
        A module that the hook's own module imports in vain is logged with the traceback that leads there.
        """
        name = site.module("import no_such_dependency")
        self.install(site, f"{name}:Hook")
        registry.add_hook("point")(body)()

        (record,) = caplog.records
        assert isinstance(record.exc_info[1], ModuleNotFoundError)
        assert traceback.extract_tb(record.exc_info[2])[-1].filename == str(site.path / f"{name}.py")

    def test_a_module_that_raises(self, registry, site, messages):
        """
        A hook module that raises when it is imported is logged with what it raised.
        """
        name = site.module("1 / 0")
        start = self.install(site, f"{name}:Hook")

        registry.add_hook("point")(body)()

        assert messages() == [f"{start}importing module {name!r} raised ZeroDivisionError: division by zero."]

    def test_a_malformed_line_elsewhere(self, registry, site, caplog):
        """
        A malformed line in another distribution's entry_points.txt is one warning; all hooks load.
        """
        site.install("demo", ("point", Noting("a", [])))
        site.write("broken", f"[{site.group}]\nthis is no entry point\nother = m:a")
        hooked = registry.add_hook("point")(body)

        assert hooked() == hooked() == "result"
        assert len(registry.point("point").hooks) == 1
        (record,) = [record for record in caplog.records if record.name.startswith("hookkit")]
        assert record.levelno == logging.WARNING
        assert record.getMessage() == (
            f"Line 2 of the entry_points.txt of distribution 'broken' ({site.path / 'broken-1.0.dist-info'}) "
            "is malformed: 'this is no entry point'. It is left out; write it as 'name = package.module:attribute'."
        )

    def test_raise_policy(self, site, messages):
        """
        Under on_load_error="raise" the call gets the HookLoadError, chained to what the hook raised.
        """
        registry = HookRegistry(site.group, on_load_error="raise")
        exc = RuntimeError("not today")
        start = self.install(site, Doing.raiser(exc))

        with pytest.raises(HookLoadError) as raised:
            registry.add_hook("point")(body)()

        assert str(raised.value) == f"{start}making the hook raised RuntimeError: not today."
        assert raised.value.__cause__ is exc
        assert raised.value.distribution == "demo"
        assert raised.value.entry_point.name == "point"
        assert messages() == []

    def test_raise_policy_raises_each_time(self, site):
        """
        Under on_load_error="raise" each call gets an error of its own until a reset, and no hook is made again.
        """
        registry = HookRegistry(site.group, on_load_error="raise")
        made = []
        site.install("demo", ("point", counting(made)), ("point", "no_such_module:Hook"))
        hooked = registry.add_hook("point")(body)
        errors = []
        for _ in range(3):
            with pytest.raises(HookLoadError) as raised:
                hooked()
            errors.append(raised.value)

        assert len(made) == 1
        assert len(set(map(id, errors))) == 3
        assert len({str(error) for error in errors}) == 1
        registry.reset()
        with pytest.raises(HookLoadError):
            hooked()
        assert len(made) == 2


class TestEnabled:
    def test_is_asked_before_anything_is_imported(self, site):
        """
        The predicate gets the entry point with its distribution; what it turns down is not imported.
        """
        name = site.module("raise SystemExit")
        asked = []
        registry = HookRegistry(
            site.group,
            enabled=lambda entry_point: asked.append(entry_point) or entry_point.distribution != "unwanted",
        )
        site.install("unwanted", ("point", f"{name}:Hook"))
        site.install("wanted", ("point", Noting("a", [])))

        assert [hook.distribution for hook in registry.point("point").hooks] == ["wanted"]
        assert [(entry_point.name, entry_point.distribution) for entry_point in asked] == [
            ("point", "unwanted"),
            ("point", "wanted"),
        ]
        assert name not in sys.modules

    def test_a_predicate_that_raises(self, site, messages):
        """
        A predicate that raises is a load error of that hook, which says who raised.
        """
        registry = HookRegistry(site.group, enabled=Doing.raiser(KeyError("no such option")))
        site.install("demo", ("point", "string:capwords"))

        assert registry.point("point").hooks == ()
        assert messages() == [
            (
                f"Cannot load entry point 'point = string:capwords' of group {site.group!r} (demo 1.0): "
                "asking the registry's enabled= about it raised KeyError: 'no such option'."
            )
        ]


async def coroutine_body(*args):
    """
    Be a coroutine function.
    """
    return "result"


class TestAsyncHooks:
    def refusal(self, registry, origin="registered by hand"):
        """
        Give the message that refuses an async hook at the function `body`.
        """
        return (
            f"Cannot run hook runtime.fake_hooks:Awaited ({origin}) at 'point' of group {registry.group!r}: "
            f"it is async, and {__name__}:body is no coroutine function. Make the hook's methods plain functions."
        )

    def test_is_refused_on_a_function(self, registry, messages):
        """
        An async hook does not run on a function, which is logged once; a coroutine function of that name keeps it.
        """
        notes = []
        registry.register("point", Awaited(Noting("async", notes)))
        registry.register("point", Noting("plain", notes))
        hooked, coroutine = registry.add_hook("point")(body), registry.add_hook("point")(coroutine_body)

        assert hooked() == hooked() == "result"
        assert [note[0] for note in notes] == ["plain"] * 4
        assert messages() == [self.refusal(registry)]

        notes.clear()
        asyncio.run(coroutine())
        assert [note[0] for note in notes] == ["async", "plain"] * 2
        assert messages() == [self.refusal(registry)]

    def test_is_logged_once_whatever_changes(self, registry, messages):
        """
        Registering other hooks does not log the refusal again.
        """
        registry.register("point", Awaited(Noting("async", [])))
        hooked = registry.add_hook("point")(body)
        hooked()
        registry.register("point", Noting("plain", []))
        hooked()

        assert messages() == [self.refusal(registry)]

    def test_is_logged_once_by_many_threads(self, registry, site, messages):
        """
        Eight threads that make the first call at the same time log the refusal once.
        """
        site.install("demo", ("point", Awaited(Noting("async", []))))
        hooked = registry.add_hook("point")(body)

        in_threads(*[hooked] * 8)

        assert messages() == [self.refusal(registry, "demo 1.0")]

    def test_what_is_registered_is_logged_once_across_resets(self, registry, messages):
        """
        A reset, which keeps what is registered, does not log its refusal again.
        """
        registry.register("point", Awaited(Noting("async", [])))
        hooked = registry.add_hook("point")(body)
        hooked()
        registry.reset()
        hooked()

        assert messages() == [self.refusal(registry)]

    def test_what_was_found_is_not_kept_after_a_reset(self, registry, site):
        """
        A hook that was refused and then forgotten by a reset can go away, though the function stays.
        """
        hooks = []

        def factory():
            hook = Awaited(Noting("async", []))
            hooks.append(weakref.ref(hook))
            return hook

        site.install("demo", ("point", factory))
        hooked = registry.add_hook("point")(body)
        hooked()
        registry.reset()
        gc.collect()

        assert [hook() for hook in hooks] == [None]

    def test_each_function_has_its_own_refusal(self, registry, messages):
        """
        The refusal is logged for each function that shares the point.
        """
        registry.register("point", Awaited(Noting("async", [])))
        first, second = registry.add_hook("point")(body), registry.add_hook("point")(body)
        first()
        second()

        assert messages() == [self.refusal(registry)] * 2

    def test_raise_policy(self, site):
        """
        Under on_load_error="raise" each call of the function gets the HookLoadError.
        """
        registry = HookRegistry(site.group, on_load_error="raise")
        site.install("demo", ("point", Awaited(Noting("async", []))))
        hooked = registry.add_hook("point")(body)

        for _ in range(2):
            with pytest.raises(HookLoadError) as raised:
                hooked()
            assert str(raised.value) == self.refusal(registry, "demo 1.0")
            assert raised.value.distribution == "demo"


class TestFunctions:
    def test_lists_the_functions(self, registry):
        """
        A point knows the functions that are decorated with it, and where they are written.
        """
        hooked = registry.add_hook("point")(body)
        builtin = registry.add_hook("point")(len)
        point = registry.point("point")
        functions = {function.function: function for function in point.functions}

        assert set(functions) == {body, len}
        assert functions[body].location == f"{__file__}:{body.__code__.co_firstlineno}"
        assert functions[len].location is None
        assert (hooked.__hook_name__, builtin.__hook_name__) == ("point", "point")

    def test_a_function_that_goes_away_is_gone(self, registry):
        """
        A decorated local function is freed when nobody holds it, whether it was called or not.
        """

        def make():
            def local():
                """
                Be local.
                """

            return registry.add_hook("point")(local)

        registry.register("point", Noting("a", []))
        hooked = make()
        hooked()
        gone = weakref.ref(hooked)
        del hooked
        gc.collect()

        assert gone() is None
        assert registry.point("point").functions == ()

    def test_a_point_knows_its_group(self, registry):
        """
        A point has its registry's group and log.
        """
        point = registry.point("point")

        assert (point.group, point.log) == (registry.group, logging.getLogger(f"hookkit.{registry.group}"))
