"""
The recorder: keeps what observers are told, as it was then.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

from hookkit._events import current_call
from hookkit._hooks import describe
from hookkit._messages import did_you_mean
from hookkit._watching import EVERYWHERE, Observer
from hookkit.exceptions import InvalidValueError, MisuseError
from hookkit.recording._assertions import Assertions
from hookkit.recording._numbers import Numbers
from hookkit.recording._recorded_events import Played, RecordedEvents
from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook
from hookkit.recording._scope import Scope
from hookkit.recording._tape_deck import TapeDeck
from hookkit.recording._values import Functions, Values
from hookkit.recording._writers import Kept, takes_lines, written_deck

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal, Protocol, Self, TypeVar

    from hookkit._events import HookCall, HookEvent
    from hookkit._hooks import AttachedHook
    from hookkit.recording._watched_objects import WatchedObject
    from hookkit.recording._written_deck import WrittenDeck

    class Writer(Protocol):
        """
        Told of what is over; `hookkit.recording.RecordingWriter` is one.

        One that has a method ``write_start`` is told there of each event when it begins.
        """

        def write_event(self, event: RecordedEvent) -> None: ...

        def write_call(self, call: RecordedCall) -> None: ...

    T = TypeVar("T")

_SCOPES = ("process", "context")


class Recorder(Assertions):
    """
    Records every call of a hook point and every event in it, in all registries, as the values were then.

    A context manager; recorded is what begins between its ``with`` and the end of the block.
    Several may be active at once.

    Args:
        limit: How many events and calls to keep, the last ones; all of them if None.
        writer: Told of each event and each call when it is over: a `RecordingWriter`, for a recording on disk.
        scope: Whose calls are recorded: with ``"process"`` those of all threads and tasks; with ``"context"`` not those
            that belong to another such recorder, so that tests may run side by side.
            To a recorder belong the thread or task that entered it, and what was started from there in its context: by
            asyncio, by `asyncio.to_thread`, in ``Context.run``, and in any thread if ``thread_inherit_context`` is on.
            A thread that belongs to nobody is heard by all.

    Attributes:
        events: The recorded events, in order of start; grows while recording.
        most_rows: How many rows the lists and tables in failures have at most, those near the differences; all if None.
        plain: Called with each line of a failure that shows no difference; what it returns stands in its place.
            For test runners that show failures in red; None, at first, leaves the lines as they are.

    Raises:
        InvalidValueError: If *limit* is no number of events, or *scope* none of the two.

    .. versionadded:: 0.1
    """

    def __init__(
        self,
        *,
        limit: int | None = None,
        writer: Writer | None = None,
        scope: Literal["process", "context"] = "process",
    ) -> None:
        asked: object = limit
        if asked is not None and not (isinstance(asked, int) and asked >= 0):
            msg = f"limit is {describe(limit)}; it must be a number of events, zero or more, or None for all."
            raise InvalidValueError(msg)
        if scope not in _SCOPES:
            msg = f"scope is {describe(scope)}; it must be 'process' or 'context'.{did_you_mean(scope, _SCOPES)}"
            raise InvalidValueError(msg)
        self._limit = limit
        self._writer = writer
        self._write_start: Callable[[RecordedEvent], None] | None = getattr(writer, "write_start", None)
        # Re-entrant: a destructor may call a hooked function at any time.
        self._lock = writer.lock if takes_lines(writer) else threading.RLock()
        self._undo: Callable[[], None] | None = None
        self._scope = Scope() if scope == "context" else None
        self._watched: list[WatchedObject] = []
        self._functions = Functions()
        self._hooks: dict[int, RecordedHook] = {}
        self._open: dict[int, tuple[RecordedEvent, Values]] = {}
        self._open_calls: dict[int, RecordedCall] = {}
        self._first_values: dict[int, Values] = {}
        self._numbers = Numbers()
        self._cleared = 0
        self._kept: deque[RecordedEvent] = deque(maxlen=limit)
        self._calls: deque[RecordedCall] = deque(maxlen=limit)
        self._swallowed: deque[RecordedEvent] = deque(maxlen=limit)
        self._deck: TapeDeck | WrittenDeck = TapeDeck(self._keep, self._hook_of)
        if takes_lines(writer):
            kept = Kept(self._kept, self._calls, self._swallowed)
            self._deck = written_deck(writer, kept, self._numbers, self._functions, self._hook_of)
        self._ticks: Counter[tuple[str, str]] = Counter()
        self.events = RecordedEvents(Played(lambda: self._events))

    def __enter__(self) -> Self:
        if self._undo is not None:
            msg = "This Recorder is recording already. Leave its with block first, or make another one."
            raise MisuseError(msg)
        if self._scope is not None:
            self._scope = Scope()  # a new one: others may have been entered in the old one, and still be there
            self._scope.enter()
        has_tape = takes_lines(self._writer) or (self._limit is None and self._writer is None)
        tape = self._deck.begin(self._scope) if has_tape else None
        self._undo = EVERYWHERE.add(self._before, self._after, finished=self._finished, tape=tape)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._undo is not None:
            self._undo()
            while self._watched:
                self._watched.pop().undo()
            if self._scope is not None:
                self._scope.leave()
        self._undo = None
        with self._lock:
            self._note_swallowed(self._deck.end())
            unfinished = [event for event, _ in self._open.values()]
            unfinished_calls = list(self._open_calls.values())
            self._open.clear()
            self._open_calls.clear()
            self._first_values.clear()
        if self._writer is not None:
            for event in unfinished:
                self._writer.write_event(event)
            for call in unfinished_calls:
                self._writer.write_call(call)

    @property
    def calls(self) -> Sequence[RecordedCall]:
        """
        The recorded calls, in order of start; ticks that ran nothing are not among them.
        """
        self._play()
        return tuple(self._calls)

    @property
    def dropped(self) -> int:
        """
        How many events are no longer there because of the limit.
        """
        self._play()
        return self._numbers.events - self._cleared - len(self._kept)

    @property
    def ticks(self) -> int:
        """
        How many ticks of periodic schedules there were, also those that ran nothing.
        """
        return self._ticks.total()

    @property
    def ticks_by_point(self) -> dict[tuple[str, str], int]:
        """
        The same by group and point.
        """
        return dict(self._ticks)

    @property
    def swallowed(self) -> RecordedEvents:
        """
        The events whose exception the runtime swallowed.

        Asking for it counts as having looked at them: the pytest plugin fails a test for those that nobody looked at.
        """
        self._play()
        events = tuple(self._swallowed)
        for event in events:
            event.is_looked_at = True
        return RecordedEvents(events)

    @property
    def test_id(self) -> str | None:
        """
        Given to each call that begins from now on.
        """
        return self._deck.test_id

    @test_id.setter
    def test_id(self, test_id: str | None) -> None:
        with self._lock:
            if self._deck.waits:
                self._play()
            self._deck.test_id = test_id

    @property
    def overlooked(self) -> RecordedEvents:
        """
        The events whose exception was swallowed and that nobody has looked at.
        """
        with self._lock:
            if self._deck.has_swallowed():
                self._play()
        return RecordedEvents(tuple(event for event in self._swallowed if not event.is_looked_at))

    def outline(self, *, times: bool = False) -> str:
        """
        Show the calls, the events in them and what these changed, as a text that is the same on each run.

        It has no addresses, sets are in order, values that are too long for a line are cut.

        Args:
            times: Whether each line ends with how long it took; then no two texts are the same.

        Returns:
            The lines, without a line break at the end; empty if there are no events.
        """
        from hookkit.recording._outline import outline

        return outline(self.events, times=times)

    def watch(self, obj: T, point: str | None = None, *, pass_function: bool = False) -> T:
        """
        Record the hook methods of *obj* too, whoever calls them, until the recording ends.

        No host is needed: each call of ``pre``, ``post``, ``error``, ``periodic``, ``execute_pre_hook``,
        ``execute_post_hook``, ``execute_periodic_hook``, or of one of the latter with ``_`` before it, is recorded as a
        call with this one event.
        A call that is an event already, because a hook point makes it or another of the methods, is none of its own;
        nor is one of a phase that a driver hook has switched off.

        Args:
            obj: An object with some of these methods.
            point: The name of the hook point that is recorded.
                If None, that is the ``func_name`` that a driver hook is given, ``periodic`` for its periodic method,
                and otherwise the name of the object's class.
            pass_function: Whether the methods are given the undecorated function before the other arguments.

        Returns:
            *obj* itself.

        Raises:
            MisuseError: If nothing is being recorded; if *obj* has none of the methods, or does not let an object have
                methods of its own.
        """
        from hookkit.recording._watched_objects import WatchedObject

        if self._undo is None:
            msg = "This Recorder is not recording. Call watch() inside its with block."
            raise MisuseError(msg)
        if self._deck.tape is not None and self._deck.tape.is_open:
            self._deck.tape.is_open = False  # which of the object's methods are events already is told at once
            EVERYWHERE.renew()
        self._watched.append(
            WatchedObject(
                obj,
                Observer(self._before, self._after, self._finished),
                self._is_running,
                point=point,
                pass_function=pass_function,
            )
        )
        return obj

    def clear(self) -> None:
        """
        Forget what was recorded so far; numbers go on.
        """
        with self._lock:
            events, calls = self._deck.drop()
            self._numbers.events += events
            self._numbers.calls += calls
            self._play()
            for kept in (self._kept, self._calls, self._swallowed):
                kept.clear()
            self._ticks.clear()
            self._cleared = self._numbers.events

    def _is_running(self, obj: object, phase: str) -> bool:
        """
        Tell whether a method of *obj* is being recorded right here as an event of this phase.
        """
        here = current_call()
        with self._lock:
            call = self._open_calls.get(id(here))
            events = [event for event, _ in self._open.values() if event.call is call and event.phase == phase]
            if here is None and self._deck.running(obj, phase):
                return True
        return any(event.hook is not None and event.hook.obj is obj for event in events)

    def _is_mine(self) -> bool:
        return self._scope is None or self._scope.is_here()

    def _before(self, event: HookEvent) -> None:
        first = self._first_values.get(id(event.call))
        if first is None and id(event.call) not in self._open_calls and not self._is_mine():
            return
        values = (first and first.again(event)) or Values(event, self._functions.of(event.call))
        with self._lock:
            call = self._open_calls.get(id(event.call))
            if call is None:
                call = self._begin_call(event.call, values)
            recorded = RecordedEvent(event, call, self._hook_of(event.hook))
            recorded.args, recorded.kwargs, recorded.result = values.args, values.kwargs, values.result
            recorded.noted = values.snapshot.noted
            self._open[id(event)] = (recorded, values)
            self._deck.put(recorded)
        if self._write_start is not None:
            self._write_start(recorded)

    def _after(self, event: HookEvent) -> None:
        with self._lock:
            recorded, before = self._open.pop(id(event), (None, None))
        if recorded is None or before is None:
            return  # it began before the recording
        if not before.snapshot.is_constant:
            recorded.changes = before.changes(Values(event, self._functions.of(event.call)))
        recorded.finish(event)
        if recorded.swallowed:
            self._swallowed.append(recorded)
        if self._writer is not None:
            self._writer.write_event(recorded)

    def _finished(self, call: HookCall) -> None:
        with self._lock:
            recorded = self._open_calls.pop(id(call), None)
            self._first_values.pop(id(call), None)
            if call.tick is not None and (recorded is not None or self._is_mine()):
                self._ticks[call.group, call.point] += 1
        if recorded is None:
            return
        recorded.finish(call)
        if self._writer is not None:
            self._writer.write_call(recorded)

    def _begin_call(self, call: HookCall, values: Values) -> RecordedCall:
        recorded = self._open_calls[id(call)] = RecordedCall(call, values.signature)
        self._first_values[id(call)] = values
        recorded.args, recorded.kwargs, recorded.noted = values.args, values.kwargs, values.snapshot.noted
        recorded.test_id = self.test_id
        outer = call.parent
        while outer is not None and id(outer) not in self._open_calls:
            outer = outer.parent
        recorded.parent = None if outer is None else self._open_calls[id(outer)]
        self._deck.has_begun(recorded)
        return recorded

    @property
    def _events(self) -> deque[RecordedEvent]:  # type: ignore[override] # where it is used it is only read
        """
        All records of events, of what is on the tape too.
        """
        self._play()
        return self._kept

    def _play(self) -> None:
        with self._lock:
            self._note_swallowed(self._deck.play())

    def _keep(self, recorded: RecordedEvent) -> None:
        if not recorded.call.seq:
            self._calls.append(recorded.call)
        self._numbers.give(recorded)
        self._kept.append(recorded)

    def _note_swallowed(self, finished: list[RecordedEvent]) -> None:
        swallowed = [event for event in finished if event.swallowed]
        if swallowed:
            by_end = sorted((*self._swallowed, *swallowed), key=lambda event: event.end_ns)
            self._swallowed = deque(by_end, maxlen=self._limit)

    def _hook_of(self, hook: AttachedHook | None) -> RecordedHook | None:
        if hook is None:
            return None
        known = self._hooks.get(id(hook.obj))
        if known is None or known.entry_point is not hook.entry_point:
            known = self._hooks[id(hook.obj)] = RecordedHook(hook)
        return known
