"""
Tests of putting recordings together.
"""

import io
import json
import re
import tempfile
import tracemalloc
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.worker_files import HEADER, TRAPS, call, compact, event, short, write
from pytest_hookkit import _worker_lines
from pytest_hookkit._merge import merge
from pytest_hookkit._parts import Spans, WorkerFile
from pytest_hookkit._summary import SessionTally


@pytest.fixture(params=["known", "parsed"])
def way(request, monkeypatch):
    """
    Have lines told apart as hookkit's own, or all of them parsed.
    """
    if request.param == "parsed":
        monkeypatch.setattr(_worker_lines, "_LINE", re.compile(rb"(?!)()()()()()"))


@pytest.fixture
def merged(tmp_path, way):
    """
    Give a function that merges files with given lines, and gives the lines of the whole in short.
    """

    def merged(*files, tests=("a", "b", "c"), end=b""):
        paths = [tmp_path / f"{number}.jsonl" for number in range(len(files))]
        for path, lines in zip(paths, files, strict=True):
            write(path, lines, end)
        files = [WorkerFile(f"gw{number}", path) for number, path in enumerate([*paths, tmp_path / "gone"])]
        out = io.BytesIO()
        merge(files, tests, out, SessionTally())
        return [short(json.loads(line)) for line in out.getvalue().splitlines()]

    return merged


