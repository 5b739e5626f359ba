"""
What the tests of the command line share.
"""

import pytest

from hookkit._cli import main
from hookkit.testing import FakeEntryPoints


class Run:
    """
    What a command did.
    """

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """
    Run a command in an empty folder without colours; give exit code and output.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        code = main(list(arguments))
        return Run(code, *capsys.readouterr())

    return run


@pytest.fixture
def fakes():
    """
    Give a place to fake entry points in.
    """
    with FakeEntryPoints() as fakes:
        yield fakes
