"""Model and answers into a `FittedModel`: read the model, make the design, let an engine fit it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from csea_stats.errors import InputError, check_choice, check_seed, described
from csea_stats.estimators.arguments import check_level
from csea_stats.regression.design import Design
from csea_stats.regression.engines.nested import nested
from csea_stats.regression.engines.nuts import log_odds_variable, spread_variable
from csea_stats.regression.estimable import check_priors
from csea_stats.regression.fitted import FREE, STRIP, FittedModel, FittedTable, Later, Strip
from csea_stats.regression.groups import (
    AveragedTable,
    StackedDesign,
    StackedReading,
    coefficient_priors,
    gamma_columns,
    group_problem,
    level_prior,
    named_values,
    simplex_prior,
    spread_prior,
    threshold_prior,
)
from csea_stats.regression.imputation import imputed_design, mixed_sample
from csea_stats.regression.library import load_model
from csea_stats.regression.missing import Missing, check_missing, refuse_weights, with_missing_level
from csea_stats.regression.model import Model
from csea_stats.regression.origin import call_words, made_by
from csea_stats.regression.priors import DEFAULTS
from csea_stats.regression.problem import StackedSample
from csea_stats.regression.rows import frame_answers, known, rows_design, stacked
from csea_stats.respondents.frames import is_frame
from csea_stats.respondents.microdata import Microdata
from csea_stats.survey.survey import Survey

if TYPE_CHECKING:
    from csea_stats.regression.problem import Prior
    from csea_stats.tabulation.tabulation import Tabulation

ENGINES = {"bayes": ("laplace", "nuts"), "frequentist": ("log-f", "ml", "firth", "least-squares")}
"""Engines of each method; the first is the default, of numbers the last frequentist one."""

HALVES = dict(zip(STRIP, ("normal(0, 0.5)", DEFAULTS["interactions"], "normal(0, 1.25)"), strict=True))
"""The prior of interactions, and of departures from one odds ratio, beside each of the coefficients': half as wide."""

HULL = 5
"""Completed sets whose confidence intervals, taken together, stand beside a fit of imputed answers."""

SPREADS = ("half-normal(0.5)", "half-normal(1)")
"""Priors of the standard deviations shown beside those of the coefficients: few groups barely tell a spread."""


def fit_model(  # noqa: PLR0913 - what `fit` is asked
    model: Model | str | os.PathLike[str],
    data: Any,
    *,
    method: Literal["bayes", "frequentist"],
    engine: str | None,
    level: float,
    seed: int,
    frequency: str | None = None,
    weights: object = None,
    missing: Missing = "complete",
    imputations: int = 20,
) -> FittedModel:
    """Fit a model; see `csea_stats.fit`."""
    refuse_weights(weights)
    check_missing(missing)
    level, seed = _checked(method, engine, level, seed)
    chosen = as_model(model)
    data, taken = as_answers(chosen, data, frequency)
    design = _filled(chosen, data, missing, imputations, seed)
    if frequency is not None:
        design = replace(design, rows=None)  # nobody is known singly
    if not isinstance(design, Design):
        readings: tuple[Any, ...] = fit_stacked(design, method=method, engine=engine, level=level, seed=seed)
    else:
        readings = tuple(
            fitted_table(design, place, method, engine, level, seed) for place in range(len(design.tables))
        )
    first = readings[0]
    used = first.sample.engine if first.sample is not None else first.profiled.method if first.profiled else ""
    return FittedModel(
        model=chosen,
        design=design,
        readings=readings,
        method=method,
        engine=used,
        level=level,
        seed=seed,
        provenance=made_by(
            chosen,
            data,
            method=method,
            engine=engine,
            level=level,
            seed=seed,
            frequency=frequency,
            missing=missing,
            imputations=imputations,
        ),
        words=_words(data),
        synthetic=bool(getattr(data, "synthetic", False)),
        taken=taken,
        beside=Later(_beside, design, readings, method, level, seed),
        under=Later(under_priors, design, readings, method, seed),
    )


