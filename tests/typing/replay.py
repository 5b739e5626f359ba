"""
What type checkers make of replays.
"""

from pathlib import Path
from typing import assert_type

from hookkit import load_recording, replay
from hookkit.recording import RecordedEvent, RecordedEvents
from hookkit.replaying import PointReplay, Replay, ReplayDifference


class AuditHook:
    def pre(self, context: str) -> None: ...


events = replay("recording.jsonl", AuditHook)
assert_type(events, Replay)
assert_type(events[0], RecordedEvent)
assert_type(events.filter(phase="pre"), RecordedEvents)
assert_type(events.swallowed, RecordedEvents)
assert_type(events.differences, tuple[ReplayDifference, ...])
assert_type(events.differences[0].path, str)
assert_type(events.points, tuple[PointReplay, ...])
assert_type(events.was_recorded, bool)
replay(
    Path("recording.jsonl"),
    "audit:AuditHook",
    point="create",
    group="nova.hooks",
    configuration={"region": "north"},
    pass_function=True,
    limit=100,
    progress=lambda read, size: read / size,
)
replay(load_recording("recording.jsonl"), AuditHook())

replay(3, AuditHook)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
