"""Priors: refused where there is nothing that they are of, else the same in every engine, density, file and text."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.densities import log_priors, prior_sample
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.prior_densities import (
    drawn,
    drawn_spread,
    log_density,
    log_spreads,
    slopes,
    spread_log_density,
    stated_log_density,
)
from csea_stats.regression.library import read_model
from csea_stats.regression.predictive import prior_fit
from csea_stats.regression.priors import read_prior
from csea_stats.regression.problem import EngineProblem, Prior
from csea_stats.report.fit_page import _cite
from csea_stats.report.model_card import model_card

LEVELS = {
    "beta(2, 7)": stats.beta(2, 7),
    "normal(-1, 0.7)": stats.norm(-1, 0.7),
    "student-t(3, 0.5, 2.5)": stats.t(3, 0.5, 2.5),
}
"""Priors of the level of two answers, with what they are of: a share, or its log odds."""


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(8)
    people = 40
    table = pd.DataFrame(
        {
            "rating": rng.choice(["poor", "fair", "good"], people),
            "aware": rng.choice(["no", "yes"], people, p=[0.7, 0.3]),
            "age": rng.choice(["young", "middle", "old"], people),
            "years": rng.integers(0, 20, people).astype(float),
            "team": rng.choice(list("abcdef"), people),
            "needs": ["; ".join(rng.choice(["time", "money", "training"], 2, replace=False)) for _ in range(people)],
        }
    )
    book = cs.Codebook(
        {
            "rating": cs.Ordered("poor", "fair", "good"),
            "aware": cs.Categories("no", "yes"),
            "age": cs.Ordered("young", "middle", "old"),
            "years": cs.Number(unit="years", minimum=0, maximum=60),
            "team": cs.Categories(*"abcdef"),
            "needs": cs.Multiple(items=("time", "money", "training"), separator="; ", chosen=2),
        },
        respondent=None,
    )
    return cs.read_respondents(table, book)


EXACTLY = cs.Model.from_formula("needs ~ team")
EXACTLY = replace(EXACTLY, family=None, outcome=replace(EXACTLY.outcome, chosen=2))
EXACTLY = replace(EXACTLY, family="conditional-bernoulli", predictor=EXACTLY.predictor)


def _model(what):
    return EXACTLY if what == "exactly" else cs.Model.from_formula(what)


@pytest.mark.parametrize(
    ("what", "slot", "prior", "needs"),
    [
        ("rating ~ years", "intercept", "normal(0, 1)", "two answers"),
        ("rating ~ years", "intercept", "beta(0.5, 0.5)", "two answers"),
        ("rating ~ (1 | team)", "intercept", "beta(1, 1)", "two answers"),
        ("rating ~ (1 | team)", "coefficients", "normal(0, 1)", "a predictor"),
        ("rating ~ 1", "coefficients", "normal(0, 1)", "a predictor"),
        ("aware ~ years", "thresholds", "dirichlet(1)", "three answers"),
        ("aware ~ (1 | team)", "thresholds", "dirichlet(1)", "three answers"),
        ("aware ~ years", "scales", "half-normal(2)", "a group effect"),
        ("rating ~ score(age)", "scales", "half-normal(2)", "a group effect"),
        ("rating ~ score(age)", "simplexes", "dirichlet(2)", "monotonic"),
        ("needs ~ team", "thresholds", "dirichlet(1)", "three answers"),
        ("needs ~ team", "simplexes", "dirichlet(2)", "monotonic"),
        ("exactly", "coefficients", "normal(0, 1)", "a predictor"),
        ("exactly", "thresholds", "dirichlet(1)", "three answers"),
        ("exactly", "intercept", "beta(1, 1)", "log odds"),
    ],
)
def test_a_prior_of_nothing_is_refused_wherever_it_is_stated(answers, what, slot, prior, needs):
    model = _model(what).with_priors(**{slot: prior})
    for one in (model, read_model(model.to_toml().encode(), "mine.toml")):
        for call in (cs.fit, prior_fit):
            with pytest.raises(InputError, match=needs) as caught:
                call(one, answers)
            assert f"prior of {slot}: found {prior!r}" in str(caught.value)


def test_the_other_priors_that_apply_are_named(answers):
    with pytest.raises(InputError, match=r"rating ~ mo\(age\) \(cumulative\): coefficients, thresholds, simplexes\."):
        cs.fit(cs.Model.from_formula("rating ~ mo(age)").with_priors(scales="half-normal(2)"), answers)


@pytest.mark.parametrize("prior", LEVELS)
def test_densities_draws_and_slopes_of_one_prior_agree(prior):
    law, one = LEVELS[prior], read_prior("intercept", prior).log_odds()
    at = np.linspace(-6, 5, 23)
    stated = special.expit(at) if prior.startswith("beta") else at
    assert np.allclose(stated_log_density(one, at), law.logpdf(stated), atol=1e-12)
    ends = special.expit([-200, 200]) if prior.startswith("beta") else np.array([-200, 200])
    mass = integrate.quad(lambda x: np.exp(log_density(one, np.array(x))), -200, 200, points=[0])[0]
    assert mass == pytest.approx(float(np.diff(law.cdf(ends))[0]), abs=1e-9)
    slope, stiff = slopes(one, at)
    step = 1e-5
    numeric = (log_density(one, at + step) - log_density(one, at - step)) / (2 * step)
    assert np.allclose(slope, numeric, atol=1e-8)
    if not prior.startswith("student"):  # of a t the curvature is that of its normal mixture
        assert np.allclose(stiff, -(slopes(one, at + step)[0] - slopes(one, at - step)[0]) / (2 * step), atol=1e-8)
    values = drawn(one, (20_000,), np.random.default_rng(3))
    assert stats.kstest(special.expit(values) if prior.startswith("beta") else values, law.cdf).pvalue > 1e-3


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2.0, 7.0), (0.3, 4.0)])
def test_without_a_predictor_a_beta_gives_the_conjugate_posterior(answers, a, b):
    """The density of the later answer's share is Beta(a + k, b + n - k), exactly; draws and the tree follow it."""
    fit = cs.fit(cs.Model.from_formula("aware ~ 1").with_priors(intercept=f"beta({a:g}, {b:g})"), answers)
    problem = fit.design.problem()
    no, yes = problem.counts.sum(axis=0)
    law = stats.beta(a + yes, b + no)
    posterior = posterior_of(problem)
    at = np.linspace(-1.5, 2, 15)[None, :]
    share = special.expit(np.sqrt(2) * at[0])
    exact = law.logpdf(share) + np.log(share * (1 - share))
    found = posterior.log_density(at)
    assert np.allclose(found - found[0], exact - exact[0], atol=1e-10)
    yes_share = special.expit(-fit.draws["thresholds"][:, 0])
    assert yes_share.mean() == pytest.approx(law.mean(), abs=5 * law.std() / np.sqrt(4_000))
    assert np.allclose(np.quantile(yes_share, [0.025, 0.5, 0.975]), law.ppf([0.025, 0.5, 0.975]), atol=0.012)


