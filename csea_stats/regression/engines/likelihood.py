"""The log posterior density of a problem and its gradient, many points at once.

With p the answers' probabilities at the covariate means, P_k = p_1 + ... + p_k and Q_k = 1 - P_k, the cumulative
logit model log P(Y <= k) - log P(Y > k) = log P_k - log Q_k - eta has for counts n_gk the log-likelihood

    sum_k n_.k log p_k + sum_g (n_g. - n_g1) eta_g - sum_gk (n_gk + n_g,k+1) log(P_k + Q_k exp(eta_g)),

since s(h) - s(l) = s(h) s(-l) (1 - exp(l - h)). Every term is a sum of positive parts, so nothing cancels; a draw
costs one exponential per covariate pattern, and for each cell one product and one sum. The Dirichlet prior of p on
the softmax scale, its Jacobian included, is sum_k alpha log p_k and joins the first sum. The steps of a monotonic
term stand on a scale where their prior is standard normal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betaincinv, betaln, ndtr

from csea_stats.regression.engines.links import link_of, log_softmax
from csea_stats.regression.engines.prior_densities import AlikePriors, log_density, slopes
from csea_stats.regression.problem import Array, EngineProblem, Prior, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


UNTHREADED = 2**18
"""Multiplications up to which OpenBLAS keeps a product on one thread; its threads cost more than they gain here, and
many times more on a busy machine."""


CEILING = 600.0
"""Largest logarithm of which an exponential, or a product, is still taken; doubles end at 709."""


def times(matrix: Array, columns: Array) -> Array:
    """Matrix product in blocks of columns small enough for one thread."""
    width = max(1, UNTHREADED // max(matrix.size, 1))
    number = columns.shape[1]
    if number <= width:
        return np.asarray(matrix @ columns)
    result = np.empty((matrix.shape[0], number))
    for start in range(0, number, width):
        np.matmul(matrix, columns[:, start : start + width], out=result[:, start : start + width])
    return result


def contrasts(size: int) -> Array:
    """Orthonormal contrasts V of a simplex: p = softmax(V t) for any t.

    Parameters
    ----------
    size : int
        Number of cells of the simplex, at least 1.

    Returns
    -------
    (size, size - 1) array
        Columns of length 1, orthogonal to each other and to (1, ..., 1) (Helmert).

    Examples
    --------
    >>> contrasts(2).round(3).ravel().tolist()
    [-0.707, 0.707]
    """
    basis = np.zeros((size, size - 1))
    for column in range(size - 1):
        length = np.sqrt((column + 1) * (column + 2))
        basis[: column + 1, column] = -1 / length
        basis[column + 1, column] = (column + 1) / length
    return basis


FARTHEST = 30.0
"""Normal scores beyond this are taken as this; the normal density there is 1e-196."""


def _pieces(scores: Array, concentration: float) -> Array:
    """Share left of the stick after each break, (D - 1, S): one minus a Beta(a, a m), m pieces to come."""
    later = np.arange(scores.shape[0], 0, -1.0)[:, None]
    if concentration == 1:
        return np.asarray(ndtr(-scores) ** (1 / later))
    return np.asarray(betaincinv(concentration * later, concentration, ndtr(-scores)))


def simplex(scores: Array, concentration: float) -> Array:
    """Turn normal scores into the steps of a monotonic term: standard normal scores give a symmetric Dirichlet.

    Parameters
    ----------
    scores : (D - 1, S) array
    concentration : float
        Of the Dirichlet.

    Returns
    -------
    (D, S) array
        Summing to 1 along the first axis.

    Notes
    -----
    The j-th of D pieces is the share v_j of what is left, v_j = F^-1(Phi(score_j)) with F the distribution function
    of Beta(a, a (D - j)), which is how a Dirichlet breaks (Ishwaran and James 2001, JASA 96, 161-173, section 2.2,
    doi:10.1198/016214501750332758).

    Examples
    --------
    >>> simplex(np.zeros((2, 1)), 1.0).round(4).ravel().tolist()  # medians of Beta(1, 2), then of Beta(1, 1)
    [0.2929, 0.3536, 0.3536]
    """
    kept = _pieces(np.clip(scores, -FARTHEST, FARTHEST), concentration)
    left = np.concatenate([np.ones((1, scores.shape[1])), np.cumprod(kept, axis=0)])
    steps = left.copy()
    steps[:-1] *= 1 - kept
    return steps


def simplex_slope(scores: Array, concentration: float, pull: Array) -> Array:
    """Gradient along the scores of a function with gradient `pull`, (D, S), along the steps."""
    scores = np.clip(scores, -FARTHEST, FARTHEST)
    size = scores.shape[0]
    kept = _pieces(scores, concentration)
    later = np.arange(size, 0, -1.0)[:, None]
    normal = -0.5 * scores**2 - 0.5 * np.log(2 * np.pi)
    with np.errstate(divide="ignore", invalid="ignore"):
        if concentration == 1:
            speed = np.exp(normal - np.log(ndtr(-scores))) * kept / later
        else:
            beta = (concentration * later - 1) * np.log(kept) + (concentration - 1) * np.log1p(-kept)
            speed = np.nan_to_num(np.exp(normal - beta + betaln(concentration * later, concentration)), posinf=0.0)
    left = np.concatenate([np.ones((1, scores.shape[1])), np.cumprod(kept[:-1], axis=0)])
    slope = np.empty_like(scores)
    rest = pull[-1]
    for place in range(size - 1, -1, -1):
        slope[place] = left[place] * (pull[place] - rest) * speed[place]
        rest = (1 - kept[place]) * pull[place] + kept[place] * rest
    return slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each unknown stands in the vector.

    Parameters
    ----------
    thresholds, linear, effects : slice
        Contrasts of the answers' log probabilities at the covariate means, coefficients, monotonic totals; where a
        predictor has several coefficients they stand together.
    simplexes : tuple of slice
        Normal scores of each monotonic term's steps.
    size : int
        Length of the vector.
    """

    thresholds: slice
    linear: slice
    effects: slice
    simplexes: tuple[slice, ...]
    size: int

    @property
    def coefficients(self) -> slice:
        """Linear coefficients and monotonic totals together."""
        return slice(self.linear.start, self.effects.stop)


