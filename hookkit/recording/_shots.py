"""
Values at one moment of a recorded call, as cheaply as they can be kept until somebody asks for them.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from hookkit.recording._changes import Comparison
from hookkit.recording._snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST = 1 << 16
_NOT_NUMBERS = (b"G\x7f\xf8", b"G\xff\xf8")


class PickledShot:
    """
    Values that are nothing but exact builtin containers of texts and numbers, pickled.

    They are the same later if they pickle to the same bytes; then nothing in them was changed.

    Attributes:
        count: How many values there are.
        noted: Nothing; see `LiveShot`.
    """

    __slots__ = ("_data", "_values", "count", "noted")

    def __init__(self, data: bytes, count: int) -> None:
        self._data = data
        self.count = count
        self._values: tuple[Any, ...] | None = None
        self.noted: dict[int, tuple[object, dict[str, Any]]] = {}

    @property
    def values(self) -> tuple[Any, ...]:
        """
        The values, as they were.
        """
        if self._values is None:
            self._values = pickle.loads(self._data)  # noqa: S301 - made right here, of texts, numbers and containers
        return self._values

    def renewed(self, values: tuple[Any, ...], kept: tuple[object, ...]) -> Shot:
        """
        Give itself if *values*, the same ones later, are what they were; else what they are now.
        """
        data = pickled(values)
        if data == self._data:
            return self
        return LiveShot(values, kept) if data is None else PickledShot(data, len(values))


class LiveShot:
    """
    Copies of values of any kind, of those that can be copied.

    Args:
        values: The values.
        kept: Objects whose attributes are not noted.

    Attributes:
        count: How many values there are.
        values: The copies.
        noted: By the id of each object that was kept as it is: the object, and its attributes at that moment.
    """

    __slots__ = ("_is_constant", "count", "noted", "values")

    def __init__(self, values: tuple[Any, ...], kept: tuple[object, ...] = ()) -> None:
        snapshot = Snapshot()
        for value in kept:
            snapshot.keep(value)
        self.count = len(values)
        self.values = tuple([snapshot.copy(value) for value in values])
        snapshot.finish()
        self.noted = snapshot.noted
        self._is_constant = snapshot.is_constant

    def renewed(self, values: tuple[Any, ...], kept: tuple[object, ...]) -> Shot:
        """
        Give itself if *values*, the same ones later, are what they were; else what they are now.
        """
        if self._is_constant:
            return self
        new = LiveShot(values, kept)
        changes = Comparison(self, new).changes({"": self.values}, {"": new.values})
        return new if changes else self


Shot = PickledShot | LiveShot


class _Foreign(Exception):  # noqa: N818 - it says what was met
    """
    Something was met that is no text, no number and no exact builtin container of such.
    """


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        """
        Refuse all that the pickler cannot write by itself, so that no code of its class runs.
        """
        raise _Foreign


class _Output:
    __slots__ = ("write",)

    def __init__(self, write: Callable[[Any], object]) -> None:
        self.write = write


_PICKLERS: list[tuple[_Pickler, list[bytes]]] = []  # those that nobody uses; appending and popping are atomic


def pickled(values: tuple[Any, ...]) -> bytes | None:
    """
    Pickle *values*; None if they have to be copied with more care.

    Those with NaN are among these, which equals itself only as long as it is the same object.
    """
    try:
        pickler, output = _PICKLERS.pop()
    except IndexError:
        output = []
        pickler = _Pickler(_Output(output.append), 4)
    try:
        pickler.dump(values)
    except Exception:  # noqa: BLE001 - a foreign object, too deep, changing meanwhile: this pickler is not used again
        return None
    pickler.clear_memo()
    data = output.pop() if len(output) == 1 else b"".join(output)
    output.clear()
    _PICKLERS.append((pickler, output))
    if len(data) > _LARGEST or _NOT_NUMBERS[0] in data or _NOT_NUMBERS[1] in data:
        return None
    return data
