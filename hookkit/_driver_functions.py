"""
Functions of a host that run its driver hooks.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar, overload
from weakref import WeakKeyDictionary

from hookkit._driver_arguments import Given, Parameters, hand_on_post, hand_on_pre
from hookkit._fast_driver_calls import FastCalls
from hookkit._fast_driver_code import form_of
from hookkit._functions import ATTRIBUTE
from hookkit._hooks import (
    AttachedHook,
    class_path,
    describe,
    is_coroutine_function,
    is_replacement,
    refuse_awaitable,
    settled,
)
from hookkit._messages import DRIVER_GROUP, logger_of
from hookkit._runner import leave_out_own_frames
from hookkit._watching import EVERYWHERE
from hookkit.exceptions import InvalidValueError, MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hookkit._driver_arguments import Arguments, Keywords, Phases
    from hookkit._events import HookEvent, Watch

F = TypeVar("F", bound="Callable[..., Any]")

LOG = logger_of(DRIVER_GROUP)

# What the inner function of a decorator is called by habit.
_NAMELESS = frozenset(
    ("wrapped", "wrapper", "wrap", "inner", "decorated", "decorator", "wrapped_func", "wrapped_function")
)


@overload
def add_hooks(function: F, /) -> F: ...


@overload
def add_hooks(*, func_name: str | None = None, group: str | None = None) -> Callable[[F], F]: ...


def add_hooks(function: Any = None, /, *, func_name: str | None = None, group: str | None = None) -> Any:
    """
    Decorate a method of a host so that the driver hooks in ``self.hooks`` run before and after it.

    Written ``@add_hooks``, or ``@add_hooks(func_name=..., group=...)``.
    Where ``self`` has no ``hooks``, or they are None or empty, the method runs as if it were not decorated.
    Works on methods and coroutine functions, and on any function whose first argument has the hooks.

    Args:
        function: The method.
        func_name: What hooks are told that it is called; its own name, if left out.
        group: What watchers are told that its hooks belong to; ``driver hooks``, if left out.
            Begin it with the host's name, as in ``manila driver hooks``.

    Returns:
        A function with the signature, name and docstring of *function*, which carries ``__hook_name__``; the
        decorator, if *function* is left out.

    Raises:
        MisuseError: If *function* is no function that takes ``self``; if it has a parameter named as something that
            hooks get from hookkit; if its name is one that a decorator without `functools.wraps` left behind, and
            *func_name* is left out.
        InvalidValueError: If *func_name* or *group* is no text, or empty.

    Called, what it makes raises `MisuseError` before anything runs, if a ``**kwargs`` parameter was given a keyword
    named as something that hooks get from hookkit.
    """
    _check_option("func_name", func_name)
    _check_option("group", group)
    if function is None:
        return lambda function: add_hooks_to(function, func_name, group)
    return add_hooks_to(function, func_name, group)


def add_hooks_to(function: Any, func_name: str | None, group: str | None) -> Callable[..., Any]:
    """
    Make the function that runs the driver hooks; see `add_hooks`.
    """
    if isinstance(function, str):
        msg = (
            f"add_hooks() decorates a function and takes no name of a hook point, got {function!r}. "
            f"For named hooks write @add_hook({function!r}); for driver hooks write @add_hooks."
        )
        raise MisuseError(msg)
    if isinstance(function, type | staticmethod | classmethod) or not callable(function):
        msg = f"add_hooks() decorates functions that take self, which has the hooks; got {describe(function)}."
        raise MisuseError(msg)
    return DriverHookedFunction(function, func_name or _name(function), group).wrapper()


class DriverHookedFunction:
    """
    A function that runs the driver hooks of its first argument.

    Attributes:
        function: The undecorated function.
        func_name: What hooks are told that it is called.
        group: What watchers are told that its hooks belong to; None for ``driver hooks``.
        is_async: Whether it is a coroutine function.
    """

    def __init__(self, function: Callable[..., Any], func_name: str, group: str | None) -> None:
        self.function = function
        self.func_name = func_name
        self.group = group
        self.is_async = is_coroutine_function(function)
        self._parameters = Parameters(function, func_name)
        self._accepted: WeakKeyDictionary[type, bool] = WeakKeyDictionary()
        self._fast: FastCalls | None = None

    def wrapper(self) -> Callable[..., Any]:
        """
        Make the function that takes the place of the undecorated one.
        """
        wrapper = self._async_wrapper() if self.is_async else self._sync_wrapper()
        wrapper.__hook_name__ = self.func_name  # type: ignore[attr-defined] # functions take attributes
        return wrapper

    def run_with(self, hooks: Sequence[Any], args: Arguments, kwargs: Keywords) -> Any:
        """
        Run the function with the hooks of its first argument, in the way that fits all calls.
        """
        try:
            hooks = self._accepted_of(hooks)
            if EVERYWHERE.current:
                with self._watch(args, kwargs) as watch:
                    watch.call.result = call(*self._watched(watch, hooks))
                    return watch.call.result
            if self._fast is not None:
                self._fast.learn(hooks, args, kwargs)
            given = self._parameters.give(args, kwargs) if hooks else None
            if given is None:
                return self.function(*args, **kwargs)
            return plain_call(given, hooks, self.function, args, kwargs)
        except BaseException as exc:
            leave_out_own_frames(exc)
            raise

    def is_decorated(self, function: object) -> bool:
        """
        Tell whether *function* is its decorated form, whose code changes.
        """
        return self._fast is not None and self._fast.is_decorated(function)

    def _sync_wrapper(self) -> Callable[..., Any]:
        form = form_of(self.function)
        if form is not None:
            uses = {"hooks_of": self._parameters.hooks, "run_with": self.run_with, "func_name": self.func_name}
            self._fast = FastCalls(self.function, form, uses | {"is_suppressed": is_suppressed})
            decorated = self._fast.wrapper()
            setattr(decorated, ATTRIBUTE, self)
            return decorated

        @wraps(self.function)
        def hooked(*args: Any, **kwargs: Any) -> Any:
            return self.run_with(self._parameters.hooks(args, kwargs), args, kwargs)

        return hooked

    def _async_wrapper(self) -> Callable[..., Any]:
        function = self.function

        @wraps(function)
        async def hooked(*args: Any, **kwargs: Any) -> Any:
            hooks = self._parameters.hooks(args, kwargs)
            if EVERYWHERE.current:
                with self._watch(args, kwargs) as watch:
                    watch.call.result = await acall(*self._watched(watch, hooks))
                    return watch.call.result
            if not hooks:
                return await function(*args, **kwargs)
            return await acall(*self._plain(hooks, args, kwargs))

        return hooked

    def _accepted_of(self, hooks: Sequence[Any]) -> Sequence[Any]:
        accepted = self._accepted
        for hook in hooks:
            if not accepted.get(type(hook)):
                return tuple(filter(self._accepts, hooks))
        return hooks

    def _accepts(self, hook: object) -> bool:
        kind = type(hook)
        accepted = self._accepted.get(kind)
        if accepted is None:
            accepted = self._accepted[kind] = not AttachedHook.for_driver(hook).is_async
            if not accepted:
                LOG.error(
                    "Cannot run driver hook %s at %r: it is async, and %s is no coroutine function. "
                    "Make the hook's methods plain functions.",
                    class_path(hook),
                    self.func_name,
                    class_path(self.function),
                )
        return accepted

    def _plain(self, hooks: Sequence[Any], args: Arguments, kwargs: Keywords) -> tuple[list[Phases], Callable[[], Any]]:
        given = self._parameters.give(args, kwargs) if hooks else None
        phases = [] if given is None else [given.phases(hook) for hook in hooks]
        return phases, partial(self.function, *args, **kwargs)

    def _watched(self, watch: Watch, hooks: Sequence[Any]) -> tuple[list[Phases], Callable[[], Any]]:
        from hookkit._events import AsyncStep, Step

        kind = AsyncStep if self.is_async else Step
        phases, function = self._plain(hooks, watch.call.args, watch.call.kwargs)
        watched = [_watched_phases(watch, kind, hook, *phases) for hook, phases in zip(hooks, phases, strict=False)]
        return watched, kind(watch, "body", function)

    def _watch(self, args: Arguments, kwargs: Keywords) -> Watch:
        from hookkit._events import HookCall, Watch, current_call

        group = self.group or DRIVER_GROUP
        return Watch(
            HookCall(group, self.func_name, self.function, args, kwargs, parent=current_call()), EVERYWHERE.current
        )


def plain_call(
    given: Given, hooks: Sequence[Any], function: Callable[..., Any], args: Arguments, kwargs: Keywords
) -> Any:
    """
    Run *function* with *hooks* around it as `call` does, for a call that nobody watches.
    """
    context, func_name, extra, named = given.context, given.func_name, given.extra, given.named
    data: list[Any] = []
    posts: list[Any] = []
    for hook in hooks:  # all methods are looked up before any runs
        data.append(getattr(hook, "execute_pre_hook", None))
        posts.append(getattr(hook, "execute_post_hook", None))
    for place, pre in enumerate(data):
        if pre is not None:
            data[place] = datum = hand_on_pre(pre, context, func_name, extra, named)
            if datum is not None:
                refuse_awaitable(datum)
    result = function(*args, **kwargs)
    for post, datum in zip(posts, data, strict=True):
        if post is not None:
            returned = hand_on_post(post, context, func_name, datum, result, extra, named)
            if returned is not None and is_replacement(refuse_awaitable(returned)):
                result = returned.value
    return result


def call(hooks: Sequence[Phases], function: Callable[[], Any]) -> Any:
    """
    Run *function* with *hooks* around it.
    """
    data = [refuse_awaitable(pre()) for pre, _ in hooks]
    result = function()
    for (_, post), datum in zip(hooks, data, strict=True):
        returned = refuse_awaitable(post(result, datum))
        if is_replacement(returned):
            result = returned.value
    return result


async def acall(hooks: Sequence[Phases], function: Callable[[], Any]) -> Any:
    """
    Run the coroutine function *function* with *hooks*, sync and async ones, around it.
    """
    data = [await settled(pre()) for pre, _ in hooks]
    result = await function()
    for (_, post), datum in zip(hooks, data, strict=True):
        returned = await settled(post(result, datum))
        if is_replacement(returned):
            result = returned.value
    return result


def _watched_phases(watch: Watch, kind: type[Any], hook: object, pre: Any, post: Any) -> Phases:
    attached = AttachedHook.for_driver(hook)

    def watched(phase: str, method: Any, given: str | None) -> Any:
        step = kind(watch, phase, method, hook=attached, settle=partial(settle_event, hook), given=given)

        def run(*args: Any) -> Any:
            # Asked when it comes to it: what ran before may have switched the phase on or off.
            is_enabled = getattr(hook, f"{phase}_hooks_enabled", True)
            return (step if is_enabled else method)(*args)

        return run

    return (
        pre if attached.pre is None else watched("pre", pre, None),
        post if attached.post is None else watched("post", post, "result"),
    )


def settle_event(hook: object, event: HookEvent) -> None:
    """
    Tell of an event of a driver hook whether its own option kept back an exception, which is its data then.
    """
    exc = event.returned
    if (
        issubclass(type(exc), BaseException)
        and not event.replaced
        and getattr(hook, f"suppress_{event.phase}_hooks_errors", False)
        and _was_suppressed(exc, event.phase)
    ):
        event.raised, event.returned, event.suppressed = exc, None, True


def _was_suppressed(exc: BaseException, phase: str) -> bool:
    """
    Tell an exception that a hook's base has caught in this phase from one that the hook itself returns, as data.

    A traceback begins where the exception was caught: here in `hookkit.HookBase`, or in Manila's.
    """
    if exc.__traceback__ is None:
        return False
    frame = exc.__traceback__.tb_frame
    if frame.f_code.co_name == f"execute_{phase}_hook":
        return True
    return frame.f_globals.get("__name__") == "hookkit.drivers" and frame.f_locals.get("phase") == phase


def is_suppressed(hook: Any, phase: str, func_name: object, exc: Exception) -> bool:
    """
    Tell whether what a hook raised in a phase is its data, and not for the caller; log it if so.
    """
    suppressed = bool(getattr(hook, f"suppress_{phase}_hooks_errors"))
    if suppressed:
        LOG.warning("Suppressed exception in %s hook %s of %s.", phase, class_path(hook), func_name, exc_info=exc)
    return suppressed


def _check_option(option: str, value: object) -> None:
    if value is not None and not (isinstance(value, str) and value):
        msg = f"add_hooks() got {option}={describe(value)}. Make it a text that is not empty, or leave it out."
        raise InvalidValueError(msg)


def _name(function: Any) -> str:
    name = getattr(function, "__name__", None)
    if not isinstance(name, str):
        msg = f"{describe(function)} has no __name__. Say what hooks shall be told: @add_hooks(func_name='...')."
        raise MisuseError(msg)
    if name in _NAMELESS and "<locals>" in getattr(function, "__qualname__", ""):
        msg = (
            f"add_hooks() got {class_path(function)}, whose name {name!r} comes from a decorator without "
            "functools.wraps; hooks would be told that name. "
            "Use functools.wraps there, or say the true name: @add_hooks(func_name='...')."
        )
        raise MisuseError(msg)
    return name
