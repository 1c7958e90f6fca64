"""`plan`: how many answers a width or a verdict takes, before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.base.binomial import interval_limits
from csea_stats.base.error_rates import gap_decisions, share_decisions
from csea_stats.base.exact_tests import binomial
from csea_stats.errors import InputError
from csea_stats.estimators.arguments import check_claim, check_level, check_threshold
from csea_stats.results.numbers import at_most, integer, probability

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.base.error_rates import Which
    from csea_stats.base.roots import Array

MOST = 100_000
"""Answers up to which a width is looked for."""

MOST_DECIDED = 500
"""Answers of one group up to which a verdict is enumerated."""

MOST_EACH = 120
"""Answers of each of two groups up to which it is."""

AHEAD = 20
"""Larger bases that must do as well: a verdict's chance goes up and down with the base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many answers are needed, and what they would give.

    Parameters
    ----------
    n : int
        Answers; of two groups in each.
    groups : {1, 2}
    width : float or None
        Of the wider of both intervals of a share where it is widest.
    power, type_s, type_m : float or None
        Where the truth is as stated: the probability that the claim is supported; of what is decided, the part with the
        wrong sign, and how many times too far from the threshold the observed value is on average.
    level : float
    """

    n: int
    groups: int = 1
    width: float | None = None
    power: float | None = None
    type_s: float | None = None
    type_m: float | None = None
    level: float = 0.95

    def __str__(self) -> str:
        answers = f"{integer(self.n)} answers{' in each group' if self.groups == 2 else ''}"
        if self.width is not None:
            return f"{answers}: both intervals of a share are at most {100 * self.width:.1f} points wide."
        told = (
            f"{answers}: the claim is supported with probability {probability(self.power or 0.0, self.power or 0.0)}."
        )
        if self.type_m is None or self.type_s is None:
            return told
        return (
            f"{told} Of what is decided at most {at_most(self.type_s)} has the wrong sign, and what is observed is "
            f"{self.type_m:.2f} times as far from the threshold as the truth."
        )


def plan(
    *,
    width: float | None = None,
    claim: Literal["above", "below"] | None = None,
    threshold: float | None = None,
    truth: float | tuple[float, float] | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> Plan:
    """Return how many answers a width, or a verdict, takes; by exact enumeration, chance alone allowed for.

    Parameters
    ----------
    width : float, optional
        How wide the intervals of a share may be wherever it is, between 0 and 1: .1 is ten points.
    claim : {"above", "below"}, optional
        Instead: the side of the threshold that is to be supported. By default the side on which the truth is.
    threshold : float, optional
        By default .5 for one share, 0 for two groups (others are not planned for).
    truth : float or (float, float), optional
        The share that is supposed; of two groups, both.
    power : float, default 0.8
        How probable the verdict "supported" must be, at this base and the next 20.
    level : float, default 0.95

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        If neither or both of a width and a truth are given, the truth is not on the side that is claimed, or more
        answers are needed than are looked at.

    Examples
    --------
    >>> plan(width=0.2).n
    94
    >>> found = plan(truth=0.7)
    >>> found.n, round(found.power, 2), round(found.type_m, 2)
    (54, 0.84, 1.09)
    """
    level = check_level(level)
    if (width is None) == (truth is None):
        message = f"width, truth: found {width!r} and {truth!r}; needed is one of them"
        raise InputError(message)
    if width is not None:
        return _for_width(_between("width", width), level)
    side = check_claim(claim)
    wanted = _between("power", power)
    given: object = truth
    if isinstance(given, (tuple, list)):
        if len(given) != 2 or threshold not in (None, 0, 0.0):
            message = f"truth: found {given!r} with threshold {threshold!r}; allowed are two shares, and threshold 0"
            raise InputError(message)
        first, second = (_between("truth", one) for one in given)
        if side == "below" or (side is None and first < second):
            first, second = second, first
        _beyond(first - second, 0.0, side)
        return _searched(lambda n: _gap_plan(n, first, second, level), wanted, MOST_EACH, 2)
    share, at = _between("truth", truth), check_threshold(threshold, 0.0, 1.0)
    held = 0.5 if at is None else at
    up = side == "above" or (side is None and share > held)
    _beyond((share - held) * (1 if up else -1), 0.0, side)
    return _searched(lambda n: _share_plan(n, share, held, up, level), wanted, MOST_DECIDED, 1)


def _between(name: str, value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1:
        return float(value)
    message = f"{name}: found {value!r}; allowed is a number between 0 and 1"
    raise InputError(message)


def _beyond(gap: float, least: float, side: object) -> None:
    if gap <= least:
        message = f"truth: it does not lie {side or 'beyond'} the threshold, so no number of answers supports the claim"
        raise InputError(message)


def _for_width(width: float, level: float) -> Plan:
    """Find the least base of which no interval is wider, nor of any larger one."""

    def widest(n: int) -> float:
        x = np.array([n // 2, (n + 1) // 2])
        limits = (interval_limits(x, np.full(2, n), method=method, level=level) for method in ("jeffreys", "wilson"))
        return max(float((upper - lower).max()) for lower, upper in limits)

    low, high = 1, 2
    while widest(high) > width:
        low, high = high, high * 2
        if high > MOST:
            message = f"width: found {width!r}, which takes more than {integer(MOST)} answers; allowed is a wider one"
            raise InputError(message)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if widest(middle) > width else (low, middle)
    return Plan(n=high, width=widest(high), level=level)


def _searched(at: Callable[[int], Plan], wanted: float, most: int, groups: int) -> Plan:
    """Return the plan of the least base from which on the power is enough."""
    ahead, high = (AHEAD if groups == 1 else 2), 4
    while (at(high).power or 0.0) < wanted:
        high *= 2
        if high > most:
            message = f"power: {wanted:g} takes more than {most} answers; allowed is a lower one, or another truth"
            raise InputError(message)
    if groups == 2:
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if (at(middle).power or 0.0) >= wanted else (middle, high)
    n = min(high + ahead, most)
    while n > 1 and (at(n - 1).power or 0.0) >= wanted:
        n -= 1
    return at(n)


def _share_plan(n: int, share: float, threshold: float, up: bool, level: float) -> Plan:  # noqa: FBT001
    above, below = share_decisions(n, (threshold, None), level)
    right, wrong = (above, below) if up else (below, above)
    chance = binomial(n, np.array([share]))[:, 0]
    far = abs(np.arange(n + 1) / n - threshold) / abs(share - threshold)
    return _told(n, 1, (chance, right, wrong, far), level)


def _gap_plan(n: int, first: float, second: float, level: float) -> Plan:
    above = gap_decisions(n, n, level)
    one, other = (binomial(n, np.array([share]))[:, 0] for share in (first, second))
    gaps = (np.arange(n + 1)[:, None] - np.arange(n + 1)[None, :]) / n
    return _told(n, 2, (np.outer(one, other), above, above[::-1, ::-1], abs(gaps) / (first - second)), level)


def _told(n: int, groups: int, found: tuple[Array, Which, Which, Array], level: float) -> Plan:
    chance, right, wrong, far = found
    supported, contradicted = float(chance[right].sum()), float(chance[wrong].sum())
    decided = supported + contradicted
    return Plan(
        n=n,
        groups=groups,
        power=supported,
        type_s=contradicted / decided if decided else None,
        type_m=float((chance * far)[right | wrong].sum()) / decided if decided else None,
        level=level,
    )
