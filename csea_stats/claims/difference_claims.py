"""Claims about the difference of two shares: a subgroup and the rest, two answers of the same people, two margins."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from csea_stats.base.dominance_limits import observed_dominance
from csea_stats.base.error_rates import gap_rate
from csea_stats.base.roots import one_root
from csea_stats.base.two_binomials import gap_limits
from csea_stats.claims import evidence
from csea_stats.claims.claim_verdicts import Verdicts, goal_of, judge, not_checkable
from csea_stats.claims.share_claims import open_to_print, sets_of, silent
from csea_stats.errors import InputError
from csea_stats.estimators.arguments import share_pairs
from csea_stats.estimators.assumptions import base_of
from csea_stats.estimators.comparison import Difference
from csea_stats.estimators.crosstab import crosstab_bounds
from csea_stats.estimators.difference import difference
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.paired_difference import PairedDifference, counted_difference, pair_tables
from csea_stats.estimators.proportion import proportion
from csea_stats.estimators.superiority import Superiority, superiority
from csea_stats.results.caveats import caveat
from csea_stats.results.certificates import equal_share_rate
from csea_stats.results.estimate import Estimate
from csea_stats.results.values import Comparison, Interval
from csea_stats.results.verdicts import counted_verdict
from csea_stats.tabulation.items import not_counted_beside, sized
from csea_stats.tabulation.naming import group_in_words, group_name, group_nouns, item_label, item_name
from csea_stats.tabulation.printed import tabulate_print
from csea_stats.tabulation.relations import ends_of_margins
from csea_stats.tabulation.source_estimates import outermost
from csea_stats.tabulation.tabulation import NOT_TOLD
from csea_stats.targets.populations import Population, Respondents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.claims.format import (
        CrosstabTest,
        DifferenceTest,
        OverlappingTest,
        PairedTest,
        SuperiorityTest,
        TwoAnswersTest,
    )
    from csea_stats.estimators.arguments import Pair
    from csea_stats.estimators.estimand import Estimand
    from csea_stats.estimators.paired_difference import Table, Tables
    from csea_stats.results.goals import Direction, Goal
    from csea_stats.results.values import Caveat
    from csea_stats.survey.survey import Group, Question

PARTS = {"in": 1, "out": 2, "difference": 3}
"""Where each part stands in what `csea_stats.crosstab_bounds` returns."""

NEAR = 1e-4
"""How near, relatively, a participation ratio is found."""

LARGEST_RATIO = 1e4
"""Participation ratio beyond which a tipping point is told as unlimited."""


def tested_difference(test: DifferenceTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about a printed subgroup against all others."""
    question, items, findings = context.asked(test.question, test.item)
    pairs = context.audit.complement(question.id, items, test.group)
    if not pairs or any(n == 0 for pair in pairs for _, n in pair):
        why = "print about the group and about everybody do not fit together."
        if context.survey.sample is not None:
            why = "in one of the two groups nobody gave an answer that is counted."
        return evidence.unknown(why, findings)
    goal = goal_of(test)
    first = group_name(test.group, context.survey)
    words = f"{item_name(question, items)}: {first} minus the rest"
    compared = Comparison(
        by=test.group.question,
        level=first,
        reference="the rest",
        groups=group_nouns(test.group, None, context.survey),
    )
    tables = outermost(pairs)
    sides = [sized(table[side] for table in tables) for side in (0, 1)]
    found = tuple(
        replace(one, says=item_label(question, items), comparison=compared)
        for one in difference(
            *sides,
            level=context.level,
            target=context.targets(),
            threshold=goal.threshold,
            label=f"{item_label(question, items)}, {group_in_words(test.group, context.survey)} against the rest",
            together=set(tables),
        )
    )
    values = [a / n - b / m for (a, n), (b, m) in pairs]
    verdicts = evidence.flagged(judge(found, goal, values, _gap(tables)), findings)
    doubts = evidence.chosen_after(found, planned=test.planned)
    sizes = tuple(base_of(n for _, n in {pair[side] for pair in pairs}) for side in (0, 1))
    dressed = context.dressed(doubts, question, items, words, _apart_of(test, question, (sizes[0], sizes[1]), context))
    return evidence.TestedClaim(
        verdicts=verdicts,
        estimates=evidence.with_verdicts(dressed, verdicts, goal),
        goal=goal,
        probability=evidence.probabilities(goal, "jeffreys", [_gap([one]) for one in tables]),
        confidence=evidence.confidences(goal, tables, _sure),
        tipping=evidence.never_surer(_tipping(tables, goal, context.level), verdicts),
        false_sign=_rate(tables, goal, context.level),
        findings=findings,
    )


