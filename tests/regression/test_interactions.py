"""Interactions: against statsmodels, brute force and identities; effects within levels, and by how much they differ."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, log_expit

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.library import read_model

SCALE = ("poor", "fair", "good")


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(5)
    n = 90
    table = pd.DataFrame(
        {
            "sex": rng.choice(["man", "woman"], n),
            "office": rng.choice(["town", "village", "city"], n),
            "years in it": rng.integers(1, 30, n).astype(float),
        }
    )
    push = 0.8 * (table["sex"] == "woman") * (table["office"] != "town") + 0.03 * table["years in it"]
    answers = pd.Categorical.from_codes(
        np.digitize(push + rng.logistic(size=n), [0.2, 1.2]), categories=list(SCALE), ordered=True
    )
    return table.assign(
        rating=answers,
        yes=pd.Categorical(np.where(answers == "good", "yes", "no"), ["no", "yes"]),
        sex=pd.Categorical(table["sex"], ["man", "woman"]),
        office=pd.Categorical(table["office"], ["town", "village", "city"]),
    )


def dummies(people):
    woman = (people["sex"] == "woman").to_numpy(float)
    village, city = ((people["office"] == name).to_numpy(float) for name in ("village", "city"))
    return woman, village, city


@pytest.mark.slow
def test_maximum_likelihood_is_that_of_statsmodels(people):
    """Products of centred columns: likelihood, interaction, and thresholds where all are 0 do not depend on it."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    woman, village, city = dummies(people)
    years = people["years in it"].to_numpy()
    columns = np.column_stack([woman, village, city, years / 5, woman * village, woman * city, woman * years / 5])
    theirs = OrderedModel(people["rating"], columns, distr="logit").fit(method="bfgs", disp=0, gtol=1e-8, maxiter=500)
    found = cs.fit(
        "rating ~ sex * office + per(`years in it`, 5) + sex:`years in it`", people, method="frequentist", engine="ml"
    )
    assert found.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    slopes = {one.item: one.value for one in found.coefficients()}
    assert list(slopes)[4:] == ["sex[woman]:office[village]", "sex[woman]:office[city]", "sex[woman]:years in it"]
    assert [slopes[name] for name in list(slopes)[4:]] == pytest.approx(theirs.params.iloc[4:7].tolist(), abs=1e-3)
    cuts = theirs.model.transform_threshold_params(theirs.params.to_numpy())[1:-1]
    assert [one.value for one in found.thresholds(at="zero")] == pytest.approx(cuts.tolist(), abs=1e-3)


def test_a_main_effect_is_at_the_average_of_the_other(people):
    woman, village, city = dummies(people)
    found = cs.fit("yes ~ sex * office", people, method="frequentist", engine="ml")
    slopes = {one.item: one.value for one in found.coefficients()}
    share = {(w, o): people["yes"].eq("yes")[(people["sex"] == w) & (people["office"] == o)].mean()
             for w, o in product(("man", "woman"), ("town", "village", "city"))}  # fmt: skip
    logit = {key: np.log(value / (1 - value)) for key, value in share.items()}
    gaps = {o: logit["woman", o] - logit["man", o] for o in ("town", "village", "city")}
    mixed = sum(gaps[o] * (people["office"] == o).mean() for o in gaps)
    assert slopes["sex[woman]"] == pytest.approx(mixed, abs=1e-5)
    assert slopes["sex[woman]:office[city]"] == pytest.approx(gaps["city"] - gaps["town"], abs=1e-5)
    told = {one.item: one.estimand for one in found.coefficients()}
    assert told["sex[woman]"].endswith("woman against man, at the average of office")
    assert told["sex[woman]:office[city]"].endswith("woman against man × city against town, as an interaction")
    assert village.sum() + city.sum() < len(woman)


COUNTS = np.array([[9.0, 3], [4, 8], [6, 5], [2, 12]])  # no and yes by x and z: 00, 01, 10, 11


@pytest.fixture(scope="module")
def two_by_two():
    rows = [("no", "yes")[k] for cell in COUNTS for k in (0, 1) for _ in range(int(cell[k]))]
    cells = np.repeat(np.arange(4), COUNTS.sum(axis=1).astype(int))
    frame = pd.DataFrame({"y": pd.Categorical(rows, ["no", "yes"])})
    frame["x"] = pd.Categorical(np.where(cells >= 2, "b", "a"), ["a", "b"])
    frame["z"] = pd.Categorical(np.where(cells % 2, "d", "c"), ["c", "d"])
    return frame


