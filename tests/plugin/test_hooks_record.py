"""
Tests of ``pytest --hooks-record`` where one process runs all tests.
"""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from hookkit.recording import load_recording
from plugin.recorded_runs import PLUGINS, RECORDED, TABLE, recording, run, run_here, section, set_up, summary

RECORDING = ".hookkit/recording.jsonl"


@pytest.fixture
def shop(pytester):
    """
    Write the shop and its tests.
    """
    set_up(pytester)
    return pytester


def wait_for(path):
    """
    Wait until there is a file at *path*.
    """
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestSummary:
    def test_it_shows_calls_events_and_where_the_recording_is(self, shop):
        """
        Per hook point there is a line of counts; what was never called has its place, and the recording its size.
        """
        result = run(shop, "--hooks-record")
        result.assert_outcomes(passed=4)
        assert summary(result) == TABLE

    @pytest.mark.parametrize("quiet", ["-q", "--no-summary", "-pno:terminal"])
    def test_it_is_not_there_where_pytest_is_to_be_quiet(self, shop, quiet):
        """
        Under -q, --no-summary and -p no:terminal nothing is printed, and all is recorded.
        """
        result = run(shop, "--hooks-record", quiet)
        assert "hook calls" not in result.stdout.str() + result.stderr.str()
        assert len(load_recording(shop.path / RECORDING).calls) == 5

    def test_without_the_option_nothing_is_recorded(self, shop):
        """
        A run that is not recorded prints nothing and leaves no folder.
        """
        result = run_here(shop)
        result.assert_outcomes(passed=4)
        assert "hook calls" not in result.stdout.str()
        assert not (shop.path / ".hookkit").exists()

    def test_a_run_without_hooks_says_so(self, pytester):
        """
        Where no hook point was called or declared, one line says that instead of an empty table.
        """
        set_up(pytester, "def test_nothing(): pass")
        assert summary(run(pytester, "--hooks-record")) == textwrap.dedent("""\
            ================================== hook calls ==================================
            no hook point was called, and no module declares one
            recording: .hookkit/recording.jsonl (0 calls, 0 events, SIZE)
        """)

    def test_a_run_that_calls_none_names_those_that_are_there(self, pytester):
        """
        Where hook points are declared and none was called, they are named.
        """
        set_up(pytester, "import shop\ndef test_nothing(): pass")
        assert summary(run(pytester, "--hooks-record")) == textwrap.dedent("""\
            ================================== hook calls ==================================
            no hook point was called
            never called: cancel_order (shop.py:27), place_order (shop.py:22)
            recording: .hookkit/recording.jsonl (0 calls, 0 events, SIZE)
        """)

    def test_functions_that_tests_make_are_not_missed(self, pytester):
        """
        A hook point that only a function within a test has is not among those that were never called.
        """
        tests = """
            from hookkit import add_hook
            KEPT = []
            def test_it():
                @add_hook("inner", group="shop.hooks")
                def inner(): pass
                KEPT.append(inner)
        """
        set_up(pytester, textwrap.dedent(tests))
        assert "never called" not in run_here(pytester, "--hooks-record").stdout.str()

    def test_fakes_that_no_test_used_are_named(self, pytester):
        """
        A fake that is used in one of its tests is not named; one that is used in none is, with its first test.
        """
        tests = """
            import pytest
            from hookkit import add_hook

            @add_hook("place_order", group="gift.hooks")
            def place_order(): pass

            class Gift:
                def pre(self): pass

            @pytest.mark.hooks(unused="ignore")
            @pytest.mark.parametrize("calls", [0, 1])
            def test_it(fake_entry_points, calls):
                fake_entry_points.add("gift.hooks", "place_order", Gift)
                fake_entry_points.add("gift.hooks", "place_odrer", Gift)
                fake_entry_points.add("gift.hooks", "place_order", "gift:Gift", real=True).remove()
                for _ in range(calls):
                    place_order()
        """
        set_up(pytester, textwrap.dedent(tests))
        assert summary(run(pytester, "--hooks-record")) == textwrap.dedent("""\
            ================================== hook calls ==================================
            gift.hooks                  calls    pre   post  error  swallowed       time
              place_order                   1      1      .      .          .  TIME
            fake never used: place_odrer of gift.hooks (in test_shop.py::test_it[0])
            recording: .hookkit/recording.jsonl (1 call, 2 events, SIZE)
            look at it: hookkit report .hookkit/recording.jsonl
        """)


