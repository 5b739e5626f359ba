"""
The pytest plugin of hookkit.
"""

from pytest_hookkit._warnings import PytestHooksWarning

__all__ = ["PytestHooksWarning"]
