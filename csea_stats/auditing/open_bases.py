"""A table whose base print leaves so open that not every base is read: bounds on each sum, for every base at once.

Each statement bounds the counts of one answer, or of a sum; bounds are carried from sums to their parts and back until
nothing changes, for all bases in one array. They are never too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.auditing.facts import binding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.auditing.constraints import Ranges
    from csea_stats.auditing.facts import PrintedFact

    Whole = NDArray[np.int64]

MOST_ROUNDS = 12
"""So often bounds are carried from one statement to the next."""

CRITICAL = (1.28, 1.96, 3.29)
"""How far Wilson's limits are at the levels at which the pairs that are an end of an interval are looked for."""

FAR = 2**40
"""Bounds of a base that contradicts itself run away from each other, and no further than this."""

Members = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Bounds on counts, a column for each base.

    Parameters
    ----------
    bases : array
        Those that contradict the least, in increasing order.
    low, high : array, a row for each answer
    limits : tuple of (members, low, high)
        Bounds on sums.
    """

    bases: Whole
    low: Whole
    high: Whole
    limits: tuple[tuple[Members, Whole, Whole], ...]

    def of(self, members: Members) -> tuple[Whole, Whole]:
        """Return bounds on a sum of answers, for every base."""
        low, high = self.low[list(members)].sum(axis=0), self.high[list(members)].sum(axis=0)
        for other, least, most in self.limits:
            more, fewer = list(set(members) - set(other)), list(set(other) - set(members))
            low = np.maximum(low, least + self.low[more].sum(axis=0) - self.high[fewer].sum(axis=0))
            high = np.minimum(high, most + self.high[more].sum(axis=0) - self.low[fewer].sum(axis=0))
        return low, high

    def pairs(self, members: Members) -> tuple[tuple[int, int], ...]:
        """Return the (count, base) that can be an end of the share or of an interval of it, and those of either base.

        They are the outermost by the share itself and by Wilson's limits at three levels.
        """
        counts, bases = np.concatenate(self.of(members)), np.concatenate([self.bases, self.bases])
        looked_at = [bases, -bases, counts / np.maximum(bases, 1), -counts / np.maximum(bases, 1)]
        for z in CRITICAL:
            spread = z * np.sqrt(np.maximum(counts * (bases - counts), 0) / np.maximum(bases, 1) + z**2 / 4)
            looked_at += [sign * (counts + z**2 / 2 - sign * spread) / (bases + z**2) for sign in (1, -1)]
        size = len(self.bases)
        places = {
            int(np.argmin(part)) + start
            for all_ in looked_at
            for start, part in ((0, all_[:size]), (size, all_[size:]))
        }
        return tuple(sorted({(int(counts[i]), int(bases[i])) for i in places}, key=lambda pair: pair[::-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBase:
    """What print says of one base.

    Parameters
    ----------
    base : int
    facts : sequence of PrintedFact
    domains : mapping of position to ranges
    total : (int, int) or None
        What all counts sum to.
    """

    base: int
    facts: Sequence[PrintedFact]
    domains: Mapping[int, Ranges]
    total: tuple[int, int] | None


def spans(tables: Iterable[OfBase], size: int) -> Spans | None:
    """Return bounds on the counts of a table for each of its bases; None if each contradicts what is printed.

    Parameters
    ----------
    tables : iterable of OfBase
        In increasing order of bases.
    size : int
        Number of answers.
    """
    every = [(table, _said(table, size)) for table in tables]
    bases = np.array([table.base for table, _ in every])
    low, high = np.zeros((size, len(every)), dtype=np.int64), np.repeat(bases[None], size, axis=0)
    limits: list[tuple[Members, Whole, Whole]] = []
    for members in dict.fromkeys(members for _, said in every for members in said):
        ends = [said.get(members, (0, table.base * len(members))) for table, said in every]
        least, most = np.array(ends).T
        if len(members) == 1:
            low[members], high[members] = np.maximum(low[members], least), np.minimum(high[members], most)
        else:
            limits.append((members, least, most))
    for _ in range(MOST_ROUNDS):
        before = low.sum() - high.sum()
        _carry(low, high, limits)
        if low.sum() - high.sum() == before:
            break
    fits = (low <= high).all(axis=0)
    for members, least, most in limits:
        fits &= (low[list(members)].sum(axis=0) <= most) & (high[list(members)].sum(axis=0) >= least)
    soft = np.array([sum(fact.soft for fact in table.facts) for table, _ in every])
    if not fits.any():
        return None
    fits &= soft == soft[fits].min()
    kept = tuple((members, least[fits], most[fits]) for members, least, most in limits)
    return Spans(bases=bases[fits], low=low[:, fits], high=high[:, fits], limits=kept)


def _said(table: OfBase, size: int) -> dict[Members, tuple[int, int]]:
    """Return the least and the greatest of each sum that something is said of."""
    told = [(fact.members, fact.ranges[0][0], fact.ranges[-1][1]) for fact in binding(table.facts)]
    told += [((i,), ranges[0][0], ranges[-1][1]) for i, ranges in table.domains.items()]
    told += [(tuple(range(size)), *table.total)] if table.total is not None else []
    found: dict[Members, tuple[int, int]] = {}
    for members, low, high in told:
        least, most = found.get(members, (low, high))
        found[members] = max(least, low), min(most, high)
    return found


def _carry(low: Whole, high: Whole, limits: Iterable[tuple[Members, Whole, Whole]]) -> None:
    """Carry the bounds of sums to their parts, in place."""
    for members, least, most in limits:
        rows = list(members)
        lows, highs = low[rows].sum(axis=0), high[rows].sum(axis=0)
        lower = np.maximum(low[rows], least - (highs - high[rows]))
        upper = np.minimum(high[rows], most - (lows - low[rows]))
        low[rows], high[rows] = np.minimum(lower, FAR), np.maximum(upper, -FAR)
