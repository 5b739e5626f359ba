"""
Reading recordings.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hookkit.exceptions import RecordingError
from hookkit.recording._format import excerpt, parsed, read_header

if TYPE_CHECKING:
    import os

_LOG = logging.getLogger("hookkit.recording")


class Recording:
    """
    A recording that was read.

    Attributes:
        path: The file.
        header: The first line: who wrote it, where and when.
        calls: The calls, in order of start, with the fields that the file has.
        events: The events, in order of start, with the fields that the file has.
        lost: What of the file could not be used, in a sentence; None if all could.

    .. versionadded:: 0.1
    """

    def __init__(self, path: Path, header: dict[str, Any], lines: list[dict[str, Any]], lost: str | None) -> None:
        self.path = path
        self.header = header
        self.calls = _of_kind("call", lines)
        self.events = _of_kind("event", lines)
        self.lost = lost

    def __repr__(self) -> str:
        return f"<Recording {str(self.path)!r} with {len(self.calls)} calls and {len(self.events)} events>"


def load_recording(path: str | os.PathLike[str]) -> Recording:
    """
    Read a recording; nothing in it is imported or run.

    A last line that was torn by a crash is dropped; `Recording.lost` says so, and a log line.
    Lines of a kind that this version does not know are left out.

    Args:
        path: The file.

    Raises:
        RecordingError: If it cannot be read, is no recording, is one of a later version, or is broken before its end.

    .. versionadded:: 0.1
    """
    path = Path(path)
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as exc:
        msg = f"Cannot read recording {str(path)!r}: {exc.strerror}."
        raise RecordingError(msg) from exc
    header = read_header(path, lines[0])
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    objects = []
    lost = None
    for number, line in enumerate(lines[1:], start=2):
        fields = parsed(line)
        if fields is not None:
            objects.append(fields)
        elif number == len(lines):
            lost = f"Line {number} of {str(path)!r} is torn; it is left out."
            _LOG.warning("%s", lost)
        else:
            msg = f"Line {number} of recording {str(path)!r} is broken: {excerpt(line)}."
            raise RecordingError(msg)
    return Recording(path, header, objects, lost)


def _of_kind(kind: str, lines: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    found = [fields for fields in lines if fields.get("kind") == kind]
    return tuple(sorted(found, key=lambda fields: fields["seq"] if type(fields.get("seq")) is int else 0))
