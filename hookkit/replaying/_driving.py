"""
The way through a recording: each event in its turn, and what the hook does then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit._events import HookCall, Watch
from hookkit._watching import Observer
from hookkit.recording import Recorder
from hookkit.recording._codec import plain
from hookkit.recording._snapshot import ATOMS
from hookkit.replaying._differences import Origin, compared, extra, raised
from hookkit.replaying._hooks import PHASES, NoLoopError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from hookkit.recording import RecordedCall, RecordedEvent
    from hookkit.replaying._differences import ReplayDifference
    from hookkit.replaying._hooks import ReplayedHook
    from hookkit.replaying._selection import Selection

    class Listener(Protocol):
        """
        Told how a replay goes: of each call that begins, by its first event; of each event of the hook.
        """

        def begin(self, event: RecordedEvent, /) -> object: ...

        def add(
            self, replayed: RecordedEvent | None, differences: list[ReplayDifference], event: RecordedEvent, /
        ) -> object: ...


class ReplayRecorder(Recorder):
    """
    A recorder that hears nothing but the replay.

    Attributes:
        over: The events that were over and were not looked at.
    """

    def __init__(self, limit: int | None) -> None:
        super().__init__(limit=limit, writer=self)
        self.over: list[RecordedEvent] = []

    @property
    def observer(self) -> Observer:
        """
        What tells it.
        """
        return Observer(self._before, self._after, self._finished)

    def write_event(self, event: RecordedEvent) -> None:
        """
        Take note of an event that is over.
        """
        self.over.append(event)

    def write_call(self, call: RecordedCall) -> None:
        """
        Take no note of a call.
        """


class Drive:
    """
    The way through a recording.

    Args:
        make_hook: Makes the hook, anew for each test of the recording.
        selection: The calls that it is given.
        recorder: What records what it does.
        listener: Told how it goes.
        pass_function: Whether the hook's methods are given the function before all else; as recorded, if None.
    """

    def __init__(
        self,
        make_hook: Callable[[], ReplayedHook],
        selection: Selection,
        recorder: ReplayRecorder,
        listener: Listener,
        *,
        pass_function: bool | None,
    ) -> None:
        self.hook = make_hook()
        self.selection = selection
        self.recorder = recorder
        self.observer = recorder.observer
        self.listener = listener
        self._pass_function = pass_function
        self._make_hook = make_hook
        self._test: str | None = None
        self._open: dict[int, _ReplayedCall] = {}

    def take(self, event: RecordedEvent) -> None:
        """
        Come to the next event of the recording.
        """
        seq = event.call.seq
        last = self.selection.last_of(seq)
        if last is None:
            return
        call = self._open.get(seq)
        if call is None:
            self._come_to_test(event.call.test_id)
            self.listener.begin(event)
            call = self._open[seq] = _ReplayedCall(self, event)
        call.take(event)
        if event.seq >= last:
            call.end(event)
            del self._open[seq]

    def passes_function(self, call: RecordedCall) -> bool:
        """
        Tell whether the hook's methods are given the function of a call before all else.
        """
        if self._pass_function is None:
            return (call.group, call.point) in self.selection.passing
        return self._pass_function

    def _come_to_test(self, test: str | None) -> None:
        """
        Go on with another hook in another test, as hooks do that the test finds by fake entry points.
        """
        if self._test is not None and test != self._test:
            self.hook = self._make_hook()
        self._test = test


class _ReplayedCall:
    """
    A call that is being replayed.
    """

    def __init__(self, drive: Drive, first: RecordedEvent) -> None:
        recorded = first.call
        self._drive = drive
        self._hook = drive.hook
        self._recorded = recorded
        call = HookCall(
            recorded.group,
            recorded.point,
            None,
            recorded.args,
            recorded.kwargs,
            tick=recorded.tick,
            signature=recorded.signature,
        )
        self._watch = Watch(call, [drive.observer])
        self._body: RecordedEvent | None = None
        self._lead = (_stand_in_function(recorded, self),) if drive.passes_function(recorded) else ()
        self._turns: list[_Turn] = []
        if not drive.selection.is_own:
            self._begin_other(first)
        elif self._has("body") and not self._has("pre") and self._hook.has("pre"):
            self._extra(self._turn(0), "pre", first)

    def outcome(self) -> Any:
        """
        Do as the recorded function did.
        """
        if self._body is not None and self._body.raised is not None:
            raise self._body.raised
        return None if self._body is None else self._body.returned

    def take(self, event: RecordedEvent) -> None:
        """
        Come to the next event of the call.
        """
        if event.phase == "body":
            self._body = event
        elif self._drive.selection.is_own and self._is_mine(event):
            turn = self._turn(next((n for n, turn in enumerate(self._turns) if event.phase not in turn.seen), -1))
            turn.seen.add(event.phase)
            self._own(turn, event)

    def end(self, event: RecordedEvent) -> None:
        """
        Come to the end of the call: what the hook does that was not recorded of it.
        """
        for turn in self._turns:
            if turn.failure is not None:
                if "error" not in turn.seen and self._hook.has("error") and isinstance(turn.failure, Exception):
                    self._extra(turn, "error", event, (turn.failure,))
            elif self._body is not None and self._body.is_finished:
                self._after_body(turn, self._body, event)
            elif self._recorded.raised is not None:
                self._after_failure(turn, self._recorded.raised, event)
        failure = next((turn.failure for turn in self._turns if turn.failure is not None), self._recorded.raised)
        self._watch.call.result = None if failure is not None else self._recorded.result
        self._watch.__exit__(None, failure, None)

    def _begin_other(self, first: RecordedEvent) -> None:
        turn = self._turn(0)
        if first.phase == "periodic":
            if self._hook.has("periodic"):
                turn.given = (first.args, first.kwargs)
                self._extra(turn, "periodic", first)
        elif self._hook.has("pre"):
            self._extra(turn, "pre", first)

    def _after_body(self, turn: _Turn, body: RecordedEvent, event: RecordedEvent) -> None:
        if body.raised is not None:
            self._after_failure(turn, body.raised, event)
        elif "post" not in turn.seen and self._recorded.raised is None and self._hook.has("post"):
            self._extra(turn, "post", event, (body.returned,))

    def _after_failure(self, turn: _Turn, failure: BaseException, event: RecordedEvent) -> None:
        if (
            "error" not in turn.seen
            and not turn.failed_then
            and self._hook.has("error")
            and isinstance(failure, Exception)
        ):
            self._extra(turn, "error", event, (failure,))

    def _own(self, turn: _Turn, event: RecordedEvent) -> None:
        """
        Replay an event that was recorded of the hook.
        """
        phase = event.phase
        if phase == "pre":
            turn.failed_then = event.raised is not None and not (event.swallowed or event.suppressed)
        if phase not in PHASES or not self._hook.has(phase):
            self._missing(event, self._hook.why_not(phase))
            return
        given: tuple[Any, ...] = ()
        if phase == "post":
            if turn.failure is not None:
                self._missing(event, "its pre raised")
                return
            given = (event.result,)
        elif phase == "error":
            if turn.failed_then and turn.failure is None and self._hook.has("pre"):
                self._missing(event, "its pre did not raise")
                return
            given = (turn.failure or event.error,)
        turn.go_on(event)
        replayed = self._run(turn, phase, given)
        differences = list(compared(event, replayed)) if event.is_finished else []
        self._drive.listener.add(replayed, differences, event)

    def _extra(self, turn: _Turn, phase: str, near: RecordedEvent, given: tuple[Any, ...] = ()) -> None:
        """
        Run what was not recorded of the hook.
        """
        replayed = self._run(turn, phase, given)
        origin = Origin(near.group, near.point, phase, near.seq)
        differences = [extra(replayed, origin)] if self._drive.selection.is_own else []
        if replayed.raised is not None and not differences:
            differences = [raised(replayed, origin)]
        self._drive.listener.add(replayed, differences, near)

    def _missing(self, event: RecordedEvent, reason: str) -> None:
        origin = Origin(event.group, event.point, event.phase, event.seq)
        self._drive.listener.add(None, [origin.difference("missing", "missing", "a call", reason)], event)

    def _run(self, turn: _Turn, phase: str, given: tuple[Any, ...]) -> RecordedEvent:
        call = self._watch.call
        call.args, call.kwargs = turn.given
        try:
            returned = self._hook.run(self._watch, phase, self._lead, given, turn.data)
        except (KeyboardInterrupt, NoLoopError):
            raise
        except BaseException as exc:  # noqa: BLE001 - whatever the hook raises is what the replay is to tell
            if phase == "pre" and self._hook.goes_out(phase, exc):
                turn.failure = exc
        else:
            if phase == "pre":
                turn.data = returned
        return self._drive.recorder.over.pop()

    def _is_mine(self, event: RecordedEvent) -> bool:
        return event.hook is not None and event.hook.class_path == self._hook.attached.class_path

    def _has(self, phase: str) -> bool:
        return self._drive.selection.has(self._recorded.seq, phase)

    def _turn(self, number: int) -> _Turn:
        """
        Give one turn of the hook in the call, of which there are several where it is attached several times.
        """
        if not 0 <= number < len(self._turns):
            self._turns.append(_Turn(self._recorded.args, self._recorded.kwargs))
            number = -1
        return self._turns[number]


class _Turn:
    """
    What the hook is given in the course of one call, and what of it is carried on from phase to phase.

    Attributes:
        given: The arguments, as the hook was given them last.
        data: What a driver hook's pre gave.
        failure: What its pre raised, if that ended the call.
        failed_then: Whether it did so when it was recorded.
        seen: The phases that were recorded.
    """

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.given = (args, kwargs)
        self.data: Any = None
        self.failure: BaseException | None = None
        self.failed_then = False
        self.seen: set[str] = set()
        self._recorded: dict[int | str, Any] | None = None

    def go_on(self, event: RecordedEvent) -> None:
        """
        Take over the arguments of a recorded event.

        One that nobody but the hook changed since its last phase is the same object as then, as it is in the host.
        """
        new = _by_key(event.args, event.kwargs)
        encoded = {key: plain(value) for key, value in new.items() if type(value) not in ATOMS}
        if self._recorded is not None:
            old = _by_key(*self.given)
            for key in encoded.keys() & self._recorded.keys() & old.keys():
                if encoded[key] in (self._recorded[key], plain(old[key])):
                    new[key] = old[key]
        self._recorded = encoded
        self.given = tuple(new[n] for n in range(len(event.args))), {name: new[name] for name in event.kwargs}


def _by_key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[int | str, Any]:
    by_key: dict[int | str, Any] = dict(enumerate(args))
    by_key.update(kwargs)
    return by_key


def _stand_in_function(recorded: RecordedCall, call: _ReplayedCall) -> Callable[..., Any]:
    """
    Make what stands for the host's function: it does as that did.
    """

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        del args, kwargs
        return call.outcome()

    module, _, name = (recorded.function_path or "").rpartition(":")
    stand_in.__module__, stand_in.__qualname__ = module, name or recorded.point
    stand_in.__name__ = stand_in.__qualname__.rpartition(".")[2]
    return stand_in
