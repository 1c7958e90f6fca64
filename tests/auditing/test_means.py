"""Means, standard deviations and medians of whole numbers, against brute force over every set of answers."""

import decimal
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from math import isqrt

import pytest

import csea_stats as cs
from csea_stats.auditing.audit import audit
from csea_stats.auditing.bases import runs
from csea_stats.auditing.means import (
    bases_of,
    divisors,
    lattice,
    mean_of,
    median_fits,
    median_of,
    sums,
)
from csea_stats.survey.survey import Cell, Group, PrintedAverage, Question
from tests.auditing.made import small_survey

SCALES = [(1, 2, 3, 4, 5), (0, 1, 2, 3), (0, 25, 50, 100), (-2, -1, 0, 1, 2)]


def rounded(value, places):
    """What a number is printed as, a half going either way."""
    unit = Decimal(1).scaleb(-places)
    with decimal.localcontext(decimal.Context(prec=80)):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        ways = (decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN)
        return {f"{exact.quantize(unit, rounding=way) + 0:f}".replace("-0.00", "0.00") for way in ways}


def rounded_root(square, places):
    """What the root of a fraction is printed as; a root that is a tie is rational, and goes either way."""
    p, q = square.numerator, square.denominator
    if isqrt(p) ** 2 == p and isqrt(q) ** 2 == q:
        return rounded(Fraction(isqrt(p), isqrt(q)), places)
    with decimal.localcontext(decimal.Context(prec=60)):
        root = (Decimal(p) / Decimal(q)).sqrt()
        return {f"{root.quantize(Decimal(1).scaleb(-places)):f}"}


def every(scale, n):
    for answers in combinations_with_replacement(scale, n):
        mean = Fraction(sum(answers), n)
        squares = sum((answer - mean) ** 2 for answer in answers)
        yield answers, mean, squares


@pytest.mark.few(5)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("places", [0, 1, 2])
def test_a_mean_is_possible_if_and_only_if_some_answers_have_it(scale, n, places):
    possible = set().union(*(rounded(mean, places) for _, mean, _ in every(scale, n)))
    grid = lattice(scale)
    step = Decimal(1).scaleb(-places)
    value = Decimal(min(scale)) - 1
    while value <= max(scale) + 1:
        text = f"{value.quantize(step) + 0:f}"
        found = sums(text, n, grid) is not None
        if len(scale) == grid.steps + 1:
            assert found == (text in possible), text
        else:  # a scale with gaps: what is possible is never refused
            assert found or text not in possible
        value += step


@pytest.mark.few(7)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 6])
def test_a_standard_deviation_of_some_answers_is_never_refused(scale, n):
    grid = lattice(scale)
    for _, mean, squares in every(scale, n):
        for divisor in filter(None, (n, n - 1)):
            for text in rounded(mean, 2):
                for sd in rounded_root(squares / divisor, 2):
                    assert divisor in divisors(text, sd, n, grid)


@pytest.mark.slow
def test_most_standard_deviations_that_no_answers_have_are_refused():
    scale, n = (1, 2, 3, 4, 5), 6
    possible = {
        (text, sd, divisor)
        for _, mean, squares in every(scale, n)
        for divisor in (n, n - 1)
        for text in rounded(mean, 2)
        for sd in rounded_root(squares / divisor, 2)
    }
    told = {
        (text, f"{hundredths / 100:.2f}", divisor)
        for text in {text for text, _, _ in possible}
        for hundredths in range(230)
        for divisor in divisors(text, f"{hundredths / 100:.2f}", n, lattice(scale))
    }
    assert possible <= told
    assert len(told) < 1.3 * len(possible)
    assert len(told) < 0.2 * 2 * 230 * len({text for text, _, _ in possible})


