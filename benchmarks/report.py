"""
Measure reports against the size of their recordings: time, memory and size, and how quick they are in a browser.

Each report is written in a process of its own. Where there is no Chromium, only writing is measured.
A key counts from its being pressed to the second frame that was drawn after it, which is some 33 ms at the least.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "report"))

from browser import PATH, Browser
from made import large
from measuring import alone, sizes_asked, table

KINDS = {"2000 tests": 2000, "one test": 1, "running host": None}
KEYS = ["ArrowDown"] * 10 + ["ArrowRight"] * 10 + ["n"] * 5 + ["End", "Home", "t", "+", "f", "0", "t"]
WRITE = """
import json, resource, sys, time
from hookkit.report import write_report
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
write_report(*sys.argv[1:])
took = time.perf_counter() - began
print(json.dumps([took, before / 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000]))
"""


def measure_writing(recording: Path, page: Path) -> dict[str, float]:
    """
    Write a report.

    Returns:
        How long it took in seconds, the most memory it took beyond that of the interpreter, and sizes, all in MB.
    """
    took, before, most = alone(WRITE, recording, page)
    return {
        "recording_mb": round(recording.stat().st_size / 1e6, 1),
        "page_mb": round(page.stat().st_size / 1e6, 1),
        "write_s": round(took, 2),
        "memory_mb": round(most - before, 1),
    }


def measure_reading(browser: Browser, page: Path) -> dict[str, float]:
    """
    Open a report, walk it with keys, and look for a value.

    Returns:
        Times in milliseconds, and the memory of the page's script in MB.
    """
    began = time.perf_counter()
    browser.open(page)
    opened = time.perf_counter()
    pressed = [timed(lambda key=key: browser.press(key)) for key in KEYS]
    browser.press("/")
    browser.type("vm-300")
    search = timed(lambda: browser.wait("/ of (?!.*searching)/.test(document.querySelector('#found').innerText)"))
    return {
        "open_ms": round((opened - began) * 1e3),
        "key_ms": round(median(pressed)),
        "slowest_key_ms": round(max(pressed)),
        "search_ms": round(search),
        "script_mb": round(browser.run("performance.memory.usedJSHeapSize") / 1e6, 1),
    }


def timed(run: Callable[[], object]) -> float:
    """
    Call something, and give how long that took, in milliseconds.
    """
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1e3


def measure(folder: Path, sizes: list[int]) -> list[dict[str, object]]:
    """
    Measure all kinds of recordings of all sizes.
    """
    rows: list[dict[str, object]] = []
    for size in sizes:
        for kind, tests in KINDS.items():
            recording = large(folder / "recording.jsonl", size, tests and min(tests, size // 30))
            row = {"events": size, "kind": kind, **measure_writing(recording, folder / "report.html")}
            if PATH is not None:
                with Browser() as browser:
                    row |= measure_reading(browser, folder / "report.html")
            rows.append(row)
    return rows


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    options = sizes_asked(__doc__, "events")
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), options.sizes)
    print(json.dumps(rows, indent=2) if options.json else table(rows))


if __name__ == "__main__":
    main()
