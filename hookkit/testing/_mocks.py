"""
Mock hooks: hooks made of mocks, which take only the arguments that their hook point allows.
"""

from collections.abc import Callable
from contextlib import suppress
from inspect import Parameter, Signature
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from unittest import mock

from hookkit._hooks import Replace, describe, is_awaitable, is_coroutine_function
from hookkit._registry import DEFAULT_GROUP, get_registry
from hookkit._schedule import check_duration
from hookkit.contracts import parse_signature
from hookkit.contracts._tracebacks import is_mistake
from hookkit.exceptions import InvalidValueError, MisuseError
from hookkit.testing._mock_signatures import MethodSignature, PointSignatures, WrongArgumentsError

if TYPE_CHECKING:
    from types import TracebackType

    from hookkit import HookEvent
    from hookkit.testing._ticker import HookTicker

__tracebackhide__ = is_mistake

SideEffect: TypeAlias = (
    Callable[..., Any] | BaseException | type[BaseException] | Replace | list[Any] | tuple[Any, ...] | None
)

_PERIODIC = Signature([Parameter(name, Parameter.POSITIONAL_ONLY) for name in ("data", "context")])


class MockHook:
    """
    A hook whose methods are mocks; `MockHooks` makes it and attaches it to its hook point.

    It has all of ``pre``, ``post`` and ``error``, so it takes part in each phase, and ``periodic`` if a side effect was
    given for that.
    They are what `unittest.mock.create_autospec` makes: arguments that the point's signature does not allow are a
    `WrongArgumentsError`, and the ``assert_...`` methods take an argument by position for the same one by keyword.

    Attributes:
        name: The name of its hook point.
        group: The group of its hook point.
        order: Where it stands among the hooks that are registered by hand.
        is_async: Whether its methods are coroutine functions.
        pre: The mock that runs before the function.
        post: The mock that runs after it, given the result first.
        error: The mock that runs when it raised, given the exception first.
        periodic: The mock that runs on a schedule, given data and context; None if no side effect was given for it.
        wrong_calls: What it raised where its hook point was called with wrong arguments.
            Take from it what the test expects; what is left fails the test.
    """

    __module__ = "hookkit.testing"

    pre: Any
    post: Any
    error: Any
    periodic: Any

    def __init__(
        self,
        name: str,
        effects: dict[str, SideEffect],
        *,
        group: str,
        signature: str | Signature | None,
        order: int,
        is_async: bool | None,
        create_autospec: Callable[..., Any],
    ) -> None:
        self._registry = get_registry(group)
        point = self._registry.point(name)
        self.name, self.group, self.order = name, group, order
        self.wrong_calls: list[WrongArgumentsError] = []
        self._was_called = False
        self._injected: dict[int, tuple[BaseException, bool]] = {}
        self._effects = effects
        self.is_async = _is_async(point.functions, effects) if is_async is None else is_async
        signatures = PointSignatures(point, parse_signature(signature) if isinstance(signature, str) else signature)
        self._mocks: dict[str, Any] = {}
        for phase, effect in effects.items():
            if phase == "periodic" and effect is None:
                self.periodic = None
                continue
            method = _PERIODIC if phase == "periodic" else MethodSignature(signatures, phase)
            made = create_autospec(
                _spec(phase, method, is_async=self.is_async), name=f"{name}.{phase}", **_behaviour(phase, effect)
            )
            self._mocks[phase] = made
            setattr(self, phase, made)

    @property
    def called(self) -> bool:
        """
        Whether any of its methods was called, be it with wrong arguments; resetting the mocks does not change that.
        """
        return self._was_called or any(made.called for made in self._mocks.values())

    def attach(self) -> None:
        """
        Attach it to its hook point.
        """
        self._registry.register(self.name, self)
        self._undo = self._registry.observe(after=self._look_at)

    def detach(self) -> None:
        """
        Take it away from its hook point; `MockHooks` does so at its end.
        """
        self._undo()
        with suppress(InvalidValueError):  # the test has done so, in one way or another
            self._registry.unregister(self.name, self)

    def is_injected(self, exc: BaseException) -> bool:
        """
        Tell whether *exc* is what a mock was told to raise, be it by ``pre=`` and the like or by its ``side_effect``.

        What a function raises that is a side effect is not.
        """
        known = self._injected.get(id(exc))  # what it was told may be another thing by now
        if known is not None:
            return known[1]
        told = [*self._effects.values(), *(made.side_effect for made in self._mocks.values())]
        return any(exc is raised or type(exc) is raised for effect in told for raised in _raised_by(effect))

    def __repr__(self) -> str:
        called = ", ".join(phase for phase, made in self._mocks.items() if made.called) or "nothing"
        return f"<MockHook at {self.name!r} of {self.group!r}, called: {called}>"

    def _look_at(self, event: "HookEvent") -> None:
        if event.hook is None or event.hook.obj is not self:
            return
        self._was_called = True
        if event.raised is not None:
            self._injected[id(event.raised)] = (event.raised, self.is_injected(event.raised))
        if isinstance(event.raised, WrongArgumentsError):
            self.wrong_calls.append(event.raised)


