"""
Plans for calls that are noted on a tape and written as they go.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit._events import path_of_function
from hookkit.recording._fast_lines import Shape
from hookkit.recording._shots import PickledShot
from hookkit.recording._tape_code import FIRST
from hookkit.recording._tape_plan import TapePlan, details_of
from hookkit.recording._written_calls import WrittenCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hookkit import _fast_code
    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook
    from hookkit.recording._tape_plan import Entry
    from hookkit.recording._written_tape import WrittenTape

_MOST_CHARACTERS = 4096  # of arguments, or of a result; what is longer is left to the writer


class WrittenPlan(TapePlan):
    """
    One function with its hooks, for calls of one shape that are written as they go.

    Attributes:
        after_body: The number of the event after that of the function, if there is one.
        call_place: Where in an entry its `WrittenCall` is.
        tally: What all events and calls are counted in.
        counts: What its events are counted in.
        call_count: What its calls are counted in.
        passed: What lines of its events say behind the arguments.
    """

    tape: WrittenTape

    def __init__(
        self, tape: WrittenTape, hooked: HookedFunction, hooks: Sequence[AttachedHook], shape: _fast_code.Shape
    ) -> None:
        super().__init__(tape, hooked, hooks, shape)
        self.after_body = self.body + 1
        self.call_place = self.end + 1
        self.starts = self.end + 2
        group, point = hooked.point.group, hooked.point.name
        tally = self.tally = tape.writer.tally
        self.counts = [tally.of_event(group, point, phase) for phase, _ in self.events]
        self.call_count = tally.of_call(group, point, is_tick=False)
        passed = ',"passed_function":true' if hooked.lead else ""
        self.passed: list[str] = ["" if hook is None else passed for _, hook in self.events]
        abouts = tuple(self._about(group, point))
        self._abouts = tuple([about for about in abouts if about is not None])
        self._is_plain = tape.is_plain and len(self._abouts) == len(abouts)
        self._heads = self._abouts
        self._test: str | None = None
        self._shape: Shape | None = None

    def write(self, entry: Entry) -> WrittenCall:
        """
        Write that a call and its first event begin.
        """
        call = entry[self.call_place] = WrittenCall(self)
        call.begin(entry)
        return call

    def heads(self) -> tuple[str, ...]:
        """
        Give what lines of the events, and at last that of the call, say of test, point and hook.
        """
        test = self.tape.test
        if test is not self._test:
            self._heads = tuple([f"{test}{about}" for about in self._abouts])
            self._test = test
        return self._heads

    def arguments(self, entry: Entry) -> str | None:
        """
        Give the text of the arguments; None if lines are not to be put together of it.
        """
        if not self._is_plain or self.tape.test is None:
            return None
        details = None if entry[2] is None else details_of(entry)
        if details is not None and details.shots and type(details.shots[0][1]) is not PickledShot:
            return None
        return self._text(entry[FIRST : self.times])

    def text_of(self, value: object) -> str | None:
        """
        Give the text of a result; None if lines are not to be put together of it.
        """
        text = self.tape.texts.of(value)
        return None if text is None or len(text) > _MOST_CHARACTERS else text

    def _text(self, values: list[Any]) -> str | None:
        shape, texts = self._shape, self.tape.texts
        if shape is None:
            kwargs = dict(zip(self.keywords, values[self.positional :], strict=True))
            shape = Shape(self.signature, tuple(values[: self.positional]), kwargs, self.tape.redaction)
            self._shape = shape
        if shape.is_secret:
            return None
        if self.is_bound:
            owner = texts.of_owner(values[0])
            text = None if owner is None else shape.text(tuple(values[1:]), texts, owner)
        else:
            text = shape.text(tuple(values), texts)
        return None if text is None or len(text) > _MOST_CHARACTERS else text

    def _about(self, group: str, point: str) -> Iterator[str | None]:
        for phase, hook in self.events:
            yield self.tape.writer.about_event(group, point, phase, self.tape.hook_of(hook))
        yield self.tape.writer.about_call(group, point, path_of_function(self.hooked.function))
