"""How the probabilities of the answers follow from those at the averages of the predictors and a linear predictor.

A link is the one place that knows a family's formula for predictions: engines, averages, densities and checks ask it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import special

from csea_stats.regression.engines.tilts import brought_to_one, tilts

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, EngineProblem, Family, Places

MOST = 600.0
"""Largest logarithm whose exponential is taken; doubles end at 709."""

LOWEST = -1e300
"""Log probability of an answer that a double cannot tell from impossible."""


def log_softmax(scores: Array) -> Array:
    """Logarithm of the softmax over the first axis, computed so that nothing overflows."""
    shifted = scores - scores.max(axis=0)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=0)))


def cutpoints(log_shares: Array) -> Array:
    """Cutpoints c_k = log P(Y <= k) - log P(Y > k) of the categories' log probabilities, along the first axis.

    Examples
    --------
    >>> cutpoints(np.log([[0.5], [0.25], [0.25]])).round(4).ravel().tolist()
    [0.0, 1.0986]
    """
    if log_shares.min() < -MOST:  # an exponential would be 0
        below = np.logaddexp.accumulate(log_shares, axis=0)[:-1]
        above = np.logaddexp.accumulate(log_shares[::-1], axis=0)[::-1][1:]
        return np.asarray(below - above)
    shares = np.exp(log_shares)
    below, above = np.cumsum(shares[:-1], axis=0), np.cumsum(shares[:0:-1], axis=0)[::-1]
    return np.asarray(np.log(below) - np.log(above))


def logistic(scores: Array) -> Array:
    """1 / (1 + exp(-score)), in place: twice as fast as what SciPy has."""
    with np.errstate(over="ignore"):  # infinity is 0 soon
        np.exp(np.negative(scores, out=scores), out=scores)
    scores += 1
    return np.divide(1, scores, out=scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(ABC):
    """A family's formula.

    Parameters
    ----------
    answers : int
    """

    assumed: ClassVar[str] = ""
    """What has one odds ratio by assumption, as a doubt tells it; empty: nothing."""
    answers: int = 2

    def thresholds(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        """Return the thresholds' names."""
        return tuple(f"{low}|{high}" for low, high in pairwise(answers))

    @abstractmethod
    def levels(self, log_shares: Array) -> Array:
        """Return thresholds of the answers' log probabilities at the averages, (K - 1, S) of (K, S)."""

    @abstractmethod
    def log_shares(self, levels: Array) -> Array:
        """Return the answers' log probabilities at the averages, (S, K) of thresholds (S, K - 1)."""

    @abstractmethod
    def log_answers(self, levels: Array, eta: Array) -> Array:
        """Return log P(answer), (S, G, K), of thresholds (S, K - 1) and the linear predictor (S, G), or (S, G, W)."""

    def log_cells(self, levels: Array, eta: Array, patterns: Places, answers: Places) -> Array:
        """Return log P(answer) of some pairs of pattern and answer, (S, C)."""
        return self.log_answers(levels, eta)[:, patterns, answers]

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:
        """Return the probability of a run of answers, (S, G)."""
        return np.asarray(np.exp(self.log_answers(levels, eta)[:, :, low : high + 1]).sum(axis=2))

    @abstractmethod
    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """Return thresholds, and the answers' probabilities by pattern, as PyTensor has them; eta is (G,) or (G, W)."""


