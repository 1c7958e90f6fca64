"""Log likelihood and log prior of draws, for checks that need them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.regression.averages import effects_of
from csea_stats.regression.engines.prior_densities import log_density, stated_log_density

if TYPE_CHECKING:
    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Array, Problem, Sample


def cell_log_likelihood(design: Design, sample: Sample) -> Array:
    """Log P(answer k | pattern g) for each draw: shape (S, G, K)."""
    eta = effects_of(design, sample, design.patterns)
    draws, patterns = eta.shape
    answers = sample.thresholds.shape[1] + 1
    z = sample.thresholds[:, None, :] - eta[:, :, None]
    found = np.empty((draws, patterns, answers))
    found[:, :, 0] = special.log_expit(z[:, :, 0])
    found[:, :, -1] = special.log_expit(-z[:, :, -1])
    gaps = np.diff(sample.thresholds, axis=1)
    with np.errstate(divide="ignore"):
        between = np.log(-np.expm1(-np.maximum(gaps, 0)))[:, None, :]
    found[:, :, 1:-1] = special.log_expit(z[:, :, 1:]) + special.log_expit(-z[:, :, :-1]) + between
    return np.maximum(found, -1e300)


def log_likelihood(design: Design, sample: Sample, table: Array) -> Array:
    """Log likelihood of each draw."""
    cells = cell_log_likelihood(design, sample)
    used = table > 0
    return np.asarray(cells[:, used] @ table[used])


def log_dirichlet(concentration: float, log_shares: Array) -> Array:
    """Log density of a symmetric Dirichlet on its simplex, the constant included."""
    number = log_shares.shape[-1]
    constant = special.gammaln(number * concentration) - number * special.gammaln(concentration)
    return np.asarray(constant + (concentration - 1) * log_shares.sum(axis=-1))


def log_priors(problem: Problem, sample: Sample) -> dict[str, Array]:
    """Log prior of each draw, by kind of parameter.

    Returns
    -------
    dict
        "thresholds", "linear", "monotonic", "simplexes": (S,) arrays.
    """
    lower = special.log_expit(sample.thresholds)
    draws = len(lower)
    zero = np.zeros((draws, 1))
    shares = np.diff(np.concatenate([zero, np.exp(lower), zero + 1], axis=1), axis=1)
    logs = np.log(np.maximum(shares, 1e-300))
    if problem.intercept is None:
        found = {"thresholds": log_dirichlet(problem.thresholds, logs)}
    else:
        found = {"thresholds": stated_log_density(problem.intercept, -sample.thresholds[:, 0])}
    for name, priors, values in (
        ("linear", problem.linear_priors, sample.linear),
        ("monotonic", problem.monotonic_priors, sample.monotonic),
    ):
        found[name] = np.zeros(draws)
        for place, prior in enumerate(priors):
            found[name] = found[name] + log_density(prior, values[:, place])
    found["simplexes"] = np.zeros(draws)
    for zeta in sample.zetas:
        found["simplexes"] = found["simplexes"] + log_dirichlet(problem.simplexes, np.log(np.maximum(zeta, 1e-300)))
    return found
