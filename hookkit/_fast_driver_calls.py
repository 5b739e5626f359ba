"""
Functions with driver hooks whose code is exchanged for fast code once they are called.

See "How driver hooks are run fast" in the explanations.
"""

from __future__ import annotations

import builtins
from functools import update_wrapper
from threading import RLock
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast
from weakref import ref

from hookkit import _fast_code
from hookkit._fast_calls import ask, remembered_levels
from hookkit._fast_driver_code import GENERAL, fast_code
from hookkit._hooks import is_replacement, refuse_awaitable
from hookkit._messages import DRIVER_GROUP, logger_of
from hookkit._watching import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType

    from hookkit._fast_driver_code import Arguments, Form, Keywords, Shape

_LOG = logger_of(DRIVER_GROUP)

_usual_methods: dict[str, FunctionType] = {}
"""
The methods of `HookBase` that fast code stands in for, by name.
"""

_usual: dict[int, ref[type]] = {}
"""
The classes whose hooks have these methods, by their ids: as long as they are there, and without keeping them.
"""


def usual_method(method: Any) -> Any:
    """
    Take note of a method of `HookBase` that fast code stands in for.
    """
    _usual_methods[method.__name__] = method
    return method


class FastCalls:
    """
    The decorated form of a function with driver hooks, and what its code needs.

    Args:
        function: The undecorated function.
        form: Its parameters.
        uses: What the code knows by these names: ``hooks_of``, ``run_with``, ``func_name`` and ``is_suppressed``.
    """

    def __init__(self, function: Callable[..., Any], form: Form, uses: dict[str, Any]) -> None:
        self._function = function
        self._form = form
        self._uses = {**uses, "passed": form.passed}
        self._general_code = _fast_code.template("driver", 0, lambda: GENERAL, is_fast=False)
        self._decorated: Callable[[], FunctionType | None] = lambda: None
        self._shapes: tuple[Shape, ...] = ()
        self._code: CodeType | None = None
        self._changing = RLock()

    def wrapper(self) -> FunctionType:
        """
        Make the function that takes the place of the undecorated one.

        Its globals are what its code needs, where the garbage collector sees it.
        """
        known = {"absent": _fast_code.ABSENT, "refuse_awaitable": refuse_awaitable, "usual": _usual}
        known |= {"is_replacement": is_replacement}
        known |= {"levels": remembered_levels(_LOG), "is_loud": lambda: ask(_LOG)}
        namespace = {"__name__": __name__, "__builtins__": builtins, "function": self._function, **known, **self._uses}
        form = self._form
        is_optional = [form.names[place] for place in form.optional if place >= form.positional]
        decorated = FunctionType(self._general_code, namespace, self._function.__name__)
        decorated.__defaults__ = (_fast_code.ABSENT,) * (len(form.optional) - len(is_optional)) or None
        decorated.__kwdefaults__ = dict.fromkeys(is_optional, _fast_code.ABSENT)
        self._decorated = ref(decorated)
        update_wrapper(decorated, self._function)
        return decorated

    def is_decorated(self, function: object) -> bool:
        """
        Tell whether *function* is the decorated form.
        """
        return function is self._decorated()

    def learn(self, hooks: Sequence[Any], args: Arguments, kwargs: Keywords) -> None:
        """
        See to it that the next call of this shape, with hooks of these classes, is a fast one.
        """
        decorated = self._decorated()
        shape = self._form.shape(args, kwargs)
        if decorated is None or shape is None or not all(map(_is_usual, hooks)):
            return
        shapes = self._shapes if shape in self._shapes else (*self._shapes, shape)
        if len(shapes) > _fast_code.MOST_SHAPES or (shapes == self._shapes and decorated.__code__ is self._code):
            return
        code = cast("CodeType", self._code if shapes == self._shapes else fast_code(self._form, shapes))
        decorated.__globals__.update(
            pre=_usual_methods["execute_pre_hook"],
            post=_usual_methods["execute_post_hook"],
        )
        EVERYWHERE.add_point(cast("Any", self))  # it is told when observers come and go, as points are
        with self._changing:
            if not EVERYWHERE.current:
                self._shapes, self._code = shapes, code
                decorated.__code__ = code

    def withdraw(self) -> None:
        """
        Have the next call find out anew who watches.
        """
        decorated = self._decorated()
        if decorated is not None:
            with self._changing:
                decorated.__code__ = self._general_code


def _is_usual(hook: object) -> bool:
    """
    Tell whether a hook has the methods of `HookBase`, so that what they do is known; take note of its class.
    """
    kind = type(hook)
    if id(kind) in _usual:
        return True
    has_them = all(getattr(kind, name, None) is method for name, method in _usual_methods.items())
    if not has_them or kind.__getattribute__ is not object.__getattribute__:
        return False
    key = id(kind)
    _usual[key] = ref(kind, lambda _: _usual.pop(key, None))
    return True
