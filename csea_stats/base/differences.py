"""The difference of two shares, each among people like these or in the population, by quadrature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.roots import MOST_STEPS, secant_root
from csea_stats.base.selection import REACH, logit_ends, natural_step, normal_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.base.roots import Array

    Function = Callable[[Array], Array]

Beta = tuple[float, float]
"""Posterior of one group's share among people like these."""

TAIL = 1e-13
"""Probability left out in each tail of a quadrature over a population's share."""

MOST_TOGETHER = 1000
"""Nodes, on either side of 0, of what two groups lose together."""

FARTHEST_PLACE = 19.0
"""Where tanh is 1 to the last digit."""

TOLERANCE = 1e-11
"""Of atanh of a difference."""

ENDS = np.array([3 / 8, 7 / 6, 23 / 24])
"""Weights of a sum's first nodes, and of its last: Gregory's, where what is summed has not quite ended."""

AT_ONCE = 32
"""Pairs of groups whose quadratures are made together: few enough to stay in a processor's cache."""

FARTHEST = 30.0
"""Logit beyond which next to nothing changes in what falls at least as the square root of a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitGroup:
    """A group's share on the logit scale.

    Parameters
    ----------
    density, cdf : callable
        Of the logit, elementwise.
    low, high : float
        Where the density has ended.
    step : float
        Distance of nodes that the density needs.
    """

    density: Function
    cdf: Function
    low: float
    high: float
    step: float


@lru_cache(maxsize=256)
def sampled_group(beta: Beta, shift: float = 0.0) -> LogitGroup:
    """Return a group's share among people like these, or shifted by a known log participation ratio."""
    a, b = beta
    density, cdf = _beta_logit(a, b, shift)
    low, high = (float(end) for end in logit_ends(a, b))
    step = float(natural_step(a, b)) / 2
    return LogitGroup(density=density, cdf=cdf, low=low - shift, high=high - shift, step=step)


def _beta_logit(a: float | Array, b: float | Array, shift: float = 0.0) -> tuple[Function, Function]:
    """Return the density and the distribution function of the logit of Beta(a, b), less a shift."""
    constant = special.betaln(a, b)

    def density(logits: Array) -> Array:
        place = logits + shift
        above = special.log_expit(place)
        return np.asarray(np.exp(a * above + b * (above - place) - constant))

    return density, lambda logits: np.asarray(special.betainc(a, b, special.expit(logits + shift)))


def _sampled_groups(a: Array, b: Array) -> LogitGroup:
    """Return many groups' shares among people like these: arrays with a row for each in place of numbers."""
    a, b = a[:, None], b[:, None]
    density, cdf = _beta_logit(a[..., None], b[..., None])
    low, high = logit_ends(a, b)
    return LogitGroup(density=density, cdf=cdf, low=low, high=high, step=natural_step(a, b) / 2)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def selected_group(beta: Beta, *, tau: float, mean: float) -> LogitGroup:
    """Return a group's share of the population: the logit less a normal log participation ratio.

    Density and distribution function are read off a fine table by cubic Hermite interpolation (error below 1e-8).
    """
    if tau == 0:
        return sampled_group(beta, mean)
    plain = sampled_group(beta, mean)
    scale = math.sqrt(1 / beta[0] + 1 / beta[1] + tau**2)
    width = 0.03 * min(scale, 1.0)
    low, high = plain.low - REACH * tau, plain.high + REACH * tau
    number, aside = math.ceil((high - low) / width) + 1, math.ceil(REACH * tau / width)
    grid = low + width * np.linspace(0, number - 1, number)

    def mixed(part: Function) -> Array:
        if tau > 1.5 * width:  # the grid is fine enough to sum over the ratios on it
            wide = low + width * np.linspace(-aside, number - 1 + aside, number + 2 * aside)
            weights = normal_weights(width / tau * np.linspace(-aside, aside, 2 * aside + 1))
            return np.convolve(part(wide), weights, "valid")
        z = np.linspace(-REACH, REACH, 37)
        return np.asarray(part(grid[:, None] + tau * z) @ normal_weights(z))

    below, dense = mixed(plain.cdf), mixed(plain.density)
    step = min(plain.step * scale / math.sqrt(1 / beta[0] + 1 / beta[1]), 0.3)
    # Both ends are far out together: of their sum next to nothing is left sooner.
    low, high = (float(grid[np.searchsorted(below, end)]) for end in (TAIL, 1 - TAIL))
    return LogitGroup(
        density=cubic_hermite(grid, dense, slopes(dense, width)),
        cdf=cubic_hermite(grid, below, dense),
        low=low,
        high=high,
        step=step,
    )


