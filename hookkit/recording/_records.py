"""
What a recorder keeps: calls and events as they were then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit._events import name_arguments
from hookkit._hooks import class_path
from hookkit.recording._snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature

    from hookkit._events import HookCall, HookEvent
    from hookkit._hooks import AttachedHook
    from hookkit.discovery import EntryPoint
    from hookkit.recording._changes import Change
    from hookkit.recording._tape_reader import Begun

    HookKey = type | str | object
    Noted = dict[int, tuple[object, dict[str, Any]]]

_SELF_NAMES = ("self", "cls")


class RecordedHook:
    """
    Which hook an event is of.

    Attributes:
        obj: The hook itself.
        class_path: Where its class is defined, as ``package.module:Class``.
        entry_point: The entry point that it was found through; None if there is none.
    """

    __slots__ = ("class_path", "entry_point", "obj")

    def __init__(self, hook: AttachedHook) -> None:
        self.obj = hook.obj
        self.class_path = hook.class_path
        self.entry_point: EntryPoint | None = hook.entry_point

    @property
    def name(self) -> str:
        """
        The last part of the class path.
        """
        return self.class_path.rpartition(":")[2].rpartition(".")[2]

    @property
    def distribution(self) -> str | None:
        """
        The name of the distribution that provides the hook, if it was found through an entry point.
        """
        return None if self.entry_point is None else self.entry_point.distribution

    @property
    def version(self) -> str | None:
        """
        That distribution's version.
        """
        return None if self.entry_point is None else self.entry_point.version

    def is_named(self, wanted: HookKey) -> bool:
        """
        Tell whether *wanted* names this hook.

        Args:
            wanted: A class, which subclasses do not count as; the hook itself; its class path ``package.module:Class``.
        """
        if isinstance(wanted, str):
            return wanted == self.class_path
        if wanted is self.obj:
            return True
        return isinstance(wanted, type) and type(self.obj) is wanted

    def __repr__(self) -> str:
        return f"<RecordedHook {self.class_path}>"


class RecordedCall:
    """
    A call as a recorder keeps it: the facts of `hookkit.HookCall`, its values as they were then.

    Attributes:
        seq: Its number in the recording, counted from 1 in order of start.
        group: The group of the registry; ``driver hooks`` for driver hooks.
        point: The name of the hook point; ``periodic`` for a tick of driver hooks.
        function: The undecorated function; None for a tick.
        function_path: Where that is defined, as ``package.module:Class.function``.
        args: The positional arguments as the caller passed them, ``self`` included.
        kwargs: The keyword arguments as the caller passed them.
        result: What the caller got; None if it got an exception.
        raised: The exception that the caller got; None if it got a result.
        parent: The call in whose course this one was made; None at the top.
        thread: The name of the thread.
        task: The name of the asyncio task; None outside one.
        tick: Which tick of its schedule it is; None for a call of a function.
        test_id: The test in which it was made, if the recorder was told.
        started_ns: When it began, in nanoseconds since the epoch.
        duration_ns: How long it took, in nanoseconds; None while it runs.
    """

    __slots__ = (
        "__weakref__",
        "args",
        "duration_ns",
        "function",
        "function_path",
        "group",
        "kwargs",
        "noted",
        "parent",
        "point",
        "raised",
        "result",
        "seq",
        "signature",
        "started_ns",
        "task",
        "test_id",
        "thread",
        "tick",
    )

    def __init__(self, call: HookCall | Begun, signature: Signature | None) -> None:
        self.seq = 0
        self.group = call.group
        self.point = call.point
        self.function: Callable[..., Any] | None = call.function
        self.function_path = call.function_path
        self.signature = signature
        self.args: tuple[Any, ...] = ()
        self.kwargs: dict[str, Any] = {}
        self.noted: dict[int, tuple[object, dict[str, Any]]] = {}
        self.result: Any = None
        self.raised: BaseException | None = None
        self.parent: RecordedCall | None = None
        self.thread = call.thread
        self.task = call.task
        self.tick = call.tick
        self.test_id: str | None = None
        self.started_ns = call.started_ns
        self.duration_ns: int | None = None

    @property
    def is_finished(self) -> bool:
        """
        Whether the call was over when the recording ended, or is now.
        """
        return self.duration_ns is not None

    @property
    def arguments(self) -> dict[str, Any]:
        """
        The arguments by parameter name, as far as the signature tells; see `hookkit.HookCall.arguments`.
        """
        return name_arguments(self.signature, self.args, self.kwargs)

    @property
    def is_bound(self) -> bool:
        """
        Whether the first argument is what the function is a method of.
        """
        return is_bound(self.signature, self.args)

    def finish(self, call: HookCall) -> None:
        """
        Take over how *call* ended.
        """
        self.result, self.noted = _copied(call.result, self.noted)
        self.raised = call.raised
        self.duration_ns = call.duration_ns

    def __repr__(self) -> str:
        return f"<RecordedCall {self.seq} {self.point} of {self.group}>"


class RecordedEvent:
    """
    An event as a recorder keeps it: the facts of `hookkit.HookEvent`, its values as they were when it began.

    Attributes:
        seq: Its number in the recording, counted from 1 in order of start.
        call: The call that it belongs to.
        phase: Which method: ``pre``, ``body``, ``post``, ``error``, ``periodic``; more may come.
        hook: The hook whose method it is; None for ``body``.
        args: The caller's positional arguments, ``self`` included.
        kwargs: The caller's keyword arguments.
        passed_function: The undecorated function, if the point passes it to hooks; else None.
        result: What a ``post`` was given as result; None in other phases.
        error: What an ``error`` was given; None in other phases.
        returned: What came back, as it was then; the new value, if it was a `hookkit.Replace`.
        raised: The exception that came out; None if none did.
        swallowed: Whether the runtime logged and swallowed that exception.
        suppressed: Whether a driver hook's own option kept it back.
        replaced: Whether a ``post`` returned a `hookkit.Replace`.
        changes: What the hook changed in place in its arguments and in the result.
        started_ns: When it began, in nanoseconds since the epoch.
        duration_ns: How long it took, in nanoseconds; None while it runs.
        noted: By the id of each object that is not copied: the object, and its attributes as they were then.
        is_looked_at: Whether a test has looked at its exception.
    """

    __slots__ = (
        "__weakref__",
        "args",
        "call",
        "changes",
        "duration_ns",
        "error",
        "hook",
        "is_looked_at",
        "kwargs",
        "noted",
        "passed_function",
        "phase",
        "raised",
        "replaced",
        "result",
        "returned",
        "seq",
        "started_ns",
        "suppressed",
        "swallowed",
    )

    def __init__(self, event: HookEvent | Begun, call: RecordedCall, hook: RecordedHook | None) -> None:
        self.seq = 0
        self.call = call
        self.phase = event.phase
        self.hook = hook
        self.passed_function = event.passed_function
        self.args: tuple[Any, ...] = ()
        self.kwargs: dict[str, Any] = {}
        self.noted: dict[int, tuple[object, dict[str, Any]]] = {}
        self.result: Any = None
        self.error = event.error
        self.returned: Any = None
        self.raised: BaseException | None = None
        self.swallowed = False
        self.suppressed = False
        self.replaced = False
        self.changes: tuple[Change, ...] = ()
        self.started_ns = event.started_ns
        self.duration_ns: int | None = None
        self.is_looked_at = False

    @property
    def point(self) -> str:
        """
        The name of the hook point.
        """
        return self.call.point

    @property
    def group(self) -> str:
        """
        The group of the registry.
        """
        return self.call.group

    @property
    def is_finished(self) -> bool:
        """
        Whether it was over when the recording ended, or is now.
        """
        return self.duration_ns is not None

    @property
    def end_ns(self) -> int:
        """
        When it was over, in nanoseconds since the epoch; when it began, if it is not.
        """
        return self.started_ns + (self.duration_ns or 0)

    @property
    def arguments(self) -> dict[str, Any]:
        """
        The caller's arguments by parameter name, as they were when the event began.
        """
        return name_arguments(self.call.signature, self.args, self.kwargs)

    def finish(self, event: HookEvent) -> None:
        """
        Take over how *event* ended.
        """
        self.returned, self.noted = _copied(event.returned, self.noted)
        self.raised = event.raised
        self.swallowed = event.swallowed
        self.suppressed = event.suppressed
        self.replaced = event.replaced
        self.duration_ns = event.duration_ns

    def attributes_of(self, obj: object) -> dict[str, Any] | None:
        """
        Give the attributes that *obj*, which was met among the arguments and not copied, had when the event began.

        Returns:
            None if none were noted.
        """
        noted = self.noted.get(id(obj))
        return None if noted is None else noted[1]

    def __repr__(self) -> str:
        by = "" if self.hook is None else f" by {self.hook.name}"
        return f"<RecordedEvent {self.seq} {self.phase} {self.point}{by}>"


def _copied(value: Any, noted: Noted) -> tuple[Any, Noted]:
    """
    Copy *value*, and add the attributes of what is not copied in it to those in *noted*.
    """
    if value is None or type(value) is str:
        return value, noted
    snapshot = Snapshot()
    copy = snapshot.copy(value)
    snapshot.finish()
    return copy, {**noted, **snapshot.noted}


def is_method(signature: Signature | None) -> bool:
    """
    Tell whether the first argument of a function is what it is a method of.
    """
    return signature is not None and next(iter(signature.parameters), None) in _SELF_NAMES


def is_bound(signature: Signature | None, args: tuple[Any, ...]) -> bool:
    """
    Tell whether the first of *args* is a method's ``self`` or ``cls``.
    """
    return bool(args) and is_method(signature)


def by_name(signature: Signature | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """
    Name arguments by their parameters; without a signature, those by position are ``args``.
    """
    if signature is None:
        return {"args": args, **kwargs} if args else kwargs
    return name_arguments(signature, args, kwargs)


def path_of(hook: object) -> str:
    """
    Give the class path that *hook*, a class, an instance or a path already, stands for.
    """
    return hook if isinstance(hook, str) else class_path(hook)
