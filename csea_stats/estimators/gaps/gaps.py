"""Interval limits for the difference of two independent shares, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.estimators.shares.intervals import PRIORS, interval_limits
from csea_stats.targets.contrasts import difference_quantiles, sampled_group
from csea_stats.targets.roots import increasing_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Limits = tuple[Array, Array]
    Rule = Callable[[Array, Array, Array, Array, float], Limits]


def gap_limits(groups: tuple[Array, Array, Array, Array], *, method: str, level: float) -> Limits:
    """Return limits without checks; counts may be fractions of people (a design effect divides them).

    Parameters
    ----------
    groups : (x1, n1, x2, n2)
        Arrays of one shape.
    """
    x1, n1, x2, n2 = (np.asarray(part, float) for part in np.broadcast_arrays(*groups))
    lower, upper = _RULES[method](x1, n1, x2, n2, level)
    return np.clip(lower, -1.0, 1.0), np.clip(upper, -1.0, 1.0)


def _jeffreys(x1: Array, n1: Array, x2: Array, n2: Array, level: float) -> Limits:
    return _posterior(x1, n1, x2, n2, (level, PRIORS["jeffreys"]))


def _uniform(x1: Array, n1: Array, x2: Array, n2: Array, level: float) -> Limits:
    return _posterior(x1, n1, x2, n2, (level, PRIORS["uniform"]))


def _posterior(x1: Array, n1: Array, x2: Array, n2: Array, setting: tuple[float, float]) -> Limits:
    level, prior = setting
    tails = (1 - level) / 2, (1 + level) / 2
    tables = np.stack([x1.ravel(), n1.ravel(), x2.ravel(), n2.ravel()])
    different, back = np.unique(tables, axis=1, return_inverse=True)
    limits = np.array(
        [
            difference_quantiles(
                tails,
                sampled_group((one + prior, base - one + prior)),
                sampled_group((other + prior, other_base - other + prior)),
            )
            for one, base, other, other_base in different.T
        ]
    ).reshape(-1, 2)
    found = limits[back.ravel()].reshape(*x1.shape, 2)
    return found[..., 0], found[..., 1]


def _newcombe(x1: Array, n1: Array, x2: Array, n2: Array, level: float) -> Limits:
    # Newcombe (1998), Statistics in Medicine 17, 873-890, method 10: square-and-add of Wilson's limits.
    l1, u1 = interval_limits(x1, n1, method="wilson", level=level)
    l2, u2 = interval_limits(x2, n2, method="wilson", level=level)
    return square_and_add((x1 / n1, l1, u1), (x2 / n2, l2, u2))


def square_and_add(first: tuple[Array, Array, Array], second: tuple[Array, Array, Array]) -> Limits:
    """Return limits of a difference from the value and limits of each part."""
    (p1, l1, u1), (p2, l2, u2) = first, second
    return p1 - p2 - np.hypot(p1 - l1, u2 - p2), p1 - p2 + np.hypot(u1 - p1, p2 - l2)


def _agresti_caffo(x1: Array, n1: Array, x2: Array, n2: Array, level: float) -> Limits:
    # Agresti & Caffo (2000), American Statistician 54, 280-288: Wald after one success and one failure more in each.
    z = special.ndtri((1 + level) / 2)
    p1, p2 = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
    reach = z * np.sqrt(p1 * (1 - p1) / (n1 + 2) + p2 * (1 - p2) / (n2 + 2))
    return p1 - p2 - reach, p1 - p2 + reach


def _clopper_pearson(x1: Array, n1: Array, x2: Array, n2: Array, level: float) -> Limits:
    # Both shares at once by Bonferroni, so that the difference is covered with at least the level, whatever they are.
    each = (1 + level) / 2
    l1, u1 = interval_limits(x1, n1, method="clopper-pearson", level=each)
    l2, u2 = interval_limits(x2, n2, method="clopper-pearson", level=each)
    return l1 - u2, u1 - l2


def _miettinen_nurminen(x1: Array, n1: Array, x2: Array, n2: Array, level: float) -> Limits:
    z = float(special.ndtri((1 + level) / 2))
    lower = _score_lower((x1, n1, x2, n2), z)
    return lower, -_score_lower((x2, n2, x1, n1), z)


def _score_lower(groups: tuple[Array, Array, Array, Array], z: float) -> Array:
    """Return where the score statistic of the difference equals z, below the observed difference."""
    x1, n1, x2, n2 = groups
    observed = x1 / n1 - x2 / n2

    def excess(delta: Array) -> Array:
        # Above zero nearer to the observed difference, where z standard errors reach it.
        return np.asarray(z * np.sqrt(restricted_variance(groups, delta)) - (observed - delta))

    inner = np.maximum(observed - 1e-12, -1.0)
    return np.where(observed <= -1, -1.0, increasing_root(excess, np.full(x1.shape, -1.0), inner))


def restricted_variance(groups: tuple[Array, Array, Array, Array], delta: Array) -> Array:
    """Return the variance of the observed difference, estimated under a true difference of delta.

    Notes
    -----
    Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226, appendix I: the restricted estimate of the second
    share is a root of a cubic, in closed form; their variance carries the factor N / (N - 1).
    """
    x1, n1, x2, n2 = groups
    total = n1 + n2
    l3, l2 = total, (n1 + 2 * n2) * delta - total - (x1 + x2)
    l1, l0 = (n2 * delta - total - 2 * x2) * delta + x1 + x2, x2 * delta * (1 - delta)
    q = l2**3 / (3 * l3) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    p = np.where(q < 0, -1.0, 1.0) * np.sqrt(np.maximum(l2**2 / (3 * l3) ** 2 - l1 / (3 * l3), 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.where(p == 0, 0.0, q / p**3)
    angle = (np.pi + np.arccos(np.clip(cosine, -1, 1))) / 3
    p2 = np.clip(2 * p * np.cos(angle) - l2 / (3 * l3), np.maximum(0, -delta), np.minimum(1, 1 - delta))
    p1 = np.clip(p2 + delta, 0, 1)
    return np.asarray((p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / (total - 1))


_RULES: dict[str, Rule] = {
    "jeffreys": _jeffreys,
    "uniform": _uniform,
    "newcombe": _newcombe,
    "miettinen-nurminen": _miettinen_nurminen,
    "agresti-caffo": _agresti_caffo,
    "clopper-pearson": _clopper_pearson,
}
