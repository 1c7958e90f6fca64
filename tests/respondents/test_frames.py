"""Frames: columns are coded as their library has them, and their types say what each variable is."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.errors import AnswersError, InputError, UnknownName
from csea_stats.regression.summary import summary
from csea_stats.respondents.frames import frame_column, opened
from csea_stats.respondents.kinds import Categories, Number, Ordered
from csea_stats.respondents.texts import is_nothing, text_of

ROWS = 24


def typed(**more):
    return pd.DataFrame(
        {
            "awareness": pd.Categorical(
                ["poor", "fair", "good", None] * 6, ["none", "poor", "fair", "good"], ordered=True
            ),
            "organisation": pd.Categorical(["NGO", "government", "NGO"] * 8, ["government", "NGO", "other"]),
            "years": [3.0, 7.5, np.nan, 1.0] * 6,
            "local": [row % 5 == 0 for row in range(ROWS)],
            "town": ["a", "b"] * 12,
            **more,
        }
    )


KINDS = {
    "awareness": Ordered("none", "poor", "fair", "good"),
    "organisation": Categories("government", "NGO", "other"),
    "years": Number(),
    "local": Categories("False", "True"),
}


def as_polars(frame):
    kinds = {"awareness": pl.Enum(["none", "poor", "fair", "good"]), "organisation": pl.Categorical}
    return pl.from_pandas(frame.astype(dict.fromkeys(kinds, "object"))).with_columns(
        *(pl.col(name).cast(pl.String).cast(kind) for name, kind in kinds.items())
    )


def test_types_say_what_each_variable_is():
    book = cs.Codebook.from_frame(typed().drop(columns="town"))
    assert dict(book.variables) == KINDS
    assert book.respondent is None
    own = {"organisation": Categories("NGO", "government")}  # only what occurs, sorted
    assert dict(cs.Codebook.from_frame(as_polars(typed()), KINDS).variables) == KINDS | own


def test_types_and_a_codebook_read_the_same_answers():
    """The one says what the other declares; counts by pandas."""
    frame = typed().drop(columns="town")
    data = cs.read_respondents(frame, cs.Codebook.from_frame(frame))
    assert data.column("awareness").counts == tuple(frame["awareness"].value_counts(sort=False))
    assert data.column("awareness").why == {"missing": 6}
    assert data.column("local").counts == ((~frame["local"]).sum(), frame["local"].sum())
    assert np.nansum(data.column("years").values) == frame["years"].sum()
    texts = frame.astype({"awareness": object, "organisation": object, "local": object, "years": object})
    assert cs.read_respondents(texts, cs.Codebook(KINDS)).data_hash == data.data_hash


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pd.Categorical([3, 1, None], [1, 2, 3], ordered=True), Ordered("1", "2", "3")),
        (pd.Categorical([1.0, 2.5, None]), Categories("1", "2.5")),
        (pd.array([True, None, False], dtype="boolean"), Categories("False", "True")),
        (pd.cut(pd.Series([1, np.nan, 30]), [0, 18, 99]), Ordered("(0, 18]", "(18, 99]")),
        (pd.array([1, None, 3], dtype="Int64"), Number()),
        (pl.Series([Decimal("1.5"), None, Decimal(3)]), Number()),
        (pl.Series(["b", None, "a"], dtype=pl.Categorical), Categories("a", "b")),
        (pl.Series(["b", None, "a"], dtype=pl.Enum(["c", "b", "a"])), Ordered("c", "b", "a")),
    ],
)
def test_a_column_becomes(column, kind):
    frame = pl.DataFrame({"x": column}) if isinstance(column, pl.Series) else pd.DataFrame({"x": column})
    book = cs.Codebook.from_frame(frame)
    assert book["x"] == kind
    read = cs.read_respondents(frame, book).column("x")
    assert read.why == {"missing": 1}
    assert int(read.answered.sum()) == 2


@pytest.mark.parametrize(
    ("column", "needle"),
    [
        (
            ["a", "b"],
            (
                "'x' holds texts: say which there are, pd.Categorical(frame[\"x\"], categories=[...], ordered=...) or "
                "pl.Enum([...]), or give a codebook"
            ),
        ),
        (pd.Series(["a", None], dtype=object), "'x' holds texts"),
        (pd.Series([1, "a"], dtype=object), "'x' holds objects"),
        (pd.Categorical(["a", "a"]), "1 category: 'a'; allowed are two or more"),
        (pd.Categorical(["a", ""]), "none of which is empty"),
        (pd.Categorical([None, None]), "no categories"),
        (pd.Categorical(["a", " a"]), "'a' more than once"),
        ([1.0, np.inf], "inf in row 1; allowed is a finite number"),
        (pl.Series([1.0, -np.inf]), "-inf in row 1"),
        (pd.to_datetime(["2024-01-01", None]), "type Datetime"),
        (pd.to_timedelta([1, 2]), "type Duration"),
        (pl.Series([dt.date(2024, 1, 1), None]), "type Date"),
        (pl.Series([dt.time(1), None]), "type Time"),
        (pl.Series([[1], [2]]), "type List"),
        ([1j, 2], "type complex128"),
        (pl.Series([None, None]), "type Null"),
        (pl.Series([{"a": 1}, None]), "type Struct"),
        (pl.Series(["b", "b"], dtype=pl.Categorical), "1 category: 'b'"),
    ],
)
def test_a_column_that_does_not_say_what_it_holds(column, needle):
    frame = pl.DataFrame({"x": column}) if isinstance(column, pl.Series) else pd.DataFrame({"x": column})
    with pytest.raises(InputError) as caught:
        cs.Codebook.from_frame(frame)
    assert needle in str(caught.value)


def test_all_columns_are_told_at_once_and_only_those_asked_for_are_looked_at():
    frame = typed(when=pd.to_datetime(["2024-01-01"] * ROWS))
    with pytest.raises(InputError) as caught:
        cs.Codebook.from_frame(frame)
    assert all(words in str(caught.value) for words in ("2 columns of the frame", "'town'", "'when'"))
    assert list(cs.Codebook.from_frame(frame, ["years"])) == ["years"]
    with pytest.raises(UnknownName, match="Did you mean 'years'"):
        cs.Codebook.from_frame(frame, ["year"])
    with pytest.raises(InputError, match="lacks 2 columns"):
        cs.Codebook.from_frame(frame, ["year", "age"])
    with pytest.raises(InputError, match="list of texts"):
        cs.Codebook.from_frame(frame, "years")


@pytest.mark.parametrize("names", [["years", "years"], ["years", 0], ["years", ""]])
def test_names_that_stand_twice_or_are_no_text(names):
    frame = pd.DataFrame([[1.0, 2.0]], columns=names)
    with pytest.raises(AnswersError):
        cs.Codebook.from_frame(frame)
    if names[1] != "years":
        assert list(cs.Codebook.from_frame(frame, ["years"])) == ["years"]
    else:
        with pytest.raises(AnswersError, match="2 times"):
            cs.Codebook.from_frame(frame, ["years"])


@pytest.mark.parametrize("found", [3, "answers.csv", None, pl.LazyFrame({"a": [1]}), pd.Series([1])])
def test_what_is_no_frame(found):
    with pytest.raises(InputError, match=r"Codebook.from_frame: found .*; allowed is a pandas frame or a polars frame"):
        cs.Codebook.from_frame(found)


# ------------------------------------------------------------------ a formula and a frame

FORMULA = "awareness ~ organisation + per(years, 5) + local"


@pytest.mark.slow
def test_a_frame_is_fitted_as_the_answers_that_its_types_declare(tmp_path):
    """Only the formula's columns are looked at: 'town' would be an error."""
    frame = typed()
    data = cs.read_respondents(frame, cs.Codebook(KINDS))
    found, wanted = (cs.fit(FORMULA, one, method="frequentist") for one in (frame, data))
    assert found.coefficients() == wanted.coefficients()
    assert found.provenance == wanted.provenance
    told = summary(found, [], [])
    assert "\n  awareness was taken for ordered answers: 'none', 'poor', 'fair', 'good'\n" in told
    assert "\n  organisation was taken for categories: 'government' (the reference), 'NGO', 'other'\n" in told
    assert "\n  years was taken for a number\n" in told
    assert wanted.taken == ()
    assert cs.load_fit(found.save(tmp_path / "fit")).taken == found.taken
    as_enum = as_polars(frame).with_columns(pl.col("organisation").cast(pl.Enum(["government", "NGO"])))
    cat = cs.fit(FORMULA.replace("organisation", "cat(organisation)"), as_enum, method="frequentist")
    assert [one.interval for one in cat.coefficients()] == [one.interval for one in wanted.coefficients()]


