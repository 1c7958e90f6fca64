"""Counts of one question's answers, in all or by group: from respondents' answers, or from print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import InputError, check_kind
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import Number
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.numbers import count_words
from csea_stats.survey.survey import Question, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import TargetWords
    from csea_stats.targets.populations import Target

Reasons = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One cross-tabulation that the source allows.

    Parameters
    ----------
    counts : tuple of tuple of int
        A row per group, a count per answer.
    bases : tuple of int
        Per group, of how many.
    apart : tuple of tuple of (reason, count)
        Per group, who is in no count: missing, not asked, off the scale.
    """

    counts: tuple[tuple[int, ...], ...]
    bases: tuple[int, ...]
    apart: tuple[Reasons, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Tabulation:
    """Counts of one question's answers, in all or by group; made by `csea_stats.tabulate`.

    Parameters
    ----------
    outcome : str
    by : str or None
    labels : tuple of str
        The answers, also those nobody gave.
    ordered, several : bool
        Whether the answers are a scale from low to high; whether each respondent may give several.
    chosen : int or None
        How many each respondent chose, where it is fixed.
    off_scale : tuple of str
        Answers that are no point of the scale; counted in ``apart``.
    groups : tuple of str
        The answers to ``by``; one empty text where there is none.
    groups_ordered : bool
    tables : tuple of Table
        Every cross-tabulation that the source allows; one for respondents' answers.
    left_out : tuple of (reason, count)
        Who is in no group.
    question : Question
        The words of the outcome.
    by_label : str
    words : TargetWords or None
        The words of the targets.
    survey : str or None
    places : tuple of str
        Where it is printed.
    doubts : tuple of (code, values)
        Caveats that the source adds to every estimate.
    data_hash : str
    synthetic : bool
    invented : tuple of str
    seed : int or None
        Of synthetic answers.

    Examples
    --------
    >>> import csea_stats as cs
    >>> young = tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    >>> young.groups, [table.counts for table in young.tables][0]
    (('under 30', '30 and over'), ((0, 7, 0, 0, 0), (0, 28, 10, 3, 0)))
    """

    outcome: str
    by: str | None
    labels: tuple[str, ...]
    ordered: bool
    several: bool
    chosen: int | None
    off_scale: tuple[str, ...]
    groups: tuple[str, ...]
    groups_ordered: bool
    tables: tuple[Table, ...]
    left_out: Reasons
    question: Question
    by_label: str
    words: TargetWords | None
    survey: str | None
    places: tuple[str, ...]
    doubts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    data_hash: str
    synthetic: bool = False
    invented: tuple[str, ...] = ()
    seed: int | None = None

    def __repr__(self) -> str:
        return f"<Tabulation: {self.outcome}{f' by {self.by}' if self.by else ''}{'; SYNTHETIC' * self.synthetic}>"

    def counts(self, group: int, places: Sequence[int]) -> set[int]:
        """Return the counts that the source allows for an answer, or for the sum of several, in a group."""
        return {sum(table.counts[group][place] for place in places) for table in self.tables}

    def bases(self, group: int) -> set[int]:
        """Return the bases that the source allows for a group."""
        return {table.bases[group] for table in self.tables}

    def contrasts(
        self,
        versus: Literal["complement", "pairs", "reference"] = "complement",
        *,
        level: float = 0.95,
        target: Target | Sequence[Target] | None = None,
    ) -> Estimates:
        """Estimate differences of shares between groups, all of them as one simultaneous family.

        Parameters
        ----------
        versus : {"complement", "pairs", "reference"}
            Each group against all others; each group against each later one; each against the first.
        level : float, default 0.95
            Holds for all the intervals of a target jointly.
        target : target or sequence of targets, optional
            By default all tiers, in the source's words.

        Returns
        -------
        Estimates
            For an ordered question one per cut and comparison, else one per answer and comparison.

        Raises
        ------
        InputError
            If there are no groups, or one only.

        Notes
        -----
        Bonferroni: each of m intervals has the level 1 - (1 - level)/m, so that a verdict agrees with a test at that
        share of the error; ``interval.level`` is the joint level and ``interval.simultaneous`` is m.

        Examples
        --------
        >>> import csea_stats as cs
        >>> young = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
        >>> family = young.contrasts(target=cs.Superpopulation())
        >>> family[0].interval.simultaneous
        4
        """
        from csea_stats.estimators.answered.families import contrasts

        return contrasts(self, versus, level=level, target=target)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per group and answer, and a row per reason for no answer.

        Returns
        -------
        pandas.DataFrame
            Columns ``group``, ``answer``, ``counted`` (whether it is part of the base), ``lowest``, ``highest`` (equal
            but where print leaves several counts), ``base_lowest``, ``base_highest``.
        """
        import pandas as pd

        return pd.DataFrame(list(self.rows()))

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield what `to_frame` holds, row by row."""
        for place, group in enumerate(self.groups):
            base = {"base_lowest": min(self.bases(place)), "base_highest": max(self.bases(place))}
            for answer, counted, counts in self._told(place):
                row = {
                    "group": group,
                    "answer": answer,
                    "counted": counted,
                    "lowest": min(counts),
                    "highest": max(counts),
                }
                row |= base
                yield row | ({"synthetic": True} if self.synthetic else {})

    def _told(self, group: int) -> Iterator[tuple[str, bool, set[int]]]:
        """Yield answers, then reasons for none: the name, whether it is part of the base, and the feasible counts."""
        for column, label in enumerate(self.labels):
            yield label, True, self.counts(group, (column,))
        for reason in dict.fromkeys(reason for table in self.tables for reason, _ in table.apart[group]):
            yield reason, False, {dict(table.apart[group]).get(reason, 0) for table in self.tables}

    def __str__(self) -> str:
        head = f"{self.outcome}{f' by {self.by}' if self.by else ''}"
        lines = [f"SYNTHETIC: {head}" if self.synthetic else head]
        for place, group in enumerate(self.groups):
            who = f"{group}: " if group else ""
            lines += [f"  {who}{answer}: {count_words(counts)}" for answer, _, counts in self._told(place)]
        return "\n".join([*lines, *(f"  in no group: {reason}: {times}" for reason, times in self.left_out)])


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
        from csea_stats.estimators.answered.printed import tabulate_print

        return tabulate_print(audit(source), outcome, by)
    return _of_rows(source, outcome, by)


def _of_rows(data: Microdata, outcome: str, by: str | None) -> Tabulation:
    column = data.column(outcome)
    if isinstance(column, NumberColumn):
        message = f"outcome {column.name!r}: found a number; allowed are Ordered, Categories and Multiple"
        raise InputError(message)
    groups, ordered, codes, left_out = _groups(data, by)
    rows = [_row(column.taken(codes == place)) for place in range(len(groups))]
    kind = data.codebook[column.name]
    said = {} if isinstance(kind, Number) else dict(kind.says)
    labels = column.labels if isinstance(column, CodedColumn) else column.items
    several = isinstance(column, MultipleColumn)
    is_scale = isinstance(column, CodedColumn) and column.ordered
    question = Question(
        id="x",
        label=kind.label or column.name,
        kind="multiple" if several else "ordinal" if is_scale else "single",
        categories=labels,
        says=said,
    )
    by_name = None if by is None else data.codebook.name(by)
    return Tabulation(
        outcome=column.name,
        by=by_name,
        labels=labels,
        ordered=is_scale,
        several=several,
        chosen=column.chosen if isinstance(column, MultipleColumn) else None,
        off_scale=column.off_scale,
        groups=groups,
        groups_ordered=ordered,
        tables=(
            Table(
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
        doubts=doubts_of(data),
        data_hash=data.data_hash,
        synthetic=data.synthetic,
        invented=data.invented,
        seed=data.seed,
    )


def doubts_of(data: Microdata) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the caveats that respondents' answers add to every number: code and values."""
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    if data.funnel.excluded:
        found.append(("excluded", (("funnel", str(data.funnel)),)))
    if data.clusters is not None and len(np.unique(data.clusters)) < len(data):
        found.append(("clustered", (("cluster", data.codebook.cluster or "cluster"),)))
    return tuple(found)


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
