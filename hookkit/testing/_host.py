"""
A host that is not there: its hook points as stand-ins, with the real signatures.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Signature
from typing import TYPE_CHECKING, Any

from hookkit._driver_loading import make_driver
from hookkit._hooks import is_coroutine_function
from hookkit._messages import DRIVER_GROUP
from hookkit._registry import DEFAULT_GROUP, get_registry
from hookkit.configuration import as_configuration
from hookkit.contracts import Contract, ContractPoint, catalogue, parse_signature
from hookkit.contracts._tracebacks import is_mistake
from hookkit.drivers import add_hooks, load_hook_drivers
from hookkit.exceptions import ContractError, MisuseError
from hookkit.periodic import PeriodicHooks
from hookkit.testing._stand_ins import Answers, make_stand_in

if TYPE_CHECKING:
    from hookkit.interfaces import Configuration
    from hookkit.testing._stand_ins import Answer, PerPoint

__tracebackhide__ = is_mistake

_OWN_NAMES = frozenset({"calls", "contract", "data", "hooks", "periodic", "raises", "returns"})


class HookHost:
    """
    Makes stand-ins for the functions of a host.

    They are real hook points: hooks that are installed, faked or registered run when they are called.

    >>> from hookkit.testing import HookHost
    >>> create = HookHost().point("create_instance", "(context, name)", returns=42)
    >>> create("ctx", name="vm-1")
    42
    >>> create("ctx")
    Traceback (most recent call last):
    TypeError: create_instance() missing 1 required positional argument: 'name'

    Args:
        group: The group of the points that `point` makes, where it is given none.
    """

    def __init__(self, group: str = DEFAULT_GROUP) -> None:
        self.group = group

    def __repr__(self) -> str:
        return f"<HookHost of {self.group!r}>"

    def point(
        self,
        name: str,
        signature: str | Signature = "(*args, **kwargs)",
        *,
        returns: object = None,
        raises: BaseException | type[BaseException] | None = None,
        calls: Callable[..., Any] | None = None,
        group: str | None = None,
        pass_function: bool = False,
        is_async: bool = False,
    ) -> Callable[..., Any]:
        """
        Make a hook point: a function with *signature* that runs the hooks called *name*.

        Hooks are given the arguments as the test passes them.
        Wrong ones are found where the host's function would find them: after its ``pre`` hooks, when it is called.

        Args:
            name: The name of the hook point, and of the function.
            signature: The function's signature, as text (see `hookkit.contracts.parse_signature`) or as an object.
            returns: What the function returns.
            raises: The exception that the function raises.
            calls: What the function calls, with the arguments as they were passed; its result is the function's.
            group: The group of the hooks; this object's if None.
            pass_function: Whether hooks are given the function, as with `hookkit.add_hook`.
            is_async: Whether it is a coroutine function; it is one in any case if *calls* is one.

        Returns:
            The decorated function.

        Raises:
            ContractError: If *signature* cannot be read.
            MisuseError: If more than one of *returns*, *raises* and *calls* is given, *raises* is no exception, or
                *calls* cannot be called.
        """
        answer = _choose_answer(name, returns=returns, raises=raises, calls=calls)
        stand_in = make_stand_in(
            name,
            signature if isinstance(signature, Signature) else parse_signature(signature),
            answer,
            is_async=is_async or (calls is not None and is_coroutine_function(calls)),
        )
        registry = get_registry(self.group if group is None else group)
        return registry.add_hook(name, pass_function)(stand_in)

    def from_catalogue(self, host: str | Contract, release: str | None = None) -> "StandIns":
        """
        Stand in for every hook point of a host in one of its releases.

        Functions that are methods in the host take any object as ``self``::

            points = hook_host.from_catalogue("nova", release="2014.2")
            points["create_instance"](object(), context, flavor, image)

        Args:
            host: A host of the catalogue, or the contract of another one.
            release: A tag or a code name; None for the latest.

        Returns:
            The stand-ins by the name of their hook point; what they return, raise or call can be set.
            A name that is not there is a `MissingPointError`.

        Raises:
            ContractError: If the catalogue has no such host or release.
        """
        return StandIns(_contract(host, release))

    def manager(
        self,
        host: str | Contract,
        hooks: Iterable[object] = (),
        config: "Mapping[str, Any] | Configuration | None" = None,
        release: str | None = None,
        *,
        data: object = None,
        every: int = 1,
    ) -> "HostManager":
        """
        Stand in for the object whose methods a host of driver hooks decorates, such as Manila's share manager.

        Args:
            host: A host of the catalogue, or the contract of another one.
            hooks: Driver hooks: classes or their paths, which are made with the configuration and the host's name, or
                objects; they come after those that *config* names in ``hook_drivers``.
            config: The configuration, as for `hookkit.load_hook_drivers`.
            release: A tag or a code name; None for the latest.
            data: What periodic hooks are given; a callable is asked on each run, with the context.
            every: On which ticks of the schedule periodic hooks run: on every one, every second one, and so on.

        Returns:
            An object with every hooked method of that release.

        Raises:
            ContractError: If the catalogue has no such host or release, or the host has no driver hooks.
            DriverLoadError: If a hook cannot be made.
        """
        contract = _contract(host, release)
        return _make_manager(contract, hooks, config, data=data, every=every)


class StandIns(Mapping[str, Callable[..., Any]]):
    """
    The stand-ins for a host's hook points, by name.

    Attributes:
        contract: What they were made from.
        returns: What each returns, by name: ``points.returns["create_instance"] = ...``; None where nothing is set.
        calls: What each calls, by name: a function that is given what the host's own would be, ``self`` included; its
            result goes before what is set in `returns`.
        raises: What each raises, by name; that goes before all else.
    """

    contract: Contract
    returns: "PerPoint"
    calls: "PerPoint"
    raises: "PerPoint"

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        points = _points_by_name(contract)
        answers = Answers(points)
        self.returns, self.calls, self.raises = answers.returns, answers.calls, answers.raises
        self._functions = {name: _hooked(contract.host, point, answers.answer(name)) for name, point in points.items()}

    def __getitem__(self, name: str) -> Callable[..., Any]:
        try:
            point = self.contract.point(name)
        except ContractError as exc:
            raise MissingPointError(str(exc)) from None
        return self._functions[point.name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __repr__(self) -> str:
        return f"<StandIns for {self.contract.host} {self.contract.release}: {', '.join(self)}>"


class HostManager:
    """
    An object with the hooked methods of a host, such as Manila's share manager; `HookHost.manager` makes it.

    Attributes:
        contract: What it was made from.
        hooks: The driver hooks, in the order in which they run; the host's own list, which may be changed.
        periodic: The schedule of the hooks' periodic methods.
        data: What they are given; a callable is asked on each run, with what the tick was given.
        returns: What each method returns, by name: ``manager.returns["update_access"] = ...``; None where nothing is
            set.
        calls: What each method calls, by name: a function that is given what the host's own would be, this object
            first; its result goes before what is set in `returns`.
        raises: What each method raises, by name; that goes before all else.
    """

    def __init__(
        self,
        contract: Contract,
        answers: Answers,
        hooks: Iterable[object],
        config: "Mapping[str, Any] | Configuration | None",
        *,
        data: object,
        every: int,
    ) -> None:
        self.contract = contract
        self.returns, self.calls, self.raises = answers.returns, answers.calls, answers.raises
        self.data = data
        self.hooks: list[Any] = load_hook_drivers(config, host=contract.host)
        self.hooks += [
            make_driver(hook, as_configuration(config), contract.host) if isinstance(hook, str | type) else hook
            for hook in hooks
        ]
        group = _driver_group(contract.host)
        self.periodic = PeriodicHooks(self.hooks, data=self._give_data, every=every, group=group)

    def _give_data(self, *args: object) -> object:
        return self.data(*args) if callable(self.data) else self.data

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.contract.release} with {len(self.hooks)} driver hooks>"


class MissingPointError(ContractError, KeyError):
    """
    The stand-ins for a host were asked for a hook point that it does not have.
    """

    __module__ = "hookkit.testing"

    def __str__(self) -> str:
        return ContractError.__str__(self)


def _contract(host: str | Contract, release: str | None) -> Contract:
    if isinstance(host, str):
        return catalogue(host, release)
    return host if release is None else host.at(release)


def _points_by_name(contract: Contract) -> dict[str, ContractPoint]:
    return {name: contract.point(name) for name in dict.fromkeys(point.name for point in contract.points)}


def _driver_group(host: str) -> str:
    return f"{host} {DRIVER_GROUP}"


def _hooked(host: str, point: ContractPoint, answer: "Answer") -> Callable[..., Any]:
    stand_in = make_stand_in(point.name, point.signature, answer, is_async=point.is_async)
    if point.group is None:
        return add_hooks(func_name=point.name, group=_driver_group(host))(stand_in)
    return get_registry(point.group).add_hook(point.name)(stand_in)


def _make_manager(contract: Contract, *args: Any, **options: Any) -> HostManager:
    points = {name: point for name, point in _points_by_name(contract).items() if point.kind == "driver"}
    if not points:
        msg = (
            f"{contract.host!r} has no driver hook points, so it has no manager. "
            f"Use from_catalogue({contract.host!r}) for its named ones."
        )
        raise ContractError(msg)
    taken = sorted(_OWN_NAMES & points.keys())
    if taken:
        msg = f"Cannot make a manager for {contract.host!r}: {taken[0]!r} is a hook point, and the manager's own."
        raise ContractError(msg)
    answers = Answers(points)
    methods = {name: _hooked(contract.host, point, answers.answer(name)) for name, point in points.items()}
    manager_class: type[HostManager] = type(f"{contract.host.title()}Manager", (HostManager,), methods)
    return manager_class(contract, answers, *args, **options)


def _choose_answer(
    name: str,
    *,
    returns: object,
    raises: BaseException | type[BaseException] | None,
    calls: Callable[..., Any] | None,
) -> "Answer":
    given = {"returns": returns, "raises": raises, "calls": calls}
    several = [option for option, value in given.items() if value is not None]
    if len(several) > 1:
        msg = f"point({name!r}) got {' and '.join(several)}. A stand-in does one of them."
        raise MisuseError(msg)
    answers = Answers([name])
    answers.returns[name] = returns
    if calls is not None:
        answers.calls[name] = calls
    if raises is not None:
        answers.raises[name] = raises
    return answers.answer(name)
