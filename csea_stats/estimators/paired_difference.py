"""The difference between two shares of the same people, whatever is known of who gave both answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import TYPE_CHECKING, ClassVar, Literal, overload

import numpy as np

from csea_stats.base.paired import (
    ALIKE,
    PairPosterior,
    Weights,
    bonett_price_limits,
    sampled_pairs,
    score_upper,
    selected_pairs,
)
from csea_stats.errors import CountError, UnsupportedTarget
from csea_stats.estimators.arguments import (
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_threshold,
    feasible,
    share_pairs,
    targets,
)
from csea_stats.estimators.assumptions import base_of, call_words, count_caveats, target_caveats
from csea_stats.estimators.estimand import CACHED, ENDS, ByPosterior, Method, Setting
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.overlaps import feasible_overlaps
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import count_words, ratio
from csea_stats.targets.populations import Population, Respondents, Selection, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.estimand import End, Further, Inference, Limits, Participation, Posterior
    from csea_stats.results.estimate import Estimate
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
    if isinstance(both, range):
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
        message = f"both: found {both!r} with {x1!r} and {x2!r} of {base!r}"
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
    weights = worst_weights(who.ratios[1], "high")
    return (
        -max(float(score_upper(c, b, n, level=level, weights=each).max()) for each in weights),
        max(float(score_upper(b, c, n, level=level, weights=each).max()) for each in weights),
    )


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


@overload
def paired_difference(
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = ...,
    *,
    method: PairMethod = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimate: ...


@overload
def paired_difference(
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = ...,
    *,
    method: PairMethod = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimates: ...


def paired_difference(  # noqa: PLR0913 - settings are keyword-only
    x1: Count,
    x2: Count,
    base: Count,
    both: Count | range | None = None,
    *,
    method: PairMethod = "dirichlet",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.0,
    label: str | None = None,
) -> Estimate | Estimates:
    """Estimate the difference between two shares of the same people.

    Parameters
    ----------
    x1, x2 : int or set of int
        How many gave the first answer, and the second; sets where print allows several.
    base : int or set of int
        How many were asked for both.
    both : int, set or range of int, optional
        How many gave both; 0 for two answers of a question with one answer each. None: every number that the counts
        allow, max(0, x1 + x2 - base) to min(x1, x2).
    method : str, default "dirichlet"
        "dirichlet" (credible: a Dirichlet(1/2, 1/2, 1/2, 1/2) prior on both, either alone, neither), "tango",
        "bonett-price" (confidence).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold : float or None, default 0
        What probability and verdict are about, between -1 and 1; None: neither.
    label : str, optional
        Completes "39 of 49 (80%) against 35 of 49 (71%) ...".

    Returns
    -------
    Estimate or Estimates
        The value is known whatever the overlap; interval, companion (Tango's, or the Dirichlet one beside a confidence
        method), strip and probability are the hull over all overlaps. ``base`` names the same people twice.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or no table has these counts.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    With b who gave the first answer alone and c the second alone, the shares of these two and of the rest are
    Dirichlet(b + 1/2, c + 1/2, base - b - c + 1). The difference is S (2V - 1), with S ~ Beta(b + c + 1,
    base - b - c + 1) and V ~ Beta(b + 1/2, c + 1/2) independent, and positive with the probability of V > 1/2; limits
    by quadrature to 1e-6 or better. Every overlap is looked at; among people like these both intervals are the wider
    the fewer gave both (a test looks at many counts). Taking the two answers as independent lies in between: it is no
    safe choice. Ends are not closed: where all gave the first answer and nobody the second, the limit is
    below 1.

    ============================ ================================================================
    target                       methods
    ============================ ================================================================
    Respondents                  all (counted: no interval)
    Superpopulation              all
    Population, Selection        dirichlet: shares of the three kinds times exp(-lambda), lambda
                                 independent Normal(0, tau^2 / 2), scaled to sum to 1
    Population, SelectionBounds  dirichlet, tango: the worst weights within the ratio
    ============================ ================================================================

    With a `Selection` any two of the three kinds (first alone, second alone, the rest) have a log participation ratio
    with standard deviation tau; its ``correlation``, which is about two groups, does not enter. The confidence
    companion is Tango's score interval of the reweighted shares, at the worst weights.

    References
    ----------
    Tango (1998), Statistics in Medicine 17, 891-908; Bonett & Price (2012), Journal of Educational and Behavioral
    Statistics 37, 479-488; Fagerland, Lydersen & Laake (2014), Statistics in Medicine 33, 2850-2875.

    Examples
    --------
    >>> gap = paired_difference(39, 35, 49)
    >>> round(gap.interval.lower, 3), round(gap.interval.upper, 3), gap.verdict.word
    (-0.112, 0.266, 'not settled')
    >>> round(gap.companion.lower, 3), round(gap.companion.upper, 3), [round(p, 3) for p in gap.probability]
    (-0.116, 0.273, [0.793, 0.985])
    >>> paired_difference(46, 35, 49).verdict.word  # whatever the overlap
    'supported'
    """
    tables, full = pair_tables(x1, x2, base, both)
    wanted, several = targets(target)
    setting = Setting(
        method=check_method(method, PAIR_METHODS),
        level=check_level(level),
        threshold=check_threshold(threshold, -1.0, 1.0),
        label=check_label(label),
    )
    quantity, found = PairedDifference(tables=tables, full=full), []
    for member in wanted:
        overlap = set(both) if isinstance(both, range) else both
        settings: dict[str, tuple[object, object]] = {"both": (overlap, None)}
        settings |= setting.told(member, method="dirichlet", threshold=0.0)
        found.append(
            estimate(quantity, member, setting, call=call_words("paired_difference", (x1, x2, base), settings))
        )
    return Estimates(found) if several else found[0]


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
    tables: Tables
    full: Full

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

    def check(self, target: Target, method: str) -> None:
        """Refuse a mean, too, which does not say how those who gave both answers took part."""
        ByPosterior.check(self, target, method)
        if isinstance(target, Population) and isinstance(target.selection, Selection) and target.selection.mean:
            message = (
                "paired_difference has no form for a Selection with a mean, which does not say how those who gave both "
                "answers took part: use mean=0, or SelectionBounds(ratio=...)"
            )
            raise UnsupportedTarget(message)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:  # noqa: ARG002
        """Yield the target's, either count's, and what is known of the overlap."""
        told = ("selection-assumed", "selection-bounded")
        yield from (doubt for doubt in target_caveats(target) if doubt.code not in told)
        if isinstance(target, Population):
            sure = ", with 95% probability" if isinstance(target.selection, Selection) else ""
            yield caveat("selection-by-pair", ratio=ratio(target.selection.ratio), probability=sure)
        for place in (0, 1):
            pairs = tuple(sorted({(table[place], table[3]) for table in self.full}))
            yield from count_caveats(pairs, target)
        overlaps = sorted({table[2] for table in self.full})
        if len(overlaps) == 1:
            yield caveat("same-people", both=overlaps[0])
        elif not isinstance(target, Respondents):
            yield caveat("overlap-open", both=count_words(tuple(overlaps)))
