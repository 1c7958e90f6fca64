"""Penalised marginal likelihood of group effects: a limit, quadrature, an independent maximum, coverage."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from csea_stats.errors import InputError
from csea_stats.regression.engines.marginal import GroupLikelihood, averaged_fit
from csea_stats.regression.problem import EngineProblem, Prior, Spread
from csea_stats.regression.profiles import Likelihood, Region


def made(rng, *, groups=8, people=96, answers=2, slope=0.8, sd=0.7, slopes=False):
    """People in groups with a number; two answers, or ordered ones."""
    group, number = np.arange(people) % groups, rng.normal(size=people)
    number -= number.mean()
    latent = slope * number + sd * rng.normal(size=groups)[group] + rng.logistic(size=people)
    answer = (latent[:, None] > np.linspace(-1, 1, answers - 1)).sum(axis=1) if answers > 2 else (latent > 0) * 1
    spreads = [Spread(members=groups, place=group[:, None], value=np.ones((people, 1)))]
    if slopes:
        spreads.append(Spread(members=groups, place=group[:, None], value=number[:, None]))
    levels = {"item": np.zeros(people, dtype=int), "items": 1} if answers == 2 else {}
    return EngineProblem(
        family="bernoulli" if answers == 2 else "cumulative",
        counts=np.eye(answers)[answer],
        linear=number[:, None],
        linear_priors=(Prior(),),
        spreads=tuple(spreads),
        **levels,
    )


@pytest.mark.parametrize("answers", [2, 4])
def test_without_a_spread_it_is_the_likelihood_without_groups(answers):
    problem = made(np.random.default_rng(1), answers=answers, slopes=True)
    plain = Likelihood(EngineProblem(counts=problem.counts, linear=problem.linear, linear_priors=(Prior(),)), "log-f")
    point = np.array([-0.4, *[0.1] * (answers - 2), 0.6])
    found = GroupLikelihood(problem).value(np.array([*point, -30.0, -30.0]))
    assert found + 60 == pytest.approx(plain.value(point), rel=1e-10)  # the penalty of either spread is its logarithm


def by_quadrature(problem, point):
    """The same of two answers and levels alone, each group's effect integrated on a grid of its own."""
    threshold, slope, log_sd = point
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    group, yes = problem.spreads[0].place[:, 0], problem.counts[:, 1] == 1
    eta = -threshold + slope * problem.linear[:, 0]
    total = log_expit(slope) - slope / 2 + log_sd
    for one in range(problem.spreads[0].members):
        own = eta[group == one][:, None] + np.exp(log_sd) * nodes
        likelihood = np.where(yes[group == one][:, None], expit(own), expit(-own)).prod(axis=0)
        total += np.log(likelihood @ weights / weights.sum())
    return total


@pytest.mark.slow
def test_the_normal_approximation_is_near_quadrature_and_has_its_maximum():
    problem = made(np.random.default_rng(2))
    likelihood = GroupLikelihood(problem)
    for point in ([0.2, 0.5, -0.3], [-0.5, 1.5, 0.3], [0.0, 0.0, -1.5]):
        assert likelihood.value(np.array(point)) == pytest.approx(by_quadrature(problem, point), abs=0.1)
    exact = minimize(lambda x: -by_quadrature(problem, x), [0.0, 0.5, -0.7], method="Nelder-Mead")
    fitted = averaged_fit(problem)
    assert [*fitted.thresholds, *fitted.linear] == pytest.approx([*exact.x[:2], np.exp(exact.x[2])], abs=0.03)
    unpenalised = by_quadrature(problem, [fitted.thresholds[0], fitted.linear[0], np.log(fitted.linear[1])])
    penalty = log_expit(fitted.linear[0]) - fitted.linear[0] / 2 + np.log(fitted.linear[1])
    assert fitted.log_likelihood == pytest.approx(unpenalised - penalty, abs=0.1)


@pytest.mark.slow
def test_limits_are_where_the_profile_by_quadrature_falls_off():
    problem = made(np.random.default_rng(3))
    fitted = averaged_fit(problem)
    likelihood = GroupLikelihood(problem)
    region = Region.of(likelihood, likelihood.start(fitted.thresholds, fitted.linear), 0.95)
    low, high = region.ends(*[lambda _, linear: linear[:, 0]] * 2)
    best = -minimize(lambda x: -by_quadrature(problem, x), [0.0, 0.5, -0.7], method="Nelder-Mead").fun
    for end in (low, high):
        profile = minimize(lambda x, at=end: -by_quadrature(problem, [x[0], at, x[1]]), [0, -0.7], method="Nelder-Mead")
        assert 2 * (best + profile.fun) == pytest.approx(3.841, abs=0.15)


def test_what_has_no_such_fit():
    problem = made(np.random.default_rng(1), answers=3)
    alike = np.zeros_like(problem.counts)
    alike[:, 1] = 1
    steps = np.zeros((96, 2))
    for wrong in ({"counts": alike}, {"steps": (steps,), "monotonic_priors": (Prior(),)}):
        with pytest.raises(InputError, match="allowed is one question"):
            averaged_fit(EngineProblem(**{**{n: getattr(problem, n) for n in problem.__slots__}, **wrong}))


@pytest.mark.sizes("sets", slow=40, long=300)
@pytest.mark.parametrize("answers", [2, 4])
def test_coverage_of_a_slope_and_a_spread(answers, sets):
    """Of so many sets with eight groups; .95 less four standard errors at least."""
    held = np.zeros(2)
    for seed in range(sets):
        problem = made(np.random.default_rng(seed), answers=answers)
        fitted = averaged_fit(problem)
        likelihood = GroupLikelihood(problem)
        region = Region.of(likelihood, likelihood.start(fitted.thresholds, fitted.linear), 0.95)
        told = (lambda _, linear: linear[:, 0], lambda _, linear: np.log(linear[:, 1]))
        for place, truth in enumerate((0.8, np.log(0.7))):
            low, high = region.ends(told[place], told[place]) or (np.nan, np.nan)  # a failed search holds nothing
            held[place] += low <= truth <= high
    assert np.all(held / sets > 0.95 - 4 * np.sqrt(0.95 * 0.05 / sets))
