"""Both engines give the same answers for every shipped model of one question."""

import numpy as np
import pytest
from scipy.stats import norm

import csea_stats as cs
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.fitting import design_of

SEVERAL = {"barriers-by-organisation", "ratings-by-organisation", "services-by-organisation"}
"""Several answers of one person: compared in test_groups.py."""
ONE = [name for name in cs.model_names() if name not in SEVERAL]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles compared; the effective sample size of NUTS is made for those from 5 to 95%."""
ALARM = 0.001
"""Chance that a right pair of engines fails one model's test: shared among all its comparisons."""


@pytest.fixture(scope="module")
def people():
    return cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)


def test_the_other_models_are_named():
    assert len(ONE) == 17
    assert set(cs.model_names()) >= SEVERAL


def effective(sample):
    return next(one.value for one in sample.diagnostics if one.name == "effective sample size")


def columns(sample):
    parts = [sample.thresholds, sample.linear, sample.monotonic, *sample.zetas]
    return np.concatenate(parts, axis=1)


@pytest.mark.few(0, slow=4)
@pytest.mark.parametrize("name", ONE)
def test_both_engines_agree_on_a_shipped_model(name, people):
    from csea_stats.regression.engines.nuts import nuts

    problem = design_of(cs.load_model(name), people).problem()
    near = laplace(problem, draws=20_000, seed=1)
    far = nuts(problem, draws=2_000, seed=1)
    assert "fail" not in {one.state for one in (*near.diagnostics, *far.diagnostics)}
    ours, theirs = columns(near), columns(far)
    assert ours.shape[1] == theirs.shape[1]
    bound = norm.ppf(1 - ALARM / 2 / (len(LEVELS) * ours.shape[1]))
    # Weighted draws, then a choice among them, then NUTS: each adds its share of the variance.
    variance = 1 / effective(near) + 1 / len(ours) + 1 / effective(far)
    for level in LEVELS:
        at = np.quantile(ours, level, axis=0)
        share = (theirs <= at).mean(axis=0)
        moves = np.ptp(ours, axis=0) > 0
        assert np.all(np.abs(share - level)[moves] <= bound * np.sqrt(level * (1 - level) * variance))
        assert np.array_equal(ours[0, ~moves], theirs[0, ~moves])
