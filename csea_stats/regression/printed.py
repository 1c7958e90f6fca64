"""A cross-tabulation into a design: rows already collapsed, once for each reading of print."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.design import Coded, Design, make_design
from csea_stats.regression.rows import check_people, coded_predictor, outcome_codes
from csea_stats.respondents.codebook import plain
from csea_stats.respondents.columns import CodedColumn
from csea_stats.results.caveats import caveat

if TYPE_CHECKING:
    from csea_stats.estimators.answered.tabulations import Tabulation
    from csea_stats.regression.problem import Array
    from csea_stats.regression.spec import Model, Predictor

MOST = 200
"""Tables of counts that are fitted one by one."""


def tabulation_design(model: Model, tabulation: Tabulation) -> Design:
    """Make the design of one question by another, with a table for each reading of print.

    Raises
    ------
    InputError
        The model asks for more than the tabulation holds.
    UnknownName
        A column that it does not hold.
    """
    columns = [name for name in (tabulation.outcome, tabulation.by) if name]
    for name in (model.outcome.name, *(one.name for one in model.predictor)):
        if plain(name) not in map(plain, columns):
            raise UnknownName(
                "column of the tabulation", name, columns, "A table of counts holds two questions at most."
            )
    if plain(model.outcome.name) != plain(tabulation.outcome) or tabulation.several:
        message = (
            f"outcome {model.outcome.name!r}: found a tabulation of {tabulation.outcome!r}; allowed is one "
            "with one answer each, and the groups as predictor"
        )
        raise InputError(message)
    answers, codes = outcome_codes(model, _column(tabulation.outcome, tabulation.labels, ordered=tabulation.ordered))
    found = tuple(dict.fromkeys(table.counts for table in tabulation.tables))
    if len(found) > MOST:
        message = f"the tabulation allows {len(found):,} tables of counts; allowed are at most {MOST}"
        raise InputError(message)
    tables = [np.asarray(counts, dtype=float)[:, np.argsort(codes)] for counts in found]
    apart = {tuple(pair for reasons in table.apart for pair in reasons) for table in tabulation.tables}
    told = apart.pop() if len(apart) == 1 else ()  # where readings differ in it, the bases tell
    reasons = (*tabulation.left_out, *((f"{tabulation.outcome}: {why}", number) for why, number in told))
    check_people(min(int(table.sum()) for table in tables), int(tables[0].sum()), reasons)
    predictors, patterns, tables = _predictors(model, tabulation, tables)
    design = make_design(
        model, tabulation.outcome, answers, predictors, patterns=patterns, tables=tables, left_out=reasons
    )
    return replace(design, doubts=tuple(caveat(code, **dict(values)) for code, values in tabulation.doubts))


def _column(name: str, labels: tuple[str, ...], *, ordered: bool) -> CodedColumn:
    codes = np.arange(len(labels), dtype=np.int16)
    return CodedColumn(name=name, labels=labels, ordered=ordered, off_scale=(), codes=codes)


def _predictors(
    model: Model, tabulation: Tabulation, tables: list[Array]
) -> tuple[list[Coded], np.ndarray[tuple[int, ...], np.dtype[np.int64]], list[Array]]:
    """Return the groups as a predictor, and the rows of groups that somebody is in."""
    if not model.predictor:
        return [], np.zeros((1, 0), dtype=np.int64), [table.sum(axis=0, keepdims=True) for table in tables]
    one: Predictor = model.predictor[0]
    kept = np.max([table.sum(axis=1) for table in tables], axis=0) > 0
    column = _column(one.name, tabulation.groups, ordered=tabulation.groups_ordered)
    coded = coded_predictor(one, column, kept)
    return [coded], coded.codes[:, None], [table[kept] for table in tables]
