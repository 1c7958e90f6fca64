"""The difference of two shares in a population whose groups have known sizes: those who answered, and the others.

The share of a group of N is (x + K) / N, K of the N - n others: K ~ Bin(N - n, expit(logit p - lambda)), as for one
share. Both K are discrete, so the distribution of the difference is a sum over all of their values.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.odds_ratios import tied_grid
from csea_stats.base.selection import REACH
from csea_stats.base.two_binomials import square_and_add
from csea_stats.estimators.estimand import ENDS
from csea_stats.estimators.group_tables import LOGISTIC, outer, two_groups
from csea_stats.estimators.proportion import bounded_span, shifted_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.base.differences import LogitGroup
    from csea_stats.estimators.estimand import End, Limits, Participation
    from csea_stats.estimators.group_tables import Groups, Sides, Table

    Array = NDArray[np.float64]

Sizes = tuple[int, int]
"""How many people each group has, those who answered included."""

MOST_PEOPLE = 2000
"""The largest group for which the sum is made; of a larger one the size hardly matters."""

FARTHEST = 60.0
"""Logit beyond which everybody answers alike."""


class SizedGap:
    """The distribution of the difference, from P(K1 = j, K2 >= k) for every j and k.

    Parameters
    ----------
    chances : numpy.ndarray, shape (N1 - n1 + 1, N2 - n2 + 2)
    table : (x1, n1, x2, n2)
    sizes : (N1, N2)
    """

    __slots__ = ("_chances", "_first", "_other")

    def __init__(self, chances: Array, table: tuple[int, ...], sizes: Sizes) -> None:
        self._chances = chances
        self._first = (table[0] + np.arange(len(chances))) / sizes[0]
        self._other = table[2], sizes[1]

    def cdf(self, value: float) -> float:
        """Return P(difference <= value)."""
        count, size = self._other
        least = np.ceil((self._first - value) * size - count - 1e-7).astype(np.int64)
        least = np.clip(least, 0, self._chances.shape[1] - 1)
        return float(np.clip(self._chances[np.arange(len(least)), least].sum(), 0.0, 1.0))

    def quantile(self, probability: float) -> float:
        """Return the smallest possible difference with at least that probability up to it."""
        low, high = -1.0 - 1e-6, 1.0
        while high - low > 1e-10:
            middle = (low + high) / 2
            low, high = (low, middle) if self.cdf(middle) >= probability else (middle, high)
        count, size = self._other
        near = self._first - (np.round((self._first - high) * size - count) + count) / size  # the values around it
        return float(near[np.abs(near - high).argmin()])


def _binomial(logits: Array, rest: int) -> Array:
    """Return P(K) of the rest, a row for each logit."""
    k = np.arange(rest + 1)
    ways = special.gammaln(rest + 1) - special.gammaln(k + 1) - special.gammaln(rest - k + 1)
    # k log p + (rest - k) log(1 - p) = k logit + rest log(1 - p)
    return np.asarray(np.exp(ways + k * logits[:, None] + rest * special.log_expit(-logits)[:, None]))


def _at_least(chances: Array) -> Array:
    """Return P(K >= k) for k from 0 to one more than can be, along the last axis."""
    tails = np.cumsum(chances[..., ::-1], axis=-1)[..., ::-1]
    return np.concatenate([tails, np.zeros((*tails.shape[:-1], 1))], axis=-1)


def _mixed(group: LogitGroup, lost: Array, rest: int) -> Array:
    """Return P(K), a row for each amount that the group's logit loses together with the other's."""
    step = min(group.step, 1.2 / math.sqrt(rest + 1), 0.25)
    low, high = max(group.low - lost.max(), -FARTHEST), min(group.high - lost.min(), FARTHEST)
    logits = np.linspace(low, high, math.ceil((high - low) / step) + 1)
    weights = group.density(logits + lost[:, None])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True) @ _binomial(logits, rest))


def _independent(groups: Groups, table: tuple[int, ...], sizes: Sizes) -> SizedGap:
    first, second, common = groups
    u = np.linspace(-REACH, REACH, 37) if common > 0 else np.zeros(1)
    weights = np.exp(-(u**2) / 2)
    one = _mixed(first, common * u, sizes[0] - table[1])
    other = _mixed(second, common * u, sizes[1] - table[3])
    chances = (one * (weights / weights.sum())[:, None]).T @ _at_least(other)
    return SizedGap(chances, table, sizes)


@lru_cache(maxsize=64)
def sized_posterior(table: Table, sizes: Sizes, prior: str, who: Participation, end: End) -> SizedGap:
    """Return the distribution of a table's difference, participation as far towards an end as its bounds allow."""
    if prior != LOGISTIC:
        return _independent(two_groups(table, prior, who, end), table, sizes)
    x1, n1, x2, n2 = (part / who.design_effect for part in table)
    shifts = who.apart(end)
    others = sizes[0] - table[1], sizes[1] - table[3]
    first, second, mass = tied_grid((x1, n1, x2, n2), others)
    one, other = _binomial(first - shifts[0], others[0]), _binomial(second - shifts[1], others[1])
    return SizedGap((mass.T @ one).T @ _at_least(other), table, sizes)


def sized_confidence(sides: Sides, sizes: Sizes, level: float, who: Participation) -> Limits:
    """Return the hull of Newcombe's limits, each group's participation ratio anywhere between two.

    They are made of Wilson's limits of either share with the finite population correction, of which only those who did
    not answer are shifted.
    """
    ends: list[float] = []
    for end in ENDS:
        parts = []
        for place, shift in enumerate(who.apart(end)):
            ratio, size = math.exp(shift), sizes[place]
            pairs = [(table[2 * place], table[2 * place + 1]) for table in outer(sides, end)]
            spans = [bounded_span((p,), "wilson", level, (ratio, ratio), who.design_effect, size=size) for p in pairs]
            values = [shifted_share(p[0] / p[1], 1 / ratio, p, size) for p in pairs]
            parts.append((np.array(values), np.array([s.lower for s in spans]), np.array([s.upper for s in spans])))
        found = square_and_add(parts[0], parts[1])[end == "high"]
        ends.append(float(found.min() if end == "low" else found.max()))
    least, most = certain_gap(sides, sizes)
    return max(ends[0], least), min(ends[1], most)


def certain_gap(sides: Sides, sizes: Sizes) -> tuple[float, float]:
    """Return what those who answered leave possible."""
    ends = [
        (min(x / size for x, _ in side), max((x + size - n) / size for x, n in side))
        for side, size in zip(sides, sizes, strict=True)
    ]
    return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]


def sized_values(sides: Sides, sizes: Sizes, ratios: tuple[float, float]) -> tuple[float, float]:
    """Return the smallest and largest difference, those who did not answer being as the others were, but for ratios."""
    ends: list[tuple[float, float]] = []
    for side, size in zip(sides, sizes, strict=True):
        each = [shifted_share(x / n, 1 / ratio, (x, n), size) for x, n in side for ratio in ratios]
        ends.append((min(each), max(each)))
    return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]
