"""
Everything that hookkit raises.

All of it derives from `HookkitError`; what stands for a failed import, a bad value or a misused name is also
the built-in exception that a caller would expect there.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from hookkit.discovery import EntryPoint

__all__ = [
    "ConfigError",
    "ContractError",
    "DriverLoadError",
    "FatalHookException",
    "HookLoadError",
    "HookkitError",
    "InvalidValueError",
    "MisuseError",
    "RecordingError",
]


class HookkitError(Exception):
    """
    The base of all exceptions of hookkit.
    """


class FatalHookException(HookkitError):  # noqa: N818 - Nova's name, which hook packages raise
    """
    Raise it in a hook to stop the host's operation.

    Raised in ``pre``, nothing more runs, neither other hooks nor the function.
    Raised in ``post``, the work is done and the caller gets the exception.
    It is logged and goes out to the caller of the hooked function.
    """


class HookLoadError(HookkitError, ImportError):
    """
    A hook that was named cannot be had.

    Attributes:
        entry_point: The entry point that names the hook; None if it was not found through one.
        distribution: The name of the distribution that provides it, if known.
    """

    def __init__(self, message: str, *, entry_point: "EntryPoint | None" = None) -> None:
        super().__init__(message)
        self.entry_point = entry_point
        self.distribution: str | None = None if entry_point is None else entry_point.distribution


class DriverLoadError(HookLoadError):
    """
    A driver hook's class path leads nowhere, or its class cannot be made.

    Attributes:
        class_path: The path as it was configured.
    """

    def __init__(self, message: str, *, class_path: str) -> None:
        super().__init__(message)
        self.class_path = class_path


class InvalidValueError(HookkitError, ValueError):
    """
    A value that hookkit was given is not one that it can use.
    """


class ConfigError(InvalidValueError):
    """
    A configuration cannot be read, or an option in it has a value that it does not accept.
    """


class ContractError(InvalidValueError):
    """
    A contract cannot be read, or does not know what it was asked for.
    """


class RecordingError(InvalidValueError):
    """
    A recording cannot be read or written.
    """


class MisuseError(HookkitError, TypeError):
    """
    A name of hookkit is used in a way that it is not meant for.
    """
