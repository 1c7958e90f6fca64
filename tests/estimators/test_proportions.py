"""One share for every target: the worked answers, hulls, rules, errors."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import csea_stats
from csea_stats.base.binomial import SHARE_METHODS
from csea_stats.errors import CountError, InputError, UnsupportedTarget
from csea_stats.estimators.crosstab import crosstab_bounds
from csea_stats.estimators.multinomial import ordinal
from csea_stats.estimators.pick_k import picks
from csea_stats.estimators.proportion import finite_span, proportion, proportion_interval
from csea_stats.estimators.tipping import tipping_ratio
from csea_stats.targets.populations import (
    TIERS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)

ROUNDING = 1e-9  # several posteriors in one quadrature share its nodes, so the last digits may differ
DIRECTED = Selection(tau=0.4, mean=0.3, reason="those who agree were asked first")
TARGETS = [
    *TIERS,
    FinitePopulation(200),
    Superpopulation(design_effect=1.4),
    Population(DIRECTED),
    Population(Selection(tau=0.5), size=200),
    Population(SelectionBounds(ratio=2)),
    Population(SelectionBounds(ratio=2), size=200, design_effect=1.2),
]


def ends(interval, digits=3):
    return round(interval.lower, digits), round(interval.upper, digits)


def codes(estimate):
    return [doubt.code for doubt in estimate.caveats]


def test_the_worked_example_for_every_tier():
    counted, like, *population = proportion(35, 49, target=TIERS)
    assert (counted.interval, counted.companion, counted.probability) == (None, None, None)
    assert counted.verdict.word == "true of them"
    assert counted.value == like.value == 35 / 49
    assert (ends(like.interval), ends(like.companion)) == ((0.578, 0.826), (0.576, 0.822))
    assert (like.interval.kind, like.companion.kind, like.companion.method) == ("credible", "confidence", "wilson")
    assert round(like.probability[0], 3) == 0.999
    assert [ends(e.interval) for e in population] == [(0.534, 0.848), (0.441, 0.889), (0.243, 0.951)]
    assert [round(e.probability[0], 3) for e in population] == [0.990, 0.940, 0.809]
    assert ends(population[1].companion) == (0.338, 0.925)
    assert [e.verdict.word for e in (like, *population)] == ["supported"] + 3 * ["not settled"]


def test_other_worked_answers():
    none_or_poor, _, strong = proportion(27, 49, target=TIERS[1:4:1])
    assert ends(none_or_poor.interval) == (0.412, 0.684)
    assert ends(none_or_poor.companion, 3) in [(0.413, 0.682), (0.413, 0.681)]
    assert round(none_or_poor.probability[0], 3) == 0.762
    assert ends(strong.interval) == (0.284, 0.792)
    assert round(strong.probability[0], 3) == 0.639
    assert ends(strong.companion) == (0.209, 0.851)
    assert ends(proportion(35, 49, method="blaker").interval) == (0.573, 0.833)


def test_a_large_majority_depends_on_who_took_part():
    for estimate in proportion(46, 49, target=TIERS[2:]):
        assert estimate.verdict.word == "depends on who took part"
        assert "1.6 or 2.7 times, not settled" in estimate.verdict.why
    assert proportion(1000, 1001, target=TIERS[3]).verdict.word == "supported"
    assert proportion(0, 1001, target=TIERS[3], claim="above").verdict.word == "contradicted"


def test_below_the_threshold_is_contradicted():
    assert proportion(9, 49, claim="above").verdict.word == "contradicted"
    assert proportion(9, 49, target=Respondents(), claim="above").verdict.word == "not true of them"
    unclear = proportion({24, 25}, 49, target=Respondents()).verdict
    assert (unclear.word, unclear.direction) == ("print unclear", "either")
    assert proportion(9, 49, threshold=0.1).verdict.threshold == 0.1


def test_no_threshold_no_verdict():
    for target in TARGETS:
        estimate = proportion(35, 49, target=target, threshold=None)
        assert (estimate.verdict, estimate.probability, estimate.threshold) == (None, None, None)


@pytest.mark.few(4)
@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_the_call_makes_the_estimate_again(target):
    for count, base, label in ((35, 49, "say so"), ({9, 10}, {24, 25}, None)):
        estimate = proportion(count, base, target=target, level=0.9, label=label)
        assert eval(estimate.provenance.call, {"csea_stats": csea_stats}) == estimate
    assert dict(estimate.provenance.versions).keys() == {"csea-stats", "numpy", "scipy"}
    assert len(estimate.provenance.data_hash) == 64
    assert len(str(estimate)) > 60


def test_a_set_has_bounds_and_no_value():
    estimate = proportion({9, 10}, 24)
    assert (estimate.value, estimate.bounds) == (None, (9 / 24, 10 / 24))
    assert (estimate.counts, estimate.base) == (((9,), (10,)), (24,))
    assert "print-ambiguous" in codes(estimate)
    assert proportion({9}, 24).value == 9 / 24
    several = proportion(9, {24, 25})
    assert (several.base, several.bounds) == (((24, 25),), (9 / 25, 9 / 24))
    assert "base-uncertain" in codes(several)


def test_caveats():
    assert codes(proportion(35, 49)) == ["chance-alone"]
    assert codes(proportion(7, 7)) == ["chance-alone", "few", "closed-end"]
    assert "97.5%" in proportion(0, 49).caveats[1].text
    assert codes(proportion(7, 7, target=Respondents())) == ["counted"]
    assert codes(proportion(35, 49, target=FinitePopulation(200))) == ["who-took-part-ignored"]
    assert codes(proportion(35, 49, target=Population())) == ["selection-assumed"]
    assert codes(proportion(35, 49, target=Population(DIRECTED))) == ["selection-centred", "selection-direction"]
    assert codes(proportion(35, 49, target=Population(SelectionBounds(ratio=2)))) == ["selection-bounded"]
    assert "equal-clusters" in codes(proportion(35, 49, target=Superpopulation(design_effect=1.4)))
    split = proportion(10, 13)  # Jeffreys' lower limit is above a half, Wilson's and the uniform prior's are not
    assert split.interval.lower > 0.5 > split.companion.lower
    assert split.verdict.word == "not settled"
    assert codes(split)[-2:] == ["methods-disagree", "prior-decides"]


CLOSING = [
    FinitePopulation,
    pytest.param(lambda size: Population(Selection(tau=0.5), size=size), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("population", CLOSING)
@pytest.mark.parametrize(
    ("count", "base"), [(0, 7), *(pytest.param(*one, marks=pytest.mark.slow) for one in ((7, 7), (0, 49)))]
)
def test_an_end_of_a_known_size_is_closed_only_where_that_moves_it(population, count, base):
    for size in (base + 1, base + 2, 10 * base):  # nobody else may say so: the limit is the end by itself
        assert "closed-end" not in codes(proportion(count, base, target=population(size)))
    assert "closed-end" in codes(proportion(count, base, target=population(10**6)))


@pytest.mark.slow
def test_the_limit_that_is_closed_is_that_of_the_beta_binomial():
    for size in (60, 600, 5_000, 20_000, 40_000, 100_000):
        free = stats.betabinom(size - 49, 0.5, 49.5).ppf(0.025)
        assert ("closed-end" in codes(proportion(0, 49, target=FinitePopulation(size)))) == (free > 0), size


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "target",
    [
        FinitePopulation(7),
        FinitePopulation(7, design_effect=2),
        Population(Selection(), size=7),
        Population(SelectionBounds(ratio=2), size=7),
    ],
    ids=repr,
)
@pytest.mark.parametrize("count", [0, 3, 7])
def test_everybody_answered(target, count):
    estimate = proportion(count, 7, target=target)
    assert codes(estimate) == ["census"]
    assert estimate.interval is estimate.companion is None
    assert (estimate.value, estimate.verdict.word) == (count / 7, "true of them")
    assert "counted" in str(estimate)
    assert "random draw" not in str(estimate)
    assert codes(proportion({3, 4}, 7, target=target)) == ["census", "print-ambiguous"]
    assert "census" not in codes(proportion(3, {6, 7}, target=target))
    for share in crosstab_bounds(3, 2, 7, target=target)[1:]:
        assert codes(share) == ["not-identified", "census"]


@pytest.mark.slow
def test_closed_ends_for_every_target():
    for target in TARGETS[1:]:
        assert proportion(0, 49, target=target).interval.lower == 0
        assert proportion(49, 49, target=target).interval.upper == 1


def test_the_strip():
    like = dict(proportion(35, 49).sensitivity)
    assert set(like) == {"jeffreys", "uniform"}
    strip = dict(proportion(35, 49, target=Population(Selection(tau=0.35))).sensitivity)
    assert list(strip) == ["tau 0.25", "tau 0.35", "tau 0.5", "tau 1", "uniform"]
    assert ends(strip["tau 0.35"]) == (0.5, 0.864)


@pytest.mark.parametrize(
    ("size", "plain", "selected"),
    [
        (60, (0.65, 0.767), (0.633, 0.767)),
        pytest.param(1000, (0.582, 0.823), (0.453, 0.882), marks=pytest.mark.slow),
    ],
)
def test_a_population_of_known_size(size, plain, selected):
    assert ends(proportion(35, 49, target=FinitePopulation(size)).interval) == plain
    assert ends(proportion(35, 49, target=Population(Selection(), size=size)).interval) == selected


def test_a_population_of_known_size_that_answered():
    for target in (FinitePopulation(49), Population(Selection(), size=49)):
        everyone = proportion(35, 49, target=target)
        assert (everyone.value, everyone.interval, everyone.companion) == (35 / 49, None, None)
    with pytest.raises(InputError, match=r"size.*40.*49"):
        proportion(35, 49, target=FinitePopulation(40))


@pytest.mark.few(1)
@pytest.mark.parametrize(("n", "size"), [(24, 60), (49, 100), (49, 1000)])
def test_wilson_for_a_finite_population_covers(n, size):
    # Exact: hypergeometric counts, every number of people who would say so.
    limits = [finite_span(((x, n),), "wilson", 0.95, size) for x in range(n + 1)]
    covered = []
    for people in range(size + 1):
        x = np.arange(max(0, n - size + people), min(n, people) + 1)
        held = [limits[k].lower - 1e-9 <= people / size <= limits[k].upper + 1e-9 for k in x]
        covered.append(stats.hypergeom.pmf(x, size, people, n) @ held)
    assert 0.94 <= np.mean(covered) <= 0.975
    assert min(covered) > 0.8


def test_a_bound_is_the_tipping_ratio():
    tipping = tipping_ratio(35, 49)
    assert tipping.value == pytest.approx(2.5)
    at = proportion(35, 49, target=Population(SelectionBounds(ratio=tipping.interval.lower)))
    assert at.interval.lower == pytest.approx(0.5, abs=1e-12)
    assert at.bounds[1] == pytest.approx(2.5 * tipping.interval.lower / (1 + 2.5 * tipping.interval.lower))


@pytest.mark.parametrize(
    ("count", "base", "value", "lower"),
    [(35, 49, 2.5, 1.37), (27, 49, 1.23, 0.70), (46, 49, 15.3, 5.5), (28, 42, 2.0, 1.07)],
)
def test_tipping_ratios(count, base, value, lower):
    found = tipping_ratio(count, base)
    digits = 1 if value > 10 else 2
    assert (round(found.value, digits), round(found.interval.lower, digits)) == (value, lower)
    assert (found.scale, found.companion.method) == ("ratio", "wilson")
    assert eval(found.provenance.call, {"csea_stats": csea_stats}) == found


def test_tipping_ratios_are_not_clamped():
    assert tipping_ratio(0, 7, claim="above").value == 0
    assert tipping_ratio(0, 7).value == math.inf
    assert tipping_ratio(7, 7).value == tipping_ratio(7, 7).interval.upper == math.inf
    assert tipping_ratio({9, 10}, 24, claim="above").bounds == (pytest.approx(9 / 15), pytest.approx(10 / 14))
    assert tipping_ratio(35, 49, threshold=0.714).value == pytest.approx(2.5 / (0.714 / 0.286))
    with pytest.raises(UnsupportedTarget, match="proportion"):
        tipping_ratio(35, 49, target=Population())
    with pytest.raises(InputError, match="threshold"):
        tipping_ratio(35, 49, threshold=None)


@pytest.mark.parametrize("method", SHARE_METHODS)
def test_every_method(method):
    estimate = proportion(35, 49, method=method)
    expected = proportion_interval(35, 49, method=method)
    assert (estimate.interval.lower, estimate.interval.upper) == (float(expected[0]), float(expected[1]))
    assert estimate.interval.kind != estimate.companion.kind
    bounded = proportion(35, 49, method=method, target=Population(SelectionBounds(ratio=2)))
    assert bounded.interval.lower < estimate.interval.lower


@pytest.mark.parametrize(
    ("method", "target", "needles"),
    [
        ("wilson", Population(), ("wilson", "jeffreys", "SelectionBounds")),
        ("blaker", FinitePopulation(100), ("blaker", "jeffreys", "wilson")),
        ("mid-p", Superpopulation(design_effect=2), ("mid-p", "design effect", "jeffreys")),
        ("agresti-coull", Population(SelectionBounds(ratio=2), size=90), ("agresti-coull", "wilson")),
    ],
)
def test_pairs_without_a_rule_say_what_to_use(method, target, needles):
    with pytest.raises(UnsupportedTarget) as error:
        proportion(35, 49, method=method, target=target)
    assert all(needle in str(error.value) for needle in needles)


def test_a_design_effect_is_fewer_people():
    clustered = proportion(40, 60, target=Superpopulation(design_effect=2))
    assert ends(clustered.interval, 9) == ends(proportion(20, 30).interval, 9)
    assert ends(clustered.companion, 9) == ends(proportion(20, 30).companion, 9)


@pytest.mark.parametrize(
    ("count", "base", "needles"),
    [
        (50, 49, ("50", "49")),
        (-1, 49, ("-1",)),
        (3.5, 49, ("3.5",)),
        (35.0, 49, ("35.0",)),
        (0, 0, ("base", "0")),
        (True, 49, ("True",)),
        (math.nan, 49, ("nan",)),
        (None, 49, ("None",)),
        ("35", 49, ("'35'",)),
        ([9, 10], 24, ("proportion_interval", "{9, 10}")),
        (np.array([9, 10]), 24, ("proportion_interval",)),
        (set(), 24, ("empty",)),
        ({9, 2.5}, 24, ("2.5",)),
        ({9, 30}, 24, ("30", "24")),
        (9, {0, 24}, ("base", "0")),
        (9, [24], ("proportion_interval",)),
    ],
)
def test_counts_that_are_none(count, base, needles):
    with pytest.raises(CountError) as error:
        proportion(count, base)
    assert all(needle in str(error.value) for needle in needles)


@pytest.mark.parametrize(
    ("settings_", "needles"),
    [
        ({"level": 95}, ("level", "95", "0.95")),
        ({"level": 0}, ("level", "0")),
        ({"level": True}, ("level", "True")),
        ({"level": "0.95"}, ("level",)),
        ({"method": "wald"}, ("wald", "wilson", "blaker")),
        ({"method": None}, ("None", "wilson")),
        ({"threshold": 50}, ("threshold", "50")),
        ({"label": 3}, ("label", "3")),
        ({"target": "everyone"}, ("target", "everyone", "Superpopulation")),
        ({"target": Population}, ("target",)),
        ({"target": ()}, ("target", "empty")),
    ],
)
def test_settings_that_are_none(settings_, needles):
    with pytest.raises(InputError) as error:
        proportion(35, 49, **settings_)
    assert all(needle in str(error.value) for needle in needles)


def test_numpy_counts():
    assert proportion(np.int64(35), np.int32(49)).value == proportion(35, 49).value


def test_large_counts():
    estimate = proportion(500_000, 10**6, target=TIERS)
    assert estimate[1].interval.upper - estimate[1].interval.lower == pytest.approx(2 * 1.96 / 2000, rel=1e-2)
    assert ends(estimate[3].interval, 2) == (0.27, 0.73)


# --- cuts of a scale, choices ------------------------------------------------------------------------------------


def test_each_cut_is_the_two_cell_table():
    cuts = ordinal([3, 20, 17, 7, 2], ["none", "poor", "fair", "good", "excellent"], target=TIERS)
    assert len(cuts) == 4 * 5
    for target, part in zip(TIERS, (cuts[i : i + 4] for i in range(0, 20, 4)), strict=True):
        for cut, count in zip(part, (3, 23, 40, 47), strict=True):
            same = proportion(count, 49, target=target)
            assert (cut.interval, cut.companion, cut.verdict) == (same.interval, same.companion, same.verdict)
    assert [cut.item for cut in cuts[:4]] == ["none", "poor", "fair", "good"]
    assert cuts[1].label == "poor or lower"
    assert "one-at-a-time" in codes(cuts[5])
    assert eval(cuts[5].provenance.call, {"csea_stats": csea_stats}) == cuts[5]


def test_cuts_over_feasible_vectors():
    cuts = ordinal({(1, 35, 10, 3, 0), (0, 35, 10, 3, 1)}, list("abcde"))
    assert cuts[0].counts == ((0,), (1,))
    assert cuts[1].bounds == (35 / 49, 36 / 49)
    assert cuts[1].interval.lower == proportion(35, 49).interval.lower
    assert ordinal(pd.Series({"low": 3, "high": 4}))[0].item == "low"
    assert len(ordinal({"low": 3, "high": 4})) == 1


@pytest.mark.parametrize(
    ("counts", "categories", "needle"),
    [
        ([3, 4], None, "categories"),
        ([3, 4], ["a"], "one for each"),
        ([3, 4], "ab", "text"),
        ([3, 4], ["a", "a"], "different"),
        ({"a": 3, "b": 4}, ["b", "a"], "order"),
        ([3], ["a"], "at least two"),
        ([0, 0], ["a", "b"], "nobody"),
        ([3, -4], ["a", "b"], "-4"),
        ([3, 4.5], ["a", "b"], "4.5"),
        (7, ["a", "b"], "7"),
        ({(1, 2), (1, 2, 3)}, ["a", "b"], "every feasible vector"),
    ],
)
def test_scales_that_are_none(counts, categories, needle):
    with pytest.raises(InputError, match=needle):
        ordinal(counts, categories)


CHOICES = [35, 30, 24, 18, 14, 12, 9, 5]


def test_choices():
    found = picks(CHOICES, 49, chosen=3)
    assert [e.counts for e in found] == [((x,),) for x in CHOICES]
    assert found[0].interval == proportion(35, 49).interval
    assert all("choices-compete" in codes(e) for e in found)
    assert found[0].verdict is None
    assert eval(found[2].provenance.call, {"csea_stats": csea_stats}) == found[2]
    named = picks(dict(zip("abcdefgh", CHOICES, strict=True)), 49, 3, method="wilson", target=TIERS[:2])
    assert [e.item for e in named] == list("abcdefgh") * 2
    assert eval(named[2].provenance.call, {"csea_stats": csea_stats}) == named[2]
    open_ = picks([{35, 36}, *CHOICES[1:]], 49, chosen=3)
    assert open_[0].bounds == (35 / 49, 36 / 49)


@pytest.mark.parametrize(
    ("counts", "chosen", "needles"),
    [
        ([35, 30, 24, 18, 14, 12, 9, 6], 3, ("148", "147", "proportion")),
        ([{30, 31}, 30, 24, 18, 14, 12, 9, 5], 3, ("142 to 143", "147")),
        ([50, 30, 24, 18, 14, 11], 3, ("50", "49")),
        (CHOICES, 9, ("9", "8")),
        (CHOICES, 0, ("0",)),
        (CHOICES, 2.5, ("2.5",)),
    ],
)
def test_choices_that_cannot_be(counts, chosen, needles):
    with pytest.raises(CountError) as error:
        picks(counts, 49, chosen)
    assert all(needle in str(error.value) for needle in needles)
