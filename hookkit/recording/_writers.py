"""
Recorders that have a writer: which writers take lines that were put together elsewhere, and what writes to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections import deque
    from typing import TypeGuard

    from hookkit.recording._numbers import Numbers
    from hookkit.recording._records import RecordedCall, RecordedEvent
    from hookkit.recording._tape_reader import HookOf
    from hookkit.recording._values import Functions
    from hookkit.recording._writing import RecordingWriter
    from hookkit.recording._written_deck import WrittenDeck


class Kept(NamedTuple):
    """
    Where a recorder keeps records; each has room for as many.

    Attributes:
        events: Those of events, in order of start.
        calls: Those of calls, likewise.
        swallowed: Those of events whose exception went no further, in order of end.
    """

    events: deque[RecordedEvent]
    calls: deque[RecordedCall]
    swallowed: deque[RecordedEvent]


def takes_lines(writer: object) -> TypeGuard[RecordingWriter]:
    """
    Tell whether a writer takes lines that were put together elsewhere.

    It has to be of a class that says so itself: one below it may want to know of each event.
    """
    return "takes_lines" in vars(type(writer))


def written_deck(
    writer: RecordingWriter, kept: Kept, numbers: Numbers, functions: Functions, hook_of: HookOf
) -> WrittenDeck:
    """
    Make a deck whose tapes write to *writer*; see there.
    """
    # Only here: recorders without a writer are not to wait for it.
    from hookkit.recording._written_deck import WrittenDeck

    return WrittenDeck(writer, kept, numbers, functions, hook_of)
