"""
Snapshots of values, and the changes between two of them.
"""

import dataclasses
import datetime as dt
import random
import types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from typing import NamedTuple
from unittest import mock

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hookkit.recording import ABSENT, Change
from hookkit.recording._changes import Comparison
from hookkit.recording._snapshot import Snapshot, attributes_of


@dataclasses.dataclass
class Volume:
    size: int
    tags: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class Flavor:
    name: str
    extra: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(eq=False)
class Server:
    name: str


@dataclasses.dataclass
class OwnEquality:
    name: str

    def __eq__(self, other):
        return True

    __hash__ = None


@dataclasses.dataclass
class Finalized:
    name: str

    def __del__(self):
        """
        Would run twice if there were a copy.
        """


class Point(NamedTuple):
    x: object
    y: object


Pair = namedtuple("Pair", "left right")  # noqa: PYI024 - the older form


class Holder:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Hostile:
    """
    Raises whatever is asked of it.
    """

    def _raise(self, *args):
        raise RuntimeError("hostile")

    __eq__ = __hash__ = __repr__ = __str__ = __deepcopy__ = __copy__ = __reduce__ = __bool__ = __len__ = __iter__ = (
        _raise
    )

    def __getattr__(self, name):
        raise RuntimeError("hostile")


def taken(*values):
    snapshot = Snapshot()
    copies = [snapshot.copy(value) for value in values]
    snapshot.finish()
    return copies, snapshot


def copy_of(value):
    return taken(value)[0][0]


def changes(value, mutate):
    """
    Give the changes that *mutate* makes to *value*, which is called ``it``.
    """
    (before,), first = taken(value)
    mutate(value)
    (after,), second = taken(value)
    return list(Comparison(first, second).changes({"it": before}, {"it": after}))


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.binary(max_size=3)
)
keys = st.text(max_size=2) | st.integers(0, 5) | st.tuples(st.integers(0, 2))


def containers(inner):
    lists = st.lists(inner, max_size=4)
    mappings = st.dictionaries(keys, inner, max_size=4)
    return st.one_of(
        lists,
        mappings,
        lists.map(tuple),
        lists.map(deque),
        mappings.map(OrderedDict),
        mappings.map(lambda items: defaultdict(list, items)),
        st.sets(keys, max_size=3),
        st.builds(Volume, st.integers(), lists),
        st.builds(Flavor, st.text(max_size=2), mappings),
        st.builds(Point, inner, inner),
    )


values = st.recursive(scalars, containers, max_leaves=12)


def scramble(value, chance):
    """
    Mutate *value* in place, somewhere, as *chance* has it.
    """
    if isinstance(value, list | deque) and value and chance.random() < 0.7:
        scramble(value[chance.randrange(len(value))], chance)
    elif isinstance(value, dict) and value and chance.random() < 0.7:
        scramble(chance.choice(list(value.values())), chance)
    if isinstance(value, list | deque):
        action = chance.choice([value.clear, value.reverse, lambda: value.append(chance.random()), lambda: None])
        action()
    elif isinstance(value, dict):
        key = chance.choice([*value, "new"])
        if chance.random() < 0.5:
            value[key] = chance.random()
        else:
            value.pop(key, None)
    elif isinstance(value, set):
        value.add(chance.random())
    elif isinstance(value, Volume):
        value.size += 1


