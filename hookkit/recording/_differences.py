"""
Differences between what was expected and what was recorded.
"""

from __future__ import annotations

from collections import OrderedDict
from difflib import get_close_matches
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._changes import ABSENT
from hookkit.recording._recorded_events import is_equal
from hookkit.recording._snapshot import MAPPINGS, SEQUENCES, attributes_of, is_namedtuple, is_plain_dataclass
from hookkit.recording._text import LONGEST_IN_FULL, show, show_both

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hookkit.recording._records import RecordedEvent

_CLOSE = 0.75  # of difflib's ratio: create_instanec is, deny_access is not to allow_access
_DEEPEST = 100  # levels; Python's own stack ends soon after


class Difference(NamedTuple):
    """
    Why an event is not what was expected.

    Attributes:
        kind: ``phase``, ``point``, ``hook``, ``argument``, ``result``, ``returned``, ``raised`` or ``change``.
        path: What of it: the path of an argument, such as ``metadata['owner']``; else the kind.
        expected: What was expected there, as text.
        recorded: What was recorded there, as text.
        note: What else there is to say; empty if nothing is.
    """

    kind: str
    path: str
    expected: str
    recorded: str
    note: str = ""

    def lines(self, most: int) -> list[str]:
        """
        Give the text on one line if that has no more than *most* characters; else on several.
        """
        text = str(self)
        if len(text) <= most:
            return [text]
        indent = " " * 2
        lines = [f"{self.path}:", f"{indent}expected {self.expected}", f"{indent}got      {self.recorded}"]
        return [*lines, f"{indent}{self.note}"] if self.note else lines

    def __str__(self) -> str:
        note = f"; {self.note}" if self.note else ""
        return f"{self.path}: expected {self.expected}, got {self.recorded}{note}"


def differences(kind: str, path: str, expected: Any, recorded: Any) -> Iterator[Difference]:
    """
    Give the first difference between two values, if there is one, by its path within them.
    """
    difference = _Descent(kind).between(path, expected, recorded)
    if difference is not None:
        yield difference


class _Descent:
    """
    The way down from two values to the first part in which they differ.

    What holds itself is equal to what holds itself in the same way, which Python cannot tell.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._seen: set[tuple[int, int]] = set()
        self._has_met_again = False
        self._depth = 0

    def between(self, path: str, expected: Any, recorded: Any) -> Difference | None:
        pair = (id(expected), id(recorded))
        if pair in self._seen:
            self._has_met_again = True
            return None
        if is_equal(expected, recorded):
            return None
        self._seen.add(pair)
        self._depth += 1
        has_parts = False
        try:
            for step, one, other in _parts(expected, recorded) if self._depth < _DEEPEST else ():
                has_parts = True
                if not is_equal(one, other):
                    difference = self.between(f"{path}{_shown(step)}", one, other)
                    if difference is not None:
                        return difference
        except Exception:  # noqa: BLE001 - a key or a class that raises; then there are no parts
            has_parts = False
        finally:
            self._depth -= 1
        if has_parts and self._has_met_again and _is_in_same_order(expected, recorded):
            return None
        return Difference(self._kind, path, *show_both(expected, recorded))


def _is_in_same_order(expected: Any, recorded: Any) -> bool:
    return type(expected) is not OrderedDict or all(map(is_equal, expected, recorded))


def differences_of_args(args: tuple[Any, ...], kwargs: dict[str, Any], event: RecordedEvent) -> Iterator[Difference]:
    """
    Give the differences between arguments as they are expected to be passed, and as they were; ``self`` aside.
    """
    recorded, names = _without_self(event)
    for index in range(max(len(args), len(recorded))):
        path = names[index] if index < len(names) else f"args[{index - len(names)}]"
        expected = args[index] if index < len(args) else kwargs.get(path, ABSENT)
        got = recorded[index] if index < len(recorded) else event.kwargs.get(path, ABSENT)
        yield from differences("argument", path, expected, got)
        if (index < len(args)) is not (index < len(recorded)):
            how = "by position", "by keyword"
            expected_how, got_how = how if index < len(args) else how[::-1]
            texts = (show(value, LONGEST_IN_FULL) for value in (expected, got))
            yield Difference("argument", path, *map(" ".join, zip(texts, (expected_how, got_how), strict=True)))
    for name in {**kwargs, **event.kwargs}:
        yield from differences("argument", name, kwargs.get(name, ABSENT), event.kwargs.get(name, ABSENT))


def differences_of_arguments(arguments: dict[str, Any], event: RecordedEvent) -> Iterator[Difference]:
    """
    Give the differences between arguments that are expected by name and those that were passed.
    """
    named = event.arguments
    for name, expected in arguments.items():
        for difference in differences("argument", name, expected, named.get(name, ABSENT)):
            yield difference._replace(note="" if name in named else did_you_mean(name, named))


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """
    Ask for the one of *names* that is close to *name*; empty if none is.
    """
    close = get_close_matches(name, sorted(names), n=1, cutoff=_CLOSE)
    return f"did you mean {close[0]!r}?" if close else ""


def _without_self(event: RecordedEvent) -> tuple[tuple[Any, ...], list[str]]:
    """
    Give the positional arguments without a method's ``self``, and the names of the parameters that take such.
    """
    signature = event.call.signature
    parameters = () if signature is None else signature.parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if event.call.is_bound:
        return event.args[1:], names[1:]
    return event.args, names


def _parts(expected: Any, recorded: Any) -> Iterator[tuple[tuple[str, Any], Any, Any]]:
    """
    Take two values of one kind apart: the step to each part, and what is there in either.
    """
    kind = type(expected)
    if kind is not type(recorded):
        return
    if kind in MAPPINGS:
        for key in {**expected, **recorded}:
            yield ("key", key), expected.get(key, ABSENT), recorded.get(key, ABSENT)
    elif kind in SEQUENCES or kind is tuple or is_namedtuple(kind):
        for index, (one, other) in enumerate(zip_longest(expected, recorded, fillvalue=ABSENT)):
            yield ("key", index), one, other
    elif is_plain_dataclass(kind):
        compared = kind.__dataclass_fields__
        attributes = dict(attributes_of(recorded))
        for name, value in attributes_of(expected):
            if name in compared and compared[name].compare:
                yield ("name", name), value, attributes.get(name, ABSENT)


def _shown(step: tuple[str, Any]) -> str:
    return f".{step[1]}" if step[0] == "name" else f"[{show(step[1])}]"
