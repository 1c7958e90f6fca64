"""The estimates of an unpublished table: a cell's count, shares in and outside a group, differences."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from csea_stats.base.partial_identification import (
    chance_above,
    coupling_words,
    critical_value,
    gap_ends,
    gap_region,
    part_ends,
    part_region,
    relative_width,
)
from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.estimands import Inference, Participation, Setting
from csea_stats.estimators.gaps.comparisons import Difference
from csea_stats.estimators.inference import estimate, infer, interval_of
from csea_stats.estimators.marks import everyone, provenance, share_caveats
from csea_stats.estimators.shares.proportions import Share
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.numbers import count_words, rounded
from csea_stats.results.values import Caveat, Interval, Scale, Verdict
from csea_stats.results.verdicts import certain_verdict, counted_verdict, sampled_verdict, uncheckable
from csea_stats.targets.populations import Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from csea_stats.base.partial_identification import Ends, Part
    from csea_stats.estimators.crosstabs.sets import Places, Tables
    from csea_stats.estimators.gaps.spans import Pairs, Sides
    from csea_stats.results.verdicts import Direction

Region = Literal["set", "parameter", "tables"]

ESTIMANDS: dict[Part, str] = {
    "in": "share in the group",
    "out": "share outside the group",
    "difference": "difference between groups",
}
"""What is bounded, beside the count in the cell."""

ONE_ERROR = math.erf(1 / math.sqrt(2))
"""The probability of a normal variable within one standard error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of a table and what is asked of it."""

    tables: Tables
    level: float
    target: Target
    label: str | None
    region: Region
    coupling: str | None
    _cells: dict[tuple[Places, int], dict[tuple[int, int], tuple[int, int]]] = field(
        default_factory=dict, compare=False
    )
    _limits: dict[tuple[Places, float], tuple[Interval | None, ...]] = field(default_factory=dict, compare=False)

    def cells(self, event: Places, group: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Return the ranges of a cell, by its margins."""
        if (event, group) not in self._cells:
            self._cells[event, group] = self.tables.cells(event, group)
        return self._cells[event, group]

    def pairs(self, event: Places) -> tuple[tuple[int, int], ...]:
        """Return the feasible totals of an answer, each with its base."""
        totals = sorted({sum(row[place] for place in event) for row, _ in self.tables.vectors})
        return tuple((total, self.tables.base) for total in totals)

    def limits(self, event: Places, level: float) -> tuple[Interval | None, ...]:
        """Return both kinds of interval for an answer's share, for the target."""
        if (event, level) not in self._limits:
            one = estimate(
                Share(pairs=self.pairs(event)), self.target, Setting(method="jeffreys", level=level), call=""
            )
            self._limits[event, level] = one.interval, one.companion
        return self._limits[event, level]

    def name(self, event: Places, groups: tuple[int, ...]) -> str | None:
        """Return an estimate's item: None where the table has one answer and one group to ask of."""
        rows, columns = self.tables.rows, self.tables.columns
        if rows.alone and columns.alone:
            return None
        answer = rows.labels[event[-1]] + (" or lower" if len(event) > 1 else "")
        return f"{answer}: {' minus '.join(columns.labels[group] for group in groups)}"


def cell_estimate(asked: Asked, row: int, group: int, call: str) -> Estimate:
    """Return the bounds of a cell's count, of these respondents whatever the target."""
    ranges = asked.cells((row,), group)
    low, high = float(min(least for least, _ in ranges.values())), float(max(most for _, most in ranges.values()))
    target = asked.target if isinstance(asked.target, Respondents) else Respondents()
    return Estimate(
        item=asked.name((row,), (group,)),
        label=asked.label,
        estimand="count in the cell",
        scale="count",
        target=target,
        value=low if low == high else None,
        bounds=None if low == high else (low, high),
        counts=tuple(ranges),
        base=(asked.tables.base,),
        caveats=_doubts(asked, (row,), (group,), target, identified=low == high),
        provenance=provenance(call, (tuple(ranges), asked.tables.base)),
    )


def part_estimate(asked: Asked, event: Places, group: int, part: Part, call: str) -> Estimate:
    """Return the bounds of an answer's share in a group, outside it, or of their difference."""
    base, ranges = asked.tables.base, asked.cells(event, group)
    found = [_counted_ends(margins, cells, base, part) for margins, cells in ranges.items()]
    bounds = (min(low for low, _ in found), max(high for _, high in found))
    groups = tuple(sorted({size / base for _, size in ranges}))
    if isinstance(asked.target, Respondents):
        shown = _NOTHING
    elif asked.region == "tables":
        sides = _sides(ranges, base)
        shown = (
            _gap_over_tables(asked, sides, bounds)
            if part == "difference"
            else _share_over_tables(asked, sides[part == "out"])
        )
    else:
        shown = _regions(
            asked,
            event,
            [(partial(part_ends, group=g, part=part), partial(part_region, group=g, part=part)) for g in groups],
        )
    one = _estimate(asked, event, (group,), bounds, shown, call)
    scale: Scale = "difference" if part == "difference" else "share"
    one = replace(one, estimand=ESTIMANDS[part], scale=scale, counts=tuple(ranges))
    if part != "difference":
        return replace(one, threshold=None, verdict=None)
    return _coupled(one, asked, tuple(ranges))


