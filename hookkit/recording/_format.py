"""
What a recording on disk looks like: a header that says so, and a JSON object on each line.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

from hookkit.exceptions import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "hookkit-recording"
VERSION = 1

_GZIP = b"\x1f\x8b"


def read_header(path: Path, line: bytes) -> dict[str, Any]:
    """
    Read the first line.

    Raises:
        RecordingError: If it is none of a recording, or one of a later version.
    """
    if line.startswith(_GZIP):
        msg = f"{str(path)!r} is compressed with gzip. Give the file that gunzip makes of it."
        raise RecordingError(msg)
    header = _parsed(line) or {}
    version = header.get("version")
    if header.get("format") != FORMAT or type(version) is not int or version < 1:
        msg = (
            f"{str(path)!r} is no recording of hookkit: its first line is {excerpt(line)}. "
            "Give a file that HOOKKIT_RECORD, RecordingWriter or pytest --hooks-record wrote."
        )
        raise RecordingError(msg)
    if version > VERSION:
        maker = header.get("hookkit")
        msg = (
            f"{str(path)!r} is a recording of version {version}, "
            f"made by hookkit {maker if isinstance(maker, str) else 'unknown'}; "
            f"this hookkit reads up to version {VERSION}. Install a later one."
        )
        raise RecordingError(msg)
    return header


def excerpt(line: bytes) -> str:
    """
    Show a line in an error.
    """
    if not line:
        return "empty"
    text = line[:1000].decode("utf-8", "replace")
    return repr(text if len(text) <= 60 else f"{text[:57]}...")  # noqa: PLR2004 - as much as fits a line


def _parsed(line: bytes) -> dict[str, Any] | None:
    """
    Give the fields of the first line, with or without the mark that some editors put before it; None if it is broken.
    """
    try:
        fields = json.loads(line.removeprefix(BOM_UTF8).decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None
