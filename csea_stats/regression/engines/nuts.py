"""Engine `nuts`: the same posterior by Hamiltonian Monte Carlo, in PyMC, drawn by nutpie."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.engines.linear import TAILS, level_of, values_of
from csea_stats.regression.engines.links import link_of
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Family, Prior, Sample, SpreadPrior
from csea_stats.results.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence


AGREE = 1.01
"""Largest R-hat that passes (Vehtari et al. 2021, Bayesian Analysis 16, 667-718, doi:10.1214/20-BA1221)."""
ENOUGH = 400.0
"""Smallest effective sample size, of bulk and tails, that passes (the same)."""
FEW = 1e-3
"""Share of draws that may diverge with a warning; more fail."""
TUNE = 1_000
STRETCHED = "stretched log shares"
"""What all of them have in common means nothing: no diagnostic looks at them."""
CAREFUL = 0.95
"""Acceptance aimed at: short steps, for the long tail of a category that nobody chose."""

log = logging.getLogger("csea_stats")


def pymc_model(
    problem: EngineProblem,
    *,
    linear: Sequence[str] | None = None,
    monotonic: Sequence[str] | None = None,
    spreads: Sequence[str] | None = None,
    effects: Sequence[tuple[str, tuple[int, ...]]] | None = None,
    stretched: bool = False,
) -> Any:
    """Write a problem as a PyMC model, with the priors and the parameters of the engine `laplace`.

    Parameters
    ----------
    problem : EngineProblem
        Counts in whole numbers.
    linear, monotonic, spreads : sequence of str, optional
        Names of the coefficients and standard deviations; by default ``linear[0]``, ``monotonic[0]``, ``sd[0]``...
    effects : sequence of (name, shape), optional
        Of the effects of each spread.
    stretched : bool, default False
        Whether shares are made of variables on which trajectories do not creep; see `_stretched`.

    Returns
    -------
    pymc.Model
        Free: ``shares`` (the answers' probabilities at the covariate means, or with groups of each item's later answer;
        or ``intercept``, ``levels``, the log odds of the later of two, where its prior is on these), each coefficient,
        and ``NAME steps`` for each monotonic one; with answers in no order a coefficient is a vector, against the
        first; each standard deviation ``sd(NAME)``, with standard normal scores ``z NAME``. Derived: ``thresholds``
        (with groups ``levels``) and the effects. Observed: ``answers``, one row per covariate pattern or cell.
        Data: ``counts``, ``columns``, ``steps of NAME``.

    Raises
    ------
    InputError
        If counts are not whole or names do not fit.
    """
    import pymc as pm
    import pytensor.tensor

    pt: Any = pytensor.tensor  # some of its functions are not typed
    linear = _names("linear", linear, problem.linear.shape[1])
    monotonic = _names("monotonic", monotonic, len(problem.steps))
    spreads = _names("sd", spreads, len(problem.spreads))
    if np.any(problem.counts != np.round(problem.counts)):
        message = "engine 'nuts': found counts that are not whole numbers; allowed are whole ones: use engine 'laplace'"
        raise InputError(message)
    if problem.family == "linear":
        return _numbers_model(problem, linear, monotonic)
    with pm.Model() as model:
        counts = pm.Data("counts", problem.counts.astype(np.int64))
        eta = _predictor(problem, linear, monotonic, counts.shape[0])
        if problem.spreads:
            more = _group_effects(problem, spreads, effects)
            eta = pt.inc_subtensor(eta[:, 0], more) if problem.slots else eta + more
        if problem.item is not None:
            eta = eta + _levels(problem, stretched=stretched)[problem.item]
            if problem.chosen:
                pm.Potential("answers", _exactly(problem, eta))
            else:
                pm.Binomial("answers", n=counts.sum(axis=1), logit_p=eta, observed=counts[:, 1])
            return model
        thresholds, cells = link_of(problem).in_pymc(_shares(problem, stretched=stretched), eta, pt)
        pm.Deterministic("levels" if problem.spreads else "thresholds", thresholds)
        pm.Multinomial("answers", n=counts.sum(axis=1), p=cells, observed=counts)
    return model


def _group_effects(
    problem: EngineProblem, names: Sequence[str], effects: Sequence[tuple[str, tuple[int, ...]]] | None
) -> Any:
    """Write effects that differ between groups: each a standard deviation times standard normal scores."""
    import pymc as pm

    told = effects or [(f"effects[{place}]", (one.members,)) for place, one in enumerate(problem.spreads)]
    total: Any = 0.0
    for name, (effect, shape), one in zip(names, told, problem.spreads, strict=True):
        scores = pm.Normal(f"z {name[3:-1]}", 0, 1, shape=shape)
        made = pm.Deterministic(effect, spread_variable(name, one.prior) * scores)
        total = total + (made.flatten()[one.place] * one.value).sum(axis=1)
    return total


def _levels(problem: EngineProblem, *, stretched: bool) -> Any:
    """Write each item's log odds at the averages of the predictors."""
    import pymc as pm

    prior = problem.level
    if prior.family != "beta":
        return log_odds_variable("levels", prior, shape=problem.items)
    if stretched:
        logs = _stretched(np.broadcast_to(prior.shapes, (problem.items, 2)))
        pm.Deterministic("shares", pm.math.sigmoid(logs[:, 0] - logs[:, 1]))
        return pm.Deterministic("levels", logs[:, 0] - logs[:, 1])
    return pm.Deterministic("levels", pm.math.logit(pm.Beta("shares", *prior.shapes, shape=problem.items)))


