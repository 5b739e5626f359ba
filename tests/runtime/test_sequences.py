"""
Sequences: the assertions of the recorder, and what they say.
"""

from textwrap import dedent
from unittest.mock import ANY

import pytest

import hookkit
from hookkit import Recorder
from hookkit.recording import _headlines
from hookkit.testing import FakeEntryPoints, body, error, explain, explain_comparison, post, pre
from runtime.recorded import Api, AuditHook, BrokenHook, QuotaHook


@pytest.fixture
def recorder():
    """
    A recorder of one call with an audit hook and a quota hook.
    """
    with Recorder() as recorder:
        Api(AuditHook, QuotaHook).create("ctx", "vm-1", metadata={"owner": "bob"})
    return recorder


GOOD = (
    pre("create", hook=AuditHook),
    body("create").returning(21),
    post("create", hook=AuditHook),
    post("create", hook=QuotaHook),
)


def failure(method, *args):
    """
    Give the message of the AssertionError that *method* raises.
    """
    with pytest.raises(AssertionError) as caught:
        method(*args)
    return str(caught.value)


def text(message):
    """
    Take the indentation of a triple-quoted text away.
    """
    return dedent(message).strip("\n")


class TestAssertSequence:
    def test_all_events_in_order_pass(self, recorder):
        """
        A sequence that fits says nothing.
        """
        recorder.assert_sequence(GOOD)
        recorder.assert_sequence([ANY] * 4)
        assert explain(GOOD, recorder.events) == ""

    @pytest.mark.parametrize(
        ("expected", "message"),
        [
            pytest.param(
                [GOOD[0], GOOD[1], GOOD[2].with_arguments(metadata={"owner": "alice", "audited": True}), GOOD[3]],
                """
                event 3 of 4 differs: post create by AuditHook
                  metadata['owner']: expected 'alice', got 'bob'

                    expected                       recorded
                  1 pre  create AuditHook          pre  create AuditHook
                  2 body create -> 21              body create -> 21
                > 3 post create AuditHook          post create AuditHook
                      metadata['owner'] = 'alice'    metadata['owner'] = 'bob'
                  4 post create QuotaHook          post create QuotaHook replaced the result -> 42
                """,
                id="argument",
            ),
            pytest.param(
                [*GOOD[:3], GOOD[3].result(42)],
                """
                event 4 of 4 differs: post create by QuotaHook
                  result: expected 42, got 21

                    expected               recorded
                  1 pre  create AuditHook  pre  create AuditHook
                  2 body create -> 21      body create -> 21
                  3 post create AuditHook  post create AuditHook
                > 4 post create QuotaHook  post create QuotaHook replaced the result -> 42
                      result = 42            result = 21
                """,
                id="result",
            ),
            pytest.param(
                [*GOOD[:2], post("create", hook=BrokenHook), GOOD[3]],
                """
                event 3 of 4 differs: post create by BrokenHook
                  hook: expected runtime.recorded:BrokenHook, got runtime.recorded:AuditHook

                    expected                recorded
                  1 pre  create AuditHook   pre  create AuditHook
                  2 body create -> 21       body create -> 21
                > 3 post create BrokenHook  post create AuditHook
                  4 post create QuotaHook   post create QuotaHook replaced the result -> 42
                """,
                id="hook",
            ),
            pytest.param(
                [GOOD[0], pre("create"), *GOOD[2:]],
                """
                event 2 of 4 differs: pre create
                  phase: expected pre, got body

                    expected               recorded
                  1 pre  create AuditHook  pre  create AuditHook
                > 2 pre  create            body create -> 21
                  3 post create AuditHook  post create AuditHook
                  4 post create QuotaHook  post create QuotaHook replaced the result -> 42
                """,
                id="phase",
            ),
            pytest.param(
                [GOOD[0], body("craete"), *GOOD[2:]],
                """
                event 2 of 4 differs: body craete
                  point: expected 'craete', got 'create'; did you mean 'create'?

                    expected               recorded
                  1 pre  create AuditHook  pre  create AuditHook
                > 2 body craete            body create -> 21
                  3 post create AuditHook  post create AuditHook
                  4 post create QuotaHook  post create QuotaHook replaced the result -> 42
                """,
                id="point",
            ),
            pytest.param(
                [GOOD[0], body("unlike"), *GOOD[2:]],
                """
                event 2 of 4 differs: body unlike
                  point: expected 'unlike', got 'create'

                    expected               recorded
                  1 pre  create AuditHook  pre  create AuditHook
                > 2 body unlike            body create -> 21
                  3 post create AuditHook  post create AuditHook
                  4 post create QuotaHook  post create QuotaHook replaced the result -> 42
                """,
                id="another point",
            ),
            pytest.param(
                [GOOD[1], GOOD[0], *GOOD[2:]],
                """
                event 1 comes one too late: body create
                  expected as event 1, recorded as event 2

                    expected               recorded
                > 1 body create -> 21      (not recorded here)
                  2 pre  create AuditHook  pre  create AuditHook
                > 2 (not expected here)    body create -> 21
                  3 post create AuditHook  post create AuditHook
                  4 post create QuotaHook  post create QuotaHook replaced the result -> 42
                """,
                id="order",
            ),
            pytest.param(
                [*GOOD[1:], GOOD[0]],
                """
                event 4 comes three too early: pre create by AuditHook
                  expected as event 4, recorded as event 1

                    expected               recorded
                > 1 (not expected here)    pre  create AuditHook
                  1 body create -> 21      body create -> 21
                  2 post create AuditHook  post create AuditHook
                  3 post create QuotaHook  post create QuotaHook replaced the result -> 42
                > 4 pre  create AuditHook  (nothing more was recorded)
                """,
                id="too early",
            ),
            pytest.param(
                [*GOOD, post("create", hook=BrokenHook)],
                """
                event 5 of 5 is missing: post create by BrokenHook
                  nothing more was recorded

                    expected                recorded
                  1 pre  create AuditHook   pre  create AuditHook
                  2 body create -> 21       body create -> 21
                  3 post create AuditHook   post create AuditHook
                  4 post create QuotaHook   post create QuotaHook replaced the result -> 42
                > 5 post create BrokenHook  (nothing more was recorded)
                """,
                id="missing at the end",
            ),
            pytest.param(
                [GOOD[0], pre("create", hook=BrokenHook), *GOOD[1:]],
                """
                event 2 of 5 is missing: pre create by BrokenHook
                  recorded here: body create -> 21

                    expected                recorded
                  1 pre  create AuditHook   pre  create AuditHook
                > 2 pre  create BrokenHook  (not recorded here)
                  3 body create -> 21       body create -> 21
                  4 post create AuditHook   post create AuditHook
                  5 post create QuotaHook   post create QuotaHook replaced the result -> 42
                """,
                id="missing",
            ),
            pytest.param(
                GOOD[:3],
                """
                event 4 was not expected: post create by QuotaHook
                  nothing more was expected

                    expected               recorded
                  1 pre  create AuditHook  pre  create AuditHook
                  2 body create -> 21      body create -> 21
                  3 post create AuditHook  post create AuditHook
                > 4 (not expected here)    post create QuotaHook replaced the result -> 42
                """,
                id="extra at the end",
            ),
            pytest.param(
                GOOD[1:],
                """
                event 1 was not expected: pre create by AuditHook
                  expected here: body create -> 21

                    expected               recorded
                > 1 (not expected here)    pre  create AuditHook
                  1 body create -> 21      body create -> 21
                  2 post create AuditHook  post create AuditHook
                  3 post create QuotaHook  post create QuotaHook replaced the result -> 42
                """,
                id="extra",
            ),
            pytest.param(
                ["pre", *GOOD[1:]],
                """
                event 1 of 4 differs: 'pre'
                  expected 'pre', got pre  create AuditHook

                    expected               recorded
                > 1 'pre'                  pre  create AuditHook
                  2 body create -> 21      body create -> 21
                  3 post create AuditHook  post create AuditHook
                  4 post create QuotaHook  post create QuotaHook replaced the result -> 42
                """,
                id="no pattern",
            ),
        ],
    )
    def test_each_kind_of_difference_has_its_message(self, recorder, expected, message):
        """
        The first line names the first difference, the second where it is; both sequences follow.
        """
        assert failure(recorder.assert_sequence, expected) == text(message)

    def test_events_of_another_recording_are_named_by_what_they_are(self, recorder):
        """
        An event may be expected too; it equals itself only.
        """
        with Recorder() as other:
            Api().create("ctx", "vm-1")
        assert failure(other.assert_sequence, recorder.events[1:2]).splitlines()[:2] == [
            "event 1 of 1 differs: body create",
            "  expected <RecordedEvent 2 body create>, got body create -> 21",
        ]

    def test_a_great_distance_is_told_in_figures(self):
        """
        Beyond nine, numbers are written as such.
        """
        with Recorder() as recorder:
            for name in range(12):
                Api().create("ctx", name)
        bodies = [body("create").with_arguments(name=name) for name in range(12)]
        lines = failure(recorder.assert_sequence, [*bodies[1:], bodies[0]]).splitlines()
        assert lines[:2] == [
            "event 12 comes 11 too early: body create",
            "  expected as event 12, recorded as event 1",
        ]
        assert lines[3:6] == [
            "     expected             recorded",
            ">  1 (not expected here)  body create -> 21",
            "   1 body create          body create -> 21",
        ]


