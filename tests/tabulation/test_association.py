"""Tests of association: against R, against counting every exchange, and what they refuse to say."""

import csv
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.base import association_measures as measures
from csea_stats.base.association_measures import conditional, mantel_haenszel
from csea_stats.base.exact_tests import independence, linear
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.results.associations import Association, HypothesisTest
from csea_stats.results.estimates import Estimates
from csea_stats.tabulation.association_rows import clustered, exchange

REFERENCE = Path(__file__).parents[1] / "reference"
HOW = {"mid_p": False, "draws": 9_999}


def lines(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def tables(name):
    """Tables of a name, one per stratum."""
    rows = [row for row in lines("association_tables.csv") if row["table"] == name]
    found = {}
    for row in rows:
        found.setdefault(row["stratum"], []).append([int(row[f"c{k}"]) for k in range(1, 6) if row[f"c{k}"]])
    return [np.array(one) for one in found.values()]


def table(name):
    """One table, without answers that nobody gave."""
    whole = tables(name)[0]
    return whole[:, whole.sum(axis=0) > 0]


R = {(row["table"], row["quantity"]): float(row["value"]) for row in lines("association.csv")}
MEASURED = ("job", "arthritis", "seven", "awareness", "made", "wide", "dose")


def rng():
    return np.random.default_rng(1)


# ------------------------------------------------------------------ one table


@pytest.mark.parametrize("name", MEASURED)
def test_measures_agree_with_r(name):
    counts = table(name)
    shares = counts / counts.sum()
    assert measures.gamma(shares) == pytest.approx(R[name, "gamma"], abs=1e-11)
    assert measures.somers_d(shares) == pytest.approx(R[name, "somers"], abs=1e-11)
    assert measures.pearson(shares) == pytest.approx(R[name, "pearson"], abs=1e-11)
    assert measures.spearman(shares) == pytest.approx(R[name, "spearman"], abs=1e-11)
    assert measures.chi_squared(counts) == pytest.approx(R[name, "chi2"], rel=1e-11)
    if (name, "gamma error") in R:
        assert measures.delta_error(measures.gamma, counts) == pytest.approx(R[name, "gamma error"], abs=1e-10)
        assert measures.delta_error(measures.somers_d, counts) == pytest.approx(R[name, "somers error"], abs=1e-10)
    v = measures.cramers_v(counts, 0.95)
    assert v.value == pytest.approx(R[name, "v corrected"], abs=1e-11)
    narrow = min(side - (side - 1) ** 2 / (counts.sum() - 1) for side in counts.shape) - 1
    ends = [math.sqrt(R[name, f"ncp {p}"] / counts.sum() / narrow) for p in ("0.975", "0.025")]
    assert [v.lower, v.upper] == pytest.approx([ends[0], min(ends[1], 1)], abs=1e-8)


def test_gamma_of_the_textbook_table():
    # Agresti (2002), Categorical Data Analysis, 2nd ed., sections 2.4.3 and 3.4.2: gamma .221, standard error .117.
    counts = table("job")
    assert measures.gamma(counts / counts.sum()) == pytest.approx(0.221, abs=5e-4)
    assert measures.delta_error(measures.gamma, counts) == pytest.approx(0.117, abs=5e-4)


@pytest.mark.few(3)
@pytest.mark.parametrize("name", [name for name in MEASURED if name != "job"])
def test_exact_independence_agrees_with_r(name):
    found = independence(table(name), rng=rng(), **HOW)
    assert found.draws is None
    assert found.p == pytest.approx(R[name, "fisher"], rel=1e-9)


def test_too_many_tables_are_sampled_and_the_error_told():
    found = cs.association(tables("job")[0])[0].test
    assert (found.exactness, found.draws) == ("Monte Carlo", 19_999)
    assert abs(found.p - R["job", "fisher"]) < 4 * found.error
    assert found.error == pytest.approx(math.sqrt(found.p * (1 - found.p) / 20_000))


@pytest.mark.few(2)
@pytest.mark.parametrize(("name", "scores"), list(itertools.product(("made", "wide"), ("equal", "ranks"))))
def test_linear_by_linear_agrees_with_coin(name, scores):
    found = cs.association(table(name), ordered="both", scores=scores)[0]
    expected = R[name, f"linear {scores}"]
    assert found.test.exactness == "exact"
    assert abs(found.test.p - expected) < 4 * math.sqrt(expected * (1 - expected) / 1e6)  # coin drew a million
    measure = "pearson" if scores == "equal" else "spearman"
    assert found.estimate.value == pytest.approx(R[name, measure], abs=1e-11)
    assert found.test.statistic == pytest.approx((table(name).sum() - 1) * R[name, measure] ** 2)


def test_two_groups_and_trends_agree_with_coin():
    for name in ("arthritis", "awareness"):
        found = cs.association(table(name), ordered="answers")[0]
        assert found.test.p == pytest.approx(R[name, "rank sum"], rel=1e-9)
        assert found.estimate.value == pytest.approx(R[name, "somers"], abs=1e-11)
    for scores in ("equal", "ranks"):
        trend = cs.association(table("dose"), ordered="both", scores=scores)[0].test
        assert trend.p == pytest.approx(R["dose", f"trend {scores}"], rel=1e-9)
        assert trend.name.startswith("Cochran-Armitage")


@pytest.mark.parametrize("name", ["made", "wide"])
def test_kruskal_wallis_agrees_with_r(name):
    found = cs.association(table(name), ordered="answers")[0]
    expected = R[name, "kruskal p"]
    assert found.test.statistic == pytest.approx(R[name, "kruskal"], rel=1e-11)
    assert abs(found.test.p - expected) < 4 * math.sqrt(expected * (1 - expected) / 19_999)
    assert len(found.estimates) == len(table(name))
    assert {one.interval.simultaneous for one in found.estimates} == {len(table(name))}


@pytest.mark.slow
def test_rank_biserial_is_that_of_pingouin():
    import pingouin

    counts = table("arthritis")
    first, second = (np.repeat(np.arange(3), row) for row in counts)
    told = pingouin.mwu(second, first)
    found = cs.association(counts, ordered="answers")[0]
    assert found.estimate.value == pytest.approx(float(told["RBC"].iloc[0]), abs=1e-12)


def test_fishers_test_and_limits_agree_with_r():
    for name in ("seven", "dose"):
        counts = tables(name)[0][:2]
        found = cs.association(counts)[0]
        limits = [found.estimate.interval.lower, found.estimate.interval.upper]
        assert limits == pytest.approx([R[name, "odds lower"], R[name, "odds upper"]], abs=1e-7)
        assert found.estimate.value == pytest.approx(R[name, "odds"], abs=1e-7)
    seven = cs.association(tables("seven")[0])[0]
    assert seven.test.p == pytest.approx(2 * R["seven", "one sided"], rel=1e-9)
    assert seven.estimates[1].interval.lower == pytest.approx(-0.042, abs=5e-4)  # Newcombe's difference beside it
    mid = cs.association(tables("seven")[0], mid_p=True)[0]
    assert mid.test.p == pytest.approx(0.0783, abs=5e-5)


small = st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=3)


