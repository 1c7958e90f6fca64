"""Fits of public data against R (polr, glm at each cut, logistf, brglm2, clogit, lme4) and statsmodels."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.base.conditional_bernoulli import curvature, log_sums, posterior_mode
from csea_stats.regression.engines.penalised import profile
from csea_stats.regression.problem import EngineProblem, Prior

REFERENCE = Path(__file__).parents[1] / "reference"


def lines(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def expected(data, method):
    rows = [row for row in lines("regression_public.csv") if (row["data"], row["method"]) == (data, method)]
    return {row["term"]: [float(row[key]) for key in ("value", "lower", "upper") if row[key]] for row in rows}


def rows(data):
    """Columns x, the answers and how many, row by row."""
    found = [row for row in lines("regression_public_rows.csv") if row["data"] == data]
    x = np.array([[float(row[f"x{k}"]) for k in range(1, 7)] for row in found])
    return x, np.array([int(row["y"]) for row in found]), np.array([int(row["n"]) for row in found])


def problem(data, answers):
    """Collapse the rows to patterns."""
    x, y, n = rows(data)
    x = x[:, np.ptp(x, axis=0) > 0]
    patterns, place = np.unique(x, axis=0, return_inverse=True)
    counts = np.zeros((len(patterns), answers))
    np.add.at(counts, (place, y), n)
    return EngineProblem(counts=counts, linear=patterns, linear_priors=(Prior(),) * patterns.shape[1])


def respondents(data, names):
    x, y, n = rows(data)
    x = x[:, np.ptp(x, axis=0) > 0]
    columns = {f"x{place + 1}": np.repeat(x[:, place], n) for place in range(x.shape[1])}
    kinds = {"y": cs.Ordered(*names) if len(names) > 2 else cs.Categories(*names)}
    kinds |= {name: cs.Number(unit="units") for name in columns}
    table = pd.DataFrame({"y": np.array(names)[np.repeat(y, n)], **columns})
    return cs.read_respondents(table, cs.Codebook(kinds)), "y ~ " + " + ".join(f"per({name}, 1)" for name in columns)


def interval(one):
    return [one.value, one.interval.lower, one.interval.upper]


def test_housing_agrees_with_polr():
    told = expected("housing", "polr")
    fit = profile(problem("housing", 3), method="ml")
    assert fit.thresholds == pytest.approx([told["cut1"][0], told["cut2"][0]], abs=2e-5)
    assert fit.log_likelihood == pytest.approx(told["loglik"][0], abs=1e-6)  # ten digits are kept
    for place, limits in enumerate(fit.limits):
        # polr's optimiser leaves 1e-5 of the estimate, its interpolated profile 1e-4 of the limits.
        value, lower, upper = told[f"x{place + 1}"]
        assert limits.value == pytest.approx(value, abs=2e-5)
        assert [limits.lower, limits.upper] == pytest.approx([lower, upper], abs=2e-4)


@pytest.fixture(scope="module")
def housing():
    data, formula = respondents("housing", ("low", "medium", "high"))
    return cs.fit(formula, data, method="frequentist", engine="ml")


def test_cutpoints_at_zero_are_those_of_polr(housing):
    told = expected("housing", "polr")
    assert [one.value for one in housing.thresholds(at="zero")] == pytest.approx(
        [told["cut1"][0], told["cut2"][0]], abs=2e-5
    )
    for one in housing.coefficients(scale="odds ratio"):
        value, lower, upper = np.exp(told[one.item])
        assert one.value == pytest.approx(value, rel=3e-5)
        assert [one.interval.lower, one.interval.upper] == pytest.approx([lower, upper], rel=3e-4)


def test_the_effect_at_each_cut_is_that_of_glm(housing):
    found = housing.proportional_odds()
    assert len(found) == 6 * (1 + 2)
    for cut, answer in ((1, "low"), (2, "medium")):
        for term, told in expected("housing", f"later than {cut}").items():
            one = found.where(item=f"{term}: later than {answer}")[0]
            assert one.value == pytest.approx(told[0], abs=1e-7)
            assert interval(one)[1:] == pytest.approx(told[1:], abs=3e-4)  # R interpolates the profile
    for term in ("x1", "x6"):
        common = found.where(item=f"{term}: common")[0]
        assert interval(common) == interval(housing.coefficients().where(item=term)[0])


@pytest.mark.few(1)
@pytest.mark.parametrize("data", ["endometrial", "birthwt"])
def test_firth_agrees_with_logistf_and_brglm2(data):
    fit = profile(problem(data, 2), method="firth")
    for place, limits in enumerate(fit.limits):
        told = expected(data, "logistf")[f"x{place + 1}"]
        assert [limits.value, limits.lower, limits.upper] == pytest.approx(told, abs=2e-6)
        assert limits.value == pytest.approx(expected(data, "brglm2")[f"x{place + 1}"][0], abs=1e-7)


@pytest.mark.slow
def test_a_separated_predictor_is_told_and_bounded():
    answers, formula = respondents("endometrial", ("low", "high"))
    found = cs.fit(formula, answers, method="frequentist", engine="firth")
    separation = [one for one in found.diagnostics if one.name == "separation"]
    assert separation[0].state == "warn"
    assert interval(found.coefficients()[0]) == pytest.approx(expected("endometrial", "logistf")["x1"], abs=2e-6)


def test_exactly_k_is_exact_conditional_logistic_regression():
    chosen = rows("picks")[0]
    assert (chosen.sum(axis=1) == 3).all()
    people, counts = len(chosen), chosen.sum(axis=0)
    theta = posterior_mode(counts, people, 3, spread=3e4)  # as good as no prior
    told = expected("picks", "clogit")
    # clogit holds the first answer at 0; ours are centred.
    assert theta[1:] - theta[0] == pytest.approx([told[f"item{k}"][0] for k in range(2, 7)], abs=1e-6)
    likelihood = counts @ theta - people * log_sums(theta, 3)[3]
    assert likelihood == pytest.approx(told["loglik"][0], abs=1e-7)
    spread = np.linalg.inv(curvature(theta, people, 3, 0.0)[1:, 1:])  # with the first answer held
    assert np.sqrt(np.diag(spread)) == pytest.approx([told[f"item{k}"][1] for k in range(2, 7)], abs=1e-6)


def against_statsmodels(outcome, columns):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    other = OrderedModel(outcome, columns, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8, maxiter=500)
    answers = int(outcome.max()) + 1
    counts = np.eye(answers)[outcome]
    fit = profile(
        EngineProblem(counts=counts, linear=columns, linear_priors=(Prior(),) * columns.shape[1]), method="ml"
    )
    width = columns.shape[1]
    assert fit.log_likelihood == pytest.approx(other.llf, abs=1e-6)
    assert fit.linear == pytest.approx(np.asarray(other.params[:width]), abs=2e-4)
    later = np.asarray(other.params[width:])
    cuts = np.cumsum(np.concatenate([later[:1], np.exp(later[1:])]))  # statsmodels keeps the logs of the steps
    assert fit.thresholds == pytest.approx(cuts, abs=2e-3)


@pytest.mark.slow
def test_party_identification_agrees_with_statsmodels():
    import statsmodels.api as sm

    data = sm.datasets.anes96.load_pandas().data
    columns = data[["TVnews", "educ", "income"]].to_numpy(dtype=float)
    against_statsmodels(data["PID"].to_numpy(dtype=int), columns - columns.mean(axis=0))


@pytest.mark.slow
def test_marriage_ratings_agree_with_statsmodels():
    import statsmodels.api as sm

    data = sm.datasets.fair.load_pandas().data
    columns = data[["religious", "educ", "children"]].to_numpy(dtype=float)
    against_statsmodels(data["rate_marriage"].to_numpy(dtype=int) - 1, columns - columns.mean(axis=0))


# ------------------------------------------------------------------ effects at each cut


@pytest.mark.slow
def test_cuts_of_a_bayesian_fit_and_the_figure(fitted, profiled):
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    for fit, kind in ((fitted, "credible"), (profiled, "confidence")):
        found = fit.proportional_odds()
        assert {one.interval.kind for one in found} == {kind}
        used = fit.design.tables[0].sum(axis=0)
        inner = sum(1 for cut in range(1, len(used)) if 0 < used[:cut].sum() < used.sum())
        items = len(fit.coefficients())
        assert len(found) == items * (1 + inner)
        assert all("looked-at" in {doubt.code for doubt in one.caveats} for one in found)
        assert all(one.verdict is None for one in found if not one.item.endswith("common"))
        ax = fit.plot("proportional-odds")
        assert len(ax.get_yticklabels()) == items * inner
        assert "Log odds ratio" in ax.get_xlabel()
        plt.close("all")


@pytest.mark.slow
def test_a_cut_is_the_fit_of_the_two_answers(frame, book):
    two = frame.assign(aware=np.where(frame["awareness"].isin(["none", "poor"]), "no", "yes"))
    two.loc[two["awareness"] == "don't know", "aware"] = None
    data = cs.read_respondents(two, book)
    for method in ("frequentist", "bayes"):
        whole = cs.fit("awareness ~ per(experience, 5)", data, method=method)
        alone = cs.fit("aware ~ per(experience, 5)", data, method=method)
        one = whole.proportional_odds().where(item="experience: later than poor")[0]
        assert interval(one) == pytest.approx(interval(alone.coefficients()[0]), abs=1e-9)


def test_two_answers_have_no_cuts_to_compare(data):
    from csea_stats.errors import InputError

    with pytest.raises(InputError, match="three or more answers"):
        cs.fit("aware ~ per(experience, 5)", data).proportional_odds()


def test_a_separated_cut_has_the_penalty_as_its_method_says():
    table = pd.DataFrame({"y": ["a"] * 5 + ["b", "c"] * 12, "x": [0.0] * 5 + [0.0, 1.0, 1.0, 0.0] * 6})
    kinds = {"y": cs.Ordered("a", "b", "c"), "x": cs.Number(unit="units")}
    data = cs.read_respondents(table, cs.Codebook(kinds))
    fit = cs.fit("y ~ per(x, 1)", data, method="frequentist", engine="ml")
    found = fit.proportional_odds()
    assert [one.interval.method for one in found] == ["ml", "log-f", "ml"]


# ------------------------------------------------------------------ group effects


@pytest.mark.slow
def test_group_effects_agree_with_the_posterior_by_lme4_and_lie_near_glmer():
    rows_ = lines("regression_groups_counts.csv")
    table = pd.DataFrame(
        [
            {"herd": row["herd"], "period": row["period"], "ill": "yes" if case < int(row["incidence"]) else "no"}
            for row in rows_
            for case in range(int(row["size"]))
        ]
    )
    kinds = {
        "ill": cs.Categories("no", "yes"),
        "period": cs.Categories("1", "2", "3", "4"),
        "herd": cs.Categories(*sorted(table["herd"].unique(), key=int)),
    }
    fit = cs.fit("ill ~ period + (1 | herd)", cs.read_respondents(table, cs.Codebook(kinds)))
    told = {(row["method"], row["term"]): row for row in lines("regression_groups.csv")}
    found = {one.item: one for one in fit.coefficients()}
    terms = {"period[2]": "period2", "period[3]": "period3", "period[4]": "period4", "sd(herd)": "sd"}
    for item, term in terms.items():
        row, one = told["posterior", term], found[item]
        lower, middle, upper = (float(row[key]) for key in ("lower", "value", "upper"))
        sd = (upper - lower) / 3.92
        # A median of S draws has the error 1.25 sd / sqrt(S), a 2.5% limit 2.7 sd / sqrt(S); both sides are draws.
        error = 3 * np.hypot(float(row["error"]), sd / np.sqrt(4_000))
        assert one.value == pytest.approx(middle, abs=1.25 * error)
        assert [one.interval.lower, one.interval.upper] == pytest.approx([lower, upper], abs=2.7 * error)
        # Maximum likelihood has no priors: Logistic(0, 1) draws the periods towards 0 by up to a third of their error,
        # and the spread's posterior median lies above its maximum.
        assert abs(one.value - float(told["glmer", term]["value"])) < 0.5 * sd
