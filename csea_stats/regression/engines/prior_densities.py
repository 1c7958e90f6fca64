"""Priors of numbers on the log-odds scale, their densities and draws; and draws from a problem's prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, Prior


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
