"""Every verdict tells how often chance alone decides, or which exception it is; and that is kept, by enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

import csea_stats as cs
from csea_stats.base.error_rates import share_decisions, share_rate
from csea_stats.base.sized_tests import drawn_unevenly, odds_exceed, share_limits
from csea_stats.errors import CseaStatsError
from csea_stats.estimators.comparison import Difference, OddsRatio, Ratio
from csea_stats.estimators.estimand import Participation, Setting
from csea_stats.estimators.inference import infer
from csea_stats.estimators.multinomial import JointShare
from csea_stats.estimators.paired_difference import PairedDifference, PairedShift
from csea_stats.estimators.proportion import Share
from csea_stats.estimators.superiority import Superiority
from csea_stats.results.goals import Goal, against
from csea_stats.results.verdicts import UNRATED

LEVEL = 0.95
SURE = ("jeffreys", "wilson", "blaker")
SIDES = (((7, 7),), ((28, 42),))
QUANTITIES = {
    "share": Share(pairs=((35, 49),)),
    "one of several shares": JointShare(pairs=((20, 49),), vectors=((20, 19, 10),), place=0),
    "difference": Difference(sides=SIDES),
    "difference, sizes": Difference(sides=SIDES, sizes=(20, 150)),
    "ratio": Ratio(sides=SIDES),
    "odds ratio": OddsRatio(sides=SIDES),
    "pairs": PairedDifference(tables=((9, 5, 49),), full=((39, 35, 30, 49),)),
    "shift": PairedShift.of((5, 35, 9)),
    "superiority": Superiority(sides=(((1, 2, 4),), ((5, 9, 7),))),
}
WHO = {
    "chance": Participation(),
    "sized": Participation(size=200),
    "bounds": Participation(reach=2.0),
    "bounds, sized": Participation(reach=2.0, size=200),
    "a mean": Participation(centre=1.5, reach=2.0, mean=0.4, correlation=0.5),
    "design effect": Participation(design_effect=1.4),
    "design effect, bounds": Participation(design_effect=1.4, reach=2.0),
}
GOALS = [against(0.5), against(0.5, "below", seen=True), against(0.5, "either"), Goal(low=0.4, high=0.6)]
GOALS += [against(0.0), Goal(alike=True), Goal(low=-0.1, high=0.1)]


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=QUANTITIES)
def test_every_rate_is_told_or_the_exception_is_named(quantity):
    rules = ((), (next(iter(quantity.methods)), quantity.companion))
    for who, goal, rule in product(WHO.values(), GOALS, rules):
        rate = quantity.error_rate(goal, LEVEL, rule, who)
        if who.design_effect == 1:
            assert 0 <= rate <= 1 - LEVEL + 1e-12
        else:
            assert (rate, quantity.unrated(who)) == (None, UNRATED["design effect"])


TARGETS = {
    "people": cs.Superpopulation(),
    "finite": cs.FinitePopulation(200),
    "prior": cs.Population(),
    "prior, sized": cs.Population(size=200),
    "prior, a reason": cs.Population(cs.Selection(tau=0.25, mean=0.3, reason="a register")),
    "bounds": cs.Population(cs.SelectionBounds(ratio=2)),
    "bounds, sized": cs.Population(cs.SelectionBounds(ratio=2), size=200),
    "nothing": cs.Population(cs.SelectionBounds(ratio=np.inf), size=200),
    "design effect": cs.Superpopulation(design_effect=1.4),
    "design effect, prior": cs.Population(design_effect=1.4),
}
CALLS = {
    "proportion": lambda **keys: cs.proportion(35, 49, **keys),
    "difference": lambda **keys: cs.difference((7, 7), (28, 42), **keys),
    "difference, sizes": lambda **keys: cs.difference((7, 7), (28, 42), sizes=(20, 150), **keys),
    "ratio": lambda **keys: cs.difference((7, 7), (28, 42), measure="ratio", **keys),
    "odds ratio": lambda **keys: cs.difference((7, 7), (28, 42), measure="odds-ratio", **keys),
    "paired_difference": lambda **keys: cs.paired_difference(39, 35, 49, **keys),
    "paired_shift": lambda **keys: cs.paired_shift([[3, 9], [2, 6]], **keys),
    "superiority": lambda **keys: cs.superiority([2, 8, 9, 4, 1], [1, 12, 8, 3, 1], **keys),
    "multinomial": lambda **keys: cs.multinomial([10, 20, 19], **keys),
    "ordinal": lambda **keys: cs.ordinal([10, 20, 19], ["a", "b", "c"], **keys),
    "picks": lambda **keys: cs.picks([3, 2, 1], 3, chosen=2, **keys),
    "pick_contrasts": lambda **keys: cs.pick_contrasts([3, 2, 1], 3, 2, **keys),
    "ranks": lambda **keys: cs.ranks([30, 20, 10], 49, **keys),
    "crosstab_bounds": lambda **keys: cs.crosstab_bounds(49, 24, 49, **keys),
}
ASKED = {
    "ratio": ({}, {"threshold": 1.0}, {"threshold": 1.2, "claim": "above"}),
    "odds ratio": ({}, {"threshold": 1.0}, {"threshold": 1.2, "claim": "above"}),
    "superiority": ({}, {"threshold": 0.6}, {"within": (0.3, 0.7)}),
    "ranks": ({"threshold": 2.5}, {"threshold": 1.5, "claim": "below"}),
    "crosstab_bounds": ({}, {"region": "parameter"}, {"region": "tables"}),
    "pick_contrasts": ({},),
    **dict.fromkeys(("proportion",), ({}, {"threshold": 0.6, "claim": "above"}, {"within": (0.4, 0.9)})),
    **dict.fromkeys(("multinomial", "ordinal", "picks"), ({"threshold": 0.5}, {"threshold": 0.6})),
}
OF_DIFFERENCES = ({}, {"threshold": 0.1, "claim": "below"}, {"within": (-0.2, 0.2)})


def verdicts_of(found):
    if isinstance(found, cs.Estimate):
        return [] if found.verdict is None else [found.verdict]
    return [verdict for one in found for verdict in verdicts_of(one)]


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_every_verdict_of_a_call_has_a_rate_or_an_exception(call):
    told = 0
    for target, asked in product(TARGETS.values(), ASKED.get(call, OF_DIFFERENCES)):
        try:
            found = verdicts_of(CALLS[call](target=target, **asked))
        except (CseaStatsError, TypeError):  # no such target, or none asks for such a claim
            continue
        for verdict in found:
            told += 1
            bare = verdict.word == "cannot be checked"
            if getattr(target, "design_effect", 1.0) == 1 or verdict.rate is not None:
                assert bare or 0 <= verdict.rate <= 0.05 + 1e-12, (call, target, asked)
                assert not verdict.unrated
            else:
                assert bare or verdict.unrated in UNRATED.values(), (call, target, asked)
    assert told >= 5


def test_what_is_certain_never_errs():
    nothing = cs.Population(cs.SelectionBounds(ratio=np.inf), size=50)
    assert [cs.proportion(x, 49, target=nothing).verdict.rate for x in (10, 49)] == [0.0, 0.0]


def test_another_prior_alone_holds_a_verdict_back():
    """Of 11 of 11 every interval but that of the uniform prior is above .738, and so is the enumerated rule's."""
    threshold = 0.738
    limits = {method: cs.proportion_interval(11, 11, method=method)[0] for method in (*SURE, "uniform")}
    assert [limits[method] > threshold for method in limits] == [True, True, True, False]
    verdict = cs.proportion(11, 11, threshold=threshold, claim="above").verdict
    assert verdict.word == "too few answers"
    supported, _ = share_decisions(11, (threshold, None), LEVEL)
    assert not supported.any()
    assert verdict.rate == share_rate(11, (threshold, None), LEVEL)
    assert share_rate(11, (threshold, None), LEVEL, SURE) > verdict.rate


