"""Limits of one share for each kind of target, as numbers: the hull over the counts that print allows.

Limits rise with the count, so for each base the smallest and the largest feasible count suffice. Everything here is
a pure function of hashable arguments and is cached, since a verdict about a population looks at every tau.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.binomial import PRIORS, interval_limits
from csea_stats.base.selection import finite_cdf, finite_quantiles, selected_cdf, selected_quantiles, shift_odds
from csea_stats.estimators.estimands import CACHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.estimators.checking import Pair

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Limits, and the smallest and largest median, over the feasible counts."""

    lower: float
    upper: float
    medians: tuple[float, float] = (math.nan, math.nan)


def corners(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Return for each base the smallest and the largest feasible count."""
    by_base: dict[int, list[int]] = {}
    for x, n in pairs:
        by_base.setdefault(n, []).append(x)
    return tuple(dict.fromkeys((x, n) for n, found in by_base.items() for x in (min(found), max(found))))


@lru_cache(maxsize=CACHED)
def sampled_span(pairs: tuple[Pair, ...], method: str, level: float, design_effect: float = 1.0) -> Span:
    """Return limits for people like these."""
    x, n = np.array(pairs, float).T / design_effect
    lower, upper = interval_limits(x, n, method=method, level=level)
    return Span(lower=float(lower.min()), upper=float(upper.max()))


def _posteriors(pairs: tuple[Pair, ...], prior: str, design_effect: float) -> tuple[Array, Array]:
    x, n = np.array(pairs, float).T / design_effect
    return x + PRIORS[prior], n - x + PRIORS[prior]


@lru_cache(maxsize=CACHED)
def selected_spans(
    pairs: tuple[Pair, ...],
    taus: tuple[float, ...],
    mean: float,
    level: float,
    design_effect: float = 1.0,
    *,
    size: int | None = None,
) -> dict[tuple[str, float], Span]:
    """Return limits and medians for a population, for each prior and each selection strength, in one quadrature."""
    few = corners(pairs)
    settings = [(prior, tau) for prior in PRIORS for tau in taus]
    each = [_posteriors(few, prior, design_effect) for prior, _ in settings]
    a, b = (np.concatenate([pair[side] for pair in each]) for side in (0, 1))
    tau = np.repeat([tau for _, tau in settings], len(few))
    wanted = np.array([(1 - level) / 2, 0.5, (1 + level) / 2])
    if size is None:
        found = selected_quantiles(wanted, a, b, tau=tau, mean=mean)
    else:
        x, n = np.tile(np.array(few), (len(settings), 1)).T
        rest = (size - n)[:, None]
        others = finite_quantiles(wanted, rest, a[:, None], b[:, None], tau=tau[:, None], mean=mean)
        found = (x[:, None] + others) / size
    spans = {}
    for setting, rows in zip(settings, np.split(found, len(settings)), strict=True):
        lower, upper = float(rows[:, 0].min()), float(rows[:, 2].max())
        if setting[0] == "jeffreys":  # closed ends, as for people like these
            lower = 0.0 if any(x == 0 for x, _ in few) else lower
            upper = 1.0 if any(x == n for x, n in few) and not _known_short(few, size) else upper
        medians = (float(rows[:, 1].min()), float(rows[:, 1].max()))
        spans[setting] = Span(lower=lower, upper=upper, medians=medians)
    return spans


def moves_end(pair: Pair, tail: float, size: int, selection: tuple[float, float], design_effect: float = 1.0) -> bool:
    """Whether closing the Jeffreys interval at a count of 0 or all moves its limit, in a population of known size.

    Parameters
    ----------
    tail : float
        Left out beyond the limit.
    selection : (mean, tau)
        Of the log participation ratio.
    """
    x, n = pair
    a, b = _posteriors((pair,), "jeffreys", design_effect)
    # All of n is none of those who say otherwise, whose log participation ratio is the opposite one.
    yes, no, mean = (a, b, selection[0]) if x == 0 else (b, a, -selection[0])
    nobody = finite_cdf(np.zeros(1), np.array([size - n]), yes, no, tau=selection[1], mean=mean)
    return bool(nobody[0] < tail)


def _known_short(pairs: tuple[Pair, ...], size: int | None) -> bool:
    """Whether a count equal to its base leaves nobody else, so that nothing is to be closed."""
    return size is not None and all(n == size for _, n in pairs)


@lru_cache(maxsize=CACHED)
def finite_span(pairs: tuple[Pair, ...], method: str, level: float, size: int, design_effect: float = 1.0) -> Span:
    """Return limits for a finite population of which the respondents are a random draw.

    With a prior: quantiles of the count plus a beta-binomial for those who did not answer. Wilson: with the base
    raised by (size - 1) / (size - base), the finite population correction of the variance, and kept within what the
    respondents alone make certain.
    """
    if method in PRIORS:
        return selected_spans(pairs, (0.0,), 0.0, level, design_effect, size=size)[method, 0.0]
    few = [(x, n) for x, n in corners(pairs) if n < size]
    done = [x / n for x, n in corners(pairs) if n == size]
    lower, upper = np.array(done), np.array(done)
    if few:
        x, n = np.array(few, float).T
        factor = (size - 1) / (size - n) / design_effect
        low, high = interval_limits(x * factor, n * factor, method=method, level=level)
        lower = np.append(lower, np.maximum(low, x / size))
        upper = np.append(upper, np.minimum(high, (size - n + x) / size))
    return Span(lower=float(lower.min()), upper=float(upper.max()))


@lru_cache(maxsize=CACHED)
def bounded_span(
    pairs: tuple[Pair, ...],
    method: str,
    level: float,
    ratios: tuple[float, float],
    design_effect: float = 1.0,
    *,
    size: int | None = None,
) -> Span:
    """Return limits for a population whose participation ratio lies within two ratios.

    The odds of the limits for people like these are divided by the largest ratio and by the smallest. Of a finite
    population only those who did not answer are shifted.
    """
    lower, upper = 1.0, 0.0
    for pair in corners(pairs):
        span = (
            sampled_span((pair,), method, level, design_effect)
            if size is None
            else finite_span((pair,), method, level, size, design_effect)
        )
        lower = min(lower, shifted_share(span.lower, 1 / ratios[1], pair, size))
        upper = max(upper, shifted_share(span.upper, 1 / ratios[0], pair, size))
    return Span(lower=lower, upper=upper)


def shifted_share(share: float, factor: float, pair: Pair, size: int | None) -> float:
    """Return a share whose odds, among those who did not answer if the size is known, are multiplied."""
    if size is None:
        return float(shift_odds(share, factor))
    (x, n), rest = pair, size - pair[1]
    if rest == 0:
        return x / n
    others = min(max((share * size - x) / rest, 0.0), 1.0)
    return (x + rest * float(shift_odds(others, factor))) / size


@lru_cache(maxsize=CACHED)
def probability_above(
    pairs: tuple[Pair, ...],
    prior: str,
    threshold: float,
    ratios: tuple[float, float, float],
    design_effect: float = 1.0,
    *,
    size: int | None = None,
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability that the share exceeds the threshold.

    Parameters
    ----------
    ratios : (mean, tau, bound)
        Of the log participation ratio; with a bound (no prior), the extremes of the shift are taken.
    """
    mean, tau, bound = ratios
    few = corners(pairs)
    a, b = _posteriors(few, prior, design_effect)
    found = []
    for shift in dict.fromkeys((mean - bound, mean + bound)):
        if size is None:
            found.append(1 - selected_cdf(threshold, a, b, tau=tau, mean=shift))
        else:
            x, n = np.array(few).T
            most = math.floor(threshold * size + 1e-9) - x
            found.append(1 - finite_cdf(most, size - n, a, b, tau=tau, mean=shift))
    above = np.clip(np.concatenate(found), 0.0, 1.0)
    return float(above.min()), float(above.max())
