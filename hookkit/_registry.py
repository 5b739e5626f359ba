"""
Registries: the hook points of one entry-point group, and how errors there are treated.
"""

from _thread import RLock

from hookkit._functions import HookedFunction
from hookkit._hooks import describe, is_coroutine_function
from hookkit._messages import logger_of
from hookkit._points import HookPoint
from hookkit._watching import Alive, Observers
from hookkit.exceptions import InvalidValueError, MisuseError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger
    from typing import Any, Literal, TypedDict, TypeVar, Unpack

    from hookkit._watching import Finished, Observe, Undo
    from hookkit.discovery import EntryPoint
    from hookkit.exceptions import HookLoadError

    F = TypeVar("F")
    Policy = Literal["log", "raise"]

    class Options(TypedDict, total=False):
        """
        The options of a registry.
        """

        on_hook_error: Policy
        on_load_error: Policy
        enabled: Callable[[EntryPoint], bool] | None


DEFAULT_GROUP = "hookkit.hooks"


refusal_observers: "list[Callable[[HookLoadError], object]]" = []
"""
Who is told of each hook that cannot be had, where that is only logged: fakes note it.
"""


class HookRegistry:
    """
    The hook points of one entry-point group.

    Hosts share one per group and process, which `get_registry` gives.

    Args:
        group: The entry-point group whose entry points are the hooks; an entry point's name is its hook point's.
        on_hook_error: ``"log"``: what a hook raises is logged and swallowed, unless it is a `FatalHookException`.
            ``"raise"``: it is logged and goes out to the caller.
        on_load_error: ``"log"``: a hook that cannot be loaded is logged once and left out.
            ``"raise"``: the call that wanted it gets a `HookLoadError`.
        enabled: Asked with each `hookkit.discovery.EntryPoint`, which knows its distribution, before anything of it is
            imported; what it answers False to is not loaded.

    Raises:
        InvalidValueError: If a policy is neither ``"log"`` nor ``"raise"``; if *group* is no name or *enabled* cannot
            be called.
    """

    def __init__(
        self,
        group: str,
        *,
        on_hook_error: "Policy" = "log",
        on_load_error: "Policy" = "log",
        enabled: "Callable[[EntryPoint], bool] | None" = None,
    ) -> None:
        self.group = _named("group", group)
        self.on_hook_error = _policy("on_hook_error", on_hook_error)
        self.on_load_error = _policy("on_load_error", on_load_error)
        self.enabled = _predicate(enabled)
        self.observers = Observers()
        self._points: dict[str, HookPoint] = {}
        self._points_lock = RLock()
        self._entry_points: tuple[EntryPoint, ...] | None = None
        self._scan_lock = RLock()  # not the other one: a scan imports modules, and theirs may decorate functions
        with _STATE.lock:
            _STATE.alive.add(self)

    def __repr__(self) -> str:
        return f"<HookRegistry {self.group!r} with {len(self._points)} hook points>"

    @property
    def log(self) -> "Logger":
        """
        Where it logs: the logger ``hookkit.<group>``.
        """
        return logger_of(self.group)

    @property
    def points(self) -> tuple[HookPoint, ...]:
        """
        The hook points that were asked for so far, in that order.
        """
        with self._points_lock:
            return tuple(self._points.values())

    def point(self, name: str) -> HookPoint:
        """
        Give the hook point called *name*, making it if there is none yet.

        Raises:
            InvalidValueError: If *name* is empty or no string.
        """
        _named("name", name)
        with self._points_lock:
            there = self._points.get(name)
            if there is None:
                there = self._points[name] = HookPoint(self, name)
            return there

    def add_hook(self, name: str, pass_function: bool = False) -> "Callable[[F], F]":  # noqa: FBT001, FBT002 - Nova's
        """
        Decorate a function so that the hooks called *name* run before and after it.

        Works on functions, methods, coroutine functions, and above or below ``staticmethod`` and ``classmethod``.
        Nothing is loaded before the first call.

        Args:
            name: The name of the hook point.
            pass_function: Whether hooks are given the undecorated function before the other arguments.

        Returns:
            The decorator.
            What it makes has the function's signature, name and docstring, and carries ``__hook_name__``.

        Raises:
            MisuseError: If *name* is no string, as when ``@add_hook`` is written without a name; if what is decorated
                cannot be called, or is a class.
            InvalidValueError: If *name* is empty.
        """
        if not isinstance(name, str):
            msg = f"add_hook() needs the name of a hook point, got {describe(name)}. Write @add_hook('its_name')."
            raise MisuseError(msg)
        if not name:
            msg = "add_hook() needs the name of a hook point, got ''. Write @add_hook('its_name')."
            raise InvalidValueError(msg)
        point = self.point(name)

        def decorate(function: "F") -> "F":
            return _decorate(point, function, pass_function=pass_function)  # type: ignore[no-any-return]

        return decorate

    def register(self, name: str, hook: object) -> None:
        """
        Attach *hook* by hand to the hook point called *name*, after those found through entry points.

        Args:
            name: The name of the hook point.
            hook: A class, which is called without arguments; an object with hook methods; or a factory.

        Raises:
            HookLoadError: If *hook* is none of these.
            InvalidValueError: If it is registered there already.

        `reset` does not forget it; `unregister` takes it away.
        """
        self.point(name).register(hook)

    def unregister(self, name: str, hook: object) -> None:
        """
        Take away *hook*, which was registered by hand at the hook point called *name*.

        Args:
            name: The name of the hook point.
            hook: What was given to `register`, or the object that it made.

        Raises:
            InvalidValueError: If it is not registered there; the message lists what is.
        """
        self.point(name).unregister(hook)

    def reset(self) -> None:
        """
        Forget the hooks that were found through entry points, so that the next call looks for them anew.

        Hooks registered by hand stay.
        """
        with self._scan_lock:
            self._entry_points = None
        for point in self.points:
            point.reset()

    def observe(
        self, before: "Observe | None" = None, after: "Observe | None" = None, *, finished: "Finished | None" = None
    ) -> "Undo":
        """
        Be told of every event of this registry; see `hookkit.observe`.
        """
        return self.observers.add(before, after, finished=finished)

    def entry_points(self, name: str) -> "tuple[EntryPoint, ...]":
        """
        Give the entry points called *name*, in hook order, importing none; scanned once until `reset`.
        """
        from hookkit.discovery import entry_points

        with self._scan_lock:
            if self._entry_points is None:
                self._entry_points = entry_points(self.group)
            return tuple(entry_point for entry_point in self._entry_points if entry_point.name == name)

    def is_enabled(self, entry_point: "EntryPoint") -> bool:
        """
        Ask the ``enabled`` predicate, if there is one.
        """
        return self.enabled is None or bool(self.enabled(entry_point))

    def refuse(self, error: "HookLoadError", cause: BaseException | None) -> None:
        """
        Log *error*, a hook that cannot be loaded, or raise it from *cause*, as ``on_load_error`` says.
        """
        if self.on_load_error == "raise":
            raise error from cause
        self.log.error("%s", error, exc_info=cause)
        for tell in tuple(refusal_observers):
            tell(error)

    def check_options(self, options: "Options") -> None:
        """
        Make sure that *options* are those that the registry was made with.
        """
        for option, value in options.items():
            there = getattr(self, option)
            if there != value:
                msg = (
                    f"The registry of group {self.group!r} was made with {option}={describe(there)}; "
                    f"{option}={describe(value)} was asked for now. "
                    "Options are set by whoever asks first: ask with the same ones, or with none."
                )
                raise InvalidValueError(msg)


