"""
Hook points: the hooks of one name, loaded once and in order.
"""

from _thread import RLock, allocate_lock, get_ident

from hookkit._hooks import AttachedHook, describe, make_hook
from hookkit._messages import cannot_load, explain
from hookkit._watching import EVERYWHERE, Alive
from hookkit.exceptions import HookLoadError, InvalidValueError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from logging import Logger

    from hookkit._functions import HookedFunction
    from hookkit._registry import HookRegistry
    from hookkit.discovery import EntryPoint


class HookPoint:
    """
    A named place in a host, and the hooks that run there.

    Made by `HookRegistry.point`; several functions may share one.

    Attributes:
        registry: The registry that it belongs to.
        name: Its name.
        changing: Held while its hooks, or what its functions run, change; a signal handler or a destructor may change
            them nevertheless.
        changes: How often that has been.
    """

    def __init__(self, registry: "HookRegistry", name: str) -> None:
        self.registry = registry
        self.name = name
        self._registered: tuple[tuple[object, AttachedHook], ...] = ()
        self._discovered: tuple[AttachedHook, ...] | HookLoadError | None = None
        self._functions = Alive()
        self._log: Logger | None = None
        self._loading = Turn()
        self.changing = RLock()
        self.changes = 0
        self._resets = 0
        EVERYWHERE.add_point(self)
        registry.observers.add_point(self)

    @property
    def group(self) -> str:
        """
        The entry-point group of its registry.
        """
        return self.registry.group

    @property
    def log(self) -> "Logger":
        """
        The registry's logger, ``hookkit.<group>``.
        """
        if self._log is None:
            self._log = self.registry.log
        return self._log

    @property
    def functions(self) -> "tuple[HookedFunction, ...]":
        """
        The functions that are decorated with this point and still exist, in no particular order.
        """
        with self.changing:
            return tuple(self._functions)

    @property
    def is_loaded(self) -> bool:
        """
        Whether its hooks have been looked for since the last `HookRegistry.reset`.
        """
        return self._discovered is not None

    @property
    def hooks(self) -> tuple[AttachedHook, ...]:
        """
        The hooks in hook order, loaded now if they were not yet.

        First those found through entry points, by their ``order``, their distribution's normalised name and their
        place in its metadata; then those registered by hand, by their ``order`` and as they came.

        Raises:
            HookLoadError: If one cannot be loaded and the registry has ``on_load_error="raise"``.
        """
        return self._with_registered(self._load())

    def register(self, target: object) -> None:
        """
        Attach a hook by hand; see `HookRegistry.register`.
        """
        hook = AttachedHook(make_hook(target))
        with self.changing:
            if any(given is target for given, _ in self._registered):
                msg = f"{describe(target)} is registered at {self.name!r} already. Unregister it first."
                raise InvalidValueError(msg)
            self._registered = tuple(sorted((*self._registered, (target, hook)), key=lambda pair: pair[1].order))
            self.withdraw()

    def unregister(self, target: object) -> None:
        """
        Detach a hook that was attached by hand; see `HookRegistry.unregister`.
        """
        with self.changing:
            kept = tuple(pair for pair in self._registered if pair[0] is not target and pair[1].obj is not target)
            if len(kept) == len(self._registered):
                there = ", ".join(describe(given) for given, _ in self._registered) or "none"
                msg = f"{describe(target)} is not registered at {self.name!r}. Registered there by hand: {there}."
                raise InvalidValueError(msg)
            self._registered = kept
            self.withdraw()

    def reset(self) -> None:
        """
        Forget the hooks that were found through entry points; the next call looks again.
        """
        with self.changing:
            self._discovered = None
            self._resets += 1
            self.withdraw()
            registered = [hook for _, hook in self._registered]
            for hooked in self._functions:
                hooked.forget_refused(registered)

    def add_function(self, hooked: "HookedFunction") -> None:
        """
        Take note of a function that is decorated with this point.
        """
        with self.changing:
            self._functions.add(hooked)

    def withdraw(self) -> None:
        """
        Have each function find out anew which hooks it runs, and who watches.
        """
        with self.changing:
            self.changes += 1
            for hooked in tuple(self._functions):
                hooked.withdraw()

    def publish(self, hooked: "HookedFunction") -> tuple[AttachedHook, ...]:
        """
        Decide which hooks *hooked* runs, and keep that until something changes.
        """
        changes = self.changes
        discovered = self._load()
        hooks = tuple(hook for hook in self._with_registered(discovered) if hooked.accepts(hook))
        with self.changing:
            # What was decided before the hooks were there, or while they changed, holds for this call alone.
            if discovered is not None and changes == self.changes:
                hooked.publish(hooks)
                if changes != self.changes:  # a signal handler or a destructor came in between
                    hooked.withdraw()
        return hooks

    def _with_registered(self, discovered: tuple[AttachedHook, ...] | None) -> tuple[AttachedHook, ...]:
        return (discovered or ()) + tuple(hook for _, hook in self._registered)

    def _load(self) -> tuple[AttachedHook, ...] | None:
        """
        Give the hooks found through entry points; None if this thread would have to wait for itself to make them.
        """
        discovered = self._discovered
        if discovered is None:
            from hookkit._environment import record_if_asked

            record_if_asked()
            if not self._loading.begin():
                return None
            try:
                discovered = self._discovered
                if discovered is None:
                    discovered = self._discover()
            finally:
                self._loading.end()
        if isinstance(discovered, HookLoadError):
            # A new one each time: a traceback grows with each raise.
            raise HookLoadError(str(discovered), entry_point=discovered.entry_point) from discovered.__cause__
        return discovered

    def _discover(self) -> tuple[AttachedHook, ...] | HookLoadError:
        resets = self._resets
        found: tuple[AttachedHook, ...] | HookLoadError
        try:
            attached = [self._attach(entry_point) for entry_point in self.registry.entry_points(self.name)]
            found = tuple(sorted(filter(None, attached), key=lambda hook: hook.order))
        except HookLoadError as exc:  # on_load_error="raise"
            found = exc
        with self.changing:
            if resets == self._resets:
                self._discovered = found
        return found

    def _attach(self, entry_point: "EntryPoint") -> AttachedHook | None:
        step = "asking the registry's enabled= about it"
        try:
            if not self.registry.is_enabled(entry_point):
                return None
            step = "making the hook"
            return AttachedHook(make_hook(entry_point.load()), entry_point)
        except HookLoadError as exc:
            is_told = exc.entry_point is entry_point
            self.registry.refuse(exc if is_told else _load_error(entry_point, str(exc)), exc.__cause__)
        except Exception as exc:  # noqa: BLE001 - it is logged or raised, as the registry says
            self.registry.refuse(_load_error(entry_point, f"{step} raised {explain(exc)}"), exc)
        return None


