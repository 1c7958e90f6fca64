"""What two printed margins leave open about the table between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from csea_stats.base.partial_identification import (
    chance_above,
    check_coupling,
    coupling_words,
    critical_value,
    gap_ends,
    gap_region,
    part_ends,
    part_region,
    relative_width,
)
from csea_stats.errors import CountError, InputError, UnsupportedTarget, check_choice, check_flag
from csea_stats.estimators.arguments import check_bounded, check_label, check_level, targets
from csea_stats.estimators.assumptions import everyone, provenance, share_caveats
from csea_stats.estimators.comparison import Difference
from csea_stats.estimators.estimand import Inference, Participation, Setting
from csea_stats.estimators.inference import estimate, infer, interval_of
from csea_stats.estimators.margins import Tables, known_facts, margin_of, told, whole_base
from csea_stats.estimators.proportion import Share
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.results.goals import against
from csea_stats.results.numbers import count_words, rounded
from csea_stats.results.recipes import call_words
from csea_stats.results.values import Caveat, Interval, Scale, Verdict
from csea_stats.results.verdicts import Evidence, certain_verdict, counted_verdict, sampled_verdict, uncheckable
from csea_stats.targets.populations import Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.base.partial_identification import Ends, Part
    from csea_stats.estimators.group_tables import Pairs, Sides
    from csea_stats.estimators.margins import Margin, Places
    from csea_stats.results.goals import Direction

    Count = int | AbstractSet[int]
    Counts = Count | Mapping[str, Count] | Sequence[Count]
    Given = Mapping[tuple[Hashable, Hashable], Count | range]

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
class CrosstabQuery:
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


def cell_estimate(asked: CrosstabQuery, row: int, group: int, call: str) -> Estimate:
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


def part_estimate(asked: CrosstabQuery, event: Places, group: int, part: Part, call: str) -> Estimate:
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


def gap_estimate(asked: CrosstabQuery, event: Places, groups: tuple[int, int], call: str) -> Estimate:
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
    asked: CrosstabQuery,
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


def _region_of_part(
    asked: CrosstabQuery, event: Places, kind: int, ends_of: Callable[[float], Ends], region_of: Callable[[Ends], Ends]
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


def _share_over_tables(asked: CrosstabQuery, side: Pairs) -> Inference:
    """Return the hull of a share's interval over every table."""
    _check_size(asked.target)
    one = estimate(Share(pairs=side), asked.target, Setting(method="jeffreys", level=asked.level), call="")
    return Inference(values=_NOT_USED, interval=one.interval, companion=one.companion)


def _gap_over_tables(asked: CrosstabQuery, sides: Sides, bounds: Ends) -> Inference:
    """Return the hull of a difference's interval over every table: of one sign, with its verdict and prior strip.

    Counts in the two groups are combined freely, which can only widen it.
    """
    _check_size(asked.target)
    gap = Difference(sides=sides)
    if isinstance(asked.target, Superpopulation) and _both_signs(bounds):  # nothing to judge, so no strip is made
        who = Participation(design_effect=asked.target.design_effect)
        main, other = (interval_of(gap, method, asked.level, who) for method in ("jeffreys", gap.companion))
        return Inference(values=_NOT_USED, interval=main, companion=other)
    setting = Setting(method="jeffreys", level=asked.level, threshold=0.0)
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
    asked: CrosstabQuery, event: Places, functions: Sequence[tuple[Callable[[float], Ends], Callable[[Ends], Ends]]]
) -> Inference:
    """Return the regions from both kinds of limits, each the hull over the groups' feasible sizes."""
    main, other = (_hull(_region_of_part(asked, event, kind, *pair) for pair in functions) for kind in (0, 1))
    return Inference(values=_NOT_USED, interval=main, companion=other)


def _hull(intervals: Iterable[Interval | None]) -> Interval | None:
    kept = [interval for interval in intervals if interval]
    if not kept:
        return None
    return replace(kept[0], lower=min(one.lower for one in kept), upper=max(one.upper for one in kept))


def _coupled(estimate: Estimate, asked: CrosstabQuery, margins: tuple[tuple[int, int], ...]) -> Estimate:
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


