"""The largest sets of facts that can be true together, and the count vectors that meet them.

Each sum that facts speak of (an answer alone is a sum of one) is cut into runs of values that meet the same facts.
A choice of one run for each sum is a system of bounds. Choices are tried in order of how many facts they break, so the
first that has a solution breaks the fewest; all choices of that cost are kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from math import factorial, prod
from typing import TYPE_CHECKING

from csea_stats.auditing.constraints import (
    Limit,
    System,
    TooHardError,
    effort,
    extreme,
    hope,
    hoped_of,
    one_solution,
    solutions,
    tightens,
)
from csea_stats.auditing.facts import cut, meet
from csea_stats.auditing.programme import End, Programme

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.constraints import Hoped, Ranges, Vector
    from csea_stats.auditing.facts import PrintedFact, Unlabelled

MOST_READINGS = 2_000
"""Above so many joint readings, those at the extremes stand for all."""

MOST_EFFORT = 120.0
"""Of systems that take more steps of halving than about these, a programme finds the extremes sooner."""

MOST_CHOICES = 4_000
"""How many choices of facts to break, and of values to give to answers, are tried one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCounts:
    """The unknown counts of one table, and the facts about them.

    Parameters
    ----------
    domains : tuple of ranges
        What each count may be whatever the facts say.
    facts : tuple of PrintedFact
    total : int or None
        What the counts sum to at most; None where several answers may be given.
    complete : bool
        Whether every answer is printed, so that the counts should sum to the total.
    groups : tuple of Unlabelled
        Values of which each belongs to one of some answers.
    """

    domains: tuple[Ranges, ...]
    facts: tuple[PrintedFact, ...]
    total: int | None
    complete: bool
    groups: tuple[Unlabelled, ...] = ()

    @property
    def limits(self) -> tuple[Limit, ...]:
        """What must hold whatever the facts say."""
        return () if self.total is None else (Limit(self.everything, 0, self.total),)

    @property
    def everything(self) -> tuple[int, ...]:
        """The positions of all counts."""
        return tuple(range(len(self.domains)))


Choice = tuple[tuple[tuple[int, ...], int, int], ...]
"""For each sum that facts speak of: its members and the run of values chosen for it."""


def _options(table: UnknownCounts) -> list[tuple[tuple[int, ...], list[tuple[int, int, int]]]]:
    """For each sum that facts speak of, its runs (low, high, facts broken), fewest broken first."""
    groups: dict[tuple[int, ...], list[PrintedFact]] = {}
    for fact in table.facts:
        groups.setdefault(fact.members, []).append(fact)
    options = []
    for members, facts in groups.items():
        highest = sum(table.domains[i][-1][1] for i in members)
        highest = highest if table.total is None else min(highest, table.total)
        options.append((members, [(low, high, len(facts) - met) for low, high, met in cut(facts, highest)]))
    return options


def _choices(options: list[tuple[tuple[int, ...], list[tuple[int, int, int]]]], cost: int) -> Iterator[Choice]:
    """Every choice of runs that breaks exactly so many facts more than it must."""
    least = [runs[0][2] for _, runs in options]
    chosen = [(members, runs[0][0], runs[0][1]) for members, runs in options]
    open_at = [i for i, (_, runs) in enumerate(options) if len(runs) > 1 and runs[1][2] - least[i] <= cost]

    def explore(start: int, left: int) -> Iterator[Choice]:
        if left == 0:
            yield tuple(chosen)
        for place in range(start, len(open_at)):
            i = open_at[place]
            members, runs = options[i]
            for low, high, broken in runs[1:]:
                if broken - least[i] > left:
                    break
                chosen[i] = (members, low, high)
                yield from explore(place + 1, left - broken + least[i])
            chosen[i] = (members, runs[0][0], runs[0][1])

    yield from explore(0, cost)


def _system(table: UnknownCounts, choice: Choice) -> System | None:
    domains = list(table.domains)
    limits = [*table.limits]
    for members, low, high in choice:
        if len(members) > 1:
            limits.append(Limit(members, low, high))
            continue
        i = members[0]
        domains[i] = meet(domains[i], ((low, high),))
        if not domains[i]:
            return None
    return System(tuple(domains), tuple(limits))


@lru_cache(maxsize=2048)
def _searched(system: System) -> Vector | Programme | None:
    """Return a solution, or None; the programme of a system of which no search by halving tells either."""
    try:
        return one_solution(system)
    except TooHardError:
        return Programme(system)


def solvable(system: System) -> bool:
    """Whether some counts solve a system; also where no search can tell."""
    found = _searched(system)
    return found.possible if isinstance(found, Programme) else found is not None


