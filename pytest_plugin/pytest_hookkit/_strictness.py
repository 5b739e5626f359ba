"""
What a test has to answer for at its end: errors that were swallowed, and fakes that nothing used.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hookkit import recording
from pytest_hookkit._target import shown_path
from pytest_hookkit._tracebacks import is_own
from pytest_hookkit._warnings import PytestHooksWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Self

    from hookkit.recording import RecordedCall, RecordedEvent, RecordedHook
    from pytest_hookkit._options import HookOptions

_MOST_SHOWN = 5
_MOST_LINES = 6
_INDENT = "  "


class HookChecks:
    """
    The checks of one test, judged at the end of its call phase.

    A context manager: swallowed errors count from its ``with`` on.

    Args:
        options: The options of the test.
        config: The configuration of pytest, for the paths in messages.
    """

    def __init__(self, options: HookOptions, config: pytest.Config) -> None:
        self.options = options
        self.swallowed = SwallowedErrors(config)
        self._unused: list[Callable[[], Iterable[str]]] = []
        self._refused: list[Callable[[], Iterable[str]]] = []
        self._wrong: list[Callable[[], Iterable[str]]] = []

    def __enter__(self) -> Self:
        self.swallowed.watch()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.swallowed.stop()

    def expect_use(self, unused: Callable[[], Iterable[str]]) -> None:
        """
        Ask *unused* at the end of the test what it set up and did not use: a line for each thing.
        """
        self._unused.append(unused)

    def expect_load(self, refused: Callable[[], Iterable[str]]) -> None:
        """
        Ask *refused* at the end of the test which of its hooks could not be had: a message for each.
        """
        self._refused.append(refused)

    def expect_right(self, wrong: Callable[[], Iterable[str]]) -> None:
        """
        Ask *wrong* at the end of the test what no test is allowed: a message for each thing.
        """
        self._wrong.append(wrong)

    def judge(self, item: pytest.Item) -> None:
        """
        Fail the test, or warn, if there is anything that it does not allow.
        """
        __tracebackhide__ = True
        findings = [
            ("swallowed_errors", self.swallowed.finding()),
            ("swallowed_errors", _refused_finding([line for refused in self._refused for line in refused()])),
            ("unused", _unused_finding([line for unused in self._unused for line in unused()])),
        ]
        wrong = [message for wrong in self._wrong for message in wrong()]
        wanted: dict[str, list[str]] = {"fail": wrong, "warn": [], "ignore": []}
        for option, finding in findings:
            if finding is not None:
                wanted[getattr(self.options, option)].append(finding)
        for finding in wanted["warn"]:
            item.warn(PytestHooksWarning(finding))
        if wanted["fail"]:
            pytest.fail("\n\n".join(wanted["fail"]), pytrace=False)


class SwallowedErrors:
    """
    The errors that the runtime swallowed in a test.

    Until the test has a recorder of its own, one that keeps nothing else takes note of them.
    Both hear only what belongs to the test, as far as that can be told: others may run in other threads.

    Args:
        config: The configuration of pytest, for the paths in messages.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._events: list[RecordedEvent] = []
        self._own = recording.Recorder(limit=0, writer=self, scope="context")
        self._recorders: list[Recorder] = []
        self._excuses: list[Callable[[RecordedEvent], bool]] = []

    def excuse(self, is_meant: Callable[[RecordedEvent], bool]) -> None:
        """
        Leave out the errors of events for which *is_meant* is true.
        """
        self._excuses.append(is_meant)

    def watch(self) -> None:
        """
        Take note from now on.
        """
        self._own.__enter__()

    def stop(self) -> None:
        """
        Take no more note, but of what `recorder` records.
        """
        self._own.__exit__(None, None, None)

    def recorder(self) -> Recorder:
        """
        Make the recorder of the test; what it records is looked at by looking at it there.
        """
        self.stop()
        recorder = Recorder(self._events)
        self._recorders.append(recorder)
        return recorder

    def write_event(self, event: RecordedEvent) -> None:
        """
        Take note of an event that is over, as a recorder's writer.
        """
        if event.swallowed:
            self._events.append(event)

    def write_call(self, call: RecordedCall) -> None:
        """
        Take note of nothing.
        """

    def finding(self) -> str | None:
        """
        Say which errors nobody looked at; None if there is none.
        """
        noted = [*self._events, *(event for recorder in self._recorders for event in recorder.overlooked)]
        events = [event for event in noted if not (event.is_looked_at or self._is_meant(event))]
        if not events:
            return None
        head = "a hook raised, and the host went on without it."
        if len(events) > 1:
            head = f"hooks raised {len(events)} times, and the host went on without them."
        lines = [head]
        for event in events[:_MOST_SHOWN]:
            lines += self._describe(event)
        if len(events) > _MOST_SHOWN:
            lines.append(f"{_INDENT}... and {len(events) - _MOST_SHOWN} more")
        mark = '@pytest.mark.hooks(swallowed_errors="ignore")'
        lines.append(f"Meant to happen? Look at hook_recorder.swallowed in the test, or mark it {mark}.")
        return "\n".join([*lines, _for_all("swallowed_errors")])

    def _is_meant(self, event: RecordedEvent) -> bool:
        return any(is_meant(event) for is_meant in self._excuses)

    def _describe(self, event: RecordedEvent) -> Iterable[str]:
        place = event.phase if event.point == event.phase else f"{event.phase} {event.point}"
        yield f"{_INDENT}{place}{'' if event.hook is None else f' by {_named(event.hook)}'}"
        text = "".join(traceback.format_exception_only(event.raised))
        yield from (f"{_INDENT}{line}" for line in _shortened(text.splitlines()))
        yield from (f"{_INDENT * 2}{frame}" for frame in _shortened(list(map(self._shown, _frames(event)))))

    def _shown(self, frame: traceback.FrameSummary) -> str:
        place = f"{shown_path(Path(frame.filename), self._config)}:{frame.lineno} in {frame.name}"
        return f"{place}:  {frame.line}" if frame.line else place