def _exactly(problem: EngineProblem, eta: Any) -> Any:
    """Write the log likelihood where exactly k are chosen: P(set) proportional to the product of its members' odds."""
    import pytensor.tensor

    pt: Any = pytensor.tensor
    scores = eta.reshape((-1, problem.items))
    sums: list[Any] = [pt.zeros(scores.shape[0]), *(None for _ in range(problem.chosen))]
    for place in range(problem.items):
        for k in range(min(problem.chosen, place + 1), 0, -1):
            taken = scores[:, place] + sums[k - 1]
            sums[k] = taken if sums[k] is None else pt.logaddexp(sums[k], taken)
    people = problem.counts.sum(axis=1).reshape(-1, problem.items)[:, 0]
    return (problem.counts[:, 1] * eta).sum() - (people * sums[problem.chosen]).sum()


def _numbers_model(problem: EngineProblem, linear: list[str], monotonic: list[str]) -> Any:
    """Write a linear model with Student-t errors, a number for each respondent."""
    import pymc as pm

    pattern, answer = np.nonzero(problem.counts)
    times = problem.counts[pattern, answer].astype(int)
    pattern, numbers = np.repeat(pattern, times), np.repeat(values_of(problem)[answer], times)
    with pm.Model() as model:
        level = log_odds_variable("level", level_of(problem))
        scale = pm.HalfNormal("errors", sigma=problem.spread)
        tail = pm.Gamma("degrees of freedom less 1", alpha=TAILS[0], beta=TAILS[1])
        eta = level + _predictor(problem, linear, monotonic, len(problem.counts))
        pm.StudentT("numbers", nu=1 + tail, mu=eta[pattern], sigma=scale, observed=numbers)
    return model


def _predictor(problem: EngineProblem, linear: list[str], monotonic: list[str], patterns: Any) -> Any:
    """Write the linear predictor, (G,), or (G, W) where a predictor has several coefficients."""
    import pymc as pm
    import pytensor.tensor

    pt: Any = pytensor.tensor
    wide = problem.width > 1 or bool(problem.slots)
    eta = pt.zeros((patterns, problem.width)) if wide else pt.zeros(patterns)
    if linear:
        columns = pm.Data("columns", problem.linear)
        slopes = [_effect(name, prior, problem) for name, prior in zip(linear, problem.linear_priors, strict=True)]
        if problem.slots:
            own = np.asarray(problem.slots)[:, None] == np.arange(problem.answers - 1)
            eta = columns @ (pt.stack(slopes)[:, None] * own)
        else:
            eta = eta + columns @ pt.stack(slopes)
    for name, prior, step in zip(monotonic, problem.monotonic_priors, problem.steps, strict=True):
        data = pm.Data(f"steps of {name}", step)
        rise = data[:, 0]
        if step.shape[1] > 1:
            rise = data @ pm.Dirichlet(f"{name} steps", a=np.full(step.shape[1], problem.simplexes))
        effect = _effect(name, prior, problem)
        if problem.slots:
            eta = pt.inc_subtensor(eta[:, 0], effect * rise)
        else:
            eta = eta + (rise[:, None] * effect[None, :] if wide else effect * rise)
    return eta


