"""Differences of two shares: against R, the worked answers, coverage, hulls, rules."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

import csea_stats
from csea_stats.base.odds_ratios import LogisticGap, LogisticRatio
from csea_stats.base.two_binomials import gap_limits
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.comparison import Difference
from csea_stats.estimators.difference import DIFFERENCE_METHODS, difference, difference_interval
from csea_stats.estimators.estimand import Participation
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
BOUND = Population(SelectionBounds(ratio=1.5))


def ends(interval, digits=3):
    return round(interval.lower, digits), round(interval.upper, digits)


def codes(estimate):
    return [doubt.code for doubt in estimate.caveats]


def test_limits_agree_with_r():
    with (REFERENCE / "differences.csv").open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        table = list(csv.DictReader(file))
    assert len(table) == 56
    for row in table:
        x1, n1, x2, n2 = (int(row[key]) for key in ("x1", "n1", "x2", "n2"))
        found = difference_interval(x1, n1, x2, n2, method=row["method"], level=float(row["level"]))
        np.testing.assert_allclose(found, (float(row["lower"]), float(row["upper"])), atol=1e-6, err_msg=str(row))
        above = Difference(sides=(((x1, n1),), ((x2, n2),))).above(0.0, "jeffreys", Participation())
        assert above == pytest.approx((float(row["above"]),) * 2, abs=1e-7)


def test_the_worked_example():
    gap = difference((7, 7), (28, 42))
    assert (ends(gap.interval), ends(gap.companion)) == ((0.019, 0.455), (-0.042, 0.484))
    assert gap.value == pytest.approx(1 / 3)
    assert round(gap.probability[0], 3) == 0.980
    assert [ends(interval) for _, interval in gap.sensitivity] == [(0.019, 0.455), (-0.055, 0.431), (-0.024, 0.412)]
    assert (gap.verdict.word, gap.verdict.direction) == ("not settled", "above")
    assert {"few", "independent-groups", "methods-disagree", "prior-decides"} <= set(codes(gap))
    back = difference((28, 42), (7, 7))
    assert ends(back.interval) == (-0.455, -0.019)
    assert (back.verdict.word, back.verdict.direction) == ("not settled", "below")
    assert ends(difference((7, 7), (28, 42), method="miettinen-nurminen").interval) == (-0.044, 0.486)
    assert ends(difference((56, 70), (48, 80), method="miettinen-nurminen").interval, 4) == (0.0528, 0.3382)


def test_every_tier():
    counted, like, *population = difference((7, 7), (28, 42), target=TIERS)
    assert (counted.interval, counted.verdict.word, counted.value) == (None, "true of them", pytest.approx(1 / 3))
    assert like.verdict.word == "not settled"
    assert ends(population[1].interval, 2) == (-0.02, 0.57)
    for estimate in population:
        assert estimate.companion.lower < estimate.interval.lower
        assert estimate.companion.upper > estimate.interval.upper
        assert "group-tiers" in codes(estimate)
    wide = difference((28, 30), (12, 30), target=TIERS)
    assert [e.verdict.word for e in wide] == ["true of them", "supported"] + 3 * ["depends on who took part"]
    assert difference((300, 300), (0, 420), target=TIERS)[4].verdict.word == "supported"
    assert difference((0, 300), (420, 420), target=TIERS)[4].verdict.word == "supported"
    assert difference((7, 7), (28, 42), target=Respondents(), threshold=0.5).verdict.word == "true of them"


@pytest.mark.few(2)
@pytest.mark.parametrize("target", [*TIERS, BOUND, Superpopulation(design_effect=1.5)], ids=repr)
def test_the_call_makes_the_estimate_again(target):
    gap = difference((7, 7), ({28, 29}, 42), target=target, level=0.9, label="say so")
    assert eval(gap.provenance.call, {"csea_stats": csea_stats}) == gap
    assert gap.value is None
    assert gap.bounds is not None
    assert gap.counts == ((7, 28), (7, 29))
    assert gap.base == (7, 42)
    assert len(str(gap)) > 60


@given(
    st.sampled_from(DIFFERENCE_METHODS),
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
@settings(max_examples=3 * settings.default.max_examples)
def test_limits_are_antisymmetric_nested_and_in_range(method, first, second):
    lower, upper = difference_interval(*first, *second, method=method)
    back = difference_interval(*second, *first, method=method)
    np.testing.assert_allclose((lower, upper), (-back[1], -back[0]), atol=1e-8)
    assert -1 <= lower <= upper <= 1
    wide = difference_interval(*first, *second, method=method, level=0.99)
    assert wide[0] <= lower + 1e-9
    assert upper <= wide[1] + 1e-9


def coverage(method, n1, n2, grid):
    x1, x2 = (part.ravel() for part in np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij"))
    lower, upper = difference_interval(x1, n1, x2, n2, method=method)
    first, second = stats.binom.pmf(x1[:, None], n1, grid), stats.binom.pmf(x2[:, None], n2, grid)
    found = np.empty((len(grid), len(grid)))
    for i, p1 in enumerate(grid):
        truth = p1 - grid
        held = (lower[:, None] - 1e-7 <= truth) & (truth <= upper[:, None] + 1e-7)
        found[i] = (first[:, i, None] * second * held).sum(axis=0)
    return found, lower, upper, (first, second)


@pytest.mark.parametrize(
    ("method", "n1", "n2", "expected"),
    [
        ("newcombe", 7, 42, (0.916, 0.953, 0.939, 0.575)),
        ("newcombe", 24, 25, (0.914, 0.953, 0.931, 0.438)),
        ("agresti-caffo", 7, 42, (0.894, 0.963, 0.931, 0.606)),
        ("agresti-caffo", 24, 25, (0.930, 0.955, 0.938, 0.443)),
        ("miettinen-nurminen", 7, 42, (0.869, 0.959, 0.946, 0.590)),
        ("miettinen-nurminen", 24, 25, (0.914, 0.951, 0.938, 0.443)),
        pytest.param("jeffreys", 7, 42, (0.866, 0.949, 0.92, 0.568), marks=pytest.mark.slow),
    ],
)
def test_exact_coverage_is_as_documented(method, n1, n2, expected):
    grid = np.linspace(0.01, 0.99, 50)
    covered, lower, upper, (first, second) = coverage(method, n1, n2, grid)
    inner = (grid >= 0.1 - 1e-9) & (grid <= 0.9 + 1e-9)
    width = np.einsum("ti,tj,t->ij", first, second, upper - lower).mean()
    found = (covered.min(), covered.mean(), covered[np.ix_(inner, inner)].min(), width)
    digits = 5e-3 if method == "jeffreys" else 1e-3
    np.testing.assert_allclose(found, expected, rtol=0, atol=digits)


def signs_and_chance(n1, n2):
    x1, x2 = (part.ravel() for part in np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij"))
    p = np.linspace(0.0005, 0.9995, 1999)
    chance = stats.binom.pmf(x1[:, None], n1, p) * stats.binom.pmf(x2[:, None], n2, p)
    signs = {}
    for method in ("newcombe", "jeffreys", "uniform"):
        lower, upper = gap_limits((x1, n1, x2, n2), method=method, level=0.95)
        signs[method] = (lower > 0).astype(int) - (upper < 0)
    return x1, x2, signs, chance


def worst(sign, chance):
    return float((chance * (sign != 0)[:, None]).sum(axis=0).max())


@pytest.mark.slow
def test_false_signs_on_equal_shares():
    # The same rates by R from P(p1 > p2): .0611 (7 against 42), .0535 (24 against 25).
    for bases, newcombe, jeffreys in (((7, 42), 0.0534, 0.0611), ((24, 25), 0.0510, 0.0535)):
        _, _, signs, chance = signs_and_chance(*bases)
        assert worst(signs["newcombe"], chance) == pytest.approx(newcombe, abs=1e-4)
        assert worst(signs["jeffreys"], chance) == pytest.approx(jeffreys, abs=1e-4)


def tied_limits(table, shifts=(0.0, 0.0)):
    posterior = LogisticGap(table, shifts)
    return posterior.quantile(0.025), posterior.quantile(0.975)


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "n2", "rate"), [(7, 42, 0.039), (24, 25, 0.045)])
def test_false_signs_of_the_sign_rule(n1, n2, rate):
    x1, x2, signs, chance = signs_and_chance(n1, n2)
    agreed = np.where((signs["newcombe"] == signs["jeffreys"]) & (signs["newcombe"] == signs["uniform"]), 1, 0)
    rule = agreed * signs["newcombe"]
    for place in np.flatnonzero(rule):
        lower, upper = tied_limits((int(x1[place]), n1, int(x2[place]), n2))
        if (1 if lower > 0 else -1 if upper < 0 else 0) != rule[place]:
            rule[place] = 0
    assert round(worst(rule, chance), 3) == rate


@pytest.mark.few(1)
@pytest.mark.parametrize("table", [(7, 7, 28, 42), (2, 5, 9, 11), (0, 4, 3, 6)])
def test_the_regression_prior_against_a_double_integral(table):
    x1, n1, x2, n2 = table

    def joint(b, alpha):
        l1, l2 = alpha + b * n2 / (n1 + n2), alpha - b * n1 / (n1 + n2)
        return math.exp(
            x1 * special.log_expit(l1)
            + (n1 - x1) * special.log_expit(-l1)
            + x2 * special.log_expit(l2)
            + (n2 - x2) * special.log_expit(-l2)
            + (special.log_expit(alpha) + special.log_expit(-alpha)) / 2
            + special.log_expit(b)
            + special.log_expit(-b)
            - (x1 + x2) * special.log_expit(0.8)
        )

    # P(p1 <= p2) is P(b <= 0).
    inner = {"epsabs": 1e-13, "epsrel": 1e-9}
    whole = integrate.dblquad(joint, -30, 30, -40, 40, **inner)[0]
    below = integrate.dblquad(joint, -30, 30, -40, 0, **inner)[0]
    assert LogisticGap(table).cdf(0.0) == pytest.approx(below / whole, abs=1e-6)


def test_the_regression_prior_of_the_worked_example():
    assert round(1 - LogisticGap((7, 7, 28, 42)).cdf(0.0), 3) == 0.966
    low, high = tied_limits((500, 1000, 400, 1000))  # data swamp the prior
    plain = difference_interval(500, 1000, 400, 1000)
    np.testing.assert_allclose((low, high), (float(plain[0]), float(plain[1])), atol=2e-3)


NARROW = [
    *TIERS[2:4],
    Population(SelectionBounds(ratio=1.0001)),
    BOUND,
    Population(Selection(tau=0.1, correlation=1.0)),
]
SETTLED = ("supported", "contradicted")


@pytest.mark.slow
@pytest.mark.parametrize("second", [(29, 42), *(pytest.param(x, marks=pytest.mark.slow) for x in ((0, 42), (1, 42)))])
@pytest.mark.parametrize("target", NARROW, ids=repr)
def test_a_prior_leaves_open_for_the_population_what_it_leaves_open_for_people_like_these(second, target):
    like, wide = difference((2, 7), second, target=(Superpopulation(), target))
    assert (like.verdict.word, wide.verdict.word) == ("not settled", "not settled")
    settled = wide.interval.lower > 0 or wide.interval.upper < 0
    assert ("prior-decides" in codes(wide)) == settled


TABLES = st.lists(
    st.integers(1, 45).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=2
)


@pytest.mark.slow
@given(TABLES, st.sampled_from(NARROW), st.sampled_from([0.0, 0.1, -0.2]))
@settings(max_examples=settings.default.max_examples * 6 // 5)
def test_no_population_verdict_is_surer_than_that_of_people_like_these(tables, target, threshold):
    like, wide = difference(*tables, target=(Superpopulation(), target), threshold=threshold)
    if like.verdict.word not in SETTLED:
        assert wide.verdict.word not in SETTLED
    elif wide.verdict.word in SETTLED:
        assert wide.verdict.word == like.verdict.word


@pytest.mark.slow
def test_the_regression_prior_with_known_participation_ratios():
    with (REFERENCE / "tied_shares.csv").open(encoding="utf-8") as file:
        assert "Gauss-Legendre" in file.readline()
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) == 30
    for row in rows:
        table, shifts = tuple(row[key] for key in ("x1", "n1", "x2", "n2")), (row["shift1"], row["shift2"])
        gap, over = LogisticGap(table, shifts), LogisticRatio(table, shifts)
        for p in (0.025, 0.975):
            assert gap.quantile(p) == pytest.approx(row[f"difference_{p}"], abs=1e-5), row
            assert math.log(over.quantile(p)) == pytest.approx(row[f"log_ratio_{p}"], abs=1e-5), row
    table = (7, 7, 28, 42)
    # A ratio common to both groups leaves the sign of the difference as it is.
    assert LogisticGap(table, (0.4, 0.4)).cdf(0.0) == pytest.approx(LogisticGap(table).cdf(0.0), abs=1e-6)
    # Where data swamp the prior it is the shifted share of Jeffreys.
    large = (500, 1000, 400, 1000)
    bound = difference(large[:2], large[2:], target=Population(SelectionBounds(ratio=1.5)))
    reach = math.log(1.5)
    assert tied_limits(large, (reach, -reach))[0] == pytest.approx(bound.interval.lower, abs=3e-3)
    assert tied_limits(large, (-reach, reach))[1] == pytest.approx(bound.interval.upper, abs=3e-3)


def test_the_strip_of_a_population_names_its_priors():
    wide = difference((2, 7), (0, 42), target=Population())
    like = dict(difference((2, 7), (0, 42)).sensitivity)
    for name in ("uniform", "logistic(0, 1) on the log odds ratio"):
        assert ends(dict(wide.sensitivity)[f"{name}, chance alone"], 9) == ends(like[name], 9)
    assert set(dict(difference((2, 7), (0, 42), target=BOUND).sensitivity)) == set(like)


def test_bounds_on_who_took_part():
    gap = difference((20, 30), (10, 30), target=BOUND)
    least = (20 / 10 / 1.5, 10 / 20 * 1.5)
    assert gap.bounds[0] == pytest.approx(least[0] / (1 + least[0]) - least[1] / (1 + least[1]))
    assert gap.interval.lower < difference((20, 30), (10, 30)).interval.lower
    assert gap.probability[0] < gap.probability[1]
    none = difference((20, 30), (10, 30), target=Population(SelectionBounds(ratio=1)))
    assert ends(none.interval, 7) == ends(difference((20, 30), (10, 30)).interval, 7)
    assert ends(none.companion, 7) == ends(difference((20, 30), (10, 30)).companion, 7)
    assert difference((20, 30), (10, 30), method="newcombe", target=BOUND).interval == gap.companion


@pytest.mark.parametrize(
    ("target", "method", "needles"),
    [
        (FinitePopulation(100), "jeffreys", ("FinitePopulation", "Superpopulation")),
        (Population(size=100), "jeffreys", ("size", "Superpopulation")),
        (Population(), "newcombe", ("newcombe", "jeffreys", "SelectionBounds")),
        (BOUND, "agresti-caffo", ("agresti-caffo", "newcombe")),
    ],
)
def test_pairs_without_a_rule_say_what_to_use(target, method, needles):
    with pytest.raises(UnsupportedTarget) as error:
        difference((7, 7), (28, 42), target=target, method=method)
    assert all(needle in str(error.value) for needle in needles)


@pytest.mark.parametrize(
    ("first", "second", "needles"),
    [
        ((8, 7), (28, 42), ("first", "8", "7")),
        ((7, 7), (28, 0), ("base", "0")),
        (7, (28, 42), ("first", "7")),
        ((7, 7, 7), (28, 42), ("first",)),
        ((7, 7), (2.5, 42), ("second", "2.5")),
        (([7], 7), (28, 42), ("first", "{9, 10}")),
    ],
)
def test_groups_that_are_none(first, second, needles):
    with pytest.raises(CountError) as error:
        difference(first, second)
    assert all(needle in str(error.value) for needle in needles)


def test_settings_that_are_none():
    with pytest.raises(InputError, match=r"measure.*difference"):
        difference((7, 7), (28, 42), measure="hazard")
    with pytest.raises(InputError, match=r"wald.*newcombe"):
        difference((7, 7), (28, 42), method="wald")
    with pytest.raises(CountError, match="43 of 42"):
        difference_interval([7], [7], [43], [42])
    with pytest.raises(CountError, match="shapes"):
        difference_interval([7, 7], [7, 7], [1, 2, 3], [4, 4, 4])


def test_a_design_effect_is_fewer_people():
    clustered = difference((20, 40), (30, 80), target=Superpopulation(design_effect=2))
    plain = difference((10, 20), (15, 40))
    assert ends(clustered.interval, 9) == ends(plain.interval, 9)
    assert ends(clustered.companion, 9) == ends(plain.companion, 9)


def test_a_direction_of_who_took_part():
    target = Population(Selection(tau=0.3, mean=0.5, reason="those who agree were asked first"))
    gap = difference((20, 30), (10, 30), target=target)
    assert {"selection-centred", "selection-direction"} <= set(codes(gap))
    assert "from" in gap.companion.method


@pytest.mark.slow
def test_the_correlation_of_who_took_part_is_told():
    told = {}
    for correlation in (0.0, 0.5, 0.875, 1.0):
        gap = difference((20, 30), (10, 30), target=Population(Selection(correlation=correlation)))
        assert "selection-by-group" in codes(gap)
        assert "selection-assumed" not in codes(gap)
        doubt = next(doubt for doubt in gap.caveats if doubt.code == "selection-by-group")
        told_as = (
            f"with a correlation of {correlation:g} between them" if correlation else "independently of each other"
        )
        assert f"{told_as};" in doubt.text
        assert "2.7" in doubt.text
        told[str(gap)] = correlation
    assert len(told) == 4
    directed = Selection(tau=0.3, mean=0.5, reason="those who agree were asked first", correlation=0.25)
    gap = difference((20, 30), (10, 30), target=Population(directed))
    assert {"selection-centred", "selection-direction", "selection-correlated"} <= set(codes(gap))
    assert "correlation of 0.25" in str(gap)
    assert "selection-bounded" in codes(difference((20, 30), (10, 30), target=BOUND))


TIED = {((15, 20), (9, 20)), ((16, 20), (10, 20)), ((14, 18), (11, 22)), ((16, 18), (9, 22))}


@pytest.mark.few(1)
@pytest.mark.parametrize("measure", ["difference", "ratio", "odds-ratio"])
@pytest.mark.parametrize("target", [Superpopulation(), Population(Selection(tau=0.5))], ids=str)
def test_counts_that_go_together_are_a_hull_over_their_tables(measure, target):
    """Each table by itself, by another path: nothing wider, nothing narrower."""
    firsts, seconds = ({one[side] for one in TIED} for side in (0, 1))
    sides = (firsts, {18, 20}), (seconds, {20, 22})
    found = difference(*sides, measure=measure, target=target, together=TIED)
    alone = [difference(*one, measure=measure, target=target) for one in TIED]
    for name in ("interval", "companion"):
        assert getattr(found, name).lower == pytest.approx(min(getattr(e, name).lower for e in alone), abs=1e-9)
        assert getattr(found, name).upper == pytest.approx(max(getattr(e, name).upper for e in alone), abs=1e-9)
    assert found.probability == (
        pytest.approx(min(e.probability[0] for e in alone), abs=1e-9),
        pytest.approx(max(e.probability[1] for e in alone), abs=1e-9),
    )
    assert found.counts == ((14, 11), (15, 9), (16, 9), (16, 10))
    crossed = difference(*sides, measure=measure, target=target)
    assert crossed.interval.lower < found.interval.lower
    assert crossed.interval.upper >= found.interval.upper
    again = eval(found.provenance.call, {"csea_stats": csea_stats})
    assert again.interval == found.interval


def test_combinations_that_are_all_feasible_need_no_words():
    every = {((x, 20), (y, 20)) for x in (15, 16) for y in (9, 10)}
    free, tied = (difference(({15, 16}, 20), ({9, 10}, 20), together=some) for some in (None, every))
    assert (free.interval, free.companion, free.counts) == (tied.interval, tied.companion, tied.counts)


@pytest.mark.parametrize("together", [set(), [((15, 20), (10, 20))], {((15, 20), (11, 20))}, {(15, 20)}])
def test_what_does_not_go_together_is_refused(together):
    with pytest.raises(CountError, match="together: found"):
        difference(({15, 16}, 20), ({9, 10}, 20), together=together)


def test_shares_of_more_people_than_can_be_counted_one_by_one():
    gap = difference((4 * 10**11, 10**12), (5 * 10**11, 10**12))
    assert gap.verdict.word == "supported"
    assert gap.interval.lower == pytest.approx(-0.1, abs=1e-5)
