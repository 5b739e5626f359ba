"""
What fakes could leave behind in a process and on disk.
"""

import importlib.metadata
import os
import sys
import tempfile
from pathlib import Path

import importlib_metadata
from stevedore import _cache
from stevedore.extension import ExtensionManager

from hookkit import discovery


def keep_apart(monkeypatch, folder):
    """
    Have what is left on disk be left in *folder*, where no other process is at work; empty stevedore's caches.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(_cache._c, "_dir", str(folder / "cache"))
    monkeypatch.setattr(_cache._c, "_internal", {})
    monkeypatch.setattr(_cache._c, "_disable_caching", False)
    monkeypatch.setattr(ExtensionManager, "ENTRY_POINT_CACHE", {})


def state():
    """
    Give all that fakes touch, in a form that can be compared: what is the same object has the same number.

    Use `keep_apart` first.
    """
    return {
        "sys.meta_path": (id(sys.meta_path), [id(finder) for finder in sys.meta_path]),
        "sys.path": (id(sys.path), list(sys.path)),
        "sys.modules": {name: id(module) for name, module in sys.modules.items()},
        "sys.path_importer_cache": {place for place, finder in sys.path_importer_cache.items() if finder},
        "environment": {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "discover": [id(vars(lib.Distribution)["discover"]) for lib in (importlib.metadata, importlib_metadata)],
        "observers": list(discovery.load_observers),
        "temporary files": sorted(Path(tempfile.gettempdir()).glob("hookkit-fakes-*")),
        **stevedore_state(),
    }


def stevedore_state():
    """
    Give the caches of stevedore: in memory, and on disk.
    """
    memories = ExtensionManager.ENTRY_POINT_CACHE, _cache._c._internal
    return {
        "settings of stevedore": dict(vars(_cache._c)),
        "memories of stevedore": [(id(memory), dict(memory)) for memory in memories],
        "files of stevedore": {file.name: file.read_text() for file in Path(_cache._c._dir).glob("*")},
    }
