"""
The tape deck of a recorder that has a writer: calls are written as they go, and records made of the last ones.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from hookkit.recording._written_tape import WrittenTape, records_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hookkit.recording._numbers import Numbers
    from hookkit.recording._records import RecordedCall, RecordedEvent
    from hookkit.recording._scope import Scope
    from hookkit.recording._tape_plan import Entry
    from hookkit.recording._tape_reader import HookOf
    from hookkit.recording._writing import RecordingWriter


class WrittenDeck:
    """
    Does what a `TapeDeck` does, for calls that are written as they go.

    All of its methods are called while the writer's lock is held, which is the recorder's, too.

    Args:
        keep: Takes the record of each event, in order of start.
        keep_call: Takes the record of each call, in order of start, before those of its events.
        hook_of: Gives the record of a hook.
        numbers: Numbers calls and events.
        writer: What writes.
        swallowed: Takes the records of events whose exception went no further; has room for as many as are kept.

    Attributes:
        tape: The tape that is being written; None if there is none.
        notes: What was noted and no record was kept of: records, and entries with the number of an event.
        call_notes: The same of calls: records and entries.
        swallowed: As above.
    """

    waits = False

    def __init__(
        self,
        keep: Callable[[RecordedEvent], None],
        keep_call: Callable[[RecordedCall], None],
        hook_of: HookOf,
        numbers: Numbers,
        writer: RecordingWriter,
        swallowed: deque[RecordedEvent],
    ) -> None:
        self.tape: WrittenTape | None = None
        self.hook_of = hook_of
        self.numbers = numbers
        self.writer = writer
        self.swallowed = swallowed
        self.notes: deque[RecordedEvent | tuple[Entry, int]] = deque(maxlen=swallowed.maxlen)
        # There are fewer calls than events, so that some are among the last ones whose events are not.
        self.call_notes: deque[RecordedCall | Entry] = deque(maxlen=swallowed.maxlen)
        self._test_id: str | None = None
        self._keep = keep
        self._keep_call = keep_call

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
        is_first = not recorded.call.seq
        self.numbers.give(recorded)
        if is_first:
            self.call_notes.append(recorded.call)
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
        self.notes.clear()
        self.call_notes.clear()
        for call in call_notes:
            if not isinstance(call, list):
                self._keep_call(call)
            elif (taped := records_of(call)) is not None:
                self._keep_call(taped.call)
        for note in notes:
            if not isinstance(note, tuple):
                self._keep(note)
            elif (taped := records_of(note[0])) is not None:
                self._keep(taped.events[note[1]])
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
