"""Whatever print says, answers can be made, counted and read again; what they miss is named."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from csea_stats import audit, read_respondents, synthesise, tabulate
from csea_stats.errors import InputError
from csea_stats.respondents.columns import MultipleColumn

SURVEYS = runpy.run_path(str(Path(__file__).parents[1] / "auditing" / "test_any_print.py"))["surveys"]


def uncircled(survey):
    """Take out groups that a question defines by itself, which no survey that is loaded has."""
    questions = []
    for place, question in enumerate(survey.question):
        cells = tuple(
            replace(cell, among=None) if cell.among and cell.among.question == question.id else cell
            for cell in question.cells
        )
        among = question.among if question.among and question.among.question != question.id and place == 0 else None
        questions.append(replace(question, cells=cells, among=among))
    return replace(survey, question=tuple(questions))


def check(survey):
    survey = uncircled(survey)
    data = synthesise(survey, seed=1)
    checked = audit(survey)
    assert len(data) == survey.respondents
    for question in survey.question:
        column = data.column(question.id)
        labels = column.items if isinstance(column, MultipleColumn) else column.labels
        found = dict(zip(labels, column.counts, strict=True))
        counts = tuple(found[category] for category in question.categories)
        named = any(
            name.startswith((f"{question.id}/", f"{question.id}: ")) or name == question.id for name in data.invented
        )
        assert named or counts in {reading.counts for reading in checked.feasible(question.id)}
        assert tabulate(data, question.id).tables[0].counts == ((counts,))
        try:
            printed = tabulate(survey, question.id)
        except InputError as error:
            assert question.id in str(error)  # noqa: PT017 - both outcomes are right
        else:
            assert printed.tables
    again = read_respondents(data.to_frame(), data.codebook)
    assert (again.data_hash, again.invented) == (data.data_hash, data.invented)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(SURVEYS())
def test_any_survey(survey):
    check(survey)


@pytest.mark.slow
@settings(max_examples=6 * settings.default.max_examples, deadline=None, suppress_health_check=list(HealthCheck))
@given(SURVEYS())
def test_hundreds_of_surveys(survey):
    check(survey)
