"""
Tests for `hookkit._fast_scan`: it finds what the library finds, and leaves to it what only it can judge.
"""

import functools
import importlib
import sys
import sysconfig
import zipfile

import importlib_metadata
import pytest

from hookkit import _fast_scan
from hookkit.discovery import EntryPoint, entry_points

GROUP = "test.scan"
ENTRY_POINTS = f"[console_scripts]\nrun = m:main\n[{GROUP}]\npoint = m:Hook\nother = m:Other\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """
    Give a folder that stands alone on sys.path, but for the standard library, where nothing is installed.
    """
    path = tmp_path / "root"
    path.mkdir()
    standard = sysconfig.get_path("stdlib")
    monkeypatch.setattr(sys, "path", [str(path), standard, f"{standard}/lib-dynload"])
    return path


def install(root, folder, *, name="demo", text=ENTRY_POINTS, metadata="METADATA", version="1.0"):
    """
    Write a metadata folder.
    """
    info = root / folder
    info.mkdir(parents=True)
    (info / metadata).write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: body\n")
    if text is not None:
        (info / "entry_points.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    importlib.invalidate_caches()
    return info


def by_the_library():
    """
    Give what the library finds, in hookkit's order.
    """
    found = importlib_metadata.entry_points(group=GROUP)
    made = [EntryPoint(GROUP, e.name, e.value, e.dist.metadata["Name"], e.dist.metadata["Version"]) for e in found]
    return sorted(made, key=lambda e: e.distribution.lower().replace("_", "-").replace(".", "-"))


class TestCorpus:
    def plain(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info")
        install(root, "Alpha.Beta-2.dist-info", name="Alpha.Beta", version="2")
        install(root, "odd._name-2.dist-info", name="odd._name", version="2")
        install(root, "alpha_go-2.dist-info", name="alpha-go", version="2")
        install(root, "none-1.dist-info", name="none", text=None)
        install(root, "others-1.dist-info", name="others", text="[console_scripts]\nrun = m:main\n")
        install(root, "empty-1.dist-info", name="empty", text="")

    def long(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info", text=f"[other]\n{'x = m:a' * 3000}\n" + ENTRY_POINTS)

    def line_ends(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info", text=ENTRY_POINTS.replace("\n", "\r\n"))

    def egg_info(self, root, monkeypatch):
        install(root, "demo-1.0-py3.11.egg-info", metadata="PKG-INFO")
        (root / "single-1.0.egg-info").write_text("Name: single\nVersion: 1.0\n")

    def shadowed(self, root, monkeypatch):
        sys.path.append(str(root.parent / "second"))
        install(root, "demo-2.0.dist-info", version="2.0", text=None)
        install(root.parent / "second", "Demo-1.0.dist-info")

    def duplicated_root(self, root, monkeypatch):
        sys.path.append(str(root))
        install(root, "demo-1.0.dist-info")

    def absent_root(self, root, monkeypatch):
        sys.path.insert(0, str(root / "absent"))
        install(root, "demo-1.0.dist-info")

    def current_folder(self, root, monkeypatch):
        monkeypatch.chdir(root)
        sys.path[0] = ""
        install(root, "demo-1.0.dist-info")

    def path_object(self, root, monkeypatch):
        sys.path[0] = root
        install(root, "demo-1.0.dist-info")

    def archive(self, root, monkeypatch):
        with zipfile.ZipFile(root.parent / "packed.zip", "w") as packed:
            packed.writestr("packed-1.0.dist-info/METADATA", "Name: packed\nVersion: 1.0\n")
            packed.writestr("packed-1.0.dist-info/entry_points.txt", ENTRY_POINTS)
        sys.path.append(str(root.parent / "packed.zip"))
        install(root, "demo-1.0.dist-info")

    def egg(self, root, monkeypatch):
        sys.path.append(str(root.parent / "old-1.0.egg"))
        install(root.parent / "old-1.0.egg", "EGG-INFO", name="old", metadata="PKG-INFO")

    def odd_ending(self, root, monkeypatch):
        install(root, "demo-1.0.DIST-INFO")

    def finder(self, root, monkeypatch):
        second = root.parent / "second"
        made = install(second, "made-1.0.dist-info", name="made")

        class Finder:
            @staticmethod
            def find_distributions(context):
                return [importlib_metadata.Distribution.at(made)]

        install(root, "demo-1.0.dist-info")
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])

    def no_finder(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info")
        kept = [finder for finder in sys.meta_path if not hasattr(finder, "find_distributions")]
        monkeypatch.setattr(sys, "meta_path", kept)

    def finder_of_modules(self, root, monkeypatch):
        class Editable:
            find_spec = staticmethod(lambda name, path=None, target=None: None)

        install(root, "demo-1.0.dist-info")
        monkeypatch.setattr(sys, "meta_path", [Editable, *sys.meta_path])

    def patched(self, root, monkeypatch):
        original = importlib_metadata.Distribution.discover

        @functools.wraps(original)
        def discover(*args, **kwargs):
            return [found for found in original(*args, **kwargs) if found.metadata["Name"] != "demo"]

        install(root, "demo-1.0.dist-info")
        install(root, "kept-1.0.dist-info", name="kept")
        monkeypatch.setattr(importlib_metadata.Distribution, "discover", discover)

    FAST = ("plain", "long", "line_ends", "egg_info", "duplicated_root", "absent_root", "current_folder")
    FAST += ("finder_of_modules",)
    SLOW = ("shadowed", "path_object", "archive", "egg", "odd_ending", "finder", "no_finder", "patched")

    @pytest.mark.parametrize("case", FAST + SLOW)
    def test_agrees_with_the_library(self, root, monkeypatch, case):
        """
        The entry points are those that the library finds, whichever way is taken; and it is taken where it can be.
        """
        getattr(self, case)(root, monkeypatch)

        found = entry_points(GROUP)

        assert list(found) == by_the_library()
        assert (_fast_scan.declaring(GROUP) is not None) == (case in self.FAST)


class TestLibrary:
    def test_it_need_not_be_imported(self, root, monkeypatch):
        """
        Where the library is not imported yet the interpreter's own finders are what counts.
        """
        install(root, "demo-1.0.dist-info")
        monkeypatch.delitem(sys.modules, "importlib_metadata")
        own = [finder for finder in sys.meta_path if type(finder).__module__ != "importlib_metadata"]
        monkeypatch.setattr(sys, "meta_path", own)

        (found,) = _fast_scan.declaring(GROUP)

        assert found.metadata == {"Metadata-Version": "2.1", "Name": "demo", "Version": "1.0"}

    def test_an_edit_in_place_is_seen(self, root):
        """
        A file that is changed without its folder being changed is read anew.
        """
        info = install(root, "demo-1.0.dist-info")
        assert len(entry_points(GROUP)) == 2
        (info / "entry_points.txt").write_text(f"[{GROUP}]\nlate = m:Late\n")

        assert [found.name for found in entry_points(GROUP)] == ["late"]


class TestMetadata:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Name: a\nVersion: 1\n\nName: b\n", ("a", "1")),
            ("name:  a\nVERSION:1\nName: b\n", ("a", "1")),
            ("Summary: x\n  Name: no\nName: a\nVersion: 1\n", ("a", "1")),
            ("Name: a\nVersion: 1", ("a", "1")),
            ("Name: a\nno header\nVersion: 1\n", ("a", None)),
        ],
        ids=["body", "spelling", "folded", "short", "broken"],
    )
    def test_headers_are_read_as_the_library_does(self, root, text, expected):
        """
        Name and version are those that the library reads.
        """
        info = install(root, "demo-1.0.dist-info")
        (info / "METADATA").write_text(text)

        (found,) = _fast_scan.declaring(GROUP)
        known = importlib_metadata.Distribution.at(info).metadata

        assert (found.metadata.get("Name"), found.metadata.get("Version")) == expected
        assert (known.get("Name"), known.get("Version")) == expected

    def test_a_folder_in_place_of_a_file(self, root):
        """
        A folder that is called entry_points.txt declares nothing.
        """
        info = install(root, "demo-1.0.dist-info", text=None)
        (info / "entry_points.txt").mkdir()

        assert _fast_scan.declaring(GROUP) == []
