"""
What virtual time costs: hundreds of periodic schedules over a virtual year.
"""

import heapq
import sched
from collections.abc import Iterator
from itertools import count

from measuring import Figure, figure, ratios

import hookkit
from hookkit.testing import HookTicker

DAY_S = 86_400
YEAR_S = 365 * DAY_S
SCHEDULES = 300
INTERVALS = [DAY_S // 2 + number * 1800 for number in range(SCHEDULES)]  # from half a day to nearly a week
TICKS = sum(YEAR_S // interval for interval in INTERVALS)


class Usage:
    """
    A hook whose method does nothing.
    """

    def periodic(self, data: object, context: object) -> None:
        """
        Do nothing.
        """


def with_hookkit(years: int) -> None:
    """
    Let `HookTicker` run the schedules.
    """
    for _ in range(years):
        with HookTicker(limit=10 * TICKS) as ticker:
            for interval in INTERVALS:
                hookkit.PeriodicHooks([Usage()], interval=interval).start()
            assert len(ticker.advance(YEAR_S)) == TICKS  # noqa: S101 - what is measured has happened


def with_sched(years: int) -> None:
    """
    Let the standard library's scheduler do so, on a clock that its waits move on.
    """
    for _ in range(years):
        now = [0.0]

        def wait(seconds: float, now: list[float] = now) -> None:
            now[0] += seconds

        scheduler = sched.scheduler(lambda now=now: now[0], wait)  # type: ignore[misc]

        def tick(deadline: float, interval: int, hook: Usage, scheduler: sched.scheduler = scheduler) -> None:
            hook.periodic(None, None)
            if deadline + interval <= YEAR_S:
                scheduler.enterabs(deadline + interval, 0, tick, (deadline + interval, interval, hook))

        for interval in INTERVALS:
            scheduler.enterabs(interval, 0, tick, (interval, interval, Usage()))
        scheduler.run()


def by_hand(years: int) -> None:
    """
    Do so by hand, with a heap of deadlines.
    """
    for _ in range(years):
        numbers = count()
        deadlines = [(interval, next(numbers), interval, Usage()) for interval in INTERVALS]
        heapq.heapify(deadlines)
        while deadlines[0][0] <= YEAR_S:
            deadline, _, interval, hook = deadlines[0]
            hook.periodic(None, None)
            heapq.heapreplace(deadlines, (deadline + interval, next(numbers), interval, hook))


def virtual_year(seconds: float) -> Iterator[Figure]:
    """
    Compare a year of all schedules with the standard library's scheduler, and with a loop written by hand.
    """
    slices = {"sched": with_sched, "hookkit": with_hookkit, "by hand": by_hand}
    measured = ratios(slices, "sched", calls=1, warm_up=0, seconds=seconds)
    yield figure(f"a virtual year of {SCHEDULES} schedules, {TICKS:,} ticks / sched", None, measured, "sched")


MEASURES = [virtual_year]
