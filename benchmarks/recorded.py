"""
What the recorder costs: a recorded call, arguments that are copied, memory.
"""

import copy
import itertools
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import MagicMock

import calls
from measuring import Figure, Slice, figure, ratios

import hookkit

NESTED = {"name": "vm", "networks": [{"id": number, "tags": ["a", "b"]} for number in range(10)], "meta": {"k": [1, 2]}}
EVENTS = 20_000


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
    Compare what a kept event takes with what a kept call of a MagicMock takes.
    """
    del seconds
    hooked = calls.with_hookkit(calls.host, [calls.NoOp()])
    mock = MagicMock()
    recorder = hookkit.Recorder()

    def record() -> None:
        with recorder:
            calling(hooked, "context", "vm")(EVENTS // 3)

    per_event = taken(record) / len(recorder.events)
    per_call = taken(lambda: calling(mock, "context", "vm")(EVENTS)) / EVENTS
    yield Figure("memory per recorded event / MagicMock call", per_event / per_call, 0.15)


def taken(function: Callable[[], object]) -> int:
    """
    Give how many bytes are there after a function that were not there before.
    """
    tracemalloc.start()
    function()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size


MEASURES = (plain_arguments, nested_arguments, memory)
