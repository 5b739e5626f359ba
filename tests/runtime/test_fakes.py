"""
Tests for `hookkit.testing.FakeEntryPoints`.
"""

import importlib
import importlib.metadata
import os
import subprocess
import sys
import unittest
from pathlib import Path
from types import ModuleType

import importlib_metadata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookkit import add_hook, get_registry
from hookkit.discovery import EntryPoint, entry_points
from hookkit.exceptions import InvalidValueError, MisuseError
from hookkit.testing import FakeEntryPoints
from runtime.left_behind import keep_apart, state


class Hook:
    """
    A hook at the top of a module.
    """

    def pre(self, *args, **kwargs):
        """
        Do nothing.
        """


class Shy:
    """
    An object that will not be asked for anything that it does not have.
    """

    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.fixture
def fakes():
    """
    Give fakes that end with the test.
    """
    with FakeEntryPoints() as fakes:
        yield fakes


def names(group):
    return [entry_point.name for entry_point in entry_points(group)]


class TestAdd:
    def test_a_class_made_in_the_test_is_found_and_loaded(self, fakes, group):
        """
        An object is declared as an attribute of a module made for fakes, and loading gives that very object.
        """

        class Audit:
            pass

        fakes.add(group, "create", Audit)

        assert entry_points(group) == (EntryPoint(group, "create", "hookkit_fakes:Audit", "hookkit-fakes", "0"),)
        assert entry_points(group)[0].load() is Audit

    @pytest.mark.parametrize(
        ("target", "value"),
        [
            (lambda: None, "hookkit_fakes:lambda"),
            (Hook(), "hookkit_fakes:Hook"),
            (Hook.pre, "hookkit_fakes:pre"),
            (ModuleType("some.module"), "hookkit_fakes:module"),
            (None, "hookkit_fakes:NoneType"),
            (type("___", (), {}), "hookkit_fakes:fake"),
            (Shy(), "hookkit_fakes:Shy"),
        ],
        ids=["lambda", "instance", "function", "module", "none", "nameless", "shy"],
    )
    def test_any_object_can_be_loaded(self, fakes, group, target, value):
        """
        Lambdas, instances, functions, modules and the rest come back as the same object.
        """
        fakes.add(group, "create", target)

        [found] = entry_points(group)

        assert found.value == value
        assert found.load() is target

    def test_objects_of_the_same_name_stay_apart(self, fakes, group):
        """
        Two objects with one name, or one object twice, have values of their own.
        """

        def twin():
            return type("Twin", (), {})

        first, second = twin(), twin()
        for target in (first, second, first):
            fakes.add(group, "create", target)

        assert [found.value for found in entry_points(group)] == [
            "hookkit_fakes:Twin",
            "hookkit_fakes:Twin_2",
            "hookkit_fakes:Twin_3",
        ]
        assert [found.load() for found in entry_points(group)] == [first, second, first]

    def test_a_string_is_declared_as_it_is(self, fakes, group):
        """
        A string names what is imported when the entry point is loaded, and only then.
        """
        fakes.add(group, "create", "this.text:whatever [extra]")
        fakes.add(group, "create", "collections:OrderedDict")

        first, second = entry_points(group)

        assert first.value == "this.text:whatever [extra]"
        assert second.load() is importlib.import_module("collections").OrderedDict

    def test_order_is_that_of_the_calls(self, fakes, group):
        """
        Single fakes stand in one distribution in the order of their calls, other groups in between or not.
        """
        for name, where in [("c", group), ("x", "other"), ("a", group), ("b", group)]:
            fakes.add(where, name, Hook)

        assert names(group) == ["c", "a", "b"]

    def test_what_is_installed_in_the_group_is_hidden(self, fakes, group, site):
        """
        The first fake of a group hides the installed entry points of this group, and those of no other.
        """
        site.write("installed", f"[{group}]\nreal = m:a\n[other.{group}]\nother = m:b")

        fakes.add(group, "fake", Hook)

        assert names(group) == ["fake"]
        assert names(f"other.{group}") == ["other"]

    def test_it_can_stand_beside_what_is_installed(self, fakes, group, site):
        """
        With isolate=False for the first fake, the group's installed entry points stay.
        """
        site.install("zz_installed", ("real", "m:a"))

        fakes.add(group, "fake", Hook, isolate=False)
        fakes.add(group, "second", Hook)

        assert names(group) == ["fake", "second", "real"]


