"""The largest sets of facts that can be true together, and the count vectors that meet them.

Each sum that facts speak of (an answer alone is a sum of one) is cut into runs of values that meet the same facts.
A choice of one run for each sum is a system of bounds. Choices are tried in order of how many facts they break, so the
first that has a solution breaks the fewest; all choices of that cost are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from csea_stats.auditing.facts import cut
from csea_stats.auditing.systems import Limit, System, TooHardError, extreme, one_solution, solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.auditing.facts import Fact
    from csea_stats.auditing.systems import Ranges, Vector

MOST_READINGS = 2_000
"""Above so many joint readings, those at the extremes stand for all."""

MOST_CHOICES = 4_000
"""How many choices of facts to break are tried before the search takes facts in print order instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The unknown counts of one table, and the facts about them.

    Parameters
    ----------
    domains : tuple of ranges
        What each count may be whatever the facts say.
    facts : tuple of Fact
    total : int or None
        What the counts sum to at most; None where several answers may be given.
    complete : bool
        Whether every answer is printed, so that the counts should sum to the total.
    """

    domains: tuple[Ranges, ...]
    facts: tuple[Fact, ...]
    total: int | None
    complete: bool

    @property
    def everything(self) -> tuple[int, ...]:
        """The positions of all counts."""
        return tuple(range(len(self.domains)))


Choice = tuple[tuple[tuple[int, ...], int, int], ...]
"""For each sum that facts speak of: its members and the run of values chosen for it."""


def _options(table: Table) -> list[tuple[tuple[int, ...], list[tuple[int, int, int]]]]:
    """For each sum that facts speak of, its runs (low, high, facts broken), fewest broken first."""
    groups: dict[tuple[int, ...], list[Fact]] = {}
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


def _system(table: Table, choice: Choice) -> System | None:
    domains = list(table.domains)
    limits = [] if table.total is None else [Limit(table.everything, 0, table.total)]
    for members, low, high in choice:
        if len(members) > 1:
            limits.append(Limit(members, low, high))
            continue
        i = members[0]
        domains[i] = tuple((max(a, low), min(b, high)) for a, b in domains[i] if b >= low and a <= high)
        if not domains[i]:
            return None
    return System(tuple(domains), tuple(limits))


def _solvable(system: System | None) -> bool:
    try:
        return system is not None and one_solution(system) is not None
    except TooHardError:
        return False


def _met(table: Table, choice: Choice) -> frozenset[int]:
    """Positions of the facts that a choice of runs meets."""
    runs = {members: (low, high) for members, low, high in choice}
    return frozenset(
        i
        for i, fact in enumerate(table.facts)
        if any(low <= runs[fact.members][0] and runs[fact.members][1] <= high for low, high in fact.ranges)
    )


def _full(table: Table, systems: list[System]) -> list[System]:
    """Of systems that meet the same facts, those in which everybody answered, if any; else all as they are."""
    if table.total is None or not table.complete:
        return systems
    whole = Limit(table.everything, table.total, table.total)
    full = [System(system.domains, (*system.limits, whole)) for system in systems]
    return [system for system in full if _solvable(system)] or systems


@dataclass(frozen=True, slots=True, kw_only=True)
class Largest:
    """The systems that break the fewest facts.

    Parameters
    ----------
    systems : tuple of System
        Each has a solution; together they hold every vector that meets a largest set of facts.
    broken : int
        How many facts each of them breaks.
    searched : bool
        False: too many choices to try, and facts were taken in print order instead.
    """

    systems: tuple[System, ...]
    broken: int
    searched: bool = True


def largest(tables: Sequence[Table]) -> Largest:
    """Find the largest sets of facts that can be true together, over alternative tables with equally many facts.

    Parameters
    ----------
    tables : sequence of Table
        Alternatives, of which one is true: ways to assign values whose labels print does not give.

    Returns
    -------
    Largest
    """
    listed = [(table, _options(table)) for table in tables]
    musts = [sum(runs[0][2] for _, runs in options) for _, options in listed]
    most = max(len(table.facts) for table in tables)
    tried = 0
    for broken in range(min(musts), most + 1):
        found: list[System] = []
        for (table, options), must in zip(listed, musts, strict=True):
            if broken < must:
                continue
            kept: dict[frozenset[int], list[System]] = {}
            for choice in _choices(options, broken - must):
                tried += 1
                if tried > MOST_CHOICES:
                    return _in_print_order(tables[0])
                system = _system(table, choice)
                if system is not None and _solvable(system):
                    kept.setdefault(_met(table, choice), []).append(system)
            for systems in kept.values():
                found.extend(_full(table, systems))
        if found:
            return Largest(systems=tuple(found), broken=broken)
    return _in_print_order(tables[0])


def _in_print_order(table: Table) -> Largest:
    """Take facts one after the other, and leave out each that contradicts those before it."""
    ranges = list(table.domains)
    limits = [] if table.total is None else [Limit(table.everything, 0, table.total)]
    broken = 0
    for fact in table.facts:
        for low, high in fact.ranges:
            more = [*limits, Limit(fact.members, low, high)]
            if _solvable(System(tuple(ranges), tuple(more))):
                limits = more
                break
        else:
            broken += 1
    systems = _full(table, [System(tuple(ranges), tuple(limits))])
    return Largest(systems=tuple(systems), broken=broken, searched=False)


def vectors(found: Largest) -> tuple[Vector, ...] | None:
    """List every vector that meets a largest set of facts; None if there are too many."""
    return _vectors(found.systems)


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


def extremes(found: Largest, sums: Iterable[tuple[int, ...]]) -> tuple[Vector, ...]:
    """Return vectors that attain the least and the greatest value of each sum."""
    attained: set[Vector] = set()
    for members in dict.fromkeys(sums):
        for greatest in (False, True):
            ends = [end for system in found.systems if (end := _end(system, members, greatest=greatest)) is not None]
            if ends:
                pick = max if greatest else min
                attained.add(pick(ends, key=lambda vector: sum(vector[i] for i in members)))
    return tuple(sorted(attained))


@lru_cache(maxsize=2048)
def _end(system: System, members: tuple[int, ...], *, greatest: bool) -> Vector | None:
    try:
        return extreme(system, members, greatest=greatest)
    except TooHardError:
        return None
