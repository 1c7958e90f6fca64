"""Likelihoods of cells with group effects: value and derivatives along linear predictors and the answers' shares.

Columns are points, as many as there are settings of what the density of `conditional` is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from csea_stats.regression.engines.likelihood import contrasts
from csea_stats.regression.engines.links import cutpoints, log_softmax
from csea_stats.regression.engines.tilts import log_tilted, pulled, tilts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.regression.problem import Array, EngineProblem

    Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]

CEILING = 600.0
"""Largest linear predictor that is taken as it is; doubles end at exp(709)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """First and second derivatives at T points.

    Parameters
    ----------
    slope : (R, T) array
        Gradient along the linear predictors.
    weight : (pieces, T) array
        Minus the second derivatives along them: of each piece, which is of a linear predictor, or of a pair of them.
    score_slope : (K - 1, T) array
        Gradient along the scores of the answers' shares, their prior included.
    score_hessian : (T, K - 1, K - 1) array
        Minus the second derivatives along those.
    mixed : (pieces, T) array
        Of pieces that each belong to a linear predictor and to a cut.
    ways : (T, K - 1, K - 1) array
        Of each cut, the gradient of its threshold along the scores: the mixed second derivative along a linear
        predictor and the scores is the sum of these over its pieces, each by how much of `mixed` it has.
    """

    slope: Array
    weight: Array
    score_slope: Array
    score_hessian: Array
    mixed: Array
    ways: Array


class Yes:
    """Two answers, and the linear predictor is the log odds of the later one."""

    width = predictors = 1

    def __init__(self, problem: EngineProblem) -> None:
        self.scores = 0
        self._yes = problem.counts[:, 1:]
        self._number = problem.counts.sum(axis=1, keepdims=True)
        every = np.arange(len(problem.counts))
        self.pairs: Pairs = (every, every)

    def value(self, scores: Array, eta: Array) -> Array:  # noqa: ARG002
        """Log-likelihood."""
        small = np.log1p(np.exp(-np.abs(eta))) + np.maximum(eta, 0)
        return np.asarray(self._yes[:, 0] @ eta - self._number[:, 0] @ small)

    def curvature(self, scores: Array, eta: Array) -> Bend:  # noqa: ARG002
        """First and second derivatives."""
        share = expit(eta)
        nothing = np.empty((0, eta.shape[1]))
        return Bend(
            slope=self._yes - self._number * share,
            weight=self._number * share * (1 - share),
            score_slope=nothing,
            score_hessian=np.empty((eta.shape[1], 0, 0)),
            mixed=nothing,
            ways=np.empty((eta.shape[1], 1, 0)),
        )

    def start(self) -> Array:
        """No scores."""
        return np.empty(0)


class OrderedCells:
    """Ordered answers: the formulas of `likelihood`, with p = softmax(V t) at a linear predictor of 0.

    Notes
    -----
    With s = V t, c_k = log sum_{j<=k} exp(s_j) - log sum_{j>k} exp(s_j): the normaliser cancels. So dc_k/ds = a_k -
    b_k, a_k and b_k the shares within the lower and within the upper answers, and the second derivative is D(a_k) -
    D(b_k), D(a) = diag(a) - a a'.
    """

    def __init__(self, problem: EngineProblem) -> None:
        counts = problem.counts
        self.contrasts = contrasts(problem.answers)
        self.scores = self.width = problem.answers - 1
        self.predictors = 1
        self._power = counts.sum(axis=0) + problem.thresholds
        self._later = counts[:, 1:].sum(axis=1)
        pairs = (counts[:, :-1] + counts[:, 1:]).T
        cutting, rows = np.nonzero(pairs)
        self.pairs: Pairs = (rows, rows)
        self.mixing: Pairs = (cutting, rows)
        self._people = pairs[cutting, rows]
        self._each = pairs.sum(axis=1)
        ends = np.searchsorted(cutting, np.arange(self.scores + 1))
        self._cuts = [slice(*one) for one in pairwise(ends.tolist())]
        self._below = np.tri(self.scores, problem.answers)[:, :, None]  # of each cut, the answers up to it

    def value(self, scores: Array, eta: Array) -> Array:
        """Log-likelihood, and the log prior of the shares."""
        log_shares = log_softmax(self.contrasts @ scores)
        below, above = _sides(np.exp(log_shares))
        eta = np.clip(eta, -CEILING, CEILING)
        odds = np.exp(eta)
        total = self._power @ log_shares + self._later @ eta
        for cut, part in enumerate(self._cuts):
            whole = odds[self.pairs[0][part]]
            whole *= above[cut]
            whole += below[cut]
            total -= self._people[part] @ np.log(whole, out=whole)
        return np.asarray(total)

    def curvature(self, scores: Array, eta: Array) -> Bend:
        """First and second derivatives."""
        shares = np.exp(log_softmax(self.contrasts @ scores))
        below, above = _sides(shares)
        odds = np.exp(np.clip(eta, -CEILING, CEILING))
        slope = np.repeat(self._later[:, None], eta.shape[1], axis=1)
        weight = np.empty((self._people.size, eta.shape[1]))
        pushed, stiff = np.empty_like(below), np.empty_like(below)
        for cut, part in enumerate(self._cuts):
            rows = self.pairs[0][part]
            far = odds[rows]
            far *= above[cut]
            far /= far + below[cut]  # s(eta - c)
            push = self._people[part, None] * far
            slope[rows] -= push
            far *= push
            stiff[cut] = np.subtract(push, far, out=weight[part]).sum(axis=0)
            pushed[cut] = push.sum(axis=0)
        a = self._below * shares / below[:, None]
        b = (1 - self._below) * shares / above[:, None]
        way = a - b
        each = self._each[:, None]
        to_share = self._power[:, None] - self._power.sum() * shares  # of sum power log p
        to_share += (pushed[:, None] * way - each[:, None] * (a - shares)).sum(axis=0)
        vectors = np.concatenate([a, b, shares[None], way])
        whole = np.full_like(shares[:1], self._power.sum() - self._each.sum())
        times = np.concatenate([each - pushed, pushed, whole, -stiff])
        spread = (times[: -self.scores, None] * vectors[: -self.scores]).sum(axis=0)
        ends = vectors.transpose(2, 0, 1) @ self.contrasts
        hessian = (self.contrasts.T * spread.T[:, None, :]) @ self.contrasts
        hessian -= (ends * times.T[:, :, None]).transpose(0, 2, 1) @ ends
        return Bend(
            slope=slope,
            weight=weight,
            score_slope=self.contrasts.T @ to_share,
            score_hessian=hessian,
            mixed=weight,
            ways=ends[:, -self.scores :],
        )

    def start(self) -> Array:
        """Scores of the answers' shares."""
        return np.asarray(self.contrasts.T @ np.log(self._power))

    def cuts(self, scores: Array) -> Array:
        """Thresholds."""
        return cutpoints(log_softmax(self.contrasts @ scores))


