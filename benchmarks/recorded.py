"""
What the recorder costs: a recorded call, arguments that are copied, memory.
"""

import copy
import itertools
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import calls
from measuring import Figure, Slice, figure, ratios

import hookkit

NESTED = {"name": "vm", "networks": [{"id": number, "tags": ["a", "b"]} for number in range(10)], "meta": {"k": [1, 2]}}
EVENTS = 1_000_000
EVENTS_OF_A_CALL = 3
WARM_UP = 10


SLICES_KEPT = 100


def kept(function: Callable[..., Any], forget: Callable[[], object], *args: Any) -> Slice:
    """
    Call a function whose calls are kept, and forget them now and then.

    How long forgetting takes is no part of a call, and not in the least time of many slices.
    """
    slices = itertools.count(1)

    def run(times: int) -> None:
        for _ in range(times):
            function(*args)
        if next(slices) % SLICES_KEPT == 0:
            forget()

    return run


def calling(function: Callable[..., Any], *args: Any) -> Slice:
    """
    Call a function.
    """

    def run(times: int) -> None:
        for _ in range(times):
            function(*args)

    return run


def plain_arguments(seconds: float) -> Iterator[Figure]:
    """
    Compare a recorded call, of one hook with pre and post, with a call of a MagicMock.
    """
    hooked = calls.with_hookkit(calls.host, [calls.NoOp()])
    mock = MagicMock()
    with hookkit.Recorder() as recorder:
        slices = {
            "MagicMock": kept(mock, mock.reset_mock, "context", "vm"),
            "hookkit": kept(hooked, recorder.clear, "context", "vm"),
        }
        measured = ratios(slices, "MagicMock", seconds=seconds)
    yield figure("one recorded call, nothing to copy / MagicMock call", 0.15, measured, "MagicMock")


def nested_arguments(seconds: float) -> Iterator[Figure]:
    """
    Compare a recorded call whose arguments are nested containers with `copy.deepcopy` of them.
    """
    hooked = calls.with_hookkit(calls.host, [calls.NoOp()])
    with hookkit.Recorder() as recorder:
        slices = {"deepcopy": calling(copy.deepcopy, NESTED), "hookkit": kept(hooked, recorder.clear, NESTED, "vm")}
        measured = ratios(slices, "deepcopy", calls=50, seconds=seconds)
    yield figure("one recorded call, nested containers / deepcopy of them", 0.25, measured, "deepcopy")


def memory(seconds: float) -> Iterator[Figure]:
    """
    Compare what a kept event takes with what a kept call of a MagicMock takes, where there are very many of them.

    Each is measured in a process of its own, as what it takes from the system.
    """
    del seconds
    hooked, mock = (
        float(subprocess.run([sys.executable, __file__, kind], check=True, capture_output=True, text=True).stdout)
        for kind in ("hookkit", "MagicMock")
    )
    yield Figure(f"memory per recorded event at {EVENTS:,} / MagicMock call", hooked / mock, 0.15)


def taken_per_event(kind: str) -> float:
    """
    Give how many bytes each of `EVENTS` recorded events takes, or each call of a MagicMock.
    """
    if kind == "MagicMock":
        return taken(calling(MagicMock(), "context", "vm"), EVENTS) / EVENTS
    with hookkit.Recorder() as recorder:
        hooked = calls.with_hookkit(calls.host, [calls.NoOp()])
        size = taken(calling(hooked, "context", "vm"), EVENTS // EVENTS_OF_A_CALL)
        recorder.clear()  # no time is spent on records
    return size / EVENTS


def taken(run: Slice, times: int) -> int:
    """
    Give how many bytes a process has after doing something so often that it did not have before.
    """
    run(WARM_UP)
    before = resident()
    run(times)
    return resident() - before


def resident() -> int:
    """
    Give how many bytes of this process are in memory.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


MEASURES = (plain_arguments, nested_arguments, memory)

if __name__ == "__main__":
    print(taken_per_event(sys.argv[1]))
