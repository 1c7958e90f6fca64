"""Counts of one question's answers, in all or by group: from respondents' answers, or from print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, check_kind
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import Number, wording
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.survey.survey import Question, Survey
from csea_stats.tabulation.number_summaries import NumberSummary
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
        A variable, or the id of a question; of a question with several answers each also one option of it, such as
        ``services[legal aid]``, which is then "no" or "yes". A number is counted by its bands, where the codebook
        declares some, and told by its median and quartiles.
    by : str, optional
        A variable with one answer each, one option of a question, or a number with bands.

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
    column, asked = _in_bands(data, outcome), data.column(outcome)
    groups, ordered, codes, left_out = _groups(data, by)
    rows = [_row(column.taken(codes == place)) for place in range(len(groups))]
    numbers = [asked.taken(codes == place) for place in range(len(groups))] if isinstance(asked, NumberColumn) else []
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
        by_question=None if by is None else asked_question(_in_bands(data, by), data.codebook[data.codebook.name(by)]),
        words=data.codebook.targets,
        survey=data.codebook.survey,
        places=(),
        doubts=doubts_of(data, outcome, by),
        data_hash=data.counts_hash(outcome, *([by] if by is not None else [])),
        synthetic=data.synthetic,
        invented=data.invented,
        seed=data.seed,
        numbers=tuple(
            NumberSummary(values=tuple(np.sort(one.values[one.answered]).tolist()), unit=one.unit) for one in numbers
        ),
        call=call_words("tabulate", [Verbatim("data"), column.name], {"by": (by_name, None)}),
    )


def _in_bands(data: Microdata, name: str) -> Column:
    """Return a variable's answers; of a number with bands those."""
    column, kind = data.column(name), data.codebook[name]
    if isinstance(column, NumberColumn) and isinstance(kind, Number) and kind.bands:
        return column.banded(kind.bands, kind.band_labels)
    return column


def asked_question(column: Column, kind: Kind) -> Question:
    """Return a variable as a question: its label, answers and words."""
    is_scale = isinstance(column, CodedColumn) and column.ordered
    return Question(
        id="x",
        label=wording(column.name, kind),
        kind="multiple" if isinstance(column, MultipleColumn) else "ordinal" if is_scale else "single",
        categories=_answers(column),
        says={} if isinstance(kind, Number) else dict(kind.says),
        named={} if isinstance(kind, Number) else dict(kind.named),
    )


def _answers(column: Column) -> tuple[str, ...]:
    if isinstance(column, MultipleColumn):
        return column.items
    return column.labels if isinstance(column, CodedColumn) else ()


def _row(column: Column) -> tuple[tuple[int, ...], int, Reasons]:
    """Return counts, base and who is in no count."""
    if isinstance(column, MultipleColumn):
        whole = column.taken(column.answered)
        return whole.counts, len(whole.marks), tuple(column.why.items())
    if isinstance(column, CodedColumn):
        return column.counts, sum(column.counts), tuple(column.why.items())
    return (), int(column.answered.sum()), tuple(column.why.items())


def _groups(data: Microdata, by: str | None) -> tuple[tuple[str, ...], bool, NDArray[np.int16], Reasons]:
    if by is None:
        return ("",), False, np.zeros(len(data), dtype=np.int16), ()
    column = _in_bands(data, by)
    if not isinstance(column, CodedColumn):
        number = isinstance(column, NumberColumn)
        kind = "a number without bands" if number else "several answers each"
        use = "a Number with bands=(...)" if number else f"one option of it, {column.name}[option]"
        message = f"by {column.name!r}: found {kind}; allowed are Ordered and Categories, or {use}"
        raise InputError(message)
    why = tuple((f"{column.name}: {reason}", times) for reason, times in column.why.items())
    return column.labels, column.ordered, column.codes, why
