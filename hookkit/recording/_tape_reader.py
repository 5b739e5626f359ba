"""
Records made of the entries of a tape, when somebody asks for them.

See "How calls are recorded fast" in the explanations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._events import path_of_function
from hookkit.recording._changes import Comparison
from hookkit.recording._records import RecordedCall, RecordedEvent, by_name
from hookkit.recording._tape_code import FIRST
from hookkit.recording._tape_plan import Details, Facts, details_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hookkit._hooks import AttachedHook
    from hookkit.recording._changes import Change
    from hookkit.recording._records import RecordedHook
    from hookkit.recording._shots import Shot
    from hookkit.recording._tape_plan import Entry, ErrorFacts, TapePlan

    HookOf = Callable[[AttachedHook | None], RecordedHook | None]

_NO_FACTS = Facts()
_NO_DETAILS = Details(None, None)


class Begun(NamedTuple):
    """
    What a record of a call or an event is begun with.
    """

    group: str = ""
    point: str = ""
    function: Any = None
    function_path: str | None = None
    thread: str = ""
    task: str | None = None
    tick: int | None = None
    started_ns: int = 0
    phase: str = ""
    passed_function: Any = None
    error: BaseException | None = None


class _Span(NamedTuple):
    """
    How an event went; it is not over if it has no end.
    """

    facts: Facts
    started: float
    ended: float | None
    before: Shot | None
    after: Shot | None


class TapedCall:
    """
    A call on a tape, and the records that were made of it so far.

    Attributes:
        call: Its record.
        events: The records of its events.
    """

    __slots__ = ("_entry", "_loaded", "_offset_ns", "_plan", "call", "events")

    def __init__(self, entry: Entry, offset_ns: int) -> None:
        self._entry = entry
        self._offset_ns = offset_ns
        self.events: list[RecordedEvent] = []
        self._loaded: dict[int, tuple[Any, ...]] = {}
        plan: TapePlan = entry[0]
        self._plan = plan
        point, function = plan.hooked.point, plan.hooked.function
        begun = Begun(
            group=point.group,
            point=point.name,
            function=function,
            function_path=path_of_function(function),
            thread=entry[1],
            started_ns=self._ns(entry[plan.times]),
        )
        self.call = RecordedCall(begun, plan.signature)
        self.call.args, self.call.kwargs = self._arguments(self._values(0))
        self.call.noted = self._noted(0)

    @property
    def is_over(self) -> bool:
        """
        Whether the call is over.
        """
        return self._entry[self._plan.end] is not None

    def begin_event(self, hook_of: HookOf) -> RecordedEvent:
        """
        Make the record of the event that began next.
        """
        number = len(self.events)
        error = self._errors_after(number)
        recorded = self._main_event(number, hook_of) if error is None else self._error_event(error, hook_of)
        self.events.append(recorded)
        return recorded

    def finish(self) -> list[RecordedEvent]:
        """
        Add to the records what is over by now; give the events that this made whole.
        """
        finished = self.finish_events(len(self.events))
        if self.is_over and not self.call.is_finished:
            self._finish_call()
        return finished

    def finish_events(self, count: int) -> list[RecordedEvent]:
        """
        Do so with the records of the first events only.

        Args:
            count: How many they are.
        """
        return [
            recorded
            for number, recorded in enumerate(self.events[:count])
            if not recorded.is_finished and self._finish_event(number, recorded)
        ]

    @property
    def _details(self) -> Details:
        return details_of(self._entry) or _NO_DETAILS

    def _main_event(self, number: int, hook_of: HookOf) -> RecordedEvent:
        plan = self._plan
        phase, hook = plan.events[number]
        lead = plan.hooked.function if plan.hooked.lead and hook is not None else None
        begun = Begun(phase=phase, passed_function=lead, started_ns=self._ns(self._started(number)))
        recorded = RecordedEvent(begun, self.call, hook_of(hook))
        recorded.args, recorded.kwargs = self._arguments(self._values(number))
        recorded.noted = self._noted(number)
        if phase == "post":
            recorded.result = self._result(number)
        return recorded

    def _error_event(self, facts: ErrorFacts, hook_of: HookOf) -> RecordedEvent:
        lead = self._plan.hooked.function if self._plan.hooked.lead else None
        begun = Begun(phase="error", passed_function=lead, started_ns=self._ns(facts.started), error=facts.error)
        recorded = RecordedEvent(begun, self.call, hook_of(facts.hook))
        recorded.args, recorded.kwargs = self._arguments(self._whole(facts.before))
        recorded.noted = facts.before.noted
        return recorded

    def _errors_after(self, number: int) -> ErrorFacts | None:
        """
        Give the facts of an event of the phase ``error``; None for another event.
        """
        last = self._details.last
        return None if last is None or number <= last else self._details.errors[number - last - 1]

    def _span(self, number: int) -> _Span:
        error = self._errors_after(number)
        if error is not None:
            return _Span(error, error.started, error.ended, error.before, error.after)
        facts = self._details.facts.get(number, _NO_FACTS)
        ended = self._entry[self._plan.times + number + 1] or self._entry[self._plan.end]
        if facts.ended is not None and (ended is not None or number == self._details.last):
            ended = facts.ended
        return _Span(facts, self._started(number), ended, self._shot(number), facts.after or self._shot(number + 1))

    def _finish_event(self, number: int, recorded: RecordedEvent) -> bool:
        span = self._span(number)
        if span.ended is None:
            return False
        facts = span.facts
        recorded.raised = facts.raised
        recorded.swallowed = facts.swallowed
        recorded.replaced = facts.replaced
        if facts.returned is not None:
            recorded.returned = facts.returned.values[0]
            recorded.noted = {**recorded.noted, **facts.returned.noted}
        elif recorded.phase == "body" and facts.raised is None:
            recorded.returned = self._result(number + 1)
        recorded.changes = self._changes(span, recorded.phase)
        recorded.duration_ns = round((span.ended - span.started) * 1e9)
        return True

    def _finish_call(self) -> None:
        call, details = self.call, self._details
        end = len(self._plan.events)
        call.raised = details.raised
        if call.raised is None and details.result is not None:
            (call.result,) = details.result.values
            call.noted = {**call.noted, **details.result.noted}
        elif call.raised is None:
            call.result = self._result(end)
        call.duration_ns = round((self._entry[self._plan.end] - self._entry[self._plan.times]) * 1e9)

    def _changes(self, span: _Span, phase: str) -> tuple[Change, ...]:
        before, after = span.before, span.after
        if before is None or after is None or before is after:
            return ()
        compare = Comparison(before, after).changes
        signature = self._plan.signature
        named = [by_name(signature, *self._arguments(self._load(shot))) for shot in (before, after)]
        changes = compare(named[0], named[1])
        if before.count == after.count > self._count:
            outcome = "error" if phase == "error" else "result"
            changes += compare({outcome: self._load(before)[-1]}, {outcome: self._load(after)[-1]})
        return changes

    def _shot(self, number: int) -> Shot | None:
        """
        Give what arguments and result were when event *number* began; None if they cannot change.
        """
        found = None
        for since, shot in self._details.shots:
            if since <= number:
                found = shot
        return found

    def _load(self, shot: Shot) -> tuple[Any, ...]:
        """
        Give the values of a shot: the same ones for all events of this call, others for other calls.
        """
        loaded = self._loaded.get(id(shot))
        if loaded is None:
            loaded = self._loaded[id(shot)] = self._whole(shot)
        return loaded

    def _whole(self, shot: Shot) -> tuple[Any, ...]:
        """
        Give the values of a shot, and those of the entry that were not watched.
        """
        values, given = shot.values, self._entry[FIRST : self._plan.times]
        watched = zip(values, given, strict=False)  # there may be a result behind the arguments
        return (*(own if value is None else value for value, own in watched), *values[self._count :])

    def _values(self, number: int) -> Sequence[Any]:
        shot = self._shot(number)
        return self._entry[FIRST : self._plan.times] if shot is None else self._load(shot)

    def _noted(self, number: int) -> dict[int, tuple[object, dict[str, Any]]]:
        shot = self._shot(number)
        return {} if shot is None else shot.noted

    def _result(self, number: int) -> Any:
        """
        Give the result as it was when event *number* began.
        """
        shot = self._shot(number)
        if shot is not None and shot.count > self._count:
            return self._load(shot)[-1]
        result = self._entry[3]
        for earlier, facts in tuple(self._details.facts.items()):
            if earlier < number and facts.replaced and facts.returned is not None:
                result = facts.returned.values[0]
        return result

    @property
    def _count(self) -> int:
        return self._plan.times - FIRST

    def _arguments(self, values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """
        Tell apart the positional arguments and the others.
        """
        plan = self._plan
        args = tuple(values[: plan.positional])
        if not plan.keywords:
            return args, {}
        return args, dict(zip(plan.keywords, values[plan.positional : self._count], strict=True))

    def _started(self, number: int) -> float:
        place = self._plan.starts + number - self._details.since
        started: float
        if self._plan.starts <= place < len(self._entry):
            started = self._entry[place]
        else:
            started = self._entry[self._plan.times + number]
        return started

    def _ns(self, time_s: float) -> int:
        return round(time_s * 1e9) + self._offset_ns
