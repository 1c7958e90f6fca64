"""The independent sampler: the same density, and the same answers, as the importance sampler."""

import numpy as np
import pytest
from scipy.stats import norm

from csea_stats.errors import InputError
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.problem import EngineProblem, Prior

pytestmark = pytest.mark.slow


def steps_of(levels, number):
    raised = (np.asarray(levels)[:, None] >= np.arange(1, number)).astype(float)
    return raised - raised.mean(axis=0)


ONE = (Prior(),)


def made(seed, *, people=49, answers=5, levels=(4,), priors=ONE):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=(people, len(priors)))
    linear -= linear.mean(axis=0)
    steps = tuple(steps_of(rng.integers(0, number, people), number) for number in levels)
    eta = linear @ np.full(len(priors), 0.7) + sum(0.8 * step.mean(axis=1) for step in steps)
    chosen = ((eta + rng.logistic(size=people))[:, None] > np.linspace(-1.5, 1.5, answers - 1)).sum(axis=1)
    return EngineProblem(
        counts=np.eye(answers)[chosen],
        linear=linear,
        steps=steps,
        linear_priors=priors,
        monotonic_priors=(Prior(),) * len(levels),
    )


UNDER_THIRTY = EngineProblem(
    counts=np.array([[0.0, 7, 0, 0, 0], [0, 28, 10, 3, 1]]),
    linear=np.array([[42 / 49], [-7 / 49]]),
    linear_priors=(Prior(),),
)


@pytest.mark.parametrize(
    "problem",
    [
        made(1),
        UNDER_THIRTY,
        made(3, answers=2, levels=(2,), priors=(Prior(family="normal", scale=1.5), Prior(family="student-t"))),
    ],
    ids=["monotonic", "empty category", "two answers"],
)
def test_both_engines_agree(problem):
    from csea_stats.regression.engines.nuts import nuts

    far = nuts(problem, draws=2_000)
    near = laplace(problem, draws=20_000)
    assert [diagnostic.state for diagnostic in far.diagnostics[:2]] == ["pass", "pass"]
    assert far.diagnostics[2].state != "fail"
    assert far.chains == 4
    assert dict(far.versions).keys() == {"nutpie", "pymc"}
    size = next(diagnostic.value for diagnostic in far.diagnostics if diagnostic.name == "effective sample size")
    pairs = [(far.linear, near.linear), (far.monotonic, near.monotonic), *zip(far.zetas, near.zetas, strict=True)]
    columns = sum(one.shape[1] for one, _ in pairs) + far.thresholds.shape[1]
    bound = norm.ppf(1 - 0.0005 / columns)
    pairs.append((1 / (1 + np.exp(-far.thresholds)), 1 / (1 + np.exp(-near.thresholds))))
    for one, other in pairs:
        error = other.std(axis=0) * np.sqrt(1 / size + 1 / 6_000)
        assert np.all(np.abs(one.mean(axis=0) - other.mean(axis=0)) <= bound * error)
        for level in (0.025, 0.5, 0.975):
            share = (one <= np.quantile(other, level, axis=0)).mean(axis=0)
            assert (
                np.all(np.abs(share - level) < bound * np.sqrt(level * (1 - level) * (1 / size + 1 / 6_000)) + 1e-9)
                or (np.ptp(other, axis=0) == 0).all()
            )


def test_shares_that_nobody_gave_are_drawn_as_fast_as_others():
    """On the log scale the worst was worth 500 of 4,000 draws, and a fifth of the fits of such answers failed."""
    from csea_stats.regression.engines.nuts import nuts

    empty = EngineProblem(
        counts=np.array([[18.0, 0, 8, 11, 12]]), linear=np.zeros((1, 1)), linear_priors=(Prior(scale=0.5),)
    )
    found = {one.name: one for one in nuts(empty, seed=6).diagnostics}
    assert {one.state for one in found.values()} == {"pass"}
    assert found["effective sample size"].value > 1_000


def test_stretched_variables_have_the_gamma_distribution():
    """Each density over its free variable, the slope included, integrates to the Gamma function."""
    import pymc
    from scipy.integrate import trapezoid
    from scipy.special import gamma

    from csea_stats.regression.engines.nuts import _stretched

    grid = np.linspace(-14, 6, 4001)
    for alpha in (0.2, 0.5, 3.0):
        with pymc.Model() as model:
            _stretched(np.array([alpha]))
        (free,), (potential,) = model.free_RVs, model.potentials
        density = [np.exp(potential.eval({free: np.array([at])})) for at in grid[::20]]
        assert trapezoid(density, grid[::20]) == pytest.approx(gamma(alpha), rel=1e-4)


def test_the_model_has_the_likelihood_of_the_definition():
    from csea_stats.regression.engines.nuts import pymc_model

    problem = made(2)
    model = pymc_model(problem, linear=["per(experience, 5)"], monotonic=["mo(age)"])
    names = {"shares", "per(experience, 5)", "mo(age)", "mo(age) steps"}
    assert {variable.name for variable in model.free_RVs} == names
    point = {
        "shares": np.array([0.1, 0.3, 0.2, 0.3, 0.1]),
        "per(experience, 5)": 0.4,
        "mo(age)": -1.1,
        "mo(age) steps": np.array([0.2, 0.5, 0.3]),
    }
    rng = np.random.default_rng(0)
    import pymc

    fixed = pymc.do(model, point)
    cells = pymc.draw(fixed["answers"].owner.inputs[-1], random_seed=rng)
    cuts = np.cumsum(point["shares"])[:-1]
    eta = 0.4 * problem.linear[:, 0] - 1.1 * (problem.steps[0] @ point["mo(age) steps"])
    below = 1 / (1 + np.exp(-(np.log(cuts / (1 - cuts)) - eta[:, None])))
    assert cells == pytest.approx(np.diff(np.column_stack([np.zeros(49), below, np.ones(49)]), axis=1), abs=1e-12)


def test_what_nuts_does_not_take_is_refused():
    from csea_stats.regression.engines.nuts import nuts, pymc_model

    halves = EngineProblem(counts=np.array([[1.5, 2]]), linear=np.zeros((1, 0)))
    with pytest.raises(InputError, match="whole"):
        nuts(halves)
    with pytest.raises(InputError, match="chains"):
        nuts(UNDER_THIRTY, chains=1)
    with pytest.raises(InputError, match="names"):
        pymc_model(UNDER_THIRTY, linear=["a", "b"])