@pytest.mark.parametrize("prior", LEVELS)
def test_the_posterior_with_a_predictor_is_that_of_quadrature(prior):
    law, b = LEVELS[prior], np.linspace(-9, 11, 401)[None, :]
    level = np.linspace(-9, 8, 401)[:, None]
    counts, x = np.array([[6.0, 1], [4, 5], [1, 4]]), np.array([-1.0, 0.1, 1.2])
    x -= counts.sum(axis=1) @ x / counts.sum()
    log = special.log_expit(b) + special.log_expit(-b)
    if prior.startswith("beta"):
        log = log + law.logpdf(special.expit(level)) + special.log_expit(level) + special.log_expit(-level)
    else:
        log = log + law.logpdf(level)
    for (no, yes), one in zip(counts, x, strict=True):
        log = log + yes * special.log_expit(level + b * one) + no * special.log_expit(-level - b * one)
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    problem = EngineProblem(
        counts=counts,
        linear=x[:, None],
        linear_priors=(Prior(),),
        intercept=read_prior("intercept", prior).log_odds(),
    )
    sample = laplace(problem)
    assert {one.state for one in sample.diagnostics} == {"pass"}
    for values, grid in ((-sample.thresholds[:, 0], level), (sample.linear[:, 0], b)):
        mean = float((mass * grid).sum())
        sd = float(np.sqrt((mass * (grid - mean) ** 2).sum()))
        assert values.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(4_000))
        assert values.std() == pytest.approx(sd, rel=0.05)
    posterior, at = posterior_of(problem), np.array([[0.3, -1.0], [0.5, 2.0]])
    numeric = [
        (posterior.log_density(at + step) - posterior.log_density(at - step)) / 2e-5
        for step in (np.array([[1e-5], [0]]), np.array([[0], [1e-5]]))
    ]
    assert np.allclose(posterior.gradient(at), numeric, atol=1e-7)
    shown = -prior_sample(problem, draws=20_000).thresholds[:, 0]
    assert stats.kstest(special.expit(shown) if prior.startswith("beta") else shown, law.cdf).pvalue > 1e-3


