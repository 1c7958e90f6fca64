"""A few respondents left out together: found to first order, held against every set of as many, and refitted."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.engines import sample
from csea_stats.regression.quantities import drawn
from csea_stats.regression.sensitivity import first_effect
from csea_stats.report.fit_tables import influence_words


def people(counts):
    """Rows of the answers no and yes in the groups u and v."""
    rows = [(g, y) for (g, y), number in counts.items() for _ in range(number)]
    g, y = zip(*rows, strict=True)
    return pd.DataFrame({"y": pd.Categorical(y, ["no", "yes"]), "g": pd.Categorical(g, ["u", "v"])})


COUNTS = {("u", "no"): 9, ("u", "yes"): 5, ("v", "no"): 4, ("v", "yes"): 11}


def refitted(gone):
    left = {cell: number - gone.count(cell) for cell, number in COUNTS.items()}
    return cs.fit("y ~ g", people(left)).effects()[0].value


@pytest.mark.parametrize(
    "number", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
def test_no_other_set_of_as_many_moves_the_effect_more(number):
    """Every set of respondents to leave out, each fitted anew: centring moves the prior a little."""
    fit = cs.fit("y ~ g", people(COUNTS))
    lower, higher = fit.joint_influence(number)
    values = {gone: refitted(gone) for gone in combinations_with_replacement(COUNTS, number)}
    assert lower.value == pytest.approx(min(values.values()), abs=0.01)
    assert higher.value == pytest.approx(max(values.values()), abs=0.01)
    for one in (lower, higher):
        assert sum(times for _, _, times in one.left_out) == one.respondents == number
        gone = [(dict(pattern)["g"], answer) for pattern, answer, times in one.left_out for _ in range(times)]
        assert values[tuple(sorted(gone, key=list(COUNTS).index))] == pytest.approx(one.value, abs=0.01)
        assert one.before == pytest.approx(fit.effects()[0].value, abs=1e-9)
        assert one.lower < one.value < one.upper


@pytest.mark.slow
def test_what_is_expected_is_the_derivative_along_the_weight_of_an_answer():
    """By central differences of half a respondent, whose error is of third order."""
    fit = cs.fit("y ~ g", people(COUNTS))
    reading, quantity = fit.readings[0], first_effect(fit)
    for one in fit.joint_influence(1):
        ((pattern, answer, _),) = one.left_out
        table = np.zeros_like(reading.table)
        place = (fit.design.patterns[:, 0] == ["u", "v"].index(dict(pattern)["g"])).argmax()
        table[place, ["no", "yes"].index(answer)] = 0.5
        means = []
        for changed in (reading.table - table, reading.table + table):
            fresh = reading.with_sample(sample(reading.design.problem(table=changed), engine="laplace", seed=1))
            means.append(np.average(drawn(fresh, quantity, None), weights=fresh.whole.weights))
        assert one.expected == pytest.approx(means[0] - means[1], rel=0.04)


def test_one_respondent_is_the_most_influential_of_influence(fitted):
    alone = fitted.influence()
    whole = fitted.effects()[0].value
    shifts = [one.value - whole for one in alone]
    lower, higher = fitted.joint_influence(1)
    assert lower.change == pytest.approx(min(shifts), abs=0.01)
    assert higher.change == pytest.approx(max(shifts), abs=0.01)
    assert (lower.left_out[0][:2]) in {(one.pattern, one.answer) for one in alone}


def test_a_few_can_turn_an_effect_and_it_is_told():
    told = cs.fit("y ~ g", people({("u", "no"): 11, ("u", "yes"): 3, ("v", "no"): 4, ("v", "yes"): 10}))
    assert told.effects()[0].interval.lower > 0
    lower, higher = told.joint_influence(3)
    assert lower.changes_side
    assert lower.lower < 0 < lower.value
    assert not higher.changes_side
    words = influence_words(told)
    assert words.startswith("No single respondent, left out")
    assert words.endswith("Three together, those who pull it most, would; they move it by at most 20 points.")
    assert max(abs(lower.change), abs(higher.change)) < 0.2


@pytest.mark.slow
def test_groups_are_left_in_place():
    table = people(COUNTS).assign(team=pd.Categorical(np.arange(29) % 6))
    lower, higher = cs.fit("y ~ g + (1 | team)", table).joint_influence(2)
    assert lower.change < 0 < higher.change
    assert lower.change == pytest.approx(lower.expected, rel=0.4)
    assert "team" in dict(lower.left_out[0][0])


def test_what_has_no_answer_says_why(profiled, fitted):
    with pytest.raises(InputError, match="joint influence: is told for a Bayesian fit"):
        profiled.joint_influence()
    with pytest.raises(InputError, match="respondents"):
        fitted.joint_influence(0)
    with pytest.raises(InputError, match="respondents"):
        fitted.joint_influence(21)
