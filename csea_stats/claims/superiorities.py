"""Claims that a printed subgroup answers higher, or lower, than all others on an ordered scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.base.dominance import observed_dominance
from csea_stats.claims.goals import goal_of
from csea_stats.claims.measured import Context, Measured, flagged, unknown, with_verdicts
from csea_stats.claims.verdicts import Verdicts, judge
from csea_stats.errors import InputError
from csea_stats.estimators.answered.printed import tabulate_print
from csea_stats.estimators.scales.dominance import superiority
from csea_stats.results.caveats import caveat
from csea_stats.targets.populations import Population, Respondents

if TYPE_CHECKING:
    from csea_stats.claims.format import SuperiorityTest

Vectors = set[tuple[int, ...]]


def tested_superiority(test: SuperiorityTest, context: Context) -> Measured:
    """Test a claim about the chance that one of the group answers higher than one of the others, equal answers half."""
    question = context.question(test.question)
    findings = tuple(f.id for f in context.conflicts(question, question.categories))
    try:
        sides = _sides(test, context)
    except InputError as error:
        return unknown(f"{error}.", findings)
    if any(sum(vector) == 0 for side in sides for vector in side):
        return unknown("print leaves nobody in one of the two groups.", findings)
    goal = goal_of(test)
    found = superiority(
        *sides,
        level=context.level,
        target=context.targets(),
        threshold=goal.threshold,
        label=f"on “{question.label}”, {test.group.item} against the rest",
    )
    values = [observed_dominance(a, b) for a in sides[0] for b in sides[1]]
    words = f"Answers {'higher' if goal.direction == 'above' else 'lower'} than the others, as a chance"
    verdicts = flagged(_in_words(judge(tuple(found), goal, values), words), findings)
    after = () if test.planned else (caveat("chosen-after"),)
    doubts = tuple(replace(e, caveats=(*e.caveats, *after)) for e in found)
    item = f"{test.group.item} higher than the rest"
    people = next(e for e in found if not isinstance(e.target, (Respondents, Population)))
    above = people.probability
    return Measured(
        verdicts=verdicts,
        estimates=with_verdicts(context.dressed(doubts, question, question.categories, item), verdicts, goal),
        goal=goal,
        probability=above if above is None or goal.direction == "above" else (1 - above[1], 1 - above[0]),
        findings=findings,
    )


def _sides(test: SuperiorityTest, context: Context) -> tuple[Vectors, Vectors]:
    """Return the feasible counts of the group and of all others."""
    tabulation = tabulate_print(context.audit, test.question, test.group.question)
    place = tabulation.groups.index(test.group.item)
    group = {table.counts[place] for table in tabulation.tables}
    rest = {
        tuple(map(sum, zip(*(c for index, c in enumerate(table.counts) if index != place), strict=True)))
        for table in tabulation.tables
    }
    return group, rest


def _in_words(verdicts: Verdicts, words: str) -> Verdicts:
    return Verdicts(*(v and replace(v, why=f"{words} of {v.why[:1].lower()}{v.why[1:]}") for v in verdicts))
