"""Posteriors and limits of a ratio of shares, or of an odds ratio, over the feasible tables.

Both rise with the first count and fall with the second under independent priors, as do the limits of every confidence
method. So does an odds ratio under a prior on it: the likelihood of either group alone and the prior of the mean log
odds are log-concave, so that at a higher odds ratio the first group's odds are the larger, and one answer more in it
moves the posterior up. A ratio of shares under a prior that ties them does not: every table is looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.odds_ratios import LogOdds, log_odds, observed_odds, odds_limits
from csea_stats.base.selection import shift_odds
from csea_stats.base.two_binomials import observed_ratio, ratio_cdf, ratio_limits, ratio_quantiles, recovered
from csea_stats.estimators.estimands import ENDS
from csea_stats.estimators.gaps.spans import outer, shifted_limits

if TYPE_CHECKING:
    from csea_stats.estimators.estimands import End, Limits, Participation
    from csea_stats.estimators.gaps.spans import Groups, Sides, Table


@dataclass(frozen=True, slots=True)
class RatioPosterior:
    """The posterior of the first share over the second."""

    groups: Groups

    def cdf(self, value: float) -> float:
        """Return the probability of at most the value."""
        return float(ratio_cdf(*self.groups)(np.array([math.log(value)]))[0])

    def quantile(self, probability: float) -> float:
        """Return a quantile."""
        return ratio_quantiles((probability,), *self.groups)[0]


@dataclass(frozen=True, slots=True)
class OddsPosterior:
    """The posterior of an odds ratio under a prior on its logarithm, times a known factor.

    Parameters
    ----------
    log : LogOdds
    prior : str
    spread : float
        Standard deviation of the difference of the groups' log participation ratios.
    factor : float
    """

    log: LogOdds
    prior: str
    spread: float
    factor: float

    def cdf(self, value: float) -> float:
        """Return the probability of at most the value."""
        return float(self.log.cdf(np.array([math.log(value / self.factor)]), self.prior, self.spread)[0])

    def quantile(self, probability: float) -> float:
        """Return a quantile."""
        return math.exp(self.log.quantiles([probability], self.prior, self.spread)[0]) * self.factor


def odds_posterior(table: Table, prior: str, who: Participation, end: End) -> OddsPosterior:
    """Return the posterior of a table's odds ratio.

    Of the log odds ratio only the difference of the two groups' log participation ratios is taken,
    Normal(0, 2 tau^2 (1 - correlation)): what they have in common cancels.
    """
    x1, n1, x2, n2 = (part / who.design_effect for part in table)
    first, second = who.apart(end)
    spread = who.tau * math.sqrt(2 * (1 - who.correlation))
    return OddsPosterior(log_odds((x1, n1, x2, n2)), prior, spread, math.exp(second - first))


def relative_confidence(sides: Sides, measure: str, method: str, level: float, who: Participation) -> Limits:
    """Return the hull of confidence limits.

    Within bounds on who took part those of an odds ratio are only multiplied; recovered limits of a ratio are made
    anew from shifted Wilson limits, with which they move.
    """
    ends: list[float] = []
    for end in ENDS:
        tables = outer(sides, end)
        x1, n1, x2, n2 = np.array(tables, float).T / who.design_effect
        if measure == "ratio" and who.ratios != (1.0, 1.0):
            found = recovered(*shifted_limits(sides, method, level, who, end))[end == "high"]
        else:
            rule = odds_limits if measure == "odds-ratio" else ratio_limits
            shifts = who.apart(end)
            found = rule((x1, n1, x2, n2), method=method, level=level)[end == "high"] * math.exp(shifts[1] - shifts[0])
        ends.append(float(found.min() if end == "low" else found.max()))
    return ends[0], ends[1]


def observed_relative(sides: Sides, measure: str, ratios: tuple[float, float] = (1.0, 1.0)) -> tuple[float, float]:
    """Return the smallest and largest observed value; NaN for both where one table defines none.

    Parameters
    ----------
    ratios : (float, float)
        Between which either group's participation ratio may lie.
    """
    rule = observed_odds if measure == "odds-ratio" else observed_ratio
    found: list[float] = []
    for (x1, n1), (x2, n2) in product(*sides):
        for factor1, factor2 in product({1 / ratio for ratio in ratios}, repeat=2):
            one, other = (float(shift_odds(x / n, f)) for x, n, f in ((x1, n1, factor1), (x2, n2, factor2)))
            value = rule((x1, n1, x2, n2)) if factor1 == factor2 == 1 else rule((one, 1.0, other, 1.0))
            if value is None:
                return math.nan, math.nan
            found.append(value)
    return min(found), max(found)
