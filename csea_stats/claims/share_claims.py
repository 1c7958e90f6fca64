"""Claims about one share, about the same share of several questions, and about a printed number itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from scipy import special

from csea_stats.auditing.rounding import feasible_counts
from csea_stats.base.binomial import interval_limits
from csea_stats.claims import evidence
from csea_stats.claims.claim_verdicts import Verdicts, all_of, goal_of, judge
from csea_stats.estimators.proportion import Share, proportion
from csea_stats.estimators.ranking import ranks
from csea_stats.results.caveats import caveat
from csea_stats.results.counted_shares import share_words
from csea_stats.results.goals import Goal
from csea_stats.results.verdicts import UNRATED, counted_verdict
from csea_stats.tabulation.items import sized
from csea_stats.tabulation.naming import choices_each, item_label, item_name, words_among
from csea_stats.targets.populations import Population, Selection, SelectionBounds, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.claims.format import EachTest, PrintedTest, RankTest, ShareTest
    from csea_stats.estimators.arguments import Pair
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Base
    from csea_stats.survey.survey import BatteryCell, Cell, Group, Items, Question

    Counts = Sequence[int]

Pairs = tuple["Pair", ...]

RULE = ("jeffreys", "wilson", "uniform")
"""The intervals of a share that a verdict looks at."""


def sets_of(
    context: evidence.ClaimContext, question: str, items: tuple[str, ...], among: Group | None
) -> tuple[set[int], set[int]]:
    """Return the counts and the bases that print allows."""
    base: Base = context.audit.base(question, among)
    return set(context.audit.counts_of(question, items, among)), {base} if isinstance(base, int) else set(base)


def silent(counts: set[int], bases: set[int]) -> bool:
    """Whether print tells nothing of a count: every one would fit."""
    return 0 in bases or (min(counts) == 0 and max(counts) >= max(bases))


def told(context: evidence.ClaimContext, question: Question, items: tuple[str, ...], among: Group | None) -> bool:
    """Whether a printed statement is about these answers: about their sum, or about each of them."""
    cells: list[Cell | BatteryCell] = [cell for cell in question.cells if cell.among == among]
    cells += [cell for b in context.survey.battery if question.id in b.questions and not among for cell in b.cells]
    single = {item for cell in cells for item in (cell.items if cell.unlabelled or len(cell.items) == 1 else ())}
    return set(items) <= single or any(set(cell.items) == set(items) for cell in cells if not cell.unlabelled)


def open_to_print(
    context: evidence.ClaimContext, parts: Sequence[tuple[Question, tuple[str, ...], Group | None]]
) -> bool:
    """Whether print tells nothing direct of one of the answers, so that what is left open is not its ambiguity."""
    return not all(told(context, *part) for part in parts)


def tested_share(test: ShareTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about one share."""
    return share_against(context, test.question, test.item, test.among, goal_of(test))


def share_against(
    context: evidence.ClaimContext, name: str, item: Items, among: Group | None, goal: Goal
) -> evidence.TestedClaim:
    """Hold a share against a goal."""
    question, items, findings = context.asked(name, item)
    counts, bases = sets_of(context, name, items, among)
    if silent(counts, bases):
        return evidence.unknown(
            f"{context.teller} gives no number of those who {item_label(question, items)}.", findings
        )
    pairs = tuple(sorted(context.audit.pairs(name, items, among)))  # which count goes with which base is printed
    if any(count > base for count, base in pairs):
        return evidence.unknown(
            "each may have given several of these answers, so that their sum is no share.", findings
        )
    words = words_among(context.survey, among or question.among, context.audit.base(name, among))
    found = proportion(
        *sized(pairs),
        level=context.level,
        target=context.targets(words),
        threshold=goal.threshold,
        claim="below" if goal.direction == "below" else "above",
        label=item_label(question, items),
    )
    values = [x / n for x, n in pairs]
    share = Share(pairs=pairs)
    verdicts = evidence.flagged(judge(tuple(found), goal, values, share), findings)
    if evidence.unclear(verdicts) and open_to_print(context, [(question, items, among)]):
        why = f"{context.teller} does not say how many {item_label(question, items)}."
        return replace(evidence.unknown(why, findings), bounds=(min(values), max(values)), scale="share")
    apart = context.apart(question, among)
    estimates = context.dressed(tuple(found), question, items, item_name(question, items), apart)
    probabilities = [_probability(pair, goal) for pair in pairs]
    return evidence.TestedClaim(
        verdicts=verdicts,
        estimates=evidence.with_verdicts(estimates, verdicts, goal),
        goal=goal,
        probability=(min(probabilities), max(probabilities)),
        confidence=evidence.confidences(goal, pairs, share_confidence),
        tipping=evidence.never_surer(tipping(pairs, goal, context.level), verdicts),
        false_sign=share.error_rate(goal, context.level, RULE, evidence.ALONE),
        findings=findings,
    )


