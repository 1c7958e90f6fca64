"""What agreed, and what could not be checked: a row per question, so that silence is never taken for agreement."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from csea_stats.auditing.consistent_sets import MOST_READINGS, ways_of
from csea_stats.auditing.explanations import listing, percent_power
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
    facts = [fact for table in tables for fact in table.facts if fact.kind != "total" and fact.cells]
    agree = [fact for fact in facts if not touched.intersection(fact.cells)]
    findings = []
    if not question.cells:  # told by a battery only, which has findings of its own
        pass
    elif _comparable(agree, tables):
        findings.append(_agreed(question, tables, agree, others=bool(touched)))
    elif facts and not any(set(finding.cells).intersection(facts[0].cells) for finding in found):
        findings.append(_single(question, facts))
    return [*findings, *_vague(question), *_no_label(question, tables), *_many(question, tables)]


def _comparable(facts: Sequence[PrintedFact], tables: Sequence[Readings]) -> bool:
    """Whether anything could have contradicted these facts."""
    whole = any(table.one_answer and table.complete for table in tables)
    alone = all(len(some) == 1 and len(members) == 1 for members, some in groups_of(facts).items())
    return any(fact.kind == "percent" for fact in facts) or not alone or (whole and len(facts) > 1)


def _agreed(question: Question, tables: Sequence[Readings], facts: Sequence[PrintedFact], *, others: bool) -> Finding:
    answers = dict.fromkeys(question.categories[i] for fact in facts for i in fact.members)
    sums = sum(len(members) > 1 for members in groups_of(facts))
    checked = ["each percentage against its base"] if any(fact.kind == "percent" for fact in facts) else []
    checked += ["statements on the same answer"] if len(facts) > len(groups_of(facts)) else []
    checked += ["printed sums against their parts"] if sums and not others else []
    if any(table.one_answer and table.complete for table in tables) and not others:
        checked.append("all answers against the base")
    bases = listing(dict.fromkeys(fact.base for fact in facts), "and")
    percents = [fact for fact in facts if fact.kind == "percent"]
    return Finding(
        code="statements-agree",
        question=question.id,
        cells=cells_of(facts),
        printed=f"{number_of(len(facts), f'{"other " * others}statements')} on {number_of(len(answers), 'answers')}, "
        f"base {bases}",
        expected=f"agree: {listing(checked, 'and')}",
        verdict="consistent",
        power=percent_power(percents[0].value, percents[0].base) if percents and percents[0].base else "",
        items=tuple(answers),
    )


def _single(question: Question, facts: Sequence[PrintedFact]) -> Finding:
    return Finding(
        code="nothing-to-compare",
        question=question.id,
        cells=cells_of(facts),
        printed=f"{number_of(len(facts), 'statements')}, each in one form only",
        expected="a percentage, a total or a second place to compare with",
        verdict="cannot be checked",
        consequence="taken as printed",
    )


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
            expected=f"which value belongs to which answer: {number_of(ways, 'ways')} to assign them",
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
                expected=f"bounds: {'; '.join(bounds)}",
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
