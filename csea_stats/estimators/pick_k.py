"""Questions of which each respondent names exactly k answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.base.conditional_bernoulli import inclusion, posterior_draws
from csea_stats.errors import CountError, InputError, check_kind, in_short, plain_value
from csea_stats.estimators.arguments import (
    TargetOrTargets,
    check_label,
    check_level,
    check_margins,
    check_method,
    count_name,
    feasible,
    labelled,
    share_pairs,
    targets,
    whole,
)
from csea_stats.estimators.inference import estimate, jointly
from csea_stats.estimators.overlaps import feasible_overlaps
from csea_stats.estimators.paired_difference import PAIR_METHODS, PairMethod, counted_difference
from csea_stats.estimators.proportion import Share, share_setting
from csea_stats.estimators.ranking import checked_list
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import level_words, number_of, points_range
from csea_stats.results.recipes import call_words
from csea_stats.results.values import Interval
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from csea_stats.base.binomial import ShareMethod
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat
    from csea_stats.targets.populations import Target

    Array = NDArray[np.float64]
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
    claim: Literal["above", "below"] | None = None,
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
    claim : {"above", "below"}, optional
        On which side of the threshold each share is claimed to be. By default on the side that was observed.

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
    setting = share_setting(method, level, threshold, label, claim)
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


MODEL = "conditional-bernoulli, a model"

DRAWS, BLOCK = 40_000, 10_000
"""Weighted draws for the model's intervals, and how many of them at a time."""


