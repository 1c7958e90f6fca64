"""How often the rule decides by chance: against enumerations that share no code with it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

import csea_stats as cs
from csea_stats.base.binomial import SHARE_METHODS, interval_limits, limits_of_every_count
from csea_stats.base.error_rates import gap_rate, least_base, pair_rate, share_decisions, share_rate
from csea_stats.claims.claim_verdicts import judge
from csea_stats.estimators.proportion import Share
from csea_stats.results.goals import Goal


@pytest.mark.few(1)
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
        total += stats.binom(n, threshold).pmf(x) * ((above or below) and blaker_p(x, n, threshold) <= 0.05)
    assert share_rate(n, (threshold, None), 0.95) == pytest.approx(total, abs=1e-12)
    assert share_rate(n, (None, threshold), 0.95) == pytest.approx(total, abs=1e-12)


def blaker_p(x, n, p):
    """Blaker's p-value from its definition: the chance of counts whose smaller tail is no larger than that of x."""
    law = stats.binom(n, p)
    smaller = np.minimum(law.cdf(range(n + 1)), law.sf(np.arange(n + 1) - 1))
    return law.pmf(range(n + 1))[smaller <= smaller[x] * (1 + 1e-9)].sum()


@pytest.mark.few(1)
@pytest.mark.parametrize("threshold", [0.5, 0.25, 0.9])
def test_no_share_of_three_to_a_hundred_people_decides_more_often_than_one_time_in_twenty(threshold):
    """Without the guaranteed interval 41 of the 98 sizes do at one half, at most .077."""
    intervals = ("jeffreys", "wilson", "uniform")
    without = [share_rate(n, (threshold, None), 0.95, intervals) for n in range(3, 101)]
    if threshold == 0.5:
        assert sum(rate > 0.05 for rate in without) == 41
        assert max(without) == pytest.approx(0.0768, abs=1e-4)
    rates = [share_rate(n, (threshold, None), 0.95) for n in range(3, 101)]
    assert 0.045 < max(rates) <= 0.05


def test_the_verdict_is_what_was_enumerated():
    found = cs.proportion(24, 36)
    assert found.verdict.word == "not settled"
    assert found.verdict.why == (
        "More than half, the side seen: every interval lies on one side, but not by enough for an exact test; not "
        "shown to be so, nor to be otherwise."
    )
    assert found.verdict.rate == share_rate(36, (0.5, None), 0.95) <= 0.05
    decided = [cs.proportion(x, 36).verdict.word != "not settled" for x in range(37)]
    assert stats.binom(36, 0.5).pmf(range(37)) @ decided == pytest.approx(found.verdict.rate, abs=1e-12)


@pytest.mark.slow
def test_a_range_against_the_public_verdict_of_every_count():
    n, goal = 200, Goal(low=0.25, high=0.4)
    words = [judge((cs.proportion(x, n),), goal, [x / n], Share(pairs=((x, n),))).people.word for x in range(n + 1)]
    assert {"supported", "contradicted", "not settled"} == set(words)
    decided = np.array([word != "not settled" for word in words])
    rates = [stats.binom(n, t).pmf(range(n + 1)) @ decided for t in (0.25, 0.4)]
    assert share_rate(n, (0.25, 0.4), 0.95) == pytest.approx(max(rates), abs=1e-12)


def test_two_people_decide_where_one_alone_said_yes():
    assert cs.difference((1, 1), (0, 1), level=0.5).verdict.word == "supported"
    assert gap_rate(1, 1, 0.5) == pytest.approx(max(2 * p * (1 - p) for p in np.linspace(0.005, 0.995, 199)), abs=1e-12)


@pytest.mark.parametrize(
    "n1", [3, 8, pytest.param(30, marks=pytest.mark.slow), pytest.param(49, marks=pytest.mark.slow)]
)
def test_no_two_groups_decide_more_often_than_one_time_in_twenty(n1):
    assert all(gap_rate(n1, n2, 0.95) <= 0.05 for n2 in ((5, 14) if n1 < 10 else (3, 7, 14, 24, 36, 49)))


@pytest.mark.parametrize("level", [pytest.param(0.95, marks=pytest.mark.slow), 0.99])
def test_no_pair_of_answers_decides_more_often_than_its_level_allows(level):
    assert all(pair_rate(n, level) <= 1 - level for n in range(3, 101, 1 if level == 0.95 else 7))


