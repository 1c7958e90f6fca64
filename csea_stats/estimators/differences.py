"""The difference between the shares of two independent groups, for each kind of target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.checking import (
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_threshold,
    share_pairs,
    targets,
)
from csea_stats.estimators.gap_spans import (
    Sides,
    bounded_gap,
    gap_above,
    observed_gap,
    sampled_gap,
    selected_gap,
)
from csea_stats.estimators.gaps import gap_limits
from csea_stats.estimators.intervals import checked_arrays
from csea_stats.estimators.logistic_gaps import logistic_gap
from csea_stats.estimators.marks import base_of, call_words, pair_caveats, provenance, target_caveats
from csea_stats.estimators.spans import corners
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.numbers import ratio
from csea_stats.results.values import Caveat, Estimate, Interval, Verdict
from csea_stats.results.verdicts import Direction, counted_verdict, population_verdict, sampled_verdict, side
from csea_stats.targets.populations import (
    TAUS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Count = int | AbstractSet[int]

DifferenceMethod = Literal["jeffreys", "newcombe", "miettinen-nurminen", "agresti-caffo"]
DIFFERENCE_METHODS: tuple[DifferenceMethod, ...] = ("jeffreys", "newcombe", "miettinen-nurminen", "agresti-caffo")
"""The methods for a difference of two shares; the first is the default."""

LOGISTIC = "logistic(0, 1) on the log odds ratio"
"""The strip's third member: the prior of the regressions."""
CORRELATIONS = (0.0, 0.875)
"""Correlations of the two groups' participation shown beside the target's own."""


def difference_interval(
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    method: DifferenceMethod = "jeffreys",
    level: float = 0.95,
) -> tuple[Array, Array]:
    """Return interval limits for differences of two shares, one for each table.

    Parameters
    ----------
    x1, n1, x2, n2 : array-like of int
        Counts and bases of the first and the second group; broadcast against each other.
    method : str, default "jeffreys"
        "jeffreys" (credible, independent Beta(1/2, 1/2) priors, by quadrature to 1e-6 or better), "newcombe",
        "miettinen-nurminen", "agresti-caffo" (confidence).
    level : float, default 0.95

    Returns
    -------
    lower, upper : numpy.ndarray
        -1 to 1.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If the method or level is none.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890; Miettinen & Nurminen (1985), Statistics in Medicine 4,
    213-226; Agresti & Caffo (2000), American Statistician 54, 280-288.

    Examples
    --------
    >>> lower, upper = difference_interval([7, 56], [7, 70], [28, 48], [42, 80], method="newcombe")
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([-0.0418, 0.0524], [0.4845, 0.3339])
    """
    first, second = checked_arrays(x1, n1), checked_arrays(x2, n2)
    method, level = check_method(method, DIFFERENCE_METHODS), check_level(level)  # type: ignore[assignment]
    try:
        np.broadcast_shapes(first[0].shape, second[0].shape)
    except ValueError as error:
        message = f"groups: found shapes {first[0].shape} and {second[0].shape}; allowed are equal ones"
        raise CountError(message) from error
    return gap_limits((*first, *second), method=method, level=level)


def difference(  # noqa: PLR0913 - settings are keyword-only
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    measure: Literal["difference"] = "difference",
    method: DifferenceMethod = "jeffreys",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.0,
    label: str | None = None,
) -> Estimate | Estimates:
    """Estimate the difference between the shares of two groups, with two kinds of interval.

    Parameters
    ----------
    first, second : (count, base)
        Of two groups that share no member: a subgroup and the rest, never a subgroup and the total. Counts and bases
        may be sets; every combination is then taken as feasible.
    measure : {"difference"}
        First share minus second share.
    method : str, default "jeffreys"
        "jeffreys" (credible), "newcombe", "miettinen-nurminen", "agresti-caffo" (confidence).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold : float or None, default 0
        What probability and verdict are about, between -1 and 1; None: neither.
    label : str, optional
        Completes "7 of 7 (100%) against 28 of 42 (67%) ...".

    Returns
    -------
    Estimate or Estimates
        ``companion`` is Newcombe's interval, or Jeffreys beside a confidence method. ``sensitivity`` holds the prior
        strip: independent Jeffreys, uniform, and the regression's Logistic(0, 1) on the log odds ratio.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    The verdict is about the direction that was observed: "above" if the first share is the larger.

    ============================ ========================================
    target                       methods
    ============================ ========================================
    Respondents                  all (counted: no interval)
    Superpopulation              all
    Population, Selection        jeffreys (correlated shifts, quadrature)
    Population, SelectionBounds  jeffreys, newcombe
    ============================ ========================================

    For a population both groups are selected, with the `Selection`'s correlation between them; the prior-free
    companion lets either ratio lie anywhere in its range whatever the other is.

    Examples
    --------
    >>> gap = difference((7, 7), (28, 42))
    >>> round(gap.interval.lower, 3), round(gap.interval.upper, 3), gap.verdict.word
    (0.019, 0.455, 'not settled')
    >>> round(gap.companion.lower, 3), round(gap.companion.upper, 3), round(gap.probability[0], 3)
    (-0.042, 0.484, 0.98)
    """
    if measure != "difference":
        message = f"measure: found {measure!r}; allowed in this version is 'difference'"
        raise InputError(message)
    sides = _side(first, "first"), _side(second, "second")
    wanted, several = targets(target)
    setting = _Setting(
        method=check_method(method, DIFFERENCE_METHODS),
        level=check_level(level),
        threshold=check_threshold(threshold, -1.0, 1.0),
        label=check_label(label),
    )
    found = [_estimate(sides, member, setting, (first, second)) for member in wanted]
    return Estimates(found) if several else found[0]