class TestFile:
    def test_it_holds_the_calls_by_test(self, shop):
        """
        Each event says its test, and the first line the version of pytest.
        """
        run_here(shop, "--hooks-record")
        found = load_recording(shop.path / RECORDING)
        assert found.header["pytest"] == pytest.__version__
        assert [(event.call.test_id, event.point, event.phase) for event in found.events[:3]] == [
            ("test_shop.py::test_a_gift", "place_order", phase) for phase in ("pre", "body", "post")
        ]

    def test_no_secret_is_in_it(self, shop):
        """
        A password that a test passes is masked.
        """
        run_here(shop, "--hooks-record")
        text = (shop.path / RECORDING).read_text()
        assert "hunter" not in text
        assert '"admin_password":"***"' in text

    def test_it_is_overwritten(self, shop):
        """
        A second run leaves its own recording only, the same as the first one's but for times.
        """
        run_here(shop, "--hooks-record")
        first = recording(shop.path / RECORDING)
        run_here(shop, "--hooks-record")
        assert recording(shop.path / RECORDING) == first

    @pytest.mark.parametrize(
        "args", [("--hooks-record-to=out/of/way.jsonl",), ("--hooks-record-to", "out/of/way.jsonl")]
    )
    def test_its_path_can_be_named(self, shop, args):
        """
        --hooks-record-to makes the folder, and needs no --hooks-record.
        """
        result = run_here(shop, *args)
        assert "recording: out/of/way.jsonl (5 calls, 13 events, SIZE)" in summary(result)
        assert len(load_recording(shop.path / "out/of/way.jsonl").calls) == 5
        assert not (shop.path / ".hookkit").exists()

    def test_a_path_after_the_flag_is_that_of_tests(self, shop):
        """
        --hooks-record takes no value.
        """
        result = run(shop, "--hooks-record", "test_shop.py")
        result.assert_outcomes(passed=4)
        assert summary(result) == TABLE

    def test_it_is_shown_as_seen_from_where_pytest_was_started(self, shop, monkeypatch):
        """
        Started in a folder below the rootdir, the recording is under the rootdir, and paths lead there.
        """
        tests = shop.mkdir("tests")
        monkeypatch.chdir(tests)
        result = run(shop, "--hooks-record", "..")
        assert "never called: cancel_order (../shop.py:27)\n" in summary(result)
        assert "recording: ../.hookkit/recording.jsonl (5 calls" in summary(result)

    def test_a_file_elsewhere_is_shown_in_full(self, shop, tmp_path_factory):
        """
        A recording that is outside of the project is named by its full path.
        """
        path = tmp_path_factory.mktemp("elsewhere") / "run.jsonl"
        assert f"recording: {path} (5 calls" in summary(run_here(shop, f"--hooks-record-to={path}"))

    @pytest.mark.parametrize(
        ("path", "reason"), [("test_shop.py/x.jsonl", "File exists"), (".", "Is a directory")], ids=["below", "folder"]
    )
    def test_a_path_that_cannot_be_written_is_a_usage_error(self, shop, path, reason):
        """
        The message names the file and the reason, and says what to do; no test is run.
        """
        result = run(shop, f"--hooks-record-to={path}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        where = str((shop.path / path).resolve()) if path == "." else str(shop.path / path)
        assert result.stderr.str().strip() == (
            f"ERROR: Cannot write the recording of hook calls to {where!r}: {reason}. "
            "Name another file with --hooks-record-to=PATH."
        )
        assert "passed" not in result.stdout.str()

    @pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--fixtures-per-test", "--markers", "--help"])
    def test_what_runs_no_test_leaves_the_recording_alone(self, shop, option):
        """
        Collecting tests and showing fixtures, markers or help keep the last recording.
        """
        path = shop.mkdir(".hookkit") / "recording.jsonl"
        path.write_text("the last one")
        result = run_here(shop, "--hooks-record", option)
        assert result.ret == 0
        assert "hook calls =" not in result.stdout.str()
        assert path.read_text() == "the last one"

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a disk that is full")  # noqa: PTH110
    def test_a_full_disk_is_told_in_the_summary(self, shop):
        """
        The tests go on, their calls are counted, and a line says that the file does not have them.
        """
        result = run(shop, "--hooks-record-to=/dev/full")
        result.assert_outcomes(passed=4)
        assert summary(result) == TABLE.replace(
            RECORDED,
            "the recording ends early: No space left on device\nrecording: /dev/full (0 calls, 0 events, SIZE)\n",
        )

    def test_a_link_is_followed(self, shop):
        """
        Where the path is a link to a file, that file is written.
        """
        (shop.path / "real.jsonl").touch()
        (shop.path / "link.jsonl").symlink_to(shop.path / "real.jsonl")
        run_here(shop, "--hooks-record-to=link.jsonl")
        assert (shop.path / "link.jsonl").is_symlink()
        assert len(load_recording(shop.path / "real.jsonl").calls) == 5


FAILING = """
from shop import place_order

def test_it_fails():
    place_order("alice", items=["tea"])
    assert place_order("eve", ["cake"]) == 3

def test_without_hooks():
    assert False

def test_many_calls():
    for _ in range(40):
        place_order("alice", [])
    assert False
"""


class TestSection:
    def test_a_failing_test_shows_its_calls(self, pytester):
        """
        The report of a failure has a section with the calls of that test, with times.
        """
        set_up(pytester, FAILING)
        result = run_here(pytester, "--hooks-record", "-k", "it_fails")
        assert section(result, "- Captured hook calls -") == textwrap.dedent("""\
            ----------------------------- Captured hook calls ------------------------------
            place_order('alice', items=['tea']) -> 2  TIME
              pre   GiftHook  TIME
                    items[1]: (absent) -> 'ribbon'
              body  -> 2  TIME
              post  GiftHook  TIME
            place_order('eve', ['cake']) -> 2  TIME
              pre   GiftHook  TIME
                    items[1]: (absent) -> 'ribbon'
              body  -> 2  TIME
              post  GiftHook  swallowed KeyError: 'no address'  TIME
        """)

    def test_one_without_calls_has_no_section(self, pytester):
        """
        A failing test that called nothing shows nothing, not even what the test before it called.
        """
        set_up(pytester, FAILING)
        result = run_here(pytester, "--hooks-record", "-k", "it_fails or without")
        result.assert_outcomes(failed=2)
        assert result.stdout.str().count("Captured hook calls") == 1

    def test_of_many_calls_the_last_are_shown(self, pytester):
        """
        A long section begins with how much was left out; the recording has all.
        """
        set_up(pytester, FAILING)
        result = run_here(pytester, "--hooks-record", "-k", "many")
        first = section(result, "- Captured hook calls -").splitlines()[1]
        assert first == "(20 earlier events left out here; the recording has all)"
        assert len(load_recording(pytester.path / RECORDING).events) == 120

    def test_without_the_option_there_is_none(self, pytester):
        """
        A run that is not recorded shows no calls.
        """
        set_up(pytester, FAILING)
        assert "Captured hook calls" not in run_here(pytester).stdout.str()

    def test_calls_in_setup_and_teardown_belong_to_the_test(self, pytester):
        """
        A fixture's calls are in the section of a test that fails in teardown, and carry its id.
        """
        tests = """
            import pytest
            from shop import place_order

            @pytest.fixture
            def order():
                place_order("setup", [])
                yield
                place_order("teardown", [])
                assert False

            def test_it(order):
                place_order("call", [])
        """
        set_up(pytester, textwrap.dedent(tests))
        result = run_here(pytester, "--hooks-record")
        shown = section(result, "- Captured hook calls -")
        assert [line[13:21].strip("', []") for line in shown.splitlines() if line.startswith("place_order")] == [
            "setup",
            "call",
            "teardown",
        ]
        assert {call.test_id for call in load_recording(pytester.path / RECORDING).calls} == {"test_shop.py::test_it"}


class TestInterruption:
    @pytest.mark.parametrize(
        "what", ["raise KeyboardInterrupt", "pytest.exit('enough')", "assert False"], ids=["ctrl-c", "exit", "-x"]
    )
    def test_the_file_is_closed_and_the_summary_printed(self, pytester, what):
        """
        A session that ends early records and sums up what there was.
        """
        tests = f"""
            import pytest
            from shop import place_order

            def test_one():
                place_order("alice", [])
                {what}

            def test_two():
                place_order("bob", [])
        """
        set_up(pytester, textwrap.dedent(tests))
        result = run(pytester, "--hooks-record", "-x")
        assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)
        assert "recording: .hookkit/recording.jsonl (1 call, 3 events, SIZE)" in section(
            result, "= hook calls =", ("====", "!!!!")
        )
        assert len(load_recording(pytester.path / RECORDING).calls) == 1

    def test_what_is_under_way_at_the_end_is_unfinished(self, pytester):
        """
        A call in a thread that outlives the session is in the recording, marked as unfinished.
        """
        tests = """
            import threading, time
            from hookkit import add_hook
            began = threading.Event()

            @add_hook("wait", group="shop.hooks")
            def wait():
                began.set()
                time.sleep(60)

            def test_it():
                threading.Thread(target=wait, daemon=True).start()
                began.wait()
        """
        set_up(pytester, textwrap.dedent(tests))
        assert "recording: .hookkit/recording.jsonl (1 call, 1 event, SIZE)" in summary(run(pytester, "--hooks-record"))
        found = load_recording(pytester.path / RECORDING)
        assert [one.is_finished for one in (*found.calls, *found.events)] == [False, False]

    def test_a_session_that_does_not_start_is_closed(self, pytester):
        """
        Where another plugin ends the session at its start, the file is closed all the same.
        """
        conftest = """
            import pytest

            def pytest_sessionstart():
                raise pytest.UsageError("not today")
        """
        set_up(pytester, conftest=textwrap.dedent(conftest))
        result = run_here(pytester, "--hooks-record")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert load_recording(pytester.path / RECORDING).calls == ()

    def test_a_killed_run_leaves_what_was_over(self, pytester):
        """
        The file can be read after the process was killed in the middle of a test.
        """
        tests = """
            import os, signal
            from shop import place_order

            def test_it():
                place_order("alice", [])
                os.kill(os.getpid(), signal.SIGKILL)
        """
        set_up(pytester, textwrap.dedent(tests))
        result = run(pytester, "--hooks-record")
        assert result.ret == -signal.SIGKILL
        found = load_recording(pytester.path / RECORDING)
        assert (len(found.calls), len(found.events), found.lost) == (1, 3, None)


