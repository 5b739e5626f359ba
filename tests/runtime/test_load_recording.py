"""
Reading recordings.
"""

import gc
import json
import logging
import sys
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hookkit
from hookkit import PeriodicHooks, Recorder, RecordingError
from hookkit.recording import (
    ABSENT,
    LoadedCall,
    LoadedEvent,
    LoadedHook,
    RecordingFile,
    RecordingLines,
    RecordingWriter,
    _reading,
    load_recording,
)
from hookkit.testing import EventPattern, body, error, periodic, post, pre
from runtime.recorded import Api, AuditHook, BrokenHook, Context, QuotaHook
from runtime.recorded_values import OverQuotaError, QuotaError

HEADER = '{"format":"hookkit-recording","version":1}'
PLACE = {"group": "g", "point": "p"}


@pytest.fixture
def record(path):
    """
    Run a function while all is recorded; give the recorder and what was read.
    """

    def record(function):
        with RecordingWriter(path) as writer, Recorder(writer=writer) as recorder:
            function()
        return recorder, load_recording(path)

    return record


@pytest.fixture
def write(path):
    """
    Write lines after a header, and give the path.
    """

    def write(*lines):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([HEADER, *(json.dumps(line) for line in lines)]) + "\n")
        return path

    return write


def event(seq, call=1, phase="pre", **more):
    """
    Give the line of an event.
    """
    return {"kind": "event", "seq": seq, "call": call, **PLACE, "phase": phase, **more}


def call(seq, **more):
    """
    Give the line of a call.
    """
    return {"kind": "call", "seq": seq, **PLACE, **more}


def nested(number):
    """
    Give the lines of a call that is made in another one, and of that.
    """
    outer = 2 * number + 1
    inner = outer + 1
    return [event(inner, inner), call(inner, parent=outer), event(outer, outer), call(outer)]


