"""
Tests of what runs the examples in the docs.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sybil import Document
from sybil.document import PythonDocStringDocument
from sybil.example import SybilFailure

import doc_examples


@pytest.fixture
def evaluate() -> Iterator[Callable[[Document], Document]]:
    """
    Give a function that runs the examples of a page or a module.
    """
    opened = []

    def evaluate_all(document: Document) -> Document:
        doc_examples.open_folder(document.namespace)
        opened.append(document)
        for example in document.examples():
            example.evaluate()
        return document

    yield evaluate_all
    for document in opened:
        doc_examples.close_folder(document.namespace)


@pytest.fixture
def run(tmp_path, evaluate) -> Callable[[str], Document]:
    """
    Give a function that runs the examples of a page.
    """

    def run_page(text: str) -> Document:
        path = tmp_path / "page.md"
        path.write_text(text, encoding="utf-8")
        return evaluate(Document.parse(str(path), *doc_examples.page_parsers()))

    return run_page


@pytest.fixture
def run_docstrings(tmp_path, evaluate, monkeypatch) -> Iterator[Callable[..., Document]]:
    """
    Give a function that runs the examples of a function's docstring.
    """

    def run_module(*lines: str) -> Document:
        path = tmp_path / "documented_module.py"
        text = "\n".join(["def documented():", '    """', *(f"    {line}" for line in lines), '    """', ""])
        path.write_text(text, encoding="utf-8")
        sys.modules.pop(path.stem, None)
        return evaluate(PythonDocStringDocument.parse(str(path), *doc_examples.docstring_parsers()))

    monkeypatch.syspath_prepend(tmp_path)
    yield run_module
    sys.modules.pop("documented_module", None)


def block(language: str, *lines: str) -> str:
    """
    Return a fenced block.
    """
    return "\n".join([f"```{language}", *lines, "```", ""])


class TestPython:
    def test_blocks_share_their_names(self, run):
        """
        A block sees the names of the blocks before it.
        """
        page = run(block("python", "a = 1") + block("python", "b = a + 1"))
        assert page.namespace["b"] == 2

    def test_a_block_can_import_a_file_of_its_page(self, run):
        """
        A block whose first line names a file becomes that file, and later blocks can import it.
        """
        page = run(block("python", "# pieces.py", "PIECES = 3") + block("python", "from pieces import PIECES"))
        assert page.namespace["PIECES"] == 3

    def test_modules_of_a_page_are_forgotten_with_it(self, run):
        """
        Once a page is closed, nothing can import its files.
        """
        page = run(block("python", "# pieces.py", "PIECES = 3") + block("python", "import pieces"))
        folder = doc_examples.folder_of(page.namespace)
        doc_examples.close_folder(page.namespace)
        assert "pieces" not in sys.modules
        assert not folder.exists()

    def test_a_doctest_is_compared(self, run):
        """
        A block that starts with a prompt is a doctest.
        """
        with pytest.raises(SybilFailure, match="Expected:\n    3\nGot:\n    2"):
            run(block("python", ">>> 1 + 1", "3"))

    @pytest.mark.parametrize("name", ["", "# test_it.py"])
    def test_a_test_that_fails_fails_the_example(self, run, name):
        """
        A block with a test is run by pytest, whether it names its file or not.
        """
        with pytest.raises(SybilFailure, match="assert 1 == 2"):
            run(block("python", name, "def test_it():", "    assert 1 == 2"))

    def test_a_doctest_can_import_a_file_of_its_page(self, run):
        """
        A doctest runs where the page's files are.
        """
        doctest = block("python", ">>> import pieces", ">>> pieces.PIECES", "3")
        page = run(block("python", "# pieces.py", "PIECES = 3") + doctest)
        assert page.namespace["pieces"].PIECES == 3

    def test_a_test_can_import_a_file_of_its_page(self, run):
        """
        A test that names no file runs beside the page's files, and leaves none behind.
        """
        test = block("python", "from pieces import PIECES", "def test_it():", "    assert PIECES == 3")
        page = run(block("python", "# pieces.py", "PIECES = 3") + test)
        assert [path.name for path in doc_examples.folder_of(page.namespace).iterdir()] == ["pieces.py"]


class TestDocstrings:
    @pytest.mark.parametrize("before", [">>> ", ".. code-block:: python\n\n        "], ids=["doctest", "block"])
    def test_examples_run_in_a_folder_of_their_own(self, run_docstrings, before):
        """
        What an example of a docstring writes lies in a folder that is gone once the module is closed.
        """
        module = run_docstrings(f"{before}here = __import__('pathlib').Path('left.txt'); _ = here.write_text('tea')")
        folder = doc_examples.folder_of(module.namespace)
        assert [path.name for path in folder.iterdir()] == ["left.txt"]
        assert not Path("left.txt").exists()
        doc_examples.close_folder(module.namespace)
        assert not folder.exists()

    def test_examples_see_what_the_module_has(self, run_docstrings):
        """
        An example of a docstring has the names of its module, and a doctest is compared.
        """
        assert run_docstrings(">>> documented()").namespace["documented"]() is None
        with pytest.raises(SybilFailure, match="Expected:\n    3\nGot:\n    2"):
            run_docstrings(">>> 1 + 1", "3")


class TestData:
    @pytest.mark.parametrize(("language", "line"), [("toml", "a = 1"), ("ini", "[a]")])
    def test_a_block_that_names_its_file_becomes_it(self, run, language, line):
        """
        Data with a file name in the first line is written to that file, in a folder too.
        """
        page = run(block(language, f"# conf/it.{language}", line))
        path = doc_examples.folder_of(page.namespace) / "conf" / f"it.{language}"
        assert path.read_text(encoding="utf-8") == f"# conf/it.{language}\n{line}\n"

    def test_a_block_that_cannot_be_read_fails(self, run):
        """
        Data without a file name is read too.
        """
        with pytest.raises(ValueError, match="Invalid value"):
            run(block("toml", "a = "))


class TestConsole:
    def test_what_is_printed_is_compared(self, run):
        """
        A command that prints something else than what is shown fails, and both texts are told.
        """
        with pytest.raises(SybilFailure) as caught:
            run(block("console", "$ echo tea", "coffee"))
        assert str(caught.value).endswith("$ echo tea\n--- shown:\ncoffee\n--- printed:\ntea\n")

    def test_a_command_with_nothing_shown_has_to_succeed(self, run):
        """
        The exit code of a command counts if nothing is shown below it.
        """
        with pytest.raises(SybilFailure) as caught:
            run(block("console", "$ mkdir a", "$ echo no; exit 3"))
        assert str(caught.value).endswith("$ echo no; exit 3\n--- exited with 3:\nno\n")

    def test_a_command_may_fail_as_shown(self, run):
        """
        A command that fails is fine if it prints what is shown.
        """
        page = run(block("console", "$ echo no | tee said.txt; exit 3", "no"))
        assert (doc_examples.folder_of(page.namespace) / "said.txt").read_text() == "no\n"

    @pytest.mark.parametrize(
        ("shown", "printed"),
        [
            ("1 passed in 0.02s", "1 passed in 11.50s"),
            ("== a ==", "== a =="),
            ("=== a ===", "====== a ==========="),
            ("a   1.2 ms", "a 13 us"),
            ("(2 calls, 9 kB)", "(2 calls, 812 B)"),
            ("...\nend", "one\ntwo\nend"),
            ("at ... end", "at 0x7f end"),
        ],
    )
    def test_what_changes_from_run_to_run_may_differ(self, shown, printed):
        """
        Times, sizes, blanks and rules may differ, and an ellipsis stands for anything.
        """
        assert doc_examples.shows(shown, printed)

    @pytest.mark.parametrize(("shown", "printed"), [("2 calls", "3 calls"), ("at ... end", "at\nend"), ("a\nb", "a")])
    def test_nothing_else_may_differ(self, shown, printed):
        """
        Other numbers, missing lines, and what an ellipsis would have to reach over a line's end for, differ.
        """
        assert not doc_examples.shows(shown, printed)