def slopes(value: Array, width: float) -> Array:
    """Return the derivative of what is tabulated at evenly spaced points, by differences of the fourth order inside."""
    slope = np.gradient(value, width)
    slope[2:-2] = (value[:-4] - 8 * value[1:-3] + 8 * value[3:-1] - value[4:]) / (12 * width)
    return np.asarray(slope)


def cubic_hermite(grid: Array, value: Array, slope: Array) -> Function:
    """Return the function that has these values and slopes on an even grid, cubic in between and constant beyond."""
    width = float(grid[1] - grid[0])
    rise = slope * width
    y0, y1, m0, m1 = value[:-1], value[1:], rise[:-1], rise[1:]
    square, cube = 3 * (y1 - y0) - 2 * m0 - m1, 2 * (y0 - y1) + m0 + m1

    def interpolated(logits: Array) -> Array:
        place = np.clip((logits - grid[0]) / width, 0.0, len(grid) - 1.0)
        index = np.minimum(place.astype(np.int64), len(grid) - 2)
        t = place - index
        return np.asarray(y0.take(index) + t * (m0.take(index) + t * (square.take(index) + t * cube.take(index))))

    return interpolated


def lost_together(common: float, first: LogitGroup, second: LogitGroup) -> tuple[Array, Array]:
    """Return nodes of what two groups' logits lose together, of that standard deviation, and their weights.

    As near to each other as the spread of the narrower group beside it asks for, so that they tell a distribution
    function to 1e-6.
    """
    if common == 0:
        return np.zeros(1), np.ones(1)
    spread = min(first.step, second.step) / 0.3
    number = min(math.ceil(6.0 / min(2 / 3, spread / common)), MOST_TOGETHER)
    u = np.linspace(-6.0, 6.0, 2 * number + 1)
    return common * u, normal_weights(u)


def difference_cdf(first: LogitGroup, second: LogitGroup, common: float = 0.0) -> Callable[[float], float]:
    """Return the distribution function of first share - second share.

    Parameters
    ----------
    first, second : LogitGroup
    common : float
        Standard deviation of what both logits lose together; given it the groups are independent.

    Returns
    -------
    callable
        From -1..1 to 0..1.

    Notes
    -----
    The narrower share is integrated over, on the part of its range where the other's distribution function is
    strictly between 0 and 1. That part is mapped to the whole line by the logit, so that square-root singularities
    at its ends become exponential tails and the trapezoidal rule stays accurate.

    Examples
    --------
    >>> cdf = difference_cdf(sampled_group((7.5, 0.5)), sampled_group((28.5, 14.5)))
    >>> round(1 - cdf(0.0), 3)
    0.98
    """
    lost, weights = lost_together(common, first, second)
    if first.step > second.step:
        reverse = difference_cdf(second, first, common)
        return lambda difference: 1 - reverse(-difference)

    def cdf(difference: float) -> float:
        if abs(difference) >= 1:
            return float(difference > 0)
        return float(_chances(np.array([difference]), first, second, (lost, weights))[0][0])

    return cdf


def _chances(
    difference: Array,
    first: LogitGroup,
    second: LogitGroup,
    lost_weights: tuple[Array, Array],
    *,
    dense: bool = False,
) -> tuple[Array, Array]:
    """Return, for each difference between -1 and 1, the probability of at most so much, and the density if asked for.

    The first share is the narrower one; of many groups a difference each.
    """
    lost, weights = lost_weights
    # Arrays have a row for each difference, a column for what both lose together, and then one for each node.
    over, under = np.maximum(difference, 0.0)[:, None], np.maximum(-difference, 0.0)[:, None]
    span = 1 - over - under
    start, stop = (_mapped(np.asarray(end - lost), over, under, span) for end in (first.low, first.high))
    width, over, under, span = (stop - start)[..., None], over[..., None], under[..., None], span[..., None]
    number = len(ENDS) + math.ceil(float((width[..., 0] / np.minimum(2 * first.step, 0.35)).max())) + 2
    mapped = start[..., None] + width * np.linspace(0, 1, number)
    inside, outside = span * special.expit(mapped), span * special.expit(-mapped)
    share, rest = over + inside, under + outside
    logit = np.log(share) - np.log(rest) + lost[:, None]
    # The other share is this one less the difference, without cancellation at either end.
    other, other_rest = under + inside, over + outside
    with np.errstate(divide="ignore"):
        place = np.log(other) - np.log(other_rest) + lost[:, None]
    above = 1 - second.cdf(place)
    mass = first.density(logit) * (inside * outside / (span * share * rest)) * width / (number - 1)
    mass[..., : len(ENDS)] *= ENDS
    mass[..., -len(ENDS) :] *= ENDS[::-1]
    each = (mass * above).sum(axis=-1)
    # Before and after the part integrated over: what is left there of the first, where the second hardly changes.
    before, until = np.moveaxis(first.cdf(logit[..., [0, -1]]), -1, 0)
    up = difference[:, None] > 0
    each += np.where(up, before + (1 - until) * above[..., -1], before * above[..., 0])
    chance = np.clip(each @ weights, 0.0, 1.0)
    if not dense:
        return chance, chance
    return chance, (mass * second.density(place) / (other * other_rest)).sum(axis=-1) @ weights


