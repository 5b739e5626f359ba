"""
The options of a test: from its markers, closest first, and from pytest's configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pytest

from hookkit.exceptions import HookkitError, InvalidValueError
from pytest_hookkit._ini import ini_value, read_secret_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from hookkit.testing import FakeHandle

    Check = tuple[str, Callable[[Any], bool]]

_POLICIES = ("fail", "warn", "ignore")
_READ = pytest.StashKey["HookOptions"]()


class OptionError(InvalidValueError):
    """
    A marker or an ini key says something that it cannot say.
    """


@dataclass(frozen=True)
class DeclaredFake:
    """
    A fake entry point that a marker or an ini key declares.

    Attributes:
        target: What is found under its name.
        source: Who declares it, as a message names it.
        is_own: Whether the test's own marker does, which no other test has.
    """

    target: object
    source: str
    is_own: bool


@dataclass(frozen=True)
class HookOptions:
    """
    The options of a test.

    Attributes:
        group: The group of stand-ins and mock hooks that are given none; None for the one that these have anyway.
        entry_points: The fakes that are in place in the test, by group and name.
        swallowed_errors: What becomes of the test if it did not look at an error that was swallowed.
        unused: What becomes of the test if it did not use a fake or a mock hook.
        isolate: Whether fakes hide what is really installed in their groups, where they do not say it themselves.
    """

    group: str | None = None
    entry_points: Mapping[tuple[str, str], DeclaredFake] = field(default_factory=dict)
    swallowed_errors: str = "fail"
    unused: str = "fail"
    isolate: bool = True

    def merge(self, values: Mapping[str, Any], source: str, *, is_own: bool) -> HookOptions:
        """
        Give the options with *values* put over them; entry points come beside those that are there.

        Args:
            values: The arguments of a marker, or what the ini keys say.
            source: Who says so, as a message names it.
            is_own: Whether that is the test's own marker.

        Raises:
            OptionError: If *values* has something that is no option, or that cannot be its value.
        """
        for name, value in values.items():
            _check(name, value, source)
        entry_points = {
            (group, name): DeclaredFake(target, source, is_own)
            for group, targets in values.get("entry_points", {}).items()
            for name, target in targets.items()
        }
        return replace(self, **{**values, "entry_points": {**self.entry_points, **entry_points}})

    def declare(self, add: Callable[..., FakeHandle]) -> list[FakeHandle]:
        """
        Put the fakes into place that are declared here, by *add*, a `FakeEntryPoints.add`.

        Returns:
            Those that the test's own marker declares.

        Raises:
            OptionError: If one cannot be faked.
        """
        own: list[FakeHandle] = []
        for (group, name), declared in self.entry_points.items():
            try:
                handle = add(group, name, declared.target, isolate=self.isolate)
            except HookkitError as exc:
                msg = f"{declared.source}: {exc}"
                raise OptionError(msg) from exc
            if declared.is_own:
                own.append(handle)
        return own


def options_of(item: pytest.Item) -> HookOptions:
    """
    Put the options of a test together: those of the configuration, and over them its markers, the closest last.

    Raises:
        OptionError: If a marker is wrong.
    """
    options = read_ini(item.config)
    for node, marker in reversed(list(item.iter_markers_with_node("hooks"))):
        source = f"@pytest.mark.hooks of {node.name!r}"
        if marker.args:
            msg = f"{source} got {marker.args[0]!r} by position. {_listing()}"
            raise OptionError(msg)
        options = options.merge(marker.kwargs, source, is_own=node is item)
    return options


def read_ini(config: pytest.Config) -> HookOptions:
    """
    Read the options of all tests from the ini keys, once.

    Raises:
        pytest.UsageError: If one has a value that it cannot have.
    """
    if _READ not in config.stash:
        values = {name: ini_value(config, f"hooks_{name}", accepted) for name, (accepted, _) in _OPTIONS.items()}
        given = {name: value for name, value in values.items() if value is not None}
        try:
            options = HookOptions()
            for name, value in given.items():
                options = options.merge({name: value}, f"The ini key hooks_{name}", is_own=False)
            _try(options)
        except OptionError as exc:
            raise pytest.UsageError(str(exc)) from exc
        read_secret_names(config)
        config.stash[_READ] = options
    return config.stash[_READ]


def _try(options: HookOptions) -> None:
    """
    Put the declared fakes into place for a moment, so that a wrong one is found before any test runs.
    """
    if options.entry_points:
        from hookkit.testing import FakeEntryPoints

        with FakeEntryPoints() as fakes:
            options.declare(fakes.add)


def _check(name: str, value: object, source: str) -> None:
    if name not in _OPTIONS:
        close = get_close_matches(name, _OPTIONS, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        msg = f"{source} got {name!r}, which is no argument of it.{hint} {_listing()}"
        raise OptionError(msg)
    accepted, is_accepted = _OPTIONS[name]
    if not is_accepted(value):
        what = f"{source} got {name}={value!r}" if source.startswith("@") else f"{source} is {value!r}"
        msg = f"{what}; it must be {accepted}."
        raise OptionError(msg)


def _listing() -> str:
    *names, last = sorted(_OPTIONS)
    return f"Its arguments are {', '.join(f'{name}=' for name in names)} and {last}=."


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_policy(value: object) -> bool:
    return value in _POLICIES


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(targets, Mapping) for targets in value.values())


_POLICY: Check = ("'fail', 'warn' or 'ignore'", _is_policy)
_OPTIONS: dict[str, Check] = {
    "entry_points": ("a dictionary such as {'group': {'name': target}}", _is_nested),
    "group": ("the name of an entry-point group", _is_name),
    "isolate": ("True or False", _is_flag),
    "swallowed_errors": _POLICY,
    "unused": _POLICY,
}
