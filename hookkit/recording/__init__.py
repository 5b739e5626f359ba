"""
Recorders, and recordings on disk.
"""

from hookkit.recording._changes import ABSENT, Change
from hookkit.recording._file import Recording, RecordingWriter, load_recording
from hookkit.recording._outline import outline
from hookkit.recording._recorded_events import RecordedEvents
from hookkit.recording._recorder import Recorder
from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook
from hookkit.recording._sequences import explain, explain_comparison

__all__ = [
    "ABSENT",
    "Change",
    "RecordedCall",
    "RecordedEvent",
    "RecordedEvents",
    "RecordedHook",
    "Recorder",
    "Recording",
    "RecordingWriter",
    "explain",
    "explain_comparison",
    "load_recording",
    "outline",
]
