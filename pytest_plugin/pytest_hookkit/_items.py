"""
The recording of tests where they run: which test a call belongs to, and what the test's reports say of it.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Protocol

import pytest

from hookkit import Recorder
from pytest_hookkit._facts import ReportFacts, fake_uses, tick_counts
from pytest_hookkit._summary import format_count

if TYPE_CHECKING:
    from collections.abc import Generator

    from hookkit.recording import RecordedCall, RecordedEvent

SECTION = "Captured hook calls"

PROPERTIES = ("calls", "events", "swallowed")
"""
What a test's report has as properties, for JUnit files: ``hook_calls`` and so on.
"""

# Of one test, as many of its last events as a person will look at are kept for the section; the file holds all.
_KEPT_EVENTS = 100


class Writer(Protocol):
    """
    Who writes what was recorded.
    """

    def write_start(self, event: RecordedEvent) -> None:
        """
        Write that an event begins, and its call if it is the first one.
        """

    def write_event(self, event: RecordedEvent) -> None:
        """
        Write an event that is over.
        """

    def write_call(self, call: RecordedCall) -> None:
        """
        Write a call that is over.
        """


class ItemRecording:
    """
    The plugin object of a process that runs tests and is recorded.

    Args:
        writer: Told of each event and each call.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = _CountingWriter(writer)
        self._recorder = Recorder(limit=_KEPT_EVENTS, writer=self._writer)
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
        Give the calls of a test its id.
        """
        self._forget()
        self._recorder.test_id = item.nodeid
        try:
            return (yield)
        finally:
            self._recorder.test_id = None
            self._forget()

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
            ReportFacts(fakes=fake_uses(item)).put_on(report)
        elif call.when == "teardown":
            counts = self._writer.counts
            if counts["events"]:
                report.user_properties.extend((f"hook_{noun}", counts[noun]) for noun in PROPERTIES)
            ReportFacts(ticks=tick_counts(self._untold_ticks())).put_on(report)
            self._told_ticks = Counter(self._recorder.ticks_by_point)
        return report

    def _section(self) -> str:
        outline = self._recorder.outline(times=True)
        dropped = self._recorder.dropped
        if not dropped:
            return outline
        return f"({format_count(dropped, 'earlier event')} left out here; the recording has all)\n{outline}"

    def _untold_ticks(self) -> Counter[tuple[str, str]]:
        return Counter(self._recorder.ticks_by_point) - self._told_ticks

    def _forget(self) -> None:
        self._loose_ticks += self._untold_ticks()
        self._told_ticks.clear()
        self._recorder.clear()
        self._writer.counts.clear()


class _CountingWriter:
    """
    A writer that counts, for one test, what passes through it to another one.
    """

    def __init__(self, writer: Writer) -> None:
        self.counts: Counter[str] = Counter()
        self._write_event = writer.write_event
        self._write_call = writer.write_call
        self._lock = threading.RLock()  # re-entrant: a destructor may call a hooked function at any time
        self.write_start = writer.write_start

    def write_event(self, event: RecordedEvent) -> None:
        """
        Count and write an event.
        """
        with self._lock:
            self.counts["events"] += 1
            if event.swallowed:
                self.counts["swallowed"] += 1
        self._write_event(event)

    def write_call(self, call: RecordedCall) -> None:
        """
        Count and write a call.
        """
        with self._lock:
            self.counts["calls"] += 1
        self._write_call(call)
