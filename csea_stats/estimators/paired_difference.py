"""The difference between two shares of the same people, whatever is known of who gave both answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import product
from typing import TYPE_CHECKING, ClassVar, Literal, TypedDict, Unpack

import numpy as np

from csea_stats.base.error_rates import MOST_COUNTED, pair_rate
from csea_stats.base.paired import (
    ALIKE,
    PairPosterior,
    Weights,
    bonett_price_limits,
    exact_lower,
    sampled_pairs,
    score_upper,
    selected_pairs,
)
from csea_stats.base.sized_tests import pair_exceeds, pair_exceeds_within
from csea_stats.errors import CountError, InputError, UnsupportedTarget, in_short, is_of
from csea_stats.estimators.arguments import (
    TargetOrTargets,
    check_goal,
    check_label,
    check_level,
    check_method,
    feasible,
    share_pairs,
    targets,
)
from csea_stats.estimators.assumptions import base_of, count_caveats, target_caveats
from csea_stats.estimators.estimand import CACHED, ENDS, MOST_TRIED, ByPosterior, Method, Participation, Setting
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.overlaps import feasible_overlaps
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import count_words, integer, ratio, signed
from csea_stats.results.recipes import call_words
from csea_stats.targets.populations import Population, Respondents, Selection, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.estimand import End, Estimand, Further, Inference, Limits, Posterior
    from csea_stats.results.goals import Direction, Goal
    from csea_stats.results.values import Base, Caveat, Scale

    Count = int | AbstractSet[int]

Table = tuple[int, int, int]

Tables = tuple[Table, ...]

PAIR_PRIORS = {"dirichlet": 0.5, "uniform": 1.0}
"""Pseudo-counts that each method with a prior adds to each of the four cells: both, either alone, neither."""

BETWEEN = 5
"""Overlaps that are looked at first, the smallest and the largest included."""


def pair_tables(
    x1: object, x2: object, base: object, both: object = None
) -> tuple[Tables, tuple[tuple[int, ...], ...]]:
    """Return every table that the counts allow, and every (first, second, both, base).

    Raises
    ------
    CountError
        If a count is none, or no table has these margins.
    """
    first, second = share_pairs(x1, base, name="x1"), share_pairs(x2, base, name="x2")
    if is_of(both, range):
        both = set(both)
    overlaps = None if both is None else set(feasible(both, "both"))
    full = [
        (a, b, overlap, n)
        for (a, n), (b, m) in product(first, second)
        if n == m
        for overlap in feasible_overlaps(a, b, (), n, None)
        if overlaps is None or overlap in overlaps
    ]
    if not full:
        message = f"both: found {in_short(both)} with {in_short(x1)} and {x2!r} of {base!r}"
        ranges = [feasible_overlaps(a, b, (), n, None) for (a, n), (b, m) in product(first, second) if n == m]
        if ranges:
            low, high = min(found[0] for found in ranges), max(found[-1] for found in ranges)
            message += f"; allowed is {low}" + (f" to {high}: both counts must fit" if low < high else "")
        raise CountError(message)
    return tuple(sorted({(a - o, b - o, n) for a, b, o, n in full})), tuple(sorted(full))


def worst_weights(ratio: float, end: End) -> tuple[Weights, ...]:
    """Return the weights within a ratio of each other that make the difference smallest, or largest.

    The second alone weigh most against the first; the rest as little as may be where the difference is negative, and as
    much as may be where it is positive.
    """
    lows = dict.fromkeys(((1.0, ratio, 1.0), (1.0, ratio, ratio)))
    return tuple((one, other, rest) if end == "low" else (other, one, rest) for one, other, rest in lows)


@lru_cache(maxsize=CACHED)
def extreme_tables(tables: Tables, end: End) -> Tables:
    """Return the tables among which the extreme posterior is, those with most pairs that differ first.

    Of as many who differ the difference rises with those who gave the first answer alone, whatever the weights of the
    three kinds of people are. As more differ it may turn either way, so every number of them is looked at.
    """
    found: dict[tuple[int, int], Table] = {}
    for b, c, n in sorted(tables, key=lambda table: table if end == "low" else (-table[0], *table[1:])):
        found.setdefault((b + c, n), (b, c, n))
    return tuple(sorted(found.values(), key=lambda table: -(table[0] + table[1])))


def by_overlap(tables: Tables, end: End) -> list[Tables]:
    """Return the extreme tables by their difference, each list from most pairs that differ to fewest."""
    found: dict[tuple[int, int], list[Table]] = {}
    for b, c, n in extreme_tables(tables, end):
        found.setdefault((b - c, n), []).append((b, c, n))
    return [tuple(chain) for chain in found.values()]


def climbed(chain: Sequence[Callable[[], PairPosterior]], rule: Further) -> float:
    """Return the furthest value along overlaps of one difference.

    Along them a quantile or a probability turns at most once (a test looks at all of many), so from the furthest of
    evenly spaced ones the next ones lead to the furthest of all.
    """
    best, found = 0, rule(chain[0](), None)

    def further(place: int) -> bool:
        nonlocal best, found
        before, found = found, rule(chain[place](), found)
        best = place if found != before else best
        return found != before

    for place in np.unique(np.linspace(0, len(chain) - 1, BETWEEN).round().astype(int)).tolist()[1:]:
        further(place)
    for step in (-1, 1):
        place = best + step
        while 0 <= place < len(chain) and further(place):
            place += step
    return found


@lru_cache(maxsize=CACHED)
def pair_posterior(table: Table, prior: str, who: Participation, weights: Weights) -> PairPosterior:
    """Return a table's posterior: with a prior on who took part, or with known weights."""
    added = PAIR_PRIORS[prior]
    b, c, n = table
    effect = who.design_effect
    cells = b / effect + added, c / effect + added, (n - b - c) / effect + 2 * added
    return selected_pairs(cells, who.tau) if who.tau > 0 else sampled_pairs(cells, weights)


