"""Estimates of a tabulation: every answer by group, the cuts of a scale, the median of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.respondents.columns import NumberColumn
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.tabulation.association_data import left_out_words
from csea_stats.tabulation.items import Item, Origin, kind_doubts, with_source
from csea_stats.tabulation.tabulate import tabulate
from csea_stats.tabulation.tabulation import NamedAnswers, group_words, item_of, items_of, named, origin_of, targets_for
from csea_stats.targets.populations import Population

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat
    from csea_stats.survey.answer_events import Event
    from csea_stats.tabulation.tabulation import Tabulation


def tabulated_estimates(tabulation: Tabulation, *, level: float = 0.95, outcome: Event | None = None) -> Estimates:
    """Estimate every answer of a tabulation, and every cut of a scale; or what is asked for.

    Parameters
    ----------
    tabulation : Tabulation
    level : float, default 0.95
    outcome : str or sequence of str, optional

    Returns
    -------
    Estimates
        Group by group: per answer one for these respondents, one for people like these, and one for the population at
        each selection strength. Where answers lie off the scale, then the shares of all who answered, too.
    """
    settings = {"level": (level, 0.95), "outcome": (outcome, None)}
    origin = origin_of(tabulation, call_words("estimate", [Verbatim(tabulation.call)], settings))
    items = items_of(tabulation) if outcome is None else [item_of(tabulation, outcome)]
    found = (
        item
        for group in range(len(tabulation.groups))
        if 0 not in tabulation.bases(group)  # of nobody there is no share
        for item in (
            *(_item(tabulation, group, wanted, origin) for wanted in items),
            *(_of_all(tabulation, group, origin) if outcome is None else ()),
        )
    )
    numbers = _medians(tabulation, level, origin) if outcome is None else ()
    return Estimates([*(estimate for item in found for estimate in item.estimates(level)), *numbers])


def _medians(tabulation: Tabulation, level: float, origin: Origin) -> Iterator[Estimate]:
    """Yield the median of a number in each group; of a population nothing is known of it."""
    told = [target for target in targets_for(tabulation) if not isinstance(target, Population)]
    for group, summary in enumerate(tabulation.numbers):
        who = tabulation.groups[group]
        label = f"of “{tabulation.question.label}”" + (f" ({group_words(tabulation, who)})" if who else "")
        for one in summary.estimates(told, level=level, label=label) if summary.values else ():
            item = f"median among {who}" if who else "median"
            yield with_source(one, origin, item=item, doubts=_apart(tabulation, group))


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


def _item(tabulation: Tabulation, group: int, item: NamedAnswers, origin: Origin) -> Item:
    name, label, places = item.name, item.label, item.places
    size, many = len(tabulation.labels), len(places)
    is_end = many > 1 and places in (tuple(range(many)), tuple(range(size - many, size)))
    who = tabulation.groups[group]
    return Item(
        name=f"{name} among {who}" if who else name,
        label=f"{label} ({group_words(tabulation, who)})" if who else label,
        estimand="cumulative share" if tabulation.ordered and is_end else "share",
        pairs=tuple(tabulation.pairs((group,), places)),
        targets=targets_for(tabulation),
        doubts=(*_kind_doubts(tabulation), *_apart(tabulation, group)),
        origin=origin,
    )


def _of_all(tabulation: Tabulation, group: int, origin: Origin) -> Iterator[Item]:
    """Yield shares of all who answered, where some answered off the scale: the other of the two bases."""
    apart = dict(tabulation.tables[0].apart[group])
    outside = {answer: apart.get(answer, 0) for answer in tabulation.off_scale}
    if not any(outside.values()) or tabulation.several or len(tabulation.tables) > 1:
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
        yield Item(
            name=f"{name}, of all who answered{f', among {who}' if who else ''}",
            label=f"{label}{ending}",
            estimand="share of all who answered",
            pairs=((count, base),),
            targets=targets_for(tabulation),
            doubts=_kind_doubts(tabulation),
            origin=origin,
            asked=False,
        )


def _kind_doubts(tabulation: Tabulation) -> tuple[Caveat, ...]:
    found = list(kind_doubts(tabulation.question))
    if tabulation.chosen:
        found.append(caveat("choices-compete", chosen=tabulation.chosen))
    return tuple(found)


def _apart(tabulation: Tabulation, group: int) -> tuple[Caveat, ...]:
    """Return who is in no count, and why; of print nothing is known but the counts."""
    who = tabulation.groups[group]
    found = [caveat("subgroup", group=group_words(tabulation, who))] if who else []
    found += tabulation.not_counted((group,))
    if tabulation.left_out:
        inside = sum(base for base in tabulation.tables[0].bases)
        inside += sum(times for part in tabulation.tables[0].apart for _, times in part)
        found.append(left_out_words(tabulation.left_out, inside))
    return tuple(found)
