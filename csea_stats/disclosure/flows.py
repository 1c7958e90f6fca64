"""The least and the greatest value of a cell among the tables with the same known sums: flows in a network.

A table whose groups and answers are the ends of a network's edges changes along closed walks. So far as a cell can grow
or shrink, as much can flow round it (Kelly, Golden and Assad 1992); whole numbers stay whole, and each between is met.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        turned = replace(
            self,
            counts=tuple(-count for count in self.counts),
            low=tuple(-end for end in self.high),
            high=tuple(-end for end in self.low),
        )
        return -turned.greatest(cell), self.greatest(cell)

    def greatest(self, cell: int) -> int:
        """Return the greatest value of a cell."""
        counts = list(self.counts)
        while counts[cell] < self.high[cell]:
            walk = self._walk(cell, counts)
            if walk is None:
                break
            room = [self.high[cell] - counts[cell], *(self._room(counts, place, more=more) for place, more in walk)]
            for place, more in [(cell, True), *walk]:
                counts[place] += min(room) if more else -min(room)
        return counts[cell]

    def _room(self, counts: list[int], cell: int, *, more: bool) -> int:
        return self.high[cell] - counts[cell] if more else counts[cell] - self.low[cell]

    def _walk(self, cell: int, counts: list[int]) -> list[tuple[int, bool]] | None:
        """Return the cells that grow (true) and shrink (false) by one where a cell grows by one; None: it cannot."""
        rows = len(counts) // self.wide
        start, end = self._nodes(cell, rows)
        if start == end:
            return []
        before: dict[int, tuple[int, int, bool]] = {start: (start, cell, False)}
        waiting = [start]
        while waiting and end not in before:
            node = waiting.pop(0)
            for other, place, more in self._steps(node, rows):
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

    def _nodes(self, cell: int, rows: int) -> tuple[int, int]:
        """Return the row and the column of a cell; those whose sums are not known are one node."""
        row, column = divmod(cell, self.wide)
        free = rows + self.wide
        return (row if self.summed else free), (rows + column if self.totals else free)

    def _steps(self, node: int, rows: int) -> Iterator[tuple[int, int, bool]]:
        """Yield the other end of each cell of a row, which shrinks, and of each cell of a column, which grows."""
        for place in range(rows * self.wide):
            row, column = self._nodes(place, rows)
            if row == node:
                yield column, place, False
            if column == node:
                yield row, place, True
