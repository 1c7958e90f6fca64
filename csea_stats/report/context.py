"""Everything the page is made from, sorted once: items by question, findings with their marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.results.numbers import level_words
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.findings import Finding
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.results.values import Base, Interval
    from csea_stats.survey.survey import Question, Survey

UNPUBLISHED = frozenset({"not-identified", "margin-not-printed"})
"""Caveats of a quantity of which print gives only bounds."""

JOINTLY = "share, jointly"

RANKS = "rank, jointly"

TIPPING = "tipping point"

BEGAN = "share of all who began"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """What is estimated of one item.

    Parameters
    ----------
    question, item, estimand : str
    counted : Estimate or None
        For these respondents.
    people : Estimate or None
        For people like these.
    population : tuple of Estimate
        By the participation ratio assumed, the smallest first.
    tipping, joint : Estimate or None
        Its tipping point; its interval that holds for all answers at once.
    ranks : Estimate or None
        Its ranks, that hold for all answers at once.
    began : Estimate or None
        What is known of its share among all who began, if some were turned away.
    """

    question: str
    item: str
    estimand: str
    counted: Estimate | None
    people: Estimate | None
    population: tuple[Estimate, ...]
    tipping: Estimate | None = None
    joint: Estimate | None = None
    ranks: Estimate | None = None
    began: Estimate | None = None

    @property
    def members(self) -> tuple[Estimate, ...]:
        """The estimates of the item itself, for each target."""
        return tuple(e for e in (self.counted, self.people, *self.population) if e is not None)

    @property
    def every(self) -> tuple[Estimate, ...]:
        """All estimates, tipping point and joint interval included."""
        return tuple(e for e in (*self.members, self.tipping, self.joint) if e is not None)

    @property
    def first(self) -> Estimate:
        """The estimate that tells counts, base and label."""
        return self.members[0]

    @property
    def shown_population(self) -> Estimate | None:
        """The population estimate at the default strength, else at the middle one."""
        default = [e for e in self.population if isinstance(e.target, Population) and e.target.selection == Selection()]
        if default:
            return default[0]
        return self.population[len(self.population) // 2] if self.population else None

    @property
    def base(self) -> Base:
        """The number of respondents, or those that print allows."""
        return self.first.base[0] if self.first.base else 0

    @property
    def counts(self) -> tuple[int, int] | None:
        """Smallest and largest count that print allows."""
        found = [vector[0] for vector in self.first.counts if len(vector) == 1]
        return (min(found), max(found)) if found else None

    @property
    def observed(self) -> tuple[float, float] | None:
        """Smallest and largest value for these respondents."""
        source = self.counted or self.people
        if source is None:
            return None
        if source.bounds is not None:
            return source.bounds
        return None if source.value is None else (source.value, source.value)


def ratio_of(estimate: Estimate) -> float:
    """Return the participation ratio that a population estimate assumes; 1 for other targets."""
    return estimate.target.selection.ratio if isinstance(estimate.target, Population) else 1.0


def is_unpublished(estimate: Estimate) -> bool:
    """Whether print gives only bounds of the quantity."""
    return any(doubt.code in UNPUBLISHED for doubt in estimate.caveats)


def tiers_of(estimates: Iterable[Estimate]) -> tuple[Tiers, ...]:
    """Group estimates by item, in their order; unpublished cross-tabulations are left to their own block."""
    kept = [e for e in estimates if e.question is not None and e.item is not None and not is_unpublished(e)]
    tipping = {(e.question, e.item): e for e in kept if e.estimand == TIPPING}
    joint = {(e.question, e.item): e for e in kept if e.estimand == JOINTLY}
    ranks = {(e.question, e.item): e for e in kept if e.estimand == RANKS}
    began = {(e.question, e.item): e for e in kept if e.estimand == BEGAN}
    groups: dict[tuple[str, str, str], list[Estimate]] = {}
    for e in kept:
        if e.estimand not in (TIPPING, JOINTLY, RANKS, BEGAN):
            groups.setdefault((e.question or "", e.item or "", e.estimand), []).append(e)
    return tuple(
        Tiers(
            question=question,
            item=item,
            estimand=estimand,
            counted=_only(members, Respondents),
            people=_only(members, Superpopulation) or _only(members, FinitePopulation),
            population=tuple(sorted((e for e in members if isinstance(e.target, Population)), key=ratio_of)),
            tipping=tipping.get((question, item)),
            joint=joint.get((question, item)),
            ranks=ranks.get((question, item)),
            began=began.get((question, item)),
        )
        for (question, item, estimand), members in groups.items()
    )


def _only(members: list[Estimate], kind: type) -> Estimate | None:
    return next((e for e in members if isinstance(e.target, kind)), None)


def unpublished_of(estimates: Estimates) -> tuple[Estimate, ...]:
    """Return the estimates of which print gives only bounds."""
    return tuple(e for e in estimates if is_unpublished(e))


def limits(interval: Interval | None) -> tuple[float, float] | None:
    """Return an interval's ends."""
    return None if interval is None else (interval.lower, interval.upper)


THE_REST = " among the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A finding that is no pass, with its mark on the page."""

    mark: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
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


def context_of(survey: Survey, audit: Audit, estimates: Estimates) -> PageContext:
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
    return PageContext(
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


def headline_of(context: PageContext, question: Question) -> Tiers | None:
    """Return the item a question's block leads with.

    The one its file names; else the most frequent answer; where print leaves every answer wide open, the item that it
    tells most about.
    """
    from csea_stats.tabulation.naming import item_name

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
