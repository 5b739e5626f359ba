"""
Tests for `hookkit._hooks`: what a hook is, and what is said about it.
"""

import functools
import inspect
import types
from types import SimpleNamespace
from unittest.mock import AsyncMock, MagicMock, Mock, create_autospec

import pytest

from hookkit import AttachedHook, HookLoadError, MisuseError, Replace, _hooks
from hookkit._hooks import WORN, class_path, describe, dress, is_coroutine_function, make_hook, refuse_awaitable
from hookkit.discovery import EntryPoint
from runtime import fake_hooks
from runtime.fake_hooks import BrokenRepr, Classless, Doing, Methodless, Noting


def nothing():
    """
    Be a function.
    """


async def coroutine_function():
    """
    Be a coroutine function.
    """


class TestReplace:
    def test_equal_values_are_equal(self):
        """
        Two Replace are equal if their values are.
        """
        assert Replace([1]) == Replace([1])
        assert Replace([1]) != Replace([2])

    def test_is_not_its_value(self):
        """
        A Replace is not equal to the value that it holds.
        """
        assert Replace(1) != 1

    def test_shows_its_value(self):
        """
        Its repr shows its value.
        """
        assert repr(Replace({"a": 1})) == "Replace({'a': 1})"

    def test_has_no_hash(self):
        """
        It cannot be hashed, as its value may not be.
        """
        with pytest.raises(TypeError) as raised:
            hash(Replace(1))

        assert str(raised.value) == "unhashable type: 'Replace'"


class TestMakeHook:
    def test_a_class_is_called(self):
        """
        A class is called without arguments.
        """
        assert isinstance(make_hook(Methodless), Methodless)

    def test_an_object_with_a_hook_method_is_used_as_it_is(self):
        """
        An object that has a hook method is the hook, even if it can be called.
        """
        for name in ("pre", "post", "error", "periodic"):
            target = Mock(spec_set=[name, "__call__"])
            assert make_hook(target) is target
            assert not target.called

    def test_another_callable_is_a_factory(self):
        """
        A callable that is no class and has no hook method is called without arguments.
        """
        hook = Doing(pre=nothing)

        assert make_hook(lambda: hook) is hook

    def test_a_method_that_is_none_is_none(self):
        """
        A hook method set to None does not make an object a hook.
        """
        with pytest.raises(HookLoadError):
            make_hook(SimpleNamespace(pre=None))

    def test_anything_else_is_refused(self):
        """
        What is neither class, hook nor callable is no hook, and the error says so.
        """
        with pytest.raises(HookLoadError) as raised:
            make_hook(42)

        assert str(raised.value) == (
            "42 is no hook: it is not a class, it has none of the methods pre, post, error and periodic, and it "
            "cannot be called to make one."
        )


