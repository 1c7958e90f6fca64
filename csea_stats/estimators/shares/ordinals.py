"""Cumulative shares of an ordered scale: each cut is the share of a table of two cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate
from types import NoneType
from typing import TYPE_CHECKING

from csea_stats.errors import CountError, InputError, check_kind
from csea_stats.estimators.checking import (
    TargetOrTargets,
    check_label,
    count_vectors,
    targets,
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


def ordinal(  # noqa: PLR0913 - settings are keyword-only
    counts: Sequence[int] | Mapping[str, int] | AbstractSet[tuple[int, ...]],
    categories: Sequence[str] | None = None,
    *,
    method: ShareMethod = "jeffreys",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = 0.5,
    label: str | None = None,
) -> Estimates:
    """Estimate the share of each category or lower, of a question with ordered categories.

    Parameters
    ----------
    counts : sequence, mapping of category to count, or set of tuples
        One count for each category, from the lowest; a set of feasible count vectors where print allows several.
    categories : sequence of str, optional
        From the lowest to the highest; a mapping names them itself.
    method, level, target, threshold, label
        As in `proportion`.

    Returns
    -------
    Estimates
        One for each category but the last, for each target in turn; ``item`` is the category, ``label`` ends in
        "category or lower".

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or there are not as many counts as categories.
    InputError, UnsupportedTarget
        As `proportion`.

    Notes
    -----
    Each cut is the two-cell table with a prior of its own (Beta(1/2, 1/2) under "jeffreys"), so a cut agrees with
    `proportion` of the same two numbers. For a population every cumulative logit is shifted by the same amount. The
    intervals hold one at a time.

    Examples
    --------
    >>> cuts = ordinal([3, 20, 17, 7, 2], ["none", "poor", "fair", "good", "excellent"])
    >>> [(cut.label, round(cut.interval.lower, 3), round(cut.interval.upper, 3)) for cut in cuts][1]
    ('poor or lower', 0.335, 0.608)
    """
    found_labels, vectors = count_vectors(counts)
    names = _names(categories, found_labels, len(vectors[0]))
    wanted, _ = targets(target)
    label = check_label(label)
    setting = share_setting(method, level, threshold, label)
    given = set(vectors) if len(vectors) > 1 else list(vectors[0])
    found = []
    for member in wanted:
        call = call_words("ordinal", (given, list(names)), setting.told(member, method="jeffreys", threshold=0.5))
        for cut, name in enumerate(names[:-1]):
            pairs = tuple(sorted({(list(accumulate(vector))[cut], sum(vector)) for vector in vectors}))
            words = f"{name} or lower" if label is None else f"{label}: {name} or lower"
            found.append(
                estimate(
                    Share(pairs=pairs),
                    member,
                    replace(setting, label=words),
                    call=f"{call}[{cut}]",
                    estimand="cumulative share",
                    item=name,
                    doubts=(caveat("one-at-a-time"),) if len(names) > 2 else (),
                )
            )
    return Estimates(found)


def _names(categories: Sequence[str] | None, labels: tuple[str, ...] | None, number: int) -> tuple[str, ...]:
    check_kind("categories", categories, Iterable, NoneType)
    if isinstance(categories, str):
        message = f"categories: found the text {categories!r}; allowed is a list of names, from the lowest"
        raise InputError(message)
    if categories is None and labels is None:
        message = "categories: found none; allowed is a list of names, from the lowest, one for each count"
        raise InputError(message)
    names = tuple(str(name) for name in (categories if categories is not None else labels or ()))
    if len(names) != number:
        message = f"counts: found {number} for the {len(names)} categories {list(names)}; allowed is one for each"
        raise CountError(message)
    if len(set(names)) != len(names):
        message = f"categories: found {list(names)}; allowed are different names"
        raise InputError(message)
    if labels is not None and names != labels:
        message = f"categories: found {list(names)}, but the counts are labelled {list(labels)}; give them in one order"
        raise InputError(message)
    return names
