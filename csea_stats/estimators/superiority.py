"""Which of two groups answers higher on an ordered scale: P(A > B) + P(A = B) / 2."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, product
from typing import TYPE_CHECKING, ClassVar, Literal, overload

from csea_stats.base.dominance import Law, Vector, dominance
from csea_stats.base.dominance_limits import (
    brunner_munzel_limits,
    has_placement_variance,
    moved_dominance,
    observed_dominance,
    placement_limits,
    proportional_odds_limits,
)
from csea_stats.base.sized_tests import ordered_exceeds
from csea_stats.errors import CountError
from csea_stats.estimators.arguments import (
    TargetOrTargets,
    check_goal,
    check_label,
    check_level,
    check_method,
    count_vectors,
    targets,
)
from csea_stats.estimators.assumptions import FEW, base_of, count_caveats, target_caveats
from csea_stats.estimators.estimand import CACHED, Estimand, Method, Participation, Setting
from csea_stats.estimators.inference import estimate
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.recipes import call_words
from csea_stats.targets.populations import Population, Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.estimand import Inference, Limits
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.goals import Direction, Goal
    from csea_stats.results.values import Base, Caveat, Scale

    Counts = Sequence[int] | Mapping[str, int] | AbstractSet[tuple[int, ...]]

Vectors = tuple[Vector, ...]

Sides = tuple[Vectors, Vectors]
"""Feasible count vectors of either group."""

Who = tuple[float, float, float]
"""Of the log participation ratio: tau, mean, correlation; all 0 for people like these."""

NOBODY: Who = (0.0, 0.0, 0.0)


def _lowest(vectors: Vectors) -> Vectors:
    """Return the vectors that no other lies below: with no fewer people under any cut and no more above one."""
    under = {vector: tuple(accumulate(vector[:-1])) for vector in vectors}
    above = {vector: tuple(accumulate(vector[:0:-1])) for vector in vectors}
    return tuple(
        one
        for one in vectors
        if not any(
            other != one
            and all(x >= y for x, y in zip(under[other], under[one], strict=True))
            and all(x <= y for x, y in zip(above[other], above[one], strict=True))
            for other in vectors
        )
    )


def _highest(vectors: Vectors) -> Vectors:
    return tuple(vector[::-1] for vector in _lowest(tuple(vector[::-1] for vector in vectors)))


def _edges(sides: Sides) -> tuple[list[tuple[Vector, Vector]], list[tuple[Vector, Vector]]]:
    """Return the tables among which the lowest and the highest posterior are.

    A respondent moved to a higher category moves the posterior of that group up at every cut. So does one more in the
    highest category, or one fewer in the lowest: shares Dirichlet(a + e) are those of Dirichlet(a) shrunk by 1 - B,
    with B ~ Beta(1, sum a) added in that category.
    """
    low, high = ([_lowest(side) for side in sides], [_highest(side) for side in sides])
    return list(product(low[0], high[1])), list(product(high[0], low[1]))


def _parameters(vector: Vector, prior: str, effect: float) -> tuple[float, ...]:
    added = 1 / len(vector) if prior == "dirichlet" else 0.5
    return tuple(count / effect + added for count in vector)


@lru_cache(maxsize=16)
def _law(table: tuple[Vector, Vector], prior: str, effect: float, who: Who, bound: float) -> Law:
    """Return the posterior of a table, in a population if anything is supposed of it."""
    groups = _parameters(table[0], prior, effect), _parameters(table[1], prior, effect)
    tau, mean, correlation = who
    return dominance(*groups, tau=tau, mean=mean, correlation=correlation, apart=bound)


@lru_cache(maxsize=CACHED)
def posterior_span(
    sides: Sides, prior: str, tails: Limits, effect: float, who: Who = NOBODY, bound: float = 0.0
) -> Limits:
    """Return the lowest quantile of the first probability and the highest of the second, over the feasible tables.

    Parameters
    ----------
    tails : pair of float
    bound : float
        Largest log participation ratio of either group, without a prior.
    """
    low, high = (
        [_law(table, prior, effect, who, shift)[0]((tail,))[0] for table in tables]
        for tables, tail, shift in zip(_edges(sides), tails, (-bound, bound), strict=True)
    )
    return min(low), max(high)


@lru_cache(maxsize=CACHED)
def dominance_above(
    sides: Sides, threshold: float, effect: float, who: Who = NOBODY, bound: float = 0.0
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability that superiority exceeds the threshold."""
    found = [
        1 - _law(table, "dirichlet", effect, who, shift)[1](threshold)
        for tables, shift in zip(_edges(sides), (-bound, bound), strict=True)
        for table in tables
    ]
    return max(min(found), 0.0), min(max(found), 1.0)


