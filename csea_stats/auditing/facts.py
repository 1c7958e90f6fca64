"""What a question's cells say, as facts: each bounds the count of one answer, or the sum of several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Literal

from csea_stats.auditing.number_words import amount_in_words
from csea_stats.auditing.rounding import bracket, units, window
from csea_stats.errors import UnknownName
from csea_stats.results.values import Hull
from csea_stats.survey.survey import NOT_PRINTED, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.auditing.constraints import Ranges
    from csea_stats.survey.survey import Cell, Question

MOST_LISTED = 2_000
"""Of more numbers than these, such as sizes of a group, the least and the greatest stand for all."""

FactKind = Literal["percent", "count", "words", "range", "unlabelled", "total"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFact:
    """One printed statement about the count of an answer, or about the sum of several.

    Parameters
    ----------
    members : tuple of int
        Positions of the answers among the question's categories, in increasing order.
    kind : str
        What kind of statement it is.
    value : str
        What is printed.
    base : int
        The base that it is of.
    ranges : tuple of (int, int)
        The counts that it allows; never empty.
    cells : tuple of str
        Names of the cells that say so.
    soft : bool
        Whether no nearest rounding allows it, so that ``ranges`` are what would rescue it.
    """

    members: tuple[int, ...]
    kind: FactKind
    value: str
    base: int
    ranges: Ranges
    cells: tuple[str, ...]
    soft: bool = False

    @property
    def loose(self) -> bool:
        """Whether it is a comparison in words ("most", "more than half"), which a printed number outranks."""
        return self.kind == "words" and amount_in_words(self.value).side not in ("said", "exactly")

    def holds(self, counts: tuple[int, ...]) -> bool:
        """Whether a count vector meets this fact."""
        total = sum(counts[i] for i in self.members)
        return any(low <= total <= high for low, high in self.ranges)


def cells_of(facts: Iterable[PrintedFact]) -> tuple[str, ...]:
    """Return the names of the cells that say these facts, each once."""
    return tuple(dict.fromkeys(cell for fact in facts for cell in fact.cells))


def united(windows: Iterable[tuple[int, int]]) -> Ranges:
    """Join windows into disjoint ranges in increasing order.

    Examples
    --------
    >>> united([(5, 6), (1, 2), (3, 3)])
    ((1, 3), (5, 6))
    """
    joined: list[tuple[int, int]] = []
    for low, high in sorted(windows):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def ranges_of(counts: Sequence[int]) -> Ranges:
    """Return counts as ranges.

    Examples
    --------
    >>> ranges_of((1, 2, 4)), ranges_of(Hull(1, 4))
    (((1, 2), (4, 4)), ((1, 4),))
    """
    return ((counts[0], counts[-1]),) if isinstance(counts, Hull) else united((count, count) for count in counts)


def between(least: int, most: int) -> tuple[int, ...]:
    """Return every number from one to another; the two alone where they are too many to go through."""
    return tuple(range(least, most + 1)) if most - least < MOST_LISTED else Hull(least, most)


def meet(one: Ranges, other: Ranges) -> Ranges:
    """Return what two sets of ranges have in common.

    Examples
    --------
    >>> meet(((0, 4), (8, 9)), ((3, 8),))
    ((3, 4), (8, 8))
    """
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) <= min(b, d))


@lru_cache(maxsize=2**16)  # every base that a group may have is tried, more than once
def percent_ranges(percent: str, base: int) -> tuple[Ranges, bool]:
    """Return the counts that a percentage allows, and whether only a rescue allows them.

    If no nearest rounding allows any: what rounding down or up would, else the two counts that bracket it. Percentages
    made to sum to 100 are each rounded down or up, so that this holds what would rescue them too.

    Examples
    --------
    >>> percent_ranges("29", 49), percent_ranges("30", 24), percent_ranges("43", 36)
    ((((14, 14),), False), (((7, 7),), True), (((15, 16),), True))
    """
    if base < 1:
        return ((0, 0),), False
    found = window(percent, base)
    if found is not None:
        return (found,), False
    rescued = [one for one in (window(percent, base, "floor"), window(percent, base, "ceil")) if one is not None]
    return united(rescued or [bracket(percent, base)]), True


def ranges_between(ends: tuple[str, str], base: int) -> tuple[Ranges, bool]:
    """Return the counts that two percentages allow between them, and whether only a rescue allows either."""
    (low, soft_low), (high, soft_high) = percent_ranges(ends[0], base), percent_ranges(ends[1], base)
    return ((low[0][0], high[-1][1]),), soft_low or soft_high


def positions(question: Question, items: Iterable[str]) -> tuple[int, ...]:
    """Return the places of answers among a question's categories, in increasing order."""
    places = {category: index for index, category in enumerate(question.categories)}
    for item in items:
        if item not in places:
            raise UnknownName("item", item, question.categories, f"(question {question.id!r})")
    return tuple(sorted({places[item] for item in items}))


