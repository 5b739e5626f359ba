"""
Changes: what differs between two snapshots of the same values.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._snapshot import (
    MAPPINGS,
    SEQUENCES,
    SETS,
    attributes_of,
    is_atom,
    is_namedtuple,
    is_plain_dataclass,
    is_tame,
    is_value,
)
from hookkit.recording._text import show

if TYPE_CHECKING:
    from collections import OrderedDict
    from collections.abc import Hashable, Iterator, Mapping
    from typing import Protocol

    class Noted(Protocol):
        """
        What knows the attributes of objects at one moment, by their ids.
        """

        @property
        def noted(self) -> dict[int, tuple[object, dict[str, Any]]]: ...


class Absent:
    """
    The kind of `ABSENT`, which stands where there is no value.
    """

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = Absent()


class Change(NamedTuple):
    """
    A value that a hook changed in place.

    Attributes:
        path: Where it is, from the parameter's name on: ``metadata['owner'][0]``, ``instance.name``.
        before: What was there; `ABSENT` if nothing was.
        after: What is there now; `ABSENT` if nothing is.
    """

    path: str
    before: Any
    after: Any


class Comparison:
    """
    Finds the changes between two snapshots, running no code of the values' classes.

    Attributes:
        is_reordered: Whether the keys of a mapping were found in another order, which is no change of a plain one.
    """

    def __init__(self, before: Noted, after: Noted) -> None:
        self._before = before.noted
        self._after = after.noted
        self._seen: dict[tuple[int, int], None] = {}
        self.is_reordered = False

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
        """
        List what became different between the values called by the same names, in their order.

        What can be reached by several paths is listed under the first.
        """
        changes: list[Change] = []
        for name in before:
            with suppress(Exception):  # nested too deep, or changing while it is compared
                changes += self._between(name, before[name], after[name])
        return tuple(changes)

    def _between(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        kind = type(before)
        if kind is not type(after):
            yield Change(path, before, after)
            return
        if is_atom(kind):
            if not _same_atom(before, after):
                yield Change(path, before, after)
            return
        pair = (id(before), id(after))
        if pair not in self._seen:
            self._seen[pair] = None
            yield from self._within(path, before, after)

    def _within(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        kind = type(before)
        if not is_tame(kind):
            yield from self._between_objects(path, before, after)
        elif kind in MAPPINGS:
            yield from self._between_mappings(path, before, after)
        elif kind in SEQUENCES:
            yield from self._between_sequences(path, before, after)
        elif (kind is tuple or is_namedtuple(kind)) and len(before) == len(after):
            for index, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from self._between(f"{path}[{index}]", one, other)
        elif is_plain_dataclass(kind) and before is not after:
            yield from self._between_attributes(path, dict(attributes_of(before)), dict(attributes_of(after)))
        elif before is after or not _same_value(kind, before, after):
            yield from self._between_objects(path, before, after)

    def _between_objects(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        if before is not after:
            yield Change(path, before, after)
        elif id(before) in self._before or id(after) in self._after:
            one, other = (noted.get(id(before), (before, {}))[1] for noted in (self._before, self._after))
            yield from self._between_attributes(path, one, other)

    def _between_attributes(self, path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
        for name in {**before, **after}:
            yield from self._between(f"{path}.{name}", before.get(name, ABSENT), after.get(name, ABSENT))

    def _between_mappings(self, path: str, before: dict[Any, Any], after: dict[Any, Any]) -> Iterator[Change]:
        if len(before) == len(after) and all(
            one is other and before_it is after_it and is_atom(type(after_it))
            for (one, before_it), (other, after_it) in zip(before.items(), after.items(), strict=True)
        ):
            return  # the most frequent case, and of a large mapping the only one that is quick
        one, other = _by_key(before), _by_key(after)
        changed = False
        for token in {**one, **other}:
            key = (one.get(token) or other[token])[0]
            pair = one.get(token, (key, ABSENT))[1], other.get(token, (key, ABSENT))[1]
            for change in self._between(f"{path}[{show(key)}]", *pair):
                changed = True
                yield change
        if not changed and list(one) != list(other):
            self.is_reordered = True
            if _has_order(before):
                yield Change(path, before, after)

    def _between_sequences(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        """
        Compare what is left when what is the same at the beginning and at the end is taken away.
        """
        one, other = list(before), list(after)
        start = end = 0
        for start, items in enumerate(zip(one, other, strict=False)):  # noqa: B007 - where it ends is what is wanted
            if not self._is_same(*items):
                break
        else:
            start = min(len(one), len(other))
        while end < min(len(one), len(other)) - start and self._is_same(one[-1 - end], other[-1 - end]):
            end += 1
        one, other = one[start : len(one) - end], other[start : len(other) - end]
        for index in range(max(len(one), len(other))):
            pair = (items[index] if index < len(items) else ABSENT for items in (one, other))
            yield from self._between(f"{path}[{start + index}]", *pair)

    def _is_same(self, before: Any, after: Any) -> bool:
        """
        Tell whether two values hold no change, without taking note of what was seen on the way.
        """
        if type(before) is type(after) and is_atom(type(before)):
            return before is after or _same_atom(before, after)
        count = len(self._seen)
        is_same = next(self._between("", before, after), None) is None
        while not is_same and len(self._seen) > count:
            self._seen.popitem()
        return is_same


def _same_atom(before: Any, after: Any) -> bool:
    return before is after or before == after or (before != before and after != after)  # noqa: PLR0124 - nan


def _same_value(kind: type, before: Any, after: Any) -> bool:
    if kind in SETS:
        return {_token(item) for item in before} == {_token(item) for item in after}
    return bool((kind is bytearray or is_value(kind)) and before == after)


def _has_order(mapping: dict[Any, Any]) -> bool:
    return type(mapping).__eq__ is not dict.__eq__ and hasattr(mapping, "move_to_end")


def _by_key(mapping: Mapping[Any, Any] | OrderedDict[Any, Any]) -> dict[Hashable, tuple[Any, Any]]:
    return {_token(key): (key, value) for key, value in mapping.items()}


def _token(key: Any) -> Hashable:
    """
    Give what stands for a key in a comparison: itself if its hash can be trusted, else its identity.
    """
    if _is_trusted(key):
        return key  # type: ignore[no-any-return] # it is hashable
    return (ABSENT, id(key))


def _is_trusted(key: Any) -> bool:
    kind = type(key)
    if kind is tuple or kind is frozenset:
        return all(map(_is_trusted, key))
    return is_atom(kind) or is_value(kind)
