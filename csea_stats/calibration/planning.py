"""`plan`: how many answers a width or a verdict takes, and what so many, or some more, would show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import bdtrc

from csea_stats.base.binomial import interval_limits, limits_of_every_count
from csea_stats.base.error_rates import gap_decisions, share_decisions
from csea_stats.base.exact_tests import binomial
from csea_stats.base.selection import shift_odds
from csea_stats.errors import InputError, check_kind, check_whole, in_short, real_number
from csea_stats.estimators.arguments import check_claim, check_level, check_threshold, check_without, group_pairs
from csea_stats.estimators.proportion import proportion
from csea_stats.results.numbers import at_most, integer, probability
from csea_stats.targets.populations import Population, Selection, SelectionBounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.base.error_rates import Which
    from csea_stats.base.roots import Array

POWER = 0.8
"""How probable a verdict must be by default."""

MOST = 100_000
"""Answers up to which a width is looked for."""

MOST_DECIDED = 500
"""Answers of one group up to which a verdict is enumerated."""

MOST_EACH = 120
"""Answers of each of two groups up to which it is."""

AHEAD = 20
"""Larger bases that must do as well: a verdict's chance goes up and down with the base."""

AHEAD_OF_GROUPS = 2
"""The same of two groups, where it hardly does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many answers are needed, and what they would give.

    Parameters
    ----------
    n : int or (int, int)
        Answers; of two groups in each, or of either where they differ.
    groups : {1, 2}
    width : float or None
        Of the wider of both intervals of a share where it is widest; of what was observed, and on average with more.
    power, type_s, type_m : float or None
        Where the truth is as stated: the probability that the claim is supported; of what is decided, the part with the
        wrong sign, and how many times too far from the threshold the observed value is on average.
    known : bool
        Whether these answers were observed, so that `power` is 0 or 1.
    selected : float or None
        Where answers are from those who took part in a population: the probability that the claim is supported of it.
    more : Plan or None
        The same with more answers.
    level : float
    """

    n: int | tuple[int, int]
    groups: int = 1
    width: float | None = None
    power: float | None = None
    type_s: float | None = None
    type_m: float | None = None
    known: bool = False
    selected: float | None = None
    more: Plan | None = None
    level: float = 0.95

    def __str__(self) -> str:
        told = [self._alone()]
        if self.selected is not None:
            told.append(f"Of a population, as assumed, it is supported with probability {_chance(self.selected)}.")
        if self.more is not None:
            told.append(f"With more: {self.more}")
        return " ".join(told)

    def _alone(self) -> str:
        sizes = [self.n] if isinstance(self.n, int) else self.n
        answers = " and ".join(map(integer, sizes)) + (" answer" if self.n == 1 else " answers")
        answers += " in each group" if self.groups == 2 and isinstance(self.n, int) else ""
        points = f"{100 * (self.width or 0.0):.1f} points wide"
        if self.power is None:
            return f"{answers}: both intervals of a share are at most {points}."
        told = f"{answers}: the claim is supported with probability {_chance(self.power)}."
        if self.known:
            told = f"{answers}: the claim is {'' if self.power else 'not '}supported."
        elif not self.power:
            told = f"{answers} cannot show this."
        if self.width is not None:
            told += f" The wider of both intervals is {'' if self.known else 'on average '}{points}."
        if self.type_m is None or self.type_s is None:
            return told
        return (
            f"{told} Of what is decided at most {at_most(self.type_s)} has the wrong sign, and what is observed is "
            f"{self.type_m:.2f} times as far from the threshold as the truth."
        )


def _chance(value: float) -> str:
    return probability(value, value)


