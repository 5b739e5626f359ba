"""
Stand-ins for the modules of hosts that hooks import, where the hosts are not installed.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

KEY = "hooks_stand_in_modules"
DROP_INS = {"manila.share.hook": "hookkit.compat.manila_hook", "nova.hooks": "hookkit.compat.nova_hooks"}

_FINDER = pytest.StashKey["StandInFinder"]()
_MISSING = re.compile(r"No module named '([\w.]+)'")


def put_in_place(config: pytest.Config) -> None:
    """
    Have the modules stood in for that the ini key names, until pytest ends.

    Raises:
        pytest.UsageError: If there is no stand-in for one of them.
    """
    if _FINDER in config.stash:
        return
    names = config.getini(KEY)
    unknown = [name for name in names if name not in DROP_INS]
    if unknown:
        known = " and ".join(map(repr, sorted(DROP_INS)))
        msg = (
            f"The ini key {KEY} names {unknown[0]!r}, for which there is no stand-in. There are stand-ins for {known}."
        )
        raise pytest.UsageError(msg)
    finder = config.stash[_FINDER] = StandInFinder(names)
    finder.install()
    config.add_cleanup(finder.uninstall)


class StandInFinder(MetaPathFinder, Loader):
    """
    Finds drop-ins, and the packages they are in, where nobody else finds a module of that name.

    So a real host that is installed comes first, also one that gets onto ``sys.path`` later.

    Args:
        names: The modules to stand in for.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._packages = frozenset(parent for name in self._names for parent in parents(name))
        self._loaded: list[ModuleType] = []

    def install(self) -> None:
        """
        Ask this finder after all others.
        """
        sys.meta_path.append(self)

    def uninstall(self) -> None:
        """
        Ask it no more, and forget what it found.
        """
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        for module in self._loaded:
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]
            package, _, name = module.__name__.rpartition(".")
            if getattr(sys.modules.get(package), name, None) is module:
                delattr(sys.modules[package], name)

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """
        Say how a module is loaded, if it is one of those to stand in for.
        """
        if fullname not in self._names and fullname not in self._packages:
            return None
        return ModuleSpec(fullname, self, origin="hookkit's stand-in", is_package=fullname in self._packages)

    def exec_module(self, module: ModuleType) -> None:
        """
        Give *module* what the drop-in has; a package is left empty.
        """
        self._loaded.append(module)
        if module.__name__ in self._names:
            drop_in = import_module(DROP_INS[module.__name__])
            module.__doc__ = drop_in.__doc__
            for name in (*drop_in.__all__, "__all__"):
                setattr(module, name, getattr(drop_in, name))


def parents(name: str) -> list[str]:
    """
    List the packages that a module is in, the outermost first.
    """
    words = name.split(".")
    return [".".join(words[:count]) for count in range(1, len(words))]


def hint(text: str, config: pytest.Config) -> str | None:
    """
    Say which stand-in would help, if *text* tells of a missing module that has one; None otherwise.
    """
    for missing in _MISSING.findall(text):
        for name in sorted(DROP_INS.keys() - set(config.getini(KEY))):
            if missing in (*parents(name), name):
                return (
                    f"hookkit can stand in for {name!r} where it is not installed: "
                    f"set {KEY} = {name} in pytest's configuration."
                )
    return None


def add_to_report(report: pytest.CollectReport, text: str) -> None:
    """
    Show *text* below what a report says.
    """
    inner = getattr(report.longrepr, "longrepr", None)
    if isinstance(inner, str):
        report.longrepr.longrepr = f"{inner}\n{text}"  # type: ignore[union-attr] # as it has it
    else:
        report.sections.append(("hookkit", text))
