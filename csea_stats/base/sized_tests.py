"""Tests of guaranteed size: whether counts put a quantity beyond a threshold, at most so often where it is at it.

Each is one-sided and rejects with at most the probability `tail` wherever the quantity is at the threshold or on the
other side of it. Of two groups they are unconditional: the chance of a region of tables is the largest over the shares
that the threshold leaves possible (Barnard 1947, https://doi.org/10.1093/biomet/34.1-2.123).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from csea_stats.base.dominance import dominance
from csea_stats.base.dominance_limits import observed_dominance
from csea_stats.base.exact_tests import CLOSE, fisher_upper, largest, linear, upper_tails
from csea_stats.base.paired import largest_chance
from csea_stats.base.two_binomials import restricted_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from csea_stats.base.exact_tests import Path, Region
    from csea_stats.base.roots import Array

MOST_LISTED = 1_000_000
"""People of both groups beyond which not every count is gone through: limits of either share are held apart."""

MOST_TABLES = 250_000
"""Tables of two groups up to which an unconditional test looks at all; beyond, Fisher's is as good."""

MOST_DRAWN = 1_000_000
"""Counts of those drawn, times those who may say so, of either group of known size up to which all are gone through."""

MOST_PEOPLE = 400
"""People up to whom a shift of pairs other than 0 is tested: the time grows with their square."""

DRAWS = 19_999
"""Of a permutation test whose tables are too many to go through."""

NOBODY = 1e-9
"""Parameter of a category in which nobody answered."""

Compared = Literal["difference", "ratio"]


def exceeds(table: tuple[int, int, int, int], threshold: float, tail: float, compared: Compared = "difference") -> bool:
    """Whether the first share less the second, or over it, is above a threshold.

    Parameters
    ----------
    table : (x1, n1, x2, n2)
    threshold : float
    tail : float
        Half of one minus the level.

    Notes
    -----
    That shares are equal: Boschloo's test (1970, https://doi.org/10.1111/j.1467-9574.1970.tb00104.x), which rejects
    whatever Fisher's does. Another difference: tables in the order of the score statistic (Chan 1998,
    https://doi.org/10.1002/(SICI)1097-0258(19980630)17:12<1403::AID-SIM834>3.0.CO;2-Y); another ratio: in that of a
    Wald statistic with half a person added to every cell. Of either order what has more of the first answer or less of
    the second never comes later, so that the chance of a region is largest at the threshold.

    Examples
    --------
    >>> exceeds((7, 7, 28, 42), 0.0, 0.025), exceeds((9, 10, 2, 10), 0.0, 0.025), exceeds((9, 10, 2, 10), 0.2, 0.025)
    (False, True, True)
    """
    x1, n1, x2, n2 = table
    alike = threshold == (0.0 if compared == "difference" else 1.0)
    if n1 + n2 > MOST_LISTED:
        return _far_apart(table, threshold, tail, compared)
    if alike and fisher_upper(table) <= tail:
        return True
    if (n1 + 1) * (n2 + 1) > MOST_TABLES:
        return not alike and _far_apart(table, threshold, tail, compared)
    return bool(_region(n1, n2, threshold, tail, compared)[x1, x2])


def _far_apart(table: tuple[int, int, int, int], threshold: float, tail: float, compared: Compared) -> bool:
    """Whether both shares' limits, each with half the tail, are apart by more than the threshold."""
    x1, n1, x2, n2 = table
    low = float(special.betaincinv(x1, n1 - x1 + 1, tail / 2)) if x1 else 0.0
    high = float(special.betaincinv(x2 + 1, n2 - x2, 1 - tail / 2)) if x2 < n2 else 1.0
    return low - high > threshold if compared == "difference" else low > threshold * high


@lru_cache(maxsize=256)
def _region(n1: int, n2: int, threshold: float, tail: float, compared: Compared) -> Region:
    """Return the tables of which the test rejects: the largest region in its order with at most the tail."""
    order, path = _order(n1, n2, threshold, compared), _path(threshold, compared)
    values = np.unique(order)[::-1]
    low, high = 0, len(values)  # how many values are surely in; how many are surely too many
    while low < high:
        middle = (low + high + 1) // 2
        fits = largest(order >= values[middle - 1] - _slack(values[middle - 1]), path, tail) <= tail
        low, high = (middle, high) if fits else (low, middle - 1)
    return np.zeros_like(order, bool) if low == 0 else np.asarray(order >= values[low - 1] - _slack(values[low - 1]))


