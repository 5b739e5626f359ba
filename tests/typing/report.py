"""
What type checkers make of reports.
"""

from pathlib import Path
from typing import assert_type

from hookkit.report import Report, write_report

report = write_report(
    "recording.jsonl", Path("report.html"), title="Night run", progress=lambda read, size: read / size
)
assert_type(report, Report)
assert_type(report.path, Path)
assert_type(report.events, int)
assert_type(report.lost, str | None)
