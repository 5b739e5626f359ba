"""
Writing a report.
"""

import errno
import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookkit import HookRegistry, Recorder, RecordingError
from hookkit.recording import RecordingWriter, load_recording
from hookkit.report import Report, _writing, write_report
from report.made import HEADER, HOSTILE, hostile, large, varied

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["***", "m:Class"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(["$type", "$repr", "$items", "path", "type", "class"]), inner)
    ),
    max_leaves=8,
)
FIELDS = [*("seq", "call", "parent", "test", "point", "phase", "hook", "arguments", "result", "error", "returned")]
FIELDS += [*("raised", "swallowed", "changes", "started_ns", "duration_ns", "function", "thread", "tick")]
NEEDED = {"seq": 1, "call": 1, "group": "g", "point": "p", "phase": "pre"}
VALUES = ["arguments", "result", "returned"]
VALUE_LINES = st.builds(
    lambda kind, fields: {"kind": kind, **NEEDED, **fields},
    st.sampled_from(["event", "call"]),
    st.dictionaries(st.sampled_from(VALUES[1:]), ANYTHING)
    | st.fixed_dictionaries({"arguments": st.dictionaries(st.text(), ANYTHING, max_size=3)}),
)
LINES = VALUE_LINES | st.builds(
    lambda kind, needed, fields: {"kind": kind, **needed, **fields},
    st.sampled_from(["event", "call"]),
    st.just(NEEDED) | st.just({}),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING | st.integers(0, 5), max_size=3),
)


@pytest.fixture
def recording(tmp_path):
    """
    A recording of a call with a hook.
    """

    class AuditHook:
        def pre(self, context, metadata):
            metadata["audited"] = True

    registry = HookRegistry("nova.hooks")
    registry.register("create", AuditHook)
    create = registry.add_hook("create")(lambda context, metadata: 42)
    path = tmp_path / "recording.jsonl"
    with RecordingWriter(path) as writer, Recorder(writer=writer):
        create("ctx", {"admin_password": "hunter2"})
    return path


@pytest.fixture
def page(tmp_path):
    """
    Where the report goes.
    """
    return tmp_path / "folder" / "report.html"


def parts(page):
    """
    Give the parts of a page's data by their ids, and all its blocks.
    """
    text = page.read_text(encoding="utf-8")
    found = re.findall(r'<script type="application/json" (?:id|class)="(\w+)">(.*?)</script>', text, re.DOTALL)
    data = {name: json.loads(part) for name, part in found if name != "block"}
    return data, [json.loads(part) for name, part in found if name == "block"]