@pytest.mark.slow
def test_the_posterior_is_that_of_a_grid(two_by_two):
    """Four unknowns integrated over a grid, written from the density alone."""
    people = COUNTS.sum(axis=1)
    x, z = np.array([0.0, 0, 1, 1]), np.array([0.0, 1, 0, 1])
    x, z = x - people @ x / people.sum(), z - people @ z / people.sum()
    joint = x * z - people @ (x * z) / people.sum()
    axes = [np.linspace(*ends, 31) for ends in ((-2.4, 3.2), (-3.5, 4.5), (-3, 5), (-4, 4))]
    level, a, b, c = np.meshgrid(*axes, indexing="ij", sparse=True)
    log = 0.5 * (log_expit(level) + log_expit(-level))  # Beta(1/2, 1/2) of the share at the averages
    log = log - np.abs(a) - 2 * np.log1p(np.exp(-np.abs(a))) - np.abs(b) - 2 * np.log1p(np.exp(-np.abs(b)))
    log = log - np.abs(c / 0.5) - 2 * np.log1p(np.exp(-np.abs(c / 0.5)))
    shares = []
    for cell in range(4):
        eta = level + a * x[cell] + b * z[cell] + c * joint[cell]
        log = log + COUNTS[cell, 1] * log_expit(eta) + COUNTS[cell, 0] * log_expit(-eta)
        shares.append(expit(eta))
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    found = cs.fit("y ~ x * z", two_by_two)
    told = found.effects("x", within="z")
    assert [one.item for one in told] == ["x[b], z[c]", "x[b], z[d]", "x[b], z[d] against [c]"]
    effects = (shares[2] - shares[0], shares[3] - shares[1], shares[3] - shares[1] - shares[2] + shares[0])
    for one, effect in zip(told, effects, strict=True):
        order = np.argsort(effect, axis=None)
        ends = np.interp([0.025, 0.5, 0.975], np.cumsum(weights.ravel()[order]), effect.ravel()[order])
        assert (one.interval.lower, one.value, one.interval.upper) == pytest.approx(ends, abs=0.012)
    slope = found.coefficients()[2]
    mean, sd = (weights * c).sum(), np.sqrt((weights * c**2).sum() - (weights * c).sum() ** 2)
    drawn = found.draws["x[b]:z[d]"]
    assert slope.item == "x[b]:z[d]"
    assert (drawn.mean(), drawn.std()) == pytest.approx((mean, sd), abs=0.03)


@pytest.mark.slow
def test_within_levels_as_predictions_have_it(people):
    """With no further predictor everybody at a level is a profile; the difference of two differences is exact."""
    found = cs.fit("rating ~ sex * office", people)
    told = {one.item: one for one in found.effects("sex", within="office", outcome="poor")}
    reading = found.readings[0]
    shares = {}
    for sex, office in product(("man", "woman"), ("town", "village", "city")):
        eta = reading.design.columns(
            np.array([[("man", "woman").index(sex), ("town", "village", "city").index(office)]])
        )
        slope = reading.whole.linear @ eta[0][0]
        shares[sex, office] = expit(reading.whole.thresholds[:, 0] - slope)
    gaps = {office: shares["woman", office] - shares["man", office] for office in ("town", "village", "city")}
    for office in ("town", "village", "city"):
        assert told[f"sex[woman], office[{office}]"].value == pytest.approx(reading.weigh(gaps[office]).quantile(0.5))
    more = told["sex[woman], office[city] against [town]"]
    assert more.interval.lower == pytest.approx(reading.weigh(gaps["city"] - gaps["town"]).quantile(0.025))
    assert more.estimand.startswith("change of the difference in the share of rating: poor or lower, from man to woman")
    assert more.estimand.endswith(", if all had office city instead of town")
    assert more.verdict.word == "not settled"
    assert {"differences-differ", "interaction-prior"} <= {one.code for one in more.caveats}
    assert len(more.sensitivity) == 3


@pytest.mark.slow
def test_the_other_kind_has_it_too(people):
    """Of shares that no further predictor moves, maximum likelihood gives the observed differences."""
    found = cs.fit("yes ~ sex * office", people, method="frequentist", engine="ml")
    told = {one.item: one for one in found.effects("sex", within="office")}
    yes = people["yes"].eq("yes")
    share = yes.groupby([people["sex"], people["office"]], observed=True).mean()
    gap = {office: share["woman", office] - share["man", office] for office in ("town", "city")}
    assert told["sex[woman], office[city]"].value == pytest.approx(gap["city"], abs=1e-6)
    more = told["sex[woman], office[city] against [town]"]
    assert more.value == pytest.approx(gap["city"] - gap["town"], abs=1e-6)
    assert more.interval.lower < more.value < more.interval.upper
    assert more.companion.kind == "credible"


