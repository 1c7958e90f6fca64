"""Who took part: quadrature against R, against sums, against limits."""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from csea_stats.base.roots import increasing_root
from csea_stats.base.selection import (
    finite_cdf,
    finite_quantiles,
    logit_ends,
    mean_error,
    normal_from_quantiles,
    selected_cdf,
    selected_quantiles,
    shift_odds,
    tau_for_mean_error,
)
from csea_stats.errors import InputError
from csea_stats.targets.populations import Selection

REFERENCE = Path(__file__).parents[1] / "reference"


def rows(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def test_populations_agree_with_r():
    table = rows("populations.csv")
    x, n, tau, mean = (np.array([row[k] for row in table]) for k in ("x", "n", "tau", "mean"))
    found = selected_quantiles([0.025, 0.5, 0.975], x + 0.5, n - x + 0.5, tau=tau, mean=mean)
    expected = [[row[k] for k in ("lower", "median", "upper")] for row in table]
    np.testing.assert_allclose(found, expected, atol=1e-7)
    above = 1 - selected_cdf(0.5, x + 0.5, n - x + 0.5, tau=tau, mean=mean)
    np.testing.assert_allclose(above, [row["above"] for row in table], atol=1e-7)


@pytest.mark.parametrize(
    ("tau", "lower", "upper", "above"),
    [
        (0.25, 0.534, 0.848, 0.990),
        (0.35, 0.500, 0.864, 0.975),
        (0.5, 0.441, 0.889, 0.940),
        (1, 0.243, 0.951, 0.809),
        (1.5, 0.110, 0.981, 0.725),
    ],
)
def test_the_worked_example(tau, lower, upper, above):
    found = selected_quantiles([0.025, 0.975], 35.5, 14.5, tau=tau)[0]
    assert found.round(3).tolist() == [lower, upper]
    assert round(1 - float(selected_cdf(0.5, 35.5, 14.5, tau=tau)), 3) == above


FINE = [pytest.param(1_000_000, tau, 200_001, marks=pytest.mark.slow) for tau in (0.3, 5.0)]  # steps in z are steep


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("base", "tau", "points"),
    [
        *itertools.product([1, 7, 49], [1e-3, 0.02, 0.3, 5.0], [10_001]),
        *itertools.product([1_000_000], [1e-3, 0.02], [10_001]),
        *FINE,
    ],
)
def test_both_forms_agree_with_a_brute_sum(base, tau, points):
    z = np.linspace(-9, 9, points)
    weight = stats.norm.pdf(z) * (z[1] - z[0])
    for count in {0, base // 3, base}:
        a, b = count + 0.5, base - count + 0.5
        quantiles = selected_quantiles([0.025, 0.5, 0.975], a, b, tau=tau)[0]
        for share, wanted in zip(quantiles, (0.025, 0.5, 0.975), strict=True):
            if share in (0.0, 1.0):  # closer to the end than a double can say
                continue
            inner = special.betainc(a, b, special.expit(special.logit(share) + tau * z))
            # near 1 the logit of a double is itself rough
            assert weight @ inner == pytest.approx(wanted, abs=1e-6 if share < 0.999 else 1e-4)


def test_without_selection_it_is_the_beta():
    found = selected_quantiles([0.025, 0.975], 35.5, 14.5, tau=0)[0]
    np.testing.assert_allclose(found, special.betaincinv(35.5, 14.5, [0.025, 0.975]), rtol=1e-11)
    near = selected_quantiles([0.025, 0.975], 35.5, 14.5, tau=1e-6)[0]
    np.testing.assert_allclose(near, found, atol=1e-9)


@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.001, 5),
    st.floats(-2, 2),
)
def test_swapping_the_answer_mirrors(pair, tau, mean):
    x, n = pair
    one = selected_quantiles([0.025, 0.5, 0.975], x + 0.5, n - x + 0.5, tau=tau, mean=mean)[0]
    other = selected_quantiles([0.025, 0.5, 0.975], n - x + 0.5, x + 0.5, tau=tau, mean=-mean)[0]
    np.testing.assert_allclose(one, 1 - other[::-1], atol=1e-9)
    assert (np.diff(one) >= 0).all()


