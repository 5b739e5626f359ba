"""
The files of a live recording: their names, bounds and number, and what becomes of them in trouble.
"""

import errno
import os

import pytest

from hookkit.recording import _parts
from hookkit.recording._parts import Bounds, Parts

LINE = b"x" * 99 + b"\n"


@pytest.fixture
def begun():
    """
    Give a list of the paths of the parts that began.
    """
    return []


@pytest.fixture
def make(tmp_path, begun):
    """
    Make parts in a folder.
    """
    made = []

    def make(name="calls.jsonl", *, most_bytes=250, most_files=3):
        parts = Parts(
            tmp_path / "folder" / name,
            Bounds(most_bytes, most_files),
            lambda number: b"header %d\n" % number,
            begun.append,
        )
        made.append(parts)
        return parts

    yield make
    for parts in made:
        parts.close()


@pytest.fixture
def files(tmp_path):
    """
    Give the contents of the files there are, by name, with the process as ``17``.
    """

    def files():
        found = sorted((tmp_path / "folder").iterdir())
        return {path.name.replace(f".{os.getpid()}", ".17"): path.read_bytes() for path in found}

    return files


class TestParts:
    @pytest.mark.parametrize(
        ("name", "first", "second"),
        [
            ("calls.jsonl", "calls.17.jsonl", "calls.17.2.jsonl"),
            ("my.calls.log", "my.calls.17.log", "my.calls.17.2.log"),
            (".calls.jsonl", ".calls.17.jsonl", ".calls.17.2.jsonl"),
        ],
    )
    def test_names(self, make, files, name, first, second):
        """
        A file's name has the process's id before the suffix, and from the second on its number.
        """
        parts = make(name)
        for _ in range(3):
            parts.write(LINE)
        assert files() == {first: b"header 1\n" + LINE * 2, second: b"header 2\n" + LINE}

    def test_nothing_is_there_before_something_is_written(self, make, tmp_path):
        """
        Whoever writes nothing makes no file and no folder.
        """
        make().close()
        assert list(tmp_path.iterdir()) == []

    def test_the_lowest_go(self, make, files, begun):
        """
        There are never more files than allowed; those with the lowest numbers go.
        """
        parts = make(most_files=2)
        for number in range(1, 11):
            parts.write(LINE)
            assert len(files()) <= 2
            assert len(begun) == (number + 1) // 2
        assert list(files()) == ["calls.17.4.jsonl", "calls.17.5.jsonl"]

    def test_what_an_earlier_process_left_is_not_overwritten(self, make, files):
        """
        Where a process had the same id, as the first in each container has, numbers go on after its own.
        """
        parts = make()
        for _ in range(3):
            parts.write(LINE)
        parts.close()
        make().write(LINE)
        assert list(files()) == ["calls.17.2.jsonl", "calls.17.3.jsonl", "calls.17.jsonl"]
        make().write(LINE)
        assert list(files()) == ["calls.17.2.jsonl", "calls.17.3.jsonl", "calls.17.4.jsonl"]

    def test_other_files_stay(self, make, files, tmp_path):
        """
        Files of other processes, and others with names that are alike, are not counted and not removed.
        """
        process = os.getpid()
        (tmp_path / "folder").mkdir()
        others = [f"calls.{process}9.jsonl", "calls.jsonl", f"calls.{process}.x.jsonl", f"calls.{process}.01.jsonl"]
        for name in others:
            (tmp_path / "folder" / name).touch()
        parts = make(most_files=1)
        for _ in range(5):
            parts.write(LINE)
        names = {name.replace(f".{process}", ".17") for name in others}
        assert files().keys() == {*names, "calls.17.3.jsonl"}

    def test_a_number_that_somebody_else_took(self, make, files, tmp_path):
        """
        A file that appeared meanwhile is left alone, and the next number is taken.
        """
        parts = make(most_files=9)
        parts.write(LINE)
        (tmp_path / "folder" / f"calls.{os.getpid()}.2.jsonl").write_text("mine")
        parts.write(LINE)
        parts.write(LINE)
        assert files()["calls.17.2.jsonl"] == b"mine"
        assert files()["calls.17.3.jsonl"] == b"header 3\n" + LINE

    @pytest.mark.skipif(os.name == "nt", reason="rights are another thing there")
    def test_nobody_else_may_read_them(self, make, tmp_path):
        """
        The files are their owner's alone.
        """
        make().write(LINE)
        (path,) = (tmp_path / "folder").iterdir()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_a_process_that_was_forked_unseen(self, make, tmp_path, monkeypatch):
        """
        Where the process's id has changed it goes on in a file of its own.
        """
        parts = make()
        parts.write(LINE)
        monkeypatch.setattr(os, "getpid", lambda: 0)
        parts.write(LINE)
        monkeypatch.undo()
        names = sorted(path.name for path in (tmp_path / "folder").iterdir())
        assert names == sorted([f"calls.{os.getpid()}.jsonl", "calls.0.jsonl"])


