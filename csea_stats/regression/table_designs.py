"""Tables of counts into a design: of one survey, or of several surveys that are the groups of a model."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.design import Design, make_design
from csea_stats.regression.estimable import check_design
from csea_stats.regression.grouped_rows import few_groups, slopes_of, unrelated
from csea_stats.regression.outcomes import coded_outcome
from csea_stats.regression.rows import check_people, coded_predictor
from csea_stats.respondents.columns import CodedColumn
from csea_stats.respondents.texts import plain
from csea_stats.results.caveats import caveat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csea_stats.regression.model import Model
    from csea_stats.regression.problem import Array, Family
    from csea_stats.regression.variables import Coded, Codes
    from csea_stats.tabulation.tabulation import Tabulation

MOST_TABLES = 200
"""Tables of counts that are fitted one by one."""

MOST_JOINT = 20
"""The same of several surveys, whose readings come in every combination, each with group effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTables:
    """What a tabulation allows: answers in the order of the model, and the counts of each reading by group."""

    family: Family
    answers: tuple[str, ...]
    tables: tuple[Array, ...]
    left_out: tuple[tuple[str, int], ...]


def tabulation_design(model: Model, tabulation: Tabulation) -> Design:
    """Make the design of one question by another, with a table for each reading of print.

    Raises
    ------
    InputError
        The model asks for more than the tabulation holds.
    UnknownName
        A column that it does not hold.
    """
    counted = _counted(model, tabulation)
    if len(counted.tables) > MOST_TABLES:
        message = f"the tabulation allows {len(counted.tables):,} tables of counts; allowed are at most {MOST_TABLES}"
        raise InputError(message)
    tables = counted.tables
    if not model.predictor:
        tables = tuple(table.sum(axis=0, keepdims=True) for table in tables)
    predictors, kept = _predictors(model, tabulation, tables, 1)
    design = _design(model, tabulation.outcome, counted, predictors, tuple(table[kept] for table in tables))
    check_design(design)
    return replace(design, doubts=tuple(caveat(code, **dict(values)) for code, values in tabulation.doubts))


def surveys_design(model: Model, tabulations: Mapping[str, Tabulation]) -> Design:
    """Make the design of several surveys' tables of the same two questions, the surveys being groups.

    Parameters
    ----------
    model : Model
        With one group effect, whose name stands for the surveys: ``awareness ~ cat(age) + (1 | survey)``.
    tabulations : mapping of str to Tabulation
        By the name of each survey.

    Raises
    ------
    InputError
        The model and the surveys do not go together, or the surveys do not ask the same.
    """
    grouping = [one for one in model.predictor if one.term == "group"]
    others = tuple(one for one in model.predictor if one.term != "group")
    if len(grouping) != 1 or grouping[0].within or grouping[0].name in {"item", "respondent"}:
        message = (
            f"data: found {len(tabulations)} surveys and the model {model.formula}; allowed is one group effect, which "
            "the surveys are: + (1 | survey)"
        )
        raise InputError(message)
    names, tables = tuple(tabulations), tuple(tabulations.values())
    inner = replace(model, predictor=others)
    counted = [_counted(inner, one) for one in tables]
    _check_alike(tabulations, counted)
    number = math.prod(len(one.tables) for one in counted)
    if number > MOST_JOINT:
        told = ", ".join(f"{name!r} {len(one.tables)}" for name, one in zip(names, counted, strict=True))
        message = (
            f"data: print allows {number:,} combinations of tables of counts ({told}); allowed are at most {MOST_JOINT}"
        )
        raise InputError(message)
    rows = len(tables[0].groups) if others else 1
    parts = [[table if others else table.sum(axis=0, keepdims=True) for table in one.tables] for one in counted]
    joint = tuple(np.concatenate(some) for some in product(*parts))
    predictors, kept = _predictors(inner, tables[0], joint, len(tables))
    left: dict[str, int] = {}
    for why, people in (pair for one in counted for pair in one.left_out):
        left[why] = left.get(why, 0) + people
    whole = replace(counted[0], left_out=tuple(left.items()))
    design = _design(inner, tables[0].outcome, whole, predictors, tuple(table[kept] for table in joint))
    check_design(design)
    groups = ((grouping[0].group, names, np.repeat(np.arange(len(names)), rows)[kept]),)
    doubts = [caveat(code, **dict(values)) for one in tables for code, values in one.doubts]
    doubts += [caveat("surveys-pooled", number=len(names)), *few_groups(groups)]
    return replace(
        design,
        model=model,
        items=(tables[0].outcome,),
        groups=groups,
        slopes=slopes_of(grouping, others),
        doubts=tuple(dict.fromkeys((*doubts, *unrelated(grouping)))),
    )


