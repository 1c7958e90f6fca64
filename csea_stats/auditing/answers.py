"""Whether respondents' answers agree with what was printed about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.auditing.facts import facts_of
from csea_stats.auditing.findings import Finding
from csea_stats.errors import check_kind
from csea_stats.respondents.columns import NOT_ASKED, CodedColumn, MultipleColumn
from csea_stats.respondents.microdata import Microdata
from csea_stats.survey.survey import Survey, cell_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.respondents.columns import Column
    from csea_stats.survey.survey import Cell, Group, Question

CODE = "answers-and-print"

EXPLANATIONS = (
    "the printed number was rounded otherwise, or has another base",
    "answers were edited, coded or left out after print, or before it",
)


def compare_answers(survey: Survey, data: Microdata) -> tuple[Finding, ...]:
    """Compare respondents' answers with every printed cell of the survey.

    Parameters
    ----------
    survey : Survey
    data : Microdata
        Its variables are found by the ids of the survey's questions.

    Returns
    -------
    tuple of Finding
        One for each printed cell, in print's order: consistent, inconsistent, or cannot be checked (the answers are
        not in the data, or print gives no label, or no number).

    Examples
    --------
    >>> import csea_stats as cs
    >>> survey = cs.load_survey("bosnia-herzegovina-2021")
    >>> found = compare_answers(survey, cs.synthesise(survey, seed=1))
    >>> sorted({finding.verdict for finding in found})
    ['cannot be checked', 'consistent', 'inconsistent']
    >>> [finding.cells for finding in found if finding.verdict == "inconsistent"][0]
    ('gender-trends/no comment @ Gender',)
    """
    check_kind("compare_answers: survey", survey, Survey)
    check_kind("compare_answers: data", data, Microdata)
    found = [
        _compared(_Counted(survey=survey, data=data), question, cell)
        for question in survey.question
        for cell in question.cells
    ]
    return tuple(replace(finding, id=f"R{place}") for place, finding in enumerate(found, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    survey: Survey
    data: Microdata

    def column(self, question_id: str, items: tuple[str, ...]) -> CodedColumn | MultipleColumn | None:
        """Return a question's answers, where the data have them under the survey's labels."""
        if question_id not in self.data.codebook:
            return None
        column = self.data.column(question_id)
        labels = _labels(column)
        return column if isinstance(column, (CodedColumn, MultipleColumn)) and set(items) <= set(labels) else None

    def group(self, group: Group | None) -> NDArray[np.bool_] | None:
        """Return who is in a group; None where the data cannot tell."""
        if group is None:
            return np.ones(len(self.data), dtype=np.bool_)
        inside = np.ones(len(self.data), dtype=np.bool_)
        for part in group.parts:
            column = self.column(part.question, part.items)
            if column is None:
                return None
            inside &= np.any([_gave(column, item) for item in part.items], axis=0)
        return inside


def _labels(column: Column) -> tuple[str, ...]:
    if isinstance(column, CodedColumn):
        return (*column.labels, *column.off_scale)
    return column.items if isinstance(column, MultipleColumn) else ()


def _gave(column: CodedColumn | MultipleColumn, item: str) -> NDArray[np.bool_]:
    if isinstance(column, MultipleColumn):
        return np.equal(column.item(item), 1)
    return np.array([text == item for text in column.texts()], dtype=np.bool_)


def _compared(counted: _Counted, question: Question, cell: Cell) -> Finding:
    name = cell_name(question, cell)
    column, members = counted.column(question.id, cell.items), counted.group(cell.among)
    blank = Finding(
        code=CODE, question=question.id, cells=(name,), printed=_printed(cell), expected="", verdict="cannot be checked"
    )
    if column is None or members is None:
        return replace(blank, explanations=("the answers are not in the data, or not under these labels",))
    if cell.unlabelled is not None:
        return replace(blank, explanations=("print does not say which value belongs to which answer",))
    inside = members & (column.reasons != NOT_ASKED)
    vector = _vector(question, column, inside)
    bases = {"those who were asked": int(inside.sum()), "those who answered": int((inside & column.answered).sum())}
    facts = {who: facts_of(question, [cell], base) for who, base in bases.items() if base}
    if not any(facts.values()):
        return replace(blank, explanations=("print gives no number that can be checked",))
    holds = {who: all(fact.holds(vector) for fact in found) for who, found in facts.items()}
    count = sum(vector[question.categories.index(item)] for item in cell.items)
    told = ", ".join(f"{count} of {base} {who}" for who, base in bases.items())
    stamp = "SYNTHETIC answers: " if counted.data.synthetic else ""
    agrees = holds.get("those who were asked", False) or holds.get("those who answered", False)
    return replace(
        blank,
        expected=f"{stamp}{told}",
        verdict="consistent" if agrees else "inconsistent",
        explanations=() if agrees else EXPLANATIONS,
        consequence="" if agrees else "None: answers and print are told apart; neither is changed.",
        items=cell.items,
    )


def _vector(question: Question, column: CodedColumn | MultipleColumn, inside: NDArray[np.bool_]) -> tuple[int, ...]:
    known = set(_labels(column))
    return tuple(
        int((_gave(column, category) & inside).sum()) if category in known else 0 for category in question.categories
    )


def _printed(cell: Cell) -> str:
    parts = [f"{cell.percent}%"] if cell.percent is not None else []
    parts += [f"n={cell.count}"] if cell.count is not None else []
    parts += [f"“{cell.words}”"] if cell.words is not None else []
    parts += [f"{cell.range[0]} to {cell.range[1]}%"] if cell.range is not None else []
    parts += [f"unlabelled {', '.join(cell.unlabelled)}"] if cell.unlabelled is not None else []
    parts += [f"base {cell.base}"] if cell.base is not None else []
    return ", ".join(parts)
