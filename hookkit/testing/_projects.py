"""
The source tree of a hook package, read and imported as if it were installed.
"""

import configparser
import importlib
import importlib.util
import os
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

from hookkit.discovery import split_reference
from hookkit.exceptions import InvalidValueError, MisuseError
from hookkit.testing._fake_checks import check_distribution, check_entry_point, check_text

SCRIPT_GROUPS = frozenset({"console_scripts", "gui_scripts"})

_NO_VERSION = "0"
_COMPUTED = ("attr:", "file:")
_BUILT = frozenset({"build", "dist"})


@dataclass(frozen=True)
class Project:
    """
    What a source tree says of itself.

    Attributes:
        folder: The folder that has the ``pyproject.toml``, absolute.
        name: The name of the distribution.
        version: Its version; ``"0"`` if that is computed at build time.
        requires: Its requirements, one string for each.
        entry_points: (group, name, value) of each entry point, in the order of the files.
        import_folders: What has to be on sys.path to import its modules; empty if they can be imported already.
    """

    folder: Path
    name: str
    version: str
    requires: tuple[str, ...]
    entry_points: tuple[tuple[str, str, str], ...]
    import_folders: tuple[Path, ...]


def read_project(path: str | PathLike[str]) -> Project:
    """
    Read what a source tree says of itself; nothing of it is executed.

    Args:
        path: The folder that has the ``pyproject.toml``.

    Raises:
        InvalidValueError: If it says too little, or in a way that only a build would understand.
    """
    folder = Path(path).resolve()
    if not folder.is_dir():
        msg = f"Cannot add project {os.fspath(path)!r}: {folder} is not a folder."
        raise InvalidValueError(msg)
    reader = _Reader(folder)
    reader.read_pyproject()
    reader.read_setup_cfg()
    declared = {group for group, _ in reader.entry_points}
    if not declared or (reader.leaves_entry_points and declared <= SCRIPT_GROUPS):
        reason = (
            "it declares no entry points where they were looked for: [project.entry-points] in pyproject.toml, "
            "[options.entry_points] and [entry_points] in setup.cfg."
        )
        raise reader.error(reason)
    if not reader.name:
        reason = "it has no name where that was looked for: [project] in pyproject.toml, [metadata] in setup.cfg."
        raise reader.error(reason)
    version = reader.version or _NO_VERSION
    reader.check(check_distribution, reader.name)
    reader.check(check_text, "version", version)
    for requirement in reader.requires:
        reader.check(check_text, "requirement", requirement)
    return Project(
        folder,
        reader.name,
        version,
        tuple(reader.requires),
        tuple((group, name, value) for (group, name), value in reader.entry_points.items()),
        tuple({found: None for module in reader.modules if (found := reader.import_folder(module))}),
    )


