"""Numbers as text: what is told can be read back, to half of its last digit and on the same side of what matters."""

import math
import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Respondents, difference, difference_interval, proportion
from csea_stats.base.binomial import interval_limits
from csea_stats.results.associations import p_words
from csea_stats.results.counted_shares import share_words
from csea_stats.results.numbers import (
    decimals_for,
    fixed,
    interval_words,
    level_words,
    number_of,
    percent,
    percent_range,
    points,
    points_range,
    probability,
    ratio,
    rounded,
    span_words,
    threshold_words,
    with_unit,
)
from csea_stats.results.values import Interval

THRESHOLDS = (0.5, 0.1, 0.25, 0.75, 0.9, 1 / 3)
NUMBER = re.compile(r"(over |under )?([+−-]?[\d,]+(?:\.\d+)?)")


def read(text):
    """Return (word, number, decimals) of each number in a text."""
    return [
        (
            word.strip(),
            float(number.replace("−", "-").replace(",", "")),
            len(number.partition(".")[2]),
        )
        for word, number in NUMBER.findall(text)
    ]


def check(number, told, marks, *, scale=100.0, ratio=False):
    """A number and its text lie on one side of each mark; the text is off by half of its last digit at most."""
    word, shown, decimals = told
    number = number * scale
    if word:
        assert (shown < number) if word == "over" else (shown > number), (number, told)
        return
    assert ratio or abs(shown - number) <= 0.5 * 10.0**-decimals + 1e-9, (number, told)
    for mark in (one * scale for one in marks):
        if abs(number - mark) < 1e-11:
            assert shown == pytest.approx(mark, abs=1e-4), (number, told, mark)
        else:
            assert (shown > mark) == (number > mark), (number, told, mark)
            assert shown != mark, (number, told, mark)


