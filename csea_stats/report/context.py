"""Everything the page is made from, sorted once: items by question, findings with their marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.results.numbers import level_words, ratio
from csea_stats.survey.survey import groups_within
from csea_stats.tabulation.naming import group_in_words, group_name, item_name
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.findings import Finding
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.results.values import Base, Interval
    from csea_stats.survey.survey import Battery, Question, Survey
    from csea_stats.targets.populations import Target

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


def key_of(tiers: Tiers) -> str:
    """Return the name under which the page's script finds what a share is at each participation ratio.

    Shares of the same counts and bases have the same name: "35/49", where half is asked "35/49?". One of which print
    leaves several counts, each of another base, has its own.
    """
    if not tiers.population or tiers.counts is None or len(tiers.first.base) != 1 or tiers.first.scale != "share":
        return ""
    if any(_is_special(e.target) for e in tiers.population):
        return ""
    bases = (tiers.base,) if isinstance(tiers.base, int) else tiers.base
    if has_open_pairs(tiers):
        return f"{tiers.question}: {tiers.item}"
    counts = "-".join(map(str, dict.fromkeys(tiers.counts)))
    asked = "?" if tiers.population[0].threshold is not None else ""
    return f"{counts}/{'-'.join(map(str, bases))}{asked}"


def has_open_pairs(tiers: Tiers) -> bool:
    """Whether both counts and bases are open: which belongs to which is known to the estimator alone."""
    return not isinstance(tiers.base, int) and len(tiers.base) > 1 and len(tiers.first.counts) > 1


def _is_special(target: Target) -> bool:
    """Whether a population is of known size, of clustered answers, or with another belief than no direction."""
    if not isinstance(target, Population) or not isinstance(target.selection, Selection):
        return True
    return target.size is not None or target.design_effect != 1 or target.selection.mean != 0


def ratio_of(estimate: Estimate) -> float:
    """Return the participation ratio that a population estimate assumes; 1 for other targets."""
    return estimate.target.selection.ratio if isinstance(estimate.target, Population) else 1.0


def is_unpublished(estimate: Estimate) -> bool:
    """Whether print gives only bounds of the quantity."""
    return any(doubt.code in UNPUBLISHED for doubt in estimate.caveats)


def tiers_of(estimates: Iterable[Estimate]) -> tuple[Tiers, ...]:
    """Group estimates by item, in their order; unpublished cross-tabulations are left to their own block."""
    kept = [
        e
        for e in estimates
        if e.question is not None and e.item is not None and not is_unpublished(e) and e.scale != "score"
    ]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A group against another: their difference and each share, by the name that print or the survey file gives them.

    Parameters
    ----------
    gap : Tiers
    item, group, other : str
        The answer; the two groups, of which the second may be "the rest".
    sides : tuple of Tiers
        The shares of the first group and of the second, as far as they are estimated.
    by : str
        The question that divides the groups; empty where print does not say.
    words : (str, str)
        The two groups as a sentence has them.
    """

    gap: Tiers
    item: str
    group: str
    other: str
    sides: tuple[Tiers, ...]
    by: str
    words: tuple[str, str]


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
    contrasts: tuple[Contrast, ...]
    numbered: tuple[Numbered, ...]
    level: float

    @property
    def level_text(self) -> str:
        """The level of the intervals: "95%"."""
        return level_words(self.level)

    def findings(self, question: str) -> tuple[Numbered, ...]:
        """Return the contradictions that touch a question; what cannot be checked stands with the print checks."""
        touching = (n for n in self.numbered if n.finding.question == question)
        return tuple(n for n in touching if n.finding.verdict == "inconsistent")

    def question(self, name: str) -> Question:
        """Return a question by its id."""
        return next(question for question in self.survey.question if question.id == name)


def context_of(survey: Survey, audit: Audit, estimates: Estimates) -> PageContext:
    """Sort a survey, its audit and its estimates for the page."""
    found = tiers_of(estimates)
    contrasts = tuple(_contrast(t, found, survey) for t in found if t.estimand.startswith("difference"))
    used = {id(tiers) for one in contrasts for tiers in (one.gap, *one.sides)}
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


def _contrast(gap: Tiers, found: tuple[Tiers, ...], survey: Survey) -> Contrast:
    """Return a difference with its groups: "poor: under 30 minus the rest" is of "poor among under 30"."""
    shares = {t.item: t for t in found if t.question == gap.question and " among " in t.item}
    named, _, other = gap.item.rpartition(" minus ")
    parts = named.split(": ")
    cuts = [(": ".join(parts[:k]), ": ".join(parts[k:])) for k in range(1, len(parts))] or [(named, "")]
    item, group = next((cut for cut in cuts if f"{cut[0]} among {cut[1]}" in shares), cuts[0])
    wanted = (f"{item} among {group}", f"{item} among {other}", f"{item} among {other}, not {group}")
    asked = next((question for question in survey.question if question.id == gap.question), None)
    groups = {group_name(one, survey): one for one in (groups_within(asked) if asked else ())}
    words = {name: group_in_words(one, survey) for name, one in groups.items()}
    return Contrast(
        gap=gap,
        item=item,
        group=group,
        other=other,
        sides=tuple(shares[name] for name in wanted if name in shares),
        by=groups[group].question if group in groups else "",
        words=(words.get(group, group), words.get(other, other)),
    )


