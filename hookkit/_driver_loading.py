"""
Driver hooks made of what a configuration names.
"""

from __future__ import annotations

from importlib import import_module
from inspect import isabstract
from typing import Any

from hookkit._environment import record_if_asked
from hookkit._hooks import class_path, describe
from hookkit.exceptions import ConfigError, DriverLoadError

_METHODS = ("execute_pre_hook", "execute_post_hook", "execute_periodic_hook")
_HOW = "Write it as 'package.module:ClassName' or 'package.module.ClassName'."


def make_driver(driver: Any, configuration: Any, host: Any) -> Any:
    """
    Make one driver hook.

    Args:
        driver: Its class path; or its class, or whatever else makes one when it is called.
        configuration: What it is given as ``configuration``.
        host: What it is given as ``host``.

    Raises:
        DriverLoadError: If it leads nowhere, raises, or makes something without any hook method.
        ConfigError: If the hook says that an option does not accept its value.
    """
    record_if_asked()
    if not (isinstance(driver, str) or callable(driver)):
        shown = describe(driver)
        msg = f"Cannot load hook driver {shown}: it is neither a class path nor a class. {_HOW}"
        raise DriverLoadError(msg, class_path=shown)
    path, target = (driver, find_driver(driver)) if isinstance(driver, str) else (class_path(driver), driver)
    if not callable(target):
        raise _error(path, f"{describe(target)} is no class", _HOW)
    if isinstance(target, type):
        _check(target, path)
    try:
        made = target(configuration=configuration, host=host)
    except ConfigError:
        raise
    except Exception as exc:
        what = f"called with configuration= and host={describe(host)}, it raised {type(exc).__name__}: {exc}"
        raise _error(path, what, "") from exc
    if not isinstance(target, type):
        _check(made, path)
    return made


def _check(target: object, path: str) -> None:
    if not any(callable(getattr(target, name, None)) for name in _METHODS):
        what = f"{describe(target)} has none of the methods {', '.join(_METHODS)}"
        raise _error(path, what, "Make it a subclass of hookkit.HookBase.")


def find_driver(path: str) -> Any:
    """
    Give what a class path names; see `load_hook_drivers`.
    """
    module, _, attribute = path.partition(":") if ":" in path else path.rpartition(".")
    if not all(part.isidentifier() for part in (*module.split("."), *attribute.split("."))):
        raise _error(path, "that is no class path", _HOW)
    found: Any = _import(module, path)
    for name in attribute.split("."):
        if not hasattr(found, name):
            raise _error(path, f"{describe(found)} has no attribute {name!r}, {_hook_classes(found)}", _HOW)
        found = getattr(found, name)
    return found


def _import(module: str, path: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as exc:
        if f"{module}.".startswith(f"{exc.name}."):
            raise _error(path, f"there is no module {exc.name!r}", f"Is it installed? {_HOW}") from exc
        raise _error(path, f"module {module!r} imports {exc.name!r}, which is not installed", "") from exc
    except Exception as exc:
        raise _error(path, f"importing {module!r} raised {type(exc).__name__}: {exc}", "") from exc


def _hook_classes(found: object) -> str:
    """
    Say which classes of driver hooks a module, or a class, has; abstract ones, such as their base, cannot be made.
    """
    names = [
        repr(name)
        for name, value in getattr(found, "__dict__", {}).items()
        if isinstance(value, type) and not isabstract(value) and any(hasattr(value, method) for method in _METHODS)
    ]
    return f"only the hook classes {', '.join(names)}" if names else "and no hook class at all"


def _error(path: str, what: str, advice: str) -> DriverLoadError:
    msg = f"Cannot load hook driver {path!r}: {what.rstrip('.')}. {advice}".rstrip()
    return DriverLoadError(msg, class_path=path)
