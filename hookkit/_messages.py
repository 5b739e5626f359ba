"""
Pieces of which messages are made, and where they are logged.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from logging import Logger

    from hookkit.discovery import EntryPoint

DRIVER_GROUP = "driver hooks"


def did_you_mean(wanted: object, candidates: "Iterable[str]") -> str:
    """
    Return a question that offers the candidate closest to *wanted*, with a space before it; empty if none is close.

    Of dotted names each part has to be close: ``shop.hooks`` and ``nova.hooks`` have nothing to do with each other.
    """
    from difflib import get_close_matches

    folded = str(wanted).casefold()
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    for close in get_close_matches(folded, by_folded, n=len(by_folded) or 1):
        parts, close_parts = folded.split("."), close.split(".")
        if len(parts) != len(close_parts) or all(map(_are_alike, parts, close_parts)):
            return f" Did you mean {by_folded[close]!r}?"
    return ""


def _are_alike(part: str, other: str) -> bool:
    """
    Tell whether two parts of dotted names may stand for each other, as all do that are no words: those of versions.
    """
    from difflib import SequenceMatcher

    return not (part.isidentifier() and other.isidentifier()) or SequenceMatcher(None, part, other).ratio() > 0.5  # noqa: PLR2004 - half of it


def explain(exc: BaseException) -> str:
    """
    Name *exc* and what it says, as a sentence, whatever its ``__str__`` does.
    """
    try:
        text = str(exc)
    except Exception:  # noqa: BLE001 - a broken message must not hide that there was an exception
        text = "(its message cannot be read)"
    said = f"{type(exc).__name__}: {text}" if text else type(exc).__name__
    return said if said.endswith((".", "!", "?")) else f"{said}."


def label_of(entry_point: "EntryPoint") -> str:
    """
    Name the distribution of *entry_point* and its version, as far as they are known.
    """
    return " ".join(filter(None, (entry_point.distribution, entry_point.version))) or "unknown distribution"


def cannot_load(entry_point: "EntryPoint", reason: str) -> str:
    """
    Say that what *entry_point* names cannot be loaded, and whose it is.
    """
    declared = f"entry point '{entry_point.name} = {entry_point.value}' of group {entry_point.group!r}"
    return f"Cannot load {declared} ({label_of(entry_point)}): {reason}"


def logger_of(group: str) -> "Logger":
    """
    Give the logger for what the hooks of *group* do: ``hookkit.<group>``.

    It is ``hookkit.drivers`` for a group of driver hooks: ``driver hooks``, or those words after a host's name.
    """
    import logging

    is_drivers = f" {group}".endswith(f" {DRIVER_GROUP}")
    return logging.getLogger("hookkit.drivers" if is_drivers else f"hookkit.{group}")
