"""Which cells of one table are told exactly, as "under 5", or as a range, so that no hidden count can be worked out.

Whole numbers only. A cell below the rule's minimum is banded. Of the others some are opened: told as a range, so that
what is banded cannot be found by subtraction. A pattern is valid where every condition of the rule is met by tables
that fit all that is told. Among the valid ones that open the fewest cells, or up to `SPARE` more, a secret key chooses:
the least pattern by itself would tell something to a reader who knows the rule.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from csea_stats.disclosure.flows import BoundedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.disclosure.flows import Vector
    from csea_stats.respondents.disclosure_rules import Disclosure

SPARE = 2
"""So many cells more than the least may be opened."""

MOST_PATTERNS = 600
"""So many patterns are tried at most; where none of them is proved, the table is not told."""


@dataclass(frozen=True, kw_only=True)
class CountTable:
    """How many of each group gave each answer.

    Parameters
    ----------
    rows : tuple of tuple of int
        The groups, each with how many gave each answer.
    people : tuple of int
        How many are in each group, as everybody may know.
    totals : bool
        Whether it is also known how many gave each answer in all.
    summed : bool, default True
        Whether it is known what the answers of a group add up to: to its people, where each gives one.
    least : tuple of int, optional
        How many gave each answer at least, as everybody may know: 1 for a reason that would else not be named.
    ticked : bool, default False
        Whether each answer is given or not given by itself, so that those who did not give it are a count too.
    """

    rows: tuple[Vector, ...]
    people: Vector
    totals: bool
    summed: bool = True
    least: Vector = ()
    ticked: bool = False

    @cached_property
    def wide(self) -> int:
        """How many answers there are."""
        return len(self.rows[0])

    @cached_property
    def counts(self) -> Vector:
        """Every cell, row by row."""
        return tuple(count for row in self.rows for count in row)

    @cached_property
    def lines(self) -> tuple[tuple[int, ...], ...]:
        """The cells of each sum that is known."""
        size, wide = len(self.counts), self.wide
        rows = [tuple(range(start, start + wide)) for start in range(0, size, wide)] if self.summed else []
        return (*rows, *(tuple(range(i, size, wide)) for i in range(wide if self.totals else 0)))

    def group(self, cell: int) -> int:
        """Return how many are in a cell's group."""
        return self.people[cell // self.wide]

    def bands(self, cell: int, minimum: int) -> tuple[int, int] | None:
        """Return the ends of the band of a cell that must be hidden; None of one that need not be."""
        people, count = self.group(cell), self.counts[cell]
        if count < minimum:
            return (self.least[cell % self.wide] if self.least else 0), minimum - 1
        return (people - minimum + 1, people) if self.ticked and people - count < minimum else None


@dataclass(frozen=True, kw_only=True)
class ShownCounts:
    """What is told of a table: its banded and its opened cells, all others exactly."""

    table: CountTable
    minimum: int
    opened: tuple[int, ...]

    @cached_property
    def banded(self) -> tuple[int, ...]:
        """The cells of too few people."""
        return tuple(i for i in range(len(self.table.counts)) if self.table.bands(i, self.minimum) is not None)

    @cached_property
    def ends(self) -> tuple[tuple[int, int], ...]:
        """Between which ends each cell is told to be."""
        table, minimum = self.table, self.minimum
        told = [table.bands(i, minimum) or (count, count) for i, count in enumerate(table.counts)]
        for cell in self.opened:
            told[cell] = (minimum, table.group(cell) - (minimum if table.ticked else 0))
        return tuple(told)

    @cached_property
    def fitting(self) -> BoundedTable:
        """The tables that fit what is told."""
        table = self.table
        low, high = zip(*self.ends, strict=True)
        return BoundedTable(
            counts=table.counts, low=low, high=high, wide=table.wide, summed=table.summed, totals=table.totals
        )

    def span(self, cell: int) -> tuple[int, int]:
        """Return the least and the greatest value of a cell that fits what is told."""
        return self.fitting.span(cell)

    def seen_from_within(self, cell: int) -> BoundedTable | None:
        """Return the tables that fit for a respondent who is counted in a banded cell, or is not in a full one."""
        count, people, (low, high) = self.table.counts[cell], self.table.group(cell), self.ends[cell]
        few = count < self.minimum
        if not (count if few else people - count):
            return None
        before, after = slice(cell), slice(cell + 1, None)
        known, told = (max(low, 1), high) if few else (low, people - 1), self.fitting
        return replace(
            told,
            low=(*told.low[before], known[0], *told.low[after]),
            high=(*told.high[before], known[1], *told.high[after]),
        )


def is_safe(shown: ShownCounts, rule: Disclosure) -> bool:
    """Whether the rule's conditions are proved: by tables that fit all that is told, each found, none supposed."""
    table, fitting = shown.table, shown.fitting
    if not all(fitting.is_open(cell, rule.spread) for cell in shown.banded):
        return False
    for own in shown.banded:
        # so many changes of another cell as are asked for take no more away from this one
        alike = table.counts[own] if table.counts[own] < shown.minimum else table.group(own) - table.counts[own]
        within = shown.seen_from_within(own) if alike < rule.spread_within else None
        if within is not None and not all(within.is_open(cell, rule.spread_within) for cell in shown.banded):
            return False
    crowded = [i for i, count in enumerate(table.counts) if count > rule.cap(table.group(i))]
    return all(shown.span(cell)[0] <= rule.cap(table.group(cell)) for cell in crowded)


def hiding(table: CountTable, banded: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    """Yield the sets of so many cells with which no known sum has one hidden cell alone, which it would tell.

    Parameters
    ----------
    table : CountTable
    banded : sequence of int
        The cells that are hidden anyway.
    size : int
    """
    lines = [frozenset(line) for line in table.lines]
    first = len(table.rows) if table.summed else 0
    seen: set[frozenset[int]] = set()
    waiting = [frozenset(banded)]
    while waiting:
        hidden = waiting.pop()
        lone = [place for place, line in enumerate(lines) if len(hidden & line) == 1]
        left = size - len(hidden) + len(banded)
        of_rows = sum(place < first for place in lone)
        if max(of_rows, len(lone) - of_rows) > left:  # a cell helps one row and one column
            continue
        if not left:
            yield tuple(sorted(hidden.difference(banded)))
            continue
        cells = lines[lone[0]] if lone else range(len(table.counts))
        for more in sorted(cells, reverse=True):
            wider = hidden | {more}
            if more not in hidden and wider not in seen:
                seen.add(wider)
                waiting.append(wider)


def valid_patterns(table: CountTable, rule: Disclosure, key: bytes) -> Iterator[ShownCounts]:
    """Yield the valid patterns of at most `SPARE` cells more than the least, in the order of the key.

    Parameters
    ----------
    table : CountTable
    rule : Disclosure
    key : bytes
        Secret: made of all answers. The same data give the same order.
    """
    nothing = ShownCounts(table=table, minimum=rule.minimum, opened=())
    banded = nothing.banded
    others = tuple(i for i in range(len(table.counts)) if i not in banded)

    def shown(opened: tuple[int, ...]) -> ShownCounts:
        return replace(nothing, opened=opened)

    def plausible(sizes: Iterable[int]) -> Iterator[tuple[int, ...]]:
        return islice(chain.from_iterable(hiding(table, banded, size) for size in sizes), MOST_PATTERNS)

    least = next((o for o in plausible(range(len(others) + 1)) if is_safe(shown(o), rule)), None)
    if least is None:
        return
    if not banded and not least:  # nothing is hidden: nothing to choose
        yield shown(least)
        return
    near = plausible(range(len(least), min(len(least) + SPARE, len(others)) + 1))
    ordered = sorted(near, key=lambda opened: hmac.digest(key, repr(opened).encode(), "sha256"))
    yield from (one for opened in ordered if is_safe(one := shown(opened), rule))


def protected(table: CountTable, rule: Disclosure, key: bytes) -> ShownCounts | None:
    """Return what may be told of a table; None where no pattern is proved."""
    return next(valid_patterns(table, rule, key), None)
