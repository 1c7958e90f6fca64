"""Confidence limits of P(A > B) + P(A = B)/2: by placements, of Brunner and Munzel, of proportional odds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.roots import increasing_root
from csea_stats.errors import CountError

if TYPE_CHECKING:
    from csea_stats.base.dominance import Array, Limits, Vector

FARTHEST_LIMIT = 60.0
"""Log odds ratio beyond which the estimand is 0 or 1."""


def observed_dominance(first: Vector, second: Vector) -> float:
    """Return P(A > B) + P(A = B) / 2 of two groups of respondents.

    Examples
    --------
    >>> observed_dominance((2, 8, 9, 4, 1), (1, 12, 8, 3, 1))
    0.5408333333333334
    """
    wins, below = 0, 0
    for a, b in zip(first, second, strict=True):
        wins += a * (2 * below + b)
        below += b
    return wins / (2 * sum(first) * sum(second))


def odds_dominance(log_odds: Array) -> Array:
    """Return P(A > B) of two continuous answers whose cumulative logits differ by so much everywhere.

    Examples
    --------
    >>> odds_dominance(np.array([0.0, 1.0])).round(4).tolist()
    [0.5, 0.6613]
    """
    size = np.abs(log_odds)
    small = size < 1e-2
    u = np.where(small, 1.0, size)
    gap = -np.expm1(-u)
    series = size / 6 - size**3 / 180  # the exact forms lose digits near 0
    above = np.where(small, 0.5 + series, (gap - u * np.exp(-u)) / gap**2)
    below = np.where(small, 0.5 - series, np.exp(-u) * (u - gap) / gap**2)
    return np.asarray(np.where(log_odds < 0, below, above))


def _two_beat_one(log_odds: Array) -> Array:
    """Return P(A > B1, A > B2) of the same two continuous answers."""
    small = np.abs(log_odds) < 5e-2
    u = np.where(small, 1.0, log_odds)
    # 2 e^2u (sinh u - u) / (e^u - 1)^3, divided by e^2u above and below.
    exact = (np.expm1(u) - np.expm1(-u) - 2 * u) * np.exp(-u) / (-np.expm1(-u)) ** 3
    return np.asarray(np.where(small, 1 / 3 + log_odds / 6 + log_odds**2 / 60, exact))


def log_odds_of(dominance: float) -> float:
    """Return the log odds ratio at which P(A > B) of two continuous answers is so much.

    Examples
    --------
    >>> round(log_odds_of(0.6613), 2)
    1.0
    """
    found = increasing_root(lambda u: odds_dominance(u) - dominance, [-FARTHEST_LIMIT], [FARTHEST_LIMIT])
    return float(found[0])


def proportional_odds_limits(first: Vector, second: Vector, *, level: float, design_effect: float = 1.0) -> Limits:
    """Return the limits of Fay & Malinovsky (2018) with the variance of a proportional odds model.

    Parameters
    ----------
    first, second : tuple of int
        Counts of each category from the lowest.
    level, design_effect : float

    Notes
    -----
    The values theta with ``|observed - theta| <= z sqrt(V(theta))``, V the variance of the Mann-Whitney statistic were
    the answers continuous with cumulative logits a constant apart, times the tie factor of the Wilcoxon test
    (Statistics in Medicine 37, 3991-4006; without continuity correction). Where the groups do not overlap V
    is above zero inside, so there are limits; where all gave one answer they are 0 and 1.

    Examples
    --------
    >>> [round(end, 3) for end in proportional_odds_limits((2, 8, 9, 4, 1), (1, 12, 8, 3, 1), level=0.95)]
    [0.391, 0.682]
    """
    m, n = sum(first), sum(second)
    total = m + n
    tied = sum((a + b) ** 3 - (a + b) for a, b in zip(first, second, strict=True))
    factor = (1 - tied / (total * (total + 1) * (total - 1))) * design_effect if total > 1 else 0.0
    if factor <= 0:
        return 0.0, 1.0
    observed = observed_dominance(first, second)
    z = float(special.ndtri((1 + level) / 2))

    def upper(value: float) -> float:
        """Return the upper limit, as a log odds ratio."""

        def beyond(u: Array) -> Array:
            theta = odds_dominance(u)
            spread = theta * odds_dominance(-u) + (total - 2) * np.maximum(_two_beat_one(u) - theta**2, 0.0)
            return np.asarray(theta - value - z * np.sqrt(factor * spread / (m * n)))

        return float(increasing_root(beyond, [log_odds_of(value)], [FARTHEST_LIMIT])[0])

    low = 0.0 if observed == 0 else 1 - float(odds_dominance(np.array(upper(1 - observed))))
    high = 1.0 if observed == 1 else float(odds_dominance(np.array(upper(observed))))
    return low, high


def moved_dominance(value: float, shift: float) -> float:
    """Return how far P(A > B) + P(A = B) / 2 can go where cumulative log odds fall in A, and rise in B, by so much.

    Parameters
    ----------
    value : float
    shift : float
        By which the log odds of every cut move at most, in either group; negative: the other way round.

    Notes
    -----
    With F and G the distributions of A and of B, of continuous answers first, the value v rises at the rate
    E_B[F (1 - F)] + E_A[G (1 - G)]. That is half the chance that two of A do not lie on one side of two of B, which
    Lehmann (1951) writes: 1/3 less the integral of D^2 over H, with H = (F + G) / 2 and D = G - F, whose own integral
    is v - 1/2. As D is at most 2 H and 2 (1 - H), its square is least where D is the smaller of those and a constant d.
    Then v is 1 - (1 - d)^2 / 2 and the rate (1 - d)^2 (1 + 2 d) / 3: no distributions go faster at v, so none gets
    farther. Nor do answers in categories: spread evenly within each, their v is the same, and F (1 - F) is at least
    what its ends make it.

    References
    ----------
    Lehmann (1951), Annals of Mathematical Statistics 22, 165-179, https://doi.org/10.1214/aoms/1177729639

    Examples
    --------
    >>> moved_dominance(0.7, 0.0), round(moved_dominance(0.5, 0.1), 3), round(moved_dominance(0.533, -0.1), 3)
    (0.7, 0.533, 0.5)
    """
    if value in (0.0, 1.0) or shift == 0:
        return value
    side = 1 if value >= 0.5 else -1
    beyond = min(value, 1 - value)
    place = side * math.log(3 / math.sqrt(2 * beyond) - 2) + shift
    rest = 4.5 / (math.exp(min(abs(place), FARTHEST_LIMIT)) + 2) ** 2
    return 1 - rest if place >= 0 else rest


def brunner_munzel_limits(first: Vector, second: Vector, *, level: float, design_effect: float = 1.0) -> Limits:
    """Return the limits of Brunner & Munzel (2000), within 0 and 1.

    Raises
    ------
    CountError
        If the variance is zero or unknown: one respondent in a group, all answers alike, or no overlap.

    Notes
    -----
    Biometrical Journal 42, 17-25: the observed value, its variance from the placements of either group in the other,
    and a t distribution with Satterthwaite's degrees of freedom.

    Examples
    --------
    >>> [round(end, 3) for end in brunner_munzel_limits((2, 8, 9, 4, 1), (1, 12, 8, 3, 1), level=0.95)]
    [0.381, 0.701]
    """
    parts = _placement_variances(first, second)
    if parts is None:
        message = (
            f"counts: found {first!r} and {second!r}; Brunner-Munzel needs two respondents in each group, and answers "
            "that overlap and differ: use method='placements'"
        )
        raise CountError(message)
    quantile = float(special.stdtrit(_freedom(parts, first, second), (1 + level) / 2))
    reach = quantile * math.sqrt(sum(parts) * design_effect)
    observed = observed_dominance(first, second)
    return max(observed - reach, 0.0), min(observed + reach, 1.0)


SHRUNK = 2.0
"""People's worth of the largest variance that is mixed with the observed one."""


