"""A question by the groups of another: every two-way table that all that is printed allows together.

A row is a set of people: those who gave certain answers to the question that makes the groups, everybody else who
answered it, and those of whom print does not say. Rows add up to the groups that print tells of, and all rows to the
total. Sizes that print does not give are unknowns; each way to choose them is a system of bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import islice, product, starmap, takewhile
from math import prod
from typing import TYPE_CHECKING

from csea_stats.auditing.consistent_sets import MOST_EFFORT, hard, reach, solvable
from csea_stats.auditing.constraints import Limit, System, TooHardError, effort, hope, hoped_of, solutions
from csea_stats.auditing.facts import meet, ranges_of, united

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from csea_stats.auditing.constraints import Hoped, Ranges, Vector
    from csea_stats.auditing.readings import Readings
    from csea_stats.survey.survey import Group, Question

MOST_SIZES = 3_000
"""So many ways to choose the sizes of the groups are tried at most."""

MOST_UNKNOWNS = 16_000
"""And no more than so many unknowns are gone through, all those ways taken together."""

HARD = 20
"""A way that no search by halving settles counts as so many."""

MOST_BRANCHES = 64
"""So many joint choices of disjoint ranges are tried at most; beyond it, what lies between them is allowed too."""

MOST_LOOKS = 200
"""So many counts of a group are looked at one by one, over all sizes; of more, runs of several."""

MOST_COUNTS = 40
"""Of more counts in a group than these, runs of several are looked at."""

SLOW_COUNTS = 8
"""The same where a look takes a programme."""

SLOW = 20
"""A look that takes a programme counts as so many."""

MOST_WORK = 3_000
"""So many looks at most are taken for all answers and groups of a question; beyond it bounds on each side are told."""

Pair = tuple[int, int]
"""A count and its base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """How groups divide the respondents of a question.

    Parameters
    ----------
    rows : tuple of tuple of str
        Of each row the answers that its people gave; none for those who gave another, and for those of whom print does
        not say.
    groups : mapping of Group to tuple of int
        The rows of each group that print tells of.
    others : int or None
        The row of everybody who gave another answer.
    untold : int
        The row of those of whom print does not say: the last.
    sizes : tuple of tuple of int, or None
        How many are in each row, every way that print allows; None where there are too many ways.
    """

    rows: tuple[tuple[str, ...], ...]
    groups: Mapping[Group, tuple[int, ...]]
    others: int | None
    untold: int
    sizes: tuple[Vector, ...] | None

    def beside(self, group: Group) -> tuple[int, ...]:
        """Return the rows of all others of whom print says what they answered."""
        return tuple(i for i in range(len(self.rows)) if i not in self.groups[group] and i != self.untold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """Two-way tables whose rows have these sizes: the systems of which each has a solution."""

    sizes: Vector
    systems: tuple[System, ...]


Said = dict[tuple[int, ...], "Ranges"]
"""What one table says of answers and sums of answers."""


def said(table: Readings) -> Said:
    """Return what one table allows of each answer, and of each sum that it prints.

    Where nothing contradicts, each statement by itself: that a row adds up to its people is told of every row anyway.
    """
    if not table.broken and not table.unlabelled_cells and not table.domains:
        told: Said = {}
        for fact in table.facts:
            told[fact.members] = meet(told.get(fact.members, fact.ranges), fact.ranges)
        return told
    sums = dict.fromkeys([*((i,) for i in range(table.size)), *(fact.members for fact in table.facts)])
    return {members: ranges_of(table.counts_of(members)) for members in sums if members}


@dataclass(frozen=True, kw_only=True)
class TwoWay:
    """The two-way tables of one question by groups.

    Parameters
    ----------
    question : str
        Its id.
    division : Division
    answers : int
        How many answers the question has.
    one_answer : bool
        Whether each respondent gives one.
    chosen : int or None
        How many each respondent names, where all name as many.
    totals : mapping of base to what is said of all respondents
    within : callable
        From a group and its base to what is said of it; None where print cannot be met with that base.
    missing : mapping of base to (least, most)
        How many of all gave none of the answers.
    lost : mapping of base to int
        How many of those in the rows are not among the respondents of the question.
    each : int
        How many of what is counted each may have given: of a sum of several answers, as many as are summed.
    printed : mapping of Group to tuple of int
        Bases that print gives for a group's answers.
    supposed : bool
        Whether print does not say how many answered, so that all who were asked are taken to have.
    """

    question: str
    division: Division
    answers: int
    one_answer: bool
    chosen: int | None
    totals: Mapping[int, Said]
    within: Callable[[Group, int], Said | None]
    missing: Mapping[int, Pair]
    lost: Mapping[int, int]
    printed: Mapping[Group, tuple[int, ...]]
    supposed: bool
    each: int = 1

    @cached_property
    def found(self) -> tuple[Sized, ...] | None:
        """Every choice of sizes that has tables, with their systems; None where there are too many choices."""
        if self.division.sizes is None:
            return None
        kept: dict[tuple[int, Vector], Sized] = {}
        left = min(MOST_SIZES, MOST_UNKNOWNS // max(self.answers * len(self.division.rows), 1))
        for total in self.totals:
            for sizes in self._sizes(total):
                left -= 1
                if left < 0:
                    return None
                if (total, sizes) not in kept:
                    every = tuple(self._systems(total, sizes))
                    systems = tuple(filter(solvable, every))
                    left -= HARD * sum(map(hard, every))
                    if systems:
                        kept[total, sizes] = Sized(sizes=sizes, systems=systems)
        return tuple(kept.values())

    def _sizes(self, total: int) -> Iterator[Vector]:
        """Yield how many of each row answered the question: all of them, but for those whose answers are lost."""
        single = {rows[0]: group for group, rows in self.division.groups.items() if len(rows) == 1}
        lost, untold = self.lost[total], self.division.untold

        @cache
        def choices(row: int, size: int) -> tuple[int, ...]:
            group = single.get(row)
            bases = self.printed.get(group, ()) if group is not None else ()
            several = bases or range(max(size - lost, 0), size + 1)
            return tuple(base for base in several if group is None or self.within(group, base) is not None)

        def chosen(*, more: bool) -> Iterator[Vector]:
            for whole in self.division.sizes or ():
                allowed = list(takewhile(len, starmap(choices, enumerate(whole[:untold]))))
                if len(allowed) == untold:
                    found = _summing(allowed, total)
                    yield from found if more else (one for one in found if one[untold] <= whole[untold])

        found = chosen(more=False)
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
        elif self.supposed:  # whoever print leaves out of the groups' bases may be of those it says nothing of
            yield from chosen(more=True)

    def _systems(self, total: int, sizes: Vector) -> Iterator[System]:
        """Yield the systems of which one must hold."""
        statements: list[tuple[Sequence[int], Said]] = [(range(len(sizes)), self.totals[total])]
        for group, rows in self.division.groups.items():
            told = self.within(group, sum(sizes[row] for row in rows))
            if told is None:
                return
            statements.append((rows, told))
        domains: list[Ranges] = [((0, size * self.each),) for size in sizes for _ in range(self.answers)]
        sums: list[tuple[tuple[int, ...], Ranges]] = []
        for where, told in statements:
            for members, ranges in told.items():
                places = self._places(where, members)
                if len(places) == 1:
                    domains[places[0]] = meet(domains[places[0]], ranges)
                elif ranges != ((0, sum(sizes[row] for row in where)),):
                    sums.append((places, ranges))
        if not all(domains):
            return
        if prod(len(ranges) for _, ranges in sums) > MOST_BRANCHES:
            sums = [(places, ((ranges[0][0], ranges[-1][1]),)) for places, ranges in sums]
        limits = self._limits(total, sizes)
        for chosen in product(*(ranges for _, ranges in sums)):
            more = [Limit(places, *ends) for (places, _), ends in zip(sums, chosen, strict=True)]
            yield System(tuple(domains), (*limits, *more))

    def _places(self, rows: Iterable[int], members: Sequence[int]) -> tuple[int, ...]:
        return tuple(row * self.answers + i for row in rows for i in members)

    def _limits(self, total: int, sizes: Vector) -> list[Limit]:
        """Return what the sizes say of each row, and how many may have given none of the answers."""
        rows = [(self._places((row,), range(self.answers)), size) for row, size in enumerate(sizes)]
        if self.one_answer:
            least, most = self.missing[total]
            whole = Limit(tuple(range(len(sizes) * self.answers)), sum(sizes) - most, sum(sizes) - least)
            return [*(Limit(places, max(size - most, 0), size) for places, size in rows), whole]
        return [] if self.chosen is None else [Limit(places, 0, self.chosen * size) for places, size in rows]

    def pairs(self, group: Group, members: tuple[int, ...]) -> tuple[tuple[Pair, Pair], ...]:
        """Return ((count, base) in a group, (count, base) of all others), every pair that print allows.

        Of more than `MOST_COUNTS` counts in the group, runs of several: the ends of each, with the ends of the others.
        """
        sides = self.division.groups[group], self.division.beside(group)
        first, second = (self._places(rows, members) for rows in sides)
        pairs: set[tuple[Pair, Pair]] = set()
        for one in self.found or ():
            base, rest = (sum(one.sizes[row] for row in rows) for rows in sides)
            for system in one.systems:
                if self._looks:
                    counts = _counts(system, first, second, self._looks)
                else:
                    counts = set(product(_between_bounds(system, first), _between_bounds(system, second)))
                pairs.update(((x, base), (y, rest)) for x, y in counts)
        return tuple(sorted(pairs))

    @cached_property
    def _looks(self) -> int:
        """Into how many runs the counts of a group are cut, for every way to choose sizes; 0: bounds alone are told."""
        systems = [system for one in self.found or () for system in one.systems]
        work = sum(SLOW if effort(system) >= MOST_EFFORT else 1 for system in systems)
        most = min(MOST_LOOKS, MOST_WORK // (self.answers * len(self.division.groups)))
        return min(MOST_COUNTS, most // max(work, 1))

    def sums(self, answer: int) -> Ranges:
        """Return how many gave an answer in all rows together."""
        places = self._places(range(len(self.division.rows)), (answer,))
        ends = _ends if self._looks else _between_bounds
        return united(ends(system, places) for one in self.found or () for system in one.systems)

    def tells(self, answer: int, question: Question) -> bool:
        """Whether print tells how many gave an answer in every group, and everybody is in one."""
        apart = [row for row in (self.division.others, self.division.untold) if row is not None]
        told = {
            cell.among
            for cell in question.cells
            if cell.unlabelled is None and not cell.weighted and question.categories[answer] in cell.items
        }
        return set(self.division.groups) <= told and not any(
            one.sizes[row] for one in self.found or () for row in apart
        )

    def bases(self, group: Group) -> tuple[int, ...]:
        """Return how many of a group may have answered."""
        rows = self.division.groups[group]
        return tuple(sorted({sum(one.sizes[row] for row in rows) for one in self.found or ()}))

    def tables(self, most: int) -> list[tuple[Vector, tuple[Vector, ...]]] | None:
        """Return every table: how many answered in each row, and the answers row by row; None if more than so many."""
        listed: dict[tuple[Vector, Vector], None] = {}
        for one in self.found or ():
            for system in one.systems:
                try:
                    listed.update(((one.sizes, cells), None) for cells in islice(solutions(system), most + 1))
                except TooHardError:
                    return None
                if len(listed) > most:
                    return None
        wide = self.answers
        return [
            (sizes, tuple(cells[row * wide : row * wide + wide] for row in range(len(sizes))))
            for sizes, cells in listed
        ]


def _ends(system: System, places: tuple[int, ...]) -> tuple[int, int]:
    """Return the least and the greatest value of a sum."""
    return reach(system, places, greatest=False).bound, reach(system, places, greatest=True).bound


def _counts(system: System, first: tuple[int, ...], second: tuple[int, ...], most: int) -> set[Pair]:
    """Return two sums that a system allows together, the first in no more runs than so many."""
    low, high = _ends(system, first)
    most = most if effort(system) < MOST_EFFORT else min(most, SLOW_COUNTS)
    width = -((low - high - 1) // most)  # rounded up
    found: set[Pair] = set()
    for least in range(low, high + 1, width):
        greatest = min(least + width - 1, high)
        held = System(system.domains, (*system.limits, Limit(first, least, greatest)))
        if (least, greatest) == (low, high) or solvable(held):
            ends = _ends(held, second) if second else (0, 0)
            others = range(ends[0], ends[1] + 1) if width == 1 and ends[1] - ends[0] < most else ends
            found.update(product((least, greatest), others))
    return found


@lru_cache(maxsize=4096)
def _bounds(system: System) -> Hoped:
    return hoped_of(system)


def _between_bounds(system: System, places: tuple[int, ...]) -> tuple[int, int]:
    """Return bounds on a sum that may be too wide, never too narrow."""
    low, high = (hope(_bounds(system), places, greatest=greatest) for greatest in (False, True))
    return low, high


def _summing(allowed: Sequence[Sequence[int]], total: int) -> Iterator[Vector]:
    """Yield a choice for each row, and what a total then leaves for one more row."""
    least = [min(choices, default=0) for choices in allowed]

    def explore(row: int, chosen: Vector, left: int) -> Iterator[Vector]:
        if row == len(allowed):
            yield (*chosen, left)
            return
        for size in allowed[row]:
            if left - size >= sum(least[row + 1 :]):
                yield from explore(row + 1, (*chosen, size), left - size)

    yield from explore(0, (), total)


def row_sizes(
    ways: Iterable[tuple[Vector, int]] | None, others: int | None, everybody: int
) -> tuple[Vector, ...] | None:
    """Return how many are in each row, for each way to answer the question that makes the groups.

    Parameters
    ----------
    ways : iterable of (tuple of int, int), or None
        How many gave the answers of each row, and how many were asked; None where there are too many ways.
    others : int or None
        The row that takes whoever gave none of the answers; None: one more row, of those of whom print does not say.
    everybody : int
    """
    if ways is None:
        return None
    found: dict[Vector, None] = {}
    for counts, base in ways:
        sizes = [*counts, max(everybody - base, 0)]
        sizes[-1 if others is None else others] += max(base - sum(counts), 0)
        found[tuple(sizes)] = None
    return tuple(found)
