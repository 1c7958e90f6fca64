"""The importance sampler: its density, its weights, exact posteriors by quadrature, hard cases."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv, expit, logsumexp

from csea_stats.errors import InputError
from csea_stats.regression import engines
from csea_stats.regression.densities import prior_sample
from csea_stats.regression.engines import laplace as module
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.likelihood import simplex
from csea_stats.regression.engines.links import cutpoints, log_softmax
from csea_stats.regression.engines.weights import effective_size, limit_of_k, pareto_fit, resample, smooth
from csea_stats.regression.problem import Diagnostic, EngineProblem, Prior, Sample

FAMILIES = (Prior(), Prior(family="normal", scale=1.5), Prior(family="student-t", scale=2.5, freedom=4))


def steps_of(levels, number):
    raised = (np.asarray(levels)[:, None] >= np.arange(1, number)).astype(float)
    return raised - raised.mean(axis=0)


def made(seed=0, people=49, answers=5, columns=2, levels=(), effect=0.8, **settings):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=(people, columns))
    linear -= linear.mean(axis=0)
    steps = tuple(steps_of(rng.integers(0, number, people), number) for number in levels)
    eta = linear @ np.full(columns, 0.7) + sum(effect * step.mean(axis=1) for step in steps)
    cuts = np.linspace(-1.5, 1.5, answers - 1)
    chosen = ((eta + rng.logistic(size=people))[:, None] > cuts).sum(axis=1)
    return EngineProblem(
        counts=np.eye(answers)[chosen],
        linear=linear,
        steps=steps,
        linear_priors=tuple(FAMILIES[place % 3] for place in range(columns)),
        monotonic_priors=tuple(FAMILIES[place % 3] for place in range(len(levels))),
        **settings,
    )


def plain_log_density(problem, point):
    """Log posterior from its definition, one draw at a time, up to the priors' constants."""
    where = posterior_of(problem).layout
    shares = np.exp(log_softmax(posterior_of(problem).contrasts @ point[where.thresholds]))
    total = problem.thresholds * np.log(shares).sum()
    eta = problem.linear @ point[where.linear]
    for place, step in enumerate(problem.steps):
        scores = point[where.simplexes[place]]
        eta = eta + point[where.effects.start + place] * (step @ simplex(scores[:, None], problem.simplexes)[:, 0])
        total -= 0.5 * (scores**2).sum()
    below = expit(np.log(np.cumsum(shares)[:-1] / (1 - np.cumsum(shares)[:-1])) - eta[:, None])
    cells = np.diff(np.column_stack([np.zeros(eta.size), below, np.ones(eta.size)]), axis=1)
    total += (problem.counts * np.log(cells)).sum()
    for value, prior in zip(point[where.coefficients], problem.linear_priors + problem.monotonic_priors, strict=True):
        x = value / prior.scale
        if prior.family == "logistic":
            total += np.log(expit(x) * expit(-x))
        elif prior.family == "normal":
            total -= x**2 / 2
        else:
            total -= (prior.freedom + 1) / 2 * np.log(1 + x**2 / prior.freedom)
    return total