class TestLoad:
    def test_a_recording_is_read(self, path, record):
        """
        Header, calls and events are there, in order of start.
        """
        _, recording = record(lambda: Api(AuditHook).create("ctx", "vm-1"))
        assert recording.path == path
        assert recording.header["format"] == "hookkit-recording"
        assert [event.seq for event in recording.events] == [1, 2, 3]
        assert [call.point for call in recording.calls] == ["create"]
        assert recording.lost is None
        assert repr(recording) == f"<Recording {str(path)!r} with 1 calls and 3 events>"

    @pytest.mark.parametrize("is_on", [True, False])
    def test_the_garbage_collector_is_as_it_was(self, write, monkeypatch, is_on):
        """
        Reading leaves the collector on, or off, as it found it.
        """
        monkeypatch.setattr(gc, "isenabled", lambda: is_on)
        states = []
        monkeypatch.setattr(gc, "disable", lambda: states.append("off"))
        monkeypatch.setattr(gc, "enable", lambda: states.append("on"))
        load_recording(write(event(1)))
        assert states == (["off", "on"] if is_on else ["off"])

    def test_a_torn_last_line_is_dropped_and_said(self, write, path, caplog):
        """
        What a crash tore is left out; the recording and the log say so.
        """
        with write(event(1)).open("a") as file:
            file.write('{"kind":"eve')
        with caplog.at_level(logging.WARNING, "hookkit.recording"):
            recording = load_recording(path)
        assert len(recording.events) == 1
        assert recording.lost == f"Line 3 of {str(path)!r} is torn; it is left out."
        assert caplog.messages == [recording.lost]

    def test_a_last_line_that_is_whole_counts(self, write, path):
        """
        A line without its line break is whole if it can be read.
        """
        path.write_text(write(event(1)).read_text().rstrip())
        recording = load_recording(path)
        assert (len(recording.events), recording.lost) == (1, None)

    def test_what_is_not_known_is_left_out(self, write):
        """
        Lines of other kinds are left out, fields that are not known are kept aside, null is as if absent.
        """
        lines = [{"kind": "later"}, {}, {"kind": [1]}, call(1, worker="gw0", later={"$type": 3}, test=None)]
        recording = load_recording(write(*lines, event(1, phase="later", more=1, hook=None)))
        assert recording.calls[0].extra == {"worker": "gw0", "later": {"$type": 3}}
        assert recording.events[0].extra == {"more": 1}
        assert recording.events == [EventPattern("later", "p")]
        assert recording.lost is None

    def test_lines_that_were_too_large_are_said(self, write, path):
        """
        Of events and calls for which a file had no room the number is told.
        """
        left_out = {"kind": "left_out", "of": "event", "seq": 1}
        assert load_recording(write(left_out)).lost == f"{str(path)!r} lacks 1 line that was too large for it."
        assert load_recording(write(left_out, left_out)).lost == (
            f"{str(path)!r} lacks 2 lines that were too large for it."
        )

    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            ({"kind": "event"}, "it is of kind 'event' and has no 'seq'"),
            ({"kind": "event", "seq": 1, "call": 1, **PLACE}, "it is of kind 'event' and has no 'phase'"),
            ({"kind": "call", "seq": None, **PLACE}, "it is of kind 'call' and has no 'seq'"),
            (event("x"), "its 'seq' is 'x', which is no whole number"),
            (event(-1), "its 'seq' is -1, which is no whole number"),
            (event(1.0), "its 'seq' is 1.0, which is no whole number"),
            (event(True), "its 'seq' is True, which is no whole number"),
            (event(2**70), f"its 'seq' is {2**70}, which is no whole number"),
            (event(1, [1]), "its 'call' is [1], which is no whole number"),
            (event(1, phase=7), "its 'phase' is 7, which is no text"),
            (event(1, arguments=[1]), "its 'arguments' is [1], which is no object"),
            (event(1, swallowed=1), "its 'swallowed' is 1, which is no flag"),
            (event(1, hook="x"), "its 'hook' is 'x', which is no hook with its class"),
            (
                event(1, hook={"class": "a", "version": 1}),
                "its 'hook' is {'class': 'a', 'version': 1}, which is no hook with its class",
            ),
            (event(1, raised={"type": "x"}), "its 'raised' is {'type': 'x'}, which is no exception with type and text"),
            (
                event(1, error={"type": "x", "text": "", "bases": [1]}),
                "its 'error' is {'type': 'x', 'text': '', 'bases': [1]}, which is no exception with type and text",
            ),
            (event(1, changes=[{}]), "its 'changes' is [{}], which is no list of changes with their paths"),
            (call(1, parent="1"), "its 'parent' is '1', which is no whole number"),
        ],
        ids=lambda value: ascii(value)[-40:],
    )
    def test_a_field_that_is_wrong_is_told(self, write, path, line, fault):
        """
        A line that lacks something, or has something else in its place, is an error with its number.
        """
        with pytest.raises(RecordingError) as caught:
            load_recording(write(event(1), line))
        assert str(caught.value) == f"Line 3 of recording {str(path)!r} is broken: {fault}."

    @pytest.mark.parametrize(
        ("line", "shown"),
        [
            (b"{", "'{'"),
            (b"[]", "'[]'"),
            (b"", "empty"),
            (b"\xff", "'\ufffd'"),
            (b"x" * 70, f"'{'x' * 57}...'"),
            (b"[" * 100_000, f"'{'[' * 57}...'"),
        ],
        ids=["torn", "no object", "empty", "no text", "long", "deep"],
    )
    def test_a_broken_line_is_told(self, path, line, shown):
        """
        A line that cannot be read and is not the last is an error with its number.
        """
        path.parent.mkdir()
        path.write_bytes(HEADER.encode() + b"\n" + line + b'\n{"kind":"call"}\n')
        with pytest.raises(RecordingError) as caught:
            load_recording(path)
        assert str(caught.value) == f"Line 2 of recording {str(path)!r} is broken: {shown}."

    @pytest.mark.parametrize(
        ("content", "shown"),
        [
            (b"", "empty"),
            (b"\x80\x04K\x01.", "'\ufffd\\x04K\\x01.'"),
            (b'{"contract": 1}', "'{\"contract\": 1}'"),
            (b'{"format":"hookkit-recording","version":0}', '\'{"format":"hookkit-recording","version":0}\''),
            (b"[" * 100_000, f"'{'[' * 57}...'"),
            (b'{"format":"hookkit-recording"}', '\'{"format":"hookkit-recording"}\''),
        ],
        ids=["empty", "pickle", "other", "version 0", "deep", "no version"],
    )
    def test_a_foreign_file_is_told(self, tmp_path, content, shown):
        """
        What is no recording is an error that shows its first line.
        """
        path = tmp_path / "file"
        path.write_bytes(content)
        with pytest.raises(RecordingError) as caught:
            load_recording(path)
        assert str(caught.value) == (
            f"{str(path)!r} is no recording of hookkit: its first line is {shown}. "
            "Give a file that HOOKKIT_RECORD, RecordingWriter or pytest --hooks-record wrote."
        )

    @pytest.mark.parametrize(
        ("more", "maker"), [("", "unknown"), (',"hookkit":[]', "unknown"), (',"hookkit":"9.0"', "9.0")]
    )
    def test_a_later_version_is_told(self, tmp_path, more, maker):
        """
        A recording of a later version is an error that says what to do.
        """
        path = tmp_path / "file"
        path.write_text(f'{{"format":"hookkit-recording","version":2{more}}}\n')
        with pytest.raises(RecordingError) as caught:
            load_recording(path)
        assert str(caught.value) == (
            f"{str(path)!r} is a recording of version 2, made by hookkit {maker}; "
            "this hookkit reads up to version 1. Install a later one."
        )

    def test_a_file_that_is_not_there_is_told(self, tmp_path):
        """
        The message names the file and the cause.
        """
        path = tmp_path / "none"
        with pytest.raises(RecordingError) as caught:
            load_recording(path)
        assert str(caught.value) == f"Cannot read recording {str(path)!r}: No such file or directory."

    def test_nothing_is_unpickled(self):
        """
        The module that reads knows no pickle.
        """
        assert not {"pickle", "marshal", "shelve"} & vars(_reading).keys()

    @pytest.mark.skipif(sys.platform == "win32", reason="sizes differ by line breaks there")
    @given(st.integers(0, 2000))
    def test_every_torn_recording_can_be_read(self, size):
        """
        Wherever a crash tears the file, what was complete before is read.
        """
        from pathlib import Path
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder:
            path = Path(folder) / "recording.jsonl"
            with RecordingWriter(path) as writer, Recorder(writer=writer):
                Api(AuditHook).create("ctx", "vm-1")
            content = path.read_bytes()
            header, _, _ = content.partition(b"\n")
            torn = content[: len(header) + size]
            path.write_bytes(torn)
            recording = load_recording(path)
            whole = max(0, torn.count(b"\n") - 1)
            count = len(recording.events) + sum(call.is_finished for call in recording.calls)
            assert whole <= count <= whole + 1


