"""The difference of two shares under the prior that a regression uses: a strip's third member."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.targets.roots import one_root
from csea_stats.targets.selection import logit_ends, natural_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Table = tuple[float, float, float, float]
"""x1, n1, x2, n2."""


class LogisticGap:
    """Posterior of the difference of two shares, with a Logistic(0, 1) prior on their log odds ratio.

    Parameters
    ----------
    table : (x1, n1, x2, n2)
    shifts : (float, float), default (0, 0)
        Log participation ratio of either group, taken from its log odds.

    Notes
    -----
    logit p1 = alpha + b n2 / N, logit p2 = alpha - b n1 / N, so that alpha is the log odds at the mean of a centred
    group indicator; expit(alpha) ~ Beta(1/2, 1/2), b ~ Logistic(0, 1). The map to the two logits has Jacobian 1. The
    joint posterior is summed over a grid of both logits (trapezoidal rule; along the second, corrected by its end
    derivatives and interpolated by cubic Hermite); limits are good to about 1e-5, to 1e-3 where
    all of a group answer alike and its participation ratio is large.

    Examples
    --------
    >>> [round(LogisticGap((7, 7, 28, 42)).quantile(p), 3) for p in (0.025, 0.975)]
    [-0.024, 0.412]
    >>> [round(LogisticRatio((7, 7, 28, 42)).quantile(p), 3) for p in (0.025, 0.975)]
    [0.966, 1.748]
    """

    __slots__ = ("_below", "_dense", "_first", "_second", "_share", "_shift", "_width")

    def __init__(self, table: Table, shifts: tuple[float, float] = (0.0, 0.0)) -> None:
        x1, n1, x2, n2 = table
        first, self._second = _grid(x1, n1, 0.1), _grid(x2, n2, 0.03)
        self._first = first
        part1, part2 = n1 / (n1 + n2), n2 / (n1 + n2)
        l1, l2 = first[:, None], self._second[None, :]
        # Exponentials of sums are products: of 2 cosh(z) = e^z + e^-z only the two factors of e^z need the function.
        half_alpha, half_b = np.exp(part1 * l1 / 2) * np.exp(part2 * l2 / 2), np.exp(l1 / 2) * np.exp(-l2 / 2)
        cosh_alpha, cosh_b = half_alpha + 1 / half_alpha, half_b + 1 / half_b
        dense = _likelihood(x1, n1, l1) * _likelihood(x2, n2, l2) / (cosh_alpha * cosh_b**2)
        lean = 1 / (half_alpha * cosh_alpha) - 0.5, 1 - 2 / (half_b * cosh_b)  # 1/2 - expit(alpha), 2 expit(b) - 1
        slope = dense * (x2 - n2 * special.expit(l2) + part2 * lean[0] + lean[1])
        width = self._width = float(self._second[1] - self._second[0])
        steps = (dense[:, 1:] + dense[:, :-1]) * width / 2 + (slope[:, :-1] - slope[:, 1:]) * width**2 / 12
        below = np.concatenate([np.zeros((len(first), 1)), np.cumsum(steps, axis=1)], axis=1)
        total = float(below[:, -1].sum())
        self._below, self._dense = below / total, dense / total
        self._share, self._shift = special.expit(first - shifts[0]), shifts[1]

    def grid(self) -> tuple[Array, Array, Array]:
        """Return nodes of both logits, unshifted, and the probability at each pair of them."""
        return self._first, self._second, self._dense / self._dense.sum()

    def cdf(self, value: float) -> float:
        """Return P(p1 - p2 <= value)."""
        return self._at_least(self._share - value)

    def _at_least(self, share: Array) -> float:
        """Return P(p2 >= share), a value for each node of p1."""
        with np.errstate(divide="ignore"):
            other = special.logit(np.clip(share, 0.0, 1.0)) + self._shift
        place = np.clip((other - self._second[0]) / self._width, 0.0, len(self._second) - 1.0)
        index = np.minimum(place.astype(np.int64), len(self._second) - 2)
        t, row = place - index, np.arange(len(index))
        y0, y1 = self._below[row, index], self._below[row, index + 1]
        m0, m1 = self._dense[row, index] * self._width, self._dense[row, index + 1] * self._width
        under = y0 + t * (m0 + t * (3 * (y1 - y0) - 2 * m0 - m1 + t * (2 * (y0 - y1) + m0 + m1)))
        return float(np.clip((self._below[:, -1] - under).sum(), 0.0, 1.0))

    def quantile(self, probability: float) -> float:
        """Return the difference with that probability below it."""
        return one_root(lambda difference: self.cdf(difference) - probability, -1.0, 1.0, tolerance=1e-9)


class LogisticRatio(LogisticGap):
    """Posterior of the ratio of two shares under the same prior."""

    __slots__ = ()

    def cdf(self, value: float) -> float:
        """Return P(p1 / p2 <= value)."""
        return self._at_least(self._share / value)

    def quantile(self, probability: float) -> float:
        """Return the ratio with that probability below it."""
        return math.exp(one_root(lambda log: self.cdf(math.exp(log)) - probability, -50.0, 50.0, tolerance=1e-9))


def _likelihood(x: float, n: float, logits: Array) -> Array:
    """Return the binomial likelihood by the logit, over its largest value."""
    log = x * special.log_expit(logits) + (n - x) * special.log_expit(-logits)
    return np.asarray(np.exp(log - log.max()))


def _grid(x: float, n: float, fineness: float) -> Array:
    a, b = np.array([x + 0.5]), np.array([n - x + 0.5])
    low, high = (float(end[0]) for end in logit_ends(a, b))
    # Where x is 0 or n the prior on the log odds ratio, not the likelihood, ends the tail; it does so by exp(-|b|).
    low, high = max(low, -45.0), min(high, 45.0)
    step = fineness * min(float(natural_step(a, b)[0]) / 0.6, 1.0)
    return np.linspace(low, high, math.ceil((high - low) / step) + 1)
