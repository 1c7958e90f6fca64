"""Whole columns are coded at once: what is done in Python does not grow with the rows."""

import runpy
import sys
from collections import Counter
from pathlib import Path

import pytest

import csea_stats as cs

BENCH = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "answers.py"))
TYPES = list(BENCH["frames"](8))


def calls(task):
    """Return how many functions are called, Python's and C's."""
    found = Counter()
    sys.setprofile(lambda _, event, __: found.update([event]))
    try:
        task()
    finally:
        sys.setprofile(None)
    return found["call"] + found["c_call"]


def test_no_type_of_column_is_read_row_by_row():
    few, many = BENCH["frames"](1_000), BENCH["frames"](10_000)
    for name in TYPES:
        cs.read_respondents(*few[name])  # whatever is loaded or made once
        counted = [calls(lambda pair=pair: cs.read_respondents(*pair)) for pair in (few[name], many[name])]
        assert abs(counted[1] - counted[0]) < 500, (name, counted)


def test_all_types_give_the_same_answers():
    read = {name: cs.read_respondents(*pair) for name, pair in BENCH["frames"](1_000).items()}
    assert {data.data_hash for data in read.values()} == {read["pandas str"].data_hash}


@pytest.mark.slow
def test_a_million_rows_are_read_and_fitted_in_a_few_times_what_one_groupby_takes():
    """Measured 1 to 4 times; the limit leaves room for a busy machine."""
    frames = BENCH["frames"]()
    group = BENCH["grouped"](frames["pandas str"][0])
    times = {name: BENCH["fitted"](*pair) / group for name, pair in frames.items()}
    assert max(times.values()) < 15, times


@pytest.mark.slow
def test_a_file_of_ten_million_cells_is_read_in_a_few_times_what_the_csv_module_takes(tmp_path):
    path = tmp_path / "answers.csv"
    book = BENCH["file_rows"](path)

    def alone():
        with path.open(newline="", encoding="utf-8") as file:
            return sum(1 for _ in BENCH["csv"].reader(file))

    taken = BENCH["best"](lambda: cs.read_respondents(path, book), 1)
    assert taken / BENCH["best"](alone, 1) < 20  # measured 4