class TestMerge:
    def test_tests_are_in_the_order_of_collection(self, merged):
        """
        Numbers go on from test to test, whichever worker ran them and however it counted.
        """
        one = [event(1, 1, "c"), call(1, "c"), event(2, 2, "a"), call(2, "a")]
        two = [event(1, 1, "b"), event(2, 1, "b"), call(1, "b")]
        assert merged(one, two) == [
            "event 1 1 a",
            "call 1  a",
            "event 2 2 b",
            "event 3 2 b",
            "call 2  b",
            "event 4 3 c",
            "call 3  c",
        ]

    def test_tests_that_nobody_collected_come_last(self, merged):
        """
        A test whose id is not in the list is kept, in order of its first line.
        """
        assert merged([call(1, "z"), call(2, "y"), call(3, "a")]) == ["call 1  a", "call 2  z", "call 3  y"]

    def test_what_was_done_while_collecting_is_taken_once(self, merged):
        """
        Lines before a worker's first test are those of the first worker that has any.
        """
        early = [event(1, 1), call(1)]
        assert merged([], [*early, call(2, "b")], [*early, call(2, "a"), event(2, 1)]) == [
            "event 1 1 -",
            "call 1  -",
            "call 2  a",
            "event 2  -",
            "call 3  b",
        ]

    def test_what_is_between_tests_follows_the_one_before(self, merged):
        """
        A line without a test stands after the test that its worker ran last.
        """
        one = [call(1, "c"), call(2), call(3, "a"), call(4)]
        assert merged(one, [call(1, "b")]) == ["call 1  a", "call 2  -", "call 3  b", "call 4  c", "call 5  -"]

    def test_lines_of_one_test_may_be_apart(self, merged):
        """
        What a thread did for a test while the next one ran goes with its own test.
        """
        one = [event(1, 1, "a"), event(3, 2, "b"), event(2, 1, "a"), call(1, "a"), call(2, "b", parent=1)]
        assert merged(one) == ["event 1 1 a", "event 2 1 a", "call 1  a", "event 3 2 b", "call 2 1 b"]

    def test_numbers_of_one_test_may_be_apart(self, merged):
        """
        What another test did in between has numbers of its own.
        """
        one = [event(1, 1, "b"), event(3, 1, "b"), call(1, "b"), event(2, 2, "a"), call(2, "a")]
        assert merged(one) == ["event 1 1 a", "call 1  a", "event 2 2 b", "event 3 2 b", "call 2  b"]

    def test_a_parent_that_is_not_there_is_left_out(self, merged):
        """
        A call keeps no number that would be another call's by now.
        """
        assert merged([call(5, "a", parent=3), call(7, "a", parent=6)]) == ["call 1  a", "call 2  a"]

    def test_of_a_beginning_and_an_end_the_end_counts(self, merged):
        """
        A line that says that something began is dropped where another says how it ended.
        """
        one = [
            call(1, "a", unfinished=True),
            event(1, 1, "a", unfinished=True),
            event(2, 1, "a", unfinished=True),
            event(2, 1, "a"),
            event(1, 1, "a"),
            call(1, "a"),
        ]
        assert merged(one) == ["event 2 1 a", "event 1 1 a", "call 1  a"]

    def test_what_has_no_end_is_there_once(self, merged):
        """
        What is unfinished twice, as at the end of a session, is written once.
        """
        begun = [call(1, "a", unfinished=True), event(1, 1, "a", unfinished=True)]
        assert merged([*begun, *begun]) == ["call 1  a unfinished", "event 1 1 a unfinished"]

    def test_what_began_between_tests_may_end_after_another_one(self, merged):
        """
        What a background thread did counts where it began.
        """
        one = [call(1, unfinished=True), call(2, "a"), call(1), call(3, "b")]
        assert merged(one) == ["call 1  -", "call 2  a", "call 3  b"]

    def test_a_torn_line_is_left_out(self, merged):
        """
        What a killed worker was about to write is not in the whole.
        """
        assert merged([call(1, "a")], end=b'{"kind":"call","seq":2,"tes') == ["call 1  a"]

    def test_a_broken_line_is_left_out(self, merged):
        """
        The lines before and after it, and those that are not of a known kind, do not suffer.
        """
        end = b'{"kind":"call","se\n[]\n' + compact(call(2, "a")).encode() + b"\n"
        assert merged([call(1, "a")], end=end) == ["call 1  a", "call 2  a"]

    def test_a_call_without_a_thread_is_parsed(self, merged):
        """
        A line that hookkit would not write is merged all the same.
        """
        lines = [{"kind": "call", "seq": seq, "test": "a", "group": "g", "point": "p", "parent": 2} for seq in (2, 3)]
        assert merged([call(1, "b"), *lines]) == ["call 1 1 a", "call 2 1 a", "call 3  b"]

    def test_a_line_without_its_end_is_left_out(self, merged):
        """
        A line that was not ended is not in the whole, even if it can be read; nor is anything of a file without a line.
        """
        assert merged([call(1, "a")], end=compact(call(2, "a")).encode()) == ["call 1  a"]

    def test_a_worker_that_wrote_nothing(self, tmp_path):
        """
        A file that ends in its first line has nothing; one that cannot be read is an error.
        """
        (tmp_path / "gw0.jsonl").write_bytes(HEADER[:10])
        out = io.BytesIO()
        merge([WorkerFile("gw0", tmp_path / "gw0.jsonl")], [], out, SessionTally())
        assert out.getvalue() == b""
        with pytest.raises(OSError, match=r".") as caught:
            merge([WorkerFile("gw0", tmp_path)], [], out, SessionTally())
        assert not isinstance(caught.value, FileNotFoundError)

    def test_lines_of_an_unknown_kind_are_left_out(self, merged):
        """
        What a later version may write does no harm.
        """
        assert merged([{"kind": "note", "text": "x"}, call(1, "a")]) == ["call 1  a"]

    def test_memory_does_not_grow_with_the_recording(self, tmp_path):
        """
        Of megabytes of events in a test, next to nothing is kept.
        """
        path = tmp_path / "gw0.jsonl"
        with path.open("wb") as file:
            file.write(HEADER)
            for number in range(20_000):
                file.write(f"{compact(event(number + 1, 1, 'a', arguments={'text': 'x' * 200}))}\n".encode())
        with (tmp_path / "all.jsonl").open("wb") as out:
            tracemalloc.start()
            merge([WorkerFile("gw0", path)], ["a"], out, SessionTally())
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert path.stat().st_size > 6_000_000
        assert peak < 500_000


@st.composite
def worker_lines(draw):
    """
    Make the lines of a worker: calls in tests, some in the course of others, in the order of their ends.
    """
    lines = []
    for seq in range(1, draw(st.integers(1, 8))):
        test = draw(st.sampled_from(["a", "b", 'c"\\', None]))
        more = {"arguments": {"x": draw(TRAPS)}, "started_ns": 5}
        of_event = draw(st.sampled_from([{}, {"swallowed": True}, {"result": {"swallowed": True}}]))
        ended = draw(st.sampled_from([{"duration_ns": 3}, {"duration_ns": 3}, {"unfinished": True}]))
        phase = draw(st.sampled_from(["pre", "body", "post"]))
        lines.append({**event(seq, seq, test), "phase": phase, **more, **of_event, **ended})
        parent = draw(st.sampled_from([None, seq - 1]))
        tick = draw(st.sampled_from([None, None, 4]))
        last = {"started_ns": 5, **ended}
        between = {"arguments": {"x": draw(TRAPS)}, "result": draw(TRAPS), "parent": parent, "tick": tick}
        task = draw(st.sampled_from([None, ',"thread":x']))
        lines.append({**call(seq, test, **between), "task": task, **last})
    if draw(st.booleans()):
        lines.append({"kind": "left_out", "of": "event", "seq": 9, "size": 3})
    return draw(st.permutations(lines))