def as_answers(model: Model, data: Any, frequency: str | None = None) -> tuple[Any, tuple[str, ...]]:
    """Return data as a design takes it, and what each column of a frame was taken for."""
    if not isinstance(data, Survey) and not hasattr(data, "data_hash") and is_frame(data):  # answers have a hash
        return frame_answers(model, data, frequency)
    if frequency is not None:
        message = f"frequency: found {frequency!r} with {described(data)}; allowed is a pandas or polars frame"
        raise InputError(message)
    return (_printed(model, data) if isinstance(data, Survey) else data), ()


def _checked(method: str, engine: str | None, level: float, seed: int) -> tuple[float, int]:
    """Refuse what `fit` cannot be asked; return the level and the seed."""
    check_choice("method", method, ENGINES)
    if engine is not None:
        check_choice(f"engine of method {method!r}", engine, ENGINES[method])
    return check_level(level), check_seed(seed)


def _filled(model: Model, data: Any, missing: Missing, imputations: int, seed: int) -> Any:
    """Return the design, lacking answers treated as asked for."""
    if missing == "complete":
        return design_of(model, data)
    if not isinstance(data, Microdata):
        message = f"missing: found {missing!r} with {described(data)}; allowed are respondents' answers, or a frame"
        raise InputError(message)
    known(model, data)
    if missing == "impute":
        design = imputed_design(model, data, imputations, seed)
        check_priors(design)
        return design
    filled, told = with_missing_level(model, data)
    design = design_of(model, filled)
    return replace(design, doubts=(*design.doubts, *told))


def _printed(model: Model, survey: Survey) -> Tabulation:
    """Return the table of a model's two questions that print gives."""
    from csea_stats.tabulation.tabulate import tabulate

    names = [predictor.name for predictor in model.predictor]
    if len(names) != 1:
        message = f"data: print gives tables of two questions; found the predictors {', '.join(names) or 'none'}"
        raise InputError(message)
    return tabulate(survey, model.outcome.name, by=names[0])


def as_model(model: object) -> Model:
    """Return A model, the name of one, a file, or a formula, as a model."""
    if isinstance(model, Model):
        return model
    if isinstance(model, str) and "~" in model:
        return Model.from_formula(model)
    if isinstance(model, (str, os.PathLike)):
        return load_model(model)
    message = f"model: found {model!r}; allowed is a Model, the name of a shipped one, a file, or a formula"
    raise InputError(message)


def design_of(model: Model, data: Any) -> Any:
    """Return the design of rows or of a cross-tabulation.

    Raises
    ------
    InputError
        The model and the data do not go together, or a prior is stated of what the model does not have.
    """
    design = _design(model, data)
    check_priors(design)
    return design


def _design(model: Model, data: Any) -> Any:
    from csea_stats.tabulation.tabulation import Tabulation

    if isinstance(data, Tabulation):
        from csea_stats.regression.rows import tabulation_design

        return tabulation_design(model, data)
    if not hasattr(data, "column"):  # whatever gives answers by column can be fitted
        allowed = "Microdata (read_respondents), a Tabulation (tabulate), a Survey (load_survey)"
        message = f"data: found {described(data)}; allowed is {allowed}, or a pandas or polars frame"
        raise InputError(message)
    known(model, data)
    if stacked(model) or model.family == "conditional-bernoulli" or any(p.term == "group" for p in model.predictor):
        _check_grouped(model)
        return _stacked(model, data)
    return _implied(model, data)


def _stacked(model: Model, data: Any) -> StackedDesign:
    exactly = model.family == "conditional-bernoulli"
    special = [f"interaction {one.written}" for one in model.interaction if exactly]
    special += [one.written for one in model.predictor if one.term == "free"]
    if special:
        message = f"{special[0]}: found with {
            'exactly k answers of each respondent'
            if exactly
            else 'group effects, or several answers of each respondent'
        }; allowed is one answer each, without groups"
        raise InputError(message)
    from csea_stats.regression.grouped_rows import stacked_design

    return stacked_design(model, data)