class CumulativeLink(Link):
    """logit P(Y <= k) = c_k - eta; of two answers the logistic model."""

    assumed = "every cut of the answers"

    def levels(self, log_shares: Array) -> Array:
        """Return the cutpoints."""
        return cutpoints(log_shares)

    def log_shares(self, levels: Array) -> Array:
        """Return the logarithms of differences of the cumulative probabilities."""
        below = special.expit(levels)
        ends = np.zeros((len(below), 1))
        shares = np.diff(np.concatenate([ends, below, ends + 1], axis=1), axis=1)
        return np.asarray(np.log(np.maximum(shares, 1e-300)))

    def log_answers(self, levels: Array, eta: Array) -> Array:
        """Return s(h) - s(l) = s(h) s(-l) (1 - exp(l - h)) for neighbouring cuts, without cancellation."""
        z = levels[:, None, :] - eta[:, :, None]
        found = np.empty((*eta.shape, levels.shape[1] + 1))
        found[:, :, 0] = special.log_expit(z[:, :, 0])
        found[:, :, -1] = special.log_expit(-z[:, :, -1])
        gaps = np.diff(levels, axis=1)
        with np.errstate(divide="ignore"):
            between = np.log(-np.expm1(-np.maximum(gaps, 0)))[:, None, :]
        found[:, :, 1:-1] = special.log_expit(z[:, :, 1:]) + special.log_expit(-z[:, :, :-1]) + between
        return np.maximum(found, LOWEST)

    def log_cells(self, levels: Array, eta: Array, patterns: Places, answers: Places) -> Array:
        """Return the same of these answers alone."""
        found = np.zeros((len(levels), len(answers)))
        upper, lower = answers < levels.shape[1], answers > 0
        found[:, upper] += special.log_expit(levels[:, answers[upper]] - eta[:, patterns[upper]])
        found[:, lower] += special.log_expit(eta[:, patterns[lower]] - levels[:, answers[lower] - 1])
        with np.errstate(divide="ignore"):
            between = np.log(-np.expm1(-np.maximum(np.diff(levels, axis=1), 0)))
        middle = upper & lower
        found[:, middle] += between[:, answers[middle] - 1]
        return np.maximum(found, LOWEST)

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:
        """Return one cumulative probability, or the difference of two."""
        if low == 0:
            return self._below(levels, eta, high)
        if high >= levels.shape[1]:  # from above, so that nothing is lost near 0
            return logistic(eta - levels[:, low - 1, None])
        return np.maximum(self._below(levels, eta, high) - self._below(levels, eta, low - 1), 0.0)

    def _below(self, levels: Array, eta: Array, answer: int) -> Array:
        if answer >= levels.shape[1]:
            return np.ones_like(eta)
        return logistic(levels[:, answer, None] - eta)

    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """Return the same product; the last factor is p_k/(P_k Q_k-1)."""
        below = pt.cumsum(shares)[:-1]
        above = pt.cumsum(shares[::-1])[::-1][1:]
        cuts = pt.log(below) - pt.log(above)
        z = cuts[None, :] - eta[:, None]
        lower, upper = -pt.softplus(-z), -pt.softplus(z)  # log P(Y <= k), log P(Y > k)
        gap = pt.log(shares[1:-1]) - pt.log(below[1:]) - pt.log(above[:-1])
        middle = lower[:, 1:] + upper[:, :-1] + gap
        return cuts, pt.exp(pt.concatenate([lower[:, :1], middle, upper[:, -1:]], axis=1))


class TiltedLink(CumulativeLink):
    """P(k) in proportion to that of the cumulative model times exp(t_k); see `tilts`."""

    def log_answers(self, levels: Array, eta: Array) -> Array:
        """Return the logarithms, tilted and brought to a sum of 1."""
        whole = CumulativeLink.log_answers(self, levels, eta[:, :, 0]) + eta[:, :, 1:] @ tilts(self.answers).T
        return np.maximum(brought_to_one(whole, 2), LOWEST)

    def log_cells(self, levels: Array, eta: Array, patterns: Places, answers: Places) -> Array:
        """Return them by those of all answers, which the sum takes."""
        return Link.log_cells(self, levels, eta, patterns, answers)

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:
        """Return the share of a run's weights; the ends of the scale come from below and from above."""
        common, last = eta[:, :, 0], self.answers - 1
        raised = np.exp(np.clip(eta[:, :, 1:] @ tilts(self.answers).T, -MOST / 2, MOST / 2))
        below, inside, whole = np.zeros_like(common), np.zeros_like(common), np.zeros_like(common)
        for answer in range(self.answers):
            if answer == last:
                share = logistic(common - levels[:, -1, None])
            else:
                up_to = logistic(levels[:, answer, None] - common)
                share, below = np.maximum(up_to - below, 0.0), up_to
            share = share * raised[:, :, answer]
            whole += share
            if low <= answer <= high:
                inside += share
        return np.asarray(inside / whole)

    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """Return the same."""
        cuts, cells = CumulativeLink.in_pymc(self, shares, eta[:, 0], pt)
        tilted = cells * pt.exp(eta[:, 1:] @ pt.as_tensor_variable(tilts(self.answers).T))
        return cuts, tilted / tilted.sum(axis=1, keepdims=True)


