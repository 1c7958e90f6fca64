from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.report.answer_rows import NARROWEST, Scale, diverging
from csea_stats.report.drawing import Line, Rect, Text
from csea_stats.report.text import text_width


@st.composite
def scales(draw):
    total = draw(st.integers(3, 9))
    counts = tuple(draw(st.lists(st.integers(0, 400), min_size=total, max_size=total)))
    names = tuple(draw(st.text("abc def", min_size=1, max_size=30)) for _ in range(total))
    return Scale(
        names=names,
        counts=counts,
        unclear=draw(st.integers(0, 30)),
        split=draw(st.integers(0, total)),
        left="low",
        right="high",
    )


@given(scales())
def test_every_respondent_has_the_same_width_and_the_line_parts_the_answers(scale):
    marks = diverging(scale, title="t", description="d").marks
    segments = [m for m in marks if isinstance(m, Rect) and m.look != "cmiss"]
    counts = [count for count in scale.counts if count]
    assert len(segments) == len(counts)
    if counts:
        unit = segments[0].width / counts[0]
        assert [m.width for m in segments] == pytest.approx([unit * count for count in counts])
        assert [m.x for m in segments[1:]] == pytest.approx([m.x + m.width for m in segments[:-1]])
        (line,) = [m for m in marks if isinstance(m, Line) and m.look == "half"]
        assert line.x1 == pytest.approx(unit * sum(scale.counts[: scale.split]), abs=1e-9)
    for mark in marks:
        if isinstance(mark, Rect):
            assert mark.x >= -1e-9
            assert mark.x + mark.width <= 1 + 1e-9


@given(scales())
def test_no_two_counts_collide_on_the_narrowest_page(scale):
    labels = [m for m in diverging(scale, title="t", description="d").marks if isinstance(m, Text) and m.look == "tv"]
    boxes = []
    for label in labels:
        wide, x = text_width(label.text), label.x * NARROWEST
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[label.anchor]
        boxes.append((left, left + wide))
    boxes.sort()
    assert all(one[1] <= other[0] for one, other in pairwise(boxes))
    assert all(left >= -1 and right <= NARROWEST + 1 for left, right in boxes)


@given(scales())
def test_both_ends_are_named_or_none_and_counts_are_bare(scale):
    marks = diverging(scale, title="t", description="d").marks
    assert len([m for m in marks if isinstance(m, Text) and m.look == "ax"]) in (0, 2)
    assert all(m.text.isdigit() for m in marks if isinstance(m, Text) and m.look == "tv")
