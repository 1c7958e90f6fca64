"""The joint readings of a question: every count vector that meets a largest consistent set of its facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from csea_stats.auditing.causes import OtherBase, explained, other_base
from csea_stats.auditing.consistent_sets import MOST_READINGS, Largest, UnknownCounts, largest, vectors
from csea_stats.auditing.facts import PrintedFact, Unlabelled, binding, facts_of, meet, united, unlabelled_of
from csea_stats.auditing.findings import Reading
from csea_stats.auditing.rounding import MOST_COUNTS
from csea_stats.results.values import Hull

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from csea_stats.auditing.constraints import Ranges, Vector
    from csea_stats.survey.survey import Cell, Question


@dataclass(frozen=True, kw_only=True)
class LinkedAnswers:
    """Answers of a question whose counts hang together, and what their facts allow.

    Parameters
    ----------
    members : tuple of int
        Their positions among the question's categories.
    found : Largest
        Over them, in that order.
    told : bool
        Whether any fact speaks of them.
    table : UnknownCounts
        Over them, in that order.
    assigned : tuple of tuple of int
        The vectors, where values of several questions leave no other.
    """

    members: tuple[int, ...]
    found: Largest
    told: bool
    table: UnknownCounts
    assigned: tuple[Vector, ...] = ()

    @cached_property
    def listed(self) -> tuple[Vector, ...] | None:
        """The vectors; None if there are too many."""
        return self.assigned or vectors(self.found)

    @cached_property
    def domains(self) -> tuple[Ranges, ...]:
        """What each count may be at most, in their order."""
        return _allowed(self.table) if self.listed is None and not self.found.broken else self.table.domains

    def ends(self, sums: Iterable[tuple[int, ...]]) -> tuple[Vector, ...]:
        """Vectors that attain the extremes of every answer and of these sums."""
        wanted = [(place,) for place in range(len(self.members))] + [self.within(members) for members in sums]
        wanted = list(dict.fromkeys(filter(None, wanted)))
        if self.listed is None:
            return self.found.extremes(wanted)
        return tuple(
            dict.fromkeys(
                pick(self.listed, key=lambda vector, few=few: sum(vector[i] for i in few))  # type: ignore[misc]
                for few in wanted
                for pick in (min, max)
            )
        )

    def within(self, members: Iterable[int]) -> tuple[int, ...]:
        """Return the places of those of a question's answers that are among these."""
        places = {member: place for place, member in enumerate(self.members)}
        return tuple(places[i] for i in members if i in places)

    def counts(self, places: tuple[int, ...]) -> Ranges:
        """Return what a sum may be; a sum of several answers of which not all vectors are listed, between its ends."""
        if self.listed is not None:
            return united((total, total) for total in {sum(vector[i] for i in places) for vector in self.listed})
        between = (self.found.span(places),)
        return meet(self.domains[places[0]], between) if len(places) == 1 else between


