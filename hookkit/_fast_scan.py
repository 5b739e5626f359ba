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
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from hookkit._fast_rescan import KeptListing

    Matches = list[tuple[str, bytes]]

_PATH_FINDERS = "<frozen importlib._bootstrap_external>"
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_DIRECTORY", 0)
_ENDINGS = (".dist-info", ".egg-info")
_OPENS_BELOW = {os.open, os.stat} <= os.supports_dir_fd and os.listdir in os.supports_fd
_MOST_OPEN = 32

DECLARATIONS = "/entry_points.txt"
FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
ABSENT = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
"""
What the library takes for a file that is not there.
"""

_MOST_BYTES = 450
"""
How much is read at once: more than most files have, and few enough to take the memory for it from a near place.
"""

_MOST_BYTES_MORE = 65_536


class UnsureError(Exception):
    """
    Something is there that only the library can judge.
    """


class InstalledDistribution:
    """
    The metadata folder of a distribution, with as much of the library's interface as `hookkit.discovery` asks for.
    """

    entry_points = ()  # those that the library makes of no file at all

    def __init__(self, path: str, normalized_name: str, declared: bytes) -> None:
        self._path = path
        self._normalized_name = normalized_name
        self._declared = declared

    def read_text(self, filename: str) -> str | None:
        """
        Read a file of the folder as UTF-8; None if it is not there or cannot be opened.
        """
        if filename == "entry_points.txt":
            content = self._declared
        else:
            try:
                file = _open(f"{self._path}/{filename}", FLAGS)
                try:
                    content = rest_of(file)
                finally:
                    _close(file)
            except ABSENT:
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
        None if only the library can tell: where there are finders of other kinds, archives, two distributions of one
        name, or files that cannot be read.
    """
    try:
        _check_finders()
        return _declaring(group.encode(), sys.path)
    except (UnsureError, OSError, ValueError):  # the last for what is no path, or no text that can be encoded
        return None


def _declaring(group: bytes, roots: "Iterable[object]") -> list[InstalledDistribution]:
    found: dict[str, tuple[str, bytes]] = {}
    listings: dict[str, Listing] = {}
    for root, descriptor in _opened(roots):
        try:
            listing = listings[root] = _listed(root, descriptor)
            for folder, declared in listing.mentioning(group, descriptor):
                found[_normalized_name(folder)] = os.path.join(root, folder), declared  # noqa: PTH118 - pathlib is slow
        finally:
            if descriptor is not None:
                _close(descriptor)
    _check_names(listings.values(), found)
    _remember(listings)
    in_order = sorted(found, key=lambda name: name.replace("_", "-"))
    return [InstalledDistribution(found[name][0], name, found[name][1]) for name in in_order]


def _opened(roots: "Iterable[object]") -> "Iterator[tuple[str, int | None]]":
    """
    Open the folders among *roots*; with None, where what is in a folder can only be opened by its full path.
    """
    for root in dict.fromkeys(roots):
        if not isinstance(root, str) or root.lower().endswith(".egg"):
            raise UnsureError  # an egg's name is in its metadata alone
        try:
            if not _OPENS_BELOW:
                os.listdir(root or ".")  # noqa: PTH208 - pathlib is slow to import
            descriptor = _open(root or ".", _FOLDER_FLAGS) if _OPENS_BELOW else None
        except NotADirectoryError:
            raise UnsureError from None  # an archive, or something that only looks like one
        except OSError:
            continue
        yield root, descriptor


class Listing:
    """
    The metadata folders in a folder on sys.path, as they were when it was listed.

    Attributes:
        folders: Their names.
        stems: What they are called without version and ending, and without what normalising changes.
        prefix: What stands before their names, to open what is in them.
    """

    __slots__ = ("folders", "prefix", "stems")

    def __init__(self, names: list[str], prefix: str) -> None:
        self.folders = [name for name in names if name.endswith(_ENDINGS)]
        text = "\n".join((*names, "")).lower()
        if sum(text.count(f"{ending}\n") for ending in _ENDINGS) != len(self.folders):
            raise UnsureError  # one is spelt in another way, which the library may know or not
        text = "\n".join((*self.folders, "")).lower()
        for gone, left in *((f"{ending}\n", "\n") for ending in _ENDINGS), ("_", ""), (".", ""):
            text = text.replace(gone, left)
        self.stems = [line.partition("-")[0] for line in text.splitlines()]
        if "" in self.stems:
            raise UnsureError  # its name is in its metadata alone, as that of what a broken installation left, or none
        self.prefix = prefix

    def mentioning(self, group: bytes, descriptor: int | None) -> "Matches":
        """
        Read what the distributions declare; give the folders of those that mention *group*, with what is there.

        Some files are opened, then all of these read, then closed: that is faster than to do all with one after the
        other.
        """
        found: Matches = []
        for start in range(0, len(self.folders), _MOST_OPEN):
            opened: dict[str, int] = {}
            try:
                for folder in self.folders[start : start + _MOST_OPEN]:
                    try:
                        opened[folder] = _open(f"{self.prefix}{folder}{DECLARATIONS}", FLAGS, dir_fd=descriptor)
                    except ABSENT:
                        continue
                beginnings = [_read(file, _MOST_BYTES) for file in opened.values()]
                for (folder, file), beginning in zip(opened.items(), beginnings, strict=True):
                    if group in beginning or len(beginning) == _MOST_BYTES:
                        content = beginning + rest_of(file)
                        if group in content:
                            found.append((folder, content))
            finally:
                for file in opened.values():
                    _close(file)
        return found

    def kept_form(self) -> "KeptListing | None":
        """
        Give what is kept of it until the next scan: nothing, as most processes scan once.
        """
        return None


_listings: "dict[str, KeptListing | None]" = {}
"""
The folders that were scanned, with what is kept of them: nothing of those that were scanned once.
"""


def _listed(root: str, descriptor: int | None) -> Listing:
    there = root or "." if descriptor is None else descriptor
    prefix = os.path.join(root, "") if descriptor is None else ""  # noqa: PTH118 - pathlib is slow to import
    if root not in _listings:
        return Listing(os.listdir(there), prefix)  # noqa: PTH208 - the same
    from hookkit._fast_rescan import listed

    return listed(there, prefix, _listings.get(root))


def _remember(listings: "Mapping[str, Listing]") -> None:
    """
    Take note of which folders were scanned, and forget those that are no longer on sys.path.
    """
    for gone in {*_listings}.difference(listings):
        _listings.pop(gone, None)
    _listings.update({root: listing.kept_form() for root, listing in listings.items()})


def _check_names(listings: "Collection[Listing]", found: "Iterable[str]") -> None:
    """
    Make sure that none of those found has a name that a second distribution has too.

    One that declares nothing in the group hides one further on that does.
    """
    stems: list[str] = []
    for listing in listings:
        stems += listing.stems
    if len(set(stems)) == len(stems):
        return
    for name in found:
        if stems.count(name.replace("_", "")) > 1:
            folders = [folder for listing in listings for folder in listing.folders]
            alike = [folder for folder in folders if folder[0].lower() == name[0]]
            if list(map(_normalized_name, alike)).count(name) > 1:
                raise UnsureError


def _normalized_name(folder: str) -> str:
    """
    Give the name of the distribution that a metadata folder belongs to, as the library normalises it.
    """
    name = folder.rpartition(".")[0].partition("-")[0].lower().replace(".", "_")
    while "__" in name:
        name = name.replace("__", "_")
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


def rest_of(file: int) -> bytes:
    """
    Read what is left of a file.
    """
    content = b""
    while part := _read(file, _MOST_BYTES_MORE):
        content += part
    return content


def _headers(text: str) -> dict[str, str]:
    """
    Read the headers of a message as far as name and version; of those that come again the first counts.
    """
    headers: dict[str, str] = {}
    for line in text.partition("\n\n")[0].split("\n"):
        name, colon, value = line.partition(":")
        if line.startswith((" ", "\t")):
            continue  # what goes on from the line before: no name and no version does
        if not colon:
            break
        headers.setdefault(name.title(), value.lstrip(" \t"))
        if "Name" in headers and "Version" in headers:
            break
    return headers
