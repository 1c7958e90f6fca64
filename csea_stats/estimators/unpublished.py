"""Relations between two questions that print does not give: what their margins leave possible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.estimators.crosstabs import crosstab_bounds
from csea_stats.results.caveats import caveat
from csea_stats.results.values import Estimate, Provenance
from csea_stats.results.verdicts import uncheckable
from csea_stats.targets.populations import Respondents, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.auditing.audit import Audit
    from csea_stats.survey.format import Crosstab, Question, Survey


def unpublished_crosstabs(survey: Survey, audit: Audit, *, level: float = 0.95) -> Iterator[Estimate]:
    """Yield the bounds of every relation that the survey file names as not published.

    Each answer of the outcome whose count print fixes is set against each group of the other question: the share in
    the group, outside it, and their difference. Where print does not give the groups at all, only that is said.
    """
    questions = {question.id: question for question in survey.question}
    for relation in survey.crosstab:
        outcome, by = questions[relation.outcome], questions[relation.by]
        groups = [(item, audit.counts_of(by.id, (item,))) for item in by.categories if _told(by, item)]
        if not groups:
            yield from (_unknown(survey, relation, (outcome, answer), by) for answer in _answers(outcome))
            continue
        for answer in _answers(outcome):
            for group, sizes in groups:
                yield from _bounds(survey, audit, relation, (outcome, answer), (by, group, sizes), level)


def _told(question: Question, item: str) -> bool:
    return any(item in cell.items and not cell.unlabelled and cell.among is None for cell in question.cells)


def _answers(question: Question) -> list[tuple[str, ...]]:
    if question.headline is not None and question.one_answer:
        return [(question.headline,) if isinstance(question.headline, str) else question.headline]
    return [(item,) for item in question.categories if _told(question, item)]


def _bounds(
    survey: Survey,
    audit: Audit,
    relation: Crosstab,
    answer: tuple[Question, tuple[str, ...]],
    group: tuple[Question, str, tuple[int, ...]],
    level: float,
) -> Iterator[Estimate]:
    outcome, items = answer
    by, name, sizes = group
    base = audit.base(outcome.id)
    if not isinstance(base, int) or audit.base(by.id) != base:
        return
    yes = " + ".join(items)
    found = crosstab_bounds(set(audit.counts_of(outcome.id, items)), set(sizes), base, level=level)
    words = survey.targets.superpopulation
    for estimate in found[1:]:
        yield replace(
            estimate,
            question=outcome.id,
            item=f"{yes} by {by.label}: {name}",
            target=replace(estimate.target, words=words)
            if isinstance(estimate.target, Superpopulation)
            else estimate.target,
            label=f"of “{yes}” ({outcome.label}) by “{name}” ({by.label})",
            provenance=replace(estimate.provenance, places=(relation.where,)),
        )


def _unknown(survey: Survey, relation: Crosstab, answer: tuple[Question, tuple[str, ...]], by: Question) -> Estimate:
    outcome, items = answer
    yes = " or ".join(items)
    why = f"print does not give the answers to “{by.label}”, so no number published bears on it."
    return Estimate(
        question=outcome.id,
        item=f"{yes} by {by.label}",
        label=f"of “{yes}” ({outcome.label}) by “{by.label}”",
        estimand="difference between groups",
        scale="difference",
        target=Respondents(words=survey.targets.respondents),
        bounds=(-1.0, 1.0),
        verdict=uncheckable(why),
        caveats=(caveat("margin-not-printed", question=f"“{by.label}”"),),
        provenance=Provenance(
            places=(relation.where,), call=f'csea_stats.estimate(csea_stats.load_survey("{survey.id}"))'
        ),
    )