def _amounts(cell: Cell, base: int) -> Iterable[tuple[FactKind, str, Ranges, bool]]:
    if cell.percent is not None:
        yield "percent", cell.percent, *percent_ranges(cell.percent, base)
    if cell.count is not None:
        yield "count", str(cell.count), ((cell.count, cell.count),), False
    if cell.words is not None:
        amount = amount_in_words(cell.words)
        if isinstance(amount.printed, int):
            yield "count", str(amount.printed), ((amount.printed, amount.printed),), False
        elif isinstance(amount.printed, str):
            yield "percent", amount.printed, *percent_ranges(amount.printed, base)
        elif not amount.vague:
            found = amount.window(base)
            yield "words", cell.words, (found or amount.nearest(base),), found is None
    if cell.range is not None:
        yield "range", " to ".join(cell.range), *ranges_between(cell.range, base)


def facts_of(question: Question, cells: Iterable[Cell], base: int) -> tuple[PrintedFact, ...]:
    """Return the distinct facts that cells state, in print order; one stated twice is one fact with two cells.

    Parameters
    ----------
    question : Question
        The cells' question.
    cells : iterable of Cell
        Cells of one table: all of the question's respondents, or one subgroup.
    base : int
        Base of every cell that prints none of its own.
    """
    found: dict[tuple[object, ...], PrintedFact] = {}
    for cell in cells:
        name = cell_name(question, cell)
        if cell.unlabelled is not None or cell.weighted:
            continue
        own = cell.base if isinstance(cell.base, int) else base
        unknown = cell.base == NOT_PRINTED and cell.among is None  # of some of all: only a count says how many
        for kind, value, ranges, soft in _amounts(cell, own):
            if unknown and kind != "count":
                continue
            fact = PrintedFact(
                members=positions(question, cell.items),
                kind=kind,
                value=value,
                base=own,
                ranges=ranges,
                cells=(name,),
                soft=soft,
            )
            key = (fact.members, kind, ranges if kind == "words" else value, fact.base)
            if key in found:
                cells_so_far = found[key].cells
                fact = replace(fact, cells=cells_so_far if name in cells_so_far else (*cells_so_far, name))
            found[key] = fact
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlabelled:
    """Printed percentages that belong to some answers in an order that print does not give."""

    members: tuple[int, ...]
    values: tuple[str, ...]
    base: int
    cell: str

    def fact(self, member: int, value: str) -> PrintedFact:
        """Return the fact that one of its values belongs to one of its answers."""
        ranges, soft = percent_ranges(value, self.base)
        return PrintedFact(
            members=(member,),
            kind="unlabelled",
            value=value,
            base=self.base,
            ranges=ranges,
            cells=(self.cell,),
            soft=soft,
        )


def unlabelled_of(question: Question, cells: Iterable[Cell], base: int) -> tuple[Unlabelled, ...]:
    """Return the sets of values whose labels print does not give."""
    return tuple(
        Unlabelled(
            members=positions(question, cell.items),
            values=cell.unlabelled[: len(cell.items)],
            base=cell.base if isinstance(cell.base, int) else base,
            cell=cell_name(question, cell),
        )
        for cell in cells
        if cell.unlabelled is not None
    )