class TestTrouble:
    def test_a_line_that_cannot_be_written_whole(self, make, files, monkeypatch):
        """
        What was written of it is taken back.
        """
        parts = make()
        parts.write(LINE)
        write = os.write

        def write_some(descriptor, line):
            if len(line) < len(LINE):
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(descriptor, line[:10])

        monkeypatch.setattr(_parts.os, "write", write_some)
        with pytest.raises(OSError, match="No space left"):
            parts.write(LINE)
        monkeypatch.undo()
        assert files() == {"calls.17.jsonl": b"header 1\n" + LINE}
        parts.write(LINE)
        assert files() == {"calls.17.jsonl": b"header 1\n" + LINE * 2}

    def test_an_interrupt_leaves_whole_lines(self, make, files, monkeypatch):
        """
        Control-C in the midst of a line leaves none of it.
        """
        parts = make()
        parts.write(LINE)
        write = os.write

        def write_some(descriptor, line):
            write(descriptor, line[:10])
            raise KeyboardInterrupt

        monkeypatch.setattr(_parts.os, "write", write_some)
        with pytest.raises(KeyboardInterrupt):
            parts.write(LINE)
        monkeypatch.undo()
        assert files() == {"calls.17.jsonl": b"header 1\n" + LINE}

    def test_a_descriptor_that_is_another_files_is_left_alone(self, make, tmp_path):
        """
        Nothing is written to, and nothing closes, a file of the host that has got the descriptor.
        """
        parts = make()
        parts.write(LINE)
        descriptor = parts._descriptor
        other = os.open(tmp_path / "other", os.O_CREAT | os.O_RDWR)
        os.dup2(other, descriptor)
        with pytest.raises(OSError, match="The file was closed by the host"):
            parts.write(LINE)
        parts.close()
        assert os.fstat(descriptor).st_size == 0
        os.close(descriptor)
        os.close(other)

    def test_a_part_whose_descriptor_is_gone_can_be_ended(self, make, tmp_path):
        """
        What the host has closed, or has made another file's, is not closed once more.
        """
        parts = make()
        parts.write(LINE)
        descriptor = parts._descriptor
        other = os.open(tmp_path / "other", os.O_CREAT | os.O_RDWR)
        os.dup2(other, descriptor)
        parts.end_part()
        os.close(descriptor)
        os.close(other)
        parts.write(LINE)
        os.close(parts._descriptor)
        parts.end_part()
        parts.write(LINE)
        os.close(parts._descriptor)
        with pytest.raises(OSError, match="The file was closed by the host"):
            parts.write(LINE)
        parts.flush()
        assert not parts.closed

    def test_a_folder_that_cannot_be_listed(self, make, files, monkeypatch, tmp_path):
        """
        Where nobody may see what is there, nothing is overwritten either.
        """

        def iterdir(path):
            raise PermissionError

        make().write(LINE)
        monkeypatch.setattr(type(tmp_path), "iterdir", iterdir)
        make().write(LINE)
        monkeypatch.undo()
        assert list(files()) == ["calls.17.2.jsonl", "calls.17.jsonl"]

    def test_a_file_that_cannot_be_removed(self, make, files, tmp_path):
        """
        It stays, and the recording goes on.
        """
        (tmp_path / "folder" / f"calls.{os.getpid()}.jsonl").mkdir(parents=True)
        make(most_files=1).write(LINE)
        assert [path.name for path in (tmp_path / "folder").iterdir() if path.is_file()] == [
            f"calls.{os.getpid()}.2.jsonl"
        ]
