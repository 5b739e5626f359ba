"""
Driver hooks: their base class, loading them, and the functions that run them.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping
from types import CoroutineType, MappingProxyType
from typing import TYPE_CHECKING, Any

from hookkit._driver_arguments import hand_on_post, hand_on_pre
from hookkit._driver_functions import LOG, add_hooks, is_suppressed
from hookkit._driver_loading import make_driver
from hookkit._environment import record_if_asked
from hookkit._fast_driver_calls import usual_method
from hookkit._hooks import class_path
from hookkit._options import OPTION_DEFAULTS, declared_options, oslo_options
from hookkit.configuration import ConfigGroup, as_configuration, check_options, near_misses, read_option

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import ClassVar

    from hookkit.interfaces import Configuration

__all__ = ["AdminContext", "HookBase", "add_hooks", "load_hook_drivers"]


class AdminContext:
    """
    Who acts, where nobody in particular does: an administrator, with what hooks read of OpenStack's contexts.

    Attributes:
        is_admin: True.
        user_id: None.
        project_id: None.
        roles: ``["admin"]``.
        read_deleted: ``"no"``: whether deleted records are to be seen.
        request_id: ``req-`` and a random UUID, a new one for each context.
    """

    def __init__(self, read_deleted: str = "no") -> None:
        from uuid import uuid4

        self.is_admin = True
        self.user_id = None
        self.project_id = None
        self.roles = ["admin"]
        self.read_deleted = read_deleted
        self.request_id = f"req-{uuid4()}"

    def elevated(self, read_deleted: str | None = None, overwrite: bool = False) -> AdminContext:  # noqa: FBT001, FBT002 - OpenStack's
        """
        Return a copy with the rights of an administrator, which it has already.

        Args:
            read_deleted: Whether deleted records are to be seen; as now, if None.
            overwrite: Without effect; OpenStack's contexts take it.
        """
        del overwrite
        copy = AdminContext()
        copy.__dict__.update(self.to_dict())
        if read_deleted is not None:
            copy.read_deleted = read_deleted
        return copy

    def to_dict(self) -> dict[str, Any]:
        """
        Return a dict of all attributes.
        """
        return {**vars(self), "roles": list(self.roles)}

    def __repr__(self) -> str:
        return f"<AdminContext {self.request_id}>"


class HookBase(metaclass=ABCMeta):
    """
    The base of driver hooks: define `_execute_pre_hook`, `_execute_post_hook` and `_execute_periodic_hook`.

    Args:
        configuration: The host's options: a mapping, what `read_config_group` returns, or an object with oslo.config's
            ``safe_get`` and ``append_config_values``.
            With None, everything is at its default, and so the hook is disabled.
        host: The name of the host, or whatever else it says that it is.

    Attributes:
        host: As given.
        configuration: As given; a mapping has become a `hookkit.configuration.ConfigGroup`, equal to it.
        pre_hooks_enabled: Option ``enable_pre_hooks``.
        post_hooks_enabled: Option ``enable_post_hooks``.
        periodic_hooks_enabled: Option ``enable_periodic_hooks``.
        suppress_pre_hooks_errors: The option of that name.
        suppress_post_hooks_errors: The option of that name.
        option_defaults: The options that a class declares, beside those in `OPTION_DEFAULTS`, with their defaults.
            A value is checked and converted to the type of its default: bool, int, float, str, list or tuple.
            Bases' options need not be repeated; another default for any option may be given.

    Raises:
        ConfigError: If an option does not accept the value that it has in *configuration*.

    >>> class Notifier(HookBase):
    ...     option_defaults = {"queue": "shares"}
    ...     def _execute_pre_hook(self, context, func_name, *args, **kwargs):
    ...         return f"{func_name} to {self.get_config_option('queue')}"
    ...     def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
    ...         print(f"{pre_hook_data}: {driver_action_results}")
    ...     def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
    ...         print(periodic_hook_data)
    >>> Notifier({"enable_pre_hooks": "yes"}, host="alpha").execute_pre_hook(func_name="extend_share")
    'extend_share to shares'
    """

    option_defaults: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def __init__(self, configuration: Mapping[str, Any] | Configuration | None, host: Any) -> None:
        record_if_asked()
        self.host = host
        self.configuration = as_configuration(configuration)
        check_options(self.configuration, declared_options(type(self)), class_path(self))
        self.pre_hooks_enabled: bool = self.get_config_option("enable_pre_hooks")
        self.post_hooks_enabled: bool = self.get_config_option("enable_post_hooks")
        self.periodic_hooks_enabled: bool = self.get_config_option("enable_periodic_hooks")
        self.suppress_pre_hooks_errors: bool = self.get_config_option("suppress_pre_hooks_errors")
        self.suppress_post_hooks_errors: bool = self.get_config_option("suppress_post_hooks_errors")

    def get_config_option(self, key: str) -> Any:
        """
        Return the value of an option.

        Args:
            key: One of `OPTION_DEFAULTS`, one of the class's ``option_defaults``, or an option of the host's own.

        Returns:
            The value in the host's configuration, checked and converted; the default, if there is none.
            An option of the host's own is returned as the configuration gives it; where that is an object with
            ``safe_get``, None may also mean that there is no such option.

        Raises:
            ConfigError: If the option does not accept its value; if there is no such option.
        """
        return read_option(self.configuration, key, declared_options(type(self)), class_path(self))

    def default_context(self) -> Any:
        """
        Return what a missing context is replaced with: a new `AdminContext`, unless a subclass says otherwise.
        """
        return AdminContext()

    @usual_method
    def execute_pre_hook(self, context: Any = None, func_name: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """
        Run the pre hook, if pre hooks are enabled.

        Returns:
            What `_execute_pre_hook` returned, a coroutine if it is a coroutine function; None if disabled; the
            exception, if it raised one and ``suppress_pre_hooks_errors`` is on.
        """
        if not self.pre_hooks_enabled:
            return None
        LOG.debug("Running 'pre hook'.")
        if context is None:
            context = self.default_context()
        try:
            returned = hand_on_pre(self._execute_pre_hook, context, func_name, args, kwargs)
        except Exception as exc:
            if not is_suppressed(self, "pre", func_name, exc):
                raise
            return exc
        return _arun(self, "pre", func_name, returned) if type(returned) is CoroutineType else returned

    @usual_method
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
        Run the post hook, if post hooks are enabled.

        Returns:
            What `_execute_post_hook` returned, a coroutine if it is a coroutine function; None if disabled; the
            exception, if it raised one and ``suppress_post_hooks_errors`` is on.
        """
        if not self.post_hooks_enabled:
            return None
        LOG.debug("Running 'post hook'.")
        if context is None:
            context = self.default_context()
        method, data, result = self._execute_post_hook, pre_hook_data, driver_action_results
        try:
            returned = hand_on_post(method, context, func_name, data, result, args, kwargs)
        except Exception as exc:
            if not is_suppressed(self, "post", func_name, exc):
                raise
            return exc
        return _arun(self, "post", func_name, returned) if type(returned) is CoroutineType else returned

    def execute_periodic_hook(self, context: Any, periodic_hook_data: Any, *args: Any, **kwargs: Any) -> Any:
        """
        Run the periodic hook, if periodic hooks are enabled.

        Returns:
            What `_execute_periodic_hook` returned; None if disabled.
        """
        if not self.periodic_hooks_enabled:
            return None
        LOG.debug("Running 'periodic hook'.")
        context = self.default_context() if context is None else context
        return self._execute_periodic_hook(context, periodic_hook_data, *args, **kwargs)

    @abstractmethod
    def _execute_pre_hook(self, context: Any, func_name: Any, *args: Any, **kwargs: Any) -> Any:
        """
        Run before the host's function.

        Args:
            context: The call's context.
            func_name: The name of the function.
            args: What the function's ``*args`` took.
            kwargs: The other arguments that the caller gave, by the names of the function's parameters.

        Returns:
            Data for this hook's own `_execute_post_hook`.
        """

    @abstractmethod
    def _execute_post_hook(
        self, context: Any, func_name: Any, pre_hook_data: Any, driver_action_results: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """
        Run after the host's function has returned.

        Args:
            context: The call's context.
            func_name: The name of the function.
            pre_hook_data: What this hook's own `_execute_pre_hook` returned.
            driver_action_results: What the function returned.
            args: What the function's ``*args`` took.
            kwargs: The other arguments that the caller gave, by the names of the function's parameters.

        Returns:
            A `Replace`, to replace the result; anything else is ignored.
        """

    @abstractmethod
    def _execute_periodic_hook(self, context: Any, periodic_hook_data: Any, *args: Any, **kwargs: Any) -> Any:
        """
        Run on the host's schedule.

        Args:
            context: The tick's context.
            periodic_hook_data: What the host gathered for this tick.
            args: What else the host passes, by position.
            kwargs: What else the host passes, by keyword.
        """


def load_hook_drivers(configuration: Mapping[str, Any] | Configuration | None, host: Any = None) -> list[Any]:
    """
    Make the driver hooks that a configuration names.

    Args:
        configuration: As for `HookBase`; its option ``hook_drivers`` has the class paths, as a list or as text with
            commas between them.
            Each is written ``package.module:Class`` or ``package.module.Class``; a list may hold classes too.
        host: The name of the host.

    Returns:
        ``Class(configuration=..., host=...)`` of each, in the order in which they are named; a new list, which is the
        host's.

    Raises:
        DriverLoadError: If a path leads nowhere, to a class without any hook method, or to one that raises when it is
            made.
        ConfigError: If an option does not accept its value.

    An option that is nobody's, but looks like a misspelt one of the hooks', is logged as a warning.
    """
    settings = as_configuration(configuration)
    if not (settings is None or isinstance(settings, ConfigGroup)) and settings.safe_get("hook_drivers") is None:
        settings.append_config_values(oslo_options({"hook_drivers": OPTION_DEFAULTS["hook_drivers"]}))
    named = read_option(settings, "hook_drivers", OPTION_DEFAULTS)
    drivers = [make_driver(driver, settings, host) for driver in named]
    known = {*OPTION_DEFAULTS}.union(*(declared_options(type(driver)) for driver in drivers))
    for sentence in near_misses(settings, known):
        LOG.warning("%s", sentence)
    return drivers


async def _arun(hook: HookBase, phase: str, func_name: object, coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await coroutine
    except Exception as exc:
        if not is_suppressed(hook, phase, func_name, exc):
            raise
        return exc