class Turn:
    """
    The right to load the hooks of a point: of one thread at a time, and refused where it would never come.

    Making a hook may call a hooked function: one of the same point, or one whose hooks another thread is making, which
    waits for this one.

    Attributes:
        thread: The thread whose turn it is; None if it is nobody's.
    """

    __slots__ = ("_lock", "thread")

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.thread: int | None = None

    def begin(self) -> bool:
        """
        Wait for the turn; False, at once, if it is this thread's already or waits for this thread.
        """
        thread = get_ident()
        with _DECIDING:
            if self._waits_for(thread):
                return False
            _AWAITED[thread] = self
        try:
            self._lock.acquire()
        finally:
            del _AWAITED[thread]
        self.thread = thread
        return True

    def end(self) -> None:
        """
        Let the next thread have its turn.
        """
        self.thread = None
        self._lock.release()

    def _waits_for(self, thread: int) -> bool:
        turn: Turn | None = self
        while turn is not None and turn.thread is not None:
            if turn.thread == thread:
                return True
            turn = _AWAITED.get(turn.thread)
        return False


_AWAITED: dict[int, Turn] = {}
"""
The turn that a thread waits for, by thread.
"""

_DECIDING = RLock()
"""
Held while a thread finds out whether it may wait.
"""


def _load_error(entry_point: "EntryPoint", reason: str) -> HookLoadError:
    return HookLoadError(cannot_load(entry_point, reason), entry_point=entry_point)