def _mapped(logits: Array, left: Array, right: Array, span: Array) -> Array:
    """Return shares, given as logits, on the line that the part between left and 1 - right is mapped to."""
    above, below = special.expit(logits) - left, special.expit(-logits) - right
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(np.maximum(above, 0) / span) - np.log(np.maximum(below, 0) / span)
    return np.asarray(np.clip(found, -FARTHEST, FARTHEST))


def difference_quantiles(
    probabilities: Sequence[float], first: LogitGroup, second: LogitGroup, common: float = 0.0
) -> tuple[float, ...]:
    """Return quantiles of first share - second share.

    Examples
    --------
    >>> groups = sampled_group((7.5, 0.5)), sampled_group((28.5, 14.5))
    >>> [round(value, 3) for value in difference_quantiles([0.025, 0.975], *groups)]
    [0.019, 0.455]
    """
    sign = 1.0
    if first.step > second.step:
        sign, first, second = -1.0, second, first
    together = lost_together(common, first, second)
    (mean1, variance1), (mean2, variance2) = _moments(first), _moments(second)
    apart = common * (mean1 * (1 - mean1) - mean2 * (1 - mean2))
    score, middle = (
        sign * np.asarray(special.ndtri(np.array(probabilities)), float),
        min(max(mean1 - mean2, -0.99), 0.99),
    )
    found = _quantiles(
        lambda difference: _chances(difference, first, second, together, dense=True),
        score,
        np.tanh(math.atanh(middle) + math.sqrt(variance1 + variance2 + apart**2) / (1 - middle**2) * score),
    )
    return tuple((sign * found).tolist())


def sampled_differences(
    probabilities: Sequence[float], first: tuple[Array, Array], second: tuple[Array, Array]
) -> Array:
    """Return quantiles of first share - second share for many pairs of groups among people like these.

    Parameters
    ----------
    probabilities : sequence of float
    first, second : (a, b)
        Of each pair of groups the shares are Beta(a, b): arrays of one shape (pairs,).

    Returns
    -------
    numpy.ndarray, shape (pairs, probabilities)

    Examples
    --------
    >>> first, second = (np.array([7.5]), np.array([0.5])), (np.array([28.5]), np.array([14.5]))
    >>> sampled_differences([0.025, 0.975], first, second).round(3).tolist()
    [[0.019, 0.455]]
    """
    steps = np.array([natural_step(*first), natural_step(*second)])
    narrow = steps.argmin(axis=0)
    sign = np.where(narrow == 0, 1.0, -1.0)[:, None]
    betas = np.take_along_axis(np.array([first, second]), np.array([narrow, 1 - narrow])[:, None], axis=0)
    tails = np.where(sign > 0, probabilities, np.subtract(1.0, probabilities))
    # A start as Newcombe's limits, from those of each share: Zou & Donner (2008), Statistics in Medicine 27, 1693-1702.
    (a1, b1), (a2, b2) = betas[..., None]
    mean1, mean2 = a1 / (a1 + b1), a2 / (a2 + b2)
    aside = special.betaincinv(a1, b1, tails) - mean1, special.betaincinv(a2, b2, 1 - tails) - mean2
    start = mean1 - mean2 + np.where(tails < 0.5, -1.0, 1.0) * np.hypot(*aside)
    found = np.empty(tails.shape)
    order = np.argsort(steps.min(axis=0), kind="stable")  # what needs as many nodes goes together
    for rows in np.array_split(order, max(math.ceil(len(order) / AT_ONCE), 1)):
        one, other = (_sampled_groups(*beta[:, rows]) for beta in betas)
        law = partial(_chances, first=one, second=other, lost_weights=(np.zeros(1), np.ones(1)), dense=True)
        for place in range(len(probabilities)):
            found[rows, place] = _quantiles(law, special.ndtri(tails[rows, place]), start[rows, place])
    return np.asarray(sign * found)


