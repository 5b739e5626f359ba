"""
Who is watching: the observers of all hook points, and of one registry.
"""

from _thread import RLock
from _weakref import ref

from hookkit._hooks import describe
from hookkit.exceptions import MisuseError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    from hookkit._events import HookCall, HookEvent
    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook
    from hookkit._points import HookPoint

    class Tape(Protocol):
        """
        What an observer has that wants to be told of plain functions' calls in code of its own: a recorder.
        """

        def plan(self, hooked: HookedFunction, hooks: tuple[AttachedHook, ...]) -> Any:
            """
            Lay out the code that runs *hooks* around a function; None if all is to go the general way.
            """
            ...

    Observe = Callable[[HookEvent], object]
    Finished = Callable[[HookCall], object]
    Undo = Callable[[], None]


class Alive:
    """
    Those of the objects added that still exist: a small `weakref.WeakSet`, as that costs three of our modules.
    """

    __slots__ = ("_references",)

    def __init__(self) -> None:
        self._references: set[ref[Any]] = set()

    def add(self, item: object) -> None:
        """
        Take *item* for as long as it exists.
        """
        self._references.add(ref(item, self._references.discard))

    def __iter__(self) -> "Iterator[Any]":
        there = self._references.copy()  # in one step, as any may go at any time
        return iter([item for reference in there if (item := reference()) is not None])


class Observer:
    """
    One who watches, until it is undone.
    """

    __slots__ = ("after", "before", "finished", "is_active", "tape")

    def __init__(
        self,
        before: "Observe | None",
        after: "Observe | None",
        finished: "Finished | None",
        tape: "Tape | None" = None,
    ) -> None:
        self.before = before
        self.after = after
        self.finished = finished
        self.tape = tape
        self.is_active = True


class Observers:
    """
    A set of observers, in the order in which they came.

    Attributes:
        current: The observers; a new tuple at each change, so that a reader needs no lock.
    """

    __slots__ = ("_lock", "_points", "current")

    def __init__(self) -> None:
        self._lock = RLock()
        self._points = Alive()
        self.current: tuple[Observer, ...] = ()

    def add_point(self, point: "HookPoint") -> None:
        """
        Take note of a point whose functions are watched: they are told when observers come and go.
        """
        with self._lock:
            self._points.add(point)

    def add(
        self,
        before: "Observe | None" = None,
        after: "Observe | None" = None,
        *,
        finished: "Finished | None" = None,
        tape: "Tape | None" = None,
    ) -> "Undo":
        """
        Add an observer; see `hookkit.observe`.

        Args:
            before: Told of each event before it runs.
            after: Told of each event that is over.
            finished: Told of each call that is over.
            tape: Where calls of plain functions are noted without telling, as long as nobody else watches them.
        """
        for what, callback in (("before", before), ("after", after), ("finished", finished)):
            if callback is not None and not callable(callback):
                msg = f"observe() got {what}={describe(callback)}, which cannot be called. Give a function or None."
                raise MisuseError(msg)
        observer = Observer(before, after, finished, tape)
        with self._lock:
            self._change((*self.current, observer))

        def undo() -> None:
            observer.is_active = False
            with self._lock:
                self._change(tuple(o for o in self.current if o is not observer))

        return undo

    def renew_lock(self) -> None:
        """
        Have a lock that nobody holds: in the child of a fork, a thread that held the old one is not there.
        """
        self._lock = RLock()

    def renew(self) -> None:
        """
        Have each function find out anew how it is watched.
        """
        with self._lock:
            for point in tuple(self._points):
                point.withdraw()

    def _change(self, current: tuple[Observer, ...]) -> None:
        # None, a single one, several: each may be told in another way.
        has_changed = min(len(current), 2) != min(len(self.current), 2)
        self.current = current
        if has_changed:
            self.renew()


EVERYWHERE = Observers()


def observe(
    before: "Observe | None" = None, after: "Observe | None" = None, *, finished: "Finished | None" = None
) -> "Undo":
    """
    Be told of every event: of each method of each hook, and of each hooked function's own body.

    Observers never change a call: one that raises is logged and hears no more of that call.

    Args:
        before: Called with the `HookEvent` before the method runs; its outcome is not known yet.
        after: Called with the same event, its outcome filled in.
        finished: Called with the `HookCall` when the call is over; for periodic hooks on every tick.

    Returns:
        A function without arguments that ends the watching at once.
        Several may be undone in any order; undoing twice does nothing.

    Raises:
        MisuseError: If one of them cannot be called.

    Calls that are under way when watching begins are not seen, nor are those that an observer itself makes by it.
    The event holds live objects, not copies: whoever keeps them sees what becomes of them.
    """
    return EVERYWHERE.add(before, after, finished=finished)
