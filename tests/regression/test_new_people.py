"""Shares among people whose predictors are stated, and answers of new ones: identities, brute force, other code."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import integrate, special, stats

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.engines.weights import Draws
from csea_stats.regression.new_people import _share, count_quantile, stated_people

NGO = {"age_band": "30-39", "experience": 5, "organisation": "NGO"}


@pytest.fixture(scope="module")
def three(data):
    return cs.fit("awareness ~ mo(age_band) + per(experience, 5) + organisation", data)


def own_profiles(fit):
    """Return the profile of each pattern that a respondent has."""
    return [
        {one.name: one.labels[int(value)] if one.labels else value for one, value in zip(fit.design.variables, row)}  # noqa: B905
        for row in fit.design.patterns
    ]


@pytest.mark.slow
def test_the_respondents_own_profiles_average_to_their_predictions(three, profiled):
    weights = profiled.design.weights
    values = [one.value for one in profiled.predict(own_profiles(profiled), "fair or higher")]
    whole = profiled.predictions(outcome="fair or higher")[0]
    assert weights @ values == pytest.approx(whole.value, abs=1e-9)
    event = three.events("fair or higher")[0]
    people = stated_people(three.design, own_profiles(three))
    draws = [_share(three, one, event).at(three.readings[0], cs_alone(), 0, 0.0) for one in people]
    average = three.readings[0].weigh(three.design.weights @ np.array([one.numbers for one in draws]))
    found = three.predictions(outcome="fair or higher")[0]
    assert found.interval.lower == pytest.approx(average.quantile(0.025), abs=1e-12)
    assert found.value == pytest.approx(average.quantile(0.5), abs=1e-12)


def cs_alone():
    from csea_stats.regression.quantities import ALONE

    return ALONE


def draws_by_hand(fit, age, years, organisation):
    """P(Y <= k) for one kind of person at each draw, from the named draws and the frame's averages alone."""
    design, draws = fit.design, fit.readings[0].named
    people = design.tables[0].sum(axis=1)
    steps = np.cumsum(draws["mo(age_band) steps"], axis=1)
    steps = np.concatenate([np.zeros((len(steps), 1)), steps], axis=1)
    ages, experience, group = design.patterns.T
    eta = draws["mo(age_band)"] * (steps[:, age] - steps[:, ages.astype(int)] @ people / people.sum())
    eta = eta + draws["experience"] * (years - people @ experience / people.sum()) / 5
    for code, name in ((1, "organisation[NGO]"), (2, "organisation[other]")):
        eta = eta + draws[name] * ((organisation == code) - people @ (group == code) / people.sum())
    return special.expit(draws["thresholds"] - eta[:, None])


def bare(found):
    """Return estimates without the calls that made them."""
    return [replace(one, provenance=cs.Provenance()) for one in found]


def test_a_profile_by_hand(three):
    below = draws_by_hand(three, 1, 5.0, 1)
    shares = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)
    found, weigh = three.predict(NGO), three.readings[0].weigh
    assert [one.item for one in found] == [
        f"age_band[30-39], experience[5 years], organisation[NGO]: {answer}" for answer in three.design.answers
    ]
    for place, one in enumerate(found):
        assert one.interval.lower == pytest.approx(weigh(shares[:, place]).quantile(0.025), abs=1e-12)
        assert one.interval.upper == pytest.approx(weigh(shares[:, place]).quantile(0.975), abs=1e-12)
        assert one.companion.kind == "confidence"
        assert one.verdict is None
    assert bare(three.predict(NGO, "fair")) == bare(found[2:3])  # the answer by itself
    assert three.predict(NGO, "fair or lower")[0].value == pytest.approx(weigh(below[:, 2]).quantile(0.5), abs=1e-12)


def test_differences_of_two_profiles_by_hand(three):
    other = {**NGO, "organisation": "government", "experience": 15}
    draws = draws_by_hand(three, 1, 15.0, 0)[:, 1] - draws_by_hand(three, 1, 5.0, 1)[:, 1]
    (found,) = three.predict([NGO, other], "poor or lower", contrast=True)
    draws = three.readings[0].weigh(draws)
    assert found.interval.lower == pytest.approx(draws.quantile(0.025), abs=1e-12)
    assert found.probability[0] == pytest.approx(draws.above(0), abs=1e-12)
    assert found.verdict is not None
    (back,) = three.predict([other, NGO], "poor or lower", contrast=True)
    assert back.interval.lower == pytest.approx(-found.interval.upper, abs=1e-12)
    assert back.companion.lower == pytest.approx(-found.companion.upper, abs=1e-5)
    assert len(three.predict([NGO, other, {**NGO, "age_band": "40-49"}], "fair", contrast=True)) == 2


