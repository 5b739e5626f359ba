"""
Tests of what workers tell of their recordings: the whole is the same as if all had been read.
"""

import io
import json
import tempfile
import tracemalloc
from array import array
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.worker_files import HEADER, TRAPS, Worker, call, event, short
from pytest_hookkit import _parts, _worker_lines
from pytest_hookkit._merge import merge
from pytest_hookkit._shifting import Shift, shifted
from pytest_hookkit._summary import SessionTally
from pytest_hookkit._told import Told
from runtime.histories import Begun, histories

END = b',"worker":"gw0"}\n'


class Whole:
    """
    What files are merged to.
    """

    def __init__(self, files, tests=("a", "b", "c")):
        out, tally = io.BytesIO(), SessionTally()
        merged = merge(files, tests, out, tally)
        self.text = out.getvalue()
        self.counts = (merged.events, merged.calls)
        self.table = list(tally.table())

    @classmethod
    def read(cls, files, tests=("a", "b", "c")):
        """
        Merge files of which nothing is told.
        """
        return cls([file._replace(told=None) for file in files], tests)

    @property
    def lines(self):
        """
        The lines in short.
        """
        return [short(json.loads(line)) for line in self.text.splitlines()]

    def __eq__(self, other):
        return vars(self) == vars(other)

    __hash__ = None


@pytest.fixture
def worker(tmp_path):
    """
    Give a function that makes workers.
    """
    numbers = iter(range(100))
    return lambda: Worker(tmp_path / f"{next(numbers)}.jsonl")


@pytest.fixture
def nothing_is_read(monkeypatch):
    """
    Have any line that is looked at for what it is of be an error.
    """
    for owner, name in (
        (_worker_lines.Reader, "runs"),
        (_worker_lines.Reader, "lines"),
        (_worker_lines.Renumbering, "apply"),
    ):
        monkeypatch.setattr(owner, name, None)


def in_test(test, seq, call_seq, **more):
    """
    Make the lines of a call with one event.
    """
    return [event(seq, call_seq, test, duration_ns=5), call(call_seq, test, **more)]


@st.composite
def steps_of_worker(draw):
    """
    Make what a worker does, with a line for each beginning, or how it ended.
    """
    calls = {}
    done = []
    for step in draw(histories()):
        if isinstance(step, Begun):
            begun = {"kind": "event", "seq": step.event, "call": step.call, "test": step.test}
            phase = draw(st.sampled_from(["pre", "body", "periodic"]))
            of_event = {**begun, "group": "g", "point": draw(st.sampled_from("pq")), "phase": phase}
            lines = []
            if step.call not in calls:
                between = {"result": draw(TRAPS), "parent": step.parent, "tick": draw(st.sampled_from([None, None, 7]))}
                calls[step.call] = {**call(step.call, step.test, **between), "task": draw(TRAPS.filter(is_text))}
                del calls[step.call]["unfinished"]  # it comes last
                lines.append({**calls[step.call], "unfinished": True})
            calls[f"event {step.event}"] = {**of_event, "arguments": {"x": draw(TRAPS)}}
            lines.append({**calls[f"event {step.event}"], "unfinished": True})
            done.append((step, lines if step.test is None else []))
        elif step.kind == "call":
            done.append((None, {**calls.pop(step.number), "duration_ns": 9}))
        else:
            swallowed = draw(st.sampled_from([None, None, True]))
            done.append((None, {**calls.pop(f"event {step.number}"), "swallowed": swallowed, "duration_ns": 3}))
    done.extend((None, {**fields, "unfinished": True}) for fields in calls.values())
    return done


def is_text(value):
    """
    Tell whether a value is a text, or missing.
    """
    return value is None or isinstance(value, str)


class TestAnyWorkers:
    @settings(deadline=None)
    @given(st.lists(steps_of_worker(), min_size=1, max_size=3), st.integers(1, 400), st.sets(st.integers(0, 2)))
    def test_the_whole_is_that_of_files_that_are_read(self, workers, size, died):
        """
        Its bytes are the same and so are the counts, whatever threads did, and whichever workers died.
        """
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(_worker_lines, "_BLOCK", size):
            files = []
            for number, steps in enumerate(workers):
                worker = Worker(Path(folder, f"{number}.jsonl"))
                for begun, lines in steps:
                    if begun is None:
                        worker.end(lines)
                    else:
                        worker.begin(begun.test, begun.event, begun.call, lines)
                file = worker.file(f"gw{number}")
                files.append(file._replace(told=None) if number in died else file)
            assert Whole(files, ["b", "a"]) == Whole.read(files, ["b", "a"])


