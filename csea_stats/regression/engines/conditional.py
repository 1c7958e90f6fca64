"""The density of all unknowns but the standard deviations, given these: value, gradient and curvature, in batches.

With eta = A u the linear predictor of the cells, u the levels, coefficients and effects (each effect its standard
deviation times a standard normal score), the information in u is A' W A, W diagonal (for exactly k of a list: a block
for each pattern). A is sparse, so the products that make up A' W A are listed once and summed by one sparse product.
Columns are points, as many as there are settings of the standard deviations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit

from csea_stats.regression.engines.likelihood import contrasts
from csea_stats.regression.engines.links import cutpoints, log_softmax
from csea_stats.regression.engines.prior_densities import log_density, slopes

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from csea_stats.regression.problem import Array, GroupDraws, GroupProblem, Prior

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
    weight : (pairs, T) array
        Minus the second derivatives along them, for each pair of cells that has one.
    score_slope : (K - 1, T) array
        Gradient along the scores of the answers' shares, their prior included.
    score_hessian : (T, K - 1, K - 1) array
        Minus the second derivatives along those.
    across : (R, K - 1, T) array
        Minus the mixed ones.
    """

    slope: Array
    weight: Array
    score_slope: Array
    score_hessian: Array
    across: Array


class Yes:
    """Two answers, and the linear predictor is the log odds of the later one."""

    width = 1

    def __init__(self, problem: GroupProblem) -> None:
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
            across=np.empty((eta.shape[0], 0, eta.shape[1])),
        )

    def start(self) -> Array:
        """No scores."""
        return np.empty(0)

    def cuts(self, scores: Array) -> Array:
        """No thresholds."""
        return np.empty((0, scores.shape[1]))


class OrderedCells:
    """Ordered answers: the formulas of `likelihood`, with p = softmax(V t) at a linear predictor of 0.

    Notes
    -----
    With s = V t, c_k = log sum_{j<=k} exp(s_j) - log sum_{j>k} exp(s_j): the normaliser cancels. So dc_k/ds = a_k -
    b_k, a_k and b_k the shares within the lower and within the upper answers, and the second derivative is D(a_k) -
    D(b_k), D(a) = diag(a) - a a'.
    """

    def __init__(self, problem: GroupProblem) -> None:
        counts = problem.counts
        self.contrasts = contrasts(problem.answers)
        self.scores = self.width = problem.answers - 1
        self._power = counts.sum(axis=0) + problem.thresholds
        self._later = counts[:, 1:].sum(axis=1)
        self._pairs = (counts[:, :-1] + counts[:, 1:]).T
        self._used = [np.flatnonzero(row) for row in self._pairs]
        every = np.arange(len(counts))
        self.pairs: Pairs = (every, every)

    def value(self, scores: Array, eta: Array) -> Array:
        """Log-likelihood, and the log prior of the shares."""
        log_shares = log_softmax(self.contrasts @ scores)
        shares = np.exp(log_shares)
        below = np.cumsum(shares[:-1], axis=0)
        above = np.cumsum(shares[:0:-1], axis=0)[::-1]
        eta = np.clip(eta, -CEILING, CEILING)
        odds = np.exp(eta)
        total = self._power @ log_shares + self._later @ eta
        for cut, rows in enumerate(self._used):
            part = odds[rows]
            part *= above[cut]
            part += below[cut]
            total -= self._pairs[cut, rows] @ np.log(part, out=part)
        return np.asarray(total)

    def curvature(self, scores: Array, eta: Array) -> Bend:
        """First and second derivatives."""
        answers, number = self.scores + 1, eta.shape[1]
        shares = np.exp(log_softmax(self.contrasts @ scores))
        cuts = self.cuts(scores)
        eta = np.clip(eta, -CEILING, CEILING)
        slope = np.repeat(self._later[:, None], number, axis=1)
        weight, across = np.zeros_like(eta), np.zeros((*eta.shape[:1], self.scores, number))
        to_share = self._power[:, None] - self._power.sum() * shares  # of sum power log p
        middle = float(self._power.sum() - self._pairs.sum())
        hessian = middle * _spread_out(shares)
        for cut, rows in enumerate(self._used):
            pairs = self._pairs[cut, rows][:, None]
            far = expit(eta[rows] - cuts[cut])  # s(-z)
            push = pairs * far
            stiff = push * (1 - far)
            slope[rows] -= push
            weight[rows] += stiff
            lower = np.where(np.arange(answers)[:, None] <= cut, shares, 0.0)
            upper = shares - lower
            a, b = lower / lower.sum(axis=0), upper / upper.sum(axis=0)
            way = a - b
            pushed, all_pairs = push.sum(axis=0), float(pairs.sum())
            to_share += pushed * way - all_pairs * (a - shares)
            hessian += (all_pairs - pushed)[:, None, None] * _spread_out(a) + pushed[:, None, None] * _spread_out(b)
            hessian += stiff.sum(axis=0)[:, None, None] * way.T[:, :, None] * way.T[:, None, :]
            across[rows] -= stiff[:, None, :] * (self.contrasts.T @ way)[None, :, :]
        return Bend(
            slope=slope,
            weight=weight,
            score_slope=self.contrasts.T @ to_share,
            score_hessian=self.contrasts.T @ hessian @ self.contrasts,
            across=across,
        )

    def start(self) -> Array:
        """Scores of the answers' shares."""
        return np.asarray(self.contrasts.T @ np.log(self._power))

    def cuts(self, scores: Array) -> Array:
        """Thresholds."""
        return cutpoints(log_softmax(self.contrasts @ scores))


