"""
``hookkit report``: a recording as a page to look at.
"""

import argparse
import sys
from pathlib import Path

from hookkit._cli._output import Output, counted, sized
from hookkit._cli._parsing import Command, add_json, add_recording
from hookkit._cli._progress import Progress


def run(options: argparse.Namespace, out: Output, _: argparse.ArgumentParser) -> int:
    """
    Write the report of a recording.
    """
    from hookkit.report import write_report

    recording = Path(options.recording)
    page = recording.parent / f"{recording.stem}.html" if options.output is None else Path(options.output)
    with Progress(sys.stderr, "writing the report") as progress:
        report = write_report(recording, page, progress=progress)
    if options.json:
        out.json({**report._asdict(), "path": str(report.path)})
        return 0
    counts = f"{counted(report.calls, 'call')}, {counted(report.events, 'event')}, {sized(report.size)}"
    out.line("report: ", (str(report.path), "bold"), f" ({counts})")
    if report.lost is not None:
        out.line(("lost: ", "bad"), report.lost)
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the page; beside the recording otherwise, under its name with .html"
    )
    add_json(parser)


COMMAND = Command(
    name="report",
    help="write a recording as a page to look at in a browser",
    description=(
        "Write a recording as one HTML file, which a browser shows without a network: the calls on a time line, what "
        "went in and came out of each hook, what it changed, and what went wrong."
    ),
    examples=(
        "hookkit report .hookkit/recording.jsonl",
        "hookkit report staging.4711.jsonl -o staging.html",
        "hookkit report staging.4711.jsonl --json",
    ),
    add_options=_add_options,
    run=run,
)
