"""Whether tables of one question by several groupings, told together, still leave every hidden count open.

A walk through the answers that fit all the tables: people of different groups exchange answers, so that every group and
every total stays as it is. What the walk meets fits for certain, so that a condition which it meets is proved, also
against a reader who knows everybody's groups. What it does not meet counts as not proved.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.disclosure.patterns import ShownCounts
    from csea_stats.respondents.disclosure_rules import Disclosure

STEPS = 3_000
"""So many exchanges are tried."""

CHECKED = 200
"""After so many the conditions are looked at."""

MOST_EXCHANGING = 3
"""So many people exchange answers at once."""

Place = tuple[int, int]
"""A table and a cell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """One of the tables.

    Parameters
    ----------
    shown : ShownCounts
    groups : sequence of int
        Everybody's row.
    answers : tuple of int
        For each answer of the question, as all the tables have them, its column: answers that a table joins share one;
        -1 of one that the table does not count.
    """

    shown: ShownCounts
    groups: Sequence[int]
    answers: tuple[int, ...]

    def cell(self, person: int, answer: int) -> int | None:
        """Return the cell that somebody is in with an answer; None of an answer that is not counted."""
        column = self.answers[answer]
        return None if column < 0 else self.groups[person] * self.shown.table.wide + column

    def change(self, people: Sequence[int], before: Sequence[int], after: Sequence[int]) -> Counter[int]:
        """Return how the cells change where people give other answers."""
        change: Counter[int] = Counter()
        for person, old, new in zip(people, before, after, strict=True):
            for cell, sign in ((self.cell(person, new), 1), (self.cell(person, old), -1)):
                if cell is not None:
                    change[cell] += sign
        return change


class _Conditions:
    """What the tables must leave open, and what a walk has met of it."""

    def __init__(self, tables: Sequence[Grouped], rule: Disclosure) -> None:
        self.rule = rule
        self.hidden = [(t, cell) for t, one in enumerate(tables) for cell in one.shown.banded]
        truth = [one.shown.table.counts for one in tables]
        self.owned = {
            (t, cell): one.shown.minimum > truth[t][cell]
            for t, one in enumerate(tables)
            for cell in one.shown.banded
            if 0 < truth[t][cell] < one.shown.table.group(cell)
        }
        self.people = [one.shown.table for one in tables]
        self.crowded: dict[Place, int] = {}
        for t, one in enumerate(tables):
            for cell, count in enumerate(truth[t]):
                cap = rule.cap(one.shown.table.group(cell))
                if count > cap:
                    self.crowded[t, cell] = cap
        self.values: dict[Place, set[int]] = {place: set() for place in self.hidden}
        self.known: dict[tuple[Place, Place], set[int]] = {pair: set() for pair in product(self.owned, self.hidden)}
        self.least = dict.fromkeys(self.crowded, 10**9)

    def meet(self, counts: Sequence[Sequence[int]]) -> None:
        """Take the tables of a walk's step."""
        for (t, cell), values in self.values.items():
            values.add(counts[t][cell])
        for ((t, own), (u, cell)), values in self.known.items():
            if counts[t][own] if self.owned[t, own] else counts[t][own] < self.people[t].group(own):
                values.add(counts[u][cell])
        for t, cell in self.least:
            self.least[t, cell] = min(self.least[t, cell], counts[t][cell])

    @property
    def met(self) -> bool:
        """Whether all of them are proved."""
        return (
            all(len(values) >= self.rule.spread for values in self.values.values())
            and all(len(values) >= self.rule.spread_within for values in self.known.values())
            and all(self.least[place] <= cap for place, cap in self.crowded.items())
        )


def jointly_safe(tables: Sequence[Grouped], answers: Sequence[int], rule: Disclosure) -> bool:
    """Whether the rule's conditions are proved of all tables together.

    Parameters
    ----------
    tables : sequence of Grouped
    answers : sequence of int
        Everybody's answer.
    rule : Disclosure
    """
    domains = [one.shown.ends for one in tables]
    counts = [list(one.shown.table.counts) for one in tables]
    given = list(answers)
    conditions = _Conditions(tables, rule)
    conditions.meet(counts)
    rng = random.Random(0)  # noqa: S311 - only which tables are looked at hangs on it, no secret
    for step in range(STEPS):
        if step % CHECKED == 0 and conditions.met:
            return True
        people = rng.sample(range(len(given)), rng.randint(2, min(MOST_EXCHANGING, len(given))))
        before = [given[person] for person in people]
        after = [*before[1:], before[0]]
        changes = [one.change(people, before, after) for one in tables]
        if all(
            domains[t][cell][0] <= counts[t][cell] + more <= domains[t][cell][1]
            for t, change in enumerate(changes)
            for cell, more in change.items()
        ):
            for t, change in enumerate(changes):
                for cell, more in change.items():
                    counts[t][cell] += more
            for person, answer in zip(people, after, strict=True):
                given[person] = answer
            conditions.meet(counts)
    return conditions.met
