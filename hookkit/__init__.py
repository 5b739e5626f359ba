"""
Hook points for applications, and what tests need to stand in for them.
"""

# Names are imported when they are first used (PEP 562), so that a host that only declares hook points pays for nothing
# else. Type checkers read the block below; `typing` itself is one of the things not to import.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from hookkit._clock import TimeSource as TimeSource
    from hookkit._events import HookCall as HookCall
    from hookkit._events import HookEvent as HookEvent
    from hookkit._hooks import AttachedHook as AttachedHook
    from hookkit._hooks import Replace as Replace
    from hookkit._points import HookPoint as HookPoint
    from hookkit._registry import HookRegistry as HookRegistry
    from hookkit._registry import add_hook as add_hook
    from hookkit._registry import get_registry as get_registry
    from hookkit._registry import registries as registries
    from hookkit._registry import reset as reset
    from hookkit._watching import observe as observe
    from hookkit.configuration import OPTION_DEFAULTS as OPTION_DEFAULTS
    from hookkit.configuration import read_config_group as read_config_group
    from hookkit.drivers import AdminContext as AdminContext
    from hookkit.drivers import HookBase as HookBase
    from hookkit.drivers import add_hooks as add_hooks
    from hookkit.drivers import load_hook_drivers as load_hook_drivers
    from hookkit.exceptions import ConfigError as ConfigError
    from hookkit.exceptions import ContractError as ContractError
    from hookkit.exceptions import DriverLoadError as DriverLoadError
    from hookkit.exceptions import FatalHookException as FatalHookException
    from hookkit.exceptions import HookkitError as HookkitError
    from hookkit.exceptions import HookLoadError as HookLoadError
    from hookkit.exceptions import InvalidValueError as InvalidValueError
    from hookkit.exceptions import MisuseError as MisuseError
    from hookkit.exceptions import RecordingError as RecordingError
    from hookkit.periodic import PeriodicHooks as PeriodicHooks
    from hookkit.periodic import PeriodicRun as PeriodicRun
    from hookkit.recording import Recorder as Recorder
    from hookkit.recording import load_recording as load_recording
    from hookkit.replaying import replay as replay

_HOMES = {
    "AdminContext": "drivers",
    "AttachedHook": "_hooks",
    "ConfigError": "exceptions",
    "ContractError": "exceptions",
    "DriverLoadError": "exceptions",
    "FatalHookException": "exceptions",
    "HookBase": "drivers",
    "HookCall": "_events",
    "HookEvent": "_events",
    "HookLoadError": "exceptions",
    "HookPoint": "_points",
    "HookRegistry": "_registry",
    "HookkitError": "exceptions",
    "InvalidValueError": "exceptions",
    "MisuseError": "exceptions",
    "OPTION_DEFAULTS": "configuration",
    "PeriodicHooks": "periodic",
    "PeriodicRun": "periodic",
    "Recorder": "recording",
    "RecordingError": "exceptions",
    "Replace": "_hooks",
    "TimeSource": "_clock",
    "add_hook": "_registry",
    "add_hooks": "drivers",
    "get_registry": "_registry",
    "load_hook_drivers": "drivers",
    "load_recording": "recording",
    "observe": "_watching",
    "read_config_group": "configuration",
    "registries": "_registry",
    "replay": "replaying",
    "reset": "_registry",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 # pyright: ignore[reportUnsupportedDunderAll] - they read the block above


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module 'hookkit' has no attribute {name!r}"
        raise AttributeError(msg)
    module = __import__(f"hookkit.{home}", fromlist=[name])  # importlib would bring four modules along
    # Not kept here: pytester drops the modules that an inner run imported, and a name kept would be of a dropped one.
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
