"""
``hookkit report``.
"""

import io
import json
import os
import pty
import subprocess
import sys

import pytest

from hookkit import HookRegistry, Recorder
from hookkit._cli._output import sized
from hookkit._cli._progress import Progress
from hookkit.recording import RecordingWriter


class Terminal(io.StringIO):
    """
    A stream that says that it is a terminal.
    """

    def isatty(self):
        """
        Say so.
        """
        return True


@pytest.fixture
def recording(tmp_path):
    """
    Make a recording of a call with one hook.
    """

    class Gift:
        def pre(self, items):
            items.append("ribbon")

    registry = HookRegistry("shop.hooks")
    registry.register("order", Gift)
    order = registry.add_hook("order")(len)
    with RecordingWriter(tmp_path / "run.1.jsonl") as writer, Recorder(writer=writer):
        order(["tea"])
    return writer.path


class TestReport:
    def test_it_is_written_beside_the_recording(self, run, recording):
        """
        The page is beside the recording, under its name with .html.
        """
        done = run("report", str(recording))

        page = recording.with_name("run.1.html")
        assert (done.code, done.err) == (0, "")
        assert done.out == f"report: {page} (1 call, 2 events, {sized(page.stat().st_size)})\n"
        assert page.read_text().startswith("<!DOCTYPE html>")

    def test_output(self, run, recording, tmp_path):
        """
        The page is where it was asked for, in a folder that is made.
        """
        done = run("report", "run.1.jsonl", "--output", "pages/a.html")

        assert done.out.startswith("report: pages/a.html (1 call, 2 events, ")
        assert (tmp_path / "pages/a.html").exists()

    def test_json(self, run, recording):
        """
        For programs the same is JSON.
        """
        done = run("report", "run.1.jsonl", "--json")

        size = recording.with_name("run.1.html").stat().st_size
        assert json.loads(done.out) == {"path": "run.1.html", "calls": 1, "events": 2, "size": size, "lost": None}

    def test_what_was_lost_is_said(self, run, recording):
        """
        That the recording is torn is said, and the rest is shown.
        """
        with recording.open("a") as file:
            file.write('{"kind": "call", "se')
        done = run("report", "run.1.jsonl")

        first, second = done.out.splitlines()
        assert (done.code, first.partition(" (")[0]) == (0, "report: run.1.html")
        assert second == "lost: Line 5 of 'run.1.jsonl' is torn; it is left out."

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["no.jsonl"], "Cannot read recording 'no.jsonl': No such file or directory."),
            (["."], "Cannot read recording '.': Is a directory. There is 'run.1.jsonl'."),
            (
                ["run.1.jsonl", "-o", "."],
                "Cannot write report '.': Device or resource busy. Name a file in a folder that can be written.",
            ),
            (
                ["run.1.jsonl", "-o", "run.1.jsonl/a.html"],
                "Cannot write report 'run.1.jsonl/a.html': File exists. Name a file in a folder that can be written.",
            ),
            (
                ["run.1.jsonl", "-o", "run.1.jsonl"],
                "Cannot write report 'run.1.jsonl': that is the recording. Name another file.",
            ),
        ],
        ids=["no-recording", "a-folder", "into-a-folder", "no-folder", "the-recording"],
    )
    def test_what_cannot_be_done_is_said(self, run, recording, tmp_path, arguments, said):
        """
        What cannot be read or written is told in one line, and no file is left.
        """
        done = run("report", *arguments)

        assert (done.code, done.out, done.err) == (2, "", f"hookkit: {said}\n")
        assert [path.name for path in tmp_path.iterdir()] == ["run.1.jsonl"]

    def test_an_interrupt_leaves_what_was_there(self, run, recording, monkeypatch, tmp_path):
        """
        An interrupt leaves the page of before, and nothing half-written beside it.
        """
        from hookkit.report import _writing

        def interrupted(*args):
            raise KeyboardInterrupt

        (tmp_path / "run.1.html").write_text("before")
        monkeypatch.setattr(_writing, "index", interrupted)
        done = run("report", "run.1.jsonl")

        assert (done.code, done.err) == (130, "Interrupted.\n")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["run.1.html", "run.1.jsonl"]
        assert (tmp_path / "run.1.html").read_text() == "before"

    def test_on_a_terminal(self, recording, tmp_path):
        """
        On a terminal the page's path stands out, and work that is soon over says nothing of how far it is.
        """
        parent, child = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
        command = [sys.executable, "-m", "hookkit", "report", "run.1.jsonl"]
        process = subprocess.Popen(command, stdout=child, stderr=child, cwd=tmp_path, env=environment)
        os.close(child)
        shown = b""
        while b"\n" not in shown:
            shown += os.read(parent, 10_000)
        process.wait()
        os.close(parent)

        assert shown.startswith(b"report: \033[1mrun.1.html\033[0m (1 call, 2 events, ")


class TestProgress:
    @pytest.fixture
    def clock(self, monkeypatch):
        """
        Put the time in seconds into the hands of the test.
        """
        from hookkit._cli import _progress

        now = [0.0]
        monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
        return now

    def test_work_of_over_a_second(self, clock):
        """
        After a second the line is there, is renewed now and then, and is gone at the end.
        """
        stream = Terminal()
        with Progress(stream, "reading") as progress:
            for now_s, done in [(0.9, 40), (1.0, 50), (1.05, 55), (1.1, 60)]:
                clock[0] = now_s
                progress(done, 60)

        assert stream.getvalue() == f"\rreading: 83 %\rreading: 100 %\r{' ' * 14}\r"

    def test_of_nothing(self, clock):
        """
        Nothing is wholly done at once.
        """
        stream = Terminal()
        with Progress(stream, "reading") as progress:
            clock[0] = 2.0
            progress(0, 0)

        assert stream.getvalue().startswith("\rreading: 0 %")

    def test_no_terminal(self, clock):
        """
        Where there is no terminal, nothing is shown.
        """
        stream = io.StringIO()
        with Progress(stream, "reading") as progress:
            clock[0] = 5.0
            progress(1, 2)

        assert stream.getvalue() == ""


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "shown"),
        [
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (999_600, "1 MB"),
            (14_600_000, "15 MB"),
            (3_000_000_000, "3 GB"),
            (3_000_000_000_000, "3000 GB"),
        ],
    )
    def test_in_the_unit_that_tells_most(self, size, shown):
        """
        A size is told in the unit that tells most.
        """
        assert sized(size) == shown