@pytest.mark.slow
def test_without_other_predictors_it_is_the_effect(data):
    """One predictor: the difference of two profiles is the average effect, for every target and in both kinds."""
    for method in ("bayes", "frequentist"):
        fit = cs.fit("awareness ~ organisation", data, method=method)
        targets = cs.TIERS if method == "bayes" else (cs.Superpopulation(), cs.Population(cs.SelectionBounds(ratio=2)))
        sides = [{"organisation": "government"}, {"organisation": "NGO"}]
        told = fit.predict(sides, "poor or lower", targets, contrast=True)
        for one, two in zip(told, fit.effects("organisation", ("government", "NGO"), "poor", targets), strict=True):
            assert (one.value, one.interval, one.companion, one.verdict) == (
                two.value,
                two.interval,
                two.companion,
                two.verdict,
            )
            assert one.probability == two.probability


@pytest.mark.slow
def test_two_answers_against_statsmodels(data, frame):
    import statsmodels.api as sm

    fit = cs.fit("aware ~ per(experience, 5) + organisation", data, method="frequentist", engine="ml")
    kept = frame.dropna(subset=["experience"])
    columns = pd.DataFrame(
        {
            "const": 1.0,
            "experience": kept["experience"],
            "NGO": (kept["organisation"] == "NGO").astype(float),
            "other": (kept["organisation"] == "other").astype(float),
        }
    )
    reference = sm.Logit((kept["aware"] == "yes").astype(float), columns).fit(disp=0)
    expected = reference.predict(np.array([[1.0, 7.0, 1.0, 0.0]]))[0]
    (found,) = fit.predict({"organisation": "NGO", "experience": 7}, "yes")
    assert found.value == pytest.approx(expected, abs=1e-6)
    centred = columns.assign(experience=columns["experience"] - 7, NGO=columns["NGO"] - 1)
    design = np.asarray(centred)  # its constant is the log odds of the profile: profile limits carry over

    def deviance(constant):
        offset = np.full(len(design), constant)
        model = sm.GLM(
            (kept["aware"] == "yes").astype(float), design[:, 1:], family=sm.families.Binomial(), offset=offset
        )
        return model.fit().llf

    drop = stats.chi2.ppf(0.95, 1) / 2
    for limit in (found.interval.lower, found.interval.upper):
        assert reference.llf - deviance(special.logit(limit)) == pytest.approx(drop, abs=2e-3)


def test_new_answers_by_brute_force(three):
    found = three.predict(NGO, "poor or lower", new=1)
    share, one = found
    assert bare([share]) == bare(three.predict(NGO, "poor or lower"))
    draws = three.readings[0].weigh(draws_by_hand(three, 1, 5.0, 1)[:, 1])
    assert one.value == pytest.approx(draws.mean(), abs=1e-12)
    assert one.interval is None
    assert "the probability that one new person" in str(one)
    total = sum(one.value for one in three.predict(NGO, new=1)[5:])
    assert total == pytest.approx(1, abs=1e-9)  # means of the posterior add up
    (_, ten) = three.predict(NGO, "poor or lower", new=10)
    rng = np.random.default_rng(4)
    counts = rng.binomial(10, rng.choice(draws.numbers, 800_000, p=draws.weights))
    assert (ten.interval.lower, ten.value, ten.interval.upper) == tuple(
        np.quantile(counts, [0.025, 0.5, 0.975], method="inverted_cdf")
    )
    assert ten.scale == "count"
    assert "the number of" in str(ten)


def test_counts_of_new_people_are_beta_binomial():
    """Draws of a beta distribution, at its quantiles: the counts follow the beta-binomial in closed form."""
    a, b, number = 8.5, 3.5, 20
    shares = stats.beta.ppf((np.arange(20_000) + 0.5) / 20_000, a, b)
    exact = stats.betabinom(number, a, b)
    for at in (0.005, 0.025, 0.2, 0.5, 0.77, 0.975, 0.995):
        assert count_quantile(Draws(shares), number, at) == exact.ppf(at)
    assert count_quantile(Draws(np.array([0.0])), 7, 0.975) == 0
    assert count_quantile(Draws(np.array([1.0])), 7, 0.025) == 7


