"""
What observers are told: calls, and the events in them.

Imported only when somebody watches.
"""

from __future__ import annotations

import sys
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

from hookkit._hooks import Replace, describe, is_awaitable, perf_counter_ns, refuse_awaitable, time_ns
from hookkit._messages import logger_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from inspect import Signature
    from typing import Any, Self

    from hookkit._hooks import AttachedHook
    from hookkit._watching import Observer

    Settle = Callable[["HookEvent"], object]

_current_call: ContextVar[HookCall | None] = ContextVar("hookkit_current_call", default=None)
current_watched_call = _current_call.get
WATCHES: set[Watch] = set()
"""
The calls that are being watched, in all threads and tasks; where there are none, nobody needs to ask in which one.
"""
_being_told: ContextVar[tuple[Observer, ...]] = ContextVar("hookkit_being_told", default=())


class HookCall:
    """
    One invocation of a hooked function, or one tick of a periodic schedule.

    Attributes:
        group: The group of the registry; ``driver hooks`` for driver hooks.
        point: The name of the hook point; ``periodic`` for a tick of driver hooks.
        function: The undecorated function; None for a tick.
        args: The positional arguments as the caller passed them, ``self`` included.
        kwargs: The keyword arguments as the caller passed them.
        parent: The call in whose course this one was made, in the same thread or task; None at the top.
        thread: The name of the thread.
        task: The name of the asyncio task; None outside one.
        tick: Which tick of its schedule this is, counted from 1; None for a call of a function.
        started_ns: When it began, in nanoseconds since the epoch.
        duration_ns: How long it took, in nanoseconds; None while it runs.
        result: What the caller got; None if it got an exception.
        raised: The exception that the caller got; None if it got a result.
    """

    def __init__(
        self,
        group: str,
        point: str,
        function: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        parent: HookCall | None = None,
        tick: int | None = None,
        signature: Signature | None = None,
    ) -> None:
        self.group = group
        self.point = point
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.parent = parent
        self.tick = tick
        self.thread = threading.current_thread().name
        self.task = _task_name()
        self.started_ns = time_ns()
        self.duration_ns: int | None = None
        self.result: Any = None
        self.raised: BaseException | None = None
        self._signature = signature

    @property
    def is_finished(self) -> bool:
        """
        Whether the call is over.
        """
        return self.duration_ns is not None

    @property
    def function_path(self) -> str | None:
        """
        Where the function is defined, as ``package.module:Class.function``; None for a tick.
        """
        return None if self.function is None else path_of_function(self.function)

    @property
    def signature(self) -> Signature | None:
        """
        The function's signature; None if it has none that can be known.
        """
        if self._signature is None and self.function is not None:
            self._signature = signature_of(self.function)
        return self._signature

    @property
    def arguments(self) -> dict[str, Any]:
        """
        The arguments by the name of the parameter that they were passed for, as far as the signature tells.

        What a ``**kwargs`` parameter takes stands under its own names, what ``*args`` takes under ``args``.
        Parameters that were not passed are absent.
        """
        return name_arguments(self.signature, self.args, self.kwargs)

    def __repr__(self) -> str:
        return f"<HookCall {self.point} of {self.group}>"


class HookEvent:
    """
    One invocation of one method of one hook, or of the hooked function's own body.

    Attributes:
        call: The call that it belongs to.
        phase: Which method: ``pre``, ``body``, ``post``, ``error``, ``periodic``; more may come.
        hook: The hook whose method it is; None for ``body``.
        passed_function: The undecorated function, if the point passes it to hooks; else None.
        result: What a ``post`` was given as result; None in other phases.
        error: What an ``error`` was given; None in other phases.
        returned: What came back; the new value, if it was a `Replace`.
        raised: The exception that came out; None if none did.
        swallowed: Whether the runtime logged and swallowed that exception.
        suppressed: Whether a driver hook's own option kept it back, so that it became the hook's data.
        replaced: Whether a ``post`` returned a `Replace`.
        started_ns: When it began, in nanoseconds since the epoch.
        duration_ns: How long it took, in nanoseconds; None while it runs.
    """

    def __init__(self, call: HookCall, phase: str, hook: AttachedHook | None) -> None:
        self.call = call
        self.phase = phase
        self.hook = hook
        self.passed_function: Callable[..., Any] | None = None
        self.result: Any = None
        self.error: BaseException | None = None
        self.returned: Any = None
        self.raised: BaseException | None = None
        self.swallowed = False
        self.suppressed = False
        self.replaced = False
        self.started_ns = time_ns()
        self.duration_ns: int | None = None

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
    def args(self) -> tuple[Any, ...]:
        """
        The caller's positional arguments, ``self`` included.
        """
        return self.call.args

    @property
    def kwargs(self) -> dict[str, Any]:
        """
        The caller's keyword arguments.
        """
        return self.call.kwargs

    @property
    def arguments(self) -> dict[str, Any]:
        """
        The caller's arguments by parameter name; see `HookCall.arguments`.
        """
        return self.call.arguments

    def __repr__(self) -> str:
        by = "" if self.hook is None else f" by {self.hook.name}"
        return f"<HookEvent {self.phase} {self.point}{by}>"