class TestAsRecorded:
    def test_events_are_what_a_recorder_has(self, record):
        """
        Patterns, filters and the outline find the same in a file as in a recorder.
        """

        def run():
            metadata = {"numbers": (1, {2})}
            Api(AuditHook, QuotaHook, BrokenHook).create("ctx", "vm-1", metadata=metadata)
            with pytest.raises(OSError, match="no"):
                Api(BrokenHook, fails=OSError("no")).create("ctx", name="vm-2")

        recorder, recording = record(run)
        expected = [
            pre("create", hook=AuditHook)
            .with_args("ctx", "vm-1", metadata={"numbers": (1, {2})})
            .changing("metadata['audited']", True),
            pre("create", hook=BrokenHook).raising(KeyError, match="project"),
            body("create").returning(21),
            post("create", hook="runtime.recorded:AuditHook").result(21),
            post("create", hook=QuotaHook).returning(42).with_arguments(name="vm-1"),
            post("create").raising((TypeError, ValueError)),
            pre("create").with_args("ctx", name="vm-2"),
            body("create").raising(OSError, match="no"),
            error("create", hook=BrokenHook).raising(TypeError),
        ]
        assert recorder.events == expected
        assert recording.events == expected
        assert recording.outline() == recorder.outline()
        swallowed = [*expected[1:2], *expected[5:6], pre("create"), expected[8]]
        assert recorder.swallowed == swallowed
        assert recording.swallowed == swallowed
        assert recording.events.filter(phase="post", hook=QuotaHook) == expected[4:5]
        assert recording.events != [*expected[1:], expected[0]]
        assert "create" in recording.outline(times=True)
        assert isinstance(recording.events[8].error, OSError)

    def test_all_attributes_are_there(self, record):
        """
        Calls and events have what the recorded ones have, apart from the objects themselves.
        """
        recorder, recording = record(lambda: PeriodicHooks([self.Nests()]).tick("ctx"))
        for kind, loaded, recorded in [
            (LoadedCall, recording.calls, recorder.calls),
            (LoadedEvent, recording.events, recorder.events),
        ]:
            assert len(loaded) == len(recorded) == 2
            for one, other in zip(loaded, recorded, strict=True):
                assert isinstance(one, kind)
                for name in type(other).__slots__:
                    if name not in {"__weakref__", "function", "signature", "noted", "call", "parent", "args", "hook"}:
                        assert getattr(one, name) == getattr(other, name), name
                assert (one.args[1:], one.is_finished) == (other.args[1:], True)
        tick, inner = recording.calls
        assert (tick.function, tick.tick, tick.parent, tick.extra) == (None, 1, None, {})
        assert inner.parent is tick
        assert inner.is_bound
        assert inner.arguments["name"] == "vm-1"
        first, second = recording.events
        assert (first.call, second.call) == (tick, inner)
        assert isinstance(first.hook, LoadedHook)
        assert (first.hook.obj, first.hook.name, first.hook.entry_point) == (None, "Nests", None)
        assert first == periodic(hook=self.Nests)

    class Nests:
        """
        Calls another hook point.
        """

        def periodic(self, data, context):
            Api().create("ctx", "vm-1")

    def test_exceptions_are_known_by_their_classes(self, record):
        """
        A pattern finds an exception by its class and by those that it derives from.
        """

        class Raises:
            def pre(self, *args, **kwargs):
                raise OverQuotaError("too much")

        _, recording = record(lambda: Api(Raises).create("ctx", "vm-1"))
        event = recording.events[0]
        for kind in (OverQuotaError, QuotaError, ValueError, Exception, (KeyError, QuotaError)):
            assert event == pre("create").raising(kind, match="too much")
        for kind in (KeyError, hookkit.HookkitError, (KeyError, OSError)):
            assert event != pre("create").raising(kind)
        assert event != pre("create").raising(QuotaError, match="other")

    @pytest.mark.parametrize(
        ("function", "args", "kwargs"),
        [
            (lambda a, b=1, *rest, c=2, **more: None, (1, 2, (3,), 4), {"c": 5, "d": 6}),
            (lambda a, b=1, *rest, c=2, **more: None, (1,), {"b": 2, "rest": (3,)}),
            (lambda *args: None, ((1, 2),), {}),
            (lambda args: None, ((1, 2),), {}),
            (lambda a, /, **more: None, (1,), {"a b": 2, "class": 3}),
            (lambda: None, (), {}),
            (lambda **more: None, (), {"self": 1}),
        ],
    )
    def test_arguments_are_passed_as_they_were(self, record, function, args, kwargs):
        """
        What was passed by position and what by keyword is known, variable arguments included.
        """
        registry = hookkit.HookRegistry("recorded")
        recorder, recording = record(lambda: registry.add_hook("p")(function)(*args, **kwargs))
        for loaded, recorded in [(recording.calls, recorder.calls), (recording.events, recorder.events)]:
            assert (loaded[0].args, loaded[0].kwargs) == (args, kwargs)
            assert loaded[0].arguments == recorded[0].arguments

    def test_without_a_count_all_is_by_keyword(self, write):
        """
        A file that does not say how arguments were passed has them by name; so has one with names that cannot be.
        """
        plain, odd = load_recording(
            write(call(1, arguments={"a": 1}), call(2, arguments={"a b": 1}, positional=1, var_positional="a b"))
        ).calls
        assert (plain.args, plain.kwargs, plain.signature) == ((), {"a": 1}, None)
        assert (odd.args, odd.kwargs) == ((), {"a b": 1})

    def test_what_an_object_had_is_known(self, record):
        """
        An event tells the attributes of an object among its arguments.
        """
        context = Context("alice")
        _, recording = record(lambda: Api().create(context, "vm-1"))
        event = recording.events[0]
        assert event.attributes_of(event.arguments["context"]) == {"user": "alice"}
        assert event.attributes_of("ctx") is None
        assert event == body("create").with_args(context, "vm-1")

    def test_changes_have_their_sides(self, write):
        """
        Where there was or is nothing, a change says so.
        """
        changes = [{"path": "a", "after": 1}, {"path": "b", "before": {"$type": "builtins:tuple", "$items": []}}]
        first, second = load_recording(write(event(1, changes=changes))).events[0].changes
        assert first == ("a", ABSENT, 1)
        assert second == ("b", (), ABSENT)


