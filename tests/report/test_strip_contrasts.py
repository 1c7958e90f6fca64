from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.report.context import context_of
from csea_stats.report.drawing import Line, Rect
from csea_stats.report.strips import difference_strip, groups_strip, span_of


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8))
def test_the_axis_holds_all_values_and_zero_in_few_steps(values):
    low, high, step = span_of(values)
    assert low <= min(0, *values) + 1e-9
    assert high >= max(0, *values) - 1e-9
    assert -1 <= low < high <= 1
    assert 1 <= round((high - low) / step) <= 6
    assert (low / step) == pytest.approx(round(low / step))


def test_the_difference_lies_on_its_axis(shipped):
    context = context_of(*shipped)
    assert context.contrasts
    for gap, groups in context.contrasts:
        assert len(groups) == 2
        labels = [("a", "b")] * 3
        drawing = difference_strip(gap, labels, title="t", description="d")
        (zero,) = [m for m in drawing.marks if isinstance(m, Line) and m.look == "half"]
        (solid,) = [m for m in drawing.marks if isinstance(m, Rect) and m.look == "work"]
        (outlined,) = [m for m in drawing.marks if isinstance(m, Rect) and m.look == "workb"]
        newcombe, jeffreys = gap.people.companion, gap.people.interval
        assert (newcombe.lower < 0) == (solid.x < zero.x1)
        scale = solid.width / (newcombe.upper - newcombe.lower)
        assert outlined.width == pytest.approx(scale * (jeffreys.upper - jeffreys.lower))
        assert (solid.x - zero.x1) == pytest.approx(scale * newcombe.lower)
        cells = [m for m in groups_strip(groups, labels[:2], title="t", description="d").marks if m.look == "c1"]
        assert [m.width for m in cells] == [pytest.approx(t.observed[0]) for t in groups]