class TestAddDistribution:
    def test_it_has_metadata(self, fakes, group):
        """
        Version, requirements and entry points of a fake distribution can be asked for; files it has none.
        """
        fakes.add_distribution("Demo.Hooks", "1.5", {group: {"create": Hook}}, requires=iter(["nova>=21", "attrs"]))

        for library in (importlib.metadata, importlib_metadata):
            assert library.version("demo-hooks") == "1.5"
            assert library.requires("demo_hooks") == ["nova>=21", "attrs"]
            assert library.metadata("demo-hooks")["Name"] == "Demo.Hooks"
            assert library.files("demo-hooks") is None
            assert [found.name for found in library.distribution("demo-hooks").entry_points] == ["create"]
            assert library.distribution("demo-hooks").locate_file("x") == Path("x")
            assert "demo-hooks" not in library.packages_distributions().values()
        assert importlib_metadata.distribution("demo-hooks").origin is None

    def test_single_fakes_have_metadata_too(self, fakes, group):
        """
        The distribution of single fakes can be asked for as soon as there is one.
        """
        for library in (importlib.metadata, importlib_metadata):
            with pytest.raises(library.PackageNotFoundError):
                library.version("hookkit-fakes")
        fakes.add(group, "create", Hook)

        for library in (importlib.metadata, importlib_metadata):
            assert library.version("hookkit-fakes") == "0"
            assert not library.requires("hookkit-fakes")
            assert [found.name for found in library.distribution("hookkit_fakes").entry_points] == ["create"]
            assert [found.dist.name for found in library.entry_points(group=group)] == ["hookkit-fakes"]

    def test_its_entry_points_keep_their_order(self, fakes, group):
        """
        Groups and names stand as in the mapping; distributions are in order of their names.
        """
        fakes.add_distribution("b-hooks", "1", {"x": {"other": Hook}, group: {"two": Hook, "one": Hook}})
        fakes.add_distribution("A-hooks", "1", {group: {"first": "m:a"}})

        assert names(group) == ["first", "two", "one"]
        assert [found.load() for found in entry_points(group)[1:]] == [Hook, Hook]

    def test_it_takes_the_place_of_an_installed_one(self, fakes, group, site):
        """
        An installed distribution of the same name is gone with all its groups, in every spelling.
        """
        site.write("demo_hooks", f"[{group}]\nreal = m:a\n[other.{group}]\nother = m:b")

        handle = fakes.add_distribution("Demo-Hooks", "2.0", {group: {"fake": Hook}}, isolate=False)

        assert (names(group), names(f"other.{group}")) == (["fake"], [])
        assert importlib.metadata.version("demo_hooks") == "2.0"
        found = [dist for dist in importlib.metadata.distributions() if dist.name.lower() == "demo-hooks"]
        assert len(found) == 1
        handle.remove()
        assert (names(group), names(f"other.{group}")) == (["real"], ["other"])
        assert importlib.metadata.version("demo_hooks") == "1.0"

    def test_the_latest_of_a_name_counts(self, fakes, group):
        """
        A second fake of one name takes the first one's place until it is removed.
        """
        fakes.add_distribution("demo", "1", {group: {"one": Hook}})
        second = fakes.add_distribution("demo", "2", {group: {"two": Hook}})

        assert names(group) == ["two"]
        second.remove()
        assert names(group) == ["one"]


class TestHide:
    @pytest.mark.parametrize("library", [importlib.metadata, importlib_metadata], ids=["stdlib", "backport"])
    def test_a_distribution_is_gone_until_shown_again(self, fakes, library):
        """
        A hidden distribution is not found by any name of it, and found again after remove.
        """
        handle = fakes.hide("PyTest")

        with pytest.raises(library.PackageNotFoundError):
            library.version("pytest")
        assert "pytest" not in {found.metadata["Name"] for found in library.distributions()}
        handle.remove()
        assert library.version("pytest") == pytest.__version__

    def test_what_is_not_installed_may_be_hidden(self, fakes):
        """
        Hiding a distribution that is not there does nothing.
        """
        installed = sorted(found.name for found in importlib.metadata.distributions())
        handle = fakes.hide("no-such-distribution")
        assert sorted(found.name for found in importlib.metadata.distributions()) == installed
        handle.remove()
        assert sorted(found.name for found in importlib.metadata.distributions()) == installed

    def test_a_later_fake_of_a_hidden_name_is_seen(self, fakes, group):
        """
        A distribution can be hidden first and faked then; hidden again, it is gone.
        """
        fakes.hide("demo")
        fakes.add_distribution("demo", "1", {group: {"one": Hook}})
        assert names(group) == ["one"]

        fakes.hide("demo")
        assert names(group) == []

    def test_a_search_in_certain_folders_is_left_alone(self, fakes, group, site):
        """
        Who asks for the distributions of a folder gets these, whatever is faked or hidden.
        """
        site.install("demo", ("real", "m:a"))
        fakes.add(group, "fake", Hook)
        fakes.hide("demo")

        found = importlib.metadata.distributions(path=[str(site.path)])
        everywhere = importlib.metadata.distributions(path=list(sys.path))

        assert [distribution.name for distribution in found] == ["demo"]
        assert "demo" not in {distribution.name for distribution in everywhere}


