"""Rows of answers and a model into a design: who is in, who is not and why, and the patterns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.design import MOST, Design, Rows, make_design
from csea_stats.regression.estimable import check_design
from csea_stats.regression.missing import repeated
from csea_stats.regression.outcomes import read_outcome
from csea_stats.regression.variables import Coded, collapse, levels_of
from csea_stats.respondents.codebook import Codebook
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.frames import picked, taken_for
from csea_stats.respondents.microdata import Microdata, read_respondents
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of
from csea_stats.tabulation.tabulation import doubts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from csea_stats.regression.model import Model, Predictor
    from csea_stats.results.values import Caveat

    class Answers(Protocol):
        """Respondents' answers by column."""

        def column(self, name: str) -> Column:
            """Return one."""

        def __len__(self) -> int: ...


def frame_answers(model: Model, frame: Any, frequency: str | None = None) -> tuple[Microdata, tuple[str, ...]]:
    """Return the answers in those columns of a frame that a model names, and what each column was taken for.

    Each row as often as the column `frequency` says, where it is given.

    Raises
    ------
    InputError
        A column whose type does not say what it may hold.
    UnknownName
        There is no such column.
    """
    names = variables_of(model)
    chosen = picked(frame, names, "fit") if frequency is None else repeated(frame, names, frequency)
    book = Codebook.from_frame(chosen)
    taken = tuple(f"{name} was taken for {taken_for(kind)}" for name, kind in book.variables)
    return read_respondents(chosen, book), taken


def rows_design(model: Model, data: Answers, most: int = MOST) -> Design:
    """Make the design of one question's answers; it holds who they are of at most so many respondents.

    Raises
    ------
    InputError
        If the data cannot be fitted: an unknown column, one level only, nobody left, ...
    """
    columns = [data.column(predictor.name) for predictor in model.predictor]
    outcome = read_outcome(model, data, columns)
    kept = outcome.kept
    check_people(int(kept.sum()), len(data), outcome.left_out)
    predictors = [
        coded_predictor(predictor, column, kept) for predictor, column in zip(model.predictor, columns, strict=True)
    ]
    sizes = [len(coded.levels) for coded in predictors]
    cells = [*(coded.codes for coded in predictors), outcome.codes]
    found, counts = collapse(cells, [*sizes, int(outcome.codes.max()) + 1])
    pattern = np.zeros(len(outcome.codes), dtype=np.int64)
    if predictors and (len(pattern) <= most or outcome.trials is not None):  # in rising order, as `collapse` has them
        values = np.stack([coded.codes for coded in predictors], axis=1)
        pattern = np.unique(values, axis=0, return_inverse=True)[1].ravel()
    patterns, table = _tables(found, counts, sizes, len(outcome.answers))
    trials = None
    if outcome.trials is not None:
        trials = np.column_stack([pattern, outcome.trials])
        table = np.stack([np.bincount(pattern, part) for part in (trials[:, 2] - trials[:, 1], trials[:, 1])], axis=1)
    design = make_design(
        model,
        outcome.name,
        outcome.answers,
        predictors,
        patterns=patterns,
        tables=[table],
        left_out=outcome.left_out,
        family=outcome.family,
        numbers=outcome.numbers,
        trials=trials,
        unit=outcome.unit,
    )
    check_design(design)
    rows = None
    if design.people <= most:
        rows = rows_of(data, kept, np.stack([pattern, outcome.codes], axis=1))
    doubts = (*source_doubts(model, data, kept), *empty_levels(model.predictor, columns, kept))
    return replace(design, doubts=doubts, rows=rows)


def rows_of(data: Answers, kept: NDArray[np.bool_], cells: NDArray[np.int64]) -> Rows:
    """Return who is in, with their ids where the data have them."""
    index = np.flatnonzero(kept).astype(np.int64)
    ids = getattr(data, "ids", ())
    return Rows(index=index, ids=tuple(ids[place] for place in index) if ids else (), cells=cells)


def source_doubts(
    model: Model, data: Answers, kept: NDArray[np.bool_], groups: tuple[NDArray[np.int64], ...] = ()
) -> tuple[Caveat, ...]:
    """Return what a tabulation of the same answers would doubt: who counts, and clusters that no group effect is of.

    Parameters
    ----------
    model : Model
    data : Microdata
    kept : (n,) array of bool
        Who is in the model.
    groups : tuple of arrays
        Codes of the groups of those who are in.
    """
    if not isinstance(data, Microdata):
        return ()
    found = dict(doubts_of(data, *variables_of(model)))
    if "clustered" in found and data.clusters is not None:
        clusters = data.clusters[kept]
        number = len(np.unique(clusters))
        allowed = any(
            number == len(np.unique(codes)) == len(np.unique(np.stack([clusters, codes]), axis=1).T) for codes in groups
        )
        if allowed or number == len(clusters):
            del found["clustered"]
    return tuple(caveat(code, **dict(values)) for code, values in found.items())


