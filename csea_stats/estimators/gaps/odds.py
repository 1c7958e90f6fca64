"""Interval limits for the odds ratio of two independent groups, as arrays: profiles of a penalised likelihood, exact.

A table is x1 of n1 against x2 of n2; b is the log odds ratio of the first group against the second.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.errors import InputError
from csea_stats.estimators.associations.odds import conditional
from csea_stats.estimators.gaps.log_odds import log_odds
from csea_stats.targets.roots import increasing_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Limits = tuple[Array, Array]
    Groups = tuple[Array, Array, Array, Array]

PROFILED = ("log-f", "firth")
"""Methods that profile a penalised likelihood."""
FAR = 200.0
"""Log odds ratio that no limit reaches: either penalty falls by half of it."""


def odds_limits(groups: Groups, *, method: str, level: float) -> Limits:
    """Return limits of the odds ratio without checks; but for "exact-conditional" counts may be fractions of people.

    Parameters
    ----------
    groups : (x1, n1, x2, n2)
        Arrays of one shape.
    method : str
        "logistic" or another prior of `log_odds.PRIORS`, "log-f", "firth", "exact-conditional".

    Examples
    --------
    >>> table = tuple(np.array([part]) for part in (7, 7, 28, 42))
    >>> [np.log(end).round(3).tolist() for end in odds_limits(table, method="log-f", level=0.95)]
    [[-0.105], [6.979]]
    """
    x1, n1, x2, n2 = (np.asarray(part, float) for part in np.broadcast_arrays(*groups))
    if method in PROFILED:
        lower, upper = profile_limits((x1, n1, x2, n2), method=method, level=level)
        return np.exp(lower), np.exp(upper)
    rule = _exact if method == "exact-conditional" else _posterior(method)
    tables = np.stack([x1.ravel(), n1.ravel(), x2.ravel(), n2.ravel()])
    different, back = np.unique(tables, axis=1, return_inverse=True)
    ends = np.array([rule(tuple(table), level) for table in different.T.tolist()]).reshape(-1, 2)
    found = ends[back.ravel()].reshape(*x1.shape, 2)
    return found[..., 0], found[..., 1]


def observed_odds(table: tuple[float, float, float, float]) -> float | None:
    """Return the observed odds ratio: infinite beside one zero cell, None where nothing defines it.

    Examples
    --------
    >>> observed_odds((10, 20, 5, 20)), observed_odds((7, 7, 28, 42)), observed_odds((0, 7, 0, 42))
    (3.0, inf, None)
    """
    x1, n1, x2, n2 = table
    more, less = x1 * (n2 - x2), x2 * (n1 - x1)
    return None if more == less == 0 else math.inf if less == 0 else more / less


def _posterior(prior: str) -> Callable[[tuple[float, ...], float], tuple[float, ...]]:
    def rule(table: tuple[float, ...], level: float) -> tuple[float, ...]:
        x1, n1, x2, n2 = table
        found = log_odds((x1, n1, x2, n2)).quantiles([(1 - level) / 2, (1 + level) / 2], prior)
        return tuple(math.exp(end) for end in found)

    return rule


def _exact(table: tuple[float, ...], level: float) -> tuple[float, ...]:
    """Cornfield's exact limits given both margins; with one margin 0 the data bound nothing."""
    x1, n1, x2, n2 = (round(part) for part in table)
    if x1 + x2 in (0, n1 + n2):
        return 0.0, math.inf
    found = conditional([np.array([[n2 - x2, x2], [n1 - x1, x1]])]).odds(level, mid_p=False)
    return math.exp(found.lower), math.exp(found.upper)


def profile_value(groups: Groups, *, method: str) -> Array:
    """Return the log odds ratio at which the penalised likelihood is largest.

    Examples
    --------
    >>> table = tuple(np.array([part]) for part in (7.0, 7.0, 28.0, 42.0))
    >>> [profile_value(table, method=method).round(4).tolist() for method in ("log-f", "firth")]
    [[2.094], [2.0323]]
    """
    counts, penalty = _penalised(groups, method)
    reach = np.full(counts[0].shape, FAR)
    return increasing_root(lambda b: -_slope(counts, penalty, b), -reach, reach)


def profile_limits(groups: Groups, *, method: str, level: float) -> Limits:
    """Return where twice the drop of the profiled penalised log-likelihood is the chi-square quantile.

    Notes
    -----
    log-f adds b/2 - log(1 + exp(b)), the log of a log-F(1, 1) density. Firth adds half the log determinant of the
    information, which in a 2 x 2 table is n1 p1 q1 n2 p2 q2: the likelihood of the table with half a person more in
    every cell. The other parameter is profiled out in closed form.

    References
    ----------
    Greenland & Mansournia (2015), Statistics in Medicine 34, 3133-3143, doi:10.1002/sim.6537. Firth (1993), Biometrika
    80, 27-38. Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419, doi:10.1002/sim.1047.
    """
    counts, penalty = _penalised(groups, method)
    best = profile_value(groups, method=method)
    top = _height(counts, penalty, best)
    drop = float(special.chdtri(1, 1 - level)) / 2
    far = np.full(best.shape, FAR)
    lower = increasing_root(lambda b: _height(counts, penalty, b) - top + drop, -far, best)
    upper = increasing_root(lambda b: top - drop - _height(counts, penalty, b), best, far)
    return lower, upper


def _penalised(groups: Groups, method: str) -> tuple[Groups, bool]:
    """Return the counts whose likelihood is profiled, and whether log-F's penalty is added to it."""
    if method not in PROFILED:
        message = f"method: found {method!r}; allowed is one of {', '.join(PROFILED)}"
        raise InputError(message)
    if method == "log-f":
        return groups, True
    x1, n1, x2, n2 = groups
    return (x1 + 0.5, n1 + 1, x2 + 0.5, n2 + 1), False


def _level(counts: Groups, b: Array) -> Array:
    """Return the log odds of the second group that are most likely given b: the root of a quadratic in the odds."""
    x1, n1, x2, n2 = counts
    m, rest = x1 + x2, n1 + n2 - x1 - x2
    # n1 k t / (1 + k t) + n2 t / (1 + t) = m with k = exp(b), divided by its larger power so that nothing overflows.
    k, one = np.exp(np.minimum(b, 0)), np.exp(-np.maximum(b, 0))
    middle = n1 * k + n2 * one - m * (one + k)
    root = np.sqrt(middle**2 + 4 * k * rest * m * one)
    with np.errstate(all="ignore"):
        odds = np.where(middle > 0, 2 * m * one / (root + middle), (root - middle) / (2 * k * rest))
        found = np.where(m == 0, -np.inf, np.where(rest == 0, np.inf, np.log(odds)))
    return np.asarray(found)


def _height(counts: Groups, penalty: bool, b: Array) -> Array:  # noqa: FBT001
    x1, n1, x2, n2 = counts
    base = _level(counts, b)
    flat = np.isinf(base)  # nobody or everybody: the likelihood does not depend on b
    base = np.where(flat, 0.0, base)
    likely = (
        x1 * special.log_expit(base + b)
        + (n1 - x1) * special.log_expit(-base - b)
        + x2 * special.log_expit(base)
        + (n2 - x2) * special.log_expit(-base)
    )
    added = (special.log_expit(b) + special.log_expit(-b)) / 2 if penalty else 0.0
    return np.asarray(np.where(flat, 0.0, likely) + added)


def _slope(counts: Groups, penalty: bool, b: Array) -> Array:  # noqa: FBT001
    x1, n1, _, _ = counts
    base = _level(counts, b)
    flat = np.isinf(base)
    left = np.where(flat, 0.0, x1 - n1 * special.expit(np.where(flat, 0.0, base) + b))
    return np.asarray(left + (0.5 - special.expit(b) if penalty else 0.0))
