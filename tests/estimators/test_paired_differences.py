"""Differences of two shares of the same people: against R, exact forms, simulation, every overlap."""

import csv
import math
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

import csea_stats as cs
from csea_stats.base.paired import (
    bonett_price_limits,
    sampled_pairs,
    score_upper,
    selected_pairs,
)
from csea_stats.base.rank_sets import worst_p
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.paired_difference import (
    PAIR_METHODS,
    PairedDifference,
    extreme_tables,
    observed_pair,
    pair_tables,
    worst_weights,
)
from csea_stats.targets.populations import (
    TIERS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)

REFERENCE = Path(__file__).parents[1] / "reference"
paired_difference = cs.paired_difference
BOUND = Population(SelectionBounds(ratio=2))
CELLS = [
    (14.5, 10.5, 26.0),
    (4.5, 0.5, 46.0),
    (0.5, 0.5, 50.0),
    (0.5, 7.5, 1.0),
    (24.5, 24.5, 2.0),
    (300.5, 200.5, 501.0),
]


def ends(interval, digits=3):
    return round(interval.lower, digits), round(interval.upper, digits)


def codes(estimate):
    return [doubt.code for doubt in estimate.caveats]


def tango(b, c, n, *, level=0.95, weights=(1.0, 1.0, 1.0)):
    u1, u2, u3 = weights
    lower = -score_upper(c, b, n, level=level, weights=(u2, u1, u3))
    return lower, score_upper(b, c, n, level=level, weights=weights)


# ---------------------------------------------------------------- reference values


def test_limits_and_tests_agree_with_r():
    with (REFERENCE / "pairs.csv").open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        table = list(csv.DictReader(file))
    assert len(table) == 57
    for row in table:
        b, c, n, level = int(row["b"]), int(row["c"]), int(row["n"]), float(row["level"])
        lower, upper = tango(b, c, n, level=level)
        # ratesci's closed form; PropCIs bisects to 1e-7 and bends where the difference is near 1
        for prefix, tolerance in (("closed", 1e-7), ("tango", 2e-6)):
            wanted = float(row[f"{prefix}_lower"]), float(row[f"{prefix}_upper"])
            np.testing.assert_allclose((lower, upper), wanted, atol=tolerance, err_msg=f"{prefix} {row}")
        wald = bonett_price_limits(b, c, n, level=level)
        np.testing.assert_allclose(wald, (float(row["price_lower"]), float(row["price_upper"])), atol=1e-9)


def test_the_published_example():
    """Airway hyper-responsiveness before and after (Bentur et al. 2009), in Fagerland, Lydersen & Laake (2014)."""
    gap = paired_difference(2, 8, 21, 1, method="tango")
    assert gap.value == pytest.approx(-6 / 21)
    assert ends(gap.interval) == (-0.517, -0.026)
    assert ends(paired_difference(2, 8, 21, 1, method="bonett-price").interval) == (-0.508, -0.013)
    # complete response before and after (Cavo et al. 2012), as the tests of R's contingencytables 3.0.1 print it
    assert ends(paired_difference(65, 75, 161, 59, method="tango").interval, 4) == (-0.1240, -0.0054)


def test_the_worked_examples():
    girls = paired_difference(39, 35, 49)
    assert (ends(girls.interval), ends(girls.companion)) == ((-0.112, 0.266), (-0.116, 0.273))
    assert girls.value == pytest.approx(4 / 49)
    assert [round(p, 3) for p in girls.probability] == [0.793, 0.985]
    assert (girls.verdict.word, girls.verdict.direction) == ("not settled", "above")
    assert ends(paired_difference(39, 35, 49, 35, method="tango").interval) == (0.003, 0.192)  # the best case
    high = paired_difference(46, 35, 49, method="tango")
    assert ends(high.interval) == (0.066, 0.380)
    assert (high.verdict.word, round(high.probability[0], 3)) == ("supported", 0.997)
    assert 2 * float(worst_p(46, 35, 49)) == pytest.approx(0.0127, abs=5e-5)
    assert 2 * float(worst_p(39, 35, 49)) == pytest.approx(0.541, abs=5e-4)
    assert 2 * float(worst_p(27, 14, 49)) == pytest.approx(0.060, abs=5e-4)