class TestAttachedHook:
    def test_has_the_bound_methods(self):
        """
        Its methods are the hook's own, bound; those that the hook lacks are None.
        """
        doing = Doing(pre=nothing, periodic=print)
        hook = AttachedHook(doing)

        assert (hook.obj, hook.pre, hook.post, hook.error, hook.periodic) == (doing, nothing, None, None, print)

    def test_methods_are_looked_up_once(self):
        """
        A method that is replaced on the hook later does not count.
        """
        doing = Doing(pre=nothing)
        hook = AttachedHook(doing)
        doing.pre = doing.post = print

        assert (hook.pre, hook.post) == (nothing, None)

    def test_without_methods_is_refused(self):
        """
        An object without any hook method is no hook, and the error says what to write.
        """
        with pytest.raises(HookLoadError) as raised:
            AttachedHook(Methodless())

        assert str(raised.value) == (
            "<Methodless> has none of the methods pre, post, error and periodic, so it is no hook. "
            "Write at least one of them."
        )

    def test_a_method_that_cannot_be_called_is_refused(self):
        """
        A hook method that cannot be called is an error that shows it.
        """
        with pytest.raises(HookLoadError) as raised:
            AttachedHook(Doing(pre="text"))

        assert str(raised.value) == "<hook Doing> has pre = 'text', which cannot be called. Make it a method."

    def test_a_falsy_method_counts(self):
        """
        A hook method that is false in a condition is a method all the same.
        """
        falsy = MagicMock()
        falsy.__bool__.return_value = False

        assert AttachedHook(SimpleNamespace(pre=falsy)).pre is falsy

    def test_order_is_the_hooks(self):
        """
        The order is the hook's attribute, 0 if it has none.
        """
        assert AttachedHook(Noting("n", [], order=-7)).order == -7
        assert AttachedHook(Doing(pre=nothing)).order == 0

    def test_an_order_that_is_no_number_is_refused(self):
        """
        An order that is no whole number is an error that shows it.
        """
        with pytest.raises(HookLoadError) as raised:
            AttachedHook(Doing(pre=nothing, order="first"))

        assert str(raised.value) == ("<hook Doing> has order = 'first'. Make it a whole number; lower runs earlier.")

    @pytest.mark.parametrize("kind", [Mock, MagicMock])
    def test_a_mock_is_a_hook(self, kind):
        """
        A mock, which has every attribute that one asks for, is a hook with all methods and the order 0.
        """
        mock = kind()
        hook = AttachedHook(mock)

        assert (hook.pre, hook.post, hook.error, hook.order, hook.is_async) == (
            mock.pre,
            mock.post,
            mock.error,
            0,
            False,
        )

    @pytest.mark.parametrize("phase", ["pre", "post", "error"])
    def test_is_async_with_any_coroutine_function(self, phase):
        """
        A hook is async if pre, post or error is a coroutine function.
        """
        assert AttachedHook(Doing(**{"pre": nothing, "post": nothing} | {phase: coroutine_function})).is_async

    def test_periodic_does_not_make_it_async(self):
        """
        A periodic that is a coroutine function does not make the hook async, as it does not run around a function.
        """
        assert not AttachedHook(Doing(pre=nothing, periodic=coroutine_function)).is_async

    def test_name_is_the_last_part_of_the_class_path(self):
        """
        A hook is called by the name of its class, wherever that is defined.
        """

        class Local:
            def pre(self):
                """
                Do nothing.
                """

        hook = AttachedHook(Local())

        where = "TestAttachedHook.test_name_is_the_last_part_of_the_class_path.<locals>.Local"
        assert hook.class_path == f"{__name__}:{where}"
        assert hook.name == "Local"

    def test_a_module_can_be_a_hook(self, monkeypatch):
        """
        A module with a hook method is a hook that is called by the module's name.
        """
        monkeypatch.setattr(fake_hooks, "pre", nothing, raising=False)
        hook = AttachedHook(fake_hooks)

        assert (hook.class_path, hook.name) == ("runtime.fake_hooks", "fake_hooks")

    def test_registered_by_hand_has_no_distribution(self):
        """
        A hook without an entry point has neither distribution nor version.
        """
        hook = AttachedHook(Doing(pre=nothing))

        assert (hook.distribution, hook.version, hook.origin) == (None, None, "registered by hand")
        assert repr(hook) == "<AttachedHook runtime.fake_hooks:Doing (registered by hand)>"

    def test_knows_its_distribution(self):
        """
        A hook found through an entry point has that distribution's name and version.
        """
        hook = AttachedHook(Doing(pre=nothing), EntryPoint("g", "n", "m:a", "demo-hooks", "1.0"))

        assert (hook.distribution, hook.version, hook.origin) == ("demo-hooks", "1.0", "demo-hooks 1.0")
        assert repr(hook) == "<AttachedHook runtime.fake_hooks:Doing (demo-hooks 1.0)>"

    def test_a_copy_runs_other_methods(self):
        """
        A copy with other methods keeps all else, and leaves the original as it was.
        """
        hook = AttachedHook(Doing(pre=nothing, post=nothing), EntryPoint("g", "n", "m:a"))
        copy = hook.with_methods(pre=print)

        assert (copy.pre, copy.post, copy.obj, copy.entry_point) == (print, nothing, hook.obj, hook.entry_point)
        assert hook.pre is nothing


class TestDescribe:
    def test_is_the_repr(self):
        """
        An object is shown by its repr.
        """
        assert describe("text") == "'text'"

    def test_a_repr_that_raises(self):
        """
        An object whose repr raises is shown by its class.
        """
        assert describe(BrokenRepr()) == "<runtime.fake_hooks:BrokenRepr whose repr raised RuntimeError>"

    def test_an_object_that_raises_when_asked_for_its_class(self):
        """
        It is described by its type.
        """
        assert class_path(Classless()) == "runtime.fake_hooks:Classless"

    def test_a_class_whose_repr_raises(self):
        """
        A class whose metaclass has a broken repr is shown by its own path.
        """

        class Meta(type):
            __repr__ = BrokenRepr.__repr__

        class Broken(metaclass=Meta):
            __qualname__ = "Broken"

        assert describe(Broken) == f"<{__name__}:Broken whose repr raised RuntimeError>"


