"""Two independent groups compared, as estimands: the difference of their shares, their ratio, the odds ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from csea_stats.base.odds_ratios import LogisticGap, LogisticRatio, LogOdds, log_odds, observed_odds, odds_limits
from csea_stats.base.selection import shift_odds
from csea_stats.base.sized_tests import exceeds, odds_exceed, sized_exceeds
from csea_stats.base.two_binomials import (
    gap_limits,
    observed_ratio,
    ratio_cdf,
    ratio_limits,
    ratio_quantiles,
    recovered,
)
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.assumptions import base_of, count_caveats, target_caveats
from csea_stats.estimators.estimand import ENDS, MOST_TRIED, ByPosterior, Estimand, Method, Participation, check, hull
from csea_stats.estimators.finite_difference import (
    MOST_PEOPLE,
    certain_gap,
    sized_confidence,
    sized_posterior,
    sized_values,
)
from csea_stats.estimators.group_tables import (
    LOGISTIC,
    GapPosterior,
    Groups,
    Sides,
    Table,
    along,
    every,
    frontier,
    gap_confidence,
    observed_gap,
    outer,
    shifted_limits,
    two_groups,
)
from csea_stats.estimators.proportion import Share
from csea_stats.results.caveats import caveat
from csea_stats.results.certificates import equal_share_rate
from csea_stats.results.verdicts import NOT_BY_RATIOS
from csea_stats.targets.populations import FinitePopulation, Population, Respondents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from csea_stats.base.sized_tests import Compared
    from csea_stats.estimators.estimand import End, Inference, Limits, Posterior
    from csea_stats.results.goals import Direction, Goal
    from csea_stats.results.values import Base, Caveat, Scale
    from csea_stats.targets.populations import Target


MOST_LOOKED_AT = 20_000
"""Tables up to which it is looked for one of which a range could be supported."""


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
    joint : tuple of (x1, n1, x2, n2)
        Of their combinations those that are feasible; none: all are.
    """

    groups: ClassVar[bool] = True
    sides: Sides
    joint: tuple[Table, ...] = ()

    @property
    def every(self) -> list[Table]:
        """All feasible tables."""
        return list(self.joint) or every(self.sides)

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """Both counts."""
        return tuple(sorted({(x1, x2) for x1, _, x2, _ in self.every}))

    def over(self, rule: Callable[[Sides], Limits], *, monotone: bool = True) -> Limits:
        """Return the hull of limits over what is feasible; of limits that move with either count, of the outer ones."""
        tables = {table for end in ENDS for table in frontier(self.joint, end)} if monotone else self.joint
        parts: list[Sides] = [(((x1, n1),), ((x2, n2),)) for x1, n1, x2, n2 in tables] or [self.sides]
        return hull([limit for part in parts for limit in rule(part)])

    @property
    def base(self) -> tuple[Base, ...]:
        """One for each group."""
        return tuple(base_of(n for _, n in side) for side in self.sides)

    @property
    def several(self) -> bool:
        """Whether print leaves several counts or bases open."""
        return any(len(side) > 1 for side in self.sides)

    compared: ClassVar[Compared] = "difference"

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By an exact test, within the same bounds on who took part; with a design effect there is none."""
        if who.design_effect != 1:
            return True
        tail, sizes = (1 - level) / 2, self.known_sizes(who)
        if direction == "above":
            return all(self._rejects(one, sizes, threshold, tail, who) for one in self.tables("jeffreys", "low"))
        back = self.turned(threshold)
        turned = ((*one[2:], *one[:2]) for one in self.tables("jeffreys", "high"))
        return all(self._rejects(one, sizes and sizes[::-1], back, tail, who) for one in turned)

    def _rejects(
        self, table: Table, sizes: tuple[int, int] | None, threshold: float, tail: float, who: Participation
    ) -> bool:
        """Whether the first group is above the threshold: by the test for what is known and supposed of both."""
        low, high = who.ratios
        if (low, high) == (1.0, 1.0):
            found = None if sizes is None else sized_exceeds(table, sizes, threshold, tail)
            if found is not None:
                return found
            if sizes is None:
                return exceeds(table, threshold, tail, self.compared)
        elif sizes is None and threshold == self.alike:
            return odds_exceed(table, high / low, tail)
        return self._apart(table, sizes, threshold, tail, who)

    def _apart(
        self, table: Table, sizes: tuple[int, int] | None, threshold: float, tail: float, who: Participation
    ) -> bool:
        """Whether guaranteed limits of both shares, each with half the tail, are apart by more than the threshold."""
        x1, n1, x2, n2 = table
        first, second = (
            Share(pairs=(pair,)).limits("clopper-pearson", 1 - tail, replace(who, size=size))
            for pair, size in zip(((x1, n1), (x2, n2)), sizes or (None, None), strict=True)
        )
        if self.compared == "difference":
            return first[0] - second[1] > threshold
        return first[0] > threshold * second[1]

    @property
    def alike(self) -> float:
        """What it is where both shares are equal."""
        return 0.0 if self.compared == "difference" else 1.0

    def known_sizes(self, who: Participation) -> tuple[int, int] | None:  # noqa: ARG002
        """Return how many people each group has in the population, where that is known."""
        return None

    def utmost(self, direction: Direction, sized: Callable[[int], int]) -> GroupComparison:
        """All of one group, nobody of the other."""
        n1, n2 = (sized(max(n for _, n in side)) for side in self.sides)
        x1, x2 = (n1, 0) if direction == "above" else (0, n2)
        return replace(self, sides=(((x1, n1),), ((x2, n2),)), joint=())

    def turned(self, threshold: float) -> float:
        """Return a threshold of the second group against the first."""
        return -threshold

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:
        """Return what the exact test guarantees; of equal shares by the usual rule what was enumerated, if it was."""
        if who.design_effect != 1:
            return None
        alike = self.compared == "difference" and goal.thresholds in ((0.0,), ())
        usual = {*rule} <= {"jeffreys", "newcombe", "uniform", LOGISTIC}
        if not alike or not usual or who.ratios != (1.0, 1.0) or self.known_sizes(who):
            return 1 - level
        sizes = {(n1, n2) for (_, n1), (_, n2) in product(*self.sides)}
        found = [equal_share_rate(*pair, level) for pair in sizes]
        return max(1 - level if rate is None else rate for rate in found)

    def tables(self, prior: str, end: End) -> list[Table]:
        """Return those among which the extreme posterior is."""
        if self.joint:
            return list(self.joint) if prior == LOGISTIC else frontier(self.joint, end)
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

    call: ClassVar[str] = "difference"
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
    failed: ClassVar[str] = NOT_BY_RATIOS
    sizes: tuple[int, int] | None = None

    def observed(self) -> list[float]:
        """Of each table."""
        return [x1 / n1 - x2 / n2 for x1, n1, x2, n2 in self.every]

    def shifted(self, who: Participation) -> Limits:
        """Return it with the odds of either group shifted; of known sizes those who did not answer."""
        if sizes := self.known_sizes(who):
            return self.over(lambda sides: sized_values(sides, sizes, who.ratios))
        return self.over(lambda sides: observed_gap(sides, who))

    def certain(self, size: int | None) -> Limits | None:
        """Where each group's size is known."""
        sizes = self.sizes
        return None if size is None or sizes is None else self.over(lambda sides: certain_gap(sides, sizes))

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """Of two large populations, or of two of known sizes."""
        for table in self.tables(prior, end):
            if sizes := self.known_sizes(who):
                yield sized_posterior(table, sizes, prior, who, end)
            elif prior == LOGISTIC:
                yield LogisticGap(divided(table, who), who.apart(end))
            else:
                yield GapPosterior(two_groups(table, prior, who, end))

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of two large populations, or of two of known sizes."""
        if sizes := self.known_sizes(who):
            return self.over(lambda sides: sized_confidence(sides, sizes, level, who))
        rising = method != "agresti-caffo"
        return self.over(lambda sides: gap_confidence(sides, method, level, who), monotone=rising)

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """Of two groups of known sizes by their own test; of equal shares the limits of both ratios must agree."""
        tested = GroupComparison.beyond(self, threshold, direction, level, who)
        alone = threshold != 0 or self.known_sizes(who) is not None
        return tested and (alone or all(one.unlike(direction, level, who) for one in self.relative))

    def known_sizes(self, who: Participation) -> tuple[int, int] | None:
        """Those that were given, of a population of known size."""
        return None if who.size is None else self.sizes

    @property
    def relative(self) -> tuple[Ratio, ...]:
        """The other measures of the same hypothesis, that the shares are equal."""
        return tuple(kind(sides=self.sides, joint=self.joint) for kind in (Ratio, OddsRatio))

    def inside(self, goal: Goal, level: float, method: str, people: int | None = None) -> list[Estimand] | None:
        """Look at every table of the largest bases, or of so many people in each group."""
        n1, n2 = (people or max(n for _, n in side) for side in self.sides)
        if goal.low is None or goal.high is None or (n1 + 1) * (n2 + 1) > MOST_LOOKED_AT:
            return None
        x1, x2 = (part.ravel().astype(float) for part in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
        lower, upper = gap_limits((x1, np.full_like(x1, n1), x2, np.full_like(x1, n2)), method=method, level=level)
        room = np.minimum(lower - goal.low, goal.high - upper)
        best = np.argsort(-room, kind="stable")[: min(int((room > 0).sum()), MOST_TRIED)]
        return [replace(self, sides=(((int(x1[i]), n1),), ((int(x2[i]), n2),)), joint=()) for i in best]

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

    def counts_everybody(self, target: Target) -> bool:
        """Whether everybody of both groups answered."""
        sizes = (self.sizes or ()) if getattr(target, "size", None) is not None else ()
        return bool(sizes) and all(n == size for side, size in zip(self.sides, sizes, strict=True) for _, n in side)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield those of the counts alone where the target's people are those who answered."""
        if self.counts_everybody(target):
            yield caveat("census")
            for pairs in self.sides:
                yield from count_caveats(pairs, Respondents())
        else:
            yield from GroupComparison.doubts(self, target, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(GroupComparison):
    """First share over second share."""

    measure: ClassVar[str] = "ratio"
    compared: ClassVar[Compared] = "ratio"
    call: ClassVar[str] = "ratio"
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
        return [observed_relative((((x1, n1),), ((x2, n2),)), self.measure)[0] for x1, n1, x2, n2 in self.every]

    def shifted(self, who: Participation) -> Limits:
        """Return it with the odds of either group shifted."""
        return self.over(lambda sides: observed_relative(sides, self.measure, who.ratios))

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """Of the ratio."""
        for table in self.tables(prior, end):
            if prior == LOGISTIC:
                yield LogisticRatio(divided(table, who), who.apart(end))
            else:
                yield RatioPosterior(two_groups(table, prior, who, end))

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of the ratio or the odds ratio."""
        return self.over(lambda sides: relative_confidence(sides, self.measure, method, level, who))

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Close Jeffreys' limits where a count is 0, as the Jeffreys interval of that share is."""
        lower, upper = GroupComparison.limits(self, method, level, who)
        if method == "jeffreys":
            lower = 0.0 if any(x == 0 for x, _ in self.sides[0]) else lower
            upper = math.inf if any(x == 0 for x, _ in self.sides[1]) else upper
        return lower, upper

    def unlike(self, direction: Direction, level: float, who: Participation) -> bool:
        """Whether the confidence limits that stand beside it, by chance alone or within bounds, leave out 1."""
        lower, upper = self.limits(self.companion if who.ratios == (1.0, 1.0) else self.bounding, level, who)
        return lower > 1 if direction == "above" else upper < 1

    def turned(self, threshold: float) -> float:
        """Return one over it."""
        return 1 / threshold if threshold else math.inf

    def judged_as(self, threshold: float) -> tuple[Difference, float] | None:
        """Return the difference at 0 for a ratio of 1: that the shares are equal is one hypothesis."""
        return (Difference(sides=self.sides, joint=self.joint), 0.0) if threshold == 1 else None

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield also zero cells, tables that say nothing, and odds taken for shares."""
        yield from GroupComparison.doubts(self, target, found)
        yield from self.cells(target)

    def cells(self, target: Target) -> Iterator[Caveat]:
        """Yield the doubts about a ratio's cells."""
        odds = self.measure == "odds-ratio"
        named = "odds ratio" if odds else self.name
        tables = self.every
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
    call: ClassVar[str] = "odds_ratio"
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

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By the limits that are exact given the margins, within the same bounds on who took part."""
        if who.design_effect != 1:
            return True
        lower, upper = self.limits("exact-conditional", level, replace(who, tau=0.0, mean=0.0))
        return lower > threshold if direction == "above" else upper < threshold

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """Of the odds ratio."""
        return (odds_posterior(table, prior, who, end) for table in self.tables(prior, end))


def divided(table: Table, who: Participation) -> tuple[float, float, float, float]:
    """Return a table of as many people as it is worth."""
    x1, n1, x2, n2 = (part / who.design_effect for part in table)
    return x1, n1, x2, n2
