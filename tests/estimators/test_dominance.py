"""Superiority on an ordered scale: against R and SciPy, exact moments, draws, enumeration, coverage."""

import csv
import math
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

import csea_stats as cs
from csea_stats.base import dominance as rule
from csea_stats.base.differences import difference_cdf, difference_quantiles, sampled_group
from csea_stats.base.dominance import dominance
from csea_stats.base.dominance_limits import (
    _two_beat_one,
    brunner_munzel_limits,
    has_placement_variance,
    log_odds_of,
    moved_dominance,
    observed_dominance,
    odds_dominance,
    placement_limits,
    proportional_odds_limits,
)
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.superiority import (
    CONFIDENCE,
    SUPERIORITY_METHODS,
    _highest,
    _lowest,
    confidence_span,
    dominance_bounds,
    observed_shifted,
    superiority,
)
from csea_stats.targets.populations import (
    TIERS,
    FinitePopulation,
    Population,
    Selection,
    SelectionBounds,
    Superpopulation,
)

REFERENCE = Path(__file__).parents[1] / "reference"
TABLES = [
    ((2, 8, 9, 4, 1), (1, 12, 8, 3, 1)),
    ((0, 6, 1, 0, 0), (0, 29, 10, 3, 0)),
    ((0, 0, 7, 0, 0), (4, 10, 14, 10, 4)),
    ((3, 1, 4), (2, 7, 1)),
    ((60, 80, 40, 10), (30, 70, 60, 35)),
]
APART = ((7, 0, 0, 0, 0), (0, 0, 10, 20, 12))
SHARES = np.array([0.06, 0.41, 0.35, 0.14, 0.04])


def parameters(counts):
    return tuple(count + 1 / len(counts) for count in counts)


def cumulative_dominance(first, second):
    """From shares at or below each cut but the last, cuts first."""
    edges = np.zeros((1, *np.shape(first)[1:]))
    one, other = (np.concatenate([edges, cuts, edges + 1]) for cuts in (first, second))
    return (np.diff(one, axis=0) * (other[1:] + other[:-1]) / 2).sum(axis=0)


def codes(estimate):
    return [doubt.code for doubt in estimate.caveats]


# ---------------------------------------------------------------- confidence limits


def test_limits_agree_with_r():
    with (REFERENCE / "dominance.csv").open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        table = list(csv.DictReader(file))
    assert len(table) == 18
    for row in table:
        a, b = (tuple(map(int, row[key].split())) for key in ("a", "b"))
        level = float(row["level"])
        assert observed_dominance(a, b) == pytest.approx(float(row["value"]), abs=1e-8)
        # asht solves its log odds ratio to 1e-3 only
        odds = float(row["odds_lower"]), float(row["odds_upper"])
        assert proportional_odds_limits(a, b, level=level) == pytest.approx(odds, abs=1e-4)
        munzel = float(row["munzel_lower"]), float(row["munzel_upper"])
        assert brunner_munzel_limits(a, b, level=level) == pytest.approx(munzel, abs=1e-7)


@pytest.mark.parametrize(("a", "b"), [TABLES[0], TABLES[3], TABLES[4]])
def test_brunner_munzel_is_the_interval_of_scipys_test(a, b):
    """At the level 1 - p a limit is 1/2."""
    answers = [np.repeat(np.arange(len(counts)), counts) for counts in (a, b)]
    p = stats.brunnermunzel(*answers).pvalue
    limits = brunner_munzel_limits(a, b, level=1 - p)
    assert min(abs(end - 0.5) for end in limits) < 1e-9


