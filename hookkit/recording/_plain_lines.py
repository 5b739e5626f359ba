"""
Lines of a recording: what is told of events and calls, secrets masked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hookkit.recording._changes import ABSENT
from hookkit.recording._codec import Encoder
from hookkit.recording._frames import traceback_of
from hookkit.recording._positions import positions
from hookkit.recording._records import by_name
from hookkit.recording._redaction import MASK, Mask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hookkit.recording._changes import Change
    from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook
    from hookkit.recording._redaction import Redaction

ENCODER = json.JSONEncoder(separators=(",", ":"))

_FLAGS = frozenset({"passed_function", "replaced", "suppressed", "swallowed", "unfinished"})


class PlainLines:
    """
    Tells of any event and any call what stands in its line.

    All of its methods are called while the writer's lock is held.

    Args:
        redaction: Which names are those of secrets.

    Attributes:
        secrets: By the calls that are under way: the texts that are known so far to be secret in them.
    """

    def __init__(self, redaction: Redaction) -> None:
        self.secrets: dict[RecordedCall, set[str]] = {}
        self._redaction = redaction

    def event(self, event: RecordedEvent) -> dict[str, Any]:
        """
        Tell of an event.
        """
        arguments = by_name(event.call.signature, event.args, event.kwargs)
        values = {**arguments, "result": event.result, "returned": event.returned}
        changed = {change.path: (change.before, change.after) for change in event.changes}
        encoder = self._encoder(event.call, {**values, **changed}, event.noted)
        fields = {
            "call": event.call.seq,
            "test": event.call.test_id,
            "group": event.group,
            "point": event.point,
            "phase": event.phase,
            "hook": hook_fields(event.hook),
            "arguments": encoder.named(arguments),
            **positions(event.call.signature, event.args),
            "passed_function": event.passed_function is not None,
            "result": encoder.value(event.result),
            "error": encoder.exception(event.error),
            "returned": encoder.value(event.returned),
            "raised": encoder.exception(event.raised),
            "traceback": traceback_of(event, encoder.text),
            "swallowed": event.swallowed,
            "suppressed": event.suppressed,
            "replaced": event.replaced,
            "changes": [self._change(encoder, change) for change in event.changes],
            "started_ns": event.started_ns,
            "duration_ns": event.duration_ns,
            "unfinished": not event.is_finished,
        }
        return {"kind": "event", "seq": event.seq, **_told(fields)}

    def call(self, call: RecordedCall) -> dict[str, Any]:
        """
        Tell of a call.
        """
        arguments = by_name(call.signature, call.args, call.kwargs)
        encoder = self._encoder(call, {**arguments, "result": call.result}, call.noted)
        fields = {
            "test": call.test_id,
            "group": call.group,
            "point": call.point,
            "function": call.function_path,
            "arguments": encoder.named(arguments),
            **positions(call.signature, call.args),
            "result": encoder.value(call.result),
            "raised": encoder.exception(call.raised),
            "parent": None if call.parent is None else call.parent.seq,
            "tick": call.tick,
            "thread": call.thread,
            "task": call.task,
            "started_ns": call.started_ns,
            "duration_ns": call.duration_ns,
            "unfinished": not call.is_finished,
        }
        return {"kind": "call", "seq": call.seq, **_told(fields)}

    def known_secrets(self, call: RecordedCall, *, is_clean: bool = False) -> set[str]:
        """
        Give the texts that are known to be secret in a call: those of its arguments, and of its events so far.

        Args:
            call: The call.
            is_clean: Whether its arguments are known to hold none.
        """
        known = self.secrets.get(call)
        if known is None:
            known = set()
            if not is_clean:
                known |= self._redaction.secrets(by_name(call.signature, call.args, call.kwargs), call.noted)
            if not call.is_finished:
                self.secrets[call] = known
        return known

    def _encoder(
        self, call: RecordedCall, values: Mapping[str, Any], noted: Mapping[int, tuple[object, dict[str, Any]]]
    ) -> Encoder:
        """
        Make an encoder that knows the secrets of *values*, of the call so far, and of the calls around it.
        """
        secrets = self._redaction.secrets(values, noted)
        self.known_secrets(call).update(secrets)
        around: RecordedCall | None = call
        while around is not None:
            secrets |= self.known_secrets(around)
            around = around.parent
        return Encoder(self._redaction, Mask(secrets), noted)

    def _change(self, encoder: Encoder, change: Change) -> dict[str, Any]:
        def value(there: Any) -> Any:
            # The path holds the names of all that the value is in.
            return MASK if self._redaction.is_secret(change.path) else encoder.value(there)

        sides = {"before": change.before, "after": change.after}
        return {
            "path": encoder.text(change.path),
            **{side: value(there) for side, there in sides.items() if there is not ABSENT},
        }


def as_line(fields: Mapping[str, Any]) -> bytes:
    """
    Make a line of a recording.
    """
    return f"{ENCODER.encode(fields)}\n".encode("ascii")


def hook_fields(hook: RecordedHook | None) -> dict[str, str | None] | None:
    """
    Tell of a hook which one it is.
    """
    if hook is None:
        return None
    entry_point = None if hook.entry_point is None else f"{hook.entry_point.name} = {hook.entry_point.value}"
    fields = {
        "class": hook.class_path,
        "entry_point": entry_point,
        "distribution": hook.distribution,
        "version": hook.version,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """
    Leave out what says nothing: None everywhere, flags that are not set, changes if there are none.
    """
    return {
        name: value
        for name, value in fields.items()
        if value is not None and not (name in _FLAGS and value is False) and not (name == "changes" and not value)
    }
