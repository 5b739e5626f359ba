"""
A fast look at what is installed: only the metadata that can declare entry points of a group is read.

See "How hooks are found fast" in the explanations for when it is used, and why it finds what the library finds.
"""

import os
import sys
from os import close as _close
from os import fstat as _fstat
from os import open as _open
from os import read as _read
from os import stat as _stat
from time import time_ns as _time_ns

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    Signature = tuple[int, ...]
    Matches = list[tuple[str, bytes]]

_PATH_FINDERS = "<frozen importlib._bootstrap_external>"
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER_FLAGS = _FLAGS | getattr(os, "O_DIRECTORY", 0)
_ABSENT = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
_MOST_BYTES = 1024
_ENDINGS = (".dist-info", ".egg-info")
_DECLARATIONS = "/entry_points.txt"
_OPENS_BELOW = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd and os.listdir in os.supports_fd

_SETTLED_NS = 2_000_000_000
"""
How long ago a file must have changed for its time stamps to tell the next change: coarse ones have steps of 2 seconds.
"""


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
                content = _content_of(_open(f"{self._path}/{filename}", _FLAGS))
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
        return _declaring(group.encode(), sys.path)
    except UnsureError:
        return None


def _declaring(group: bytes, roots: "Iterable[object]") -> list[InstalledDistribution]:
    found: dict[str, tuple[str, bytes]] = {}
    listings: dict[str, Listing] = {}
    for root, descriptor in _opened(roots):
        try:
            before = _listings.get(root)
            listing = listings[root] = _listed(root, descriptor, before)
            read = listing.read_anew if before is None else listing.read_changed
            for path, declared in read(group, descriptor):
                folder = path.removesuffix(_DECLARATIONS)
                place = folder if descriptor is None else os.path.join(root, folder)  # noqa: PTH118 - pathlib is slow
                found[_normalized_name(folder.rpartition(os.sep)[2])] = place, declared
        finally:
            if descriptor is not None:
                _close(descriptor)
    _check_names(listings.values(), found)
    for gone in {*_listings}.difference(listings):
        _listings.pop(gone, None)
    _listings.update(listings)
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
    The metadata folders in a folder on sys.path, as they were when it was listed, and what was read of them since.

    Attributes:
        folders: Their names.
        stems: What they are called without version and ending, and without what normalising changes.
        signature: What of the folder changes when something comes or goes; empty if that cannot be relied on yet.
        place: What tells the folder from others.
        paths: Where their entry points are declared.
        declared: What was read there, by path, with the signature of the file.
    """

    __slots__ = ("declared", "folders", "paths", "place", "signature", "stems")

    def __init__(self, names: list[str], prefix: str, signature: "Signature", place: tuple[int, int]) -> None:
        self.folders = [name for name in names if name.endswith(_ENDINGS)]
        text = "\n".join((*names, "")).lower()
        if sum(text.count(f"{ending}\n") for ending in _ENDINGS) != len(self.folders):
            raise UnsureError  # one is spelt in another way, which the library may know or not
        text = "\n".join((*self.folders, "")).lower()
        for gone, left in *((f"{ending}\n", "\n") for ending in _ENDINGS), ("_", ""), (".", ""):
            text = text.replace(gone, left)
        self.stems = [line.partition("-")[0] for line in text.splitlines()]
        self.signature = signature
        self.place = place
        self.paths = [prefix + name + _DECLARATIONS for name in self.folders]
        self.declared: dict[str, tuple[Signature, bytes]] = {}

    def read_anew(self, group: bytes, descriptor: int | None) -> "Matches":
        """
        Give the paths of those files that mention *group*, with what is in them.
        """
        found: Matches = []
        for path in self.paths:
            try:
                content = _content_of(_open(path, _FLAGS, dir_fd=descriptor))
            except _ABSENT:
                continue
            if group in content:
                found.append((path, content))
        return found

    def read_changed(self, group: bytes, descriptor: int | None) -> "Matches":
        """
        Do what `read_anew` does, but read only files whose signatures have changed since they were read last.
        """
        found: Matches = []
        declared = self.declared
        for path in self.paths:
            try:
                status = _stat(path, dir_fd=descriptor)
                there = declared.get(path)
                if there is None or there[0] != (
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                    status.st_size,
                    status.st_ino,
                ):
                    there = self._read(path, _open(path, _FLAGS, dir_fd=descriptor))
            except _ABSENT:
                continue
            if group in there[1]:
                found.append((path, there[1]))
        return found

    def _read(self, path: str, descriptor: int) -> "tuple[Signature, bytes]":
        """
        Read a file, and keep what is in it if its next change will show.
        """
        signature = _signature(_fstat(descriptor))
        there = signature, _content_of(descriptor)
        if signature:
            self.declared[path] = there
        return there


_listings: dict[str, Listing] = {}
"""
What was listed and read, by root; nothing is read from here before it is known to be as it was.
"""


def _listed(root: str, descriptor: int | None, before: Listing | None) -> Listing:
    """
    List a root, unless it is as it was before.
    """
    there = root or "." if descriptor is None else descriptor
    status = _stat(there)  # noqa: PTH116 - pathlib is slow to import
    signature, place = _signature(status), (status.st_dev, status.st_ino)
    if before is not None and signature and signature == before.signature:
        return before
    prefix = os.path.join(root, "") if descriptor is None else ""  # noqa: PTH118 - the same
    listing = Listing(os.listdir(there), prefix, signature, place)  # noqa: PTH208 - the same
    if before is not None and before.place == listing.place:
        listing.declared = {path: before.declared[path] for path in listing.paths if path in before.declared}
    return listing


def _signature(status: os.stat_result) -> "Signature":
    """
    Give what changes when a file or folder does; nothing, if it changed so lately that this might not tell the next.
    """
    changed_ns = max(status.st_mtime_ns, status.st_ctime_ns)
    if changed_ns > _time_ns() - _SETTLED_NS:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _check_names(listings: "Collection[Listing]", found: "Iterable[str]") -> None:
    """
    Make sure that none of those found has a name that a second distribution has too.

    One that declares nothing in the group hides one further on that does.
    """
    stems = [stem for listing in listings for stem in listing.stems]
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
    if not name:  # it is in the metadata, or is none
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


def _content_of(descriptor: int) -> bytes:
    """
    Read a small file in as few steps as can be, and close it.
    """
    try:
        content = _read(descriptor, _MOST_BYTES)
        if len(content) == _MOST_BYTES:
            while part := _read(descriptor, 64 * _MOST_BYTES):
                content += part
    except IsADirectoryError:
        return b""
    finally:
        _close(descriptor)
    return content


def _headers(text: str) -> dict[str, str]:
    """
    Read the headers of a message as far as name and version; of those that come again the first counts.
    """
    headers: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if line.startswith((" ", "\t")):
            continue  # what goes on from the line before: no name and no version does
        if not colon:
            break
        headers.setdefault(name.title(), value.lstrip(" \t"))
        if "Name" in headers and "Version" in headers:
            break
    return headers
