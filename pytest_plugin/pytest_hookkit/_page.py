"""
The report of a session's recording: the page that --hooks-report asks for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hookkit import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_hookkit._target import Target


class Page:
    """
    The page of a session.

    Args:
        path: The file; what is there is overwritten, at the end of the session.
        recording: The recording that it is to show.

    Raises:
        pytest.UsageError: If nothing can be written there.

    Attributes:
        path: The file.
        is_written: Whether it was written.
    """

    def __init__(self, path: Path, recording: Path) -> None:
        self.path = path
        self.is_written = False
        reason = "that is the recording" if os.path.realpath(path) == os.path.realpath(recording) else _why_not(path)
        if reason is not None:
            msg = f"Cannot write the report to {str(path)!r}: {reason}. Name another file with --hooks-report=PATH."
            raise pytest.UsageError(msg)

    def write(self, target: Target) -> str | None:
        """
        Write it.

        Args:
            target: Where the recording is, all of it.

        Returns:
            Why it could not be written; None if it was.
        """
        from hookkit.report import write_report

        if target.is_overwritten:
            return "the report was not written: the recording was overwritten by another session"
        try:
            write_report(target.path, self.path)
        except RecordingError as exc:
            return f"the report was not written: {exc}"
        self.is_written = True
        return None


def _why_not(path: Path) -> str | None:
    """
    Say why no file can be put there; None if it can.
    """
    if path.is_dir():
        return "it is a folder"
    probe = path.with_name(f".{path.name}.{os.getpid()}.probe")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as exc:
        return exc.strerror
    return None
