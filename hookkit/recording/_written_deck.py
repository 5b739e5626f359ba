"""
The tape deck of a recorder that has a writer: calls are written as they go, and records made of the last ones.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from hookkit.recording._written_tape import WrittenTape, records_of

if TYPE_CHECKING:
    from hookkit.recording._numbers import Numbers
    from hookkit.recording._records import RecordedCall, RecordedEvent
    from hookkit.recording._scope import Scope
    from hookkit.recording._tape_plan import Entry
    from hookkit.recording._tape_reader import HookOf
    from hookkit.recording._values import Functions
    from hookkit.recording._writers import Kept
    from hookkit.recording._writing import RecordingWriter


class WrittenDeck:
    """
    Does what a `TapeDeck` does, for calls that are written as they go.

    All of its methods are called while the writer's lock is held, which is the recorder's, too.

    Args:
        writer: What writes.
        kept: Where records are kept.
        numbers: Numbers calls and events.
        functions: Knows the functions that are called.
        hook_of: Gives the record of a hook.

    Attributes:
        tape: The tape that is being written; None if there is none.
        swallowed: Takes the records of events whose exception went no further.
        notes: The events that no record was kept of yet: records, and entries with the number of an event.
        call_notes: The calls, likewise: records, and entries.
    """

    waits = False

    def __init__(
        self, writer: RecordingWriter, kept: Kept, numbers: Numbers, functions: Functions, hook_of: HookOf
    ) -> None:
        self.tape: WrittenTape | None = None
        self.writer = writer
        self.numbers = numbers
        self.functions = functions
        self.hook_of = hook_of
        self.swallowed = kept.swallowed
        self.notes: deque[RecordedEvent | tuple[Entry, int]] = deque(maxlen=kept.events.maxlen)
        self.call_notes: deque[RecordedCall | Entry] = deque(maxlen=kept.calls.maxlen)
        self._kept = kept
        self._test_id: str | None = None

    @property
    def test_id(self) -> str | None:
        """
        Given to each call that begins from now on.
        """
        return self._test_id

    @test_id.setter
    def test_id(self, test_id: str | None) -> None:
        self._test_id = test_id
        if self.tape is not None:
            self.tape.set_test(test_id)

    def begin(self, scope: Scope | None) -> WrittenTape:
        """
        Put in a new tape, for all calls or those of a *scope*.
        """
        tape = self.tape = WrittenTape(self, scope)
        tape.set_test(self._test_id)
        return tape

    def end(self) -> list[RecordedEvent]:
        """
        Take the tape out; calls that are under way are written as they are now.

        Returns:
            No events, as all are told of when they are over.
        """
        tape, self.tape = self.tape, None
        if tape is not None:
            tape.end()
        return []

    def put(self, recorded: RecordedEvent) -> None:
        """
        Keep the record of an event that just began.
        """
        if not recorded.call.seq:
            self.call_notes.append(recorded.call)
        self.numbers.give(recorded)
        self.notes.append(recorded)

    def has_begun(self, call: RecordedCall) -> None:
        """
        Find out in the course of which call on the tape *call* was made, if it has no parent yet.
        """
        tape = self.tape
        entry = None if tape is None or call.parent is not None else tape.top()
        taped = None if entry is None else records_of(entry)
        if taped is not None:
            call.parent = taped.call

    def play(self) -> list[RecordedEvent]:
        """
        Make the records of all that was noted.

        Returns:
            No events, as above.
        """
        notes, call_notes = list(self.notes), list(self.call_notes)
        self.drop()
        for call in call_notes:
            if not isinstance(call, list):
                self._kept.calls.append(call)
            elif (taped := records_of(call)) is not None:
                self._kept.calls.append(taped.call)
        for event in notes:
            if not isinstance(event, tuple):
                self._kept.events.append(event)
            elif (taped := records_of(event[0])) is not None:
                self._kept.events.append(taped.events[event[1]])
        return []

    def has_swallowed(self) -> bool:
        """
        Tell whether `play` would make records of exceptions that were swallowed, which it never does here.
        """
        return False

    def drop(self) -> tuple[int, int]:
        """
        Forget what was noted.

        Returns:
            No events and no calls, as all of them have their numbers.
        """
        self.notes.clear()
        self.call_notes.clear()
        return 0, 0

    def running(self, obj: object, phase: str) -> bool:
        """
        Tell whether a method of *obj* is running right here as an event of this phase, noted on the tape.
        """
        return self.tape is not None and self.tape.is_running(obj, phase)
