"""
The recording of a session that pytest-xdist distributes, in one of its workers, to a file of the worker's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hookkit import RecordingError
from hookkit.recording import BoardWriter
from pytest_hookkit._facts import declared_points, tick_counts
from pytest_hookkit._items import ItemRecording
from pytest_hookkit._recording import KEY
from pytest_hookkit._told import Told

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_hookkit._target import Wanted


class WorkerRecording:
    """
    The plugin object of a worker of pytest-xdist.

    Args:
        config: The worker's configuration.
        wanted: What is wanted of the session.
        path: Where the worker records to.
    """

    def __init__(self, config: pytest.Config, wanted: Wanted, path: str) -> None:
        self._config = config
        self._wanted = wanted
        self._path = path
        self._writer: BoardWriter | None = None
        self._items: ItemRecording | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """
        Begin to record.
        """
        try:
            self._writer = BoardWriter(self._path, secret_names=self._wanted.secret_names)
        except RecordingError as exc:
            self._tell(failure=str(exc))
            return
        self._items = ItemRecording(self._writer)
        self._config.pluginmanager.register(self._items, "hookkit-items")
        self._items.start()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """
        Stop recording, and tell the controller what is not in the file.
        """
        try:
            return (yield)
        finally:
            self._stop()

    def _stop(self) -> None:
        if self._items is None or self._writer is None:
            return
        self._items.stop()
        self._writer.close()
        failure = self._writer.failure
        told = Told.of(self._writer)
        self._tell(
            told=None if told is None else told._asdict(),
            declared=[list(point) for point in declared_points()],
            ticks=[list(ticks) for ticks in tick_counts(self._items.loose_ticks)],
            failure=None if failure is None else str(failure.strerror),
        )

    def _tell(self, **facts: object) -> None:
        self._config.workeroutput[KEY] = facts  # type: ignore[attr-defined] # pytest-xdist has put it there
