"""Estimates and profile limits against R, against identities, and refusals where no estimate exists."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from scipy.special import expit

from csea_stats.errors import InputError
from csea_stats.regression.engines import penalised as module
from csea_stats.regression.engines.penalised import Cumulative, climb, dependent, profile, separating
from csea_stats.regression.problem import EngineProblem, Prior

REFERENCE = Path(__file__).parents[2] / "reference"
HALF = 3.841458820694124 / 2


def rows(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def table(name):
    """Problem of a reference table, uncentred as in R."""
    lines = [row for row in rows("regression_tables.csv") if row["table"] == name]
    counts = np.array([[float(row[f"n{k}"]) for k in range(1, 6)] for row in lines])
    columns = np.array([[float(row["x1"]), float(row["x2"])] for row in lines])
    columns = columns[:, [place for place in range(2) if np.ptp(columns[:, place]) > 0]]
    if name == "seven":
        counts = counts[:, :2]
    return EngineProblem(counts=counts, linear=columns, linear_priors=(Prior(),) * columns.shape[1])


def reference(method):
    return sorted({row["table"] for row in rows("regression_engines.csv") if row["method"] == method})


@pytest.mark.few(6)
@pytest.mark.parametrize(
    ("name", "method"), [(name, method) for method in ("log-f", "ml", "firth") for name in reference(method)]
)
def test_agrees_with_r(name, method):
    expected = {
        row["term"]: row for row in rows("regression_engines.csv") if (row["table"], row["method"]) == (name, method)
    }
    fit = profile(table(name), method=method)
    cuts = np.unique(fit.thresholds[np.isfinite(fit.thresholds)])
    assert cuts == pytest.approx([float(row["value"]) for term, row in expected.items() if "cut" in term], abs=2e-6)
    # R's optim leaves 1e-7; confint of clm interpolates the profile, which leaves 1e-4.
    tolerance = 2e-4 if method == "ml" else 2e-6
    for place, limits in enumerate(fit.limits):
        row = expected[f"x{place + 1}"]
        assert limits.value == pytest.approx(float(row["value"]), abs=2e-6)
        assert [limits.lower, limits.upper] == pytest.approx([float(row["lower"]), float(row["upper"])], abs=tolerance)
        assert fit.log_likelihood == pytest.approx(float(row["loglik"]), abs=1e-6)


def test_firth_and_log_f_agree_with_brglm2_and_with_pseudo_data():
    expected = {
        row["method"]: float(row["value"])
        for row in rows("regression_engines.csv")
        if row["table"] == "seven" and row["term"] == "x1"
    }
    assert profile(table("seven"), method="firth").linear[0] == pytest.approx(expected["brglm2"], abs=1e-8)
    assert profile(table("seven")).linear[0] == pytest.approx(expected["pseudo-data"], abs=1e-6)
    # Firth in a saturated 2 x 2 table adds half a person to every cell.
    assert profile(table("seven"), method="firth").linear[0] == pytest.approx(
        np.log(7.5 / 0.5 / (28.5 / 14.5)), abs=1e-9
    )


@pytest.mark.slow
def test_maximum_likelihood_agrees_with_statsmodels():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    problem = table("made")
    pattern, answer = np.nonzero(problem.counts)
    times = problem.counts[pattern, answer].astype(int)
    outcome, columns = np.repeat(answer, times), np.repeat(problem.linear[pattern], times, axis=0)
    other = OrderedModel(outcome, columns, distr="logit").fit(method="bfgs", disp=False, gtol=1e-7)
    fit = profile(problem, method="ml")
    assert fit.linear == pytest.approx(other.params[:2], abs=1e-5)
    assert fit.log_likelihood == pytest.approx(other.llf, abs=1e-9)


@pytest.mark.parametrize("method", ["log-f", "ml", "firth"])
def test_a_limit_is_where_the_profile_has_dropped_by_half_the_quantile(method):
    problem = EngineProblem(
        counts=np.array([[6.0, 3], [2, 7], [5, 5]]),
        linear=np.array([[-1.0, 0], [1, 0.5], [0, -1]]),
        linear_priors=(Prior(),) * 2,
    )
    fit = profile(problem, method=method)

    def height(c, b):
        z = c[:, None] - (problem.linear @ b)
        value = -(np.logaddexp(0, -z) @ problem.counts[:, 0] + np.logaddexp(0, z) @ problem.counts[:, 1])
        if method == "log-f":
            value += (b / 2 - np.log1p(np.exp(b))).sum()
        if method == "firth":
            design = np.column_stack([np.ones(3), -problem.linear])
            weight = problem.counts.sum(axis=1) * expit(z) * expit(-z)
            value += 0.5 * np.linalg.slogdet(np.einsum("sg,gi,gj->sij", weight, design, design))[1]
        return value

    # Second coefficient by brute force: cutpoint and first coefficient on a grid refined once.
    best = height(np.array([fit.thresholds[0]]), fit.linear)[0]
    for end in (fit.limits[1].lower, fit.limits[1].upper):
        top = -np.inf
        centre, width = np.zeros(2), 6.0
        for _ in range(14):
            firsts = centre[0] + width * np.linspace(-1, 1, 21)
            slopes = centre[1] + width * np.linspace(-1, 1, 21)
            found = np.array([height(firsts, np.array([slope, end])) for slope in slopes])
            place = np.unravel_index(found.argmax(), found.shape)
            centre, top, width = np.array([firsts[place[1]], slopes[place[0]]]), found.max(), width * 0.3
        assert best - top == pytest.approx(HALF, abs=1e-6)


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=3, max_size=3), st.sampled_from([0.8, 0.95])
)
def test_reversed_answers_and_reversed_columns_reverse_the_effect(counts, level):
    counts = np.array(counts, dtype=float)
    column = np.array([[-1.0], [0.25], [1.5]])
    if (counts.sum(axis=0) > 0).sum() < 2 or (counts.sum(axis=1) > 0).sum() < 2:
        return
    make = lambda c, x: profile(EngineProblem(counts=c, linear=x, linear_priors=(Prior(),)), level=level).limits[0]  # noqa: E731
    one, other, both = make(counts, column), make(counts[:, ::-1], column), make(counts[:, ::-1], -column)
    assert one.lower < one.value < one.upper
    assert [-other.upper, -other.value, -other.lower] == pytest.approx([one.lower, one.value, one.upper], abs=1e-6)
    assert [both.lower, both.value, both.upper] == pytest.approx([one.lower, one.value, one.upper], abs=1e-6)


def test_worked_answers():
    seven = profile(table("seven"), method="firth").limits[0]
    assert [seven.value, seven.lower, seven.upper] == pytest.approx([2.0323, -0.191, 6.924], abs=5e-4)
    seven = profile(table("seven")).limits[0]
    assert [seven.value, seven.lower, seven.upper] == pytest.approx([2.094, -0.105, 6.979], abs=5e-4)
    none = profile(table("none"), method="ml").limits[0]
    assert [none.value, none.lower, none.upper] == pytest.approx([-1.79, -4.92, 0.29], abs=5e-3)
    excellent = profile(table("excellent")).limits[0]
    assert [excellent.value, excellent.lower, excellent.upper] == pytest.approx([-2.09, -6.98, 0.11], abs=6e-3)


def test_maximum_likelihood_is_refused_where_the_answers_are_separated():
    with pytest.raises(InputError, match=r"separated.*under 30 \(-infinity\).*'log-f'"):
        profile(table("excellent"), method="ml", names=["under 30"])
    with pytest.raises(InputError, match=r"linear column 0 \(\+infinity\)"):
        profile(table("seven"), method="ml")
    told = profile(table("seven"), names=["under 30"]).diagnostics[0]
    assert (told.name, told.state) == ("separation", "warn")
    assert "under 30" in told.text
    assert profile(table("wine")).diagnostics[0].state == "pass"


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=4, max_size=4))
def test_separation_is_where_the_likelihood_keeps_rising(counts):
    counts = np.array(counts, dtype=float)
    counts = counts[:, counts.sum(axis=0) > 0]
    columns = np.array([[-1.0, 0.5], [0, 1], [0.5, -1], [1, 0.3]])
    if counts.shape[1] < 2 or dependent(counts, columns):
        return
    peak = climb(
        Cumulative(counts=counts, columns=columns, penalised=False),
        Cumulative(counts=counts, columns=columns, penalised=False).start(),
    )
    finite = peak.converged and np.abs(peak.point).max() < 12
    assert bool(separating(counts, columns)) is not finite


def test_empty_categories_are_merged():
    problem = table("gap")
    fit = profile(problem)
    assert fit.thresholds[1] == fit.thresholds[2]
    low = profile(
        EngineProblem(
            counts=np.array([[0.0, 3, 2, 0], [0, 1, 4, 0]]), linear=np.array([[-1.0], [1]]), linear_priors=(Prior(),)
        )
    )
    assert low.thresholds[0] == -np.inf
    assert low.thresholds[2] == np.inf
    assert np.isfinite(low.thresholds[1])


def test_the_log_likelihood_without_columns_is_that_of_the_shares():
    fit = profile(EngineProblem(counts=np.array([[3.0, 20, 17, 7, 2]]), linear=np.zeros((1, 0))), method="ml")
    counts = np.array([3, 20, 17, 7, 2])
    assert fit.log_likelihood == pytest.approx((counts * np.log(counts / 49)).sum(), abs=1e-10)
    assert expit(fit.thresholds) == pytest.approx(np.cumsum(counts)[:-1] / 49, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"counts": np.array([[0.0, 4], [0, 3]])}, "one category"),
        ({"counts": np.zeros((2, 2))}, "one category or none"),
        ({"linear": np.zeros((2, 1))}, "age: the same for everybody"),
        ({"counts": np.array([[2.0, 3], [0, 0]])}, "age: the same for everybody"),
    ],
)
def test_problems_without_an_answer_are_refused(change, match):
    given = {"counts": np.array([[3.0, 4], [5, 3]]), "linear": np.array([[-0.5], [0.5]]), "linear_priors": (Prior(),)}
    with pytest.raises(InputError, match=match):
        profile(EngineProblem(**given | change), names=["age"])


def test_calls_that_do_not_fit_are_refused():
    problem = table("made")
    with pytest.raises(InputError, match="allowed are two"):
        profile(problem, method="firth")
    with pytest.raises(InputError, match="allowed is 'log-f'"):
        profile(problem, method="probit")
    with pytest.raises(InputError, match="level"):
        profile(problem, level=95)
    with pytest.raises(InputError, match="names"):
        profile(problem, names=["one"])
    doubled = EngineProblem(
        counts=problem.counts,
        linear=np.column_stack([problem.linear, problem.linear.sum(axis=1)]),
        linear_priors=(Prior(),) * 3,
    )
    with pytest.raises(InputError, match=r"a, b, c: .*combination"):
        profile(doubled, names=["a", "b", "c"])
    ordered = EngineProblem(
        counts=problem.counts, linear=np.zeros((10, 0)), steps=(np.zeros((10, 2)),), monotonic_priors=(Prior(),)
    )
    with pytest.raises(InputError, match="monotonic"):
        profile(ordered)


def test_cost_does_not_grow_with_people():
    problem = table("made")
    fit = profile(
        EngineProblem(counts=problem.counts * 20_000, linear=problem.linear, linear_priors=problem.linear_priors)
    )
    assert fit.linear == pytest.approx(
        profile(problem, method="ml").linear, abs=1e-4
    )  # the penalty is one person's worth


def test_rows_are_balanced_where_a_linear_programme_finds_no_direction():
    rng = np.random.default_rng(11)
    told = {True: 0, False: 0}
    for _ in range(150):
        cone = rng.integers(-2, 3, (rng.integers(3, 12), 3)).astype(float)
        if np.linalg.matrix_rank(cone) < 3:
            continue
        found = optimize.linprog(-cone.sum(axis=0), A_ub=-cone, b_ub=np.zeros(len(cone)), bounds=[(-1, 1)] * 3)
        finite = bool(cone.sum(axis=0) @ found.x <= 1e-9)
        assert module._balanced(cone) is finite
        told[finite] += 1
    assert min(told.values()) > 30


@pytest.mark.parametrize("size", [1e-3, 1e-8, 1e-13])
def test_rows_that_are_only_nearly_balanced_are_told_apart(size):
    assert not module._balanced(np.array([[size, 1.0], [size, -1.0]]))  # the direction (1, 0) is above 0 for both
    balanced = module._balanced(np.array([[size, 1.0], [size, -1.0], [-1.0, 0.0]]))
    assert balanced is (size == 1e-3)  # by weights beyond rounding; else the linear programme is asked
