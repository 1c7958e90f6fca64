"""Numbers, scores of a short scale and how many of how many as outcomes, through the public calls."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import csea_stats as cs
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.regression.summary import summary
from csea_stats.report.fit_page import fit_html
from csea_stats.report.model_card import model_card


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    n = 45
    org = rng.choice(["gov", "NGO", "other"], n)
    score = np.clip(np.round(5 + 2 * (org == "NGO") + rng.standard_t(3, n) * 1.5), 0, 10)
    cases = rng.integers(1, 12, n)
    return pd.DataFrame(
        {
            "org": pd.Categorical(org, categories=["gov", "NGO", "other"]),
            "years": rng.integers(1, 6, n) * 5.0,
            "age": pd.Categorical(
                rng.choice(["young", "mid", "old"], n), categories=["young", "mid", "old"], ordered=True
            ),
            "score": score,
            "cases": cases,
            "reported": rng.binomial(cases, special.expit(0.3 + 0.8 * (org == "NGO"))),
        }
    )


@pytest.fixture(scope="module")
def scores(frame):
    return cs.fit("score ~ org + years", frame)


@pytest.fixture(scope="module")
def counts(frame):
    return cs.fit("reported | trials(cases) ~ org", frame)


# ---------------------------------------------------------------- numbers


def test_a_number_has_averages_with_both_intervals_a_strip_and_verdicts(scores, frame):
    effect = scores.effects("org", ("gov", "NGO"))[0]
    assert effect.scale == "average"
    assert effect.estimand == "difference in the average of score, from gov to NGO"
    assert effect.interval.kind == "credible"
    assert effect.companion.method == "least-squares"
    assert {name for name, _ in effect.sensitivity} == {"normal(0, 1)", "logistic(0, 1)", "normal(0, 2.5)"}
    assert effect.verdict.word == "supported"
    dummies = np.stack([np.ones(45), frame.org == "NGO", frame.org == "other", frame.years]).T.astype(float)
    point, left, *_ = np.linalg.lstsq(dummies, frame.score, rcond=None)
    half = stats.t.ppf(0.975, 41) * np.sqrt(left[0] / 41 * np.linalg.inv(dummies.T @ dummies)[1, 1])
    assert (effect.companion.lower, effect.companion.upper) == pytest.approx((point[1] - half, point[1] + half))
    assert effect.value == pytest.approx(point[1], abs=half / 4)  # errors with tails, a weak prior


@pytest.mark.slow
def test_averages_add_up(scores, frame):
    by = {one.item.partition("[")[2].partition("]")[0]: one.value for one in scores.predictions("org")}
    assert by["NGO"] - by["gov"] == pytest.approx(scores.effects("org", ("gov", "NGO"))[0].value, abs=0.02)
    exact = cs.fit("score ~ org + years", frame, method="frequentist")
    assert exact.predictions()[0].value == pytest.approx(frame.score.mean())
    zero = exact.thresholds(at="zero")[0].value
    assert zero == pytest.approx(exact.predict({"org": "gov", "years": 0})[0].value)
    slope = exact.coefficients()[2]
    assert slope.item == "years"
    assert slope.value == pytest.approx(exact.effects("years")[0].value)


def test_a_new_answer_is_less_sure_than_an_average(scores):
    share, new = scores.predict({"org": "NGO", "years": 10}, new=1)
    _, several = scores.predict({"org": "NGO", "years": 10}, new=20)
    widths = [one.interval.upper - one.interval.lower for one in (share, several, new)]
    assert widths == sorted(widths)
    assert new.estimand == "answer of one new person to score, with org NGO, years 10"


@pytest.mark.slow
def test_checks_pages_and_cards_tell_no_single_number(scores, frame):
    check = scores.check()
    assert {one.answer for one in check.counts} == {"up to 4", "above 4 up to 6", "above 6 up to 8", "above 8"}
    below = int((frame.score[frame.org == "gov"] <= 4).sum())
    assert check.counts[0].observed == (below, below)
    page = fit_html(scores)
    assert "Changes of an average" in page
    assert "Student-t" in model_card(scores.design.resolved)
    assert "differences of the average" in summary(scores, scores.coefficients(), scores.effects())
    assert scores.influence()[0].answer in set(frame.score.map("{:g}".format))


def test_what_a_number_has_not_is_said(scores, frame):
    with pytest.raises(UnsupportedTarget, match="cumulative"):
        scores.effects(target=cs.Population(cs.Selection()))
    for ask in (lambda: scores.effects(outcome="5"), scores.tipping_points, scores.proportional_odds):
        with pytest.raises(InputError):
            ask()
    with pytest.raises(InputError, match="odds ratio"):
        scores.coefficients(scale="odds ratio")
    with pytest.raises(InputError, match="least-squares"):
        cs.fit("score ~ org", frame, method="frequentist", engine="log-f")
    with pytest.raises(InputError, match="linear takes a number"):
        cs.fit(cs.Model.from_formula("org ~ years", family="linear"), frame)
    with pytest.raises(InputError, match="trials"):
        cs.fit(cs.Model.from_formula("score ~ years", family="multinomial"), frame)


def test_units_do_not_change_what_is_told(scores, frame):
    other = cs.fit("score ~ org + years", frame.assign(score=10 * frame.score + 3))
    one, ten = (fit.effects("org", ("gov", "NGO"))[0] for fit in (scores, other))
    assert (ten.interval.lower, ten.interval.upper) == pytest.approx((10 * one.interval.lower, 10 * one.interval.upper))
    assert other.thresholds()[0].value == pytest.approx(10 * scores.thresholds()[0].value + 3)


@pytest.mark.slow
def test_whole_numbers_of_a_short_scale_are_ordered_answers(frame):
    book = cs.Codebook(
        {"score": cs.Number(unit="", minimum=0, maximum=10), "org": cs.Categories("gov", "NGO", "other")}
    )
    data = cs.read_respondents(frame[["score", "org"]], book)
    fit = cs.fit(cs.Model.from_formula("score ~ org", family="cumulative"), data)
    assert fit.design.answers == tuple(map(str, range(11)))
    ordered = pd.Categorical(frame.score.astype(int).astype(str), categories=list(map(str, range(11))), ordered=True)
    same = cs.fit("score ~ org", frame.assign(score=ordered))
    assert (
        fit.effects("org", outcome="5 or higher")[0].interval == same.effects("org", outcome="5 or higher")[0].interval
    )
    with pytest.raises(InputError, match="whole ones"):
        cs.fit(cs.Model.from_formula("score ~ org", family="cumulative"), frame.assign(score=frame.score / 3))


# ---------------------------------------------------------------- how many of how many


def test_trials_are_the_logistic_model_of_each(counts, frame):
    rows = frame.loc[frame.index.repeat(frame.cases), ["org"]]
    yes = np.concatenate([np.arange(n) < k for k, n in zip(frame.reported, frame.cases, strict=True)])
    each = cs.fit("said ~ org", rows.assign(said=pd.Categorical(np.where(yes, "yes", "no"), categories=["no", "yes"])))
    assert counts.model.formula == "reported | trials(cases) ~ org"
    one, other = counts.coefficients()[0], each.coefficients()[0]
    assert one.companion.lower == pytest.approx(other.companion.lower, abs=1e-6)
    assert one.value == pytest.approx(other.value, abs=0.02)
    assert counts.design.people == 45
    assert counts.design.base == 45
    effect = counts.effects("org", ("gov", "NGO"))[0]
    assert effect.estimand == "difference in the share of cases: reported, from gov to NGO"
    assert effect.base == (45,)


def test_trials_that_hang_together_ring_and_others_do_not(counts, frame):
    assert [doubt.code for doubt in counts.caveats] == ["trials-alike"]
    rng = np.random.default_rng(7)
    own = rng.beta(0.6, 0.6, 45)
    together = cs.fit("reported | trials(cases) ~ org", frame.assign(reported=rng.binomial(frame.cases, own)))
    assert [doubt.code for doubt in together.caveats] == ["trials-hang-together"]


def test_wrong_trials_are_named(frame):
    with pytest.raises(InputError, match="row 0: found 99 of"):
        cs.fit("reported | trials(cases) ~ org", frame.assign(reported=99))
    none = frame.assign(cases=frame.cases.where(frame.index > 4, 0), reported=frame.reported.where(frame.index > 4, 0))
    assert cs.fit("reported | trials(cases) ~ org", none).design.left_out == (("cases: 0", 5),)
    with pytest.raises(InputError, match="binomial"):
        cs.fit(cs.Model.from_formula("reported | trials(cases) ~ org", family="linear"), frame)
    with pytest.raises(InputError, match="two whole numbers"):
        cs.fit("reported | trials(org) ~ years", frame)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["scores", "counts"])
def test_a_fit_comes_back_and_is_a_tree(name, request, tmp_path):
    fit = request.getfixturevalue(name)
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    assert again.effects().to_json() == fit.effects().to_json()
    assert (tmp_path / "fit" / "PRIVATE").exists()
    tree = fit.to_datatree()
    assert tree["log_likelihood"]["answers"].shape == (4, 1000, 45)
    assert cs.Model.from_formula(fit.model.formula) == fit.model


def test_log_likelihoods_of_people_are_those_of_their_answers(counts, scores, frame):
    draws = counts.draws
    eta = -draws["thresholds"][:1] + np.stack([draws["org[NGO]"][:1], draws["org[other]"][:1]]).T @ (
        np.stack([frame.org == "NGO", frame.org == "other"])
        - np.array([[(frame.org == "NGO").mean()], [(frame.org == "other").mean()]])
    )
    tree = counts.to_datatree()["log_likelihood"]["answers"].to_numpy()[0, 0]
    assert tree == pytest.approx(stats.binom.logpmf(frame.reported, frame.cases, special.expit(eta[0])))
    found, named = scores.to_datatree()["log_likelihood"]["answers"].to_numpy()[0, 0], scores.draws
    own = np.column_stack([frame.org == "NGO", frame.org == "other", frame.years / (2 * frame.years.std())])
    mean = named["average"][0] + (own - own.mean(axis=0)) @ [
        named[one][0] for one in ("org[NGO]", "org[other]", "years")
    ]
    density = stats.t.logpdf(frame.score, named["degrees of freedom"][0], mean, named["errors"][0])
    assert found == pytest.approx(density + np.log(frame.score.std()))  # of the outcome in standard deviations


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["score ~ org + years", "reported | trials(cases) ~ org", "score ~ mo(age)"])
def test_nuts_agrees(formula, frame):
    near, far = (cs.fit(formula, frame, engine=engine).effects() for engine in ("laplace", "nuts"))
    for one, other in zip(near, far, strict=True):
        width = one.interval.upper - one.interval.lower
        assert one.value == pytest.approx(other.value, abs=0.04 * width)
        assert one.interval.lower == pytest.approx(other.interval.lower, abs=0.06 * width)
        assert one.interval.upper == pytest.approx(other.interval.upper, abs=0.06 * width)


@pytest.mark.slow
def test_trials_are_those_of_statsmodels(frame):
    sm = pytest.importorskip("statsmodels.api")
    columns = np.column_stack([np.ones(45), frame.org == "NGO", frame.org == "other"]).astype(float)
    answers = np.column_stack([frame.reported, frame.cases - frame.reported])
    other = sm.GLM(answers, columns, family=sm.families.Binomial()).fit(tol=1e-12)
    fit = cs.fit("reported | trials(cases) ~ org", frame, method="frequentist", engine="ml")
    assert [one.value for one in fit.coefficients()] == pytest.approx(other.params[1:], abs=1e-6)