@given(small)
def test_exact_tests_are_what_counting_every_exchange_gives(cells):
    counts = np.array(cells)
    assume(2 <= counts.sum() <= 7 and (counts.sum(axis=1) > 0).all())
    groups = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    answers = np.concatenate([np.repeat(np.arange(3), row) for row in counts])
    made = []
    for exchanged in itertools.permutations(answers):
        one = np.zeros_like(counts)
        np.add.at(one, (groups, np.array(exchanged)), 1)
        made.append(one)
    made = np.array(made)
    factorials = np.array([math.factorial(k) for k in range(8)], dtype=float)
    odds = 1 / factorials[made].prod(axis=(1, 2))
    observed = 1 / factorials[counts].prod()
    expected = (odds <= observed * (1 + 1e-7)).mean()
    assert independence(counts, rng=rng(), **HOW).p == pytest.approx(expected, abs=1e-9)
    rows, columns = np.arange(len(counts)) ** 2.0, np.array([0.0, 1.0, 4.0])
    sums = np.einsum("i,bij,j->b", rows, made, columns)
    away = np.abs(sums - sums.mean())
    expected = (away >= abs(rows @ counts @ columns - sums.mean()) - 1e-7).mean()
    assert linear(counts, rows, columns, rng=rng(), **HOW).p == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_measures_turn_with_the_table(cells):
    counts = np.array(cells)
    assume((counts.sum(axis=0) > 0).all() and (counts.sum(axis=1) > 0).all())
    for measure in (measures.gamma, measures.spearman, measures.pearson, measures.somers_d):
        with np.errstate(all="ignore"):
            value = measure(counts / counts.sum())
        assume(math.isfinite(value))
        there, back = measures.ordered(measure, counts, 0.95), measures.ordered(measure, counts[:, ::-1], 0.95)
        assert [back.lower, back.value, back.upper] == pytest.approx(
            [-there.upper, -there.value, -there.lower], abs=1e-9
        )
        assert -1 <= there.lower <= there.value <= there.upper <= 1
    assert 0 <= measures.cramers_v(counts, 0.95).lower <= measures.cramers_v(counts, 0.95).upper <= 1