@pytest.mark.few(1)
@pytest.mark.parametrize("prior", LEVELS)
def test_files_trees_and_group_effects_keep_a_level_prior(answers, prior, tmp_path):
    model = cs.Model.from_formula("aware ~ years").with_priors(intercept=prior)
    fit = cs.fit(model, answers)
    law = LEVELS[prior]
    assert cs.load_fit(fit.save(tmp_path / "fit")).design.problem().intercept == fit.design.problem().intercept
    level = -fit.draws["thresholds"][:, 0]
    of_share = prior.startswith("beta")
    told = fit.to_datatree()["log_prior"]["shares" if of_share else "intercept"].to_numpy().ravel()
    assert np.allclose(told, law.logpdf(special.expit(level) if of_share else level), atol=1e-8)
    grouped = cs.fit(cs.Model.from_formula("aware ~ (1 | team)").with_priors(intercept=prior), answers)
    level = grouped.draws["levels"][:, 0]
    exact = law.logpdf(special.expit(level) if of_share else level)
    assert np.allclose(log_priors(grouped.design.problem(), grouped.readings[0].drawn)["levels"], exact, atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("prior", LEVELS)
@pytest.mark.parametrize("formula", ["aware ~ years", "aware ~ (1 | team)"])
def test_the_model_in_pymc_has_the_level_prior(answers, prior, formula):
    import pymc

    fit = cs.fit(cs.Model.from_formula(formula).with_priors(intercept=prior), answers)
    model, law, of_share = fit.pymc_model(), LEVELS[prior], prior.startswith("beta")
    plain = formula == "aware ~ years"
    name = "shares" if of_share else "intercept" if plain else "levels"
    rv = model[name]
    for log_odds in (-1.0, 0.7):
        share = special.expit(log_odds)
        point = np.array([1 - share, share]) if plain and of_share else np.array(share if of_share else log_odds)
        found = float(pymc.logp(rv, point if plain else point[None]).eval().sum())
        assert found == pytest.approx(law.logpdf(share if of_share else log_odds), abs=1e-6)


@pytest.mark.slow
def test_nuts_takes_the_level_prior(answers):
    model = cs.Model.from_formula("aware ~ years").with_priors(intercept="normal(-1, 0.7)")
    one, two = (cs.fit(model, answers, engine=engine).draws["thresholds"][:, 0] for engine in ("laplace", "nuts"))
    assert two.mean() == pytest.approx(one.mean(), abs=0.05)
    assert two.std() == pytest.approx(one.std(), rel=0.08)


@pytest.mark.slow
def test_a_card_tells_the_priors_that_were_used(answers):
    card = model_card(cs.fit("rating ~ years", answers).design.resolved)
    assert "| thresholds | `dirichlet(0.5)` |" in card
    assert "| intercept |" not in card
    open_ = model_card(cs.Model.from_formula("rating ~ years"))
    assert "| thresholds (three answers or more) | `dirichlet(0.5)` |" in open_
    assert "| intercept (two answers) | `beta(0.5, 0.5)` |" in open_
    implied = model_card(cs.fit("needs ~ team", answers).design.resolved)
    assert "| scales | `half-normal(1)` |" in implied
    assert "`(1 \\| respondent)`" in implied
    assert "| intercept | `normal(0, 1.5)` |" in model_card(EXACTLY)
    two = cs.fit(cs.Model.from_formula("aware ~ years", family="cumulative"), answers)
    assert "prior of intercept: beta(0.5, 0.5)" in two.summary()
    assert "thresholds" not in two.summary()


def test_a_chosen_prior_stands_in_every_sentence(answers):
    usual = cs.fit("aware ~ years", answers)
    chosen = cs.fit(cs.Model.from_formula("aware ~ years").with_priors(intercept="beta(2, 7)"), answers)
    told = "Priors chosen in place of the defaults: intercept beta(2, 7)."
    assert all(told in str(one) for one in (*chosen.effects(), *chosen.coefficients()))
    assert not any("in place of the defaults" in str(one) for one in usual.effects())
    assert "laplace, intercept prior beta(2, 7) (" in _cite(chosen)
    assert "laplace (" in _cite(usual)


OWN = """id = "own"
question = "Who is aware?"
target = "people of this 'test'"

[outcome]
name = "aware"
label = "Awareness"

[[predictor]]
name = "years"
term = "per"
per = 5.0

[[estimand]]
variable = "years"
shift = 10
words = "per ten years"
"""


@pytest.mark.few(1)
@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("aware ~ years", {}),
        ("rating ~ 1", {"seed": 3}),
        (cs.Model.from_formula("aware ~ years", family="bernoulli"), {"method": "frequentist", "engine": "firth"}),
        (cs.Model.from_formula("aware ~ years").with_priors(intercept="student-t(3, 0, 2.5)"), {"level": 0.8}),
        (cs.Model.from_formula("rating ~ mo(age)").with_priors(simplexes="dirichlet(2)", reason="It's so."), {}),
        (
            cs.Model.from_formula("rating ~ years", family="cumulative")
            .with_priors(coefficients="normal(0, 1)", reason="One.")
            .with_priors(thresholds="dirichlet(1)", reason="Two."),
            {"engine": "laplace"},
        ),
        (read_model(OWN.encode(), "own.toml").with_priors(coefficients="normal(0, 1)"), {"seed": 2}),
    ],
)
def test_the_call_makes_the_fit_again(answers, model, settings):
    fit = cs.fit(model, answers, **settings)
    again = eval(fit.provenance.call, {"csea_stats": cs, "data": answers})
    assert again.model == fit.model
    assert list(again.coefficients()) == list(fit.coefficients())
    assert list(again.thresholds()) == list(fit.thresholds())
    assert (again.level, again.seed, again.engine) == (fit.level, fit.seed, fit.engine)


