"""Columns of numbers in which some cells are words: a number, and a line that says what to mend."""

import random

import pytest

from csea_stats import Categories, Number, Ordered, draft_codebook, read_respondents
from csea_stats.errors import AnswersError

from .test_exports_by_hand import kinds, why, written
from .test_texts_of_one_person import answers, told

ONE = "! 39 of 40 cells are numbers; the other is none: mend the cell, or say it in values = { ... } or off_scale"


@pytest.mark.parametrize("odd", ["ca. 30", "oko 10", "about 12", "5 years", "varies", "my boss Mr Kolb knows"])
def test_one_odd_cell_among_numbers(tmp_path, odd):
    path = written(tmp_path, [["Hours", *(str(20 + row) for row in range(39)), odd]])
    assert kinds(path, reads=False)["Hours"] == Number()
    assert told(path, "Hours")[0] == ONE
    assert odd not in draft_codebook(path).to_toml()
    with pytest.raises(AnswersError, match="allowed is a number"):
        read_respondents(path, draft_codebook(path))


def test_few_different_numbers(tmp_path):
    path = written(tmp_path, [answers("Hours", (9, "38"), (8, "20"), (4, "37.5"), (1, "about 30"), (1, "varies"))])
    assert kinds(path, reads=False)["Hours"] == Number()
    assert told(path, "Hours")[0] == ONE.replace("39 of 40", "21 of 23").replace(
        "the other is none: mend the cell, or say it", "the others are none: mend the cells, or say them"
    )


def test_bands_and_answers_off_the_scale_are_told_as_before(tmp_path):
    path = written(tmp_path, [answers("Hours", (9, "38"), (8, "20"), (1, "40+"), (2, "don't know"), (1, "varies"))])
    assert kinds(path, reads=False)["Hours"] == Number(off_scale=("don't know", "40+"))
    assert told(path, "Hours")[0].startswith("! 18 of 19 cells are numbers or bands; the other is none")


def test_a_column_of_which_less_than_three_quarters_are_numbers_is_text(tmp_path):
    cells = [*(str(20 + row) for row in range(29)), *(f"word {row}" for row in range(10))]
    path = written(tmp_path, [["Hours", *cells], ["n", *range(11, 88, 2)]])
    assert why(path)["Hours"].startswith("free text")


def test_codes_of_a_scale_stay_a_scale(tmp_path):
    path = written(tmp_path, [answers("Rate", (9, "1"), (8, "2"), (8, "4"), (1, "ask my boss"))])
    assert kinds(path, reads=False)["Rate"] == Ordered("1", "2", "3", "4")
    assert told(path, "Rate")[0].startswith("! 25 of 26 cells are numbers")
    path = written(tmp_path, [answers("Class", (9, "1"), (8, "2"), (8, "3"), (3, "K"))])
    assert kinds(path)["Class"] == Categories("1", "2", "3", "K")


def test_codes_before_answers_and_several_codes_are_no_numbers(tmp_path):
    columns = [
        answers("Stage", (9, "1 - never"), (18, "2"), (9, "3"), (9, "4 - always")),
        answers("Which", (20, "1"), (15, "2"), (3, "1;2"), (3, "2;3"), (4, "3")),
    ]
    found = kinds(written(tmp_path, columns))
    assert found["Stage"] == Ordered("1 - never", "2", "3", "4 - always")
    assert found["Which"].items == ("1", "2", "3")


def test_a_column_of_very_many_different_numbers(tmp_path):
    rng = random.Random(5)
    cells = [f"{rng.random() * 1000:.3f}" for _ in range(2600)] + [f"about {row}" for row in range(30)]
    path = written(tmp_path, [["km", *cells]])
    assert kinds(path, reads=False)["km"] == Number()
    assert told(path, "km")[0].startswith("! 2,600 of 2,630 cells are numbers; the others are none")


def test_numbers_with_commas_for_decimals(tmp_path):
    path = written(tmp_path, [["Prihod", *(f"{20 + row},5" for row in range(39)), "oko 10"], ["a", *"xy" * 20]], ";")
    assert kinds(path, reads=False)["Prihod"] == Number()
    assert draft_codebook(path).file.decimal == ","
    assert told(path, "Prihod")[0] == ONE
