"""
Tests for `hookkit.recording._written_tape` and what belongs to it: what is written as calls go is what always is.
"""

import itertools
import json
import re
import threading
import time
from contextlib import nullcontext, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookkit import HookRegistry, Recorder, _fast_code
from hookkit.recording import BoardWriter, RecordingWriter, _tape_reader, _written_calls, _written_plan, _written_tape
from runtime.fake_hooks import Doing
from runtime.taped_runs import DEEDS, VALUES, facts, has_plans, hooks, names, nth, run, throw

pytestmark = pytest.mark.skipif(not _fast_code.CAN_SHARE, reason="here all calls are recorded the general way")

COUNT = itertools.count()


def lines_of(text):
    """
    Give lines without times.
    """
    return re.sub(rb'_ns":\d+', b'_ns":0', text).split(b"\n")


class Lines:
    """
    Lines in memory, as a file that is written to.
    """

    closed = False

    def __init__(self):
        self.text = b""

    def write(self, lines):
        self.text += lines


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
    def parts(self):
        """
        The lines without the first one, and without times.
        """
        return [lines_of(self.memory.text.partition(b"\n")[2])]


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
    def parts(self):
        """
        The lines that were put on the board, and those that were handed on, without times.
        """
        self.close()
        return [lines_of(text) for text in (self.noted, self.path.read_bytes().partition(b"\n")[2])]


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
    return found, writer.parts, (writer.events, writer.calls), writer.tally.totals()


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
    @pytest.mark.parametrize("deed", ["nothing", "touch", "retype", "rename", "reorder", "swap", "tie", "foreign"])
    def test_it_does_so_whatever_is_passed(self, value, deed):
        """
        The lines and records are the same for each kind of value.
        """
        arguments = [{"pre": deed, "post": "replace"}, {"post": deed}], "touch first", [value, "text"], set(), False
        runs = [
            written(*arguments, is_method=False, is_taped=is_taped, writer=MemoryWriter()) for is_taped in (False, True)
        ]
        assert runs[0] == runs[1]

    @pytest.mark.parametrize("deed", sorted(DEEDS))
    @pytest.mark.parametrize("phase", ["pre", "body", "post", "error"])
    def test_a_board_has_the_same(self, tmp_path, phase, deed):
        """
        What a board is given and what is handed on is the same for each deed in each phase, in a test and outside.
        """
        plans = [{"pre": "nothing"}, {phase: deed, "post": "nothing"}]
        plans[1].pop("body", None)
        body = {"body": deed, "error": "raise"}.get(phase, "nothing")
        for values, test_id in ((["text", "number"], "test_it"), (["dictionary"], "test_it"), (["text"], None)):
            runs = []
            for is_taped in (False, True):
                writer = MemoryBoardWriter(tmp_path / "recording")
                arguments = plans, body, values, {"size"}, False
                options = {"is_method": False, "is_taped": is_taped, "test_id": test_id}
                runs.append(written(*arguments, writer=writer, **options))
            assert runs[0] == runs[1]


def nested(registry, recorder):
    """
    Call a function in the course of itself.
    """

    @registry.add_hook("point")
    def function(left):
        return function(left - 1) if left else None

    for left in (1, 1, 3, 0):
        function(left)


def told_within(registry, recorder):
    """
    Call, in the course of a call that is noted, another function for the first time, which is told.
    """
    others = iter([registry.add_hook("other")(lambda: "text") for _ in range(4)])

    @registry.add_hook("point")
    def function():
        return [next(others)(), function_within()]

    function_within = registry.add_hook("within")(lambda: 1)
    for _ in range(4):
        function()


def secret_around(registry, recorder):
    """
    Pass a secret of a call on to one within, where nothing says that it is one.
    """
    inner = registry.add_hook("inner")(lambda text: text)

    @registry.add_hook("point")
    def function(name, password=None):
        return inner(f"{name} hunter")

    for password in (None, None, None, "hunter", None):
        function("vm", password=password)


def learned_secret(registry, recorder):
    """
    Learn of a secret when a call is over, and meet it again in the call around it.
    """
    inner = registry.add_hook("inner")(lambda is_known: {"password": "hunter"} if is_known else {"name": "hunter"})
    function = registry.add_hook("point")(lambda is_known: (inner(is_known), "hunter")[1])
    for is_known in (False, False, True, False):
        function(is_known)


def cleared(registry, recorder):
    """
    Forget what was recorded, and look at it, in the course of calls.
    """
    deeds = iter([None, None, recorder.clear, lambda: list(recorder.events), None])

    @registry.add_hook("point")
    def function(text):
        deed = next(deeds)
        if deed is not None:
            deed()
        return text

    for text in "abcde":
        function(text)


def under_way(registry, recorder):
    """
    End the recording in the course of calls.
    """
    times = itertools.count()

    @registry.add_hook("point")
    def inner(text):
        if next(times) == 4:
            recorder.__exit__(None, None, None)
        return text

    function = registry.add_hook("point")(lambda: inner("text"))
    inner("text")
    inner("text")
    for _ in range(4):
        function()


def in_several_tests(registry, recorder):
    """
    Call functions in several tests, and outside.
    """
    function = registry.add_hook("point")(lambda text: text)
    for test_id in ("test_a", "test_b[\u00fc]", None, 5, "test_a"):
        recorder.test_id = test_id
        function("text")
        function("text")


def across_tests(registry, recorder):
    """
    Have a call end in another test than it began in, and one that lasts longer than that.
    """
    inner = registry.add_hook("inner")(lambda text: text)

    @registry.add_hook("point")
    def function(test_id):
        recorder.test_id = test_id
        return inner(test_id)

    @registry.add_hook("other")
    def around(test_ids):
        for test_id in test_ids:
            function(test_id)

    for test_ids in ("aa", "bb", "abab"):
        around(test_ids)
    inner("text")


def in_threads(registry, recorder):
    """
    Call a function in threads of several names, one after the other.
    """
    function = registry.add_hook("point")(lambda text: text)
    for name in ("one", "two", "three \u00fc"):
        thread = threading.Thread(target=lambda: [function("text") for _ in range(2)], name=name)
        thread.start()
        thread.join()


def large(registry, recorder):
    """
    Pass and return what is large.
    """
    function = registry.add_hook("point")(lambda text, times: text * times)
    for text, times in (("a", 1), ("a", 1), ("a", 5000), ("a" * 5000, 1), ("\u00fc", 2000), ([1], 2000)):
        function(text, times)


def results(registry, recorder):
    """
    Return what can change, and change it.
    """
    function = registry.add_hook("point")(lambda text, *items: [text, *items])
    for items in ([], [], [1], [{}], [[1]]):
        function("text", *items)


def lists(registry, recorder):
    """
    Pass what can change, the same and others, within and outside of other calls.
    """
    inner = registry.add_hook("inner")(len)
    function = registry.add_hook("point")(lambda values: [inner(values)])
    for values in ([], [], [1], [1], [True], [[]], [{"password": "x"}], [1]):
        function(values)
        inner(values)


SCENARIOS = [
    nested,
    told_within,
    secret_around,
    learned_secret,
    cleared,
    under_way,
    in_several_tests,
    across_tests,
    in_threads,
    large,
    results,
    lists,
]


class Quiet:
    """
    A hook that does nothing, or changes the result.
    """

    def pre(self, *args, **kwargs):
        pass

    def post(self, rv, *args, **kwargs):
        if isinstance(rv, list) and len(rv) > 1:
            rv.append("more")


