"""
The recording of a running host from inside: its settings, and its writer where something goes wrong.
"""

import json
import logging
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from hookkit import RecordingError, _environment, load_recording
from hookkit._watching import EVERYWHERE
from hookkit.recording import _live
from hookkit.recording._live import LiveRecording, Settings, read_settings
from hookkit.recording._parts import Bounds
from hookkit.recording._redaction import SECRET_NAMES
from runtime.recorded import Api, AuditHook

HERE = Path().absolute()


@pytest.fixture
def record(tmp_path):
    """
    Begin a live recording in a folder.
    """
    begun = []

    def record(name="calls.jsonl", *, most_bytes=100_000, most_files=5):
        recording = LiveRecording(Settings(tmp_path / name, Bounds(most_bytes, most_files), SECRET_NAMES))
        begun.append(recording)
        recording.begin()
        return recording

    yield record
    for recording in begun:
        recording.end()


@pytest.fixture
def lines(tmp_path):
    """
    Give the lines of all files that were written, but for their headers.
    """

    def lines():
        files = sorted(tmp_path.iterdir())
        return [json.loads(line) for path in files for line in path.read_text().splitlines()[1:]]

    return lines


class Unsayable(Exception):  # noqa: N818 - what a host may call it
    """
    Ends the interpreter when it is asked for its text.
    """

    def __str__(self):
        raise SystemExit


class TestSettings:
    def test_defaults(self):
        """
        With nothing but a path a file has 100 MB at most, a process five files, and the usual names are secret.
        """
        assert read_settings({"HOOKKIT_RECORD": "calls.jsonl"}) == Settings(
            HERE / "calls.jsonl", Bounds(100_000_000, 5), SECRET_NAMES
        )

    def test_all_can_be_set(self):
        """
        There is a variable for each, and an empty one is none.
        """
        variables = {"MAX_MB": "0.5", "MAX_FILES": "2", "SECRETS": " flavor, ,owner"}
        environment = {"HOOKKIT_RECORD": "/calls"} | {
            f"HOOKKIT_RECORD_{name}": text for name, text in variables.items()
        }
        settings = read_settings(environment)
        assert settings.bounds == (500_000, 2)
        assert settings.secret_names == (*SECRET_NAMES, "flavor", "owner")
        empty = dict.fromkeys(environment, "") | {"HOOKKIT_RECORD": "calls.jsonl"}
        assert read_settings(empty) == read_settings({"HOOKKIT_RECORD": "calls.jsonl"})

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("calls.jsonl", HERE / "calls.jsonl"),
            ("calls", HERE / "calls.jsonl"),
            ("folder/calls.log", HERE / "folder" / "calls.log"),
            ("folder/", HERE / "folder" / "recording.jsonl"),
            (str(HERE), HERE / "recording.jsonl"),
            ("~/calls.jsonl", Path.home() / "calls.jsonl"),
        ],
    )
    def test_paths(self, text, path):
        """
        A folder gets a file called recording, a name without suffix the usual one.
        """
        assert read_settings({"HOOKKIT_RECORD": text}).path == path

    def test_what_is_no_number(self):
        """
        The error names variable, value and what it must be.
        """
        with pytest.raises(RecordingError) as caught:
            read_settings({"HOOKKIT_RECORD": "calls.jsonl", "HOOKKIT_RECORD_MAX_FILES": "all"})
        assert str(caught.value) == "HOOKKIT_RECORD_MAX_FILES is 'all'; it must be a number of files, 1 or more."


class TestLiveRecording:
    def test_begins_as_the_environment_says(self, monkeypatch, tmp_path, caplog):
        """
        What is begun is recorded until the process ends, and said when whoever began it is ready to.
        """
        at_exit, in_child = [], []
        monkeypatch.setattr(_environment.ASKING, "is_over", True)  # or the call below would begin another one
        monkeypatch.setenv("HOOKKIT_RECORD", str(tmp_path))
        monkeypatch.setattr(_live, "atexit", SimpleNamespace(register=at_exit.append))
        monkeypatch.setattr(_live.os, "register_at_fork", lambda **at: in_child.append(at))
        with caplog.at_level(logging.INFO, "hookkit.recording"):
            say = _live.begin()
            assert caplog.messages == []
            say()
        Api(AuditHook).create("ctx", "vm-1")
        (end,) = at_exit
        end()
        assert [list(at) for at in in_child] == [["after_in_child"]]
        path = tmp_path / f"recording.{os.getpid()}.jsonl"
        assert caplog.messages == [f"Recording hook calls to {str(path)!r}, as HOOKKIT_RECORD says."]
        assert len(load_recording(path).events) == 3

    def test_keeps_nothing_in_memory(self, record):
        """
        What was written is not kept.
        """
        recording = record()
        for _ in range(20):
            Api(AuditHook).create("ctx", "vm-1")
        recorder = recording._recorder
        assert [len(kept) for kept in (recorder.events, recorder.calls, recorder.swallowed)] == [0, 0, 0]
        assert not recording.writer._plain.secrets

    def test_keeps_no_hooks_in_memory(self, record):
        """
        A host that makes hooks without end has them let go of.
        """
        recording = record()
        for _ in range(1200):
            Api(AuditHook).create("ctx", "vm-1")
        assert 0 < len(recording._recorder._hooks) <= 1000

    def test_in_a_child(self, record, lines, monkeypatch, tmp_path):
        """
        In the child of a fork it goes on in a file of its own, with calls numbered anew; once over it stays over.
        """
        recording = record()
        Api().create("ctx", "parent")
        locked = EVERYWHERE._lock
        monkeypatch.setattr(os, "getpid", lambda: 0)
        recording.begin_in_child()
        Api().create("ctx", "child")
        monkeypatch.undo()
        recording.end()
        recording.begin_in_child()
        Api().create("ctx", "later")
        assert EVERYWHERE._lock is not locked
        assert [(line["arguments"]["name"], line["seq"]) for line in lines() if line["kind"] == "call"] == [
            *(("child", 1), ("parent", 1)),
        ]
        assert load_recording(tmp_path / "calls.0.jsonl").header["pid"] == 0

    def test_a_child_of_one_that_has_not_begun(self, tmp_path):
        """
        What the parent has not begun does not begin in the child of a fork.
        """
        recording = LiveRecording(Settings(tmp_path / "calls.jsonl", Bounds(100_000, 5), SECRET_NAMES))
        recording.begin_in_child()
        Api().create("ctx", "vm-1")
        recording.end()
        assert list(tmp_path.iterdir()) == []


