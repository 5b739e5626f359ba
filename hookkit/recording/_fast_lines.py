"""
Lines of a recording put together from texts that are known already, where there is nothing unusual to tell.

See "How recordings are written fast" in the explanations.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii
from operator import is_
from typing import TYPE_CHECKING, Any

from hookkit.recording._plain_lines import ENCODER, hook_fields
from hookkit.recording._plain_text import PlainTexts
from hookkit.recording._positions import positions
from hookkit.recording._records import by_name, is_bound
from hookkit.recording._shots import is_sure, mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from inspect import Signature

    from hookkit.recording._plain_lines import PlainLines
    from hookkit.recording._records import RecordedCall, RecordedEvent
    from hookkit.recording._redaction import Redaction

MOST_CHARACTERS = 2**15
"""
How long a line may be: one that is longer may have more values, or more text, than is written of an event.
"""

_MOST_KNOWN = 1000  # of each kind of text that is kept
_MOST_KEPT = 4096  # characters in one
_CONSTANT = frozenset({str, int, float, bool, type(None)})


class FastLines:
    """
    Makes the lines of events and calls that hold nothing but texts, numbers, and plain containers of such.

    What it makes is what is made the plain way, byte by byte; whatever it is not sure of it leaves to that.
    All of its methods are called while the writer's lock is held.

    Args:
        plain: Makes lines the plain way.
        redaction: Which names are those of secrets.
    """

    def __init__(self, plain: PlainLines, redaction: Redaction) -> None:
        self._plain = plain
        self._redaction = redaction
        self._texts = PlainTexts(redaction)
        self._is_off = redaction.is_secret("result") or redaction.is_secret("returned")
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._abouts: dict[tuple[object, ...], str] = {}
        self._heads: dict[RecordedCall | RecordedEvent, str] = {}
        self._last: tuple[object, object, object, str] | None = None
        self._test: tuple[object, str | None] = (None, "")

    def event(self, event: RecordedEvent) -> bytes | None:
        """
        Make the line of an event; None if it has to be made the plain way.
        """
        head = self._heads.pop(event, None)
        if event.error is not None or event.raised is not None or event.changes or not self.is_clean(event.call):
            return None
        head = head or self._event_head(event)
        returned = "" if event.returned is None else self._field("returned", event.returned)
        if head is None or returned is None or len(head) + len(returned) > MOST_CHARACTERS:
            return None
        if event.duration_ns is None:
            self._heads[event] = head
            return f'{head}{returned},"started_ns":{event.started_ns},"unfinished":true}}\n'.encode("ascii")
        replaced = ',"replaced":true' if event.replaced else ""
        times = f',"started_ns":{event.started_ns},"duration_ns":{event.duration_ns}}}\n'
        return f"{head}{returned}{replaced}{times}".encode("ascii")

    def call(self, call: RecordedCall) -> bytes | None:
        """
        Make the line of a call; None if it has to be made the plain way.
        """
        head = self._heads.pop(call, None)
        if call.raised is not None or not self.is_clean(call):
            return None
        head = head or self._call_head(call)
        place = call.thread, call.task
        where = self._abouts.get(place) or self._where(place)
        result = "" if call.result is None else self._field("result", call.result)
        if head is None or where is None or result is None or len(head) + len(result) > MOST_CHARACTERS:
            return None
        if call.duration_ns is None:
            self._heads[call] = head
            times = f',"started_ns":{call.started_ns},"unfinished":true}}\n'
        else:
            times = f',"started_ns":{call.started_ns},"duration_ns":{call.duration_ns}}}\n'
        parent = "" if call.parent is None else f',"parent":{call.parent.seq}'
        tick = "" if call.tick is None else f',"tick":{call.tick}'
        return f"{head}{result}{parent}{tick}{where}{times}".encode("ascii")

    def let_go(self, what: RecordedCall | RecordedEvent) -> None:
        """
        Forget what is known of a call or an event that is under way.
        """
        self._heads.pop(what, None)

    def forget(self) -> None:
        """
        Forget what is under way.
        """
        self._heads.clear()
        self._last = None

    def _event_head(self, event: RecordedEvent) -> str | None:
        """
        Write what is known of an event when it begins.
        """
        call = event.call
        arguments = self._arguments(call.signature, event.args, event.kwargs, event.noted)
        test = self._test[1] if call.test_id is self._test[0] else self._test_field(call.test_id)
        about = self.about_event(call.group, call.point, event.phase, event.hook)
        result = "" if event.result is None else self._field("result", event.result)
        if arguments is None or test is None or about is None or result is None:
            return None
        passed = "" if event.passed_function is None else ',"passed_function":true'
        return f'{{"kind":"event","seq":{event.seq},"call":{call.seq}{test}{about}{arguments}{passed}{result}'

    def _call_head(self, call: RecordedCall) -> str | None:
        arguments = self._arguments(call.signature, call.args, call.kwargs, call.noted)
        test = self._test[1] if call.test_id is self._test[0] else self._test_field(call.test_id)
        about = self.about_call(call.group, call.point, call.function_path)
        if arguments is None or test is None or about is None:
            return None
        return f'{{"kind":"call","seq":{call.seq}{test}{about}{arguments}'

    def about_event(self, *key: Any) -> str | None:
        """
        Give what all lines of events of one group, point, phase and hook say of that.

        Returns:
            None if they have to be made the plain way.
        """
        return self._abouts.get(key) or self._about_event(key)

    def about_call(self, *key: Any) -> str | None:
        """
        Give what all lines of calls of one group, point and function path say of that; None as above.
        """
        return self._abouts.get(key) or self._about_call(key)

    def is_clean(self, call: RecordedCall) -> bool:
        """
        Tell whether neither a call nor one around it has a secret that is known so far.
        """
        if call.parent is None and call in self._plain.secrets:
            return not self._plain.secrets[call]
        around: RecordedCall | None = call
        while around is not None:
            known = self._plain.secrets.get(around)
            if known is None:
                known = self._plain.known_secrets(around, is_clean=self._has_no_secret(around))
            if known:
                return False
            around = around.parent
        return True

    def _has_no_secret(self, call: RecordedCall) -> bool:
        return self._arguments(call.signature, call.args, call.kwargs, call.noted) is not None

    def _test_field(self, test_id: object) -> str | None:
        """
        Write the id of a test, and keep its text: the lines that follow are mostly of the same test.
        """
        text: str | None = None
        if test_id is None:
            text = ""
        elif type(test_id) is str:
            text = f',"test":{encode_basestring_ascii(test_id)}'
        self._test = test_id, text
        return text

    def _about_event(self, key: tuple[Any, ...]) -> str | None:
        group, point, phase, hook = key
        return self._about(key, {"group": group, "point": point, "phase": phase}, {"hook": hook_fields(hook)})

    def _about_call(self, key: tuple[Any, ...]) -> str | None:
        return self._about(key, dict(zip(("group", "point", "function"), key, strict=True)), {})

    def _where(self, key: tuple[Any, ...]) -> str | None:
        return self._about(key, dict(zip(("thread", "task"), key, strict=True)), {})

    def _about(self, key: tuple[Any, ...], fields: dict[str, Any], more: dict[str, Any]) -> str | None:
        """
        Write fields that many lines share, and keep their text.
        """
        if any(type(value) is not str for value in fields.values() if value is not None):
            return None
        told = {name: value for name, value in {**fields, **more}.items() if value is not None}
        text = f",{ENCODER.encode(told)[1:-1]}"
        _keep(self._abouts, key, text)
        return text

    def _arguments(
        self, signature: Signature | None, args: tuple[Any, ...], kwargs: Mapping[str, Any], noted: Mapping[int, object]
    ) -> str | None:
        """
        Write arguments, and how they were passed.
        """
        last = self._last
        if last is not None and args is last[0] and kwargs is last[1] and signature is last[2]:
            return last[3]
        key = id(signature), len(args), *kwargs
        shape = self._shapes.get(key)
        if shape is None or shape.signature is not signature:
            shape = Shape(signature, args, kwargs, self._redaction)
            _keep(self._shapes, key, shape)
        if shape.is_secret or self._is_off:
            return None
        if not shape.is_bound:
            text = shape.text((*args, *kwargs.values()), self._texts)
            if text is not None and shape.was_constant:
                self._last = args, kwargs, signature, text
            return text
        owner = None if id(args[0]) in noted else self._texts.of_owner(args[0])
        return None if owner is None else shape.text((*args[1:], *kwargs.values()), self._texts, owner)

    def _field(self, name: str, value: object) -> str | None:
        text = self._texts.of(value)
        return None if text is None else f',"{name}":{text}'


class Shape:
    """
    What is the same for all arguments of a function that are passed in the same way.

    Attributes:
        signature: The signature of the function.
        is_bound: Whether the first argument is what the function is a method of.
        is_secret: Whether one of the arguments may be a secret.
    """

    __slots__ = ("_end", "_known", "_parts", "is_bound", "is_secret", "signature")

    def __init__(
        self, signature: Signature | None, args: tuple[Any, ...], kwargs: Mapping[str, Any], redaction: Redaction
    ) -> None:
        self.signature = signature
        self.is_bound = is_bound(signature, args)
        begin = -1 if self.is_bound else 0  # the owner does not count
        numbers = range(begin, begin + len(args) + len(kwargs))
        places = by_name(signature, tuple(numbers[: len(args)]), dict(zip(kwargs, numbers[len(args) :], strict=True)))
        self.is_secret = any(redaction.is_secret(name) for name in places)
        self._parts = [(f"{encode_basestring_ascii(name)}:", place) for name, place in places.items()]
        if any(type(place) is tuple and -1 in place for place in places.values()):
            self.is_secret = True
        how = positions(signature, args)
        self._end = f"}},{ENCODER.encode(how)[1:-1]}" if how else "}"
        self._known: tuple[tuple[Any, ...], bytes | None, str, str] | None = None

    @property
    def was_constant(self) -> bool:
        """
        Whether the last values cannot change.
        """
        return self._known is not None and self._known[1] is None

    def text(self, values: tuple[Any, ...], texts: PlainTexts, owner: str = "") -> str | None:
        """
        Write *values*, or give what was written the last time if they are the same.
        """
        known = self._known
        if known is not None and known[3] == owner:
            if known[1] is None:
                if all(map(is_, values, known[0])):
                    return known[2]
            elif mark(values) == known[1]:
                return known[2]
        parts = []
        for name, place in self._parts:
            if place == -1:
                text: str | None = owner
            else:
                text = texts.of(values[place] if type(place) is int else tuple([values[each] for each in place]))
            if text is None:
                return None
            parts.append(name + text)
        text = f',"arguments":{{{",".join(parts)}{self._end}'
        self._keep(values, text, owner)
        return text

    def _keep(self, values: tuple[Any, ...], text: str, owner: str) -> None:
        if len(text) > _MOST_KEPT:
            self._known = None
        elif all(type(value) in _CONSTANT for value in values):
            self._known = (values, None, text, owner)
        else:
            new_mark = mark(values)
            self._known = None if new_mark is None or not is_sure(new_mark) else ((), new_mark, text, owner)


def _keep(known: dict[Any, Any], key: tuple[object, ...], text: object) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = text