class TestWhatIsMissing:
    def test_a_call_that_was_not_over(self, write):
        """
        Events whose call has no line are of a call that is not over.
        """
        recording = load_recording(
            write(event(2, 1, "body", test="t", arguments={"a": 1}, positional=1), event(3, 2), call(2, parent=1))
        )
        outer, inner = recording.calls
        assert (outer.seq, outer.is_finished, outer.args, outer.test_id, outer.point) == (1, False, (1,), "t", "p")
        assert inner.parent is outer is recording.events[0].call
        assert recording.lost is None

    def test_a_call_that_is_not_there(self, write, path):
        """
        A call in whose course others were made, and of which there is nothing, is said.
        """
        recording = load_recording(write(call(5, parent=3)))
        assert recording.calls[0].parent is None
        assert recording.lost == f"{str(path)!r} lacks 1 call that others were made in."
        recording = load_recording(write(call(5, parent=3), call(6, parent=4)))
        assert recording.lost == f"{str(path)!r} lacks 2 calls that others were made in."

    def test_calls_that_were_not_over(self, write):
        """
        Calls that have no lines stand among the others in the order of their numbers.
        """
        recording = load_recording(write(event(1, 1), call(2), event(3, 3), event(4, 4), call(5)))
        assert [call.seq for call in recording.calls] == [1, 2, 3, 4, 5]

    def test_the_call_of_several_events_is_read_once(self, write, monkeypatch):
        """
        Of events that are not kept the call is, for as long as the next ones may be of it.
        """
        path = write(*(event(seq, 8 + seq % 2) for seq in range(1, 6)), call(8), call(9))
        read, real = [], RecordingLines.at
        monkeypatch.setattr(RecordingLines, "at", lambda lines, start: read.append(start) or real(lines, start))
        with RecordingFile(path) as file:
            assert [event.seq for event in file.events()] == [1, 2, 3, 4, 5]
        assert len(read) == 5 + 2

    def test_calls_within_each_other(self, write):
        """
        Calls that are said to be made in each other's course are read all the same.
        """
        one, other = load_recording(write(call(1, parent=2), call(2, parent=1))).calls
        assert {one.parent, other.parent} <= {one, other, None}
        (itself,) = load_recording(write(call(1, parent=1))).calls
        assert itself.parent is None

    def test_a_long_chain_of_calls(self, write):
        """
        However many calls are within each other, reading ends.
        """
        recording = load_recording(write(*(call(seq, parent=seq - 1) for seq in range(3000, 0, -1)), event(1, 0)))
        assert len(recording.calls) == 3001
        assert recording.calls[-1].parent is recording.calls[-2]

    def test_what_was_not_over_gives_way(self, write):
        """
        Of two lines of one event the one that says how it ended counts.
        """
        recording = load_recording(
            write(event(1, unfinished=True), call(1, unfinished=True), event(1, duration_ns=5), call(1, duration_ns=6))
        )
        assert [event.duration_ns for event in recording.events] == [5]
        assert [call.duration_ns for call in recording.calls] == [6]

    def test_recordings_one_after_the_other(self, write):
        """
        Numbers that are there twice are of different calls, each with the events that stand before it.
        """
        recording = load_recording(write(event(1), call(1, thread="a"), event(1), call(1, thread="b"), event(2)))
        assert [event.call.thread for event in recording.events] == ["a", "b", "b"]
        assert len(recording.calls) == 2

    @pytest.mark.parametrize("function", ["shop:order", None])
    def test_a_function_that_hooks_were_given(self, write, function):
        """
        A stand-in tells that the method was given the function; it has the name of the hook point if it is not known.
        """
        events = load_recording(write(event(1, passed_function=True), event(2), call(1, function=function))).events

        assert repr(events[0].passed_function) == f"<function {function or 'p'}>"
        assert events[1].passed_function is None

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 9), max_size=60))
    def test_any_order(self, numbers):
        """
        Calls come in order of their numbers; of several with one number, the one that stands first comes first.
        """
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr("hookkit.recording._reading._SORTED_LINES", 7)
            path = Path(folder, "r.jsonl")
            lines = [json.dumps(call(number, tick=place)) for place, number in enumerate(numbers)]
            path.write_text("\n".join([HEADER, *lines, ""]))
            loaded = load_recording(path)

        assert [(call.seq, call.tick) for call in loaded.calls] == sorted(
            (number, place) for place, number in enumerate(numbers)
        )


