"""What agreed, and what could not be checked: a row per question, so that silence is never taken for agreement."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from csea_stats.auditing.consistent_sets import MOST_READINGS, ways_of
from csea_stats.auditing.explanations import impossible, listing, percent_power
from csea_stats.auditing.facts import cells_of, groups_of, unlabelled_of
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.number_words import amount_in_words
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import battery_cell_name, cell_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.facts import PrintedFact
    from csea_stats.auditing.readings import Readings
    from csea_stats.survey.survey import Battery, Question


def summarise(question: Question, tables: Sequence[Readings], found: Sequence[Finding]) -> list[Finding]:
    """Say how much of a question agreed, once its contradictions are known.

    Parameters
    ----------
    question : Question
    tables : sequence of Readings
        Its own table and those of its subgroups.
    found : sequence of Finding
        What its checks have found so far.
    """
    touched = {cell for finding in found if finding.verdict == "inconsistent" for cell in finding.cells}
    told = [[fact for fact in table.facts if fact.kind != "total" and fact.cells] for table in tables if table.base]
    facts = [fact for some in told for fact in some]
    agree = [(table, _untouched(some, touched)) for table, some in zip(filter(_peopled, tables), told, strict=True)]
    checked = _checked(agree, others=bool(touched))
    findings = []
    if not question.cells:  # told by a battery only, which has findings of its own
        pass
    elif checked:
        findings.append(_agreed(question, agree, checked, others=bool(touched)))
    elif facts and not touched and not any(set(finding.cells).intersection(facts[0].cells) for finding in found):
        findings.append(_single(question, facts))
    return [*findings, *_vague(question), *_no_label(question, tables), *_many(question, tables)]


Agreed = list[tuple["Readings", list["PrintedFact"]]]
"""For each table, what nothing contradicts."""


def _peopled(table: Readings) -> bool:
    return table.base > 0


def _untouched(facts: Sequence[PrintedFact], touched: set[str]) -> list[PrintedFact]:
    return [fact for fact in facts if not touched.intersection(fact.cells)]


def _checked(agree: Agreed, *, others: bool) -> list[str]:
    """Name the checks that could have failed, within one table each."""
    checked: dict[str, None] = {}
    for table, facts in agree:
        groups = groups_of(facts)
        if _testing(facts):
            checked["each percentage against its base"] = None
        if len(facts) > len(groups):
            checked["statements on the same answer"] = None
        spoken = Counter(i for members in groups for i in members)
        parts = [spoken[i] > 1 for members in groups if len(members) > 1 for i in members]
        among_values = any(len(one) > 1 for one in groups) and bool(table.unlabelled_cells)
        if (any(parts) or among_values) and not others:
            checked["printed sums against their parts"] = None
        if table.one_answer and len(groups) > 1 and not others:
            checked["all answers against the base" if table.complete else "answers together against the base"] = None
    return list(checked)


def _testing(facts: Sequence[PrintedFact]) -> list[tuple[str, int]]:
    """Return the percentages, with their bases, whose kind has impossible values for that base."""
    values = [
        (value, one.base) for one in facts if one.kind in ("percent", "range") for value in one.value.split(" to ")
    ]
    return [(value, base) for value, base in values if base and impossible(value, base)]


def _agreed(question: Question, agree: Agreed, checked: Sequence[str], *, others: bool) -> Finding:
    facts = [fact for _, some in agree for fact in some]
    answers = dict.fromkeys(question.categories[i] for fact in facts for i in fact.members)
    bases = listing(dict.fromkeys(fact.base for fact in facts), "and")
    tested = _testing(facts)
    return Finding(
        code="statements-agree",
        question=question.id,
        cells=cells_of(facts),
        printed=f"{number_of(len(facts), f'{"other " * others}statements')} on {number_of(len(answers), 'answers')}, "
        f"base {bases}",
        expected=f"agree: {listing(checked, 'and')}",
        verdict="consistent",
        power=percent_power(*tested[0])
        if tested
        else "a number that no counts meet together with the others would have been caught",
        items=tuple(answers),
    )


def _single(question: Question, facts: Sequence[PrintedFact]) -> Finding:
    return Finding(
        code=ALONE,
        question=question.id,
        cells=cells_of(facts),
        printed=f"{number_of(len(facts), 'statements')}, nothing of which could fail",
        expected="a percentage of fewer people, a total or a second place to compare with",
        verdict="cannot be checked",
        consequence="taken as printed",
    )


ALONE = "nothing-to-compare"


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """Tell once of all questions of which nothing could have failed, where the first of several stands."""
    alone = [one for one in findings if one.code == ALONE]
    if len(alone) < 2:
        return list(findings)
    first, names = alone[0], [one.question or "" for one in alone]
    whole = replace(
        first,
        question=None,
        cells=tuple(cell for one in alone for cell in one.cells),
        printed=f"{len(alone)} questions, nothing of which could fail: {listing(names, 'and')}",
    )
    return [*(one for one in findings if one.code != ALONE), whole]


def _vague(question: Question) -> list[Finding]:
    cells = [cell for cell in question.cells if cell.words and amount_in_words(cell.words).vague]
    if not cells:
        return []
    words = listing(dict.fromkeys(f'"{cell.words}"' for cell in cells), "and")
    return [
        Finding(
            code="words-vague",
            question=question.id,
            cells=tuple(dict.fromkeys(cell_name(question, cell) for cell in cells)),
            printed=words,
            expected="an exact number in words",
            verdict="cannot be checked",
            consequence="the words are not used",
            items=tuple(dict.fromkeys(item for cell in cells for item in cell.items)),
        )
    ]


def _no_label(question: Question, tables: Sequence[Readings]) -> list[Finding]:
    cells = [cell for cell in question.cells if cell.unlabelled is not None]
    if not cells:
        return []
    values = sum(len(cell.unlabelled or ()) for cell in cells)
    unlisted = [part.found.alike for table in tables for part in table.parts if part.listed is None]
    carried = "every assignment that meets the rest of the print is carried"
    if unlisted:
        carried = "bounds that hold every assignment which meets the rest of the print are carried"
        carried = "each answer is given every one of the values" if all(unlisted) else carried
    ways = prod(ways_of(group) for group in unlabelled_of(question, cells, tables[0].base))
    return [
        Finding(
            code="values-without-labels",
            question=question.id,
            cells=tuple(dict.fromkeys(cell for table in tables for cell in table.unlabelled_cells)),
            printed=f"{number_of(values, 'values')} without labels",
            expected="which value belongs to which answer"
            + (f": there are {ways:,} ways to assign them" if ways > 1 else "; as they are equal, nothing hangs on it"),
            verdict="cannot be checked",
            consequence=carried,
            items=tuple(dict.fromkeys(item for cell in cells for item in cell.items)),
        )
    ]


def _many(question: Question, tables: Sequence[Readings]) -> list[Finding]:
    """Say where readings are not listed."""
    findings = []
    for table in tables:
        told = [part for part in table.parts if part.told and part.listed is None and not part.found.alike]
        if not told:
            continue
        items = [question.categories[i] for part in told for i in part.members]
        bounds = [
            f"{question.categories[i]} {listing(dict.fromkeys((counts[0], counts[-1])), 'to')}"
            for part in told
            for i in part.members
            if (counts := table.counts_of((i,)))
        ]
        findings.append(
            Finding(
                code="too-many-readings",
                question=question.id,
                cells=cells_of(table.facts) or (question.id,),
                printed=f"more than {MOST_READINGS:,} joint readings",
                expected=f"more numbers; those printed leave {'; '.join(bounds)}",
                verdict="cannot be checked",
                consequence="the readings at the extremes of each answer and each sum are carried",
                items=tuple(items),
            )
        )
    return findings


def summarise_battery(battery: Battery) -> list[Finding]:
    """Say what a battery's statements leave open."""
    findings = []
    for cell in battery.cells:
        if cell.range is None and cell.unlabelled is None and not cell.words:
            continue
        name = battery_cell_name(battery, cell)
        if cell.unlabelled is not None:
            printed, expected = (
                f"{number_of(len(cell.unlabelled), 'values')} without labels",
                "which value belongs to which answer",
            )
        elif cell.range is not None:
            printed = f"{' to '.join(cell.range)}%"
            expected = "which question has the smallest and which the largest"
        else:
            printed, expected = f'"{cell.words}"', "an exact number in words"
            if not amount_in_words(cell.words or "").vague:
                continue
        findings.append(
            Finding(
                code="battery-open",
                question=battery.id,
                cells=(name,),
                printed=f"{printed}, {number_of(len(battery.questions), 'questions')}",
                expected=expected,
                verdict="cannot be checked",
                consequence="each question is given every value that this leaves open",
                items=cell.items,
            )
        )
    return findings
