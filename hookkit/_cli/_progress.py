"""
How far long work has come, on a terminal.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

_SILENT_S = 1.0  # work that is over by then says nothing
_PAUSE_S = 0.1


class Progress:
    """
    Shows in one line of a terminal how far work has come, once it has lasted a second; takes the line away at the end.

    Args:
        stream: Where to show it; nothing is shown if that is no terminal.
        what: What is being done, such as ``reading``.
    """

    def __init__(self, stream: TextIO, what: str) -> None:
        self._stream = stream
        self._what = what
        self._next_s = time.monotonic() + _SILENT_S if stream.isatty() else float("inf")
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._width:
            self._show("")
            self._stream.write("\r")
            self._stream.flush()

    def __call__(self, done: int, whole: int) -> None:
        """
        Learn how much of how much is done.
        """
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + _PAUSE_S
            self._show(f"{self._what}: {100 * done // max(whole, 1)} %")

    def _show(self, text: str) -> None:
        self._stream.write(f"\r{text:<{self._width}}")
        self._stream.flush()
        self._width = len(text)


def counting(items: Sequence[T], what: str) -> Iterator[T]:
    """
    Yield *items*; on a terminal one sees how many were yielded, once that has lasted a second.
    """
    with Progress(sys.stderr, what) as progress:
        for number, item in enumerate(items):
            progress(number, len(items))
            yield item
