"""
Where an exception came from, in a recording.
"""

import contextlib
import json
from pathlib import Path

import pytest

from hookkit import FatalHookException, HookRegistry, Recorder
from hookkit.recording import RecordingWriter
from hookkit.recording._frames import MOST_CHARACTERS, MOST_FRAMES


class DeepHook:
    """
    Raises from some frames below.
    """

    def pre(self, password, depth):
        self.dig(depth)

    def dig(self, depth):
        if depth:
            self.dig(depth - 1)
        raise KeyError("hunter2hunter2")


class NarrowHook:
    """
    Does not take what it is called with.
    """

    def pre(self): ...


class LaterHook:
    """
    Never runs, since what comes before it raises.
    """

    def post(self, rv, *args): ...


class NoMethod:
    """
    Has a method that is not written in Python, and refuses its arguments.
    """

    pre = int


@pytest.fixture
def recorded(tmp_path):
    """
    Give a function that records a call of a hooked function, and gives the lines of its events that raised.
    """

    def record(hook, depth=0, body=lambda password, depth: None):
        registry = HookRegistry("nova.hooks")
        registry.register("create", hook)
        create = registry.add_hook("create")(body)
        path = tmp_path / "recording.jsonl"
        with RecordingWriter(path) as writer, Recorder(writer=writer), contextlib.suppress(FatalHookException):
            create("hunter2hunter2", depth)
        events = map(json.loads, path.read_text().splitlines())
        return [event for event in events if event.get("kind") == "event" and "raised" in event]

    return record


def test_the_frames_of_the_hook(recorded):
    """
    An event that raised has the frames from the hook's method on, with their source, secrets masked.
    """
    (event,) = recorded(DeepHook)
    line = DeepHook.pre.__code__.co_firstlineno
    assert event["traceback"] == [
        {"file": __file__, "line": line + 1, "function": "pre", "text": "self.dig(depth)"},
        {"file": __file__, "line": line + 6, "function": "dig", "text": 'raise KeyError("***")'},
    ]


def test_the_frames_of_the_function(recorded):
    """
    What the host's own function raised is told without hookkit's frames, as the body's.
    """

    def create(password, depth):
        raise FatalHookException

    (event,) = recorded(LaterHook, body=create)
    (frame,) = event["traceback"]
    assert (event["phase"], frame["function"], frame["text"]) == ("body", "create", "raise FatalHookException")


def test_a_recursion(recorded):
    """
    Of very many frames the innermost are there.
    """
    (event,) = recorded(DeepHook, depth=100)
    assert len(event["traceback"]) == MOST_FRAMES
    assert event["traceback"][-1]["text"] == 'raise KeyError("***")'


def test_a_hook_that_never_ran(recorded):
    """
    A method that does not take its arguments is named with the place where it is defined.
    """
    (event,) = recorded(NarrowHook)
    assert event["traceback"] == [
        {
            "file": __file__,
            "line": NarrowHook.pre.__code__.co_firstlineno,
            "function": "pre",
            "text": "def pre(self): ...",
        }
    ]


def test_nothing_is_known(recorded):
    """
    Where nothing is known of the place, there is none.
    """
    (event,) = recorded(NoMethod)
    assert "traceback" not in event


def test_without_source(recorded):
    """
    Code without source has its place alone; a long line is cut.
    """
    names = {}
    exec(compile("def pre(self, *args): raise KeyError", "<made>", "exec"), names)
    (event,) = recorded(type("Made", (), names))
    assert event["traceback"] == [{"file": "<made>", "line": 1, "function": "pre"}]


def test_a_long_line(recorded, tmp_path):
    """
    A long line of source is cut.
    """
    names = {}
    path = Path(tmp_path, "long.py")
    path.write_text(f"def pre(self, *args): raise KeyError({'x' * 300!r})")
    exec(compile(path.read_text(), str(path), "exec"), names)
    (event,) = recorded(type("Long", (), names))
    assert len(event["traceback"][0]["text"]) == MOST_CHARACTERS
