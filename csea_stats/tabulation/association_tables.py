"""The test that goes with each kind of table, and its estimates; which test is decided by the questions alone.

| answers | groups | test | first estimate |
|---|---|---|---|
| two | two | exact conditional (Fisher, central) | log odds ratio |
| ordered, three or more | two | Wilcoxon rank sum, exact | rank-biserial correlation (Somers' d) |
| ordered or two | ordered, three or more | linear by linear, exact | Spearman's (or Pearson's) correlation |
| ordered, three or more | three or more, unordered | Kruskal-Wallis, Monte Carlo | each group's Somers' d |
| any other | any other | Fisher-Freeman-Halton, exact | Cramér's V |
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base import association_measures as measures
from csea_stats.base.association_measures import conditional, mantel_haenszel
from csea_stats.base.exact_tests import PValue, independence, linear, sampled
from csea_stats.errors import InputError
from csea_stats.estimators.difference import difference
from csea_stats.results.associations import Association, Associations, HypothesisTest
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.tabulation.association_data import DRAWS, GroupedQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from csea_stats.base.association_measures import MeasuredAssociation
    from csea_stats.base.exact_tests import Counts
    from csea_stats.base.roots import Array
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Base


def stratified_associations(
    asked: GroupedQuestion, tables: Sequence[Counts], strata: Sequence[str], within: str
) -> Associations:
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
    measured = [law.odds(asked.level, mid_p=asked.mid_p), *([asymptotic.common] if asymptotic.common else [])]
    estimates = [asked.estimate([one], common, "log-odds", base=asked.bases[::-1]) for one in measured]
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
    asked: GroupedQuestion,
    tables: Sequence[Counts],
    strata: Sequence[str],
    words: str,
    found: tuple[float | None, float],
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
                base=tuple(int(total) for total in table.sum(axis=1)[::-1]),
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


def table_association(asked: GroupedQuestion) -> Association:
    """Test one question by groups, with its estimates."""
    asked = _trimmed(asked)
    groups, answers = len(asked.groups), len(asked.answers)
    if groups == 2 and answers == 2:
        return _odds(asked)
    if asked.ordered and answers > 2 and groups == 2:
        return _linear(asked, "Wilcoxon rank-sum")
    if asked.groups_ordered and groups > 2 and (asked.ordered or answers == 2):
        return _linear(asked, "linear-by-linear" if answers > 2 else "Cochran-Armitage trend")
    if asked.ordered and answers > 2:
        return _ranks(asked)
    return _nominal(asked)


def _together(asked: GroupedQuestion, test: HypothesisTest, estimates: list[Estimate]) -> Association:
    """Put a test and its estimates together, with a caveat where the first interval says otherwise than the test."""
    interval = estimates[0].interval
    if interval is not None and (interval.lower > 0 or interval.upper < 0) != (test.p < 1 - asked.level):
        doubts = (caveat("test-and-interval"), *estimates[0].caveats)
        estimates = [replace(estimates[0], caveats=doubts), *estimates[1:]]
    return Association(test=test, estimates=Estimates(estimates))


def _trimmed(asked: GroupedQuestion) -> GroupedQuestion:
    """Leave out groups without anybody and answers that nobody gave: they bear on nothing here.

    Raises
    ------
    InputError
        If fewer than two groups or answers are left.
    """
    whole = np.sum(asked.tables, axis=0)
    rows, columns = np.flatnonzero(whole.sum(axis=1)), np.flatnonzero(whole.sum(axis=0))
    lean = any(min((table.sum(axis=1)[rows] > 0).sum(), (table.sum(axis=0) > 0).sum()) < 2 for table in asked.tables)
    if len(rows) < 2 or len(columns) < 2 or lean:
        message = (
            f"association of {asked.outcome} and {asked.by}: found {len(rows)} groups with people and {len(columns)} "
            "answers that somebody gave; allowed are at least two of each"
        )
        raise InputError(message)
    return replace(
        asked,
        tables=tuple(table[np.ix_(rows, columns)] for table in asked.tables),
        groups=tuple(asked.groups[row] for row in rows),
        answers=tuple(asked.answers[column] for column in columns),
    )


def _filled(table: Counts) -> Counts:
    """Return one reading without its own empty rows and columns."""
    return np.asarray(table[np.ix_(table.sum(axis=1) > 0, table.sum(axis=0) > 0)])


def _test(
    asked: GroupedQuestion, name: str, found: list[PValue], sides: str, statistic: tuple[str, float] | None
) -> HypothesisTest:
    worst = max(found, key=lambda one: one.p)
    draws = max((one.draws or 0 for one in found), default=0) or None
    shown = statistic if len(asked.tables) == 1 else None
    return HypothesisTest(
        name=name + (", mid-p" if asked.mid_p else ""),
        null=f"{asked.outcome} and {asked.by} are independent",
        p=worst.p,
        p_least=min(one.p for one in found) if len(found) > 1 else None,
        sides=sides,
        exactness="Monte Carlo" if draws else "exact",
        draws=draws,
        statistic=shown[1] if shown else None,
        statistic_name=shown[0] if shown else "",
    )


def _odds(asked: GroupedQuestion) -> Association:
    laws = [conditional([table]) for table in asked.tables]
    second, first = asked.groups[1], asked.groups[0]
    event = asked.answers[1]
    ratio = asked.estimate(
        [law.odds(asked.level, mid_p=asked.mid_p) for law in laws],
        f"log odds ratio of “{event}” ({asked.outcome}), {second} against {first}",
        "log-odds",
        base=asked.bases[::-1],
    )
    pair = [
        ({int(table[row, 1]) for table in asked.tables}, {int(table[row].sum()) for table in asked.tables})
        for row in (1, 0)
    ]
    gap = difference(
        pair[0], pair[1], method="newcombe", level=asked.level, target=asked.target, label=f"gave “{event}”"
    )
    gap = replace(
        gap,
        question=asked.question,
        estimand=f"difference in the share of “{event}” ({asked.outcome}), {second} minus {first}",
        caveats=tuple(dict.fromkeys((*asked.doubts, *gap.caveats))),
    )
    found = [PValue(p=law.p(mid_p=asked.mid_p)) for law in laws]
    test = _test(asked, "Fisher's exact", found, "two-sided: twice the smaller tail", None)
    return Association(test=test, estimates=Estimates([ratio, gap]))


def _midranks(totals: Array | Counts) -> Array:
    return np.cumsum(totals) - totals / 2 + 0.5


def _scores(asked: GroupedQuestion, table: Counts, name: str) -> tuple[Array, Array]:
    """Return midranks, or places; the rank-sum test has ranks whatever is asked."""
    if asked.scores == "ranks" or name == "Wilcoxon rank-sum":
        return _midranks(table.sum(axis=1)), _midranks(table.sum(axis=0))
    return np.arange(table.shape[0], dtype=float), np.arange(table.shape[1], dtype=float)


def _linear(asked: GroupedQuestion, name: str) -> Association:
    found = []
    for table in asked.tables:
        rows, columns = _scores(asked, table, name)
        if name == "Wilcoxon rank-sum":
            rows = np.array([0.0, 1.0])
        found.append(linear(table, rows, columns, mid_p=asked.mid_p, draws=DRAWS, rng=asked.rng()))
    if name == "Wilcoxon rank-sum":
        rank = _ordered(asked, measures.somers_d, _rank_words(asked.groups[1], asked.groups[0]), base=asked.bases[::-1])
        estimates = [rank, _ordered(asked, measures.gamma, f"gamma of {asked.outcome} and {asked.by}")]
        value = ("rank-biserial correlation", estimates[0].value or 0.0)
    else:
        equal = asked.scores == "equal"
        measure, word = (measures.pearson, "Pearson's") if equal else (measures.spearman, "Spearman's rank")
        doubts = tuple(caveat("equal-steps", name=one) for one in (asked.outcome, asked.by)) if equal else ()
        pair = f"of {asked.outcome} and {asked.by}"
        estimates = [
            _ordered(asked, measure, f"{word} correlation {pair}", doubts),
            _ordered(asked, measures.somers_d, f"Somers' d of {asked.outcome} given {asked.by}"),
            _ordered(asked, measures.gamma, f"gamma {pair}"),
        ]
        correlation = estimates[0].value or 0.0
        value = ("M squared", (float(asked.tables[0].sum()) - 1) * correlation**2)
        name += ", equal scores" if equal else ", midranks"
    test = _test(asked, name, found, "two-sided: as far from expectation on either side", value)
    return _together(asked, test, estimates)


def _rank_words(one: str, other: str) -> str:
    return (
        f"rank-biserial correlation (Somers' d): chance that {one} answers later on the scale than {other}, less the "
        "chance of earlier"
    )


def _ordered(
    asked: GroupedQuestion,
    measure: Callable[[NDArray[Any]], Any],
    estimand: str,
    doubts: tuple[Any, ...] = (),
    base: tuple[Base, ...] | None = None,
) -> Estimate:
    found = [measures.ordered(measure, _filled(table), asked.level) for table in asked.tables]
    return asked.estimate(found, estimand, "correlation", doubts=doubts, base=base)


def _ranks(asked: GroupedQuestion) -> Association:
    """Kruskal and Wallis's test by permutation, and every group against all others together."""
    number = len(asked.groups)
    level = 1 - (1 - asked.level) / number
    estimates = []
    for row, group in enumerate(asked.groups):
        found: list[MeasuredAssociation] = []
        for table in asked.tables:
            if table[row].any():  # a reading without the group says nothing of it
                pair = np.stack([table.sum(axis=0) - table[row], table[row]])
                found.append(measures.ordered(measures.somers_d, pair, level))
        base = tuple(
            sizes[0] if len(sizes) == 1 else tuple(sizes)
            for sizes in (
                sorted({int(table[row].sum()) for table in asked.tables}),
                sorted({int(table.sum() - table[row].sum()) for table in asked.tables}),
            )
        )
        words = _rank_words(group, "the rest")
        item = f"{group} against the rest"
        estimates.append(asked.estimate(found, words, "correlation", item=item, base=base, jointly=number))
    tests = []
    for table in asked.tables:
        ranks, sizes = _midranks(table.sum(axis=0)), table.sum(axis=1)
        used = sizes > 0

        def spread(cells: Array, ranks: Array = ranks, sizes: Counts = sizes, used: Any = used) -> Array:
            return np.asarray(((cells @ ranks)[:, used] ** 2 / sizes[used]).sum(axis=1))

        tests.append(sampled(table, spread, mid_p=asked.mid_p, draws=DRAWS, rng=asked.rng()))
    value = ("H", _kruskal(asked.tables[0]))
    test = _test(asked, "Kruskal-Wallis", tests, "without a direction: mean ranks as unlike as observed", value)
    return Association(test=test, estimates=Estimates(estimates))


def _kruskal(table: Counts) -> float:
    """Kruskal and Wallis's H, corrected for ties."""
    people, sizes = float(table.sum()), table.sum(axis=1)
    ranks, ties = _midranks(table.sum(axis=0)), table.sum(axis=0).astype(float)
    means = (table @ ranks)[sizes > 0] ** 2 / sizes[sizes > 0]
    raw = 12 / (people * (people + 1)) * float(means.sum()) - 3 * (people + 1)
    return raw / (1 - float((ties**3 - ties).sum()) / (people**3 - people))


def _nominal(asked: GroupedQuestion) -> Association:
    estimand = f"Cramér's V of {asked.outcome} and {asked.by}, corrected for bias"
    strength = [measures.cramers_v(_filled(table), asked.level) for table in asked.tables]
    estimate = replace(asked.estimate(strength, estimand, "correlation"), threshold=None)
    found = [independence(_filled(table), mid_p=asked.mid_p, draws=DRAWS, rng=asked.rng()) for table in asked.tables]
    sides = "without a direction: tables no more probable than the observed one"
    test = _test(asked, "Fisher-Freeman-Halton", found, sides, None)
    return _together(asked, test, [estimate])
