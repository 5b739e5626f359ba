"""
The installed hooks of a group, and hooks that are loaded without a word on standard output.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TypeVar

from hookkit._messages import did_you_mean
from hookkit.exceptions import HookLoadError, InvalidValueError

T = TypeVar("T")


@contextmanager
def as_if_installed(project: str | None) -> Iterator[None]:
    """
    Take a source tree for installed, if one is given.
    """
    if project is None:
        yield
        return
    from hookkit.testing import FakeEntryPoints

    with FakeEntryPoints() as fakes:
        fakes.add_project(project)
        yield


@contextmanager
def importable(project: str | None) -> Iterator[None]:
    """
    Have the modules of a source tree imported first, if one is given, from ``src`` or from the folder itself.
    """
    before = list(sys.path)
    if project is not None:
        folder = Path(project).resolve()
        if not folder.is_dir():
            msg = f"There is no folder {project!r}. Name the one that has the hook package's source tree."
            raise InvalidValueError(msg)
        sys.path[:0] = [str(folder / "src"), str(folder)]
    try:
        yield
    finally:
        sys.path[:] = before


def quietly(call: Callable[[], T]) -> T:
    """
    Call what imports hooks; what their modules print goes to standard error, and a way out of the process is barred.
    """
    try:
        with redirect_stdout(sys.stderr):
            return call()
    except SystemExit as exc:
        msg = f"sys.exit({'' if exc.code is None else repr(exc.code)}) was called when it was imported."
        raise HookLoadError(msg) from None


def no_hooks(group: str) -> str:
    """
    Say that a group has no hooks, and which one may have been meant.
    """
    from importlib_metadata import entry_points as installed

    return f"No hooks of group {group!r} are installed.{did_you_mean(group, installed().groups)}"
