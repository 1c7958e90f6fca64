"""Multiple imputation of predictors by chained models of this package, and draws mixed over the completed answers.

Each predictor that somebody lacks is drawn anew, in turn, from a model of it by all others and the outcome: its
parameters are a draw from their posterior, its answers draws given these; numbers are those of respondents whom the
model expects to be like them. The fits of all completed sets have one share each of the draws that are told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.links import link_of
from csea_stats.regression.engines.proposal import modes
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Prior, Sample
from csea_stats.regression.rows import rows_design
from csea_stats.respondents.columns import NOT_ASKED, CodedColumn, Column, NumberColumn
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.design import Design
    from csea_stats.regression.model import Model
    from csea_stats.respondents.microdata import Microdata

CYCLES = 5
"""Rounds of the chain where several predictors are lacking; of one the first is exact."""

DONORS = 5
"""Respondents of whom one lends a number: those whom its model expects nearest."""

TRIED = 64
"""Draws near a mode of which one is taken by its weight: a draw from the posterior."""

MOST_DRAWS = 16_384
"""Draws that are told, over all completed sets."""


def imputed_design(model: Model, data: Microdata, number: int, seed: int) -> Design:
    """Return a design whose tables are averages over completed sets of answers, which it holds, too.

    Parameters
    ----------
    model : Model
    data : Microdata
    number : int
        Of completed sets, 2 or more.
    seed : int

    Raises
    ------
    InputError
        Group effects or trials, or nobody who answered.
    """
    if model.outcome.trials or model.outcome.questions or any(one.term == "group" for one in model.predictor):
        message = (
            "missing: found 'impute' with group effects, several questions or trials; allowed is one question and "
            "predictors: take missing='complete'"
        )
        raise InputError(message)
    outcome = data.column(model.outcome.name)
    columns = [data.column(one.name) for one in model.predictor]
    there = outcome.answered.copy()
    for column in columns:
        there &= column.reasons != NOT_ASKED
    rows = np.flatnonzero(there)
    known = {column.name: column.taken(rows) for column in (outcome, *columns)}
    lacking = [column.name for column in columns if not known[column.name].answered.all()]
    sets = [_completed(known, lacking, np.random.default_rng([seed, 53, one])) for one in range(number)]
    whole = {name: _together([one[name] for one in sets]) for name in known}
    stacked = replace(data, columns=tuple(whole.values()), ids=(), clusters=None)
    design = rows_design(model, stacked, most=len(rows) * number)
    cells = np.zeros((number, *design.tables[0].shape))
    which = np.repeat(np.arange(number), len(rows))
    np.add.at(cells, (which, *design.rows.cells.T), 1.0)  # type: ignore[union-attr]
    people = [int(np.count_nonzero(~known[name].answered)) for name in lacking]
    told = ", ".join(f"{name.replace('_', ' ')} of {count}" for name, count in zip(lacking, people, strict=True))
    doubt = caveat("imputed", what=told or "nothing", number=number_of(number, "times"), seed=seed)
    left = len(data) - len(rows)
    return replace(
        design,
        tables=(cells.mean(axis=0),),
        imputed=tuple(cells),
        left_out=((f"{model.outcome.name}: no answer, or a predictor not asked", left),) if left else (),
        rows=None,
        doubts=(*design.doubts, doubt),
    )


def _together(columns: Sequence[Column]) -> Column:
    """Return the answers of several completed sets one after the other."""
    first: Any = columns[0]
    if isinstance(first, NumberColumn):
        values = np.concatenate([one.values for one in columns])  # type: ignore[union-attr]
        return replace(first, values=values, reasons=np.zeros(len(values), dtype=np.int16))
    return replace(first, codes=np.concatenate([one.codes for one in columns]))  # type: ignore[no-any-return, union-attr]


def _completed(known: dict[str, Column], lacking: list[str], rng: np.random.Generator) -> dict[str, Any]:
    """Return answers with nothing lacking: begun from answers of others, then drawn in turn."""
    filled: dict[str, Any] = dict(known)
    for name in lacking:
        there = np.flatnonzero(known[name].answered)
        if not len(there):
            message = f"missing: found nobody with an answer to {name!r}; leave it out"
            raise InputError(message)
        filled[name] = _lent(known[name], rng.choice(there, int(np.count_nonzero(~known[name].answered))))
    for _ in range(CYCLES if len(lacking) > 1 else 1):
        for name in lacking:
            filled[name] = _redrawn(name, known, filled, rng)
    return filled


def _lent(column: Any, lenders: Any) -> Any:
    """Return a column in which whoever lacks an answer has that of another."""
    gaps = ~column.answered
    if isinstance(column, NumberColumn):
        values, reasons = column.values.copy(), column.reasons.copy()
        values[gaps], reasons[gaps] = column.values[lenders], 0
        return replace(column, values=values, reasons=reasons)
    codes = column.codes.copy()
    codes[gaps] = column.codes[lenders]
    return replace(column, codes=codes)


def _redrawn(name: str, known: dict[str, Column], filled: dict[str, Any], rng: np.random.Generator) -> Any:
    """Draw the answers that one predictor lacks, given all others as they now are."""
    column: Any = known[name]
    there = column.answered
    columns = np.concatenate([_columns(other) for key, other in filled.items() if key != name], axis=1)
    columns = columns - columns[there].mean(axis=0)
    seen = np.abs(columns[there]).max(axis=0) > 1e-9
    columns = columns[:, seen]
    if isinstance(column, NumberColumn):
        expected = _expected(column.values[there], columns, there, rng)
        own = expected[there]
        near = np.argsort(np.abs(expected[~there][:, None] - own[None, :]), axis=1)[:, :DONORS]
        chosen = near[np.arange(len(near)), rng.integers(0, near.shape[1], len(near))]
        return _lent(column, np.flatnonzero(there)[chosen])
    codes = column.codes[there].astype(int)
    used = np.unique(codes)
    if len(used) < 2:
        return _lent(column, np.full(int(np.count_nonzero(~there)), np.flatnonzero(there)[0]))
    problem = _problem(np.eye(len(used))[np.searchsorted(used, codes)], columns[there], ordered=column.ordered)
    sample = _one_draw(problem, rng)
    slopes = sample.linear[0].reshape(columns.shape[1], problem.width)
    eta = (columns[~there] @ slopes)[None]
    logs = link_of(problem).log_answers(sample.thresholds, eta if problem.width > 1 else eta[:, :, 0])[0]
    below = np.cumsum(np.exp(logs), axis=1)
    place = (rng.random((len(below), 1)) * below[:, -1:] > below).sum(axis=1)
    fresh = column.codes.copy()
    fresh[~there] = used[place]
    return replace(column, codes=fresh)


def _columns(column: Any) -> Array:
    """Return a variable as columns: a number per 2 standard deviations, an order by its places, categories each."""
    if isinstance(column, CodedColumn) and not column.ordered:
        return np.asarray(column.codes[:, None] == np.unique(column.codes)[1:], dtype=float)
    values = column.values if isinstance(column, NumberColumn) else column.codes.astype(float)
    return np.asarray((values / max(2 * values.std(), 1e-12))[:, None])


def _problem(counts: Array, columns: Array, *, ordered: bool) -> EngineProblem:
    family: Any = "bernoulli" if counts.shape[1] == 2 else "cumulative" if ordered else "multinomial"
    return EngineProblem(counts=counts, linear=columns, linear_priors=(Prior(),) * columns.shape[1], family=family)


def _expected(values: Array, columns: Array, there: Any, rng: np.random.Generator) -> Array:
    """Return what a linear model expects of everybody's number, at a draw of its parameters."""
    unit = max(float(values.std(ddof=1)) if len(values) > 1 else 0.0, 1e-12)
    numbers, codes = np.unique(values, return_inverse=True)
    problem = EngineProblem(
        counts=np.eye(len(numbers))[codes.ravel()] if len(numbers) > 1 else np.ones((len(values), 2)) / 2,
        linear=columns[there],
        linear_priors=(Prior(),) * columns.shape[1],
        family="linear",
        values=(numbers - values.mean()) / unit if len(numbers) > 1 else np.zeros(2),
        intercept=Prior(family="student-t", scale=2.5),
    )
    return np.asarray(columns @ _one_draw(problem, rng).linear[0])


