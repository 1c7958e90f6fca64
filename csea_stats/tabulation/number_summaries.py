"""Medians and quartiles of a number, with limits of the median that hold whatever its distribution is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.estimators.assumptions import FEW, target_caveats
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.numbers import exactly, number_of, percent, with_unit
from csea_stats.results.values import Interval, Provenance, versions
from csea_stats.targets.populations import Respondents, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.results.values import Caveat
    from csea_stats.targets.populations import Target


def median_ranks(people: int, level: float) -> tuple[int, int, float] | None:
    """Return the narrowest pair of ranks between which the median lies at the level, and how surely it does.

    Parameters
    ----------
    people : int
    level : float

    Returns
    -------
    (lower, upper, coverage) or None
        Ranks from 1. None: even the smallest and the largest value are not enough (at .95 below six people).

    Notes
    -----
    Of n values of people drawn at random, as many as a Binomial(n, 1/2) lie below the median; so the interval from the
    j-th to the (n + 1 - j)-th holds it with probability 1 - 2 P(X < j) whatever the distribution, and more with ties.

    References
    ----------
    Conover, W. J. (1999). Practical Nonparametric Statistics, 3rd ed. Wiley, section 3.2.

    Examples
    --------
    >>> lower, upper, coverage = median_ranks(7, 0.95)
    >>> lower, upper, round(coverage, 4), median_ranks(5, 0.95)
    (1, 7, 0.9844, None)
    """
    outside = 2 * special.bdtr(np.arange(people // 2), people, 0.5)  # left out by the pair of ranks j = 1, 2, ...
    lower = int((outside <= (1 - level) * (1 + 1e-12)).sum())
    return (lower, people + 1 - lower, 1 - float(outside[lower - 1])) if lower else None


@dataclass(frozen=True, kw_only=True)
class NumberSummary:
    """The values of a number in one group.

    Parameters
    ----------
    values : tuple of float
        Rising.
    unit : str
    """

    values: tuple[float, ...]
    unit: str

    @cached_property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile, linear between neighbours (R's type 7)."""
        lower, middle, upper = np.percentile(self.values, (25, 50, 75)).tolist()
        return lower, middle, upper

    def __str__(self) -> str:
        if not self.values:
            return "nobody"
        lower, middle, upper = (exactly(value, 12) for value in self.quartiles)
        return f"{with_unit(middle, self.unit)} (median of {len(self.values)}), quartiles {lower} and {upper}"

    def estimates(self, target: Sequence[Target], *, level: float, label: str) -> Iterator[Estimate]:
        """Yield the median of these respondents, and of people like these."""
        lower, middle, upper = self.quartiles
        ranks, people = median_ranks(len(self.values), level), len(self.values)
        for one in target:
            doubts: list[Caveat] = target_caveats(one)
            ends = caveat("quartiles", people=people, lower=exactly(lower, 12), upper=exactly(upper, 12))
            interval = None
            if isinstance(one, Superpopulation):
                if people < FEW:
                    doubts.append(caveat("few", base=number_of(people, "people"), points=percent(1 / people)))
                doubts.append(caveat("median-alone") if ranks else caveat("median-of-few", people=people))
                if ranks:
                    method = f"order-statistics, exact coverage {percent(ranks[2], 1)}%"
                    low, high = (self.values[rank - 1] for rank in ranks[:2])
                    interval = Interval(lower=low, upper=high, level=level, kind="confidence", method=method)
            yield Estimate(
                label=label,
                estimand="median",
                scale="score",
                target=one,
                value=middle if interval or isinstance(one, Respondents) else None,
                interval=interval,
                base=(people,),
                caveats=(*doubts, ends),
                provenance=Provenance(versions=versions()),
            )
