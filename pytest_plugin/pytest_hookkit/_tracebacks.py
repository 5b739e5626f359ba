"""
What is left out of the tracebacks of failed tests: the frames of hookkit, between the test and the hook that raised.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pytest

import hookkit

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN_FOLDERS = tuple(f"{Path(file).parent}{os.sep}" for file in (hookkit.__file__, __file__))
_GENERATED = "<hookkit"  # what the names of generated texts begin with


def is_own(filename: str) -> bool:
    """
    Tell whether code is hookkit's, by what it says of the file that it is from.
    """
    return filename.startswith((_GENERATED, *_OWN_FOLDERS))


def without_own_frames(caught: pytest.ExceptionInfo[BaseException]) -> pytest.ExceptionInfo[BaseException]:
    """
    Give what was caught as pytest is to show it: without the frames of hookkit, in what led to it neither.

    Where the failure may be hookkit's own, all is shown.
    """
    for exc in _causes(caught.value):
        exc.__traceback__ = _short(exc.__traceback__, exc)
    shown = _short(caught.tb, caught.value)
    if shown is caught.tb or shown is None:  # without any frame pytest cannot show it
        return caught
    return pytest.ExceptionInfo.from_exc_info((caught.type, caught.value, shown))


def _short(whole: TracebackType | None, exc: BaseException) -> TracebackType | None:
    links: list[TracebackType] = []
    link = whole
    while link is not None:
        links.append(link)
        link = link.tb_next
    shown = [link for link in links if not is_own(link.tb_frame.f_code.co_filename)]
    # A TypeError without a frame of its own is a hook's: one that does not take the arguments.
    is_told = isinstance(exc, hookkit.HookkitError | TypeError)
    if len(shown) == len(links) or not (is_told or shown[-1:] == links[-1:]):
        return whole
    short: TracebackType | None = None
    for link in reversed(shown):
        short = TracebackType(short, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return short


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """
    Give the exceptions that led to *exc*, as far as they are shown.
    """
    seen = {id(exc)}
    cause = _cause(exc)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = _cause(cause)


def _cause(exc: BaseException) -> BaseException | None:
    return exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
