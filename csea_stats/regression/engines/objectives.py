"""Penalised log-likelihoods of families whose thresholds may take any values, on the answers that somebody gave."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.regression.engines.links import link_of
from csea_stats.regression.engines.tilts import brought_to_one, log_tilted, pulled, spread, tilts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.regression.problem import Array, EngineProblem, Family

STEP = 1e-5
"""Of differences of a gradient."""

NEVER = 100.0
"""Log odds against an answer that nobody gave, in place of infinity."""


@dataclass(frozen=True, kw_only=True)
class FreeObjective(ABC):
    """A log-likelihood in (thresholds, coefficients), with the log-F(1, 1) penalty of the slopes or without.

    Parameters
    ----------
    problem : EngineProblem
        Without monotonic terms.
    penalised : bool
    """

    problem: EngineProblem
    penalised: bool

    @cached_property
    def used(self) -> NDArray[np.intp]:
        """The answers that somebody gave."""
        return np.flatnonzero(self.problem.counts.sum(axis=0) > 0)

    @cached_property
    def counts(self) -> Array:
        """Of these answers."""
        return self.problem.counts[:, self.used]

    @property
    def cuts(self) -> int:
        """How many thresholds there are."""
        return len(self.used) - 1

    @property
    def places(self) -> tuple[int | None, ...]:
        """Where each coefficient of the problem stands in a point; None: it is of an answer that nobody gave."""
        return tuple(range(self.cuts, self.cuts + self.problem.linear.shape[1]))

    def start(self) -> Array:
        """Return the answers taken together, coefficients 0: exact without columns."""
        shares = np.log(self.counts.sum(axis=0) / self.counts.sum())
        coefficients = np.zeros(sum(place is not None for place in self.places))
        return np.concatenate([self.first(shares[None])[0], coefficients])

    @abstractmethod
    def first(self, log_shares: Array) -> Array:
        """Return thresholds, (S, J - 1), of the log probabilities of the answers given, (S, J)."""

    @abstractmethod
    def shares(self, first: Array) -> Array:
        """Return the log probabilities of the answers given, (S, J), of thresholds (S, J - 1)."""

    def wholes(self, points: Array) -> tuple[Array, Array]:
        """Return the thresholds of all answers, and all coefficients, of several points, a row each."""
        log_shares = np.full((len(points), self.problem.answers), -NEVER)
        log_shares[:, self.used] = self.shares(points[:, : self.cuts])
        linear = np.zeros((len(points), len(self.places)))
        here = [place for place, at in enumerate(self.places) if at is not None]
        linear[:, here] = points[:, self.cuts :]
        return link_of(self.problem).levels(log_shares.T).T, linear

    def point(self, thresholds: Array, linear: Array) -> Array:
        """Return the point of a fit."""
        log_shares = link_of(self.problem).log_shares(thresholds[None])[:, self.used]
        here = [place for place, at in enumerate(self.places) if at is not None]
        return np.concatenate([self.first(log_shares)[0], linear[here]])

    def __call__(self, point: Array) -> tuple[float, Array, Array]:
        """Value, gradient and information."""
        value, gradient = self.near(point)
        information = self.information(point)
        if self.penalised:
            here = slice(self.cuts, point.size)
            information[here, here] += self.stiffness(point[here])
        return value, gradient, information

    def near(self, point: Array) -> tuple[float, Array]:
        """Value and gradient."""
        value, gradient = self.likelihood(point)
        if self.penalised:
            more, push = self.penalty(point[self.cuts :])
            value += more
            gradient[self.cuts :] += push
        return value, gradient

    def penalty(self, slopes: Array) -> tuple[float, Array]:
        """Return log densities of log-F(1, 1), without their constants, and their gradient."""
        half = np.abs(slopes) / 2
        return -float((half + np.log1p(np.exp(-2 * half))).sum()), -np.tanh(slopes / 2) / 2

    def stiffness(self, slopes: Array) -> Array:
        """Return minus their second derivatives."""
        return np.diag((1 - np.tanh(slopes / 2) ** 2) / 4)

    @abstractmethod
    def likelihood(self, point: Array) -> tuple[float, Array]:
        """Value and gradient without the penalty."""

    @abstractmethod
    def information(self, point: Array) -> Array:
        """Return minus the second derivatives without the penalty."""

    @abstractmethod
    def cone(self) -> Array:
        """Return rows r with r d >= 0 for every direction d that never lowers the likelihood."""


class SoftmaxObjective(FreeObjective):
    """Answers by a softmax of thresholds, log odds against the first one given, and scores times coefficients."""

    @property
    def wide(self) -> bool:
        """Whether each column has a coefficient for each answer."""
        return self.problem.family == "multinomial"

    @property
    def places(self) -> tuple[int | None, ...]:
        """Where each coefficient of the problem stands in a point; None: it is of an answer that nobody gave."""
        if not self.wide:
            return FreeObjective.places.fget(self)  # type: ignore[attr-defined, no-any-return]
        at, found = self.cuts, list[int | None]()
        for _ in range(self.problem.linear.shape[1]):
            for answer in range(1, self.problem.answers):
                given = bool((self.used == answer).any())
                found.append(at if given else None)
                at += given
        return tuple(found)

    def first(self, log_shares: Array) -> Array:
        """Return log odds against the first answer given."""
        return np.asarray(log_shares[:, 1:] - log_shares[:, :1])

    def shares(self, first: Array) -> Array:
        """Return their softmax."""
        whole = np.concatenate([np.zeros((len(first), 1)), first], axis=1)
        return np.asarray(whole - special.logsumexp(whole, axis=1, keepdims=True))

    @cached_property
    def _table(self) -> Array:
        """Return what each unknown adds to the score of each pattern and answer, (G, J, d)."""
        columns, used = self.problem.linear, self.used
        patterns, size = len(columns), len(used)
        levels = np.broadcast_to(np.eye(size)[:, 1:], (patterns, size, size - 1))
        if self.wide:  # coefficients of a column stand together
            slopes = np.einsum("gp,jw->gjpw", columns, np.eye(size)[:, 1:]).reshape(patterns, size, -1)
        else:
            slopes = columns[:, None, :] * used[None, :, None]
        return np.concatenate([levels, slopes], axis=2)

    @cached_property
    def _flat(self) -> Array:
        return np.ascontiguousarray(self._table.reshape(-1, self._table.shape[2]))

    def _logs(self, point: Array) -> Array:
        """Return the log probabilities of the answers by pattern."""
        scores = (self._flat @ point).reshape(self.counts.shape)
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return np.asarray(scores)

    def likelihood(self, point: Array) -> tuple[float, Array]:
        """Value and gradient without the penalty."""
        logs = self._logs(point)
        left = self.counts - self.counts.sum(axis=1)[:, None] * np.exp(logs)
        return float((self.counts * logs).sum()), left.ravel() @ self._flat

    def information(self, point: Array) -> Array:
        """Return minus the second derivatives without the penalty."""
        shares, people = np.exp(self._logs(point)), self.counts.sum(axis=1)
        expected = (people[:, None] * shares).ravel()
        means = np.einsum("gj,gjd->gd", shares, self._table)
        found = (self._flat * expected[:, None]).T @ self._flat - (means * people[:, None]).T @ means
        return np.asarray(found)

    def penalty(self, slopes: Array) -> tuple[float, Array]:
        """Return log densities, without their constants, and their gradient.

        Of J answers in no order it is the geometric mean of the two densities by which softmax(d), or softmax(-d), is
        Dirichlet(1/2), d being the log odds ratios against the first: alike for every answer and for either sign, and
        log-F(1, 1) itself for two.
        """
        if not self.wide:
            return FreeObjective.penalty(self, slopes)
        ends = self._by_column(slopes)
        sums = special.logsumexp(ends, axis=1) + special.logsumexp(-ends, axis=1)
        weight = ends.shape[1] / 4
        push = special.softmax(ends, axis=1) - special.softmax(-ends, axis=1)
        return -float(weight * sums.sum()), -weight * push[:, 1:].ravel()

    def stiffness(self, slopes: Array) -> Array:
        """Return minus their second derivatives."""
        if not self.wide:
            return FreeObjective.stiffness(self, slopes)
        ends = self._by_column(slopes)
        size, weight = ends.shape[1] - 1, ends.shape[1] / 4
        found = np.zeros((slopes.size, slopes.size))
        for column, row in enumerate(ends):
            here = slice(column * size, (column + 1) * size)
            for share in (special.softmax(row)[1:], special.softmax(-row)[1:]):
                found[here, here] += weight * (np.diag(share) - np.outer(share, share))
        return found

    def _by_column(self, slopes: Array) -> Array:
        return np.pad(slopes.reshape(-1, self.cuts), ((0, 0), (1, 0)))

    def cone(self) -> Array:
        """Return rows r with r d >= 0 for every direction d that never lowers the likelihood."""
        table = self._table
        pattern, answer = np.nonzero(self.counts)
        rows = table[pattern, answer][:, None, :] - table[pattern]
        return np.asarray(rows.reshape(-1, table.shape[2]))


class ContinuationObjective(FreeObjective):
    """A logistic regression of stopping at each answer, among those who came so far; no slope differs between them."""

    def first(self, log_shares: Array) -> Array:
        """Return log odds of stopping against going on."""
        later = np.logaddexp.accumulate(log_shares[:, ::-1], axis=1)[:, ::-1][:, 1:]
        return np.asarray(log_shares[:, :-1] - later)

    def shares(self, first: Array) -> Array:
        """Return the log probabilities of coming so far and stopping there."""
        none = np.zeros((len(first), 1))
        gone = np.concatenate([none, np.cumsum(special.log_expit(-first), axis=1)], axis=1)
        return np.asarray(gone + np.concatenate([special.log_expit(first), none], axis=1))

    @cached_property
    def _rows(self) -> tuple[Array, Array, Array]:
        """Return rows of unknowns for each pattern and stage, how many stop there, and how many go on."""
        columns, size = self.problem.linear, self.cuts
        stage = np.tile(np.eye(size), (len(columns), 1))
        rows = np.concatenate([stage, -np.repeat(columns, size, axis=0)], axis=1)
        on = np.cumsum(self.counts[:, ::-1], axis=1)[:, ::-1][:, 1:]
        return rows, self.counts[:, :-1].ravel(), on.ravel()

    def likelihood(self, point: Array) -> tuple[float, Array]:
        """Value and gradient without the penalty."""
        rows, stop, on = self._rows
        z = rows @ point
        value = float(stop @ special.log_expit(z) + on @ special.log_expit(-z))
        return value, (stop - (stop + on) * special.expit(z)) @ rows

    def information(self, point: Array) -> Array:
        """Return minus the second derivatives without the penalty."""
        rows, stop, on = self._rows
        share = special.expit(rows @ point)
        return np.asarray((rows * ((stop + on) * share * (1 - share))[:, None]).T @ rows)

    def cone(self) -> Array:
        """Return rows r with r d >= 0 for every direction d that never lowers the likelihood."""
        rows, stop, on = self._rows
        return np.concatenate([rows[stop > 0], -rows[on > 0]])


class TiltedObjective(FreeObjective):
    """The cumulative logit model with tilted answers, in log odds of each answer given against the first one."""

    def first(self, log_shares: Array) -> Array:
        """Return log odds against the first answer given."""
        return np.asarray(log_shares[:, 1:] - log_shares[:, :1])

    def shares(self, first: Array) -> Array:
        """Return their softmax."""
        return brought_to_one(np.concatenate([np.zeros((len(first), 1)), first], axis=1), 1)

    @cached_property
    def _patterns(self) -> Array:
        return tilts(self.problem.answers)[self.used]

    @cached_property
    def _columns(self) -> Array:
        return spread(self.problem.linear, self.problem.slots)

    def likelihood(self, point: Array) -> tuple[float, Array]:
        """Value and gradient without the penalty."""
        values, gradients = self._at(point[None])
        return float(values[0]), gradients[0]

    def _at(self, points: Array) -> tuple[Array, Array]:
        """Values and gradients at several points, a row each."""
        logs = np.ascontiguousarray(self.shares(points[:, : self.cuts]).T)
        eta = np.clip(self._columns @ points[:, self.cuts :].T, -NEVER, NEVER).reshape(
            len(self.counts), -1, len(points)
        )
        tilted = log_tilted(logs, eta, self._patterns)
        counts = self.counts.T[:, :, None]
        left = counts - self.counts.sum(axis=1)[:, None] * np.exp(tilted)
        to_logs, to_eta = pulled(logs, eta, self._patterns, left)
        to_first = (to_logs - np.exp(logs) * to_logs.sum(axis=0))[1:]
        to_linear = self._columns.T @ to_eta.reshape(-1, len(points))
        return (counts * tilted).sum(axis=(0, 1)), np.concatenate([to_first, to_linear]).T

    def information(self, point: Array) -> Array:
        """Return minus the second derivatives without the penalty, from differences of the gradient."""
        moves = STEP * np.eye(point.size)
        above, below = np.split(self._at(np.concatenate([point + moves, point - moves]))[1], 2)
        slopes = above - below
        values, vectors = np.linalg.eigh(-(slopes + slopes.T) / (4 * STEP))
        return np.asarray((vectors * np.maximum(np.abs(values), 1e-8)) @ vectors.T)

    def cone(self) -> Array:
        """Return no row that rules a direction out: whether a maximum exists is not known, so none is promised."""
        return np.zeros((1, self.cuts + len(self.places)))


def objective_of(problem: EngineProblem, *, penalised: bool) -> FreeObjective | None:
    """Return the objective of a problem whose thresholds may take any values; None of another."""
    kind = TiltedObjective if problem.slots else OBJECTIVES.get(problem.family)
    return None if kind is None else kind(problem=problem, penalised=penalised)


OBJECTIVES: dict[Family, type[FreeObjective]] = {
    "multinomial": SoftmaxObjective,
    "adjacent": SoftmaxObjective,
    "continuation": ContinuationObjective,
}
"""Of the families whose thresholds may take any values."""
