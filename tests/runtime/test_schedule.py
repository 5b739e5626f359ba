"""
Tests for `hookkit._schedule`, and for `PeriodicHooks.run_due`, which stands on it.
"""

import math
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hookkit import InvalidValueError, PeriodicHooks
from hookkit._schedule import Schedule, check_count, check_duration, check_interval
from runtime.fake_periodic import Noting

STARTS = st.floats(-1e9, 1e9)
INTERVALS = st.floats(1e-3, 1e6)
STEPS = st.lists(st.floats(0, 1e7), max_size=20)


def due(**options):
    """
    Make a schedule that begins at 0.
    """
    return PeriodicHooks([Noting()], clock=lambda: 0.0, **options)


class TestRunDue:
    def test_the_first_deadline_is_one_interval_after_construction(self):
        """
        Before the first deadline nothing runs, and the first deadline is one interval after construction.
        """
        times = iter([1000.0])
        periodic = PeriodicHooks([Noting()], interval=60, clock=lambda: next(times))

        assert periodic.run_due(1059.9) == 1060.0
        assert periodic.ticks == 0

    def test_due_at_the_deadline(self):
        """
        A tick is due when now is the deadline, and the next one is an interval later.
        """
        periodic = due(interval=60)

        assert periodic.run_due(60.0) == 120.0
        assert periodic.ticks == 1

    def test_due_after_the_deadline(self):
        """
        A tick is due when now is beyond the deadline, and the next deadline stays on the grid.
        """
        periodic = due(interval=60)

        assert periodic.run_due(61.5) == 120.0
        assert periodic.ticks == 1

    def test_missed_ticks_are_not_caught_up(self):
        """
        However many deadlines have passed, one call is one tick, and the next deadline is the first that lies ahead.
        """
        periodic = due(interval=60)

        assert periodic.run_due(60 * 1000 + 30) == 60 * 1001
        assert periodic.ticks == 1

    def test_a_deadline_is_used_up(self):
        """
        Asked again at the same time, nothing is due.
        """
        periodic = due(interval=60)
        periodic.run_due(60)
        periodic.run_due(60)

        assert periodic.ticks == 1

    def test_time_that_goes_back(self):
        """
        When the time goes back, nothing is due until the deadline comes again.
        """
        periodic = due(interval=60)
        periodic.run_due(600)

        assert periodic.run_due(0) == 660
        assert periodic.ticks == 1

    def test_no_clock_is_asked(self):
        """
        What is due depends on the time that is given, not on the clock, which was asked once for where to begin.
        """
        times = iter([0.0])
        periodic = PeriodicHooks([Noting()], interval=1, clock=lambda: next(times))

        assert [periodic.run_due(now) for now in (0.5, 1.0, 2.5)] == [1.0, 2.0, 3.0]

    @pytest.mark.parametrize("interval", [-1, -0.001, -math.inf, math.inf])
    def test_never(self, interval):
        """
        A negative interval, or an infinite one, means never.
        """
        periodic = due(interval=interval)

        assert periodic.run_due(1e300) == math.inf
        assert periodic.deadline_s == math.inf
        assert periodic.ticks == 0

    @pytest.mark.parametrize("interval", [0, 0.0, -0.0, math.nan, "60", True, None, Decimal("NaN"), [60]])
    def test_an_interval_that_is_none(self, interval):
        """
        Zero, and what is not a number of seconds, is a ValueError.
        """
        with pytest.raises(InvalidValueError) as caught:
            check_interval(interval)

        assert isinstance(caught.value, ValueError)
        assert str(caught.value) == (
            f"interval is {interval!r}; it must be a number of seconds other than zero. A negative number means never."
        )

    def test_zero_is_refused_when_the_object_is_made(self):
        """
        An interval of zero is refused at construction.
        """
        with pytest.raises(InvalidValueError):
            due(interval=0)

    @pytest.mark.parametrize("interval", [60, 60.0, Decimal(60), Fraction(60)])
    def test_any_kind_of_number(self, interval):
        """
        Any kind of real number is an interval.
        """
        assert due(interval=interval).deadline_s == 60.0

    @pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf, None, "1", 10**400])
    def test_a_time_that_is_none(self, now):
        """
        A time that is no finite number is a ValueError, and says what the clock must give.
        """
        with pytest.raises(InvalidValueError) as caught:
            due(interval=60).run_due(now)

        assert str(caught.value) == f"The time is {now!r}; a clock must give a finite number of seconds."

    def test_a_clock_that_gives_no_number(self):
        """
        A clock that gives no number is found out when the object is made.
        """
        with pytest.raises(InvalidValueError) as caught:
            PeriodicHooks([Noting()], clock=lambda: None)

        assert str(caught.value) == "The time is None; a clock must give a finite number of seconds."

    def test_a_provider_error_reaches_the_caller(self):
        """
        A provider's error reaches the caller of run_due, and the schedule has moved on by then.
        """

        def provider(context):
            raise LookupError("no data")

        periodic = PeriodicHooks([Noting()], provider, interval=60, clock=lambda: 0.0)

        with pytest.raises(LookupError):
            periodic.run_due(60)

        assert periodic.deadline_s == 120


