"""Confidence limits of any function of a frequentist fit: its smallest and largest value within the likelihood region.

The region holds every parameter whose penalised log likelihood is within half the chi-squared quantile of the
largest; the extremes of a function over it are the function's profile limits, so they agree with the profile limits
of a coefficient where the function is that coefficient, and carry over to any one-to-one transform of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import optimize, special

from csea_stats.regression.problem import Array, Limits, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Function = "Callable[[Array, Array], float]"
Penalty = Literal["log-f", "ml", "firth"]
FAR = 40.0
"""Log odds beyond which a probability is 0 or 1 to seventeen digits."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The penalised log likelihood of a problem without monotonic terms, on (first threshold, log gaps, coefficients).

    Answers that nobody gave are merged with a neighbour; their thresholds repeat.
    """

    problem: Problem
    penalty: Penalty

    def kept(self) -> NDArray[np.intp]:
        """Return the answers that somebody gave."""
        return np.flatnonzero(self.problem.counts.sum(axis=0) > 0)

    def whole(self, point: Array) -> tuple[Array, Array]:
        """All thresholds and the coefficients."""
        kept = self.kept()
        cuts = len(kept) - 1
        inner = np.concatenate([point[:1], point[0] + np.cumsum(np.exp(np.clip(point[1:cuts], -FAR, 5.0)))])
        # Below the lowest answer given nobody is, above the highest everybody; between two, the lower one's cut holds.
        place = np.searchsorted(kept, np.arange(self.problem.answers - 1), side="right") - 1
        ends = np.concatenate([[-FAR], inner, [FAR]])
        return ends[place + 1], point[cuts:]

    def start(self, thresholds: Array, linear: Array) -> Array:
        """Return the point of a fit."""
        kept = self.kept()
        inner = thresholds[kept[:-1]]
        gaps = np.log(np.maximum(np.diff(inner), 1e-9))
        return np.concatenate([inner[:1], gaps, linear])

    def value(self, point: Array) -> float:
        """Return the penalised log likelihood."""
        kept = self.kept()
        counts = self.problem.counts[:, kept]
        cuts = len(kept) - 1
        gaps = np.exp(np.clip(point[1:cuts], -FAR, 5.0))
        inner = np.concatenate([point[:1], point[0] + np.cumsum(gaps)])
        linear = point[cuts:]
        z = inner[None, :] - (self.problem.linear @ linear)[:, None]
        pairs = counts[:, :-1] + counts[:, 1:]
        total = float((pairs * special.log_expit(z) - counts[:, 1:] * z).sum())
        total += float(counts.sum(axis=0)[1:-1] @ np.log(-np.expm1(-gaps))) if cuts > 1 else 0.0
        if self.penalty == "log-f":
            total += float((special.log_expit(linear) - linear / 2).sum())
        if self.penalty == "firth":
            total += self._firth(z[:, 0], counts.sum(axis=1))
        return total

    def slope(self, point: Array) -> Array:
        """Return its gradient."""
        if self.penalty == "firth":
            return slopes(self.value, point)
        counts = self.problem.counts[:, self.kept()]
        cuts = counts.shape[1] - 1
        gaps = np.exp(np.clip(point[1:cuts], -FAR, 5.0))
        inner = np.concatenate([point[:1], point[0] + np.cumsum(gaps)])
        linear = point[cuts:]
        z = inner[None, :] - (self.problem.linear @ linear)[:, None]
        pull = (counts[:, :-1] + counts[:, 1:]) * special.expit(-z) - counts[:, 1:]
        by_cut = pull.sum(axis=0)
        found = np.empty(len(point))
        found[0] = by_cut.sum()
        later = np.cumsum(by_cut[::-1])[::-1][1:]  # a gap moves every cut above it
        between = counts.sum(axis=0)[1:-1] * np.exp(-gaps) / -np.expm1(-gaps)
        found[1:cuts] = gaps * (later + between)
        found[cuts:] = -self.problem.linear.T @ pull.sum(axis=1)
        if self.penalty == "log-f":
            found[cuts:] += 0.5 - special.expit(linear)
        return found

    def _firth(self, z: Array, totals: Array) -> float:
        weight = totals * special.expit(z) * special.expit(-z)
        rows = np.concatenate([np.ones((len(z), 1)), self.problem.linear], axis=1)
        return 0.5 * float(np.linalg.slogdet(rows.T @ (weight[:, None] * rows))[1])


def slopes(function: Callable[[Array], float], point: Array) -> Array:
    """Central differences."""
    found = np.empty(len(point))
    for place in range(len(point)):
        step = 1e-5 * max(1.0, abs(point[place]))
        up, down = point.copy(), point.copy()
        up[place] += step
        down[place] -= step
        found[place] = (function(up) - function(down)) / (2 * step)
    return found


def function_limits(
    likelihood: Likelihood, best: Array, function: Callable[[Array, Array], float], level: float
) -> Limits | None:
    """Profile limits of a function of thresholds and coefficients.

    Parameters
    ----------
    likelihood : Likelihood
    best : array
        Where the penalised likelihood is largest, as `Likelihood.start` gives it.
    function : callable
        Of all thresholds and the coefficients.
    level : float

    Returns
    -------
    Limits or None
        None where the search does not end on the region's border.
    """
    drop = float(special.chdtri(1, 1 - level)) / 2
    top = likelihood.value(best)

    def told(point: Array) -> float:
        return function(*likelihood.whole(point))

    hessian = np.stack([slopes(lambda p, j=j: float(likelihood.slope(p)[j]), best) for j in range(len(best))])  # type: ignore[misc]
    spread = np.linalg.pinv(-(hessian + hessian.T) / 2)
    gradient = slopes(told, best)
    sd = math.sqrt(max(float(gradient @ spread @ gradient), 1e-12))
    ends = []
    for sign in (-1.0, 1.0):
        step = sign * math.sqrt(2 * drop) * spread @ gradient / sd
        found = _extreme(likelihood, told, best, step, sign=sign, floor=top - drop)
        if found is None:
            return None
        ends.append(found)
    return Limits(value=told(best), lower=ends[0], upper=ends[1])


def _extreme(
    likelihood: Likelihood,
    told: Callable[[Array], float],
    best: Array,
    step: Array,
    *,
    sign: float,
    floor: float,
) -> float | None:
    search: Any = optimize.minimize  # its overloads do not know a constraint with a gradient
    within = {"type": "ineq", "fun": lambda p: likelihood.value(p) - floor, "jac": likelihood.slope}
    for share in (0.9, 0.5, 0.2):
        answer = search(
            lambda p: -sign * told(p),
            best + share * step,
            jac=lambda p: -sign * slopes(told, p),
            method="SLSQP",
            constraints=[within],
            options={"maxiter": 200, "ftol": 1e-10},
        )
        if answer.success and abs(likelihood.value(answer.x) - floor) < 1e-4:
            return float(told(answer.x))
    return None
