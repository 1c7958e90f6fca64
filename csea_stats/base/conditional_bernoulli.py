"""Exactly k answers of each respondent, as a model: P(set S of k answers) is proportional to the product of weights.

With weights exp(theta_i) and e_k their elementary symmetric polynomial, the sum over all sets of k, the counts x of
the answers tell all that n respondents say of theta: the log-likelihood is theta . x - n log e_k(exp theta). The model
supposes that answers hang together through their number alone; it is the one of largest entropy with its margins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import CountError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from csea_stats.base.roots import Array


SPREAD = 1.5
"""Standard deviation of the normal prior on each theta; two answers' odds then differ within a factor of about 64."""

DRAWS = 120_000
"""Weighted draws from the posterior; with 25 answers they are worth 10,000 independent ones or more."""

FREEDOM = 30.0
"""Degrees of freedom of the t distribution that draws are proposed from."""

STEPS = 200
"""Newton steps after which a climb that has not ended is an error."""


def log_sums(scores: ArrayLike, chosen: int) -> Array:
    """Return the logs of the elementary symmetric polynomials e_0 to e_k of exp(scores).

    Parameters
    ----------
    scores : array-like, shape (m, ...)
        Logs of the weights of m answers; -inf: an answer that nobody names.
    chosen : int

    Returns
    -------
    numpy.ndarray, shape (chosen + 1, ...)

    Notes
    -----
    Answer by answer, e_k(w_1..w_i) = e_k(w_1..w_{i-1}) + w_i e_{k-1}(w_1..w_{i-1}): sums of positive terms on the log
    scale, so nothing cancels and nothing overflows (Chen, Dempster & Liu 1994, section 2).

    Examples
    --------
    >>> np.exp(log_sums(np.log([1.0, 2.0, 3.0]), 2)).round(9).tolist()  # 1, 1 + 2 + 3, 1*2 + 1*3 + 2*3
    [1.0, 6.0, 11.0]
    """
    return np.asarray(_partial_sums(np.asarray(scores, float), chosen)[-1])


def _partial_sums(scores: Array, chosen: int) -> Array:
    """Return log e_0 to e_k of the first 0, 1, ..., m scores, shape (m + 1, k + 1, ...)."""
    found = np.full((len(scores) + 1, chosen + 1, *scores.shape[1:]), -np.inf)
    found[:, 0] = 0.0
    for place, score in enumerate(scores):
        found[place + 1, 1:] = np.logaddexp(found[place, 1:], score + found[place, :-1])
    return found


def _without_each(scores: Array, chosen: int) -> Array:
    """Return log e_k of all scores but one, for each one, shape (m, ...)."""
    first, last = _partial_sums(scores, chosen), _partial_sums(scores[::-1], chosen)[::-1]
    return np.asarray(np.logaddexp.reduce(first[:-1] + last[1:, ::-1], axis=1))


def inclusion(scores: ArrayLike, chosen: int) -> Array:
    """Return the probability that each answer is among the ``chosen``.

    Examples
    --------
    >>> inclusion(np.log([1.0, 2.0, 3.0]), 2).round(4).tolist()  # 5/11, 8/11, 9/11
    [0.4545, 0.7273, 0.8182]
    """
    scores = np.asarray(scores, float)
    with np.errstate(invalid="ignore"):
        logs = scores + _without_each(scores, chosen - 1) - log_sums(scores, chosen)[chosen]
    return np.asarray(np.exp(logs))


def joint_inclusion(scores: ArrayLike, chosen: int) -> Array:
    """Return the probability that two answers are both among the ``chosen``; the diagonal holds each alone.

    Parameters
    ----------
    scores : array-like, shape (m,)
    chosen : int

    Returns
    -------
    numpy.ndarray, shape (m, m)

    Examples
    --------
    >>> joint_inclusion(np.log([1.0, 2.0, 3.0]), 2)[1, 2].round(4)  # 6/11
    np.float64(0.5455)
    """
    scores = np.asarray(scores, float)
    alone = inclusion(scores, chosen)
    if chosen == 1:
        return np.asarray(np.diag(alone))
    rest = np.array([np.delete(scores, place) for place in range(len(scores))]).T  # column i: all but i
    given = inclusion(rest, chosen - 1)  # of the others, given that i is named
    found = np.diag(alone)
    for place in range(len(scores)):
        others = np.arange(len(scores)) != place
        found[place, others] = alone[place] * given[:, place]
    return (found + found.T) / 2


