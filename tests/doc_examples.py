"""
How the examples in README.md, docs/ and docstrings are run.

Each page and each module with docstrings has a folder of its own, empty at first, in which all its examples run.
In a page:

- A block of Python, TOML or INI whose first line is a comment with a file name (``# audit.py``) becomes that file;
  if it is a test file, pytest runs it at once.
- A block of Python that defines tests is a test file without a name: pytest runs it, and it is gone again.
- Any other block of Python is executed, in one namespace per page; one that starts with ``>>>`` is a doctest.
- A ``console`` block holds commands after ``$`` and what they print.

Blocks of ``sh`` install things and are not run here; blocks of ``text`` are pictures.
"""

import configparser
import contextlib
import doctest
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.parsers.rest import PythonCodeBlockParser as RestPythonCodeBlockParser
from sybil.typing import Evaluator, Parser

FILE_NAME = re.compile(r"# (?P<name>[\w./-]+\.\w+)\n")
TEST = re.compile(r"^\s*(async )?def test_", re.MULTILINE)
CHANGING = (
    (re.compile(r"\b\d+(\.\d+)? ?(ns|us|µs|ms|s|seconds)\b"), "<time>"),
    (re.compile(r"\b\d+(\.\d+)? ?(B|kB|MB)\b"), "<size>"),
    (re.compile(r"([=_-])\1{2,}"), r"\1\1\1"),
    (re.compile(r"[ \t]+"), " "),
)
DOCTEST_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def page_parsers() -> list[Parser]:
    """
    Return what finds the examples in a Markdown page.
    """
    python = PythonCodeBlockParser()
    python.codeblock_parser = CodeBlockParser("python", run_python)
    python.doctest_parser = DocTestStringParser(inside_folder(DocTestEvaluator(DOCTEST_FLAGS)))
    return [
        python,
        CodeBlockParser("console", run_console),
        CodeBlockParser("toml", run_data(tomllib.loads)),
        CodeBlockParser("ini", run_data(lambda text: configparser.ConfigParser().read_string(text))),
        SkipParser(),
    ]


def docstring_parsers() -> list[Parser]:
    """
    Return what finds the examples in a docstring.
    """
    return [in_folder(DocTestParser(DOCTEST_FLAGS)), in_folder(RestPythonCodeBlockParser())]


def in_folder(parser: Parser) -> Parser:
    """
    Return what finds the same examples as another parser, and runs them in the folder of their module.
    """

    def parse(document: Document) -> Iterator[Region]:
        for region in parser(document):
            region.evaluator = inside_folder(region.evaluator)
            yield region

    return parse


def inside_folder(evaluator: Evaluator) -> Evaluator:
    """
    Return what runs an example as another evaluator does, in the folder of its page or module.
    """

    def evaluate(example: Example) -> str | None:
        with inside(folder_of(example.namespace)):
            return evaluator(example)

    return evaluate


def open_folder(namespace: dict[str, Any]) -> None:
    """
    Give a page or a module its folder.
    """
    namespace["_folder"] = tempfile.TemporaryDirectory(prefix="hookkit-page-")


def close_folder(namespace: dict[str, Any]) -> None:
    """
    Remove the folder of a page or a module, and the modules that its examples imported from there.
    """
    folder = folder_of(namespace)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(f"{folder}{os.sep}"):
            del sys.modules[name]
    namespace["_folder"].cleanup()


def folder_of(namespace: dict[str, Any]) -> Path:
    """
    Return the folder of a page or a module.
    """
    return Path(namespace["_folder"].name).resolve()


def run_python(example: Example) -> str | None:
    """
    Write, test or execute a block of Python; return what went wrong, if pytest says so.
    """
    folder = folder_of(example.namespace)
    path = write_file(example)
    if path is not None:
        return run_pytest(folder, path) if path.name.startswith("test_") else None
    if TEST.search(example.parsed):
        path = folder / f"test_line_{example.line}.py"
        path.write_text(example.parsed, encoding="utf-8")
        failure = run_pytest(folder, path)
        path.unlink()
        return failure
    return inside_folder(PythonEvaluator())(example)


def run_data(parse: Callable[[str], object]) -> Callable[[Example], None]:
    """
    Return what writes a block of data, if it names its file, and reads it in any case.
    """

    def run(example: Example) -> None:
        write_file(example)
        parse(example.parsed)

    return run


def run_console(example: Example) -> str | None:
    """
    Run the commands of a block; return the first difference between what it shows and what they print.
    """
    folder = folder_of(example.namespace)
    for command, shown in commands(example.parsed):
        done = run_command(command, folder)
        if shown and not shows(shown, done.stdout):
            return f"$ {command}\n--- shown:\n{shown}\n--- printed:\n{done.stdout}"
        if not shown and done.returncode:
            return f"$ {command}\n--- exited with {done.returncode}:\n{done.stdout}"
    return None


def write_file(example: Example) -> Path | None:
    """
    Write the file that the block names in its first line; return its path, or None if it names none.
    """
    match = FILE_NAME.match(example.parsed)
    if match is None:
        return None
    path = folder_of(example.namespace) / match["name"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.parsed, encoding="utf-8")
    return path


def run_pytest(folder: Path, path: Path) -> str | None:
    """
    Run a test file; return what pytest printed if it did not pass.
    """
    done = run_command(f"pytest {path.relative_to(folder).as_posix()}", folder)
    return done.stdout if done.returncode else None


def run_command(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """
    Run a command as a reader would: in the page's folder, with the installed hookkit, 80 columns wide.
    """
    # A reader has none of these; nor is measured what a reader runs, as the tests have to cover all.
    hidden = {
        "COVERAGE_PROCESS_CONFIG",
        "COVERAGE_PROCESS_START",
        "PYTHONSAFEPATH",
        "PYTHONPATH",
        "PYTEST_CURRENT_TEST",
        "PYTEST_XDIST_WORKER",
        "CI",
        "FORCE_COLOR",
    }
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | {
        "COLUMNS": "80",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        # What the tests of hookkit need, a reader does not have.
        "PYTEST_ADDOPTS": "-p no:asyncio -p no:cacheprovider -p no:hypothesispytest -p no:randomly -p no:xdist",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def commands(block: str) -> Iterator[tuple[str, str]]:
    """
    Split a console block into commands and what is shown after each.
    """
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.strip()


def shows(shown: str, printed: str) -> bool:
    """
    Tell whether a text is what was printed: ``...`` stands for anything, times, sizes and rules may differ.
    """
    pattern = "\n".join(
        ".*" if line == "..." else re.escape(line).replace(r"\.\.\.", "[^\n]*") for line in plain(shown)
    )
    return re.fullmatch(pattern, "\n".join(plain(printed)), re.DOTALL) is not None


def plain(text: str) -> list[str]:
    """
    Return the lines of a text without what changes from run to run.
    """
    for changing, stand_in in CHANGING:
        text = changing.sub(stand_in, text)
    return [line.strip() for line in text.strip().splitlines()]


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """
    Make a folder the working directory and importable.
    """
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path.remove(str(folder))