def _check_alike(tabulations: Mapping[str, Tabulation], counted: list[CountedTables]) -> None:
    """Refuse surveys with other answers or groups than the first, one survey twice, and families without groups."""
    (first, one), *others = tabulations.items()
    for (name, other), own in zip(others, counted[1:], strict=True):
        for what, here, there in (
            ("answers", counted[0].answers, own.answers),
            ("groups", one.groups, other.groups),
        ):
            if here != there:
                told = ", ".join(map(repr, here)), ", ".join(map(repr, there))
                message = (
                    f"data: {first!r} has the {what} {told[0]}, {name!r} {told[1]}; allowed are surveys with the same, "
                    "in one order"
                )
                raise InputError(message)
    known: dict[str, str] = {}
    for name, other in tabulations.items():
        if other.data_hash in known:
            message = f"data: {known[other.data_hash]!r} and {name!r} are the same survey; allowed is each survey once"
            raise InputError(message)
        known[other.data_hash] = name
    if counted[0].family not in ("cumulative", "bernoulli"):
        message = (
            f"family {counted[0].family!r}: found group effects; allowed with them are cumulative and bernoulli: "
            "ordered answers, or two"
        )
        raise InputError(message)


def _counted(model: Model, tabulation: Tabulation) -> CountedTables:
    columns = [name for name in (tabulation.outcome, tabulation.by) if name]
    for name in (model.outcome.name, *(one.name for one in model.predictor)):
        if plain(name) not in map(plain, columns):
            raise UnknownName(
                "column of the tabulation", name, columns, "A table of counts holds two questions at most."
            )
    if plain(model.outcome.name) != plain(tabulation.outcome) or tabulation.several or not tabulation.labels:
        message = (
            f"outcome {model.outcome.name!r}: found a tabulation of {tabulation.outcome!r}; allowed is one "
            "with one answer each, and the groups as predictor"
        )
        raise InputError(message)
    column = _column(tabulation.outcome, tabulation.labels, ordered=tabulation.ordered)
    found = tuple(dict.fromkeys(table.counts for table in tabulation.tables))
    family, answers, codes = coded_outcome(
        model, column, lambda _: np.sum([np.sum(one, axis=0) for one in found], axis=0)
    )
    tables = tuple(np.asarray(counts, dtype=float)[:, np.argsort(codes)] for counts in found)
    apart = {tuple(pair for reasons in table.apart for pair in reasons) for table in tabulation.tables}
    told = apart.pop() if len(apart) == 1 else ()  # where readings differ in it, the bases tell
    reasons = (*tabulation.left_out, *((f"{tabulation.outcome}: {why}", number) for why, number in told))
    check_people(min(int(table.sum()) for table in tables), int(tables[0].sum()), reasons)
    return CountedTables(family=family, answers=answers, tables=tables, left_out=reasons)


def _column(name: str, labels: tuple[str, ...], *, ordered: bool, times: int = 1) -> CodedColumn:
    codes = np.tile(np.arange(len(labels), dtype=np.int16), times)
    return CodedColumn(name=name, labels=labels, ordered=ordered, off_scale=(), codes=codes)


def _predictors(
    model: Model, tabulation: Tabulation, tables: tuple[Array, ...], surveys: int
) -> tuple[list[Coded], Codes]:
    """Return the groups as a predictor, and the rows, survey by survey, of groups that somebody is in."""
    kept = np.max([table.sum(axis=1) for table in tables], axis=0) > 0
    if not model.predictor:
        return [], np.flatnonzero(kept)
    one = model.predictor[0]
    column = _column(one.name, tabulation.groups, ordered=tabulation.groups_ordered, times=surveys)
    return [coded_predictor(one, column, kept)], np.flatnonzero(kept)


def _design(
    model: Model, outcome: str, counted: CountedTables, predictors: list[Coded], tables: tuple[Array, ...]
) -> Design:
    codes = [one.codes for one in predictors]
    return make_design(
        model,
        outcome,
        counted.answers,
        predictors,
        patterns=np.stack(codes, axis=1) if codes else np.zeros((len(tables[0]), 0), dtype=np.int64),
        tables=tables,
        left_out=counted.left_out,
        family=counted.family,
    )