def test_two_answers_of_one_question_share_nobody():
    gap = paired_difference(11, 13, 49, 0)
    assert gap.verdict.direction == "below"
    assert ends(gap.companion) == tuple(round(float(end), 3) for end in tango(11, 13, 49))
    assert "same-people" in codes(gap)
    assert gap.probability[0] == gap.probability[1] == pytest.approx(special.betainc(13.5, 11.5, 0.5), abs=1e-9)


# ---------------------------------------------------------------- numerics


@pytest.mark.few(2)
@pytest.mark.parametrize("cells", CELLS)
def test_the_posterior_is_that_of_adaptive_quadrature(cells):
    """P(S (2V - 1) > t) as an integral over S, where the package sums over V."""
    a, c, r = cells
    posterior = sampled_pairs(cells)
    for t in (1e-6, 0.003, 0.05, 0.2, 0.5, 0.9):
        middle = (a + c) / (a + c + r)
        wanted, _ = integrate.quad(
            lambda s, t=t: stats.beta.pdf(s, a + c, r) * stats.beta.sf((1 + t / s) / 2, a, c),
            t, 1, limit=400, epsabs=1e-11, points=sorted({min(max(middle, t + 1e-9), 1 - 1e-9), t + 1e-3 * (1 - t)}),
        )  # fmt: skip
        assert 1 - posterior.cdf(t) == pytest.approx(wanted, abs=1e-7)
    assert 1 - posterior.cdf(0.0) == pytest.approx(special.betainc(c, a, 0.5), abs=1e-9)
    assert (posterior.cdf(-1.0), posterior.cdf(1.0)) == (0.0, 1.0)


@pytest.mark.slow
def test_the_tilt_is_that_of_draws():
    """p_k exp(-lambda_k), drawn one by one: half a million draws, the distribution function to four standard errors."""
    rng = np.random.default_rng(5)
    number = 500_000
    for cells, tau in (((14.5, 10.5, 26.0), 0.5), ((4.5, 0.5, 46.0), 1.0), ((0.5, 7.5, 1.0), 0.25)):
        shares = rng.dirichlet(cells, number) * np.exp(-rng.normal(0, tau / math.sqrt(2), (number, 3)))
        gaps = (shares[:, 0] - shares[:, 1]) / shares.sum(axis=1)
        posterior = selected_pairs(cells, tau)
        for t in (-0.3, -0.05, 0.0, 0.05, 0.3):
            below = float((gaps <= t).mean())
            error = 4 * math.sqrt(max(below * (1 - below), 1e-6) / number)
            assert posterior.cdf(t) == pytest.approx(below, abs=error)


def test_the_tilt_of_39_and_35():
    gap = paired_difference(39, 35, 49, target=Population())
    assert ends(gap.interval, 2) == (-0.23, 0.39)
    assert gap.value is None
    assert gap.bounds[0] < gap.bounds[1] < 4 / 49
    assert gap.companion.lower < gap.interval.lower < gap.interval.upper < gap.companion.upper


def test_a_tilt_of_nothing_is_none():
    none, little = sampled_pairs((14.5, 10.5, 26.0)), selected_pairs((14.5, 10.5, 26.0), 1e-3)
    for p in (0.025, 0.5, 0.975):
        assert little.quantile(p) == pytest.approx(none.quantile(p), abs=1e-5)


def test_known_weights_are_those_of_draws():
    rng = np.random.default_rng(6)
    cells, weights = (14.5, 10.5, 26.0), (1.0, 2.0, 1.5)
    shares = rng.dirichlet(cells, 1_000_000) * weights
    gaps = (shares[:, 0] - shares[:, 1]) / shares.sum(axis=1)
    for t in (-0.3, -0.05, 0.0, 0.05):
        assert sampled_pairs(cells, weights).cdf(t) == pytest.approx(float((gaps <= t).mean()), abs=2e-3)


def test_the_reweighted_score_interval_inverts_its_test():
    """At a limit the chi-square of the counts against the restricted multinomial, found by search, is z squared."""
    b, c, n, weights = 14, 10, 49, (1.0, 2.0, 1.5)
    for end in tango(b, c, n, weights=weights):
        t = float(end)
        w = np.array([weights[0] * (1 - t), -weights[1] * (1 + t), -weights[2] * t])
        shares = np.array([b, c, n - b - c]) / n
        free = np.linspace(1e-6, 1 - 1e-6, 2_000_001)  # the second share; the others follow from the two constraints
        first = (-w[2] - free * (w[1] - w[2])) / (w[0] - w[2])
        rest = 1 - free - first
        inside = (first > 0) & (rest > 0)
        cells = np.stack([first[inside], free[inside], rest[inside]])
        best = cells[:, np.argmax(shares @ np.log(cells))]
        score = n * (w @ shares) ** 2 / (w**2 @ best)
        assert score == pytest.approx(special.ndtri(0.975) ** 2, abs=2e-4)