def test_limits_where_every_pair_goes_one_way():
    found = measures.ordered(measures.gamma, np.array([[7, 0, 0], [0, 20, 10]]), 0.95)
    assert found.value == found.upper == 1.0
    assert 0.5 < found.lower < 1.0


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(7, 42), (24, 25), (27, 14, 8)])
@pytest.mark.parametrize("slope", [0.0, 2.0, 5.0])
def test_coverage_of_the_ordered_measures(sizes, slope):
    draw, sets = np.random.default_rng(7), 1_000
    cuts = np.array([-1.5, 0.3, 1.5, 3.0])
    shifted = slope * np.arange(len(sizes)) / (len(sizes) - 1)
    shares = np.diff(
        np.pad(1 / (1 + np.exp(shifted[:, None] - cuts)), ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1
    )
    truth = np.array(sizes)[:, None] * shares / sum(sizes)
    for measure in (measures.gamma, measures.somers_d, measures.spearman):
        held = 0
        for _ in range(sets):
            counts = np.array([draw.multinomial(size, row) for size, row in zip(sizes, shares, strict=True)])
            found = measures.ordered(measure, counts[:, counts.sum(axis=0) > 0], 0.95)
            held += found.lower <= float(measure(truth)) <= found.upper
        assert held / sets > 0.895  # .91 less two standard errors of 1,000 sets


# ------------------------------------------------------------------ strata


@pytest.mark.parametrize("name", ["rabbits", "admissions"])
def test_strata_agree_with_r(name):
    found = cs.association(np.array(tables(name)))
    exact, mantel = found[0].estimates
    for one, words in ((exact, "exact"), (mantel, "mantel")):
        told = [one.interval.lower, one.value, one.interval.upper]
        expected = [R[name, f"{words} lower"], R[name, words], R[name, f"{words} upper"]]
        assert told == pytest.approx(expected, abs=1e-7 if words == "exact" else 1e-10)
    assert found[0].test.p == pytest.approx(2 * R[name, "exact one sided"], rel=1e-8)
    assert found[1].test.statistic == pytest.approx(R[name, "tarone"], rel=1e-6)
    assert found[1].test.p == pytest.approx(R[name, "tarone p"], rel=1e-5)
    assert len(found[1].estimates) == found[1].test.degrees + 1


def test_an_infinite_common_odds_ratio_keeps_its_exact_limit():
    found = cs.association(np.array(tables("sparse")))
    assert len(found) == 1  # neither Mantel and Haenszel's limits nor Tarone's test exist
    assert found[0].estimate.interval.lower == -math.inf
    assert found[0].estimate.interval.upper == pytest.approx(R["sparse", "exact upper"], abs=1e-7)
    assert found[0].test.p == pytest.approx(2 * R["sparse", "exact one sided"], rel=1e-8)
    assert mantel_haenszel(tables("sparse"), 0.95).common is None
    assert len(found[0].estimates) == 1


@given(st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=1, max_size=3), st.booleans())
def test_the_exact_limits_leave_out_zero_just_where_p_is_small(cells, mid_p):
    try:
        law = conditional([np.array(four).reshape(2, 2) for four in cells])
    except InputError:
        return
    p = law.p(mid_p=mid_p)
    level = 0.9
    assume(abs(p - (1 - level)) > 1e-6)
    found = law.odds(level, mid_p=mid_p)
    assert (found.lower > 0 or found.upper < 0) is (p < 1 - level)
    assert found.lower <= found.value <= found.upper
    sizes = [replace(law, observed=int(count)).p(mid_p=False) for count in law.counts]
    for alpha in (0.05, 0.1, 0.3):
        assert law.chances(0.0)[np.array(sizes) <= alpha].sum() <= alpha + 1e-12


