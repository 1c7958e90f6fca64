"""Predictors as data have them: levels, centres, units, and the columns that they become."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from csea_stats.errors import InputError
from csea_stats.results.numbers import number_of, with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.model import Predictor
    from csea_stats.regression.problem import Array

Codes = NDArray[np.int64]

WIDEST = 4_000_000
"""Cells of a table of codes before patterns are found by sorting the codes instead."""

LARGEST = 2**62
"""Codes before those of the first columns are numbered anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One predictor as data have it.

    Parameters
    ----------
    predictor : Predictor
    labels : tuple of str
        Of a coded column; empty for a number.
    unit : str
    levels : (L,) array
        Values that occur: codes, or numbers, rising.
    centre, scale : float
        Of a number: what is subtracted, and how many units one coefficient speaks of.
    means : (D,) array
        Of the variable's uncentred columns, over the respondents.
    stepwise : bool
        Whether each level is compared with the one before it, in place of the first.
    """

    predictor: Predictor
    labels: tuple[str, ...]
    unit: str
    levels: Array
    scale: float
    means: Array
    stepwise: bool = False

    @property
    def name(self) -> str:
        """The column."""
        return self.predictor.name

    @property
    def shape(self) -> Literal["number", "monotonic", "score", "contrasts"]:
        """How it enters."""
        if not self.labels:
            return "number"
        if self.predictor.term == "mo":
            return "monotonic"
        return "score" if self.predictor.term == "score" else "contrasts"

    @property
    def items(self) -> tuple[str, ...]:
        """Names of its coefficients."""
        if self.shape == "contrasts":
            return tuple(f"{self.name}[{label}]" for label in self.labels[1:])
        return (self.predictor.written if self.shape == "monotonic" else self.name,)

    def columns(self, values: Array) -> Array:
        """Uncentred columns at some values: contrasts, steps, a score, or the number in units of one coefficient."""
        if self.shape == "number":
            return np.asarray(values / self.scale)[:, None]
        if self.shape == "score":
            return np.asarray(values + 1.0)[:, None]
        levels = np.arange(1, len(self.labels))
        if self.shape == "monotonic" or self.stepwise:
            return np.asarray(values[:, None] >= levels, dtype=float)
        return np.asarray(values[:, None] == levels, dtype=float)

    def told(self, value: float) -> str:
        """Return a value as a label, or a number with its unit."""
        if self.labels:
            return self.labels[int(value)]
        return with_unit(f"{value:g}", self.unit)

    def own_columns(self, values: Array) -> Array:
        """Columns of effects that differ between items, or groups: one for each level, or the number itself."""
        if not self.labels:
            return self.columns(values) - self.means
        return np.asarray(values[:, None] == np.arange(len(self.labels)), dtype=float)


def freed_variables(variables: tuple[Variable, ...], patterns: Array, weights: Array) -> tuple[Variable, ...]:
    """Return predictors with each step of a monotonic term a coefficient of its own.

    Against the first level the prior would draw it to each of the others: three times where three are alike.
    """
    found = []
    for place, one in enumerate(variables):
        if one.shape != "monotonic":
            found.append(one)
            continue
        free = replace(one, predictor=replace(one.predictor, term="cat"), stepwise=True)
        found.append(replace(free, means=np.asarray(weights @ free.columns(patterns[:, place]))))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A predictor's values over the rows that are in, as codes of its levels."""

    predictor: Predictor
    labels: tuple[str, ...]
    unit: str
    levels: Array
    codes: Codes


def levels_of(values: Array) -> tuple[Array, Codes]:
    """Distinct values, rising, and the code of each row; whole numbers without sorting the rows.

    Examples
    --------
    >>> levels_of(np.array([3.0, 1.0, 3.0]))[1].tolist()
    [1, 0, 1]
    """
    low, high = values.min(), values.max()
    if high / 2 - low / 2 < WIDEST / 2 and np.all(values == np.floor(values)):
        offset = (values - low).astype(np.int64)
        present = np.bincount(offset) > 0
        place = np.cumsum(present) - 1
        return np.flatnonzero(present) + low, place[offset]
    levels, codes = np.unique(values, return_inverse=True)
    return levels, codes.astype(np.int64)


