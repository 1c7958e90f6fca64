"""Model and answers into a `FittedModel`: read the model, make the design, let an engine fit it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError, check_kind
from csea_stats.estimators.checking import check_level
from csea_stats.regression.design import Design
from csea_stats.regression.library import load_model, model_names
from csea_stats.regression.priors import EXACTLY, read_prior
from csea_stats.regression.reading import STRIP, FittedModel, Later, Reading, Strip
from csea_stats.regression.rows import known, rows_design, stacked
from csea_stats.regression.spec import CHOSEN, NEEDS, SLOTS, Model
from csea_stats.regression.writing import model_toml
from csea_stats.results.values import Provenance

if TYPE_CHECKING:
    from typing import Any

ENGINES = {"bayes": ("laplace", "nuts"), "frequentist": ("log-f", "ml", "firth")}
"""Engines of each method; the first is the default."""


def fit_model(
    model: Model | str | os.PathLike[str],
    data: Any,
    *,
    method: Literal["bayes", "frequentist"],
    engine: str | None,
    level: float,
    seed: int,
) -> FittedModel:
    """Fit a model; see `csea_stats.fit`."""
    if method not in ENGINES:
        message = f"method: found {method!r}; allowed is 'bayes' or 'frequentist'"
        raise InputError(message)
    if engine is not None and engine not in ENGINES[method]:
        message = f"engine: found {engine!r}; allowed for method {method!r} is one of {', '.join(ENGINES[method])}"
        raise InputError(message)
    if not _whole(seed):
        message = f"seed: found {seed!r}; allowed is a whole number of at least 0"
        raise InputError(message)
    level = check_level(level)
    chosen = as_model(model)
    design = design_of(chosen, data)
    if not isinstance(design, Design):
        from csea_stats.regression.stacked import fit_stacked

        readings: tuple[Any, ...] = fit_stacked(design, method=method, engine=engine, seed=seed)
    else:
        readings = tuple(_read(design, place, method, engine, level, seed) for place in range(len(design.tables)))
    first = readings[0]
    used = first.sample.engine if first.sample is not None else first.profiled.method if first.profiled else ""
    strip = Later[Strip](tuple)
    if used != "nuts":  # refitting takes long
        strip = Later(_under, design, chosen, readings, method, seed)
    return FittedModel(
        model=chosen,
        design=design,
        readings=readings,
        method=method,
        engine=used,
        level=level,
        seed=seed,
        provenance=_provenance(chosen, data, method=method, engine=engine, level=level, seed=seed),
        words=_words(data),
        synthetic=bool(getattr(data, "synthetic", False)),
        beside=Later(_beside, design, chosen, readings, method, level, seed),
        under=strip,
    )


def _whole(seed: object) -> bool:
    return isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0


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
    _check_priors(design.resolved)
    return design


def _check_priors(model: Model) -> None:
    """Refuse a stated prior that no parameter has: it would be ignored."""
    for slot, stated in model.stated_priors.items():
        if slot not in model.slots:
            message = (
                f"prior of {slot}: found {stated.prior!r}, but there is no such parameter: it takes {NEEDS[slot]}. "
                f"Priors that apply to {model.formula} ({model.family}): {', '.join(model.slots)}. Leave the other out"
            )
            raise InputError(message)
    told = model.prior("intercept").prior
    if model.family == "conditional-bernoulli" and read_prior("intercept", told).family == "beta":
        message = (
            f"prior of intercept: found {told!r}; where exactly {model.outcome.chosen} of a list are chosen only how "
            f"answers compare can be told: allowed is one of log odds, such as {EXACTLY[0]}"
        )
        raise InputError(message)


def _design(model: Model, data: Any) -> Any:
    from csea_stats.estimators.answered.tabulations import Tabulation
    from csea_stats.respondents.microdata import Microdata

    if isinstance(data, Tabulation):
        from csea_stats.regression.printed import tabulation_design

        return tabulation_design(model, data)
    if not hasattr(data, "column"):  # whatever gives answers by column can be fitted
        check_kind("data", data, Microdata, Tabulation)
    known(model, data)
    if stacked(model) or model.family == "conditional-bernoulli" or any(p.term == "group" for p in model.predictor):
        from csea_stats.regression.stacking import stacked_design

        return stacked_design(model, data)
    return _implied(model, data)


def _implied(model: Model, data: Any) -> Any:
    """Return A question with several answers each takes the item and respondent effects without being told."""
    from csea_stats.respondents.columns import MultipleColumn

    if model.outcome.questions is None and isinstance(data.column(model.outcome.name), MultipleColumn):
        from csea_stats.regression.stacking import stacked_design

        return stacked_design(model, data)
    return rows_design(model, data)


def _read(design: Design, place: int, method: str, engine: str | None, level: float, seed: int) -> Reading:
    from csea_stats.regression.engines import sample

    if method == "bayes":
        drawn = sample(design.problem(place), engine=engine, seed=seed)  # type: ignore[arg-type]
        _refuse_failed(drawn.diagnostics, drawn.engine, engine)
        return Reading(design=design, place=place, sample=drawn)
    return Reading(design=design, place=place, profiled=_profiled(design, place, engine or "log-f", level))


def _refuse_failed(diagnostics: Any, used: str, asked: str | None) -> None:
    """Never pass on a failed fit as if it had passed."""
    failed = [one.text for one in diagnostics if one.state == "fail"]
    if failed:
        hint = "leave engine=None, which falls back by itself" if asked == "laplace" else "use a simpler model"
        message = f"engine {used!r} failed its checks: {' '.join(failed)} Nothing is returned; {hint}"
        raise InputError(message)


def _profiled(design: Design, place: int, engine: str, level: float) -> Any:
    from csea_stats.regression.engines.penalised import profile

    straight = design.straightened
    return profile(straight.problem(place), method=engine, level=level, names=straight.linear_items)  # type: ignore[arg-type]


def _beside(
    design: Any, model: Model, readings: tuple[Any, ...], method: str, level: float, seed: int
) -> tuple[Any, ...]:
    """Return the default fit of the other kind; none beside group effects."""
    if not isinstance(design, Design):
        return ()
    if method == "bayes":
        return tuple(
            Reading(design=design, place=one.place, profiled=_profiled(design, one.place, "log-f", level))
            for one in readings
        )
    return _drawn(design, model, readings, seed)


def _under(design: Any, model: Model, readings: tuple[Any, ...], method: str, seed: int) -> Strip:
    """Return the Bayesian fits under each customary prior of what the model has."""
    if not isinstance(design, Design):
        from csea_stats.regression.stacked import stacked_strip

        return stacked_strip(design, readings, seed)
    told = []
    for prior in STRIP if design.variables else ():
        if prior == model.priors.coefficients.prior and method == "bayes":
            told.append((prior, readings))
        else:
            told.append((prior, _drawn(design, model.with_priors(coefficients=prior), readings, seed)))
    return tuple(told)


def _drawn(design: Design, model: Model, readings: tuple[Any, ...], seed: int) -> tuple[Reading, ...]:
    from csea_stats.regression.engines import sample

    design = replace(design, model=model)
    return tuple(
        Reading(design=design, place=one.place, sample=sample(design.problem(one.place), seed=seed)) for one in readings
    )


def fit_again[F: FittedModel](found: F) -> tuple[tuple[str, F], ...]:
    """Whole fits under each customary prior, also where the fit itself has none because refitting takes long."""
    told = found.strip or _under(found.design, found.model, found.readings, found.method, found.seed)
    fits = []
    for prior, readings in told:
        design = readings[0].design
        used = design.model is found.model
        call = found.provenance.call if used else call_words(design.model, level=found.level, seed=found.seed)
        one = replace(
            found,
            model=design.model,
            design=design,
            readings=readings,
            provenance=replace(found.provenance, call=call),
            under=Later(tuple, told),
        )
        fits.append((prior, one))
    return tuple(fits)


@cache
def versions(*names: str) -> tuple[tuple[str, str], ...]:
    """Versions of the packages that the numbers rest on."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ("csea-stats", "numpy", "scipy", *names):
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def call_words(model: Model, **settings: object) -> str:
    """Return the call that makes a fit again, model, priors and all; `data` stands for the answers."""
    usual = {"method": "bayes", "engine": None, "level": 0.95, "seed": 1}
    more = "".join(f", {name}={value!r}" for name, value in settings.items() if value != usual[name])
    return f"csea_stats.fit({_model_words(model)}, data{more})"


