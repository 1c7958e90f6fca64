"""Differences between answers of an exactly-k question: any overlap, one family, and a model told apart from them."""

import math
from functools import cache
from itertools import combinations, product

import numpy as np
import pytest

import csea_stats
from csea_stats.base.conditional_bernoulli import SPREAD
from csea_stats.errors import CountError, InputError
from csea_stats.estimators.overlaps import feasible_overlaps
from csea_stats.estimators.pick_k import MODEL, model_intervals, pick_contrasts
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import Population, Respondents, SelectionBounds, Superpopulation

COUNTS = dict(zip("abcdefgh", (35, 30, 24, 18, 14, 12, 9, 5), strict=True))


def codes(estimate):
    return {doubt.code for doubt in estimate.caveats}


@pytest.mark.slow
def test_a_family_holds_whatever_the_overlap():
    found = pick_contrasts(COUNTS, 49, 3)
    assert [gap.item for gap in found] == [f"a minus {other}" for other in "bcdefgh"]
    for gap, other in zip(found, "bcdefgh", strict=True):
        x, y = COUNTS["a"], COUNTS[other]
        fewest = csea_stats.paired_difference(x, y, 49, max(0, x + y - 49), level=1 - 0.05 / 28)
        assert gap.value == pytest.approx((x - y) / 49)
        for mine, one in ((gap.interval, fewest.interval), (gap.companion, fewest.companion)):
            assert (mine.lower, mine.upper, mine.method) == (one.lower, one.upper, one.method)
            assert (mine.level, mine.simultaneous) == (0.95, 28)
        assert {"all-at-once", "picked-by-count", "pair-model", "choices-compete"} <= codes(gap)
        assert eval(gap.provenance.call, {"csea_stats": csea_stats}) == gap
    assert Estimates.from_json(found.to_json()) == found
    assert [gap.verdict.word for gap in found] == ["not settled"] * 4 + ["supported"] * 3


@pytest.mark.slow
def test_how_many_looks_there_are():
    counts = {"a": 20, "b": 16, "c": 12, "d": 8, "e": 4}
    found = {versus: pick_contrasts(counts, 20, 3, versus=versus) for versus in ("top", "pairs", "c")}
    assert {versus: gaps[0].interval.simultaneous for versus, gaps in found.items()} == {"top": 10, "pairs": 10, "c": 4}
    assert [gap.item for gap in found["top"]] == [f"a minus {other}" for other in "bcde"]
    assert [gap.item for gap in found["pairs"]] == [f"{one} minus {other}" for one, other in combinations("abcde", 2)]
    assert [gap.item for gap in found["c"]] == [f"c minus {other}" for other in "abde"]
    assert "picked-by-count" not in codes(found["c"][0])
    settled, looked = found["c"][2], found["pairs"][7]
    assert settled.item == looked.item == "c minus d"
    assert looked.interval.lower < settled.interval.lower
    assert looked.interval.upper > settled.interval.upper
    two = pick_contrasts([7, 3], 10, 1)
    assert two[0].interval.simultaneous == 1
    assert not {"all-at-once", "picked-by-count"} & codes(two[0])


@pytest.mark.slow
def test_the_order_of_the_list_changes_nothing():
    turned = pick_contrasts(dict(reversed(COUNTS.items())), 49, 3)
    for one, other in zip(pick_contrasts(COUNTS, 49, 3), turned, strict=True):
        assert (one.item, one.interval, one.companion) == (other.item, other.interval, other.companion)


def test_all_other_counts_narrow_what_the_overlap_can_be():
    # The two others of each are named so often that hardly anyone can have named both of the rarer two.
    counts = {"a": 19, "b": 18, "c": 12, "d": 11}
    gap = next(gap for gap in pick_contrasts(counts, 20, 3, versus="pairs") if gap.item == "c minus d")
    overlaps = feasible_overlaps(12, 11, [19, 18], 20, 3)
    assert overlaps == range(3, 4)
    fixed = csea_stats.paired_difference(12, 11, 20, 3, level=1 - 0.05 / 6)
    assert (gap.interval.lower, gap.interval.upper) == (fixed.interval.lower, fixed.interval.upper)