@pytest.mark.parametrize(("a", "b"), [TABLES[0], TABLES[3], TABLES[4], ((3, 4), (20, 22))])
def test_limits_by_placements_lie_where_the_score_does(a, b):
    """At a limit the squared distance is the quantile's square of the shrunk variance there; turned round, turned."""
    low, high = placement_limits(a, b, level=0.95)
    assert placement_limits(b, a, level=0.95) == pytest.approx((1 - high, 1 - low))
    observed, few = observed_dominance(a, b), min(sum(a), sum(b))
    answers = [np.repeat(np.arange(len(counts)), counts) for counts in (a, b)]
    kernel = np.sign(answers[0][:, None] - answers[1]) / 2 + 0.5
    parts = [kernel.mean(axis=side).var(ddof=1) / kernel.shape[1 - side] for side in (1, 0)]
    freedom = sum(parts) ** 2 / sum(part**2 / (n - 1) for part, n in zip(parts, kernel.shape, strict=True))
    worth = (few * sum(parts) / (observed * (1 - observed)) + 2 / few) / (few + 2)
    for end in (low, high):
        assert (observed - end) ** 2 == pytest.approx(stats.t.ppf(0.975, freedom) ** 2 * worth * end * (1 - end))


def test_limits_by_placements_where_the_groups_do_not_overlap_are_wilsons_of_the_smaller():
    wilson = stats.binomtest(7, 7).proportion_ci(0.95, "wilson")
    assert placement_limits((0, 0, 7), (40, 2, 0), level=0.95) == pytest.approx((wilson.low, wilson.high))


@pytest.mark.parametrize("u", [-8.0, -1.5, -0.0499, 0.0051, 0.05, 0.7, 3.0, 12.0])
def test_proportional_odds_probabilities_are_integrals(u):
    """P(A > B) and P(A > B1, B2) with logistic B and A u higher."""
    beat, _ = integrate.quad(lambda q: special.expit(special.logit(q) + u), 0, 1, epsabs=1e-12)
    two, _ = integrate.quad(lambda q: special.expit(special.logit(q) + u) ** 2, 0, 1, epsabs=1e-12)
    assert float(odds_dominance(np.array(u))) == pytest.approx(beat, abs=1e-9)
    assert float(_two_beat_one(np.array(u))) == pytest.approx(two, abs=1e-5 if abs(u) < 0.05 else 1e-9)
    assert log_odds_of(beat) == pytest.approx(u, abs=1e-5)


def test_where_the_groups_do_not_overlap():
    assert not has_placement_variance(*APART)
    low, high = proportional_odds_limits(*APART, level=0.95)
    assert low == 0
    assert 0.1 < high < 0.2
    with pytest.raises(CountError, match="method='placements'"):
        superiority(*APART, method="brunner-munzel")
    with pytest.raises(CountError, match="two respondents in each group"):
        superiority([1, 0], [3, 4], method="brunner-munzel")
    found = superiority(*APART)
    assert found.companion.method == "placements"
    assert (found.value, found.verdict.word, found.verdict.direction) == (0.0, "supported", "below")
    assert proportional_odds_limits((0, 7), (0, 42), level=0.95) == (0.0, 1.0)  # all alike
    assert proportional_odds_limits((1, 0), (0, 1), level=0.95)[1] == pytest.approx(3.8415 / 4.8415, abs=1e-4)


# ---------------------------------------------------------------- the posterior


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3, 4), (20, 22)),
        ((7, 0), (28, 14)),
        pytest.param((60, 40), (30, 70), marks=pytest.mark.slow),
        pytest.param((0, 1), (9000, 1), marks=pytest.mark.slow),
    ],
)
def test_two_categories_are_the_difference_of_two_shares(a, b):
    """With two categories it is 1/2 + (difference of the shares of the higher one) / 2."""
    groups = [sampled_group((counts[1] + 0.5, counts[0] + 0.5)) for counts in (a, b)]
    levels = (0.0005, 0.025, 0.5, 0.975, 0.9995)
    wanted = np.array(difference_quantiles(levels, *groups))
    quantiles, _ = dominance(parameters(a), parameters(b))
    assert quantiles(levels) == pytest.approx((1 + wanted) / 2, abs=1e-6)
    target = Population(Selection(tau=0.8, mean=0.3, reason="told so", correlation=0.7))
    found = superiority(a, b, target=target, threshold=0.55)
    # Who answers the higher of two categories takes part exp(-0.3) times as readily.
    turned = Population(Selection(tau=0.8, mean=-0.3, reason="told so", correlation=0.7))
    same = cs.difference((a[1], sum(a)), (b[1], sum(b)), target=turned, threshold=0.1)
    assert 2 * found.interval.lower - 1 == pytest.approx(same.interval.lower, abs=1e-6)
    assert 2 * found.interval.upper - 1 == pytest.approx(same.interval.upper, abs=1e-6)
    assert found.probability == pytest.approx(same.probability, abs=1e-6)


