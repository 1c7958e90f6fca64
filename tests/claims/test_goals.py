"""A goal is one function, positive where the claim is true; its verdict is the shared rule's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.claims.claim_verdicts import all_of, judge, not_checkable
from csea_stats.estimators.proportion import Share
from csea_stats.results.goals import Goal

GOALS = [Goal(low=0.5), Goal(high=0.25), Goal(low=0.25, high=0.4), Goal(low=-0.1, high=0.1), Goal(alike=True)]


@given(
    st.sampled_from(GOALS),
    st.floats(-1, 1, allow_subnormal=False),
    st.floats(-1, 1, allow_subnormal=False),
)
def test_the_margins_of_an_interval_hold_those_of_its_values(goal, one, other):
    low, high = sorted((one, other))
    worst, best = goal.margins(low, high)
    margins = [goal.margin(value) for value in np.linspace(low, high, 501)]
    assert worst == pytest.approx(min(margins), abs=1e-12)
    assert best == pytest.approx(max(margins), abs=(high - low) / 500 + 1e-12)
    assert best >= max(margins) - 1e-12


@given(st.integers(1, 60), st.data())
def test_more_than_half_is_judged_as_the_estimator_does(n, data):
    x = data.draw(st.integers(0, n))
    tiers = cs.proportion(x, n, target=cs.TIERS, claim="above")
    verdicts = judge(tuple(tiers), Goal(low=0.5), [x / n], Share(pairs=((x, n),)))
    assert verdicts.respondents.word == tiers[0].verdict.word
    assert verdicts.people.word == tiers[1].verdict.word
    assert {e.verdict.word for e in tiers[2:]} == {verdicts.workforce.word}


@given(st.integers(1, 60), st.data())
def test_less_than_t_is_more_than_the_rest_of_it_seen_from_the_others(n, data):
    x = data.draw(st.integers(0, n))
    share, rest = Share(pairs=((x, n),)), Share(pairs=((n - x, n),))
    mine = judge(tuple(cs.proportion(x, n, target=cs.TIERS)), Goal(high=0.25), [x / n], share)
    theirs = judge(tuple(cs.proportion(n - x, n, target=cs.TIERS)), Goal(low=0.75), [(n - x) / n], rest)
    assert [verdict.word for verdict in mine] == [verdict.word for verdict in theirs]


def test_a_range_is_supported_where_both_its_ends_are():
    n, ends = 400, (0.25, 0.4)
    words = set()
    for x in range(60, 200, 4):
        tiers = tuple(cs.proportion(x, n, target=cs.TIERS[:2]))
        whole = judge(tiers, Goal(low=ends[0], high=ends[1]), [x / n]).people.word
        parts = [judge(tiers, goal, [x / n]).people.word for goal in (Goal(low=ends[0]), Goal(high=ends[1]))]
        assert (whole == "supported") == (set(parts) == {"supported"})
        assert (whole == "contradicted") == ("contradicted" in parts)
        words.add(whole)
    assert words == {"supported", "not settled", "contradicted"}


@pytest.mark.parametrize("table", [((7, 7), (28, 42)), ((20, 24), (5, 25))])
def test_a_difference_is_judged_as_the_estimator_does(table):
    tiers = cs.difference(*table, target=cs.TIERS)
    (a, n), (b, m) = table
    verdicts = judge(tuple(tiers), Goal(low=0.0), [a / n - b / m])
    assert [verdicts.respondents.word, verdicts.people.word] == [tiers[0].verdict.word, tiers[1].verdict.word]
    assert {e.verdict.word for e in tiers[2:]} == {verdicts.workforce.word}


def test_alike_can_be_contradicted_and_never_supported():
    far = tuple(cs.difference((20, 24), (5, 25), target=cs.TIERS[:2]))
    near = tuple(cs.difference((12, 24), (12, 24), target=cs.TIERS[:2]))
    assert judge(far, Goal(alike=True), [20 / 24 - 5 / 25]).people.word == "contradicted"
    assert judge(near, Goal(alike=True), [0.0]).people.word == "not settled"


def test_of_several_that_must_hold_the_worst_is_the_whole():
    supported = judge(tuple(cs.proportion(46, 49, target=cs.TIERS)), Goal(low=0.5), [46 / 49])
    open_ = judge(tuple(cs.proportion(27, 49, target=cs.TIERS)), Goal(low=0.5), [27 / 49])
    against = judge(tuple(cs.proportion(3, 49, target=cs.TIERS)), Goal(low=0.5), [3 / 49])
    assert [v.word for v in all_of([supported, supported])] == [v.word for v in supported]
    assert all_of([supported, open_]).people.word == "not settled"
    assert all_of([supported, open_, against]).people.word == "contradicted"
    assert all_of([supported, against]).respondents.word == "not true of them"
    assert all_of([supported, not_checkable("print is silent.")]).people.word == "cannot be checked"
