"""
Recordings on disk: what is written, what is kept back, and reading it again.
"""

import collections
import dataclasses
import datetime as dt
import enum
import json
import logging
import os
import platform
import sys
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hookkit
from hookkit import PeriodicHooks, Recorder, RecordingError
from hookkit.discovery import EntryPoint
from hookkit.recording import RecordingWriter, _reading, load_recording
from hookkit.recording._codec import MOST_CHARACTERS, MOST_ITEMS, MOST_LEVELS, MOST_VALUES, Encoder
from hookkit.recording._redaction import Mask, Redaction
from runtime.recorded import Api, AuditHook, BrokenHook, Context, QuotaHook


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Text(str):
    """
    A subclass with a repr of its own.
    """

    __slots__ = ()

    def __repr__(self):  # pragma: no cover - is not to be asked
        return "lie"


class Login(NamedTuple):
    user: object
    password: object


@dataclasses.dataclass
class Volume:
    size: int
    admin_token: str = ""


def encoded(value, *secrets, noted=None, names=("pass", "token")):
    """
    Encode one value; what it gives can be written.
    """
    result = Encoder(Redaction(names), Mask(secrets), noted or {}).value(value)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    return result


@pytest.fixture
def path(tmp_path):
    """
    Where a recording goes.
    """
    return tmp_path / "folder" / "recording.jsonl"


@pytest.fixture
def record(path):
    """
    Run a function while all is written, and give the lines after the header.
    """

    def record(function, **options):
        with RecordingWriter(path, **options) as writer, Recorder(writer=writer):
            function()
        return [json.loads(line) for line in path.read_text().splitlines()[1:]]

    return record


