"""
What recording a whole run costs under pytest-xdist.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import Figure

EVENTS = 100_000
TESTS = 500
WORKERS = 2
CALLS = EVENTS // TESTS // 3  # three events a call: pre, body, post

SUITE = f"""
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

@pytest.mark.parametrize("number", range({TESTS}))
def test_calls(number):
    for _ in range({CALLS}):
        assert create("context", "vm", size=number) == "vm"
"""


def recorded_run(seconds: float) -> Iterator[Figure]:
    """
    Compare a run that is recorded to a file, merged from those of two workers, with the same run unrecorded.
    """
    runs = {"unrecorded": [], "hookkit": ["--hooks-record-to=recording.jsonl"]}
    least_s = dict.fromkeys(runs, float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_suite.py").write_text(SUITE)
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        for _ in range(max(2, round(2 * seconds))):
            for name, options in runs.items():
                command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-n", str(WORKERS), *options]
                began_s = time.perf_counter()
                subprocess.run(command, cwd=folder, check=True, capture_output=True)
                least_s[name] = min(least_s[name], time.perf_counter() - began_s)
    ratio = least_s["hookkit"] / least_s["unrecorded"]
    yield Figure(f"{EVENTS:,} events from {WORKERS} xdist workers / the same run unrecorded", ratio, 1.5)


MEASURES = (recorded_run,)
