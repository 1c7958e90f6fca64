"""Terms without one odds ratio for every cut beside group effects: limits, quadrature, PyMC's draws, calibration."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, log_expit
from scipy.stats import binom, chi2, norm

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.densities import prior_sample
from csea_stats.regression.engines.links import link_of
from csea_stats.regression.engines.marginal import GroupLikelihood
from csea_stats.regression.engines.nested import nested
from csea_stats.regression.engines.tilts import spread, tilts
from csea_stats.regression.problem import EngineProblem, Prior, Spread
from csea_stats.regression.profiles import likelihood_of
from tests.regression.beside_groups import ends, held_and_alone

SCALE = list("abcde")


def frame(people=120, *, teams=8, seed=1):
    """The answers of v lie nearer together than those of u; teams differ."""
    rng = np.random.default_rng(seed)
    side, team = rng.integers(0, 2, people), np.arange(people) % teams
    latent = 0.6 * rng.normal(size=teams)[team] + rng.logistic(size=people) * np.where(side, 0.6, 1.6)
    return pd.DataFrame(
        {
            "y": pd.Categorical.from_codes(np.digitize(latent, [-2, -0.5, 0.5, 2]), SCALE, ordered=True),
            "g": pd.Categorical.from_codes(side, ["u", "v"]),
            "team": pd.Categorical.from_codes(team, list("ABCDEFGH")[:teams]),
            "years": rng.integers(1, 30, people).astype(float),
        }
    )


def made(people=48, *, answers=4, groups=6, seed=1, slopes=False):
    """Two halves, tilted, in groups: a cell for each half of a group."""
    cells = 2 * groups
    x, group = np.arange(cells) % 2 - 0.5, np.arange(cells) // 2
    spreads = [Spread(members=groups, place=group[:, None], value=np.ones((cells, 1)))]
    if slopes:
        spreads.append(Spread(members=groups, place=group[:, None], value=x[:, None]))
    return EngineProblem(
        counts=np.random.default_rng(seed).multinomial(people // cells, [1 / answers] * answers, cells).astype(float),
        linear=np.tile(x[:, None], answers - 1),
        linear_priors=(Prior(), *(Prior(scale=0.5),) * (answers - 2)),
        slots=tuple(range(answers - 1)),
        spreads=tuple(spreads),
    )


@pytest.mark.slow
def test_with_a_spread_near_0_the_groups_change_nothing():
    held, alone = held_and_alone("y ~ free(g)", frame(60))
    for one, other in zip(held.effects("g"), alone.effects("g"), strict=True):
        assert ends(one.interval) == pytest.approx(ends(other.interval), abs=0.02)
    same = held.predict({"g": "u", "team": "A"}, "b"), alone.predict({"g": "u"}, "b")
    assert ends(same[0][0].interval) == pytest.approx(ends(same[1][0].interval), abs=0.02)


@pytest.mark.slow
def test_towards_one_odds_ratio_it_is_the_cumulative_model():
    table = frame(60)
    model = cs.Model.from_formula("y ~ free(g) + (1 + g | team)").with_priors(departures="normal(0, 0.001)")
    near, held = cs.fit(model, table), cs.fit("y ~ g + (1 + g | team)", table)
    for one, other in zip(near.effects("g"), held.effects("g"), strict=True):
        assert ends(one.interval) == pytest.approx(ends(other.interval), abs=0.02)
    ratios = near.coefficients()
    assert np.ptp([one.value for one in ratios[:4]]) < 0.02
    assert ratios[0].value == pytest.approx(held.coefficients()[0].value, abs=0.05)


@pytest.mark.slow
def test_what_is_told_beside():
    """Predictions, checks and sets of answers; and what stays refused."""
    three = frame(48, teams=6)
    three["y"] = pd.Categorical.from_codes(three["y"].cat.codes // 2, SCALE[:3], ordered=True)
    fit = cs.fit("y ~ free(g) + (1 | team)", three)
    shares = [one.value for one in fit.predictions()]
    assert shares == sorted(shares)  # of an answer or a lower one
    stated = [one.value for one in fit.predict({"g": "u", "team": "B"})]
    assert sum(stated) == pytest.approx(1.0, abs=0.05)  # medians
    assert fit.check().counts
    assert fit.to_datatree()["posterior_predictive"]["answers"].shape[-1] == 48
    two = frame(60).assign(y=lambda one: pd.Categorical(np.where(one["y"] < "c", "low", "high")))
    with pytest.raises(InputError, match="three or more in order"):
        cs.fit("y ~ free(g) + (1 | team)", two)


@pytest.mark.slow
def test_a_confidence_interval_stands_beside():
    fit = cs.fit("y ~ free(g) + (1 | team)", frame())
    for one in (*fit.coefficients()[:4], *fit.effects("g")):
        assert "log-f, averaged over groups" in one.companion.method
        wide = one.interval.upper - one.interval.lower
        assert ends(one.companion) == pytest.approx(ends(one.interval), abs=0.4 * wide)
    assert fit.coefficients()[0].item == "g[v]: later than a"


@pytest.mark.slow
def test_several_questions_have_it_too():
    rng = np.random.default_rng(5)
    people = 40
    side = rng.integers(0, 2, people)
    latent = rng.normal(size=people)[:, None] + rng.logistic(size=(people, 3)) * np.where(side, 0.5, 1.8)[:, None]
    codes = np.digitize(latent, [-1.5, 0.0, 1.5])
    table = pd.DataFrame({f"q{j}": pd.Categorical.from_codes(codes[:, j], SCALE[:4], ordered=True) for j in range(3)})
    table["g"] = pd.Categorical.from_codes(side, ["u", "v"])
    model = cs.load_model("ratings-by-organisation")
    outcome = replace(model.outcome, questions=("q0", "q1", "q2"), order=None)
    free = [replace(one, name="g", term="free") if one.term != "group" else one for one in model.predictor]
    fit = cs.fit(replace(model, outcome=outcome, predictor=tuple(free), estimand=()), table)
    ratios = [one.value for one in fit.coefficients() if "later than" in one.item]
    assert ratios[0] > 0.5 > -0.5 > ratios[-1]
    assert fit.effects("g")[0].value < 0
    assert fit.to_datatree()["posterior_predictive"]["answers"].shape[-1] == 3 * people


def shares_of(thresholds, eta, raised):
    """The cumulative model's shares, each times exp(raised), over their sum: written again."""
    below = np.concatenate(
        [np.zeros_like(eta)[..., None], expit(thresholds - eta[..., None]), np.ones_like(eta)[..., None]], -1
    )
    weights = np.diff(below, axis=-1) * np.exp(raised)
    return weights / weights.sum(axis=-1, keepdims=True)


