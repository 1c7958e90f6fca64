"""The posterior of a difference of two shares of the same people, by quadrature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.differences import LogitGroup, difference_quantile, sampled_group, selected_group
from csea_stats.base.roots import increasing_root
from csea_stats.base.selection import natural_step, normal_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from csea_stats.base.roots import Array


TAIL = 1e-11
"""Probability left out in each tail of a quadrature."""

FARTHEST = 22.0
"""Logit beyond which next to nothing changes in what falls at least as the square root of a share."""

REACH = 5.6
"""Standard deviations of a normal distribution that a quadrature covers."""

Cells = tuple[float, float, float]
"""Dirichlet parameters: of those who gave the first answer alone, the second alone, and of the rest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairPosterior:
    """Shares of those who gave one answer alone, in a population or among people like these.

    Parameters
    ----------
    cells : (first alone, second alone, rest)
        Dirichlet parameters.
    tilts : (shifts, probabilities)
        What the log odds of the first among those who differ lose.
    differing : LogitGroup
        Logit of the share that differs, before the tilt.
    """

    cells: Cells
    tilts: tuple[Array, Array]
    differing: LogitGroup

    @property
    def swapped(self) -> PairPosterior:
        """The same with the two answers exchanged."""
        first, second, rest = self.cells
        shifts, weights = self.tilts
        return PairPosterior(cells=(second, first, rest), tilts=(-shifts, weights), differing=self.differing)

    def cdf(self, value: float) -> float:
        """Return the probability that the first share less the second is at most so much.

        Notes
        -----
        With S the part that differs and V the first's part of those, both Beta and independent, the difference is
        ``S (2V - 1)``: above t > 0 if ``V > (1 + t) / 2`` and ``S > t / (2V - 1)``. The sum over V is the trapezoidal
        rule on the part of its range where both can be, mapped to the whole line by the logit; error below 1e-7
        against adaptive quadrature.

        Examples
        --------
        >>> round(1 - sampled_pairs((14.5, 10.5, 26.0)).cdf(0.0), 3)
        0.793
        """
        if abs(value) >= 1:
            return float(value > 0)
        return _above(self.swapped, -value) if value < 0 else 1 - _above(self, value)

    def quantile(self, probability: float) -> float:
        """Return a quantile of the first share less the second.

        Examples
        --------
        >>> [round(sampled_pairs((14.5, 10.5, 26.0)).quantile(p), 3) for p in (0.025, 0.975)]
        [-0.112, 0.266]
        """
        return _quantile(self, probability)


@lru_cache(maxsize=4096)
def _quantile(posterior: PairPosterior, probability: float) -> float:
    total = sum(posterior.cells)
    first, second, rest = (cell / total for cell in posterior.cells)
    mean = first - second
    variance = (first + second - mean**2) / (total + 1)
    # What a cell's log participation ratio moves the difference by, to first order.
    moves = first * (1 - mean), second * (1 + mean), rest * mean
    shifts, weights = posterior.tilts
    variance += float(weights @ shifts**2) / 2 * sum(move**2 for move in moves)
    return difference_quantile(posterior.cdf, probability, mean=mean, spread=math.sqrt(variance))


def sampled_pairs(cells: Cells, weights: Weights = (1.0, 1.0, 1.0)) -> PairPosterior:
    """Return the posterior among people like these, or in a population with known weights of the three cells."""
    first, second, rest = weights
    shift = math.log(rest) - math.log(first * second) / 2
    return PairPosterior(
        cells=cells,
        tilts=(np.array([math.log(second / first)]), np.ones(1)),
        differing=sampled_group((cells[0] + cells[1], cells[2]), shift),
    )


def selected_pairs(cells: Cells, tau: float) -> PairPosterior:
    """Return the posterior in a population whose cells took part with log ratios of standard deviation tau.

    Notes
    -----
    ``p_k exp(-lambda_k)``, lambda_k independent Normal(0, tau^2 / 2), scaled to sum to 1: any two cells have a log
    participation ratio with standard deviation tau. Of these ``delta = lambda_1 - lambda_2``, with variance tau^2,
    tilts the first against the second among those who differ; ``lambda_3 - (lambda_1 + lambda_2) / 2``, with
    variance 3 tau^2 / 4 and independent of delta, those who differ against the rest.
    """
    narrow = float(natural_step(cells[0], cells[1]))
    number = 2 * math.ceil(REACH / min(0.8, 1.5 * narrow / tau)) + 1
    z = np.linspace(-REACH, REACH, number)
    return PairPosterior(
        cells=cells,
        tilts=(tau * z, normal_weights(z)),
        differing=selected_group((cells[0] + cells[1], cells[2]), tau=math.sqrt(0.75) * tau, mean=0.0),
    )


