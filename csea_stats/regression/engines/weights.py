"""Importance weights: Pareto smoothing, its shape k as the diagnostic, effective sample size, resampling, quantiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, Places


def pareto_fit(excess: Array) -> tuple[float, float]:
    """Shape k and scale of a generalized Pareto distribution, k drawn a little towards 1/2.

    Parameters
    ----------
    excess : (n,) array
        Positive, ascending.

    Returns
    -------
    k, sigma : float
        The upper tail falls as x^(-1/k); k <= 0: bounded or exponential.

    References
    ----------
    Zhang, J. and Stephens, M. A. (2009). A new and efficient estimation method for the generalized Pareto
    distribution. Technometrics 51, 316-325, doi:10.1198/tech.2009.08017.
    Vehtari, A. et al. (2024). Pareto smoothed importance sampling. JMLR 25(72): the prior on k (n + 10 in the
    denominator) and the limits of k.
    """
    number = excess.size
    grid = 30 + int(np.sqrt(number))
    quartile = excess[int(number / 4 + 0.5) - 1]
    theta = 1 / excess[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * quartile)
    shape = np.log1p(-theta[:, None] * excess).mean(axis=1)
    profile = number * (np.log(-theta / shape) - shape - 1)
    weight = np.exp(profile - profile.max())
    best = float(theta @ weight / weight.sum())
    k = float(np.log1p(-best * excess).mean())
    return (number * k + 5.0) / (number + 10.0), -k / best


def smooth(log_weights: Array) -> tuple[Array, float]:
    """Pareto-smoothed weights that sum to 1, and the shape k of their tail.

    Parameters
    ----------
    log_weights : (S,) array
        Minus infinity is a weight of 0.

    Returns
    -------
    weights : (S,) array
    k : float
        Infinite where too few draws carry weight for a tail to be seen.

    Notes
    -----
    The largest min(S / 5, 3 sqrt(S)) weights are replaced by the quantiles of the generalized Pareto distribution
    fitted to them, none above the largest raw weight.
    """
    number = log_weights.size
    top = float(log_weights.max())
    if not np.isfinite(top):
        return np.full(number, 1 / number), np.inf
    weights = np.exp(log_weights - top)
    tail = int(np.ceil(min(0.2 * number, 3 * np.sqrt(number))))
    order = np.argpartition(weights, number - tail - 1)[number - tail - 1 :]
    order = order[np.argsort(weights[order])]
    cutoff = max(float(weights[order[0]]), float(np.finfo(float).tiny))
    excess = weights[order[1:]] - cutoff
    if tail < 5 or excess[int(tail / 4 + 0.5) - 1] <= 0:
        flat = tail >= 5 and excess[-1] <= 0  # equal weights have no tail
        return weights / weights.sum(), 0.0 if flat else np.inf
    k, sigma = pareto_fit(excess)
    if np.isfinite(k):
        place = (np.arange(tail) + 0.5) / tail
        rest = np.log1p(-place)
        quantile = -sigma * rest if abs(k) < 1e-12 else sigma * np.expm1(-k * rest) / k
        weights[order[1:]] = np.minimum(cutoff + quantile, 1.0)
    return weights / weights.sum(), float(k)


def effective_size(weights: Array) -> float:
    """Effective sample size 1 / sum of squares of weights that sum to 1.

    Examples
    --------
    >>> round(effective_size(np.full(8, 1 / 8)), 9)
    8.0
    """
    return float(1 / np.square(weights).sum())


def limit_of_k(number: int) -> float:
    """Largest k at which `number` draws still give a usable answer: min(0.7, 1 - 1 / log10 S), Vehtari et al. 2024.

    Examples
    --------
    >>> limit_of_k(10_000), round(limit_of_k(1_000), 3)
    (0.7, 0.667)
    """
    return min(0.7, 1 - 1 / math.log10(max(number, 11)))


def resample(weights: Array, number: int, rng: np.random.Generator) -> Places:
    """Places of `number` equally weighted draws, by systematic resampling, in random order.

    Parameters
    ----------
    weights : (S,) array
        Summing to 1.
    number : int
    rng : numpy.random.Generator

    Returns
    -------
    (number,) array of int

    Notes
    -----
    One uniform number u; the i-th place is where the cumulated weights pass (i + u) / number. A draw of weight w is
    taken floor(number w) or one more times, which adds less noise than independent picks.
    """
    ladder = np.cumsum(weights)
    steps = (np.arange(number) + rng.random()) / number * ladder[-1]
    return rng.permutation(np.searchsorted(ladder, steps, side="right").clip(max=weights.size - 1))


BATCHES = 5
"""Parts of a chain, long enough to be nearly independent."""


def batches(chains: int, number: int) -> int:
    """Return in how many parts of equal size the draws of chains are taken to be independent; 1: each by itself is."""
    parts = chains * BATCHES
    return parts if chains > 1 and number % parts == 0 else 1


@dataclass(frozen=True)
class Draws:
    """One number at each draw, with the draws' weights.

    Parameters
    ----------
    numbers : (S,) array
    weights : (S,) array or None
        Summing to 1; None: equal.
    replicates : int
        Independent parts of equal size that the draws come in, one after the other: how far they differ is the
        simulation error. 1: the draws are independent of each other.

    Examples
    --------
    >>> draws = Draws(np.arange(100.0))
    >>> draws.quantile(0.5), draws.above(24.5), round(draws.error(0.5), 1)
    (49.5, 0.75, 5.0)
    """

    numbers: Array
    weights: Array | None = None
    replicates: int = 1

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        """Values in rising order, and the weight up to the middle of each."""
        weights = self.weights
        if weights is None:
            number = self.numbers.size
            return np.sort(self.numbers), (np.arange(number) + 0.5) / number
        order = np.argsort(self.numbers)
        mass = weights[order]
        ladder = np.cumsum(mass)
        return self.numbers[order], (ladder - mass / 2) / ladder[-1]

    def quantile(self, probability: float) -> float:
        """Return the value up to which a probability lies, straight between draws."""
        if self.weights is None:
            return float(np.quantile(self.numbers, probability))
        values, ladder = self._sorted
        return float(np.interp(probability, ladder, values))

    def mean(self) -> float:
        """Return the mean."""
        return float(self.numbers.mean() if self.weights is None else self.numbers @ self.weights)

    def above(self, threshold: float) -> float:
        """Return the probability of more than a threshold; ties count half."""
        beyond = (self.numbers > threshold) + (self.numbers == threshold) / 2
        return float(beyond.mean() if self.weights is None else beyond @ self.weights)

    def spread(self, end: float, probability: float) -> float:
        """Return the standard error of the share of the draws below a value, which is about a probability."""
        below = self.numbers <= end
        if self.replicates == 1:
            square = 1 / self.numbers.size if self.weights is None else float(np.square(self.weights).sum())
            return math.sqrt(probability * (1 - probability) * square)
        parts = below.reshape(self.replicates, -1)
        if self.weights is None:
            shares = parts.mean(axis=1)
        else:
            weights = self.weights.reshape(self.replicates, -1)
            shares = (parts * weights).sum(axis=1) / weights.sum(axis=1)
        return float(np.std(shares, ddof=1) / math.sqrt(self.replicates))

    def error(self, probability: float) -> float:
        """Return the simulation error of a quantile, its standard error over repetitions: `spread` by the density."""
        window = min(probability, 1 - probability) / 2
        width = self.quantile(probability + window) - self.quantile(probability - window)
        return self.spread(self.quantile(probability), probability) * width / (2 * window)