def plan(  # noqa: PLR0913 - settings are keyword-only
    *,
    width: float | None = None,
    claim: Literal["above", "below"] | None = None,
    threshold: float | None = None,
    truth: float | tuple[float, float] | None = None,
    observed: tuple[int, int] | None = None,
    n: int | tuple[int, int] | None = None,
    more: int = 0,
    selection: Selection | SelectionBounds | None = None,
    power: float = POWER,
    level: float = 0.95,
) -> Plan:
    """Return how many answers a width, or a verdict, takes, or what so many show; by exact enumeration.

    Parameters
    ----------
    width : float, optional
        How wide the intervals of a share may be wherever it is, between 0 and 1: .1 is ten points.
    claim : {"above", "below"}, optional
        Instead: the side of the threshold that is to be supported. By default the side on which the truth is, or what
        was observed.
    threshold : float, optional
        By default .5 for one share, 0 for two groups (others are not planned for).
    truth : float or (float, float), optional
        The share that is supposed; of two groups, both.
    observed : (count, base), optional
        Instead of a truth: answers at hand. What so many and `more` show is then averaged over the shares that they
        leave probable, by Jeffreys' prior.
    n : int or (int, int), optional
        Of a truth: what so many answers, of two groups in either, would show. By default the number is looked for.
    more : int, default 0
        What so many further answers, of two groups in each, would add.
    selection : Selection or SelectionBounds, optional
        Of one share: the truth is that of a population, in which participation differed so, and the claim is of it, at
        every strength shown.
    power : float, default 0.8
        How probable the verdict "supported" must be, at this base and the next 20, of two groups at the next 2.
    level : float, default 0.95

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        If not one of a width, a truth and what was observed is given, the truth is not on the side that is claimed, or
        more answers are needed than are looked at.

    Notes
    -----
    With a `Selection` the answers' share is the population's with its odds times the participation ratio, averaged
    over its prior; with bounds it is the one at the ratio that hurts most. `power` is still that of a claim about
    people like those who answer; the number is looked for by that of the population.

    Examples
    --------
    >>> plan(width=0.2).n
    94
    >>> found = plan(truth=0.7)
    >>> found.n, round(found.power, 2), round(found.type_m, 2)
    (54, 0.84, 1.09)
    >>> at_hand = plan(observed=(29, 49), more=20)
    >>> at_hand.power, round(at_hand.more.power, 2)
    (0.0, 0.15)
    >>> contrast = plan(truth=(0.9, 0.6), n=(7, 42))
    >>> round(contrast.power, 2), round(contrast.type_m, 2)
    (0.26, 1.52)
    """
    level = check_level(level)
    asked = [name for name, one in (("width", width), ("truth", truth), ("observed", observed)) if one is not None]
    if len(asked) != 1:
        message = f"width, truth, observed: found {' and '.join(asked) or 'none'}; needed is one of them"
        raise InputError(message)
    further, wanted = check_whole("more", more, 0, MOST_DECIDED), _between("power", power)
    usual = None if wanted == POWER else wanted
    if width is not None:
        check_without(
            "width", claim=claim, threshold=threshold, n=n, more=further or None, selection=selection, power=usual
        )
        return _for_width(_between("width", width), level)
    side = check_claim(claim)
    check_without("observed" if n is None else "n", power=usual if n is not None or observed is not None else None)
    given: object = truth
    if isinstance(given, (tuple, list)):
        if selection is not None:
            message = f"selection: found {in_short(selection)} with two shares; allowed is one truth"
            raise InputError(message)
        return _of_groups(given, (threshold, side, n), wanted, further, level)
    at = check_threshold(threshold, 0.0, 1.0)
    held = 0.5 if at is None else at
    if observed is not None:
        pairs = group_pairs(observed, "observed")
        if len(pairs) > 1 or pairs[0][1] > MOST_DECIDED or selection is not None or n is not None:
            message = (
                f"observed: found {observed!r}; allowed is one count of one base up to {MOST_DECIDED}, without n and "
                "selection"
            )
            raise InputError(message)
        count, base = pairs[0]
        up = side == "above" or (side is None and count >= held * base)
        return _at_hand(count, base, (held, up, level), further)
    share = _between("truth", truth)
    up = side == "above" or (side is None and share > held)
    _beyond((share - held) * (1 if up else -1), 0.0, side)
    look = ShareLook(share=share, threshold=held, up=up, level=level, selection=_checked(selection))
    people = _searched(look.sought, wanted, MOST_DECIDED, 1).n if n is None else check_whole("n", n, 1, MOST_DECIDED)
    if not isinstance(people, int):
        raise TypeError(people)
    return replace(look.at(people), more=look.at(people + further) if further else None)


