"""Models compared by leave-one-out log scores: exact refits, closed forms, ArviZ, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.model_comparison import _left_out, stacking_weights

SCALE = ["poor", "fair", "good"]

NOISE = 0.035
"""Standard deviation of a log score over 24 seeds, of a fit of 40 answers and of their refits alike."""


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(12)
    people = 40
    years = rng.integers(0, 25, people).astype(float)
    kind = rng.choice(["a", "b"], people)
    rating = np.clip(np.rint(rng.normal(0.4 + years / 15, 0.7)), 0, 2).astype(int)
    return pd.DataFrame(
        {
            "rating": pd.Categorical(np.array(SCALE)[rating], SCALE, ordered=True),
            "years": years,
            "kind": pd.Categorical(kind),
            "used": pd.Categorical(np.where(rng.random(people) < 0.6, "yes", "no"), ["no", "yes"]),
        }
    )


@pytest.fixture(scope="module")
def fits(frame):
    return {"by years": cs.fit("rating ~ per(years, 10)", frame), "by kind": cs.fit("rating ~ kind", frame)}


def refitted(formula, frame, row):
    """Log probability of one row's answer from a fit to all others, by the definition."""
    rest = cs.fit(formula, frame.drop(index=row), seed=100 + row)
    profile = {one.name: frame.loc[row, one.name] for one in rest.design.variables}
    one = rest.predict(profile, str(frame.loc[row, rest.design.outcome]), new=1)[1]
    return np.log(one.value)


@pytest.mark.slow
def test_scores_are_those_of_exact_refits(frame, fits):
    found = cs.compare_models(fits)
    exact = {
        "by years": [refitted("rating ~ per(years, 10)", frame, row) for row in frame.index],
        "by kind": [refitted("rating ~ kind", frame, row) for row in frame.index],
    }
    for one in found.scores:
        assert one.elpd == pytest.approx(sum(exact[one.name]), abs=3 * NOISE * np.sqrt(2))
        assert one.se == pytest.approx(np.sqrt(40) * np.std(exact[one.name], ddof=1), abs=0.05)
    best, other = found.scores
    apart = np.array(exact[other.name]) - np.array(exact[best.name])
    assert best.name == "by years"
    assert other.difference == pytest.approx(apart.sum(), abs=3 * NOISE * 2)
    assert other.difference_se == pytest.approx(np.sqrt(40) * apart.std(ddof=1), abs=0.05)
    assert (best.difference, best.difference_se, best.told) == (0, 0, "best")


def test_a_model_without_predictor_has_a_closed_form(frame):
    """Beta(1/2, 1/2) and two answers: the log score of a yes left out is log((yes - 1/2) / n)."""
    alone = cs.fit("used ~ 1", frame)
    found = cs.compare_models({"alone": alone, "by kind": cs.fit("used ~ kind", frame)})
    (one,) = (score for score in found.scores if score.name == "alone")
    yes, number = int((frame["used"] == "yes").sum()), len(frame)
    expected = yes * np.log((yes - 0.5) / number) + (number - yes) * np.log((number - yes - 0.5) / number)
    assert one.elpd == pytest.approx(expected, abs=3 * NOISE)
    a, b = yes + 0.5, number - yes + 0.5
    seen = yes * np.log(a / (a + b)) + (number - yes) * np.log(b / (a + b))
    assert one.parameters == pytest.approx(seen - expected, abs=3 * NOISE)
    assert one.unstable == 0