def hard(system: System) -> bool:
    """Whether no search by halving tells if a system has a solution, so that it takes many times as long."""
    return isinstance(_searched(system), Programme)


@lru_cache(maxsize=2048)
def reach(system: System, members: tuple[int, ...], *, greatest: bool) -> End:
    """Return the least or the greatest value of a sum that a system with a solution allows."""
    found = _searched(system)
    try:
        searched = not isinstance(found, Programme) and effort(system) < MOST_EFFORT
        vector = extreme(system, members, greatest=greatest) if searched else None
    except TooHardError:
        vector = None
    if vector is None:
        programme = found if isinstance(found, Programme) else Programme(system)
        return programme.end(members, greatest=greatest)
    return End(sum(vector[i] for i in members), vector)


def _met(table: UnknownCounts, choice: Choice) -> frozenset[int]:
    """Positions of the facts that a choice of runs meets."""
    runs = {members: (low, high) for members, low, high in choice}
    return frozenset(
        i
        for i, fact in enumerate(table.facts)
        if any(low <= runs[fact.members][0] and runs[fact.members][1] <= high for low, high in fact.ranges)
    )


def _full(table: UnknownCounts, systems: list[System]) -> list[System]:
    """Of systems that meet the same facts, those in which everybody answered, if any; else all as they are."""
    if table.total is None or not table.complete:
        return systems
    whole = Limit(table.everything, table.total, table.total)
    full = [System(system.domains, (*system.limits, whole)) for system in systems]
    return [system for system in full if solvable(system)] or systems


Given = tuple[tuple[int, str], ...]
"""Answers and the values given to them."""


def _filled(system: System, groups: Sequence[Unlabelled], left_out: int) -> Iterator[tuple[Given, System | None]]:
    """Yield every way to give all but so many values to answers, with its system; None where that has no solution."""
    fits = {
        (place, member): {
            value: inside
            for value in dict.fromkeys(group.values)
            if (inside := meet(system.domains[member], group.fact(member, value).ranges))
        }
        for place, group in enumerate(groups)
        for member in group.members
    }
    seats = sorted(fits, key=lambda seat: len(fits[seat]))
    due = sum(len(group.values) for group in groups) - left_out
    copies = [Counter(group.values) for group in groups]

    def explore(at: int, given: Given, system: System) -> Iterator[tuple[Given, System | None]]:
        open_seats = Counter(place for place, _ in seats[at:])
        if len(given) + sum(min(open_seats[place], some.total()) for place, some in enumerate(copies)) < due:
            yield given, None
            return
        if len(given) == due:
            yield given, system
            return
        place, member = seats[at]
        for value in fits[seats[at]]:
            inside = meet(system.domains[member], fits[seats[at]][value])
            if not copies[place][value] or not inside:
                continue
            more = System((*system.domains[:member], inside, *system.domains[member + 1 :]), system.limits)
            if not tightens(more):
                yield given, None
                continue
            copies[place][value] -= 1
            yield from explore(at + 1, (*given, (member, value)), more)
            copies[place][value] += 1
        yield from explore(at + 1, given, system)

    yield from explore(0, (), system)


@dataclass(frozen=True, slots=True)
class Alike:
    """Values shared out among answers of which print says nothing else: any of them may have any."""

    group: Unlabelled
    highest: int

    def end(self, members: tuple[int, ...], *, greatest: bool) -> End:
        """Return the least or the greatest value of a sum, which has the smallest or the largest values."""
        free = (0, self.highest)  # an answer without a value
        windows = [(one[0][0], one[-1][1]) for one in map(self._ranges, self.group.values)]
        windows += [free] * (len(self.group.members) - len(windows))
        counts = sorted((window[greatest] for window in windows), reverse=greatest)
        others = [member for member in self.group.members if member not in members]
        vector = dict(zip([*members, *others], counts, strict=True))
        return End(sum(counts[: len(members)]), tuple(vector[member] for member in sorted(vector)))

    def _ranges(self, value: str) -> Ranges:
        return self.group.fact(self.group.members[0], value).ranges