# ---------------------------------------------------------------- overlaps


PAIRS = [
    (39, 35, 49),
    (46, 35, 49),
    (27, 14, 49),
    (7, 3, 14),
    (5, 2, 7),
    (12, 12, 24),
    (1, 0, 7),
    (24, 20, 24),
    (3, 1, 100),
]


def limits(tables, method="dirichlet", level=0.95, **who):
    return PairedDifference(tables=tables, full=()).limits(method, level, Participation(**who))


@pytest.mark.few(7)
@pytest.mark.parametrize("counts", PAIRS)
@pytest.mark.parametrize("method", ["dirichlet", "uniform", "tango"])
def test_intervals_are_nested_in_the_overlap(counts, method):
    tables = sorted(pair_tables(*counts)[0], key=lambda table: -table[0])
    spans = [limits((table,), method) for table in tables]
    for wide, narrow in pairwise(spans):
        assert wide[0] <= narrow[0] + 1e-8
        assert wide[1] >= narrow[1] - 1e-8
    assert limits(tuple(tables), method) == pytest.approx(spans[0], abs=1e-8)


@pytest.mark.few(0, slow=30)
@pytest.mark.parametrize("counts", [(x, y, n) for n in (7, 14) for x in range(n + 1) for y in range(x + 1)])
@pytest.mark.parametrize("method", ["dirichlet", "uniform", "tango"])
def test_intervals_are_nested_for_every_pair_of_counts(counts, method):
    test_intervals_are_nested_in_the_overlap(counts, method)


def test_of_as_many_who_differ_the_difference_rises_with_the_first():
    """So only the extreme ones of each number are looked at, whatever the weights of the three kinds are."""
    for who in ({}, {"tau": 2.0}, {"reach": 9.0}):
        rows = [limits(((b, 6 - b, 9),), **who) for b in range(7)]
        assert rows == sorted(rows)
    tables = pair_tables({10, 12}, {6, 8}, {24, 25})[0]
    assert {b + c for b, c, n in tables if n == 24} == {b + c for b, c, n in extreme_tables(tables, "low") if n == 24}
    assert len(extreme_tables(tables, "low")) < len(tables)


def check_every_overlap(data, most):
    """What the climb finds is the extreme of all tables, looked at one by one."""
    n = data.draw(st.integers(2, most))
    counts = [data.draw(st.sets(st.integers(0, n), min_size=1, max_size=2)) for _ in range(2)]
    who = data.draw(
        st.one_of(
            st.builds(Participation, tau=st.sampled_from([0.25, 1.0, 4.0])),
            st.builds(Participation, reach=st.sampled_from([1.0, 2.7, 50.0])),
        )
    )
    level, threshold = data.draw(st.sampled_from([0.5, 0.95])), data.draw(st.sampled_from([-0.5, -0.2, 0.0, 0.3]))
    tables = pair_tables(*counts, n)[0]
    found = []
    for some in (tables, *((table,) for table in tables)):
        one = PairedDifference(tables=some, full=())
        found.append(
            (
                one.limits("dirichlet", level, who),
                one.medians("dirichlet", level, who),
                one.above(threshold, "dirichlet", who),
            )
        )
    for whole, *each in zip(*found, strict=True):
        assert whole == pytest.approx((min(low for low, _ in each), max(high for _, high in each)), abs=2e-9)


@given(st.data())
@settings(max_examples=5, deadline=None)
def test_every_overlap_lies_within_the_hull(data):
    check_every_overlap(data, 9)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=3 * settings.default.max_examples // 2)
def test_every_overlap_of_more_people_lies_within_the_hull(data):
    check_every_overlap(data, 25)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=12, deadline=None)
