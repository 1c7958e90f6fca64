"""A battery's values without labels as a sheet to assign: which questions share them, and what else print says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.assignments import Attained, Row, Sheet, assignments
from csea_stats.auditing.facts import percent_ranges, positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.assignments import Assignments
    from csea_stats.auditing.facts import Fact
    from csea_stats.survey.survey import Battery, BatteryCell, Question


def complete(questions: Sequence[Question], cell: BatteryCell) -> bool:
    """Whether a cell's values are all values of all answers to questions with one answer each, and no more."""
    first = questions[0].categories
    same = all(one.one_answer and not one.partial and one.categories == first for one in questions)
    return same and set(cell.items) == set(first) and len(cell.unlabelled or ()) == len(first) * len(questions)


def sheet_of(battery: Battery, questions: Sequence[Question], base: int, facts: Sequence[tuple[Fact, ...]]) -> Sheet:
    """Return the sheet of a battery whose one cell without labels is complete.

    Parameters
    ----------
    battery : Battery
    questions : sequence of Question
    base : int
        Of each.
    facts : sequence of tuple of Fact
        Of each question.
    """
    printed = Counter(value for cell in battery.cells for value in cell.unlabelled or ())
    values = tuple(sorted(printed, key=lambda value: (float(value), value)))
    ranges = tuple(percent_ranges(value, base)[0] for value in values)
    attained = []
    for cell in battery.cells:
        if cell.range is not None:
            low, high = (percent_ranges(end, base)[0] for end in cell.range)
            members = positions(questions[0], cell.items)
            attained.append(
                Attained(members=members, lowest=(low[0][0], low[-1][1]), highest=(high[0][0], high[-1][1]))
            )
    return Sheet(
        values=values,
        copies=tuple(printed[value] for value in values),
        answers=len(questions[0].categories),
        rows=tuple(
            Row(name=one.id, base=base, ranges=ranges, facts=own) for one, own in zip(questions, facts, strict=True)
        ),
        attained=tuple(dict.fromkeys(attained)),
    )


def assigned(sheet: Sheet) -> tuple[Assignments, bool] | None:
    """Return every assignment in which a printed range's ends are attained; if there is none, every one within it."""
    found = assignments(sheet)
    if found is None or found.number or not sheet.attained:
        return None if found is None else (found, True)
    found = assignments(replace(sheet, attained=()))
    return None if found is None else (found, False)