class MockHooks:
    """
    Makes mock hooks, and takes them away at its end.

    A context manager; what it gives is called with the name of a hook point.

    >>> from hookkit.testing import HookHost, MockHooks
    >>> create = HookHost().point("create_instance", "(context, name)", returns=42)
    >>> with MockHooks() as mock_hook:
    ...     hook = mock_hook("create_instance")
    ...     result = create("ctx", name="vm-1")
    >>> hook.pre.assert_called_once_with("ctx", "vm-1")
    >>> hook.post.assert_called_once_with(42, "ctx", "vm-1")
    >>> hook.error.called
    False

    Args:
        group: The group of a mock hook that is given none.
        create_autospec: What makes the mocks; pytest-mock's makes those that its ``resetall()`` knows.

    Attributes:
        group: The group of a mock hook that is given none.
        hooks: The mock hooks that were made, in that order.
    """

    __module__ = "hookkit.testing"

    def __init__(
        self, group: str = DEFAULT_GROUP, *, create_autospec: Callable[..., Any] = mock.create_autospec
    ) -> None:
        self.group = group
        self.hooks: list[MockHook] = []
        self._create_autospec = create_autospec

    def __call__(
        self,
        name: str,
        *,
        pre: SideEffect = None,
        post: SideEffect = None,
        error: SideEffect = None,
        periodic: SideEffect = None,
        group: str | None = None,
        signature: str | Signature | None = None,
        order: int = 0,
        is_async: bool | None = None,
    ) -> MockHook:
        """
        Make a mock hook, and attach it to the hook point called *name*, after the hooks found through entry points.

        A side effect is a function, whose result is the method's; an exception to raise; a list of results and
        exceptions, one for each call; for ``post`` and in its list also a `hookkit.Replace`.

        Args:
            name: The name of the hook point.
            pre: The side effect of ``pre``; called with the arguments as the caller passed them.
            post: The side effect of ``post``; called with the result before them.
            error: The side effect of ``error``; called with the exception before them.
            periodic: The side effect of ``periodic``; called with data and context.
                Without it the mock hook has no ``periodic``.
            group: The group of the hook point; this object's if None.
            signature: What arguments the hook point allows, as text (see `hookkit.contracts.parse_signature`) or as an
                object; if None, what the function allows that is being called, where no function is decorated what the
                catalogue has, or anything.
            order: Where it stands among the hooks that are registered by hand; lower runs earlier.
            is_async: Whether its methods are coroutine functions; if None, they are if a side effect is one, or if all
                functions are that are decorated with the hook point by now.

        Raises:
            ContractError: If *signature* cannot be read.
            MisuseError: If a side effect is none of those.
        """
        effects = {"pre": pre, "post": post, "error": error, "periodic": periodic}
        hook = MockHook(
            name,
            effects,
            group=self.group if group is None else group,
            signature=signature,
            order=order,
            is_async=is_async,
            create_autospec=self._create_autospec,
        )
        hook.attach()
        self.hooks.append(hook)
        return hook

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: "TracebackType | None"
    ) -> None:
        self.close()
        wrong = [error for hook in self.hooks for error in hook.wrong_calls]
        if wrong and raised is None:
            raise wrong[0]

    def close(self) -> None:
        """
        Take all mock hooks away; unlike the end of a ``with`` block, raise no `WrongArgumentsError` that was hidden.
        """
        for hook in reversed(self.hooks):
            hook.detach()


