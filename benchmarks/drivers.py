"""
What driver hooks cost, beside Manila's own.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from measuring import Figure, Slice, figure, ratios

import hookkit

ENABLED = {"enable_pre_hooks": True, "enable_post_hooks": True}


class Enabled(dict[str, Any]):
    """
    A configuration as Manila's hooks ask it.
    """

    def safe_get(self, key: str) -> Any:
        """
        Give an option.
        """
        return self.get(key)

    def append_config_values(self, options: object) -> None:
        """
        Know all options already.
        """


def manila() -> tuple[type[Any], Callable[..., Any]]:
    """
    Import Manila's base class and decorator.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from manila.share.hook import HookBase
        from manila.share.manager import add_hooks
    return HookBase, add_hooks


def manager(base: type[Any], add_hooks: Callable[..., Any], count: int) -> Any:
    """
    Make a host with *count* hooks that do nothing.
    """

    class NoOp(base):  # type: ignore[misc]
        def _execute_pre_hook(self, context: Any, func_name: Any, *args: Any, **kwargs: Any) -> None: ...

        def _execute_post_hook(
            self,
            context: Any,
            func_name: Any,
            pre_hook_data: Any,
            driver_action_results: Any,
            *args: Any,
            **kwargs: Any,
        ) -> None: ...

        def _execute_periodic_hook(self, context: Any, periodic_hook_data: Any, *args: Any, **kwargs: Any) -> None: ...

    class Manager:
        hooks = [NoOp(Enabled(ENABLED), "host") for _ in range(count)]  # noqa: RUF012 - as a host has it

        @add_hooks
        def create_share(self, context: Any, share_id: Any, size: Any = 1) -> Any:
            return share_id

    return Manager()


def calling(manager: Any) -> Slice:
    """
    Call with the context by position, and the rest by keyword: Manila's hooks allow no other way.
    """

    def run(times: int) -> None:
        for _ in range(times):
            manager.create_share("context", share_id="share", size=2)

    return run


def with_driver_hooks(seconds: float) -> Iterator[Figure]:
    """
    Compare with Manila's decorator and base class.
    """
    base, add_hooks = manila()
    for count in (1, 3):
        slices = {
            "manila": calling(manager(base, add_hooks, count)),
            "hookkit": calling(manager(hookkit.HookBase, hookkit.add_hooks, count)),
        }
        measured = ratios(slices, "manila", seconds=seconds)
        yield figure(f"{count} driver hooks / Manila's add_hooks and HookBase", 0.6, measured, "manila")


MEASURES = (with_driver_hooks,)
