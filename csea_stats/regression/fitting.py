"""Model and answers into a `FittedModel`: read the model, make the design, let an engine fit it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.errors import (
    InputError,
    carries,
    check_choice,
    check_seed,
    check_whole,
    described,
    in_short,
    is_of,
    pairs_of,
)
from csea_stats.estimators.arguments import check_level
from csea_stats.regression.engines import quick, sample
from csea_stats.regression.engines.marginal import averaged_fit
from csea_stats.regression.estimable import check_priors
from csea_stats.regression.fitted import FREE, STRIP, FittedModel, FittedTable, Later, Strip
from csea_stats.regression.grouped_rows import grouped_design
from csea_stats.regression.imputation import imputed_design, mixed_sample
from csea_stats.regression.library import load_model
from csea_stats.regression.missing import Missing, check_missing, refuse_weights, repeated_people, with_missing_level
from csea_stats.regression.model import Model
from csea_stats.regression.origin import call_words, made_by
from csea_stats.regression.priors import DEFAULTS
from csea_stats.regression.rows import frame_answers, known, rows_design, stacked
from csea_stats.regression.table_designs import surveys_design, tabulation_design
from csea_stats.respondents.frames import is_frame
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import Survey

if TYPE_CHECKING:
    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Sample
    from csea_stats.tabulation.tabulation import Tabulation

ENGINES = {"bayes": ("laplace", "slice", "nuts"), "frequentist": ("log-f", "ml", "firth", "least-squares")}
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
    check_whole("imputations", imputations, 2)
    level, seed = _checked(method, engine, level, seed)
    chosen = as_model(model)
    data, taken = as_answers(chosen, data, frequency)
    design = _filled(chosen, data, missing, imputations, seed)
    if frequency is not None:
        design = replace(design, rows=None)  # nobody is known singly
    readings = tuple(fitted_table(design, place, method, engine, level, seed) for place in range(len(design.tables)))
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
        synthetic=made_up(data),
        taken=taken,
        beside=Later(_beside, design, readings, method, level, seed),
        under=Later(under_priors, design, readings, method, seed),
    )


def as_answers(model: Model, data: Any, frequency: str | None = None) -> tuple[Any, tuple[str, ...]]:
    """Return data as a design takes it, and what each column of a frame was taken for."""
    if not is_of(data, Survey) and not carries(data, "data_hash") and is_frame(data):  # answers have a hash
        return frame_answers(model, data, frequency)
    if frequency is not None and isinstance(data, Microdata):
        return repeated_people(data, frequency), ()
    if frequency is not None:
        message = f"frequency: found {frequency!r} with {described(data)}; allowed are a frame, or respondents' answers"
        raise InputError(message)
    if isinstance(data, Mapping):
        return _surveys(model, data), ()
    return (_printed(model, data) if isinstance(data, Survey) else data), ()


def _surveys(model: Model, data: Mapping[Any, Any]) -> dict[str, Tabulation]:
    """Return the table of a model's two questions in each of several surveys, by the surveys' names."""
    from csea_stats.tabulation.tabulation import Tabulation

    data = dict(pairs_of("data", data))
    wrong = [f"{name!r}: {described(one)}" for name, one in data.items() if not isinstance(one, (Survey, Tabulation))]
    wrong += [f"the name {name!r}" for name in data if not isinstance(name, str)]
    if wrong or len(data) < 2:
        message = (
            f"data: found {', '.join(wrong) or number_of(len(data), 'surveys')} in a mapping; allowed are names of two "
            "surveys or more, each with its Survey (load_survey) or Tabulation (tabulate). Of respondents' answers put "
            "all surveys into one frame with a column that says which"
        )
        raise InputError(message)
    alone = replace(model, predictor=tuple(one for one in model.predictor if one.term != "group"))
    return {name: _printed(alone, one) if isinstance(one, Survey) else one for name, one in data.items()}


def _checked(method: str, engine: str | None, level: float, seed: int) -> tuple[float, int]:
    """Refuse what `fit` cannot be asked; return the level and the seed."""
    check_choice("method", method, ENGINES)
    if engine is not None:
        check_choice(f"engine of method {method!r}", engine, ENGINES[method])
    return check_level(level), check_seed(seed)


def _filled(model: Model, data: Any, missing: Missing, imputations: int, seed: int) -> Design:
    """Return the design, lacking answers treated as asked for."""
    if missing == "complete":
        return design_of(model, data)
    if not isinstance(data, Microdata):
        message = (
            f"missing: found {in_short(missing)} with {described(data)}; allowed are respondents' answers, or a frame"
        )
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
    if len(names) > 1:
        message = f"data: print gives tables of two questions; found the predictors {', '.join(names)}"
        raise InputError(message)
    return tabulate(survey, model.outcome.name, by=names[0] if names else None)


def as_model(model: object) -> Model:
    """Return A model, the name of one, a file, or a formula, as a model."""
    if is_of(model, Model):
        found: Model = model
        return found
    if isinstance(model, str) and "~" in model:
        return Model.from_formula(model)
    if isinstance(model, (str, os.PathLike)):
        return load_model(model)
    message = f"model: found {in_short(model)}; allowed is a Model, the name of a shipped one, a file, or a formula"
    raise InputError(message)


def design_of(model: Model, data: Any) -> Design:
    """Return the design of rows or of a cross-tabulation.

    Raises
    ------
    InputError
        The model and the data do not go together, or a prior is stated of what the model does not have.
    """
    design = _design(model, data)
    check_priors(design)
    source = getattr(data, "question", None)  # of a tabulation
    if source is None and hasattr(data, "codebook"):
        source = dict(data.codebook.variables).get(design.outcome)
    said = dict(getattr(source, "says", None) or {})
    return replace(design, label=getattr(source, "label", None) or "", says=tuple(said.items()))


def _design(model: Model, data: Any) -> Design:
    from csea_stats.tabulation.tabulation import Tabulation

    if isinstance(data, Tabulation):
        return tabulation_design(model, data)
    if isinstance(data, Mapping):
        return surveys_design(model, data)
    if not carries(data, "column"):  # whatever gives answers by column can be fitted
        allowed = "Microdata (read_respondents), a Tabulation (tabulate), a Survey (load_survey)"
        message = f"data: found {described(data)}; allowed is {allowed}, or a pandas or polars frame"
        raise InputError(message)
    known(model, data)
    if stacked(model) or model.family == "conditional-bernoulli" or any(p.term == "group" for p in model.predictor):
        _check_grouped(model)
        return _grouped(model, data)
    return _implied(model, data)


def _grouped(model: Model, data: Any) -> Design:
    if model.family == "conditional-bernoulli" and model.interaction:
        message = (
            f"interaction {model.interaction[0].written}: found with exactly k answers of each respondent; allowed is "
            "one answer each"
        )
        raise InputError(message)
    return grouped_design(model, data)


def _check_grouped(model: Model) -> None:
    """Refuse families that have no form with group effects."""
    if model.family not in (None, "cumulative", "bernoulli", "conditional-bernoulli"):
        message = (
            f"family {model.family!r}: found group effects; allowed with them are cumulative and bernoulli: take the "
            "groups as a predictor, or leave them out"
        )
        raise InputError(message)


def _implied(model: Model, data: Any) -> Design:
    """Return A question with several answers each takes the item and respondent effects without being told."""
    from csea_stats.respondents.columns import MultipleColumn

    if model.outcome.questions is None and isinstance(data.column(model.outcome.name), MultipleColumn):
        return _grouped(model, data)
    return rows_design(model, data)


def fitted_table(design: Design, place: int, method: str, engine: str | None, level: float, seed: int) -> FittedTable:
    """Fit one table of a design."""
    if design.imputed:
        if method != "bayes" or engine in ("slice", "nuts"):
            message = f"missing: found 'impute' with {engine or method}; allowed is method='bayes' with engine laplace"
            raise InputError(message)
        mixed = mixed_sample(design, seed)
        _refuse_failed(mixed.diagnostics, mixed.engine, engine)
        return FittedTable(design=design, place=place, sample=mixed)
    if method == "frequentist" and design.grouped:
        return FittedTable(design=design, place=place, profiled=_asked_average(design, place, engine, level))
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
        message = f"engine: found {in_short(engine)} with the family {design.family}; allowed is one of {allowed}"
        raise InputError(message)
    if number:
        from csea_stats.regression.engines.linear import least_squares

        return least_squares(straight.problem(place), level=level, names=straight.linear_terms)
    from csea_stats.regression.engines.penalised import profile

    return profile(straight.problem(place), method=engine or "log-f", level=level, names=straight.linear_terms)  # type: ignore[arg-type]


def _asked_average(design: Design, place: int, engine: str | None, level: float) -> Any:
    """Return the fit by penalised likelihood, the groups averaged over, or refuse it.

    Raises
    ------
    InputError
        Of few groups or several answers each, or by an engine that cannot.
    """
    why = design.not_averaged
    if engine not in (None, "log-f"):
        why = f"with engine {engine!r} a spread of few groups is often estimated as 0; allowed is 'log-f'"
    if why:
        message = (
            f"method 'frequentist': found group effects; {why}. Use method='bayes', or compare group by "
            "group: tabulate(...).contrasts()"
        )
        raise InputError(message)
    return averaged_fit(design.straightened.problem(place), level=level)


def _beside(
    design: Design, readings: tuple[FittedTable, ...], method: str, level: float, seed: int
) -> tuple[FittedTable, ...]:
    """Return the default fit of the other kind; none beside several questions, few groups, or without a maximum."""
    if method != "bayes":
        return drawn_beside(design, readings, seed)
    with suppress(InputError):  # few groups, or no maximum was reached: no reason to refuse what is asked for
        return tuple(_profiles(design, [one.place for one in readings], level))
    return ()


def _profiles(design: Design, places: list[int], level: float) -> Iterator[FittedTable]:
    if design.imputed and not design.grouped:
        design, places = design.completed, list(range(1, min(len(design.imputed), HULL) + 1))
    profiled = _asked_average if design.grouped else _profiled
    for place in places:
        yield FittedTable(design=design, place=place, profiled=profiled(design, place, None, level))


def under_priors(design: Design, readings: tuple[FittedTable, ...], method: str, seed: int) -> Strip:
    """Return the Bayesian fits under each customary prior of what the model has; the one in use is not fitted again."""
    own = priors_in_use(design) if method == "bayes" else ()
    found = [
        (prior, readings if prior in own else drawn_beside(with_prior(design, prior), readings, seed))
        for prior in strip_priors(design)
    ]
    return tuple((prior, drawn) for prior, drawn in found if drawn or prior != FREE)


def strip_priors(design: Design) -> tuple[str, ...]:
    """Return what its numbers are shown under: priors of the coefficients and of the spreads, and free steps."""
    slopes = bool(design.variables) and not design.exactly
    return (*STRIP * slopes, *SPREADS * design.grouped, *(FREE,) * bool(design.monotonic_items))


def priors_in_use(design: Design) -> tuple[str, str]:
    """Return those of the coefficients and of the spreads; none of the former where single ones have their own."""
    if design.model.coefficient_prior:
        return "", design.model.priors.scales.prior
    return design.model.priors.coefficients.prior, design.model.priors.scales.prior


def with_prior(design: Design, prior: str) -> Design:
    """Return the design under another prior: of the spreads if it is half-normal, else of the coefficients.

    Or with its steps free.
    """
    if prior == FREE:
        return design.freed
    slot = "scales" if prior.startswith("half-normal") else "coefficients"
    changed: dict[str, Any] = {slot: prior}
    for other, has in (("interactions", design.joints), ("departures", design.free_terms)):
        if has and slot == "coefficients" and other not in design.model.stated_priors:
            changed[other] = HALVES[prior]
    model = design.model.with_priors(**changed)
    return replace(design, model=replace(model, coefficient_prior=()) if slot == "coefficients" else model)


def drawn_beside(design: Design, readings: tuple[FittedTable, ...], seed: int) -> tuple[FittedTable, ...]:
    """Return draws from the posterior of each table of a design, to stand beside a fit.

    None where neither importance nor slice sampling passes: what stands beside never compiles a model.
    """

    def of(place: int) -> Sample:
        return mixed_sample(design, seed) if design.imputed else quick(design.problem(place), seed=seed)

    places = (0,) if design.imputed else tuple(one.place for one in readings)
    found = tuple(FittedTable(design=design, place=place, sample=of(place)) for place in places)
    failed = any(check.state == "fail" for one in found for check in one.drawn.diagnostics)
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


def made_up(data: Any) -> bool:
    """Whether answers, or those of one of several surveys, were made up."""
    return any(
        bool(getattr(one, "synthetic", False)) for one in (data.values() if isinstance(data, Mapping) else [data])
    )


def _words(data: Any) -> Any:
    return getattr(getattr(data, "codebook", None), "targets", None) or getattr(data, "words", None)