class TestTold:
    def test_nothing_is_read(self, worker, nothing_is_read):
        """
        Where each test is a run, lines are numbered by an addition, and not counted.
        """
        one = worker().do(*in_test("c", 1, 1), *in_test("a", 2, 2)).file("gw0")
        two = worker().do(event(1, 1, "b", swallowed=True, duration_ns=2), call(1, "b")).file("gw1")
        whole = Whole([one, two])
        assert whole.lines == ["event 1 1 a", "call 1  a", "event 2 2 b", "call 2  b", "event 3 3 c", "call 3  c"]
        assert whole.counts == (3, 3)
        assert whole.table[1].split() == ["p", "3", "3", ".", ".", "1", "1", "µs"]
        assert [json.loads(line).get("worker") for line in whole.text.splitlines()[1::2]] == ["gw0", "gw1", "gw0"]

    def test_runs_of_one_test_may_be_apart(self, worker, nothing_is_read):
        """
        As when a test is run again after another one; a run may have no calls, or no events.
        """
        lines = [event(1, 1, "a"), event(2, 1, "a"), call(1, "a")]
        whole = Whole([worker().do(*lines, *in_test("b", 3, 2), *in_test("a", 4, 3)).file()])
        assert whole.lines == [
            *("event 1 1 a", "event 2 1 a", "call 1  a"),
            *("event 3 2 a", "call 2  a", "event 4 3 b", "call 3  b"),
        ]

    @pytest.mark.parametrize("kept", ["event", "call"])
    def test_a_run_of_one_kind(self, worker, nothing_is_read, kept):
        """
        A run may have no calls, or no events.
        """
        one = worker()
        for number, test in enumerate("ba", start=1):
            one.runs.begun(test, *((number, 0) if kept == "event" else (0, number)))
            one.end(event(number, 0, test) if kept == "event" else call(number, test))
        whole = Whole([one.file()])
        assert [line[: len(kept) + 2] for line in whole.lines] == [f"{kept} 1", f"{kept} 2"]
        assert [line[-1] for line in whole.lines] == ["a", "b"]

    def test_what_was_done_while_collecting_is_counted_once(self, worker):
        """
        It is that of the first worker that has any; what others told of it is taken off, and no more is.
        """
        swallowed = event(1, 1, swallowed=True, duration_ns=7_000_000)
        early = [swallowed, call(1), {**event(2, 2), "point": "early"}, {**call(2), "point": "early"}]
        files = [
            worker().do(*in_test("b", 1, 1)).file("gw0"),
            worker().do(*early[:2], *in_test("a", 2, 2)).file("gw1"),
            worker().do(*early, *in_test("c", 3, 3)).file("gw2"),
        ]
        whole = Whole(files)
        assert whole == Whole.read(files)
        assert whole.table[1:] == ["  p                             4      4      .      .          1     7.0 ms"]

    def test_what_is_between_runs_is_read(self, worker):
        """
        Its place is told by the run before.
        """
        one = worker().do(*in_test("c", 1, 1), event(2, 2), call(2), *in_test("a", 3, 3), event(4, 4), call(4)).file()
        whole = Whole([one])
        assert whole == Whole.read([one])
        assert [line.split()[-1] for line in whole.lines] == ["a", "a", "-", "-", "c", "c", "-", "-"]

    def test_a_test_that_nobody_collected(self, worker, nothing_is_read):
        """
        It comes last.
        """
        whole = Whole([worker().do(*in_test("z", 1, 1), *in_test("a", 2, 2)).file()])
        assert whole.lines == ["event 1 1 a", "call 1  a", "event 2 2 z", "call 2  z"]

    def test_runs_that_go_on_are_written_together(self, worker, nothing_is_read):
        """
        Short tests that one worker ran one after the other are one block.
        """
        one = worker().do(*in_test("a", 1, 1), *in_test("b", 2, 2)).file()
        two = worker().do(*in_test("c", 1, 1)).file()
        with mock.patch("pytest_hookkit._merge.shifted", side_effect=shifted) as numbered:
            whole = Whole([one, two])
        assert [called.args[0].count(b"\n") for called in numbered.call_args_list] == [4, 2]
        assert whole.counts == (3, 3)

    def test_runs_at_the_same_place_of_two_files(self, worker, nothing_is_read):
        """
        What goes on in another file does not go on.
        """
        one = worker().do(*in_test("a", 1, 1)).file("gw0")
        two = worker().do(*in_test("c", 1, 1), *in_test("b", 2, 2)).file("gw1")
        lines = [json.loads(line) for line in Whole([one, two]).text.splitlines()]
        assert [(line["test"], line["worker"]) for line in lines[1::2]] == [("a", "gw0"), ("b", "gw1"), ("c", "gw1")]

    def test_many_files(self, worker, nothing_is_read, monkeypatch):
        """
        Not all of them are open at the same time.
        """
        monkeypatch.setattr(_parts, "_MOST_OPEN", 1)
        files = [worker().do(*in_test("b", 1, 1)).file("gw0"), worker().do(*in_test("a", 1, 1)).file("gw1")]
        assert Whole(files).lines == ["event 1 1 a", "call 1  a", "event 2 2 b", "call 2  b"]

    def test_memory_does_not_grow_with_a_test(self, worker, tmp_path):
        """
        Of megabytes of lines in a run, next to nothing is kept.
        """
        one = worker()
        for number in range(1, 10_001):
            one.do(*in_test("a", number, number, arguments={"text": "x" * 500}))
        file = one.file()
        with (tmp_path / "all.jsonl").open("wb") as out:
            tracemalloc.start()
            merge([file], ["a"], out, SessionTally())
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert file.path.stat().st_size > 6_000_000
        assert peak < 600_000


