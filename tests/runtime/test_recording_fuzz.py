"""
Recordings that something happened to: read, or an error that says what is wrong, never anything else.
"""

import copy
import json
import logging
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, PeriodicHooks, Recorder, RecordingError
from hookkit.recording import RecordingFile, RecordingWriter, load_recording
from hookkit.testing import pre
from runtime.recorded import Api, AuditHook, BrokenHook, Context, QuotaHook
from runtime.recorded_values import Color, Login, Volume

ODD = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**400, float("nan"), "", "x", "\0", "\ud800", "x" * 70),
    *([], [1], [[]], {}, {"a": 1}, {"$type": "m:A"}, {"$type": "builtins:tuple", "$items": [[]]}),
    *({"type": "a", "text": "b"}, {"class": "a"}, [{"path": "a"}]),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """
    The bytes of a recording with all that there may be in one.
    """
    path = tmp_path_factory.mktemp("good") / "recording.jsonl"
    registry = HookRegistry("recorded")

    class Nests:
        def periodic(self, data, context):
            values = {1: (2, {3}), "me": [Login(1, 2), Color.RED, Volume(1), 1.5, b"x"]}
            values["me"].append(values)
            Api(AuditHook, QuotaHook, BrokenHook).create(context, "vm-1", metadata=values)

    with RecordingWriter(path) as writer, Recorder(writer=writer) as recorder:
        recorder.test_id = "test_it"
        PeriodicHooks([Nests()]).tick(Context("alice"))
        registry.add_hook("p")(lambda *args, **kwargs: None)(1, 2, a=3)
    logging.getLogger("hookkit.recorded").handlers.clear()
    return path.read_bytes()


@pytest.fixture(scope="module", autouse=True)
def quiet():
    """
    Log nothing: thousands of losses are said.
    """
    logger = logging.getLogger("hookkit.recording")
    logger.disabled = True
    yield
    logger.disabled = False


def read(content):
    """
    Read a file and look at all that is in it; an error has to be one of the recording.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.jsonl"
        path.write_bytes(content)
        with suppress(RecordingError):
            recording = load_recording(path)
            assert recording.outline(times=True) is not None
            assert recording.events != [pre("other")]
            for one in (*recording.calls, *recording.events):
                assert repr((one, one.arguments, one.args, one.kwargs, one.raised, one.extra))
            with RecordingFile(path) as file:
                assert file.count_of_calls == sum(1 for _ in file.calls()) == len(recording.calls)
                assert file.count_of_events == len(recording.events)
            return recording
    return None


class TestBytes:
    def test_the_good_one(self, good):
        """
        What nothing happened to is read.
        """
        assert len(read(good).events) == 8

    @settings(deadline=None)
    @given(st.data())
    def test_bytes_are_changed(self, good, data):
        """
        Bytes that are other ones, are gone, or are there twice are read, or are an error.
        """
        content = bytearray(good)
        for _ in range(data.draw(st.integers(1, 5))):
            place = data.draw(st.integers(0, len(content)))
            end = min(len(content), place + data.draw(st.sampled_from([0, 1, 1, 1, 2, 50])))
            content[place:end] = data.draw(
                st.binary(max_size=3) | st.sampled_from([b"\n", b"\0", b'"', b"}", b"{", b"9" * 30, b"[" * 5000])
            )
        recording = read(bytes(content))
        assert recording is None or (recording.header["format"], recording.header["version"]) == (
            "hookkit-recording",
            1,
        )

    @settings(deadline=None)
    @given(st.integers(0, 10_000))
    def test_it_is_torn(self, good, size):
        """
        A file that ends anywhere after its first line is read, and what is lost is said.
        """
        first = good.index(b"\n")
        content = good[: first + 1 + size]
        recording = read(content)
        assert recording is not None
        is_torn = not content.endswith((b"\n", b"}")) or content.count(b"{") != content.count(b"}")
        assert (recording.lost is not None) is is_torn

    @pytest.mark.parametrize("rest", [b"\0" * 5000, b"\0\n\0\0", b"\xff\xfe", b"\x00{}\x00"])
    def test_a_disk_without_power(self, good, rest):
        """
        Where a file system left zeros at the end, the rest is read or it is an error.
        """
        recording = read(good + rest)
        assert (recording is None) is (rest == b"\0\n\0\0")

    @settings(deadline=None)
    @given(st.binary())
    def test_any_file(self, good, content):
        """
        What is no recording is an error.
        """
        assert read(content) is None
        read(good[: good.index(b"\n") + 1] + content)


class TestFields:
    @settings(deadline=None)
    @given(st.data())
    def test_fields_are_changed(self, good, data):
        """
        Fields that are gone, are of another type, or have another's value are read, or are an error.
        """
        lines = [json.loads(line) for line in good.splitlines()]
        for _ in range(data.draw(st.integers(1, 4))):
            where = data.draw(st.sampled_from(lines[1:]))
            while data.draw(st.booleans()) and (
                inner := [item for item in items(where) if isinstance(item, dict | list) and item]
            ):
                where = data.draw(st.sampled_from(inner))
            keys = list(where) if isinstance(where, dict) else list(range(len(where)))
            change(where, data.draw(st.sampled_from(keys)), data.draw(st.sampled_from(("gone", *ODD))))
        lines[1:] = data.draw(st.permutations(lines[1:]))
        recording = read(b"\n".join(json.dumps(line).encode() for line in lines))
        assert recording is None or len(recording.events) < len(lines)

    @settings(deadline=None)
    @given(
        st.lists(
            st.fixed_dictionaries(
                {"kind": st.sampled_from(["event", "call"]), "seq": st.integers(0, 5), "call": st.integers(0, 5)},
                optional={"parent": st.integers(0, 5), "unfinished": st.booleans(), "duration_ns": st.just(1)},
            )
        )
    )
    def test_numbers_in_any_order(self, good, lines):
        """
        Calls and events may refer to each other in any way.
        """
        first = good[: good.index(b"\n") + 1]
        rest = (json.dumps({**line, "group": "g", "point": "p", "phase": "pre"}).encode() for line in lines)
        recording = read(first + b"\n".join(rest))
        assert {event.call for event in recording.events} <= {*recording.calls}


def items(where):
    """
    Give what a container holds.
    """
    return list(where.values()) if isinstance(where, dict) else where


def change(where, key, value):
    """
    Put a value in the place of another one, or nothing.
    """
    if value == "gone":
        del where[key]
    else:
        where[key] = copy.deepcopy(value)