def _effect(name: str, prior: Prior, problem: EngineProblem) -> Any:
    """Write a coefficient, or the several of a predictor, each against the first answer (see `AlikePriors`)."""
    if problem.width == 1:
        return log_odds_variable(name, prior)
    import pymc as pm
    import pytensor.tensor

    pt: Any = pytensor.tensor
    width = problem.width
    scale = prior.scale**2 / 2 * (np.eye(width) + 1)
    if prior.family == "normal":
        return pm.MvNormal(name, mu=np.zeros(width), cov=scale)
    if prior.family == "student-t":
        return pm.MvStudentT(name, nu=prior.freedom, mu=np.zeros(width), scale=scale)
    effect = pm.Flat(name, shape=width)
    ends = pt.concatenate([pt.zeros(1), effect / prior.scale])
    whole, number = ends.sum(), width + 1
    tilted = [whole - number * pt.logsumexp(ends), -whole - number * pt.logsumexp(-ends)]
    pm.Potential(f"prior of {name}", pt.logsumexp(pt.stack(tilted)))
    return effect


def _names(kind: str, given: Sequence[str] | None, number: int) -> list[str]:
    names = [f"{kind}[{place}]" for place in range(number)] if given is None else list(given)
    if len(names) != number or len(set(names)) != number:
        message = f"{kind}: found the names {names!r}; allowed are {number} different ones"
        raise InputError(message)
    return names


def _stretched(alphas: Array) -> Any:
    """Write logarithms of Gamma variables, whose parts of their sum have a Dirichlet prior.

    The share of an answer that nobody gave has a long way to go on the log scale, where its density falls by only half
    of what the logarithm does: trajectories creep along it, and a fifth of the fits of models of five answers failed
    their check of R-hat. So the logarithm is w - s^2 / 2 of a free w, with s = log(1 + exp(-w)): far down its density
    falls as that of a normal variable does, far up nothing is changed.
    """
    import pymc as pm

    free = pm.Flat(STRETCHED, shape=alphas.shape)
    low = pm.math.log1pexp(-free)
    logs = free - low**2 / 2
    slope = 1 + low * pm.math.sigmoid(-free)
    pm.Potential("prior of shares", (alphas * logs - pm.math.exp(logs) + pm.math.log(slope)).sum())
    return logs


def _shares(problem: EngineProblem, *, stretched: bool) -> Any:
    """Probabilities of the answers at the covariate means: with a Dirichlet prior, or from a free ``intercept``."""
    import pymc as pm

    level = problem.intercept
    if level is None or level.family == "beta":  # of the later answer
        alphas = np.full(problem.answers, problem.thresholds) if level is None else np.array(level.shapes[::-1])
        if not stretched:
            return pm.Dirichlet("shares", a=alphas)
        logs = _stretched(alphas)
        return pm.Deterministic("shares", pm.math.exp(logs - pm.math.logsumexp(logs)))
    log_odds = log_odds_variable("intercept", level)
    return pm.Deterministic("shares", pm.math.sigmoid(pm.math.stack([-log_odds, log_odds])))


def log_odds_variable(name: str, prior: Prior, **shape: int) -> Any:
    """Write a number on the log-odds scale with its prior, in a PyMC model."""
    import pymc as pm

    if prior.family == "logistic":
        return pm.Logistic(name, mu=prior.centre, s=prior.scale, **shape)
    if prior.family == "normal":
        return pm.Normal(name, mu=prior.centre, sigma=prior.scale, **shape)
    return pm.StudentT(name, nu=prior.freedom, mu=prior.centre, sigma=prior.scale, **shape)