class Watch:
    """
    A call that is being watched: tells the observers, and knows which call is under way.

    A context manager around the call.
    """

    def __init__(self, call: HookCall, observers: Sequence[Observer]) -> None:
        self.call = call
        # An observer that calls a hooked function would otherwise be told of that, call it again, and so on.
        self._observers = [observer for observer in observers if observer not in _being_told.get()]
        self._began_ns = perf_counter_ns()

    def __enter__(self) -> Self:
        WATCHES.add(self)
        _current_call.set(self.call)
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, traceback: object) -> None:
        WATCHES.discard(self)
        # Not by a token: a coroutine may end in a context other than the one it began in, and is none of its business.
        if _current_call.get() is self.call:
            _current_call.set(self.call.parent)
        self.call.raised = raised
        self.call.duration_ns = perf_counter_ns() - self._began_ns
        self.tell("finished", self.call)

    def hook(self, hook: AttachedHook, lead: tuple[Any, ...], settle: Settle, *, is_async: bool) -> AttachedHook:
        """
        Make a copy of *hook* each of whose methods is an event.

        Args:
            hook: The hook as it is attached.
            lead: What its methods are given before all else: the undecorated function, or nothing.
            settle: Told the event before the observers are; says what becomes of its exception.
            is_async: Whether the hooked function is a coroutine function.
        """
        kind = AsyncStep if is_async else Step
        methods = (("pre", hook.pre, None), ("post", hook.post, "result"), ("error", hook.error, "error"))
        return hook.with_methods(
            **{
                phase: kind(self, phase, method, hook=hook, lead=lead, settle=settle, given=given)
                for phase, method, given in methods
                if method is not None
            }
        )

    def tell(self, what: str, fact: HookEvent | HookCall) -> None:
        """
        Call each observer's *what* with *fact*; one that raises is logged and dropped from this call.
        """
        for observer in tuple(self._observers):
            callback = getattr(observer, what) if observer.is_active else None
            if callback is None:
                continue
            token = _being_told.set((*_being_told.get(), observer))
            try:
                callback(fact)
            except Exception:
                self._observers.remove(observer)
                logger = logger_of(self.call.group)
                logger.exception("Observer %s raised on %r; it hears no more of this call.", describe(callback), fact)
            finally:
                _being_told.reset(token)


class Step:
    """
    A method that is an event each time it runs.

    Args:
        watch: The call that it runs in.
        phase: The event's phase.
        method: What runs; called with what the step is called with.
        hook: The hook whose method it is; None for the body.
        lead: What the method is given before all else.
        settle: Told the event before the observers are; says what becomes of its exception.
        given: The attribute of the event that takes the first argument after *lead*, if there is one.
    """

    def __init__(
        self,
        watch: Watch,
        phase: str,
        method: Callable[..., Any],
        *,
        hook: AttachedHook | None = None,
        lead: tuple[Any, ...] = (),
        settle: Settle | None = None,
        given: str | None = None,
    ) -> None:
        self._watch = watch
        self._phase = phase
        self._method = method
        self._hook = hook
        self._lead = lead
        self._settle = settle
        self._given = given

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        event, began_ns = self._begin(args)
        try:
            returned = self._method(*args, **kwargs)
            if self._hook is not None:
                refuse_awaitable(returned)
        except BaseException as exc:
            event.raised = exc
            self._end(event, began_ns)
            raise
        event.returned = returned
        self._end(event, began_ns)
        return returned

    def _begin(self, args: tuple[Any, ...]) -> tuple[HookEvent, int]:
        event = HookEvent(self._watch.call, self._phase, self._hook)
        if self._lead:
            (event.passed_function,) = self._lead
        if self._given is not None:
            setattr(event, self._given, args[len(self._lead)])
        self._watch.tell("before", event)
        return event, perf_counter_ns()

    def _end(self, event: HookEvent, began_ns: int) -> None:
        event.duration_ns = perf_counter_ns() - began_ns
        if self._phase == "post" and issubclass(type(event.returned), Replace):
            event.replaced = True
            event.returned = event.returned.value
        if self._settle is not None:
            self._settle(event)
        self._watch.tell("after", event)


class AsyncStep(Step):
    """
    A step of a coroutine function: over when what the method returned has been awaited.
    """

    async def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        event, began_ns = self._begin(args)
        try:
            returned = self._method(*args, **kwargs)
            if self._hook is None or is_awaitable(returned):  # the body is awaited come what may, as unwatched
                returned = await returned
        except BaseException as exc:
            event.raised = exc
            self._end(event, began_ns)
            raise
        event.returned = returned
        self._end(event, began_ns)
        return returned


def current_call() -> HookCall | None:
    """
    Give the watched call in whose course this is asked, in this thread or task.
    """
    call = _current_call.get()
    while call is not None and call.is_finished:  # a task outlives the call that started it
        call = call.parent
    return call


def path_of_function(function: Callable[..., Any]) -> str:
    """
    Say where *function* is defined, as ``package.module:Class.function``.
    """
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{getattr(function, '__module__', '?')}:{name}"


def signature_of(function: Callable[..., Any]) -> Signature | None:
    """
    Give the signature of *function*; None if it has none that can be known.
    """
    import inspect

    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def name_arguments(signature: Signature | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """
    Name *args* by the parameters of *signature* that they go to; see `HookCall.arguments`.

    Arguments that the signature has no place for are left out by position and kept by keyword.
    A keyword in ``**kwargs`` that bears the name of a positional-only parameter gives way to it.
    """
    named: dict[str, Any] = {}
    left = list(args)
    for parameter in () if signature is None else signature.parameters.values():
        if not left:
            break
        if parameter.kind is parameter.VAR_POSITIONAL:
            named[parameter.name] = tuple(left)
            left = []
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            named[parameter.name] = left.pop(0)
    return named | {name: value for name, value in kwargs.items() if name not in named}


def _task_name() -> str | None:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        task = asyncio.current_task() if asyncio._get_running_loop() is not None else None  # noqa: SLF001 - no error
    except AttributeError:  # still being imported by another thread
        return None
    return None if task is None else task.get_name()
