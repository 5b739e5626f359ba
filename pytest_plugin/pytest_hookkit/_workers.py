"""
The recording of a session that pytest-xdist distributes: a file for each worker, merged by the controller.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hookkit import RecordingError
from hookkit.recording import BoardWriter, take_from_board
from pytest_hookkit._facts import Declared, TickCount, declared_points, tick_counts
from pytest_hookkit._items import ItemRecording
from pytest_hookkit._merge import merge
from pytest_hookkit._parts import WorkerFile
from pytest_hookkit._report import SummaryReport, Written
from pytest_hookkit._told import Told

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from pytest_hookkit._target import Target, Wanted

# In what controller and worker send each other when the worker starts and when it ends.
_KEY = "hookkit_recording"


def register(config: pytest.Config, wanted: Wanted, worker_input: Mapping[str, Any] | None) -> None:
    """
    Have the session recorded.

    Args:
        config: The configuration of this process.
        wanted: Where the whole recording and the report go.
        worker_input: What the controller has sent; None in the controller itself.
    """
    if worker_input is None:
        config.pluginmanager.register(ControllerRecording(config, wanted), "hookkit-session")
    elif _KEY in worker_input:
        own = wanted._replace(path=Path(worker_input[_KEY]))
        config.pluginmanager.register(WorkerRecording(config, own), "hookkit-session")


class WorkerRecording:
    """
    The plugin object of a worker.

    Args:
        config: The worker's configuration.
        wanted: Where the worker records to.
    """

    def __init__(self, config: pytest.Config, wanted: Wanted) -> None:
        self._config = config
        self._wanted = wanted
        self._writer: BoardWriter | None = None
        self._items: ItemRecording | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """
        Begin to record.
        """
        try:
            self._writer = BoardWriter(self._wanted.path, secret_names=self._wanted.secret_names)
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
        self._config.workeroutput[_KEY] = facts  # type: ignore[attr-defined] # pytest-xdist has put it there


class ControllerRecording:
    """
    The plugin object of the controller.

    Args:
        config: The session's configuration.
        wanted: Where recording and report go.
    """

    def __init__(self, config: pytest.Config, wanted: Wanted) -> None:
        self._config = config
        self._wanted = wanted
        self._report = SummaryReport(config)
        self._target: Target | None = None
        self._files: list[WorkerFile] = []
        self._tests: Sequence[str] = ()
        self._outputs: dict[str, Mapping[str, Any]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """
        Make sure that the recording can be written, before any test is run.
        """
        self._target = self._report.begin(self._wanted)
        self._target.writer.close()
        self._config.pluginmanager.register(self._report, "hookkit-report")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """
        Tell a worker where to record to.
        """
        worker = str(node.gateway.id)
        safe = re.sub(r"[^\w-]", "_", worker)
        path = self._wanted.path
        name = f"{path.stem}.{os.getpid()}.{safe}{path.suffix}"
        file = WorkerFile(worker, path.absolute().with_name(name))
        self._files.append(file)
        node.workerinput[_KEY] = str(file.path)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """
        Learn the order of the tests, which is the same in all workers.
        """
        self._tests = self._tests or ids

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """
        Take over what a worker says at its end; one that died says nothing.
        """
        self._outputs[str(node.gateway.id)] = getattr(node, "workeroutput", {}).get(_KEY, {})

    # The innermost wrapper: by then the workers are down, and the summary is not printed yet.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """
        Put together what the workers have written.
        """
        try:
            return (yield)
        finally:
            self._finish()

    def pytest_unconfigure(self) -> None:
        """
        Put it together where the session did not come to its end.
        """
        self._finish()

    def _finish(self) -> None:
        target, self._target = self._target, None
        if target is None:
            return
        for worker, told in self._outputs.items():
            self._report.add_declared(Declared(*point) for point in told.get("declared", ()))
            self._report.add_ticks(TickCount(*ticks) for ticks in told.get("ticks", ()))
            if told.get("failure"):
                self._report.failures.append(f"the recording of worker {worker} ends early: {told['failure']}")
        self._merge(target)
        self._report.write_page()

    def _merge(self, target: Target) -> None:
        try:
            # Without a buffer, a line that cannot be written is known at once.
            with target.path.open("ab", buffering=0) as out:
                for file in self._files:
                    take_from_board(file.path)
                merged = merge(list(map(self._with_told, self._files)), self._tests, out, self._report.tally)
                self._report.written = Written(merged.calls, merged.events, out.tell())
            failure = merged.failure
        except OSError as exc:
            failure = exc
        if failure is not None:
            kept = "what the workers recorded is beside it"
            self._report.failures.append(f"the recording ends early: {failure.strerror}; {kept}")
            return
        for file in self._files:
            file.path.unlink(missing_ok=True)

    def _with_told(self, file: WorkerFile) -> WorkerFile:
        """
        Add what the worker has told of its file.
        """
        told = self._outputs.get(file.worker, {}).get("told")
        return file._replace(told=None if told is None else Told(**told))