@pytest.mark.slow
def test_frames_and_mappings_say_the_same(three):
    rows = [NGO, {**NGO, "experience": 9}, NGO]
    told = three.predict(rows, "fair")
    assert three.predict(pd.DataFrame(rows).assign(more=1), "fair") == told
    assert three.predict(pl.DataFrame(rows), "fair") == told
    assert told[0] == told[2] != told[1]
    banded = pd.DataFrame(rows)
    banded["age_band"] = banded["age_band"].astype("category")
    assert three.predict(banded, "fair") == told
    assert bare(three.predict({**NGO, "experience": np.int64(5)}, "fair")) == bare(told[:1])
    assert bare(three.predict({"age-band": "30-39", "experience": 5.0, "organisation": "NGO"}, "fair")) == bare(
        told[:1]
    )


@pytest.mark.parametrize(
    ("profiles", "error", "words"),
    [
        ({"organisation": "NGO"}, InputError, "no 'age_band', 'experience'"),
        ({**NGO, "organisation": "ngo"}, UnknownName, "'government', 'NGO', 'other'"),
        ({**NGO, "yaers": 3}, UnknownName, "yaers"),
        ({**NGO, "experience": "5"}, InputError, "found '5' for 'experience'"),
        ({**NGO, "experience": math.nan}, InputError, "a number"),
        ({**NGO, "age_band": None}, InputError, "one of 'under 30'"),
        ([NGO, {}], InputError, "profile 1: found no"),
        ([], InputError, "found no profile"),
        (7, InputError, "found 7"),
        (["NGO"], InputError, "profile 0: found"),
        (pd.DataFrame({"age_band": ["30-39"]}), InputError, "row 0: found no 'experience', 'organisation'"),
    ],
)
def test_what_is_no_profile(three, profiles, error, words):
    with pytest.raises(error, match=words):
        three.predict(profiles)


def test_what_does_not_go_together(three, profiled):
    with pytest.raises(InputError, match="two or more"):
        three.predict(NGO, contrast=True)
    with pytest.raises(InputError, match="both sides"):
        three.predict([NGO, dict(NGO)], contrast=True)
    for new in (0, 1.5, True):
        with pytest.raises(InputError, match="1 or more"):
            three.predict(NGO, new=new)
    with pytest.raises(InputError, match="bayes"):
        profiled.predict(NGO, new=1)
    with pytest.raises(InputError, match="one of both"):
        three.predict([NGO, NGO], contrast=True, new=1)
    with pytest.raises(InputError, match="leave the target out"):
        three.predict(NGO, target=cs.Respondents(), new=1)
    with pytest.raises(UnknownName, match="answer"):
        three.predict(NGO, "awful")


def codes(estimate):
    return {doubt.code for doubt in estimate.caveats}


@pytest.mark.slow
def test_where_nobody_is(three, data):
    assert "beyond-everybody" in codes(three.predict({**NGO, "experience": 45}, "fair", new=3)[1])
    assert not {"beyond-everybody", "combination-unseen"} & codes(three.predict(NGO, "fair")[0])
    fit = cs.fit("aware ~ cat(age_band) + organisation", data)
    seen = {tuple(row) for row in fit.design.patterns.astype(int)}
    for age, band in enumerate(fit.design.variables[0].labels):
        for kind, name in enumerate(fit.design.variables[1].labels):
            (one,) = fit.predict({"age_band": band, "organisation": name}, "yes")
            assert ("combination-unseen" in codes(one)) == ((age, kind) not in seen)


@pytest.mark.slow
def test_every_table_that_print_allows():
    table = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    fit = cs.fit("awareness ~ age", table)
    assert len(fit.readings) == 3
    young = {"age": "under 30"}
    share, count = fit.predict(young, "poor or lower", new=12)
    assert share.value is None
    each = [replace(fit, readings=(reading,)).predict(young, "poor or lower", new=12) for reading in fit.readings]
    assert share.interval.lower == min(one[0].interval.lower for one in each)
    assert share.interval == fit.predictions("age", "poor")[0].interval
    assert count.interval.upper == max(one[1].interval.upper for one in each)
    assert count.bounds == (min(one[1].value for one in each), max(one[1].value for one in each))


