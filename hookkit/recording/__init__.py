"""
Recorders, and recordings on disk.
"""

from hookkit.recording._changes import ABSENT, Change
from hookkit.recording._outline import outline
from hookkit.recording._reading import Recording, load_recording
from hookkit.recording._recorded_events import RecordedEvents
from hookkit.recording._recorder import Recorder
from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook
from hookkit.recording._sequences import explain, explain_comparison
from hookkit.recording._writing import RecordingWriter

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
