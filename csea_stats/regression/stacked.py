"""Models with group effects: the engine `laplace` (nested), and the same model in PyMC for the engine `nuts`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.engines.nested import nested
from csea_stats.regression.engines.nuts import log_odds_variable
from csea_stats.regression.problem import Diagnostic
from csea_stats.regression.reading import STRIP
from csea_stats.regression.stacked_problem import (
    coefficient_prior,
    group_problem,
    level_prior,
    named_values,
    spread_prior,
    threshold_prior,
)
from csea_stats.regression.stacking import (
    FEW_GROUPS,
    StackedDesign,
    StackedReading,
    StackedSample,
    gamma_columns,
)

DRAWS, TUNE, CHAINS = 2_000, 1_500, 4
SPREADS = ("half-normal(0.5)", "half-normal(1)")
"""Priors of the standard deviations shown beside those of the coefficients: few groups barely tell a spread."""


def fit_stacked(design: StackedDesign, *, method: str, engine: str | None, seed: int) -> tuple[StackedReading, ...]:
    """Fit a design with group effects.

    Raises
    ------
    InputError
        For a frequentist fit (few groups: a spread is often estimated as 0), or an engine that cannot.
    """
    if method == "frequentist":
        small = [name for name, labels, _ in design.groups if len(labels) < FEW_GROUPS]
        why = (
            f"{small[0]!r} has fewer than {FEW_GROUPS} groups, where a spread is often estimated as 0" if small else ""
        )
        why = why or "a spread of few groups is often estimated as 0"
        message = (
            f"method 'frequentist': found group effects; {why}. Use method='bayes', or compare group by "
            "group: tabulate(...).contrasts()"
        )
        raise InputError(message)
    return (StackedReading(design=design, sample=sample_stacked(design, engine=engine, seed=seed)),)


def sample_stacked(design: StackedDesign, *, engine: str | None = None, seed: int = 1) -> StackedSample:
    """Draw from a stacked design's posterior, with the engine asked for or the first that passes its checks.

    Parameters
    ----------
    design : StackedDesign
    engine : {"laplace", "nuts"}, optional
        None: `laplace`, and where one of its checks fails, `nuts`; a diagnostic "fallback" says so.
    seed : int, default 1

    Raises
    ------
    InputError
        If the engine asked for, or the last one tried, fails its checks: a failed fit is never returned.
    """
    if engine == "nuts":
        return draw(design, seed)
    first = nested(group_problem(design), seed=seed)
    if not first.failed:
        values = named_values(design, first.draws)
        return StackedSample(values=values, diagnostics=first.diagnostics, engine="laplace", chains=1)
    why = " ".join(one.text for one in first.diagnostics if one.state == "fail")
    if engine == "laplace":
        message = (
            f"engine 'laplace' failed its checks: {why} Nothing is returned; leave engine=None, which falls back by "
            "itself"
        )
        raise InputError(message)
    second = draw(design, seed)
    text = f"Importance sampling failed ({why}); NUTS drew instead."
    told = Diagnostic(name="fallback", value=1.0, state="warn", text=text)
    return replace(second, diagnostics=(told, *second.diagnostics))


def with_prior(design: StackedDesign, prior: str) -> StackedDesign:
    """Return the design under another prior: of the spreads if it is half-normal, else of the coefficients."""
    slot = "scales" if prior.startswith("half-normal") else "coefficients"
    return replace(design, model=design.model.with_priors(**{slot: prior}))


def strip_priors(design: StackedDesign) -> tuple[str, ...]:
    """Return the priors under which its numbers are shown: of the coefficients, where there are, and of the spreads."""
    coefficients = () if design.family == "conditional-bernoulli" or not design.variables else STRIP
    return (*coefficients, *SPREADS)


def stacked_strip(
    design: StackedDesign, readings: tuple[StackedReading, ...], seed: int
) -> tuple[tuple[str, tuple[StackedReading, ...]], ...]:
    """Return the fits under each customary prior; the one in use is not fitted again."""
    own = (design.model.priors.coefficients.prior, design.model.priors.scales.prior)
    found = []
    for prior in strip_priors(design):
        if prior in own:
            found.append((prior, readings))
        else:
            other = with_prior(design, prior)
            found.append((prior, (StackedReading(design=other, sample=sample_stacked(other, seed=seed)),)))
    return tuple(found)


def stacked_model(design: StackedDesign) -> Any:
    """Write the model in PyMC."""
    import pymc as pm
    import pytensor.tensor

    pt: Any = pytensor.tensor
    with pm.Model() as model:
        columns = design.columns(design.patterns)
        eta = pt.zeros(len(design.person))
        if columns.shape[1] and design.family != "conditional-bernoulli":
            slopes = log_odds_variable("b", coefficient_prior(design), shape=columns.shape[1])
            eta = eta + (columns @ slopes)[design.person]
        eta = eta + _spreads(design, pm)
        if design.family == "conditional-bernoulli":
            _exactly(design, eta, pm, pt)
        elif len(design.answers) == 2:
            eta = eta + _levels(design, pm, pt)[design.item]
            pm.Bernoulli("answers", logit_p=eta, observed=design.answer)
        else:
            _ordered(design, eta, pm, pt)
    return model


def _spreads(design: StackedDesign, pm: Any) -> Any:
    """Effects of items, of items by predictors, of people and of groups: each a standard deviation times normals."""
    scale = spread_prior(design)
    total: Any = 0.0

    def spread(name: str, shape: Any) -> Any:
        sd = pm.HalfNormal(f"sd({name})", sigma=scale)
        return sd * pm.Normal(f"z {name}", 0, 1, shape=shape)

    items = len(design.items)
    if items > 1:
        if len(design.answers) > 2:
            total = total + pm.Deterministic("item", spread("item", items))[design.item]
        for place, one in enumerate(design.variables):
            table = gamma_columns(one, design.patterns[:, place])
            gamma = pm.Deterministic(f"gamma {one.name}", spread(f"item:{one.name}", (items, table.shape[1])))
            total = total + (gamma[design.item] * table[design.person]).sum(axis=1)
    if design.persons:
        total = total + pm.Deterministic("person", spread("respondent", design.people))[design.person]
    for name, labels, codes in design.groups:
        total = total + pm.Deterministic(f"group {name}", spread(name, len(labels)))[codes[design.person]]
    return total


def _levels(design: StackedDesign, pm: Any, pt: Any) -> Any:
    """Each item's logit at the averages of the predictors."""
    prior, items = level_prior(design), len(design.items)
    if prior.family != "beta":
        return log_odds_variable("levels", prior, shape=items)
    share = pm.Beta("shares", *prior.shapes, shape=items)
    return pm.Deterministic("levels", pt.log(share) - pt.log1p(-share))


