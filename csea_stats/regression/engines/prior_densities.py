"""Priors of numbers on the log-odds scale, their densities and draws; and draws from a problem's prior."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import special

from csea_stats.regression.problem import Array, Prior, SpreadPrior


def drawn(prior: Prior, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw from one prior."""
    if prior.family == "beta":  # logarithms of gammas of a small shape do not underflow
        shapes = np.reshape(prior.shapes, (2, *(1 for _ in shape)))
        logs = np.log(rng.gamma(shapes + 1, size=(2, *shape))) - rng.standard_exponential((2, *shape)) / shapes
        return np.asarray(logs[0] - logs[1])
    if prior.family == "logistic":
        standard = rng.logistic(size=shape)
    elif prior.family == "normal":
        standard = rng.standard_normal(shape)
    else:
        standard = rng.standard_t(prior.freedom, shape)
    return np.asarray(prior.centre + prior.scale * standard)


def log_density(prior: Prior, values: Array) -> Array:
    """Log density on the log-odds scale, its constant included.

    Examples
    --------
    >>> from csea_stats.regression.problem import Prior
    >>> even = Prior(family="beta", shapes=(1.0, 1.0))  # a uniform probability has standard logistic log odds
    >>> bool(np.isclose(log_density(even, np.ones(1)), log_density(Prior(family="logistic"), np.ones(1)))[0])
    True
    """
    if prior.family == "beta":
        a, b = prior.shapes
        return np.asarray(a * special.log_expit(values) + b * special.log_expit(-values) - special.betaln(a, b))
    x = (values - prior.centre) / prior.scale
    if prior.family == "logistic":
        size = np.abs(x)
        found = -size - 2 * np.log1p(np.exp(-size))
    elif prior.family == "normal":
        found = -0.5 * x**2 - 0.5 * np.log(2 * np.pi)
    else:
        v = prior.freedom
        constant = special.gammaln((v + 1) / 2) - special.gammaln(v / 2) - 0.5 * np.log(v * np.pi)
        found = constant - (v + 1) / 2 * np.log1p(x**2 / v)
    return np.asarray(found - np.log(prior.scale))


def spread_log_density(prior: SpreadPrior, values: Array) -> Array:
    """Log density of a standard deviation, its constant included.

    Examples
    --------
    >>> from csea_stats.regression.problem import SpreadPrior
    >>> spread_log_density(SpreadPrior(family="exponential", scale=0.5), np.zeros(1)).round(4).tolist()
    [0.6931]
    """
    if prior.family == "exponential":
        return np.asarray(-values / prior.scale - np.log(prior.scale))
    family: Literal["normal", "student-t"] = "normal" if prior.family == "half-normal" else "student-t"
    whole = Prior(family=family, scale=prior.scale, freedom=prior.freedom)
    return np.asarray(np.log(2) + log_density(whole, values))


def log_spreads(prior: SpreadPrior, scores: Array) -> Array:
    """Turn normal scores into log standard deviations: the prior's quantile of the score's probability, in either tail.

    Examples
    --------
    >>> from csea_stats.regression.problem import SpreadPrior
    >>> np.exp(log_spreads(SpreadPrior(), np.zeros(1))).round(4).tolist()  # the median of a half-normal
    [0.6745]
    """
    below, above = special.ndtr(np.minimum(scores, 0.0)), special.ndtr(-np.maximum(scores, 0.0))
    if prior.family == "exponential":
        small, large = -np.log1p(-below), -np.log(above)
    elif prior.family == "half-normal":
        small, large = np.sqrt(2) * special.erfinv(below), -special.ndtri(above / 2)
    else:  # t^2 / (v + t^2) follows a beta distribution
        half = prior.freedom / 2
        part, rest = special.betaincinv(0.5, half, below), special.betaincinv(half, 0.5, above)
        small = np.sqrt(prior.freedom * part / (1 - part))
        large = np.sqrt(prior.freedom * (1 - rest) / rest)
    return np.asarray(np.log(prior.scale * np.where(scores < 0, small, large)))


def drawn_spread(prior: SpreadPrior, number: int, rng: np.random.Generator) -> Array:
    """Draw standard deviations."""
    if prior.family == "exponential":
        return prior.scale * rng.standard_exponential(number)
    normal = prior.family == "half-normal"
    return prior.scale * np.abs(rng.standard_normal(number) if normal else rng.standard_t(prior.freedom, number))


def stated_log_density(prior: Prior, values: Array) -> Array:
    """Log density of what the prior is stated on: of a beta the probability, else the number itself."""
    found = log_density(prior, values)
    if prior.family == "beta":
        found = found - special.log_expit(values) - special.log_expit(-values)
    return np.asarray(found)


def slopes(prior: Prior, values: Array) -> tuple[Array, Array]:
    """Gradient, and what stands for minus the second derivative: of a t that of its normal mixture, never negative."""
    x = (values - prior.centre) / prior.scale
    if prior.family in ("beta", "logistic"):
        a, b = prior.shapes if prior.family == "beta" else (1.0, 1.0)
        share = special.expit(x)
        return (a - (a + b) * share) / prior.scale, (a + b) * share * (1 - share) / prior.scale**2
    if prior.family == "normal":
        return -x / prior.scale, np.full_like(x, 1 / prior.scale**2)
    weight = (prior.freedom + 1) / (prior.freedom + x**2) / prior.scale**2
    return -weight * x * prior.scale, weight