@pytest.mark.slow
def test_a_shipped_model_is_fitted_to_a_frame_with_its_variables():
    frame = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1).to_frame()
    frame["organisation"] = frame["organisation"].cat.remove_unused_categories()
    name = "awareness-by-age-and-experience"
    columns = [one.name.replace("-", "_") for one in cs.load_model(name).predictor]
    assert {"age_band", "experience"} <= set(columns)
    found = cs.fit(name, frame.drop(columns="synthetic"), method="frequentist")
    assert found.design.people <= len(frame)
    assert found.taken[0].startswith("awareness was taken for ordered answers: ")


@pytest.mark.parametrize(
    ("formula", "needle"),
    [
        ("awareness ~ town", "'town' holds texts: say which there are"),
        ("awareness ~ organisation + (1 | town)", "'town' holds texts: say which there are"),
        ("awareness ~ nobody", "there is no column 'nobody'"),
        ("services ~ organisation", "A question with several answers needs a codebook"),
        ("awareness ~ organisation + (1 | years)", "group 'years': found a number"),
    ],
)
def test_what_a_frame_cannot_be_fitted_for(formula, needle):
    with pytest.raises((InputError, UnknownName)) as caught:
        cs.fit(formula, typed())
    assert needle in str(caught.value)


@pytest.mark.parametrize(
    ("formula", "family"), [("years ~ organisation", "linear"), ("organisation ~ years", "multinomial")]
)
def test_numbers_and_answers_in_no_order_have_families_of_their_own(formula, family):
    assert cs.fit(formula, typed(), method="frequentist").design.resolved.family == family


