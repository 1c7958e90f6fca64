"""One exact test that two independent shares are equal, told with the estimate and both intervals."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from csea_stats.base.exact_tests import TEST_METHODS, TestMethod, mcnemar_p, p_value
from csea_stats.errors import UnsupportedTarget, in_short, is_of
from csea_stats.estimators.arguments import check_method, share_pairs
from csea_stats.estimators.difference import difference
from csea_stats.results.associations import Association, HypothesisTest
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import base_words, count_words
from csea_stats.results.recipes import call_words
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from csea_stats.estimators.paired_difference import Tables
    from csea_stats.results.estimate import Estimate

    Count = int | AbstractSet[int]

TOLD: dict[TestMethod, tuple[str, str]] = {
    "boschloo": ("Boschloo's", "two-sided: twice the smaller one-sided p-value; the level holds whatever the share"),
    "mid-p": ("Fisher's exact, mid-p", "two-sided: twice the smaller tail; the level holds on average, not surely"),
    "fisher": ("Fisher's exact", "two-sided: tables no more probable than the observed one"),
    "fisher-central": ("Fisher's exact", "two-sided: twice the smaller tail"),
    "boschloo-minlike": ("Boschloo's", "two-sided: by Fisher's p-value of tables no more probable than the observed"),
    "barnard-pooled": ("Barnard's", "two-sided: as many pooled standard errors apart, or more, on either side"),
    "barnard-unpooled": ("Barnard's", "two-sided: as many unpooled standard errors apart, or more, on either side"),
}
"""Name and two-sidedness of each test."""


def exact_test(
    first: tuple[Count, Count],
    second: tuple[Count, Count],
    *,
    method: TestMethod = "boschloo",
    level: float = 0.95,
    target: Superpopulation = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Association:
    """Test that two groups have equal shares, and estimate how far they differ.

    Parameters
    ----------
    first, second : (count, base)
        Of two groups that share no member. Counts and bases may be sets; every combination is then taken as feasible.
    method : str, default "boschloo"
        Chosen beforehand, never by its result. Largest over the share that both may have in common: "boschloo" (ordered
        by Fisher's one-sided p-value, the smaller doubled), "boschloo-minlike", "barnard-pooled", "barnard-unpooled".
        Given both margins: "mid-p", "fisher-central" (the smaller tail doubled), "fisher" (tables no more probable).
    level : float, default 0.95
        Of the intervals.
    target : Superpopulation
        An exact test is about people like these.
    label : str, optional
        Completes "7 of 7 (100%) against 28 of 42 (67%) ...".

    Returns
    -------
    Association
        ``test`` with its p-value (over several feasible tables the largest, and ``p_least``), and ``estimate``, the
        difference of the shares with its credible and its confidence interval.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If another argument is none of those allowed, or the groups are too large for the method.
    UnsupportedTarget
        If the target is another one, or has a design effect.

    Notes
    -----
    Boschloo's test is the default: its rate of false alarms never exceeds the level, and it rejects whatever Fisher's
    (central) test rejects. The mid-p value is the usual stand-in for large groups; its rate may exceed the level a
    little. Barnard's two differ by what the difference is divided by, and may differ much: neither is to be picked
    after seeing both.

    References
    ----------
    Boschloo, R. D. (1970). Statistica Neerlandica 24, 1-9, doi:10.1111/j.1467-9574.1970.tb00104.x. Barnard, G. A.
    (1947). Biometrika 34, 123-138, doi:10.1093/biomet/34.1-2.123. Lydersen, S., Fagerland, M. W. and Laake, P. (2009).
    Statistics in Medicine 28, 1159-1175, doi:10.1002/sim.3531.

    Examples
    --------
    >>> found = exact_test((7, 7), (28, 42))
    >>> round(found.test.p, 4), round(found.estimate.interval.lower, 3), round(found.estimate.companion.lower, 3)
    (0.0781, 0.019, -0.042)
    """
    name: TestMethod = check_method(method, TEST_METHODS)  # type: ignore[assignment]
    check_tested("exact_test", target, "difference")
    gap = difference(first, second, level=level, target=target, label=label)
    sides = [share_pairs(*group) for group in (first, second)]
    found = [p_value((*one, *other), name) for one, other in product(*sides)]
    told, how = TOLD[name]
    test = HypothesisTest(
        name=told,
        null=f"the shares are equal ({_counts(gap)})",
        p=max(found),
        p_least=min(found) if len(found) > 1 else None,
        sides=how,
        exactness="exact",
    )
    settings = {"method": (name, TEST_METHODS[0]), "level": (level, 0.95), "target": (target, Superpopulation())}
    return _told(test, gap, level, call_words("exact_test", (first, second), settings | {"label": (label, None)}))


PairedTestMethod = Literal["exact", "mid-p"]

PAIRED_TEST_METHODS: tuple[PairedTestMethod, ...] = get_args(PairedTestMethod)
"""The exact tests of two answers of the same people; the first is the default."""

PAIRED_TOLD: dict[PairedTestMethod, tuple[str, str]] = {
    "exact": ("McNemar's exact", "two-sided: twice the smaller tail; the level holds"),
    "mid-p": ("McNemar's exact, mid-p", "two-sided: less half of what is as likely; the level holds on average"),
}


def mcnemar_association(tables: Tables, gap: Estimate, method: str, level: float, call: str) -> Association:
    """Return McNemar's test of every table, with the estimate of the difference; see `csea_stats.paired_test`."""
    name: PairedTestMethod = check_method(method, PAIRED_TEST_METHODS)  # type: ignore[assignment]
    first, second, _ = np.array(tables).T
    found = mcnemar_p(first, second, mid_p=name == "mid-p")
    told, how = PAIRED_TOLD[name]
    test = HypothesisTest(
        name=told,
        null=f"the shares are equal ({_counts(gap)})",
        p=float(found.max()),
        p_least=float(found.min()) if len(found) > 1 else None,
        sides=how,
        exactness="exact",
    )
    return _told(test, gap, level, call)


def check_tested(call: str, target: object, instead: str) -> None:
    """Refuse a target for which a p-value has no meaning."""
    if not is_of(target, Superpopulation) or target.design_effect > 1:
        message = (
            f"{call} has no form for {in_short(target)}: it counts whole people, as if drawn at random; use "
            f"Superpopulation(), or {instead}(...) with that target"
        )
        raise UnsupportedTarget(message)


def _told(test: HypothesisTest, gap: Estimate, level: float, call: str) -> Association:
    """Return a test with its estimate, which says where the two part ways, and the call that makes both again."""
    doubts = [caveat("test-limits")]
    left_out = [not span.lower <= 0 <= span.upper for span in (gap.interval, gap.companion) if span]
    if len({test.p < 1 - level, *left_out}) > 1:
        doubts.insert(0, caveat("test-and-interval"))
    origin = replace(gap.provenance, call=call)
    return Association(
        test=test, estimates=Estimates([replace(gap, caveats=(*gap.caveats, *doubts), provenance=origin)])
    )


def _counts(gap: Estimate) -> str:
    parts = [
        f"{count_words(tuple({vector[place] for vector in gap.counts}))} of {base_words(gap.base[place])}"
        for place in (0, 1)
    ]
    return " and ".join(parts)
