"""How many can have given both answers, against every table there is."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, combinations_with_replacement

import pytest

from csea_stats.errors import CountError
from csea_stats.estimators.overlaps import feasible_overlaps


@pytest.mark.parametrize(
    ("offered", "chosen", "base"), [(3, 2, 4), (4, 2, 4), (4, 3, 5), (5, 3, 3), (4, 1, 5), (5, 4, 4)]
)
def test_overlaps_are_those_of_every_set_of_respondents(offered: int, chosen: int, base: int) -> None:
    """By enumeration of all that they can have answered: exactly the overlaps that occur, for each margin."""
    sets = [frozenset(found) for found in combinations(range(offered), chosen)]
    seen: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for answers in combinations_with_replacement(sets, base):
        counts = tuple(sum(item in found for found in answers) for item in range(offered))
        seen[counts].add(sum({0, 1} <= found for found in answers))
    for counts, overlaps in seen.items():
        assert set(feasible_overlaps(counts[0], counts[1], counts[2:], base, chosen)) == overlaps


def test_overlaps_of_free_choice_are_frechets() -> None:
    """Margins alone bind where any number of answers could be given."""
    assert feasible_overlaps(46, 35, [1, 2], 49, None) == range(32, 36)
    assert feasible_overlaps(0, 5, (), 9, None) == range(1)
    assert feasible_overlaps(9, 9, (), 9, None) == range(9, 10)


def test_overlap_of_two_rare_answers_is_limited_by_the_common_ones() -> None:
    """Exactly three each of 49: two answers named by 46 and 43 leave 98 - 89 = 9 who can share two others."""
    assert feasible_overlaps(18, 14, [46, 43, 20, 6], 49, 3) == range(10)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((50, 3, (), 49, None), "50 of 49"),
        ((5, 3, [60], 49, 3), "60 of 49"),
        ((5, 3, [4], 10, 2), "12 answers from 10 respondents"),
        ((0, 0, [0], 10, 0), "at least 1 from each"),
        ((-1, 3, (), 49, None), "-1"),
        ((5, 3, (), 49.0, None), "49.0"),
    ],
)
def test_contradictory_margins_are_errors(arguments: tuple[object, ...], words: str) -> None:
    """The counts that do not go together are named."""
    with pytest.raises(CountError, match=words):
        feasible_overlaps(*arguments)  # type: ignore[arg-type]