def layout(problem: EngineProblem) -> Layout:
    """Lay out the unknowns of a problem."""
    start = problem.firsts
    linear = slice(start, start + problem.linear.shape[1] * problem.width)
    effects = slice(linear.stop, linear.stop + len(problem.steps) * problem.width)
    simplexes = []
    place = effects.stop
    for step in problem.steps:
        simplexes.append(slice(place, place + step.shape[1] - 1))
        place += step.shape[1] - 1
    return Layout(thresholds=slice(0, start), linear=linear, effects=effects, simplexes=tuple(simplexes), size=place)


CELLS_IN_CACHE = 131_072
"""Numbers of one working block; 1 MB, the second-level cache of a common processor."""


class _Priors:
    """Log densities of the coefficients' priors without constants, by family."""

    def __init__(self, priors: tuple[Prior, ...]) -> None:
        self._groups = []
        for family in ("logistic", "normal", "student-t"):
            chosen = [place for place, prior in enumerate(priors) if prior.family == family]
            if chosen:
                scale = np.array([[priors[place].scale] for place in chosen])
                freedom = np.array([[priors[place].freedom] for place in chosen])
                centre = np.array([[priors[place].centre] for place in chosen])
                self._groups.append((family, chosen, centre, scale, freedom))

    def log_density(self, values: Array) -> Array:
        total = np.zeros(values.shape[1])
        for family, chosen, centre, scale, freedom in self._groups:
            x = (values[chosen] - centre) / scale
            if family == "logistic":
                size = np.abs(x)
                term = -size - 2 * np.log1p(np.exp(-size))
            elif family == "normal":
                term = -0.5 * x**2
            else:
                term = -0.5 * (freedom + 1) * np.log1p(x**2 / freedom)
            total += term.sum(axis=0)
        return total

    def gradient(self, values: Array) -> Array:
        slope = np.zeros_like(values)
        for family, chosen, centre, scale, freedom in self._groups:
            x = (values[chosen] - centre) / scale
            if family == "logistic":
                slope[chosen] = -np.tanh(x / 2) / scale
            elif family == "normal":
                slope[chosen] = -x / scale
            else:
                slope[chosen] = -(freedom + 1) * x / (freedom + x**2) / scale
        return slope