class TestIsolate:
    def test_the_installed_are_hidden_until_removed(self, fakes, group, site):
        """
        An isolated group has no installed entry points, whatever its first fake decided.
        """
        site.install("demo", ("real", "m:a"))
        fakes.add(group, "fake", Hook, isolate=False)

        handle = fakes.isolate(group)

        assert names(group) == ["fake"]
        handle.remove()
        assert names(group) == ["real", "fake"]

    def test_a_malformed_line_keeps_its_number(self, fakes, group, site, caplog):
        """
        What is said of a malformed line elsewhere in a distribution is the same as without isolation.
        """
        site.write("demo", f"[{group}]\nreal = m:a\n[other.{group}]\nno equals sign")

        fakes.isolate(group)

        assert names(f"other.{group}") == []
        assert "Line 4 of the entry_points.txt of distribution 'demo'" in caplog.text

    def test_distributions_stay_what_they_are(self, fakes, group, site):
        """
        An installed distribution keeps its class and its files in an isolated group.
        """
        site.install("demo", ("real", "m:a"))
        before = importlib.metadata.distribution("demo")

        fakes.isolate(group)
        after = importlib.metadata.distribution("demo")

        assert isinstance(after, type(before))
        assert repr(type(after)) == repr(type(before))
        assert after.locate_file("x") == before.locate_file("x")
        assert after.read_text("METADATA") == before.read_text("METADATA")

    @pytest.mark.filterwarnings("ignore:Distribution subclass:UserWarning")
    def test_entry_points_without_a_file_are_hidden_too(self, fakes, group, monkeypatch):
        """
        Entry points that a distribution object of another finder makes itself are hidden; a mere look-alike is kept.
        """

        class InMemory(importlib.metadata.Distribution):
            origin = None

            def read_text(self, filename):
                return "Name: in-memory\nVersion: 1\n" if filename == "METADATA" else None

            locate_file = read_text

            @property
            def entry_points(self):
                return tuple(importlib.metadata.EntryPoint("a", "m:a", where) for where in (group, "kept"))

        class LookAlike:
            _normalized_name = "look_alike"
            metadata = {"Name": "look-alike", "Version": "1"}  # noqa: RUF012 - a look-alike
            entry_points = ()

            def read_text(self, filename):
                return f"[{group}]\nodd = m:a" if filename == "entry_points.txt" else None

        class Finder:
            @staticmethod
            def find_distributions(context):
                return [InMemory(), LookAlike()]

        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])

        fakes.isolate(group)

        assert names(group) == ["odd"]
        assert names("kept") == ["a"]


