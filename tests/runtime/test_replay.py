"""
`hookkit.replay`: a hook that was recorded, and what it does otherwise now.
"""

from decimal import Decimal
from enum import Enum

import pytest

import hookkit
from hookkit import (
    FatalHookException,
    HookRegistry,
    Recorder,
    Replace,
    load_recording,
    replay,
)
from hookkit.discovery import EntryPoint
from hookkit.recording import RecordingWriter
from hookkit.testing import error, post, pre
from runtime.replayed import Audit, Context, named, record, told


class TestSameHook:
    def test_it_does_what_it_did(self, recording):
        """
        The hook that was recorded is called as often, with the same arguments, and nothing is different.
        """
        replayed = replay(recording, Audit)

        assert told(replayed) == []
        assert (replayed.was_recorded, replayed.calls, replayed.difference_count) == (True, 5, 0)
        assert [vars(point) for point in replayed.points] == [
            {"group": "shop.hooks", "point": "create", "calls": 5, "events": 10, "differences": 0}
        ]
        assert (replayed.cut, replayed.dropped, replayed.lost) == (0, 0, None)
        assert isinstance(replayed.hook, Audit)

    def test_the_events_are_those_of_a_recorder(self, recording):
        """
        The events can be compared with patterns, and have what hosts make of exceptions.
        """
        replayed = replay(recording, Audit)

        assert replayed[:4] == [
            pre("create", hook=Audit).with_arguments(name="plain").changing("metadata['owner']", "alice"),
            post("create", hook=Audit).result(["plain"]),
            pre("create"),
            post("create").returning(["new", "new"]),
        ]
        replayed.assert_contains([error("create").returning("fails"), pre("create").raising(FatalHookException)])
        assert replayed.swallowed == [post("create").raising(KeyError)]
        assert (
            replayed.outline().splitlines()[:3]
            == [
                "create(<Context>, 'plain', metadata={'size': 1}) -> ['plain']",
                "  pre    Audit",
                "         metadata['owner']: (absent) -> 'alice'",
            ]
            or replayed.outline()
        )
        assert replayed.filter(phase="error") == [error("create"), error("create")]

    def test_a_loaded_recording(self, recording):
        """
        A recording in memory is replayed like its file.
        """
        loaded = load_recording(recording)

        assert told(replay(loaded, Audit)) == []
        assert len(replay(loaded, Audit)) == 10

    def test_arguments_are_the_same_objects_in_all_phases(self, recording):
        """
        What nobody but the hook changed is one object from its pre to its post, as in the host.
        """

        class Later:
            def pre(self, context, name, metadata):
                context.mark = name

            def post(self, rv, context, name, metadata):
                assert context.mark == name
                assert metadata == {"size": 1, "owner": "alice", "made": True}

            def error(self, exc, context, name, metadata):
                assert context.mark == name

        replayed = replay(recording, named(Later))

        assert not any(isinstance(event.raised, AssertionError | AttributeError) for event in replayed)

    def test_what_the_hook_changes_stays_one_object(self, tmp_path):
        """
        What the hook itself changed in its pre, as it did then, is the same object in its post.
        """

        class Keeps:
            def pre(self, context, name, metadata):
                metadata["seen"] = True
                self.kept = metadata

            def post(self, rv, context, name, metadata):
                return metadata is self.kept

        registry = HookRegistry("shop.hooks")
        registry.register("create", Keeps)
        create = registry.add_hook("create")(lambda context, name, metadata: [name])
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            create(Context("bob"), "new", {})
        replayed = replay(tmp_path / "r.jsonl", Keeps)

        assert told(replayed) == []
        assert replayed[-1].returned is True

    def test_lines_in_another_order(self, recording):
        """
        In whatever order a file has its lines, the events are replayed as they began.
        """
        first, *rest = recording.read_text().splitlines()
        recording.write_text("\n".join([first, *reversed(rest)]))
        replayed = replay(recording, Audit)

        assert told(replayed) == []
        assert (replayed.calls, len(replayed)) == (5, 10)

    def test_an_object_keeps_what_it_knows(self, recording):
        """
        A hook that is given as an object is used as it is.
        """
        hook = Audit()
        replayed = replay(recording, hook)

        assert replayed.hook is hook
        assert [context.user for context in hook.seen] == ["alice"] * 5

    def test_each_test_has_a_hook_of_its_own(self, tmp_path):
        """
        Of a recording of tests, a class is made into an object for each test.
        """
        made = []

        class Counting:
            def __init__(self):
                made.append(self)

            def pre(self, number):
                self.number = number

        registry = HookRegistry("shop.hooks")
        registry.register("order", Counting)
        order = registry.add_hook("order")(lambda number: number)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer) as recorder:
            for test in ("a", "a", "b"):
                recorder.test_id = test
                order(1)
        made.clear()
        replay(tmp_path / "r.jsonl", Counting)

        assert len(made) == 2

    def test_a_hook_that_is_attached_twice(self, tmp_path):
        """
        A hook that was called several times in a call is called as often.
        """
        registry = HookRegistry("shop.hooks")
        for _ in range(2):
            registry.register("create", Audit())
        create = registry.add_hook("create")(lambda context, name, metadata: [name])
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            create(Context("bob"), "new", {})
        replayed = replay(tmp_path / "r.jsonl", Audit)

        assert told(replayed) == []
        assert replayed == [
            pre("create"),
            pre("create"),
            post("create").result(["new"]),
            post("create").result(["new", "new"]),
        ]

    def test_it_is_known_by_its_name(self, recording):
        """
        A hook can be named by its class path, with a dot too, and by an entry point.
        """
        path = "runtime.replayed:Audit"

        for hook in (path, path.replace(":", "."), EntryPoint("shop.hooks", "create", path)):
            assert told(replay(recording, hook)) == []

    def test_nested_calls_keep_their_order(self, tmp_path):
        """
        Calls within calls are replayed in the order in which events began.
        """

        class Both:
            def pre(self, name):
                pass

            def post(self, rv, name):
                pass

        registry = HookRegistry("shop.hooks")
        registry.register("order", Both)
        hooked = registry.add_hook("order")(lambda name: hooked(name[1:]) if name else None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            hooked("ab")
        replayed = replay(tmp_path / "r.jsonl", Both)

        assert [(event.phase, event.arguments["name"]) for event in replayed] == [
            ("pre", "ab"),
            ("pre", "b"),
            ("pre", ""),
            ("post", ""),
            ("post", "b"),
            ("post", "ab"),
        ]


class TestDifferences:
    def test_results_changes_and_exceptions(self, recording):
        """
        What the hook returned, raised, replaced and changed otherwise is told, with the place of what it raised.
        """

        class Other(Audit):
            def pre(self, context, name, metadata):
                metadata["owner"] = {"plain": "bob"}.get(name, context.user)
                if name == "fails":
                    metadata["more"] = 1
                if name == "veto":
                    raise FatalHookException("never")
                return 7 if name == "new" else None

            def post(self, rv, context, name, metadata):
                if name == "plain":
                    raise KeyError(name)
                return [*rv, "new"] if name == "new" else None

        replayed = replay(recording, named(Other))

        assert told(replayed) == [
            "pre create (event 1): metadata['owner']: recorded 'alice', replayed 'bob'",
            "post create (event 3): raised: recorded nothing, replayed KeyError: 'plain'",
            "pre create (event 4): returned: recorded None, replayed 7",
            "post create (event 6): returned: recorded a Replace, replayed no Replace",
            "post create (event 9): raised: recorded KeyError: 'broken', replayed nothing",
            "pre create (event 10): metadata['more']: recorded (no change), replayed 1",
            "pre create (event 13): raised: recorded FatalHookException: no, replayed FatalHookException: never",
            "error create (event 14): returned: recorded 'no', replayed 'never'",
        ]
        places = [difference.place.rpartition(":")[0] for difference in replayed.differences]
        assert places == ["", __file__, "", "", "", "", __file__, ""]

    def test_a_value_within_a_value(self, recording):
        """
        Of values that hold others, the first part that differs is told.
        """

        class Other(Audit):
            def post(self, rv, context, name, metadata):
                return Replace([name, "old"]) if name == "new" else super().post(rv, context, name, metadata)

        assert told(replay(recording, named(Other))) == [
            "post create (event 6): returned[1]: recorded 'new', replayed 'old'"
        ]

    def test_phases_that_are_gone(self, recording):
        """
        What was recorded of a phase that the hook no longer has is told.
        """

        class Other:
            pre = Audit.pre

            def __init__(self):
                self.seen = []

        assert told(replay(recording, named(Other))) == [
            "post create (event 3): not called: the hook has no post()",
            "post create (event 6): not called: the hook has no post()",
            "post create (event 9): not called: the hook has no post()",
            "error create (event 12): not called: the hook has no error()",
            "error create (event 14): not called: the hook has no error()",
        ]

    def test_phases_that_are_new(self, tmp_path):
        """
        What the hook does in a phase that it did not have then is told.
        """

        class Old:
            def post(self, rv, context, name, metadata):
                pass

        class OldPre:
            def pre(self, context, name, metadata):
                pass

        class New:
            def pre(self, context, name, metadata):
                metadata["new"] = 1

            def post(self, rv, context, name, metadata):
                if name == "broken":
                    raise KeyError(name)
                return rv

            def error(self, exc, context, name, metadata):
                return str(exc)

        named(Old), named(OldPre), named(New)
        calls = ["plain", "broken", "fails"]
        after = replay(record(tmp_path / "a.jsonl", Old, calls), New)
        before = replay(record(tmp_path / "b.jsonl", OldPre, calls), New)

        assert [line for line in told(after) if line.startswith("pre")] == [
            "pre create (event 1): called, which was not recorded: it changed metadata['new']",
            "pre create (event 3): called, which was not recorded: it changed metadata['new']",
        ]
        assert [line for line in told(before) if not line.startswith("pre")] == [
            "post create (event 2): called, which was not recorded: it returned ['plain']",
            "post create (event 4): called, which was not recorded: it raised KeyError: 'broken'",
            "error create (event 6): called, which was not recorded: it returned 'fails'",
        ]

    def test_an_error_of_a_veto_that_is_gone(self, tmp_path):
        """
        Where the hook stopped the call then and does not now, an error that it has now is not called.
        """

        class Old:
            def pre(self, context, name, metadata):
                raise FatalHookException("no")

        class New:
            def pre(self, context, name, metadata):
                pass

            def error(self, exc, context, name, metadata): ...

        replayed = replay(record(tmp_path / "r.jsonl", named(Old), ["plain"]), named(New, like=Old))

        assert told(replayed) == ["pre create (event 1): raised: recorded FatalHookException: no, replayed nothing"]

    def test_a_veto_that_is_new(self, recording):
        """
        A pre that stops the call now ends it: its post is not called, its error is, with that exception.
        """

        class Other(Audit):
            def pre(self, context, name, metadata):
                super().pre(context, name, metadata)
                if name in ("plain", "fails"):
                    raise FatalHookException("stop")

        replayed = replay(recording, named(Other))

        assert told(replayed) == [
            "pre create (event 1): raised: recorded nothing, replayed FatalHookException: stop",
            "post create (event 3): not called: its pre raised",
            "error create (event 3): called, which was not recorded: it returned 'stop'",
            "pre create (event 10): raised: recorded nothing, replayed FatalHookException: stop",
            "error create (event 12): returned: recorded 'fails', replayed 'stop'",
        ]

    def test_a_veto_that_is_gone(self, recording):
        """
        Where the hook itself had stopped the call, there is nothing to tell its error now.
        """

        class Other(Audit):
            def pre(self, context, name, metadata):
                metadata["owner"] = context.user

        assert told(replay(recording, named(Other))) == [
            "pre create (event 13): raised: recorded FatalHookException: no, replayed nothing",
            "error create (event 14): not called: its pre did not raise",
        ]

    def test_a_veto_of_another_hook(self, tmp_path):
        """
        Where another hook stopped the call, the error that is new is called, and the post is not.
        """

        class Veto:
            order = 1

            def pre(self, context, name, metadata):
                raise FatalHookException("other")

        class Late(Veto):
            def pre(self, context, name, metadata):
                pass

            def post(self, rv, context, name, metadata):
                raise FatalHookException("other")

        class Old:
            def pre(self, context, name, metadata):
                pass

        class New(Old):
            def post(self, rv, context, name, metadata): ...

            def error(self, exc, context, name, metadata):
                pass

        named(Old), named(New)
        registry = HookRegistry("shop.hooks")
        registry.register("a", Old)
        registry.register("a", Veto)
        registry.register("b", Old)
        registry.register("b", Late)
        functions = [registry.add_hook(name)(lambda context, name, metadata: None) for name in "ab"]
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            for function in functions:
                with pytest.raises(FatalHookException):
                    function(None, "x", {})

        assert told(replay(tmp_path / "r.jsonl", New)) == [
            "error a (event 2): called, which was not recorded: it returned None"
        ]

    def test_what_ends_a_process_is_told(self, recording):
        """
        A hook that exits is told of; an interrupt goes on.
        """

        class Exits(Audit):
            def post(self, rv, context, name, metadata):
                if name == "plain":
                    raise SystemExit(3)
                return super().post(rv, context, name, metadata)

            def pre(self, context, name, metadata):
                if name == "veto":
                    raise SystemExit(4)
                return super().pre(context, name, metadata)

        class Interrupted(Audit):
            def pre(self, context, name, metadata):
                raise KeyboardInterrupt

        assert told(replay(recording, named(Exits))) == [
            "post create (event 3): raised: recorded nothing, replayed SystemExit: 3",
            "pre create (event 13): raised: recorded FatalHookException: no, replayed SystemExit: 4",
            "error create (event 14): returned: recorded 'no', replayed '4'",
        ]
        with pytest.raises(KeyboardInterrupt):
            replay(recording, named(Interrupted))

    def test_secrets_are_like_anything(self, tmp_path):
        """
        What was masked in the recording is no difference, in values, changes and texts.
        """

        class Login:
            token = "hunter-two"

            def pre(self, user):
                user["token"] = self.token
                user["names"] = [{"password": self.token}]
                raise KeyError(f"{self.token} at {object()!r}")

        registry = HookRegistry("shop.hooks")
        registry.register("login", Login)
        login = registry.add_hook("login")(lambda user: None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            login({"password": "hunter-two"})
        Login.token = "another one"

        assert "hunter" not in (tmp_path / "r.jsonl").read_text()
        assert told(replay(tmp_path / "r.jsonl", Login)) == []

    def test_exceptions_whose_text_cannot_be_read(self, tmp_path):
        """
        An exception without a readable text is compared by its class.
        """

        class MuteError(Exception):
            def __str__(self):
                raise ValueError

        class Hook:
            def pre(self, number):
                raise MuteError

        registry = HookRegistry("shop.hooks")
        registry.register("order", Hook)
        order = registry.add_hook("order")(lambda number: None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            order(1)

        assert told(replay(tmp_path / "r.jsonl", Hook)) == []

    def test_what_a_hook_leaves_in_objects(self, tmp_path):
        """
        Objects of classes that were recorded are compared by their attributes.
        """

        class Colour(Enum):
            RED = 1
            BLUE = 2

        class Paint:
            colour = Colour.RED

            def pre(self, items):
                items.append(Context("bob"))
                items.append(self.colour)
                del items[0]

        registry = HookRegistry("shop.hooks")
        registry.register("order", Paint)
        order = registry.add_hook("order")(lambda items: None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            order([1, 2])
        assert told(replay(tmp_path / "r.jsonl", Paint)) == []
        Paint.colour = Colour.BLUE

        assert told(replay(tmp_path / "r.jsonl", Paint)) == [
            "pre order (event 1): items[2]: recorded Colour.RED, replayed <Colour.BLUE: 2>"
        ]

    def test_what_is_taken_away(self, tmp_path):
        """
        What is taken away is told like what is put there; equal values of other types are different.
        """

        class Takes:
            number = Decimal(1)

            def pre(self, items):
                del items["both"]
                items.pop("one")
                return self.number

        registry = HookRegistry("shop.hooks")
        registry.register("order", Takes)
        order = registry.add_hook("order")(lambda items: None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            order({"both": 1, "one": 1})

        class Keeps(Takes):
            number = 1

            def pre(self, items):
                items["one"] = 2
                del items["both"]
                return self.number

        assert told(replay(tmp_path / "r.jsonl", named(Keeps, Takes))) == [
            "pre order (event 1): returned: recorded Decimal('1'), replayed 1",
            "pre order (event 1): items['one']: recorded (absent), replayed 2",
        ]

    def test_an_event_that_was_not_over(self, tmp_path):
        """
        What was not over when the recording ended is replayed, and compared with nothing.
        """

        class Slow:
            def pre(self, recorder):
                recorder.__exit__()
                return 1

        class Recorded(Recorder):
            pass

        registry = HookRegistry("shop.hooks")
        registry.register("order", Slow)
        order = registry.add_hook("order")(lambda recorder: None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer:
            recorder = Recorded(writer=writer)
            recorder.__enter__()
            order(recorder)
        replayed = replay(tmp_path / "r.jsonl", Slow)

        assert (told(replayed), len(replayed)) == ([], 1)

    def test_large_values_are_counted(self, tmp_path):
        """
        How many events had values of which not all was recorded is told.
        """

        class Hook:
            def pre(self, text):
                pass

        registry = HookRegistry("shop.hooks")
        registry.register("order", Hook)
        order = registry.add_hook("order")(lambda text: None)
        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            order("x" * 10_000)
            order("x")

        assert replay(tmp_path / "r.jsonl", Hook).cut == 1

    def test_a_phase_of_a_later_version(self, recording):
        """
        A phase that is not known here is told, and not replayed.
        """
        text = recording.read_text().replace('"phase":"error"', '"phase":"finally"')
        recording.write_text(text)

        assert told(replay(recording, Audit))[0] == (
            "finally create (event 12): not called: a replay does not know the phase 'finally'"
        )


class TestSize:
    def test_limit(self, recording):
        """
        With a limit the last events are kept, and all are compared.
        """
        replayed = replay(recording, Audit, limit=2)

        assert (len(replayed), replayed.dropped) == (2, 8)
        assert replayed.points[0].events == 10

    def test_many_differences(self, tmp_path):
        """
        The first differences are kept, and all are counted.
        """

        class Old:
            def pre(self, context, name, metadata):
                pass

        class New:
            def pre(self, context, name, metadata):
                return 1

        path = record(tmp_path / "r.jsonl", named(Old), ["x"] * 1100)
        replayed = replay(path, named(New), limit=0)

        assert (len(replayed.differences), replayed.difference_count) == (1000, 1100)

    def test_progress(self, recording):
        """
        How many events were read is told, the last time when all were.
        """
        told = []
        replay(recording, Audit, progress=lambda done, whole: told.append((done, whole)))

        assert told == [(0, 14), (0, 14), (0, 14), (14, 14)]

    def test_memory_does_not_grow_with_what_was_recorded(self, tmp_path):
        """
        Each further call takes a few numbers' room, however much its line holds.
        """
        tracemalloc = pytest.importorskip("tracemalloc", exc_type=ImportError)

        class Hook:
            def pre(self, context, name, metadata):
                metadata["large"] = "x" * 2000

        paths = [record(tmp_path / f"{calls}.jsonl", Hook, ["new"] * calls) for calls in (200, 1200)]
        replay(paths[0], Hook, limit=0)
        most = []
        for path in paths:
            tracemalloc.start()
            replay(path, Hook, limit=0)
            most.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        sizes = [path.stat().st_size for path in paths]

        assert most[1] - most[0] < 1000 * 1500  # what is garbage by then, but not yet collected, counts, too
        assert sizes[1] - sizes[0] > 1000 * 5000


def test_it_is_public():
    """
    The function is where users look for it.
    """
    assert hookkit.replay is replay