def _above(posterior: PairPosterior, t: float) -> float:
    first, second, _ = posterior.cells
    shift, weight = posterior.tilts
    if t == 0:
        return float(weight @ special.betainc(second, first, special.expit(-shift)))
    *ends, own_step = _reach(first, second)
    start, stop = _mapped(np.array(ends)[:, None] - shift, t)
    group = posterior.differing
    step = min(own_step, 2 * group.step)
    number = math.ceil(float((stop - start).max()) / step) + 2
    place = start[:, None] + (stop - start)[:, None] * np.linspace(0, 1, number)
    inside, outside = special.expit(place), special.expit(-place)
    twice, rest = (1 + t) + (1 - t) * inside, (1 - t) * outside  # of V and 1 - V
    log_rest = np.log(rest)
    logit = np.log(twice) - log_rest + shift[:, None]
    below = special.log_expit(-logit)
    above = below + logit
    constant = special.betaln(first, second)
    density = np.exp(first * above + second * below - constant)
    jacobian = 2 * inside / twice * (stop - start)[:, None] / (number - 1)  # of the logit of V, by the place
    # How far those who differ outgrow the rest: V exp(-shift / 2) + (1 - V) exp(shift / 2), which is 1 - V over
    # what it was before the tilt, times exp(shift / 2).
    growth = below - (log_rest - math.log(2)) + shift[:, None] / 2
    needed = math.log(t) - np.log((1 - t) * inside)
    enough = 1 - group.cdf(needed - growth)
    mass = density * jacobian
    width = (stop - start) / (number - 1)
    mass[:, -1] *= 0.5 + second * width / 12  # the rule's end correction, of what falls as exp(-second place)
    beyond = special.betainc(second, first, special.expit(-logit[:, -1]))  # where what is needed hardly changes
    return float(np.clip(weight @ ((mass * enough).sum(axis=1) + beyond * enough[:, -1]), 0.0, 1.0))


@lru_cache(maxsize=4096)
def _reach(first: float, second: float) -> tuple[float, float, float]:
    """Return the logits between which a Beta distribution lies, and the distance of nodes that it needs."""
    return _logit_end(first, second), -_logit_end(second, first), float(natural_step(first, second))


def _logit_end(a: float, b: float) -> float:
    """Return the logit below which next to nothing of a Beta distribution lies."""
    found = special.betaincinv(a, b, TAIL)
    if not found > 1e-300:
        return -FARTHEST
    return max(float(special.logit(found)), -FARTHEST)


def _mapped(logits: Array, t: float) -> Array:
    """Return shares above (1 + t) / 2, given as logits, on the line that they are mapped to."""
    over, under = special.expit(logits) - (1 + t) / 2, special.expit(-logits)
    with np.errstate(divide="ignore"):
        found = np.log(np.maximum(over, 0.0)) - np.log(np.maximum(under, 1e-300))
    return np.asarray(np.clip(found, -FARTHEST, FARTHEST))


Weights = tuple[float, float, float]
"""Of the people in a population, for one who took part: who give the first answer alone, the second alone, the rest."""

ALIKE: Weights = (1.0, 1.0, 1.0)

NOBODY = 1e-12
"""Stands for an empty cell, so that the restricted estimate is the limit of one without any."""

NEAR = 1e-9
"""How near to 1 a limit is looked for; nearer, it is 1."""


def score_upper(
    b: ArrayLike, c: ArrayLike, n: ArrayLike, *, level: float, weights: Sequence[ArrayLike] = ALIKE
) -> Array:
    """Return Tango's upper limit of the difference of two shares of the same people, or of a reweighted population.

    Parameters
    ----------
    b, c, n : array-like
        With b and c, and the first two weights, exchanged: minus the lower limit.
    level : float
    weights : (first alone, second alone, rest), each array-like
        Known; equal ones give Tango's interval.

    Notes
    -----
    Tango (1998, Statistics in Medicine 17, 891-908) inverts the score test of a given difference t. With weights u the
    difference is t if and only if ``sum w_k p_k = 0``, w = (u1 (1 - t), -u2 (1 + t), -u3 t). The restricted estimate is
    ``p_k / (1 + eta w_k)``, eta the root of a quadratic equation, and the score statistic's square is
    ``n eta sum w_k p_k``: with equal weights Tango's, since ``sum w_k^2 p_k`` is then p10 + p01 - t^2.

    Examples
    --------
    >>> round(float(score_upper(14, 10, 49, level=0.95)), 3), round(-float(score_upper(10, 14, 49, level=0.95)), 3)
    (0.273, -0.116)
    """
    b, c, n, u1, u2, u3 = (np.asarray(part, float) for part in np.broadcast_arrays(b, c, n, *weights))
    square = float(special.ndtri((1 + level) / 2)) ** 2
    rest = n - b - c
    shares = np.maximum(np.stack([b, c, rest]), NOBODY) / n
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


