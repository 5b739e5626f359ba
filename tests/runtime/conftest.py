"""
What the tests of the runtime share: places to install hooks in, registries, ways in which a host runs, recordings.
"""

import asyncio
import importlib
import itertools
import json
import sys
from types import ModuleType

import pytest

from hookkit import Recorder
from hookkit._registry import HookRegistry
from hookkit.recording import RecordingWriter
from runtime import replayed
from runtime.fake_hooks import Awaited
from runtime.live_hosts import Hosts

COUNT = itertools.count()


class Site:
    """
    A folder on sys.path into which distributions and modules are installed.
    """

    def __init__(self, path, group):
        self.path = path
        self.group = group
        self.targets = ModuleType(f"site_targets_{next(COUNT)}")
        self.modules = [self.targets.__name__]
        sys.modules[self.targets.__name__] = self.targets

    def install(self, distribution, *hooks, version="1.0"):
        """
        Write the metadata of a distribution that declares *hooks*: pairs of a point's name and its target.

        A target is ``module:attribute`` or any object.
        """
        lines = [f"[{self.group}]", *(f"{point} = {self.value(target)}" for point, target in hooks)]
        self.write(distribution, "\n".join(lines), version=version)

    def write(self, distribution, entry_points, *, version="1.0"):
        """
        Write the metadata of a distribution with this text as its entry_points.txt.
        """
        info = self.path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"{entry_points}\n")
        importlib.invalidate_caches()

    def value(self, target):
        """
        Give the value of an entry point that names *target*.
        """
        if isinstance(target, str):
            return target
        name = f"target_{len(vars(self.targets))}"
        setattr(self.targets, name, target)
        return f"{self.targets.__name__}:{name}"

    def module(self, source):
        """
        Write a module and give its name.
        """
        name = f"site_module_{next(COUNT)}"
        (self.path / f"{name}.py").write_text(source)
        self.modules.append(name)
        importlib.invalidate_caches()
        return name

    def remove(self):
        """
        Forget what was imported from here.
        """
        for name in self.modules:
            sys.modules.pop(name, None)


class Host:
    """
    A way to run hooked functions: as functions or coroutine functions, watched or not.
    """

    def __init__(self, *, is_async, has_async_hooks=False, is_watched=False):
        self.is_async = is_async
        self.has_async_hooks = has_async_hooks
        self.is_watched = is_watched
        self.events = []

    def attach(self, registry, *hooks, point="point"):
        """
        Register *hooks*, as coroutine functions if this host wants them so.
        """
        for hook in hooks:
            registry.register(point, Awaited(hook) if self.has_async_hooks else hook)

    def point(self, registry, function, name="point", *, pass_function=False):
        """
        Decorate *function* and give a plain function that calls what came out.
        """
        if self.is_watched:
            registry.observe(after=self.events.append)
        decorate = registry.add_hook(name, pass_function=pass_function)
        if not self.is_async:
            return decorate(function)

        async def coroutine(*args, **kwargs):
            await asyncio.sleep(0)
            return function(*args, **kwargs)

        hooked = decorate(coroutine)
        return lambda *args, **kwargs: asyncio.run(hooked(*args, **kwargs))


HOSTS = {
    "function": {"is_async": False},
    "function-watched": {"is_async": False, "is_watched": True},
    "coroutine": {"is_async": True},
    "coroutine-watched": {"is_async": True, "is_watched": True},
    "coroutine-async-hooks": {"is_async": True, "has_async_hooks": True},
    "coroutine-async-hooks-watched": {"is_async": True, "has_async_hooks": True, "is_watched": True},
}


@pytest.fixture
def group():
    """
    Give the name of a group that nobody else uses.
    """
    return f"test.group{next(COUNT)}"


@pytest.fixture
def registry(group):
    """
    Give a registry of its own.
    """
    return HookRegistry(group)


@pytest.fixture
def site(tmp_path, monkeypatch, group):
    """
    Give an empty folder on sys.path to install hooks of the group into.
    """
    monkeypatch.syspath_prepend(tmp_path)
    site = Site(tmp_path, group)
    yield site
    site.remove()


@pytest.fixture(params=HOSTS)
def host(request):
    """
    Give each way in which a host runs hooks.
    """
    return Host(**HOSTS[request.param])


@pytest.fixture
def messages(caplog):
    """
    Give a function that gives what was logged at error level, traceback and all left out.
    """
    return lambda: [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


@pytest.fixture
def hosts(tmp_path):
    """
    Give a folder to run hosts in that are recorded.
    """
    return Hosts(tmp_path)


@pytest.fixture
def path(tmp_path):
    """
    Where a recording goes.
    """
    return tmp_path / "folder" / "recording.jsonl"


@pytest.fixture
def record(path):
    """
    Run a function while all is written, and give the lines after the header.
    """

    def record(function, **options):
        with RecordingWriter(path, **options) as writer, Recorder(writer=writer):
            function()
        return [json.loads(line) for line in path.read_text().splitlines()[1:]]

    return record


@pytest.fixture
def recording(tmp_path):
    """
    Give a recording of a hook in calls that go well and calls that do not.
    """
    return replayed.record(tmp_path / "r.jsonl", replayed.Audit, ["plain", "new", "broken", "fails", "veto"])
