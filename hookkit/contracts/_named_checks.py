"""
Named hooks checked against a hook point.
"""

from collections.abc import Collection, Iterator

from hookkit._hooks import HOOK_METHODS
from hookkit.contracts._calls import NamedCall, periodic_refusals
from hookkit.contracts._method_checks import returned, unmade, unread
from hookkit.contracts._methods import Method, misspelt_methods, named_methods, no_methods
from hookkit.contracts._model import ContractPoint
from hookkit.contracts._problems import Findings, Problem
from hookkit.contracts._reads import Reads

_LEADS: dict[str, tuple[str, ...]] = {"pre": (), "post": ("rv",), "error": ("exc",)}


def look_at_named(hook: object, point: ContractPoint, known: Collection[str]) -> Findings:
    """
    Check a named hook, or its class, against a hook point.

    Args:
        hook: The hook.
        point: The hook point.
        known: Names of parameters that it has in any release.
    """
    methods = named_methods(hook)
    missing = [name for name in HOOK_METHODS if name not in {method.name for method in methods}]
    found = [*misspelt_methods(hook, missing), *unmade(hook, "without arguments")]
    if not methods and not found:
        found.append(no_methods(hook, HOOK_METHODS))
    notes: list[str] = []
    for method in methods:
        found += _problems(method, point, known, notes)
    findings = Findings()
    findings.add(Findings(found, notes))
    return findings


def _problems(method: Method, point: ContractPoint, known: Collection[str], notes: list[str]) -> Iterator[Problem]:
    if method.parameters is None:
        notes.append(f"{method.name}() has no signature that can be read")
        return
    if method.phase == "periodic":
        for message in periodic_refusals(method.name, method.parameters, ("data", "context")):
            yield method.problem("refused-call", message)
        return
    if method.is_async and not point.is_async:
        yield method.problem(
            "async-hook", f"{method.name}() is async, and {point.name} is not: the hook never runs there"
        )
    lead = (("f",) if point.facts.get("pass_function") else ()) + _LEADS[method.phase]
    call = NamedCall(method.name, method.parameters, lead, point)
    reads = None if method.source is None else Reads(method.source, method.parameters)
    if reads is None:
        notes.append(unread(method))
    else:
        yield from _problems_of_source(method, call, reads, known)
    if call.is_known:
        yield from _problems_of_calls(method, call, reads, known)
    else:
        notes.append(f"{point.name} takes any arguments, so the calls of {method.name}() were not checked")


def _problems_of_calls(
    method: Method, call: NamedCall, reads: Reads | None, known: Collection[str]
) -> Iterator[Problem]:
    for message in call.collisions():
        yield method.problem("reserved-parameter", message)
    for message in call.misplaced():
        yield method.problem("unknown-parameter", message)
    for kind, message in call.refusals():
        yield method.problem(kind, message)
    for message in call.unknown(known, _used(call, reads)):
        yield method.problem("unknown-parameter", message)


def _problems_of_source(method: Method, call: NamedCall, reads: Reads, known: Collection[str]) -> Iterator[Problem]:
    before = len(call.own.slots) - len(call.lead) - method.hides_self
    for how, index, line in reads.positions():
        why = call.absent_place(before + index)
        if why is not None:
            yield method.problem("positional-read", f"{method.name}() {how}, {why}", line)
    used = _used(call, reads)
    for name, line in reads.keywords():
        message = call.unknown_name(name, known, used)
        if message is not None:
            yield method.problem("unknown-parameter", f"{method.name}() looks for {message}", line)
    if method.phase == "post":
        leading = call.own.slots[: len(call.lead)]
        yield from returned(method, reads.source, leading[-1].name if len(leading) == len(call.lead) else None)


def _used(call: NamedCall, reads: Reads | None) -> set[str]:
    """
    Give all names of arguments that a method asks for.
    """
    return {*call.own.names, *(name for name, _ in (reads.keywords() if reads is not None else ()))}
