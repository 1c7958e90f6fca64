"""How strongly who took part must have hung on answer and predictor together for an association to vanish."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.regression.coefficients import coefficients, item_words
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from csea_stats.regression.fits import Fit
    from csea_stats.results.values import Interval


def tipping_points(fit: Fit) -> Estimates:
    """Return exp(coefficient) as the participation ratio that would explain it away, for each coefficient."""
    found = []
    for slope in coefficients(fit, Superpopulation()):
        item = slope.item or ""
        if item.startswith("sd("):
            continue
        found.append(
            replace(
                slope,
                estimand=f"tipping participation ratio, {item_words(fit.design, item)}",
                scale="ratio",
                value=None if slope.value is None else math.exp(slope.value),
                bounds=None if slope.bounds is None else (math.exp(slope.bounds[0]), math.exp(slope.bounds[1])),
                interval=_raised(slope.interval),
                companion=_raised(slope.companion),
                sensitivity=tuple((name, _up(one)) for name, one in slope.sensitivity),
                threshold=None,
                probability=None,
                verdict=None,
                caveats=(*slope.caveats, caveat("tipping-slope")),
            )
        )
    return Estimates(found)


def _raised(interval: Interval | None) -> Interval | None:
    return None if interval is None else _up(interval)


def _up(interval: Interval) -> Interval:
    return replace(interval, lower=_exp(interval.lower), upper=_exp(interval.upper))


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf
