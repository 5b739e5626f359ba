"""
Driver hooks checked against the hook points of their host.
"""

from collections.abc import Collection, Iterator, Sequence
from inspect import Parameter

from hookkit.contracts._calls import DriverCalls, host_parameters, periodic_refusals
from hookkit.contracts._func_names import unknown_func_names
from hookkit.contracts._method_checks import returned, unmade, unread
from hookkit.contracts._methods import (
    DRIVER_LEADS,
    DRIVER_METHODS,
    Method,
    driver_methods,
    is_driver,
    misspelt_methods,
    no_methods,
    place_of_class,
)
from hookkit.contracts._model import Contract, ContractPoint
from hookkit.contracts._problems import Findings, Problem
from hookkit.contracts._reads import Reads


def look_at_driver(hook: object, points: Sequence[ContractPoint], contract: Contract | None) -> Findings:
    """
    Check a driver hook, or its class, against hook points.

    Args:
        hook: The hook.
        points: The hook points.
        contract: Where they are from, if they are all driver hook points of a release.
    """
    notes: list[str] = []
    found = list(_missing(hook)) or list(unmade(hook, "with configuration= and host=", configuration=None, host=None))
    for method in driver_methods(hook):
        if method.source is None:
            notes.append(unread(method))
        found += _problems(method, points, contract, notes)
    if contract is not None:
        found += unknown_func_names(hook if isinstance(hook, type) else type(hook), contract)
    findings = Findings()
    findings.add(Findings(found, notes))
    return findings


def _missing(hook: object) -> Iterator[Problem]:
    if not is_driver(hook):
        yield no_methods(hook, DRIVER_METHODS)
        return
    abstract = sorted(getattr(hook, "__abstractmethods__", ()))
    misspelt = list(misspelt_methods(hook, abstract))
    yield from misspelt
    if abstract and not misspelt:
        message = f"cannot be made: it does not define {' and '.join(abstract)}"
        yield Problem("unknown-method", message, *place_of_class(hook))


def _problems(
    method: Method, points: Sequence[ContractPoint], contract: Contract | None, notes: list[str]
) -> Iterator[Problem]:
    if method.parameters is None:
        notes.append(f"{method.name}() has no signature that can be read")
        return
    lead = DRIVER_LEADS[method.phase]
    if method.phase == "periodic":
        for message in periodic_refusals(method.name, method.parameters, lead):
            yield method.problem("refused-call", message)
        return
    plain = [point.name for point in points if not point.is_async]
    calls = DriverCalls(method.name, method.parameters, lead, points)
    if method.is_async and plain:
        where = f"{calls.at(plain)} {'is' if len(plain) == 1 else 'are'} not"
        yield method.problem("async-hook", f"{method.name}() is async, and {where}: the hook never runs there")
    known = None if contract is None else _parameters_of(contract)
    for kind, message in calls.refusals(calls.own.names if known is None else known):
        yield method.problem(kind, message)
    for message in () if known is None else calls.unknown(known):
        yield method.problem("unknown-parameter", message)
    yield from _problems_of_source(method, method.parameters, calls, known)


def _problems_of_source(
    method: Method, parameters: Sequence[Parameter], calls: DriverCalls, known: Collection[str] | None
) -> Iterator[Problem]:
    if method.source is None:
        return
    reads = Reads(method.source, parameters)
    for how, index, line in reads.positions():
        if index >= method.hides_self and not calls.has_positional:
            message = f"{method.name}() {how}, but arguments are given by name; take it by name"
            yield method.problem("positional-read", message, line)
    for name, line in reads.keywords():
        unknown = None if known is None else calls.unknown_name(name, known)
        if unknown is not None:
            yield method.problem("unknown-parameter", f"{method.name}() looks for {unknown}", line)
    if method.phase == "post":
        yield from returned(method, method.source, "driver_action_results")


def _parameters_of(contract: Contract) -> set[str]:
    """
    Give the names of all parameters that driver hooks may be given, in any release.
    """
    points = [*contract.points, *contract.history]
    return {name for point in points if point.kind == "driver" for name in host_parameters(point).names}