class TestNothingRecorded:
    @pytest.fixture
    def registries(self, monkeypatch):
        """
        The registries that the message knows of, empty at first.
        """
        known = []
        monkeypatch.setattr(_headlines, "registries", lambda: known)
        return known

    def test_what_could_have_been_called_is_told(self, registries):
        """
        The message names the group, what is loaded and which points there are.
        """
        api = Api(AuditHook)
        api.registry.point("delete")
        api.create("ctx", "vm-1")
        registries.append(api.registry)
        assert failure(Recorder().assert_sequence, GOOD[:1]) == text(
            """
            nothing was recorded: no hook point of group 'recorded' was called.
              loaded: AuditHook at create; hook points: create, delete

                expected               recorded
            > 1 pre  create AuditHook  (nothing more was recorded)
            """
        )

    def test_several_groups_have_a_line_each(self, registries):
        """
        With more than one group each is listed; one without points is not.
        """
        registries += [Api(group="one").registry, hookkit.HookRegistry("two"), Api(group="three").registry]
        assert failure(Recorder().assert_contains, GOOD[:1]) == text(
            """
            nothing was recorded: no hook point was called.
              one: loaded: none; hook points: create
              three: loaded: none; hook points: create

            expected:
               1 pre  create AuditHook
            """
        )

    def test_without_any_point_only_that_is_told(self, registries):
        """
        Where nothing is declared there is nothing to list.
        """
        assert failure(Recorder().assert_unordered, GOOD[:1]) == text(
            """
            nothing was recorded: no hook point was called.

            expected:
               1 pre  create AuditHook
            """
        )


