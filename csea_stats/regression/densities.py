"""Log likelihood and log prior of draws, for checks that need them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.regression.averages import effects_of
from csea_stats.regression.engines.group_cells import symmetric
from csea_stats.regression.engines.linear import drawn_firsts, first_log_prior
from csea_stats.regression.engines.links import ORDERED, cutpoints, link_of
from csea_stats.regression.engines.prior_densities import (
    alike_log_density,
    drawn,
    drawn_alike,
    drawn_spread,
    log_density,
    spread_log_density,
    stated_log_density,
)
from csea_stats.regression.groups import (
    StackedReading,
    coefficient_priors,
    level_prior,
    named_effects,
    simplex_prior,
    spread_prior,
    threshold_prior,
)
from csea_stats.regression.problem import Prior, Sample, StackedSample

if TYPE_CHECKING:
    from csea_stats.regression.design import Design
    from csea_stats.regression.groups import StackedDesign
    from csea_stats.regression.problem import Array, EngineProblem, Places


def cell_log_likelihood(design: Design, sample: Sample) -> Array:
    """Log P(answer k | pattern g) for each draw: shape (S, G, K)."""
    return design.link.log_answers(sample.thresholds, effects_of(design, sample, design.patterns))


def answers_log_likelihood(design: Design, sample: Sample, patterns: Places, answers: Places) -> Array:
    """Log P(answer | pattern), of numbers log densities, of some pairs of both for each draw: shape (S, C)."""
    return design.link.log_cells(sample.thresholds, effects_of(design, sample, design.patterns), patterns, answers)


def people_log_likelihood(design: Design, sample: Sample, patterns: Places, answers: Places) -> Array:
    """Log probability of each respondent's answer, (S, n): of how many of how many that of the count."""
    if design.trials is None:
        return answers_log_likelihood(design, sample, patterns, answers)
    pattern, successes, trials = design.trials.T
    cells = cell_log_likelihood(design, sample)
    ways = special.gammaln(trials + 1) - special.gammaln(successes + 1) - special.gammaln(trials - successes + 1)
    return np.asarray(ways + successes * cells[:, pattern, 1] + (trials - successes) * cells[:, pattern, 0])


def log_likelihood(design: Design, sample: Sample, table: Array) -> Array:
    """Log likelihood of each draw."""
    patterns, answers = np.nonzero(table)
    return np.asarray(answers_log_likelihood(design, sample, patterns, answers) @ table[patterns, answers])


def log_dirichlet(concentration: float, log_shares: Array) -> Array:
    """Log density of a symmetric Dirichlet on its simplex, the constant included."""
    number = log_shares.shape[-1]
    constant = special.gammaln(number * concentration) - number * special.gammaln(concentration)
    return np.asarray(constant + (concentration - 1) * log_shares.sum(axis=-1))


def coefficient_density(problem: EngineProblem, prior: Prior, values: Array, place: int) -> Array:
    """Log prior density of a predictor's coefficient, or of its several together; `values` is (S, P) or (S, P W)."""
    if problem.width == 1:
        return log_density(prior, values[:, place])
    return alike_log_density(prior, values[:, place * problem.width : (place + 1) * problem.width].T)


def log_priors(problem: EngineProblem, sample: Sample) -> dict[str, Array]:
    """Log prior of each draw, by kind of parameter.

    Returns
    -------
    dict
        "thresholds", "linear", "monotonic", "simplexes": (S,) arrays.
    """
    draws = len(sample.thresholds)
    if problem.family == "linear":
        found = {"thresholds": first_log_prior(problem, sample.thresholds)}
    elif problem.intercept is None:
        log_shares = link_of(problem).log_shares(sample.thresholds)
        found = {"thresholds": log_dirichlet(problem.thresholds, log_shares)}
    else:
        found = {"thresholds": stated_log_density(problem.intercept, -sample.thresholds[:, 0])}
    for name, priors, values in (
        ("linear", problem.linear_priors, sample.linear),
        ("monotonic", problem.monotonic_priors, sample.monotonic),
    ):
        found[name] = np.zeros(draws)
        for place, prior in enumerate(priors):
            found[name] = found[name] + coefficient_density(problem, prior, values, place)
    found["simplexes"] = np.zeros(draws)
    for zeta in sample.zetas:
        found["simplexes"] = found["simplexes"] + log_dirichlet(problem.simplexes, np.log(np.maximum(zeta, 1e-300)))
    return found


def answer_log_likelihood(reading: StackedReading) -> Array:
    """Log probability of each answer at each draw, (S, answers); of each person's set, where exactly k are chosen."""
    design, draws = reading.design, reading.draws
    eta = scores(reading)
    if design.family == "conditional-bernoulli":
        chosen = design.model.outcome.chosen or 1
        top = eta.max(axis=-1)
        normal = np.log(symmetric(np.exp(eta - top[..., None]), chosen, axis=-1)[chosen]) + chosen * top
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


