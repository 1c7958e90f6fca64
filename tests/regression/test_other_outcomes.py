"""Fits of answers in no order, and of ordered ones by neighbouring answers or stages, through the public calls."""

import itertools

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.calibration.simulated import effect
from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.settings import comparisons
from csea_stats.regression.summary import summary
from csea_stats.report.model_card import model_card

FAMILIES = ("multinomial", "adjacent", "continuation")


def answers(people=40):
    rng = np.random.default_rng(3)
    ordered = ["none", "poor", "fair", "good", "excellent"]
    return pd.DataFrame(
        {
            "work": pd.Categorical(
                rng.choice(["other", "NGO", "state"], people), categories=["school", "NGO", "state", "other"]
            ),
            "years": rng.integers(1, 8, people) * 4.0,
            "rating": pd.Categorical(
                rng.choice(ordered[:4], people, p=[0.2, 0.4, 0.3, 0.1]), categories=ordered, ordered=True
            ),
            "age": pd.Categorical(rng.choice(["young", "old"], people), categories=["young", "old"], ordered=True),
        }
    )


def fit_of(family, method="bayes"):
    outcome = "work" if family == "multinomial" else "rating"
    return cs.fit(cs.Model.from_formula(f"{outcome} ~ years + age", family=family), answers(), method=method)


@pytest.fixture(
    scope="module",
    params=[FAMILIES[0], *(pytest.param(one, marks=pytest.mark.slow) for one in FAMILIES[1:])],
)
def fits(request):
    return {method: fit_of(request.param, method) for method in ("bayes", "frequentist")}


@pytest.mark.slow
def test_answers_in_no_order_are_multinomial_by_default():
    fit = cs.fit("work ~ years", answers())
    assert fit.design.resolved.family == "multinomial"
    assert fit.design.answers == ("NGO", "state", "other", "school")  # nobody gave the last
    assert [one.item for one in fit.coefficients()] == ["years: state", "years: other", "years: school"]
    assert "'state' against 'NGO'" in fit.coefficients()[0].estimand
    assert len(fit.effects()) == 4


@pytest.mark.slow
def test_two_answers_are_logistic_in_every_family():
    for family in (*FAMILIES, "cumulative"):
        fit = cs.fit(cs.Model.from_formula("age ~ years", family=family), answers())
        assert fit.design.resolved.family == "bernoulli"
        assert np.array_equal(fit.draws["years"], cs.fit("age ~ years", answers()).draws["years"])


@pytest.mark.slow
def test_effects_are_averages_of_the_models_probabilities(fits):
    fit = fits["bayes"]
    design, reading = fit.design, fit.readings[0]
    draws = reading.named
    years = answers()["years"].to_numpy()
    event = {"multinomial": "state"}.get(design.family, "poor")
    found = fit.effects("years", (5.0, 15.0), event)[0]
    old = (answers()["age"] == "old").to_numpy() * 1.0
    sides = []
    for value in (15.0, 5.0):
        columns = [np.full(len(old), value - years.mean()) / (2 * years.std(ddof=1)), old - old.mean()]
        names = ("years", "age[old]")
        if design.family == "multinomial":
            slopes = np.stack([[draws[f"{name}: {one}"] for one in design.answers[1:]] for name in names])
            scores = np.einsum("pn,pws->snw", columns, slopes) + draws["thresholds"][:, None, :]
            scores = np.pad(scores, ((0, 0), (0, 0), (1, 0)))
            shares = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
            sides.append(shares[:, :, design.answers.index("state")].mean(axis=1))
            continue
        eta = np.einsum("pn,ps->sn", columns, np.stack([draws[name] for name in names]))
        cuts = draws["thresholds"]
        if design.family == "continuation":
            going = [1 / (1 + np.exp(cuts[:, k, None] - eta)) for k in range(2)]
            sides.append((1 - going[0] * going[1]).mean(axis=1))
        else:
            logs = np.cumsum(np.concatenate([eta[:, None] * 0, eta[:, None, :] - cuts[:, :, None]], axis=1), axis=1)
            weights = np.exp(logs)
            sides.append((weights[:, :2].sum(axis=1) / weights.sum(axis=1)).mean(axis=1))
    draw = reading.weigh(sides[0] - sides[1])
    assert found.value == pytest.approx(draw.quantile(0.5), abs=1e-9)
    assert (found.interval.lower, found.interval.upper) == pytest.approx((draw.quantile(0.025), draw.quantile(0.975)))


@pytest.mark.slow
def test_shares_of_all_answers_add_up(fits):
    assert sum(one.value for one in fits["frequentist"].predictions()) == pytest.approx(1, abs=1e-9)
    fit = fits["bayes"]
    names = list(fit.design.answers)
    ends = fit.effects("age", outcome=[names[0], names[2]])[0]
    assert f"{names[0]} + {names[2]}" in ends.estimand
    whole = [
        fit.predict(one, names[::2], contrast=True)[0].value
        for one in [[{"years": 5, "age": "young"}, {"years": 5, "age": "old"}]]
    ]
    assert ends.value == pytest.approx(whole[0], abs=0.05)


