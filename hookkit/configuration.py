"""
Options of driver hooks, and the configurations that they are read from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hookkit._hooks import describe
from hookkit._messages import did_you_mean
from hookkit._options import OPTION_DEFAULTS, advice, convert, hook_options, oslo_options
from hookkit.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeGuard

    from hookkit.interfaces import Configuration

__all__ = ["OPTION_DEFAULTS", "ConfigGroup", "read_config_group"]


class ConfigGroup(Mapping[str, Any]):
    """
    The options of one group, as written: a mapping that also has the methods of a host's configuration object.

    `read_config_group` makes it of a file.
    `hookkit.HookBase` and `hookkit.load_hook_drivers` make one of any other mapping, which is not copied.

    Args:
        values: The options, by name.
        config_group: The group's name, for error messages; None if it has none.
        path: The file that it was read from, for error messages; None if it is of no file.
    """

    def __init__(self, values: Mapping[str, Any], config_group: str | None = None, path: str | None = None) -> None:
        self.config_group = config_group
        self.path = path
        self._values = values
        self._appended: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        # Without the values: a host keeps its passwords there.
        return f"<ConfigGroup{_place(self)} with {len(self)} options>"

    def safe_get(self, name: str) -> Any:
        """
        Return the value of an option, checked and converted; None if there is no such option.

        Args:
            name: One of `OPTION_DEFAULTS`, one that was appended, or any other of the group; the latter is returned
                as written.

        Raises:
            ConfigError: If the option does not accept its value.
        """
        if name in OPTION_DEFAULTS:
            return read_option(self, name, OPTION_DEFAULTS)
        value = _raw(self, name)
        option = self._appended.get(name)
        if option is None:
            return value
        if value is None:
            return option.default
        try:
            return option.type(value)
        except (ValueError, TypeError, AttributeError) as exc:  # what oslo's types raise on text and on other values
            msg = f"Option {name!r}{_place(self)} is {describe(value)}; it does not accept that: {exc}."
            raise ConfigError(msg) from exc

    def append_config_values(self, options: Iterable[Any]) -> None:
        """
        Take note of options of oslo.config, so that `safe_get` knows their types and defaults.
        """
        self._appended.update({option.dest: option for option in options})

    def knows(self, name: str) -> bool:
        """
        Tell whether an option is in the group, or was appended.
        """
        return name in self or name in self._appended


def read_config_group(path: str | bytes | os.PathLike[str] | os.PathLike[bytes], group: str) -> ConfigGroup:
    """
    Read the options of one group of a configuration file.

    Args:
        path: The file: TOML if its name ends in ``.toml``, else INI as oslo.config writes it.
        group: The group: an INI section, or a TOML table, with dots between the names of nested ones.

    Returns:
        The options as written: text from INI, values from TOML.
        What hooks read of it is checked and converted when they do.
        An INI group has its own options only, not those of ``[DEFAULT]``; ``$`` and ``%`` mean nothing in it.

    Raises:
        ConfigError: If the file cannot be read or has no such group; the message lists those that it has.
    """
    name = os.fsdecode(path)
    try:
        groups = _toml_groups(name) if name.endswith(".toml") else _ini_groups(name)
    except OSError as exc:
        msg = f"Cannot read group {group!r} of {name}: {exc.strerror or exc}."
        raise ConfigError(msg) from exc
    except ValueError as exc:
        msg = f"Cannot read group {group!r} of {name}: {' '.join(str(exc).split()).rstrip('.')}."
        raise ConfigError(msg) from exc
    if group not in groups:
        msg = f"{name} has no group {group!r}.{did_you_mean(group, groups)} It has {_listed(groups)}."
        raise ConfigError(msg)
    return ConfigGroup(groups[group], group, name)


def as_configuration(configuration: object) -> ConfigGroup | Configuration | None:
    """
    Make what driver hooks read their options from.

    Args:
        configuration: None, any mapping, or an object with ``safe_get`` and ``append_config_values``.

    Returns:
        The object itself; a `ConfigGroup` of a mapping that has not those methods; None for None.

    Raises:
        ConfigError: If it is none of these.
    """
    if configuration is None or isinstance(configuration, ConfigGroup):
        return configuration
    if _is_host_configuration(configuration):
        return configuration
    if isinstance(configuration, Mapping):
        return ConfigGroup(configuration)
    msg = (
        f"{describe(configuration)} is no configuration. "
        "Give a mapping, what read_config_group() returns, an object with safe_get and append_config_values, or None."
    )
    raise ConfigError(msg)


def read_option(
    configuration: ConfigGroup | Configuration | None,
    name: str,
    defaults: Mapping[str, Any],
    owner: str = "hookkit",
) -> Any:
    """
    Read one option, checked and converted to the type of its default.

    Args:
        configuration: Where it is read from; None means that everything is at its default.
        name: Its name.
        defaults: The options that are declared, with their defaults.
        owner: Who declares them, for error messages.

    Returns:
        Its value; the default, or a copy of it if it can be mutated, where it is not set or None.
        An option that is not declared but is the host's own is returned as the configuration gives it.

    Raises:
        ConfigError: If the option does not accept its value; if nobody knows such an option.
    """
    if name not in defaults:
        return _read_undeclared(configuration, name, defaults, owner)
    default = defaults[name]
    value = None if configuration is None else _raw(configuration, name, advice(name, type(default)))
    if value is None:
        return default.copy() if isinstance(default, list | dict | set) else default
    return convert(name, value, type(default), _place(configuration))


def check_options(configuration: ConfigGroup | Configuration | None, defaults: Mapping[str, Any], owner: str) -> None:
    """
    Make sure that a group's options have values that they accept, and tell a host's object which options there are.

    Raises:
        ConfigError: If one has not.
    """
    if isinstance(configuration, ConfigGroup):
        for name in defaults:
            read_option(configuration, name, defaults, owner)
    elif configuration is not None:
        own = {name: default for name, default in defaults.items() if name not in OPTION_DEFAULTS}
        configuration.append_config_values(hook_options() + oslo_options(own))


def near_misses(configuration: object, known: Iterable[str]) -> list[str]:
    """
    Find options in a group that are nobody's but look like a known one misspelt; return a sentence for each.
    """
    from difflib import get_close_matches

    if not isinstance(configuration, ConfigGroup):
        return []
    known = sorted(known)
    pairs = [(name, get_close_matches(name, known, 1, 0.9)) for name in configuration if name not in known]
    return [
        f"Option {name!r}{_place(configuration)} is not one of the hooks'; did you mean {close[0]!r}?"
        for name, close in pairs
        if close
    ]


def _read_undeclared(configuration: Any, name: str, defaults: Mapping[str, Any], owner: str) -> Any:
    if configuration is not None and not isinstance(configuration, ConfigGroup):
        return _raw(configuration, name)  # None there may stand for an option of the host that is not set
    if configuration is not None and configuration.knows(name):
        return configuration.safe_get(name)
    known = {*defaults, *(configuration or ())}
    msg = (
        f"{owner} has no option {name!r}{_place(configuration)}.{did_you_mean(name, sorted(known))} "
        f"It has {_listed(defaults)}; a class declares more in option_defaults."
    )
    raise ConfigError(msg)


def _raw(configuration: Any, name: str, advice: str = "") -> Any:
    try:
        if isinstance(configuration, ConfigGroup):
            return configuration.get(name)
        return configuration.safe_get(name)
    except ValueError as exc:  # oslo.config has found a value that the option does not accept
        msg = f"Option {name!r}{_place(configuration)} cannot be read: {str(exc).rstrip('.')}.{advice}"
        raise ConfigError(msg) from exc


def _is_host_configuration(configuration: object) -> TypeGuard[Configuration]:
    return all(callable(getattr(configuration, name, None)) for name in ("safe_get", "append_config_values"))


def _place(configuration: Any) -> str:
    group, path = (getattr(configuration, name, None) for name in ("config_group", "path"))
    return (f" in group {group!r}" if isinstance(group, str) else "") + (f" of {path}" if isinstance(path, str) else "")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"


def _ini_groups(path: str) -> Mapping[str, Mapping[str, Any]]:
    from configparser import ConfigParser
    from configparser import Error as ParserError

    # As oslo.config reads: the last of several wins, names keep their case, and [DEFAULT] is a group like any other.
    parser = ConfigParser(default_section="", strict=False, interpolation=None, empty_lines_in_values=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # the documented way
    with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 - pathlib is another import
        try:
            parser.read_file(file)
        except ParserError as exc:
            raise ValueError(exc) from exc
    return {group: {name: _unquoted(value) for name, value in parser.items(group)} for group in parser.sections()}


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _toml_groups(path: str) -> Mapping[str, Mapping[str, Any]]:
    import tomllib

    with open(path, "rb") as file:  # noqa: PTH123 - pathlib is another import
        return dict(_tables(tomllib.load(file), ""))


def _tables(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield f"{prefix}{name}", value
            yield from _tables(value, f"{prefix}{name}.")
