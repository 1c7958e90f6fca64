"""Probabilities averaged over the respondents, with one predictor set to a value for everybody (g-computation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.selection import shift_odds
from csea_stats.regression.engines.likelihood import times

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Array, Sample
    from csea_stats.regression.settings import OutcomeEvent, PredictorSetting

CELLS = 65_536
"""Probabilities held at a time: so few that they stay in the processor's cache."""


def effects_of(design: Design, sample: Sample, patterns: Array) -> Array:
    """Return the linear predictor of some patterns, a row for each draw."""
    columns, coefficients = _stacked(design, sample, patterns)
    return times(columns, coefficients).T


def _stacked(design: Design, sample: Sample, patterns: Array) -> tuple[Array, Array]:
    """Columns of the patterns, and their coefficients, a column for each draw: those of steps are effect times step."""
    linear, steps = design.columns(patterns)
    parts = [sample.linear]
    parts += [sample.monotonic[:, place, None] * sample.zetas[place] for place in range(len(steps))]
    return np.concatenate([linear, *steps], axis=1), np.ascontiguousarray(np.concatenate(parts, axis=1).T)


def _once(design: Design, setting: PredictorSetting) -> tuple[Array, Array]:
    """Patterns with a setting, each once: those that differed in what is set to one value are the same now."""
    patterns, weights = setting.patterns(design)
    if not setting.values:
        return patterns, weights
    found, place = np.unique(patterns, axis=0, return_inverse=True)
    return found, np.bincount(place.ravel(), weights)


def _logistic(scores: Array) -> Array:
    """1 / (1 + exp(-score)), in place: twice as fast as what SciPy has."""
    with np.errstate(over="ignore"):  # infinity is 0 soon
        np.exp(np.negative(scores, out=scores), out=scores)
    scores += 1
    return np.divide(1, scores, out=scores)


def below(thresholds: Array, eta: Array, answer: int) -> Array:
    """P(Y <= answer) for draws by patterns."""
    if answer < 0:
        return np.zeros_like(eta)
    if answer >= thresholds.shape[1]:
        return np.ones_like(eta)
    return _logistic(thresholds[:, answer, None] - eta)


def event_share(thresholds: Array, eta: Array, event: OutcomeEvent) -> Array:
    """P(the event) for draws by patterns."""
    if event.low == 0:
        return below(thresholds, eta, event.high)
    if event.high >= thresholds.shape[1]:  # from above, so that nothing is lost near 0
        return _logistic(eta - thresholds[:, event.low - 1, None])
    return np.maximum(below(thresholds, eta, event.high) - below(thresholds, eta, event.low - 1), 0.0)


def share(
    design: Design, sample: Sample, setting: PredictorSetting, event: OutcomeEvent, shift: Array | float | None = None
) -> Array:
    """Return the averaged probability of an event, a value for each draw.

    Parameters
    ----------
    shift : (S,) array, optional
        What is taken from the logit of every probability: the log participation ratio.
    """
    patterns, weights = _once(design, setting)
    number = len(sample.thresholds)
    found = np.empty(number)
    columns, coefficients = _stacked(design, sample, patterns)
    block = max(1, CELLS // len(patterns))
    for start in range(0, number, block):
        rows = slice(start, min(start + block, number))
        eta = times(columns, coefficients[:, rows])
        shares = event_share(sample.thresholds[rows], eta.T, event)
        if shift is not None:
            moved = np.exp(-np.broadcast_to(np.asarray(shift, dtype=float), (number,))[rows, None])
            shares = shift_odds(shares, moved)
        found[rows] = shares @ weights
    return found


def point_share(
    design: Design, setting: PredictorSetting, event: OutcomeEvent, shift: float = 0.0
) -> Callable[..., Array]:
    """Return the averaged probability as a function of thresholds and coefficients, a row each, without steps.

    A third argument, 0 if not given, is added to what is taken from the logit of every probability.
    """
    patterns, weights = _once(design, setting)
    columns = design.columns(patterns)[0].T

    def value(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
        shares = event_share(thresholds, linear @ columns, event)
        moved = np.asarray(shift + common)
        if moved.any():
            shares = shift_odds(shares, np.exp(-moved)[..., None])
        return np.asarray(shares @ weights)

    return value