def _probability(pair: Pair, goal: Goal) -> float:
    """Return the Jeffreys probability of a goal."""
    x, n = pair
    below = special.betainc(x + 0.5, n - x + 0.5, 1.0 if goal.high is None else goal.high)
    return float(below - special.betainc(x + 0.5, n - x + 0.5, 0.0 if goal.low is None else goal.low))


def share_confidence(pair: Pair, threshold: float, *, up: bool) -> float:
    """Return one minus the one-sided p-value of the score test, which Wilson's interval inverts.

    Examples
    --------
    >>> round(share_confidence((35, 49), 0.5, up=True), 4)
    0.9987
    """
    x, n = pair
    z = (x / n - threshold) / math.sqrt(threshold * (1 - threshold) / n)
    return float(special.ndtr(z if up else -z))


def tipping(pairs: Pairs, goal: Goal, level: float) -> tuple[float, float] | None:
    """Return the participation ratio at which a share meets its threshold: at the limit, and as observed.

    Above a threshold: of those who say so to the others, at the lower of the Jeffreys and Wilson limits. Below one: of
    the others to those who say so, at the higher. Of a range: none. Below 1: there is nothing to lose.
    """
    if len(goal.thresholds) != 1 or not 0 < goal.threshold < 1:
        return None
    up = goal.direction == "above"
    limits = [
        float(interval_limits(x, n, method=method, level=level)[0 if up else 1])
        for x, n in pairs
        for method in ("jeffreys", "wilson")
    ]
    observed = [x / n for x, n in pairs]
    worst = (min(limits), min(observed)) if up else (max(limits), max(observed))
    return _odds_ratio(worst[0], goal, up=up), _odds_ratio(worst[1], goal, up=up)


def _odds_ratio(share: float, goal: Goal, *, up: bool) -> float:
    t = goal.threshold
    yes, no = (share, 1 - share) if up else (1 - share, share)
    ours = math.inf if no == 0 else yes / no
    return ours / (t / (1 - t) if up else (1 - t) / t)


