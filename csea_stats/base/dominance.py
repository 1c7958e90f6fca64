"""The posterior of P(A > B) + P(A = B) / 2 for two groups' answers on one ordered scale, without a random number.

Among people like these by repeated quadrature, in a population by a fixed rule of points.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special
from scipy.linalg import eigh_tridiagonal

from csea_stats.base.differences import difference_quantiles, sampled_group
from csea_stats.base.roots import increasing_root
from csea_stats.errors import CountError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Function = Callable[[Array], Array]

Vector = tuple[int, ...]


Limits = tuple[float, float]


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


def proportional_odds_limits(
    first: Vector, second: Vector, *, level: float, design_effect: float = 1.0, shift: float = 0.0
) -> Limits:
    """Return the limits of Fay & Malinovsky (2018) with the variance of a proportional odds model.

    Parameters
    ----------
    first, second : tuple of int
        Counts of each category from the lowest.
    level, design_effect : float
    shift : float
        Largest change of the log odds ratio either way, added to the limits.

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

    low = 0.0 if observed == 0 else 1 - float(odds_dominance(np.array(upper(1 - observed) + shift)))
    high = 1.0 if observed == 1 else float(odds_dominance(np.array(upper(observed) + shift)))
    return low, high


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
            "that overlap and differ: use method='proportional-odds'"
        )
        raise CountError(message)
    (a, b), (m, n) = parts, (sum(first), sum(second))
    freedom = (a + b) ** 2 / (a**2 / (m - 1) + b**2 / (n - 1))
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt((a + b) * design_effect)
    observed = observed_dominance(first, second)
    return max(observed - reach, 0.0), min(observed + reach, 1.0)


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


Parameters = tuple[float, ...]
"""Of a Dirichlet distribution over the categories, from the lowest."""


END = 18.0
"""Logit of the estimand beyond which nothing is looked for."""


STEP = 0.125
"""Largest distance of the logits at which a distribution function is tabulated, cubic in between."""


PEELED = {"few": 40, "beside few": 12, "both few": 24, "many": 16}
"""Nodes for the share of a category that is taken off: by whether its group and the other have few people."""


FEW = 15.0
"""People below whom a share is so spread that it takes more nodes."""


PAIR = 60
"""Nodes for the last two categories."""


POINTS = 2**14
"""Points of the rule for a population."""


@lru_cache(maxsize=4096)
def _nodes(a: float, b: float, number: int) -> tuple[Array, Array]:
    """Return Gauss-Jacobi nodes and weights of Beta(a, b), by the eigenvalues of its recurrence.

    Golub & Welsch (1969), Mathematics of Computation 23, 221-230. SciPy's own overflow from a thousand people on.
    """
    k = np.arange(1.0, number)
    total = a + b - 2
    middle = np.append((a - b) / (a + b), (a - b) * total / ((2 * k + total) * (2 * k + total + 2)))
    square = 4 * (k + b - 1) * (k + a - 1) / (2 * k + total) ** 2 / (2 * k + total + 1)
    # The last factor is 0 / 0 for the first of them where a + b = 1.
    square[1:] *= k[1:] * (k[1:] + total) / (2 * k[1:] + total - 1)
    # The default driver starts threads, which on a busy machine cost a hundred times the work.
    place, vectors = eigh_tridiagonal(middle, np.sqrt(square), lapack_driver="stemr")
    return np.clip((1 + place) / 2, 0.0, 1.0), vectors[0] ** 2


@lru_cache(maxsize=2048)
def dominance_cdf(first: Parameters, second: Parameters) -> Function:
    """Return the distribution function of P(A > B) + P(A = B) / 2, of its logit.

    Parameters
    ----------
    first, second : tuple of float
        Dirichlet parameters of group A and of group B.

    Notes
    -----
    With a and b the shares of the lowest category, which are Beta and independent of what the other answers are among
    themselves, ``theta = b (1 - a / 2) + (1 - a) (1 - b) theta'``, theta' being the same of the other categories; and
    likewise for the highest category, with the groups exchanged. Categories are taken off at the end where fewer
    answers are, down to two, of which ``theta = 1/2 + (b - a) / 2``. It is done on the scale and on the reversed one,
    and the mean of both taken. Over random tables, many with empty categories, limits are off by 2e-5 in the median and
    at most 4e-3, the latter where the answers of the groups hardly overlap.
    """
    one, other = _one_way(first, second), _one_way(first[::-1], second[::-1])
    return lambda logits: np.clip((one(logits) + 1 - other(-logits)) / 2, 0.0, 1.0)