@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_finite_populations_agree_with_r(each):
    for row in rows("finite.csv")[::each]:
        x, n, size, tau = int(row["x"]), int(row["n"]), int(row["size"]), row["tau"]
        a, b = x + 0.5, n - x + 0.5
        found = x + finite_quantiles([0.025, 0.975], size - n, a, b, tau=tau)
        # R's sums with selection are good to about 1e-4: where a quantile hangs on less, either count is right.
        near = 0 if tau == 0 else 2e-4
        for place, key, wanted in ((0, "lower", 0.025), (1, "upper", 0.975)):
            if found[place] != row[key]:
                steps = finite_cdf(np.array([found[place], row[key]]) - x, size - n, a, b, tau=tau)
                assert abs(steps - wanted).min() < near, row
        at = float(finite_cdf(row["lower"] - x, size - n, a, b, tau=tau))
        assert at == pytest.approx(row["at"], abs=1e-9 if tau == 0 else 3e-4)


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("size", "plain", "selected"),
    [
        (60, (0.650, 0.767), (0.633, 0.767)),
        (100, (0.620, 0.790), (0.560, 0.820)),
        (200, (0.595, 0.810), (0.500, 0.855)),
        (1000, (0.582, 0.823), (0.453, 0.882)),
    ],
)
def test_the_worked_finite_populations(size, plain, selected):
    for tau, expected in ((0.0, plain), (0.5, selected)):
        found = (35 + finite_quantiles([0.025, 0.975], size - 49, 35.5, 14.5, tau=tau)) / size
        assert tuple(found.round(3).tolist()) == expected


def test_a_population_of_the_respondents_is_counted():
    assert finite_quantiles([0.025, 0.975], 0, 35.5, 14.5, tau=0.5).tolist() == [0, 0]


@pytest.mark.parametrize("tau", [0.0, 0.5])
def test_a_large_finite_population_is_the_infinite_one(tau):
    # A million draws add the variance p (1 - p) / 10^6, which moves a limit by 1.96 p (1 - p) / (2 10^6 sd) < 4e-6,
    # and whole numbers of people another 1e-6.
    found = finite_quantiles([0.025, 0.975], 10**6, 35.5, 14.5, tau=tau) / 10**6
    np.testing.assert_allclose(found, selected_quantiles([0.025, 0.975], 35.5, 14.5, tau=tau)[0], rtol=0, atol=5e-6)


@given(st.integers(1, 60), st.integers(0, 9), st.integers(0, 9))
def test_without_selection_it_is_beta_binomial(rest, yes, no):
    k = np.arange(rest + 1)
    found = finite_cdf(k, rest, yes + 0.5, no + 0.5)
    np.testing.assert_allclose(found, stats.betabinom.cdf(k, rest, yes + 0.5, no + 0.5), atol=1e-9)


def test_mean_errors():
    for tau, expected in ((0.25, (4.9, 4.2, 1.8)), (0.5, (9.6, 8.2, 3.7)), (1.0, (17.5, 15.4, 8.0))):
        assert tuple(round(mean_error(tau, at), 1) for at in (0.5, 0.7, 0.9)) == expected
    for points, expected in ((5.8, (0.29, 0.35)), (8.4, (0.43, 0.51)), (10, (0.52, 0.62))):
        assert tuple(round(tau_for_mean_error(points, at), 2) for at in (0.5, 0.7)) == expected


@given(st.floats(0.01, 19), st.floats(0.02, 0.98))
def test_tau_for_mean_error_inverts(tau, at):
    assert tau_for_mean_error(mean_error(tau, at), at) == pytest.approx(tau, rel=1e-6)


def test_mean_error_by_simulation():
    rng = np.random.default_rng(20211)
    error = abs(special.expit(special.logit(0.7) - 0.5 * rng.standard_normal(10**6)) - 0.7)
    assert mean_error(0.5, 0.7) == pytest.approx(100 * error.mean(), abs=5 * 100 * error.std() / 1000)


def test_quantiles_of_the_ratio():
    mean, tau = normal_from_quantiles({0.05: math.exp(0.3 - 0.4 * 1.6448536269514722), 0.5: math.exp(0.3)})
    assert (mean, tau) == (pytest.approx(0.3), pytest.approx(0.4))
    assert Selection.from_quantiles({0.025: 0.5, 0.975: 2}, reason="said by two").ratio == pytest.approx(2)