@dataclass(frozen=True, kw_only=True)
class Readings:
    """What print allows for one question of one base.

    Parameters
    ----------
    base : int
    facts : tuple of PrintedFact
        Those whose answers print tells.
    parts : tuple of LinkedAnswers
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
    cause : OtherBase or None
        Another base that explains the contradictions between counts and percentages.
    """

    base: int
    facts: tuple[PrintedFact, ...]
    parts: tuple[LinkedAnswers, ...]
    one_answer: bool
    size: int
    sums: tuple[tuple[int, ...], ...]
    complete: bool
    unlabelled_cells: tuple[str, ...]
    domains: Mapping[int, Ranges]
    cause: OtherBase | None = None

    @cached_property
    def broken(self) -> int:
        """How many facts every reading breaks; loose words beside a printed number are among them."""
        return sum(part.found.broken for part in self.parts) + len(self.facts) - len(binding(self.facts))

    @property
    def missing(self) -> tuple[int, int]:
        """How few and how many may have given none of the answers."""
        if not self.one_answer:
            return 0, 0
        if self.listed:
            missing = [reading.missing for reading in self.readings]
            return min(missing), max(missing)
        counts = self.counts_of(tuple(range(self.size)))
        return self.base - counts[-1], self.base - counts[0]

    @cached_property
    def listed(self) -> bool:
        """Whether every reading is listed, rather than those at the extremes."""
        sizes = [len(part.listed) for part in self.parts if part.listed is not None]
        return len(sizes) == len(self.parts) and prod(sizes) <= MOST_READINGS

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
        """Return the values that a sum of answers may take; of too many the least and the greatest."""
        if members not in self._counts:
            self._counts[members] = self._counts_of(members)
        return self._counts[members]

    @cached_property
    def _counts(self) -> dict[tuple[int, ...], tuple[int, ...]]:
        """Of the sums that were asked for: the same sums are asked for again and again."""
        return {}

    def _counts_of(self, members: tuple[int, ...]) -> tuple[int, ...]:
        if self.listed:
            return tuple(sorted({sum(counts[i] for i in members) for counts in self.vectors}))
        found = [part.counts(places) for part in self.parts if (places := part.within(members))]
        ranges: Ranges = ((0, 0),)
        for more in found:  # what the answers of one part may be does not hang on those of another
            ranges = united((a + c, b + d) for a, b in ranges for c, d in more)
        if sum(high - low for low, high in ranges) >= MOST_COUNTS:
            return Hull(ranges[0][0], ranges[-1][1])
        return tuple(count for low, high in ranges for count in range(low, high + 1))


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
    facts : tuple of PrintedFact
        Facts from elsewhere (the range of a battery).
    assigned : tuple of tuple of int
        Every count vector that meets all facts, where values of several questions leave no other.
    elsewhere : collection of int, or None
        Other numbers of people that print names, one of which the percentages may be of; None where the base itself is
        not printed.
    shared : tuple of int
        Other bases that fit all percentages of its battery.
    """

    base: int
    domains: Mapping[int, Ranges]
    told: frozenset[int] = frozenset()
    facts: tuple[PrintedFact, ...] = ()
    assigned: tuple[Vector, ...] = ()
    elsewhere: Collection[int] | None = None
    shared: tuple[int, ...] = ()


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
    own = facts_of(question, cells, base)
    groups = unlabelled_of(question, cells, base)
    cause = None
    if frame.elsewhere is not None and not groups:
        cause = other_base(question, own, base, frame.elsewhere, frame.shared)
    facts = (*(own if cause is None else explained(question, own, cause)), *frame.facts)
    told = {i for fact in facts for i in fact.members} | {i for group in groups for i in group.members} | frame.told
    listed = question.shows_all and not (cause and question.one_answer) and len(told) == size
    if question.kind == "pick" and question.chosen is not None and not question.one_answer:
        facts = (*facts, _pick_total(question.chosen, base, size, complete=listed))
    sums = dict.fromkeys(fact.members for fact in facts if len(fact.members) > 1)
    if question.one_answer:
        sums |= dict.fromkeys(tuple(range(end)) for end in range(1, size))
    domains = tuple(frame.domains.get(i, ((0, base),)) for i in range(size))
    if question.one_answer and sum(domain[0][0] for domain in domains) > base:  # contradicted from outside: a finding
        domains = (((0, base),),) * size
    parts = []
    for members in [tuple(range(size))] if question.one_answer else _components(size, facts, groups):
        table = UnknownCounts(
            domains=tuple(domains[i] for i in members),
            facts=_within(binding(facts), members),
            total=base if question.one_answer else None,
            complete=listed,
            groups=_within(groups, members),
        )
        found = largest(table)
        parts.append(
            LinkedAnswers(
                members=members,
                found=found,
                told=bool(told.intersection(members)),
                table=table,
                assigned=() if found.broken else frame.assigned,
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
        cause=cause,
    )


def _pick_total(chosen: int, base: int, size: int, *, complete: bool) -> PrintedFact:
    total = chosen * base
    return PrintedFact(
        members=tuple(range(size)),
        kind="total",
        value=f"{chosen} per respondent",
        base=base,
        ranges=((total if complete else 0, total),),
        cells=(),
    )


def _within[Spoken: (PrintedFact, Unlabelled)](
    spoken: tuple[Spoken, ...], members: tuple[int, ...]
) -> tuple[Spoken, ...]:
    """Return what is said about these answers, with positions among them."""
    places = {member: place for place, member in enumerate(members)}
    return tuple(
        replace(one, members=tuple(places[i] for i in one.members))
        for one in spoken
        if all(i in places for i in one.members)
    )


def _allowed(table: UnknownCounts) -> tuple[Ranges, ...]:
    """Return what each count may be at most, where all facts hold."""
    domains = list(table.domains)
    for fact in table.facts:
        if len(fact.members) == 1:
            domains[fact.members[0]] = meet(domains[fact.members[0]], fact.ranges)
    for group in table.groups:
        if len(group.values) == len(group.members):
            for member, values in zip(group.members, _possible(group, domains), strict=True):
                domains[member] = meet(domains[member], values)
    return tuple(domains)


def _possible(group: Unlabelled, domains: Sequence[Ranges]) -> list[Ranges]:
    """Return for each answer the ranges of the values it can have when all others have one too.

    Each pair of an answer and a value is tried: whether the rest can be paired off (by augmenting paths).
    """
    size = range(len(group.values))
    ranges = [group.fact(group.members[0], value).ranges for value in group.values]
    fits = [[k for k in size if meet(domains[member], ranges[k])] for member in group.members]

    def seated(i: int, owner: dict[int, int], shut: set[int]) -> bool:
        for k in fits[i]:
            if k not in shut:
                shut.add(k)
                if k not in owner or seated(owner[k], owner, shut):
                    owner[k] = i
                    return True
        return False

    owner: dict[int, int] = {}
    for i in size:
        seated(i, owner, set())

    def allows(i: int, k: int) -> bool:
        """Whether an answer can have a value: the one who has it, or who loses it, finds another."""
        mine = next(value for value, whose in owner.items() if whose == i)
        others = {value: whose for value, whose in owner.items() if value not in (k, mine)}
        return k == mine or seated(owner[k], others, {k})

    return [united(one for k in fits[i] if allows(i, k) for one in ranges[k]) for i in size]


def _components(size: int, facts: tuple[PrintedFact, ...], groups: tuple[Unlabelled, ...]) -> list[tuple[int, ...]]:
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
