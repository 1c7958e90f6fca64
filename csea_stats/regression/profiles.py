"""Confidence limits of any function of a frequentist fit: its smallest and largest value within the likelihood region.

The region holds every parameter whose penalised log likelihood is within half the chi-squared quantile of the
largest; the extremes of a function over it are the function's profile limits, so they agree with the profile limits
of a coefficient where the function is that coefficient, and carry over to any one-to-one transform of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import special

from csea_stats.regression.engines.marginal import GroupLikelihood
from csea_stats.regression.engines.objectives import FreeObjective, objective_of
from csea_stats.regression.problem import Array, EngineProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray
Penalty = Literal["log-f", "ml", "firth"]
STARTS = (0.9, 0.5, 0.2)
"""Parts of the way to where the border would be, were the function straight, at which a search starts."""
ALIKE = 1e-6
"""How far apart searches that end inside the region may be."""
FLAT = 1e-6
"""Standard error below which a function does not move with the parameters: the share of an answer nobody gave."""
STEP = 1e-5
"""Of central differences, in units of a parameter of at least 1."""
FAR = 40.0
"""Log odds beyond which a probability is 0 or 1 to seventeen digits."""


@dataclass(frozen=True)
class Likelihood:
    """The penalised log likelihood of a problem without monotonic terms, on (first threshold, log gaps, coefficients).

    Answers that nobody gave are merged with a neighbour; their thresholds repeat.
    """

    problem: EngineProblem
    penalty: Penalty

    @cached_property
    def kept(self) -> NDArray[np.intp]:
        """The answers that somebody gave."""
        return np.flatnonzero(self.problem.counts.sum(axis=0) > 0)

    @cached_property
    def _place(self) -> NDArray[np.intp]:
        """Where each threshold stands among those of the answers that somebody gave."""
        # Below the lowest answer given nobody is, above the highest everybody; between two, the lower one's cut holds.
        return np.searchsorted(self.kept, np.arange(self.problem.answers - 1), side="right")

    @cached_property
    def _counts(self) -> tuple[Array, Array, Array]:
        """Counts of neighbouring answers together, of the later one, and of each inner answer."""
        counts = self.problem.counts[:, self.kept]
        return counts[:, :-1] + counts[:, 1:], np.ascontiguousarray(counts[:, 1:]), counts.sum(axis=0)[1:-1]

    def wholes(self, points: Array) -> tuple[Array, Array]:
        """Return all thresholds and the coefficients of several points, a row each."""
        cuts = len(self.kept) - 1
        ends = np.empty((len(points), cuts + 2))
        ends[:, 0], ends[:, -1], ends[:, 1] = -FAR, FAR, points[:, 0]
        if cuts > 1:
            ends[:, 2:-1] = points[:, :1] + np.exp(np.clip(points[:, 1:cuts], -FAR, 5.0)).cumsum(axis=1)
        return ends[:, self._place], points[:, cuts:]

    def start(self, thresholds: Array, linear: Array) -> Array:
        """Return the point of a fit."""
        inner = thresholds[self.kept[:-1]]
        gaps = np.log(np.maximum(np.diff(inner), 1e-9))
        return np.concatenate([inner[:1], gaps, linear])

    def _at(self, point: Array) -> tuple[Array, Array, Array]:
        """Return the gaps between thresholds, the coefficients, and each cut's log odds of the lower answers."""
        cuts = len(self.kept) - 1
        gaps = np.exp(np.clip(point[1:cuts], -FAR, 5.0))
        inner = np.concatenate([point[:1], point[0] + np.cumsum(gaps)])
        linear = point[cuts:]
        return gaps, linear, inner[None, :] - (self.problem.linear @ linear)[:, None]

    def value(self, point: Array) -> float:
        """Return the penalised log likelihood."""
        gaps, linear, z = self._at(point)
        pairs, later, inner = self._counts
        total = float((pairs * special.log_expit(z) - later * z).sum())
        total += float(inner @ np.log(-np.expm1(-gaps))) if len(gaps) else 0.0
        if self.penalty == "log-f":
            total += float((special.log_expit(linear) - linear / 2).sum())
        if self.penalty == "firth":
            total += self._firth(z[:, 0], self.problem.counts.sum(axis=1))
        return total

    def slope(self, point: Array) -> Array:
        """Return its gradient."""
        if self.penalty == "firth":
            return slopes(self.value, point)
        gaps, linear, z = self._at(point)
        pairs, later, inner = self._counts
        pull = pairs * special.expit(-z) - later
        by_cut = pull.sum(axis=0)
        cuts = len(by_cut)
        found = np.empty(len(point))
        found[0] = by_cut.sum()
        above = np.cumsum(by_cut[::-1])[::-1][1:]  # a gap moves every cut above it
        found[1:cuts] = gaps * (above + inner * np.exp(-gaps) / -np.expm1(-gaps))
        found[cuts:] = -self.problem.linear.T @ pull.sum(axis=1)
        if self.penalty == "log-f":
            found[cuts:] += 0.5 - special.expit(linear)
        return found

    def _firth(self, z: Array, totals: Array) -> float:
        weight = totals * special.expit(z) * special.expit(-z)
        rows = np.concatenate([np.ones((len(z), 1)), self.problem.linear], axis=1)
        return 0.5 * float(np.linalg.slogdet(rows.T @ (weight[:, None] * rows))[1])