def _apart_of(
    test: DifferenceTest | SuperiorityTest,
    question: Question,
    sizes: tuple[object, object],
    context: evidence.ClaimContext,
) -> tuple[Caveat, ...]:
    """Return who of the group, and who of all others, is in no count."""
    names = group_name(test.group, context.survey), "the rest"
    first, second = not_counted_beside(question, context.audit, test.group, sizes, names)
    return (*first, *second)


Gap = tuple["Pair", "Pair"]
"""Count and base of a group, and those of all others."""


def _gap(tables: Sequence[Gap]) -> Difference:
    """Return the difference that these tables leave open."""
    first, second = (tuple(sorted({table[side] for table in tables})) for side in (0, 1))
    return Difference(sides=(first, second), joint=tuple((*one, *other) for one, other in tables))


def _rate(tables: Sequence[Gap], goal: Goal, level: float) -> float | None:
    """Return the false-sign rate: enumerated where zero is the threshold, else what the exact test guarantees."""
    if goal.thresholds not in ((0.0,), ()):
        return _gap(tables).error_rate(goal, level, (), evidence.ALONE)
    sizes = {(n, m) for (_, n), (_, m) in tables}
    return max(equal_share_rate(n, m, level) or gap_rate(n, m, level) for n, m in sizes)


def _sure(table: Gap, threshold: float, *, up: bool) -> float:
    """Return what Newcombe's interval amounts to."""
    (a, n), (b, m) = table
    counts = np.array([a], float), np.array([n], float), np.array([b], float), np.array([m], float)

    def limits(level: float) -> tuple[float, float]:
        low, high = gap_limits(counts, method="newcombe", level=level)
        return float(low[0]), float(high[0])

    return touching(limits, a / n - b / m, threshold, up=up)


def touching(limits: Callable[[float], tuple[float, float]], observed: float, threshold: float, *, up: bool) -> float:
    """Return one minus the one-sided p-value of the test that intervals invert.

    Parameters
    ----------
    limits : callable
        From a level to an interval's limits, which widen with it.
    observed, threshold : float
    up : bool
        Whether the claim is above the threshold.

    Returns
    -------
    float
        (1 + level) / 2 at the level whose interval just reaches the threshold; 1 minus that from the other side.
    """
    if observed == threshold:
        return 0.5
    end = 0 if observed > threshold else 1
    sign = 1.0 if end == 0 else -1.0

    def beyond(level: float) -> float:
        return sign * (threshold - limits(level)[end])

    level = one_root(beyond, 1e-9, 1 - 1e-12, tolerance=1e-9)
    return (1 + level) / 2 if (observed > threshold) == up else (1 - level) / 2


def _tipping(tables: Sequence[Gap], goal: Goal, level: float) -> tuple[float, float] | None:
    """Return the ratio, the same factor in either group and in opposite directions, at which a difference turns."""
    if goal.thresholds != (0.0,):
        return None
    observed = []
    for (a, n), (b, m) in tables:
        odds = (a * (m - b), b * (n - a))
        ours, theirs = odds if goal.direction == "above" else odds[::-1]
        observed.append(1.0 if ours == theirs else (ours / theirs) ** 0.5 if theirs else float("inf"))
    return tipping_limit(_gap(tables), goal, level), min(observed)


def tipping_limit(quantity: Estimand, goal: Goal, level: float) -> float:
    """Return the participation ratio at which the worse of the two default limits reaches zero.

    1 where one does already, infinite beyond 10,000.
    """
    above = goal.direction == "above"

    def inside(ratio: float, method: str = quantity.companion) -> bool:
        lower, upper = quantity.limits(method, level, Participation(reach=ratio))
        return lower > 0 if above else upper < 0

    limit = _turning(inside)
    default = next(iter(quantity.methods))
    if limit > 1 and not inside(min(limit, LARGEST_RATIO), default):
        limit = _turning(lambda ratio: inside(ratio, default))
    return limit


def _turning(inside: Callable[[float], bool]) -> float:
    """Return the largest ratio at which a claim still holds."""
    if not inside(1.0 + 1e-9):
        return 1.0
    low, high = 1.0, 2.0
    while inside(high):
        low, high = high, high * 2
        if high > LARGEST_RATIO:
            return float("inf")
    while high - low > NEAR * low:
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle) else (low, middle)
    return low


