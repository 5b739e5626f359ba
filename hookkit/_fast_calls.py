"""
Plans: what fast code runs around one function, and what it does where a hook or the function raised.

See "How calls are made fast" in the explanations.
"""

from _weakref import ref
from functools import partial
from sys import exc_info
from types import FunctionType, MethodType

from hookkit import _fast_code
from hookkit._hooks import is_replacement, refuse_awaitable
from hookkit._runner import call, leave_out_own_frames, report, run_errors, run_posts

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType
    from typing import Any

    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook


_DEBUG = 10  # as logging has it, which is slow to import


class Plan:
    """
    The hooks of one function, laid out for fast code.

    Attributes:
        function: The undecorated function.
        steps: What fast code needs: what the registry's logger remembers of the levels that it is enabled for, then
            what is called, in that order: each ``pre``, the function, each ``post``; at last the plan itself.
    """

    __slots__ = ("_hooked", "_hooks", "_posts", "_pres", "function", "steps")

    def __init__(self, hooked: "HookedFunction", hooks: "Sequence[AttachedHook]") -> None:
        self._hooked = hooked
        self._hooks = hooks
        self._pres = [place for place, hook in enumerate(hooks) if hook.pre is not None]
        self._posts = [place for place, hook in enumerate(hooks) if hook.post is not None]
        pres = [own(hooks[place].pre) for place in self._pres]
        posts = [own(hooks[place].post) for place in self._posts]
        self.function: Any = hooked.function
        levels = remembered_levels(hooked.point.log)
        self.steps = (levels, *pres, own_function(hooked.function), *posts, self)

    def code(self, shapes: "Sequence[_fast_code.Shape]") -> "CodeType":
        """
        Make the code that runs it for calls of *shapes*, and leaves others to the plain loop.
        """
        hooked = self._hooked
        counts = bool(hooked.lead), len(self._pres), len(self._posts)
        return _fast_code.fast_code(hooked.function, counts, shapes, hooked=ref(hooked), passed=passed)

    def defaults(self, shapes: "Sequence[_fast_code.Shape]") -> "tuple[tuple[Any, ...], dict[str, Any] | None]":
        """
        Give the defaults of the parameters of that code, of those by position and of the others.
        """
        absent = (_fast_code.ABSENT,) * (_fast_code.most_positional(shapes) + 1)
        return (*absent, *self.steps), None

    def is_quiet(self) -> bool:
        """
        Ask the logger whether methods are not to be announced.
        """
        return not ask(self._hooked.point.log)

    def refuse(self, returned: object) -> None:
        """
        Make sure that a ``pre`` returned no coroutine.
        """
        refuse_awaitable(returned)

    def settle(self, returned: object, result: object) -> object:
        """
        Give the result after a ``post`` returned something.
        """
        settled = refuse_awaitable(returned)
        return settled.value if is_replacement(settled) else result

    def failed(self, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> int | None:
        """
        Log what a hook raised, or run the error methods of the hooks whose stage was reached.

        Called where the exception was caught.

        Args:
            args: The caller's positional arguments.
            kwargs: The caller's keyword arguments.

        Returns:
            How many hooks are done with the phase; None if the exception goes out to the caller.
        """
        _, exc, traceback = exc_info()
        step = _fast_code.step_at(traceback)  # type: ignore[arg-type]
        if step is None or not isinstance(exc, Exception):
            return None
        try:
            return self._failed(*step, exc, args, kwargs)
        except BaseException as own:
            leave_out_own_frames(own)
            raise

    def _failed(
        self, phase: str, index: int, exc: Exception, args: "tuple[Any, ...]", kwargs: "dict[str, Any]"
    ) -> int | None:
        hooked = self._hooked
        hooks = self._hooks
        try:
            if phase != "body":
                place = (self._pres if phase == "pre" else self._posts)[index]
                hooks = hooks[: place + 1]
                if not report(hooked.point, phase, hooks[place], exc):
                    return place + 1
        except Exception as own:  # what a handler or a filter of the log raises
            if phase == "pre":
                run_errors(hooked.point, hooks, (*hooked.lead, own, *args), kwargs)
            raise
        if phase != "post":
            run_errors(hooked.point, hooks, (*hooked.lead, exc, *args), kwargs)
        return None

    def go_on(self, reached: int, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "Any":
        """
        Run what is left of a call in which a ``pre`` raised: all after the first *reached* hooks.
        """
        hooked = self._hooked
        try:
            return call(hooked.point, self._hooks, hooked.function, hooked.lead, args, kwargs, reached)
        except BaseException as exc:
            leave_out_own_frames(exc)
            raise

    def finish(self, reached: int, result: object, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "Any":
        """
        Run what is left of a call in which a ``post`` raised: the ``post`` of all hooks after the first *reached*.
        """
        hooked = self._hooked
        try:
            return run_posts(hooked.point, self._hooks[reached:], hooked.lead, result, args, kwargs)
        except BaseException as exc:
            leave_out_own_frames(exc)
            raise


def own(method: "Any") -> "Callable[..., Any]":
    """
    Make something that does what a hook's *method* does, and that nobody else has: so no caller can pass it.
    """
    return MethodType(method.__func__, method.__self__) if type(method) is MethodType else partial(method)


def own_function(function: "Any") -> "Callable[..., Any]":
    """
    Make a function that does what the undecorated *function* does, and that nobody else has.
    """
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__qualname__ = function.__qualname__
    return copy


def passed(values: "tuple[Any, ...]", steps: "tuple[Any, ...]", args: "tuple[Any, ...]") -> "tuple[Any, ...]":
    """
    Give the positional arguments of a call that fast code leaves to the plain loop.

    Args:
        values: What the parameters for arguments have.
        steps: What the parameters for steps have; arguments, if there are more of them than expected.
        args: What there is beyond.
    """
    given = (*values, *steps)
    if args:
        return (*given, *args)
    own = steps[-1].steps if issubclass(type(steps[-1]), Plan) else ()
    defaults = (*[_fast_code.ABSENT] * len(values), *own)
    count = len(given)
    while count:
        last = given[count - 1]
        if last is not _fast_code.WITHDRAWN and last is not (defaults[count - 1] if count <= len(defaults) else given):
            break
        count -= 1
    return given[:count]


def is_plannable(hooks: "Sequence[AttachedHook]", shapes: "Sequence[_fast_code.Shape]") -> bool:
    """
    Tell whether fast code for so many hooks, and calls of so many shapes with so many arguments, is worth its making.
    """
    most = max(positional + len(keywords) for positional, keywords in shapes)
    are_few = 2 * len(hooks) <= _fast_code.MOST_METHODS and len(shapes) <= _fast_code.MOST_SHAPES
    return are_few and most <= _fast_code.MOST_ARGUMENTS


class Levels(dict[int, bool]):
    """
    Where a logger remembers the levels that it is enabled for, and which logging empties whenever one changes.

    Nothing of Python's runs between the steps that belong together here, neither another thread nor a signal handler
    nor a destructor: those come where something is called.

    Attributes:
        is_quiet: Whether it is known that methods are not to be announced.
        asked: Stands for the last time that this was asked for, if nothing has changed since.
    """

    __slots__ = ("asked", "is_quiet")

    def __init__(self) -> None:
        super().__init__()
        self.is_quiet = False
        self.asked: object = None

    def clear(self) -> None:
        """
        Forget all.
        """
        clear = dict.clear
        self.asked = None
        self.is_quiet = False
        clear(self)


def remembered_levels(log: "Any") -> Levels:
    """
    Give the dictionary in which *log* remembers its levels, one that can be asked in no time.

    For a logger that decides in a way of its own it is one that is never quiet.
    """
    from logging import Logger

    if type(log).isEnabledFor is not Logger.isEnabledFor or "isEnabledFor" in vars(log) or "_cache" not in vars(log):
        return Levels()
    attributes, levels, kind = vars(log), Levels(), dict
    if attributes["_cache"].__class__ is kind:
        attributes["_cache"] = levels
    there = attributes["_cache"]
    return there if isinstance(there, Levels) else levels


def ask(log: "Any") -> bool:
    """
    Ask *log* whether methods are to be announced, and have it remember that they are not.

    One that is disabled, as ``logging.config`` leaves those that it does not know, may be enabled again without a word;
    so what would be if it were counts, too.
    """
    levels = remembered_levels(log)
    asked = levels.asked = object()
    is_loud: bool = log.isEnabledFor(_DEBUG)
    is_quiet = not is_loud and (log.manager.disable >= _DEBUG or log.getEffectiveLevel() > _DEBUG)
    if is_quiet and levels.asked is asked:
        levels.is_quiet = True
    return is_loud
