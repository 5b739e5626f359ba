"""
Laws of fakes: whatever is done with them, by whomever, all is as it was when they are gone.
"""

import importlib
import importlib.metadata
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import importlib_metadata
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from stevedore import _cache
from stevedore.extension import ExtensionManager

from hookkit import add_hook
from hookkit.discovery import entry_points
from hookkit.testing import FakeEntryPoints
from runtime.left_behind import keep_apart, state

GROUPS = ["laws.one", "laws.two"]
DISTRIBUTIONS = ["installed", "second"]
ENTRY_POINTS = "[laws.one]\nreal = law_project:Real\n[laws.two]\nreal = law_project:Real\n"
PROJECT = """
[project]
name = "second"
[project.entry-points."laws.one"]
project = "law_project:Real"
"""


class Hook:
    """
    A hook that does nothing.
    """

    def pre(self):
        """
        Do nothing.
        """


@add_hook("real", group=GROUPS[0])
def hooked():
    """
    Be hooked.
    """


def found_by_all(group):
    """
    Give what is found in a group, after making sure that all find the same.
    """
    ways = {
        "stdlib": importlib.metadata.entry_points(group=group),
        "backport": importlib_metadata.entry_points(group=group),
        "hookkit": entry_points(group),
        "stevedore": ExtensionManager(group).list_entry_points(),
    }
    found = {way: sorted({(found.name, found.value) for found in those}) for way, those in ways.items()}
    assert len(set(map(str, found.values()))) == 1, found
    return found["hookkit"]


class Fakes(RuleBasedStateMachine):
    """
    Any sequence of what can be done with fakes, in a process where little is installed.
    """

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        for name in DISTRIBUTIONS:
            info = root / "site" / f"{name}-1.dist-info"
            info.mkdir(parents=True)
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
            (info / "entry_points.txt").write_text(ENTRY_POINTS)
        (root / "project" / "src").mkdir(parents=True)
        (root / "project" / "pyproject.toml").write_text(PROJECT)
        (root / "project" / "src" / "law_project.py").write_text("class Real: pass\n")
        self.project = root / "project"
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(sys, "path", [str(root / "site")])
        keep_apart(self.patch, root)
        importlib.invalidate_caches()
        with FakeEntryPoints():  # what is imported on the way is imported by now
            self.all_find_the_same()
        self.installed = {group: found_by_all(group) for group in GROUPS}
        self.blocks, self.handles = [], []
        self.before = state()

    @rule()
    def enter(self):
        self.blocks.append(FakeEntryPoints().__enter__())

    @rule(data=st.data())
    @precondition(lambda self: self.blocks)
    def leave(self, data):
        block = self.blocks.pop(data.draw(st.integers(0, len(self.blocks) - 1)))
        block.__exit__(None, None, None)

    def faked(self, data, method, *args, **options):
        """
        Call a method of one of the blocks.
        """
        block = data.draw(st.sampled_from(self.blocks))
        self.handles.append(getattr(block, method)(*args, **options))

    @rule(data=st.data(), group=st.sampled_from(GROUPS), isolate=st.booleans())
    @precondition(lambda self: self.blocks)
    def add(self, data, group, isolate):
        self.faked(data, "add", group, "object", Hook, isolate=isolate)

    @rule(data=st.data(), group=st.sampled_from(GROUPS), isolate=st.booleans())
    @precondition(lambda self: self.blocks)
    def add_real(self, data, group, isolate):
        self.faked(data, "add", group, "string", "law_project:Real", real=True, isolate=isolate)

    @rule(data=st.data(), name=st.sampled_from(["made-up", *DISTRIBUTIONS]), isolate=st.booleans())
    @precondition(lambda self: self.blocks)
    def add_distribution(self, data, name, isolate):
        self.faked(data, "add_distribution", name, "2", {GROUPS[1]: {"two": Hook, "x": Hook()}}, isolate=isolate)

    @rule(data=st.data(), isolate=st.booleans())
    @precondition(lambda self: self.blocks)
    def add_project(self, data, isolate):
        self.faked(data, "add_project", self.project, isolate=isolate)
        assert importlib.import_module("law_project").Real

    @rule(data=st.data(), name=st.sampled_from(DISTRIBUTIONS))
    @precondition(lambda self: self.blocks)
    def hide(self, data, name):
        self.faked(data, "hide", name)

    @rule(data=st.data(), group=st.sampled_from(GROUPS))
    @precondition(lambda self: self.blocks)
    def isolate(self, data, group):
        self.faked(data, "isolate", group)

    @rule(data=st.data())
    @precondition(lambda self: self.handles)
    def remove(self, data):
        self.handles.pop(data.draw(st.integers(0, len(self.handles) - 1))).remove()

    @rule()
    def load(self):
        hooked()

    @invariant()
    def all_find_the_same(self):
        for group in GROUPS:
            found_by_all(group)

    def teardown(self):
        """
        End the blocks, in another order than that of their beginning, and compare.
        """
        for block in self.blocks:
            block.__exit__(None, None, None)
        try:
            assert state() == self.before
            assert {group: found_by_all(group) for group in GROUPS} == self.installed
        finally:
            sys.modules.pop("law_project", None)
            self.patch.undo()
            self.folder.cleanup()