def _check_grouped(model: Model) -> None:
    """Refuse families that have no form with group effects."""
    if model.family not in (None, "cumulative", "bernoulli", "conditional-bernoulli"):
        message = (
            f"family {model.family!r}: found group effects; allowed with them are cumulative and bernoulli: take the "
            "groups as a predictor, or leave them out"
        )
        raise InputError(message)


def _implied(model: Model, data: Any) -> Any:
    """Return A question with several answers each takes the item and respondent effects without being told."""
    from csea_stats.respondents.columns import MultipleColumn

    if model.outcome.questions is None and isinstance(data.column(model.outcome.name), MultipleColumn):
        return _stacked(model, data)
    return rows_design(model, data)


def fitted_table(design: Design, place: int, method: str, engine: str | None, level: float, seed: int) -> FittedTable:
    """Fit one table of a design."""
    from csea_stats.regression.engines import sample

    if design.imputed:
        if method != "bayes" or engine == "nuts":
            message = f"missing: found 'impute' with {engine or method}; allowed is method='bayes' with engine laplace"
            raise InputError(message)
        mixed = mixed_sample(design, seed)
        _refuse_failed(mixed.diagnostics, mixed.engine, engine)
        return FittedTable(design=design, place=place, sample=mixed)
    if method == "bayes":
        drawn = sample(design.problem(place), engine=engine, seed=seed)  # type: ignore[arg-type]
        _refuse_failed(drawn.diagnostics, drawn.engine, engine)
        return FittedTable(design=design, place=place, sample=drawn)
    return FittedTable(design=design, place=place, profiled=_profiled(design, place, engine, level))


def _refuse_failed(diagnostics: Any, used: str, asked: str | None) -> None:
    """Never pass on a failed fit as if it had passed."""
    failed = [one.text for one in diagnostics if one.state == "fail"]
    if failed:
        hint = "leave engine=None, which falls back by itself" if asked == "laplace" else "use a simpler model"
        message = f"engine {used!r} failed its checks: {' '.join(failed)} Nothing is returned; {hint}"
        raise InputError(message)


def _profiled(design: Design, place: int, engine: str | None, level: float) -> Any:
    straight, number = design.straightened, design.numbers is not None
    if engine is not None and number != (engine == "least-squares"):
        allowed = "least-squares" if number else ", ".join(ENGINES["frequentist"][:-1])
        message = f"engine: found {engine!r} with the family {design.family}; allowed is one of {allowed}"
        raise InputError(message)
    if number:
        from csea_stats.regression.engines.linear import least_squares

        return least_squares(straight.problem(place), level=level, names=straight.linear_terms)
    from csea_stats.regression.engines.penalised import profile

    return profile(straight.problem(place), method=engine or "log-f", level=level, names=straight.linear_terms)  # type: ignore[arg-type]


def _beside(design: Any, readings: tuple[Any, ...], method: str, level: float, seed: int) -> tuple[Any, ...]:
    """Return the default fit of the other kind; none beside several questions, or few groups."""
    if isinstance(design, StackedDesign) and method == "bayes":
        with suppress(InputError):  # no maximum was reached
            return () if design.not_averaged else (_averaged(design, level),)
        return ()
    if method == "bayes" and isinstance(design, Design) and design.imputed:
        some, places = design.completed, range(1, min(len(design.imputed), HULL) + 1)
        return tuple(FittedTable(design=some, place=at, profiled=_profiled(some, at, None, level)) for at in places)
    if method == "bayes":
        return tuple(
            FittedTable(design=design, place=one.place, profiled=_profiled(design, one.place, None, level))
            for one in readings
        )
    return drawn_beside(design, readings, seed)


