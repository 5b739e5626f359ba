"""
How things are measured: each against what it is compared with, by turns, in the same process; or by size, in another.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Slice = Callable[[int], object]


@dataclass
class Figure:
    """
    One ratio.

    Attributes:
        measure: What was measured, and against what.
        ratio: How much of it hookkit took.
        goal: What the ratio shall not exceed; None if there is no goal.
        peers: The same ratio for others.
        unit: What the number is, if it is no ratio.
    """

    measure: str
    ratio: float
    goal: float | None = None
    peers: dict[str, float] = field(default_factory=dict)
    unit: str = ""

    def row(self) -> str:
        """
        Show it as a line of the table.
        """
        goal = "" if self.goal is None else f"{self.goal:g}"
        verdict = "" if self.goal is None else ("yes" if self.ratio <= self.goal else "NO")
        peers = ", ".join(f"{name} {ratio:.2f}" for name, ratio in sorted(self.peers.items(), key=lambda item: item[1]))
        return f"{self.measure:64}{self.ratio:9.3f}{self.unit:3}{goal:>7} {verdict:4}{peers}"

    def as_json(self) -> dict[str, Any]:
        """
        Give it as a dictionary for programs.
        """
        return {**asdict(self), "is_reached": None if self.goal is None else self.ratio <= self.goal}


HEADING = f"{'':64}{'ratio':>9}{'':3}{'goal':>7} {'':4}peers"


def ratios(
    slices: Mapping[str, Slice], base: str, *, calls: int = 200, warm_up: int = 20, seconds: float = 2.0
) -> dict[str, float]:
    """
    Run all *slices* by turns and compare the least time of each with that of *base*.

    Args:
        slices: Functions that do their thing as often as they are told.
        base: The one to compare with.
        calls: How often each does its thing in one turn.
        warm_up: How often before the first turn, which is not measured.
        seconds: How long the turns go on.

    Returns:
        The ratios by name, that of *base* included.
    """
    least_ns = dict.fromkeys(slices, sys.maxsize)
    for run in slices.values():
        run(warm_up)  # what happens once
    ends_s = time.perf_counter() + seconds
    while time.perf_counter() < ends_s:
        for name, run in slices.items():
            began_ns = time.perf_counter_ns()
            run(calls)
            least_ns[name] = min(least_ns[name], time.perf_counter_ns() - began_ns)
    return {name: least / least_ns[base] for name, least in least_ns.items()}


def figure(measure: str, goal: float | None, measured: Mapping[str, float], base: str) -> Figure:
    """
    Make a figure of ratios: that of ``hookkit``, the others as peers.
    """
    peers = {name: ratio for name, ratio in measured.items() if name not in {"hookkit", base}}
    return Figure(measure, measured["hookkit"], goal, peers)


SIZES = (1_000, 10_000, 100_000)


def sizes_asked(description: str | None, what: str) -> argparse.Namespace:
    """
    Read the command line of a script that measures by size.

    Args:
        description: What the script does.
        what: What it is told how many to make of, such as ``calls``.

    Returns:
        The numbers as ``sizes``, and whether JSON is wanted as ``json``.
    """
    parser = argparse.ArgumentParser(description=description)
    asked = f"how many {what} (default: %(default)s)"
    parser.add_argument(f"--{what}", type=int, nargs="*", default=SIZES, dest="sizes", metavar="NUMBER", help=asked)
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    return parser.parse_args()


def alone(source: str, *arguments: object) -> Any:
    """
    Run a script in a process of its own, and give the JSON that it prints.
    """
    command = [sys.executable, "-c", source, *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """
    Show rows that have the same columns.
    """
    return "\n".join("".join(f"{value:>15}" for value in row) for row in (rows[0], *(row.values() for row in rows)))
