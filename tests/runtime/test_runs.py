"""
Tests for `hookkit.recording._runs`: which lines of a recording are of one test and no other.
"""

import json
import threading

import pytest
from hypothesis import given, settings

from hookkit import HookRegistry, Recorder
from hookkit.recording import BoardWriter, Run, Runs, _board_file, told_runs
from runtime.histories import Begun, histories


def told(runs):
    """
    Give the runs as another process has them.
    """
    return list(told_runs(*runs.tell()))


@pytest.fixture
def path(tmp_path):
    """
    Where a recording goes.
    """
    return tmp_path / "run.jsonl"


@pytest.fixture
def create():
    """
    A hooked function, which calls another function that it is given.
    """
    registry = HookRegistry("runs")

    @registry.add_hook("create")
    def create(inner=None):
        return inner and inner()

    return create


@pytest.fixture
def recorded(path):
    """
    Give a function that runs steps, pairs of a test and a function, and tells the runs and the texts of their lines.
    """

    def recorded(*steps):
        with BoardWriter(path, secret_names=[]) as writer, Recorder(writer=writer) as recorder:
            for test, function in steps:
                recorder.test_id = test
                function()
        text = path.read_bytes()
        return [(run, text[run.start : run.end]) for run in told(writer.runs)]

    return recorded


def numbers(text):
    """
    Give the numbers of the events and those of the calls that lines are of.
    """
    fields = [json.loads(line) for line in text.splitlines()]
    return [sorted(line["seq"] for line in fields if line["kind"] == kind) for kind in ("event", "call")]


class TestRuns:
    def test_each_test_is_a_run(self, create, recorded, path):
        """
        The lines of tests that follow each other are told without a gap, with their numbers.
        """
        found = recorded(("a", create), ("b", lambda: create(create)), ("none", int), ("a", create))
        assert [run[3:] for run, _ in found] == [(1, 1, 1, 1), (2, 3, 2, 3), (4, 4, 4, 4)]
        assert [run.test for run, _ in found] == ["a", "b", "a"]
        assert [run.lines for run, _ in found] == [2, 4, 2]
        assert [numbers(text) for _, text in found] == [[[1], [1]], [[2, 3], [2, 3]], [[4], [4]]]
        assert path.read_bytes().endswith(b"".join(text for _, text in found))

    def test_what_is_outside_tests_is_in_none(self, create, recorded):
        """
        Runs go on after it with the next test.
        """
        found = recorded((None, create), ("a", create), (None, create), ("b", create))
        assert [(run.test, *run[3:]) for run, _ in found] == [("a", 2, 2, 2, 2), ("b", 4, 4, 4, 4)]
        assert [numbers(text) for _, text in found] == [[[2], [2]], [[4], [4]]]

    def test_what_begins_in_one_test_and_ends_in_another_is_in_none(self, create, recorded):
        """
        Neither are the lines of the tests that it overlaps.
        """
        inside, leave = threading.Event(), threading.Event()
        thread = threading.Thread(target=create, args=(lambda: inside.set() or leave.wait(10),))

        def begin():
            thread.start()
            inside.wait(10)

        def end():
            leave.set()
            thread.join()

        found = recorded(("a", create), ("b", begin), ("c", create), ("d", end), ("e", create))
        assert [(run.test, *run[3:]) for run, _ in found] == [("a", 1, 1, 1, 1), ("e", 4, 4, 4, 4)]

    def test_what_is_not_over_is_in_none(self, create, path):
        """
        A test whose call is under way when the recorder stops has no run.
        """
        with BoardWriter(path, secret_names=[]) as writer:
            recorder = Recorder(writer=writer).__enter__()
            recorder.test_id = "a"
            create(lambda: recorder.__exit__(None, None, None))
        assert told(writer.runs) == []
        assert path.read_bytes().count(b"unfinished") == 2

    def test_many_lines_at_once(self):
        """
        Whoever makes lines later tells of all of them at once.
        """
        runs = Runs(10)
        runs.begun("a", 6, 2)
        runs.add("a", 800, 8)
        runs.begun("b", 9, 3)
        runs.begun("b", 8, 3)  # two threads may be told of in another order
        runs.add("b", 300, 4)
        assert told(runs) == [Run("a", 10, 810, 1, 6, 1, 2), Run("b", 810, 1110, 7, 9, 3, 3)]
        assert runs.end == 1110

    def test_a_number_that_is_missing_is_waited_for(self):
        """
        Where an event has its number but was not told of yet, the lines after it are in no run.
        """
        runs = Runs(0)
        for test, event in (("a", 1), ("a", 3), ("b", 4), ("b", 2), ("c", 5)):
            runs.begun(test, event, 0)
            runs.add(test, 5)
        assert told(runs) == [Run("c", 20, 25, 5, 5, 1, 0)]

    def test_what_goes_on_when_its_test_does(self):
        """
        A call that began before another test and ends when its own goes on is in no run: numbers would be missing.
        """
        runs = Runs(0)
        runs.begun("a", 1, 1)
        runs.begun("b", 2, 2)
        runs.add("b", 5, 2)
        runs.begun("a", 3, 2)
        runs.add("a", 5, 3)
        assert told(runs) == []

    def test_none(self):
        """
        A recording without lines has no runs.
        """
        assert told(Runs(5)) == []

    def test_numbers_that_do_not_belong_to_the_tests(self):
        """
        What is damaged on the way is an error.
        """
        with pytest.raises(ValueError, match=r"^50 bytes are not the numbers of 1 runs\.$"):
            told_runs(["a"], bytes(50))


class TestWriter:
    def test_before_it_is_closed(self, path):
        """
        Runs are told at the end only.
        """
        writer = BoardWriter(path, secret_names=[])
        assert writer.runs is None
        writer.close()
        assert told(writer.runs) == []

    def test_a_full_disk(self, path, monkeypatch, create):
        """
        Where lines are missing, or might be, nothing is told.
        """

        def full(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_board_file, "SIZE", 100)
        with BoardWriter(path, secret_names=[]) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "a"
            monkeypatch.setattr(_board_file.mmap, "mmap", full)
            create()
        assert writer.failure.errno == 28
        assert writer.runs is None

    def test_a_size_that_does_not_fit(self, path, create):
        """
        Nothing is told of lines that were not written, as in the child of a fork.
        """
        with BoardWriter(path, secret_names=[]) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "a"
            create()
            writer._waiting.clear()
        assert writer.runs is None


class TestAnyHistory:
    @settings(deadline=None)
    @given(histories())
    def test_runs_are_what_they_are_said_to_be(self, steps):
        """
        Whatever threads do, a run has lines of its test alone, and all the numbers that it is said to have.
        """
        runs, lines = Runs(3), [("-", None)] * 3
        for step in steps:
            if isinstance(step, Begun):
                runs.begun(step.test, step.event, step.call)
            else:
                runs.add(step.test, 1)
                lines.append((f"{step.kind} {step.number}", step.test))
        end = 3
        for run in told(runs):
            assert end <= run.start < run.end <= len(lines)
            inside = lines[run.start : run.end]
            events = [f"event {number}" for number in range(run.first_event, run.last_event + 1)]
            calls = [f"call {number}" for number in range(run.first_call, run.last_call + 1)]
            assert sorted(inside) == sorted((line, run.test) for line in events + calls)
            assert run.lines == len(inside)
            end = run.end