# ------------------------------------------------------------------ several answers each


def farmers():
    rows = lines("association_items.csv")
    times = [int(row["count"]) for row in rows]
    marks = np.repeat([[int(row[f"Y{k}"]) for k in range(1, 6)] for row in rows], times, axis=0).astype(np.int8)
    return marks, np.repeat([int(row["Ed"]) - 1 for row in rows], times).astype(np.int16)


def test_the_sum_over_items_agrees_with_mrcv():
    marks, codes = farmers()
    found = exchange(marks, codes, draws=4_999, rng=rng())
    assert found.total == pytest.approx(R["farmers", "sum"], rel=1e-10)
    for item in range(5):
        single = exchange(marks[:, [item]], codes, draws=1, rng=rng())
        assert single.total == pytest.approx(R["farmers", f"Y{item + 1}"], rel=1e-10)
    # MRCV draws people anew within groups, this exchanges them: the same null, two routes, two standard errors of each.
    assert abs(found.total_p - R["farmers", "boot p"]) < 0.015


def test_max_t_is_what_counting_every_exchange_gives():
    marks = np.array([[1, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 1, 0], [0, 0, 0], [1, 0, 1]], dtype=np.int8)
    codes = np.array([0, 0, 0, 1, 1, 1, 1], dtype=np.int16)
    found = exchange(marks, codes, draws=20_000, rng=rng())

    def z(chosen):
        one, other = marks[list(chosen)], np.delete(marks, list(chosen), axis=0)
        p = marks.mean(axis=0)
        return (one.mean(axis=0) - other.mean(axis=0)) / np.sqrt(p * (1 - p) * (1 / 3 + 1 / 4))

    assert found.z[:, 0] == pytest.approx(z((0, 1, 2)), abs=1e-12)
    drawn = np.abs([z(chosen) for chosen in itertools.combinations(range(7), 3)])
    observed = np.abs(z((0, 1, 2)))
    order = np.argsort(-observed)
    expected, worst = np.empty(3), 0.0
    for place, item in enumerate(order):
        worst = max(worst, (drawn[:, order[place:]].max(axis=1) >= observed[item] - 1e-9).mean())
        expected[item] = worst
    assert found.adjusted[:, 0] == pytest.approx(expected, abs=0.015)


def test_an_item_asked_twice_costs_nothing():
    marks, codes = farmers()
    once = exchange(marks[:, :1], (codes > 2).astype(np.int16), draws=999, rng=rng())
    twice = exchange(marks[:, [0, 0]], (codes > 2).astype(np.int16), draws=999, rng=rng())
    assert twice.adjusted[:, 0] == pytest.approx([once.adjusted[0, 0]] * 2)


def book(**more):
    return cs.Codebook(
        {
            "services": cs.Multiple(columns=("legal", "shelter", "advice"), yes="yes", no="no"),
            "kind": cs.Categories("public", "private"),
            "place": cs.Categories("town", "village"),
            "rating": cs.Ordered("poor", "fair", "good"),
        },
        **more,
    )


def frame(people=40):
    draw = np.random.default_rng(11)
    return pd.DataFrame(
        {
            **{name: draw.choice(["yes", "no"], people) for name in ("legal", "shelter", "advice")},
            "kind": draw.choice(["public", "private"], people),
            "place": draw.choice(["town", "village"], people),
            "rating": draw.choice(["poor", "fair", "good"], people),
            "office": np.arange(people) // 2,
        }
    )


def test_items_come_with_the_contrasts_of_the_tabulation():
    data = cs.read_respondents(frame(), book())
    found = cs.association(data, "services", "kind")
    assert len(found) == 1 + 3
    assert found[0].test.exactness == "Monte Carlo"
    family = cs.tabulate(data, "services", "kind").contrasts(target=cs.Superpopulation())
    for one, contrast in zip(found[1:], family, strict=True):
        assert one.estimate.interval == contrast.companion
        assert one.estimate.interval.kind == "confidence"
        assert np.sign(one.test.statistic) == np.sign(contrast.value)
        assert one.test.simultaneous == one.estimate.interval.simultaneous == 3
    assert found == cs.association(data, "services", "kind")
    with pytest.raises(InputError, match="whose answers go together"):
        cs.association(cs.tabulate(data, "services", "kind"))


