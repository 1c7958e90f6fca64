"""One odds ratio for every cut where each respondent gave several answers: rates, one respondent, and what is told."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.engines.departures import departures
from csea_stats.regression.model import Priors

ONE = np.ones(1)


def answered(rng, *, people=30, first=15, items=5, answers=4, effect=0.8, apart=1.0, style=0.0):
    """Codes of answers by person and item: the first group is `apart` times as wide, each person has a `style`."""
    side = (np.arange(people) < first).astype(float)
    wide = np.where(side == 1, apart, 1.0) * np.exp(style * rng.normal(size=people))
    eta = effect * side + rng.normal(size=people)
    latent = (eta[:, None] + 0.7 * rng.normal(size=items) + rng.logistic(size=(people, items))) * wide[:, None]
    return side, (latent[:, :, None] > np.linspace(-1.5, 1.5, answers - 1)).sum(axis=2)


def looked_at(side, codes, answers=4):
    """The look of answers as drawn, the standard deviations of people and items known."""
    people, items = codes.shape
    person, item = np.repeat(np.arange(people), items), np.tile(np.arange(items), people)
    effects = np.concatenate([0.7 * np.eye(items)[item], np.eye(people)[person]], axis=1)
    return departures(np.eye(answers)[codes.ravel()], (side - side.mean())[person][:, None], effects, person)


def rate(sets, seed=1, **how):
    rng = np.random.default_rng(seed)
    return sum(bool(looked_at(*answered(rng, **how)).apart(ONE, 0.05)) for _ in range(sets)) / sets


def test_it_rings_where_one_group_answers_nearer_to_the_ends():
    assert rate(40, apart=2.5, items=8) > 0.6
    assert rate(40) <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("how", [{}, {"first": 8}, {"effect": 2.0}, {"items": 3, "answers": 4}, {"style": 0.6}])
def test_it_is_seldom_called_wrong_where_it_holds(how):
    assert rate(200, **how) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)


def test_a_respondent_is_one_however_many_answers():
    """Ten answers of one person at the ends, all others in the middle: no reason to call the odds ratio wrong."""
    side = np.array([1.0] * 6 + [0.0] * 24)
    codes = np.array([[0, 3] * 5] + [[1, 2] * 5, [2, 1] * 5] * 14 + [[1, 2] * 5])
    found = looked_at(side, codes)
    assert found.apart(ONE, 0.05) == ()
    assert replace(found, whose=None).apart(ONE, 0.05) != ()


def questions(side, codes):
    columns = {f"q{j}": pd.Categorical.from_codes(one, list("abcd"), ordered=True) for j, one in enumerate(codes.T)}
    return pd.DataFrame(columns).assign(g=pd.Categorical.from_codes((1 - side).astype(int), ["u", "v"]))


def fitted(table, family="cumulative"):
    model = cs.load_model("ratings-by-organisation")
    outcome = replace(model.outcome, questions=tuple(name for name in table if name != "g"), order=None)
    predictors = [replace(one, name="g") if one.term != "group" else one for one in model.predictor]
    return cs.fit(
        replace(model, outcome=outcome, predictor=tuple(predictors), estimand=(), family=family, priors=Priors()), table
    )


@pytest.mark.slow
def test_what_a_fit_tells():
    rng = np.random.default_rng(3)
    fit = fitted(questions(*answered(rng, people=40, first=20, items=6, apart=0.3, effect=0.0)))
    doubts = {doubt.code: doubt for doubt in fit.effects(outcome="a")[0].caveats}
    assert doubts["odds-ratios-differ"].severity == "serious"
    assert "say otherwise." in doubts["odds-ratios-differ"].text
    common, *cuts = fit.proportional_odds()
    assert common.item.endswith(": common")
    assert cuts[0].value * cuts[-1].value < 0
    assert "cut-levels" in {doubt.code for doubt in cuts[0].caveats}
    still = fitted(questions(*answered(rng, people=40, first=20, items=6)))
    assert "do not contradict" in {d.code: d.text for d in still.effects(outcome="a")[0].caveats}["one-odds-ratio"]


@pytest.mark.slow
def test_at_a_cut_it_is_the_model_of_two_answers():
    table = questions(*answered(np.random.default_rng(5)))
    cut = {
        name: pd.Categorical(np.where(one > "b", "high", "low"), ["low", "high"])
        for name, one in table.items()
        if name != "g"
    }
    alone = fitted(table.assign(**cut), None).coefficients()[0]
    looked = next(one for one in fitted(table).proportional_odds() if one.item == "g[v]: later than b")
    assert (looked.interval.lower, looked.interval.upper) == pytest.approx(
        (alone.interval.lower, alone.interval.upper), abs=0.08
    )
    with pytest.raises(InputError, match="three or more answers in order"):
        fitted(table.assign(**cut), None).proportional_odds()
    with pytest.raises(InputError, match="bernoulli"):
        fitted(table.assign(**cut))
