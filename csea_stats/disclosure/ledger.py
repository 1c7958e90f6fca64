"""What was released before of the same answers, and what a further release may add to it.

Two releases of the same people are held against each other by whoever has both. So a question, or its groups, that an
earlier release tells otherwise is not told again: neither differences of bands, of groups or of who counts are left.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats.auditing.number_words import amount_in_words
from csea_stats.errors import InputError, check_kind
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csea_stats.survey.survey import Battery, Cell, Question, Survey

FORMAT = "csea-disclosure/1"

LEDGER = "disclosure.json"
"""The file of a release's limits, in its folder."""

APART = "not counted"
"""Stands for the group of those whose answer is not counted, and of numbers that are no counts."""

Rows = list[list[object]]
"""Of a table: answer, group, least and greatest number of people."""

Limits = dict[str, dict[str, Rows]]
"""By question, as its column is named, the table of all ("") and those by the groups of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The limits that were released of the answers of some people.

    Parameters
    ----------
    people : int
    rules : tuple of str
        By which they were released.
    limits : dict
    """

    people: int
    rules: tuple[str, ...]
    limits: Limits

    def to_json(self) -> str:
        """Return it as the file of a folder."""
        lines = [
            f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(tables, ensure_ascii=False)}"
            for name, tables in self.limits.items()
        ]
        head = {"format": FORMAT, "people": self.people, "rules": list(self.rules)}
        told = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
        return f'{told},\n "limits": {{\n{",\n".join(lines)}\n }}\n}}\n'

    def with_those_of(self, survey: Survey) -> Ledger:
        """Return the ledger with the limits of a further release."""
        more = ledger_of(survey)
        return Ledger(
            people=self.people,
            rules=tuple(dict.fromkeys((*self.rules, *more.rules))),
            limits=more.limits | self.limits,
        )


def ledger_of(survey: Survey) -> Ledger:
    """Return the limits of a release."""
    names = {question.id: name_of(question) for question in survey.question}
    limits: Limits = {}
    for question in survey.question:
        rows = [_limit(cell, survey) for cell in question.cells_among(None)]
        rows += [[one.reason, APART, one.count, one.count] for one in question.apart if one.among is None]
        rows += [[str(one.told), APART, _people(one.base), _people(one.base)] for one in question.averages]
        limits[names[question.id]] = {"": rows}
        for parent in _parents(question):
            cells = [cell for cell in question.cells if cell.among is not None and cell.among.question == parent]
            limits[names[question.id]][names[parent]] = [_limit(cell, survey) for cell in cells]
    rule = survey.sample.release if survey.sample is not None else None
    return Ledger(people=survey.people or 0, rules=(rule,) if rule else (), limits=limits)


def name_of(question: Question) -> str:
    """Return the name of a question in a ledger: its column's, so that another variable of it is the same."""
    return (question.where or question.id).removeprefix("column ")


def _people(base: object) -> int | None:
    return base if isinstance(base, int) else None


def _parents(question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.among.question for cell in question.cells if cell.among is not None))


def _limit(cell: Cell, survey: Survey) -> list[object]:
    group = " or ".join(cell.among.items) if cell.among is not None else ""
    return [" or ".join(cell.items), group, *limit_of(cell.count, cell.words, survey.people or 0)]


def limit_of(count: int | None, words: str | None, people: int) -> tuple[int, int]:
    """Return the least and the greatest number that a cell is told to be, in a release of so many people.

    Examples
    --------
    >>> limit_of(None, "under 5", 49), limit_of(7, None, 49)
    ((0, 4), (7, 7))
    """
    if count is not None:
        return count, count
    return amount_in_words(words or "").window(people) or (0, people)


def read_ledger(folder: str | os.PathLike[str]) -> Ledger | None:
    """Return the ledger of a folder; None where it has none.

    Raises
    ------
    InputError
        If the file is no ledger.
    """
    check_kind("earlier", folder, str, os.PathLike)
    path = Path(folder) / LEDGER
    if not os.path.isfile(path):  # noqa: PTH113 - False of no possible path
        return None
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        limits = {name: {**tables, "": tables[""]} for name, tables in body["limits"].items()}
        ledger = Ledger(people=int(body["people"]), rules=tuple(body["rules"]), limits=limits)
        return {FORMAT: ledger}[body["format"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        message = (
            f"{path}: this is no ledger of a release ({type(error).__name__}: {error}); take it from the folder that "
            "was passed on, or delete it if none was"
        )
        raise InputError(message) from None


def held_against(survey: Survey, earlier: Ledger) -> Survey:
    """Return a release without what an earlier one tells otherwise.

    Parameters
    ----------
    survey : Survey
        A release.
    earlier : Ledger
        Of the same people.

    Raises
    ------
    InputError
        If it is of another number of people, or nothing is left.
    """
    if survey.people != earlier.people:
        message = (
            f"release: {LEDGER} holds one of {number_of(earlier.people, 'respondents')}, and this is one of "
            f"{survey.people}: the difference would tell of single people. Release the same respondents; if the "
            "earlier release was never passed on, delete its folder"
        )
        raise InputError(message)
    now = ledger_of(survey).limits
    before = {name: tables for name, tables in earlier.limits.items() if name in now}
    otherwise = {name for name in before if before[name][""] != now[name][""]}
    grouped = {(name, by) for name in before for by, rows in now[name].items() if by and before[name].get(by) != rows}
    names = {question.id: name_of(question) for question in survey.question}
    kept = tuple(
        _without(one, {by for by in _parents(one) if names[by] in otherwise or (names[one.id], names[by]) in grouped})
        for one in survey.question
        if names[one.id] not in otherwise
    )
    there = {question.id for question in kept}
    while gone := {q.id for q in kept if q.among is not None and q.among.question not in there}:
        kept = tuple(question for question in kept if question.id not in gone)
        there -= gone
    if not kept:
        message = f"release: {LEDGER} holds an earlier release that tells every question otherwise; pass that one on"
        raise InputError(message)
    left_out = [*sorted(otherwise), *(f"{name} by {by}" for name, by in sorted(grouped))]
    notes = (f"Not told, as an earlier release tells it otherwise: {', '.join(left_out)}.",) if left_out else ()
    sample = replace(survey.sample, notes=(*survey.sample.notes, *notes)) if survey.sample is not None else None
    return replace(survey, question=kept, battery=tuple(batteries_of(survey.battery, there)), sample=sample)


def batteries_of(batteries: Iterable[Battery], told: set[str]) -> Iterator[Battery]:
    """Yield the batteries of two questions or more that are told, with those."""
    for battery in batteries:
        questions = tuple(one for one in battery.questions if one in told)
        if len(questions) > 1:
            yield replace(battery, questions=questions)


def _without(question: Question, groupings: set[str]) -> Question:
    cells = tuple(cell for cell in question.cells if cell.among is None or cell.among.question not in groupings)
    return replace(question, cells=cells)