IDLE = frozenset({"nothing-to-compare"})
"""Checks that could not have failed: they are counted, not told."""


def is_idle(finding: Finding) -> bool:
    """Whether a check could not have failed, so that passing it says nothing."""
    return finding.code in IDLE


def _numbered(survey: Survey, audit: Audit) -> tuple[Numbered, ...]:
    """Return the findings that are no pass, inconsistent ones first; marks are ids of the audit's table."""
    order = {question.id: index for index, question in enumerate(survey.question)}
    wanted = ("inconsistent", "cannot be checked")
    found = [(f.id or f"A{index}", f) for index, f in enumerate(audit.findings, 1)]
    kept = [(mark, f) for mark, f in found if f.verdict in wanted and not is_idle(f)]
    kept.sort(key=lambda pair: (wanted.index(pair[1].verdict), order.get(pair[1].question or "", len(order))))
    return tuple(Numbered(mark=mark, finding=finding) for mark, finding in kept)


LISTS = frozenset({"pick", "multiple", "open-coded"})
"""Kinds of which each respondent can have named several answers: rows are ordered by count, a scale keeps its own."""


def headline_of(context: PageContext, question: Question) -> Tiers | None:
    """Return the item a question's block leads with.

    The one its file names; else, of a battery's scale, the lower half without a middle; else the most frequent answer;
    where print leaves every answer wide open, the item that it tells most about.
    """
    items = context.items[question.id]
    if question.headline is not None:
        found = [t for t in items if t.item == item_name(question, question.in_order(question.leading))]
        if found:
            return found[0]
    lower = lower_half(question, context.survey)
    halves = [t for t in items if lower and t.item == item_name(question, lower) and not is_open(t)]
    if halves:
        return halves[0]
    single = [t for t in items if t.item in question.categories] or list(items)
    told = [t for t in single if not is_open(t)]
    if not told:
        return min(items, key=width_of, default=None)
    return max(told, key=_least)


LONG = 4
"""Answers from which a scale of a battery is led by its lower half."""


def lower_half(question: Question, survey: Survey) -> tuple[str, ...]:
    """Return the lower half of a battery's scale, without the middle of an odd number of answers; none of others."""
    size = len(question.categories)
    of_battery = any(question.id in battery.questions for battery in survey.battery)
    return question.categories[: size // 2] if of_battery and question.kind == "ordinal" and size >= LONG else ()


def ranked(question: Question, items: Iterable[Tiers]) -> list[Tiers]:
    """Return the single answers of a list, the one named most often first."""
    return sorted((t for t in items if t.item in question.categories), key=lambda t: (-_most(t), -_least(t)))


def widest_split(battery: Battery, context: PageContext) -> tuple[Tiers, ...]:
    """Return an answer of each of a battery's questions, the largest share first.

    What they all lead with, if that is one answer, or one sum; else the answer that they differ most in. Empty where
    print settles too little of it: fewer than two of its questions have such an answer.
    """
    leading = [headline_of(context, context.question(name)) for name in battery.questions]
    alike = [t for t in leading if t is not None and not is_open(t)]
    if len(alike) > 1 and len({t.item for t in alike}) == 1:
        return tuple(sorted(alike, key=lambda t: -_least(t)))
    told = [{t.item: t for t in context.items[name] if not is_open(t)} for name in battery.questions]
    rows = [[t[item] for t in told if item in t] for item in dict.fromkeys(name for t in told for name in t)]
    most = max(map(len, rows), default=0)
    if most < 2:
        return ()
    widest = max(
        (row for row in rows if len(row) == most), key=lambda row: max(map(_least, row)) - min(map(_least, row))
    )
    return tuple(sorted(widest, key=lambda t: -_least(t)))


def _least(tiers: Tiers) -> float:
    return (tiers.observed or (0.0, 0.0))[0]


def _most(tiers: Tiers) -> float:
    return (tiers.observed or (0.0, 0.0))[1]


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
    found = dict.fromkeys((doubt.code, doubt.text) for e in members for doubt in e.caveats)
    return tuple((code, _with_whom(text, members) if code == OF_A_VERDICT else text) for code, text in found)


OF_A_VERDICT = "prior-decides"
"""A caveat of what is told for one target, which may not be so for another."""


def _with_whom(text: str, members: tuple[Estimate, ...]) -> str:
    """Return a caveat of a verdict with those for whom it is said, where that is not everybody judged."""
    judged = [e for e in members if e.verdict is not None and not isinstance(e.target, Respondents)]
    touched = [e for e in judged if any(doubt.code == OF_A_VERDICT for doubt in e.caveats)]
    if len(touched) in (0, len(judged)):
        return text
    whom: dict[str, list[str]] = {}
    for e in touched:
        whom.setdefault(e.target.words, []).extend([ratio(ratio_of(e))] if isinstance(e.target, Population) else [])
    named = [
        f"{words} (participation ratio within about {' and '.join(dict.fromkeys(ratios))} times)" if ratios else words
        for words, ratios in whom.items()
    ]
    told = f"{'; '.join(named)}: {text}"
    return f"{told[:1].upper()}{told[1:]}"
