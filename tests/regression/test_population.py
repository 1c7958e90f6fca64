"""What a fit says of a population: one thing in whatever unit, in proportion to the contrast, from where it is centred.

The references are draws made here, two-group formulas of `csea_stats.difference`, and limits.
"""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.regression.engines.weights import Draws
from csea_stats.regression.fitted import Later

CENTRED = cs.Population(cs.Selection(tau=0.25, mean=1.5, reason="told so"))
BOUNDED = cs.Population(cs.SelectionBounds(ratio=2))
TARGETS = [cs.Superpopulation(), cs.Population(), CENTRED, cs.Population(cs.Selection(tau=1, correlation=0)), BOUNDED]
UNITS = {"per(years, 1)": 1.0, "per(years, 5)": 5.0, "per(years, 20)": 20.0}
BOOK = cs.Codebook(
    {
        "years": cs.Number(unit="years"),
        "band": cs.Ordered("a", "b", "c", "d"),
        "group": cs.Categories("first", "second"),
        "place": cs.Categories(*"pqrstu"),
        "aware": cs.Categories("no", "yes"),
        "rating": cs.Ordered("poor", "fair", "good"),
        "services": cs.Multiple(columns=("legal", "money")),
    }
)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(11)
    people = 60
    years = np.tile(np.arange(0.0, 30.0, 3.0), 6)
    table = pd.DataFrame({"years": years, "band": np.array(list("abcd"))[(years // 8).astype(int)]})
    table["group"] = rng.choice(["first", "second"], people)
    table["place"] = rng.choice(list("pqrstu"), people)
    table["aware"] = np.where(rng.random(people) < 1 / (1 + np.exp(-0.08 * (years - 20))), "yes", "no")
    table["rating"] = rng.choice(["poor", "fair", "good"], people)
    for name in ("legal", "money"):
        table[name] = rng.choice(["yes", "no"], people)
    return cs.read_respondents(table, BOOK)


def two_groups(*counts):
    """Rows of two groups, each with those who say yes and those who do not."""
    rows = [
        {"group": group, "aware": answer}
        for group, (yes, no) in zip(("first", "second"), counts, strict=True)
        for answer, number in (("yes", yes), ("no", no))
        for _ in range(number)
    ]
    book = cs.Codebook({"group": cs.Categories("first", "second"), "aware": cs.Categories("no", "yes")})
    return cs.read_respondents(pd.DataFrame(rows), book)


def in_unit(data, term, unit):
    """A fit under one prior, told in some unit; its strip is that prior, too."""
    model = cs.Model.from_formula(f"aware ~ {term}").with_priors(coefficients=f"normal(0, {0.1 * unit:g})")
    fit = cs.fit(model, data)
    # the log-F penalty is on the coefficient as told, so the fit beside is by maximum likelihood
    likely = cs.fit(f"aware ~ {term}", data, method="frequentist", engine="ml")
    strip = [("normal(0, 1)", fit.readings)]
    return replace(fit, under=Later(tuple, strip), beside=Later(tuple, likely.readings))


@pytest.fixture(scope="module")
def units(data):
    return {unit: in_unit(data, term, unit) for term, unit in UNITS.items()}


def two_sd(data):
    return 2 * np.std(np.asarray(data.column("years").values), ddof=1)


def ends(estimate, scale=1.0):
    """Every number of an estimate, on the scale of another unit."""
    found = [estimate.interval, estimate.companion, *(span for _, span in estimate.sensitivity)]
    return np.array([scale * end for span in found if span for end in (span.lower, span.upper)])


# ---------------------------------------------------------------- one thing in every unit


@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_a_coefficient_says_one_thing_in_every_unit(units, target):
    one, *others = (next(iter(fit.coefficients(target=target))) for fit in units.values())
    for unit, other in zip((5, 20), others, strict=True):
        assert ends(one, unit) == pytest.approx(ends(other), abs=1e-3)
        assert one.probability == pytest.approx(other.probability, abs=1e-3)
        assert (one.verdict and one.verdict.word) == (other.verdict and other.verdict.word)


@pytest.mark.few(2)
@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_an_effect_does_not_depend_on_the_unit_of_the_coefficient(units, target):
    one, *others = (fit.effects("years", 7, target=target)[0] for fit in units.values())
    for other in others:
        assert ends(one) == pytest.approx(ends(other), abs=1e-3)
        assert one.verdict.word == other.verdict.word


@pytest.mark.slow
def test_a_confidence_interval_under_bounds_says_one_thing_in_every_unit(data):
    found = []
    for term, unit in {**UNITS, "years": two_sd(data)}.items():
        fit = cs.fit(f"aware ~ {term}", data, method="frequentist", engine="ml")
        slope = fit.coefficients(target=BOUNDED)[0].interval
        moved = fit.effects("years", 10, target=BOUNDED)[0].interval
        found.append((slope.lower / unit, slope.upper / unit, moved.lower, moved.upper))
    assert np.allclose(found, found[0], atol=1e-4)


@pytest.mark.slow
def test_the_tipping_point_is_that_of_the_whole_contrast_in_every_unit(data):
    found = [
        cs.fit(f"aware ~ {term}", data, method="frequentist", engine="ml").tipping_points()[0]
        for term in (*UNITS, "years")
    ]
    assert np.allclose([(one.value, one.interval.upper) for one in found], (found[0].value, found[0].interval.upper))
    assert "2 standard deviations" in found[0].estimand
    assert found[0].estimand == found[-1].estimand


# ---------------------------------------------------------------- in proportion to the contrast


@pytest.mark.slow_for("bayes-target4")
@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("how", "target"), [*(("bayes", one) for one in TARGETS), ("frequentist", TARGETS[0]), ("frequentist", BOUNDED)]
)
def test_an_effect_of_almost_nothing_is_almost_nothing(data, target, how):
    fit = cs.fit("aware ~ per(years, 5)", data, method=how)
    small, smaller = (fit.effects("years", step, target=target)[0] for step in (0.01, 0.001))
    assert np.all(np.abs(ends(smaller)) < 1e-3)
    assert ends(small) == pytest.approx(ends(smaller, 10), rel=0.02, abs=1e-5)


def test_the_whole_contrast_of_a_number_is_two_groups_each_with_its_selection(data):
    """Log participation ratios of the two sides by the definition of `Selection`, drawn here."""
    fit = cs.fit("aware ~ per(years, 5)", data)
    selection = cs.Selection(tau=0.7, correlation=0.3)
    found = fit.effects("years", two_sd(data), target=cs.Population(selection))[0]
    reading, rng = fit.readings[0], np.random.default_rng(0)
    years = reading.design.patterns[:, 0]
    weights = reading.table.sum(axis=1) / reading.table.sum()
    expected = []
    for _ in range(8):
        first, second = rng.multivariate_normal([0, 0], 0.49 * np.array([[1, 0.3], [0.3, 1]]), reading.draws).T
        sides = []
        for moved, lost in ((0.0, first), (two_sd(data), second)):
            draws = reading.named
            eta = draws["years"][:, None] * (years + moved - weights @ years) / 5 - draws["thresholds"]
            sides.append(1 / (1 + np.exp(-(eta - lost[:, None]))) @ weights)
        expected.append(sides[1] - sides[0])
    draws = Draws(np.concatenate(expected), np.tile(reading.whole.weights / 8, 8))
    ends_ = [draws.quantile(at) for at in (0.025, 0.975)]
    assert (found.interval.lower, found.interval.upper) == pytest.approx(ends_, abs=0.01)


def test_a_coefficient_loses_its_part_of_the_whole_contrast(data):
    fit = cs.fit("aware ~ per(years, 1)", data)
    people, population, bounded = fit.coefficients(target=[cs.Superpopulation(), cs.Population(), BOUNDED])
    delta = 0.5 / two_sd(data) * np.random.default_rng(0).standard_normal((40, fit.readings[0].draws))
    reading = fit.readings[0]
    draws = Draws((reading.named["years"] - delta).ravel(), np.tile(reading.whole.weights / 40, 40))
    expected = [draws.quantile(at) for at in (0.025, 0.975)]
    assert (population.interval.lower, population.interval.upper) == pytest.approx(
        expected, abs=0.007
    )  # 4 sd of a quantile
    reach = 2 * math.log(2) / two_sd(data)
    assert bounded.interval.upper - people.interval.upper == pytest.approx(reach)
    assert people.companion.lower - bounded.companion.lower == pytest.approx(reach)


@pytest.mark.slow
def test_a_step_is_its_part_of_the_range(data):
    """A score's coefficient is of one of three steps; the effect of a step has a third of the whole's selection."""
    score = cs.fit("aware ~ score(band)", data)
    people, bounded = score.coefficients(target=[cs.Superpopulation(), BOUNDED])
    assert bounded.interval.upper - people.interval.upper == pytest.approx(2 * math.log(2) / 3)
    for formula in ("aware ~ score(band)", "aware ~ mo(band)", "aware ~ cat(band)"):
        fit = cs.fit(formula, data)
        step, whole = (fit.effects("band", sides, target=BOUNDED)[0] for sides in (("a", "b"), ("a", "d")))
        chance = fit.effects("band", ("a", "b"))[0]
        wider = (step.interval.upper - chance.interval.upper, whole.interval.upper - step.interval.upper)
        assert min(wider) > 0 or "cat" in formula
        scaled = "selection-scaled" in {doubt.code for doubt in step.caveats}
        assert scaled == ("cat" not in formula)
        assert "selection-scaled" not in {doubt.code for doubt in whole.caveats}


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("how", ["bayes", "frequentist"])
def test_bounds_hold_every_selection_within_them(data, how):
    """Ratios anywhere within the bounds on either side, and as far apart as the part of the contrast allows."""
    fit = cs.fit("aware ~ per(years, 5)", data, method=how)
    found = fit.effects("years", 5, target=cs.Population(cs.SelectionBounds(ratio=7)))[0]
    most, part = math.log(7), 5 / two_sd(data)
    reading = fit.readings[0]
    years, weights = reading.design.patterns[:, 0], reading.table.sum(axis=1) / reading.table.sum()
    b = reading.named["years"] if how == "bayes" else np.array([fit.coefficients()[0].value])
    cut = reading.thresholds if how == "bayes" else reading.profiled.thresholds[None, :]
    weights_ = reading.whole.weights if how == "bayes" else None
    reached = []
    for first in np.linspace(-most, most, 41):
        for second in (first - 2 * part * most, first, first + 2 * part * most):
            if abs(second) > most + 1e-12:
                continue
            sides = [
                1 / (1 + np.exp(-(b[:, None] * (years + moved - weights @ years) / 5 - cut - lost))) @ weights
                for moved, lost in ((0.0, first), (5.0, second))
            ]
            draws = Draws(sides[1] - sides[0], weights_)
            reached.append([draws.quantile(at) for at in (0.025, 0.5, 0.975)])
    low, middle, high = np.array(reached).T
    assert found.bounds == pytest.approx((middle.min(), middle.max()), abs=2e-3)
    assert found.bounds[0] <= middle.min() + 1e-4
    assert found.bounds[1] >= middle.max() - 1e-4
    if how == "bayes":
        assert (found.interval.lower, found.interval.upper) == pytest.approx((low.min(), high.max()), abs=2e-3)
        assert found.interval.lower <= low.min() + 1e-4  # a quantile of draws is not smooth in the ratio
        assert found.interval.upper >= high.max() - 1e-4
    assert found.companion.lower < found.bounds[0]
    assert found.companion.upper > found.bounds[1]


@pytest.mark.slow
def test_a_spread_is_no_contrast_and_is_left_as_it_is(data):
    fit = cs.fit("rating ~ group + (1 | place)", data)
    people, population, bounded = (
        [one for one in fit.coefficients(target=target) if one.item.startswith("sd(")]
        for target in (cs.Superpopulation(), cs.Population(), BOUNDED)
    )
    assert [one.interval for one in population] == [one.interval for one in people]
    assert bounded[0].interval.lower == people[0].interval.lower > 0


# ---------------------------------------------------------------- centred where it was said to be


def test_a_prediction_is_centred_as_a_share_is():
    fit = cs.fit("aware ~ group", two_groups((15, 9), (15, 9)))
    found, share = fit.predictions(outcome="yes", target=CENTRED)[0], cs.proportion(30, 48, target=CENTRED)
    for mine, other in ((found.interval, share.interval), (found.companion, share.companion)):
        assert (mine.lower, mine.upper) == pytest.approx((other.lower, other.upper), abs=0.02)
    assert found.companion.method == "log-f, participation ratio from 2.7 to 7.3"


@pytest.mark.slow
def test_an_effect_is_centred_at_every_strength():
    """7 of 7 against 28 of 42: the bound is that of a two-group difference, as far as log-F and Newcombe agree."""
    fit = cs.fit("aware ~ group", two_groups((28, 14), (7, 0)))
    found = fit.effects("group", ("first", "second"), target=CENTRED)[0]
    other = cs.difference((7, 7), (28, 42), target=CENTRED)
    assert found.companion.lower == pytest.approx(other.companion.lower, abs=0.07)
    assert found.companion.upper == pytest.approx(other.companion.upper, abs=0.07)
    far = replace(CENTRED, selection=replace(CENTRED.selection, mean=-1.5))
    assert fit.effects("group", target=far)[0].companion.upper < found.companion.upper


@pytest.mark.few(1)
@pytest.mark.parametrize("counts", [((28, 14), (7, 0)), ((12, 13), (20, 4))])
def test_two_groups_are_the_log_odds_ratio_of_a_difference(counts):
    """The same penalised profile, by another code, for people like these, within bounds, and beside a prior."""
    (one, _), (two, _) = counts
    pairs = (two, sum(counts[1])), (one, sum(counts[0]))
    bayes = cs.fit("aware ~ group", two_groups(*counts))
    for target in (cs.Superpopulation(), BOUNDED, cs.Population(), CENTRED):
        other = cs.difference(*pairs, measure="odds-ratio", target=target)
        found = bayes.coefficients(target=target)[0].companion
        expected = np.log([other.companion.lower, other.companion.upper])
        assert (found.lower, found.upper) == pytest.approx(expected, abs=1e-4)
        assert found.method == other.companion.method


# ---------------------------------------------------------------- one rule for all


def test_a_fit_says_what_its_bounds_suppose(data):
    fit = cs.fit("aware ~ group", data)
    within = "participation ratio within"
    assert fit.effects(target=cs.Population())[0].companion.method == f"log-f, {within} 2.7 in each group"
    assert fit.coefficients(target=BOUNDED)[0].interval.method == f"laplace, {within} 2.0 in each group"
    assert fit.predictions(target=BOUNDED)[0].interval.method == f"laplace, {within} 2.0"


@pytest.mark.slow
def test_a_population_is_never_the_surer_one(data):
    fit = cs.fit("aware ~ years + group", data)
    weak = cs.Population(cs.Selection(tau=0.01, correlation=1))
    for ask in (fit.effects, fit.coefficients):
        for people, population in zip(ask(), ask(target=weak), strict=True):
            settled = population.verdict.word in {"supported", "contradicted"}
            assert not settled or people.verdict.word == population.verdict.word
            assert people.interval.lower == pytest.approx(population.interval.lower, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["services ~ group", "rating ~ years + (1 | place)"])
def test_several_answers_and_group_effects_have_every_target(data, formula):
    fit = cs.fit(formula, data)
    chance, *others = (fit.effects(target=target) for target in (cs.Superpopulation(), cs.Population(), BOUNDED))
    for one in (one for found in others for one in found):
        inner = next(other for other in chance if other.estimand == one.estimand)
        assert one.interval.lower < inner.interval.lower
        assert one.interval.upper > inner.interval.upper
        # Half of the rule is missing where no confidence interval stands beside.
        assert (one.verdict is None) == (one.companion is None) == formula.startswith("services")
    tiny = fit.effects("years", 0.001, target=BOUNDED)[0] if "years" in formula else None
    assert tiny is None or max(abs(tiny.interval.lower), tiny.interval.upper) < 1e-3


def test_these_respondents_are_described_and_not_judged(data):
    fit = cs.fit("aware ~ group", data)
    for one in (*fit.effects(target=cs.Respondents()), *fit.coefficients(target=cs.Respondents())):
        assert (one.interval, one.companion, one.verdict, one.probability, one.sensitivity) == (None,) * 4 + ((),)
        assert one.value is not None


def test_no_profile_tells_of_an_answer_that_nobody_gave(data):
    book = cs.Codebook({"rating": cs.Ordered("never", "poor", "fair", "good"), "group": BOOK["group"]})
    fit = cs.fit("rating ~ group", cs.read_respondents(data.to_frame()[["rating", "group"]], book))
    never, poor = fit.predictions()[:2]
    assert never.companion is None
    assert never.interval.upper > 0.01
    assert poor.companion is not None
