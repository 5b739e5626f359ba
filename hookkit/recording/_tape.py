"""
The tape: where generated code notes the calls of plain functions while a recorder alone watches.

See "How calls are recorded fast" in the explanations.
"""

from __future__ import annotations

import sys
import time
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import ref

from hookkit._events import WATCHES, current_watched_call, signature_of
from hookkit._fast_calls import Plan, passed
from hookkit.recording._places import PLACES, all_places, place_here
from hookkit.recording._snapshot import MAPPINGS, SEQUENCES, SETS, is_plain_dataclass, is_tame
from hookkit.recording._tape_code import plan_name, tape_code
from hookkit.recording._tape_plan import TapePlan, parent_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from inspect import Signature
    from types import CodeType

    from hookkit._fast_code import Shape
    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook
    from hookkit.recording._scope import Scope
    from hookkit.recording._tape_plan import Entry


class Tape:
    """
    What one recording notes: an entry for each call, as often as it has events that began, in that order.

    Between them stand the records of events that came the general way.

    Args:
        scope: Whose calls are recorded, if not those of all.

    Attributes:
        log: The entries and records.
        is_open: Whether functions may be given code that notes here.
        is_written: Whether calls are written as they go.
    """

    is_written = False

    def __init__(self, scope: Scope | None = None) -> None:
        self._scope = scope
        self.log: list[Any] = []
        self.is_open = True
        self._quiet_kinds: dict[type, bool] = {}

    def plan(self, hooked: HookedFunction, hooks: tuple[AttachedHook, ...]) -> FunctionPlans | None:
        """
        Lay out the code that runs *hooks* around a function; None if all is to go the general way.
        """
        # Recorders with another scope watch, too, so that this is asked again when one comes or goes.
        is_for_all = self._scope is None or self._scope.is_alone()
        return FunctionPlans(self, hooked, hooks) if self.is_open and is_for_all else None

    def take(self) -> list[Any]:
        """
        Give what was noted since this was last asked.
        """
        count = len(self.log)
        taken = self.log[:count]
        del self.log[:count]
        return taken

    def is_lively(self, value: object) -> bool:
        """
        Tell whether *value* can change, or has attributes to note.
        """
        kind = type(value)
        if kind is dict or kind is list:
            return True
        if not is_tame(kind):
            return True
        known = self._quiet_kinds.get(kind)
        if known is None:
            known = self._quiet_kinds[kind] = _is_lively(kind)
        return known

    def is_elsewhere(self) -> bool:
        """
        Tell whether the call that begins now is to go the general way: in a task, and in a call that is told.
        """
        return _running_loop() is not None or current_watched_call() is not None

    def under_way(self) -> list[Entry]:
        """
        Give the entries of calls that are not over.
        """
        found = []
        for place in all_places():
            entry = place.top
            while entry is not None:
                if entry[0].tape is self:
                    found.append(entry)
                entry = parent_of(entry)
        return found

    def top(self) -> Entry | None:
        """
        Give the innermost call that is under way here and noted on this tape.
        """
        entry = place_here().top
        while entry is not None and not self.has(entry):
            entry = parent_of(entry)
        return entry

    def has(self, entry: Entry) -> bool:
        """
        Tell whether a call is noted here.
        """
        return entry[0].tape is self

    def is_running(self, obj: object, phase: str) -> bool:
        """
        Tell whether a method of *obj* is running right here as an event of this phase, noted here.
        """
        entry = self.top()
        if entry is None:
            return False
        there, hook = entry[0].running(entry)
        return there == phase and hook is not None and hook.obj is obj

    def plan_of(self, hooked: HookedFunction, hooks: Sequence[AttachedHook], shape: Shape) -> TapePlan:
        """
        Give what stands for a function and its hooks in the entries of calls of one shape.
        """
        return TapePlan(self, hooked, hooks, shape)

    def signature_of(self, function: Callable[..., Any]) -> Signature | None:
        """
        Give the signature of a function; None if it has none that can be known.
        """
        return signature_of(function)

    def begin_error(self, entry: Entry) -> None:
        """
        Note that an event of the phase ``error`` begins.
        """
        self.log.append(entry)

    def end_unusually(self, entry: Entry) -> None:
        """
        Note that a call is over whose caller gets an exception: nothing, as the entry says so.
        """


class FunctionPlans(Plan):
    """
    What generated code runs around one function, and notes.
    """

    __slots__ = ("_tape",)

    def __init__(self, tape: Tape, hooked: HookedFunction, hooks: tuple[AttachedHook, ...]) -> None:
        super().__init__(hooked, hooks)
        self._tape = tape

    def code(self, shapes: Sequence[Shape]) -> CodeType:
        """
        Make the code for calls of *shapes*.
        """
        hooked = self._hooked
        plans = [self._tape.plan_of(hooked, self._hooks, shape) for shape in shapes]
        fill = {
            "hooked": ref(hooked),
            "passed": passed,
            "tape": self._tape,
            "log": self._tape.log,
            "places": PLACES,
            "here": place_here,
            "tasks": _tasks_under_way(),
            "watches": WATCHES,
            **{plan_name(number): plan for number, plan in enumerate(plans)},
        }
        counts = bool(hooked.lead), len(self._pres), len(self._posts), any(plan.is_bound for plan in plans)
        return tape_code(hooked.function, counts, shapes, fill, is_written=self._tape.is_written)


def epoch_offset_ns() -> int:
    """
    Give what has to be added to `time.perf_counter`, in nanoseconds, to get nanoseconds since the epoch.
    """
    narrowest, offset = None, 0
    for _ in range(5):
        before, now_ns, after = perf_counter(), time.time_ns(), perf_counter()
        if narrowest is None or after - before < narrowest:
            narrowest, offset = after - before, now_ns - round((before + after) * 5e8)
    return offset


def _is_lively(kind: type) -> bool:
    if kind in MAPPINGS or kind in SEQUENCES or kind in SETS or issubclass(kind, tuple) or kind is bytearray:
        return True
    if issubclass(kind, type | ModuleType):
        return False
    return is_plain_dataclass(kind) or any("__dict__" in vars(base) for base in kind.__mro__)


def _tasks_under_way() -> object:
    """
    Give what is false as long as no thread runs a step of a task of asyncio.

    Where asyncio is not there yet, or does not keep them in a dictionary, as it does up to Python 3.13, it is something
    true, and the event loop is asked for at each call.
    """
    tasks = getattr(sys.modules.get("asyncio.tasks"), "_current_tasks", None)
    own = getattr(sys.modules.get("_asyncio"), "_current_tasks", None)
    return tasks if type(tasks) is dict and tasks is own else True


def _running_loop() -> object:
    running = getattr(sys.modules.get("asyncio"), "_get_running_loop", None)
    return running() if callable(running) else None
