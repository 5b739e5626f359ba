"""
Reading a recording line by line.
"""

import errno
import json
import os
import sys

import pytest

from hookkit import RecordingError, load_recording
from hookkit.recording import RecordingLines, _lines

HEADER = {"format": "hookkit-recording", "version": 1}
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
            first, second = lines
            assert first == ({"kind": "event"}, b'{"kind":"event"}', 2, len(FIRST) + 1)
            assert second == ({"kind": "call"}, b'{"kind":"call"}', 3, len(FIRST) + 18)
            assert lines.at(second.start) == second.fields
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
        "end", ['{"kind":"ev', '{"kind":"ev\n', "[1]\n", "\ufffd\n", "[" * 100_000, '{"kind":"ev\n\n\n']
    )
    def test_a_torn_end_is_said(self, path, end):
        """
        A last line that is no object is left out, as load_recording does it, and said in the same words.
        """
        path.write_text(f'{FIRST}\n{{"kind":"later"}}\n{end}', encoding="utf-8")
        fields, lost = read(path)
        assert fields == [{"kind": "later"}]
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

    @pytest.mark.parametrize(
        ("asked", "names", "told"),
        [
            ("calls.jsonl", ["calls.7.jsonl", "cells.7.jsonl", "calls.7.html"], " There is {0!r}."),
            ("calls", ["calls.7.jsonl", "calls.8.jsonl", "calls.9.jsonl"], " There are {0!r} and 2 more."),
            ("calls.jsonl", ["cells.7.jsonl"], ""),
            (".", ["calls.7.jsonl", "notes.txt"], " There is {0!r}."),
            (".", ["notes.txt"], ""),
            ("none/calls.jsonl", ["calls.7.jsonl"], ""),
        ],
    )
    def test_which_may_be_meant(self, tmp_path, asked, names, told):
        """
        Where there is none of the name, those of a host's processes are told; of a folder, what is in it.
        """
        folder = tmp_path / "folder"
        folder.mkdir()
        for name in names:
            (folder / name).touch()
        with pytest.raises(RecordingError) as raised:
            RecordingLines(folder / asked)
        assert str(raised.value) == (
            f"Cannot read recording {str(folder / asked)!r}: {raised.value.__cause__.strerror}."
            f"{told.format(str(folder / names[0]))}"
        )

    def test_a_file_that_cannot_be_read_on(self, path, monkeypatch):
        """
        An error of the disk in the middle is one of the recording.
        """

        class Broken:
            def readline(self, most):
                raise OSError(errno.EIO, "Input/output error")

        path.write_text(FIRST, encoding="ascii")
        with RecordingLines(path) as lines, monkeypatch.context() as patched:
            patched.setattr(lines, "_file", Broken())
            with pytest.raises(RecordingError) as raised:
                list(lines)
        assert str(raised.value) == f"Cannot read recording {str(path)!r}: Input/output error."

    def test_a_decoder_may_be_given(self, path):
        """
        Who reads says what becomes of a line's text.
        """
        path.write_text(f'{FIRST}\n{{"a":1.50}}\n', encoding="ascii")
        with RecordingLines(path, decoder=json.JSONDecoder(parse_float=str)) as lines:
            assert [line.fields for line in lines] == [{"a": "1.50"}]

    @pytest.mark.skipif(sys.platform == "win32", reason="pipes have no place among files there")
    def test_a_pipe_is_not_waited_for(self, path):
        """
        What is no file is not opened: there may be nobody who writes to it.
        """
        os.mkfifo(path)
        with pytest.raises(RecordingError) as raised:
            RecordingLines(path)
        assert str(raised.value) == (
            f"Cannot read recording {str(path)!r}: it is no regular file. Copy what it gives to one."
        )

    def test_a_folder_is_no_recording(self, tmp_path):
        """
        A folder is an error that says so.
        """
        with pytest.raises(RecordingError) as raised:
            RecordingLines(tmp_path)
        assert str(raised.value).startswith(f"Cannot read recording {str(tmp_path)!r}: ")

    def test_a_name_that_no_file_has(self):
        """
        A path that the system does not take is an error that says why.
        """
        with pytest.raises(RecordingError) as raised:
            RecordingLines("a\0b")
        assert str(raised.value).startswith("Cannot read recording 'a\\x00b': ")
        assert "embedded null" in str(raised.value)  # in the words of the Python that it is

    def test_a_compressed_file(self, path):
        """
        What gzip made is told from other files.
        """
        path.write_bytes(b"\x1f\x8b\x08\x00")
        with pytest.raises(RecordingError) as raised:
            RecordingLines(path)
        assert str(raised.value) == f"{str(path)!r} is compressed with gzip. Give the file that gunzip makes of it."

    def test_a_line_has_an_end(self, path, monkeypatch):
        """
        A file without line breaks is not taken into memory.
        """
        monkeypatch.setattr(_lines, "MOST_BYTES", 100)
        path.write_text(f'{FIRST}\n{{"kind":"{"x" * 100}"}}\n', encoding="ascii")
        with RecordingLines(path) as lines, pytest.raises(RecordingError) as raised:
            list(lines)
        assert str(raised.value) == f"Line 2 of recording {str(path)!r} is broken: it is longer than 100 bytes."

    def test_a_mark_before_the_first_line(self, path):
        """
        The mark that some editors put in front does no harm, nor do their line ends.
        """
        path.write_bytes(b"\xef\xbb\xbf" + FIRST.encode() + b'\r\n{"kind":"later"}\r\n')
        assert read(path) == ([{"kind": "later"}], None)

    def test_a_file_that_changes(self, path):
        """
        A place where there is no line any more is an error.
        """
        path.write_text(f"{FIRST}\n", encoding="ascii")
        with RecordingLines(path) as lines, pytest.raises(RecordingError) as raised:
            lines.at(lines.size)
        assert str(raised.value) == (f"Recording {str(path)!r} was changed while it was being read. Read it again.")
