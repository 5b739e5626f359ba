"""
Reading a recording line by line.
"""

import errno
import json

import pytest

from hookkit import RecordingError, load_recording
from hookkit.report._lines import RecordingLines
from report.made import HEADER

FIRST = json.dumps(HEADER)


@pytest.fixture
def path(tmp_path):
    """
    Where the recording is.
    """
    return tmp_path / "recording.jsonl"


def read(path):
    """
    Give what all lines hold, and what was lost.
    """
    with RecordingLines(path) as lines:
        return [line.fields for line in lines], lines.lost


class TestRecordingLines:
    def test_they_come_one_after_the_other(self, path):
        """
        Each line comes with what it holds and its text; what was read is counted.
        """
        path.write_text(f'{FIRST}\n{{"kind":"event"}}\n{{"kind":"call"}}\n', encoding="ascii")
        with RecordingLines(path) as lines:
            assert lines.header == HEADER
            assert lines.read == len(FIRST) + 1
            assert list(lines) == [({"kind": "event"}, b'{"kind":"event"}'), ({"kind": "call"}, b'{"kind":"call"}')]
            assert lines.read == lines.size == path.stat().st_size

    def test_only_one_line_is_held(self, path):
        """
        A line is read when it is asked for.
        """
        path.write_text(f"{FIRST}\n" + '{"kind":"event"}\n' * 3, encoding="ascii")
        with RecordingLines(path) as lines:
            next(iter(lines))
            assert lines.read < lines.size

    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            ("1.50", {"$type": "builtins:float", "$repr": "1.50"}),
            ("1e400", {"$type": "builtins:float", "$repr": "1e400"}),
            ("NaN", {"$type": "builtins:float", "$repr": "nan"}),
            ("-Infinity", {"$type": "builtins:float", "$repr": "-inf"}),
            ("123456789012345", 123456789012345),
            ("1234567890123456", {"$type": "builtins:int", "$repr": "1234567890123456"}),
        ],
    )
    def test_numbers_stay_as_they_were(self, path, number, shown):
        """
        A number that a browser would show otherwise is described by its text.
        """
        path.write_text(f'{FIRST}\n{{"returned":{number}}}\n', encoding="ascii")
        assert read(path) == ([{"returned": shown}], None)

    @pytest.mark.parametrize(
        "end", ['{"kind":"ev', '{"kind":"ev\n', "[1]\n", "\ufffd\n", "[" * 100_000, '{"kind":"ev\n\n\n']
    )
    def test_a_torn_end_is_said(self, path, end):
        """
        A last line that is no object is left out, as load_recording does it, and said in the same words.
        """
        path.write_text(f'{FIRST}\n{{"kind":"event"}}\n{end}', encoding="utf-8")
        fields, lost = read(path)
        assert fields == [{"kind": "event"}]
        assert lost == f"Line 3 of {str(path)!r} is torn; it is left out."
        assert lost == load_recording(path).lost

    @pytest.mark.parametrize("text", [f"{FIRST}", f"{FIRST}\n", f"{FIRST}\n\n\n"])
    def test_an_empty_recording_has_no_lines(self, path, text):
        """
        A header alone is a recording of nothing.
        """
        path.write_text(text, encoding="ascii")
        assert read(path) == ([], None)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="empty file"),
            pytest.param("hello\n", id="other text"),
            pytest.param("x" * 100, id="long line"),
            pytest.param('{"format":"hookkit-recording","version":99,"hookkit":"9.0"}\n', id="later version"),
            pytest.param(f'{FIRST}\n{{"kind":"ev\n{{}}\n', id="broken line"),
            pytest.param(f"{FIRST}\n\n{{}}\n", id="empty line"),
            pytest.param(f'{FIRST}\n{{"kind":"ev\n\n{{}}\n', id="broken line and an empty one"),
        ],
    )
    def test_errors_are_those_of_load_recording(self, path, text):
        """
        What cannot be read is an error with the words that load_recording has for it.
        """
        path.write_text(text, encoding="ascii")
        with pytest.raises(RecordingError) as expected:
            load_recording(path)
        with pytest.raises(RecordingError) as raised:
            read(path)
        assert str(raised.value) == str(expected.value)

    def test_a_file_that_is_not_there(self, path):
        """
        A file that cannot be opened is an error that says why.
        """
        with pytest.raises(RecordingError) as raised:
            RecordingLines(path)
        assert str(raised.value) == f"Cannot read recording {str(path)!r}: No such file or directory."

    def test_a_file_that_cannot_be_read_on(self, path, monkeypatch):
        """
        An error of the disk in the middle is one of the recording.
        """

        class Broken:
            def readline(self):
                raise OSError(errno.EIO, "Input/output error")

        path.write_text(FIRST, encoding="ascii")
        with RecordingLines(path) as lines, monkeypatch.context() as patched:
            patched.setattr(lines, "_file", Broken())
            with pytest.raises(RecordingError) as raised:
                list(lines)
        assert str(raised.value) == f"Cannot read recording {str(path)!r}: Input/output error."
