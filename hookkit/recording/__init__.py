"""
Recorders, and recordings on disk.
"""

# Names are imported when they are first used (PEP 562), as those of `hookkit` are: what only records, as a worker of
# pytest-xdist does, is not to wait for what compares, explains and reads. Type checkers read the block below.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from hookkit.recording._board import BoardWriter as BoardWriter
    from hookkit.recording._changes import ABSENT as ABSENT
    from hookkit.recording._changes import Change as Change
    from hookkit.recording._header import begin_recording as begin_recording
    from hookkit.recording._left_behind import take_from_board as take_from_board
    from hookkit.recording._lines import Line as Line
    from hookkit.recording._lines import RecordingLines as RecordingLines
    from hookkit.recording._loaded import LoadedCall as LoadedCall
    from hookkit.recording._loaded import LoadedEvent as LoadedEvent
    from hookkit.recording._loaded import LoadedHook as LoadedHook
    from hookkit.recording._outline import outline as outline
    from hookkit.recording._reading import Recording as Recording
    from hookkit.recording._reading import RecordingFile as RecordingFile
    from hookkit.recording._reading import load_recording as load_recording
    from hookkit.recording._recorded_events import RecordedEvents as RecordedEvents
    from hookkit.recording._recorder import Recorder as Recorder
    from hookkit.recording._records import RecordedCall as RecordedCall
    from hookkit.recording._records import RecordedEvent as RecordedEvent
    from hookkit.recording._records import RecordedHook as RecordedHook
    from hookkit.recording._redaction import SECRET_NAMES as SECRET_NAMES
    from hookkit.recording._runs import Run as Run
    from hookkit.recording._runs import Runs as Runs
    from hookkit.recording._runs import told_runs as told_runs
    from hookkit.recording._sequences import explain as explain
    from hookkit.recording._sequences import explain_comparison as explain_comparison
    from hookkit.recording._stand_ins import Description as Description
    from hookkit.recording._stand_ins import RecordedException as RecordedException
    from hookkit.recording._stand_ins import RecordedObject as RecordedObject
    from hookkit.recording._stand_ins import RecordedTuple as RecordedTuple
    from hookkit.recording._stand_ins import RecordedValue as RecordedValue
    from hookkit.recording._stand_ins import StandIn as StandIn
    from hookkit.recording._stand_ins import was_cut as was_cut
    from hookkit.recording._tally import Tally as Tally
    from hookkit.recording._writing import RecordingWriter as RecordingWriter

_HOMES = {
    "ABSENT": "_changes",
    "BoardWriter": "_board",
    "Change": "_changes",
    "Description": "_stand_ins",
    "Line": "_lines",
    "LoadedCall": "_loaded",
    "LoadedEvent": "_loaded",
    "LoadedHook": "_loaded",
    "RecordedCall": "_records",
    "RecordedEvent": "_records",
    "RecordedEvents": "_recorded_events",
    "RecordedException": "_stand_ins",
    "RecordedHook": "_records",
    "RecordedObject": "_stand_ins",
    "RecordedTuple": "_stand_ins",
    "RecordedValue": "_stand_ins",
    "Recorder": "_recorder",
    "Recording": "_reading",
    "RecordingFile": "_reading",
    "RecordingLines": "_lines",
    "RecordingWriter": "_writing",
    "Run": "_runs",
    "Runs": "_runs",
    "SECRET_NAMES": "_redaction",
    "StandIn": "_stand_ins",
    "Tally": "_tally",
    "begin_recording": "_header",
    "explain": "_sequences",
    "explain_comparison": "_sequences",
    "load_recording": "_reading",
    "outline": "_outline",
    "take_from_board": "_left_behind",
    "told_runs": "_runs",
    "was_cut": "_stand_ins",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 # pyright: ignore[reportUnsupportedDunderAll] - they read the block above


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module 'hookkit.recording' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(__import__(f"hookkit.recording.{home}", fromlist=[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
