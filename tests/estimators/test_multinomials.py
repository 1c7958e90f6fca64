"""Joint intervals for all shares: the Dirichlet band by two routes, Goodman and Bonferroni against R."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

import csea_stats
from csea_stats.base.dirichlet import box_probability, dirichlet_band, triangle_probability
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.multinomial import JOINT_METHODS, joint_limits, multinomial
from csea_stats.estimators.proportion import proportion
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    SelectionBounds,
    Superpopulation,
)

REFERENCE = Path(__file__).parents[1] / "reference"
TABLES = [(11, 13, 9, 1, 15), (3, 20, 17, 7, 2), (56, 72, 73, 59, 62, 87, 58), (23, 12, 44), (0, 7, 0), (0, 1, 0, 0)]


def margins(alpha, tail):
    rest = alpha.sum() - alpha
    return special.betaincinv(alpha, rest, tail), 1 - special.betaincinv(rest, alpha, tail)


def test_limits_agree_with_r():
    with (REFERENCE / "multinomials.csv").open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        table = list(csv.DictReader(file))
    assert len(table) == 46
    for row in table:
        counts, place = tuple(map(int, row["counts"].split())), int(row["place"])
        for method, name in (("goodman", "goodman"), ("bonferroni-clopper-pearson", "exact")):
            lower, upper = joint_limits(counts, method, float(row["level"]))
            assert lower[place] == pytest.approx(float(row[f"{name}_lower"]), abs=1e-9)
            assert upper[place] == pytest.approx(float(row[f"{name}_upper"]), abs=1e-9)


@pytest.mark.few(3)
@pytest.mark.parametrize("counts", TABLES)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_band_holds_as_often_as_it_says(counts, level):
    _, _, tail = dirichlet_band(counts, level)
    alpha = np.array(counts) + 0.5
    draws = 200_000
    drawn = np.random.default_rng(5).dirichlet(alpha, draws)
    lower, upper = margins(alpha, tail)
    held = ((lower <= drawn) & (drawn <= upper)).all(axis=1).mean()
    assert held == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / draws))


@pytest.mark.few(2)
@pytest.mark.parametrize("counts", [(23, 12, 44), (1, 1, 1), (2000, 3000, 5000), (3, 0, 500)])
def test_two_routes_to_the_probability_of_a_box(counts):
    alpha = np.sort(np.array(counts) + 0.5)
    # The Fourier sum converges slowly where a count is 0, whose density is unbounded: its stated accuracy.
    accuracy = 1e-6 if 0 in counts else 2e-8
    for tail in (0.005, 0.01, 0.02):
        assert triangle_probability(alpha, tail) == pytest.approx(box_probability(alpha, tail, terms=768), abs=accuracy)


@pytest.mark.parametrize("counts", [(11, 13, 9, 1, 15), (0, 0, 7, 0, 0), (0, 1, 0, 0), (5,) * 12])
def test_more_terms_change_nothing(counts):
    alpha = np.sort(np.array(counts) + 0.5)
    assert box_probability(alpha, 0.005) == pytest.approx(box_probability(alpha, 0.005, terms=768), abs=5e-6)


def test_two_shares_are_one():
    lower, upper, tail = dirichlet_band((14, 35), 0.95)
    assert tail == pytest.approx(0.025)
    np.testing.assert_allclose((lower[1], upper[1]), special.betaincinv(35.5, 14.5, [0.025, 0.975]), rtol=1e-9)
    np.testing.assert_allclose(lower, 1 - upper[::-1], atol=1e-12)


def test_the_tail_for_five_shares():
    for counts in TABLES[:2]:
        assert dirichlet_band(counts, 0.95)[2] == pytest.approx(0.0053, abs=1e-4)


@given(st.lists(st.integers(0, 30), min_size=3, max_size=6).filter(any))
def test_the_band_lies_between_one_at_a_time_and_bonferroni(counts):
    _, _, tail = dirichlet_band(tuple(counts), 0.95)
    assert 0.025 / len(counts) - 1e-6 <= tail <= 0.025
    lower, upper, _ = dirichlet_band(tuple(counts), 0.95)
    back = dirichlet_band(tuple(reversed(counts)), 0.95)
    np.testing.assert_allclose(lower, back[0][::-1])
    wide = dirichlet_band(tuple(counts), 0.99)
    assert (wide[0] <= lower).all()
    assert (wide[1] >= upper).all()
    assert all(low == 0 for low, count in zip(lower, counts, strict=True) if count == 0)


@pytest.mark.slow
@pytest.mark.parametrize("shares", [(0.2,) * 5, (0.06, 0.41, 0.35, 0.14, 0.04), (0.5, 0.3, 0.1, 0.07, 0.03)])
@pytest.mark.parametrize(("method", "least"), [("dirichlet", 0.94), ("goodman", 0.92)])
def test_joint_coverage(shares, method, least):
    rng = np.random.default_rng(11)
    tables, times = np.unique(rng.multinomial(49, shares, size=3000), axis=0, return_counts=True)
    held = 0
    for table, weight in zip(tables, times, strict=True):
        lower, upper = joint_limits(tuple(table.tolist()), method, 0.95)
        held += weight * all(low <= p <= high for low, p, high in zip(lower, shares, upper, strict=True))
    assert least <= held / 3000 <= 0.99


@pytest.mark.parametrize("method", JOINT_METHODS)
def test_estimates(method):
    found = multinomial([11, 13, 9, 1, 15], method=method)
    assert [e.counts for e in found] == [((x,),) for x in (11, 13, 9, 1, 15)]
    for estimate in found:
        assert estimate.interval.simultaneous == 5
        assert estimate.interval.lower <= estimate.value <= estimate.interval.upper
        assert {estimate.interval.kind, estimate.companion.kind} == {"credible", "confidence"}
        assert "all-at-once" in [doubt.code for doubt in estimate.caveats]
        assert eval(estimate.provenance.call, {"csea_stats": csea_stats}) == estimate
    assert multinomial(np.array([3, 4, 5]))[0].value == 3 / 12


def test_labels_sets_and_targets():
    named = multinomial(pd.Series({"a": 3, "b": 20, "c": 17}))
    assert [e.item for e in named] == ["a", "b", "c"]
    hull = multinomial({(3, 20, 17), (4, 19, 17)})
    assert hull[0].bounds == (3 / 40, 4 / 40)
    assert hull[2].value == 17 / 40
    each = [multinomial(list(vector))[0].interval for vector in ((3, 20, 17), (4, 19, 17))]
    assert hull[0].interval.lower == min(i.lower for i in each)
    assert hull[0].interval.upper == max(i.upper for i in each)
    counted = multinomial([3, 20, 17], target=Respondents(), threshold=0.4, claim="above")
    assert [e.verdict.word for e in counted] == ["not true of them", "true of them", "true of them"]
    assert multinomial([3, 200, 17], threshold=0.5)[1].verdict.word == "supported"
    clustered = multinomial([6, 40, 34], target=Superpopulation(design_effect=2))
    assert clustered[1].interval.lower == pytest.approx(named[1].interval.lower, abs=1e-9)


WORKFORCE = {
    "a prior": Population(),
    "a prior and a size": Population(size=200),
    "a random draw": FinitePopulation(200),
    "bounds": Population(SelectionBounds(ratio=2)),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("target", WORKFORCE.values(), ids=WORKFORCE)
def test_a_population_has_each_share_at_the_level_that_bonferroni_gives(target):
    vector = (3, 20, 17, 7, 2)
    found = multinomial(vector, target=target)
    alone = [proportion(x, 49, target=target, level=0.99, threshold=None) for x in vector]
    for joint, one in zip(found, alone, strict=True):
        assert (joint.interval.lower, joint.interval.upper) == (one.interval.lower, one.interval.upper)
        assert joint.interval.simultaneous == 5
        assert joint.interval.level == 0.95
        assert joint.estimand == "share, jointly"


@pytest.mark.slow
def test_a_population_is_covered_jointly():
    """Shares from the prior, a log participation ratio for each answer: all five inside in at least 95 of 100."""
    rng = np.random.default_rng(20)
    tau, wide = 0.5, {}
    inside = 0
    for shares in rng.dirichlet(np.full(5, 0.5), 1500):
        vector = tuple(rng.multinomial(49, shares).tolist())
        if vector not in wide:
            wide[vector] = [(e.interval.lower, e.interval.upper) for e in multinomial(vector, target=Population())]
        ratios = np.exp(rng.normal(0, tau, 5))
        truth = shares / ratios / (shares / ratios + 1 - shares)
        inside += all(low <= share <= high for (low, high), share in zip(wide[vector], truth, strict=True))
    assert inside / 1500 >= 0.95 - 3 * (0.95 * 0.05 / 1500) ** 0.5


@pytest.mark.parametrize("method", ["goodman", "bonferroni-clopper-pearson"])
def test_a_confidence_method_takes_no_prior(method):
    with pytest.raises(UnsupportedTarget, match="dirichlet"):
        multinomial([3, 4, 5], target=Population(), method=method)
    assert multinomial([3, 4, 5], target=Population(SelectionBounds(ratio=2)), method=method)


def closed(found):
    return ["closed-band" in [doubt.code for doubt in e.caveats] for e in found]


@pytest.mark.parametrize("method", JOINT_METHODS)
def test_a_closed_band_says_so_where_it_is_closed(method):
    assert closed(multinomial([11, 0, 9], method=method)) == [False, True, False]
    assert closed(multinomial([0, 7, 0], method=method)) == [True, True, True]
    assert closed(multinomial([11, 1, 9], method=method)) == [False, False, False]
    assert closed(multinomial({(0, 8, 9), (1, 7, 9)}, method=method)) == [True, False, False]
    assert closed(multinomial([0, 7, 0], method=method, target=Respondents())) == [False, False, False]


@pytest.mark.few(1)
@pytest.mark.parametrize("counts", [(11, 0, 9, 20), (0, 7, 0), (0, 1, 0, 0)])
def test_a_closed_band_holds_more_than_the_level(counts):
    lower, upper, _ = dirichlet_band(counts, 0.95)
    drawn = np.random.default_rng(6).dirichlet(np.array(counts) + 0.5, 200_000)
    held = ((lower <= drawn) & (drawn <= upper)).all(axis=1).mean()
    assert held > 0.95 + 4 * np.sqrt(0.95 * 0.05 / 200_000)


@pytest.mark.parametrize("counts", [[3], [0, 0], [3, -1], [3, 1.5], 7, "34", {(1, 2), (1, 2, 3)}, [], {3, 4}])
def test_tables_that_are_none(counts):
    with pytest.raises(CountError):
        multinomial(counts)


def test_the_wrong_method_names_the_right_ones():
    with pytest.raises(InputError, match=r"sison-glaz.*dirichlet.*goodman"):
        multinomial([3, 4], method="sison-glaz")