def _side(group: object, name: str) -> tuple[tuple[int, int], ...]:
    if not isinstance(group, (tuple, list)) or len(group) != 2:
        message = f"{name}: found {group!r}; allowed is a count and its base, such as (7, 7)"
        raise CountError(message)
    return share_pairs(group[0], group[1], name=f"{name} count")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    method: str
    level: float
    threshold: float | None
    label: str | None

    @property
    def other(self) -> str:
        return "newcombe" if self.method == "jeffreys" else "jeffreys"

    def interval(self, limits: tuple[float, float], method: str, words: str = "") -> Interval:
        kind: Literal["credible", "confidence"] = "credible" if method in _CREDIBLE else "confidence"
        return Interval(lower=limits[0], upper=limits[1], level=self.level, kind=kind, method=method + words)


_CREDIBLE = ("jeffreys", "uniform", LOGISTIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    values: tuple[float, float]
    interval: Interval | None = None
    companion: Interval | None = None
    strip: tuple[tuple[str, Interval], ...] = ()
    probability: tuple[float, float] | None = None
    verdict: Verdict | None = None


def _estimate(sides: Sides, target: Target, setting: _Setting, given: tuple[object, object]) -> Estimate:
    _check_rule(target, setting)
    observed = observed_gap(sides)
    direction: Direction = "below" if sum(observed) < 2 * (setting.threshold or 0.0) else "above"
    shown = _shown(sides, target, setting, direction)
    low, high = shown.values
    several = any(len(side) > 1 for side in sides)
    counts = tuple(sorted({(a, b) for a, _ in sides[0] for b, _ in sides[1]}))
    base = tuple(base_of(n for _, n in side) for side in sides)
    settings = {
        "method": (setting.method, "jeffreys"),
        "level": (setting.level, 0.95),
        "threshold": (setting.threshold, 0.0),
        "label": (setting.label, None),
        "target": (target, Superpopulation()),
    }
    return Estimate(
        label=setting.label,
        estimand="difference",
        scale="difference",
        target=target,
        value=None if several or low != high else low,
        bounds=(low, high) if several or low != high else None,
        interval=shown.interval,
        companion=shown.companion,
        threshold=setting.threshold,
        probability=shown.probability,
        sensitivity=shown.strip,
        verdict=shown.verdict,
        counts=counts,
        base=base,
        caveats=tuple(_caveats(sides, target, setting, shown)),
        provenance=provenance(call_words("difference", given, settings), (counts, base)),
    )


def _caveats(sides: Sides, target: Target, setting: _Setting, shown: _Shown) -> list[Caveat]:
    found = target_caveats(target)
    for pairs in sides:
        found.extend(pair_caveats(pairs, target, level=setting.level, closed=False))
    if not isinstance(target, Respondents):
        found.append(caveat("independent-groups"))
    if isinstance(target, Population):
        found.append(caveat("group-tiers"))
    asked, main, other = setting.threshold, shown.interval, shown.companion
    if asked is not None and main and other and shown.verdict and shown.verdict.word == "not settled":
        if side([main], asked) != side([other], asked):
            found.append(caveat("methods-disagree"))
        priors = [member for name, member in shown.strip if name in _CREDIBLE]
        if len({side([member], asked) for member in priors}) > 1:
            found.append(caveat("prior-decides"))
    return list(dict.fromkeys(found))


def _check_rule(target: Target, setting: _Setting) -> None:
    method = setting.method
    if isinstance(target, FinitePopulation) or getattr(target, "size", None) is not None:
        message = (
            f"difference has no form for {type(target).__name__} with a size, which says nothing of each group's: use "
            "Superpopulation() or Population(selection)"
        )
        raise UnsupportedTarget(message)
    if not isinstance(target, Population):
        return
    if isinstance(target.selection, Selection) and method != "jeffreys":
        factor = ratio(target.selection.ratio)
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='jeffreys', or 'newcombe' with SelectionBounds(ratio={factor})"
        )
        raise UnsupportedTarget(message)
    if isinstance(target.selection, SelectionBounds) and method not in ("jeffreys", "newcombe"):
        message = f"method {method!r} has no form with SelectionBounds: use 'jeffreys' or 'newcombe'"
        raise UnsupportedTarget(message)


