"""Every table of a survey, read once: whole questions, nested ones, subgroups, batteries."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import cache, cached_property, reduce
from itertools import product
from math import inf, prod
from typing import TYPE_CHECKING

from csea_stats.auditing.assignments import assigned, complete, sheet_of
from csea_stats.auditing.causes import shared_base
from csea_stats.auditing.facts import (
    MOST_LISTED,
    PrintedFact,
    bases_between,
    between,
    broken_by,
    facts_of,
    meet,
    percent_ranges,
    positions,
    ranges_between,
    united,
)
from csea_stats.auditing.number_words import amount_in_words
from csea_stats.auditing.open_bases import OfBase, Spans, spans
from csea_stats.auditing.readings import Frame, Readings, read
from csea_stats.auditing.two_way import Division, TwoWay, row_sizes, said
from csea_stats.errors import UnknownName
from csea_stats.results.values import Hull
from csea_stats.survey.survey import NOT_PRINTED, base_of, battery_cell_name, group_count, groups_within, printed_bases

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from csea_stats.auditing.assignments import Assignments
    from csea_stats.auditing.constraints import Ranges, Vector
    from csea_stats.auditing.findings import Reading
    from csea_stats.auditing.two_way import Said
    from csea_stats.survey.survey import Battery, Cell, Group, Question, Survey

MOST_BASES = 60
"""Of more feasible bases than these, the smallest and the largest stand for all."""

MOST_TIMES = 10
"""Where print does not say how many answered, at most so many times the largest number that it prints are looked at."""

MOST_SCANNED = 5_000
"""So many bases are tried from either end at most until one fits."""

MOST_WAYS = 200_000
"""So many ways to share people out among groups of unknown size are looked through at most."""

Key = tuple[str, "Group | None"]


class Book:
    """The tables of one survey, each read when first asked for.

    Parameters
    ----------
    survey : Survey
    """

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._questions = {question.id: question for question in survey.question}
        self._tables: dict[Key, tuple[Readings, ...]] = {}
        self._open: set[Key] = set()
        groups = [part for q in survey.question for g in (q.among, *groups_within(q)) if g for part in g.parts]
        self._named = {
            name: frozenset(x for g in groups if g.question == name for x in g.items) for name in self._questions
        }
        self._parts: dict[tuple[str, Group | None, int], Readings] = {}
        self._fitted: dict[tuple[object, ...], tuple[int, ...]] = {}
        self._two_way: dict[tuple[str, tuple[Group, ...]], TwoWay] = {}
        self._cut: set[str] = set()
        self._spans: dict[Key, Spans | None] = {}
        self._batteries = {battery.id: battery.questions for battery in survey.battery}
        self._assigned: dict[str, tuple[Assignments, bool] | None] = {}

    def question(self, question_id: str) -> Question:
        """Return a question by its id."""
        if question_id not in self._questions:
            raise UnknownName("question", question_id, self._questions)
        return self._questions[question_id]

    def bases(self, question_id: str, among: Group | None = None) -> tuple[int, ...]:
        """Return the bases that print allows: as printed, else how many gave the group's answer."""
        return self._few(self._every_base(question_id, among), question_id if among is None else None)

    def _every_base(self, question_id: str, among: Group | None) -> tuple[int, ...]:
        """Return all bases that print allows; their ends where they are too many to list."""
        question = self.question(question_id)
        if among is None:
            if isinstance(question.base, int):
                return (question.base,)
            whole = self._everybody() if question.among is None else self._sizes(question.among)
            own = self._own_base(question)
            if own is not None and own <= max(whole):
                return (own,)
            if question.base is None and question.missing is None and self.survey.people is not None:
                return whole if len(whole) == 1 else self._fitting(question, None, whole)
            most = max(whole) - (question.missing is not None)
            return self._fitting(question, None, range(1, most + 1))
        split = self.two_way(question_id, among)
        return (split.bases(among) if split else ()) or self._candidates(question, among)

    def most(self, question: Question, among: Group | None = None) -> int:
        """Return of how many people at most a number can be that print gives of a question, or of a group in it."""
        people = self.survey.people or max(self.people, default=MOST_LISTED)
        limits = [people, *([question.base] if isinstance(question.base, int) else [])]
        limits += [max(self._sizes(group)) for group in (question.among, among) if group is not None]
        return min(limits)

    def most_answered(self, question: Question) -> int | None:
        """Return how many at most answered a question; None where print sets no limit."""
        bases = self.bases(question.id)
        limited = self.survey.people is not None or isinstance(question.base, int) or self._own_base(question) in bases
        return max(bases) if limited else None

    def _own_base(self, question: Question) -> int | None:
        """Return the base that every number on all who answered prints, if there is one."""
        own = {cell.base for cell in question.cells_among(None) if not cell.weighted}
        return base if len(own) == 1 and isinstance(base := own.pop(), int) else None

    def _few(self, bases: tuple[int, ...], question_id: str | None = None) -> tuple[int, ...]:
        """Return bases; of many the smallest and the largest, which stand for all but in a two-way table."""
        if len(bases) <= MOST_BASES and not isinstance(bases, Hull):
            return bases
        if question_id is not None:
            self._cut.add(question_id)
        return Hull(bases[0], bases[-1])

    def _everybody(self) -> tuple[int, ...]:
        """Return how many may have answered: where print does not say, from the largest number that it does say on."""
        if self.survey.people is not None:
            return (self.survey.people,)
        numbers = [n for q in self.survey.question for n in printed_bases(q)]
        numbers += [cell.count for q in self.survey.question for cell in q.cells if cell.count is not None]
        implied = [bases_between(q, q.cells_among(None)) for q in self.survey.question]
        least = max([1, *numbers])
        most = MOST_TIMES * max(least, *(low for low, _ in implied))  # a base may be that of a part
        return Hull(least, int(max(most, MOST_LISTED, *(high for _, high in implied if high < inf))))

    def _fitting(self, question: Question, group: Group | None, bases: Sequence[int]) -> tuple[int, ...]:
        """Return the bases with which print about a question, or about a group in it, contradicts itself the least."""
        key = question.id, group, type(bases), tuple(bases)
        if key not in self._fitted:
            self._fitted[key] = self._least_broken(question, group, bases)
        return self._fitted[key]

    def _least_broken(self, question: Question, group: Group | None, bases: Sequence[int]) -> tuple[int, ...]:
        cells = question.cells_among(group)

        def breaks(base: int) -> int:
            return broken_by(question, cells, base)

        if isinstance(bases, Hull) or len(bases) > MOST_LISTED:  # the ends are enough: all between lie within
            every = range(bases[0], bases[-1] + 1) if isinstance(bases, Hull) else bases
            first, last = bases_between(question, cells)
            inside = every[bisect_left(every, first) : bisect_right(every, last)]
            if inside and len(inside) < min(len(every), MOST_LISTED):
                return self._least_broken(question, group, inside)
            every = inside or every
            alone = [cell.count for cell in cells if cell.count and cell.base is None and len(cell.items) == 1]
            enough = every[bisect_left(every, max(alone, default=0)) :]  # fewer break that count
            low, high = (
                next((base for base in some[:MOST_SCANNED] if not breaks(base)), end)
                for some, end in ((enough, every[0]), (every[::-1], every[-1]))
            )
            return (low,) if low == high else Hull(min(low, high), max(low, high))
        broken = {base: breaks(base) for base in bases}
        fewest = min(broken.values())
        found = tuple(base for base in bases if broken[base] == fewest)
        if 1 < len(found) <= MOST_BASES:
            tables = {base: self.alone(question, group, base) for base in found}
            worst = {base: (_broken(one), one.complete and one.missing[0] > 0) for base, one in tables.items()}
            least = min(worst.values())
            found = tuple(base for base in found if worst[base] == least)
        return found

    def _candidates(self, question: Question, group: Group) -> tuple[int, ...]:
        """Return the bases that print about a group allows, taken by itself."""
        cells = question.cells_among(group)
        bases = tuple(sorted({cell.base for cell in cells if isinstance(cell.base, int)}))
        if not bases:
            sizes = self._sizes(group)
            asked = self.bases(question.id)
            lost = max(self._everybody()) - min(asked)
            ends = max(min(sizes) - lost, 0), min(max(sizes), max(asked))
            if lost > 0 and ends[0] <= ends[1]:  # some of the group may not have answered
                sizes = between(*ends)
            if any(cell.base == NOT_PRINTED for cell in cells):
                sizes = between(1, max(*sizes, 1))
            if any(cell.count != 0 for cell in cells):  # a percentage is of somebody
                told = tuple(size for size in sizes if size) or sizes
                sizes = Hull(max(sizes[0], 1), sizes[1]) if isinstance(sizes, Hull) else told
            words = [amount_in_words(cell.words).of for cell in cells if cell.words]
            named = {of for of in words if of is not None}
            inside = range(sizes[0], sizes[-1] + 1) if isinstance(sizes, Hull) else sizes
            bases = tuple(sorted(named.intersection(inside))) or sizes
        return bases if len(bases) == 1 else self._fitting(question, group, bases)

    def _sizes(self, group: Group) -> tuple[int, ...]:
        """Return how many print allows in a group: where it has several parts, at most as many as each part."""
        if (group.question, None) in self._open and not group.also:  # a question that defines itself
            return self._everybody()
        by = self.question(group.question)
        if group.also:
            parts = [self._sizes(part) for part in group.parts]
            everybody = max(self._everybody())
            least = max(sum(min(sizes) for sizes in parts) - (len(parts) - 1) * everybody, 0)
            most = min(max(sizes) for sizes in parts)
        elif len(group.items) > 1 and not by.one_answer:  # some may have given several of its answers
            counts = [self.counts_of(by.id, (item,)) for item in group.items]
            least = max(some[0] for some in counts)
            most = min(sum(some[-1] for some in counts), max(self.bases(by.id)))
        else:
            found = self.counts_of(by.id, group.items)
            return found if len(found) <= MOST_LISTED else Hull(found[0], found[-1])
        return between(least, most)

    def alone(self, question: Question, group: Group | None, base: int) -> Readings:
        """Read what print tells of a group, or of all, by itself."""
        key = (question.id, group, base)
        if key not in self._parts:
            cells = question.cells_among(group)
            frame = Frame(base=base, domains={}, elsewhere=self._elsewhere(question, cells, base))
            self._parts[key] = read(question, cells, frame)
        return self._parts[key]

    def two_way(self, question_id: str, group: Group) -> TwoWay | None:
        """Return a question by all printed groups that share people out as a group does; None within itself."""
        question = self.question(question_id)
        alike = tuple(one for one in groups_within(question) if self._shares(one, group))
        key = (question_id, alike or (group,))
        if (question_id, None) in self._open or any((one.question, None) in self._open for one in group.parts):
            return None
        if key not in self._two_way:
            self._two_way[key] = self._divided(question, key[1])
        return self._two_way[key]

    def two_ways(self, question_id: str) -> tuple[TwoWay, ...]:
        """Return a question by each set of groups that share people out, in print order."""
        found = [self.two_way(question_id, group) for group in groups_within(self.question(question_id))]
        return tuple({id(split): split for split in found if split is not None}.values())

    def _shares(self, one: Group, other: Group) -> bool:
        """Whether two groups are answers to one question that everybody answers once."""
        if one == other:
            return True
        alike = one.question == other.question and not one.also and not other.also
        return alike and self.question(one.question).one_answer

    def _divided(self, question: Question, groups: tuple[Group, ...]) -> TwoWay:
        tables = self.tables(question.id)
        parts = {group: self._candidates(question, group) for group in groups}
        everybody = max(*self._everybody(), *(table.base for table in tables))
        own = {group: [one.base for one in question.cells_among(group) if one.base is not None] for group in groups}
        printed = {group: parts[group] if own[group] else () for group in groups}
        numbers = {group: parts[group] if any(isinstance(n, int) for n in own[group]) else () for group in groups}

        @cache
        def within(group: Group, base: int) -> Said | None:
            some = parts[group]
            inside = some[0] <= base <= some[-1] if isinstance(some, Hull) else base in some
            return said(self.alone(question, group, base)) if inside else None

        split = TwoWay(
            question=question.id,
            division=self._division(groups, everybody, cut=question.id in self._cut),
            answers=len(question.categories),
            one_answer=question.one_answer,
            chosen=question.chosen,
            totals={table.base: said(table) for table in tables},
            within=within,
            missing={table.base: table.missing for table in tables},
            lost={table.base: everybody - table.base for table in tables},
            printed=printed,
            supposed=question.base is None and question.missing is None and self._own_base(question) is None,
        )
        simpler = (replace(split, division=one) for one in self._simpler(split.division, numbers))
        return next((one for one in simpler if one.found), split)

    def _division(self, groups: tuple[Group, ...], everybody: int, *, cut: bool) -> Division:
        """Return how groups divide people; without their sizes where bases are too many to go through."""
        first = groups[0]
        by = self.question(first.question)
        if first.also or not by.one_answer:
            wholes = (everybody,) if first.also else self.bases(by.id)
            found = self._sizes(first)
            many = isinstance(found, Hull)
            sizes = tuple((n, whole - n, max(everybody - whole, 0)) for n in found for whole in wholes if n <= whole)
            return Division(
                rows=(first.items, (), ()),
                groups={first: (0,)},
                others=1,
                untold=2,
                sizes=None if cut or many or by.id in self._cut else sizes,
            )
        marks = [tuple(item in group.items for group in groups) for item in by.categories]
        kinds = list(dict.fromkeys(mark for mark in marks if any(mark)))
        open_ended = by.partial or not all(map(any, marks))
        kinds += [(False,) * len(groups)] if open_ended else []
        places = [[i for i, mark in enumerate(marks) if mark == kind] for kind in kinds]
        rows = (*(tuple(by.categories[i] for i in some) for some in places), ())
        others = len(kinds) - 1 if open_ended else None
        return Division(
            rows=rows,
            groups={group: tuple(i for i, kind in enumerate(kinds) if kind[k]) for k, group in enumerate(groups)},
            others=others,
            untold=len(kinds),
            sizes=None
            if cut or isinstance(self.bases(by.id), Hull)
            else row_sizes(self._ways(by, places), others, everybody),
        )

    def _ways(self, by: Question, places: list[list[int]]) -> Iterator[tuple[Vector, int]] | None:
        """Return how many gave the answers of each row, and how many were asked, each way; None if too many."""
        tables = self.tables(by.id)
        if all(table.listed for table in tables):
            return (
                (tuple(sum(r.counts[i] for i in some) for some in places), t.base) for t in tables for r in t.readings
            )
        counts = [(table.base, [table.counts_of(tuple(some)) for some in places]) for table in tables]
        cut = any(isinstance(one, Hull) for _, several in counts for one in several)
        if cut or sum(prod(map(len, several)) for _, several in counts) > MOST_WAYS:
            return None
        return ((one, base) for base, several in counts for one in product(*several) if sum(one) <= base)

    def _simpler(self, division: Division, printed: dict[Group, tuple[int, ...]]) -> Iterator[Division]:
        """Yield a division without what nothing speaks for, to be taken where all that is printed fits it.

        That somebody is in none of the groups, where print gives no size of any; that somebody did not answer.
        """
        if division.sizes is None:
            return
        by = self.question(next(iter(division.groups)).question)
        spoken = {item for group in division.groups for item in group.items}
        silent = by.partial and spoken == set(by.categories) and not any(cell.among is None for cell in by.cells)
        told = [(rows, printed[group]) for group, rows in division.groups.items() if printed[group]]
        exact = [one for one in division.sizes if all(sum(one[row] for row in rows) in bases for rows, bases in told)]
        if silent and division.others is not None:
            yield replace(division, sizes=tuple(one for one in exact if not one[division.others]))
        yield replace(division, sizes=tuple(exact))

    def tables(self, question_id: str, among: Group | None = None) -> tuple[Readings, ...]:
        """Return what print allows, for each base with which it contradicts itself the least, the fewest first."""
        key = (question_id, among)
        if key not in self._tables:
            self._open.add(key)
            try:
                bases = self.bases(question_id, among)
                found = [self._read(question_id, base, among) for base in bases]
            finally:
                self._open.discard(key)
            found.sort(key=_broken)
            fewest = _broken(found[0])
            self._tables[key] = tuple(t for t in found if isinstance(bases, Hull) or _broken(t) == fewest)
            if among is None:
                self._tables[key] = tuple(map(self._summed(self.question(question_id)), self._tables[key]))
        return self._tables[key]

    def _summed(self, question: Question) -> Callable[[Readings], Readings]:
        """Return what gives the answers of which print tells by groups alone the sum of the groups."""
        groups = groups_within(question)
        whole = question.cells_among(None)
        own = {item for cell in whole for item in cell.items}
        alone = [i for i, category in enumerate(question.categories) if category not in own]
        if not groups or not alone or self._frame(question, 1).facts:
            return lambda table: table
        splits = [split for split in self.two_ways(question.id) if split.found]

        def summed(table: Readings) -> Readings:
            frame = self._frame(question, table.base)
            anything: Ranges = ((0, table.base),)
            domains = {
                i: reduce(meet, (split.sums(i) for split in splits), frame.domains.get(i, anything)) or anything
                for i in alone
            }
            told = {i for i in alone if not whole and any(split.tells(i, question) for split in splits)}
            again = replace(
                frame,
                domains={**frame.domains, **domains},
                told=frame.told | told,
                elsewhere=self._elsewhere(question, whole, table.base),
            )
            narrower = read(question, whole, again)
            return narrower if narrower.broken <= table.broken else table

        return summed

    def _read(self, question_id: str, base: int, among: Group | None) -> Readings:
        question = self.question(question_id)
        if among is None:
            cells = question.cells_among(None)
            frame = replace(
                self._frame(question, base),
                elsewhere=self._elsewhere(question, cells, base),
                shared=next((bases for name, bases in self.shared.items() if question_id in self._batteries[name]), ()),
                assigned=self._vectors(question),
            )
            return read(question, cells, frame)
        alone = self.alone(question, among, base)
        cells = question.cells_among(among)
        elsewhere = self._elsewhere(question, cells, base)
        within = read(question, cells, Frame(base=base, domains=self._within(question, base), elsewhere=elsewhere))
        return within if within.broken == alone.broken else alone  # else print contradicts the total: a finding

    def _elsewhere(self, question: Question, cells: Iterable[Cell], base: int) -> Collection[int] | None:
        """Return the numbers of people that print names; None where a base is not printed itself."""
        printed = any(base_of(self.survey, question, cell) == base for cell in cells)
        return self.people if printed else None

    @cached_property
    def shared(self) -> dict[str, tuple[int, ...]]:
        """For batteries whose percentages contradict their one printed base: other bases that fit all of them."""
        found = {}
        for battery in self.survey.battery:
            questions = [self.question(name) for name in battery.questions]
            bases = {base_of(self.survey, question) for question in questions}
            base = bases.pop() if len(bases) == 1 else None
            told = [(one, facts_of(one, one.cells_among(None), base)) for one in questions if base]
            if base and (other := shared_base(told, base, self.people)):
                found[battery.id] = other
        return found

    @cached_property
    def people(self) -> dict[int, str]:
        """The numbers of people that print names as a base, or as the size of a group it tells of: and whose."""
        found: dict[int, str] = {}
        if self.survey.people is not None:
            found[self.survey.people] = "everybody"
        for question in self.survey.question:
            for base in printed_bases(question):
                found.setdefault(base, f"a base printed for {question.id}")
            for group in (question.among, *groups_within(question)):
                if group is not None and (size := group_count(self.survey, group)):
                    found.setdefault(size, f"those of {group.told}")
        return found

    def _within(self, question: Question, base: int) -> dict[int, Ranges]:
        """Return how many of a subgroup can have given each answer, given how many did in all."""
        whole = max(self.bases(question.id))
        domains: dict[int, Ranges] = {}
        for i, category in enumerate(question.categories):
            counts = self.counts_of(question.id, (category,))
            low, high = max(0, counts[0] - max(whole - base, 0)), min(base, counts[-1])
            if low <= high:
                domains[i] = ((low, high),)
        return domains

    def _frame(self, question: Question, base: int) -> Frame:
        domains: dict[int, Ranges] = {}
        named = self._named.get(question.id, frozenset()) if question.one_answer else ()
        told = {i for i, category in enumerate(question.categories) if category in named}
        facts: list[PrintedFact] = []
        for battery in self.survey.battery:
            if question.id not in battery.questions:
                continue
            for cell in battery.cells:
                members = positions(question, cell.items)
                if cell.range is not None:
                    ranges, soft = ranges_between(cell.range, base)
                    facts.append(
                        PrintedFact(
                            members=members,
                            kind="range",
                            value=" to ".join(cell.range),
                            base=base,
                            ranges=ranges,
                            cells=(battery_cell_name(battery, cell),),
                            soft=soft,
                        )
                    )
                if cell.unlabelled is not None and len(cell.unlabelled) >= len(members) * len(battery.questions):
                    values = united(one for value in set(cell.unlabelled) for one in percent_ranges(value, base)[0])
                    domains |= dict.fromkeys(members, values)
                    told.update(members)
        return Frame(base=base, domains=domains, told=frozenset(told), facts=tuple(facts))

    def assigned(self, battery: Battery) -> tuple[Assignments, bool] | None:
        """Return every assignment of a battery's values without labels, and whether its range's ends are attained.

        None where print does not give all values of all questions, or there is too much to go through.
        """
        if battery.id not in self._assigned:
            self._assigned[battery.id] = self._assign(battery)
        return self._assigned[battery.id]

    def _assign(self, battery: Battery) -> tuple[Assignments, bool] | None:
        questions = tuple(self.question(name) for name in battery.questions)
        cells = [cell for cell in battery.cells if cell.unlabelled is not None]
        bases = {base for question in questions for base in self.bases(question.id)}
        if len(cells) != 1 or len(bases) != 1 or not complete(questions, cells[0]):
            return None
        (base,) = bases
        facts = tuple((*facts_of(one, one.cells_among(None), base), *self._frame(one, base).facts) for one in questions)
        return assigned(sheet_of(battery, questions, base, facts))

    def _vectors(self, question: Question) -> tuple[Vector, ...]:
        """Return the count vectors that some assignment of a battery's values without labels gives a question."""
        for battery in self.survey.battery:
            found = self.assigned(battery) if question.id in battery.questions else None
            if found and found[0].number:
                return found[0].vectors(battery.questions.index(question.id))
        return ()

    def spans(self, question_id: str, among: Group | None = None) -> Spans | None:
        """Return bounds on the counts for every base; None where there are so few that each is read."""
        key = (question_id, among)
        if key not in self._spans and key not in self._open:
            self._spans[key] = None  # what is asked on the way is answered by the ends
            if not isinstance(self.bases(question_id, among), Hull):
                return None
            question = self.question(question_id)
            told = self._every_base(question_id, among)
            every = range(told[0], told[-1] + 1) if isinstance(told, Hull) else told
            some = every if len(every) <= 2 * MOST_LISTED else (*every[:MOST_LISTED], *every[-MOST_LISTED:])
            complete = any(table.complete for table in self.tables(question_id, among))
            whole = None if among is None else max(self.bases(question_id))
            counts = [self.counts_of(question_id, (one,)) for one in question.categories] if whole is not None else []

            def of_base(base: int) -> OfBase:
                frame = self._frame(question, base) if whole is None else Frame(base=base, domains={})
                apart = 0 if whole is None else max(whole - base, 0)
                within = {i: ((max(one[0] - apart, 0), min(one[-1], base)),) for i, one in enumerate(counts)}
                total = (base * complete, base) if question.one_answer else None
                if question.chosen is not None and not question.one_answer:
                    total = (question.chosen * base * complete, question.chosen * base)
                facts = (*facts_of(question, question.cells_among(among), base), *frame.facts)
                return OfBase(base=base, facts=facts, domains={**frame.domains, **within}, total=total)

            self._spans[key] = spans(map(of_base, some), len(question.categories))
        return self._spans.get(key)

    def counts_of(self, question_id: str, items: Iterable[str], among: Group | None = None) -> tuple[int, ...]:
        """Return the counts that print allows for an answer, or for a sum of several, in increasing order."""
        members = positions(self.question(question_id), items)
        found = [table.counts_of(members) for table in self.tables(question_id, among)]
        counts = sorted({count for some in found for count in some})
        between = self.spans(question_id, among)
        if between is not None and members:
            low, high = between.of(members)
            return Hull(min(counts[0], int(low.min())), max(counts[-1], int(high.max())))
        return Hull(counts[0], counts[-1]) if any(isinstance(some, Hull) for some in found) else tuple(counts)

    def pairs(self, question_id: str, items: Iterable[str], among: Group | None = None) -> tuple[tuple[int, int], ...]:
        """Return (count, base) for an answer, or the sum of several: every pair that print allows.

        Of more bases than are read those pairs that can be an end of the share, or of an interval of it.
        """
        members = positions(self.question(question_id), items)
        found = {(x, table.base) for table in self.tables(question_id, among) for x in table.counts_of(members)}
        between = self.spans(question_id, among)
        found |= set(between.pairs(members)) if between is not None and members else set()
        return tuple(sorted(found, key=lambda pair: pair[::-1]))

    def readings(self, question_id: str, among: Group | None = None) -> tuple[Reading, ...]:
        """Return the joint readings, over every base that print allows."""
        return tuple(dict.fromkeys(one for table in self.tables(question_id, among) for one in table.readings))

    def complement(
        self, question_id: str, items: Iterable[str], group: Group
    ) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        """Return ((count, base) in the group, (count, base) of all others) for every pair that print allows.

        The others are those of whom print says that they gave another answer. Where print about the groups contradicts
        print about everybody, which is a finding, the other groups' own numbers if all are printed; else nothing.
        """
        items = tuple(items)
        members = positions(self.question(question_id), items)
        split = self.two_way(question_id, group)
        if split is None or split.found is None:
            return ()
        return split.pairs(group, members) or self._printed_apart(split, items, group)

    def _printed_apart(
        self, split: TwoWay, items: tuple[str, ...], group: Group
    ) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        """Return a group against the sum of all other groups, as printed, where these are all that there are."""
        beside = set(split.division.beside(group)) - {split.division.others}
        others = [one for one, rows in split.division.groups.items() if set(rows) <= beside]
        covered = [row for one in others for row in split.division.groups[one]]
        open_ended = split.division.others is not None
        if open_ended or sorted(covered) != sorted(beside) or not others:
            return ()
        sides = [self.pairs(split.question, items, one) for one in others]
        sides = sides if prod(map(len, sides)) <= MOST_LISTED else [(min(side), max(side)) for side in sides]
        rest = {(sum(x for x, _ in some), sum(n for _, n in some)) for some in product(*sides)}
        return tuple(sorted(product(self.pairs(split.question, items, group), rest)))


def _broken(table: Readings) -> int:
    """How many statements a table breaks, those included that only a rescue allows."""
    return table.broken + sum(fact.soft for fact in table.facts)
