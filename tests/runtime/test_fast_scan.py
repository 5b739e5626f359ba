"""
Tests for `hookkit._fast_scan`: it finds what the library finds, and leaves to it what only it can judge.
"""

import errno
import functools
import gc
import importlib
import os
import shutil
import sys
import sysconfig
import time
import warnings
import zipfile

import importlib_metadata
import pytest

from hookkit import _fast_rescan, _fast_scan
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
    @pytest.fixture(autouse=True)
    def without_open_archives(self, root):
        """
        Have the library close the archives that it keeps open, before that is held against another test.
        """
        yield
        if list(root.parent.glob("*.zip")):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                importlib.invalidate_caches()
                gc.collect()

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
        install(root, "others-1.0.dist-info", name="others", text=f"[other]\nx = m:{'a' * 3000}\n")
        install(root, "even-1.0.dist-info", name="even", text=ENTRY_POINTS.ljust(450, "\n"))

    def many(self, root, monkeypatch):
        for number in range(40):
            text = None if number % 3 else ENTRY_POINTS
            install(root, f"demo_{number}-1.0.dist-info", name=f"demo-{number}", text=text)

    def folded(self, root, monkeypatch):
        info = install(root, "demo-1.0.dist-info")
        (info / "METADATA").write_text("Summary: one\n two\n\tthree\nName: demo\nVersion: 1.0\n")

    def line_ends(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info", text=ENTRY_POINTS.replace("\n", "\r\n"))

    def egg_info(self, root, monkeypatch):
        install(root, "demo-1.0-py3.11.egg-info", metadata="PKG-INFO")
        (root / "single-1.0.egg-info").write_text("Name: single\nVersion: 1.0\n")

    def shadowed(self, root, monkeypatch):
        sys.path.append(str(root.parent / "second"))
        install(root, "demo-2.0.dist-info", version="2.0", text=None)
        install(root.parent / "second", "Demo-1.0.dist-info")

    def same_name_elsewhere(self, root, monkeypatch):
        sys.path.append(str(root.parent / "second"))
        install(root, "demo-1.0.dist-info")
        for path in (root, root.parent / "second"):
            install(path, "Twice_One-1.0.dist-info", name="twice-one", text="[other]\nrun = m:main\n")

    def alike_names(self, root, monkeypatch):
        install(root, "a_b-1.0.dist-info", name="a_b")
        install(root, "ab-1.0.dist-info", name="ab")

    def without_version(self, root, monkeypatch):
        install(root, "demo.egg-info", metadata="PKG-INFO")

    def without_metadata(self, root, monkeypatch):
        (install(root, "demo-1.0.dist-info") / "METADATA").write_text("Name: demo\nVersion: 1.0")

    def malformed(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info", text=f"[other]\n=\n[{GROUP}\n[{GROUP}]\npoint = m:Hook\n# {GROUP}\n")

    def undecodable(self, root, monkeypatch):
        install(
            root, "demo-1.0.dist-info", text=f"[{GROUP}]\npoint = m:Hook\n".encode() + b"bad = m:\xff\nlast = m:Last\n"
        )

    def nameless(self, root, monkeypatch):
        (install(root, "demo-1.0.dist-info") / "METADATA").write_text("Version: 1.0\n")

    def missing_metadata(self, root, monkeypatch):
        (install(root, "demo-1.0.dist-info") / "METADATA").unlink()

    def without_name(self, root, monkeypatch):
        install(root, "-1.0.dist-info")

    def mentioned_only(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info", text=f"[{GROUP}.more]\npoint = m:Hook\n[x]\n{GROUP} = m:Hook\n")

    def editable(self, root, monkeypatch):
        install(root, "demo-1.0.dist-info")
        (root / "__editable__.demo-1.0.pth").write_text(f"{root.parent / 'source'}\n")
        sys.path.append(str(root.parent / "source"))
        (root.parent / "source" / "demo").mkdir(parents=True)

    def developed(self, root, monkeypatch):
        sys.path.append(str(root.parent / "source"))
        install(root.parent / "source", "demo.egg-info", metadata="PKG-INFO")
        (root / "demo.egg-link").write_text(f"{root.parent / 'source'}\n.")

    def both_kinds(self, root, monkeypatch):
        sys.path.append(str(root.parent / "source"))
        install(root, "demo-1.0.dist-info", text="[other]\nrun = m:main\n")
        install(root.parent / "source", "demo.egg-info", metadata="PKG-INFO")

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

    def left_over(self, root, monkeypatch):
        install(root, "-ip-1.0.dist-info", name="pip2", text=None)
        install(root.parent / "later", "pip2-2.0.dist-info", name="pip2")
        sys.path.append(str(root.parent / "later"))

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

    FAST = ("plain", "long", "many", "folded", "line_ends", "egg_info", "duplicated_root", "absent_root")
    FAST += (
        "current_folder",
        "finder_of_modules",
        "same_name_elsewhere",
        "alike_names",
        "without_version",
        "without_metadata",
    )
    BROKEN = ("malformed", "undecodable", "nameless", "missing_metadata")
    FAST += ("mentioned_only", "editable", "developed")
    SLOW = (
        "shadowed",
        "both_kinds",
        "without_name",
        "left_over",
        "path_object",
        "archive",
        "egg",
        "odd_ending",
        "finder",
        "no_finder",
        "patched",
    )

    @pytest.mark.parametrize("case", FAST + SLOW)
    def test_agrees_with_the_library(self, root, monkeypatch, case):
        """
        The entry points are those that the library finds, whichever way is taken; and it is taken where it can be.
        """
        getattr(self, case)(root, monkeypatch)

        found = entry_points(GROUP)

        assert list(found) == by_the_library()
        assert (_fast_scan.declaring(GROUP) is not None) == (case in self.FAST)

    @pytest.mark.parametrize("case", FAST + BROKEN)
    def test_agrees_with_the_way_through_the_library(self, root, monkeypatch, case):
        """
        What the fast scan finds is what hookkit finds when it asks the library, in files that are broken too.
        """
        getattr(self, case)(root, monkeypatch)
        assert _fast_scan.declaring(GROUP) is not None
        found = entry_points(GROUP)
        monkeypatch.setattr(_fast_scan, "declaring", lambda group: None)

        assert entry_points(GROUP) == found


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


class TestNames:
    def test_a_group_that_no_file_can_mention(self, root):
        """
        A group with half of a character in its name, which cannot be encoded, has no entry points.
        """
        install(root, "demo-1.0.dist-info")
        assert entry_points("\udc80") == ()


class TestKept:
    """
    What is read is kept by processes that scan more than once, for as long as it is as it was.
    """

    @pytest.fixture(autouse=True)
    def settle_at_once(self, monkeypatch):
        """
        Rely on the time stamps of files that are new; those of the file systems that tests run on are fine enough.
        """
        monkeypatch.setattr(_fast_rescan, "_SETTLED_NS", -1_000_000_000)
        monkeypatch.setattr(_fast_scan, "_listings", {})

    @pytest.fixture
    def opened(self, monkeypatch):
        """
        Give the paths of all files that scans after the first one open.
        """
        paths, real = [], _fast_rescan._open

        def note(path, *args, **kwargs):
            file = real(path, *args, **kwargs)
            paths.append(path)
            return file

        monkeypatch.setattr(_fast_rescan, "_open", note)
        return paths

    @pytest.fixture(params=["below", "by path"])
    def info(self, request, root, monkeypatch):
        """
        Install a distribution and another one that has nothing, and scan until what was read is kept.
        """
        monkeypatch.setattr(_fast_scan, "_OPENS_BELOW", request.param == "below" and _fast_scan._OPENS_BELOW)
        info = install(root, "demo-1.0.dist-info")
        install(root, "none-1.0.dist-info", name="none", text=None)
        sys.path.append(str(root / "absent"))
        for _ in range(2):
            assert len(entry_points(GROUP)) == 2
        return info

    def test_nothing_is_read_again(self, info, opened):
        """
        Files that have not changed are not read again, whatever group is asked for.
        """
        assert len(entry_points(GROUP)) == 2
        assert [found.name for found in entry_points("console_scripts")] == ["run"]
        assert opened == []

    def test_what_changes_is_read_again(self, info, opened):
        """
        An edit in place is seen, also one that keeps size and time of change.
        """
        file = info / "entry_points.txt"
        status = file.stat()
        time.sleep(0.02)
        file.write_text(file.read_text().replace("Other", "Later"))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

        assert [found.value for found in entry_points(GROUP)] == ["m:Hook", "m:Later"]
        assert len(opened) == 1

    def test_what_has_just_changed_is_read_again(self, info, opened, monkeypatch):
        """
        What changed a moment ago may change again without another time stamp, and is read each time until it is older.
        """
        (info / "entry_points.txt").touch()
        changed_ns = (info / "entry_points.txt").stat().st_mtime_ns
        monkeypatch.setattr(_fast_rescan, "_SETTLED_NS", 1000)
        for later_ns, reads in ((0, 1), (999, 2), (1001, 3), (1001, 3)):
            monkeypatch.setattr(_fast_rescan, "time_ns", lambda later_ns=later_ns: changed_ns + later_ns)
            assert len(entry_points(GROUP)) == 2
            assert len(opened) == reads

    def test_what_goes_and_comes_is_seen(self, root, info):
        """
        Distributions that are gone are not found, files that are gone neither; new ones are.
        """
        time.sleep(0.02)
        shutil.move(info, root.parent)
        assert entry_points(GROUP) == ()
        install(root, "late-1.0.dist-info", name="late")
        install(root, "other-1.0.dist-info", name="other")
        assert [found.distribution for found in entry_points(GROUP)] == ["late", "late", "other", "other"]
        (root / "late-1.0.dist-info" / "entry_points.txt").unlink()
        assert [found.distribution for found in entry_points(GROUP)] == ["other", "other"]

    def test_nothing_is_kept_of_what_is_not_scanned(self, root, info, monkeypatch):
        """
        What was kept of a folder goes when it is no longer on sys.path.
        """
        assert str(root) in _fast_scan._listings
        monkeypatch.setattr(sys, "path", sys.path[1:])

        assert entry_points(GROUP) == ()
        assert str(root) not in _fast_scan._listings

    def test_another_folder_of_the_same_name(self, root, info, monkeypatch):
        """
        A folder that has come in the place of another one is read anew.
        """
        other = root.parent / "other"
        shutil.copytree(root, other)
        (other / "demo-1.0.dist-info" / "entry_points.txt").write_text(f"[{GROUP}]\nother = m:Hook\n")
        root.rename(root.parent / "before")
        other.rename(root)

        assert [found.name for found in entry_points(GROUP)] == ["other"]

    def test_what_changed_lately_is_read_each_time(self, info, opened, monkeypatch):
        """
        A change within one step of a time stamp does not show, so that nothing is relied on that is too new.
        """
        monkeypatch.setattr(_fast_rescan, "_SETTLED_NS", 3600 * 1_000_000_000)
        monkeypatch.setattr(_fast_scan, "_listings", {})
        for _ in range(3):
            assert len(entry_points(GROUP)) == 2
        assert len(opened) == 2  # the first scan, which keeps nothing anyway, does not count here


class TestMetadata:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Name: a\nVersion: 1\n\nName: b\n", ("a", "1")),
            ("name:  a\nVERSION:1\nName: b\n", ("a", "1")),
            ("Summary: x\n  Name: no\nName: a\nVersion: 1\n", ("a", "1")),
            ("Name: a\nVersion: 1", ("a", "1")),
            ("Name: a\nno header\nVersion: 1\n", ("a", None)),
            ("Name: a", ("a", None)),
        ],
        ids=["body", "spelling", "folded", "short", "broken", "one header"],
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


class TestUnreadable:
    """
    What cannot be read is left to the library, and no file stays open.
    """

    @pytest.fixture(params=["first", "later"])
    def info(self, request, root, monkeypatch):
        """
        Install a distribution that declares nothing, and one that does; scan before, or not.
        """
        monkeypatch.setattr(_fast_scan, "_listings", {})
        install(root, "whole-1.0.dist-info", name="whole")
        info = install(root, "demo-1.0.dist-info", text=None)
        if request.param == "later":
            assert len(entry_points(GROUP)) == 2
        return info

    def test_a_folder_in_place_of_a_file(self, info):
        """
        A folder that is called entry_points.txt declares nothing.
        """
        (info / "entry_points.txt").mkdir()

        assert _fast_scan.declaring(GROUP) is None
        assert [found.distribution for found in entry_points(GROUP)] == ["whole", "whole"]

    def test_a_link_to_itself(self, info, caplog):
        """
        A file that is a link to itself is told of, and the other distributions are found.
        """
        (info / "entry_points.txt").symlink_to("entry_points.txt")

        assert _fast_scan.declaring(GROUP) is None
        assert [found.distribution for found in entry_points(GROUP)] == ["whole", "whole"]
        (message,) = caplog.messages
        assert message.startswith(f"Cannot read the entry points of distribution 'demo' ({info}): OSError: ")

    def test_nothing_stays_open(self, root, monkeypatch):
        """
        Where the process may not open as many files at once, those that were opened are closed.
        """
        for number in range(5):
            install(root, f"demo_{number}-1.0.dist-info", name=f"demo-{number}")
        monkeypatch.setattr(_fast_scan, "_listings", {})
        opened, real_open, real_close = [], _fast_scan._open, _fast_scan._close

        def open_few(path, *args, **kwargs):
            if len(opened) == 3:
                raise OSError(errno.EMFILE, "Too many open files", path)
            opened.append(real_open(path, *args, **kwargs))
            return opened[-1]

        def close(file):
            opened.remove(file)
            real_close(file)

        monkeypatch.setattr(_fast_scan, "_open", open_few)
        monkeypatch.setattr(_fast_scan, "_close", close)

        assert _fast_scan.declaring(GROUP) is None
        assert opened == []
        assert len(entry_points(GROUP)) == 10
