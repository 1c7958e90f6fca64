"""Answers by level, observed and by the model."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError


def frame(counts, groups="uv"):
    rows = [
        (group, answer)
        for group, row in zip(groups, counts, strict=True)
        for answer, k in zip("abc", row, strict=True)
        for _ in range(k)
    ]
    table = pd.DataFrame(rows, columns=["g", "y"])
    return pd.DataFrame(
        {"y": pd.Categorical(table["y"], list("abc"), ordered=True), "g": pd.Categorical(table["g"], ["u", "v", "w"])}
    )


@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_a_model_without_the_groups_spread_is_seen_by_level(method):
    fit = cs.fit("y ~ g", frame([(20, 0, 20), (0, 40, 0)]), method=method)
    found = fit.check()
    assert {(one.level, one.answer) for one in found.outside} >= {("u", "b"), ("v", "b")}
    table = found.to_frame()
    assert table["observed"].tolist() == [20, 0, 20, 0, 40, 0]
    assert table["people"].tolist() == [40] * 6
    assert ((table["lower"] <= table["upper"]) & (table["upper"] <= 40)).all()
    assert "6 counts" in str(found)


@pytest.mark.slow
def test_answers_of_the_model_are_rarely_outside():
    rng = np.random.default_rng(4)
    outside = counted = 0
    for _ in range(20):
        found = cs.fit(
            "y ~ g",
            frame([rng.multinomial(24, (0.3, 0.4, 0.3)), rng.multinomial(25, (0.2, 0.4, 0.4))]),
            method="frequentist",
        ).check()
        outside += len(found.outside)
        counted += len(found.counts)
    assert outside / counted <= 0.05


def test_expected_counts_are_those_of_the_probabilities():
    """At the estimate of a model with a coefficient for each group the margins are the observed ones."""
    fit = cs.fit("y ~ g", frame([(10, 10, 0), (5, 25, 0)]), method="frequentist", engine="ml")
    for one in fit.check().counts:
        assert one.lower <= one.observed[0] <= one.upper


@pytest.mark.slow
def test_a_number_is_cut_at_shared_quartiles_and_empty_levels_are_told(data, fitted):
    levels = {one.level for one in fitted.check().counts if one.predictor == "experience"}
    assert all(text.startswith(("up to", "above")) for text in levels)
    grouped = cs.fit("awareness ~ (1 | organisation)", data).check()
    assert {one.level for one in grouped.counts} == set(data.column("organisation").labels)
    one = cs.fit("y ~ g", frame([(10, 10, 5), (5, 10, 10)])).effects()[0]
    assert "Nobody in the model has “w” of g" in str([doubt.text for doubt in one.caveats])
    two = cs.fit("y ~ g", frame([(10, 10, 5), (5, 10, 10)], groups="vw")).effects()[0]
    assert "compared with “v” in place of “u”" in str([doubt.text for doubt in two.caveats])


def test_collinear_predictors_are_named_with_and_without_groups(frame_of_groups):
    for formula in ("y ~ g + h", "y ~ g + h + (1 | k)"):
        with pytest.raises(InputError, match="follows exactly from g"):
            cs.fit(formula, frame_of_groups)


@pytest.fixture
def frame_of_groups():
    table = frame([(10, 10, 5), (5, 10, 10)])
    table["h"] = pd.Categorical(np.where(table["g"] == "u", "s", "t"))
    return table.assign(k=pd.Categorical(np.resize(list("pqrstu"), len(table))))


def test_too_little_to_fit_is_an_error_that_says_so():
    table = frame([(10, 10, 5), (5, 10, 10)])
    alike = table[table["y"] == "a"]
    with pytest.raises(InputError, match="two answers or more that somebody gave"):
        cs.fit("y ~ g", alike)
    with pytest.raises(InputError, match="two values or more"):
        cs.fit("y ~ g", table[table["g"] == "u"])
    with pytest.raises(InputError, match="allowed are two or more"):
        cs.fit("y ~ g", table.assign(g=pd.Categorical([None] * len(table), list("uv"))))
    rng = np.random.default_rng(1)
    many = {f"x{place}": rng.normal(size=20) for place in range(39)}
    few = pd.DataFrame({"y": pd.Categorical(["a", "b"] * 10), **many})
    with pytest.raises(InputError, match="at most as many unknowns as respondents"):
        cs.fit("y ~ " + " + ".join(many), few)
