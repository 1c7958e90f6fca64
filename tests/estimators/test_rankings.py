"""Ranks: joint sets against the published example and R, ties, open counts, targets; probabilities by two routes."""

import csv
import math
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

import csea_stats
from csea_stats.base import rank_sets as boxes_module
from csea_stats.base.rank_sets import count_boxes, joint_rank_sets, pairwise_rank_sets, rank_bounds, worst_p
from csea_stats.errors import CountError, CseaStatsError, InputError, UnsupportedTarget
from csea_stats.estimators.arguments import check_margins
from csea_stats.estimators.ranking import RANK_METHODS, rank_probabilities, ranks
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    SelectionBounds,
    Superpopulation,
)

REFERENCE = Path(__file__).parents[1] / "reference"
COUNTS = [35, 30, 24, 18, 14, 12, 9, 5]
TABLES = st.lists(st.integers(0, 20), min_size=2, max_size=7)


def table(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        return list(csv.DictReader(file))


def numbers(text):
    return list(map(int, text.split()))


def sets(found):
    return [(rank.interval.lower, rank.interval.upper) for rank in found]


# --- the sets -----------------------------------------------------------------------------------------------


def test_the_example_of_eight_answers():
    joint = [(1, 4), (1, 6), (1, 7), (1, 8), (2, 8), (2, 8), (3, 8), (4, 8)]
    pairs = [(1, 5), (1, 6), (1, 7), (1, 8), (1, 8), (2, 8), (3, 8), (4, 8)]
    assert sets(ranks(COUNTS, 49)) == joint
    assert sets(ranks(COUNTS, 49, chosen=3)) == joint
    assert sets(ranks(COUNTS, 49, method="pairwise")) == pairs


def test_the_example_of_the_paper():
    """51 states by mean travel time: Klein, Wright & Wieczorek's own lines in R, rank 1 the shortest."""
    rows = table("rank_intervals.csv")
    assert len(rows) == 51
    lower, upper = (np.array([float(row[end]) for row in rows]) for end in ("lower", "upper"))
    first, last = rank_bounds(-upper, -lower)
    assert first.tolist() == [int(row["first"]) for row in rows]
    assert last.tolist() == [int(row["last"]) for row in rows]


def test_one_answer_each_agrees_with_csranks():
    rows = table("rankings.csv")
    assert len(rows) == 30
    for row in rows:
        counts = numbers(row["counts"])
        found = ranks(counts, sum(counts), method="pairwise", level=float(row["level"]), chosen=1)
        assert sets(found) == list(zip(numbers(row["first"]), numbers(row["last"]), strict=True)), row


def test_the_worst_overlap():
    for x, y, base in ((39, 35, 49), (46, 35, 49), (27, 14, 49), (5, 0, 9), (9, 3, 9)):
        every = [
            stats.binomtest(x - both, x + y - 2 * both, 0.5, alternative="greater").pvalue
            for both in range(max(0, x + y - base), min(x, y) + 1)
            if x + y > 2 * both
        ]
        assert worst_p(x, y, base) == pytest.approx(max(every), rel=1e-12)
    assert worst_p([5, 4], 5, 9).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("method", RANK_METHODS)
def test_estimates(method):
    found = ranks(dict(zip("abcdefgh", COUNTS, strict=True)), 49, method=method, chosen=3)
    assert [rank.value for rank in found] == [1, 2, 3, 4, 5, 6, 7, 8]
    for rank in found:
        assert (rank.estimand, rank.scale, rank.base) == ("rank, jointly", "rank", (49,))
        assert rank.interval.simultaneous == 8
        assert rank.interval.kind == "confidence"
        assert rank.interval.lower <= rank.value <= rank.interval.upper
        assert {"all-at-once", "any-dependence", "ranks-listed"} <= {doubt.code for doubt in rank.caveats}
        assert eval(rank.provenance.call, {"csea_stats": csea_stats}) == rank
    assert Estimates.from_json(found.to_json()) == found
    assert "its rank is between 1 and" in str(found[0])
    assert "holds for all 8 intervals jointly" in str(found[0])


def test_ties_and_answers_that_nobody_named():
    found = ranks([9, 5, 5, 0, 0], 19)
    assert [rank.value for rank in found] == [1, None, None, None, None]
    assert [rank.bounds for rank in found] == [None, (2, 3), (2, 3), (4, 5), (4, 5)]
    assert sets(found)[3] == sets(found)[4]
    assert sets(ranks([0, 0, 0], 7)) == [(1, 3)] * 3
    counted = ranks([9, 5, 5, 0, 0], 19, target=Respondents())
    assert [rank.bounds for rank in counted] == [rank.bounds for rank in found]
    assert all(rank.interval is None for rank in counted)
    assert "rank 2 to 3" in str(counted[1])


def test_counts_that_print_leaves_open():
    found = ranks([{30, 35}, 30, 24, {17, 18}], 49)
    assert found[0].value is None
    assert found[0].bounds == (1, 2)
    assert found[1].bounds == (1, 2)
    each = [sets(ranks([first, 30, 24, last], 49)) for first, last in product((30, 35), (17, 18))]
    for place, rank in enumerate(found):
        assert rank.interval.lower == min(one[place][0] for one in each)
        assert rank.interval.upper == max(one[place][1] for one in each)
    # With a known total one count fixes the other.
    tied = ranks([{20, 21}, {20, 21}, 8], 49, chosen=1)
    assert tied[0].bounds == (1, 2)
    fixed = ranks([{20, 21}, {19, 20}, 8], 49, chosen=1)
    assert [rank.value for rank in fixed] == [1, 2, 3]
    assert ranks([{20, 21}, {19, 20}, 8], 49)[0].bounds == (1, 2)


def test_many_open_counts_are_held_by_one_box(monkeypatch):
    counts = [(4, 5, 6), (3, 4), (2, 3), (0, 1, 2)]
    low, high = count_boxes(counts, 11)
    assert sorted(map(tuple, low.tolist())) == [v for v in sorted(product(*counts)) if sum(v) == 11]
    monkeypatch.setattr(boxes_module, "MOST_VECTORS", 1)
    one_low, one_high = count_boxes(counts, 11)
    assert one_low.tolist() == [low.min(axis=0).tolist()]
    assert one_high.tolist() == [high.max(axis=0).tolist()]


def test_targets():
    alike = ranks(COUNTS, 49)
    bounded = ranks(COUNTS, 49, target=Population(SelectionBounds(ratio=1.5)))
    unbiased = ranks(COUNTS, 49, target=Population(SelectionBounds(ratio=1)))
    assert sets(unbiased) == sets(alike)
    for near, far in zip(sets(alike), sets(bounded), strict=True):
        assert far[0] <= near[0]
        assert far[1] >= near[1]
    assert sets(bounded) != sets(alike)
    lower, upper = csea_stats.proportion_interval(COUNTS, [49] * 8, method="clopper-pearson", level=1 - 0.05 / 8)
    odds = [lower / (1 - lower) / 1.5, upper / (1 - upper) * 1.5]
    first, last = rank_bounds(*odds)
    assert sets(bounded) == list(zip(first, last, strict=True))
    assert bounded[0].value is None
    assert bounded[0].bounds == (1, 2)
    clustered = sets(ranks([2 * x for x in COUNTS], 98, target=Superpopulation(design_effect=2)))
    assert clustered == sets(alike)
    for target, needle in (
        (Population(), r"SelectionBounds\(ratio=2.7\)"),
        (FinitePopulation(200), "Superpopulation"),
        (Population(SelectionBounds(ratio=2), size=200), "Superpopulation"),
        (Population(SelectionBounds(ratio=math.inf)), "finite"),
    ):
        with pytest.raises(UnsupportedTarget, match=needle):
            ranks(COUNTS, 49, target=target)
    for target in (Superpopulation(design_effect=2), Population(SelectionBounds(ratio=2))):
        with pytest.raises(UnsupportedTarget, match="klein-wright-wieczorek"):
            ranks(COUNTS, 49, target=target, method="pairwise")


@pytest.mark.parametrize("method", RANK_METHODS)
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(method, counts, random):
    order = list(range(len(counts)))
    random.shuffle(order)
    found = sets(ranks(counts, 21, method=method))
    moved = sets(ranks([counts[place] for place in order], 21, method=method))
    assert moved == [found[place] for place in order]


@pytest.mark.parametrize("method", RANK_METHODS)
@given(TABLES, st.lists(st.sets(st.integers(0, 20), max_size=3), min_size=7, max_size=7))
def test_more_feasible_counts_never_narrow_a_set(method, counts, more):
    narrow = ranks(counts, 21, method=method)
    wide = ranks([{x, *others} for x, others in zip(counts, more, strict=False)], 21, method=method)
    for one, other in zip(narrow, wide, strict=True):
        assert other.interval.lower <= one.interval.lower
        assert other.interval.upper >= one.interval.upper
        seen = one.bounds or (one.value, one.value)
        assert one.interval.lower <= seen[0]
        assert seen[1] <= one.interval.upper


@given(TABLES, st.sampled_from([(0.5, 0.9), (0.9, 0.95), (0.95, 0.999)]))
def test_a_higher_level_never_narrows_a_set(counts, levels):
    for method in RANK_METHODS:
        low, high = (sets(ranks(counts, 21, method=method, level=level)) for level in levels)
        assert all(b[0] <= a[0] and a[1] <= b[1] for a, b in zip(low, high, strict=True))


def test_more_people_tell_the_order():
    found = ranks([x * 100 for x in COUNTS], 4900)
    assert sets(found) == [(k, k) for k in range(1, 9)]


@pytest.mark.parametrize(
    ("counts", "keys", "needle"),
    [
        ({"a": 50, "b": 3}, {}, r"counts\['a'\].*50 of 49"),
        ([3], {}, "at least two"),
        (COUNTS, {"chosen": 2}, "147.*98"),
        ({"a": 49, "b": 48, "c": {0, 2}}, {"chosen": 2}, r"counts\['c'\] cannot make it up"),
        (COUNTS, {"chosen": 9}, "1 to 8"),
        (7, {}, "7"),
    ],
)
def test_counts_that_cannot_be(counts, keys, needle):
    with pytest.raises(CountError, match=needle):
        ranks(counts, 49, **keys)


def test_settings_that_are_none():
    with pytest.raises(InputError, match=r"bootstrap.*klein-wright-wieczorek"):
        ranks(COUNTS, 49, method="bootstrap")


@given(st.integers(2, 6), st.integers(1, 9), st.data())
def test_margins_that_pass_are_those_of_some_answers(number, base, data):
    chosen = data.draw(st.integers(1, number))
    counts = data.draw(st.lists(st.integers(0, base + 1), min_size=number, max_size=number))
    # Filling each respondent's answers from the largest counts left finds a table wherever there is one.
    left = list(counts)
    for _ in range(base):
        for place in sorted(range(number), key=lambda place: -left[place])[:chosen]:
            left[place] -= 1
    if any(left):
        with pytest.raises(CountError):
            check_margins([(count,) for count in counts], base, chosen)
    else:
        check_margins([(count,) for count in counts], base, chosen)


# --- coverage -----------------------------------------------------------------------------------------------


def exactly(scores, chosen):
    """Return the sets of a conditional Bernoulli law and their probabilities, by listing them."""
    every = np.array([row for row in product((0, 1), repeat=len(scores)) if sum(row) == chosen])
    weights = np.exp(every @ np.asarray(scores))
    return every, weights / weights.sum()


LAWS = {  # answers of one respondent as rows, and their probabilities; shares with ties
    "one of five, two ties": (np.eye(5), np.array([0.3, 0.3, 0.15, 0.15, 0.1])),
    "one of six, all alike": (np.eye(6), np.full(6, 1 / 6)),
    "three of seven, two ties": exactly([1.5, 1.5, 0.5, 0.0, 0.0, -1.5, -2.5], 3),
    "three of seven, all alike": exactly([0.0] * 7, 3),
    "two bundles of three": (np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]), np.array([0.5, 0.5])),
    "any number, one factor": (
        np.array([[1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 0, 1, 0, 0]]),
        np.array([0.4, 0.4, 0.2]),
    ),
}


