"""Multinomial, adjacent-category and continuation-ratio models against identities, brute force and statsmodels."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from csea_stats.regression.densities import log_priors, prior_sample
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.links import CumulativeLink, link_of
from csea_stats.regression.engines.objectives import OBJECTIVES
from csea_stats.regression.engines.penalised import profile
from csea_stats.regression.engines.prior_densities import alike_log_density, drawn_alike, log_density
from csea_stats.regression.problem import EngineProblem, Prior

OTHER = ("multinomial", "adjacent", "continuation")
PRIORS = (Prior(), Prior(family="normal", scale=1.5), Prior(family="student-t", scale=2.0))


def problem(family, *, answers=4, patterns=9, columns=2, seed=0, prior=PRIORS[0], steps=False):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=(patterns, columns))
    dummies = (np.arange(patterns)[:, None] % 4 >= np.arange(1, 4)).astype(float)
    return EngineProblem(
        counts=rng.poisson(2.0, (patterns, answers)).astype(float),
        linear=linear,
        linear_priors=(prior,) * columns,
        steps=(dummies - dummies.mean(axis=0),) if steps else (),
        monotonic_priors=(prior,) if steps else (),
        family=family,
    )


def naive_shares(family, shares, eta):
    """P(answer) of one pattern, written from the textbook; eta is one number, or one for each answer but the first."""
    if family == "multinomial":
        weights = shares * np.exp(np.concatenate([[0.0], np.atleast_1d(eta)]))
        return weights / weights.sum()
    if family == "adjacent":
        odds = shares[1:] / shares[:-1] * np.exp(eta)
        whole = np.cumprod(np.concatenate([[1.0], odds]))
        return whole / whole.sum()
    left, found = 1.0, []
    for k in range(len(shares) - 1):
        stop = special.expit(np.log(shares[k] / shares[k + 1 :].sum()) - eta)
        found.append(left * stop)
        left *= 1 - stop
    return np.array([*found, left])


@pytest.mark.parametrize("family", OTHER)
@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.family)
def test_the_gradient_is_that_of_the_density(family, prior):
    posterior = posterior_of(problem(family, prior=prior, steps=True))
    size, h = posterior.layout.size, 1e-6
    points = np.random.default_rng(1).normal(size=(size, 2))
    moves = h * np.eye(size)[:, :, None]
    slopes = [
        (posterior.log_density(points + move) - posterior.log_density(points - move)) / (2 * h)
        for move in moves.transpose(1, 0, 2)
    ]
    assert posterior.gradient(points) == pytest.approx(np.array(slopes), abs=1e-6)


@pytest.mark.parametrize("family", OTHER)
def test_the_density_is_the_naive_one(family):
    given = problem(family, columns=1)
    posterior = posterior_of(given)
    points = np.random.default_rng(2).normal(size=(posterior.layout.size, 4))
    expected = []
    for point in points.T:
        shares = special.softmax(posterior.contrasts @ point[: given.answers - 1])
        slopes = point[given.answers - 1 :]
        total = 0.5 * np.log(shares).sum() + alike_log_density(PRIORS[0], slopes[:, None])[0]
        for row, x in zip(given.counts, given.linear[:, 0], strict=True):
            eta = x * slopes if family == "multinomial" else x * slopes[0]
            total += row @ np.log(naive_shares(family, shares, eta))
        expected.append(total)
    found = posterior.log_density(points)
    assert np.diff(found) == pytest.approx(np.diff(expected), abs=1e-9)


@pytest.mark.parametrize("family", OTHER)
def test_of_two_answers_all_are_the_logistic_model(family):
    two = problem(family, answers=2, steps=True)
    posterior, logistic = posterior_of(two), posterior_of(replace(two, family="bernoulli"))
    points = np.random.default_rng(3).normal(size=(posterior.layout.size, 5))
    difference = posterior.log_density(points) - logistic.log_density(points)
    assert difference == pytest.approx(difference[0])  # constants
    assert posterior.gradient(points) == pytest.approx(logistic.gradient(points), abs=1e-9)
    straight = replace(two, steps=(), monotonic_priors=())
    one, other = profile(straight), profile(replace(straight, family="bernoulli"))
    assert one.linear == pytest.approx(other.linear, abs=1e-7)
    assert [limits.upper for limits in one.limits] == pytest.approx([limits.upper for limits in other.limits], abs=1e-6)


@pytest.mark.parametrize("family", OTHER)
def test_without_predictors_the_posterior_is_dirichlet(family):
    counts = np.array([[3.0, 0.0, 17.0, 2.0]])
    sample = laplace(EngineProblem(counts=counts, linear=np.zeros((1, 0)), family=family))
    shares = np.exp(
        link_of(EngineProblem(counts=counts, linear=np.zeros((1, 0)), family=family)).log_shares(sample.thresholds)
    )
    exact = stats.dirichlet(counts[0] + 0.5)
    assert shares.mean(axis=0) == pytest.approx(exact.mean(), abs=4 * np.sqrt(exact.var().max() / 4_000))
    tails = stats.beta(17.5, 6.5).ppf([0.025, 0.975])
    assert np.quantile(shares[:, 2], [0.025, 0.975]) == pytest.approx(tails, abs=0.012)


@pytest.mark.parametrize("family", OTHER)
def test_links_come_back_from_their_thresholds(family):
    logs = special.log_softmax(np.random.default_rng(4).normal(size=(4, 6)), axis=0)
    link = link_of(problem(family))
    assert link.log_shares(link.levels(logs).T) == pytest.approx(logs.T)
    eta = np.random.default_rng(5).normal(size=(6, 3, 3) if family == "multinomial" else (6, 3))
    found = np.exp(link.log_answers(link.levels(logs).T, eta))
    expected = [[naive_shares(family, np.exp(logs[:, s]), eta[s, g]) for g in range(3)] for s in range(6)]
    assert found == pytest.approx(np.array(expected))
    assert link.event(link.levels(logs).T, eta, 1, 2) == pytest.approx(np.array(expected)[:, :, 1:3].sum(axis=2))


# ---------------------------------------------------------------- the prior that knows no reference


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.family)
def test_the_prior_of_a_multinomial_model_knows_no_reference(prior):
    values = np.random.default_rng(6).normal(size=(3, 8))
    whole = np.concatenate([np.zeros((1, 8)), values])
    moved = whole[[2, 0, 3, 1]]
    again = moved[1:] - moved[0]
    assert alike_log_density(prior, again) == pytest.approx(alike_log_density(prior, values))  # Jacobian 1
    assert alike_log_density(prior, -values) == pytest.approx(alike_log_density(prior, values))


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.family)
def test_each_log_odds_ratio_of_two_answers_has_the_stated_prior(prior):
    for at in (-2.0, 0.4):
        whole = integrate.quad(
            lambda y, at=at: np.exp(alike_log_density(prior, np.array([[at], [y]]))[0]), -60, 60, points=[at, 0]
        )[0]
        assert whole == pytest.approx(np.exp(log_density(prior, np.array([at]))[0]), rel=1e-5)
    drawn = drawn_alike(prior, 4_000, 3, np.random.default_rng(7))
    law = {"logistic": stats.logistic(), "normal": stats.norm(0, 1.5), "student-t": stats.t(3, 0, 2)}[prior.family]
    for values in (drawn[:, 1], drawn[:, 2] - drawn[:, 0]):
        assert stats.kstest(values, law.cdf).pvalue > 1e-4


@pytest.mark.parametrize("family", OTHER)
def test_the_log_prior_of_a_sample_is_that_of_the_engine(family):
    given = problem(family, steps=True)
    none = replace(given, counts=np.zeros_like(given.counts))
    posterior = posterior_of(none)
    points = np.random.default_rng(8).normal(size=(posterior.layout.size, 6))
    sample = posterior.unpack(points)
    # The engine's scale has the Jacobian of the softmax, and normal scores for the steps
    shares = link_of(given).log_shares(sample.thresholds).sum(axis=1)
    steps = -0.5 * np.square(points[posterior.layout.simplexes[0]]).sum(axis=0)
    parts = {name: value for name, value in log_priors(given, sample).items() if "simplex" not in name}
    total = shares + sum(parts.values()) + steps
    assert np.diff(posterior.log_density(points)) == pytest.approx(np.diff(total), abs=1e-6)


@pytest.mark.few(1)
@pytest.mark.parametrize("family", OTHER)
def test_the_posterior_is_the_prior_weighted_by_the_likelihood(family):
    x, counts = np.array([-0.6, 0.4]), np.array([[3.0, 5.0, 1.0], [1.0, 6.0, 6.0]])
    given = EngineProblem(counts=counts, linear=x[:, None], linear_priors=(PRIORS[0],), family=family)
    sample = laplace(given)
    before = prior_sample(given, draws=200_000, seed=9)
    slopes = before.linear[:, None, :] if family == "multinomial" else before.linear[:, :1]
    eta = x[None, :, None] * slopes if family == "multinomial" else x[None, :] * slopes
    logs = (link_of(given).log_answers(before.thresholds, eta) * counts).sum(axis=(1, 2))
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    means = weights @ before.linear
    sds = np.sqrt(weights @ (before.linear - means) ** 2)
    error = sds * np.sqrt(np.square(weights).sum() + 1 / 4_000)
    assert np.all(np.abs(sample.linear.mean(axis=0) - means) < 4 * error)
    assert sample.linear.std(axis=0) == pytest.approx(sds, rel=0.08)


# ---------------------------------------------------------------- the frequentist neighbours


@pytest.mark.parametrize("family", OTHER)
@pytest.mark.parametrize("penalised", [True, False])
def test_derivatives_of_the_objective(family, penalised):
    objective = OBJECTIVES[family](problem=problem(family), penalised=penalised)
    point = np.random.default_rng(10).normal(size=objective.start().size) / 2
    _, slope, information = objective(point)
    moves = 1e-6 * np.eye(point.size)
    near = [(objective(point + move), objective(point - move)) for move in moves]
    assert slope == pytest.approx([(up[0] - down[0]) / 2e-6 for up, down in near], abs=1e-6)
    assert information == pytest.approx(-np.array([(up[1] - down[1]) / 2e-6 for up, down in near]), abs=1e-6)
    thresholds, linear = objective.wholes(point[None])
    assert objective.point(thresholds[0], linear[0]) == pytest.approx(point)


def rows(given):
    pattern, answer = np.nonzero(given.counts)
    repeated = np.repeat(np.stack([pattern, answer]), given.counts[pattern, answer].astype(int), axis=1)
    return given.linear[repeated[0]], repeated[1]


@pytest.mark.slow
def test_multinomial_is_that_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    given = problem("multinomial", patterns=12)
    columns, answers = rows(given)
    other = sm.MNLogit(answers, sm.add_constant(columns)).fit(disp=0, tol=1e-12, maxiter=200)
    found = profile(given, method="ml")
    assert found.linear.reshape(2, 3) == pytest.approx(other.params[1:], abs=1e-6)
    assert found.thresholds == pytest.approx(other.params[0], abs=1e-6)
    assert found.log_likelihood == pytest.approx(other.llf)


@pytest.mark.slow
def test_adjacent_is_the_loglinear_model_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    given = problem("adjacent")
    patterns, answers = given.counts.shape
    pattern, answer = np.eye(patterns).repeat(answers, axis=0), np.tile(np.eye(answers)[:, 1:], (patterns, 1))
    score = given.linear.repeat(answers, axis=0) * np.tile(np.arange(answers), patterns)[:, None]
    kept = given.counts.sum(axis=1).repeat(answers) > 0
    columns = np.concatenate([pattern, answer, score], axis=1)[kept]
    other = sm.GLM(given.counts.ravel()[kept], columns, family=sm.families.Poisson()).fit(tol=1e-12)
    assert profile(given, method="ml").linear == pytest.approx(other.params[-2:], abs=1e-6)


@pytest.mark.slow
def test_continuation_is_a_logistic_regression_of_stages():
    sm = pytest.importorskip("statsmodels.api")
    given = problem("continuation")
    columns, answers = rows(given)
    stages = [(k, x, float(a > k)) for x, a in zip(columns, answers, strict=True) for k in range(min(a + 1, 3))]
    design = np.array([[*np.eye(3)[k], *x] for k, x, _ in stages])
    other = sm.GLM([later for _, _, later in stages], design, family=sm.families.Binomial()).fit(tol=1e-12)
    found = profile(given, method="ml")
    assert found.linear == pytest.approx(other.params[3:], abs=1e-6)
    assert -found.thresholds == pytest.approx(other.params[:3], abs=1e-6)
    assert found.log_likelihood == pytest.approx(other.llf)


@pytest.mark.parametrize("family", OTHER)
def test_limits_are_where_the_profile_falls_to_its_cut(family):
    given = problem(family, columns=1, answers=3)
    found = profile(given)
    objective = OBJECTIVES[family](problem=given, penalised=True)
    cut = objective(objective.point(found.thresholds, found.linear))[0] - stats.chi2.ppf(0.95, 1) / 2
    place = objective.cuts
    for end in (found.limits[0].lower, found.limits[0].upper):
        free = [i for i in range(objective.start().size) if i != place]

        def lost(rest, end=end, free=free):
            point = np.zeros(len(free) + 1)
            point[free], point[place] = rest, end
            return -objective(point)[0]

        best = optimize.minimize(lost, np.zeros(len(free)), method="BFGS", options={"gtol": 1e-9})
        assert -best.fun == pytest.approx(cut, abs=1e-6)


@pytest.mark.parametrize("family", OTHER)
def test_an_answer_nobody_gave_and_separation(family):
    counts = np.array([[0.0, 7.0, 0.0, 0.0], [14.0, 28.0, 0.0, 3.0]])
    if family == "multinomial":  # the design puts it last
        counts = counts[:, [1, 0, 3, 2]]
    given = EngineProblem(counts=counts, linear=np.array([[6 / 7], [-1 / 7]]), linear_priors=(Prior(),), family=family)
    found = profile(given)
    used = [limits for limits in found.limits if np.isfinite(limits.value)]
    assert len(used) == (2 if family == "multinomial" else 1)
    assert all(limits.lower < limits.value < limits.upper for limits in used)
    shares = np.exp(link_of(given).log_shares(found.thresholds[None])[0])
    assert shares[counts.sum(axis=0) == 0] == pytest.approx(0, abs=1e-30)
    if family == "multinomial":  # nobody of the first group gave two of the answers
        with pytest.raises(Exception, match="separated"):
            profile(given, method="ml")
        assert found.diagnostics[0].state == "warn"


@pytest.mark.parametrize("answers", [2, 3, 6])
def test_single_answers_are_those_of_all(answers):
    """Also where two cuts are one, so that nobody can answer between them, and far out in the tails."""
    rng = np.random.default_rng(answers)
    link = CumulativeLink(answers=answers)
    levels, eta = np.sort(3 * rng.normal(size=(20, answers - 1)), axis=1), 5 * rng.normal(size=(20, 7))
    levels[0, -1], eta[0, 0], eta[1, 0] = levels[0, 0], 900, -900
    patterns, given = rng.integers(0, 7, 50), rng.integers(0, answers, 50)
    found = link.log_cells(levels, eta, patterns, given)
    assert np.array_equal(found, link.log_answers(levels, eta)[:, patterns, given])