def sized_exceeds(
    table: tuple[int, int, int, int], sizes: tuple[int, int], threshold: float, tail: float
) -> bool | None:
    """Whether the first group's share less the second's is above a threshold, both groups of known size.

    Parameters
    ----------
    table : (x1, n1, x2, n2)
        Of those drawn.
    sizes : (N1, N2)
        People of each group, those drawn included.
    threshold, tail : float
        As of `exceeds`.

    Returns
    -------
    bool or None
        None: the groups are too large to go through.

    Notes
    -----
    Both counts are hypergeometric. Tables are taken in the order of `exceeds`, which no more of the first answer and no
    less of the second ever lowers; so the chance of a table that says as much is, whatever the second group's people
    say, largest where as many of the first say so as the threshold allows: it is looked at for every number of them.

    Examples
    --------
    >>> sized_exceeds((6, 6, 1, 8), (8, 12), 0.0, 0.025), sized_exceeds((4, 6, 2, 5), (8, 12), 0.0, 0.025)
    (True, False)
    """
    x1, n1, x2, n2 = table
    if (n1, n2) == sizes:
        return x1 / n1 - x2 / n2 > threshold
    if max((size + 1) * (n + 1) for size, n in zip(sizes, (n1, n2), strict=True)) > MOST_DRAWN:
        return None
    order = _order(n1, n2, threshold, "difference")
    least = (order < order[x1, x2] - _slack(order[x1, x2])).sum(axis=0)  # of the first, by what the second say
    second = np.arange(sizes[1] + 1)
    first = np.floor(sizes[0] * (second / sizes[1] + threshold) + CLOSE * sizes[0]).astype(int)
    second, first = second[first >= 0], np.minimum(first[first >= 0], sizes[0])
    least_or_more = np.cumsum(_drawn(first, n1, sizes[0])[:, ::-1], axis=1)[:, ::-1]
    beyond = np.column_stack([least_or_more, np.zeros(len(first))])[:, least]
    return bool((_drawn(second, n2, sizes[1]) * beyond).sum(axis=1).max(initial=0.0) <= tail)


def _drawn(said: NDArray[np.int64], n: int, size: int) -> Array:
    """Return the hypergeometric probability of every count of n drawn, a row for each number who say so."""
    logs, k = special.gammaln(np.arange(size + 1) + 1.0), np.arange(n + 1)
    rest = said[:, None] - k
    inside = (rest >= 0) & (rest <= size - n)
    rest = np.where(inside, rest, 0)
    others = size - n - rest
    ways = logs[said] + logs[size - said] + logs[n] + logs[size - n] - logs[size]
    return np.exp(np.where(inside, ways[:, None] - logs[k] - logs[n - k] - logs[rest] - logs[others], -np.inf))


def odds_exceed(table: tuple[int, int, int, int], ratio: float, tail: float) -> bool:
    """Whether the odds ratio of two shares is above a number, given how many of both groups say so.

    Parameters
    ----------
    table : (x1, n1, x2, n2)
    ratio : float
        Above 0.
    tail : float
        As of `exceeds`.

    Notes
    -----
    Fisher's exact test at another odds ratio than 1, one-sided.

    Examples
    --------
    >>> odds_exceed((9, 10, 2, 10), 1.0, 0.025), odds_exceed((9, 10, 2, 10), 2.7, 0.025)
    (True, False)
    """
    x1, n1, x2, n2 = table
    return drawn_unevenly(x1, n1, x1 + x2, n1 + n2, ratio) <= tail


def boschloo_region(n1: int, n2: int, tail: float) -> Region:
    """Return the tables of which Boschloo's test says that the first share is larger."""
    return _region(n1, n2, 0.0, tail, "difference")


def _slack(value: float) -> float:
    return CLOSE * abs(value)


