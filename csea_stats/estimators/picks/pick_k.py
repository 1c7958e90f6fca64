"""Questions of which each respondent names exactly k answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.estimators.checking import (
    TargetOrTargets,
    check_margins,
    count_name,
    feasible,
    labelled,
    share_pairs,
    targets,
    whole,
)
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.marks import call_words
from csea_stats.estimators.shares.proportions import Share, share_setting
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.base.binomial import ShareMethod

    Count = int | AbstractSet[int]


def picks(  # noqa: PLR0913 - settings are keyword-only
    counts: Sequence[Count] | Mapping[str, Count],
    base: int,
    chosen: int,
    *,
    method: ShareMethod = "jeffreys",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = None,
    label: str | None = None,
) -> Estimates:
    """Estimate the share that names each answer, where every respondent names exactly ``chosen``.

    Parameters
    ----------
    counts : sequence, or mapping of answer to count
        How many named each answer; a set in place of a count where print allows several.
    base : int
        How many respondents.
    chosen : int
        How many answers each of them named.
    method, level, target, label
        As in `proportion`.
    threshold : float, optional
        By default no share is held against any: of many answers most are named by few.

    Returns
    -------
    Estimates
        One for each answer, for each target in turn.

    Raises
    ------
    CountError
        If a count is above the base, or the counts do not add up to ``base`` times ``chosen``.

    Notes
    -----
    Each count alone is binomial. Together they compete: naming one answer leaves less room for another, so the
    difference of two shares has a larger variance, on average by m / (m - 1) of m answers, than independence gives;
    no interval here is for a difference: see `pick_contrasts`, and `ranks` for the order of the answers.

    Examples
    --------
    >>> named = picks({"training": 35, "funds": 30, "staff": 24, "law": 18, "data": 14, "time": 12, "space": 14}, 49, 3)
    >>> named[0].item, round(named[0].interval.lower, 3)
    ('training', 0.578)
    """
    labels, values = labelled(counts)
    number, picked = whole(base, "base"), whole(chosen, "chosen")
    named = [feasible(value, count_name(place, labels)) for place, value in enumerate(values)]
    pairs = [share_pairs(set(value), number, name=count_name(place, labels)) for place, value in enumerate(named)]
    check_margins(named, number, picked, labels)
    wanted, _ = targets(target)
    setting = share_setting(method, level, threshold, label)
    given = [value[0] if len(value) == 1 else set(value) for value in named]
    found = []
    for member in wanted:
        told = setting.told(member, method="jeffreys", threshold=None)
        call = call_words("picks", (dict(zip(labels, given, strict=True)) if labels else given, base, chosen), told)
        for place, pair in enumerate(pairs):
            item = labels[place] if labels else None
            found.append(
                estimate(
                    Share(pairs=pair),
                    member,
                    setting,
                    call=f"{call}[{place}]",
                    item=item,
                    doubts=(caveat("choices-compete", chosen=picked),),
                )
            )
    return Estimates(found)