def _one_way(first: Parameters, second: Parameters) -> Function:
    low, high = 0, len(first)
    parts = [a / sum(first) + b / sum(second) for a, b in zip(first, second, strict=True)]
    taken: list[tuple[int, bool]] = []
    while high - low > 2:
        below = parts[low] <= parts[high - 1]
        taken.append((low if below else high - 1, below))
        low, high = (low + 1, high) if below else (low, high - 1)
    rest = first[low] + first[low + 1], second[low] + second[low + 1]
    cdf = _pair_cdf(first[low : low + 2], second[low : low + 2])
    for place, below in reversed(taken):
        one, other = (first[place], rest[0]), (second[place], rest[1])
        cdf = _with_category(_tabulated(cdf, rest), *((one, other) if below else (other, one)))
        rest = rest[0] + first[place], rest[1] + second[place]
    return cdf


def _pair_cdf(first: Parameters, second: Parameters) -> Function:
    """Return the distribution function of 1/2 + (b - a) / 2, the mean of the sum over b and the sum over a."""
    (a, a_weights), (b, b_weights) = (_nodes(part[0], part[1], PAIR) for part in (first, second))

    def cdf(logits: Array) -> Array:
        twice = 2 * special.expit(logits)[..., None]
        over_b = special.betainc(first[1], first[0], np.clip(twice - b, 0, 1)) @ b_weights
        over_a = special.betainc(second[0], second[1], np.clip(twice - 1 + a, 0, 1)) @ a_weights
        return np.asarray((over_b + over_a) / 2)

    return cdf


def _with_category(cdf: Function, first: Parameters, second: Parameters) -> Function:
    """Return the distribution function with one category more below, of (parameter, sum of the others') in each."""
    few = [sum(part) < FEW for part in (first, second)]
    names = ("both few", "both few") if all(few) else ("many", "many")
    if few[0] != few[1]:
        names = ("few", "beside few") if few[0] else ("beside few", "few")
    a, a_weights = _nodes(first[0], first[1], PEELED[names[0]])
    b, b_weights = _nodes(second[0], second[1], PEELED[names[1]])
    won, lost = (b[:, None] * (1 - a / 2)).ravel(), (a * (1 - b[:, None] / 2)).ravel()
    weights = (b_weights[:, None] * a_weights).ravel()

    def wider(logits: Array) -> Array:
        over = special.expit(logits)[..., None] - won
        under = special.expit(-logits)[..., None] - lost
        with np.errstate(divide="ignore"):
            place = np.log(np.maximum(over, 0)) - np.log(np.maximum(under, 1e-300))
        below = np.where(over <= 0, 0.0, np.where(under <= 0, 1.0, cdf(np.clip(place, -END, END))))
        return np.asarray(below @ weights)

    return wider


def _tabulated(cdf: Function, people: tuple[float, float]) -> Function:
    step = min(STEP, 0.5 * (1 / people[0] + 1 / people[1]) ** 0.5)  # half the standard deviation, or less
    grid = np.linspace(-END, END, int(2 * END / step) + 2)
    value, width = cdf(grid), float(grid[1] - grid[0])
    rise = np.gradient(value)
    rise[2:-2] = (value[:-4] - 8 * value[1:-3] + 8 * value[3:-1] - value[4:]) / 12

    def interpolated(logits: Array) -> Array:
        place = (logits - grid[0]) / width
        index = np.minimum(place.astype(np.int64), len(grid) - 2)
        t = place - index
        y0, y1, m0, m1 = value[index], value[index + 1], rise[index], rise[index + 1]
        return np.asarray(y0 + t * (m0 + t * (3 * (y1 - y0) - 2 * m0 - m1 + t * (2 * (y0 - y1) + m0 + m1))))

    return interpolated