class AlikePriors:
    """Priors of the several coefficients of each predictor where answers have no order, log odds against the first.

    Parameters
    ----------
    priors : tuple of Prior
        One for each predictor.
    width : int
        Coefficients of each.

    Notes
    -----
    Each log odds ratio of any two answers has the stated prior, whichever answer is the first, and so has its
    negative. With d_1 = 0 and the others of K answers: normal and student-t are the multivariate ones whose d have
    scale s and correlation 1/2. Logistic: softmax(d/s) or softmax(-d/s), each with probability 1/2, is uniform over
    the simplex; for two answers that is a uniform probability, the logistic distribution itself.
    """

    def __init__(self, priors: tuple[Prior, ...], width: int) -> None:
        self._priors, self._width = priors, width

    def log_density(self, values: Array) -> Array:
        """Log density of all, columns being points; its constant included."""
        total = np.zeros(values.shape[1])
        for place, prior in enumerate(self._priors):
            total += alike_log_density(prior, values[place * self._width : (place + 1) * self._width])
        return total

    def gradient(self, values: Array) -> Array:
        """Gradient of the same."""
        parts = [values[place * self._width : (place + 1) * self._width] for place in range(len(self._priors))]
        found = [_alike_slope(prior, part) for prior, part in zip(self._priors, parts, strict=True)]
        return np.concatenate([*found, np.empty((0, values.shape[1]))])


def _sums(values: Array) -> tuple[Array, Array]:
    """Return log(1 + sum exp d), of d and of -d."""
    ends = np.concatenate([np.zeros((1, *values.shape[1:])), values])
    return np.logaddexp.reduce(ends, axis=0), np.logaddexp.reduce(-ends, axis=0)


def _tilted(values: Array) -> tuple[Array, Array]:
    """Return the log densities of both mixed uniform laws, without their constant."""
    up, down = _sums(values)
    whole, number = values.sum(axis=0), len(values) + 1
    return whole - number * up, -whole - number * down


def _square(prior: Prior, values: Array) -> Array:
    """Return d' S^-1 d of the scale matrix S = s^2 (I + 11') / 2."""
    x = values / prior.scale
    return np.asarray(2 * (np.square(x).sum(axis=0) - x.sum(axis=0) ** 2 / (len(x) + 1)))


def alike_log_density(prior: Prior, values: Array) -> Array:
    """Log density of one predictor's coefficients, (W, S), constant included; see `AlikePriors`.

    Examples
    --------
    >>> from csea_stats.regression.problem import Prior
    >>> one = np.array([[0.7]])  # two answers: the prior itself
    >>> bool(np.isclose(alike_log_density(Prior(), one), log_density(Prior(), one[0]))[0])
    True
    """
    size = len(values)
    if prior.family == "logistic":
        first, second = _tilted(values / prior.scale)
        constant = special.gammaln(size + 1) - np.log(2)
        return np.asarray(np.logaddexp(first, second) + constant - size * np.log(prior.scale))
    halves = 0.5 * (np.log(size + 1) - size * np.log(2)) + size * np.log(prior.scale)  # log root det S
    square = _square(prior, values)
    if prior.family == "normal":
        return np.asarray(-0.5 * square - halves - size / 2 * np.log(2 * np.pi))
    v = prior.freedom
    constant = special.gammaln((v + size) / 2) - special.gammaln(v / 2) - size / 2 * np.log(v * np.pi)
    return np.asarray(constant - halves - (v + size) / 2 * np.log1p(square / v))


def _alike_slope(prior: Prior, values: Array) -> Array:
    x, number = values / prior.scale, len(values) + 1
    if prior.family == "logistic":
        (up, down), (first, second) = _sums(x), _tilted(x)
        share = special.expit(first - second)
        return np.asarray(
            (share * (1 - number * np.exp(x - up)) + (1 - share) * (number * np.exp(-x - down) - 1)) / prior.scale
        )
    slope = -2 * (x - x.sum(axis=0) / number) / prior.scale
    if prior.family == "student-t":
        slope *= (prior.freedom + number - 1) / (prior.freedom + _square(prior, values))
    return np.asarray(slope)


def drawn_alike(prior: Prior, draws: int, width: int, rng: np.random.Generator) -> Array:
    """Draw one predictor's coefficients, (draws, width); see `AlikePriors`."""
    shape = (draws, width + 1)
    if prior.family == "logistic":
        free = np.log(rng.standard_exponential(shape)) * rng.choice([-1.0, 1.0], (draws, 1))
    else:
        free = rng.standard_normal(shape) / np.sqrt(2)
        if prior.family == "student-t":
            free /= np.sqrt(rng.chisquare(prior.freedom, (draws, 1)) / prior.freedom)
    return np.asarray(prior.scale * (free[:, 1:] - free[:, :1]))
