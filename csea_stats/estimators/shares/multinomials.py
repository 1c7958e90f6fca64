"""All shares of a question with one answer each, with intervals that hold jointly."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.base.binomial import ShareMethod, interval_limits
from csea_stats.base.dirichlet import dirichlet_band
from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.checking import (
    TargetOrTargets,
    check_label,
    check_level,
    check_method,
    check_threshold,
    count_vectors,
    targets,
)
from csea_stats.estimators.estimands import Setting
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.marks import base_of, call_words, count_caveats, provenance, target_caveats
from csea_stats.estimators.shares.proportions import Share
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.numbers import ratio
from csea_stats.results.values import Estimate, Interval
from csea_stats.results.verdicts import counted_verdict, sampled_verdict
from csea_stats.targets.populations import Population, Respondents, Selection, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

JointMethod = Literal["dirichlet", "goodman", "bonferroni-clopper-pearson"]
JOINT_METHODS: tuple[JointMethod, ...] = ("dirichlet", "goodman", "bonferroni-clopper-pearson")
"""The methods for all shares jointly; the first is the default."""

Vectors = tuple[tuple[int, ...], ...]
Limits = tuple[tuple[float, ...], tuple[float, ...]]


def multinomial(
    counts: Sequence[int] | Mapping[str, int] | AbstractSet[tuple[int, ...]],
    *,
    method: JointMethod = "dirichlet",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    threshold: float | None = None,
    label: str | None = None,
) -> Estimates:
    """Estimate every share of a question with one answer each, with intervals that hold jointly.

    Parameters
    ----------
    counts : sequence, mapping of answer to count, or set of tuples
        One count for each answer; a set of feasible count vectors where print allows several.
    method : str, default "dirichlet"
        "dirichlet" (credible: the balanced joint band of a Dirichlet(1/2, ..., 1/2) prior, closed at a count of 0),
        "goodman" (confidence: Wilson at level 1 - (1 - level)/K), "bonferroni-clopper-pearson" (confidence, at least
        the level whatever the shares).
    level : float, default 0.95
        Of all intervals jointly.
    target : target or sequence of targets, default Superpopulation()
    threshold : float, optional
        By default no share is held against any.
    label : str, optional
        Verb phrase; by default the answer.

    Returns
    -------
    Estimates
        One for each answer, for each target in turn; ``interval.simultaneous`` is their number. The companion is
        Goodman's, or the Dirichlet band beside a confidence method.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or there are fewer than two answers.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    For a population, of known size or not, each answer against the rest has its own log participation ratio, as in
    `proportion`, and level 1 - (1 - level)/K: by Bonferroni's inequality the level holds jointly however the K ratios
    hang together, which is not assumed. "dirichlet" then stands for Jeffreys' interval of each, "goodman" for Wilson's.

    Joint coverage at 49 people over four shapes: Dirichlet band .948 to .976, Goodman .933 to .969; at 24 people
    Goodman .917 to .946. The margin of the Dirichlet is not the interval of `proportion`, which has a prior of its
    own: a single named answer is the table of two cells.

    References
    ----------
    Goodman (1965), Technometrics 7, 247-254, https://doi.org/10.1080/00401706.1965.10490252; Besag, Green, Higdon &
    Mengersen (1995), Statistical Science 10, 3-66, https://doi.org/10.1214/ss/1177010123

    Examples
    --------
    >>> shares = multinomial({"none": 3, "poor": 20, "fair": 17, "good": 7, "excellent": 2})
    >>> shares[1].item, round(shares[1].interval.lower, 3), round(shares[1].interval.upper, 3)
    ('poor', 0.236, 0.575)
    """
    labels, vectors = count_vectors(counts)
    method, level = check_method(method, JOINT_METHODS), check_level(level)  # type: ignore[assignment]
    asked, label = check_threshold(threshold, 0.0, 1.0), check_label(label)
    wanted, _ = targets(target)
    given = set(vectors) if len(vectors) > 1 else _typed(labels, vectors[0])
    found: list[Estimate] = []
    for member in wanted:
        settings = {
            "method": (method, "dirichlet"),
            "level": (level, 0.95),
            "target": (member, Superpopulation()),
            "threshold": (asked, None),
            "label": (label, None),
        }
        call = call_words("multinomial", (given,), settings)
        shares = _shares if isinstance(member, (Respondents, Superpopulation)) else _one_by_one
        found.extend(shares(vectors, labels, member, (method, level, asked, label), call))
    return Estimates(found)


def _typed(labels: tuple[str, ...] | None, vector: tuple[int, ...]) -> object:
    return list(vector) if labels is None else dict(zip(labels, vector, strict=True))


def _shares(
    vectors: Vectors,
    labels: tuple[str, ...] | None,
    target: Target,
    setting: tuple[str, float, float | None, str | None],
    call: str,
) -> list[Estimate]:
    method, level, threshold, label = setting
    number = len(vectors[0])
    other = "goodman" if method == "dirichlet" else "dirichlet"
    found = []
    for place in range(number):
        pairs = tuple(sorted({(vector[place], sum(vector)) for vector in vectors}))
        shares = [x / n for x, n in pairs]
        counts, base = tuple((x,) for x in sorted({x for x, _ in pairs})), (base_of(n for _, n in pairs),)
        main = companion = verdict = None
        doubts = [*target_caveats(target), *count_caveats(pairs, target)]
        if isinstance(target, Superpopulation):
            main, companion = (_hull(vectors, place, name, level, target.design_effect) for name in (method, other))
            doubts.append(caveat("all-at-once", number=number))
            if any(x in (0, n) for x, n in pairs):
                doubts.append(caveat("closed-band"))
            if threshold is not None:
                verdict = sampled_verdict([main, companion], threshold=threshold)
        elif threshold is not None:
            verdict = counted_verdict(shares, threshold=threshold)
        item = labels[place] if labels else None
        found.append(
            Estimate(
                item=item,
                label=label if label is not None else item,
                estimand="share, jointly",
                scale="share",
                target=target,
                value=shares[0] if len(pairs) == 1 else None,
                bounds=None if len(pairs) == 1 else (min(shares), max(shares)),
                interval=main,
                companion=companion,
                threshold=threshold,
                verdict=verdict,
                counts=counts,
                base=base,
                caveats=tuple(doubts),
                provenance=provenance(f"{call}[{place}]", vectors),
            )
        )
    return found


ALONE: dict[str, ShareMethod] = {
    "dirichlet": "jeffreys",
    "goodman": "wilson",
    "bonferroni-clopper-pearson": "clopper-pearson",
}
"""The interval of one answer against the rest that stands for each joint method."""


def _one_by_one(
    vectors: Vectors,
    labels: tuple[str, ...] | None,
    target: Target,
    setting: tuple[str, float, float | None, str | None],
    call: str,
) -> list[Estimate]:
    method, level, threshold, label = setting
    number = len(vectors[0])
    strict = 1 - (1 - level) / number
    if method != "dirichlet" and isinstance(target, Population) and isinstance(target.selection, Selection):
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='dirichlet', or keep {method!r} with SelectionBounds(ratio={ratio(target.selection.ratio)})"
        )
        raise UnsupportedTarget(message)
    if method == "bonferroni-clopper-pearson" and getattr(target, "size", None) is not None:
        message = f"method {method!r} has no form for a population of known size: use 'dirichlet' or 'goodman'"
        raise UnsupportedTarget(message)

    def jointly(span: Interval) -> Interval:
        return replace(span, level=level, method=f"{span.method}, Bonferroni", simultaneous=number)

    found = []
    for place in range(number):
        pairs = tuple(sorted({(vector[place], sum(vector)) for vector in vectors}))
        item = labels[place] if labels else None
        alone = Setting(
            method=ALONE[method], level=strict, threshold=threshold, label=label if label is not None else item
        )
        one = estimate(Share(pairs=pairs), target, alone, call=f"{call}[{place}]", estimand="share, jointly", item=item)
        found.append(
            replace(
                one,
                interval=one.interval and jointly(one.interval),
                companion=one.companion and jointly(one.companion),
                sensitivity=tuple((name, jointly(span)) for name, span in one.sensitivity),
                caveats=(*one.caveats, caveat("all-at-once", number=number)),
            )
        )
    return found


def _hull(vectors: Vectors, place: int, method: str, level: float, design_effect: float) -> Interval:
    limits = [joint_limits(vector, method, level, design_effect) for vector in vectors]
    return Interval(
        lower=min(lower[place] for lower, _ in limits),
        upper=max(upper[place] for _, upper in limits),
        level=level,
        kind="credible" if method == "dirichlet" else "confidence",
        method=method,
        simultaneous=len(vectors[0]),
    )


@lru_cache(maxsize=4096)
def joint_limits(vector: tuple[int, ...], method: str, level: float, design_effect: float = 1.0) -> Limits:
    """Return lower and upper limits of all shares of one count vector.

    Examples
    --------
    >>> [round(value, 3) for value in joint_limits((3, 20, 17, 7, 2), "goodman", 0.95)[0]]
    [0.016, 0.249, 0.2, 0.057, 0.008]
    """
    scaled = tuple(count / design_effect for count in vector)
    if method == "dirichlet":
        lower, upper, _ = dirichlet_band(scaled, level)
    else:
        one = "wilson" if method == "goodman" else "clopper-pearson"
        lower, upper = interval_limits(np.array(scaled), sum(scaled), method=one, level=1 - (1 - level) / len(vector))
    return tuple(lower.tolist()), tuple(upper.tolist())
