"""The estimates of one item side by side, one for each target: what a strip, a row and a sentence are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.results.values import Base, Interval

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
