"""Associations that need respondents' rows: questions with several answers each, and answers in clusters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError
from csea_stats.estimators.associations.asked import DRAWS, LIMITS, Asked
from csea_stats.estimators.associations.clusters import clustered
from csea_stats.estimators.associations.items import exchange
from csea_stats.respondents.columns import CodedColumn, MultipleColumn
from csea_stats.results.associations import Association, Associations, HypothesisTest
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.estimators.answered.tabulations import Tabulation
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Caveat

FEW_CLUSTERS = 20
"""Below so many clusters an estimate carries a caveat."""


def items_associations(data: Microdata, tabulation: Tabulation, asked: Asked) -> Associations:
    """Test every item of a question with several answers each, and all at once, by exchanging groups over people."""
    column, groups = data.column(tabulation.outcome), data.column(tabulation.by or "")
    if not isinstance(column, MultipleColumn) or not isinstance(groups, CodedColumn):
        message = "association: found other columns than a question with several answers each, and groups"
        raise InputError(message)
    kept = column.answered & (groups.codes >= 0)
    _, codes = np.unique(groups.codes[kept], return_inverse=True)
    family = tabulation.contrasts(level=asked.level, target=asked.target)
    found = exchange(column.marks[kept], codes.astype(np.int16), draws=DRAWS, rng=asked.rng())
    known = {doubt.code for doubt in asked.doubts}
    doubts = (*asked.doubts, *([] if "clustered" in known else [caveat("people-exchanged")]), LIMITS)
    estimates = [_confident(one, doubts, asked) for one in family]
    adjusted = found.adjusted.ravel()
    both = "without a direction"
    whole = HypothesisTest(
        name="sum of Pearson statistics",
        null=f"none of the answers to {asked.outcome} goes with {asked.by}",
        p=found.total_p,
        sides=both,
        exactness="Monte Carlo",
        draws=found.draws,
        statistic=found.total,
        statistic_name="X squared, summed over the items",
    )
    told = [Association(test=whole, estimates=Estimates(estimates))]
    for one, p, z in zip(estimates, adjusted.tolist(), found.z.ravel().tolist(), strict=True):
        test = HypothesisTest(
            name="step-down max-T",
            null=f"the shares are equal ({one.item})",
            p=p,
            sides="two-sided: absolute z",
            exactness="Monte Carlo",
            draws=found.draws,
            statistic=z,
            statistic_name="z",
            simultaneous=adjusted.size,
        )
        told.append(Association(test=test, estimates=Estimates([one])))
    return Associations(told)


def _confident(one: Estimate, doubts: tuple[Caveat, ...], asked: Asked) -> Estimate:
    """Return a contrast with its confidence interval first."""
    return replace(
        one,
        interval=one.companion,
        companion=one.interval,
        caveats=tuple(dict.fromkeys((*one.caveats, *doubts))),
        provenance=asked.provenance,
    )


def clustered_associations(data: Microdata, outcome: str, by: str, asked: Asked) -> Associations:
    """Estimate odds ratios against the first group at every cut of a scale, or of every answer, allowing for clusters.

    Raises
    ------
    InputError
        If no comparison has a finite odds ratio.
    """
    column, groups = data.column(outcome), data.column(by)
    if not isinstance(column, CodedColumn) or not isinstance(groups, CodedColumn) or data.clusters is None:
        message = "association: found no clusters, or a question without one answer each"
        raise InputError(message)
    kept = (column.codes >= 0) & (groups.codes >= 0)
    answers, clusters = column.codes[kept], data.clusters[kept]
    used, codes = np.unique(groups.codes[kept], return_inverse=True)
    names = [groups.labels[place] for place in used]
    events = [
        (words, event)
        for words, event in _events(column, answers)
        if all(0 < event[codes == place].mean() < 1 for place in range(len(names)))
    ]
    left = len(_events(column, answers)) - len(events)
    number = len(events) * (len(names) - 1)
    if number == 0:
        message = (
            f"association of {asked.outcome} and {asked.by}: found no answer that some in every group gave and some "
            "did not, so no odds ratio is finite; compare shares instead: tabulate(data, outcome, by).contrasts()"
        )
        raise InputError(message)
    doubts = [doubt for doubt in asked.doubts if doubt.code != "clustered"]  # here they are allowed for
    amount = len(np.unique(clusters))
    if amount < FEW_CLUSTERS:
        doubts.append(caveat("few-clusters", number=amount, cluster=data.codebook.cluster or "cluster"))
    if left:
        lost = f"{number_of(left, 'comparisons of answers have')} no finite odds ratio."
        doubts.append(caveat("fit-check", text=lost))
    asked = replace(asked, doubts=tuple(doubts))
    told = []
    for words, event in events:
        fitted = clustered(event, codes.astype(np.int16), clusters)
        for place, group in enumerate(names[1:]):
            estimate = asked.estimate(
                [fitted.limits(place, 1 - (1 - asked.level) / number)],
                f"log odds ratio of {words} ({asked.outcome}), {group} against {names[0]}, averaged over clusters",
                "log-odds",
                item=f"{words}: {group} against {names[0]}",
                base=tuple(int((codes == code).sum()) for code in (place + 1, 0)),
                jointly=number,
            )
            test = HypothesisTest(
                name="GEE Wald t" + (", Bonferroni" if number > 1 else ""),
                null=f"the odds are equal ({estimate.item})",
                p=min(1.0, number * fitted.p(place)),
                sides="two-sided",
                exactness="asymptotic",
                statistic=float(fitted.values[place] / fitted.errors[place]),
                statistic_name="t",
                degrees=float(fitted.freedom),
                simultaneous=number,
            )
            told.append(Association(test=test, estimates=Estimates([estimate])))
    return Associations(told)


def _events(column: CodedColumn, answers: NDArray[np.int16]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the events compared: of a scale its cuts, of two answers the later one, else every answer."""
    labels = column.labels
    if column.ordered and len(labels) > 2:
        return [(f"later than “{label}”", answers > place) for place, label in enumerate(labels[:-1])]
    places = range(1, 2) if len(labels) == 2 else range(len(labels))
    return [(f"“{labels[place]}”", answers == place) for place in places]