def coverage(law, rule, base, level, draws=4000):
    """Return how often all sets hold all ranks that the true shares can have."""
    answers, probabilities = LAWS[law]
    drawn = np.random.default_rng(17).multinomial(base, probabilities, size=draws) @ answers.astype(int)
    shares = np.round(probabilities @ answers, 9)
    first, last = rank_bounds(shares, shares)
    vectors, times = np.unique(drawn, axis=0, return_counts=True)
    held = 0
    for vector, weight in zip(vectors, times, strict=True):
        low, high = rule((vector[None, :], vector[None, :]), base, level)
        held += weight * bool(((low <= first) & (last <= high)).all())
    return held / draws


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("rule", [joint_rank_sets, pairwise_rank_sets])
@pytest.mark.parametrize("base", [24, 49])
def test_joint_coverage_with_ties(law, rule, base):
    # It must be at least the level; the bound allows for the error of the simulation, three standard deviations.
    for level in (0.5, 0.8, 0.95):
        assert coverage(law, rule, base, level) >= level - 3 * math.sqrt(level * (1 - level) / 4000)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [joint_rank_sets, pairwise_rank_sets])
def test_the_simulation_sees_sets_that_are_too_small(rule):
    # Six answers alike: every set must hold all six ranks, and sets of level .05 do not pass for sets of level .95.
    assert coverage("one of six, all alike", rule, 49, 0.05) < 0.9


