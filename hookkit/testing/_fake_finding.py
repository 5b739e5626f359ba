"""
How metadata libraries are brought to find fakes, and kept from finding what these cover.
"""

import copy
import functools
import importlib.metadata
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

import importlib_metadata

from hookkit.discovery import normalised_name
from hookkit.testing._fake_distribution import FakeDistribution, normalised, without_groups
from hookkit.testing._stevedore import CACHE_MODULES

if TYPE_CHECKING:
    from hookkit.testing._fake_environment import FakeEnvironment

FAKES_MODULE = "hookkit_fakes"
"""
The module through which fakes that are objects are imported.
"""


class FakeFinder:
    """
    The finder on sys.meta_path that knows the fake distributions, and the module through which fakes are imported.
    """

    def __init__(self, environment: "FakeEnvironment") -> None:
        self._environment = environment

    def find_distributions(self, context: Any = None) -> Iterable[FakeDistribution]:
        """
        Give the fakes that are asked for; none if the search is for certain folders.
        """
        if not _is_everywhere(context):
            return []
        fakes = self._environment.distributions()
        wanted = getattr(context, "name", None)
        return fakes if wanted is None else [fake for fake in fakes if normalised(fake.name) == normalised(wanted)]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """
        Find the module of the fakes; and those of stevedore's caches, to keep them quiet from their first moment.
        """
        if fullname == FAKES_MODULE:
            return ModuleSpec(fullname, FakesLoader(self._environment))
        if fullname in CACHE_MODULES:
            spec = PathFinder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                _after_import(spec.loader, self._environment.silence_stevedore)
            return spec
        return None


class FakesLoader(Loader):
    """
    Makes the module of the fakes.
    """

    def __init__(self, environment: "FakeEnvironment") -> None:
        self._environment = environment

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """
        Make a module whose attributes are looked up among the fakes, each time anew.
        """
        return _FakesModule(spec.name, self._environment.resolve)

    def exec_module(self, module: ModuleType) -> None:
        """
        Leave the module as it is: it has no code.
        """


class _FakesModule(ModuleType):
    """
    Objects that a test wants to be found through entry points.
    """

    def __init__(self, name: str, resolve: Callable[[str], object]) -> None:
        super().__init__(name, type(self).__doc__)
        self.__resolve = resolve

    def __getattr__(self, name: str) -> object:
        return self.__resolve(name)


class DiscoverFilter:
    """
    Keeps back, in one metadata library, what the fakes cover.

    Args:
        library: ``importlib.metadata`` or ``importlib_metadata``.
        environment: Who knows what is covered.
    """

    def __init__(self, library: ModuleType, environment: "FakeEnvironment") -> None:
        self._environment = environment
        self._owner: Any = library.Distribution
        self._original = vars(self._owner)["discover"]
        self._isolating: dict[type, type] = {}
        # Either library may find what the other one's finder makes.
        self._bases = (importlib.metadata.Distribution, importlib_metadata.Distribution)
        original = self._original.__func__

        def discover(cls: type[Any], /, **kwargs: Any) -> Iterator[Any]:
            found = iter(original(cls, **kwargs))
            return self._visible(found) if _is_everywhere(kwargs.get("context"), kwargs) else found

        functools.update_wrapper(discover, original)
        self._filtered = classmethod(discover)
        self._owner.discover = self._filtered

    def uninstall(self) -> None:
        """
        Put the library's own function back, unless somebody has put another one over ours, which then does nothing.
        """
        if vars(self._owner)["discover"] is self._filtered:
            self._owner.discover = self._original

    def _visible(self, distributions: Iterator[Any]) -> Iterator[Any]:
        covered = self._environment.covered()
        isolates = bool(self._environment.isolated())
        for distribution in distributions:
            if isinstance(distribution, FakeDistribution):
                yield distribution
            elif normalised_name(distribution) not in covered:
                yield self._isolate(distribution) if isolates else distribution

    def _isolate(self, distribution: Any) -> Any:
        """
        Give a distribution of the same kind that has nothing in the isolated groups.
        """
        base = type(distribution)
        if not issubclass(base, self._bases):
            return distribution  # It only looks like a distribution, and may not bear a change of its class.
        if base not in self._isolating:
            self._isolating[base] = _isolating(base, self._environment)
        isolated = copy.copy(distribution)
        isolated.__class__ = self._isolating[base]
        return isolated


def _isolating(base: Any, environment: "FakeEnvironment") -> type:
    """
    Make a class of distributions like *base* that leave the isolated groups out.
    """

    class Isolated(base):  # type: ignore[misc] # its base is known at run time only
        def read_text(self, filename: str) -> str | None:
            text: str | None = super().read_text(filename)
            if text and filename == "entry_points.txt":
                return without_groups(text, environment.isolated())
            return text

        @property
        def entry_points(self) -> Any:
            # Some finders make entry points without any file.
            found = super().entry_points
            isolated = environment.isolated()
            return type(found)(entry_point for entry_point in found if entry_point.group not in isolated)

    Isolated.__name__, Isolated.__qualname__, Isolated.__module__ = base.__name__, base.__qualname__, base.__module__
    return Isolated


def _is_everywhere(context: Any, keywords: dict[str, Any] | None = None) -> bool:
    """
    Tell whether a search is for all that is installed; it may be for certain folders, in which no fake is.
    """
    given = {**(vars(context) if context is not None else {}), **(keywords or {})}
    path = given.get("path")
    return path is None or list(path) == sys.path


def _after_import(loader: Any, call: Callable[[ModuleType], None]) -> None:
    """
    Have *call* called with the module that *loader* executes next.
    """
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        call(module)

    loader.exec_module = exec_module
