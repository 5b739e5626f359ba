"""
The schema of recordings, and what is written.
"""

import json
from importlib import resources

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, PeriodicHooks, Recorder
from hookkit.discovery import EntryPoint
from hookkit.recording import RecordingWriter
from hookkit.recording._codec import plain
from runtime.recorded import Api, AuditHook, BrokenHook, Context, QuotaHook
from runtime.recorded_values import Color, Interrupt, Key, Level, Login, OverQuotaError, Volume

SCHEMA = json.loads(resources.files("hookkit.recording").joinpath("recording.schema.json").read_text(encoding="utf-8"))
LINE = jsonschema.Draft202012Validator(SCHEMA)
VALUE = jsonschema.Draft202012Validator({"$ref": "#/$defs/value", "$defs": SCHEMA["$defs"]})


class Leaves:
    """
    Ends the recording in the middle of a call.
    """

    def __init__(self, recorder):
        self.recorder = recorder

    def pre(self, *args):
        self.recorder.__exit__(None, None, None)


class Nests:
    """
    Calls another hook point, and raises.
    """

    def periodic(self, data, context):
        Api(AuditHook, QuotaHook, BrokenHook).create(context, "vm-1", metadata={1: Color.RED})
        raise OverQuotaError("x")


def everything(context):
    """
    Do all that there is a field for.
    """
    registry = HookRegistry("recorded")
    registry.register("p", AuditHook)

    @registry.add_hook("p", pass_function=True)
    def function(*args, **kwargs):
        raise Interrupt("x")

    with pytest.raises(Interrupt):
        function(context, 1, x={2.5, "a", (1,), None}, y=Login(1, Level.LOW), z=["x" * 5000])
    PeriodicHooks([Nests()]).tick(context)


class TestSchema:
    def test_it_is_a_schema(self):
        """
        The file is a JSON Schema, each field with what it means or what it refers to.
        """
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        for kind in ("header", "event", "call", "left_out", "exception", "described"):
            for name, field in SCHEMA["$defs"][kind]["properties"].items():
                assert {"description", "$ref", "const", "enum"} & field.keys(), name

    def test_what_is_written_has_the_schema(self, tmp_path):
        """
        Each line of a recording of all that can happen is what the schema says.
        """
        path = tmp_path / "recording.jsonl"
        context = Context(Volume(1))
        context.me = context
        with RecordingWriter(path, header={"worker": "gw0"}) as writer:
            with Recorder(writer=writer) as recorder:
                recorder.test_id = "test_it"
                everything(context)
            recorder.events[0].hook.entry_point = EntryPoint("g", "p", "m:H", "dist", "1.0")
            writer.write_event(recorder.events[0])
            with Recorder(writer=writer) as ending:
                Api(Leaves(ending)).create(context, "vm-1")
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            LINE.validate(line)
        known = {name for kind in ("header", "event", "call") for name in SCHEMA["$defs"][kind]["properties"]}
        not_here = {"part", "task", "error", "suppressed"}
        assert {name for line in lines for name in line} == {*known, "kind"} - not_here

    @pytest.mark.parametrize(
        "line",
        [
            {"format": "other", "version": 1},
            {"format": "hookkit-recording", "version": 2},
            {},
            {"kind": 1},
            {"kind": "event", "seq": 1, "call": 1, "group": "g", "point": "p"},
            {"kind": "call", "seq": "1", "group": "g", "point": "p"},
            {"kind": "call", "seq": 1, "group": "g", "point": "p", "arguments": {"a": {"$type": "a", "$other": 1}}},
            {"kind": "call", "seq": 1, "group": "g", "point": "p", "result": {"a": [{"$repr": "a"}]}},
            {"kind": "call", "seq": 1, "group": "g", "point": "p", "unfinished": False},
            {"kind": "left_out", "of": "other", "seq": 1},
            [],
        ],
        ids=ascii,
    )
    def test_what_it_refuses(self, line):
        """
        The schema tells what is no line of a recording.
        """
        assert not LINE.is_valid(line)

    def test_what_is_not_known_may_be_there(self):
        """
        Lines of other kinds and other fields are no fault.
        """
        assert LINE.is_valid({"kind": "later", "x": 1})
        assert LINE.is_valid({"kind": "call", "seq": 1, "group": "g", "point": "p", "later": {"$": 1}})

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none()
            | st.text()
            | st.integers()
            | st.floats()
            | st.binary()
            | st.datetimes(timezones=st.timezones())
            | st.sampled_from([Color.RED, Level.LOW, Context(Key("a")), KeyError("x"), Interrupt(), len, Key]),
            lambda inner: (
                st.lists(inner)
                | st.tuples(inner)
                | st.builds(Login, inner, inner)
                | st.builds(Volume, inner)
                | st.dictionaries(st.text() | st.integers() | st.builds(Key, st.text()), inner)
            ),
        )
    )
    def test_every_value_has_the_schema(self, value):
        """
        Whatever is in it, a value is written as JSON that the schema knows.
        """
        assert list(VALUE.iter_errors(json.loads(json.dumps(plain(value), allow_nan=False)))) == []