@pytest.mark.slow
def test_of_a_number_and_where_it_is_said(people):
    found = cs.fit("rating ~ sex * `years in it`", people)
    told = found.effects("sex", within={"years in it": (2, 20)}, outcome="poor")
    assert [one.item for one in told] == [
        "sex[woman], years in it[2]",
        "sex[woman], years in it[20]",
        "sex[woman], years in it[20] against [2]",
    ]
    moved = found.effects("years in it", 10, within="sex", outcome="poor")
    assert [one.item for one in moved] == [
        "years in it, sex[man]",
        "years in it, sex[woman]",
        "years in it, sex[woman] against [man]",
    ]
    quartiles = found.effects("sex", within="years in it", outcome="poor")
    assert len(quartiles) == 3
    far = found.effects("sex", within={"years in it": (2, 90)}, outcome="poor")
    assert "beyond-everybody" in {one.code for one in far[1].caveats}
    assert "effect-averaged" in {one.code for one in found.effects("sex")[0].caveats}


def test_without_an_interaction_the_caveat_says_how_to_ask(people):
    found = cs.fit("rating ~ sex + office", people)
    more = found.effects("sex", within="office", outcome="poor")[-1]
    assert "sex * office" in next(one.text for one in more.caveats if one.code == "no-interaction")


@pytest.mark.slow
def test_units_change_nothing(people):
    """A coefficient's, and a difference's, interval for the population is the same in years and in fives of years."""
    population = cs.Population(cs.Selection(tau=0.5))
    told = []
    for unit in (1, 5):
        model = cs.Model.from_formula(f"rating ~ sex * per(`years in it`, {unit})")
        model = model.with_priors(coefficients="normal(0, 100)", interactions="normal(0, 100)")
        found = cs.fit(model, people)
        slope = found.coefficients(population)[-1].interval
        within = found.effects("sex", within={"years in it": (2, 20)}, outcome="poor", target=population)[-1].interval
        told.append((slope.lower / unit, slope.upper / unit, within.lower, within.upper))
    assert told[0] == pytest.approx(told[1], abs=0.02)


@pytest.mark.slow
def test_selection_that_says_nothing_changes_nothing(people):
    found = cs.fit("rating ~ sex * office", people)
    own, none, some = (
        found.effects("sex", within="office", outcome="poor", target=target)[-1].interval
        for target in (
            cs.Superpopulation(),
            cs.Population(cs.Selection(tau=1e-6)),
            cs.Population(cs.Selection(tau=0.5)),
        )
    )
    assert (none.lower, none.upper) == pytest.approx((own.lower, own.upper), abs=1e-4)
    assert some.lower < own.lower < own.upper < some.upper
    bounded = found.effects("sex", within="office", outcome="poor", target=cs.Population(cs.SelectionBounds(ratio=2)))
    assert bounded[-1].interval.lower < own.lower < own.upper < bounded[-1].interval.upper


def test_four_ratios_are_as_correlated_as_told(people):
    """What two effects' log ratios differ by has sd 2 p q tau sqrt(1 - rho), and one effect's its own."""
    found = cs.fit("rating ~ sex * `years in it`", people)
    from csea_stats.estimators.estimand import Participation
    from csea_stats.regression.effects_within import EffectDifference
    from csea_stats.regression.quantities import Quantity
    from csea_stats.regression.settings import comparisons

    event = found.events("poor")[0]
    one = comparisons(found.design, "sex", None)[0]
    quantity = Quantity(start=one.start, end=one.end, event=event)
    gap = EffectDifference(fit=found, item="", words="", quantity=quantity, base_quantity=quantity, across=0.6)
    start, end = gap.selected(Participation(tau=0.5, correlation=0.5), 4096)
    assert np.std(end[1] - start[1] - end[0] + start[0]) == pytest.approx(2 * 0.6 * 0.5 * np.sqrt(0.5), rel=0.03)
    for each in range(2):
        assert np.std(end[each] - start[each]) == pytest.approx(0.5 * np.sqrt(2 * 0.5), rel=0.03)
        assert np.std(end[each]) == pytest.approx(0.5, rel=0.03)
    wide = replace(gap, across=5.0).selected(Participation(tau=0.5, correlation=0.5), 512)
    assert np.isfinite(np.array(wide)).all()


