"""How strongly taking part must have depended on the answer for a conclusion to turn: of a share, of a difference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from csea_stats.base.binomial import PRIORS
from csea_stats.errors import InputError, UnsupportedTarget, in_short, is_of
from csea_stats.estimators.arguments import (
    check_claim,
    check_label,
    check_level,
    check_method,
    check_threshold,
    group_pairs,
    share_pairs,
)
from csea_stats.estimators.assumptions import base_of, count_caveats, provenance, target_caveats
from csea_stats.estimators.comparison import OddsRatio
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.proportion import Share, closed_ends, sampled_span
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.numbers import amount_words, ratio_range
from csea_stats.results.recipes import call_words
from csea_stats.results.values import Interval
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.difference import OddsMethod

    Count = int | AbstractSet[int] | AbstractSet[tuple[int, int]]

ESTIMAND = "participation ratio of the first group over that of the second at which the difference is 0"


def tipping_difference(
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    method: OddsMethod = "logistic",
    level: float = 0.95,
    target: Superpopulation = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Estimate:
    """Estimate how many times one group's participation ratio must be the other's for their difference to be 0.

    Parameters
    ----------
    first, second : (count, base)
        Of two groups that share no member; counts and bases may be sets.
    method : str, default "logistic"
        Any method for an odds ratio: "logistic", "log-f", "firth", "exact-conditional".
    level : float, default 0.95
    target : Superpopulation
        The ratio is a function of the shares among people like these.
    label : str, optional
        Completes "7 of 7 (100%) against 28 of 42 (67%) ...".

    Returns
    -------
    Estimate
        On the scale "ratio", from 0 to infinity, never clamped: a group's participation ratio is how many times as
        readily those who give the answer took part as the others in it. Below 1: there is no such difference to lose.
        ``companion`` is the log-F(1, 1) profile. ``sensitivity`` has the prior strip, and the interval of what each
        group needs where the ratios are opposite, one that many times 1 and the other 1 over it.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If the target is another one, or has a design effect and the method is exact.

    Notes
    -----
    In each group logit(population) = logit(people like these) - log ratio, so the log odds ratio of the population is
    that of people like these less the difference of the log ratios; it is 0 where that difference equals it. A ratio
    common to both groups changes no sign; ratios opposite in the two need the square root each.

    Examples
    --------
    >>> tipping = tipping_difference((20, 24), (12, 25))
    >>> round(tipping.value, 2), round(tipping.interval.lower, 2), round(tipping.companion.lower, 2)
    (5.42, 1.35, 1.4)
    """
    sides = group_pairs(first, "first"), group_pairs(second, "second")
    name = check_method(method, OddsRatio.offered())
    level, label = check_level(level), check_label(label)
    given: object = target
    if not is_of(given, Superpopulation) or (given.design_effect > 1 and name == "exact-conditional"):
        message = (
            f"tipping_difference(method={name!r}) has no form for {in_short(target)}: it is about people like these; "
            "use Superpopulation() with 'logistic' or 'log-f', or difference with "
            "Population(SelectionBounds(ratio=...))"
        )
        raise UnsupportedTarget(message)
    odds, who = OddsRatio(sides=sides), Participation(design_effect=target.design_effect)

    def interval(rule: str, words: str = "", power: float = 1.0) -> Interval:
        lower, upper = (end**power for end in odds.limits(rule, level, who))
        return Interval(lower=lower, upper=upper, level=level, kind=odds.methods[rule].kind, method=rule + words)

    low, high = odds.shifted(Participation())
    counts, bases = odds.counts, odds.base
    single, defined = low == high, not math.isnan(low)
    settings = {
        "method": (name, "logistic"),
        "level": (level, 0.95),
        "target": (target, Superpopulation()),
        "label": (label, None),
    }
    opposite = interval(name, ", opposite in the two groups", 0.5)
    return Estimate(
        label=label,
        estimand=ESTIMAND,
        scale="ratio",
        target=target,
        value=low if single and defined and len(counts) == 1 else None,
        bounds=(low, high) if defined and not (single and len(counts) == 1) else None,
        interval=interval(name),
        companion=interval(odds.beside(name)),
        sensitivity=(
            *((prior, interval(prior)) for prior in odds.priors),
            ("opposite in the two groups", opposite),
        ),
        counts=counts,
        base=bases,
        caveats=(
            *target_caveats(target),
            *(doubt for pairs in sides for doubt in count_caveats(pairs, target)),
            caveat("independent-groups"),
            *([caveat("tipping-between", root=_root_words(low, high))] if defined else []),
            *(doubt for doubt in odds.cells(target) if doubt.code != "odds-not-shares"),
        ),
        provenance=provenance(call_words("tipping_difference", (first, second), settings), (counts, bases)),
    )


def _root_words(low: float, high: float) -> str:
    return ratio_range(math.sqrt(low), math.sqrt(high))


def tipping_ratio(  # noqa: PLR0913 - settings are keyword-only
    count: Count,
    base: int | AbstractSet[int],
    *,
    threshold: float = 0.5,
    claim: Literal["above", "below"] | None = None,
    level: float = 0.95,
    target: Superpopulation = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Estimate:
    """Estimate the participation ratio at which a share of the population meets the threshold.

    Parameters
    ----------
    count : int, set of int, or set of (count, base)
    base : int or set of int
    threshold : float, default 0.5
        A share, between 0 and 1.
    claim : {"above", "below"}, optional
        What is to turn: that the share is above the threshold, or below it. By default the side that was observed.
    level : float, default 0.95
    target : Superpopulation
        The ratio is a function of the share among people like these.
    label : str, optional
        Verb phrase that completes "35 of 49 ...".

    Returns
    -------
    Estimate
        On the scale "ratio", from 0 to infinity, never clamped: had those who say so taken part that many times as
        readily as the others, their share of the population would be the threshold; of a share below it the others as
        those who say so. Below 1: there is nothing to lose. ``companion`` is the same of Wilson's limits.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If the threshold or the level is none.

    Notes
    -----
    ``odds(share) / odds(threshold)``, of a share below the threshold one over it: the G at which
    ``SelectionBounds(ratio=G)`` just reaches the threshold.

    Examples
    --------
    >>> tipping = tipping_ratio(35, 49)
    >>> round(tipping.value, 2), round(tipping.interval.lower, 2)
    (2.5, 1.37)
    >>> tipping_ratio(14, 49).value, round(tipping_ratio(14, 49, claim="above").value, 2)
    (2.5, 0.4)
    """
    pairs = share_pairs(count, base)
    level, label = check_level(level), check_label(label)
    asked = check_threshold(threshold, 0.0, 1.0)
    if asked is None:
        message = "threshold: found None; allowed is a share between 0 and 1 for the ratio to meet"
        raise InputError(message)
    if not is_of(target, Superpopulation):
        message = (
            f"tipping_ratio has no form for {in_short(target)}: it is about people like these; use Superpopulation(), "
            "or proportion with Population(SelectionBounds(ratio=...)) to see a given ratio"
        )
        raise UnsupportedTarget(message)

    side = check_claim(claim)
    above = (side or Share(pairs=pairs).direction(asked)) != "below"

    def odds_ratio(share: float) -> float:
        over, under = share * (1 - asked), (1 - share) * asked
        ours, theirs = (over, under) if above else (under, over)
        return ours / theirs if theirs else math.inf

    def interval(method: str) -> Interval:
        span = sampled_span(pairs, method, level, target.design_effect)
        lower, upper = sorted(map(odds_ratio, (span.lower, span.upper)))
        return Interval(lower=lower, upper=upper, level=level, kind=Share.methods[method].kind, method=method)

    ratios = sorted(odds_ratio(x / n) for x, n in pairs)
    counts, bases = tuple((x,) for x in sorted({x for x, _ in pairs})), (base_of(n for _, n in pairs),)
    settings = {
        "threshold": (asked, 0.5),
        "claim": (side, None),
        "level": (level, 0.95),
        "target": (target, Superpopulation()),
        "label": (label, None),
    }
    return Estimate(
        label=label,
        estimand=f"participation ratio{'' if above else ' of the others'} at which the share is {amount_words(asked)}",
        scale="ratio",
        target=target,
        value=ratios[0] if len(pairs) == 1 else None,
        bounds=None if len(pairs) == 1 else (ratios[0], ratios[-1]),
        interval=interval("jeffreys"),
        companion=interval("wilson"),
        sensitivity=tuple((prior, interval(prior)) for prior in PRIORS),
        counts=counts,
        base=bases,
        caveats=(*target_caveats(target), *count_caveats(pairs, target), *closed_ends(pairs, target, level)),
        provenance=provenance(call_words("tipping_ratio", (count, base), settings), (counts, bases)),
    )


breakdown_ratio = tipping_ratio
"""`tipping_ratio`, as it was called in version 0.1."""

difference_breakdown = tipping_difference
"""`tipping_difference`, as it was called in version 0.1."""
