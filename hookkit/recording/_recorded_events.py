"""
The list of recorded events, and comparing with what was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from hookkit.recording._records import RecordedEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hookkit.recording._records import HookKey


class RecordedEvents(Sequence[RecordedEvent]):
    """
    Recorded events in order of start; equal to any list of patterns or events that match one by one.
    """

    def __init__(self, items: Iterable[RecordedEvent] = ()) -> None:
        # The recorder's own list grows, and may lose its first ones; what filter gives does not.
        self._items: Iterable[RecordedEvent] = items

    def filter(
        self,
        *,
        point: str | None = None,
        phase: str | None = None,
        hook: HookKey | None = None,
        distribution: str | None = None,
    ) -> RecordedEvents:
        """
        Give the events that fit all that is asked for.

        Args:
            point: The name of the hook point.
            phase: The phase, such as ``post``.
            hook: The hook's class, the hook itself, or its class path ``package.module:Class``.
            distribution: The name of the distribution that provides the hook.

        Returns:
            The events that there are now, in the same order.
        """
        return RecordedEvents(
            tuple(
                event
                for event in self
                if (point is None or event.point == point)
                and (phase is None or event.phase == phase)
                and (hook is None or (event.hook is not None and event.hook.is_named(hook)))
                and (distribution is None or (event.hook is not None and event.hook.distribution == distribution))
            )
        )

    def __iter__(self) -> Iterator[RecordedEvent]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(tuple(self._items))

    @overload
    def __getitem__(self, index: int) -> RecordedEvent: ...
    @overload
    def __getitem__(self, index: slice) -> RecordedEvents: ...
    def __getitem__(self, index: int | slice) -> RecordedEvent | RecordedEvents:
        items = tuple(self._items)
        return RecordedEvents(items[index]) if isinstance(index, slice) else items[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | tuple | RecordedEvents):
            return NotImplemented
        events = tuple(self)
        return len(events) == len(other) and all(map(is_equal, other, events))

    __hash__ = None  # type: ignore[assignment] # it grows

    def __repr__(self) -> str:
        return repr(list(self))


class Played:
    """
    The records of events that a recorder has, those of what is on its tape made when somebody asks.

    Args:
        ask: Gives all records.
    """

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[], Iterable[RecordedEvent]]) -> None:
        self._ask = ask

    def __iter__(self) -> Iterator[RecordedEvent]:
        return iter(tuple(self._ask()))


def is_equal(expected: Any, recorded: Any) -> bool:
    """
    Tell whether *expected* ``==`` *recorded*; not if comparing raises.
    """
    if expected is recorded:
        return True
    try:
        return bool(expected == recorded)
    except Exception:  # noqa: BLE001 - comparing what was recorded never raises
        return False
