"""
Calls that are noted on a tape and written as they go: most of their lines are put together right there.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from hookkit._messages import explain
from hookkit.recording._shots import PickledShot
from hookkit.recording._tape_plan import Details
from hookkit.recording._tape_reader import TapedCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from hookkit.recording._records import RecordedCall
    from hookkit.recording._tape_plan import Entry
    from hookkit.recording._written_plan import WrittenPlan

LOG = logging.getLogger("hookkit.recording")


class WrittenCall:
    """
    A call that is under way, as far as it is written.

    The lines of what is usual are put together here; from the first unusual event on, records are made and written.

    Args:
        plan: What is called, and how.

    Attributes:
        seq: Its number; 0 if it has none, as it is not written at all.
        test_id: The test in which it was made.
        is_over: Whether nothing more is written of it.
    """

    __slots__ = (
        "_arguments",
        "_began",
        "_began_ns",
        "_head",
        "_heads",
        "_number",
        "_parent",
        "_plan",
        "_result",
        "_seqs",
        "_shots",
        "_started",
        "_started_ns",
        "_taped",
        "_there",
        "is_over",
        "seq",
        "test_id",
    )

    def __init__(self, plan: WrittenPlan) -> None:
        self.is_over = True
        self.seq = 0
        self.test_id: str | None
        self._plan = plan
        self._taped: TapedCall | None = None
        self._number = 0
        self._seqs: list[int]
        self._result: str
        self._began_ns: int
        self._started_ns: int
        self._began: str
        self._started: str
        self._there: object = self  # what is nowhere in an entry, so that what happens counts as unusual
        self._arguments: str
        self._parent: str
        self._heads: tuple[str, ...]
        self._head: str

    def begin(self, entry: Entry) -> None:
        """
        Write that the call and its first event begin.
        """
        tape = self._plan.tape
        try:
            with tape.lock:
                if not tape.is_deaf:
                    self._begin(entry)
        except Exception as exc:  # noqa: BLE001 - a recorder never changes a call
            self._lose(exc)

    @property
    def is_recorded(self) -> bool:
        """
        Whether records are what is written.
        """
        return self._taped is not None

    def begun(self, entry: Entry) -> str:
        """
        Give the lines that say that the call and its last event began.
        """
        head, where = f'{{"kind":"call","seq":{self.seq}{self._heads[-1]}', self._plan.tape.where(entry[1])
        return (
            f'{head}{self._arguments}{self._parent}{where}{self._began},"unfinished":true}}\n'
            f'{self._head}{self._started},"unfinished":true}}\n'
        )

    def go_on(self, entry: Entry) -> None:
        """
        Write that an event is over, and that the next one begins.
        """
        plan = self._plan
        tape = plan.tape
        try:
            with tape.lock:
                number = self._number + 1
                may_differ = entry[2] is not self._there or self._shots or number == plan.after_body
                if may_differ and not self._is_usual(entry, number):
                    self._go_on_recorded(entry)
                    return
                ended = entry[plan.times + number]
                over = self._over(entry, ended)
                self._number = number
                self._started_ns = started_ns = int(ended * 1e9) + tape.offset_ns
                seq = tape.numbers.events = tape.numbers.events + 1
                self._seqs.append(seq)
                tape.notes.append((entry, number))
                self._started = started = f',"started_ns":{started_ns}'
                result = f',"result":{self._result}' if self._result else ""
                self._head = head = (
                    f'{{"kind":"event","seq":{seq},"call":{self.seq}{self._heads[number]}{self._arguments}'
                    f"{plan.passed[number]}{result}"
                )
                tape.note(over, f'{head}{started},"unfinished":true}}\n', 1, self.test_id, seq, self.seq)
                if self._taped is not None:
                    self._catch_up(self._taped)
        except Exception as exc:  # noqa: BLE001 - as above
            self._lose(exc)

    def end(self, entry: Entry) -> None:
        """
        Write that the last event is over, and the call.
        """
        plan = self._plan
        tape = plan.tape
        try:
            with tape.lock:
                number = self._number + 1
                may_differ = entry[2] is not self._there or self._shots or number == plan.after_body
                if may_differ and not self._is_usual(entry, number):
                    self._end_recorded(entry)
                    return
                ended = entry[plan.end]
                over = self._over(entry, ended)
                self.is_over = True
                plan.call_count.number += 1
                plan.tally.call_number += 1
                head = f'{{"kind":"call","seq":{self.seq}{self._heads[-1]}{self._arguments}'
                result = f',"result":{self._result}' if self._result else ""
                duration_ns = int((ended - entry[plan.times]) * 1e9)
                times = f'{self._began},"duration_ns":{duration_ns}'
                tape.note(
                    f"{over}{head}{result}{self._parent}{tape.where(entry[1])}{times}}}\n", "", 2, self.test_id, 0, 0
                )
                if self._taped is not None:
                    self._catch_up(self._taped)
        except Exception as exc:  # noqa: BLE001 - as above
            self._lose(exc)

    def go_on_unusually(self, entry: Entry) -> None:
        """
        Write that an event of the phase ``error`` begins.
        """
        try:
            with self._plan.tape.lock:
                self._go_on_recorded(entry)
        except Exception as exc:  # noqa: BLE001 - as above
            self._lose(exc)

    def end_unusually(self, entry: Entry) -> None:
        """
        Write that the call is over whose caller gets an exception.
        """
        try:
            with self._plan.tape.lock:
                self._end_recorded(entry)
        except Exception as exc:  # noqa: BLE001 - as above
            self._lose(exc)

    def leave(self, entry: Entry) -> RecordedCall | None:
        """
        Write the events as they are now, as the recording ends.

        Returns:
            The call, which is to be written after all events; None if it was written already.
        """
        if self.is_over:
            return None
        try:
            taped = self.recorded(entry)
            self.is_over = True
            self._write_over(taped)
            for event in taped.events:
                if not event.is_finished:
                    self._plan.tape.writer.write_event(event)
        except Exception as exc:  # noqa: BLE001 - as above
            self._lose(exc)
            return None
        return taped.call

    def recorded(self, entry: Entry) -> TapedCall:
        """
        Give the records of the call and of its events; they are what is written from now on.

        Whoever asks for them holds the lock.
        """
        if self._taped is not None:
            return self._taped
        taped = self._make_records(entry)
        if self.is_over:
            taped.finish()
        else:
            self._plan.tape.writer.take_over(taped.events[-1])
        return taped

    def _make_records(self, entry: Entry) -> TapedCall:
        """
        Make records of what was written so far.
        """
        tape = self._plan.tape
        taped = TapedCall(entry, tape.offset_ns)
        taped.call.seq = self.seq
        taped.call.test_id = self.test_id
        taped.call.started_ns = self._began_ns
        parent = tape.parent_of(entry)
        taped.call.parent = None if parent is None else parent[parent[0].call_place].recorded(parent).call
        for seq in self._seqs:
            taped.begin_event(tape.hook_of).seq = seq
        taped.events[-1].started_ns = self._started_ns
        taped.finish_events(self._number)  # those that are written
        if self._taped is None:  # else a destructor has made a call meanwhile that was told
            self._taped = taped
            self._there = self
        return self._taped

    def _begin(self, entry: Entry) -> None:
        plan = self._plan
        tape = plan.tape
        numbers = tape.numbers
        self.test_id = tape.test_id
        self._result = ""
        self._began_ns = self._started_ns = int(entry[plan.times] * 1e9) + tape.offset_ns
        self._seqs = []
        self.seq = numbers.calls = numbers.calls + 1
        seq = numbers.events = numbers.events + 1
        self._seqs.append(seq)
        tape.call_notes.append(entry)
        tape.notes.append((entry, 0))
        there = entry[2]
        self._shots = len(there.shots) if type(there) is Details else 0
        parent = None if there is None else tape.parent_of(entry)
        arguments = plan.arguments(entry)
        is_unusual = parent is not None and not tape.is_clean(parent)
        if arguments is None or is_unusual or self._taped is not None:
            self.is_over = False
            self._unheard(self._begin_recorded, entry)
            return
        self._there = there
        self._began = self._started = f',"started_ns":{self._began_ns}'
        self._arguments = arguments
        self._parent = "" if parent is None else f',"parent":{parent[parent[0].call_place].seq}'
        self._heads = heads = plan.heads()
        self._head = f'{{"kind":"event","seq":{seq},"call":{self.seq}{heads[0]}{arguments}{plan.passed[0]}'
        self.is_over = False
        if tape.tells_begun:
            tape.note("", self.begun(entry), 0, self.test_id, seq, self.seq)
        if self._taped is not None:
            self._catch_up(self._taped)

    def _is_usual(self, entry: Entry, number: int) -> bool:
        """
        Tell whether nothing has happened since that a line does not tell in the usual way.

        Args:
            entry: The call.
            number: That of the event that begins next.
        """
        if self._taped is not None or self.is_over:
            return False
        there = entry[2]
        if there is not self._there and not self._is_only_result(there, number):
            return False
        if type(there) is Details and (there.facts or len(there.shots) != self._shots):
            return False
        plan = self._plan
        if number == plan.after_body and entry[3] is not None:
            text = plan.text_of(entry[3])
            if text is None:
                return False
            self._result = text
        return True

    def _is_only_result(self, there: object, number: int) -> bool:
        """
        Tell whether all that is new is a result that can change, where the arguments cannot.
        """
        had_shot = self._shots or type(self._there) is PickledShot
        if had_shot or number != self._plan.after_body or type(there) is not Details or len(there.shots) != 1:
            return False
        self._there = there
        self._shots = 1
        return True

    def _over(self, entry: Entry, ended: float) -> str:
        """
        Give the line of the event that is over, and count it.
        """
        plan, number = self._plan, self._number
        started: float = entry[-1] if number else entry[plan.times]
        duration_ns = int((ended - started) * 1e9)
        returned = f',"returned":{self._result}' if self._result and number == plan.body else ""
        count = plan.counts[number]
        count.number += 1
        count.duration_ns += duration_ns
        plan.tally.event_number += 1
        return f'{self._head}{returned}{self._started},"duration_ns":{duration_ns}}}\n'

    def _catch_up(self, taped: TapedCall) -> None:
        """
        Have records tell what lines were put together of, after they were made in the midst of that.

        That is so where a destructor made a call that was told, and in whose record this one is.
        """
        tape = self._plan.tape
        for event in taped.events[: self._number]:
            tape.writer.let_go(event)
        for seq in self._seqs[len(taped.events) :]:
            taped.begin_event(tape.hook_of).seq = seq
        taped.events[-1].started_ns = self._started_ns
        taped.finish_events(self._number)
        if self.is_over:
            taped.finish()
            tape.writer.let_go(taped.events[-1])
            tape.writer.let_go(taped.call)
        else:
            tape.writer.take_over(taped.events[-1])

    def _go_on_recorded(self, entry: Entry) -> None:
        if self.is_over:
            return
        self._unheard(self._begin_next, entry)

    def _begin_recorded(self, entry: Entry) -> None:
        self._write_start(self._taped or self._make_records(entry))

    def _begin_next(self, entry: Entry) -> None:
        tape = self._plan.tape
        taped = self.recorded(entry)
        self._write_over(taped)
        event = taped.begin_event(tape.hook_of)
        event.seq = tape.numbers.events = tape.numbers.events + 1
        tape.notes.append((entry, len(self._seqs)))
        self._seqs.append(event.seq)
        self._write_start(taped)

    def _end_recorded(self, entry: Entry) -> None:
        if self.is_over:
            return
        self._unheard(self._write_end, entry)

    def _write_end(self, entry: Entry) -> None:
        taped = self.recorded(entry)
        self.is_over = True
        self._write_over(taped)
        self._plan.tape.writer.write_call(taped.call)

    def _unheard(self, write: Callable[[Entry], None], entry: Entry) -> None:
        """
        Write; calls that are made meanwhile, by the values' own code, are not written.
        """
        tape = self._plan.tape
        was_deaf, tape.is_deaf = tape.is_deaf, True
        try:
            write(entry)
        finally:
            tape.is_deaf = was_deaf

    def _write_start(self, taped: TapedCall) -> None:
        write_start = self._plan.tape.write_start
        if write_start is not None:
            write_start(taped.events[-1])

    def _write_over(self, taped: TapedCall) -> None:
        tape = self._plan.tape
        for event in taped.finish():
            if event.swallowed:
                tape.swallowed.append(event)
            tape.writer.write_event(event)

    def _lose(self, exc: Exception) -> None:
        """
        Write nothing more.
        """
        self.is_over = True
        if self._taped is None:
            self.seq = 0
        name, told = self._plan.hooked.point.name, self._plan.tape.lost
        if name not in told:  # a message for each of a million calls says no more
            told.add(name)
            with suppress(Exception):  # whatever a handler of the log does
                LOG.warning("A call of %r cannot be recorded, as others may not be: %s", name, explain(exc))
