"""The statements of the report come right after the summary: every one of them, headline ones in the open."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.claims.check import check_claims, checked_claims, has_claims
from csea_stats.report.claims import _intro, kinds_of
from csea_stats.report.context import context_of
from csea_stats.report.files import report_files
from csea_stats.report.page import page_html
from csea_stats.results.estimates import Estimates
from csea_stats.survey.loading import load_survey
from csea_stats.survey.named_files import survey_names


@pytest.fixture
def claims(shipped_claims):
    return shipped_claims


@pytest.fixture
def page(shipped_page):
    return shipped_page


def section(page):
    found = re.search(r'<section id="claims".*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def test_they_come_after_the_summary_and_before_everything_else(page):
    assert page.index('id="summary"') < page.index('id="claims"') < page.index('id="headlines"')


def test_headline_statements_are_in_the_open_and_the_others_folded(page, claims):
    text = section(page)
    front = text[: text.index("<details")]
    for result in claims:
        told = html.escape(result.claim.text).replace("&#x27;", "&#39;")
        assert told in text, result.claim.id
        assert (told in front) == result.claim.headline, result.claim.id


def test_every_link_leads_somewhere_and_ids_are_unique(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', section(page))
    assert links
    assert set(links) <= set(ids)


def test_a_row_says_verdicts_numbers_and_where_it_turns(page):
    row = next(
        r for r in re.findall(r"<tr.*?</tr>", section(page), re.DOTALL) if "rate public awareness poor.</a>" in r
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))
    for words in ("True of them", "35 of 49 (71%)", "Supported", "58 to 83%", "Not settled", "1.4", "(2.5)"):
        assert words in text


def test_no_row_calls_a_contrast_settled_whose_methods_disagree(page):
    row = next(r for r in re.findall(r"<tr.*?</tr>", section(page), re.DOTALL) if "Workers under 30" in r)
    assert "the two methods disagree" in row


@pytest.mark.slow
def test_the_table_is_a_file_too(shipped, claims):
    files = dict(report_files(*shipped, claims))
    rows = list(csv.DictReader(io.StringIO(files["claims.csv"].decode())))
    assert [row["id"] for row in rows] == [result.claim.id for result in claims]
    assert "claims.csv" not in dict(report_files(*shipped))


def test_a_survey_without_claims_or_a_changed_one_has_no_such_section(other_of_40, shipped):
    from dataclasses import replace

    assert 'id="claims"' not in page_html(*other_of_40)
    assert has_claims(shipped[0])
    assert not has_claims(replace(shipped[0], title="Another"))
    assert not has_claims(other_of_40[0])


FEW = """format = "csea-claims/1"
survey = "bosnia-herzegovina-2021"
"""
CLAIM = """
[[claim]]
id = "c-{0}"
section = "Draft"
text = "Statement {0}."
test = {1}
"""
SHARE = '{ kind = "share", question = "collaboration", item = ["none", "poor"], above = 0.5 }'
PRINTED = '{ kind = "printed", question = "collaboration", item = "poor", percent = "49" }'
SILENT = '{ kind = "no-number", needs = "ages of the children" }'


def words_of(shipped, tmp_path, *tests):
    path = tmp_path / "few.toml"
    path.write_text(FEW + "".join(CLAIM.format(place, test) for place, test in enumerate(tests)), encoding="utf-8")
    survey, checked, _ = shipped
    found = checked_claims(survey, checked, path)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", section(page_html(*shipped, found)))))


@pytest.mark.slow
def test_few_statements_are_told_in_the_singular(shipped, tmp_path):
    text = words_of(shipped, tmp_path, SHARE, PRINTED, SILENT)
    for words in (
        "Here stand 3 statements of the report, in numbers or comparisons: 1 says something of the workers that can be",
        "be tested, 1 is a printed count or percentage and 1 cannot be checked against anything published.",
        "Of the one that can be tested, 1 is true of these respondents, none is supported for people like these",
        "; none is at some. Of what is printed, none contradict other print.",
        "One other statement, tested the same way",
        "One printed count or percentage ",
        "One statement that no number of the survey bears on",
    ):
        assert words in text
    assert "1 are" not in text
    assert ": none say something of the workers that can be tested and 1 cannot" in words_of(shipped, tmp_path, SILENT)


EACH = [pytest.param(name, marks=[pytest.mark.slow] * (name != "dask-users-2019")) for name in survey_names()]


@pytest.mark.slow_for("dask-users-2019")
@pytest.mark.parametrize("name", EACH)
def test_the_kinds_of_statements_add_up_to_all_and_each_is_named(name):
    survey = load_survey(name)
    found, context = check_claims(survey), context_of(survey, audit(survey), Estimates([]))
    first = _intro(found, context)[0]
    whole, *parts = [int(number) for number in re.findall(r"\b\d+\b", first)]
    assert whole == sum(parts) == len(found)
    assert parts == [len(several) for several in kinds_of(found).values() if several]
