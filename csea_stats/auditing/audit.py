"""The audit of a published survey: what contradicts what, and which counts print allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from csea_stats.auditing.book import Book
from csea_stats.auditing.checking import find
from csea_stats.errors import check_kind
from csea_stats.survey.loading import fingerprint
from csea_stats.survey.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from csea_stats.auditing.findings import Finding, Reading
    from csea_stats.results.values import Base
    from csea_stats.survey.survey import Group

COLUMNS = (
    "id",
    "code",
    "question",
    "verdict",
    "cells",
    "printed",
    "expected",
    "explanations",
    "consequence",
    "power",
    "items",
)
"""The columns of the table of findings."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Audit:
    """What the audit of one survey found; made by `csea_stats.audit`.

    Parameters
    ----------
    survey : Survey
    findings : tuple of Finding
        In print order.
    book : Book
        Every table, read.
    """

    survey: Survey
    findings: tuple[Finding, ...]
    book: Book = field(compare=False)

    def __repr__(self) -> str:
        return f"<Audit: {self.survey.id}, {len(self.findings)} findings>"

    def feasible(self, question: str) -> tuple[Reading, ...]:
        """Return the joint readings of a question: every count vector that meets a largest consistent set of its cells.

        Parameters
        ----------
        question : str
            Its id.

        Returns
        -------
        tuple of Reading
            Never empty. Where there are too many (`listed` is False), those in which each answer, each printed sum and
            each cumulative sum is at its smallest or largest: the hull over them is exact.

        Raises
        ------
        UnknownName
            If there is no such question.
        """
        return self.book.readings(question)

    def feasible_among(self, question: str, group: Group) -> tuple[Reading, ...]:
        """Return the joint readings of a question within a subgroup."""
        return self.book.readings(question, group)

    def counts_of(self, question: str, items: str | Iterable[str], among: Group | None = None) -> tuple[int, ...]:
        """Return the counts that print allows for an answer, or for the sum of several, in increasing order."""
        return self.book.counts_of(question, (items,) if isinstance(items, str) else items, among)

    def base(self, question: str, among: Group | None = None) -> Base:
        """Return the base of a question, or of its subgroup; a tuple where print allows several."""
        bases = tuple(dict.fromkeys(table.base for table in self.book.tables(question, among)))
        return bases[0] if len(bases) == 1 else bases

    def complement(
        self, question: str, items: str | Iterable[str], group: Group
    ) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        """Return ((count, base) in a subgroup, (count, base) among all others), for every pair that print allows.

        Empty where print about the group contradicts print about everybody, which is a finding.
        """
        return self.book.complement(question, (items,) if isinstance(items, str) else items, group)

    def listed(self, question: str, among: Group | None = None) -> bool:
        """Whether every reading is listed, rather than those at the extremes."""
        return all(table.listed for table in self.book.tables(question, among))

    def rows(self) -> list[dict[str, str]]:
        """Return the findings as rows of text, a row each, with the columns of `to_frame`."""
        return [
            {
                "id": finding.id,
                "code": finding.code,
                "question": finding.question or "",
                "verdict": finding.verdict,
                "cells": " | ".join(finding.cells),
                "printed": finding.printed,
                "expected": finding.expected,
                "explanations": " | ".join(finding.explanations),
                "consequence": finding.consequence,
                "power": finding.power,
                "items": " | ".join(finding.items),
            }
            for finding in self.findings
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a pandas table, a row each."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=list(COLUMNS))


def audit(survey: Survey) -> Audit:
    """Check whether the printed numbers of a survey can be true together, and which counts they allow.

    Parameters
    ----------
    survey : Survey
        As printed; see `csea_stats.load_survey`.

    Returns
    -------
    Audit

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> found = audit(load_survey("bosnia-herzegovina-2021"))
    >>> [reading.counts for reading in found.feasible("police-knowledge")]
    [(3, 20, 17, 7, 1), (3, 20, 17, 7, 2)]
    """
    check_kind("audit", survey, Survey)
    return _audited(_Printed(fingerprint(survey), survey))


@dataclass(frozen=True, slots=True)
class _Printed:
    """A survey that equals every other that says the same."""

    fingerprint: str
    survey: Survey = field(compare=False)


@lru_cache(maxsize=16)
def _audited(printed: _Printed) -> Audit:
    """Audit a survey once: estimates, claims and the page all ask for it, and an audit never changes."""
    book = Book(printed.survey)
    return Audit(survey=printed.survey, findings=find(book), book=book)
