"""How strongly who took part must hang on answer and predictor to explain a coefficient away."""

import math

import pandas as pd
import pytest

import csea_stats as cs

CODEBOOK = cs.Codebook({"y": cs.Categories("no", "yes"), "group": cs.Categories("b", "a")})
TABLE = {("a", "yes"): 20, ("a", "no"): 4, ("b", "yes"): 12, ("b", "no"): 13}


def fitted(**keys):
    rows = [{"group": group, "y": answer} for (group, answer), number in TABLE.items() for _ in range(number)]
    return cs.fit("y ~ group", cs.read_respondents(pd.DataFrame(rows), CODEBOOK), **keys)


def test_of_two_groups_it_is_the_odds_ratio_and_nothing_is_left_there():
    (found,) = fitted(method="frequentist", engine="ml").tipping_points()
    assert found.value == pytest.approx(20 * 13 / (4 * 12), rel=1e-6)
    assert (found.scale, found.verdict, found.threshold) == ("ratio", None, None)
    # people of group a who said yes took part that many times as readily as all others: undo it
    whole = {cell: number / (found.value if cell == ("a", "yes") else 1) for cell, number in TABLE.items()}
    log_odds = math.log(whole["a", "yes"] * whole["b", "no"] / (whole["a", "no"] * whole["b", "yes"]))
    assert log_odds == pytest.approx(0, abs=1e-6)


def test_it_agrees_with_that_of_a_difference():
    other = cs.difference_breakdown((20, 24), (12, 25), method="log-f")
    (found,) = fitted(method="frequentist", engine="log-f").tipping_points()
    assert found.interval.lower == pytest.approx(other.interval.lower, rel=1e-4)
    assert found.interval.upper == pytest.approx(other.interval.upper, rel=1e-4)


def test_every_coefficient_has_one_with_both_kinds_of_interval_and_the_strip():
    fit = fitted()
    slope, point = fit.coefficients()[0], fit.tipping_points()[0]
    assert math.log(point.interval.lower) == pytest.approx(slope.interval.lower)
    assert math.log(point.companion.upper) == pytest.approx(slope.companion.upper)
    assert len(point.sensitivity) == len(slope.sensitivity)
    assert "tipping-slope" in {doubt.code for doubt in point.caveats}
    assert "tipping participation ratio" in str(point)
