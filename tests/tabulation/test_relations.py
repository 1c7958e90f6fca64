"""Relations that print does not give: what two questions' margins leave, where a group is nobody or counts are many."""

import itertools
import random

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.survey.source import Crosstab
from csea_stats.survey.survey import Cell, Question
from csea_stats.tabulation.relations import ends_of_margins, unpublished_crosstabs
from tests.auditing.made import small_survey


def related(respondents, groups, answers):
    by = Question(id="by", label="Site", kind="single", categories=("m", "q"), cells=groups)
    outcome = Question(id="view", label="View", kind="yes-no", headline="yes", cells=answers)
    relation = Crosstab(outcome="view", by="by", where="nowhere")
    survey = small_survey(by, outcome, respondents=respondents, crosstab=(relation,))
    return list(unpublished_crosstabs(survey, audit(survey)))


def cell(item, **told):
    return Cell(item=item, where="T", **told)


@pytest.mark.parametrize("size", [0, 100])
def test_nobody_and_everybody_are_no_group(size):
    found = related(100, (cell("m", count=size), cell("q", count=100 - size)), (cell("yes", count=40),))
    assert [one.verdict.word for one in found] == ["cannot be checked"] * 2
    assert "how many are in" in found[0].verdict.why


@pytest.mark.slow
def test_a_column_too_wide_to_list_is_told_by_its_ends():
    found = related(100_000, (cell("m", percent="40"), cell("q", percent="60")), (cell("yes", percent="45"),))
    ends = {one.estimand: one.bounds for one in found if one.item == "yes by Site: m"}
    inside = [bounds for name, bounds in ends.items() if "group" in name or "in" in name]
    assert inside
    brute = brute_force(100_000, range(44_500, 45_501, 50), range(39_500, 40_501, 50))
    assert list(ends.values()) == [pytest.approx(one, abs=1e-9) for one in brute]


def brute_force(base, counts, sizes):
    """The share in a group, outside it, and their difference: the ends over all margins and all tables."""
    found = [[], [], []]
    for count, size in itertools.product(counts, sizes):
        for both in (max(0, count + size - base), min(count, size)):
            shares = both / size, (count - both) / (base - size)
            for values, value in zip(found, (*shares, shares[0] - shares[1]), strict=True):
                values.append(value)
    return [(min(values), max(values)) for values in found]


@pytest.mark.parametrize("seed", range(12))
def test_margins_that_stand_for_all_are_at_the_ends(seed):

    rng = random.Random(seed)
    base = rng.randint(60, 120)
    counts, sizes = (sorted(rng.sample(range(1, base), 2)) for _ in "ab")
    counts, sizes = range(counts[0], counts[1] + 1), range(sizes[0], sizes[1] + 1)
    assert brute_force(base, *ends_of_margins(counts, sizes, base)) == brute_force(base, counts, sizes)
