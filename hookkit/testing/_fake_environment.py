"""
The place where fakes meet what is installed: one for the process, in use while anybody has fakes.
"""

import importlib.metadata
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import RLock
from types import ModuleType

import importlib_metadata

from hookkit import discovery
from hookkit._registry import refusal_observers
from hookkit.exceptions import HookLoadError
from hookkit.testing._disk import DiskSite
from hookkit.testing._fake_distribution import FakeDistribution, FakeEntryPoint, normalised
from hookkit.testing._fake_finding import FAKES_MODULE, DiscoverFilter, FakeFinder
from hookkit.testing._stevedore import StevedoreCaches

FAKES_DISTRIBUTION = "hookkit-fakes"
FAKES_VERSION = "0"


@dataclass(frozen=True, eq=False)
class Contribution:
    """
    What one call of a `FakeEntryPoints` method changes in what seems to be installed.

    Attributes:
        owner: Whose it is: of the contributions of one owner to a group, the first decides whether it is isolated.
        groups: The groups concerned.
        isolates: Whether the entry points that are really installed in these groups are hidden.
        entry_points: The fakes that it brings.
        distribution: The distribution that has these; None if that is the one that all single fakes share.
        hidden: The normalised name of a distribution that is hidden.
        is_real: Whether child processes see the fakes too.
    """

    owner: object
    groups: tuple[str, ...] = ()
    isolates: bool = False
    entry_points: tuple[FakeEntryPoint, ...] = ()
    distribution: FakeDistribution | None = None
    hidden: str | None = None
    is_real: bool = False