class Recorder(recording.Recorder):
    """
    The recorder of a test, which has to answer for what it forgets, too.

    Args:
        overlooked: Takes the events that are forgotten and whose exceptions nobody looked at.
    """

    def __init__(self, overlooked: list[RecordedEvent]) -> None:
        super().__init__(scope="context")
        self._forgotten = overlooked

    def clear(self) -> None:
        """
        Forget what was recorded so far; numbers go on.
        """
        self._forgotten += self.overlooked
        super().clear()


def _named(hook: RecordedHook) -> str:
    origin = " ".join(filter(None, (hook.distribution, hook.version)))
    return f"{hook.class_path} ({origin})" if origin else hook.class_path


def _frames(event: RecordedEvent) -> list[traceback.FrameSummary]:
    """
    Give the frames in which an event's exception went through the hook, the one that raised it last.

    If the hook never ran, as with arguments that it does not take, that is where its method is defined.
    """
    frames = traceback.extract_tb(None if event.raised is None else event.raised.__traceback__)
    while frames and is_own(frames[0].filename):
        del frames[0]
    method = None if event.hook is None else getattr(event.hook.obj, event.phase, None)
    code = getattr(method, "__code__", None)
    if frames or code is None:
        return frames
    return [traceback.FrameSummary(code.co_filename, code.co_firstlineno, event.phase)]


def _shortened(lines: list[str]) -> list[str]:
    """
    Leave out the middle of what would be too long.
    """
    if len(lines) <= _MOST_LINES:
        return lines
    half = _MOST_LINES // 2
    return [*lines[:half], "...", *lines[-half:]]


def _refused_finding(lines: Sequence[str]) -> str | None:
    if not lines:
        return None
    head = "a hook could not be loaded, and the host went on without it."
    if len(lines) > 1:
        head = f"{len(lines)} hooks could not be loaded, and the host went on without them."
    shown = [f"{_INDENT}{line}" for line in lines[:_MOST_SHOWN]]
    if len(lines) > _MOST_SHOWN:
        shown.append(f"{_INDENT}... and {len(lines) - _MOST_SHOWN} more")
    mark = '@pytest.mark.hooks(swallowed_errors="ignore")'
    return "\n".join([head, *shown, f"Meant to happen? Mark the test {mark}.", _for_all("swallowed_errors")])


def _unused_finding(lines: Sequence[str]) -> str | None:
    if not lines:
        return None
    what = "something" if len(lines) == 1 else f"{len(lines)} things"
    shown = [f"{_INDENT}{line}" for line in lines[:_MOST_SHOWN]]
    if len(lines) > _MOST_SHOWN:
        shown.append(f"{_INDENT}... and {len(lines) - _MOST_SHOWN} more")
    mark = '@pytest.mark.hooks(unused="ignore")'
    head = f"the test set up {what} that nothing used."
    return "\n".join([head, *shown, f"Meant to be there? Mark the test {mark}.", _for_all("unused")])


def _for_all(option: str) -> str:
    return f"For all tests: hooks_{option} = ignore in pytest's configuration."
