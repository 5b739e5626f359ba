"""
What tests of hooks need, in any test runner: patterns of events, fakes, stand-ins for a host, mock hooks, a clock.
"""

from hookkit.recording import ABSENT, explain, explain_comparison
from hookkit.recording._patterns import EventPattern, body, error, periodic, post, pre
from hookkit.testing._fake_distribution import FakeEntryPoint
from hookkit.testing._fakes import FakeEntryPoints, FakeHandle
from hookkit.testing._host import HookHost, HostManager, MissingPointError, StandIns
from hookkit.testing._mock_signatures import WrongArgumentsError
from hookkit.testing._mocks import MockHook, MockHooks, adelay, delay
from hookkit.testing._ticker import HookTicker

__all__ = [
    "ABSENT",
    "EventPattern",
    "FakeEntryPoint",
    "FakeEntryPoints",
    "FakeHandle",
    "HookHost",
    "HookTicker",
    "HostManager",
    "MissingPointError",
    "MockHook",
    "MockHooks",
    "StandIns",
    "WrongArgumentsError",
    "adelay",
    "body",
    "delay",
    "error",
    "explain",
    "explain_comparison",
    "periodic",
    "post",
    "pre",
]
