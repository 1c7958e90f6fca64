"""Log likelihood and log prior of draws, for checks that need them apart; and draws from the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.regression.averages import everybody, thresholds_of
from csea_stats.regression.engines.group_cells import symmetric
from csea_stats.regression.engines.linear import drawn_firsts, first_log_prior
from csea_stats.regression.engines.links import link_of
from csea_stats.regression.engines.prior_densities import (
    alike_log_density,
    drawn,
    drawn_alike,
    drawn_spread,
    log_density,
    spread_log_density,
    stated_log_density,
)
from csea_stats.regression.problem import Array, EngineProblem, Places, Prior, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.design import Design


def cell_log_likelihood(design: Design, sample: Sample) -> Array:
    """Log P(answer k | pattern g) of one question for each draw: shape (S, G, K)."""
    return design.link.log_answers(sample.thresholds, everybody(design, sample))


def answers_log_likelihood(
    design: Design, sample: Sample, patterns: Places, answers: Places, items: Places | None = None
) -> Array:
    """Log P(answer | pattern), of numbers log densities, of some pairs of both for each draw: shape (S, C).

    Of several items each is of the one that `items` says.
    """
    if not design.several or items is None:
        return design.link.log_cells(sample.thresholds, everybody(design, sample), patterns, answers)
    found = np.empty((len(sample.thresholds), len(answers)))
    for item in range(len(design.items)):
        here, thresholds = items == item, thresholds_of(design, sample, item)
        eta = everybody(design, sample, item)
        found[:, here] = design.link.log_cells(thresholds, eta, patterns[here], answers[here])
    return found


def people_log_likelihood(
    design: Design, sample: Sample, patterns: Places, answers: Places, items: Places | None = None
) -> Array:
    """Log probability of everybody's answer, (S, n); of how many of how many, and of a set of exactly k, as a whole."""
    if design.exactly:
        return _sets_log_likelihood(design, sample, answers)
    if design.trials is None:
        return answers_log_likelihood(design, sample, patterns, answers, items)
    pattern, successes, trials = design.trials.T
    cells = cell_log_likelihood(design, sample)
    ways = special.gammaln(trials + 1) - special.gammaln(successes + 1) - special.gammaln(trials - successes + 1)
    return np.asarray(ways + successes * cells[:, pattern, 1] + (trials - successes) * cells[:, pattern, 0])


def scores(design: Design, sample: Sample) -> Array:
    """Log odds of each item for each pattern at every draw, (S, G, items), but for the thresholds that items share."""
    found = [everybody(design, sample, item) for item in range(len(design.items))]
    levels = sample.thresholds[:, None, :] if design.by_item else 0.0
    return np.asarray(np.stack(found, axis=-1) - levels)


def _sets_log_likelihood(design: Design, sample: Sample, answers: Places) -> Array:
    eta, chosen = scores(design, sample), design.exactly
    top = eta.max(axis=-1)
    normal = np.log(symmetric(np.exp(eta - top[..., None]), chosen, axis=-1)[chosen]) + chosen * top
    return np.asarray((answers.reshape(len(design.patterns), -1) * eta).sum(axis=-1) - normal)


def log_likelihood(design: Design, sample: Sample, reading: int = 0) -> Array:
    """Log likelihood of each draw."""
    if design.several:
        patterns, items, answers = design.rows_answered(reading)
        return np.asarray(people_log_likelihood(design, sample, patterns, answers, items).sum(axis=1))
    table = design.tables[reading]
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


def log_priors(
    problem: EngineProblem,
    sample: Sample,
    *,
    linear: Sequence[str] | None = None,
    monotonic: Sequence[str] | None = None,
    spreads: Sequence[str] | None = None,
) -> dict[str, Array]:
    """Log prior of each draw by parameter, of all that has a prior of its own; names by default as in `pymc_model`.

    Returns
    -------
    dict
        "shares" (or "intercept", "levels", "level, errors"), coefficients, their steps, standard deviations: (S,)
        arrays.

    Notes
    -----
    The effects of people and groups given their standard deviation are a level of the model, not a prior that could be
    chosen otherwise: power scaling leaves them out (Kallioinen et al. 2024, section 2.6).
    """
    if problem.family == "linear":
        found = {"level, errors": first_log_prior(problem, sample.thresholds)}
    elif problem.item is not None:
        found = {"levels": stated_log_density(problem.level, -sample.thresholds).sum(axis=1)}
    elif problem.intercept is None:
        found = {"shares": log_dirichlet(problem.thresholds, link_of(problem).log_shares(sample.thresholds))}
    else:
        name = "shares" if problem.intercept.family == "beta" else "intercept"
        found = {name: stated_log_density(problem.intercept, -sample.thresholds[:, 0])}
    for place, prior in enumerate(problem.linear_priors):
        item = f"linear[{place}]" if linear is None else linear[place]
        found[item] = coefficient_density(problem, prior, sample.linear, place)
    for place, prior in enumerate(problem.monotonic_priors):
        item = f"monotonic[{place}]" if monotonic is None else monotonic[place]
        found[item] = coefficient_density(problem, prior, sample.monotonic, place)
        found[f"{item} simplex"] = log_dirichlet(problem.simplexes, np.log(np.maximum(sample.zetas[place], 1e-300)))
    if sample.sds is not None:
        for place, (one, values) in enumerate(zip(problem.spreads, sample.sds.T, strict=True)):
            found[f"sd[{place}]" if spreads is None else spreads[place]] = spread_log_density(one.prior, values)
    return found


def prior_sample(problem: EngineProblem, *, draws: int = 4_000, seed: int | np.random.Generator = 1) -> Sample:
    """Draw from the prior; the counts are not looked at.

    Parameters
    ----------
    problem : EngineProblem
    draws : int, default 4000
    seed : int or Generator, default 1

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
    elif problem.item is not None:
        thresholds = -drawn(problem.level, (draws, problem.items), rng)
    elif problem.intercept is None:
        thresholds = link_of(problem).levels(_log_dirichlet(problem.thresholds, problem.answers, draws, rng)).T
    else:
        thresholds = -drawn(problem.intercept, (draws, 1), rng)
    linear = _drawn_coefficients(problem, problem.linear_priors, draws, rng)
    monotonic = _drawn_coefficients(problem, problem.monotonic_priors, draws, rng)
    zetas = tuple(np.exp(_log_dirichlet(problem.simplexes, step.shape[1], draws, rng)).T for step in problem.steps)
    sds, effects = [], []
    for one in problem.spreads:
        sds.append(drawn_spread(one.prior, draws, rng))
        effects.append(sds[-1][:, None] * rng.standard_normal((draws, one.members)))
    return Sample(
        thresholds=thresholds,
        linear=linear,
        monotonic=monotonic,
        zetas=zetas,
        diagnostics=(),
        engine="prior",
        effects=tuple(effects),
        sds=np.stack(sds, axis=1) if sds else None,
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
