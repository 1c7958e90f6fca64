"""The joint readings of a question: every count vector that meets a largest consistent set of its facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations, product
from math import factorial, prod
from typing import TYPE_CHECKING

from csea_stats.auditing.facts import Fact, facts_of, unlabelled_of
from csea_stats.auditing.findings import Reading
from csea_stats.auditing.largest import MOST_READINGS, Largest, Table, extremes, largest, vectors
from csea_stats.auditing.rounding import MOST_COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.auditing.facts import Unlabelled
    from csea_stats.auditing.systems import Ranges, Vector
    from csea_stats.survey.format import Cell, Question

MOST_ASSIGNMENTS = 300
"""Up to so many ways to assign unlabelled values to answers are expanded; above, each answer takes every value."""

Assignment = tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Answers of a question whose counts hang together, and what their facts allow.

    Parameters
    ----------
    members : tuple of int
        Their positions among the question's categories.
    found : Largest
        Over them, in that order.
    listed : tuple of tuple of int, or None
        The vectors; None if there are too many.
    complete : bool
        Whether those are all; False where not every way to assign unlabelled values was tried.
    told : bool
        Whether any fact speaks of them.
    """

    members: tuple[int, ...]
    found: Largest
    listed: tuple[Vector, ...] | None
    complete: bool
    told: bool

    def ends(self, sums: Iterable[tuple[int, ...]]) -> tuple[Vector, ...]:
        """Vectors that attain the extremes of every answer and of these sums."""
        places = {member: place for place, member in enumerate(self.members)}
        inside = [tuple(places[i] for i in members if i in places) for members in sums]
        wanted = dict.fromkeys([*((place,) for place in range(len(self.members))), *filter(None, inside)])
        if self.listed is None:
            return extremes(self.found, wanted)
        return tuple(
            dict.fromkeys(
                pick(self.listed, key=lambda vector, few=few: sum(vector[i] for i in few))  # type: ignore[misc]
                for few in wanted
                for pick in (min, max)
            )
        )