HUGE = ((600, 800, 400, 100), (300, 700, 600, 350))
ALIKE = [
    ((0, 24, 0), (0, 42, 0)),
    ((0, 99, 1), (0, 100, 0)),
    ((0, 995, 5), (0, 1000, 0)),
    ((0, 1, 0, 9000), (0, 0, 0, 7)),
]


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize(("a", "b"), [*TABLES, APART, HUGE, *ALIKE])
def test_mean_and_variance_are_the_exact_ones(a, b):
    """Of a bilinear form in two independent Dirichlet vectors the first two moments have a closed form."""
    one, other = (np.array(parameters(counts)) for counts in (a, b))
    score = (np.sign(np.subtract.outer(np.arange(len(a)), np.arange(len(a)))) + 1) / 2
    means = [part / part.sum() for part in (one, other)]
    squares = [(np.outer(part, part) + np.diag(part)) / (part.sum() * (part.sum() + 1)) for part in (one, other)]
    mean = means[0] @ score @ means[1]
    square = np.einsum("ij,ik,jl,kl->", squares[0], score, score, squares[1])
    # Close to each other around the mean, and around a half, where groups that are alike have a kink.
    near = np.linspace(-9, 9, 201) * math.sqrt(square - mean**2) + mean
    place = np.sinh(np.linspace(-11, 11, 201)) * 18 / np.sinh(11)
    place = np.unique(np.concatenate([place, special.logit(near[(near > 0) & (near < 1)])]))
    theta, (_, cdf) = special.expit(place), dominance(tuple(one), tuple(other))
    below = [cdf(value) for value in theta]
    assert 1 - integrate.simpson(below, x=theta) == pytest.approx(mean, abs=1e-4)
    assert 1 - integrate.simpson(2 * theta * below, x=theta) == pytest.approx(square, abs=1e-4)


THREE = [((60, 0, 1), (30, 7, 0)), ((1, 0, 0), (0, 1, 0)), ((0, 2, 0), (3, 2000, 9))]


def reference():
    with (REFERENCE / "superiority.csv").open(encoding="utf-8") as file:
        assert file.readline().startswith("# NumPy")
        return list(csv.DictReader(file))


def whole(row):
    return tuple(tuple(map(int, row[key].split())) for key in ("a", "b"))


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((1, 0, 0), (0, 0, 1)),
        ((10_000, 0, 0), (0, 0, 10_000)),
        ((0, 1), (0, 1)),
        ((0, 0, 0, 0, 1, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0, 0, 0, 0, 10_000)),
    ],
)
def test_every_size_and_sparsity_has_a_posterior(a, b):
    """Without overlap, of one person, of ten categories: finite limits in order inside 0 and 1, and a distribution."""
    law, cdf = dominance(parameters(a), parameters(b))
    quantiles = law((0.0005, 0.25, 0.5, 0.75, 0.9995))
    assert np.isfinite(quantiles).all()
    assert quantiles[0] >= 0
    assert quantiles[-1] <= 1
    assert (np.diff(quantiles) >= 0).all()
    below = np.array([cdf(float(value)) for value in special.expit([-np.inf, -9, -1e-9, 0, 1e-9, 9, np.inf])])
    assert (np.diff(below) >= -1e-6).all()
    assert below[[0, -1]] == pytest.approx([0, 1], abs=1e-7)