def _spread_out(shares: Array) -> Array:
    """Return diag(a) - a a' for each column a: (T, K, K)."""
    found = -shares.T[:, :, None] * shares.T[:, None, :]
    every = np.arange(len(shares))
    found[:, every, every] += shares.T
    return found


class Chosen:
    """Exactly k of the items chosen, P(set) proportional to the product of exp(eta) of its members.

    Notes
    -----
    log P = sum of the chosen eta - log e_k(exp(eta)). The gradient along eta_i is (chosen - P_i), the second derivative
    minus the covariance of the choices: P_i (1 - P_i), and P_ij - P_i P_j with P_ij the probability of both (Chen,
    Dempster and Liu 1994, Biometrika 81, 457-469, doi:10.1093/biomet/81.3.457).
    """

    width = 4

    def __init__(self, problem: GroupProblem) -> None:
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
        total = np.log(_sums(weights, self._chosen)[self._chosen]) + self._chosen * top
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
        whole = _sums(weights, k)[k]
        both = np.empty((items, items, *whole.shape))
        for i in range(items):
            without = _sums(np.delete(weights, i, axis=0), k - 1)
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
            across=np.empty((eta.shape[0], 0, number)),
        )

    def start(self) -> Array:
        """No scores."""
        return np.empty(0)

    def cuts(self, scores: Array) -> Array:
        """No thresholds."""
        return np.empty((0, scores.shape[1]))


def _sums(weights: Array, order: int) -> list[Array]:
    """Elementary symmetric sums e_0 .. e_order along the first axis."""
    sums = [np.ones(weights.shape[1:]), *(np.zeros(weights.shape[1:]) for _ in range(order))]
    for one in weights:
        for k in range(order, 0, -1):
            sums[k] = sums[k] + one * sums[k - 1]
    return sums