def _between(name: str, value: object) -> float:
    found = real_number(value)
    if found is not None and 0 < found < 1:
        return found
    message = f"{name}: found {in_short(value)}; allowed is a number between 0 and 1"
    raise InputError(message)


def _beyond(gap: float, least: float, side: object) -> None:
    if gap <= least:
        message = f"truth: it does not lie {side or 'beyond'} the threshold, so no number of answers supports the claim"
        raise InputError(message)


def _for_width(width: float, level: float) -> Plan:
    """Find the least base of which no interval is wider, nor of any larger one."""

    def widest(n: int) -> float:
        x = np.array([n // 2, (n + 1) // 2])
        limits = (interval_limits(x, np.full(2, n), method=method, level=level) for method in BOTH)
        return max(float((upper - lower).max()) for lower, upper in limits)

    low, high = 0, 1
    while widest(high) > width:
        low, high = high, high * 2
        if high > MOST:
            message = (
                f"width: found {in_short(width)}, which takes more than {integer(MOST)} answers; allowed is a wider one"
            )
            raise InputError(message)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if widest(middle) > width else (low, middle)
    return Plan(n=high, width=widest(high), level=level)


def _searched(at: Callable[[int], Plan], wanted: float, most: int, groups: int) -> Plan:
    """Return the plan of the least base at which, and at the next ones, the power is enough.

    Of two groups, which take longer and of which the power rises more evenly, no base below the last doubling is tried.
    """

    @cache
    def enough(people: int) -> bool:
        return (at(people).power or 0.0) >= wanted

    n, ahead = 1, AHEAD
    if groups == 2:
        ahead = AHEAD_OF_GROUPS
        while 2 * n < most and not enough(2 * n):
            n *= 2
        n = most + 1 if 2 * n >= most and not enough(most) else n
    while n <= most:
        short = next((people for people in range(n + ahead, n - 1, -1) if not enough(people)), None)
        if short is None:
            return at(n)
        n = short + 1
    each = " in each group" if groups == 2 else ""
    message = f"power: {wanted:g} takes more than {most} answers{each}; allowed is a lower one, or another truth"
    raise InputError(message)


def _checked(selection: object) -> Selection | SelectionBounds | None:
    check_kind("selection", selection, Selection, SelectionBounds, NoneType)
    return selection  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLook:
    """One share that is supposed, and the claim that is made of it.

    Parameters
    ----------
    share, threshold : float
    up : bool
        Whether it is claimed to be above the threshold.
    level : float
    selection : Selection, SelectionBounds or None
    """

    share: float
    threshold: float
    up: bool
    level: float
    selection: Selection | SelectionBounds | None = None

    def alone(self, n: int) -> Plan:
        """Return what so many answers show by chance alone."""
        above, below = share_decisions(n, (self.threshold, None), self.level)
        right, wrong = (above, below) if self.up else (below, above)
        chance = binomial(n, np.array([self.share]))[:, 0]
        far = abs(np.arange(n + 1) / n - self.threshold) / abs(self.share - self.threshold)
        return _told(n, 1, (chance, right, wrong, far), self.level)

    def sought(self, n: int) -> Plan:
        """Return it with the power that is looked for: of a population where one is supposed."""
        found = self.at(n)
        return found if found.selected is None else replace(found, power=found.selected)

    def at(self, n: int) -> Plan:
        """Return it with what the same number of those who took part in a population shows of that."""
        assumed = self.selection
        return self.alone(n) if assumed is None else replace(self.alone(n), selected=self._selected(n, assumed))

    def _selected(self, n: int, assumed: Selection | SelectionBounds) -> float:
        """Return the probability that the claim is supported of the population, over who takes part."""
        if isinstance(assumed, SelectionBounds):
            ratios, weights = np.array([1 / assumed.ratio if self.up else assumed.ratio]), np.ones(1)
        else:
            nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
            ratios, weights = np.exp(assumed.mean + assumed.tau * nodes), weights / weights.sum()
        asked = shift_odds(np.array([self.share]), ratios)
        least = self._least(n, assumed)
        return float(bdtrc(least - 1.0, n, asked if self.up else 1 - asked) @ weights) if least <= n else 0.0

    def _least(self, n: int, assumed: Selection | SelectionBounds) -> int:
        """Return the fewest on the claimed side of whom the verdict on the population is "supported"; n + 1: none."""
        target = Population(assumed)
        low, high = 0, n + 1
        while low < high:
            middle = (low + high) // 2
            count = middle if self.up else n - middle
            claim: Literal["above", "below"] = "above" if self.up else "below"
            one = proportion(count, n, threshold=self.threshold, claim=claim, level=self.level, target=target)
            held = one.verdict is not None and one.verdict.word == "supported"
            low, high = (low, middle) if held else (middle + 1, high)
        return low


NODES = 61
"""Of the quadrature over who takes part."""


def _at_hand(count: int, base: int, asked: tuple[float, bool, float], further: int) -> Plan:
    """Return what was observed shows, and what more answers would, by the beta-binomial of Jeffreys' posterior."""
    threshold, up, level = asked
    from scipy.stats import betabinom

    n = base + further
    coming = betabinom(further, count + 0.5, base - count + 0.5).pmf(np.arange(further + 1))
    later = np.zeros(n + 1)
    later[count : count + further + 1] = coming
    now = np.zeros(base + 1)
    now[count] = 1.0

    def shown(people: int, chance: Array) -> Plan:
        right = share_decisions(people, (threshold, None), level)[0 if up else 1]
        wide = [np.subtract(*limits_of_every_count(people, method=one, level=level)[::-1]) for one in BOTH]
        width = float(chance @ np.maximum(*wide))
        return Plan(n=people, power=float(chance[right].sum()), width=width, level=level)

    found = replace(shown(base, now), known=True)
    return replace(found, more=shown(n, later)) if further else found


BOTH = ("jeffreys", "wilson")
"""The intervals of a share whose width is told."""


def _of_groups(
    given: Sequence[object], asked: tuple[object, object, object], wanted: float, further: int, level: float
) -> Plan:
    threshold, side, n = asked
    if len(given) != 2 or threshold not in (None, 0, 0.0):
        message = (
            f"truth: found {in_short(given)} with threshold {threshold!r}; allowed are two shares, and threshold 0"
        )
        raise InputError(message)
    sizes = list(n) if isinstance(n, (tuple, list)) and len(n) == 2 else None if n is None else [n, n]
    pair = None if sizes is None else [check_whole("n", one, 1, MOST_EACH) for one in sizes]
    shares = [_between("truth", one) for one in given]
    up = side == "above" or (side is None and shares[0] > shares[1])
    _beyond((shares[0] - shares[1]) * (1 if up else -1), 0.0, side)

    def look(first: int, second: int) -> Plan:
        return _gap_plan((first, second), (shares[0], shares[1]), level)

    if pair is None:
        each = _searched(lambda people: look(people, people), wanted, MOST_EACH, 2).n
        pair = [each, each] if isinstance(each, int) else list(each)
    return replace(look(*pair), more=look(*(size + further for size in pair)) if further else None)


def _gap_plan(sizes: tuple[int, int], shares: tuple[float, float], level: float) -> Plan:
    above = gap_decisions(*sizes, level)
    below = above[::-1, ::-1]
    one, other = (binomial(n, np.array([share]))[:, 0] for n, share in zip(sizes, shares, strict=True))
    first, second = (np.arange(n + 1) / n for n in sizes)
    far = abs(first[:, None] - second[None, :]) / abs(shares[0] - shares[1])
    right, wrong = (above, below) if shares[0] > shares[1] else (below, above)
    n = sizes[0] if sizes[0] == sizes[1] else sizes
    return _told(n, 2, (np.outer(one, other), right, wrong, far), level)


def _told(n: int | tuple[int, int], groups: int, found: tuple[Array, Which, Which, Array], level: float) -> Plan:
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