@pytest.mark.few(7)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("places", [0, 1])
def test_a_median_is_possible_if_and_only_if_some_answers_have_it(scale, n, places):
    medians = set()
    for answers, _, _ in every(scale, n):
        exact = Fraction(answers[(n - 1) // 2] + answers[n // 2], 2)
        medians |= rounded(exact, places)
        counts = Counter(answers)
        assert median_of([counts[score] for score in scale], scale) == exact
    for tenths in range(10 * min(scale) - 10, 10 * max(scale) + 11):
        text = f"{Decimal(tenths) / 10:.{places}f}"
        if Fraction(text) == Fraction(tenths, 10):
            assert median_fits(text, n, scale) == (text in medians)
            if len(scale) == max(scale) - min(scale) + 1:
                assert median_fits(text, n, (min(scale), max(scale)), ends=True) == (text in medians)


def test_the_published_example_of_the_grim_test():
    """Brown and Heathers (2017): 5.19 is no mean of 28 whole numbers; 145 / 28 is 5.18 and 146 / 28 is 5.21."""
    grid = lattice((1, 7), ends=True)
    assert sums("5.19", 28, grid) is None
    assert sums("5.18", 28, grid) == (145 - 28, 145 - 28)
    assert sums("5.21", 28, grid) == (146 - 28, 146 - 28)


def test_bases_of_a_mean():
    grid = lattice((1, 5), ends=True)
    assert bases_of("5.00", None, 6, grid) == (1, 2, 3, 4, 5, 6)
    assert bases_of("3.33", None, 9, grid) == (3, 6, 9)
    assert bases_of("3.33", "0.58", 9, grid) == (3,)
    assert bases_of("6.00", None, 50, grid) == ()


def test_large_bases_are_quick(within):
    grid = lattice((0, 10), ends=True)
    with within(1):
        assert sums("3.4", 10**8, grid) is not None
        assert divisors("3.4", "1.1", 10**8, grid) == (10**8, 10**8 - 1)
        assert len(bases_of("3.42", "1.13", 2_000, grid)) > 1_000


def test_means_of_counts():
    assert mean_of((3, 20, 17, 7, 2), (1, 2, 3, 4, 5)) == Fraction(132, 49)
    assert mean_of((0, 0), (1, 2)) is None
    assert median_of((0, 0), (1, 2)) is None


def trust(*averages, counts=(3, 20, 17, 7, 2), **more):
    names = tuple("abcde")
    cells = tuple(Cell(item=n, where="T", count=c) for n, c in zip(names, counts, strict=True) if c is not None)
    kind = more.pop("kind", "ordinal")
    return Question(id="q", label="q", kind=kind, categories=names, cells=cells, averages=averages, **more)


def average(where="Table 2", **more):
    return PrintedAverage(where=where, **more)


def number(*averages, integers=(0, 10), **more):
    values = {"kind": "single", "categories": (), "partial": True, "integers": integers, "averages": averages}
    return Question(id="q", label="q", **(values | more))


def codes(*questions, verdict="inconsistent", **more):
    return [one.code for one in audit(small_survey(*questions, **more)).findings if one.verdict == verdict]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"mean": "2.69"}, None),
        ({"mean": "2.7"}, None),
        ({"mean": "2.69", "sd": "0.93", "median": "3"}, None),  # sqrt(42.41 / 49) = 0.930
        ({"mean": "2.69", "sd": "0.94"}, None),  # sqrt(42.41 / 48) = 0.940
        ({"mean": "2.69", "sd": "1.20"}, "mean-and-answers"),
        ({"mean": "2.71"}, "mean-and-answers"),  # 133 of 49: possible, but not of these answers
        ({"mean": "2.70"}, "mean-and-base"),  # 132 / 49 is 2.694, 133 / 49 is 2.714
        ({"mean": "5.20"}, "mean-and-scale"),
        ({"median": "2"}, "mean-and-answers"),
        ({"median": "2.5"}, "median-and-base"),
        ({"mean": "1.02", "sd": "1.00"}, "mean-and-sd"),
    ],
)
def test_an_average_against_its_base_and_the_answers(told, code):
    assert codes(trust(average(**told))) == ([code] if code else [])
    assert not codes(trust(average(**(told if code is None else {"mean": "2.69"}))))


