"""Random answers with given totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.columns import MISSING
from csea_stats.survey.survey import groups_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from csea_stats.auditing.audit import Audit
    from csea_stats.auditing.constraints import Vector
    from csea_stats.auditing.findings import Reading
    from csea_stats.survey.survey import Group, Question

TRADES = 20
"""Trades per row after which a table of picks counts as mixed."""


def shuffled(counts: Sequence[int], size: int, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return one answer each in random order, with these totals; whoever is left over gives none.

    Every order is equally likely.

    Examples
    --------
    >>> sorted(shuffled((2, 1), 4, np.random.default_rng(1)).tolist())
    [-1, 0, 0, 1]
    """
    codes = np.full(size, MISSING, dtype=np.int16)
    codes[: sum(counts)] = np.repeat(np.arange(len(counts), dtype=np.int16), counts)
    return rng.permutation(codes)


def ticked(counts: Sequence[int], size: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Return several answers each, every item ticked by as many as its total, independently of the others."""
    marks = np.zeros((size, len(counts)), dtype=np.int8)
    for item, count in enumerate(counts):
        marks[rng.permutation(size)[:count], item] = 1
    return marks


def picked(counts: Sequence[int], size: int, chosen: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Return exactly ``chosen`` answers each, every item picked by as many as its total.

    Parameters
    ----------
    counts : sequence of int
        Each at most ``size``; their sum is ``chosen * size``.
    size, chosen : int
    rng : Generator

    Notes
    -----
    Items go one after the other to those with the most picks left, which always ends (Gale 1957, Ryser 1957); then
    pairs of rows trade picks at random (curveball: Strona et al. 2014, doi:10.1038/ncomms5114).

    Examples
    --------
    >>> table = picked((3, 2, 1), 3, 2, np.random.default_rng(1))
    >>> table.sum(axis=0).tolist(), table.sum(axis=1).tolist()
    ([3, 2, 1], [2, 2, 2])
    """
    left = np.full(size, chosen)
    marks = np.zeros((size, len(counts)), dtype=np.int8)
    for item in rng.permutation(len(counts)):
        order = rng.permutation(size)
        takers = order[np.argsort(-left[order], kind="stable")][: counts[item]]
        marks[takers, item] = 1
        left[takers] -= 1
    for _ in range(TRADES * size if size > 1 else 0):
        one, other = rng.choice(size, 2, replace=False)
        differ = np.flatnonzero(marks[one] != marks[other])
        if len(differ):
            mine = rng.permutation(differ)[: int(marks[one, differ].sum())]
            marks[one, differ], marks[other, differ] = 0, 1
            marks[one, mine], marks[other, mine] = 1, 0
    return marks


def can_pick(counts: Sequence[int], size: int, chosen: int) -> bool:
    """Whether ``size`` people, each picking ``chosen``, can give these totals."""
    return sum(counts) == chosen * size and all(0 <= count <= size for count in counts)


TRIES = 20_000
"""How often a margin that print only bounds is drawn before a reading at an end is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMargin:
    """What the answers to one question are to add up to.

    Parameters
    ----------
    counts : tuple of int
        For everybody who was asked.
    parts : tuple of (Group, counts)
        For the subgroups that print tells of.
    set_aside : tuple of str
        Printed cells that the reading contradicts.
    invented : bool
        Whether print tells no number of the question itself.
    dropped : tuple of Group
        Subgroups whose printed numbers fit no reading.
    """

    counts: Vector
    parts: tuple[tuple[Group, Vector], ...]
    set_aside: tuple[str, ...]
    invented: bool
    dropped: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPeople:
    """The people to whom a question was put.

    Parameters
    ----------
    people : int
    groups : dict
        How many of each subgroup.
    disjoint : bool
        Whether nobody is in two of the subgroups.
    chosen : int or None
        How many answers each has to pick.
    """

    people: int
    groups: dict[Group, int]
    disjoint: bool
    chosen: int | None


def choose(audit: Audit, question: Question, asked: AskedPeople, rng: np.random.Generator) -> WantedMargin:
    """Choose a reading of a question that fits the people who were asked.

    Parameters
    ----------
    audit : Audit
    question : Question
    asked : AskedPeople
    rng : Generator

    Notes
    -----
    Of the readings with the fewest missing answers one is drawn, each as likely; of a question with answers that print
    does not show, any. A question that print tells only within bounds gets answers each as likely, drawn again until
    every bound holds.
    """
    readings = _readings(audit, question, asked)
    own = any(cell.among is None for cell in question.cells)
    free = None if own or audit.listed(question.id) else _free(audit, question, asked.people, rng)
    candidates = [(free, ())] if free else _ordered(question, readings, rng)
    needed = sizes_needed(audit, question)
    fitting = [one for one in candidates if _meets(one[0], needed)]
    for counts, set_aside in fitting:
        parts = _inside(audit, question, counts, asked, rng)
        if parts is not None:
            return WantedMargin(counts=counts, parts=parts, set_aside=set_aside, invented=not own, dropped=())
    kept = fitting or candidates
    counts, set_aside = kept[0] if kept else ((0,) * len(question.categories), ())
    return WantedMargin(
        counts=counts, parts=(), set_aside=set_aside, invented=not own or not kept, dropped=tuple(asked.groups)
    )


def _meets(counts: Vector, needed: dict[int, set[int]]) -> bool:
    return all(counts[place] in sizes for place, sizes in needed.items() if sizes)


def _readings(audit: Audit, question: Question, asked: AskedPeople) -> list[Reading]:
    tables = [table for table in audit.book.tables(question.id) if table.base <= asked.people]
    largest = max((table.base for table in tables), default=0)
    found = [reading for table in tables if table.base == largest for reading in table.readings]
    chosen = asked.chosen
    exact = [reading for reading in found if chosen and can_pick(reading.counts, asked.people, chosen)]
    return exact or found


def _ordered(
    question: Question, readings: Sequence[Reading], rng: np.random.Generator
) -> list[tuple[Vector, tuple[str, ...]]]:
    order = [readings[place] for place in rng.permutation(len(readings))]
    if question.one_answer and not question.partial:
        order.sort(key=lambda reading: reading.missing)
    return [(reading.counts, reading.cells_set_aside) for reading in order]


def _free(audit: Audit, question: Question, asked: int, rng: np.random.Generator) -> Vector | None:
    if not question.one_answer:
        return None
    bounds = [
        ([question.categories.index(item) for item in cell.items], set(audit.counts_of(question.id, cell.items)))
        for battery in audit.survey.battery
        if question.id in battery.questions
        for cell in battery.cells
        if cell.unlabelled is None
    ]
    even = np.full(len(question.categories), 1 / len(question.categories))
    draws = rng.multinomial(asked, even, size=TRIES)
    fits = np.ones(len(draws), dtype=np.bool_)
    for places, allowed in bounds:
        fits &= np.isin(draws[:, places].sum(axis=1), sorted(allowed))
    found = np.flatnonzero(fits)
    return tuple(int(count) for count in draws[found[0]]) if len(found) else None


def _inside(
    audit: Audit, question: Question, counts: Vector, asked: AskedPeople, rng: np.random.Generator
) -> tuple[tuple[Group, Vector], ...] | None:
    """Return subgroups' counts that leave room for everybody else's, or None."""
    left, rest = np.array(counts), asked.people
    exact = asked.chosen is not None and can_pick(counts, asked.people, asked.chosen)
    found: list[tuple[Group, Vector]] = []
    for group, size in asked.groups.items():
        for part in _parts(audit, question, group, size, rng):
            after, others = left - part, rest - size
            if (
                (after >= 0).all()
                and ((after.sum() <= others and sum(part) <= size) if question.one_answer else (after <= others).all())
                and (not exact or asked.chosen is None or can_pick(part, size, asked.chosen))
            ):
                found.append((group, part))
                if asked.disjoint:
                    left, rest = after, others
                break
        else:
            return None
    return tuple(found)


def _parts(audit: Audit, question: Question, group: Group, size: int, rng: np.random.Generator) -> Iterator[Vector]:
    tables = [table for table in audit.book.tables(question.id, group) if table.base == size]
    readings = [reading for table in tables for reading in table.readings]
    for place in rng.permutation(len(readings)):
        yield readings[place].counts


def sizes_needed(audit: Audit, question: Question) -> dict[int, set[int]]:
    """Return for each answer of a question how many must give it for the questions that hang on it to fit."""
    needed: dict[int, set[int]] = {}
    for other in audit.survey.question:
        groups: list[Group | None] = [*groups_within(other), None]
        for group in groups:
            on = group or other.among
            if on is not None and on.question == question.id and len(on.items) == 1 and not on.also:
                place = question.categories.index(on.items[0])
                bases = set(audit.book.bases(other.id, group))
                needed[place] = needed.get(place, bases) & bases
    return needed
