"""
Options of driver hooks: their defaults, what values they accept, and what they are to oslo.config.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hookkit._hooks import class_path, describe
from hookkit.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    Converter = tuple[Callable[[Any], Any], str]

OPTION_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "hook_drivers": [],
        "enable_pre_hooks": False,
        "enable_post_hooks": False,
        "enable_periodic_hooks": False,
        "suppress_pre_hooks_errors": False,
        "suppress_post_hooks_errors": False,
        "periodic_hooks_interval": 300.0,
    }
)

_HELP = {
    "hook_drivers": "Class paths of driver hooks, in the order in which they run.",
    "enable_pre_hooks": "Run driver hooks before the functions of the host.",
    "enable_post_hooks": "Run driver hooks after the functions of the host.",
    "enable_periodic_hooks": "Run driver hooks on the host's schedule.",
    "suppress_pre_hooks_errors": "Go on when a pre hook raises, with the exception as its data.",
    "suppress_post_hooks_errors": "Go on when a post hook raises.",
    "periodic_hooks_interval": "Seconds between two runs of the periodic hooks; a negative number means never.",
}

_BOOLEANS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


def declared_options(hook_class: type) -> dict[str, Any]:
    """
    Return the options of a class of driver hooks: everybody's, and what it and its bases have in ``option_defaults``.

    Raises:
        ConfigError: If ``option_defaults`` is no mapping, or gives an option of everybody's a default that the option
            does not accept.
    """
    options = dict(OPTION_DEFAULTS)
    for base in reversed(hook_class.__mro__):
        own = vars(base).get("option_defaults", {})
        if not isinstance(own, Mapping):
            msg = f"{class_path(base)}.option_defaults is {describe(own)}. Make it a mapping of names to defaults."
            raise ConfigError(msg)
        for name, default in own.items():
            known = name in OPTION_DEFAULTS
            options[name] = (
                convert(name, default, type(OPTION_DEFAULTS[name]), f" of {class_path(base)}.option_defaults")
                if known
                else default
            )
    return options


def convert(name: str, value: object, kind: type, place: str) -> Any:
    """
    Make of an option's value what its type asks for.

    Args:
        name: The option's name.
        value: What is written.
        kind: The type of the option's default.
        place: Where it is written, for the error message: empty, or begins with a space.

    Raises:
        ConfigError: If the option does not accept *value*.
    """
    converter = _converter(name, kind)
    if converter is None:
        return value
    try:
        return converter[0](value)
    except ValueError:
        msg = f"Option {name!r}{place} is {describe(value)}; it accepts {converter[1]}."
        raise ConfigError(msg) from None


def advice(name: str, kind: type) -> str:
    """
    Say what an option accepts whose default is of this type, in a sentence after a space; nothing if it may be all.
    """
    converter = _converter(name, kind)
    return "" if converter is None else f" It accepts {converter[1]}."


def hook_options() -> list[Any]:
    """
    Return oslo's options for what every driver hook can read, those of Manila where that is what runs.

    In a real Manila the options have to be Manila's own: oslo.config takes no second definition of a name, be it only
    that its help text differs.
    """
    import sys

    if "manila" in sys.modules:
        from importlib import import_module

        try:
            return list(import_module("manila.share.hook").hook_options)
        except ImportError:
            pass
    return own_hook_options()


def own_hook_options() -> list[Any]:
    """
    Make oslo's options for what every driver hook can read.
    """
    return oslo_options({name: default for name, default in OPTION_DEFAULTS.items() if name != "hook_drivers"})


def oslo_options(defaults: Mapping[str, Any]) -> list[Any]:
    """
    Make options of oslo.config; none if that is not installed.
    """
    try:
        from oslo_config import cfg  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        return []
    kinds = {
        bool: cfg.BoolOpt,
        int: cfg.IntOpt,
        float: cfg.FloatOpt,
        str: cfg.StrOpt,
        list: cfg.ListOpt,
        tuple: cfg.ListOpt,
    }
    return [
        kinds[type(default)](name, default=default, help=_HELP.get(name))
        if type(default) in kinds
        else cfg.Opt(name, type=_as_it_is, default=default)
        for name, default in defaults.items()
    ]


def _converter(name: str, kind: type) -> Converter | None:
    return _NARROWER.get(name) or _CONVERTERS.get(kind)


def _boolean(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in _BOOLEANS:
        raise ValueError
    return _BOOLEANS[text]


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError  # noqa: TRY004 - one kind of error for all
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError  # noqa: TRY004 - as above
    number = float(value)
    if number != number:  # noqa: PLR0124 - not a number: no schedule can be made of it
        raise ValueError
    return number


def _interval(value: Any) -> float:
    seconds = _number(value)
    if not seconds:
        raise ValueError
    return seconds


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - as above
    return value


def _items(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    if not isinstance(value, list | tuple):
        raise ValueError  # noqa: TRY004 - as above
    return list(value)


def _as_it_is(value: Any) -> Any:
    return value


_LISTS = "a list, or text with commas between the items"

_CONVERTERS: dict[type, Converter] = {
    bool: (_boolean, "true, yes, on or 1, and false, no, off or 0, in any case"),
    int: (_integer, "a whole number"),
    float: (_number, "a number"),
    str: (_text, "text"),
    list: (_items, _LISTS),
    tuple: (lambda value: tuple(_items(value)), _LISTS),
}

_NARROWER: dict[str, Converter] = {
    "periodic_hooks_interval": (_interval, "a number of seconds other than zero; a negative one means never"),
}
"""
Options that do not accept all that their type does.
"""
