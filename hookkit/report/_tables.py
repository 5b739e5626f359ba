"""
What a report knows of each call and event without looking at their values: columns of numbers.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABSENT = -1
"""
Stands for what there is not, in every column.
"""

RAISED = 1
SWALLOWED = 2
SUPPRESSED = 4
REPLACED = 8
CHANGED = 16
UNFINISHED = 32
MASKED = 64
CUT = 128

_LARGEST = 2**62  # a recording may hold any number

_MARKS = (
    ("raised", RAISED),
    ("swallowed", SWALLOWED),
    ("suppressed", SUPPRESSED),
    ("replaced", REPLACED),
    ("changes", CHANGED),
    ("unfinished", UNFINISHED),
)


class Names:
    """
    Numbers for names, the same for the same name, in order of their first use.
    """

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def __iter__(self) -> Iterator[Any]:
        return iter(self._numbers)

    def number(self, name: object) -> int:
        """
        Give the number of a name; what is no text has none.
        """
        return self._numbers.setdefault(name, len(self._numbers)) if isinstance(name, str) else ABSENT

    def hook_number(self, hook: object) -> int:
        """
        Give the number of what a recording says of a hook; `ABSENT` if it says nothing.
        """
        if not isinstance(hook, dict):
            return ABSENT
        parts = tuple(
            part if isinstance(part := hook.get(field), str) else None
            for field in ("class", "entry_point", "distribution", "version")
        )
        return self._numbers.setdefault(parts, len(self._numbers))


class Columns:
    """
    Rows of whole numbers, kept by column.

    Args:
        names: The names of the columns; there is one called ``seq``.

    Attributes:
        names: The names of the columns.
    """

    def __init__(self, *names: str) -> None:
        self.names = names
        self._columns = {name: array("q") for name in names}

    def __len__(self) -> int:
        return len(self._columns["seq"])

    def __getitem__(self, name: str) -> array[int]:
        return self._columns[name]

    def add(self, **values: int) -> int:
        """
        Add a row, and give its number; a column without a value gets `ABSENT`.
        """
        for name, column in self._columns.items():
            column.append(values.get(name, ABSENT))
        return len(self) - 1

    def set(self, row: int, **values: int) -> None:
        """
        Change a row.
        """
        for name, value in values.items():
            self._columns[name][row] = value

    def in_order(self) -> list[int]:
        """
        Give the numbers of the rows in order of their ``seq``; those of equal ones in the order they were added.
        """
        return sorted(range(len(self)), key=self._columns["seq"].__getitem__)


class Tables:
    """
    The calls and events of a recording, without their values.

    Attributes:
        names: Names of all kinds.
        hooks: What is said of hooks.
        calls: A row for each call.
        events: A row for each event.
    """

    def __init__(self) -> None:
        self.names = Names()
        self.hooks = Names()
        self.calls = Columns(
            *("seq", "test", "group", "point", "function", "thread", "task", "worker", "parent", "tick"),
            *("start", "duration", "flags", "at"),
        )
        self.events = Columns("seq", "call", "phase", "hook", "start", "duration", "flags", "at")
        self._call_rows: dict[int, int] = {}

    def add_event(self, fields: Mapping[str, Any], text: bytes, at: int) -> None:
        """
        Take in the line of an event.

        Args:
            fields: What the line holds.
            text: The line.
            at: Where its values are.
        """
        self.events.add(
            seq=whole(fields.get("seq"), 0),
            call=self._call_row(fields),
            phase=self.names.number(fields.get("phase")),
            hook=self.hooks.hook_number(fields.get("hook")),
            start=whole(fields.get("started_ns"), 0),
            duration=whole(fields.get("duration_ns")),
            flags=_flags(fields, text),
            at=at,
        )

    def add_call(self, fields: Mapping[str, Any], text: bytes, at: int) -> None:
        """
        Take in the line of a call; its events may have come before.
        """
        seq = whole(fields.get("seq"), 0)
        row = self._call_rows.get(seq)
        if row is None or self.calls["at"][row] != ABSENT:
            row = self._call_rows[seq] = self.calls.add(seq=seq)
        name_fields = ("test", "group", "point", "function", "thread", "task", "worker")
        self.calls.set(
            row,
            **{field: self.names.number(fields.get(field)) for field in name_fields},
            parent=whole(fields.get("parent")),
            tick=whole(fields.get("tick")),
            start=whole(fields.get("started_ns"), 0),
            duration=whole(fields.get("duration_ns")),
            flags=_flags(fields, text),
            at=at,
        )

    def _call_row(self, fields: Mapping[str, Any]) -> int:
        """
        Find the call of an event, or make one: its line comes later, or never did after a crash.
        """
        seq = whole(fields.get("call"))
        row = self._call_rows.get(seq)
        if row is None:
            names = {field: self.names.number(fields.get(field)) for field in ("test", "group", "point", "worker")}
            start = whole(fields.get("started_ns"), 0)
            row = self._call_rows[seq] = self.calls.add(seq=seq, **names, start=start, flags=UNFINISHED)
        return row


def whole(value: object, default: int = ABSENT) -> int:
    """
    Give a number that is not negative and fits a column, whatever a recording has in its place.
    """
    if isinstance(value, dict) and value.get("$type") == "builtins:int":
        text = value.get("$repr")
        value = int(text) if isinstance(text, str) and len(text) < 20 and text.isdecimal() else None  # noqa: PLR2004 - as 2**62
    return value if type(value) is int and 0 <= value < _LARGEST else default


def _flags(fields: Mapping[str, Any], text: bytes) -> int:
    flags = sum(flag for name, flag in _MARKS if fields.get(name))
    return flags | (MASKED if b"***" in text else 0) | (CUT if b'"$cut"' in text else 0)
