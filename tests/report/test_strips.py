from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.report.context import tiers_of
from csea_stats.report.drawing import Line, Rect, Text
from csea_stats.report.strips import MOST_CELLS, cells, compact_strip, full_strip, row_strip
from csea_stats.report.target_tables import lane_labels


def widths(marks, look):
    return [mark.width for mark in marks if isinstance(mark, Rect) and mark.look == look]


@st.composite
def counted(draw, most=MOST_CELLS):
    base = draw(st.integers(1, most))
    low = draw(st.integers(0, base))
    return base, low, draw(st.integers(low, base))


@given(counted())
def test_cells_are_as_many_as_respondents_and_filled_as_counted(case):
    base, low, high = case
    marks = cells(base, low, high, 0, 1)
    cuts = sorted(mark.x1 for mark in marks if isinstance(mark, Line))
    assert cuts == [k / base for k in range(1, base)]
    assert math.isclose(sum(widths(marks, "c1")), low / base)
    assert math.isclose(sum(widths(marks, "cm")), (high - low) / base, abs_tol=1e-12)
    assert math.isclose(sum(widths(marks, "c0")), (base - high) / base, abs_tol=1e-12)
    inside = [m for m in marks if isinstance(m, Line) and m.look.startswith("s1")]
    assert len(inside) == min(low, base - 1)


def test_many_respondents_are_one_bar_and_few_have_wide_gaps():
    assert not any(isinstance(mark, Line) for mark in cells(3000, 1200, 1200, 0, 1))
    assert {m.look for m in cells(3, 2, 2, 0, 1) if isinstance(m, Line)} == {"s1 w"}
    assert cells(0, 0, 0, 0, 1) == []


def item(estimates, question, name):
    return next(t for t in tiers_of(estimates) if t.question == question and t.item == name)


def test_bars_lie_at_their_limits_and_the_notch_at_the_share(shipped):
    _, _, estimates = shipped
    tiers = item(estimates, "awareness", "poor")
    drawing = compact_strip(tiers, title="t", description="d")
    (bar,) = [m for m in drawing.marks if isinstance(m, Rect) and m.look == "work"]
    assert (bar.x, bar.x + bar.width) == pytest.approx((tiers.people.interval.lower, tiers.people.interval.upper))
    nested = [m for m in drawing.marks if isinstance(m, Rect) and m.look == "nat still"]
    assert [(m.x, m.x + m.width) for m in reversed(nested)] == [
        pytest.approx((e.interval.lower, e.interval.upper)) for e in tiers.population
    ]
    assert [m.height for m in nested] == sorted(m.height for m in nested)
    (gap,) = [m for m in drawing.marks if isinstance(m, Line) and m.look == "gap"]
    assert gap.x1 == pytest.approx(35 / 49)


def test_where_print_conflicts_cells_are_hatched_and_there_is_no_notch(shipped):
    survey, _, estimates = shipped
    tiers = item(estimates, "gender-trends", "more girls")
    drawing = compact_strip(tiers, title="t", description="d")
    low, high = tiers.counts
    assert low < high
    assert widths(drawing.marks, "cm") == [pytest.approx((high - low) / survey.respondents)]
    assert not any(m.look == "gap" for m in drawing.marks)


def test_the_full_strip_says_base_level_and_targets(shipped):
    survey, audit, estimates = shipped
    from csea_stats.report.context import context_of

    tiers = item(estimates, "awareness", "poor")
    labels = lane_labels(tiers, context_of(survey, audit, estimates))
    drawing = full_strip(tiers, labels, title="t", description="d")
    text = " ".join(m.text for m in drawing.marks if isinstance(m, Text))
    for part in ("35 of 49", "95%", "These respondents", "People like these", "National workforce", "if 2.7 times"):
        assert part in text


def test_a_row_has_its_block_at_the_share_and_a_hatched_range_where_print_is_open(shipped):
    _, _, estimates = shipped
    for tiers in tiers_of(estimates):
        if tiers.first.scale != "share":
            continue
        marks = row_strip(tiers).marks
        blocks = [m for m in marks if m.look == "c1"]
        hatched = [m for m in marks if m.look == "cm"]
        low, high = tiers.observed
        if low == high:
            assert [b.x for b in blocks] == [pytest.approx(low)]
            assert not hatched
        else:
            assert [(h.x, h.x + h.width) for h in hatched] == [pytest.approx((low, high))]
            assert not blocks


@given(st.integers(2, 5000), st.data())
def test_a_notch_takes_at_most_a_fifth_of_a_bar_and_every_bar_is_seen(base, data):
    from csea_stats.report.strips import LEAST, MOST_NOTCHED, NOTCH, bar, notch

    count = data.draw(st.integers(1, base - 1))
    half = data.draw(st.floats(0, min(count, base - count) / base))
    share = count / base
    interval = SimpleNamespace(lower=share - half, upper=share + half)
    tiers = SimpleNamespace(observed=(share, share), people=SimpleNamespace(interval=interval))
    for labelled in (False, True):
        marks = notch(tiers, 0.0, 3.0, 0.5, labelled=labelled)
        assert any(m.look == "gap" for m in marks) == (2 * half * MOST_NOTCHED >= NOTCH) or math.isclose(
            2 * half * MOST_NOTCHED, NOTCH
        )
        drops = [m for m in marks if m.look == "drop"]
        assert len(drops) == 1 + labelled
        assert (drops[0].y1, drops[-1].y2) == (0.0, 2.75)
    (drawn,) = bar((interval.lower, interval.upper), "work", 1.0, 0.5)
    assert drawn.width >= LEAST - 1e-12
    assert drawn.x <= interval.lower + 1e-12
    assert drawn.x + drawn.width >= interval.upper - 1e-12


def test_the_drop_line_runs_through_no_label(shipped):
    survey, audit, estimates = shipped
    from csea_stats.report.context import context_of

    tiers = item(estimates, "awareness", "poor")
    labels = lane_labels(tiers, context_of(survey, audit, estimates))
    marks = full_strip(tiers, labels, title="t", description="d").marks
    baselines = {m.y for m in marks if isinstance(m, Text) and m.look in ("tl", "tv")}
    drops = [m for m in marks if m.look == "drop"]
    assert drops
    # a label of 13 px stands from about 0.65 em above its baseline to 0.2 em below
    assert not any(line.y1 < y + 0.15 and line.y2 > y - 0.65 for line in drops for y in baselines)
