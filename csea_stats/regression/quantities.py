"""Intervals of one averaged probability, or of the difference of two, for any target: credible and confidence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.checking import check_bounded
from csea_stats.regression.averages import point_share
from csea_stats.regression.profiles import Likelihood, function_limits
from csea_stats.results.values import Interval
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.regression.contrasts import Event, Setting
    from csea_stats.regression.problem import Array, Limits, Profiled
    from csea_stats.regression.reading import Reading
    from csea_stats.results.values import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A probability averaged over the respondents under one setting, or its change from another.

    Parameters
    ----------
    start : Setting or None
        None: a share, no difference.
    end : Setting
    event : Event
    """

    start: Setting | None
    end: Setting
    event: Event

    @property
    def scale(self) -> Scale:
        """Of the estimate."""
        return "share" if self.start is None else "difference"


def check_target(target: Target, *, bayes: bool) -> None:
    """Refuse a target that a regression cannot speak for.

    Raises
    ------
    UnsupportedTarget
    """
    if isinstance(target, FinitePopulation) or (isinstance(target, Population) and target.size is not None):
        message = (
            f"a regression and {target!r} do not go together: an average over models has no finite count; "
            "use Superpopulation() or Population(selection)"
        )
        raise UnsupportedTarget(message)
    if not isinstance(target, Respondents) and target.design_effect != 1:
        message = (
            f"design_effect: found {target.design_effect!r}; a regression allows for clusters by a group "
            "effect, such as (1 | organisation_id)"
        )
        raise UnsupportedTarget(message)
    check_bounded([target], "a regression")
    if isinstance(target, Population) and isinstance(target.selection, Selection) and not bayes:
        message = (
            "a confidence interval has no prior on who took part: use method='bayes', or "
            "Population(SelectionBounds(ratio=2))"
        )
        raise UnsupportedTarget(message)


def shifts(target: Target, draws: int, seed: int) -> tuple[Array, Array] | None:
    """Log participation ratios in the two settings compared, a pair for each draw; None: no selection."""
    if not isinstance(target, Population) or not isinstance(target.selection, Selection):
        return None
    selection = target.selection
    first, second = np.random.default_rng([seed, draws, 7]).standard_normal((2, draws))
    rho = selection.correlation
    start = selection.mean + selection.tau * first
    end = selection.mean + selection.tau * (rho * first + math.sqrt(1 - rho**2) * second)
    return start, end


def drawn(reading: Reading, quantity: Quantity, moved: tuple[Array | float, Array | float] | None) -> Array:
    """Return the quantity at each draw."""
    low, high = moved if moved is not None else (None, None)
    found = reading.share(quantity.end, quantity.event, high)
    return found if quantity.start is None else found - reading.share(quantity.start, quantity.event, low)


def credible(
    readings: Sequence[Reading], quantity: Quantity, target: Target, *, level: float, seed: int
) -> tuple[Interval, Array]:
    """Return the credible interval, a hull over the readings of print, and every reading's draws."""
    tail = (1 - level) / 2
    lows, highs, draws = [], [], []
    bounds = target.selection if isinstance(target, Population) else None
    for reading in readings:
        if isinstance(bounds, SelectionBounds):
            reach = math.log(bounds.ratio)
            lows.append(np.quantile(drawn(reading, quantity, (-reach, reach)), tail))
            highs.append(np.quantile(drawn(reading, quantity, (reach, -reach)), 1 - tail))
            draws.append(drawn(reading, quantity, None))
        else:
            draws.append(drawn(reading, quantity, shifts(target, reading.draws, seed)))
            lows.append(np.quantile(draws[-1], tail))
            highs.append(np.quantile(draws[-1], 1 - tail))
    interval = Interval(
        lower=float(min(lows)), upper=float(max(highs)), level=level, kind="credible", method=readings[0].engine
    )
    return interval, np.stack(draws)


def confidence(
    reading: Reading, fitted: Profiled, quantity: Quantity, target: Target, *, level: float
) -> tuple[Limits, Limits] | None:
    """Profile limits of the quantity; under bounds on who took part the limits of its smallest and largest value."""
    reach = 0.0
    if isinstance(target, Population):
        reach = math.log(target.selection.ratio)
    low = _limits(reading, fitted, quantity, level, reach)
    high = low if reach == 0 else _limits(reading, fitted, quantity, level, -reach)
    return None if low is None or high is None else (low, high)


def _limits(reading: Reading, fitted: Profiled, quantity: Quantity, level: float, reach: float) -> Limits | None:
    design = reading.design.straightened

    end = point_share(design, quantity.end, quantity.event, reach)
    if quantity.start is None:
        return limits_of(reading, fitted, end, level)
    start = point_share(design, quantity.start, quantity.event, -reach)

    def value(thresholds: Array, linear: Array) -> float:
        return end(thresholds, linear) - start(thresholds, linear)

    return limits_of(reading, fitted, value, level)


def limits_of(
    reading: Reading, fitted: Profiled, value: Callable[[Array, Array], float], level: float
) -> Limits | None:
    """Profile limits of any function of thresholds and coefficients."""
    likelihood = Likelihood(reading.straight_problem, fitted.method)  # type: ignore[arg-type]
    best = likelihood.start(fitted.thresholds, fitted.linear)
    return function_limits(likelihood, best, value, level)
