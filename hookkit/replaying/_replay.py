"""
Replaying a recording through a hook.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._hooks import class_path, describe
from hookkit.exceptions import MisuseError
from hookkit.recording import Recording, RecordingFile, RecordingLines, outline, was_cut
from hookkit.recording._assertions import Assertions
from hookkit.recording._recorded_events import RecordedEvents
from hookkit.replaying._driving import Drive, ReplayRecorder
from hookkit.replaying._hooks import OwnLoop, ReplayedHook, find, is_driver, make
from hookkit.replaying._selection import Selection, Wanted, facts_of_events, facts_of_lines, select

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hookkit.interfaces import Configuration
    from hookkit.recording import RecordedEvent
    from hookkit.replaying._differences import ReplayDifference
    from hookkit.replaying._selection import Fact

    Progress = Callable[[int, int], object]

MOST_DIFFERENCES = 1000
_ENABLED = ("pre", "post", "periodic")
_TOLD_EVENTS = 100  # how many are read between two words on the progress


@dataclass
class PointReplay:
    """
    What of a hook point was replayed.

    Attributes:
        group: The group of the hook point.
        point: Its name.
        calls: How many calls the hook was given.
        events: How often it was called in them.
        differences: How many differences there were.

    .. versionadded:: 0.1
    """

    group: str
    point: str
    calls: int = 0
    events: int = 0
    differences: int = 0


class _Tally:
    """
    Counts what a replay tells.
    """

    def __init__(self, selection: Selection) -> None:
        self.points = {key: PointReplay(*key) for key in sorted(selection.points)}
        self.differences: list[ReplayDifference] = []
        self.cut = 0

    def begin(self, event: RecordedEvent) -> None:
        """
        Take note of a call that begins.
        """
        self.points[event.group, event.point].calls += 1

    def add(self, replayed: RecordedEvent | None, differences: list[ReplayDifference], event: RecordedEvent) -> None:
        """
        Take note of an event of the hook, and of what is different.
        """
        point = self.points[event.group, event.point]
        point.events += replayed is not None
        point.differences += len(differences)
        self.cut += any(map(was_cut, (*event.args, *event.kwargs.values(), event.result)))
        self.differences += differences[: MOST_DIFFERENCES - len(self.differences)]


class Replay(RecordedEvents, Assertions):
    """
    The events of a hook in a replay, in order; equal to any list of patterns that match one by one.

    ``assert_sequence`` and the other assertions of a `hookkit.Recorder` are there, too.

    Attributes:
        hook: The hook, as an object; the last one, if it was made for each test.
        was_recorded: Whether the recording has events of the hook, with which it was compared.
        points: What was replayed, by hook point.
        differences: What the hook did otherwise than was recorded, the first thousand; what it raised, if nothing was
            recorded of it.
        difference_count: How many differences there were in all.
        cut: How many of the recorded events had arguments or a result of which a part was left out when they were
            recorded, so that the hook was given less than it was then.
        dropped: How many events are no longer there because of the limit.
        lost: What of the recording could not be used, in a sentence; None if all could.

    .. versionadded:: 0.1
    """

    def __init__(
        self, hook: object, recorder: ReplayRecorder, tally: _Tally, *, was_recorded: bool, lost: str | None
    ) -> None:
        self._lock = recorder._lock  # noqa: SLF001 - it is its own recorder
        self._events = recorder._events  # noqa: SLF001
        super().__init__(self._events)
        self.events = self
        self.hook = hook
        self.was_recorded = was_recorded
        self.points = tuple(tally.points.values())
        self.differences = tuple(tally.differences)
        self.difference_count = sum(point.differences for point in self.points)
        self.cut = tally.cut
        self.lost = lost
        self._recorder = recorder

    @property
    def calls(self) -> int:
        """
        How many recorded calls the hook was given.
        """
        return sum(point.calls for point in self.points)

    @property
    def dropped(self) -> int:
        """
        How many events are no longer there because of the limit.
        """
        return self._recorder.dropped

    @property
    def swallowed(self) -> RecordedEvents:
        """
        The events whose exception a host would have swallowed.
        """
        return self._recorder.swallowed

    def outline(self, *, times: bool = False) -> str:
        """
        Show the events and what they changed, as a text that is the same on each run; see `hookkit.Recorder.outline`.
        """
        return outline(self, times=times)


class _Source(NamedTuple):
    """
    What is replayed.
    """

    name: str
    facts: Callable[[], Iterable[Fact]]
    events: Callable[[], Iterable[RecordedEvent]]
    size: int
    lost: str | None


def replay(
    recording: Recording | str | os.PathLike[str],
    hook: object,
    *,
    point: str | None = None,
    group: str | None = None,
    configuration: Mapping[str, Any] | Configuration | None = None,
    pass_function: bool | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Replay:
    """
    Give a hook what was recorded, in the same order, and tell what it does differently.

    If the recording has events of the hook, known by its class path, it is given the arguments of these, each as they
    were then, and what it does is compared with what it did.
    Otherwise it is given the calls of a hook point whose function ran: that of the entry point, the one that is asked
    for, the only one that there is; a driver hook those of all functions that run driver hooks.
    Methods that the hook has now and had not then are called as well.
    A class is made into an object once; of a recording of tests anew for each test, as fake entry points are.

    What the hook raises is dealt with as hosts do: a fatal exception in ``pre`` ends the call, any other is swallowed.
    Nothing else is run: the host's function, its other hooks, and the objects among the arguments are stand-ins.
    Asynchronous methods are run to their end, one after the other.

    >>> from hookkit import HookRegistry, Recorder, replay
    >>> from hookkit.recording import RecordingWriter
    >>> class Audit:
    ...     word = "audited"
    ...     def pre(self, items):
    ...         items.append(self.word)
    >>> registry = HookRegistry("shop.hooks")
    >>> registry.register("order", Audit)
    >>> order = registry.add_hook("order")(lambda items: len(items))
    >>> with RecordingWriter("shop.jsonl") as writer, Recorder(writer=writer):
    ...     _ = order(["tea"])
    >>> replay("shop.jsonl", Audit).differences
    ()
    >>> Audit.word = "seen"
    >>> for difference in replay("shop.jsonl", Audit).differences:
    ...     print(difference)
    pre order (event 1): items[1]: recorded 'audited', replayed 'seen'

    Args:
        recording: The recording, or its file, which is read bit by bit.
        hook: The hook's class, or whatever else an entry point may name; ``"package.module:Class"``; an entry point; a
            driver hook's class; the hook itself, which keeps what it knows.
        point: The name of the hook point whose calls are replayed; of all in which the hook was recorded, if None.
        group: The group of that hook point, if several have one of that name.
        configuration: The configuration of a driver hook.
            A mapping need not say all: if the hook was recorded, the phases in which it was are enabled, and errors are
            suppressed as they were; otherwise all phases are enabled.
        pass_function: Whether the hook's methods are given the function first, as with ``pass_function=True`` there.
            If None, as it was recorded of the hooks of that hook point; not at all if none of them was called.
            A stand-in is passed, which gives what the host's function gave.
        limit: How many events to keep, the last ones; all of them if None.
        progress: Called every now and then with how many events were read, and how many there are.

    Returns:
        The events of the hook, and what is different.

    Raises:
        RecordingError: If the recording cannot be read.
        HookLoadError: If the hook cannot be had.
        InvalidValueError: If there are no such calls, or it is not clear which are meant.
        MisuseError: If an asynchronous hook is replayed where an event loop is running.

    .. versionadded:: 0.1
    """
    target, entry_point = find(hook)
    made = None if isinstance(target, type) else make(target, configuration, _derived(None))
    path = class_path(target if made is None else made)
    usual = None if entry_point is None else (entry_point.group, entry_point.name)
    wanted = Wanted(path, is_driver(target if made is None else made), group, point, usual)
    with _opened(recording, progress) as source, OwnLoop() as loop:
        selection = select(source.facts, wanted, source.name)

        def make_hook() -> ReplayedHook:
            obj = make(target, configuration, _derived(selection)) if made is None else made
            return ReplayedHook(obj, entry_point, loop)

        recorder, tally = ReplayRecorder(limit), _Tally(selection)
        drive = Drive(make_hook, selection, recorder, tally, pass_function=pass_function)
        for event in _watched(source, progress):
            drive.take(event)
        return Replay(drive.hook.obj, recorder, tally, was_recorded=selection.is_own, lost=source.lost)


def _watched(source: _Source, progress: Progress | None) -> Iterator[RecordedEvent]:
    for number, event in enumerate(source.events()):
        if progress is not None and number % _TOLD_EVENTS == 0:
            progress(number, source.size)
        yield event
    if progress is not None:
        progress(source.size, source.size)


@contextmanager
def _opened(recording: Recording | str | os.PathLike[str], progress: Progress | None) -> Iterator[_Source]:
    if isinstance(recording, Recording):
        events = recording.events
        name = str(recording.path)
        yield _Source(name, lambda: facts_of_events(events), lambda: events, len(events), recording.lost)
        return
    try:
        path = Path(recording)
    except TypeError as exc:
        msg = f"replay() got {describe(recording)}. Give a recording, or the path of one."
        raise MisuseError(msg) from exc
    with RecordingFile(path) as file:

        def facts() -> Iterator[Fact]:
            with RecordingLines(path) as lines:
                for number, fact in enumerate(facts_of_lines(lines)):
                    if progress is not None and number % _TOLD_EVENTS == 0:
                        progress(0, file.count_of_events)  # this is little beside the rest, and yet takes a while
                    yield fact

        yield _Source(str(path), facts, file.events, file.count_of_events, file.lost)


def _derived(selection: Selection | None) -> dict[str, Any]:
    """
    Give the configuration that a driver hook seems to have had.
    """
    if selection is None or not selection.is_own:
        return {f"enable_{phase}_hooks": True for phase in _ENABLED}
    enabled = {f"enable_{phase}_hooks": phase in selection.phases for phase in _ENABLED}
    return enabled | {f"suppress_{phase}_hooks_errors": phase in selection.suppressed for phase in ("pre", "post")}
