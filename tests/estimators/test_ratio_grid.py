"""Shares at a row of participation ratios: the numbers of `proportion`, at once and never narrower."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csea_stats.estimators.arguments import share_pairs
from csea_stats.estimators.proportion import proportion
from csea_stats.estimators.ratio_grid import RATIOS, shares_at_ratios
from csea_stats.targets.populations import TAUS, Population, Selection, SelectionBounds, Superpopulation

CASES = [({35}, {49}), ({0}, {7}), ({24}, {24}), ({14, 15}, {49}), ({0, 3, 9}, {24, 36}), ({1}, {1})]


@pytest.mark.few(2)
@pytest.mark.parametrize(("counts", "bases"), CASES)
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_they_are_the_numbers_of_the_estimator(counts, bases, level):
    (found,) = shares_at_ratios([share_pairs(counts, bases)], level=level)
    assert [at.ratio for at in found] == list(RATIOS)
    for at in found:
        target = Population(Selection.from_ratio(at.ratio)) if at.ratio > 1 else Superpopulation()
        one = proportion(counts, bases, level=level, target=target)
        told = dict(one.sensitivity)
        uniform = told["uniform"]
        assert (at.interval.lower, at.interval.upper) == pytest.approx(
            (one.interval.lower, one.interval.upper), abs=1e-9
        )
        assert (at.bound.lower, at.bound.upper) == pytest.approx((one.companion.lower, one.companion.upper), abs=1e-12)
        assert min(s.lower for s in at.every.intervals) == pytest.approx(
            min(one.interval.lower, uniform.lower, one.companion.lower)
        )
        assert max(s.upper for s in at.every.intervals) == pytest.approx(
            max(one.interval.upper, uniform.upper, one.companion.upper)
        )


def test_the_bound_is_that_without_a_prior():
    (found,) = shares_at_ratios([((12, 40),)], ratios=[3.5])
    bound = proportion(12, 40, target=Population(SelectionBounds(ratio=3.5)), method="wilson").interval
    assert (found[0].bound.lower, found[0].bound.upper) == pytest.approx((bound.lower, bound.upper))


def test_the_customary_strengths_are_among_the_ratios():
    assert {Selection(tau=tau).ratio for tau in TAUS} < set(RATIOS)
    assert RATIOS[0] == 1
    assert RATIOS[-1] == 20
    assert list(RATIOS) == sorted(RATIOS)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.tuples(st.integers(1, 80), st.floats(0, 1), st.integers(0, 4)), min_size=1, max_size=5))
def test_no_interval_is_narrower_at_a_larger_ratio_and_company_changes_nothing(drawn):
    shares = [share_pairs(set(range(round(n * p), min(round(n * p) + more, n) + 1)), {n}) for n, p, more in drawn]
    found = shares_at_ratios(shares)
    for share, each in zip(shares, found, strict=True):
        for one, other in pairwise(each):
            assert other.interval.lower <= one.interval.lower + 1e-7
            assert other.interval.upper >= one.interval.upper - 1e-7
            assert other.bound.lower <= one.bound.lower
            assert other.bound.upper >= one.bound.upper
        (alone,) = shares_at_ratios([share])
        for one, other in zip(each, alone, strict=True):
            assert one.interval.lower == pytest.approx(other.interval.lower, abs=1e-7)
            assert one.interval.upper == pytest.approx(other.interval.upper, abs=1e-7)


def test_nothing_asked_is_nothing_told():
    assert shares_at_ratios([]) == ()
