"""
Facts about fakes as other libraries see them: importlib.metadata, its backport, pluggy and stevedore.
"""

import importlib.metadata
import json
from collections import Counter

import importlib_metadata
import pluggy
import pytest
from stevedore import _cache
from stevedore.dispatch import DispatchExtensionManager, NameDispatchExtensionManager
from stevedore.driver import DriverManager
from stevedore.enabled import EnabledExtensionManager
from stevedore.exception import NoMatches
from stevedore.extension import ExtensionManager
from stevedore.hook import HookManager
from stevedore.named import NamedExtensionManager

from hookkit import discovery
from hookkit.testing import FakeEntryPoints
from runtime.left_behind import keep_apart, stevedore_state

MARK = pluggy.HookimplMarker("fakes")


class Plugin:
    """
    What is faked: a plugin of any kind.
    """

    @MARK
    def answer(self):
        return 42


def by_stdlib(group):
    return {found.name: found.load() for found in importlib.metadata.entry_points(group=group)}


def by_backport(group):
    return {found.name: found.load() for found in importlib_metadata.entry_points(group=group)}


def by_hookkit(group):
    return {found.name: found.load() for found in discovery.entry_points(group)}


def by_pluggy(group):
    manager = pluggy.PluginManager("fakes")
    manager.load_setuptools_entrypoints(group)
    return dict(manager.list_name_plugin())


def by_stevedore(group):
    return {extension.name: extension.plugin for extension in ExtensionManager(group)}


CONSUMERS = [by_stdlib, by_backport, by_hookkit, by_pluggy, by_stevedore]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """
    Give stevedore an empty cache folder, and empty caches in memory.
    """
    keep_apart(monkeypatch, tmp_path)
    return tmp_path / "cache"


@pytest.fixture(params=CONSUMERS, ids=lambda consumer: consumer.__name__)
def loaded(request):
    """
    Give each way to load all plugins of a group: a function that gives them by name.
    """
    return request.param


class TestEachConsumer:
    def test_sees_objects_and_strings(self, loaded, group):
        """
        A fake is loaded by its name, be it an object or a string; it is gone after the block.
        """
        other = Plugin()
        with FakeEntryPoints() as fakes:
            fakes.add(group, "object", Plugin)
            fakes.add(group, "string", "collections:Counter")
            fakes.add_distribution("demo", "1", {group: {"other": other}})

            assert loaded(group) == {"object": Plugin, "string": Counter, "other": other}
        assert loaded(group) == {}

    def test_follows_every_change(self, loaded, group, site):
        """
        What was seen before hides nothing: adding, removing, hiding and isolating show at once.
        """
        site.install("installed", ("real", Plugin))
        assert set(loaded(group)) == {"real"}

        with FakeEntryPoints() as fakes:
            one = fakes.add(group, "one", Plugin(), isolate=False)
            assert set(loaded(group)) == {"real", "one"}
            two = fakes.add(group, "two", Plugin())
            assert set(loaded(group)) == {"real", "one", "two"}
            one.remove()
            assert set(loaded(group)) == {"two"}
            two.remove()
            hidden = fakes.hide("installed")
            assert set(loaded(group)) == set()
            hidden.remove()
            fakes.isolate(group)
            assert set(loaded(group)) == set()
        assert set(loaded(group)) == {"real"}

    def test_sees_no_shadowed_distribution(self, loaded, group, site):
        """
        Of an installed distribution whose name is faked nothing is seen.
        """
        site.install("demo", ("real", Plugin))

        with FakeEntryPoints() as fakes:
            fakes.add_distribution("demo", "2", {group: {"fake": Plugin}}, isolate=False)
            assert set(loaded(group)) == {"fake"}

    def test_notes_that_an_object_was_loaded(self, loaded, group):
        """
        A fake object is noted as loaded, whoever loads it.
        """
        with FakeEntryPoints() as fakes:
            fakes.add(group, "object", Plugin)
            loaded(group)

        assert fakes.fakes[0].is_listed
        assert fakes.fakes[0].is_loaded


