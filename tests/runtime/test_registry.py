"""
Tests for `hookkit._registry`: registries, decorated functions, and the defects of Nova's hooks that are gone.
"""

import abc
import asyncio
import functools
import gc
import inspect
import logging
import pickle
import threading

import pytest

import hookkit
from hookkit import (
    HookkitError,
    HookLoadError,
    HookRegistry,
    InvalidValueError,
    MisuseError,
    add_hook,
    get_registry,
    registries,
    reset,
)
from hookkit._registry import reset_group
from runtime.fake_hooks import Doing, Noting


def body(*args, **kwargs):
    """
    Be a function.
    """
    return "result"


@add_hook("pickled", group="test.pickled")
def pickled():
    """
    Be a decorated function of a module.
    """


class TestGetRegistry:
    def test_one_per_group(self, group):
        """
        Asking for a group twice gives the same registry, as with loggers.
        """
        assert get_registry(group) is get_registry(group)
        assert get_registry(group) is not get_registry(f"{group}.other")

    def test_the_default_group(self):
        """
        Without a group it is that of hookkit itself.
        """
        assert get_registry().group == "hookkit.hooks"

    def test_whoever_asks_first_sets_the_options(self, group):
        """
        The options of the first one count; asking with the same ones or with none gives the registry.
        """
        enabled = Doing().__eq__
        first = get_registry(group, on_hook_error="raise", enabled=enabled)

        assert (first.on_hook_error, first.on_load_error, first.enabled) == ("raise", "log", enabled)
        assert get_registry(group) is first
        assert get_registry(group, on_hook_error="raise") is first

    def test_other_options_later_are_refused(self, group):
        """
        Asking with another option later is a ValueError that shows both.
        """
        get_registry(group)

        with pytest.raises(ValueError) as raised:
            get_registry(group, on_load_error="raise")

        assert isinstance(raised.value, InvalidValueError)
        assert str(raised.value) == (
            f"The registry of group {group!r} was made with on_load_error='log'; on_load_error='raise' was asked "
            "for now. Options are set by whoever asks first: ask with the same ones, or with none."
        )

    def test_an_unknown_option_is_refused(self, group):
        """
        An unknown option is a TypeError that lists the known ones, and makes no registry.
        """
        with pytest.raises(TypeError) as raised:
            get_registry(group, on_error="raise")

        assert isinstance(raised.value, MisuseError)
        assert str(raised.value) == (
            "get_registry() got 'on_error'. Its options are 'enabled', 'on_hook_error' and 'on_load_error'."
        )
        assert group not in [registry.group for registry in registries()]

    @pytest.mark.parametrize("option", ["on_hook_error", "on_load_error"])
    def test_a_policy_that_is_none_is_refused(self, group, option):
        """
        A policy that there is not is a ValueError that lists those there are.
        """
        with pytest.raises(InvalidValueError) as raised:
            get_registry(group, **{option: "ignore"})

        assert str(raised.value) == f"{option} is 'ignore'; it must be 'log' or 'raise'."

    def test_a_predicate_that_cannot_be_called_is_refused(self, group):
        """
        An enabled= that cannot be called is a ValueError.
        """
        with pytest.raises(InvalidValueError) as raised:
            get_registry(group, enabled=["demo"])

        assert str(raised.value) == "enabled is ['demo']; it must be None or a function that is given an EntryPoint."

    @pytest.mark.parametrize(("wrong", "shown"), [("", "''"), (7, "7"), ([], "[]")], ids=["empty", "number", "list"])
    def test_a_group_that_is_no_name_is_refused(self, wrong, shown):
        """
        A group is a string that is not empty.
        """
        with pytest.raises(InvalidValueError) as raised:
            get_registry(wrong)

        assert str(raised.value) == f"group is {shown}; it must be a string that is not empty."

    def test_many_threads_get_the_same(self, group):
        """
        Threads that ask for a new group at the same time get the same registry.
        """
        barrier = threading.Barrier(8)
        got = []

        def ask():
            barrier.wait(10)
            got.append(get_registry(group))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert got == [get_registry(group)] * 8

    def test_errors_are_hookkits(self, group):
        """
        Every exception that hookkit raises derives from HookkitError.
        """
        with pytest.raises(HookkitError):
            get_registry(group, on_hook_error="ignore")
        with pytest.raises(HookkitError):
            get_registry(group, wrong=1)


