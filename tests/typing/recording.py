"""
What type checkers make of recorders and patterns.
"""

from collections.abc import Sequence
from typing import Any, assert_type

from hookkit import Recorder, load_recording
from hookkit.recording import (
    BoardWriter,
    Description,
    Line,
    LoadedCall,
    LoadedEvent,
    RecordedCall,
    RecordedEvent,
    RecordedEvents,
    RecordedObject,
    Recording,
    RecordingFile,
    RecordingLines,
    RecordingWriter,
    Run,
    Runs,
    told_runs,
    was_cut,
)
from hookkit.testing import EventPattern, body, periodic, post, pre


class AuditHook:
    def pre(self, context: str) -> None: ...


with RecordingWriter("calls.jsonl", secret_names=["owner"]) as writer, Recorder(limit=10, writer=writer) as recorder:
    assert_type(recorder, Recorder)
    assert_type(recorder.events, RecordedEvents)
    assert_type(recorder.events[0], RecordedEvent)
    assert_type(recorder.events[1:], RecordedEvents)
    assert_type(recorder.events.filter(phase="pre", hook=AuditHook), RecordedEvents)
    assert_type(recorder.calls, Sequence[RecordedCall])
    assert_type(recorder.pop(pre("create")), RecordedEvent)
    assert_type(recorder.outline(), str)
    assert_type(recorder.watch(AuditHook()), AuditHook)
    assert_type(recorder.watch(AuditHook(), "create", pass_function=True), AuditHook)
    recorder.assert_sequence(pre(name) for name in ("create", "delete"))
    recorder.most_rows = None

Recorder(scope="context")
Recorder(scope="thread")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

assert_type(pre("create", hook=AuditHook).with_args(1, name="a").with_arguments(b=2), EventPattern)
assert_type(post("create", hook="m:A").result(1).returning(2).changing("a", 3), EventPattern)
assert_type(body("create").raising((KeyError, OSError), match="x"), EventPattern)
assert_type(periodic(), EventPattern)
recording = load_recording("calls.jsonl")
assert_type(recording, Recording)
assert_type(recording.events, RecordedEvents)
assert_type(recording.calls, tuple[LoadedCall, ...])
assert_type(recording.calls[0].extra, dict[str, Any])
with RecordingFile("calls.jsonl") as file:
    for loaded in file.events():
        assert_type(loaded, LoadedEvent)
        assert_type(loaded.call, RecordedCall)
with RecordingLines("calls.jsonl") as lines:
    for line in lines:
        assert_type(line, Line)
        assert_type(line.fields, dict[str, Any])
assert_type(BoardWriter("calls.jsonl", secret_names=[]).runs, Runs | None)
for run in told_runs(*Runs(0).tell()):
    assert_type(run, Run)


def flavor_name(flavor: RecordedObject) -> Any:
    assert_type(flavor.__recorded__, Description)
    assert_type(was_cut(flavor), bool)
    return flavor.name


pre()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
pre("create", AuditHook)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
body("create").raising("KeyError")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