class TestHandle:
    @given(st.permutations(range(5)))
    def test_removing_in_any_order_leaves_nothing(self, order):
        """
        However the handles are removed, after the last one only what is installed is there.
        """
        before = names("pytest11")
        with FakeEntryPoints() as fakes:
            handles = [
                fakes.add("pytest11", "one", Hook),
                fakes.add_distribution("pytest", "0", {"pytest11": {"two": Hook}}),
                fakes.hide("hypothesis"),
                fakes.isolate("pytest11"),
                fakes.add("pytest11", "three", "m:a", isolate=False),
            ]
            for index in order:
                handles[index].remove()
                handles[index].remove()

            assert names("pytest11") == before
            assert importlib.metadata.version("pytest") == pytest.__version__

    def test_the_others_stay(self, fakes, group):
        """
        Removing one fake leaves the others in their order.
        """
        handles = [fakes.add(group, name, Hook) for name in "abc"]

        handles[1].remove()

        assert names(group) == ["a", "c"]

    def test_the_next_fake_decides_when_the_first_is_removed(self, fakes, group, site):
        """
        Isolation follows the first fake that is still there.
        """
        site.install("demo", ("real", "m:a"))
        first = fakes.add(group, "first", Hook, isolate=False)
        fakes.add(group, "second", Hook)

        first.remove()

        assert names(group) == ["second"]

    def test_an_object_cannot_be_loaded_after_its_removal(self, fakes, group):
        """
        An entry point that somebody kept leads nowhere once its fake is removed.
        """
        handle = fakes.add(group, "create", Hook)
        [kept] = importlib.metadata.entry_points(group=group)

        handle.remove()

        with pytest.raises(AttributeError) as raised:
            kept.load()
        assert str(raised.value) == "module 'hookkit_fakes' has no attribute 'Hook'"

    def test_its_repr_says_what_it_is_for(self, fakes, group):
        """
        A handle shows its fakes and whether they are in place.
        """
        handle = fakes.add(group, "create", Hook)
        assert repr(handle) == f"<FakeHandle in place: create = hookkit_fakes:Hook [{group}]>"

        handle.remove()
        assert repr(handle) == f"<FakeHandle removed: create = hookkit_fakes:Hook [{group}]>"
        assert repr(fakes.hide("demo")) == "<FakeHandle in place: hides>"


class TestFakes:
    def test_a_fake_tells_whether_it_was_loaded(self, fakes, group):
        """
        Objects are noted whoever loads them, strings when hookkit loads them; what nobody loads stays unused.
        """
        fakes.add(group, "object", Hook)
        fakes.add(group, "string", "collections:Counter")
        fakes.add(group, "unused", Hook)
        fakes.add(group, "unused-string", "collections:Counter")
        assert not any(fake.is_listed for fake in fakes.fakes)

        [first, *_] = importlib.metadata.entry_points(group=group)
        first.load()
        entry_points(group)[1].load()

        assert [fake.name for fake in fakes.fakes if not fake.is_loaded] == ["unused", "unused-string"]
        assert all(fake.is_listed for fake in fakes.fakes)

    def test_a_failing_load_counts(self, fakes, group):
        """
        A fake that was asked for and could not be imported was used.
        """
        fakes.add(group, "broken", "no.such.module:at_all")

        with pytest.raises(ImportError):
            entry_points(group)[0].load()

        assert fakes.fakes[0].is_loaded

    def test_a_fake_tells_why_no_hook_could_be_made_of_it(self, fakes, group):
        """
        What the runtime only logs is noted with the fake; what it logs of other hooks is not.
        """

        class Late:
            async def pre(self): ...

        fakes.add(group, "create", "no_such_module:Hook")
        fakes.add(group, "create", Hook)
        registry = get_registry(group)
        registry.register("create", Late)
        registry.add_hook("create")(lambda: None)()

        broken, fine = fakes.fakes
        assert fine.refusal is None
        assert str(broken.refusal) == (
            f"Cannot load entry point 'create = no_such_module:Hook' of group {group!r} (hookkit-fakes 0): "
            "there is no module 'no_such_module'."
        )

    def test_they_can_be_read_after_the_end(self, group):
        """
        The fakes of the last use stay readable; a new use starts afresh.
        """
        fakes = FakeEntryPoints()
        with fakes:
            handle = fakes.add(group, "create", Hook)
            handle.remove()
        assert fakes.fakes == handle.entry_points

        with fakes:
            assert fakes.fakes == ()