class TestRegistries:
    def test_in_the_order_of_their_groups(self, group):
        """
        All registries that exist are listed by group, those included that a host made for itself.
        """
        own = HookRegistry(f"{group}.b")
        shared = get_registry(f"{group}.a")

        assert [registry for registry in registries() if registry.group.startswith(group)] == [shared, own]

    def test_one_that_goes_away_is_gone(self, group):
        """
        A registry that nobody holds is not listed.
        """
        registry = HookRegistry(group)
        registry.add_hook("point")(body)()
        del registry
        gc.collect()

        assert group not in [registry.group for registry in registries()]


class TestHookRegistry:
    def test_shows_its_group(self, registry):
        """
        Its repr shows group and number of points.
        """
        registry.point("a")
        registry.point("b")

        assert repr(registry) == f"<HookRegistry {registry.group!r} with 2 hook points>"

    def test_logs_to_its_group(self, registry):
        """
        It logs to the logger that bears its group's name below ``hookkit``.
        """
        assert registry.log is logging.getLogger(f"hookkit.{registry.group}")

    def test_points_come_as_asked_for(self, registry):
        """
        A name gives the same point each time, and the points stand in the order in which they were asked for.
        """
        second, first = registry.point("second"), registry.point("first")

        assert registry.point("second") is second
        assert registry.points == (second, first)

    @pytest.mark.parametrize(("wrong", "shown"), [("", "''"), (None, "None")], ids=["empty", "none"])
    def test_a_point_needs_a_name(self, registry, wrong, shown):
        """
        A point's name is a string that is not empty.
        """
        with pytest.raises(InvalidValueError) as raised:
            registry.register(wrong, Noting("a", []))

        assert str(raised.value) == f"name is {shown}; it must be a string that is not empty."

    def test_each_registry_reads_its_own_group(self, site, registry, group):
        """
        A hook is found by the registry of its group, and by no other.
        """
        site.install("demo", ("point", Noting("a", [])))

        assert len(registry.point("point").hooks) == 1
        assert HookRegistry(f"{group}.other").point("point").hooks == ()

    def test_scans_once(self, site, registry):
        """
        What is installed is read once for all points of a group, until a reset.
        """
        site.install("demo", ("a", Noting("a", [])))
        assert len(registry.point("a").hooks) == 1
        site.install("later", ("b", Noting("b", [])))
        assert registry.point("b").hooks == ()
        registry.reset()

        assert len(registry.point("b").hooks) == 1


class TestReset:
    def test_resets_all_registries(self, group):
        """
        The short way resets every registry, shared or not.
        """
        points = [HookRegistry(f"{group}.own").point("point"), get_registry(f"{group}.shared").point("point")]
        assert [point.hooks for point in points] == [(), ()]
        assert [point.is_loaded for point in points] == [True, True]

        reset()

        assert [point.is_loaded for point in points] == [False, False]

    def test_one_group(self, group):
        """
        The registries of one group can be reset without those of others.
        """
        registries = [HookRegistry(group), HookRegistry(group), HookRegistry(f"{group}.other")]
        points = [registry.point("point") for registry in registries]
        assert [point.hooks for point in points] == [(), (), ()]

        reset_group(group)

        assert [point.is_loaded for point in points] == [False, False, True]


