"""Numbers in words: exact phrases give exact sets of counts, one-sided ones one side, all else is vague."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.auditing.words import FRACTIONS, NUMBERS, amount_in_words


@pytest.mark.parametrize(
    ("words", "base", "window"),
    [
        ("all seven", 7, (7, 7)),
        ("All seven respondents", 7, (7, 7)),
        ("all", 49, (49, 49)),
        ("one worker", 49, (1, 1)),
        ("only one", 49, (1, 1)),
        ("Only one worker", 49, (1, 1)),
        ("a single respondent", 49, (1, 1)),
        ("none", 49, (0, 0)),
        ("None of the respondents", 49, (0, 0)),
        ("no respondents", 49, (0, 0)),
        ("the remaining eight", 49, (8, 8)),
        ("twenty-one workers", 49, (21, 21)),
        ("both", 2, (2, 2)),
        ("half", 36, (18, 18)),
        ("half", 49, (24, 25)),
        ("a quarter", 49, (12, 13)),
        ("a quarter", 48, (12, 12)),
        ("two thirds", 24, (16, 16)),
        ("two-thirds", 49, (32, 33)),
        ("one in five", 49, (9, 10)),
        ("three out of four", 4, (3, 3)),
        ("more than half", 49, (25, 49)),
        ("More than a half", 24, (13, 24)),
        ("over a half", 24, (13, 24)),
        ("just over half", 24, (13, 24)),
        ("the majority", 49, (25, 49)),
        ("most", 39, (20, 39)),
        ("less than half", 24, (0, 11)),
        ("a minority", 49, (0, 24)),
        ("at least half", 24, (12, 24)),
        ("no more than half", 49, (0, 24)),
        ("more than two thirds", 24, (17, 24)),
        ("fewer than five", 49, (0, 4)),
        ("up to ten", 49, (0, 10)),
        ("forty-seven percent", 49, (23, 23)),
        ("Fifty-five percent of the workers", 49, (27, 27)),
        ("sixty-five percent", 36, None),
        ("more than fifty percent", 24, (13, 24)),
        ("twenty", 7, None),
        ("more than all", 7, None),
    ],
)
def test_exact_phrases(words, base, window):
    amount = amount_in_words(words)
    assert not amount.vague
    assert amount.window(base) == window


@pytest.mark.parametrize(
    "words",
    [
        *["nearly a third", "about half", "about a half", "almost half", "almost a quarter", "closely followed"],
        *["several", "some", "many", "a few workers", "a number of respondents", "a smaller fraction", "the remaining"],
        *["half or less", "all but one", "a half-dozen", "around 50%", "", "poor", "120 percent", "a vast majority"],
    ],
)
def test_vague_phrases_cannot_be_checked(words):
    assert amount_in_words(words).vague


def test_all_seven_names_its_base():
    assert amount_in_words("all seven").of == 7
    assert amount_in_words("seven").of is None


def test_every_number_up_to_twenty_and_beyond():
    words = (
        *["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        *["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"],
    )
    for value, word in enumerate(words):
        assert amount_in_words(word).window(100) == (value, value)
    assert sorted(set(NUMBERS.values())) == list(range(101))


@given(st.sampled_from(sorted(FRACTIONS)), st.integers(1, 10**6))
def test_a_fraction_in_speech_is_the_count_below_or_above(words, base):
    low, high = amount_in_words(words).window(base)
    exact = FRACTIONS[words] * base
    assert low <= exact <= high
    assert high - low == (exact.denominator != 1)


@given(st.sampled_from(["half", "a third", "three quarters"]), st.integers(1, 10**4))
def test_the_sides_of_a_fraction_part_the_base(words, base):
    over, under = amount_in_words(f"more than {words}").window(base), amount_in_words(f"at most {words}").window(base)
    assert over[0] == under[1] + 1
    assert (under[0], over[1]) == (0, base)
    assert Fraction(under[1]) <= FRACTIONS[words] * base < over[0]
