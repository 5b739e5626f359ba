"""
Writing a report: a recording goes through line by line, its values straight into the page.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hookkit.exceptions import RecordingError
from hookkit.recording import RecordingLines
from hookkit.recording._lines import broken_line
from hookkit.report._blocks import Blocks
from hookkit.report._index import index
from hookkit.report._lines import DECODER, fault_of_line
from hookkit.report._page import data_element, page
from hookkit.report._tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from hookkit.recording import Line

    Progress = Callable[[int, int], object]

_TOLD_BYTES = 2**20  # how much is read between two words on the progress


class Report(NamedTuple):
    """
    What was written.

    Attributes:
        path: The page.
        calls: How many calls it shows.
        events: How many events it shows.
        size: How many bytes it has.
        lost: What of the recording could not be used, in a sentence; None if all could.
    """

    path: Path
    calls: int
    events: int
    size: int
    lost: str | None


def write_report(
    recording_path: str | os.PathLike[str],
    output_path: str | os.PathLike[str],
    *,
    title: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """
    Write a recording as one HTML file that shows it in a browser, without a network.

    The recording is read line by line; what is kept in memory is some 350 bytes for each event.
    The page is written beside its place and then moved there, so that there is never half of it.

    Args:
        recording_path: The recording, as `hookkit.recording.RecordingWriter` or ``pytest --hooks-record`` wrote it.
        output_path: The page; its folder is made, what is there is overwritten.
        title: What the page is called; without one, as the recording's file.
        progress: Called every now and then with how many bytes of the recording were read, and how many it has.

    Returns:
        What was written.

    Raises:
        RecordingError: If the recording cannot be read, is no recording, is one of a later version, or is broken
            before its end; if the page cannot be written.

    .. versionadded:: 0.1
    """
    source, target = Path(recording_path), Path(output_path)
    with RecordingLines(source, decoder=DECODER) as lines:
        _check_is_other_file(source, target)
        try:
            with _replacing(target) as out:
                tables = _write_page(lines, out, title or source.name, progress)
            size = target.stat().st_size
        except OSError as exc:
            msg = f"Cannot write report {str(target)!r}: {exc.strerror}. Name a file in a folder that can be written."
            raise RecordingError(msg) from exc
    return Report(target, len(tables.calls), len(tables.events), size, lines.lost)


@contextmanager
def _replacing(target: Path) -> Iterator[TextIO]:
    """
    Open a file that takes the place of *target* once all is written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
            yield out
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check_is_other_file(source: Path, target: Path) -> None:
    with suppress(OSError):
        if source.samefile(target):
            msg = f"Cannot write report {str(target)!r}: that is the recording. Name another file."
            raise RecordingError(msg)


def _write_page(lines: RecordingLines, out: TextIO, title: str, progress: Progress | None) -> Tables:
    before, after = page(title)
    out.write(before)
    tables, blocks = Tables(), Blocks(lambda text: out.write(data_element(text, 'class="block"')))
    left_out = _take(lines, tables, blocks, progress)
    blocks.flush()
    facts = {"title": title, "size": lines.size, "lost": lines.lost, **left_out, "blocks": blocks.starts}
    parts = index(tables, lines.header, facts)
    out.writelines(data_element(text, f'id="{name}"') for name, text in parts)
    out.write(after)
    return tables


def _take(lines: RecordingLines, tables: Tables, blocks: Blocks, progress: Progress | None) -> dict[str, int]:
    """
    Take in all lines; give how many stand for what was too large to record, and how many are of a kind not known here.
    """
    left_out = {"too_large": 0, "unknown": 0}
    for fields, text, number, _ in _watched(lines, progress):
        kind = fields.get("kind")
        if kind not in ("event", "call"):
            left_out["too_large" if kind == "left_out" else "unknown"] += 1
            continue
        fault = fault_of_line(fields, text)
        if fault is not None:
            raise broken_line(lines.path, number, fault)
        if kind == "event":
            tables.add_event(fields, text, blocks.add(fields, result_given=True))
        else:
            tables.add_call(fields, text, blocks.add(fields, result_given=False))
    return left_out


def _watched(lines: RecordingLines, progress: Progress | None) -> Iterator[Line]:
    told = 0
    for line in lines:
        if progress is not None and lines.read - told >= _TOLD_BYTES:
            told = lines.read
            progress(told, lines.size)
        yield line
    if progress is not None:
        progress(lines.read, lines.size)
