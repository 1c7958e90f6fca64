"""A fit as ArviZ has it: draws, prior, densities, predictions and what was observed; and its PyMC model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.averages import everybody
from csea_stats.regression.densities import cell_log_likelihood, log_priors, people_log_likelihood, prior_sample, scores
from csea_stats.regression.design import MOST, Design
from csea_stats.regression.engines.group_cells import symmetric
from csea_stats.regression.engines.nuts import pymc_model as write_model
from csea_stats.regression.groups import named_effects
from csea_stats.regression.released import Release, check_released
from csea_stats.results.numbers import integer

if TYPE_CHECKING:
    from csea_stats.regression.fitted import FittedModel, FittedTable
    from csea_stats.regression.problem import Array

CHAINS = 4
"""Into which independent draws are parted, so that checks between chains have something to compare."""

OF_NOBODY = ("posterior", "prior", "log_prior")
"""Groups that hold nothing of single respondents."""

Draws = dict[str, Any]


def to_datatree(fit: FittedModel, *, release: Release = False) -> Any:
    """Make the DataTree; of one that may be passed on, of what tells of nobody by themselves."""
    fit.refuse_imputed("to_datatree")
    rule = None if release is False else check_released("to_datatree", fit, release)
    from arviz_base import dict_to_dataset
    from xarray import DataTree

    if not fit.bayes:
        message = "to_datatree: a frequentist fit has no draws; fit with method='bayes'"
        raise InputError(message)
    if fit.design.people > MOST:
        message = (
            f"to_datatree: found {integer(fit.design.people)} respondents; allowed are at most "
            f"{integer(MOST)}, since it holds a value for each at every draw. Use fit.draws"
        )
        raise InputError(message)
    reading = fit.readings[0]
    rng = np.random.default_rng([fit.seed, 11])
    groups = {name: one for name, one in _groups(reading, rng).items() if rule is None or name in OF_NOBODY}
    sample = reading.sample
    chains = sample.chains if sample is not None and sample.chains > 1 else CHAINS
    attributes, found = _attributes(fit), {}
    if rule is not None and fit.holds_answers:
        attributes |= {"release": rule.text, "left_out": "not told"}
    dims, coords = _dims(fit)
    for group, members in groups.items():
        observed = group == "observed_data"
        shaped = members if observed else {name: _chained(np.asarray(one), chains) for name, one in members.items()}
        whose: Coordinates = {}
        if "answers" in members:
            whose = _sets_of(reading) if group == "log_likelihood" else _answers_of(reading)
        here: Any = {**dims, "answers": [*whose][:1]}
        found[group] = dict_to_dataset(
            shaped, attrs=attributes, dims=here, coords=coords, sample_dims=[] if observed else None
        )
        found[group] = found[group].assign_coords(whose)
    tree = DataTree.from_dict(found)
    tree.attrs.update(attributes)
    return tree


def _attributes(fit: FittedModel) -> dict[str, str]:
    """Return what every group of a tree says of itself."""
    rows = (
        "row: a respondent's place among those of the data, from 0, in their order"
        if fit.design.rows is not None
        else "row: a person within a cell of the table that was fitted, numbered there; no single respondent is known"
    )
    left = "; ".join(f"{integer(number)} {reason}" for reason, number in fit.design.left_out)
    told = {"model": fit.model.formula, "call": fit.provenance.call, "rows": rows, "left_out": left or "nobody"}
    if fit.design.rows is not None and not fit.synthetic:
        told["release"] = "no: it holds single respondents' answers and log likelihoods"
    return {**told, "synthetic": str(fit.synthetic), **({"stamp": fit.stamp} if fit.synthetic else {})}


Coordinates = dict[str, tuple[str, Any]]


def _sets_of(reading: FittedTable) -> Coordinates:
    """Coordinates of what has one log likelihood: an answer, or a respondent's set of exactly k."""
    return _respondents_of(reading) if reading.design.exactly else _answers_of(reading)


def _answers_of(reading: FittedTable) -> Coordinates:
    """Coordinates of the answers, the dimension's own first: respondents, or respondents by items."""
    found = _respondents_of(reading)
    if not reading.design.several:
        return found
    person, item, _ = reading.design.rows_answered()
    whose = {name: ("answer", values[person]) for name, (_, values) in found.items()}
    items = np.array(reading.design.items, dtype=np.str_)[item]
    names = [f"{row}: {item}" for row, item in zip(whose["row"][1], items, strict=True)]
    return {"answer": ("answer", np.array(names)), **whose, "item": ("answer", items)}


def _respondents_of(reading: FittedTable) -> Coordinates:
    """Place, and id where the data have one, of each respondent; of a table of counts the cell."""
    rows = reading.design.rows
    if rows is None:
        return {"row": ("row", np.array(_cell_names(reading)))}
    ids = {"respondent": ("row", np.array(rows.ids, dtype=np.str_))} if rows.ids else {}
    return {"row": ("row", rows.index), **ids}


def _cell_names(reading: FittedTable) -> list[str]:
    if reading.design.answered is not None:
        return [f"{place}" for place in range(reading.design.people)]
    found, design = [], reading.design
    for pattern, answer in np.argwhere(reading.table > 0):
        told = zip(design.variables, design.patterns[pattern], strict=True)
        groups = [labels[codes[pattern]] for _, labels, codes in design.groups]
        cell = ": ".join([", ".join([*groups, *(one.told(value) for one, value in told)]), design.answers[answer]])
        found += [f"{cell.removeprefix(': ')} #{1 + one}" for one in range(int(reading.table[pattern, answer]))]
    return found