class TestEncoder:
    @pytest.mark.parametrize(
        "value",
        [None, True, 0, -1, 2**70, 1.5, "", "text", "\ud800", [], [1, [2]], {}, {"a": {"b": None}}],
        ids=ascii,
    )
    def test_what_json_has_is_written_as_it_is(self, value):
        """
        JSON's own values stand for themselves.
        """
        assert encoded(value) == value

    @pytest.mark.parametrize(
        ("value", "result"),
        [
            (float("nan"), {"$type": "builtins:float", "$repr": "nan"}),
            (float("-inf"), {"$type": "builtins:float", "$repr": "-inf"}),
            (2**1024, {"$type": "builtins:int", "$repr": hex(2**1024)}),
            (1j, {"$type": "builtins:complex", "$repr": "1j"}),
            (b"\xff", {"$type": "builtins:bytes", "$repr": "b'\\xff'"}),
            (bytearray(b"a"), {"$type": "builtins:bytearray", "$repr": "bytearray(b'a')"}),
            (..., {"$type": "builtins:ellipsis", "$repr": "Ellipsis"}),
            (range(3), {"$type": "builtins:range", "$repr": "range(0, 3)"}),
            (dt.date(2020, 1, 2), {"$type": "datetime:date", "$repr": "datetime.date(2020, 1, 2)"}),
            (Color.RED, {"$type": f"{__name__}:Color", "$repr": "Color.RED"}),
            (Level.LOW, {"$type": f"{__name__}:Level", "$repr": "Level.LOW"}),
            (Text("x"), {"$type": f"{__name__}:Text", "$repr": "'x'"}),
            (Color, {"$type": "enum:EnumType", "$repr": f"{__name__}:Color"}),
            (json.dumps, {"$type": "builtins:function", "$repr": "json:dumps"}),
            ([].append, {"$type": "builtins:builtin_function_or_method", "$repr": "builtins:list.append"}),
            (json, {"$type": "builtins:module", "$repr": "json"}),
            ((1, [2]), {"$type": "builtins:tuple", "$items": [1, [2]]}),
            ({3, 1, 2}, {"$type": "builtins:set", "$items": [1, 2, 3]}),
            (frozenset("ba"), {"$type": "builtins:frozenset", "$items": ["a", "b"]}),
            (collections.deque([1]), {"$type": "collections:deque", "$items": [1]}),
            (collections.OrderedDict(a=1), {"$type": "collections:OrderedDict", "$pairs": [["a", 1]]}),
            ({1: 2}, {"$type": "builtins:dict", "$pairs": [[1, 2]]}),
            ({"$type": 2}, {"$type": "builtins:dict", "$pairs": [["$type", 2]]}),
            (Volume(1), {"$type": f"{__name__}:Volume", "$attrs": {"size": 1, "admin_token": "***"}}),
            (Login("a", "b"), {"$type": f"{__name__}:Login", "$items": ["a", "***"]}),
            (KeyError("x"), {"$type": "builtins:KeyError", "$text": "'x'"}),
            (object(), {"$type": "builtins:object"}),
            (type("Dict", (dict,), {})(a=1), {"$type": f"{__name__}:Dict"}),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_all_else_is_described(self, value, result):
        """
        Other values are described by type, text of scalars, items, pairs and attributes.
        """
        assert encoded(value) == result

    def test_objects_have_the_attributes_that_were_noted(self):
        """
        An object that was not copied is described as it was then; objects within by their type.
        """
        context = Context("alice")
        context.inner = Context("bob")
        noted = {id(context): (context, {"user": "then", "auth_token": "x", "inner": context.inner})}
        kind = "runtime.recorded:Context"
        assert encoded(context, noted=noted) == {
            "$type": kind,
            "$attrs": {"user": "then", "auth_token": "***", "inner": {"$type": kind}},
        }

    def test_cycles_end(self):
        """
        What holds itself is marked, with how many levels up it is.
        """
        items = []
        items.append({"items": items})
        context = Context("alice")
        noted = {id(context): (context, {"me": context})}
        assert encoded(items) == [{"items": {"$type": "builtins:list", "$cycle": 2}}]
        assert encoded(context, noted=noted)["$attrs"] == {"me": {"$type": "runtime.recorded:Context", "$cycle": 1}}

    def test_huge_values_are_cut_with_a_mark(self):
        """
        Long texts and containers are cut, and the mark says how much is gone.
        """
        text = "x" * (MOST_CHARACTERS + 5)
        head = "x" * MOST_CHARACTERS
        assert encoded(text) == {"$type": "builtins:str", "$text": head, "$cut": 5}
        assert encoded(Text(text))["$repr"] == f"'{head[1:]}..."
        assert encoded(list(range(MOST_ITEMS + 2))) == {
            "$type": "builtins:list",
            "$items": list(range(MOST_ITEMS)),
            "$cut": 2,
        }
        cut = encoded({str(number): number for number in range(MOST_ITEMS + 3)})
        assert (len(cut["$pairs"]), cut["$cut"]) == (MOST_ITEMS, 3)
        context = Context("alice")
        cut = encoded(context, noted={id(context): (context, {str(n): n for n in range(MOST_ITEMS + 1)})})
        assert (len(cut["$attrs"]), cut["$cut"]) == (MOST_ITEMS, 1)

    def test_depth_and_total_are_bounded(self):
        """
        Deep nesting and very many small values end in marks, too.
        """
        deep = []
        for _ in range(100_000):
            deep = [deep]
        text = json.dumps(encoded(deep))
        assert text == f"{'[' * MOST_LEVELS}{json.dumps({'$type': 'builtins:list', '$items': [], '$cut': 1})}" + (
            "]" * MOST_LEVELS
        )
        while deep:
            deep = deep.pop()
        wide = json.dumps(encoded([[[0] * 500 for _ in range(50)] for _ in range(50)]))
        assert wide.count("0") < MOST_VALUES * 2

    def test_a_class_that_raises_is_described_by_what_it_raised(self):
        """
        A value whose class cannot even be named does not stop the writing.
        """

        class Odd(type):
            def __getattribute__(cls, name):
                if name in ("__module__", "__qualname__"):
                    raise RuntimeError("odd")
                return super().__getattribute__(name)

        value = Odd("Nameless", (), {})()
        assert encoded([value, 1]) == [{"$type": "Nameless", "$error": "RuntimeError"}, 1]

    def test_an_exception_without_text_is_described(self):
        """
        An exception whose ``__str__`` raises is named by its class.
        """

        class Broken(Exception):  # noqa: N818 - what a host may call it
            def __str__(self):
                raise RuntimeError("mute")

        assert encoded(Broken())["$text"] == "(its str raised RuntimeError)"

    @given(
        st.recursive(
            st.none() | st.text() | st.integers() | st.binary(),
            lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner),
        )
    )
    def test_anything_can_be_written(self, value):
        """
        Whatever is in it, a value is encoded to what JSON has.
        """
        encoded(value)


class TestRedaction:
    @pytest.mark.parametrize(
        ("name", "is_secret"),
        [
            ("admin_password", True),
            ("PASSWD", True),
            ("clientSecret", True),
            ("X-Auth-Token", True),
            ("key_data", True),
            ("private_key", True),
            ("Credentials", True),
            ("Authorization", True),
            ("otp_code", True),
            (b"password", True),
            ("name", False),
            ("key", False),
            (1, False),
            (None, False),
        ],
    )
    def test_secrets_are_known_by_name(self, name, is_secret):
        """
        A name that contains one of the words, in any case, is that of a secret.
        """
        assert Redaction().is_secret(name) is is_secret

    def test_the_words_can_be_set(self):
        """
        Other words take the place of the usual ones.
        """
        redaction = Redaction(["Owner"])
        assert redaction.is_secret("the_owner")
        assert not redaction.is_secret("password")

    def test_secrets_are_found_at_any_depth(self):
        """
        Whatever stands under a secret name, however deep, is a secret.
        """
        context = Context("u")
        cyclic = {"token": ["aaa", 17, True, None]}
        cyclic["again"] = cyclic
        values = {
            "a": [({"b": cyclic},)],
            "login": Login("me", "bbb"),
            "volume": Volume(1, "ccc"),
            "context": context,
            "password": {"inner": b"ddd\xff", "more": {"eee'"}},
            "name": "fff",
        }
        noted = {id(context): (context, {"auth_token": "ggg"})}
        assert Redaction().secrets(values, noted) == {
            *("aaa", "17", "bbb", "ccc", "ddd\ufffd", "ddd\\xff", "eee'", "ggg"),
        }

    def test_longer_secrets_go_first(self):
        """
        A secret that is a part of another one leaves no rest of it.
        """
        assert Mask({"abcd", "abcdef"}).text("abcdef abcd") == "*** ***"

    def test_short_secrets_are_masked_in_exceptions_only(self):
        """
        Ordinary text is not riddled with stars for the sake of a digit.
        """
        mask = Mask({"1"})
        assert mask.text("vm-1") == "vm-1"
        assert mask.exception("wrong: 1") == "wrong: ***"


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
        assert header["hookkit"][0].isdigit()

    def test_a_checkout_has_no_version(self, monkeypatch, path):
        """
        Where hookkit is not installed its version is unknown.
        """
        import importlib.metadata

        def version(name):
            raise importlib.metadata.PackageNotFoundError(name)

        monkeypatch.setattr(importlib.metadata, "version", version)
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
        later = {**arguments, "metadata": {"audited": True}}
        assert lines == [
            {
                "kind": "event",
                "seq": 1,
                **place,
                "phase": "pre",
                "hook": hook,
                "arguments": arguments,
                "changes": [{"path": "metadata['audited']", "after": True}],
            },
            {"kind": "event", "seq": 2, **place, "phase": "body", "arguments": later, "returned": 21},
            {"kind": "event", "seq": 3, **place, "phase": "post", "hook": hook, "arguments": later, "result": 21},
            {
                "kind": "call",
                "seq": 1,
                "group": "recorded",
                "point": "create",
                "function": "runtime.recorded:Api.create",
                "arguments": arguments,
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
        (line,) = load_recording(path).events
        assert line["hook"] == {
            "class": "runtime.recorded:AuditHook",
            "entry_point": "create = m:AuditHook",
            "distribution": "audit",
            "version": "1.0",
        }
        assert line["arguments"] == {"args": {"$type": "builtins:tuple", "$items": [1]}, "b": 2}

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
        (line,) = load_recording(path).events
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
        tick, call = load_recording(path).calls
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


class TestSecrets:
    def test_no_secret_is_in_the_file(self, path):
        """
        Arguments by position, by keyword and at depth, attributes, results, changes and exceptions hold none.
        """

        class Leaks:
            def pre(self, api, context, name, metadata):
                metadata["note"] = f"password is {metadata['admin_password']}"
                metadata["auth"] = {"token": "hunter-three"}
                context.session_token = "hunter-four"
                raise ValueError(f"cannot log in with {metadata['admin_password']!r}, {name}")

            def post(self, rv, *args):
                raise KeyError("hunter-three")

        registry = hookkit.HookRegistry("recorded")
        registry.register("login", Leaks)

        @registry.add_hook("login")
        def login(self, context, password, metadata):
            return {"secret": "hunter-five"}

        context = Context("alice")
        context.private_key = b"hunter-six"
        with RecordingWriter(path) as writer, Recorder(writer=writer) as recorder:
            login(None, context, "hunter-one", {"admin_password": "hunter-two"})
        text = path.read_text()
        assert "hunter" not in text
        before, _, after = load_recording(path).events
        assert before["arguments"]["password"] == "***"
        assert before["raised"]["text"] == "cannot log in with '***', ***"
        assert before["changes"] == [
            {"path": "context.session_token", "after": "***"},
            {"path": "metadata['note']", "after": "password is ***"},
            {"path": "metadata['auth']", "after": {"token": "***"}},
        ]
        assert after["raised"]["text"] == "'***'"
        assert recorder.events[0].arguments["password"] == "hunter-one"

    def test_the_secrets_of_a_call_are_kept_out_of_calls_within(self, path):
        """
        A nested call does not show the secrets of the calls around it.
        """

        class Nests:
            def pre(self, api, context, name, metadata):
                Api().create(f"for {metadata['password']}", "vm-1")

        with RecordingWriter(path) as writer, Recorder(writer=writer):
            Api(Nests).create("ctx", "vm-1", metadata={"password": "hunter"})
        assert "hunter" not in path.read_text()

    def test_the_secrets_of_a_call_that_was_not_seen_are_known(self, path):
        """
        A call whose events another writer was given has its secrets kept back all the same.
        """
        with Recorder() as recorder:
            Api().create("the hunter", "vm-1", metadata={"password": "hunter"})
        with RecordingWriter(path) as writer:
            writer.write_call(recorder.calls[0])
            assert not writer._secrets
        assert "hunter" not in path.read_text()

    def test_a_secret_as_a_key_is_masked(self):
        """
        A key that is a secret's text is masked without losing a pair.
        """
        assert encoded({"hunter": 1, "hunter2": 2}, "hunter") == {
            "$type": "builtins:dict",
            "$pairs": [["***", 1], ["***2", 2]],
        }

    def test_secret_names_can_be_set(self, record):
        """
        The writer takes other names of secrets.
        """
        lines = record(lambda: Api().create("ctx", "vm-1"), secret_names=["name"])
        assert lines[0]["arguments"]["name"] == "***"
        assert lines[0]["arguments"]["context"] == "ctx"


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

        writer._file.close()
        writer._file = Full()
        with caplog.at_level(logging.ERROR, "hookkit.recording"), Recorder(writer=writer) as recorder:
            Api(AuditHook).create("ctx", "vm-1")
        assert len(recorder.events) == 3
        assert writer.failure.errno == 28
        assert [entry.getMessage() for entry in caplog.records] == [
            f"Cannot go on with recording {str(path)!r}: No space left on device. It ends here."
        ]


class TestLoad:
    def write(self, path, *lines):
        """
        Write *lines*, the header before them.
        """
        path.parent.mkdir()
        header = b'{"format":"hookkit-recording","version":1}\n'
        path.write_bytes(header + b"\n".join(lines))

    def test_a_recording_is_read(self, path):
        """
        Header, calls and events are there, in order of start.
        """
        with RecordingWriter(path) as writer, Recorder(writer=writer):
            Api(AuditHook).create("ctx", "vm-1")
        recording = load_recording(str(path))
        assert recording.header["format"] == "hookkit-recording"
        assert [event["seq"] for event in recording.events] == [1, 2, 3]
        assert [call["point"] for call in recording.calls] == ["create"]
        assert recording.lost is None
        assert repr(recording) == f"<Recording {str(path)!r} with 1 calls and 3 events>"

    def test_a_torn_last_line_is_dropped_and_said(self, path, caplog):
        """
        What a crash tore is left out; the recording and the log say so.
        """
        self.write(path, b'{"kind":"event","seq":1}', b'{"kind":"eve')
        with caplog.at_level(logging.WARNING, "hookkit.recording"):
            recording = load_recording(path)
        assert len(recording.events) == 1
        assert recording.lost == f"Line 3 of {str(path)!r} is torn; it is left out."
        assert caplog.messages == [recording.lost]

    def test_a_last_line_that_is_whole_counts(self, path):
        """
        A line without its line break is whole if it can be read.
        """
        self.write(path, b'{"kind":"event","seq":1}')
        recording = load_recording(path)
        assert (len(recording.events), recording.lost) == (1, None)

    def test_what_is_not_known_is_left_out(self, path):
        """
        Lines of other kinds and fields that are odd do no harm.
        """
        self.write(path, b'{"kind":"later"}', b'{"kind":"call","seq":"x"}', b"{}", b"")
        recording = load_recording(path)
        assert (len(recording.calls), len(recording.events)) == (1, 0)

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
        self.write(path, line, b'{"kind":"call"}\n')
        with pytest.raises(RecordingError) as caught:
            load_recording(path)
        assert str(caught.value) == f"Line 2 of recording {str(path)!r} is broken: {shown}."

    @pytest.mark.parametrize(
        ("content", "shown"),
        [
            (b"", "empty"),
            (b"\x80\x04K\x01.", "'\ufffd\\x04K\\x01.'"),
            (b'{"contract": 1}', "'{\"contract\": 1}'"),
            (b'{"format":"hookkit-recording"}', '\'{"format":"hookkit-recording"}\''),
        ],
        ids=["empty", "pickle", "other", "no version"],
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
            "Give a file that RecordingWriter or pytest --hooks-record wrote."
        )

    @pytest.mark.parametrize(("more", "maker"), [("", "unknown"), (',"hookkit":"9.0"', "9.0")])
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
            assert whole <= len(recording.events) + len(recording.calls) <= whole + 1
