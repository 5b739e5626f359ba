"""
Patterns: what they equal, and what they say when they do not.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple
from unittest.mock import ANY

import pytest
from dirty_equals import Contains, IsPartialDict, IsPositiveInt, IsStr, IsTrueLike

import hookkit
from hookkit import MisuseError, Recorder
from hookkit.recording._differences import Difference
from hookkit.testing import ABSENT, EventPattern, body, error, periodic, post, pre
from runtime.recorded import Api, AuditHook, BrokenHook, Context, QuotaHook


class Pair(NamedTuple):
    left: object
    right: object


@dataclass
class Volume:
    size: int
    host: str = "a"


class Hostile:
    """
    Raises when it is compared.
    """

    def __eq__(self, other):
        raise RuntimeError("hostile")

    __hash__ = None


def recorded(*hooks, args=("ctx", "vm-1"), **kwargs):
    """
    Call a hooked method with *hooks* and give the events.
    """
    with Recorder() as recorder:
        Api(*hooks).create(*args, **kwargs)
    return recorder.events


def why(pattern, event):
    """
    Give the difference between a pattern and an event as text; None if there is none.
    """
    difference = pattern.difference(event)
    return None if difference is None else str(difference)


class TestEquality:
    def test_a_pattern_equals_what_fits_on_either_side(self):
        """
        Patterns and events compare in both directions, alone and in lists.
        """
        event = recorded(AuditHook)[0]
        assert pre("create") == event
        assert event == pre("create")
        assert [event] == [pre("create")]
        assert pre("delete") != event
        assert event != post("create")

    def test_a_pattern_that_names_no_outcome_matches_any(self):
        """
        A hook that raised fits a pattern that only names the place.
        """
        assert recorded(BrokenHook) == [pre("create"), body("create"), post("create")]

    def test_every_phase_has_its_pattern(self):
        """
        The five factories make patterns of their phases, and any other phase has one too.
        """
        patterns = [pre("p"), post("p"), body("p"), error("p"), periodic(), EventPattern("setup", "p")]
        assert [repr(pattern) for pattern in patterns] == [
            "pre('p')",
            "post('p')",
            "body('p')",
            "error('p')",
            "periodic()",
            "setup('p')",
        ]

    def test_patterns_equal_patterns_that_expect_the_same(self):
        """
        Two patterns are equal if they expect the same.
        """
        assert pre("p").with_args(1) == pre("p").with_args(1)
        assert pre("p").with_args(1) != pre("p").with_args(2)
        assert pre("p").with_args(Hostile()) != pre("p").with_args(Hostile())
        assert pre("p") != "pre"

    def test_a_pattern_has_no_hash(self):
        """
        It equals many events, so it has no hash.
        """
        with pytest.raises(TypeError, match="unhashable type: 'EventPattern'"):
            hash(pre("p"))

    def test_each_method_gives_another_pattern(self):
        """
        A pattern is not changed by what is built from it.
        """
        base = post("p")
        built = [
            base.with_args(1),
            base.with_arguments(a=1),
            base.result(1),
            base.returning(1),
            base.raising(KeyError),
            base.changing("a", 1),
        ]
        assert repr(base) == "post('p')"
        assert all(pattern is not base and pattern != base for pattern in built)

    def test_a_pattern_reads_like_the_code(self):
        """
        The repr is what one writes.
        """
        pattern = (
            post("create", hook=AuditHook)
            .with_args("ctx", metadata={"a": [1]})
            .with_arguments(name="vm-1")
            .result(42)
            .returning(None)
            .raising(KeyError, match="x+")
            .changing("metadata['a']", 2)
        )
        assert repr(pattern) == (
            "post('create', hook=AuditHook).with_args('ctx', metadata={'a': [1]}).with_arguments(name='vm-1')"
            ".result(42).returning(None).raising(KeyError, match='x+').changing(\"metadata['a']\", 2)"
        )
        assert repr(pre("p").raising((KeyError, OSError))) == "pre('p').raising((KeyError, OSError))"

    def test_matchers_work_inside(self):
        """
        ANY and pytest.approx decide, at any depth.
        """
        event = recorded(AuditHook, args=("ctx", {"size": [0.1 + 0.2]}))[0]
        assert event == pre("create").with_args(ANY, {"size": [pytest.approx(0.3)]})
        assert event != pre("create").with_args(ANY, {"size": [pytest.approx(0.4)]})

    def test_dirty_equals_works_inside(self):
        """
        Matchers of dirty-equals decide at any depth, in arguments, results and changes.
        """
        event = recorded(AuditHook, args=("ctx", "vm-1", {"size": 5, "tags": ["a", "b"]}))[0]
        metadata = IsPartialDict(size=IsPositiveInt, tags=Contains("a"))
        pattern = pre("create").with_args(IsStr(regex="c.x"), "vm-1", metadata)
        assert event == pattern.changing("metadata['audited']", IsTrueLike)
        pattern = pre("create").with_args(IsStr, "vm-1", {"size": ~IsPositiveInt, "tags": ANY})
        assert why(pattern, event) == "metadata['size']: expected ~IsPositiveInt, got 5"
        assert why(pre("create").with_args(ANY, ANY, IsPartialDict(size=6)), event) == (
            "metadata: expected IsPartialDict(size=6), got {'size': 5, 'tags': ['a', 'b']}"
        )

    def test_what_is_expected_stands_on_the_left(self):
        """
        The expected value is asked whether it equals the recorded one.
        """

        class Left:
            def __eq__(self, other):
                return True

            __hash__ = None

        class Right:
            def __eq__(self, other):
                raise RuntimeError("asked")

            __hash__ = None

        with pytest.raises(RuntimeError, match="asked"):
            assert Right() == 1
        assert recorded(args=("ctx", Right()))[0] == body("create").with_args("ctx", Left())

    def test_comparing_never_raises(self):
        """
        A value whose ``__eq__`` raises differs from all but itself.
        """
        value = Hostile()
        event = recorded(args=("ctx", value))[0]
        assert event == body("create").with_args("ctx", value)
        assert event != body("create").with_args("ctx", Hostile())


class TestPlace:
    @pytest.mark.parametrize("hook", [AuditHook, "runtime.recorded:AuditHook"])
    def test_a_hook_is_named_by_class_or_path(self, hook):
        """
        ``hook=`` takes a class and a class path.
        """
        event = recorded(AuditHook)[0]
        assert event == pre("create", hook=hook)
        assert event != pre("create", hook=QuotaHook)

    def test_a_hook_is_named_by_the_object(self):
        """
        ``hook=`` takes the hook itself, and no other of its class.
        """
        hook = AuditHook()
        event = recorded(hook)[0]
        assert event == pre("create", hook=hook)
        assert event != pre("create", hook=AuditHook())

    def test_a_body_is_of_no_hook(self):
        """
        A pattern with a hook does not fit a body.
        """
        event = recorded(AuditHook)[1]
        assert why(EventPattern("body", "create", hook=AuditHook), event) == (
            "hook: expected runtime.recorded:AuditHook, got none"
        )

    @pytest.mark.parametrize(
        ("pattern", "difference"),
        [
            (pre("delete"), "point: expected 'delete', got 'create'"),
            (post("create"), "phase: expected post, got pre"),
            (
                pre("create", hook=QuotaHook),
                "hook: expected runtime.recorded:QuotaHook, got runtime.recorded:AuditHook",
            ),
            (
                pre("create", hook="runtime.recorded.AuditHook"),
                (
                    "hook: expected runtime.recorded.AuditHook, got runtime.recorded:AuditHook; "
                    "a colon stands before the class"
                ),
            ),
            (EventPattern("pre"), None),
        ],
    )
    def test_a_difference_of_place_is_told(self, pattern, difference):
        """
        Point, phase and hook differ by name.
        """
        assert why(pattern, recorded(AuditHook)[0]) == difference

    def test_a_hook_in_place_of_the_name_is_refused(self):
        """
        The message says where a hook goes.
        """
        with pytest.raises(MisuseError) as caught:
            pre(AuditHook)
        assert str(caught.value) == (
            "pre() needs the name of a hook point, got <class 'runtime.recorded.AuditHook'>. Give a hook as hook=."
        )


class TestArguments:
    def test_with_args_is_exact_and_leaves_self_out(self):
        """
        All arguments are named, as they were passed, without a method's self.
        """
        event = recorded(AuditHook, metadata={"a": 1})[0]
        assert event == pre("create").with_args("ctx", "vm-1", metadata={"a": 1})
        assert event != pre("create").with_args("ctx", "vm-1")
        assert event != pre("create").with_args("ctx")

    def test_with_arguments_is_partial(self):
        """
        Some arguments are named by parameter, however they were passed.
        """
        event = recorded(AuditHook, metadata={"a": 1})[0]
        assert event == pre("create").with_arguments(name="vm-1")
        assert event == pre("create").with_arguments(name="vm-1").with_arguments(metadata={"a": 1})
        assert event != pre("create").with_arguments(nam="vm-1")

    @pytest.mark.parametrize(
        ("expected", "got", "difference"),
        [
            ({"owner": "alice"}, {"owner": "bob"}, "metadata['owner']: expected 'alice', got 'bob'"),
            ({"a": 1}, {}, "metadata['a']: expected 1, got (absent)"),
            ({}, {"a": 1}, "metadata['a']: expected (absent), got 1"),
            ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "metadata['a'][1]['b']: expected 2, got 3"),
            ([1], [1, 2], "metadata[1]: expected (absent), got 2"),
            ((1,), (2,), "metadata[0]: expected 1, got 2"),
            (Pair(1, 2), Pair(1, 3), "metadata[1]: expected 2, got 3"),
            (Volume(1), Volume(2), "metadata.size: expected 1, got 2"),
            ({1}, {2}, "metadata: expected {1}, got {2}"),
            ([1], (1,), "metadata: expected [1], got (1,)"),
            ("x" * 60, "y", f"metadata: expected '{'x' * 60}', got 'y'"),
        ],
        ids=repr,
    )
    def test_a_difference_in_an_argument_has_its_path(self, expected, got, difference):
        """
        The first difference within an argument is named by its path.
        """
        event = recorded(args=("ctx", "vm-1"), metadata=got)[0]
        assert why(body("create").with_args("ctx", "vm-1", metadata=expected), event) == difference
        assert why(body("create").with_arguments(metadata=expected), event) == difference

    def test_a_whole_that_differs_without_a_part_that_does_is_told(self):
        """
        A dataclass that says it differs, while no field does, is named as a whole.
        """
        (difference,) = list_of_differences([float("nan")], [float("-nan")])
        assert difference == Difference("argument", "it[0]", "nan", "nan")

        (difference,) = list_of_differences(OrderedDict(a=1, b=2), OrderedDict(b=2, a=1))
        assert difference.path == "it"

        class Never(dict):
            def __eq__(self, other):
                return False

            __hash__ = None

        (difference,) = list_of_differences(Never(a=1), Never(a=1))
        assert difference.path == "it"

    @pytest.mark.parametrize(
        ("pattern", "difference"),
        [
            (body("create").with_args("ctx", name="vm-1"), "name: expected 'vm-1' by keyword, got 'vm-1' by position"),
            (body("create").with_args("ctx", "vm-2"), "name: expected 'vm-2', got 'vm-1'"),
            (body("create").with_args("ctx"), "name: expected (absent), got 'vm-1'"),
            (body("create").with_args("ctx", "vm-1", {}), "metadata: expected {}, got (absent)"),
            (body("create").with_args("ctx", "vm-1", None, 4), "metadata: expected None, got (absent)"),
            (body("create").with_args("ctx", "vm-1", flavor=1), "flavor: expected 1, got (absent)"),
        ],
    )
    def test_how_arguments_are_passed_counts(self, pattern, difference):
        """
        By position and by keyword are two things for ``with_args``.
        """
        assert why(pattern, recorded()[0]) == difference

    def test_an_argument_passed_by_keyword_is_not_one_by_position(self):
        """
        What was passed by keyword is not what is expected by position.
        """
        with Recorder() as recorder:
            Api().create("ctx", name="vm-1")
        assert why(body("create").with_args("ctx", "vm-1"), recorded_event := recorder.events[0]) == (
            "name: expected 'vm-1' by position, got 'vm-1' by keyword"
        )
        assert recorded_event == body("create").with_args("ctx", name="vm-1")

    def test_arguments_without_names_go_by_number(self):
        """
        What a ``*args`` parameter takes, and what a function without signature is given, is counted.
        """
        registry = hookkit.HookRegistry("recorded")

        class Odd:
            __signature__ = "none"

            def __call__(self, *args):
                pass

        with Recorder() as recorder:
            registry.add_hook("many")(lambda first, *rest: None)(1, 2, 3)
            registry.add_hook("odd")(Odd())(1)
        many, odd = recorder.events
        assert why(body("many").with_args(1, 2, 4), many) == "args[1]: expected 4, got 3"
        assert why(body("odd").with_args(2), odd) == "args[0]: expected 2, got 1"


def list_of_differences(expected, got):
    """
    Give the differences between two values that are called ``it``.
    """
    from hookkit.recording._differences import differences

    return list(differences("argument", "it", expected, got))


class Fickle:
    """
    Differs the first time it is compared, and not again.
    """

    compared = False

    def __eq__(self, other):
        was, self.compared = self.compared, True
        return was

    __hash__ = None


@pytest.mark.parametrize("wrap", [lambda item: [item], Volume], ids=["list", "dataclass"])
def test_a_part_that_is_equal_after_all_leaves_the_whole(wrap):
    """
    Where no part can be named the whole is.
    """
    (difference,) = list_of_differences(wrap(Fickle()), wrap(1))
    assert difference.path == "it"


def test_a_field_that_is_not_compared_does_not_differ():
    """
    Fields of dataclasses that take no part in ``==`` are passed over.
    """

    @dataclass
    class Noted:
        note: str = field(compare=False)
        size: int

    (difference,) = list_of_differences(Noted("a", 1), Noted("b", 2))
    assert str(difference) == "it.size: expected 1, got 2"
    assert list_of_differences(Noted("a", 1), Noted("b", 1)) == []


class TestOutcome:
    def test_result_is_what_a_post_was_given(self):
        """
        The result is compared with what went into the hook.
        """
        event = recorded(QuotaHook)[1]
        assert event == post("create").result(21).returning(42)
        assert why(post("create").result(42), event) == "result: expected 42, got 21"
        assert why(post("create").returning(21), event) == "returned: expected 21, got 42"

    def test_only_a_post_has_a_result(self):
        """
        The message says what to use instead.
        """
        with pytest.raises(MisuseError) as caught:
            body("create").result(1)
        assert str(caught.value) == (
            "Only a post is given a result, a body is not. Use returning() for what comes back."
        )

    def test_returning_none_is_told_from_raising(self):
        """
        A hook that raised returned nothing, not None.
        """
        assert why(pre("create").returning(None), recorded(BrokenHook)[0]) == (
            "returned: expected None, got nothing; it raised KeyError: 'project', which was swallowed"
        )
        assert recorded(AuditHook)[0] == pre("create").returning(None)

    @pytest.mark.parametrize(
        "pattern",
        [
            pre("create").raising(KeyError),
            pre("create").raising(LookupError, match="proj"),
            pre("create").raising((OSError, KeyError), match=re.compile("PROJECT", re.IGNORECASE)),
        ],
        ids=repr,
    )
    def test_raising_matches_class_and_text(self, pattern):
        """
        A class or several, subclasses included, and a regular expression for the text.
        """
        assert recorded(BrokenHook)[0] == pattern

    @pytest.mark.parametrize(
        ("pattern", "difference"),
        [
            (pre("create").raising(OSError), "raised: expected OSError, got KeyError: 'project'"),
            (
                pre("create").raising((OSError, KeyError), match="x"),
                "raised: expected OSError or KeyError matching 'x', got KeyError: 'project'",
            ),
            (
                pre("create").raising(KeyError, match=re.compile("y")),
                "raised: expected KeyError matching 'y', got KeyError: 'project'",
            ),
        ],
        ids=repr,
    )
    def test_another_exception_is_told(self, pattern, difference):
        """
        What was raised instead is named.
        """
        event = recorded(BrokenHook)[0]
        assert why(pattern, event) == difference
        assert not event.is_looked_at

    def test_no_exception_is_told(self):
        """
        A hook that raised nothing does not fit, and one under way says so.
        """
        event = recorded(AuditHook)[0]
        assert why(pre("create").raising(KeyError), event) == "raised: expected KeyError, got no exception"
        event.duration_ns = None
        assert why(pre("create").raising(KeyError), event) == (
            "raised: expected KeyError, got nothing yet: it is not over"
        )

    def test_an_exception_without_text_matches_no_text(self):
        """
        An exception whose ``__str__`` raises fits by class, and no match.
        """

        class Mute(Exception):  # noqa: N818 - what a host may call it
            def __str__(self):
                raise RuntimeError("mute")

        class Raises:
            def pre(self, *args):
                raise Mute

        event = recorded(Raises)[0]
        assert event == pre("create").raising(Mute)
        assert why(pre("create").raising(Mute, match="."), event) == (
            "raised: expected Mute matching '.', got Mute (whose str raised RuntimeError)"
        )

    @pytest.mark.parametrize("kind", ["KeyError", KeyError("x"), int, (KeyError, 1)], ids=repr)
    def test_raising_takes_exception_classes(self, kind):
        """
        The message says what it takes.
        """
        with pytest.raises(MisuseError) as caught:
            pre("create").raising(kind)
        assert str(caught.value) == (
            f"raising() needs the class of an exception, got {kind!r}. Give its text as match=."
        )

    def test_changing_names_what_the_hook_mutated(self):
        """
        Path and value afterwards are compared with the changes.
        """
        event = recorded(AuditHook, metadata={})[0]
        assert event == pre("create").changing("metadata['audited']", after=True)
        assert event == pre("create").changing("metadata['audited']", ANY)
        assert why(pre("create").changing("metadata['audited']", after=False), event) == (
            "metadata['audited']: expected False, got True"
        )
        assert why(pre("create").changing("metadata['owner']", ABSENT), event) == (
            "metadata['owner']: expected (absent), got no change; changed: metadata['audited']"
        )

    def test_attributes_of_objects_change_too(self):
        """
        A hook that sets an attribute of an argument changes it.
        """

        class Renames:
            def pre(self, api, context, name):
                context.user = "bob"

        event = recorded(Renames, args=(Context("alice"), "vm-1"))[0]
        assert event == pre("create").changing("context.user", "bob")


class TestTitles:
    def test_a_pattern_has_a_title_and_a_line(self):
        """
        In a sentence and in a list a pattern shows what it expects of place and outcome.
        """
        assert post("create", hook=AuditHook()).title == "post create by AuditHook"
        assert periodic().title == "periodic of any point"
        assert periodic().line == "periodic (any)"
        assert body("create").returning(1).line == "body create -> 1"
        assert (
            pre("create", hook="m:A").raising(KeyError, match="x").line == "pre  create A raised KeyError matching 'x'"
        )