class LogPosterior(ABC):
    """The log posterior density of a problem, unnormalised, on the vector of `layout`; a child holds its likelihood.

    Parameters
    ----------
    problem : EngineProblem
    """

    def __init__(self, problem: EngineProblem) -> None:
        kept = problem.counts.sum(axis=1) > 0  # patterns that nobody has say nothing
        kept = kept if kept.any() else np.arange(kept.size) == 0
        self.problem = problem
        self.layout = layout(problem)
        self.counts = problem.counts[kept]
        self._linear = problem.linear[kept]
        self._steps = tuple(step[kept] for step in problem.steps)
        priors = problem.linear_priors + problem.monotonic_priors
        self._priors = _Priors(priors) if problem.width == 1 else AlikePriors(priors, problem.width)

    @abstractmethod
    def start(self) -> Array:
        """Return the first unknowns from which a climb starts: those of all answers taken together."""

    @abstractmethod
    def height(self, first: Array, eta: Array) -> Array:
        """Log likelihood and log prior of the first unknowns, a value for each column.

        Parameters
        ----------
        first : (F, S) array
        eta : (G, S) array
            Linear predictor; (G, W, S) where a predictor has several coefficients.
        """

    @abstractmethod
    def slopes(self, first: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `height` along both."""

    @abstractmethod
    def unpack(self, points: Array) -> Sample:
        """Turn columns of the vector into a sample of the problem's own parameters."""

    @property
    def cells(self) -> int:
        """Numbers that a column needs at a time."""
        return int(self.counts.size) * self.problem.width

    def _parts(self, number: int) -> Iterator[slice]:
        block = int(np.clip(CELLS_IN_CACHE // max(self.cells, 1), 16, 1024))
        return (slice(start, min(start + block, number)) for start in range(0, number, block))

    def log_density(self, points: Array) -> Array:
        """Log density at each column of `points`, shape (size, S)."""
        result = np.empty(points.shape[1])
        for part in self._parts(points.shape[1]):
            here = points[:, part]
            total = self.height(here[self.layout.thresholds], self._predictor(here)[0])
            total += self._priors.log_density(here[self.layout.coefficients])
            for place in self.layout.simplexes:
                total -= 0.5 * np.square(here[place]).sum(axis=0)
            result[part] = total
        return result

    def _predictor(self, points: Array) -> tuple[Array, list[Array]]:
        """Linear predictor by pattern, and each monotonic term's rise: the share of its total that a pattern has."""
        where, width, number = self.layout, self.problem.width, points.shape[1]
        patterns = len(self._linear)
        eta = times(self._linear, points[where.linear].reshape(self._linear.shape[1], width * number))
        eta = eta.reshape(patterns, width, number)
        rises = []
        for place, step in enumerate(self._steps):
            rise = times(step, simplex(points[where.simplexes[place]], self.problem.simplexes))
            eta += points[self._effects(place)] * rise[:, None]
            rises.append(rise)
        eta = eta.reshape(patterns, number) if width == 1 else eta
        return np.clip(eta, -CEILING, CEILING), rises

    def _effects(self, place: int) -> slice:
        """Where a monotonic term's totals stand."""
        start = self.layout.effects.start + place * self.problem.width
        return slice(start, start + self.problem.width)

    def gradient(self, points: Array) -> Array:
        """Gradient at each column of `points`, shape (size, S)."""
        result = np.empty((self.layout.size, points.shape[1]))
        for part in self._parts(points.shape[1]):
            result[:, part] = self._slope(points[:, part])
        return result

    def _slope(self, points: Array) -> Array:
        where, number = self.layout, points.shape[1]
        slope = np.empty_like(points)
        eta, rises = self._predictor(points)
        slope[where.thresholds], to_eta = self.slopes(points[where.thresholds], eta)
        to_eta = to_eta.reshape(len(eta), -1, number)
        slope[where.linear] = (self._linear.T @ to_eta.reshape(len(eta), -1)).reshape(-1, number)
        for place, step in enumerate(self._steps):
            here = self._effects(place)
            slope[here] = (to_eta * rises[place][:, None]).sum(axis=0)
            scores = points[where.simplexes[place]]
            pull = step.T @ (points[here] * to_eta).sum(axis=1)
            slope[where.simplexes[place]] = simplex_slope(scores, self.problem.simplexes, pull) - scores
        slope[where.coefficients] += self._priors.gradient(points[where.coefficients])
        return slope

    def coefficients(self, points: Array) -> dict[str, Any]:
        """Coefficients and steps of columns of the vector, as a `Sample` has them."""
        where = self.layout
        zetas = tuple(simplex(points[place], self.problem.simplexes).T for place in where.simplexes)
        return {"linear": points[where.linear].T.copy(), "monotonic": points[where.effects].T.copy(), "zetas": zetas}


class AnswersPosterior(LogPosterior):
    """What models of answers share: probabilities at the covariate means, on the softmax scale, with their prior."""

    def __init__(self, problem: EngineProblem) -> None:
        super().__init__(problem)
        self.contrasts = contrasts(problem.answers)
        self.power = self.counts.sum(axis=0) + (problem.thresholds if problem.intercept is None else 0.0)

    def start(self) -> Array:
        """Return the shares of all answers together, each with its prior."""
        return self.contrasts.T @ np.log(self.problem.counts.sum(axis=0) + self.problem.thresholds)

    def height(self, first: Array, eta: Array) -> Array:
        """Log likelihood and log prior of the answers' probabilities."""
        log_shares = log_softmax(self.contrasts @ first)
        total = self.likelihood(log_shares, eta)
        if self.problem.intercept is not None:  # log odds are linear in the scores, so no Jacobian enters
            total += log_density(self.problem.intercept, log_shares[1] - log_shares[0])
        return total

    def slopes(self, first: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `height`."""
        log_shares = log_softmax(self.contrasts @ first)
        to_logs, to_eta = self.pushes(log_shares, eta)
        scores = to_logs - np.exp(log_shares) * to_logs.sum(axis=0)
        if self.problem.intercept is not None:
            push, _ = slopes(self.problem.intercept, log_shares[1] - log_shares[0])
            scores += np.stack([-push, push])
        return self.contrasts.T @ scores, to_eta

    @abstractmethod
    def likelihood(self, log_shares: Array, eta: Array) -> Array:
        """Log likelihood with the Dirichlet prior of the answers' probabilities, its Jacobian included."""

    @abstractmethod
    def pushes(self, log_shares: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `likelihood` along the logarithms, as if they were free, and along the linear predictor."""

    def unpack(self, points: Array) -> Sample:
        """Turn columns of the vector into a sample of the problem's own parameters."""
        log_shares = log_softmax(self.contrasts @ points[self.layout.thresholds])
        levels = link_of(self.problem).levels(log_shares).T
        return Sample(thresholds=levels, **self.coefficients(points), diagnostics=(), engine="laplace")


class CumulativePosterior(AnswersPosterior):
    """The cumulative logit model; of two answers the logistic one.

    Examples
    --------
    >>> from csea_stats.regression.problem import EngineProblem
    >>> binary = EngineProblem(counts=np.array([[3.0, 4.0]]), linear=np.zeros((1, 0)))
    >>> density = CumulativePosterior(binary).log_density(np.array([[0.0, 0.5]]))  # p = (1/2, 1/2), then (.330, .670)
    >>> density.round(4).tolist()  # the first is 8 log(1/2): 3 + 4 answers, twice the prior's half a person
    [-5.5452, -5.6815]
    """

    def __init__(self, problem: EngineProblem) -> None:
        super().__init__(problem)
        self._later = self.counts[:, 1:].sum(axis=1)
        self._pairs = (self.counts[:, :-1] + self.counts[:, 1:]).T  # (K - 1, G)
        self._arrange()

    def _arrange(self) -> None:
        """Order the cells by multiplicity, so that one logarithm serves all cells of the same one."""
        cuts, patterns = np.nonzero(self._pairs)
        multiplicity = self._pairs[cuts, patterns]
        order = np.lexsort((patterns, cuts, multiplicity))
        cuts, self._pattern_of, self._multiplicity = cuts[order], patterns[order], multiplicity[order]
        new = np.flatnonzero(np.diff(self._multiplicity)) + 1
        self._levels = np.concatenate([[0], new]).astype(np.intp) if cuts.size else np.zeros(0, dtype=np.intp)
        turns = np.flatnonzero(np.diff(cuts)) + 1
        edges = [0, *turns.tolist(), cuts.size] if cuts.size else []
        self._runs = [(int(cuts[a]), slice(a, b)) for a, b in pairwise(edges)]
        self._work = np.empty((cuts.size, 0))

    @property
    def cells(self) -> int:
        """Numbers that a column needs at a time."""
        return max(self._multiplicity.size, self._later.size * 4)  # the sum over patterns stays on one thread as well

    def likelihood(self, log_shares: Array, eta: Array) -> Array:
        """Log likelihood with the Dirichlet prior of the answers' probabilities, its Jacobian included."""
        shares = np.exp(log_shares)
        below = np.cumsum(shares[:-1], axis=0)
        above = np.cumsum(shares[:0:-1], axis=0)[::-1]
        total = self.power @ log_shares + self._later @ eta
        if self._multiplicity.size:
            number = eta.shape[1]
            if self._work.shape[1] < number:
                self._work = np.empty((self._multiplicity.size, number))
            work = self._work[:, :number]
            np.take(np.exp(eta), self._pattern_of, axis=0, out=work, mode="clip")
            for cut, run in self._runs:
                work[run] *= above[cut]
                work[run] += below[cut]
            # P + Q exp(eta) lies between 1 and exp(eta): so many factors fit into a double.
            length = max(1, int(CEILING / max(1.0, float(np.abs(eta).max()))))
            starts = self._starts(length)
            products = np.multiply.reduceat(work, starts, axis=0)
            total -= self._multiplicity[starts] @ np.log(products, out=products)
        return np.asarray(total)

    def _starts(self, length: int) -> NDArray[np.intp]:
        """Find the first cell of every product: a new one at each multiplicity, none longer than `length`."""
        return np.union1d(self._levels, np.arange(0, self._multiplicity.size, length)).astype(np.intp)

    def pushes(self, log_shares: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `likelihood`."""
        shares = np.exp(log_shares)
        below = np.cumsum(shares[:-1], axis=0)[:, None, :]
        above = np.cumsum(shares[:0:-1], axis=0)[::-1][:, None, :]
        odds = np.exp(eta)
        by_cell = self._pairs[:, :, None] / (below + above * odds)  # (K - 1, G, S): one per cut, pattern, point
        to_below = -by_cell.sum(axis=1)
        by_cell *= odds
        to_above = -by_cell.sum(axis=1)
        by_cell *= above
        to_share = np.zeros_like(shares)
        to_share[:-1] += np.cumsum(to_below[::-1], axis=0)[::-1]
        to_share[1:] += np.cumsum(to_above, axis=0)
        return self.power[:, None] + shares * to_share, self._later[:, None] - by_cell.sum(axis=0)