def _tables(
    found: NDArray[np.int64], counts: NDArray[np.int64], sizes: list[int], answers: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Patterns of the predictors with their answers beside each other; rows come sorted, the answer last."""
    if not sizes:
        return np.zeros((1, 0), dtype=np.int64), np.bincount(found[:, 0], counts, answers)[None, :]
    new = np.concatenate([[True], np.any(np.diff(found[:, :-1], axis=0) != 0, axis=1)])
    place = np.cumsum(new) - 1
    table = np.zeros((int(new.sum()), answers))
    table[place, found[:, -1]] = counts
    return found[new, :-1], table


def check_people(people: int, total: int, left_out: tuple[tuple[str, int], ...]) -> None:
    """Refuse nobody and a single person."""
    if people < 2:
        why = "; ".join(f"{integer(number)} {reason}" for reason, number in left_out)
        message = (
            f"found {people} of {number_of(total, 'respondents')} with an answer to everything in the "
            f"model{f' ({why})' if why else ''}; allowed are two or more"
        )
        raise InputError(message)


def coded_predictor(predictor: Predictor, column: Column, kept: NDArray[np.bool_]) -> Coded:
    """Return a predictor's values as codes; refuse a term that does not fit its column."""
    if isinstance(column, MultipleColumn):
        message = (
            f"predictor {predictor.name!r}: found a question with several answers each; allowed is one "
            "answer, or a number"
        )
        raise InputError(message)
    if isinstance(column, NumberColumn):
        if predictor.term not in ("plain", "per", "free"):
            message = (
                f"predictor {predictor.name!r}: found a number in {predictor.written}; allowed is "
                f"{predictor.name} or per({predictor.name}, 5)"
            )
            raise InputError(message)
        levels, codes = levels_of(column.values[kept])
        return Coded(predictor=predictor, labels=(), unit=column.unit, levels=levels, codes=codes)
    if predictor.term == "per":
        message = f"predictor {predictor.name!r}: found answers in {predictor.written}; allowed for per() is a number"
        raise InputError(message)
    if predictor.term in ("mo", "score") and not column.ordered:
        message = (
            f"predictor {predictor.name!r}: found answers in no order in {predictor.written}; allowed is "
            f"{predictor.name}, or Ordered in the codebook, in a frame an ordered categorical"
        )
        raise InputError(message)
    if predictor.term == "plain" and column.ordered and len(column.labels) > 2:
        name = predictor.name
        message = (
            f"predictor {name!r}: an ordered column must say how it enters: mo({name}) (one way over the "
            f"levels), score({name}) (equal steps) or cat({name}) (each level for itself)"
        )
        raise InputError(message)
    return used_levels(predictor, column.labels, column.codes[kept].astype(np.int64))


def empty_levels(
    predictors: Sequence[Predictor], columns: Sequence[Column], kept: NDArray[np.bool_]
) -> tuple[Caveat, ...]:
    """Return the levels that nobody in the model has, and which one then stands for the reference."""
    found = []
    for predictor, column in zip(predictors, columns, strict=False):
        if not isinstance(column, CodedColumn):
            continue
        used = np.bincount(column.codes[kept].astype(np.int64), minlength=len(column.labels)) > 0
        empty = [label for label, present in zip(column.labels, used, strict=True) if not present]
        if empty and used.any():
            first = column.labels[int(np.flatnonzero(used)[0])]
            moved = predictor.term in ("plain", "cat", "free") and not used[0]
            reference = f" Others are compared with “{first}” in place of “{column.labels[0]}”." if moved else ""
            told = ", ".join(f"“{label}”" for label in empty)
            found.append(
                caveat("empty-levels", levels=told, name=predictor.name.replace("_", " "), reference=reference)
            )
    return tuple(found)


def used_levels(predictor: Predictor, labels: tuple[str, ...], codes: NDArray[np.int64]) -> Coded:
    """Return A coded predictor; contrasts only for levels that somebody has, scales whole."""
    if predictor.term in ("plain", "cat", "free"):
        present = np.bincount(codes, minlength=len(labels)) > 0
        place = np.cumsum(present) - 1
        labels = tuple(label for label, used in zip(labels, present, strict=True) if used)
        codes = place[codes]
    return Coded(predictor=predictor, labels=labels, unit="", levels=np.arange(len(labels), dtype=float), codes=codes)


def known(model: Model, data: Answers) -> None:
    """Refuse a model that names a column which the data do not have, all of them at once."""
    lacking: list[UnknownName] = []
    for name in variables_of(model):
        try:
            data.column(name)
        except UnknownName as error:
            lacking.append(error)
    if len(lacking) > 1:
        message = f"the model {model.id!r} and the data do not go together:\n  " + "\n  ".join(map(str, lacking))
        raise InputError(message)
    if lacking:
        raise lacking[0]


def variables_of(model: Model) -> tuple[str, ...]:
    """Return the variables that a model asks the data for: outcomes, predictors, groups."""
    outcome = model.outcome
    asked = outcome.questions or (outcome.name, *((outcome.trials,) if outcome.trials else ()))
    names = [*asked, *(one.name for one in model.predictor)]
    names += [one.within for one in model.predictor if one.within and one.within not in names]
    implied = {"item", "respondent"} if stacked(model) else set()
    return tuple(name for name in names if name not in implied)


def stacked(model: Model) -> bool:
    """Whether the model has several answers of one person."""
    return any(predictor.term == "group" and predictor.name in ("item", "respondent") for predictor in model.predictor)
