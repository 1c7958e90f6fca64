"""Limits and tests of two shares of the same people from the pairs that differ, in closed form or by one root.

``b`` gave the first answer alone, ``c`` the second alone, of ``n``. Counts may be fractions of people (a design effect
divides them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from csea_stats.targets.roots import increasing_root

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

Weights = tuple[float, float, float]
"""Of the people in a population, for one who took part: who give the first answer alone, the second alone, the rest."""

ALIKE: Weights = (1.0, 1.0, 1.0)
NOBODY = 1e-12
"""Stands for an empty cell, so that the restricted estimate is the limit of one without any."""
NEAR = 1e-9
"""How near to 1 a limit is looked for; nearer, it is 1."""


def score_limits(
    b: ArrayLike, c: ArrayLike, n: ArrayLike, *, level: float, weights: Weights = ALIKE
) -> tuple[Array, Array]:
    """Return Tango's limits of the difference of two shares of the same people, or of a reweighted population.

    Parameters
    ----------
    b, c, n : array-like
    level : float
    weights : (first alone, second alone, rest)
        Known; equal ones give Tango's interval.

    Notes
    -----
    Tango (1998, Statistics in Medicine 17, 891-908) inverts the score test of a given difference t. With weights u the
    difference is t if and only if ``sum w_k p_k = 0``, w = (u1 (1 - t), -u2 (1 + t), -u3 t). The restricted estimate is
    ``p_k / (1 + eta w_k)``, eta the root of a quadratic equation, and the score statistic's square is
    ``n eta sum w_k p_k``: with equal weights Tango's, since ``sum w_k^2 p_k`` is then p10 + p01 - t^2.

    Examples
    --------
    >>> [round(float(end), 3) for end in score_limits(14, 10, 49, level=0.95)]
    [-0.116, 0.273]
    """
    upper = score_upper(b, c, n, level=level, weights=weights)
    return np.asarray(-score_upper(c, b, n, level=level, weights=(weights[1], weights[0], weights[2]))), upper


def score_upper(b: ArrayLike, c: ArrayLike, n: ArrayLike, *, level: float, weights: Weights = ALIKE) -> Array:
    """Return the upper of the `score_limits`; with the two answers exchanged, minus the lower."""
    b, c, n = (np.asarray(part, float) for part in np.broadcast_arrays(b, c, n))
    square = float(special.ndtri((1 + level) / 2)) ** 2
    rest = n - b - c
    shares = np.maximum(np.stack([b, c, rest]), NOBODY) / n
    u1, u2, u3 = weights
    spread = b * u1 + c * u2 + rest * u3
    observed = (b * u1 - c * u2) / spread

    def excess(t: Array) -> Array:
        w = np.stack([u1 * (1 - t), -u2 * (1 + t), -u3 * t])
        gap = np.minimum((shares * w).sum(axis=0), 0.0)  # below the observed difference: as good as none
        return np.asarray(gap * _multiplier(shares, w) * n - square)

    end = np.full(b.shape, 1 - NEAR)
    return np.where(observed >= 1, 1.0, increasing_root(excess, np.minimum(observed, end), end))


def _multiplier(shares: Array, w: Array) -> Array:
    """Return eta where ``sum shares_k w_k / (1 + eta w_k) = 0`` with every denominator above zero."""
    total, product = w.sum(axis=0), w.prod(axis=0)
    constant = (shares * w).sum(axis=0)
    linear = (shares * w * (total - w)).sum(axis=0)
    quadratic = product * shares.sum(axis=0)
    root = np.sqrt(np.maximum(linear**2 - 4 * quadratic * constant, 0.0))
    larger = -(linear + np.where(linear >= 0, root, -root)) / 2
    low, high = -1 / np.maximum(w.max(axis=0), NOBODY), -1 / np.minimum(w.min(axis=0), -NOBODY)
    with np.errstate(divide="ignore", invalid="ignore"):
        both = np.nan_to_num(np.stack([larger / quadratic, constant / larger]), nan=0.0)
    inside = np.minimum(both - low, high - both)
    chosen = np.where(inside[0] > inside[1], both[0], both[1])
    return np.asarray(np.clip(chosen, low, high))


def bonett_price_limits(b: ArrayLike, c: ArrayLike, n: ArrayLike, *, level: float) -> tuple[Array, Array]:
    """Return the limits of Bonett & Price (2012), Journal of Educational and Behavioral Statistics 37, 479-488.

    Wald's, after one pair more in either cell that differs; within -1 and 1.

    Examples
    --------
    >>> [round(float(end), 3) for end in bonett_price_limits(14, 10, 49, level=0.95)]
    [-0.116, 0.273]
    """
    b, c, n = (np.asarray(part, float) for part in np.broadcast_arrays(b, c, n))
    first, second = (b + 1) / (n + 2), (c + 1) / (n + 2)
    middle = first - second
    reach = special.ndtri((1 + level) / 2) * np.sqrt((first + second - middle**2) / (n + 2))
    return np.maximum(middle - reach, -1.0), np.minimum(middle + reach, 1.0)


def mcnemar_p(b: ArrayLike, c: ArrayLike, *, method: Literal["exact", "mid-p"] = "exact") -> Array:
    """Return the p-value of equal shares of the same people, two-sided as twice the smaller one-sided.

    Parameters
    ----------
    b, c : array-like of int
        How many gave the first answer alone, and the second alone.
    method : {"exact", "mid-p"}
        Conditional on b + c; mid-p counts half of what is as probable as observed.

    Notes
    -----
    Of the b + c who differ, b are Binomial(b + c, 1/2) under equal shares (McNemar 1947, Psychometrika 12, 153-157).
    At most 1; nobody differing gives 1.

    Examples
    --------
    >>> mcnemar_p([14, 4], [10, 0]).round(4).tolist()
    [0.5413, 0.125]
    """
    b, c = np.broadcast_arrays(np.asarray(b, float), np.asarray(c, float))
    less, trials = np.minimum(b, c), b + c
    below = special.betainc(np.maximum(trials - less, 1.0), less + 1, 0.5)
    if method == "mid-p":
        fewer = special.betainc(trials - less + 1, np.maximum(less, 1.0), 0.5)
        below = (below + np.where(less > 0, fewer, 0.0)) / 2
    below = np.where(trials == 0, 0.5, below)
    return np.asarray(np.minimum(2 * below, 1.0))


def worst_mcnemar_p(x1: int, x2: int, base: int, *, method: Literal["exact", "mid-p"] = "exact") -> float:
    """Return the largest McNemar p-value over all overlaps of two counts.

    For a given difference it rises with the pairs that differ, of which there are at most
    ``min(x1 + x2, 2 base - x1 - x2)``.

    Examples
    --------
    >>> round(worst_mcnemar_p(39, 35, 49), 3), round(worst_mcnemar_p(46, 35, 49), 4)
    (0.541, 0.0127)
    """
    least = max(0, x1 + x2 - base)
    return float(mcnemar_p(x1 - least, x2 - least, method=method))
