"""Two independent groups compared, as estimands: the difference of their shares, their ratio, the odds ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from csea_stats.base.binomial import PRIORS, interval_limits
from csea_stats.base.differences import LogitGroup, difference_cdf, difference_quantiles, sampled_group, selected_pair
from csea_stats.base.odds_ratios import LogisticGap, LogisticRatio, LogOdds, log_odds, observed_odds, odds_limits
from csea_stats.base.selection import shift_odds
from csea_stats.base.two_binomials import (
    gap_limits,
    observed_ratio,
    ratio_cdf,
    ratio_limits,
    ratio_quantiles,
    recovered,
    square_and_add,
)
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.assumptions import base_of, count_caveats, target_caveats
from csea_stats.estimators.estimand import CACHED, ENDS, ByPosterior, Method, Participation, check
from csea_stats.estimators.finite_difference import (
    MOST_PEOPLE,
    certain_gap,
    sized_confidence,
    sized_posterior,
    sized_values,
)
from csea_stats.results.caveats import caveat
from csea_stats.targets.populations import FinitePopulation, Population, Respondents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from csea_stats.estimators.estimand import End, Inference, Limits, Posterior
    from csea_stats.results.values import Base, Caveat, Scale
    from csea_stats.targets.populations import Target

Pairs = tuple[tuple[int, int], ...]


Sides = tuple[Pairs, Pairs]
"""Feasible (count, base) of either group."""


Table = tuple[int, int, int, int]
"""x1, n1, x2, n2."""


Groups = tuple[LogitGroup, LogitGroup, float]
"""Both shares, and the standard deviation of what their logits lose together."""


LOGISTIC = "logistic(0, 1) on the log odds ratio"
"""The prior of the regressions, of two independent shares."""


@dataclass(frozen=True, slots=True)
class GapPosterior:
    """The posterior of the first share less the second."""

    groups: Groups

    def cdf(self, value: float) -> float:
        """Return the probability of at most the value."""
        return difference_cdf(*self.groups)(value)

    def quantile(self, probability: float) -> float:
        """Return a quantile."""
        return difference_quantiles((probability,), *self.groups)[0]


def every(sides: Sides) -> list[Table]:
    """Return all feasible tables."""
    return [(*one, *other) for one, other in product(*sides)]


def outer(sides: Sides, end: End) -> list[Table]:
    """Return the tables with the fewest answers in one group and the most in the other, for each base."""
    first, second = (_ends(side, most=(end == "high") == (place == 0)) for place, side in enumerate(sides))
    return every((first, second))


def along(sides: Sides, end: End) -> list[Table]:
    """Return the tables among which the extremes are where a prior ties the two shares.

    More answers in one group then pull the other's share along, by more than the group's own where that has few
    people: neither difference nor ratio is monotone in a count. But from any table one of the two ways, fewer in the
    first group or more in the second, leads to no higher a value (every pair of steps from every table of 14 sizes
    between 1 and 42, levels .5 to .999, with and without bounds; a test does so for small ones). So the lowest is
    where the first count is the least or the second the most, and the other is any.
    """
    first, second = (_ends(side, most=(end == "high") == (place == 0)) for place, side in enumerate(sides))
    return list(dict.fromkeys([*every((first, sides[1])), *every((sides[0], second))]))


def _ends(side: Pairs, *, most: bool) -> Pairs:
    rule = max if most else min
    return tuple(rule(pair for pair in side if pair[1] == n) for n in dict.fromkeys(n for _, n in side))


@lru_cache(maxsize=CACHED)
def two_groups(table: Table, prior: str, who: Participation, end: End) -> Groups:
    """Return both shares: with a prior on who took part, or shifted as far as its bounds allow towards an end."""
    x1, n1, x2, n2 = (part / who.design_effect for part in table)
    added = PRIORS[prior]
    first, second = (x1 + added, n1 - x1 + added), (x2 + added, n2 - x2 + added)
    if who.tau > 0:
        return selected_pair(first, second, tau=who.tau, mean=who.mean, correlation=who.correlation)
    shifts = who.apart(end)
    return sampled_group(first, shifts[0]), sampled_group(second, shifts[1]), 0.0


def gap_confidence(sides: Sides, method: str, level: float, who: Participation) -> Limits:
    """Return the hull of confidence limits of the difference.

    Within bounds on who took part either group's odds are shifted as far as they allow, in opposite directions.
    Newcombe's limits are made anew from shifted values and Wilson limits: each is a mean, with weights between 0 and 1,
    of a move of a value and of its limit, so it moves with both.
    """
    if who.ratios == (1.0, 1.0):
        tables = every(sides) if method == "agresti-caffo" else [*outer(sides, "low"), *outer(sides, "high")]
        lower, upper = gap_limits(_columns(tables, who), method=method, level=level)
        return float(lower.min()), float(upper.max())
    ends: list[float] = []
    for end in ENDS:
        parts = shifted_limits(sides, method, level, who, end)
        if method == "newcombe":
            found = square_and_add(*parts)[end == "high"]
        else:
            (_, *first), (_, *second) = parts
            found = first[end == "high"] - second[end == "low"]
        ends.append(float(found.min() if end == "low" else found.max()))
    return max(ends[0], -1.0), min(ends[1], 1.0)


Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


Part = tuple[Array, Array, Array]
"""A share and its limits."""


def _columns(tables: Sequence[Table], who: Participation) -> tuple[Array, Array, Array, Array]:
    x1, n1, x2, n2 = np.array(tables, float).T / who.design_effect
    return x1, n1, x2, n2


def shifted_limits(sides: Sides, method: str, level: float, who: Participation, end: End) -> tuple[Part, Part]:
    """Return both shares and their limits, shifted apart, for the tables at an end."""
    x1, n1, x2, n2 = _columns(outer(sides, end), who)
    rule, each = ("wilson", level) if method != "clopper-pearson" else (method, (1 + level) / 2)
    found = []
    for x, n, shift in zip((x1, x2), (n1, n2), who.apart(end), strict=True):
        limits = interval_limits(x, n, method=rule, level=each)
        value, lower, upper = (shift_odds(share, math.exp(-shift)) for share in (x / n, *limits))
        found.append((value, lower, upper))
    return found[0], found[1]


def observed_gap(sides: Sides, who: Participation) -> Limits:
    """Return the smallest and largest observed difference, the odds of either group shifted within bounds."""
    first, second = (
        [float(shift_odds(x / n, 1 / ratio)) for x, n in side for ratio in set(who.ratios)] for side in sides
    )
    return min(first) - max(second), max(first) - min(second)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupComparison(ByPosterior):
    """What the comparisons of two independent groups have in common.

    Parameters
    ----------
    sides : pair of tuple of (count, base)
        Feasible ones of either group.
    """

    groups: ClassVar[bool] = True
    sides: Sides

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """Both counts."""
        return tuple(sorted({(a, b) for a, _ in self.sides[0] for b, _ in self.sides[1]}))

    @property
    def base(self) -> tuple[Base, ...]:
        """One for each group."""
        return tuple(base_of(n for _, n in side) for side in self.sides)

    @property
    def several(self) -> bool:
        """Whether print leaves several counts or bases open."""
        return any(len(side) > 1 for side in self.sides)

    def tables(self, prior: str, end: End) -> list[Table]:
        """Return those among which the extreme posterior is."""
        return along(self.sides, end) if prior == LOGISTIC else outer(self.sides, end)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:  # noqa: ARG002
        """Yield the target's, and those of either group."""
        yield from target_caveats(target, groups=True)
        for pairs in self.sides:
            yield from count_caveats(pairs, target)
        if not isinstance(target, Respondents):
            yield caveat("independent-groups")
        if isinstance(target, Population):
            yield caveat("group-tiers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(GroupComparison):
    """First share minus second share.

    Parameters
    ----------
    sizes : (int, int) or None
        People in each group of a population of known size.
    """

    name: ClassVar[str] = "difference"
    scale: ClassVar[Scale] = "difference"
    methods: ClassVar[Mapping[str, Method]] = {
        "jeffreys": Method(kind="credible", prior=True, size=True),
        "newcombe": Method(size=True),
        "miettinen-nurminen": Method(bounds=False),
        "agresti-caffo": Method(bounds=False),
        "clopper-pearson": Method(),
        "uniform": Method(kind="credible", size=True, offered=False),
        LOGISTIC: Method(kind="credible", size=True, offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = ("jeffreys", "uniform", LOGISTIC)
    companion: ClassVar[str] = "newcombe"
    bounding: ClassVar[str] = "newcombe"
    sizes: tuple[int, int] | None = None

    def observed(self) -> list[float]:
        """Of each table."""
        return [x1 / n1 - x2 / n2 for x1, n1 in self.sides[0] for x2, n2 in self.sides[1]]

    def shifted(self, who: Participation) -> Limits:
        """Return it with the odds of either group shifted; of known sizes those who did not answer."""
        if who.size is not None and self.sizes:
            return sized_values(self.sides, self.sizes, who.ratios)
        return observed_gap(self.sides, who)

    def certain(self, size: int | None) -> Limits | None:
        """Where each group's size is known."""
        return None if size is None or self.sizes is None else certain_gap(self.sides, self.sizes)

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """Of two large populations, or of two of known sizes."""
        for table in self.tables(prior, end):
            if who.size is not None and self.sizes:
                yield sized_posterior(table, self.sizes, prior, who, end)
            elif prior == LOGISTIC:
                yield LogisticGap(divided(table, who), who.apart(end))
            else:
                yield GapPosterior(two_groups(table, prior, who, end))

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of two large populations, or of two of known sizes."""
        if who.size is not None and self.sizes:
            return sized_confidence(self.sides, self.sizes, level, who)
        return gap_confidence(self.sides, method, level, who)

    def check(self, target: Target, method: str) -> None:
        """Refuse a size that is not each group's, too."""
        if isinstance(target, (FinitePopulation, Population)) and target.size is not None:
            self._check_sizes(target)
        check(self, target, method)

    def _check_sizes(self, target: FinitePopulation | Population) -> None:
        if self.sizes is None or target.size is None:
            message = (
                f"difference: {type(target).__name__} has a size, which says nothing of each group's: give "
                "sizes=(first, second), the people of each group in that population, or use Superpopulation() or "
                "Population(selection)"
            )
            raise UnsupportedTarget(message)
        for size, side in zip(self.sizes, self.sides, strict=True):
            base = max(n for _, n in side)
            if size < base:
                message = f"sizes: found {size}, but {base} people of that group answered; allowed is at least {base}"
                raise InputError(message)
        if sum(self.sizes) > target.size:
            message = f"sizes: found {self.sizes}, together more than the target's {target.size}"
            raise InputError(message)
        if max(self.sizes) > MOST_PEOPLE:
            message = (
                f"sizes: found {self.sizes}; allowed is at most {MOST_PEOPLE} in a group. The size of a larger one "
                "hardly matters: use Superpopulation() or Population(selection)"
            )
            raise UnsupportedTarget(message)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield those of the counts alone where the target's people are those who answered."""
        sizes = (self.sizes or ()) if getattr(target, "size", None) is not None else ()
        if sizes and all(n == size for side, size in zip(self.sides, sizes, strict=True) for _, n in side):
            yield caveat("census")
            for pairs in self.sides:
                yield from count_caveats(pairs, Respondents())
        else:
            yield from GroupComparison.doubts(self, target, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(GroupComparison):
    """First share over second share."""

    measure: ClassVar[str] = "ratio"
    name: ClassVar[str] = "ratio of the shares"
    scale: ClassVar[Scale] = "ratio"
    methods: ClassVar[Mapping[str, Method]] = {
        "jeffreys": Method(kind="credible", prior=True),
        "miettinen-nurminen": Method(bounds=False),
        "mover-wilson": Method(),
        "uniform": Method(kind="credible", offered=False),
        LOGISTIC: Method(kind="credible", offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = ("jeffreys", "uniform", LOGISTIC)
    companion: ClassVar[str] = "miettinen-nurminen"
    bounding: ClassVar[str] = "mover-wilson"

    def observed(self) -> list[float]:
        """Of each table; NaN where it is not defined."""
        return [observed_relative(((one,), (other,)), self.measure)[0] for one, other in product(*self.sides)]

    def shifted(self, who: Participation) -> Limits:
        """Return it with the odds of either group shifted."""
        return observed_relative(self.sides, self.measure, who.ratios)

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """Of the ratio."""
        for table in self.tables(prior, end):
            if prior == LOGISTIC:
                yield LogisticRatio(divided(table, who), who.apart(end))
            else:
                yield RatioPosterior(two_groups(table, prior, who, end))

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of the ratio or the odds ratio."""
        return relative_confidence(self.sides, self.measure, method, level, who)

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Close Jeffreys' limits where a count is 0, as the Jeffreys interval of that share is."""
        lower, upper = GroupComparison.limits(self, method, level, who)
        if method == "jeffreys":
            lower = 0.0 if any(x == 0 for x, _ in self.sides[0]) else lower
            upper = math.inf if any(x == 0 for x, _ in self.sides[1]) else upper
        return lower, upper

    def judged_as(self, threshold: float) -> tuple[Difference, float] | None:
        """Return the difference at 0 for a ratio of 1: that the shares are equal is one hypothesis."""
        return (Difference(sides=self.sides), 0.0) if threshold == 1 else None

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield also zero cells, tables that say nothing, and odds taken for shares."""
        yield from GroupComparison.doubts(self, target, found)
        yield from self.cells(target)

    def cells(self, target: Target) -> Iterator[Caveat]:
        """Yield the doubts about a ratio's cells."""
        odds = self.measure == "odds-ratio"
        named = "odds ratio" if odds else self.name
        tables = [(x1, n1, x2, n2) for (x1, n1), (x2, n2) in product(*self.sides)]
        if odds:
            yield caveat("odds-not-shares")
        if any(x1 + x2 == 0 or (odds and x1 + x2 == n1 + n2) for x1, n1, x2, n2 in tables):
            yield caveat("ratio-not-defined", ratio=named)
        elif not isinstance(target, Respondents) and any(
            0 in (x1, x2) or (odds and 0 in (n1 - x1, n2 - x2)) for x1, n1, x2, n2 in tables
        ):
            yield caveat("zero-cell", ratio=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsRatio(Ratio):
    """The ratio of the shares' odds; its priors are on its logarithm."""

    measure: ClassVar[str] = "odds-ratio"
    name: ClassVar[str] = "odds ratio"
    methods: ClassVar[Mapping[str, Method]] = {
        "logistic": Method(kind="credible", prior=True),
        "log-f": Method(),
        "firth": Method(),
        "exact-conditional": Method(fractions=False),
        "normal(0, 1)": Method(kind="credible", prior=True, offered=False),
        "normal(0, 2.5)": Method(kind="credible", prior=True, offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = ("normal(0, 1)", "logistic", "normal(0, 2.5)")
    """From the tightest to the widest."""
    informing: ClassVar[tuple[str, ...]] = ("normal(0, 1)",)
    companion: ClassVar[str] = "log-f"
    bounding: ClassVar[str] = "log-f"

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """Of the odds ratio."""
        return (odds_posterior(table, prior, who, end) for table in self.tables(prior, end))


def divided(table: Table, who: Participation) -> tuple[float, float, float, float]:
    """Return a table of as many people as it is worth."""
    x1, n1, x2, n2 = (part / who.design_effect for part in table)
    return x1, n1, x2, n2
