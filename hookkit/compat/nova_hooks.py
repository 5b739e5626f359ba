"""
A drop-in for ``nova.hooks``, as it was in Nova up to release 21: named hooks of the entry-point group ``nova.hooks``.

Its ``FatalHookException`` is `hookkit.FatalHookException`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hookkit._registry import add_hook as _add_hook
from hookkit._registry import reset_group as _reset_group
from hookkit.exceptions import FatalHookException

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NS", "FatalHookException", "add_hook", "reset"]

F = TypeVar("F")

NS = "nova.hooks"
"""
The entry-point group.
"""


def add_hook(name: str, pass_function: bool = False) -> Callable[[F], F]:  # noqa: FBT001, FBT002 - Nova's
    """
    Decorate a function so that Nova's hooks called *name* run before and after it; see `hookkit.add_hook`.
    """
    return _add_hook(name, pass_function, group=NS)


def reset() -> None:
    """
    Forget the hooks of Nova that were loaded, so that the next call looks for them anew.
    """
    _reset_group(NS)
