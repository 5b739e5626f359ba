"""
The tables of a report as JSON: by column, in order of start, times counted from the beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hookkit.report._blocks import as_json
from hookkit.report._tables import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hookkit.report._tables import Columns, Tables

_LONGEST = 500  # characters of a field of the header


def index(tables: Tables, header: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """
    Give the parts of a page's data by the ids of their elements.

    Args:
        tables: What is known of calls and events.
        header: The first line of the recording.
        facts: More that is said of the recording as a whole.
    """
    began_ns = _began_ns(tables)
    texts = {name: str(value)[:_LONGEST] for name, value in header.items() if isinstance(value, str | int | float)}
    yield "about", as_json({**facts, "header": texts, "began_ns": str(began_ns)})
    yield "names", as_json(list(tables.names))
    yield "hooks", as_json(list(tables.hooks))
    places = _places(tables)
    yield "calls", _calls(tables, places, began_ns)
    yield "events", _events(tables, places)


def _began_ns(tables: Tables) -> int:
    starts = (start for table in (tables.calls, tables.events) for start in table["start"])
    return min((start for start in starts if start > 0), default=0)


def _places(tables: Tables) -> list[int]:
    """
    Give the place that each row of the calls has in order of start.
    """
    places = [0] * len(tables.calls)
    for place, row in enumerate(tables.calls.in_order()):
        places[row] = place
    return places


def _calls(tables: Tables, places: list[int], began_ns: int) -> str:
    calls = tables.calls
    by_seq = {seq: places[row] for row, seq in enumerate(calls["seq"])}

    def parent(row: int) -> int:
        place = by_seq.get(calls["parent"][row], ABSENT)
        return place if place < places[row] else ABSENT  # or it would be its own ancestor

    shown = {"parent": parent, "start": lambda row: max(0, calls["start"][row] - began_ns)}
    return _columns(calls, shown)


def _events(tables: Tables, places: list[int]) -> str:
    events, starts = tables.events, tables.calls["start"]
    shown = {
        "call": lambda row: places[events["call"][row]],
        "start": lambda row: max(0, events["start"][row] - starts[events["call"][row]]),  # small numbers
    }
    return _columns(events, shown)


def _columns(table: Columns, shown: Mapping[str, Callable[[int], int]]) -> str:
    order = table.in_order()
    parts = (
        f"{as_json(name)}:{as_json(list(map(shown.get(name, table[name].__getitem__), order)))}" for name in table.names
    )
    return f"{{{','.join(parts)}}}"