class TestDamage:
    @pytest.fixture
    def file(self, worker):
        """
        The file of a worker that ran two tests.
        """
        return worker().do(*in_test("b", 1, 1), *in_test("a", 2, 2)).file()

    @pytest.fixture
    def damaged(self, file):
        """
        Give a function that merges the file when something else was told, and makes sure that it is the same.
        """

        def damaged(**told):
            given = file._replace(told=file.told._replace(**told))
            with mock.patch.object(_worker_lines.Reader, "runs", autospec=True, return_value=[]) as runs:
                whole = Whole([given])
                assert runs.called  # it is read
                assert whole == Whole.read([file])
            return whole.lines == ["event 1 1 a", "call 1  a", "event 2 2 b", "call 2  b"]

        return damaged

    def test_another_size(self, file, damaged):
        """
        A file to which a child of the worker has written as well is read.
        """
        assert damaged(size=file.told.size - 1)

    def test_a_recording_that_is_not_whole(self):
        """
        Nothing is told of one that its writer could not finish.
        """
        assert Told.of(SimpleNamespace(runs=None)) is None

    def test_too_few_numbers(self, file, damaged):
        """
        Numbers that do not belong to the tests are of no use.
        """
        assert damaged(numbers=file.told.numbers[:-8])

    @pytest.mark.parametrize(
        ("place", "more"), [(0, 1), (1, -1), (1, 1), (6, -1), (7, 1)], ids=["start", "end", "over", "next", "beyond"]
    )
    def test_a_range_that_does_not_fit(self, file, damaged, place, more):
        """
        Runs are whole lines of the file, one after the other.
        """
        numbers = array("q", file.told.numbers)
        numbers[place] += more
        assert damaged(numbers=numbers.tobytes())

    @pytest.mark.parametrize("place", [8, 10], ids=["event", "call"])
    def test_numbers_that_are_there_already(self, file, damaged, place):
        """
        No two runs have the same.
        """
        numbers = array("q", file.told.numbers)
        numbers[place] -= 1
        assert damaged(numbers=numbers.tobytes())

    def test_no_room(self, file, damaged):
        """
        A run has lines.
        """
        numbers = array("q", file.told.numbers)
        numbers[1] = numbers[0]
        assert damaged(numbers=numbers.tobytes())

    def test_before_the_first_line(self, file, damaged):
        """
        The header is in none.
        """
        numbers = array("q", file.told.numbers)
        numbers[0] = 0
        assert damaged(numbers=numbers.tobytes())

    def test_lines_of_another_kind(self, worker):
        """
        A run with lines that hookkit does not write is numbered the general way.
        """
        one = worker().do(event(1, 1, "b"), call(1, "b"))
        without_thread = {"kind": "call", "seq": 2, "test": "a", "group": "g", "point": "p", "parent": 1}
        two = worker().do(event(1, 1, "a"), event(2, 2, "a"), without_thread, call(1, "a"))
        files = [one.file("gw0"), two.file("gw1")]
        with mock.patch.object(_worker_lines.Reader, "runs", None):
            whole = Whole(files)
        assert whole.lines == ["event 1 1 a", "event 2 2 a", "call 2 1 a", "call 1  a", "event 3 3 b", "call 3  b"]
        assert whole == Whole.read(files)