@pytest.mark.slow
def test_groups_that_mostly_give_one_answer():
    """To three digits by the draws of `reference`: 24 and 42 who agree, and one or five of hundreds who do not."""
    agreed = superiority([0, 24, 0], [0, 42, 0])
    assert (agreed.interval.lower, agreed.interval.upper) == pytest.approx((0.460, 0.540), abs=5e-4)
    assert agreed.probability == pytest.approx((0.5, 0.5), abs=1e-4)
    assert superiority([0, 99, 1], [0, 100, 0]).probability == pytest.approx((0.790, 0.790), abs=5e-4)
    few = superiority([0, 995, 5], [0, 1000, 0])
    assert few.probability == pytest.approx((0.990, 0.990), abs=5e-4)
    assert (few.interval.lower, few.interval.upper) == pytest.approx((0.5004, 0.5053), abs=1e-4)


@pytest.mark.sizes("each", default=35, slow=5, long=1)
def test_the_posterior_is_that_of_twenty_million_draws(each):
    """Among people like these and in a population, within the stated error and four standard errors of the draws."""
    rows = reference()
    assert [sum(float(row["tau"]) > 0 for row in rows), len(rows)] == [24, 35]
    levels = (0.0005, 0.025, 0.25, 0.75, 0.975, 0.9995)
    for row in rows[::each]:
        who = {key: float(row[key]) for key in ("tau", "mean", "correlation")}
        quantiles, below = dominance(*map(parameters, whole(row)), **who)
        for level, found in zip(levels, quantiles(levels), strict=True):
            stated = 1e-4 if 0.001 < level < 0.999 else 2e-4
            assert found == pytest.approx(float(row[f"q{level}"]), abs=stated + 4 * float(row[f"se{level}"]))
        assert 1 - below(0.5) == pytest.approx(float(row["above"]), abs=1e-4 + 4 * float(row["se_above"]))


def three_categories(one, other, nodes):
    """P(A > B) - P(A < B) is x - y + x y D: x and y the shares above the lowest category, D the same above it.

    Of D, a difference of two shares, the distribution function is a quadrature; x and y are integrated over.
    """
    inside = difference_cdf(*(sampled_group((parts[2], parts[1])) for parts in (one, other)))
    steps = np.sinh(np.linspace(-9, 9, 4 * nodes)) / np.sinh(9)
    below = [inside(step) for step in steps]
    z = np.linspace(-8, 8, nodes)
    mass = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    x, y = (special.betaincinv(sum(parts[1:]), parts[0], special.ndtr(z)) for parts in (one, other))
    x, y = x[:, None], y[None, :]
    return lambda value: float(mass @ np.interp((2 * value - 1 - x + y) / (x * y), steps, below) @ mass)


@pytest.mark.parametrize(
    ("a", "b", "nodes"),
    [
        ((3, 1, 4), (2, 7, 1), 401),
        *(pytest.param(*one, 1201, marks=pytest.mark.slow) for one in (*THREE, *ALIKE[:3])),
    ],
)
def test_three_categories_are_a_double_integral(a, b, nodes):
    """To 1e-4 at every level: on either side of a limit, the probability is on either side of its level."""
    exact = three_categories(parameters(a), parameters(b), nodes)
    quantiles, below = dominance(parameters(a), parameters(b))
    levels = (0.0005, 0.005, 0.025, 0.25, 0.5, 0.75, 0.975, 0.995, 0.9995)
    for level, limit in zip(levels, quantiles(levels), strict=True):
        assert exact(limit - 1e-4) < level < exact(limit + 1e-4)
    assert below(0.5) == pytest.approx(exact(0.5), abs=1e-4)


@pytest.mark.slow
def test_a_posterior_of_which_much_is_within_rounding_of_a_half():
    a, b = parameters((1, 0, 0)), parameters((101, 0, 0))
    assert dominance(a, b)[1](0.5) == pytest.approx(three_categories(a, b, 401)(0.5), abs=1e-4)


