"""
The file that a session is recorded to.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hookkit import RecordingError
from hookkit.recording import SECRET_NAMES, RecordingWriter
from pytest_hookkit._options import read_secret_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Wanted(NamedTuple):
    """
    What is wanted of a session that is recorded.

    Attributes:
        path: Where the recording goes.
        page: Where the report goes; None if none is wanted.
        secret_names: What makes a name that of a secret.
    """

    path: Path
    page: Path | None
    secret_names: tuple[str, ...]


def wanted_of(config: pytest.Config, usual_path: str) -> Wanted:
    """
    Read what is wanted from the options.

    Args:
        config: The session's configuration.
        usual_path: Where the recording goes if nothing is said, under the rootdir.
    """
    folder = config.invocation_params.dir
    path, page = config.getoption("hooks_record_to"), config.getoption("hooks_report")
    return Wanted(
        config.rootpath / usual_path if path is None else folder / path,
        None if page is None else folder / page,
        (*SECRET_NAMES, *read_secret_names(config)),
    )


class Target:
    """
    The file of a session's recording; whoever begins last has the name for itself.

    Args:
        path: The file; what is there is overwritten.
        secret_names: What makes a name that of a secret.

    Raises:
        pytest.UsageError: If nothing can be written there.

    Attributes:
        path: The file.
        writer: Writes the recording there.
    """

    def __init__(self, path: Path, secret_names: Iterable[str]) -> None:
        self.path = path
        if path.is_file() and not path.is_symlink():
            # A session that is still recording to it goes on with a file that has no name any more.
            with contextlib.suppress(OSError):
                path.unlink()
        try:
            self.writer = RecordingWriter(path, secret_names=secret_names, header={"pytest": pytest.__version__})
        except RecordingError as exc:
            cause = exc.__cause__
            reason = cause.strerror if isinstance(cause, OSError) else cause
            msg = (
                f"Cannot write the recording of hook calls to {str(path)!r}: {reason}. "
                "Name another file with --hooks-record-to=PATH."
            )
            raise pytest.UsageError(msg) from exc
        self._identity = _identity(path)

    @property
    def is_overwritten(self) -> bool:
        """
        Whether another session has begun to record to the same file.
        """
        return _identity(self.path) != self._identity


def shown_path(path: Path, config: pytest.Config) -> str:
    """
    Write a path of the project as seen from where pytest was started, any other in full.
    """
    return os.path.relpath(path, config.invocation_params.dir) if path.is_relative_to(config.rootpath) else str(path)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
