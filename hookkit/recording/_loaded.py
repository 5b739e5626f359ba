"""
Calls and events that were read from a recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit.discovery import EntryPoint
from hookkit.recording._changes import ABSENT, Change
from hookkit.recording._checks import FIELDS
from hookkit.recording._positions import passed
from hookkit.recording._records import RecordedCall, RecordedEvent, RecordedHook, path_of
from hookkit.recording._stand_ins import StandIn, recorded_attributes

if TYPE_CHECKING:
    from typing import TypeVar

    from hookkit.recording._decoding import Decoder
    from hookkit.recording._records import HookKey

    T = TypeVar("T")

_KNOWN = {kind: {"kind", "result", "returned", *fields} for kind, fields in FIELDS.items()}


class LoadedHook(RecordedHook):
    """
    Which hook an event in a recording is of; the hook itself is not there, so its class path is all that names it.

    .. versionadded:: 0.1
    """

    __slots__ = ()

    def is_named(self, wanted: HookKey) -> bool:
        """
        Tell whether *wanted*, a class, an object of one or a class path, has the class path of this hook.
        """
        return path_of(wanted) == self.class_path


class LoadedCall(RecordedCall):
    """
    A call that was read from a recording.

    Attributes:
        extra: What else the line says, as JSON has it: ``worker``, if files of several processes were merged.

    .. versionadded:: 0.1
    """

    __slots__ = ("extra",)

    extra: dict[str, Any]


class LoadedEvent(RecordedEvent):
    """
    An event that was read from a recording.

    Attributes:
        extra: What else the line says, as JSON has it: ``traceback``, where its exception came from.

    .. versionadded:: 0.1
    """

    __slots__ = ("extra",)

    extra: dict[str, Any]

    def attributes_of(self, obj: object) -> dict[str, Any] | None:
        """
        Give the attributes that a stand-in has; None for any other object.
        """
        return recorded_attributes(obj) if isinstance(obj, StandIn) else None


def loaded_call(fields: dict[str, Any], parent: RecordedCall | None, decoder: Decoder) -> LoadedCall:
    """
    Make a call of what its line says.

    Args:
        fields: The line, which was checked.
        parent: The call in whose course it was made.
        decoder: What turns its values back.
    """
    signature, args, kwargs = _arguments(fields, decoder)
    return _filled(
        LoadedCall.__new__(LoadedCall),
        **_common(fields, decoder),
        args=args,
        kwargs=kwargs,
        signature=signature,
        group=fields["group"],
        point=fields["point"],
        function=None,
        function_path=fields.get("function"),
        result=decoder.value(fields.get("result")),
        parent=parent,
        thread=fields.get("thread", ""),
        task=fields.get("task"),
        tick=fields.get("tick"),
        test_id=fields.get("test"),
    )


def loaded_event(fields: dict[str, Any], call: RecordedCall, decoder: Decoder) -> LoadedEvent:
    """
    Make an event of what its line says; see `loaded_call`.
    """
    _, args, kwargs = _arguments(fields, decoder)
    return _filled(
        LoadedEvent.__new__(LoadedEvent),
        **_common(fields, decoder),
        args=args,
        kwargs=kwargs,
        call=call,
        phase=fields["phase"],
        hook=_hook(fields),
        passed_function=_function(call, decoder) if fields.get("passed_function") else None,
        result=decoder.value(fields.get("result")),
        error=_exception(fields.get("error"), decoder),
        returned=decoder.value(fields.get("returned")),
        swallowed=fields.get("swallowed", False),
        suppressed=fields.get("suppressed", False),
        replaced=fields.get("replaced", False),
        changes=tuple(_change(change, decoder) for change in fields.get("changes", ())),
        is_looked_at=False,
    )


def call_of(fields: dict[str, Any]) -> dict[str, Any]:
    """
    Give the line that the call of an event would have, if it was not over when the recording ended.
    """
    names = ("group", "point", "test", "arguments", "positional", "var_positional", "started_ns")
    known = {name: fields[name] for name in names if name in fields}
    return {"kind": "call", "seq": fields["call"], **known, "unfinished": True}


def _filled(obj: T, /, **attributes: Any) -> T:
    for name, value in attributes.items():
        setattr(obj, name, value)
    return obj


def _common(fields: dict[str, Any], decoder: Decoder) -> dict[str, Any]:
    known = _KNOWN[fields["kind"]]
    return {
        "seq": fields["seq"],
        "noted": {},
        "raised": _exception(fields.get("raised"), decoder),
        "started_ns": fields.get("started_ns", 0),
        "duration_ns": None if fields.get("unfinished") else fields.get("duration_ns"),
        "extra": {name: value for name, value in fields.items() if name not in known},
    }


def _arguments(fields: dict[str, Any], decoder: Decoder) -> Any:
    arguments = decoder.named(fields.get("arguments", {}))
    return passed(arguments, fields.get("positional", 0), fields.get("var_positional"))


def _function(call: RecordedCall, decoder: Decoder) -> Any:
    """
    Give what stands for the function of a call; as what it is called is not known before the call is over.
    """
    return decoder.value({"$type": "builtins:function", "$repr": call.function_path or call.point})


def _exception(fields: dict[str, Any] | None, decoder: Decoder) -> BaseException | None:
    return None if fields is None else decoder.exception(fields)


def _change(fields: dict[str, Any], decoder: Decoder) -> Change:
    sides = (decoder.value(fields[side]) if side in fields else ABSENT for side in ("before", "after"))
    return Change(fields["path"], *sides)


def _hook(fields: dict[str, Any]) -> LoadedHook | None:
    hook = fields.get("hook")
    if hook is None:
        return None
    name, has_name, value = hook.get("entry_point", "").partition(" = ")
    entry_point = None
    if has_name:
        entry_point = EntryPoint(fields["group"], name, value, hook.get("distribution"), hook.get("version"))
    return _filled(LoadedHook.__new__(LoadedHook), obj=None, class_path=hook["class"], entry_point=entry_point)