def stacked_log_priors(reading: StackedReading) -> dict[str, Array]:
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
        log_shares = ORDERED.log_shares(reading.thresholds)
        found["shares"] = log_dirichlet(threshold_prior(design), log_shares)
    linear, monotonic = coefficient_priors(design)
    for place, (item, prior) in enumerate(zip(design.columns_items, linear, strict=True)):
        found[item] = log_density(prior, values["b"][:, place])
    for item, prior in zip(design.monotonic_items, monotonic, strict=True):
        found[item] = log_density(prior, values[item])
        logs = np.log(np.maximum(values[f"{item} steps"], 1e-300))
        found[f"{item} simplex"] = log_dirichlet(simplex_prior(design), logs)
    spread = spread_prior(design)
    found.update({name: spread_log_density(spread, values[name]) for name in design.spreads})
    return found


def prior_reading(design: StackedDesign, draws: int, rng: np.random.Generator) -> StackedReading:
    """Draws from the prior, in the shape of a fit."""
    values: dict[str, Array] = {}
    items = len(design.items)
    if len(design.answers) == 2:
        values["levels"] = drawn(level_prior(design), (draws, items), rng)
    else:
        values["levels"] = cutpoints(_log_dirichlet(threshold_prior(design), len(design.answers), draws, rng)).T
    linear, monotonic = coefficient_priors(design)
    if linear:
        values["b"] = np.stack([drawn(prior, (draws,), rng) for prior in linear], axis=1)
    levels = [len(one.labels) for one in design.variables if one.shape == "monotonic"]
    for item, prior, number in zip(design.monotonic_items, monotonic, levels, strict=True):
        values[item] = drawn(prior, (draws,), rng)
        values[f"{item} steps"] = np.exp(_log_dirichlet(simplex_prior(design), number - 1, draws, rng)).T
    for name, (effect, shape) in zip(design.spreads, named_effects(design), strict=True):
        values[name] = drawn_spread(spread_prior(design), draws, rng)
        values[effect] = values[name].reshape(-1, *(1,) * len(shape)) * rng.standard_normal((draws, *shape))
    return StackedReading(design=design, sample=StackedSample(values=values, diagnostics=(), engine="prior", chains=1))


def prior_sample(problem: EngineProblem, *, draws: int = 4_000, seed: int = 1) -> Sample:
    """Draw from the prior; the counts are not looked at.

    Parameters
    ----------
    problem : EngineProblem
    draws : int, default 4000
    seed : int, default 1

    Returns
    -------
    Sample
        Independent draws; engine "prior", no diagnostics.

    Examples
    --------
    >>> from csea_stats.regression.problem import EngineProblem
    >>> sample = prior_sample(EngineProblem(counts=np.zeros((1, 5)), linear=np.zeros((1, 0))), draws=3)
    >>> sample.thresholds.shape
    (3, 4)
    """
    rng = np.random.default_rng(seed)
    if problem.family == "linear":
        thresholds = drawn_firsts(problem, draws, rng)
    elif problem.intercept is None:
        thresholds = link_of(problem).levels(_log_dirichlet(problem.thresholds, problem.answers, draws, rng)).T
    else:
        thresholds = -drawn(problem.intercept, (draws, 1), rng)
    return Sample(
        thresholds=thresholds,
        linear=_drawn_coefficients(problem, problem.linear_priors, draws, rng),
        monotonic=_drawn_coefficients(problem, problem.monotonic_priors, draws, rng),
        zetas=tuple(np.exp(_log_dirichlet(problem.simplexes, step.shape[1], draws, rng)).T for step in problem.steps),
        diagnostics=(),
        engine="prior",
    )


def _log_dirichlet(concentration: float, cells: int, draws: int, rng: np.random.Generator) -> Array:
    """Logarithms of Dirichlet draws, (cells, draws): of gammas of shape a + 1 times U^(1/a), which do not underflow."""
    logs = np.log(rng.standard_gamma(concentration + 1, (cells, draws)))
    logs -= rng.standard_exponential((cells, draws)) / concentration
    return np.asarray(logs - np.logaddexp.reduce(logs, axis=0))


def _drawn_coefficients(
    problem: EngineProblem, priors: tuple[Prior, ...], draws: int, rng: np.random.Generator
) -> Array:
    if problem.width > 1:
        parts = [drawn_alike(prior, draws, problem.width, rng) for prior in priors]
        return np.concatenate([*parts, np.empty((draws, 0))], axis=1)
    columns = np.empty((draws, len(priors)))
    for place, prior in enumerate(priors):
        columns[:, place] = drawn(prior, (draws,), rng)
    return columns
