"""The sign rule."""

import pytest

from csea_stats.results.goals import against
from csea_stats.results.values import Interval
from csea_stats.results.verdicts import (
    Evidence,
    counted_verdict,
    population_verdict,
    sampled_verdict,
    side,
    uncheckable,
)


def span(lower, upper, kind="credible"):
    return Interval(lower=lower, upper=upper, level=0.95, kind=kind, method="any")


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ((0.7,), "true of them"),
        ((0.3,), "not true of them"),
        ((0.49, 0.51), "print unclear"),
        ((0.5,), "not true of them"),
    ],
)
def test_counted(values, word):
    assert counted_verdict(values, against(0.5)).word == word


@pytest.mark.parametrize(
    ("intervals", "word"),
    [
        ([span(0.58, 0.83), span(0.576, 0.82)], "supported"),
        ([span(0.58, 0.83), span(0.49, 0.82)], "not settled"),
        ([span(0.1, 0.4), span(0.1, 0.45)], "contradicted"),
        ([span(0.1, 0.4), span(0.6, 0.9)], "not settled"),
        ([span(0.5, 0.9)], "not settled"),
    ],
)
def test_sampled(intervals, word):
    assert sampled_verdict(Evidence(intervals=intervals), against(0.5)).word == word


def test_disagreement_is_said():
    why = sampled_verdict(Evidence(intervals=[span(0.02, 0.45), span(-0.04, 0.48)]), against(0), scale="difference").why
    assert why.startswith("Above zero")
    assert "disagree" in why


@pytest.mark.parametrize(
    ("strengths", "word"),
    [
        ({0.25: [span(0.6, 0.9)], 0.5: [span(0.55, 0.9)], 1.0: [span(0.51, 0.99)]}, "supported"),
        ({0.25: [span(0.6, 0.9)], 0.5: [span(0.55, 0.9)], 1.0: [span(0.3, 0.99)]}, "depends on who took part"),
        ({0.25: [span(0.4, 0.9)], 0.5: [span(0.3, 0.9)], 1.0: [span(0.2, 0.99)]}, "not settled"),
        ({0.25: [span(0.1, 0.2)], 0.5: [span(0.1, 0.3)], 1.0: [span(0.0, 0.4)]}, "contradicted"),
        ({0.25: [span(0.1, 0.4)], 0.5: [span(0.1, 0.6)], 1.0: [span(0.0, 0.8)]}, "not settled"),
    ],
)
def test_population(strengths, word):
    assert (
        population_verdict({tau: Evidence(intervals=each) for tau, each in strengths.items()}, against(0.5)).word
        == word
    )


def test_the_claimed_side_counts():
    below = sampled_verdict(Evidence(intervals=[span(0.1, 0.2)]), against(0.5, "below"))
    assert below.word == "supported"
    assert below.why.startswith("Less than half")
    assert side([], 0.5) is None


def test_uncheckable():
    assert uncheckable("print is silent.").word == "cannot be checked"


def test_a_claim_that_only_fails_is_not_said_to_depend():
    verdict = population_verdict(
        {0.25: Evidence(intervals=[span(0.1, 0.4)]), 1.0: Evidence(intervals=[span(0.0, 0.8)])}, against(0.5)
    )
    why = "More than half: not so if participation differed by up to about 1.6 times, not settled at the others shown."
    assert verdict.why == why
