"""Probabilities averaged over the respondents, with one predictor set to a value for everybody (g-computation)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.selection import shift_odds
from csea_stats.regression.engines.likelihood import times
from csea_stats.regression.engines.tilts import spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.design import Design
    from csea_stats.regression.engines.links import Link
    from csea_stats.regression.problem import Array, Sample
    from csea_stats.regression.settings import OutcomeEvent, PredictorSetting

CELLS = 65_536
"""Probabilities held at a time: so few that they stay in the processor's cache."""


def effects_of(design: Design, sample: Sample, patterns: Array) -> Array:
    """Return the linear predictor of some patterns, a row for each draw; see `Link.log_answers`."""
    columns, coefficients = _stacked(design, sample, patterns)
    return predictor(rows_of(design, columns), len(patterns), coefficients)


def rows_of(design: Design, columns: Array) -> Array:
    """Return columns as they are multiplied: where answers are tilted a row for each pattern and linear predictor."""
    if not design.slots:
        return columns
    more = columns.shape[1] - len(design.slots)  # steps have one odds ratio for every cut
    return spread(columns, (*design.slots, *(0,) * more))


def predictor(rows: Array, patterns: int, coefficients: Array) -> Array:
    """Multiply rows, (G, P) or (G W, P), and coefficients, (P, S) or (P, W, S), into (S, G) or (S, G, W)."""
    shape = coefficients.shape[1:]
    found = times(rows, coefficients.reshape(len(coefficients), math.prod(shape)))
    if len(rows) > patterns:
        return found.reshape(patterns, -1, *shape).transpose(2, 0, 1)
    found = found.reshape(patterns, *shape)
    return found.T if found.ndim == 2 else found.transpose(2, 0, 1)


def _stacked(design: Design, sample: Sample, patterns: Array) -> tuple[Array, Array]:
    """Columns of the patterns, and their coefficients, a column for each draw: those of steps are effect times step."""
    linear, steps = design.columns(patterns)
    by_column, totals = by_predictor(design, sample.linear), by_predictor(design, sample.monotonic)
    parts = [by_column]
    for place, zeta in enumerate(sample.zetas):
        parts.append(totals[:, place, None] * zeta.reshape(*zeta.shape, *(1,) * (totals.ndim - 2)))
    return np.concatenate([linear, *steps], axis=1), _draws_last(np.concatenate(parts, axis=1))


def _draws_last(coefficients: Array) -> Array:
    """Return (S, P) as (P, S), or (S, P, W) as (P, W, S): the innermost loops then run over draws."""
    return np.ascontiguousarray(np.moveaxis(coefficients, 0, -1))


def by_predictor(design: Design, coefficients: Array) -> Array:
    """Return coefficients (S, P) as they are, or (S, P W), where a predictor has several, as (S, P, W)."""
    return coefficients if design.width == 1 else coefficients.reshape(len(coefficients), -1, design.width)


def _once(design: Design, setting: PredictorSetting) -> tuple[Array, Array]:
    """Patterns with a setting, each once: those that differed in what is set to one value are the same now."""
    patterns, weights = setting.patterns(design)
    if not setting.values and not setting.among:
        return patterns, weights
    found, place = np.unique(patterns, axis=0, return_inverse=True)
    return found, np.bincount(place.ravel(), weights)


def event_share(link: Link, thresholds: Array, eta: Array, event: OutcomeEvent) -> Array:
    """P(the event) for draws by patterns."""
    found = [link.event(thresholds, eta, low, high) for low, high in event.runs]
    return found[0] if len(found) == 1 else np.asarray(sum(found))


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
    made, link = rows_of(design, columns), design.link
    block = max(1, CELLS // (len(patterns) * design.width))
    for start in range(0, number, block):
        rows = slice(start, min(start + block, number))
        eta = predictor(made, len(patterns), coefficients[..., rows])
        shares = event_share(link, sample.thresholds[rows], eta, event)
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
    made, link = rows_of(design, design.columns(patterns)[0]), design.link

    def value(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
        eta = predictor(made, len(patterns), _draws_last(by_predictor(design, linear)))
        shares = event_share(link, thresholds, eta, event)
        moved = np.asarray(shift + common)
        if moved.any():
            shares = shift_odds(shares, np.exp(-moved)[..., None])
        return np.asarray(shares @ weights)

    return value
