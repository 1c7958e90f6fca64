from __future__ import annotations

import html
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.auditing.audit import audit
from csea_stats.report.comparisons import comparisons
from csea_stats.report.context import context_of
from csea_stats.report.drawing import Line, Rect
from csea_stats.report.page import page_html
from csea_stats.report.strips import difference_strip, span_of
from csea_stats.results.estimates import Estimates
from csea_stats.survey.loading import load_survey
from csea_stats.workflow import estimate
from tests.survey_files import survey_text


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
    for gap in (one.gap for one in context.contrasts):
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


def test_groups_and_their_question_are_found_by_the_names_of_the_estimates(shipped, market):
    (young,) = context_of(*shipped).contrasts
    assert (young.item, young.group, young.other, young.by) == ("poor", "under 30", "the rest", "age")
    assert [t.item for t in young.sides] == ["poor among under 30", "poor among the rest"]
    told = {(one.item, one.group, one.other, one.by) for one in context_of(*market).contrasts}
    assert told == {
        ("yes", "under 30", "the rest", "age"),
        ("yes", "Lives in town: yes", "the rest", "live"),
        ("right", "60 or over", "the rest", "age"),
    }


def test_two_named_groups_against_each_other_need_no_rest(market):
    """Whatever the other side is called, the names in the difference lead to the two shares."""
    survey, checked, estimates = market
    renamed = [
        replace(
            one,
            item=(one.item or "").replace("the rest, not under 30", "the rest").replace("the rest", "60 or over: all")
            if one.question == "again"
            else one.item,
        )
        for one in estimates
    ]
    one = context_of(survey, checked, Estimates(renamed)).contrasts[0]
    assert (one.item, one.group, one.other) == ("yes", "under 30", "60 or over: all")
    assert [t.item for t in one.sides] == ["yes among under 30", "yes among 60 or over: all"]
    assert "60 or over: all: 56 of 90" in html.unescape(page_html(survey, checked, Estimates(renamed)))


def test_what_print_does_not_compare_is_told_in_one_line(tmp_path):
    path = tmp_path / "open.toml"
    path.write_text(survey_text(OPEN, respondents=50), encoding="utf-8")
    survey = load_survey(path)
    checked = audit(survey)
    context = context_of(survey, checked, estimate(survey))
    assert context.contrasts == ()
    (told,) = comparisons(context)
    assert told.rows == ()
    assert told.missing == (
        "Not compared, as print gives neither the answers of everybody nor those of the others: "
        "Satisfied, “yes” (north); Again, “yes” (north)."
    )
    assert "Not compared, as print gives neither" in html.unescape(page_html(survey, checked, context.estimates))


OPEN = """
[[question]]
id = "site"
label = "Site"
kind = "single"
categories = ["north", "south"]
cells = [{ item = "north", count = 30, where = "T" }]
[[question]]
id = "sat"
label = "Satisfied"
kind = "yes-no"
cells = [{ item = "yes", count = 20, where = "T", among = { question = "site", item = "north" } }]
[[question]]
id = "again"
label = "Again"
kind = "yes-no"
cells = [{ item = "yes", count = 25, where = "T", among = { question = "site", item = "north" } }]
"""


@pytest.mark.slow
def test_many_comparisons_of_one_question_are_in_full_under_one_fold():
    survey = load_survey("dask-users-2019")
    values = survey, audit(survey), estimate(survey)
    found = context_of(*values).contrasts
    assert len(found) > 3
    assert {one.by for one in found} == {found[0].by}
    page = page_html(*values)
    assert f"Each of the {len(found)} comparisons in full" in page
    assert all(f'id="c-{index}"' in page for index in range(1, len(found) + 1))