def test_swapping_turns_the_sign_and_more_feasible_counts_never_narrow(data):
    n = data.draw(st.integers(1, 20))
    x1, x2 = (data.draw(st.integers(0, n)) for _ in range(2))
    more = {x1, data.draw(st.integers(0, n))}
    for method in ("dirichlet", "tango", "bonett-price"):
        one, back = (paired_difference(*pair, n, method=method) for pair in ((x1, x2), (x2, x1)))
        assert one.value == pytest.approx(-back.value)
        assert (one.interval.lower, one.interval.upper) == pytest.approx(
            (-back.interval.upper, -back.interval.lower), abs=1e-8
        )
        assert one.probability[0] == pytest.approx(1 - back.probability[1], abs=1e-9)
        wider = paired_difference(more, x2, n, method=method)
        assert wider.interval.lower <= one.interval.lower + 1e-8
        assert wider.interval.upper >= one.interval.upper - 1e-8
        assert wider.probability[0] <= one.probability[0] + 1e-9
        assert -1 <= one.interval.lower <= one.interval.upper <= 1
        if method == "tango":
            assert one.interval.lower <= one.value <= one.interval.upper


@pytest.mark.slow
@given(st.integers(1, 15), st.data())
@settings(max_examples=8, deadline=None)
def test_the_worst_weights_are_at_the_corners(n, data):
    b = data.draw(st.integers(0, n))
    c = data.draw(st.integers(0, n - b))
    ratio = data.draw(st.floats(1.0, 4.0))
    table = ((b, c, n),)
    lowest = min(float(tango(b, c, n, weights=w)[0]) for w in worst_weights(ratio, "low"))
    rng = np.random.default_rng(b + 100 * c)
    for _ in range(20):
        weights = tuple(float(w) for w in np.exp(rng.uniform(0, math.log(ratio), 3)))
        assert float(tango(b, c, n, weights=weights)[0]) >= lowest - 1e-7
        value = (b * weights[0] - c * weights[1]) / (b * weights[0] + c * weights[1] + (n - b - c) * weights[2])
        low, high = observed_pair(table, ratio)
        assert low - 1e-12 <= value <= high + 1e-12


# ---------------------------------------------------------------- what an estimate holds


def test_every_tier():
    counted, like, *population = paired_difference(46, 35, 49, target=TIERS, label="say so")
    assert (counted.interval, counted.verdict.word) == (None, "true of them")
    assert like.verdict.word == "supported"
    assert [e.verdict.word for e in population] == ["not settled"] * 3
    widths = [e.interval.upper - e.interval.lower for e in (like, *population)]
    assert widths == sorted(widths)
    assert "selection-by-pair" in codes(population[0])
    assert "46 of 49 with the first answer (94%) and 35 of 49 with the second (71%) say so" in str(like)
    assert "whatever their number" in str(like)
    assert like.provenance.call == "csea_stats.paired_difference(46, 35, 49, label='say so')"
    sure = paired_difference(49, 0, 49, target=Population())
    assert sure.verdict.word == "supported"


def test_bounds_and_a_design_effect_widen():
    plain = paired_difference(39, 35, 49)
    for target in (BOUND, Superpopulation(design_effect=1.5)):
        for method in ("dirichlet", "tango"):
            wide = paired_difference(39, 35, 49, target=target, method=method)
            narrow = plain.interval if method == "dirichlet" else plain.companion
            assert wide.interval.lower < narrow.lower < narrow.upper < wide.interval.upper
    assert paired_difference(39, 35, 49, target=BOUND).bounds == pytest.approx(
        observed_pair(pair_tables(39, 35, 49)[0], 2)
    )
    even = paired_difference(39, 35, 49, target=Population(SelectionBounds(ratio=1)))
    assert ends(even.interval, 6) == ends(plain.interval, 6)


def test_a_set_of_overlaps_lies_between_one_and_all():
    one, some, every = (paired_difference(39, 35, 49, both) for both in (30, range(28, 31), None))
    for inner, outer in ((one, some), (some, every)):
        assert outer.interval.lower <= inner.interval.lower
        assert outer.interval.upper >= inner.interval.upper
    assert some.provenance.call == "csea_stats.paired_difference(39, 35, 49, both={28, 29, 30})"
    made = eval(some.provenance.call, {"csea_stats": cs})
    assert made.interval == some.interval