def _verdict(bounds: Ends, shown: Inference, asked: CrosstabQuery) -> Verdict:
    """Return the verdict.

    Of margins alone a difference has one sign only where all or none gave the answer, and is nothing: a region holds
    the values that go with independence, so it settles nothing. Of tables the verdict is that of two groups.
    """
    if _both_signs(bounds):
        what = "the margins and the printed cells allow" if asked.tables.facts else "the margins allow"
        return uncheckable(f"{what} differences of either sign.")
    if shown.verdict:
        return shown.verdict
    goal = against(0.0, _direction(bounds), seen=True)
    if isinstance(asked.target, Respondents):
        return counted_verdict(bounds, goal, scale="difference")
    regions = [region for region in (shown.interval, shown.companion) if region]
    if regions:
        verdict = sampled_verdict(Evidence(intervals=regions), goal, scale="difference")
        return replace(verdict, rate=0.0)  # independence lies in every region
    return certain_verdict((-1.0, 1.0), goal, scale="difference")


def _doubts(
    asked: CrosstabQuery, event: Places, groups: tuple[int, ...], target: Target, *, identified: bool
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


REGIONS: tuple[Region, ...] = ("set", "parameter", "tables")


def crosstab_bounds(  # noqa: PLR0913 - settings are keyword-only
    row: Counts,
    column: Counts,
    base: int,
    *,
    given: Given | None = None,
    ordered: bool = False,
    region: Region | None = None,
    coupling: str | None = None,
    level: float = 0.95,
    target: Target = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Estimates:
    """Bound a table of two questions of which only the margins are printed, and perhaps a few cells.

    Parameters
    ----------
    row : int, set of int, mapping or sequence
        How many gave the answer, or how many gave each: label -> count. A set where print allows several.
    column : int, set of int, mapping or sequence
        How many are in the group, or in each; between 0 and ``base``, both excluded.
    base : int
        How many answered both questions. Each gives one answer and is in one group.
    given : mapping, optional
        What else is printed: (answer, group) -> a count, a set, or a range such as ``range(12, 21)`` (12 to 20). Either
        half of a key may be a tuple of labels, whose cells are added up. Labels are those of the mappings, the places
        of a sequence; of a single count "yes" and "no", "in" and "out".
    ordered : bool, default False
        Whether the answers are ordered, from low to high: "answer or lower" is bounded too.
    region : {"set", "parameter", "tables"}, optional
        What ``interval`` is: for the whole set; for the one value that is true (Imbens and Manski); for that value,
        over every table. The default is "set", and "tables" with ``given``.
    coupling : str, optional
        How answer and group might go together: "uniform", "hypergeometric" or "odds-ratio 2". Gives the probability
        that the difference is above 0 among these respondents, in a sentence that names the supposition.
    level : float, default 0.95
        Of the regions.
    target : target, default Superpopulation()
        Whom the regions are for; with a `Population` the answer's margin is selected, the groups' sizes are not.
    label : str, optional
        What is bounded, as in "of 'poor' by 'government'".

    Returns
    -------
    Estimates
        For each answer and group four: the count in the cell (of these respondents; not for "or lower"), the share in
        the group, the share outside it, and their difference; of more than two groups also the difference between
        each two. ``bounds`` is every value among these respondents that the margins allow; ``interval`` and
        ``companion`` are regions for the values that the margins of the target allow. A difference is judged against
        zero, and "cannot be checked" where the bounds hold both signs.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, a group is empty, margins have different totals, or no table
        has the facts.
    InputError, UnknownName
        If another argument is none of those allowed.

    Notes
    -----
    With g the group's part and p the share of the answer, the share in the group lies within
    ``max(0, p - 1 + g) / g`` and ``min(g, p) / g`` (Frechet; Duncan & Davis 1953, https://doi.org/10.2307/2088122).
    With facts on cells the ends are integer programmes, solved for each pair of feasible margins.

    ============= ================================================================================================
    region        takes the lower bound at the lower limit of p, the upper bound at the upper limit, groups fixed
    ============= ================================================================================================
    set           limits at ``level``: for all values that the margins of the target allow (Kline & Tamer 2016)
    parameter     limits at 2 Phi(C) - 1, C from Imbens & Manski (2004): for the true value, so it is shorter
    tables        (no p:) the interval of the share, or of the difference, for every table: their hull
    ============= ================================================================================================

    No prior on the association enters any of them. Margins say almost nothing of it, so no value inside the bounds is
    more likely than another, unless a coupling is supposed.

    References
    ----------
    Kline & Tamer (2016), Quantitative Economics 7, 329-366, https://doi.org/10.3982/QE399; Imbens & Manski (2004),
    Econometrica 72, 1845-1857, https://doi.org/10.1111/j.1468-0262.2004.00555.x

    Examples
    --------
    >>> cell, inside, outside, gap = crosstab_bounds(35, 24, 49)
    >>> cell.bounds, [round(end, 3) for end in inside.bounds], [round(end, 3) for end in gap.bounds]
    ((10.0, 24.0), [0.417, 1.0], [-0.583, 0.56])
    >>> round(inside.interval.lower, 3), inside.interval.upper, gap.verdict.word
    (0.139, 1.0, 'cannot be checked')
    >>> groups = {"government": 27, "NGO": 14, "other": 8}
    >>> found = crosstab_bounds({"poor": 35, "fair": 10, "good": 4}, groups, 49, given={("poor", "NGO"): range(12, 15)})
    >>> found.where(item="poor: NGO")[0].bounds, found.where(item="poor: government")[0].bounds
    ((12.0, 14.0), (13.0, 23.0))
    """
    number = whole_base(base)
    rows, columns = margin_of(row, number, "row"), margin_of(column, number, "column")
    _check_groups(columns, number)
    wanted, several = targets(target)
    if several:
        message = "crosstab_bounds takes one target; call it once for each"
        raise UnsupportedTarget(message)
    ordered = check_flag("ordered", ordered)
    facts = known_facts(given, rows, columns)
    asked = CrosstabQuery(
        tables=Tables(rows=rows, columns=columns, base=number, facts=facts),
        level=check_level(level),
        target=wanted[0],
        label=check_label(label),
        region=_region(region, facts=bool(facts)),
        coupling=check_coupling(coupling),
    )
    if asked.region == "tables":
        check_bounded(wanted, "crosstab_bounds with region 'tables'")
    if asked.coupling and facts:
        message = "coupling: supposed of margins alone; leave out given, or the coupling"
        raise InputError(message)
    settings = {
        "given": (given, None),
        "ordered": (ordered, False),
        "region": (region, None),
        "coupling": (coupling, None),
        "level": (asked.level, 0.95),
        "target": (asked.target, Superpopulation()),
        "label": (asked.label, None),
    }
    call = call_words("crosstab_bounds", (told(row), told(column), number), settings)
    return Estimates([estimate(f"{call}[{place}]") for place, estimate in enumerate(_asked(asked, ordered=ordered))])


def _check_groups(columns: Margin, base: int) -> None:
    for place in columns.asked:
        sizes = columns.sums((place,))
        if sizes[0] == 0 or sizes[-1] >= base:
            name = "column" if columns.alone else f"column[{columns.keys[place]!r}]"
            message = f"{name}: found {sizes[0] or sizes[-1]} of {base}; allowed is a group and others: 1 to {base - 1}"
            raise CountError(message)


def _region(region: object, *, facts: bool) -> Region:
    if region is None:
        return "tables" if facts else "set"
    region = cast("Region", check_choice("region", region, REGIONS))
    if facts and region != "tables":
        message = (
            f"region: found {region!r}; with facts on cells allowed is 'tables', since the margins alone no longer "
            "tell the bounds"
        )
        raise InputError(message)
    return region


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One estimate to be made, once its call is known."""

    asked: CrosstabQuery
    event: tuple[int, ...]
    groups: tuple[int, ...]
    part: Literal["cell", "in", "out", "difference", "gap"]

    def __call__(self, call: str) -> Estimate:
        if self.part == "cell":
            return cell_estimate(self.asked, self.event[0], self.groups[0], call)
        if self.part == "gap":
            return gap_estimate(self.asked, self.event, (self.groups[0], self.groups[1]), call)
        return part_estimate(self.asked, self.event, self.groups[0], self.part, call)


def _asked(asked: CrosstabQuery, *, ordered: bool) -> Iterator[_Wanted]:
    """Yield what is bounded: answer by answer, then "or lower"; group by group, then each two groups."""
    rows, columns = asked.tables.rows, asked.tables.columns
    cuts = [tuple(range(end)) for end in range(2, len(rows.labels))] if ordered and not rows.alone else []
    for event in [*((place,) for place in rows.asked), *cuts]:
        for group in columns.asked:
            if len(event) == 1:
                yield _Wanted(asked=asked, event=event, groups=(group,), part="cell")
            for part in ESTIMANDS:
                yield _Wanted(asked=asked, event=event, groups=(group,), part=part)
        if len(columns.asked) > 2:
            for one in columns.asked:
                for other in columns.asked[one + 1 :]:
                    yield _Wanted(asked=asked, event=event, groups=(one, other), part="gap")
