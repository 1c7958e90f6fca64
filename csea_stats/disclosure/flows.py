"""The least and the greatest value of a cell among the tables with the same known sums: flows in a network.

A table whose groups and answers are the ends of a network's edges changes along closed walks. So far as a cell can grow
or shrink, as much can flow round it (Kelly, Golden and Assad 1992); whole numbers stay whole, and each between is met.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

Vector = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedTable:
    """A table, and between which ends each of its cells may be.

    Parameters
    ----------
    counts, low, high : tuple of int
        Row by row; each count is between its ends.
    wide : int
        How many columns there are.
    summed, totals : bool
        Whether the sums of rows, and those of columns, are known.

    Examples
    --------
    >>> table = BoundedTable(counts=(2, 6, 7, 9), low=(0, 5, 5, 5), high=(4, 9, 9, 9), wide=2, summed=True, totals=True)
    >>> table.span(0), table.span(3)
    ((0, 2), (7, 9))
    """

    counts: Vector
    low: Vector
    high: Vector
    wide: int
    summed: bool
    totals: bool

    def span(self, cell: int) -> tuple[int, int]:
        """Return the least and the greatest value of a cell, all else between its ends and the known sums unchanged."""
        return -self.turned.greatest(cell), self.greatest(cell)

    def is_open(self, cell: int, values: int) -> bool:
        """Whether a cell may have so many values."""
        more = self.greatest(cell, self.counts[cell] + values - 1) - self.counts[cell]
        return more >= values - 1 or self.turned.greatest(cell, values - 1 - more - self.counts[cell]) >= (
            values - 1 - more - self.counts[cell]
        )

    @property
    def turned(self) -> BoundedTable:
        """The same with the signs of all counts changed."""
        return replace(
            self,
            counts=tuple(-count for count in self.counts),
            low=tuple(-end for end in self.high),
            high=tuple(-end for end in self.low),
        )

    def greatest(self, cell: int, enough: int | None = None) -> int:
        """Return the greatest value of a cell; of one that is enough nothing greater is looked for."""
        counts = list(self.counts)
        top = self.high[cell] if enough is None else min(self.high[cell], enough)
        while counts[cell] < top:
            walk = self._walk(cell, counts)
            if walk is None:
                break
            room = [top - counts[cell], *(self._room(counts, place, more=more) for place, more in walk)]
            for place, more in [(cell, True), *walk]:
                counts[place] += min(room) if more else -min(room)
        return counts[cell]

    def _room(self, counts: list[int], cell: int, *, more: bool) -> int:
        return self.high[cell] - counts[cell] if more else counts[cell] - self.low[cell]

    def _walk(self, cell: int, counts: list[int]) -> list[tuple[int, bool]] | None:
        """Return the cells that grow (true) and shrink (false) by one where a cell grows by one; None: it cannot."""
        start, end, _ = _edges(len(counts), self.wide, self.summed, self.totals)[cell]
        steps = _steps(len(counts), self.wide, self.summed, self.totals)
        if start == end:
            return []
        before: dict[int, tuple[int, int, bool]] = {start: (start, cell, False)}
        waiting = [start]
        while waiting and end not in before:
            node = waiting.pop(0)
            for other, place, more in steps[node]:
                if other not in before and place != cell and self._room(counts, place, more=more):
                    before[other] = (node, place, more)
                    waiting.append(other)
        if end not in before:
            return None
        walk = []
        while end != start:
            end, place, more = before[end]
            walk.append((place, more))
        return walk


@lru_cache(maxsize=256)
def _edges(size: int, wide: int, summed: bool, totals: bool) -> tuple[tuple[int, int, int], ...]:  # noqa: FBT001
    """Return row, column and place of each cell; rows, or columns, whose sums are not known are one node."""
    rows = size // wide
    free = rows + wide
    return tuple(
        (place // wide if summed else free, rows + place % wide if totals else free, place) for place in range(size)
    )


@lru_cache(maxsize=256)
def _steps(size: int, wide: int, summed: bool, totals: bool) -> dict[int, list[tuple[int, int, bool]]]:  # noqa: FBT001
    """Return of each node the other end of each cell of a row, which shrinks, and of each of a column, which grows."""
    found: dict[int, list[tuple[int, int, bool]]] = {}
    for row, column, place in _edges(size, wide, summed, totals):
        found.setdefault(row, []).append((column, place, False))
        found.setdefault(column, []).append((row, place, True))
    return found