def test_places_near_each_other_around_a_kink_are_told_in_their_order():
    _, below = dominance(parameters(ALIKE[3][0]), parameters(ALIKE[3][1]))
    told = [below(value) for value in (0.49, 0.499, 0.4999, 0.49999, 0.5, 0.50001, 0.5001, 0.501, 0.51, 0.6)]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(0.8668, abs=2e-4)


def test_the_axes_of_the_points_are_square_to_each_other_and_to_the_line():
    def logit_of(scores):  # of which one score counts for nothing
        return scores[0] - scores[1] + np.sin(3 * scores[2]) * scores[3] + scores[3] ** 2

    line, direction = np.linspace(-5, 5, 11), np.array([0.8, -0.6, 0, 0, 0])
    tried = np.random.default_rng(1).normal(size=(5, 256)).astype(np.float32)
    axes = rule._axes(logit_of, direction, line, tried)
    whole = np.column_stack([direction, axes])
    assert whole.T @ whole == pytest.approx(np.eye(5), abs=1e-6)
    assert axes[4] == pytest.approx([0, 0, 0, 1], abs=1e-6)


@pytest.mark.sizes("number", slow=10, long=40)
def test_other_points_tell_the_same(number, monkeypatch):
    """The stated error, against many points of another scrambling: random tables, most of them lopsided."""
    rng = np.random.default_rng(3)
    tables = []
    for place in range(number):
        categories, spread = int(rng.integers(3, 11)), rng.choice([0.1, 0.3, 1.0, 3.0])
        sizes = np.exp(rng.uniform(0, math.log(10_000), 2)).astype(int)
        tau = 0.0 if place % 2 else float(np.exp(rng.uniform(math.log(0.05), math.log(4))))
        who = {"tau": tau, "correlation": float(rng.choice([0, 0.3, 0.5, 0.9, 1])), "mean": tau and 0.4}
        tables.append(([parameters(rng.multinomial(n, rng.dirichlet([spread] * categories))) for n in sizes], who))

    def computed():
        rule._normal_scores.cache_clear()
        laws = [dominance(*pair, **who) for pair, who in tables]
        return np.array([(*quantiles((0.025, 0.5, 0.975)), below(0.5)) for quantiles, below in laws])

    found = computed()
    monkeypatch.setattr(rule, "RUNS", (16,))
    monkeypatch.setattr(rule, "SCRAMBLE", 2)
    off = np.abs(found - computed()).max(axis=1)
    rule._normal_scores.cache_clear()
    assert off.max() < 2e-4  # either is off by at most 1e-4
    assert np.quantile(off, 0.8) < 1e-4


def test_a_shift_of_nothing_is_none():
    a, b = (parameters(counts) for counts in TABLES[0])
    levels = (0.025, 0.5, 0.975)
    plain, shifted = (dominance(a, b, tau=tau, correlation=0.5)[0](levels) for tau in (0.0, 1e-9))
    assert shifted == pytest.approx(plain, abs=2e-4)


def test_a_bound_shifts_both_groups_apart():
    """At a ratio both cumulative odds move by it: the observed value, by hand for two categories."""
    found = superiority([20, 20], [20, 20], target=Population(SelectionBounds(ratio=3)))
    assert found.bounds == pytest.approx((0.25, 0.75))
    one = superiority([20, 20], [20, 20], target=Population(SelectionBounds(ratio=1)))
    plain = superiority([20, 20], [20, 20])
    assert one.interval.lower == pytest.approx(plain.interval.lower, abs=2e-3)
    assert found.interval.lower < plain.interval.lower < plain.interval.upper < found.interval.upper
    assert found.companion.lower < plain.companion.lower


