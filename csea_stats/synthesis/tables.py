"""Random answers with given totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.columns import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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