class OpenWithPrior(Share):
    """A share that the uniform prior leaves open, with a prior on who took part."""

    def limits(self, method, level, who):
        return (0.0, 1.0) if method == "uniform" and who.tau else Share.limits(self, method, level, who)


class OpenByChance(Difference):
    """A difference that the uniform prior leaves open, by chance alone."""

    def limits(self, method, level, who):
        return (-1.0, 1.0) if method == "uniform" and not who.tau else Difference.limits(self, method, level, who)


@pytest.mark.parametrize(
    ("kind", "open_", "counts", "threshold"),
    [
        (Share, OpenWithPrior, {"pairs": ((46, 49),)}, 0.5),
        (Difference, OpenByChance, {"sides": (((20, 20),), ((1, 20),))}, 0.0),
    ],
)
def test_a_population_waits_for_every_prior_and_for_chance_alone(kind, open_, counts, threshold):
    target = cs.Population(cs.Selection(tau=0.25, reason="a register"))
    asked = Setting(method="jeffreys", threshold=threshold)
    assert infer(kind(**counts), target, asked).verdict.word == "supported"
    assert infer(open_(**counts), target, asked).verdict.word != "supported"


# ---------------------------------------------------------------- the rate is kept

TAIL = (1 - LEVEL) / 2
GRID = np.linspace(0.02, 0.98, 25)


def moved(share, ratio):
    """The share among people like these, of whom those who say so took part that many times as readily."""
    return share * ratio / (share * ratio + 1 - share)


