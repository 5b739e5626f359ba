"""
The threads in which calls are noted on tapes.

See "How calls are recorded fast" in the explanations.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from hookkit.recording._tape_plan import Entry


class Place:
    """
    A thread, as calls note it.

    Attributes:
        thread: What has the thread's name as its ``_name``: the thread itself, if it is named in the usual way.
        top: The innermost noted call that is under way in it.
    """

    __slots__ = ("__weakref__", "thread", "top")

    def __init__(self) -> None:
        thread = threading.current_thread()
        is_usual = type(thread).name is threading.Thread.name and hasattr(thread, "_name")
        self.thread: Any = thread if is_usual else _NamedOtherwise(thread)
        self.top: Entry | None = None


class _NamedOtherwise:
    """
    A thread of a class that has a way of its own to name it.
    """

    def __init__(self, thread: threading.Thread) -> None:
        self._thread = thread

    @property
    def _name(self) -> str:
        return self._thread.name


PLACES = threading.local()
"""
Has the place of each thread that noted something as its ``place``; no subclass, which would be slower.
"""
_CHANGING = threading.RLock()
_ALL_PLACES: WeakSet[Place] = WeakSet()


def place_here() -> Place:
    """
    Give the place of this thread.
    """
    place: Place | None = getattr(PLACES, "place", None)
    if place is None:
        place = PLACES.place = Place()
        with _CHANGING:
            _ALL_PLACES.add(place)
    return place


def all_places() -> tuple[Place, ...]:
    """
    Give the places of all threads that noted something.
    """
    with _CHANGING:
        return tuple(_ALL_PLACES)