@pytest.mark.slow
def test_fits_under_other_priors_name_their_own_call(answers):
    for prior, effects in cs.fit("aware ~ years", answers, seed=4).prior_sensitivity().strip:
        again = eval(effects[0].provenance.call, {"csea_stats": cs, "data": answers})
        assert again.model.priors.coefficients.prior == prior
        assert again.effects()[0].interval == effects[0].interval


def test_without_a_predictor_there_is_no_effect_to_decide(answers):
    fit = cs.fit("rating ~ 1", answers)
    assert not list(fit.effects())
    assert str(fit.prior_sensitivity()) == "There is no effect that a prior could decide."
    with pytest.raises(InputError, match="no predictor"):
        fit.influence()


SPREADS = {
    "half-normal(0.7)": stats.halfnorm(scale=0.7),
    "half-t(4, 0.7)": stats.t(4, scale=0.7),
    "exponential(0.7)": stats.expon(scale=0.7),
}


@pytest.mark.parametrize("prior", SPREADS)
def test_priors_of_spreads_are_those_of_scipy(prior):
    """Density, quantiles in both tails, and draws; of a half-t twice the density, and quantiles of the upper half."""
    law, half = read_prior("scales", prior).spread(), prior.startswith("half-t")
    values = np.array([0.01, 0.3, 1.0, 8.0])
    assert spread_log_density(law, values) == pytest.approx(SPREADS[prior].logpdf(values) + np.log(2) * half, abs=1e-12)
    scores = np.array([-6.0, -1.0, 0.0, 2.0, 6.0])
    above = stats.norm.sf(scores)
    usual = SPREADS[prior].isf(above / 2 if half else above)
    assert np.exp(log_spreads(law, scores))[1:] == pytest.approx(usual[1:], rel=1e-9)
    least = np.exp(log_spreads(law, np.array([-12.0, -6.0])))
    flat = stats.norm.cdf([-12, -6]) / np.exp(spread_log_density(law, np.zeros(1)))  # so near 0 the density is level
    assert least == pytest.approx(flat, rel=1e-6)
    drawn_values = drawn_spread(law, 4_000, np.random.default_rng(1))
    assert stats.kstest(drawn_values, lambda x: SPREADS[prior].cdf(x) * (1 + half) - half).pvalue > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("prior", ["half-t(3, 0.4)", "exponential(0.4)"])
def test_a_spread_under_its_prior(prior):
    """Two answers in four offices: the effects integrated by quadrature at each spread, the level on a grid."""
    yes, people = np.array([6, 2, 5, 1]), np.array([8, 9, 7, 8])
    offices = np.repeat(list("abcd"), people)
    rows = np.concatenate([["yes"] * y + ["no"] * (n - y) for y, n in zip(yes, people, strict=True)])
    frame = pd.DataFrame({"y": pd.Categorical(rows, ["no", "yes"]), "office": pd.Categorical(offices)})
    model = cs.Model.from_formula("y ~ (1 | office)").with_priors(scales=prior, reason="Offices are much alike.")
    drawn_sds = cs.fit(model, frame).draws["sd(office)"]
    law = stats.expon(scale=0.4) if prior.startswith("exp") else stats.t(3, scale=0.4)
    nodes, weights = np.polynomial.hermite.hermgauss(60)
    sds, levels = np.arange(0.0075, 6, 0.015), np.linspace(-4, 3, 141)
    eta = levels[:, None, None] + sds[None, :, None] * np.sqrt(2) * nodes
    inner = [
        (special.expit(eta) ** y * special.expit(-eta) ** (n - y)) @ weights for y, n in zip(yes, people, strict=True)
    ]
    joint = np.prod(inner, axis=0) * np.sqrt(special.expit(levels) * special.expit(-levels))[:, None] * law.pdf(sds)
    shares = np.cumsum(joint.sum(axis=0) / joint.sum())  # up to each cell's end
    ends = np.interp([0.1, 0.5, 0.9, 0.975], shares, sds + 0.0075)
    assert np.quantile(drawn_sds, [0.1, 0.5, 0.9, 0.975]) == pytest.approx(ends, rel=0.08, abs=0.01)
