"""
What a process has left on its board that was killed while it was recorded.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIX = ".board"


def take_from_board(path: Path) -> None:
    """
    Add to the recording of a process that was killed what it had on its board: what was over, and what it had begun.

    Nothing is done where its writer was closed.

    Raises:
        OSError: If that cannot be read or written.

    .. versionadded:: 0.1
    """
    board = board_path(path)
    unfinished_path(board).unlink(missing_ok=True)
    if not board.exists():
        return
    from hookkit.recording._board_file import read_board  # here, as processes are seldom killed

    lines = read_board(board).splitlines(keepends=True)
    # Lines that are over stand after those that say that the same has begun.
    found = {line: key for line in lines if (key := _key(line)) is not None}
    over = {key.what for key in found.values() if not key.is_begun}
    with path.open("r+b") as file:
        end = 0
        for line in file:
            end += len(line) if line.endswith(b"\n") else 0
            key = _key(line)
            if key is not None:
                found.pop(line, None)
                if not key.is_begun:
                    over.add(key.what)
        file.truncate(end)  # without the line in the middle of which the process was killed
        file.seek(end)
        file.writelines(line for line, key in found.items() if not key.is_begun or key.what not in over)
    board.unlink()


class _Key(NamedTuple):
    """
    What a line is of.

    Attributes:
        what: The kind, the number, and when it began: the child of a fork may have given the same number.
        is_begun: Whether it says that this has begun, and no more.
    """

    what: tuple[str, int, object]
    is_begun: bool


def _key(line: bytes) -> _Key | None:
    """
    Tell what a line is of; None if it is torn, or the first one.
    """
    if not line.endswith(b"\n"):
        return None
    try:
        fields = json.loads(line)
        what = fields["kind"], fields["seq"], fields.get("started_ns")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return _Key(what, "unfinished" in fields) if type(what[1]) is int else None


def board_path(path: Path) -> Path:
    """
    Give the name of the board of a recording.
    """
    return path.with_name(f"{path.name}{_SUFFIX}")


def unfinished_path(board: Path) -> Path:
    """
    Give the name of a board while it is made.
    """
    return board.with_name(f"{board.name}.new")
