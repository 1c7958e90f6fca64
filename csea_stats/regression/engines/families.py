"""Posteriors of families beside the cumulative one, and which posterior belongs to which.

Answers by a softmax are in no order (multinomial) or have one odds ratio for neighbouring answers (adjacent).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.regression.engines.likelihood import AnswersPosterior, CumulativePosterior, LogPosterior
from csea_stats.regression.engines.linear import NumbersPosterior
from csea_stats.regression.engines.tilts import log_tilted, pulled, spread, tilts

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, EngineProblem, Family


class SoftmaxPosterior(AnswersPosterior):
    """With p the answers' probabilities at the averages, P(k) in proportion to p_k exp(s_k eta).

    s_k is the place of the answer; where answers have no order eta is one number for each but the first, and s_k
    picks it.
    """

    def _scored(self, eta: Array) -> Array:
        """Return what is added to each answer's log probability, (K, G, S)."""
        if self.problem.width > 1:
            return np.concatenate([np.zeros((1, len(eta), eta.shape[2])), eta.transpose(1, 0, 2)])
        return np.asarray(np.arange(self.problem.answers)[:, None, None] * eta)

    def _shares(self, log_shares: Array, eta: Array) -> tuple[Array, Array, Array]:
        """Return scores, the logarithm of their sum of exponentials, and the probabilities."""
        scored = self._scored(eta)
        whole = log_shares[:, None, :] + scored
        top = whole.max(axis=0)
        whole -= top
        np.exp(whole, out=whole)
        total = whole.sum(axis=0)
        return scored, np.log(total) + top, whole / total

    def likelihood(self, log_shares: Array, eta: Array) -> Array:
        """Log likelihood with the Dirichlet prior of the answers' probabilities, its Jacobian included."""
        scored, sums, _ = self._shares(log_shares, eta)
        cells = self.counts.T.reshape(-1) @ scored.reshape(-1, scored.shape[2])
        return np.asarray(self.power @ log_shares + cells - self.counts.sum(axis=1) @ sums)

    def pushes(self, log_shares: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `likelihood`."""
        _, _, shares = self._shares(log_shares, eta)
        people = self.counts.sum(axis=1)
        expected = shares * people[None, :, None]
        to_logs = self.power[:, None] - expected.sum(axis=1)
        left = self.counts.T[:, :, None] - expected
        if self.problem.width > 1:
            return to_logs, left[1:].transpose(1, 0, 2)
        return to_logs, np.tensordot(np.arange(self.problem.answers, dtype=float), left, axes=1)


class TiltedPosterior(AnswersPosterior):
    """The cumulative logit model with tilted answers; its linear predictors stand together, (G W, S)."""

    def __init__(self, problem: EngineProblem) -> None:
        super().__init__(problem)
        self._linear = spread(self._linear, problem.slots)
        self._patterns = tilts(problem.answers)
        first = np.arange(max(problem.slots) + 1) == 0
        self._steps = tuple((step[:, None, :] * first[:, None]).reshape(-1, step.shape[1]) for step in self._steps)

    @property
    def cells(self) -> int:
        """Numbers that a column needs at a time."""
        return 4 * int(self.counts.size)

    def likelihood(self, log_shares: Array, eta: Array) -> Array:
        """Log likelihood with the Dirichlet prior of the answers' probabilities, its Jacobian included."""
        logs = log_tilted(log_shares, self._apart(eta), self._patterns)
        return np.asarray(self._prior @ log_shares + np.einsum("kgs,gk->s", logs, self.counts))

    @property
    def _prior(self) -> Array:
        return self.power - self.counts.sum(axis=0)

    def _apart(self, eta: Array) -> Array:
        return eta.reshape(len(self.counts), -1, eta.shape[1])

    def pushes(self, log_shares: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `likelihood`."""
        apart = self._apart(eta)
        expected = np.exp(log_tilted(log_shares, apart, self._patterns)) * self.counts.sum(axis=1)[:, None]
        to_logs, to_eta = pulled(log_shares, apart, self._patterns, self.counts.T[:, :, None] - expected)
        return self._prior[:, None] + to_logs, to_eta.reshape(eta.shape)


class ContinuationPosterior(AnswersPosterior):
    """Answer by answer, log odds of stopping there against going on: a_k - eta."""

    def _stages(self) -> tuple[Array, Array]:
        """Return how many stop at each answer but the last, and how many go on, (K - 1, G)."""
        later = np.cumsum(self.counts[:, ::-1], axis=1)[:, ::-1]
        return self.counts[:, :-1].T, later[:, 1:].T

    def likelihood(self, log_shares: Array, eta: Array) -> Array:
        """Log likelihood with the Dirichlet prior of the answers' probabilities, its Jacobian included."""
        stop, on = self._stages()
        later = np.logaddexp.accumulate(log_shares[::-1], axis=0)[::-1][1:]
        total = (self._prior @ log_shares).copy()
        for k, level in enumerate(log_shares[:-1] - later):
            z = level - eta
            total += stop[k] @ z - (stop[k] + on[k]) @ np.logaddexp(0, z)
        return np.asarray(total)

    @property
    def _prior(self) -> Array:
        return self.power - self.counts.sum(axis=0)

    def pushes(self, log_shares: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `likelihood`."""
        stop, on = self._stages()
        later = np.logaddexp.accumulate(log_shares[::-1], axis=0)[::-1][1:]
        to_logs = np.repeat(self._prior[:, None], eta.shape[1], axis=1)
        to_eta = np.zeros_like(eta)
        for k, level in enumerate(log_shares[:-1] - later):
            push = stop[k][:, None] - (stop[k] + on[k])[:, None] / (1 + np.exp(-np.clip(level - eta, -600, 600)))
            to_eta -= push
            to_level = push.sum(axis=0)
            to_logs[k] += to_level
            to_logs[k + 1 :] -= to_level * np.exp(log_shares[k + 1 :] - later[k])
        return to_logs, to_eta


POSTERIORS: dict[Family, type[LogPosterior]] = {
    "adjacent": SoftmaxPosterior,
    "multinomial": SoftmaxPosterior,
    "continuation": ContinuationPosterior,
    "linear": NumbersPosterior,
}
"""Of families but the cumulative one, which is the logistic model of two answers, one each or several."""


def posterior_of(problem: EngineProblem) -> LogPosterior:
    """Return the log posterior of a problem."""
    if problem.slots:
        return TiltedPosterior(problem)
    return POSTERIORS.get(problem.family, CumulativePosterior)(problem)