def test_no_distributions_move_farther_than_the_bound():
    """Shifting both groups' cumulative odds by a ratio, and two logistic groups that are alike: those move the most."""
    rng = np.random.default_rng(0)
    beyond = []
    for _ in range(400):
        number, spread, size = rng.integers(2, 6), rng.choice([0.1, 0.5, 2]), rng.uniform(0.05, 2)
        cuts = [np.cumsum(rng.dirichlet([spread] * number))[:-1, None] for _ in range(2)]
        before = float(cumulative_dominance(*cuts)[0])
        if not 1e-6 < before < 1 - 1e-6:
            continue
        moved = []
        for cut, sign in zip(cuts, (1, -1), strict=True):
            odds = np.clip(cut, 1e-300, 1 - 1e-16) / (1 - np.clip(cut, 1e-300, 1 - 1e-16)) * math.exp(sign * size)
            moved.append(odds / (1 + odds))
        beyond.append(moved_dominance(before, -size) - float(cumulative_dominance(*moved)[0]))
        assert moved_dominance(moved_dominance(before, size), -size) == pytest.approx(before)
    assert len(beyond) > 300
    assert max(beyond) <= 1e-12
    assert moved_dominance(0.5, 1e-3) == pytest.approx(float(odds_dominance(np.array(2e-3))), abs=1e-7)


@pytest.mark.parametrize(
    ("a", "b"),
    [((1, 2, 3), (3, 2, 1)), ((0, 0, 7), (40, 2, 0)), ((3, 0, 0), (0, 9, 0)), ((6, 0), (0, 40)), *TABLES[:3]],
)
def test_bounds_hold_what_chance_alone_leaves(a, b):
    """At a ratio of 1 they are that, above it wider the larger the ratio."""
    sides = (a,), (b,)
    for method, rule_ in CONFIDENCE.items():
        if method == "brunner-munzel" and not has_placement_variance(a, b):
            continue
        spans = [confidence_span(sides, method, 0.95, 1.0, math.log(ratio)) for ratio in (1, 1.0001, 1.5, 4, 50)]
        assert spans[0] == rule_(a, b, level=0.95)
        assert all(one[0] >= other[0] and one[1] <= other[1] for one, other in pairwise(spans))
        assert spans[1] == pytest.approx(spans[0], abs=1e-4)
        held = observed_shifted(sides, math.log(4))
        assert spans[3][0] - 1e-12 <= held[0] <= held[1] <= spans[3][1] + 1e-12


# ---------------------------------------------------------------- properties


@st.composite
def two_groups(draw):
    number = draw(st.integers(2, 5))
    counts = st.lists(st.integers(0, 12), min_size=number, max_size=number).filter(lambda v: sum(v) > 0)
    return draw(counts), draw(counts)


@pytest.mark.slow
@given(two_groups())
@settings(max_examples=12, deadline=None)
def test_swapping_groups_gives_one_minus_and_so_does_reversing_the_scale(groups):
    a, b = groups
    for method in ("dirichlet", "proportional-odds"):
        one = superiority(a, b, method=method)
        for other in (superiority(b, a, method=method), superiority(a[::-1], b[::-1], method=method)):
            assert other.value == pytest.approx(1 - one.value)
            assert other.interval.lower == pytest.approx(1 - one.interval.upper, abs=1e-4)
            assert other.probability[0] == pytest.approx(1 - one.probability[0], abs=2e-4)
        assert 0 <= one.interval.lower <= one.interval.upper <= 1
    assert one.interval.lower - 1e-9 <= one.value <= one.interval.upper + 1e-9


@pytest.mark.few(1)
@pytest.mark.parametrize("target", [Superpopulation(), Population()])
def test_one_more_at_an_end_of_the_scale_moves_a_posterior_there(target):
    """Of two categories, where limits are exact: the hull of all vectors is that of the extreme ones."""
    vectors = ((3, 4), (3, 5), (4, 4), (4, 5), (2, 5), (3, 3))
    assert (_lowest(vectors), _highest(vectors)) == (((4, 4), (3, 3)), ((2, 5),))
    hull = superiority(set(vectors), [6, 6], target=target)
    each = [superiority(one, [6, 6], target=target) for one in vectors]
    assert hull.interval.lower == min(e.interval.lower for e in each)
    assert hull.interval.upper == max(e.interval.upper for e in each)
    assert hull.probability == (min(e.probability[0] for e in each), max(e.probability[1] for e in each))


