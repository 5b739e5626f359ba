"""
Values to write, and what is written of them.
"""

import collections
import dataclasses
import enum
import json
from typing import NamedTuple

from hookkit.recording._codec import Encoder
from hookkit.recording._redaction import Mask, Redaction


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Mode(enum.StrEnum):
    FAST = "fast"


class Text(str):
    """
    A subclass with a repr of its own.
    """

    __slots__ = ()

    def __repr__(self):  # pragma: no cover - is not to be asked
        return "lie"


class Login(NamedTuple):
    user: object
    password: object


Pair = collections.namedtuple("Pair", "left right")  # noqa: PYI024 - as hosts have them


@dataclasses.dataclass
class Volume:
    size: int
    admin_token: str = ""


@dataclasses.dataclass(frozen=True)
class Key:
    """
    Something to look values up by.
    """

    name: str


class QuotaError(ValueError):
    """
    A host's exception.
    """


class OverQuotaError(QuotaError):
    """
    One that derives from it.
    """


class Interrupt(KeyboardInterrupt):
    """
    One that `except Exception` does not catch.
    """


def encoded(value, *secrets, noted=None, names=("pass", "token")):
    """
    Encode one value; what it gives can be written.
    """
    result = Encoder(Redaction(names), Mask(secrets), noted or {}).value(value)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    return result
