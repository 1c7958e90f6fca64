"""One share: a count of a base, for each kind of target."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal, overload

import numpy as np

from csea_stats.base.binomial import PRIORS, SHARE_METHODS, ShareMethod, interval_limits
from csea_stats.base.error_rates import MOST_COUNTED, least_base, share_decisions, share_rate
from csea_stats.base.selection import finite_cdf, finite_quantiles, selected_cdf, selected_quantiles, shift_odds
from csea_stats.base.sized_tests import share_limits
from csea_stats.errors import CountError, InputError, in_short
from csea_stats.estimators.arguments import (
    Pair,
    TargetOrTargets,
    check_goal,
    check_label,
    check_level,
    check_method,
    share_pairs,
    targets,
)
from csea_stats.estimators.assumptions import base_of, everyone, share_caveats
from csea_stats.estimators.estimand import CACHED, Estimand, Method, Participation, Setting, check
from csea_stats.estimators.inference import estimate
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import level_words, number_of
from csea_stats.results.recipes import call_words
from csea_stats.targets.populations import TAUS, Population, Respondents, Selection, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import ArrayLike

    from csea_stats.base.roots import Array
    from csea_stats.estimators.estimand import Inference, Limits
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.goals import Direction, Goal
    from csea_stats.results.values import Base, Caveat, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Limits, and the smallest and largest median, over the feasible counts."""

    lower: float
    upper: float
    medians: tuple[float, float] = (math.nan, math.nan)