def _one_draw(problem: EngineProblem, rng: np.random.Generator) -> Sample:
    """Draw once from a posterior: from the normal law at its mode, corrected by importance weights."""
    posterior = posterior_of(problem)
    mode = modes(posterior)[0]
    root = 1.2 * np.linalg.cholesky(mode.covariance)
    scores = rng.standard_normal((len(root), TRIED))
    points = mode.centre[:, None] + root @ scores
    heights = posterior.log_density(points) + 0.5 * np.square(scores).sum(axis=0)
    weights = np.exp(heights - heights.max())
    chosen = rng.choice(TRIED, p=weights / weights.sum())
    return posterior.unpack(points[:, [chosen]])


ORDER = ("pass", "warn", "fail")
"""States of a check, the worst last."""


def mixed_sample(design: Design, seed: int) -> Sample:
    """Draw from the posterior of each completed set, and mix: equally many draws of each."""
    from csea_stats.regression.engines import quick

    each = max(MOST_DRAWS // len(design.imputed), 100)
    problem = design.problem()
    sets = [replace(problem, counts=table) for table in design.imputed]
    samples = [quick(one, draws=each, seed=seed).at(np.arange(each)) for one in sets]
    checks: dict[str, Diagnostic] = {}
    for check in (check for sample in samples for check in sample.diagnostics):
        known = checks.get(check.name)
        if known is None or ORDER.index(check.state) > ORDER.index(known.state):
            checks[check.name] = check
    return replace(
        samples[0],
        thresholds=np.concatenate([one.thresholds for one in samples]),
        linear=np.concatenate([one.linear for one in samples]),
        monotonic=np.concatenate([one.monotonic for one in samples]),
        zetas=tuple(np.concatenate(parts) for parts in zip(*(one.zetas for one in samples), strict=True)),
        diagnostics=tuple(checks.values()),
        weighted=None,
        replicates=1,
    )