@pytest.mark.slow
def test_a_hull_looks_only_at_the_lowest_and_highest_vectors_and_misses_none():
    everything = ((2, 8, 9, 4, 1), (3, 7, 9, 4, 1), (1, 9, 9, 4, 1), (2, 8, 8, 5, 1), (2, 9, 8, 3, 2))
    everything = ((2, 8, 9, 4, 2), (3, 8, 9, 4, 1), (2, 8, 9, 3, 1), *everything)
    assert len(_lowest(everything)) < len(_highest(everything)) < len(everything)
    for target, several in ((Superpopulation(), set(everything)), (Population(), set(everything[:5]))):
        hull = superiority(several, TABLES[0][1], target=target)
        each = [superiority(one, TABLES[0][1], target=target) for one in several]
        assert hull.interval.lower == pytest.approx(min(e.interval.lower for e in each), abs=1e-9)
        assert hull.interval.upper == pytest.approx(max(e.interval.upper for e in each), abs=1e-9)
        assert hull.probability == pytest.approx(
            (min(e.probability[0] for e in each), max(e.probability[1] for e in each)), abs=1e-9
        )
        assert hull.value is None
        assert "print-ambiguous" in codes(hull)


# ---------------------------------------------------------------- what an estimate holds


@pytest.mark.slow
def test_every_tier():
    counted, like, *population = superiority(*TABLES[0], target=TIERS, label="on awareness")
    assert (counted.interval, counted.verdict.word, counted.value) == (
        None,
        "true of them",
        pytest.approx(0.54083, abs=1e-5),
    )
    assert (round(like.interval.lower, 3), round(like.interval.upper, 3)) == (0.390, 0.684)
    assert like.companion.method == "brunner-munzel"
    widths = [e.interval.upper - e.interval.lower for e in (like, *population)]
    assert widths == sorted(widths)
    assert all(e.companion.lower < e.interval.lower < e.interval.upper < e.companion.upper for e in population)
    assert "24 and 25 respondents" in str(like)
    assert "equal answers half" in str(like)
    assert {"independent-groups", "superiority"} <= set(codes(like))
    made = eval(population[1].provenance.call, {"csea_stats": cs})
    assert made.interval == population[1].interval
    assert like.counts == ((*TABLES[0][0], *TABLES[0][1]),)
    assert like.base == (24, 25)


@pytest.mark.slow
def test_few_people_have_the_companion_by_placements():
    assert superiority(*TABLES[1]).companion.method == "placements"
    assert "one-odds-ratio-supposed" not in codes(superiority(*TABLES[1]))
    assert "one-odds-ratio-supposed" in codes(superiority(*TABLES[1], method="proportional-odds"))
    assert superiority(*TABLES[1], method="proportional-odds").companion.method == "dirichlet"
    sure = superiority([0, 1, 2, 30, 30], [30, 20, 5, 1, 0])
    assert (sure.verdict.word, sure.verdict.direction) == ("supported", "above")
    wide = superiority([0, 1, 2, 30, 30], [30, 20, 5, 1, 0], target=Superpopulation(design_effect=2))
    for one, other in ((sure.interval, wide.interval), (sure.companion, wide.companion)):
        assert other.upper - other.lower > one.upper - one.lower


def test_mappings_name_their_categories():
    a, b = {"poor": 3, "fair": 4, "good": 1}, {"poor": 9, "fair": 2, "good": 8}
    assert superiority(a, b).interval == superiority([3, 4, 1], [9, 2, 8]).interval
    with pytest.raises(CountError, match="same categories"):
        superiority(a, {"fair": 9, "poor": 2, "good": 8})


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ([1, 2], [1, 2, 3], "same categories"),
        ([0, 0], [1, 2], "counts_a.*at least 1 person"),
        ([1], [2], "at least two answers"),
        ([1, 2.5], [2, 3], "counts_a"),
        ([1, 2], [-1, 3], "counts_b"),
        ({(1, 2), (1, 2, 3)}, [2, 3], "every feasible vector"),
    ],
)
def test_counts_that_cannot_be_are_named(a, b, words):
    with pytest.raises(CountError, match=words):
        superiority(a, b)


