"""
Tests for `hookkit.discovery`.
"""

import copy
import importlib.metadata
import pickle
import subprocess
import sys
from pathlib import Path

import importlib_metadata
import pytest

import hookkit
from hookkit.discovery import EntryPoint, entry_points
from hookkit.exceptions import HookLoadError

GROUP = "test.discovery"


class Site:
    """
    A folder on sys.path into which distributions are installed.
    """

    def __init__(self, path, monkeypatch):
        self.path = path
        path.mkdir()
        monkeypatch.syspath_prepend(path)

    def install(self, name, lines, *, version="1.0", metadata=None, folder=None):
        """
        Write the metadata of a distribution: *lines* is the text or the bytes of its entry_points.txt.
        """
        info = self.path / (folder or f"{name.replace('-', '_')}-{version}.dist-info")
        info.mkdir()
        if metadata is None:
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        if metadata:
            (info / "METADATA").write_bytes(metadata.encode() if isinstance(metadata, str) else metadata)
        (info / "entry_points.txt").write_bytes(lines if isinstance(lines, bytes) else lines.encode())
        return info


@pytest.fixture
def site(tmp_path, monkeypatch):
    """
    Give an empty folder on sys.path to install into.
    """
    return Site(tmp_path / "site", monkeypatch)


@pytest.fixture
def finder(monkeypatch):
    """
    Put a finder on sys.meta_path that gives the distributions that it is handed.
    """

    class Finder:
        distributions = ()

        @classmethod
        def find_distributions(cls, context):
            del context
            return cls.distributions

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    return Finder


def names(group=GROUP):
    return [entry_point.name for entry_point in entry_points(group)]


class TestEntryPoints:
    def test_everything_about_an_entry_point_is_there(self, site):
        """
        An entry point carries its group, name, value, distribution and version as the metadata spells them.
        """
        site.install("Demo.Hooks", f"[{GROUP}]\ncreate = demo.simple:Create [extra]\n", version="1.0rc1")

        assert entry_points(GROUP) == (
            EntryPoint(GROUP, "create", "demo.simple:Create [extra]", "Demo.Hooks", "1.0rc1"),
        )

    def test_nothing_installed_gives_nothing(self):
        """
        A group that no distribution has is empty.
        """
        assert entry_points("no.such.group") == ()

    def test_nothing_is_imported(self, site):
        """
        The modules that entry points name are not imported.
        """
        (site.path / "never_imported.py").write_text("raise SystemExit")
        site.install("demo", f"[{GROUP}]\ncreate = never_imported:Create\n")

        assert names() == ["create"]
        assert "never_imported" not in sys.modules

    def test_order_is_by_normalised_name_then_by_place(self, site):
        """
        Distributions come by their normalised name, and each one's entry points as they stand in its metadata.
        """
        site.install("Zeta_Hooks", f"[{GROUP}]\nlast = m:z\n")
        site.install("alpha.hooks", f"[{GROUP}]\ntwo = m:b\none = m:a\n[other]\nx = m:x\n[{GROUP}]\nagain = m:c\n")
        site.install("Alpha-Go", f"[{GROUP}]\nfirst = m:g\n")

        assert names() == ["first", "two", "one", "again", "last"]

    def test_names_may_repeat(self, site):
        """
        Entry points that share a name are all there.
        """
        site.install("demo", f"[{GROUP}]\ncreate = m:a\ncreate = m:b\n")

        assert [entry_point.value for entry_point in entry_points(GROUP)] == ["m:a", "m:b"]

    def test_comments_and_empty_lines_are_skipped(self, site, caplog):
        """
        Comments of both kinds and empty lines are no entry points, and are not told of.
        """
        site.install("demo", f"# one\n\n; two = m:a\n[{GROUP}]\n  # three\n  create = m:a\n")

        assert names() == ["create"]
        assert caplog.records == []

    def test_the_first_found_shadows_those_of_the_same_name(self, site, tmp_path, monkeypatch):
        """
        Of two distributions with the same normalised name, the one earlier on sys.path counts, as for the backport.
        """
        site.install("demo-hooks", f"[{GROUP}]\nold = m:a\n")
        Site(tmp_path / "first", monkeypatch).install("Demo.Hooks", f"[{GROUP}]\nnew = m:b\n", version="2.0")

        assert names() == ["new"]
        assert [found.name for found in importlib_metadata.entry_points(group=GROUP)] == ["new"]

    def test_a_shadowing_distribution_needs_no_entry_point(self, site, tmp_path, monkeypatch):
        """
        A newer version without hooks hides an older one that has some.
        """
        site.install("demo", f"[{GROUP}]\nold = m:a\n")
        Site(tmp_path / "first", monkeypatch).install("demo", "", version="2.0")

        assert names() == []

    def test_a_left_over_folder_shadows_nothing(self, site, tmp_path, monkeypatch, caplog):
        """
        A folder without readable metadata does not hide an installed distribution of its name.
        """
        site.install("demo", f"[{GROUP}]\ngood = m:a\n")
        Site(tmp_path / "first", monkeypatch).install("demo", f"[{GROUP}]\nold = m:b\n", metadata=b"\xff")

        assert names() == ["good"]
        assert caplog.records == []

    def test_a_finder_may_make_entry_points_without_a_file(self, finder):
        """
        Entry points that a distribution object makes itself are found.
        """

        class InMemory(importlib.metadata.Distribution):
            def read_text(self, filename):
                return "Name: in-memory\nVersion: 3\n" if filename == "METADATA" else None

            locate_file = read_text

            @property
            def entry_points(self):
                make = importlib.metadata.EntryPoint
                return (make("create", "m:a", GROUP), make("create", "m:a", "other"))

        finder.distributions = [InMemory()]

        assert entry_points(GROUP) == (EntryPoint(GROUP, "create", "m:a", "in-memory", "3"),)

    def test_importing_it_is_light(self):
        """
        Importing hookkit.discovery imports no metadata library, no logging and no re.
        """
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules); import hookkit.discovery;"
            "print(*(set(sys.modules) - before))"
        )
        # Without site, as the path file of an editable installation imports some of them first.
        command = [sys.executable, "-S", "-c", code, str(Path(hookkit.__file__).parents[1])]
        run = subprocess.run(command, capture_output=True, text=True, check=True)

        heavy = {"importlib.metadata", "importlib_metadata", "logging", "re", "typing", "dataclasses"}
        assert heavy & set(run.stdout.split()) == set()


