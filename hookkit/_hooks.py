"""
A hook, where it came from, and what of it can run.
"""

import sys
import time

from hookkit._messages import label_of
from hookkit.exceptions import HookLoadError, MisuseError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CoroutineType, GeneratorType, ModuleType
    from types import FunctionType as FunctionType  # noqa: PLC0414 - others import it from here
    from typing import Any

    from hookkit.discovery import EntryPoint
else:  # as in types, which takes as long to import as two of our modules

    async def _wait() -> None:
        """
        Wait for nothing.
        """

    _waiting = _wait()
    CoroutineType, FunctionType, ModuleType = type(_waiting), type(_wait), type(sys)
    GeneratorType = type(_ for _ in ())
    _waiting.close()

time_ns, perf_counter_ns = time.time_ns, time.perf_counter_ns
"""
The clocks of events, taken early: tests may replace them later.
"""

HOOK_METHODS = ("pre", "post", "error", "periodic")

WORN = (
    "__module__",
    "__name__",
    "__qualname__",
    "__doc__",
    *(("__annotations__",) if sys.version_info < (3, 14) else ("__annotate__",)),
    *(() if sys.version_info < (3, 12) else ("__type_params__",)),
)
"""
What a decorated function takes over from the undecorated one: the attributes in `functools.WRAPPER_ASSIGNMENTS`.
"""

# As in inspect, whose import costs more than all of hookkit.
_CO_COROUTINE = 0x80
_CO_ITERABLE_COROUTINE = 0x100


class Replace:
    """
    Return it from ``post`` to replace the result for later hooks and for the caller.

    Attributes:
        value: The new result.
    """

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, Replace) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # its value may be anything

    def __repr__(self) -> str:
        return f"Replace({self.value!r})"


class AttachedHook:
    """
    A hook as a hook point runs it: the object, its bound methods, and where it came from.

    The methods are looked up once, when the hook is attached.

    Attributes:
        obj: The hook itself.
        pre: Its ``pre``; None if it has none.
        post: Its ``post``; None if it has none.
        error: Its ``error``; None if it has none.
        periodic: Its ``periodic``; None if it has none.
        order: Where it wants to stand among the hooks of its point; lower runs earlier.
        is_async: Whether ``pre``, ``post`` or ``error`` is a coroutine function.
        entry_point: The entry point that it was found through; None if it was registered by hand.

    Raises:
        HookLoadError: If *obj* has no hook method, one that cannot be called, or an ``order`` that is no whole number.
    """

    __slots__ = ("entry_point", "error", "is_async", "obj", "order", "periodic", "post", "pre")

    def __init__(self, obj: object, entry_point: "EntryPoint | None" = None) -> None:
        self.obj = obj
        self.entry_point = entry_point
        self.pre = _method(obj, "pre")
        self.post = _method(obj, "post")
        self.error = _method(obj, "error")
        self.periodic = _method(obj, "periodic")
        self.order = _order(obj)
        if self.pre is self.post is self.error is self.periodic is None:
            msg = (
                f"{describe(obj)} has none of the methods pre, post, error and periodic, so it is no hook. "
                "Write at least one of them."
            )
            raise HookLoadError(msg)
        self.is_async = any(is_coroutine_function(m) for m in (self.pre, self.post, self.error) if m is not None)

    @classmethod
    def for_driver(cls, driver: object) -> "AttachedHook":
        """
        Attach a driver hook, whose methods are ``execute_pre_hook``, ``execute_post_hook``, ``execute_periodic_hook``.
        """
        hook = cls.__new__(cls)
        hook.obj = driver
        hook.entry_point = None
        for phase in HOOK_METHODS:
            setattr(hook, phase, _method(driver, f"execute_{phase}_hook"))
        hook.order = 0
        # HookBase's own methods are plain ones, which hand on what the subclass's return.
        names = (f"{how}_{phase}_hook" for how in ("execute", "_execute") for phase in ("pre", "post"))
        methods = (getattr(driver, name, None) for name in names)
        hook.is_async = any(is_coroutine_function(method) for method in methods if method is not None)
        return hook

    def with_methods(self, **methods: "Callable[..., Any] | None") -> "AttachedHook":
        """
        Make a copy that runs *methods* in place of its own.
        """
        copy = AttachedHook.__new__(AttachedHook)
        copy.obj = self.obj
        copy.entry_point = self.entry_point
        copy.order = self.order
        copy.is_async = self.is_async
        copy.pre = methods.get("pre", self.pre)
        copy.post = methods.get("post", self.post)
        copy.error = methods.get("error", self.error)
        copy.periodic = methods.get("periodic", self.periodic)
        return copy

    @property
    def class_path(self) -> str:
        """
        Where the hook's class (or the module, if the hook is one) is defined, as ``package.module:Class``.
        """
        return class_path(self.obj)

    @property
    def name(self) -> str:
        """
        The last part of the class path: what tables and failures call the hook.
        """
        return self.class_path.rpartition(":")[2].rpartition(".")[2]

    @property
    def distribution(self) -> str | None:
        """
        The name of the distribution that provides the hook, if it was found through an entry point.
        """
        return None if self.entry_point is None else self.entry_point.distribution

    @property
    def version(self) -> str | None:
        """
        That distribution's version.
        """
        return None if self.entry_point is None else self.entry_point.version

    @property
    def origin(self) -> str:
        """
        Where the hook came from, for people: ``demo-hooks 1.0``, or ``registered by hand``.
        """
        return "registered by hand" if self.entry_point is None else label_of(self.entry_point)

    def __repr__(self) -> str:
        return f"<AttachedHook {self.class_path} ({self.origin})>"