def dominance_quantiles(first: Parameters, second: Parameters, probabilities: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantiles of P(A > B) + P(A = B) / 2.

    Examples
    --------
    >>> groups = (2.2, 8.2, 9.2, 4.2, 1.2), (1.2, 12.2, 8.2, 3.2, 1.2)
    >>> [round(value, 3) for value in dominance_quantiles(*groups, (0.025, 0.975))]
    [0.39, 0.684]
    """
    if len(first) == 2:
        one, other = (sampled_group((higher, lower)) for lower, higher in (first, second))
        gaps = difference_quantiles(probabilities, one, other)
        return tuple((1 + gap) / 2 for gap in gaps)
    cdf, wanted = dominance_cdf(first, second), np.array(probabilities)
    ends = np.full(wanted.shape, -END), np.full(wanted.shape, END)
    logits = increasing_root(lambda place: cdf(place) - wanted, *ends, tolerance=1e-8)
    return tuple(special.expit(logits).tolist())


@lru_cache(maxsize=8)
def _normal_scores(columns: int) -> Array:
    """Return the points of an additive recurrence as normal scores, a row for each column of the unit cube.

    Multiples of the powers of the root of x^(d + 1) = x + 1, a generalised golden ratio (Roberts 2018, "The
    unreasonable effectiveness of quasirandom sequences").
    """
    root = 1.5
    for _ in range(64):
        root = (1 + root) ** (1 / (columns + 1))
    steps = root ** -np.arange(1.0, columns + 1)
    return np.asarray(special.ndtri((0.5 + steps[:, None] * np.arange(1, POINTS + 1)) % 1.0))


@lru_cache(maxsize=64)
def _odds(parameters: Parameters, place: int, columns: int) -> tuple[Array, Array]:
    """Return the shares at or below each cut and above it, a row for each cut but the last."""
    scores = _normal_scores(columns)[place : place + len(parameters) - 1]
    left, shares = np.ones(POINTS), []
    table = np.linspace(-5.0, 5.0, 201)
    for k, score in enumerate(scores):
        own, others = parameters[k], sum(parameters[k + 1 :])
        lower = special.betaincinv(own, others, special.ndtr(table))
        upper = special.betaincinv(others, own, special.ndtr(-table))
        logits = np.log(np.maximum(lower, 1e-300)) - np.log(np.maximum(upper, 1e-300))
        part = special.expit(np.interp(score, table, logits))
        shares.append(left * part)
        left = left * (1 - part)
    below = np.cumsum(shares, axis=0)
    above = np.cumsum([left, *shares[:0:-1]], axis=0)[::-1]
    return below, above


def dominance_points(
    first: Parameters, second: Parameters, *, tau: float, mean: float, correlation: float, apart: float = 0.0
) -> Array:
    """Return points of P(A > B) + P(A = B) / 2 in a population, equally probable and in rising order.

    Parameters
    ----------
    tau, mean, correlation : float
        Of the log participation ratio of those at or below a cut, the same at every cut; between the groups.
    apart : float, default 0
        Added to that of the first group and taken from that of the second: above 0, the first answers higher.

    Notes
    -----
    Every cumulative logit of a group loses the same amount. Against 3e5 points limits are off by less than 2e-3.
    """
    columns = 2 * len(first) + 1
    cuts = len(first) - 1
    common, own, others = _normal_scores(columns)[-3:]
    joint, alone = tau * correlation**0.5, tau * (1 - correlation) ** 0.5
    low = _shifted(_odds(first, 0, columns), mean + apart + joint * common + alone * own)
    high = _shifted(_odds(second, cuts, columns), mean - apart + joint * common + alone * others)
    return np.sort(cumulative_dominance(low, high))


def _shifted(odds: tuple[Array, Array], lost: Array) -> Array:
    below, above = odds
    kept = below * np.exp(-lost)
    return np.asarray(kept / (kept + above))


def cumulative_dominance(first: Array, second: Array) -> Array:
    """Return P(A > B) + P(A = B) / 2 from shares at or below each cut but the last, cuts first.

    Examples
    --------
    >>> float(cumulative_dominance(np.array([[0.25]]), np.array([[0.75]]))[0])
    0.75
    """
    ends = ((1, 0),) + ((0, 0),) * (first.ndim - 1)
    a = np.diff(np.pad(np.pad(first, ends), (ends[0][::-1], *ends[1:]), constant_values=1.0), axis=0)
    b = np.pad(np.pad(second, ends), (ends[0][::-1], *ends[1:]), constant_values=1.0)
    return np.asarray((a * (b[:-1] + b[1:]) / 2).sum(axis=0))
