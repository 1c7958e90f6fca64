"""The difference between the shares of two independent groups, for each kind of target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

import numpy as np

from csea_stats.errors import CountError, InputError
from csea_stats.estimators.checking import (
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_threshold,
    share_pairs,
    targets,
)
from csea_stats.estimators.gap_spans import observed_gap
from csea_stats.estimators.gap_tiers import CHANCE_ALONE, CREDIBLE, GapSetting, check_gap_rule, gap_shown
from csea_stats.estimators.gaps import gap_limits
from csea_stats.estimators.intervals import checked_arrays
from csea_stats.estimators.marks import Shown, base_of, call_words, pair_caveats, provenance, target_caveats
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.values import Caveat, Estimate, Interval
from csea_stats.results.verdicts import Direction, side
from csea_stats.targets.populations import Population, Respondents, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import ArrayLike, NDArray

    from csea_stats.estimators.gap_spans import Sides

    Array = NDArray[np.float64]
    Count = int | AbstractSet[int]

DifferenceMethod = Literal["jeffreys", "newcombe", "miettinen-nurminen", "agresti-caffo"]
DIFFERENCE_METHODS: tuple[DifferenceMethod, ...] = ("jeffreys", "newcombe", "miettinen-nurminen", "agresti-caffo")
"""The methods for a difference of two shares; the first is the default."""


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


@overload
def difference(
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    measure: Literal["difference"] = ...,
    method: DifferenceMethod = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimate: ...
@overload
def difference(
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    measure: Literal["difference"] = ...,
    method: DifferenceMethod = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | None = ...,
    label: str | None = ...,
) -> Estimates: ...
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
        strip: independent Jeffreys, uniform, and the regression's Logistic(0, 1) on the log odds ratio; for a
        population with a `Selection` the last two as for chance alone, since its verdict needs them too.

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
    setting = GapSetting(
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


def _estimate(sides: Sides, target: Target, setting: GapSetting, given: tuple[object, object]) -> Estimate:
    check_gap_rule(target, setting)
    observed = observed_gap(sides)
    direction: Direction = "below" if sum(observed) < 2 * (setting.threshold or 0.0) else "above"
    shown = gap_shown(sides, target, setting, direction)
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


def _priors(shown: Shown, main: Interval, threshold: float) -> list[Interval]:
    """Return the interval under each customary prior, where they can be held against each other."""
    alone = [member for name, member in shown.strip if name in CHANCE_ALONE]
    if not alone:
        return [member for name, member in shown.strip if name in CREDIBLE]
    # With a prior on who took part the interval is the wider one: only if it is settled does another prior decide.
    return [main, *alone] if side([main], threshold) else []


def _caveats(sides: Sides, target: Target, setting: GapSetting, shown: Shown) -> list[Caveat]:
    found = target_caveats(target, groups=True)
    for pairs in sides:
        found.extend(pair_caveats(pairs, target, level=setting.level, closed=False))
    if not isinstance(target, Respondents):
        found.append(caveat("independent-groups"))
    if isinstance(target, Population):
        found.append(caveat("group-tiers"))
    asked, main, other = setting.threshold, shown.interval, shown.companion
    if asked is not None and main and other and shown.verdict and shown.verdict.word == "not settled":
        if not isinstance(target, Population) and side([main], asked) != side([other], asked):
            found.append(caveat("methods-disagree"))
        if len({side([member], asked) for member in _priors(shown, main, asked)}) > 1:
            found.append(caveat("prior-decides"))
    return list(dict.fromkeys(found))