CONFIDENCE = {
    "placements": placement_limits,
    "brunner-munzel": brunner_munzel_limits,
    "proportional-odds": proportional_odds_limits,
}


@lru_cache(maxsize=CACHED)
def confidence_span(sides: Sides, method: str, level: float, effect: float, bound: float = 0.0) -> Limits:
    """Return the hull of confidence limits over the feasible tables, moved as far as participation can move them."""
    rule = CONFIDENCE[method]
    lower, upper = zip(*(rule(a, b, level=level, design_effect=effect) for a, b in product(*sides)), strict=True)
    return moved_dominance(min(lower), -bound), moved_dominance(max(upper), bound)


def observed_shifted(sides: Sides, bound: float) -> Limits:
    """Return the lowest and highest observed superiority, the cumulative odds of either group shifted apart."""
    found = []
    for table, shift in product(product(*sides), (-bound, bound)):
        low, high = (_cuts(vector, side * shift) for vector, side in zip(table, (-1, 1), strict=True))
        found.append(_crossed(low, high))
    return min(found), max(found)


def _cuts(vector: Vector, shift: float) -> list[float]:
    total = sum(vector)
    odds = [(below * math.exp(shift), total - below) for below in accumulate(vector)]
    return [0.0, *(below / (below + above) for below, above in odds)]


def _crossed(first: list[float], second: list[float]) -> float:
    pairs = zip(first, first[1:], second, second[1:], strict=False)
    return sum((b - a) * (c + d) / 2 for a, b, c, d in pairs)


SuperiorityMethod = Literal["dirichlet", "placements", "brunner-munzel", "proportional-odds"]

SUPERIORITY_METHODS: tuple[SuperiorityMethod, ...] = ("dirichlet", "placements", "brunner-munzel", "proportional-odds")
"""The methods for superiority; the first is the default."""


@overload
def superiority(
    counts_a: Counts,
    counts_b: Counts,
    *,
    method: SuperiorityMethod = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | None = ...,
    claim: Literal["above", "below"] | None = ...,
    within: tuple[float, float] | None = ...,
    label: str | None = ...,
) -> Estimate: ...


@overload
def superiority(
    counts_a: Counts,
    counts_b: Counts,
    *,
    method: SuperiorityMethod = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | None = ...,
    claim: Literal["above", "below"] | None = ...,
    within: tuple[float, float] | None = ...,
    label: str | None = ...,
) -> Estimates: ...


