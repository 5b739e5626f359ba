"""
A fast look at what is installed: only the metadata that can declare entry points of a group is read.

See "How hooks are found fast" in the explanations for when it is used, and why it finds what the library finds.
"""

import os
import sys
from os import close as _close
from os import open as _open
from os import read as _read

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PATH_FINDERS = "<frozen importlib._bootstrap_external>"
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_ABSENT = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
_MOST_BYTES = 8192
_ENDINGS = (".dist-info", ".egg-info")


class UnsureError(Exception):
    """
    Something is there that only the library can judge.
    """


class InstalledDistribution:
    """
    The metadata folder of a distribution, with as much of the library's interface as `hookkit.discovery` asks for.
    """

    entry_points = ()  # those that the library makes of no file at all

    def __init__(self, path: str, normalized_name: str) -> None:
        self._path = path
        self._normalized_name = normalized_name

    def read_text(self, filename: str) -> str | None:
        """
        Read a file of the folder as UTF-8; None if it is not there or cannot be opened.
        """
        try:
            content = _read_all(_open(f"{self._path}/{filename}", _FLAGS))
        except _ABSENT:
            return None
        return content.decode().replace("\r\n", "\n").replace("\r", "\n")

    @property
    def metadata(self) -> dict[str, str]:
        """
        The name and the version that the metadata gives.

        Raises:
            FileNotFoundError: If there is none.
        """
        text = self.read_text("METADATA") or self.read_text("PKG-INFO")
        if not text:
            raise FileNotFoundError
        return _headers(text)


def declaring(group: str) -> "list[InstalledDistribution] | None":
    """
    Find the distributions that may declare entry points in *group*, by their normalised name.

    Returns:
        None if only the library can tell: where there are finders of other kinds, archives, or two distributions of one
        name.
    """
    try:
        _check_finders()
        return _declaring(group.encode(), _metadata_folders(sys.path))
    except UnsureError:
        return None


def _declaring(group: bytes, roots: "Iterable[tuple[str, list[str]]]") -> list[InstalledDistribution]:
    folders: list[str] = []
    found: dict[str, str] = {}
    for root, names in roots:
        folders += names
        for name in names:
            path = root + name
            try:
                descriptor = _open(f"{path}/entry_points.txt", _FLAGS)
            except _ABSENT:
                continue
            content = _read_all(descriptor)
            if group in content:
                found[_normalized_name(name)] = path
    # A distribution that declares nothing in the group hides one further on that does.
    initials = {name[0] for name in found}
    names = [_normalized_name(folder) for folder in folders if folder[0].lower() in initials]
    if any(names.count(name) > 1 for name in found):
        raise UnsureError
    return [InstalledDistribution(found[name], name) for name in sorted(found, key=lambda name: name.replace("_", "-"))]


def _metadata_folders(roots: "Iterable[object]") -> "Iterator[tuple[str, list[str]]]":
    """
    Yield each of *roots* with the names of the metadata folders that are there.
    """
    for root in dict.fromkeys(roots):
        if not isinstance(root, str) or root.lower().endswith(".egg"):
            raise UnsureError  # an egg's name is in its metadata alone
        try:
            names = os.listdir(root or ".")  # noqa: PTH208 - pathlib takes longer to import than this takes
        except NotADirectoryError:
            raise UnsureError from None  # an archive, or something that only looks like one
        except OSError:
            continue
        folders = [name for name in names if name.lower().endswith(_ENDINGS)]
        yield os.path.join(root, ""), folders  # noqa: PTH118 - the same


def _normalized_name(folder: str) -> str:
    """
    Give the name of the distribution that a metadata folder belongs to, as the library normalises it.
    """
    name = folder.rpartition(".")[0].partition("-")[0].lower().replace(".", "_")
    while "__" in name:
        name = name.replace("__", "_")
    if not name or not folder.endswith(_ENDINGS):  # the name is in the metadata, or is none
        raise UnsureError
    return name


def _check_finders() -> None:
    """
    Make sure that distributions are found on sys.path alone, by the library as it was written.
    """
    library = sys.modules.get("importlib_metadata")
    folder = str(getattr(library, "__file__", "")).rpartition("__init__")[0]
    is_found = library is None
    for finder in sys.meta_path:
        find = getattr(finder, "find_distributions", None)
        if find is not None:
            is_found = True
            _check_written_in(folder, find)
    if not is_found:
        raise UnsureError
    if library is not None:
        _check_written_in(folder, library.Distribution.discover)


def _check_written_in(folder: str, method: object) -> None:
    """
    Make sure that *method* is the library's own, in its *folder*, or the interpreter's.
    """
    code = getattr(getattr(method, "__func__", method), "__code__", None)
    filename = str(getattr(code, "co_filename", ""))
    if filename != _PATH_FINDERS and not (folder and filename.startswith(folder)):
        raise UnsureError


def _read_all(descriptor: int) -> bytes:
    """
    Read a small file in as few steps as can be, and close it.
    """
    try:
        content = part = _read(descriptor, _MOST_BYTES)
        while len(part) == _MOST_BYTES:
            part = _read(descriptor, _MOST_BYTES)
            content += part
    except IsADirectoryError:
        return b""
    finally:
        _close(descriptor)
    return content


def _headers(text: str) -> dict[str, str]:
    """
    Read the headers of a message; of those that come again, the first, as the library does.
    """
    headers: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if line.startswith((" ", "\t")):
            continue  # what goes on from the line before: no name and no version does
        if not colon:
            break
        headers.setdefault(name.title(), value.lstrip(" \t"))
    return headers
