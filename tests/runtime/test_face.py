"""
Tests for the public faces `hookkit` and `hookkit.recording`, whose names are imported when they are first used.
"""

import ast
import importlib.util
import inspect
import sys
from pathlib import Path

import pytest

import hookkit
import hookkit.recording

FACES = [hookkit, hookkit.recording]


def names_for_type_checkers(face):
    """
    Give each name in the block that type checkers read, with the module that it comes from.
    """
    source = ast.parse(Path(face.__file__).read_text(encoding="utf-8"))
    block = next(node for node in source.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    return {
        alias.asname: (node.module.removeprefix(f"{face.__name__}."), alias.name)
        for node in block.body
        for alias in node.names
    }


@pytest.mark.parametrize("face", FACES)
class TestFaces:
    def test_type_checkers_see_the_same(self, face):
        """
        The names that type checkers are told of come from the modules that they are imported from.
        """
        assert names_for_type_checkers(face) == {name: (home, name) for name, home in face._HOMES.items()}

    def test_all_lists_every_name(self, face):
        """
        ``__all__`` is the sorted list of the names.
        """
        assert face.__all__ == sorted(face._HOMES)

    def test_every_name_is_there(self, face):
        """
        Each name leads to something that bears it, in the module that it is said to come from.
        """
        for name, module in face._HOMES.items():
            home = f"{face.__name__}.{module}"
            assert importlib.util.find_spec(home) is not None
            named = getattr(face, name)
            if inspect.isclass(named) or inspect.isfunction(named):
                assert named.__name__ == name

    def test_dir_lists_names_not_used_yet(self, face):
        """
        ``dir`` lists every public name, used or not.
        """
        assert set(face.__all__) <= set(dir(face))
        assert "__doc__" in dir(face)

    def test_an_unknown_name(self, face):
        """
        An unknown name is an AttributeError like that of any module.
        """
        with pytest.raises(AttributeError) as raised:
            _ = face.add_hok

        assert str(raised.value) == f"module '{face.__name__}' has no attribute 'add_hok'"

    def test_star_gives_all(self, face):
        """
        ``from hookkit import *`` gives exactly the public names.
        """
        namespace = {}
        exec(f"from {face.__name__} import *", namespace)

        assert namespace.keys() - {"__builtins__"} == set(face.__all__)


class TestFace:
    def test_a_name_is_that_of_the_module_that_is_imported_now(self, monkeypatch):
        """
        Where a module was dropped and is imported again, as in a test run inside another, its new names are given.
        """
        before = hookkit.ContractError
        monkeypatch.setattr(hookkit, "exceptions", sys.modules["hookkit.exceptions"])  # put back at the end
        monkeypatch.delitem(sys.modules, "hookkit.exceptions")

        assert hookkit.ContractError is not before
        assert hookkit.ContractError is sys.modules["hookkit.exceptions"].ContractError

    def test_modules_can_be_imported_from_it(self):
        """
        Its modules can be imported from it as from any package.
        """
        from hookkit import discovery

        assert discovery is importlib.import_module("hookkit.discovery")
