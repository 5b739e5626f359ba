"""
Hooks checked against the hook points of a host, without the host.
"""

import logging

from hookkit._hooks import describe, make_hook
from hookkit._messages import did_you_mean, explain
from hookkit._points import HookPoint
from hookkit.contracts._driver_checks import look_at_driver
from hookkit.contracts._export import point_of
from hookkit.contracts._methods import is_driver, named_methods, place_of_class
from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._named_checks import look_at_named
from hookkit.contracts._problems import Findings, Problem
from hookkit.contracts._tracebacks import is_mistake
from hookkit.discovery import EntryPoint
from hookkit.exceptions import ContractError, DriverLoadError, HookLoadError, MisuseError

__tracebackhide__ = is_mistake

LOG = logging.getLogger("hookkit.contracts")


def check(hook: object, point: ContractPoint | HookPoint | Contract) -> list[Problem]:
    """
    Find what of a hook would fail at a hook point, or never run.

    What is found is beyond doubt: a hook without problems may still be wrong.
    The hook is imported if need be, and nothing else; neither its methods nor the host's functions are called.

    >>> from hookkit.contracts import catalogue, check
    >>> class Audit:
    ...     def pre(self, context, instance):
    ...         print(instance)
    >>> for problem in check(Audit, catalogue("nova", "juno").point("delete_instance")):
    ...     print(problem.kind, problem.message, sep=": ")
    unknown-parameter: pre() has 'context' where delete_instance has 'self'
    refused-call: pre() takes 2 arguments; delete_instance is called with up to 5

    Args:
        hook: A hook or its class; a `hookkit.discovery.EntryPoint`, which is loaded.
            A class is not made into an object; another callable is called, since a factory's hook is not known before.
        point: A hook point of a contract, or one of this process, whose functions are looked at.
            A whole contract, at the latest release if it is not restricted to one: a driver hook is then checked
            against all its driver hook points, an entry point against the one that it is named after.

    Returns:
        The problems, each once, by file and line; empty if there are none.
        What could not be looked at is logged to ``hookkit.contracts`` as a warning, such as a method without source.

    Raises:
        MisuseError: If a hook that is neither a driver hook nor an entry point is checked against a whole contract.
        ContractError: If a hook point of this process has no function.
    """
    findings = look_at(hook, point)
    for note in findings.notes:
        LOG.warning("%s", note)
    return findings.problems


def look_at(hook: object, point: ContractPoint | HookPoint | Contract) -> Findings:
    """
    Find what of a hook would fail, and what could not be looked at; see `check`.
    """
    if isinstance(point, Contract):
        return _look_at_all(hook, at_a_release(point))
    findings = Findings()
    points = _points_of(point) if isinstance(point, HookPoint) else [point]
    loaded, problem = _load(hook)
    if problem is not None:
        findings.problems.append(problem)
        return findings
    for each in points:
        findings.add(look_at_driver(loaded, [each], None) if each.kind == "driver" else look_at_named(loaded, each, ()))
    return findings


def at_a_release(contract: Contract) -> Contract:
    """
    Restrict a contract to its latest release, if it lists any and is not restricted yet.
    """
    is_restricted = contract.release is not None or not contract.releases
    return contract if is_restricted else contract.at(contract.releases[-1])


def _look_at_all(hook: object, contract: Contract) -> Findings:
    if isinstance(hook, EntryPoint):
        return _look_at_entry_point(hook, contract)
    if is_driver(hook):
        return look_at_driver(hook, [point for point in contract.points if point.kind == "driver"], contract)
    msg = (
        f"check() got {describe(hook)}, which is no driver hook, and the contract of {contract.host!r}. "
        "Say which hook point it is for: check(hook, contract.point('...'))."
    )
    raise MisuseError(msg)


def _points_of(point: HookPoint) -> list[ContractPoint]:
    points = [point_of(hooked) for hooked in point.functions]
    if not points:
        msg = (
            f"Cannot check against hook point {point.name!r} of group {point.group!r}: no function is decorated with "
            "it. Import the host's module that has the function first."
        )
        raise ContractError(msg)
    return points


def _load(hook: object) -> tuple[object, Problem | None]:
    """
    Give what a host would make the hook of, a class as it is; or the problem that there is with that.
    """
    try:
        loaded = hook.load() if isinstance(hook, EntryPoint) else hook
        is_hook = isinstance(loaded, type) or is_driver(loaded) or named_methods(loaded)
        if callable(loaded) and not is_hook:
            loaded = make_hook(loaded)
    except Exception as exc:  # noqa: BLE001 - whatever the hook's module or its factory raises
        return None, Problem("not-loadable", f"cannot be loaded: {why_not_loaded(exc)}")
    return loaded, None


def why_not_loaded(exc: Exception) -> str:
    """
    Say in a few words why a hook could not be loaded, without saying again which.
    """
    text = str(exc)
    if exc.__cause__ is not None or not isinstance(exc, HookLoadError):
        text = explain(exc.__cause__ or exc)
    elif isinstance(exc, DriverLoadError):
        text = text.removeprefix(f"Cannot load hook driver {exc.class_path!r}: ")
    elif exc.entry_point is not None:
        text = text.partition("): ")[2]
    return text.rstrip(".")


def _look_at_entry_point(entry_point: EntryPoint, contract: Contract) -> Findings:
    findings = Findings()
    points = [point for point in contract.points if (point.group, point.name) == (entry_point.group, entry_point.name)]
    loaded, problem = _load(entry_point)
    if not points:
        place = (None, None) if loaded is None else place_of_class(loaded)
        findings.problems.append(Problem("unknown-point", _why_no_point(entry_point, contract), *place))
    if problem is not None:
        findings.problems.append(problem)
        return findings
    periods = [
        point for point in contract.history if point.group == entry_point.group and point.name == entry_point.name
    ]
    known = {name for period in periods for name in period.signature.parameters}
    for point in points:
        findings.add(look_at_named(loaded, point, known))
    return findings


def _why_no_point(entry_point: EntryPoint, contract: Contract) -> str:
    title = contract.host if contract.release is None else f"{contract.host} {contract.release}"
    mine = [point for point in contract.history if point.group == entry_point.group]
    periods = [point for point in mine if point.name == entry_point.name]
    if periods:
        first, last = periods[0].first or "the beginning", periods[-1].last or "today"
        return f"waits for {entry_point.name!r}, which {title} does not have; releases {first} to {last} have it"
    question = did_you_mean(entry_point.name, (point.name for point in mine)).replace(" Did", "; did")
    return f"waits for {entry_point.name!r}, which {title} does not have{question}"
