"""
What a process that looks for entry points more than once keeps of the files that declare them.

See "How hooks are found fast" in the explanations.
"""

import os
from os import close as _close
from os import open as _open
from os import stat as _stat
from time import time_ns

from hookkit._fast_scan import ABSENT, DECLARATIONS, FLAGS, Listing, rest_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hookkit._fast_scan import Matches

    Signature = tuple[int, ...]
    Read = tuple[Signature, bytes]

_SETTLED_NS = 2_000_000_000
"""
How long ago a file must have changed for its time stamps to tell the next change: coarse ones have steps of 2 seconds.
"""


class KeptListing(Listing):
    """
    A listing, what tells whether it still holds, and what was read of the files.

    Attributes:
        signature: What of the folder changes when something comes or goes; empty if that cannot be relied on yet.
        place: What tells the folder from others.
        kept: What was read.
    """

    __slots__ = ("kept", "place", "signature")

    def __init__(self, names: list[str], prefix: str, signature: "Signature", place: tuple[int, int]) -> None:
        super().__init__(names, prefix)
        self.signature = signature
        self.place = place
        self.kept = Kept(prefix, self.folders, {})

    def mentioning(self, group: bytes, descriptor: int | None) -> "Matches":
        """
        Give what `Listing.mentioning` does, but read only files that have changed since they were read last.
        """
        kept = self.kept
        if not kept.is_as_it_was(descriptor):
            kept = Kept(self.prefix, self.folders, kept.unchanged(descriptor))
        read = {folder: there for folder in kept.others if (there := _read(kept.path(folder), descriptor))}
        settled = {folder: there for folder, there in read.items() if there[0]}
        self.kept = Kept(self.prefix, self.folders, kept.read | settled) if settled else kept
        return kept.mentioning(group) + _mentioning(group, read)

    def kept_form(self) -> "KeptListing":
        """
        Give what is kept of it until the next scan: all.
        """
        return self


class Kept:
    """
    What was read of the files below one folder, and what tells whether they still are as they were.

    It is replaced, never changed: another thread may be at it.

    Args:
        prefix: What stands before the names of the metadata folders, to open what is in them.
        folders: Their names.
        read: What was read in those where it can be relied on, and perhaps in folders that are gone.

    Attributes:
        read: What was read in those of the folders where it can be relied on: the file's signature, and what is in it.
        others: The folders without the file, or with one that changed so lately that its next change may not show.
    """

    __slots__ = ("_answers", "_paths", "_prefix", "_signatures", "others", "read")

    def __init__(self, prefix: str, folders: "Sequence[str]", read: "Mapping[str, Read]") -> None:
        self.read = {folder: read[folder] for folder in folders if folder in read}
        self.others = [folder for folder in folders if folder not in read]
        self._prefix = prefix
        self._paths = [os.fsencode(self.path(folder)) for folder in self.read]  # which spares encoding them each time
        self._signatures = [signature for signature, _ in self.read.values()]
        self._answers: dict[bytes, Matches] = {}

    def path(self, folder: str) -> str:
        """
        Give the path of the file in *folder*.
        """
        return f"{self._prefix}{folder}{DECLARATIONS}"

    def is_as_it_was(self, descriptor: int | None) -> bool:
        """
        Tell whether none of the files has changed: of all at once, which is faster than of one after the other.
        """
        try:
            return self._signatures == [
                (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
                for path in self._paths
                for status in [_stat(path, dir_fd=descriptor)]
            ]
        except ABSENT:
            return False

    def unchanged(self, descriptor: int | None) -> "dict[str, Read]":
        """
        Give what was read of the files that have not changed.
        """
        there = zip(self._paths, self.read.items(), strict=True)
        return {folder: read for path, (folder, read) in there if _signature_at(path, descriptor) == read[0]}

    def mentioning(self, group: bytes) -> "Matches":
        """
        Give the folders of the files that mention *group*, with what is in them; searched once for each group.
        """
        found = self._answers.get(group)
        if found is None:
            found = self._answers[group] = _mentioning(group, self.read)
        return found


def listed(there: str | int, prefix: str, before: KeptListing | None) -> KeptListing:
    """
    List a folder on sys.path, unless it is as it was before.

    Args:
        there: Its path, or what it is open as.
        prefix: What stands before the names in it, to open what is in them.
        before: What is kept of it; None if nothing is.
    """
    status = _stat(there)  # noqa: PTH116 - pathlib is slow to import
    signature, place = _settled(status), (status.st_dev, status.st_ino)
    if before is not None and signature and signature == before.signature:
        return before
    listing = KeptListing(os.listdir(there), prefix, signature, place)  # noqa: PTH208 - the same
    if before is not None and before.place == place:
        listing.kept = Kept(prefix, listing.folders, before.kept.read)
    return listing


def _mentioning(group: bytes, read: "Mapping[str, Read]") -> "Matches":
    return [(folder, content) for folder, (_, content) in read.items() if group in content]


def _read(path: str, descriptor: int | None) -> "Read | None":
    """
    Read a file, and what will tell its next change; None if there is none.
    """
    try:
        file = _open(path, FLAGS, dir_fd=descriptor)
    except ABSENT:
        return None
    try:
        return _settled(os.fstat(file)), rest_of(file)
    finally:
        _close(file)


def _settled(status: os.stat_result) -> "Signature":
    """
    Give what changes when a file or folder does; nothing, if it changed so lately that this might not tell the next.
    """
    if max(status.st_mtime_ns, status.st_ctime_ns) > time_ns() - _SETTLED_NS:
        return ()
    return _signature(status)


def _signature_at(path: bytes, descriptor: int | None) -> "Signature":
    try:
        return _signature(_stat(path, dir_fd=descriptor))
    except ABSENT:
        return ()


def _signature(status: os.stat_result) -> "Signature":
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
