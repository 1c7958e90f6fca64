"""Feasible counts against the decimal module, and the reference facts of the method notes."""

import csv
import decimal
import itertools
from decimal import Decimal
from fractions import Fraction
from operator import ge, gt, le, lt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.auditing.facts import facts_of
from csea_stats.auditing.number_words import amount_in_words
from csea_stats.auditing.rounding import bracket, feasible_counts, feasible_tables, window
from csea_stats.errors import CountError, InputError
from csea_stats.survey.printed_numbers import percent_keys
from csea_stats.survey.survey import Cell, Question

DECIMAL = {
    "half-up": (decimal.ROUND_HALF_UP,),
    "half-even": (decimal.ROUND_HALF_EVEN,),
    "half-down": (decimal.ROUND_HALF_DOWN,),
    "floor": (decimal.ROUND_FLOOR,),
    "ceil": (decimal.ROUND_CEILING,),
    "any-nearest": (decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN),
}


def printed(count, base, places, mode):
    """The percentage as the decimal module prints it; 60 digits are exact enough to see every tie of these bases."""
    with decimal.localcontext(decimal.Context(prec=60)):
        return str((Decimal(100 * count) / base).quantize(Decimal(1).scaleb(-places), rounding=mode))


@pytest.mark.few(1)
@pytest.mark.parametrize("rounding", DECIMAL)
def test_feasible_counts_agree_with_the_decimal_module(rounding):
    for base, places in [(n, 0) for n in range(1, 61)] + [(8, 1), (16, 1), (40, 1), (49, 1), (7, 2)]:
        found = {}
        for count, mode in itertools.product(range(base + 1), DECIMAL[rounding]):
            found.setdefault(printed(count, base, places, mode), set()).add(count)
        for value in range(100 * 10**places + 1):
            percent = str(Decimal(value).scaleb(-places))
            told = feasible_counts(percent, base, rounding)
            assert told == tuple(sorted(found.get(percent, ()))), (percent, base)


@given(st.integers(1, 10**9), st.data(), st.sampled_from(sorted(DECIMAL)), st.integers(0, 4))
def test_a_rounded_count_is_always_feasible(base, data, rounding, places):
    count = data.draw(st.integers(0, base))
    with decimal.localcontext(decimal.Context(prec=60)):
        exact = Decimal(100 * count) / base
    percent = str(exact.quantize(Decimal(1).scaleb(-places), rounding=DECIMAL[rounding][0]))
    low, high = window(percent, base, rounding)
    assert low <= count <= high
    # and the two ends are the last ones: one step beyond is printed otherwise
    for outside in (low - 1, high + 1):
        if 0 <= outside <= base:
            with decimal.localcontext(decimal.Context(prec=60)):
                beyond = Decimal(100 * outside) / base
                step = Decimal(1).scaleb(-places)
                assert all(str(beyond.quantize(step, rounding=mode)) != percent for mode in DECIMAL[rounding])


@given(st.integers(1, 10**6), st.integers(0, 100))
def test_the_bracket_holds_the_exact_product(base, percent):
    low, high = bracket(str(percent), base)
    assert low <= Fraction(percent * base, 100) <= high
    assert high - low == (percent * base % 100 != 0)


def test_feasible_counts_agree_with_r():
    """Against tests/reference/feasible_counts.R: what it lists is feasible, and every other percentage is not."""
    lines = (Path(__file__).parents[1] / "reference" / "feasible_counts.csv").read_text().splitlines()
    table = {}
    for row in csv.DictReader(lines[1:]):
        table.setdefault((int(row["base"]), row["rounding"]), {})[row["percent"]] = tuple(
            map(int, row["counts"].split())
        )
    assert len(table) == 13 * 5
    for (base, rounding), expected in table.items():
        for percent in map(str, range(101)):
            assert feasible_counts(percent, base, rounding) == expected.get(percent, ())


def test_a_whole_percentage_pins_the_count_up_to_base_100():
    for base, percent in itertools.product(range(1, 101), range(101)):
        assert len(feasible_counts(str(percent), base)) <= 1


