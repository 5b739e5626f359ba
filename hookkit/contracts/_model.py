"""
Contracts as objects: a host, its releases, and its hook points in one release or in all.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from hookkit._messages import did_you_mean
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import ContractError

__tracebackhide__ = is_mistake

Kind = Literal["named", "driver"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class ContractPoint:
    """
    A hook point of a host over the releases in which its signature stays the same.

    Attributes:
        name: What hooks call it: the entry point's name, or a driver hook's *func_name*.
        group: The entry-point group of a named hook point; None for a driver hook point.
        function: The hooked function, as ``module:qualname``.
        signature: The signature of the undecorated function, ``self`` included.
        kind: ``"named"`` or ``"driver"``.
        is_async: Whether the function is a coroutine function.
        first: The first tag that has it so; None if it has been so from the beginning.
        last: The last tag that has it so; None if it is still so.
        facts: What else the contract says about it, by key; not compared.
        positional: How many arguments the host's own calls always give by position, ``self`` included; not compared.
            None if nobody looked: then it is ``self`` alone.
        replaced_by: The hook point that is called in its place where it is called no more; not compared.
    """

    name: str
    group: str | None
    function: str
    signature: inspect.Signature
    kind: Kind
    is_async: bool
    first: str | None
    last: str | None
    facts: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    positional: int | None = field(default=None, compare=False, repr=False)
    replaced_by: str | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name}{self.signature}"


@dataclass(frozen=True)
class Contract:
    """
    The hook points of a host, in one of its releases or in all.

    Attributes:
        host: The host's name, such as ``"nova"``.
        releases: The tags of all releases that the contract knows, oldest first, whatever *release* is.
        points: The hook points of *release*, in the contract's order; every period of each if *release* is None.
        release: The tag of the release that this is restricted to; None if it is not.
        history: Every period of every hook point, whatever *release* is.
        release_names: The code name of a tag, where there is one.
        facts: What else the contract says, by key; not compared.
    """

    host: str
    releases: tuple[str, ...]
    points: tuple[ContractPoint, ...]
    release: str | None = None
    history: tuple[ContractPoint, ...] = field(default=(), repr=False)
    release_names: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    facts: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def point(self, name: str) -> ContractPoint:
        """
        Return the hook point called *name*.

        Where several periods of it are at hand, because the contract is not restricted to a release, this is the
        latest one.

        Raises:
            ContractError: If there is none of that name, or if several functions of one release share it.
        """
        found = [point for point in self.points if point.name == name]
        if not found:
            raise ContractError(self._describe_missing_point(name))
        latest = [point for point in found if point.last == found[-1].last]
        if len(latest) > 1:
            functions = " and ".join(repr(point.function) for point in latest)
            msg = f"{self._title()} has several hook points {name!r}: {functions}. Choose one from 'points'."
            raise ContractError(msg)
        return latest[0]

    def at(self, release: str) -> "Contract":
        """
        Restrict the contract to one release.

        Args:
            release: A tag or a code name, in any case.
                A tag that is not listed stands for the release that it follows: ``13.1.4`` for ``13.0.0``,
                and ``13`` too.

        Raises:
            ContractError: If there is no such release; the message lists those that there are.
        """
        index = self._index(release)
        points = tuple(point for point in self.history if self._spans(point, index))
        return replace(self, release=self.releases[index], points=points)

    def releases_of(self, name: str) -> tuple[str, ...]:
        """
        Give the tags of the releases that have a hook point called *name*, oldest first.

        So one line runs a test over all of them::

            @pytest.mark.parametrize("release", catalogue("nova").releases_of("build_instance"))

        Raises:
            ContractError: If no release has it.

        .. versionadded:: 0.1
        """
        periods = [point for point in self.history if point.name == name]
        if not periods:
            names = list(dict.fromkeys(point.name for point in self.history))
            msg = f"No release of {self.host!r} has a hook point {name!r}.{did_you_mean(name, names)}"
            raise ContractError(msg)
        return tuple(
            tag for index, tag in enumerate(self.releases) if any(self._spans(point, index) for point in periods)
        )

    def _describe_missing_point(self, name: str) -> str:
        names = list(dict.fromkeys(point.name for point in self.points))
        known = f"It has {', '.join(map(repr, names))}." if names else "It has none."
        elsewhere = [point for point in self.history if point.name == name]
        if elsewhere:
            first, last = elsewhere[0].first or "the beginning", elsewhere[-1].last or "today"
            return f"{self._title()} has no hook point {name!r}; releases {first} to {last} have it. {known}"
        return f"{self._title()} has no hook point {name!r}.{did_you_mean(name, names)} {known}"

    def _spans(self, point: ContractPoint, index: int) -> bool:
        first = 0 if point.first is None else self._index(point.first)
        last = len(self.releases) if point.last is None else self._index(point.last)
        return first <= index <= last

    def _index(self, release: str) -> int:
        index = find_release(release, self.releases, self.release_names)
        if index is None:
            raise ContractError(self._describe_missing_release(release))
        return index

    def _title(self) -> str:
        return f"{self.host!r}" if self.release is None else f"{self.host!r} {self.release}"

    def _describe_missing_release(self, release: str) -> str:
        if not self.releases:
            return f"{self.host!r} has no release {release!r}: its contract lists none."
        names = self.release_names
        known = ", ".join(f"{tag} ({names[tag]})" if tag in names else tag for tag in self.releases)
        question = did_you_mean(release, [*self.releases, *names.values()])
        return f"{self.host!r} has no release {release!r}.{question} Use a tag or a code name of: {known}."


def find_release(release: str, releases: tuple[str, ...], names: Mapping[str, str]) -> int | None:
    """
    Return the place in *releases* of a tag, of a code name or of a tag that follows one of them; None if nowhere.
    """
    wanted = str(release).strip().casefold()
    for index, tag in enumerate(releases):
        name = names.get(tag, "").casefold()
        if wanted in {tag.casefold(), name, *name.split()} - {""}:
            return index
    return _find_series(wanted, releases)


def _find_series(tag: str, releases: tuple[str, ...]) -> int | None:
    """
    Find the one listed release whose number *tag* continues: 13.0.0 or 13.0 or 13 for 13.1.4, but 2014.1 for 2014.1.3.
    """
    wanted = _numbers(tag)
    numbers = [_numbers(listed) for listed in releases]
    exact = [n for n in numbers if n and wanted[: len(n)] == n]
    if exact:
        return numbers.index(max(exact, key=len))
    series = [_without_trailing_zeros(n) for n in numbers]
    fitting = [n for n in series if n and wanted[: len(n)] == n]
    if not fitting:
        return None
    longest = max(fitting, key=len)
    rivals = [n for n in series if n[: len(longest)] == longest]
    return series.index(longest) if len(rivals) == 1 else None


def _numbers(tag: str) -> tuple[int, ...]:
    parts = tag.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _without_trailing_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers
