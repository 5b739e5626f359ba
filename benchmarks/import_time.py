"""
Measure what importing hookkit costs: time and number of modules beyond what a bare interpreter has anyway.

Each figure is the least of many runs, which take turns, so that a busy moment of the machine hits all alike.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from installing import install_hookkit

STATEMENTS = {
    "bare interpreter": "pass",
    "import hookkit": "import hookkit",
    "from hookkit import get_registry": "from hookkit import get_registry",
    "a decorated function": "import hookkit; hookkit.add_hook('point')(lambda: None)",
    "import logging, to compare": "import logging",
    "import blinker, to compare": "import blinker",
    "import pluggy, to compare": "import pluggy",
}
BARE = "bare interpreter"
COUNT = "import sys; before = set(sys.modules); exec(sys.argv[1]); print(len(set(sys.modules) - before))"


FIND = "import sys; sys.path.insert(0, {folder!r})\n"


def run_ns(statement: str, folder: str) -> int:
    """
    Start an interpreter that runs *statement* with what is in *folder*; give how long that took, in nanoseconds.
    """
    began_ns = time.perf_counter_ns()
    subprocess.run([sys.executable, "-I", "-c", FIND.format(folder=folder) + statement], check=True)
    return time.perf_counter_ns() - began_ns


def count_modules(statement: str, folder: str) -> int:
    """
    Give how many modules *statement* brings in.
    """
    command = [sys.executable, "-I", "-c", FIND.format(folder=folder) + COUNT, statement]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(runs: int) -> dict[str, dict[str, float]]:
    """
    Measure all statements.

    Returns:
        For each its least time, what it takes beyond the bare interpreter, both in milliseconds, their ratio to the
        bare interpreter, and the number of modules.
    """
    least_ns = dict.fromkeys(STATEMENTS, sys.maxsize)
    with tempfile.TemporaryDirectory() as folder:
        install_hookkit(Path(folder))
        for _ in range(runs):
            for name, statement in STATEMENTS.items():
                least_ns[name] = min(least_ns[name], run_ns(statement, folder))
        modules = {name: count_modules(statement, folder) for name, statement in STATEMENTS.items()}
    bare_ns = least_ns[BARE]
    return {
        name: {
            "ms": round(least_ns[name] / 1e6, 2),
            "beyond_bare_ms": round((least_ns[name] - bare_ns) / 1e6, 2),
            "ratio_to_bare": round(least_ns[name] / bare_ns, 3),
            "modules": modules[name],
        }
        for name in STATEMENTS
    }


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50, help="how often each statement runs (default: 50)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    figures = measure(options.runs)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{'':36}{'ms':>8}{'beyond':>10}{'ratio':>9}{'modules':>9}")
    for name, row in figures.items():
        beyond, ratio = f"{row['beyond_bare_ms']:+.2f}", f"{row['ratio_to_bare']:.3f}"
        print(f"{name:36}{row['ms']:8.2f}{beyond:>10}{ratio:>9}{row['modules']:9d}")


if __name__ == "__main__":
    main()