class TestAddHook:
    def test_the_short_way(self, group):
        """
        hookkit.add_hook decorates for the shared registry of a group, by default hookkit's own.
        """
        notes = []
        get_registry(group).register("point", Noting("a", notes))

        hooked = add_hook("point", True, group=group)(body)

        assert hooked(1) == "result"
        assert notes[0] == ("a", "pre", (body, 1), {})
        default = add_hook("point")(body)
        assert default.__hook_name__ == "point"
        assert [function.function for function in get_registry().point("point").functions] == [body]

    def test_keeps_what_the_function_is(self, registry):
        """
        The decorated function keeps signature, name, docstring, module, annotations and attributes.
        """

        def create(context, name: str, *args: int, metadata=None, **kwargs) -> str:
            """
            Create something.
            """

        create.attribute = 1
        hooked = registry.add_hook("create_instance")(create)

        assert inspect.signature(hooked) == inspect.signature(create)
        for name in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__", "attribute"):
            assert getattr(hooked, name) == getattr(create, name)

    def test_carries_its_name_and_the_original(self, registry):
        """
        The decorated function carries __hook_name__, and the undecorated one as __wrapped__, which is left alone.
        """

        def function():
            """
            Do nothing.
            """

        hooked = registry.add_hook("point")(function)

        assert (hooked.__hook_name__, hooked.__wrapped__) == ("point", function)
        assert not hasattr(function, "__hook_name__")

    def test_the_function_that_hooks_get_knows_the_point(self, registry):
        """
        With pass_function the undecorated function carries __hook_name__ too, as Nova's hooks expect, if it can.
        """

        def function():
            """
            Do nothing.
            """

        registry.add_hook("point", pass_function=True)(function)
        registry.add_hook("point", pass_function=True)(len)

        assert function.__hook_name__ == "point"
        assert not hasattr(len, "__hook_name__")

    def test_a_coroutine_function_stays_one(self, registry):
        """
        A decorated coroutine function is a coroutine function, and a function is none.
        """

        async def coroutine_function():
            return "result"

        hooked = registry.add_hook("point")(coroutine_function)

        assert inspect.iscoroutinefunction(hooked)
        assert asyncio.run(hooked()) == "result"
        assert not inspect.iscoroutinefunction(registry.add_hook("point")(body))

    def test_can_be_pickled(self):
        """
        A decorated function of a module is pickled by its name.
        """
        assert pickle.loads(pickle.dumps(pickled)) is pickled

    def test_on_a_method(self, registry):
        """
        On a method hooks get self first.
        """
        notes = []
        registry.register("point", Noting("a", notes))

        class API:
            @registry.add_hook("point")
            def method(self, name):
                return (self, name)

        api = API()

        assert api.method("vm") == (api, "vm")
        assert notes[0] == ("a", "pre", (api, "vm"), {})

    @pytest.mark.parametrize("is_above", [True, False], ids=["above", "below"])
    @pytest.mark.parametrize("is_async", [True, False], ids=["async", "sync"])
    @pytest.mark.parametrize("kind", [staticmethod, classmethod])
    def test_on_static_and_class_methods(self, registry, kind, is_async, is_above):
        """
        Above and below staticmethod and classmethod it works, for functions and coroutine functions.
        """
        notes = []
        registry.register("point", Noting("a", notes))
        add = registry.add_hook("point")

        def plain(*args):
            return args

        async def coroutine_function(*args):
            return args

        function = coroutine_function if is_async else plain

        class API:
            method = add(kind(function)) if is_above else kind(add(function))

        expected = (API, "vm") if kind is classmethod else ("vm",)
        for result in (API.method("vm"), API().method("vm")):
            assert (asyncio.run(result) if is_async else result) == expected
        assert notes[0] == ("a", "pre", expected, {})
        assert API.method.__hook_name__ == "point"
        assert isinstance(vars(API)["method"], kind)

    def test_on_an_abstract_method(self, registry):
        """
        A decorated abstract method is still abstract.
        """

        class Base(abc.ABC):
            @staticmethod
            @registry.add_hook("point")
            @abc.abstractmethod
            def method():
                """
                Be overridden.
                """

        assert Base.__abstractmethods__ == {"method"}

    def test_on_what_can_be_called(self, registry):
        """
        Builtins, partials and objects with a __call__ can be decorated.
        """
        notes = []
        registry.register("point", Noting("a", notes))

        class Adder:
            def __call__(self, a, b):
                return a + b

        for function in (len, functools.partial(sum, start=0), Adder()):
            hooked = registry.add_hook("point")(function)
            hooked(*((1, 2) if isinstance(function, Adder) else ([3],)))

        assert [note[1:3] for note in notes] == [
            ("pre", ([3],)),
            ("post", (1, [3])),
            ("pre", ([3],)),
            ("post", (3, [3])),
            ("pre", (1, 2)),
            ("post", (3, 1, 2)),
        ]

    def test_twice_on_one_function(self, registry):
        """
        A function can belong to two hook points; the outer one runs around the inner one.
        """
        notes = []
        registry.register("outer", Noting("outer", notes))
        registry.register("inner", Noting("inner", notes))

        hooked = registry.add_hook("outer")(registry.add_hook("inner")(body))
        hooked()

        assert [note[:2] for note in notes] == [
            ("outer", "pre"),
            ("inner", "pre"),
            ("inner", "post"),
            ("outer", "post"),
        ]
        assert hooked.__hook_name__ == "outer"

    @pytest.mark.parametrize("way", [add_hook, HookRegistry("test.way").add_hook], ids=["short", "registry"])
    def test_without_a_name_is_refused(self, way):
        """
        ``@add_hook`` without a name is a TypeError that says how to write it.
        """
        with pytest.raises(TypeError) as raised:
            way(body)

        assert isinstance(raised.value, MisuseError)
        assert str(raised.value) == (
            f"add_hook() needs the name of a hook point, got {body!r}. Write @add_hook('its_name')."
        )

    def test_an_empty_name_is_refused(self, registry):
        """
        An empty name is a ValueError that says how to write it.
        """
        with pytest.raises(InvalidValueError) as raised:
            registry.add_hook("")

        assert str(raised.value) == "add_hook() needs the name of a hook point, got ''. Write @add_hook('its_name')."

    def test_what_cannot_be_called_is_refused(self, registry):
        """
        Decorating something else than a function is a TypeError that shows it.
        """
        prop = property(body)

        with pytest.raises(MisuseError) as raised:
            registry.add_hook("point")(prop)

        assert str(raised.value) == f"add_hook('point') decorates functions, got {prop!r}."

    @pytest.mark.parametrize("kind", [lambda cls: cls, staticmethod], ids=["class", "static"])
    def test_a_class_is_refused(self, registry, kind):
        """
        Decorating a class, which would make a function of it, is a TypeError that shows it.
        """
        with pytest.raises(MisuseError) as raised:
            registry.add_hook("point")(kind(Noting))

        assert str(raised.value) == f"add_hook('point') decorates functions, got {Noting!r}."


