"""
Recorders, and recordings on disk.
"""

from hookkit.recording._board import BoardWriter, take_from_board
from hookkit.recording._changes import ABSENT, Change
from hookkit.recording._lines import Line, RecordingLines
from hookkit.recording._loaded import LoadedCall, LoadedEvent, LoadedHook
from hookkit.recording._outline import outline
from hookkit.recording._reading import Recording, RecordingFile, load_recording
from hookkit.recording._recorded_events import RecordedEvents
from hookkit.recording._recorder import Recorder
from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook
from hookkit.recording._redaction import SECRET_NAMES
from hookkit.recording._runs import Run, Runs, told_runs
from hookkit.recording._sequences import explain, explain_comparison
from hookkit.recording._stand_ins import (
    Description,
    RecordedException,
    RecordedObject,
    RecordedTuple,
    RecordedValue,
    StandIn,
    was_cut,
)
from hookkit.recording._writing import RecordingWriter

__all__ = [
    "ABSENT",
    "SECRET_NAMES",
    "BoardWriter",
    "Change",
    "Description",
    "Line",
    "LoadedCall",
    "LoadedEvent",
    "LoadedHook",
    "RecordedCall",
    "RecordedEvent",
    "RecordedEvents",
    "RecordedException",
    "RecordedHook",
    "RecordedObject",
    "RecordedTuple",
    "RecordedValue",
    "Recorder",
    "Recording",
    "RecordingFile",
    "RecordingLines",
    "RecordingWriter",
    "Run",
    "Runs",
    "StandIn",
    "explain",
    "explain_comparison",
    "load_recording",
    "outline",
    "take_from_board",
    "told_runs",
    "was_cut",
]