class TestUnreadable:
    @pytest.fixture
    def warned(self, caplog):
        """
        Give a function that returns what was logged, all of it as warnings of the group.
        """

        def messages():
            assert {(record.name, record.levelname) for record in caplog.records} <= {(f"hookkit.{GROUP}", "WARNING")}
            return caplog.messages

        return messages

    def test_a_malformed_line_is_logged_and_the_rest_goes_on(self, site, warned):
        """
        A line that is no entry point is logged with its distribution and number; all other lines are used.
        """
        info = site.install("broken", f"[{GROUP}]\ngood = m:a\nno equals sign\n= m:b\nalso = m:c\n[other\n")
        site.install("demo", f"[{GROUP}]\ncreate = m:d\n")

        assert names() == ["good", "also", "create"]
        assert warned() == [
            (
                f"Line {number} of the entry_points.txt of distribution 'broken' ({info}) is malformed: {line!r}. "
                "It is left out; write it as 'name = package.module:attribute'."
            )
            for number, line in [(3, "no equals sign"), (4, "= m:b"), (6, "[other")]
        ]

    def test_the_same_cause_is_logged_once(self, site, warned):
        """
        Looking again does not log again what was logged before in this process.
        """
        site.install("broken-once", f"[{GROUP}]\nbad\n")

        assert names() == names() == []
        assert names("other") == []
        assert len(warned()) == 1

    def test_a_line_that_is_not_utf8_is_logged_and_the_rest_goes_on(self, site, warned):
        """
        Bytes that are not UTF-8 cost only their own line.
        """
        info = site.install("latin", b"[test.discovery]\ncaf\xe9 = m:a\ngood = m:b\n")

        assert names() == ["good"]
        assert warned() == [
            (
                f"Line 2 of the entry_points.txt of distribution 'latin' ({info}) is malformed: 'caf\\udce9 = m:a'. "
                "It is left out; write it as 'name = package.module:attribute'."
            )
        ]

    def test_missing_metadata_leaves_the_entry_points(self, site, warned):
        """
        Without METADATA the entry points are there, of a distribution without a name, and that is logged once.
        """
        info = site.install("bare", f"[{GROUP}]\ncreate = m:a\n", metadata="")

        assert entry_points(GROUP) == (EntryPoint(GROUP, "create", "m:a"),)
        assert names() == ["create"]
        assert warned() == [
            f"The METADATA of distribution 'bare' ({info}) is missing or empty. Its entry points are used."
        ]

    def test_metadata_that_is_not_utf8_leaves_the_entry_points(self, site, warned):
        """
        With METADATA that cannot be decoded the entry points are there, and that is logged.
        """
        info = site.install("latin-name", f"[{GROUP}]\ncreate = m:a\n", metadata=b"Name: caf\xe9\n")

        assert entry_points(GROUP) == (EntryPoint(GROUP, "create", "m:a"),)
        assert warned() == [
            (
                f"Cannot read the METADATA of distribution 'latin-name' ({info}): UnicodeDecodeError: 'utf-8' codec "
                "can't decode byte 0xe9 in position 9: invalid continuation byte. Its entry points are used."
            )
        ]

    @pytest.mark.parametrize(("metadata", "missing"), [("Name: partial\n", "Version"), ("Version: 1\n", "Name")])
    def test_metadata_without_its_fields_is_logged(self, site, warned, metadata, missing):
        """
        Metadata without a name or a version leaves that None, and says so.
        """
        info = site.install("partial", f"[{GROUP}]\ncreate = m:a\n", metadata=metadata)

        [found] = entry_points(GROUP)

        assert (found.distribution is None, found.version is None) == ("Name" in missing, "Version" in missing)
        assert warned() == [
            f"The METADATA of distribution 'partial' ({info}) has no {missing}. Its entry points are used."
        ]

    def test_broken_metadata_without_entry_points_is_no_concern(self, site, warned):
        """
        A distribution that has nothing in the group is not told of for its metadata.
        """
        site.install("bare", "[other]\ncreate = m:a\n", metadata="")

        assert names() == []
        assert warned() == []

    def test_a_distribution_that_raises_is_logged(self, finder, site, warned):
        """
        An object of another finder that cannot be read at all does not hide the others.
        """

        class Hostile(importlib.metadata.Distribution):
            def read_text(self, filename):
                msg = f"no {filename} today"
                raise RuntimeError(msg)

            locate_file = read_text

        finder.distributions = [Hostile()]
        site.install("demo", f"[{GROUP}]\ncreate = m:a\n")

        assert names() == ["create"]
        assert warned() == [
            (
                f"Cannot read the entry points of a nameless distribution ({Hostile.__qualname__}): "
                "RuntimeError: no entry_points.txt today. They are left out."
            )
        ]

    def test_a_nameless_distribution_comes_last(self, finder, site, warned):
        """
        A distribution without any name keeps its entry points, behind those of all others.
        """

        class Nameless(importlib.metadata.Distribution):
            def read_text(self, filename):
                return f"[{GROUP}]\nodd = m:a\n" if filename == "entry_points.txt" else "Version: 1\n"

            locate_file = read_text

        finder.distributions = [Nameless(), Nameless()]
        site.install("zeta", f"[{GROUP}]\ncreate = m:a\n")

        assert names() == ["create", "odd", "odd"]
        assert warned() == [
            f"The METADATA of a nameless distribution ({Nameless.__qualname__}) has no Name. Its entry points are used."
        ]


