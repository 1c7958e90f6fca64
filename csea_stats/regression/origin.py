"""Where the numbers of a fit come from: the call that makes them again, the counts' hash, the versions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any

from csea_stats.errors import InputError, plain_value
from csea_stats.regression.library import load_model, model_names
from csea_stats.regression.model import CHOSEN, SLOTS, Model, model_toml
from csea_stats.results.certificates import certificate_name
from csea_stats.results.values import Provenance, versions


def call_words(model: Model, **settings: object) -> str:
    """Return the call that makes a fit again, model, priors and all; `data` stands for the answers.

    Parameters
    ----------
    model : Model
        As it was asked for, before the answers were known.
    **settings
        Those of `csea_stats.fit`; at their default they are left out.

    Returns
    -------
    str
        Of the grammar that `csea_stats.results.recipes` reads.

    Examples
    --------
    >>> call_words(Model.from_formula("rating ~ years"), seed=2)
    "csea_stats.fit('rating ~ years', data, seed=2)"
    """
    usual: dict[str, object] = {"method": "bayes", "engine": None, "level": 0.95, "seed": 1}
    usual |= {"frequency": None, "missing": "complete", "imputations": 20}
    more = "".join(f", {name}={plain_value(value)!r}" for name, value in settings.items() if value != usual[name])
    return f"csea_stats.fit({_model_words(model)}, data{more})"


def _model_words(model: Model) -> str:
    """Return the shortest expression that is the model: a name, a formula, either with priors, or its whole text.

    Run where `csea_stats` is imported it gives an equal model: whoever reads the call can make the numbers again.
    """
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


def made_by(
    model: Model, data: Any, *, method: str, engine: str | None, level: float, seed: int, **more: object
) -> Provenance:
    """Return where a fit's numbers come from.

    Parameters
    ----------
    model : Model
    data : Microdata, Tabulation, or a mapping of several
        Of answers a hash of those counts alone that the fit shows.
    method, engine, level, seed, **more
        As `csea_stats.fit` was asked.

    Returns
    -------
    Provenance
    """
    survey = getattr(getattr(data, "codebook", None), "survey", None) or getattr(data, "survey", None)
    sources = data.values() if isinstance(data, Mapping) else [data]
    return Provenance(
        survey=survey if isinstance(survey, str) else None,
        places=tuple(dict.fromkeys(place for one in sources for place in getattr(one, "places", ()))),
        data_hash=_counts_hash(model, data),
        call=call_words(model, method=method, engine=engine, level=level, seed=seed, **more),
        versions=versions(*(("pymc", "nutpie") if engine == "nuts" else ())),
        seed=seed,
        certificate=_certificate(model, method, engine, level),
    )


def _certificate(model: Model, method: str, engine: str | None, level: float) -> str | None:
    """Return the name of the certificate of a shipped model as it stands; None of any other."""
    if method != "bayes" or model.id not in model_names() or load_model(model.id) != model:
        return None
    return certificate_name(model.id, engine or "laplace", level)


def _counts_hash(model: Model, data: Any) -> str:
    """Return a hash of counts that a fit shows anyway: of one question at a time, never of who gave which answers."""
    if isinstance(data, Mapping):
        told = "".join(f"{name}\0{_counts_hash(model, one)}\0" for name, one in data.items())
        return sha256(told.encode()).hexdigest()
    if not hasattr(data, "counts_hash"):
        return str(getattr(data, "data_hash", ""))
    asked = model.outcome.questions or (model.outcome.name,)
    grouping = [one.name for one in model.predictor if one.term != "group" or one.name in data.codebook]  # or by item
    return str(data.counts_hash(*asked, *grouping))