class TestLongSequences:
    @pytest.fixture
    def recorder(self):
        """
        A recorder of 100 calls.
        """
        api = Api(AuditHook)
        with Recorder() as recorder:
            for number in range(100):
                api.create("ctx", number)
        return recorder

    PATTERNS = (pre("create"), body("create"), post("create"))

    def test_rows_that_are_equal_and_far_from_a_difference_are_left_out(self, recorder):
        """
        Three rows before and after each difference are shown.
        """
        expected = [*self.PATTERNS] * 100
        expected[60] = pre("create").with_arguments(name=21)
        expected[201] = pre("create").with_arguments(name=68)
        assert failure(recorder.assert_sequence, expected) == text(
            """
            event 61 of 300 differs: pre create
              name: expected 21, got 20

                  expected     recorded
                  ... 57 equal events ...
               58 pre  create  pre  create AuditHook
               59 body create  body create -> 21
               60 post create  post create AuditHook
            >  61 pre  create  pre  create AuditHook
                    name = 21    name = 20
               62 body create  body create -> 21
               63 post create  post create AuditHook
               64 pre  create  pre  create AuditHook
                  ... 134 equal events ...
              199 pre  create  pre  create AuditHook
              200 body create  body create -> 21
              201 post create  post create AuditHook
            > 202 pre  create  pre  create AuditHook
                    name = 68    name = 67
              203 body create  body create -> 21
              204 post create  post create AuditHook
              205 pre  create  pre  create AuditHook
                  ... 95 equal events ...
            """
        )

    def test_of_many_differences_the_first_are_shown(self, recorder):
        """
        The rest is counted, unless all rows are asked for.
        """
        lines = failure(recorder.assert_sequence, [*self.PATTERNS] * 20).splitlines()
        assert lines[:3] == [
            "event 61 was not expected: pre create by AuditHook",
            "  nothing more was expected; it is of a call that was not expected: create('ctx', 20)",
            "",
        ]
        assert lines[-2:] == [
            ">  87 (not expected here)  post create AuditHook",
            ">     ... 213 more rows that differ ...",
        ]
        lines = failure(recorder.assert_sequence, [pre("create").with_arguments(name=-1), *self.PATTERNS[1:]] * 100)
        assert lines.splitlines()[-1] == ">     ... 270 more rows, 90 of them differ ..."
        recorder.most_rows = None
        assert len(failure(recorder.assert_sequence, [*self.PATTERNS] * 20).splitlines()) == 304

    def test_lists_show_what_is_near(self, recorder):
        """
        A list of what was recorded has the part that matters.
        """
        recorder.most_rows = 4
        assert failure(recorder.assert_contains, [pre("create").with_arguments(name=50), pre("delete")]) == text(
            """
            event 2 of 2 was not found: pre delete
              no event is like it

            recorded:
              ... 149 more ...
              150 post create AuditHook
              151 pre  create AuditHook
              152 body create -> 21
              153 post create AuditHook
              ... 147 more ...
            """
        )
        assert failure(recorder.assert_absent, post("create").with_arguments(name=99)).splitlines()[3:] == [
            "recorded:",
            "  ... 296 more ...",
            "  297 post create AuditHook",
            "  298 pre  create AuditHook",
            "  299 body create -> 21",
            "  300 post create AuditHook",
        ]

    @pytest.mark.parametrize(
        ("left", "right", "line"),
        [
            (90, 20, "> 1 post create -> "),
            (20, 90, "> 1 post create -> "),
            (90, 90, "> 1 post create -> "),
        ],
    )
    def test_lines_are_as_wide_as_a_log(self, left, right, line):
        """
        A column gets half of the width, or what the other one leaves.
        """
        with Recorder() as recorder:
            Api(AuditHook).create("ctx", "x" * right)
        expected = [ANY, ANY, post("create").with_arguments(name="y" * left)]
        lines = failure(recorder.assert_sequence, expected).splitlines()
        assert max(map(len, lines[-5:])) <= 100
        shown = f"      name = '{'y' * left}'"
        assert lines[-1].startswith(shown if left == 20 else shown[:40])