class Callable:
    """
    An object with a method to call.
    """

    def __call__(self):
        """
        Do nothing.
        """

    def method(self):
        """
        Do nothing.
        """

    async def coroutine_method(self):
        """
        Do nothing.
        """


class AsyncCallable:
    """
    An object that is a coroutine function by its __call__.
    """

    async def __call__(self):
        """
        Do nothing.
        """


def attributed(function):
    """
    Copy a function and give it an attribute.
    """
    copy = type(function)(function.__code__, globals())
    copy.attribute = 1
    return copy


class TestIsCoroutineFunction:
    @pytest.mark.parametrize(
        "method",
        [
            coroutine_function,
            attributed(coroutine_function),
            Callable().coroutine_method,
            AsyncCallable(),
            functools.partial(coroutine_function),
            AsyncMock(),
            create_autospec(coroutine_function),
            create_autospec(Callable, instance=True).coroutine_method,
        ],
        ids=["function", "with attribute", "method", "callable", "partial", "mock", "autospec", "autospec method"],
    )
    def test_true(self, method):
        """
        Whatever gives a coroutine when called is a coroutine function.
        """
        assert is_coroutine_function(method)

    @pytest.mark.parametrize(
        "method",
        [
            nothing,
            attributed(nothing),
            Callable().method,
            Callable(),
            functools.partial(nothing),
            Mock(),
            create_autospec(nothing),
            print,
            int,
        ],
        ids=["function", "with attribute", "method", "callable", "partial", "mock", "autospec", "builtin", "class"],
    )
    def test_false(self, method):
        """
        Whatever else can be called is none.
        """
        assert not is_coroutine_function(method)

    @pytest.mark.skipif(not hasattr(inspect, "markcoroutinefunction"), reason="new in Python 3.12")
    def test_marked(self):
        """
        A function that was marked as a coroutine function is one.
        """
        marked = inspect.markcoroutinefunction(attributed(nothing))  # pragma: no cover - measured in Python 3.11
        assert is_coroutine_function(marked)  # pragma: no cover - the same


class TestDress:
    @pytest.mark.parametrize("function", [nothing, attributed(nothing), functools.partial(nothing, 1), Doing()])
    def test_gives_what_the_library_gives(self, function):
        """
        A function gets what `functools.update_wrapper` would give it.
        """

        def decorated():
            """
            Be a function, too.
            """

        def other():
            """
            Be a function, too.
            """

        dress(decorated, function)
        functools.update_wrapper(other, function)

        names = [*functools.WRAPPER_ASSIGNMENTS, "__dict__"]
        assert [getattr(decorated, name) for name in names if name not in {"__name__", "__qualname__"}] == [
            getattr(other, name) for name in names if name not in {"__name__", "__qualname__"}
        ]
        assert decorated.__wrapped__ is function
        assert decorated.__name__ == getattr(function, "__name__", "decorated")
        assert set(WORN) == set(functools.WRAPPER_ASSIGNMENTS)

    def test_types(self):
        """
        The types that have no names of their own are those that `types` names.
        """
        for name in ("CoroutineType", "FunctionType", "GeneratorType", "ModuleType"):
            assert getattr(_hooks, name) is getattr(types, name)


class TestRefuseAwaitable:
    def test_gives_back_what_it_was_given(self):
        """
        Anything but a coroutine comes back.
        """
        assert refuse_awaitable(42) == 42

    def test_closes_a_coroutine_and_raises(self):
        """
        A coroutine is closed, and the error shows it and says what to do.
        """
        coroutine = coroutine_function()

        with pytest.raises(MisuseError) as raised:
            refuse_awaitable(coroutine)

        assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED
        assert str(raised.value) == (
            f"The hook returned the coroutine {coroutine!r} to a function that is no coroutine function, "
            "so nobody can await it. Make the hook's method a plain function."
        )