def tested_overlapping(test: OverlappingTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about two shares whose bases may have members in common, in a way that holds for any overlap."""
    sides, findings = sides_of(test, context)
    if any(silent(side.counts, side.bases) for side in sides):
        return evidence.unknown(f"{context.teller} gives no number of one of the two answers.", findings)
    goal = goal_of(test)
    found = any_overlap(sides, context)
    first, second = (share_pairs(side.counts, side.bases) for side in sides)
    values = [a / n - b / m for a, n in first for b, m in second]
    verdicts = evidence.flagged(judge(found, goal, values, AnyOverlap(sides=(first, second))), findings)
    if evidence.unclear(verdicts) and open_to_print(context, [side.asked for side in sides]):
        return _either_untold(values, findings, context)
    return evidence.TestedClaim(
        verdicts=verdicts,
        estimates=evidence.with_verdicts(_of_first(found, sides, context), verdicts, goal),
        goal=goal,
        false_sign=1 - context.level,
        findings=findings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOverlap(Difference):
    """The difference of two shares whose people may be partly the same."""

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By guaranteed limits of both shares at once."""
        lower, upper = self.limits("clopper-pearson", level, who)
        return lower > threshold if direction == "above" else upper < threshold


class Side(NamedTuple):
    """One of two answers: the feasible counts and bases, and what they are of."""

    counts: set[int]
    bases: set[int]
    asked: tuple[Question, tuple[str, ...], Group | None]


def sides_of(test: TwoAnswersTest, context: evidence.ClaimContext) -> tuple[list[Side], tuple[str, ...]]:
    """Return both answers, and the contradictions in print that touch them."""
    sides: list[Side] = []
    touching: list[str] = []
    for answer in (test.first, test.second):
        question, items, findings = context.asked(answer.question, answer.item)
        sides.append(Side(*sets_of(context, question.id, items, answer.among), (question, items, answer.among)))
        touching += findings
    return sides, tuple(dict.fromkeys(touching))


def _of_first(found: Sequence[Estimate], sides: Sequence[Side], context: evidence.ClaimContext) -> tuple[Estimate, ...]:
    """Return the estimates of a difference with the question and the doubts of the first answer, named after both."""
    question, items, _ = sides[0].asked
    names = [f"{of.label}: {item_name(of, answers)}" for of, answers, _ in (side.asked for side in sides)]
    alike = len({of.id for of, _, _ in (side.asked for side in sides)}) == 1
    apart = [
        doubt
        for of, _, among in (side.asked for side in sides)
        for doubt in context.apart(of, among, "" if alike else of.label)
    ]
    return context.dressed(found, question, items, " minus ".join(names), apart)


def _either_untold(
    values: Sequence[float], findings: tuple[str, ...], context: evidence.ClaimContext
) -> evidence.TestedClaim:
    """Return that print leaves open whether a claim about two answers is true, with what it allows."""
    why = f"{context.teller} does not say how many gave one of the two answers."
    return replace(evidence.unknown(why, findings), bounds=(min(values), max(values)))


def any_overlap(sides: Sequence[Side], context: evidence.ClaimContext) -> tuple[Estimate, ...]:
    """Return the difference of two shares for each target, from their intervals at a raised level.

    Both intervals at 1 - (1 - level) / 2 hold together with at least the level whatever the dependence (Bonferroni),
    and so does the range of differences between them.
    """
    level = 1 - (1 - context.level) / 2
    found = []
    for target in context.targets():
        first, second = (
            proportion(side.counts, side.bases, level=level, target=target, threshold=None) for side in sides
        )
        low, high = _gap_of(first, second)
        strips = [
            (name, _apart(one, other, context.level))
            for (name, one), (_, other) in zip(first.sensitivity, second.sensitivity, strict=True)
        ]
        doubts = () if isinstance(target, Respondents) else (caveat("any-overlap"),)
        calls = f"({first.provenance.call}, {second.provenance.call})"
        found.append(
            Estimate(
                estimand="difference",
                scale="difference",
                target=target,
                value=low if low == high else None,
                bounds=None if low == high else (low, high),
                interval=_apart(first.interval, second.interval, context.level),
                companion=_apart(first.companion, second.companion, context.level),
                sensitivity=tuple((name, member) for name, member in strips if member is not None),
                counts=tuple((x[0], y[0]) for x in first.counts for y in second.counts),
                base=(first.base[0], second.base[0]),
                caveats=tuple(dict.fromkeys((*first.caveats, *second.caveats, *doubts))),
                provenance=replace(first.provenance, call=calls),
            )
        )
    return tuple(found)


def _gap_of(first: Estimate, second: Estimate) -> tuple[float, float]:
    ends = [e.bounds or (e.value or 0.0, e.value or 0.0) for e in (first, second)]
    return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]