@pytest.mark.parametrize(
    "quantiles", [{}, {0.5: 1}, {0.5: 1, 0.9: 0.5}, {0: 1, 0.5: 2}, {0.1: -1, 0.5: 2}, {0.1: "a", 0.5: 2}, [0.1, 0.2]]
)
def test_quantiles_that_are_none(quantiles):
    with pytest.raises(InputError, match=r"quantiles|ratio"):
        normal_from_quantiles(quantiles)


@pytest.mark.parametrize(
    ("points", "at"), [(0, 0.5), (-1, 0.5), (60, 0.5), (5, 0), (5, 1), (math.nan, 0.5), ("5", 0.5)]
)
def test_errors_that_no_tau_gives(points, at):
    with pytest.raises(InputError, match=r"points|at:"):
        tau_for_mean_error(points, at)


@given(st.floats(0, 1), st.floats(0.01, 100))
def test_shifting_odds_back(share, factor):
    assert shift_odds(shift_odds(share, factor), 1 / factor) == pytest.approx(share, abs=1e-9)


@given(st.lists(st.floats(-0.9, 0.9), min_size=1, max_size=20))
def test_roots(values):
    wanted = np.array(values)
    found = increasing_root(
        lambda x: np.arctan(9 * (x - wanted)) ** 3, np.full(wanted.shape, -1.0), np.ones(wanted.shape)
    )
    np.testing.assert_allclose(found, wanted, atol=1e-4)  # flat at the root: the cube of an error
    steep = increasing_root(lambda x: np.expm1(5 * (x - wanted)), np.full(wanted.shape, -1.0), np.ones(wanted.shape))
    np.testing.assert_allclose(steep, wanted, atol=1e-12)


def test_roots_outside_the_bracket_are_its_ends():
    assert increasing_root(lambda x: x - [-5.0, 5.0], [0.0, 0.0], [1.0, 1.0]).tolist() == [0.0, 1.0]


def test_the_interval_holds_as_often_as_it_says_over_its_prior():
    # Shares from Jeffreys' prior, log ratios from N(0, tau^2): raw limits cover exactly .95 on average, closed .954.
    rng = np.random.default_rng(7)
    draws, n, tau = 40_000, 49, 0.5
    share = rng.beta(0.5, 0.5, draws)
    logit = np.log(np.maximum(share, 1e-300)) - np.log(np.maximum(1 - share, 1e-300))
    truth = special.expit(logit - rng.normal(0, tau, draws))
    x = rng.binomial(n, share)
    limits = selected_quantiles([0.025, 0.975], np.arange(n + 1) + 0.5, n - np.arange(n + 1) + 0.5, tau=tau)
    held = (limits[x, 0] <= truth) & (truth <= limits[x, 1])
    error = math.sqrt(0.95 * 0.05 / draws)
    assert held.mean() == pytest.approx(0.95, abs=4 * error)
    closed = held | ((x == 0) & (truth <= limits[x, 1])) | ((x == n) & (truth >= limits[x, 0]))
    assert closed.mean() == pytest.approx(0.954, abs=4 * error)


@pytest.mark.parametrize("a", [1.04002672, 0.95997328, 1.0, 0.5, 1.5, 7.5])
@pytest.mark.parametrize("b", [0.95997328, 1.04002672, 1.0, 0.5, 49.5])
def test_the_ends_of_a_logit_leave_almost_nothing_out(a, b):
    low, high = logit_ends(np.array([a]), np.array([b]))
    assert np.isfinite([low[0], high[0]]).all()
    assert special.betainc(a, b, special.expit(low[0])) < 1e-12
    assert special.betainc(b, a, special.expit(-high[0])) < 1e-12


def test_one_person_left_of_a_population_of_known_size():
    # Nobody more has probability .98 or more at each strength.
    found = finite_quantiles([0.025, 0.5, 0.975], 1, 0.5, 49.5, tau=np.array([[0.25], [0.5], [1.0]]))
    assert found.tolist() == [[0, 0, 0]] * 3