@pytest.mark.slow
def test_the_family_wise_error_is_held():
    draw, sets, false = np.random.default_rng(3), 400, 0
    for _ in range(sets):
        person = draw.normal(size=(49, 1))
        marks = (person + draw.normal(size=(49, 6)) > 0.3).astype(np.int8)
        codes = np.repeat([0, 1, 2], [27, 14, 8]).astype(np.int16)
        false += exchange(marks, codes, draws=499, rng=draw).adjusted.min() <= 0.05
    assert false / sets < 0.05 + 3 * math.sqrt(0.05 * 0.95 / sets)


# ------------------------------------------------------------------ clusters


def children():
    rows = lines("association_clusters.csv")
    told = [
        {"child": row["id"], "group": row["group"], "found": "yes" if visit < int(row["y"]) else "no"}
        for row in rows
        for visit in range(int(row["n"]))
    ]
    kinds = {"found": cs.Categories("no", "yes"), "group": cs.Categories("placebo", "drug")}
    return cs.read_respondents(pd.DataFrame(told), cs.Codebook(kinds, cluster="child"))


@pytest.mark.slow
def test_clusters_agree_with_gee():
    found = cs.association(children(), "found", "group")[0]
    assert found.estimate.value == pytest.approx(R["bacteria", "log odds"], abs=1e-10)
    half = (found.estimate.interval.upper - found.estimate.interval.lower) / 2
    from scipy.stats import t

    assert half / t.ppf(0.975, 48) == pytest.approx(R["bacteria", "mancl error"], abs=1e-7)
    assert found.test.degrees == 48
    assert "clustered" not in {doubt.code for doubt in found.estimate.caveats}


@pytest.mark.slow
def test_clusters_of_a_scale_are_compared_at_every_cut():
    data = cs.read_respondents(frame(), book(cluster="office"))
    found = cs.association(data, "rating", "kind")
    assert [one.estimate.item for one in found] == [
        "later than “poor”: private against public",
        "later than “fair”: private against public",
    ]
    assert {one.test.simultaneous for one in found} == {2}
    few = cs.read_respondents(frame(12), book(cluster="office"))
    assert "few-clusters" in {doubt.code for doubt in cs.association(few, "place", "kind")[0].estimate.caveats}
    with pytest.raises(InputError, match="clusters"):
        cs.association(data, "rating", "kind", within="place")
    assert "clustered" in {doubt.code for doubt in cs.association(data, "services", "kind")[1].estimate.caveats}


@pytest.mark.slow
def test_coverage_with_ten_clusters():
    from scipy.stats import norm

    draw, sets, effect = np.random.default_rng(4), 300, 1.0
    clusters, codes = np.repeat(np.arange(10), 5), np.repeat(np.arange(10) % 2, 5).astype(np.int16)
    shares = 1 / (1 + np.exp(0.3 - effect * codes))
    held = told = 0
    while told < sets:
        latent = math.sqrt(0.3) * draw.normal(size=10)[clusters] + math.sqrt(0.7) * draw.normal(size=50)
        event = norm.cdf(latent) < shares  # the shares are exact, the answers of a cluster alike
        if all(0 < event[codes == group].mean() < 1 for group in (0, 1)):
            found = clustered(event, codes, clusters).limits(0, 0.95)
            held += found.lower <= effect <= found.upper
            told += 1
    assert held / sets > 0.95 - 3 * math.sqrt(0.05 * 0.95 / sets)


# ------------------------------------------------------------------ whom it speaks for, and what is told


def test_a_p_value_speaks_of_people_like_these_only():
    for target in (cs.Population(), cs.Respondents(), cs.FinitePopulation(200)):
        with pytest.raises(UnsupportedTarget, match="difference"):
            cs.association([[3, 4], [5, 6]], target=target)
    with pytest.raises(UnsupportedTarget, match="design effect"):
        cs.association([[3, 4], [5, 6]], target=cs.Superpopulation(design_effect=1.5))


