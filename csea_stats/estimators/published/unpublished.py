"""Relations between two questions that print does not give: what their margins leave possible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.estimators.crosstab import crosstab_bounds
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.values import Provenance
from csea_stats.results.verdicts import uncheckable
from csea_stats.targets.populations import Respondents, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.survey.survey import Crosstab, Question, Survey


def unpublished_crosstabs(survey: Survey, audit: Audit, *, level: float = 0.95) -> Iterator[Estimate]:
    """Yield the bounds of every relation that the survey file names as not published.

    Each answer of the outcome whose count print fixes is set against each group of the other question: the share in
    the group, outside it, and their difference; where print tells of three or more groups, also the difference between
    each two. Where print does not give the groups, or the number of an answer, only that is said.
    """
    questions = {question.id: question for question in survey.question}
    for relation in survey.crosstab:
        outcome, by = questions[relation.outcome], questions[relation.by]
        groups = tuple(item for item in by.categories if _told(by, item))
        for answer in _answers(outcome):
            if groups and any(_told(outcome, item) for item in answer):
                yield from _bounds(survey, audit, relation, (outcome, answer), (by, groups), level)
            else:
                yield _unknown(survey, relation, (outcome, answer), by, "" if groups else by.label)


def _told(question: Question, item: str) -> bool:
    return any(item in cell.items and not cell.unlabelled and cell.among is None for cell in question.cells)


def _listed(question: Question, item: str) -> bool:
    return any(item in cell.items and cell.unlabelled for cell in question.cells)


def _answers(question: Question) -> list[tuple[str, ...]]:
    """Return the answers that a relation is about: the headline of one answer, else all but those without labels."""
    if question.headline is not None and question.one_answer:
        return [(question.headline,) if isinstance(question.headline, str) else question.headline]
    return [(item,) for item in question.categories if _told(question, item) or not _listed(question, item)]


def _bounds(
    survey: Survey,
    audit: Audit,
    relation: Crosstab,
    answer: tuple[Question, tuple[str, ...]],
    groups: tuple[Question, tuple[str, ...]],
    level: float,
) -> Iterator[Estimate]:
    (outcome, items), (by, names) = answer, groups
    base = audit.base(outcome.id)
    if not isinstance(base, int) or audit.base(by.id) != base:
        return
    yes, words = " + ".join(items), survey.targets.superpopulation
    row, columns = set(audit.counts_of(outcome.id, items)), _columns(audit, by, names, base)
    if len(names) == 1:
        named = [(estimate, names[0]) for estimate in crosstab_bounds(row, columns[names[0]], base, level=level)]
    else:
        found = crosstab_bounds({yes: row, _OTHERS: {base - x for x in row}}, columns, base, level=level)
        named = [(e, (e.item or "").removeprefix(f"{yes}: ")) for e in found if (e.item or "").startswith(f"{yes}: ")]
    for estimate, who in named:
        if estimate.scale == "count" or _OTHERS in who:
            continue
        yield replace(
            estimate,
            question=outcome.id,
            item=f"{yes} by {by.label}: {who}",
            target=replace(estimate.target, words=words)
            if isinstance(estimate.target, Superpopulation)
            else estimate.target,
            label=f"of “{yes}” ({outcome.label}) by “{who}” ({by.label})",
            provenance=replace(estimate.provenance, places=(relation.where,)),
        )


_OTHERS = "(all others)"
"""Those who gave none of the answers that print tells of."""


def _columns(audit: Audit, by: Question, names: Sequence[str], base: int) -> dict[str, set[int]]:
    """Return the feasible sizes of the groups, and of everybody who is in none of them."""
    sizes = {name: set(audit.counts_of(by.id, (name,))) for name in names}
    rest = {base - total for total in audit.counts_of(by.id, names)}
    return {**sizes, _OTHERS: rest} if rest != {0} else sizes


def _unknown(
    survey: Survey, relation: Crosstab, answer: tuple[Question, tuple[str, ...]], by: Question, silent: str
) -> Estimate:
    """Say that print gives no answers to a question (its label is given), or no number of this answer."""
    outcome, items = answer
    yes = " or ".join(items)
    missing = f"the answers to “{silent}”" if silent else f"the number of “{yes}”"
    why = f"print does not give {missing}, so no number published bears on it."
    return Estimate(
        question=outcome.id,
        item=f"{yes} by {by.label}",
        label=f"of “{yes}” ({outcome.label}) by “{by.label}”",
        estimand="difference between groups",
        scale="difference",
        target=Respondents(words=survey.targets.respondents),
        bounds=(-1.0, 1.0),
        verdict=uncheckable(why),
        caveats=(caveat("margin-not-printed", missing=missing),),
        provenance=Provenance(
            places=(relation.where,), call=f'csea_stats.estimate(csea_stats.load_survey("{survey.id}"))'
        ),
    )
