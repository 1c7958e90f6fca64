"""What two margins leave open: exact sets by enumeration, regions, verdicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats
from csea_stats.base.partial_identification import part_ends, part_region
from csea_stats.errors import CountError, UnsupportedTarget
from csea_stats.estimators.crosstab import crosstab_bounds
from csea_stats.estimators.proportion import proportion
from csea_stats.targets.populations import TIERS, Population, Respondents, Selection


def test_the_worked_example():
    found = crosstab_bounds(35, 24, 49)
    assert [tuple(round(end, 3) for end in e.bounds) for e in found] == [
        (10, 24),
        (0.417, 1.0),
        (0.44, 1.0),
        (-0.583, 0.56),
    ]
    assert [e.scale for e in found] == ["count", "share", "share", "difference"]
    inside = found[1].interval
    assert (round(inside.lower, 3), inside.upper, inside.kind) == (0.139, 1.0, "credible")
    assert found[1].companion.kind == "confidence"
    assert found[3].verdict.word == "cannot be checked"
    assert all("not-identified" in [doubt.code for doubt in e.caveats] for e in found)
    assert [eval(e.provenance.call, {"csea_stats": csea_stats}) == e for e in found] == [True] * 4
    assert crosstab_bounds(35, 7, 49)[1].bounds == (0.0, 1.0)
    assert [round(end, 3) for end in crosstab_bounds(46, 36, 49)[3].bounds] == [-0.083, 0.231]


@given(st.integers(2, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(1, n - 1), st.just(n))))
def test_bounds_are_those_of_every_table(margins):
    row, column, base = margins
    cells = [a for a in range(base + 1) if a <= row and a <= column and row - a <= base - column]
    expected = [
        (min(values), max(values))
        for values in (
            cells,
            [a / column for a in cells],
            [(row - a) / (base - column) for a in cells],
            [a / column - (row - a) / (base - column) for a in cells],
        )
    ]
    for estimate, (low, high) in zip(crosstab_bounds(row, column, base), expected, strict=True):
        found = estimate.bounds or (estimate.value, estimate.value)
        assert found == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


@given(st.floats(0.01, 0.99), st.floats(0, 1), st.floats(0, 1))
def test_a_region_holds_the_bounds_of_every_share_within_the_limits(group, one, other):
    limits = min(one, other), max(one, other)
    for part in ("in", "out", "difference"):
        low, high = part_region(limits, group, part)
        for step in range(101):
            ends = part_ends(limits[0] + (limits[1] - limits[0]) * step / 100, group, part)
            assert low - 1e-9 <= ends[0]
            assert ends[1] <= high + 1e-9


def test_targets():
    counted = crosstab_bounds(35, 24, 49, target=Respondents())
    assert [e.interval for e in counted] == [None] * 4
    target = Population(Selection(tau=0.5))
    wide = crosstab_bounds(35, 24, 49, target=target)[1].interval
    limits = proportion(35, 49, target=target).interval
    assert (wide.lower, wide.upper) == part_region((limits.lower, limits.upper), 24 / 49, "in")
    assert wide.lower < crosstab_bounds(35, 24, 49)[1].interval.lower
    with pytest.raises(UnsupportedTarget, match="once"):
        crosstab_bounds(35, 24, 49, target=TIERS)


def test_identified_and_signed_cases():
    everyone = crosstab_bounds(49, 24, 49)
    assert [e.value for e in everyone] == [24, 1, 1, 0]
    assert [e.bounds for e in everyone] == [None] * 4
    assert "not-identified" not in [doubt.code for doubt in everyone[1].caveats]
    assert str(everyone[3])


def test_sets_give_the_hull():
    found = crosstab_bounds({34, 35}, {24, 25}, 49)
    assert found[0].bounds == (9, 25)
    assert found[1].bounds == (9 / 24, 1.0)
    assert len(found[0].counts) == 4


@pytest.mark.parametrize(
    ("margins", "needle"),
    [
        ((50, 24, 49), "50 of 49"),
        ((35, 49, 49), "49"),
        ((35, 0, 49), "0 of 49"),
        ((3.5, 2, 9), "3.5"),
        ((3, 2, 0), "0"),
    ],
)
def test_margins_that_are_none(margins, needle):
    with pytest.raises(CountError, match=needle):
        crosstab_bounds(*margins)


def test_doubts_about_the_group():
    def codes(estimate):
        return [doubt.code for doubt in estimate.caveats]

    for estimate in crosstab_bounds(35, {6, 7}, 49):
        doubts = [doubt.text for doubt in estimate.caveats if doubt.code == "print-ambiguous"]
        assert len(doubts) == 1
        assert "6 or 7" in doubts[0]
    both = crosstab_bounds({34, 35}, {6, 7}, 49)[1]
    assert codes(both).count("print-ambiguous") == 2
    assert codes(crosstab_bounds({6, 7}, {6, 7}, 49)[1]).count("print-ambiguous") == 1
    assert "print-ambiguous" not in codes(crosstab_bounds(35, 7, 49)[1])
    for target in TIERS[1:]:
        cell, *shares = crosstab_bounds(35, 7, 49, target=target)
        assert "group-size-fixed" not in codes(cell)  # counted among these respondents
        assert all("group-size-fixed" in codes(share) for share in shares)
    assert all("group-size-fixed" not in codes(e) for e in crosstab_bounds(35, 7, 49, target=Respondents()))


def test_tables_of_a_population_of_which_nothing_is_assumed_are_refused():
    with pytest.raises(UnsupportedTarget, match="finite ratio"):
        crosstab_bounds(35, 24, 49, region="tables", target=Population(csea_stats.SelectionBounds(ratio=float("inf"))))
