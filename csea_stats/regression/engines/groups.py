"""What the nested engine is given: counts of answers per cell, centred columns, and effects of groups with a spread.

The linear predictor of a cell is a sum of its item's level (two answers), its columns times coefficients, and effects
of groups: members of a group effect are sd times standard normal scores, so a spread of 0 is no special case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import InputError
from csea_stats.regression.problem import Prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.regression.problem import Array

    Places = NDArray[np.intp]

JEFFREYS = Prior(family="beta", shapes=(0.5, 0.5))
GroupFamily = Literal["cumulative", "bernoulli", "conditional-bernoulli"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Effects that share one standard deviation: of people, of groups, of items by predictors.

    Parameters
    ----------
    members : int
        How many effects.
    place : (R, W) array of int
        The members that a cell belongs to.
    value : (R, W) array
        With what factor; 1 for a group.
    scale : float
        Of the half-normal prior of the standard deviation.
    """

    members: int
    place: Places
    value: Array
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.place.shape != self.value.shape or self.place.ndim != 2:
            message = f"spread: found places {self.place.shape} and values {self.value.shape}; both are (cells, width)"
            raise InputError(message)
        if self.members < 1 or not (np.isfinite(self.scale) and self.scale > 0):
            message = f"spread: found {self.members} members, scale {self.scale!r}; allowed are 1 or more, above 0"
            raise InputError(message)

    @property
    def disjoint(self) -> bool:
        """Whether every cell belongs to one member."""
        return bool(self.place.shape[1] == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupProblem:
    """A regression with group effects on collapsed rows.

    Parameters
    ----------
    family : {"cumulative", "bernoulli", "conditional-bernoulli"}
        Ordered answers with shared thresholds; two answers with a level for each item; exactly k items chosen.
    counts : (R, K) array
        Answers of each cell, from low to high; for exactly k the columns are (not chosen, chosen).
    linear : (R, P) array
        Centred columns.
    linear_priors : tuple of Prior
    spreads : tuple of Spread
        At least one.
    item : (R,) array of int, optional
        Whose level a cell takes; with two answers only.
    items : int
        How many levels.
    thresholds : float, default 0.5
        Concentration of the Dirichlet prior on the answers' probabilities at the averages of the predictors.
    levels : Prior, default Beta(1/2, 1/2)
        Of the log odds at the averages of the predictors.
    chosen : int
        For exactly k: k; then the cells come in blocks of `items`, item by item.
    """

    family: GroupFamily
    counts: Array
    linear: Array
    linear_priors: tuple[Prior, ...] = ()
    spreads: tuple[Spread, ...]
    item: Places | None = None
    items: int = 0
    thresholds: float = 0.5
    levels: Prior = JEFFREYS
    chosen: int = 0

    def __post_init__(self) -> None:
        cells, answers = self.counts.shape
        if cells < 1 or answers < 2 or not np.all(np.isfinite(self.counts)) or np.any(self.counts < 0):
            message = f"counts: found shape {self.counts.shape}; allowed is (cells, answers >= 2), nothing negative"
            raise InputError(message)
        if self.linear.shape != (cells, len(self.linear_priors)):
            message = f"linear: found shape {self.linear.shape}; allowed is {(cells, len(self.linear_priors))}"
            raise InputError(message)
        if not self.spreads or any(one.place.shape[0] != cells for one in self.spreads):
            message = f"spreads: found {len(self.spreads)}; allowed is at least one, each with a row for every cell"
            raise InputError(message)
        if (self.item is None) != (self.family == "cumulative") or (self.family != "cumulative" and answers != 2):
            message = f"family {self.family!r}: found {answers} answers; levels of items go with two answers alone"
            raise InputError(message)
        if self.family == "conditional-bernoulli" and not (0 < self.chosen < self.items and cells % self.items == 0):
            message = f"chosen: found {self.chosen} of {self.items} items, {cells} cells; allowed are whole blocks"
            raise InputError(message)

    @property
    def answers(self) -> int:
        """How many answers."""
        return int(self.counts.shape[1])

    @property
    def long(self) -> int | None:
        """Place of the spread that is eliminated: the largest of those to which a cell belongs once; None: none."""
        if self.family == "conditional-bernoulli":
            return None
        found = [place for place, one in enumerate(self.spreads) if one.disjoint]
        return max(found, key=lambda place: self.spreads[place].members) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraws:
    """Draws from a `GroupProblem`, equally weighted.

    Parameters
    ----------
    thresholds : (S, K - 1) array
        Increasing; no columns where items have levels.
    levels : (S, J) array
    linear : (S, P) array
    effects : tuple of (S, members) arrays
        Of each spread.
    sds : (S, M) array
    """

    thresholds: Array
    levels: Array
    linear: Array
    effects: tuple[Array, ...]
    sds: Array
