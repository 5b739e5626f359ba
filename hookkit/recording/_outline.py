"""
Calls and their events as text, for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hookkit.recording._text import show, show_exception

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hookkit.recording._records import RecordedCall, RecordedEvent

_WIDTH = 78
_INDENT = "  "
_LEAST_MS = 50_000  # in nanoseconds; what is less would be written as 0.0 ms
_LEAST_S = 999_950_000  # in nanoseconds; what is less is not 1000.0 ms


def outline(events: Iterable[RecordedEvent], *, times: bool = False, width: int = _WIDTH) -> str:
    """
    Show calls, the events in them, and what these changed; a call that was made in an event stands under it.

    Args:
        events: The recorded events.
        times: Whether each line ends with how long it took.
            Without them the text is the same each time the same is done.
        width: Where the times end, in characters.

    Returns:
        The lines, without a line break at the end; empty if there are no events.
    """
    return "\n".join(
        _line(text, duration_ns, width) if times else text for text, duration_ns in _Outline(list(events)).lines()
    )


def event_line(event: RecordedEvent) -> str:
    """
    Show an event as a line of a list: ``pre  create_instance AuditHook``.
    """
    words = [f"{event.phase:<4}", event.point, *([] if event.hook is None else [event.hook.name]), outcome(event)]
    return " ".join(filter(None, words))


def outcome(event: RecordedEvent) -> str:
    """
    Show how an event ended: what it returned or replaced, or what it raised and what became of that.
    """
    if event.raised is not None:
        how = "swallowed" if event.swallowed else "suppressed" if event.suppressed else "raised"
        return f"{how} {show_exception(event.raised)}"
    if not event.is_finished:
        return "not over"
    if event.replaced:
        return f"replaced the result -> {show(event.returned)}"
    return f"-> {show(event.returned)}" if event.hook is None or event.returned is not None else ""


class _Outline:
    """
    The events of a recording, by the calls that they are in.
    """

    def __init__(self, events: list[RecordedEvent]) -> None:
        self._events: dict[RecordedCall, list[RecordedEvent]] = {}
        self._within: dict[RecordedEvent | None, list[RecordedCall]] = {}
        for event in events:
            call = event.call
            if call not in self._events:
                self._events[call] = []
                outer = None if call.parent is None else self._events.get(call.parent)
                self._within.setdefault(outer[-1] if outer else None, []).append(call)
            self._events[call].append(event)

    def lines(self, event: RecordedEvent | None = None, indent: str = "") -> Iterator[tuple[str, int | None]]:
        """
        Give the lines of the calls that were made in *event*, and how long each took; of those at the top if None.
        """
        for call in self._within.get(event, ()):
            yield f"{indent}{_call_line(call)}", call.duration_ns
            phases = max(len("body "), *(len(inner.phase) + 1 for inner in self._events[call]))
            for inner in self._events[call]:
                words = filter(None, ("" if inner.hook is None else inner.hook.name, outcome(inner)))
                text = f"{indent}{_INDENT}{inner.phase:<{phases}} {_INDENT.join(words)}"
                yield text.rstrip(), inner.duration_ns
                deeper = f"{indent}{_INDENT}{' ' * phases} "
                for path, before, after in inner.changes:
                    yield f"{deeper}{path}: {show(before)} -> {show(after)}", None
                yield from self.lines(inner, deeper)


def call_text(call: RecordedCall) -> str:
    """
    Show a call as it was made: ``create_instance('ctx', name='vm-1')``.
    """
    if call.tick is not None:
        return f"{call.point} (tick {call.tick})"
    args = call.args[1:] if call.is_bound else call.args
    passed = [*map(show, args), *(f"{name}={show(value)}" for name, value in call.kwargs.items())]
    return f"{call.point}({', '.join(passed)})"


def _call_line(call: RecordedCall) -> str:
    text = call_text(call)
    if call.raised is not None:
        return f"{text} raised {show_exception(call.raised)}"
    if not call.is_finished:
        return f"{text} not over"
    return text if call.tick is not None else f"{text} -> {show(call.result)}"


def _line(text: str, duration_ns: int | None, width: int) -> str:
    if duration_ns is None:
        return text
    time = _time(duration_ns)
    return f"{text}{time:>{max(len(time) + 2, width - len(text))}}".rstrip()


def _time(duration_ns: int) -> str:
    if duration_ns < _LEAST_MS:
        return f"{max(1, round(duration_ns / 1_000))} µs"
    if duration_ns < _LEAST_S:
        return f"{duration_ns / 1_000_000:.1f} ms"
    return f"{duration_ns / 1_000_000_000:.1f} s "
