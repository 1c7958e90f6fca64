"""The audit of a published survey: what contradicts what, and which counts print allows."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.base_checks import check_bases, check_groups, check_subgroups
from csea_stats.auditing.checks.battery_checks import check_battery
from csea_stats.auditing.checks.date_checks import check_dates
from csea_stats.auditing.checks.list_checks import check_length, check_lists
from csea_stats.auditing.checks.mean_checks import check_averages
from csea_stats.auditing.checks.number_checks import check_numbers
from csea_stats.auditing.checks.statements import check_statements, tell_cause
from csea_stats.auditing.checks.summary_checks import summarise, summarise_battery, told_once
from csea_stats.auditing.checks.table_checks import check_table, left_over
from csea_stats.auditing.explanations import counts_in
from csea_stats.auditing.facts import positions, unlabelled_of
from csea_stats.auditing.printed_tables import Book
from csea_stats.errors import check_kind
from csea_stats.publication.table import plain_table
from csea_stats.results.citations import cited_for, written
from csea_stats.results.json_writer import results_document, results_text
from csea_stats.results.values import Hull, Provenance, versions
from csea_stats.survey.loading import fingerprint
from csea_stats.survey.survey import Survey, groups_within, printed_bases

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from csea_stats.auditing.findings import Finding, Reading
    from csea_stats.auditing.readings import Readings
    from csea_stats.publication.table import Table
    from csea_stats.results.citations import Form
    from csea_stats.results.values import Base
    from csea_stats.survey.survey import Group, Question

NARROW = 2
"""What other answers leave is told where it spans no more counts than these."""


def find(book: Book) -> tuple[Finding, ...]:
    """Run every check over the tables of a survey.

    Parameters
    ----------
    book : Book

    Returns
    -------
    tuple of Finding
        A question's findings together, in print order; then those on several questions, on batteries, on numbers that
        are no answers and on dates.
    """
    survey = book.survey
    printed = [survey.people, *(base for question in survey.question for base in printed_bases(question))]
    bases = tuple(dict.fromkeys(base for base in printed if base))
    own = {
        (question.id, group): _table(book, question, group, bases)
        for question in survey.question
        for group in (None, *groups_within(question))
    }
    disputed = {
        key: frozenset(item for finding in found if finding.verdict == "inconsistent" for item in finding.items)
        for key, found in own.items()
    }
    lists, groups = check_lists(book), check_groups(book, disputed)
    findings: list[Finding] = []
    for question in survey.question:
        groups_of_it = (None, *groups_within(question))
        found = [*check_bases(book, question), *(one for group in groups_of_it for one in own[question.id, group])]
        found += check_subgroups(book, question, disputed)
        found += [one for one in (*groups, *lists) if one.question == question.id]
        found += check_length(question)
        tables = [book.tables(question.id, group)[0] for group in groups_of_it]
        by_battery = any(question.id in battery.questions for battery in survey.battery if battery.id in book.shared)
        kept = [one for one in found if not (by_battery and one.code == "other-base" and one in own[question.id, None])]
        findings += [*kept, *check_averages(book, question), *summarise(question, tables, found)]
    findings = told_once(findings)
    for battery in survey.battery:
        if battery.id in book.shared:
            causes = [(book.question(name), book.tables(name)[0].cause) for name in battery.questions]
            told = [(question, cause) for question, cause in causes if cause is not None]
            findings += [tell_cause(told, book.people, battery.id)] if told else []
        findings += check_battery(book, battery, bases)
        findings += summarise_battery(battery)
    findings += check_numbers(survey)
    findings += check_dates(survey)
    return tuple(replace(finding, id=f"A{number}") for number, finding in enumerate(findings, 1))


def _table(book: Book, question: Question, group: Group | None, bases: tuple[int, ...]) -> list[Finding]:
    """Check a question's own table, or that of one of its subgroups, by itself."""
    tables = book.tables(question.id, group)
    table = tables[0]
    cells = question.cells_among(group)
    unlabelled = unlabelled_of(question, cells, table.base)
    statements = check_statements(question, table.facts, unlabelled, table.base, bases)
    found = [finding if unlabelled else _with_rest(question, table, finding) for finding in statements]
    cause = [] if table.cause is None else [tell_cause([(question, table.cause)], book.people)]
    summed = check_table(question, table, unlabelled, sorted({one.base for one in tables}))
    if book.spans(question.id, group) is not None:  # a base that is not read may meet what those at the ends do not
        summed = [one for one in summed if one.verdict != "inconsistent"]
    return [*cause, *found, *summed]