class TestReal:
    LIST = "import importlib.metadata as m, sys; print(*(e.name for e in m.entry_points(group=sys.argv[1])))"

    def child(self, group):
        """
        Give what a child process finds in the group.
        """
        command = [sys.executable, "-c", self.LIST, group]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def test_a_child_process_finds_it(self, fakes, group):
        """
        Real fakes are found by child processes in order, others are not; in this process all of them are, once.
        """
        second = fakes.add(group, "two", "m:b", real=True)
        fakes.add(group, "unreal", Hook)
        fakes.add(group, "one", "m:a", real=True)

        assert self.child(group) == ["two", "one"]
        assert names(group) == ["two", "unreal", "one"]
        assert importlib.metadata.version("hookkit-fakes") == "0"
        second.remove()
        assert self.child(group) == ["one"]

    @pytest.mark.parametrize("before", [None, "", "here", os.pathsep.join(["here", "", "there"])])
    def test_the_search_path_is_put_back(self, group, monkeypatch, before):
        """
        PYTHONPATH and sys.path are afterwards as they were, and the folder is gone.
        """
        monkeypatch.delenv("PYTHONPATH", raising=False)
        if before is not None:
            monkeypatch.setenv("PYTHONPATH", before)
        path = list(sys.path)

        with FakeEntryPoints() as fakes:
            handle = fakes.add(group, "one", "m:a", real=True)
            folder = Path(sys.path[0])
            assert os.environ["PYTHONPATH"] == (f"{folder}{os.pathsep}{before}" if before else str(folder))
            assert [file.name for file in folder.iterdir()] == ["hookkit_fakes-0.dist-info"]
            handle.remove()
            assert not folder.exists()

        assert os.environ.get("PYTHONPATH") == before
        assert sys.path == path

    def test_what_others_changed_meanwhile_stays(self, group, monkeypatch):
        """
        Only the folder itself is taken out of PYTHONPATH and sys.path.
        """
        monkeypatch.setenv("PYTHONPATH", "here")
        monkeypatch.syspath_prepend("there")

        with FakeEntryPoints() as fakes:
            fakes.add(group, "one", "m:a", real=True)
            folder = sys.path[0]
            os.environ["PYTHONPATH"] += f"{os.pathsep}added"
            sys.path[:] = ["added", *(entry for entry in sys.path if entry != folder)]

        assert os.environ["PYTHONPATH"] == os.pathsep.join(["here", "added"])
        assert sys.path[:2] == ["added", "there"]

    def test_a_search_path_that_is_gone_stays_so(self, group, monkeypatch):
        """
        Who takes PYTHONPATH away, or puts back an older one, finds it so afterwards; the next fake is found again.
        """
        monkeypatch.setenv("PYTHONPATH", "here")
        path = list(sys.path)

        with FakeEntryPoints() as fakes:
            fakes.add(group, "one", "m:a", real=True)
            os.environ["PYTHONPATH"] = "older"
            sys.path[:] = path
            assert self.child(group) == []
            fakes.add(group, "two", "m:b", real=True)
            assert self.child(group) == ["one", "two"]
            assert names(group) == ["one", "two"]
            del os.environ["PYTHONPATH"]

        assert "PYTHONPATH" not in os.environ
        assert sys.path == path

    @pytest.mark.parametrize("target", [Hook, Hook(), None], ids=["class", "instance", "none"])
    def test_an_object_cannot_be_real(self, fakes, group, target):
        """
        An object as a real fake is refused, with the reason.
        """
        with pytest.raises(MisuseError) as raised:
            fakes.add(group, "one", target, real=True)

        assert str(raised.value) == (
            f"add(real=True) needs a target such as 'package.module:attribute', got {target!r}: "
            "a child process cannot import an object of this one."
        )
        assert fakes.fakes == ()

    def test_a_search_path_of_others_stays(self, monkeypatch):
        """
        A PYTHONPATH that somebody else put in the place of ours is left alone.
        """
        monkeypatch.setenv("PYTHONPATH", "before")
        with FakeEntryPoints() as fakes:
            fakes.add("a.group", "name", "json:loads", real=True)
            os.environ["PYTHONPATH"] = "elsewhere"

        assert os.environ["PYTHONPATH"] == "elsewhere"