def _shown(sides: Sides, target: Target, setting: _Setting, direction: Direction) -> _Shown:
    if isinstance(target, Respondents):
        asked = setting.threshold
        gaps = [x1 / n1 - x2 / n2 for x1, n1 in sides[0] for x2, n2 in sides[1]]
        verdict = None
        if asked is not None:
            verdict = counted_verdict(gaps, threshold=asked, direction=direction, scale="difference")
        return _Shown(values=observed_gap(sides), verdict=verdict)
    if isinstance(target, Population):
        if isinstance(target.selection, Selection):
            return _selected(sides, target, target.selection, setting, direction)
        return _bounded(sides, target, target.selection, setting, direction)
    return _sampled(sides, target.design_effect, setting, direction)


def _sampled(sides: Sides, effect: float, setting: _Setting, direction: Direction) -> _Shown:
    def interval(method: str) -> Interval:
        span = sampled_gap(sides, method, setting.level, effect)
        return setting.interval((span.lower, span.upper), method)

    main, other = interval(setting.method), interval(setting.other)
    limits = [
        logistic_gap((x1 / effect, n1 / effect, x2 / effect, n2 / effect), setting.level)
        for x1, n1 in corners(sides[0])
        for x2, n2 in corners(sides[1])
    ]
    logistic = (min(low for low, _ in limits), max(high for _, high in limits))
    strip = (
        ("jeffreys", interval("jeffreys")),
        ("uniform", interval("uniform")),
        (LOGISTIC, setting.interval(logistic, LOGISTIC)),
    )
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = sampled_verdict(everything, threshold=setting.threshold, direction=direction, scale="difference")
        above = gap_above(sides, setting.threshold, (0.0, 0.0, 0.0, 0.0), effect)
    return _Shown(
        values=observed_gap(sides), interval=main, companion=other, strip=strip, probability=above, verdict=verdict
    )


def _bounded(
    sides: Sides, target: Population, selection: SelectionBounds, setting: _Setting, direction: Direction
) -> _Shown:
    ratios = (1 / selection.ratio, selection.ratio)
    words = f", participation ratio within {ratio(selection.ratio)} in each group"

    def interval(method: str) -> Interval:
        span = bounded_gap(sides, method, setting.level, ratios, target.design_effect)
        return setting.interval((span.lower, span.upper), method, words)

    main, other = interval(setting.method), interval(setting.other)
    strip = tuple((prior, interval(prior)) for prior in ("jeffreys", "uniform"))
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = population_verdict(
            {selection.ratio: everything}, threshold=setting.threshold, direction=direction, scale="difference"
        )
        bound = (0.0, 0.0, 0.0, math.log(selection.ratio))
        above = gap_above(sides, setting.threshold, bound, target.design_effect)
    return _Shown(
        values=observed_gap(sides, ratios),
        interval=main,
        companion=other,
        strip=strip,
        probability=above,
        verdict=verdict,
    )


def _selected(
    sides: Sides, target: Population, selection: Selection, setting: _Setting, direction: Direction
) -> _Shown:
    strengths = tuple(sorted({*TAUS, selection.tau}))
    level, effect = setting.level, target.design_effect
    centre = math.exp(selection.mean)

    def interval(tau: float, correlation: float) -> Interval:
        span = selected_gap(sides, tau, selection.mean, correlation, level, effect)
        return setting.interval((span.lower, span.upper), "jeffreys")

    def bound(tau: float) -> Interval:
        reach = Selection(tau=tau).ratio
        span = bounded_gap(sides, "newcombe", level, (centre / reach, centre * reach), effect)
        words = f", participation ratio within {ratio(reach)} in each group"
        if selection.mean:
            words = f", participation ratio from {ratio(centre / reach)} to {ratio(centre * reach)} in each group"
        return setting.interval((span.lower, span.upper), "newcombe", words)

    own = selection.correlation
    strip = [(f"tau {tau:g}", interval(tau, own)) for tau in strengths]
    strip += [(f"correlation {value:g}", interval(selection.tau, value)) for value in CORRELATIONS if value != own]
    verdict, above = None, None
    if setting.threshold is not None:
        by_strength = {tau: [interval(tau, own), bound(tau)] for tau in strengths}
        verdict = population_verdict(by_strength, threshold=setting.threshold, direction=direction, scale="difference")
        prior = (selection.tau, selection.mean, own, 0.0)
        above = gap_above(sides, setting.threshold, prior, effect)
    return _Shown(
        values=selected_gap(sides, selection.tau, selection.mean, own, level, effect).medians,
        interval=interval(selection.tau, own),
        companion=bound(selection.tau),
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )
