"""
``hookkit completion``.
"""

import shutil
import subprocess

import pytest

from hookkit._cli._completion import _FILES
from hookkit._cli._main import make_parser

BASH = shutil.which("bash")


def metavars(parser):
    """
    Give the names that options have for what follows them, in all commands.
    """
    for action in parser._actions:
        yield action.metavar
        if hasattr(action.choices, "values"):
            for command in action.choices.values():
                yield from metavars(command)


@pytest.fixture
def complete(run, tmp_path):
    """
    Give a function that completes a line in bash.
    """
    script = tmp_path / "completion.bash"
    script.write_text(run("completion", "bash").out)
    (tmp_path / "folder").mkdir()

    def complete(*words):
        quoted = " ".join(f"'{word}'" for word in ("hookkit", *words))
        command = f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _hookkit; echo ${{COMPREPLY[@]}}"
        done = subprocess.run([BASH, "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.split()

    return complete


@pytest.mark.skipif(BASH is None, reason="bash is not there to complete anything")
class TestBash:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (["c"], ["check", "contract", "completion"]),
            (["--v"], ["--version"]),
            (["contract", "e"], ["export"]),
            (["contract", "export", "--o"], ["--output"]),
            (["check", "--host", "m"], ["manila"]),
            (["check", "--json", "--pr"], ["--project"]),
            (["check", "--contract", "compl"], ["completion.bash"]),
            (["check", "--project", ""], ["folder"]),
            (["check", "--group", ""], []),
            (["report", "compl"], ["completion.bash"]),
            (["report", "--js"], ["--json"]),
            (["completion", ""], ["-h", "--help", "bash", "zsh", "fish"]),
        ],
    )
    def test_it_completes(self, complete, words, expected):
        """
        Commands, options and their values are completed, after other options too.
        """
        assert complete(*words) == expected


class TestOthers:
    def test_zsh(self, run):
        """
        The script for zsh names the same words.
        """
        lines = [line.strip() for line in run("completion", "zsh").out.splitlines()]

        assert lines[0] == "#compdef hookkit"
        assert '"contract:export") at="contract export" ;;' in lines
        assert '"check:--host") compadd -- manila nova; return ;;' in lines
        assert '"check:--contract") _files; return ;;' in lines
        assert '"report") compadd -- -h --help -o --output --json; _files ;;' in lines
        assert '"completion") compadd -- -h --help bash zsh fish ;;' in lines

    def test_fish(self, run):
        """
        The script for fish has the help, too.
        """
        lines = run("completion", "fish").out.splitlines()

        assert (
            "complete -c hookkit -n '__fish_seen_subcommand_from list' -l json -d 'print JSON, for programs'" in lines
        )
        assert any("-l host -x -a 'manila nova'" in line for line in lines)
        assert any("-s o -r -F" in line for line in lines)
        report = (
            "complete -c hookkit -n '__fish_seen_subcommand_from report' -F -d 'the recording: a file of JSON lines'"
        )
        assert report in lines
        assert any(line.endswith("-a fish -d 'the shell'") for line in lines)

    def test_every_name_of_a_file_is_known(self):
        """
        Options whose values are called as if they were files are completed as files.
        """
        assert {name for name in metavars(make_parser()) if name in ("FILE", "FOLDER", "RECORDING")} <= set(_FILES)
