"""
Facts about fakes and the libraries that find them, whichever is imported first.
"""

import json
import os
import subprocess
import sys
import textwrap

import pytest

CONSUMERS = ["importlib.metadata", "importlib_metadata", "pluggy", "stevedore.extension"]

CHECK = """
import json, os, sys, warnings
warnings.simplefilter("error")
sys.executable = "/usr/bin/python3"  # For one in /tmp stevedore turns its disk cache off.

class Plugin: pass

def found():
    manager = pluggy.PluginManager("g")
    manager.load_setuptools_entrypoints("g")
    return [
        [entry_point.load() for entry_point in importlib.metadata.entry_points(group="g")],
        [entry_point.load() for entry_point in importlib_metadata.entry_points(group="g")],
        [plugin for _, plugin in manager.list_name_plugin()],
        [entry_point.load() for entry_point in stevedore.extension.ExtensionManager("g").list_entry_points()],
    ]

def begin():
    global fakes
    from hookkit.testing import FakeEntryPoints
    fakes = FakeEntryPoints().__enter__()
    fakes.add("g", "plugin", Plugin)

for step in sys.argv[1].split():
    if step == "fakes":
        begin()
    else:
        __import__(step)
for step in sys.argv[1].split():
    if step != "fakes":
        globals()[step.partition(".")[0]] = sys.modules[step.partition(".")[0]]

assert found() == [[Plugin]] * 4, found()
cache = stevedore._cache._c
fakes.__exit__(None, None, None)
assert found() == [[]] * 4, found()
assert not cache._disable_caching
assert cache._dir.startswith(os.environ["XDG_CACHE_HOME"])
with open(os.path.join(cache._dir, *os.listdir(cache._dir))) as file:
    assert "g" not in json.load(file)["groups"]
assert "exec_module" not in vars(stevedore._cache.__spec__.loader)
assert "pytest" not in sys.modules
print("done")
"""


def orders():
    """
    Give each library as the first one, and fakes that are made before it, after it and after all.
    """
    for first in range(len(CONSUMERS)):
        order = [*CONSUMERS[first:], *CONSUMERS[:first]]
        for place in (0, 1, len(order)):
            yield [*order[:place], "fakes", *order[place:]]


class TestOrderOfImports:
    @pytest.mark.parametrize("order", list(orders()), ids="-".join)
    def test_whoever_is_imported_first_fakes_are_seen(self, order, tmp_path):
        """
        It makes no difference what is imported when, before or after the fakes are made; nor after their end.
        """
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
        command = [sys.executable, "-c", CHECK, " ".join(order)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

        assert (run.stdout, run.stderr) == ("done\n", "")

    def test_without_stevedore_its_import_fails_as_ever(self):
        """
        Where stevedore's cache module is missing, importing it says so.
        """
        code = """
            import sys, types
            from hookkit.testing import FakeEntryPoints
            sys.modules["stevedore"] = types.ModuleType("stevedore")
            sys.modules["stevedore"].__path__ = []
            with FakeEntryPoints():
                try:
                    import stevedore._cache
                except ModuleNotFoundError as exc:
                    print(exc)
        """
        command = [sys.executable, "-c", textwrap.dedent(code)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)

        assert run.stdout == "No module named 'stevedore._cache'\n"


CHILD = """
import collections, json, sys
sys.executable = "/usr/bin/python3"  # For one in /tmp stevedore turns its disk cache off.
import importlib.metadata, importlib_metadata, pluggy
from stevedore import _cache, dispatch, driver, enabled, exception, extension, hook, named
_cache._c._disable_caching = sys.argv[1] == "off"

def by_pluggy():
    manager = pluggy.PluginManager("child")
    manager.load_setuptools_entrypoints("child")
    return [name for name, _ in manager.list_name_plugin()]

def by(make, *args):
    try:
        manager = make("child", *args)
    except exception.NoMatches:
        return []
    assert all(found.plugin in (collections.Counter, collections.deque) for found in manager)
    return [found.name for found in manager]

yes = lambda found: True
print(json.dumps({
    "stdlib": [found.name for found in importlib.metadata.entry_points(group="child")],
    "backport": [found.name for found in importlib_metadata.entry_points(group="child")],
    "pluggy": by_pluggy(),
    "ExtensionManager": by(extension.ExtensionManager),
    "NamedExtensionManager": by(named.NamedExtensionManager, ["one", "two"]),
    "DriverManager": by(driver.DriverManager, "one") + by(driver.DriverManager, "two"),
    "HookManager": by(hook.HookManager, "one") + by(hook.HookManager, "two"),
    "EnabledExtensionManager": by(enabled.EnabledExtensionManager, yes),
    "DispatchExtensionManager": by(dispatch.DispatchExtensionManager, yes),
    "NameDispatchExtensionManager": by(dispatch.NameDispatchExtensionManager, yes),
}))
"""


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    """
    Give what all find in child processes: with stevedore's disk cache off, cold and warm, and after each change.
    """
    from hookkit.testing import FakeEntryPoints

    folder = tmp_path_factory.mktemp("cache")
    (folder / "python-entrypoints").mkdir()
    (folder / "python-entrypoints" / "of-another-kind").write_bytes(b"\xff")

    def child(cache="on"):
        command = [sys.executable, "-c", CHILD, cache]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        found = {"before": child()}
        with FakeEntryPoints() as fakes:
            one = fakes.add("child", "one", "collections:Counter", real=True)
            found |= {"off": child("off"), "cold": child(), "warm": child()}
            fakes.add("child", "two", "collections:deque", real=True)
            found["added"] = child()
            found["files"] = len(list(folder.glob("*/*")))
            one.remove()
            found["removed"] = child()
        found["files after"] = len(list(folder.glob("*/*")))
        found["after"] = child()
    return found


class TestChildren:
    @pytest.mark.parametrize(
        ("moment", "names"),
        [
            ("before", set()),
            ("off", {"one"}),
            ("cold", {"one"}),
            ("warm", {"one"}),
            ("added", {"one", "two"}),
            ("removed", {"two"}),
            ("after", set()),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_all_find_what_is_real_at_each_moment(self, children, moment, names):
        """
        Each library finds a real fake in a child process, and each change of it, and nothing of it later.
        """
        found = {consumer: set(those) for consumer, those in children[moment].items()}

        assert len(found) == 10
        assert found == dict.fromkeys(found, names)

    def test_nothing_is_left_in_the_cache_on_disk(self, children):
        """
        What stevedore noted of fakes on disk goes with them; the rest of that folder stays.
        """
        assert (children["files"], children["files after"]) == (4, 2)