class TestKnownLines:
    @settings(deadline=None)
    @given(st.lists(worker_lines(), min_size=1, max_size=2), st.integers(1, 400))
    def test_they_are_what_parsed_ones_are(self, files, size):
        """
        The whole is the same byte by byte, and so are the counts, whether lines are parsed or not.
        """
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(_worker_lines, "_BLOCK", size):
            workers = [WorkerFile(f"gw{number}", Path(folder, f"{number}.jsonl")) for number in range(len(files))]
            for worker, lines in zip(workers, files, strict=True):
                write(worker.path, lines)
            known, parsed = io.BytesIO(), io.BytesIO()
            tallies = SessionTally(), SessionTally()
            one = merge(workers, ["b", "a"], known, tallies[0])
            with mock.patch.object(_worker_lines, "_LINE", re.compile(rb"(?!)()()()()()")):
                other = merge(workers, ["b", "a"], parsed, tallies[1])
        assert known.getvalue() == parsed.getvalue()
        assert list(tallies[0].table()) == list(tallies[1].table())
        assert (one.calls, one.events) == (other.calls, other.events)

    def test_they_are_not_parsed(self, tmp_path):
        """
        Of lines as they mostly are, none is.
        """
        lines = [event(1, 1, "a", duration_ns=5), call(1, "a", parent=None), call(2, "a", parent=1)]
        write(tmp_path / "gw0.jsonl", lines)
        out, tally = io.BytesIO(), SessionTally()
        with mock.patch.object(_worker_lines.Renumbering, "_parsed", None):
            merge([WorkerFile("gw0", tmp_path / "gw0.jsonl")], ["a"], out, tally)
        assert [short(json.loads(line)) for line in out.getvalue().splitlines()] == [
            "event 1 1 a",
            "call 1  a",
            "call 2 1 a",
        ]


class Full(io.BytesIO):
    """
    A disk that is full after some bytes.
    """

    def write(self, text):
        room = 150 - len(self.getvalue())
        if not room:
            raise OSError(28, "No space left on device")
        return super().write(text[:room])


class TestFullDisk:
    def test_what_was_written_is_counted(self, tmp_path):
        """
        Lines that are whole, and no others; the tally has all.
        """
        write(tmp_path / "gw0.jsonl", [event(1, 1, "a"), call(1, "a"), event(2, 2, "b"), call(2, "b")])
        out, tally = Full(), SessionTally()
        merged = merge([WorkerFile("gw0", tmp_path / "gw0.jsonl")], ["a", "b"], out, tally)
        assert (merged.events, merged.calls, merged.failure.errno) == (1, 0, 28)
        assert next(line for line in tally.table() if line.startswith("  p")).split()[1:3] == ["2", "2"]


class TestSpans:
    @pytest.mark.parametrize(
        ("numbers", "spans"),
        [
            ([], []),
            ([3], [(3, 3)]),
            ([1, 2, 3], [(1, 3)]),
            ([3, 1, 2], [(1, 3)]),
            ([3, 2, 1, 2, 3, 1], [(1, 3)]),
            ([1, 2, 3, 2, 7, 8, 5], [(1, 3), (5, 5), (7, 8)]),
        ],
        ids=str,
    )
    def test_neighbours_become_one(self, numbers, spans):
        """
        Numbers in any order, and more than once, become the spans that they fill.
        """
        held = Spans()
        for number in numbers:
            held.add(number, number)
        assert list(held) == spans

    def test_many_are_kept_small(self):
        """
        Numbers that fill one span in the end, in whatever order, take no room for each of them.
        """
        held = Spans()
        for number in [*range(4000, 0, -1), *range(5000, 9000, 2)]:
            held.add(number, number)
        assert list(held)[:2] == [(1, 4000), (5000, 5000)]
        assert len(list(held)) == 2001
        held = Spans()
        for number in range(4000, 0, -1):
            held.add(number, number)
            assert len(held._spans) <= 101