def _ordered(design: StackedDesign, eta: Any, pm: Any, pt: Any) -> None:
    answers = len(design.answers)
    shares = pm.Dirichlet("shares", np.full(answers, threshold_prior(design)))
    below = pt.cumsum(shares)[:-1]
    above = pt.cumsum(shares[::-1])[::-1][1:]
    cuts = pm.Deterministic("levels", pt.log(below) - pt.log(above))
    pm.OrderedLogistic("answers", eta=eta, cutpoints=cuts, observed=design.answer, compute_p=False)


def _exactly(design: StackedDesign, eta: Any, pm: Any, pt: Any) -> None:
    """P(set) proportional to the product of its members' weights, among all sets of k."""
    chosen, items = design.model.outcome.chosen or 1, len(design.items)
    levels = _levels(design, pm, pt)
    scores = (eta + levels[design.item]).reshape((design.people, items))
    sums: list[Any] = [pt.zeros(design.people), *(None for _ in range(chosen))]
    for place in range(items):
        for k in range(min(chosen, place + 1), 0, -1):
            taken = scores[:, place] + sums[k - 1]
            sums[k] = taken if sums[k] is None else pt.logaddexp(sums[k], taken)
    picked = design.answer.reshape(design.people, items)
    pm.Potential("answers", ((picked * scores).sum(axis=1) - sums[chosen]).sum())


def draw(design: StackedDesign, seed: int) -> StackedSample:
    """Draw by NUTS; the first compile takes half a minute or more."""
    import logging

    import nutpie
    import pymc

    from csea_stats.regression.engines.nuts import chain_diagnostics

    logging.getLogger("csea_stats").warning(
        "csea_stats: compiling the model for NUTS; this takes half a minute or more"
    )
    compiled = nutpie.compile_pymc_model(stacked_model(design))
    trace = nutpie.sample(
        compiled,
        draws=DRAWS,
        tune=TUNE,
        chains=CHAINS,
        seed=seed,
        target_accept=0.95,
        save_warmup=False,
        progress_bar=False,
    )
    posterior = trace["posterior"]
    values = {
        str(name): np.asarray(array).reshape(DRAWS * CHAINS, *array.shape[2:])
        for name, array in posterior.data_vars.items()
        if not str(name).startswith("z ") and not str(name).endswith("__") and name != "shares"
    }
    found = chain_diagnostics(trace, (CHAINS, DRAWS))
    failed = [one.text for one in found if one.state == "fail"]
    if failed:
        message = f"engine 'nuts' failed its checks: {' '.join(failed)} Nothing is returned; use a simpler model"
        raise InputError(message)
    return StackedSample(
        values=values,
        diagnostics=found,
        engine="nuts",
        chains=CHAINS,
        versions=(("nutpie", nutpie.__version__), ("pymc", pymc.__version__)),
    )
