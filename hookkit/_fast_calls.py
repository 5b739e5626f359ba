"""
Plans: what fast code runs around one function, and what it does where a hook or the function raised.

See "How calls are made fast" in the explanations.
"""

from _weakref import ref
from sys import intern

from hookkit import _fast_code
from hookkit._hooks import is_replacement, refuse_awaitable
from hookkit._runner import report, run_errors

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence
    from logging import Logger
    from types import CodeType
    from typing import Any

    from hookkit._functions import HookedFunction
    from hookkit._hooks import AttachedHook


class Offer:
    """
    What leads fast code to its plan, until that is withdrawn.

    It is the default of a parameter: there the garbage collector sees it, as it does not in code objects, and a plan
    leads to the function, which often leads back to its own decorated form.

    Attributes:
        name: The name of that parameter, which no other offer's has.
        steps: What fast code needs: the plan, what the registry's logger remembers of the levels that it is enabled
            for, then what is called, in that order: each ``pre``, the function, each ``post``.
            None if it is withdrawn.
    """

    __slots__ = ("name", "steps")

    def __init__(self, steps: "tuple[Any, ...]") -> None:
        self.name = intern(f"hookkit offer {id(self)}")  # found faster
        self.steps: tuple[Any, ...] | None = steps

    def is_loud(self) -> bool:
        """
        Ask the logger itself whether methods are to be announced; it remembers the answer, unless it is disabled.

        What is withdrawn is for the plain loop, too.
        """
        steps = self.steps
        return steps is None or steps[0].is_loud()


class Plan:
    """
    The hooks of one function, laid out for fast code.

    Attributes:
        offer: What leads fast code here.
    """

    __slots__ = ("_hooked", "_hooks", "_posts", "_pres", "offer")

    def __init__(self, hooked: "HookedFunction", hooks: "Sequence[AttachedHook]") -> None:
        self._hooked = hooked
        self._hooks = hooks
        self._pres = [place for place, hook in enumerate(hooks) if hook.pre is not None]
        self._posts = [place for place, hook in enumerate(hooks) if hook.post is not None]
        pres = [hooks[place].pre for place in self._pres]
        posts = [hooks[place].post for place in self._posts]
        self.offer = Offer((self, remembered_levels(hooked.point.log), *pres, hooked.function, *posts))

    def code(self, shapes: "Sequence[_fast_code.Shape]") -> "CodeType":
        """
        Make the code that runs it for calls of *shapes*, and leaves others to the plain loop.
        """
        hooked = self._hooked
        counts = bool(hooked.lead), len(self._pres), len(self._posts)
        return _fast_code.fast_code(hooked.function, counts, shapes, hooked=ref(hooked), offer=self.offer.name)

    def is_loud(self) -> bool:
        """
        Tell whether methods are to be announced.
        """
        return self._hooked.point.log.isEnabledFor(10)

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

    def failed(self, phase: str, index: int, exc: Exception) -> bool:
        """
        Log what the method number *index* of a phase raised; tell whether it goes out to the caller.
        """
        places = self._pres if phase == "pre" else self._posts
        return report(self._hooked.point, phase, self._hooks[places[index]], exc)

    def run_errors(
        self, reached: int | None, exc: Exception, args: "tuple[Any, ...]", kwargs: "dict[str, Any]"
    ) -> None:
        """
        Run the error methods of the hooks whose stage was reached.

        Args:
            reached: The number of the ``pre`` that *exc* came out of; None if it was the function.
            exc: What was raised.
            args: The caller's positional arguments.
            kwargs: The caller's keyword arguments.
        """
        hooks = self._hooks if reached is None else self._hooks[: self._pres[reached] + 1]
        run_errors(self._hooked.point, hooks, (*self._hooked.lead, exc, *args), kwargs)


def is_plannable(hooks: "Sequence[AttachedHook]", shapes: "Sequence[object]") -> bool:
    """
    Tell whether fast code for so many hooks, and calls of so many shapes, is worth its making.
    """
    return 2 * len(hooks) <= _fast_code.MOST_METHODS and len(shapes) <= _fast_code.MOST_SHAPES


def remembered_levels(log: "Logger") -> "dict[int, bool]":
    """
    Give the dictionary in which a logger remembers the levels it is enabled for, and which is emptied when one changes.

    Asking it is many times as fast as asking the logger.
    For a logger that decides in a way of its own it is an empty one, so that the logger itself is asked at each call.
    """
    from logging import Logger

    levels = getattr(log, "_cache", None)
    is_usual = type(log).isEnabledFor is Logger.isEnabledFor and "isEnabledFor" not in vars(log)
    return levels if is_usual and isinstance(levels, dict) else {}
