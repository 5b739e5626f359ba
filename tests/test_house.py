"""
Facts about the project's files that no other check sees.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hookkit

ROOT = Path(__file__).parents[1]
FOLDERS = (".ci", "benchmarks", "changelog.d", "docs", "examples", "hookkit", "pytest_plugin", "tests")
LEFT_BY_RUNS = {"__pycache__", "_build", ".hookkit", ".pytest_cache", ".hypothesis", ".ruff_cache", ".mypy_cache"}
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian|rubygems|conda|anaconda)\.(?:org|com|io)\b")
PERSONAL_PATH = re.compile(r"(?<![\w.~}])/(?:home|root|Users|work)/\w")
FENCE = re.compile(r"^ *(`{3,}|~{3,})(?P<language>[^`\n]+)$", re.MULTILINE)
LANGUAGES = {"console", "ini", "python", "sh", "text", "toml"}
DIRECTIVES = {"{eval-rst}", "{glossary}", "{toctree}"}


def project_files() -> Iterator[Path]:
    """
    Yield each text file of the project.
    """
    yield from (path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".coverage"))
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not LEFT_BY_RUNS.intersection(path.parts):
                yield path


def public_modules() -> list[str]:
    """
    Return the name of each module of hookkit whose name has no underscore in front.
    """
    found = pkgutil.walk_packages(hookkit.__path__, "hookkit.")
    return ["hookkit", *(module.name for module in found if "._" not in module.name)]


def names_of(module: str) -> list[str]:
    """
    Return the public names of a module.
    """
    return list(getattr(importlib.import_module(module), "__all__", []))


def docstring_missing(value: object) -> bool:
    """
    Tell whether a value is something that can have a docstring, and has none.
    """
    return (inspect.isclass(value) or inspect.isroutine(value)) and not (value.__doc__ or "").strip()


def imported_from_hookkit(source: str) -> Iterator[str]:
    """
    Yield the full name of each thing that a module imports from hookkit.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "hookkit")


class TestFiles:
    def test_no_file_names_a_registry_or_someones_folder(self):
        """
        No file of the project names the host of a package registry or a path below someone's home.
        """
        found = [
            f"{path.relative_to(ROOT)}: {match[0]}"
            for path in project_files()
            for pattern in (REGISTRY, PERSONAL_PATH)
            for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
        ]
        assert found == []

    @pytest.mark.parametrize("text", ["files.pythonhosted" + ".org/x", "cd /root" + "/x", "open('/home" + "/me/x')"])
    def test_the_patterns_find_what_they_are_for(self, text):
        """
        A registry's host and a path below a home are recognised.
        """
        assert REGISTRY.search(text) or PERSONAL_PATH.search(text)

    def test_every_block_in_the_docs_is_of_a_known_kind(self):
        """
        A fenced block in README.md and docs/ is either run or known not to be run.
        """
        pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        found = [
            f"{page.relative_to(ROOT)}: {match['language']}"
            for page in pages
            for match in FENCE.finditer(page.read_text(encoding="utf-8"))
            if match["language"].strip() not in LANGUAGES | DIRECTIVES
        ]
        assert found == []


class TestPublicNames:
    @pytest.mark.parametrize("module", public_modules())
    def test_every_public_name_has_a_docstring(self, module):
        """
        A public module, and each class and function in its ``__all__``, has a docstring.
        """
        found = importlib.import_module(module)
        missing = [name for name in names_of(module) if docstring_missing(getattr(found, name))]
        assert (found.__doc__ or "").strip()
        assert missing == []


class TestThePlugin:
    def test_it_imports_only_public_names_of_the_runtime(self):
        """
        No module of the plugin, and no example, imports a name of hookkit that begins with an underscore.
        """
        sources = [*(ROOT / "pytest_plugin").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]
        found = [
            f"{path.relative_to(ROOT)}: {name}"
            for path in sources
            for name in imported_from_hookkit(path.read_text(encoding="utf-8"))
            if "._" in name
        ]
        assert found == []
