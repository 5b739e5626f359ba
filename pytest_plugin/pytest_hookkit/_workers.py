"""
The recording of a session that pytest-xdist distributes, in its controller, which puts those of the workers together.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from hookkit.recording import begin_recording, take_from_board
from pytest_hookkit._facts import Declared, TickCount
from pytest_hookkit._merge import merge
from pytest_hookkit._parts import WorkerFile
from pytest_hookkit._recording import KEY
from pytest_hookkit._report import SummaryReport, Written
from pytest_hookkit._told import Told

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from pytest_hookkit._target import Target, Wanted


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
        self._report.begin(self._wanted, begin_recording)
        self._target = self._report.target
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
        node.workerinput[KEY] = str(file.path)

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
        self._outputs[str(node.gateway.id)] = getattr(node, "workeroutput", {}).get(KEY, {})

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
