"""
Pieces of which messages are made.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(wanted: object, candidates: "Iterable[str]") -> str:
    """
    Return a question that offers the candidate closest to *wanted*, with a space before it; empty if none is close.
    """
    from difflib import get_close_matches

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    close = get_close_matches(str(wanted).casefold(), by_folded, n=1)
    return f" Did you mean {by_folded[close[0]]!r}?" if close else ""


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