@pytest.mark.slow_for("multinomial-bayes")
@pytest.mark.few(3)
@pytest.mark.parametrize("method", ["bayes", pytest.param("frequentist", marks=pytest.mark.slow)])
def test_a_fit_has_both_intervals_a_strip_and_verdicts_for_every_target(fits, method):
    fit = fits[method]
    found = fit.effects("age", None, fit.design.answers[1], [cs.Superpopulation(), cs.Respondents()])
    first = next(one for one in found if one.interval and one.companion)
    assert first.interval.kind != first.companion.kind
    assert {name for name, _ in first.sensitivity} == {"normal(0, 1)", "logistic(0, 1)", "normal(0, 2.5)"}
    assert first.verdict.word in ("supported", "not settled")
    wide = fits["bayes"].effects("age", target=cs.Population(cs.Selection(tau=0.5)))[0]
    near = fits["bayes"].effects("age")[0]
    assert wide.interval.upper - wide.interval.lower > near.interval.upper - near.interval.lower


@pytest.mark.slow
def test_the_assumption_of_one_odds_ratio_is_told(fits):
    codes = [doubt.code for doubt in fits["bayes"].effects("age")[0].caveats]
    assert ("one-odds-ratio" in codes) == (fits["bayes"].design.family != "multinomial")


@pytest.mark.slow
def test_thresholds_at_zero_are_those_people(fits):
    for fit in fits.values():
        zero = fit.thresholds(at="zero")[1]
        cut = {"multinomial": lambda p: p[2] / p[0], "adjacent": lambda p: p[1] / p[2]}
        odds = cut.get(fit.design.family, lambda p: p[1] / (p[2] + p[3] + p[4]))
        shares = [one.value for one in fit.predict({"years": 0.0, "age": "young"})]
        assert zero.value == pytest.approx(np.log(odds(shares)), abs=0.15 if fit.bayes else 1e-6)


@pytest.mark.slow
def test_checks_text_card_and_model(fits):
    fit = fits["bayes"]
    checked = fit.check()
    assert len(checked.outside) <= (1 - checked.level) * len(checked.counts)  # as many as a right model would have
    assert fit.influence()
    assert "log odds ratios" in summary(fit, fit.coefficients(), fit.effects("age"))
    assert "log P" in model_card(fit.design.resolved) or "given" in model_card(fit.design.resolved)


@pytest.mark.few(1)
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_a_fit_comes_back_from_its_folder(fits, method, whole, tmp_path):
    fit = fits[method]
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    event = None if whole else fit.design.answers[1]
    assert again.effects("age", outcome=event).to_json() == fit.effects("age", outcome=event).to_json()
    assert again.design.family == fit.design.family


@pytest.mark.slow
def test_trees_and_models_of_pymc(fits):
    fit = fits["bayes"]
    tree = fit.to_datatree()
    assert tree["log_likelihood"]["answers"].shape[-1] == 40
    model = fit.pymc_model()
    # The density of PyMC and of the engine differ by a constant, on the same unconstrained scale but for Jacobians
    assert set(model.named_vars) >= {"shares", "years", "thresholds", "answers"}


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_nuts_agrees(family):
    near, far = (cs.fit(fit_of(family).model, answers(), engine=engine) for engine in ("laplace", "nuts"))
    for pair, event in itertools.product(comparisons(near.design, "age", None), near.events(None)):
        first, second = (fit.readings[0].weigh(effect(fit.readings[0], (pair, event))) for fit in (near, far))
        for at in (0.025, 0.5, 0.975):  # of a dozen limits none is off by more than 4.5 simulation errors
            error = np.hypot(first.error(at), second.error(at))
            assert abs(first.quantile(at) - second.quantile(at)) < 4.5 * error


def test_groups_and_orders_are_refused_by_name():
    with pytest.raises(InputError, match="group effects"):
        cs.fit(cs.Model.from_formula("work ~ years + (1 | age)", family="multinomial"), answers())
    with pytest.raises(InputError, match="multinomial"):
        cs.fit(cs.Model.from_formula("work ~ years", family="adjacent"), answers())
    with pytest.raises(UnknownName, match="no answer"):
        cs.fit("work ~ years", answers()).effects(outcome="NGO or lower")


def test_few_people_and_one_answer_say_why():
    few = answers(5).assign(work=pd.Categorical(["NGO", "state", "other", "NGO", "other"]))
    with pytest.raises(InputError, match="unknowns"):
        cs.fit("work ~ years + age", few)
    alike = answers().assign(work=pd.Categorical(["NGO"] * 40, categories=["NGO", "state", "other"]))
    with pytest.raises(InputError, match="gave 'NGO'"):
        cs.fit("work ~ years", alike)
    with pytest.raises(InputError, match="two or more"):
        cs.fit("work ~ years", answers(1))