@pytest.mark.parametrize("counts", [(0, 0, 7), (7, 7, 7), (1, 1, 1), (1, 0, 1), (0, 49, 49), (7, 0, 7)])
def test_the_ends_have_intervals(counts):
    for method in PAIR_METHODS:
        gap = paired_difference(*counts, method=method, target=[Superpopulation()])[0]
        assert -1 <= gap.interval.lower < gap.interval.upper <= 1
        if counts[0] == counts[1]:
            assert gap.interval.lower == pytest.approx(-gap.interval.upper, abs=1e-8)
            assert gap.probability == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((39, 35, 49, 20), "both: found 20 with 39 and 35 of 49; allowed is 25 to 35"),
        ((39, 35, 49, {20, 36}), "allowed is 25 to 35"),
        ((50, 35, 49), "x1: found 50 of 49"),
        ((5, 60, 49), "x2: found 60 of 49"),
        ((0, 0, 0), "base: found 0"),
        ((5, 3, 49, [1, 2]), "both"),
        ((5, 3, 49, set()), "both: found an empty set"),
        ((5.0, 3, 49), "x1"),
    ],
)
def test_contradictory_counts_are_named(arguments, words):
    with pytest.raises(CountError, match=words):
        paired_difference(*arguments)


@pytest.mark.parametrize(
    ("settings_", "words"),
    [
        ({"target": FinitePopulation(100)}, "size"),
        ({"target": Population(size=100)}, "size"),
        ({"target": Population(), "method": "tango"}, "SelectionBounds"),
        ({"target": BOUND, "method": "bonett-price"}, "tango"),
        ({"target": Population(SelectionBounds(ratio=math.inf))}, "finite"),
        ({"target": Population(Selection(mean=0.5, reason="told so"))}, "mean=0"),
    ],
)
def test_what_has_no_method_says_what_to_use(settings_, words):
    with pytest.raises(UnsupportedTarget, match=words):
        paired_difference(39, 35, 49, **settings_)


def test_settings_are_checked():
    for wrong in ({"method": "wald"}, {"level": 95}, {"threshold": 2}, {"label": 3}, {"target": []}):
        with pytest.raises(InputError):
            paired_difference(39, 35, 49, **wrong)
    assert paired_difference(39, 35, 49, threshold=None).verdict is None
    assert paired_difference(39, 35, 49, target=Respondents(), threshold=0.1).verdict.word == "true of them"


# ---------------------------------------------------------------- coverage


@cache
def hull(x1, x2, n, method):
    lower, upper = limits(pair_tables(x1, x2, n)[0], method)
    return lower - 1e-9, upper + 1e-9


def coverage(shares, both, n, method):
    """Return how often the hull over overlaps holds the truth, by enumeration of all tables."""
    tables = [(a, b, c) for a in range(n + 1) for b in range(n + 1 - a) for c in range(n + 1 - a - b)]
    a, b, c = np.array(tables).T
    cells = np.clip([both, shares[0] - both, shares[1] - both, 1 - shares[0] - shares[1] + both], 0, 1)
    weights = stats.multinomial.pmf(np.stack([a, b, c, n - a - b - c], axis=1), n, cells / cells.sum())
    kept = weights > 1e-8
    limits = np.array([hull(x, y, n, method) for x, y in np.stack([a + b, a + c], axis=1)[kept].tolist()])
    truth = shares[0] - shares[1]
    return float(weights[kept] @ ((limits[:, 0] <= truth) & (truth <= limits[:, 1])) / weights[kept].sum())


SHARES = [(0.5, 0.5), (0.8, 0.7), (0.3, 0.1), (0.94, 0.71), (0.6, 0.4)]


@pytest.mark.few(0, slow=5)
@pytest.mark.parametrize("n", [7, 24, 49])
@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("method", ["dirichlet", "tango"])
def test_coverage_with_margins_alone_at_the_frechet_extremes(n, shares, method):
    """At the overlap that hurts most the hull is about the interval of known tables; at the other it is far wider."""
    widest, narrowest = max(0.0, sum(shares) - 1), min(shares)
    assert 0.93 < coverage(shares, widest, n, method) < 0.995
    assert coverage(shares, narrowest, n, method) > 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "method", "least", "mean"),
    [
        (7, "dirichlet", 0.895, 0.951),
        (7, "tango", 0.926, 0.965),
        (24, "dirichlet", 0.923, 0.949),
        (24, "tango", 0.937, 0.955),
    ],
)
def test_coverage_over_a_grid_of_shares_that_overlap_least(n, method, least, mean):
    """All pairs of shares .05, .15, ... .95: the smallest and the mean, as the docs tell them."""
    grid = np.arange(0.05, 1, 0.1)
    found = [coverage((p, q), max(0.0, p + q - 1), n, method) for p in grid for q in grid if q <= p + 1e-9]
    assert min(found) == pytest.approx(least, abs=1e-3)
    assert float(np.mean(found)) == pytest.approx(mean, abs=1e-3)