class TestEntryPoint:
    def test_it_cannot_be_changed(self):
        """
        Setting or deleting an attribute is refused.
        """
        entry_point = EntryPoint("g", "n", "m:a")

        with pytest.raises(AttributeError) as setting:
            entry_point.name = "other"
        with pytest.raises(AttributeError) as deleting:
            del entry_point.name
        assert str(setting.value) == "Cannot set 'name': an EntryPoint cannot be changed. Make another one."
        assert str(deleting.value) == "Cannot delete 'name': an EntryPoint cannot be changed. Make another one."

    def test_equality_and_hash_follow_the_values(self):
        """
        Entry points with the same values are equal and hash alike, others and other objects are not.
        """
        entry_point = EntryPoint("g", "n", "m:a", "d", "1")

        assert {entry_point, EntryPoint("g", "n", "m:a", "d", "1")} == {entry_point}
        assert entry_point != EntryPoint("g", "n", "m:a", "d", "2")
        assert entry_point != ("g", "n", "m:a", "d", "1")

    def test_it_can_be_copied_and_pickled(self):
        """
        Copies and pickles are equal to the original.
        """
        entry_point = EntryPoint("g", "n", "m:a", "d", "1")

        assert copy.copy(entry_point) == copy.deepcopy(entry_point) == entry_point
        assert pickle.loads(pickle.dumps(entry_point)) == entry_point

    def test_repr_shows_the_values(self):
        """
        The repr is the expression that makes it.
        """
        entry_point = EntryPoint("g", "n", "m:a", None, "1")

        assert repr(entry_point) == "EntryPoint(group='g', name='n', value='m:a', distribution=None, version='1')"
        assert eval(repr(entry_point)) == entry_point


