"""
What a recording on disk looks like: a header that says so, and a JSON object on each line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hookkit.exceptions import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "hookkit-recording"
VERSION = 1


def read_header(path: Path, line: bytes) -> dict[str, Any]:
    """
    Read the first line.

    Raises:
        RecordingError: If it is none of a recording, or one of a later version.
    """
    header = parsed(line) or {}
    version = header.get("version")
    if header.get("format") != FORMAT or type(version) is not int:
        msg = (
            f"{str(path)!r} is no recording of hookkit: its first line is {excerpt(line)}. "
            "Give a file that RecordingWriter or pytest --hooks-record wrote."
        )
        raise RecordingError(msg)
    if version > VERSION:
        msg = (
            f"{str(path)!r} is a recording of version {version}, made by hookkit {header.get('hookkit', 'unknown')}; "
            f"this hookkit reads up to version {VERSION}. Install a later one."
        )
        raise RecordingError(msg)
    return header


def parsed(line: bytes) -> dict[str, Any] | None:
    """
    Give the fields of a line; None if it is broken.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def excerpt(line: bytes) -> str:
    """
    Show a line in an error.
    """
    if not line:
        return "empty"
    text = line.decode("utf-8", "replace")
    return repr(text if len(text) <= 60 else f"{text[:57]}...")  # noqa: PLR2004 - as much as fits a line
