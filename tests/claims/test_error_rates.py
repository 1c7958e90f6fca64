"""How often the rule decides by chance: against enumerations that share no code with it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import csea_stats as cs
from csea_stats.claims.claim_verdicts import Goal, judge
from csea_stats.claims.error_rates import gap_rate, pair_rate, share_rate


@pytest.mark.few(2)
@pytest.mark.parametrize(("n", "threshold"), [(7, 0.5), (24, 0.5), (49, 0.5), (49, 0.25), (36, 0.9)])
def test_a_share_at_its_threshold_against_scipy_stats(n, threshold):
    total = 0.0
    for x in range(n + 1):
        wilson = stats.binomtest(x, n).proportion_ci(0.95, "wilson")
        jeffreys = [0.0 if x == 0 else stats.beta(x + 0.5, n - x + 0.5).ppf(0.025)]
        jeffreys.append(1.0 if x == n else stats.beta(x + 0.5, n - x + 0.5).ppf(0.975))
        uniform = stats.beta(x + 1, n - x + 1).ppf([0.025, 0.975])
        above = min(wilson.low, jeffreys[0], uniform[0]) > threshold
        below = max(wilson.high, jeffreys[1], uniform[1]) < threshold
        total += stats.binom(n, threshold).pmf(x) * (above or below)
    assert share_rate(n, Goal(low=threshold), 0.95) == pytest.approx(total, abs=1e-12)
    assert share_rate(n, Goal(high=threshold), 0.95) == pytest.approx(total, abs=1e-12)


def test_a_range_against_the_public_verdict_of_every_count():
    n, goal = 300, Goal(low=0.25, high=0.4)
    words = [judge((cs.proportion(x, n),), goal, [x / n]).people.word for x in range(n + 1)]
    assert {"supported", "contradicted", "not settled"} == set(words)
    decided = np.array([word != "not settled" for word in words])
    rates = [stats.binom(n, t).pmf(range(n + 1)) @ decided for t in (0.25, 0.4)]
    assert share_rate(n, goal, 0.95) == pytest.approx(max(rates), abs=1e-12)


def test_two_people_decide_where_one_alone_said_yes():
    assert cs.difference((1, 1), (0, 1), level=0.5).verdict.word == "supported"
    assert gap_rate(1, 1, 0.5) == pytest.approx(max(2 * p * (1 - p) for p in np.linspace(0.005, 0.995, 199)), abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "n2", "level"), [(1, 2, 0.5), (3, 4, 0.95)])
def test_equal_shares_against_the_public_verdict_of_every_table(n1, n2, level):
    decided = np.zeros((n1 + 1, n2 + 1))
    for x1 in range(n1 + 1):
        for x2 in range(n2 + 1):
            word = cs.difference((x1, n1), (x2, n2), level=level).verdict.word
            decided[x1, x2] = word in ("supported", "contradicted")
    assert decided.any()
    grid = np.linspace(0.005, 0.995, 199)
    rates = [stats.binom(n1, p).pmf(range(n1 + 1)) @ decided @ stats.binom(n2, p).pmf(range(n2 + 1)) for p in grid]
    assert gap_rate(n1, n2, level) == pytest.approx(max(rates), abs=1e-9)


def test_equal_shares_of_the_same_people_against_the_public_verdict_of_every_table():
    n, level = 6, 0.9
    decided = {}
    for b in range(n + 1):
        for c in range(n + 1 - b):
            word = cs.paired_difference(b, c, n, 0, level=level).verdict.word
            decided[b, c] = word in ("supported", "contradicted")
    assert any(decided.values())
    rates = [
        sum(
            stats.multinomial(n, [p / 2, p / 2, 1 - p]).pmf([b, c, n - b - c]) for (b, c), yes in decided.items() if yes
        )
        for p in [*np.linspace(0.005, 0.995, 199), 1.0]
    ]
    assert pair_rate(n, level) == pytest.approx(max(rates), abs=1e-9)


def test_the_largest_rate_of_pairs_may_be_where_all_gave_one_answer_alone():
    b = np.arange(25)
    z = abs(2 * b - 24) / np.sqrt(24)
    tail = np.minimum(*(stats.beta(b + a, 24 - b + a).cdf(0.5) for a in (0.5, 0.5)))
    decided = (z > stats.norm.ppf(0.975)) & ((tail < 0.025) | (tail > 0.975))
    decided &= (stats.beta(b + 1, 25 - b).cdf(0.5) < 0.025) | (stats.beta(b + 1, 25 - b).cdf(0.5) > 0.975)
    assert pair_rate(24, 0.95) == pytest.approx(stats.binom(24, 0.5).pmf(b) @ decided, abs=1e-12)


def test_a_larger_level_decides_less_often():
    assert gap_rate(3, 4, 0.99) <= gap_rate(3, 4, 0.95) <= gap_rate(3, 4, 0.8)


@pytest.mark.slow
def test_the_rates_that_the_rule_is_documented_with():
    assert gap_rate(7, 42, 0.95) == pytest.approx(0.039, abs=5e-4)
    assert gap_rate(24, 25, 0.95) == pytest.approx(0.045, abs=5e-4)