def tested_each(test: EachTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim about the same share of several questions: each of them must hold."""
    parts = [evidence.rated(share_against(context, name, test.item, None, goal_of(test))) for name in test.questions]
    told = [part for part in parts if part.estimates]
    both = [(p.probability, p.confidence) for p in told if p.probability and p.confidence]
    whole = len(told) == len(parts)
    return evidence.TestedClaim(
        verdicts=evidence.unrated(all_of([part.verdicts for part in parts]), UNRATED["several"]),
        estimates=tuple(estimate for part in told for estimate in part.estimates),
        goal=goal_of(test),
        confidence=(min(c[0] for _, c in both), min(c[1] for _, c in both)) if whole else None,
        tipping=_least([p.tipping for p in told]) if whole else None,
        findings=tuple(dict.fromkeys(name for part in parts for name in part.findings)),
    )


def _least(found: list[tuple[float, float] | None]) -> tuple[float, float] | None:
    told = [pair for pair in found if pair is not None]
    return min(told) if told and len(told) == len(found) else None


def tested_printed(test: PrintedTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test whether a printed number agrees with all of print, itself included; it is no statement about anyone else."""
    question, items, findings = context.asked(test.question, test.item)
    counts, bases = sets_of(context, test.question, items, test.among)
    if silent(counts, bases):
        return evidence.unknown(f"{context.teller} gives no other number to hold it against.", findings)
    words = words_among(context.survey, test.among or question.among, context.audit.base(test.question, test.among))
    pairs = context.audit.pairs(test.question, items, test.among)
    found = proportion(
        *sized(pairs),
        level=context.level,
        target=context.targets(words),
        threshold=None,
        label=item_label(question, items),
    )
    fits = [_as_printed(test, x, n) for x, n in pairs]
    counted = counted_verdict([1.0 if fit else -1.0 for fit in fits], Goal(low=0.0))
    why = _printed_why(test, sorted(counts), tuple(sorted(bases)), fits, context.teller)
    return evidence.TestedClaim(
        verdicts=evidence.flagged(Verdicts(replace(counted, why=why), None, None), findings),
        estimates=context.dressed(
            tuple(found), question, items, item_name(question, items), context.apart(question, test.among)
        ),
        findings=findings,
    )


def _printed_why(test: PrintedTest, counts: list[int], base: tuple[int, ...], fits: list[bool], by: str) -> str:
    """Return how a printed number and the counts that print as a whole allows go together."""
    allowed = share_words(tuple(counts), base)
    if all(fits):
        return f"It fits the counts that {by} allows, {allowed}."
    if any(fits):
        return f"{by[:1].upper()}{by[1:]} allows {allowed}."
    if test.percent is not None and test.count in counts:
        return f"{share_words((test.count,), base)} are not {test.percent}%."
    printed = f"{test.percent}%" if test.percent is not None else str(test.count)
    return f"{by[:1].upper()}{by[1:]} allows {allowed}, not {printed}."


def _as_printed(test: PrintedTest, count: int, base: int) -> bool:
    """Whether a feasible count is what the statement says, rounded to nearest."""
    if test.count is not None and count != test.count:
        return False
    return test.percent is None or count in feasible_counts(test.percent, base)


def tested_rank(test: RankTest, context: evidence.ClaimContext) -> evidence.TestedClaim:
    """Test a claim that answers are among the first so many: each of them must be.

    Answers that were offered and that nobody gave count, since they are part of the list. A tie is no lead: an answer
    that shares the last place claimed with another takes the worse rank. Where print gives the counts of a part of the
    list only, ranks are told of that part, and the claim is judged with the others at every count that print leaves
    them.
    """
    question, items, findings = context.asked(test.question, test.item)
    shown = [name for name in question.categories if _told(question, name)]
    base = context.audit.base(question.id)
    if len(shown) < 2 or not set(items) <= set(shown) or not isinstance(base, int) or base == 0:
        return evidence.unknown(f"{context.teller} does not give the counts that a ranking needs.", findings)
    counts = [sorted(sets_of(context, question.id, (name,), None)[0]) for name in shown]
    nobody, given, others = _others(question, shown, base, test.top, context)
    found = _ranked(question, [*counts, *nobody], base, context, whole=not others)
    judged = _ranked(question, [*counts, *nobody, *others], base, context, whole=False) if others else found
    goal = Goal(high=test.top + 0.5)
    parts: list[Verdicts] = []
    estimates: list[Estimate] = []
    for item in items:
        place = shown.index(item)
        best, worst = _observed(place, [*counts, *nobody, *given])
        verdicts = judge([tier[place] for tier in judged], goal, [float(rank) for rank in range(best, worst + 1)])
        parts.append(evidence.flagged(verdicts, findings))
        mine = tuple(replace(tier[place], label=item_label(question, (item,))) for tier in found)
        if others:
            mine = tuple(replace(one, caveats=(*one.caveats, caveat("list-shortened"))) for one in mine)
        estimates.extend(
            evidence.with_verdicts(context.dressed(mine, question, (item,), f"rank of {item}"), parts[-1], goal)
        )
    words = "Ranked first" if test.top == 1 else f"Among the first {test.top}"
    offered, by = len(shown) + len(nobody), context.teller
    of = f"of {offered} answers offered" if question.list_length else f"of the {offered} answers that {by} gives"
    if others:
        of = f"of all answers, not only of the {len(shown)} whose counts {by} gives"
    return evidence.TestedClaim(
        verdicts=_in_words(all_of(parts), f"{words} {of}"),
        estimates=tuple(estimates),
        goal=goal,
        false_sign=1 - context.level,  # joint sets: any wrong decision has at most this probability
        findings=findings,
    )


def _others(
    question: Question, shown: Sequence[str], base: int, top: int, context: evidence.ClaimContext
) -> tuple[list[Counts], list[Counts], list[Counts]]:
    """Return the counts of the answers of a list that print does not give: those of nobody, and those left open.

    Those that print leaves out are open, unless it says that nobody gave them. Where it does not say how many there
    are, as many as the claim has places are enough to overturn it. The open ones come twice: as these respondents can
    have given them, the second no more than half of what is left, and for statements about anyone else, where "any
    answer left out" stands for each.
    """
    silent: list[Counts] = [
        sorted(sets_of(context, question.id, (name,), None)[0]) for name in question.categories if name not in shown
    ]
    room = _room(question, base, context)
    hidden = max((question.list_length or 0) - len(question.categories), 0)
    unknown_length = question.list_length is None and question.partial
    if not room or question.partial == "nobody" or not (unknown_length or hidden):
        return [(0,)] * hidden, silent, silent
    number = top if unknown_length else hidden
    given: list[Counts] = [range(min(room // place, base) + 1) for place in range(1, number + 1)]
    return [], [*silent, *given], [*silent, *given[:1] * number]


def _room(question: Question, base: int, context: evidence.ClaimContext) -> int:
    """Return how many answers may have gone to what the list does not show."""
    each = 1 if question.one_answer else question.chosen
    given = sets_of(context, question.id, question.categories, None)[0] if question.categories else {0}
    return base * len(question.categories) + base if each is None else max(each * base - min(given), 0)


def _ranked(
    question: Question, counts: Sequence[Counts], base: int, context: evidence.ClaimContext, *, whole: bool
) -> list[Sequence[Estimate]]:
    """Return the estimated ranks of all answers, for each target in turn."""
    chosen = choices_each(question, context.audit) if whole else None
    listed = [count[0] if len(count) == 1 else set(count) for count in counts]
    return [
        ranks(listed, base, level=context.level, target=_bounded(target), chosen=chosen) for target in context.targets()
    ]


def _bounded(target: Target) -> Target:
    """Return a population's target without its prior: joint ranks have none, so its ratio is a bound."""
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return replace(target, selection=SelectionBounds(ratio=target.selection.ratio))
    return target


def _told(question: Question, name: str) -> bool:
    return any(name in cell.items and cell.among is None for cell in question.cells)


def _observed(place: int, counts: Sequence[Counts]) -> tuple[int, int]:
    """Return the best and the worst rank that print allows; a tie takes the worse rank, as no answer then leads."""
    mine = counts[place]
    others = [found for index, found in enumerate(counts) if index != place]
    return 1 + sum(other[0] >= mine[-1] for other in others), 1 + sum(other[-1] >= mine[0] for other in others)


def _in_words(verdicts: Verdicts, words: str) -> Verdicts:
    return Verdicts(*(v and replace(v, why=f"{words}: {v.why.partition(': ')[2]}") for v in verdicts))
