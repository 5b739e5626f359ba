"""
What tests need of the interpreter.
"""

import os
import sys

import pytest

from hookkit import _fast_code

needs_shared_code = pytest.mark.skipif(not _fast_code.CAN_SHARE, reason="there is no fast code on this interpreter")
needs_cut_tracebacks = pytest.mark.skipif(
    sys.implementation.name != "cpython", reason="on this interpreter a traceback stays as it was when it was raised"
)


def unmeasured():
    """
    Give the environment for a child process whose coverage is its own affair.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
