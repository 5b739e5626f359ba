"""
The values of an event that a recorder is told of, at one moment.
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit._events import signature_of
from hookkit.recording._changes import Comparison
from hookkit.recording._records import by_name, is_method
from hookkit.recording._snapshot import ATOMS, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature

    from hookkit._events import HookCall, HookEvent
    from hookkit.recording._changes import Change


_MOST_FUNCTIONS = 1000
_NOTHING = Snapshot()  # of values that are not copied


class Function(NamedTuple):
    """
    What has to be known of a function that is called.

    Attributes:
        signature: Its signature; None if it has none that can be known.
        is_method: Whether its first argument is what it is a method of.
    """

    signature: Signature | None
    is_method: bool


class Functions:
    """
    The functions that were called; asking inspect each time costs more than all else.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, Function]] = {}

    def of(self, call: HookCall) -> Function:
        """
        Give what has to be known of the function of a call.
        """
        if call.function is None:  # a tick
            return Function(call.signature, is_method(call.signature))
        # That of a watched object's method may leave out what is no argument.
        return self._known_of(call.function) or self._learn(call.function, call.signature)

    def of_hooked(self, function: Callable[..., Any]) -> Function:
        """
        Give what has to be known of a function that has hooks.
        """
        return self._known_of(function) or self._learn(function, signature_of(function))

    def _known_of(self, function: Callable[..., Any]) -> Function | None:
        known = self._known.get(id(function))
        return None if known is None else known[1]

    def _learn(self, function: Callable[..., Any], signature: Signature | None) -> Function:
        if len(self._known) >= _MOST_FUNCTIONS:
            self._known.clear()  # a host that makes functions without end
        learned = Function(signature, is_method(signature))
        self._known[id(function)] = (function, learned)
        return learned


class Values:
    """
    What goes into an event, as it is at one moment.
    """

    __slots__ = ("args", "error", "kwargs", "result", "signature", "snapshot")

    def __init__(self, event: HookEvent, function: Function) -> None:
        signature, is_method = function
        is_owned = is_method and bool(event.args)
        self.signature = signature
        if is_constant(event, is_owned=is_owned):
            self.snapshot = _NOTHING
            self.args = event.args
            self.kwargs = dict(event.kwargs)
            self.result = event.result
            self.error = None
            return
        snapshot = self.snapshot = Snapshot()
        copy = snapshot.copy
        if is_owned:
            snapshot.keep(event.args[0])
        self.args = tuple([copy(value) for value in event.args])
        self.kwargs = {name: copy(value) for name, value in event.kwargs.items()}
        self.result = copy(event.result)
        self.error = copy(event.error)
        snapshot.finish()

    def again(self, event: HookEvent) -> Values | None:
        """
        Give the values of a later event of the same call, if nothing in them can change, and none is another one.
        """
        kwargs = event.kwargs
        is_same = (
            self.snapshot is _NOTHING
            and event.args is self.args
            and event.error is None
            and len(kwargs) == len(self.kwargs)
            and all(map(is_, kwargs, self.kwargs))
            and all(map(is_, kwargs.values(), self.kwargs.values()))
        )
        if not is_same:
            return None
        if event.result is None:
            return self if self.result is None else None
        if type(event.result) is not str:
            return None
        values = Values.__new__(Values)
        values.args, values.kwargs, values.snapshot, values.signature = self.args, self.kwargs, _NOTHING, self.signature
        values.error, values.result = None, event.result
        return values

    def changes(self, after: Values) -> tuple[Change, ...]:
        """
        List what is different in *after*, which is the same values later.
        """
        compare = Comparison(self.snapshot, after.snapshot).changes
        outcome = {"result": self.result, "error": self.error}, {"result": after.result, "error": after.error}
        arguments = (by_name(self.signature, values.args, values.kwargs) for values in (self, after))
        return (*compare(*arguments), *compare(*outcome))


def is_constant(event: HookEvent, *, is_owned: bool) -> bool:
    """
    Tell whether all that goes into an event is known at a glance to be such that it cannot change.

    Args:
        event: The event.
        is_owned: Whether the first argument is what the function is a method of, which does not count.
    """
    args = event.args[1:] if is_owned else event.args
    try:
        return (
            event.error is None
            and ATOMS.issuperset(map(type, args))
            and ATOMS.issuperset(map(type, event.kwargs.values()))
            and type(event.result) in ATOMS
        )
    except Exception:  # noqa: BLE001 - a class whose own class has no hash
        return False
