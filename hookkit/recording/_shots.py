"""
Values at one moment of a recorded call, as cheaply as they can be kept until somebody asks for them.
"""

from __future__ import annotations

import marshal
import pickle
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from hookkit.recording._changes import Comparison
from hookkit.recording._snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGE = 1 << 12
_LARGEST = 1 << 16
_NOT_NUMBERS = (b"G\x7f\xf8", b"G\xff\xf8")
_BYTES = re.compile(rb"[s\xf3](?=(....))", re.DOTALL)
_FEW_BYTES = re.compile(rb"s(?=(..\0\0))", re.DOTALL)  # what begins with one letter is found much faster


class PickledShot:
    """
    Values that are nothing but exact builtin containers of texts and numbers, pickled.

    Attributes:
        count: How many values there are.
        data: The values, pickled; if they are the same later, they pickle to the same bytes.
        noted: Nothing; see `LiveShot`.
    """

    __slots__ = ("count", "data")

    noted: dict[int, tuple[object, dict[str, Any]]] = {}  # noqa: RUF012 - there never is anything in it

    def __init__(self, data: bytes, count: int) -> None:
        self.data = data
        self.count = count

    @property
    def values(self) -> tuple[Any, ...]:
        """
        The values, as they were; new ones each time.
        """
        values: tuple[Any, ...] = pickle.loads(self.data)  # noqa: S301 - made right here, of texts and numbers
        return values


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

    def renewed(self, values: tuple[Any, ...], kept: tuple[object, ...]) -> LiveShot:
        """
        Give itself if *values*, the same ones later, are what they were; else what they are now.
        """
        if self._is_constant:
            return self
        new = LiveShot(values, kept)
        comparison = Comparison(self, new)
        changes = comparison.changes({"": self.values}, {"": new.values})
        return new if changes or comparison.is_reordered else self


Shot = PickledShot | LiveShot


class _Foreign(Exception):  # noqa: N818 - it says what was met
    """
    Something was met that is no text, no number and no exact builtin container of such.
    """


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object, /) -> Any:
        """
        Refuse all that the pickler cannot write by itself, so that no code of its class runs.
        """
        del obj
        raise _Foreign


class _Output:
    """
    A file as picklers want it, which keeps what is written.
    """

    def __init__(self, parts: list[bytes]) -> None:
        self.write = parts.append


class _Pickling(NamedTuple):
    """
    What it takes to pickle again and again.

    Attributes:
        dump: Pickles.
        forget: Forgets what was met, so that what is pickled next does not refer to it.
        parts: Where the bytes are put.
    """

    dump: Callable[[object], object]
    forget: Callable[[], object]
    parts: list[bytes]


_UNUSED: list[_Pickling] = []
"""
Those that nobody uses; appending and popping are atomic.
"""


def pickled(values: tuple[Any, ...]) -> bytes | None:
    """
    Pickle *values*; None if they have to be copied with more care.

    Those with NaN are among these, which equals itself only as long as it is the same object.
    """
    try:
        pickling = _UNUSED.pop()
    except IndexError:
        pickling = _new_pickling()
    dump, forget, parts = pickling
    try:
        dump(values)
    except Exception:  # noqa: BLE001 - a foreign object, too deep, changing meanwhile: this pickler is not used again
        return None
    data = parts.pop()
    if len(data) <= _LARGE and not parts:  # to forget more takes as long each time from then on
        forget()
        _UNUSED.append(pickling)
    if parts or len(data) > _LARGEST or _NOT_NUMBERS[0] in data or _NOT_NUMBERS[1] in data:
        return None
    return data


def mark(values: tuple[Any, ...]) -> bytes | None:
    """
    Give what *values* are marshalled to: what has the same mark later is the same.

    Returns:
        None if they cannot be marshalled.
        The mark may still be one of values that differ, if it holds what can be bytes; see `is_sure`.
    """
    try:
        return marshal.dumps(values, 4)
    except Exception:  # noqa: BLE001 - a foreign object, too deep
        return None


def is_sure(mark: bytes) -> bool:
    """
    Tell whether *mark* is one of texts and numbers for sure: it has no place that can be one of bytes.

    For bytes, and for whatever else has a buffer, marshal writes an ``s``, the length, and the bytes; in place
    of the ``s`` the number 0xf3 if they may come again. In a mark that is not large the length ends in zeros.
    """
    places = _FEW_BYTES if len(mark) <= _LARGEST and b"\xf3" not in mark else _BYTES
    return not any(int.from_bytes(found[1], "little") <= len(mark) - found.end(1) for found in places.finditer(mark))


def _new_pickling() -> _Pickling:
    parts: list[bytes] = []
    pickler = _Pickler(_Output(parts), 4)
    return _Pickling(pickler.dump, pickler.clear_memo, parts)