def posterior_mode(counts: ArrayLike, base: float, chosen: int, *, spread: float = SPREAD) -> Array:
    """Return the mode of the scores' posterior under Normal(0, spread^2) priors; it always exists.

    It is where theta . x - n log e_k(exp theta) - |theta|^2 / (2 spread^2), which is concave, is largest.
    """
    counts, base, precision = np.asarray(counts, float), float(base), spread**-2
    shares = np.clip(counts / base, 0.02, 0.98)
    theta = np.log(shares / (1 - shares))
    theta -= theta.mean()

    def height(theta: Array) -> float:
        return float(counts @ theta - base * log_sums(theta, chosen)[chosen] - precision * theta @ theta / 2)

    best = height(theta)
    for _ in range(STEPS):
        slope = counts - base * inclusion(theta, chosen) - precision * theta
        step = np.linalg.solve(curvature(theta, base, chosen, precision), slope)
        if slope @ step < 1e-20 * base:
            return theta
        step *= min(1.0, 4 / np.abs(step).max())
        size = 1.0
        while (reached := height(theta + size * step)) < best - 1e-12 * abs(best) and size > 1e-6:
            size /= 2
        theta, best = theta + size * step, reached
    message = f"no weights found in {STEPS} steps for counts {counts.tolist()} of {base:g}, {chosen} each"
    raise CountError(message)


def curvature(theta: Array, base: float, chosen: int, precision: float) -> Array:
    """Return minus the second derivatives of the log density: base times the covariance of one respondent's answers."""
    joint = joint_inclusion(theta, chosen)
    alone = np.diag(joint)
    return np.asarray(base * (joint - np.outer(alone, alone)) + precision * np.eye(len(theta)))


def posterior_draws(
    counts: ArrayLike, base: float, chosen: int, *, draws: int = DRAWS, seed: int = 1
) -> tuple[Array, Array, float]:
    """Draw the scores from their posterior under Normal(0, SPREAD^2) priors, by importance sampling around its mode.

    Parameters
    ----------
    counts : array-like of m counts
    base, chosen : as in `posterior_mode`
    draws : int
        Even; half of them mirror the others through the mode.
    seed : int

    Returns
    -------
    scores : numpy.ndarray, shape (m, draws)
    weights : numpy.ndarray
        Sum 1.
    effective : float
        How many independent draws the weighted ones are worth: 1 / sum of squared weights.

    Notes
    -----
    The log density is concave and falls at least as fast as the normal prior, so that weights against a t distribution
    are bounded. The mode and the curvature there give its place and scale.

    Examples
    --------
    >>> scores, weights, _ = posterior_draws([35, 30, 24, 18, 14, 12, 9, 5], 49, 3)
    >>> round(float(weights[scores[0] > scores[1]].sum()), 2)  # that the first is the more frequent
    0.84
    """
    x = np.asarray(counts, float)
    mode = posterior_mode(x, base, chosen)
    root = np.linalg.cholesky(np.linalg.inv(curvature(mode, float(base), chosen, SPREAD**-2)))
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((len(x), draws // 2)) * np.sqrt(FREEDOM / rng.chisquare(FREEDOM, draws // 2))
    axes = np.concatenate([half, -half], axis=1)
    scores = mode[:, None] + root @ axes
    heights = x @ scores - base * log_sums(scores, chosen)[chosen] - (scores**2).sum(axis=0) / (2 * SPREAD**2)
    logs = heights + (FREEDOM + len(x)) / 2 * np.log1p((axes**2).sum(axis=0) / FREEDOM)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    return scores, weights, float(1 / (weights**2).sum())
