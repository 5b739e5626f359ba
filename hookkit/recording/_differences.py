"""
Differences between what was expected and what was recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._changes import ABSENT
from hookkit.recording._recorded_events import is_equal
from hookkit.recording._snapshot import MAPPINGS, SEQUENCES, attributes_of, is_namedtuple, is_plain_dataclass
from hookkit.recording._text import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hookkit.recording._records import RecordedEvent


class Difference(NamedTuple):
    """
    Why an event is not what was expected.

    Attributes:
        kind: ``phase``, ``point``, ``hook``, ``argument``, ``result``, ``returned``, ``raised`` or ``change``.
        path: What of it: the path of an argument, such as ``metadata['owner']``; else the kind.
        expected: What was expected there, as text.
        recorded: What was recorded there, as text.
    """

    kind: str
    path: str
    expected: str
    recorded: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.recorded}"


def differences(kind: str, path: str, expected: Any, recorded: Any) -> Iterator[Difference]:
    """
    Give the first difference between two values, if there is one, by its path within them.
    """
    if expected is recorded or is_equal(expected, recorded):
        return
    for inner, one, other in _parts(expected, recorded):
        if not is_equal(one, other):
            yield from differences(kind, f"{path}{inner}", one, other)
            return
    yield Difference(kind, path, show(expected), show(recorded))


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
            yield Difference("argument", path, f"{show(expected)} {expected_how}", f"{show(got)} {got_how}")
    for name in {**kwargs, **event.kwargs}:
        yield from differences("argument", name, kwargs.get(name, ABSENT), event.kwargs.get(name, ABSENT))


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


def _parts(expected: Any, recorded: Any) -> Iterator[tuple[str, Any, Any]]:
    """
    Take two values of one kind apart: the path of each part, and what is there in either.
    """
    kind = type(expected)
    if kind is not type(recorded):
        return
    if kind in MAPPINGS:
        for key in {**expected, **recorded}:
            yield f"[{show(key)}]", expected.get(key, ABSENT), recorded.get(key, ABSENT)
    elif kind in SEQUENCES or kind is tuple or is_namedtuple(kind):
        for index in range(max(len(expected), len(recorded))):
            one, other = (items[index] if index < len(items) else ABSENT for items in (expected, recorded))
            yield f"[{index}]", one, other
    elif is_plain_dataclass(kind):
        attributes = dict(attributes_of(recorded))
        for name, value in attributes_of(expected):
            yield f".{name}", value, attributes.get(name, ABSENT)
