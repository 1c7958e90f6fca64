"""The nested engine: derivatives, quadrature, an independent sampler, calibration, hard cases."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import chi2, norm

from csea_stats.errors import InputError
from csea_stats.regression.engines.conditional import ConditionalDensity, bells, climb
from csea_stats.regression.engines.group_cells import symmetric
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.links import cutpoints
from csea_stats.regression.engines.nested import axes_of, given_by, nested, settings, split
from csea_stats.regression.engines.prior_densities import log_spreads
from csea_stats.regression.problem import EngineProblem, Prior, Spread, SpreadPrior

REFERENCE = Path(__file__).parents[2] / "reference"
FAMILIES = ("bernoulli", "cumulative", "conditional-bernoulli")
BINS, DRAWS = 20, 99


def made(family, *, people=9, items=3, groups=3, answers=4, chosen=2, seed=1):
    """Items by people in groups: effects of items by groups, of people, and (ordered) of items."""
    rng = np.random.default_rng(seed)
    group = np.arange(people) % groups
    person, item = np.repeat(np.arange(people), items), np.tile(np.arange(items), people)
    one = np.ones((person.size, 1))
    columns = (group[person][:, None] == np.arange(1, groups)).astype(float)
    columns -= columns.mean(axis=0)
    spreads = [Spread(members=items * groups, place=(item * groups + group[person])[:, None], value=one)]
    shared = {"linear": columns, "linear_priors": (Prior(),) * (groups - 1)}
    if family == "conditional-bernoulli":
        picks = [np.isin(np.arange(items), rng.choice(items, chosen, replace=False)) for _ in range(people)]
        shared |= {"linear": columns[:, :0], "linear_priors": (), "intercept": Prior(family="normal", scale=1.5)}
        counts = np.eye(2)[np.concatenate(picks).astype(int)]
        shared |= {"item": item, "items": items, "chosen": chosen}
    else:
        spreads.append(Spread(members=people, place=person[:, None], value=one))
        latent = rng.normal(size=people)[person] + rng.normal(size=items)[item] + rng.logistic(size=person.size)
        if family == "bernoulli":
            counts = np.eye(2)[(latent > 0).astype(int)]
            shared |= {"item": item, "items": items}
        else:
            spreads.insert(0, Spread(members=items, place=item[:, None], value=one))
            counts = np.eye(answers)[(latent[:, None] > np.linspace(-1.5, 1.5, answers - 1)).sum(axis=1)]
    return EngineProblem(family=family, counts=counts, spreads=tuple(spreads), **shared)


def failed(sample):
    return any(one.state == "fail" for one in sample.diagnostics)


def centred_steps(levels, number):
    """Dummies "level is at least s" of a monotonic term."""
    steps = (levels[:, None] >= np.arange(1, number)).astype(float)
    return steps - steps.mean(axis=0)


def stepped(problem):
    """Two monotonic terms more, of four levels and of three."""
    place = np.arange(len(problem.counts)) // 3
    steps = (centred_steps(place * 7 % 4, 4), centred_steps(place * 5 % 3, 3))
    return replace(problem, steps=steps, monotonic_priors=(Prior(), Prior(family="normal", scale=2.0)))


def sloped(problem):
    """The members of the long group differ by a number instead of by a level."""
    spreads = list(problem.spreads)
    value = np.linspace(-1, 2, len(problem.counts))[:, None]
    spreads[problem.long] = replace(spreads[problem.long], value=value)
    return replace(problem, spreads=tuple(spreads))


def tilted(problem):
    """The columns have no one odds ratio for every cut."""
    more = problem.answers - 2
    return replace(
        problem,
        linear=np.tile(problem.linear, 1 + more),
        linear_priors=problem.linear_priors * (1 + more),
        slots=tuple(np.repeat(np.arange(1 + more), problem.linear.shape[1]).tolist()),
    )


BERNOULLI, CUMULATIVE, CONDITIONAL = map(made, FAMILIES)


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "made_up",
    [
        sloped(BERNOULLI),
        tilted(stepped(CUMULATIVE)),
        BERNOULLI,
        stepped(CUMULATIVE),
        CUMULATIVE,
        CONDITIONAL,
        stepped(BERNOULLI),
    ],
)
def test_derivatives_are_those_of_the_density(made_up):
    """Of tilted answers near the middle: farther out information below 0 is taken as none."""
    density = ConditionalDensity(made_up)
    rng = np.random.default_rng(0)
    given = given_by(made_up, rng.normal(size=(axes_of(made_up), 3)))
    points = rng.normal(size=(density.size, 3)) * (0.3 if made_up.slots else 1.0)
    bend = density.curvature(given, points)
    step = 1e-5 * np.eye(density.size)
    up = [density.log_density(given, points + one[:, None]) for one in step]
    down = [density.log_density(given, points - one[:, None]) for one in step]
    assert bend.slope == pytest.approx((np.array(up) - np.array(down)) / 2e-5, abs=1e-6)
    up = [density.curvature(given, points + one[:, None]).slope for one in step]
    down = [density.curvature(given, points - one[:, None]).slope for one in step]
    hessian = -((np.array(up) - np.array(down)) / 2e-5).transpose(2, 0, 1)
    short = density.short
    assert bend.short == pytest.approx(hessian[:, :short, :short], abs=1e-6)
    assert bend.cross == pytest.approx(hessian[:, short:, :short], abs=1e-6)
    for place in range(3):
        assert np.diag(bend.long[place]) == pytest.approx(hessian[place, short:, short:], abs=1e-6)


def test_the_normal_approximation_is_exact_for_a_determinant_and_a_mode():
    density = ConditionalDensity(made("bernoulli"))
    log_sds = np.array([[-0.5], [0.2]])
    point = climb(density, log_sds, np.zeros((density.size, 1)), close=1e-12)
    bend = density.curvature(log_sds, point)
    assert np.abs(bend.slope).max() < 1e-5
    whole = np.block([[bend.short[0], bend.cross[0].T], [bend.cross[0], np.diag(bend.long[0])]])
    assert bells(density, log_sds, point).log_determinant[0] == pytest.approx(np.linalg.slogdet(whole)[1], rel=1e-12)


def test_the_lattice_weighs_the_density_it_is_drawn_from():
    def marginal(scores):
        return -0.5 * (2 * np.square(scores - 0.7)).sum(axis=0)

    bell = split(marginal, np.full(2, 0.7), np.eye(2) / 2)
    found = settings(bell, 4_000, np.random.default_rng(1))
    ratios = np.exp(marginal(found.scores) - found.log_density)
    assert ratios.mean() == pytest.approx(2 * np.pi / 2, rel=0.01)  # the integral of the density above
    assert (ratios * found.scores[0]).mean() / ratios.mean() == pytest.approx(0.7, abs=0.01)
    drawn = zip((2.0, 1.0), found.scores[:, -1600:], strict=True)  # those from the prior
    sds = np.exp([log_spreads(SpreadPrior(scale=scale), scores) for scale, scores in drawn])
    assert np.square(sds).mean(axis=1) == pytest.approx([4, 1], rel=0.02)


def two_groups(yes=(4, 9), number=(10, 12)):
    counts = np.array([[n - y, y] for y, n in zip(yes, number, strict=True)], dtype=float)
    place = np.arange(2)[:, None]
    return EngineProblem(
        family="bernoulli",
        counts=counts,
        linear=np.zeros((2, 0)),
        spreads=(Spread(members=2, place=place, value=np.ones((2, 1)), prior=SpreadPrior()),),
        item=np.zeros(2, dtype=int),
        items=1,
    )


def quadrature(problem):
    """Moments by a grid over the level, the sd and (inner, Gauss-Hermite) each group's effect."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    level, sd = np.linspace(-12, 12, 193), (np.arange(120) + 0.5) / 120 * 5
    eta = level[:, None, None] + sd[:, None] * nodes
    mass = np.ones((level.size, sd.size))
    first = None
    for no, yes in problem.counts:
        terms = np.exp(yes * np.log(expit(eta)) + no * np.log(expit(-eta))) * weights
        if first is None:
            first = (terms * sd[:, None] * nodes).sum(axis=2) / terms.sum(axis=2)
        mass *= terms.sum(axis=2)
    mass *= (np.sqrt(expit(level) * expit(-level)))[:, None] * np.exp(-0.5 * sd**2)
    mass /= mass.sum()
    return {
        "level": (mass.sum(axis=1) @ level, np.sqrt(mass.sum(axis=1) @ level**2 - (mass.sum(axis=1) @ level) ** 2)),
        "sd": (mass.sum(axis=0) @ sd, np.sqrt(mass.sum(axis=0) @ sd**2 - (mass.sum(axis=0) @ sd) ** 2)),
        "effect": ((mass * first).sum(), None),
    }


