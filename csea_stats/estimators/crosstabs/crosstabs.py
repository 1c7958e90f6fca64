"""What two printed margins leave open about the table between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from csea_stats.base.partial_identification import check_coupling
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.checking import check_bounded, check_label, check_level, targets
from csea_stats.estimators.crosstabs.margins import known_facts, margin_of, told, whole_base
from csea_stats.estimators.crosstabs.parts import ESTIMANDS, Asked, Region, cell_estimate, gap_estimate, part_estimate
from csea_stats.estimators.crosstabs.sets import Tables
from csea_stats.estimators.marks import call_words
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.crosstabs.margins import Margin
    from csea_stats.results.estimate import Estimate

    Count = int | AbstractSet[int]
    Counts = Count | Mapping[str, Count] | Sequence[Count]
    Given = Mapping[tuple[Hashable, Hashable], Count | range]

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
    facts = known_facts(given, rows, columns)
    asked = Asked(
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
    if region not in REGIONS:
        message = f"region: found {region!r}; allowed is one of {', '.join(map(repr, REGIONS))}"
        raise InputError(message)
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

    asked: Asked
    event: tuple[int, ...]
    groups: tuple[int, ...]
    part: Literal["cell", "in", "out", "difference", "gap"]

    def __call__(self, call: str) -> Estimate:
        if self.part == "cell":
            return cell_estimate(self.asked, self.event[0], self.groups[0], call)
        if self.part == "gap":
            return gap_estimate(self.asked, self.event, (self.groups[0], self.groups[1]), call)
        return part_estimate(self.asked, self.event, self.groups[0], self.part, call)


def _asked(asked: Asked, *, ordered: bool) -> Iterator[_Wanted]:
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