def _model_words(model: Model) -> str:
    """Return the shortest expression that is the model: a name, a formula, either with priors, or its whole text."""
    starts: list[tuple[str, str, Model]] = []
    if model.id == "formula":
        family = "" if model.family is None else f", family={model.family!r}"
        with suppress(InputError):  # a model without a formula of one line
            plain = Model.from_formula(model.formula, family=model.family)
            long = f"csea_stats.Model.from_formula({model.formula!r}{family})"
            starts.append((long if family else repr(model.formula), long, plain))
    elif model.id in model_names():
        starts.append((repr(model.id), f"csea_stats.load_model({model.id!r})", load_model(model.id)))
    for short, long, plain in starts:
        if plain == model:
            return short
        changed = {slot: getattr(model.priors, slot) for slot in SLOTS}
        changed = {slot: one for slot, one in changed.items() if one != getattr(plain.priors, slot)}
        reasons = {one.reason for one in changed.values()}
        if len(reasons) == 1:
            reason = "" if reasons == {CHOSEN} else f", reason={reasons.pop()!r}"
            told = ", ".join(f"{slot}={one.prior!r}" for slot, one in changed.items())
            if replace(plain, priors=model.priors) == model:
                return f"{long}.with_priors({told}{reason})"
    return f"csea_stats.load_model({model_toml(model, short=True)!r})"


def _provenance(model: Model, data: Any, *, method: str, engine: str | None, level: float, seed: int) -> Provenance:
    survey = getattr(getattr(data, "codebook", None), "survey", None) or getattr(data, "survey", None)
    return Provenance(
        survey=survey if isinstance(survey, str) else None,
        places=tuple(getattr(data, "places", ())),
        data_hash=str(getattr(data, "data_hash", "")),
        call=call_words(model, method=method, engine=engine, level=level, seed=seed),
        versions=versions(*(("pymc", "nutpie") if engine == "nuts" else ())),
        seed=seed,
    )


def _words(data: Any) -> Any:
    return getattr(getattr(data, "codebook", None), "targets", None) or getattr(data, "words", None)
