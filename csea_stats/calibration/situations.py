"""Coverage where the truths are too many for a grid: in situations told in words, enumerated where that is cheap."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import interval_limits, limits_of_every_count
from csea_stats.base.dominance_limits import has_placement_variance
from csea_stats.base.exact_tests import binomial
from csea_stats.base.rank_sets import joint_rank_sets, pairwise_rank_sets, rank_bounds
from csea_stats.calibration.coverage import SLACK, six_decimals
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.multinomial import joint_limits
from csea_stats.estimators.proportion import Share
from csea_stats.estimators.superiority import Superiority
from csea_stats.results.certificates import Situation
from csea_stats.results.numbers import ratio
from csea_stats.targets.populations import TAUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from csea_stats.base.roots import Array

    Counts = NDArray[np.int64]

SEED = 15
"""Of the draws; each situation has a stream of its own, by its place and its bases."""

DRAWN = 2000
"""Sets of answers drawn in a situation."""

DRAWN_SLOWLY = 500
"""Of a method whose limits are those of a posterior of several shares."""

DRAWN_OF_SCALES = {"credible": 200, "confidence": 1000}
"""Of two groups on one scale, by the kind of the method."""


def _stream(*place: int) -> np.random.Generator:
    return np.random.default_rng([SEED, *place])


# ---- all shares at once


def list_shapes(answers: int) -> dict[str, Array]:
    """Return shares of a list of answers, with ties and long tails among them.

    Examples
    --------
    >>> {name: round(float(shares.max()), 3) for name, shares in list_shapes(5).items()}
    {'all equal': 0.2, 'each .6 of the one before': 0.434, 'two lead, tied': 0.35, 'half of them rare': 0.47}
    """
    falling = 0.6 ** np.arange(answers)
    led, rare = np.full(answers, 0.3 / max(answers - 2, 1)), np.full(answers, 0.02)
    led[:2], half = 0.35, answers // 2
    rare[:half] = (1 - 0.02 * (answers - half)) / half
    return {
        "all equal": np.full(answers, 1 / answers),
        "each .6 of the one before": falling / falling.sum(),
        "two lead, tied": led / led.sum(),
        "half of them rare": rare,
    }


SINGLE = {"goodman": "wilson", "bonferroni-clopper-pearson": "clopper-pearson"}
"""The interval of one share that each method of several takes, so that joint coverage can be enumerated."""


def joint_rows(n: int, answers: int, method: str, level: float) -> Iterator[Situation]:
    """Yield the coverage of all shares of a list jointly.

    Notes
    -----
    Where the limits of a share depend on its own count alone, the probability that all hold is a coefficient of a
    product of polynomials: counts are independent Poisson variables given their sum.

    Examples
    --------
    >>> [(row.situation, round(row.coverage, 3)) for row in joint_rows(24, 5, "goodman", 0.95)][:2]
    [('all equal', 0.937), ('each .6 of the one before', 0.942)]
    """
    for place, (words, shares) in enumerate(list_shapes(answers).items()):
        if method in SINGLE:
            strict = 1 - (1 - level) / answers
            held = jointly_held(n, shares, *limits_of_every_count(n, method=SINGLE[method], level=strict))
            yield Situation(n=(n, answers), situation=words, coverage=six_decimals(held))
            continue
        drawn = _stream(1, n, answers, place).multinomial(n, shares, size=DRAWN_SLOWLY)
        ends = np.array([joint_limits(tuple(row), method, level) for row in drawn.tolist()])
        held = ((ends[:, 0] <= shares + SLACK) & (ends[:, 1] >= shares - SLACK)).all(axis=1).mean()
        width = six_decimals((ends[:, 1] - ends[:, 0]).mean())
        yield Situation(
            n=(n, answers), situation=words, coverage=six_decimals(held), replicates=DRAWN_SLOWLY, width=width
        )


def jointly_held(n: int, shares: Array, lower: Array, upper: Array) -> float:
    """Return the probability that every share lies within the limits of its count, for limits of every count.

    Examples
    --------
    >>> round(jointly_held(7, np.array([0.5, 0.5]), np.zeros(8), np.ones(8)), 9)
    1.0
    """
    x, product = np.arange(n + 1), np.ones(1)
    for share in shares:
        inside = (lower <= share + SLACK) & (upper >= share - SLACK)
        product = np.convolve(
            product, inside * np.exp(special.xlogy(x, n * share) - n * share - special.gammaln(x + 1))
        )
        product = product[: n + 1]
    return float(product[n] / math.exp(n * math.log(n) - n - special.gammaln(n + 1)))


# ---- ranks


def _one_each(rng: np.random.Generator, n: int, shares: Array) -> Counts:
    return rng.multinomial(n, shares, size=DRAWN)


def _by_itself(rng: np.random.Generator, n: int, shares: Array) -> Counts:
    return rng.binomial(n, shares, size=(DRAWN, len(shares)))


def _together(rng: np.random.Generator, n: int, shares: Array) -> Counts:
    """Draw with one number of each person for all answers: who gives a rarer one gives the more frequent ones, too."""
    return np.asarray((rng.random((DRAWN, n, 1)) < shares).sum(axis=1))


def rank_rows(n: int, answers: int, method: str, level: float) -> Iterator[Situation]:
    """Yield how often the sets of ranks of all answers hold all ranks that each truly can have, ties included.

    Examples
    --------
    >>> [(row.situation, row.coverage >= 0.95) for row in rank_rows(24, 4, "klein-wright-wieczorek", 0.95)][:1]
    [('one answer each: all equal', True)]
    """
    laws = {f"one answer each: {words}": (shares, _one_each) for words, shares in list_shapes(answers).items()}
    alone = {"all equal": np.full(answers, 0.3), "falling, in tied pairs": 0.8 * 0.7 ** (np.arange(answers) // 2)}
    for words, shares in alone.items():
        laws[f"each by itself: {words}"] = shares, _by_itself
        laws[f"together: {words}"] = shares, _together
    for place, (words, (shares, draw)) in enumerate(laws.items()):
        first, last = rank_bounds(shares.round(9), shares.round(9))
        held = wide = 0.0
        tables, times = np.unique(draw(_stream(2, n, answers, place), n, shares), axis=0, return_counts=True)
        for counts, often in zip(tables, times, strict=True):
            boxes = counts[None, :], counts[None, :]
            rule = joint_rank_sets if method == "klein-wright-wieczorek" else pairwise_rank_sets
            lowest, highest = rule(boxes, n, level)
            held += float(often * ((lowest <= first) & (highest >= last)).all())
            wide += float(often * (highest - lowest).mean())
        coverage, width = six_decimals(held / DRAWN), six_decimals(wide / DRAWN)
        yield Situation(n=(n, answers), situation=words, coverage=coverage, replicates=DRAWN, width=width)


# ---- two groups on one scale


def scale_pairs() -> dict[str, tuple[Array, Array]]:
    """Return the answers' probabilities of two groups on a scale of five."""
    even, middle = np.full(5, 0.2), np.array([0.05, 0.1, 0.5, 0.3, 0.05])
    apart, near, point = np.array([0.5, 0, 0, 0, 0.5]), np.array([0, 0.25, 0.5, 0.25, 0]), np.array([0, 0, 1.0, 0, 0])
    around = np.array([0.3, 0.15, 0.1, 0.15, 0.3])
    raised = np.diff([0.0, *special.expit(special.logit(list(accumulate(even[:4]))) - 1), 1.0])
    return {
        "both even": (even, even),
        "both in the middle": (middle, middle),
        "the first at both ends, the second in the middle": (apart, near),
        "the second at both ends, the first in the middle": (near, apart),
        "the first all at one answer, the second around it": (point, around),
        "the second all at one answer, the first around it": (around, point),
        "an odds ratio of 2.7 at every cut": (raised, even),
        "the first high with a few at the end": (np.array([0.1, 0, 0, 0.1, 0.8]), np.array([0, 0.3, 0.4, 0.3, 0])),
    }