@pytest.mark.parametrize(
    ("kind", "at", "gap", "bases"),
    [
        (Difference, 0.0, lambda p: p, (6, 6)),
        (Difference, 0.15, lambda p: p + 0.15, (13, 14)),
        (Ratio, 1.0, lambda p: p, (13, 14)),
        (Ratio, 1.5, lambda p: 1.5 * p, (13, 14)),
        (OddsRatio, 2.0, lambda p: moved(p, 2.0), (7, 7)),
    ],
)
def test_two_groups_within_bounds_on_who_took_part(kind, at, gap, bases):
    """Enumerated where it is worst: the first group's ratio the largest, the second's the smallest."""
    who, (n1, n2) = Participation(centre=1.2, reach=1.5), bases
    low, high = who.ratios
    tables = list(product(range(n1 + 1), range(n2 + 1)))
    decided, below = (
        np.array([kind(sides=(((a, n1),), ((b, n2),))).beyond(at, side, LEVEL, who) for a, b in tables]).reshape(
            n1 + 1, n2 + 1
        )
        for side in ("above", "below")
    )
    assert decided.any()
    assert below.any()
    for second in GRID:
        first = gap(second)
        if 0 < first < 1:
            for region, one, other in ((decided, high, low), (below, low, high)):
                chances = (
                    stats.binom.pmf(np.arange(n1 + 1), n1, moved(first, one)),
                    stats.binom.pmf(np.arange(n2 + 1), n2, moved(second, other)),
                )
                assert chances[0] @ region @ chances[1] <= TAIL + 1e-12


def unevenly(size, n, said, ratio):
    """Fisher's noncentral hypergeometric distribution, by SciPy."""
    return stats.nchypergeom_fisher.pmf(np.arange(n + 1), size, said, n, ratio)


@pytest.mark.parametrize("reach", [1.0, 2.0])
def test_two_groups_of_known_sizes(reach):
    who, sizes, (n1, n2) = Participation(reach=reach, size=25), (9, 14), (7, 10)
    for at in (0.0, 0.2):
        region = np.array(
            [
                [
                    Difference(sides=(((a, n1),), ((b, n2),)), sizes=sizes).beyond(at, "above", LEVEL, who)
                    for b in range(n2 + 1)
                ]
                for a in range(n1 + 1)
            ]
        )
        first = {said: unevenly(sizes[0], n1, said, reach) for said in range(sizes[0] + 1)}
        second = {said: unevenly(sizes[1], n2, said, 1 / reach) for said in range(sizes[1] + 1)}
        for one, other in product(first, second):
            if one / sizes[0] - other / sizes[1] <= at + 1e-12:
                assert first[one] @ region @ second[other] <= TAIL + 1e-12


def test_a_share_of_a_known_size_that_took_part_unevenly():
    """Limits that shift those of a random draw err in .11 of samples, at one end: 20 of 60 people, a ratio of 2.7."""
    n, size, bounds = 20, 60, (1 / 2.7, 2.7)
    lower, upper = share_limits(range(n + 1), n, size, TAIL, bounds)
    for said in range(size + 1):
        high, low = (unevenly(size, n, said, ratio) for ratio in bounds[::-1])
        assert high[lower > said / size + 1e-12].sum() <= TAIL + 1e-12
        assert low[upper < said / size - 1e-12].sum() <= TAIL + 1e-12
    one = Share(pairs=((15, n),)).limits("clopper-pearson", LEVEL, Participation(reach=2.7, size=size))
    assert one == (lower[15], upper[15])


def test_drawn_unevenly_is_fishers_distribution():
    for ratio in (0.4, 1.0, 3.0):
        assert drawn_unevenly(4, 9, 7, 20, ratio) == pytest.approx(unevenly(20, 7, 9, ratio)[4:].sum(), abs=1e-9)
    p = stats.fisher_exact([[9, 1], [2, 8]], alternative="greater").pvalue
    assert odds_exceed((9, 10, 2, 10), 1.0, p + 1e-9)
    assert not odds_exceed((9, 10, 2, 10), 1.0, p - 1e-9)


@pytest.mark.parametrize("at", [-0.2, 0.0, 0.2])
def test_pairs_who_took_part_unevenly(at):
    """Of a population with the difference at the threshold, each kind's ratio within 2 of another's."""
    n, ratio = 18, 2.0
    tables = [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]
    who = Participation(reach=ratio)
    decided = np.array(
        [PairedDifference(tables=((b, c, n),), full=()).beyond(at, "above", LEVEL, who) for b, c in tables]
    )
    assert decided.any()
    counts = np.array([(b, c, n - b - c) for b, c in tables])
    for both in np.linspace(abs(at) + 0.01, 1.0, 8):
        truth = np.array([(both + at) / 2, (both - at) / 2, 1 - both]).clip(0)
        for weights in ((ratio, 1.0, 1.0), (ratio, 1.0, ratio)):
            shares = truth * weights / (truth * weights).sum()
            assert stats.multinomial.pmf(counts, n, shares)[decided].sum() <= TAIL + 1e-12