def test_a_mean_of_those_who_answered_is_held_to_its_own_base():
    assert not codes(trust(average(mean="2.6", base=10)))
    (finding,) = (
        one
        for one in audit(small_survey(trust(average(mean="2.65", base=10)))).findings
        if one.verdict == "inconsistent"
    )
    assert finding.expected == "no 10 answers have a mean of 2.65: next to it are 2.600 and 2.700"
    assert finding.items == ("mean",)
    assert finding.printed == "mean 2.65 (Table 2); base 10"


def test_bounds_stand_where_readings_are_too_many():
    """Of 1,000 people 500 are a or b, and 500 more, so that the mean is at least (500 * 1 + 500 * 3) / 1,000 = 2."""
    cells = (Cell(item=("a", "b"), where="T", count=500), Cell(item=("c", "d", "e"), where="T", count=500))
    low = replace(trust(average(mean="1.9")), cells=cells)
    assert codes(low, respondents=1000) == ["mean-and-answers"]
    assert not codes(replace(low, averages=(average(mean="2.1"),)), respondents=1000)


def test_scores_count():
    asked = trust(average(mean="1.69"), scores=(0, 1, 2, 3, 4))
    assert not codes(asked)
    assert codes(replace(asked, scores=(1, 2, 3, 4, 5))) == ["mean-and-answers"]
    hundred = replace(asked, scores=(0, 25, 50, 75, 100), averages=(average(mean="42.3"),))
    assert not codes(hundred)
    assert codes(replace(hundred, averages=(average(mean="42.5"),))) == ["mean-and-base"]


def test_numbers_without_a_list_of_answers():
    assert not codes(number(average(mean="5.5", median="6", base=20)))
    assert codes(number(average(mean="5.52", base=20))) == ["mean-and-base"]
    assert codes(number(average(median="5.5", base=21))) == ["median-and-base"]
    assert codes(number(average(mean="10.5", base=20))) == ["mean-and-scale"]


def test_where_the_base_is_not_printed_the_mean_says_which():
    (finding,) = audit(small_survey(number(average(mean="7.25", base="not printed")), respondents=20)).findings
    assert (finding.verdict, finding.expected) == ("cannot be checked", "a base of 4, 8, 12, 16, 20 allows it")
    assert codes(number(average(mean="7.01", base="not printed")), respondents=20) == ["mean-and-base"]
    assert not audit(small_survey(number(average(mean="7", base="not printed")), respondents=20)).findings


def test_a_group_has_its_own_mean():
    group = Group(question="sex", item="f")
    cells = (Cell(item="f", where="T", count=7),)
    sex = Question(id="sex", label="sex", kind="single", categories=("f", "m"), cells=cells)
    assert codes(sex, number(average(mean="3.5", among=group))) == ["mean-and-base"]
    assert not codes(sex, number(average(mean="3.57", among=group)))


def groups(**told):
    cells = (Cell(item="f", where="T", **told), Cell(item="m", where="T", **told))
    return Question(id="sex", label="sex", kind="single", categories=("f", "m"), cells=cells, partial=True)


OF_MEN = Group(question="sex", item="m")


@pytest.mark.parametrize("seed", range(25))
def test_the_base_of_a_mean_is_at_most_the_size_of_its_group(seed):
    """Against brute force: every sum of whole numbers from 0 to 3 of each number of people up to the group's size."""
    rng = random.Random(seed)
    size, mean = rng.randint(3, 15), f"{rng.randint(0, 300) / 100:.2f}"
    by_hand = [
        n for n in range(1, size + 1) if any(mean in rounded(Fraction(total, n), 2) for total in range(3 * n + 1))
    ]
    halves = groups(percent="50")  # so many in each of two groups; nothing else is printed of how many
    asked = number(average(mean=mean, among=OF_MEN), integers=(0, 3))
    found = [
        one for one in audit(small_survey(halves, asked, respondents=2 * size)).findings if one.code == "mean-and-base"
    ]
    if len(by_hand) == size:
        assert not found
    elif not by_hand:
        assert [one.verdict for one in found] == ["inconsistent"]
        assert found[0].expected == f"no base up to {size} allows it"
    else:
        assert found[0].verdict == "cannot be checked"
        assert found[0].expected == f"a base of {runs(by_hand)} allows it"


