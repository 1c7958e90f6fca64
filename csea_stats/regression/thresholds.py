"""Thresholds of a fit: log odds of the lower answers, at the averages of the predictors or where each is 0."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np

from csea_stats.errors import InputError, in_short
from csea_stats.estimators.assumptions import target_caveats
from csea_stats.estimators.estimand import Limits, Participation, hull
from csea_stats.estimators.inference import interval_of
from csea_stats.regression.averages import effects_alike
from csea_stats.regression.engines.linear import LeastSquares
from csea_stats.regression.quantities import ALONE, Moved, OfFit
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from csea_stats.regression.design import Design
    from csea_stats.regression.fitted import FittedModel, FittedTable
    from csea_stats.regression.problem import Array
    from csea_stats.results.values import Scale

Where = Literal["averages", "zero"]
"""The predictors of the respondent whose cutpoints are told."""


THRESHOLDS = {
    "multinomial": "the first of the two answers",
    "adjacent": "the lower of the two answers",
    "continuation": "that answer against a later one",
}
"""Of what the thresholds of a family are log odds, where not of the lower answers."""


def thresholds(fit: FittedModel, at: Where = "averages") -> Estimates:
    """Return the cutpoints of a respondent at the averages of the predictors, or where each is 0."""
    if at not in get_args(Where):
        message = f"at: found {in_short(at)}; allowed is {' or '.join(map(repr, get_args(Where)))}"
        raise InputError(message)
    where = "at the averages of the predictors" if at == "averages" else "where every predictor is 0 or its first level"
    if at == "zero" and fit.design.free_terms:
        message = "at: found 'zero' with free(x), which moves each cut by something else; allowed is 'averages'"
        raise InputError(message)
    found = []
    what = THRESHOLDS.get(fit.design.family, "the lower answers")
    for place, item in enumerate(fit.design.cuts):
        words = f"threshold {item}: log odds of {what} {where}"
        if fit.number:
            words = f"{fit.measure(fit.events(None)[0])} {where}"
        cut = Threshold(fit=fit, item=item, words=words, place=place, zero=at == "zero")
        interval, (low, high) = interval_of(cut, fit.engine, fit.level, ALONE), hull(cut.observed())
        doubts = [] if interval else [caveat("fit-check", text="nobody gave one of the answers that it parts.")]
        found.append(
            Estimate(
                question=fit.design.outcome,
                item=item,
                estimand=words,
                scale=cut.scale,
                target=fit.named(Superpopulation()),
                value=None if cut.several or interval is None else low,
                bounds=(low, high) if cut.several and interval is not None else None,
                interval=interval,
                base=cut.base,
                caveats=(*target_caveats(Superpopulation()), *fit.caveats, *doubts),
                provenance=fit.provenance,
            )
        )
    return Estimates(found)


def _at_zero(design: Design) -> Array:
    """Return the pattern in which numbers and scores are 0, and categories at their first level."""
    return np.array([[-1.0 if one.shape == "score" else 0.0 for one in design.variables]])


@dataclass(frozen=True, kw_only=True)
class Threshold(OfFit):
    """A cutpoint: the log odds of the lower answers at the averages of the predictors, or where each is 0.

    Parameters
    ----------
    place : int
    zero : bool
        Whether numbers and scores are 0, and categories at their first level.

    Notes
    -----
    Columns are centred: the cutpoint takes up what the linear predictor is where the uncentred ones are 0.
    """

    name: ClassVar[str] = "threshold"
    place: int
    zero: bool = False

    @property
    def scale(self) -> Scale:  # type: ignore[override]
        """Log odds, or of a number its own unit."""
        return "average" if self.fit.number else "log-odds"

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:  # noqa: ARG002
        """Return its draws."""
        design = reading.design
        cut = reading.named["average"] if self.fit.number else reading.thresholds[:, self.place]
        if not self.zero:
            return cut
        eta = effects_alike(design, reading.whole, _at_zero(design))
        return np.asarray(cut - self.sign * design.moments[1] * eta[:, 0, ...].reshape(len(cut), -1)[:, self._own])

    @property
    def sign(self) -> float:
        """How the coefficients enter: those of answers in no order are added."""
        return 1.0 if self.fit.design.ordered else -1.0

    @property
    def _own(self) -> int:
        """Which coefficient of each term the cutpoint is about."""
        return self.place if self.fit.design.width > 1 else 0

    def profiled(self, reading: FittedTable, level: float, who: Participation) -> Limits | None:
        """Return the profile limits, infinite where a search fails; None where nobody gave an answer beside it."""
        if not math.isfinite(self.point(reading, who, 0)):
            return None

        averages = self._averages(reading)
        if self.fit.number:
            centre, unit = reading.design.moments
            row = np.concatenate([[1.0], averages])
            found = LeastSquares(problem=reading.straight_problem).limits(row, level)
            return centre + unit * found.lower, centre + unit * found.upper

        def cut(thresholds: Array, linear: Array) -> Array:
            return np.asarray(thresholds[:, self.place] + linear @ averages)

        return reading.region(level).ends(cut, cut) or (-math.inf, math.inf)

    def point(self, reading: FittedTable, who: Participation, sign: float) -> float:  # noqa: ARG002
        """Return the estimate."""
        fitted, (centre, unit) = reading.profiled, reading.design.moments
        return centre + unit * float(fitted.thresholds[self.place] + fitted.linear @ self._averages(reading))  # type: ignore[union-attr]

    def _averages(self, reading: FittedTable) -> Array:
        """Minus the columns of a frequentist fit where predictors are 0; 0 where the cutpoint is told at averages."""
        straight, width = reading.design.straightened, reading.design.width
        spreads = np.zeros(len(straight.spreads))
        whole = np.concatenate([straight.columns(_at_zero(straight))[0][0], spreads]) * -self.zero * self.sign
        return np.outer(whole, np.arange(width) == self.place if width > 1 else [1.0]).ravel()