def spread_variable(name: str, prior: SpreadPrior) -> Any:
    """Write a standard deviation with its prior, in a PyMC model."""
    import pymc as pm

    if prior.family == "half-normal":
        return pm.HalfNormal(name, sigma=prior.scale)
    if prior.family == "half-t":
        return pm.HalfStudentT(name, nu=prior.freedom, sigma=prior.scale)
    return pm.Exponential(name, scale=prior.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Structure:
    """All of a problem but its data: what has to be compiled once."""

    patterns: int
    answers: int
    steps: tuple[int, ...]
    linear_priors: tuple[Prior, ...]
    monotonic_priors: tuple[Prior, ...]
    thresholds: float
    simplexes: float
    intercept: Prior | None
    family: Family
    slots: tuple[int, ...]


@lru_cache(maxsize=8)
def _compiled(structure: _Structure) -> Any:
    """Compile a model of this structure; its data are filled in later."""
    import nutpie

    log.warning("csea_stats: compiling the model for NUTS; a first time this takes half a minute or more")
    blank = EngineProblem(
        counts=np.ones((structure.patterns, structure.answers)),
        linear=np.zeros((structure.patterns, len(structure.linear_priors))),
        steps=tuple(np.zeros((structure.patterns, width)) for width in structure.steps),
        linear_priors=structure.linear_priors,
        monotonic_priors=structure.monotonic_priors,
        thresholds=structure.thresholds,
        simplexes=structure.simplexes,
        intercept=structure.intercept,
        family=structure.family,
        slots=structure.slots,
    )
    return nutpie.compile_pymc_model(pymc_model(blank, stretched=True))


def nuts(problem: EngineProblem, *, seed: int = 1, draws: int = 1_000, chains: int = 4) -> Sample:
    """Draw from the posterior of a regression by NUTS.

    Parameters
    ----------
    problem : EngineProblem
        Counts in whole numbers.
    seed : int, default 1
    draws : int, default 1000
        Of each chain, after 1,000 steps of tuning.
    chains : int, default 4

    Returns
    -------
    Sample
        Chain after chain, with the diagnostics "R-hat" (passes below 1.01), "effective sample size" (bulk and tails,
        passes above 400) and "divergences" (passes at 0, fails above one in a thousand draws).

    Raises
    ------
    InputError
        If counts are not whole, or `draws` or `chains` too few.

    Notes
    -----
    The first model of a kind in a process is compiled, which takes half a minute or more and is announced on the
    logger "csea_stats"; further data of the same shape are then fitted in a second. Shares are drawn by variables on
    which trajectories do not creep where nobody gave an answer.
    """
    import nutpie
    import pymc

    if draws < 4 or chains < 2:
        message = f"draws: found {draws!r}, chains: found {chains!r}; allowed are at least 4 draws and 2 chains"
        raise InputError(message)
    problem = _given(problem)
    counts, linear, steps = problem.counts, problem.linear, problem.steps
    if np.any(counts != np.round(counts)):
        message = "engine 'nuts': found counts that are not whole numbers; allowed are whole ones: use engine 'laplace'"
        raise InputError(message)
    structure = _Structure(
        patterns=counts.shape[0],
        answers=counts.shape[1],
        steps=tuple(step.shape[1] for step in steps),
        linear_priors=problem.linear_priors,
        monotonic_priors=problem.monotonic_priors,
        thresholds=problem.thresholds,
        simplexes=problem.simplexes,
        intercept=problem.intercept,
        family=problem.family,
        slots=problem.slots,
    )
    data = {"counts": counts} | {f"steps of monotonic[{place}]": step for place, step in enumerate(steps)}
    if linear.shape[1]:
        data["columns"] = linear
    if problem.family == "linear" or problem.spreads:
        compiled = nutpie.compile_pymc_model(pymc_model(problem, stretched=True))
    else:
        compiled = _compiled(structure).with_data(**data)
    trace = nutpie.sample(
        compiled,
        draws=draws,
        tune=TUNE,
        chains=chains,
        seed=seed,
        target_accept=CAREFUL,
        save_warmup=False,
        progress_bar=False,
    )
    versions = (("nutpie", nutpie.__version__), ("pymc", pymc.__version__))
    return _sample(problem, trace, versions)


def _given(problem: EngineProblem) -> EngineProblem:
    """Return the problem without patterns that nobody has; cells of groups all have somebody."""
    kept = problem.counts.sum(axis=1) > 0
    kept = kept if kept.any() else np.arange(kept.size) == 0
    if kept.all():
        return problem
    steps = tuple(step[kept] for step in problem.steps)
    return replace(problem, counts=problem.counts[kept], linear=problem.linear[kept], steps=steps)


def _sample(problem: EngineProblem, trace: Any, versions: tuple[tuple[str, str], ...]) -> Sample:
    posterior = trace["posterior"]
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])

    def drawn(name: str) -> Array:
        return np.asarray(posterior[name]).reshape(shape[0] * shape[1], -1)

    def together(kind: str, number: int) -> Array:
        columns = [drawn(f"{kind}[{place}]") for place in range(number)]
        return np.concatenate(columns, axis=1) if columns else np.empty((shape[0] * shape[1], 0))

    zetas = tuple(
        drawn(f"monotonic[{place}] steps") if step.shape[1] > 1 else np.ones((shape[0] * shape[1], 1))
        for place, step in enumerate(problem.steps)
    )
    if problem.family == "linear":
        freedom = 1 + drawn("degrees of freedom less 1")
        firsts = np.concatenate([drawn("level"), drawn("errors"), freedom], axis=1)
    elif problem.item is not None:
        firsts = -drawn("levels")
    else:
        tiny = np.finfo(float).tiny
        firsts = link_of(problem).levels(np.log(drawn("shares").clip(min=tiny)).T).T
    free = ("levels",) if "shares" not in posterior else ()
    return Sample(
        thresholds=firsts,
        linear=together("linear", problem.linear.shape[1]),
        monotonic=together("monotonic", len(problem.steps)),
        zetas=zetas,
        diagnostics=chain_diagnostics(
            trace,
            shape,
            without=[one for one in ("thresholds", "levels", STRETCHED) if one in posterior and one not in free],
        ),
        engine="nuts",
        chains=shape[0],
        versions=versions,
        effects=tuple(drawn(f"effects[{place}]") for place in range(len(problem.spreads))),
        sds=together("sd", len(problem.spreads)) if problem.spreads else None,
    )


