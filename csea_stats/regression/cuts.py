"""Cuts of an ordered outcome: which somebody is on either side of, and the answers at one fitted by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.regression.engines import quick
from csea_stats.regression.engines.marginal import averaged_fit
from csea_stats.regression.engines.penalised import profile, separating
from csea_stats.regression.fitted import FittedModel, FittedTable
from csea_stats.survey.answer_events import OR_HIGHER, OR_LOWER

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array


def divides(fit: FittedModel, cut: int) -> bool:
    """Whether somebody is on either side of a cut, in every table of counts."""
    tables = fit.design.tables
    return all(0 < table[:, : cut + 1].sum() < table.sum() for table in tables)


def at_cut(fit: FittedModel, reading: FittedTable, cut: int) -> FittedTable:
    """Return the answers of one table cut in two, fitted by the engine of the fit."""
    key = "cut", cut, fit.level, fit.seed
    if key not in reading.known:
        reading.known[key] = _fitted(fit, reading, cut)
    return reading.known[key]  # type: ignore[no-any-return]


def _fitted(fit: FittedModel, reading: FittedTable, cut: int) -> FittedTable:
    answers = (f"{reading.design.answers[cut]}{OR_LOWER}", f"{reading.design.answers[cut + 1]}{OR_HIGHER}")
    tables = tuple(_two(table, cut) for table in reading.design.tables)
    design = replace(reading.design, answers=answers, tables=tables, family="bernoulli")
    if design.answered is not None:
        person, item, answer = design.answered
        design = replace(design, answered=(person, item, (answer > cut).astype(np.intp)))
    place = reading.place
    if fit.bayes:
        alike = reading.design.problem(place).thresholds  # each answer's concentration stays
        problem = replace(design.problem(place), thresholds=alike, intercept=None)
        return FittedTable(design=design, place=place, sample=quick(problem, seed=fit.seed))
    problem = design.straightened.problem(place)
    if design.grouped:
        return FittedTable(design=design, place=place, profiled=averaged_fit(problem, level=fit.level))
    engine = "log-f" if separating(problem.counts, problem.linear) else fit.engine  # where ml has no maximum
    names = fit.design.straightened.linear_items
    fitted = profile(problem, method=engine, level=fit.level, names=names)  # type: ignore[arg-type]
    return FittedTable(design=design, place=place, profiled=fitted)


def _two(counts: Array, cut: int) -> Array:
    lower = counts[:, : cut + 1].sum(axis=1)
    return np.stack([lower, counts.sum(axis=1) - lower], axis=1)