class MultinomialLink(Link):
    """P(k) in proportion to p_k exp(eta_k), the first answer's eta being 0: answers in no order."""

    def thresholds(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        """Return their names: each answer against the first."""
        return tuple(f"{answer}|{answers[0]}" for answer in answers[1:])

    def scored(self, eta: Array) -> Array:
        """Return what is added to each answer's log probability, (S, G, K)."""
        return np.concatenate([np.zeros((*eta.shape[:2], 1)), eta], axis=2)

    def levels(self, log_shares: Array) -> Array:
        """Return log odds of each answer against the first."""
        return np.asarray(log_shares[1:] - log_shares[0])

    def log_shares(self, levels: Array) -> Array:
        """Return their softmax."""
        return np.asarray(log_softmax(np.concatenate([np.zeros((len(levels), 1)), levels], axis=1).T).T)

    def log_answers(self, levels: Array, eta: Array) -> Array:
        """Return the softmax of log probabilities and scores."""
        scores = self.log_shares(levels)[:, None, :] + self.scored(eta)
        scores -= scores.max(axis=2, keepdims=True)
        return np.maximum(scores - np.log(np.exp(scores).sum(axis=2, keepdims=True)), LOWEST)

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:
        """Return the share of the run's weights."""
        total, within = np.ones(eta.shape[:2]), np.full(eta.shape[:2], float(low == 0))
        for place in range(eta.shape[2]):  # answer by answer: a table of all of them would be summed along short rows
            weight = np.exp(np.minimum(eta[:, :, place] + levels[:, place, None], MOST))
            total += weight
            if low <= place + 1 <= high:
                within += weight
        return np.asarray(within / total)

    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """Return the softmax."""
        scores = pt.concatenate([pt.zeros((eta.shape[0], 1)), eta], axis=1)
        cells = pt.special.softmax(pt.log(shares)[None, :] + scores, axis=1)
        return pt.log(shares[1:]) - pt.log(shares[0]), cells


class AdjacentLink(MultinomialLink):
    """log P(k + 1) / P(k) = log p_k+1 / p_k + eta: one odds ratio for every pair of neighbouring answers."""

    def thresholds(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        """Return their names: each answer against the next."""
        return Link.thresholds(self, answers)

    assumed = "every two neighbouring answers"

    def scored(self, eta: Array) -> Array:
        """Return the linear predictor times the answer's place."""
        return np.asarray(eta[:, :, None] * np.arange(self.answers, dtype=float))

    def levels(self, log_shares: Array) -> Array:
        """Return log odds of each answer against the next."""
        return np.asarray(log_shares[:-1] - log_shares[1:])

    def log_shares(self, levels: Array) -> Array:
        """Return the softmax of their sums."""
        ends = np.zeros((len(levels), 1))
        return np.asarray(log_softmax(np.concatenate([ends, -np.cumsum(levels, axis=1)], axis=1).T).T)

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:
        """Return the share of the run's weights, which are powers of one exponential."""
        shares = np.exp(self.log_shares(levels))[:, :, None]
        odds = np.exp(np.clip(eta, -MOST / self.answers, MOST / self.answers))
        parts = [np.zeros_like(odds), np.zeros_like(odds)]
        for k in range(self.answers - 1, -1, -1):
            for place, inside in enumerate((low <= k <= high, True)):
                parts[place] *= odds
                if inside:
                    parts[place] += shares[:, k]
        return np.asarray(parts[0] / parts[1])

    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """Return the softmax."""
        scores = eta[:, None] * np.arange(float(self.answers))
        cells = pt.special.softmax(pt.log(shares)[None, :] + scores, axis=1)
        return pt.log(shares[:-1]) - pt.log(shares[1:]), cells


class ContinuationLink(Link):
    """logit P(Y = k | Y >= k) = a_k - eta: one odds ratio for going on from every answer to a later one."""

    assumed = "going on from every answer to a later one"

    def levels(self, log_shares: Array) -> Array:
        """Return log odds of stopping at each answer against going on."""
        later = np.logaddexp.accumulate(log_shares[::-1], axis=0)[::-1][1:]
        return np.asarray(log_shares[:-1] - later)

    def log_shares(self, levels: Array) -> Array:
        """Return the probabilities of going on so far and stopping there."""
        return np.asarray(self.log_answers(levels, np.zeros((len(levels), 1)))[:, 0])

    def log_answers(self, levels: Array, eta: Array) -> Array:
        """Return the same with the linear predictor."""
        z = levels[:, None, :] - eta[:, :, None]
        none = np.zeros((*eta.shape, 1))
        gone = np.concatenate([none, np.cumsum(special.log_expit(-z), axis=2)], axis=2)
        return np.asarray(np.maximum(gone + np.concatenate([special.log_expit(z), none], axis=2), LOWEST))

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:
        """Return the probability of coming so far less that of going on beyond; of the last answer the first alone."""
        odds = np.exp(np.clip(-eta, -MOST / 2, MOST / 2))
        come, within = np.ones_like(odds), np.ones_like(odds)
        for k in range(min(high + 1, self.answers - 1)):
            here = come if k < low else within
            here /= 1 + np.exp(np.minimum(levels[:, k, None], MOST / 2)) * odds
        return come if high == self.answers - 1 else np.asarray(come * (1 - within))

    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """Return the same products."""
        later = pt.cumsum(shares[::-1])[::-1][1:]
        stops = pt.log(shares[:-1]) - pt.log(later)
        z = stops[None, :] - eta[:, None]
        none = pt.zeros((eta.shape[0], 1))
        gone = pt.concatenate([none, pt.cumsum(-pt.softplus(z), axis=1)], axis=1)
        return stops, pt.exp(gone + pt.concatenate([-pt.softplus(-z), none], axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearLink(Link):
    """y = level + eta + error, the error Student-t: on the scale of standard deviations from the mean.

    Parameters
    ----------
    numbers : (K,) array
        What the answers stand for, on that scale.
    centre, unit : float
        Mean and standard deviation of the outcome.
    """

    numbers: Array = field(default_factory=lambda: np.zeros(0))
    centre: float = 0.0
    unit: float = 1.0

    def thresholds(self, answers: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002
        """Return the name of the level."""
        return ("average",)

    def levels(self, log_shares: Array) -> Array:
        """There are no answers with a share."""
        raise NotImplementedError

    def log_shares(self, levels: Array) -> Array:
        """There are no answers with a share."""
        raise NotImplementedError

    def log_answers(self, levels: Array, eta: Array) -> Array:
        """Return log densities of all numbers."""
        patterns = np.repeat(np.arange(eta.shape[1]), len(self.numbers))
        numbers = np.tile(np.arange(len(self.numbers)), eta.shape[1])
        return self.log_cells(levels, eta, patterns, numbers).reshape(len(eta), eta.shape[1], -1)

    def log_cells(self, levels: Array, eta: Array, patterns: Places, answers: Places) -> Array:
        """Return log densities of some numbers."""
        level, scale, freedom = levels.T[:, :, None]
        away = (self.numbers[answers] - level - eta[:, patterns]) / scale
        constant = special.gammaln((freedom + 1) / 2) - special.gammaln(freedom / 2) - 0.5 * np.log(np.pi * freedom)
        return np.asarray(constant - np.log(scale) - (freedom + 1) / 2 * np.log1p(away**2 / freedom))

    def event(self, levels: Array, eta: Array, low: int, high: int) -> Array:  # noqa: ARG002
        """Return the average, in the outcome's unit, whatever the answers."""
        return np.asarray(self.centre + self.unit * (levels[:, :1] + eta))

    def between(self, levels: Array, eta: Array, edges: Array) -> Array:
        """Return the probability of lying below, between and above some numbers in the outcome's unit, (S, G, B)."""
        level, scale, freedom = levels.T[:, :, None]
        ends = [special.stdtr(freedom, ((edge - self.centre) / self.unit - level - eta) / scale) for edge in edges]
        return np.asarray(np.diff(np.stack([np.zeros_like(eta), *ends, np.ones_like(eta)], axis=2), axis=2))

    def in_pymc(self, shares: Any, eta: Any, pt: Any) -> tuple[Any, Any]:
        """There are no answers with a share."""
        raise NotImplementedError


LINKS: dict[Family, type[Link]] = {
    "cumulative": CumulativeLink,
    "bernoulli": CumulativeLink,
    "adjacent": AdjacentLink,
    "continuation": ContinuationLink,
    "multinomial": MultinomialLink,
    "binomial": CumulativeLink,
    "linear": LinearLink,
    "conditional-bernoulli": CumulativeLink,
}
"""The link of each family; where exactly k are chosen that of one item alone."""


def link_of(problem: EngineProblem) -> Link:
    """Return a problem's link."""
    if problem.family == "linear" and problem.values is not None:
        return LinearLink(answers=problem.answers, numbers=problem.values)
    return TiltedLink(answers=problem.answers) if problem.slots else LINKS[problem.family](answers=problem.answers)
