"""Chains of elliptical slice sampling: against exact posteriors, other engines, and densities they cannot cross."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from csea_stats.errors import InputError
from csea_stats.regression import engines
from csea_stats.regression.engines import quick, sample, slices
from csea_stats.regression.engines.conditional import ConditionalDensity
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.likelihood import simplex
from csea_stats.regression.engines.nested import nested
from csea_stats.regression.engines.prior_densities import log_spreads
from csea_stats.regression.engines.weights import Draws, batches
from csea_stats.regression.problem import Diagnostic, EngineProblem, Prior, Spread, SpreadPrior

PROBABILITIES = (0.025, 0.25, 0.5, 0.75, 0.975)


def flat(counts=((6.0, 9.0, 3.0), (1.0, 8.0, 7.0))):
    linear = np.array([[-0.5], [0.5]])[: len(counts)]
    return EngineProblem(counts=np.array(counts), linear=linear, linear_priors=(Prior(),))


def grouped(counts, spread=SpreadPrior()):  # noqa: B008 - frozen
    groups = np.arange(len(counts))[:, None]
    return EngineProblem(
        counts=np.array(counts, float),
        linear=np.empty((len(counts), 0)),
        spreads=(Spread(members=len(counts), place=groups, value=np.ones(groups.shape), prior=spread),),
    )


HEAVY = ((5, 2, 0, 0, 0), (5, 1, 2, 0, 1), (0, 2, 5, 0, 2), (0, 0, 4, 0, 2), (2, 2, 8, 0, 0), (1, 0, 5, 0, 0))
"""An answer that nobody gave: the weights of nested draws have a heavy tail."""


def apart(one, other, name):
    """Largest distance of quantiles, in simulation errors."""
    parts = max(other.replicates, batches(other.chains, len(other.thresholds)))
    columns = zip(getattr(one, name).T, getattr(other, name).T, strict=True)
    pairs = [(Draws(first, None, one.replicates), Draws(second, None, parts)) for first, second in columns]
    return max(
        abs(first.quantile(p) - second.quantile(p)) / np.hypot(first.error(p), second.error(p))
        for first, second in pairs
        for p in PROBABILITIES
    )


def off(found, values, exact):
    """Largest distance of the shares of draws below exact quantiles, in simulation errors."""
    draws = Draws(values, None, found.replicates)
    pairs = zip(exact, PROBABILITIES, strict=True)
    return max(abs(float(np.mean(values <= end)) - p) / draws.spread(float(end), p) for end, p in pairs)


AGREE = 4.5
"""Simulation errors by which of some tens of quantiles none differs by chance."""


def test_without_predictors_the_shares_are_dirichlet():
    problem = EngineProblem(counts=np.array([[14.0, 3.0, 0.0, 32.0]]), linear=np.zeros((1, 0)))
    found = slices.slices(problem, draws=16_000)
    assert all(one.state == "pass" for one in found.diagnostics)
    below = 1 / (1 + np.exp(-found.thresholds))
    for cut, (x, n) in enumerate(((14, 49), (17, 49), (17, 49))):
        a, b = x + 0.5 * (cut + 1), n - x + 0.5 * (3 - cut)
        assert off(found, below[:, cut], stats.beta(a, b).ppf(PROBABILITIES)) < AGREE


@pytest.mark.parametrize("groups", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_chains_agree_with_importance_sampling(groups):
    problem = grouped(((4, 8, 3), (9, 4, 1), (2, 5, 8), (6, 6, 3), (3, 3, 4))) if groups else flat()
    ours, theirs = slices.slices(problem, draws=16_000), (nested if groups else laplace)(problem, draws=16_000)
    assert all(one.state != "fail" for one in (*ours.diagnostics, *theirs.diagnostics))
    assert all(apart(ours, theirs, name) < AGREE for name in ("thresholds", "sds" if groups else "linear"))


def test_chains_find_the_posterior_from_afar(monkeypatch):
    problem = flat()
    ours = slices._Flat.start
    monkeypatch.setattr(slices._Flat, "start", lambda self, number, rng: 3 * ours(self, number, rng) + 2)
    found = slices.slices(problem, draws=16_000)
    assert all(one.state == "pass" for one in found.diagnostics)
    assert apart(found, laplace(problem, draws=16_000), "linear") < AGREE


@pytest.mark.parametrize(
    "family", ["half-normal", *(pytest.param(one, marks=pytest.mark.slow) for one in ("exponential", "half-student-t"))]
)
def test_with_no_answers_a_spread_has_its_prior(family):
    prior = SpreadPrior(family=family, scale=0.7)
    found = slices.slices(grouped(np.zeros((4, 3)), prior), draws=16_000)
    normal = stats.norm.ppf(PROBABILITIES)
    assert off(found, found.sds[:, 0], np.exp(log_spreads(prior, normal))) < AGREE
    assert all(off(found, scores, normal) < AGREE for scores in (found.effects[0] / found.sds).T)


def test_where_the_weights_fail_chains_take_over():
    found = sample(grouped(HEAVY))
    assert found.engine == "slice"
    assert [one.state for one in found.diagnostics] == ["pass"] * 3
    assert "too heavy a tail" in found.diagnostics[0].text


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_where_the_weights_fail_chains_agree_with_nuts():
    problem = grouped(HEAVY)
    ours, theirs = slices.slices(problem, draws=32_000), sample(problem, engine="nuts", seed=3)
    assert all(one.state == "pass" for one in (*ours.diagnostics, *theirs.diagnostics))
    assert all(apart(ours, theirs, name) < AGREE for name in ("thresholds", "sds"))


def test_two_parts_that_no_chain_crosses_are_told():
    class Apart:
        def log_density(self, points):
            return np.logaddexp(-np.square(points - 40).sum(axis=0) / 2, -np.square(points + 40).sum(axis=0) / 2)

        def moved(self, points, heights, _):
            return points, heights

    rng = np.random.default_rng(1)
    points = rng.standard_normal((2, slices.CHAINS)) + 40 * rng.choice([-1.0, 1.0], slices.CHAINS)
    heights, first = Apart().log_density(points), slices._ranks(points)
    for _ in range(16):
        points, heights = slices._step(Apart(), points, heights, rng)
    assert slices._memory(first, slices._ranks(points)) > slices.FORGOTTEN


def test_chains_that_remember_their_starts_fail(monkeypatch):
    monkeypatch.setattr(slices, "_step", lambda _, points, heights, __: (points, heights))
    found = slices.slices(flat())
    assert {one.name: one.state for one in found.diagnostics}["memory of the start"] == "fail"


@pytest.mark.parametrize("family", ["half-normal", "exponential", "half-student-t"])
def test_scores_of_spreads_and_steps_are_found_again(family):
    scores = np.linspace(-6, 6, 41)
    prior = SpreadPrior(family=family, scale=0.4)
    assert slices.score_of_spread(prior, np.exp(log_spreads(prior, scores))) == pytest.approx(scores, abs=1e-6)
    several = np.random.default_rng(1).standard_normal((3, 50))
    for concentration in (0.5, 1.0, 3.0):
        again = slices.scores_of_steps(simplex(several, concentration), concentration)
        assert again == pytest.approx(several, abs=1e-6)


def test_a_chain_starts_at_the_draws_of_the_weights():
    problem = grouped(((4, 8, 3), (9, 4, 1), (2, 5, 8)))
    rng = np.random.default_rng(5)
    space = slices._Grouped(problem)
    points = space.start(200, rng)
    drawn = nested(problem, draws=200, seed=int(np.random.default_rng(5).integers(2**31)))
    again = space.sample(points)
    for name in ("thresholds", "sds"):
        assert getattr(again, name) == pytest.approx(getattr(drawn, name), abs=1e-6)
    assert again.effects[0] == pytest.approx(drawn.effects[0], abs=1e-6)
    assert isinstance(space.density, ConditionalDensity)


@pytest.mark.parametrize(
    ("asked", "given"), [(1, 1), (300, 300), (1_200, 1_200), (8_000, 8_000), (8_001, 8_001), (8_002, 8_010)]
)
def test_as_many_draws_as_are_asked_for(asked, given):
    found = slices.slices(EngineProblem(counts=np.array([[4.0, 5.0]]), linear=np.zeros((1, 0))), draws=asked)
    assert len(found.thresholds) == given
    assert given % found.replicates == 0


def test_a_seed_gives_the_same_draws_and_draws_are_checked():
    first, second, other = (slices.slices(flat(), draws=10, seed=seed).linear.tolist() for seed in (1, 1, 2))
    assert first == second != other
    with pytest.raises(InputError, match="draws"):
        slices.slices(flat(), draws=0)


def test_nuts_is_what_is_left(monkeypatch):
    bad = Diagnostic(name="memory of the start", value=0.9, state="fail", text="0.90.")
    good = Diagnostic(name="R-hat", value=1.0, state="pass", text="Chains agree.")
    problem = flat()
    ours = replace(laplace(problem), diagnostics=(bad,))
    monkeypatch.setattr(engines, "_weighted", lambda *_: ours)
    monkeypatch.setattr(engines, "_slices", lambda *_: replace(ours, engine="slice"))
    monkeypatch.setattr(engines, "_chains", lambda *_: replace(ours, engine="nuts", diagnostics=(good,)))
    assert [(one.name, one.state) for one in sample(problem).diagnostics] == [("fallback", "warn"), ("R-hat", "pass")]
    assert quick(problem).diagnostics[-1] == bad
