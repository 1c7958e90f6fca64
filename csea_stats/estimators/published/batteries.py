"""Two questions of a battery against each other, where print does not say which numbers are whose."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from csea_stats.estimators.paired_difference import paired_difference
from csea_stats.estimators.published.naming import targets_of
from csea_stats.results.caveats import caveat
from csea_stats.results.verdicts import uncheckable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.survey import Battery, BatteryCell, Survey


def battery_differences(survey: Survey, audit: Audit, *, level: float = 0.95) -> Iterator[Estimate]:
    """Yield the difference between any two questions of a battery, for each printed range.

    Print gives the smallest and the largest share over the questions and not which question has which. So every two of
    them have the same feasible counts, and one set of numbers holds for each pair, whatever the overlap.

    Parameters
    ----------
    survey : Survey
    audit : Audit
    level : float, default 0.95
    """
    for battery in survey.battery:
        for cell in battery.cells:
            if cell.range is not None:
                yield from _any_two(survey, audit, battery, cell, level)


def _any_two(survey: Survey, audit: Audit, battery: Battery, cell: BatteryCell, level: float) -> Iterator[Estimate]:
    pairs = {_pairs(audit, battery, two, cell.items) for two in combinations(battery.questions, 2)}
    bases = {audit.base(name) for name in battery.questions}
    if len(pairs) != 1 or len(bases) != 1 or not isinstance(base := bases.pop(), int) or not base:
        return  # print tells some questions apart from others
    (counts,) = pairs
    first, second = {x for x, _ in counts}, {y for _, y in counts}
    what = " or ".join(cell.items)
    labels = "; ".join(question.label for question in survey.question if question.id in battery.questions)
    gaps = [(x - y) / base for x, y in counts]
    ends = min(gaps), max(gaps)
    signs = uncheckable("print does not say which question has which number.") if ends[0] < 0 < ends[1] else None
    for estimate in paired_difference(first, second, base, level=level, target=targets_of(survey.targets)[:2]):
        yield replace(
            estimate,
            question=battery.id,
            item=f"{' + '.join(cell.items)}: any question minus another",
            label=f"of “{what}” between any two of: {labels}",
            value=ends[0] if ends[0] == ends[1] else None,
            bounds=None if ends[0] == ends[1] else ends,
            probability=None,
            verdict=signs or estimate.verdict,
            counts=counts,
            base=(base,),
            caveats=(caveat("not-identified"), caveat("label-unknown"), *estimate.caveats),
            provenance=replace(estimate.provenance, places=(cell.where,)),
        )


def _pairs(audit: Audit, battery: Battery, two: tuple[str, str], items: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return the counts that two questions can have together: of some assignment where values have no labels."""
    found = audit.book.assigned(battery)
    if found and found[0].number:
        first, second = (battery.questions.index(name) for name in two)
        question = audit.book.question(two[0])
        return found[0].pairs((first, second), [question.categories.index(item) for item in items])
    one, other = (audit.counts_of(name, items) for name in two)
    return tuple((x, y) for x in one for y in other)