class TestOtherSessions:
    def test_of_two_with_one_file_the_later_one_keeps_it_whole(self, pytester, monkeypatch):
        """
        A session that begins later has the file for itself; the earlier one says so.
        """
        tests = """
            import os, pathlib, time
            from shop import place_order

            def test_it():
                place_order("alice", [])
                pathlib.Path(os.environ["ARRIVED"]).touch()
                while not pathlib.Path("go").exists():
                    time.sleep(0.01)
                place_order("bob", [])
        """
        set_up(pytester, textwrap.dedent(tests))
        monkeypatch.setenv("ARRIVED", "first")
        command = [sys.executable, "-m", "pytest", *PLUGINS, "--hooks-record"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as first:
            wait_for(pytester.path / "first")
            monkeypatch.setenv("ARRIVED", "go")
            run(pytester, "--hooks-record")
            told = first.communicate(timeout=60)[0]
        assert (
            "recording: .hookkit/recording.jsonl was overwritten by another session\n"
            "  give each its own with --hooks-record-to=PATH\n"
        ) in told
        assert len(load_recording(pytester.path / RECORDING).calls) == 2

    def test_a_session_within_a_test_is_recorded_by_itself(self, pytester):
        """
        A run of pytester in the same process has its own recording; that of the outer session goes on.
        """
        tests = """
            from shop import place_order
            pytest_plugins = ["pytester"]

            def test_outer(pytester):
                place_order("alice", [])
                pytester.makeini("[pytest]")
                pytester.makepyfile(
                    "from hookkit import add_hook\\n"
                    "@add_hook('inner', group='shop.hooks')\\n"
                    "def inner(): pass\\n"
                    "def test_inner(): inner()\\n"
                    "def test_fails(): assert False\\n"
                )
                result = pytester.runpytest_inprocess("--hooks-record")
                result.stdout.fnmatch_lines(["  inner * 1 *", "recording: * (1 call, 1 event, *"])
                place_order("bob", [])
        """
        set_up(pytester, textwrap.dedent(tests))
        result = run(pytester, "--hooks-record")
        result.assert_outcomes(passed=1)
        assert "recording: .hookkit/recording.jsonl (3 calls, 7 events, SIZE)" in summary(result)
        assert "never called: cancel_order (shop.py:27)\n" in summary(result)
        calls = load_recording(pytester.path / RECORDING).calls
        assert {call.test_id for call in calls} == {"test_shop.py::test_outer"}


class TestJUnit:
    def test_a_tests_counts_are_its_properties(self, shop):
        """
        Of a test that called hooks, a JUnit file has the number of calls, events and swallowed errors.
        """
        run_here(shop, "--hooks-record", "--junit-xml=junit.xml", "-k", "swallowed")
        assert (
            '<properties><property name="hook_calls" value="1" /><property name="hook_events" value="3" />'
            '<property name="hook_swallowed" value="1" /></properties>'
        ) in (shop.path / "junit.xml").read_text()

    def test_others_have_none(self, pytester):
        """
        A test without hook calls has no properties, nor has any without the option.
        """
        set_up(pytester, "def test_nothing(): pass")
        run_here(pytester, "--hooks-record", "--junit-xml=junit.xml")
        assert "property" not in (pytester.path / "junit.xml").read_text()
