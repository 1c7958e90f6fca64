"""Counts of one question's answers, in all or by group: from respondents' answers, or from print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, check_kind
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import Number
from csea_stats.respondents.microdata import Microdata
from csea_stats.survey.survey import Question, Survey
from csea_stats.tabulation.tabulation import CrossTable, Reasons, Tabulation, doubts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.respondents.kinds import Kind


def tabulate(source: Microdata | Survey, outcome: str, by: str | None = None) -> Tabulation:
    """Count the answers to a question, in all or by group.

    Parameters
    ----------
    source : Microdata or Survey
        Of a survey the counts are those that print allows, and groups those that print tells of, against all others.
    outcome : str
        A variable, or the id of a question.
    by : str, optional
        A variable with one answer each.

    Returns
    -------
    Tabulation
        Missing answers and those off the scale are counted apart, per group.

    Raises
    ------
    UnknownName
        If there is no such variable or question.
    InputError
        If the answers cannot be counted so, or print does not give the cross-tabulation.

    Examples
    --------
    >>> import csea_stats as cs
    >>> survey = cs.load_survey("bosnia-herzegovina-2021")
    >>> print(tabulate(survey, "collaboration"))
    collaboration
      none: 3
      poor: 24
      fair: 15
      good: 7
      excellent: 0
    """
    check_kind("tabulate", source, Microdata, Survey)
    check_kind("outcome", outcome, str)
    check_kind("by", by, str, type(None))
    if isinstance(source, Survey):
        from csea_stats.auditing.audit import audit
        from csea_stats.tabulation.printed import tabulate_print

        return tabulate_print(audit(source), outcome, by)
    return _of_rows(source, outcome, by)


def _of_rows(data: Microdata, outcome: str, by: str | None) -> Tabulation:
    column = data.column(outcome)
    if isinstance(column, NumberColumn):
        message = f"outcome {column.name!r}: found a number; allowed are Ordered, Categories and Multiple"
        raise InputError(message)
    groups, ordered, codes, left_out = _groups(data, by)
    rows = [_row(column.taken(codes == place)) for place in range(len(groups))]
    question = asked_question(column, data.codebook[column.name])
    by_name = None if by is None else data.codebook.name(by)
    return Tabulation(
        outcome=column.name,
        by=by_name,
        labels=question.categories,
        ordered=question.kind == "ordinal",
        several=isinstance(column, MultipleColumn),
        chosen=column.chosen if isinstance(column, MultipleColumn) else None,
        off_scale=column.off_scale,
        groups=groups,
        groups_ordered=ordered,
        tables=(
            CrossTable(
                counts=tuple(counts for counts, _, _ in rows),
                bases=tuple(base for _, base, _ in rows),
                apart=tuple(apart for _, _, apart in rows),
            ),
        ),
        left_out=left_out,
        question=question,
        by_label="" if by_name is None else data.codebook[by_name].label or by_name,
        words=data.codebook.targets,
        survey=data.codebook.survey,
        places=(),
        doubts=doubts_of(data, outcome, by),
        data_hash=data.data_hash,
        synthetic=data.synthetic,
        invented=data.invented,
        seed=data.seed,
    )


def asked_question(column: CodedColumn | MultipleColumn, kind: Kind) -> Question:
    """Return a variable as a question: its label, answers and words."""
    several = isinstance(column, MultipleColumn)
    is_scale = isinstance(column, CodedColumn) and column.ordered
    return Question(
        id="x",
        label=kind.label or column.name,
        kind="multiple" if several else "ordinal" if is_scale else "single",
        categories=column.labels if isinstance(column, CodedColumn) else column.items,
        says={} if isinstance(kind, Number) else dict(kind.says),
    )


def _row(column: Column) -> tuple[tuple[int, ...], int, Reasons]:
    """Return counts, base and who is in no count."""
    if isinstance(column, MultipleColumn):
        whole = column.taken(column.answered)
        return whole.counts, len(whole.marks), tuple(column.why.items())
    if isinstance(column, CodedColumn):
        return column.counts, sum(column.counts), tuple(column.why.items())
    return (), 0, ()


def _groups(data: Microdata, by: str | None) -> tuple[tuple[str, ...], bool, NDArray[np.int16], Reasons]:
    if by is None:
        return ("",), False, np.zeros(len(data), dtype=np.int16), ()
    column = data.column(by)
    if not isinstance(column, CodedColumn):
        kind = (
            "a number; declare bands of it as Ordered" if isinstance(column, NumberColumn) else "several answers each"
        )
        message = f"by {column.name!r}: found {kind}; allowed are Ordered and Categories"
        raise InputError(message)
    why = tuple((f"{column.name}: {reason}", times) for reason, times in column.why.items())
    return column.labels, column.ordered, column.codes, why