class TestPluggy:
    def test_a_fake_plugin_answers(self, group):
        """
        A plugin object that was found through a fake is called like any other, and its distribution is known.
        """
        manager = pluggy.PluginManager("fakes")
        with FakeEntryPoints() as fakes:
            fakes.add_distribution("demo", "1.5", {group: {"plugin": Plugin()}})
            manager.load_setuptools_entrypoints(group)

        assert manager.hook.answer() == [42]
        [(_, distribution)] = manager.list_plugin_distinfo()
        assert (distribution.project_name, distribution.version) == ("demo", "1.5")


def with_all(group):
    return ExtensionManager(group)


def with_some(group):
    return NamedExtensionManager(group, ["plugin"])


def with_driver(group):
    return DriverManager(group, "plugin")


def with_hook(group):
    return HookManager(group, "plugin")


def with_enabled(group):
    return EnabledExtensionManager(group, lambda extension: extension.name == "plugin")


def with_dispatch(group):
    return DispatchExtensionManager(group, lambda extension: True)


def with_dispatch_by_name(group):
    return NameDispatchExtensionManager(group, lambda extension: True)


MANAGERS = [with_all, with_some, with_driver, with_hook, with_enabled, with_dispatch, with_dispatch_by_name]


class TestStevedore:
    @pytest.fixture(params=MANAGERS, ids=lambda manager: manager.__name__)
    def found(self, request):
        """
        Give a function that gives the plugins that one kind of manager finds in a group.
        """

        def find(group):
            try:
                return [extension.plugin for extension in request.param(group)]
            except NoMatches:  # A driver manager has to find one.
                return []

        return find

    @pytest.mark.parametrize("is_warm", [True, False], ids=["warm", "cold"])
    @pytest.mark.parametrize("is_disabled", [True, False], ids=["off", "on"])
    def test_its_disk_cache_neither_hides_nor_keeps_a_fake(self, found, group, cache, is_warm, is_disabled):
        """
        Each manager sees a fake in the block only, be the disk cache warm or cold, on or off; it stays the same.
        """
        if is_warm:
            found(group)
            assert list(cache.iterdir())
        _cache._c._disable_caching = is_disabled
        _cache._c._internal.clear()
        ExtensionManager.ENTRY_POINT_CACHE.clear()
        before = stevedore_state()

        with FakeEntryPoints() as fakes:
            handle = fakes.add(group, "plugin", Plugin)
            assert found(group) == [Plugin]
            handle.remove()
            assert found(group) == []
            fakes.add(group, "plugin", "collections:Counter")
            assert found(group) == [Counter]

        assert stevedore_state() == before
        assert found(group) == []
        assert all(group not in json.loads(file.read_text())["groups"] for file in cache.glob("*"))

    def test_what_a_fake_names_is_called(self, group):
        """
        A fake is made and called like any plugin, alone or by its name.
        """
        with FakeEntryPoints() as fakes:
            fakes.add(group, "plugin", Plugin)
            some = NameDispatchExtensionManager(group, lambda extension: True, invoke_on_load=True)
            driver = DriverManager(group, "plugin", invoke_on_load=True)

        assert some.map_method(["plugin"], "answer") == [42]
        assert driver.driver.answer() == 42

    def test_what_its_memory_had_comes_back(self, group):
        """
        Entries that stevedore had in memory before the block are there after it, in the same memory.
        """
        by_stevedore("pytest11")
        before = stevedore_state()

        with FakeEntryPoints() as outer, FakeEntryPoints() as inner:
            outer.add("pytest11", "one", Plugin)
            inner.add("pytest11", "two", Plugin)
            assert set(by_stevedore("pytest11")) == {"one", "two"}

        assert stevedore_state() == before

    def test_a_memory_that_somebody_put_there_stays(self, group):
        """
        What others put in the place of a memory is theirs, hides no later fake, and keeps none.
        """
        theirs = {group: []}
        with FakeEntryPoints() as fakes:
            ExtensionManager.ENTRY_POINT_CACHE = theirs
            fakes.add(group, "plugin", Plugin)
            assert set(by_stevedore(group)) == {"plugin"}
            ExtensionManager.ENTRY_POINT_CACHE = theirs
            assert set(by_stevedore(group)) == {"plugin"}

        assert ExtensionManager.ENTRY_POINT_CACHE is theirs
        assert ExtensionManager(group).list_entry_points() == []
