"""The arithmetic of who took part: shares among people like these, turned into shares of a population.

``logit(share in the population) = logit(share among people like these) - lambda`` with lambda ~ Normal(mean, tau^2),
independent of the share. Everything is done on the logit scale by the trapezoidal rule, whose error there falls
exponentially with the number of nodes (Trefethen & Weideman 2014, https://doi.org/10.1137/130932132).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.roots import increasing_root, one_root, secant_roots
from csea_stats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from csea_stats.base.roots import Array


TINY = 1e-17
"""Probability left out in each tail of a quadrature: below the rounding of a double."""

REACH = 9.0
"""Standard deviations of a normal distribution that a quadrature covers."""

MISFIT = 0.05
"""Log ratio by which a quantile asked for may be missed without a word."""

MOST_NODES = 1500
"""Nodes of one quadrature before the other of two equivalent forms is used."""


def _real(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)) or value != value:  # noqa: PLR0124
        message = f"{name}: found {value!r}; allowed is a number"
        raise InputError(message)
    return float(value)


def tau_for_mean_error(points: float, at: float = 0.5) -> float:
    """Return the tau at which a share is off by so many percentage points on average.

    Parameters
    ----------
    points : float
        Mean absolute error in percentage points.
    at : float, default 0.5
        The share, between 0 and 1.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If no tau up to 20 gives that error.

    Notes
    -----
    Solves ``100 E|expit(logit(at) - tau z) - at| = points`` for standard normal z; each half of the integral has a
    smooth integrand (the whole has a kink at 0, which Gauss-Hermite rules miss).

    Examples
    --------
    >>> round(tau_for_mean_error(10, 0.5), 3), round(tau_for_mean_error(8.4, 0.7), 2)
    (0.523, 0.51)
    """
    points, at = _real("points", points), _real("at", at)
    if not 0 < at < 1:
        message = f"at: found {at!r}; allowed is a share between 0 and 1"
        raise InputError(message)
    largest = mean_error(20.0, at)
    if not 0 < points < largest:
        message = f"points: found {points!r}; allowed for a share of {at:g} is above 0 and below {largest:.1f}"
        raise InputError(message)
    return one_root(lambda tau: mean_error(tau, at) - points, 1e-9, 20.0)


def mean_error(tau: float, at: float) -> float:
    """Return the mean absolute error, in percentage points, of a share under selection of strength tau.

    Examples
    --------
    >>> [round(mean_error(tau, 0.5), 1) for tau in (0.25, 0.5, 1)]
    [4.9, 9.6, 17.5]
    """
    z, density = _half_normal()
    place = special.logit(at)
    error = np.abs(special.expit(place - tau * z) - at) + np.abs(special.expit(place + tau * z) - at)
    return float(100 * density @ error)


def mean_square_error(share: float, tau: float, mean: float = 0.0) -> float:
    """Return the mean square of (share in the population - share), over the log participation ratio.

    Examples
    --------
    >>> round(mean_square_error(0.5, 1e-4) / (1e-4 / 4) ** 2, 6)  # the delta method
    1.0
    """
    z, density = _half_normal()
    place = special.logit(share) - mean
    return float(density @ sum((special.expit(place + side * tau * z) - share) ** 2 for side in (-1, 1)))


@cache
def _half_normal() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(200)
    z = (nodes + 1) / 2 * REACH
    return z, np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * weights * REACH / 2


def normal_from_quantiles(quantiles: Mapping[float, float]) -> tuple[float, float]:
    """Return mean and tau of the log participation ratio, by least squares on its quantiles.

    Parameters
    ----------
    quantiles : mapping of probability to ratio
        Two or more; the ratios rise with the probabilities.

    Returns
    -------
    mean, tau : float

    Raises
    ------
    InputError
        If a probability is not between 0 and 1, a ratio not above 0, or the ratios do not rise.

    Examples
    --------
    >>> mean, tau = normal_from_quantiles({0.025: 0.5, 0.975: 2.0})
    >>> round(mean, 9), round(tau, 4)
    (0.0, 0.3537)
    """
    if not hasattr(quantiles, "items") or len(quantiles) < 2:
        message = f"quantiles: found {quantiles!r}; allowed is a mapping of two or more probabilities to ratios"
        raise InputError(message)
    pairs = sorted((_real("probability", p), _real("ratio", r)) for p, r in quantiles.items())
    for probability, ratio in pairs:
        if not 0 < probability < 1 or not 0 < ratio < math.inf:
            found = f"{probability!r}: {ratio!r}"
            message = f"quantiles: found {found}; allowed are probabilities between 0 and 1, ratios above 0"
            raise InputError(message)
    scores = special.ndtri([p for p, _ in pairs])
    logs = np.log([r for _, r in pairs])
    spread = scores - scores.mean()
    tau = float(spread @ logs / (spread @ spread))
    if tau <= 0 or np.any(np.diff(logs) < 0):
        message = f"quantiles: found {dict(pairs)!r}; the ratios must rise with the probabilities"
        raise InputError(message)
    return float(logs.mean() - tau * scores.mean()), tau


def quantile_words(quantiles: Mapping[float, float], mean: float, tau: float) -> str:
    """Return what a normal distribution makes of the quantiles asked for, where it misses one by over 5 %; else "".

    Examples
    --------
    >>> asked = {0.05: 0.8, 0.5: 1.2, 0.95: 3.0}
    >>> quantile_words(asked, *normal_from_quantiles(asked))
    ' (given as 0.80, 1.20 and 3.00; the nearest log-normal has 0.73, 1.42 and 2.76)'
    """
    pairs = sorted(quantiles.items())
    given = [ratio for _, ratio in pairs]
    used = [math.exp(mean + tau * float(special.ndtri(probability))) for probability, _ in pairs]
    if all(abs(math.log(one / other)) <= MISFIT for one, other in zip(given, used, strict=True)):
        return ""
    told = [f"{', '.join(f'{r:.2f}' for r in values[:-1])} and {values[-1]:.2f}" for values in (given, used)]
    return f" (given as {told[0]}; the nearest log-normal has {told[1]})"


def shift_odds(share: ArrayLike, factor: ArrayLike) -> Array:
    """Return shares whose odds are multiplied by a factor; 0 and 1 stay.

    Examples
    --------
    >>> shift_odds([0, 0.5, 1], 3).tolist()
    [0.0, 0.75, 1.0]
    """
    share, factor = np.asarray(share, float), np.asarray(factor, float)
    return np.asarray(share * factor / (1 - share + share * factor))


def logit_nodes(a: Array, b: Array, step: ArrayLike = math.inf) -> tuple[Array, Array]:
    """Return nodes and weights of the logit of Beta(a, b), a row for each pair.

    Parameters
    ----------
    a, b : numpy.ndarray, shape (rows,)
    step : array-like
        Largest distance between nodes; smaller ones are taken where the density needs them.

    Returns
    -------
    nodes, weights : numpy.ndarray, shape (rows, nodes)
        Weights sum to 1 in each row.

    Notes
    -----
    The characteristic function of logit Beta is Gamma(a + it) Gamma(b - it) / (Gamma(a) Gamma(b)); at t = 2 pi / step,
    which bounds the error of the rule, it is below 1e-11 for the steps used here.
    """
    low, high = logit_ends(a, b)
    fine = np.minimum(natural_step(a, b), step)
    number = int(np.max(np.ceil((high - low) / fine))) + 1
    nodes = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, number)
    logs = a[:, None] * special.log_expit(nodes) + b[:, None] * special.log_expit(-nodes)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return nodes, weights / weights.sum(axis=1, keepdims=True)


def normal_weights(z: Array) -> Array:
    """Return the weights of evenly spaced nodes of a standard normal distribution; they sum to 1."""
    weights = np.exp(-(z**2) / 2)
    return np.asarray(weights / weights.sum())


def natural_step(a: Array | float, b: Array | float) -> Array:
    """Return the distance between nodes that the logit of Beta(a, b) needs."""
    return np.asarray(np.minimum(0.6 * np.sqrt(1 / a + 1 / b), 0.35))


def logit_ends(a: Array | float, b: Array | float) -> tuple[Array, Array]:
    """Return where the logit of Beta(a, b) has ended, on either side."""
    with np.errstate(divide="ignore"):
        low = special.logit(np.maximum(_lowest(a, b), 1e-300))
        high = -special.logit(np.maximum(_lowest(b, a), 1e-300))
    return low, high


def _lowest(a: Array | float, b: Array | float) -> Array:
    """Return the quantile of Beta(a, b) below which next to nothing lies."""
    found = special.betaincinv(a, b, TINY)
    # SciPy (1.18) finds none for some a and b near 1; so low, the first term of the series is the whole of it.
    first = np.exp((math.log(TINY) + np.log(a) + special.betaln(a, b)) / a)
    return np.asarray(np.where(np.isnan(found), first, found))


def _rows(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.array(v, dtype=float).ravel() for v in np.broadcast_arrays(*np.atleast_1d(*values)))


def logit_cdf(a: ArrayLike, b: ArrayLike, mean: ArrayLike, tau: ArrayLike) -> Callable[[Array], Array]:
    """Return the distribution function of logit(share in the population), for many posteriors at once.

    Parameters
    ----------
    a, b : array-like
        The share among people like these is Beta(a, b).
    mean, tau : array-like
        Of the log participation ratio; tau may be 0.

    Returns
    -------
    callable
        Takes logits of shape (rows, any) and returns probabilities of that shape.

    Notes
    -----
    Two equal forms: the sum over the share of Phi((m - l + mean) / tau), and, where tau is small beside the spread
    of the share, the sum over lambda of the Beta distribution function.
    """
    a, b, mean, tau = _rows(a, b, mean, tau)
    low, high = logit_ends(a, b)
    step = np.minimum(natural_step(a, b), tau / 1.5)
    with np.errstate(divide="ignore"):
        over_share = (high - low) / step < MOST_NODES
    over_lambda = ~over_share
    nodes, weights = logit_nodes(a[over_share], b[over_share], step[over_share]) if over_share.any() else (None, None)
    z = np.arange(-REACH, REACH + 0.25, 0.5)
    normal = normal_weights(z)

    def cdf(logits: Array) -> Array:
        found = np.empty(logits.shape)
        if nodes is not None and weights is not None:
            place = (logits[over_share] + mean[over_share, None])[:, :, None] - nodes[:, None, :]
            found[over_share] = np.einsum("rqn,rn->rq", special.ndtr(place / tau[over_share, None, None]), weights)
        if over_lambda.any():
            centre = logits[over_lambda] + mean[over_lambda, None]
            place = centre[:, :, None] + tau[over_lambda, None, None] * z
            below = special.betainc(a[over_lambda, None, None], b[over_lambda, None, None], special.expit(place))
            found[over_lambda] = below @ normal
        return found

    return cdf


def selected_cdf(share: ArrayLike, a: ArrayLike, b: ArrayLike, *, tau: ArrayLike, mean: ArrayLike = 0.0) -> Array:
    """Return P(share in the population <= share), for a share among people like these of Beta(a, b).

    Parameters
    ----------
    share : array-like
        0 to 1; broadcast against ``a``, ``b``, ``mean``, ``tau``.

    Examples
    --------
    >>> (1 - selected_cdf(0.5, 35.5, 14.5, tau=[0, 0.25, 0.5, 1])).round(3).tolist()
    [0.999, 0.99, 0.94, 0.809]
    """
    shape = np.broadcast_shapes(*(np.shape(v) for v in (share, a, b, mean, tau)))
    shares, a, b, mean, tau = _rows(share, a, b, mean, tau)
    with np.errstate(divide="ignore"):
        logits = special.logit(shares)
    return np.asarray(logit_cdf(a, b, mean, tau)(logits[:, None])[:, 0].reshape(shape))


def selected_quantiles(
    probabilities: ArrayLike, a: ArrayLike, b: ArrayLike, *, tau: ArrayLike, mean: ArrayLike = 0.0
) -> Array:
    """Return quantiles of the share in the population, a row for each posterior and a column for each probability.

    Examples
    --------
    >>> selected_quantiles([0.025, 0.975], 35.5, 14.5, tau=[0.25, 0.5, 1]).round(3).tolist()
    [[0.534, 0.848], [0.441, 0.889], [0.243, 0.951]]
    """
    a, b, mean, tau = _rows(a, b, mean, tau)
    wanted = special.ndtri(np.broadcast_to(np.asarray(probabilities, float), (len(a), np.size(probabilities))))
    low, high = logit_ends(a, b)
    cdf = logit_cdf(a, b, mean, tau)
    ends = (low - mean - REACH * tau)[:, None], (high - mean + REACH * tau)[:, None]
    middle = (special.digamma(a) - special.digamma(b) - mean)[:, None]
    spread = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b) + tau**2)[:, None]

    def over(logits: Array) -> Array:  # as normal scores, nearly a straight line
        return np.asarray(special.ndtri(np.clip(cdf(logits), 1e-300, 1 - 1e-16)) - wanted)

    logits = secant_roots(
        over,
        middle + spread * wanted,
        slope=np.broadcast_to(1 / spread, wanted.shape),
        ends=(np.broadcast_to(ends[0], wanted.shape), np.broadcast_to(ends[1], wanted.shape)),
        tolerance=1e-12,
    )
    return np.asarray(special.expit(logits))


def finite_cdf(
    others: ArrayLike, rest: ArrayLike, a: ArrayLike, b: ArrayLike, *, tau: ArrayLike = 0.0, mean: ArrayLike = 0.0
) -> Array:
    """Return P(at most ``others`` of the ``rest`` who did not answer would give the answer).

    Parameters
    ----------
    others : array-like
        From 0 to ``rest``; values between whole numbers interpolate.
    rest : array-like of int
        How many did not answer.
    a, b : array-like
        The share among people like these is Beta(a, b).
    tau, mean : array-like
        Of the log participation ratio; both 0: a random draw.

    Notes
    -----
    P(Bin(M, P) <= k) = P(P < B) with B ~ Beta(k + 1, M - k), so the probability is the mean of the population's
    distribution function over B: the same cost for 60 people and for a million.

    Examples
    --------
    >>> finite_cdf([2, 3], 3, 0.5, 0.5).round(4).tolist()
    [0.6875, 1.0]
    """
    shape = np.broadcast_shapes(*(np.shape(v) for v in (others, rest, a, b, tau, mean)))
    others, rest, a, b, tau, mean = _rows(others, rest, a, b, tau, mean)
    answer = np.where(others >= rest, 1.0, 0.0)
    inside = (others > -1) & (others < rest)
    if inside.any():
        k, m, a, b, tau, mean = (v[inside] for v in (others, rest, a, b, tau, mean))
        spread = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b) + tau**2)
        nodes, weights = logit_nodes(k + 1, m - k, spread / 2)
        answer[inside] = np.einsum("rn,rn->r", logit_cdf(a, b, mean, tau)(nodes), weights)
    return np.asarray(answer.reshape(shape))


def finite_quantiles(
    probabilities: ArrayLike,
    rest: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    *,
    tau: ArrayLike = 0.0,
    mean: ArrayLike = 0.0,
) -> NDArray[np.int64]:
    """Return the smallest number of the ``rest`` who would give the answer with P(so many or fewer) >= probability.

    All arguments are broadcast against each other; those who answered are to be added.

    Examples
    --------
    >>> found = finite_quantiles([0.025, 0.975], 200 - 49, 35.5, 14.5, tau=0.5)
    >>> ((35 + found) / 200).tolist()
    [0.5, 0.855]
    """
    shape = np.broadcast_shapes(*(np.shape(v) for v in (probabilities, rest, a, b, tau, mean)))
    wanted, rest, a, b, tau, mean = _rows(probabilities, rest, a, b, tau, mean)

    def cdf(others: Array) -> Array:
        return finite_cdf(others, rest, a, b, tau=tau, mean=mean)

    near = increasing_root(lambda k: cdf(k) - wanted, np.zeros(rest.shape), rest, tolerance=1e-2)
    others = np.clip(np.ceil(near - 1e-2), 0, rest)  # the whole number above the crossing, confirmed below
    while (low := cdf(others) < wanted).any():
        others = np.where(low, others + 1, others)
    while (high := (others > 0) & (cdf(others - 1) >= wanted)).any():
        others = np.where(high, others - 1, others)
    return np.asarray(others.reshape(shape).astype(np.int64))
