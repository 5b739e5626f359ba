"""
Facts that a test's report carries to the summary, from the process that ran the test to the one that sums up.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

_ATTRIBUTE = "hookkit_facts"


class TickCount(NamedTuple):
    """
    How many ticks a schedule had, those that ran nothing included.
    """

    group: str
    point: str
    number: int


class FakeUse(NamedTuple):
    """
    A fake entry point of a test, and whether anybody used it there.
    """

    group: str
    name: str
    value: str
    is_used: bool


class Declared(NamedTuple):
    """
    A hook point that a module declares, and where: ``file:line``.
    """

    group: str
    point: str
    place: str


class ReportFacts(NamedTuple):
    """
    What the summary has to know of a test beside its recording.
    """

    ticks: tuple[TickCount, ...] = ()
    fakes: tuple[FakeUse, ...] = ()

    def put_on(self, report: pytest.TestReport) -> None:
        """
        Have *report* carry the facts, as plain lists: pytest-xdist sends reports to another process.
        """
        setattr(report, _ATTRIBUTE, [[list(ticks) for ticks in self.ticks], [list(fake) for fake in self.fakes]])

    @classmethod
    def of(cls, report: pytest.TestReport) -> ReportFacts | None:
        """
        Take the facts that *report* carries; None if it carries none, as most do.
        """
        carried = getattr(report, _ATTRIBUTE, None)
        if carried is None:
            return None
        ticks, fakes = carried
        return cls(tuple(TickCount(*each) for each in ticks), tuple(FakeUse(*each) for each in fakes))


def tick_counts(ticks: Mapping[tuple[str, str], int]) -> tuple[TickCount, ...]:
    """
    Make a list of ticks that were counted by group and point.
    """
    return tuple(TickCount(group, point, number) for (group, point), number in ticks.items())


def fake_uses(item: pytest.Item) -> tuple[FakeUse, ...]:
    """
    List the fakes of a test, and whether they were used so far.
    """
    given: Any = (getattr(item, "funcargs", None) or {}).get("fake_entry_points")
    fakes = sys.modules.get("pytest_hookkit._fakes")  # a run without fakes is not to wait for it
    if fakes is None or not isinstance(given, fakes.FakesOfTest):
        return ()
    return tuple(FakeUse(fake.group, fake.name, fake.value, is_used) for fake, is_used in given.uses())


def declared_points() -> Iterator[Declared]:
    """
    Give the hook points that functions of modules have.

    Functions that a test made live as long as the garbage collector pleases, and do not count.
    """
    from hookkit import registries  # which the controller of pytest-xdist, where no hook is called, can do without

    for registry in registries():
        for point in registry.points:
            places = [
                hooked.location
                for hooked in point.functions
                if hooked.location
                and "<locals>" not in hooked.function.__qualname__
                # Of a module that was forgotten, as by a run of pytest within a test, nothing can be called any more.
                and getattr(sys.modules.get(hooked.function.__module__), "__dict__", None)
                is hooked.function.__globals__
            ]
            if places:
                yield Declared(point.group, point.name, min(places))
