"""Overlapping subgroups: swap answers between people until every subgroup adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STEPS = 400
"""Swaps tried per person."""


def repair(
    values: NDArray[np.int16],
    asked: NDArray[np.bool_],
    targets: Sequence[tuple[NDArray[np.bool_], tuple[int, ...]]],
    rng: np.random.Generator,
) -> bool:
    """Swap whole answers between people, in place, until each subgroup has its counts.

    Swaps leave the totals as they are. A swap that does not bring the subgroups further away is kept.

    Parameters
    ----------
    values : (n,) codes or (n, J) marks
    asked : (n,) bool
    targets : sequence of (mask, counts)
    rng : Generator

    Returns
    -------
    bool
        Whether they all add up.
    """
    people = np.flatnonzero(asked)
    masks = np.array([mask for mask, _ in targets])
    off = np.array([_counts(values[mask], len(counts)) - counts for mask, counts in targets])
    for _ in range(STEPS * len(people)):
        if not off.any():
            return True
        one, other = rng.choice(people, 2, replace=False)
        if np.array_equal(values[one], values[other]):
            continue
        width = off.shape[1]
        change = _counts(values[[other]], width) - _counts(values[[one]], width)
        sides = masks[:, one].astype(int) - masks[:, other].astype(int)
        after = off + sides[:, None] * change
        if np.abs(after).sum() <= np.abs(off).sum():
            off = after
            values[[one, other]] = values[[other, one]]
    return not off.any()


def _counts(values: NDArray[np.int16], width: int) -> NDArray[np.int64]:
    if values.ndim == 2:
        return np.asarray((values == 1).sum(axis=0), dtype=np.int64)
    return np.bincount(values[values >= 0], minlength=width).astype(np.int64)
