"""
What it costs that calls can be watched, while nobody does: beside a build of hookkit without the code for it.
"""

import importlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import calls
import drivers
from measuring import Figure, figure, ratios

import hookkit

NAME = "unwatched_hookkit"

# What is taken away, file by file; a text that is not there any more is an error, so that this stays a comparison.
WATCHING = {
    "_functions.py": (
        " and self._is_unwatched",
        "        self._is_unwatched = False\n",
        "        self._is_unwatched = not self.observers\n",
        (
            "            observers = () if self._is_unwatched else self.observers\n"
            "            if observers:\n"
            "                return watched_call(self, hooks, observers, args, kwargs)\n"
        ),
        (
            "            observers = () if self._is_unwatched else self.observers\n"
            "            if observers:\n"
            "                return await awatched_call(self, hooks, observers, args, kwargs)\n"
        ),
    ),
    "_driver_functions.py": (
        (
            "            if EVERYWHERE.current:\n"
            "                with self._watch(args, kwargs) as watch:\n"
            "                    watch.call.result = call(*self._watched(watch, hooks))\n"
            "                    return watch.call.result\n"
        ),
    ),
    "_fast_driver_calls.py": (
        '        EVERYWHERE.add_point(cast("Any", self))  # it is told when observers come and go, as points are\n',
    ),
}


def build(folder: Path) -> Any:
    """
    Copy hookkit under another name, without the code for watching, and import the copy.
    """
    package = folder / NAME
    shutil.copytree(Path(hookkit.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, texts in WATCHING.items():
        source = (package / name).read_text()
        for text in texts:
            if text not in source:
                msg = f"{name} has no {text!r} to take away: say in {__file__} what the code for watching is now."
                raise SystemExit(msg)
            source = source.replace(text, "")
        (package / name).write_text(source)
    for path in package.rglob("*.py"):
        path.write_text(path.read_text().replace("hookkit", NAME))
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        importlib.import_module(f"{NAME}.drivers")
        return importlib.import_module(NAME)
    finally:
        sys.path.remove(str(folder))


def watched_by_nobody(seconds: float) -> Iterator[Figure]:
    """
    Compare calls without hooks, with one, and of a kind for which there is no fast code; and those of driver hooks.
    """
    with tempfile.TemporaryDirectory() as folder:
        without = build(Path(folder))
        slices = {}
        for name, build_of in (("without", without), ("hookkit", hookkit)):
            registry = build_of.HookRegistry("benchmarks.unwatched")
            calls.KEPT.append(registry)
            registry.register("one", calls.NoOp())
            slices[name] = {
                "no hooks": calls.positional(registry.add_hook("none")(calls.host)),
                "1 hook": calls.positional(registry.add_hook("one")(calls.host)),
                "1 hook, plain loop": calls.positional(registry.add_hook("one")(generate)),
                "1 driver hook": drivers.calling(drivers.manager(build_of.HookBase, build_of.add_hooks, 1)),
            }
        for what in slices["hookkit"]:
            pair = {name: made[what] for name, made in slices.items()}
            measured = ratios(pair, "without", calls=500, seconds=seconds)
            # 1.00, but for what two measures of the same differ by.
            yield figure(f"watched by nobody / build without watching, {what}", 1.02, measured, "without")


def generate(context: Any, name: Any) -> Iterator[Any]:
    """
    Be a host's generator function, whose hooks run in the plain loop.
    """
    yield name


MEASURES = (watched_by_nobody,)
