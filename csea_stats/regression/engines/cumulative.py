"""The cumulative-logit likelihood in cutpoints and coefficients: value, gradient and information, and its maximum.

With z_gk = c_k - x_g b, s the logistic function and h_k = c_k - c_k-1, the log-likelihood of the counts n_gk is

    sum_gk [(n_gk + n_g,k+1) log s(z_gk) - n_g,k+1 z_gk] + sum_{1<k<K} n_.k log(1 - exp(-h_k)),

which is concave in (c, b) (Pratt 1981, JASA 76, 103-106, doi:10.1080/01621459.1981.10477613): a maximum is the maximum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.problem import Array

    Objective = Callable[[Array], tuple[float, Array, Array]]
    """From a point to its value, gradient and information (minus the Hessian, or what stands in for it)."""

ROUNDS, HALVINGS = 200, 60
CLOSE = 1e-14
"""Newton decrement, relative to the size of the objective, that ends the climb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """The log-likelihood on merged categories, with the log-F(1, 1) penalty of the slopes or without.

    Parameters
    ----------
    counts : (G, J) array
        No category that nobody chose.
    columns : (G, P) array
    penalised : bool
        Whether to add sum_j b_j/2 - log(1 + exp(b_j)).
    """

    counts: Array
    columns: Array
    penalised: bool

    def start(self) -> Array:
        """Cutpoints of the answers taken together, coefficients 0: exact without columns."""
        below = np.cumsum(self.counts.sum(axis=0))
        cuts = np.log(below[:-1]) - np.log(below[-1] - below[:-1])
        return np.concatenate([cuts, np.zeros(self.columns.shape[1])])

    def __call__(self, point: Array) -> tuple[float, Array, Array]:
        """Value, gradient and information at (c, b); minus infinity where the cutpoints are out of order."""
        cuts = self.counts.shape[1] - 1
        c, b = point[:cuts], point[cuts:]
        gaps = np.diff(c)
        if np.any(gaps <= 0):
            return -np.inf, np.empty(0), np.empty((0, 0))
        z = c - (self.columns @ b)[:, None]
        later = self.counts[:, 1:]
        pairs = self.counts[:, :-1] + later
        small = np.exp(-np.abs(z))
        upper = np.where(z > 0, small, 1.0) / (1 + small)  # s(-z)
        value = float((pairs * (np.minimum(z, 0) - np.log1p(small)) - later * z).sum())
        slope = pairs * upper - later
        weight = pairs * small / (1 + small) ** 2
        gradient = np.concatenate([slope.sum(axis=0), -self.columns.T @ slope.sum(axis=1)])
        information = np.empty((point.size, point.size))
        information[:cuts, :cuts] = np.diag(weight.sum(axis=0))
        information[:cuts, cuts:] = -weight.T @ self.columns
        information[cuts:, :cuts] = information[:cuts, cuts:].T
        information[cuts:, cuts:] = (self.columns * weight.sum(axis=1)[:, None]).T @ self.columns
        middle = self.counts[:, 1:-1].sum(axis=0)
        value += float(middle @ np.log(-np.expm1(-gaps)))
        open_ = np.exp(-gaps)
        push, stiff = middle * open_ / -np.expm1(-gaps), middle * open_ / np.expm1(-gaps) ** 2
        for k in range(cuts - 1):
            gradient[[k, k + 1]] += [-push[k], push[k]]
            information[k : k + 2, k : k + 2] += stiff[k] * np.array([[1, -1], [-1, 1]])
        if self.penalised:
            half = np.abs(b) / 2
            value -= float((half + np.log1p(np.exp(-2 * half))).sum())
            gradient[cuts:] -= np.tanh(b / 2) / 2
            information[range(cuts, point.size), range(cuts, point.size)] += (1 - np.tanh(b / 2) ** 2) / 4
        return value, gradient, information


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A maximum, and whether it was reached.

    Parameters
    ----------
    point : (d,) array
    value : float
    slope : (d,) array
        Gradient there; along a coordinate held fixed it is the slope of the profile.
    information : (d, d) array
    converged : bool
    """

    point: Array
    value: float
    slope: Array
    information: Array
    converged: bool


def climb(objective: Objective, start: Array, *, fixed: int | None = None) -> Peak:
    """Maximise by Newton steps with halving, with one coordinate held where it starts if asked for."""
    free = np.array([place for place in range(start.size) if place != fixed], dtype=int)
    point = start.copy()
    value, slope, information = objective(point)
    for _ in range(ROUNDS):
        if free.size == 0:
            return Peak(point=point, value=value, slope=slope, information=information, converged=True)
        step = np.zeros_like(point)
        inner = information[np.ix_(free, free)]
        ridge = 1e-13 * np.trace(inner) / free.size
        step[free] = np.linalg.solve(inner + ridge * np.eye(free.size), slope[free])
        decrement = float(step @ slope)
        if 0 <= decrement <= CLOSE * (1 + abs(value)):  # the last step squares what error is left
            point = point + step
            value, slope, information = objective(point)
            return Peak(point=point, value=value, slope=slope, information=information, converged=True)
        for _ in range(HALVINGS):
            trial = objective(point + step)
            if trial[0] > value:
                break
            step /= 2
        else:
            small = decrement <= 1e-9 * (1 + abs(value))  # no better point within rounding
            return Peak(point=point, value=value, slope=slope, information=information, converged=small)
        point = point + step
        value, slope, information = trial
    return Peak(point=point, value=value, slope=slope, information=information, converged=False)