def test_ties_are_where_the_notes_say():
    ties = {
        base: [c for c in range(base + 1) if (200 * c) % base == 0 and (200 * c // base) % 2] for base in (24, 8, 40)
    }
    assert ties[24] == [3, 9, 15, 21]
    assert ties[8]
    assert ties[40]
    for base in (7, 14, 27, 36, 42, 49):
        assert all(
            feasible_counts(str(p), base, "half-up") == feasible_counts(str(p), base, "half-down") for p in range(101)
        )
    assert feasible_counts("38", 24, "half-up") == feasible_counts("38", 24, "half-even") == (9,)
    assert feasible_counts("38", 24, "half-down") == ()
    assert feasible_counts("37", 24, "half-down") == feasible_counts("37", 24) == (9,)


def test_the_percentages_that_no_nearest_rounding_allows():
    for percent, base in (("30", 24), ("23", 36), ("41", 24), ("43", 36)):
        assert feasible_counts(percent, base) == ()
    assert feasible_counts("30", 24, "ceil") == (7,)
    assert feasible_counts("23", 36, "ceil") == (8,)
    assert feasible_counts("41", 24, "floor") == (10,)
    assert not any(feasible_counts("43", 36, rounding) for rounding in DECIMAL)
    assert feasible_counts("29", 49) == (14,)
    assert [base for base in range(1, 61) if 15 in feasible_counts("29", base)] == [51, 52]


def test_one_table_of_print_fits_two_bases_only():
    percents = ["6", "41", "35", "14", "4"]
    fits = [base for base in range(20, 61) if feasible_tables(percents, base, total=base)]
    assert fits == [49, 51]
    assert feasible_tables(percents, 49, total=49) == ((3, 20, 17, 7, 2),)


def test_a_typical_percentage_fits_many_bases():
    fits = [sum(bool(feasible_counts(str(p), base)) for base in range(1, 50)) for p in (24, 30, 41, 43, 23)]
    assert all(9 <= number <= 16 for number in fits)


def test_possible_whole_percentages_of_49():
    assert sum(bool(feasible_counts(str(p), 49)) for p in range(101)) == 50
    assert sum(not feasible_counts(str(p), 24, "half-up") for p in range(101)) == 76


def brute_largest_remainder(counts, base, hundred):
    """Every printed vector that largest remainders give, by handing out the missing units one by one."""
    floors = [hundred * c // base for c in counts]
    remainders = [hundred * c % base for c in counts]
    short = hundred - sum(floors)
    return {
        tuple(f + (i in chosen) for i, f in enumerate(floors))
        for chosen in itertools.combinations(range(len(counts)), short)
        if min((remainders[i] for i in chosen), default=base)
        >= max((r for i, r in enumerate(remainders) if i not in chosen), default=0)
    }


@pytest.mark.parametrize(("base", "size"), [(7, 3), (12, 3), (9, 4), (24, 3)])
def test_largest_remainder_against_handing_out_units(base, size):
    allowed = {}
    for counts in itertools.product(range(base + 1), repeat=size):
        if sum(counts) == base:
            for vector in brute_largest_remainder(counts, base, 100):
                allowed.setdefault(vector, set()).add(counts)
    assert allowed
    for vector, counts in allowed.items():
        found = feasible_tables([str(v) for v in vector], base, rounding="largest-remainder")
        assert found == tuple(sorted(counts))
    assert feasible_tables(["30", "30", "41"], base, rounding="largest-remainder") == ()


@given(st.integers(1, 40), st.lists(st.integers(0, 30), min_size=2, max_size=4), st.integers(0, 1))
def test_tables_agree_with_the_product_of_their_cells(base, numbers, places):
    counts = [number % (base + 1) for number in numbers]
    percents = [printed(count, base, places, decimal.ROUND_HALF_UP) for count in counts]
    total = sum(counts)
    cells = [feasible_counts(percent, base) for percent in percents]
    product = tuple(sorted(vector for vector in itertools.product(*cells) if sum(vector) == total))
    assert feasible_tables(percents, base, total) == product
    assert tuple(counts) in product


def test_a_base_of_a_thousand_million_is_instant(within):
    with within(0.5):
        assert feasible_counts("41.0000000", 10**9) == (410_000_000,)
        assert feasible_counts("0.0000001", 10**9) == (1,)
        assert window("41", 10**9) == (405_000_000, 415_000_000)
        with pytest.raises(InputError, match="10,000,001 counts fit"):
            feasible_counts("41", 10**9)
        with pytest.raises(InputError, match="more than 100,000"):
            feasible_tables(["41", "59"], 10**9, total=10**9)


@pytest.mark.parametrize(
    ("percent", "says"),
    [
        *[(41, '"41"'), (8.5, '"8.5"'), ("abc", "'abc'"), ("120", "0 to 100"), ("100.1", "0 to 100"), ("", "''")],
        *[("-1", "-1"), (True, "quotes"), (None, "quotes"), ("41 pc", "41 pc"), ("4 1", "'4 1'"), ("٤١", "allowed")],
        *[("9" * 5000, "0 to 100"), ("1e1", "1e1"), ("0." + "0" * 31, "decimals")],
    ],
)
def test_a_percentage_that_is_none(percent, says):
    with pytest.raises(InputError, match="percent") as caught:
        feasible_counts(percent, 49)
    assert says in str(caught.value)


@pytest.mark.parametrize("base", [0, -1, 3.5, "49", None, True, float("nan")])
def test_a_base_that_is_none(base):
    with pytest.raises(CountError, match="base"):
        feasible_counts("41", base)
    with pytest.raises(CountError, match="base"):
        feasible_tables(["41"], base)


def test_other_arguments_that_are_wrong():
    with pytest.raises(InputError, match="half-even"):
        feasible_counts("41", 49, "nearest")
    with pytest.raises(InputError, match="any-nearest"):
        feasible_counts("41", 49, "largest-remainder")
    with pytest.raises(InputError, match="largest-remainder"):
        feasible_tables(["41"], 49, rounding="banker")
    for percents in ("41", [], ()):
        with pytest.raises(InputError, match="percents"):
            feasible_tables(percents, 49)
    for total in (-1, 3.5, "49"):
        with pytest.raises(InputError, match="total"):
            feasible_tables(["41"], 49, total=total)
    with pytest.raises(InputError, match="sum to 100"):
        feasible_tables(["41", "59"], 49, total=48, rounding="largest-remainder")


# ---------------------------------------------------------------- numbers as printed


def brute(percent, base):
    """The counts that a statement allows, each tried: a share between, below or above what is printed."""
    half = Fraction(1, 2)

    def rounds(count, low, high):
        shares = [Fraction(100 * count, base) * 10 ** len(end.partition(".")[2]) for end in (low, high)]
        whole = [Fraction(end.replace(".", "")) for end in (low, high)]
        return shares[0] >= whole[0] - half and shares[1] <= whole[1] + half

    if percent[0] in "<>":
        sign, value = percent.split(" ")
        test = {"<": lt, "<=": le, ">": gt, ">=": ge}[sign]
        return [c for c in range(base + 1) if test(Fraction(100 * c, base), Fraction(value))]
    low, _, high = percent.partition("-")
    return [c for c in range(base + 1) if rounds(c, low, high or low)]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "percent", ["< 1", "< 0.5", "<= 1", "> 99", ">= 99.5", "< 12.5", "< 0", "> 100", "29-31", "0-1", "12.5-13", "7"]
)
def test_statements_against_brute_force(percent):
    for base in [*range(1, 130), 199, 200, 201, 400, 1000]:
        found = window(percent, base)
        assert ([] if found is None else list(range(found[0], found[1] + 1))) == brute(percent, base), base


@given(st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 1000), st.integers(1, 500))
def test_any_comparison_is_what_its_words_say(sign, tenths, base):
    printed = f"{sign} {tenths // 10}.{tenths % 10}"
    assert window(printed, base) == amount_in_words(f"{printed}%").window(base)


def test_a_printed_number_is_read_however_it_is_written():
    for written in ("12.5", "12,5", "12,5%", " 12.5 %"):
        assert feasible_counts(written, 40) == (5,)
    assert feasible_counts("less than 1%", 250) == (0, 1, 2)
    assert feasible_counts("<1", 40) == (0,)
    assert feasible_tables(["<1", "41", "58-60"], 49, total=49) == ((0, 20, 29),)
    assert feasible_counts("31-29", 400) == ()
    with pytest.raises(InputError, match="'<1'"):
        feasible_tables(["<1", "99"], 49, rounding="largest-remainder")


def test_a_cell_that_prints_less_than_is_a_fact():
    question = Question(
        id="a", label="A", kind="yes-no", cells=(Cell(item="yes", where="T", **percent_keys("< 0,5 %")),)
    )
    (fact,) = facts_of(question, question.cells, 700)
    assert (fact.kind, fact.value, fact.ranges) == ("words", "< 0,5 %", ((0, 3),))