def scale_rows(n1: int, n2: int, method: str, level: float) -> Iterator[Situation]:
    """Yield the coverage of which of two groups answers higher; of sets of answers of which the method has limits."""
    number = DRAWN_OF_SCALES[Superiority.methods[method].kind]
    for place, (words, (first, second)) in enumerate(scale_pairs().items()):
        truth = float(first @ (np.cumsum(second) - second / 2))
        rng = _stream(3, n1, n2, place)
        both = np.hstack([rng.multinomial(n1, first, size=number), rng.multinomial(n2, second, size=number)])
        tables, times = np.unique(both, axis=0, return_counts=True)
        ends = np.array([_scale_limits(tuple(row), method, level) for row in tables.tolist()])
        known = ~np.isnan(ends[:, 0])
        lower, upper, often = ends[known, 0], ends[known, 1], times[known]
        held = often @ ((lower <= truth + SLACK) & (upper >= truth - SLACK)) / often.sum()
        width = six_decimals(often @ (upper - lower) / often.sum())
        yield Situation(
            n=(n1, n2), situation=words, coverage=six_decimals(held), replicates=int(often.sum()), width=width
        )


def _scale_limits(row: tuple[int, ...], method: str, level: float) -> tuple[float, float]:
    half = len(row) // 2
    if method == "brunner-munzel" and not has_placement_variance(row[:half], row[half:]):
        return math.nan, math.nan
    quantity = Superiority(sides=((row[:half],), (row[half:],)))
    return quantity.limits(method, level, Participation())


