"""
What tests of reports share.
"""

import pytest

from hookkit.report import write_report


@pytest.fixture
def made_page(tmp_path):
    """
    Write a recording with a function of ``report.made``, or from lines of text, and a report of it.
    """

    def make(recording, **options):
        path = tmp_path / "recording.jsonl"
        if callable(recording):
            recording(path, **options)
        else:
            path.write_text("".join(f"{line}\n" for line in recording), encoding="ascii")
        write_report(path, tmp_path / "report.html")
        return tmp_path / "report.html"

    return make
