"""Shares when nothing is assumed about those who did not answer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs

NOTHING = cs.SelectionBounds(ratio=math.inf)


def began(size, **keys):
    return cs.Population(NOTHING, size=size, words="all who began the survey", **keys)


def test_those_who_were_turned_away_may_all_have_said_either():
    estimate = cs.proportion(35, 49, target=began(105))
    assert estimate.bounds == (35 / 105, 91 / 105)  # 56 more people
    assert estimate.interval is None
    assert estimate.companion is None
    assert estimate.verdict.word == "not settled"
    assert "33 to 87%" in str(estimate)
    assert "95%" not in str(estimate)


@pytest.mark.parametrize(
    ("count", "word"), [(53, "supported"), (52, "not settled"), (8, "not settled"), (7, "contradicted")]
)
def test_a_majority_that_no_answer_could_undo(count, word):
    assert cs.proportion(count, 60, target=began(105), claim="above").verdict.word == word


def test_contradicted_if_even_all_the_others_make_no_majority():
    assert cs.proportion(4, 60, target=began(105), claim="above").verdict.word == "contradicted"  # 4 + 45 of 105
    assert cs.proportion(1, 3, target=began(4), claim="above").verdict.word == "contradicted"  # 2 of 4: not more


def test_of_an_unknown_number_nothing_is_known():
    assert cs.proportion(35, 49, target=began(None)).bounds == (0.0, 1.0)


def test_everybody_answered():
    estimate = cs.proportion(35, 49, target=began(49))
    assert estimate.value == 35 / 49
    assert "all of whom answered, the share is 71%." in str(estimate)


@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 40), st.integers(0, 40))
def test_the_truth_is_inside_and_both_ends_can_be_true(base, count, others, rest):
    count, others = min(count, base), min(others, rest)
    estimate = cs.proportion(count, base, target=began(base + rest))
    low, high = estimate.bounds or (estimate.value, estimate.value)
    assert low <= (count + others) / (base + rest) <= high
    assert math.isclose(low, count / (base + rest))
    assert math.isclose(high, (count + rest) / (base + rest))


@pytest.mark.slow
def test_wide_bounds_approach_it_from_inside():
    exact = cs.proportion(35, 49, target=began(105)).bounds
    wide = cs.proportion(35, 49, target=cs.Population(cs.SelectionBounds(ratio=1e9), size=105)).bounds
    assert wide == pytest.approx(exact, abs=1e-8)
    assert exact[0] <= wide[0]
    assert wide[1] <= exact[1]


def test_it_travels():
    numbers = cs.Estimates([cs.proportion(35, 49, target=began(105))])
    assert list(cs.Estimates.from_json(numbers.to_json())) == list(numbers)
    assert 'ratio=float("inf")' in numbers[0].provenance.call
    assert "nothing-assumed" in {doubt.code for doubt in numbers[0].caveats}
    assert not {doubt.code for doubt in cs.proportion(7, 7, target=began(9)).caveats} & {"closed-end"}


@pytest.mark.parametrize(
    "call",
    [
        lambda target: cs.difference((7, 7), (28, 42), target=target),
        lambda target: cs.difference((7, 7), (28, 42), measure="ratio", target=target),
        lambda target: cs.difference((7, 7), (28, 42), measure="odds-ratio", target=target),
        lambda target: cs.paired_difference(39, 35, 49, target=target),
        lambda target: cs.ranks([5, 3, 1], 9, target=target),
    ],
)
def test_where_nothing_follows_from_nothing(call):
    with pytest.raises(cs.CseaStatsError, match="finite ratio"):
        call(began(None))