def _order(n1: int, n2: int, threshold: float, compared: Compared) -> Array:
    """Return a number for every table, the larger the more it speaks for a larger first share."""
    if threshold == (0.0 if compared == "difference" else 1.0):
        with np.errstate(divide="ignore"):
            return -np.log(upper_tails(n1, n2))
    x1, x2 = (part.astype(float) for part in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
    if compared == "difference":
        gap = x1 / n1 - x2 / n2 - threshold
        groups = (x1, np.full_like(x1, n1), x2, np.full_like(x1, n2))
        spread = np.sqrt(np.maximum(restricted_variance(groups, np.full_like(x1, threshold)), 0.0))
    else:
        first, second = (x1 + 0.5) / (n1 + 1), (x2 + 0.5) / (n2 + 1)
        gap = first - threshold * second
        spread = np.sqrt(first * (1 - first) / n1 + threshold**2 * second * (1 - second) / n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.nan_to_num(gap / spread, nan=0.0, posinf=1e6, neginf=-1e6)
    return np.maximum.accumulate(np.maximum.accumulate(found, axis=0)[:, ::-1], axis=1)[:, ::-1]


def _path(threshold: float, compared: Compared) -> Path:
    """Return both shares at the threshold from a number that goes from 0 to 1."""
    if compared == "ratio":
        first, second = (threshold, 1.0) if threshold <= 1 else (1.0, 1 / threshold)
        return lambda at: (first * at, second * at)
    low, room = max(0.0, -threshold), 1 - abs(threshold)
    return lambda at: (np.clip(low + threshold + room * at, 0.0, 1.0), np.clip(low + room * at, 0.0, 1.0))


def pair_exceeds(table: tuple[int, int, int], threshold: float, tail: float) -> bool:
    """Whether the share of the first answer less that of the second, of the same people, is above a threshold.

    Parameters
    ----------
    table : (first alone, second alone, people)

    Notes
    -----
    That they are equal: McNemar's exact test. Another difference: the unconditional test that
    `csea_stats.base.paired.exact_lower` inverts.

    Examples
    --------
    >>> [pair_exceeds(*asked, 0.025) for asked in (((9, 1, 20), 0.0), ((8, 2, 20), 0.0), ((16, 1, 20), 0.2))]
    [True, False, True]
    """
    b, c, n = table
    if threshold == 0:
        return bool(special.bdtrc(b - 1, b + c, 0.5) <= tail) if b > 0 else False
    if n > MOST_PEOPLE:
        first = float(special.betaincinv(b, n - b + 1, tail / 2)) if b else 0.0
        second = float(special.betaincinv(c + 1, n - c, 1 - tail / 2)) if c < n else 1.0
        return first - second > threshold
    return largest_chance(table, threshold, level=1 - 2 * tail) <= tail


def pair_exceeds_within(table: tuple[int, int, int], ratio: float, threshold: float, tail: float) -> bool:
    """Whether the difference of a population's two shares is above a threshold, who took part unevenly within a bound.

    Parameters
    ----------
    table : (first alone, second alone, people)
    ratio : float
        How many times as likely as another a kind of people may have taken part: those who gave the first answer alone,
        the second alone, and all others.
    threshold, tail : float
        As of `exceeds`.

    Notes
    -----
    That shares are equal: of those who gave one answer alone, each with the first has at most the chance
    ratio / (1 + ratio). Another difference: both kinds' shares lie between exact limits, each end with a quarter of the
    tail; the population's difference is a ratio of linear functions of them, so it is least at a corner.

    Examples
    --------
    >>> [pair_exceeds_within((16, 1, 20), ratio, 0.0, 0.025) for ratio in (1.0, 2.0, 2.7)]
    [True, True, False]
    """
    b, c, n = table
    if threshold == 0:
        return bool(special.bdtrc(b - 1, b + c, ratio / (1 + ratio)) <= tail) if b > 0 else False
    ends = []
    for x in (b, c):
        low = float(special.betaincinv(x, n - x + 1, tail / 4)) if x else 0.0
        high = float(special.betaincinv(x + 1, n - x, 1 - tail / 4)) if x < n else 1.0
        ends.append((low, high))
    corners = [(first, second) for first in ends[0] for second in ends[1] if first + second <= 1]
    corners += [(first, 1 - first) for first in ends[0] if ends[1][0] <= 1 - first <= ends[1][1]]
    corners += [(1 - second, second) for second in ends[1] if ends[0][0] <= 1 - second <= ends[0][1]]
    return all(
        (first - ratio * second) / (first + ratio * second + rest * (1 - first - second)) > threshold
        for first, second in corners
        for rest in (1.0, ratio)
    )


@lru_cache(maxsize=1024)
def ordered_exceeds(
    first: tuple[int, ...], second: tuple[int, ...], threshold: float, tail: float, design_effect: float = 1.0
) -> bool:
    """Whether P(A > B) + P(A = B) / 2 of two groups' answers on an ordered scale is above a threshold.

    Notes
    -----
    With shares of either group Dirichlet, its counts as parameters, and one more answer in one of the groups, where it
    speaks most against, in either in turn: the probability of at most the threshold must be within the tail. If all of
    a group give one answer, that is the test that Gaffke (2005) conjectures to hold of any mean of bounded values, and
    of shares the exact binomial test. It supposes nothing of how alike the groups are in spread: see docs, calibration.

    At 1/2 the permutation test of ranks must say so too. Its size is exact where both groups answer alike: given how
    many gave each answer, any way in which they fall into the groups is then as likely. Beyond some 100 people it is by
    draws.

    References
    ----------
    Gaffke (2005), Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable,
    Mathematical Methods of Statistics 14, 451-467

    Examples
    --------
    >>> ordered_exceeds((0, 1, 6), (5, 2, 0), 0.5, 0.025), ordered_exceeds((1, 2, 3), (3, 2, 2), 0.5, 0.025)
    (True, False)
    """
    if observed_dominance(first, second) <= threshold:
        return False
    if threshold == 0.5 and design_effect == 1 and not permutation_exceeds(first, second, tail):
        return False
    for added in (1.0, 0.0):
        a, b = ([max(count / design_effect, NOBODY) for count in counts] for counts in (first, second))
        a[0] += added
        b[-1] += 1 - added
        if dominance(tuple(a), tuple(b))[1](threshold) > tail:
            return False
    return True


def permutation_exceeds(first: tuple[int, ...], second: tuple[int, ...], tail: float) -> bool:
    """Whether the permutation test of ranks says that the first group answers higher."""
    table = np.array([first, second])
    together = table.sum(axis=0)
    ranks = np.cumsum(together) - together / 2
    share = float(table[0] @ ranks) / table[0].sum() - float(table[1] @ ranks) / max(table[1].sum(), 1)
    if share <= 0:
        return False
    rng = np.random.default_rng(1)
    return linear(table, np.array([1.0, 0.0]), ranks, mid_p=False, draws=DRAWS, rng=rng).p <= 2 * tail


def share_limits(
    x: Sequence[int], n: int, size: int, tail: float, ratios: tuple[float, float] = (1.0, 1.0)
) -> tuple[Array, Array]:
    """Return exact limits of a share of so many people of whom so many were drawn.

    Parameters
    ----------
    x : sequence of int
        How many of those drawn say so.
    n, size : int
        Drawn, and in all.
    tail : float
    ratios : (float, float)
        Between which the odds of being drawn of those who say so lie, over those of the others; by default at random.

    Notes
    -----
    The smallest and the largest number of people who say so under which as many as x, or as few, have at least the
    tail, by bisection: hypergeometric, with odds of being drawn Fisher's noncentral one, of which the largest ratio
    makes many most likely, and the smallest few. With everybody drawn both are x.

    Examples
    --------
    >>> [end.round(3).tolist() for end in share_limits([35, 49], 49, 60, 0.025)]
    [[0.65, 0.967], [0.767, 1.0]]
    """
    count = np.asarray(x, int)
    low, high = ratios
    return _fewest(count, n, size, tail, high) / size, (size - _fewest(n - count, n, size, tail, 1 / low)) / size


def _fewest(x: NDArray[np.int64], n: int, size: int, tail: float, ratio: float) -> Array:
    from scipy.stats import hypergeom

    def beyond(middle: NDArray[np.int64]) -> Array:
        if ratio == 1:
            return np.asarray(hypergeom.sf(x - 1, size, middle, n))
        return np.array([drawn_unevenly(*pair, n, size, ratio) for pair in zip(x, middle, strict=True)])

    low, high = x.copy(), x + (size - n)  # at the larger one those not drawn all say so, and x or more are certain
    while np.any(low < high):
        middle = (low + high) // 2
        enough = beyond(middle) > tail
        low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
    return low.astype(float)


def drawn_unevenly(x: int, said: int, n: int, size: int, ratio: float) -> float:
    """Return the probability that x or more of those drawn say so, whose odds of being drawn are so many times others'.

    Examples
    --------
    >>> round(drawn_unevenly(3, 5, 4, 10, 1.0), 4), round(drawn_unevenly(3, 5, 4, 10, 2.0), 4)
    (0.2619, 0.4873)
    """
    k = np.arange(max(0, n - size + said), min(n, said) + 1)
    logs = k * np.log(ratio) - special.gammaln(k + 1) - special.gammaln(said - k + 1)
    logs -= special.gammaln(n - k + 1) + special.gammaln(size - said - n + k + 1)
    chances = np.exp(logs - logs.max())
    return float(chances[k >= x].sum() / chances.sum())
