"""
Whose calls a recorder hears, where several tests run at once.
"""

from __future__ import annotations

import sys
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_entered: ContextVar[Scope | None] = ContextVar("hookkit_scope", default=None)


class Scope:
    """
    What happens in one thread or task, and in what was started from there, as far as that can be told.

    What happens in a context belongs to the scopes that were entered in it.
    Tasks and `asyncio.to_thread` take their starter's context on; so does ``Context.run``, and each new thread where
    Python is told so (``sys.flags.thread_inherit_context``).
    In a context without any, it belongs to those that were entered in its thread.
    In a thread where none was entered it belongs to all: whose it is cannot be told.

    Attributes:
        outer: The one in which it was entered; None if there is none.
        thread: The identifier of the thread in which it was entered.
        is_of_task: Whether it was entered in an asyncio task.
    """

    __slots__ = ("is_of_task", "outer", "thread")

    def __init__(self) -> None:
        self.outer: Scope | None = None
        self.thread = 0
        self.is_of_task = False

    def enter(self) -> None:
        """
        Begin in this thread and context.
        """
        self.outer = next(_here(), None)
        self.thread = threading.get_ident()
        self.is_of_task = _is_in_task()
        _ACTIVE.add(self)
        _entered.set(self)

    def leave(self) -> None:
        """
        End, in this context or another one.
        """
        _ACTIVE.remove(self)
        if _entered.get() is self:
            _entered.set(self.outer)

    def is_here(self) -> bool:
        """
        Tell whether what happens now, in this thread and context, belongs to it.
        """
        claims = list(_here()) or list(_of_thread(threading.get_ident()))
        if not claims or self in claims:
            return True
        # A context may be older than what was entered in its thread since, as that of a test runner's event loop is.
        return any(self.is_of_thread(scope.thread) for scope in claims)

    def is_alone(self) -> bool:
        """
        Tell whether there is no other one, so that all that happens belongs to it.
        """
        return all(scope is self for scope in _ACTIVE.scopes)

    def is_of_thread(self, thread: int) -> bool:
        """
        Tell whether it was entered in the thread with this identifier, and not in a task there.
        """
        return self.thread == thread and not self.is_of_task

    def outer_ones(self) -> Iterator[Scope]:
        """
        Give itself and the scopes in which it was entered, as far as they have not ended.
        """
        scope: Scope | None = self
        while scope is not None:
            if scope in _ACTIVE.scopes:
                yield scope
            scope = scope.outer


class _Active:
    """
    The scopes that have begun and not ended.

    Attributes:
        scopes: The scopes; a new tuple at each change, so that a reader needs no lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.scopes: tuple[Scope, ...] = ()

    def add(self, scope: Scope) -> None:
        with self._lock:
            self.scopes = (*self.scopes, scope)

    def remove(self, scope: Scope) -> None:
        with self._lock:
            self.scopes = tuple(other for other in self.scopes if other is not scope)


_ACTIVE = _Active()


def _here() -> Iterator[Scope]:
    scope = _entered.get()
    return iter(()) if scope is None else scope.outer_ones()


def _of_thread(thread: int) -> Iterator[Scope]:
    return (scope for scope in _ACTIVE.scopes if scope.is_of_thread(thread))


def _is_in_task() -> bool:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        return asyncio.current_task() is not None
    except (AttributeError, RuntimeError):  # still being imported by another thread; no loop runs here
        return False