def _chained(values: Array, chains: int) -> Array:
    kept = len(values) // chains * chains
    return values[:kept].reshape(chains, kept // chains, *values.shape[1:])


def _dims(fit: FittedModel) -> tuple[dict[str, list[str]], Any]:
    design = fit.design
    dims: dict[str, list[str]] = {}
    coords: dict[str, list[str]] = {}
    if not design.grouped and design.numbers is None:
        dims["thresholds"], coords["cut"] = ["cut"], list(design.cuts)
    for term, (name, labels) in zip(design.monotonic_terms, design.step_labels, strict=True):
        dims[f"{term} steps"] = [f"{name} step"]
        coords[f"{name} step"] = list(labels)
    return dims, coords


def answers_of(reading: FittedTable) -> tuple[Any, Any, Any]:
    """Pattern, item and code of each answer, in the order of the data; of a table of counts cell by cell."""
    rows, design = reading.design.rows, reading.design
    if rows is None or design.grouped:
        return design.rows_answered(reading.place)
    return rows.cells[:, 0], np.zeros(len(rows.cells), dtype=np.intp), rows.cells[:, 1]


def _groups(reading: FittedTable, rng: np.random.Generator) -> dict[str, Draws]:
    design, sample = reading.design, reading.drawn
    patterns, items, answers = answers_of(reading)
    problem = design.problem(reading.place)
    seed = rng if design.grouped else int(rng.integers(2**32))
    prior = prior_sample(problem, draws=len(sample.thresholds), seed=seed)
    names = {"linear": design.linear_terms, "monotonic": design.monotonic_terms, "spreads": design.spreads}
    return {
        "posterior": reading.even.named,
        "prior": reading.with_sample(prior).named,
        "log_likelihood": {"answers": people_log_likelihood(design, sample, patterns, answers, items)},
        "log_prior": log_priors(problem, sample, **names),
        "posterior_predictive": {"answers": predicted_answers(reading, rng)},
        "prior_predictive": {"answers": predicted_answers(reading.with_sample(prior), rng)},
        "observed_data": {"answers": _observed(design, answers)},
    }


def _observed(design: Design, answers: Any) -> Any:
    """Return codes of answers, numbers, or how many of how many."""
    if design.numbers is not None:
        return design.numbers[answers]
    return answers if design.trials is None else design.trials[:, 1]


def predicted_answers(reading: FittedTable, rng: np.random.Generator) -> Any:
    """Return simulated answers, a row for each draw, a column for each answer (for exactly k: person and item)."""
    design, sample = reading.design, reading.drawn
    patterns, items, _ = answers_of(reading)
    if design.exactly:
        return _sets(scores(design, sample), design.exactly, rng).reshape(len(sample.thresholds), -1)
    if design.grouped and not design.slots:
        own = scores(design, sample)[:, patterns, items]
        cuts = np.zeros((len(own), 1)) if design.by_item else sample.thresholds
        noisy = own + rng.logistic(size=own.shape)
        return (noisy[:, :, None] > cuts[:, None, :]).sum(axis=2).astype(np.int16)
    if design.numbers is not None:
        eta = everybody(design, sample)[:, patterns]
        level, scale, freedom = sample.thresholds.T[:, :, None]
        centre, unit = design.moments
        return centre + unit * (level + eta + scale * rng.standard_t(np.broadcast_to(freedom, eta.shape)))
    cells = cell_log_likelihood(design, sample)
    if design.trials is not None:
        pattern, _, trials = design.trials.T
        return rng.binomial(trials, np.exp(cells[:, pattern, 1])).astype(np.int32)
    found = np.empty((len(cells), len(patterns)), dtype=np.int16)
    for item in np.unique(items):
        cells = design.link.log_answers(sample.thresholds, everybody(design, sample, item)) if design.several else cells
        below = np.cumsum(np.exp(cells), axis=2)[:, :, :-1]
        for place in np.flatnonzero(items == item):
            found[:, place] = (rng.random(len(cells))[:, None] > below[:, patterns[place]]).sum(axis=1)
    return found


def _sets(scores: Array, chosen: int, rng: np.random.Generator) -> Any:
    """Return sets of exactly k drawn item by item, each given those before it."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    items = weights.shape[-1]
    left = np.full(weights.shape[:-1], chosen)
    found = np.zeros(weights.shape, dtype=np.int16)
    for place in range(items):
        rest = np.stack(symmetric(weights[..., place + 1 :], chosen, axis=-1), axis=-1)
        without = np.take_along_axis(rest, left[..., None], axis=-1)[..., 0]
        fewer = np.take_along_axis(rest, np.maximum(left - 1, 0)[..., None], axis=-1)[..., 0]
        take = np.where(left > 0, weights[..., place] * fewer, 0.0)
        taken = rng.random(left.shape) * (take + without) < take
        found[..., place] = taken
        left = left - taken
    return found


def pymc_model(fit: FittedModel) -> Any:
    """Write the fit's model in PyMC; of made-up answers it holds the stamp as data, which every trace of it keeps."""
    fit.refuse_imputed("pymc_model")
    reading = fit.readings[0]
    design = reading.design if fit.bayes else reading.design.straightened
    model = write_model(
        design.problem(reading.place),
        linear=design.linear_terms,
        monotonic=design.monotonic_terms,
        spreads=design.spreads,
        effects=named_effects(design),
    )
    if fit.synthetic:
        import pymc as pm

        with model:
            pm.Data("SYNTHETIC", np.ones(1), dims="stamp", coords={"stamp": [fit.stamp]})
    return model