def gap_estimate(asked: Asked, event: Places, groups: tuple[int, int], call: str) -> Estimate:
    """Return the bounds of the difference between an answer's shares in two of several groups."""
    base = asked.tables.base
    exact = asked.tables.gaps(event, groups)
    bounds = float(exact[0]), float(exact[1])
    if isinstance(asked.target, Respondents):
        shown = _NOTHING
    elif asked.region == "tables":
        (first, _), (second, _) = (_sides(asked.cells(event, group), base) for group in groups)
        shown = _gap_over_tables(asked, (first, second), bounds)
    else:
        sizes = sorted({(c[groups[0]] / base, c[groups[1]] / base) for _, c in asked.tables.vectors})
        shown = _regions(asked, event, [(partial(gap_ends, groups=g), partial(gap_region, groups=g)) for g in sizes])
    counts = sorted({(sum(r[i] for i in event), c[groups[0]], c[groups[1]]) for r, c in asked.tables.vectors})
    return replace(_estimate(asked, event, groups, bounds, shown, call), counts=tuple(counts))


def _estimate(
    asked: Asked,
    event: Places,
    groups: tuple[int, ...],
    bounds: Ends,
    shown: Inference,
    call: str,
) -> Estimate:
    identified = bounds[0] == bounds[1]
    return Estimate(
        item=asked.name(event, groups),
        label=asked.label,
        estimand=ESTIMANDS["difference"],
        scale="difference",
        target=asked.target,
        value=bounds[0] if identified else None,
        bounds=None if identified else bounds,
        interval=shown.interval,
        companion=shown.companion,
        threshold=0.0,
        sensitivity=shown.strip,
        verdict=_verdict(bounds, shown, asked),
        base=(asked.tables.base,),
        caveats=(*_doubts(asked, event, groups, asked.target, identified=identified), *shown.doubts),
        provenance=provenance(call, (bounds, asked.tables.base)),
    )


def _counted_ends(margins: tuple[int, int], cells: tuple[int, int], base: int, part: Part) -> Ends:
    """Return the bounds among the respondents, from whole counts so that equal ends are equal."""
    (row, column), (least, most) = margins, cells
    if part == "in":
        return least / column, most / column
    if part == "out":
        return (row - most) / (base - column), (row - least) / (base - column)
    low, high = (cell / column - (row - cell) / (base - column) for cell in (least, most))
    return low, high


def _region(
    asked: Asked, event: Places, kind: int, ends_of: Callable[[float], Ends], region_of: Callable[[Ends], Ends]
) -> Interval | None:
    """Return the region from one kind of limits of the answer's share."""
    limits = asked.limits(event, asked.level)[kind]
    if limits is None:
        return None
    words = ""
    if asked.region == "parameter":
        inner = asked.limits(event, ONE_ERROR)[kind]
        if inner is not None:
            outer = limits.lower, limits.upper
            wide = relative_width((outer, (inner.lower, inner.upper)), ends_of)
            within = math.erf(critical_value(wide, asked.level) / math.sqrt(2))
            limits = asked.limits(event, within)[kind] or limits
            words = ", Imbens-Manski"
    low, high = region_of((limits.lower, limits.upper))
    return Interval(lower=low, upper=high, level=asked.level, kind=limits.kind, method=limits.method + words)


def _sides(ranges: dict[tuple[int, int], tuple[int, int]], base: int) -> Sides:
    """Return every count in a group and outside it, each with its base."""
    cells = [(margins, cell) for margins, (least, most) in ranges.items() for cell in range(least, most + 1)]
    inside = {(cell, size) for (_, size), cell in cells}
    outside = {(total - cell, base - size) for (total, size), cell in cells}
    return tuple(sorted(inside)), tuple(sorted(outside))


def _share_over_tables(asked: Asked, side: Pairs) -> Inference:
    """Return the hull of a share's interval over every table."""
    _check_size(asked.target)
    one = estimate(Share(pairs=side), asked.target, Setting(method="jeffreys", level=asked.level), call="")
    return Inference(values=_NOT_USED, interval=one.interval, companion=one.companion)