@pytest.mark.parametrize(
    ("settings_", "words"),
    [
        ({"target": FinitePopulation(100)}, "size"),
        ({"target": Population(), "method": "brunner-munzel"}, "SelectionBounds"),
        ({"target": Population(SelectionBounds(ratio=math.inf))}, "finite"),
    ],
)
def test_what_has_no_method_says_what_to_use(settings_, words):
    with pytest.raises(UnsupportedTarget, match=words):
        superiority(*TABLES[0], **settings_)


def test_settings_are_checked():
    for wrong in ({"method": "wilcoxon"}, {"level": 95}, {"threshold": 2}, {"label": 3}):
        with pytest.raises(InputError):
            superiority(*TABLES[0], **wrong)
    assert superiority(*TABLES[0], threshold=None).verdict is None
    leaning = Selection(mean=0.5, reason="told so")
    assert superiority(*TABLES[0], target=Population(leaning)).interval.lower > 0


def test_one_person_in_each_group():
    for method in SUPERIORITY_METHODS[:2]:
        found = superiority([1, 0], [0, 1], method=method)
        assert found.value == 0
        assert found.verdict.word == "too few answers"


# ---------------------------------------------------------------- the same people


def test_bounds_for_the_same_people_are_those_of_every_table():
    """By enumeration of all tables of three categories with given margins."""
    for first, second in (((2, 1, 1), (1, 1, 2)), ((0, 3, 1), (2, 0, 2)), ((1, 2, 2), (1, 2, 2))):
        total, found = sum(first), []
        for a, b, c, d in product(range(total + 1), repeat=4):
            table = np.array([[a, b, first[0] - a - b], [c, d, first[1] - c - d], [0, 0, 0]])
            table[2] = np.array(second) - table[:2].sum(axis=0)
            if (table >= 0).all():
                found.append((np.tril(table, -1).sum() + np.trace(table) / 2) / total)
        assert dominance_bounds(first, second) == pytest.approx((min(found), max(found)))
    with pytest.raises(CountError, match="same total"):
        dominance_bounds([1, 2], [1, 3])


# ---------------------------------------------------------------- coverage


@pytest.mark.few(0, slow=2)
@pytest.mark.parametrize("sizes", [(7, 42), (24, 25)])
@pytest.mark.parametrize("shift", [0.0, -1.2, -2.5, 1.2])
def test_coverage(sizes, shift):
    """400 sets of answers (standard error .011): neither default is surely below the level by more than a point."""
    rng = np.random.default_rng(7)
    cuts = special.expit(special.logit(np.cumsum(SHARES)[:-1]) - shift)
    first = np.diff(np.r_[0, cuts, 1])
    truth = float(first @ (np.cumsum(SHARES) - SHARES / 2))
    held = np.zeros(2)
    for _ in range(400):
        a, b = (tuple(rng.multinomial(n, p).tolist()) for n, p in zip(sizes, (first, SHARES), strict=True))
        limits = (
            dominance(parameters(a), parameters(b))[0]((0.025, 0.975)),
            proportional_odds_limits(a, b, level=0.95),
        )
        held += [low <= truth <= high for low, high in limits]
    assert (held / 400 > 0.94 - 2 * 0.011).all()


def test_the_points_are_those_of_sobol(monkeypatch):
    """Without scrambling, shift and the place in a cell: the set of points that SciPy gives."""
    from scipy.stats import qmc

    class Still:
        def integers(self, _low, _high, shape):
            return np.zeros(shape, dtype=np.int64)

        def random(self, shape):
            return np.zeros(shape)

    monkeypatch.setattr(rule.np.random, "default_rng", lambda _: Still())
    rule._direction_numbers.cache_clear()
    ours = np.vstack([rule.sobol_points(21, 128, 1, run) for run in (0, 1)])
    rule._direction_numbers.cache_clear()
    theirs = qmc.Sobol(21, scramble=False).random(256)
    assert np.array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])