def superiority(  # noqa: PLR0913 - settings are keyword-only
    counts_a: Counts,
    counts_b: Counts,
    *,
    method: SuperiorityMethod = "dirichlet",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.5,
    claim: Literal["above", "below"] | None = None,
    within: tuple[float, float] | None = None,
    label: str | None = None,
) -> Estimate | Estimates:
    """Estimate the chance that someone of one group answers higher than someone of another, equal answers half.

    Parameters
    ----------
    counts_a, counts_b : sequence, mapping of category to count, or set of tuples
        Of two groups that share no member, one count for each category from the lowest; a set of feasible count
        vectors where print allows several. Every combination is then taken as feasible.
    method : str, default "dirichlet"
        "dirichlet" (credible: a Dirichlet prior of one pseudo-answer in each group, 1/K for each of K categories),
        "placements", "brunner-munzel", "proportional-odds" (confidence; the last supposes that one odds ratio holds at
        every cut, and where that is not so it can cover half of what it says).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold : float or None, default 0.5
        What probability and verdict are about, between 0 and 1; None: neither.
    claim : {"above", "below"}, optional
        On which side of the threshold it is claimed to be. By default on the side that was observed.
    within : (float, float), optional
        Instead of a threshold: that it lies between the two, such as (0.4, 0.6).
    label : str, optional

    Returns
    -------
    Estimate or Estimates
        ``counts`` holds the counts of A followed by those of B. ``companion`` is Brunner and Munzel's interval, that of
        placements where a group has fewer than 15 people or Brunner and Munzel's has no variance, and the Dirichlet one
        beside a confidence method.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, the categories differ, or "brunner-munzel" has no variance.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    No spacing of the categories is assumed. The posterior is by quadrature where there are two categories, else the
    mean of a smooth function over 16384 fixed points, more where these do not agree: limits at up to 99 %, median and
    probability are off by at most 1e-4, limits at 99.9 % by at most 2e-4 (up to seven categories, correlation up to
    0.5; at the worst found beyond, 2e-3 at 99 %). Dirichlet(1/2) would be K/2
    pseudo-answers in each group: 2.5 against 7 people with five categories, so it is in the strip only.

    ============================ ==============================================================
    target                       methods
    ============================ ==============================================================
    Respondents                  all (counted: no interval)
    Superpopulation              all
    Population, Selection        dirichlet: every cumulative logit of a group loses the same
                                 log participation ratio
    Population, SelectionBounds  all; of a confidence method the limits moved as far as any
                                 distributions with such ratios can move them
    ============================ ==============================================================

    The two groups must be different people. Of two ordered questions answered by the same people the margins do not
    tell how answers go together; compare them cut by cut with `paired_difference` of the shares at or below it, and see
    `csea_stats.estimators.superiority.dominance_bounds` for what the margins leave possible.

    References
    ----------
    Bross (1958), Biometrics 14, 18-38; Fay & Malinovsky (2018), Statistics in Medicine 37, 3991-4006,
    https://doi.org/10.1002/sim.7890; Brunner & Munzel (2000), Biometrical Journal 42, 17-25.

    Examples
    --------
    >>> found = superiority([2, 8, 9, 4, 1], [1, 12, 8, 3, 1])
    >>> round(found.value, 3), round(found.interval.lower, 2), round(found.interval.upper, 2), found.verdict.word
    (0.541, 0.39, 0.68, 'not settled')
    """
    (names_a, first), (names_b, second) = (
        count_vectors(counts_a, name="counts_a"),
        count_vectors(counts_b, name="counts_b"),
    )
    if len(first[0]) != len(second[0]) or (names_a and names_b and names_a != names_b):
        message = (
            f"counts_b: found {names_b or len(second[0])} where counts_a has {names_a or len(first[0])}; allowed are "
            "the same categories in one order, from the lowest"
        )
        raise CountError(message)
    wanted, several = targets(target)
    setting = Setting(
        method=check_method(method, SUPERIORITY_METHODS),
        level=check_level(level),
        label=check_label(label),
        **check_goal(claim, threshold, within, (0.0, 1.0), 0.5),
    )
    given = tuple(set(side) if len(side) > 1 else list(side[0]) for side in (first, second))
    quantity, found = Superiority(sides=(first, second)), []
    for member in wanted:
        call = call_words("superiority", given, setting.told(member, method="dirichlet", threshold=0.5))
        found.append(estimate(quantity, member, setting, call=call))
    return Estimates(found) if several else found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Superiority(Estimand):
    """The chance that someone of the first group answers higher, over every pair of feasible count vectors.

    Parameters
    ----------
    sides : pair of tuple of count vectors
    """

    call: ClassVar[str] = "superiority"
    name: ClassVar[str] = "superiority"
    scale: ClassVar[Scale] = "share"
    methods: ClassVar[Mapping[str, Method]] = {
        "dirichlet": Method(kind="credible", prior=True),
        "placements": Method(),
        "brunner-munzel": Method(),
        "proportional-odds": Method(),
        "dirichlet(1/2)": Method(kind="credible", offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = ("dirichlet", "dirichlet(1/2)")
    """With one pseudo-answer in each group, spread over the categories; with half of one in each category."""
    companion: ClassVar[str] = "placements"
    bounding: ClassVar[str] = "placements"
    groups: ClassVar[bool] = True
    sides: Sides

    @property
    def counts(self) -> Vectors:
        """Those of A followed by those of B."""
        return tuple((*a, *b) for a, b in product(*self.sides))

    @property
    def base(self) -> tuple[Base, ...]:
        """One for each group."""
        return tuple(base_of(sum(vector) for vector in vectors) for vectors in self.sides)

    @property
    def data(self) -> object:
        """The vectors of either group."""
        return self.sides

    def observed(self) -> list[float]:
        """Equal answers half."""
        return [observed_dominance(a, b) for a, b in product(*self.sides)]

    def shifted(self, who: Participation) -> Limits:
        """Return it with the cumulative odds of either group shifted apart."""
        return observed_shifted(self.sides, math.log(who.reach))

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Of a posterior, or of a confidence method."""
        if self.methods[method].kind == "confidence":
            return confidence_span(self.sides, method, level, who.design_effect, math.log(who.reach))
        tails = (1 - level) / 2, (1 + level) / 2
        return posterior_span(self.sides, method, tails, who.design_effect, _of(who), math.log(who.reach))

    def medians(self, prior: str, level: float, who: Participation) -> Limits:  # noqa: ARG002
        """Return the lowest and the highest."""
        return posterior_span(self.sides, prior, (0.5, 0.5), who.design_effect, _of(who), math.log(who.reach))

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:  # noqa: ARG002
        """By the Dirichlet prior."""
        return dominance_above(self.sides, threshold, who.design_effect, _of(who), math.log(who.reach))

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By the test of ordered groups, of the tables at the edge, whatever those who took part may have moved."""
        low, high = _edges(self.sides)
        moved = math.log(who.reach) * (1 if direction == "above" else -1)
        at = moved_dominance(threshold, moved)
        tables, at = (low, at) if direction == "above" else ([(b, a) for a, b in high], 1 - at)
        return all(ordered_exceeds(a, b, at, (1 - level) / 2, who.design_effect) for a, b in tables)

    def utmost(self, direction: Direction, sized: Callable[[int], int]) -> Superiority:
        """One group at the highest category, the other at the lowest."""
        n1, n2 = (sized(max(map(sum, side))) for side in self.sides)
        rest = (0,) * (len(self.sides[0][0]) - 1)
        sides = ((*rest, n1), (n2, *rest)) if direction == "above" else ((n1, *rest), (*rest, n2))
        return replace(self, sides=((sides[0],), (sides[1],)))

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:  # noqa: ARG002
        """Return what the test of ordered groups keeps, whatever the answers of either group and who took part."""
        return 1 - level if who.design_effect == 1 else None

    def beside(self, method: str) -> str:
        """Brunner and Munzel's where it has a variance and enough people."""
        if self.methods[method].kind == "confidence":
            return "dirichlet"
        few = any(sum(vector) < FEW for side in self.sides for vector in side)
        if few or not all(has_placement_variance(a, b) for a, b in product(*self.sides)):
            return self.companion
        return "brunner-munzel"

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield the target's, and those of either group."""
        yield from target_caveats(target, groups=True)
        yield caveat("superiority")
        if any(
            one is not None and one.method.startswith("proportional-odds") for one in (found.interval, found.companion)
        ):
            yield caveat("one-odds-ratio-supposed")
        for vectors in self.sides:
            yield from count_caveats(tuple((0, sum(v)) for v in vectors), target)
            if len(vectors) > 1:
                yield caveat("print-ambiguous", counts=f"{len(vectors)} sets of them in a group")
        if not isinstance(target, Respondents):
            yield caveat("independent-groups")
        if isinstance(target, Population):
            yield caveat("group-tiers")


def _of(who: Participation) -> tuple[float, float, float]:
    """Return the prior on who took part; a centre that both groups share cancels."""
    return (who.tau, who.mean, who.correlation) if who.tau else NOBODY


def dominance_bounds(first: Sequence[int], second: Sequence[int]) -> tuple[float, float]:
    """Return what P(A > B) + P(A = B) / 2 can be where the same people answered both, from the margins alone.

    Parameters
    ----------
    first, second : sequence of int
        Counts of each category from the lowest; the same total.

    Returns
    -------
    lower, upper : float
        Sharp: the smallest and largest value over every table with these margins.

    Raises
    ------
    CountError
        If the totals or the categories differ.

    Notes
    -----
    Here A and B are the two answers of one person, not of two drawn apart: an optimal transport problem with the cost
    1, 1/2 or 0, solved as a linear program whose corners are whole tables.

    Examples
    --------
    >>> dominance_bounds([5, 5], [5, 5])
    (0.5, 0.5)
    >>> [round(end, 3) for end in dominance_bounds([3, 20, 17, 7, 2], [3, 20, 17, 7, 2])]
    [0.378, 0.622]
    """
    import numpy as np
    from scipy.optimize import linprog

    a, b = (count_vectors(list(counts), name=name)[1][0] for counts, name in ((first, "first"), (second, "second")))
    if len(a) != len(b) or sum(a) != sum(b):
        message = f"second: found {list(b)} with {list(a)}; allowed are the same categories and the same total"
        raise CountError(message)
    number = len(a)
    cost = np.sign(np.subtract.outer(np.arange(number), np.arange(number))) / 2 + 0.5
    margins = np.vstack([np.kron(np.eye(number), np.ones(number)), np.kron(np.ones(number), np.eye(number))])
    ends = []
    for sign in (1, -1):
        found = linprog(sign * cost.ravel(), A_eq=margins, b_eq=[*a, *b], method="highs")
        ends.append(float(cost.ravel() @ np.asarray(found.x, float)))
    low, high = (round(2 * end) / 2 / sum(a) for end in ends)
    return low, high