class TestWriteReport:
    def test_it_holds_all_that_was_recorded(self, recording, page):
        """
        The page has the calls, the events, their values and who recorded them.
        """
        report = write_report(recording, page)
        assert report == Report(page, 1, 2, page.stat().st_size, None)
        data, blocks = parts(page)
        assert data["about"]["title"] == "recording.jsonl"
        assert data["about"]["header"]["pid"] == str(os.getpid())
        assert data["about"]["blocks"] == [0]
        assert data["calls"]["seq"] == [1]
        assert [data["names"][number] for number in data["events"]["phase"]] == ["pre", "body"]
        assert blocks[0]["values"] == [
            "ctx",
            {"admin_password": "***"},
            True,
            {"admin_password": "***", "audited": True},
            42,
        ]
        assert "hunter2" not in page.read_text(encoding="utf-8")

    def test_it_has_a_title(self, recording, page):
        """
        The page is called as it is told to be.
        """
        write_report(str(recording), str(page), title="Night of <1 May>")
        assert parts(page)[0]["about"]["title"] == "Night of <1 May>"
        assert "<title>Night of &lt;1 May&gt; · hookkit report</title>" in page.read_text(encoding="utf-8")

    def test_a_name_that_is_no_text(self, tmp_path, page):
        """
        A file's name may be one that cannot be written as UTF-8.
        """
        path = tmp_path / os.fsdecode(b"\xff.jsonl")
        path.write_text(json.dumps(HEADER), encoding="ascii")
        write_report(path, page)
        assert parts(page)[0]["about"]["title"] == "\udcff.jsonl"

    def test_what_was_recorded_cannot_end_its_element(self, tmp_path, page):
        """
        Whatever texts a recording has, the page has the same elements as with any other.
        """

        def tags(recording):
            write_report(recording, page)
            return re.findall(
                r"<(?!script type=\"application/json\" class|/script>)[!/a-z][^>]*>", page.read_text("utf-8")
            )

        other = tags(varied(tmp_path / "varied.jsonl"))
        found = tags(hostile(tmp_path / "hostile.jsonl", size=10))
        assert [tag for tag in found if "sha256" not in tag] == [tag for tag in other if "sha256" not in tag]
        assert HOSTILE[0] in parts(page)[0]["names"]

    @pytest.mark.parametrize(
        ("text", "lost"),
        [
            ("", None),
            ('{"kind":"ev', "Line 2 of {!r} is torn; it is left out."),
            ('{"kind":"new"}\n', None),
            ('{"kind":"left_out"}\n', None),
        ],
    )
    def test_a_recording_of_nothing(self, tmp_path, page, text, lost):
        """
        An empty recording gives a page; what was torn, was too large, or is of an unknown kind, is told.
        """
        path = tmp_path / "recording.jsonl"
        path.write_text(f"{json.dumps(HEADER)}\n{text}", encoding="ascii")
        report = write_report(path, page)
        assert report[1:3] == (0, 0)
        assert report.lost == (lost and lost.format(str(path)))
        about = parts(page)[0]["about"]
        counts = (text.count("left_out"), text.count("new"))
        assert (about["lost"], about["too_large"], about["unknown"]) == (report.lost, *counts)

    def test_progress_is_told(self, tmp_path, page):
        """
        Every megabyte, and at the end, it is told how much was read.
        """
        path = large(tmp_path / "recording.jsonl", 6000, tests=20)
        told = []
        write_report(path, page, progress=lambda *sizes: told.append(sizes))
        size = path.stat().st_size
        assert len(told) == size // 2**20 + 1
        assert told == sorted(told)
        assert told[-1] == (size, size)

    def test_memory_does_not_grow_with_values(self, tmp_path, page):
        """
        A page is written while the recording is read: of 40 MB of values a few are in memory at a time.
        """
        tracemalloc = pytest.importorskip("tracemalloc", exc_type=ImportError)
        path = tmp_path / "recording.jsonl"
        lines = (
            json.dumps({"kind": "event", **NEEDED, "seq": n, "returned": f"{n} {'x' * 20_000}"}) for n in range(2000)
        )
        path.write_text("\n".join([json.dumps(HEADER), *lines]), encoding="ascii")
        tracemalloc.start()
        try:
            write_report(path, page)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 15_000_000

    def test_an_earlier_report_is_replaced_at_once(self, tmp_path, page, recording):
        """
        While a page is written, the earlier one is there; if that fails, it stays and nothing else does.
        """
        write_report(recording, page)
        earlier = page.read_bytes()
        broken = tmp_path / "broken.jsonl"
        broken.write_bytes(recording.read_bytes() + b"{\n{}\n")
        with pytest.raises(RecordingError) as raised:
            write_report(broken, page)
        assert str(raised.value) == f"Line 5 of recording {str(broken)!r} is broken: '{{'."
        assert page.read_bytes() == earlier
        assert list(page.parent.iterdir()) == [page]

    @given(st.lists(VALUE_LINES, max_size=6))
    def test_anything_may_stand_in_a_line(self, tmp_path_factory, lines):
        """
        Whatever values the lines of a file have, there is a page of them.
        """
        folder = tmp_path_factory.mktemp("any")
        path = folder / "recording.jsonl"
        path.write_text("\n".join(map(json.dumps, [HEADER, *lines])), encoding="ascii")
        write_report(path, folder / "report.html")
        data, blocks = parts(folder / "report.html")
        assert len(data["events"]["seq"]) == sum(line["kind"] == "event" for line in lines)
        assert sum(len(block["rows"]) for block in blocks) == len(lines)

    @given(st.lists(LINES, max_size=3))
    def test_it_has_the_faults_that_others_find(self, tmp_path_factory, lines):
        """
        There is a page of what load_recording reads; of anything else there is the same error, and no page.
        """
        folder = tmp_path_factory.mktemp("any")
        path = folder / "recording.jsonl"
        path.write_text("\n".join(map(json.dumps, [HEADER, *lines])), encoding="ascii")
        fault = found = None
        try:
            load_recording(path)
        except RecordingError as exc:
            fault = str(exc)
        try:
            write_report(path, folder / "report.html")
        except RecordingError as exc:
            found = str(exc)
        assert found == fault
        assert (folder / "report.html").exists() is (fault is None)


