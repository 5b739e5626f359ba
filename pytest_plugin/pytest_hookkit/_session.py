"""
The recording of a whole session: every hook call to a file, a section on failures, a summary at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_hookkit._facts import declared_points, tick_counts
from pytest_hookkit._items import ItemRecording
from pytest_hookkit._report import SummaryReport, Written

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_hookkit._target import Wanted


def record_session(config: pytest.Config, wanted: Wanted) -> None:
    """
    Have the session recorded, in whichever of the processes of pytest-xdist this is.
    """
    option = config.option
    if option.collectonly or getattr(option, "showfixtures", False) or getattr(option, "show_fixtures_per_test", False):
        return  # no test is run, and the recording of those that were stays
    worker_input = getattr(config, "workerinput", None)
    if worker_input is None and getattr(option, "dist", "no") == "no":
        config.pluginmanager.register(SessionRecording(config, wanted), "hookkit-session")
        return
    from pytest_hookkit import _workers

    _workers.register(config, wanted, worker_input)


class SessionRecording:
    """
    The plugin object of a session that is recorded where its tests run.

    Args:
        config: The session's configuration.
        wanted: Where recording and report go.
    """

    def __init__(self, config: pytest.Config, wanted: Wanted) -> None:
        self._config = config
        self._wanted = wanted
        self._report = SummaryReport(config)
        self._items: ItemRecording | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """
        Begin to record.
        """
        target = self._report.begin(self._wanted)
        self._items = ItemRecording(target.writer)
        self._config.pluginmanager.register(self._report, "hookkit-report")
        self._config.pluginmanager.register(self._items, "hookkit-items")
        self._items.start()

    # The innermost wrapper: what other plugins do at the end is recorded, and the summary is printed by a wrapper.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """
        Stop recording, and close the file.
        """
        try:
            return (yield)
        finally:
            self._stop()

    def pytest_unconfigure(self) -> None:
        """
        Stop recording, where the session did not come to its end.
        """
        self._stop()

    def _stop(self) -> None:
        items, self._items = self._items, None
        if items is None or self._report.target is None:
            return
        items.stop()
        writer = self._report.target.writer
        writer.close()
        self._report.tally.add(writer.tally)
        self._report.written = Written(writer.calls, writer.events, writer.size)
        self._report.add_declared(declared_points())
        self._report.add_ticks(tick_counts(items.loose_ticks))
        if writer.failure is not None:
            self._report.failures.append(f"the recording ends early: {writer.failure.strerror}")
        self._report.write_page()
