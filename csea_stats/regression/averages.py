"""Probabilities averaged over the respondents, with one predictor set to a value for everybody (g-computation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.targets.selection import shift_odds

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.contrasts import Event, Setting
    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Array, Sample

CELLS = 1_000_000
"""Probabilities held at a time."""


def effects_of(design: Design, sample: Sample, patterns: Array, rows: slice = slice(None)) -> Array:
    """Return the linear predictor of some patterns, a row for each draw."""
    linear, steps = design.columns(patterns)
    # einsum: products with so few columns are faster without threads
    eta = np.einsum("sp,gp->sg", sample.linear[rows], linear)
    for place, step in enumerate(steps):
        eta += sample.monotonic[rows, place, None] * np.einsum("sd,gd->sg", sample.zetas[place][rows], step)
    return np.asarray(eta)


def below(thresholds: Array, eta: Array, answer: int) -> Array:
    """P(Y <= answer) for draws by patterns."""
    if answer < 0:
        return np.zeros_like(eta)
    if answer >= thresholds.shape[1]:
        return np.ones_like(eta)
    return np.asarray(special.expit(thresholds[:, answer, None] - eta))


def event_share(thresholds: Array, eta: Array, event: Event) -> Array:
    """P(the event) for draws by patterns."""
    if event.low == 0:
        return below(thresholds, eta, event.high)
    if event.high >= thresholds.shape[1]:  # from above, so that nothing is lost near 0
        return np.asarray(special.expit(eta - thresholds[:, event.low - 1, None]))
    return np.maximum(below(thresholds, eta, event.high) - below(thresholds, eta, event.low - 1), 0.0)


def share(design: Design, sample: Sample, setting: Setting, event: Event, shift: Array | float | None = None) -> Array:
    """Return the averaged probability of an event, a value for each draw.

    Parameters
    ----------
    shift : (S,) array, optional
        What is taken from the logit of every probability: the log participation ratio.
    """
    patterns, weights = setting.patterns(design)
    number = len(sample.thresholds)
    found = np.empty(number)
    block = max(1, CELLS // len(patterns))
    for start in range(0, number, block):
        rows = slice(start, min(start + block, number))
        shares = event_share(sample.thresholds[rows], effects_of(design, sample, patterns, rows), event)
        if shift is not None:
            moved = np.exp(-np.broadcast_to(np.asarray(shift, dtype=float), (number,))[rows, None])
            shares = shift_odds(shares, moved)
        found[rows] = shares @ weights
    return found


def point_share(design: Design, setting: Setting, event: Event, shift: float = 0.0) -> Callable[[Array, Array], float]:
    """Return the averaged probability as a function of thresholds and coefficients, without monotonic steps."""
    patterns, weights = setting.patterns(design)
    columns = design.columns(patterns)[0]

    def value(thresholds: Array, linear: Array) -> float:
        shares = event_share(thresholds[None, :], (columns @ linear)[None, :], event)
        if shift:
            shares = shift_odds(shares, np.exp(-shift))
        return float(shares[0] @ weights)

    return value