@given(
    st.integers(0, 10**6),
    st.integers(2, 6),
    st.integers(0, 3),
    st.lists(st.integers(2, 5), max_size=2),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_density_and_gradient_are_those_of_the_definition(seed, answers, columns, levels, concentration):
    problem = made(seed, 12, answers, columns, levels, simplexes=concentration, thresholds=0.7)
    posterior = posterior_of(problem)
    points = np.random.default_rng(seed).normal(size=(posterior.layout.size, 3))
    density = posterior.log_density(points)
    expected = [plain_log_density(problem, point) for point in points.T]
    assert density == pytest.approx(expected, rel=1e-9, abs=1e-9)
    slope = posterior.gradient(points)
    for place, unit in enumerate(np.eye(posterior.layout.size)):
        shift = 1e-5 * unit[:, None]
        numeric = (posterior.log_density(points + shift) - posterior.log_density(points - shift)) / 2e-5
        assert slope[place] == pytest.approx(numeric, rel=1e-5, abs=1e-6)


def test_density_far_out_is_finite_and_right():
    problem = made(1, 30, 5, 1)
    points = np.array([[300.0, -300], [-200, 10], [50, 0], [0, 400], [8, -8]])
    assert np.isfinite(posterior_of(problem).log_density(points)).all()
    assert np.isfinite(posterior_of(problem).gradient(points)).all()
    moderate = points / 40
    expected = [plain_log_density(problem, point) for point in moderate.T]
    assert posterior_of(problem).log_density(moderate) == pytest.approx(expected, rel=1e-9)


def test_patterns_may_be_split_or_joined():
    problem = made(3, 40, 4, 1, (3,))
    doubled = EngineProblem(
        counts=np.concatenate([problem.counts, np.zeros((2, 4)), problem.counts]),
        linear=np.concatenate([problem.linear, np.ones((2, 1)), problem.linear]),
        steps=(np.concatenate([problem.steps[0], np.ones((2, 2)), problem.steps[0]]),),
        linear_priors=problem.linear_priors,
        monotonic_priors=problem.monotonic_priors,
    )
    joined = EngineProblem(
        counts=2 * problem.counts,
        linear=problem.linear,
        steps=problem.steps,
        linear_priors=problem.linear_priors,
        monotonic_priors=problem.monotonic_priors,
    )
    points = np.random.default_rng(0).normal(size=(posterior_of(problem).layout.size, 5))
    assert posterior_of(doubled).log_density(points) == pytest.approx(
        posterior_of(joined).log_density(points), rel=1e-12
    )


@pytest.mark.few(1)
@pytest.mark.parametrize("concentration", [0.5, 1.0, 3.0])
def test_normal_scores_give_the_dirichlet(concentration):
    rng = np.random.default_rng(4)
    steps = simplex(rng.standard_normal((3, 40_000)), concentration)
    assert steps.sum(axis=0) == pytest.approx(1)
    for step in steps:  # each step is Beta(a, 3 a)
        ranks = np.sort(betainc(concentration, 3 * concentration, step))
        assert np.abs(ranks - (np.arange(40_000) + 0.5) / 40_000).max() < 1.95 / 200  # Kolmogorov at .001


def test_cutpoints_of_a_tiny_category_keep_their_digits():
    cuts = cutpoints(np.log(np.array([[1e-200], [0.5], [0.5], [1e-200]])))
    assert cuts.ravel() == pytest.approx([-200 * np.log(10), 0, 200 * np.log(10)])


def test_pareto_shape_is_recovered():
    rng = np.random.default_rng(7)
    for k in (-0.3, 0.2, 0.7):
        found = np.mean([pareto_fit(np.sort(np.expm1(k * rng.exponential(size=2_000)) / k))[0] for _ in range(20)])
        assert found == pytest.approx(k, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("freedom", [3.0, 8.0, 50.0])
def test_smoothing_agrees_with_arviz(freedom):
    from arviz_stats.base import array_stats

    draws = np.random.default_rng(2).standard_t(freedom, 8_000)
    logs = -0.6 * draws**2 + (freedom + 1) / 2 * np.log1p(draws**2 / freedom)
    weights, k = smooth(logs)
    theirs, their_k = array_stats.psislw(-logs)
    assert k == pytest.approx(float(their_k), abs=0.02)
    assert np.log(weights).max() == pytest.approx(float(np.max(theirs - logsumexp(theirs))), abs=0.02)


def test_weights_without_a_tail():
    weights, k = smooth(np.zeros(1_000))
    assert (k, effective_size(weights)) == (0, pytest.approx(1_000))
    assert smooth(np.full(10, -np.inf))[1] == np.inf
    assert smooth(np.where(np.arange(5_000) == 3, 0.0, -np.inf))[1] == np.inf
    assert limit_of_k(100) == pytest.approx(0.5)


@given(st.integers(0, 1_000), st.integers(1, 500))
def test_resampling_takes_each_draw_as_often_as_its_weight_says(seed, number):
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(200, 0.3))
    taken = np.bincount(resample(weights, number, rng), minlength=200)
    assert taken.sum() == number
    assert np.all(np.abs(taken - number * weights) < 1 + 1e-9)


@pytest.mark.parametrize(("count", "base"), [(35, 49), (0, 7), (7, 7), (1, 1), (20, 49)])
def test_two_answers_without_columns_are_the_rule_of_jeffreys(count, base):
    problem = EngineProblem(counts=np.array([[float(count), base - count]]), linear=np.zeros((1, 0)))
    sample = laplace(problem, draws=20_000)
    ranks = np.sort(betainc(count + 0.5, base - count + 0.5, expit(sample.thresholds[:, 0])))
    size = min(next(d.value for d in sample.diagnostics if d.name == "effective sample size"), 20_000) / 2
    assert np.abs(ranks - (np.arange(20_000) + 0.5) / 20_000).max() < 1.95 / np.sqrt(size)  # Kolmogorov at .001
    limits = np.quantile(expit(sample.thresholds[:, 0]), [0.025, 0.975])
    exact = betaincinv(count + 0.5, base - count + 0.5, [0.025, 0.975])
    assert limits == pytest.approx(exact, abs=0.012)


def binary_quadrature(first, second, prior, draws):
    """Mean, sd and limits of the log odds ratio on a grid of (cutpoint, coefficient)."""
    share = sum(first) / (sum(first) + sum(second))
    c, b = np.linspace(-7, 7, 1_201)[:, None], np.linspace(-10, 16, 1_601)[None, :]
    value = 0.5 * (-np.logaddexp(0, -c) - np.logaddexp(0, c)) + prior(b)
    for (low, high), x in ((first, 1 - share), (second, -share)):
        z = c - x * b
        value = value - low * np.logaddexp(0, -z) - high * np.logaddexp(0, z)
    weight = np.exp(value - value.max()).sum(axis=0)
    weight /= weight.sum()
    axis = b.ravel()
    mean = axis @ weight
    return mean, np.sqrt((axis - mean) ** 2 @ weight), np.interp([0.025, 0.5, 0.975], np.cumsum(weight), axis), draws


@pytest.mark.few(1)
@pytest.mark.parametrize("first", [(0, 7), (2, 5)])
@pytest.mark.parametrize("family", ["logistic", "normal"])
def test_one_binary_column_agrees_with_quadrature(first, family):
    second = (14, 28)
    density = {"logistic": lambda b: -np.logaddexp(0, b) - np.logaddexp(0, -b), "normal": lambda b: -(b**2) / 2}[family]
    mean, sd, limits, draws = binary_quadrature(first, second, density, 100_000)
    problem = EngineProblem(
        counts=np.array([first, second], dtype=float),
        linear=np.array([[42 / 49], [-7 / 49]]),
        linear_priors=(Prior(family=family),),
    )
    sample = laplace(problem, draws=draws)
    error = sd / np.sqrt(10_000)
    assert sample.linear.mean() == pytest.approx(mean, abs=4 * error)
    assert sample.linear.std() == pytest.approx(sd, rel=0.04)
    assert np.quantile(sample.linear, [0.025, 0.5, 0.975]) == pytest.approx(limits, abs=0.12 * sd)


@pytest.mark.parametrize(("rest", "limits"), [((1, 28, 10, 3, 0), (-3.02, 0.47)), ((0, 28, 10, 3, 1), (-3.95, 0.24))])
def test_awareness_of_those_under_thirty(rest, limits):
    problem = EngineProblem(
        counts=np.array([(0, 7, 0, 0, 0), rest], dtype=float),
        linear=np.array([[42 / 49], [-7 / 49]]),
        linear_priors=(Prior(),),
    )
    sample = laplace(problem, draws=100_000)
    assert np.quantile(sample.linear, [0.025, 0.975]) == pytest.approx(limits, abs=0.06)
    assert all(diagnostic.state == "pass" for diagnostic in sample.diagnostics)


def test_the_seed_decides():
    problem = made(0)
    one, same, other = laplace(problem, seed=4), laplace(problem, seed=4), laplace(problem, seed=5)
    assert np.array_equal(one.linear, same.linear)
    assert np.array_equal(one.thresholds, same.thresholds)
    assert not np.array_equal(one.linear, other.linear)
    assert laplace(problem, draws=99).linear.shape == (99, 2)


def states(sample):
    return {diagnostic.name: diagnostic.state for diagnostic in sample.diagnostics}


ONE = (Prior(),)
LINE = np.linspace(-1, 1, 40)[:, None]
HARD = {
    "nobody": EngineProblem(counts=np.zeros((1, 5)), linear=np.zeros((1, 1)), linear_priors=ONE),
    "one person": EngineProblem(counts=np.eye(5)[[2]], linear=np.zeros((1, 1)), linear_priors=ONE),
    "five people": made(5, 5, 5, 1, (4,)),
    "more columns than people": made(5, 5, 5, 12),
    "perfect separation": EngineProblem(counts=np.eye(2)[(LINE[:, 0] > 0).astype(int)], linear=LINE, linear_priors=ONE),
    "one category": EngineProblem(counts=np.array([[0.0, 20, 0], [0, 29, 0]]), linear=LINE[[0, -1]], linear_priors=ONE),
    "empty categories": EngineProblem(counts=np.eye(7)[[2] * 20 + [4] * 20], linear=LINE, linear_priors=ONE),
    "units too small": EngineProblem(counts=made(0).counts, linear=1_000 * made(0).linear[:, :1], linear_priors=ONE),
    "units too large": EngineProblem(counts=made(0).counts, linear=0.001 * made(0).linear[:, :1], linear_priors=ONE),
    "two levels": made(2, columns=1, levels=(2,)),
    "three monotonic": made(0, columns=0, levels=(4, 5, 6)),
    "nine answers": made(2, answers=9, columns=1, levels=(4,)),
    "simplexes at one half": made(1, columns=1, levels=(4,), simplexes=0.5),
}


@pytest.mark.few(3)
@pytest.mark.parametrize("name", sorted(HARD))
def test_hard_cases_are_finite_ordered_and_judged(name):
    sample = laplace(HARD[name])
    for values in (sample.thresholds, sample.linear, sample.monotonic, *sample.zetas):
        assert np.isfinite(values).all()
    assert np.all(np.diff(sample.thresholds, axis=1) >= 0)
    assert all(zeta.sum(axis=1) == pytest.approx(1) for zeta in sample.zetas)
    assert {"pareto k", "effective sample size"} <= set(states(sample))
    assert "fail" not in states(sample).values()


def test_without_data_the_posterior_is_the_prior():
    problem = EngineProblem(
        counts=np.zeros((1, 4)),
        linear=np.zeros((1, 1)),
        steps=(np.zeros((1, 2)),),
        linear_priors=ONE,
        monotonic_priors=(Prior(family="normal"),),
    )
    sample, prior = laplace(problem, draws=20_000), prior_sample(problem, draws=20_000)
    grid = np.linspace(0.05, 0.95, 19)
    for one, other in (
        (expit(sample.thresholds), expit(prior.thresholds)),
        (sample.linear, prior.linear),
        (sample.monotonic, prior.monotonic),
        (sample.zetas[0], prior.zetas[0]),
    ):
        for column in range(one.shape[1]):
            cut = np.quantile(other[:, column], grid)
            assert (one[:, column][:, None] <= cut).mean(axis=0) == pytest.approx(grid, abs=0.025)


def test_columns_that_the_data_do_not_see_are_told():
    problem = made(0)
    column = problem.linear[:, :1]
    doubled = laplace(EngineProblem(counts=problem.counts, linear=np.hstack([column, column]), linear_priors=ONE * 2))
    assert states(doubled)["collinearity"] == "warn"
    flat = laplace(EngineProblem(counts=problem.counts, linear=np.hstack([column, 0 * column]), linear_priors=ONE * 2))
    text = next(diagnostic.text for diagnostic in flat.diagnostics if diagnostic.name == "collinearity")
    assert "linear column 1;" in text
    assert flat.linear[:, 1].std() == pytest.approx(np.pi / np.sqrt(3), rel=0.06)  # the prior's
    assert "collinearity" not in states(laplace(problem))


@pytest.mark.slow
def test_a_u_shape_under_a_monotonic_effect_keeps_both_directions():
    rng = np.random.default_rng(3)
    levels = rng.integers(0, 5, 60)
    eta = np.array([2, 0, -2, 0, 2.0])[levels]
    chosen = ((eta + rng.logistic(size=60))[:, None] > np.array([-1, 0, 1.0])).sum(axis=1)
    problem = EngineProblem(
        counts=np.eye(4)[chosen], linear=np.zeros((60, 0)), steps=(steps_of(levels, 5),), monotonic_priors=ONE
    )
    sample = laplace(problem, draws=20_000)
    assert "fail" not in states(sample).values()
    # By brute force: a million draws of the prior of the simplex and of the effect, thresholds by their own sampler.
    above = float((sample.monotonic > 0).mean())
    assert above == pytest.approx(plain_probability(problem), abs=0.03)


def plain_probability(problem):
    """P(effect > 0) by importance sampling from a wide, plain proposal: no modes, no guard, no sides."""
    posterior = posterior_of(problem)
    where = posterior.layout
    rng = np.random.default_rng(0)
    cuts = laplace(problem, draws=20_000, seed=9).thresholds
    scores = np.linalg.lstsq(posterior.contrasts, np.log(shares_of(cuts)).T, rcond=None)[0]
    root = np.linalg.cholesky(np.cov(scores) * 1.5)
    number = 400_000
    points = rng.standard_normal((where.size, number))
    log_proposal = -0.5 * (points**2).sum(axis=0)
    points[where.thresholds] = scores.mean(axis=1)[:, None] + root @ points[where.thresholds]
    points[where.effects] *= 2.0
    weights, k = smooth(posterior.log_density(points) - log_proposal)
    assert k < 0.7
    assert effective_size(weights) > 2_000
    return float(weights @ (points[where.effects][0] > 0))


def shares_of(cuts):
    below = expit(cuts)
    return np.diff(np.column_stack([np.zeros(len(cuts)), below, np.ones(len(cuts))]), axis=1)


def test_a_million_people_cost_what_their_patterns_cost():
    counts = np.random.default_rng(0).multinomial(100_000, [0.1, 0.3, 0.3, 0.2, 0.1], size=10).astype(float)
    levels = np.arange(10) % 5
    problem = EngineProblem(
        counts=counts,
        linear=np.linspace(-1, 1, 10)[:, None],
        steps=(steps_of(levels, 5),),
        linear_priors=ONE,
        monotonic_priors=ONE,
    )
    sample = laplace(problem)
    assert "fail" not in states(sample).values()
    assert expit(sample.thresholds).mean(axis=0) == pytest.approx([0.1, 0.4, 0.7, 0.9], abs=0.002)
    assert np.abs(sample.monotonic).max() < 0.1


def test_draws_are_checked():
    with pytest.raises(InputError, match="draws"):
        laplace(made(0), draws=0)


def test_a_failed_fit_is_handed_on_and_says_so(monkeypatch):
    bad = Diagnostic(name="pareto k", value=0.9, state="fail", text="0.90: too heavy.")
    good = Diagnostic(name="R-hat", value=1.0, state="pass", text="Chains agree.")
    empty = {"linear": np.empty((1, 0)), "monotonic": np.empty((1, 0)), "zetas": (), "thresholds": np.zeros((1, 1))}
    monkeypatch.setattr(module, "laplace", lambda *_, **__: Sample(**empty, diagnostics=(bad,), engine="laplace"))
    from csea_stats.regression.engines import nuts, slices

    stuck = replace(bad, name="memory of the start", text="0.90 is remembered.")
    monkeypatch.setattr(slices, "slices", lambda *_, **__: Sample(**empty, diagnostics=(stuck,), engine="slice"))
    monkeypatch.setattr(nuts, "nuts", lambda *_, **__: Sample(**empty, diagnostics=(good,), engine="nuts"))
    problem = made(0)
    fallen = engines.sample(problem)
    assert fallen.engine == "nuts"
    assert [(d.name, d.state) for d in fallen.diagnostics] == [("fallback", "warn"), ("R-hat", "pass")]
    assert "Slice sampling failed (0.90 is remembered.)" in fallen.diagnostics[0].text
    assert engines.quick(problem).diagnostics[1:] == (stuck,)
    assert "0.90: too heavy." in engines.quick(problem).diagnostics[0].text
    assert engines.sample(problem, engine="laplace").diagnostics == (bad,)
    assert engines.sample(problem, engine="nuts").diagnostics == (good,)
    with pytest.raises(InputError, match="engine"):
        engines.sample(problem, engine="gibbs")


def test_a_heavy_tail_fails():
    told = module._diagnostics(0.8, 9_000.0, 9_000.0, 16_000)
    assert [diagnostic.state for diagnostic in told] == ["fail", "pass"]
    assert [d.state for d in module._diagnostics(0.6, 9_000.0, 900.0, 16_000)] == ["warn", "fail"]
    assert [d.state for d in module._diagnostics(np.nan, 2_000.0, 9_000.0, 16_000)] == ["fail", "warn"]