def test_a_score_by_quadrature():
    """One normal mean, flat prior: the predictive of each left-out value is normal, so the score is in closed form."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 30)
    draws = rng.normal(values.mean(), 1 / np.sqrt(30), 20_000)
    scores, _, unstable = _left_out(stats.norm.logpdf(values, draws[:, None], 1.0))
    rest = (values.sum() - values) / 29
    assert np.allclose(scores, stats.norm.logpdf(values, rest, np.sqrt(1 + 1 / 29)), atol=0.02)
    assert unstable == 0
    wild = np.append(values, 12.0)  # draws that never come near what it alone would say
    assert _left_out(stats.norm.logpdf(wild, draws[:, None], 0.2))[2] >= 1


def test_stacking_weights():
    scores = np.log(np.array([[0.8, 0.8, 0.2], [0.3, 0.3, 0.9]]))
    weights = stacking_weights(scores)
    grid = np.linspace(0, 1, 100_001)
    mixed = np.log(grid[:, None] * np.exp(scores[0]) + (1 - grid[:, None]) * np.exp(scores[1])).sum(axis=1)
    assert weights[0] == pytest.approx(grid[np.argmax(mixed)], abs=2e-5)
    assert weights.sum() == pytest.approx(1)
    assert np.allclose(stacking_weights(scores - 800), weights)  # probabilities that underflow


def test_what_it_says(fits):
    found = cs.compare_models(fits)
    text = str(found)
    assert "40 respondents" in text
    assert "by years (rating ~ per(years, 10)): log score −" in text
    assert {"scores-small", "stacking", "scores-alike"} == {doubt.code for doubt in found.caveats}
    table = found.to_frame()
    assert list(table["name"]) == ["by years", "by kind"]
    assert table.shape == (2, 10)  # of models, of nobody
    assert table["weight"].sum() == pytest.approx(1)
    twice = cs.compare_models({"one": fits["by kind"], "two": cs.fit("rating ~ kind", fits_frame(fits), seed=2)})
    assert {one.told for one in twice.scores} == {"best", "not told apart"}


def fits_frame(fits):
    """Return a frame with the same people as the fits, from their designs."""
    rows = fits["by kind"].design.rows
    kinds = np.array(fits["by kind"].design.variables[0].labels)
    patterns = fits["by kind"].design.patterns[:, 0].astype(int)
    return pd.DataFrame(
        {
            "rating": pd.Categorical(np.array(SCALE)[rows.cells[:, 1]], SCALE, ordered=True),
            "kind": pd.Categorical(kinds[patterns[rows.cells[:, 0]]]),
        }
    )


@pytest.mark.slow
def test_far_apart_is_told():
    rng = np.random.default_rng(3)
    years = rng.normal(0, 1, 150)
    frame = pd.DataFrame({"years": years, "noise": rng.normal(0, 1, 150)})
    frame["used"] = pd.Categorical(np.where(rng.random(150) < special.expit(2.5 * years), "yes", "no"), ["no", "yes"])
    found = cs.compare_models({"noise": cs.fit("used ~ noise", frame), "years": cs.fit("used ~ years", frame)})
    assert [one.told for one in found.scores] == ["best", "predicts less well"]
    assert found.scores[0].name == "years"
    assert "scores-small" not in {doubt.code for doubt in found.caveats}


def test_only_the_same_people(frame, fits):
    lacking = frame.assign(years=frame["years"].where(frame.index != 7))
    with pytest.raises(
        InputError, match=r"different respondents \(answers: 'by kind' 40, 'less' 39; 39 in all\)"
    ) as told:
        cs.compare_models({"by kind": fits["by kind"], "less": cs.fit("rating ~ years", lacking)})
    assert "dropna(subset=['rating', 'kind', 'years'])" in str(told.value)
    whole = lacking.dropna(subset=["rating", "kind", "years"])
    again = cs.compare_models({"a": cs.fit("rating ~ kind", whole), "b": cs.fit("rating ~ years", whole)})
    assert again.people == 39
    turned = frame.iloc[::-1].reset_index(drop=True)
    with pytest.raises(InputError, match="gave different answers"):
        cs.compare_models({"a": fits["by kind"], "b": cs.fit("rating ~ kind", turned)})


def test_what_is_refused(frame, fits):
    one = fits["by kind"]
    for wrong in ({"a": one}, [one, one], {"a": one, "b": 3}, {"a": one, 2: one}):
        with pytest.raises(InputError, match="compare_models: found"):
            cs.compare_models(wrong)
    with pytest.raises(InputError, match="bayes"):
        cs.compare_models({"a": one, "b": cs.fit("rating ~ kind", frame, method="frequentist")})
    with pytest.raises(InputError, match="one question"):
        cs.compare_models({"a": one, "b": cs.fit("used ~ kind", frame)})
    with pytest.raises(InputError, match="at most 5000"):
        cs.compare_models({"a": one, "b": replace(one, design=replace(one.design, tables=(np.full((2, 3), 1e4),)))})


@pytest.mark.slow
def test_tables_of_counts():
    """A table gives the scores of the respondents that it counts."""
    answers = np.repeat([0, 1, 2, 0, 1, 2], [9, 5, 4, 3, 6, 13])
    frame = pd.DataFrame(
        {
            "rating": pd.Categorical(np.array(SCALE)[answers], SCALE, ordered=True),
            "kind": pd.Categorical(np.repeat(["a", "b"], [18, 22])),
        }
    )
    formulas = {"by kind": "rating ~ kind", "alone": "rating ~ 1"}
    rows = cs.compare_models({name: cs.fit(formula, frame) for name, formula in formulas.items()})
    data = cs.read_respondents(frame, cs.Codebook.from_frame(frame))
    table = cs.tabulate(data, "rating", by="kind")
    counts = cs.compare_models({name: cs.fit(formula, table) for name, formula in formulas.items()})
    for one, two in zip(rows.scores, counts.scores, strict=True):
        assert one.elpd == pytest.approx(two.elpd, abs=1e-9)
        assert one.difference_se == pytest.approx(two.difference_se, abs=1e-9)
    with pytest.raises(InputError, match="one of both"):
        cs.compare_models({"a": cs.fit("rating ~ kind", frame), "b": cs.fit("rating ~ kind", table)})
    survey = cs.load_survey("bosnia-herzegovina-2021")
    printed = cs.fit("awareness ~ age", cs.tabulate(survey, "awareness", by="age"))
    with pytest.raises(InputError, match="3 tables that print leaves open"):
        cs.compare_models({"a": printed, "b": printed})


@pytest.mark.slow
def test_arviz_says_the_same(frame, fits):
    import arviz as az

    grouped = cs.fit("rating ~ per(years, 10) + (1 | kind)", frame)
    every = {**fits, "grouped": grouped}
    found = cs.compare_models(every)
    table = az.compare({name: fit.to_datatree() for name, fit in every.items()}, round_to="none")
    for one in found.scores:
        row = table.loc[one.name]
        assert one.elpd == pytest.approx(row["elpd"], abs=0.01)
        assert one.difference == pytest.approx(row["elpd_diff"], abs=0.01)
        assert one.difference_se == pytest.approx(row["dse"] * np.sqrt(40 / 39), abs=0.01)
        assert one.se == pytest.approx(row["se"], abs=0.01)
        assert one.parameters == pytest.approx(row["p"], abs=0.05)
        assert one.weight == pytest.approx(row["weight"], abs=0.02)


@pytest.mark.slow
def test_several_answers_of_each(frame):
    import arviz as az

    rng = np.random.default_rng(4)
    table = pd.DataFrame({"kind": frame["kind"].astype(str)})
    for name in ("one", "two", "three"):
        table[name] = np.where(rng.random(40) < 0.5, "yes", "no")
    book = cs.Codebook({"used": cs.Multiple(columns=["one", "two", "three"]), "kind": cs.Categories("a", "b")})
    data = cs.read_respondents(table, book)
    by_kind = cs.fit("used ~ kind", data)
    wide = replace(by_kind.model, priors=by_kind.model.with_priors(scales="half-normal(0.2)").priors)
    found = cs.compare_models({"a": by_kind, "b": cs.fit(wide, data)})
    assert (found.people, found.answers) == (40, 120)
    assert "scores-of-answers" in {doubt.code for doubt in found.caveats}
    expected = az.loo(by_kind.to_datatree())
    (one,) = (score for score in found.scores if score.name == "a")
    assert one.elpd == pytest.approx(expected.elpd, abs=0.05)
