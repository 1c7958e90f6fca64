"""Sets that margins and printed cells leave open: every table counted out, published constants, exact coverage."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import csea_stats
from csea_stats.base.partial_identification import (
    chance_above,
    check_coupling,
    coupling_words,
    critical_value,
    gap_ends,
    gap_region,
    relative_width,
)
from csea_stats.errors import CountError, InputError, UnknownName, UnsupportedTarget
from csea_stats.estimators.crosstab import crosstab_bounds
from csea_stats.estimators.difference import difference
from csea_stats.estimators.proportion import proportion
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection

COUNTED = Respondents()
GROUPS = {"government": 27, "NGO": 14, "other": 8}


def every_table(row, column):
    """Yield every table with these margins, by brute force."""

    def fill(left, rows):
        if not rows:
            if not any(left):
                yield ()
            return
        for cells in itertools.product(*(range(min(rows[0], most) + 1) for most in left)):
            if sum(cells) == rows[0]:
                rest = tuple(most - cell for most, cell in zip(left, cells, strict=True))
                yield from ((cells, *more) for more in fill(rest, rows[1:]))

    yield from fill(tuple(column), tuple(row))


def ends(estimate):
    return estimate.bounds or (estimate.value, estimate.value)


def expected(tables, column, ordered):
    """Every estimate's smallest and largest value over tables, in the order in which they come."""
    height, width, base = len(tables[0]), len(column), sum(column)
    events = [(i,) for i in range(height)] + ([tuple(range(k)) for k in range(2, height)] if ordered else [])

    def hull(function):
        values = [function(table) for table in tables]
        return min(values), max(values)

    for event in events:

        def inside(table, j, event=event):
            return sum(table[i][j] for i in event)

        def total(table, event=event):
            return sum(sum(table[i]) for i in event)

        for j, size in enumerate(column):
            if len(event) == 1:
                yield hull(lambda t, j=j: inside(t, j))
            yield hull(lambda t, j=j, n=size: inside(t, j) / n)
            yield hull(lambda t, j=j, n=size: (total(t) - inside(t, j)) / (base - n))
            yield hull(lambda t, j=j, n=size: inside(t, j) / n - (total(t) - inside(t, j)) / (base - n))
        if width > 2:
            for j, k in itertools.combinations(range(width), 2):
                yield hull(lambda t, j=j, k=k: inside(t, j) / column[j] - inside(t, k) / column[k])


@st.composite
def true_tables(draw):
    """A true table, none of whose columns is empty."""
    height, width = draw(st.integers(2, 3)), draw(st.integers(2, 3))
    table = [[draw(st.integers(0, 3)) for _ in range(width)] for _ in range(height)]
    for j in range(width):
        table[0][j] += not any(line[j] for line in table)
    return tuple(tuple(line) for line in table)


@given(true_tables(), st.booleans())
def test_margins_leave_what_every_table_leaves(table, ordered):
    row, column = [sum(line) for line in table], [sum(line) for line in zip(*table, strict=True)]
    found = crosstab_bounds(row, column, sum(row), target=COUNTED, ordered=ordered)
    wanted = list(expected(list(every_table(row, column)), column, ordered))
    truth = list(expected([table], column, ordered))
    for estimate, ends_wanted, (true, _) in zip(found, wanted, truth, strict=True):
        assert ends(estimate) == (pytest.approx(ends_wanted[0], abs=1e-12), pytest.approx(ends_wanted[1], abs=1e-12))
        assert ends(estimate)[0] - 1e-12 <= true <= ends(estimate)[1] + 1e-12


@pytest.mark.slow
@given(true_tables(), st.data())
def test_printed_cells_leave_what_every_table_that_has_them_leaves(table, data):
    row, column = [sum(line) for line in table], [sum(line) for line in zip(*table, strict=True)]
    facts = {}
    for _ in range(data.draw(st.integers(1, 2))):
        rows = tuple(sorted(data.draw(st.sets(st.sampled_from(range(len(row))), min_size=1, max_size=2))))
        columns = tuple(sorted(data.draw(st.sets(st.sampled_from(range(len(column))), min_size=1, max_size=2))))
        true = sum(table[i][j] for i in rows for j in columns)
        facts[rows, columns] = {true} | data.draw(st.sets(st.integers(0, 8), max_size=2))
    tables = [
        one
        for one in every_table(row, column)
        if all(sum(one[i][j] for i in rows for j in columns) in allowed for (rows, columns), allowed in facts.items())
    ]
    found = crosstab_bounds(row, column, sum(row), given=facts, target=COUNTED, ordered=True)
    alone = crosstab_bounds(row, column, sum(row), target=COUNTED, ordered=True)
    for estimate, wide, (low, high) in zip(found, alone, expected(tables, column, ordered=True), strict=True):
        assert ends(estimate) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))
        assert ends(wide)[0] - 1e-12 <= ends(estimate)[0] <= ends(estimate)[1] <= ends(wide)[1] + 1e-12


