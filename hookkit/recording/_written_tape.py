"""
Tapes whose calls are written as they go, and the deck of a recorder that has a writer.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from hookkit.recording._tape import Tape, epoch_offset_ns
from hookkit.recording._tape_plan import parent_of
from hookkit.recording._written_plan import WrittenPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from inspect import Signature

    from hookkit._fast_code import Shape
    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook
    from hookkit.recording._records import RecordedEvent
    from hookkit.recording._scope import Scope
    from hookkit.recording._tape_plan import Entry, TapePlan
    from hookkit.recording._tape_reader import TapedCall
    from hookkit.recording._written_calls import WrittenCall
    from hookkit.recording._written_deck import WrittenDeck

_MOST_THREADS = 1000  # whose names are kept as they are written


class WrittenTape(Tape):
    """
    What one recording notes and writes.

    Args:
        deck: What the recorder asks and tells.
        scope: Whose calls are recorded, if not those of all.

    Attributes:
        writer: What writes.
        lock: The writer's, and the recorder's; whoever changes or asks for anything of the following holds it.
        note: Writes lines; see `RecordingWriter.note`.
        write_start: Told of the record of an event that begins; None if nobody wants to know.
        numbers: Numbers calls and events.
        notes: Takes an entry and the number of an event in it, for each event that begins.
        call_notes: Takes the entry of each call that begins.
        swallowed: Takes the records of events whose exception went no further.
        hook_of: Gives the record of a hook.
        texts: Gives texts of values.
        redaction: Which names are those of secrets.
        is_plain: Whether lines can be put together at all.
        is_deaf: Whether calls that begin are not written.
        offset_ns: What the clock is behind the time since the epoch.
        test_id: The test that calls belong to that begin from now on.
        lost: The names of hook points of which it was said that calls cannot be written.
        test: What lines say of it; None if none are to be put together of its calls.
    """

    is_written = True

    def __init__(self, deck: WrittenDeck, scope: Scope | None) -> None:
        super().__init__(scope)
        writer = self.writer = deck.writer
        self.lock = writer.lock
        self.note = writer.note
        self.write_start: Callable[[RecordedEvent], None] | None = getattr(writer, "write_start", None)
        self.tells_begun = self.write_start is not None
        self.numbers = deck.numbers
        self.notes = deck.notes
        self.call_notes = deck.call_notes
        self.swallowed = deck.swallowed
        self.hook_of = deck.hook_of
        self.redaction = writer.redaction
        self.texts = writer.texts
        self.is_plain = not (self.redaction.is_secret("result") or self.redaction.is_secret("returned"))
        self.offset_ns = epoch_offset_ns()
        self.is_deaf = False
        writer.begun_elsewhere.append(self.begun)
        self.test_id: str | None = None
        self.test: str | None = None
        self._functions = deck.functions
        self.lost: set[str] = set()
        self._wheres: dict[str, str] = {}

    def plan_of(self, hooked: HookedFunction, hooks: Sequence[AttachedHook], shape: Shape) -> TapePlan:
        """
        Give what stands for a function and its hooks in entries.
        """
        return WrittenPlan(self, hooked, hooks, shape)

    def signature_of(self, function: Callable[..., Any]) -> Signature | None:
        """
        Give the signature of a function; None if it has none that can be known.
        """
        return self._functions.of_hooked(function).signature

    def begin_error(self, entry: Entry) -> None:
        """
        Write that an event of the phase ``error`` begins.
        """
        call = call_of(entry)
        if call is not None:
            call.go_on_unusually(entry)

    def end_unusually(self, entry: Entry) -> None:
        """
        Write that a call is over whose caller gets an exception.
        """
        call = call_of(entry)
        if call is not None:
            call.end_unusually(entry)

    def end(self) -> None:
        """
        Write calls that are under way as they are, and nothing more.
        """
        self.is_deaf = True
        self.writer.begun_elsewhere.remove(self.begun)
        entries = [entry for entry in self.under_way() if self.has(entry)]
        entries.sort(key=lambda entry: entry[entry[0].call_place].seq)
        for call in [entry[entry[0].call_place].leave(entry) for entry in entries]:
            if call is not None:
                self.writer.write_call(call)

    def set_test(self, test_id: str | None) -> None:
        """
        Have the calls that begin from now on be of a test.
        """
        self.test_id = test_id
        if type(test_id) is str:
            self.test = f',"test":{encode_basestring_ascii(test_id)}'
        else:
            self.test = "" if test_id is None and not self.tells_begun else None

    def where(self, thread: str) -> str:
        """
        Give what the line of a call says of its thread.
        """
        text = self._wheres.get(thread)
        if text is None:
            if len(self._wheres) >= _MOST_THREADS:
                self._wheres.clear()
            text = self._wheres[thread] = f',"thread":{encode_basestring_ascii(thread)}'
        return text

    def parent_of(self, entry: Entry) -> Entry | None:
        """
        Give the written call in whose course one was made.
        """
        parent = parent_of(entry)
        while parent is not None and not self.has(parent):
            parent = parent_of(parent)
        return parent

    def has(self, entry: Entry) -> bool:
        """
        Tell whether a call is written here.
        """
        call = call_of(entry) if super().has(entry) else None
        return call is not None and call.seq > 0

    def is_clean(self, entry: Entry) -> bool:
        """
        Tell whether neither a call nor one around it has a secret that is known so far.
        """
        call = call_of(entry)
        return call is None or not call.is_recorded or self.writer.is_clean(call.recorded(entry).call)

    def begun(self) -> Iterator[bytes]:
        """
        Give the lines of what has begun and of which no records are written.
        """
        for entry in self.under_way():
            call = call_of(entry)
            if call is not None and not call.is_over and not call.is_recorded:
                yield call.begun(entry).encode("ascii")


def call_of(entry: Entry) -> WrittenCall | None:
    """
    Give what is written of a call; None if an exception came from outside before it was begun.
    """
    call: WrittenCall | None = entry[entry[0].call_place]
    return call


def records_of(entry: Entry) -> TapedCall | None:
    """
    Give the records of a call that is written, or was; None if it could not be.
    """
    call = call_of(entry)
    return None if call is None or not call.seq else call.recorded(entry)