@dataclass(frozen=True, kw_only=True)
class Readings:
    """What print allows for one question of one base.

    Parameters
    ----------
    base : int
    facts : tuple of Fact
        Those whose answers print tells.
    parts : tuple of Part
    one_answer : bool
    size : int
        Number of categories.
    sums : tuple of tuple of int
        Printed and cumulative sums, whose extremes are attained.
    complete : bool
        Whether every answer is printed.
    unlabelled_cells : tuple of str
        Names of the cells whose values have no labels.
    domains : mapping of position to ranges
        What an answer may be, where something other than its own cells says so.
    """

    base: int
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    one_answer: bool
    size: int
    sums: tuple[tuple[int, ...], ...]
    complete: bool
    unlabelled_cells: tuple[str, ...]
    domains: Mapping[int, Ranges]

    @property
    def broken(self) -> int:
        """How many facts every reading breaks."""
        return sum(part.found.broken for part in self.parts)

    @property
    def searched(self) -> bool:
        """Whether every choice of facts to break was tried."""
        return all(part.found.searched for part in self.parts)

    @cached_property
    def listed(self) -> bool:
        """Whether every reading is listed, rather than those at the extremes."""
        sizes = [len(part.listed) if part.listed is not None and part.complete else None for part in self.parts]
        return None not in sizes and prod(size for size in sizes if size is not None) <= MOST_READINGS

    @cached_property
    def vectors(self) -> tuple[Vector, ...]:
        """Every count vector; those at the extremes where there are too many."""
        if self.listed:
            return tuple(
                sorted(self._joined(choice) for choice in product(*(part.listed or () for part in self.parts)))
            )
        ends = [part.listed if part.listed and len(part.listed) <= 50 else part.ends(self.sums) for part in self.parts]
        first = [some[0] for some in ends]
        chosen = {self._joined(first)}
        for place, some in enumerate(ends):
            chosen.update(self._joined([*first[:place], vector, *first[place + 1 :]]) for vector in some)
        chosen.update(
            self._joined(self._at_end(ends, members, greatest=g)) for members in self.sums for g in (False, True)
        )
        return tuple(sorted(chosen))

    def _at_end(self, ends: list[tuple[Vector, ...]], members: tuple[int, ...], *, greatest: bool) -> list[Vector]:
        pick = max if greatest else min
        chosen = []
        for part, some in zip(self.parts, ends, strict=True):
            places = [place for place, member in enumerate(part.members) if member in members]
            chosen.append(pick(some, key=lambda vector, places=places: sum(vector[i] for i in places)))  # type: ignore[misc]
        return chosen

    def _joined(self, choice: Sequence[Vector]) -> Vector:
        counts = [0] * self.size
        for part, vector in zip(self.parts, choice, strict=True):
            for member, count in zip(part.members, vector, strict=True):
                counts[member] = count
        return tuple(counts)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Every reading, with the cells that it sets aside."""
        return tuple(self._reading(counts) for counts in self.vectors)

    def _reading(self, counts: Vector) -> Reading:
        broken = [fact for fact in self.facts if not fact.holds(counts)]
        aside = dict.fromkeys(cell for fact in broken if fact.kind != "unlabelled" for cell in fact.cells)
        if len(broken) < self.broken:
            aside |= dict.fromkeys(self.unlabelled_cells)
        missing = self.base - sum(counts) if self.one_answer else 0
        return Reading(counts=counts, missing=missing, cells_set_aside=tuple(aside))

    def counts_of(self, members: tuple[int, ...]) -> tuple[int, ...]:
        """Return the values that a sum of answers may take; every value between the ends where not all are listed."""
        if self.listed:
            return tuple(sorted({sum(counts[i] for i in members) for counts in self.vectors}))
        low = high = 0
        for part in self.parts:
            places = tuple(place for place, member in enumerate(part.members) if member in members)
            if not places:
                continue
            if len(members) == 1 and part.listed is not None:  # each value was tried for each answer
                return tuple(sorted({vector[places[0]] for vector in part.listed}))
            some = part.listed if part.listed is not None else extremes(part.found, [places])
            values = [sum(vector[i] for i in places) for vector in some]
            low, high = low + min(values), high + max(values)
        return tuple(range(low, high + 1)) if high - low < MOST_COUNTS else (low, high)


def ways_of(group: Unlabelled) -> int:
    """Count the distinct ways to assign values to answers."""
    size, shown = len(group.members), len(group.values)
    repeats = prod(factorial(group.values.count(value)) for value in set(group.values))
    return factorial(size) // factorial(size - shown) // repeats


def _all_ways(group: Unlabelled) -> list[Assignment]:
    empty = len(group.members) - len(group.values)
    ways = dict.fromkeys(permutations((*group.values, *[""] * empty)))
    return [_assign(group, way) for way in ways]


def _assign(group: Unlabelled, way: Sequence[str]) -> Assignment:
    return tuple(group.fact(member, value) for member, value in zip(group.members, way, strict=True) if value)


def _each_value_once(group: Unlabelled, sums: Iterable[tuple[int, ...]]) -> list[Assignment]:
    """Return assignments in which every answer takes every value, and every sum its extremes."""
    size = len(group.members)
    padded = sorted([*group.values, *[""] * (size - len(group.values))], key=lambda value: float(value or -1))
    distinct = list(dict.fromkeys(padded))
    if size * len(distinct) > 2 * MOST_ASSIGNMENTS:
        distinct = [distinct[0], distinct[-1]]
    ways: dict[tuple[str, ...], None] = {}
    for place, value in product(range(size), distinct):
        rest = list(padded)
        rest.remove(value)
        turned = rest[place:] + rest[:place]
        ways[(*turned[:place], value, *turned[place:])] = None
    for members in sums:
        inside = [place for place, member in enumerate(group.members) if member in members]
        outside = [place for place in range(size) if place not in inside]
        for order in (padded, padded[::-1]):
            way = [""] * size
            for place, value in zip([*inside, *outside], order, strict=True):
                way[place] = value
            ways[tuple(way)] = None
    return [_assign(group, way) for way in ways]


def _assignments(groups: Sequence[Unlabelled], sums: Sequence[tuple[int, ...]]) -> tuple[list[Assignment], bool]:
    """Return the assignments to try, and whether they are all."""
    if prod(ways_of(group) for group in groups) <= MOST_ASSIGNMENTS:
        joint = product(*(_all_ways(group) for group in groups))
        return [tuple(fact for way in ways for fact in way) for ways in joint], True
    each = [_each_value_once(group, sums) for group in groups]
    longest = max(len(ways) for ways in each)
    turns = range(longest)
    return [tuple(fact for ways in each for fact in ways[turn % len(ways)]) for turn in turns], False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds the cells of one table.

    Parameters
    ----------
    base : int
    domains : mapping of position to ranges
        What an answer may be, where something other than its cells says so.
    told : frozenset of int
        Answers that print tells elsewhere (values of a battery whose labels are unknown).
    facts : tuple of Fact
        Facts from elsewhere (the range of a battery).
    assigned : tuple of tuple of int
        Every count vector that meets all facts, where values of several questions leave no other.
    """

    base: int
    domains: Mapping[int, Ranges]
    told: frozenset[int] = frozenset()
    facts: tuple[Fact, ...] = ()
    assigned: tuple[Vector, ...] = ()


