"""
The file that a session is recorded to.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hookkit import RecordingError
from pytest_hookkit._ini import read_secret_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any, TypeVar

    T = TypeVar("T")
    Begin = Callable[[Path, Mapping[str, Any]], T]


class Wanted(NamedTuple):
    """
    What is wanted of a session that is recorded.

    Attributes:
        path: Where the recording goes.
        page: Where the report goes; None if none is wanted.
        more_secret_names: What makes a name that of a secret, beside the usual.
    """

    path: Path
    page: Path | None
    more_secret_names: tuple[str, ...]

    @property
    def secret_names(self) -> tuple[str, ...]:
        """
        What makes a name that of a secret.
        """
        from hookkit.recording import SECRET_NAMES

        return (*SECRET_NAMES, *self.more_secret_names)


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
        tuple(read_secret_names(config)),
    )


class Target:
    """
    The file of a session's recording; whoever begins last has the name for itself.

    Args:
        path: The file.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None

    def begin(self, begin: Begin[T]) -> T:
        """
        Have the first line written; what was there is overwritten.

        Args:
            begin: Writes it to a path, with what more is to stand there.

        Returns:
            What *begin* returns.

        Raises:
            pytest.UsageError: If nothing can be written.
        """
        if self.path.is_file() and not self.path.is_symlink():
            # A session that is still recording to it goes on with a file that has no name any more.
            with contextlib.suppress(OSError):
                self.path.unlink()
        try:
            begun = begin(self.path, {"pytest": pytest.__version__})
        except RecordingError as exc:
            cause = exc.__cause__
            reason = cause.strerror if isinstance(cause, OSError) else cause
            msg = (
                f"Cannot write the recording of hook calls to {str(self.path)!r}: {reason}. "
                "Name another file with --hooks-record-to=PATH."
            )
            raise pytest.UsageError(msg) from exc
        self._identity = _identity(self.path)
        return begun

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