def pair_confidence(tables: Tables, method: str, level: float, who: Participation) -> Limits:
    """Return the hull of confidence limits, at the worst weights within bounds."""
    b, c, n = np.array(tables, float).T / who.design_effect
    if method == "bonett-price":
        low, high = bonett_price_limits(b, c, n, level=level)
        return float(low.min()), float(high.max())
    weights = np.array(worst_weights(who.ratios[1], "high")).T[:, :, None]
    first, second = np.array([[c], [b]]), np.array([[b], [c]])  # either way round, under every weight
    low, high = score_upper(first, second, n, level=level, weights=tuple(weights)).max(axis=(1, 2))
    return -float(low), float(high)


def observed_pair(tables: Tables, ratio: float) -> Limits:
    """Return the smallest and largest observed difference, with weights within a ratio of each other."""
    low, high = (
        [_reweighted(table, weights) for table in tables for weights in worst_weights(ratio, end)] for end in ENDS
    )
    return min(low), max(high)


def _reweighted(table: Table, weights: Weights) -> float:
    b, c, n = table
    if weights == ALIKE:
        return (b - c) / n
    u1, u2, u3 = weights
    return (b * u1 - c * u2) / (b * u1 + c * u2 + (n - b - c) * u3)


PairMethod = Literal["dirichlet", "tango", "bonett-price"]

PAIR_METHODS: tuple[PairMethod, ...] = ("dirichlet", "tango", "bonett-price")
"""The methods for a paired difference; the first is the default."""

Full = tuple[tuple[int, ...], ...]
"""Every feasible (first, second, both, base)."""

SHIFT_METHODS = ("dirichlet", "exact-unconditional", "tango")
"""The methods for a paired shift; the first is the default."""

MOST_LOOKED_AT = 100
"""People up to whom it is looked for a table of which a range could be supported."""

