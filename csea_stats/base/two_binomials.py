"""Interval limits for the difference of two independent shares, as arrays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import PRIORS, interval_limits
from csea_stats.base.differences import lost_together, sampled_differences, sampled_group
from csea_stats.base.roots import increasing_root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.base.differences import LogitGroup
    from csea_stats.base.roots import Array

    Limits = tuple[Array, Array]
    Groups = tuple[Array, Array, Array, Array]
    Rule = Callable[[Array, Array, Array, Array, float], Limits]


def gap_limits(groups: Groups, *, method: str, level: float) -> Limits:
    """Return limits without checks; counts may be fractions of people (a design effect divides them).

    Parameters
    ----------
    groups : (x1, n1, x2, n2)
        Arrays of one shape.
    """
    x1, n1, x2, n2 = (np.asarray(part, float) for part in np.broadcast_arrays(*groups))
    if method in PRIORS:
        added = PRIORS[method]

        def rule(x1: Array, n1: Array, x2: Array, n2: Array) -> Array:
            first, second = (x1 + added, n1 - x1 + added), (x2 + added, n2 - x2 + added)
            return sampled_differences(((1 - level) / 2, (1 + level) / 2), first, second)

        lower, upper = different_tables((x1, n1, x2, n2), rule)
    else:
        lower, upper = _RULES[method](x1, n1, x2, n2, level)
    return np.clip(lower, -1.0, 1.0), np.clip(upper, -1.0, 1.0)


def different_tables(groups: Groups, rule: Callable[..., Array]) -> Limits:
    """Return the limits, shape (tables, 2), that a rule gives for x1, n1, x2, n2; of equal tables it is asked once."""
    tables = np.stack([part.ravel() for part in groups])
    different, back = np.unique(tables, axis=1, return_inverse=True)
    limits = rule(*different)[back.ravel()].reshape(*groups[0].shape, 2)
    return limits[..., 0], limits[..., 1]


def each_table(groups: Groups, rule: Callable[[tuple[float, ...]], Sequence[float]]) -> Limits:
    """Return the limits that a rule gives for each table (x1, n1, x2, n2)."""

    def each(*parts: Array) -> Array:
        return np.array([rule(table) for table in zip(*(part.tolist() for part in parts), strict=True)]).reshape(-1, 2)

    return different_tables(groups, each)


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


def _score_lower(groups: Groups, z: float) -> Array:
    """Return where the score statistic of the difference equals z, below the observed difference."""
    x1, n1, x2, n2 = groups
    observed = x1 / n1 - x2 / n2

    def excess(delta: Array) -> Array:
        # Above zero nearer to the observed difference, where z standard errors reach it.
        return np.asarray(z * np.sqrt(restricted_variance(groups, delta)) - (observed - delta))

    inner = np.maximum(observed - 1e-12, -1.0)
    return np.where(observed <= -1, -1.0, increasing_root(excess, np.full(x1.shape, -1.0), inner))


def restricted_variance(groups: Groups, delta: Array) -> Array:
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
    "newcombe": _newcombe,
    "miettinen-nurminen": _miettinen_nurminen,
    "agresti-caffo": _agresti_caffo,
    "clopper-pearson": _clopper_pearson,
}

FAR = 700.0
"""Log ratio that is as good as infinite."""


def ratio_limits(groups: Groups, *, method: str, level: float) -> Limits:
    """Return limits of the ratio of shares without checks; counts may be fractions of people.

    Parameters
    ----------
    groups : (x1, n1, x2, n2)
        Arrays of one shape.
    method : str
        "jeffreys", "uniform", "miettinen-nurminen", "mover-wilson".

    Examples
    --------
    >>> table = tuple(np.array([part]) for part in (7, 7, 28, 42))
    >>> [end.round(3).tolist() for end in ratio_limits(table, method="miettinen-nurminen", level=0.95)]
    [[0.937], [1.946]]
    """
    x1, n1, x2, n2 = (np.asarray(part, float) for part in np.broadcast_arrays(*groups))
    if method in PRIORS:
        lower, upper = _ratio_posterior_limits((x1, n1, x2, n2), PRIORS[method], level)
        if method == "uniform":
            return lower, upper
        # Jeffreys is closed where a count is 0, as for one share: at 0 in the first group, unlimited in the second.
        return np.where(x1 == 0, 0.0, lower), np.where(x2 == 0, np.inf, upper)
    if method == "miettinen-nurminen":
        z = float(special.ndtri((1 + level) / 2))
        lower, turned = _ratio_score_lower((x1, n1, x2, n2), z), _ratio_score_lower((x2, n2, x1, n1), z)
        with np.errstate(divide="ignore"):
            return lower, 1 / turned
    first, second = ((x / n, *interval_limits(x, n, method="wilson", level=level)) for x, n in ((x1, n1), (x2, n2)))
    return recovered(first, second)


def _ratio_posterior_limits(groups: Groups, prior: float, level: float) -> Limits:
    """Return equal-tailed limits of the ratio of two shares, each with a Beta prior."""

    def rule(table: tuple[float, ...]) -> Sequence[float]:
        x1, n1, x2, n2 = table
        first, second = (sampled_group((x + prior, n - x + prior)) for x, n in ((x1, n1), (x2, n2)))
        return ratio_quantiles(((1 - level) / 2, (1 + level) / 2), first, second)

    return each_table(groups, rule)


def observed_ratio(table: tuple[float, float, float, float]) -> float | None:
    """Return the observed ratio: infinite where only the second share is 0, None where both are.

    Examples
    --------
    >>> observed_ratio((7, 7, 28, 42)), observed_ratio((3, 7, 0, 42)), observed_ratio((0, 7, 0, 42))
    (1.5, inf, None)
    """
    x1, n1, x2, n2 = table
    return None if x1 == x2 == 0 else math.inf if x2 == 0 else x1 * n2 / (n1 * x2)


def ratio_cdf(first: LogitGroup, second: LogitGroup, common: float = 0.0) -> Callable[[Array], Array]:
    """Return the distribution function of log(first share / second share).

    Parameters
    ----------
    first, second : LogitGroup
    common : float
        Standard deviation of what both logits lose together; given it the groups are independent.

    Returns
    -------
    callable
        Of an array of log ratios, shape (any,).

    Notes
    -----
    For a ratio r <= 1, P(p1 <= r p2) is the integral over logit p2 of the other's distribution function at
    logit(r p2): analytic on the whole line, so the trapezoidal rule converges exponentially. For r > 1 the groups
    change places.

    Examples
    --------
    >>> cdf = ratio_cdf(sampled_group((7.5, 0.5)), sampled_group((28.5, 14.5)))
    >>> (1 - cdf(np.zeros(1))).round(3).tolist()
    [0.98]
    """
    lost, weights = lost_together(common, first, second)
    up, down = (_not_above(*pair, lost, weights) for pair in ((first, second), (second, first)))

    def cdf(log: Array) -> Array:
        found = np.empty(log.shape)
        low = log <= 0
        found[low], found[~low] = up(log[low]), 1 - down(-log[~low])
        return found

    return cdf


def _not_above(one: LogitGroup, other: LogitGroup, lost: Array, weights: Array) -> Callable[[Array], Array]:
    """Return P(p1 <= exp(log) p2) for logs not above 0."""
    step = min(one.step, other.step, 0.25)
    low, high = other.low - lost.max(), other.high - lost.min()
    logits = np.linspace(low, high, math.ceil((high - low) / step) + 1)
    mass = weights[:, None] * other.density(logits + lost[:, None])
    mass /= mass.sum()

    def probability(log: Array) -> Array:
        # logit(r p) = log r + log p - log(1 - r p), with 1 - r p = (1 - r) + r (1 - p)
        rest = np.logaddexp(_log_rest(log)[:, None], log[:, None] + special.log_expit(-logits))
        place = log[:, None] + special.log_expit(logits) - rest
        return np.array([float((mass * one.cdf(row + lost[:, None])).sum()) for row in place])

    return probability


def _log_rest(log: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(-np.expm1(log)))


def ratio_quantiles(
    probabilities: Sequence[float], first: LogitGroup, second: LogitGroup, common: float = 0.0
) -> tuple[float, ...]:
    """Return quantiles of first share / second share.

    Examples
    --------
    >>> groups = sampled_group((7.5, 0.5)), sampled_group((28.5, 14.5))
    >>> [round(value, 3) for value in ratio_quantiles([0.025, 0.975], *groups)]
    [1.026, 1.864]
    """
    cdf, wanted = ratio_cdf(first, second, common), np.array(probabilities)
    far = np.full(wanted.shape, FAR)
    found = increasing_root(lambda log: cdf(log) - wanted, -far, far, tolerance=1e-10)
    return tuple(np.exp(found).tolist())


def _ratio_score_lower(groups: Groups, z: float) -> Array:
    """Return the ratio, below the observed one, at which the score statistic is z.

    Notes
    -----
    Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226: the shares restricted to p1 = r p2 solve a
    quadratic; the variance carries the factor N / (N - 1). On the log scale, by bracketing.
    """
    x1, n1, x2, n2 = groups
    total = n1 + n2

    def excess(log: Array) -> Array:
        # r <= 1: p1 = r p2; r > 1: p2 = p1 / r. Either way the larger share is solved for, so nothing overflows.
        r = np.exp(-np.abs(log))
        small = log <= 0
        a1, b1, a2, b2 = (np.where(small, *pair) for pair in ((x1, x2), (n1, n2), (x2, x1), (n2, n1)))
        linear = b1 * r + a1 + b2 + a2 * r
        large = 2 * (a1 + a2) / (linear + np.sqrt(np.maximum(linear**2 - 4 * total * r * (a1 + a2), 0.0)))
        large = np.minimum(large, 1.0)
        p1, p2 = np.where(small, r * large, large), np.where(small, large, r * large)
        factor1, factor2 = np.where(small, 1.0, r), np.where(small, r, 1.0)  # both sides over max(r, 1)
        variance = factor1**2 * p1 * (1 - p1) / n1 + factor2**2 * p2 * (1 - p2) / n2
        gap = factor1 * x1 / n1 - factor2 * x2 / n2
        return np.asarray(z * np.sqrt(variance * total / (total - 1)) - gap)

    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.clip(np.nan_to_num(np.log(x1 * n2) - np.log(x2 * n1)), -FAR, FAR)
    # A little below the observed ratio: where both shares are 1 the variance is 0 there.
    found = increasing_root(excess, np.full(x1.shape, -FAR), np.where(x2 == 0, FAR, observed - 1e-9))
    return np.where(x1 == 0, 0.0, np.exp(found))


def recovered(first: tuple[Array, Array, Array], second: tuple[Array, Array, Array]) -> Limits:
    """Return limits of a ratio from the value and limits of each share (method of variance estimates recovery).

    Notes
    -----
    With numerator and denominator exchanged where that saves digits, so that a share of 0 divides nothing.

    References
    ----------
    Donner, A. and Zou, G. Y. (2012). Statistical Methods in Medical Research 21, 347-359,
    doi:10.1177/0962280210383082. Newcombe, R. G. (2016). The same, 25, 1774-1778, doi:10.1177/0962280213502144.
    """
    (p1, l1, u1), (p2, l2, u2) = first, second
    product = p1 * p2
    inner = np.sqrt(np.maximum(product**2 - l1 * (2 * p1 - l1) * u2 * (2 * p2 - u2), 0.0))
    outer = np.sqrt(np.maximum(product**2 - u1 * (2 * p1 - u1) * l2 * (2 * p2 - l2), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = l1 * (2 * p1 - l1) / (product + inner)
        upper = (product + outer) / (l2 * (2 * p2 - l2))
    return np.where(p1 == 0, 0.0, lower), np.where(p2 == 0, np.inf, upper)
