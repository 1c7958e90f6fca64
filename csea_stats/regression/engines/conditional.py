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

from csea_stats.regression.engines.cells import Chosen, Ordered, Yes
from csea_stats.regression.engines.prior import log_density, slopes

if TYPE_CHECKING:
    from typing import Any

    from csea_stats.regression.engines.groups import GroupDraws, GroupProblem
    from csea_stats.regression.problem import Array, Prior

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


class Conditional:
    """The log density of the unknowns and the answers given the standard deviations, unnormalised.

    The vector: scores of the answers' shares (or levels of the items), coefficients, normal scores of the effects;
    those of the long group last.

    Parameters
    ----------
    problem : GroupProblem
    """

    def __init__(self, problem: GroupProblem) -> None:
        self.problem = problem
        kinds: dict[str, type[Ordered | Yes | Chosen]] = {
            "cumulative": Ordered,
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
        from csea_stats.regression.engines.groups import GroupDraws

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