def _sides(shares: Array) -> tuple[Array, Array]:
    """Return the shares below each cut, and above it."""
    return np.cumsum(shares[:-1], axis=0), np.cumsum(shares[:0:-1], axis=0)[::-1]


STEP = 1e-4
"""Of differences of a gradient."""


class TiltedCells(OrderedCells):
    """Ordered answers that are tilted (see `tilts`): each cell has several linear predictors.

    The first, of the odds ratio, has the effects of groups. Second derivatives are differences of the gradient.
    """

    def __init__(self, problem: EngineProblem) -> None:
        super().__init__(problem)
        self.predictors = problem.answers - 1
        self.width = 4 * problem.answers
        cells = np.arange(len(problem.counts) * self.predictors)
        own = cells.reshape(-1, self.predictors)
        self.pairs = np.repeat(own, self.predictors, axis=1).ravel(), np.tile(own, self.predictors).ravel()
        self.mixing = np.repeat(np.arange(self.scores), cells.size), np.tile(cells, self.scores)
        self._counts = problem.counts.T[:, :, None]
        self._patterns, self._prior = tilts(problem.answers), problem.thresholds

    def _apart(self, eta: Array) -> Array:
        return np.clip(eta, -CEILING, CEILING).reshape(self._counts.shape[1], self.predictors, -1)

    def value(self, scores: Array, eta: Array) -> Array:
        """Log-likelihood, and the log prior of the shares."""
        log_shares = log_softmax(self.contrasts @ scores)
        logs = log_tilted(log_shares, self._apart(eta), self._patterns)
        return np.asarray(self._prior * log_shares.sum(axis=0) + np.einsum("kgt,kg->t", logs, self._counts[:, :, 0]))

    def _slopes(self, scores: Array, apart: Array) -> tuple[Array, Array]:
        """Gradient along the scores, (K - 1, T), and along the linear predictors, (R, K - 1, T)."""
        log_shares = log_softmax(self.contrasts @ scores)
        expected = np.exp(log_tilted(log_shares, apart, self._patterns)) * self._counts.sum(axis=0)
        to_logs, to_eta = pulled(log_shares, apart, self._patterns, self._counts - expected)
        to_logs += self._prior
        return self.contrasts.T @ (to_logs - np.exp(log_shares) * to_logs.sum(axis=0)), to_eta

    def curvature(self, scores: Array, eta: Array) -> Bend:
        """First and second derivatives."""
        apart, number, size = self._apart(eta), eta.shape[1], self.scores
        score_slope, slope = self._slopes(scores, apart)
        hessian, mixed = np.empty((number, size, size)), np.empty((size, len(eta), number))
        weight = np.empty((len(apart), size, size, number))
        for place in range(size):
            move = STEP * (np.arange(size) == place)[:, None]
            (first, one), (second, other) = (self._slopes(scores + sign * move, apart) for sign in (1, -1))
            hessian[:, :, place] = (second - first).T / (2 * STEP)
            mixed[place] = (one - other).reshape(len(eta), number) / (2 * STEP)
            (_, one), (_, other) = (self._slopes(scores, apart + sign * move) for sign in (1, -1))
            weight[:, :, place] = (other - one) / (2 * STEP)
        weight = (weight + weight.transpose(0, 2, 1, 3)) / 2
        np.maximum(weight[:, 0, 0], 0.0, out=weight[:, 0, 0])  # so that an eliminated effect's information is above 0
        return Bend(
            slope=slope.reshape(len(eta), number),
            weight=weight.reshape(-1, number),
            score_slope=score_slope,
            score_hessian=(hessian + hessian.transpose(0, 2, 1)) / 2,
            mixed=mixed.reshape(-1, number),
            ways=np.broadcast_to(np.eye(size), (number, size, size)),
        )