class TestCopy:
    @given(values)
    def test_a_copy_equals_the_original(self, value):
        """
        A copy equals its original and is of the same type.
        """
        copy = copy_of(value)
        assert copy == value
        assert type(copy) is type(value)

    @given(values, st.randoms(use_true_random=False))
    @example({1}, random.Random(1))
    @example(Volume(1, []), random.Random(1))
    def test_a_copy_stays_what_the_original_was(self, value, chance):
        """
        Whatever is done to the original afterwards, the copy is what it was.
        """
        copy, twin = copy_of(value), copy_of(value)
        scramble(value, chance)
        assert copy == twin

    @pytest.mark.parametrize(
        "original",
        [
            [1],
            {"a": 1},
            {1},
            bytearray(b"a"),
            deque([1], maxlen=3),
            OrderedDict(a=1),
            defaultdict(list, a=[1]),
            Counter("aab"),
            ([1],),
            Pair([1], 2),
            Point([1], 2),
            Volume(1, [2]),
            Flavor("a", {"b": 1}),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_containers_are_copied_and_keep_their_kind(self, original):
        """
        The standard library's containers and plain dataclasses are copied as what they are.
        """
        copy = copy_of(original)
        assert copy is not original
        assert copy == original
        assert type(copy) is type(original)

    def test_what_belongs_to_a_container_is_kept(self):
        """
        A deque's bound and a defaultdict's factory are there in the copy.
        """
        assert copy_of(deque([1], maxlen=3)).maxlen == 3
        assert copy_of(defaultdict(list)).default_factory is list

    @pytest.mark.parametrize(
        "original",
        [
            Holder(),
            Hostile(),
            Server("a"),
            OwnEquality("a"),
            Finalized("a"),
            mock.Mock(),
            type("List", (list,), {})(),
            type("Tuple", (tuple,), {})(),
            Volume,
            len,
            types,
            iter([1]),
            dt.date(2020, 1, 1),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_all_else_stays_what_it_is(self, original):
        """
        Objects of other classes are not copied.
        """
        assert copy_of(original) is original
        assert copy_of([original])[0] is original

    def test_what_is_not_copied_has_its_reason(self):
        """
        The objects above do say that they are equal, or raise.
        """
        assert OwnEquality("a") == OwnEquality("b")
        for touch in (repr, lambda value: value.name):
            with pytest.raises(RuntimeError, match="hostile"):
                touch(Hostile())

    def test_a_tuple_of_constants_stays_what_it_is(self):
        """
        A tuple in which nothing can change is not copied.
        """
        original = (1, ("a", None))
        assert copy_of(original) is original

    def test_cycles_are_kept(self):
        """
        What holds itself has a copy that holds itself.
        """
        items = []
        items.append({"items": items, "pair": (items,)})
        copy = copy_of(items)
        assert copy[0]["items"] is copy
        assert copy[0]["pair"][0] is copy

    def test_a_tuple_that_holds_itself_is_copied_once(self):
        """
        A cycle through a tuple ends.
        """
        original = ([],)
        original[0].append(original)
        copy = copy_of(original)
        assert copy[0][0] is copy
        assert copy is not original

    def test_aliases_are_kept(self):
        """
        One object at two places is one copy at two places.
        """
        shared = [1]
        (first, second), _ = taken({"a": shared, "b": shared}, shared)
        assert first["a"] is first["b"] is second

    def test_an_object_is_kept_on_demand(self):
        """
        What is to be kept is not copied, wherever it is.
        """
        owner = Volume(1)
        snapshot = Snapshot()
        snapshot.keep(owner)
        assert snapshot.copy([owner])[0] is owner
        assert snapshot.copy(owner) is owner

    def test_what_is_nested_too_deep_stays_from_there_on(self):
        """
        Deep nesting is copied as far as the stack allows, without an error.
        """
        deep = []
        for _ in range(100_000):
            deep = [deep]
        copy = copy_of(deep)
        assert copy is not deep
        while deep:  # taken apart here, where no destructor nests
            deep = deep.pop()

    def test_empty_slots_stay_empty(self):
        """
        A dataclass with an attribute missing has a copy with the same one missing.
        """
        flavor = Flavor("a")
        object.__delattr__(flavor, "extra")
        assert dict(attributes_of(copy_of(flavor))) == {"name": "a"}

    def test_attributes_beside_the_fields_are_copied(self):
        """
        What was set on a dataclass beside its fields is in the copy.
        """
        volume = Volume(1)
        volume.note = ["x"]
        copy = copy_of(volume)
        assert copy.note == ["x"]
        assert copy.note is not volume.note


class TestHostileKeys:
    def test_a_key_whose_hash_raises_keeps_its_value(self):
        """
        Where a value cannot be set because its key's hash raises, the original value stays.
        """

        class Key:
            broken = False

            def __hash__(self):
                if self.broken:
                    raise RuntimeError("hash")
                return 1

        key, value = Key(), [1]
        original = {key: value, "other": [2]}
        key.broken = True
        copy = copy_of(original)
        key.broken = False
        assert copy[key] is value
        assert copy["other"] is not original["other"]

    def test_a_key_whose_hash_lies_adds_nothing(self):
        """
        A copy has no more keys than its original.
        """

        class Key:
            answer = 1

            def __hash__(self):
                return self.answer

        key = Key()
        original = {key: [1]}
        key.answer = 2
        assert len(copy_of(original)) == 1

    def test_a_mapping_that_cannot_be_copied_stays(self):
        """
        An OrderedDict hashes its keys when it is copied; if that raises it is kept as it is.
        """

        class Key:
            broken = False

            def __hash__(self):
                if self.broken:
                    raise RuntimeError("hash")
                return 1

        key = Key()
        original = OrderedDict({key: 1})
        key.broken = True
        assert copy_of(original) is original


class TestNoted:
    def test_attributes_are_noted_one_level_deep(self):
        """
        The attributes of what is not copied are noted, those of what they hold are not.
        """
        inner = Holder(name="inner")
        outer = Holder(inner=inner, tags=["a"])
        _, snapshot = taken([outer])
        outer.tags.append("b")
        assert snapshot.noted == {id(outer): (outer, {"inner": inner, "tags": ["a"]})}

    def test_nothing_is_noted_of_what_is_kept(self):
        """
        A method's self has no attributes noted.
        """
        owner = Holder(name="a")
        snapshot = Snapshot()
        snapshot.keep(owner)
        snapshot.copy([owner])
        snapshot.finish()
        assert snapshot.noted == {}

    def test_the_books_of_mocks_are_not_noted(self):
        """
        What a mock keeps about its calls is no attribute, what a test sets on it is.
        """
        context = mock.Mock(user="alice")
        context.elevated()
        _, snapshot = taken(context)
        assert snapshot.noted[id(context)][1].keys() & {"user", "elevated", "method_calls", "_mock_children"} == {
            "user"
        }

    def test_modules_have_nothing_noted(self):
        """
        A module's names are not noted.
        """
        assert taken(types)[1].noted == {}

    def test_a_dict_that_is_something_else_is_not_noted(self):
        """
        A class that makes something else of ``__dict__`` has nothing noted.
        """

        class Odd:
            __dict__ = property(lambda self: "no dict")

        assert taken(Odd())[1].noted == {}

    @pytest.mark.parametrize(
        ("value", "is_constant"),
        [((1, "a"), True), ([], False), (Holder(a=1), False), (Holder(), False), (dt.date(2020, 1, 1), True)],
    )
    def test_a_snapshot_knows_whether_anything_can_change(self, value, is_constant):
        """
        A snapshot of constants alone is constant.
        """
        assert taken(value)[1].is_constant is is_constant


class TestChanges:
    @given(values)
    def test_nothing_changes_between_copies_of_the_same(self, value):
        """
        Two snapshots of the same value hold no change.
        """
        assert changes(value, lambda value: None) == []

    @given(values, st.randoms(use_true_random=False))
    def test_there_are_changes_if_and_only_if_the_values_differ(self, value, chance):
        """
        A value that is mutated has changes exactly if it does not equal what it was.
        """
        before = copy_of(value)
        found = changes(value, lambda value: scramble(value, chance))
        is_shown_alike = repr(before) == repr(value)
        assume(is_shown_alike or before != value)  # 0 and False, 0.0 and -0.0, sets in another order
        assert bool(found) is not is_shown_alike

    @given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
    def test_changes_of_a_list_lead_from_before_to_after(self, before, after):
        """
        The changes of a list, applied to what it was, make what it is.
        """
        work = list(before)
        work[:] = before
        found = changes(list(before), lambda value: value.__setitem__(slice(None), after))
        for path, _, new in [change for change in found if change.before is not ABSENT and change.after is not ABSENT]:
            work[int(path[3:-1])] = new
        for path, _, _ in reversed([change for change in found if change.after is ABSENT]):
            del work[int(path[3:-1])]
        for path, _, new in [change for change in found if change.before is ABSENT]:
            work.insert(int(path[3:-1]), new)
        assert work == after

    @given(
        st.dictionaries(st.text(max_size=2), values, max_size=4),
        st.dictionaries(st.text(max_size=2), scalars, max_size=4),
    )
    def test_changes_of_a_mapping_are_below_the_keys_that_changed(self, before, after):
        """
        Every key that differs is named by a change, and no other is.
        """
        expected = {key for key in {**before, **after} if before.get(key, ABSENT) != after.get(key, ABSENT)}
        kept = dict(before)
        (one,), first = taken(kept)
        (other,), second = taken(after)
        found = Comparison(first, second).changes({"it": one}, {"it": other})
        named = {key for key in {**before, **after} for change in found if change.path.startswith(f"it[{key!r}]")}
        types_differ = {key for key in before.keys() & after.keys() if type(before[key]) is not type(after[key])}
        assert expected <= named <= expected | types_differ

    @pytest.mark.parametrize(
        ("value", "mutate", "expected"),
        [
            ({"a": 1}, lambda it: it.update(a=2), [("it['a']", 1, 2)]),
            ({"a": 1}, lambda it: it.update(a=True), [("it['a']", 1, True)]),
            ({"a": [1]}, lambda it: it.pop("a"), [("it['a']", [1], ABSENT)]),
            ({}, lambda it: it.update({("a", 1): 2}), [("it[('a', 1)]", ABSENT, 2)]),
            ({"a": [[1]]}, lambda it: it["a"][0].append(2), [("it['a'][0][1]", ABSENT, 2)]),
            ([1, 2, 3], lambda it: it.insert(0, 0), [("it[0]", ABSENT, 0)]),
            ([1, 2, 3], lambda it: it.pop(1), [("it[1]", 2, ABSENT)]),
            ([1, [2], 3], lambda it: it[1].append(9), [("it[1][1]", ABSENT, 9)]),
            (deque([1]), lambda it: it.append(2), [("it[1]", ABSENT, 2)]),
            ({1}, lambda it: it.add(2), [("it", {1}, {1, 2})]),
            (bytearray(b"a"), lambda it: it.extend(b"b"), [("it", bytearray(b"a"), bytearray(b"ab"))]),
            (([1], 2), lambda it: it[0].append(3), [("it[0][1]", ABSENT, 3)]),
            (Point([1], 2), lambda it: it.x.clear(), [("it[0][0]", 1, ABSENT)]),
            ([(1, 2)], lambda it: it.__setitem__(0, (1,)), [("it[0]", (1, 2), (1,))]),
            (Volume(1, ["a"]), lambda it: it.tags.append("b"), [("it.tags[1]", ABSENT, "b")]),
            (Flavor("a", {}), lambda it: it.extra.update(b=1), [("it.extra['b']", ABSENT, 1)]),
            ([Volume(1)], lambda it: it.__setitem__(0, None), [("it[0]", Volume(1), None)]),
            (Holder(a=1), lambda it: setattr(it, "a", 2), [("it.a", 1, 2)]),
            (Holder(a=1), lambda it: delattr(it, "a"), [("it.a", 1, ABSENT)]),
            (Holder(), lambda it: setattr(it, "a", [1]), [("it.a", ABSENT, [1])]),
            (Holder(a={"b": 1}), lambda it: it.a.clear(), [("it.a['b']", 1, ABSENT)]),
            ([float("nan")], lambda it: it.__setitem__(0, float("nan")), []),
            ([1.0], lambda it: it.__setitem__(0, 2.0), [("it[0]", 1.0, 2.0)]),
            ([Decimal(1)], lambda it: it.__setitem__(0, Decimal("1.0")), []),
            ([Decimal(1)], lambda it: it.__setitem__(0, Decimal(2)), [("it[0]", Decimal(1), Decimal(2))]),
            ({"a": Hostile()}, lambda it: it.update(b=1), [("it['b']", ABSENT, 1)]),
            (
                OrderedDict(a=1, b=2),
                lambda it: it.move_to_end("a"),
                [("it", OrderedDict(a=1, b=2), OrderedDict(b=2, a=1))],
            ),
            (OrderedDict(a=1, b=2), lambda it: it.update(a=3), [("it['a']", 1, 3)]),
        ],
    )
    def test_a_change_has_its_path(self, value, mutate, expected):
        """
        What was mutated is told by path, before and after.
        """
        found = changes(value, mutate)
        assert found == [Change(*change) for change in expected]
        assert [tuple(change) for change in found] == expected

    def test_an_object_in_place_of_another_is_a_change(self):
        """
        Objects that are not copied are told apart by identity, whatever their ``__eq__`` says.
        """
        one, other = Hostile(), Hostile()
        (change,) = changes([one], lambda it: it.__setitem__(0, other))
        assert change.path == "it[0]"
        assert change.before is one
        assert change.after is other

    def test_what_is_reached_twice_is_told_once(self):
        """
        A change that several paths lead to stands under the first.
        """
        shared = {"a": 1}
        found = changes([shared, shared], lambda it: shared.update(a=2))
        assert found == [("it[0]['a']", 1, 2)]

    def test_a_cycle_is_compared_once(self):
        """
        Comparing what holds itself ends.
        """
        items = [1]
        items.append(items)
        assert changes(items, lambda it: it.append(2)) == [("it[2]", ABSENT, 2)]

    def test_keys_that_cannot_be_trusted_are_told_apart_by_identity(self):
        """
        A key whose ``__eq__`` raises is compared by what it is.
        """

        class Key:
            def __eq__(self, other):
                raise RuntimeError("eq")

            def __hash__(self):
                return 1

        with pytest.raises(RuntimeError, match="eq"):
            assert Key() == Key()
        key = Key()
        ((path, before, after),) = changes({key: 1}, lambda it: it.__setitem__(key, 2))
        assert path.startswith("it[<")
        assert (before, after) == (1, 2)

    def test_the_absent_value_says_so(self):
        """
        What stands for no value prints as that.
        """
        assert repr(ABSENT) == "(absent)"


def test_scrambling_needs_no_luck():
    """
    The property tests above do mutate values of each kind.
    """
    chance = random.Random(1)
    kinds = [[1], {"a": [1]}, {1}, Volume(1), deque([[1]]), 1]
    assert any(changes(kind, lambda it: scramble(it, chance)) for kind in kinds)
