"""Penalised likelihood of a regression with group effects that are averaged over: estimates of slopes and spreads.

The effects are integrated out by a normal approximation around their mode (Laplace). Slopes have the log-F(1, 1)
penalty, each standard deviation the penalty log(sd), which keeps it off 0, where a likelihood of few groups often puts
it, and costs less than one standard error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from csea_stats.errors import InputError
from csea_stats.regression.engines.links import CumulativeLink
from csea_stats.regression.engines.tilts import brought_to_one, spread, tilts
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Profiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


FAR = 40.0
"""Log odds beyond which a probability is 0 or 1 to seventeen digits."""

MOST = 5.0
"""Logarithms beyond this are taken as this: of gaps between thresholds, and of standard deviations."""

STEP = 1e-4
"""Of central differences: rounding about 1e-11, truncation about 1e-8."""

ROUNDS, CLOSE = 60, 1e-9

LONGEST = 5.0
"""Longest Newton step of an effect, in standard deviations."""

START = 0.5
"""Standard deviations from which the climb starts."""

AGAIN = 4
"""Searches for the maximum, each from where the last one ended."""

FLAT = 1e-3
"""Largest slope of the penalised likelihood at what counts as its maximum."""


def effect_columns(problem: EngineProblem) -> tuple[Array, NDArray[np.intp]]:
    """Return what each effect of a group multiplies in each cell, (R, q), and whose spread it has."""
    cells, parts = len(problem.counts), []
    for one in problem.spreads:
        part = np.zeros((cells, one.members))
        np.add.at(part, (np.arange(cells)[:, None], one.place), one.value)
        parts.append(part)
    which = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    return np.concatenate(parts, axis=1), which


@dataclass(frozen=True)
class GroupLikelihood:
    """The penalised marginal likelihood, on (first threshold, log gaps, coefficients, log standard deviations).

    Parameters
    ----------
    problem : EngineProblem
        Of one question, without monotonic terms.

    Notes
    -----
    Answers that nobody gave are merged with a neighbour; their thresholds repeat. The penalty of a standard deviation
    is the density gamma(2, rate to 0) of Chung, Y. et al. (2013). A nondegenerate penalized likelihood estimator for
    variance parameters in multilevel models. Psychometrika 78, 685-709, doi:10.1007/s11336-013-9328-2.
    """

    problem: EngineProblem

    @cached_property
    def kept(self) -> NDArray[np.intp]:
        """The answers that somebody gave."""
        return np.flatnonzero(self.problem.counts.sum(axis=0) > 0)

    @cached_property
    def cuts(self) -> int:
        """How many thresholds those have."""
        return len(self.kept) - 1

    @cached_property
    def _counts(self) -> tuple[Array, Array, Array]:
        """Counts of neighbouring answers together, of all but the first, and of each inner answer."""
        counts = self.problem.counts[:, self.kept]
        return counts[:, :-1] + counts[:, 1:], counts[:, 1:], counts.sum(axis=0)[1:-1]

    @cached_property
    def _effects(self) -> tuple[Array, NDArray[np.intp]]:
        return effect_columns(self.problem)

    @cached_property
    def _near(self) -> Array:
        """Where the last climb of the effects ended: the next starts there."""
        return np.zeros(len(self._effects[1]))

    def wholes(self, points: Array) -> tuple[Array, Array]:
        """Return all thresholds, and coefficients with the standard deviations, of several points, a row each."""
        ends = np.empty((len(points), self.cuts + 2))
        ends[:, 0], ends[:, -1], ends[:, 1:-1] = -FAR, FAR, self._thresholds(points)
        place = np.searchsorted(self.kept, np.arange(self.problem.answers - 1), side="right")
        linear = self.problem.linear.shape[1]
        rest = points[:, self.cuts :]
        return ends[:, place], np.concatenate([rest[:, :linear], np.exp(np.clip(rest[:, linear:], -FAR, MOST))], axis=1)

    def start(self, thresholds: Array, linear: Array) -> Array:
        """Return the point of a fit."""
        inner = thresholds[self.kept[:-1]]
        columns = self.problem.linear.shape[1]
        gaps = np.log(np.maximum(np.diff(inner), 1e-9))
        return np.concatenate([inner[:1], gaps, linear[:columns], np.log(linear[columns:])])

    def _thresholds(self, points: Array) -> Array:
        return np.cumsum(np.concatenate([points[:, :1], self._gaps(points)], axis=1), axis=1)

    def _gaps(self, points: Array) -> Array:
        return np.asarray(np.exp(np.clip(points[:, 1 : self.cuts], -FAR, MOST)))

    def values(self, points: Array, *, penalised: bool = True) -> Array:
        """Return the marginal log likelihood of several points, a row each, penalised or not."""
        columns = self.problem.linear.shape[1]
        linear = points[:, self.cuts : self.cuts + columns]
        eta, raised = self._predictors(linear)
        log_sds = np.clip(points[:, self.cuts + columns :], -FAR, MOST)
        thresholds = self._thresholds(points)
        found = self._averaged(thresholds, eta, np.exp(log_sds), raised)
        inner = self._counts[2]
        if len(inner) and raised is None:
            found += np.log(-np.expm1(-self._gaps(points))) @ inner
        penalty = (special.log_expit(linear) - linear / 2).sum(axis=1) + log_sds.sum(axis=1)
        return np.asarray(found + penalty if penalised else found)

    def _predictors(self, linear: Array) -> tuple[Array, Array | None]:
        """Return the linear predictor, (T, R), and what answers are raised by, (T, R, J); None: they are not tilted."""
        if not self.problem.slots:
            return linear @ self.problem.linear.T, None
        rows = spread(self.problem.linear, self.problem.slots)
        whole = (linear @ rows.T).reshape(len(linear), len(self.problem.counts), -1)
        return whole[:, :, 0], whole[:, :, 1:] @ tilts(self.problem.answers)[self.kept].T

    def _averaged(self, thresholds: Array, eta: Array, sds: Array, raised: Array | None) -> Array:
        """Return the log likelihood, the effects averaged over."""
        z, which = self._effects
        effects = np.tile(self._near, (len(eta), 1))
        scaled = z * sds[:, None, which]  # (T, R, q)
        height, information = np.zeros(len(eta)), np.zeros((len(eta), 1, 1))
        for _ in range(ROUNDS):
            here = eta + np.einsum("trq,tq->tr", scaled, effects)
            height, push, stiff = (
                self._cells(thresholds, here) if raised is None else self._tilted(thresholds, here, raised)
            )
            slope = np.einsum("trq,tr->tq", scaled, push) - effects
            information = np.eye(len(which)) + scaled.transpose(0, 2, 1) @ (scaled * stiff[:, :, None])
            step = np.linalg.solve(information, slope[:, :, None])[:, :, 0]
            step *= np.minimum(1.0, LONGEST / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300))
            effects += step
            if np.abs(step).max() < CLOSE:
                break
        self._near[:] = effects[0]
        log_det = np.linalg.slogdet(information)[1]
        return np.asarray(height - 0.5 * np.square(effects).sum(axis=1) - 0.5 * log_det)

    def _cells(self, thresholds: Array, eta: Array) -> tuple[Array, Array, Array]:
        """Return the log likelihood (T,), and its first and minus its second derivatives along eta, (T, R)."""
        pairs, later, _ = self._counts
        height, push, stiff = np.zeros(len(eta)), np.zeros_like(eta), np.zeros_like(eta)
        for cut in range(self.cuts):
            x = thresholds[:, cut, None] - eta
            small = np.exp(-np.abs(x))
            upper = np.where(x > 0, small, 1.0) / (1 + small)  # s(-x)
            height += (np.minimum(x, 0) - np.log1p(small)) @ pairs[:, cut] - x @ later[:, cut]
            push += later[:, cut] - pairs[:, cut] * upper
            stiff += pairs[:, cut] * small / (1 + small) ** 2
        return height, push, stiff

    def _tilted(self, thresholds: Array, eta: Array, raised: Array) -> tuple[Array, Array, Array]:
        """Return the same of answers that are tilted; where a cell is bent the other way it counts as straight."""
        logs = CumulativeLink(answers=self.cuts + 1).log_answers(thresholds, eta) + raised
        logs = brought_to_one(logs, 2)
        counts, shares = self.problem.counts[:, self.kept], np.exp(logs)
        people = counts.sum(axis=1)
        below = special.expit(thresholds[:, None, :] - eta[:, :, None])
        ends = np.zeros((*eta.shape, 1))
        whole = np.concatenate([ends, below, ends + 1], axis=2)
        steep = np.concatenate([ends, below * (1 - below), ends], axis=2)
        way, bend = whole[:, :, :-1] + whole[:, :, 1:] - 1, steep[:, :, :-1] + steep[:, :, 1:]
        left, mean = counts - people[:, None] * shares, (shares * way).sum(axis=2)
        stiff = (left * bend).sum(axis=2) + people * ((shares * way**2).sum(axis=2) - mean**2)
        return (counts * logs).sum(axis=(1, 2)), (left * way).sum(axis=2), np.maximum(stiff, 0.0)

    def value(self, point: Array) -> float:
        """Return it at one point."""
        return float(self.values(point[None])[0])

    def slope(self, point: Array) -> Array:
        """Return its gradient, all differences in one call."""
        steps = STEP * np.maximum(1.0, np.abs(point))
        values = self.values(np.concatenate([point + np.diag(steps), point - np.diag(steps)]))
        return np.asarray((values[: len(point)] - values[len(point) :]) / (2 * steps))


def averaged_fit(problem: EngineProblem, *, level: float = 0.95) -> Profiled:
    """Fit a regression of one question with group effects by its penalised marginal likelihood.

    Parameters
    ----------
    problem : EngineProblem
        Linear terms only; priors are not looked at.
    level : float, default 0.95
        Of the limits that are asked of it.

    Returns
    -------
    Profiled
        Coefficients, then standard deviations; limits are found by the likelihood's region where they are asked for.

    Raises
    ------
    InputError
        If a term is monotonic, all answers are alike, or no maximum was reached.
    """
    likelihood = GroupLikelihood(problem)
    if problem.steps or likelihood.cuts < 1 or problem.family == "conditional-bernoulli" or problem.items > 1:
        message = "penalised likelihood with group effects: allowed is one question with two answers that somebody gave"
        raise InputError(message)
    below = np.cumsum(problem.counts[:, likelihood.kept].sum(axis=0))
    cuts = np.log(below[:-1]) - np.log(below[-1] - below[:-1])
    zeros, spreads = np.zeros(problem.linear.shape[1]), np.full(len(problem.spreads), np.log(START))
    start = np.concatenate([cuts[:1], np.log(np.diff(cuts)), zeros, spreads])
    from scipy import optimize  # long to load

    search: Any = optimize.minimize  # its overloads do not know a function with its gradient
    for _ in range(AGAIN):
        found = search(lambda x: -likelihood.value(x), start, jac=lambda x: -likelihood.slope(x), method="BFGS")
        start = found.x  # where rounding stopped a search, one from there goes on
        if np.abs(likelihood.slope(start)).max() < FLAT:
            break
    else:
        message = "method 'log-f': no maximum was reached; there is no estimate and no interval to give"
        raise InputError(message)
    thresholds, linear = likelihood.wholes(start[None])
    text = "The groups are averaged over by a normal approximation; each spread has a penalty that keeps it off 0."
    return Profiled(
        thresholds=np.where(np.abs(thresholds[0]) == FAR, np.copysign(np.inf, thresholds[0]), thresholds[0]),
        linear=linear[0],
        limits=(),
        log_likelihood=float(likelihood.values(start[None], penalised=False)[0]),
        diagnostics=(Diagnostic(name="group effects", value=float(len(problem.spreads)), state="pass", text=text),),
        method="log-f",
        level=level,
    )
