"""
Recordings on disk: what is written, what is kept back, and reading it again.
"""

import importlib.metadata
import json
import logging
import os
import platform

import pytest

import hookkit
from hookkit import PeriodicHooks, Recorder, RecordingError
from hookkit.discovery import EntryPoint
from hookkit.recording import RecordingWriter, load_recording
from runtime.recorded import Api, AuditHook, BrokenHook, QuotaHook


def lines_of(path):
    """
    Give what the lines of a file hold, the header first.
    """
    return [json.loads(line) for line in path.read_text().splitlines()]


class TestLines:
    def test_the_first_line_says_what_this_is(self, path):
        """
        The header has format, version and where it was made, and what the caller adds.
        """
        RecordingWriter(path, header={"worker": "gw0"}).close()
        header = json.loads(path.read_text())
        started_ns = header.pop("started_ns")
        assert started_ns > 1_600_000_000_000_000_000
        assert header == {
            "format": "hookkit-recording",
            "version": 1,
            "hookkit": header["hookkit"],
            "python": platform.python_version(),
            "platform": platform.system(),
            "host": platform.node(),
            "pid": os.getpid(),
            "worker": "gw0",
        }
        assert header["hookkit"] == importlib.metadata.version("hookkit")

    def test_a_checkout_has_no_version(self, monkeypatch, path):
        """
        Where hookkit is not installed its version is unknown.
        """

        def distribution(name):
            raise importlib.metadata.PackageNotFoundError(name)

        monkeypatch.setattr(importlib.metadata, "distribution", distribution)
        RecordingWriter(path).close()
        assert json.loads(path.read_text())["hookkit"] == "unknown"

    def test_events_and_calls_are_lines(self, record):
        """
        Each event is a line when it is over, then the call; what says nothing is left out.
        """
        lines = record(lambda: Api(AuditHook).create("ctx", "vm-1", metadata={}))
        for line in lines:
            assert line.pop("started_ns") > 0
            assert line.pop("duration_ns") >= 0
        thread = lines[-1].pop("thread")
        assert thread == "MainThread"
        api = {"$type": "runtime.recorded:Api"}
        place = {"call": 1, "group": "recorded", "point": "create"}
        hook = {"class": "runtime.recorded:AuditHook"}
        arguments = {"self": api, "context": "ctx", "name": "vm-1", "metadata": {}}
        later = {"arguments": {**arguments, "metadata": {"audited": True}}, "positional": 3}
        assert lines == [
            {
                "kind": "event",
                "seq": 1,
                **place,
                "phase": "pre",
                "hook": hook,
                "arguments": arguments,
                "positional": 3,
                "changes": [{"path": "metadata['audited']", "after": True}],
            },
            {"kind": "event", "seq": 2, **place, "phase": "body", **later, "returned": 21},
            {"kind": "event", "seq": 3, **place, "phase": "post", "hook": hook, **later, "result": 21},
            {
                "kind": "call",
                "seq": 1,
                "group": "recorded",
                "point": "create",
                "function": "runtime.recorded:Api.create",
                "arguments": arguments,
                "positional": 3,
                "result": 21,
            },
        ]

    def test_false_and_empty_results_are_written(self, record):
        """
        Only None is left out of results; False, zero and empty ones are there.
        """
        registry = hookkit.HookRegistry("recorded")
        results = [False, 0, [], "", None]
        lines = record(lambda: [registry.add_hook("p")(lambda r=result: r)() for result in results])
        calls = [line for line in lines if line["kind"] == "call"]
        assert [call.get("result", "absent") for call in calls] == [False, 0, [], "", "absent"]

    def test_outcomes_are_written(self, record):
        """
        Exceptions, what became of them, and a replaced result are there.
        """
        lines = record(lambda: Api(BrokenHook, QuotaHook).create("ctx", "vm-1"))
        before, _, broken, quota, _ = lines
        assert before["raised"] == {"type": "builtins:KeyError", "text": "'project'"}
        assert before["swallowed"] is True
        assert broken["raised"] == {"type": "builtins:ValueError", "text": "two\nlines"}
        assert (quota["result"], quota["returned"], quota["replaced"]) == (21, 42, True)

    def test_an_error_event_has_its_exception(self, record):
        """
        What an error method was given is written with class and text, and the call's exception, too.
        """

        def fail():
            with pytest.raises(OSError, match="no"):
                Api(BrokenHook, fails=OSError("no")).create("ctx", "vm-1")

        lines = record(fail)
        assert lines[2]["error"] == lines[3]["raised"] == {"type": "builtins:OSError", "text": "no"}

    def test_a_hook_from_an_entry_point_says_so(self, path):
        """
        Entry point, distribution and version of the hook are written.
        """
        entry_point = EntryPoint("g", "create", "m:AuditHook", "audit", "1.0")
        call = hookkit.HookCall("g", "create", None, (1,), {"b": 2})
        event = hookkit.HookEvent(call, "pre", hookkit.AttachedHook(AuditHook(), entry_point))
        with RecordingWriter(path) as writer, Recorder(writer=writer) as recorder:
            recorder._before(event)
        line = lines_of(path)[1]
        assert line["hook"] == {
            "class": "runtime.recorded:AuditHook",
            "entry_point": "create = m:AuditHook",
            "distribution": "audit",
            "version": "1.0",
        }
        assert line["arguments"] == {"args": {"$type": "builtins:tuple", "$items": [1]}, "b": 2}
        assert (line["positional"], line["var_positional"]) == (1, "args")
        (loaded,) = load_recording(path).events
        assert (loaded.hook.entry_point, loaded.hook.distribution, loaded.hook.version) == (entry_point, "audit", "1.0")
        assert (loaded.args, loaded.kwargs, loaded.arguments) == ((1,), {"b": 2}, {"args": (1,), "b": 2})

    def test_what_is_under_way_at_the_end_is_unfinished(self, path):
        """
        An event that is not over when the recording ends is written as such.
        """
        writer = RecordingWriter(path)
        recorder = Recorder(writer=writer)

        class Leaves:
            def pre(self, *args):
                recorder.__exit__(None, None, None)
                writer.close()

        recorder.__enter__()
        Api(Leaves).create("ctx", "vm-1")
        line = lines_of(path)[1]
        assert line["unfinished"] is True
        assert "duration_ns" not in line

    def test_ticks_parents_tests_and_tasks_are_written(self, path):
        """
        A call says which tick, which test and in the course of which call it was.
        """

        class Nests:
            def periodic(self, data, context):
                Api().create("ctx", "vm-1")

        with RecordingWriter(path) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            PeriodicHooks([Nests()]).tick("ctx")
        tick, call = sorted(
            (line for line in lines_of(path) if line.get("kind") == "call"), key=lambda line: line["seq"]
        )
        assert (tick["tick"], tick["test"], "parent" in tick, "function" in tick) == (1, "test_it", False, False)
        assert (call["parent"], call["test"]) == (1, "test_it")

    def test_lines_are_on_disk_at_once(self, path):
        """
        What is over can be read while the recording goes on.
        """
        with RecordingWriter(path) as writer, Recorder(writer=writer):
            Api(AuditHook).create("ctx", "vm-1")
            assert len(load_recording(path).events) == 3

    def test_what_was_written_is_counted(self, path):
        """
        Calls, events and bytes are those of the file.
        """
        with RecordingWriter(path) as writer, Recorder(writer=writer):
            Api(AuditHook).create("ctx", "vm-1")
        assert (writer.calls, writer.events, writer.size) == (1, 3, path.stat().st_size)

    def test_a_closed_writer_writes_nothing(self, path):
        """
        What comes after the end is dropped without an error.
        """
        writer = RecordingWriter(path)
        writer.close()
        size = path.stat().st_size
        with Recorder(writer=writer):
            Api().create("ctx", "vm-1")
        assert path.stat().st_size == writer.size == size
        assert (writer.calls, writer.events) == (0, 0)


