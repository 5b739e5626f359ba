"""
Whether a hook's methods accept every call that the signature of a hook point allows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import Parameter

from hookkit._messages import did_you_mean
from hookkit.contracts._model import ContractPoint
from hookkit.contracts._problems import ProblemKind

_BY_PLACE = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_ANY_NAME = "any keyword"
_MOST_NAMED = 3


class Parameters:
    """
    Parameters, sorted by how arguments reach them.

    Attributes:
        all: All of them.
        slots: Those that take an argument by position, ``*args`` left out.
        takes_args: Whether there is a ``*args``.
        takes_kwargs: Whether there is a ``**kwargs``.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self.all = tuple(parameters)
        self.slots = tuple(parameter for parameter in self.all if parameter.kind in _BY_PLACE)
        kinds = {parameter.kind for parameter in self.all}
        self.takes_args = Parameter.VAR_POSITIONAL in kinds
        self.takes_kwargs = Parameter.VAR_KEYWORD in kinds

    @property
    def names(self) -> list[str]:
        """
        The names of those that take one argument each.
        """
        return [parameter.name for parameter in self.all if parameter.kind in (*_BY_PLACE, *_BY_NAME)]

    @property
    def by_name(self) -> dict[str, Parameter]:
        """
        Those that take an argument by name, ``**kwargs`` left out.
        """
        return {parameter.name: parameter for parameter in self.all if parameter.kind in _BY_NAME}


@dataclass
class Refused:
    """
    What of the calls that were tried a method refused.

    Attributes:
        positional: How many arguments by position were too many; 0 if none were.
        keywords: The keywords that it does not take, in order.
        missing: The parameters that some call gave nothing for.
    """

    positional: int = 0
    keywords: dict[str, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)

    def try_call(self, own: Parameters, positional: int, keywords: Iterable[str]) -> None:
        """
        Try one call of a method with these parameters.
        """
        given = set(keywords)
        if positional > len(own.slots) and not own.takes_args:
            self.positional = max(self.positional, positional)
        if not own.takes_kwargs:
            self.keywords |= dict.fromkeys(name for name in keywords if name not in own.by_name)
        taken = {slot.name for slot in own.slots[:positional]}
        for parameter in own.all:
            is_given = parameter.name in taken or (parameter.name in given and parameter.name in own.by_name)
            if _is_required(parameter) and not is_given:
                self.missing[parameter.name] = None


def positional_count(point: ContractPoint) -> int:
    """
    Tell how many of the first arguments are given by position, if they are given at all.
    """
    if point.positional is not None:
        return point.positional
    slots = Parameters(point.signature.parameters.values()).slots
    names = point.function.rpartition(":")[2].split(".")
    is_method = len(names) > 1 and names[-2] != "<locals>"
    return int(bool(slots) and (is_method or slots[0].name in ("self", "cls", "mcs")))


