"""Odds ratios of two groups and two answers, in one table or common to several strata: exact, given the margins.

Given a stratum's margins its count a of the event in the second group has P(a) proportional to
C(n1, m - a) C(n2, a) exp(theta a): Fisher's noncentral hypergeometric law; over strata the sum of the counts is
sufficient for a common log odds ratio theta, and its law is the convolution.

References
----------
Gart, J. J. (1970). Biometrika 57, 471-475, doi:10.1093/biomet/57.3.471 (exact limits of a common odds ratio).
Mantel, N. and Haenszel, W. (1959). Journal of the National Cancer Institute 22, 719-748.
Robins, J., Breslow, N. and Greenland, S. (1986). Biometrics 42, 311-323, doi:10.2307/2531052 (its variance).
Tarone, R. E. (1985). Biometrika 72, 91-95, doi:10.1093/biomet/72.1.91 (homogeneity).
Fay, M. P. (2010). Biostatistics 11, 373-374, doi:10.1093/biostatistics/kxp050 (why p doubles the smaller tail).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.errors import InputError
from csea_stats.estimators.associations.measures import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.estimators.associations.exact import Array, Whole

FAR = 60.0
"""Log odds ratios beyond which a limit is called infinite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """The law of the summed count of the event in the second group, given every margin.

    Parameters
    ----------
    counts : (N,) array
        Values that are possible.
    weights : (N,) array
        Logs of how many ways each comes about.
    observed : int
    """

    counts: Array
    weights: Array
    observed: int

    def chances(self, theta: float) -> Array:
        """Return P(count) at a log odds ratio."""
        log = self.weights + theta * self.counts
        chance = np.exp(log - log.max())
        return np.asarray(chance / chance.sum())

    def tail(self, theta: float, side: int, *, mid_p: bool) -> float:
        """P(as large or larger) for side 1, P(as small or smaller) for -1; of the observed count half for mid-p."""
        chance = self.chances(theta)
        beyond = float(chance[side * (self.counts - self.observed) > 0].sum())
        return beyond + (0.5 if mid_p else 1.0) * float(chance[self.counts == self.observed].sum())

    def p(self, *, mid_p: bool) -> float:
        """Return twice the smaller tail at no association."""
        return min(1.0, 2 * min(self.tail(0.0, side, mid_p=mid_p) for side in (1, -1)))

    def odds(self, level: float, *, mid_p: bool) -> Measured:
        """Return the conditional maximum-likelihood log odds ratio and limits that leave out what `p` rejects."""
        tail = (1 - level) / 2
        low, high = self.counts.min(), self.counts.max()
        mean = _root(lambda t: float(self.chances(t) @ self.counts) - self.observed)
        value = -math.inf if self.observed == low else math.inf if self.observed == high else mean
        lower = -math.inf if self.observed == low else _root(lambda t: self.tail(t, 1, mid_p=mid_p) - tail)
        upper = math.inf if self.observed == high else _root(lambda t: tail - self.tail(t, -1, mid_p=mid_p))
        return Measured(value=value, lower=lower, upper=upper, method=f"exact conditional{', mid-p' * mid_p}")


def _root(rising: Callable[[float], float]) -> float:
    from scipy.optimize import brentq

    if rising(-FAR) >= 0:
        return -math.inf
    if rising(FAR) <= 0:
        return math.inf
    return float(brentq(rising, -FAR, FAR, xtol=1e-12))


def conditional(tables: Sequence[Whole]) -> Conditional:
    """Return the law of the summed count; strata in which a margin is 0 add nothing.

    Parameters
    ----------
    tables : sequence of (2, 2) arrays
        Groups as rows, the event as the second column.

    Examples
    --------
    >>> law = conditional([np.array([[14, 28], [0, 7]])])
    >>> found = law.odds(0.95, mid_p=False)
    >>> found.value, round(math.exp(found.lower), 2), found.upper, round(law.p(mid_p=False), 4)
    (inf, 0.61, inf, 0.1566)
    """
    weights, lowest, observed = np.zeros(1), 0, 0
    for table in tables:
        first, second = (int(total) for total in table.sum(axis=1))
        events = int(table[:, 1].sum())
        low, high = max(0, events - first), min(second, events)
        counts = np.arange(low, high + 1)
        own = _log_choose(first, events - counts) + _log_choose(second, counts)
        grown = np.full(len(weights) + len(own) - 1, -np.inf)
        for place, weight in enumerate(own):
            part = slice(place, place + len(weights))
            grown[part] = np.logaddexp(grown[part], weights + weight)
        weights, lowest, observed = grown, lowest + low, observed + int(table[1, 1])
    if len(weights) == 1:
        message = "association: found margins that allow one table only; there is nothing to estimate or to test"
        raise InputError(message)
    return Conditional(
        counts=np.arange(lowest, lowest + len(weights)).astype(float), weights=weights, observed=observed
    )


def _log_choose(of: int, taken: Array | Whole) -> Array:
    return np.asarray(special.gammaln(of + 1) - special.gammaln(taken + 1) - special.gammaln(of - taken + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """What the asymptotic methods say of several 2 x 2 tables.

    Parameters
    ----------
    common : Measured or None
        Mantel and Haenszel's log odds ratio; None where it is infinite.
    statistic, p : float or None
        Of Breslow and Day's test with Tarone's correction; None where it is not defined.
    """

    common: Measured | None
    statistic: float | None
    p: float | None


def mantel_haenszel(tables: Sequence[Whole], level: float) -> Stratified:
    """Return the common log odds ratio with Robins, Breslow and Greenland's limits, and the test of homogeneity."""
    from statsmodels.stats.contingency_tables import StratifiedTable

    told = [table for table in tables if (table.sum(axis=0) > 0).all() and (table.sum(axis=1) > 0).all()]
    # A table turned in both ways has the same odds ratio: group 1 and answer 1 first, as statsmodels counts.
    strata = StratifiedTable([table.astype(float) for table in told])
    with np.errstate(all="ignore"):
        value = float(strata.logodds_pooled)
        if not math.isfinite(value):
            return Stratified(common=None, statistic=None, p=None)
        lower, upper = (float(end) for end in strata.logodds_pooled_confint(alpha=1 - level))
        common = Measured(value=value, lower=lower, upper=upper, method="Mantel-Haenszel, Robins-Breslow-Greenland")
        same = strata.test_equal_odds(adjust=True)
        statistic, p = float(same.statistic), float(same.pvalue)
    if len(told) < 2 or not math.isfinite(statistic) or not math.isfinite(p):
        return Stratified(common=common, statistic=None, p=None)
    return Stratified(common=common, statistic=statistic, p=p)