def _gap_over_tables(asked: Asked, sides: Sides, bounds: Ends) -> Inference:
    """Return the hull of a difference's interval over every table: of one sign, with its verdict and prior strip.

    Counts in the two groups are combined freely, which can only widen it.
    """
    _check_size(asked.target)
    gap = Difference(sides=sides)
    if isinstance(asked.target, Superpopulation) and _both_signs(bounds):  # nothing to judge, so no strip is made
        who = Participation(design_effect=asked.target.design_effect)
        main, other = (interval_of(gap, method, asked.level, who) for method in ("jeffreys", gap.companion))
        return Inference(values=_NOT_USED, interval=main, companion=other)
    setting = Setting(method="jeffreys", level=asked.level, threshold=0.0, direction=_direction(bounds))
    found = infer(gap, asked.target, setting)
    return replace(found, strip=(), doubts=()) if _both_signs(bounds) else found


_NOT_USED = (0.0, 0.0)


def _check_size(target: Target) -> None:
    if getattr(target, "size", None) is not None:
        message = (
            "region 'tables' has no form for a population of known size, which says nothing of each group's: use "
            "Superpopulation() or Population(selection) without a size"
        )
        raise UnsupportedTarget(message)


_NOTHING = Inference(values=_NOT_USED)


def _regions(
    asked: Asked, event: Places, functions: Sequence[tuple[Callable[[float], Ends], Callable[[Ends], Ends]]]
) -> Inference:
    """Return the regions from both kinds of limits, each the hull over the groups' feasible sizes."""
    main, other = (_hull(_region(asked, event, kind, *pair) for pair in functions) for kind in (0, 1))
    return Inference(values=_NOT_USED, interval=main, companion=other)


def _hull(intervals: Iterable[Interval | None]) -> Interval | None:
    kept = [interval for interval in intervals if interval]
    if not kept:
        return None
    return replace(kept[0], lower=min(one.lower for one in kept), upper=max(one.upper for one in kept))


def _coupled(estimate: Estimate, asked: Asked, margins: tuple[tuple[int, int], ...]) -> Estimate:
    """Return a difference with the probability that a coupling gives it, and the supposition."""
    if asked.coupling is None:
        return estimate
    chances = [chance_above(row, column, asked.tables.base, asked.coupling) for row, column in margins]
    ends = min(chances), max(chances)
    told = " to ".join(dict.fromkeys(rounded(ends, 2, (), ends=(0, 1))))
    doubt = caveat("coupling-supposed", coupling=coupling_words(asked.coupling), probability=told)
    counted = isinstance(asked.target, Respondents)
    return replace(estimate, probability=ends if counted else None, caveats=(*estimate.caveats, doubt))


def _both_signs(bounds: Ends) -> bool:
    return bounds[0] <= 0 <= bounds[1] and bounds[0] < bounds[1]


def _direction(bounds: Ends) -> Direction:
    return "above" if bounds[0] >= 0 else "below"


def _verdict(bounds: Ends, shown: Inference, asked: Asked) -> Verdict:
    """Return the verdict.

    Of margins alone a difference has one sign only where all or none gave the answer, and is nothing: a region holds
    the values that go with independence, so it settles nothing. Of tables the verdict is that of two groups.
    """
    if _both_signs(bounds):
        what = "the margins and the printed cells allow" if asked.tables.facts else "the margins allow"
        return uncheckable(f"{what} differences of either sign.")
    if shown.verdict:
        return shown.verdict
    direction = _direction(bounds)
    if isinstance(asked.target, Respondents):
        return counted_verdict(bounds, threshold=0.0, direction=direction, scale="difference")
    regions = [region for region in (shown.interval, shown.companion) if region]
    if regions:
        return sampled_verdict(regions, threshold=0.0, direction=direction, scale="difference")
    return certain_verdict((-1.0, 1.0), threshold=0.0, direction=direction, scale="difference")


def _doubts(
    asked: Asked, event: Places, groups: tuple[int, ...], target: Target, *, identified: bool
) -> tuple[Caveat, ...]:
    pairs = asked.pairs(event)
    found = [] if identified else [caveat("not-identified")]
    found += share_caveats(pairs, target)
    for group in groups:
        sizes = tuple(sorted({column[group] for _, column in asked.tables.vectors}))
        if len(sizes) > 1:
            found.append(caveat("print-ambiguous", counts=count_words(sizes)))
    if not isinstance(target, Respondents) and not everyone(pairs, target):
        found.append(caveat("group-size-fixed"))
        if asked.region != "set":
            found.append(caveat("one-true-value" if asked.region == "parameter" else "every-table"))
    return tuple(dict.fromkeys(found))
