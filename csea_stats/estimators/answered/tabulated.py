"""Estimates of a tabulation: every answer and every cut of a scale, in every group, for every target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.estimators.answered.tabulations import tabulate
from csea_stats.estimators.breakdown import breakdown_ratio
from csea_stats.estimators.proportion import proportion
from csea_stats.estimators.published.naming import item_label, item_name, targets_of
from csea_stats.estimators.published.published import HALF, asks_half
from csea_stats.respondents.columns import NumberColumn
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import integer
from csea_stats.targets.populations import TIERS, Respondents, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.estimators.answered.tabulations import Tabulation
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat


def tabulated_estimates(tabulation: Tabulation, *, level: float = 0.95) -> Estimates:
    """Estimate every answer of a tabulation, and every cut of a scale.

    Parameters
    ----------
    tabulation : Tabulation
    level : float, default 0.95

    Returns
    -------
    Estimates
        Group by group: per answer one for these respondents, one for people like these, and one for the population at
        each selection strength. Where answers lie off the scale, then the shares of all who answered, too.
    """
    found: list[Estimate] = []
    for group in range(len(tabulation.groups)):
        if 0 in tabulation.bases(group):
            continue  # nobody, so no share
        for places in items_of(tabulation):
            found.extend(_item(tabulation, group, places, level))
        found.extend(_of_all(tabulation, group, level))
    return Estimates(found)


def answered_estimates(data: Microdata, *, level: float = 0.95) -> Estimates:
    """Estimate every variable with one answer or several each; a number has no shares.

    Parameters
    ----------
    data : Microdata
    level : float, default 0.95
    """
    found: list[Estimate] = []
    for column in data.columns:
        if not isinstance(column, NumberColumn):
            found.extend(tabulated_estimates(tabulate(data, column.name), level=level))
    return Estimates(found)


def items_of(tabulation: Tabulation) -> tuple[tuple[int, ...], ...]:
    """Return the answers, then the cuts of a scale, as places among the labels."""
    size = len(tabulation.labels)
    singles = tuple((place,) for place in range(size))
    cuts = tuple(tuple(range(cut)) for cut in range(2, size)) if tabulation.ordered else ()
    return singles + cuts


def targets_for(tabulation: Tabulation) -> tuple[Target, ...]:
    """Return the tiers with the source's words for them."""
    return TIERS if tabulation.words is None else targets_of(tabulation.words)


def named(tabulation: Tabulation, places: Sequence[int]) -> tuple[str, str]:
    """Return an item's name and the verb phrase that completes "35 of 49 ..."."""
    items = tuple(tabulation.labels[place] for place in places)
    return item_name(tabulation.question, items), item_label(tabulation.question, items)


def _item(tabulation: Tabulation, group: int, places: tuple[int, ...], level: float) -> Iterator[Estimate]:
    name, label = named(tabulation, places)
    who = tabulation.groups[group]
    if who:
        name, label = f"{name} among {who}", f"{label} ({group_words(tabulation, who)})"
    counts, bases = tabulation.counts(group, places), tabulation.bases(group)
    threshold = HALF if asks_half(counts, bases, level) else None
    doubts = (*_kind_doubts(tabulation), *_apart(tabulation, group))
    targets = targets_for(tabulation)
    estimand = "cumulative share" if len(places) > 1 else "share"
    for one in proportion(counts, bases, level=level, target=targets, threshold=threshold, label=label):
        yield dressed(tabulation, one, item=name, estimand=estimand, doubts=doubts)
    if threshold is not None:
        tipping = breakdown_ratio(counts, bases, threshold=HALF, level=level, label=label)
        words = targets[1].words
        tipping = replace(tipping, target=replace(tipping.target, words=words))
        yield dressed(tabulation, tipping, item=name, estimand="tipping point", doubts=doubts)