def collapse(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """Patterns that occur, in rising order, and how often: one count, or one sort, of mixed-radix codes.

    Parameters
    ----------
    columns : sequence of (n,) arrays
        Codes from 0.
    sizes : sequence of int
        How many codes each has.

    Returns
    -------
    patterns : (G, V) array
    counts : (G,) array

    Examples
    --------
    >>> collapse([np.array([0, 1, 1]), np.array([2, 0, 0])], [2, 3])[1].tolist()
    [1, 2]
    """
    heads = np.zeros((1, 0), dtype=np.int64)
    room = 1
    since: list[int] = []
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        if room * int(size) > LARGEST:
            used, code = np.unique(code, return_inverse=True)
            heads, room, since = _digits(used, heads, since), len(used), []
        code *= size
        code += column
        room *= int(size)
        since.append(size)
    if room > WIDEST:
        found, counts = np.unique(code, return_counts=True)
    else:
        tally = np.bincount(code)
        found = np.flatnonzero(tally)
        counts = tally[found]
    return _digits(found, heads, since), counts


def _digits(codes: Codes, heads: Codes, sizes: Sequence[int]) -> Codes:
    """Patterns of mixed-radix codes; the leading digit stands for one of the heads."""
    parts = []
    for size in reversed(sizes):
        codes, part = np.divmod(codes, size)
        parts.append(part)
    return np.concatenate([heads[codes], *(part[:, None] for part in reversed(parts))], axis=1)


STEPS = 1e12
"""How many times a step may go into the spread of numbers, or their spread into it."""

FARTHEST = 1e100  # numbers beyond, and differences below one over it, leave what a computer can square


def make_variable(coded: Coded, values: Array, totals: Array) -> Variable:
    """Return a predictor with its centre and scale; refuse one that does not vary."""
    name, people = coded.predictor.name, float(totals.sum())
    used = np.unique(values[totals > 0])
    if len(used) < 2:
        only = coded.labels[int(used[0])] if coded.labels else f"{used[0]:g}"
        message = (
            f"predictor {name!r}: found only {only!r} among the {number_of(int(people), 'respondents')}; allowed "
            "is two values or more: leave it out"
        )
        raise InputError(message)
    if not coded.labels and (np.abs(used).max() > FARTHEST or used[-1] - used[0] < 1 / FARTHEST):
        found = f"numbers from {used[0]:g} to {used[-1]:g}, too {'large' if abs(used[-1]) > 1 else 'near each other'}"
        message = f"predictor {name!r}: found {found}; allowed are up to {FARTHEST:g}: give them in another unit"
        raise InputError(message)
    scale = 1.0
    if not coded.labels and coded.predictor.term in ("plain", "free"):
        scale = two_deviations(values, totals)
    elif not coded.labels:
        scale = coded.predictor.per or 1.0
        if not 1 / STEPS < (used[-1] - used[0]) / scale < STEPS:
            message = (
                f"predictor {name!r}: found numbers from {used[0]:g} to {used[-1]:g} per {scale:g}, of which no step "
                f"can be told; allowed is a step nearer to their spread: write {name}, or per({name}, such a number)"
            )
            raise InputError(message)
    variable = Variable(
        predictor=coded.predictor, labels=coded.labels, unit=coded.unit, levels=used, scale=scale, means=np.zeros(1)
    )
    columns = variable.columns(values)
    return Variable(
        predictor=coded.predictor,
        labels=coded.labels,
        unit=coded.unit,
        levels=used,
        scale=scale,
        means=np.asarray(totals @ columns / people),
    )


def two_deviations(values: Array, totals: Array) -> float:
    """Return 2 standard deviations (divisor n - 1) of a number, of which there are so many respondents at each value.

    Examples
    --------
    >>> round(two_deviations(np.array([0.0, 1.0]), np.array([2.0, 2.0])), 6)
    1.154701
    """
    people = float(totals.sum())
    mean = totals @ values / people
    return 2 * float(np.sqrt(totals @ (values - mean) ** 2 / (people - 1)))
