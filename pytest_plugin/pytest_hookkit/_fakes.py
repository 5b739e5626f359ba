"""
Fakes of a test, some of which the test has to use.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from hookkit import registries
from hookkit.exceptions import HookkitError
from hookkit.testing import FakeEntryPoint, FakeEntryPoints, FakeHandle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from hookkit import HookRegistry
    from pytest_hookkit._options import HookOptions

_LIKENESS_OF_GROUPS = 0.8  # as of 1: groups of one project share their beginning


class FakesOfTest(FakeEntryPoints):
    """
    The fakes of one test.

    What is added one by one has to be used, and something of each distribution that is made up.
    A project has the hooks that it has, whether the test uses them or not.

    Args:
        isolate: Whether fakes hide what is really installed in their groups, where a call does not say it.
        real: Those that child processes see: they are used there, which nobody hears of here.
    """

    def __init__(self, *, isolate: bool) -> None:
        super().__init__()
        self._isolates = isolate
        self._expected: list[FakeHandle] = []
        self.real: list[FakeEntryPoint] = []

    def add(
        self, group: str, name: str, target: object, *, real: bool = False, isolate: bool | None = None
    ) -> FakeHandle:
        """
        Fake one entry point; see `FakeEntryPoints.add`.
        """
        handle = super().add(group, name, target, real=real, isolate=self._decide(isolate))
        if real:
            self.real.extend(handle.entry_points)
            return handle
        return self._expect_use(handle)

    def add_distribution(
        self,
        name: str,
        version: str,
        entry_points: Mapping[str, Mapping[str, object]],
        *,
        requires: Iterable[str] = (),
        isolate: bool | None = None,
    ) -> FakeHandle:
        """
        Fake an installed distribution; see `FakeEntryPoints.add_distribution`.
        """
        handle = super().add_distribution(name, version, entry_points, requires=requires, isolate=self._decide(isolate))
        return self._expect_use(handle)

    def add_project(self, path: str | PathLike[str], *, isolate: bool | None = None) -> FakeHandle:
        """
        Treat a source tree as if it were installed; see `FakeEntryPoints.add_project`.
        """
        return super().add_project(path, isolate=self._decide(isolate))

    def declare(self, options: HookOptions) -> str | None:
        """
        Put the fakes into place that *options* declare; those of the test's own marker have to be used.

        Returns:
            Why one of them cannot be faked; None if all are.
        """
        try:
            own = options.declare(super().add)
        except HookkitError as exc:
            return str(exc)
        for handle in own:
            self._expect_use(handle)
        return None

    def uses(self) -> Iterator[tuple[FakeEntryPoint, bool]]:
        """
        Give all fakes of which that can be told, and whether anybody used them so far.
        """
        real = {id(fake) for fake in self.real}
        for handle in self._handles:
            for fake in handle.entry_points:
                used = is_used(fake)
                if id(fake) not in real and (used or handle.is_in_place):
                    yield fake, used

    def unused(self) -> Iterator[str]:
        """
        Describe what has to be used and was not, a line each; what the test took away itself is no oversight.
        """
        for handle in self._expected:
            fakes = handle.entry_points
            if fakes and handle.is_in_place and not any(map(is_used, fakes)):
                yield _described(fakes)

    def refused(self) -> Iterator[str]:
        """
        Say which fakes hookkit could not make hooks of and went on without, a message each.
        """
        for handle in self._handles:
            for fake in handle.entry_points:
                if fake.refusal is not None:
                    yield str(fake.refusal)

    def __repr__(self) -> str:
        count = len(self.fakes)
        return f"<FakeEntryPoints with {count} fake{'' if count == 1 else 's'}>"

    def _expect_use(self, handle: FakeHandle) -> FakeHandle:
        self._expected.append(handle)
        return handle

    def _decide(self, isolate: bool | None) -> bool:  # noqa: FBT001 - passed on as it came
        return self._isolates if isolate is None else isolate


def is_used(fake: FakeEntryPoint) -> bool:
    """
    Tell whether anybody used *fake*; one that was asked for and could not be loaded was.

    What other consumers than hookkit load is seen for objects only, so that to them having listed it counts: unless
    its group looks like a misspelt one, as many read all groups that there are, for whatever reason.
    """
    return fake.is_loaded or (fake.is_listed and not _registries_of(fake) and _group_meant(fake) is None)


def _described(fakes: Sequence[FakeEntryPoint]) -> str:
    fake = fakes[0]
    if len(fakes) > 1:
        names = ", ".join(sorted(fake.name for fake in fakes))
        return f"fake distribution {fake.distribution}: nothing used any of its entry points: {names}."
    return f"fake entry point {fake.name} = {fake.value} in {fake.group!r}: {_why_unused(fake)}"


def _why_unused(fake: FakeEntryPoint) -> str:
    points = sorted({point.name for registry in _registries_of(fake) for point in registry.points})
    if fake.name in points:
        return "no call of its hook point loaded it."
    meant = _group_meant(fake)
    if meant is not None:
        return f"no registry reads this group; did you mean {meant!r}?"
    if not points:
        return "nothing read the entry points of this group."
    close = get_close_matches(fake.name, points, n=1)
    if close:
        return f"no such hook point; did you mean {close[0]!r}?"
    return f"no such hook point; there {'is' if len(points) == 1 else 'are'} {', '.join(map(repr, points))}."


def _group_meant(fake: FakeEntryPoint) -> str | None:
    """
    Give the group that *fake* was to be in, if its own is one that no registry reads, and misspelt.
    """
    if _registries_of(fake):
        return None
    groups = {registry.group for registry in registries() if any(point.name == fake.name for point in registry.points)}
    close = get_close_matches(fake.group, groups, n=1, cutoff=_LIKENESS_OF_GROUPS)
    return close[0] if close else None


def _registries_of(fake: FakeEntryPoint) -> list[HookRegistry]:
    return [registry for registry in registries() if registry.group == fake.group]