@given(true_tables(), st.integers(0, 2))
def test_a_wider_feasible_set_never_gives_narrower_bounds(table, more):
    row, column = [sum(line) for line in table], [sum(line) for line in zip(*table, strict=True)]
    base = sum(row)
    wider = [{x, x + more} for x in row[:-1]] + [set(range(max(row[-1] - 2 * more, 0), row[-1] + 1))]
    for target in (COUNTED, Population(Selection(tau=0.5))):
        narrow = crosstab_bounds(row, column, base, target=target)
        wide = crosstab_bounds(wider, column, base, target=target)
        for one, other in zip(narrow, wide, strict=True):
            assert ends(other)[0] <= ends(one)[0] + 1e-12
            assert ends(one)[1] <= ends(other)[1] + 1e-12
            if one.interval:
                assert other.interval.lower <= one.interval.lower + 1e-12
                assert one.interval.upper <= other.interval.upper + 1e-12


def test_two_counts_and_two_mappings_tell_the_same():
    short = crosstab_bounds(35, 24, 49)
    long = crosstab_bounds({"yes": 35, "no": 14}, {"in": 24, "out": 25}, 49)
    first = [e for e in long if e.item == "yes: in"]
    assert [ends(e) for e in short] == [ends(e) for e in first]
    assert [e.interval for e in short] == [e.interval for e in first]
    known = crosstab_bounds(35, 24, 49, given={("yes", "in"): 20})
    assert [e.value for e in known] == [20, 20 / 24, 15 / 25, 20 / 24 - 15 / 25]


@pytest.mark.slow
def test_names_and_calls():
    answers = {"none": 3, "poor": 20, "fair": 17, "good": 7, "excellent": 2}
    facts = {(("none", "poor"), "NGO"): range(3, 6)}
    found = crosstab_bounds(answers, GROUPS, 49, ordered=True, given=facts, target=COUNTED)
    items = list(dict.fromkeys(e.item for e in found))
    assert items[:6] == [
        "none: government",
        "none: NGO",
        "none: other",
        "none: government minus NGO",
        "none: government minus other",
        "none: NGO minus other",
    ]
    assert "good or lower: other" in items
    assert ends(found.where(item="poor or lower: NGO")[0]) == (3 / 14, 5 / 14)
    chosen = found[::50]
    assert [eval(e.provenance.call, {"csea_stats": csea_stats}) for e in chosen] == list(chosen)
    assert [e.item for e in crosstab_bounds([3, 4], [2, 5], 7)][:1] == ["row[0]: column[0]"]


def test_frames_and_arrays():
    plain = crosstab_bounds({"a": 3, "b": 4}, [2, 5], 7)
    assert crosstab_bounds(pd.Series({"a": 3, "b": 4}), np.array([2, 5]), np.int64(7)) == plain
    assert "crosstab_bounds({'a': 3, 'b': 4}, [2, 5], 7)" in plain[0].provenance.call
    with pytest.raises(CountError, match="the text"):
        crosstab_bounds("35", 24, 49)


@pytest.mark.parametrize(
    ("margins", "given_facts", "error", "needle"),
    [
        (({"a": 30, "b": 18}, GROUPS, 49), None, CountError, r"row: found 48 people in all; allowed is the base, 49"),
        (({"a": 30, "b": 19}, {"x": 30, "y": {20, 21}}, 49), None, CountError, r"column: found 50 or 51 .* 49"),
        (({"a": 30, "b": 19}, {"x": 49, "y": 0}, 49), None, CountError, r"column\['x'\]: found 49 of 49"),
        (({"a": 30, "b": 19}, GROUPS, 49), {("a", "NGO"): 15}, CountError, r"15, more than column 'NGO' holds.* 14"),
        (({"a": 3, "b": 46}, GROUPS, 49), {("a", "NGO"): {4, 5}}, CountError, r"4, more than row 'a' holds.* 3"),
        (({"a": 30, "b": 19}, GROUPS, 49), {("a", "NOG"): 1}, UnknownName, "Did you mean 'NGO'"),
        (({"a": 30, "b": 19}, GROUPS, 49), {"a": 1}, InputError, r"given\['a'\]"),
        (({"a": 30, "b": 19}, GROUPS, 49), [1], InputError, "given: found"),
        (({"a": 30, "b": 19}, GROUPS, 49), {("a", "NGO"): 2.5}, CountError, "2.5"),
        ((35, 24, 49), {("yes", "in"): 9}, CountError, r"given\[\('yes', 'in'\)\] = 9: no table"),
        (({"a": 5}, GROUPS, 49), None, CountError, "at least two counts"),
    ],
)
def test_what_cannot_be(margins, given_facts, error, needle):
    with pytest.raises(error, match=needle):
        crosstab_bounds(*margins, given=given_facts)


