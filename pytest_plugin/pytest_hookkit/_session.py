"""
The recording of a session where its tests run: every hook call to a file, and a summary at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hookkit.recording import RecordingWriter
from pytest_hookkit._facts import declared_points, tick_counts
from pytest_hookkit._items import ItemRecording
from pytest_hookkit._report import SummaryReport, Written

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path
    from typing import Any

    from pytest_hookkit._target import Wanted


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
        self._writer: RecordingWriter | None = None
        self._items: ItemRecording | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """
        Begin to record.
        """
        writer = self._report.begin(self._wanted, self._begin)
        self._items = ItemRecording(writer)
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

    def _begin(self, path: Path, header: Mapping[str, Any]) -> RecordingWriter:
        self._writer = RecordingWriter(path, secret_names=self._wanted.secret_names, header=header)
        return self._writer

    def _stop(self) -> None:
        items, self._items = self._items, None
        if items is None or self._writer is None:
            return
        items.stop()
        writer = self._writer
        writer.close()
        self._report.tally.add(writer.tally)
        self._report.written = Written(writer.calls, writer.events, writer.size)
        self._report.add_declared(declared_points())
        self._report.add_ticks(tick_counts(items.loose_ticks))
        if writer.failure is not None:
            self._report.failures.append(f"the recording ends early: {writer.failure.strerror}")
        self._report.write_page()