class TestLoad:
    @pytest.fixture(autouse=True)
    def modules(self, tmp_path, monkeypatch):
        """
        Put modules to load on sys.path, and forget them afterwards.
        """
        (tmp_path / "load_me.py").write_text(
            "class Outer:\n    class Inner: pass\n"
            "def __getattr__(name):\n"
            "    if name == 'broken': raise ValueError('no luck')\n"
            "    raise AttributeError(name)\n"
        )
        (tmp_path / "load_plain.py").touch()
        (tmp_path / "load_needs.py").write_text("import no_such_dependency")
        (tmp_path / "load_raises.py").write_text("1 / 0")
        (tmp_path / "load_silent.py").write_text("raise RuntimeError")
        (tmp_path / "load_mute.py").write_text("class Mute(Exception): __str__ = 0\nraise Mute")
        (tmp_path / "load_exits.py").write_text("raise SystemExit(3)")
        monkeypatch.syspath_prepend(tmp_path)
        yield
        for name in [name for name in sys.modules if name.startswith("load_")]:
            del sys.modules[name]

    def load(self, value, **of):
        return EntryPoint("g", "n", value, **of).load()

    def test_it_gives_the_object(self):
        """
        A module, an attribute of it, and an attribute of that are loaded as they are.
        """
        module = self.load("load_me")

        assert module is sys.modules["load_me"]
        assert self.load("load_me : Outer") is module.Outer
        assert self.load("load_me:Outer.Inner [extra]") is module.Outer.Inner

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("no_such_module:a", "there is no module 'no_such_module'."),
            ("no_such_module.sub:a", "there is no module 'no_such_module'."),
            ("load_me.sub:a", "there is no module 'load_me.sub'."),
            (
                "load_needs:a",
                "importing module 'load_needs' raised ModuleNotFoundError: No module named 'no_such_dependency'.",
            ),
            ("load_raises:a", "importing module 'load_raises' raised ZeroDivisionError: division by zero."),
            ("load_silent", "importing module 'load_silent' raised RuntimeError."),
            ("load_mute", "importing module 'load_mute' raised Mute: (its message cannot be read)."),
            ("load_me:missing", "module 'load_me' has no attribute 'missing'."),
            ("load_me:Outer.missing", "'Outer' in module 'load_me' has no attribute 'missing'."),
            ("load_me:broken", "attribute 'broken' of module 'load_me' raised ValueError: no luck."),
            ("a b", "'a b' is not a reference. Write it as 'package.module:attribute'."),
            ("a:b c", "'a:b c' is not a reference. Write it as 'package.module:attribute'."),
            ("a:", "'a:' is not a reference. Write it as 'package.module:attribute'."),
            ("a:b [x", "'a:b [x' is not a reference. Write it as 'package.module:attribute'."),
            (".a:b", "'.a:b' is not a reference. Write it as 'package.module:attribute'."),
            ("", "'' is not a reference. Write it as 'package.module:attribute'."),
        ],
    )
    def test_what_is_wrong_is_said(self, value, reason):
        """
        The error names the entry point and its distribution, and says what is missing.
        """
        entry_point = EntryPoint("g", "n", value, "demo", "1.0")

        with pytest.raises(HookLoadError) as raised:
            entry_point.load()

        assert str(raised.value) == f"Cannot load entry point 'n = {value}' of group 'g' (demo 1.0): {reason}"
        assert raised.value.entry_point is entry_point
        assert raised.value.distribution == "demo"

    def test_a_distribution_without_a_name_is_called_unknown(self):
        """
        The error of an entry point whose distribution has no name says that it is unknown.
        """
        with pytest.raises(HookLoadError) as raised:
            self.load("")

        assert str(raised.value) == (
            "Cannot load entry point 'n = ' of group 'g' (unknown distribution): "
            "'' is not a reference. Write it as 'package.module:attribute'."
        )

    def test_what_was_raised_is_the_cause(self):
        """
        The error of an import is chained to what the import raised.
        """
        with pytest.raises(HookLoadError) as raised:
            self.load("load_raises")

        assert isinstance(raised.value.__cause__, ZeroDivisionError)

    @pytest.mark.parametrize("value", ["no_such_module:a", "load_me.sub:a", "load_plain:missing"])
    def test_a_slip_has_no_cause(self, value):
        """
        Where there is no such module or attribute, the error says all there is: no code of the hook's has raised.
        """
        with pytest.raises(HookLoadError) as raised:
            self.load(value)

        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__

    @pytest.mark.parametrize(
        ("value", "cause"),
        [("load_needs:a", ModuleNotFoundError), ("load_me:missing", AttributeError)],
        ids=["import", "attribute"],
    )
    def test_what_the_hooks_own_code_found_missing_is_the_cause(self, value, cause):
        """
        An import or an attribute that the hook's own code lacks is the cause, with the traceback that leads there.
        """
        with pytest.raises(HookLoadError) as raised:
            self.load(value)

        assert type(raised.value.__cause__) is cause

    def test_leaving_the_interpreter_passes(self):
        """
        SystemExit and its like are not turned into a load error.
        """
        with pytest.raises(SystemExit):
            self.load("load_exits")
