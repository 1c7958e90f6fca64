"""Batteries told as one: every question and every number is in the one block, and only equal numbers share a row."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.report.batteries import shared_of, shared_sentences
from csea_stats.report.context import context_of, is_open
from csea_stats.report.page import page_view
from csea_stats.survey.survey import Battery, Cell, Question
from csea_stats.workflow import estimate
from tests.report.test_page import block_of


def numbers(tiers):
    return [(e.counts, e.base, e.value, e.bounds, e.interval, e.companion) for e in tiers.every]


def test_every_item_of_every_question_is_in_exactly_one_row(shipped):
    context = context_of(*shipped)
    found = shared_of(context)
    assert {b.id for s in found for b in s.batteries} == {b.id for b in context.survey.battery}
    for shared in found:
        told = [(name, tiers.item) for tiers, names in shared.items for name in names]
        assert len(told) == len(set(told))
        assert set(told) == {(name, t.item) for name in shared.questions for t in context.items[name]}
        for tiers, names in shared.items:
            for name in names:
                (same,) = [t for t in context.items[name] if t.item == tiers.item]
                assert numbers(same) == numbers(tiers)


def test_a_sentence_names_every_question_it_holds_for(shipped):
    context = context_of(*shipped)
    for shared in shared_of(context):
        sentences = shared_sentences(shared, context)
        assert len(sentences) == len(shared.items)
        for (_, names), sentence in zip(shared.items, sentences, strict=True):
            assert all(context.question(name).label in sentence for name in names)


@pytest.mark.slow
def test_a_battery_told_as_one_has_one_table_and_no_strip(shipped):
    view = page_view(context_of(*shipped))
    charts = [chart for chart in view.questions if chart.others and chart.block]
    assert len(charts) == 2
    for chart in charts:
        assert chart.rows == ()
        (part,) = chart.block.parts
        assert chart.answers is not None
        assert part.answers is None
        assert part.targets is None
        assert part.figures == ()
        assert not any(note.kind == "tipping" for note in part.notes)
        assert len(part.sentences) == 1


@pytest.mark.slow
def test_a_question_has_every_target_in_a_table_unless_print_leaves_it_open(shipped):
    context = context_of(*shipped)
    view = page_view(context)
    blocks = {row.anchor: row.block for chart in view.questions for row in chart.rows}
    blocks |= {chart.anchor: chart.block for chart in view.questions if chart.answers}
    shared = {name for found in shared_of(context) for name in found.questions}
    for question in context.survey.question:
        items = context.items[question.id]
        if question.id in shared or not items:
            continue
        tables = [part.targets for part in blocks[f"q-{question.id}"].parts if part.targets]
        if all(is_open(t) for t in items) and len(items) > 1:
            continue
        assert len(tables) == 1
        assert len(tables[0].rows) == 6


def test_a_battery_with_its_own_numbers_is_one_chart_sorted_by_the_answer_that_differs_most(market):
    context = context_of(*market)
    view = page_view(context)
    chart = next(chart for chart in view.questions if chart.anchor == "b-views")
    assert {row.item for row in chart.rows} == {"Disagree"}
    assert [row.label for row in chart.rows][::5] == ["There are enough toilets", "Stallholders are friendly"]
    assert [row.counted for row in chart.rows][::5] == ["84 of 120 (70%)", "9 or 10 of 120 (8%)"]
    assert chart.lede.startswith(
        "“Disagree” is the answer of 84 of 120 (70%) to “There are enough toilets”, the largest share, and of 9 or 10"
    )


@pytest.mark.slow
def test_a_caveat_about_print_stands_once_in_a_block(shipped, shipped_page):
    survey, _, estimates = shipped
    texts = {d.text for e in estimates for d in e.caveats if d.code in ("print-conflict", "print-impossible")}
    assert texts
    for question in survey.question:
        block = block_of(shipped_page, f"q-{question.id}")
        notes = " ".join(re.findall(r"<aside.*?</aside>", block, flags=re.DOTALL))
        assert all(notes.count(text) <= 1 for text in texts)


def test_a_battery_without_cells_leaves_its_questions_as_they_are(samples):
    def question(name):
        cells = [Cell(item="yes", count=4, where="T"), Cell(item="no", count=6, where="T")]
        return Question(id=name, label=name, kind="yes-no", cells=tuple(cells))

    survey = replace(
        samples.other_survey(10),
        question=tuple(map(question, ("one", "two", "three"))),
        battery=(Battery(id="all", label="All", questions=("one", "two", "three")),),
        headlines=(),
    )
    checked = audit(survey)
    context = context_of(survey, checked, estimate(survey))
    assert shared_of(context) == ()
    (chart,) = page_view(context).questions
    assert (chart.anchor, [row.anchor for row in chart.rows]) == ("b-all", ["q-one", "q-two", "q-three"])
    assert chart.block is None
