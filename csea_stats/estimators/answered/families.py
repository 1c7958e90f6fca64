"""Differences between the groups of a tabulation, as one simultaneous family."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError
from csea_stats.estimators.answered.tabulated import dressed, group_words, items_of, named, targets_for
from csea_stats.estimators.arguments import check_level
from csea_stats.estimators.arguments import targets as as_targets
from csea_stats.estimators.difference import difference
from csea_stats.estimators.inference import jointly
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.estimators.answered.tabulations import Tabulation
    from csea_stats.results.estimate import Estimate
    from csea_stats.targets.populations import Target

Versus = Literal["complement", "pairs", "reference"]
VERSUS = ("complement", "pairs", "reference")

Side = tuple[int, ...]
"""The groups on one side of a comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    level: float
    number: int
    targets: tuple[Target, ...]


def contrasts(
    tabulation: Tabulation,
    versus: Versus,
    *,
    level: float = 0.95,
    target: Target | Sequence[Target] | None = None,
) -> Estimates:
    """Estimate every difference between groups; see `Tabulation.contrasts`."""
    if versus not in VERSUS:
        message = f"versus: found {versus!r}; allowed is one of {', '.join(map(repr, VERSUS))}"
        raise InputError(message)
    level = check_level(level)
    filled = [place for place in range(len(tabulation.groups)) if 0 not in tabulation.bases(place)]
    if tabulation.by is None or len(filled) < 2:
        found = "no groups" if tabulation.by is None else f"{len(filled)} group{'s' * (len(filled) != 1)} with answers"
        message = f"contrasts: found {found}; allowed are two or more: tabulate(source, outcome, by=...)"
        raise InputError(message)
    items = _items(tabulation)
    pairs = _pairs(filled, versus)
    targets = targets_for(tabulation) if target is None else target
    family = _Family(level=level, number=len(items) * len(pairs), targets=as_targets(targets)[0])
    found_: list[Estimate] = []
    for places in items:
        for first, second in pairs:
            found_.extend(_contrast(tabulation, places, (first, second), family))
    return Estimates(found_)


def _items(tabulation: Tabulation) -> list[tuple[int, ...]]:
    """Return what is compared: of a scale the cuts, of two answers the later one, else every answer."""
    size = len(tabulation.labels)
    if tabulation.ordered:
        return [tuple(range(cut)) for cut in range(1, size)]
    if size == 2 and not tabulation.several:
        return [(1,)]
    return [places for places in items_of(tabulation) if len(places) == 1]


def _pairs(groups: Sequence[int], versus: Versus) -> list[tuple[Side, Side]]:
    if versus == "reference":
        return [((group,), (groups[0],)) for group in groups[1:]]
    if versus == "pairs" or len(groups) == 2:
        return [((one,), (other,)) for one, other in combinations(groups, 2)]
    return [((group,), tuple(other for other in groups if other != group)) for group in groups]


def _contrast(
    tabulation: Tabulation, places: tuple[int, ...], sides: tuple[Side, Side], family: _Family
) -> list[Estimate]:
    level, number = family.level, family.number
    name, label = named(tabulation, places)
    (counts, bases), (others, other_bases) = (_summed(tabulation, places, side) for side in sides)
    first = tabulation.groups[sides[0][0]]
    second = "the rest" if len(sides[1]) > 1 else tabulation.groups[sides[1][0]]
    doubts = [caveat("all-at-once", number=number)] if number > 1 else []
    found = []
    for one in difference(
        (counts, bases),
        (others, other_bases),
        level=1 - (1 - level) / number,
        target=family.targets,
        label=f"{label} ({group_words(tabulation, first)} against {second})",
    ):
        joint = jointly(one, number=number, level=level)
        item = f"{name}: {first} minus {second}"
        found.append(dressed(tabulation, joint, item=item, estimand="difference", doubts=doubts))
    return found


def _summed(tabulation: Tabulation, places: Sequence[int], side: Side) -> tuple[set[int], set[int]]:
    counts = {sum(table.counts[group][place] for group in side for place in places) for table in tabulation.tables}
    return counts, {sum(table.bases[group] for group in side) for table in tabulation.tables}
