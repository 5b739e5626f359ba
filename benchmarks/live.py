"""
What it costs a host to be recorded by ``HOOKKIT_RECORD``: time of a call, and time, memory and disk against size.

Each host is a process of its own, as it is where somebody sets the variable.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring import Figure

SIZES = (1_000, 10_000, 100_000)  # events
EVENTS_PER_CALL = 3
ARGUMENTS = {
    "two texts": ("context", "vm"),
    "nested containers": (
        "context",
        {"name": "vm", "networks": [{"id": number, "tags": ["a", "b"]} for number in range(10)], "meta": {"k": [1, 2]}},
    ),
}
HOST = """
import json, resource, sys, time
import hookkit

class Hook:
    def pre(self, *args, **kwargs): ...
    def post(self, rv, *args, **kwargs): ...

def host(context, name, size=1):
    return name

function = hookkit.get_registry("live").add_hook("host")(host)
hookkit.get_registry("live").register("host", Hook)
arguments, calls, turns = json.loads(sys.argv[1])
for _ in range(20):
    function(*arguments)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times = []
for _ in range(turns):
    began = time.perf_counter_ns()
    for _ in range(calls):
        function(*arguments)
    times.append(time.perf_counter_ns() - began)
more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([min(times) / calls / 1000, sum(times) / 1e9, more / 1000]))
"""


class Measured:
    """
    What a host measured of itself.

    Attributes:
        call_us: What a call took in the quickest turn, in microseconds.
        total_s: What all calls took, in seconds.
        memory_mb: The memory that they took beyond what the first ones did.
        disk_mb: The size of what was recorded.
    """

    def __init__(self, arguments: tuple[object, ...], *, calls: int, turns: int = 1, is_recorded: bool = True) -> None:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "HOOKKIT_RECORD": folder if is_recorded else "",
                "HOOKKIT_RECORD_MAX_MB": "1e4",
            }
            command = [sys.executable, "-c", HOST, json.dumps([arguments, calls, turns])]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            self.call_us, self.total_s, self.memory_mb = json.loads(done.stdout)
            self.disk_mb = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6


def call(seconds: float) -> Iterator[Figure]:
    """
    Compare a call of a host that is recorded, of one hook with pre and post, with one of a host that is not.
    """
    turns = max(3, int(seconds * 10))
    for name, arguments in ARGUMENTS.items():
        plain = Measured(arguments, calls=200, turns=turns, is_recorded=False)
        recorded = Measured(arguments, calls=200, turns=turns)
        yield Figure(f"live: a recorded call / one that is not, {name}", recorded.call_us / plain.call_us)
        yield Figure(f"live: a call that is not recorded, {name}", plain.call_us, unit=" us")
        yield Figure(f"live: a recorded call with its {EVENTS_PER_CALL} events, {name}", recorded.call_us, unit=" us")


def sizes(seconds: float) -> Iterator[Figure]:
    """
    Measure recordings of some sizes: what an event takes, and what memory all of them take.
    """
    del seconds
    for events in SIZES:
        measured = Measured(ARGUMENTS["nested containers"], calls=events // EVENTS_PER_CALL)
        yield Figure(f"live: {events} events, time of one", measured.total_s / events * 1e6, unit=" us")
        yield Figure(f"live: {events} events, disk", measured.disk_mb, unit=" MB")
        yield Figure(f"live: {events} events, memory beyond the first", measured.memory_mb, unit=" MB")


MEASURES = (call, sizes)
