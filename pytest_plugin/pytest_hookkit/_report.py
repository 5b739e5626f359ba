"""
The section "hook calls" at the end of a session.
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pytest_hookkit._facts import ReportFacts
from pytest_hookkit._summary import SessionTally, enumerated, format_count, format_size, listed
from pytest_hookkit._target import Target, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

    from pytest_hookkit._facts import Declared, FakeUse, TickCount
    from pytest_hookkit._page import Page
    from pytest_hookkit._target import Begin, T, Wanted


class Written(NamedTuple):
    """
    How many calls, events and bytes a recording holds.
    """

    calls: int = 0
    events: int = 0
    size: int = 0


class SummaryReport:
    """
    The plugin object that gathers what the summary says, and prints it.

    Args:
        config: The session's configuration.

    Attributes:
        tally: What happened in the session.
        target: Where the recording is; None before the session.
        written: What it holds.
        failures: Why it is not complete, or not as it was wanted, a sentence each.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.tally = SessionTally()
        self.target: Target | None = None
        self.written = Written()
        self.failures: list[str] = []
        self._config = config
        self._page: Page | None = None
        self._declared: dict[tuple[str, str], str] = {}
        self._fakes: dict[tuple[str, str, str], _Fake] = {}

    def begin(self, wanted: Wanted, begin: Begin[T]) -> T:
        """
        Begin the recording, and make sure that the report can be written, before any test is run.

        Args:
            wanted: Where they go.
            begin: Writes the first line of the recording.

        Returns:
            What *begin* returns.

        Raises:
            pytest.UsageError: If one of them cannot be written.
        """
        target = Target(wanted.path)
        begun = target.begin(begin)
        self.target = target
        if wanted.page is not None:
            from pytest_hookkit._page import Page

            self._page = Page(wanted.page, wanted.path)
        return begun

    def write_page(self) -> None:
        """
        Write the report of the recording, which is closed by now, if one is wanted.
        """
        if self._page is not None and self.target is not None:
            failure = self._page.write(self.target)
            if failure is not None:
                self.failures.append(failure)

    def add_declared(self, points: Iterable[Declared]) -> None:
        """
        Learn of hook points that exist.
        """
        for group, point, place in points:
            self._declared.setdefault((group, point), place)

    def add_ticks(self, ticks: Iterable[TickCount]) -> None:
        """
        Learn of ticks.
        """
        for group, point, number in ticks:
            self.tally.add_ticks(group, point, number)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """
        Take over what the report of a test carries.
        """
        facts = ReportFacts.of(report)
        if facts is None:
            return
        self.add_ticks(facts.ticks)
        for use in facts.fakes:
            self._fakes.setdefault(use[:3], _Fake(use, report.nodeid)).is_used |= use.is_used

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """
        Sum up the hook calls, unless pytest is to be quiet.
        """
        if self.target is None or self._config.get_verbosity() < 0 or self._config.getoption("no_summary"):
            return
        terminalreporter.section("hook calls")
        for line in self._lines(self.target):
            terminalreporter.line(line)

    def _lines(self, target: Target) -> Iterator[str]:
        uncalled = [
            f"{point} ({self._shown_place(place)})"
            for (group, point), place in sorted(self._declared.items(), key=lambda item: (item[0][1], item[0][0]))
            if not self.tally.has(group, point)
        ]
        table = list(self.tally.table())
        if not table:
            yield "no hook point was called" if uncalled else "no hook point was called, and no module declares one"
        yield from table
        yield from enumerated("never called", uncalled)
        yield from listed("fake never used", [fake.shown for fake in self._fakes.values() if not fake.is_used])
        yield from self.failures
        shown = shown_path(target.path, self._config)
        if target.is_overwritten:
            yield f"recording: {shown} was overwritten by another session"
            yield "  give each its own with --hooks-record-to=PATH"
            return
        calls, events, size = self.written
        counts = f"{format_count(calls, 'call')}, {format_count(events, 'event')}"
        yield f"recording: {shown} ({counts}, {format_size(size)})"
        if self._page is not None and self._page.is_written:
            yield f"report: {shown_path(self._page.path, self._config)}"
        elif calls:
            yield f"look at it: hookkit report {quote(shown)}"

    def _shown_place(self, place: str) -> str:
        file, _, line = place.rpartition(":")
        return f"{shown_path(Path(file), self._config)}:{line}"


class _Fake:
    """
    A fake entry point of some tests.
    """

    def __init__(self, use: FakeUse, test: str) -> None:
        self.shown = f"{use.name} of {use.group} (in {test})"
        self.is_used = False