def largest_rate(rate):
    """Return the largest rate over the shares, between the points of a grid too."""
    grid = np.linspace(0.005, 0.995, 199)
    best = grid[np.argmax([rate(p) for p in grid])]
    near = optimize.minimize_scalar(
        lambda p: -rate(p), bounds=(best - 0.005, best + 0.005), method="bounded", options={"xatol": 1e-9}
    )
    return max(-near.fun, rate(1.0))


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "n2", "level"), [(1, 2, 0.5), (3, 4, 0.95)])
def test_equal_shares_against_the_public_verdict_of_every_table(n1, n2, level):
    decided = np.zeros((n1 + 1, n2 + 1))
    for x1 in range(n1 + 1):
        for x2 in range(n2 + 1):
            word = cs.difference((x1, n1), (x2, n2), level=level).verdict.word
            decided[x1, x2] = word in ("supported", "contradicted")
    assert decided.any()

    def rate(p):
        return stats.binom(n1, p).pmf(range(n1 + 1)) @ decided @ stats.binom(n2, p).pmf(range(n2 + 1))

    assert gap_rate(n1, n2, level) == pytest.approx(largest_rate(rate), abs=1e-9)


@pytest.mark.slow
def test_equal_shares_of_the_same_people_against_the_public_verdict_of_every_table():
    n, level = 6, 0.9
    decided = {}
    for b in range(n + 1):
        for c in range(n + 1 - b):
            word = cs.paired_difference(b, c, n, 0, level=level).verdict.word
            decided[b, c] = word in ("supported", "contradicted")
    assert any(decided.values())

    def rate(p):
        chances = stats.multinomial(n, [p / 2, p / 2, 1 - p])
        return sum(chances.pmf([b, c, n - b - c]) for (b, c), yes in decided.items() if yes)

    assert pair_rate(n, level) == pytest.approx(largest_rate(rate), abs=1e-9)


def test_the_largest_rate_of_pairs_may_be_where_all_gave_one_answer_alone():
    b = np.arange(25)
    z = abs(2 * b - 24) / np.sqrt(24)
    tail = np.minimum(*(stats.beta(b + a, 24 - b + a).cdf(0.5) for a in (0.5, 0.5)))
    decided = (z > stats.norm.ppf(0.975)) & ((tail < 0.025) | (tail > 0.975))
    decided &= (stats.beta(b + 1, 25 - b).cdf(0.5) < 0.025) | (stats.beta(b + 1, 25 - b).cdf(0.5) > 0.975)
    decided &= [stats.binomtest(k, 24).pvalue <= 0.05 for k in b]
    rate = max(stats.binom(24, 0.5).pmf(b) @ decided, 0.0)
    assert pair_rate(24, 0.95) >= rate - 1e-12


def test_a_larger_level_decides_less_often():
    assert gap_rate(3, 4, 0.99) <= gap_rate(3, 4, 0.95) <= gap_rate(3, 4, 0.8)


@pytest.mark.slow
def test_the_rates_that_the_rule_is_documented_with():
    assert gap_rate(7, 42, 0.95) == pytest.approx(0.039, abs=5e-4)
    assert gap_rate(24, 25, 0.95) == pytest.approx(0.045, abs=5e-4)


@pytest.mark.parametrize(("low", "high"), [(0.5, None), (None, 0.25), (0.4, 0.6)])
def test_the_least_base_is_the_first_of_which_some_count_is_supported(low, high):
    n, x = least_base((low, high), 0.95)
    assert not any(share_decisions(base, (low, high), 0.95)[0].any() for base in range(1, n))
    assert share_decisions(n, (low, high), 0.95)[0][x]


@pytest.mark.slow
def test_the_least_base_of_a_narrow_range():
    assert least_base((0.28, 0.32), 0.95) == (2042, 612)


def test_what_no_count_of_so_few_could_have_shown_is_said():
    few = cs.proportion(3, 5).verdict
    assert (few.word, few.attainable, few.needed) == ("too few answers", False, (6, 6))
    assert few.why == "More than half, the side seen: 5 answers cannot show this; at least 6 could, with 6 of them."
    assert [cs.proportion(x, 6).verdict.word for x in (5, 6)] == ["not settled", "supported"]
    assert cs.proportion(22, 49).verdict.attainable
    assert cs.proportion(3, 5, target=cs.Superpopulation(words="teachers")).verdict.needed == (6, 6)
    gap = cs.difference((2, 2), (0, 3)).verdict
    assert (gap.word, gap.attainable, gap.needed) == ("too few answers", False, (4, 4))
    words = [cs.difference((n, n), (0, n)).verdict.word for n in (3, 4)]
    assert words == ["too few answers", "supported"]
    assert cs.paired_difference(5, 0, 5, 0).verdict.needed == (6,)
    assert cs.paired_difference(6, 0, 6, 0).verdict.word == "supported"
    five = cs.proportion(5, 5, target=cs.Population()).verdict
    assert (five.word, five.attainable, five.needed) == ("too few answers", False, None)


@pytest.mark.parametrize("method", SHARE_METHODS)
def test_limits_of_every_count_are_those_of_each(method):
    for n in (1, 6, 23):
        found = limits_of_every_count(n, method=method, level=0.9)
        assert np.array_equal(found, interval_limits(np.arange(n + 1), n, method=method, level=0.9))