class NamedCall:
    """
    How a method of a named hook is called at a hook point.

    Args:
        name: The method's name.
        own: The method's parameters, without ``self``.
        lead: What it is given before the host's arguments: ``f``, ``rv``, ``exc``.
        point: The hook point.
    """

    def __init__(self, name: str, own: Sequence[Parameter], lead: Sequence[str], point: ContractPoint) -> None:
        self.name = f"{name}()"
        self.lead = lead
        self.point = point
        self.host = Parameters(point.signature.parameters.values())
        self.positional = positional_count(point)
        self.own = Parameters(own)

    @property
    def is_known(self) -> bool:
        """
        Whether the host's signature says anything about the arguments that can be given by position or name.
        """
        return len(self.host.names) > self.positional or not (self.host.takes_args and self.host.takes_kwargs)

    def collisions(self) -> Iterator[str]:
        """
        Say where a host's argument, given by name, meets what the method is given before the host's arguments.
        """
        leading = self.own.slots[: len(self.lead)]
        for parameter, given in zip(leading, self.lead, strict=False):
            if parameter.kind is not Parameter.POSITIONAL_ONLY and parameter.name in self._host_by_name():
                what = {"f": "the function", "rv": "the result", "exc": "the exception"}[given]
                yield (
                    f"{self.point.name} has a parameter {parameter.name!r}, under which {self.name} takes {what}: "
                    "a call that gives it by name fails; rename it there, or write a / after it here"
                )

    def misplaced(self) -> Iterator[str]:
        """
        Say which is the first parameter that has another name than the host's in its place.
        """
        by_name = self._host_by_name()
        for index, (mine, theirs) in enumerate(self._pairs()):
            if mine.name == theirs.name or (index < self.positional and mine.name not in self.host.names):
                continue
            is_anothers = mine.name in by_name and mine.kind is not Parameter.POSITIONAL_ONLY
            is_needed_later = any(_is_required(slot) and slot.name == theirs.name for slot in self.own.slots)
            if index < self.positional or theirs.name in by_name or is_anothers or is_needed_later:
                how = ", which a call may give by name" if theirs.name in by_name else ""
                yield f"{self.name} has {mine.name!r} where {self.point.name} has {theirs.name!r}{how}"
                return
        for mine in self.own.slots[len(self.lead) + len(self.host.slots) :] if self.host.takes_args else ():
            if mine.name in by_name and mine.kind is not Parameter.POSITIONAL_ONLY:
                yield f"{self.name} has {mine.name!r} where {self.point.name} takes any number of arguments"

    def refusals(self) -> Iterator[tuple[ProblemKind, str]]:
        """
        Say which calls the method refuses.
        """
        refused, own = Refused(), self._aligned()
        for positional, keywords in self._calls():
            refused.try_call(own, positional + len(self.lead), keywords)
        if refused.positional:
            yield "refused-call", f"{self.name} takes {self._count()}; {self.point.name} is called with {self._most()}"
        elif refused.keywords:
            what = f"{_some(refused.keywords)}, which a call of {self.point.name} may give by name"
            yield "refused-call", f"{self.name} does not take {what}"
        for name in refused.missing:
            if name not in self.host.names:
                what = f"{name!r}, which {self.point.name} does not have{self._question(name)}"
                yield "unknown-parameter", f"{self.name} needs {what}"
            elif name not in refused.keywords:
                yield "refused-call", f"{self.name} needs {name!r}, which a call of {self.point.name} may leave out"

    def unknown(self, known: Iterable[str], used: Iterable[str]) -> Iterator[str]:
        """
        Say which optional parameters never get a value.

        Args:
            known: Names that the host has in other releases.
            used: All names that the method asks for.
        """
        if self.host.takes_kwargs:
            return
        aligned = {mine.name for mine, _ in self._pairs()} | {slot.name for slot in self.own.slots[: len(self.lead)]}
        beyond = () if self.host.takes_args else self.own.slots
        keyword_only = (p for p in self.own.all if p.kind is Parameter.KEYWORD_ONLY)
        for parameter in (*beyond, *keyword_only):
            if not _is_required(parameter) and parameter.name not in aligned:
                message = self.unknown_name(parameter.name, known, used)
                if message:
                    yield f"{self.name} names {message}"

    def unknown_name(self, name: str, known: Iterable[str], used: Iterable[str]) -> str | None:
        """
        Say that the host has no parameter called *name*; None if it has, or if the hook is ready for either spelling.
        """
        if name.startswith("_") or name in {*known, *self.host.names} or self.host.takes_kwargs:
            return None
        question = self._question(name)
        if any(f"{other!r}?" in question for other in used):
            return None
        return f"{name!r}, which {self.point.name} does not have{question}"

    def absent_place(self, index: int) -> str | None:
        """
        Say why the argument in a place of the call, from 0 on, may not be there; None if it is there.
        """
        if index < 0 or (index >= len(self.host.slots) and self.host.takes_args):
            return None
        if index >= len(self.host.slots):
            return f"but {self.point.name} is called with {self._most()}"
        parameter = self.host.slots[index]
        # What the host's own calls do counts for names alone: a place is lost with the first parameter that is added.
        is_self = index < min(self.positional, 1)
        if is_self or parameter.kind is Parameter.POSITIONAL_ONLY:
            return None if _is_required(parameter) else f"which is {parameter.name!r} only in a call that gives it"
        return f"which is {parameter.name!r} only in a call that gives it by position; take it by name"

    def _pairs(self) -> Iterable[tuple[Parameter, Parameter]]:
        return zip(self.own.slots[len(self.lead) :], self.host.slots, strict=False)

    def _host_by_name(self) -> dict[str, Parameter]:
        always = {slot.name for slot in self.host.slots[: self.positional]}
        return {name: parameter for name, parameter in self.host.by_name.items() if name not in always}

    def _aligned(self) -> Parameters:
        """
        Give the method's parameters with the host's names in the host's places: what differs there has been told.
        """
        elsewhere = {own.name for own in self.own.all if own.kind is Parameter.KEYWORD_ONLY}
        names = {mine.name: theirs.name for mine, theirs in self._pairs() if theirs.name not in elsewhere}
        leading = self.own.slots[: len(self.lead)]
        aligned: list[Parameter] = []
        for parameter in self.own.all:
            if parameter in leading:
                aligned.append(parameter.replace(kind=Parameter.POSITIONAL_ONLY))
            elif names.get(parameter.name, parameter.name) not in {other.name for other in aligned}:
                aligned.append(parameter.replace(name=names.get(parameter.name, parameter.name)))
            elif parameter in self.own.slots and not _is_required(parameter):  # its place counts still
                aligned.append(parameter.replace(name=f"{parameter.name}_", kind=Parameter.POSITIONAL_ONLY))
        return Parameters(aligned)

    def _calls(self) -> Iterator[tuple[int, list[str]]]:
        """
        Yield calls: each number of arguments by position, the others by name, with and without the optional ones.
        """
        host, slots = self.host, self.host.slots
        required = len([slot for slot in slots if _is_required(slot)])
        keyword_only = [p.name for p in host.all if p.kind is Parameter.KEYWORD_ONLY]
        for count in range(min(self.positional, required), len(slots) + 1):
            if any(p.kind is Parameter.POSITIONAL_ONLY and _is_required(p) for p in slots[count:]):
                continue
            placed = slots[: max(count, self.positional)]
            rest = [p for p in host.by_name.values() if p not in placed]
            yield count, [p.name for p in rest if _is_required(p)]
            yield count, [p.name for p in rest]
        if host.takes_args:
            yield max(len(slots), len(self.own.slots)) + 1, keyword_only
        if host.takes_kwargs:
            yield len(slots), [*keyword_only, _ANY_NAME]

    def _count(self) -> str:
        own = len(self.own.slots) - len(self.lead)
        after = f" after {self.own.slots[len(self.lead) - 1].name}" if self.lead and own >= 0 else ""
        return f"{_arguments(max(own, 0))}{after}"

    def _most(self) -> str:
        return "any number" if self.host.takes_args else f"up to {len(self.host.slots)}"

    def _question(self, name: str) -> str:
        return did_you_mean(name, self.host.names).replace(" Did", "; did")