def chain_diagnostics(trace: Any, shape: tuple[int, int], *, without: Sequence[str] = ()) -> tuple[Diagnostic, ...]:
    """Judge chains: R-hat, effective sample size, divergences.

    Parameters
    ----------
    trace : DataTree
        With the groups posterior and sample_stats.
    shape : (chains, draws)
    without : sequence of str
        Variables that are not looked at: functions of others.
    """
    import arviz

    posterior = trace["posterior"].to_dataset().drop_vars(list(without))
    rhat = max(float(value.max()) for value in arviz.rhat(posterior).data_vars.values())
    size = min(
        float(value.min())
        for method in ("bulk", "tail")
        for value in arviz.ess(posterior, method=method).data_vars.values()
    )
    divergences = int(trace["sample_stats"]["diverging"].sum())
    total = shape[0] * shape[1]
    return (
        Diagnostic(
            name="R-hat",
            value=rhat,
            state="pass" if rhat < AGREE else "fail",
            text=(
                f"The {shape[0]} chains agree to R-hat {rounded((rhat,), 3, (AGREE,))[0]}; below {AGREE} is asked for."
            ),
        ),
        Diagnostic(
            name="effective sample size",
            value=size,
            state="pass" if size > ENOUGH else "fail",
            text=(
                f"The {total:,} draws are worth at least {int(size):,} independent ones; {ENOUGH:.0f} are asked for."
            ),
        ),
        Diagnostic(
            name="divergences",
            value=float(divergences),
            state="pass" if divergences == 0 else "warn" if divergences <= FEW * total else "fail",
            text=f"{divergences} of {total:,} trajectories diverged; none is asked for.",
        ),
    )