def test_the_prior_is_stated_and_may_be_changed(people):
    model = cs.Model.from_formula("rating ~ sex * office")
    assert model.formula == "rating ~ sex + office + sex:office"
    assert model.priors.interactions.prior == "logistic(0, 0.5)"
    assert read_model(model.to_toml().encode(), "x") == model
    widths = [
        np.ptp(cs.fit(model.with_priors(interactions=prior), people).draws["sex[woman]:office[city]"])
        for prior in ("normal(0, 0.05)", "normal(0, 5)")
    ]
    assert widths[0] < 0.6
    assert widths[1] > 2
    with pytest.raises(InputError, match="an interaction, x"):
        cs.fit(cs.Model.from_formula("rating ~ sex").with_priors(interactions="normal(0, 1)"), people)


@pytest.mark.slow
def test_a_saved_fit_keeps_it(people, tmp_path):
    found = cs.fit("rating ~ sex * `years in it`", people)
    again = cs.load_fit(found.save(tmp_path / "fit"))
    own, read = (one.effects("sex", within="years in it") for one in (found, again))
    assert [(one.item, one.interval) for one in own] == [(one.item, one.interval) for one in read]
    assert "csea_stats.fit('rating ~ sex + `years in it` + sex:`years in it`', data)" in found.provenance.call


def test_what_is_refused(people):
    with pytest.raises(InputError, match="nobody is 'woman' and 'city'"):
        cs.fit("rating ~ sex * office", people[(people["sex"] == "man") | (people["office"] != "city")])
    with pytest.raises(InputError, match="without a variable"):
        cs.fit("rating ~ sex * office", people).effects(within="office")
    with pytest.raises(InputError, match="no level"):
        cs.fit("rating ~ sex * office", people).effects("sex", within={"office": ()})
    one = cs.fit("rating ~ sex * office", people).effects("sex", within={"office": "city"}, outcome="poor")
    assert [effect.item for effect in one] == ["sex[woman], office[city]"]
    with pytest.raises(InputError, match="another predictor"):
        cs.fit("rating ~ sex * office", people).effects("sex", within="sex")
    with pytest.raises(UnknownName, match="moon"):
        cs.fit("rating ~ sex * office", people).effects("sex", within={"office": ("town", "moon")})


@pytest.mark.slow
def test_beside_group_effects(people):
    """With a spread near 0 the groups change nothing; limits, effects within levels and the other kind are there."""
    rng = np.random.default_rng(3)
    table = people.assign(team=pd.Categorical(rng.choice(list("abcdef"), len(people))))
    model = cs.Model.from_formula("yes ~ sex * office + (1 | team)")
    found = cs.fit(model.with_priors(scales="half-normal(0.001)", reason="None."), table)
    alone = cs.fit("yes ~ sex * office", people)
    assert found.design.linear_items[-3:] == ("sex[woman]:office[village]", "sex[woman]:office[city]", "sd(team)")
    for one, other in zip(found.coefficients()[:5], alone.coefficients(), strict=True):
        ends = (other.interval.lower, other.interval.upper)
        assert (one.interval.lower, one.interval.upper) == pytest.approx(ends, abs=0.12)
    own, other = (one.effects("sex", within="office") for one in (found, alone))
    assert [one.item for one in own] == [one.item for one in other]
    assert own[-1].interval.lower == pytest.approx(other[-1].interval.lower, abs=0.03)
    zero = [one.thresholds(at="zero")[0].value for one in (found, alone)]
    assert zero[0] == pytest.approx(zero[1], abs=0.08)
    free = cs.fit(model, table).effects("sex", within="office")[-1]
    assert {"differences-differ", "interaction-prior"} <= {one.code for one in free.caveats}
    with pytest.raises(InputError, match="nobody is"):
        cs.fit(model, table[(table["sex"] == "man") | (table["office"] != "city")])


def test_a_product_made_by_hand_is_recognised(people):
    woman, village, _ = dummies(people)
    years = people["years in it"].to_numpy()
    odd = people.assign(a=woman * years, b=(woman - 0.5) * (years - 12))
    odd["c"] = pd.Categorical(np.where(woman * village, "both", "not"), ["not", "both"])
    odd["village"] = pd.Categorical(np.where(village, "yes", "no"), ["no", "yes"])
    for column in ("a", "b"):
        with pytest.raises(InputError, match=rf"'{column}'.*product of 'sex' and 'years in it'.*sex \* `years in it`"):
            cs.fit(f"rating ~ sex + `years in it` + {column}", odd)
    with pytest.raises(InputError, match="product of 'sex' and 'village'"):
        cs.fit("rating ~ sex + village + c", odd)
    assert cs.fit("rating ~ sex + years + office", people.rename(columns={"years in it": "years"})).design.people == 90
