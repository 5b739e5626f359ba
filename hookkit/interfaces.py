"""
What users write for hookkit, as protocols to check it against.

They are for type checkers; hookkit itself looks only at what an object has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hookkit._events import HookCall, HookEvent

__all__ = [
    "CallObserver",
    "Configuration",
    "DriverHook",
    "ErrorHook",
    "EventObserver",
    "PeriodicHook",
    "PostHook",
    "PreHook",
]


class PreHook(Protocol):
    """
    A hook that runs before the function.
    """

    def pre(self, *args: Any, **kwargs: Any) -> object:
        """
        Run before the function.

        Args:
            args: The caller's positional arguments, ``self`` included; with ``pass_function`` the function first.
            kwargs: The caller's keyword arguments.

        Returns:
            Ignored.

        Raises:
            FatalHookException: To stop the operation.
        """
        ...


class PostHook(Protocol):
    """
    A hook that runs after the function has returned.
    """

    def post(self, rv: Any, /, *args: Any, **kwargs: Any) -> object:
        """
        Run after the function.

        Args:
            rv: What the function returned; with ``pass_function`` the function comes before it.
            args: The caller's positional arguments, ``self`` included.
            kwargs: The caller's keyword arguments.

        Returns:
            A `hookkit.Replace`, to replace the result; anything else is ignored.

        Raises:
            FatalHookException: To give the caller an exception in place of the result.
        """
        ...


class ErrorHook(Protocol):
    """
    A hook that runs when the function, or a fatal ``pre``, has raised.
    """

    def error(self, exc: Any, /, *args: Any, **kwargs: Any) -> object:
        """
        Run after an exception, which goes on to the caller whatever happens here.

        Args:
            exc: The exception; with ``pass_function`` the function comes before it.
            args: The caller's positional arguments, ``self`` included.
            kwargs: The caller's keyword arguments.

        Returns:
            Ignored.
        """
        ...


class PeriodicHook(Protocol):
    """
    A hook that runs on a schedule.
    """

    def periodic(self, data: Any, context: Any, /) -> object:
        """
        Run once per tick.

        Args:
            data: What the host's provider of data returned for this tick.
            context: What the host ticks with; None if it gives none.

        Returns:
            Kept in the tick's `hookkit.PeriodicRun`.
        """
        ...


@runtime_checkable
class DriverHook(Protocol):
    """
    A driver hook, as hosts call it; `hookkit.HookBase` is one.

    A class that has only some of the three methods runs too.
    """

    def execute_pre_hook(self, context: Any = None, func_name: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """
        Run before the host's function.

        Returns:
            Data for this hook's own post hook.
        """
        ...

    def execute_post_hook(
        self,
        context: Any = None,
        func_name: str | None = None,
        pre_hook_data: Any = None,
        driver_action_results: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """
        Run after the host's function has returned.

        Returns:
            A `hookkit.Replace`, to replace the result; anything else is ignored.
        """
        ...

    def execute_periodic_hook(self, context: Any, periodic_hook_data: Any, *args: Any, **kwargs: Any) -> Any:
        """
        Run once per tick of the host's schedule.
        """
        ...


@runtime_checkable
class Configuration(Protocol):
    """
    A host's configuration object, as Manila's ``Configuration`` over oslo.config is one.
    """

    def safe_get(self, value: str, /) -> Any:
        """
        Return the value of an option; None if there is no such option.
        """
        ...

    def append_config_values(self, share_opts: Sequence[Any], /) -> object:
        """
        Take note of options that hooks want to read: oslo.config's own, or none where that is not installed.
        """
        ...


class EventObserver(Protocol):
    """
    What `hookkit.observe` calls before and after each event.
    """

    def __call__(self, event: HookEvent, /) -> object:
        """
        Look at an event; whatever is returned is ignored, whatever is raised is logged.
        """
        ...


class CallObserver(Protocol):
    """
    What `hookkit.observe` calls when a call is over.
    """

    def __call__(self, call: HookCall, /) -> object:
        """
        Look at a call; whatever is returned is ignored, whatever is raised is logged.
        """
        ...
