"""
The command ``hookkit`` as a whole.
"""

import importlib
import importlib.metadata
import io
import os
import pty
import re
import subprocess
import sys

import pytest

from hookkit._cli import _main, main
from hookkit._cli._output import Output, one_line

COMMANDS = ((), ("list",), ("check",), ("contract",), ("contract", "export"), ("report",), ("replay",), ("completion",))


class Terminal(io.StringIO):
    """
    A stream that says that it is a terminal.
    """

    def isatty(self):
        """
        Say so.
        """
        return True


def in_process(*arguments, env=os.environ, **options):
    """
    Run the command in a process of its own.
    """
    command = [sys.executable, "-m", "hookkit", *arguments]
    # With it Python leaves the working directory out, here as for any module.
    environment = {name: value for name, value in env.items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)


class TestUsage:
    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_help_has_examples(self, run, command):
        """
        The help of each command has examples, in lines of at most 80 columns.
        """
        done = run(*command, "--help")

        assert (done.code, done.err) == (0, "")
        assert re.search(r"^examples:\n  (source <\()?hookkit ", done.out, re.MULTILINE)
        assert max(map(len, done.out.splitlines())) <= 80

    def test_help_lists_commands_and_exit_codes(self, run):
        """
        The help of the whole lists the commands and the exit codes.
        """
        out = run("--help").out

        assert re.findall(r"^    (\w+)(?: |$)", out, re.MULTILINE) == [
            "list",
            "check",
            "contract",
            "report",
            "replay",
            "completion",
        ]
        assert "  1  problems were found\n" in out

    def test_version(self, run):
        """
        The version is that of the distribution.
        """
        assert run("--version").out == f"hookkit {importlib.metadata.version('hookkit')}\n"

    def test_version_of_a_checkout(self, run, monkeypatch):
        """
        Without a distribution there is no version.
        """

        def missing(name):
            raise importlib.metadata.PackageNotFoundError(name)

        monkeypatch.setattr(importlib.metadata, "version", missing)

        assert run("--version").out == "hookkit (not installed)\n"

    @pytest.mark.parametrize(
        "arguments",
        [[], ["frob"], ["list"], ["check"], ["contract"], ["check", "--grou", "x"], ["completion", "csh"]],
        ids=" ".join,
    )
    def test_wrong_usage(self, run, arguments):
        """
        Wrong arguments are told on standard error, without a traceback.
        """
        done = run(*arguments)

        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("usage: hookkit")


class TestProcess:
    def test_as_a_module(self, tmp_path):
        """
        ``python -m hookkit`` is the same command, and imports what is in the working directory.
        """
        (tmp_path / "here.py").write_text("from hookkit import add_hook\n@add_hook('a')\ndef a(): ...\n")

        done = in_process("contract", "export", "here", cwd=tmp_path)

        assert (done.returncode, done.stderr) == (0, "")
        assert '"function": "here:a"' in done.stdout

    def test_importing_it(self):
        """
        Importing the module does nothing.
        """
        assert importlib.import_module("hookkit.__main__").main is main

    def test_as_a_script(self, tmp_path):
        """
        The installed script does, too, unless Python is told to be safe.
        """
        (tmp_path / "here.py").write_text("from hookkit import add_hook\n@add_hook('a')\ndef a(): ...\n")
        script = "import sys; sys.path[:] = [p for p in sys.path if p]; from hookkit._cli import main; sys.exit(main())"
        command = [sys.executable, "-c", script, "contract", "export", "here"]

        codes = [
            subprocess.run(
                command, cwd=tmp_path, capture_output=True, check=False, env={**os.environ, "PYTHONSAFEPATH": safe}
            ).returncode
            for safe in ("", "1")
        ]

        assert codes == [0, 2]

    def test_the_script_is_declared(self):
        """
        The distribution has the script.
        """
        [script] = importlib.metadata.entry_points(group="console_scripts", name="hookkit")

        assert script.load() is main

    def test_a_broken_pipe(self):
        """
        If nobody reads what is printed, it ends without a traceback.
        """
        reading, writing = os.pipe()
        os.close(reading)
        process = subprocess.Popen(
            [sys.executable, "-m", "hookkit", "list", "--group", "pytest11"], stdout=writing, stderr=subprocess.PIPE
        )
        os.close(writing)
        _, errors = process.communicate()

        assert (process.returncode, errors) == (141, b"")

    def test_a_stream_that_is_no_file(self, monkeypatch):
        """
        A stream without a descriptor may break as well.
        """

        class Broken(io.StringIO):
            def write(self, text):
                raise BrokenPipeError

        monkeypatch.setattr(sys, "stdout", Broken())

        assert main(["list", "--group", "no.such.group"]) == 141

    def test_an_interrupt(self, run, monkeypatch):
        """
        An interrupt ends it without a traceback.
        """

        def interrupted(*args):
            raise KeyboardInterrupt

        monkeypatch.setattr(_main, "_run", interrupted)
        done = run("list", "--group", "x")

        assert (done.code, done.err) == (130, "Interrupted.\n")

    def test_ascii_alone(self, tmp_path):
        """
        What the terminal's encoding has not is escaped.
        """
        environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

        done = in_process("list", "--group", "größe", env=environment, cwd=tmp_path)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "No hooks of group 'gr\\xf6\\xdfe' are installed.\n"

    def test_on_a_terminal(self, tmp_path):
        """
        On a terminal there are colours.
        """
        parent, child = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
        command = [sys.executable, "-m", "hookkit", "list", "--group", "pytest11"]
        process = subprocess.Popen(command, stdout=child, stderr=child, cwd=tmp_path, env=environment)
        os.close(child)
        shown = b""
        while b"hooks, " not in shown and b"hook, " not in shown:
            shown += os.read(parent, 10_000)
        process.wait()
        os.close(parent)

        assert b"\033[32mloads\033[0m" in shown.replace(b" ", b"")


class TestOutput:
    @pytest.mark.parametrize(
        ("environment", "stream", "has_colour"),
        [
            ({}, Terminal, True),
            ({}, io.StringIO, False),
            ({"TERM": "dumb"}, Terminal, False),
            ({"NO_COLOR": "1"}, Terminal, False),
            ({"NO_COLOR": ""}, Terminal, True),
            ({"FORCE_COLOR": "1"}, io.StringIO, True),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, Terminal, False),
        ],
    )
    def test_colour(self, monkeypatch, environment, stream, has_colour):
        """
        There is colour on terminals, unless NO_COLOR is set; FORCE_COLOR asks for it anywhere.
        """
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        made = stream()
        Output(made).line(("bad", "bad"), " ", ("plain", "plain"), ("  ", "dim"))

        assert made.getvalue() == ("\033[31mbad\033[0m plain\n" if has_colour else "bad plain\n")

    def test_texts_stay_in_their_line(self):
        """
        What would break a line or do something to a terminal is shown instead.
        """
        assert one_line("a\nb\tc\033[31m\u202eé") == "a b c\\x1b[31m\\u202eé"
