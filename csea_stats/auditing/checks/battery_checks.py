"""Statements about several questions at once: values without labels, and ranges over the questions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.statements import impossible_value
from csea_stats.auditing.explanations import listing
from csea_stats.auditing.facts import percent_ranges
from csea_stats.auditing.findings import Finding
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import battery_cell_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.printed_tables import Book
    from csea_stats.survey.survey import Battery, BatteryCell


def check_battery(book: Book, battery: Battery, printed_bases: Sequence[int]) -> list[Finding]:
    """Check what print says about the questions of a battery together."""
    bases = {base for question in battery.questions for base in book.bases(question)}
    if len(bases) != 1:
        return []
    base = bases.pop()
    findings = []
    for cell in battery.cells:
        findings += _values(battery, cell, base, printed_bases)
        findings += _total(book, battery, cell, base)
    if all(finding.verdict == "consistent" for finding in findings):
        findings += _assigned(book, battery)
    return findings


def _assigned(book: Book, battery: Battery) -> list[Finding]:
    """Say in how many ways the values can be given to the questions' answers so that all else holds."""
    found = book.assigned(battery)
    if found is None or any(table.broken for name in battery.questions for table in book.tables(name)):
        return []  # a contradiction within one question is a finding of its own
    ways, attained = found
    told = [cell for cell in battery.cells if cell.unlabelled or cell.range]
    values = sum(len(cell.unlabelled or ()) for cell in told)
    ranges = [f"{' to '.join(cell.range)}%" for cell in told if cell.range]
    holds = bool(ways.number) and attained
    expected = f"{ways.number:,} of {ways.sheet.ways:,} ways to assign them fit all that is printed"
    if not holds:
        missing = (
            f"that a question attains either end of {listing(ranges, 'and')}" if ways.number else "all that is printed"
        )
        expected = f"none of {ways.sheet.ways:,} ways to assign them fits {missing}"
    return [
        Finding(
            code="battery-assignments",
            question=battery.id,
            cells=tuple(battery_cell_name(battery, cell) for cell in told),
            printed=", ".join(
                (
                    f"{number_of(values, 'values')} of {number_of(len(battery.questions), 'questions')} without labels",
                    *ranges,
                )
            ),
            expected=expected,
            verdict="consistent" if holds else "inconsistent",
            explanations=()
            if holds
            else ("one of the values or of the ends is off", "some gave no answer to a question"),
            consequence="each question's counts are those of any assignment that fits"
            if ways.number
            else "each answer is given every value",
            power="values that miss a question's base, or its printed sums, would have been caught",
            items=tuple(dict.fromkeys(item for cell in told for item in cell.items)),
        )
    ]


def _values(battery: Battery, cell: BatteryCell, base: int, printed_bases: Sequence[int]) -> list[Finding]:
    """Report each value that is no percentage of the base."""
    values = dict.fromkeys((*(cell.unlabelled or ()), *(cell.range or ())))
    return [
        replace(
            impossible_value(value, base, (), printed_bases),
            question=battery.id,
            cells=(battery_cell_name(battery, cell),),
            printed=f"{value}% ({cell.where}); base {base}",
            items=cell.items,
        )
        for value in values
        if base >= 1 and percent_ranges(value, base)[1]
    ]


def _total(book: Book, battery: Battery, cell: BatteryCell, base: int) -> list[Finding]:
    """Compare the sum of a battery's values with its questions' bases, where every value is printed."""
    questions = [book.question(one) for one in battery.questions]
    places = len(cell.items) * len(questions)
    whole = all(question.one_answer and set(question.categories) == set(cell.items) for question in questions)
    if cell.unlabelled is None or len(cell.unlabelled) < places or not whole:
        return []
    ranges = [percent_ranges(value, base)[0] for value in cell.unlabelled]
    low, high = sum(one[0][0] for one in ranges), sum(one[-1][1] for one in ranges)
    wanted = base * len(questions)
    agree = low <= wanted <= high
    total = listing(dict.fromkeys((low, high)), "to")
    return [
        Finding(
            code="battery-total",
            question=battery.id,
            cells=(battery_cell_name(battery, cell),),
            printed=(
                f"{number_of(len(cell.unlabelled), 'values')} of {number_of(len(questions), 'questions')}, "
                f"together {total}; base {base}"
            ),
            expected=f"{len(questions)} x {base} = {wanted}",
            verdict="consistent" if agree else "inconsistent",
            explanations=() if agree else ("one of the values is off", "some respondents gave no answer"),
            consequence="which value belongs to which answer is left open",
            power="a change of any one value by a count would have been caught",
            items=cell.items,
        )
    ]