class _State:
    """
    The registries of this process: those that are shared, by group, and all that exist.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self.shared: dict[str, HookRegistry] = {}
        self.alive = Alive()


_STATE = _State()


def get_registry(group: str = DEFAULT_GROUP, **options: "Unpack[Options]") -> HookRegistry:
    """
    Give the registry of an entry-point group: one per group and process, as with loggers.

    Args:
        group: The entry-point group.
        options: ``on_hook_error``, ``on_load_error`` and ``enabled``, as for `HookRegistry`.
            Set by whoever asks first; asking without any gives what is there.

    Raises:
        InvalidValueError: If the registry is there with other options, or an option has a value that it cannot have.
        MisuseError: If an option is none of those; the message lists them.
    """
    unknown = sorted(options.keys() - {"on_hook_error", "on_load_error", "enabled"})
    if unknown:
        msg = f"get_registry() got {unknown[0]!r}. Its options are 'enabled', 'on_hook_error' and 'on_load_error'."
        raise MisuseError(msg)
    there = _STATE.shared.get(_named("group", group))
    if there is None:
        made = HookRegistry(group, **options)
        with _STATE.lock:
            there = _STATE.shared.setdefault(group, made)
    there.check_options(options)
    return there


def registries() -> tuple[HookRegistry, ...]:
    """
    Give all registries that exist in this process, in the order of their groups.
    """
    with _STATE.lock:
        return tuple(sorted(_STATE.alive, key=lambda registry: registry.group))


def add_hook(
    name: str,
    pass_function: bool = False,  # noqa: FBT001, FBT002 - Nova's
    *,
    group: str = DEFAULT_GROUP,
) -> "Callable[[F], F]":
    """
    Decorate a function so that the hooks called *name* run before and after it; see `HookRegistry.add_hook`.

    Args:
        name: The name of the hook point.
        pass_function: Whether hooks are given the undecorated function before the other arguments.
        group: The entry-point group; its registry is `get_registry`'s.
    """
    return get_registry(group).add_hook(name, pass_function)


def reset() -> None:
    """
    Forget, in all registries, the hooks that were found through entry points.
    """
    for registry in registries():
        registry.reset()


def reset_group(group: str) -> None:
    """
    Forget, in all registries of *group*, the hooks that were found through entry points.
    """
    for registry in registries():
        if registry.group == group:
            registry.reset()


def _named(what: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        msg = f"{what} is {describe(value)}; it must be a string that is not empty."
        raise InvalidValueError(msg)
    return value


def _predicate(enabled: "Callable[[EntryPoint], bool] | None") -> "Callable[[EntryPoint], bool] | None":
    if enabled is not None and not callable(enabled):
        msg = f"enabled is {describe(enabled)}; it must be None or a function that is given an EntryPoint."
        raise InvalidValueError(msg)
    return enabled


def _policy(option: str, value: "Policy") -> "Policy":
    if value not in ("log", "raise"):
        msg = f"{option} is {describe(value)}; it must be 'log' or 'raise'."
        raise InvalidValueError(msg)
    return value


def _decorate(point: HookPoint, function: "Any", *, pass_function: bool) -> "Any":
    if isinstance(function, staticmethod | classmethod):
        return type(function)(_decorate(point, function.__func__, pass_function=pass_function))
    if isinstance(function, type) or not callable(function):
        msg = f"add_hook({point.name!r}) decorates functions, got {describe(function)}."
        raise MisuseError(msg)
    is_async = is_coroutine_function(function)
    if pass_function:
        _name(function, point.name)
    wrapper = HookedFunction(point, function, is_async=is_async, pass_function=pass_function).wrapper()
    wrapper.__hook_name__ = point.name  # type: ignore[attr-defined] # functions take attributes
    return wrapper


def _name(function: "Any", name: str) -> None:
    """
    Give the function that hooks are passed the name that Nova gave it; what takes no attributes stays as it is.
    """
    from contextlib import suppress

    with suppress(AttributeError, TypeError):
        function.__hook_name__ = name
