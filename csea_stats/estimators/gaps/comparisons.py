"""Two independent groups compared, as estimands: the difference of their shares, their ratio, the odds ratio."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, ClassVar

from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.estimands import Estimand, Method, check
from csea_stats.estimators.gaps.relative_spans import (
    bounded_relative,
    observed_relative,
    relative_above,
    selected_relative,
)
from csea_stats.estimators.gaps.sizes import (
    MOST_PEOPLE,
    certain_gap,
    selected_sized_gap,
    sized_above,
    sized_gap,
    sized_values,
)
from csea_stats.estimators.gaps.spans import (
    LOGISTIC,
    bounded_gap,
    gap_above,
    logistic_span,
    observed_gap,
    sampled_gap,
    selected_gap,
)
from csea_stats.estimators.marks import base_of, count_caveats, target_caveats
from csea_stats.results.caveats import caveat
from csea_stats.targets.populations import FinitePopulation, Population, Respondents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from csea_stats.estimators.estimands import Inference, Limits, Participation
    from csea_stats.estimators.gaps.spans import Sides
    from csea_stats.estimators.shares.spans import Span
    from csea_stats.results.values import Base, Caveat, Scale
    from csea_stats.results.verdicts import Direction
    from csea_stats.targets.populations import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Estimand):
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

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Of a posterior, or of a confidence method."""
        span = self.span(method, level, who)
        return span.lower, span.upper

    def medians(self, prior: str, level: float, who: Participation) -> Limits:
        """Return the lowest and the highest."""
        return self.span(prior, level, who).medians

    @abstractmethod
    def span(self, method: str, level: float, who: Participation) -> Span:
        """Return limits and medians."""

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:  # noqa: ARG002
        """Yield the target's, and those of either group."""
        yield from target_caveats(target, groups=True)
        for pairs in self.sides:
            yield from count_caveats(pairs, target)
        if not isinstance(target, Respondents):
            yield caveat("independent-groups")
        if isinstance(target, Population):
            yield caveat("group-tiers")


def _selection(who: Participation) -> tuple[float, float, float]:
    return who.tau, who.mean, who.correlation


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Comparison):
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
        return observed_gap(self.sides, who.ratios)

    def certain(self, size: int | None) -> Limits | None:
        """Where each group's size is known."""
        return None if size is None or self.sizes is None else certain_gap(self.sides, self.sizes)

    def span(self, method: str, level: float, who: Participation) -> Span:
        """Return limits and medians."""
        effect = who.design_effect
        if who.size is not None and self.sizes:
            if who.tau > 0:
                return selected_sized_gap(self.sides, self.sizes, _selection(who), level, effect)
            return sized_gap(self.sides, self.sizes, method, level, who.ratios, effect)
        if who.tau > 0:
            return selected_gap(self.sides, *_selection(who), level, effect)
        if method == LOGISTIC:
            return logistic_span(self.sides, level, who.ratios, effect)
        if who.ratios == (1.0, 1.0):
            return sampled_gap(self.sides, method, level, effect)
        return bounded_gap(self.sides, method, level, who.ratios, effect)

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:  # noqa: ARG002
        """By independent Jeffreys priors."""
        bound = math.log(who.reach)
        if who.size is not None and self.sizes:
            return sized_above(self.sides, self.sizes, threshold, _selection(who), bound, who.design_effect)
        return gap_above(self.sides, threshold, (*_selection(who), bound), who.design_effect)

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
        """Yield those of the counts alone where everybody of both groups answered."""
        sizes = self.sizes or ()
        if sizes and all(n == size for side, size in zip(self.sides, sizes, strict=True) for _, n in side):
            yield caveat("census")
            for pairs in self.sides:
                yield from count_caveats(pairs, Respondents())
        else:
            yield from Comparison.doubts(self, target, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Comparison):
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

    def span(self, method: str, level: float, who: Participation) -> Span:
        """Return limits and medians."""
        if who.tau > 0:
            return selected_relative(self.sides, self.measure, method, level, _selection(who), who.design_effect)
        return bounded_relative(self.sides, self.measure, method, level, who.ratios, who.design_effect)

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:  # noqa: ARG002
        """By the default prior."""
        bound = math.log(who.reach)
        return relative_above(self.sides, self.measure, threshold, _selection(who), bound, who.design_effect)

    def direction(self, threshold: float | None) -> Direction:
        """Against 1 that of the difference, which is always defined."""
        if threshold in (None, 1.0):
            return "below" if sum(observed_gap(self.sides)) < 0 else "above"
        return Comparison.direction(self, threshold)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield also zero cells, tables that say nothing, and odds taken for shares."""
        yield from Comparison.doubts(self, target, found)
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
    companion: ClassVar[str] = "log-f"
    bounding: ClassVar[str] = "log-f"