class TestAnySequence(Fakes.TestCase):
    """
    Whatever is done in any order, in any number of blocks: all find the same at each moment, and nothing is left.
    """

    settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


@pytest.fixture
def hurry():
    """
    Let threads take turns as often as possible.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurry")
class TestTwoThreads:
    def in_two(self, work):
        """
        Run *work* with 0 and with 1, at the same time.
        """
        start = threading.Barrier(2)

        def run(number):
            start.wait()
            return work(number)

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(run, (0, 1)))

    def test_each_finds_its_own_at_once(self, group, tmp_path, monkeypatch):
        """
        Two tests at a time, each with fakes of its own, find what they made, whoever is asked; nothing is left.
        """

        def work(number):
            mine = f"{group}.{number}"
            for _ in range(10):
                with FakeEntryPoints() as fakes:
                    audit = type("Audit", (), {})
                    fakes.add(mine, "class", audit)
                    real = fakes.add(mine, "real", "collections:Counter", real=True)
                    assert next(iter(importlib.metadata.entry_points(group=mine))).load() is audit
                    assert [found.name for found in importlib_metadata.entry_points(group=mine)] == ["class", "real"]
                    assert ExtensionManager(mine)["class"].plugin is audit
                    real.remove()
                    assert ExtensionManager(mine).names() == ["class"]
                assert not entry_points(mine)

        keep_apart(monkeypatch, tmp_path)
        work(0)  # What is imported only now by anybody stays.
        before = state()
        self.in_two(work)
        assert state() == before

    def test_they_can_share_fakes(self, group):
        """
        What two threads add to the same fakes is all there, each object under a value of its own.
        """
        with FakeEntryPoints() as fakes:

            def work(number):
                made = [type("Audit", (), {}) for _ in range(30)]
                for index, audit in enumerate(made):
                    fakes.add(group, f"{number}-{index}", audit)
                return {f"{number}-{index}": audit for index, audit in enumerate(made)}

            first, second = self.in_two(work)
            assert {found.name: found.load() for found in entry_points(group)} == first | second

    def test_what_one_reads_late_does_not_stay(self, group):
        """
        No cache of stevedore's remembers what a thread had read before the other one added a fake.
        """
        with FakeEntryPoints() as fakes:
            fakes.isolate(group)
            manager = ExtensionManager(group)
            memory = manager.ENTRY_POINT_CACHE
            assert group in memory
            fakes.isolate(f"{group}.other")
            assert group not in memory
            read_before = list(_cache.get_group_all(group))
            fakes.add(group, "new", Hook)
            memory[group] = read_before
            assert ExtensionManager(group).names() == ["new"]

            del memory[group]
            assert (list(memory), len(memory)) == ([], 0)
