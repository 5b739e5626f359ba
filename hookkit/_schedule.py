"""
When a periodic schedule falls due: arithmetic alone, no clock.
"""

from __future__ import annotations

import math
from threading import Lock

from hookkit._hooks import describe
from hookkit.exceptions import InvalidValueError


class Schedule:
    """
    A grid of deadlines, ``start_s + n * interval_s`` for n = 1, 2, 3, ...

    Each deadline is computed from the start, not from the one before, so that nothing adds up over long runs.

    Args:
        start_s: Where the grid begins, in seconds of whatever clock is used.
        interval_s: The distance of the deadlines, in seconds; see `check_interval`.

    Raises:
        InvalidValueError: If *start_s* is not a finite number.
    """

    def __init__(self, start_s: float, interval_s: float) -> None:
        self.interval_s = interval_s
        self._start_s = check_time(start_s)
        self._number = 1
        self._lock = Lock()

    @property
    def deadline_s(self) -> float:
        """
        The next deadline; `math.inf` if there is none.
        """
        return self._deadline(self._number)

    def claim(self, now_s: float) -> bool:
        """
        Tell whether a tick is due at *now_s*, and if so move on to the first deadline after *now_s*.

        Of several threads that ask at one time, one is told yes.

        Raises:
            InvalidValueError: If *now_s* is not a finite number.
        """
        now_s = check_time(now_s)
        with self._lock:
            if now_s < self.deadline_s:
                return False
            self._number = self._first_after(now_s)
            return True

    def _deadline(self, number: int) -> float:
        if self.interval_s < 0:
            return math.inf
        try:
            return self._start_s + number * self.interval_s
        except OverflowError:  # the number itself is beyond what a float holds
            return math.inf

    def _first_after(self, now_s: float) -> int:
        # Searched for rather than divided out: a quotient is rounded, and could point to the deadline beside it.
        passed, ahead, stride = self._number, self._number + 1, 1
        while self._deadline(ahead) <= now_s:
            passed, stride = ahead, stride * 2
            ahead += stride
        while ahead - passed > 1:
            middle = (passed + ahead) // 2
            if self._deadline(middle) <= now_s:
                passed = middle
            else:
                ahead = middle
        return ahead


def check_interval(interval_s: object, *, source: str = "interval") -> float:
    """
    Make sure that *interval_s* can be the distance of two ticks.

    Args:
        interval_s: Seconds; a negative number or infinity means never.
        source: Where the value comes from, for the message.

    Returns:
        It as a float; -1.0 if it means never.

    Raises:
        InvalidValueError: If it is zero or not a number.
    """
    seconds = _number(interval_s)
    if seconds is None or seconds == 0:
        msg = (
            f"{source} is {describe(interval_s)}; it must be a number of seconds other than zero. "
            "A negative number means never."
        )
        raise InvalidValueError(msg)
    return -1.0 if seconds < 0 or seconds == math.inf else seconds


def check_time(now_s: object) -> float:
    """
    Make sure that *now_s* is a point in time.

    Raises:
        InvalidValueError: If it is not a finite number.
    """
    seconds = _number(now_s)
    if seconds is None or math.isinf(seconds):
        msg = f"The time is {describe(now_s)}; a clock must give a finite number of seconds."
        raise InvalidValueError(msg)
    return seconds


def check_count(name: str, value: object, least: int) -> int:
    """
    Make sure that *value* is a whole number, and not below *least*.

    Raises:
        InvalidValueError: If it is anything else; the message calls it *name*.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        msg = f"{name} is {describe(value)}; it must be a whole number, {least} or more."
        raise InvalidValueError(msg)
    return value


def check_duration(name: str, value: object) -> float:
    """
    Make sure that *value* is a number of seconds, zero or more; infinity counts.

    Raises:
        InvalidValueError: If it is anything else; the message calls it *name*.
    """
    seconds = _number(value)
    if seconds is None or seconds < 0:
        msg = f"{name} is {describe(value)}; it must be a number of seconds, zero or more."
        raise InvalidValueError(msg)
    return seconds


def _number(value: object) -> float | None:
    if isinstance(value, bool | str | bytes):
        return None
    try:
        number = float(value)  # type: ignore[arg-type] # that it may not be a number is what is asked here
    except (TypeError, ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number