class TestSchedule:
    @given(STARTS, INTERVALS, STEPS)
    def test_deadlines_lie_on_the_grid(self, start, interval, steps):
        """
        After any sequence of times, the deadline is the first point start + n * interval ahead of the last due time.
        """
        schedule, now, number = Schedule(start, interval), start, 1
        for step in steps:
            now += step
            is_due = now >= start + number * interval
            while start + number * interval <= now and (now - start) / interval - number > 2:
                number = max(number + 1, int((now - start) / interval) - 1)
            while start + number * interval <= now:
                number += 1

            assert schedule.claim(now) == is_due
            assert schedule.deadline_s == start + number * interval

    @given(STARTS, INTERVALS)
    def test_every_deadline_is_due_once(self, start, interval):
        """
        Whoever asks at each deadline gets each tick, one interval after the other.
        """
        schedule = Schedule(start, interval)
        for number in range(1, 101):
            assert schedule.deadline_s == start + number * interval
            assert schedule.claim(schedule.deadline_s)

    @given(st.floats(-1e300, 1e300), st.floats(5e-324, 1e300), st.floats(0, 1e300))
    @example(0.0, 5e-324, 1e300)
    @example(1e18, 1.0, 1e3)
    def test_the_next_deadline_lies_ahead(self, start, interval, later):
        """
        For any start and interval, however far apart in size, the next deadline lies ahead of the time that was due.
        """
        schedule = Schedule(start, interval)
        now = max(start + later, schedule.deadline_s)

        assert schedule.claim(now)
        assert schedule.deadline_s > now

    def test_long_runs_do_not_drift(self):
        """
        After ten million ticks of a tenth of a second, the deadline is the exact one to the last bit.
        """
        schedule = Schedule(0.0, 0.1)
        schedule.claim(999_999.95)

        assert schedule.deadline_s == 10_000_000 * 0.1

    def test_threads_that_ask_at_one_time(self):
        """
        Of several threads that ask for the same deadline, one is told that it is due.
        """
        schedule, barrier, answers = Schedule(0.0, 60.0), threading.Barrier(8), []

        def ask():
            barrier.wait()
            answers.append(schedule.claim(60.0))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(answers) == [False] * 7 + [True]


class TestChecks:
    @pytest.mark.parametrize("value", [0, -1, 1.5, "3", True, None])
    def test_count(self, value):
        """
        What is no whole number, or too low a one, is refused by name.
        """
        with pytest.raises(InvalidValueError) as caught:
            check_count("every", value, 1)

        assert str(caught.value) == f"every is {value!r}; it must be a whole number, 1 or more."

    @pytest.mark.parametrize("value", [-1, -0.1, math.nan, "3", None])
    def test_duration(self, value):
        """
        What is no number of seconds, or a negative one, is refused by name.
        """
        with pytest.raises(InvalidValueError) as caught:
            check_duration("timeout", value)

        assert str(caught.value) == f"timeout is {value!r}; it must be a number of seconds, zero or more."
