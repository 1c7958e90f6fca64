"""Monotonic terms in interactions: identities, formulas by hand, PyMC's draws, calibration, and what is told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import chi2, norm

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.densities import prior_sample
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.fitted import FREE
from csea_stats.regression.fitting import design_of
from csea_stats.regression.library import read_model
from tests.regression.beside_groups import ends, held_and_alone

TERMS = ("mo(age)", "score(age)")
AGES, ANSWERS = ["under 30", "30 to 44", "45 to 59", "60 or over"], list("abcd")


def frame(people=90, *, levels=4, seed=3, push=1.2):
    """Women differ at the older ages alone."""
    rng = np.random.default_rng(seed)
    age, sex = rng.integers(0, levels, people), rng.integers(0, 2, people)
    latent = 0.7 * (age >= 1) + push * sex * (age >= levels // 2) + rng.logistic(size=people)
    return pd.DataFrame(
        {
            "y": pd.Categorical.from_codes(np.digitize(latent, [-0.7, 0.6, 1.7]), ANSWERS, ordered=True),
            "age": pd.Categorical.from_codes(age, AGES[:levels], ordered=True),
            "sex": pd.Categorical.from_codes(sex, ["man", "woman"]),
            "place": pd.Categorical.from_codes(rng.integers(0, 3, people), ["town", "village", "city"]),
            "years": rng.integers(1, 30, people).astype(float),
            "team": pd.Categorical.from_codes(rng.integers(0, 6, people), list("uvwxyz")),
        }
    )


def test_each_product_has_steps_of_its_own():
    """The columns are products of centred steps and centred columns, less their averages."""
    table = frame()
    design = design_of(cs.Model.from_formula("y ~ mo(age) * place + years:mo(age) + years"), table_of(table))
    names = ("mo(age)", "mo(age):place[village]", "mo(age):place[city]", "years:mo(age)")
    assert design.monotonic_terms == names
    assert [len(labels) for _, labels in design.step_labels] == [3, 3, 3, 3]
    _, steps = design.columns(design.patterns)
    age = table["age"].cat.codes.to_numpy()[:, None] >= np.arange(1, 4)
    city, years = (table["place"] == "city").to_numpy(float), table["years"].to_numpy()
    rows = np.stack([table["age"].cat.codes, table["place"].cat.codes, years], axis=1)
    at = [int(np.flatnonzero((design.patterns == row).all(axis=1))[0]) for row in rows]
    for step, other in ((steps[2], city), (steps[3], years / (2 * years.std(ddof=1)))):
        column = (age - age.mean(axis=0)) * (other - other.mean())[:, None]
        assert step[at] == pytest.approx(column - column.mean(axis=0), abs=1e-12)
    priors = design.problem().monotonic_priors
    assert [one.scale for one in priors] == [1.0, 0.5, 0.5, 0.5]


def table_of(table):
    return cs.read_respondents(table, cs.Codebook.from_frame(table))


@pytest.mark.slow
def test_of_two_levels_it_is_the_interaction_of_categories():
    table = frame(levels=2)
    told = table.assign(age=pd.Categorical(table["age"].astype(str), AGES[:2]))
    own, other = cs.fit("y ~ mo(age) * sex", table), cs.fit("y ~ age * sex", told)
    for one, two in zip(own.effects("age", within="sex"), other.effects("age", within="sex"), strict=True):
        assert ends(one.interval) == pytest.approx(ends(two.interval), abs=0.02)
        assert ends(one.companion) == pytest.approx(ends(two.companion), abs=1e-5)
    straight = [fit.design.straightened.columns(fit.design.patterns)[0] for fit in (own, other)]
    assert np.sort(straight[0], axis=None) == pytest.approx(np.sort(straight[1], axis=None), abs=1e-12)


def test_shares_are_those_of_the_formula():
    """Bürkner and Charpentier (2020): b1 mo(x, zeta1) + b2 z + b3 z mo(x, zeta3), of centred columns, at every draw."""
    fit = cs.fit("y ~ mo(age) * sex", frame())
    draws, weights, patterns = fit.draws, fit.design.weights, fit.design.patterns.astype(int)
    alone, joint = "mo(age)", "mo(age):sex[woman]"
    rise = {term: np.cumsum(np.pad(draws[f"{term} steps"], ((0, 0), (1, 0))), axis=1) for term in (alone, joint)}
    rise = {term: one - (one[:, patterns[:, 0]] @ weights)[:, None] for term, one in rise.items()}
    women = patterns[:, 1] - weights @ patterns[:, 1]
    eta = draws[alone][:, None] * rise[alone][:, patterns[:, 0]] + np.outer(draws["sex[woman]"], women)
    eta += draws[joint][:, None] * rise[joint][:, patterns[:, 0]] * women
    eta -= (eta @ weights)[:, None]
    shares = np.median(expit(draws["thresholds"][:, [1]] - eta), axis=0)
    for (age, sex), share in zip(patterns, shares, strict=True):
        told = fit.predict({"age": AGES[age], "sex": ["man", "woman"][sex]}, "b or lower")[0]
        assert told.value == pytest.approx(share, abs=0.01)
    zero = fit.thresholds(at="zero")[1]
    lowest = fit.predict({"age": AGES[0], "sex": "man"}, "b or lower")[0]
    assert expit(zero.value) == pytest.approx(lowest.value, abs=1e-9)


@pytest.mark.slow
def test_free_steps_are_an_interaction_with_every_step():
    table = frame()
    fit = cs.fit("y ~ mo(age) * sex", table)
    steps = {
        f"from{place}": pd.Categorical(np.where(table["age"].cat.codes >= place, "yes", "no")) for place in (1, 2, 3)
    }
    other = cs.fit("y ~ (from1 + from2 + from3) * sex", table.assign(**steps))
    reading = other.readings[0]
    values = sum(reading.named[f"from{place}[yes]:sex[woman]"] for place in (1, 2, 3))
    drawn = reading.weigh(values)
    told = dict(fit.coefficients()[-1].sensitivity)[FREE]
    assert ends(told) == pytest.approx([drawn.quantile(at) for at in (0.025, 0.975)], abs=0.03)
    assert FREE in dict(fit.effects("sex", outcome="a")[0].sensitivity)


@pytest.mark.slow
def test_what_it_assumes_is_told_and_what_is_refused(tmp_path):
    table = frame(60)
    fit = cs.fit("y ~ mo(age) * sex", table)
    codes = {one.code for one in fit.effects("age", within="sex", outcome="a")[-1].caveats}
    assert {"one-direction-each", "interaction-prior"} <= codes
    assert "one-direction" not in codes
    model = fit.model.with_priors(each={"mo(age):sex[woman]": "normal(0, 0.1)"}, reason="No more is plausible.")
    assert read_model(model.to_toml().encode(), "x") == model
    held = cs.fit(model, table)
    assert np.std(held.draws["mo(age):sex[woman]"]) < 0.15
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    assert [one.interval for one in again.coefficients()] == [one.interval for one in fit.coefficients()]
    assert "mo(age):sex[woman] steps" in fit.to_datatree()["posterior"]
    with pytest.raises(InputError, match=r"score\(edu\)"):
        cs.Model.from_formula("y ~ mo(age) * mo(edu)")
    equal, scored = (cs.fit(f"y ~ {term} * sex", table, method="frequentist", engine="ml") for term in TERMS)
    assert equal.log_likelihood == pytest.approx(scored.log_likelihood, abs=1e-8)
    assert "equal-steps" in {one.code for one in equal.effects("sex", outcome="a")[0].caveats}


@pytest.mark.slow
def test_levels_that_nobody_has_together_are_told():
    table = frame()
    fit = cs.fit("y ~ mo(age) * sex", table[(table["age"] != AGES[3]) | (table["sex"] == "man")])
    told = {one.item: {doubt.code for doubt in one.caveats} for one in fit.effects("sex", within="age", outcome="b")}
    seen = {item: "combination-unseen" in codes for item, codes in told.items() if "against" not in item}
    assert seen == {f"sex[woman], age[{age}]": age == AGES[3] for age in AGES}


@pytest.mark.slow
def test_beside_groups_and_in_other_families():
    """With a spread near 0 the groups change nothing."""
    table = frame()
    held, alone = held_and_alone("y ~ mo(age) * sex", table)
    one, other = (fit.effects("age", within="sex", outcome="b or lower")[-1].interval for fit in (held, alone))
    assert ends(one) == pytest.approx(ends(other), abs=0.03)
    for family in ("adjacent", "continuation", "multinomial"):
        fit = cs.fit(cs.Model.from_formula("y ~ mo(age) * sex", family=family), table)
        assert all(check.state != "fail" for check in fit.diagnostics)
        assert fit.effects("sex", within="age")[0].interval.lower < 0.6


@pytest.mark.slow
def test_both_engines_agree():
    from csea_stats.regression.engines.nuts import nuts

    problem = design_of(cs.Model.from_formula("y ~ mo(age) * sex + years"), table_of(frame())).problem()
    near, far = laplace(problem, draws=20_000, seed=1), nuts(problem, draws=2_000, seed=1)
    ours, theirs = (
        np.concatenate([one.thresholds, one.linear, one.monotonic, *one.zetas], axis=1) for one in (near, far)
    )
    size = [
        next(check.value for check in one.diagnostics if check.name == "effective sample size") for one in (near, far)
    ]
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    bound = norm.ppf(1 - 0.0005 / (len(levels) * ours.shape[1]))
    variance = 1 / size[0] + 1 / len(ours) + 1 / size[1]
    for level in levels:
        share = (theirs <= np.quantile(ours, level, axis=0)).mean(axis=0)
        assert np.all(np.abs(share - level) <= bound * np.sqrt(level * (1 - level) * variance))


@pytest.mark.sizes("sets", slow=60, long=500)
def test_ranks_of_the_truth_are_even(sets):
    """Calibration: sets of 49 answers drawn from the prior, of an ordered predictor and of two halves."""
    blank = design_of(cs.Model.from_formula("y ~ mo(age) * sex"), table_of(frame(49))).problem()
    people = blank.counts.sum(axis=1).astype(int)
    truth, rng, ranks = prior_sample(blank, draws=sets, seed=3), np.random.default_rng(4), []
    for place in range(sets):
        eta = truth.linear[place] @ blank.linear.T
        for term, step in enumerate(blank.steps):
            eta = eta + truth.monotonic[place, term] * (step @ truth.zetas[term][place])
        below = expit(truth.thresholds[place] - eta[:, None])
        shares = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1).clip(0)
        counts = np.array([rng.multinomial(n, p / p.sum()) for n, p in zip(people, shares, strict=True)], dtype=float)
        sample = laplace(replace(blank, counts=counts), draws=99, seed=place)
        drawn, true = (
            np.concatenate(
                [one.linear, one.monotonic, expit(one.thresholds), *(zeta[:, :-1] for zeta in one.zetas)], axis=1
            )
            for one in (sample, truth.at([place]))
        )
        ranks.append((drawn < true).sum(axis=0) + rng.integers(0, (drawn == true).sum(axis=0) + 1))
    found = np.array(ranks)
    for quantity in found.T:
        counted = np.bincount(quantity // 5, minlength=20)
        assert ((counted - sets / 20) ** 2 / (sets / 20)).sum() < chi2.ppf(1 - 0.001 / found.shape[1], 19)
