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

from csea_stats.estimators.gaps.gaps import square_and_add
from csea_stats.estimators.gaps.logistic_gaps import LogisticGap
from csea_stats.estimators.gaps.spans import RATIOS, known_pair, outer, selected_groups
from csea_stats.estimators.shares.spans import CACHED, Span, bounded_span, shifted_share
from csea_stats.targets.selection import REACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.estimators.gaps.spans import Sides
    from csea_stats.targets.contrasts import Group

    Array = NDArray[np.float64]

Sizes = tuple[int, int]
"""How many people each group has, those who answered included."""
Selected = tuple[float, float, float]
"""tau, mean and correlation of the groups' log participation ratios."""

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

    def cdf(self, difference: float) -> float:
        """Return P(difference <= that)."""
        count, size = self._other
        least = np.ceil((self._first - difference) * size - count - 1e-7).astype(np.int64)
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


def _mixed(group: Group, lost: Array, rest: int) -> Array:
    """Return P(K), a row for each amount that the group's logit loses together with the other's."""
    step = min(group.step, 1.2 / math.sqrt(rest + 1), 0.25)
    low, high = max(group.low - lost.max(), -FARTHEST), min(group.high - lost.min(), FARTHEST)
    logits = np.linspace(low, high, math.ceil((high - low) / step) + 1)
    weights = group.density(logits + lost[:, None])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True) @ _binomial(logits, rest))


def _independent(groups: tuple[Group, Group, float], table: tuple[int, ...], sizes: Sizes) -> SizedGap:
    first, second, common = groups
    u = np.linspace(-REACH, REACH, 37) if common > 0 else np.zeros(1)
    weights = np.exp(-(u**2) / 2)
    one = _mixed(first, common * u, sizes[0] - table[1])
    other = _mixed(second, common * u, sizes[1] - table[3])
    chances = (one * (weights / weights.sum())[:, None]).T @ _at_least(other)
    return SizedGap(chances, table, sizes)


@lru_cache(maxsize=64)
def _posterior(
    table: tuple[int, ...], sizes: Sizes, prior: str, shifts: tuple[float, float], design_effect: float
) -> SizedGap:
    if prior in ("jeffreys", "uniform"):
        return _independent((*known_pair(table, shifts, prior, design_effect), 0.0), table, sizes)
    x1, n1, x2, n2 = (part / design_effect for part in table)
    first, second, mass = LogisticGap((x1, n1, x2, n2)).grid()
    one, other = _binomial(first - shifts[0], sizes[0] - table[1]), _binomial(second - shifts[1], sizes[1] - table[3])
    return SizedGap((mass.T @ one).T @ _at_least(other), table, sizes)


@lru_cache(maxsize=64)
def _selected(table: tuple[int, ...], sizes: Sizes, selection: Selected, design_effect: float) -> SizedGap:
    return _independent(selected_groups(table, *selection, design_effect), table, sizes)


def _rules(
    sides: Sides, sizes: Sizes, prior: str, ratios: tuple[float, float], design_effect: float
) -> tuple[list[SizedGap], list[SizedGap]]:
    """Return the distributions with the smallest and with the largest differences."""
    near, far = (math.log(ratio) for ratio in ratios)
    lows, highs = outer(sides)
    return (
        [_posterior(table, sizes, prior, (far, near), design_effect) for table in lows],
        [_posterior(table, sizes, prior, (near, far), design_effect) for table in highs],
    )


def _span(found: tuple[list[SizedGap], list[SizedGap]], level: float) -> Span:
    low = [(gap.quantile((1 - level) / 2), gap.quantile(0.5)) for gap in found[0]]
    high = [(gap.quantile(0.5), gap.quantile((1 + level) / 2)) for gap in found[1]]
    medians = min(pair[1] for pair in low), max(pair[0] for pair in high)
    return Span(lower=min(pair[0] for pair in low), upper=max(pair[1] for pair in high), medians=medians)


@lru_cache(maxsize=CACHED)
def sized_gap(
    sides: Sides, sizes: Sizes, method: str, level: float, ratios: tuple[float, float], design_effect: float = 1.0
) -> Span:
    """Return limits where each group's participation ratio lies anywhere between two; (1, 1) is a random draw.

    Newcombe's are made of Wilson's limits of either share with the finite population correction, of which only those
    who did not answer are shifted.
    """
    if method != "newcombe":
        return _span(_rules(sides, sizes, method, ratios, design_effect), level)
    found = []
    factors = [1.0] if ratios == (1.0, 1.0) else np.geomspace(*ratios, RATIOS).tolist()
    for table in {table for part in outer(sides) for table in part}:
        parts = []
        for pair, size in (((table[0], table[1]), sizes[0]), ((table[2], table[3]), sizes[1])):
            spans = [bounded_span((pair,), "wilson", level, (f, f), design_effect, size=size) for f in factors]
            values = [shifted_share(pair[0] / pair[1], 1 / f, pair, size) for f in factors]
            parts.append([np.array(row) for row in (values, [s.lower for s in spans], [s.upper for s in spans])])
        first, second = (part[:, None] for part in parts[0]), (part[None, :] for part in parts[1])
        found.append(square_and_add((*first,), (*second,)))  # type: ignore[arg-type]
    least, most = certain_gap(sides, sizes)
    lower, upper = (min(float(low.min()) for low, _ in found), max(float(high.max()) for _, high in found))
    return Span(lower=max(lower, least), upper=min(upper, most))


def certain_gap(sides: Sides, sizes: Sizes) -> tuple[float, float]:
    """Return what those who answered leave possible."""
    ends = [
        (min(x / size for x, _ in side), max((x + size - n) / size for x, n in side))
        for side, size in zip(sides, sizes, strict=True)
    ]
    return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]


@lru_cache(maxsize=CACHED)
def selected_sized_gap(
    sides: Sides, sizes: Sizes, selection: Selected, level: float, design_effect: float = 1.0
) -> Span:
    """Return limits and medians with a prior on who took part."""
    lows, highs = outer(sides)
    found = tuple([_selected(table, sizes, selection, design_effect) for table in part] for part in (lows, highs))
    return _span((found[0], found[1]), level)


def sized_above(
    sides: Sides, sizes: Sizes, threshold: float, selection: Selected, bound: float, design_effect: float = 1.0
) -> tuple[float, float]:
    """Return the smallest and largest Jeffreys probability that the difference exceeds the threshold."""
    if selection[0] > 0:
        gaps = [_selected(table, sizes, selection, design_effect) for part in outer(sides) for table in part]
    else:
        ratios = math.exp(-bound), math.exp(bound)
        gaps = [gap for part in _rules(sides, sizes, "jeffreys", ratios, design_effect) for gap in part]
    above = [1 - gap.cdf(threshold) for gap in gaps]
    return min(above), max(above)


def sized_values(sides: Sides, sizes: Sizes, ratios: tuple[float, float]) -> tuple[float, float]:
    """Return the smallest and largest difference, those who did not answer being as the others were, but for ratios."""
    ends: list[tuple[float, float]] = []
    for side, size in zip(sides, sizes, strict=True):
        each = [shifted_share(x / n, 1 / ratio, (x, n), size) for x, n in side for ratio in ratios]
        ends.append((min(each), max(each)))
    return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]
