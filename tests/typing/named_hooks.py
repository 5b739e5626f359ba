"""
What type checkers make of named hooks: a decorated function keeps its type.
"""

from typing import assert_type

import hookkit
from hookkit import AttachedHook, HookPoint, HookRegistry, Recorder, Replace, get_registry
from hookkit.discovery import EntryPoint, entry_points

hooks = get_registry("typing.hooks")
assert_type(hooks, HookRegistry)
assert_type(hooks.point("create"), HookPoint)
assert_type(entry_points("typing.hooks"), tuple[EntryPoint, ...])


@hooks.add_hook("create")
def create(name: str, *, size: int = 1) -> float:
    return size * 1.0


@hookkit.add_hook("create", pass_function=True, group="typing.hooks")
async def acreate(name: str) -> list[str]:
    return [name]


class Api:
    @hooks.add_hook("delete")
    def delete(self, name: str) -> bool:
        return bool(name)

    @staticmethod
    @hooks.add_hook("delete")
    def delete_all() -> int:
        return 0

    @classmethod
    @hooks.add_hook("delete")
    def delete_own(cls) -> type["Api"]:
        return cls

    @hooks.add_hook("delete")
    @staticmethod
    def delete_above(name: str) -> int:
        return len(name)

    @hooks.add_hook("delete")
    @classmethod
    def delete_own_above(cls, name: str) -> str:
        return name

    @hooks.add_hook("delete")
    async def adelete(self, name: str) -> bytes:
        return name.encode()


assert_type(create("vm-1", size=2), float)
assert_type(Api().delete("vm-1"), bool)
assert_type(Api.delete_all(), int)
assert_type(Api.delete_own(), type[Api])
assert_type(Api.delete_above("vm-1"), int)
assert_type(Api().delete_above("vm-1"), int)
assert_type(Api.delete_own_above("vm-1"), str)

create(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Api().delete(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Api.delete_above(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class Audit:
    def pre(self, name: str) -> None:
        assert name

    def post(self, rv: float, /, name: str, size: int = 1) -> Replace:
        return Replace(rv * size)


def is_wanted(entry_point: EntryPoint) -> bool:
    assert_type(entry_point.distribution, str | None)
    return entry_point.name == "create"


strict = HookRegistry("typing.strict", on_hook_error="raise", on_load_error="raise", enabled=is_wanted)
strict.register("create", Audit)
strict.unregister("create", Audit)
strict.reset()
hookkit.reset()
assert_type(hookkit.registries(), tuple[HookRegistry, ...])
assert_type(strict.points, tuple[HookPoint, ...])
assert_type(strict.point("create").hooks, tuple[AttachedHook, ...])

assert_type(get_registry("typing.options", on_load_error="raise", enabled=is_wanted), HookRegistry)
get_registry("typing.wrong", on_hook_error="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
get_registry("typing.wrong", enabled="demo")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
get_registry("typing.wrong", on_error="raise")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
HookRegistry("typing.wrong", on_hook_error="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def main() -> None:
    assert_type(await acreate("vm-1"), list[str])
    assert_type(await Api().adelete("vm-1"), bytes)


with Recorder() as recorder:
    assert_type(recorder, Recorder)