class TestAssertContains:
    def test_gaps_are_allowed(self, recorder):
        """
        Other events may stand before, between and after.
        """
        recorder.assert_contains([])
        recorder.assert_contains([GOOD[1], GOOD[3]])

    @pytest.mark.parametrize(
        ("expected", "head"),
        [
            (
                [pre("create", hook=QuotaHook)],
                ["the event was not found: pre create by QuotaHook", "  no event is like it"],
            ),
            (
                [GOOD[0], body("create").returning(42)],
                ["event 2 of 2 was not found: body create", "  nearest: returned: expected 42, got 21"],
            ),
            (
                [GOOD[1], GOOD[0]],
                [
                    "event 2 of 2 was not found: pre create by AuditHook",
                    "  it was recorded, but before the one that is expected before it",
                ],
            ),
            (
                [*GOOD, GOOD[3]],
                ["event 5 of 5 was not found: post create by QuotaHook", "  nothing more was recorded"],
            ),
        ],
    )
    def test_the_one_that_is_not_found_is_named(self, recorder, expected, head):
        """
        The message says which is missing, what comes nearest, and what was recorded.
        """
        assert failure(recorder.assert_contains, expected).splitlines() == [
            *head,
            "",
            "recorded:",
            "   1 pre  create AuditHook",
            "   2 body create -> 21",
            "   3 post create AuditHook",
            "   4 post create QuotaHook replaced the result -> 42",
        ]


