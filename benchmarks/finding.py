"""
What finding hooks costs among a thousand distributions: in a process that runs, and in a fresh one.
"""

import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from installing import install_hookkit
from measuring import Figure, Slice, figure, ratios

from hookkit.discovery import entry_points

GROUP = "benchmarks.hooks"
DISTRIBUTIONS = 1000
WITH_HOOKS = 10

HOOKKIT = """
import hookkit
@hookkit.add_hook("point", group={group!r})
def host(context, name):
    return name
host("context", "vm")
"""
LIBRARY = """
import importlib_metadata
hooks = [found.load()() for found in importlib_metadata.entry_points(group={group!r}) if found.name == "point"]
def host(context, name):
    return name
for hook in hooks:
    hook.pre("context", "vm")
result = host("context", "vm")
for hook in hooks:
    hook.post(result, "context", "vm")
"""
STEVEDORE = """
from stevedore.hook import HookManager
def host(context, name):
    return name
manager = HookManager({group!r}, "point", invoke_on_load=True)
manager.map_method("pre", "context", "vm")
manager.map_method("post", host("context", "vm"), "context", "vm")
"""


def install(root: Path) -> None:
    """
    Write the distributions, all of which have scripts and some of which have hooks.
    """
    (root / "bench_hook.py").write_text(
        "class Hook:\n    def pre(self, *args): pass\n    def post(self, rv, *args): pass\n"
    )
    for number in range(DISTRIBUTIONS):
        info = root / f"bench_{number}-1.0.dist-info"
        info.mkdir()
        classifiers = "Classifier: Programming Language :: Python\n" * 20
        info.joinpath("METADATA").write_text(
            f"Metadata-Version: 2.1\nName: bench-{number}\nVersion: 1.0\n{classifiers}\n" + "What it is for.\n" * 100
        )
        hooks = f"\n[{GROUP}]\npoint = bench_hook:Hook\n" if number % (DISTRIBUTIONS // WITH_HOOKS) == 0 else ""
        info.joinpath("entry_points.txt").write_text(f"[console_scripts]\nbench-{number} = bench:main\n{hooks}")


def in_a_process(seconds: float) -> Iterator[Figure]:
    """
    Compare finding one group with the library's way.
    """
    import importlib_metadata

    def hookkits(times: int) -> None:
        for _ in range(times):
            assert len(entry_points(GROUP)) == WITH_HOOKS  # noqa: S101 - what is measured is right

    def librarys(times: int) -> None:
        for _ in range(times):
            assert len(importlib_metadata.entry_points(group=GROUP)) == WITH_HOOKS  # noqa: S101

    from stevedore import _cache

    def stevedores(times: int) -> None:
        for _ in range(times):
            kept = _cache.Cache(cache)  # a new one reads what is kept on disk, as a process does at its first question
            kept._disable_caching = False  # noqa: SLF001 - as it is for interpreters below /tmp
            assert kept.get_group_all(GROUP)  # noqa: S101 - it leaves out equal ones

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        install(Path(folder))
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        time.sleep(2.5)  # files that have just been written are read each time, which installed ones are not
        slices: dict[str, Slice] = {"library": librarys, "hookkit": hookkits, "stevedore, warm cache": stevedores}
        measured = ratios(slices, "library", calls=5, seconds=2 * seconds)
        sys.path.remove(folder)
    yield figure(f"one group among {DISTRIBUTIONS} distributions / importlib_metadata", 0.09, measured, "library")


def in_a_fresh_process(seconds: float) -> Iterator[Figure]:
    """
    Compare the first hooked call of a process, interpreter start left out, with the library's way.
    """
    scripts = {"bare": "pass", "library": LIBRARY, "hookkit": HOOKKIT, "stevedore": STEVEDORE}
    least_ns = dict.fromkeys(scripts, sys.maxsize)
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder))
        install_hookkit(Path(folder))
        ends_s = time.perf_counter() + 5 * seconds
        while time.perf_counter() < ends_s:
            for name, script in scripts.items():
                code = f"import sys; sys.path.insert(0, {folder!r})\n{script.format(group=GROUP)}"
                began_ns = time.perf_counter_ns()
                subprocess.run([sys.executable, "-I", "-c", code], check=True)
                least_ns[name] = min(least_ns[name], time.perf_counter_ns() - began_ns)
    beyond = {name: least - least_ns["bare"] for name, least in least_ns.items() if name != "bare"}
    measured = {name: took / beyond["library"] for name, took in beyond.items()}
    yield figure("first hooked call in a fresh process / importlib_metadata", 0.12, measured, "library")


MEASURES = (in_a_process, in_a_fresh_process)
