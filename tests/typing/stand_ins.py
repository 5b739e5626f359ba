"""
What type checkers make of stand-ins, mock hooks and the ticker.
"""

from collections.abc import Callable
from inspect import Signature
from typing import Any, assert_type

from hookkit import PeriodicRun, Replace
from hookkit.testing import HookHost, HookTicker, HostManager, MockHook, MockHooks, StandIns, adelay, delay

host = HookHost("typing.hooks")
assert_type(host.point("create", "(context, name)", returns=42), Callable[..., Any])
host.point("create", Signature(), raises=KeyError, is_async=True)
host.point("create", raises="KeyError")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

points = host.from_catalogue("nova", release="2014.2")
assert_type(points, StandIns)
assert_type(points["create_instance"], Callable[..., Any])
points.returns["create_instance"] = 42
points.calls["create_instance"] = lambda *args: args
points.raises["create_instance"] = KeyError

manager = host.manager("manila", hooks=["package.module:Hook"], config={"enable_pre_hooks": True})
assert_type(manager, HostManager)

with HookTicker() as ticker, MockHooks() as mock_hook:
    assert_type(mock_hook, MockHooks)
    assert_type(mock_hook("create"), MockHook)
    assert_type(mock_hook("create").called, bool)
    mock_hook("create", pre=lambda context: None, post=Replace(1), error=KeyError, periodic=[1, KeyError("x")])
    mock_hook("create", pre=delay(ticker, 30), post=adelay(ticker, 30, then=TimeoutError))
    mock_hook("create", pre=42)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(ticker.advance(30), list[PeriodicRun])
