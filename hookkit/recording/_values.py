"""
The values of an event that a recorder is told of, at one moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hookkit.recording._changes import Comparison
from hookkit.recording._records import by_name, is_bound
from hookkit.recording._snapshot import Snapshot

if TYPE_CHECKING:
    from inspect import Signature

    from hookkit._events import HookEvent
    from hookkit.recording._changes import Change


class Values:
    """
    What goes into an event, as it is at one moment.
    """

    __slots__ = ("args", "error", "kwargs", "result", "signature", "snapshot")

    def __init__(self, event: HookEvent, signature: Signature | None) -> None:
        snapshot = self.snapshot = Snapshot()
        copy = snapshot.copy
        self.signature = signature
        if is_bound(signature, event.args):
            snapshot.keep(event.args[0])
        self.args = tuple([copy(value) for value in event.args])
        self.kwargs = {name: copy(value) for name, value in event.kwargs.items()}
        self.result = copy(event.result)
        self.error = copy(event.error)
        snapshot.finish()

    def changes(self, after: Values) -> tuple[Change, ...]:
        """
        List what is different in *after*, which is the same values later.
        """
        compare = Comparison(self.snapshot, after.snapshot).changes
        outcome = {"result": self.result, "error": self.error}, {"result": after.result, "error": after.error}
        arguments = (by_name(self.signature, values.args, values.kwargs) for values in (self, after))
        return (*compare(*arguments), *compare(*outcome))
