"""
Tests for `hookkit.recording._board`: what a process leaves that is killed while it is recorded.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import weakref

import pytest

from hookkit import HookRegistry, Recorder, RecordingError
from hookkit.recording import BoardWriter, _board, _board_file, load_recording, take_from_board
from runtime.recorded import Api, AuditHook, BrokenHook

SECRETS = ("password",)


@pytest.fixture
def path(tmp_path):
    """
    Where a recording goes.
    """
    return tmp_path / "folder" / "run.jsonl"


def lines_of(path):
    """
    Write the lines after the first one in short: kind, number, and whether it is unfinished.
    """
    lines = [json.loads(line) for line in path.read_bytes().splitlines()[1:]]
    return [f"{line['kind']} {line['seq']}{' begun' * ('unfinished' in line)}" for line in lines]


def as_board(lines, behind=b""):
    """
    Give what is in the file of a board with *lines*, and something older *behind* them.
    """
    return (8 << 32 | 8 + len(lines)).to_bytes(8, sys.byteorder) + lines + behind


def is_killed(path, script, tmp_path):
    """
    Tell whether a process was killed that ran *script* while it was recorded to *path*.
    """
    code = textwrap.dedent(f"""
        import os, signal, sys
        from hookkit import HookRegistry, Recorder
        from hookkit.recording import BoardWriter

        registry = HookRegistry("board")

        @registry.add_hook("create")
        def create(name, password=None):
            if name == "last":
                os.kill(os.getpid(), signal.SIGKILL)
            return name

        writer = BoardWriter({str(path)!r}, secret_names=["password"])
        recorder = Recorder(writer=writer)
        recorder.__enter__()
        recorder.test_id = "test_it"
    """)
    done = subprocess.run([sys.executable, "-c", code + textwrap.dedent(script)], check=False, cwd=tmp_path)
    return done.returncode == -signal.SIGKILL


class TestBoard:
    def test_it_has_what_was_put_there(self, tmp_path):
        """
        Lines are there as soon as they were added, and gone as soon as others are shown; then there is room again.
        """
        board = _board_file.Board(tmp_path / "board")
        there, times_shown = b"", 0
        for number in range(1000):
            lines = b"%d\n" % number * 100
            if board.add(lines):
                there += lines
            else:
                board.show([b"left\n"])
                there = b"left\n"
                times_shown += 1
            assert _board_file.read_board(tmp_path / "board") == there
        board.close()
        assert times_shown == 2
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("step", ["add", "show"])
    def test_it_has_one_or_the_other_at_any_time(self, tmp_path, monkeypatch, step):
        """
        However little of what is put there was copied when the process was killed, it has what was there before.
        """
        monkeypatch.setattr(_board_file, "SIZE", 300)
        path = tmp_path / "board"
        board = _board_file.Board(path)
        old, new = b"old line\n", b"the new line\n"
        for _ in range(3):
            board.add(old)
        before = path.read_bytes()
        there = _board_file.read_board(path)
        getattr(board, step)(new if step == "add" else [new])
        after = path.read_bytes()
        board.close()
        for copied in range(9, len(after)):
            # The word comes last.
            path.write_bytes(before[:8] + after[8:copied] + before[copied:])
            assert _board_file.read_board(path) == there == old * 3
        path.write_bytes(after)
        assert _board_file.read_board(path) == (old * 3 + new if step == "add" else new)

    def test_a_destructor_may_put_something_there(self, tmp_path):
        """
        Lines that are put there in the midst of others are there, too.
        """
        board = _board_file.Board(tmp_path / "board")
        memory = board._memory

        class Interrupted:
            def write(self, lines):
                memory.write(lines)
                board._memory = memory
                board.add(b"inner\n")

            def tell(self):
                return memory.tell()

        board._memory = Interrupted()
        board.add(b"outer\n")
        board.add(b"last\n")
        assert _board_file.read_board(tmp_path / "board") == b"outer\ninner\nlast\n"
        board.close()


class TestBoardWriter:
    def test_lines_are_handed_on_when_it_is_closed(self, path):
        """
        The recording is that of a plain writer, and nothing is left beside it.
        """
        with BoardWriter(path, secret_names=SECRETS) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            Api(AuditHook, BrokenHook).create("ctx", "vm-1", metadata={"password": "hunter"})
            assert lines_of(path) == []
        assert lines_of(path) == ["event 1", "event 2", "event 3", "event 4", "event 5", "call 1"]
        assert (writer.calls, writer.events, writer.size) == (1, 5, path.stat().st_size)
        assert list(path.parent.iterdir()) == [path]
        assert "hunter" not in path.read_text()

    def test_what_begins_outside_tests_is_in_the_recording(self, path):
        """
        There it stands where it began, and where it ended.
        """
        with BoardWriter(path, secret_names=SECRETS) as writer, Recorder(writer=writer):
            Api().create("ctx", "vm-1")
        assert lines_of(path) == ["call 1 begun", "event 1 begun", "event 1", "call 1"]

    def test_lines_are_handed_on_when_the_board_is_full(self, path, monkeypatch):
        """
        Many at a time, in their order; what has begun stays on the board, which becomes larger if need be.
        """
        monkeypatch.setattr(_board_file, "SIZE", 2000)
        registry = HookRegistry("board")

        @registry.add_hook("create")
        def create(name, left):
            return create(name, left - 1) if left else name

        with BoardWriter(path, secret_names=SECRETS) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            for _ in range(5):
                create("vm", 0)
            handed_on = lines_of(path)
            create("vm", 20)
            assert writer._board._size > 2000
        assert (
            handed_on
            == ["event 1", "call 1", "event 2", "call 2", "event 3", "call 3", "event 4", "call 4"][: len(handed_on)]
        )
        assert len(handed_on) >= 2
        assert len(lines_of(path)) == 2 * 5 + 2 * 21
        assert len(load_recording(path).calls) == 26

    def test_a_closed_writer_writes_nothing(self, path):
        """
        What begins and ends later is dropped.
        """
        writer = BoardWriter(path, secret_names=SECRETS)
        writer.close()
        with Recorder(writer=writer):
            Api().create("ctx", "vm-1")
        assert lines_of(path) == []
        assert (writer.calls, writer.events) == (0, 0)

    def test_without_room_for_a_board_nothing_is_recorded(self, path, monkeypatch):
        """
        The error names the file, and neither file is left open.
        """

        def full(self, size, text):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_board_file.Board, "_make", full)
        with pytest.raises(RecordingError) as caught:
            BoardWriter(path, secret_names=SECRETS)
        assert str(caught.value) == (
            f"Cannot write recording {f'{path}.board'!r}: No space left on device. "
            "Name a file in a folder that can be written."
        )

    def test_an_interruption_while_a_larger_board_is_made(self, path, monkeypatch):
        """
        The one that was there is still used, so that what comes later is recorded.
        """

        def interrupt(*args):
            raise KeyboardInterrupt

        monkeypatch.setattr(_board_file, "SIZE", 100)
        with BoardWriter(path, secret_names=SECRETS) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            with monkeypatch.context() as patch:
                patch.setattr(_board_file.mmap, "mmap", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    Api().create("ctx", "vm-1")
            Api().create("ctx", "vm-2")
        assert "call 2" in lines_of(path)

    def test_without_room_for_a_larger_board_the_recording_ends(self, path, monkeypatch):
        """
        That is told as a full disk is, and nothing is left beside the recording.
        """

        def full(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_board_file, "SIZE", 100)
        with BoardWriter(path, secret_names=SECRETS) as writer, Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            monkeypatch.setattr(_board_file.mmap, "mmap", full)
            Api().create("ctx", "vm-1")
        assert writer.failure.errno == 28
        assert list(path.parent.iterdir()) == [path]

    def test_it_may_be_closed_twice(self, path):
        """
        The second time nothing happens.
        """
        with BoardWriter(path, secret_names=SECRETS) as writer:
            writer.close()
        assert lines_of(path) == []

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    def test_the_child_of_a_fork_leaves_the_board_to_its_parent(self, path):
        """
        What it does is written at once, and what waited in the parent is written by the parent.
        """
        registry = HookRegistry("board")

        @registry.add_hook("create")
        def create(name):
            return name

        writer = BoardWriter(path, secret_names=SECRETS)
        gone = BoardWriter(path.with_name("gone.jsonl"), secret_names=SECRETS)
        gone.close()
        del gone
        with Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            create("parent")
            child = os.fork()
            if not child:
                create("child")  # pragma: no cover - the child's coverage goes with it
                os._exit(0)  # pragma: no cover
            os.waitpid(child, 0)
            assert lines_of(path) == ["event 2", "call 2"]
            create("parent")
        writer.close()
        assert lines_of(path)[2:] == ["event 1", "call 1", "event 2", "call 2"]

    def test_a_writer_that_is_gone_has_no_board_to_leave(self, path):
        """
        In the child of a fork it is asked for, and otherwise its lines are written at once.
        """
        writer = BoardWriter(path, secret_names=SECRETS)
        for known in (weakref.ref(writer), weakref.ref(writer), lambda: None):
            _board._leave_to_parent(known)
        with Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            Api().create("ctx", "vm-1")
        assert lines_of(path) == ["event 1", "call 1"]
        writer.close()
        assert path.with_name("run.jsonl.board").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in another way")
class TestTakeFromBoard:
    def test_nothing_is_lost_when_the_process_is_killed(self, path, tmp_path):
        """
        What was over is there, what had begun is unfinished, and secrets are masked.
        """
        assert is_killed(path, "create('one')\ncreate('last', password='hunter')", tmp_path)
        assert lines_of(path) == []
        assert b"hunter" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
        take_from_board(path)
        assert sorted(lines_of(path)) == ["call 1", "call 2 begun", "event 1", "event 2 begun"]
        assert list(path.parent.iterdir()) == [path]
        assert [call.is_finished for call in load_recording(path).calls] == [True, False]

    def test_what_was_handed_on_is_there_once(self, path, tmp_path):
        """
        The same if the board was full in between.
        """
        assert is_killed(path, "for number in range(2000): create(str(number))\ncreate('last')", tmp_path)
        assert lines_of(path)
        take_from_board(path)
        found = load_recording(path)
        assert [call.seq for call in found.calls] == list(range(1, 2002))
        assert [event.is_finished for event in found.events] == [True] * 2000 + [False]

    def test_what_is_under_way_stays_on_a_board_that_was_full(self, path, tmp_path):
        """
        Of calls around others the first ones are unfinished, however often the others filled the board.
        """
        script = """
            within = registry.add_hook("within")(lambda name: name)

            @registry.add_hook("around")
            def around(times, name):
                if times > 1:
                    around(times - 1, name)
                for number in range(1000):
                    within(str(number))
                if name == "last":
                    os.kill(os.getpid(), signal.SIGKILL)

            for name in ("one", "two", "last"):
                around(2, name)
        """
        assert is_killed(path, script, tmp_path)
        take_from_board(path)
        found = load_recording(path)
        assert [(call.seq, call.point) for call in found.calls if not call.is_finished] == [
            (4005, "around"),
            (4006, "around"),
        ]
        assert [event.is_finished for event in found.events].count(False) == 2
        assert [call.seq for call in found.calls] == list(range(1, 4007 + 1000))
        assert found.calls[-1].parent.point == "around"

    def test_a_process_that_was_killed_while_it_handed_on(self, path):
        """
        A torn line goes, and what was handed on and is still on the board is there once.
        """
        path.parent.mkdir()
        lines = [
            b'{"format":"hookkit-recording","version":1}\n',
            b'{"kind":"call","seq":1}\n',
            b'{"kind":"event","seq":2,"unfinished":true}\n',
            b'{"kind":"event","seq":3}\n',
        ]
        path.write_bytes(b"".join(lines[:3]) + lines[3][:10])
        board = [lines[3], lines[1], lines[2], b'["kind"]\n', b'{"kind":"ev']
        path.with_name("run.jsonl.board").write_bytes(as_board(b"".join(board), lines[0]))
        take_from_board(path)
        assert path.read_bytes() == b"".join(lines)

    def test_what_begun_and_is_over(self, path):
        """
        It is there once, as over, in whatever order the board has it.
        """
        path.parent.mkdir()
        begun, over = b'{"kind":"event","seq":1,"unfinished":true}\n', b'{"kind":"event","seq":1}\n'
        for board, kept in {begun: [begun], over + begun: [over], begun + over: [over]}.items():
            path.write_bytes(b'{"format":"hookkit-recording","version":1}\n')
            path.with_name("run.jsonl.board").write_bytes(as_board(board, over))
            take_from_board(path)
            assert path.read_bytes().splitlines(keepends=True)[1:] == kept

    def test_the_child_of_a_fork_gave_the_same_number(self, path):
        """
        What the killed process had on its board is not taken for what its child wrote.
        """
        path.parent.mkdir()
        header = b'{"format":"hookkit-recording","version":1}\n'
        child, parent = (b'{"kind":"event","seq":2,"started_ns":%d}\n' % number for number in (5, 7))
        path.write_bytes(header + child)
        path.with_name("run.jsonl.board").write_bytes(as_board(parent))
        take_from_board(path)
        assert path.read_bytes() == header + child + parent

    def test_without_a_board_nothing_is_done(self, path):
        """
        A recording that was closed is left as it is, and one that is missing is none; nor is a board half made.
        """
        path.parent.mkdir()
        path.with_name("run.jsonl.board.new").write_bytes(b"")
        take_from_board(path)
        assert list(path.parent.iterdir()) == []
