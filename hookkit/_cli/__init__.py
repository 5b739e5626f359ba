"""
The command ``hookkit``: one module for each of its commands.
"""

from hookkit._cli._main import main

__all__ = ["main"]