def make_hook(target: object) -> object:
    """
    Make the hook that *target*, the object which an entry point names, stands for.

    Args:
        target: A class is called without arguments.
            Any other object that has a hook method is used as it is.
            Any other callable is a factory, and is called without arguments.

    Returns:
        The hook.

    Raises:
        HookLoadError: If *target* is none of these.
    """
    if isinstance(target, type):
        return target()
    if any(getattr(target, name, None) is not None for name in HOOK_METHODS):
        return target
    if callable(target):
        return target()
    msg = (
        f"{describe(target)} is no hook: it is not a class, it has none of the methods pre, post, error and periodic, "
        "and it cannot be called to make one."
    )
    raise HookLoadError(msg)


def class_path(obj: object) -> str:
    """
    Say where the class of *obj* is defined; *obj* itself, if it is a class, a function or a module.
    """
    try:
        if isinstance(obj, ModuleType):
            return obj.__name__
        if isinstance(obj, type | FunctionType):
            return f"{obj.__module__}:{obj.__qualname__}"
    except Exception:  # noqa: BLE001, S110 - its __class__ raises or lies
        pass
    kind = type(obj)
    return f"{getattr(kind, '__module__', '?')}:{kind.__qualname__}"  # a class made by a text may have no module


def dress(decorated: "Any", function: "Any") -> None:
    """
    Give *decorated* what `functools.update_wrapper` gives it, without importing that and the six modules that it needs.
    """
    for name in WORN:
        try:
            value = getattr(function, name)
        except AttributeError:
            continue
        setattr(decorated, name, value)
    decorated.__dict__.update(getattr(function, "__dict__", {}))
    decorated.__wrapped__ = function


def describe(obj: object) -> str:
    """
    Show *obj* in a message, whatever its ``__repr__`` does.
    """
    try:
        return repr(obj)
    except Exception as exc:  # noqa: BLE001 - a broken repr must not hide what the message is about
        return f"<{class_path(obj)} whose repr raised {type(exc).__name__}>"


def is_coroutine_function(method: "Callable[..., Any]") -> bool:
    """
    Tell whether calling *method* gives a coroutine: what inspect.iscoroutinefunction says, mostly without importing it.

    Asynchronous mocks and compiled functions count, which have the flags of a coroutine function but not its type.
    So does what `unittest.mock.create_autospec` makes of one, which up to Python 3.12 only asyncio's marker tells.
    """
    function = getattr(method, "__func__", method)
    if getattr(getattr(function, "__code__", None), "co_flags", 0) & _CO_COROUTINE:
        return True
    if isinstance(function, FunctionType) and not function.__dict__:
        return False
    from inspect import iscoroutinefunction

    if iscoroutinefunction(method) or iscoroutinefunction(getattr(method, "__call__", None)):  # noqa: B004
        return True
    coroutines = sys.modules.get("asyncio.coroutines")
    marker = getattr(coroutines, "_is_coroutine", None)
    return marker is not None and getattr(method, "_is_coroutine", None) is marker


def refuse_awaitable(returned: "Any") -> "Any":
    """
    Give *returned* back, unless it is a coroutine that nobody will await.

    Raises:
        MisuseError: If a hook's method on a function that is no coroutine function returned a coroutine.
    """
    if type(returned) is CoroutineType:  # as it cannot be derived from; see _runner on isinstance
        returned.close()  # left open it would warn, later and elsewhere
        msg = (
            f"The hook returned the coroutine {returned!r} to a function that is no coroutine function, "
            "so nobody can await it. Make the hook's method a plain function."
        )
        raise MisuseError(msg)
    return returned


def is_replacement(returned: object) -> bool:
    """
    Tell whether a ``post`` returned a `Replace`.

    By its type, as an object that is asked for its class may lie, or raise.
    """
    return issubclass(type(returned), Replace)


def is_awaitable(returned: "Any") -> bool:
    """
    Tell whether *returned* can be awaited: what inspect.isawaitable says, without asking the object for its class.
    """
    kind = type(returned)
    if kind is GeneratorType:  # one of types.coroutine
        return bool(returned.gi_code.co_flags & _CO_ITERABLE_COROUTINE)
    return getattr(kind, "__await__", None) is not None


async def settled(returned: "Any") -> "Any":
    """
    Give *returned*, awaited if it can be.
    """
    return await returned if is_awaitable(returned) else returned


def _method(obj: object, name: str) -> "Callable[..., Any] | None":
    method = getattr(obj, name, None)
    if method is not None and not callable(method):
        msg = f"{describe(obj)} has {name} = {describe(method)}, which cannot be called. Make it a method."
        raise HookLoadError(msg)
    return method


def _order(obj: object) -> int:
    order = getattr(obj, "order", 0)
    if not isinstance(order, int):
        from inspect import getattr_static

        if getattr_static(obj, "order", None) is None:
            return 0  # nobody wrote it: a mock, for one, has every attribute that it is asked for
        msg = f"{describe(obj)} has order = {describe(order)}. Make it a whole number; lower runs earlier."
        raise HookLoadError(msg)
    return order