def delay(ticker: "HookTicker", seconds: float, then: SideEffect = None) -> Callable[..., Any]:
    """
    Make a side effect that takes its time, on the clock of *ticker*: schedules that fall due meanwhile run.

    Args:
        ticker: Whose clock moves.
        seconds: How far, in seconds; zero or more.
        then: What to do after that: a side effect, as for a mock hook.

    Raises:
        InvalidValueError: If *seconds* is negative or not a number.
        MisuseError: If *then* is no side effect.
    """
    seconds_s, go_on = check_duration("seconds", seconds), mock.Mock(**_behaviour("then", then))

    def delayed(*args: Any, **kwargs: Any) -> Any:
        ticker.advance(seconds_s)
        return go_on(*args, **kwargs)

    return _marked(delayed, then)


def adelay(ticker: "HookTicker", seconds: float, then: SideEffect = None) -> Callable[..., Any]:
    """
    Make a side effect for a coroutine function that takes its time; see `delay`.

    Schedules that run under asyncio run, too, and *then* may be a coroutine function.
    """
    seconds_s, go_on = check_duration("seconds", seconds), mock.Mock(**_behaviour("then", then))

    async def delayed(*args: Any, **kwargs: Any) -> Any:
        await ticker.aadvance(seconds_s)
        result = go_on(*args, **kwargs)
        return await result if is_awaitable(result) else result

    return _marked(delayed, then)


def _is_async(functions: "tuple[Any, ...]", effects: dict[str, SideEffect]) -> bool:
    if any(callable(effect) and is_coroutine_function(effect) for effect in effects.values()):
        return True
    return bool(functions) and all(hooked.is_async for hooked in functions)


def _spec(phase: str, signature: Signature, *, is_async: bool) -> Callable[..., Any]:
    """
    Make the function that a mock is specified by.
    """

    def spec(*args: Any, **kwargs: Any) -> None: ...

    async def aspec(*args: Any, **kwargs: Any) -> None: ...

    function: Any = aspec if is_async else spec
    function.__name__ = function.__qualname__ = phase
    function.__signature__ = signature
    return function  # type: ignore[no-any-return] # it is one of the two


def _behaviour(phase: str, effect: SideEffect) -> dict[str, Any]:
    """
    Say what a mock does, in the words of mocks.
    """
    may_replace = phase in ("post", "then")
    if effect is None or (isinstance(effect, Replace) and may_replace):
        return {"return_value": effect}
    if callable(effect) or isinstance(effect, BaseException | list | tuple):
        return {"return_value": None, "side_effect": effect}
    replacing = ", a Replace" if may_replace else ""
    msg = (
        f"{phase}={describe(effect)} is no side effect. "
        f"Give a function, an exception to raise{replacing}, or a list of results and exceptions, one for each call."
    )
    raise MisuseError(msg)


def _marked(effect: Any, then: SideEffect) -> Callable[..., Any]:
    effect.then = then
    return effect  # type: ignore[no-any-return] # it is a function


def _raised_by(effect: Any) -> list[Any]:
    """
    Give the exceptions, and classes of them, that a side effect raises by itself.
    """
    if isinstance(effect, list | tuple):
        return [raised for item in effect for raised in _raised_by(item)]
    if isinstance(effect, BaseException) or (isinstance(effect, type) and issubclass(effect, BaseException)):
        return [effect]
    # Only functions: a mock has every attribute that it is asked for.
    return _raised_by(vars(effect).get("then")) if isinstance(effect, FunctionType) else []