@pytest.mark.parametrize(
    ("question", "group", "most"),
    [
        (groups(count=7), {"among": OF_MEN, "base": "not printed"}, 7),
        (groups(count=7), {"among": Group(question="sex", item=("f", "m")), "base": "not printed"}, 14),
        (groups(percent="50"), {"among": Group(question="sex", item="m", also=(Group(question="sex", item="f"),))}, 20),
    ],
)
def test_a_base_that_is_not_printed_is_no_larger_than_its_group(question, group, most):
    possible, other = f"{1 / (most + 1):.3f}", f"{1 / most:.3f}"  # one of the people gave 1, all others 0
    for mean, code in ((possible, ["mean-and-base"]), (other, [])):
        assert codes(question, number(average(mean=mean, **group), integers=(0, 1)), respondents=40) == code


def test_the_base_of_a_mean_is_no_larger_than_that_of_its_question():
    asked = number(average(mean="0.091", base="not printed"), integers=(0, 1), base=10)  # one of eleven
    assert codes(asked, respondents=40) == ["mean-and-base"]
    assert not codes(replace(asked, base=11), respondents=40)
    nested = replace(asked, base=None, among=OF_MEN)
    assert codes(groups(percent="25"), nested, respondents=40) == ["mean-and-base"]
    assert not codes(groups(percent="30"), nested, respondents=40)


def test_an_average_is_told_as_printed_of_these_respondents_alone():
    asked = trust(average(mean="2.69", sd="0.93", median="3"), average("Text", mean="2.71"))
    told = [one for one in cs.estimate(small_survey(asked)) if one.estimand in ("mean", "median")]
    assert [(one.estimand, one.value, one.base) for one in told] == [
        ("mean", 2.69, (49,)),
        ("median", 3.0, (49,)),
        ("mean", 2.71, (49,)),
    ]
    assert all(one.interval is None and isinstance(one.target, cs.Respondents) for one in told)
    marks = [[caveat.code for caveat in one.caveats] for one in told]
    assert marks == [
        ["spread-printed", "equal-scores"],
        ["no-spread"],
        ["no-spread", "average-conflict", "equal-scores"],
    ]
    assert str(told[0]).startswith("The mean of “q” among a is 2.69 (49 respondents).")


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(5))
def test_what_made_answers_print_is_never_accused(seed):
    rng = random.Random(seed)
    for _ in range(30):
        n = rng.randint(2, 60)
        answers = [rng.randint(1, 5) for _ in range(n)]
        counts = tuple(answers.count(score) for score in range(1, 6))
        mean = Fraction(sum(answers), n)
        squares = sum((answer - mean) ** 2 for answer in answers)
        sd = min(rounded_root(squares / rng.choice([n, n - 1]), 2))
        median = min(rounded(median_of(counts, range(1, 6)), 1))
        told = average(mean=min(rounded(mean, 2)), sd=sd, median=median)
        shown = counts if rng.random() < 0.5 else tuple(c if rng.random() < 0.5 else None for c in counts)
        assert not codes(trust(told, counts=shown), respondents=n)


@pytest.mark.slow
def test_most_changed_digits_of_a_mean_are_found():
    rng = random.Random(6)
    found = told = 0
    for _ in range(100):
        n = rng.randint(5, 40)
        answers = [rng.randint(1, 5) for _ in range(n)]
        text = min(rounded(Fraction(sum(answers), n), 2))
        changed = text[:-1] + rng.choice([d for d in "0123456789" if d != text[-1]])
        possible = any(changed in rounded(Fraction(total, n), 2) for total in range(n, 5 * n + 1))
        wrong = codes(trust(average(mean=changed), counts=(None,) * 5), respondents=n)
        assert bool(wrong) == (not possible)
        found, told = found + bool(wrong), told + 1
    assert found > told / 2
