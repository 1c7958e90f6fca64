"""The posterior of the log odds ratio of two groups under a prior on it, alone or less what participation adds."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.targets.roots import increasing_root
from csea_stats.targets.selection import REACH, logit_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Table = tuple[float, float, float, float]
"""x1, n1, x2, n2."""

FARTHEST = 50.0
"""Log odds ratio beyond which a Logistic(0, 1) prior leaves less than the rounding of a double."""

PRIORS: dict[str, Callable[[Array], Array]] = {
    "logistic": lambda b: np.asarray(special.log_expit(b) + special.log_expit(-b)),
    "normal(0, 1)": lambda b: np.asarray(-(b**2) / 2),
    "normal(0, 2.5)": lambda b: np.asarray(-(b**2) / (2 * 2.5**2)),
}
"""Log densities, up to a constant, of the priors on the log odds ratio; the first is the default."""


class LogOdds:
    """Posterior of b = logit p1 - logit p2.

    Parameters
    ----------
    table : (x1, n1, x2, n2)

    Notes
    -----
    logit p1 = alpha + b n2 / N, logit p2 = alpha - b n1 / N: alpha is the log odds at the mean of a centred group
    indicator, expit(alpha) ~ Beta(1/2, 1/2), as in the regressions. alpha is summed out by the trapezoidal rule; the
    distribution function of b is its cumulative sum, corrected by end derivatives and interpolated by cubic Hermite.
    """

    __slots__ = ("_b", "_cdf", "_likely", "_width")

    def __init__(self, table: Table) -> None:
        x1, n1, x2, n2 = table
        ends = [logit_ends(np.array([x + 0.5]), np.array([n - x + 0.5])) for x, n in ((x1, n1), (x2, n2))]
        low1, high1, low2, high2 = (float(end[0]) for pair in ends for end in pair)
        self._b = _nodes(table, low1 - high2, high1 - low2)
        self._width = float(self._b[1] - self._b[0])
        part1, part2 = n1 / (n1 + n2), n2 / (n1 + n2)
        low, high = part1 * low1 + part2 * low2, part1 * high1 + part2 * high2
        step = min(1.2 / math.sqrt(n1 + n2 + 1), 0.35)
        alpha = np.linspace(low, high, math.ceil((high - low) / step) + 1)[None, :]
        l1, l2 = alpha + self._b[:, None] * part2, alpha - self._b[:, None] * part1
        log = (
            # log q = log p - logit, so one function call serves both answers
            n1 * special.log_expit(l1)
            - (n1 - x1) * l1
            + n2 * special.log_expit(l2)
            - (n2 - x2) * l2
            + (special.log_expit(alpha) + special.log_expit(-alpha)) / 2
        )
        most = log.max(axis=1)
        self._likely = most + np.log(np.exp(log - most[:, None]).sum(axis=1))
        self._cdf: dict[str, tuple[Array, Array, float]] = {}

    def _table(self, prior: str) -> tuple[Array, Array, float]:
        """Return probability below each node, density at it, and the standard deviation."""
        if prior not in self._cdf:
            log = self._likely + PRIORS[prior](self._b)
            dense, width = np.exp(log - log.max()), self._width
            slope = np.gradient(dense, width)
            slope[2:-2] = (dense[:-4] - 8 * dense[1:-3] + 8 * dense[3:-1] - dense[4:]) / (12 * width)
            steps = (dense[1:] + dense[:-1]) * width / 2 + (slope[:-1] - slope[1:]) * width**2 / 12
            below = np.concatenate([[0.0], np.cumsum(steps)])
            weights = dense / dense.sum()
            spread = math.sqrt(float(weights @ (self._b - weights @ self._b) ** 2))
            self._cdf[prior] = below / below[-1], dense / below[-1], spread
        return self._cdf[prior]

    def _below(self, b: Array, prior: str) -> Array:
        below, dense, _ = self._table(prior)
        place = np.clip((b - self._b[0]) / self._width, 0.0, len(self._b) - 1.0)
        index = np.minimum(place.astype(np.int64), len(self._b) - 2)
        t = place - index
        y0, y1 = below[index], below[index + 1]
        m0, m1 = dense[index] * self._width, dense[index + 1] * self._width
        found = y0 + t * (m0 + t * (3 * (y1 - y0) - 2 * m0 - m1 + t * (2 * (y0 - y1) + m0 + m1)))
        return np.asarray(np.clip(found, 0.0, 1.0))

    def cdf(self, b: Array, prior: str = "logistic", spread: float = 0.0) -> Array:
        """Return P(log odds ratio - delta <= b), delta ~ Normal(0, spread^2).

        Parameters
        ----------
        b : numpy.ndarray, shape (any,)
        prior : str
            A key of `PRIORS`.
        spread : float
            Standard deviation of the difference of the two groups' log participation ratios; 0: none.
        """
        if spread == 0:
            return self._below(b, prior)
        step = min(0.25, 0.5 * self._table(prior)[2] / spread)
        z = np.linspace(-REACH, REACH, 2 * math.ceil(REACH / step) + 1)
        weights = np.exp(-(z**2) / 2)
        return np.asarray(self._below(b[:, None] + spread * z, prior) @ (weights / weights.sum()))

    def quantiles(
        self, probabilities: Sequence[float], prior: str = "logistic", spread: float = 0.0
    ) -> tuple[float, ...]:
        """Return quantiles of the log odds ratio, less delta."""
        wanted = np.array(probabilities)
        low, high = self._b[0] - REACH * spread, self._b[-1] + REACH * spread
        ends = np.full(wanted.shape, low), np.full(wanted.shape, high)
        found = increasing_root(lambda b: self.cdf(b, prior, spread) - wanted, *ends, tolerance=1e-10)
        return tuple(found.tolist())


def _nodes(table: Table, low: float, high: float) -> Array:
    """Return where b may be: within the reach of the likelihood, and towards 0 as far as a prior may pull it."""
    x1, n1, x2, n2 = table
    spread = sum(1 / (x + 0.5) + 1 / (n - x + 0.5) for x, n in ((x1, n1), (x2, n2)))
    pull = spread / (spread + 1)
    low, high = (min(low, max(low * (1 - pull), 0.0)), max(high, min(high * (1 - pull), 0.0)))
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    step = 0.1 * math.sqrt(spread / (spread + 1))
    return np.linspace(low, high, math.ceil((high - low) / step) + 1)


@lru_cache(maxsize=512)
def log_odds(table: Table) -> LogOdds:
    """Return the posterior of a table, made once.

    Examples
    --------
    >>> [round(end, 2) for end in log_odds((7, 7, 28, 42)).quantiles([0.025, 0.975])]
    [-0.12, 5.08]
    """
    return LogOdds(table)