def read(question: Question, cells: Sequence[Cell], frame: Frame) -> Readings:
    """Return what the cells of one table allow.

    Parameters
    ----------
    question : Question
    cells : sequence of Cell
        Of the question's respondents, or of one subgroup.
    frame : Frame
        The base and what else is known.
    """
    base, size = frame.base, len(question.categories)
    facts = (*facts_of(question, cells, base), *frame.facts)
    groups = unlabelled_of(question, cells, base)
    told = {i for fact in facts for i in fact.members} | {i for group in groups for i in group.members} | frame.told
    listed = not question.partial and len(told) == size and (question.list_length or size) <= size
    if question.kind == "pick" and question.chosen is not None and not question.one_answer:
        facts = (*facts, _pick_total(question.chosen, base, size, complete=listed))
    sums = dict.fromkeys(fact.members for fact in facts if len(fact.members) > 1)
    if question.one_answer:
        sums |= dict.fromkeys(tuple(range(end)) for end in range(1, size))
    domains = tuple(frame.domains.get(i, ((0, base),)) for i in range(size))
    if question.one_answer and sum(domain[0][0] for domain in domains) > base:  # contradicted from outside: a finding
        domains = (((0, base),),) * size
    tables, all_ways = _tables(facts, groups, tuple(sums))
    parts = []
    for members in [tuple(range(size))] if question.one_answer else _components(size, facts, groups):
        found = largest(
            [
                Table(
                    domains=tuple(domains[i] for i in members),
                    facts=_within(table, members),
                    total=base if question.one_answer else None,
                    complete=listed,
                )
                for table in _distinct(tables, members)
            ]
        )
        parts.append(
            Part(
                members=members,
                found=found,
                listed=frame.assigned if frame.assigned and not found.broken else vectors(found),
                complete=all_ways or not any(set(group.members).intersection(members) for group in groups),
                told=bool(told.intersection(members)),
            )
        )
    return Readings(
        base=base,
        facts=facts,
        parts=tuple(parts),
        one_answer=question.one_answer,
        size=size,
        sums=tuple(sums),
        complete=listed,
        unlabelled_cells=tuple(group.cell for group in groups),
        domains=frame.domains,
    )


def _pick_total(chosen: int, base: int, size: int, *, complete: bool) -> Fact:
    total = chosen * base
    return Fact(
        members=tuple(range(size)),
        kind="total",
        value=f"{chosen} per respondent",
        base=base,
        ranges=((total if complete else 0, total),),
        cells=(),
    )


def _tables(
    facts: tuple[Fact, ...], groups: tuple[Unlabelled, ...], sums: tuple[tuple[int, ...], ...]
) -> tuple[list[tuple[Fact, ...]], bool]:
    if not groups:
        return [facts], True
    assignments, all_ways = _assignments(groups, sums)
    return [(*facts, *assignment) for assignment in assignments], all_ways


def _distinct(tables: list[tuple[Fact, ...]], members: tuple[int, ...]) -> list[tuple[Fact, ...]]:
    """Leave out tables that do not differ in these answers."""
    if len(tables) == 1:
        return tables
    chosen = set(members)
    return list({tuple(fact for fact in table if chosen.issuperset(fact.members)): table for table in tables}.values())


def _within(facts: tuple[Fact, ...], members: tuple[int, ...]) -> tuple[Fact, ...]:
    """Return the facts about these answers, with positions among them."""
    places = {member: place for place, member in enumerate(members)}
    return tuple(
        replace(fact, members=tuple(places[i] for i in fact.members))
        for fact in facts
        if all(i in places for i in fact.members)
    )


def _components(size: int, facts: tuple[Fact, ...], groups: tuple[Unlabelled, ...]) -> list[tuple[int, ...]]:
    """Split answers into those that facts tie together."""
    label = list(range(size))
    for members in (*(fact.members for fact in facts), *(group.members for group in groups)):
        old, new = {label[i] for i in members}, label[members[0]]
        if len(old) > 1:
            label = [new if one in old else one for one in label]
    together: dict[int, list[int]] = {}
    for i, one in enumerate(label):
        together.setdefault(one, []).append(i)
    return [tuple(members) for members in together.values()]