class TestFailures:
    def test_a_file_that_cannot_be_opened_is_told(self, tmp_path):
        """
        The message names the file and the cause.
        """
        with pytest.raises(RecordingError) as caught:
            RecordingWriter(tmp_path)
        assert str(caught.value) == (
            f"Cannot write recording {str(tmp_path)!r}: Is a directory. Name a file in a folder that can be written."
        )

    def test_a_full_disk_ends_the_recording(self, path, caplog):
        """
        Once a line cannot be written that is logged once, and the host goes on.
        """
        writer = RecordingWriter(path)

        class Full:
            closed = False

            def write(self, line):
                raise OSError(28, "No space left on device")

            def close(self):
                raise OSError(5, "Input/output error")

        writer._file.close()
        writer._file = Full()
        with caplog.at_level(logging.ERROR, "hookkit.recording"), Recorder(writer=writer) as recorder:
            Api(AuditHook).create("ctx", "vm-1")
        assert len(recorder.events) == 3
        assert writer.failure.errno == 28
        assert [entry.getMessage() for entry in caplog.records] == [
            f"Cannot go on with recording {str(path)!r}: No space left on device. It ends here."
        ]
        writer.close()
        assert writer.failure.errno == 28

    def test_a_disk_that_takes_a_part_is_given_the_rest(self, path):
        """
        A line that is written in pieces is whole; one of which a piece is missing ends the recording.
        """
        writer = RecordingWriter(path)
        size = writer.size

        class Small:
            closed = False
            text = b""

            def write(self, line):
                if len(self.text) > 500:
                    raise OSError(28, "No space left on device")
                self.text += line[:100]
                return len(line[:100])

            def close(self):
                raise OSError(5, "Input/output error")

        writer._file.close()
        writer._file = Small()
        with Recorder(writer=writer):
            Api().create("ctx", "vm-1")
            Api().create("ctx", "vm-2")
        assert writer.failure.errno == 28
        assert (writer.events, writer.size - size) == (1, len(writer._file.text))
        assert json.loads(writer._file.text.splitlines()[0])["seq"] == 1
        writer.close()
        assert writer.failure.errno == 28
        writer = RecordingWriter(path)
        writer._file.close()
        writer._file = Small()
        writer.close()
        assert writer.failure.errno == 5