class TestRegistries:
    @pytest.fixture
    def called(self, group):
        """
        Give a function that calls a hook point and gives the names of the hooks that ran.
        """
        ran = []

        @add_hook("point", group=group)
        def point():
            names, ran[:] = list(ran), []
            return names

        self.ran = ran
        return point

    def hook(self, name):
        """
        Make a hook that notes when it runs.
        """
        ran = self.ran
        return type(name, (), {"pre": lambda self: ran.append(name)})

    def test_each_change_is_seen_by_the_next_call(self, called, group, site):
        """
        Adding, removing, hiding and isolating, and the end, make a hook point look again for its hooks.
        """
        site.install("zz_installed", ("point", self.hook("real")))
        assert called() == ["real"]

        with FakeEntryPoints() as fakes:
            assert called() == ["real"]
            one = fakes.add(group, "point", self.hook("one"), isolate=False)
            assert called() == ["one", "real"]
            two = fakes.add_distribution("demo", "1", {group: {"point": self.hook("two")}})
            assert called() == ["two", "one", "real"]
            one.remove()
            assert called() == ["two"]
            two.remove()
            assert called() == ["real"]
            hidden = fakes.hide("zz_installed")
            assert called() == []
            hidden.remove()
            assert called() == ["real"]
            fakes.isolate(group)
            assert called() == []

        assert called() == ["real"]

    def test_registries_of_other_groups_are_left_alone(self, fakes, called, group):
        """
        A fake in one group does not make the hooks of another one load again.
        """
        made = []

        class Counted:
            def __init__(self):
                made.append(1)

            def pre(self):
                """
                Do nothing.
                """

        fakes.add(group, "point", Counted)
        called()
        fakes.add(f"other.{group}", "point", Counted)
        called()
        assert len(made) == 1


class TestUndoing:
    @pytest.fixture(autouse=True)
    def apart(self, tmp_path, monkeypatch):
        """
        Keep what is left on disk apart from what other processes leave there.
        """
        keep_apart(monkeypatch, tmp_path)

    def test_nothing_is_left(self, group):
        """
        After the block all that Python looks up is as it was before.
        """
        before = state()
        with FakeEntryPoints() as fakes:
            fakes.add(group, "object", Hook)
            fakes.add(group, "string", "m:a", real=True)
            fakes.add_distribution("demo", "1", {group: {"create": Hook}})
            fakes.hide("pytest")
            assert [found.load() for found in entry_points(group)[:2]] == [Hook, Hook]
            assert state() != before
        assert state() == before

    def test_nothing_is_left_after_an_error(self, group):
        """
        An exception in the block passes, and all is put back.
        """
        before = state()
        fakes = FakeEntryPoints()

        def fail():
            with fakes:
                fakes.add(group, "object", Hook)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert state() == before
        assert fakes.fakes[0].name == "object"

    def test_a_finder_that_came_meanwhile_stays(self, fakes, group):
        """
        A finder that somebody puts on sys.meta_path in the block is there after it.
        """

        class Late:
            pass

        with FakeEntryPoints() as inner:
            inner.add(group, "create", Hook)
            sys.meta_path.insert(0, Late)
        try:
            assert sys.meta_path[0] is Late
        finally:
            sys.meta_path.remove(Late)

    def test_a_finder_that_was_dropped_comes_back(self, fakes, group):
        """
        Somebody who puts back an older sys.meta_path hides the fakes only until the next change.
        """
        fakes.add(group, "one", Hook)
        sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "FakeFinder"]
        assert names(group) == []

        fakes.add(group, "two", Hook)
        assert names(group) == ["one", "two"]

    def test_what_others_put_over_discover_stays(self, group, monkeypatch):
        """
        A function that somebody puts in the place of ours is not undone, and still works.
        """
        owner = importlib.metadata.Distribution
        monkeypatch.setattr(owner, "discover", owner.discover)
        with FakeEntryPoints() as fakes:
            fakes.add(group, "create", Hook)
            ours = vars(owner)["discover"]
            theirs = classmethod(ours.__func__)
            owner.discover = theirs

        assert vars(owner)["discover"] is theirs
        assert importlib.metadata.version("pytest") == pytest.__version__

    def test_blocks_add_up(self, fakes, group, site):
        """
        An inner block's fakes stand beside the outer one's, behind them, and go first.
        """
        site.install("demo", ("real", "m:a"))
        outer = fakes.add(group, "outer", Hook, isolate=False)
        with FakeEntryPoints() as inner:
            inner.add(group, "inner", Hook)
            assert names(group) == ["outer", "inner"]
            assert [found.load() for found in entry_points(group)] == [Hook, Hook]
            outer.remove()
            assert names(group) == ["inner"]
        assert names(group) == ["real"]

    def test_blocks_may_end_in_any_order(self, group):
        """
        The fakes of a block end with it, also when a block that began later goes on.
        """
        before = state()
        first, second = FakeEntryPoints(), FakeEntryPoints()
        first.__enter__()
        second.__enter__()
        first.add(group, "first", Hook)
        second.add(group, "second", Hook)
        first.__exit__(None, None, None)
        assert names(group) == ["second"]
        second.__exit__(None, None, None)
        assert state() == before

    def test_a_unittest_can_use_them(self, group):
        """
        A TestCase enters them like any context manager.
        """
        seen = []

        class Case(unittest.TestCase):
            def test(self):
                fakes = self.enterContext(FakeEntryPoints())
                fakes.add(group, "create", Hook)
                seen.extend(names(group))

        result = unittest.TestResult()
        Case("test").run(result)

        assert result.wasSuccessful()
        assert (seen, names(group)) == (["create"], [])


