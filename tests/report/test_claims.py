"""The page opens with the statements of the report: every one of them, headline ones in the open."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from csea_stats.claims.checking import has_claims
from csea_stats.report import outputs
from csea_stats.report.outputs import report_files
from csea_stats.report.page import page_html


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


def test_they_come_before_everything_else(page):
    assert page.index('id="claims"') < page.index('id="summary"')


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


def test_the_table_is_a_file_too(shipped, claims, monkeypatch):
    monkeypatch.setattr(outputs, "question_sheets", lambda *_: ())
    monkeypatch.setattr(outputs, "png_files", lambda *_: [])
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
