"""
The mock hooks of a test: made with pytest-mock, and judged with the rest at the test's end.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pytest

from hookkit import get_registry
from hookkit.testing import MockHook, MockHooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hookkit.recording import RecordedEvent
    from pytest_hookkit._strictness import HookChecks

_NO_MOCKER = (
    "mock_hook needs pytest-mock, which is not installed or switched off. Install it: pip install 'hookkit[pytest]'"
)


class MocksOfTest(MockHooks):
    """
    The mock hooks of a test.

    Args:
        checks: What the test has to answer for at its end.
        create_autospec: What makes the mocks.
    """

    def __init__(self, checks: HookChecks, create_autospec: Any) -> None:
        super().__init__(create_autospec=create_autospec)
        self.group = checks.options.group or self.group
        checks.expect_use(self.unused)
        checks.expect_right(self.wrong)
        checks.swallowed.excuse(_is_injected)

    def unused(self) -> Iterator[str]:
        """
        Describe each mock hook that was never called.
        """
        for hook in self.hooks:
            if not hook.called:
                yield f"mock hook at {hook.name!r} of {hook.group!r}: {_why_unused(hook)}"

    def wrong(self) -> Iterator[str]:
        """
        Say which wrong calls somebody caught before the test saw them.
        """
        for hook in self.hooks:
            for error in hook.wrong_calls:
                yield f"{error} Meant to happen? Take it from the mock hook's wrong_calls."


def create_autospec_of(request: pytest.FixtureRequest) -> Any:
    """
    Give pytest-mock's way to make a mock; without pytest-mock the test is in error.
    """
    try:
        return request.getfixturevalue("mocker").create_autospec
    except pytest.FixtureLookupError as exc:
        if exc.argname != "mocker":
            raise
    pytest.fail(_NO_MOCKER, pytrace=False)


def _why_unused(hook: MockHook) -> str:
    points = get_registry(hook.group).points
    if any(point.functions for point in points if point.name == hook.name):
        return "nothing called a function that is decorated with it."
    # A stand-in that the test called and did not keep is gone by now; its point has looked for hooks.
    called = {point.name for point in points if point.functions or point.is_loaded} - {hook.name}
    close = get_close_matches(hook.name, called, n=1)
    question = f" Did you mean {close[0]!r}?" if close else ""
    return f"no function is decorated with it.{question}"


def _is_injected(event: RecordedEvent) -> bool:
    hook = None if event.hook is None else event.hook.obj
    return isinstance(hook, MockHook) and event.raised is not None and hook.is_injected(event.raised)
