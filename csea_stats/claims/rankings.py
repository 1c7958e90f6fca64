"""Claims that an answer is the most common, or among the most common: joint rank sets, valid for any dependence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.claims.goals import Goal
from csea_stats.claims.measured import Context, Measured, flagged, items_of, unknown, with_verdicts
from csea_stats.claims.shares import sets_of
from csea_stats.claims.verdicts import Verdicts, all_of, judge
from csea_stats.estimators.published.naming import item_label
from csea_stats.estimators.published.published import choices_each
from csea_stats.estimators.ranks.rankings import ranks
from csea_stats.results.caveats import caveat
from csea_stats.targets.populations import Population, Selection, SelectionBounds, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.claims.format import RankTest
    from csea_stats.results.values import Estimate
    from csea_stats.survey.survey import Question

    Counts = Sequence[int]


def tested_rank(test: RankTest, context: Context) -> Measured:
    """Test a claim that answers are among the first so many: each of them must be.

    Answers that were offered and that nobody gave count, since they are part of the list. A tie is no lead: an answer
    that shares the last place claimed with another takes the worse rank. Where print gives the counts of a part of the
    list only, ranks are told of that part, and the claim is judged with the others at every count that print leaves
    them.
    """
    question = context.question(test.question)
    items = items_of(test.item, question)
    findings = tuple(f.id for f in context.conflicts(question, items))
    shown = [name for name in question.categories if _told(question, name)]
    base = context.audit.base(question.id)
    if len(shown) < 2 or not set(items) <= set(shown) or not isinstance(base, int) or base == 0:
        return unknown("print does not give the counts that a ranking needs.", findings)
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
        parts.append(flagged(verdicts, findings))
        mine = tuple(replace(tier[place], label=item_label(question, (item,))) for tier in found)
        if others:
            mine = tuple(replace(one, caveats=(*one.caveats, caveat("list-shortened"))) for one in mine)
        estimates.extend(with_verdicts(context.dressed(mine, question, (item,), f"rank of {item}"), parts[-1], goal))
    words = "Ranked first" if test.top == 1 else f"Among the first {test.top}"
    offered = len(shown) + len(nobody)
    of = f"of {offered} answers offered" if question.list_length else f"of the {offered} answers that print gives"
    if others:
        of = f"of all answers, not only of the {len(shown)} whose counts print gives"
    return Measured(
        verdicts=_in_words(all_of(parts), f"{words} {of}"),
        estimates=tuple(estimates),
        goal=goal,
        false_sign=1 - context.level,  # joint sets: any wrong decision has at most this probability
        findings=findings,
    )


def _others(
    question: Question, shown: Sequence[str], base: int, top: int, context: Context
) -> tuple[list[Counts], list[Counts], list[Counts]]:
    """Return the counts of the answers of a list that print does not give: those of nobody, and those left open.

    Print that says how many answers were offered leaves out those that nobody gave, unless its counts fall short of
    the number that each respondent chose. Where it does not say how many there are, as many as the claim has places
    are enough to overturn it. The open ones come twice: as these respondents can have given them, the second no more
    than half of what is left, and for statements about anyone else, where "any answer left out" stands for each.
    """
    silent: list[Counts] = [
        sorted(sets_of(context, question.id, (name,), None)[0]) for name in question.categories if name not in shown
    ]
    room = _room(question, base, context)
    hidden = max((question.list_length or 0) - len(question.categories), 0)
    unknown_length = question.list_length is None and question.partial
    if not room or not (unknown_length or (question.chosen is not None and hidden)):
        return [(0,)] * hidden, silent, silent
    number = top if unknown_length else hidden
    given: list[Counts] = [range(min(room // place, base) + 1) for place in range(1, number + 1)]
    return [], [*silent, *given], [*silent, *given[:1] * number]


def _room(question: Question, base: int, context: Context) -> int:
    """Return how many answers may have gone to what the list does not show."""
    each = 1 if question.one_answer else question.chosen
    given = sets_of(context, question.id, question.categories, None)[0] if question.categories else {0}
    return base * len(question.categories) + base if each is None else max(each * base - min(given), 0)


def _ranked(
    question: Question, counts: Sequence[Counts], base: int, context: Context, *, whole: bool
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
