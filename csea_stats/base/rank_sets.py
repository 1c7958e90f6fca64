"""Sets of ranks that hold for all answers at once, from counts or from the counts that print allows.

Counts come as boxes, see `count_boxes`.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import interval_limits
from csea_stats.base.selection import shift_odds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from csea_stats.base.roots import Array

    Whole = NDArray[np.int64]

MOST_VECTORS = 5_000
"""Count vectors with a given sum that are listed one by one; beyond it one box holds them all."""


def count_boxes(counts: Sequence[tuple[int, ...]], total: int | None) -> tuple[Whole, Whole]:
    """Return the boxes of feasible counts, one set of counts for each answer.

    Parameters
    ----------
    counts : sequence of tuple of int
        Feasible counts of each answer, rising.
    total : int or None
        What they add up to, where it is known; there must be a way.

    Examples
    --------
    >>> [box.tolist() for box in count_boxes([(3,), (1, 2), (1, 2)], None)]
    [[[3, 1, 1]], [[3, 2, 2]]]
    >>> count_boxes([(3,), (1, 2), (1, 2)], 6)[0].tolist()
    [[3, 1, 2], [3, 2, 1]]
    """
    if total is None or prod(map(len, counts)) == 1:
        low, high = [values[0] for values in counts], [values[-1] for values in counts]
        return np.array([low]), np.array([high])
    after = sums_after(counts)
    vectors: list[tuple[int, ...]] = [()]
    for place, values in enumerate(counts):
        vectors = [
            (*start, value) for start in vectors for value in values if total - sum(start) - value in after[place + 1]
        ]
        if len(vectors) > MOST_VECTORS:
            return _one_box(counts, total)
    return np.array(vectors), np.array(vectors)


def sums_after(counts: Sequence[tuple[int, ...]]) -> list[frozenset[int]]:
    """Return for every place the sums that the counts from there on can have."""
    found = [frozenset({0})]
    for values in reversed(counts):
        found.append(frozenset(rest + value for rest in found[-1] for value in values))
    return found[::-1]


def _one_box(counts: Sequence[tuple[int, ...]], total: int) -> tuple[Whole, Whole]:
    """Return one box around all vectors with that total: the counts of each answer that some such vector has."""
    before = sums_after(counts[::-1])[::-1]
    after = sums_after(counts)
    kept = [
        [v for v in values if any(total - v - start in after[place + 1] for start in before[place])]
        for place, values in enumerate(counts)
    ]
    return np.array([[min(values) for values in kept]]), np.array([[max(values) for values in kept]])


def rank_bounds(lower: ArrayLike, upper: ArrayLike) -> tuple[Whole, Whole]:
    """Return the first and the last rank that each value can have, where it lies between two limits.

    Parameters
    ----------
    lower, upper : array-like, shape (..., m)

    Returns
    -------
    first, last : numpy.ndarray of int, shape (..., m)
        Rank 1 is the largest value; equal values share all their ranks.

    Notes
    -----
    An answer surely beats another where its lower limit is above the other's upper one (Klein, Wright & Wieczorek
    2020, Theorem 1). If all limits hold jointly, so do all these sets, whatever the dependence, ties included.

    Examples
    --------
    >>> first, last = rank_bounds([0.5, 0.2, 0.1], [0.8, 0.45, 0.25])
    >>> first.tolist(), last.tolist()
    ([1, 2, 2], [1, 3, 3])
    >>> [ranks.tolist() for ranks in rank_bounds([9, 5, 5, 1], [9, 5, 5, 1])]
    [[1, 2, 2, 4], [1, 3, 3, 4]]
    """
    low, high = np.asarray(lower), np.asarray(upper)
    beaten = low[..., None, :] > high[..., :, None]  # row i: the j that surely beat it
    beats = high[..., None, :] < low[..., :, None]
    return 1 + beaten.sum(axis=-1), low.shape[-1] - beats.sum(axis=-1)


def joint_rank_sets(
    boxes: tuple[Whole, Whole], base: int, level: float, *, design_effect: float = 1.0, ratio: float = 1.0
) -> tuple[Whole, Whole]:
    """Return the Klein-Wright-Wieczorek set of each answer, the hull over all boxes.

    Parameters
    ----------
    boxes : (low, high), each of shape (B, m)
    base : int
    level : float
        Of all sets jointly: each share has its Clopper-Pearson interval at level 1 - (1 - level) / m.
    design_effect, ratio : float
        Clustering; and the largest participation ratio, by which odds are divided and multiplied.

    Examples
    --------
    >>> counts = np.array([(35, 30, 24, 18, 14, 12, 9, 5)])
    >>> [ranks.tolist() for ranks in joint_rank_sets((counts, counts), 49, 0.95)]
    [[1, 1, 1, 1, 2, 2, 3, 4], [4, 6, 7, 8, 8, 8, 8, 8]]
    """
    low, high = boxes
    number = low.shape[1]
    each = {"method": "clopper-pearson", "level": 1 - (1 - level) / number}
    lower, _ = interval_limits(low / design_effect, base / design_effect, **each)
    _, upper = interval_limits(high / design_effect, base / design_effect, **each)
    return _hull(rank_bounds(shift_odds(lower, 1 / ratio), shift_odds(upper, ratio)))


def observed_ranks(boxes: tuple[Whole, Whole], base: int, *, ratio: float = 1.0) -> tuple[Whole, Whole]:
    """Return the first and last rank that each count, or its share shifted by a participation ratio, can have."""
    low, high = (box / base for box in boxes)
    return _hull(rank_bounds(shift_odds(low, 1 / ratio), shift_odds(high, ratio)))


def _hull(ranks: tuple[Whole, Whole]) -> tuple[Whole, Whole]:
    return ranks[0].min(axis=0), ranks[1].max(axis=0)


def pairwise_rank_sets(boxes: tuple[Whole, Whole], base: int, level: float) -> tuple[Whole, Whole]:
    """Return the set of each answer from one-sided exact McNemar tests of all pairs, the hull over all boxes.

    Notes
    -----
    Of the people who name one of two answers and not the other, at most N = min(x + y, 2n - x - y), a share of at
    least 1/2 would name the second if it were as frequent: P(Bin(N, 1/2) >= (N + x - y) / 2) is the largest p-value
    over all overlaps. Holm over all m (m - 1) ordered pairs bounds the chance of any wrong "beats" by 1 - level under
    any dependence. With one answer each N = x + y, and this is the method of Bazylik et al. for multinomial counts.

    Examples
    --------
    >>> counts = np.array([(35, 30, 24, 18, 14, 12, 9, 5)])
    >>> [ranks.tolist() for ranks in pairwise_rank_sets((counts, counts), 49, 0.95)]
    [[1, 1, 1, 1, 1, 2, 3, 4], [5, 6, 7, 8, 8, 8, 8, 8]]
    """
    each = [_holm_ranks(low, high, base, level) for low, high in zip(*boxes, strict=True)]
    return _hull((np.array([first for first, _ in each]), np.array([last for _, last in each])))


def _holm_ranks(low: Whole, high: Whole, base: int, level: float) -> tuple[Whole, Whole]:
    number = len(low)
    first, second = np.nonzero(~np.eye(number, dtype=bool))
    p = worst_p(low[first], high[second], base)  # it falls as the first count rises, and rises with the second
    order = np.argsort(p, kind="stable")
    # Holm (1979): the smallest p against (1 - level) / M, the next against (1 - level) / (M - 1), ...
    held = p[order] <= (1 - level) / np.arange(len(p), 0, -1)
    found = order[: len(p) if held.all() else int(np.argmin(held))]
    beats = np.bincount(first[found], minlength=number)
    beaten = np.bincount(second[found], minlength=number)
    return 1 + beaten, number - beats


def worst_p(first: ArrayLike, second: ArrayLike, base: int) -> Array:
    """Return the one-sided exact McNemar p-value of "the first is named more often", the largest over all overlaps.

    Examples
    --------
    >>> float(2 * worst_p(39, 35, 49).round(4))  # two-sided
    0.5412
    """
    x, y = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    trials = np.minimum(x + y, 2 * base - x - y)
    successes = np.maximum((trials + x - y) / 2, 1.0)
    return np.asarray(np.where(x > y, special.betainc(successes, trials - successes + 1, 0.5), 1.0))
