"""
Whether a line of a recording is what a line has to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit.recording._text import show

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[Any], bool]

_LARGEST = 2**62


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _is_object(value: Any) -> bool:
    return type(value) is dict


def _is_exception(value: Any) -> bool:
    return (
        _is_object(value)
        and _is_text(value.get("type"))
        and _is_text(value.get("text"))
        and (type(value.get("bases", [])) is list and all(map(_is_text, value.get("bases", []))))
    )


def _is_hook(value: Any) -> bool:
    names = ("entry_point", "distribution", "version")
    return _is_object(value) and _is_text(value.get("class")) and all(_is_text(value.get(name, "")) for name in names)


def _are_changes(value: Any) -> bool:
    return type(value) is list and all(_is_object(change) and _is_text(change.get("path")) for change in value)


_WORDS: dict[Check, str] = {
    _is_number: "whole number",
    _is_text: "text",
    _is_flag: "flag",
    _is_object: "object",
    _is_exception: "exception with type and text",
    _is_hook: "hook with its class",
    _are_changes: "list of changes with their paths",
}
_BOTH: dict[str, Check] = {
    "seq": _is_number,
    "group": _is_text,
    "point": _is_text,
    "test": _is_text,
    "arguments": _is_object,
    "positional": _is_number,
    "var_positional": _is_text,
    "raised": _is_exception,
    "started_ns": _is_number,
    "duration_ns": _is_number,
    "unfinished": _is_flag,
}
FIELDS: dict[str, dict[str, Check]] = {
    "event": {
        **_BOTH,
        "call": _is_number,
        "phase": _is_text,
        "hook": _is_hook,
        "passed_function": _is_flag,
        "error": _is_exception,
        "swallowed": _is_flag,
        "suppressed": _is_flag,
        "replaced": _is_flag,
        "changes": _are_changes,
    },
    "call": {
        **_BOTH,
        "function": _is_text,
        "parent": _is_number,
        "tick": _is_number,
        "thread": _is_text,
        "task": _is_text,
    },
}
"""
For each kind of line the fields that are known, those with any value aside, and what tells whether they are right.
"""

_NEEDED = {"event": ("seq", "call", "group", "point", "phase"), "call": ("seq", "group", "point")}


def fault_of(fields: dict[str, Any]) -> str | None:
    """
    Say what is wrong with the fields of a line of a known kind; None if nothing is.
    """
    kind = fields["kind"]
    for name in _NEEDED[kind]:
        if name not in fields:
            return f"it is of kind {kind!r} and has no {name!r}"
    for name, is_right in FIELDS[kind].items():
        if name in fields and not is_right(fields[name]):
            return f"its {name!r} is {show(fields[name])}, which is no {_WORDS[is_right]}"
    return None