def pick_contrasts(  # noqa: PLR0913 - settings are keyword-only
    counts: Sequence[int] | Mapping[str, int],
    base: int,
    chosen: int,
    *,
    versus: str = "top",
    method: PairMethod = "dirichlet",
    level: float = 0.95,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Estimates:
    """Estimate differences between the shares of answers, where every respondent names exactly ``chosen``.

    Parameters
    ----------
    counts : sequence, or mapping of answer to count
        How many named each answer, those that nobody named included.
    base : int
        How many respondents.
    chosen : int
        How many answers each of them named.
    versus : str, default "top"
        "top" (the answer named most minus each other), "pairs" (every pair, the more named minus the other), or an
        answer that was settled on before looking (it minus each other).
    method : str, default "dirichlet"
        As in `paired_difference`.
    level : float, default 0.95
        Of all differences of the family jointly.
    target : target or sequence of targets, default Superpopulation()
    label : str, optional
        Verb phrase.

    Returns
    -------
    Estimates
        One for each pair, for each target in turn, "first minus second". ``interval`` and ``companion`` hold whatever
        the overlap of the two answers that all counts together allow, and jointly by Bonferroni's inequality for
        ``simultaneous`` differences: all m (m - 1) / 2 pairs where the counts choose which are compared. For people
        like these ``sensitivity`` also has the interval of the conditional Bernoulli model, one pair at a time.

    Raises
    ------
    CountError
        If the counts cannot be those of ``chosen`` answers each, or print leaves several of them possible.
    InputError
        If ``versus`` is none of those allowed.

    Notes
    -----
    How many named both of two answers is not printed; their counts, with those of all others, bound it (Gale and
    Ryser). The variance of the difference falls as the overlap rises, so the interval at the smallest overlap holds
    for all. The companion that a model gives is narrower because it supposes the overlap: that the answers of a
    respondent hang together only because ``chosen`` are named.

    References
    ----------
    Chen, Dempster & Liu (1994), Biometrika 81, 457-469, https://doi.org/10.1093/biomet/81.3.457

    Examples
    --------
    >>> gaps = pick_contrasts({"a": 35, "b": 30, "c": 24, "d": 18, "e": 14, "f": 12, "g": 9, "h": 5}, 49, 3)
    >>> gaps[6].item, gaps[6].interval.simultaneous
    ('a minus h', 28)
    """
    labels, named, number, picked = checked_list(counts, base, chosen)
    if picked is None:
        message = "chosen: found None; allowed is how many answers each respondent named"
        raise CountError(message)
    if any(len(values) > 1 for values in named):
        message = "counts: found sets of counts; allowed is one count for each answer: ask for each feasible vector"
        raise CountError(message)
    x = tuple(values[0] for values in named)
    names = labels or tuple(f"answer {place}" for place in range(1, len(x) + 1))
    check_kind("versus", versus, str)
    family = _family(x, names, versus)
    method, level, label = check_method(method, PAIR_METHODS), check_level(level), check_label(label)  # type: ignore[assignment]
    found: list[Estimate] = []
    for member in targets(target)[0]:
        told = {
            "versus": (versus, "top"),
            "method": (method, PAIR_METHODS[0]),
            "level": (level, 0.95),
            "target": (member, Superpopulation()),
            "label": (label, None),
        }
        typed = dict(zip(labels, x, strict=True)) if labels else list(x)
        call = call_words("pick_contrasts", (typed, number, picked), told)
        found.extend(_contrasts((x, names, number, picked), family, member, (method, level, label), call))
    return Estimates(found)


Picked = tuple[tuple[int, ...], tuple[str, ...], int, int]
"""Counts, names, base, and how many each respondent named."""

Family = tuple[list[tuple[int, int]], int, tuple["Caveat", ...]]
"""The pairs compared, for how many the level holds jointly, and what is to be said of them."""


def _contrasts(
    picked: Picked, family: Family, target: Target, setting: tuple[PairMethod, float, str | None], call: str
) -> Iterator[Estimate]:
    (x, names, base, chosen), (pairs, looks, doubts), (method, level, label) = picked, family, setting
    alike = isinstance(target, Superpopulation) and target.design_effect == 1
    modelled = model_intervals(x, base, chosen, pairs, level) if alike else {}
    for place, (first, second) in enumerate(pairs):
        others = [count for index, count in enumerate(x) if index not in (first, second)]
        words = f"{names[first]} minus {names[second]}"
        (one,) = counted_difference(
            x[first],
            x[second],
            base,
            feasible_overlaps(x[first], x[second], others, base, chosen),
            method=method,
            level=1 - (1 - level) / looks,
            target=target,
            label=label if label is not None else f"({words})",
        )
        one = jointly(one, number=looks, level=level)
        model = modelled.get((first, second))
        told = (caveat("choices-compete", chosen=chosen), *doubts, *_told(model, chosen))
        yield replace(
            one,
            item=words,
            sensitivity=(*one.sensitivity, *(((MODEL, model),) if model else ())),
            caveats=tuple(dict.fromkeys((*one.caveats, *(told if one.interval else told[:1])))),
            provenance=replace(one.provenance, call=f"{call}[{place}]"),
        )


def _family(x: tuple[int, ...], names: tuple[str, ...], versus: str) -> Family:
    order = sorted(range(len(x)), key=lambda place: -x[place])
    every = len(x) * (len(x) - 1) // 2
    chosen_by_count = (
        () if every == 1 else (caveat("all-at-once", number=every), caveat("picked-by-count", number=every))
    )
    versus = plain_value(versus)
    if versus == "pairs":
        return list(combinations(order, 2)), every, chosen_by_count[:1]
    if versus == "top":
        return [(order[0], other) for other in order[1:]], every, chosen_by_count
    if versus in names:
        mine = names.index(versus)
        looks = len(x) - 1
        doubts = () if looks == 1 else (caveat("all-at-once", number=looks),)
        return [(mine, other) for other in order if other != mine], looks, doubts
    message = f"versus: found {in_short(versus)}; allowed is 'top', 'pairs', or one of the answers: {', '.join(names)}"
    raise InputError(message)


def model_intervals(
    x: tuple[int, ...], base: int, chosen: int, pairs: list[tuple[int, int]], level: float
) -> dict[tuple[int, int], Interval]:
    """Return the interval of each pair's difference under the conditional Bernoulli model, one pair at a time."""
    scores, weights, _ = posterior_draws(x, base, chosen, draws=DRAWS)
    blocks = [inclusion(scores[:, start : start + BLOCK], chosen) for start in range(0, scores.shape[1], BLOCK)]
    shares = np.concatenate(blocks, axis=1)
    found = {}
    for first, second in pairs:
        gap = shares[first] - shares[second]
        order = np.argsort(gap)
        below = np.cumsum(weights[order]) - weights[order] / 2
        lower, upper = np.interp([(1 - level) / 2, (1 + level) / 2], below, gap[order])
        found[first, second] = Interval(
            lower=float(lower), upper=float(upper), level=level, kind="credible", method=MODEL
        )
    return found


def _told(model: Interval | None, chosen: int) -> tuple[Caveat, ...]:
    if model is None:
        return ()
    span = points_range(model.lower, model.upper)
    return (caveat("pair-model", chosen=number_of(chosen, "are"), span=span, level=level_words(model.level)),)