class TestScenarios:
    @pytest.mark.parametrize("is_board", [False, True])
    @pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
    def test_the_same_is_written(self, tmp_path, scenario, is_board):
        """
        The lines are the same whether calls are noted on a tape or told to the recorder.
        """
        runs = []
        for is_taped in (False, True):
            writer = MemoryBoardWriter(tmp_path / "recording") if is_board else MemoryWriter(secret_names=["password"])
            registry = HookRegistry("test.written")
            registry.register("point", Quiet())
            with Recorder(writer=writer, limit=None if is_board else 5) as recorder:
                recorder._deck.tape.is_open = is_taped
                recorder.test_id = "test_it"
                scenario(registry, recorder)
            runs.append((writer.parts, facts(recorder), writer.tally.totals(), recorder.dropped))
        assert runs[0] == runs[1]


class TestCalls:
    def test_calls_after_the_first_ones_are_noted(self, registry):
        """
        With a writer calls are noted on a tape, unless it is of a class that does not say that it takes lines.
        """

        class Telling(MemoryWriter):
            """
            A writer that may want to know of each event.
            """

        for writer, are_noted in ((MemoryWriter(), True), (Telling(), False)):
            function = registry.add_hook("point")(lambda text: text)
            with Recorder(writer=writer):
                for text in "abc":
                    function(text)
                assert has_plans(function) == are_noted
            assert (writer.events, writer.calls) == (3, 3)

    def test_the_last_calls_and_events_are_kept(self, registry):
        """
        As many of each as the limit says, and it is known how many events are not.
        """
        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda: None)
        with Recorder(writer=MemoryWriter(), limit=4) as recorder:
            for _ in range(6):
                function()
            assert recorder.dropped == 14
            assert [event.seq for event in recorder.events] == [15, 16, 17, 18]
            assert [call.seq for call in recorder.calls] == [3, 4, 5, 6]
            recorder.clear()
            function()
            assert recorder.dropped == 0
            assert [call.seq for call in recorder.calls] == [7]

    def test_each_line_is_written_when_its_event_is_over(self, registry):
        """
        That of a pre is there when the function runs, and that of the function when a post does.
        """
        writer = MemoryWriter()
        seen = []

        class Looking:
            def pre(self):
                seen.append(len(lines_of(writer.memory.text)) - 2)

            def post(self, rv):
                self.pre()

        registry.register("point", Looking())
        function = registry.add_hook("point")(Looking().pre)
        with Recorder(writer=writer):
            for _ in range(3):
                function()
        assert seen == [0, 1, 2, 4, 5, 6, 8, 9, 10]

    def test_times_are_those_of_the_events(self, registry):
        """
        What it takes to write is no part of an event.
        """

        class Slow(MemoryWriter):
            takes_lines = True

            def note(self, *arguments):
                time.sleep(0.01)
                super().note(*arguments)

        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda: time.sleep(0.002))
        writer = Slow()
        with Recorder(writer=writer) as recorder:
            for _ in range(2):
                function()
            begin_ns = time.time_ns()
            function()
        pre, body, post = recorder.events[6:]
        assert begin_ns - 1_000_000 < pre.started_ns < body.started_ns < post.started_ns < time.time_ns()
        assert pre.duration_ns < 2_000_000 <= body.duration_ns < 10_000_000
        assert post.duration_ns < 2_000_000
        written = [json.loads(line)["duration_ns"] for line in writer.memory.text.splitlines()[-4:-1]]
        assert written == pytest.approx([pre.duration_ns, body.duration_ns, post.duration_ns], abs=2)

    def test_calls_of_several_threads(self, registry):
        """
        Each event and each call has a number and a line of its own.
        """
        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda text: text)
        writer = MemoryWriter()
        with Recorder(writer=writer):
            threads = [threading.Thread(target=lambda: [function("text") for _ in range(200)]) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        lines = [json.loads(line) for line in writer.memory.text.splitlines()[1:]]
        for kind, count in (("event", 2400), ("call", 800)):
            assert sorted(line["seq"] for line in lines if line["kind"] == kind) == list(range(1, count + 1))

    def test_a_writer_serves_several_recorders(self, registry, tmp_path):
        """
        What has begun in a recording is known as long as that one lasts, though another one comes and goes.
        """
        function = registry.add_hook("point")(lambda: list(writer.begun_elsewhere[0]()))
        writer = MemoryBoardWriter(tmp_path / "recording")
        with Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            for _ in range(2):
                assert function() == []
            with Recorder(writer=writer):
                assert len(writer.begun_elsewhere) == 2
            function()
            function()
            begun = function()
            assert [b"unfinished" in lines for lines in begun] == [True]
        assert writer.begun_elsewhere == []
        writer.close()

    def test_names_of_threads_are_not_kept_for_ever(self, registry, monkeypatch):
        """
        Only so many are known as they are written.
        """
        monkeypatch.setattr(_written_tape, "_MOST_THREADS", 2)
        function = registry.add_hook("point")(lambda: None)
        writer = MemoryWriter()
        with Recorder(writer=writer) as recorder:
            for number in range(5):
                thread = threading.Thread(target=lambda: [function() for _ in range(2)], name=f"thread {number}")
                thread.start()
                thread.join()
            assert len(recorder._deck.tape._wheres) <= 2
        assert [call.thread for call in recorder.calls] == [f"thread {number}" for number in range(5) for _ in "ab"]

    @pytest.mark.parametrize("is_taped", [False, True])
    def test_what_is_over_is_known_in_the_course_of_a_call(self, registry, is_taped):
        """
        Who asks for the events in the midst of a call finds how those ended that are over, and only those.
        """
        seen = []

        class Looking(Quiet):
            def post(self, rv):
                seen.append([(event.phase, event.is_finished, event.returned) for event in recorder.events])
                recorder.clear()

        registry.register("point", Quiet())
        registry.register("point", Looking())
        function = registry.add_hook("point")(lambda: "text")
        with Recorder(writer=MemoryWriter()) as recorder:
            recorder._deck.tape.is_open = is_taped
            for _ in range(3):
                function()
        over = [("pre", True, None), ("pre", True, None), ("body", True, "text"), ("post", True, None)]
        assert seen == [[*over, ("post", False, None)]] * 3

    @pytest.mark.parametrize("is_taped", [False, True])
    def test_as_many_calls_are_kept_as_events(self, registry, is_taped):
        """
        The limit counts both, though the events of the first ones of these calls are gone.
        """
        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda: None)
        with Recorder(writer=MemoryWriter(), limit=5) as recorder:
            recorder._deck.tape.is_open = is_taped
            for _ in range(10):
                function()
        assert [event.seq for event in recorder.events] == [26, 27, 28, 29, 30]
        assert [call.seq for call in recorder.calls] == [6, 7, 8, 9, 10]

    @pytest.mark.parametrize("is_taped", [False, True])
    def test_a_call_that_began_before_all_was_forgotten_is_forgotten(self, registry, is_taped):
        """
        What happens in it later is not.
        """
        fourth = nth(4)
        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda: recorder.clear() if fourth() else None)
        with Recorder(writer=MemoryWriter()) as recorder:
            recorder._deck.tape.is_open = is_taped
            for _ in range(4):
                function()
        assert [event.phase for event in recorder.events] == ["post"]
        assert recorder.calls == ()

    def test_a_method_of_a_watched_object_is_no_call_of_its_own(self, registry):
        """
        Nor is it one if it is called again in the course of itself, as an event of a call that was noted.
        """
        times = itertools.count(1)

        def run():
            if next(times) == 3:
                recorder.watch(hook).pre()

        hook = Doing(pre=run)
        registry.register("point", hook)
        function = registry.add_hook("point")(lambda: None)
        with Recorder(writer=MemoryWriter()) as recorder:
            for _ in range(3):
                function()
        assert [event.phase for event in recorder.events] == ["pre", "body"] * 3