class DriverCalls:
    """
    How a method of a driver hook is called at the hook points of a host.

    Args:
        name: The method's name.
        own: The method's parameters, without ``self``.
        lead: What it is given before the host's arguments.
        points: The hook points.
    """

    def __init__(
        self, name: str, own: Sequence[Parameter], lead: Sequence[str], points: Sequence[ContractPoint]
    ) -> None:
        self.name = f"{name}()"
        self.own = Parameters(own)
        self.lead = lead
        self.points = points

    def refusals(self, known: Iterable[str]) -> Iterator[tuple[ProblemKind, str]]:
        """
        Say which calls the method refuses.

        Args:
            known: The names of all parameters that the host has in any release.
        """
        refused = {point.name: self._refused_at(point) for point in self.points}
        keywords: dict[str, None] = {}
        for each in refused.values():
            keywords |= each.keywords
        if keywords:
            at = self.at([name for name, each in refused.items() if each.keywords])
            yield "refused-call", f"{self.name} does not take {_some(keywords)}, given by name at {at}; add **kwargs"
        positional = [name for name, each in refused.items() if each.positional]
        if positional:
            at = self.at(positional)
            yield "refused-call", f"{self.name} does not take arguments by position, given at {at}; add *args"
        for name in dict.fromkeys(name for each in refused.values() for name in each.missing):
            unknown = self.unknown_name(name, known)
            if unknown is None:
                at = self.at([where for where, each in refused.items() if name in each.missing])
                yield "refused-call", f"{self.name} needs {name!r}, not always given at {at}"
            else:
                yield "unknown-parameter", f"{self.name} needs {unknown}"

    def unknown(self, known: Iterable[str]) -> Iterator[str]:
        """
        Say which optional parameters no hook point has.

        Args:
            known: The names of all parameters that the host has in any release.
        """
        for parameter in self.own.all:
            if parameter.kind in _BY_NAME and not _is_required(parameter):
                message = self.unknown_name(parameter.name, known)
                if message:
                    yield f"{self.name} names {message}"

    def unknown_name(self, name: str, known: Iterable[str]) -> str | None:
        """
        Say that no hook point has a parameter called *name*; None if one has.
        """
        if name.startswith("_") or name in {*known, *self.lead}:
            return None
        return f"{name!r}, which no hook point has{did_you_mean(name, known).replace(' Did', '; did')}"

    @property
    def has_positional(self) -> bool:
        """
        Whether any hook point hands on arguments by position.
        """
        return any(host_parameters(point).takes_args for point in self.points)

    def _refused_at(self, point: ContractPoint) -> Refused:
        host, refused = host_parameters(point), Refused()
        names = [parameter for parameter in host.all if parameter.kind in (*_BY_PLACE, *_BY_NAME)]
        required = [parameter.name for parameter in names if _is_required(parameter)]
        refused.try_call(self.own, 0, [*self.lead, *required])
        refused.try_call(self.own, 0, [*self.lead, *(parameter.name for parameter in names)])
        if host.takes_kwargs:
            refused.try_call(self.own, 0, [*self.lead, *required, _ANY_NAME])
        if host.takes_args:
            refused.try_call(self.own, len(self.own.slots) + 1, required)
        return refused

    def at(self, names: Sequence[str]) -> str:
        """
        Say which of the hook points these are.
        """
        return _listed(names) if len(names) <= _MOST_NAMED else f"{len(names)} of {len(self.points)} hook points"


