"""
The recording of tests where they run: which test a call belongs to, and what the test's reports say of it.
"""

from __future__ import annotations

from collections import Counter
from operator import sub
from typing import TYPE_CHECKING

import pytest

from hookkit import Recorder
from pytest_hookkit._facts import ReportFacts, fake_uses, tick_counts

if TYPE_CHECKING:
    from collections.abc import Generator

    from hookkit.recording import RecordingWriter

SECTION = "Captured hook calls"

PROPERTIES = ("hook_calls", "hook_events", "hook_swallowed")
"""
What a test's report has as properties, for JUnit files.
"""

# Of one test, as many of its last events as a person will look at are kept for the section; the file holds all.
_KEPT_EVENTS = 100


class ItemRecording:
    """
    The plugin object of a process that runs tests and is recorded.

    Args:
        writer: Writes each event and each call, and counts them.
    """

    def __init__(self, writer: RecordingWriter) -> None:
        self._tally = writer.tally
        self._recorder = Recorder(limit=_KEPT_EVENTS, writer=writer)
        self._counted = self._tally.totals()
        self._told_ticks: Counter[tuple[str, str]] = Counter()
        self._loose_ticks: Counter[tuple[str, str]] = Counter()

    def start(self) -> None:
        """
        Begin to record.
        """
        self._recorder.__enter__()

    def stop(self) -> None:
        """
        Record no more; what is not over is written as it is.
        """
        self._recorder.__exit__(None, None, None)
        self._forget()

    @property
    def loose_ticks(self) -> Counter[tuple[str, str]]:
        """
        How many ticks there were outside tests, by group and point.
        """
        return self._loose_ticks

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """
        Give the calls of a test its id, and forget those before it.
        """
        self._forget()
        self._recorder.test_id = item.nodeid
        try:
            return (yield)
        finally:
            self._recorder.test_id = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """
        Begin anew with each try, where a test is run again because it failed.
        """
        self._forget()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """
        Show the hook calls of a test that failed; at its end, say what the summary has to know.
        """
        report = yield
        if report.failed and self._recorder.events:
            report.sections.append((SECTION, self._section()))
        if call.when == "call":
            fakes = fake_uses(item)
            if fakes:
                ReportFacts(fakes=fakes).put_on(report)
        elif call.when == "teardown":
            calls, events, swallowed = map(sub, self._tally.totals(), self._counted)
            if events:
                report.user_properties += zip(PROPERTIES, (calls, events, swallowed), strict=True)
            ticks = self._recorder.ticks_by_point
            if ticks:
                ReportFacts(ticks=tick_counts(Counter(ticks) - self._told_ticks)).put_on(report)
                self._told_ticks = Counter(ticks)
        return report

    def _section(self) -> str:
        outline = self._recorder.outline(times=True)
        dropped = self._recorder.dropped
        if not dropped:
            return outline
        from pytest_hookkit._summary import format_count

        return f"({format_count(dropped, 'earlier event')} left out here; the recording has all)\n{outline}"

    def _forget(self) -> None:
        ticks = self._recorder.ticks_by_point
        if ticks:
            self._loose_ticks += Counter(ticks) - self._told_ticks
            self._told_ticks.clear()
        self._recorder.clear()
        self._counted = self._tally.totals()