def test_facts_that_contradict_each_other_are_named_and_no_others():
    answers = {"a": 30, "b": 19}
    facts = {("a", "NGO"): 14, ("b", "government"): {1, 2}, ("a", "other"): 6, ("a", "government"): 10}
    with pytest.raises(CountError) as caught:
        crosstab_bounds(answers, GROUPS, 49, given=facts)
    assert "given[('b', 'government')] = 1 or 2 and given[('a', 'government')] = 10" in str(caught.value)
    assert "NGO" not in str(caught.value)


def test_too_many_margins_with_facts():
    rows = {"a": set(range(10, 30)), "b": set(range(5, 30)), "c": set(range(5, 30))}
    with pytest.raises(InputError, match="narrow the sets"):
        crosstab_bounds(rows, GROUPS, 49, given={("a", "NGO"): 5})
    assert crosstab_bounds(rows, GROUPS, 49, target=COUNTED)


# ---------------------------------------------------------------- couplings


def test_couplings_against_scipy_and_by_hand():
    assert chance_above(35, 24, 49, "uniform") == pytest.approx(7 / 15)
    cells = range(10, 25)
    above = [a for a in cells if a / 24 > (35 - a) / 25]
    for ratio in (0.25, 0.5, 1, 2, 4):
        law = stats.nchypergeom_fisher(49, 24, 35, ratio)
        name = "hypergeometric" if ratio == 1 else f"odds-ratio {ratio:g}"
        assert chance_above(35, 24, 49, name) == pytest.approx(sum(law.pmf(a) for a in above), abs=1e-9)
    assert [round(chance_above(35, 24, 49, f"odds-ratio {r}"), 3) for r in (2, 4)] == [0.815, 0.977]


@given(st.integers(2, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(1, n - 1), st.just(n))))
def test_couplings_rise_with_the_odds_ratio(margins):
    chances = [chance_above(*margins, f"odds-ratio {ratio}") for ratio in ("1/4", "1/2", "1", "2", "4")]
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(chances))
    assert chance_above(*margins, "hypergeometric") == pytest.approx(chances[2])
    assert all(0 <= chance <= 1 for chance in chances)


def test_a_coupling_is_named_wherever_its_number_is():
    gap = crosstab_bounds(35, 24, 49, coupling="odds-ratio 2", target=COUNTED)[3]
    assert gap.probability == (chance_above(35, 24, 49, "odds-ratio 2"),) * 2
    assert "supposing an odds ratio of 2" in str(gap)
    assert "0.82" in str(gap)
    assert gap.verdict.word == "cannot be checked"
    several = crosstab_bounds({34, 35}, 24, 49, coupling="uniform", target=COUNTED)[3]
    assert several.probability[0] < several.probability[1]
    assert crosstab_bounds(35, 24, 49, coupling="uniform")[3].probability is None  # told of these respondents alone
    assert crosstab_bounds(35, 24, 49)[3].probability is None
    assert "nothing to do with each other" in coupling_words("hypergeometric")
    for wrong in ("odds-ratio 0", "odds-ratio 1/0", "odds-ratio", "Uniform", 2):
        with pytest.raises(InputError, match="coupling"):
            check_coupling(wrong)
    with pytest.raises(InputError, match="margins alone"):
        crosstab_bounds(35, 24, 49, given={("yes", "in"): 20}, coupling="uniform")


# ---------------------------------------------------------------- regions


def test_critical_values_as_published():
    """Imbens and Manski's equation, at widths 0, .5, 1, 2 and without end."""
    found = [critical_value(width, 0.95) for width in (0, 0.5, 1, 2, math.inf)]
    assert found == pytest.approx([1.960, 1.770, 1.681, 1.646, 1.645], abs=6e-4)
    for width in (0.1, 0.7, 3.0):
        c = critical_value(width, 0.9)
        assert stats.norm.cdf(c + width) - stats.norm.cdf(-c) == pytest.approx(0.9, abs=1e-9)


