"""Two independent groups compared: the difference of their shares, their ratio, the odds ratio, for each target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, cast, overload

import numpy as np

from csea_stats.base.odds_ratios import odds_limits
from csea_stats.base.two_binomials import gap_limits, ratio_limits
from csea_stats.errors import CountError, InputError, check_choice, in_short, is_of, members, plain_text, plain_value
from csea_stats.estimators.arguments import (
    TargetOrTargets,
    check_goal,
    check_label,
    check_level,
    check_method,
    group_pairs,
    joint_tables,
    targets,
    whole,
)
from csea_stats.estimators.comparison import Difference, GroupComparison, OddsRatio, Ratio
from csea_stats.estimators.estimand import Setting
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.proportion import checked_arrays
from csea_stats.results.estimates import Estimates
from csea_stats.results.recipes import call_words
from csea_stats.targets.populations import FinitePopulation, Population, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import ArrayLike, NDArray

    from csea_stats.results.estimate import Estimate

    Array = NDArray[np.float64]
    Count = int | AbstractSet[int] | AbstractSet[tuple[int, int]]

DifferenceMethod = Literal["jeffreys", "newcombe", "miettinen-nurminen", "agresti-caffo", "clopper-pearson"]

RatioMethod = Literal["jeffreys", "miettinen-nurminen", "mover-wilson"]

OddsMethod = Literal["logistic", "log-f", "firth", "exact-conditional"]

Measure = Literal["difference", "ratio", "odds-ratio"]

AnyMethod = DifferenceMethod | RatioMethod | OddsMethod

DIFFERENCE_METHODS = Difference.offered()
"""The methods for a difference of two shares; the first is the default."""

MEASURES: dict[Measure, type[GroupComparison]] = {"difference": Difference, "ratio": Ratio, "odds-ratio": OddsRatio}
"""How two shares can be compared; the first is the default."""


def difference_interval(  # noqa: PLR0913 - settings are keyword-only
    x1: ArrayLike,
    n1: ArrayLike,
    x2: ArrayLike,
    n2: ArrayLike,
    *,
    measure: Measure = "difference",
    method: AnyMethod | None = None,
    level: float = 0.95,
) -> tuple[Array, Array]:
    """Return interval limits for differences or ratios of two shares, one for each table.

    Parameters
    ----------
    x1, n1, x2, n2 : array-like of int
        Counts and bases of the first and the second group; broadcast against each other.
    measure : {"difference", "ratio", "odds-ratio"}, default "difference"
    method : str, optional
        Of a difference "jeffreys" (the default; credible, independent Beta(1/2, 1/2) priors, by quadrature to 1e-6 or
        better), "newcombe", "miettinen-nurminen", "agresti-caffo", "clopper-pearson" (confidence; the last is
        guaranteed). Of a ratio "jeffreys", "miettinen-nurminen", "mover-wilson". Of an odds ratio "logistic"
        (credible), "log-f", "firth", "exact-conditional" (confidence; the last is guaranteed).
    level : float, default 0.95

    Returns
    -------
    lower, upper : numpy.ndarray
        -1 to 1; a ratio 0 to infinity.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If the measure, the method or the level is none.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890; Miettinen & Nurminen (1985), Statistics in Medicine 4,
    213-226; Agresti & Caffo (2000), American Statistician 54, 280-288.

    Examples
    --------
    >>> lower, upper = difference_interval([7, 56], [7, 70], [28, 48], [42, 80], method="newcombe")
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([-0.0418, 0.0524], [0.4845, 0.3339])
    >>> lower, upper = difference_interval([7, 5], [7, 9], [28, 0], [42, 9], measure="odds-ratio", method="firth")
    >>> np.log(lower).round(3).tolist(), np.log(upper).round(3).tolist()
    ([-0.191, 0.664], [6.924, 8.105])
    """
    first, second = checked_arrays(x1, n1), checked_arrays(x2, n2)
    measure = _measure(measure)
    name, level = _method(method, measure), check_level(level)
    try:
        shape = np.broadcast_shapes(first[0].shape, second[0].shape)
    except ValueError as error:
        message = f"groups: found shapes {first[0].shape} and {second[0].shape}; allowed are equal ones"
        raise CountError(message) from error
    groups = tuple(np.broadcast_to(part, shape) for part in (*first, *second))
    table = groups[0], groups[1], groups[2], groups[3]
    if not table[0].size:
        return np.zeros(shape), np.zeros(shape)
    rule = {"difference": gap_limits, "ratio": ratio_limits, "odds-ratio": odds_limits}[measure]
    return rule(table, method=name, level=level)


def _measure(measure: object) -> Measure:
    return cast("Measure", check_choice("measure", measure, MEASURES))


def _method(method: object, measure: Measure) -> str:
    allowed = MEASURES[measure].offered()
    if method is None:
        return allowed[0]
    method = plain_value(method)
    try:
        return check_method(method, allowed)
    except InputError as error:
        owners = [known for known, kind in MEASURES.items() if is_of(method, str) and method in kind.offered()]
        hint = f"; {method!r} is a method for measure={owners[0]!r}" if owners else ""
        message = f"{error} (measure {measure!r}){hint}"
        raise InputError(message) from None


@overload
def difference(
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    measure: Measure = ...,
    method: AnyMethod | None = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | Literal["alike"] | None = ...,
    claim: Literal["above", "below"] | None = ...,
    within: tuple[float, float] | None = ...,
    sizes: tuple[int, int] | None = ...,
    label: str | None = ...,
    together: AbstractSet[tuple[tuple[int, int], tuple[int, int]]] | None = ...,
) -> Estimate: ...


@overload
def difference(
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    measure: Measure = ...,
    method: AnyMethod | None = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | Literal["alike"] | None = ...,
    claim: Literal["above", "below"] | None = ...,
    within: tuple[float, float] | None = ...,
    sizes: tuple[int, int] | None = ...,
    label: str | None = ...,
    together: AbstractSet[tuple[tuple[int, int], tuple[int, int]]] | None = ...,
) -> Estimates: ...


def difference(  # noqa: PLR0913 - settings are keyword-only
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    measure: Measure = "difference",
    method: AnyMethod | None = None,
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | Literal["alike"] | None = "alike",
    claim: Literal["above", "below"] | None = None,
    within: tuple[float, float] | None = None,
    sizes: tuple[int, int] | None = None,
    label: str | None = None,
    together: AbstractSet[tuple[tuple[int, int], tuple[int, int]]] | None = None,
) -> Estimate | Estimates:
    """Estimate how the shares of two groups compare, with two kinds of interval.

    Parameters
    ----------
    first, second : (count, base)
        Of two groups that share no member: a subgroup and the rest, never a subgroup and the total. Counts and bases
        may be sets; every combination is then taken as feasible, unless the counts are (count, base) pairs.
    measure : {"difference", "ratio", "odds-ratio"}, default "difference"
        First share minus second share, over it, or the ratio of their odds.
    method : str, optional
        Of a difference "jeffreys" (the default, credible), "newcombe", "miettinen-nurminen", "agresti-caffo",
        "clopper-pearson" (both shares at once: at least the level). Of a ratio "jeffreys" (the default),
        "miettinen-nurminen", "mover-wilson". Of an odds ratio "logistic" (the default: a Logistic(0, 1) prior on its
        log), "log-f" and "firth" (penalised likelihood, profiled), "exact-conditional" (at least the level; infinite
        beside a zero cell).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold : float, "alike" or None, default "alike"
        What probability and verdict are about. "alike": 0 for a difference, 1 for a ratio; None: neither.
    claim : {"above", "below"}, optional
        On which side of the threshold it is claimed to be. By default on the side that was observed.
    within : (float, float), optional
        Instead of a threshold: that it lies between the two, such as (-0.1, 0.1) for shares as good as equal.
    sizes : (int, int), optional
        For a target with a size: how many people of either group it holds, those who answered included. Of a
        difference by "jeffreys" or "newcombe" only.
    label : str, optional
        Completes "7 of 7 (100%) against 28 of 42 (67%) ...".
    together : set of ((count, base), (count, base)), optional
        Of the combinations of both groups' feasible counts and bases those that are feasible, as where print gives the
        sum of the two counts. None: all of them.

    Returns
    -------
    Estimate or Estimates
        ``companion`` is the default of the other kind: Newcombe's interval of a difference, Miettinen and Nurminen's of
        a ratio, the log-F(1, 1) profile of an odds ratio. ``sensitivity`` holds the prior strip: independent Jeffreys,
        uniform, and the regression's Logistic(0, 1) on the log odds ratio; for an odds ratio Normal(0, 1),
        Logistic(0, 1), Normal(0, 2.5). For a population with a `Selection` also other strengths and correlations.

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
    The verdict is about the direction that was observed: "above" if the first share is the larger. That the shares are
    equal is one hypothesis: at "alike" it is made by the intervals of the difference, whatever the measure, and where
    those shown of a ratio would say otherwise a caveat says so.

    For a population both groups are selected, with the `Selection`'s correlation between them; the prior-free
    companion lets either ratio lie anywhere in its range whatever the other is. Of the log odds ratio the population's
    is less by the difference of the groups' log participation ratios, so what they have in common cancels.

    Where a count is 0 a Jeffreys ratio is closed at 0 (first group) or has no upper limit (second group).

    Examples
    --------
    >>> gap = difference((7, 7), (28, 42))
    >>> round(gap.interval.lower, 3), round(gap.interval.upper, 3), gap.verdict.word
    (0.019, 0.455, 'not settled')
    >>> round(gap.companion.lower, 3), round(gap.companion.upper, 3), round(gap.probability[0], 3)
    (-0.042, 0.484, 0.98)
    >>> tied = {((15, 20), (10, 20)), ((16, 20), (9, 20))}  # 25 in all
    >>> difference(({15, 16}, 20), ({9, 10}, 20), together=tied).counts
    ((15, 10), (16, 9))
    >>> odds = difference((7, 7), (28, 42), measure="odds-ratio")
    >>> odds.value, round(odds.interval.lower, 2), round(odds.companion.lower, 2), odds.verdict.word
    (inf, 0.89, 0.9, 'not settled')
    """
    measure = _measure(measure)
    sides = group_pairs(first, "first"), group_pairs(second, "second")
    wanted, several = targets(target)
    name = _method(method, measure)
    ends, alike = ((-1.0, 1.0), 0.0) if measure == "difference" else ((0.0, math.inf), 1.0)
    groups = _sizes(sizes, wanted, measure)
    sides, joint = joint_tables(together, sides)
    kind = MEASURES[measure]
    quantity = Difference(sides=sides, joint=joint, sizes=groups) if groups else kind(sides=sides, joint=joint)
    asked = alike if is_of(threshold, str) and plain_text(threshold) == "alike" else threshold
    setting = Setting(
        method=name,
        level=check_level(level),
        label=check_label(label),
        **check_goal(claim, asked, within, ends, alike),
    )
    found = []
    for member in wanted:
        settings = {
            "measure": (measure, "difference"),
            "method": (name, _method(None, measure)),
            "level": (setting.level, 0.95),
            "threshold": (alike if setting.within else setting.threshold, alike),
            "claim": (setting.direction, None),
            "within": (setting.within, None),
            "sizes": (groups if _size(member) else None, None),
            "label": (setting.label, None),
            "together": (None if together is None else set(together), None),
            "target": (member, Superpopulation()),
        }
        call = call_words("difference", (first, second), settings)
        found.append(estimate(quantity, member, setting, call=call))
    return Estimates(found) if several else found[0]


def _size(target: Target) -> int | None:
    return target.size if isinstance(target, (FinitePopulation, Population)) else None


def _sizes(sizes: object, wanted: Sequence[Target], measure: Measure) -> tuple[int, int] | None:
    if sizes is None:
        return None
    if measure != "difference":
        message = f"sizes: found {in_short(sizes)} with measure={measure!r}; only a difference takes them"
        raise InputError(message)
    two = members(sizes)
    if two is None or len(two) != 2:
        message = f"sizes: found {in_short(sizes)}; allowed is how many people either group has, such as (120, 800)"
        raise InputError(message)
    if all(_size(member) is None for member in wanted):
        message = (
            f"sizes: found {in_short(sizes)}, but no target has a size; use FinitePopulation(size) or "
            "Population(size=...)"
        )
        raise InputError(message)
    return whole(two[0], "sizes"), whole(two[1], "sizes")