@pytest.fixture(scope="module")
def grouped():
    rng = np.random.default_rng(8)
    people = 60
    country = np.repeat(list("abcdef"), 10)
    lean = dict(zip("abcdef", rng.normal(0, 1, 6), strict=True))
    odds = np.array([lean[one] for one in country])
    frame = pd.DataFrame({"years": rng.integers(0, 20, people).astype(float)})
    frame["aware"] = pd.Categorical(np.where(rng.random(people) < special.expit(odds), "yes", "no"), ["no", "yes"])
    frame["country"] = pd.Categorical(country)
    return cs.fit("aware ~ per(years, 5) + (1 | country)", frame)


def test_a_group_that_answered_and_a_new_one(grouped):
    draws, design = grouped.draws, grouped.design
    level = draws["levels"][:, 0] + draws["years"] * (3 - design.patterns[:, 0].mean()) / 5
    seen = special.expit(level + draws["group country"][:, 1])
    (found,) = grouped.predict({"years": 3, "country": "b"}, "yes")
    assert found.interval.upper == pytest.approx(np.quantile(seen, 0.975), abs=1e-12)
    assert "group-seen" in codes(found)
    nodes, weights = np.polynomial.hermite.hermgauss(41)
    spread = level[:, None] + math.sqrt(2) * draws["sd(country)"][:, None] * nodes
    mean = (special.expit(spread) @ weights / weights.sum()).mean()  # over the spread exactly, not drawn
    for profile in ({"years": 3}, {"years": 3, "country": "z"}):
        (share, one) = grouped.predict(profile, "yes", new=1)
        assert "group-new" in codes(share)
        assert one.value == pytest.approx(mean, abs=0.02)
        assert share.interval.upper - share.interval.lower > found.interval.upper - found.interval.lower
    no, yes = grouped.predict({"years": 3}, new=1)[2:]
    assert no.value + yes.value == pytest.approx(1, abs=1e-9)  # one new group, whatever is asked of it


@pytest.mark.slow
def test_two_groups_less_each_other(grouped):
    (found,) = grouped.predict([{"years": 3, "country": "b"}, {"years": 3, "country": "c"}], "yes", contrast=True)
    draws, design = grouped.draws, grouped.design
    level = draws["levels"][:, 0] + draws["years"] * (3 - design.patterns[:, 0].mean()) / 5
    shares = [special.expit(level + draws["group country"][:, place]) for place in (1, 2)]
    assert found.interval.lower == pytest.approx(np.quantile(shares[1] - shares[0], 0.025), abs=1e-12)
    assert found.companion is None
    (same,) = grouped.predict([{"years": 3}, {"years": 8}], "yes", contrast=True)
    assert same.interval.upper - same.interval.lower < 0.6  # of one new group, not of two


