"""
What the plugin warns with.
"""

import pytest


class PytestHooksWarning(pytest.PytestWarning):
    """
    A test left something about its hooks unsaid, and its options ask for a warning rather than a failure.

    .. versionadded:: 0.1
    """

    __module__ = "pytest_hookkit"
