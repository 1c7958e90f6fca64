"""Confidence limits of any function of a frequentist fit: its smallest and largest value within the likelihood region.

The region holds every parameter whose penalised log likelihood is within half the chi-squared quantile of the
largest; the extremes of a function over it are the function's profile limits, so they agree with the profile limits
of a coefficient where the function is that coefficient, and carry over to any one-to-one transform of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import optimize, special

from csea_stats.regression.problem import Array, Limits, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

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

    def kept(self) -> Array:
        """The answers that somebody gave."""
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
        """The point of a fit."""
        kept = self.kept()
        inner = thresholds[kept[:-1]]
        gaps = np.log(np.maximum(np.diff(inner), 1e-9))
        return np.concatenate([inner[:1], gaps, linear])

    def value(self, point: Array) -> float:
        """The penalised log likelihood."""
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

    hessian = np.stack([slopes(lambda p, j=j: slopes(likelihood.value, p)[j], best) for j in range(len(best))])  # type: ignore[misc]
    spread = np.linalg.pinv(-(hessian + hessian.T) / 2)
    gradient = slopes(told, best)
    sd = float(np.sqrt(max(gradient @ spread @ gradient, 1e-12)))
    ends = []
    for sign in (-1.0, 1.0):
        step = sign * np.sqrt(2 * drop) * spread @ gradient / sd
        found = _extreme(likelihood.value, told, best, step, sign=sign, floor=top - drop)
        if found is None:
            return None
        ends.append(found)
    return Limits(value=told(best), lower=ends[0], upper=ends[1])


def _extreme(
    value: Callable[[Array], float],
    told: Callable[[Array], float],
    best: Array,
    step: Array,
    *,
    sign: float,
    floor: float,
) -> float | None:
    found: list[float] = []
    for share in (0.9, 0.5, 0.2):
        answer = optimize.minimize(
            lambda p: -sign * told(p),
            best + share * step,
            jac=lambda p: -sign * slopes(told, p),
            method="SLSQP",
            constraints=[{"type": "ineq", "fun": lambda p: value(p) - floor, "jac": lambda p: slopes(value, p)}],
            options={"maxiter": 200, "ftol": 1e-10},
        )
        if answer.success and abs(value(answer.x) - floor) < 1e-4:
            found.append(float(told(answer.x)))
            break
    return max(found, key=lambda end: sign * end) if found else None