@pytest.mark.few(1)
@pytest.mark.parametrize("middle", ["one way", "up and down"])
def test_without_a_spread_monotonic_terms_are_those_of_the_other_engine(middle):
    """In the limit of groups that do not differ; up and down the posterior has a mode on either side of 0."""
    good = np.array([2, 6, 9, 11] if middle == "one way" else [3, 10, 10, 3])
    counts = np.stack([12 - good, good // 2, good - good // 2], axis=1).astype(float)
    steps, group = centred_steps(np.arange(4), 4), np.arange(4)[:, None] % 2
    shared = {"counts": counts, "linear": np.zeros((4, 0)), "steps": (steps,), "monotonic_priors": (Prior(),)}
    near = laplace(EngineProblem(**shared), draws=20_000).weighted
    spread = Spread(members=2, place=group, value=np.ones((4, 1)), prior=SpreadPrior(scale=1e-7))
    found = nested(EngineProblem(family="cumulative", spreads=(spread,), **shared), draws=20_000)
    assert not failed(found)
    size = min(one.value for one in found.diagnostics if one.name.startswith("effective"))
    pairs = [
        (near.monotonic[:, 0], found.monotonic[:, 0]),
        *zip(near.zetas[0].T, found.zetas[0].T, strict=True),
        *zip(near.thresholds.T, found.thresholds.T, strict=True),
    ]
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    bound = norm.ppf(1 - 0.0005 / len(levels) / len(pairs))
    for one, other in pairs:
        order = np.argsort(one)
        whole = np.cumsum(near.weights[order])
        for level in levels:
            limit = one[order][np.searchsorted(whole, level * whole[-1])]
            error = np.sqrt(level * (1 - level) * (1 / size + 1 / 4_000))
            assert abs((other <= limit).mean() - level) <= bound * error


@pytest.mark.few(1)
@pytest.mark.parametrize("yes", [(4, 9), (0, 12)])
def test_two_groups_by_quadrature(yes):
    problem = two_groups(yes)
    sample = nested(problem, draws=20_000)
    assert not failed(sample)
    expected = quadrature(problem)
    found = {
        "level": -sample.thresholds[:, 0],
        "sd": sample.sds[:, 0],
        "effect": sample.effects[0][:, 0],
    }
    size = min(one.value for one in sample.diagnostics if one.name.startswith("effective"))
    for name, (mean, deviation) in expected.items():
        error = found[name].std() / np.sqrt(size)
        assert found[name].mean() == pytest.approx(mean, abs=4 * error)
        if deviation is not None:
            assert found[name].std() == pytest.approx(deviation, rel=0.06)


def cbpp():
    table = pd.read_csv(REFERENCE / "cbpp.csv", comment="#")
    columns = (table["period"].to_numpy()[:, None] == [2, 3, 4]).astype(float)
    herd = table["herd"].to_numpy()
    return EngineProblem(
        family="bernoulli",
        counts=np.column_stack([table["size"] - table["incidence"], table["incidence"]]).astype(float),
        linear=columns - columns.mean(axis=0),
        linear_priors=(Prior(family="normal"),) * 3,
        spreads=(Spread(members=15, place=herd[:, None] - 1, value=np.ones((len(herd), 1))),),
        item=np.zeros(len(herd), dtype=int),
        items=1,
        intercept=Prior(family="normal", scale=1.5),
    )


def test_herds_agree_with_an_independent_sampler():
    reference = pd.read_csv(REFERENCE / "group_effects.csv", comment="#").set_index("item")
    sample = nested(cbpp(), draws=20_000)
    assert {one.state for one in sample.diagnostics} == {"pass"}
    draws = sample
    found = {
        "level": -draws.thresholds[:, 0],
        **{f"period{place + 2}": draws.linear[:, place] for place in range(3)},
        "sd": draws.sds[:, 0],
        "herd1": draws.effects[0][:, 0],
        "herd8": draws.effects[0][:, 7],
    }
    size = min(one.value for one in sample.diagnostics if one.name.startswith("effective"))
    for name, values in found.items():
        row = reference.loc[name]
        variance = 1 / size + 1 / row["effective"]
        assert values.mean() == pytest.approx(row["mean"], abs=3.5 * row["deviation"] * np.sqrt(variance))
        for column, level in (("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
            share = (values <= row[column]).mean()
            assert share == pytest.approx(level, abs=3.5 * np.sqrt(level * (1 - level) * variance))


def test_same_seed_same_draws():
    problem = two_groups()
    one, two, other = (nested(problem, draws=50, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.sds, two.sds)
    assert not np.array_equal(one.sds, other.sds)
    with pytest.raises(InputError, match="draws"):
        nested(problem, draws=0)


HARD = {
    "five people": made("bernoulli", people=5, items=4),
    "five people, ordered": made("cumulative", people=5, items=4),
    "everybody said yes to an item": replace(
        made("bernoulli", people=14), counts=np.where(np.arange(42)[:, None] % 3 == 0, [0.0, 1.0], [1.0, 0.0])
    ),
    "items agree in full": replace(
        made("bernoulli", people=12, items=3), counts=np.eye(2)[np.repeat(np.arange(12) % 2, 3)]
    ),
    "an answer that nobody gave": replace(
        made("cumulative"), counts=np.insert(made("cumulative").counts, 2, 0, axis=1)
    ),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("name", HARD)
def test_hard_cases_are_told_or_fitted(name):
    sample = nested(HARD[name])
    values = {one.name: one.value for one in sample.diagnostics}
    assert not failed(sample)
    assert values["pareto k"] < 0.7
    for draws in (sample.thresholds, sample.linear, sample.sds, *sample.effects):
        assert np.all(np.isfinite(draws))
    if name == "items agree in full":
        assert np.quantile(sample.sds[:, 1], 0.05) > 1  # people differ, and in everything alike
    if name == "an answer that nobody gave":
        assert sample.thresholds.shape[1] == 4
        assert np.all(np.diff(sample.thresholds, axis=1) > 0)


def test_what_is_no_problem_is_refused():
    right = made("bernoulli")
    for wrong in (
        {"counts": -right.counts},
        {"linear_priors": ()},
        {"spreads": ()},
        {"item": None},
        {"family": "conditional-bernoulli", "chosen": 3},
    ):
        with pytest.raises(InputError):
            replace(right, **wrong)
    with pytest.raises(InputError):
        replace(right.spreads[0], members=0)
    with pytest.raises(InputError):
        replace(right.spreads[0], value=np.ones((2, 2)))


# ---------------------------------------------------------------------------------------- calibration


def simulated(problem, rng):
    """Draw everything from the prior, and answers; returns the problem and what is true of it."""
    truth = {"linear": rng.logistic(size=problem.linear.shape[1])}
    eta = problem.linear @ truth["linear"]
    truth["sds"] = np.abs(rng.normal(size=len(problem.spreads))) * [one.prior.scale for one in problem.spreads]
    effects = [sd * rng.normal(size=one.members) for sd, one in zip(truth["sds"], problem.spreads, strict=True)]
    for one, effect in zip(problem.spreads, effects, strict=True):
        eta = eta + (effect[one.place] * one.value).sum(axis=1)
    truth["effects"] = np.array([effect[0] for effect in effects])
    cells, answers = problem.counts.shape
    if problem.family == "cumulative":
        gamma = rng.gamma(problem.thresholds, size=answers) + 1e-300
        truth["levels"] = cutpoints(np.log(gamma / gamma.sum())[:, None])[:, 0]
        given = ((eta + rng.logistic(size=cells))[:, None] > truth["levels"]).sum(axis=1)
    elif problem.family == "bernoulli":
        share = rng.beta(*problem.level.shapes, problem.items).clip(1e-12, 1 - 1e-12)
        truth["levels"] = np.log(share / (1 - share))
        given = (truth["levels"][problem.item] + eta + rng.logistic(size=cells) > 0).astype(int)
    else:
        truth["levels"] = rng.normal(scale=problem.level.scale, size=problem.items)
        given = picked(np.exp(truth["levels"][problem.item] + eta).reshape(-1, problem.items), problem.chosen, rng)
    return replace(problem, counts=np.eye(answers)[given]), truth


def picked(weights, chosen, rng):
    """Draw sets of exactly k, item by item, each given those before it."""
    found = np.zeros(weights.shape, dtype=int)
    for row, own in enumerate(weights):
        left = chosen
        for place in range(own.size):
            rest = symmetric(own[place + 1 :], left)
            take = own[place] * rest[left - 1] if left else 0.0
            found[row, place] = rng.random() * (take + rest[left]) < take
            left -= found[row, place]
    return found.ravel()


def looked_at(draws, levels):
    parts = [draws.linear, draws.sds, expit(levels), np.stack([one[:, 0] for one in draws.effects], axis=1)]
    return np.concatenate(parts, axis=1)


def ranks(problem, number, *, fitted=lambda problem: problem, seed=0):
    rng = np.random.default_rng(seed)
    result, lost = [], 0
    for place in range(number):
        answered, truth = simulated(problem, rng)
        sample = nested(fitted(answered), draws=DRAWS, seed=place)
        lost += failed(sample)
        ours = looked_at(sample, sample.thresholds if problem.family == "cumulative" else -sample.thresholds)
        true = np.concatenate([truth["linear"], truth["sds"], expit(truth["levels"]), truth["effects"]])
        ties = (ours == true).sum(axis=0)
        result.append((ours < true).sum(axis=0) + rng.integers(0, ties + 1))
    return np.array(result), lost / number


def evenness(found):
    counts = np.array([np.bincount(column * BINS // (DRAWS + 1), minlength=BINS) for column in found.T])
    expected = found.shape[0] / BINS
    return ((counts - expected) ** 2 / expected).sum(axis=1)


def limit(found):
    return chi2.ppf(1 - 0.01 / found.shape[1], BINS - 1)


@pytest.mark.sizes("fits", slow=60, long=500)
@pytest.mark.parametrize("family", FAMILIES)
def test_ranks_are_even(family, fits):
    found, failed = ranks(made(family, people=20, items=4), fits, seed=1)
    assert evenness(found).max() < limit(found)
    assert failed <= 0.06


@pytest.mark.sizes("fits", slow=60, long=300)
@pytest.mark.parametrize(
    "wrong",
    [
        lambda problem: replace(problem, linear=-problem.linear),
        lambda problem: replace(
            problem, spreads=tuple(replace(one, prior=SpreadPrior(scale=0.3)) for one in problem.spreads)
        ),
    ],
    ids=["a sign turned", "a narrow prior of the spreads"],
)
def test_mutations_show(wrong, fits):
    found, _ = ranks(made("bernoulli", people=20, items=4), fits, fitted=wrong, seed=2)
    assert evenness(found).max() > limit(found)


@pytest.mark.long
def test_a_jacobian_counted_twice_shows():
    """Of sixty fits it does not yet."""

    def wrong(problem):
        return replace(problem, intercept=Prior(family="beta", shapes=(1.5, 1.5)))

    found, _ = ranks(made("bernoulli", people=20, items=4), 300, fitted=wrong, seed=2)
    assert evenness(found).max() > limit(found)