class TestNovaDefects:
    def test_hooks_are_not_made_on_every_call(self, registry, site):
        """
        Nova built a manager and all hook objects on every call; here they are made once.
        """
        made = []
        site.install("demo", ("point", lambda: made.append(1) or Doing(pre=body)))
        hooked = registry.add_hook("point")(body)
        for _ in range(3):
            hooked()

        assert made == [1]

    def test_a_broken_plugin_is_logged_once_with_its_name(self, registry, site, messages):
        """
        Nova logged a broken plugin on every call and without its name; here it is once, with it.
        """
        site.install("broken-plugin", ("point", "no_such_module:Hook"), version="0.3")
        hooked = registry.add_hook("point")(body)
        for _ in range(3):
            hooked()

        assert messages() == [
            (
                f"Cannot load entry point 'point = no_such_module:Hook' of group {site.group!r} (broken-plugin 0.3): "
                "there is no module 'no_such_module'."
            )
        ]

    def test_a_falsy_callable_is_passed(self, registry):
        """
        Nova did not pass a function that is false in a condition; here it reaches hooks like any other.
        """

        class Falsy:
            __bool__ = Doing.raiser(AssertionError("nobody asks whether a function is true"))

            def __call__(self):
                return "result"

        notes, falsy = [], Falsy()
        registry.register("point", Noting("a", notes))

        assert registry.add_hook("point", pass_function=True)(falsy)() == "result"
        assert [note[2] for note in notes] == [(falsy,), (falsy, "result")]

    def test_interleaved_calls_can_be_told_apart(self, registry):
        """
        A hook object is shared by interleaved calls, as Nova's was; here each event tells which call it belongs to.
        """
        events = []
        registry.register("point", Noting("a", []))
        registry.observe(after=events.append)

        @registry.add_hook("point")
        async def function(name):
            await asyncio.sleep(0)
            return name

        async def main():
            await asyncio.gather(function("left"), function("right"))

        asyncio.run(main())

        by_call = {event.call: [] for event in events}
        for event in events:
            by_call[event.call].append((event.phase, event.args))
        assert list(by_call.values()) == [
            [("pre", (name,)), ("body", (name,)), ("post", (name,))] for name in ("left", "right")
        ]
        assert len({call.task for call in by_call}) == 2

    def test_post_of_a_coroutine_function_gets_the_result(self, registry):
        """
        Nova handed post the coroutine of an async function; here it gets the awaited value.
        """
        notes = []
        registry.register("point", Noting("a", notes))

        @registry.add_hook("point")
        async def function():
            return 42

        assert asyncio.run(function()) == 42
        assert notes[1] == ("a", "post", (42,), {})

    def test_a_hook_learns_of_failure(self, registry):
        """
        With Nova a post never learned that the function failed; here error does.
        """
        notes, exc = [], ValueError("from the body")
        registry.register("point", Noting("a", notes))

        with pytest.raises(ValueError):
            registry.add_hook("point")(Doing.raiser(exc))()

        assert notes[1] == ("a", "error", (exc,), {})

    def test_there_is_an_order(self, registry, site):
        """
        Nova's hooks ran in whatever order they were found; here it does not depend on the order of installation.
        """
        for name in ("c", "a", "b"):
            site.install(name, ("point", Noting(name, [])))

        assert [hook.obj.name for hook in registry.point("point").hooks] == ["a", "b", "c"]

    def test_tests_patch_nothing(self, registry):
        """
        Tests of Nova's hooks had to patch a private dictionary; here register, unregister and reset do.
        """
        notes = []
        hook = Noting("a", notes)
        hooked = registry.add_hook("point")(body)
        registry.register("point", hook)
        hooked()
        registry.unregister("point", hook)
        registry.reset()
        hooked()

        assert [note[1] for note in notes] == ["pre", "post"]


class TestExceptions:
    def test_a_hook_that_cannot_be_loaded_is_an_import_error(self):
        """
        HookLoadError is an ImportError, InvalidValueError a ValueError and MisuseError a TypeError.
        """
        assert issubclass(HookLoadError, ImportError)
        assert issubclass(InvalidValueError, ValueError)
        assert issubclass(MisuseError, TypeError)

    @pytest.mark.parametrize("name", sorted(name for name in hookkit.__all__ if name.endswith(("Error", "Exception"))))
    def test_all_derive_from_the_base(self, name):
        """
        Every exception of the public face derives from HookkitError.
        """
        assert issubclass(getattr(hookkit, name), HookkitError)

    def test_a_driver_load_error_has_its_path(self):
        """
        A DriverLoadError is a HookLoadError that carries the configured path and no entry point.
        """
        error = hookkit.DriverLoadError("no such class", class_path="a.b:C")

        assert isinstance(error, HookLoadError)
        assert (error.class_path, error.entry_point, error.distribution) == ("a.b:C", None, None)
