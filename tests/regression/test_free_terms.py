"""Terms without one odds ratio for every cut: a grid, limits, PyMC's density, calibration, and what is told of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.densities import prior_sample
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.links import link_of
from csea_stats.regression.engines.objectives import objective_of
from csea_stats.regression.engines.penalised import climb
from csea_stats.regression.engines.tilts import spread, tilts
from csea_stats.regression.problem import EngineProblem, Prior
from csea_stats.regression.settings import PredictorSetting
from csea_stats.report.files import fit_html


def frame(*groups, answers="abcde"):
    rows = [(name, k) for name, counts in groups for k, count in enumerate(counts) for _ in range(count)]
    table = pd.DataFrame(rows, columns=["g", "y"])
    answer = pd.Categorical.from_codes(table["y"], list(answers[: len(groups[0][1])]), ordered=True)
    return table.assign(y=answer, g=pd.Categorical(table["g"], [name for name, _ in groups]))


CROSSED = frame(("u", [12, 0, 0, 0, 12]), ("v", [0, 3, 19, 3, 0]))
"""The same odds at the middle, opposite ones at the ends."""


def problem(counts, x, *, more=(), scale=0.5):
    """A free column x, and others."""
    patterns = counts.shape[1] - 2
    linear = np.column_stack([x, *more, *[x] * patterns])
    located = 1 + len(more)
    return EngineProblem(
        counts=counts,
        linear=linear,
        linear_priors=(Prior(),) * located + (Prior(scale=scale),) * patterns,
        slots=(0,) * located + tuple(range(1, patterns + 1)),
    )


def test_patterns_are_no_shift_and_no_line():
    for answers in range(3, 8):
        found = tilts(answers)
        assert found.shape == (answers, answers - 2)
        assert np.ptp(found, axis=0) == pytest.approx(1.0)
        lines = np.column_stack([np.ones(answers), np.arange(answers)])
        assert np.abs(lines.T @ found).max() < 1e-12


def test_gradient_and_link_are_those_of_the_density():
    rng = np.random.default_rng(0)
    one = problem(rng.integers(0, 6, (4, 5)).astype(float), np.tile([-0.5, 0.5], 2), more=[np.repeat([-1.0, 1], 2)])
    posterior = posterior_of(one)
    points = rng.normal(size=(posterior.layout.size, 3))
    steps = 1e-5 * np.eye(posterior.layout.size)
    slope = [
        (posterior.log_density(points + s[:, None]) - posterior.log_density(points - s[:, None])) / 2e-5 for s in steps
    ]
    assert posterior.gradient(points) == pytest.approx(np.array(slope), abs=1e-6)
    sample = posterior.unpack(points)
    eta = (sample.linear @ spread(one.linear, one.slots).T).reshape(3, 4, -1)
    logs = link_of(one).log_answers(sample.thresholds, eta)
    assert logsumexp(logs, axis=2) == pytest.approx(np.zeros((3, 4)), abs=1e-12)
    assert link_of(one).event(sample.thresholds, eta, 1, 3) == pytest.approx(np.exp(logs[:, :, 1:4]).sum(axis=2))
    objective = objective_of(one, penalised=True)
    point = rng.normal(size=objective.start().size)
    each = 1e-6 * np.eye(point.size)
    slope = [(objective.near(point + s)[0] - objective.near(point - s)[0]) / 2e-6 for s in each]
    assert objective.near(point)[1] == pytest.approx(np.array(slope), abs=1e-6)


def test_without_a_penalty_two_groups_have_their_own_shares():
    counts = np.array([[3.0, 9, 4, 8], [7, 2, 11, 5]])
    objective = objective_of(problem(counts, np.array([-0.5, 0.5])), penalised=False)
    best = climb(objective, objective.start())
    own = (counts * np.log(counts / counts.sum(axis=1, keepdims=True))).sum()
    assert best.value == pytest.approx(own, abs=1e-8)


@pytest.mark.slow
def test_the_posterior_is_that_of_a_grid():
    """Three answers of two groups: four unknowns, the density written again from its definition."""
    counts = np.array([[6.0, 2, 7], [3, 9, 4]])
    x = np.array([-16.0, 15]) / 31  # as centred over 15 and 16
    axes = [np.linspace(-2, 2, 29), np.linspace(-2, 2, 29), np.linspace(-3, 3, 31), np.linspace(-4, 4, 31)]
    first, second, b, u = np.meshgrid(*axes, indexing="ij", sparse=True)
    total = np.logaddexp(np.logaddexp(first, second), 0.0)
    shares = [np.exp(one - total) for one in (first, second, np.zeros_like(total))]
    log = 0.5 * sum(np.log(one) for one in shares)  # Dirichlet(1/2), the softmax's Jacobian included
    for value, scale in ((b, 1.0), (u, 0.5)):
        log = log - np.abs(value / scale) - 2 * np.log1p(np.exp(-np.abs(value / scale)))
    below = []
    for group in range(2):
        odds = np.exp(b * x[group])
        low = shares[0] / (shares[0] + (1 - shares[0]) * odds)
        high = (shares[0] + shares[1]) / (shares[0] + shares[1] + shares[2] * odds)
        raised = [low * np.exp(u * x[group] / 3), (high - low) * np.exp(-2 * u * x[group] / 3)]
        raised.append((1 - high) * np.exp(u * x[group] / 3))
        whole = sum(raised)
        log = log + sum(count * np.log(one / whole) for count, one in zip(counts[group], raised, strict=True))
        below.append((raised[0] / whole, (raised[0] + raised[1]) / whole))
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    found = cs.fit("y ~ free(g)", frame(("u", [6, 2, 7]), ("v", [3, 9, 4])))
    told = found.effects("g")
    for one, cut in zip(told, range(2), strict=True):
        effect = np.broadcast_to(below[1][cut] - below[0][cut], weights.shape)
        order = np.argsort(effect, axis=None)
        ends = np.interp([0.025, 0.5, 0.975], np.cumsum(weights.ravel()[order]), effect.ravel()[order])
        assert (one.interval.lower, one.value, one.interval.upper) == pytest.approx(ends, abs=0.01)
    for one, cut in zip(found.coefficients(), range(2), strict=True):
        logits = [np.log((1 - side[cut]) / side[cut]) for side in below]
        ratio = np.broadcast_to(logits[1] - logits[0], weights.shape)
        order = np.argsort(ratio, axis=None)
        ends = np.interp([0.025, 0.5, 0.975], np.cumsum(weights.ravel()[order]), ratio.ravel()[order])
        assert (one.interval.lower, one.value, one.interval.upper) == pytest.approx(ends, abs=0.05)


@pytest.mark.slow
def test_what_one_odds_ratio_hides_is_told():
    """At the first cut 12 of 24 against 0 of 25: one odds ratio says nothing, the free term the difference."""
    held = cs.fit("y ~ g", CROSSED).effects("g", outcome="a")[0]
    assert abs(held.value) < 0.01
    found = cs.fit("y ~ free(g)", CROSSED)
    first, *_, last = found.effects("g")
    assert first.interval.upper < -0.15
    assert last.interval.lower > 0.15
    assert (first.verdict.word, last.verdict.word) == ("supported", "supported")
    codes = {one.code for one in first.caveats}
    assert "free-odds-ratio" in codes
    assert not codes & {"one-odds-ratio", "odds-ratios-differ"}
    penalised = cs.fit("y ~ free(g)", CROSSED, method="frequentist").effects("g")
    assert penalised[0].interval.upper < -0.15
    assert penalised[0].companion.kind == "credible"
    ratios = {one.item: one.value for one in found.coefficients()}
    assert list(ratios) == [f"g[v]: later than {answer}" for answer in "abcd"]
    assert ratios["g[v]: later than a"] > 1 > -1 > ratios["g[v]: later than d"]
    odds = found.coefficients(scale="odds ratio")[0]
    assert odds.estimand == "odds ratio of an answer later than 'a', v against u"
    assert odds.value == pytest.approx(np.exp(ratios["g[v]: later than a"]))


@pytest.mark.slow
def test_towards_one_odds_ratio_it_is_the_cumulative_model():
    table = frame(("u", [3, 6, 9, 4, 2]), ("v", [5, 8, 4, 6, 2]))
    model = cs.Model.from_formula("y ~ free(g)").with_priors(departures="normal(0, 0.001)")
    near, held = cs.fit(model, table), cs.fit("y ~ g", table)
    for one, other in zip(near.effects("g"), held.effects("g"), strict=True):
        ends = (other.interval.lower, other.value, other.interval.upper)
        assert (one.interval.lower, one.value, one.interval.upper) == pytest.approx(ends, abs=0.006)
    ratios = [one.value for one in near.coefficients()]
    assert np.ptp(ratios) < 0.01
    assert ratios[0] == pytest.approx(held.coefficients()[0].value, abs=0.02)


@pytest.mark.slow
def test_turning_the_answers_round_turns_the_effects_round():
    turned = CROSSED.assign(y=CROSSED["y"].cat.reorder_categories(list("edcba"), ordered=True))
    own, other = (cs.fit("y ~ free(g)", one).effects("g") for one in (CROSSED, turned))
    for one, two in zip(own, reversed(other), strict=True):
        assert (one.interval.lower, one.interval.upper) == pytest.approx(
            (-two.interval.upper, -two.interval.lower), abs=0.015
        )


@pytest.mark.slow
def test_beside_other_terms_saved_and_described(tmp_path):
    rng = np.random.default_rng(2)
    table = CROSSED.assign(years=rng.integers(0, 30, len(CROSSED)).astype(float), age=pd.Categorical(
        rng.choice(["young", "middle", "old"], len(CROSSED)), ["young", "middle", "old"], ordered=True))  # fmt: skip
    found = cs.fit("y ~ free(g) + mo(age) + per(years, 5)", table)
    assert found.model.formula == "y ~ free(g) + mo(age) + per(years, 5)"
    assert {"one-odds-ratio", "free-odds-ratio"} <= {one.code for one in found.effects("years", outcome="a")[0].caveats}
    setting = PredictorSetting(place=0, values=(1.0,), weights=(1.0,))
    shares = [found.readings[0].share(setting, one) for one in found.single_answers()]
    assert np.sum(shares, axis=0) == pytest.approx(np.ones(found.readings[0].draws))
    again = cs.load_fit(found.save(tmp_path / "fit"))
    assert [one.interval for one in again.coefficients()] == [one.interval for one in found.coefficients()]
    assert cs.fit("y ~ free(years)", table).coefficients()[0].item == "years: later than a"
    assert found.check().counts
    told = found.predict({"g": "v", "age": "old", "years": 3}, "c or higher")[0]
    assert told.interval.lower > 0.5


@pytest.mark.parametrize(
    ("formula", "instead"),
    [
        ("z ~ free(g)", "three or more in order"),
        ("n ~ free(g)", "three or more in order"),
        ("y ~ mo(free(g))", "closing"),
    ],
)
def test_what_is_refused(formula, instead):
    table = CROSSED.assign(z=pd.Categorical(np.where(CROSSED["y"] < "c", "no", "yes"), ["no", "yes"]))
    table["n"] = pd.Categorical(CROSSED["y"].astype(str))
    with pytest.raises(InputError, match=instead):
        cs.fit(formula, table)


@pytest.mark.slow
def test_other_refusals():
    found = cs.fit("y ~ free(g)", CROSSED)
    with pytest.raises(InputError, match="tells their odds ratio at each cut"):
        found.proportional_odds()
    with pytest.raises(InputError):
        found.plot("proportional-odds")
    assert "tilted: see departures" in fit_html(found)
    with pytest.raises(InputError, match="averages"):
        found.thresholds(at="zero")
    with pytest.raises(InputError, match="log-f"):
        cs.fit("y ~ free(g)", CROSSED, method="frequentist", engine="ml")


@pytest.mark.slow
def test_pymc_has_the_same_density():
    import pytensor

    from csea_stats.regression.engines.nuts import pymc_model

    rng = np.random.default_rng(4)
    one = problem(rng.integers(0, 6, (4, 5)).astype(float), np.tile([-0.5, 0.5], 2), more=[np.repeat([-1.0, 1], 2)])
    posterior = posterior_of(one)
    points = rng.normal(size=(posterior.layout.size, 4))
    sample = posterior.unpack(points)
    model = pymc_model(one)
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        height = model.compile_fn(model.logp(jacobian=False), inputs=model.value_vars, on_unused_input="ignore")
    shares = np.exp(link_of(one).log_shares(sample.thresholds))
    theirs = []
    for place in range(4):
        values = {"shares_simplex__": np.log(shares[place, :-1]) - np.log(shares[place]).mean()}
        values |= {f"linear[{column}]": sample.linear[place, column] for column in range(5)}
        theirs.append(float(height(values)))
    ours = posterior.log_density(points) - np.log(shares).sum(axis=1)  # less the softmax's Jacobian
    assert np.diff(theirs) == pytest.approx(np.diff(ours), abs=1e-8)


@pytest.mark.sizes("sets", slow=100, long=500)
def test_ranks_of_the_truth_are_even(sets):
    """Calibration: sets of 49 answers drawn from the prior, of two groups and a number."""
    rng = np.random.default_rng(7)
    group, number = (np.arange(49) < 14).astype(float), rng.normal(size=49) / 2
    blank = problem(np.zeros((49, 5)), group - group.mean(), more=[number - number.mean()])
    truth = prior_sample(blank, draws=sets, seed=3)
    rows = spread(blank.linear, blank.slots)
    ranks = []
    for place in range(sets):
        eta = (truth.linear[[place]] @ rows.T).reshape(1, 49, -1)
        shares = np.exp(link_of(blank).log_answers(truth.thresholds[[place]], eta)[0])
        answer = (rng.random(49)[:, None] > np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)
        sample = laplace(replace(blank, counts=np.eye(5)[answer]), draws=99, seed=place)
        drawn = np.concatenate([sample.linear, sample.thresholds], axis=1)
        true = np.concatenate([truth.linear[place], truth.thresholds[place]])
        ranks.append((drawn < true).sum(axis=0))
    for quantity in np.array(ranks).T:
        counted = np.bincount(quantity // 5, minlength=20)
        assert ((counted - sets / 20) ** 2 / (sets / 20)).sum() < chi2.ppf(1 - 0.001 / 9, 19)
