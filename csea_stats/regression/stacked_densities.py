"""Log likelihood, log prior and prior draws of fits with group effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.regression.densities import log_dirichlet
from csea_stats.regression.engines.likelihood import cutpoints
from csea_stats.regression.engines.prior_densities import drawn, log_density, stated_log_density
from csea_stats.regression.problem import Prior
from csea_stats.regression.stacked_problem import (
    coefficient_prior,
    level_prior,
    named_effects,
    spread_prior,
    threshold_prior,
)
from csea_stats.regression.stacking import StackedReading, StackedSample, symmetric

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array
    from csea_stats.regression.stacking import StackedDesign


def answer_log_likelihood(reading: StackedReading) -> Array:
    """Log probability of each answer at each draw, (S, answers); of each person's set, where exactly k are chosen."""
    design, draws = reading.design, reading.draws
    eta = scores(reading)
    if design.family == "conditional-bernoulli":
        chosen = design.model.outcome.chosen or 1
        top = eta.max(axis=-1)
        normal = np.log(symmetric(np.exp(eta - top[..., None]), chosen)[chosen]) + chosen * top
        picked = design.answer.reshape(design.people, -1)
        return np.asarray((picked * eta).sum(axis=-1) - normal)
    own = eta[:, design.person, design.item]
    if design.by_item:
        return np.asarray(special.log_expit(np.where(design.answer == 1, own, -own)))
    edges = np.full((draws, reading.thresholds.shape[1] + 2), np.inf)
    edges[:, 0], edges[:, 1:-1] = -np.inf, reading.thresholds
    upper, lower = edges[:, design.answer + 1] - own, edges[:, design.answer] - own
    # s(h) - s(l) = s(h) s(-l) (1 - exp(l - h)), without cancellation
    with np.errstate(divide="ignore"):
        gap = np.log(-np.expm1(lower - upper))
    return np.maximum(special.log_expit(upper) + special.log_expit(-lower) + gap, -1e300)


def scores(reading: StackedReading) -> Array:
    """Linear predictor of every person and item at every draw, (S, people, items)."""
    design = reading.design
    every, items = np.arange(design.people), range(len(design.items))
    found = [reading.score(slice(0, reading.draws), design.patterns, every, item) for item in items]
    return np.stack(found, axis=-1)


def log_priors(reading: StackedReading) -> dict[str, Array]:
    """Log prior of each draw by parameter, constants included, of all that has a prior of its own.

    Parameters
    ----------
    reading : StackedReading

    Returns
    -------
    dict
        "levels" (or "shares": the answers' probabilities), coefficients, standard deviations: (S,) arrays.

    Notes
    -----
    The effects of people and groups given their standard deviation are a level of the model, not a prior that could be
    chosen otherwise: power scaling leaves them out (Kallioinen et al. 2024, section 2.6).
    """
    design, values = reading.design, reading.sample.values
    found: dict[str, Array] = {}
    if len(design.answers) == 2:
        found["levels"] = stated_log_density(level_prior(design), values["levels"]).sum(axis=1)
    else:
        below = special.expit(reading.thresholds)
        shares = np.diff(np.concatenate([0 * below[:, :1], below, 0 * below[:, :1] + 1], axis=1), axis=1)
        found["shares"] = log_dirichlet(threshold_prior(design), np.log(np.maximum(shares, 1e-300)))
    if "b" in values:
        prior_b = coefficient_prior(design)
        for place, item in enumerate(design.columns_items):
            found[item] = log_density(prior_b, values["b"][:, place])
    normal = Prior(family="normal", scale=spread_prior(design))
    found.update({name: np.log(2) + log_density(normal, values[name]) for name in design.spreads})
    return found


def prior_reading(design: StackedDesign, draws: int, rng: np.random.Generator) -> StackedReading:
    """Draws from the prior, in the shape of a fit."""
    values: dict[str, Array] = {}
    items = len(design.items)
    if len(design.answers) == 2:
        values["levels"] = drawn(level_prior(design), (draws, items), rng)
    else:
        alpha, answers = threshold_prior(design), len(design.answers)
        logs = np.log(rng.gamma(alpha + 1, size=(answers, draws))) - rng.standard_exponential((answers, draws)) / alpha
        values["levels"] = cutpoints(logs - np.logaddexp.reduce(logs, axis=0)).T
    if design.family != "conditional-bernoulli" and design.columns_items:
        values["b"] = drawn(coefficient_prior(design), (draws, len(design.columns_items)), rng)
    for name, (effect, shape) in zip(design.spreads, named_effects(design), strict=True):
        values[name] = spread_prior(design) * np.abs(rng.standard_normal(draws))
        values[effect] = values[name].reshape(-1, *(1,) * len(shape)) * rng.standard_normal((draws, *shape))
    return StackedReading(design=design, sample=StackedSample(values=values, diagnostics=(), engine="prior", chains=1))
