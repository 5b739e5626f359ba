"""
Tests of what a writer counts.
"""

from hookkit import Recorder, load_recording
from hookkit.recording import BoardWriter, RecordingWriter
from runtime.recorded import Api, AuditHook, BrokenHook


def check(writer):
    """
    Record calls, and compare what is counted by hook point, and in all, with what the recording has.
    """
    with Recorder(writer=writer):
        for hook in (AuditHook, BrokenHook):
            Api(hook).create("ctx", "vm-1", metadata={})
    writer.close()
    recording = load_recording(writer.path)
    swallowed = sum(event.swallowed for event in recording.events)
    events, calls = writer.tally.events.values(), writer.tally.calls.values()
    assert swallowed
    assert writer.tally.totals() == (len(recording.calls), len(recording.events), swallowed)
    assert writer.tally.totals() == (
        sum(count.number for count in calls),
        sum(count.number for count in events),
        sum(count.swallowed for count in events),
    )
    assert sum(count.duration_ns for count in events) == sum(event.duration_ns for event in recording.events)


class TestTally:
    def test_what_is_written_is_counted(self, tmp_path):
        """
        By hook point and in all, calls, events and errors that were swallowed.
        """
        check(RecordingWriter(tmp_path / "recording.jsonl"))

    def test_so_is_what_is_written_to_a_board_first(self, tmp_path):
        """
        What has only begun does not count.
        """
        check(BoardWriter(tmp_path / "recording.jsonl", secret_names=()))
