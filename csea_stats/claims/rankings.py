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
from csea_stats.targets.populations import Population, Selection, SelectionBounds, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.claims.format import RankTest
    from csea_stats.results.values import Estimate
    from csea_stats.survey.format import Question


def tested_rank(test: RankTest, context: Context) -> Measured:
    """Test a claim that answers are among the first so many: each of them must be.

    Answers that were offered and that nobody gave count, since they are part of the list. A tie is no lead: an answer
    that shares the last place claimed with another takes the worse rank.
    """
    question = context.question(test.question)
    items = items_of(test.item, question)
    findings = tuple(f.id for f in context.conflicts(question, items))
    shown = [name for name in question.categories if _told(question, name)]
    base = context.audit.base(question.id)
    if len(shown) < 2 or not set(items) <= set(shown) or not isinstance(base, int) or base == 0:
        return unknown("print does not give the counts that a ranking needs.", findings)
    counts = [sorted(sets_of(context, question.id, (name,), None)[0]) for name in shown]
    hidden = max((question.list_length or 0) - len(shown), 0)
    found = _ranked(question, counts, hidden, base, context)
    goal = Goal(high=test.top + 0.5)
    parts: list[Verdicts] = []
    estimates: list[Estimate] = []
    for item in items:
        place = shown.index(item)
        best, worst = _observed(place, counts)
        mine = tuple(replace(tier[place], label=item_label(question, (item,))) for tier in found)
        parts.append(flagged(judge(mine, goal, [float(rank) for rank in range(best, worst + 1)]), findings))
        estimates.extend(with_verdicts(context.dressed(mine, question, (item,), f"rank of {item}"), parts[-1], goal))
    words = "Ranked first" if test.top == 1 else f"Among the first {test.top}"
    offered = len(shown) + hidden
    of = f"of {offered} answers offered" if question.list_length else f"of the {offered} answers that print gives"
    return Measured(
        verdicts=_in_words(all_of(parts), f"{words} {of}"),
        estimates=tuple(estimates),
        goal=goal,
        false_sign=1 - context.level,  # joint sets: any wrong decision has at most this probability
        findings=findings,
    )


def _ranked(
    question: Question, counts: Sequence[Sequence[int]], hidden: int, base: int, context: Context
) -> list[Sequence[Estimate]]:
    """Return the estimated ranks of all answers, for each target in turn."""
    chosen = choices_each(question, context.audit)
    listed = [count[0] if len(count) == 1 else set(count) for count in counts] + [0] * hidden
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


def _observed(place: int, counts: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return the best and the worst rank that print allows; a tie takes the worse rank, as no answer then leads."""
    mine = counts[place]
    others = [found for index, found in enumerate(counts) if index != place]
    return 1 + sum(other[0] >= mine[-1] for other in others), 1 + sum(other[-1] >= mine[0] for other in others)


def _in_words(verdicts: Verdicts, words: str) -> Verdicts:
    return Verdicts(*(v and replace(v, why=f"{words}: {v.why.partition(': ')[2]}") for v in verdicts))