class TestRecordingFile:
    def test_it_is_read_bit_by_bit(self, path):
        """
        Calls and events come one after the other, as often as they are asked for.
        """
        with RecordingWriter(path) as writer, Recorder(writer=writer):
            for number in range(3):
                Api(AuditHook).create("ctx", number)
        with RecordingFile(path) as file:
            assert (file.count_of_calls, file.count_of_events, file.lost) == (3, 9, None)
            assert file.header["version"] == 1
            for _ in range(2):
                assert [event.seq for event in file.events()] == list(range(1, 10))
                assert [call.arguments["name"] for call in file.calls()] == [0, 1, 2]
            events = file.events()
            first, second = next(events), next(events)
            assert first.call is second.call
            assert first.call is next(file.calls())

    def test_calls_that_were_not_over_are_in_their_place(self, write):
        """
        Calls come in order of start, with or without a line.
        """
        with RecordingFile(write(event(1, 2), call(3), event(2, 4), call(1))) as file:
            assert [(call.seq, call.is_finished) for call in file.calls()] == [
                *((1, False), (2, False), (3, False), (4, False)),
            ]
            assert file.count_of_calls == 4

    def test_a_broken_file_is_closed(self, write):
        """
        What cannot be read is closed.
        """
        with pytest.raises(RecordingError):
            RecordingFile(write(event("x")))
        gc.collect()  # a file that is left open would warn

    def test_memory_does_not_grow_with_the_file(self, write):
        """
        Each further call takes the room of a few numbers, also if the lines are not in order, and calls are nested.
        """
        peaks = []
        for count in (2500, 4500):
            path = write(*(line for seq in range(count) for line in nested(seq)))
            tracemalloc.start()
            with RecordingFile(path) as file:
                assert sum(1 for _ in file.events()) == 2 * count
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < peaks[0] + 2000 * 4 * 40
