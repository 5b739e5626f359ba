"""
Fake entry points on disk, for child processes.
"""

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hookkit.testing._fake_distribution import FakeEntryPoint, entry_points_text, metadata_text
from hookkit.testing._stevedore import forget_on_disk

_SEARCH_PATH = "PYTHONPATH"


class DiskSite:
    """
    A folder with the metadata of one distribution, on sys.path and in PYTHONPATH as long as it has entry points.

    Args:
        name: The name of the distribution.
        version: Its version.
    """

    def __init__(self, name: str, version: str) -> None:
        self._name = name
        self._version = version
        self._folder: str | None = None
        self._made_at = 0.0
        self._had_search_path = False
        self._writes = 0

    def write(self, entry_points: Sequence[FakeEntryPoint]) -> None:
        """
        Make *entry_points* what child processes see; without any, leave nothing behind.
        """
        if not entry_points:
            self.close()
            return
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="hookkit-fakes-")
            self._made_at = Path(self._folder).stat().st_mtime
        metadata = Path(self._folder, f"{self._name.replace('-', '_')}-{self._version}.dist-info")
        metadata.mkdir(exist_ok=True)
        metadata.joinpath("METADATA").write_text(metadata_text(self._name, self._version), encoding="utf-8")
        # A child that reads at this moment finds the old file or the new one.
        new = metadata / "new"
        new.write_text(entry_points_text(entry_points), encoding="utf-8")
        # stevedore keeps what it read on disk, by the files' times, which it rounds to minutes.
        self._writes += 1
        os.utime(new, (self._writes, self._writes))
        new.replace(metadata / "entry_points.txt")
        self._put_in_place(self._folder)
        importlib.invalidate_caches()

    def close(self) -> None:
        """
        Take the folder away: from sys.path, from PYTHONPATH, from disk and from what stevedore noted on disk.
        """
        folder, self._folder = self._folder, None
        if folder is None:
            return
        # Both may have been changed by others meanwhile: only what was put in is taken out.
        sys.path[:] = [entry for entry in sys.path if entry != folder]
        entries = _search_path()
        if folder in entries:
            os.environ[_SEARCH_PATH] = os.pathsep.join(entry for entry in entries if entry != folder)
            if entries == [folder] and not self._had_search_path:
                del os.environ[_SEARCH_PATH]
        sys.path_importer_cache.pop(folder, None)
        shutil.rmtree(folder, ignore_errors=True)
        importlib.invalidate_caches()
        forget_on_disk(folder, self._made_at)

    def _put_in_place(self, folder: str) -> None:
        # Whoever put back an older value of either in the meantime has dropped the folder.
        if folder not in sys.path:
            sys.path.insert(0, folder)
        entries = _search_path()
        if folder not in entries:
            self._had_search_path = _SEARCH_PATH in os.environ
            os.environ[_SEARCH_PATH] = os.pathsep.join([folder, *entries])


def _search_path() -> list[str]:
    """
    Give the entries of PYTHONPATH; none if it is empty or not there.
    """
    value = os.environ.get(_SEARCH_PATH)
    return value.split(os.pathsep) if value else []