@dataclass(frozen=True)
class FreeLikelihood:
    """The penalised log likelihood of a family whose thresholds may take any values, in its objective's unknowns."""

    objective: FreeObjective
    _known: dict[bytes, tuple[float, Array]] = field(default_factory=dict, compare=False, repr=False)
    """The last point that was asked for: a search asks for its value, then for its slope."""

    def _near(self, point: Array) -> tuple[float, Array]:
        key = point.tobytes()
        if key not in self._known:
            self._known.clear()
            self._known[key] = self.objective.near(point)
        return self._known[key]

    def wholes(self, points: Array) -> tuple[Array, Array]:
        """Return all thresholds and the coefficients of several points, a row each."""
        return self.objective.wholes(points)

    def start(self, thresholds: Array, linear: Array) -> Array:
        """Return the point of a fit."""
        return self.objective.point(thresholds, linear)

    def value(self, point: Array) -> float:
        """Return the penalised log likelihood."""
        return self._near(point)[0]

    def slope(self, point: Array) -> Array:
        """Return its gradient."""
        return self._near(point)[1].copy()


def likelihood_of(problem: EngineProblem, penalty: Penalty) -> Likelihood | FreeLikelihood | GroupLikelihood:
    """Return the penalised log likelihood of a problem without monotonic terms."""
    objective = objective_of(problem, penalised=penalty == "log-f")
    if problem.spreads:
        return GroupLikelihood(problem)
    return Likelihood(problem, penalty) if objective is None else FreeLikelihood(objective)


def slopes(function: Callable[[Array], float | Array], point: Array) -> Array:
    """Central differences; of a function with several values a row for each."""
    found = []
    for place in range(len(point)):
        step = STEP * max(1.0, abs(point[place]))
        up, down = point.copy(), point.copy()
        up[place] += step
        down[place] -= step
        found.append((function(up) - function(down)) / (2 * step))
    return np.stack(found, axis=-1)


Told = Callable[..., Array]
"""A function of thresholds and coefficients, and perhaps a third number, of several points: a row each."""


@dataclass(frozen=True, slots=True)
class Region:
    """The parameters whose penalised likelihood is within half the chi-squared quantile of the largest.

    Parameters
    ----------
    likelihood : Likelihood
    best : array
        Where it is largest, as `Likelihood.start` gives it.
    spread : array
        Inverse of the information there.
    floor, drop : float
        Least log likelihood of the region, and how far below the largest that is.
    """

    likelihood: Likelihood | FreeLikelihood | GroupLikelihood
    best: Array
    spread: Array
    floor: float
    drop: float

    @classmethod
    def of(cls, likelihood: Likelihood | FreeLikelihood | GroupLikelihood, best: Array, level: float) -> Region:
        """Return the region of a level of confidence."""
        drop = float(special.chdtri(1, 1 - level)) / 2
        hessian = slopes(likelihood.slope, best)
        spread = np.linalg.pinv(-(hessian + hessian.T) / 2)
        return cls(likelihood, best, spread, likelihood.value(best) - drop, drop)

    def ends(self, lowest: Told, highest: Told, slack: float = 0.0) -> tuple[float, float] | None:
        """Return the smallest value of one function over the region, and the largest of another or of the same.

        Parameters
        ----------
        lowest, highest : callable
            Of all thresholds and the coefficients; with slack of a third number, too.
        slack : float, default 0
            How far from 0, either way, that number may lie.

        Returns
        -------
        (float, float) or None
            None where a search ends neither on the region's border nor, from every start, at one place inside: a
            strongly moved difference can be largest at a slope within the region.
        """
        start = np.concatenate([self.best, [0.0] if slack else []])
        gradient = self._near(lowest, start)[1]
        low = self._extreme(lowest, gradient, sign=-1.0, slack=slack)
        if low is None:
            return None
        gradient = gradient if highest is lowest else self._near(highest, start)[1]
        high = self._extreme(highest, gradient, sign=1.0, slack=slack)
        return None if high is None else (low, high)

    def _told(self, function: Told, points: Array) -> Array:
        size = len(self.best)
        return function(*self.likelihood.wholes(points[:, :size]), *points[:, size:].T)

    def _near(self, function: Told, point: Array) -> tuple[float, Array]:
        """Return a function's value and its central differences, every step in one call."""
        steps, number = STEP * np.maximum(1.0, np.abs(point)), len(point)
        moves = np.diag(steps)
        values = self._told(function, np.concatenate([point[None], point + moves, point - moves]))
        return float(values[0]), np.asarray((values[1 : number + 1] - values[number + 1 :]) / (2 * steps))

    def _extreme(self, function: Told, gradient: Array, *, sign: float, slack: float) -> float | None:
        size = len(self.best)
        free = np.zeros(len(gradient) - size)

        def told(point: Array) -> tuple[float, Array]:
            value, tilt = self._near(function, point)
            return -sign * value, -sign * tilt

        def padded(point: Array) -> Array:
            return np.concatenate([self.likelihood.slope(point[:size]), free])

        inner = gradient[:size]
        sd = math.sqrt(max(float(inner @ self.spread @ inner), FLAT**2))
        step = np.concatenate([sign * math.sqrt(2 * self.drop) * self.spread @ inner / sd, free])
        start = np.concatenate([self.best, free])
        from scipy import optimize  # long to load

        search: Any = optimize.minimize  # its overloads do not know a constraint with a gradient
        within = {"type": "ineq", "fun": lambda p: self.likelihood.value(p[:size]) - self.floor, "jac": padded}
        inside = []
        for share in STARTS:
            answer = search(
                told,
                start + share * step,
                jac=True,
                method="SLSQP",
                bounds=[(None, None)] * size + [(-slack, slack)] if slack else None,
                constraints=[within],
                options={"maxiter": 200, "ftol": 1e-10},
            )
            if answer.success and abs(self.likelihood.value(answer.x[:size]) - self.floor) < 1e-4:
                return float(-sign * answer.fun)
            if answer.success:
                inside.append(-sign * answer.fun)
        alike = len(inside) == len(STARTS) and np.ptp(inside) < ALIKE
        return float(inside[0]) if alike and sd > FLAT else None