@pytest.mark.slow
def test_several_answers_of_each_are_averaged_over_people():
    rng = np.random.default_rng(6)
    people = 40
    apart = rng.normal(0, 1.5, people)
    kind = np.repeat(["a", "b"], people // 2)
    table = pd.DataFrame({"kind": kind})
    for place, name in enumerate(("one", "two", "three")):
        table[name] = np.where(rng.random(people) < special.expit(apart + place - 1), "yes", "no")
    book = cs.Codebook({"used": cs.Multiple(columns=["one", "two", "three"]), "kind": cs.Categories("a", "b")})
    fit = cs.fit("used ~ kind", cs.read_respondents(table, book))
    found = fit.predict({"kind": "b"})
    assert [one.item for one in found] == ["kind[b]: one", "kind[b]: two", "kind[b]: three"]
    assert "people-averaged" in codes(found[0])
    draws, some = fit.draws, slice(0, 40)
    (column,) = fit.design.columns(np.array([[1.0]]))[0]
    eta = draws["levels"][:, 2] + draws["kind[b]"] * column + draws["gamma kind"][:, 2, 1]

    def share(level, spread):
        return integrate.quad(lambda z: special.expit(level + spread * z) * stats.norm.pdf(z), -9, 9)[0]

    expected = [share(*one) for one in zip(eta[some], draws["sd(respondent)"][some], strict=True)]
    quantity = _share(fit, stated_people(fit.design, {"kind": "b"})[0], fit.events("three")[0])
    assert np.allclose(quantity.at(fit.readings[0], cs_alone(), 0, 0.0).numbers[some], expected, atol=1e-5)


@pytest.mark.slow
def test_several_questions_with_the_same_answers():
    rng = np.random.default_rng(3)
    people, names = 30, ["one", "two", "three"]
    table = pd.DataFrame({"kind": np.repeat(["a", "b"], people // 2)})
    lean = rng.normal(0, 1, people)
    for place, name in enumerate(names):
        table[name] = np.array(["poor", "fair", "good"])[
            np.clip(np.rint(lean + place / 2 + rng.normal(0, 1, people)), 0, 2).astype(int)
        ]
    kinds = {name: cs.Ordered("poor", "fair", "good") for name in names}
    data = cs.read_respondents(table, cs.Codebook({**kinds, "kind": cs.Categories("a", "b")}))
    model = replace(cs.load_model("ratings-by-organisation"), estimand=())
    outcome = replace(model.outcome, questions=tuple(names), label=None, order=None)
    by = tuple(replace(one, name="kind") if one.name == "organisation" else one for one in model.predictor)
    fit = cs.fit(replace(model, outcome=outcome, predictor=by), data)
    whole = fit.predict({"kind": "b"}, "fair or higher", new=1)
    each = [fit.predict({"kind": "b", "item": name}, "fair or higher", new=1) for name in names]
    assert whole[1].value == pytest.approx(np.mean([one[1].value for one in each]), abs=1e-12)
    assert "averaged over 3 questions" in whole[0].estimand
    assert "item two" in each[1][0].estimand
    assert "averaged" not in each[1][0].estimand
    assert sum(one.value for one in fit.predict({"kind": "a"}, new=1)[3:]) == pytest.approx(1, abs=1e-9)
    with pytest.raises(UnknownName, match="'one', 'two', 'three'"):
        fit.predict({"kind": "b", "item": "four"})


def test_exactly_k_of_a_list_are_k_shares():
    rng = np.random.default_rng(2)
    names = list("uvwx")
    picks = np.stack([np.isin(np.arange(4), rng.choice(4, 2, replace=False)) for _ in range(30)])
    table = pd.DataFrame(np.where(picks, "yes", "no"), columns=names).assign(kind=np.repeat(["a", "b"], 15))
    book = cs.Codebook({"picked": cs.Multiple(columns=names, chosen=2), "kind": cs.Categories("a", "b")})
    model = cs.load_model("barriers-by-organisation")
    outcome = replace(model.outcome, name="picked", chosen=2)
    by = tuple(replace(one, name="kind") if one.name == "organisation" else one for one in model.predictor)
    fit = cs.fit(replace(model, outcome=outcome, predictor=by, estimand=()), cs.read_respondents(table, book))
    for kind in "ab":
        assert sum(one.value for one in fit.predict({"kind": kind}, new=1)[4:]) == pytest.approx(2, abs=1e-9)


def test_new_people_without_predictors_are_beta_binomial(data):
    """A share with the prior Beta(1/2, 1/2): counts to come are beta-binomial, exactly."""
    fit = cs.fit("aware ~ 1", data)
    no, yes = fit.design.tables[0][0]
    exact = stats.betabinom(200, yes + 0.5, no + 0.5)
    count = fit.predict({}, "yes", new=200)[1]
    for found, at in ((count.interval.lower, 0.025), (count.value, 0.5), (count.interval.upper, 0.975)):
        error = 3 * math.sqrt(at * (1 - at) / 4_000)  # at most, of so many draws
        assert exact.cdf(found - 1) < at + error
        assert exact.cdf(found) > at - error


@pytest.mark.slow
def test_pymc_says_the_same(three, data):
    """The model as PyMC has it, sampled by NUTS: shares and counts of new people."""
    other = cs.fit("awareness ~ mo(age_band) + per(experience, 5) + organisation", data, engine="nuts")
    for one, two in zip(three.predict(NGO, new=1), other.predict(NGO, new=1), strict=True):
        assert one.value == pytest.approx(two.value, abs=0.015)
        if one.interval:
            assert one.interval.lower == pytest.approx(two.interval.lower, abs=0.02)
            assert one.interval.upper == pytest.approx(two.interval.upper, abs=0.03)
