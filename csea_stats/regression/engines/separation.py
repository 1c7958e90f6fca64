"""Whether a maximum-likelihood estimate exists: columns that repeat each other, columns that separate the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array

TOLERANCE = 1e-9


def dependent(counts: Array, columns: Array) -> tuple[int, ...]:
    """Columns, among people present, that the other columns (or a constant) repeat; empty if the design has full rank.

    Examples
    --------
    >>> dependent(np.ones((3, 2)), np.array([[-1.0, -2.0, 0.5], [0.0, 0.0, -1.0], [1.0, 2.0, 0.5]]))
    (0, 1)
    """
    present = columns[counts.sum(axis=1) > 0]
    if not present.shape[1]:
        return ()
    if not present.shape[0]:
        return tuple(range(present.shape[1]))
    present = present - present.mean(axis=0)
    size = np.abs(present).max(axis=0)
    empty = size <= TOLERANCE * np.abs(columns).max(axis=0).clip(min=1e-300)
    if empty.any():
        return tuple(int(place) for place in np.flatnonzero(empty))
    triangle = np.linalg.qr(present / size, mode="r")  # as small as the columns, however many rows
    _, values, vectors = np.linalg.svd(triangle)
    values = np.concatenate([values, np.zeros(present.shape[1] - values.size)])
    null = vectors[values <= TOLERANCE * values[0]]
    return tuple(int(place) for place in np.flatnonzero((np.abs(null) > 1e-7).any(axis=0)))


def separating(counts: Array, columns: Array) -> tuple[tuple[int, float], ...]:
    """Columns whose maximum-likelihood coefficient is infinite, each with the sign of the infinity.

    Parameters
    ----------
    counts : (G, J) array
        No category that nobody chose.
    columns : (G, P) array
        Of full rank.

    Returns
    -------
    tuple of (column, sign)
        Empty where a finite maximum exists.

    Notes
    -----
    The estimate is infinite if and only if a direction (gamma, delta) other than 0 never lowers the likelihood:
    gamma_k - x delta >= 0 for everyone in category k < J and gamma_k-1 - x delta <= 0 for everyone in k > 1. For two
    categories this is Albert and Anderson (1984), Biometrika 71, 1-10, doi:10.1093/biomet/71.1.1. One linear program
    finds whether there is one; two more for each column, which way it goes.
    """
    from scipy.optimize import linprog

    if not columns.shape[1]:
        return ()
    cuts = counts.shape[1] - 1
    scaled = columns / np.abs(columns).max(axis=0)
    pattern, answer = np.nonzero(counts)
    rows = []
    for shift, sign in ((0, 1.0), (-1, -1.0)):
        cut = answer + shift
        some = (cut >= 0) & (cut < cuts)
        row = np.zeros((int(some.sum()), cuts + columns.shape[1]))
        row[np.arange(row.shape[0]), cut[some]] = sign
        row[:, cuts:] = -sign * scaled[pattern[some]]
        rows.append(row)
    cone = np.unique(np.concatenate(rows), axis=0)
    bounds = [(None, None)] * cuts + [(-1.0, 1.0)] * columns.shape[1]

    def furthest(direction: Array) -> Array:
        found = linprog(-direction, A_ub=-cone, b_ub=np.zeros(len(cone)), bounds=bounds, method="highs")
        return np.asarray(found.x)

    total = cone.sum(axis=0)
    if total @ furthest(total) <= 1e-7:
        return ()
    result = []
    for place in range(columns.shape[1]):
        for sign in (1.0, -1.0):
            direction = np.zeros(cone.shape[1])
            direction[cuts + place] = sign
            if furthest(direction) @ direction > 1e-7:
                result.append((place, sign))
    return tuple(result)
