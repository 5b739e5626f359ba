"""
Keep stevedore's caches out of the way of fakes: neither may they hide a fake, nor keep one.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

CACHE_MODULES = ("stevedore._cache", "stevedore.extension")
"""
The modules that have caches; these are to be silenced as soon as they are imported.
"""

_NO_FOLDER = "hookkit: no cache folder while there are fakes"

_CACHE_FOLDERS = {
    "darwin": ("", "~/Library/Caches", "Python Entry Points"),
    "win32": ("LOCALAPPDATA", "~/AppData/Local", "Python Entry Points"),
}
_CACHE_FOLDER = ("XDG_CACHE_HOME", "~/.cache", "python-entrypoints")


class StevedoreCaches:
    """
    The caches of stevedore, if it is imported: one on disk, and two in memory.
    """

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._has_begun = False
        self._changes = 0

    def forget(self) -> None:
        """
        Make stevedore look again at what is installed, and keep it from its disk cache until `restore`.
        """
        self._changes += 1
        for name in CACHE_MODULES:
            self.silence(sys.modules.get(name))
        self._has_begun = True

    def silence(self, module: ModuleType | None) -> None:
        """
        Silence the caches that are in *module*, one of stevedore's, or None if that is not imported.
        """
        cache = getattr(module, "_c", None)
        if cache is not None:
            self._replace_memory(cache, "_internal")
            # A folder that is not there is not read, a disabled cache is not written.
            if cache._dir != _NO_FOLDER:  # noqa: SLF001 - there is no public way to turn it off
                state = vars(cache)
                self._undo.append(partial(state.update, {key: state[key] for key in ("_dir", "_disable_caching")}))
                state.update(_dir=_NO_FOLDER, _disable_caching=True)
        self._replace_memory(getattr(module, "ExtensionManager", None), "ENTRY_POINT_CACHE")

    def restore(self) -> None:
        """
        Put everything back as it was before the first `forget`.
        """
        while self._undo:
            self._undo.pop()()
        self._has_begun = False

    def _replace_memory(self, owner: Any, attribute: str) -> None:
        memory = getattr(owner, attribute, None)
        if memory is None or isinstance(memory, Memory):
            return
        if self._has_begun:
            memory.clear()  # It is in use only since, and may have met fakes already.
        self._undo.append(partial(_put_back, owner, attribute, memory))
        setattr(owner, attribute, Memory(lambda: self._changes))


class Memory(MutableMapping[Any, Any]):
    """
    A memory in which each thread finds only what it put there itself, and read after the last change.

    A thread may read before a change and remember it only afterwards, when all memories have been emptied.

    Args:
        count_changes: Gives the number of changes until now.
    """

    def __init__(self, count_changes: Callable[[], int]) -> None:
        self._count_changes = count_changes
        self._local = threading.local()

    def __contains__(self, key: object) -> bool:
        self._local.changes_when_asked = changes = self._count_changes()
        return key in self._kept and self._kept[key][0] == changes

    def __getitem__(self, key: Any) -> Any:
        return self._kept[key][1]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._kept[key] = (getattr(self._local, "changes_when_asked", -1), value)

    def __delitem__(self, key: Any) -> None:
        del self._kept[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def _kept(self) -> dict[Any, tuple[int, Any]]:
        kept: dict[Any, tuple[int, Any]] = self._local.__dict__.setdefault("kept", {})
        return kept


def forget_on_disk(folder: str, since: float) -> None:
    """
    Remove from stevedore's disk cache what child processes noted there when *folder* was on their path.

    Args:
        folder: The folder.
        since: When it was made, in seconds since the epoch; what is older cannot know it.
    """
    wanted = json.dumps(folder)
    for file in _cache_folder().glob("*"):
        with suppress(OSError, ValueError):  # Others use the folder, too.
            if file.stat().st_mtime >= since and wanted in file.read_text(encoding="utf-8"):
                file.unlink()


def _put_back(owner: object, attribute: str, memory: object) -> None:
    if isinstance(getattr(owner, attribute), Memory):
        setattr(owner, attribute, memory)


def _cache_folder() -> Path:
    variable, default, name = _CACHE_FOLDERS.get(sys.platform, _CACHE_FOLDER)
    return Path(os.environ.get(variable) or default, name).expanduser()