class TestAssertUnordered:
    def test_any_order_will_do(self, recorder):
        """
        All events in another order fit.
        """
        recorder.assert_unordered(reversed(GOOD))

    def test_the_first_that_nearly_fits_is_explained(self, recorder):
        """
        What is missing is compared with what was recorded in its place.
        """
        lines = failure(recorder.assert_unordered, [*reversed(GOOD[2:]), GOOD[0], body("create").returning(42)])
        assert lines.splitlines()[:4] == [
            "the events are not those that were expected: 1 missing and 1 not expected",
            "  body create",
            "    returned: expected 42, got 21",
            "",
        ]

    def test_a_misspelt_point_is_told(self, recorder):
        """
        A name that no hook point has is told, with the one that may have been meant.
        """
        lines = failure(recorder.assert_unordered, [*GOOD[:3], post("craete", hook=BrokenHook)]).splitlines()
        assert lines[:2] == [
            "the events are not those that were expected: 1 missing and 1 not expected",
            "  no hook point is called 'craete'; did you mean 'create'?",
        ]

    def test_the_matching_is_not_greedy(self, recorder):
        """
        A wide pattern leaves the only event that fits to a narrow one.
        """
        recorder.assert_unordered([post("create"), post("create", hook=AuditHook), ANY, ANY])

    def test_what_is_left_over_is_told(self, recorder):
        """
        Missing and unexpected events are listed.
        """
        assert failure(recorder.assert_unordered, [*GOOD[:3], post("create", hook=BrokenHook)]) == text(
            """
            the events are not those that were expected: 1 missing and 1 not expected

            missing:
               1 post create BrokenHook

            not expected:
               1 post create QuotaHook replaced the result -> 42

            recorded:
               1 pre  create AuditHook
               2 body create -> 21
               3 post create AuditHook
               4 post create QuotaHook replaced the result -> 42
            """
        )
        assert failure(recorder.assert_unordered, GOOD[:3]).splitlines()[0] == (
            "the events are not those that were expected: 1 not expected"
        )


class TestAssertAbsent:
    def test_what_is_not_there_passes(self, recorder):
        """
        A pattern that fits no event says nothing.
        """
        recorder.assert_absent(pre("delete"))

    def test_the_event_that_is_there_is_named(self, recorder):
        """
        The message names the first event that fits and lists all.
        """
        assert failure(recorder.assert_absent, post("create")) == text(
            """
            event 3 of 4 should not be there: post create by AuditHook
              it fits post('create')

            recorded:
               1 pre  create AuditHook
               2 body create -> 21
               3 post create AuditHook
               4 post create QuotaHook replaced the result -> 42
            """
        )


class TestPop:
    def test_the_first_that_fits_is_taken_out(self, recorder):
        """
        Pop gives the event and removes it from the list.
        """
        event = recorder.pop(post("create"))
        assert event == post("create", hook=AuditHook)
        assert recorder.events == [GOOD[0], GOOD[1], GOOD[3]]

    def test_none_that_fits_is_an_assertion_error(self, recorder):
        """
        The message is that of ``assert_contains``.
        """
        assert failure(recorder.pop, pre("delete")).splitlines()[:2] == [
            "the event was not found: pre delete",
            "  no event is like it",
        ]
        assert len(recorder.events) == 4


