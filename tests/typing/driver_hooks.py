"""
What type checkers make of driver hooks: a decorated method keeps its type, and configurations are told apart.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, assert_type

from hookkit import AdminContext, HookBase, add_hooks, load_hook_drivers, read_config_group
from hookkit.configuration import ConfigGroup
from hookkit.interfaces import Configuration, DriverHook


class Notifier(HookBase):
    option_defaults: ClassVar = {"queue": "shares"}

    def _execute_pre_hook(self, context: Any, func_name: str, *args: Any, **kwargs: Any) -> str:
        return func_name

    def _execute_post_hook(
        self, context: Any, func_name: str, pre_hook_data: Any, driver_action_results: Any, *args: Any, **kwargs: Any
    ) -> None: ...

    def _execute_periodic_hook(self, context: Any, periodic_hook_data: Any, *args: Any, **kwargs: Any) -> None: ...


class HostConfiguration:
    def safe_get(self, value: str) -> Any: ...

    def append_config_values(self, share_opts: Sequence[Any]) -> None: ...


class Manager:
    def __init__(self, configuration: Configuration) -> None:
        self.hooks = load_hook_drivers(configuration, host="alpha")

    @add_hooks
    def extend(self, context: AdminContext, size: int) -> float:
        return size * 1.0

    @add_hooks(func_name="shrink_share", group="shares")
    async def shrink(self, context: AdminContext) -> bool:
        return True


group = read_config_group("shares.conf", "backend1")
assert_type(group, ConfigGroup)
manager = Manager(group)
assert_type(Manager(HostConfiguration()).extend(AdminContext(), size=1), float)
assert_type(load_hook_drivers({"hook_drivers": ["shares.hooks:Notifier"]}), list[Any])


def takes_driver_hook(hook: DriverHook) -> None: ...


takes_driver_hook(Notifier(None, "alpha"))
takes_driver_hook(Notifier({"queue": "storage"}, "alpha"))
takes_driver_hook(Notifier(HostConfiguration(), "alpha"))

manager.extend(AdminContext(), "1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Notifier("backend1", "alpha")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
add_hooks("extend")  # type: ignore[call-overload]


async def main() -> None:
    assert_type(await manager.shrink(AdminContext()), bool)