class TestErrors:
    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ('"kind":"event"', "it is of kind 'event' and has no 'seq'"),
            ('"kind":"call","seq":1,"group":"g"', "it is of kind 'call' and has no 'point'"),
            ('"kind":"call","seq":1,"group":null,"point":"p"', "it is of kind 'call' and has no 'group'"),
            ('"kind":"call","seq":1.5,"group":"g","point":"p"', "its 'seq' is 1.5, which is no whole number"),
            ('"kind":"call","seq":NaN,"group":"g","point":"p"', "its 'seq' is nan, which is no whole number"),
            (
                '"kind":"call","seq":{"$type":"builtins:int","$repr":"1"},"group":"g","point":"p"',
                "its 'seq' is {'$type': 'builtins:int', '$repr': '1'}, which is no whole number",
            ),
        ],
        ids=["event", "call", "null", "float", "no number", "described"],
    )
    def test_lines_without_their_fields(self, tmp_path, page, fields, reason):
        """
        A line that lacks what it has to have, or has something else there, is an error that names it.
        """
        path = tmp_path / "recording.jsonl"
        path.write_text(f'{json.dumps(HEADER)}\n{{"kind":"later"}}\n{{{fields}}}\n', encoding="ascii")
        with pytest.raises(RecordingError) as raised:
            write_report(path, page)
        assert str(raised.value) == f"Line 3 of recording {str(path)!r} is broken: {reason}."
        assert list(page.parent.iterdir()) == []

    def test_a_number_that_cannot_be_read(self, tmp_path, page):
        """
        A number with more digits than Python reads is torn off, as it is where others read the recording.
        """
        path = tmp_path / "recording.jsonl"
        path.write_text(f'{json.dumps(HEADER)}\n{{"kind":"call","seq":{"1" * 10_000}}}', encoding="ascii")
        assert (
            write_report(path, page).lost
            == load_recording(path).lost
            == (f"Line 2 of {str(path)!r} is torn; it is left out.")
        )

    def test_no_recording(self, tmp_path, page):
        """
        A file that is no recording is the error that load_recording has, and nothing is written.
        """
        path = tmp_path / "notes.txt"
        path.write_text("notes\n", encoding="ascii")
        with pytest.raises(RecordingError) as raised:
            write_report(path, page)
        assert str(raised.value) == (
            f"{str(path)!r} is no recording of hookkit: its first line is 'notes'. "
            "Give a file that HOOKKIT_RECORD, RecordingWriter or pytest --hooks-record wrote."
        )
        assert not page.parent.exists()

    def test_the_recording_is_not_overwritten(self, recording, tmp_path):
        """
        A report cannot take the place of its recording, by whatever path.
        """
        link = tmp_path / "link.html"
        link.symlink_to(recording)
        for target in (recording, link):
            with pytest.raises(RecordingError) as raised:
                write_report(recording, target)
            assert (
                str(raised.value) == f"Cannot write report {str(target)!r}: that is the recording. Name another file."
            )
        assert recording.stat().st_size

    def test_a_place_that_is_none(self, recording, tmp_path):
        """
        A folder that cannot be made is an error that says why.
        """
        target = recording / "report.html"
        with pytest.raises(RecordingError) as raised:
            write_report(recording, target)
        assert str(raised.value) == (
            f"Cannot write report {str(target)!r}: {os.strerror(raised.value.__cause__.errno)}. "
            "Name a file in a folder that can be written."
        )
        assert list(tmp_path.iterdir()) == [recording]

    def test_a_full_disk(self, recording, page, monkeypatch):
        """
        A disk without room is an error that says so, and leaves nothing.
        """

        def full(*args):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(_writing, "index", full)
        with pytest.raises(RecordingError) as raised:
            write_report(recording, page)
        assert str(raised.value) == (
            f"Cannot write report {str(page)!r}: No space left on device. Name a file in a folder that can be written."
        )
        assert list(page.parent.iterdir()) == []
