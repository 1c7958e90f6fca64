"""How strongly who took part must have hung on answer and predictor together for an association to vanish."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.regression.coefficients import coefficients, part_of_item, whole_item_words
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from csea_stats.regression.reading import FittedModel
    from csea_stats.results.values import Interval


def tipping_points(fit: FittedModel) -> Estimates:
    """Return the participation ratio that would explain each coefficient away: exp of it, over the whole contrast."""
    found = []
    for slope in coefficients(fit, Superpopulation()):
        item = slope.item or ""
        part = part_of_item(fit.design, item)
        if part == 0:
            continue
        found.append(
            replace(
                slope,
                estimand=f"tipping participation ratio, {whole_item_words(fit.design, item)}",
                scale="ratio",
                value=None if slope.value is None else _exp(slope.value / part),
                bounds=None if slope.bounds is None else (_exp(slope.bounds[0] / part), _exp(slope.bounds[1] / part)),
                interval=_raised(slope.interval, part),
                companion=_raised(slope.companion, part),
                sensitivity=tuple((name, _up(one, part)) for name, one in slope.sensitivity),
                threshold=None,
                probability=None,
                verdict=None,
                caveats=(*slope.caveats, caveat("tipping-slope")),
            )
        )
    return Estimates(found)


def _raised(interval: Interval | None, part: float) -> Interval | None:
    return None if interval is None else _up(interval, part)


def _up(interval: Interval, part: float) -> Interval:
    return replace(interval, lower=_exp(interval.lower / part), upper=_exp(interval.upper / part))


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf
