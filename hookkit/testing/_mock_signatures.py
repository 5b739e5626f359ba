"""
The signatures of a mock hook's methods: those of the functions that are decorated with its hook point.
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from inspect import BoundArguments, Parameter, Signature
from typing import TYPE_CHECKING, Any

from hookkit._events import current_call
from hookkit.contracts import catalogue, hosts
from hookkit.exceptions import FatalHookException, MisuseError
from hookkit.recording._text import show

if TYPE_CHECKING:
    from hookkit._functions import HookedFunction
    from hookkit._points import HookPoint

ANYTHING = Signature([Parameter("args", Parameter.VAR_POSITIONAL), Parameter("kwargs", Parameter.VAR_KEYWORD)])

_BEFORE = {"post": ("rv",), "error": ("exc",)}


class WrongArgumentsError(FatalHookException, MisuseError):
    """
    A mock hook was called with arguments that the signature of its hook point does not allow.

    It goes out to the caller of the hooked function, as a `hookkit.FatalHookException` does, and is a TypeError.
    """

    __module__ = "hookkit.testing"


class PointSignatures:
    """
    What the functions that are decorated with a hook point allow.

    Args:
        point: The hook point.
        given: What to take for the signature of all of them; each has its own if None.
    """

    def __init__(self, point: "HookPoint", given: Signature | None) -> None:
        self.point = point
        self._given = given
        self._seen: dict[tuple[tuple[str, ...], Signature], None] = {}

    def find(self) -> Sequence[tuple[tuple[str, ...], Signature]]:
        """
        Give the signatures that count now, each with the names of what hooks are given before its arguments.

        In a call of the point it is that of the function which is being called.
        Else those of all calls so far, even if their functions are gone; before any call, those of the functions that
        are there; without any function, the given one, those that the catalogue has, or one that allows anything.
        """
        functions = self.point.functions
        call = current_call()
        if call is not None and (call.group, call.point) == (self.point.group, self.point.name):
            called = self._of([hooked for hooked in functions if hooked.function is call.function])
            self._seen |= called
            if called:
                return tuple(called)
        return tuple(self._seen or self._of(functions) or self._without_function())

    def _of(self, functions: Iterable["HookedFunction"]) -> dict[tuple[tuple[str, ...], Signature], None]:
        return {
            (("f",) if hooked.lead else (), self._given or _signature_of(hooked.function)): None for hooked in functions
        }

    def _without_function(self) -> list[tuple[tuple[str, ...], Signature]]:
        signatures = _catalogued(self.point) if self._given is None else [self._given]
        return [((), signature) for signature in signatures or [ANYTHING]]


class MethodSignature(Signature):
    """
    The signature of a hook's ``pre``, ``post`` or ``error``, found anew each time that it is asked for.

    Args:
        signatures: Those of the point's functions.
        phase: The name of the method.
    """

    def __init__(self, signatures: PointSignatures, phase: str) -> None:
        super().__init__()
        self._signatures = signatures
        self._phase = phase

    @property
    def parameters(self) -> Any:
        """
        The parameters; of the first signature, if several count.
        """
        return self._find()[0].parameters

    def bind(self, /, *args: Any, **kwargs: Any) -> BoundArguments:
        """
        Find out what each argument is for.

        Raises:
            WrongArgumentsError: If no signature that counts allows these arguments.
        """
        __tracebackhide__ = True
        if self._phase == "error" and any(isinstance(arg, WrongArgumentsError) for arg in args):
            return ANYTHING.bind(*args, **kwargs)  # of these `pre` has complained
        reason = ""
        found = self._find()
        for signature in found:
            try:
                return signature.bind(*args, **kwargs)
            except TypeError as exc:
                reason = reason or str(exc)
        allowed = " and ".join(map(str, found))
        msg = (
            f"A mock hook at {self._signatures.point.name!r} was called as {self._phase}{_shown(args, kwargs)}, "
            f"which {allowed} {'does' if len(found) == 1 else 'do'} not allow: {reason}. "
            "Correct the call; if the mock hook is wrong, give it the host's signature=."
        )
        raise WrongArgumentsError(msg)

    def _find(self) -> list[Signature]:
        before = _BEFORE.get(self._phase, ())
        return [_led((*lead, *before), signature) for lead, signature in self._signatures.find()]


def _led(names: Sequence[str], signature: Signature) -> Signature:
    """
    Put positional parameters called *names*, or like it where a name is taken, before those of *signature*.
    """
    lead = [
        Parameter(f"{name}_" if name in signature.parameters else name, Parameter.POSITIONAL_ONLY) for name in names
    ]
    return signature.replace(parameters=[*lead, *signature.parameters.values()])


def _signature_of(function: Any) -> Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return ANYTHING


def _catalogued(point: "HookPoint") -> list[Signature]:
    """
    Give the signatures that a hook point has in the catalogue, the latest first.
    """
    periods = [period for host in hosts() for period in catalogue(host).history]
    return [period.signature for period in periods if (period.group, period.name) == (point.group, point.name)][::-1]


def _shown(args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    return f"({', '.join([*map(show, args), *(f'{name}={show(value)}' for name, value in kwargs.items())])})"
