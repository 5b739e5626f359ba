"""
Tests of ``pytest --hooks-record`` under pytest-xdist: the same recording and summary as in one process.
"""

import json
import textwrap

import pytest

from hookkit.recording import load_recording
from plugin.recorded_runs import RECORDED, TABLE, recording, run, run_here, section, set_up, summary
from pytest_hookkit import _worker_lines

RECORDING = ".hookkit/recording.jsonl"

FILES = {
    f"test_{name}": f"""
import pytest
from hookkit import FatalHookException
from shop import count_stock, place_order

ITEMS = ["tea"]
place_order("while collecting", ITEMS)


@pytest.mark.parametrize("number", range(3))
def test_orders(number):
    for _ in range(number):
        place_order("{name}", ["tea"])


class TestErrors:
    def test_swallowed(self):
        place_order("eve", ["tea"])

    def test_fatal(self):
        with pytest.raises(FatalHookException):
            place_order("mallory", ["tea"])

    def test_periodic(self):
        count_stock(ticks=7)
"""
    for name in ("one", "two", "three")
}

KILLED = """
import os, pytest, signal
from shop import place_order, count_stock
from hookkit import add_hook

@add_hook("ship", group="shop.hooks")
def ship():
    place_order("carol", ["cake"], admin_password="hunter")
    os.kill(os.getpid(), signal.SIGKILL)

def test_before():
    place_order("alice", ["tea"])

def test_killed():
    place_order("bob", ["tea"])
    ship()

def test_after():
    place_order("dave", ["tea"])
"""


def files_beside(pytester):
    """
    Name the files in the folder of the recording.
    """
    return sorted(path.name for path in (pytester.path / ".hookkit").iterdir())


class TestDistributed:
    @pytest.mark.parametrize(
        "args", [(), ("--dist", "loadfile"), ("--dist", "worksteal")], ids=["load", "file", "steal"]
    )
    def test_recording_and_summary_are_those_of_one_process(self, pytester, args):
        """
        Numbers, order, tests and parents are the same; times, threads and the worker may differ.
        """
        set_up(pytester, **FILES)
        alone = run(pytester, "--hooks-record", "-n0")
        expected = recording(pytester.path / RECORDING)
        together = run_here(pytester, "--hooks-record", "-n2", *args)
        together.assert_outcomes(passed=22)
        assert recording(pytester.path / RECORDING) == expected
        assert summary(together) == summary(alone)
        assert files_beside(pytester) == ["recording.jsonl"]

    def test_calls_say_their_worker(self, pytester):
        """
        Each call has the name of the worker that made it.
        """
        set_up(pytester)
        run_here(pytester, "--hooks-record", "-n1")
        assert {call.extra["worker"] for call in load_recording(pytester.path / RECORDING).calls} == {"gw0"}

    def test_what_workers_tell_is_not_read(self, pytester, monkeypatch):
        """
        Of tests that follow each other, no line is looked at to know what it is of.
        """
        for owner, name in ((_worker_lines.Reader, "runs"), (_worker_lines.Renumbering, "apply")):
            monkeypatch.setattr(owner, name, None)
        set_up(pytester)
        result = run_here(pytester, "--hooks-record", "-n2")
        assert summary(result) == TABLE
        assert [call.seq for call in load_recording(pytester.path / RECORDING).calls] == [1, 2, 3, 4, 5]

    def test_the_path_can_be_named(self, pytester):
        """
        --hooks-record-to names the merged file, which is overwritten.
        """
        set_up(pytester)
        path = pytester.mkdir("out") / "run.jsonl"
        path.write_text("the last one")
        result = run_here(pytester, "--hooks-record-to=out/run.jsonl", "-n2")
        assert summary(result) == TABLE.replace(RECORDING, "out/run.jsonl")
        assert [file.name for file in path.parent.iterdir()] == ["run.jsonl"]

    def test_a_path_that_cannot_be_written_is_a_usage_error(self, pytester):
        """
        It is told before any worker is started.
        """
        set_up(pytester)
        result = run_here(pytester, "--hooks-record-to=.", "-n2")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert result.stderr.str().startswith("ERROR: Cannot write the recording of hook calls to ")
        assert "gw0" not in result.stdout.str()

    def test_fakes_and_failures_come_from_the_workers(self, pytester):
        """
        The section of a failing test, its JUnit properties and fakes never used reach the controller.
        """
        tests = """
            import pytest
            from shop import place_order

            @pytest.mark.hooks(unused="ignore")
            def test_it(fake_entry_points):
                fake_entry_points.add("shop.hooks", "cancel_order", object)
                place_order("alice", [])
                assert False
        """
        set_up(pytester, textwrap.dedent(tests))
        result = run_here(pytester, "--hooks-record", "-n1", "--junit-xml=junit.xml")
        assert section(result, "- Captured hook calls -").splitlines()[1] == "place_order('alice', []) -> 1  TIME"
        assert "fake never used: cancel_order of shop.hooks (in test_shop.py::test_it)\n" in summary(result)
        assert '<property name="hook_calls" value="1" />' in (pytester.path / "junit.xml").read_text()

    def test_a_worker_that_is_told_no_file_records_nothing(self, pytester):
        """
        Where something keeps the controller from telling the workers, the tests run and the recording is empty.
        """
        conftest = """
            import pytest
            @pytest.hookimpl(trylast=True)
            def pytest_configure_node(node):
                del node.workerinput["hookkit_recording"]
        """
        set_up(pytester, conftest=textwrap.dedent(conftest))
        result = run_here(pytester, "--hooks-record", "-n1")
        result.assert_outcomes(passed=4)
        assert load_recording(pytester.path / RECORDING).calls == ()

    def test_without_the_option_nothing_is_recorded(self, pytester):
        """
        A distributed run that is not recorded leaves no file and prints no summary.
        """
        set_up(pytester)
        result = run_here(pytester, "-n2")
        result.assert_outcomes(passed=4)
        assert "hook calls" not in result.stdout.str()
        assert not (pytester.path / ".hookkit").exists()