SHARES, NEARER = 101, 21
"""Shares of those who differ at which the chance of a region is looked at first, and around the best of them."""


def exact_lower(b: int, c: int, n: int, *, level: float) -> float:
    """Return the lower limit of (b - c) / n that holds at least at (1 + level) / 2, whatever the shares are.

    Parameters
    ----------
    b, c, n : int
        With b and c exchanged: minus the upper limit.
    level : float
        Of the interval that both limits make.

    Notes
    -----
    The tables whose lower score limit (Tango 1998) is at least the observed one's are a region that rises with b and
    falls with c (a test looks at every table), so its chance, the largest over the share of those who differ, rises
    with the difference. The limit is where it is (1 - level) / 2: Buehler's limit in the order of the score limits, the
    greatest one in that order that holds (Buehler 1957, Journal of the American Statistical Association 52, 482-493;
    Wang 2012, Statistics and Probability Letters 82, 1623-1628, has another order). Of m who differ the region is "at
    least so many b", so its chance is a sum of n + 1 binomial tails.

    Examples
    --------
    >>> round(exact_lower(7, 1, 21, level=0.95), 3), round(-exact_lower(1, 7, 21, level=0.95), 3)
    (0.013, 0.564)
    """
    if c - b == n:
        return -1.0
    fewest = _fewest(b, c, n, level)
    low, high = -1.0, (b - c) / n
    while high - low > NEAR:
        middle = (low + high) / 2
        low, high = (low, middle) if _largest_chance(middle, fewest) > (1 - level) / 2 else (middle, high)
    return low


def largest_chance(table: tuple[int, int, int], t: float, *, level: float) -> float:
    """Return the largest chance, at a difference t, of a table (b, c, n) or one further on as `exact_lower` has it."""
    return _largest_chance(t, _fewest(*table, level))


def _fewest(b: int, c: int, n: int, level: float) -> NDArray[np.int64]:
    """Return how many b, for each number who differ, put a table as far as this one or further."""
    order = _score_order(n, level)
    return np.asarray(np.arange(1, n + 2) - (order >= order[b + c, b] - NEAR).sum(axis=1))


@lru_cache(maxsize=64)
def _score_order(n: int, level: float) -> Array:
    """Return the lower score limit of every table: a row for each number who differ, a column for each b."""
    differ, b = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    found = np.full(differ.shape, -np.inf)
    inside = b <= differ
    found[inside] = -score_upper(differ[inside] - b[inside], b[inside], n, level=level)
    return found


def _largest_chance(t: float, fewest: NDArray[np.int64]) -> float:
    """Return the largest chance, where the difference is t, of at least so many b for each number who differ."""
    start, stop, best = abs(t), 1.0, 0.0
    shares = start + (stop - start) * np.sin(np.linspace(0, math.pi / 2, SHARES)) ** 2
    for _ in range(4):
        shares = np.maximum(shares, NOBODY)
        found = _region_chance(t, shares, fewest)
        top = int(found.argmax())
        best = max(best, float(found[top]))
        shares = np.linspace(shares[max(top - 1, 0)], shares[min(top + 1, len(shares) - 1)], NEARER)
    return best


def _region_chance(t: float, shares: Array, fewest: NDArray[np.int64]) -> Array:
    people = len(fewest) - 1
    differ, least = np.arange(people + 1)[:, None], fewest[:, None]
    first = np.clip((1 + t / shares) / 2, 0.0, 1.0)
    tails = special.betainc(np.maximum(least, 1), np.maximum(differ - least + 1, 1), first)
    tails = np.where(least <= 0, 1.0, np.where(least > differ, 0.0, tails))
    chances = special.gammaln(people + 1) - special.gammaln(differ + 1) - special.gammaln(people - differ + 1)
    chances = np.exp(chances + special.xlogy(differ, shares) + special.xlog1py(people - differ, -shares))
    return np.asarray((chances * tails).sum(axis=0))
