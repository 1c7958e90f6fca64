"""The binomial core against R, by exact enumeration, and by its symmetries."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from csea_stats.base.binomial import SHARE_METHODS, interval_limits
from csea_stats.errors import CountError, InputError
from csea_stats.estimators.proportion import proportion_interval

REFERENCE = Path(__file__).parents[1] / "reference"
SHARES = np.linspace(0.0005, 0.9995, 1999)


def rows(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        return list(csv.DictReader(file))


@pytest.mark.few(3)
@pytest.mark.parametrize("method", SHARE_METHODS)
def test_limits_agree_with_r(method):
    table = [row for row in rows("proportions.csv") if row["method"] == method]
    assert len(table) == 57
    for row in table:
        lower, upper = proportion_interval(int(row["x"]), int(row["n"]), method=method, level=float(row["level"]))
        assert lower == pytest.approx(float(row["lower"]), abs=1e-6), row
        assert upper == pytest.approx(float(row["upper"]), abs=1e-6), row


def coverage(method, n):
    x = np.arange(n + 1)
    lower, upper = proportion_interval(x, n, method=method)
    held = (lower[:, None] - 1e-7 <= SHARES) & (upper[:, None] + 1e-7 >= SHARES)
    chance = stats.binom.pmf(x[:, None], n, SHARES)
    inner = (SHARES > 0.05) & (SHARES < 0.95)
    covered = (chance * held).sum(axis=0)
    width = (chance * (upper - lower)[:, None]).sum(axis=0)
    return covered.min(), covered.mean(), covered[inner].min(), width.mean()


@pytest.mark.few(7)
@pytest.mark.parametrize(
    ("method", "n", "expected"),
    [
        ("wilson", 7, (0.835, 0.955, 0.893, 0.498)),
        ("wilson", 24, (0.845, 0.953, 0.924, 0.300)),
        ("wilson", 49, (0.842, 0.952, 0.931, 0.215)),
        ("agresti-coull", 7, (0.907, 0.966, 0.907, 0.524)),
        ("agresti-coull", 24, (0.934, 0.961, 0.934, 0.310)),
        ("agresti-coull", 49, (0.936, 0.958, 0.936, 0.220)),
        ("clopper-pearson", 7, (0.953, 0.987, 0.953, 0.594)),
        ("clopper-pearson", 24, (0.953, 0.975, 0.953, 0.335)),
        ("clopper-pearson", 49, (0.951, 0.969, 0.951, 0.233)),
        ("mid-p", 7, (0.941, 0.973, 0.941, 0.538)),
        ("mid-p", 24, (0.926, 0.960, 0.926, 0.307)),
        ("mid-p", 49, (0.925, 0.955, 0.925, 0.218)),
        ("jeffreys", 7, (0.885, 0.955, 0.885, 0.497)),
        ("jeffreys", 24, (0.891, 0.951, 0.891, 0.297)),
        ("jeffreys", 49, (0.884, 0.950, 0.884, 0.214)),
        ("uniform", 7, (0.000, 0.950, 0.886, 0.506)),
        ("uniform", 24, (0.000, 0.950, 0.924, 0.301)),
        ("uniform", 49, (0.000, 0.950, 0.915, 0.215)),
        ("blaker", 7, (0.950, 0.975, 0.950, 0.544)),
        ("blaker", 24, (0.950, 0.965, 0.950, 0.316)),
        ("blaker", 49, (0.950, 0.961, 0.950, 0.223)),
    ],
)
def test_exact_coverage_is_as_documented(method, n, expected):
    # One unit in the third place: a grid point may fall on either side of a limit.
    np.testing.assert_allclose(coverage(method, n), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("method", ["clopper-pearson", "blaker"])
@pytest.mark.parametrize("n", [1, 3, 7, 14, 24, 36, 49])
def test_the_guaranteed_ones_guarantee(method, n):
    assert coverage(method, n)[0] >= 0.95 - 1e-6


@pytest.mark.parametrize("n", [1, 7, 14, 24, 49])
def test_raw_jeffreys_limits_cover_exactly_on_average(n):
    # The mean over the prior of P(share within limits | x) is the mean over x of the posterior probability: .95.
    x = np.arange(n + 1)
    a, b = x + 0.5, n - x + 0.5
    marginal = np.exp(special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1))
    marginal *= np.exp(special.betaln(a, b) - special.betaln(0.5, 0.5))
    assert marginal.sum() == pytest.approx(1, abs=1e-12)
    lower, upper = proportion_interval(x, n)
    inside = special.betainc(a, b, upper) - special.betainc(a, b, lower)
    closed = {1: None, 7: 0.9605, 14: 0.9575, 24: 0.9557, 49: 0.9540}[n]
    inner = (x > 0) & (x < n)
    np.testing.assert_allclose(inside[inner], 0.95, atol=1e-12)
    np.testing.assert_allclose(inside[~inner], 0.975, atol=1e-12)
    if closed is not None:
        assert round(float(marginal @ inside), 4) == closed


@pytest.mark.parametrize(
    ("method", "lower"),
    [("wilson", 0.646), ("blaker", 0.623), ("clopper-pearson", 0.590), ("mid-p", 0.652), ("jeffreys", 0.708)],
)
def test_seven_of_seven(method, lower):
    found = proportion_interval(7, 7, method=method)
    assert (round(float(found[0]), 3), float(found[1])) == (lower, 1.0)


def test_a_blaker_limit_can_be_exactly_one_half():
    lower, upper = proportion_interval([7, 17], 24, method="blaker")
    assert (upper[0], lower[1]) == (0.5, 0.5)


@pytest.mark.parametrize("method", SHARE_METHODS)
def test_every_limit_of_small_bases(method):
    for n in (1, 2, 5, 30):
        x = np.arange(n + 1)
        lower, upper = proportion_interval(x, n, method=method)
        np.testing.assert_array_equal(lower, np.sort(lower))
        np.testing.assert_array_equal(upper, 1 - lower[::-1])
        assert ((lower >= 0) & (lower <= x / n) & (x / n <= upper) & (upper <= 1)).all() or method == "uniform"
        if method != "uniform":
            assert (lower[0], upper[-1]) == (0, 1)


@given(
    st.sampled_from(SHARE_METHODS),
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.5, 0.999),
    st.floats(0.5, 0.999),
)
def test_a_higher_level_is_no_narrower(method, pair, one, other):
    low, high = sorted((one, other))
    narrow, wide = (proportion_interval(*pair, method=method, level=level) for level in (low, high))
    assert wide[0] <= narrow[0] + 1e-12
    assert narrow[1] <= wide[1] + 1e-12


@given(st.integers(1, 200), st.floats(0.5, 0.999))
def test_blaker_lies_inside_clopper_pearson(n, level):
    x = np.arange(n + 1)
    inner, outer = (proportion_interval(x, n, method=m, level=level) for m in ("blaker", "clopper-pearson"))
    assert (inner[0] >= outer[0] - 1e-9).all()
    assert (inner[1] <= outer[1] + 1e-9).all()


@pytest.mark.parametrize("method", SHARE_METHODS)
def test_large_and_tiny(method):
    lower, upper = proportion_interval([0, 1, 500_000, 10**6], 10**6, method=method)
    assert np.isfinite(lower).all()
    assert (lower <= upper).all()
    assert upper[2] - lower[2] == pytest.approx(2 * 1.96 * 0.5 / 1000, rel=2e-2)


def test_shapes():
    lower, upper = proportion_interval([[0], [7]], [7, 49])
    assert lower.shape == upper.shape == (2, 2)
    assert float(proportion_interval(7, 7)[0]) == lower[1, 0]
    assert proportion_interval([], [])[0].shape == (0,)
    assert proportion_interval(np.array([3], dtype=np.int8), 7)[0].shape == (1,)


@pytest.mark.parametrize(
    ("counts", "bases", "needle"),
    [
        ([3, 50], 49, "50 of 49"),
        ([-1], 49, "-1 of 49"),
        (0, 0, "0 of 0"),
        ([0.5], 2, "0.5"),
        ([True], 2, "whole"),
        (["3"], 7, "whole"),
        ([1, 2], [3, 4, 5], "shapes"),
    ],
)
def test_counts_that_are_none(counts, bases, needle):
    with pytest.raises(CountError, match=needle):
        proportion_interval(counts, bases)


def test_methods_and_levels_that_are_none():
    with pytest.raises(InputError, match=r"wald.*wilson"):
        proportion_interval(1, 2, method="wald")
    with pytest.raises(InputError, match=r"level.*95.*0\.95"):
        proportion_interval(1, 2, level=95)


def test_fractions_of_people_are_continuous():
    near = interval_limits(34.999999, 49.0, method="jeffreys", level=0.95)
    np.testing.assert_allclose(near, proportion_interval(35, 49), atol=1e-6)
