"""
What the tests share: the implementations, and ways to install hooks that both find.
"""

import logging
import sys

import pytest
import stevedore
from stevedore import _cache

from hookkit.testing import FakeEntryPoints
from oracle.fake_hooks import Settings, driver_hook_class
from oracle.forebears import manila_hooks, nova_hooks


class Site:
    """
    A place to install distributions in.
    """

    def __init__(self, path, prepend):
        self.path = path
        self.prepend = prepend

    def install(self, distribution, *lines, **modules):
        """
        Write a distribution with these lines in its group of Nova's hooks, and modules with these sources.

        Each has a folder of its own on sys.path, before those of earlier ones.
        """
        folder = self.path / distribution
        info = folder / f"{distribution}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("\n".join(["[nova.hooks]", *lines, ""]))
        for name, source in modules.items():
            (folder / f"{name}.py").write_text(source)
        self.prepend(folder)


@pytest.fixture(params=["original", "hookkit"])
def implementation(request):
    """
    Give the name of each implementation; `oracle.differences.differs` gives it together with what is expected.
    """
    return request.param


@pytest.fixture
def nova(implementation):
    """
    Give the module of named hooks.
    """
    module = nova_hooks(implementation)
    yield module
    module.reset()


@pytest.fixture
def manila(implementation):
    """
    Give what a share manager has of driver hooks.
    """
    return manila_hooks(implementation)


@pytest.fixture
def install():
    """
    Give a function that installs targets of entry points, by point and in order; a hook is wrapped in a factory.
    """
    with FakeEntryPoints() as fakes:

        def install(point, *targets):
            for target in targets:
                fakes.add("nova.hooks", point, target if callable(target) else lambda hook=target: hook)

        yield install


@pytest.fixture
def site(tmp_path, monkeypatch):
    """
    Give an empty place on sys.path to install distributions in, of which stevedore knows nothing yet.
    """
    monkeypatch.setattr(stevedore.ExtensionManager, "ENTRY_POINT_CACHE", {})
    monkeypatch.setattr(_cache._c, "_internal", {})
    monkeypatch.setattr(_cache._c, "_dir", str(tmp_path / "no_cache"))
    monkeypatch.setattr(_cache._c, "_disable_caching", True)
    before = set(sys.modules)
    yield Site(tmp_path, monkeypatch.syspath_prepend)
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def driver_hook(manila):
    """
    Give a function that makes a driver hook with options, deeds for its phases, and notes that it may share.
    """
    hook_class = driver_hook_class(manila.hook.HookBase)
    everything_on = dict.fromkeys(("enable_pre_hooks", "enable_post_hooks", "enable_periodic_hooks"), True)

    def make(options=(), **given):
        return hook_class(Settings(**everything_on | dict(options)), **given)

    return make


@pytest.fixture(autouse=True)
def log(caplog):
    """
    Keep all that is logged.
    """
    caplog.set_level(logging.DEBUG)
    return caplog
