"""Statements about several answers at once: printed sums against their parts, and all answers against the base."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.statements import CARRIED, exchanged, shown
from csea_stats.auditing.consistent_sets import reach, solvable
from csea_stats.auditing.constraints import Limit, System
from csea_stats.auditing.explanations import counts_in, decimal_text, listing, total_range
from csea_stats.auditing.facts import agreed, cells_of, groups_of, meet
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.programme import Programme
from csea_stats.auditing.rounding import units, window
from csea_stats.results.numbers import base_words, number_of
from csea_stats.survey.survey import NOT_PRINTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.auditing.constraints import Ranges
    from csea_stats.auditing.facts import PrintedFact, Unlabelled
    from csea_stats.auditing.readings import Readings
    from csea_stats.survey.survey import Question

MOST_BRANCHES = 64
"""At most so many joint choices of disjoint ranges are tried one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What print says of one sum of answers: the counts that meet the most of its facts.

    ``facts`` is empty for the base itself: all answers together.
    """

    members: tuple[int, ...]
    ranges: Ranges
    facts: tuple[PrintedFact, ...]


def check_table(
    question: Question, table: Readings, unlabelled: Sequence[Unlabelled], bases: Sequence[int] = ()
) -> list[Finding]:
    """Check the sums of one table, one finding for each contradiction beyond those of single statements.

    Parameters
    ----------
    question : Question
    table : Readings
        What its cells allow.
    unlabelled : sequence of Unlabelled
        Its values that have no labels.
    bases : sequence of int
        All that print allows, where it does not give the base.
    """
    statements = _statements(table)
    if unlabelled:
        return _unlabelled(question, table, statements, unlabelled)
    whole = _whole(table)
    findings: list[Finding] = []
    kept = [*statements, *whole]
    if _possible(kept, table):
        return _both_ways(question, table, bases)
    kept = [one for one in kept if not _reported(one, table)]  # what follows from those is no second contradiction
    while not _possible(kept, table):
        core = _core(kept, table)
        if not core:
            break
        findings.append(_report(question, table, core, bases if len(bases) > 1 else (table.base,)))
        kept.remove(_blamed(core, kept, table))
    return findings


def _reported(one: Statement, table: Readings) -> bool:
    """Whether a statement is contradicted by itself, so that it has a finding already."""
    soft = any(fact.soft and fact.kind != "range" for fact in one.facts)
    return soft or (bool(one.facts) and agreed(one.facts, table.base, len(one.members))[1] > 0)


def left_over(table: Readings, members: tuple[int, ...]) -> tuple[int, int] | None:
    """Return the least and the greatest count that all other statements leave for some answers; None if none."""
    kept = [*(one for one in _statements(table) if one.members != members), *_whole(table)]
    return _ends(kept, members, table)


def _statements(table: Readings) -> list[Statement]:
    statements = [
        Statement(members=members, ranges=agreed(facts, table.base, len(members))[0], facts=tuple(facts))
        for members, facts in groups_of(table.facts).items()
    ]
    statements += [
        Statement(members=fact.members, ranges=fact.ranges, facts=(fact,))
        for fact in table.facts
        if fact.kind == "total"
    ]
    return statements


def _whole(table: Readings) -> list[Statement]:
    """Return the statement that everybody gave one answer: exactly one where every answer is printed."""
    if not table.one_answer or not table.size:
        return []
    low = table.base if table.complete else 0
    return [Statement(members=tuple(range(table.size)), ranges=((low, table.base),), facts=())]


def _possible(statements: Sequence[Statement], table: Readings) -> bool:
    """Whether some counts meet all statements."""
    domains, sums = _parted(statements, table)
    if not all(domains):
        return False
    if prod(len(one.ranges) for one in sums) > MOST_BRANCHES:
        return _programme(domains, sums).met[1] == len(sums)
    return any(map(solvable, _systems(domains, sums)))


def _ends(statements: Sequence[Statement], members: tuple[int, ...], table: Readings) -> tuple[int, int] | None:
    """Return the least and the greatest value of a sum that meets all statements; None if nothing does."""
    if not _possible(statements, table):
        return None
    domains, sums = _parted(statements, table)
    if prod(len(one.ranges) for one in sums) > MOST_BRANCHES:
        programme = _programme(domains, sums)
        return programme.end(members, greatest=False).bound, programme.end(members, greatest=True).bound
    systems = [system for system in _systems(domains, sums) if solvable(system)]
    low = min(reach(system, members, greatest=False).bound for system in systems)
    return low, max(reach(system, members, greatest=True).bound for system in systems)


def _parted(statements: Sequence[Statement], table: Readings) -> tuple[tuple[Ranges, ...], list[Statement]]:
    """Return what statements on single answers leave to each, and the statements on several."""
    domains: list[Ranges] = [table.domains.get(i, ((0, table.base),)) for i in range(table.size)]
    for one in statements:
        if len(one.members) == 1:
            domains[one.members[0]] = meet(domains[one.members[0]], one.ranges)
    return tuple(domains), [one for one in statements if len(one.members) > 1]


def _systems(domains: tuple[Ranges, ...], sums: Sequence[Statement]) -> Iterator[System]:
    """Yield the systems of which one must hold."""
    for chosen in product(*(one.ranges for one in sums)):
        yield System(domains, tuple(Limit(one.members, *ends) for one, ends in zip(sums, chosen, strict=True)))


def _programme(domains: tuple[Ranges, ...], sums: Sequence[Statement]) -> Programme:
    """Return the programme of statements of too many disjoint ranges to take one by one."""
    return Programme(System(domains, ()), [(one.members, one.ranges) for one in sums])


def _core(statements: list[Statement], table: Readings) -> list[Statement]:
    """Return a smallest-by-inclusion set of statements that no counts meet, preferring the few and the short."""
    core = sorted(statements, key=lambda one: (bool(one.facts), -len(one.members)))
    if not any(len(one.members) > 1 for one in core if one.facts):
        return core  # nothing but single answers and the base: all of them, or none
    for one in tuple(core):
        rest = [other for other in core if other is not one]
        if not _possible(rest, table):
            core = rest
    return core


def _blamed(core: list[Statement], kept: list[Statement], table: Readings) -> Statement:
    """Return the statement to leave out: one that makes the rest possible, else the most compound."""
    cheapest = sorted(core, key=lambda one: (len(one.facts), len(one.members)))
    for one in cheapest:
        if _possible([other for other in kept if other is not one], table):
            return one
    return max(core, key=lambda one: len(one.members))


def _report(question: Question, table: Readings, core: list[Statement], bases: Sequence[int]) -> Finding:
    parts = [one for one in core if len(one.members) == 1]
    sums = [one for one in core if len(one.members) > 1 and one.facts]
    base = next((one for one in core if not one.facts), None)
    if any(fact.kind == "total" for one in sums for fact in one.facts):
        code = "pick-total"
    else:
        code = "sum-of-answers" if sums else "total-of-answers"
    names = question.categories
    told = [f"{' + '.join(names[i] for i in one.members)}: {_said(one)}" for one in (*sums, *parts)]
    low, high = sum(one.ranges[0][0] for one in parts), sum(one.ranges[-1][1] for one in parts)
    open_base = len(bases) > 1 and not any(fact.kind == "count" for one in parts for fact in one.facts)
    expected = []
    if open_base and not sums:
        expected.append("the percentages make less than all, or more, whatever the base")
    elif parts:
        made = "answer makes" if len(parts) == 1 else "answers make"
        expected.append(f"{len(parts)} {made} {counts_in(((low, high),))}")
    expected += [f"the sum is printed as {counts_in(one.ranges)}" for one in sums]
    if base is not None:
        asked = "everybody gives one answer" if base.ranges[0][0] else "nobody gives more than one answer"
        expected.append(f"{asked} and the base is {base_words(tuple(bases))}")
    return Finding(
        code=code,
        question=question.id,
        cells=cells_of(fact for one in core for fact in one.facts) or (question.id,),
        printed=f"{'; '.join(told)}; base {base_words(tuple(bases))}{' (not printed)' * (len(bases) > 1)}",
        expected="; ".join(expected),
        verdict="inconsistent",
        explanations=_explained(question, table, parts, base, open_base=open_base),
        consequence=CARRIED,
        power=_power(parts),
        items=tuple(dict.fromkeys(names[i] for one in core if one.facts for i in one.members)),
    )


def _said(one: Statement) -> str:
    return ", ".join(shown(fact) for fact in one.facts)


def _explained(
    question: Question, table: Readings, parts: list[Statement], base: Statement | None, *, open_base: bool
) -> tuple[str, ...]:
    facts = [fact for one in parts for fact in one.facts]
    twice = exchanged(question, facts, facts) if len(parts) == table.size == 2 else []
    told = [*twice]
    low, high = sum(one.ranges[0][0] for one in parts), sum(one.ranges[-1][1] for one in parts)
    if base is not None and parts:
        if high < table.base:
            few = "some" if open_base else counts_in(((table.base - high, table.base - low),))
            told.append(f"{few} gave none of the answers")
        if low > table.base:
            told.append("some gave more than one answer")
        told += [] if open_base else _bases(table, parts)
    told.append("one of the counts is off")
    return (*told[: len(twice)], *([] if open_base else _summed(table, parts)), *told[len(twice) :])


def _both_ways(question: Question, table: Readings, bases: Sequence[int]) -> list[Finding]:
    """Tell of a number that one place prints for one of two answers and another place for the other.

    Where print leaves room for it, as it does not say how many answered, neither can be told from the other.
    """
    facts = [fact for fact in table.facts if len(fact.members) == 1]
    twice = exchanged(question, facts, facts) if table.one_answer and table.size == 2 else []
    open_base = question.base == NOT_PRINTED or (question.base is None and question.missing is not None)
    stated = not open_base or any(cell.base == table.base for cell in question.cells)
    if not twice or (table.complete and stated and len(bases) < 2):
        return []
    return [
        Finding(
            code="both-ways",
            question=question.id,
            cells=cells_of(facts),
            printed="; ".join(f"{question.categories[f.members[0]]}: {shown(f)}" for f in facts),
            expected="how many answered, or an answer of which both places tell",
            verdict="cannot be checked",
            explanations=tuple(twice),
            consequence="both are taken as printed",
            items=question.categories,
        )
    ]


def _summed(table: Readings, parts: list[Statement]) -> list[str]:
    """Compare what the percentages of all answers sum to with what rounding allows."""
    values = [next((fact.value for fact in one.facts if fact.kind == "percent"), None) for one in parts]
    read = [units(value) for value in values if value is not None]
    if len(read) < table.size or len({hundred for _, hundred in read}) != 1:
        return []
    hundred = read[0][1]
    low, high = total_range(table.size, table.base, hundred)
    total, least, most = (decimal_text(number, hundred) for number in (sum(value for value, _ in read), low, high))
    return [
        (
            f"the percentages sum to {total}; rounding {number_of(table.size, 'answers')} of {table.base} can make "
            f"{least} to {most}"
        )
    ]


def _bases(table: Readings, parts: list[Statement]) -> list[str]:
    """Name the bases near the printed one that all the percentages fit, summing to it."""
    percents = [[fact.value for fact in one.facts if fact.kind == "percent"] for one in parts]
    if any(len(values) != 1 for values in percents) or any(f.kind == "count" for one in parts for f in one.facts):
        return []
    fits = []
    for base in range(max(1, table.base - 5), table.base + 6):
        found = [window(values[0], base) for values in percents]
        windows = [one for one in found if one is not None]
        if len(windows) == len(found) and sum(a for a, _ in windows) <= base <= sum(b for _, b in windows):
            fits.append(base)
    return [f"all the percentages together fit a base of {listing(fits)}"] if fits else []


def _power(parts: list[Statement]) -> str:
    if all(one.ranges[0][0] == one.ranges[-1][1] for one in parts):
        return "a change of any one of the counts would have been caught"
    return "a change of any one of the counts beyond what rounding leaves open would have been caught"


def _without_labels(unlabelled: Sequence[Unlabelled]) -> str:
    values = listing((f"{value}%" for group in unlabelled for value in group.values), "and")
    return f"{values} without labels"


def _labelled(table: Readings) -> str:
    told = [f"{shown(fact)} with a label" for fact in table.facts if fact.kind != "total"]
    return f"; {listing(told, 'and')}" if told else ""


def _unlabelled(
    question: Question, table: Readings, statements: list[Statement], unlabelled: Sequence[Unlabelled]
) -> list[Finding]:
    """Check a table some of whose values have no label: does any way to assign them meet everything else."""
    avoidable = table.broken - sum(agreed(one.facts, table.base, len(one.members))[1] for one in statements)
    soft = [fact for one in statements for fact in one.facts if fact.soft]
    soft += [fact for group in unlabelled for value in group.values if (fact := group.fact(0, value)).soft]
    avoidable -= len(soft)  # those have findings already
    short = table.one_answer and table.complete and not table.broken and min(r.missing for r in table.readings) > 0
    short = short and not soft
    if avoidable <= 0 and not short:
        return []
    missing = min((reading.missing for reading in table.readings), default=0)
    if short:
        expected = f"the counts fall short of the base by {missing}"
    elif table.one_answer and not table.facts and len(unlabelled) == 1 and len(unlabelled[0].values) == table.size:
        ranges = [unlabelled[0].fact(0, value).ranges for value in unlabelled[0].values]
        ends = dict.fromkeys((sum(one[0][0] for one in ranges), sum(one[-1][1] for one in ranges)))
        expected = f"the values make {listing(ends, 'to')}; everybody gives one answer and the base is {table.base}"
    else:
        expected = "no way to assign the values to answers meets every other statement and the base"
    return [
        Finding(
            code="values-without-labels",
            question=question.id,
            cells=tuple(dict.fromkeys((*cells_of(table.facts), *table.unlabelled_cells))),
            printed=f"{_without_labels(unlabelled)}{_labelled(table)}; base {table.base}",
            expected=expected,
            verdict="inconsistent",
            explanations=("one of the values is off", "some respondents gave no answer, or more than one"),
            consequence=CARRIED,
            items=question.categories,
        )
    ]
