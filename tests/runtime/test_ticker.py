"""
Tests for `hookkit.testing.HookTicker`: periodic hooks on a clock that only the test moves.
"""

import asyncio
import math
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hookkit
from hookkit import InvalidValueError, MisuseError, PeriodicHooks
from hookkit.testing import HookTicker
from runtime.fake_periodic import SOON, WAIT_S, AsyncHook, Clock, Doing, Failing, Noting, Signal, Timed

DAY_S = 24 * 3600
YEAR_S = 365 * DAY_S


@pytest.fixture
def ticker():
    """
    Give a ticker that is in place.
    """
    with HookTicker() as ticker:
        yield ticker


class TestTick:
    def test_every_one_started_or_not(self, ticker):
        """
        A tick ticks everything that was made under the ticker, in that order, started or not.
        """
        hooks = [Noting(), Noting(), Noting()]
        made = [PeriodicHooks([hook]) for hook in hooks]
        made[1].start()

        assert [run.hook for run in ticker.tick()] == hooks
        assert ticker.periodic_hooks == tuple(made)

    def test_so_many_times(self, ticker):
        """
        With n, everything ticks n times, all once before any twice.
        """
        hooks = [Noting(), Noting()]
        PeriodicHooks(hooks[:1], every=2)
        PeriodicHooks(hooks[1:])

        assert [run.hook for run in ticker.tick(4)] == [hooks[1], *hooks, hooks[1], *hooks]
        assert ticker.tick(0) == []

    def test_clock_and_schedules_stand(self, ticker):
        """
        A tick moves neither the clock nor a schedule.
        """
        periodic = PeriodicHooks([Noting()], interval=60)
        ticker.tick()

        assert ticker.now == 0.0
        assert periodic.deadline_s == 60.0

    def test_a_provider_error(self, ticker):
        """
        What a data provider raises reaches whoever ticks.
        """
        PeriodicHooks([Noting()], lambda context: Failing(LookupError("no data")).periodic(None, None))

        with pytest.raises(LookupError, match="no data"):
            ticker.tick()

    def test_async_hooks(self, ticker):
        """
        An atick ticks everything and awaits async hooks.
        """
        PeriodicHooks([AsyncHook()])
        PeriodicHooks([Noting()])

        assert [run.value for run in asyncio.run(ticker.atick(2))] == ["awaited None", 1, "awaited None", 2]

    @pytest.mark.parametrize("n", [-1, 1.0, None])
    def test_how_often(self, ticker, n):
        """
        How often is a whole number, zero or more, or a ValueError.
        """
        with pytest.raises(InvalidValueError) as caught:
            ticker.tick(n)

        assert str(caught.value) == f"n is {n!r}; it must be a whole number, 0 or more."

    def test_with_a_clock_of_its_own(self, ticker):
        """
        An object that has a clock of its own is ticked, but keeps its clock.
        """
        clock = Clock()
        periodic = PeriodicHooks([Noting()], interval=10, clock=clock)
        clock.now = 3.0
        with periodic:
            assert periodic.deadline_s == 13.0
            assert ticker.advance(100) == []

        assert len(ticker.tick()) == 1