# --- probabilities ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_model_of_exactly_three():
    found = rank_probabilities(COUNTS, 49, 3)
    assert found.ranks[0][0] == pytest.approx(0.831, abs=0.005)
    assert found.top[2] == pytest.approx(0.843, abs=0.005)
    assert found.beats[0][1] == pytest.approx(0.838, abs=0.005)
    assert found.beats[1][2] == pytest.approx(0.87, abs=0.005)
    assert {"exactly-k-model", "from-draws", "ranks-one-at-a-time"} <= {doubt.code for doubt in found.caveats}
    assert rank_probabilities(COUNTS, 49, 3) == found
    assert eval(found.provenance.call, {"csea_stats": csea_stats}) == found
    assert "conditional Bernoulli" in str(found)
    assert "the 3 answers named most here are the 3 most frequent with probability 84%" in str(found)


@pytest.mark.parametrize("counts", [(30, 14, 5), (3, 20, 17, 7, 2), (0, 0, 7), (5, 5, 5, 5)])
def test_one_choice_by_simulation(counts):
    found = rank_probabilities(counts, sum(counts), 1)
    drawn = np.random.default_rng(8).dirichlet(np.array(counts) + 0.5, 100_000)
    places = (-drawn).argsort(axis=1).argsort(axis=1)
    error = 4 * math.sqrt(0.25 / 100_000)
    for item in range(len(counts)):
        for rank in range(len(counts)):
            assert found.ranks[item][rank] == pytest.approx((places[:, item] == rank).mean(), abs=error)
    order = np.argsort(-np.array(counts), kind="stable")
    for k in range(1, len(counts)):
        told = found.top[k - 1]
        if told is not None:
            lead = drawn[:, order[:k]].min(axis=1) > drawn[:, order[k:]].max(axis=1)
            assert told == pytest.approx(lead.mean(), abs=error)