class TestErrors:
    @pytest.mark.parametrize(
        ("method", "args"),
        [
            ("add", ("g", "n", Hook)),
            ("add_distribution", ("d", "1", {})),
            ("add_project", (".",)),
            ("hide", ("d",)),
            ("isolate", ("g",)),
        ],
    )
    def test_outside_the_block_nothing_works(self, method, args):
        """
        Before the block and after it, each method is refused.
        """
        fakes = FakeEntryPoints()
        with fakes:
            pass
        for unentered in (fakes, FakeEntryPoints()):
            with pytest.raises(MisuseError) as raised:
                getattr(unentered, method)(*args)
            assert str(raised.value) == (
                f"{method}() works inside the block only: with FakeEntryPoints() as fakes: fakes.{method}(...)."
            )

    def test_one_object_is_one_block(self, fakes):
        """
        Fakes that are in use cannot be entered again.
        """
        with pytest.raises(MisuseError) as raised:
            fakes.__enter__()
        assert str(raised.value) == "This FakeEntryPoints is in use already. Make another one: FakeEntryPoints()."

    @pytest.mark.parametrize(
        ("group", "name", "target", "message"),
        [
            ("", "n", Hook, "The group must be one line of text without spaces around it, got ''."),
            ("a\nb", "n", Hook, "The group must be one line of text without spaces around it, got 'a\\nb'."),
            (None, "n", Hook, "The group must be a string, got None."),
            ("[g]", "n", Hook, "A group cannot be called '[g]': names of groups have no brackets around them."),
            ("g", " n", Hook, "The name must be one line of text without spaces around it, got ' n'."),
            ("g", 3, Hook, "The name must be a string, got 3."),
            (
                "g",
                "a=b",
                Hook,
                "An entry point cannot be called 'a=b': names have no '=', and do not start with '#', ';' or '['.",
            ),
            ("g", "n", "a b", "The target 'a b' is not a reference. Write it as 'package.module:attribute'."),
            ("g", "n", "", "The target '' is not a reference. Write it as 'package.module:attribute'."),
        ],
    )
    def test_what_metadata_cannot_hold_is_refused(self, fakes, group, name, target, message):
        """
        Values that would not come back as they went in are refused, and change nothing.
        """
        with pytest.raises((InvalidValueError, MisuseError)) as raised:
            fakes.add(group, name, target)

        assert str(raised.value) == message
        assert fakes.fakes == ()

    @pytest.mark.parametrize(
        ("name", "version", "requires", "message"),
        [
            (
                "a b",
                "1",
                [],
                "A distribution cannot be called 'a b': names have letters, digits, and '.', '-' or '_' inside.",
            ),
            (
                "Hookkit_Fakes",
                "1",
                [],
                "A distribution cannot be called 'Hookkit_Fakes': add() puts its fakes there. Call it another way.",
            ),
            ("demo", 1, [], "The version must be a string, got 1."),
            (
                "demo",
                "1",
                ["a\nb"],
                "The requirement must be one line of text without spaces around it, got 'a\\nb'.",
            ),
        ],
    )
    def test_a_distribution_needs_values_that_metadata_can_hold(self, fakes, name, version, requires, message):
        """
        A distribution whose metadata could not be read is refused.
        """
        with pytest.raises((InvalidValueError, MisuseError)) as raised:
            fakes.add_distribution(name, version, {}, requires=requires)

        assert str(raised.value) == message

    def test_names_to_hide_and_isolate_are_checked(self, fakes):
        """
        What could not be the name of a distribution or a group is refused.
        """
        with pytest.raises(InvalidValueError) as hiding:
            fakes.hide("")
        with pytest.raises(MisuseError) as isolating:
            fakes.isolate(Hook)

        assert str(hiding.value) == (
            "The name of a distribution must be one line of text without spaces around it, got ''."
        )
        assert str(isolating.value) == f"The group must be a string, got {Hook!r}."
