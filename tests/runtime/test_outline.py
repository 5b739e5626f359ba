"""
Tests of the outline's times.
"""

import pytest

from hookkit.recording import Recorder, outline
from runtime.recorded import Api


class TestTimes:
    @pytest.mark.parametrize(
        ("duration_ns", "text"),
        [
            (400, "1 µs"),
            (12_400, "12 µs"),
            (49_999, "50 µs"),
            (50_000, "0.1 ms"),
            (999_949_999, "999.9 ms"),
            (999_950_000, "1.0 s"),
            (61_000_000_000, "61.0 s"),
        ],
    )
    def test_they_have_the_unit_that_tells_most(self, duration_ns, text):
        """
        No time that was measured is written as nothing, and numbers of any unit end in one column.
        """
        with Recorder() as recorder:
            Api().create("ctx", "vm-1")
        recorder.calls[0].duration_ns = duration_ns
        line = outline(recorder.events, times=True).splitlines()[0]
        assert line.startswith("create('ctx', 'vm-1') -> 21  ")
        assert line.endswith(f"  {text}")
        assert len(line) == 78 - text.endswith(" s")
