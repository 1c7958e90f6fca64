"""Tests of guaranteed size: against SciPy's, against enumeration by hand, and how often each rejects."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

import csea_stats as cs
from csea_stats.base.error_rates import gap_decisions, gap_rate, pair_decisions, pair_rate
from csea_stats.base.sized_tests import (
    boschloo_region,
    exceeds,
    ordered_exceeds,
    pair_exceeds,
    permutation_exceeds,
    share_limits,
    sized_exceeds,
)
from csea_stats.results.certificates import equal_share_rate


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "n2"), [(4, 9), (7, 12)])
def test_of_two_groups_it_is_boschloos(n1, n2):
    region = boschloo_region(n1, n2, 0.025)
    for x1 in range(n1 + 1):
        for x2 in range(n2 + 1):
            table = [[x1, x2], [n1 - x1, n2 - x2]]
            p = stats.boschloo_exact(table, alternative="greater", n=64).pvalue
            if abs(p - 0.025) > 1e-4:  # SciPy looks at evenly spaced shares
                assert region[x1, x2] == exceeds((x1, n1, x2, n2), 0.0, 0.025) == (p <= 0.025)


def people_who_say_so(sizes, drawn):
    """Chance of every table for every pair of how many of either group say so."""
    first, second = (
        stats.hypergeom.pmf(np.arange(n + 1)[None, :], size, np.arange(size + 1)[:, None], n)
        for n, size in zip(drawn, sizes, strict=True)
    )
    return np.einsum("ax,by->abxy", first, second)


@pytest.mark.few(2)
@pytest.mark.parametrize("threshold", [0.0, 0.2, -0.35])
@pytest.mark.parametrize(
    ("drawn", "sizes"), [((6, 5), (8, 12)), ((7, 6), (14, 12)), ((3, 9), (3, 10)), ((5, 5), (9, 7))]
)
def test_two_groups_of_known_sizes_are_said_to_exceed_as_seldom_as_promised(drawn, sizes, threshold):
    """Against every pair of how many of either group say so, by hand."""
    tables = [(x1, drawn[0], x2, drawn[1]) for x1 in range(drawn[0] + 1) for x2 in range(drawn[1] + 1)]
    chances = people_who_say_so(sizes, drawn)
    gap = np.arange(sizes[0] + 1)[:, None] / sizes[0] - np.arange(sizes[1] + 1) / sizes[1]
    for tail in (0.025, 0.1):
        said = np.array([sized_exceeds(table, sizes, threshold, tail) for table in tables]).reshape(
            drawn[0] + 1, drawn[1] + 1
        )
        assert said.any() or sizes[0] < 9
        assert chances[gap <= threshold + 1e-9][:, said].sum(axis=1).max() <= tail + 1e-12


def test_of_two_groups_that_all_answered_the_difference_is_known():
    assert sized_exceeds((3, 4, 6, 9), (4, 9), 0.08, 0.001)
    assert not sized_exceeds((3, 4, 6, 9), (4, 9), 0.09, 0.4)


def test_groups_too_large_to_go_through_are_not():
    assert sized_exceeds((300, 600, 200, 600), (10**6, 10**6), 0.0, 0.025) is None


@pytest.mark.parametrize(
    ("threshold", "compared"),
    [(0.0, "difference"), (0.15, "difference"), (-0.3, "difference"), (1.0, "ratio"), (2.0, "ratio"), (0.6, "ratio")],
)
def test_two_groups_at_or_below_a_threshold_are_said_to_exceed_it_as_seldom_as_promised(threshold, compared):
    n1, n2 = 9, 6
    region = np.array(
        [[exceeds((x1, n1, x2, n2), threshold, 0.05, compared) for x2 in range(n2 + 1)] for x1 in range(n1 + 1)]
    )
    grid = np.linspace(0, 1, 41)
    p1, p2 = grid[:, None], grid[None, :]
    null = p1 - p2 <= threshold + 1e-12 if compared == "difference" else p1 <= threshold * p2 + 1e-12
    laws = [stats.binom(n, grid[:, None]).pmf(np.arange(n + 1)) for n in (n1, n2)]
    rates = (laws[0] @ region @ laws[1].T)[null]
    assert 0.01 < rates.max() <= 0.05
    assert region[n1, 0]
    assert not region[0, n2]


def test_of_pairs_it_is_mcnemars():
    for b in range(12):
        for c in range(12 - b):
            p = stats.binomtest(b, b + c, alternative="greater").pvalue if b + c else 1.0
            assert pair_exceeds((b, c, 11), 0.0, 0.025) == (p <= 0.025)


def test_pairs_at_another_difference_agree_with_the_limits_that_hold():
    shift = [cs.paired_difference(b, 2, 15, 0, threshold=0.1, level=0.9).verdict for b in (7, 13)]
    assert [one.word for one in shift] == ["not settled", "supported"]
    assert [one.rate for one in shift] == pytest.approx([0.1, 0.1])


def test_ordered_groups_against_every_way_in_which_the_answers_fall_into_them():
    first, second = (0, 1, 3), (3, 2, 1)
    answers = np.repeat(range(3), np.add(first, second))
    ranks = stats.rankdata(answers)
    sums = np.array([ranks[list(chosen)].sum() for chosen in combinations(range(len(answers)), 4)])
    observed = ranks[[answers.tolist().index(1), *np.flatnonzero(answers == 2)[:3]]].sum()
    p = np.mean(abs(sums - sums.mean()) >= abs(observed - sums.mean()) - 1e-9)
    assert permutation_exceeds(first, second, p / 2 + 1e-9)
    assert not permutation_exceeds(first, second, p / 2 - 1e-9)
    assert not permutation_exceeds(second, first, 0.49)


@pytest.mark.slow_for("1-sizes0", "1-sizes1", "0-sizes2", "0-sizes3")
@pytest.mark.parametrize("sizes", [(4, 42), (5, 42), (7, 42), (16, 33), (24, 25)])
@pytest.mark.parametrize("end", [0, 1])
def test_ordered_groups_that_differ_in_spread_alone(sizes, end):
    """One group all in the middle, each of the other at either end of the scale: superiority is 1/2."""
    few, many = sizes if end else sizes[::-1]

    def decided(high):
        spread, middle = (few - high, 0, high), (0, many, 0)
        return ordered_exceeds(spread, middle, 0.5, 0.025)

    least = next((high for high in range(few // 2, few + 1) if decided(high)), few + 1)
    rate = 2 * stats.binom.sf(least - 1, few, 0.5)
    assert rate <= 0.05
    assert rate > 0.01 or few < 6 or not end  # five of five are one chance in 32
    superiority = cs.superiority([few - least + 1, 0, least - 1], [0, many, 0]).verdict
    assert superiority.word in ("not settled", "too few answers")


@pytest.mark.slow
@pytest.mark.parametrize("threshold", [0.5, 0.7])
def test_ordered_groups_whatever_their_distributions(threshold):
    """All tables of 4 and 6 people in three categories, over distributions that put superiority at the threshold."""
    tables = [[(x, y, n - x - y) for x in range(n + 1) for y in range(n + 1 - x)] for n in (4, 6)]
    region = np.array([[ordered_exceeds(a, b, threshold, 0.025) for b in tables[1]] for a in tables[0]])
    turned = np.array([[ordered_exceeds(b, a, 1 - threshold, 0.025) for b in tables[1]] for a in tables[0]])
    grid = [(x / 20, y / 20, 1 - (x + y) / 20) for x in range(21) for y in range(21 - x)]
    worst = 0.0
    for p in grid:
        gains = np.array([1 - p[0] / 2, p[2] + p[1] / 2, p[2] / 2])
        for at in np.linspace(0, 1, 21):
            for low, high in (((0, at, 1 - at), (1, 0, 0)), ((0, 0, 1), (at, 1 - at, 0))):
                ends = gains @ low - threshold, gains @ high - threshold
                if ends[0] * ends[1] < 0:
                    part = ends[0] / (ends[0] - ends[1])
                    q = (1 - part) * np.array(low) + part * np.array(high)
                    laws = [stats.multinomial(n, r).pmf(t) for n, r, t in zip((4, 6), (p, q), tables, strict=True)]
                    worst = max(worst, float(laws[0] @ (region | turned) @ laws[1]))
    assert 0.005 < worst <= 0.05


@pytest.mark.parametrize("size", [10, 14, 60])
def test_limits_of_a_finite_population_hold_for_each_number_of_its_people(size):
    n = 10
    lower, upper = share_limits(range(n + 1), n, size, 0.025)
    for yes in range(size + 1):
        chance = stats.hypergeom(size, yes, n).pmf(range(n + 1))
        assert chance[(lower > yes / size + 1e-12)].sum() <= 0.025 + 1e-12
        assert chance[(upper < yes / size - 1e-12)].sum() <= 0.025 + 1e-12
    if size == n:
        assert lower.tolist() == upper.tolist() == [x / n for x in range(n + 1)]


@pytest.mark.parametrize(("n1", "n2", "level"), [(3, 200, 0.95), (7, 42, 0.95), (5, 9, 0.8)])
def test_the_rate_of_two_equal_shares_is_the_largest_of_any(n1, n2, level):
    above = gap_decisions(n1, n2, level)
    decided = above | above[::-1, ::-1]
    shares = np.linspace(0, 1, 5001)
    first, second = (stats.binom.pmf(np.arange(n + 1)[:, None], n, shares) for n in (n1, n2))
    rates = np.einsum("ip,ij,jp->p", first, decided.astype(float), second)
    assert gap_rate(n1, n2, level) == pytest.approx(rates.max(), abs=1e-6)
    assert gap_rate(n1, n2, level) >= rates.max() - 1e-12
    if n2 < 50 and level == 0.95:
        assert 0 <= equal_share_rate(n1, n2, level) - rates.max() <= 1.1e-5


def test_the_rate_of_pairs_is_the_largest_of_any():
    given = np.zeros(76)
    for m in range(1, 76):
        given[m] = 2 * stats.binom.pmf(np.arange(m + 1), m, 0.5)[pair_decisions(m, 0.8)].sum()
    shares = np.linspace(0, 1, 5001)
    rates = given @ stats.binom.pmf(np.arange(76)[:, None], 75, shares)
    assert pair_rate(75, 0.8) >= rates.max() - 1e-12
    assert pair_rate(75, 0.8) == pytest.approx(rates.max(), abs=1e-6)
