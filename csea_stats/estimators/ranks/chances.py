"""How probable each rank of each answer is, under a model of how the answers of a respondent hang together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.conditional_bernoulli import SPREAD, posterior_draws
from csea_stats.errors import CountError, InputError
from csea_stats.estimators.marks import call_words, provenance, target_caveats
from csea_stats.estimators.ranks.rankings import checked_list
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of
from csea_stats.results.rank_probabilities import RankProbabilities
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.base.rank_sets import Whole

    Array = NDArray[np.float64]

ALPHA = 0.5
"""Pseudo-count of each answer where each respondent gives one."""
STEP = 0.2
"""Distance of the nodes of a quadrature, in standard deviations of the log of the narrowest Gamma."""
LOWEST = 1e-17
"""Probability left out below the nodes of a quadrature."""


def rank_probabilities(
    counts: Sequence[int] | Mapping[str, int], base: int, chosen: int, *, seed: int = 1
) -> RankProbabilities:
    """Estimate how probable each rank of each answer is among people like these, under a model.

    Parameters
    ----------
    counts : sequence, or mapping of answer to count
        How many named each answer, those that nobody named included.
    base : int
        How many respondents.
    chosen : int
        How many answers each of them named; 1: one answer each.
    seed : int, default 1
        Of the draws; not used with one answer each. The same seed gives the same numbers.

    Returns
    -------
    RankProbabilities
        Statements of one rank at a time; the sets that hold for all answers at once are those of `ranks`.

    Raises
    ------
    CountError
        If print leaves several counts possible, or the counts cannot be those of ``chosen`` answers each. With one
        answer each they may add up to less than the base.

    Notes
    -----
    One answer each: Dirichlet(1/2, ..., 1/2), by quadrature. Its shares have the order of independent Gammas, so given
    the value of one answer's the number of those above it is a sum of independent indicators.

    Several: the conditional Bernoulli model, P(set) proportional to the product of its answers' weights, each log
    weight Normal(0, 1.5^2) beforehand; by importance sampling, to about .005. It supposes that the answers of a
    respondent hang together only through their number.

    References
    ----------
    Chen, Dempster & Liu (1994), Biometrika 81, 457-469, https://doi.org/10.1093/biomet/81.3.457

    Examples
    --------
    >>> found = rank_probabilities([35, 30, 24, 18, 14, 12, 9, 5], 49, 3)
    >>> round(found.ranks[0][0], 2), round(found.top[2], 2)  # the first leads; the first three are the three leading
    (0.83, 0.84)
    """
    given: object = seed
    if not isinstance(given, int) or isinstance(given, bool) or seed < 0:
        message = f"seed: found {seed!r}; allowed is a whole number, at least 0"
        raise InputError(message)
    named_each: object = chosen
    one = isinstance(named_each, int) and not isinstance(named_each, bool) and named_each == 1
    labels, named, number, picked = checked_list(counts, base, None if one else chosen)
    if picked is None and not one:
        message = (
            "chosen: found None; how many answers each respondent named must be known, as the model is about sets of "
            "so many. csea_stats.ranks needs no model"
        )
        raise CountError(message)
    if any(len(values) > 1 for values in named):
        message = "counts: found sets of counts; allowed is one count for each answer: ask for each feasible vector"
        raise CountError(message)
    x = tuple(values[0] for values in named)
    if one and sum(x) > number:
        message = (
            f"counts: found {number_of(sum(x), 'answers')} of {number_of(number, 'respondents')} who gave one each"
        )
        raise CountError(message)
    typed = dict(zip(labels, x, strict=True)) if labels else list(x)
    settings = {"seed": (seed, 1)}
    doubts = [*target_caveats(Superpopulation()), caveat("ranks-listed", number=len(x))]
    if picked is None:
        table, beats, top = _one_choice(np.array(x, float))
        doubts.append(caveat("one-choice-model"))
    else:
        table, beats, top, effective = _exactly(x, number, picked, seed)
        doubts.append(caveat("exactly-k-model", chosen=number_of(picked, "are"), spread=f"{SPREAD:g}"))
        doubts.append(caveat("from-draws", effective=integer(int(effective)), seed=seed))
    doubts.append(caveat("ranks-one-at-a-time"))
    order = sorted(x, reverse=True)
    clear = [order[k - 1] > order[k] for k in range(1, len(x))]
    return RankProbabilities(
        items=labels or tuple(f"answer {place}" for place in range(1, len(x) + 1)),
        counts=x,
        base=number,
        chosen=1 if picked is None else picked,
        ranks=tuple(tuple(row) for row in table.tolist()),
        beats=tuple(tuple(row) for row in beats.tolist()),
        top=tuple(value if told else None for value, told in zip(top, clear, strict=True)),
        model="Dirichlet" if picked is None else "conditional Bernoulli",
        caveats=tuple(doubts),
        provenance=provenance(call_words("rank_probabilities", (typed, number, chosen), settings), x),
    )


def _exactly(x: tuple[int, ...], base: int, chosen: int, seed: int) -> tuple[Array, Array, list[float], float]:
    """Return P(rank), P(row beats column), P(the k leading ones lead) from weighted draws, and their worth."""
    number = len(x)
    scores, weights, effective = posterior_draws(x, base, chosen, seed=seed)
    places = np.argsort(-scores, axis=0)  # row r: which answer has rank r + 1
    table = np.array([np.bincount(row, weights, minlength=number) for row in places]).T
    beats = np.array([(score > scores) @ weights for score in scores])
    lead = scores[np.argsort(-np.array(x), kind="stable")]
    least = np.minimum.accumulate(lead, axis=0)[:-1]
    most = np.maximum.accumulate(lead[::-1], axis=0)[::-1][1:]
    return table, beats, ((least > most) @ weights).tolist(), effective


def _one_choice(x: Array) -> tuple[Array, Array, list[float]]:
    """Return the same by quadrature over the log of one of independent Gammas, whose order is that of the shares."""
    shape = x + ALPHA
    number = len(shape)
    nodes, weights = _log_gamma_nodes(shape)
    value = np.exp(nodes)
    density = np.exp(shape[:, None] * nodes - value - special.gammaln(shape)[:, None]) * weights
    below, above = special.gammainc(shape[:, None], value), special.gammaincc(shape[:, None], value)
    table = np.empty((number, number))
    for place in range(number):
        ahead = np.zeros((number, nodes.size))  # P(so many of the others are above the value)
        ahead[0] = 1.0
        for done, other in enumerate(np.delete(np.arange(number), place), start=1):
            ahead[1 : done + 1] = ahead[1 : done + 1] * below[other] + ahead[:done] * above[other]
            ahead[0] *= below[other]
        table[place] = ahead @ density[place]
    beats = special.betainc(shape[None, :], shape[:, None], 0.5)  # P(V < 1/2), V the column's part of the two
    np.fill_diagonal(beats, 0.0)
    order = np.argsort(-x, kind="stable")
    return table, beats, [_leads(density, below, above, order[:k], order[k:]) for k in range(1, number)]


def _leads(density: Array, below: Array, above: Array, front: Whole, rest: Whole) -> float:
    """Return the probability that the least of the front is above all the rest."""
    total = 0.0
    for place in front:
        others = above[front[front != place]].prod(axis=0)
        total += float(density[place] @ (others * below[rest].prod(axis=0)))
    return total


def _log_gamma_nodes(shape: Array) -> tuple[Array, float]:
    """Return evenly spaced nodes of the log of Gammas and their distance; the rule's error falls exponentially."""
    step = STEP * math.sqrt(float(special.polygamma(1, shape.max())))
    least = shape.min()
    low = (math.log(LOWEST) + float(special.gammaln(least + 1))) / float(least)  # P(G < g) is at most this near 0
    high = math.log(float(special.gammainccinv(shape.max(), LOWEST)))
    return np.arange(low, high + step, step), step
