"""How strongly participation must have favoured an answer for its share to meet a threshold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from csea_stats.base.binomial import PRIORS
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.checking import check_label, check_level, check_threshold, share_pairs
from csea_stats.estimators.marks import base_of, call_words, count_caveats, provenance, target_caveats
from csea_stats.estimators.shares.proportions import Share, closed_ends
from csea_stats.estimators.shares.spans import sampled_span
from csea_stats.results.estimate import Estimate
from csea_stats.results.numbers import amount_words
from csea_stats.results.values import Interval
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def breakdown_ratio(
    count: int | AbstractSet[int],
    base: int | AbstractSet[int],
    *,
    threshold: float = 0.5,
    level: float = 0.95,
    target: Superpopulation = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Estimate:
    """Estimate the participation ratio at which a share of the population meets the threshold.

    Parameters
    ----------
    count : int or set of int
    base : int or set of int
    threshold : float, default 0.5
        A share, between 0 and 1.
    level : float, default 0.95
    target : Superpopulation
        The ratio is a function of the share among people like these.
    label : str, optional
        Verb phrase that completes "35 of 49 ...".

    Returns
    -------
    Estimate
        On the scale "ratio", from 0 to infinity, never clamped: had those who say so taken part that many times as
        readily as the others, their share of the population would be the threshold. Below 1: there is no such
        majority to lose. ``companion`` is the same of Wilson's limits.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If the threshold or the level is none.

    Notes
    -----
    ``odds(share) / odds(threshold)``: the G at which ``SelectionBounds(ratio=G)`` just reaches the threshold.

    Examples
    --------
    >>> tipping = breakdown_ratio(35, 49)
    >>> round(tipping.value, 2), round(tipping.interval.lower, 2)
    (2.5, 1.37)
    """
    pairs = share_pairs(count, base)
    level, label = check_level(level), check_label(label)
    asked = check_threshold(threshold, 0.0, 1.0)
    if asked is None:
        message = "threshold: found None; allowed is a share between 0 and 1 for the ratio to meet"
        raise InputError(message)
    if not isinstance(target, Superpopulation):
        message = (
            f"breakdown_ratio has no form for {target!r}: it is about people like these; use Superpopulation(), or "
            "proportion with Population(SelectionBounds(ratio=...)) to see a given ratio"
        )
        raise UnsupportedTarget(message)

    def odds_ratio(share: float) -> float:
        return math.inf if share == 1 else share / (1 - share) / (asked / (1 - asked))

    def interval(method: str) -> Interval:
        span = sampled_span(pairs, method, level, target.design_effect)
        return Interval(
            lower=odds_ratio(span.lower),
            upper=odds_ratio(span.upper),
            level=level,
            kind=Share.methods[method].kind,
            method=method,
        )

    ratios = sorted(odds_ratio(x / n) for x, n in pairs)
    counts, bases = tuple((x,) for x in sorted({x for x, _ in pairs})), (base_of(n for _, n in pairs),)
    settings = {
        "threshold": (asked, 0.5),
        "level": (level, 0.95),
        "target": (target, Superpopulation()),
        "label": (label, None),
    }
    return Estimate(
        label=label,
        estimand=f"participation ratio at which the share is {amount_words(asked)}",
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
        provenance=provenance(call_words("breakdown_ratio", (count, base), settings), (counts, bases)),
    )