@pytest.mark.slow
def test_the_model_against_a_grid():
    counts, base = (11, 8, 5), 12
    line = np.linspace(-7, 7, 121)
    grid = np.stack(np.meshgrid(line, line, line, indexing="ij")).reshape(3, -1)
    sums = np.exp(grid[0] + grid[1]) + np.exp(grid[0] + grid[2]) + np.exp(grid[1] + grid[2])
    logs = np.array(counts) @ grid - base * np.log(sums) - (grid**2).sum(axis=0) / (2 * SPREAD**2)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    gap = (np.exp(grid[0] + grid[2]) - np.exp(grid[1] + grid[2])) / sums  # P(0 named) - P(1 named)
    found = model_intervals(counts, base, 2, [(0, 1)], 0.9)[0, 1]
    assert weights[gap <= found.lower].sum() == pytest.approx(0.05, abs=0.005)
    assert weights[gap <= found.upper].sum() == pytest.approx(0.95, abs=0.005)


def test_the_model_is_told_apart():
    gap = pick_contrasts(COUNTS, 49, 3)[1]
    model = dict(gap.sensitivity)[MODEL]
    assert model.simultaneous == 1
    assert gap.interval.lower < model.lower < model.upper < gap.interval.upper
    assert model.lower > 0  # and it does not make the verdict
    assert gap.verdict.word == "not settled"
    assert "Under a model" in str(gap)
    for target in (Respondents(), Population(), Population(SelectionBounds(ratio=2))):
        other = pick_contrasts([12, 8, 4], 12, 2, target=target)[1]
        assert MODEL not in dict(other.sensitivity)
        assert "pair-model" not in codes(other)
    counted = pick_contrasts(COUNTS, 49, 3, target=Respondents())[0]
    assert counted.interval is None
    assert "all-at-once" not in codes(counted)


@pytest.mark.parametrize(
    ("counts", "chosen", "keys", "error", "needle"),
    [
        (COUNTS, 2, {}, CountError, "147.*98"),
        ({"a": {30, 31}, "b": {18, 19}}, 1, {}, CountError, "feasible vector"),
        (COUNTS, None, {}, CountError, "chosen"),
        ({"a": 50, "b": 48}, 2, {}, CountError, "'a'.*50"),
        (COUNTS, 3, {"versus": "z"}, InputError, "'z'.*'top', 'pairs'.*a, b"),
        (COUNTS, 3, {"method": "wald"}, InputError, "wald.*tango"),
    ],
)
def test_calls_that_cannot_be(counts, chosen, keys, error, needle):
    with pytest.raises(error, match=needle):
        pick_contrasts(counts, 49, chosen, **keys)


@cache
def both_limits(x, y, base, looks):
    gap = csea_stats.paired_difference(x, y, base, max(0, x + y - base), level=1 - 0.05 / looks)
    return gap.interval, gap.companion


@pytest.mark.slow
@pytest.mark.parametrize("scores", [(0.0, 0.0, 0.0, 0.0), (1.5, 1.5, 0.0, -1.5), (2.0, 0.5, 0.5, -1.0)])
def test_joint_coverage_of_a_family(scores):
    every = np.array([row for row in product((0, 1), repeat=4) if sum(row) == 2])
    law = np.exp(every @ np.array(scores))
    law /= law.sum()
    shares = law @ every
    draws, base = 3000, 24
    drawn = np.random.default_rng(23).multinomial(base, law, size=draws) @ every
    vectors, times = np.unique(drawn, axis=0, return_counts=True)
    held = np.zeros(2)
    for vector, weight in zip(vectors.tolist(), times, strict=True):
        inside = [
            [span.lower <= shares[i] - shares[j] <= span.upper for span in both_limits(vector[i], vector[j], base, 6)]
            for i, j in combinations(range(4), 2)
        ]
        held += weight * np.all(inside, axis=0)
    assert (held / draws >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / draws)).all()


def test_a_design_effect_has_no_model():
    found = pick_contrasts([20, 16, 12, 8, 4], 20, 3, target=Superpopulation(design_effect=1.5))
    assert MODEL not in dict(found[0].sensitivity)
    assert {"equal-clusters", "all-at-once"} <= codes(found[0])