def under_priors(design: Any, readings: tuple[Any, ...], method: str, seed: int) -> Strip:
    """Return the Bayesian fits under each customary prior of what the model has; the one in use is not fitted again."""
    own = priors_in_use(design) if method == "bayes" else ()
    found = [
        (prior, readings if prior in own else drawn_beside(with_prior(design, prior), readings, seed))
        for prior in strip_priors(design)
    ]
    return tuple((prior, drawn) for prior, drawn in found if drawn or prior != FREE)


def strip_priors(design: Any) -> tuple[str, ...]:
    """Return what its numbers are shown under: priors of the coefficients and of the spreads, and free steps."""
    stacked = isinstance(design, StackedDesign)
    slopes = bool(design.variables) and not (stacked and design.family == "conditional-bernoulli")
    return (*STRIP * slopes, *SPREADS * stacked, *(FREE,) * bool(design.monotonic_items))


def priors_in_use(design: Any) -> tuple[str, str]:
    """Return those of the coefficients and of the spreads; none of the former where single ones have their own."""
    if design.model.coefficient_prior:
        return "", design.model.priors.scales.prior
    return design.model.priors.coefficients.prior, design.model.priors.scales.prior


def with_prior(design: Any, prior: str) -> Any:
    """Return the design under another prior: of the spreads if it is half-normal, else of the coefficients.

    Or with its steps free.
    """
    if prior == FREE:
        return design.freed
    slot = "scales" if prior.startswith("half-normal") else "coefficients"
    changed = {slot: prior}
    for other, has in (("interactions", design.joints), ("departures", design.free_terms)):
        if has and slot == "coefficients" and other not in design.model.stated_priors:
            changed[other] = HALVES[prior]
    model = design.model.with_priors(**changed)
    return replace(design, model=replace(model, coefficient_prior=()) if slot == "coefficients" else model)


