"""
Fake entry points: hooks and plugins that are found as if they were installed, for the time of a test.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from os import PathLike
from types import TracebackType
from typing import Self

from hookkit import _registry
from hookkit.discovery import split_reference
from hookkit.exceptions import InvalidValueError, MisuseError
from hookkit.testing._fake_checks import check_distribution, check_entry_point, check_text
from hookkit.testing._fake_distribution import FakeDistribution, FakeEntryPoint, normalised
from hookkit.testing._fake_environment import ENVIRONMENT, FAKES_DISTRIBUTION, Contribution
from hookkit.testing._projects import SCRIPT_GROUPS, ProjectImports, read_project


class FakeHandle:
    """
    What was faked by one call, to be taken away before the end.

    Attributes:
        entry_points: The fakes that the call brought, in order; empty if it hid something.
    """

    def __init__(self, entry_points: tuple[FakeEntryPoint, ...], undo: Callable[[], None]) -> None:
        self.entry_points = entry_points
        self._undo: Callable[[], None] | None = undo

    @property
    def is_in_place(self) -> bool:
        """
        Whether it was not removed yet, by itself or at the end of the block.
        """
        return self._undo is not None

    def remove(self) -> None:
        """
        Take away what the call brought, or show again what it hid; in any order, and more than once does no harm.
        """
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def __repr__(self) -> str:
        fakes = ", ".join(f"{fake.name} = {fake.value} [{fake.group}]" for fake in self.entry_points)
        state = "removed" if self._undo is None else "in place"
        return f"<FakeHandle {state}: {fakes or 'hides'}>"


class FakeEntryPoints:
    """
    A context manager in which distributions, and the entry points they have, can be made up and hidden.

    All that reads entry points sees the fakes: hookkit, `importlib.metadata`, its backport, pluggy and stevedore.
    Inside the block everything can be taken back one by one; at its end all is as it was before.
    Blocks can be nested, and then add up: what is installed is a fact of the whole process.

    After each change the registries of the groups concerned look again for their hooks.

    >>> from hookkit import add_hook
    >>> class Greeter:
    ...     def pre(self, name):
    ...         print("about to greet", name)
    >>> @add_hook("greet", group="greetings")
    ... def greet(name):
    ...     print("hello", name)
    >>> with FakeEntryPoints() as fakes:
    ...     _ = fakes.add("greetings", "greet", Greeter)
    ...     greet("Ann")
    about to greet Ann
    hello Ann
    >>> greet("Bob")
    hello Bob

    In a `unittest.TestCase`: ``fakes = self.enterContext(FakeEntryPoints())``.
    """

    def __init__(self) -> None:
        self._handles: list[FakeHandle] = []
        self._fakes: list[FakeEntryPoint] = []
        self._is_open = False

    def __enter__(self) -> Self:
        if self._is_open:
            msg = "This FakeEntryPoints is in use already. Make another one: FakeEntryPoints()."
            raise MisuseError(msg)
        ENVIRONMENT.enter()
        self._is_open = True
        self._fakes.clear()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # The stack runs all of them, in reverse order, whatever one of them raises.
        with ExitStack() as undoing:
            self._is_open = False
            undoing.callback(ENVIRONMENT.leave)
            for handle in self._handles:
                undoing.callback(handle.remove)
            self._handles.clear()

    @property
    def fakes(self) -> tuple[FakeEntryPoint, ...]:
        """
        All fakes since the block was entered, removed ones included, in the order in which they were made.

        They stay readable after the end of the block, and tell whether they were listed and loaded.
        """
        return tuple(self._fakes)

    def add(self, group: str, name: str, target: object, *, real: bool = False, isolate: bool = True) -> FakeHandle:
        """
        Fake one entry point.

        All entry points that are added so are of one distribution, ``hookkit-fakes``, and stand there in the order
        of the calls.

        Args:
            group: The group to put it in.
            name: Its name there, such as that of a hook point.
            target: What is found under that name: any object, one that was made inside the test included; or a
                string such as ``"package.module:attribute"``, which is imported when it is loaded.
            real: Whether child processes see it too, through a folder on disk and ``PYTHONPATH``.
                They cannot import objects of this process, so the target must be a string.
                What is hidden here is not hidden there.
            isolate: Whether this hides what is really installed in the group.
                Only the first fake of a group decides that.

        Returns:
            A handle to take it away again.

        Raises:
            MisuseError: If it is to be real, and *target* is no string.
            InvalidValueError: If *group* or *name* could not stand in metadata, or *target* is a string that names
                nothing.
        """
        self._check_open("add")
        if real and not isinstance(target, str):
            msg = (
                f"add(real=True) needs a target such as 'package.module:attribute', got {target!r}: "
                "a child process cannot import an object of this one."
            )
            raise MisuseError(msg)
        fake = _fake(FAKES_DISTRIBUTION, group, name, target)
        return self._contribute(
            Contribution(owner=self, groups=(group,), isolates=isolate, entry_points=(fake,), is_real=real)
        )

    def add_distribution(
        self,
        name: str,
        version: str,
        entry_points: Mapping[str, Mapping[str, object]],
        *,
        requires: Iterable[str] = (),
        isolate: bool = True,
    ) -> FakeHandle:
        """
        Fake an installed distribution; it takes the place of an installed one of that name.

        Args:
            name: The name of the distribution.
            version: Its version.
            entry_points: For each group the targets by name, as for `add`.
            requires: Its requirements, one string for each.
            isolate: Whether it hides what is really installed in its groups, where it is the first fake.

        Returns:
            A handle to take it away again.

        Raises:
            InvalidValueError: If a value could not stand in metadata, or *name* is ``hookkit-fakes``.
        """
        self._check_open("add_distribution")
        check_distribution(name)
        if normalised(name) == FAKES_DISTRIBUTION:
            msg = f"A distribution cannot be called {name!r}: add() puts its fakes there. Call it another way."
            raise InvalidValueError(msg)
        check_text("version", version)
        requirements = tuple(requires)
        for requirement in requirements:
            check_text("requirement", requirement)
        fakes = tuple(
            _fake(name, group, key, target)
            for group, targets in entry_points.items()
            for key, target in targets.items()
        )
        return self._contribute(
            Contribution(
                owner=self,
                groups=tuple(entry_points),
                isolates=isolate,
                entry_points=fakes,
                distribution=FakeDistribution(name, version, fakes, requires=requirements),
            )
        )

    def add_project(self, path: str | PathLike[str], *, isolate: bool = True) -> FakeHandle:
        """
        Treat a hook package's own source tree as if it were installed.

        Its entry points, name, version and requirements are read from ``pyproject.toml`` (``[project]``) and
        ``setup.cfg`` (``[options.entry_points]``, or pbr's ``[entry_points]``); nothing of it is executed for that.
        A version that is computed at build time is ``"0"``.
        Its modules can be imported, from ``src/`` or from the folder itself; those that are imported now are forgotten
        when it is taken away.

        Args:
            path: The folder that has the ``pyproject.toml``.
            isolate: Whether it hides what is really installed in its groups, where it is the first fake.
                Scripts are never hidden.

        Returns:
            A handle to take it away again.

        Raises:
            InvalidValueError: If the project declares no entry points in a way that can be read, or its modules are
                not where they are looked for.
        """
        self._check_open("add_project")
        project = read_project(path)
        fakes = tuple(
            FakeEntryPoint(group, name, value, project.name, value) for group, name, value in project.entry_points
        )
        distribution = FakeDistribution(
            project.name, project.version, fakes, requires=project.requires, folder=project.folder
        )
        groups = tuple({fake.group: None for fake in fakes if fake.group not in SCRIPT_GROUPS})
        imports = ProjectImports(project)
        imports.enter()
        return self._contribute(
            Contribution(owner=self, groups=groups, isolates=isolate, entry_points=fakes, distribution=distribution),
            imports.leave,
        )

    def hide(self, distribution: str) -> FakeHandle:
        """
        Hide a distribution, as if it were not installed; one that is not there is fine, too.

        Its modules can still be imported.

        Args:
            distribution: Its name, in any spelling that means the same.

        Returns:
            A handle to show it again.
        """
        self._check_open("hide")
        check_distribution(distribution)
        return self._contribute(Contribution(owner=self, hidden=normalised(distribution)))

    def isolate(self, group: str) -> FakeHandle:
        """
        Hide all that is really installed in a group; fakes in it can be seen.

        Args:
            group: The name of the group.

        Returns:
            A handle to show it again.
        """
        self._check_open("isolate")
        check_text("group", group)
        # An owner of its own: it isolates the group whatever was the first fake there.
        return self._contribute(Contribution(owner=object(), groups=(group,), isolates=True))

    def _contribute(self, contribution: Contribution, *clean_up: Callable[[], None]) -> FakeHandle:
        def undo() -> None:
            with ExitStack() as undoing:
                undoing.callback(_reset, contribution)
                for call in clean_up:
                    undoing.callback(call)
                ENVIRONMENT.remove(contribution)

        handle = FakeHandle(contribution.entry_points, undo)
        self._handles.append(handle)
        self._fakes.extend(contribution.entry_points)
        ENVIRONMENT.add(contribution)
        _reset(contribution)
        return handle

    def _check_open(self, method: str) -> None:
        if not self._is_open:
            msg = f"{method}() works inside the block only: with FakeEntryPoints() as fakes: fakes.{method}(...)."
            raise MisuseError(msg)


def _fake(distribution: str, group: str, name: str, target: object) -> FakeEntryPoint:
    """
    Make a fake; if *target* is an object, the environment gives it its value.
    """
    check_entry_point(group, name)
    if not isinstance(target, str):
        return FakeEntryPoint(group, name, "", distribution, target)
    if split_reference(target) is None:
        msg = f"The target {target!r} is not a reference. Write it as 'package.module:attribute'."
        raise InvalidValueError(msg)
    return FakeEntryPoint(group, name, target.strip(), distribution, target)


def _reset(contribution: Contribution) -> None:
    """
    Have the registries look again at what a contribution may have changed.
    """
    if contribution.distribution is None and contribution.hidden is None:
        for group in contribution.groups:
            _registry.reset_group(group)
    else:
        # With a whole distribution comes or goes what the one behind it has, in any group.
        _registry.reset()
