"""
Which items of two sequences belong together.
"""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hookkit.recording._alignment import align, full_matching


def unlike(one, other):
    """
    Say that nothing is similar.
    """
    return False


def near(one, other):
    """
    Say that neighbours are similar.
    """
    return abs(one - other) <= 1


class Counted:
    """
    A number that counts how often it is compared.
    """

    comparisons = itertools.count()

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        next(self.comparisons)
        return self.number == other.number

    __hash__ = None


def numbers(*parts):
    """
    Give a list of numbers to compare.
    """
    return [Counted(number) for number in itertools.chain(*parts)]


class TestAlign:
    @given(st.lists(st.integers(0, 3), max_size=7), st.lists(st.integers(0, 3), max_size=7))
    def test_an_alignment_has_each_item_once_and_in_order(self, expected, recorded):
        """
        Laid side by side, both sequences are whole and in order, and equal rows are equal.
        """
        rows = align(expected, recorded, unlike)
        assert [row.expected for row in rows if row.expected is not None] == list(range(len(expected)))
        assert [row.recorded for row in rows if row.recorded is not None] == list(range(len(recorded)))
        for row in rows:
            pair = row.expected is not None and row.recorded is not None
            assert row.is_equal is (pair and expected[row.expected] == recorded[row.recorded])
        assert all(row.is_equal for row in rows) is (expected == recorded)

    def test_what_is_similar_is_laid_side_by_side(self):
        """
        Similar items are compared with each other, whatever is missing between them.
        """
        assert align([10, 20], [11, 9, 21], near) == [(0, 0, False), (None, 1, False), (1, 2, False)]
        assert align([10, 20], [5, 11, 21], near) == [(None, 0, False), (0, 1, False), (1, 2, False)]
        assert align([20, 10], [21, 5], near) == [(0, 0, False), (1, 1, False)]

    def test_long_sequences_are_aligned_around_their_first_differences(self):
        """
        Of 10,000 items one that is missing and one that is too many are found, with few comparisons.
        """
        began = next(Counted.comparisons)
        rows = align(numbers(range(10_000)), numbers(range(300), [-1], range(300, 5000), range(5001, 10_000)), unlike)
        assert [row for row in rows if not row.is_equal] == [(None, 300, False), (5000, None, False)]
        assert next(Counted.comparisons) - began < 200_000

    def test_what_comes_after_many_differences_is_compared_as_it_comes(self):
        """
        Sequences that have nothing in common cost no more than in proportion to their length.
        """
        began = next(Counted.comparisons)
        rows = align(numbers(range(3000)), numbers(range(5000, 10_000)), unlike)
        assert len(rows) == 5000
        assert not any(row.is_equal for row in rows)
        assert next(Counted.comparisons) - began < 200_000


class TestFullMatching:
    @given(st.lists(st.sets(st.integers(0, 4), min_size=1), max_size=5))
    def test_a_matching_is_as_large_as_can_be(self, wanted):
        """
        No other way of pairing gives more pairs.
        """

        class OneOf:
            def __init__(self, choices):
                self.choices = choices

            def __eq__(self, other):
                return other in self.choices

            __hash__ = None

        def most(left, free):
            if not left:
                return 0
            rest = left[1:]
            return max([most(rest, free), *(1 + most(rest, free - {j}) for j in left[0] & free)])

        matching = full_matching([OneOf(choices) for choices in wanted], range(5))
        pairs = [(i, j) for i, j in enumerate(matching) if j is not None]
        assert len({j for _, j in pairs}) == len(pairs) == most(wanted, frozenset(range(5)))
        assert all(j in wanted[i] for i, j in pairs)

    def test_long_sequences_that_are_nearly_in_order_take_few_comparisons(self):
        """
        Each item is looked for at its own place first.
        """
        began = next(Counted.comparisons)
        swapped = numbers(range(2000), reversed(range(2000, 2010)))
        assert full_matching(numbers(range(2010)), swapped)[-1] == 2000
        assert next(Counted.comparisons) - began < 20_000

    def test_long_chains_are_followed(self):
        """
        Where each item has to make room for the one before, depth is no matter.
        """

        class Pair:
            def __init__(self, number):
                self.number = number

            def __eq__(self, other):
                return other in (self.number, (self.number + 1) % 3000)

            __hash__ = None

        matching = full_matching([Pair(number) for number in range(3000)], [(n + 1) % 3000 for n in range(3000)])
        assert None not in matching
