"""A verdict agrees with every interval told beside it, and of equal shares there is one for all three measures."""

from __future__ import annotations

import itertools

import pytest

import csea_stats as cs
from csea_stats.errors import UnsupportedTarget

SELECTED = [cs.Population(cs.Selection(tau=tau)) for tau in (0.25, 1.0)]
REASONED = cs.Population(cs.Selection(tau=0.5, mean=0.2, reason="a register of 60", correlation=0.875))
BOUNDED = [cs.Population(cs.SelectionBounds(ratio=ratio)) for ratio in (1.5, 3.0)]
PEOPLE = [cs.Superpopulation(), cs.Superpopulation(design_effect=1.5)]
TARGETS = [*PEOPLE, *SELECTED, REASONED, *BOUNDED]
MEASURES = ("difference", "ratio", "odds-ratio")
OTHER_METHODS = {
    "difference": ("clopper-pearson", "agresti-caffo", "miettinen-nurminen"),
    "ratio": ("miettinen-nurminen", "mover-wilson"),
    "odds-ratio": ("firth", "exact-conditional", "log-f"),
}
SUPPOSED = ("tau ", "correlation ")
"""Members of the strip that suppose something else of who took part."""
FOR_INFORMATION = "normal(0, 1)"
"""The prior that is told for information alone."""


def speaking_against(estimate):
    """Return the names of intervals told beside a decision that hold a value of the other side."""
    verdict = estimate.verdict
    if verdict is None or verdict.word not in ("supported", "contradicted"):
        return []
    low, high = verdict.within or (verdict.threshold, verdict.threshold)
    strip = [
        (name, one)
        for name, one in estimate.sensitivity
        if not name.startswith(SUPPOSED) and name.partition(", chance")[0] != FOR_INFORMATION
    ]
    shown = [(name, one) for name, one in [*estimate_intervals(estimate), *strip] if one is not None]
    if verdict.within:
        inside = verdict.word == "supported"
        return [name for name, one in shown if inside != (low < one.lower and one.upper < high)]
    above = (verdict.direction == "above") == (verdict.word == "supported")
    return [name for name, one in shown if not (one.lower > high if above else one.upper < low)]


def estimate_intervals(estimate):
    return [("interval", estimate.interval), ("companion", estimate.companion)]


def groups(tables, targets):
    """Yield the estimates of two groups by every measure, method and target."""
    for table, measure, target in itertools.product(tables, MEASURES, targets):
        for method in (None, *OTHER_METHODS[measure]):
            try:
                yield cs.difference(*table, measure=measure, method=method, target=target)
            except UnsupportedTarget:
                continue


def tables_of(sizes, step=None):
    for n1, n2 in sizes:
        firsts, seconds = ({0, 1, n // 2, n - 1, n} if step is None else range(0, n + 1, step) for n in (n1, n2))
        for x1, x2 in itertools.product(firsts, seconds):
            yield (x1, n1), (x2, n2)


TELLING = [((0, 7), (42, 42)), ((7, 7), (28, 42)), ((3, 7), (0, 20)), ((11, 12), (21, 42)), ((20, 24), (9, 25))]


@pytest.mark.parametrize(
    ("tables", "targets"),
    [
        (TELLING[:3], [PEOPLE[0], SELECTED[1]]),
        *(
            pytest.param([*tables_of([sizes]), *TELLING], TARGETS, marks=run)
            for sizes, run in (
                ((4, 4), pytest.mark.slow),
                ((7, 7), pytest.mark.long),
                ((7, 42), pytest.mark.slow),
                ((24, 25), pytest.mark.long),
            )
        ),
    ],
)
def test_two_groups(tables, targets):
    decided = 0
    for found in groups(tables, targets):
        assert speaking_against(found) == [], found
        decided += found.verdict.word == "supported"
    assert decided > 5


@pytest.mark.few(1)
@pytest.mark.parametrize(("level", "size"), [(0.95, (0, 7, 42, 42)), (0.99, (11, 12, 21, 42))])
def test_equal_shares_have_one_verdict_by_all_measures(level, size):
    """At .95 and tau 1 the log-F bound of the odds ratio alone holds 1, at .99 the score limits of the ratio alone."""
    x1, n1, x2, n2 = size
    for target in (*PEOPLE, *SELECTED, *BOUNDED):
        found = [cs.difference((x1, n1), (x2, n2), measure=one, level=level, target=target) for one in MEASURES]
        assert len({(one.verdict.word, one.verdict.held, one.verdict.rate) for one in found}) == 1
    strong = cs.difference((0, 7), (42, 42), target=SELECTED[1])
    assert strong.verdict.word == "depends on who took part"
    assert cs.difference((11, 12), (21, 42), level=0.99).verdict.word == "not settled"


def test_a_method_that_was_asked_for_is_heard_too():
    exact = cs.difference((2, 2), (0, 7), measure="odds-ratio", method="exact-conditional")
    assert exact.interval.lower < 1
    assert exact.verdict.word == "not settled"
    assert exact.verdict.why.endswith(
        "an interval told here holds both sides; not shown to be so, nor to be otherwise."
    )
    assert cs.difference((2, 2), (0, 7), measure="odds-ratio").verdict.word == "supported"


def others(targets, counts):
    """Yield the estimates of every other quantity with a verdict."""
    for target, x in itertools.product(targets, counts):
        yield from (cs.proportion(x, 24, method=one, target=target) for one in methods_of(target))
        yield cs.proportion(x, 24, threshold=0.3, claim="above", target=target)
        yield cs.proportion(x, 24, within=(0.1, 0.9), target=target)
        if target is REASONED:
            continue  # a mean has no form for pairs
        yield cs.paired_difference(x, 24 - x, 24, target=target)
        yield cs.paired_difference(x, 12, 24, threshold=0.1, target=target)
        yield from cs.multinomial([x, 20, 3], threshold=0.25, target=target)
        yield from cs.ordinal([x, 20, 3], ["a", "b", "c"], target=target)
        yield from cs.picks([24, x, 24 - x], 24, 2, threshold=0.5, target=target)
        yield from cs.pick_contrasts([24, x, 24 - x], 24, 2, target=target)
        yield cs.superiority([24 - x, 3, x], [14, 4, 6], target=target)
        if not isinstance(target, cs.Population) or isinstance(target.selection, cs.SelectionBounds):
            yield from cs.ranks([24, x, 24 - x], 24, threshold=1.5, target=target)


def methods_of(target):
    if isinstance(target, cs.Population) and isinstance(target.selection, cs.Selection):
        return ("jeffreys", "uniform")
    return ("jeffreys", "wilson", "clopper-pearson", "agresti-coull")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("targets", "counts"),
    [
        ([*PEOPLE, BOUNDED[0]], (2, 23)),
        pytest.param(TARGETS, (0, 1, 5, 12, 17, 20, 22, 24), marks=pytest.mark.slow),
    ],
)
def test_other_quantities(targets, counts):
    words = set()
    for found in others(targets, counts):
        assert speaking_against(found) == [], found
        words.add(found.verdict and found.verdict.word)
    assert {"supported", "contradicted", "not settled"} <= words
