"""Interval limits for the odds ratio of two independent groups, as arrays: profiles of a penalised likelihood, exact.

A table is x1 of n1 against x2 of n2; b is the log odds ratio of the first group against the second.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.association_measures import conditional
from csea_stats.base.differences import cubic_hermite, slopes
from csea_stats.base.roots import increasing_root, one_root
from csea_stats.base.selection import REACH, logit_ends, normal_weights
from csea_stats.base.two_binomials import each_table
from csea_stats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.base.differences import Function
    from csea_stats.base.roots import Array
    from csea_stats.base.two_binomials import Groups, Limits


Table = tuple[float, float, float, float]
"""x1, n1, x2, n2."""

FARTHEST = 50.0
"""Log odds ratio beyond which a Logistic(0, 1) prior leaves less than the rounding of a double."""

NEAR_ONE = math.nextafter(1.0, 0.0)
"""The largest difference of two shares that is not 1."""

PRIORS: dict[str, Callable[[Array], Array]] = {
    "logistic": lambda b: np.asarray(2 * special.log_expit(b) - b),
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
        ends = [logit_ends(x + 0.5, n - x + 0.5) for x, n in ((x1, n1), (x2, n2))]
        low1, high1, low2, high2 = (float(end) for pair in ends for end in pair)
        self._b = _nodes(table, low1 - high2, high1 - low2)
        self._width = float(self._b[1] - self._b[0])
        part1, part2 = n1 / (n1 + n2), n2 / (n1 + n2)
        low, high = part1 * low1 + part2 * low2, part1 * high1 + part2 * high2
        step = min(0.8 * _spread(table), 0.35)
        alpha = np.linspace(low, high, math.ceil((high - low) / step) + 1)[None, :]
        l1, l2 = alpha + self._b[:, None] * part2, alpha - self._b[:, None] * part1
        log = _log_likelihood(table, l1, l2) + special.log_expit(alpha) - alpha / 2
        most = log.max(axis=1)
        self._likely = most + np.log(np.exp(log - most[:, None]).sum(axis=1))
        self._cdf: dict[str, tuple[Function, float]] = {}

    def _table(self, prior: str) -> tuple[Function, float]:
        """Return the distribution function, not clipped, and the standard deviation."""
        if prior not in self._cdf:
            log = self._likely + PRIORS[prior](self._b)
            dense, width = np.exp(log - log.max()), self._width
            slope = slopes(dense, width)
            steps = (dense[1:] + dense[:-1]) * width / 2 + (slope[:-1] - slope[1:]) * width**2 / 12
            below = np.concatenate([[0.0], np.cumsum(steps)])
            weights = dense / dense.sum()
            spread = math.sqrt(float(weights @ (self._b - weights @ self._b) ** 2))
            self._cdf[prior] = cubic_hermite(self._b, below / below[-1], dense / below[-1]), spread
        return self._cdf[prior]

    def _below(self, b: Array, prior: str) -> Array:
        return np.asarray(np.clip(self._table(prior)[0](b), 0.0, 1.0))

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
        step = min(0.25, 0.5 * self._table(prior)[1] / spread)
        z = np.linspace(-REACH, REACH, 2 * math.ceil(REACH / step) + 1)
        return np.asarray(self._below(b[:, None] + spread * z, prior) @ normal_weights(z))

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


class TiedShares:
    """Posterior of two shares with a Logistic(0, 1) prior on their log odds ratio, in the plane of both logits.

    Parameters
    ----------
    table : (x1, n1, x2, n2)

    Notes
    -----
    The prior is that of `LogOdds`. Nodes are rows of one sum u of the logits; along a row their difference b runs over
    what either group and the prior leave of it. A difference or a ratio of the shares increases with b, so that at most
    so much of it is b up to one place in each row, and that place is analytic in u: the trapezoidal rule over the rows
    converges exponentially, wherever that place is. Along a row the distribution function has the rule's first two end
    corrections and is interpolated by quintic Hermite.
    """

    __slots__ = ("_law", "_low", "_number", "_width", "level")

    def __init__(self, table: Table) -> None:
        (low1, high1), (low2, high2), (least, most) = _ends(table[:2]), _ends(table[2:]), _apart(table)
        low = max(low1 + low2, 2 * low1 - most, 2 * low2 + least)
        high = min(high1 + high2, 2 * high1 - least, 2 * high2 + most)
        self.level = np.linspace(low, high, math.ceil((high - low) / min(*_spreads(table), 0.5)) + 1)
        u = self.level[:, None]
        self._low = np.maximum(np.maximum(2 * low1 - u, u - 2 * high2), least)
        span = np.maximum(np.minimum(np.minimum(2 * high1 - u, u - 2 * low2), most) - self._low, 1e-9)
        self._number = math.ceil(float(span.max()) / min(0.5 * _spread(table), 0.2)) + 1
        self._width = span / (self._number - 1)
        b = self._low + self._width * np.arange(self._number)
        log = _log_joint(table, (u + b) / 2, (u - b) / 2)
        dense = np.exp(log - log.max()) * self._width
        beside = np.pad(dense, ((0, 0), (2, 2)))
        one, two = beside[:, 3:-1] - beside[:, 1:-3], beside[:, 4:] - beside[:, :-4]
        below = np.cumsum(dense, axis=1) - dense / 2 - 41 / 720 * one + 11 / 1440 * two
        self._law = np.stack([below, dense, (8 * one - two) / 12], axis=2).reshape(-1, 3) / dense.sum()

    def below(self, b: Array) -> float:
        """Return the probability of a log odds ratio up to a value for each row."""
        place = np.clip((b - self._low[:, 0]) / self._width[:, 0], 0.0, self._number - 1.0)
        index = np.minimum(place.astype(np.int64), self._number - 2)
        t = place - index
        index += np.arange(len(index)) * self._number
        y0, m0, s0 = self._law[index].T
        y1, m1, s1 = self._law[index + 1].T
        rise, turn, bend = y1 - y0 - m0 - s0 / 2, m1 - m0 - s0, s1 - s0
        fourth, fifth = 7 * turn - 15 * rise - bend, 6 * rise - 3 * turn + bend / 2
        high = 10 * rise - 4 * turn + bend / 2 + t * (fourth + t * fifth)
        return float(np.clip((y0 + t * (m0 + t * (s0 / 2 + t * high))).sum(), 0.0, 1.0))


tied_shares = lru_cache(maxsize=16)(TiedShares)
"""The posterior of a table, made once."""


class LogisticGap:
    """Posterior of the difference of two shares, with a Logistic(0, 1) prior on their log odds ratio.

    Parameters
    ----------
    table : (x1, n1, x2, n2)
    shifts : (float, float), default (0, 0)
        Log participation ratio of either group, taken from its log odds.

    Notes
    -----
    With u the sum and b the difference of two logits, p1 - p2 is sinh(b / 2) / (cosh(u / 2) + cosh(b / 2)): at most
    tanh(k) where b <= 2 k + 2 asinh(sinh(k) cosh(u / 2)). p1 / p2 is at most exp(2 k) where the same holds with
    exp(u / 2) in place of the cosh. Limits are good to 1e-5, also where all of a group answer alike and its
    participation ratio is large; those of a ratio to 1e-5 of themselves.

    Examples
    --------
    >>> [round(LogisticGap((7, 7, 28, 42)).quantile(p), 3) for p in (0.025, 0.975)]
    [-0.024, 0.412]
    >>> [round(LogisticRatio((7, 7, 28, 42)).quantile(p), 3) for p in (0.025, 0.975)]
    [0.966, 1.748]
    """

    __slots__ = ("_apart", "_factor", "_shares")

    def __init__(self, table: Table, shifts: tuple[float, float] = (0.0, 0.0)) -> None:
        self._shares = tied_shares(table)
        self._apart = shifts[0] - shifts[1]
        self._factor = self._bend((self._shares.level - shifts[0] - shifts[1]) / 2)

    @staticmethod
    def _bend(half: Array) -> Array:
        return np.asarray(np.cosh(half))

    def _below(self, k: float) -> float:
        return self._shares.below(2 * (k + np.arcsinh(math.sinh(k) * self._factor)) + self._apart)

    def cdf(self, value: float) -> float:
        """Return P(p1 - p2 <= value)."""
        return self._below(math.atanh(min(max(value, -NEAR_ONE), NEAR_ONE)))

    def quantile(self, probability: float) -> float:
        """Return the difference with that probability below it."""
        return one_root(lambda difference: self.cdf(difference) - probability, -1.0, 1.0, tolerance=1e-9)


class LogisticRatio(LogisticGap):
    """Posterior of the ratio of two shares under the same prior."""

    __slots__ = ()

    @staticmethod
    def _bend(half: Array) -> Array:
        return np.asarray(np.exp(half))

    def cdf(self, value: float) -> float:
        """Return P(p1 / p2 <= value)."""
        return self._below(math.log(value) / 2)

    def quantile(self, probability: float) -> float:
        """Return the ratio with that probability below it."""
        return math.exp(one_root(lambda log: self._below(log / 2) - probability, -50.0, 50.0, tolerance=1e-9))


def tied_grid(table: Table, others: tuple[int, int]) -> tuple[Array, Array, Array]:
    """Return nodes of both logits, and the probability at each pair of them under the prior of `TiedShares`.

    Parameters
    ----------
    others : (int, int)
        People of either group of whom binomial probabilities are summed over the nodes.
    """
    nodes = []
    for place, rest in enumerate(others):
        low, high = _ends(table[2 * place : 2 * place + 2])
        step = min(0.6 * _spreads(table)[place], 1.2 / math.sqrt(rest + 1), 0.25)
        nodes.append(np.linspace(low, high, math.ceil((high - low) / step) + 1))
    log = _log_joint(table, nodes[0][:, None], nodes[1][None, :])
    dense = np.exp(log - log.max())
    return nodes[0], nodes[1], dense / dense.sum()


def _log_likelihood(table: Table, l1: Array, l2: Array) -> Array:
    x1, n1, x2, n2 = table
    # log q = log p - logit, so one function call serves both answers
    first, second = n1 * special.log_expit(l1) - (n1 - x1) * l1, n2 * special.log_expit(l2) - (n2 - x2) * l2
    return np.asarray(first + second)


def _log_joint(table: Table, l1: Array, l2: Array) -> Array:
    """Return the log posterior density of two logits, up to a constant."""
    _, n1, _, n2 = table
    alpha, b = (n1 * l1 + n2 * l2) / (n1 + n2), l1 - l2
    return _log_likelihood(table, l1, l2) + special.log_expit(alpha) - alpha / 2 + PRIORS["logistic"](b)


def _spreads(table: Table) -> tuple[float, float]:
    """Return the standard deviation of either logit, its group alone."""
    x1, n1, x2, n2 = table
    one, other = (math.sqrt(1 / (x + 0.5) + 1 / (n - x + 0.5)) for x, n in ((x1, n1), (x2, n2)))
    return one, other


def _spread(table: Table) -> float:
    """Return the standard deviation of both logits' mean, their difference given."""
    one, other = _spreads(table)
    return 1 / math.hypot(1 / one, 1 / other)


def _ends(group: tuple[float, ...]) -> tuple[float, float]:
    """Return where a logit has ended; where x is 0 or n the prior, not the likelihood, ends its tail."""
    x, n = group
    low, high = (float(end[0]) for end in logit_ends(np.array([x + 0.5]), np.array([n - x + 0.5])))
    return max(low, -45.0), min(high, 45.0)


def _apart(table: Table) -> tuple[float, float]:
    """Return where the log odds ratio has ended: exp(-25) beyond the middles of data and prior."""
    x1, n1, x2, n2 = table
    middle = math.log((x1 + 0.5) / (n1 - x1 + 0.5)) - math.log((x2 + 0.5) / (n2 - x2 + 0.5))
    return min(middle, 0.0) - 25.0, max(middle, 0.0) + 25.0


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
    return each_table((x1, n1, x2, n2), lambda table: rule(table, level))


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
