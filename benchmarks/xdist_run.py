"""
What recording a whole run costs under pytest-xdist.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import Figure

EVENTS = 100_000
EVENTS_PER_TEST = (30, 200)
WORKERS = 2
# Plugins that have to do with tests of hookkit alone; that of Hypothesis takes a part of both runs, at their end.
WITHOUT = ("-p", "no:randomly", "-p", "no:hypothesispytest")

SUITE = """
import pytest
import hookkit

registry = hookkit.HookRegistry("benchmarks.xdist")

class Hook:
    def pre(self, context, name, size=1):
        pass
    def post(self, rv, context, name, size=1):
        pass

registry.register("create", Hook())

@registry.add_hook("create")
def create(context, name, size=1):
    return name

@pytest.mark.parametrize("number", range({tests}))
def test_calls(number):
    for _ in range({calls}):
        assert create("context", "vm", size=number) == "vm"
"""


def recorded_run(seconds: float) -> Iterator[Figure]:
    """
    Compare a run that is recorded to a file, merged from those of two workers, with the same run unrecorded.

    Of tests that call a hooked function a few times, and of tests that do little else.
    """
    for events in EVENTS_PER_TEST:
        ratio = _ratio(tests=EVENTS // events, calls=events // 3, times=max(2, round(seconds)))  # pre, body, post
        measure = f"{EVENTS:,} events from {WORKERS} xdist workers, {events} a test / unrecorded"
        yield Figure(measure, ratio, 1.5)


def _ratio(*, tests: int, calls: int, times: int) -> float:
    runs = {"unrecorded": [], "hookkit": ["--hooks-record-to=recording.jsonl"]}
    least_s = dict.fromkeys(runs, float("inf"))
    # Modules that are compiled anew in each process would be most of a run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_suite.py").write_text(SUITE.format(tests=tests, calls=calls))
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        for _ in range(times):
            for name, options in runs.items():
                command = [sys.executable, "-m", "pytest", "-q", *WITHOUT, "-n", str(WORKERS), *options]
                began_s = time.perf_counter()
                subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
                least_s[name] = min(least_s[name], time.perf_counter() - began_s)
    return least_s["hookkit"] / least_s["unrecorded"]


MEASURES = (recorded_run,)