class Chosen:
    """Exactly k of the items chosen, P(set) proportional to the product of exp(eta) of its members.

    Notes
    -----
    log P = sum of the chosen eta - log e_k(exp(eta)). The gradient along eta_i is (chosen - P_i), the second derivative
    minus the covariance of the choices: P_i (1 - P_i), and P_ij - P_i P_j with P_ij the probability of both (Chen,
    Dempster and Liu 1994, Biometrika 81, 457-469, doi:10.1093/biomet/81.3.457).
    """

    width, predictors = 4, 1

    def __init__(self, problem: EngineProblem) -> None:
        self.scores = 0
        self._items, self._chosen = problem.items, problem.chosen
        self._picked = problem.counts[:, 1]
        self._people = problem.counts.reshape(-1, problem.items, 2).sum(axis=2)[:, 0]
        blocks = np.arange(len(problem.counts)).reshape(-1, problem.items)
        first = np.repeat(blocks, problem.items, axis=1).ravel()
        second = np.tile(blocks, (1, problem.items)).ravel()
        self.pairs: Pairs = (first, second)

    def value(self, scores: Array, eta: Array) -> Array:  # noqa: ARG002
        """Log-likelihood."""
        weights, top = self._weights(eta)
        total = np.log(symmetric(weights, self._chosen)[self._chosen]) + self._chosen * top
        return np.asarray(self._picked @ eta - self._people @ total)

    def _weights(self, eta: Array) -> tuple[Array, Array]:
        """Return (items, blocks, T) weights with a geometric mean near 1 among the largest, and what was taken out."""
        shaped = eta.reshape(-1, self._items, eta.shape[1]).transpose(1, 0, 2)
        top = shaped.max(axis=0)
        return np.exp(shaped - top), top

    def curvature(self, scores: Array, eta: Array) -> Bend:  # noqa: ARG002
        """First and second derivatives."""
        weights, _ = self._weights(eta)
        k, items, number = self._chosen, self._items, eta.shape[1]
        whole = symmetric(weights, k)[k]
        both = np.empty((items, items, *whole.shape))
        for i in range(items):
            without = symmetric(np.delete(weights, i, axis=0), k - 1)
            rest = np.zeros_like(weights)  # e_(k - 2) of all but i and j, for every j
            for m in range(k - 1):
                rest = without[m] - weights * rest
            both[i] = weights[i] * weights * np.maximum(rest, 0) / whole
            both[i, i] = weights[i] * without[k - 1] / whole
        share = both[np.arange(items), np.arange(items)]
        covariance = both - share[:, None] * share[None, :]
        covariance[np.arange(items), np.arange(items)] = share * (1 - share)
        people = self._people[:, None]
        flat = (covariance * people).transpose(2, 0, 1, 3).reshape(-1, number)
        expected = (share * people).transpose(1, 0, 2).reshape(-1, number)
        return Bend(
            slope=self._picked[:, None] - expected,
            weight=flat,
            score_slope=np.empty((0, number)),
            score_hessian=np.empty((number, 0, 0)),
            mixed=np.empty((0, number)),
            ways=np.empty((number, 1, 0)),
        )

    def start(self) -> Array:
        """No scores."""
        return np.empty(0)


def symmetric(weights: Array, order: int, axis: int = 0) -> list[Array]:
    """Elementary symmetric sums e_0 .. e_order along an axis.

    Examples
    --------
    >>> [float(one) for one in symmetric(np.array([1.0, 2.0, 3.0]), 2)]
    [1.0, 6.0, 11.0]
    """
    weights = np.moveaxis(weights, axis, 0)
    sums = [np.ones(weights.shape[1:]), *(np.zeros(weights.shape[1:]) for _ in range(order))]
    for one in weights:
        for k in range(order, 0, -1):
            sums[k] = sums[k] + one * sums[k - 1]
    return sums


def inclusion(scores: Array, chosen: int, item: int) -> Array:
    """P(an item is among exactly k chosen), with P(set) proportional to the product of exp(score) of its members.

    Examples
    --------
    >>> round(float(inclusion(np.zeros((1, 1, 4)), 3, 0)[0, 0]), 12)
    0.75
    """
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    without = symmetric(np.delete(weights, item, axis=-1), chosen, axis=-1)
    take = weights[..., item] * without[chosen - 1]
    return np.asarray(take / (take + without[chosen]))
