"""Respondents with several answers each left out whole: against a fit without them, and a derivative by a weight."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.densities import answers_log_likelihood
from csea_stats.regression.engines import sample
from csea_stats.regression.quantities import drawn
from csea_stats.regression.sensitivity import alike, first_effect
from csea_stats.report.fit_tables import influence_words


def rated(people=24, *, extreme=True, seed=2):
    """Ratings of three services; the last of v rates everything highest against all others of v."""
    rng = np.random.default_rng(seed)
    side = np.arange(people) % 2
    latent = rng.normal(size=people)[:, None] * 0.5 + rng.logistic(size=(people, 3)) - 1.2 * side[:, None]
    codes = np.digitize(latent, [-1.0, 1.0])
    if extreme:
        codes[-1] = 2
    table = pd.DataFrame({f"q{j}": pd.Categorical.from_codes(codes[:, j], list("abc"), ordered=True) for j in range(3)})
    return table.assign(g=pd.Categorical.from_codes(side, ["u", "v"]))


def fitted(table):
    model = cs.load_model("ratings-by-organisation")
    outcome = replace(model.outcome, questions=("q0", "q1", "q2"), order=None)
    predictors = [replace(one, name="g") if one.term != "group" else one for one in model.predictor]
    return cs.fit(replace(model, outcome=outcome, predictor=tuple(predictors), estimand=()), table)


@pytest.mark.slow
def test_the_respondent_who_stands_apart_is_found_and_left_out_whole():
    fit = fitted(rated())
    with pytest.raises(InputError, match=r"joint_influence\(1\)"):
        fit.influence()
    assert "Fit.joint_influence leaves out" in influence_words(fit)
    lower, higher = fit.joint_influence(1)
    ((pattern, answer, times),) = next(one for one in (lower, higher) if dict(one.left_out[0][0])["g"] == "v").left_out
    assert (dict(pattern), answer, times) == ({"g": "v"}, "3 answers", 1)
    assert min(lower.change, higher.change) < 0 < max(lower.change, higher.change)
    assert lower.before == higher.before == pytest.approx(np.median(drawn(fit.readings[0], first_effect(fit), None)))


@pytest.mark.slow
def test_it_is_the_fit_of_the_others():
    """Who has no answer is still averaged over, with a group of one's own that the answers say nothing of."""
    table = rated()
    fit = fitted(table)
    cells = alike(fit.readings[0])
    assert [cell.places[0][0] for cell in cells] == list(range(24))
    for one in fit.joint_influence(2):
        values = {}
        for first in range(24):
            gone = [first]
            rows = fit.design.rows_answered()
            kept = ~np.isin(rows[0], gone)
            fresh = sample(replace(fit.design, answered=tuple(part[kept] for part in rows)).problem(), engine="laplace")
            values[first] = np.median(drawn(fit.readings[0].with_sample(fresh), first_effect(fit), None)) - one.before
        best = sorted(values.values(), reverse=one.change > 0)[:2]
        assert one.change == pytest.approx(sum(best), abs=0.02)


@pytest.mark.slow
def test_what_is_expected_is_a_covariance_with_all_answers_of_a_respondent():
    fit = fitted(rated())
    reading, quantity = fit.readings[0], first_effect(fit)
    values = drawn(reading, quantity, None)
    person, item, answer = fit.design.rows_answered()
    for one in fit.joint_influence(1):
        logs = answers_log_likelihood(fit.design, reading.drawn, person, answer, item)
        pulls = [np.cov(values, logs[:, person == at].sum(axis=1), ddof=0)[0, 1] for at in range(24)]
        assert -one.expected == pytest.approx(max(pulls) if one.expected < 0 else min(pulls), rel=1e-6)


@pytest.mark.slow
def test_of_services_and_of_exactly_three():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    data = cs.synthesise(survey, seed=1)
    for name in ("services-by-organisation", "barriers-by-organisation"):
        lower, higher = cs.fit(name, data).joint_influence(2)
        assert lower.change < 0 < higher.change
        assert lower.refitted
        assert lower.synthetic
