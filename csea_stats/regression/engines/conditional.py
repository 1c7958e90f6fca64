"""The density of all unknowns but standard deviations and steps, given these: value, gradient, curvature, in batches.

With eta = A u the linear predictor of the cells, u the levels, coefficients and effects (each effect its standard
deviation times a standard normal score; each step of a monotonic term its share of the total effect), the information
in u is A' W A, W diagonal (for exactly k of a list: a block for each pattern). What is given makes u linear in the
unknowns, so the density is log-concave as without steps. A is sparse, so the products that make up A' W A are listed
once and summed by one sparse product. Columns are points, as many as there are settings of what is given.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from csea_stats.regression.engines.group_cells import Chosen, OrderedCells, TiltedCells, Yes
from csea_stats.regression.engines.prior_densities import log_density, slopes
from csea_stats.regression.engines.tilts import spread
from csea_stats.regression.problem import Array, EngineProblem, Places, Prior, Sample

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
    """The log density of the unknowns and the answers given the standard deviations and the steps, unnormalised.

    The vector: scores of the answers' shares (or levels of the items), coefficients, total effects of monotonic terms,
    normal scores of the effects; those of the long group last. What is given: log standard deviations, then the steps
    of each monotonic term; a column for each point.

    Parameters
    ----------
    problem : EngineProblem
    """

    def __init__(self, problem: EngineProblem) -> None:
        self.problem = problem
        kinds: dict[str, type[OrderedCells | Yes | Chosen]] = {
            "cumulative": TiltedCells if problem.slots else OrderedCells,
            "bernoulli": Yes,
            "conditional-bernoulli": Chosen,
        }
        self.cells = kinds[problem.family](problem)
        self.top = self.cells.scores  # unknowns that are not in A: scores of shares
        levels = problem.items if problem.item is not None else 0
        self.levels = slice(self.top, self.top + levels)
        self.linear = slice(self.levels.stop, self.levels.stop + len(problem.linear_priors))
        self.monotonic = slice(self.linear.stop, self.linear.stop + len(problem.steps))
        widths = [step.shape[1] for step in problem.steps]
        order = [place for place in range(len(problem.spreads)) if place != problem.long]
        order += [] if problem.long is None else [problem.long]
        self.effects: dict[int, slice] = {}
        start = self.monotonic.stop
        for place in order:
            self.effects[place] = slice(start, start + problem.spreads[place].members)
            start += problem.spreads[place].members
        self.size = start
        self.members = 0 if problem.long is None else problem.spreads[problem.long].members
        self.short = self.size - self.members
        places = np.arange(self.size)
        steps = np.repeat(places[self.monotonic], widths)
        self._owner = np.concatenate([places[: self.monotonic.start], steps, places[self.monotonic.stop :]])
        self._starts = np.flatnonzero(np.diff(self._owner, prepend=-1))
        self._steps = slice(self.monotonic.start, self.monotonic.start + steps.size)
        self._arrange()

    def _arrange(self) -> None:
        """Write A, and the lists of products that make up A' W A."""
        problem, cells, each = self.problem, len(self.problem.counts), self.cells.predictors
        rows, columns, values = [], [], []

        def enter(place: Any, value: Array) -> None:  # a row for each cell is of its first linear predictor
            used = value != 0
            at, _ = np.nonzero(used)
            rows.append(at * (each * cells // len(value)))
            columns.append(np.broadcast_to(place, value.shape)[used])
            values.append(value[used])

        if problem.item is not None:
            enter(problem.item[:, None] + self.levels.start, np.ones((cells, 1)))
        linear = spread(problem.linear, problem.slots) if problem.slots else problem.linear
        enter(np.arange(self.linear.start, self.linear.stop)[None, :], linear)
        start, more = self._steps.start, self._owner.size - self.size
        for step in problem.steps:
            enter(start + np.arange(step.shape[1])[None, :], step)
            start += step.shape[1]
        for which, one in enumerate(problem.spreads):
            enter(one.place + self.effects[which].start + more, one.value)
        shape = (each * cells, self._owner.size)
        self._a = csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
        self._at = self._a.T.tocsr()
        short = self.short + more
        first, other = (self._a[side] for side in self.cells.pairs)
        owners, members = self._owner[:short], np.arange(self.members)
        self._products = Products.of(first[:, :short], other[:, :short], (owners, owners))
        self._cross = Products.of(first[:, short:], other[:, :short], (members, owners))
        self._long: Any = first[:, short:].multiply(other[:, short:]).T.tocsr()
        if isinstance(self.cells, OrderedCells):
            cutting, row = self.cells.mixing
            at, wide = self._a[row].tocoo(), self._owner.size
            place = cutting[at.row] * wide + at.col  # of the column among those of each cut
            self._down = csr_matrix((at.data, (place, at.row)), shape=(self.top * wide, at.shape[0]))
        per_point = short**2 + self.members * short + 8 * cells * self.cells.width
        self.block = int(np.clip(NUMBERS // per_point, 4, 512))

    def _factors(self, given: Array) -> Array:
        """Factor of each column of A: 1, the share of a step, or a standard deviation; (columns, T)."""
        found = np.ones((self._owner.size, given.shape[1]))
        found[self._steps] = given[len(self.problem.spreads) :]
        more = self._owner.size - self.size
        for place, where in self.effects.items():
            found[where.start + more : where.stop + more] = np.exp(given[place])
        return found

    def predictor(self, given: Array, points: Array) -> Array:
        """Linear predictor of each cell, (R, T); of tilted answers those of a cell stand together."""
        return np.asarray(self._a @ (points[self._owner] * self._factors(given)))

    def _joined(self, values: Array) -> Array:
        """Turn derivatives along columns of A into those along the unknowns."""
        return np.add.reduceat(values, self._starts, axis=0) if self.problem.steps else values

    def log_density(self, given: Array, points: Array) -> Array:
        """Log density at each column of `points`, given the column of `given` above it."""
        number = points.shape[1]
        found = np.empty(number)
        width = max(16, NUMBERS // (4 * self._a.shape[0] * self.cells.width))
        for start in range(0, number, width):
            part = slice(start, min(start + width, number))
            here = points[:, part]
            eta = self.predictor(given[:, part], here)
            found[part] = self.cells.value(here[: self.top], eta) + self._log_prior(here)
        return found

    def _log_prior(self, points: Array) -> Array:
        total = -0.5 * np.square(points[self.monotonic.stop :]).sum(axis=0)
        for place, prior in self._priors():
            total += log_density(prior, points[place])
        return np.asarray(total)

    def _priors(self) -> list[tuple[int, Prior]]:
        levels = [(place, self.problem.level) for place in range(self.levels.start, self.levels.stop)]
        slopes = (*self.problem.linear_priors, *self.problem.monotonic_priors)
        return [*levels, *((self.linear.start + place, one) for place, one in enumerate(slopes))]

    def curvature(self, given: Array, points: Array) -> Curvature:
        """Gradient and negative Hessian at each column of `points`; as many columns as `block` fit the cache."""
        number, top = points.shape[1], self.top
        factor = self._factors(given)
        eta = np.asarray(self._a @ (points[self._owner] * factor))
        found = self.cells.curvature(points[:top], eta)
        slope = self._joined((self._at @ found.slope) * factor)
        slope[:top] = found.score_slope
        short = self._products.sums(found.weight, factor, factor).reshape(number, self.short, self.short)
        start = self._owner.size - self.members
        cross = self._cross.sums(found.weight, factor[start:], factor).reshape(number, self.members, self.short)
        long = 1 + ((self._long @ found.weight) * factor[start:] ** 2).T
        if top:
            down = (self._down @ found.mixed).reshape(-1, *factor.shape) * factor
            down = self._joined(down.transpose(1, 0, 2)).transpose(2, 0, 1).copy() @ found.ways
            short[:, :, :top] -= down[:, : self.short]
            short[:, :top, :] -= down[:, : self.short].transpose(0, 2, 1)
            short[:, :top, :top] = found.score_hessian
            cross[:, :, :top] = -down[:, self.short :]
        effects = np.arange(self.monotonic.stop, self.short)
        short[:, effects, effects] += 1
        slope[self.monotonic.stop :] -= points[self.monotonic.stop :]
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

    def draws(self, given: Array, points: Array) -> Sample:
        """Turn columns into draws of the problem's own parameters."""
        spreads = len(self.problem.spreads)
        ends = np.cumsum([step.shape[1] for step in self.problem.steps])
        zetas = np.split(given[spreads:].T, ends[:-1], axis=1) if self.problem.steps else []
        firsts = self.cells.cuts(points[: self.top]) if isinstance(self.cells, OrderedCells) else -points[self.levels]
        return Sample(
            thresholds=firsts.T.copy(),
            linear=points[self.linear].T.copy(),
            monotonic=points[self.monotonic].T.copy(),
            zetas=tuple(zeta.copy() for zeta in zetas),
            diagnostics=(),
            engine="laplace",
            effects=tuple((points[self.effects[place]] * np.exp(given[place])).T.copy() for place in range(spreads)),
            sds=np.exp(given[:spreads]).T.copy(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """Sums of products of two columns over pieces of the likelihood, w_r l_ri r_rj, where any is not 0.

    Parameters
    ----------
    matrix : sparse (sums, pieces) array
    left, right : (sums,) array of int
        Columns, which have factors.
    starts : array of int
        Of runs of sums that belong to the same two unknowns.
    places : array of int
        Of those among all pairs of unknowns.
    size : int
        How many pairs of unknowns there are.
    """

    matrix: Any
    left: Places
    right: Places
    starts: Places
    places: Places
    size: int

    @classmethod
    def of(cls, left: Any, right: Any, owners: tuple[Places, Places]) -> Products:
        """List the products of rows of two sparse matrices; `owners` says to which unknown each column belongs."""
        rows, wide = left.shape[0], right.shape[1]
        in_left, in_right = np.diff(left.indptr), np.diff(right.indptr)
        each = in_left * in_right
        row = np.repeat(np.arange(rows), each)
        within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
        one = left.indptr[row] + within // np.maximum(in_right[row], 1)
        two = right.indptr[row] + within % np.maximum(in_right[row], 1)
        pairs, at = np.unique(left.indices[one].astype(np.int64) * wide + right.indices[two], return_inverse=True)
        first, other = np.divmod(pairs, wide)
        lefts, rights = (int(owner.max(initial=-1)) + 1 for owner in owners)
        place = owners[0][first] * rights + owners[1][other]
        order = np.argsort(place, kind="stable")
        matrix = csr_matrix((left.data[one] * right.data[two], (np.argsort(order)[at], row)), shape=(pairs.size, rows))
        starts = np.flatnonzero(np.diff(place[order], prepend=-1))
        return cls(
            matrix=matrix,
            left=first[order],
            right=other[order],
            starts=starts,
            places=place[order][starts],
            size=lefts * rights,
        )

    def sums(self, weight: Array, left: Array, right: Array) -> Array:
        """Return the sums for each pair of unknowns, (T, size), given weights and the factors of the columns."""
        values = self.matrix @ weight
        values *= left[self.left]
        values *= right[self.right]
        if self.starts.size < len(values):
            values = np.add.reduceat(values, self.starts, axis=0)
        found = np.zeros((weight.shape[1], self.size))
        found[:, self.places] = values.T
        return found


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
    """Schur complement of the long group."""
    if not bend.long.size:
        return bend.short
    part = bend.cross / np.sqrt(bend.long)[:, :, None]
    return np.asarray(bend.short - part.transpose(0, 2, 1) @ part)


def _roots(matrices: Array) -> Array:
    """Cholesky roots, eigenvalues floored where a matrix is not positive definite."""
    try:
        return np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        for one in matrices:
            _repair(one)
        return np.linalg.cholesky(matrices)


def _uphill(matrices: Array, push: Array) -> Array:
    """Newton steps, (T, s); where one would not go uphill, eigenvalues are floored as for roots."""
    with suppress(np.linalg.LinAlgError):
        step = np.linalg.solve(matrices, push[:, :, None])[:, :, 0]
        if np.all((step * push).sum(axis=1) >= 0):
            return step
    for one in matrices:
        _repair(one)
    return np.asarray(np.linalg.solve(matrices, push[:, :, None])[:, :, 0])


def _repair(matrix: Array) -> None:
    """Floor the eigenvalues of a matrix that is not positive definite, in place."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        matrix[:] = (vectors * np.maximum(np.abs(values), FLOOR)) @ vectors.T


def climb(density: ConditionalDensity, given: Array, points: Array, *, close: float) -> Array:
    """Newton steps, capped and halved, from each column of `points` until the decrement is below `close`."""
    points = points.copy()
    open_ = np.arange(points.shape[1])
    heights = density.log_density(given, points)
    for _ in range(ROUNDS):
        here, settings = points[:, open_], given[:, open_]
        bend = density.curvature(settings, here)
        short = density.short
        ready = bend.slope[short:].T / bend.long
        push = bend.slope[:short].T - np.einsum("tns,tn->ts", bend.cross, ready)
        step_short = _uphill(reduced(bend), push)
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


def bells(density: ConditionalDensity, given: Array, points: Array) -> Bells:
    """Make normal approximations at points as they are: as proposals they need not stand at a mode."""
    bend = density.curvature(given, points)
    return Bells(
        centre=points,
        height=density.log_density(given, points),
        root=_roots(reduced(bend)),
        cross=bend.cross,
        long=bend.long,
    )
