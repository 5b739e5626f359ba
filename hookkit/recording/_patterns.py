"""
Patterns: what a test expects of an event.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._hooks import class_path, describe
from hookkit.exceptions import MisuseError
from hookkit.recording._changes import ABSENT
from hookkit.recording._differences import (
    Difference,
    differences,
    differences_of_args,
    differences_of_arguments,
)
from hookkit.recording._recorded_events import is_equal
from hookkit.recording._records import RecordedEvent, path_of
from hookkit.recording._stand_ins import RecordedException
from hookkit.recording._text import LONGEST_IN_FULL, show, show_exception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from hookkit.recording._records import HookKey

    ExceptionKind = type[BaseException] | tuple[type[BaseException], ...]

_MOST_PATHS = 3


class Raising(NamedTuple):
    """
    An exception that is expected.
    """

    kind: ExceptionKind
    match: str | re.Pattern[str] | None

    def accepts(self, raised: BaseException | None) -> bool:
        """
        Tell whether *raised* is of the kind, and its text has a match.
        """
        if not isinstance(raised, self.kind) and not self._has_class_of(raised):
            return False
        try:
            return self.match is None or re.search(self.match, str(raised)) is not None
        except Exception:  # noqa: BLE001 - an exception whose __str__ raises matches nothing
            return False

    def _has_class_of(self, raised: object) -> bool:
        """
        Tell whether *raised* stands for an exception that was read from a recording, and was one of the kind.
        """
        if not isinstance(raised, RecordedException):
            return False
        paths = {raised.__recorded__.type, *raised.__recorded_bases__}
        return any(class_path(kind) in paths for kind in (self.kind if isinstance(self.kind, tuple) else (self.kind,)))

    def __str__(self) -> str:
        kinds = self.kind if isinstance(self.kind, tuple) else (self.kind,)
        names = " or ".join(kind.__name__ for kind in kinds)
        if self.match is None:
            return names
        return f"{names} matching {show(self.match if isinstance(self.match, str) else self.match.pattern)}"


class EventPattern:
    """
    What a test expects of an event: equal to each event that fits all that it names, on either side of ``==``.

    Made by `pre`, `post`, `body`, `error` and `periodic`.
    It cannot be changed; each method gives another pattern that expects more.

    Args:
        phase: The phase, such as ``pre``.
        point: The name of the hook point; any if None.
        hook: The hook's class, the hook itself, or its class path ``package.module:Class``; any if None.

    .. versionadded:: 0.1
    """

    __slots__ = ("_args", "_arguments", "_changes", "_hook", "_phase", "_point", "_raising", "_result", "_returning")

    def __init__(self, phase: str, point: str | None = None, *, hook: HookKey | None = None) -> None:
        if not (point is None or isinstance(point, str)):
            msg = f"{phase}() needs the name of a hook point, got {describe(point)}. Give a hook as hook=."
            raise MisuseError(msg)
        self._phase = phase
        self._point = point
        self._hook = hook
        self._args: tuple[tuple[Any, ...], dict[str, Any]] | None = None
        self._arguments: dict[str, Any] = {}
        self._result: Any = ABSENT
        self._returning: Any = ABSENT
        self._raising: Raising | None = None
        self._changes: tuple[tuple[str, Any], ...] = ()

    def with_args(self, *args: Any, **kwargs: Any) -> Self:
        """
        Expect exactly these arguments, by position and by keyword as the caller passed them; a method's ``self`` aside.
        """
        return self._with(_args=(args, kwargs))

    def with_arguments(self, **arguments: Any) -> Self:
        """
        Expect these arguments, however they were passed, by the names of the parameters; others may be there.
        """
        return self._with(_arguments={**self._arguments, **arguments})

    def result(self, value: Any) -> Self:
        """
        Expect that the hook was given *value* as the result.

        Raises:
            MisuseError: If the phase is another one than ``post``.
        """
        if self._phase != "post":
            msg = f"Only a post is given a result, a {self._phase} is not. Use returning() for what comes back."
            raise MisuseError(msg)
        return self._with(_result=value)

    def returning(self, value: Any) -> Self:
        """
        Expect that it returned *value*; the new value, if it was a `hookkit.Replace`.
        """
        return self._with(_returning=value)

    def raising(self, kind: ExceptionKind, *, match: str | re.Pattern[str] | None = None) -> Self:
        """
        Expect that it raised an exception.

        Args:
            kind: The exception's class, or several.
            match: A regular expression that is searched for in its text.

        Raises:
            MisuseError: If *kind* is no exception class.
        """
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not all(map(_is_exception_class, kinds)):
            msg = f"raising() needs the class of an exception, got {describe(kind)}. Give its text as match=."
            raise MisuseError(msg)
        return self._with(_raising=Raising(kind, match))

    def changing(self, path: str, after: Any) -> Self:
        """
        Expect that the hook changed an argument in place.

        Args:
            path: Where, from the parameter's name on: ``metadata['owner'][0]``, ``instance.name``.
            after: What is there afterwards.
        """
        return self._with(_changes=(*self._changes, (path, after)))

    def difference(self, event: RecordedEvent) -> Difference | None:
        """
        Give the first thing in which *event* is not what was expected; None if it fits.

        If it fits and its exception was expected, the event counts as looked at.
        """
        difference = next(self._differences(event), None)
        if difference is None and self._raising is not None and isinstance(event, RecordedEvent):
            event.is_looked_at = True
        return difference

    def is_of(self, event: RecordedEvent, *, point: str | None = None) -> bool:
        """
        Tell whether *event* is of the same phase, point and hook, whatever went in and came out.

        Args:
            event: The event.
            point: The point to look for, if that is another one than the pattern's.
        """
        places = self._differences_of_place(event)
        return all(difference.kind == "point" and event.point == point for difference in places)

    @property
    def point(self) -> str | None:
        """
        The name of the hook point that is expected; None if any is.
        """
        return self._point

    @property
    def phase(self) -> str:
        """
        The phase that is expected.
        """
        return self._phase

    @property
    def title(self) -> str:
        """
        What is expected, in short: ``post create_instance by AuditHook``.
        """
        hook = "" if self._hook is None else f" by {hook_name(self._hook)}"
        return f"{self._phase} {self._point or 'of any point'}{hook}"

    @property
    def line(self) -> str:
        """
        What is expected, as a line of a list: ``pre  create_instance AuditHook``.
        """
        words = [f"{self._phase:<4}", self._point or "(any)"]
        if self._hook is not None:
            words.append(hook_name(self._hook))
        if self._returning is not ABSENT:
            words.append(f"-> {show(self._returning)}")
        if self._raising is not None:
            words.append(f"raised {self._raising}")
        return " ".join(words)

    def _with(self, **attributes: Any) -> Self:
        copy = object.__new__(type(self))
        for name in EventPattern.__slots__:
            setattr(copy, name, attributes.get(name, getattr(self, name)))
        return copy

    def _facts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in EventPattern.__slots__)

    def _differences(self, event: RecordedEvent) -> Iterator[Difference]:
        yield from self._differences_of_place(event)
        yield from self._differences_of_arguments(event)
        yield from self._differences_of_outcome(event)

    def _differences_of_place(self, event: RecordedEvent) -> Iterator[Difference]:
        if self._point is not None and self._point != event.point:
            yield Difference("point", "point", repr(self._point), repr(event.point))
        if self._phase != event.phase:
            yield Difference("phase", "phase", self._phase, event.phase)
        if self._hook is not None and not (event.hook is not None and event.hook.is_named(self._hook)):
            recorded = "none" if event.hook is None else event.hook.class_path
            wanted = path_of(self._hook)
            is_dotted = recorded.replace(":", ".") == wanted
            yield Difference("hook", "hook", wanted, recorded, "a colon stands before the class" if is_dotted else "")

    def _differences_of_arguments(self, event: RecordedEvent) -> Iterator[Difference]:
        if self._args is not None:
            yield from differences_of_args(*self._args, event)
        if self._arguments:
            yield from differences_of_arguments(self._arguments, event)

    def _differences_of_outcome(self, event: RecordedEvent) -> Iterator[Difference]:
        if self._result is not ABSENT:
            yield from differences("result", "result", self._result, event.result)
        if self._raising is not None and not self._raising.accepts(event.raised):
            yield Difference("raised", "raised", str(self._raising), outcome(event))
        if self._returning is not ABSENT:
            if event.raised is not None:
                yield Difference(
                    "returned", "returned", show(self._returning, LONGEST_IN_FULL), "nothing", ending(event)
                )
            else:
                yield from differences("returned", "returned", self._returning, event.returned)
        if self._changes:
            changes = {change.path: change.after for change in event.changes}
            for path, after in self._changes:
                if path not in changes:
                    yield Difference(
                        "change", path, show(after, LONGEST_IN_FULL), "no change", ending(event) or changed(event)
                    )
                else:
                    yield from differences("change", path, after, changes[path])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RecordedEvent):
            return self.difference(other) is None
        if isinstance(other, EventPattern):
            return is_equal(self._facts(), other._facts())
        return NotImplemented

    __hash__ = None  # type: ignore[assignment] # it is equal to many events that are not equal to each other

    def __repr__(self) -> str:
        given = [] if self._point is None else [repr(self._point)]
        if self._hook is not None:
            given.append(f"hook={hook_name(self._hook)}")
        text = f"{self._phase}({', '.join(given)})"
        if self._args is not None:
            args, kwargs = self._args
            text += f".with_args({', '.join([*map(show, args), *_keywords(kwargs)])})"
        if self._arguments:
            text += f".with_arguments({', '.join(_keywords(self._arguments))})"
        if self._result is not ABSENT:
            text += f".result({show(self._result)})"
        if self._returning is not ABSENT:
            text += f".returning({show(self._returning)})"
        if self._raising is not None:
            text += f".raising({_raising_arguments(self._raising)})"
        return text + "".join(f".changing({path!r}, {show(after)})" for path, after in self._changes)


def pre(point: str, *, hook: HookKey | None = None) -> EventPattern:
    """
    Expect that a hook's ``pre`` ran.

    Args:
        point: The name of the hook point.
        hook: The hook's class, the hook itself, or its class path ``package.module:Class``; any if None.

    .. versionadded:: 0.1
    """
    return EventPattern("pre", point, hook=hook)


def post(point: str, *, hook: HookKey | None = None) -> EventPattern:
    """
    Expect that a hook's ``post`` ran; see `pre`.

    .. versionadded:: 0.1
    """
    return EventPattern("post", point, hook=hook)


def body(point: str) -> EventPattern:
    """
    Expect that the hooked function's own body ran.

    .. versionadded:: 0.1
    """
    return EventPattern("body", point)


def error(point: str, *, hook: HookKey | None = None) -> EventPattern:
    """
    Expect that a hook's ``error`` ran; see `pre`.

    .. versionadded:: 0.1
    """
    return EventPattern("error", point, hook=hook)


def periodic(point: str | None = None, *, hook: HookKey | None = None) -> EventPattern:
    """
    Expect that a hook's periodic method ran.

    Args:
        point: The name of the hook point, for the schedule of one; any if None.
        hook: As for `pre`.

    .. versionadded:: 0.1
    """
    return EventPattern("periodic", point, hook=hook)


def outcome(event: RecordedEvent) -> str:
    """
    Say how an event ended.
    """
    if event.raised is not None:
        return show_exception(event.raised)
    return "no exception" if event.is_finished else "nothing yet: it is not over"


def ending(event: RecordedEvent) -> str:
    """
    Say what an event raised, and what became of that; empty if it raised nothing.
    """
    if event.raised is None:
        return ""
    what = f"it raised {show_exception(event.raised)}"
    how = "swallowed" if event.swallowed else "suppressed" if event.suppressed else ""
    return f"{what}, which was {how}" if how else what


def changed(event: RecordedEvent) -> str:
    """
    Say what an event changed in place; empty if nothing.
    """
    paths = [change.path for change in event.changes]
    more = [f"{len(paths) - _MOST_PATHS} more"] if len(paths) > _MOST_PATHS else []
    return f"changed: {', '.join(paths[:_MOST_PATHS] + more)}" if paths else ""


def hook_name(hook: HookKey) -> str:
    """
    Give the last part of the class path of *hook*.
    """
    return path_of(hook).rpartition(":")[2].rpartition(".")[2]


def _is_exception_class(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _keywords(arguments: dict[str, Any]) -> list[str]:
    return [f"{name}={show(value)}" for name, value in arguments.items()]


def _raising_arguments(raising: Raising) -> str:
    names = [kind.__name__ for kind in (raising.kind if isinstance(raising.kind, tuple) else (raising.kind,))]
    kinds = f"({', '.join(names)})" if isinstance(raising.kind, tuple) else names[0]
    return kinds if raising.match is None else f"{kinds}, match={raising.match!r}"