@dataclass(frozen=True, kw_only=True)
class Largest:
    """What breaks the fewest facts.

    Parameters
    ----------
    systems : tuple of System
        Each has a solution; together they hold every vector that meets a largest set of facts.
    broken : int
        How many facts each of them breaks.
    programme : Programme, Alike or None
        In place of systems, where there are too many.
    """

    systems: tuple[System, ...]
    broken: int
    programme: Programme | Alike | None = None

    @cached_property
    def _bounds(self) -> tuple[Hoped, ...]:
        return tuple(map(hoped_of, self.systems))

    def end(self, members: tuple[int, ...], *, greatest: bool) -> End:
        """Return the least or the greatest value of a sum; it may be a bound beyond it where no vector is told."""
        if self.programme is not None:
            return self.programme.end(members, greatest=greatest)
        hoped = [hope(bounds, members, greatest=greatest) for bounds in self._bounds] if len(self.systems) > 1 else [0]
        best: End | None = None
        for place in sorted(range(len(hoped)), key=lambda i: hoped[i], reverse=greatest):
            if best is not None and (hoped[place] <= best.bound if greatest else hoped[place] >= best.bound):
                break  # no other system reaches further
            end = reach(self.systems[place], members, greatest=greatest)
            if best is None or (end.bound > best.bound if greatest else end.bound < best.bound):
                best = end
        return best or End(0, None)

    @property
    def alike(self) -> bool:
        """Whether answers may have any of the values, as print says nothing else of them."""
        return isinstance(self.programme, Alike)

    def span(self, members: tuple[int, ...]) -> tuple[int, int]:
        """Return bounds on a sum."""
        return self.end(members, greatest=False).bound, self.end(members, greatest=True).bound

    def extremes(self, sums: Iterable[tuple[int, ...]]) -> tuple[Vector, ...]:
        """Return vectors that attain the least and the greatest value of each sum."""
        ends = [self.end(members, greatest=greatest) for members in dict.fromkeys(sums) for greatest in (False, True)]
        return tuple(sorted({end.vector for end in ends if end.vector is not None}))


def largest(table: UnknownCounts) -> Largest:
    """Find the largest sets of facts that can be true together.

    A value without a label counts as a fact: it is broken where no answer has it.

    Parameters
    ----------
    table : UnknownCounts

    Returns
    -------
    Largest
    """
    if _alike(table) and ways_of(table.groups[0]) > MOST_READINGS:
        return Largest(systems=(), broken=0, programme=Alike(table.groups[0], table.domains[0][0][1]))
    options = _options(table)
    must, values = sum(runs[0][2] for _, runs in options), sum(len(group.values) for group in table.groups)
    tried = 0
    for more in range(len(table.facts) + values - must + 1):
        kept: dict[tuple[frozenset[int], Given], list[System]] = {}
        for left_out in range(min(more, values) + 1):
            for choice in _choices(options, more - left_out):
                start = _system(table, choice)
                for given, system in _filled(start, table.groups, left_out) if start else (((), None),):
                    tried += 1
                    if tried > MOST_CHOICES or (table.groups and len(kept) > MOST_READINGS):
                        return _bounded(table)
                    if system is not None and solvable(system):
                        kept.setdefault((_met(table, choice), tuple(sorted(given))), []).append(system)
        if kept:
            return Largest(
                systems=tuple(one for some in kept.values() for one in _full(table, some)), broken=must + more
            )
    return _bounded(table)


def _alike(table: UnknownCounts) -> bool:
    """Whether values without labels are all that is said, and all answers may have each of them."""
    alone = len(table.groups) == 1 and not table.facts and not table.limits
    return alone and len(set(table.domains)) == len(table.domains[0]) == 1


def ways_of(group: Unlabelled) -> int:
    """Count the distinct ways to assign values to answers."""
    size, shown = len(group.members), len(group.values)
    return factorial(size) // factorial(size - shown) // prod(map(factorial, Counter(group.values).values()))


def _bounded(table: UnknownCounts) -> Largest:
    """Return the programme of a table whose readings are too many to go through."""
    facts = [(fact.members, fact.ranges) for fact in table.facts]
    programme = Programme(System(table.domains, table.limits), facts, table.groups)
    number = len(table.facts) + sum(len(group.values) for group in table.groups)
    if table.complete and table.total is not None and programme.met[0] == number and not table.groups:
        whole = Limit(table.everything, table.total, table.total)
        full = Programme(System(table.domains, (*table.limits, whole)), facts)
        programme = full if full.possible and full.met[0] == number else programme
    return Largest(systems=(), broken=number - programme.met[0], programme=programme)


def vectors(found: Largest) -> tuple[Vector, ...] | None:
    """List every vector that meets a largest set of facts; None if there are too many."""
    return None if found.programme is not None else _vectors(found.systems)


@lru_cache(maxsize=128)  # the questions of a battery have equal systems
def _vectors(systems: tuple[System, ...]) -> tuple[Vector, ...] | None:
    listed: set[Vector] = set()
    try:
        for system in systems:
            listed.update(islice(solutions(system), MOST_READINGS + 1))
            if len(listed) > MOST_READINGS:
                return None
    except TooHardError:
        return None
    return tuple(sorted(listed))
