"""The distribution of a statistic over all tables with the same margins: every table, or a sample of them.

Under independence a table a with row totals r and column totals c has the probability
prod(r!) prod(c!) / (n! prod(a!)): the multiple hypergeometric distribution. Tables are built column by column;
partial tables with the same rows left to fill and the same value so far are counted together, so far fewer are kept
than exist (as in Mehta and Patel's network algorithm, without its bounds).

References
----------
Freeman, G. H. and Halton, J. H. (1951). Biometrika 38, 141-149, doi:10.1093/biomet/38.1-2.141.
Mehta, C. R. and Patel, N. R. (1983). JASA 78, 427-434, doi:10.1080/01621459.1983.10477989.
Phipson, B. and Smyth, G. K. (2010). Statistical Applications in Genetics and Molecular Biology 9, 39.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST = 400_000
"""Partial tables held at once before sampling takes over."""
CLOSE = 1e-7
"""Relative difference up to which two values of a statistic count as equal; R's fisher.test has the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PValue:
    """A p-value and how it came about.

    Parameters
    ----------
    p : float
    draws : int or None
        None: every table was counted.
    """

    p: float
    draws: int | None = None


@dataclass(frozen=True, slots=True)
class _Partial:
    left: Whole
    value: Array
    weight: Array  # log


def independence(table: Whole, *, mid_p: bool, draws: int, rng: np.random.Generator) -> PValue:
    """Fisher, Freeman and Halton: the probability of all tables no more probable than the observed one.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> round(independence(np.array([[3, 1], [1, 3]]), mid_p=False, draws=999, rng=rng).p, 4)
    0.4857
    """
    found = every(_wide(table), lambda cells, _: -gammaln(cells + 1.0))
    observed = float(-gammaln(table + 1.0).sum())
    if found is None:
        values = -gammaln(_sampled(table, draws, rng) + 1.0).sum(axis=(1, 2))
        return _estimated(-values, -observed, mid_p=mid_p)
    return _counted(-found[0], found[1], -observed, mid_p=mid_p)


def linear(table: Whole, rows: Array, columns: Array, *, mid_p: bool, draws: int, rng: np.random.Generator) -> PValue:
    """Sum of row score times column score, as far from its expectation as observed or farther, on either side."""
    if table.shape[0] > table.shape[1]:
        table, rows, columns = _wide(table), columns, rows
    expected = float(rows @ table.sum(axis=1) * (table.sum(axis=0) @ columns) / table.sum())
    observed = abs(float(rows @ table @ columns) - expected)
    # Scores are not centred first: sums of whole and half scores coincide, and tables that share one merge.
    found = every(table, lambda cells, column: rows * cells * columns[column])
    if found is None:
        drawn = _sampled(table, draws, rng)
        return _estimated(np.abs(np.einsum("i,bij,j->b", rows, drawn, columns) - expected), observed, mid_p=mid_p)
    return _counted(np.abs(found[0] - expected), found[1], observed, mid_p=mid_p)


def sampled(
    table: Whole, statistic: Callable[[Array], Array], *, mid_p: bool, draws: int, rng: np.random.Generator
) -> PValue:
    """Any statistic of tables, shape (B, R, C) to (B,), large values against the null."""
    observed = float(statistic(table[None].astype(np.float64))[0])
    return _estimated(statistic(_sampled(table, draws, rng)), observed, mid_p=mid_p)


def _wide(table: Whole) -> Whole:
    """Turn a table so that it has fewer rows than columns: fewer partial tables differ."""
    return table.T if table.shape[0] > table.shape[1] else table


def every(table: Whole, part: Callable[[Whole, int], Array]) -> tuple[Array, Array] | None:
    """Return the values of an additive statistic over all tables with these margins, and their probabilities.

    Parameters
    ----------
    table : (R, C) array of int
    part : callable
        Of the cells of one column, shape (N, R), and its place: what each cell adds.

    Returns
    -------
    values, probabilities : arrays
        None where there are more partial tables than `MOST`.
    """
    state = _Partial(table.sum(axis=1)[None].astype(np.int64), np.zeros(1), np.zeros(1))
    for column, total in enumerate(table.sum(axis=0).tolist()):
        grown = _columns(state, total)
        if grown is None:
            return None
        parent, cells = grown
        merged = _merged(
            state.left[parent] - cells,
            state.value[parent] + part(cells, column).sum(axis=1),
            state.weight[parent] - gammaln(cells + 1.0).sum(axis=1),
        )
        state = merged
    chance = np.exp(state.weight - state.weight.max())
    return state.value, chance / chance.sum()


def _columns(state: _Partial, total: int) -> tuple[NDArray[np.intp], Whole] | None:
    """Every way to spread a column's total over the rows that have room, cell by cell."""
    rows = state.left.shape[1]
    parent = np.arange(len(state.left))
    need = np.full(len(parent), total, dtype=np.int64)
    cells = np.zeros((len(parent), rows), dtype=np.int64)
    later = np.concatenate([np.cumsum(state.left[:, ::-1], axis=1)[:, ::-1][:, 1:], np.zeros((len(parent), 1), int)], 1)
    for row in range(rows):
        low = np.maximum(need - later[parent, row], 0)
        high = np.minimum(state.left[parent, row], need)
        times = np.maximum(high - low + 1, 0)
        size = int(times.sum())
        if size > MOST * 4:
            return None
        source = np.repeat(np.arange(len(parent)), times)
        step = np.arange(size) - np.repeat(np.cumsum(times) - times, times)
        here = low[source] + step
        parent, cells, need = parent[source], cells[source], need[source] - here
        cells[:, row] = here
    return parent, cells


def _merged(left: Whole, value: Array, weight: Array) -> _Partial:
    """Count partial tables together that have the same rows left and the same value to nine decimals."""
    code = np.zeros(len(left), dtype=np.int64)
    for row in range(left.shape[1]):
        code = code * (int(left[:, row].max()) + 1) + left[:, row]
    order = np.lexsort((np.round(value, 9), code))
    code, rounded = code[order], np.round(value, 9)[order]
    new = np.concatenate([[True], (np.diff(code) != 0) | (np.diff(rounded) > 2e-9)])
    first = np.flatnonzero(new)
    return _Partial(left[order][first], value[order][first], np.logaddexp.reduceat(weight[order], first))


def _sampled(table: Whole, draws: int, rng: np.random.Generator) -> Array:
    from scipy.stats import random_table

    drawn = random_table(table.sum(axis=1), table.sum(axis=0)).rvs(size=draws, random_state=rng)
    return np.asarray(drawn, dtype=np.float64).reshape(draws, *table.shape)


def _counted(extreme: Array, chance: Array, observed: float, *, mid_p: bool) -> PValue:
    slack = CLOSE * max(1.0, abs(observed))
    beyond = float(chance[extreme > observed + slack].sum())
    level = float(chance[np.abs(extreme - observed) <= slack].sum())
    return PValue(p=min(beyond + level * (0.5 if mid_p else 1.0), 1.0))


def _estimated(extreme: Array, observed: float, *, mid_p: bool) -> PValue:
    """Count the observed table as one of the draws, so that p is never 0 (Phipson and Smyth 2010)."""
    slack = CLOSE * max(1.0, abs(observed))
    beyond = int((extreme > observed + slack).sum())
    level = int((np.abs(extreme - observed) <= slack).sum()) + 1
    return PValue(p=(beyond + level * (0.5 if mid_p else 1.0)) / (len(extreme) + 1), draws=len(extreme))
