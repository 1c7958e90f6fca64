"""Everything the page is made from, sorted once: items by question, findings with their marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.report.tiers import Tiers, tiers_of
from csea_stats.results.numbers import level_words

if TYPE_CHECKING:
    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.findings import Finding
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import Question, Survey

THE_REST = " among the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A finding that is no pass, with its mark on the page."""

    mark: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A survey with its audit and estimates, sorted for the page."""

    survey: Survey
    audit: Audit
    estimates: Estimates
    items: dict[str, tuple[Tiers, ...]]
    contrasts: tuple[tuple[Tiers, tuple[Tiers, ...]], ...]
    numbered: tuple[Numbered, ...]
    level: float

    @property
    def level_text(self) -> str:
        """The level of the intervals: "95%"."""
        return level_words(self.level)

    def findings(self, question: str) -> tuple[Numbered, ...]:
        """Return the numbered findings that touch a question."""
        return tuple(n for n in self.numbered if n.finding.question == question)

    def question(self, name: str) -> Question:
        """Return a question by its id."""
        return next(question for question in self.survey.question if question.id == name)


def context_of(survey: Survey, audit: Audit, estimates: Estimates) -> Context:
    """Sort a survey, its audit and its estimates for the page."""
    found = tiers_of(estimates)
    gaps = [tiers for tiers in found if tiers.estimand.startswith("difference")]
    contrasts = tuple((gap, _groups(gap, found)) for gap in gaps)
    used = {id(tiers) for gap, groups in contrasts for tiers in (gap, *groups)}
    items = {
        question.id: tuple(t for t in found if t.question == question.id and id(t) not in used)
        for question in survey.question
    }
    levels = [e.interval.level for e in estimates if e.interval]
    return Context(
        survey=survey,
        audit=audit,
        estimates=estimates,
        items=items,
        contrasts=contrasts,
        numbered=_numbered(survey, audit),
        level=levels[0] if levels else 0.95,
    )


def _groups(gap: Tiers, found: tuple[Tiers, ...]) -> tuple[Tiers, ...]:
    """Return the two groups of a difference, the group named first."""
    for rest in found:
        stem = rest.item.removesuffix(THE_REST)
        if rest.question == gap.question and rest.item.endswith(THE_REST) and gap.item.startswith(f"{stem}: "):
            group = gap.item.removeprefix(f"{stem}: ").removesuffix(" minus the rest")
            named = [t for t in found if t.question == gap.question and t.item == f"{stem} among {group}"]
            return (*named[:1], rest)
    return ()


def _numbered(survey: Survey, audit: Audit) -> tuple[Numbered, ...]:
    """Return the findings that are no pass, inconsistent ones first; marks are ids of the audit's table."""
    order = {question.id: index for index, question in enumerate(survey.question)}
    wanted = ("inconsistent", "cannot be checked")
    kept = [(f.id or f"A{index}", f) for index, f in enumerate(audit.findings, 1) if f.verdict in wanted]
    kept.sort(key=lambda pair: (wanted.index(pair[1].verdict), order.get(pair[1].question or "", len(order))))
    return tuple(Numbered(mark=mark, finding=finding) for mark, finding in kept)


def headline_of(context: Context, question: Question) -> Tiers | None:
    """Return the item a question's block leads with.

    The one its file names; else the most frequent answer; where print leaves every answer wide open, the item that it
    tells most about.
    """
    from csea_stats.estimators.published.naming import item_name

    items = context.items[question.id]
    if question.headline is not None:
        named = (question.headline,) if isinstance(question.headline, str) else question.headline
        ordered = tuple(sorted(named, key=question.categories.index))
        found = [t for t in items if t.item == item_name(question, ordered)]
        if found:
            return found[0]
    single = [t for t in items if t.item in question.categories] or list(items)
    told = [t for t in single if not is_open(t)]
    if not told:
        return min(items, key=width_of, default=None)
    return max(told, key=lambda t: (t.observed or (0.0, 0.0))[0])


WIDE_OPEN = 0.1
"""Share of the base above which the counts that print allows for an item are too many to lead with it."""


def width_of(tiers: Tiers) -> float:
    """Return how far apart the shares are that print allows."""
    return tiers.observed[1] - tiers.observed[0] if tiers.observed else 1.0


def is_open(tiers: Tiers) -> bool:
    """Whether print leaves an item's count wide open."""
    return width_of(tiers) > WIDE_OPEN


def doubts_of(members: tuple[Estimate, ...]) -> tuple[tuple[str, str], ...]:
    """Return the distinct caveats of estimates as (code, text), in their order."""
    return tuple(dict.fromkeys((doubt.code, doubt.text) for e in members for doubt in e.caveats))