def _of_all(tabulation: Tabulation, group: int, level: float) -> Iterator[Estimate]:
    """Yield shares of all who answered, where some answered off the scale: the other of the two bases."""
    apart = dict(tabulation.tables[0].apart[group])
    outside = {answer: apart.get(answer, 0) for answer in tabulation.off_scale}
    if not any(outside.values()) or tabulation.several:
        return
    base = tabulation.tables[0].bases[group] + sum(outside.values())
    who = tabulation.groups[group]
    ending = f" ({group_words(tabulation, who)})" if who else ""
    told = [
        (*named(tabulation, (place,)), tabulation.tables[0].counts[group][place])
        for place in range(len(tabulation.labels))
    ]
    said = tabulation.question.says
    told += [
        (answer, said.get(answer, f"gave “{answer}” ({tabulation.question.label})"), times)
        for answer, times in outside.items()
    ]
    for name, label, count in told:
        item = f"{name}, of all who answered{f', among {who}' if who else ''}"
        for one in proportion(
            count, base, level=level, target=targets_for(tabulation), threshold=None, label=f"{label}{ending}"
        ):
            yield dressed(
                tabulation, one, item=item, estimand="share of all who answered", doubts=_kind_doubts(tabulation)
            )


def group_words(tabulation: Tabulation, who: str) -> str:
    """Return a group in words: the answer, with its question."""
    return f"{tabulation.by_label}: {who}" if tabulation.by_label else who


def _kind_doubts(tabulation: Tabulation) -> tuple[Caveat, ...]:
    found = []
    if len(tabulation.labels) > 2:
        found.append(caveat("one-at-a-time"))
    if tabulation.question.kind == "open-coded":
        found.append(caveat("mentions"))
    if tabulation.chosen:
        found.append(caveat("choices-compete", chosen=tabulation.chosen))
    return tuple(found)


def _apart(tabulation: Tabulation, group: int) -> tuple[Caveat, ...]:
    """Return who is in no count, and why; of print nothing is known but the counts."""
    who = tabulation.groups[group]
    found = [caveat("subgroup", group=group_words(tabulation, who))] if who else []
    reasons = tabulation.tables[0].apart[group]
    if tabulation.places or len(tabulation.tables) > 1:
        return tuple(found)
    if reasons:
        answered = tabulation.tables[0].bases[group]
        total = answered + sum(times for _, times in reasons)
        found.append(caveat("apart", answered=integer(answered), total=integer(total), why=_listed(reasons)))
    if tabulation.left_out:
        inside = sum(base for base in tabulation.tables[0].bases)
        inside += sum(times for part in tabulation.tables[0].apart for _, times in part)
        total = inside + sum(times for _, times in tabulation.left_out)
        found.append(caveat("apart", answered=integer(inside), total=integer(total), why=_listed(tabulation.left_out)))
    return tuple(found)


def _listed(reasons: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{reason} {integer(times)}" for reason, times in reasons)


def dressed(
    tabulation: Tabulation, estimate: Estimate, *, item: str, estimand: str, doubts: Sequence[Caveat] = ()
) -> Estimate:
    """Return an estimate with its question, item, origin and the doubts that the source adds; the stamp first."""
    counted = isinstance(estimate.target, Respondents)
    kept = [doubt for doubt in doubts if not (counted and doubt.code in ("one-at-a-time", "few"))]
    source = [caveat(code, **dict(values)) for code, values in tabulation.doubts]
    source = [doubt for doubt in source if not (counted and doubt.code == "clustered")]
    stamp = [caveat("synthetic")] if tabulation.synthetic else []
    by = f', by="{tabulation.by}"' if tabulation.by else ""
    provenance = replace(
        estimate.provenance,
        survey=tabulation.survey,
        places=tabulation.places,
        data_hash=tabulation.data_hash,
        call=f'csea_stats.estimate(csea_stats.tabulate(data, "{tabulation.outcome}"{by}))',
        seed=tabulation.seed,
    )
    label = estimate.label
    if tabulation.synthetic and label is not None:
        label = f"{label} [SYNTHETIC]"
    return replace(
        estimate,
        question=tabulation.outcome,
        item=item,
        label=label,
        estimand=estimand,
        caveats=tuple(dict.fromkeys((*stamp, *estimate.caveats, *kept, *source))),
        provenance=provenance,
    )
