"""
Plans: what the code that notes calls on a tape does where more than the usual happens.

See "How calls are recorded fast" in the explanations.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from hookkit._hooks import Replace, refuse_awaitable
from hookkit._runner import announce, goes_out, leave_out_own_frames, report
from hookkit.recording._places import place_here
from hookkit.recording._records import is_bound
from hookkit.recording._shots import LiveShot, PickledShot, is_sure, mark, pickled
from hookkit.recording._tape_code import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from inspect import Signature

    from hookkit._fast_code import Shape
    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook
    from hookkit.recording._shots import Shot
    from hookkit.recording._tape import Tape

    Entry = list[Any]

_PATIENCE = 100
"""
How many calls are not tried to be pickled after one whose values could not.
"""


class Facts:
    """
    What is unusual about an event.

    Attributes:
        ended: When it ended, if not when the next one began.
        returned: A shot of what came back, if that was not None.
        raised: The exception that came out.
        swallowed: Whether it went no further.
        replaced: Whether a ``post`` returned a `hookkit.Replace`.
        after: What arguments and result were after it, if that is not what they were when the next one began.
    """

    __slots__ = ("after", "ended", "raised", "replaced", "returned", "swallowed")

    def __init__(self) -> None:
        self.ended: float | None = None
        self.returned: LiveShot | None = None
        self.raised: BaseException | None = None
        self.swallowed = False
        self.replaced = False
        self.after: Shot | None = None


class ErrorFacts(Facts):
    """
    An event of the phase ``error``.

    Attributes:
        hook: The hook.
        error: What it was given.
        before: The arguments and the error before it.
        started: When it began.
    """

    __slots__ = ("before", "error", "hook", "started")

    def __init__(self, hook: AttachedHook, error: BaseException, before: LiveShot) -> None:
        super().__init__()
        self.hook = hook
        self.error = error
        self.before = before
        self.started = perf_counter()


class Details:
    """
    What is unusual about a call.

    Attributes:
        parent: The call around it.
        shots: What arguments and result were from which event on, if they can change.
        facts: By the number of an event: what is unusual about it.
        errors: The events of the phase ``error``.
        since: The number of the first event that began later than the one before it ended.
        is_stale: Whether the result is another one since the last shot.
        last: The number of the last event before those of the phase ``error``.
        raised: What the caller got instead of a result.
        result: What the caller got, if that has attributes.
    """

    __slots__ = ("errors", "facts", "is_stale", "last", "parent", "raised", "result", "shots", "since")

    def __init__(self, parent: Entry | None, first: Shot | None) -> None:
        self.parent = parent
        self.shots: list[tuple[int, Shot]] = [] if first is None else [(0, first)]
        self.facts: dict[int, Facts] = {}
        self.errors: list[ErrorFacts] = []
        self.since = 1
        self.is_stale = False
        self.last: int | None = None
        self.raised: BaseException | None = None
        self.result: LiveShot | None = None

    def has_swallowed(self) -> bool:
        """
        Tell whether an exception went no further.
        """
        return any(facts.swallowed for facts in (*self.facts.values(), *self.errors))


def parent_of(entry: Entry) -> Entry | None:
    """
    Give the call in whose course one was made, if that was noted, too.
    """
    there: Entry | Shot | Details | None = entry[2]
    if isinstance(there, Details):
        return there.parent
    return there if isinstance(there, list) else None


def details_of(entry: Entry) -> Details | None:
    """
    Give what is unusual about a call; None if nothing is.
    """
    there: Entry | Shot | Details | None = entry[2]
    if there is None or isinstance(there, list):
        return None
    return there if isinstance(there, Details) else Details(None, there)


class TapePlan:
    """
    One function with its hooks, for calls of one shape.

    Attributes:
        tape: Where the calls are noted.
        hooked: The function.
        events: The phase and the hook of each event of a call in which nothing is raised.
        positional: How many positional arguments there are.
        keywords: The names of the others.
        times: Where in an entry the times begin: when the call began, and when each event ended.
        end: Where in an entry the last of them stands: it is None until the call is over.
        starts: Where in an entry the times stand, if there are any, when events began later than the one before ended.
        signature: The signature of the function; None if it has none that can be known.
        is_bound: Whether the first argument is what the function is a method of.
        known: The last mark of the arguments, and of these with the result, with the shot of the same.
    """

    def __init__(self, tape: Tape, hooked: HookedFunction, hooks: Sequence[AttachedHook], shape: Shape) -> None:
        self.tape = tape
        self.hooked = hooked
        self.positional, self.keywords = shape
        self.times = FIRST + self.positional + len(self.keywords)
        self._pres = [place for place, hook in enumerate(hooks) if hook.pre is not None]
        self._hooks = hooks
        self.events: list[tuple[str, AttachedHook | None]] = [
            *(("pre", hook) for hook in hooks if hook.pre is not None),
            ("body", None),
            *(("post", hook) for hook in hooks if hook.post is not None),
        ]
        self.body = len(self._pres)
        self.end = self.times + len(self.events)
        self.starts = self.end + 1
        self.signature: Signature | None = tape.signature_of(hooked.function)
        self.is_bound = is_bound(self.signature, (None,) * self.positional)
        self.is_lively = tape.is_lively
        self._patience = 0
        self.known: list[tuple[bytes, Shot] | None] = [None, None]

    def begin(
        self, parent: Entry | None, owner: object, values: tuple[Any, ...], made: bytes | None
    ) -> tuple[Shot | Details, bytes | None]:
        """
        Take what the arguments are at first; give what comes into the entry, and the mark, if that can be trusted.
        """
        new_mark, shot = self._shot(owner, values, made)
        return shot if parent is None else Details(parent, shot), new_mark

    def look(self, entry: Entry, index: int, values: tuple[Any, ...]) -> bytes | None:
        """
        See what arguments and result are from event number *index* on; give the mark of that.
        """
        details = self.details(entry)
        if len(entry) == self.starts:
            details.since = index
        new_mark, shot = self._renewed(entry, values)
        if not details.shots or shot is not details.shots[-1][1]:
            details.shots.append((index, shot))
        details.is_stale = False
        if isinstance(shot, LiveShot) and len(values) > self.times - FIRST:
            self._note_result(entry, index, values[-1])
        return new_mark

    def _note_result(self, entry: Entry, index: int, result: object) -> None:
        """
        Keep a result with attributes as it was when the function returned it, and when the caller got it.
        """
        if index == self.body + 1:
            self.facts(entry, self.body).returned = LiveShot((result,))
        if index == len(self.events):
            self.details(entry).result = LiveShot((result,))

    def _renewed(self, entry: Entry, values: tuple[Any, ...]) -> tuple[bytes | None, Shot]:
        """
        Give the last shot if *values* are the same, else a new one; and its mark.
        """
        details = self.details(entry)
        last = details.shots[-1][1] if details.shots else None
        if last is None or details.is_stale or last.count != len(values):
            return self._shot(entry[FIRST], values)
        if isinstance(last, LiveShot):
            return None, last.renewed(values, self._kept(entry[FIRST]))
        new_mark, shot = self._shot(entry[FIRST], values)
        return new_mark, last if isinstance(shot, PickledShot) and shot.data == last.data else shot

    def _shot(self, owner: object, values: tuple[Any, ...], made: bytes | None = None) -> tuple[bytes | None, Shot]:
        """
        Take a shot, or the last one of another call if it shows the same.
        """
        if self._patience:
            self._patience -= 1
            return None, LiveShot(values, self._kept(owner))
        new_mark = mark(values) if made is None else made
        place = len(values) - (self.times - FIRST)
        known = self.known[place]
        if known is not None and known[0] == new_mark:
            return known
        data = None if new_mark is None else pickled(values)
        if new_mark is None or data is None:
            self._patience = _PATIENCE
            self.known[0] = None  # so that nothing is marshalled for a while
            return None, LiveShot(values, self._kept(owner))
        shot = PickledShot(data, len(values))
        if not is_sure(new_mark):
            return None, shot
        self.known[place] = new_mark, shot
        return new_mark, shot

    def _kept(self, owner: object) -> tuple[object, ...]:
        return (owner,) if self.is_bound else ()

    def gave(self, entry: Entry, index: int, returned: object) -> None:
        """
        Note that a ``pre`` returned something, which has no effect.
        """
        refuse_awaitable(returned)
        self.facts(entry, index).returned = LiveShot((returned,))

    def settle(self, entry: Entry, index: int, returned: object, result: object) -> object:
        """
        Note that a ``post`` returned something, and give the result after it.
        """
        settled = refuse_awaitable(returned)
        facts = self.facts(entry, index)
        if not issubclass(type(settled), Replace):
            facts.returned = LiveShot((settled,))
            return result
        facts.replaced = True
        facts.returned = LiveShot((settled.value,))
        details = self.details(entry)
        if details.shots:
            values = (*self.watched(entry), result)[: details.shots[-1][1].count]
            _, facts.after = self._renewed(entry, values)
            details.is_stale = True
        return settled.value

    def failed(self, entry: Entry, index: int, exc: BaseException) -> bool:
        """
        Note and log what a hook's method raised; tell whether it goes out to the caller.
        """
        ended = perf_counter()
        phase, hook = self.events[index]
        point = self.hooked.point
        facts = self.facts(entry, index)
        facts.ended = ended
        facts.raised = exc
        facts.swallowed = not goes_out(point, phase, exc)
        return not isinstance(exc, Exception) or (hook is not None and report(point, phase, hook, exc))

    def over(self, entry: Entry, exc: BaseException, kwargs: dict[str, Any]) -> None:
        """
        End a call in which a ``pre`` or the function raised: run the error methods of the hooks that were reached.

        Args:
            entry: The call.
            exc: What was raised.
            kwargs: The caller's keyword arguments.
        """
        details = self.details(entry)
        last = self._begun(entry) - 1
        is_body = last == self.body
        if is_body:
            facts = self.facts(entry, last)
            facts.raised, facts.ended = exc, perf_counter()
        try:
            self._look_again(entry, last + 1)
            details.raised, details.last = exc, last
            if isinstance(exc, Exception):
                hooks = self._hooks if is_body else self._hooks[: self._pres[last] + 1]
                self._run_errors(entry, hooks, exc, kwargs)
        except BaseException as own:
            details.raised = own
            raise
        finally:
            self._end(entry)

    def out(self, entry: Entry, exc: BaseException, result: object) -> None:
        """
        End a call in which a ``post`` raised what goes out.
        """
        details = self.details(entry)
        try:
            self._look_again(entry, max(details.facts, default=self.body) + 1, result)
        finally:
            details.raised = exc
            self._end(entry)

    def _end(self, entry: Entry) -> None:
        entry[self.end] = perf_counter()
        self.tape.end_unusually(entry)
        place_here().top = parent_of(entry)

    def _look_again(self, entry: Entry, index: int, *result: object) -> None:
        shots = self.details(entry).shots
        if shots:
            self.look(entry, index, (*self.watched(entry), *result)[: shots[-1][1].count])

    def _run_errors(self, entry: Entry, hooks: Sequence[AttachedHook], exc: Exception, kwargs: dict[str, Any]) -> None:
        details = self.details(entry)
        for hook in hooks:
            if hook.error is not None:
                announce(self.hooked.point, "error", hook)
                facts = ErrorFacts(hook, exc, LiveShot((*self.watched(entry), exc), self._kept(entry[FIRST])))
                details.errors.append(facts)
                self.tape.begin_error(entry)
                try:
                    self._run_error(entry, facts, hook.error, kwargs)
                except Exception as own:  # noqa: BLE001 - the original exception goes on
                    leave_out_own_frames(own)
                    report(self.hooked.point, "error", hook, own)

    def _run_error(self, entry: Entry, facts: ErrorFacts, method: Callable[..., Any], kwargs: dict[str, Any]) -> None:
        try:
            args = entry[FIRST : FIRST + self.positional]
            facts.returned = LiveShot((refuse_awaitable(method(*self.hooked.lead, facts.error, *args, **kwargs)),))
        except BaseException as own:
            facts.raised = own
            facts.swallowed = isinstance(own, Exception)
            raise
        finally:
            ended = perf_counter()
            facts.after = LiveShot((*self.watched(entry), facts.error), self._kept(entry[FIRST]))
            facts.ended = ended

    def running(self, entry: Entry) -> tuple[str, AttachedHook | None]:
        """
        Give the phase and the hook of the event that is under way.
        """
        details = entry[2]
        if isinstance(details, Details) and details.errors:
            return "error", details.errors[-1].hook
        return self.events[self._begun(entry) - 1]

    def _begun(self, entry: Entry) -> int:
        """
        Tell how many events of a call began, but for those of the phase ``error``.
        """
        return sum(time is not None for time in entry[self.times : self.end])

    def watched(self, entry: Entry) -> tuple[Any, ...]:
        """
        Give the arguments, those that cannot change and what the function is a method of as None.
        """
        values = [value if self.is_lively(value) else None for value in entry[FIRST : self.times]]
        if self.is_bound:
            values[0] = None
        return tuple(values)

    def details(self, entry: Entry) -> Details:
        """
        Give the details of a call, made now if there are none.
        """
        details = details_of(entry)
        if details is None:
            details = Details(entry[2], None)
        entry[2] = details
        return details

    def facts(self, entry: Entry, index: int) -> Facts:
        """
        Give what is unusual about an event, made now if nothing was.
        """
        return self.details(entry).facts.setdefault(index, Facts())