def test_two_answers_in_no_order_are_logistic():
    found = cs.fit("local ~ years", typed(), method="frequentist")
    assert found.design.answers == ("False", "True")


# ------------------------------------------------------------------ how a column is coded

VALUES = st.one_of(
    st.lists(
        st.one_of(st.none(), st.sampled_from(["", "a", " a", "a\0b", "a\0c", "é", "e\u0301", "nan", "\ud800", "1"]))
    ),
    st.lists(st.one_of(st.none(), st.integers(-3, 3))),
    st.lists(st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1.5, 2.0, float("inf")]))),
    st.lists(st.one_of(st.none(), st.booleans())),
    st.lists(st.one_of(st.none(), st.sampled_from(["a", 1, 1.0, True, Decimal(1), float("nan")]))),
)


def texts(values):
    return [None if is_nothing(value) else text_of(value) for value in values]


def typings(values):
    """Yield the same values in every type of column that holds them."""
    yield pd.Series(values, dtype=object)
    first = next((value for value in values if value is not None), None)
    one_type = len({type(value) for value in values} - {type(None)}) == 1
    if not one_type or isinstance(first, Decimal) or (isinstance(first, str) and "\ud800" in values):
        return
    kinds = {str: ["str", "category"], int: ["Int64", "category"], float: ["float64"], bool: ["boolean", "category"]}
    yield from (pd.Series(values, dtype=kind) for kind in kinds[type(first)])
    yield (series := pl.Series("x", values))
    if isinstance(first, str):
        yield series.cast(pl.Categorical)
        yield series.cast(pl.Enum(sorted({value for value in values if value is not None})))


@given(VALUES)
def test_a_column_holds_the_values_of_its_rows_however_it_is_typed(values):
    for series in typings(values):
        frame = opened(series.to_frame("x"))
        column = frame_column(frame["x"])
        assert texts(column) == texts(values)
        assert (column.times > 0).all()
        assert len(set(column.levels)) == len(column.levels)
        assert {type(value) for value in column.levels} - {type(None)} in (set(), {str}, {int}, {float})


NUMBERS = [0, 1, -1, -9, 98, 99, 100, 1.5, -0.0, 1e16, 1e-5, float("inf"), float("nan"), None, 10**400]


@given(
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=6),
    st.sampled_from(
        [
            Number(),
            Number(minimum=0, maximum=99, off_scale=["-9", "1e+16"]),
            Number(values={99: 70, "1.50": 3, "0": 4}, missing=["-1", "1.0", "inf"]),
        ]
    ),
)
def test_numbers_mean_what_their_texts_mean(values, kind):
    book = cs.Codebook({"x": kind})
    as_texts = pd.DataFrame({"x": texts(values)}, dtype=object)
    as_numbers = [pd.DataFrame({"x": pd.Series(values, dtype=object)})]
    if 10**400 not in values:
        as_numbers.append(pd.DataFrame({"x": pd.Series(values, dtype=float)}))
        as_numbers.append(pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64, strict=False)}))
    wanted = book.check(as_texts)
    for frame in as_numbers:
        found = book.check(frame)
        assert {row for one in found.problems for row in one.rows} == {
            row for one in wanted.problems for row in one.rows
        }
        assert found.notes == wanted.notes or found.problems
        if not found.problems:
            assert cs.read_respondents(frame, book).data_hash == cs.read_respondents(as_texts, book).data_hash
