"""
What went through a writer, counted.
"""

from __future__ import annotations


class EventCount:
    """
    How many events of one phase at one hook point there were.

    Attributes:
        number: How many.
        swallowed: How many of them raised what was swallowed.
        duration_ns: How long they took together, in nanoseconds.
    """

    __slots__ = ("duration_ns", "number", "swallowed")

    def __init__(self) -> None:
        self.number = 0
        self.swallowed = 0
        self.duration_ns = 0


class CallCount:
    """
    How many calls, or ticks that ran a hook, there were of one hook point.

    Attributes:
        number: How many.
    """

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0


class Tally:
    """
    Counts events and calls by hook point, those that cannot be written included.

    Whoever counts holds the writer's lock.

    Attributes:
        events: By group, point and phase.
        calls: By group, point, and whether they were ticks.
        event_number: How many events there were in all.
        call_number: How many calls there were in all.
        swallowed_number: How many events raised what was swallowed.
    """

    def __init__(self) -> None:
        self.events: dict[tuple[str, str, str], EventCount] = {}
        self.calls: dict[tuple[str, str, bool], CallCount] = {}
        self.event_number = 0
        self.call_number = 0
        self.swallowed_number = 0

    def of_event(self, group: str, point: str, phase: str) -> EventCount:
        """
        Give what events of one phase are counted in.
        """
        count = self.events.get((group, point, phase))
        if count is None:
            count = self.events[group, point, phase] = EventCount()
        return count

    def of_call(self, group: str, point: str, *, is_tick: bool) -> CallCount:
        """
        Give what calls, or ticks, are counted in.
        """
        count = self.calls.get((group, point, is_tick))
        if count is None:
            count = self.calls[group, point, is_tick] = CallCount()
        return count

    def totals(self) -> tuple[int, int, int]:
        """
        Give the number of calls, of events, and of events that raised what was swallowed.

        They are counted beside the others, as they are asked for twice in each test, and a host may have many points.
        """
        return self.call_number, self.event_number, self.swallowed_number
