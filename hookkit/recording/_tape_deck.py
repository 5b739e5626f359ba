"""
The tape deck of a recorder: puts in a tape for each recording, and plays it when somebody asks for records.

See "How calls are recorded fast" in the explanations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit.recording._tape import Tape, epoch_offset_ns
from hookkit.recording._tape_plan import Details, parent_of
from hookkit.recording._tape_reader import TapedCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from hookkit.recording._records import RecordedCall, RecordedEvent
    from hookkit.recording._scope import Scope
    from hookkit.recording._tape_plan import Entry
    from hookkit.recording._tape_reader import HookOf


class TapeDeck:
    """
    Keeps the records of a recorder in order: those that are made at once, and those of what is on the tape.

    All of its methods are called while the recorder's lock is held.

    Args:
        keep: Takes the record of each event, in order of start.
        hook_of: Gives the record of a hook.

    Attributes:
        tape: The tape that is being written; None if there is none.
        test_id: Given to each call that begins from now on, and to those that were not played yet.
    """

    waits = True

    def __init__(self, keep: Callable[[RecordedEvent], None], hook_of: HookOf) -> None:
        self.tape: Tape | None = None
        self.test_id: str | None = None
        self._keep = keep
        self._hook_of = hook_of
        self._ended: list[Any] = []
        self._calls: dict[int, tuple[Entry, TapedCall]] = {}
        self._parents: dict[int, tuple[RecordedCall, Entry]] = {}
        self._offset_ns = 0

    def begin(self, scope: Scope | None) -> Tape:
        """
        Put in a new tape, for all calls or those of a *scope*.
        """
        self.tape = Tape(scope)
        self._offset_ns = epoch_offset_ns()
        return self.tape

    def end(self) -> list[RecordedEvent]:
        """
        Take the tape out; calls that are under way are left as they are now.

        Returns:
            As `play` does.
        """
        tape = self.tape
        if tape is None:
            return []
        finished: list[RecordedEvent] = []
        if self._calls or tape.under_way():
            finished = self.play()
            self._calls.clear()
        self._ended += tape.take()
        self.tape = None
        return finished

    def put(self, recorded: RecordedEvent) -> None:
        """
        Keep the record of an event that just began, in its turn.
        """
        if self.tape is None:
            self._keep(recorded)
        else:
            self.tape.log.append(recorded)

    def has_begun(self, call: RecordedCall) -> None:
        """
        Find out in the course of which call on the tape *call* was made, if it has no parent yet.
        """
        entry = None if self.tape is None or call.parent is not None else self.tape.top()
        if entry is not None:
            self._parents[id(call)] = (call, entry)

    def play(self) -> list[RecordedEvent]:
        """
        Make the records of all that is on the tape.

        Returns:
            The events of which it is known only now how they ended.
        """
        self._play(self._take())
        over = [number for number, (_, taped) in self._calls.items() if taped.is_over]
        self._play(self._take())  # what these had begun after the first look
        finished = [event for _, taped in tuple(self._calls.values()) for event in taped.finish()]
        for number in over:
            del self._calls[number]
        return finished

    def has_swallowed(self) -> bool:
        """
        Tell whether `play` would make records of exceptions that were swallowed.
        """
        waiting = [*self._ended, *(() if self.tape is None else tuple(self.tape.log))]
        entries = [item for item in waiting if type(item) is list] + [entry for entry, _ in self._calls.values()]
        return any(type(entry[2]) is Details and entry[2].has_swallowed() for entry in entries)

    def drop(self) -> tuple[int, int]:
        """
        Forget what is on the tape, unless a call is under way: then `play` makes all records, in order, as before.

        Returns:
            How many events and how many calls no record was made of.
        """
        taken = self._take()
        over = {id(item) for item in taken if type(item) is list and item[item[0].end] is not None} - self._calls.keys()
        taken += self._take()  # what these had begun after the first look
        if any(id(item) not in over for item in taken):
            self._ended = taken
            return 0, 0
        return len(taken), len(over)

    def running(self, obj: object, phase: str) -> bool:
        """
        Tell whether a method of *obj* is running right here as an event of this phase, noted on the tape.
        """
        return self.tape is not None and self.tape.is_running(obj, phase)

    def _take(self) -> list[Any]:
        items, self._ended = self._ended, []
        return items if self.tape is None else items + self.tape.take()

    def _play(self, items: list[Any]) -> None:
        for item in items:
            if type(item) is list:
                self._keep(self._taped(item).begin_event(self._hook_of))
            else:
                _, entry = self._parents.pop(id(item.call), (None, None))
                if entry is not None:
                    item.call.parent = self._call_of(entry)
                self._keep(item)

    def _taped(self, entry: Entry) -> TapedCall:
        known = self._calls.get(id(entry))
        if known is not None:
            return known[1]
        taped = TapedCall(entry, self._offset_ns)
        parent = parent_of(entry)
        taped.call.parent = None if parent is None else self._call_of(parent)
        taped.call.test_id = self.test_id
        self._calls[id(entry)] = (entry, taped)
        return taped

    def _call_of(self, entry: Entry) -> RecordedCall | None:
        known = self._calls.get(id(entry))
        return None if known is None else known[1].call
