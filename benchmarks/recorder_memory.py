"""
Measure how much memory a recorder takes per event.

Usage: python benchmarks/recorder_memory.py [--calls N] [--json]

Each host is called N times with one pre and one post hook, so that there are three events per call.
"""

from __future__ import annotations

import argparse
import gc
import json
import tracemalloc
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hookkit import HookRegistry, Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 100


class Context:
    """
    What a host passes along; kept as it is, with its attributes noted.
    """

    def __init__(self) -> None:
        self.user = "alice"
        self.roles = ["admin"]


def nothing(*_: object) -> None:
    """
    Do nothing, as a method of a hook.
    """


def mark(_context: object, _name: object, metadata: Any) -> None:
    """
    Change an argument, as a method of a hook.
    """
    metadata["audited"] = True


HOOK = SimpleNamespace(pre=nothing, post=nothing)
MARKER = SimpleNamespace(pre=mark, post=nothing)

CASES: dict[str, tuple[object, Callable[[], tuple[object, ...]]]] = {
    "constants": (HOOK, lambda: ("ctx", "vm-1", None)),
    "a dict of 5": (HOOK, lambda: ("ctx", "vm-1", {f"key{number}": [number] for number in range(5)})),
    "a dict of 5, changed": (MARKER, lambda: ("ctx", "vm-1", {f"key{number}": [number] for number in range(5)})),
    "an object": (HOOK, lambda: (Context(), "vm-1", None)),
    "a list of 1,000": (HOOK, lambda: ("ctx", "vm-1", list(range(1000)))),
}


def bytes_per_event(hook: object, arguments: Callable[[], tuple[object, ...]], calls: int, **options: Any) -> float:
    """
    Give how many bytes a recorder takes for each event that it was told of, what the host itself keeps left out.
    """
    registry = HookRegistry("memory.hooks")
    registry.register("create", hook)

    @registry.add_hook("create")
    def create(_context: object, _name: object, _metadata: object) -> int:
        return 42

    with Recorder():
        create(*arguments())  # what is made once
    given = [arguments() for _ in range(calls)]
    gc.collect()
    tracemalloc.start()
    try:
        with Recorder(**options) as recorder:
            for one in given:
                create(*one)
            gc.collect()
            taken, _ = tracemalloc.get_traced_memory()
        return taken / (len(recorder.events) + recorder.dropped)
    finally:
        tracemalloc.stop()


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000, help="how often each host is called (default: 2000)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    figures = {
        name: {
            "bytes_per_event": round(bytes_per_event(*case, options.calls)),
            f"with_limit_{LIMIT}": round(bytes_per_event(*case, options.calls, limit=LIMIT)),
        }
        for name, case in CASES.items()
    }
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{'bytes per event':24}{'all kept':>12}{f'limit={LIMIT}':>12}")
    for name, row in figures.items():
        print(f"{name:24}" + "".join(f"{figure:12,d}" for figure in row.values()))


if __name__ == "__main__":
    main()