def broken_by(question: Question, cells: Sequence[Cell], base: int) -> int:
    """Return how many statements on one sum, and values without labels, no counts of a base meet."""
    allowed: dict[tuple[int, ...], Ranges] = {}
    values = (value for some in unlabelled_of(question, cells, base) for value in some.values)
    found = sum(percent_ranges(value, base)[1] for value in values)
    for fact in facts_of(question, cells, base):
        most = base * (1 if question.one_answer else min(len(fact.members), question.chosen or len(fact.members)))
        left = meet(allowed.get(fact.members, ((0, most),)), fact.ranges)
        found += fact.soft or not left
        allowed[fact.members] = left or fact.ranges
    total = base if question.one_answer else (question.chosen or 0) * base
    if total or question.one_answer:  # all answers together make it, or less where some are not told
        shown = len(question.categories)
        single = [allowed[i,] for i in range(shown) if (i,) in allowed]
        whole = question.shows_all and len(single) == shown
        found += sum(one[0][0] for one in single) > total
        found += whole and sum(one[-1][1] for one in single) < total
    return found


def bases_between(question: Question, cells: Sequence[Cell]) -> tuple[int, float]:
    """Return the least and the greatest base of which counts are the percentages printed of the same answers."""
    low, high = 1, inf
    counts = {question.in_order(cell.items): cell.count for cell in cells if cell.count and cell.base is None}
    for cell in cells:
        count = counts.get(question.in_order(cell.items))
        if cell.percent is None or cell.base is not None or cell.weighted or count is None:
            continue
        value, hundred = units(cell.percent)
        low = max(low, -(-2 * hundred * count // (2 * value + 1)))
        high = min(high, 2 * hundred * count // (2 * value - 1)) if value else high
    return low, high


def cut(facts: Iterable[PrintedFact], highest: int) -> list[tuple[int, int, int]]:
    """Cut 0..highest where the facts about one sum begin and end: runs (low, high, number of facts met)."""
    known = tuple(facts)
    edges = {0, highest + 1}
    for fact in known:
        edges.update(edge for low, high in fact.ranges for edge in (low, high + 1) if 0 < edge <= highest)
    runs = [
        (low, after - 1, sum(any(first <= low <= last for first, last in fact.ranges) for fact in known))
        for low, after in pairwise(sorted(edges))
    ]
    return sorted(runs, key=lambda run: -run[2])


def groups_of(facts: Iterable[PrintedFact]) -> dict[tuple[int, ...], list[PrintedFact]]:
    """Group facts by the answer, or the sum of answers, that they speak of."""
    groups: dict[tuple[int, ...], list[PrintedFact]] = {}
    for fact in facts:
        if fact.kind not in ("total", "unlabelled"):
            groups.setdefault(fact.members, []).append(fact)
    return groups


def agreed(facts: Sequence[PrintedFact], base: int, size: int) -> tuple[Ranges, int]:
    """Return the counts that meet the most of these facts about one sum, and how many they break.

    Loose words that contradict every number printed beside them have no say.
    """
    kept = binding(facts)
    runs = cut(kept, base * size)
    met = runs[0][2]
    return tuple(sorted((low, high) for low, high, number in runs if number == met)), len(facts) - met


def binding(facts: Iterable[PrintedFact]) -> tuple[PrintedFact, ...]:
    """Leave out loose words that no count or percentage printed of the same answers allows."""
    known = tuple(facts)
    printed: dict[tuple[int, ...], Ranges] = {}
    for fact in known:
        if fact.kind in ("count", "percent"):
            printed[fact.members] = united((*printed.get(fact.members, ()), *fact.ranges))
    return tuple(fact for fact in known if not (fact.loose and printed.get(fact.members) and not _touch(fact, printed)))


def _touch(fact: PrintedFact, printed: Mapping[tuple[int, ...], Ranges]) -> bool:
    return bool(meet(fact.ranges, printed[fact.members]))