def _with_rest(question: Question, table: Readings, finding: Finding) -> Finding:
    """Add to a contradiction what the other answers leave for the answer it is about, where that is narrow."""
    if finding.verdict != "inconsistent" or not (table.one_answer and table.complete):
        return finding
    ends = left_over(table, positions(question, finding.items))
    if ends is None or ends[1] - ends[0] > NARROW:
        return finding
    left = f"the other answers leave {counts_in((ends,))} of {table.base}"
    return replace(finding, explanations=(left, *finding.explanations))


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

    def counts_of(self, question: str, items: str | Iterable[str], among: Group | None = None) -> tuple[int, ...]:
        """Return the counts that print allows for an answer, or for the sum of several, in increasing order."""
        return self.book.counts_of(question, (items,) if isinstance(items, str) else items, among)

    def pairs(
        self, question: str, items: str | Iterable[str], among: Group | None = None
    ) -> tuple[tuple[int, int], ...]:
        """Return (count, base) for an answer, or the sum of several: every pair that print allows."""
        return self.book.pairs(question, (items,) if isinstance(items, str) else items, among)

    def base(self, question: str, among: Group | None = None) -> Base:
        """Return the base of a question, or of its subgroup; a tuple where print allows several."""
        bases = tuple(dict.fromkeys(table.base for table in self.book.tables(question, among)))
        if len(bases) > 1 and isinstance(self.book.bases(question, among), Hull):
            return Hull(min(bases), max(bases))
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
        return [{name: _as_text(getattr(finding, name)) for name in COLUMNS} for finding in self.findings]

    def table(self, *, caption: str | None = None, consistent: bool = False) -> Table:
        """Return the findings as a table for a publication: where print contradicts itself, then what stays unchecked.

        Parameters
        ----------
        caption : str, optional
        consistent : bool
            Whether the places where print agrees with itself have rows too.
        """
        order = ("inconsistent", "cannot be checked", "consistent")
        known = {verdict: [one for one in self.findings if one.verdict == verdict] for verdict in order}
        shown = [one for verdict in order[: 3 if consistent else 2] for one in known[verdict]]
        rows = [
            (one.id, "; ".join(one.cells), one.printed, one.expected, one.verdict, one.consequence) for one in shown
        ]
        counted = ", ".join(f"{len(findings)} {verdict}" for verdict, findings in known.items())
        heads = ("Mark", "Place", "Printed", "Expected", "Verdict", "Consequence")
        name = f"What the audit of {self.survey.id} found"
        return plain_table(caption or name, heads, rows, general=(f"Findings: {counted}.",), source=self.survey.id)

    def cite(self, form: Form = "text") -> str:
        """Return what the audit is cited with: the package, a shipped survey, and the work behind its checks."""
        return written(cited_for(self.survey, "brown2017"), form)

    def to_json(self) -> str:
        """Return findings and readings as JSON text, for `csea_stats.verify`; docs/files.md tells every key."""
        findings = [{field.name: _listed(getattr(one, field.name)) for field in fields(one)} for one in self.findings]
        readings = {
            question.id: [
                {"counts": one.counts, "missing": one.missing, "set_aside": one.cells_set_aside}
                for one in self.feasible(question.id)
            ]
            for question in self.survey.question
        }
        source = Provenance(survey=self.survey.id, data_hash=fingerprint(self.survey), versions=versions())
        rows = {"audit": findings, "readings": readings}
        return results_text(results_document("audit", (), rows, source=source))

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a pandas table, a row each."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=list(COLUMNS))


def _listed(value: str | tuple[str, ...] | None) -> str | list[str] | None:
    return list(value) if isinstance(value, tuple) else value


def _as_text(value: str | tuple[str, ...] | None) -> str:
    return " | ".join(value) if isinstance(value, tuple) else value or ""


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