def _apart(first: Interval | None, second: Interval | None, level: float) -> Interval | None:
    if first is None or second is None:
        return None
    return Interval(
        lower=first.lower - second.upper,
        upper=first.upper - second.lower,
        level=level,
        kind=first.kind,
        method=f"{first.method}, for both shares at once",
    )


def tested_crosstab(test: CrosstabTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about a relation of which print gives the margins at most."""
    question, items, findings = context.asked(test.question, test.item)
    by = context.question(test.group.question)
    counts, bases = sets_of(context, question.id, items, None)
    if silent(counts, bases):
        return evidence.unknown(
            f"{context.teller} gives no number of those who {item_label(question, items)}.", findings
        )
    told = set(test.group.items) <= set(by.categories)
    name = item_name(by, test.group.items)
    groups, wholes = sets_of(context, by.id, test.group.items, None) if told else ({0}, {0})
    if not told or silent(groups, wholes) or bases != wholes or len(bases) > 1:
        why = f"{context.teller} does not give how many belong to “{name}” ({by.label})."
        return evidence.unknown(why, findings)
    (base,) = bases
    margins = ends_of_margins(counts, groups, base)
    if margins is None:
        return evidence.unknown(f"“{name}” ({by.label}) is nobody, or everybody: there are no two groups.", findings)
    goal = goal_of(test)
    answers = " or ".join(f"“{item}”" for item in items)
    label = f"of {answers} ({question.label}) by “{name}” ({by.label})"
    found = tuple(
        crosstab_bounds(*margins, base, level=context.level, target=target, label=label)[PARTS[test.part]]
        for target in context.targets()
    )
    bounds = found[0].bounds or (found[0].value or 0.0, found[0].value or 0.0)
    open_ = min(map(goal.margin, bounds)) <= 0 < max(map(goal.margin, bounds))
    verdicts = (
        not_checkable(f"the margins that {context.teller} gives leave it open.")
        if open_
        else judge(found, goal, bounds)
    )
    item = f"{' + '.join(items)} by {by.label}: {name}"
    return evidence.TestedClaim(
        verdicts=evidence.flagged(verdicts, findings),
        estimates=evidence.with_verdicts(context.dressed(found, question, items, item), verdicts, goal),
        goal=goal,
        bounds=bounds,
        findings=findings,
    )


def tested_paired(test: PairedTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about two answers of the same respondents.

    Two answers to a question with one answer each exclude each other. Of any others print does not say who gave both.
    """
    sides, findings = sides_of(test, context)
    first, second = sides
    if any(silent(side.counts, side.bases) for side in sides):
        return evidence.unknown(f"{context.teller} gives no number of one of the two answers.", findings)
    (one, _, among), (other, _, whose) = first.asked, second.asked
    same = first.bases == second.bases and one.among == other.among and among == whose
    if not same or (one.id != other.id and _some_apart(first, context) | _some_apart(second, context)):
        why = "print does not show the two answers to be of the same respondents."
        if context.survey.sample is not None:
            why = (
                "the survey's counts do not show who gave both answers; csea_stats.paired_difference(data, ...) "
                "compares them from the respondents' answers."
            )
        return evidence.unknown(why, findings)
    goal = goal_of(test)
    both = 0 if one.id == other.id and one.one_answer else None
    tables, full = pair_tables(first.counts, second.counts, first.bases, both)
    values = sorted({(a - b) / n for a, b, _, n in full})
    open_ = counted_verdict(values, goal).word == "print unclear"
    if open_ and open_to_print(context, [side.asked for side in sides]):
        return _either_untold(values, findings, context)
    found = tuple(
        counted_difference(
            first.counts,
            second.counts,
            first.bases,
            both,
            level=context.level,
            target=context.targets(),
            threshold=goal.threshold,
        )
    )
    pair = PairedDifference(tables=tables, full=full)
    verdicts = evidence.flagged(judge(found, goal, values, pair), findings)
    return evidence.TestedClaim(
        verdicts=verdicts,
        estimates=evidence.with_verdicts(_of_first(found, sides, context), verdicts, goal),
        goal=goal,
        probability=evidence.probabilities(
            goal, "dirichlet", [PairedDifference(tables=(one,), full=()) for one in tables]
        ),
        confidence=evidence.confidences(goal, tables, _pair_sure),
        false_sign=pair.error_rate(goal, context.level, (), evidence.ALONE),
        tipping=None
        if evidence.unclear(verdicts)
        else evidence.never_surer(_pair_tipping(tables, goal, context.level), verdicts),
        bounds=(values[0], values[-1]) if evidence.unclear(verdicts) else None,
        findings=findings,
    )


def _some_apart(side: Side, context: evidence.ClaimContext) -> bool:
    """Whether not everybody who was asked is counted, so that two bases of one size may be of different people."""
    question, _, among = side.asked
    return any(context.apart(question, among))


def _pair_sure(table: Table, threshold: float, *, up: bool) -> float:
    """Return the normal probability of the score statistic that Tango's interval inverts.

    Tango (1998), Statistics in Medicine 17, 891-908, equations 3 and 4: q is the share of those who gave the second
    answer alone that fits best where the difference is the threshold.
    """
    b, c, n = table
    t = threshold
    linear = -b - c + (2 * n - b + c) * t
    q = (math.sqrt(max(linear**2 + 8 * n * c * t * (1 - t), 0.0)) - linear) / (4 * n)
    spread = n * (2 * q + t * (1 - t))
    if spread <= 0:  # nobody gave one answer alone
        return 0.5
    z = (b - c - n * t) / math.sqrt(spread)
    return float(special.ndtr(z if up else -z))


def _pair_tipping(tables: Tables, goal: Goal, level: float) -> tuple[float, float] | None:
    """Return the participation ratio, between those who gave either answer alone, at which a difference turns."""
    if goal.thresholds != (0.0,):
        return None
    ours = [(b, c) if goal.direction == "above" else (c, b) for b, c, _ in tables]
    observed = min(1.0 if b == c else b / c if c else float("inf") for b, c in ours)
    return tipping_limit(PairedDifference(tables=tables, full=()), goal, level), observed


Vectors = set[tuple[int, ...]]


def tested_superiority(test: SuperiorityTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about the chance that one of the group answers higher than one of the others, equal answers half."""
    question, items, findings = context.asked(test.question, None)
    try:
        sides = _sides(test, context)
    except InputError as error:
        return evidence.unknown(f"{error}.", findings)
    if any(sum(vector) == 0 for side in sides for vector in side):
        return evidence.unknown(f"{context.teller} leaves nobody in one of the two groups.", findings)
    goal = goal_of(test)
    found = superiority(
        *sides,
        level=context.level,
        target=context.targets(),
        threshold=goal.threshold,
        label=f"on “{question.label}”, {group_in_words(test.group, context.survey)} against the rest",
    )
    values = [observed_dominance(a, b) for a in sides[0] for b in sides[1]]
    words = f"Answers {'higher' if goal.direction == 'above' else 'lower'} than the others, as a chance"
    higher = Superiority(sides=(tuple(sorted(sides[0])), tuple(sorted(sides[1]))))
    verdicts = evidence.flagged(_in_words(judge(tuple(found), goal, values, higher), words), findings)
    doubts = evidence.chosen_after(found, planned=test.planned)
    item = f"{group_name(test.group, context.survey)} higher than the rest"
    sizes = tuple(base_of({sum(vector) for vector in side}) for side in sides)
    dressed = context.dressed(doubts, question, items, item, _apart_of(test, question, (sizes[0], sizes[1]), context))
    people = next(e for e in found if not isinstance(e.target, (Respondents, Population)))
    above = people.probability
    return evidence.TestedClaim(
        verdicts=verdicts,
        estimates=evidence.with_verdicts(dressed, verdicts, goal),
        goal=goal,
        probability=above if above is None or goal.direction == "above" else (1 - above[1], 1 - above[0]),
        false_sign=higher.error_rate(goal, context.level, (), evidence.ALONE),
        findings=findings,
    )


def _sides(test: SuperiorityTest, context: evidence.ClaimContext) -> tuple[Vectors, Vectors]:
    """Return the feasible counts of the group and of all others."""
    tabulation = tabulate_print(context.audit, test.question, test.group.question)
    place = tabulation.groups.index(item_name(context.question(test.group.question), test.group.items))
    beside = [index for index, name in enumerate(tabulation.groups) if index != place and name != NOT_TOLD]
    group = {table.counts[place] for table in tabulation.tables}
    rest = {
        tuple(map(sum, zip(*(c for index, c in enumerate(table.counts) if index in beside), strict=True)))
        for table in tabulation.tables
    }
    return group, rest


def _in_words(verdicts: Verdicts, words: str) -> Verdicts:
    return Verdicts(*(v and replace(v, why=f"{words} of {v.why[:1].lower()}{v.why[1:]}") for v in verdicts))