def test_one_choice_by_another_quadrature():
    found = rank_probabilities({"a": 30, "b": 14, "c": 5}, 49, 1)

    def first(g):
        return stats.gamma.pdf(g, 30.5) * stats.gamma.cdf(g, 14.5) * stats.gamma.cdf(g, 5.5)

    exact = integrate.quad(first, 0, 200, points=[15, 30, 60], epsabs=1e-12)[0]
    assert found.probability("a", 1) == pytest.approx(exact, abs=1e-9)
    assert found.ahead("a", "b") == pytest.approx(stats.beta.sf(0.5, 30.5, 14.5), abs=1e-12)
    two = rank_probabilities([5, 3], 9, 1)  # one gave neither answer
    assert two.ranks[0][0] == pytest.approx(stats.beta.sf(0.5, 5.5, 3.5), abs=1e-10)


@pytest.mark.few(1)
@pytest.mark.parametrize(("counts", "base", "chosen"), [(COUNTS, 49, 3), ((8, 8, 5, 0, 0), 21, 1), ((6, 6, 0), 6, 2)])
def test_probabilities_add_up(counts, base, chosen):
    found = rank_probabilities(counts, base, chosen)
    table, beats = np.array(found.ranks), np.array(found.beats)
    np.testing.assert_allclose(table.sum(axis=0), 1, atol=1e-10)
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=1e-10)
    np.testing.assert_allclose(beats + beats.T, 1 - np.eye(len(counts)), atol=1e-10)
    # The mean rank is 1 plus the expected number of answers ahead.
    np.testing.assert_allclose(table @ np.arange(1, len(counts) + 1), 1 + beats.sum(axis=0), atol=1e-10)


def test_tied_counts_have_no_leading_group():
    found = rank_probabilities([8, 8, 5, 0, 0], 21, 1)
    assert [value is None for value in found.top] == [True, False, False, True]
    assert found.ranks[0] == pytest.approx(found.ranks[1])


def test_a_frame_and_names():
    found = rank_probabilities(pd.Series({"a": 30, "b": 14, "c": 5}), 49, 1)
    frame = found.to_frame()
    assert list(frame.columns) == ["count", 1, 2, 3]
    assert frame.loc["a", 1] == found.probability("a", 1)
    with pytest.raises(CseaStatsError, match=r"'d'.*'a', 'b', 'c'"):
        found.probability("d", 1)
    with pytest.raises(InputError, match="1 to 3"):
        found.probability("a", 0)


@pytest.mark.parametrize(
    ("counts", "chosen", "needle"),
    [
        ([{30, 31}, 19], 1, "feasible vector"),
        ([30, 20], 1, "50 answers of 49"),
        (COUNTS, None, "csea_stats.ranks needs no model"),
        (COUNTS, 2, "98"),
        (COUNTS, True, "True"),
    ],
)
def test_probabilities_that_have_no_model(counts, chosen, needle):
    with pytest.raises(CountError, match=needle):
        rank_probabilities(counts, 49, chosen)


def test_a_seed_that_is_none():
    with pytest.raises(InputError, match="seed"):
        rank_probabilities(COUNTS, 49, 3, seed=-1)
