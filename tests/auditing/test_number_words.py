"""Numbers in words: exact phrases give exact sets of counts, one-sided ones one side, all else is vague."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.auditing.number_words import FRACTIONS, NUMBERS, amount_in_words


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
        ("all but one", 49, (48, 48)),
        ("Everyone except two workers", 49, (47, 47)),
        ("all of the respondents but a quarter", 48, (36, 36)),
        ("all but 10%", 49, (44, 44)),
        ("exactly half", 36, (18, 18)),
        ("exactly half", 49, None),
        ("exactly 41%", 49, (20, 20)),  # a percentage is rounded in print
        ("no more than one hundred and five", 200, (0, 105)),
        ("over 1,200", 2000, (1201, 2000)),
        ("<1%", 49, (0, 0)),
        ("less than 12,5 %", 40, (0, 4)),
        (">= 30 %", 49, (15, 49)),
        ("slightly more than 50 per cent of the 49 workers", 49, (25, 49)),
        ("one-in-three", 9, (3, 3)),
        ("no fewer than five of the seven", 7, (5, 7)),
        ("more than 100%", 7, None),
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
        *["half or less", "all but a few", "a half-dozen", "around 50%", "", "poor", "120 percent", "a vast majority"],
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


AMOUNTS = {  # as printed: so many people, and so large a share of the base
    **{told: (k, 0) for told, k in {"five": 5, "5": 5, "twenty-one": 21, "no one": 0}.items()},
    **{
        told: (0, f)
        for told, f in {
            "half": Fraction(1, 2),
            "two-thirds": Fraction(2, 3),
            "three fourths": Fraction(3, 4),
            "1/3": Fraction(1, 3),
            "one in three": Fraction(1, 3),
            "3 out of every 10": Fraction(3, 10),
            "30%": Fraction(3, 10),
            "Fifty percent": Fraction(1, 2),
            "forty-seven per cent": Fraction(47, 100),
            "12.5 %": Fraction(1, 8),
            "1%": Fraction(1, 100),
        }.items()
    },
    "all": (0, 1),
    "all but one": (-1, 1),
    "all but a third": (0, Fraction(2, 3)),
}
COMPARISONS = {
    **dict.fromkeys(["more than", "Over", "above", "just over", "greater than", "well above"], lambda x, y: x > y),
    **dict.fromkeys(["less than", "fewer than", "UNDER", "below", "slightly less than"], lambda x, y: x < y),
    **dict.fromkeys(["at least", "no less than", "not fewer than", "no fewer than"], lambda x, y: x >= y),
    **dict.fromkeys(["at most", "no more than", "not more than", "up to", "not over"], lambda x, y: x <= y),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("base", [1, 7, 10, 36, 49, 100])
def test_every_amount_after_every_comparison_is_taken_at_its_word(base):
    for (amount, (people, share)), (comparison, holds) in product(AMOUNTS.items(), COMPARISONS.items()):
        for noun in ("", " of the respondents", " workers"):
            counts = [count for count in range(base + 1) if holds(count, people + share * Fraction(base))]
            window = (counts[0], counts[-1]) if counts else None
            assert amount_in_words(f"{comparison} {amount}{noun}").window(base) == window, (comparison, amount)


@pytest.mark.parametrize("base", [7, 36, 49])
def test_exactly_and_between_against_every_count(base):
    for amount, (people, share) in AMOUNTS.items():
        if "%" not in amount and "cent" not in amount:
            exact = people + share * Fraction(base)
            told = (exact, exact) if exact.denominator == 1 and 0 <= exact <= base else None
            assert amount_in_words(f"exactly {amount}").window(base) == told, amount
    between = {
        "between 30 and 40%": (Fraction(3, 10), Fraction(2, 5)),
        "between thirty and forty percent of workers": (Fraction(3, 10), Fraction(2, 5)),
        "Between a quarter and a half": (Fraction(1, 4), Fraction(1, 2)),
        "between one in five and two in five": (Fraction(1, 5), Fraction(2, 5)),
        "between two and five workers": (Fraction(2, base), Fraction(5, base)),
    }
    for words, (low, high) in between.items():
        counts = [count for count in range(base + 1) if low * base <= count <= high * base]
        assert amount_in_words(words).window(base) == ((counts[0], counts[-1]) if counts else None), words
    assert amount_in_words("between 40 and 30%").vague
    assert amount_in_words("between five and a half").vague


def test_around_and_a_comparison_of_comparisons_stay_vague():
    for amount in AMOUNTS:
        for vague in ("around", "about", "nearly", "almost", "roughly", "close to", "more than at least"):
            assert amount_in_words(f"{vague} {amount}").vague


PIECES = ("over", "all", "but", "one", "in", "%", "5", "half", "-", "of", "the", "between", "and")


@given(st.text(max_size=30) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_read_or_vague(text):
    amount = amount_in_words(text)
    for base in (0, 1, 7):
        low, high = amount.window(base) or amount.nearest(base)
        assert 0 <= low <= high <= base
