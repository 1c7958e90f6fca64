"""What once took minutes or gigabytes: work is counted in calls of functions, memory in bytes that are held at once."""

import sys
import tracemalloc

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.survey.survey import Cell, Question
from tests.auditing.made import small_survey


def calls_of(case):
    """Count the calls of functions, of Python and below it, that a case takes."""
    count = [0]

    def watch(_frame, event, _argument):
        count[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        case()
    finally:
        sys.setprofile(before)
    return count[0]


@pytest.mark.slow
def test_two_shares_of_a_trillion_are_two_shares():
    small, large = (((10**11 // by, 10**12 // by), (2 * 10**11 // by, 10**12 // by)) for by in (10**8, 1))
    cs.difference(*small)  # loads what is imported at first use
    tracemalloc.start()
    cs.difference(*large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * 2**20


def test_percentages_take_work_by_their_number():
    few, many = (calls_of(lambda number=number: cs.feasible_tables(["1"] * number, 100)) for number in (1_000, 3_000))
    assert many < 3.5 * few


@pytest.mark.slow
def test_ten_answers_and_two_sums():
    names = tuple("abcdefghij")
    counts = np.random.default_rng(3).multinomial(1000, np.full(10, 0.1))
    told = [((name,), x) for name, x in zip(names, counts, strict=True)]
    told += [(names[few], counts[few].sum()) for few in (slice(0, 3), slice(2, 6))]
    cells = [Cell(item=one[0] if len(one) == 1 else one, where="T", percent=f"{x / 10:.0f}") for one, x in told]
    question = Question(id="q", label="q", kind="single", categories=names, cells=tuple(cells))
    assert calls_of(lambda: cs.audit(small_survey(question, respondents=1000)).feasible("q")) < 5_000_000


def test_a_difference_from_almost_nobody_has_an_end():
    assert calls_of(lambda: cs.tipping_difference((2, 36), (0, 10**7), method="log-f")) < 300_000
