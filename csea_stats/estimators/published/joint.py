"""Intervals that hold for all answers of a question at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.estimators.multinomial import multinomial
from csea_stats.estimators.proportion import proportion
from csea_stats.results.caveats import caveat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval
    from csea_stats.survey.survey import Question
    from csea_stats.targets.populations import Target

MOST_READINGS = 40
"""Readings over which a joint band is computed one by one; with more, Bonferroni limits of each item are used."""


def joint_shares(
    question: Question, audit: Audit, *, level: float, names: tuple[str, ...], target: Target
) -> Iterator[tuple[str, Estimate]]:
    """Yield (item, estimate) with intervals for all answers jointly.

    One answer each: the Dirichlet band, its hull over the readings of print. Several answers each: Clopper-Pearson
    at level 1 - (1 - level)/K, which holds however the answers hang together.
    """
    base = audit.base(question.id)
    if not isinstance(base, int) or len(names) < 3 or not base:
        return
    readings = audit.feasible(question.id)
    complete = question.one_answer and not question.partial and names == question.categories
    if complete and len(readings) <= MOST_READINGS and audit.listed(question.id):
        yield from _bands(question, audit, level, target)
    else:
        shares = [(name, audit.counts_of(question.id, (name,))) for name in names]
        yield from _bonferroni(shares, base, level, target)


def _bands(question: Question, audit: Audit, level: float, target: Target) -> Iterator[tuple[str, Estimate]]:
    readings = audit.feasible(question.id)
    whole = [reading.counts + ((reading.missing,) if reading.missing else ()) for reading in readings]
    bands = [multinomial(counts, level=level, target=target) for counts in dict.fromkeys(whole)]
    for index, category in enumerate(question.categories):
        members = [band[index] for band in bands]
        if any(member.interval is None for member in members):
            return
        shares = [reading.counts[index] / sum(vector) for reading, vector in zip(readings, whole, strict=True)]
        several = min(shares) < max(shares)
        yield (
            category,
            replace(
                members[0],
                interval=_hull(member.interval for member in members),
                companion=None,
                sensitivity=(),
                counts=tuple(sorted({member.counts[0] for member in members})),
                value=None if several else shares[0],
                bounds=(min(shares), max(shares)) if several else None,
                caveats=tuple(dict.fromkeys(doubt for member in members for doubt in member.caveats)),
            ),
        )


def _hull(intervals: Iterable[Interval | None]) -> Interval:
    kept = [interval for interval in intervals if interval]
    return replace(kept[0], lower=min(one.lower for one in kept), upper=max(one.upper for one in kept))


def _bonferroni(
    shares: list[tuple[str, tuple[int, ...]]], base: int, level: float, target: Target
) -> Iterator[tuple[str, Estimate]]:
    strict = 1 - (1 - level) / len(shares)
    doubt = caveat("all-at-once", number=len(shares))
    for name, counts in shares:
        estimate = proportion(set(counts), base, method="clopper-pearson", level=strict, target=target, threshold=None)
        if estimate.interval is None:
            return
        joint = replace(estimate.interval, level=level, method="bonferroni-clopper-pearson", simultaneous=len(shares))
        yield (
            name,
            replace(estimate, interval=joint, companion=None, sensitivity=(), caveats=(*estimate.caveats, doubt)),
        )
