"""
The report of a session: ``--hooks-report``, and the way to one in the summary; what is kept out of both.
"""

import os

import pytest

from hookkit import load_recording
from plugin.recorded_runs import RECORDED, TABLE, recording, run, run_here, set_up, summary

RECORDING = ".hookkit/recording.jsonl"
TOLD = """\
recording: .hookkit/recording.jsonl (5 calls, 13 events, SIZE)
report: out/report.html
"""


@pytest.fixture
def shop(pytester):
    """
    Write the shop and its tests.
    """
    set_up(pytester)
    return pytester


class TestReport:
    @pytest.mark.parametrize("args", [(), ("-n2",)], ids=["alone", "distributed"])
    def test_it_is_written_at_the_end(self, shop, args):
        """
        --hooks-report makes the folder, records the session, and shows it all; the summary says where.
        """
        result = run(shop, "--hooks-report=out/report.html", *args)

        result.assert_outcomes(passed=4)
        assert summary(result) == TABLE.replace(RECORDED, TOLD)
        page = (shop.path / "out/report.html").read_text()
        assert "test_shop.py::test_an_error_is_swallowed" in page
        assert "no address" in page
        assert len(load_recording(shop.path / RECORDING).calls) == 5
        assert [path.name for path in (shop.path / "out").iterdir()] == ["report.html"]

    def test_it_is_written_where_pytest_is_quiet(self, shop):
        """
        Under -q nothing is said of it, and it is written.
        """
        result = run_here(shop, "-q", "--hooks-report=report.html", "--hooks-record-to=r.jsonl")

        assert "report" not in result.stdout.str()
        assert "r.jsonl" in (shop.path / "report.html").read_text()

    def test_a_session_that_fails_has_one(self, shop):
        """
        A session that was interrupted while it collected has a report as well.
        """
        shop.makepyfile(test_broken="from shop import place_order\nplace_order('a', [])\nraise KeyboardInterrupt")
        result = run(shop, "--hooks-report=report.html")

        assert result.ret == pytest.ExitCode.INTERRUPTED
        assert (shop.path / "report.html").exists()

    @pytest.mark.parametrize("option", ["--collect-only", "--help"])
    def test_what_runs_no_test_writes_none(self, shop, option):
        """
        Collecting tests and showing help leave the last one.
        """
        (shop.path / "report.html").write_text("the last one")
        result = run_here(shop, "--hooks-report=report.html", option)

        assert result.ret == 0
        assert (shop.path / "report.html").read_text() == "the last one"

    @pytest.mark.parametrize("args", [(), ("-n1",)], ids=["alone", "distributed"])
    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("test_shop.py/x.html", os.strerror(17)),
            (".", "it is a folder"),
            (".hookkit/../.hookkit/recording.jsonl", "that is the recording"),
        ],
        ids=["below", "folder", "recording"],
    )
    def test_a_path_that_cannot_be_written_is_a_usage_error(self, shop, path, reason, args):
        """
        The message names the file and the reason, and says what to do; no test is run.
        """
        result = run(shop, f"--hooks-report={path}", *args)

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert result.stderr.str().strip() == (
            f"ERROR: Cannot write the report to {str(shop.path / path)!r}: {reason}. "
            "Name another file with --hooks-report=PATH."
        )
        assert "passed" not in result.stdout.str()

    def test_a_later_failure_is_said(self, shop):
        """
        If the folder is gone in the end, a line says why there is no report.
        """
        shop.makepyfile(
            test_later="""
            import pathlib, shutil

            def test_it():
                shutil.rmtree("out")
                pathlib.Path("out").touch()
            """
        )
        result = run(shop, "--hooks-report=out/report.html")

        path = shop.path / "out/report.html"
        assert summary(result) == TABLE.replace(
            RECORDED,
            f"the report was not written: Cannot write report {str(path)!r}: {os.strerror(17)}. "
            f"Name a file in a folder that can be written.\n{RECORDED}",
        )

    def test_another_sessions_recording_is_not_shown(self, shop):
        """
        If another session has recorded to the same file, there is no report of that.
        """
        shop.makepyfile(
            test_later="""
            import pathlib

            def test_it():
                path = pathlib.Path(".hookkit/recording.jsonl")
                path.unlink()
                path.touch()
            """
        )
        told = summary(run(shop, "--hooks-report=report.html"))

        assert "the report was not written: the recording was overwritten by another session\n" in told
        assert not (shop.path / "report.html").exists()


class TestTheWayThere:
    def test_the_path_is_quoted(self, shop):
        """
        The command in the summary can be run as it stands.
        """
        assert "look at it: hookkit report 'a run.jsonl'\n" in summary(run_here(shop, "--hooks-record-to=a run.jsonl"))

    def test_there_is_nothing_to_look_at_without_calls(self, pytester):
        """
        Of an empty recording no command is shown.
        """
        set_up(pytester, "def test_it(): pass")

        assert "look at it" not in summary(run_here(pytester, "--hooks-record"))


class TestSecretNames:
    @pytest.mark.parametrize("args", [(), ("-n1",)], ids=["alone", "distributed"])
    def test_more_names_are_those_of_secrets(self, shop, args):
        """
        What hooks_secret_names adds is masked like passwords, in worker processes too.
        """
        run(shop, "--hooks-record", "-o", "hooks_secret_names=tomer pin", *args)

        calls = [line for line in recording(shop.path / RECORDING) if line["kind"] == "call" and "tick" not in line]
        shown = [(call["arguments"]["customer"], call["arguments"]["items"]) for call in calls]
        assert shown == [("***", [item]) for item in ("tea", "tea", "cake", "tea")]
        assert "hunter-two" not in (shop.path / RECORDING).read_text()
