"""
Measure writing and reading recordings against their size: time and memory of reading, each in a process of its own.

Three events are a call, of a function with one hook; what is written is what the writer gets from a recorder.
"""

import json
import tempfile
import time
from pathlib import Path

from measuring import alone, sizes_asked, table

from hookkit import HookRegistry, Recorder
from hookkit.recording import RecordingWriter
from hookkit.recording._codec import Encoder
from hookkit.recording._decoding import Decoder
from hookkit.recording._redaction import Mask, Redaction

ROUNDS = 2_000
READ = """
import json, resource, sys, time
from hookkit import load_recording
from hookkit.recording import RecordingFile, RecordingLines
def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
def lines(path):
    with RecordingLines(path) as file:
        return sum(1 for line in file if line.fields["kind"] == "event")
def stream(path):
    with RecordingFile(path) as file:
        return sum(1 for _ in file.events())
def load(path):
    return len(load_recording(path).events)
before = used()
began = time.process_time()
count = {"lines": lines, "stream": stream, "load": load}[sys.argv[2]](sys.argv[1])
print(json.dumps([count, time.process_time() - began, used() - before]))
"""


class AuditHook:
    """
    Marks what was created.
    """

    def pre(self, context: object, name: str, metadata: dict[str, object]) -> None:
        """
        Change an argument.
        """
        metadata["audited"] = True

    def post(self, rv: object, context: object, name: str, metadata: dict[str, object]) -> None:
        """
        Do nothing.
        """


class Context:
    """
    What a host passes as context.
    """

    def __init__(self, number: int) -> None:
        self.user = f"user-{number % 100}"
        self.auth_token = f"{number:032x}"


def codec() -> dict[str, float]:
    """
    Encode and decode the arguments of a call.

    Returns:
        Microseconds for each, text of the JSON included.
    """
    values = {"name": "vm-1", "tags": ("a", {"b"}), "sizes": [1, 2.5, None], "metadata": {"owner": "alice", 7: b"x"}}
    began = time.process_time()
    for _ in range(ROUNDS):
        text = json.dumps(Encoder(Redaction(), Mask(()), {}).named(values))
    encoded = time.process_time()
    decoder = Decoder()
    for _ in range(ROUNDS):
        decoder.named(json.loads(text))
    decoded = time.process_time()
    return {
        "encode_us": round((encoded - began) / ROUNDS * 1e6, 1),
        "decode_us": round((decoded - encoded) / ROUNDS * 1e6, 1),
    }


def record(path: Path, calls: int) -> float:
    """
    Record so many calls.

    Returns:
        Seconds.
    """
    registry = HookRegistry("nova.hooks")
    registry.register("create_instance", AuditHook)

    @registry.add_hook("create_instance")
    def create(context: Context, name: str, metadata: dict[str, object]) -> dict[str, object]:
        return {"name": name, "tags": ["a", "b"], "address": "10.0.0.7"}

    with RecordingWriter(path) as writer, Recorder(writer=writer, limit=0):
        began = time.process_time()
        for number in range(calls):
            create(Context(number), f"vm-{number}", {"owner": f"owner-{number}", "size": number})
        return time.process_time() - began


def measure(folder: Path, events: int) -> dict[str, float]:
    """
    Write so many events, and read them as lines, one by one, and all at once.

    Returns:
        Seconds, and the most memory beyond that of the interpreter, in MB.
    """
    path = folder / f"{events}.jsonl"
    row: dict[str, float] = {"events": events, "write_s": round(record(path, events // 3), 2)}
    row["file_mb"] = round(path.stat().st_size / 1e6, 1)
    for way in ("lines", "stream", "load"):
        _, took, used = alone(READ, path, way)
        row |= {f"{way}_s": round(took, 2), f"{way}_mb": round(used, 1)}
    return row


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    options = sizes_asked(__doc__, "events")
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(Path(folder), events) for events in options.sizes]
    if options.json:
        print(json.dumps({"codec": codec(), "files": rows}, indent=2))
        return
    print(codec())
    print(table(rows))


if __name__ == "__main__":
    main()
