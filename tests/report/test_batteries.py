"""Batteries told as one: every question and every number is in the one block, and only equal numbers share a row."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from csea_stats.auditing.audit import audit
from csea_stats.report.batteries import shared_of, shared_sentences
from csea_stats.report.context import context_of, is_open
from csea_stats.report.opening import headline_items
from csea_stats.report.page import page_view
from csea_stats.survey.survey import Battery, Cell, Question
from csea_stats.workflow import estimate


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


def test_a_question_kept_apart_keeps_its_battery_apart(shipped):
    context = context_of(*shipped)
    for shared in shared_of(context):
        left = shared_of(context, [shared.questions[0]])
        assert not any(set(s.questions) & set(shared.questions) for s in left)


def test_a_block_of_a_battery_has_one_table_and_no_strip(shipped):
    view = page_view(context_of(*shipped))
    blocks = [block for block in view.questions if block.others]
    assert len(blocks) == 2
    for block in blocks:
        (part,) = block.parts
        assert part.answers is not None
        assert part.targets is None
        assert part.figures == ()
        assert not any(note.kind == "tipping" for note in part.notes)
        assert len(part.sentences) == 1


def test_only_findings_that_open_the_page_have_a_table_by_target(shipped):
    context = context_of(*shipped)
    leading = {f"q-{question.id}" for question, _ in headline_items(context)}
    view = page_view(context)
    for block in view.questions:
        assert any(part.targets for part in block.parts) == (block.anchor in leading)
        figures = [figure for part in block.parts for figure in part.figures]
        question = next((q for q in context.survey.question if f"q-{q.id}" == block.anchor), None)
        if question and context.items[question.id] and all(is_open(t) for t in context.items[question.id]):
            assert figures == []


def test_a_caveat_about_print_stands_once_in_a_block(shipped, shipped_page):
    survey, _, estimates = shipped
    texts = {d.text for e in estimates for d in e.caveats if d.code in ("print-conflict", "print-impossible")}
    assert texts
    for question in survey.question:
        start = shipped_page.index(f'id="q-{question.id}"')
        block = html.unescape(shipped_page[start : shipped_page.find('<section class="q"', start)])
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
    assert [block.anchor for block in page_view(context).questions] == ["q-one", "q-two", "q-three"]
