"""
The lines of runs, numbered anew: each number becomes another one by the same addition.

See "How recordings are written fast" in hookkit's explanations.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(rb'(?m)^(?:\{"kind":"(?:event","seq":(\d+),"call":(\d+)|call","seq":(\d+))(,.*\n)|.+)')
"""
A line that hookkit has written; of another one no part is found, so that its number is none.
"""

_THREAD = b',"thread":"'
_PARENT = b',"parent":'
_PARENT_BEFORE_THREAD = re.compile(rb',"parent":(\d+)((?:,"tick":\d+)?)\Z')
_LONGEST = 60  # characters; the numbers of a parent and of a tick take fewer, with their names


class Shift(NamedTuple):
    """
    What is added to the numbers of events, and to those of calls.
    """

    events: int
    calls: int


class Shifted(NamedTuple):
    """
    Lines that are numbered anew, and how many of them there are.
    """

    text: bytes
    events: int
    calls: int


def shifted(text: bytes, shift: Shift, end: bytes) -> Shifted | None:
    """
    Number the lines of a run anew.

    Args:
        text: Some of its lines, whole ones.
        shift: What is added to their numbers.
        end: What a call ends with.

    Returns:
        The lines; None if there are others than those that hookkit writes.
    """
    to_event, to_call = shift
    lines: list[bytes] = []
    add = lines.append
    calls = number = 0
    last = b""  # the call of the last event, which is often that of the next one
    try:
        for event, of_call, call, rest in _LINE.findall(text):
            if event:
                if of_call != last:
                    last, number = of_call, int(of_call) + to_call
                add(b'{"kind":"event","seq":%d,"call":%d%b' % (int(event) + to_event, number, rest))
            else:
                calls += 1
                about = _with_parent(rest, to_call) if _PARENT in rest else rest
                add(b'{"kind":"call","seq":%d%b%b' % (int(call) + to_call, about[:-2], end))
    except ValueError:
        return None
    return Shifted(b"".join(lines), len(lines) - calls, calls)


def _with_parent(rest: bytes, to_call: int) -> bytes:
    """
    Number the call anew in whose course one was made, which stands before the thread.

    Raises:
        ValueError: If there is no thread.
    """
    thread = rest.rindex(_THREAD)
    found = _PARENT_BEFORE_THREAD.search(rest, max(thread - _LONGEST, 0), thread)
    if found is None:  # a key of that name in a value
        return rest
    return b'%b,"parent":%d%b%b' % (rest[: found.start()], int(found[1]) + to_call, found[2], rest[thread:])