class TestTrouble:
    def test_what_values_call_meanwhile_is_not_written(self, registry, caplog):
        """
        An exception whose own code calls the function while it is written does so unheard.
        """

        class CallingError(Exception):
            def __str__(self):
                called.append(function(None))
                return "called"

        called = []
        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda exc: throw(exc) if exc else None)
        writer = MemoryWriter()
        with Recorder(writer=writer):
            for _ in range(3):
                function(None)
            with pytest.raises(CallingError):
                function(CallingError())
        assert called
        assert (writer.events, writer.calls) == (11, 4)
        assert not caplog.records

    @pytest.mark.parametrize("is_board", [False, True])
    @pytest.mark.parametrize("exc", [None, ValueError()])
    @pytest.mark.parametrize(
        ("kind", "step"),
        [
            (_written_plan.WrittenPlan, "arguments"),
            (_written_calls.WrittenCall, "_is_usual"),
            (_written_calls.WrittenCall, "_over"),
            (_written_tape.WrittenTape, "parent_of"),
            (_written_tape.WrittenTape, "where"),
            (_written_plan.WrittenPlan, "heads"),
            (_written_plan.WrittenPlan, "text_of"),
            (_tape_reader.TapedCall, "begin_event"),
        ],
    )
    def test_a_destructor_that_makes_a_call(self, registry, monkeypatch, tmp_path, kind, step, exc, is_board):
        """
        One that is told, while another one is written: each event and each call has a number and a line.
        """
        original = getattr(kind, step)
        is_calling = []

        def interrupted(self, *args):
            done = original(self, *args)
            if not is_calling:
                is_calling.append(True)
                registry.add_hook("within")(lambda: None)()
                is_calling.clear()
            return done

        registry.register("point", Quiet())
        function = registry.add_hook("point")(lambda exc: throw(exc) if exc else None)
        around = registry.add_hook("around")(lambda exc: [function(exc)])
        alone = registry.add_hook("alone")(lambda: None)
        writer = MemoryBoardWriter(tmp_path / "recording") if is_board else MemoryWriter()
        with Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            for _ in range(3):
                alone()
                around(None)
            monkeypatch.setattr(kind, step, interrupted)
            alone()
            with suppress(ValueError):
                around(exc)
            monkeypatch.undo()
            around(None)
        under_way = writer._begun if is_board else writer._plain.secrets
        assert not under_way
        lines = [json.loads(line) for line in writer.parts[-1] if line]
        for name, records in (("event", recorder.events), ("call", recorder.calls)):
            numbers = [record.seq for record in records]
            assert numbers == list(range(1, len(numbers) + 1))
            assert sorted(line["seq"] for line in lines if line["kind"] == name) == numbers
        last = next(call.seq for call in reversed(recorder.calls) if call.point == "point")
        assert [line["phase"] for line in lines if line.get("call") == last] == ["pre", "body", "post"]
        assert writer.tally.totals()[:2] == (len(recorder.calls), len(recorder.events))

    @pytest.mark.parametrize(
        ("broken", "phases", "exc"),
        [
            ("_begin", [], None),
            ("_over", ["pre"], None),
            ("_over", [], None),
            ("_go_on_recorded", ["error"], ValueError()),
            ("_end_recorded", [], ValueError()),
        ],
    )
    def test_a_call_that_cannot_be_written(self, registry, monkeypatch, caplog, broken, phases, exc):
        """
        That is logged, and neither that call nor others are disturbed.
        """

        def fail(*args):
            raise KeyError("broken")

        if phases:
            registry.register("point", Doing(**dict.fromkeys(phases, lambda *args: None)))
        function = registry.add_hook("point")(lambda exc: throw(exc) if exc else "done")
        writer = MemoryWriter()
        with Recorder(writer=writer) as recorder:
            assert [function(None) for _ in range(3)] == ["done"] * 3
            with monkeypatch.context() as patch, pytest.raises(ValueError) if exc else nullcontext():
                patch.setattr(_written_calls.WrittenCall, broken, fail)
                with suppress(ValueError):
                    function(exc)
                function(exc)
            assert function(None) == "done"
            assert recorder.calls[-1].seq == (4 if broken == "_begin" else 6)
        assert [record.getMessage() for record in caplog.records if record.name == "hookkit.recording"] == [
            "A call of 'point' cannot be recorded, as others may not be: KeyError: 'broken'."
        ]
        assert writer.calls == 4

    def test_a_call_that_cannot_be_written_at_the_end_of_the_recording(self, registry, monkeypatch, caplog):
        """
        That is logged, and the recording ends.
        """

        def fail(*args):
            raise KeyError("broken")

        recorder = Recorder(writer=MemoryWriter())
        recorder.test_id = "test_it"
        third = nth(3)

        @registry.add_hook("point")
        def function():
            if third():
                monkeypatch.setattr(_written_calls.WrittenCall, "_write_over", fail)
                recorder.__exit__(None, None, None)

        with recorder:
            for _ in range(3):
                function()
        assert [record.getMessage() for record in caplog.records if record.name == "hookkit.recording"] == [
            "A call of 'point' cannot be recorded, as others may not be: KeyError: 'broken'."
        ]

    def test_the_recording_ends_in_a_call_that_could_not_be_written(self, registry, monkeypatch):
        """
        Nothing more is written of it.
        """

        def fail(*args):
            raise KeyError("broken")

        writer = MemoryWriter()
        recorder = Recorder(writer=writer)
        third = nth(3)

        @registry.add_hook("point")
        def function():
            if third():
                assert recorder.events[-1].phase == "pre"
                recorder.__exit__(None, None, None)

        def pre():
            monkeypatch.setattr(_written_calls.WrittenCall, "_write_over", fail)
            return {}["raised"]

        registry.log.disabled = True
        registry.register("point", Doing(pre=pre))
        with recorder:
            for _ in range(3):
                function()
        assert (writer.events, writer.calls) == (4, 2)

    def test_nothing_is_begun(self, registry, monkeypatch):
        """
        Where nothing was written of a call's beginning, nothing is of its end, or of the error methods in it.
        """
        errors = []
        registry.register("point", Doing(error=errors.append))
        function = registry.add_hook("point")(lambda: None)
        with Recorder(writer=MemoryWriter()) as recorder:
            for _ in range(3):
                function()
            monkeypatch.setattr(_written_plan.WrittenPlan, "write", lambda self, entry: throw(ValueError()))
            with pytest.raises(ValueError):
                function()
            assert len(errors) == 1
            assert len(recorder.calls) == 3

    @pytest.mark.parametrize("is_board", [False, True])
    def test_after_the_writer_was_closed(self, registry, tmp_path, is_board):
        """
        Calls go on, and are recorded, and not written.
        """
        function = registry.add_hook("point")(lambda: None)
        writer = MemoryBoardWriter(tmp_path / "recording") if is_board else RecordingWriter(tmp_path / "recording")
        with Recorder(writer=writer) as recorder:
            recorder.test_id = "test_it"
            for _ in range(3):
                function()
            writer.close()
            for _ in range(3):
                function()
        assert len(recorder.calls) == 6
        assert (writer.events, writer.calls) == (3, 3)

    def test_an_interruption_from_outside(self, registry, monkeypatch):
        """
        It comes out, and nothing is written of a call that has not begun; calls in it and after it are.
        """
        write = _written_plan.WrittenPlan.write

        def interrupt(self, entry):
            if self.hooked.point.name == "within":
                return write(self, entry)
            within()
            raise KeyboardInterrupt

        registry.register("point", Doing(error=lambda *args: None))
        within = registry.add_hook("within")(lambda: None)
        function = registry.add_hook("point")(lambda: None)
        with Recorder(writer=MemoryWriter()) as recorder:
            for _ in range(3):
                within()
                function()
            monkeypatch.setattr(_written_plan.WrittenPlan, "write", interrupt)
            with pytest.raises(KeyboardInterrupt):
                function()
            monkeypatch.undo()
            function()
            assert [call.point for call in recorder.calls] == ["within", "point"] * 3 + ["within", "point"]
            assert recorder.calls[-2].parent is None
