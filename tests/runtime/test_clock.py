"""
Tests for `hookkit._clock`: where schedules take the time from.
"""

import math
import time

import pytest

from hookkit import PeriodicHooks, TimeSource
from hookkit._clock import SOURCES, CallableTime
from runtime.fake_periodic import SOON, Clock, Signal


class TestClock:
    def test_without_one(self):
        """
        Without a clock, time is time.monotonic.
        """
        before = time.monotonic()
        periodic = PeriodicHooks([], interval=60)

        assert before + 60 <= periodic.deadline_s <= time.monotonic() + 60

    def test_a_clock_that_is_set_forward(self, monkeypatch):
        """
        A started schedule notices when its clock is set forward: it asks every so often.
        """
        monkeypatch.setattr(CallableTime, "longest_wait_s", SOON)
        clock, signal = Clock(), Signal()
        with PeriodicHooks([signal], interval=3600, clock=clock) as periodic:
            clock.now = 3600.0
            signal.wait_for(1)
            assert periodic.deadline_s == 7200.0

    def test_a_time_source(self):
        """
        A time source of one's own may be the clock, and drives the loops then.
        """

        class Still(TimeSource):
            def now(self):
                return 5.0

            def start(self, job):
                jobs.append(job)
                return super().start(job)

        jobs = []
        with PeriodicHooks([], interval=10, clock=Still()) as periodic:
            assert periodic.deadline_s == 15.0

        assert [job.name for job in jobs] == ["periodic hooks 'periodic' of 'driver hooks'"]

    @pytest.mark.parametrize(
        ("deadline", "wait"), [(-5.0, 0.0), (30.0, 30.0), (1e9, 86_400.0), (math.inf, 86_400.0)], ids=str
    )
    def test_how_long_to_wait(self, deadline, wait):
        """
        A loop waits for what is left until the deadline, but a day at most.
        """

        class Still(TimeSource):
            def now(self):
                return 0.0

        assert Still().wait_s(deadline) == wait

    def test_sources_are_taken_away_in_any_order(self):
        """
        The time source that was put in place last is the current one, and sources go in any order.
        """
        first, second, before = TimeSource(), TimeSource(), SOURCES.current
        undo_first = SOURCES.put(first)
        undo_second = SOURCES.put(second)
        assert SOURCES.current is second
        undo_first()
        assert SOURCES.current is second
        undo_second()
        undo_second()
        assert SOURCES.current is before
