"""
The numbers of calls and events in a recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hookkit.recording._records import RecordedEvent


class Numbers:
    """
    Gives calls and events their numbers, in order of start; whoever asks for some holds the recorder's lock.

    Attributes:
        calls: How many calls have one.
        events: How many events have one.
    """

    __slots__ = ("calls", "events")

    def __init__(self) -> None:
        self.calls = 0
        self.events = 0

    def give(self, recorded: RecordedEvent) -> None:
        """
        Number an event that just began, and its call if it is the first one.
        """
        call = recorded.call
        if not call.seq:
            self.calls += 1
            call.seq = self.calls
        self.events += 1
        recorded.seq = self.events