@pytest.mark.parametrize("each", [7, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("method", ["jeffreys", "wilson"])
def test_every_interval_of_a_share_is_told_on_its_side_of_every_threshold(method, each):
    x, n = np.array([(x, n) for n in range(1, 61, each) for x in range(n + 1)]).T
    lower, upper = interval_limits(x, n, method=method, level=0.95)
    for low, high in zip(lower.tolist(), upper.tolist(), strict=True):
        for threshold in THRESHOLDS:
            text = percent_range(low, high, [threshold])
            found = read(text)
            assert len(found) == 2, text
            for number, told in zip((low, high), found, strict=True):
                check(number, told, (0, 1, threshold))
            open_ends = [told for number, told in zip((low, high), found, strict=True) if number not in (0, 1)]
            assert len({decimals for word, _, decimals in open_ends if not word}) <= 1, text


@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_every_observed_share_and_difference_is_told_on_its_side(each):
    shares = {x / n for n in range(1, 61, each) for x in range(n + 1)}
    for share, threshold in product(shares, THRESHOLDS):
        check(share, read(percent(share, 0, [threshold]))[0], (0, 1, threshold))
    few = [x / n for n in (3, 7, 10, 49, 60) for x in range(n + 1)]
    for one, other in product(few, few[::each]):
        for threshold in (0.0, 0.1, -0.1):
            check(one - other, read(points(one - other, 0, [threshold]))[0], (-1, 0, 1, threshold))


@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_every_ratio_is_told_on_its_side_of_one(each):
    few = [x / n for n in (7, 49, 1001) for x in range(1, n + 1, max(1, n // 40))]
    for one, other in product(few, few[::each]):
        for threshold in (1.0, 2.0):
            check(one / other, read(ratio(one / other, [threshold]))[0], (0, 1, threshold), scale=1, ratio=True)


NEAR_A_MARK = [s + d for s in (0, 0.1, 0.5, 0.9, 1) for e in range(3, 16) for d in (10.0**-e, -(10.0**-e))]


def test_numbers_beside_a_mark_are_never_told_as_the_mark():
    for number in NEAR_A_MARK:
        if 0 < number < 1:
            check(number, read(percent_range(number, 0.7, [0.1, 0.5, 0.9]))[0], (0, 1, 0.1, 0.5, 0.9))
            check(number, read(percent(number, 0, [0.1, 0.5, 0.9]))[0], (0, 1, 0.1, 0.5, 0.9))
            if min(number, 1 - number) > 1e-10:
                check(number, read(probability(number))[0], (0, 1))
        if abs(number) < 1:
            check(number, read(points_range(number, 0.7, [0.1]))[0], (0, 0.1, 1))
            check(number, read(span_words(number, 0.7, "correlation"))[0], (-1, 0, 1), scale=1)
        if number >= 1e-6:
            check(number, read(ratio(number))[0], (1,), scale=1, ratio=True)
        if 0 <= number <= 1:
            check(number, read(p_words(number))[0], (0, 1, 0.05), scale=1)


def test_what_is_exactly_an_end_or_a_threshold_is_told_as_that():
    assert percent_range(0.0, 0.0496) == "0 to 5.0%"
    assert percent_range(0.93, 1.0) == "93.0 to 100%"
    assert percent_range(0.5, 0.7977, [0.5]) == "50 to 80%"
    assert points(0.8 - 0.7, 0, [0.1]) == "+10"
    assert points_range(-1.0, 0.0) == "−100 to 0 points"
    assert p_words(1.0) == "1"
    assert level_words(0.9999999) == "99.99999%"


def test_zero_has_no_sign_and_infinity_is_told():
    assert [fixed(number, 1) for number in (-0.0, -0.04, 0.04)] == ["0.0"] * 3
    assert [points(number) for number in (0.0, -0.0)] == ["0", "0"]
    assert span_words(-0.0, 0.3, "log-odds") == "0 to 0.30"
    assert span_words(-math.inf, -0.001, "log-odds") == "−infinity to −0.001"
    assert rounded((-0.001,), 2, (0,)) == ["-0.001"]


def test_equal_texts_are_told_once():
    assert percent_range(1e-9, 2e-9) == "under 0.001%"
    assert percent_range(0.0001, 0.00013) == "0.01%"  # not "0.01 to under 0.01%"
    assert probability(0.99991, 0.99999) == "over 99.9%"
    assert probability(0.9991, 0.9998) == "99.9 to over 99.9%"


def test_a_supported_claim_never_prints_its_threshold_as_a_limit():
    share = proportion(93, 160, threshold=0.5)
    assert share.verdict.word == "supported"
    assert "50.4 to 65.6%" in str(share)


@pytest.mark.parametrize("method", ["newcombe", "miettinen-nurminen"])
def test_every_interval_of_a_difference_is_told_on_its_side_of_zero(method):
    tables = np.array([(a, 7, b, n) for n in (20, 42) for a in range(8) for b in range(n + 1)]).T
    for number, other in zip(*difference_interval(*tables, method=method), strict=True):
        for threshold in (0.0, 0.1, -0.1):
            text = points_range(float(number), float(other), [threshold])
            for limit, told in zip((number, other), read(text), strict=True):
                check(float(limit), told, (-1, 0, 1, threshold))


def test_counts_agree_with_their_nouns():
    assert number_of(1, "people were asked") == "1 person was asked"
    assert number_of(0, "respondents") == "0 respondents"
    assert number_of((1,), "respondents") == "1 respondent"
    assert number_of((0, 1), "respondents are") == "0 or 1 respondents are"
    assert with_unit("−1", "points") == "−1 point"
    assert points_range(0.01, 0.01) == "+1 point"
    assert threshold_words(0.01, "above", "difference") == "Above +1 point"
    assert share_words((81,), 91, [0.9]) == "81 of 91 (89%)"
    assert share_words((62,), 69, [0.9]) == "62 of 69 (89.9%)"


def test_a_single_respondent_is_told_in_the_singular():
    for estimate in (proportion(1, 1), difference((1, 1), (0, 1))):
        assert not re.search(r"\b1 (people|respondents|points|years|others)\b", str(estimate)), str(estimate)


def test_an_interval_knows_its_threshold():
    limits = Interval(lower=0.5021, upper=0.7977, level=0.95, kind="credible", method="jeffreys")
    assert interval_words(limits, "share") == "50 to 80%"
    assert interval_words(limits, "share", (0.5,)) == "50.2 to 79.8%"


def test_a_check_of_a_fit_is_not_told_at_its_limit():
    from csea_stats.regression.engines.laplace import ENOUGH, GOOD, _diagnostics

    tail, size = _diagnostics(GOOD + 0.001, 3 * ENOUGH, ENOUGH - 0.3, 20_000)
    assert (tail.state, size.state) == ("warn", "warn")
    assert tail.text.startswith(f"{GOOD + 0.001:.3f}: ")
    assert size.value == ENOUGH - 0.3
    assert f"as well as {ENOUGH - 100:,} independent" in size.text


def test_a_value_at_its_threshold_is_not_beyond_it():
    gap = difference((8, 10), (7, 10), target=Respondents(), threshold=0.1)  # .8 - .7 is more than .1 in binary
    assert gap.verdict.word == "not true of them"
    assert "+10 points" in str(gap)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_range_of_shares_has_at_most_one_decimal_more_than_its_width_deserves(one, other):
    low, high = sorted((one / 10**7, other / 10**7))
    numbers = re.findall(r"[\d.]+", percent_range(low, high))
    most = decimals_for(low, high) + 1
    assert all(len(number.partition(".")[2]) <= most for number in numbers)
    shown = [float(number) for number in numbers]
    assert shown[0] == 0 if low == 0 else shown[0] > 0
    assert all(abs(a - 100 * b) <= 10.0 ** (1 - most) for a, b in zip((shown[0], shown[-1]), (low, high), strict=True))


def test_a_range_of_counts_on_a_range_of_bases_names_no_pair_that_cannot_be():
    """Of a release: which count goes with which base is open, so none is told beside one."""
    assert (
        share_words((5, 6, 17), (30, 36, 42, 43), (), (5 / 42, 17 / 42)) == "5, 6 or 17 of 30, 36, 42 or 43 (12 to 40%)"
    )