class TestTrouble:
    @pytest.mark.parametrize("workers", ["-n1", "-n2"])
    def test_a_killed_worker_leaves_its_events(self, pytester, workers):
        """
        What was over is there, what was under way is marked as unfinished; the other tests are all there.
        """
        set_up(pytester, KILLED)
        result = run_here(pytester, "--hooks-record", workers)
        result.assert_outcomes(passed=2, failed=1)
        found = load_recording(pytester.path / RECORDING)
        assert [(call.test_id[14:], call.point, call.is_finished) for call in found.calls] == [
            ("test_before", "place_order", True),
            ("test_killed", "place_order", True),
            ("test_killed", "ship", False),
            ("test_killed", "place_order", True),
            ("test_after", "place_order", True),
        ]
        assert [event.seq for event in found.events] == list(range(1, len(found.events) + 1))
        assert [event.call.seq for event in found.events if not event.is_finished] == [3]
        assert found.calls[3].parent is found.calls[2]
        assert "hunter" not in (pytester.path / RECORDING).read_text()
        assert summary(result) == textwrap.dedent("""\
            ================================== hook calls ==================================
            shop.hooks                  calls    pre   post  error  swallowed       time
              place_order                   4      4      4      .          .  TIME
              ship                          1      .      .      .          .       .
            never called: cancel_order (shop.py:27)
            recording: .hookkit/recording.jsonl (5 calls, 13 events, SIZE)
            look at it: hookkit report .hookkit/recording.jsonl
        """)
        assert files_beside(pytester) == ["recording.jsonl"]

    def test_an_interrupted_run_is_merged(self, pytester):
        """
        With -x, what was recorded until then is merged, and nothing else is left.
        """
        set_up(pytester, "from shop import place_order\ndef test_it():\n    place_order('a', [])\n    assert False")
        result = run_here(pytester, "--hooks-record", "-n2", "-x")
        assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)
        assert "recording: .hookkit/recording.jsonl (1 call, 3 events, SIZE)\n" in section(
            result, "= hook calls =", ("====", "!!!!")
        )
        assert files_beside(pytester) == ["recording.jsonl"]

    def test_a_controller_that_does_not_start_its_workers_leaves_a_readable_file(self, pytester):
        """
        Where another plugin ends the session at its start, the recording is empty and whole.
        """
        set_up(pytester, conftest="import pytest\ndef pytest_sessionstart():\n    raise pytest.UsageError('not today')")
        run_here(pytester, "--hooks-record", "-n1")
        assert load_recording(pytester.path / RECORDING).calls == ()

    def test_a_worker_that_cannot_write_is_told(self, pytester):
        """
        The tests run all the same, and the summary names the worker and the reason.
        """
        conftest = """
            import pathlib
            def pytest_configure_node(node):
                pathlib.Path(node.workerinput["hookkit_recording"]).mkdir(parents=True)
        """
        set_up(pytester, conftest=textwrap.dedent(conftest))
        result = run_here(pytester, "--hooks-record", "-n1")
        result.assert_outcomes(passed=4)
        assert "\nthe recording of worker gw0 ends early: Cannot write recording '" in summary(result)

    def test_a_full_disk_in_a_worker_is_told(self, pytester):
        """
        The summary names the worker whose events are not all there.
        """
        conftest = """
            def pytest_configure_node(node):
                node.workerinput["hookkit_recording"] = "/dev/full"
        """
        set_up(pytester, conftest=textwrap.dedent(conftest))
        result = run_here(pytester, "--hooks-record", "-n1")
        assert "\nthe recording of worker gw0 ends early: No space left on device\n" in summary(result)

    def test_a_full_disk_in_the_controller_keeps_what_the_workers_wrote(self, pytester):
        """
        The summary is complete; the workers' files stay, as the merged one is not whole.
        """
        set_up(pytester)
        pytester.mkdir(".hookkit")
        (pytester.path / RECORDING).symlink_to("/dev/full")
        result = run_here(pytester, "--hooks-record", "-n1")
        assert summary(result) == TABLE.replace(
            RECORDED,
            "the recording ends early: No space left on device; what the workers recorded is beside it\n"
            "recording: .hookkit/recording.jsonl (0 calls, 0 events, SIZE)\n",
        )
        (kept,) = (name for name in files_beside(pytester) if name != "recording.jsonl")
        header, *lines = (pytester.path / ".hookkit" / kept).read_text().splitlines()
        assert json.loads(header)["format"] == "hookkit-recording"
        assert len(lines) == 18  # each call and each event

    def test_a_folder_that_is_gone_is_told(self, pytester):
        """
        A recording whose folder a test has removed is no reason to fail.
        """
        tests = """
            import shutil
            def test_it():
                shutil.rmtree(".hookkit")
        """
        set_up(pytester, textwrap.dedent(tests))
        result = run_here(pytester, "--hooks-record", "-n1")
        result.assert_outcomes(passed=1)
        assert "the recording ends early: No such file or directory" in summary(result)
