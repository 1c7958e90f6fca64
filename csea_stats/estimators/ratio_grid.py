"""What shares are in a population at each of a row of participation ratios: many shares in one quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.binomial import PRIORS
from csea_stats.base.selection import logit_ends, natural_step, selected_quantiles
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.inference import evidence
from csea_stats.estimators.proportion import Share, bounded_span, corners, sampled_span
from csea_stats.results.values import Interval
from csea_stats.targets.populations import TAUS, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.base.roots import Array
    from csea_stats.estimators.arguments import Pair
    from csea_stats.results.verdicts import Evidence

RATIOS = tuple(sorted((1.0, 1.3, 2.0, 3.5, 5.0, 10.0, 14.0, 20.0, *(Selection(tau=tau).ratio for tau in TAUS))))
"""From nothing but chance, at 1, by way of the customary strengths to beyond what most readers would suppose."""

ROWS = 100
"""Posteriors of one quadrature: those that need as many nodes stand together, so that few wide ones cost no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRatio:
    """A share of a population if the participation ratio lies within about this factor either way.

    Parameters
    ----------
    ratio : float
        At 1 chance alone.
    interval, bound : Interval
        With the prior of that strength; without any.
    every : Evidence
        What a verdict at this ratio asks for.
    """

    ratio: float
    interval: Interval
    bound: Interval
    every: Evidence


def shares_at_ratios(
    shares: Sequence[tuple[Pair, ...]], *, level: float = 0.95, ratios: Sequence[float] = RATIOS
) -> tuple[tuple[AtRatio, ...], ...]:
    """Return each share at each participation ratio.

    Parameters
    ----------
    shares : sequence of tuples of (count, base)
        Each share by the pairs that are feasible; intervals are hulls over them.
    level : float, default 0.95
    ratios : sequence of float
        At least 1, rising.

    Returns
    -------
    tuple of tuples of AtRatio
        As `proportion` estimates them for ``Population(Selection.from_ratio(ratio))``. Intervals never get narrower
        with the ratio.

    Examples
    --------
    >>> (poor,) = shares_at_ratios([((35, 49),)], ratios=[1, 2.664])
    >>> [(round(at.interval.lower, 3), round(at.interval.upper, 3)) for at in poor]
    [(0.578, 0.826), (0.441, 0.889)]
    """
    pairs = sorted({pair for share in shares for pair in corners(share)})
    taus = {ratio: Selection.from_ratio(ratio).tau for ratio in ratios if ratio > 1}
    ends = _quantiles(pairs, list(taus.values()), level) if pairs and taus else {}
    return tuple(tuple(_at(share, ratio, taus.get(ratio), ends, level) for ratio in ratios) for share in shares)


def _quantiles(pairs: Sequence[Pair], taus: Sequence[float], level: float) -> dict[tuple[Pair, str, float], Array]:
    """Return both limits of each pair under each prior at each strength."""
    rows = [(pair, prior, tau) for pair in pairs for prior in PRIORS for tau in taus]
    a = np.array([x + PRIORS[prior] for (x, _), prior, _ in rows])
    b = np.array([n - x + PRIORS[prior] for (x, n), prior, _ in rows])
    tau = np.array([tau for _, _, tau in rows])
    low, high = logit_ends(a, b)
    order = np.argsort((high - low) / np.minimum(natural_step(a, b), tau / 1.5))
    found = np.empty((len(rows), 2))
    for part in np.split(order, range(ROWS, len(rows), ROWS)):
        found[part] = selected_quantiles([(1 - level) / 2, (1 + level) / 2], a[part], b[part], tau=tau[part])
    return dict(zip(rows, found, strict=True))


def _at(
    share: tuple[Pair, ...], ratio: float, tau: float | None, ends: dict[tuple[Pair, str, float], Array], level: float
) -> AtRatio:
    few = corners(share)

    def credible(prior: str) -> Interval:
        if tau is None:
            span = sampled_span(share, prior, level)
            return Interval(lower=span.lower, upper=span.upper, level=level, kind="credible", method=prior)
        found = [ends[pair, prior, tau] for pair in few]
        lower, upper = float(min(one[0] for one in found)), float(max(one[1] for one in found))
        if prior == "jeffreys":  # closed ends, as for people like these
            lower = 0.0 if any(x == 0 for x, _ in few) else lower
            upper = 1.0 if any(x == n for x, n in few) else upper
        return Interval(lower=lower, upper=upper, level=level, kind="credible", method=prior)

    span = bounded_span(share, "wilson", level, (1 / ratio, ratio))
    bound = Interval(lower=span.lower, upper=span.upper, level=level, kind="confidence", method="wilson")
    every = tuple(credible(prior) for prior in PRIORS)
    interval = next(one for one in every if one.method == "jeffreys")
    sure = evidence(Share(pairs=share), (*every, bound), level, Participation(reach=ratio))
    return AtRatio(ratio=ratio, interval=interval, bound=bound, every=sure)
