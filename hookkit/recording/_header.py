"""
The first line of a recording: what it is, and who writes it, where and when.
"""

from __future__ import annotations

import json
import os
import platform
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hookkit.exceptions import RecordingError
from hookkit.recording._format import FORMAT, VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def begin_recording(path: Path, more: Mapping[str, Any]) -> None:
    """
    Write a recording that has nothing but its first line, for those who put together what others have recorded.

    On a full disk the file is left empty, and whoever goes on with it is told.

    Args:
        path: The file; its folder is made, what is there is overwritten.
        more: More for that line.

    Raises:
        RecordingError: If it cannot be opened.

    .. versionadded:: 0.1
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb")
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    with suppress(OSError), file:
        file.write(header_line(more))


def header_line(more: Mapping[str, Any]) -> bytes:
    """
    Make the first line of a recording that this process writes.

    Args:
        more: What it says beside the usual.
    """
    return f"{json.dumps({**header_fields(), **more}, separators=(',', ':'))}\n".encode("ascii")


def header_fields() -> dict[str, Any]:
    """
    Give what the first line says of who writes, where and when.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "hookkit": _own_version(),
        "python": platform.python_version(),
        "platform": platform.system(),
        "host": platform.node(),
        "pid": os.getpid(),
        "started_ns": time.time_ns(),
    }


def _own_version() -> str:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution("hookkit")
    except PackageNotFoundError:  # a checkout on the path
        return "unknown"
    # Not asked of what was found, which would import a parser of e-mails.
    metadata = found.read_text("METADATA") or found.read_text("PKG-INFO") or ""
    fields = (line.partition(":") for line in metadata.splitlines())
    return next((value.strip() for name, _, value in fields if name == "Version"), "unknown")


def cannot_write(path: Path, exc: OSError) -> RecordingError:
    """
    Make the error that says why nothing can be written to *path*.
    """
    return RecordingError(
        f"Cannot write recording {str(path)!r}: {exc.strerror}. Name a file in a folder that can be written."
    )