def host_parameters(point: ContractPoint) -> Parameters:
    """
    Give the parameters of a driver hook point whose arguments hooks are given: all but ``self`` and the context.
    """
    parameters = list(point.signature.parameters.values())
    return Parameters(parameter for parameter in parameters[1:] if parameter.name != "context")


def periodic_refusals(name: str, own: Sequence[Parameter], lead: Sequence[str]) -> Iterator[str]:
    """
    Say whether a method refuses the call on a schedule, which gives *lead* by position.
    """
    refused, mine = Refused(), Parameters(own)
    refused.try_call(mine, len(lead), ())
    if refused.positional:
        yield f"{name}() takes {_arguments(len(mine.slots))}; it is called with {' and '.join(lead)}"
    for parameter in refused.missing:
        yield f"{name}() needs {parameter!r}, and is called with {' and '.join(lead)}"


def _is_required(parameter: Parameter) -> bool:
    return parameter.default is Parameter.empty and parameter.kind in (*_BY_PLACE, *_BY_NAME)


def _arguments(count: int) -> str:
    return f"{count or 'no'} argument{'s' if count != 1 else ''}"


def _some(names: Iterable[str]) -> str:
    """
    Quote the first names, and say how many more there are.
    """
    return _listed([name if name == _ANY_NAME else repr(name) for name in names])


def _listed(items: Sequence[str]) -> str:
    if len(items) > _MOST_NAMED:
        return f"{', '.join(items[:_MOST_NAMED])} and {len(items) - _MOST_NAMED} more"
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
