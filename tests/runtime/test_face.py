"""
Tests for `hookkit` itself: the public face, whose names are imported when they are first used.
"""

import ast
import importlib.util
import inspect
import sys
from pathlib import Path

import pytest

import hookkit

SOURCE = ast.parse(Path(hookkit.__file__).read_text(encoding="utf-8"))


def names_for_type_checkers():
    """
    Give each name in the block that type checkers read, with the module that it comes from.
    """
    block = next(node for node in SOURCE.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    return {
        alias.asname: (node.module.removeprefix("hookkit."), alias.name) for node in block.body for alias in node.names
    }


class TestFace:
    def test_type_checkers_see_the_same(self):
        """
        The names that type checkers are told of come from the modules that they are imported from.
        """
        assert names_for_type_checkers() == {name: (home, name) for name, home in hookkit._HOMES.items()}

    def test_all_lists_every_name(self):
        """
        ``__all__`` is the sorted list of the names.
        """
        assert hookkit.__all__ == sorted(hookkit._HOMES)

    @pytest.mark.parametrize("name", sorted(hookkit._HOMES))
    def test_every_name_is_there(self, name):
        """
        Each name leads to something that bears it, in the module that it is said to come from.
        """
        home = f"hookkit.{hookkit._HOMES[name]}"
        assert importlib.util.find_spec(home) is not None
        named = getattr(hookkit, name)

        if inspect.isclass(named) or inspect.isfunction(named):
            assert named.__name__ == name

    def test_a_name_is_that_of_the_module_that_is_imported_now(self, monkeypatch):
        """
        Where a module was dropped and is imported again, as in a test run inside another, its new names are given.
        """
        before = hookkit.ContractError
        monkeypatch.setattr(hookkit, "exceptions", sys.modules["hookkit.exceptions"])  # put back at the end
        monkeypatch.delitem(sys.modules, "hookkit.exceptions")

        assert hookkit.ContractError is not before
        assert hookkit.ContractError is sys.modules["hookkit.exceptions"].ContractError

    def test_dir_lists_names_not_used_yet(self):
        """
        ``dir`` lists every public name, used or not.
        """
        assert set(hookkit.__all__) <= set(dir(hookkit))
        assert "__doc__" in dir(hookkit)

    def test_an_unknown_name(self):
        """
        An unknown name is an AttributeError like that of any module.
        """
        with pytest.raises(AttributeError) as raised:
            _ = hookkit.add_hok

        assert str(raised.value) == "module 'hookkit' has no attribute 'add_hok'"

    def test_modules_can_be_imported_from_it(self):
        """
        Its modules can be imported from it as from any package.
        """
        from hookkit import discovery

        assert discovery is importlib.import_module("hookkit.discovery")

    def test_star_gives_all(self):
        """
        ``from hookkit import *`` gives exactly the public names.
        """
        namespace = {}
        exec("from hookkit import *", namespace)

        assert namespace.keys() - {"__builtins__"} == set(hookkit.__all__)