class TestAdvance:
    def test_what_is_started(self, ticker):
        """
        Moving the clock runs what was started at each of its deadlines, and the clock stands at the deadline meanwhile.
        """
        timed = Timed(ticker)
        PeriodicHooks([timed.hook("started")], interval=60).start()
        PeriodicHooks([timed.hook("not started")], interval=60)

        runs = ticker.advance(150)

        assert timed.notes == [(60.0, "started"), (120.0, "started")]
        assert [(run.value, run.exception) for run in runs] == [(None, None)] * 2
        assert ticker.now == 150.0

    def test_in_steps(self, ticker):
        """
        Whether the clock is moved in one step or in many does not matter.
        """
        periodic = PeriodicHooks([Noting()], interval=60)
        periodic.start()

        assert [len(ticker.advance(seconds)) for seconds in (59, 1, 0, 59.5, 0.5, 180)] == [0, 1, 0, 0, 1, 3]

    def test_by_deadline_then_in_the_order_of_their_start(self, ticker):
        """
        What is due first runs first; of those due at one time, the one that was started first.
        """
        timed = Timed(ticker)
        made = {name: PeriodicHooks([timed.hook(name)], interval=s) for name, s in (("a", 30), ("b", 20), ("c", 30))}
        for name in "cba":
            made[name].start()

        ticker.advance(60)

        assert "".join(name for _, name in timed.notes) == "bcab" + "cba"
        assert [now for now, _ in timed.notes] == [20, 30, 30, 40, 60, 60, 60]

    @given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.lists(st.integers(0, 100), max_size=8))
    def test_every_run_exactly_once(self, intervals, steps):
        """
        For any intervals and any steps of the clock, each deadline is run once, at its time, in order.
        """
        with HookTicker() as ticker:
            timed = Timed(ticker)
            for number, interval in enumerate(intervals):
                PeriodicHooks([timed.hook(number)], interval=interval).start()
            for seconds in steps:
                ticker.advance(seconds)

        assert timed.notes == sorted(
            (float(now), number)
            for number, interval in enumerate(intervals)
            for now in range(interval, sum(steps) + 1, interval)
        )

    def test_no_thread_and_no_waiting(self, ticker):
        """
        Under the ticker start makes no thread, and a day passes without a wait.
        """
        threads = threading.active_count()
        began = time.monotonic()
        with PeriodicHooks([Noting()], interval=60) as periodic:
            assert threading.active_count() <= threads
            assert periodic.is_running
            assert len(ticker.advance(24 * 3600)) == 24 * 60
        assert time.monotonic() - began < WAIT_S

    def test_stopped(self, ticker):
        """
        What was stopped does not run, and what is started again begins anew.
        """
        timed = Timed(ticker)
        periodic = PeriodicHooks([timed.hook("a")], interval=60)
        periodic.start()
        ticker.advance(70)
        assert periodic.stop() is True
        assert not periodic.is_running
        ticker.advance(70)
        periodic.start()
        ticker.advance(70)

        assert [now for now, _ in timed.notes] == [60.0, 200.0]

    def test_stopped_and_started_by_a_hook(self, ticker):
        """
        A hook may stop and start schedules, its own too.
        """

        def restart():
            times.append(ticker.now)
            periodic.stop()
            periodic.start()

        times = []
        periodic = PeriodicHooks([Doing(restart)], interval=60)
        periodic.start()
        ticker.advance(130)

        assert times == [60.0, 120.0]
        assert periodic.is_running

    def test_ticked_by_the_host_as_well(self, ticker):
        """
        What the host itself ran for a deadline does not run for it again.
        """
        timed = Timed(ticker)
        periodic = PeriodicHooks([timed.hook("a")], interval=60)
        periodic.start()
        ticker.advance(50)
        periodic.run_due(60)
        ticker.advance(70)

        assert [now for now, _ in timed.notes] == [50.0, 120.0]

    def test_never(self, ticker):
        """
        What is never due does not run.
        """
        PeriodicHooks([Noting()], interval=-1).start()

        assert ticker.advance(YEAR_S) == []

    def test_a_provider_error(self, ticker, messages):
        """
        As in a thread, a provider's error is logged, and the schedule goes on.
        """
        PeriodicHooks([Noting()], lambda context: Failing(LookupError()).periodic(None, None), interval=60).start()

        assert ticker.advance(120) == []
        assert len(messages()) == 2

    def test_a_hook_that_takes_time(self, ticker):
        """
        A hook that moves the clock takes that long: others run meanwhile, its own schedule waits and catches up once.
        """
        timed = Timed(ticker)
        PeriodicHooks([Doing(lambda: ticker.advance(35)), timed.hook("slow")], interval=10, every=2).start()
        PeriodicHooks([timed.hook("other")], interval=25).start()

        ticker.advance(70)

        assert timed.notes == [
            (25.0, "other"),
            (50.0, "other"),
            (55.0, "slow"),
            (75.0, "other"),
            (95.0, "slow"),
        ]
        assert ticker.now == 95.0

    @pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, "1", None])
    def test_seconds(self, ticker, seconds):
        """
        Seconds that are negative or no number are a ValueError.
        """
        with pytest.raises(InvalidValueError) as caught:
            ticker.advance(seconds)

        assert str(caught.value) == f"seconds is {seconds!r}; it must be a number of seconds, zero or more."

    def test_for_ever(self, ticker):
        """
        Infinite seconds are a ValueError.
        """
        with pytest.raises(InvalidValueError) as caught:
            ticker.advance(math.inf)

        assert str(caught.value) == "seconds is inf; the clock can only be moved by a finite number of seconds."

    def test_says_what_was_started(self, ticker):
        """
        A ticker is shown with its time, and with how many of its schedules are started.
        """
        assert repr(ticker) == "<HookTicker at 0.0 s with 0 schedules, 0 started>"
        started = PeriodicHooks([Noting()], interval=0.1)
        started.start()
        assert repr(ticker) == "<HookTicker at 0.0 s with 1 schedule, 1 started>"
        ticker.advance(0.1)
        ticker.advance(0.2)
        started.stop()
        assert repr(ticker) == "<HookTicker at 0.3 s with 1 schedule, 0 started>"

    def test_a_schedule_that_never_ends(self):
        """
        A bound stops a schedule that never ends, and the message says where it stands and how to raise the bound.
        """
        with HookTicker(limit=3) as ticker:
            PeriodicHooks([Noting()], interval=0.5).start()
            with pytest.raises(MisuseError) as caught:
                ticker.advance(60)

            assert str(caught.value) == (
                "3 ticks fell due, and the clock stands at 1.5 s on its way to 60.0 s. "
                "Next are the periodic hooks 'periodic' of 'driver hooks', due at 2.0 s. "
                "If their interval is right, advance by less at a time, or raise the bound: HookTicker(limit=...), or "
                "ticker.limit."
            )
            ticker.limit = 100
            assert len(ticker.advance(8.5)) == 17

    def test_the_bound(self):
        """
        A bound is a whole number above zero.
        """
        with pytest.raises(InvalidValueError) as caught:
            HookTicker(limit=0)

        assert str(caught.value) == "limit is 0; it must be a whole number, 1 or more."

    def test_a_year_of_the_default_interval(self, ticker):
        """
        A virtual year of a schedule with the default interval stays within the default bound.
        """
        periodic = PeriodicHooks([], every=1000)
        periodic.start()
        ticker.advance(YEAR_S)

        assert periodic.ticks == YEAR_S // 300

    def test_hundreds_of_schedules_over_a_year(self):
        """
        Each of many schedules has all its runs, in order of time, and those of the same moment in order of start.
        """
        with HookTicker(limit=2 * YEAR_S) as ticker:
            runs = []
            intervals = [DAY_S * (1 + number % 50) for number in range(300)]
            for number, interval in enumerate(intervals):
                hook = Doing(lambda number=number: runs.append((ticker.now, number)))
                PeriodicHooks([hook], interval=interval).start()
            ticker.advance(YEAR_S)

        assert len(runs) == sum(YEAR_S // interval for interval in intervals)
        assert runs == sorted(runs)
        assert [run for run in runs if run[1] == 49] == [(50.0 * DAY_S * time, 49) for time in range(1, 8)]


class TestBlock:
    def test_made_before(self):
        """
        What was made before the ticker keeps real time.
        """
        signal = Signal()
        before = PeriodicHooks([signal], interval=SOON)
        with HookTicker() as ticker, before:
            signal.wait_for(1)
            assert ticker.tick() == []

    def test_made_after(self):
        """
        What is made after the ticker has real time.
        """
        with HookTicker():
            pass

        assert PeriodicHooks([], interval=1).deadline_s > 1

    def test_nested(self):
        """
        Of nested tickers the inner one has what is made in it.
        """
        with HookTicker() as outer:
            first = PeriodicHooks([])
            with HookTicker() as inner:
                second = PeriodicHooks([])
            third = PeriodicHooks([])

        assert outer.periodic_hooks == (first, third)
        assert inner.periodic_hooks == (second,)

    def test_after_an_error(self):
        """
        A ticker is gone after its block, also when the block raised.
        """
        with pytest.raises(LookupError), HookTicker():
            raise LookupError

        assert type(hookkit._clock.SOURCES.current) is hookkit.TimeSource

    def test_started_in_it(self):
        """
        What is started under a ticker is over when the ticker is, and cannot be started again.
        """
        with HookTicker() as ticker:
            periodic = PeriodicHooks([Noting()], interval=60)
            periodic.start()

        assert not periodic.is_running
        assert ticker.advance(60) == []
        with pytest.raises(MisuseError) as caught:
            periodic.start()
        assert str(caught.value) == (
            "Cannot start the periodic hooks 'periodic' of 'driver hooks': they were made under a HookTicker that is "
            "over, so their clock stands still. Make them anew, or start them before the ticker ends."
        )

    def test_entered_twice(self):
        """
        A ticker is for one block.
        """
        with HookTicker() as ticker, pytest.raises(MisuseError) as caught:
            ticker.__enter__()

        assert str(caught.value) == "This HookTicker has been entered before. Make a new one: each is for one block."
