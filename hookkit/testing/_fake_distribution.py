"""
Distributions that exist in memory only, as importlib.metadata and its backport read them.
"""

import importlib.metadata
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from hookkit.exceptions import HookLoadError


@dataclass(eq=False)
class FakeEntryPoint:
    """
    An entry point that exists for a test only.

    Attributes:
        group: The group that it is in.
        name: Its name in that group.
        value: What it names, as consumers see it; for an object an attribute of a module made for that purpose.
        distribution: The name of the fake distribution that has it.
        target: What was given to be found under its name: an object, or a string such as ``package.module:attribute``.
        is_listed: Whether hookkit has read the entry points of its group, or anybody else those of its distribution.
        is_loaded: Whether it was loaded: by hookkit, or by any consumer if its target is an object.
        refusal: Why hookkit went on without it, which was only logged; None if it did not.
    """

    group: str
    name: str
    value: str
    distribution: str
    target: object
    is_listed: bool = False
    is_loaded: bool = False
    refusal: HookLoadError | None = None


class FakeDistribution(importlib.metadata.Distribution):
    """
    A distribution with a name, a version, requirements and entry points, and no files.

    Args:
        name: Its name, as its metadata spells it.
        version: Its version.
        entry_points: What it declares, in the order of its metadata.
        requires: Its requirements, one string for each.
        folder: Where its files would be.
    """

    def __init__(
        self,
        name: str,
        version: str,
        entry_points: Sequence[FakeEntryPoint],
        *,
        requires: Iterable[str] = (),
        folder: Path | None = None,
    ) -> None:
        self._metadata_text = metadata_text(name, version, requires)
        self._entry_points = tuple(entry_points)
        self._folder = folder or Path()

    def read_text(self, filename: str | PathLike[str]) -> str | None:
        """
        Give the text of one of the files that an installed distribution has beside its code; None for most.
        """
        if filename == "METADATA":
            return self._metadata_text
        return entry_points_text(self._entry_points) if filename == "entry_points.txt" else None

    @property
    def entry_points(self) -> importlib.metadata.EntryPoints:
        """
        The entry points, which other consumers than hookkit read here, those of all groups at once.
        """
        for entry_point in self._entry_points:
            entry_point.is_listed = True
        return super().entry_points

    def locate_file(self, path: str | PathLike[str]) -> Path:
        """
        Give the place where a file of the distribution would be.
        """
        return self._folder / path

    @property
    def origin(self) -> None:
        """
        Where it was installed from, which nobody knows; the standard library asks since Python 3.13.
        """


def metadata_text(name: str, version: str, requires: Iterable[str] = ()) -> str:
    """
    Write the METADATA of a distribution.
    """
    fields = [("Metadata-Version", "2.1"), ("Name", name), ("Version", version)]
    fields.extend(("Requires-Dist", requirement) for requirement in requires)
    return "".join(f"{field}: {value}\n" for field, value in fields)


def entry_points_text(entry_points: Iterable[FakeEntryPoint]) -> str:
    """
    Write an entry_points.txt that keeps the order; a group may so come more than once, which all readers accept.
    """
    lines: list[str] = []
    group = None
    for entry_point in entry_points:
        if entry_point.group != group:
            group = entry_point.group
            lines.append(f"[{group}]")
        lines.append(f"{entry_point.name} = {entry_point.value}")
    return "".join(f"{line}\n" for line in lines)


def without_groups(text: str, groups: frozenset[str]) -> str:
    """
    Blank the lines of *groups* in the text of an entry_points.txt; the others keep their numbers.
    """
    kept: list[str] = []
    section: str | None = None
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped.strip("[]")
        kept.append("" if section in groups else line)
    return "".join(f"{line}\n" for line in kept)


def normalised(name: str) -> str:
    """
    Spell the name of a distribution as PEP 503 has it.
    """
    return re.sub(r"[-_.]+", "-", name).lower()