# ---- a population that may have taken part unevenly

SHARES = np.linspace(0.05, 0.95, 91)
"""Shares of the population over which coverage is averaged at a fixed participation ratio."""

RATIOS = (0.0, 0.25, 0.5, 1.0)
"""Logarithms of fixed participation ratios."""


def population_rows(n: int, method: str, level: float) -> Iterator[Situation]:
    """Yield the coverage of a share of the population: averaged over what its prior supposes, and at fixed ratios.

    Examples
    --------
    >>> found = list(population_rows(24, "jeffreys", 0.95))
    >>> found[0].situation, round(found[0].coverage, 2)
    ('tau 0.25: as its prior supposes', 0.96)
    """
    x = np.arange(n + 1)
    naive = interval_limits(x, np.full(n + 1, n), method=method, level=level)
    for tau in TAUS:
        prior = method == "jeffreys"
        who = Participation(tau=tau) if prior else Participation(reach=math.exp(1.96 * tau))
        ends = np.array([Share(pairs=((k, n),)).limits(method, level, who) for k in x.tolist()]).T
        width = six_decimals((ends[1] - ends[0]).mean())
        if prior:
            held, alone = (_supposed(n, limits, tau) for limits in (ends, naive))
            words = f"tau {tau:g}: as its prior supposes"
            yield Situation(
                n=(n,), situation=words, coverage=six_decimals(held), naive=six_decimals(alone), width=width
            )
        for log in RATIOS:
            chances = binomial(n, special.expit(special.logit(SHARES) + log))
            held, alone = (_held(limits, SHARES, chances).mean() for limits in (ends, naive))
            words = f"tau {tau:g}: participation ratio {ratio(math.exp(log))}"
            yield Situation(
                n=(n,), situation=words, coverage=six_decimals(held), naive=six_decimals(alone), width=width
            )


def _held(ends: Array | tuple[Array, Array], truth: Array, chances: Array) -> Array:
    lower, upper = ends
    inside = (lower[:, None] <= truth + SLACK) & (upper[:, None] >= truth - SLACK)
    return np.asarray((inside * chances).sum(axis=0))


def _supposed(n: int, ends: Array | tuple[Array, Array], tau: float) -> float:
    """Average over Beta(1/2, 1/2) of the share among people like these and Normal(0, tau) of the log ratio."""
    angles = (np.arange(400) + 0.5) * math.pi / 800
    shares = np.sin(angles) ** 2  # evenly spaced angles are draws of Beta(1/2, 1/2)
    z, weights = np.polynomial.hermite_e.hermegauss(41)
    chances = binomial(n, shares)
    held = [_held(ends, special.expit(special.logit(shares) - tau * node), chances).mean() for node in z]
    return float(np.array(held) @ weights / weights.sum())