class _Reader:
    """
    Collects what the files of a project say; what is said first counts.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name: str | None = None
        self.version: str | None = None
        self.requires: list[str] = []
        self.entry_points: dict[tuple[str, str], str] = {}
        self.modules: list[str] = []
        self.leaves_entry_points = False

    def error(self, reason: str) -> InvalidValueError:
        """
        Make the error that tells why the project cannot be added, and what can be done instead.
        """
        way_on = f"Put that right, or install it instead: pip install -e {self.folder}"
        return InvalidValueError(f"Cannot add project {str(self.folder)!r}: {reason} {way_on}")

    def check(self, check: Callable[..., None], *values: object) -> None:
        """
        Refuse the project if *check* refuses the values.
        """
        try:
            check(*values)
        except (InvalidValueError, MisuseError) as exc:
            raise self.error(str(exc)) from exc

    def read_pyproject(self) -> None:
        """
        Read the [project] table of pyproject.toml, if there is one.
        """
        project = self._table(self._read("pyproject.toml", tomllib.loads), "project")
        self.name = project.get("name")
        self.version = project.get("version")
        self.requires.extend(self._list(project, "dependencies"))
        self.leaves_entry_points = "entry-points" in self._list(project, "dynamic")
        groups = dict(self._table(project, "entry-points"))
        groups |= {"console_scripts": project.get("scripts", {}), "gui_scripts": project.get("gui-scripts", {})}
        for group in groups:
            for name, value in self._table(groups, group).items():
                self._add("pyproject.toml", group, name, value)

    def read_setup_cfg(self) -> None:
        """
        Read setup.cfg as setuptools and as pbr do, if there is one.
        """
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
        self._read("setup.cfg", parser.read_string)
        self.name = self.name or parser.get("metadata", "name", fallback=None)
        version = parser.get("metadata", "version", fallback="")
        if not version.startswith(_COMPUTED):
            self.version = self.version or version
        requires = parser.get("options", "install_requires", fallback="")
        if not requires.startswith(_COMPUTED):
            self.requires = self.requires or [*filter(None, requires.splitlines())]
        for section in ("options.entry_points", "entry_points"):
            for group, text in parser.items(section) if parser.has_section(section) else ():
                for line in filter(None, text.splitlines()):
                    name, _, value = (part.strip() for part in line.partition("="))
                    self._add("setup.cfg", group, name, value)

    def _read(self, name: str, parse: Callable[[str], Any]) -> Any:
        """
        Parse a file; a file that is not there is an empty one.
        """
        try:
            return parse(self.folder.joinpath(name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return parse("")
        except (OSError, ValueError, configparser.Error) as exc:
            reason = f"its {name} cannot be read: {exc}."
            raise self.error(reason) from exc

    def _list(self, parent: dict[str, Any], name: str) -> list[Any]:
        found = parent.get(name, [])
        if isinstance(found, list):
            return found
        reason = f"its pyproject.toml has {found!r} where the list of {name!r} is looked for."
        raise self.error(reason)

    def _table(self, parent: dict[str, Any], name: str) -> dict[str, Any]:
        table = parent.get(name, {})
        if isinstance(table, dict):
            return table
        reason = f"its pyproject.toml has {table!r} where the table of {name!r} is looked for."
        raise self.error(reason)

    def _add(self, file: str, group: str, name: str, value: Any) -> None:
        reference = split_reference(value) if isinstance(value, str) else None
        if reference is None:
            reason = f"its {file} gives {name!r} of {group!r} as {value!r}, which is not 'package.module:attribute'."
            raise self.error(reason)
        self.check(check_entry_point, group, name)
        self.modules.append(reference[0])
        self.entry_points.setdefault((group, name), value)

    def import_folder(self, module: str) -> Path | None:
        """
        Find the folder from which *module* can be imported; None if it is installed, whatever that is.
        """
        subfolders = sorted(child for child in self.folder.iterdir() if child.is_dir() and child.name not in _BUILT)
        folders = [self.folder / "src", self.folder, *subfolders]
        # A module that is missing fails when it is loaded, as it would when installed: its package is enough here.
        for wanted in (module, module.partition(".")[0]):
            for folder in folders:
                if _has_module(folder, wanted):
                    return folder
        if _is_installed(module.partition(".")[0]):
            return None
        reason = f"there is no module {module!r} in its folder, in src/ or in another of its subfolders."
        raise self.error(reason)


class ProjectImports:
    """
    Makes the modules of a project importable, and forgets them.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._folders = [str(folder) for folder in project.import_folders]
        # Kept as objects: what has gone and come back meanwhile, through another copy of this, is new.
        self._modules_before: dict[str, ModuleType] = {}
        self._finders_before: dict[str, Any] = {}
        for _, _, value in project.entry_points:
            for name in accumulate(value.partition(":")[0].split("."), "{}.{}".format):
                self._check(project, name)

    def _check(self, project: Project, name: str) -> None:
        """
        Refuse a project of which another copy is imported already: that copy would be tested.
        """
        file = getattr(sys.modules.get(name), "__file__", None)  # None for a namespace package, which is shared.
        folder = next((folder for folder in self._folders if _has_module(Path(folder), name)), None)
        if file and folder and not _is_from(name, sys.modules[name], folder):
            msg = (
                f"Cannot add project {str(project.folder)!r}: its module {name!r} has been imported from {file}, "
                f"and would be taken from there. Import it from {folder} only, or after add_project()."
            )
            raise InvalidValueError(msg)

    def enter(self) -> None:
        """
        Put the project's folders first on sys.path.
        """
        self._modules_before = dict(sys.modules)
        self._finders_before = dict(sys.path_importer_cache)
        sys.path[:0] = self._folders
        importlib.invalidate_caches()

    def leave(self) -> None:
        """
        Take them off sys.path, and forget what was imported from there since `enter`.
        """
        for folder in self._folders:
            if folder in sys.path:
                sys.path.remove(folder)
            for place, finder in list(sys.path_importer_cache.items()):
                if finder is not self._finders_before.get(place, self) and Path(place).is_relative_to(folder):
                    sys.path_importer_cache.pop(place, None)
        for name, module in list(sys.modules.items()):
            is_new = module is not self._modules_before.get(name)
            if is_new and any(_is_from(name, module, folder) for folder in self._folders):
                _forget(name, module)
        self._modules_before = {}
        self._finders_before = {}
        importlib.invalidate_caches()


def _forget(name: str, module: ModuleType) -> None:
    del sys.modules[name]
    parent, _, child = name.rpartition(".")
    # A package that stays must not keep its submodule as an attribute.
    attributes = vars(sys.modules[parent]) if parent in sys.modules else {}
    if attributes.get(child) is module:
        del attributes[child]


def _is_from(name: str, module: ModuleType, folder: str) -> bool:
    """
    Tell whether *module* lies where importing *name* from *folder* would find it.
    """
    wanted = Path(folder, *name.split("."))
    places = _places(module)
    return bool(places) and all(
        place in (wanted, wanted / "__init__.py") or (place.parent == wanted.parent and place.stem == wanted.name)
        for place in places
    )


def _places(module: ModuleType) -> list[Path]:
    """
    Give the file of a module, or the folders of a namespace package; empty for anything else in sys.modules.
    """
    attributes = getattr(module, "__dict__", {})
    file = attributes.get("__file__")
    return [Path(place) for place in ([file] if file else attributes.get("__path__", ()))]


def _has_module(folder: Path, name: str) -> bool:
    path = folder.joinpath(*name.split("."))
    return path.with_name(f"{path.name}.py").is_file() or path.is_dir()


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # It is imported, by somebody who gave it no specification.
        return True
