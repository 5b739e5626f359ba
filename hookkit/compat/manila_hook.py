"""
A drop-in for ``manila.share.hook``: `hookkit.HookBase`, and the options that it reads.
"""

from __future__ import annotations

from typing import Any

from hookkit._options import own_hook_options
from hookkit.drivers import HookBase

__all__ = ["HookBase", "hook_options"]

hook_options: list[Any] = own_hook_options()
"""
Options of oslo.config for what every driver hook reads; empty where that is not installed.
"""
