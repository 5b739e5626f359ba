"""
Who records a session: one process, or the controller and the workers of pytest-xdist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_hookkit._target import Wanted

KEY = "hookkit_recording"
"""
In what controller and worker send each other when the worker starts and when it ends.
"""


def record_session(config: pytest.Config, wanted: Wanted) -> None:
    """
    Have the session recorded, in whichever of the processes of pytest-xdist this is.
    """
    option = config.option
    if option.collectonly or getattr(option, "showfixtures", False) or getattr(option, "show_fixtures_per_test", False):
        return  # no test is run, and the recording of those that were stays
    worker_input = getattr(config, "workerinput", None)
    recording: object
    # Each imports what it needs and no more: before that, no test begins.
    if worker_input is not None:
        if KEY not in worker_input:
            return
        from pytest_hookkit._worker import WorkerRecording

        recording = WorkerRecording(config, wanted, worker_input[KEY])
    elif getattr(option, "dist", "no") == "no":
        from pytest_hookkit._session import SessionRecording

        recording = SessionRecording(config, wanted)
    else:
        from pytest_hookkit._workers import ControllerRecording

        recording = ControllerRecording(config, wanted)
    config.pluginmanager.register(recording, "hookkit-session")