class TestExplainComparison:
    def test_a_list_is_explained_on_either_side(self, recorder):
        """
        Events and patterns are explained whichever stands left.
        """
        expected = [*GOOD[:3]]
        lines = explain(expected, recorder.events).splitlines()
        assert explain_comparison(recorder.events, expected) == lines
        assert explain_comparison(expected, recorder.events) == lines
        assert explain_comparison(list(recorder.events), expected) == lines
        assert explain_comparison(expected, tuple(recorder.events)) == lines

    def test_lines_without_a_difference_can_be_painted(self, recorder):
        """
        What is equal on both sides is handed to the test runner, which may show it in another colour.
        """
        expected = [*GOOD[:2], GOOD[2].with_arguments(metadata={}), GOOD[3]]
        lines = explain(expected, recorder.events).splitlines()
        painted = explain_comparison(recorder.events, expected, plain=lambda line: f"<{line}>")
        assert painted == [
            *lines[:2],
            *(f"<{line}>" for line in lines[2:6]),
            *lines[6:8],
            f"<{lines[8]}>",
        ]

    def test_one_event_is_explained(self, recorder):
        """
        An event and a pattern are explained without a table.
        """
        event = recorder.events[0]
        lines = ["pre create by AuditHook differs", "  phase: expected post, got pre"]
        assert explain_comparison(event, post("create")) == lines
        assert explain_comparison(post("create"), event) == lines

    @pytest.mark.parametrize(
        ("left", "right"),
        [([], []), ([1], [2]), (1, 2), (pre("a"), pre("b")), (pre("a"), 1)],
    )
    def test_all_else_is_left_to_others(self, left, right):
        """
        What has nothing to do with events is not explained.
        """
        assert explain_comparison(left, right) is None

    def test_events_compared_with_no_list_are_left_to_others(self, recorder):
        """
        Events beside something that is no list are not explained.
        """
        assert explain_comparison(recorder.events, 1) is None
        assert explain_comparison(1, recorder.events) is None
        assert explain_comparison(recorder.events[0], recorder.events[1]) is None


class TestReasons:
    """
    What a message says of why an event may be missing.
    """

    def test_an_entry_point_with_a_misspelt_name_is_told(self):
        """
        A hook whose entry point is called as no hook point is was never loaded.
        """
        registry = hookkit.HookRegistry("reasons.hooks")
        with FakeEntryPoints() as fakes, Recorder() as recorder:
            fakes.add("reasons.hooks", "create_instanc", AuditHook)
            create = registry.add_hook("create_instance")(lambda: 42)
            create()
        expected = [pre("create_instance", hook=AuditHook), body("create_instance")]
        with FakeEntryPoints() as fakes:
            fakes.add("reasons.hooks", "create_instanc", AuditHook)
            lines = failure(recorder.assert_sequence, expected).splitlines()
        assert lines[:3] == [
            "event 1 of 2 is missing: pre create_instance by AuditHook",
            "  recorded here: body create_instance -> 42",
            "  an entry point of 'reasons.hooks' is called 'create_instanc', as no hook point is",
        ]

    def test_a_point_without_hooks_is_told(self):
        """
        Where no hook ran at all, none was loaded.
        """
        with Recorder() as recorder:
            Api().create("ctx", "vm-1")
        assert failure(recorder.assert_contains, [pre("create")]).splitlines()[:2] == [
            "the event was not found: pre create",
            "  no event is like it; no hook was loaded at 'create'",
        ]

    def test_an_error_method_needs_an_exception(self, recorder):
        """
        Where the function raised nothing, ``error`` did not run.
        """
        assert failure(recorder.assert_sequence, [*GOOD, error("create")]).splitlines()[:2] == [
            "event 5 of 5 is missing: error create",
            "  nothing more was recorded; create raised nothing",
        ]

    def test_what_is_no_pattern_has_no_reason(self, recorder):
        """
        Nothing is known about what is compared in its own way.
        """
        assert failure(recorder.assert_contains, ["pre"]).splitlines()[:2] == [
            "the event was not found: 'pre'",
            "  no event is like it",
        ]