class TestLiveWriter:
    def test_a_line_that_is_larger_than_a_file_may_be(self, record, lines, caplog):
        """
        It is left out; the file and the log say so, the log once.
        """
        record(most_bytes=10_000)
        with caplog.at_level(logging.WARNING, "hookkit.recording"):
            for name in ("vm-1", "vm-2"):
                Api(AuditHook).create("x" * 4000, name, {"y": ["y" * 4000] * 3})
            Api().create("ctx", "vm-3")
        left_out = [line for line in lines() if line["kind"] == "left_out"]
        assert [(line["of"], line["seq"]) for line in left_out] == [
            *(("event", 1), ("event", 2), ("event", 3), ("call", 1)),
            *(("event", 4), ("event", 5), ("event", 6), ("call", 2)),
        ]
        assert all(line["size"] > 16_000 for line in left_out)
        assert [line["seq"] for line in lines() if line["kind"] == "call"] == [3]
        (message,) = caplog.messages
        assert message.endswith(", as others may be.")

    def test_a_part_ends_where_no_call_is_open(self, record, tmp_path):
        """
        Nearly full, it ends with the last line of a call, so that calls are not torn apart.
        """
        record(most_bytes=12_000)
        for number in range(60):
            Api(AuditHook).create("ctx", f"vm-{number}")
        files = [path.read_text().splitlines()[1:] for path in tmp_path.iterdir()]
        assert len(files) > 2
        for file in files:
            lines = [json.loads(line) for line in file]
            assert {line["call"] for line in lines if line["kind"] == "event"} == {
                line["seq"] for line in lines if line["kind"] == "call"
            }

    def test_a_call_that_is_larger_than_a_file(self, record, lines, tmp_path):
        """
        Where a call stays open while files fill up it goes on in the next; each is read by itself.
        """

        class Nests:
            def pre(self, *args):
                for number in range(60):
                    Api().create("ctx", f"inner-{number}")

        record(most_bytes=12_000, most_files=99)
        Api(Nests).create("ctx", "outer")
        assert len(list(tmp_path.iterdir())) > 1
        assert sorted(line["seq"] for line in lines() if line["kind"] == "call") == list(range(1, 62))
        for path in tmp_path.iterdir():
            assert path.stat().st_size <= 12_000
            assert len(load_recording(path).events) > 0

    def test_a_value_that_raises_what_nobody_expects(self, record, lines, caplog):
        """
        What cannot be written is left out and logged once, and the host does not hear of it.
        """
        record()
        with caplog.at_level(logging.WARNING, "hookkit.recording"):
            for _ in range(2):
                with pytest.raises(Unsayable):
                    Api(fails=Unsayable()).create("ctx", "vm-1")
            Api().create("ctx", "vm-2")
        assert "vm-2" in [line["arguments"]["name"] for line in lines()]
        assert set(caplog.messages) <= {
            "<RecordedEvent 1 body create> cannot be recorded: SystemExit.",
        }

    def test_a_disk_that_is_full(self, record, monkeypatch, caplog):
        """
        Nobody watches any more then, and that is logged once.
        """
        recording = record()
        watching = len(EVERYWHERE.current)

        def write(line):
            raise OSError("no room")

        monkeypatch.setattr(recording.writer._parts, "write", write)
        with caplog.at_level(logging.WARNING, "hookkit.recording"):
            Api(AuditHook).create("ctx", "vm-1")
            Api(AuditHook).create("ctx", "vm-1")
        assert len(EVERYWHERE.current) == watching - 1
        assert caplog.messages == [
            f"Cannot go on with recording {str(recording.writer.path)!r}: no room. It ends here."
        ]

    def test_a_log_handler_that_raises(self, record, lines):
        """
        Nor does a log handler of the host that raises reach the host's calls.
        """

        class Raises(logging.Handler):
            def emit(self, record):
                raise ZeroDivisionError

        log = logging.getLogger("hookkit.recording")
        handler = Raises()
        log.addHandler(handler)
        try:
            record(most_bytes=2000)
            Api(AuditHook).create("x" * 4000, "vm-1")
        finally:
            log.removeHandler(handler)
        assert lines()[0]["kind"] == "left_out"

    def test_where_nothing_can_be_written(self, record, tmp_path):
        """
        Beginning says why.
        """
        (tmp_path / "file").touch()
        with pytest.raises(RecordingError) as caught:
            record("file/calls.jsonl")
        assert str(caught.value) == (
            f"Cannot write recording {str(tmp_path / 'file' / 'calls.jsonl')!r}: File exists. "
            "Name a file in a folder that can be written."
        )
