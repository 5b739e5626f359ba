"""
Measure what the pytest plugin costs a run that uses none of it: time and modules, beside other plugins.

Each figure is the least of many runs of one empty test, which take turns, so that a busy moment of the machine hits all
alike.
They are compared with a run that has an empty plugin: for the first plugin that is named, pytest reads the metadata of
all that is installed, as it does in each usual run.
Times are those of the processor; the start of the interpreter and the import of pytest are not in them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from measuring import Figure

PLUGINS: dict[str, str] = {
    "an empty plugin": "empty_plugin",
    "hookkit": "pytest_hookkit.plugin",
    "pytest-mock": "pytest_mock",
    "pytest-cov": "pytest_cov.plugin",
    "pytest-asyncio": "pytest_asyncio.plugin",
}
EMPTY = "an empty plugin"
RUN = """
import json, sys, time
import pytest
before = set(sys.modules)
began_ns = time.process_time_ns()
code = pytest.main(sys.argv[1:])
took_ns = time.process_time_ns() - began_ns
assert code == 0, code
print(json.dumps([took_ns, sorted(set(sys.modules) - before)]))
"""
OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore", "test_empty.py")


def run(plugin: str, folder: Path) -> tuple[int, list[str]]:
    """
    Run an empty test with *plugin*.

    Returns:
        How long it took, in nanoseconds, and which modules it brought in.
    """
    command = [sys.executable, "-P", "-c", RUN, "-p", plugin, *OPTIONS]
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # the first run compiles, the others find what it compiled
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "PYTHONPATH": str(folder),
    }
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=environment)
    took_ns, modules = json.loads(done.stdout.splitlines()[-1])
    return took_ns, modules


def measure(runs: int) -> dict[str, dict[str, float]]:
    """
    Measure all plugins that are installed.

    Returns:
        For each the least time of a run, what that is beyond one with an empty plugin, both in milliseconds, its ratio
        to that, and how many modules it brings in beyond pytest's own.
    """
    chosen = {name: plugin for name, plugin in PLUGINS.items() if name == EMPTY or find_spec(plugin.partition(".")[0])}
    least_ns = dict.fromkeys(chosen, sys.maxsize)
    modules: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        Path(folder, "empty_plugin.py").touch()
        Path(folder, "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        for _ in range(runs):
            for name, plugin in chosen.items():
                took_ns, imported = run(plugin, Path(folder))
                least_ns[name] = min(least_ns[name], took_ns)
                modules[name] = set(imported)
    empty_ns = least_ns[EMPTY]
    own = modules[EMPTY] - {"empty_plugin"}
    return {
        name: {
            "ms": round(least_ns[name] / 1e6, 2),
            "beyond_empty_ms": round((least_ns[name] - empty_ns) / 1e6, 2),
            "ratio_to_empty": round(least_ns[name] / empty_ns, 3),
            "modules": len(modules[name] - own),
        }
        for name in chosen
    }


def startup(seconds: float) -> Iterator[Figure]:
    """
    Give what the plugin takes beyond an empty one, for the table of all benchmarks.
    """
    measured = measure(max(5, round(10 * seconds)))
    for what, key, unit, goal in (("time", "beyond_empty_ms", "ms", 1), ("modules", "modules", "", 5)):
        peers = {name: row[key] for name, row in measured.items() if name not in {"hookkit", EMPTY}}
        yield Figure(f"pytest plugin: {what} beyond an empty one", measured["hookkit"][key], goal, peers, unit)


MEASURES = [startup]


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30, help="how often each plugin runs (default: 30)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    figures = measure(options.runs)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{'':20}{'ms':>8}{'beyond':>10}{'ratio':>9}{'modules':>9}")
    for name, row in figures.items():
        beyond, ratio = f"{row['beyond_empty_ms']:+.2f}", f"{row['ratio_to_empty']:.3f}"
        print(f"{name:20}{row['ms']:8.2f}{beyond:>10}{ratio:>9}{row['modules']:9d}")


if __name__ == "__main__":
    main()