class FakeEnvironment:
    """
    What seems to be installed: the contributions of all that have fakes, in order of their calls.

    `importlib.metadata` and its backport ask a finder on sys.meta_path for the fakes.
    No finder can keep back what others find; that is done where both libraries put the answers of all finders
    together, in ``Distribution.discover``.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._users = 0
        self._contributions: tuple[Contribution, ...] = ()
        self._finder = FakeFinder(self)
        self._filters: list[DiscoverFilter] = []
        self._stevedore = StevedoreCaches()
        self._disk = DiskSite(FAKES_DISTRIBUTION, FAKES_VERSION)

    def enter(self) -> None:
        """
        Take part; the first one in puts finder and filters into place.
        """
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._filters = [DiscoverFilter(library, self) for library in (importlib.metadata, importlib_metadata)]
                discovery.load_observers.append(self.note_loaded)
                discovery.list_observers.append(self.note_listed)
                refusal_observers.append(self.note_refused)
                self._changed()

    def leave(self) -> None:
        """
        Take no more part; the last one out takes everything away.
        """
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._stevedore.restore()
                self._disk.close()
                discovery.load_observers.remove(self.note_loaded)
                discovery.list_observers.remove(self.note_listed)
                refusal_observers.remove(self.note_refused)
                for installed in self._filters:
                    installed.uninstall()
                # A saved sys.meta_path is never put back: the backport may have put its finder there meanwhile.
                sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self._finder]
                sys.modules.pop(FAKES_MODULE, None)

    def add(self, contribution: Contribution) -> None:
        """
        Let *contribution* count from now on; its fakes that are objects get their values.
        """
        with self._lock:
            for entry_point in contribution.entry_points:
                if not entry_point.value:
                    entry_point.value = self._value_for(entry_point.target, contribution.entry_points)
            self._contributions = (*self._contributions, contribution)
            self._changed()

    def remove(self, contribution: Contribution) -> None:
        """
        Let *contribution* count no more.
        """
        with self._lock:
            self._contributions = tuple(other for other in self._contributions if other is not contribution)
            self._changed()

    def _changed(self) -> None:
        # Whoever put back an older sys.meta_path in the meantime has dropped the finder.
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
        self._disk.write(self._single_fakes(only_real=True))
        self._stevedore.forget()

    def distributions(self) -> tuple[FakeDistribution, ...]:
        """
        Give the fake distributions that can be found, the latest of each name.
        """
        found: dict[str, FakeDistribution | None] = {}
        for contribution in self._contributions:
            if contribution.distribution is not None:
                found[normalised(contribution.distribution.name)] = contribution.distribution
            elif contribution.hidden is not None:
                found[contribution.hidden] = None
        singles = self._single_fakes()
        if singles:
            found[FAKES_DISTRIBUTION] = FakeDistribution(FAKES_DISTRIBUTION, FAKES_VERSION, singles)
        return tuple(distribution for distribution in found.values() if distribution is not None)

    def covered(self) -> frozenset[str]:
        """
        Give the normalised names of what is not to be found: because it is hidden, or because a fake has its name.
        """
        names = {contribution.hidden for contribution in self._contributions if contribution.hidden is not None}
        return frozenset(names | {normalised(distribution.name) for distribution in self.distributions()})

    def isolated(self) -> frozenset[str]:
        """
        Give the groups in which what is really installed is hidden.
        """
        decided: dict[tuple[int, str], bool] = {}
        for contribution in self._contributions:
            for group in contribution.groups:
                decided.setdefault((id(contribution.owner), group), contribution.isolates)
        return frozenset(group for (_, group), isolates in decided.items() if isolates)

    def resolve(self, attribute: str) -> object:
        """
        Give the object that the module of the fakes has under *attribute*, and note that it was loaded.
        """
        for entry_point in self._fakes():
            if entry_point.value == f"{FAKES_MODULE}:{attribute}":
                entry_point.is_loaded = True
                return entry_point.target
        msg = f"module {FAKES_MODULE!r} has no attribute {attribute!r}"
        raise AttributeError(msg)

    def note_listed(self, group: str) -> None:
        """
        Note that hookkit has read what is in *group*.
        """
        for fake in self._fakes():
            if fake.group == group:
                fake.is_listed = True

    def note_loaded(self, entry_point: discovery.EntryPoint) -> None:
        """
        Note that hookkit loads *entry_point*, if it is a fake.
        """
        for fake in self._found_as(entry_point):
            fake.is_loaded = True

    def note_refused(self, error: HookLoadError) -> None:
        """
        Note that hookkit goes on without a hook, if it is a fake.
        """
        if error.entry_point is not None:
            for fake in self._found_as(error.entry_point):
                fake.refusal = error

    def silence_stevedore(self, module: ModuleType) -> None:
        """
        Deal with stevedore's cache *module*, which was imported just now.
        """
        self._stevedore.silence(module)

    def _value_for(self, target: object, others: Sequence[FakeEntryPoint]) -> str:
        """
        Find a reference for *target* that neither a fake in place has nor one of *others*, after its own name.
        """
        try:
            named = getattr(target, "__name__", None)
        except Exception:  # noqa: BLE001 - any object can be a target
            named = None
        words = str(named if isinstance(named, str) else type(target).__name__).rpartition(".")[2]
        base = "".join(letter if letter.isalnum() else "_" for letter in words).strip("_") or "fake"
        value, number = f"{FAKES_MODULE}:{base}", 1
        taken = {entry_point.value for entry_point in (*self._fakes(), *others)}
        while value in taken:
            number += 1
            value = f"{FAKES_MODULE}:{base}_{number}"
        return value

    def _found_as(self, entry_point: discovery.EntryPoint) -> Iterator[FakeEntryPoint]:
        wanted = (entry_point.group, entry_point.name, entry_point.value, entry_point.distribution)
        return (fake for fake in self._fakes() if (fake.group, fake.name, fake.value, fake.distribution) == wanted)

    def _fakes(self) -> Iterator[FakeEntryPoint]:
        for contribution in self._contributions:
            yield from contribution.entry_points

    def _single_fakes(self, *, only_real: bool = False) -> Sequence[FakeEntryPoint]:
        return [
            entry_point
            for contribution in self._contributions
            if contribution.distribution is None and (contribution.is_real or not only_real)
            for entry_point in contribution.entry_points
        ]


ENVIRONMENT = FakeEnvironment()
"""
The one of this process: what is installed is a fact of the process, too.
"""