class TestShifted:
    def test_parents_and_ticks(self):
        """
        The call in whose course one was made is numbered too; what looks like one in a value is not.
        """
        lines = [
            b'{"kind":"event","seq":9,"call":99,"test":"a","arguments":{"parent":1,"thread":"x"},"duration_ns":1}\n',
            b'{"kind":"call","seq":99,"test":"a","parent":98,"thread":"main","duration_ns":1}\n',
            b'{"kind":"call","seq":98,"test":"a","parent":9,"tick":12,"thread":"main","task":"x"}\n',
            b'{"kind":"call","seq":97,"test":"a","result":{"x":1,"parent":5},"thread":"main"}\n',
        ]
        numbered = [
            b'{"kind":"event","seq":10,"call":101,"test":"a","arguments":{"parent":1,"thread":"x"},"duration_ns":1}\n',
            b'{"kind":"call","seq":101,"test":"a","parent":100,"thread":"main","duration_ns":1,"worker":"gw0"}\n',
            b'{"kind":"call","seq":100,"test":"a","parent":11,"tick":12,"thread":"main","task":"x","worker":"gw0"}\n',
            b'{"kind":"call","seq":99,"test":"a","result":{"x":1,"parent":5},"thread":"main","worker":"gw0"}\n',
        ]
        assert shifted(b"".join(lines), Shift(1, 2), END) == (b"".join(numbered), 1, 3)

    @pytest.mark.parametrize(
        "line",
        [
            b'{"kind":"call","seq":1,"test":"a","parent":2}\n',
            b'{"kind":"event","seq":1,"test":"a"}\n',
            b'{"kind":"left_out","of":"event","seq":1}\n',
            b'{"kind":"call","seq":1,"test":"a","thread":"main"}',
            b'{"seq":1,"kind":"event","call":1}\n',
        ],
        ids=["without thread", "without call", "other kind", "torn", "other order"],
    )
    def test_other_lines(self, line):
        """
        Lines that hookkit does not write are left to the general way, and all those around them.
        """
        usual = b'{"kind":"call","seq":1,"test":"a","thread":"main"}\n'
        assert shifted(usual, Shift(1, 1), END) is not None
        assert shifted(usual + line, Shift(1, 1), END) is None


class TestFullDisk:
    def test_what_was_written_is_counted(self, worker):
        """
        Lines that are whole, and no others; the tally has all.
        """

        class Full(io.BytesIO):
            def write(self, text):
                room = 150 - len(self.getvalue())
                if not room:
                    raise OSError(28, "No space left on device")
                return super().write(text[:room])

        file = worker().do(*in_test("a", 1, 1), *in_test("b", 2, 2)).file()
        out, tally = Full(), SessionTally()
        merged = merge([file], ["a", "b"], out, tally)
        assert (merged.events, merged.calls, merged.failure.errno) == (1, 0, 28)
        assert next(line for line in tally.table() if line.startswith("  p")).split()[1:3] == ["2", "2"]


def test_a_file_without_lines(worker, nothing_is_read):
    """
    A worker that ran nothing tells that.
    """
    file = worker().file()
    assert file.told.size == len(HEADER)
    assert Whole([file]).text == b""
