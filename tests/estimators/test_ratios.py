"""Ratios of two shares: against R, simulation, coverage, hulls, sentences."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

import csea_stats
from csea_stats.base.differences import difference_cdf, sampled_group, selected_pair
from csea_stats.base.odds_ratios import LogisticGap, LogisticRatio
from csea_stats.base.two_binomials import ratio_cdf
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.comparison import Ratio
from csea_stats.estimators.difference import difference, difference_interval
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.group_tables import LOGISTIC
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import (
    TIERS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "two_groups.csv"
BOUND = Population(SelectionBounds(ratio=1.5))
CENTRED = Population(Selection(mean=0.3, reason="asked of two field workers"))
METHODS = {
    "difference": ("clopper-pearson",),
    "ratio": ("jeffreys", "miettinen-nurminen", "mover-wilson"),
    "odds-ratio": ("logistic", "log-f", "firth", "exact-conditional"),
}
PAIRS = [(measure, method) for measure, methods in METHODS.items() for method in methods]


def reference(kind):
    with REFERENCE.open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        return [row for row in csv.DictReader(file) if row["what"].split(" ")[0] == kind]


def table_of(row):
    return tuple(int(row[key]) for key in ("x1", "n1", "x2", "n2"))


@pytest.mark.few(1)
@pytest.mark.parametrize(("measure", "rows"), [("difference", 24), ("ratio", 70), ("odds-ratio", 64)])
def test_limits_agree_with_r(measure, rows):
    found = reference(measure)
    assert len(found) == rows
    for row in found:
        method = row["what"].split(" ")[1]
        ours = difference_interval(*table_of(row), measure=measure, method=method, level=float(row["level"]))
        # R's exact conditional limits are as good as its root finder's tolerance; see the identities in test_odds.
        digits = 5e-4 if method == "exact-conditional" else 1e-8
        theirs = float(row["lower"]), float(row["upper"])
        if math.isnan(theirs[1]):  # where the second count is 0 R divides 0 by 0: there is no upper limit
            assert (int(row["x2"]), float(ours[1])) == (0, math.inf)
            theirs = theirs[0], math.inf
        np.testing.assert_allclose(ours, theirs, rtol=digits, atol=1e-8, err_msg=str(row))


def test_the_worked_example():
    found = difference((7, 7), (28, 42), measure="ratio")
    assert found.value == pytest.approx(1.5)
    assert (found.interval.method, found.companion.method) == ("jeffreys", "miettinen-nurminen")
    assert (found.interval.kind, found.companion.kind) == ("credible", "confidence")
    assert (found.estimand, found.scale, found.threshold) == ("ratio of the shares", "ratio", 1.0)
    assert (found.verdict.word, found.verdict.direction) == ("not settled", "above")
    gap = difference((7, 7), (28, 42))
    assert found.probability == pytest.approx(gap.probability, abs=1e-7)
    codes = [doubt.code for doubt in found.caveats]
    assert {"few", "methods-disagree", "prior-decides", "independent-groups"} <= set(codes)
    assert "zero-cell" not in codes
    text = str(found)
    assert text.startswith("7 of 7 in the first group (100%) and 28 of 42 in the second (67%) say so: +33 points, ")
    assert "points, 1.5 times the second share. Among people" in text
    assert "95% CrI, 1.03 to 1.9; " in text


def test_a_sign_is_judged_alike_as_difference_and_as_ratio():
    # At equal shares the two score statistics are the same, and so are the two posterior events.
    for x1, x2 in ((7, 20), (0, 20), (2, 30), (5, 5), (7, 41), (0, 1)):
        for method in ("jeffreys", "miettinen-nurminen"):
            low, high = difference_interval(x1, 7, x2, 42, method=method)
            lower, upper = difference_interval(x1, 7, x2, 42, measure="ratio", method=method)
            assert (low > 0, high < 0) == (lower > 1, upper < 1)


@pytest.mark.parametrize(("one", "other"), [((7.5, 0.5), (28.5, 14.5)), ((0.5, 9.5), (3.5, 39.5))])
def test_the_ratio_by_a_second_quadrature(one, other):
    nodes, weights = special.roots_legendre(1500)
    shares = special.betaincinv(*other, (nodes + 1) / 2)
    logs = np.array([-3.0, -0.2, 0.0, 0.3, 2.0])
    expected = special.betainc(*one, np.minimum(np.exp(logs[:, None]) * shares, 1.0)) @ weights / 2
    found = ratio_cdf(sampled_group(one), sampled_group(other))(logs)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_equal_shares_are_the_same_event_for_difference_and_ratio():
    pair = selected_pair((7.5, 0.5), (28.5, 14.5), tau=0.5, correlation=0.3)
    assert ratio_cdf(*pair)(np.zeros(1)) == pytest.approx([difference_cdf(*pair)(0.0)], abs=1e-7)
    gap, over = LogisticGap((7, 7, 28, 42)), LogisticRatio((7, 7, 28, 42))
    assert over.cdf(1.0) == pytest.approx(gap.cdf(0.0), abs=1e-12)


@pytest.mark.slow
def test_a_population_against_simulation():
    rng = np.random.default_rng(3)
    size, tau, rho, mean = 400_000, 0.5, 0.5, 0.3
    common = rng.standard_normal(size)
    shares = []
    for a, b in ((20.5, 4.5), (12.5, 13.5)):
        lost = mean + tau * (math.sqrt(rho) * common + math.sqrt(1 - rho) * rng.standard_normal(size))
        shares.append(special.expit(special.logit(rng.beta(a, b, size)) - lost))
    expected = np.quantile(shares[0] / shares[1], [0.025, 0.5, 0.975])
    found = difference((20, 24), (12, 25), measure="ratio", target=CENTRED)
    ours = found.interval.lower, found.value, found.interval.upper
    np.testing.assert_allclose(ours, expected, rtol=0.01)
    assert found.probability[0] == pytest.approx((shares[0] > shares[1]).mean(), abs=0.003)


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["ratio", "odds-ratio"])
@pytest.mark.parametrize("target", [*TIERS, BOUND, CENTRED, Superpopulation(design_effect=1.5)], ids=repr)
def test_the_call_makes_the_estimate_again(measure, target):
    found = difference((7, 7), ({28, 29}, 42), measure=measure, target=target, level=0.9, label="say so")
    assert eval(found.provenance.call, {"csea_stats": csea_stats}) == found
    assert found.value is None
    assert found.bounds is not None
    assert Estimates.from_json(Estimates([found]).to_json())[0] == found
    text = str(found)
    assert "nan" not in text
    assert text.index("points") < text.index("times")
    if measure == "odds-ratio":
        assert text.index("times") < text.index("odds ratio")


@pytest.mark.few(2)
@pytest.mark.parametrize(("measure", "method"), PAIRS)
@given(
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
@settings(max_examples=10, deadline=None)
def test_limits_turn_over_nest_and_are_numbers(measure, method, first, second):
    keys = {"measure": measure, "method": method}
    lower, upper = difference_interval(*first, *second, **keys)
    assert LOWEST[measure] <= lower <= upper
    wide = difference_interval(*first, *second, **keys, level=0.99)
    assert wide[0] <= lower * (1 + 1e-9) + 1e-9
    assert upper <= wide[1] * (1 + 1e-9) + 1e-9
    back = difference_interval(*second, *first, **keys)
    if measure == "difference":
        np.testing.assert_allclose((lower, upper), (-back[1], -back[0]), atol=1e-9)
        return
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose((lower, upper), (1 / back[1], 1 / back[0]), rtol=2e-6)
    if measure == "odds-ratio":  # of the opposite answer
        (x1, n1), (x2, n2) = first, second
        turned = difference_interval(n1 - x1, n1, n2 - x2, n2, **keys)
        np.testing.assert_allclose((back[0], back[1]), turned, rtol=2e-6)


LOWEST = {"difference": -1, "ratio": 0, "odds-ratio": 0}


@pytest.mark.parametrize("bound", [1.5, *(pytest.param(x, marks=pytest.mark.slow) for x in (1.0, 2.66))])
def test_a_prior_that_ties_the_shares_makes_no_interval_narrower_by_another_count(bound):
    """With ratios of who took part the lower limit is not lowest at 12 of 12: every count is tried."""
    who = Participation(reach=bound)

    def limits(*seconds):
        return Ratio(sides=(((7, 9),), tuple((x, 12) for x in seconds))).limits(LOGISTIC, 0.95, who)

    singles, hull = [limits(x) for x in range(13)], limits(*range(13))
    assert hull == (min(low for low, _ in singles), max(high for _, high in singles))
    if bound > 1:
        assert hull[0] < singles[12][0]


@pytest.mark.few(5)
@pytest.mark.parametrize(
    "table",
    [
        (0, 7, 0, 42),
        (7, 7, 42, 42),
        *(pytest.param(t, marks=pytest.mark.slow) for t in ((0, 1, 0, 1), (1, 1, 1, 1), (1, 1, 0, 1))),
    ],
)
@pytest.mark.parametrize(("measure", "method"), [pair for pair in PAIRS if pair[0] != "difference"])
def test_the_ends_of_every_range(table, measure, method):
    x1, n1, x2, n2 = table
    found = difference((x1, n1), (x2, n2), measure=measure, method=method)
    span = found.interval
    assert LOWEST[measure] <= span.lower <= span.upper
    assert not math.isnan(span.upper)
    codes = {doubt.code for doubt in found.caveats}
    undefined = {"ratio": x1 == x2 == 0, "odds-ratio": x1 * n2 == x2 * n1}[measure]
    assert (found.value is None) == undefined
    assert ("ratio-not-defined" in codes) == undefined
    if undefined:
        assert span.lower < 1 < span.upper
        assert found.verdict.word in ("not settled", "too few answers")
        assert f"no {'odds ratio' if measure == 'odds-ratio' else 'ratio'} (nothing to divide)" in str(found)
    counted = difference((x1, n1), (x2, n2), measure=measure, target=Respondents())
    assert counted.interval is None
    assert counted.verdict.word == ("true of them" if x1 * n2 > x2 * n1 else "not true of them")


def test_zero_counts_leave_a_limit_open():
    none_second = difference((3, 7), (0, 42), measure="ratio")
    assert (none_second.value, none_second.interval.upper, none_second.companion.upper) == (math.inf,) * 3
    assert "5.6 to unlimited" in str(none_second)
    none_first = difference((0, 42), (3, 7), measure="ratio")
    assert (none_first.value, none_first.interval.lower, none_first.companion.lower) == (0.0,) * 3
    for found in (none_first, none_second):
        assert "zero-cell" in {doubt.code for doubt in found.caveats}


def test_bounds_without_a_prior():
    plain = difference((20, 24), (12, 25), measure="ratio", method="mover-wilson")
    one = Population(SelectionBounds(ratio=1))
    none = difference((20, 24), (12, 25), measure="ratio", method="mover-wilson", target=one)
    assert (none.interval.lower, none.interval.upper) == pytest.approx((plain.interval.lower, plain.interval.upper))
    wide = difference((20, 24), (12, 25), measure="ratio", target=BOUND)
    assert wide.interval.lower < plain.interval.lower
    # the observed shares, their odds 1.5 times apart either way
    low = special.expit(special.logit(20 / 24) - math.log(1.5)) / special.expit(special.logit(12 / 25) + math.log(1.5))
    assert wide.bounds[0] == pytest.approx(low)


def test_what_is_refused():
    with pytest.raises(InputError, match="'log-f' is a method for measure='odds-ratio'"):
        difference((7, 7), (28, 42), method="log-f")
    with pytest.raises(InputError, match="risk"):
        difference((7, 7), (28, 42), measure="risk")
    with pytest.raises(InputError, match="between 0 and inf"):
        difference((7, 7), (28, 42), measure="ratio", threshold=0)
    for method, target in (
        ("miettinen-nurminen", Population()),
        ("miettinen-nurminen", BOUND),
        ("jeffreys", FinitePopulation(200)),
        ("jeffreys", Population(size=200)),
    ):
        with pytest.raises(UnsupportedTarget, match="use"):
            difference((7, 7), (28, 42), measure="ratio", method=method, target=target)


def test_thresholds():
    twice = difference((20, 24), (5, 25), measure="ratio", threshold=2)
    assert (twice.threshold, twice.verdict.threshold) == (2.0, 2.0)
    assert 0 < twice.probability[0] < 1
    none = difference((20, 24), (5, 25), measure="ratio", threshold=None)
    assert (none.threshold, none.verdict, none.probability) == (None, None, None)
    assert difference((20, 24), (5, 25), measure="ratio").verdict.word == "supported"
    assert difference((5, 25), (20, 24), measure="ratio").verdict.direction == "below"


COVERAGE = [
    # least, mean, least within .1 to .9, least where both shares are equal; 50 x 50 shares from .01 to .99
    ("ratio", "jeffreys", (7, 42), (0.8656, 0.9513, 0.8999, 0.9389)),
    ("ratio", "jeffreys", (24, 25), (0.8974, 0.9501, 0.9192, 0.9465)),
    ("ratio", "miettinen-nurminen", (7, 42), (0.8693, 0.9561, 0.9369, 0.9364)),
    ("ratio", "miettinen-nurminen", (24, 25), (0.9250, 0.9544, 0.9379, 0.9465)),
    ("ratio", "mover-wilson", (7, 42), (0.9187, 0.9537, 0.9335, 0.9466)),
    ("ratio", "mover-wilson", (24, 25), (0.9277, 0.9539, 0.9377, 0.9490)),
    ("odds-ratio", "logistic", (7, 42), (0.6111, 0.9415, 0.9057, 0.9605)),
    ("odds-ratio", "logistic", (24, 25), (0.8379, 0.9462, 0.9317, 0.9554)),
    ("odds-ratio", "log-f", (7, 42), (0.8862, 0.9580, 0.9354, 0.9586)),
    ("odds-ratio", "log-f", (24, 25), (0.9146, 0.9558, 0.9408, 0.9548)),
    ("odds-ratio", "firth", (7, 42), (0.9246, 0.9610, 0.9455, 0.9523)),
    ("odds-ratio", "firth", (24, 25), (0.9146, 0.9562, 0.9378, 0.9536)),
    ("odds-ratio", "exact-conditional", (7, 42), (0.9787, 0.9885, 0.9787, 0.9821)),
    ("odds-ratio", "exact-conditional", (24, 25), (0.9689, 0.9819, 0.9689, 0.9743)),
    ("difference", "clopper-pearson", (7, 42), (0.9910, 0.9991, 0.9977, 0.9995)),
    ("difference", "clopper-pearson", (24, 25), (0.9904, 0.9989, 0.9989, 0.9995)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "method", "bases", "expected"), COVERAGE)
def test_exact_coverage_is_as_documented(measure, method, bases, expected):
    n1, n2 = bases
    x1, x2 = (part.ravel() for part in np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij"))
    lower, upper = difference_interval(x1, n1, x2, n2, measure=measure, method=method)

    def held(truth):
        return (lower[:, None] - 1e-9 <= truth) & (truth <= upper[:, None] + 1e-9)

    grid = np.linspace(0.01, 0.99, 50)
    first, second = stats.binom.pmf(x1[:, None], n1, grid), stats.binom.pmf(x2[:, None], n2, grid)
    odds = grid / (1 - grid)
    covered = np.empty((50, 50))
    for i, p in enumerate(grid):
        truth = {"difference": p - grid, "ratio": p / grid, "odds-ratio": odds[i] / odds}[measure]
        covered[i] = (first[:, i, None] * second * held(truth)).sum(axis=0)
    inner = (grid >= 0.1 - 1e-9) & (grid <= 0.9 + 1e-9)
    p = np.linspace(0.0005, 0.9995, 1999)
    alike = stats.binom.pmf(x1[:, None], n1, p) * stats.binom.pmf(x2[:, None], n2, p)
    line = (alike * held(np.full(1, float(measure != "difference")))).sum(axis=0)
    found = covered.min(), covered.mean(), covered[np.ix_(inner, inner)].min(), line.min()
    np.testing.assert_allclose(found, expected, atol=2e-4)
    if method in ("exact-conditional", "clopper-pearson"):
        assert min(found) >= 0.95
