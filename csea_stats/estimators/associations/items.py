"""Questions with several answers each, by group: people keep all their answers while groups are exchanged over them.

Every item and group is compared with the other groups: z, the difference of the shares over its standard error under
no difference. Exchanging the groups over whole respondents keeps how their answers go together, and the largest |z| of
all comparisons left gives step-down p-values that hold for the family (Westfall and Young 1993, algorithm 4.1). The
test of all items at once takes the sum of the items' Pearson statistics (Bilder, Loughin and Nettleton 2000).

References
----------
Westfall, P. H. and Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.
Bilder, C. R., Loughin, T. M. and Nettleton, D. (2000). Multiple marginal independence testing for pick any/c variables.
Communications in Statistics 29, 1285-1316.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from csea_stats.base.exact_tests import Array

BLOCK = 2_000_000
"""People times exchanges held at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What exchanging groups over people gives.

    Parameters
    ----------
    z : (J, D) array
        Per item and comparison.
    adjusted : (J, D) array
        Step-down p-values, which hold for all jointly.
    total : float
        Sum of the items' Pearson statistics.
    total_p : float
    draws : int
    """

    z: Array
    adjusted: Array
    total: float
    total_p: float
    draws: int


def exchange(marks: NDArray[np.int8], codes: NDArray[np.int16], *, draws: int, rng: np.random.Generator) -> Exchanged:
    """Compare every item between each group and the rest; between two groups once.

    Parameters
    ----------
    marks : (n, J) array of 0 and 1
    codes : (n,) array
        Groups, numbered from 0; each has somebody.

    Examples
    --------
    >>> marks = np.array([[1, 0], [1, 1], [1, 0], [0, 1], [0, 1], [0, 0]], dtype=np.int8)
    >>> found = exchange(marks, np.array([0, 0, 0, 1, 1, 1], dtype=np.int16), draws=999, rng=np.random.default_rng(1))
    >>> found.z.round(2).tolist(), round(found.total, 2)
    ([[2.45], [-0.82]], 6.67)
    """
    groups = int(codes.max()) + 1
    sizes = np.bincount(codes, minlength=groups).astype(float)
    people = float(len(codes))
    shares = marks.mean(axis=0)
    spread = shares * (1 - shares)
    varied = spread > 0

    def against(counts: Array) -> tuple[Array, Array]:
        """Return z, shape (B, J, D), and the sum of Pearson's statistics, from counts, shape (B, J, G)."""
        gap = counts / sizes - shares[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            total = (sizes * gap**2).sum(axis=2) / spread
            scale = np.sqrt(spread[:, None] * (people - sizes) / (people * sizes))
            z = gap / scale  # p - q between a group and the rest is gap n / (n - n_g)
        z[:, ~varied] = 0.0
        return z[:, :, : 1 if groups == 2 else groups], np.where(varied, total, 0.0).sum(axis=1)

    z, total = against(_counts(marks, codes[None], groups))
    found = [against(counts) for counts in _exchanges(marks, codes, groups, draws, rng)]
    drawn, totals = np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])
    beyond = int((totals >= total[0] * (1 - 1e-9)).sum())
    return Exchanged(
        z=z[0],
        adjusted=_step_down(np.abs(z[0]), np.abs(drawn)),
        total=float(total[0]),
        total_p=(beyond + 1) / (draws + 1),
        draws=draws,
    )


def _counts(marks: NDArray[np.int8], codes: NDArray[np.int16], groups: int) -> Array:
    """Return how many chose each item in each group: (B, J, G)."""
    whole = marks.astype(float)
    return np.stack([(codes == group).astype(float) @ whole for group in range(groups)], axis=2)


def _exchanges(
    marks: NDArray[np.int8], codes: NDArray[np.int16], groups: int, draws: int, rng: np.random.Generator
) -> Iterator[Array]:
    block = max(1, BLOCK // len(codes))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        yield _counts(marks, rng.permuted(np.tile(codes, (size, 1)), axis=1), groups)


def _step_down(observed: Array, drawn: Array) -> Array:
    """Compare each |z| with the largest of itself and of all smaller ones, from the largest downwards."""
    flat, exchanged = observed.ravel(), drawn.reshape(len(drawn), -1)
    order = np.argsort(-flat, kind="stable")
    largest = np.maximum.accumulate(exchanged[:, order][:, ::-1], axis=1)[:, ::-1]
    beyond = (largest >= flat[order] * (1 - 1e-9)).sum(axis=0) + 1
    found = np.empty_like(flat)
    found[order] = np.maximum.accumulate(beyond / (len(drawn) + 1))
    return found.reshape(observed.shape)