def test_regions_are_nested_and_take_beta_quantiles():
    one = {name: crosstab_bounds(35, 24, 49, region=name) for name in ("set", "parameter", "tables")}
    for place in (1, 2, 3):
        widest, middle, narrow = (found[place].interval for found in one.values())
        assert widest.lower < middle.lower < narrow.lower
        assert widest.upper >= middle.upper >= narrow.upper
    inside = one["parameter"][1].interval
    share = stats.beta(35.5, 14.5)
    wide = relative_width(
        ((share.ppf(0.025), share.ppf(0.975)), (share.ppf(stats.norm.cdf(-1)), share.ppf(stats.norm.cdf(1)))),
        lambda p: (max(0.0, p - 1 + 24 / 49) / (24 / 49), min(24 / 49, p) / (24 / 49)),
    )
    tail = stats.norm.cdf(-critical_value(wide, 0.95))
    assert inside.lower == pytest.approx((share.ppf(tail) - 25 / 49) / (24 / 49), abs=1e-6)
    assert "Imbens-Manski" in inside.method
    assert "one-true-value" in [doubt.code for doubt in one["parameter"][1].caveats]


def test_over_tables_is_the_hull_of_the_ordinary_intervals():
    inside = crosstab_bounds(35, 24, 49, region="tables")[1]
    shares = [proportion(a, 24) for a in range(10, 25)]
    assert inside.interval.lower == min(one.interval.lower for one in shares)
    assert inside.companion.upper == max(one.companion.upper for one in shares)
    gap = crosstab_bounds(35, 24, 49, region="tables")[3]
    gaps = [difference((a, 24), (35 - a, 25)) for a in (10, 24)]
    assert gap.interval.lower == pytest.approx(min(one.interval.lower for one in gaps))
    assert gap.interval.upper == pytest.approx(max(one.interval.upper for one in gaps))


def test_a_table_that_is_known_is_judged_as_two_groups_are():
    gap = crosstab_bounds(35, 7, 49, given={("yes", "in"): 7})[3]
    known = difference((7, 7), (28, 42))
    assert gap.value == pytest.approx(known.value)
    assert (gap.interval, gap.companion, gap.verdict) == (known.interval, known.companion, known.verdict)


@pytest.mark.slow
def test_over_tables_of_a_population():
    population = Population(Selection(tau=0.5))
    wide = crosstab_bounds(35, 24, 49, region="tables", target=population)[1].interval
    assert wide.lower == proportion({10, 24}, 24, target=population, threshold=None).interval.lower


def test_regions_for_targets():
    assert crosstab_bounds(35, 24, 49, region="parameter", target=FinitePopulation(200))[1].interval
    for sized in (FinitePopulation(200), Population(size=200)):
        with pytest.raises(UnsupportedTarget, match="known size"):
            crosstab_bounds(35, 24, 49, region="tables", target=sized)
    with pytest.raises(InputError, match="'tables'"):
        crosstab_bounds(35, 24, 49, given={("yes", "in"): 20}, region="set")
    with pytest.raises(InputError, match="region"):
        crosstab_bounds(35, 24, 49, region="both")


@given(st.floats(0.02, 0.48), st.floats(0.02, 0.48), st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted).map(tuple))
def test_a_region_between_two_groups_holds_the_bounds_of_every_share(first, second, limits):
    low, high = gap_region(limits, (first, second))
    for step in range(51):
        inner = gap_ends(limits[0] + (limits[1] - limits[0]) * step / 50, (first, second))
        assert low - 1e-9 <= inner[0]
        assert inner[1] <= high + 1e-9


COVERED = {
    (24, 25): {"set": 0.9436, "parameter": 0.9436, "tables": 0.9436},
    (7, 42): {"set": 0.9790, "parameter": 0.9573, "tables": 0.8926},
}
"""The least coverage over the grid, as the docs tell it. Near 0 and 1 it is that of the ordinary interval."""


@pytest.mark.parametrize(("sizes", "region"), [(sizes, region) for sizes in COVERED for region in COVERED[sizes]])
@pytest.mark.slow
def test_exact_coverage_of_the_true_values(sizes, region):
    """Both groups drawn, their sizes fixed: every pair of counts with its probability, at true shares on a grid."""
    first, second = sizes
    found = [crosstab_bounds(row, first, first + second, region=region)[1:] for row in range(first + second + 1)]
    least = 1.0
    for p, q in itertools.product((0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99), (0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)):
        law = np.convolve(stats.binom(first, p).pmf(range(first + 1)), stats.binom(second, q).pmf(range(second + 1)))
        for part, truth in enumerate((p, q, p - q)):
            for name in ("interval", "companion"):
                shown = [getattr(estimates[part], name) for estimates in found]
                held = sum(chance for one, chance in zip(shown, law, strict=True) if one.lower <= truth <= one.upper)
                least = min(least, held)
    assert least == pytest.approx(COVERED[sizes][region], abs=1e-4)
