"""
What type checkers make of periodic hooks and their ticker.
"""

from typing import Any, assert_type

from hookkit import PeriodicHooks, PeriodicRun, TimeSource, get_registry
from hookkit.testing import HookTicker


class Usage:
    def periodic(self, data: list[int], context: object) -> int:
        return sum(data)


def sizes(context: object, host: str = "") -> list[int]:
    return [len(host)]


periodic = PeriodicHooks([Usage()], sizes, every=3, interval=60, clock=lambda: 0.0)
PeriodicHooks(get_registry("typing.hooks").point("usage"), clock=TimeSource(), group="manila")

assert_type(periodic.tick("context", "host"), list[PeriodicRun])
assert_type(periodic.run_due(60), float)
assert_type(periodic.stop(timeout=None), bool)
assert_type(periodic.skipped, int)

for hook, value, exception in periodic.tick():
    assert_type(hook, Any)
    assert_type(value, Any)
    assert_type(exception, Exception | None)

with periodic as started:
    assert_type(started, PeriodicHooks)

with HookTicker(limit=10) as ticker:
    assert_type(ticker.advance(60), list[PeriodicRun])
    assert_type(ticker.tick(3), list[PeriodicRun])
    assert_type(ticker.now, float)
    assert_type(ticker.periodic_hooks, tuple[PeriodicHooks, ...])


async def run() -> None:
    assert_type(await periodic.atick(), list[PeriodicRun])
    assert_type(await ticker.aadvance(1.5), list[PeriodicRun])
    assert_type(await periodic.run(), None)


PeriodicHooks([], every="3")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
PeriodicHooks(Usage())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
PeriodicHooks([], {"shares": 3})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
