"""
Tests for `hookkit.recording._written_tape` and what belongs to it: what is written as calls go is what always is.
"""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, _fast_code
from hookkit.recording import BoardWriter, RecordingWriter
from runtime.taped_runs import DEEDS, VALUES, hooks, names, run

pytestmark = pytest.mark.skipif(not _fast_code.CAN_SHARE, reason="here all calls are recorded the general way")

COUNT = itertools.count()


class Lines:
    """
    Lines in memory, as a file that is written to.
    """

    closed = False

    def __init__(self):
        self.text = b""

    def write(self, lines):
        self.text += lines

    def close(self):
        self.closed = True


class MemoryWriter(RecordingWriter):
    """
    A writer whose lines stay in memory.
    """

    takes_lines = True

    def __init__(self, **options):
        super().__init__("unused.jsonl", **options)

    def _open(self):
        self.memory = Lines()
        return self.memory

    @property
    def text(self):
        """
        The lines without the first one, and without times.
        """
        _, _, lines = self.memory.text.partition(b"\n")
        return re.sub(rb'_ns":\d+', b'_ns":0', lines)


class MemoryBoardWriter(BoardWriter):
    """
    A writer with a board, whose lines stay in memory, those of what has begun, too.
    """

    takes_lines = True

    def __init__(self, path, **options):
        self.noted = b""
        super().__init__(path, secret_names=["password"], **options)

    def note(self, over, begun, *facts):
        self.noted += f"{over}{begun}".encode("ascii")
        super().note(over, begun, *facts)

    def _note(self, line, *, is_begun=False):
        self.noted += line
        super()._note(line, is_begun=is_begun)

    @property
    def text(self):
        """
        What was put on the board, and what was handed on, without times.
        """
        self.close()
        _, _, lines = self.path.read_bytes().partition(b"\n")
        return [re.sub(rb'_ns":\d+', b'_ns":0', text) for text in (self.noted, lines)]


@pytest.fixture
def registry():
    """
    Give a registry of its own.
    """
    return HookRegistry(f"test.written{next(COUNT)}")


def written(*arguments, writer, **options):
    """
    Call a hooked function some times; give what was recorded and written.
    """
    found = run(*arguments, writer=writer, **options)
    return found, writer.text.split(b"\n"), (writer.events, writer.calls), writer.tally.totals()


class TestAgreement:
    @settings(max_examples=30)
    @given(
        st.lists(hooks, max_size=3),
        names,
        st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3),
        st.sets(st.sampled_from(["size", "meta", "plan", "password"])),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, 0, 7]),
    )
    def test_the_tape_writes_what_is_always_written(
        self, plans, body, values, keywords, pass_function, is_method, limit
    ):
        """
        The lines and the records are the same whether calls are noted on a tape or told to the recorder.
        """
        arguments = plans, body, values, keywords, pass_function
        runs = [
            written(*arguments, is_method=is_method, is_taped=is_taped, writer=MemoryWriter(), limit=limit)
            for is_taped in (False, True)
        ]

        assert runs[0] == runs[1]

    @pytest.mark.parametrize("deed", sorted(DEEDS))
    @pytest.mark.parametrize("phase", ["pre", "body", "post", "error"])
    def test_it_does_so_whatever_is_done(self, phase, deed):
        """
        The lines and records are the same for each deed in each phase.
        """
        plans = [{"pre": "nothing", "error": "touch"}, {phase: deed}, {"post": "touch", "error": "nothing"}]
        plans[1].pop("body", None)
        body = {"body": deed, "error": "raise"}.get(phase, "nothing")
        for values in (["text", "number"], ["dictionary", "list"], ["object", "dictionary"]):
            arguments = ([plan for plan in plans if plan], body, values, {"size"}, True)
            runs = [
                written(*arguments, is_method=True, is_taped=is_taped, writer=MemoryWriter())
                for is_taped in (False, True)
            ]
            assert runs[0] == runs[1]

    @pytest.mark.parametrize("value", sorted(VALUES))
    @pytest.mark.parametrize("deed", ["nothing", "touch", "retype", "foreign"])
    def test_it_does_so_whatever_is_passed(self, value, deed):
        """
        The lines and records are the same for each kind of value.
        """
        arguments = [{"pre": deed, "post": "replace"}, {"post": deed}], "touch first", [value, "text"], set(), False
        runs = [
            written(*arguments, is_method=False, is_taped=is_taped, writer=MemoryWriter()) for is_taped in (False, True)
        ]
        assert runs[0] == runs[1]
