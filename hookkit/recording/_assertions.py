"""
Assertions about recorded events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit.recording._recorded_events import is_equal
from hookkit.recording._text import MOST_ROWS

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable
    from threading import RLock

    from hookkit.recording._recorded_events import RecordedEvents
    from hookkit.recording._records import RecordedEvent


class Assertions:
    """
    What a test asserts of the events of a recorder.

    Attributes:
        most_rows: How many rows the lists and tables in failures have at most, those near the differences; all if None.
        plain: Called with each line of a failure that shows no difference; what it returns stands in its place.
            For test runners that show failures in red.
    """

    events: RecordedEvents
    most_rows: int | None = MOST_ROWS
    plain: Callable[[str], str] | None = None
    _events: deque[RecordedEvent]
    _lock: RLock

    def __repr__(self) -> str:
        count = len(self.events)
        return f"<{type(self).__name__} with {count} event{'' if count == 1 else 's'}>"

    def assert_sequence(self, expected: Iterable[Any]) -> None:
        """
        Make sure that the events are those that are *expected*, all of them, in this order.

        Args:
            expected: Patterns, such as ``pre("create_instance")``.

        Raises:
            AssertionError: If they are not; the message says what is different.
        """
        from hookkit.recording._sequences import explain

        __tracebackhide__ = True
        text = explain(list(expected), list(self.events), most_rows=self.most_rows, plain=self.plain)
        if text:
            raise AssertionError(text)

    def assert_contains(self, expected: Iterable[Any]) -> None:
        """
        Make sure that the *expected* events are there, in this order, whatever else is before, between and after.

        Raises:
            AssertionError: If one is missing; the message says which, and what was recorded.
        """
        from hookkit.recording._sequences import explain_contains

        __tracebackhide__ = True
        text = explain_contains(list(expected), list(self.events), most_rows=self.most_rows, plain=self.plain)
        if text:
            raise AssertionError(text)

    def assert_unordered(self, expected: Iterable[Any]) -> None:
        """
        Make sure that the events are those that are *expected*, all of them, in any order.

        Raises:
            AssertionError: If they cannot be paired; the message says what is left over.
        """
        from hookkit.recording._sequences import explain_unordered

        __tracebackhide__ = True
        text = explain_unordered(list(expected), list(self.events), most_rows=self.most_rows, plain=self.plain)
        if text:
            raise AssertionError(text)

    def assert_absent(self, pattern: Any) -> None:
        """
        Make sure that no event fits *pattern*.

        Raises:
            AssertionError: If one does; the message says which.
        """
        from hookkit.recording._sequences import explain_absent

        __tracebackhide__ = True
        text = explain_absent(pattern, list(self.events), most_rows=self.most_rows, plain=self.plain)
        if text:
            raise AssertionError(text)

    def pop(self, pattern: Any) -> RecordedEvent:
        """
        Take the first event that fits *pattern* out of `events`.

        Returns:
            The event.

        Raises:
            AssertionError: If none fits; the message says what was recorded.
        """
        __tracebackhide__ = True
        with self._lock:
            for event in tuple(self._events):
                if is_equal(pattern, event):
                    self._events.remove(event)
                    return event
        from hookkit.recording._sequences import explain_contains

        raise AssertionError(explain_contains([pattern], list(self.events), most_rows=self.most_rows, plain=self.plain))