NUMBERS = 2**20
"""Numbers of one working block, 8 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curvature:
    """Gradient and negative Hessian at T points, the long group apart.

    Parameters
    ----------
    slope : (d, T) array
    short : (T, s, s) array
        Negative Hessian of the short unknowns, which come first.
    cross : (T, n, s) array
    long : (T, n) array
        Diagonal.
    """

    slope: Array
    short: Array
    cross: Array
    long: Array


class ConditionalDensity:
    """The log density of the unknowns and the answers given the standard deviations, unnormalised.

    The vector: scores of the answers' shares (or levels of the items), coefficients, normal scores of the effects;
    those of the long group last.

    Parameters
    ----------
    problem : GroupProblem
    """

    def __init__(self, problem: GroupProblem) -> None:
        self.problem = problem
        kinds: dict[str, type[OrderedCells | Yes | Chosen]] = {
            "cumulative": OrderedCells,
            "bernoulli": Yes,
            "conditional-bernoulli": Chosen,
        }
        self.cells = kinds[problem.family](problem)
        self.top = self.cells.scores  # unknowns that are not in A: scores of shares
        levels = problem.items if problem.item is not None else 0
        self.levels = slice(self.top, self.top + levels)
        self.linear = slice(self.levels.stop, self.levels.stop + len(problem.linear_priors))
        order = [place for place in range(len(problem.spreads)) if place != problem.long]
        order += [] if problem.long is None else [problem.long]
        self.effects: dict[int, slice] = {}
        start = self.linear.stop
        for place in order:
            self.effects[place] = slice(start, start + problem.spreads[place].members)
            start += problem.spreads[place].members
        self.size = start
        self.members = 0 if problem.long is None else problem.spreads[problem.long].members
        self.short = self.size - self.members
        self._arrange()

    def _arrange(self) -> None:
        """Write A, and the lists of products that make up A' W A."""
        problem, cells = self.problem, len(self.problem.counts)
        rows, columns, values = [], [], []

        def enter(place: Any, value: Array) -> None:
            used = value != 0
            at, _ = np.nonzero(used)
            rows.append(at)
            columns.append(np.broadcast_to(place, value.shape)[used])
            values.append(value[used])

        if problem.item is not None:
            enter(problem.item[:, None] + self.levels.start, np.ones((cells, 1)))
        enter(np.arange(self.linear.start, self.linear.stop)[None, :], problem.linear)
        for which, one in enumerate(problem.spreads):
            enter(one.place + self.effects[which].start, one.value)
        place = np.concatenate(columns)
        shape = (cells, self.size)
        self._a = csr_matrix((np.concatenate(values), (np.concatenate(rows), place)), shape=shape)
        self._at = self._a.T.tocsr()
        self._short = self._a[:, : self.short]
        self._long = self._a[:, self.short :].T.tocsr()
        first, second = self.cells.pairs
        self._products = _products(self._short[first], self._short[second])
        self._cross = _products(self._a[:, self.short :], self._short) if self.members else None
        per_point = self.short**2 + self.members * self.short + 8 * cells * self.cells.width
        self.block = int(np.clip(NUMBERS // per_point, 4, 512))

    def deviations(self, log_sds: Array) -> Array:
        """Factor of each unknown in the linear predictor: 1, or its standard deviation; (d, T)."""
        found = np.ones((self.size, log_sds.shape[1]))
        for place, where in self.effects.items():
            found[where] = np.exp(log_sds[place])
        return found

    def log_density(self, log_sds: Array, points: Array) -> Array:
        """Log density at each column of `points`, given the column of `log_sds` above it."""
        number = points.shape[1]
        found = np.empty(number)
        width = max(16, NUMBERS // (4 * self._a.shape[0] * self.cells.width))
        for start in range(0, number, width):
            part = slice(start, min(start + width, number))
            here = points[:, part]
            eta = self._a @ (here * self.deviations(log_sds[:, part]))
            found[part] = self.cells.value(here[: self.top], eta) + self._log_prior(here)
        return found

    def _log_prior(self, points: Array) -> Array:
        total = -0.5 * np.square(points[self.linear.stop :]).sum(axis=0)
        for place, prior in self._priors():
            total += log_density(prior, points[place])
        return np.asarray(total)

    def _priors(self) -> list[tuple[int, Prior]]:
        levels = [(place, self.problem.levels) for place in range(self.levels.start, self.levels.stop)]
        return [*levels, *((self.linear.start + place, one) for place, one in enumerate(self.problem.linear_priors))]

    def curvature(self, log_sds: Array, points: Array) -> Curvature:
        """Gradient and negative Hessian at each column of `points`; as many columns as `block` fit the cache."""
        number, top = points.shape[1], self.top
        factor = self.deviations(log_sds)
        eta = self._a @ (points * factor)
        found = self.cells.curvature(points[:top], eta)
        slope = (self._at @ found.slope) * factor
        slope[:top] = found.score_slope
        short = np.asarray(self._products @ found.weight).reshape(self.short, self.short, number).transpose(2, 0, 1)
        short = short * factor[: self.short].T[:, :, None] * factor[: self.short].T[:, None, :]
        cross = np.empty((number, 0, self.short))
        long = np.empty((number, 0))
        if self._cross is not None:
            scaled = factor[self.short :].T
            flat = np.asarray(self._cross @ found.weight).reshape(self.members, self.short, number)
            cross = flat.transpose(2, 0, 1) * scaled[:, :, None] * factor[: self.short].T[:, None, :]
            long = 1 + (self._long @ found.weight).T * scaled**2
        if top:
            down = (self._at @ found.across.reshape(eta.shape[0], -1)).reshape(self.size, top, number)
            down = (down * factor[:, None, :]).transpose(2, 1, 0)
            short[:, :top, :] += down[:, :, : self.short]
            short[:, :, :top] += down[:, :, : self.short].transpose(0, 2, 1)
            short[:, :top, :top] = found.score_hessian
            cross[:, :, :top] = down[:, :, self.short :].transpose(0, 2, 1)
        effects = np.arange(self.linear.stop, self.short)
        short[:, effects, effects] += 1
        slope[self.linear.stop :] -= points[self.linear.stop :]
        for place, prior in self._priors():
            push, stiff = slopes(prior, points[place])
            slope[place] += push
            short[:, place, place] += stiff
        return Curvature(slope=slope, short=short, cross=cross, long=long)

    def start(self) -> Array:
        """Where a climb begins, (d,): the answers' shares, everything else 0."""
        found = np.zeros(self.size)
        found[: self.top] = self.cells.start()
        return found

    def draws(self, log_sds: Array, points: Array) -> GroupDraws:
        """Turn columns into draws of the problem's own parameters."""
        from csea_stats.regression.problem import GroupDraws

        scaled = points * self.deviations(log_sds)
        return GroupDraws(
            thresholds=self.cells.cuts(points[: self.top]).T.copy(),
            levels=points[self.levels].T.copy(),
            linear=points[self.linear].T.copy(),
            effects=tuple(scaled[self.effects[place]].T.copy() for place in range(len(self.problem.spreads))),
            sds=np.exp(log_sds).T.copy(),
        )


def _products(left: Any, right: Any) -> Any:
    """Sparse matrix that takes weights of rows to sum_r w_r l_ri r_rj, flattened over (i, j)."""
    left, right = left.tocsr(), right.tocsr()
    rows, wide = left.shape[0], right.shape[1]
    in_left, in_right = np.diff(left.indptr), np.diff(right.indptr)
    each = in_left * in_right
    row = np.repeat(np.arange(rows), each)
    within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    one = left.indptr[row] + within // np.maximum(in_right[row], 1)
    two = right.indptr[row] + within % np.maximum(in_right[row], 1)
    place = left.indices[one].astype(np.int64) * wide + right.indices[two]
    return csr_matrix((left.data[one] * right.data[two], (place, row)), shape=(left.shape[1] * wide, rows))


ROUNDS, HALVINGS = 40, 12

LONGEST = 4.0
"""Longest Newton step in any coordinate."""

FLOOR = 1e-3
"""Smallest eigenvalue of a curvature that is taken as it is, where one is not positive definite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bells:
    """Normal approximations at T settings: information [[S + B' D^-1 B, B'], [B, D]], D the long group's diagonal.

    Parameters
    ----------
    centre : (d, T) array
    height : (T,) array
        Log density there.
    root : (T, s, s) array
        Lower triangular Cholesky root of S.
    cross : (T, n, s) array
        B.
    long : (T, n) array
        D.
    """

    centre: Array
    height: Array
    root: Array
    cross: Array
    long: Array

    @property
    def log_determinant(self) -> Array:
        """Of the information."""
        diagonal = np.diagonal(self.root, axis1=1, axis2=2)
        return np.asarray(2 * np.log(diagonal).sum(axis=1) + np.log(self.long).sum(axis=1))


def reduced(bend: Curvature) -> Array:
    """Schur complement of the long group, with its eigenvalues floored where it is not positive definite."""
    found = bend.short - (bend.cross / bend.long[:, :, None]).transpose(0, 2, 1) @ bend.cross
    found = (found + found.transpose(0, 2, 1)) / 2
    try:
        np.linalg.cholesky(found)
    except np.linalg.LinAlgError:
        for one in found:
            _repair(one)
    return found


def _repair(matrix: Array) -> None:
    """Floor the eigenvalues of a matrix that is not positive definite, in place."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        matrix[:] = (vectors * np.maximum(np.abs(values), FLOOR)) @ vectors.T


def climb(density: ConditionalDensity, log_sds: Array, points: Array, *, close: float) -> Array:
    """Newton steps, capped and halved, from each column of `points` until the decrement is below `close`."""
    points = points.copy()
    open_ = np.arange(points.shape[1])
    heights = density.log_density(log_sds, points)
    for _ in range(ROUNDS):
        here, settings = points[:, open_], log_sds[:, open_]
        bend = density.curvature(settings, here)
        short = density.short
        ready = bend.slope[short:].T / bend.long
        push = bend.slope[:short].T - np.einsum("tns,tn->ts", bend.cross, ready)
        step_short = np.linalg.solve(reduced(bend), push[:, :, None])[:, :, 0]
        step_long = ready - np.einsum("tns,ts->tn", bend.cross, step_short) / bend.long
        step = np.concatenate([step_short, step_long], axis=1).T
        decrement = (step * bend.slope).sum(axis=0)
        step *= np.minimum(1.0, LONGEST / np.abs(step).max(axis=0).clip(min=1e-300))
        waiting = np.ones(open_.size, dtype=bool)
        for _ in range(HALVINGS):
            trial = here[:, waiting] + step[:, waiting]
            reached = density.log_density(settings[:, waiting], trial)
            better = reached >= heights[open_[waiting]] - 1e-10 * np.abs(heights[open_[waiting]])
            at = open_[waiting][better]
            points[:, at], heights[at] = trial[:, better], reached[better]
            waiting[np.flatnonzero(waiting)[better]] = False
            if not waiting.any():
                break
            step /= 2
        open_ = open_[(decrement > close) & ~waiting]
        if open_.size == 0:
            break
    return points


def bells(density: ConditionalDensity, log_sds: Array, points: Array) -> Bells:
    """Make normal approximations at points as they are: as proposals they need not stand at a mode."""
    bend = density.curvature(log_sds, points)
    return Bells(
        centre=points,
        height=density.log_density(log_sds, points),
        root=np.linalg.cholesky(reduced(bend)),
        cross=bend.cross,
        long=bend.long,
    )