def _quantiles(law: Callable[[Array], tuple[Array, Array]], score: Array, start: Array) -> Array:
    """Return quantiles of differences, at these normal scores, from probability and density and from a start.

    Against the normal score of its posterior atanh of a difference is nearly a straight line, and values and slopes at
    the last two places tell it as a cubic; a step out of the bracket that was found so far halves that instead.
    """
    place = np.arctanh(start)
    low, high = np.full(score.shape, -FARTHEST_PLACE), np.full(score.shape, FARTHEST_PLACE)
    found = np.zeros(score.shape, dtype=bool)
    last = place, np.full(score.shape, np.nan), place
    for _ in range(MOST_STEPS):
        chance, density = law(np.tanh(place))
        reached = special.ndtri(chance)
        low, high = np.where(reached < score, place, low), np.where(reached < score, high, place)
        with np.errstate(all="ignore"):
            rise = np.exp(-(reached**2) / 2) / math.sqrt(2 * math.pi) * np.cosh(place) ** 2 / density
            newton, part = place + (score - reached) * rise, (score - reached) / (reached - last[1])
            cubic = _cubic(part, last, (place, reached, rise))
            trial = np.where(np.isfinite(cubic), cubic, newton)
            # A straight line is off by the square of the step, the cubic by a small part of what it is off from that.
            off = np.where(np.isfinite(cubic), np.abs((cubic - newton) * part), (score - reached) ** 2 * rise)
        inside = (low < trial) & (trial < high)
        near = (inside & (off < TOLERANCE)) | (high - low < TOLERANCE) | (reached == score)
        last = place, reached, rise
        place = np.where(found | (reached == score), place, np.where(inside, trial, (low + high) / 2))
        found |= near
        if found.all():
            break
    return np.tanh(place)


def _cubic(part: Array, one: tuple[Array, ...], other: tuple[Array, ...]) -> Array:
    """Return a cubic beyond the second of two (value, place, slope), by so much of the way from the first."""
    (y0, x0, m0), (y1, x1, m1) = one, other
    first, last, rise = m0 * (x1 - x0), m1 * (x1 - x0), y1 - y0
    return np.asarray(y1 + part * (last + part * (first + 2 * last - 3 * rise + part * (first + last - 2 * rise))))


def difference_quantile(
    cdf: Callable[[float], float], probability: float, *, mean: float, spread: float, tolerance: float = 1e-9
) -> float:
    """Return a quantile of a difference, of which mean and spread are known about.

    Against atanh of a difference the normal score of its posterior is nearly a straight line.
    """
    score, middle = float(special.ndtri(probability)), min(max(mean, -0.99), 0.99)
    width = spread / (1 - middle**2)
    found = secant_root(
        lambda place: float(special.ndtri(cdf(math.tanh(place)))) - score,
        math.atanh(middle) + width * score,
        slope=1 / width,
        ends=(-FARTHEST_PLACE, FARTHEST_PLACE),
        tolerance=tolerance,
    )
    return math.tanh(found)


@lru_cache(maxsize=256)
def _moments(group: LogitGroup) -> tuple[float, float]:
    """Return about the mean and the variance of a group's share."""
    logits = np.linspace(group.low, group.high, 65)
    weights, shares = group.density(logits), special.expit(logits)
    mean = float(weights @ shares / weights.sum())
    return mean, float(weights @ (shares - mean) ** 2 / weights.sum())


def selected_pair(
    first: Beta, second: Beta, *, tau: float, mean: float = 0.0, correlation: float = 0.5
) -> tuple[LogitGroup, LogitGroup, float]:
    """Return two groups of a population and the spread of what they lose together.

    Parameters
    ----------
    tau, mean : float
        Of each group's log participation ratio.
    correlation : float
        Between the two, 0 to 1: both are mean + tau (sqrt(correlation) u + sqrt(1 - correlation) v), u in common.

    Examples
    --------
    >>> found = difference_quantiles([0.025, 0.975], *selected_pair((7.5, 0.5), (28.5, 14.5), tau=0.5))
    >>> [round(value, 2) for value in found]
    [-0.02, 0.57]
    """
    own = tau * math.sqrt(1 - correlation)
    one, other = (selected_group(beta, tau=own, mean=mean) for beta in (first, second))
    return one, other, tau * math.sqrt(correlation)