def drawn_beside(design: Any, readings: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    """Return draws from the posterior of each table of a design, to stand beside a fit.

    None where importance sampling fails: what stands beside never compiles a model, which takes long.
    """
    from csea_stats.regression.engines import sample

    found: tuple[Any, ...]
    if isinstance(design, Design) and design.imputed:
        found = (FittedTable(design=design, place=0, sample=mixed_sample(design, seed)),)
    elif isinstance(design, StackedDesign):
        found = (StackedReading(design=design, sample=nested_sample(design, seed)),)
    else:
        found = tuple(
            FittedTable(
                design=design, place=one.place, sample=sample(design.problem(one.place), engine="laplace", seed=seed)
            )
            for one in readings
        )
    failed = any(check.state == "fail" for one in found for check in one.sample.diagnostics)
    return () if failed else found


def fit_again[F: FittedModel](found: F) -> tuple[tuple[str, F], ...]:
    """Whole fits under each customary prior."""
    fits = []
    for prior, readings in found.strip:
        if prior == FREE or not readings:  # another model, or none
            continue
        design = readings[0].design
        used = design.model is found.model
        call = found.provenance.call if used else call_words(design.model, level=found.level, seed=found.seed)
        one = replace(
            found,
            model=design.model,
            design=design,
            readings=readings,
            provenance=replace(found.provenance, call=call),
            under=Later(tuple, found.strip),
        )
        fits.append((prior, one))
    return tuple(fits)


def _words(data: Any) -> Any:
    return getattr(getattr(data, "codebook", None), "targets", None) or getattr(data, "words", None)


DRAWS, TUNE, CHAINS = 2_000, 1_500, 4


def _averaged(design: StackedDesign, level: float) -> AveragedTable:
    """Return the fit by penalised likelihood, the groups averaged over."""
    from csea_stats.regression.engines.marginal import averaged_fit

    return AveragedTable(design=design, profiled=averaged_fit(group_problem(design.straightened), level=level))


def fit_stacked(
    design: StackedDesign, *, method: str, engine: str | None, level: float, seed: int
) -> tuple[StackedReading | AveragedTable, ...]:
    """Fit a design with group effects.

    Raises
    ------
    InputError
        For a frequentist fit of few groups or several answers each, or an engine that cannot.
    """
    if method == "frequentist":
        why = design.not_averaged
        if engine not in (None, "log-f"):
            why = f"with engine {engine!r} a spread of few groups is often estimated as 0; allowed is 'log-f'"
        if why:
            message = (
                f"method 'frequentist': found group effects; {why}. Use method='bayes', or compare group by "
                "group: tabulate(...).contrasts()"
            )
            raise InputError(message)
        return (_averaged(design, level),)
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
    from csea_stats.regression.engines import in_turn

    found = in_turn(engine, lambda: nested_sample(design, seed), lambda: draw(design, seed))
    _refuse_failed(found.diagnostics, found.engine, engine)
    return found


def nested_sample(design: StackedDesign, seed: int) -> StackedSample:
    """Draw by importance sampling."""
    found = nested(group_problem(design), seed=seed)
    values = named_values(design, found.draws)
    return StackedSample(values=values, diagnostics=found.diagnostics, engine="laplace", chains=1)


def stacked_model(design: StackedDesign) -> Any:
    """Write the model in PyMC."""
    import pymc as pm
    import pytensor.tensor

    pt: Any = pytensor.tensor
    with pm.Model() as model:
        columns, steps = design.columns(design.patterns)
        eta = pt.zeros(len(design.person))
        linear, monotonic = coefficient_priors(design)
        if linear:
            eta = eta + (columns @ _slopes(design.columns_items, linear, pm, pt))[design.person]
        for item, step, prior in zip(design.monotonic_items, steps, monotonic, strict=True):
            rise = step[:, 0]
            if step.shape[1] > 1:
                rise = step @ pm.Dirichlet(f"{item} steps", np.full(step.shape[1], simplex_prior(design)))
            eta = eta + (log_odds_variable(item, prior) * rise)[design.person]
        eta = eta + _spreads(design, pm)
        if design.family == "conditional-bernoulli":
            _exactly(design, eta, pm, pt)
        elif len(design.answers) == 2:
            eta = eta + _levels(design, pm, pt)[design.item]
            pm.Bernoulli("answers", logit_p=eta, observed=design.answer)
        else:
            _ordered(design, eta, pm, pt)
    return model


def _slopes(items: tuple[str, ...], priors: tuple[Prior, ...], pm: Any, pt: Any) -> Any:
    """Write the linear coefficients: one vector where they share a prior."""
    if len(set(priors)) == 1:
        return log_odds_variable("b", priors[0], shape=len(priors))
    return pm.Deterministic(
        "b", pt.stack([log_odds_variable(item, one) for item, one in zip(items, priors, strict=True)])
    )


def _spreads(design: StackedDesign, pm: Any) -> Any:
    """Effects of items, of items by predictors, of people and of groups: each a standard deviation times normals."""
    prior = spread_prior(design)
    total: Any = 0.0

    def spread(name: str, shape: Any) -> Any:
        sd = spread_variable(f"sd({name})", prior)
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
    for name, (group, place) in zip(design.slope_names, design.slopes, strict=True):
        _, labels, codes = design.groups[group]
        table = gamma_columns(design.variables[place], design.patterns[:, place])
        slope = pm.Deterministic(f"slope {name}", spread(name, (len(labels), table.shape[1])))
        total = total + (slope[codes] * table).sum(axis=1)[design.person]
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
    return StackedSample(
        values=values,
        diagnostics=chain_diagnostics(trace, (CHAINS, DRAWS)),
        engine="nuts",
        chains=CHAINS,
        versions=(("nutpie", nutpie.__version__), ("pymc", pymc.__version__)),
    )
