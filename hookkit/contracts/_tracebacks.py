"""
What pytest leaves out of tracebacks, so that a mistake is shown where the user made it.
"""

from typing import Protocol

from hookkit.exceptions import HookkitError


class Caught(Protocol):
    """
    What pytest knows of an exception when it asks whether to show a frame, as far as it matters here.
    """

    @property
    def value(self) -> BaseException:
        """
        The exception.
        """
        ...


def is_mistake(caught: Caught | None) -> bool:
    """
    Tell whether an exception is about how hookkit was used, so that nobody wants to see hookkit's own frames.

    A module that binds this to ``__tracebackhide__`` is left out of such tracebacks; all others are shown in full.
    """
    return caught is not None and isinstance(caught.value, HookkitError)