MOST = 400
"""People up to whom the exact limits of a shift are looked for: their time grows with the square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference(ByPosterior):
    """The difference between two shares of the same people, over every table that the counts allow.

    Parameters
    ----------
    tables : tuple of (b, c, n)
        How many gave the first answer alone, the second alone, and how many there are.
    full : tuple of (first, second, both, base)
    """

    name: ClassVar[str] = "paired difference"
    scale: ClassVar[Scale] = "difference"
    methods: ClassVar[Mapping[str, Method]] = {
        "dirichlet": Method(kind="credible", prior=True),
        "tango": Method(),
        "bonett-price": Method(bounds=False),
        "uniform": Method(kind="credible", offered=False),
    }
    priors: ClassVar[tuple[str, ...]] = tuple(PAIR_PRIORS)
    companion: ClassVar[str] = "tango"
    bounding: ClassVar[str] = "tango"
    kinds: ClassVar[str] = "those who gave the first answer alone, those who gave the second alone, and all others"
    tables: Tables
    full: Full

    def certified(self, target: Target) -> str:
        """Return that of a known overlap, or of one that is open as far as both counts allow."""
        if not isinstance(target, Superpopulation) or target.design_effect != 1:
            return ""
        overlaps: dict[tuple[int, int, int], set[int]] = {}
        for first, second, both, base in self.full:
            overlaps.setdefault((first, second, base), set()).add(both)
        if all(len(found) == 1 for found in overlaps.values()):
            return "paired_difference"
        whole = all(len(found) == min(a, b) - max(a + b - n, 0) + 1 for (a, b, n), found in overlaps.items())
        return "paired_margins" if whole else ""

    @property
    def counts(self) -> Full:
        """Both counts."""
        return tuple(sorted({(a, b) for a, b, _, _ in self.full}))

    @property
    def base(self) -> tuple[Base, Base]:
        """The same people twice."""
        base = base_of(n for *_, n in self.full)
        return base, base

    @property
    def data(self) -> object:
        """Every table."""
        return self.full

    def observed(self) -> list[float]:
        """Return the difference of each table."""
        return [(b - c) / n for b, c, n in self.tables]

    def shifted(self, who: Participation) -> Limits:
        """At the worst weights."""
        return observed_pair(self.tables, who.ratios[1])

    def posteriors(self, prior: str, who: Participation, end: End) -> Iterator[Posterior]:
        """With a prior on who took part, or at the worst weights within bounds."""
        for table, weights in product(extreme_tables(self.tables, end), worst_weights(who.ratios[1], end)):
            yield pair_posterior(table, prior, who, weights)

    def extreme(self, prior: str, who: Participation, end: End, rule: Further) -> float:
        """Return it from evenly spaced overlaps on to wherever the next ones lead."""
        found = [
            climbed([partial(pair_posterior, one, prior, who, weights) for one in chain], rule)
            for chain in by_overlap(self.tables, end)
            for weights in worst_weights(who.ratios[1], end)
        ]
        return min(found) if end == "low" else max(found)

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of every table, at the worst weights within bounds."""
        return pair_confidence(self.tables, method, level, who)

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By an exact test of every table, within the same bounds on who took part; a design effect has none."""
        if who.design_effect != 1:
            return True
        above, tail, ratio = direction == "above", (1 - level) / 2, who.ratios[1]
        asked = (
            ((b, c, n), threshold) if above else ((c, b, n), -threshold)
            for b, c, n in extreme_tables(self.tables, "low" if above else "high")
        )
        if ratio == 1:
            return all(pair_exceeds(table, at, tail) for table, at in asked)
        return all(pair_exceeds_within(table, ratio, at, tail) for table, at in asked)

    def utmost(self, direction: Direction, sized: Callable[[int], int]) -> PairedDifference:
        """Everybody gave one answer alone."""
        n = sized(max(n for *_, n in self.tables))
        return self.counted_apart(*((n, 0) if direction == "above" else (0, n)), n)

    def inside(self, goal: Goal, level: float, method: str, people: int | None = None) -> list[Estimand] | None:
        """Look at every table of the largest base, or of so many people, the overlap known."""
        n = people or max(n for *_, n in self.tables)
        if goal.low is None or goal.high is None or n > MOST_LOOKED_AT or method != "tango":
            return None
        b, c = (part.astype(float) for part in np.nonzero(np.add.outer(np.arange(n + 1), np.arange(n + 1)) <= n))
        room = np.minimum(-score_upper(c, b, n, level=level) - goal.low, goal.high - score_upper(b, c, n, level=level))
        best = np.argsort(-room, kind="stable")[: min(int((room > 0).sum()), MOST_TRIED)]
        return [self.counted_apart(int(b[i]), int(c[i]), n) for i in best]

    def counted_apart(self, first: int, second: int, base: int) -> PairedDifference:
        """Return the same of so many who gave one answer alone, and nobody who gave both."""
        return replace(self, tables=((first, second, base),), full=((first, second, 0, base),))

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:
        """Enumerate it of equal shares by the usual rule; else it is what the exact test guarantees."""
        if who.design_effect != 1:
            return None
        bases, alike = {n for *_, n in self.tables}, goal.thresholds in ((0.0,), ())
        usual = alike and who.ratios == (1.0, 1.0) and {*rule} <= {"dirichlet", "tango", "uniform"}
        return max(pair_rate(n, level) for n in bases) if usual and max(bases) <= MOST_COUNTED else 1 - level

    def check(self, target: Target, method: str) -> None:
        """Refuse a mean, too, which does not say how those who gave both answers took part."""
        ByPosterior.check(self, target, method)
        if isinstance(target, Population) and isinstance(target.selection, Selection) and target.selection.mean:
            message = (
                f"{self.name} has no form for a Selection with a mean, which does not say how all others took part: "
                "use mean=0, or SelectionBounds(ratio=...)"
            )
            raise UnsupportedTarget(message)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:  # noqa: ARG002
        """Yield the target's, either count's, and what is known of the overlap."""
        told = ("selection-assumed", "selection-bounded")
        yield from (doubt for doubt in target_caveats(target) if doubt.code not in told)
        if isinstance(target, Population):
            sure = ", with 95% probability" if isinstance(target.selection, Selection) else ""
            asked = {"ratio": ratio(target.selection.ratio), "probability": sure, "kinds": self.kinds}
            yield caveat("selection-by-pair", **asked)
        for place in (0, 1):
            pairs = tuple(sorted({(table[place], table[3]) for table in self.full}))
            yield from count_caveats(pairs, target)
        yield from self.of_both(target)

    def of_both(self, target: Target) -> Iterator[Caveat]:
        """Yield what is known of the overlap."""
        overlaps = sorted({table[2] for table in self.full})
        if len(overlaps) == 1:
            yield caveat("same-people", both=overlaps[0])
        elif not isinstance(target, Respondents):
            yield caveat("overlap-open", both=count_words(tuple(overlaps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedShift(PairedDifference):
    """The share of people who moved up a scale, less that of those who moved down: a paired difference of the two.

    Parameters
    ----------
    steps : tuple of int
        How many moved by each number of steps, from the furthest down to the furthest up.
    """

    name: ClassVar[str] = "paired shift"
    methods: ClassVar[Mapping[str, Method]] = {
        "dirichlet": PairedDifference.methods["dirichlet"],
        "exact-unconditional": Method(bounds=False, fractions=False),
        "tango": Method(),
        "uniform": PairedDifference.methods["uniform"],
    }
    companion: ClassVar[str] = "exact-unconditional"
    kinds: ClassVar[str] = "those who moved up, those who moved down, and all others"
    steps: tuple[int, ...] = ()

    def certified(self, target: Target) -> str:  # noqa: ARG002
        """Return none."""
        return ""

    @classmethod
    def of(cls, steps: Sequence[int]) -> PairedShift:
        """Return the estimand of people who moved by so many steps."""
        middle, people = len(steps) // 2, sum(steps)
        down, up = sum(steps[:middle]), sum(steps[middle + 1 :])
        return cls(tables=((up, down, people),), full=((up, down, 0, people),), steps=tuple(steps))

    def at_hand(self, method: str, design_effect: float) -> bool:
        """Whether the method has a form, and few enough people where it takes long."""
        few = method != self.companion or all(n <= MOST for *_, n in self.tables)
        return few and PairedDifference.at_hand(self, method, design_effect)

    def confidence(self, method: str, level: float, who: Participation) -> Limits:
        """Of every table: the exact ones hold whatever the shares are."""
        if method != self.companion:
            return PairedDifference.confidence(self, method, level, who)
        lows = [exact_lower(b, c, n, level=level) for b, c, n in self.tables]
        highs = [-exact_lower(c, b, n, level=level) for b, c, n in self.tables]
        return min(lows), max(highs)

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By the companion, which is exact, where it is at hand and nothing is supposed of who took part."""
        exact = self.at_hand(self.companion, who.design_effect) and who.ratios == (1.0, 1.0)
        return exact or PairedDifference.beyond(self, threshold, direction, level, who)

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:  # noqa: ARG002
        """Return what the exact limits guarantee."""
        return 1 - level if who.design_effect == 1 else None

    def check(self, target: Target, method: str) -> None:
        """Refuse more people than the exact limits are looked for, too."""
        PairedDifference.check(self, target, method)
        if not isinstance(target, Respondents) and not self.at_hand(method, 1.0):
            message = (
                f"method {method!r}: found {max(n for *_, n in self.tables)} people; allowed are {MOST}: use 'tango'"
            )
            raise InputError(message)

    def of_both(self, target: Target) -> Iterator[Caveat]:  # noqa: ARG002
        """Yield how far people moved."""
        middle = len(self.steps) // 2
        moved = [f"{signed(str(by))}: {integer(n)}" for by, n in enumerate(self.steps, -middle) if by and n]
        yield caveat("steps-moved", same=integer(self.steps[middle]), steps=", ".join(moved) or "nobody")