def by_quadrature(problem, point):
    """The marginal likelihood, each group's effect integrated on a grid of its own."""
    thresholds, linear, log_sd = np.cumsum([point[0], *np.exp(point[1:3])]), np.array(point[3:6]), point[6]
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    group = problem.spreads[0].place[:, 0]
    total = (log_expit(linear) - linear / 2).sum() + log_sd
    for one in range(problem.spreads[0].members):
        likelihood = np.ones_like(nodes)
        for place in np.flatnonzero(group == one):
            x = problem.linear[place, 0]
            raised = tilts(4) @ (x * linear[1:])
            shares = shares_of(thresholds, x * linear[0] + np.exp(log_sd) * nodes, raised)
            likelihood = likelihood * (shares ** problem.counts[place]).prod(axis=1)
        total += np.log(likelihood @ weights / weights.sum())
    return total


def test_the_penalised_likelihood_is_near_quadrature():
    problem = made()
    likelihood = GroupLikelihood(problem)
    for point in ([-1.2, 0.1, 0.3, 0.5, 0.4, -0.3, -0.3], [-0.5, -0.2, 0.4, -1.0, 1.5, 1.0, 0.2]):
        assert likelihood.value(np.array(point)) == pytest.approx(by_quadrature(problem, point), abs=0.1)
    alone = likelihood_of(replace(problem, spreads=()), "log-f")
    thresholds, linear = likelihood.wholes(np.array([[-1.2, 0.1, 0.3, 0.5, 0.4, -0.3, -30.0]]))
    whole = alone.start(thresholds[0], linear[0, :3])
    found = likelihood.value(np.array([-1.2, 0.1, 0.3, 0.5, 0.4, -0.3, -30.0]))
    assert found + 30 == pytest.approx(alone.value(whole), rel=1e-9)


@pytest.mark.slow
def test_both_engines_agree():
    from csea_stats.regression.engines.nuts import nuts

    problem = made(60, answers=4, slopes=True, seed=3)
    near, far = nested(problem, draws=20_000), nuts(problem, draws=2_000, seed=1)
    assert "fail" not in {one.state for one in (*near.diagnostics, *far.diagnostics)}
    ours, theirs = (np.concatenate([one.thresholds, one.linear, one.sds, *one.effects], axis=1) for one in (near, far))
    size = [min(check.value for check in one.diagnostics if check.name.startswith("effective")) for one in (near, far)]
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    bound = norm.ppf(1 - 0.0005 / (len(levels) * ours.shape[1]))
    variance = 1 / size[0] + 1 / len(ours) + 1 / size[1]
    for level in levels:
        share = (theirs <= np.quantile(ours, level, axis=0)).mean(axis=0)
        assert np.all(np.abs(share - level) <= bound * np.sqrt(level * (1 - level) * variance))


def answered(blank, truth, rng):
    """Answers by one row of a sample of the prior."""
    rows = spread(blank.linear, blank.slots)
    eta = (truth.linear @ rows.T).reshape(1, len(blank.counts), -1)
    for one, effect in zip(blank.spreads, truth.effects, strict=True):
        eta[0, :, 0] += (effect[0][one.place] * one.value).sum(axis=1)
    shares = np.exp(link_of(blank).log_answers(truth.thresholds, eta)[0])
    counts = [rng.multinomial(int(n), p / p.sum()) for n, p in zip(blank.counts.sum(axis=1), shares, strict=True)]
    return replace(blank, counts=np.array(counts, dtype=float))


@pytest.mark.sizes("sets", slow=40, long=500)
def test_ranks_of_the_truth_are_even(sets):
    """Calibration: sets of 48 answers drawn from the prior, of two halves in six groups that differ in both."""
    blank, rng = made(slopes=True), np.random.default_rng(7)
    truth, ranks, failed = prior_sample(blank, draws=sets, seed=3), [], 0
    for place in range(sets):
        one = truth.at([place])
        sample = nested(answered(blank, one, rng), draws=99, seed=place)
        failed += any(check.state == "fail" for check in sample.diagnostics)
        drawn, true = (
            np.concatenate([s.linear, expit(s.thresholds), s.sds, *(effect[:, :1] for effect in s.effects)], axis=1)
            for s in (sample, one)
        )
        ranks.append((drawn < true).sum(axis=0) + rng.integers(0, (drawn == true).sum(axis=0) + 1))
    found = np.array(ranks)
    for quantity in found.T:
        counted = np.bincount(quantity // 5, minlength=20)
        assert ((counted - sets / 20) ** 2 / (sets / 20)).sum() < chi2.ppf(1 - 0.001 / found.shape[1], 19)
    assert failed <= binom.ppf(0.999, sets, 0.06)  # the engine says so itself, and NUTS draws instead
