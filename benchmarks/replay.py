"""
Measure replays against the size of their recordings: time and memory, each in a process of its own.

The hook that was recorded is replayed, and what it does is compared with what it did; three events are a call.
"""

import json
import tempfile
from pathlib import Path

from measuring import alone, sizes_asked, table

from hookkit import HookRegistry, Recorder
from hookkit.recording import RecordingWriter

AUDIT = """
class AuditHook:
    def pre(self, context, name, metadata):
        metadata["audited"] = True

    def post(self, rv, context, name, metadata):
        return None
"""
REPLAY = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[2])
from hookkit import replay
import audit
def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
before = used()
began = time.perf_counter()
replayed = replay(sys.argv[1], audit.AuditHook, limit=100)
took = time.perf_counter() - began
assert (replayed.calls, replayed.difference_count) == (int(sys.argv[3]), 0), replayed.differences[:3]
print(json.dumps([took, used() - before]))
"""


class Context:
    """
    What a host passes as context.
    """

    def __init__(self, number: int) -> None:
        self.user = f"user-{number % 100}"
        self.request = number


def record(folder: Path, calls: int) -> Path:
    """
    Record so many calls of a function with one hook.
    """
    (folder / "audit.py").write_text(AUDIT)
    namespace: dict[str, type] = {}
    exec(compile(AUDIT, "audit.py", "exec"), {"__name__": "audit"}, namespace)  # noqa: S102 - the text above
    registry = HookRegistry("nova.hooks")
    registry.register("create_instance", namespace["AuditHook"])

    @registry.add_hook("create_instance")
    def create(context: Context, name: str, metadata: dict[str, object]) -> dict[str, object]:
        return {"name": name, "tags": ["a", "b"], "address": "10.0.0.7"}

    path = folder / f"{calls}.jsonl"
    with RecordingWriter(path) as writer, Recorder(writer=writer, limit=0):
        for number in range(calls):
            create(Context(number), f"vm-{number}", metadata={"owner": f"owner-{number}", "size": number})
    return path


def measure(folder: Path, calls: int) -> dict[str, float]:
    """
    Replay so many calls.

    Returns:
        Seconds, and the most memory beyond that of the interpreter, in MB.
    """
    path = record(folder, calls)
    took, used = alone(REPLAY, path, folder, calls)
    return {
        "calls": calls,
        "recording_mb": round(path.stat().st_size / 1e6, 1),
        "replay_s": round(took, 2),
        "us_per_call": round(took / calls * 1e6),
        "memory_mb": round(used, 1),
    }


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    options = sizes_asked(__doc__, "calls")
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(Path(folder), calls) for calls in options.sizes]
    print(json.dumps(rows, indent=2) if options.json else table(rows))


if __name__ == "__main__":
    main()