def test_a_test_is_never_told_without_its_estimate():
    test = HypothesisTest(name="a", null="b", p=0.2, sides="two-sided", exactness="exact")
    with pytest.raises(InputError, match="lacks them"):
        Association(test=test, estimates=Estimates([]))
    with pytest.raises(InputError, match="lacks them"):
        Association(test=test, estimates=Estimates([cs.proportion(3, 7, target=cs.Respondents())]))
    with pytest.raises(InputError, match="between 0 and 1"):
        HypothesisTest(name="a", null="b", p=math.nan, sides="two-sided", exactness="exact")
    with pytest.raises(InputError, match="draws"):
        HypothesisTest(name="a", null="b", p=0.5, sides="two-sided", exactness="Monte Carlo")


def test_what_is_told():
    told = str(cs.association({"30 and over": [14, 28], "under 30": [0, 7]})[0])
    for part in ("95% confidence interval, exact conditional", "among people like these", "twice the smaller tail",
                 "exact", "p = 0.16", "does not show that there is no association", "of 7 and 42"):  # fmt: skip
        assert part in told
    assert "significant" not in told
    assert "*" not in told


def test_print_that_leaves_several_tables_gives_the_range_of_p():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    tabulation = cs.tabulate(survey, "awareness", by="age")
    found = cs.association(tabulation)[0]
    alone = [cs.association(one.counts, ordered="answers")[0] for one in tabulation.tables]
    assert found.test.p == pytest.approx(max(one.test.p for one in alone))
    assert found.test.p_least == pytest.approx(min(one.test.p for one in alone))
    assert found.estimate.interval.upper == pytest.approx(max(one.estimate.interval.upper for one in alone))
    assert {"chosen-after", "test-and-interval"} <= {doubt.code for doubt in found.estimate.caveats}


@pytest.mark.slow
def test_synthetic_answers_keep_their_stamp():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    found = cs.association(data, "services", "organisation")
    assert all("synthetic" in {doubt.code for doubt in one.caveats} for one in found.estimates)


def test_frame_and_sequence():
    found = cs.association(np.array(tables("admissions")))
    told = found.to_frame()
    assert len(told) == 2 + 6
    assert told.loc[0, "exactness"] == "exact"
    assert told["p"].between(0, 1).all()
    assert len(found.estimates) == 8
    assert found[:1] == type(found)([found[0]])
    assert Estimates.from_json(found.estimates.to_json()) == found.estimates


def test_strata_of_respondents_are_the_tables_of_each():
    table_ = frame()
    data = cs.read_respondents(table_, book())
    found = cs.association(data, "place", "kind", within="rating")
    expected = [
        pd.crosstab(part["kind"], part["place"]).loc[["public", "private"], ["town", "village"]].to_numpy()
        for _, part in table_.groupby("rating")
    ]
    assert found[0].test.p == pytest.approx(conditional(expected).p(mid_p=False), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: cs.association([3, 4]), "a row per group"),
        (lambda: cs.association([[1, 2], [3]]), "a row per group"),
        (lambda: cs.association([[1, 2.5], [3, 4]]), "whole number"),
        (lambda: cs.association([[0, 0], [3, 4]]), "at least two of each"),
        (lambda: cs.association([[1, 2], [3, 4]], ordered="rows"), "neither, answers, both"),
        (lambda: cs.association([[1, 2], [3, 4]], "a", "b"), "another"),
        (lambda: cs.association([[1, 2], [3, 4]], seed=-1), "seed"),
        (lambda: cs.association([[1, 2], [3, 4]], level=95), "0.95"),
        (lambda: cs.association(np.ones((2, 3, 2), int)), "two of each"),
        (lambda: cs.association(cs.read_respondents(frame(), book()), "rating"), "both names"),
    ],
)
def test_calls_that_cannot_be_answered(call, match):
    with pytest.raises((InputError, CountError), match=match):
        call()


@pytest.mark.parametrize("table", [[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 0], [0, 0, 1]]])
def test_as_many_answers_as_people_leave_the_strength_open(table):
    found = cs.association(table)[0]
    assert found.test.p == 1.0
    assert found.estimate.value == 0.0
    assert (found.estimate.interval.lower, found.estimate.interval.upper) == (0.0, 1.0)


@pytest.mark.parametrize("ordered", ["neither", "answers", "both"])
def test_every_sentence_begins_with_a_capital(ordered):
    for found in cs.association([[5, 3, 1], [4, 4, 4], [1, 2, 6]], ordered=ordered, scores="equal"):
        assert str(found)[0].isupper()
        assert not re.search(r"\. [a-z]", str(found))
