"""
Files as workers of pytest-xdist write them.
"""

import json

from hypothesis import strategies as st

from hookkit.recording import Runs
from hookkit.recording._tally import Tally
from pytest_hookkit._parts import WorkerFile
from pytest_hookkit._told import Told

HEADER = b'{"format":"hookkit-recording","version":1}\n'

TRAPS = st.sampled_from(
    [
        *("x", "\u00fc", '"', "\\", ',"thread":"', ',"parent":1', 7, None),
        *({"parent": 1}, {"thread": "x", "tick": 2}, {"swallowed": True}),
        *({"kind": "event", "seq": 3}, {"unfinished": True}, {"duration_ns": 9}),
    ]
)


def event(seq, call, test=None, **more):
    """
    Make a line of an event.
    """
    return {"kind": "event", "seq": seq, "call": call, "test": test, "group": "g", "point": "p", "phase": "pre", **more}


def compact(fields):
    """
    Write a line as hookkit does.
    """
    return json.dumps(fields, separators=(",", ":"))


def call(seq, test=None, *, unfinished=None, **more):
    """
    Make a line of a call.
    """
    first = {"kind": "call", "seq": seq, "test": test, "group": "g", "point": "p"}
    return {**first, **more, "thread": "main", "unfinished": unfinished}


def write(path, lines, end=b""):
    """
    Write a worker's file.
    """
    text = "".join(f"{compact({k: v for k, v in line.items() if v is not None})}\n" for line in lines)
    path.write_bytes(HEADER + text.encode("ascii") + end)


def short(line):
    """
    Write a line in short: kind, number, the call it belongs to, the test, and whether it is unfinished.
    """
    of = line.get("call", line.get("parent", ""))
    return f"{line['kind']} {line['seq']} {of} {line.get('test', '-')}{' unfinished' * bool(line.get('unfinished'))}"


class Worker:
    """
    A worker that writes a file, and tells of it at its end.

    Args:
        path: The file.
    """

    def __init__(self, path):
        self._path = path
        self._text = [HEADER]
        self.runs = Runs(len(HEADER))
        self.tally = Tally()
        self.size = len(HEADER)

    def begin(self, test, event, call, lines=()):
        """
        Have an event begin; outside tests its line, and that of its call, are written.
        """
        self.runs.begun(test, event, call)
        for fields in lines:
            self._add(fields, None, 0)

    def end(self, fields):
        """
        Write how an event or a call ended.
        """
        if fields["kind"] == "event":
            count = self.tally.of_event(fields["group"], fields["point"], fields["phase"])
            count.swallowed += bool(fields.get("swallowed"))
            count.duration_ns += fields.get("duration_ns") or 0
        else:
            count = self.tally.of_call(fields["group"], fields["point"], is_tick=fields.get("tick") is not None)
        count.number += 1
        self._add(fields, None if fields.get("unfinished") else fields["test"], 1)

    def do(self, *lines):
        """
        Have what is in some lines happen one after the other: a call begins with its first event.
        """
        for fields in lines:
            if fields["kind"] == "event":
                self.begin(fields["test"], fields["seq"], fields["call"])
            self.end(fields)
        return self

    def file(self, name="gw0"):
        """
        Write the file, and tell of it.
        """
        self._path.write_bytes(b"".join(self._text))
        return WorkerFile(name, self._path, Told.of(self))

    def _add(self, fields, test, lines):
        text = f"{compact({name: value for name, value in fields.items() if value is not None})}\n".encode("ascii")
        self._text.append(text)
        self.size += len(text)
        self.runs.add(test, len(text), lines)
