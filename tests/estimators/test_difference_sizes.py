"""Differences in a population whose groups have known sizes: enumeration, limits, simulation, rules."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

import csea_stats
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.comparison import Difference
from csea_stats.estimators.difference import difference
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.group_tables import LOGISTIC
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, SelectionBounds

SIDES = (((20, 24),), ((12, 25),))


def sized(sizes, sides=SIDES):
    """The difference in groups of known sizes, and that a target has them."""
    return Difference(sides=sides, sizes=sizes), Participation(size=sum(sizes))


@pytest.mark.parametrize(("table", "sizes"), [((3, 5, 2, 6), (9, 11)), ((7, 7, 4, 6), (15, 8)), ((0, 3, 0, 4), (5, 4))])
def test_a_random_draw_against_enumeration(table, sizes):
    x1, n1, x2, n2 = table
    laws = [stats.betabinom(size - n, x + 0.5, n - x + 0.5) for x, n, size in ((x1, n1, sizes[0]), (x2, n2, sizes[1]))]
    rows = sorted(
        ((x1 + j) / sizes[0] - (x2 + k) / sizes[1], laws[0].pmf(j) * laws[1].pmf(k))
        for j, k in product(range(sizes[0] - n1 + 1), range(sizes[1] - n2 + 1))
    )
    values, below = np.array([row[0] for row in rows]), np.cumsum([row[1] for row in rows])
    # the largest place among equal values holds the whole of their probability
    expected = [values[np.searchsorted(below, p)] for p in (0.025, 0.975)]
    gap, drawn_at_random = sized(sizes, ((table[:2],), (table[2:],)))
    assert gap.limits("jeffreys", 0.95, drawn_at_random) == pytest.approx(expected, abs=1e-12)
    above = sum(chance for value, chance in rows if value > 1e-9)
    assert gap.above(0.0, "jeffreys", drawn_at_random) == pytest.approx((above, above), abs=1e-9)


def test_all_of_a_group_is_counted():
    for method in ("jeffreys", "uniform", "newcombe", LOGISTIC):
        limits = sized((24, 25))[0].limits(method, 0.95, Participation(reach=2.0, size=49))
        assert limits == pytest.approx((20 / 24 - 12 / 25,) * 2, abs=1e-12)
    found = difference((20, 24), (12, 25), sizes=(24, 25), target=FinitePopulation(49))
    assert [doubt.code for doubt in found.caveats] == ["census"]
    assert (found.interval, found.verdict.word) == (None, "true of them")


@pytest.mark.slow
def test_large_groups_are_as_a_large_population():
    gap, known = sized((2000, 2000))
    for method in ("jeffreys", "newcombe", "uniform"):
        some, all_ = gap.limits(method, 0.95, known), gap.limits(method, 0.95, Participation())
        assert all_[0] < some[0] < all_[0] + 0.003
        assert all_[1] - 0.003 < some[1] < all_[1]
    some, all_ = (Participation(tau=0.5, correlation=0.5, size=size) for size in (4000, None))
    assert gap.limits("jeffreys", 0.95, some) == pytest.approx(gap.limits("jeffreys", 0.95, all_), abs=0.004)
    above = [gap.above(0.0, "jeffreys", who)[0] for who in (some, all_)]
    assert above[0] == pytest.approx(above[1], abs=0.003)


def drawn(shares, sizes, rng):
    parts = [(x + rng.binomial(size - n, p)) / size for (((x, n),), p), size in zip(zip(SIDES, shares), sizes)]  # noqa: B905
    return parts[0] - parts[1]


@pytest.mark.slow
def test_a_population_against_simulation():
    rng = np.random.default_rng(7)
    size, sizes, tau, rho, mean = 400_000, (100, 150), 0.6, 0.25, 0.3
    common, shares = rng.standard_normal(size), []
    for ((x, n),) in SIDES:
        lost = mean + tau * (math.sqrt(rho) * common + math.sqrt(1 - rho) * rng.standard_normal(size))
        shares.append(special.expit(special.logit(rng.beta(x + 0.5, n - x + 0.5, size)) - lost))
    gaps = drawn(shares, sizes, rng)
    gap, who = sized(sizes)[0], Participation(tau=tau, mean=mean, correlation=rho, size=250)
    lower, upper = gap.limits("jeffreys", 0.95, who)
    ours = lower, *gap.medians("jeffreys", 0.95, who), upper
    # values lie 1/300 apart
    np.testing.assert_allclose(ours, np.quantile(gaps, [0.025, 0.5, 0.5, 0.975]), atol=1 / 300 + 1e-9)
    above = gap.above(0.0, "jeffreys", who)[0]
    assert above == pytest.approx((gaps > 1e-9).mean(), abs=0.003)


@pytest.mark.slow
def test_the_regression_prior_against_simulation():
    rng = np.random.default_rng(11)
    size, sizes = 500_000, (100, 150)
    alpha, b = special.logit(rng.beta(0.5, 0.5, size)), rng.logistic(0, 1, size)
    l1, l2 = alpha + b * 25 / 49, alpha - b * 24 / 49
    log = 20 * special.log_expit(l1) + 4 * special.log_expit(-l1) + 12 * special.log_expit(l2)
    weight = np.exp(log + 13 * special.log_expit(-l2))
    gaps = drawn((special.expit(l1), special.expit(l2)), sizes, rng)
    order = np.argsort(gaps)
    below = np.cumsum(weight[order]) / weight.sum()
    expected = gaps[order][np.searchsorted(below, [0.025, 0.975])]
    gap, drawn_at_random = sized(sizes)
    np.testing.assert_allclose(gap.limits(LOGISTIC, 0.95, drawn_at_random), expected, atol=2 / 300 + 1e-9)


@pytest.mark.slow
@given(st.integers(0, 9), st.integers(0, 12), st.integers(0, 12), st.booleans())
@settings(max_examples=20, deadline=None)
def test_sets_widen_and_groups_turn_over(x1, x2, more, selected):
    target = Population(size=60) if selected else FinitePopulation(60)
    narrow = difference((x1, 9), (x2, 12), sizes=(20, 40), target=target)
    wide = difference((x1, 9), ({x2, more}, 12), sizes=(20, 40), target=target)
    back = difference((x2, 12), (x1, 9), sizes=(40, 20), target=target)
    for one, other, turned in (
        (narrow.interval, wide.interval, back.interval),
        (narrow.companion, wide.companion, back.companion),
    ):
        assert other.lower <= one.lower + 1e-9
        assert one.upper <= other.upper + 1e-9
        # the quantile of a lattice is the value at or above, so turned over it may be one step off
        assert turned.lower == pytest.approx(-one.upper, abs=1 / 40 + 1e-9)
    assert narrow.interval.lower >= (x1 / 20) - (x2 + 28) / 40 - 1e-9


def test_nothing_assumed_still_leaves_bounds():
    found = difference((20, 24), (12, 25), sizes=(30, 40), target=Population(SelectionBounds(ratio=math.inf), size=70))
    assert found.bounds == pytest.approx((20 / 30 - 27 / 40, 26 / 30 - 12 / 40))
    assert (found.interval, found.verdict.word) == (None, "not settled")


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "target",
    [
        FinitePopulation(300),
        FinitePopulation(300, design_effect=1.3),
        Population(size=300),
        Population(Selection(mean=0.3, reason="asked of two field workers"), size=300),
        Population(SelectionBounds(ratio=2), size=300),
    ],
    ids=repr,
)
def test_the_call_makes_the_estimate_again(target):
    found = difference((7, 7), (28, 42), sizes=(20, 60), target=target)
    assert eval(found.provenance.call, {"csea_stats": csea_stats}) == found
    assert found.interval.lower < found.interval.upper
    if not isinstance(target, FinitePopulation):
        assert found.companion.lower < found.interval.lower


def test_what_is_refused():
    def call(**keys):
        return difference((7, 7), (28, 42), **keys)

    with pytest.raises(UnsupportedTarget, match="give sizes="):
        call(target=FinitePopulation(300))
    with pytest.raises(InputError, match="no target has a size"):
        call(sizes=(20, 60))
    with pytest.raises(InputError, match="at least 42"):
        call(sizes=(20, 40), target=FinitePopulation(300))
    with pytest.raises(InputError, match="together more"):
        call(sizes=(20, 300), target=FinitePopulation(300))
    with pytest.raises(InputError, match="either group"):
        call(sizes=20, target=FinitePopulation(300))
    with pytest.raises(CountError, match="whole number"):
        call(sizes=(20.5, 60), target=FinitePopulation(300))
    with pytest.raises(UnsupportedTarget, match="hardly matters"):
        call(sizes=(20, 5000), target=FinitePopulation(9000))
    with pytest.raises(UnsupportedTarget, match="newcombe"):
        call(sizes=(20, 60), method="agresti-caffo", target=FinitePopulation(300))
    with pytest.raises(UnsupportedTarget, match="jeffreys"):
        call(sizes=(20, 60), method="newcombe", target=Population(size=300))
    with pytest.raises(InputError, match="only a difference"):
        call(sizes=(20, 60), measure="ratio", target=FinitePopulation(300))
    tiers = call(sizes=(20, 60), target=(Respondents(), FinitePopulation(300)))
    assert [member.interval is None for member in tiers] == [True, False]