def placement_limits(first: Vector, second: Vector, *, level: float, design_effect: float = 1.0) -> Limits:
    """Return score limits with a variance from the placements of either group, none of which is ever lacking.

    Notes
    -----
    As in Halperin, Gilbert & Lachin (1987) the variance is ``theta (1 - theta) / n`` with n, what the two groups are
    worth, estimated: the limits are Wilson's of n people, with the quantile of Brunner and Munzel's t. The variance
    is at most ``theta (1 - theta) / min(m, n)`` whatever both distributions are (Birnbaum & Klose 1957), and few people
    tell little of how far below: 1/n is mixed with that bound as if two of the smaller group had shown it.

    References
    ----------
    Halperin, Gilbert & Lachin (1987), Biometrics 43, 71-80; Birnbaum & Klose (1957), Annals of Mathematical Statistics
    28, 933-945

    Examples
    --------
    >>> [round(end, 3) for end in placement_limits((2, 8, 9, 4, 1), (1, 12, 8, 3, 1), level=0.95)]
    [0.381, 0.693]
    >>> [round(end, 3) for end in placement_limits((0, 7), (42, 0), level=0.95)]  # Wilson's of 7 of 7
    [0.646, 1.0]
    """
    few, observed = min(sum(first), sum(second)), observed_dominance(first, second)
    parts, worth, quantile = _placement_variances(first, second), 1 / few, float(special.ndtri((1 + level) / 2))
    if parts is not None and 0 < observed < 1:
        share = min(sum(parts) / (observed * (1 - observed)), worth)
        worth = (few * share + SHRUNK * worth) / (few + SHRUNK)
        quantile = float(special.stdtrit(_freedom(parts, first, second), (1 + level) / 2))
    spread = quantile**2 * worth * design_effect
    middle = (observed + spread / 2) / (1 + spread)
    reach = math.sqrt(spread * observed * (1 - observed) + spread**2 / 4) / (1 + spread)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _freedom(parts: Limits, first: Vector, second: Vector) -> float:
    """Return Satterthwaite's degrees of freedom."""
    a, b = parts
    return (a + b) ** 2 / (a**2 / (sum(first) - 1) + b**2 / (sum(second) - 1))


def has_placement_variance(first: Vector, second: Vector) -> bool:
    """Whether Brunner and Munzel's variance is above zero."""
    return _placement_variances(first, second) is not None


def _placement_variances(first: Vector, second: Vector) -> tuple[float, float] | None:
    a, b = np.array(first, float), np.array(second, float)
    m, n = a.sum(), b.sum()
    if min(m, n) < 2:
        return None
    in_second, in_first = (np.cumsum(b) - b / 2) / n, (np.cumsum(a) - a / 2) / m
    found = [
        float(counts @ (place - counts @ place / size) ** 2 / (size - 1) / size)
        for counts, place, size in ((a, in_second, m), (b, in_first, n))
    ]
    return (found[0], found[1]) if sum(found) > 1e-15 else None
