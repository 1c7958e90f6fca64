"""Every table of a survey, read once: whole questions, nested ones, subgroups, batteries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.assignments import assigned, complete, sheet_of
from csea_stats.auditing.facts import PrintedFact, facts_of, percent_ranges, positions, ranges_between, united
from csea_stats.auditing.number_words import amount_in_words
from csea_stats.auditing.readings import Frame, Readings, read
from csea_stats.errors import UnknownName
from csea_stats.survey.survey import battery_cell_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.auditing.assignments import Assignments
    from csea_stats.auditing.constraints import Ranges, Vector
    from csea_stats.auditing.findings import Reading
    from csea_stats.survey.survey import Battery, Group, Question, Survey

MOST_BASES = 12
"""Of more feasible bases than these, the smallest and the largest stand for all."""

Key = tuple[str, str | None, str | None]


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
        self._assigned: dict[str, tuple[Assignments, bool] | None] = {}

    def question(self, question_id: str) -> Question:
        """Return a question by its id."""
        if question_id not in self._questions:
            raise UnknownName("question", question_id, self._questions)
        return self._questions[question_id]

    def bases(self, question_id: str, among: Group | None = None) -> tuple[int, ...]:
        """Return the bases that print allows: as printed, else how many gave the group's answer."""
        question = self.question(question_id)
        if among is None:
            if question.base is not None:
                return (question.base,)
            return (self.survey.respondents,) if question.among is None else self._group(question.among)
        printed = {cell.base for cell in question.cells if cell.among == among and cell.base is not None}
        if printed:
            return tuple(sorted(printed))
        group = self._group(among)
        if len(group) > 1:
            named = {amount_in_words(cell.words).of for cell in question.cells if cell.among == among and cell.words}
            group = tuple(size for size in group if size in named) or group
        return group

    def _group(self, group: Group) -> tuple[int, ...]:
        key = (group.question, None, None)
        if key in self._open:  # a question that defines itself
            return (self.survey.respondents,)
        counts = self.counts_of(group.question, (group.item,))
        return counts if len(counts) <= MOST_BASES else (counts[0], counts[-1])

    def tables(self, question_id: str, among: Group | None = None) -> tuple[Readings, ...]:
        """Return what print allows, for each base with which it contradicts itself the least, the fewest first."""
        key = (question_id, among.question, among.item) if among else (question_id, None, None)
        if key not in self._tables:
            self._open.add(key)
            try:
                found = [self._read(question_id, base, among) for base in self.bases(question_id, among)]
            finally:
                self._open.discard(key)
            fewest = min(table.broken for table in found)
            between = found[-1].base - found[0].base >= MOST_BASES >= len(found)  # they stand for those between too
            found.sort(key=lambda table: table.broken)
            self._tables[key] = tuple(table for table in found if between or table.broken == fewest)
        return self._tables[key]

    def _read(self, question_id: str, base: int, among: Group | None) -> Readings:
        question = self.question(question_id)
        cells = [cell for cell in question.cells if cell.among == among]
        if among is None:
            frame = replace(self._frame(question, base), assigned=self._vectors(question))
            return read(question, cells, frame)
        within = read(question, cells, Frame(base=base, domains=self._within(question, base)))
        alone = read(question, cells, Frame(base=base, domains={}))
        return within if within.broken == alone.broken else alone  # else print contradicts the total: a finding

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
        told: set[int] = set()
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
        facts = tuple(
            (*facts_of(one, [c for c in one.cells if c.among is None], base), *self._frame(one, base).facts)
            for one in questions
        )
        return assigned(sheet_of(battery, questions, base, facts))

    def _vectors(self, question: Question) -> tuple[Vector, ...]:
        """Return the count vectors that some assignment of a battery's values without labels gives a question."""
        for battery in self.survey.battery:
            found = self.assigned(battery) if question.id in battery.questions else None
            if found and found[0].number:
                return found[0].vectors(battery.questions.index(question.id))
        return ()

    def counts_of(self, question_id: str, items: Iterable[str], among: Group | None = None) -> tuple[int, ...]:
        """Return the counts that print allows for an answer, or for a sum of several, in increasing order."""
        members = positions(self.question(question_id), items)
        return tuple(sorted({count for table in self.tables(question_id, among) for count in table.counts_of(members)}))

    def readings(self, question_id: str, among: Group | None = None) -> tuple[Reading, ...]:
        """Return the joint readings, over every base that print allows."""
        return tuple(dict.fromkeys(one for table in self.tables(question_id, among) for one in table.readings))

    def complement(
        self, question_id: str, items: Iterable[str], group: Group
    ) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        """Return ((count, base) in the group, (count, base) among the rest) for every pair that print allows.

        Empty where print about the group contradicts print about everybody, which is a finding.
        """
        chosen = tuple(items)
        members = positions(self.question(question_id), chosen)
        pairs = {
            ((inside, part.base), (total - inside, whole.base - part.base))
            for part in self.tables(question_id, group)
            for whole in self.tables(question_id)
            for inside in part.counts_of(members)
            for total in whole.counts_of(members)
            if 0 <= total - inside <= whole.base - part.base
        }
        return tuple(sorted(pairs))