PairCall = tuple[str, tuple[object, ...], "Mapping[str, tuple[object, object]]"]
"""A call's name, its arguments, and its own settings with their defaults."""


class PairSettings(TypedDict, total=False):
    """What every call on two answers of the same people takes."""

    method: str
    level: float
    threshold: float | None
    claim: Literal["above", "below"] | None
    within: tuple[float, float] | None
    label: str | None


def pair_estimates(  # noqa: PLR0913 - settings are keyword-only
    quantity: PairedDifference,
    target: TargetOrTargets,
    call: PairCall,
    *,
    method: str = "dirichlet",
    level: float = 0.95,
    threshold: float | None = 0.0,
    claim: Literal["above", "below"] | None = None,
    within: tuple[float, float] | None = None,
    label: str | None = None,
) -> Estimates:
    """Return the estimates of a paired difference, or a shift, for each target."""
    setting = Setting(
        method=check_method(method, quantity.offered()),
        level=check_level(level),
        label=check_label(label),
        **check_goal(claim, threshold, within, (-1.0, 1.0), 0.0),
    )
    name, arguments, own = call
    found = []
    for member in targets(target)[0]:
        settings = {**own, **setting.told(member, method="dirichlet", threshold=0.0)}
        found.append(estimate(quantity, member, setting, call=call_words(name, arguments, settings)))
    return Estimates(found)


def counted_difference(
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = None,
    *,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    **settings: Unpack[PairSettings],
) -> Estimates:
    """Estimate the difference between two counted shares of the same people; see `csea_stats.paired_difference`."""
    tables, full = pair_tables(x1, x2, base, both)
    overlap = set(both) if isinstance(both, range) else both
    call = "paired_difference", (x1, x2, base), {"both": (overlap, None)}
    return pair_estimates(PairedDifference(tables=tables, full=full), target, call, **settings)
