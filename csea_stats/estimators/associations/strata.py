"""Two groups and two answers within strata: one odds ratio for all of them, and whether one is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.base.associations import conditional, mantel_haenszel
from csea_stats.errors import InputError
from csea_stats.results.associations import Association, Associations, HypothesisTest
from csea_stats.results.estimates import Estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.base.exact_tests import Counts
    from csea_stats.estimators.associations.asked import Asked


def stratified_associations(asked: Asked, tables: Sequence[Counts], strata: Sequence[str], within: str) -> Associations:
    """Test and estimate a common odds ratio, then whether the odds ratios of the strata are alike.

    Parameters
    ----------
    asked : Asked
        Of the strata together.
    tables : sequence of (2, 2) arrays
        One for each stratum.
    strata : sequence of str
    within : str
        What the strata are, in words.

    Raises
    ------
    InputError
        If there are not two groups and two answers.
    """
    if any(table.shape != (2, 2) for table in tables):
        message = (
            f"association within {within}: found tables of {tables[0].shape[0]} groups and {tables[0].shape[1]} "
            "answers; allowed are two of each. For more, fit the stratum as a predictor: "
            'fit("outcome ~ group + stratum", data, method="frequentist")'
        )
        raise InputError(message)
    law = conditional(tables)
    second, event = asked.groups[1], asked.answers[1]
    words = f"log odds ratio of “{event}” ({asked.outcome}), {second} against {asked.groups[0]}"
    asymptotic = mantel_haenszel(tables, asked.level)
    common = f"common {words}, within {within}"
    estimates = [asked.estimate([law.odds(asked.level, mid_p=asked.mid_p)], common, "log-odds")]
    if asymptotic.common is not None:
        estimates.append(asked.estimate([asymptotic.common], common, "log-odds"))
    test = HypothesisTest(
        name=f"exact Cochran-Mantel-Haenszel{', mid-p' * asked.mid_p}",
        null=f"{asked.outcome} and {asked.by} are independent within {within}",
        p=law.p(mid_p=asked.mid_p),
        sides="two-sided: twice the smaller tail",
        exactness="exact",
    )
    found = [Association(test=test, estimates=Estimates(estimates))]
    if asymptotic.p is not None:
        found.append(_homogeneity(asked, tables, strata, words, (asymptotic.statistic, asymptotic.p)))
    return Associations(found)


def _homogeneity(
    asked: Asked, tables: Sequence[Counts], strata: Sequence[str], words: str, found: tuple[float | None, float]
) -> Association:
    told = [
        (name, table)
        for name, table in zip(strata, tables, strict=True)
        if (table.sum(axis=0) > 0).all() and (table.sum(axis=1) > 0).all()
    ]
    level = 1 - (1 - asked.level) / len(told)
    estimates = [
        replace(
            asked.estimate(
                [conditional([table]).odds(level, mid_p=asked.mid_p)],
                words,
                "log-odds",
                item=name,
                base=tuple(int(total) for total in table.sum(axis=1)),
                jointly=len(told),
            )
        )
        for name, table in told
    ]
    test = HypothesisTest(
        name="Breslow-Day, Tarone's correction",
        null="the odds ratio is the same in every stratum",
        p=found[1],
        sides="without a direction",
        exactness="asymptotic",
        statistic=found[0],
        statistic_name="X squared",
        degrees=float(len(told) - 1),
    )
    return Association(test=test, estimates=Estimates(estimates))
