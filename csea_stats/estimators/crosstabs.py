"""What two printed margins leave open about the table between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import CountError, UnsupportedTarget
from csea_stats.estimators.checking import check_label, check_level, feasible, targets, whole
from csea_stats.estimators.marks import call_words, everyone, provenance, share_caveats
from csea_stats.estimators.proportions import Setting, share_estimate
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.numbers import count_words
from csea_stats.results.values import Caveat, Estimate, Interval, Scale, Verdict
from csea_stats.results.verdicts import counted_verdict, sampled_verdict, uncheckable
from csea_stats.targets.populations import Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    Count = int | AbstractSet[int]

Part = Literal["in", "out", "difference"]
Ends = tuple[float, float]

ESTIMANDS: dict[Part, str] = {
    "in": "share in the group",
    "out": "share outside the group",
    "difference": "difference between groups",
}
"""What is bounded, beside the count in the cell."""


def crosstab_bounds(
    row: Count,
    column: Count,
    base: int,
    *,
    level: float = 0.95,
    target: Target = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Estimates:
    """Bound a table of two questions of which only the margins are printed.

    Parameters
    ----------
    row : int or set of int
        How many gave the answer.
    column : int or set of int
        How many are in the group; between 0 and ``base``, both excluded.
    base : int
        How many answered both questions.
    level : float, default 0.95
        Of the regions.
    target : target, default Superpopulation()
        Whom the regions are for; with a `Population` the answer's margin is selected, the groups' sizes are not.
    label : str, optional
        What is bounded, as in "of 'poor' by 'government'".

    Returns
    -------
    Estimates
        Four: the count in the cell (of these respondents), the share in the group, the share outside it, and their
        difference. ``bounds`` is every value among these respondents that the margins allow; ``interval`` and
        ``companion`` are regions for all the values that the margins of the target allow. The difference is judged
        against zero, and "cannot be checked" where the bounds hold both signs.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or a group is empty.

    Notes
    -----
    With g the group's part and p the share of the answer, the share in the group lies within
    ``max(0, p - 1 + g) / g`` and ``min(g, p) / g`` (Frechet; Duncan & Davis 1953, https://doi.org/10.2307/2088122).
    The region has g fixed and takes the lower bound at the lower limit of p and the upper bound at the upper limit
    (Kline & Tamer 2016, https://doi.org/10.3982/QE399): no prior on the association enters. Margins say almost
    nothing of it, so no value inside the bounds is more likely than another.

    Examples
    --------
    >>> cell, inside, outside, gap = crosstab_bounds(35, 24, 49)
    >>> cell.bounds, [round(end, 3) for end in inside.bounds], [round(end, 3) for end in gap.bounds]
    ((10.0, 24.0), [0.417, 1.0], [-0.583, 0.56])
    >>> round(inside.interval.lower, 3), inside.interval.upper, gap.verdict.word
    (0.139, 1.0, 'cannot be checked')
    """
    number = whole(base, "base")
    rows, columns = feasible(row, "row"), feasible(column, "column")
    if rows[-1] > number:
        message = f"row: found {rows[-1]} of {number}; allowed is at most the base, {number}"
        raise CountError(message)
    if columns[0] == 0 or columns[-1] >= number:
        message = (
            f"column: found {columns[0] or columns[-1]} of {number}; allowed is a group and others: 1 to {number - 1}"
        )
        raise CountError(message)
    wanted, several = targets(target)
    if several:
        message = "crosstab_bounds takes one target; call it once for each"
        raise UnsupportedTarget(message)
    margins = _Margins(
        rows=rows, columns=columns, base=number, level=check_level(level), target=wanted[0], label=check_label(label)
    )
    settings = {
        "level": (margins.level, 0.95),
        "target": (margins.target, Superpopulation()),
        "label": (margins.label, None),
    }
    call = call_words("crosstab_bounds", (row, column, number), settings)
    return Estimates([_cell(margins, call), *(_share(margins, part, call) for part in ESTIMANDS)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Margins:
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    base: int
    level: float
    target: Target
    label: str | None

    @property
    def vectors(self) -> tuple[tuple[int, ...], ...]:
        return tuple((r, c) for r in self.rows for c in self.columns)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        return tuple((r, self.base) for r in self.rows)


def cell_range(row: int, column: int, base: int) -> tuple[int, int]:
    """Return the smallest and the largest count of a cell that its margins allow.

    Examples
    --------
    >>> cell_range(35, 24, 49)
    (10, 24)
    """
    return max(0, row + column - base), min(row, column)


def _counted_ends(row: int, column: int, base: int, part: Part) -> Ends:
    """Return the bounds among the respondents, from whole counts so that equal ends are equal."""
    least, most = cell_range(row, column, base)
    if part == "in":
        return least / column, most / column
    if part == "out":
        return (row - most) / (base - column), (row - least) / (base - column)
    low, high = (cell / column - (row - cell) / (base - column) for cell in (least, most))
    return low, high


def part_ends(share: float, group: float, part: Part) -> Ends:
    """Return the bounds of a share in the group, outside it, or of their difference, from the two margins as shares.

    Examples
    --------
    >>> [round(end, 3) for end in part_ends(35 / 49, 24 / 49, "out")]
    [0.44, 1.0]
    """
    least, most = max(0.0, share - 1 + group), min(group, share)
    if part == "in":
        return least / group, most / group
    if part == "out":
        return (share - most) / (1 - group), (share - least) / (1 - group)
    low, high = (together / group - (share - together) / (1 - group) for together in (least, most))
    return max(low, -1.0), min(high, 1.0)


def part_region(limits: Ends, group: float, part: Part) -> Ends:
    """Return the region for the bounds, from limits of the answer's share.

    The bounds of a share rise with the margin. Those of the difference are extreme at the limits, or inside them: the
    lower is -1 where everyone with the answer is outside the group and fills it, the upper 1 in the mirror case.
    """
    inner = [cut for cut in (group, 1 - group) if limits[0] < cut < limits[1]]
    ends = [part_ends(share, group, part) for share in (*limits, *inner)]
    return min(low for low, _ in ends), min(max(high for _, high in ends), 1.0)


def _cell(margins: _Margins, call: str) -> Estimate:
    ranges = [cell_range(r, c, margins.base) for r, c in margins.vectors]
    low, high = float(min(least for least, _ in ranges)), float(max(most for _, most in ranges))
    target = margins.target if isinstance(margins.target, Respondents) else Respondents()
    return Estimate(
        label=margins.label,
        estimand="count in the cell",
        scale="count",
        target=target,
        value=low if low == high else None,
        bounds=None if low == high else (low, high),
        counts=margins.vectors,
        base=(margins.base,),
        caveats=_doubts(margins, target, identified=low == high),
        provenance=provenance(f"{call}[0]", (margins.vectors, margins.base)),
    )


def _share(margins: _Margins, part: Part, call: str) -> Estimate:
    base, groups = margins.base, [column / margins.base for column in margins.columns]
    found = [_counted_ends(r, c, base, part) for r, c in margins.vectors]
    bounds = (min(low for low, _ in found), max(high for _, high in found))
    identified = bounds[0] == bounds[1]
    interval = companion = None
    if not isinstance(margins.target, Respondents):
        margin = share_estimate(margins.pairs, margins.target, Setting(level=margins.level, threshold=None), call=call)
        interval, companion = (_region(limits, groups, part) for limits in (margin.interval, margin.companion))
    scale: Scale = "difference" if part == "difference" else "share"
    return Estimate(
        label=margins.label,
        estimand=ESTIMANDS[part],
        scale=scale,
        target=margins.target,
        value=bounds[0] if identified else None,
        bounds=None if identified else bounds,
        interval=interval,
        companion=companion,
        threshold=0.0 if part == "difference" else None,
        verdict=_verdict(bounds, [i for i in (interval, companion) if i]) if part == "difference" else None,
        counts=margins.vectors,
        base=(base,),
        caveats=_doubts(margins, margins.target, identified=identified),
        provenance=provenance(f"{call}[{1 + list(ESTIMANDS).index(part)}]", (margins.vectors, base)),
    )


def _region(limits: Interval | None, groups: list[float], part: Part) -> Interval | None:
    if limits is None:
        return None
    regions = [part_region((limits.lower, limits.upper), group, part) for group in groups]
    return Interval(
        lower=min(low for low, _ in regions),
        upper=max(high for _, high in regions),
        level=limits.level,
        kind=limits.kind,
        method=limits.method,
    )


def _verdict(bounds: Ends, intervals: list[Interval]) -> Verdict:
    if bounds[0] <= 0 <= bounds[1] and bounds[0] < bounds[1]:
        return uncheckable("the margins allow differences of either sign.")
    direction: Literal["above", "below"] = "above" if bounds[0] >= 0 else "below"
    if not intervals:
        return counted_verdict(bounds, threshold=0.0, direction=direction, scale="difference")
    return sampled_verdict(intervals, threshold=0.0, direction=direction, scale="difference")


def _doubts(margins: _Margins, target: Target, *, identified: bool) -> tuple[Caveat, ...]:
    found = [] if identified else [caveat("not-identified")]
    found += share_caveats(margins.pairs, target, level=margins.level, closed=False)
    if len(margins.columns) > 1:
        found.append(caveat("print-ambiguous", counts=count_words(margins.columns)))
    if not isinstance(target, Respondents) and not everyone(margins.pairs, target):
        found.append(caveat("group-size-fixed"))
    return tuple(dict.fromkeys(found))
