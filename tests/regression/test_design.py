"""Rows into patterns: identities of the design, and data that cannot be fitted."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.coefficients import item_words
from csea_stats.regression.fitting import as_model, design_of
from csea_stats.regression.settings import comparisons
from csea_stats.regression.variables import collapse, levels_of

FORMULA = "awareness ~ mo(age_band) + experience + organisation"


@pytest.fixture(scope="module")
def design(data):
    return design_of(as_model(FORMULA), data)


def test_columns_are_centred_and_a_bare_number_is_per_two_sds(design, frame):
    problem = design.problem()
    totals = problem.counts.sum(axis=1)
    assert np.allclose(totals @ problem.linear, 0, atol=1e-9)
    assert np.allclose(totals @ problem.steps[0], 0, atol=1e-9)
    complete = frame[(frame.awareness != "don't know") & frame.experience.notna()]
    assert design.variables[1].scale == pytest.approx(2 * complete.experience.std(ddof=1), rel=1e-12)
    per = np.sqrt(totals @ problem.linear[:, 0] ** 2 / (totals.sum() - 1))
    assert per == pytest.approx(0.5, rel=1e-12)


def test_patterns_hold_every_complete_row_and_the_rest_is_told(design, frame):
    complete = frame[(frame.awareness != "don't know") & frame.experience.notna()]
    assert design.people == len(complete) == 47
    expected = complete.groupby(["age_band", "experience", "organisation", "awareness"]).size()
    assert sorted(design.tables[0][design.tables[0] > 0]) == sorted(expected)
    assert dict(design.left_out) == {"awareness: don't know": 1, "experience: missing": 1}


def test_a_value_and_a_change_are_told_as_english_would(design):
    years = design.variables[1]
    assert [years.told(value) for value in (0, 1, 2.5)] == ["0 years", "1 year", "2.5 years"]
    assert comparisons(design, "experience", 5)[0].words == "per 5 years more of experience"
    book = cs.Codebook({"awareness": cs.Ordered("none", "poor"), "years": cs.Number(unit="years")})
    named = pd.DataFrame({"awareness": ["none", "poor"] * 4, "years": range(8)})
    own = design_of(as_model("awareness ~ per(years, 5)"), cs.read_respondents(named, book))
    assert comparisons(own, "years", None)[0].words == "per 5 years more"
    assert item_words(own, "years") == "per 5 years"


def test_names_of_coefficients_and_thresholds(design):
    assert design.linear_items == ("experience", "organisation[NGO]", "organisation[other]")
    assert design.monotonic_items == ("mo(age_band)",)
    assert design.cuts == ("none|poor", "poor|fair", "fair|good", "good|excellent")
    assert design.straightened.linear_items[0] == "mo(age_band)"
    column = design.straightened.problem().linear[:, 0]
    assert column.max() - column.min() == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=60))
def test_collapsing_counts_every_row_once(rows):
    columns = list(np.array(rows).T)
    patterns, counts = collapse(columns, [4, 2, 5])
    expected, times = np.unique(np.array(rows), axis=0, return_counts=True)
    assert np.array_equal(patterns, expected)
    assert np.array_equal(counts, times)


@pytest.mark.parametrize("size", [40, 4_000, 3_000_000], ids=["sorted", "numbered anew", "numbered anew twice"])
@given(st.lists(st.tuples(*[st.integers(0, 39)] * 7), min_size=1, max_size=60))
def test_collapsing_many_columns_counts_every_row_once(size, rows):
    columns = list(np.array(rows + rows[:3]).T)
    patterns, counts = collapse(columns, [size] * 7)
    expected, times = np.unique(np.array(rows + rows[:3]), axis=0, return_counts=True)
    assert np.array_equal(patterns, expected)
    assert np.array_equal(counts, times)


@given(st.lists(st.one_of(st.integers(-5, 70).map(float), st.floats(-10, 10)), min_size=1, max_size=40))
def test_levels_and_codes_give_the_values_back(values):
    values = np.array(values)
    levels, codes = levels_of(values)
    assert np.array_equal(levels[codes], values)
    assert np.all(np.diff(levels) > 0)


@pytest.mark.parametrize("sizes", [(4, 61, 3, 5), (60, 45, 10, 12, 5, 5, 5)], ids=["counted", "sorted"])
@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_million_rows_collapse_in_a_few_counts(sizes, rows, within):
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, size, rows) for size in sizes]
    started = time.perf_counter()
    np.bincount(columns[1])
    once = time.perf_counter() - started
    with within(100 * once + 0.5):  # no sort of whole rows, which takes seconds
        _, counts = collapse(columns, sizes)
    assert counts.sum() == rows


def read(frame, book):
    return cs.read_respondents(frame, book)


@pytest.mark.parametrize(
    ("formula", "needle"),
    [
        ("awareness ~ nothing", "nothing"),
        ("awareness ~ age_band", "mo\\(age_band\\)"),
        ("awareness ~ mo(organisation)", "no order"),
        ("awareness ~ mo(experience)", "number"),
        ("awareness ~ per(organisation, 5)", "number"),
    ],
)
def test_terms_that_do_not_fit(data, formula, needle):
    with pytest.raises((InputError, UnknownName), match=needle):
        cs.fit(formula, data)


def test_all_unknown_columns_are_told_at_once(data):
    with pytest.raises(InputError, match=r"first[\s\S]*second"):
        cs.fit("awareness ~ first + second", data)


def test_data_that_cannot_be_fitted(frame, book):
    with pytest.raises(InputError, match="only 'NGO'"):
        cs.fit("awareness ~ organisation", read(frame.assign(organisation="NGO"), book))
    with pytest.raises(InputError, match="all 49 respondents gave 'poor'"):
        cs.fit("awareness ~ organisation", read(frame.assign(awareness="poor"), book))
    with pytest.raises(InputError, match="1 of 1"):
        cs.fit("awareness ~ organisation", read(frame.head(1), book))
    with pytest.raises(InputError, match="0 of 49"):
        cs.fit("awareness ~ experience", read(frame.assign(experience=None), book))
    with pytest.raises(InputError, match="unknowns"):
        cs.fit(FORMULA, read(frame.iloc[[6, 7, 22, 37]], book))


def test_collinear_columns_are_named(frame, book):
    twice = cs.Codebook({**dict(book.variables), "months": cs.Number(unit="months", minimum=0, maximum=900)})
    table = frame.assign(months=frame.experience * 12)
    with pytest.raises(InputError, match="'months' follows exactly from experience"):
        cs.fit("awareness ~ experience + months", read(table, twice))


def test_five_people_are_fitted(book):
    few = pd.DataFrame({"aware": ["no", "yes", "yes", "no", "yes"], "experience": [1.0, 5, 9, 3, 2]})
    small = cs.Codebook({"aware": cs.Categories("no", "yes"), "experience": dict(book.variables)["experience"]})
    interval = cs.fit("aware ~ per(experience, 1)", read(few, small)).coefficients()[0].interval
    assert interval.lower < 0 < interval.upper < 5