def corners(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Return for each base the smallest and the largest feasible count."""
    by_base: dict[int, list[int]] = {}
    for x, n in pairs:
        by_base.setdefault(n, []).append(x)
    return tuple(dict.fromkeys((x, n) for n, found in by_base.items() for x in (min(found), max(found))))


@lru_cache(maxsize=CACHED)
def sampled_span(pairs: tuple[Pair, ...], method: str, level: float, design_effect: float = 1.0) -> Span:
    """Return limits for people like these."""
    x, n = np.array(pairs, float).T / design_effect
    lower, upper = interval_limits(x, n, method=method, level=level)
    return Span(lower=float(lower.min()), upper=float(upper.max()))


def _posteriors(pairs: tuple[Pair, ...], prior: str, design_effect: float) -> tuple[Array, Array]:
    x, n = np.array(pairs, float).T / design_effect
    return x + PRIORS[prior], n - x + PRIORS[prior]


@lru_cache(maxsize=CACHED)
def selected_spans(
    pairs: tuple[Pair, ...],
    taus: tuple[float, ...],
    mean: float,
    level: float,
    design_effect: float = 1.0,
    *,
    size: int | None = None,
) -> dict[tuple[str, float], Span]:
    """Return limits and medians for a population, for each prior and each selection strength, in one quadrature."""
    few = corners(pairs)
    settings = [(prior, tau) for prior in PRIORS for tau in taus]
    each = [_posteriors(few, prior, design_effect) for prior, _ in settings]
    a, b = (np.concatenate([pair[side] for pair in each]) for side in (0, 1))
    tau = np.repeat([tau for _, tau in settings], len(few))
    wanted = np.array([(1 - level) / 2, 0.5, (1 + level) / 2])
    if size is None:
        found = selected_quantiles(wanted, a, b, tau=tau, mean=mean)
    else:
        x, n = np.tile(np.array(few), (len(settings), 1)).T
        others = finite_quantiles(wanted, (size - n)[:, None], a[:, None], b[:, None], tau=tau[:, None], mean=mean)
        found = (x[:, None] + others) / size
    spans = {}
    for setting, rows in zip(settings, np.split(found, len(settings)), strict=True):
        lower, upper = float(rows[:, 0].min()), float(rows[:, 2].max())
        if setting[0] == "jeffreys":  # closed ends, as for people like these
            lower = 0.0 if any(x == 0 for x, _ in few) else lower
            upper = 1.0 if any(x == n != size for x, n in few) else upper  # of everybody nothing is left to close
        spans[setting] = Span(lower=lower, upper=upper, medians=(float(rows[:, 1].min()), float(rows[:, 1].max())))
    return spans


def moves_end(pair: Pair, tail: float, size: int, selection: tuple[float, float], design_effect: float = 1.0) -> bool:
    """Whether closing the Jeffreys interval at a count of 0 or all moves its limit, in a population of known size.

    Parameters
    ----------
    tail : float
        Left out beyond the limit.
    selection : (mean, tau)
        Of the log participation ratio.
    """
    a, b = _posteriors((pair,), "jeffreys", design_effect)
    # All of n is none of those who say otherwise, whose log participation ratio is the opposite one.
    yes, no, mean = (a, b, selection[0]) if pair[0] == 0 else (b, a, -selection[0])
    nobody = finite_cdf(np.zeros(1), np.array([size - pair[1]]), yes, no, tau=selection[1], mean=mean)
    return bool(nobody[0] < tail)


@lru_cache(maxsize=CACHED)
def finite_span(pairs: tuple[Pair, ...], method: str, level: float, size: int, design_effect: float = 1.0) -> Span:
    """Return limits for a finite population of which the respondents are a random draw.

    With a prior: quantiles of the count plus a beta-binomial for those who did not answer. Wilson: with the base
    raised by (size - 1) / (size - base), the finite population correction of the variance, and kept within what the
    respondents alone make certain. Clopper-Pearson: exactly, of the hypergeometric distribution; with a design effect
    as Wilson.
    """
    if method in PRIORS:
        return selected_spans(pairs, (0.0,), 0.0, level, design_effect, size=size)[method, 0.0]
    if method == "clopper-pearson" and design_effect == 1:
        return bounded_span(pairs, method, level, (1.0, 1.0), size=size)
    few = [(x, n) for x, n in corners(pairs) if n < size]
    lower = upper = np.array([x / n for x, n in corners(pairs) if n == size])
    if few:
        x, n = np.array(few, float).T
        factor = (size - 1) / (size - n) / design_effect
        low, high = interval_limits(x * factor, n * factor, method=method, level=level)
        lower = np.append(lower, np.maximum(low, x / size))
        upper = np.append(upper, np.minimum(high, (size - n + x) / size))
    return Span(lower=float(lower.min()), upper=float(upper.max()))


@lru_cache(maxsize=CACHED)
def bounded_span(
    pairs: tuple[Pair, ...],
    method: str,
    level: float,
    ratios: tuple[float, float],
    design_effect: float = 1.0,
    *,
    size: int | None = None,
) -> Span:
    """Return limits for a population whose participation ratio lies within two ratios.

    The odds of the limits for people like these are divided by the largest ratio and by the smallest. Of a finite
    population only those who did not answer are shifted; Clopper-Pearson's are exact there.
    """
    if size is not None and method == "clopper-pearson" and design_effect == 1:
        exact = [share_limits([x], n, size, (1 - level) / 2, ratios) for x, n in corners(pairs)]
        return Span(lower=min(float(low[0]) for low, _ in exact), upper=max(float(high[0]) for _, high in exact))
    lower, upper = 1.0, 0.0
    for pair in corners(pairs):
        one = (pair,), method, level
        span = sampled_span(*one, design_effect) if size is None else finite_span(*one, size, design_effect)
        lower = min(lower, shifted_share(span.lower, 1 / ratios[1], pair, size))
        upper = max(upper, shifted_share(span.upper, 1 / ratios[0], pair, size))
    return Span(lower=lower, upper=upper)


def shifted_share(share: float, factor: float, pair: Pair, size: int | None) -> float:
    """Return a share whose odds, among those who did not answer if the size is known, are multiplied."""
    if size is None:
        return float(shift_odds(share, factor))
    (x, n), rest = pair, size - pair[1]
    if rest == 0:
        return x / n
    others = min(max((share * size - x) / rest, 0.0), 1.0)
    return (x + rest * float(shift_odds(others, factor))) / size


@lru_cache(maxsize=CACHED)
def probability_above(
    pairs: tuple[Pair, ...],
    prior: str,
    threshold: float,
    ratios: tuple[float, float, float],
    design_effect: float = 1.0,
    *,
    size: int | None = None,
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability that the share exceeds the threshold.

    Parameters
    ----------
    ratios : (mean, tau, bound)
        Of the log participation ratio; with a bound (no prior), the extremes of the shift are taken.
    """
    mean, tau, bound = ratios
    few = corners(pairs)
    a, b = _posteriors(few, prior, design_effect)
    found = []
    for shift in dict.fromkeys((mean - bound, mean + bound)):
        if size is None:
            found.append(1 - selected_cdf(threshold, a, b, tau=tau, mean=shift))
        else:
            x, n = np.array(few).T
            most = math.floor(threshold * size + 1e-9) - x
            found.append(1 - finite_cdf(most, size - n, a, b, tau=tau, mean=shift))
    above = np.clip(np.concatenate(found), 0.0, 1.0)
    return float(above.min()), float(above.max())


def proportion_interval(
    counts: ArrayLike, bases: ArrayLike, *, method: ShareMethod = "jeffreys", level: float = 0.95
) -> tuple[Array, Array]:
    """Return interval limits for shares, one for each count and base.

    Parameters
    ----------
    counts, bases : array-like of int
        Broadcast against each other; 0 <= count <= base, base >= 1.
    method : str, default "jeffreys"
        "jeffreys" and "uniform" (credible, equal-tailed; Jeffreys is closed at 0 of n and n of n), "wilson",
        "clopper-pearson", "blaker", "mid-p", "agresti-coull" (clipped to 0..1).
    level : float, default 0.95

    Returns
    -------
    lower, upper : numpy.ndarray
        0 to 1.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If the method or level is none.

    Notes
    -----
    Clopper-Pearson and Blaker cover every true share with at least ``level``; the others on average. Wilson dips
    near shares of 1/n, Jeffreys near .05 to .3 (docs: methods). The uniform prior's interval never holds 0 or 1.

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16, 101-133, https://doi.org/10.1214/ss/1009213286

    Examples
    --------
    >>> lower, upper = proportion_interval([0, 7, 35], [7, 7, 49], method="wilson")
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.0, 0.646, 0.576], [0.354, 1.0, 0.822])
    """
    x, n = checked_arrays(counts, bases)
    return interval_limits(x, n, method=check_method(method, SHARE_METHODS), level=check_level(level))


def checked_arrays(counts: ArrayLike, bases: ArrayLike) -> tuple[Array, Array]:
    """Return counts and bases as arrays of one shape, or raise a CountError that names the first wrong one."""
    found = []
    for name, values in (("counts", counts), ("bases", bases)):
        try:
            array = np.asarray(values)
        except Exception:  # noqa: BLE001 - lists of several lengths, what holds itself or raises when it is gone through
            array = np.array([None])
        if array.size and not np.issubdtype(array.dtype, np.integer):
            message = f"{name}: found {in_short(values)}; allowed are whole numbers of people"
            raise CountError(message)
        found.append(array.astype(float))
    try:
        x, n = np.broadcast_arrays(*found)
    except ValueError as error:
        message = f"counts and bases: found shapes {found[0].shape} and {found[1].shape}; allowed are equal ones"
        raise CountError(message) from error
    wrong = (x < 0) | (n < 1) | (x > n)
    if wrong.any():
        place = np.argwhere(wrong)[0]
        where = f" at {place.tolist()}" if len(place) else ""
        message = (
            f"counts: found {x[tuple(place)]:.0f} of {n[tuple(place)]:.0f}{where}; "
            "allowed is 0 to the base, and a base of at least 1"
        )
        raise CountError(message)
    return x, n


@overload
def proportion(
    count: int | AbstractSet[int] | AbstractSet[tuple[int, int]],
    base: int | AbstractSet[int],
    *,
    method: ShareMethod = ...,
    level: float = ...,
    target: Target = ...,
    threshold: float | None = ...,
    claim: Literal["above", "below"] | None = ...,
    within: tuple[float, float] | None = ...,
    label: str | None = ...,
) -> Estimate: ...


@overload
def proportion(
    count: int | AbstractSet[int] | AbstractSet[tuple[int, int]],
    base: int | AbstractSet[int],
    *,
    method: ShareMethod = ...,
    level: float = ...,
    target: Sequence[Target],
    threshold: float | None = ...,
    claim: Literal["above", "below"] | None = ...,
    within: tuple[float, float] | None = ...,
    label: str | None = ...,
) -> Estimates: ...


def proportion(  # noqa: PLR0913 - settings are keyword-only
    count: int | AbstractSet[int] | AbstractSet[tuple[int, int]],
    base: int | AbstractSet[int],
    *,
    method: ShareMethod = "jeffreys",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.5,
    claim: Literal["above", "below"] | None = None,
    within: tuple[float, float] | None = None,
    label: str | None = None,
) -> Estimate | Estimates:
    """Estimate one share, with two kinds of interval, for a target or several.

    Parameters
    ----------
    count : int, set of int, or set of (count, base)
        How many gave the answer; a set where print allows several.
    base : int or set of int
        Of how many.
    method : str, default "jeffreys"
        "jeffreys", "uniform" (credible); "wilson", "clopper-pearson", "blaker", "mid-p", "agresti-coull"
        (confidence).
    level : float, default 0.95
        Between 0 and 1.
    target : target or sequence of targets, default Superpopulation()
        Whom the number speaks for; a sequence, such as `TIERS`, gives `Estimates`.
    threshold : float or None, default 0.5
        What probability and verdict are about, between 0 and 1; None: neither.
    claim : {"above", "below"}, optional
        On which side of the threshold the share is claimed to be. By default on the side that was observed, which
        the verdict says.
    within : (float, float), optional
        Instead of a threshold: that the share lies between the two, so that it is as good as what is in the middle.
    label : str, optional
        Verb phrase that completes "35 of 49 ...".

    Returns
    -------
    Estimate or Estimates
        ``companion`` is the default interval of the other kind: Wilson, or Jeffreys; for a population with a prior on
        who took part it is Wilson with that ratio anywhere in its 95 % range. With sets every interval is the hull
        over all feasible pairs of count and base.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target; the text says which to use.

    Notes
    -----
    ============================ ==================================================================
    target                       methods
    ============================ ==================================================================
    Respondents                  all (counted: no interval)
    Superpopulation              all; with a design effect not blaker, mid-p
    FinitePopulation             jeffreys, uniform (beta-binomial), wilson (corrected variance),
                                 clopper-pearson (hypergeometric)
    Population, Selection        jeffreys, uniform (by quadrature)
    Population, SelectionBounds  all; with a size jeffreys, uniform, wilson, clopper-pearson
    ============================ ==================================================================

    A confidence method has no prior, so its probability is that of Jeffreys. For a population the verdict looks at
    tau of .25, .5, 1 and the target's own.

    Examples
    --------
    >>> share = proportion(35, 49, label="rate public awareness poor")
    >>> round(share.interval.lower, 3), round(share.interval.upper, 3), share.verdict.word
    (0.578, 0.826, 'supported')
    >>> round(share.companion.lower, 3), round(share.companion.upper, 3), share.companion.method
    (0.576, 0.822, 'wilson')
    >>> proportion({9, 10}, 24).bounds
    (0.375, 0.4166666666666667)
    """
    quantity = Share(pairs=share_pairs(count, base))
    wanted, several = targets(target)
    setting = share_setting(method, level, threshold, label, claim, within)
    found = []
    for member in wanted:
        call = call_words("proportion", (count, base), setting.told(member, method="jeffreys", threshold=0.5))
        found.append(estimate(quantity, member, setting, call=call))
    return Estimates(found) if several else found[0]


def share_setting(
    method: object,
    level: object,
    threshold: object,
    label: object,
    claim: object = None,
    within: object = None,
) -> Setting:
    """Return the checked settings of a share."""
    return Setting(
        method=check_method(method, SHARE_METHODS),
        level=check_level(level),
        label=check_label(label),
        **check_goal(claim, threshold, within, (0.0, 1.0), 0.5),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Estimand):
    """A count of a base, over every feasible pair of the two.

    Parameters
    ----------
    pairs : tuple of (count, base)
    """

    call: ClassVar[str] = "proportion"
    name: ClassVar[str] = "share"
    scale: ClassVar[Scale] = "share"
    methods: ClassVar[Mapping[str, Method]] = {
        "jeffreys": Method(kind="credible", prior=True, size=True),
        "wilson": Method(size=True),
        "clopper-pearson": Method(size=True),
        "blaker": Method(fractions=False),
        "mid-p": Method(fractions=False),
        "agresti-coull": Method(),
        "uniform": Method(kind="credible", prior=True, size=True),
    }
    priors: ClassVar[tuple[str, ...]] = tuple(PRIORS)
    companion: ClassVar[str] = "wilson"
    bounding: ClassVar[str] = "wilson"
    chance: ClassVar[bool] = False
    pairs: tuple[Pair, ...]

    def certified(self, target: Target) -> str:
        """Return its own certificate, or that of a population of unknown size with a customary prior."""
        if isinstance(target, Population) and isinstance(target.selection, Selection):
            usual = target.selection.tau in TAUS and not target.selection.mean
            return "population" if usual and target.size is None and target.design_effect == 1 else ""
        return Estimand.certified(self, target)

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """One each."""
        return tuple((x,) for x in sorted({x for x, _ in self.pairs}))

    @property
    def base(self) -> tuple[Base, ...]:
        """One."""
        return (base_of(n for _, n in self.pairs),)

    @property
    def several(self) -> bool:
        """Whether print leaves several counts or bases open."""
        return len(self.pairs) > 1

    def observed(self) -> list[float]:
        """Of each pair."""
        return [x / n for x, n in self.pairs]

    def shifted(self, who: Participation) -> Limits:
        """Return it with the odds shifted; of a known size those of the people who did not answer."""
        found = [shifted_share(x / n, f, (x, n), who.size) for x, n in self.pairs for f in who.ratios]
        return min(found), max(found)

    def certain(self, size: int | None) -> Limits:
        """Manski (1989, https://doi.org/10.2307/145818): all who did not answer may say otherwise, or the same."""
        if size is None:
            return 0.0, 1.0
        return min(x / size for x, _ in self.pairs), max((x + size - n) / size for x, n in self.pairs)

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """With a prior on who took part, of a random draw, or within bounds."""
        if who.tau > 0:
            span = self._selected(method, level, who)
        elif who.ratios != (1.0, 1.0):
            span = bounded_span(self.pairs, method, level, who.ratios, who.design_effect, size=who.size)
        elif who.size is None:
            span = sampled_span(self.pairs, method, level, who.design_effect)
        else:
            span = finite_span(self.pairs, method, level, who.size, who.design_effect)
        return span.lower, span.upper

    def _selected(self, prior: str, level: float, who: Participation) -> Span:
        taus = tuple(sorted({*TAUS, who.tau}))  # all strengths in one quadrature
        return selected_spans(self.pairs, taus, who.mean, level, who.design_effect, size=who.size)[prior, who.tau]

    def medians(self, prior: str, level: float, who: Participation) -> Limits:
        """Return the lowest and the highest."""
        return self._selected(prior, level, who).medians

    def above(self, threshold: float, prior: str, who: Participation) -> Limits:
        """By the method's own prior."""
        shifts = who.mean, who.tau, math.log(who.reach)
        return probability_above(self.pairs, prior, threshold, shifts, who.design_effect, size=who.size)

    def guaranteed(self, who: Participation) -> str:
        """Return the method whose limits hold at the level whatever the share is."""
        return "blaker" if who.design_effect == 1 and who.size is None else "clopper-pearson"

    def beyond(self, threshold: float, direction: Direction, level: float, who: Participation) -> bool:
        """By guaranteed limits, within the same bounds on who took part."""
        # Clopper and Pearson's limits hold Blaker's, which take far longer: where those suffice, these do.
        spans = (self.limits(method, level, who) for method in dict.fromkeys(("clopper-pearson", self.guaranteed(who))))
        return any(lower > threshold if direction == "above" else upper < threshold for lower, upper in spans)

    def counted_as(self, count: int, base: int) -> Share:
        """Of another count of another base."""
        return replace(self, pairs=((count, base),))

    def utmost(self, direction: Direction, sized: Callable[[int], int]) -> Share:
        """All of them, or none."""
        base = sized(max(n for _, n in self.pairs))
        return self.counted_as(base if direction == "above" else 0, base)

    def _guarded(self, rule: tuple[str, ...]) -> tuple[str, ...]:
        """Return a rule with the guaranteed limits, which take longest, at its end."""
        sure = self.guaranteed(Participation())
        return (*(one for one in rule if one != sure), sure)

    def least(self, goal: Goal, level: float, rule: tuple[str, ...]) -> tuple[int, ...] | None:
        """Return the base and the count."""
        return None if goal.alike else least_base((goal.low, goal.high), level, self._guarded(rule))

    def attains(self, goal: Goal, level: float, rule: tuple[str, ...]) -> bool | None:
        """Whether some count of a base does, of not too many people."""
        if goal.alike or max(n for _, n in self.pairs) > MOST_COUNTED:
            return None
        asked = (goal.low, goal.high), level, self._guarded(rule)
        return any(share_decisions(n, *asked)[0].any() for _, n in self.pairs)

    def error_rate(self, goal: Goal, level: float, rule: tuple[str, ...], who: Participation) -> float | None:
        """Enumerate it by chance alone; within bounds on who took part it is what the guaranteed limits leave."""
        if who.design_effect != 1:
            return None
        bases = {n for _, n in self.pairs}
        if who.size is not None or who.ratios != (1.0, 1.0) or goal.alike or max(bases) > MOST_COUNTED:
            return 1 - level
        return max(share_rate(n, (goal.low, goal.high), level, self._guarded(rule)) for n in bases)

    def check(self, target: Target, method: str) -> None:
        """Refuse a population smaller than its respondents, too."""
        size, base = getattr(target, "size", None), max(n for _, n in self.pairs)
        if size is not None and size < base:
            message = f"size: found {size}, but {number_of(base, 'people')} answered; allowed is at least {base}"
            raise InputError(message)
        check(self, target, method)

    def counts_everybody(self, target: Target) -> bool:
        """Whether everybody answered, in each reading of print."""
        return everyone(self.pairs, target)

    def doubts(self, target: Target, found: Inference) -> Iterator[Caveat]:
        """Yield the target's, the counts', and an end that Jeffreys' interval closes."""
        yield from share_caveats(self.pairs, target)
        if any("jeffreys" in span.method for span in (found.interval, found.companion) if span):
            yield from closed_ends(self.pairs, target, found.interval.level)  # type: ignore[union-attr]


def closed_ends(pairs: tuple[Pair, ...], target: Target, level: float) -> Iterator[Caveat]:
    """Yield a caveat for each end that Jeffreys' interval closes."""
    for x, n in () if everyone(pairs, target) else pairs:
        if x in (0, n) and _closes((x, n), target, (1 - level) / 2):
            one_sided = level_words((1 + level) / 2)
            yield caveat("closed-end", count=x, base=n, end="0%" if x == 0 else "100%", credibility=one_sided)


def _closes(pair: Pair, target: Target, tail: float) -> bool:
    """Whether a count of 0 or all makes the limit another one: in a small population it is the end by itself."""
    size = getattr(target, "size", None)
    if size is None or isinstance(target, Respondents):
        return True
    prior = (one.mean, one.tau) if isinstance(one := getattr(target, "selection", None), Selection) else (0.0, 0.0)
    return moves_end(pair, tail, size, prior, target.design_effect)
