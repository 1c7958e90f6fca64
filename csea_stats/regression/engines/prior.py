"""Draws from a problem's prior, for prior predictive checks and simulation-based calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.regression.engines.parameters import cutpoints
from csea_stats.regression.problem import Sample

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, Prior, Problem


def prior_sample(problem: Problem, *, draws: int = 4_000, seed: int = 1) -> Sample:
    """Draw from the prior; the counts are not looked at.

    Parameters
    ----------
    problem : Problem
    draws : int, default 4000
    seed : int, default 1

    Returns
    -------
    Sample
        Independent draws; engine "prior", no diagnostics.

    Examples
    --------
    >>> from csea_stats.regression.problem import Problem
    >>> sample = prior_sample(Problem(counts=np.zeros((1, 5)), linear=np.zeros((1, 0))), draws=3)
    >>> sample.thresholds.shape
    (3, 4)
    """
    rng = np.random.default_rng(seed)
    log_shares = _log_dirichlet(problem.thresholds, problem.answers, draws, rng)
    return Sample(
        thresholds=cutpoints(log_shares).T,
        linear=_coefficients(problem.linear_priors, draws, rng),
        monotonic=_coefficients(problem.monotonic_priors, draws, rng),
        zetas=tuple(np.exp(_log_dirichlet(problem.simplexes, step.shape[1], draws, rng)).T for step in problem.steps),
        diagnostics=(),
        engine="prior",
    )


def _log_dirichlet(concentration: float, cells: int, draws: int, rng: np.random.Generator) -> Array:
    """Logarithms of Dirichlet draws, (cells, draws): of gammas of shape a + 1 times U^(1/a), which do not underflow."""
    logs = np.log(rng.standard_gamma(concentration + 1, (cells, draws)))
    logs -= rng.standard_exponential((cells, draws)) / concentration
    return np.asarray(logs - np.logaddexp.reduce(logs, axis=0))


def _coefficients(priors: tuple[Prior, ...], draws: int, rng: np.random.Generator) -> Array:
    columns = np.empty((draws, len(priors)))
    for place, prior in enumerate(priors):
        if prior.family == "logistic":
            standard = rng.logistic(size=draws)
        elif prior.family == "normal":
            standard = rng.standard_normal(draws)
        else:
            standard = rng.standard_t(prior.freedom, draws)
        columns[:, place] = prior.scale * standard
    return columns
