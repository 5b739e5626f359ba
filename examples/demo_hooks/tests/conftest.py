"""
What all tests of the demo hooks need: the package as if it were installed, and a log file of their own.
"""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def installed(fake_entry_points):
    """
    Make the entry points of this source tree found, without an installation.
    """
    return fake_entry_points.add_project(Path(__file__).parents[1])


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    """
    Send the log lines to a file of this test; give a function that reads them, without the time.
    """
    path = tmp_path / "demo_hooks.log"
    monkeypatch.setenv("DEMO_HOOKS_LOG", str(path))

    def lines():
        return [line.split(" ", 2)[2] for line in path.read_text().splitlines()] if path.exists() else []

    return lines
