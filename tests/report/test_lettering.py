from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from csea_stats.report.text import text_width, wrapped

WORDS = st.lists(st.text("abcdefgh WMil", min_size=1, max_size=90), max_size=8).map(" ".join)


@given(WORDS, st.integers(60, 700))
def test_lines_fit_and_nothing_is_lost(text, width):
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line) <= width for line in lines)
    assert "" not in lines


@given(st.text(max_size=40), st.text(max_size=40))
def test_width_adds_up(one, other):
    assert abs(text_width(one + other) - text_width(one) - text_width(other)) < 1e-6
