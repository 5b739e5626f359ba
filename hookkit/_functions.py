"""
Functions that run the hooks of a point, and the decorated functions that stand for them.
"""

from _weakref import ref

from hookkit import _fast_code
from hookkit._hooks import FunctionType, class_path, dress
from hookkit._runner import acall, awatched_call, call, leave_out_own_frames, watched_call
from hookkit._watching import EVERYWHERE
from hookkit.exceptions import HookLoadError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from hookkit._fast_calls import Plan
    from hookkit._hooks import AttachedHook
    from hookkit._points import HookPoint
    from hookkit._watching import Observer

ATTRIBUTE = "__hookkit_function__"
"""
Where a decorated function whose code changes keeps what runs its hooks.
"""


class HookedFunction:
    """
    A function that runs the hooks of a point.

    Attributes:
        point: The hook point.
        function: The undecorated function.
        lead: What hooks are given before all else: the undecorated function, or nothing.
        is_async: Whether it is a coroutine function.
        hooks: The hooks that it runs; None before they are known.
    """

    __slots__ = (
        "__weakref__",
        "_decorated",
        "_defaults",
        "_general_code",
        "_is_unwatched",
        "_kwdefaults",
        "_plan",
        "_refused",
        "_shapes",
        "function",
        "hooks",
        "is_async",
        "lead",
        "point",
    )

    def __init__(
        self, point: "HookPoint", function: "Callable[..., Any]", *, is_async: bool, pass_function: bool
    ) -> None:
        self.point = point
        self.function = function
        self.lead = (function,) if pass_function else ()
        self.is_async = is_async
        self.hooks: tuple[AttachedHook, ...] | None = None
        self._refused: dict[AttachedHook, object] = {}
        self._decorated: Callable[[], FunctionType | None] = _nothing
        self._general_code = _nothing.__code__
        self._defaults: tuple[Any, ...] | None = None
        self._kwdefaults: dict[str, Any] | None = None
        self._plan: Plan | None = None
        self._is_unwatched = False  # True only where observers that come are sure to withdraw it
        self._shapes: tuple[_fast_code.Shape, ...] = ()
        point.add_function(self)

    @property
    def location(self) -> str | None:
        """
        Where the function is written, as ``file:line``; None if it is not written in Python.
        """
        code = getattr(self.function, "__code__", None)
        return None if code is None else f"{code.co_filename}:{code.co_firstlineno}"

    @property
    def observers(self) -> "tuple[Observer, ...]":
        """
        Who watches it.
        """
        return EVERYWHERE.current + self.point.registry.observers.current

    def accepts(self, hook: "AttachedHook") -> bool:
        """
        Tell whether *hook* can run here; say so to the registry if it cannot, once.
        """
        if self.is_async or not hook.is_async:
            return True
        mine = object()
        is_first = self._refused.setdefault(hook, mine) is mine  # in one step: many threads may ask
        if is_first or self.point.registry.on_load_error == "raise":
            msg = (
                f"Cannot run hook {hook.class_path} ({hook.origin}) at {self.point.name!r} of group "
                f"{self.point.group!r}: it is async, and {class_path(self.function)} is no coroutine function. "
                "Make the hook's methods plain functions."
            )
            self.point.registry.refuse(HookLoadError(msg, entry_point=hook.entry_point), None)
        return False

    def forget_refused(self, kept: "list[AttachedHook]") -> None:
        """
        Forget which hooks cannot run here, except those in *kept*.
        """
        self._refused = {hook: self._refused[hook] for hook in kept if hook in self._refused}

    def publish(self, hooks: "tuple[AttachedHook, ...]") -> None:
        """
        Take *hooks* as those to run until `withdraw`; without any, and unwatched, the function itself is what runs.

        Called while the point's lock is held, as is `withdraw`.
        """
        self.hooks = hooks
        self._is_unwatched = not self.observers
        decorated = self._decorated()
        if not hooks and decorated is not None and self._is_unwatched:
            self._install(decorated, self.function.__code__, self._defaults, self._kwdefaults)

    def withdraw(self) -> None:
        """
        Forget which hooks to run: the next call finds out.
        """
        self._is_unwatched = False
        decorated = self._decorated()
        if decorated is not None:
            decorated.__code__ = self._general_code
            if self._plan is not None:
                # As many as before: a call that has begun with the fast code may still have to take its defaults.
                decorated.__defaults__ = (_fast_code.WITHDRAWN,) * len(decorated.__defaults__ or ())
        self._plan = self.hooks = None

    def wrapper(self) -> "FunctionType":
        """
        Make the function that takes the place of the undecorated one.
        """
        if not _is_own(self.function) and _fast_code.can_share(self.function, is_async=self.is_async):
            decorated = self._sharing()
            dress(decorated, self.function)
            setattr(decorated, ATTRIBUTE, self)
        else:
            decorated = self._async_wrapper() if self.is_async else self._sync_wrapper()
            dress(decorated, self.function)
        return decorated

    def run(self, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "Any":
        """
        Run the function with its hooks, in the way that fits all calls.
        """
        try:
            hooks = self._known_hooks(args, kwargs)
            observers = () if self._is_unwatched else self.observers
            if observers:
                return watched_call(self, hooks, observers, args, kwargs)
            if not hooks:
                return self.function(*args, **kwargs)
            return call(self.point, hooks, self.function, self.lead, args, kwargs)
        except BaseException as exc:
            leave_out_own_frames(exc)
            raise

    async def arun(self, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "Any":
        """
        Run the coroutine function with its hooks; see `run`.
        """
        try:
            hooks = self._known_hooks(args, kwargs)
            observers = () if self._is_unwatched else self.observers
            if observers:
                return await awatched_call(self, hooks, observers, args, kwargs)
            if not hooks:
                return await self.function(*args, **kwargs)
            return await acall(self.point, hooks, self.function, self.lead, args, kwargs)
        except BaseException as exc:
            leave_out_own_frames(exc)
            raise

    def _known_hooks(self, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "tuple[AttachedHook, ...]":
        hooks = self.hooks
        if hooks is None:
            return self.point.publish(self)
        decorated = self._decorated()
        if decorated is not None and not self.is_async and (hooks or not self._is_unwatched):
            self._learn(decorated, hooks, (len(args), tuple(kwargs)))
        return hooks

    def _plan_for(self, hooks: "tuple[AttachedHook, ...]", observers: "tuple[Observer, ...]") -> "Any":
        """
        Lay out fast code: for calls that nobody watches, or only one who has code of its own; None for others.
        """
        from hookkit._fast_calls import Plan

        if not observers:
            return Plan(self, hooks)
        tape = observers[0].tape if len(observers) == 1 else None
        return None if tape is None else tape.plan(self, hooks)

    def _learn(self, decorated: "FunctionType", hooks: "tuple[AttachedHook, ...]", shape: "_fast_code.Shape") -> None:
        """
        See to it that the next call of this shape is a fast one.
        """
        changes = self.point.changes
        observers = () if self._is_unwatched else self.observers
        if observers and observers[0].tape is None:
            return  # all calls go the general way
        from hookkit._fast_calls import is_plannable

        is_new = shape not in self._shapes
        shapes = (*self._shapes, shape) if is_new else self._shapes
        if (self._plan is not None and not is_new) or not is_plannable(hooks, shapes):
            return
        plan = self._plan_for(hooks, observers)
        if plan is None:
            return
        code, defaults = plan.code(shapes), plan.defaults(shapes)
        with self.point.changing:
            if self.hooks is hooks and self.observers == observers:
                self._plan, self._shapes = plan, shapes
                self._install(decorated, code, *defaults)
                if changes != self.point.changes:  # a signal handler or a destructor came in between
                    self.withdraw()

    def _install(
        self,
        decorated: "FunctionType",
        code: "CodeType",
        defaults: "tuple[Any, ...] | None",
        kwdefaults: "dict[str, Any] | None",
    ) -> None:
        """
        Have *code* run, with the defaults that go with it.

        They change while the general code is in place, which has no parameters.
        """
        decorated.__code__ = self._general_code
        decorated.__defaults__ = defaults
        decorated.__kwdefaults__ = kwdefaults
        decorated.__code__ = code

    def is_decorated(self, function: object) -> bool:
        """
        Tell whether *function* is its decorated form, and not one that wraps this and took over its attributes.
        """
        return function is self._decorated()

    def _sharing(self) -> "FunctionType":
        """
        Make a function that can run the code of the undecorated one: the same globals, defaults and closure.
        """
        function: Any = self.function
        self._general_code = _fast_code.general_code(function, ref(self), is_async=self.is_async)
        decorated = FunctionType(
            self._general_code,
            function.__globals__,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        decorated.__kwdefaults__ = function.__kwdefaults__
        self._defaults, self._kwdefaults = function.__defaults__, function.__kwdefaults__
        self._decorated = ref(decorated)
        return decorated

    def _sync_wrapper(self) -> "Any":
        def hooked(*args: "Any", **kwargs: "Any") -> "Any":
            return self.run(args, kwargs)

        return hooked

    def _async_wrapper(self) -> "Any":
        async def hooked(*args: "Any", **kwargs: "Any") -> "Any":
            return await self.arun(args, kwargs)

        return hooked


def _is_own(function: "Any") -> bool:
    """
    Tell whether *function* is a decorated one already, whose code changes.
    """
    there = getattr(function, "__dict__", {}).get(ATTRIBUTE)
    return there is not None and there.is_decorated(function)


def _nothing() -> None:
    """
    Stand for a reference to nothing.
    """
